// The loss of a network on a plane through its weights as WebAssembly, for races that are computed while something of them is dragged: what
// tapes ask for at points, by functions that planepoint.js writes.

import { heldIn } from "./planeheld.js";
import { PointWriter } from "./planepoint.js";
import { Block, LEAVES, Library, QUANTITIES, SEARCHES, vectorAt } from "./vectors.js";
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

/** Writes functions into a module; whoever has a point calls them by `at`. */
export class PlaneCode {
  /** @param {EngineFunctions} functions with a plane @param {Workspace} workspace in which nothing is computed yet, or which has been given here before */
  constructor({ plane }, workspace) {
    this.program = /** @type {PlaneProgram} */ (plane);
    this.held = heldIn(this.program, workspace);
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
        block.code.get(vectorAt(x, u), vectorAt(y, u)).call(index);
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
    library.module.define(one, new PointWriter(this.program, this.held, library, kind).written());
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

/** What computes the slopes at many points of a workspace. @param {EngineFunctions} functions with a plane @param {Workspace} workspace @returns {(x: number, y: number, dx: number, dy: number, pairs: number) => void} */
export function slopesAt(functions, workspace) {
  const library = new Library(workspace.pool, functions.elementary);
  new PlaneCode(functions, workspace).many(library, "many");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(library.module.bytes()), { page: { memory: workspace.memory } });
  return /** @type {any} */ (exports.many);
}
