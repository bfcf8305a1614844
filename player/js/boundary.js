// What each network makes of the plane at the shown step: probabilities as shades, or the fitted curve, with the data on top.

import { CanvasPanel } from "./canvaspanel.js";
import { probabilities } from "./dense.js";
import { short } from "./dom.js";
import { className, drawExample, Examples } from "./examples.js";
import { drawFit } from "./fit.js";
import { namesOf } from "./labels.js";
import { cells } from "./panel.js";
import { PlanePicture } from "./planes.js";
import { cut, drawAcross, drawName, drawUpright, fitting, fontOf, linearAxis, NAME, nameSize, wrapped } from "./plotting.js";
import { Shades } from "./shades.js";

/** @import { Edges, Size, Training } from "./types" */
/** @import { Trainer } from "./trainer.js" */

const FINENESS = [24, 32, 40, 48, 56, 64, 80, 96]; // points along a side of a picture, while something moves
const FINEST = 176; // and at rest
const BUDGET = 9; // milliseconds that all pictures of a frame may take while something moves
const SETTLED = 120; // milliseconds of rest after which pictures are computed as finely as they are shown

export class BoundaryPanel extends CanvasPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name, trainer.training?.data.task === "regression" ? "What the networks give" : "Decision boundaries");
    this.level = 5; // of FINENESS, while something moves
    /** @type {Map<number, PlanePicture>} of each network */
    this.pictures = new Map();
    this.shades = new Shades(trainer.training.data.colours, trainer.training.theme);
    this.examples = new Examples(trainer.training);
    this.computed = false; // whether a picture had to be computed for the frame
    this.refined = 0; // how many pictures are computed finely, of those that rest
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.shown = ""; // what the pictures were computed for
    /** @type {{ run: number, box: Edges, name: { left: number, right: number } }[]} where the pictures are */
    this.cells = [];
    this.canvas.addEventListener("click", (event) => this.choose(event));
  }

  setRace() {
    const { training } = this.trainer;
    this.pictures.clear();
    this.examples = new Examples(training);
    this.shown = "";
    this.shades = new Shades(training.data.colours, training.theme);
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @override */
  paint(context, size) {
    const { training, position, off, highlight } = this.trainer;
    const { inputs } = training.data;
    if (inputs > 2) return this.apologize(context, size);
    const runs = [...training.runs.keys()].filter((index) => !off.has(index));
    this.cells = this.places(size, runs);
    this.settle(`${position}|${runs}|${this.sizeKey}|${training.token}`);
    const started = performance.now();
    this.computed = false;
    if (this.cells.length) this.drawNames(context);
    for (const [i, cell] of this.cells.entries()) {
      if (inputs === 2) this.drawPlane(context, cell, i < this.refined);
      else this.drawCurve(context, cell);
      if (highlight !== null && highlight !== cell.run) dim(context, cell.box, training);
    }
    if (!this.refined && this.computed) this.adapt(performance.now() - started);
    if (this.refined && this.refined < this.cells.length) this.refine();
    this.drawLegend(context, size);
  }

  // ---- how finely

  /** Coarse while something moves; once it rests the pictures are computed again, one in each frame, as finely as they are shown. @param {string} shown */
  settle(shown) {
    if (shown === this.shown) return;
    this.shown = shown;
    this.refined = 0;
    clearTimeout(this.timer);
    if (!this.trainer.clock.playing) this.timer = setTimeout(() => this.refine(), SETTLED);
  }

  /** One more picture is to be fine. */
  refine() {
    this.refined += 1;
    this.trainer.invalidate();
  }

  /** So many points along a side that the frame is drawn in time. @param {number} took milliseconds */
  adapt(took) {
    if (took > BUDGET * 1.2 && this.level > 0) this.level -= 1;
    else if (took < BUDGET * 0.5 && this.level < FINENESS.length - 1) this.level += 1;
  }

  /** @param {Edges} box @param {boolean} fine */
  sideFor({ left, right }, fine) {
    const most = Math.max(FINENESS[0], Math.round((right - left) * devicePixelRatio));
    return Math.min(most, fine ? FINEST : FINENESS[this.level]);
  }

  // ---- where

  /** The box of each network's picture. @param {Size} size @param {number[]} runs */
  places({ width, height }, runs) {
    const { dataAspect: aspect, training, scale } = this.trainer;
    const letters = 13 * scale;
    const line = this.legend() ? 1.7 * letters : 0;
    const curve = training.data.inputs === 1;
    const shape = curve ? 1.5 : aspect;
    const margin = { left: curve ? 2.6 * letters : 3, right: 4, top: 1.6 * letters, bottom: curve ? 1.6 * letters : 5 };
    const found = cells(runs.length, width, height - line, shape, margin.top + margin.bottom);
    const [wide, high] = [width / found.columns, (height - line) / found.rows];
    const room = { width: wide - margin.left - margin.right, height: high - margin.top - margin.bottom };
    const across = curve ? room.width : Math.min(room.width, room.height * shape);
    const down = curve ? Math.min(room.height, room.width) : across / shape;
    const pitch = Math.min(high, down + margin.top + margin.bottom + letters); // rows stay together where there is more room than they need
    const above = Math.max(0, height - line - found.rows * pitch) / (found.rows > 1 ? 2 : 6);
    return runs.map((run, i) => {
      const left = (i % found.columns) * wide + margin.left + (room.width - across) / 2;
      const top = above + Math.floor(i / found.columns) * pitch + margin.top;
      const middle = left + across / 2;
      const reach = Math.min(middle - (i % found.columns) * wide, (i % found.columns) * wide + wide - middle) - 3;
      return { run, box: { left, right: left + across, top, bottom: top + down }, name: { left: middle - reach, right: middle + reach } };
    });
  }

  // ---- drawing

  /** The names of the networks over their pictures. @param {CanvasRenderingContext2D} context */
  drawNames(context) {
    const { runs } = this.trainer.training;
    const size = NAME * this.scale;
    const labels = runs.map(({ label }) => label);
    const [{ name: first }] = this.cells;
    const names = fitting(context, this.cells.map(({ run }) => namesOf(labels, run)), first.right - first.left, size);
    const letters = Math.min(...this.cells.map(({ name }, i) => nameSize(context, names[i], name.right - name.left, size))); // of one size, as of one rank
    for (const [i, { run, box, name }] of this.cells.entries()) drawName(context, { label: names[i], colour: runs[run].colour }, name, box.top - 4 * this.scale, letters);
  }

  /** @param {CanvasRenderingContext2D} context @param {{ run: number, box: Edges }} cell @param {boolean} fine */
  drawPlane(context, { run, box }, fine) {
    const { training, trainer } = this.withTrainer();
    const side = this.sideFor(box, fine);
    const down = Math.max(8, Math.round(side * (box.bottom - box.top) / (box.right - box.left)));
    let picture = this.pictures.get(run);
    if (!picture || picture.across !== side || picture.down !== down) this.pictures.set(run, (picture = new PlanePicture(training, side, down)));
    const key = `${trainer.position}|${side}`;
    if (picture.key !== key) {
      picture.key = key;
      this.computed = true;
      picture.compute((points) => trainer.outputs(run, points), this.shades);
    }
    clipped(context, box, () => {
      picture.draw(context, box, training.theme, trainer.scale);
      context.drawImage(this.examples.picture(box, trainer.scale), box.left, box.top, box.right - box.left, box.bottom - box.top);
    });
    frame(context, box, training);
    if (!picture.finite) this.sayDiverged(context, box);
    else if (picture.even) this.write(context, { ...box, top: box.bottom - 3.4 * 13 * trainer.scale }, ["no boundary"]);
  }

  withTrainer() {
    return { trainer: this.trainer, training: this.trainer.training };
  }

  /** The function of one input, over the data. @param {CanvasRenderingContext2D} context @param {{ run: number, box: Edges }} cell */
  drawCurve(context, { run, box }) {
    const { training, trainer } = this.withTrainer();
    const { theme, runs } = training;
    const { window } = training.data;
    const [across, upright] = [linearAxis(window[0], 5), linearAxis(window[1], 4)];
    const size = 12 * trainer.scale;
    drawAcross(context, across, box, theme, size);
    drawUpright(context, upright, box, theme, size);
    let finite = true;
    clipped(context, box, () => {
      context.drawImage(this.examples.picture(box, trainer.scale), box.left, box.top, box.right - box.left, box.bottom - box.top);
      finite = drawFit(context, box, training, (x) => trainer.outputs(run, [x])[0], runs[run].colour, 2.6 * trainer.scale);
    });
    frame(context, box, training);
    if (!finite) this.sayDiverged(context, box);
  }

  /** What filled and hollow points are, and what normalization reckons with, at the bottom. @param {CanvasRenderingContext2D} context @param {Size} size */
  drawLegend(context, { width, height }) {
    const text = this.legend();
    if (!text) return;
    const { training, trainer } = this.withTrainer();
    const size = 12 * trainer.scale;
    const lowest = Math.max(...this.cells.map(({ box }) => box.bottom)) + (training.data.inputs === 1 ? 1.6 * size : 0); // with the numbers under a curve's picture
    const [x, y] = [6 * trainer.scale, Math.min(height - 0.75 * size, lowest + 1.75 * size)];
    const radius = 3.2 * trainer.scale;
    context.font = fontOf(size);
    context.textAlign = "left";
    context.textBaseline = "middle";
    let at = x + radius;
    for (const [words, filled] of /** @type {const} */ ([["training", true], ["test", false]])) {
      drawExample(context, at, y, radius, training.theme.text, training.theme.halo, filled);
      context.fillStyle = training.theme.text;
      context.globalAlpha = 0.8;
      context.fillText(words, at + 2 * radius, y);
      at += 4.5 * radius + context.measureText(words).width;
    }
    const room = width - at - x;
    const note = text === "examples" ? "" : context.measureText(text).width <= room ? text : "normalized over the training set";
    if (note) context.fillText(cut(context, note, room), at + radius, y);
    context.globalAlpha = 1;
  }

  legend() {
    const { data, network } = this.trainer.training;
    if (data.inputs > 2) return "";
    return network.batch_norm ? "normalized with the statistics of the whole training set" : "examples";
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size */
  apologize(context, { width, height }) {
    const { inputs } = this.trainer.training.data;
    this.write(context, { left: 0, right: width, top: 0, bottom: height }, [`${inputs} inputs have no plane to draw`, "what units look at is seen under “Network”"]);
  }

  /** @param {CanvasRenderingContext2D} context @param {Edges} box */
  sayDiverged(context, box) {
    this.write(context, box, ["diverged:", "out of the range of numbers"]);
  }

  /** @param {CanvasRenderingContext2D} context @param {Edges} box @param {string[]} lines */
  write(context, { left, right, top, bottom }, lines) {
    const { training, trainer } = this.withTrainer();
    const size = 13 * trainer.scale;
    context.font = fontOf(size, 600);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 4 * trainer.scale;
    context.strokeStyle = training.theme.background;
    context.fillStyle = training.theme.text;
    const fit = lines.flatMap((text) => wrapped(context, text, right - left - size, 3));
    for (const [i, text] of fit.entries()) {
      const at = (top + bottom) / 2 + (i - (fit.length - 1) / 2) * 1.4 * size;
      context.strokeText(text, (left + right) / 2, at);
      context.fillText(text, (left + right) / 2, at);
    }
  }

  // ---- pointing

  /** The picture at a place of the panel. @param {number[]} place */
  cellAt([x, y]) {
    return this.cells.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
  }

  /** A picture was clicked: its network's units and weights are shown. @param {MouseEvent} event */
  choose(event) {
    const cell = this.cellAt(this.at(event));
    if (cell) this.trainer.choose(cell.run);
  }

  /** @param {PointerEvent} event @override */
  pointed(event) {
    const { training, trainer } = this.withTrainer();
    const [px, py] = this.at(event);
    const cell = this.cellAt([px, py]);
    if (!cell || training.data.inputs > 2) return this.left();
    const { box, run } = cell;
    const [[x0, x1], [y0, y1]] = training.data.window;
    const x = x0 + ((px - box.left) / (box.right - box.left)) * (x1 - x0);
    const y = y1 - ((py - box.top) / (box.bottom - box.top)) * (y1 - y0);
    const curve = training.data.inputs === 1;
    const outputs = trainer.outputs(run, curve ? [Float64Array.of(x)] : [Float64Array.of(x), Float64Array.of(y)]);
    /** @type {[string, string][]} */
    const lines = [[curve ? "input" : "inputs", curve ? short(x) : `${short(x)}, ${short(y)}`], ...outputLines(training, outputs)];
    const near = this.examples.at(px - box.left, py - box.top, box, trainer.scale);
    if (near) lines.push([near.set === "train" ? "training" : "test", near.what]);
    this.tip(event, training.runs[run].label, lines);
  }

  // ---- words

  words() {
    const { training, trainer } = this.withTrainer();
    const { data, runs } = training;
    const shown = runs.filter((_, index) => !trainer.off.has(index));
    const now = shown.map((run) => `${run.label} has loss ${short(run.median[trainer.clock.step])}`);
    const what = data.inputs > 2 ? `${data.title}, ${data.inputs} inputs, which no plane can show` : data.inputs === 1 ? `${data.title}: the fitted curve of each network` : `${data.title}: what each network gives over the plane`;
    return `${what}, with ${data.train.y.length} training examples and ${data.test.y.length} test examples. Step ${trainer.clock.step} of ${training.steps}: ${now.join("; ")}`;
  }

  close() {
    clearTimeout(this.timer);
    super.close();
  }
}

/** What a network gives at a place, as lines of a tooltip. @param {Training} training @param {Float64Array[]} outputs @returns {[string, string][]} */
function outputLines({ data }, outputs) {
  if (!data.classes.length) return [["output", short(outputs[0][0])]];
  probabilities(outputs);
  if (outputs.length === 1) return [[className(data, 1), inPercent(outputs[0][0])]];
  const ranked = outputs.map(([share], k) => /** @type {[string, number]} */ ([className(data, k), share])).sort((a, b) => b[1] - a[1]);
  return ranked.slice(0, 3).map(([name, share]) => [name, inPercent(share)]);
}

/** @param {number} share */
const inPercent = (share) => (Number.isFinite(share) ? `${short(100 * share)}%` : "–");

/** Draw within a box only. @param {CanvasRenderingContext2D} context @param {Edges} box @param {() => void} draw */
function clipped(context, { left, right, top, bottom }, draw) {
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  draw();
  context.restore();
}

/** Let a picture stand back. @param {CanvasRenderingContext2D} context @param {Edges} box @param {Training} training */
function dim(context, { left, right, top, bottom }, { theme }) {
  context.globalAlpha = 0.6;
  context.fillStyle = theme.background;
  context.fillRect(left - 1, top - 1, right - left + 2, bottom - top + 2);
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Edges} box @param {Training} training */
function frame(context, { left, right, top, bottom }, { theme }) {
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(left, top, right - left, bottom - top);
}
