// A page that was saved of the app, as one file: what it plays is in it, and so is Plotly, all compressed (player/page.py).

import { FreeRace } from "./freerace.js";
import { fromPage } from "./library.js";
import { Stage } from "./stage.js";
import { held, heldText } from "./unpack.js";

/** @import { PlotLibrary, SavedPage } from "./types" */

/** @param {(() => Promise<PlotLibrary>) | null} library what draws its figures; Plotly, which is in the page, if not given */
export function openSaved(library = null) {
  /** @type {SavedPage} */
  const { stop, free } = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
  const root = /** @type {HTMLElement} */ (document.getElementById("player"));
  const plotly = library ? null : heldText("plotly"); // its unpacking takes long enough
  const stage = new Stage(root, { get: held, library: library ?? (() => fromPage(/** @type {Promise<string>} */ (plotly))) });
  const lists = /** @type {HTMLElement | null} */ (document.querySelector(".choose"));
  if (free && lists) new FreeRace(lists, stage, free, { query: "", write: linked(), saved: stop });
  else stage.show(stop);
}

/** The link under the player leads to what is shown; its code to the race as it was saved. */
function linked() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(".more a.app"));
  const first = link?.href ?? "";
  return (/** @type {string} */ query, /** @type {boolean} */ saved) => {
    if (!link) return;
    const address = saved ? first : `${first.split("?")[0]}?${query}`;
    if (link.href !== address) [link.href, link.textContent] = [address, address];
    for (const note of document.querySelectorAll(".more .other")) /** @type {HTMLElement} */ (note).hidden = saved;
  };
}
