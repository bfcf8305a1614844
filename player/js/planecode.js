// The loss of a network on a plane through its weights as WebAssembly, for races that are computed while something of them is dragged: what
// `Evaluation` of networks/planes/evaluation.py computes, two examples at a time. Of each layer there are arrays of a row for each unit.

import { numbers } from "./data.js";
import { Block, LEAVES, Library, QUANTITIES, SEARCHES } from "./vectors.js";
import { Code, I32, SIMD, V128 } from "./wasm.js";

/** @import { EngineFunctions, PlaneProgram, TapeData } from "./types" */
/** @import { Workspace } from "./engine.js" */
/** @import { Vectors } from "./vectors.js" */

/** What can be asked for at a point, and in which functions that is computed together. */
const KINDS = { value: ["value"], slopes: ["dx", "dy"], both: ["value", "dx", "dy"], curvatures: ["dxx", "dxy", "dyy"] };
/** @typedef {keyof typeof KINDS} Kind */

/** What each takes, in slopes. @type {Record<Kind, number>} */
const SLOPES = { value: 0.5, slopes: 1, both: 1, curvatures: 4 };
const TRIALS = 4; // of a search, in the mean
const SIDE = 4; // vectors side by side, so that the processor has something to do while it waits
const TOGETHER = 2 * SIDE; // examples
const [ROWS, COLUMNS] = [2, 4]; // of a matrix whose slopes are summed up together

/** Where a plane's numbers stand in a workspace, and its arrays. */
class Held {
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

/** @type {WeakMap<Workspace, Held>} */
const held = new WeakMap();

/** Writes functions into a module; whoever has a point calls them by `at`. */
export class PlaneCode {
  /** @param {EngineFunctions} functions with a plane @param {Workspace} workspace in which nothing is computed yet, or which has been given here before */
  constructor({ plane }, workspace) {
    this.program = /** @type {PlaneProgram} */ (plane);
    this.held = held.get(workspace) ?? new Held(this.program, workspace);
    held.set(workspace, this.held);
    /** @type {Map<string, number>} functions that are there, by kind */
    this.known = new Map();
  }

  /** What is asked for at points. @param {Block} block @param {Set<string>} names @param {Vectors} x @param {Vectors} y @returns {Record<string, Vectors>} */
  at(block, names, x, y) {
    /** @type {Record<string, Vectors>} */
    const found = {};
    for (const kind of kindsOf(names)) {
      const index = this.find(block.library, kind);
      const out = KINDS[kind].map(() => block.fresh());
      for (let u = 0; u < block.width; u++) {
        block.code.get(at(x, u), at(y, u)).call(index);
        for (const { at: locals } of [...out].reverse()) block.code.set(locals[u]);
      }
      for (const [place, name] of KINDS[kind].entries()) {
        if (names.has(name)) found[name] = out[place];
        else block.release(out[place]);
      }
    }
    return found;
  }

  /** The function for two points. @param {Library} library @param {Kind} kind */
  find(library, kind) {
    const found = this.known.get(kind);
    if (found !== undefined) return found;
    const index = library.module.declare([V128, V128], KINDS[kind].map(() => V128));
    this.known.set(kind, index);
    library.module.define(index, kind === "curvatures" ? this.curvatures(library) : this.two(library, kind));
    return index;
  }

  /** Both points of a vector, or one if they are the same. @param {Library} library @param {Exclude<Kind, "curvatures">} kind */
  two(library, kind) {
    const one = library.module.declare([V128, V128], KINDS[kind].map(() => V128));
    library.module.define(one, new Writer(this, library, kind).written());
    const code = new Code(2);
    const [x, y, other, ...found] = [0, 1, code.local(V128), ...KINDS[kind].map(() => code.local(V128))];
    const each = (/** @type {number} */ lane) => {
      for (const from of [x, y]) code.get(from).vector(SIMD.LANE, lane).vector(SIMD.SPLAT);
      code.call(one);
    };
    each(0);
    for (const local of [...found].reverse()) code.set(local);
    for (const from of [x, y]) code.get(from, from).vector(SIMD.LANE, 0).vector(SIMD.SPLAT).vector(SIMD.EQ);
    code.vector(SIMD.AND).vector(SIMD.NOT).vector(SIMD.ANY).when(() => {
      each(1);
      for (const local of [...found].reverse()) code.set(other).get(local, other).vector(SIMD.LANE, 0).vector(SIMD.REPLACE, 1).set(local);
    });
    code.get(...found);
    return code;
  }

