// What a race shows of runs that the browser has computed: where and how high its trajectories are drawn, the quartiles of their losses, and how each
// ends. WebAssembly in the workspace of the engines, with the bits of figures/paths.py and simulation/verdicts.py.

import { crossing } from "./data.js";
import { Nodes, writeFold } from "./folds.js";
import { Impossible } from "./operations.js";
import { placed, placingFrame, writePlacing } from "./placing.js";
import { slopesAt } from "./planecode.js";
import { comparators, quartiles, RANKS, writeRanks } from "./ranks.js";
import { Library } from "./vectors.js";
import { Endings, endingFolds } from "./endings.js";

/** @import { Precision } from "./placing.js" */
/** @import { Workspace } from "./engine.js" */
/** @import { EngineFunctions, EngineResult, LossScale, Region, Run } from "./types" */

const ROWS = 100; // of numbers for each trajectory that are needed at most, beside those for each point
const SLACK = 64; // bytes beyond the ends of arrays that may be read and written

/**
 * What measures runs; where there is nothing, the reason why.
 * @param {EngineFunctions} functions @param {Workspace} workspace @param {number} width how many vectors are computed side by side @param {Precision} precision of what is drawn
 * @returns {{ measures: Measures; reason: "" } | { measures: null; reason: string }}
 */
export function measuresFor(functions, workspace, width, precision) {
  const library = new Library(workspace.pool, functions.elementary);
  try {
    for (const logarithmic of [false, true]) writePlacing(logarithmic ? "placeLogarithmic" : "place", library, 4, logarithmic, precision);
    writeRanks("ranks", library);
    for (const [name, { fold, way }] of Object.entries({ ...endingFolds(), ends: { fold: ends(), way: 1 }, outside: { fold: outside(precision), way: -1 } })) writeFold(name, library, width, fold, /** @type {1 | -1} */ (way));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(library.module.bytes()), { page: { memory: workspace.memory } });
    return { measures: new Measures(workspace, /** @type {any} */ (exports), width, functions), reason: "" };
  } catch (error) {
    if (!(error instanceof Impossible || error instanceof WebAssembly.CompileError || error instanceof EvalError)) throw error;
    return { measures: null, reason: error.message };
  }
}

/** For how many rows up to the last each has been outside the window, by where it is drawn. @param {Precision} precision */
function outside(precision) {
  const nodes = new Nodes();
  const inside = placed(nodes, precision).map((value, axis) => nodes.within(value, nodes.frame(4 + 2 * axis), nodes.frame(5 + 2 * axis)));
  return nodes.staying(nodes.of("not", nodes.all(...inside)));
}

/** The lowest and the highest loss that is a number. */
function ends() {
  const nodes = new Nodes();
  const none = nodes.of("number", Infinity);
  const known = nodes.of("less", nodes.of("abs", nodes.loss), none);
  const low = nodes.of("where", known, nodes.loss, none);
  const high = nodes.of("where", known, nodes.loss, nodes.of("number", -Infinity));
  return { nodes: nodes.list, next: [nodes.of("min", nodes.state(0), low), nodes.of("max", nodes.state(1), high)], while: -1 };
}

/** What finds quartiles of so many numbers: comparators and ranks. @typedef {{ count: number, network: Int32Array, places: Int32Array }} Order */

export class Measures {
  /** @param {Workspace} workspace @param {Record<string, (...numbers: number[]) => void>} exports @param {number} width @param {EngineFunctions} functions */
  constructor(workspace, exports, width, functions) {
    this.functions = functions;
    /** @type {ReturnType<typeof slopesAt> | null} once it has been asked for */
    this.slopesAt = null;
    this.workspace = workspace;
    this.exports = exports;
    this.width = width;
    /** @type {Order} of the last run */
    this.last = { count: 0, network: new Int32Array(), places: new Int32Array() };
    this.endings = new Endings(this);
  }

  /** @param {number} count @returns {Order} */
  order(count) {
    if (this.last.count === count) return this.last;
    const ranks = quartiles(count);
    const bytes = (/** @type {number[]} */ places) => Int32Array.from(places, (place) => 16 * place);
    this.last = { count, network: bytes(comparators(count, ranks).flat()), places: bytes(ranks) };
    return this.last;
  }

  /** How many trajectories there are in a row of what each is given. @param {number} count */
  length(count) {
    return 2 * this.width * Math.ceil(count / (2 * this.width));
  }

  /** Make room for whatever is measured of a result, whose arrays are then views of it. @param {EngineResult} result */
  begin(result) {
    const { count, kept } = result;
    this.workspace.reserve(24 * (kept.length + 1) * count + 8 * ROWS * this.length(count) + this.order(count).network.byteLength + 40 * (kept.length + count) + 8 * SLACK);
    this.workspace.renewed(result);
  }

