// What is found by going through the rows of trajectories in WebAssembly, row by row, on or back: how long each has stayed somewhere, how far it
// has come, and what else a few numbers for each, renewed at every row, can tell.

import { Block, vectorAt } from "./vectors.js";
import { Code, I32, SIMD } from "./wasm.js";

/** @import { OperationNode } from "./types" */
/** @import { Library, Vectors } from "./vectors.js" */

/** What the function is called with: addresses, the numbers of trajectories and rows, the first row, and bytes from row to row of what each is given and keeps. */
const WITH = /** @type {const} */ (["x", "y", "loss", "given", "frame", "state", "count", "rows", "first", "stride"]);

/** @typedef {{ nodes: OperationNode[]; next: number[]; while: number }} Fold the new numbers of each trajectory; it goes on while one of them is not 0 for any, -1 for to the end */

/** Lists of operations, written down more shortly. */
export class Nodes {
  constructor() {
    /** @type {OperationNode[]} */
    this.list = [];
    this.x = this.of("input", 0);
    this.y = this.of("input", 1);
    this.loss = this.of("input", 2);
  }

  /** A node; gives its place. @param {string} name @param {number[]} more */
  of(name, ...more) {
    return this.list.push([name, ...more]) - 1;
  }

  /** A number that all trajectories share. @param {number} place */
  frame(place) {
    return this.of("constant", place);
  }

  /** One that each is given. @param {number} place */
  given(place) {
    return this.of("lane", place);
  }

  /** One that each keeps from row to row. @param {number} place */
  state(place) {
    return this.of("state", place);
  }

  /** Whether all hold. @param {number[]} conditions */
  all(...conditions) {
    return conditions.reduce((one, other) => this.of("and", one, other));
  }

  /** Whether a number lies between two others. @param {number} value @param {number} low @param {number} high */
  within(value, low, high) {
    return this.all(this.of("greater_equal", value, low), this.of("less_equal", value, high));
  }

  /** From what a trajectory keeps, whether it has stayed and for how many rows, both renewed: a fold for as long as any stays. @param {number} stays @returns {Fold} */
  staying(stays) {
    const now = this.all(stays, this.state(0));
    return { nodes: this.list, next: [now, this.of("+", this.state(1), now)], while: 0 };
  }
}

/**
 * Write the function of a fold. Where trajectories are no multiple of those that are computed side by side it reads a little beyond the arrays.
 * @param {string} exported @param {Library} library @param {number} width how many vectors are computed side by side @param {Fold} fold @param {1 | -1} way on or back
 */
export function writeFold(exported, library, width, fold, way) {
  const index = library.module.declare(WITH.map(() => I32), []);
  const code = new Code(WITH.length);
  const block = new Block(code, width, library);
  const at = /** @type {Record<typeof WITH[number], number>} */ (Object.fromEntries(WITH.map((name, place) => [name, place])));
  const [i, t, offset, pointer] = Array.from({ length: 4 }, () => code.local(I32));
  const kept = fold.next.map(() => ({ ...block.fresh(), own: false }));
  const address = (/** @type {number} */ array, /** @type {number} */ row) => code.get(array, at.stride).i32(row).multiply().add().get(i).i32(8).multiply().add().set(pointer);
  const load = (/** @type {Vectors} */ into) => (into.at.forEach((local, u) => code.get(pointer).memory(SIMD.LOAD, 16 * u).set(local)), into);
  /** @type {(node: OperationNode) => Vectors | undefined} */
  const leaf = ([name, place]) => {
    const index = Number(place);
    if (name === "input") return code.get([at.x, at.y, at.loss][index], offset).add().set(pointer), load(block.fresh());
    if (name === "lane") return address(at.given, index), load(block.fresh());
    if (name === "constant") return block.spread(at.frame, 8 * index);
    return name === "state" ? kept[index] : undefined;
  };
  code.repeat(() => {
    for (const [row, into] of kept.entries()) address(at.state, row), load(into);
    code.get(at.first, at.count).multiply().get(i).add().i32(8).multiply().set(offset).get(at.rows).set(t);
    code.repeat(() => {
      const found = block.compute(fold.nodes, fold.next, leaf).map((value) => block.number(value));
      for (const value of found) for (let u = 0; u < width; u++) code.get(vectorAt(value, u));
      for (const local of kept.flatMap((one) => one.at).reverse()) code.set(local);
      for (const local of new Set(found.filter(({ own }) => own).flatMap((one) => one.at))) block.free.push(local);
      code.get(offset, at.count).i32(8 * way).multiply().add().set(offset);
      code.get(t).i32(1).subtract().tee(t);
      if (fold.while < 0) return;
      code.isZero().isZero();
      for (const [u, local] of kept[fold.while].at.entries()) if (code.get(local) && u) code.vector(SIMD.OR);
      code.vector(SIMD.ANY).and();
    });
    for (const [row, { at: locals }] of kept.entries()) {
      address(at.state, row);
      for (const [u, local] of locals.entries()) code.get(pointer, local).memory(SIMD.STORE, 16 * u);
    }
    code.get(i).i32(2 * width).add().tee(i).get(at.count).less();
  });
  library.module.define(index, code, exported);
}
