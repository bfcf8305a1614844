// A page that was saved of the app, as one file: what it plays is in it, and so is Plotly, all compressed (player/page.py).

import { FreeRace } from "./freerace.js";
import { fromPage } from "./library.js";
import { savedLink, showLink } from "./pagelink.js";
import { Player } from "./player.js";
import { Stage } from "./stage.js";
import { held, heldText } from "./unpack.js";

/** @import { PlotLibrary, SavedPage } from "./types" */

/** A link with other views. @param {string} address @param {string} show what a query says of them, "" for those that it has */
const withViews = (address, show) => (show ? `${address.replace(/&show=[^&]*/g, "")}&${show}` : address);

/** @param {(() => Promise<PlotLibrary>) | null} library what draws its figures; Plotly, which is in the page, if not given */
export function openSaved(library = null) {
  /** @type {SavedPage} */
  const { stop, free } = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
  const root = /** @type {HTMLElement} */ (document.getElementById("player"));
  const plotly = library ? null : heldText("plotly"); // its unpacking takes long enough
  const stage = new Stage(root, { get: held, library: library ?? (() => fromPage(/** @type {Promise<string>} */ (plotly))) });
  const lists = /** @type {HTMLElement | null} */ (document.querySelector(".choose"));
  const first = savedLink();
  if (first) showLink(first);
  const { title } = document;
  const write = (/** @type {string} */ query, /** @type {boolean} */ saved, show = "") => {
    const race = stage.player instanceof Player ? stage.player.race : null;
    document.title = saved || !race ? title : `${race.title}: ${race.runs.map(({ label }) => label).join(", ")}`;
    if (first) showLink(saved ? withViews(first, show) : `${first.split("?")[0]}?${query}`);
  };
  if (free && lists) new FreeRace(lists, stage, free, { query: "", write, saved: stop });
  else stage.show(stop);
}
