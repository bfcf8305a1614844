// The loss of a network at one point of a plane and its slopes along both directions, as WebAssembly: what `Evaluation` of
// networks/planes/evaluation.py computes.

import { SIDE } from "./planeheld.js";
import { writeMean } from "./planemean.js";
import { normalize, normalizeBack } from "./planenormal.js";
import { Rows } from "./planerows.js";
import { vectorAt } from "./vectors.js";
import { SIMD } from "./wasm.js";

/** @import { Held } from "./planeheld.js" */
/** @import { PlaneProgram } from "./types" */
/** @import { Library } from "./vectors.js" */

const [DOWN, ACROSS] = [2, 4]; // rows and columns of a matrix whose slopes are summed up together

/** Writes the function of one point, each of whose coordinates stands twice in a vector. */
export class PointWriter extends Rows {
  /** @param {PlaneProgram} program @param {Held} own @param {Library} library @param {"value" | "slopes" | "both"} kind what it gives */
  constructor(program, own, library, kind) {
    super(program, own, library);
    this.kind = kind;
  }

  written() {
    const { code, kind, last } = this;
    const slopes = kind !== "value";
    const sums = [this.value, this.dx, this.dy];
    // no number where a coordinate is not finite: nobody looks at what a network gives there
    for (const local of sums) code.get(0, 0).vector(SIMD.SUBTRACT).get(1, 1).vector(SIMD.SUBTRACT).vector(SIMD.ADD).set(local);
    code.get(this.value, this.value).vector(SIMD.EQ).vector(SIMD.ANY).when(() => {
      this.weigh();
      for (let layer = 0; layer <= last; layer++) {
        if (layer) this.product(layer);
        else this.first();
        if (layer === last) continue;
        if (this.program.normalized) normalize(this, layer);
        this.activate(layer, slopes);
      }
      writeMean(this, this.kind !== "slopes", slopes);
      if (slopes) this.backward();
    });
    const wanted = { value: [this.value], slopes: [this.dx, this.dy], both: sums }[kind];
    for (const local of wanted) this.whole(local);
    return code.get(...wanted);
  }

  /** The weights of the point, behind the first layer's matrix. */
  weigh() {
    const [p] = this.pointers;
    const { own, code } = this;
    const from = this.scales[0];
    this.begin(p);
    this.loop(Math.ceil((own.size - from / 8) / 2), [[p, 16]], () => {
      code.get(p);
      this.linear(own.given, p, from);
      code.memory(SIMD.STORE, own.weights + from);
    });
  }

  /** What a layer adds up or gives out. @param {number} layer */
  target(layer) {
    return layer === this.last ? this.own.outputs : this.own.hidden[layer];
  }

  first() {
    const { code, own } = this;
    this.each(this.program.sizes[1], (p, u) => {
      code.get(p);
      this.linear(own.sums, p, 16 * u);
      code.memory(SIMD.STORE, this.target(0) + 16 * u);
    });
  }

  /** @param {number} layer */
  product(layer) {
    const { own, program: { sizes } } = this;
    const width = 8 * (sizes[layer] + 1);
    const matrix = own.weights + this.matrices[layer];
    this.tiles(sizes[layer + 1], sizes[layer], { rows: width, inner: 8, matrix, bias: 8 * sizes[layer], from: own.hidden[layer - 1], to: this.target(layer), finish: () => {} });
  }

  /** @param {number} layer @param {boolean} slopes */
  activate(layer, slopes) {
    const { code, block, own, program } = this;
    const { nodes, results, tables } = program.activate;
    const sums = { ...block.fresh(), own: false };
    const address = own.hidden[layer];
    this.each(program.sizes[layer + 1], (p, u) => code.get(p).memory(SIMD.LOAD, address + 16 * u).set(sums.at[u]), () => {
      const found = block.compute(nodes, slopes ? results : results.slice(0, 1), () => undefined, [sums], tables).map((one) => block.number(one));
      for (const [place, to] of [address, own.slopes[layer]].slice(0, found.length).entries()) {
        for (let u = 0; u < SIDE; u++) code.get(this.pointers[0], vectorAt(found[place], u)).memory(SIMD.STORE, to + 16 * u);
      }
      for (const one of new Set(found)) block.release(one);
    });
    block.free.push(...sums.at);
  }

