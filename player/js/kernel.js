// The function that takes trajectories through all steps of a tape, as machine/kernel.py's for whole histories with losses.

import { Given } from "./given.js";
import { normals } from "./normals.js";
import { Block, vectorAt } from "./vectors.js";
import { Code, I32, SIMD } from "./wasm.js";

/** @import { LoopData, NoiseData, TapeData } from "./types" */
/** @import { Library, Vectors } from "./vectors.js" */

/** The rows of what a run leaves for each trajectory, before those of its last state. */
export const ENDS = { gone: 0, lasted: 1, missing: 2, pending: 3, looks: 4, state: 5 };
/** What the function `run` is called with: addresses, and how many trajectories and steps there are and bytes from row to row. */
export const RUN_WITH = /** @type {const} */ (["constants", "table", "state", "own", "numbers", "keys", "keep", "x", "y", "loss", "ends", "count", "stride", "steps"]);
/** Of what each trajectory has beside the tape's own: the spread of its noise, and its goal. */
export const OWN_ROWS = { spread: 0, goal: 1 };

/**
 * Write the functions of a tape: `prepare`, `begin` and `run`, each with the tape's number behind its name.
 * @param {number} number @param {TapeData} tape `linked` to its schedule @param {string[]} names the names of the parameters in their order
 * @param {Library} library @param {NoiseData} noise @param {{ width: number; single: boolean; goal: boolean }} options how many vectors are computed side by side;
 * whether the history has single precision; whether there is a goal
 */
export function write(number, tape, names, library, noise, { width, single, goal }) {
  const given = new Given(tape, names, library);
  given.prepare(`prepare${number}`);
  given.begin(`begin${number}`);
  new Kernel(tape, library, noise, width, single, goal).write(`run${number}`);
}

/** Writes the function `run`. */
export class Kernel {
  /** @param {TapeData} tape @param {Library} library @param {NoiseData} noise @param {number} width @param {boolean} single @param {boolean} goal */
  constructor(tape, library, noise, width, single, goal) {
    this.tape = tape;
    this.library = library;
    this.noise = noise;
    this.width = width;
    this.single = single;
    this.goal = goal;
    this.bytes = single ? 4 : 8;
    this.code = new Code(RUN_WITH.length);
    this.block = new Block(this.code, width, library);
    this.at = /** @type {Record<typeof RUN_WITH[number], number>} */ (Object.fromEntries(RUN_WITH.map((name, place) => [name, place])));
    const local = () => this.code.local(I32);
    this.i = local(); // the first of the trajectories
    this.t = local();
    this.row = local(); // the address of the step's row of the table
    this.pointer = local();
    this.place = local();
    this.first = local(); // 8 i
    this.state = tape.state.map(() => this.kept());
    this.gone = this.kept();
    this.lasted = this.kept();
    this.missing = this.kept();
    this.pending = this.kept();
    this.looks = this.kept();
  }

  /** Vectors that stay. @returns {Vectors} */
  kept() {
    return { ...this.block.fresh(), own: false };
  }

  /** @param {string} name */
  write(name) {
    const { code, at, i } = this;
    const index = this.library.module.declare(RUN_WITH.map(() => I32), []);
    const lanes = 2 * this.width;
    code.repeat(() => {
      // the last ones overlap those before: i is at most count - lanes, and at least 0
      code.get(i, at.count).i32(lanes).subtract().tee(this.row).get(i, this.row).less().select().tee(i).i32(0).get(i).i32(0).less();
      code.isZero().select().set(i);
      this.all();
      code.get(i).i32(lanes).add().tee(i).get(at.count).less();
    });
    this.library.module.define(index, code, name);
  }

  /** All steps of some trajectories. */
  all() {
    const { code, at, tape } = this;
    code.get(this.i).i32(8).multiply().set(this.first);
    for (const [row, state] of this.state.entries()) this.load(at.state, row, state);
    this.fill(this.gone, -0);
    for (const one of [this.lasted, this.missing, this.looks]) this.fill(one, 0);
    this.fill(this.pending, 1);
    code.i32(0).set(this.t).get(at.table).set(this.row);
    code.get(at.steps).when(() => code.repeat(() => this.step()));
    const [loss] = this.compute([tape.loss]);
    if (tape.watched.includes(tape.loss)) this.watch([loss]);
    this.note(loss, true);
    for (const [row, value] of [this.gone, this.lasted, this.missing, this.pending, this.looks, ...this.state].entries()) this.store(at.ends, row, value);
  }

