// How much room the panels have, and the shape in which a window is drawn in it.

/** @import { Player } from "./player.js" */

const HEADER = 60; // CSS pixels of the page over the player, where nobody has measured it
const LOW = 500; // a window that is lower has room for one row of panels: a phone held sideways
const TABLE_ROW = 30; // CSS pixels of a row of the table
const SHAPES = { least: 0.4, most: 2.5 }; // windows of a shape between these are drawn with one scale on both axes

/** The room for the panels. @param {Player} player */
export function roomOf({ root, ruler, scale, presenter, grid, race, transport }) {
  const above = parseFloat(getComputedStyle(root).getPropertyValue("--header")) || HEADER;
  const low = !presenter.on && innerHeight < LOW ? innerHeight - above - transport.element.offsetHeight : 0;
  const height = presenter.on ? presenter.room : ruler.offsetHeight - root.offsetHeight + grid.offsetHeight;
  return { width: grid.clientWidth, height, scale, low, table: (race.runs.length + 1) * TABLE_ROW * scale, runs: race.runs.length };
}

/** Whether a window of a shape, width by height, is drawn with one scale on both axes. @param {number} shape */
export const hasOneScale = (shape) => shape > SHAPES.least && shape < SHAPES.most;

/** The shape in which it is drawn. @param {number} shape */
export const shapeOf = (shape) => (hasOneScale(shape) ? shape : 1);