  /** Where and how high a run is drawn, into its arrays. @param {EngineResult} result @param {Pick<Run, "x" | "y" | "z">} run @param {Region} window @param {LossScale} heights */
  place(result, run, window, heights) {
    const { workspace, exports } = this;
    this.begin(result);
    const mark = workspace.next;
    const precise = run.x instanceof Float64Array;
    const frame = workspace.doubles(placingFrame(window, heights));
    const size = result.kept.length * result.count;
    const to = [precise ? 8 : 4, precise ? 8 : 4, 4].map((bytes) => workspace.room(bytes * size + SLACK));
    exports[heights.logarithmic ? "placeLogarithmic" : "place"](...result.addresses, frame, ...to, result.addresses[0] + 8 * size);
    workspace.next = mark;
    const { buffer } = workspace.memory;
    const Floats = precise ? Float64Array : Float32Array;
    run.x.set(new Floats(buffer, to[0], size));
    run.y.set(new Floats(buffer, to[1], size));
    run.z.set(new Float32Array(buffer, to[2], size));
  }

  /**
   * Of each row of numbers the quartile below, both in the middle, and the quartile above; what has no value counts as infinitely high.
   * @param {Float64Array} values (rows, count) @param {number} count
   * @returns {{ low: Float64Array, below: Float64Array, above: Float64Array, high: Float64Array }}
   */
  quartiles(values, count) {
    const { workspace } = this;
    const { network, places } = this.order(count);
    const rows = values.length / count;
    const stride = 8 * (rows + (rows % 2));
    const from = values.buffer === workspace.memory.buffer ? values.byteOffset : null;
    workspace.reserve((from ? 0 : 8 * (rows + 1) * count) + network.byteLength + 16 * count + RANKS * stride + 8 * SLACK);
    const mark = workspace.next;
    const table = from ?? workspace.doubles(values, (rows + 1) * count);
    const [networkAt, placesAt] = [workspace.whole(network), workspace.whole(places)];
    const [work, out] = [workspace.room(16 * count), workspace.room(RANKS * stride)];
    this.exports.ranks(table, rows, count, work, networkAt, networkAt + network.byteLength, placesAt, out, stride);
    workspace.next = mark;
    const [low, below, above, high] = [0, 1, 2, 3].map((row) => new Float64Array(workspace.memory.buffer, out + row * stride, rows).slice());
    return { low, below, above, high };
  }

  /**
   * Go through the rows of a run.
   * @param {string} name of the fold @param {EngineResult} result @param {{ given?: ArrayLike<number>[], frame?: number[], state: (number | ArrayLike<number>)[], first: number, rows: number }} of
   * @returns {Float64Array[]} what each trajectory keeps at the end, until the next is asked for
   */
  fold(name, { addresses, count }, { given = [], frame = [], state, first, rows }) {
    const { workspace } = this;
    const length = this.length(count);
    const mark = workspace.next;
    const table = (/** @type {(number | ArrayLike<number>)[]} */ arrays) => {
      const at = workspace.room(8 * length * arrays.length);
      const all = new Float64Array(workspace.memory.buffer, at, length * arrays.length).fill(0);
      for (const [row, one] of arrays.entries()) {
        if (typeof one === "number") all.fill(one, row * length, row * length + count);
        else all.set(one, row * length);
      }
      return at;
    };
    const [givenAt, frameAt, stateAt] = [table(given), workspace.doubles(frame), table(state)];
    workspace.room(SLACK);
    this.exports[name](...addresses, givenAt, frameAt, stateAt, count, rows, first, 8 * length);
    workspace.next = mark;
    return state.map((_, row) => new Float64Array(workspace.memory.buffer, stateAt + 8 * length * row, count));
  }

  /** Where each trajectory leaves the window for good, into a run that is placed, as `findExits` of data.js. @param {EngineResult} result @param {Run} run @param {Region} window */
  exits(result, run, window) {
    const { count } = result;
    this.begin(result);
    const rows = result.kept.length;
    const edges = window.flat();
    const [, stayed] = this.fold("outside", result, { frame: [...placingFrame(window), ...edges], state: [1, 0], first: rows - 1, rows });
    for (let n = 0; n < count; n++) {
      run.exit[n] = stayed[n] ? rows - stayed[n] : rows;
      [run.exitX[n], run.exitY[n]] = [0, 0];
      if (!stayed[n]) continue;
      const from = (run.exit[n] - 1) * count + n;
      [run.exitX[n], run.exitY[n]] = run.exit[n] ? crossing(run.x[from], run.y[from], run.x[from + count], run.y[from + count], edges) : [NaN, 0];
    }
  }

  /** The slopes at every point of a run; null where a formula gives them. @param {EngineResult} result @returns {[dx: Float64Array, dy: Float64Array] | null} */
  slopes(result) {
    const { workspace, functions } = this;
    if (!functions.plane) return null;
    this.slopesAt ??= slopesAt(functions, workspace);
    const size = result.kept.length * result.count;
    const pairs = Math.ceil(size / 2);
    const mark = workspace.next;
    const to = [workspace.room(16 * pairs), workspace.room(16 * pairs)];
    this.slopesAt(result.addresses[0], result.addresses[1], to[0], to[1], pairs);
    workspace.next = mark;
    return [new Float64Array(workspace.memory.buffer, to[0], size).slice(), new Float64Array(workspace.memory.buffer, to[1], size).slice()];
  }

  /** The lowest and the highest loss of a run that is a number. @param {EngineResult} result @returns {[least: number, most: number]} */
  ends(result) {
    this.begin(result);
    const [least, most] = this.fold("ends", result, { state: [Infinity, -Infinity], first: 0, rows: result.kept.length });
    return [Math.min(...least), Math.max(...most)];
  }
}
