// Races computed in the browser: machine code of tapes by WebAssembly, with the bits of `simulation.run`. See tape/portable.py.
//
// Processors and browsers without vector instructions in WebAssembly (before 2021, Safari before 16.4), and hosts that forbid compiling,
// have no engine; `enginesFor` says why.

import { inputName, linked } from "./given.js";
import { ENDS, RUN_WITH, write } from "./kernel.js";
import { roundKeys } from "./normals.js";
import { Impossible, isOperation } from "./operations.js";
import { PlaneCode } from "./planecode.js";
import { LEAVES, Library, Pool, QUANTITIES, SEARCHES } from "./vectors.js";

/** @import { EngineFunctions, EngineResult, EngineRun, LivePair, ParameterValues, TapeData } from "./types" */

const MEMORY_PAGE = 65536;
const FIRST = 64;
const PAIR = /** @type {const} */ (["landscape", "optimizer"]);
const OWNERS = ["landscape", "optimizer", "schedule"];

/** The memory that the engines of a race share: numbers that functions hold, and behind them what a run is given and gives. */
export class Workspace {
  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 2, maximum: 32768 });
    this.pool = new Pool(this.memory, FIRST, MEMORY_PAGE);
    this.base = this.next = MEMORY_PAGE;
  }

  /** Let go of what all runs have given so far: their arrays are written over. */
  clear() {
    this.next = this.base;
  }

  /** Keep numbers for good, before there is any run; gives the address. @param {Float64Array} values */
  hold(values) {
    this.clear();
    const at = this.doubles(values);
    this.base = this.next;
    return at;
  }

  /** Room for so many bytes; gives the address. @param {number} bytes */
  room(bytes) {
    const at = this.next;
    this.next = (at + bytes + 63) & ~63;
    this.reserve(0);
    return at;
  }

  /** See to it that there is room for so many bytes more. Where the memory has to grow, arrays that are views of it are lost: see `renewed`. @param {number} bytes */
  reserve(bytes) {
    const missing = this.next + bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / MEMORY_PAGE));
  }

  /** A result whose arrays are views of the memory as it is now. @param {EngineResult} result */
  renewed(result) {
    const { buffer } = this.memory;
    if (result.x.buffer === buffer) return result;
    const Floats = result.x instanceof Float32Array ? Float32Array : Float64Array;
    const size = result.kept.length * result.count;
    [result.x, result.y, result.loss] = result.addresses.map((at) => new Floats(buffer, at, size));
    return result;
  }

  /** Room for whole numbers of 32 bits; gives the address. @param {Int32Array} values */
  whole(values) {
    const at = this.room(values.byteLength);
    new Int32Array(this.memory.buffer, at, values.length).set(values);
    return at;
  }

  /** Room for numbers; gives the address. @param {ArrayLike<number>} values @param {number} [length] */
  doubles(values, length = values.length) {
    const at = this.room(8 * length);
    new Float64Array(this.memory.buffer, at, length).set(values);
    return at;
  }
}

/**
 * Engines for pairs, all in one module; where there is none, the reason why.
 * @param {Pick<LivePair, "tape" | "schedule">[]} pairs @param {EngineFunctions} functions @param {Workspace} workspace
 * @param {{ count: number; single?: boolean; goal?: boolean; width?: number }} options how many trajectories they are for, whether histories have single
 * precision, whether runs have goals, how many vectors are computed side by side
 * @returns {({ engine: Engine; reason: "" } | { engine: null; reason: string })[]}
 */
export function enginesFor(pairs, functions, workspace, { count, single = true, goal = false, width = widthFor(count) }) {
  const library = libraryOf(functions, workspace);
  const made = { width, single, goal, size: 0 };
  const linkedPairs = pairs.map(({ tape, schedule }) => linked(tape, schedule));
  const reasons = linkedPairs.map((tape) => missing(tape, functions));
  const names = linkedPairs.map(namesOf);
  try {
    for (const [index, tape] of linkedPairs.entries()) if (!reasons[index]) write(index, tape, names[index], library, functions.noise, made);
    const bytes = library.module.bytes();
    made.size = bytes.length;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { page: { memory: workspace.memory } });
    const of = (/** @type {number} */ index) => Object.fromEntries(["prepare", "begin", "run"].map((name) => [name, exports[`${name}${index}`]]));
    return linkedPairs.map((tape, index) => (reasons[index] ? { engine: null, reason: reasons[index] } : { engine: new Engine(tape, names[index], functions, workspace, of(index), made), reason: "" }));
  } catch (error) {
    const reason = refusal(error);
    return pairs.map(() => ({ engine: null, reason }));
  }
}

/** What functions are written with. @param {EngineFunctions} functions @param {Workspace} workspace */
export function libraryOf(functions, workspace) {
  const { elementary, noise: { normals }, plane } = functions;
  return new Library(workspace.pool, { ...elementary, normals }, plane ? new PlaneCode(functions, workspace) : null);
}

