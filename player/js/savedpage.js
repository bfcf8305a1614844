// A page that was saved of the app, as one file: what it plays is in it, and so is Plotly, all compressed (player/page.py).

import { fromPage } from "./library.js";
import { Stage } from "./stage.js";
import { held, heldText } from "./unpack.js";

/** @import { SavedPage } from "./types" */

export function openSaved() {
  /** @type {SavedPage} */
  const page = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
  const root = /** @type {HTMLElement} */ (document.getElementById("player"));
  const plotly = heldText("plotly"); // its unpacking takes long enough
  new Stage(root, { get: held, library: () => fromPage(plotly) }).show(page.stop);
}
