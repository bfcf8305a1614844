// Small plots on a canvas: axes whose numbers are round, and places on them.

import { short } from "./dom.js";
import { inOneForm } from "./labels.js";

/** @import { Edges, Range, ScaleBlock, Theme } from "./types" */

export const NAME = 14.5; // CSS pixels of the letters of a name over a picture
const LEGIBLE = 12; // CSS pixels of letters that are large enough in any case
const SMALLER = { name: 0.9, last: 0.8 }; // of their size, that those letters may have where a name is chosen that has room; and where no shorter one has
const OVERHANG = 0.5; // of their size, that numbers at the ends of an axis may stand over

/** @typedef {{ place(value: number): number, ticks: { value: number, text: string }[] }} Axis from values to shares of its length, 0 to 1 */

/** An axis of equal steps. @param {Range} range @param {number} most about so many ticks @returns {Axis} */
export function linearAxis([low, high], most = 5) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? 10 * power;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push({ value: k * step, text: short(Number((k * step).toPrecision(6))) });
  return { place: (value) => (value - low) / (high - low), ticks };
}

/** An axis of equal factors; of both ends the logarithms to base ten are given. @param {Range} range @param {number} most about so many ticks @returns {Axis} */
export function logAxis([low, high], most = 5) {
  const step = Math.max(1, Math.ceil((high - low) / most));
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9) * step; k <= high + 1e-9; k += step) ticks.push({ value: 10 ** k, text: powerOfTen(k) });
  return { place: (value) => (Math.log10(value) - low) / (high - low), ticks };
}

/** An axis that is linear about zero and logarithmic beyond a unit, on both sides. @param {Range} range @param {number} unit @returns {Axis} */
export function symmetricAxis([low, high], unit) {
  const [from, to] = [Math.asinh(low / unit), Math.asinh(high / unit)];
  const place = (/** @type {number} */ value) => (Math.asinh(value / unit) - from) / (to - from);
  const last = Math.floor(Math.log10(Math.max(-low, high)));
  const ticks = [{ value: 0, text: "0" }];
  for (let k = last; 10 ** k > unit * 2 && ticks.length < 6; k -= 2) {
    for (const sign of [1, -1]) if (sign * 10 ** k >= low && sign * 10 ** k <= high) ticks.push({ value: sign * 10 ** k, text: short(sign * 10 ** k) });
  }
  return { place, ticks };
}

/** The axis of a scale from Python. @param {ScaleBlock} scale @param {number} most about so many ticks @returns {Axis} */
export function axisOf({ kind, ends, unit }, most) {
  if (kind === "log") return logAxis(ends, most);
  return kind === "symmetric" ? symmetricAxis(ends, unit) : linearAxis(ends, most);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} k */
export function powerOfTen(k) {
  if (k === 0) return "1";
  if (k === 1) return "10";
  return `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((digit) => RAISED[Number(digit)]).join("")}`;
}

/**
 * Numbers, and faint lines, of an axis at the bottom of a box.
 * @param {CanvasRenderingContext2D} context @param {Axis} axis @param {Edges} box @param {Theme} theme @param {number} size of the letters
 */
export function drawAcross(context, { place, ticks }, { left, right, top, bottom }, theme, size) {
  start(context, theme, size);
  context.textBaseline = "top";
  let free = -Infinity; // where the last number ends
  for (const { value, text } of [...ticks].sort((a, b) => a.value - b.value)) {
    const x = left + place(value) * (right - left);
    if (x < left - 1 || x > right + 1) continue;
    line(context, x, top, x, bottom);
    const half = context.measureText(text).width / 2;
    const middle = Math.max(left - OVERHANG * size + half, Math.min(right + OVERHANG * size - half, x));
    if (middle - half < free) continue;
    free = middle + half + 0.5 * size;
    context.textAlign = "center";
    context.globalAlpha = 0.75;
    context.fillText(text, middle, bottom + 0.3 * size);
    context.globalAlpha = 1;
  }
}

/** The same of an axis at the left. @param {CanvasRenderingContext2D} context @param {Axis} axis @param {Edges} box @param {Theme} theme @param {number} size */
export function drawUpright(context, { place, ticks }, { left, right, top, bottom }, theme, size) {
  start(context, theme, size);
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const { value, text } of ticks) {
    const y = bottom - place(value) * (bottom - top);
    if (y < top - 1 || y > bottom + 1) continue;
    line(context, left, y, right, y);
    context.globalAlpha = 0.75;
    context.fillText(text, left - 0.4 * size, y);
    context.globalAlpha = 1;
  }
}

/** @param {CanvasRenderingContext2D} context @param {Theme} theme @param {number} size */
function start(context, theme, size) {
  context.font = fontOf(size);
  context.fillStyle = theme.text;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
export function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** @param {number} size in CSS pixels @param {number} weight */
export const fontOf = (size, weight = 400) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", sans-serif`;

/** Text in lines of a width, the last of which is cut where there are too many. @param {CanvasRenderingContext2D} context @param {string} text @param {number} width in CSS pixels @param {number} most lines */
export function wrapped(context, text, width, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trimStart();
    if (lines.length === most || context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((words) => cut(context, words, width));
}

/** The letters of a name over its picture: smaller where it is too long. @param {CanvasRenderingContext2D} context @param {string} label @param {number} room in CSS pixels @param {number} size of the letters where there is room */
export function nameSize(context, label, room, size) {
  context.font = fontOf(size, 600);
  const wide = context.measureText(label).width;
  const least = Math.min(SMALLER.last, LEGIBLE / size);
  return size * Math.min(1, Math.max(least, (0.99 * room) / wide)); // a hair smaller, so that rounding cuts nothing
}

/** The name of something over its picture, in its colour, cut where its letters are not small enough. @param {CanvasRenderingContext2D} context @param {{ label: string, colour: string }} run @param {{ left: number, right: number }} box @param {number} y of its lower edge @param {number} size of the letters */
export function drawName(context, { label, colour }, { left, right }, y, size) {
  context.font = fontOf(size, 600);
  context.fillStyle = colour;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(cutName(context, label, right - left), (left + right) / 2, y);
}

/** The same of a name, whose number at its end stays: "weight de… 0.01". @param {CanvasRenderingContext2D} context @param {string} name @param {number} width */
function cutName(context, name, width) {
  const number = / \S*\d\S*$/.exec(name)?.[0] ?? "";
  if (!number || context.measureText(name).width <= width) return cut(context, name, width);
  const rest = cut(context, name.slice(0, -number.length), width - context.measureText(number).width);
  return rest ? rest + number : cut(context, name, width);
}

/** The names of networks over their pictures, as `drawName` draws them with letters of `nameSize`: all in the first of their forms in which they fit. @param {CanvasRenderingContext2D} context @param {string[][]} names of each network its forms @param {number} room in CSS pixels @param {number} size of the letters @param {string[]} rather of each network what is rather written than what would be cut */
export function fitting(context, names, room, size, rather = []) {
  context.font = fontOf(SMALLER.name * size, 600);
  const fits = (/** @type {string} */ name) => context.measureText(name).width <= room;
  return inOneForm(names, fits).map((name, i) => (fits(name) ? name : rather[i] ?? name));
}

/** Text that ends with "…" where it is too long for its place. @param {CanvasRenderingContext2D} context @param {string} text @param {number} width in CSS pixels */
export function cut(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let shown = text;
  while (shown && context.measureText(`${shown}…`).width > width) shown = shown.slice(0, -1);
  return shown ? `${shown.trimEnd()}…` : "";
}