  step() {
    const { code, tape, block } = this;
    const watched = [...new Set(tape.watched)];
    const [loss, ...others] = this.compute([tape.loss, ...watched, ...tape.new]);
    this.watch(others.slice(0, watched.length));
    this.note(loss, false);
    const found = others.slice(watched.length).map((value) => block.number(value));
    for (const value of found) for (let u = 0; u < this.width; u++) code.get(vectorAt(value, u));
    for (const local of this.state.flatMap(({ at }) => at).reverse()) code.set(local);
    for (const local of new Set([loss, ...others, ...found].filter(({ own }) => own).flatMap(({ at }) => at))) block.free.push(local);
    code.get(this.row).i32(8 * tape.columns.length).add().set(this.row);
    code.get(this.t).i32(1).add().tee(this.t).get(this.at.steps).less();
  }

  /** @param {number[]} wanted entries of the tape */
  compute(wanted) {
    /** @type {Vectors[][]} by pair of coordinates */
    const drawn = [];
    /** @type {Vectors[]} */
    let found = [];
    return this.block.compute(this.tape.entries, wanted, (node, value) => {
      const index = /** @type {number} */ (node[1]);
      if (node[0] === "constant") return this.block.spread(this.at.constants, 8 * index);
      if (node[0] === "column") return this.block.spread(this.row, 8 * index);
      if (node[0] === "lane") return this.load(this.at.own, index);
      if (node[0] === "state") return this.state[index];
      if (node[0] === "loop") {
        found = this.search(this.tape.loops[index], /** @type {number[]} */ (node.slice(2)), value);
        return { at: [], mask: false, own: false };
      }
      if (node[0] === "found") return found[index];
      if (node[0] !== "noise" && node[0] !== "draw") return undefined;
      const normal = (drawn[index >> 1] ??= normals(this.block, this.noise, this.load(this.at.numbers, 0), this.t, index >> 1, this.at.keys))[index & 1];
      return node[0] === "draw" ? normal : this.scaled(normal);
    });
  }

  /** Noise of its standard deviation. @param {Vectors} normal released */
  scaled(normal) {
    const spread = this.load(this.at.own, this.tape.lanes.length + OWN_ROWS.spread);
    const noise = this.block.apply("*", normal, spread);
    this.block.release(normal);
    this.block.release(spread);
    return noise;
  }

  /**
   * Trials, until none of the trajectories needs another; who needs none keeps what there is. Gives what they find.
   * @param {LoopData} loop @param {number[]} operands the numbers of the first trial, who needs one, and what else trials read
   * @param {(cell: number) => Vectors} value
   */
  search({ most, trials, new: following, going }, operands, value) {
    const { code, block } = this;
    const copied = (/** @type {Vectors} */ from) => {
      const out = block.fresh();
      for (const [u, local] of out.at.entries()) code.get(vectorAt(from, u)).set(local);
      return out;
    };
    const found = trials.map((_, place) => copied(block.number(value(operands[place]))));
    const active = copied(block.condition(value(operands[trials.length])));
    const count = code.local(I32);
    const known = new Map(operands.slice(trials.length + 1).map((cell) => [cell, { ...value(cell), own: false }]));
    for (const [place, cell] of trials.entries()) known.set(cell, { ...found[place], own: false });
    code.i32(0).set(count);
    code.repeat(() => {
      const after = block.compute(this.tape.entries, [...following, going], () => undefined, [], [], known);
      const again = block.condition(/** @type {Vectors} */ (after.pop()));
      for (const [place, one] of after.map((each) => block.number(each)).entries()) {
        for (const [u, old] of found[place].at.entries()) code.get(vectorAt(one, u), old, active.at[u]).vector(SIMD.SELECT);
      }
      for (const local of found.flatMap(({ at }) => at).reverse()) code.set(local);
      for (const [u, local] of active.at.entries()) code.get(local, vectorAt(again, u)).vector(SIMD.AND).set(local);
      for (const one of new Set([...after, again])) block.release(one);
      for (const [u, local] of active.at.entries()) {
        code.get(local);
        if (u) code.vector(SIMD.OR);
      }
      code.vector(SIMD.ANY).get(count).i32(1).add().tee(count).i32(most).less().emit(0x71); // i32.and
    });
    block.release(active);
    return found;
  }

