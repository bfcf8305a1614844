// The loss of a network on a plane through the space of its weights, computed here: at any point at once, with its slopes.

import { Dense } from "./dense.js";
import { LIBM } from "./libm.js";

/** @import { Evaluation, Planar } from "./types" */

const NEARBY = 1e-4; // how far apart slopes are taken, as a share of the window
const MOST_WORK = 2e7; // products of weights and examples that may take a frame's time
const PLACES = 9; // at which losses are taken for slopes and curvatures
const UNKNOWN_SLOPES = { value: NaN, dx: NaN, dy: NaN, dxx: NaN, dxy: NaN, dyy: NaN };

export class PlaneLoss {
  /** @param {Planar} training with a relief */
  constructor(training) {
    this.training = training;
    this.relief = /** @type {NonNullable<Planar["relief"]>} */ (training.relief);
    this.dense = new Dense(training.network);
    this.weights = new Float64Array(this.relief.origin.length);
    /** @type {Float64Array | null} how far the plane is moved, aside of its directions */
    this.shift = null;
    const { train } = training.data;
    this.known = train.x.length === training.network.sizes[0]; // whether the examples are here
    this.work = this.weights.length * train.y.length;
  }

  /** Whether slopes can be had in a frame's time. */
  get slopesKnown() {
    return this.known && PLACES * this.work <= MOST_WORK;
  }

  /** The network with the weights of a point, whose statistics of normalization are those of the whole training set. @param {number} a @param {number} b */
  network(a, b) {
    const { origin, directions } = this.relief;
    const { weights, shift, dense } = this;
    const size = weights.length;
    for (let i = 0; i < size; i++) weights[i] = origin[i] + a * directions[i] + b * directions[size + i] + (shift ? shift[i] : 0);
    dense.load(weights, dense.normalized && this.known ? dense.statisticsOf(weights, this.training.data.train.x) : null);
    return dense;
  }

  /** What the network of a point gives for the examples that are learned from, a row for each output. @param {number} a @param {number} b */
  outputs(a, b) {
    return this.network(a, b).outputs(this.training.data.train.x);
  }

  /** @param {number} a @param {number} b */
  value(a, b) {
    if (!this.known || this.work > MOST_WORK) return this.between(a, b);
    const { network, data } = this.training;
    return lossOf(network.loss, this.outputs(a, b), data.train.y);
  }

  /** The share of the examples that is right; NaN in a regression. @param {number} a @param {number} b */
  accuracy(a, b) {
    const { data } = this.training;
    if (!data.classes.length || !this.known || this.work > MOST_WORK) return NaN;
    const outputs = this.outputs(a, b);
    let right = 0;
    for (const [i, label] of data.train.y.entries()) right += Number(chosen(outputs, i) === label);
    return right / data.train.y.length;
  }

  /** The loss at a point with its slopes and curvatures, by differences of losses close by. @param {number} a @param {number} b @returns {Evaluation} */
  evaluate(a, b) {
    const value = this.value(a, b);
    if (!this.slopesKnown) return { ...UNKNOWN_SLOPES, value };
    const [h, k] = this.relief.window.map(([low, high]) => NEARBY * (high - low));
    const [right, left] = [this.value(a + h, b), this.value(a - h, b)];
    const [above, below] = [this.value(a, b + k), this.value(a, b - k)];
    const across = this.value(a + h, b + k) - this.value(a + h, b - k) - this.value(a - h, b + k) + this.value(a - h, b - k);
    return {
      value,
      dx: (right - left) / (2 * h),
      dy: (above - below) / (2 * k),
      dxx: (right - 2 * value + left) / h ** 2,
      dxy: across / (4 * h * k),
      dyy: (above - 2 * value + below) / k ** 2,
    };
  }

  /** The loss between the points of the grid that Python has sent. @param {number} a @param {number} b */
  between(a, b) {
    const { ground, window } = this.relief;
    const n = Math.round(Math.sqrt(ground.length));
    const [u, v] = [a, b].map((place, axis) => ((place - window[axis][0]) / (window[axis][1] - window[axis][0])) * (n - 1));
    if (!(u >= 0 && u <= n - 1 && v >= 0 && v <= n - 1)) return NaN;
    const [i, j] = [Math.min(n - 2, Math.floor(u)), Math.min(n - 2, Math.floor(v))];
    const [s, t] = [u - i, v - j];
    const k = j * n + i;
    return (1 - t) * ((1 - s) * ground[k] + s * ground[k + 1]) + t * ((1 - s) * ground[k + n] + s * ground[k + n + 1]);
  }
}

/** The mean loss of some outputs, as `networks/loss.py` defines it. @param {"logistic" | "softmax" | "squared"} kind @param {Float64Array[]} outputs a row for each output @param {Float32Array} y labels or targets */
export function lossOf(kind, outputs, y) {
  let sum = 0;
  const [first] = outputs;
  for (let i = 0; i < y.length; i++) {
    if (kind === "logistic") sum += LIBM.log1p(LIBM.exp(-Math.abs(first[i]))) + Math.max(first[i], 0) - first[i] * y[i];
    else if (kind === "squared") sum += (first[i] - y[i]) ** 2;
    else {
      let most = -Infinity;
      for (const row of outputs) most = Math.max(most, row[i]);
      let total = 0;
      for (const row of outputs) total += LIBM.exp(row[i] - most);
      sum += LIBM.log(total) + most - outputs[y[i]][i];
    }
  }
  return sum / y.length;
}

/** Which class a network chooses. @param {Float64Array[]} outputs @param {number} i of the example */
function chosen(outputs, i) {
  if (outputs.length === 1) return Number(outputs[0][i] > 0);
  let best = 0;
  for (let k = 1; k < outputs.length; k++) if (outputs[k][i] > outputs[best][i]) best = k;
  return best;
}
