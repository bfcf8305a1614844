// A page that was saved of the app, as one file: what it plays is in it, and so is Plotly, all compressed (player/page.py).

import { fromPage } from "./library.js";
import { Stage } from "./stage.js";
import { held, heldText } from "./unpack.js";

/** @import { PlotLibrary, SavedPage } from "./types" */

/** @param {(() => Promise<PlotLibrary>) | null} library what draws its figures; Plotly, which is in the page, if not given */
export function openSaved(library = null) {
  /** @type {SavedPage} */
  const page = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
  const root = /** @type {HTMLElement} */ (document.getElementById("player"));
  const plotly = library ? null : heldText("plotly"); // its unpacking takes long enough
  new Stage(root, { get: held, library: library ?? (() => fromPage(/** @type {Promise<string>} */ (plotly))) }).show(page.stop);
}
