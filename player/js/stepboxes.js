// What an optimizer accumulates for each axis (sums and means of squared gradients), as squares of that area in a corner of the map.

import { planeOf } from "./anatomy.js";
import { short } from "./dom.js";
import { overlap } from "./wordplaces.js";

/** @import { Box, Step, StepBox, Theme } from "./types" */
/** @import { Stepper } from "./stepper.js" */
/** @import { FlatView } from "./views.js" */
/** @import { Taken } from "./wordplaces.js" */

const SIDE = 26; // CSS pixels of the largest square
const PAD = 6;
const LETTERS = 12; // CSS pixels
const NUMBER = 56; // CSS pixels of a letter and its number
const ROW = SIDE + LETTERS + 10;
/** @type {WeakMap<Step, Map<StepBox, number>>} */
const largest = new WeakMap();

/**
 * What a step is drawn with; `own` is the optimizer's colour.
 * @typedef {{ context: CanvasRenderingContext2D, stepper: Stepper, scale: number, theme: Theme, own: string }} Pen
 */
/** @typedef {Box & { keys: string[] }} Row with the keys of the symbols that it shows */

/**
 * Where the boxes of a step are to stand, if there is room for them: in a corner in which no arrow is.
 * @param {Pen} pen @param {FlatView} view @param {Step} step @param {Taken[]} taken by arrows
 * @returns {Box | null}
 */
export function placeOfBoxes({ scale, stepper }, view, step, taken) {
  const rows = step.boxes.filter((box) => stepper.shows(box.line)).length;
  if (!rows) return null;
  const size = { width: (2 * (SIDE + NUMBER) + 3 * PAD) * scale, height: (rows * ROW + PAD) * scale };
  if (size.width > 0.6 * view.box.width || size.height > 0.7 * view.box.height) return null;
  return corner(view, step, size, taken);
}

/**
 * Draw the boxes of a step.
 * @param {Pen} pen @param {Box} place @param {Step} step @param {number} t
 * @returns {Row[]} where each row of them lies
 */
export function drawBoxes(pen, { left, top, ...size }, step, t) {
  const { scale, stepper } = pen;
  const rows = step.boxes.filter((box) => stepper.shows(box.line));
  pen.context.globalAlpha = 0.65;
  pen.context.fillStyle = pen.theme.background;
  pen.context.beginPath();
  pen.context.roundRect(left, top, size.width, size.height, 6 * scale);
  pen.context.fill();
  return rows.map((box, i) => drawRow(pen, step, box, t, left, top + (PAD / 2 + i * ROW) * scale, size.width));
}

/** Of the corners of the map with no arrow, the one that the path keeps farthest from: the same for the whole path, so that the boxes seldom jump; null where arrows are in all of them. @param {FlatView} view @param {Step} step @param {{ width: number, height: number }} size @param {Taken[]} taken @returns {Box | null} */
function corner(view, step, { width, height }, taken) {
  const { left, top, width: wide, height: high } = view.box;
  const { values } = planeOf(step, "before:x");
  const gap = 8;
  const corners = [left + gap, left + wide - width - gap].flatMap((x) => [top + high - height - gap, top + gap].map((y) => ({ left: x, top: y, width, height })));
  const free = corners.filter((place) => !taken.some((other) => overlap(place, other)));
  const nearest = (/** @type {Box} */ { left: x, top: y }) => {
    let least = Infinity;
    for (let k = 0; k < step.count; k += Math.ceil(step.count / 200)) {
      const [px, py] = view.point(values[k], values[step.count + k]);
      least = Math.min(least, Math.hypot(px - x - width / 2, py - y - height / 2));
    }
    return least;
  };
  return free.length ? free.reduce((best, one) => (nearest(one) > nearest(best) + 1 ? one : best)) : null;
}

/**
 * @param {Pen} pen @param {Step} step @param {StepBox} box @param {number} t @param {number} left @param {number} top @param {number} width
 * @returns {Row}
 */
function drawRow({ context, stepper, scale, theme, own }, step, box, t, left, top, width) {
  const keys = [box.plane, `before:${box.name}`, box.corrected].filter((key) => key !== undefined);
  const corrected = stepper.shows(box.correctedLine) ? box.corrected : undefined;
  const most = largestOf(step, box);
  const lit = stepper.lit?.keys.some((key) => keys.includes(key));
  context.globalAlpha = stepper.lit && !lit ? 0.4 : 1;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillStyle = theme.text;
  context.font = `600 ${LETTERS * scale}px system-ui, sans-serif`;
  context.fillText(corrected ? `areas: ${box.title}, dashed ${box.correctedName}` : `areas: ${box.title}`, left + PAD * scale, top + 2 * scale);
  context.font = `${LETTERS * scale}px system-ui, sans-serif`;
  const bottom = top + (SIDE + LETTERS + 6) * scale;
  for (const axis of [0, 1]) {
    const x = left + (PAD + axis * (SIDE + NUMBER + PAD)) * scale;
    const value = planeOf(step, box.plane).values[axis * step.count + t];
    square(context, x, bottom, SIDE * scale * Math.sqrt(value / most), own, scale, false);
    if (corrected) square(context, x, bottom, SIDE * scale * Math.sqrt(planeOf(step, corrected).values[axis * step.count + t] / most), own, scale, true);
    context.fillStyle = theme.text;
    context.fillText(`${"xy"[axis]} ${short(value, 2)}`, x + (SIDE + 4) * scale, bottom - LETTERS * scale);
  }
  context.globalAlpha = 1;
  return { keys, left, top, width, height: ROW * scale };
}

/**
 * A square that stands on a line.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} bottom @param {number} side @param {string} colour
 * @param {number} scale @param {boolean} dashed
 */
function square(context, x, bottom, side, colour, scale, dashed) {
  if (!(side > 0 && side < Infinity)) return;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.5 * scale;
  context.setLineDash(dashed ? [3 * scale, 2 * scale] : []);
  if (!dashed) context.fillRect(x, bottom - side, side, side);
  else context.strokeRect(x, bottom - side, side, side);
  context.setLineDash([]);
}

/** The largest finite number of a box over the whole path, which all its squares are measured by; found once. @param {Step} step @param {StepBox} box */
function largestOf(step, box) {
  const known = largest.get(step) ?? new Map();
  largest.set(step, known);
  if (known.has(box)) return known.get(box);
  const planes = [box.plane, box.corrected].filter((name) => name !== undefined).map((name) => planeOf(step, name).values);
  const found = planes.reduce((most, values) => values.reduce((a, b) => (b > a && b < Infinity ? b : a), most), 0) || 1;
  known.set(box, found);
  return found;
}
