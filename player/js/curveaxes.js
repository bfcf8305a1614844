// How far the axes of curves reach, the numbers at them, and what stands over them.

import { numbers } from "./data.js";
import { contextOf, element } from "./dom.js";
import { wrapped } from "./plotting.js";
import { powersOfTen, roundNumbers, written, writtenTogether } from "./ticks.js";
import { plainText } from "./words.js";

/** @import { Layout, Range, Trace } from "./types" */

const LEAP = 0.15; // of an axis: what other lines need more or less of it before they get another one
const ROW = 16; // pixels of an arrow with its number, of which those of figures/leaving.py are one line apart

/** Whether lines need much more or less of an axis than it has. @param {Range} wanted @param {Range} drawn */
export const differ = (wanted, [low, high]) => Math.abs(wanted[0] - low) + Math.abs(wanted[1] - high) > LEAP * (high - low);

/** What a curve is, in one line or, where there is no room for that, in more: what stands before a colon, and what after it. @param {string} text @param {number} room in CSS pixels @param {string} font */
export function titleLines(text, room, font) {
  const context = contextOf(element("canvas"));
  context.font = font;
  if (context.measureText(plainText(text)).width <= room) return [text];
  const [what, how] = text.split(": ", 2);
  return (how === undefined ? [text] : [what, how]).flatMap((line) => (line.includes("<") ? [line] : wrapped(context, line, room, 2)));
}

/** An axis that the user does not move, and that keeps nothing of the figure before: without limits of its own it fits what is drawn now. @param {Layout} axis @returns {Layout} */
export const still = (axis) => ({ ...axis, fixedrange: true, autorange: !axis.range, uirevision: undefined });

/**
 * How far an upright axis reaches: as it says, or over all that traces show up to a step, and a little beyond.
 * @param {Trace[]} traces @param {Layout} axis @param {number} until a position of the clock: nothing tells of what comes after it
 * @returns {Range | null} null where there is nothing to show
 */
export function limitsOf(traces, { type, range }, until) {
  const place = placeOn({ type });
  let [low, high] = [Infinity, -Infinity];
  for (const trace of traces) {
    const { steps, values } = pointsOf(trace);
    for (let k = 0; k < values.length; k++) {
      const value = place(values[k]);
      if (!(steps[k] <= Math.ceil(until)) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (range) [low, high] = until === Infinity ? range : [Math.max(low, range[0]), Math.min(high, range[1])];
  if (!(low <= high)) return null;
  if (range && until === Infinity) return range;
  const margin = Math.max(0.06 * (high - low), type === "log" ? 0.1 : 1e-3 * Math.max(Math.abs(low), Math.abs(high), 1e-9));
  if (until === Infinity) return [low - margin, high + margin];
  const unit = type === "log" ? 1 : 2 ** Math.ceil(Math.log2(Math.max(high - low, 8 * margin))) / 4; // so that it grows by leaps
  return [Math.floor((low - margin) / unit) * unit, Math.ceil((high + margin) / unit) * unit];
}

/** From values to places on an axis. @param {Layout} axis */
export const placeOn = ({ type }) => (type === "log" ? Math.log10 : Number);

/** @param {Range | null} range @param {number} place */
export const within = (range, place) => Boolean(range && place >= range[0] && place <= range[1]);

/** Limits that reach as far as the lines across the plot that are not far beyond them: their words would be cut. @param {Range | null} limits @param {Layout[]} shapes @param {Layout} axis @returns {Range | null} */
export function reaching(limits, shapes, axis) {
  if (!limits) return null;
  const [low, high] = limits;
  const margin = 0.15 * (high - low);
  const near = shapes.map(({ y0 }) => placeOn(axis)(y0)).filter((place) => place > low - (high - low) && place < high + (high - low));
  return [Math.min(low, ...near.map((place) => place - margin / 3)), Math.max(high, ...near.map((place) => place + margin))];
}

/** Limits that go on where arrows stand at an edge, so that these cover no lines but those that leave there. @param {Range} limits @param {Layout[]} arrows @param {number} height of the plot, in pixels as the arrows are @returns {Range} */
export function roomier([low, high], arrows, height) {
  const [under, over] = [0, 1].map((edge) => Math.max(0, ...arrows.filter(({ y }) => y === edge).map(({ yshift }) => Math.abs(yshift) + ROW)));
  const pixel = (high - low) / Math.max(height - under - over, height / 2); // a low plot keeps half of its height for its lines
  return [low - under * pixel, high + over * pixel];
}

/** @type {WeakMap<Trace, { steps: ArrayLike<number>, values: ArrayLike<number> }>} */
const decodedPoints = new WeakMap();

/** The points of a trace as numbers, decoded once. @param {Trace} trace */
function pointsOf(trace) {
  const found = decodedPoints.get(trace) ?? { steps: numbers(trace.x), values: numbers(trace.y) };
  decodedPoints.set(trace, found);
  return found;
}

/** Whether one range reaches beyond another. @param {Range | null} range @param {Range | null} other */
export const beyond = (range, other) => Boolean(range && (!other || range[0] < other[0] - 1e-9 || range[1] > other[1] + 1e-9));

/** Numbers at an axis, and how they are written. @param {Range} limits @param {number} most */
export function ticksAt(limits, most, logarithmic = false) {
  const tickvals = logarithmic ? powersOfTen(limits, most) : roundNumbers(limits, most);
  return { tickmode: "array", tickvals, ticktext: logarithmic ? tickvals.map(written) : writtenTogether(tickvals, limits) };
}
