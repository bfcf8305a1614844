// What is written around the units of a network: how many there are, which are not shown, what the outputs answer, and what the lines mean.

import { className } from "./examples.js";
import { cut, fontOf } from "./plotting.js";

/** @import { Edges, Theme, Training } from "./types" */
/** @import { Graph } from "./unitgraph.js" */

const BAR = 3; // letters' heights of the bar of a probability of one

/** How many units each layer has, over its column; where there is no room for all, only of some. @param {CanvasRenderingContext2D} context @param {Graph} graph @param {number[]} sizes @param {number} y @param {number} letters @param {Theme} theme */
export function drawCounts(context, { places }, sizes, y, letters, theme) {
  const last = sizes.length - 1;
  context.font = fontOf(letters);
  context.fillStyle = theme.text;
  context.textBaseline = "bottom";
  context.textAlign = "left";
  context.globalAlpha = 0.75;
  /** @type {[number, number][]} what is taken, from left to right */
  const taken = [];
  const order = [0, last, ...sizes.keys()].filter((layer, i, all) => all.indexOf(layer) === i);
  for (const layer of order) {
    const text = layer === 0 ? `${sizes[0]} in` : layer === last ? `${sizes[last]} out` : String(sizes[layer]);
    const wide = context.measureText(text).width;
    const { x, side } = places[layer][0];
    const left = layer === 0 ? Math.max(x - side / 2, Math.min(x - wide / 2, x)) : layer === last ? Math.min(x - wide / 2, x + side / 2 + letters - wide) : x - wide / 2;
    if (taken.some(([from, to]) => left < to + 0.5 * letters && left + wide > from - 0.5 * letters)) continue;
    taken.push([left, left + wide]);
    context.fillText(text, left, y);
  }
  context.globalAlpha = 1;
}

/** How many units of each layer are not shown, under its column, or once for all where there is no room for that. @param {CanvasRenderingContext2D} context @param {Graph} graph @param {Edges} box @param {number} letters @param {Theme} theme */
export function drawMore(context, { places, hidden }, box, letters, theme) {
  const some = hidden.flatMap((count, layer) => (count ? [{ count, x: places[layer][0].x }] : []));
  if (!some.length) return;
  context.font = fontOf(letters);
  context.fillStyle = theme.text;
  context.textAlign = "center";
  context.textBaseline = "top";
  const room = Math.min(Infinity, ...some.slice(1).map(({ x }, i) => x - some[i].x)) - 0.6 * letters;
  const fits = (/** @type {(count: number) => string} */ form) => some.every(({ count }) => context.measureText(form(count)).width <= room);
  const form = [(/** @type {number} */ count) => `and ${count} more`, (/** @type {number} */ count) => `+${count}`].find(fits);
  const y = box.bottom + 0.3 * letters;
  if (form) for (const { count, x } of some) context.fillText(form(count), Math.min(x, box.right - context.measureText(form(count)).width / 2 + letters), y);
  else {
    const counts = new Set(some.map(({ count }) => count));
    context.fillText(counts.size === 1 ? `and ${some[0].count} more in each layer` : "and more units in each layer", (box.left + box.right) / 2, y);
  }
}

/** What is written beside the outputs, if anything: the names of the classes. @param {Training} training @returns {string[]} */
export function outputNames({ data, network: { sizes } }) {
  return data.classes.length && sizes[sizes.length - 1] > 1 ? data.classes.map((_, k) => (data.inputs > 2 ? data.classes[k] : className(data, k))) : [];
}

/** How wide what stands beside the outputs is. @param {CanvasRenderingContext2D} context @param {string[]} names @param {boolean} answered whether a bar and a share stand behind each @param {number} letters */
export function namesWidth(context, names, answered, letters) {
  if (!names.length) return 0.4 * letters;
  context.font = fontOf(letters, 600);
  return Math.max(...names.map((name) => context.measureText(name).width)) + (answered ? (BAR + 5.4) * letters : 0.9 * letters);
}

/** The classes beside the outputs, with the probability that each is given; the likeliest bold. @param {CanvasRenderingContext2D} context @param {Graph} graph @param {string[]} names @param {number[]} shares none where no example is shown @param {number} letters @param {Training} training */
export function drawAnswers(context, { places }, names, shares, letters, { theme, data }) {
  const outputs = places[places.length - 1];
  const best = shares.indexOf(Math.max(...shares));
  context.font = fontOf(letters, 600);
  const wide = Math.max(...names.map((name) => context.measureText(name).width));
  context.textBaseline = "middle";
  for (const { unit, x, y, side } of outputs) {
    const left = x + side / 2 + 0.5 * letters;
    context.font = fontOf(letters, unit === best ? 700 : 400);
    context.fillStyle = theme.text;
    context.textAlign = "left";
    context.fillText(names[unit], left, y);
    if (!(shares[unit] >= 0)) continue;
    const bar = left + wide + 0.5 * letters;
    context.fillStyle = data.colours[1];
    context.fillRect(bar, y - 0.3 * letters, Math.max(1, shares[unit] * BAR * letters), 0.6 * letters);
    context.fillStyle = theme.text;
    context.fillText(shareOf(shares[unit]), bar + (BAR + 0.4) * letters, y);
  }
}

/** @param {number} share */
const shareOf = (share) => (share > 0.995 && share < 1 ? "> 99%" : share < 0.005 ? "< 1%" : `${Math.round(100 * share)}%`);

/** What the lines and colours mean. @param {CanvasRenderingContext2D} context @param {number} left @param {number} y @param {number} room @param {number} letters @param {string[]} colours @param {Theme} theme */
export function drawLegend(context, left, y, room, letters, colours, theme) {
  context.font = fontOf(letters);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  let x = left;
  for (const [words, colour] of [["weights below 0", colours[0]], ["above 0", colours[1]]]) {
    context.strokeStyle = colour;
    context.lineWidth = 0.22 * letters;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 1.4 * letters, y);
    context.stroke();
    context.globalAlpha = 0.75;
    const text = cut(context, words, left + room - x - 1.9 * letters);
    context.fillText(text, x + 1.8 * letters, y);
    context.globalAlpha = 1;
    x += 2.8 * letters + context.measureText(text).width;
  }
}