/** Why machine code could not be made; any other error is thrown on. @param {unknown} error */
export function refusal(error) {
  if (error instanceof Impossible || error instanceof WebAssembly.CompileError || error instanceof EvalError) return error.message;
  throw error;
}

/** The names of the parameters that a tape is given, in their order. @param {TapeData} tape */
export function namesOf({ early }) {
  return [...new Set(early.filter((node) => node[0] === "input" && OWNERS.includes(/** @type {string} */ (node[1]))).map(inputName)), "run steps"];
}

/** The values of parameters by these names; NaN for those that are several. @param {string[]} names @param {ParameterValues} parameters @param {number} steps */
export function valuesOf(names, parameters, steps) {
  return names.map((name) => {
    const [owner, ...rest] = name.split(" ");
    const found = name === "run steps" ? steps : parameters[/** @type {keyof ParameterValues} */ (owner)][rest.join(" ")];
    return typeof found === "number" ? found : NaN;
  });
}

/** What a tape asks for that cannot be computed here, in words. @param {Pick<TapeData, "entries" | "early">} tape @param {EngineFunctions} functions */
export function missing({ entries, early }, { elementary, plane }) {
  const known = (/** @type {string} */ name) => (plane && QUANTITIES.has(name)) || LEAVES.has(name) || SEARCHES.has(name) || isOperation(name) || name in elementary || name === "odd_power";
  const name = [...entries, ...early].map((node) => /** @type {string} */ (node[0])).find((one) => !known(one));
  return name ? `${name} is computed by Python only` : "";
}

/**
 * The tape of a pair for these values of the parameters: the first where its 0 and 1 are theirs, or the open one; null where neither is.
 * @param {Pick<LivePair, "tape" | "open">} pair @param {ParameterValues} parameters @returns {TapeData | null}
 */
export function tapeFor({ tape, open }, parameters) {
  return [tape, open].find((one) => one && !misfitOf(one, parameters)) ?? null;
}

/** Why a tape is not one for these parameters; "" where it is. @param {Pick<TapeData, "fixed">} tape @param {ParameterValues} parameters */
export function misfitOf({ fixed }, parameters) {
  for (const owner of PAIR) {
    for (const [name, value] of Object.entries(fixed[owner])) {
      if (parameters[owner][name] !== value) return `the tape holds for ${name} = ${value} only`;
    }
  }
  return "";
}

/** @param {number} count */
function widthFor(count) {
  return count >= 8 ? 4 : count >= 4 ? 2 : 1;
}

/** Whether there can be engines here. */
export function available() {
  return typeof WebAssembly === "object" && WebAssembly.validate(VECTORS);
}

/** A module with a function that makes a vector of a number. */
const VECTORS = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11);

export class Engine {
  /**
   * @param {TapeData} tape @param {string[]} names @param {EngineFunctions} functions @param {Workspace} workspace @param {WebAssembly.Exports} exports
   * @param {{ width: number; single: boolean; goal: boolean; size: number }} made
   */
  constructor(tape, names, functions, workspace, exports, made) {
    this.tape = tape;
    this.names = names;
    this.functions = functions;
    this.workspace = workspace;
    this.made = made;
    this.noisy = tape.entries.some(([operation]) => operation === "noise" || operation === "draw");
    this.exports = /** @type {Record<"prepare" | "begin" | "run", (...numbers: number[]) => void>} */ (exports);
    /** @type {{ key: string; constants: Float64Array; table: Float64Array } | null} what follows from the parameters of the last run */
    this.last = null;
  }

  /** Why the tape is not the one for these parameters; "" where it is. @param {ParameterValues} parameters */
  misfit(parameters) {
    return misfitOf(this.tape, parameters);
  }

