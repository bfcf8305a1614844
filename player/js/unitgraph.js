// Where the units of a network stand in its picture, and the lines between them.

/** @import { Edges } from "./types" */

/** @typedef {{ layer: number, unit: number, x: number, y: number, side: number }} Place of a unit: layer 0 are the inputs; its middle and its side in CSS pixels */
/** @typedef {{ layer: number, from: number, to: number }} Weight between a unit and one of the next layer; layer 0 is that of the weights of the inputs */
/** @typedef {{ places: Place[][], hidden: number[] }} Graph the places in each layer, and how many units of it are not shown */
/** @typedef {{ matrices: ArrayLike<number>[], sizes: number[], largest: number[] }} Lines the matrices of the layers, (out, in) row by row, of which empty ones are not drawn; the sizes of all layers; and of each matrix the size of a weight that has the widest line */

const LARGEST = 46; // CSS pixels of the side of a unit
const SMALLEST = 9;
const GAP_SHARE = 0.22; // of a unit's side, to the next one below
const LEVELS = 6; // widths of lines
const AT_LINE = 5; // CSS pixels from a line within which the pointer is at it

/**
 * The units of each layer in a column, as large as there is room.
 * @param {number[]} sizes of all layers @param {Edges} box @param {number} scale of the letters and lines
 * @param {number} picture the side of the one picture that stands for all inputs; 0 where they are units
 * @param {number[]} first the first unit of each layer that is shown @returns {Graph}
 */
export function graphOf(sizes, { left, right, top, bottom }, scale, picture = 0, first = []) {
  const [width, height] = [right - left - picture, bottom - top];
  const fit = (/** @type {number} */ count) => height / (count * (1 + GAP_SHARE));
  const most = Math.max(1, Math.floor(height / (SMALLEST * scale * (1 + GAP_SHARE))));
  const counts = picture ? [1, ...sizes.slice(1)] : sizes;
  const shown = counts.map((size) => Math.min(size, size > most ? most - 1 : most));
  const units = Math.max(...shown.slice(picture ? 1 : 0));
  const side = Math.max(SMALLEST * scale, Math.min(LARGEST * scale, fit(units), (0.42 * width) / sizes.length));
  const last = sizes.length - 1;
  const across = (/** @type {number} */ layer) => (picture ? picture + (layer / last) * (width - side) : (layer / Math.max(1, last)) * (width - side));
  const places = counts.map((count, layer) => {
    if (picture && layer === 0) return [{ layer, unit: 0, x: left + picture / 2, y: (top + bottom) / 2, side: picture }];
    const step = Math.min(height / shown[layer], side * 1.6);
    const from = Math.min(first[layer] ?? 0, count - shown[layer]);
    return Array.from({ length: shown[layer] }, (_, i) => ({ layer, unit: from + i, x: left + side / 2 + across(layer), y: (top + bottom) / 2 + (i - (shown[layer] - 1) / 2) * step, side }));
  });
  return { places, hidden: counts.map((count, layer) => count - shown[layer]) };
}

/**
 * Draw the weights between the shown units: wide where they are large, in one colour where they are negative and in the other where they are not.
 * @param {CanvasRenderingContext2D} context @param {Graph} graph @param {Lines} lines @param {string[]} colours of negative and of positive weights
 * @param {number} scale @param {Place | null} unit only to or from which lines are drawn in full @param {Weight | null} weight only which is
 */