  /** The address of a row of some array, at these trajectories. @param {number} pointer @param {number} row */
  address(pointer, row) {
    return this.code.get(pointer, this.at.stride).i32(row).multiply().add().get(this.first).add();
  }

  /** From a row of an array. @param {number} pointer @param {number} row @param {Vectors} [into] @returns {Vectors} */
  load(pointer, row, into = this.block.fresh()) {
    this.address(pointer, row).set(this.pointer);
    for (const [u, local] of into.at.entries()) this.code.get(this.pointer).memory(SIMD.LOAD, 16 * u).set(local);
    return into;
  }

  /** @param {number} pointer @param {number} row @param {Vectors} value */
  store(pointer, row, value) {
    this.address(pointer, row).set(this.pointer);
    for (const [u, local] of value.at.entries()) this.code.get(this.pointer, local).memory(SIMD.STORE, 16 * u);
  }

  /** @param {Vectors} into @param {number} value */
  fill(into, value) {
    for (const local of into.at) this.block.push(value).set(local);
  }

  /** Note where something has no finite value that a formula's repair may fill in. @param {Vectors[]} values */
  watch(values) {
    for (const value of values.map((one) => this.block.number(one))) this.add(this.missing, value);
  }

  /** Add what is 0, or NaN where a value is not finite. @param {Vectors} sum @param {Vectors} value */
  add(sum, value) {
    for (const [u, local] of sum.at.entries()) {
      const one = vectorAt(value, u);
      this.code.get(local, one, one).vector(SIMD.SUBTRACT).vector(SIMD.SUBTRACT).set(local);
    }
  }

  /** Find out who has left float range and who reaches the goal, and write down the point and its loss. @param {Vectors} loss @param {boolean} end */
  note(loss, end) {
    const { code, block } = this;
    const point = [this.state[0], this.state[1], block.number(loss)];
    for (const value of point) this.add(this.gone, value);
    for (const [u, local] of this.lasted.at.entries()) {
      const gone = this.gone.at[u];
      code.get(local, gone, gone).vector(SIMD.EQ);
      block.push(1).vector(SIMD.AND).vector(SIMD.ADD).set(local);
    }
    if (this.goal) this.look(point[2], end);
    const keep = code.get(this.at.keep, this.t).i32(4).multiply().add().load(0).tee(this.place);
    keep.i32(0).less().isZero().when(() => this.writeDown(point));
  }

  /** @param {Vectors} loss @param {boolean} end */
  look(loss, end) {
    const { code } = this;
    const goal = this.load(this.at.own, this.tape.lanes.length + OWN_ROWS.goal);
    for (const [u, local] of this.pending.at.entries()) {
      code.get(local, vectorAt(loss, u), goal.at[u]).vector(SIMD.LE).vector(SIMD.AND_NOT).set(local);
      if (!end) code.get(this.looks.at[u], local).vector(SIMD.ADD).set(this.looks.at[u]);
    }
    this.block.release(goal);
  }

  /** Into this step's row of the history. @param {Vectors[]} point */
  writeDown(point) {
    const { code, at } = this;
    code.get(this.place, at.count).multiply().get(this.i).add().i32(this.bytes).multiply().set(this.place);
    for (const [array, value] of [at.x, at.y, at.loss].map((pointer, axis) => /** @type {const} */ ([pointer, point[axis]]))) {
      code.get(array, this.place).add().set(this.pointer);
      for (const [u, gone] of this.gone.at.entries()) {
        code.get(this.pointer, vectorAt(value, u), gone).vector(SIMD.ADD);
        if (this.single) code.vector(SIMD.DEMOTE).memory(SIMD.STORE_LANE, 8 * u, 0);
        else code.memory(SIMD.STORE, 16 * u);
      }
    }
  }
}
