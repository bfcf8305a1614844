// A page that was saved of the app without Plotly: the player draws all of its figures.

import { canvasPlots } from "./canvasplot.js";
import { openSaved } from "./savedpage.js";

export function openLight() {
  openSaved(async () => canvasPlots);
}