export function drawWeights(context, { places }, { matrices, sizes, largest }, colours, scale, unit, weight) {
  context.lineCap = "butt";
  for (const [layer, matrix] of matrices.entries()) {
    if (!matrix.length) continue;
    /** @type {Map<number, Path2D>} by sign and width */
    const paths = new Map();
    for (const to of places[layer + 1]) {
      for (const from of places[layer]) {
        const value = matrix[to.unit * sizes[layer] + from.unit];
        const at = Boolean(weight && weight.layer === layer && weight.to === to.unit && weight.from === from.unit);
        const level = Math.min(LEVELS, Math.max(Number(at), Math.round((LEVELS * Math.abs(value)) / largest[layer])));
        if (!(level > 0)) continue;
        const dim = weight ? !at : unit && !(sameUnit(unit, to) || sameUnit(unit, from));
        const key = (level * 2 + Number(value > 0)) * 2 + Number(dim);
        let path = paths.get(key);
        if (!path) paths.set(key, (path = new Path2D()));
        const [x0, x1] = [from.x + from.side / 2, to.x - to.side / 2];
        path.moveTo(x0, from.y);
        path.bezierCurveTo((x0 + x1) / 2, from.y, (x0 + x1) / 2, to.y, x1, to.y);
      }
    }
    for (const [key, path] of [...paths].sort((a, b) => a[0] - b[0])) {
      const level = weight && !(key & 1) ? LEVELS : key >> 2;
      context.strokeStyle = colours[(key >> 1) & 1];
      context.lineWidth = scale * (0.3 + (3 * level) / LEVELS);
      context.globalAlpha = (0.25 + (0.6 * level) / LEVELS) * (key & 1 ? 0.12 : 1);
      context.stroke(path);
    }
  }
  context.globalAlpha = 1;
}

/** Faint lines from the picture of the inputs to the units that look at it, whose weights are pictures, too. @param {CanvasRenderingContext2D} context @param {Graph} graph @param {string} colour @param {Place | null} only the unit whose line is drawn in full */
export function drawFan(context, { places }, colour, only) {
  const [[picture], units] = places;
  const x0 = picture.x + picture.side / 2;
  context.strokeStyle = colour;
  for (const unit of units) {
    const x1 = unit.x - unit.side / 2;
    const at = only && sameUnit(only, unit);
    context.lineWidth = at ? 2 : 1;
    context.globalAlpha = at ? 0.9 : 0.3;
    context.beginPath();
    context.moveTo(x0, picture.y);
    context.bezierCurveTo((x0 + x1) / 2, picture.y, (x0 + x1) / 2, unit.y, x1, unit.y);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** @param {{ layer: number, unit: number }} a @param {{ layer: number, unit: number }} b */
export const sameUnit = (a, b) => a.layer === b.layer && a.unit === b.unit;

/** The unit whose picture is at a pixel, or null. @param {Graph} graph @param {number} x @param {number} y */
export function unitAt({ places }, x, y) {
  return places.flat().find((place) => Math.abs(place.x - x) <= 0.6 * place.side && Math.abs(place.y - y) <= 0.6 * place.side) ?? null;
}

/** The weight whose line is nearest to a pixel, among those that are drawn; null if none is near. @param {Graph} graph @param {Lines} lines @param {number} x @param {number} y @returns {Weight | null} */
export function weightAt({ places }, { matrices, sizes, largest }, x, y) {
  let [best, found] = [AT_LINE, /** @type {Weight | null} */ (null)];
  for (const [layer, matrix] of matrices.entries()) {
    const [x0, x1] = [places[layer][0].x + places[layer][0].side / 2, places[layer + 1][0].x - places[layer + 1][0].side / 2];
    if (!matrix.length || x < x0 || x > x1) continue;
    const share = alongBend((x - x0) / (x1 - x0));
    for (const to of places[layer + 1]) {
      for (const from of places[layer]) {
        if (!(Math.round((LEVELS * Math.abs(matrix[to.unit * sizes[layer] + from.unit])) / largest[layer]) > 0)) continue;
        const slope = ((to.y - from.y) / (x1 - x0)) * share.slope;
        const distance = Math.abs(from.y + share.rise * (to.y - from.y) - y) / Math.hypot(1, slope);
        if (distance < best) [best, found] = [distance, { layer, from: from.unit, to: to.unit }];
      }
    }
  }
  return found;
}

/** How far a line between two units has risen, as a share, where it has gone this share of the way across, and how steeply it rises there. @param {number} across */
function alongBend(across) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 24; i++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t ** 3 < across) low = t; // the horizontal place of a curve whose inner points are in the middle
    else high = t;
  }
  const t = (low + high) / 2;
  return { rise: t * t * (3 - 2 * t), slope: (6 * t * (1 - t)) / Math.max(1e-3, 1.5 - 3 * t + 3 * t * t) };
}

/** The unit that a weight goes to, if it is shown. @param {Graph} graph @param {Weight} weight */
export const endOf = ({ places }, { layer, to }) => places[layer + 1].find(({ unit }) => unit === to) ?? null;