  /** Differences of slopes, as `PlaneLoss.hessian` of networks/planes/plane.py. @param {Library} library */
  curvatures(library) {
    const slopes = this.find(library, "slopes");
    const code = new Code(2);
    const block = new Block(code, 1, library);
    const point = [0, 1];
    const differences = this.program.aside.map((aside, axis) => {
      const sides = [SIMD.ADD, SIMD.SUBTRACT].map((direction) => {
        for (const from of point) {
          code.get(from);
          if (from === axis) block.push(aside).vector(direction);
        }
        code.call(slopes);
        const found = [code.local(V128), code.local(V128)];
        code.set(found[1]).set(found[0]);
        return found;
      });
      return point.map((of) => {
        const out = code.local(V128);
        code.get(sides[0][of], sides[1][of]).vector(SIMD.SUBTRACT);
        block.push(2 * aside).vector(SIMD.DIVIDE).set(out);
        return out;
      });
    });
    code.get(differences[0][0], differences[0][1], differences[1][0]).vector(SIMD.ADD);
    block.push(2).vector(SIMD.DIVIDE).get(differences[1][1]);
    return code;
  }

  /** A function of the addresses of x, y, dx and dy, and of how many pairs of points there are. @param {Library} library @param {string} exported */
  many(library, exported) {
    const slopes = this.find(library, "slopes");
    const index = library.module.declare([I32, I32, I32, I32, I32], []);
    const code = new Code(5);
    const [x, y, dx, dy, left] = [0, 1, 2, 3, 4];
    const found = [code.local(V128), code.local(V128)];
    code.repeat(() => {
      code.get(x).memory(SIMD.LOAD, 0).get(y).memory(SIMD.LOAD, 0).call(slopes).set(found[1]).set(found[0]);
      for (const [axis, to] of [dx, dy].entries()) code.get(to, found[axis]).memory(SIMD.STORE, 0);
      for (const pointer of [x, y, dx, dy]) code.get(pointer).i32(16).add().set(pointer);
      code.get(left).i32(1).subtract().tee(left);
    });
    library.module.define(index, code, exported);
  }
}

/** @param {Set<string>} names @returns {Kind[]} */
function kindsOf(names) {
  const slopes = names.has("dx") || names.has("dy");
  /** @type {Kind[]} */
  const first = slopes ? [names.has("value") ? "both" : "slopes"] : names.has("value") ? ["value"] : [];
  return KINDS.curvatures.some((name) => names.has(name)) ? [...first, "curvatures"] : first;
}

/** @type {WeakMap<TapeData, number>} */
const asked = new WeakMap();

/** What a step asks for, in slopes. @param {TapeData} tape */
function askedBy(tape) {
  const known = asked.get(tape);
  if (known !== undefined) return known;
  /** @type {Map<string, Set<string>>} */
  const points = new Map();
  const tried = new Set();
  for (const [cell, node] of tape.entries.entries()) {
    const [name, ...operands] = node;
    const searches = SEARCHES.has(/** @type {string} */ (name));
    if (name === "trial" || (!searches && !LEAVES.has(/** @type {string} */ (name)) && operands.some((one) => tried.has(one)))) tried.add(cell);
    if (!QUANTITIES.has(/** @type {string} */ (name))) continue;
    const key = `${operands} ${tried.has(cell)}`;
    points.set(key, (points.get(key) ?? new Set()).add(String(name)));
  }
  let sum = 0;
  for (const [key, names] of points) for (const kind of kindsOf(names)) sum += SLOPES[kind] * (key.endsWith("true") ? TRIALS : 1);
  asked.set(tape, sum);
  return sum;
}

/** How many steps of each of some tapes, of all trajectories together, a frame has time for at most. @param {PlaneProgram} plane @param {(TapeData | null)[]} tapes */
export function stepsAtOnce({ most }, tapes) {
  return most / tapes.reduce((sum, tape) => sum + (tape ? askedBy(tape) : 0), 0);
}

/** @param {Vectors} value @param {number} u */
const at = ({ at: locals }, u) => locals[Math.min(u, locals.length - 1)];

/** What computes the slopes at many points of a workspace. @param {EngineFunctions} functions with a plane @param {Workspace} workspace @returns {(x: number, y: number, dx: number, dy: number, pairs: number) => void} */
export function slopesAt(functions, workspace) {
  const library = new Library(workspace.pool, functions.elementary);
  new PlaneCode(functions, workspace).many(library, "many");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(library.module.bytes()), { page: { memory: workspace.memory } });
  return /** @type {any} */ (exports.many);
}

