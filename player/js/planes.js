// Pictures of the plane: what one network gives on a grid, as shades, and the lines between its classes.

import { probabilities } from "./dense.js";
import { contextOf, element } from "./dom.js";
import { gridOf, lead, softened, steepPlaces, zeroLines } from "./shades.js";

/** @import { Edges, Region, Training } from "./types" */
/** @import { Shades } from "./shades.js" */

const PARTS = [-1 / 3, 0, 1 / 3]; // of a cell of the grid, from its middle

/** @typedef {(points: ArrayLike<number>[]) => Float64Array[]} Give what a network gives at points, which come as a row for each input: a row for each output */

/** What one network gives over the plane, on a grid. */
export class PlanePicture {
  /** @param {Training} training @param {number} across @param {number} down points of the grid */
  constructor(training, across, down) {
    this.training = training;
    this.across = across;
    this.down = down;
    this.grid = gridOf(training.data.window, across, down);
    this.canvas = element("canvas", { width: across, height: down });
    this.context = contextOf(this.canvas);
    this.image = this.context.createImageData(across, down);
    this.key = "";
    this.finite = true;
    this.even = false; // whether the same class leads everywhere, or none does
    /** @type {Float64Array[]} whose zero lines are boundaries */
    this.levels = [];
  }

  /** Take what a network gives. @param {Give} give @param {Shades} shades */
  compute(give, shades) {
    const outputs = give(this.grid);
    const { data } = this.training;
    const { window } = data;
    this.finite = outputs[0].some(Number.isFinite);
    if (!data.classes.length) {
      const [low, high] = extent(data.train.y, window);
      shades.fillRamp(this.image, outputs[0].map((value) => (value - low) / (high - low)));
      this.levels = [];
    } else {
      const shares = probabilities(outputs);
      this.refine(give, shares);
      const soft = shares.map((row) => softened(row, this.across, this.down));
      if (shares.length === 1) shades.fillRamp(this.image, shares[0]);
      else shades.fillMixture(this.image, shares);
      this.levels = shares.length === 1 ? [soft[0].map((share) => share - 0.5)] : soft.map((_, k) => lead(soft, k, new Float64Array(soft[0].length)));
    }
    this.even = this.finite && this.levels.length > 0 && !this.levels.some((level) => level.some((value) => value > 0) && level.some((value) => value < 0));
    this.context.putImageData(this.image, 0, 0);
  }

  /** Where a network is so steep that its answer jumps from a point of the grid to the next, let each stand for the mean of what lies around it, in place. @param {Give} give @param {Float64Array[]} shares */
  refine(give, shares) {
    const steep = steepPlaces(shares, this.across, this.down);
    if (!steep.length) return;
    const [x, y] = this.grid;
    const [wide, high] = [x[1] - x[0], y[this.across] - y[0]];
    const around = PARTS.flatMap((up) => PARTS.map((right) => [right * wide, up * high]));
    const points = [x, y].map((places, axis) => Float64Array.from({ length: steep.length * around.length }, (_, i) => places[steep[Math.floor(i / around.length)]] + around[i % around.length][axis]));
    for (const [k, row] of probabilities(give(points)).entries()) {
      for (const [i, place] of steep.entries()) shares[k][place] = row.subarray(i * around.length, (i + 1) * around.length).reduce((sum, share) => sum + share, 0) / around.length;
    }
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

/** The range of the targets. @param {Float32Array} targets @param {Region} window */
function extent(targets, window) {
  let [low, high] = [Infinity, -Infinity];
  for (const target of targets) [low, high] = [Math.min(low, target), Math.max(high, target)];
  return high > low ? [low, high] : window[1];
}