  /** From the slopes by the outputs back to those along both directions. */
  backward() {
    const { code, own, program: { sizes, behind, normalized }, last } = this;
    for (let layer = last; layer > 0; layer--) {
      const signals = layer === last ? own.outputs : own.slopes[layer];
      this.byWeights(layer, signals);
      const width = 8 * (sizes[layer] + 1);
      const finish = (/** @type {number} */ pointer, /** @type {number} */ offset, /** @type {number} */ value) => {
        code.get(value, pointer).memory(SIMD.LOAD, offset).vector(SIMD.MULTIPLY);
        if (behind !== 1) this.block.push(behind).vector(SIMD.MULTIPLY);
        code.set(value);
      };
      this.tiles(sizes[layer], sizes[layer + 1], { rows: 8, inner: width, matrix: own.weights + this.matrices[layer], bias: null, from: signals, to: own.slopes[layer - 1], finish });
      if (normalized) normalizeBack(this, layer - 1);
    }
    const signals = last ? own.slopes[0] : own.outputs;
    const along = [this.dx, this.dy];
    const signal = this.spare[0];
    this.each(sizes[1], (p, u) => {
      code.get(p).memory(SIMD.LOAD, signals + 16 * u).set(signal);
      for (const [axis, sum] of along.entries()) code.get(sum, signal, p).memory(SIMD.LOAD, own.sums[1 + axis] + 16 * u).vector(SIMD.MULTIPLY).vector(SIMD.ADD).set(sum);
    });
  }

  /** What a layer's matrix contributes: the sums of signals times what they reach, each times the weight's share of the directions. @param {number} layer @param {number} signals */
  byWeights(layer, signals) {
    const { code, own, bytes, program: { sizes } } = this;
    const [x, row, column, weights, weight, source] = this.pointers;
    const [inputs, outputs] = [sizes[layer] + 1, sizes[layer + 1]];
    this.begin(row, weights);
    for (const [height, down] of [[DOWN, Math.floor(outputs / DOWN)], [outputs % DOWN, 1]]) {
      if (!height || !down) continue;
      this.loop(down, [[row, height * bytes], [weights, 8 * height * inputs]], () => {
        code.i32(0).set(column).get(weights).set(weight);
        for (const [width, across] of [[ACROSS, Math.floor(inputs / ACROSS)], [inputs % ACROSS, 1]]) {
          if (!width || !across) continue;
          const sums = this.spare.slice(0, height * width);
          const below = this.spare.slice(sums.length, sums.length + width);
          const signal = this.spare[sums.length + width];
          this.loop(across, [[column, width * bytes], [weight, 8 * width]], () => {
            for (const sum of sums) this.zero(sum);
            code.get(row).set(x).get(column).set(source);
            this.loop(this.pairs, [[x, 16], [source, 16]], () => {
              for (let i = 0; i < width; i++) code.get(source).memory(SIMD.LOAD, own.hidden[layer - 1] + i * bytes).set(below[i]);
              for (let j = 0; j < height; j++) {
                code.get(x).memory(SIMD.LOAD, signals + j * bytes).set(signal);
                for (let i = 0; i < width; i++) code.get(sums[j * width + i], signal, below[i]).vector(SIMD.MULTIPLY).vector(SIMD.ADD).set(sums[j * width + i]);
              }
            });
            for (let j = 0; j < height; j++) for (let i = 0; i < width; i++) this.project(sums[j * width + i], weight, this.matrices[layer] + 8 * (j * inputs + i));
          });
        }
      });
    }
  }
}
