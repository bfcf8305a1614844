// Axes of a figure that is drawn on a canvas: where they lie, which part of the numbers they show, and the numbers at them.

import { numbers } from "./data.js";
import { powerOfTen } from "./plotting.js";
import { geometry } from "./preview.js";
import { powersOfTen, written, writtenTogether } from "./ticks.js";

/** @import { Box, Layout, Range, Trace } from "./types" */

/** @typedef {{ place: number, text: string }} Tick where it is on its axis, and what stands at it */
/** @typedef {{ x: PlotAxis, y: PlotAxis }} AxisPair */
/** @typedef {{ l: number, r: number, t: number, b: number }} Margin */

const USUAL = { ticks: 6, length: 5, colour: "#444" }; // what an axis has that does not say otherwise
const FREE = 1 / 18; // of what an axis shows, beyond what it was fitted to, at either end
const PAD = 12; // CSS pixels beyond the numbers of an axis that widens its margin

/** An axis: its places are the values, or their logarithms. Pixels are CSS pixels, from the plot's left or upper edge. */
export class PlotAxis {
  /** @param {"x" | "y"} letter @param {Layout} settings @param {Range} range that other axes may share */
  constructor(letter, settings, range) {
    this.letter = letter;
    this.settings = settings;
    this.range = range;
    this.logarithmic = settings.type === "log";
    this.start = 0;
    this.length = 0;
  }

  get end() {
    return this.start + this.length;
  }

  /** Pixels from its start. @param {number} place */
  offset(place) {
    const [low, high] = this.range;
    const share = (place - low) / (high - low);
    return this.length * (this.letter === "y" ? 1 - share : share);
  }

  /** @param {number} value @returns {number} NaN where it has no place */
  place(value) {
    if (!this.logarithmic) return value;
    return value > 0 ? Math.log10(value) : NaN;
  }

  /** @param {number} value */
  pixel(value) {
    return this.start + this.offset(this.place(value));
  }

  /** The value so many pixels from its start. @param {number} offset */
  value(offset) {
    const place = this.placeAt(offset);
    return this.logarithmic ? 10 ** place : place;
  }

  /** @param {number} offset */
  placeAt(offset) {
    const [low, high] = this.range;
    const share = offset / this.length;
    return low + (this.letter === "y" ? 1 - share : share) * (high - low);
  }

  /** Whether its ticks stand outside of the plot, and how long they are. */
  get ticksOutside() {
    return this.settings.ticks === "outside" ? this.settings.ticklen ?? USUAL.length : 0;
  }

  get tickColour() {
    return this.settings.tickcolor ?? USUAL.colour;
  }

  /** What stands at it, within its range. @returns {Tick[]} */
  get ticks() {
    const { tickvals, ticktext, nticks = USUAL.ticks } = this.settings;
    const [low, high] = this.range;
    const slack = 1e-6 * (high - low);
    const seen = (/** @type {Tick} */ { place }) => place >= low - slack && place <= high + slack;
    if (tickvals) return Array.from(numbers(tickvals), (value, k) => ({ place: this.place(value), text: ticktext ? ticktext[k] : written(value) })).filter(seen);
    if (this.logarithmic) return powersOfTen(this.range, nticks).map((value) => ({ place: Math.log10(value), text: power(value) })).filter(seen);
    const places = evenly(this.range, nticks);
    const texts = writtenTogether(places, this.range);
    return places.map((place, k) => ({ place, text: texts[k] }));
  }
}

/** @param {number} value */
function power(value) {
  const exponent = Math.log10(value);
  const whole = Math.round(exponent);
  return Math.abs(exponent - whole) < 1e-9 && Math.abs(whole) > 2 ? powerOfTen(whole) : written(value);
}