/** Writes the function of one point, each of whose coordinates stands twice in a vector. */
class Writer {
  /** @param {PlaneCode} of @param {Library} library @param {Exclude<Kind, "curvatures">} kind */
  constructor({ program, held: own }, library, kind) {
    this.program = program;
    this.own = own;
    this.kind = kind;
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
        if (this.program.normalized) this.normalize(layer);
        this.activate(layer, slopes);
      }
      this.loss(slopes);
      if (slopes) this.backward();
    });
    const wanted = { value: [this.value], slopes: [this.dx, this.dy], both: sums }[kind];
    for (const local of wanted) this.whole(local);
    return code.get(...wanted);
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

  /** For each vector of so many rows, some at a time. @param {number} units @param {(pointer: number, u: number) => void} body @param {() => void} [after] */
  each(units, body, after = () => {}) {
    const [p] = this.pointers;
    this.begin(p);
    this.loop((units * this.pairs) / SIDE, [[p, 16 * SIDE]], () => {
      for (let u = 0; u < SIDE; u++) body(p, u);
      after();
    });
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

  /** @param {number} layer @param {boolean} slopes */
  activate(layer, slopes) {
    const { code, block, own, program } = this;
    const { nodes, results, tables } = program.activate;
    const sums = { ...block.fresh(), own: false };
    const address = own.hidden[layer];
    this.each(program.sizes[layer + 1], (p, u) => code.get(p).memory(SIMD.LOAD, address + 16 * u).set(sums.at[u]), () => {
      const found = block.compute(nodes, slopes ? results : results.slice(0, 1), () => undefined, [sums], tables).map((one) => block.number(one));
      for (const [place, to] of [address, own.slopes[layer]].slice(0, found.length).entries()) {
        for (let u = 0; u < SIDE; u++) code.get(this.pointers[0], at(found[place], u)).memory(SIMD.STORE, to + 16 * u);
      }
      for (const one of new Set(found)) block.release(one);
    });
    block.free.push(...sums.at);
  }

  /** The mean loss, and, in place of the outputs, its slopes by them. @param {boolean} slopes */
  loss(slopes) {
    const { block, code, own, program } = this;
    const { loss, sizes } = program;
    const outputs = sizes[sizes.length - 1];
    const [p] = this.pointers;
    this.begin(p);
    const loaded = (/** @type {number} */ address) => {
      const out = block.fresh();
      for (const [u, local] of out.at.entries()) code.get(p).memory(SIMD.LOAD, address + 16 * u).set(local);
      return out;
    };
    const store = (/** @type {number} */ address, /** @type {Vectors} */ value) => {
      for (let u = 0; u < SIDE; u++) code.get(p, at(value, u)).memory(SIMD.STORE, address + 16 * u);
    };
    const of = (/** @type {string} */ name, /** @type {Vectors[]} */ ...operands) => block.apply(name, ...operands);
    const sum = (/** @type {Vectors} */ each) => {
      for (const local of each.at) code.get(this.value, local).vector(SIMD.ADD).set(this.value);
    };
    const output = (/** @type {number} */ k) => own.outputs + k * this.bytes;
    const target = (/** @type {number} */ k) => own.targets + k * this.bytes;
    this.loop(this.pairs / SIDE, [[p, 16 * SIDE]], () => {
      const counts = loaded(own.counts);
      const share = of("*", counts, block.literal(own.share));
      if (loss === "logistic") {
        const [z, t, one, zero] = [loaded(output(0)), loaded(target(0)), block.literal(1), block.literal(0)];
        const e = of("exp", of("negate", of("abs", z)));
        if (this.kind !== "slopes") sum(of("*", of("+", of("log1p", e), of("-", of("max", z, zero), of("*", z, t))), share));
        if (slopes) store(output(0), of("*", of("-", of("/", of("where", of("less", z, zero), e, one), of("+", e, one)), t), share));
        return;
      }
      const all = Array.from({ length: outputs }, (_, k) => k);
      if (loss === "squared") {
        const each = block.literal(1 / outputs);
        for (const k of all) {
          const apart = of("-", loaded(output(k)), loaded(target(k)));
          const weighed = of("*", of("*", apart, share), each);
          sum(of("*", apart, weighed));
          if (slopes) store(output(k), of("+", weighed, weighed));
        }
        return;
      }
      const most = all.map((k) => loaded(output(k))).reduce((one, other) => of("max", one, other));
      const apart = all.map((k) => of("-", loaded(output(k)), most));
      const sizesOf = apart.map((one) => of("exp", one));
      const total = sizesOf.reduce((one, other) => of("+", one, other));
      const chosen = all.map((k) => of("where", of("equal", loaded(target(k)), block.literal(1)), apart[k], block.literal(0))).reduce((one, other) => of("+", one, other));
      if (this.kind !== "slopes") sum(of("*", of("-", of("log", total), chosen), share));
      if (slopes) for (const k of all) store(output(k), of("*", of("-", of("/", sizesOf[k], total), loaded(target(k))), share));
    });
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
      if (normalized) this.normalizeBack(layer - 1);
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
    for (const [height, down] of [[ROWS, Math.floor(outputs / ROWS)], [outputs % ROWS, 1]]) {
      if (!height || !down) continue;
      this.loop(down, [[row, height * bytes], [weights, 8 * height * inputs]], () => {
        code.i32(0).set(column).get(weights).set(weight);
        for (const [width, across] of [[COLUMNS, Math.floor(inputs / COLUMNS)], [inputs % COLUMNS, 1]]) {
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

  /** Add a slope's share of both directions. @param {number} slope its parts @param {number} pointer @param {number} offset of the weight */
  project(slope, pointer, offset) {
    for (const [axis, sum] of [this.dx, this.dy].entries()) {
      this.code.get(sum, slope, pointer).memory(SIMD.LOAD_SPLAT, this.own.given[1 + axis] + offset).vector(SIMD.MULTIPLY).vector(SIMD.ADD).set(sum);
    }
  }

  // ---- batch normalization, as networks/normalization.py

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

  /** For each unit of a normalized layer: its row, its place among the scales, and its place among the moments. @param {number} units @param {(row: number, weight: number, moment: number) => void} body */
  units(units, body) {
    const [, row, weight, , moment] = this.pointers;
    this.begin(row, weight, moment);
    this.loop(units, [[row, this.bytes], [weight, 8], [moment, 32]], () => body(row, weight, moment));
  }

  /** @param {number} layer */
  normalize(layer) {
    const { code, own, block } = this;
    const units = this.program.sizes[layer + 1];
    const [mean, variance, inverse, gain] = this.spare;
    const [sums, centred, moments] = [own.hidden[layer], own.centred[layer], own.moments[layer]];
    const scale = own.weights + this.scales[layer];
    const [x] = this.pointers;
    const counts = (/** @type {number} */ pointer, /** @type {number} */ row) => code.get(pointer, row).subtract().memory(SIMD.LOAD, own.counts).vector(SIMD.MULTIPLY);
    this.units(units, (row, weight, moment) => {
      this.along(mean, row, (p) => (code.get(p).memory(SIMD.LOAD, sums), counts(p, row)));
      this.whole(mean);
      code.get(mean);
      block.push(own.share).vector(SIMD.MULTIPLY).set(mean).get(row).set(x);
      this.loop(this.pairs, [[x, 16]], () => {
        code.get(x).get(x).memory(SIMD.LOAD, sums).get(mean).vector(SIMD.SUBTRACT);
        counts(x, row).memory(SIMD.STORE, centred);
      });
      this.along(variance, row, (p) => code.get(p).memory(SIMD.LOAD, centred).get(p).memory(SIMD.LOAD, centred).vector(SIMD.MULTIPLY));
      this.whole(variance);
      code.get(variance);
      block.push(own.share).vector(SIMD.MULTIPLY).set(variance);
      block.push(1);
      code.get(variance);
      block.push(this.program.eps).vector(SIMD.ADD).vector(SIMD.SQRT).vector(SIMD.DIVIDE).get(variance, variance).vector(SIMD.SUBTRACT).vector(SIMD.ADD).set(inverse);
      code.get(weight).memory(SIMD.LOAD_SPLAT, scale).get(inverse).vector(SIMD.MULTIPLY).set(gain);
      code.get(moment, inverse).memory(SIMD.STORE, moments).get(moment, gain).memory(SIMD.STORE, moments + 16);
      code.get(weight).memory(SIMD.LOAD_SPLAT, scale + 8 * units).set(mean).get(row).set(x);
      this.loop(this.pairs, [[x, 16]], () => {
        code.get(x).get(x).memory(SIMD.LOAD, centred).get(gain).vector(SIMD.MULTIPLY).get(mean).vector(SIMD.ADD).memory(SIMD.STORE, sums);
      });
    });
  }

  /** @param {number} layer */
  normalizeBack(layer) {
    const { code, own, block } = this;
    const units = this.program.sizes[layer + 1];
    const [shift, scale, inverse, share] = this.spare;
    const [slopes, centred, moments] = [own.slopes[layer], own.centred[layer], own.moments[layer]];
    const [x] = this.pointers;
    this.units(units, (row, weight, moment) => {
      this.along(shift, row, (p) => code.get(p).memory(SIMD.LOAD, slopes));
      this.along(scale, row, (p) => code.get(p).memory(SIMD.LOAD, slopes).get(p).memory(SIMD.LOAD, centred).vector(SIMD.MULTIPLY));
      code.get(moment).memory(SIMD.LOAD, moments).tee(inverse).get(scale).vector(SIMD.MULTIPLY).set(scale);
      this.project(scale, weight, this.scales[layer]);
      this.project(shift, weight, this.scales[layer] + 8 * units);
      this.whole(scale);
      this.whole(shift);
      block.push(own.share).set(share);
      code.get(scale, inverse).vector(SIMD.MULTIPLY).get(share).vector(SIMD.MULTIPLY).set(scale);
      code.get(shift, share).vector(SIMD.MULTIPLY).set(shift).get(row).set(x);
      this.loop(this.pairs, [[x, 16]], () => {
        code.get(x).get(x).memory(SIMD.LOAD, slopes).get(x).memory(SIMD.LOAD, centred).get(scale).vector(SIMD.MULTIPLY).vector(SIMD.SUBTRACT);
        code.get(shift).vector(SIMD.SUBTRACT).get(moment).memory(SIMD.LOAD, moments + 16).vector(SIMD.MULTIPLY);
        code.get(x, row).subtract().memory(SIMD.LOAD, own.counts).vector(SIMD.MULTIPLY).memory(SIMD.STORE, slopes);
      });
    });
  }
}
