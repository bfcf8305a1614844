// A page of the lab that was saved as one file: its charts and what it plays are in it, and so is Plotly, all compressed
// (exports/lab_page.py).

import { drawCharts } from "./chartplace.js";
import { Colours } from "./colours.js";
import { fromPage } from "./library.js";
import { savedLink, showLink } from "./pagelink.js";
import { Stage } from "./stage.js";
import { held, heldText } from "./unpack.js";

/** @import { SavedLabPage } from "./types" */

export function openLab() {
  /** @type {SavedLabPage} */
  const { stops, colours: pairs } = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
  const colours = new Colours(pairs);
  const plotly = heldText("plotly"); // its unpacking takes long enough
  const library = () => fromPage(plotly);
  const root = document.getElementById("player");
  if (root && stops.length) new Stage(root, { get: held, library, colours }).show(stops[0]);
  drawCharts(held, library, colours);
  const link = savedLink();
  if (link) showLink(link);
  for (const button of document.querySelectorAll("button.theme")) button.addEventListener("click", () => colours.toggle());
}