  /**
   * Run. The arrays of the result are views of the workspace, until it is cleared; `misfit` has to be "".
   * @param {EngineRun} run @returns {EngineResult}
   */
  run({ parameters, starts, steps, keep = null, noise = 0, seed = 0n, numbers = null, goal = -Infinity }) {
    const { workspace, tape } = this;
    const [x, y] = starts;
    const count = x.length;
    if (count < 2 * this.made.width && this.made.width > 1) throw new RangeError(`${count} trajectories are too few for ${this.made.width} vectors side by side`);
    const length = 2 * Math.ceil(count / 2);
    const uniform = valuesOf(this.names, parameters, steps);
    const given = workspace.doubles(uniform);
    const differing = PAIR.flatMap((owner) => tape.varying[owner].map((name) => /** @type {number[]} */ (parameters[owner][name])));
    const rows = (/** @type {(number | ArrayLike<number>)[]} */ arrays) => {
      const at = workspace.room(8 * length * arrays.length);
      const all = new Float64Array(workspace.memory.buffer, at, length * arrays.length);
      for (const [row, one] of arrays.entries()) {
        if (typeof one === "number") all.fill(one, row * length, (row + 1) * length);
        else {
          all.set(one, row * length);
          if (length > count) all[row * length + count] = one[count - 1]; // the last once more, for which nothing has to be computed anew
        }
      }
      return at;
    };
    const empty = (/** @type {number} */ size) => workspace.doubles([], size);
    const [constants, table] = this.prepared(uniform, given, steps);
    const [varying, begun] = [rows(differing), rows([x, y])];
    const own = rows([...tape.lanes.map(() => 0), noise, goal]);
    const state = rows(tape.state.map(() => 0));
    this.exports.begin(given, varying, begun, own, state, count, 8 * length);
    const kept = keep ?? Array.from({ length: steps + 1 }, (_, t) => t);
    const keepAt = workspace.room(4 * (steps + 1));
    const places = new Int32Array(workspace.memory.buffer, keepAt, steps + 1).fill(-1);
    for (let place = 0; place < kept.length; place++) places[kept[place]] = place;
    const [numbersAt, keys] = this.noisy ? countersIn(workspace, this.functions.noise, count, length, seed, numbers) : [0, 0];
    const bytes = this.made.single ? 4 : 8;
    const points = kept.length * count;
    const history = [0, 1, 2].map(() => workspace.room(bytes * (points + 1)));
    const ends = empty((ENDS.state + tape.state.length) * length);
    const call = { constants, table, state, own, numbers: numbersAt, keys, keep: keepAt, x: history[0], y: history[1], loss: history[2], ends, count, stride: 8 * length, steps };
    this.exports.run(...RUN_WITH.map((name) => call[name]));
    const Floats = this.made.single ? Float32Array : Float64Array;
    const [px, py, loss] = history.map((at) => new Floats(workspace.memory.buffer, at, points));
    return { x: px, y: py, loss, addresses: history, kept, count, ...this.found(ends, length, count) };
  }

  /** The addresses of the constants and the table; computed anew if parameters have changed. @param {number[]} uniform @param {number} given @param {number} steps */
  prepared(uniform, given, steps) {
    const { workspace, tape } = this;
    const key = `${steps} ${uniform.join(" ")}`;
    if (this.last?.key === key) return [workspace.doubles(this.last.constants), workspace.doubles(this.last.table)];
    const sizes = [tape.constants.length, tape.columns.length * steps];
    const [constants, table] = sizes.map((size) => workspace.doubles([], size));
    this.exports.prepare(given, constants, table, steps);
    const [one, other] = [constants, table].map((at, index) => new Float64Array(workspace.memory.buffer, at, sizes[index]).slice());
    this.last = { key, constants: one, table: other };
    return [constants, table];
  }

  /** What was found out on the way. @param {number} ends @param {number} length @param {number} count */
  found(ends, length, count) {
    const { tape, workspace } = this;
    const row = (/** @type {number} */ place) => new Float64Array(workspace.memory.buffer, ends + 8 * place * length, count);
    const [gone, lasted, missing, pending, looks] = [ENDS.gone, ENDS.lasted, ENDS.missing, ENDS.pending, ENDS.looks].map(row);
    const divergedAt = Int32Array.from(gone, (one, n) => (Number.isFinite(one) ? -1 : lasted[n]));
    const reached = this.made.goal ? Int32Array.from(pending, (one, n) => (one > 0 || (divergedAt[n] >= 0 && looks[n] >= divergedAt[n]) ? -1 : looks[n])) : null;
    /** @type {number[]} */
    const unsure = [];
    if (tape.watched.length) for (const [n, one] of missing.entries()) if (!Number.isFinite(one)) unsure.push(n);
    const overflowed = new Uint8Array(count);
    for (const places of tape.remembered) {
      for (const [axis, place] of places.entries()) for (const [n, one] of row(ENDS.state + place).entries()) if (!Number.isFinite(one)) overflowed[n] |= 1 << axis;
    }
    return { divergedAt, reached, unsure, overflowed };
  }
}

/** The addresses of what noise is drawn by: the trajectories' numbers and the seed's keys. @param {Workspace} workspace @param {EngineFunctions["noise"]} noise @param {number} count @param {number} length @param {bigint | number} seed @param {number[] | null} numbers */
export function countersIn(workspace, noise, count, length, seed, numbers) {
  const at = [workspace.room(8 * length), workspace.room(16 * noise.rounds)];
  new BigInt64Array(workspace.memory.buffer, at[0], length).set(Array.from({ length }, (_, n) => BigInt(numbers?.[Math.min(n, count - 1)] ?? Math.min(n, count - 1))));
  new BigUint64Array(workspace.memory.buffer, at[1], 2 * noise.rounds).set(roundKeys(BigInt.asUintN(64, BigInt(seed)), noise));
  return at;
}
