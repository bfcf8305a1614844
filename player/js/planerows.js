// Loops over the examples of a network, two in a vector, written as WebAssembly: what planepoint.js is made of. Of each layer there are arrays of a
// row for each unit.

import { SIDE } from "./planeheld.js";
import { Block } from "./vectors.js";
import { Code, I32, SIMD, V128 } from "./wasm.js";

/** @import { Held } from "./planeheld.js" */
/** @import { PlaneProgram } from "./types" */
/** @import { Library } from "./vectors.js" */

export class Rows {
  /** @param {PlaneProgram} program @param {Held} own @param {Library} library */
  constructor(program, own, library) {
    this.program = program;
    this.own = own;
    this.code = new Code(2);
    this.block = new Block(this.code, SIDE, library);
    this.last = program.sizes.length - 2; // of the layers
    this.bytes = 8 * own.row;
    this.pairs = own.row / 2;
    /** @type {number[]} where each layer's matrix stands among the weights, in bytes */
    this.matrices = [];
    /** @type {number[]} likewise the scales of normalized ones */
    this.scales = [];
    let next = 0;
    for (const [layer, inputs] of program.sizes.slice(0, -1).entries()) {
      const outputs = program.sizes[layer + 1];
      this.matrices.push(8 * next);
      next += (inputs + 1) * outputs;
      this.scales.push(8 * next);
      if (program.normalized && layer < this.last) next += 2 * outputs;
    }
    const vector = () => this.code.local(V128);
    const pointer = () => this.code.local(I32);
    this.value = vector();
    this.dx = vector();
    this.dy = vector();
    this.pointers = Array.from({ length: 6 }, pointer);
    this.left = Array.from({ length: 4 }, pointer);
    this.depth = 0;
    this.spare = Array.from({ length: 16 }, vector);
  }

  /** So often, with pointers that move on by so many bytes each time. @param {number} count @param {[pointer: number, bytes: number][]} moving @param {() => void} body */
  loop(count, moving, body) {
    if (!count) return;
    const { code } = this;
    const left = this.left[this.depth++];
    code.i32(count).set(left);
    code.repeat(() => {
      body();
      for (const [pointer, bytes] of moving) code.get(pointer).i32(bytes).add().set(pointer);
      code.get(left).i32(1).subtract().tee(left);
    });
    this.depth--;
  }

  /** @param {number[]} pointers */
  begin(...pointers) {
    for (const pointer of pointers) this.code.i32(0).set(pointer);
  }

  /** Push the sum of some pointers. @param {number[]} pointers */
  address(...pointers) {
    for (const [place, pointer] of pointers.entries()) {
      this.code.get(pointer);
      if (place) this.code.add();
    }
    return this.code;
  }

  /** Push given numbers of a point: those of the origin and what they gain along both directions. @param {number[]} given addresses @param {number} pointer @param {number} offset */
  linear(given, pointer, offset) {
    const { code } = this;
    code.get(pointer).memory(SIMD.LOAD, given[0] + offset);
    for (const axis of [0, 1]) code.get(pointer).memory(SIMD.LOAD, given[1 + axis] + offset).get(axis).vector(SIMD.MULTIPLY).vector(SIMD.ADD);
  }

  /** For each vector of so many rows, some at a time. @param {number} units @param {(pointer: number, u: number) => void} body @param {() => void} [after] */
  each(units, body, after = () => {}) {
    const [p] = this.pointers;
    this.begin(p);
    this.loop((units * this.pairs) / SIDE, [[p, 16 * SIDE]], () => {
      for (let u = 0; u < SIDE; u++) body(p, u);
      after();
    });
  }

  /**
   * A product of a matrix and an array.
   * @param {number} outputs @param {number} inputs
   * @param {{ rows: number, inner: number, matrix: number, bias: number | null, from: number, to: number, finish: (pointer: number, offset: number, value: number) => void }} of bytes from row to row and from number to number of the matrix; addresses
   */
  tiles(outputs, inputs, { rows, inner, matrix, bias, from, to, finish }) {
    const { code, bytes, pairs } = this;
    const [x, row, weight, source, number] = this.pointers;
    this.begin(row, weight);
    for (const [height, count] of [[4, Math.floor(outputs / 4)], [outputs % 4, 1]]) {
      if (!height || !count) continue;
      const side = height > 2 ? 2 : 4;
      const sums = this.spare.slice(0, height * side);
      const values = this.spare.slice(sums.length, sums.length + side);
      const weigh = this.spare[sums.length + side];
      this.loop(count, [[row, height * bytes], [weight, height * rows]], () => {
        this.begin(x);
        this.loop(pairs / side, [[x, 16 * side]], () => {
          for (let j = 0; j < height; j++) {
            if (bias === null) this.zero(weigh);
            else code.get(weight).memory(SIMD.LOAD_SPLAT, matrix + j * rows + bias).set(weigh);
            for (let v = 0; v < side; v++) code.get(weigh).set(sums[j * side + v]);
          }
          code.get(x).set(source).get(weight).set(number);
          this.loop(inputs, [[source, bytes], [number, inner]], () => {
            for (let v = 0; v < side; v++) code.get(source).memory(SIMD.LOAD, from + 16 * v).set(values[v]);
            for (let j = 0; j < height; j++) {
              code.get(number).memory(SIMD.LOAD_SPLAT, matrix + j * rows).set(weigh);
              for (let v = 0; v < side; v++) code.get(sums[j * side + v], weigh, values[v]).vector(SIMD.MULTIPLY).vector(SIMD.ADD).set(sums[j * side + v]);
            }
          });
          this.address(row, x).set(source);
          for (let j = 0; j < height; j++) {
            for (let v = 0; v < side; v++) {
              const [offset, sum] = [to + j * bytes + 16 * v, sums[j * side + v]];
              finish(source, offset, sum);
              code.get(source, sum).memory(SIMD.STORE, offset);
            }
          }
        });
      });
    }
  }

  /** @param {number} local */
  zero(local) {
    this.block.push(0).set(local);
  }

  /** Add a slope's share of both directions. @param {number} slope its parts @param {number} pointer @param {number} offset of the weight */
  project(slope, pointer, offset) {
    for (const [axis, sum] of [this.dx, this.dy].entries()) {
      this.code.get(sum, slope, pointer).memory(SIMD.LOAD_SPLAT, this.own.given[1 + axis] + offset).vector(SIMD.MULTIPLY).vector(SIMD.ADD).set(sum);
    }
  }

  /** Sum something up along a row, in both lanes. @param {number} into @param {number} row @param {(pointer: number) => void} push */
  along(into, row, push) {
    const { code } = this;
    const [, , , x] = this.pointers;
    this.zero(into);
    code.get(row).set(x);
    this.loop(this.pairs, [[x, 16]], () => {
      code.get(into);
      push(x);
      code.vector(SIMD.ADD).set(into);
    });
  }

  /** Both lanes' sum in both. @param {number} local */
  whole(local) {
    const { code } = this;
    for (const lane of [0, 1]) code.get(local).vector(SIMD.LANE, lane).vector(SIMD.SPLAT);
    code.vector(SIMD.ADD).set(local);
  }
}
