// A dense network in the browser: what it gives at many points at once, as `networks.Network` of Python computes it.

import { activation } from "./activation.js";
import { LIBM } from "./libm.js";

/** @import { NetworkBlock } from "./types" */

const CHUNK = 512; // points that go through all layers together, so that they stay in the processor's cache

export class Dense {
  /** @param {NetworkBlock} block */
  constructor({ sizes, activation: program, batch_norm: normalized, eps }) {
    this.sizes = sizes;
    this.normalized = normalized;
    this.eps = eps;
    this.activate = activation(program);
    /** @type {{ matrix: Float64Array, bias: Float64Array }[]} each layer's weights, (out, in) row by row, with its normalization worked in */
    this.layers = sizes.slice(1).map((out, layer) => ({ matrix: new Float64Array(out * sizes[layer]), bias: new Float64Array(out) }));
    this.rows = sizes.map((size) => Array.from({ length: size }, () => new Float64Array(CHUNK)));
  }

  get depth() {
    return this.layers.length;
  }

  /**
   * Take the weights of a network.
   * @param {ArrayLike<number>} weights layer after layer: the matrix, the bias, and where a hidden layer is normalized its scale and shift
   * @param {ArrayLike<number> | null} statistics where hidden layers are normalized, for each the means and then the variances of its units before that
   */
  load(weights, statistics = null) {
    let at = 0;
    let seen = 0;
    for (const [layer, { matrix, bias }] of this.layers.entries()) {
      for (let i = 0; i < matrix.length; i++) matrix[i] = weights[at++];
      for (let i = 0; i < bias.length; i++) bias[i] = weights[at++];
      if (!this.normalized || layer === this.depth - 1 || !statistics) continue;
      const out = bias.length;
      const inputs = matrix.length / out;
      for (let unit = 0; unit < out; unit++) {
        const variance = statistics[seen + out + unit];
        const factor = variance < Infinity ? weights[at + unit] / Math.sqrt(variance + this.eps) : NaN; // as in Python, where it has overflowed
        for (let i = unit * inputs; i < (unit + 1) * inputs; i++) matrix[i] *= factor;
        bias[unit] = factor * (bias[unit] - statistics[seen + unit]) + weights[at + out + unit];
      }
      at += 2 * out;
      seen += 2 * out;
    }
  }

  /**
   * What normalization reckons with for some examples: for each hidden layer the means and then the variances of its units' sums.
   * @param {ArrayLike<number>} weights @param {ArrayLike<number>[]} points a row for each input
   */
  statisticsOf(weights, points) {
    const found = [];
    const count = points[0].length;
    let rows = points;
    let at = 0;
    for (let layer = 0; layer < this.depth - 1; layer++) {
      const [inputs, out] = [rows.length, this.sizes[layer + 1]];
      const sums = Array.from({ length: out }, (_, unit) => {
        const row = new Float64Array(count).fill(weights[at + out * inputs + unit]);
        for (const [input, from] of rows.entries()) for (let i = 0; i < count; i++) row[i] += weights[at + unit * inputs + input] * from[i];
        return row;
      });
      const means = sums.map((row) => row.reduce((sum, value) => sum + value, 0) / count);
      const variances = sums.map((row, unit) => row.reduce((sum, value) => sum + (value - means[unit]) ** 2, 0) / count);
      at += out * inputs + out;
      for (const [unit, row] of sums.entries()) {
        const factor = weights[at + unit] / Math.sqrt(variances[unit] + this.eps);
        for (let i = 0; i < count; i++) row[i] = factor * (row[i] - means[unit]) + weights[at + out + unit];
        this.activate(row, count);
      }
      at += 2 * out;
      found.push(...means, ...variances);
      rows = sums;
    }
    return found;
  }

  /**
   * Every output at some points.
   * @param {ArrayLike<number>[]} points a row for each input
   * @param {(layer: number, unit: number, values: Float64Array, from: number, count: number) => void} [see] called with what each unit gives, a chunk
   *   of points at a time; the outputs are the last layer, before any probability is made of them
   * @returns {Float64Array[]} a row for each output
   */
  outputs(points, see = undefined) {
    const count = points[0].length;
    const last = this.rows[this.depth];
    const given = last.map(() => new Float64Array(count));
    for (let from = 0; from < count; from += CHUNK) {
      const size = Math.min(CHUNK, count - from);
      for (const [input, row] of this.rows[0].entries()) for (let i = 0; i < size; i++) row[i] = points[input][from + i];
      for (let layer = 0; layer < this.depth; layer++) {
        this.through(layer, size);
        if (see) for (const [unit, row] of this.rows[layer + 1].entries()) see(layer, unit, row, from, size);
      }
      for (const [k, row] of last.entries()) given[k].set(size === CHUNK ? row : row.subarray(0, size), from);
    }
    return given;
  }

  /** One layer for the points of a chunk. @param {number} layer @param {number} size */
  through(layer, size) {
    const { matrix, bias } = this.layers[layer];
    const from = this.rows[layer];
    const hidden = layer < this.depth - 1;
    let at = 0;
    for (const [unit, row] of this.rows[layer + 1].entries()) {
      row.fill(bias[unit], 0, size);
      let input = 0;
      for (; input + 3 < from.length; input += 4, at += 4) addFour(row, from, input, matrix, at, size);
      for (; input < from.length; input++, at++) addOne(row, from[input], matrix[at], size);
      if (hidden) this.activate(row, size);
    }
  }
}

/** Four inputs at once: a sum is loaded and stored once for them. @param {Float64Array} row @param {Float64Array[]} from @param {number} input @param {Float64Array} matrix @param {number} at @param {number} size */
function addFour(row, from, input, matrix, at, size) {
  const [a, b, c, d] = [from[input], from[input + 1], from[input + 2], from[input + 3]];
  const [p, q, r, s] = [matrix[at], matrix[at + 1], matrix[at + 2], matrix[at + 3]];
  for (let i = 0; i < size; i++) row[i] += p * a[i] + q * b[i] + r * c[i] + s * d[i];
}

/** @param {Float64Array} row @param {Float64Array} from @param {number} weight @param {number} size */
function addOne(row, from, weight, size) {
  for (let i = 0; i < size; i++) row[i] += weight * from[i];
}

/**
 * Probabilities of the classes from a network's outputs, in place; for a network of one output that of class 1.
 * @param {Float64Array[]} outputs a row for each output
 */
export function probabilities(outputs) {
  const [first] = outputs;
  if (outputs.length === 1) {
    for (let i = 0; i < first.length; i++) first[i] = 1 / (1 + LIBM.exp(-first[i]));
    return outputs;
  }
  for (let i = 0; i < first.length; i++) {
    let most = -Infinity;
    for (const row of outputs) most = Math.max(most, row[i]);
    let sum = 0;
    for (const row of outputs) sum += row[i] = LIBM.exp(row[i] - most);
    for (const row of outputs) row[i] /= sum;
  }
  return outputs;
}
