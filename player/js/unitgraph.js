// Where the units of a network stand in its picture, and the lines between them.

/** @import { Edges } from "./types" */

/** @typedef {{ layer: number, unit: number, x: number, y: number }} Place of a unit: layer 0 are the inputs, and its middle in CSS pixels */
/** @typedef {{ side: number, places: Place[][], hidden: number[] }} Graph the side of a unit's picture, the places in each layer, and how many units of it are not shown */

const LARGEST = 46; // CSS pixels of the side of a unit
const SMALLEST = 9;
const GAP_SHARE = 0.22; // of a unit's side, to the next one below
const LEVELS = 6; // widths of lines

/**
 * The units of each layer in a column, as large as there is room.
 * @param {number[]} sizes of all layers @param {Edges} box @param {number} scale of the letters and lines @returns {Graph}
 */
export function graphOf(sizes, { left, right, top, bottom }, scale) {
  const [width, height] = [right - left, bottom - top];
  const fit = (/** @type {number} */ count) => height / (count * (1 + GAP_SHARE));
  const most = Math.max(1, Math.floor(height / (SMALLEST * scale * (1 + GAP_SHARE))));
  const shown = sizes.map((size) => Math.min(size, size > most ? most - 1 : most));
  const side = Math.max(SMALLEST * scale, Math.min(LARGEST * scale, fit(Math.max(...shown)), (0.42 * width) / sizes.length));
  const places = sizes.map((_, layer) => {
    const x = left + side / 2 + (sizes.length > 1 ? (layer / (sizes.length - 1)) * (width - side) : 0);
    const step = Math.min(height / shown[layer], side * 1.6);
    return Array.from({ length: shown[layer] }, (_, unit) => ({ layer, unit, x, y: (top + bottom) / 2 + (unit - (shown[layer] - 1) / 2) * step }));
  });
  return { side, places, hidden: sizes.map((size, layer) => size - shown[layer]) };
}

/**
 * Draw the weights between the shown units: wide where they are large, in one colour where they are negative and in the other where they are not.
 * @param {CanvasRenderingContext2D} context @param {Graph} graph @param {ArrayLike<number>[]} matrices of the layers, (out, in) row by row; empty ones are not drawn
 * @param {number[]} sizes @param {number[]} largest size of a weight in each layer, which has the widest line @param {string[]} colours of negative and of positive weights
 * @param {number} scale @param {Place | null} only the unit to or from which lines are drawn in full
 */
export function drawWeights(context, { places, side }, matrices, sizes, largest, colours, scale, only) {
  context.lineCap = "butt";
  for (const [layer, matrix] of matrices.entries()) {
    if (!matrix.length) continue;
    /** @type {Map<number, Path2D>} by sign and width */
    const paths = new Map();
    for (const to of places[layer + 1]) {
      for (const from of places[layer]) {
        const weight = matrix[to.unit * sizes[layer] + from.unit];
        const level = Math.min(LEVELS, Math.round((LEVELS * Math.abs(weight)) / largest[layer]));
        if (!(level > 0)) continue;
        const dim = only && !(sameUnit(only, to) || sameUnit(only, from)) ? 1 : 0;
        const key = (level * 2 + Number(weight > 0)) * 2 + dim;
        let path = paths.get(key);
        if (!path) paths.set(key, (path = new Path2D()));
        const [x0, x1] = [from.x + side / 2, to.x - side / 2];
        path.moveTo(x0, from.y);
        path.bezierCurveTo((x0 + x1) / 2, from.y, (x0 + x1) / 2, to.y, x1, to.y);
      }
    }
    for (const [key, path] of [...paths].sort((a, b) => a[0] - b[0])) {
      const level = key >> 2;
      context.strokeStyle = colours[(key >> 1) & 1];
      context.lineWidth = scale * (0.3 + (3 * level) / LEVELS);
      context.globalAlpha = (0.25 + (0.6 * level) / LEVELS) * (key & 1 ? 0.12 : 1);
      context.stroke(path);
    }
  }
  context.globalAlpha = 1;
}

/** @param {Place} a @param {Place} b */
export const sameUnit = (a, b) => a.layer === b.layer && a.unit === b.unit;

/** The unit whose picture is at a pixel, or null. @param {Graph} graph @param {number} x @param {number} y */
export function unitAt({ places, side }, x, y) {
  const reach = 0.6 * side;
  return places.flat().find((place) => Math.abs(place.x - x) <= reach && Math.abs(place.y - y) <= reach) ?? null;
}
