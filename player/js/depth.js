// The signal through depth: how far activations spread in each layer, and how large what comes back is, a line for each network.

import { CanvasPanel } from "./canvaspanel.js";
import { short } from "./dom.js";
import { outline } from "./marks.js";
import { drawAcross, drawUpright, fontOf, linearAxis, logAxis } from "./plotting.js";
import { toldAt } from "./ridges.js";

/** @import { Edges, Range, SignalsBlock, Size, Trained } from "./types" */
/** @import { Axis } from "./plotting.js" */
/** @import { Trainer } from "./trainer.js" */

const LEAST = 1e-12; // smaller spreads are drawn at the lower edge
const PLOTS = /** @type {const} */ ([
  { titles: ["spread of the activations", "spread"], key: "spread", theory: "spreadTheory", second: null },
  { titles: ["signal back: rms, dotted: median", "back (median dotted)", "back"], key: "rms", theory: "rmsTheory", second: "medianBack" },
]);

export class DepthPanel extends CanvasPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name, "Signal through depth");
    /** @type {Range[]} the ends of the upright axes, as logarithms */
    this.ranges = [];
    /** @type {{ box: Edges, plot: number }[]} */
    this.boxes = [];
  }

  setRace() {
    const { runs, signals } = this.trainer.training;
    this.ranges = signals ? PLOTS.map(({ key, theory }) => rangeOf(runs.flatMap((run) => [counted(run[key], this.depth), run[theory] ?? new Float32Array(0)]))) : [];
  }

  get depth() {
    return this.trainer.training.network.sizes.length - 2;
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @override */
  paint(context, { width, height }) {
    const { training, scale } = this.trainer;
    if (!training.signals) return this.sayEmpty(context, { width, height }, "no hidden layers, no signal through them", training.theme.text);
    const size = 12 * scale;
    const beside = width > 1.3 * height;
    const [wide, high] = beside ? [width / 2, height] : [width, height / 2];
    this.boxes = PLOTS.map((_, plot) => {
      const [left, top] = [beside ? plot * wide : 0, beside ? 0 : plot * high];
      return { plot, box: { left: left + 3.8 * size, right: left + wide - size, top: top + 1.8 * size, bottom: top + high - 2.4 * size } };
    });
    for (const { box, plot } of this.boxes) this.drawPlot(context, box, plot, size);
  }

  /** @param {CanvasRenderingContext2D} context @param {Edges} box @param {number} plot @param {number} size of the letters */
  drawPlot(context, box, plot, size) {
    const { training, off } = this.trainer;
    const { theme } = training;
    const signals = /** @type {SignalsBlock} */ (training.signals);
    const { titles } = PLOTS[plot];
    const upright = logAxis(this.ranges[plot], 5);
    const across = this.across();
    drawUpright(context, upright, box, theme, size);
    drawAcross(context, across, box, theme, size);
    context.font = fontOf(size);
    context.fillStyle = theme.text;
    context.textBaseline = "bottom";
    context.textAlign = "left";
    const title = titles.find((text) => context.measureText(text).width <= box.right - box.left + size) ?? titles[titles.length - 1];
    context.fillText(title, box.left, box.top - 0.4 * size);
    context.textAlign = "right";
    context.globalAlpha = 0.75;
    context.fillText("layer", box.right, box.bottom + 2.3 * size);
    context.globalAlpha = 1;
    const at = toldAt(signals.told, this.trainer.moment);
    context.save();
    context.beginPath();
    context.rect(box.left - size, box.top - 0.4 * size, box.right - box.left + 2 * size, box.bottom - box.top + 0.8 * size);
    context.clip();
    for (const [index, run] of training.runs.entries()) if (!off.has(index)) this.drawLines(context, run, index, plot, at, (layer, value) => [box.left + across.place(layer + 1) * (box.right - box.left), box.bottom - upright.place(Math.max(LEAST, value)) * (box.bottom - box.top)]);
    context.restore();
  }

  /** Whole numbers of layers. @returns {Axis} */
  across() {
    const { place, ticks } = linearAxis([0.7, this.depth + 0.3], 8);
    return { place, ticks: ticks.filter(({ value }) => Number.isInteger(value)) };
  }

  /** @param {CanvasRenderingContext2D} context @param {Trained} run @param {number} index @param {number} plot @param {number} at @param {(layer: number, value: number) => number[]} pixel */
  drawLines(context, run, index, plot, at, pixel) {
    const { training, scale, highlight } = this.trainer;
    const { key, second, theory } = PLOTS[plot];
    const strength = highlight === null || highlight === index ? 1 : 0.25;
    const draw = (/** @type {Float32Array} */ values, /** @type {number} */ from, /** @type {number} */ width, /** @type {number[]} */ dash, /** @type {number} */ opacity, /** @type {string} */ colour) => {
      context.strokeStyle = colour;
      context.globalAlpha = strength * opacity;
      context.lineWidth = width * scale;
      context.setLineDash(dash.map((length) => length * scale));
      context.beginPath();
      for (let layer = 0; layer < this.depth; layer++) if (Number.isFinite(values[from + layer])) context.lineTo(...pair(pixel(layer, values[from + layer])));
      context.stroke();
      context.setLineDash([]);
    };
    const found = run[theory];
    if (found) draw(found, 0, 1, [], 0.75, training.theme.text);
    if (second) draw(run[second], at * this.depth, 1.8, [1.5, 4], 1, run.colour);
    draw(run[key], at * this.depth, 2.4, [], 1, run.colour);
    context.fillStyle = run.colour;
    for (let layer = 0; layer < this.depth; layer++) {
      const value = run[key][at * this.depth + layer];
      if (!Number.isFinite(value)) continue;
      context.beginPath();
      outline(context, training.look.markers[run.marker], ...pair(pixel(layer, value)), 3.6 * scale);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** @param {PointerEvent} event @override */
  pointed(event) {
    const { training, trainer } = { training: this.trainer.training, trainer: this.trainer };
    const [x, y] = this.at(event);
    const found = this.boxes.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
    if (!found || !training.signals) return this.left();
    const { box, plot } = found;
    const layer = Math.max(0, Math.min(this.depth - 1, Math.round(0.7 + ((x - box.left) / (box.right - box.left)) * (this.depth - 0.4)) - 1));
    const k = toldAt(training.signals.told, trainer.moment) * this.depth + layer;
    const { key, second } = PLOTS[plot];
    const shown = training.runs.filter((_, index) => !trainer.off.has(index));
    this.tip(event, `layer ${layer + 1}`, shown.map((run) => [run.label, `${short(run[key][k])}${second ? `, median ${short(run[second][k])}` : ""}`]));
  }

  words() {
    const { training, trainer } = { training: this.trainer.training, trainer: this.trainer };
    if (!training.signals) return "No hidden layers, no signal through them";
    const at = toldAt(training.signals.told, trainer.moment) * this.depth;
    const told = training.runs.filter((_, index) => !trainer.off.has(index)).map((run) => {
      const ends = [at, at + this.depth - 1];
      const [spread, back] = [run.spread, run.rms].map((values) => ends.map((k) => short(values[k])).join(" to "));
      return `${run.label}: activations spread ${spread}, root mean square of the signal back ${back}, its median ${ends.map((k) => short(run.medianBack[k])).join(" to ")}`;
    });
    return `From the first to the last of ${this.depth} hidden layers at step ${trainer.clock.step} of ${training.steps}. ${told.join("; ")}`;
  }
}

/** @param {number[]} place @returns {[number, number]} */
const pair = ([x, y]) => [x, y];

/**
 * What an axis is to show of a network: all of it, but of one that overflows only how it begins, since the powers of ten on its way out leave
 * no room for the others.
 * @param {Float32Array} values step after step, of each layer @param {number} depth number of layers
 */
export function counted(values, depth) {
  return values.every(Number.isFinite) ? values : values.subarray(0, depth);
}

/** Whole powers of ten around all values. @param {Float32Array[]} lists @returns {Range} */
function rangeOf(lists) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (!(value > 0) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(low <= high)) return [-3, 0];
  const ends = [Math.floor(Math.log10(Math.max(low, LEAST))), Math.ceil(Math.log10(high) + 1e-6)];
  return [ends[0], Math.max(ends[0] + 1, ends[1])];
}
