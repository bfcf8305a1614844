// What the loss of a network on a plane is computed with: numbers and arrays at their places in a workspace's memory.

import { numbers } from "./data.js";

/** @import { Workspace } from "./engine.js" */
/** @import { PlaneProgram } from "./types" */

export const SIDE = 4; // vectors of two examples side by side, so that the processor has something to do while it waits
const TOGETHER = 2 * SIDE; // examples

/** @type {WeakMap<Workspace, Held>} */
const all = new WeakMap();

/** @param {PlaneProgram} program @param {Workspace} workspace in which nothing is computed yet, or which holds it already */
export function heldIn(program, workspace) {
  const held = all.get(workspace) ?? new Held(program, workspace);
  all.set(workspace, held);
  return held;
}

/** Where a plane's numbers stand in a workspace, and its arrays. */
export class Held {
  /** @param {PlaneProgram} program @param {Workspace} workspace */
  constructor(program, workspace) {
    const { sizes, weights } = program;
    const packed = numbers(weights);
    const [inputs, targets] = [numbers(program.x), numbers(program.targets)];
    const count = targets.length / sizes[sizes.length - 1];
    this.row = TOGETHER * Math.ceil(count / TOGETHER);
    const size = packed.length / 3;
    const hold = (/** @type {number} */ length, /** @type {(all: Float64Array) => void} */ fill = () => {}) => {
      const all = new Float64Array(length + 2);
      fill(all);
      return workspace.hold(all);
    };
    const rows = (/** @type {number} */ units) => hold(units * this.row);
    // the weights of the point, and those of the origin and along both directions
    this.weights = hold(size);
    this.given = [0, 1, 2].map((of) => hold(size, (all) => all.set(packed.subarray(of * size, (of + 1) * size))));
    this.size = size;
    this.sums = [0, 1, 2].map((of) => hold(sizes[1] * this.row, (all) => sumsOf(all, packed.subarray(of * size), inputs, sizes, count, this.row)));
    this.targets = hold((targets.length / count) * this.row, (all) => {
      for (let k = 0; k < targets.length / count; k++) all.set(targets.subarray(k * count, (k + 1) * count), k * this.row);
    });
    this.counts = hold(this.row, (all) => all.fill(1, 0, count)); // 1 for each example, 0 for what fills the row up
    this.share = 1 / count;
    const hidden = sizes.slice(1, -1);
    this.hidden = hidden.map((units) => hold((units + 1) * this.row, (all) => all.fill(1, units * this.row))); // a row of ones last
    this.slopes = hidden.map(rows); // of the activations, and then of the loss by the sums
    this.outputs = rows(sizes[sizes.length - 1]);
    this.centred = program.normalized ? hidden.map(rows) : [];
    this.moments = program.normalized ? hidden.map((units) => hold(4 * units)) : []; // inverse deviations and gains, each twice
  }
}

/** What the first layer adds up, for weights along a direction. @param {Float64Array} all @param {Float64Array} weights @param {Float64Array} inputs @param {number[]} sizes @param {number} count @param {number} row */
function sumsOf(all, weights, inputs, [width, units], count, row) {
  for (let unit = 0; unit < units; unit++) {
    const first = unit * (width + 1);
    for (let i = 0; i < count; i++) {
      let sum = weights[first + width];
      for (let k = 0; k < width; k++) sum += weights[first + k] * inputs[k * count + i];
      all[unit * row + i] = sum;
    }
  }
}