/** Numbers at steps of two, five or ten, fewer than `most`. @param {Range} range @param {number} most @returns {number[]} */
function evenly([low, high], most) {
  const rough = (high - low) / most;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const base = 10 ** Math.floor(Math.log10(rough));
  const step = base * ([2, 5, 10].find((factor) => factor >= rough / base - 1e-9) ?? 10);
  const slack = 1e-6 * (high - low);
  const [first, last] = [Math.ceil((low - slack) / step), Math.floor((high + slack) / step)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/**
 * The axes of a figure by their names, "xaxis2" say.
 * @param {Layout} layout @param {Trace[]} data what axes without a range are fitted to
 * @returns {Map<string, PlotAxis>}
 */
export function axesFor(layout, data) {
  /** @type {Map<string, PlotAxis>} */
  const axes = new Map();
  for (const [name, settings] of Object.entries(layout)) {
    const [, letter, number] = /^([xy])axis(\d*)$/.exec(name) ?? [];
    if (!letter) continue;
    const shared = settings.matches && axes.get(settings.matches.replace(letter, `${letter}axis`));
    const own = data.filter((trace) => (trace[`${letter}axis`] ?? letter) === `${letter}${number}`);
    const range = shared ? shared.range : settings.range ? [...settings.range] : fittedTo(own, letter, settings.type === "log");
    axes.set(name, new PlotAxis(/** @type {"x" | "y"} */ (letter), settings, /** @type {Range} */ (range)));
  }
  return axes;
}

/** @param {Trace[]} traces @param {string} letter @param {boolean} logarithmic @returns {Range} */
function fittedTo(traces, letter, logarithmic) {
  let [low, high] = [Infinity, -Infinity];
  for (const trace of traces) {
    if (trace.visible === false) continue;
    for (const value of numbers(trace[letter])) {
      const place = logarithmic ? Math.log10(value) : value;
      if (!Number.isFinite(place)) continue;
      low = Math.min(low, place);
      high = Math.max(high, place);
    }
  }
  if (!(low <= high)) return logarithmic ? [0, 1] : [-1, 1];
  const free = high > low ? FREE * (high - low) : 1;
  return [low - free, high + free];
}

/** Pairs of axes by their number in the layout. @param {Map<string, PlotAxis>} axes @returns {AxisPair[]} */
export function pairsOf(axes) {
  const pairs = [];
  for (const [name, x] of axes) {
    const y = name.startsWith("x") && axes.get(name.replace("x", "y"));
    if (y) pairs.push({ x, y });
  }
  return pairs;
}

/**
 * Lay the axes where they belong.
 * @param {Map<string, PlotAxis>} axes @param {Layout} layout @param {(text: string) => number} wide the width of a text at an axis
 * @returns {Margin} with room for the numbers of an axis that asks for it
 */
export function layAxes(axes, layout, wide) {
  const margin = widened(axes, layout, wide);
  const whole = [0, 1];
  for (const { x, y } of pairsOf(axes)) {
    const domain = { x: x.settings.domain ?? whole, y: y.settings.domain ?? whole };
    const upright = y.settings.constraintoward === "top" ? "top" : "middle";
    const { left, top, width, height } = geometry(/** @type {any} */ (layout), margin, domain, [x.range, y.range], Boolean(y.settings.scaleanchor), upright);
    Object.assign(x, { start: left, length: width });
    Object.assign(y, { start: top, length: height });
  }
  return margin;
}

/** @param {Map<string, PlotAxis>} axes @param {Layout} layout @param {(text: string) => number} wide @returns {Margin} */
function widened(axes, { margin, height }, wide) {
  let { l } = margin;
  for (const axis of axes.values()) {
    if (axis.letter !== "y" || !axis.settings.automargin) continue;
    axis.length ||= height - margin.t - margin.b;
    const widest = Math.max(0, ...axis.ticks.map(({ text }) => wide(text)));
    l = Math.max(l, Math.round(widest + 1 + axis.ticksOutside + Math.min(PAD, margin.l, margin.r, margin.t, margin.b)));
  }
  return { ...margin, l };
}

/** The box between two axes. @param {AxisPair} axes @returns {Box} */
export const boxOf = ({ x, y }) => ({ left: x.start, top: y.start, width: x.length, height: y.length });
