// The functions that compute what a tape is given from parameters: constants, a table with a row for each step, and what each trajectory
// begins with. As tape/numbers.py, by the same operations.

import { Block } from "./vectors.js";
import { Code, I32, SIMD, V128 } from "./wasm.js";

/** @import { OperationNode, ScheduleData, TapeData } from "./types" */
/** @import { Library, Vectors } from "./vectors.js" */

/**
 * A tape that is given what a schedule's formula makes the learning rate be multiplied by; 1 without a schedule.
 * @param {TapeData} tape @param {ScheduleData | null} schedule @returns {TapeData}
 */
export function linked(tape, schedule) {
  const before = schedule?.early ?? [];
  const factor = tape.early.findIndex((node) => node[0] === "input" && node[1] === "run" && node[2] === "factor");
  const cell = (/** @type {number} */ index) => (index === factor && schedule ? schedule.factor : index + before.length);
  const moved = (/** @type {OperationNode} */ node) => /** @type {OperationNode} */ (node[0] === "number" || node[0] === "input" ? node : [node[0], .../** @type {number[]} */ (node.slice(1)).map(cell)]);
  const early = tape.early.map((node, index) => (index === factor ? /** @type {OperationNode} */ (["number", 1]) : moved(node)));
  const carried = tape.carried.map(([name, first, next]) => /** @type {[string, number, number]} */ ([name, cell(first), cell(next)]));
  const [constants, columns, lanes, first] = [tape.constants, tape.columns, tape.lanes, tape.first].map((cells) => cells.map(cell));
  return { ...tape, early: [...before, ...early], constants, columns, lanes, first, carried };
}

/** How an input is called in the list of names. @param {OperationNode} node */
export const inputName = (node) => `${node[1]} ${node[2]}`;

/** Writes the functions that compute what a kernel is given. */
export class Given {
  /** @param {TapeData} tape @param {string[]} names @param {Library} library */
  constructor(tape, names, library) {
    this.tape = tape;
    this.names = names;
    this.library = library;
  }

  /** A parameter, at its place in the memory. @param {Block} block @param {number} pointer @param {OperationNode} node */
  parameter(block, pointer, node) {
    return block.spread(pointer, 8 * this.names.indexOf(inputName(node)));
  }

  /** A function of the addresses of parameters, constants and table, and steps: fill the constants, and the table row by row. @param {string} exported */
  prepare(exported) {
    const index = this.library.module.declare([I32, I32, I32, I32], []);
    const [parameters, constants, table, steps] = [0, 1, 2, 3];
    const code = new Code(4);
    const block = new Block(code, 1, this.library);
    const { early, columns, carried } = this.tape;
    const once = (/** @type {OperationNode} */ node) => (node[0] === "input" ? this.parameter(block, parameters, node) : undefined);
    const store = (/** @type {number} */ pointer, /** @type {Vectors[]} */ values) => values.forEach((value, place) => code.get(pointer, block.number(value).at[0]).memory(SIMD.STORE_LANE, 8 * place, 0));
    store(constants, block.compute(early, this.tape.constants, once));
    const cells = new Map(carried.map(([name]) => [name, code.local(V128)]));
    for (const [name, first] of carried) code.get(block.compute(early, [first], once)[0].at[0]).set(/** @type {number} */ (cells.get(name)));
    const [t, at] = [code.local(I32), code.local(V128)];
    const each = (/** @type {OperationNode} */ node) => {
      if (node[0] === "input" && node[1] === "carried") return { at: [/** @type {number} */ (cells.get(/** @type {string} */ (node[2])))], mask: false, own: false };
      return node[0] === "input" && node[2] === "t" ? { at: [at], mask: false, own: false } : once(node);
    };
    code.get(steps).when(() =>
      code.repeat(() => {
        code.get(t).i32(1).add().tee(t).emit(0xb7).vector(SIMD.SPLAT).set(at); // f64.convert_i32_s
        const values = block.compute(early, [...columns, ...carried.map(([, , next]) => next)], each);
        store(table, values.slice(0, columns.length));
        for (const value of values.slice(columns.length)) code.get(value.at[0]);
        for (const [name] of [...carried].reverse()) code.set(/** @type {number} */ (cells.get(name)));
        code.get(table).i32(8 * columns.length).add().set(table).get(t, steps).less();
      }),
    );
    this.library.module.define(index, code, exported);
  }

  /**
   * A function of the addresses of parameters, varying, starts, own and state, of count and stride: fill what each trajectory has its own of
   * and its first state, two trajectories at a time. Of the parameters those that differ have a row each among the varying ones.
   * @param {string} exported
   */
  begin(exported) {
    const index = this.library.module.declare(Array(7).fill(I32), []);
    const [parameters, varying, starts, own, state, count, stride] = [0, 1, 2, 3, 4, 5, 6];
    const code = new Code(7);
    const block = new Block(code, 1, this.library);
    const { early, lanes, first } = this.tape;
    const differing = /** @type {const} */ (["landscape", "optimizer"]).flatMap((owner) => this.tape.varying[owner].map((name) => `${owner} ${name}`));
    const i = code.local(I32);
    const row = (/** @type {number} */ pointer, /** @type {number} */ place) => code.get(i).i32(8).multiply().get(pointer).add().get(stride).i32(place).multiply().add();
    const read = (/** @type {number} */ pointer, /** @type {number} */ place) => {
      const out = block.fresh(1);
      row(pointer, place).memory(SIMD.LOAD, 0).set(out.at[0]);
      return out;
    };
    const leaf = (/** @type {OperationNode} */ node) => {
      if (node[0] !== "input") return undefined;
      if (node[1] === "start") return read(starts, node[2] === "x" ? 0 : 1);
      const place = differing.indexOf(inputName(node));
      return place < 0 ? this.parameter(block, parameters, node) : read(varying, place);
    };
    code.repeat(() => {
      const values = block.compute(early, [...lanes, ...first], leaf).map((value) => block.number(value));
      for (const [place, value] of values.entries()) {
        const [pointer, at] = place < lanes.length ? [own, place] : [state, place - lanes.length];
        row(pointer, at).get(value.at[0]).memory(SIMD.STORE, 0);
      }
      code.get(i).i32(2).add().tee(i).get(count).less();
    });
    this.library.module.define(index, code, exported);
  }
}

