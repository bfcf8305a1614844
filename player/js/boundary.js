// What each network makes of the plane at the shown step: probabilities as shades, or the fitted curve, with the data on top.

import { CanvasPanel } from "./canvaspanel.js";
import { probabilities } from "./dense.js";
import { contextOf, element, short } from "./dom.js";
import { cells } from "./panel.js";
import { cut, drawAcross, drawName, drawUpright, fontOf, linearAxis } from "./plotting.js";
import { gridOf, lead, Shades, zeroLines } from "./shades.js";

/** @import { DataBlock, Edges, Size, Training } from "./types" */
/** @import { Trainer } from "./trainer.js" */

const FINENESS = [24, 32, 40, 48, 56, 64, 80, 96]; // points along a side of a picture, while something moves
const FINEST = 176; // and at rest
const BUDGET = 9; // milliseconds that all pictures of a frame may take while something moves
const SETTLED = 120; // milliseconds of rest after which pictures are computed as finely as they are shown
const CURVE = 240; // points of a cut curve
const MANY = 400; // from so many examples on they are drawn smaller
const AT_EXAMPLE = 9; // CSS pixels from an example within which the pointer is at it

export class BoundaryPanel extends CanvasPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name, trainer.training?.data.task === "regression" ? "What the networks give" : "Decision boundaries");
    this.level = 5; // of FINENESS, while something moves
    /** @type {Map<number, Picture>} of each network */
    this.pictures = new Map();
    this.shades = new Shades(["#000000", "#000000"], trainer.training.theme);
    /** @type {{ key: string, canvas: HTMLCanvasElement } | null} the examples, which do not move */
    this.points = null;
    this.computed = false; // whether a picture had to be computed for the frame
    this.refined = 0; // how many pictures are computed finely, of those that rest
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.shown = ""; // what the pictures were computed for
    /** @type {{ run: number, box: Edges }[]} where the pictures are */
    this.cells = [];
    this.canvas.addEventListener("click", (event) => this.choose(event));
  }

  setRace() {
    const { training } = this.trainer;
    this.pictures.clear();
    this.points = null;
    this.shown = "";
    this.shades = new Shades(training.data.colours, training.theme);
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @override */
  paint(context, size) {
    const { training, position, off, highlight, scale } = this.trainer;
    const { inputs } = training.data;
    if (inputs > 2) return this.apologize(context, size);
    const runs = [...training.runs.keys()].filter((index) => !off.has(index));
    this.cells = this.places(size, runs);
    this.settle(`${position}|${runs}|${this.sizeKey}|${training.token}`);
    const started = performance.now();
    this.computed = false;
    for (const [i, cell] of this.cells.entries()) {
      drawName(context, training.runs[cell.run], cell.box, cell.box.top - 4 * scale, 13 * scale);
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
    const { aspect, training, scale } = this.trainer;
    const letters = 13 * scale;
    const line = this.legend() ? 1.7 * letters : 0;
    const curve = training.data.inputs === 1;
    const shape = curve ? 1.5 : aspect;
    const found = cells(runs.length, width, height - line, shape);
    const [wide, high] = [width / found.columns, (height - line) / found.rows];
    const margin = { left: curve ? 2.6 * letters : 3, right: 4, top: 1.6 * letters, bottom: curve ? 1.6 * letters : 5 };
    const room = { width: wide - margin.left - margin.right, height: high - margin.top - margin.bottom };
    const across = curve ? room.width : Math.min(room.width, room.height * shape);
    const down = curve ? Math.min(room.height, room.width) : across / shape;
    return runs.map((run, i) => {
      const left = (i % found.columns) * wide + margin.left + (room.width - across) / 2;
      const top = Math.floor(i / found.columns) * high + margin.top + Math.max(0, room.height - down) / (found.rows > 1 ? 2 : 6);
      return { run, box: { left, right: left + across, top, bottom: top + down } };
    });
  }

  // ---- drawing

  /** @param {CanvasRenderingContext2D} context @param {{ run: number, box: Edges }} cell @param {boolean} fine */
  drawPlane(context, { run, box }, fine) {
    const { training, trainer } = this.withTrainer();
    const side = this.sideFor(box, fine);
    const down = Math.max(8, Math.round(side * (box.bottom - box.top) / (box.right - box.left)));
    let picture = this.pictures.get(run);
    if (!picture || picture.across !== side || picture.down !== down) this.pictures.set(run, (picture = new Picture(training, side, down)));
    const key = `${trainer.position}|${side}`;
    if (picture.key !== key) {
      picture.key = key;
      this.computed = true;
      picture.compute(trainer, run, this.shades);
    }
    clipped(context, box, () => {
      picture.draw(context, box, training.theme, trainer.scale);
      context.drawImage(this.examples(box), box.left, box.top, box.right - box.left, box.bottom - box.top);
    });
    frame(context, box, training);
    if (!picture.finite) this.sayDiverged(context, box);
  }

  withTrainer() {
    return { trainer: this.trainer, training: this.trainer.training };
  }

  /** The function of one input, over the data. @param {CanvasRenderingContext2D} context @param {{ run: number, box: Edges }} cell */
  drawCurve(context, { run, box }) {
    const { training, trainer } = this.withTrainer();
    const { theme, window, runs } = training;
    const [across, upright] = [linearAxis(window[0], 5), linearAxis(window[1], 4)];
    const size = 11.5 * trainer.scale;
    drawAcross(context, across, box, theme, size);
    drawUpright(context, upright, box, theme, size);
    const x = Float64Array.from({ length: CURVE }, (_, i) => window[0][0] + (i / (CURVE - 1)) * (window[0][1] - window[0][0]));
    const [values] = trainer.outputs(run, [x]);
    clipped(context, box, () => {
      context.drawImage(this.examples(box), box.left, box.top, box.right - box.left, box.bottom - box.top);
      context.beginPath();
      for (let i = 0; i < CURVE; i++) context.lineTo(box.left + across.place(x[i]) * (box.right - box.left), box.bottom - upright.place(values[i]) * (box.bottom - box.top));
      context.lineWidth = 2.6 * trainer.scale;
      context.lineJoin = "round";
      context.strokeStyle = runs[run].colour;
      context.stroke();
    });
    frame(context, box, training);
    if (!Number.isFinite(values[0])) this.sayDiverged(context, box);
  }

  /** The examples over the window, training points filled and test points hollow, drawn once for all pictures. @param {Edges} box */
  examples({ left, right, top, bottom }) {
    const { training, trainer } = this.withTrainer();
    const [width, height] = [right - left, bottom - top];
    const key = `${width}x${height}x${devicePixelRatio}x${trainer.scale}`;
    if (this.points?.key === key) return this.points.canvas;
    const canvas = element("canvas", { width: Math.max(1, Math.round(width * devicePixelRatio)), height: Math.max(1, Math.round(height * devicePixelRatio)) });
    const context = contextOf(canvas);
    context.scale(devicePixelRatio, devicePixelRatio);
    const count = training.data.train.y.length + training.data.test.y.length;
    const radius = trainer.scale * Math.min(3.4, Math.max(1.2, width / 75)) * (count > MANY ? Math.max(0.45, Math.sqrt(MANY / count)) : 1);
    for (const set of /** @type {const} */ (["test", "train"])) for (const [x, y, colour] of this.located(set, width, height)) drawExample(context, x, y, radius, colour, training.theme.halo, set === "train");
    this.points = { key, canvas };
    return canvas;
  }

  /** Where the examples of a set lie in a picture, and their colours. @param {"train" | "test"} set @param {number} width @param {number} height @returns {[number, number, string][]} */
  located(set, width, height) {
    const { window, data, theme } = this.trainer.training;
    const [[x0, x1], [y0, y1]] = window;
    const { x, y } = data[set];
    const upright = data.inputs === 1 ? y : x[1];
    const colourOf = (/** @type {number} */ target) => {
      if (data.inputs === 1) return theme.text;
      return data.classes.length ? data.colours[target] : data.colours[Number(target > middle(data.train.y))];
    };
    return Array.from(y, (target, i) => [((x[0][i] - x0) / (x1 - x0)) * width, ((y1 - upright[i]) / (y1 - y0)) * height, colourOf(target)]);
  }

  /** What filled and hollow points are, and what normalization reckons with, at the bottom. @param {CanvasRenderingContext2D} context @param {Size} size */
  drawLegend(context, { width, height }) {
    const text = this.legend();
    if (!text) return;
    const { training, trainer } = this.withTrainer();
    const size = 12 * trainer.scale;
    const [x, y] = [6 * trainer.scale, height - 0.75 * size];
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
    const note = text === "examples" ? "" : text;
    if (note) context.fillText(cut(context, note, width - at - x), at + radius, y);
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
    for (const [i, text] of lines.entries()) {
      const at = (top + bottom) / 2 + (i - (lines.length - 1) / 2) * 1.4 * size;
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
    const [[x0, x1], [y0, y1]] = training.window;
    const x = x0 + ((px - box.left) / (box.right - box.left)) * (x1 - x0);
    const y = y1 - ((py - box.top) / (box.bottom - box.top)) * (y1 - y0);
    const curve = training.data.inputs === 1;
    const outputs = trainer.outputs(run, curve ? [Float64Array.of(x)] : [Float64Array.of(x), Float64Array.of(y)]);
    /** @type {[string, string][]} */
    const lines = [[curve ? "input" : "inputs", curve ? short(x) : `${short(x)}, ${short(y)}`], ...outputLines(training, outputs)];
    const near = this.exampleAt(px - box.left, py - box.top, box);
    if (near) lines.push([near.set === "train" ? "training" : "test", near.what]);
    this.tip(event, training.runs[run].label, lines);
  }

  /** The example near a pixel of a picture. @param {number} x @param {number} y @param {Edges} box */
  exampleAt(x, y, { left, right, top, bottom }) {
    const { data } = this.trainer.training;
    let best = { distance: AT_EXAMPLE * this.scale, set: "", what: "" };
    for (const set of /** @type {const} */ (["train", "test"])) {
      for (const [i, [px, py]] of this.located(set, right - left, bottom - top).entries()) {
        const distance = Math.hypot(px - x, py - y);
        if (distance < best.distance) best = { distance, set, what: data.classes.length ? className(data, data[set].y[i]) : short(data[set].y[i]) };
      }
    }
    return best.set ? best : null;
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

/** @param {DataBlock} data @param {number} k */
const className = ({ classes }, k) => (/^[-\d.]+$/.test(classes[k]) ? `class ${classes[k]}` : classes[k]);

/** @param {number} share */
const inPercent = (share) => (Number.isFinite(share) ? `${short(100 * share)} %` : "–");

/** @param {ArrayLike<number>} values */
const middle = (values) => Array.from(values).sort((a, b) => a - b)[values.length >> 1];

/** What one network gives over the plane, on a grid. */
class Picture {
  /** @param {Training} training @param {number} across @param {number} down points of the grid */
  constructor(training, across, down) {
    this.training = training;
    this.across = across;
    this.down = down;
    this.grid = gridOf(training.window, across, down);
    this.canvas = element("canvas", { width: across, height: down });
    this.context = contextOf(this.canvas);
    this.image = this.context.createImageData(across, down);
    this.key = "";
    this.finite = true;
    /** @type {ArrayLike<number>[]} whose zero lines are boundaries */
    this.levels = [];
  }

  /** @param {Trainer} trainer @param {number} run @param {Shades} shades */
  compute(trainer, run, shades) {
    const outputs = trainer.outputs(run, this.grid);
    const { data, window } = this.training;
    this.finite = outputs[0].some(Number.isFinite);
    if (!data.classes.length) {
      const [low, high] = extent(data.train.y, window);
      shades.fillRamp(this.image, outputs[0].map((value) => (value - low) / (high - low)));
      this.levels = [];
    } else if (outputs.length === 1) {
      this.levels = [outputs[0].slice()];
      shades.fillRamp(this.image, probabilities(outputs)[0]);
    } else {
      shades.fillMixture(this.image, probabilities(outputs));
      this.levels = outputs.map((_, k) => lead(outputs, k, new Float64Array(outputs[0].length)));
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /** @param {CanvasRenderingContext2D} context @param {Edges} box @param {Training["theme"]} theme @param {number} scale */
  draw(context, { left, right, top, bottom }, theme, scale) {
    const [wide, high] = [(right - left) / this.across, (bottom - top) / this.down];
    context.imageSmoothingEnabled = true;
    context.drawImage(this.canvas, left, top, right - left, bottom - top);
    context.beginPath();
    for (const level of this.levels) {
      zeroLines(level, this.across, this.down, (x0, y0, x1, y1) => {
        context.moveTo(left + (x0 + 0.5) * wide, top + (y0 + 0.5) * high);
        context.lineTo(left + (x1 + 0.5) * wide, top + (y1 + 0.5) * high);
      });
    }
    context.strokeStyle = theme.text;
    context.globalAlpha = 0.75;
    context.lineWidth = 1.6 * scale;
    context.lineCap = "round";
    context.stroke();
    context.globalAlpha = 1;
  }
}

/** The range of the targets. @param {Float32Array} targets @param {Training["window"]} window */
function extent(targets, window) {
  let [low, high] = [Infinity, -Infinity];
  for (const target of targets) [low, high] = [Math.min(low, target), Math.max(high, target)];
  return high > low ? [low, high] : window[1];
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string} colour @param {string} halo @param {boolean} filled */
function drawExample(context, x, y, radius, colour, halo, filled) {
  context.beginPath();
  context.arc(x, y, filled ? radius : 0.85 * radius, 0, 2 * Math.PI);
  if (filled) {
    context.lineWidth = 0.5 * radius;
    context.strokeStyle = halo;
    context.stroke();
    context.fillStyle = colour;
    context.fill();
  } else {
    context.lineWidth = 0.45 * radius;
    context.strokeStyle = colour;
    context.stroke();
  }
}

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
