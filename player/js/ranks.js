// The order of numbers in WebAssembly: of each row of a table those at a few ranks, by a network of comparators (Batcher, "Sorting networks and
// their applications", 1968), two rows at once and without a branch. A merge sort of what JavaScript has takes some twenty times as long.

import { Code, I32, SIMD, V128 } from "./wasm.js";

/** @import { Library } from "./vectors.js" */

/** What the function is called with: addresses, how many rows there are and numbers in each, and bytes between rows of what it gives. */
const WITH = /** @type {const} */ (["table", "rows", "count", "work", "network", "end", "places", "out", "stride"]);
export const RANKS = 4;

/** The ranks that tell of a row of so many numbers: a quartile, both in the middle, and a quartile, as NumPy's method "nearest" has them. @param {number} count */
export function quartiles(count) {
  const nearest = (/** @type {number} */ place) => (place % 1 === 0.5 ? 2 * Math.round(place / 2) : Math.round(place));
  return [nearest((count - 1) / 4), (count - 1) >> 1, count >> 1, nearest((3 * (count - 1)) / 4)];
}

/**
 * Comparators, which put the smaller of two numbers at the first of two places, so that numbers at some ranks get to their places.
 * @param {number} count @param {number[]} ranks @returns {[number, number][]}
 */
export function comparators(count, ranks) {
  /** @type {[number, number][]} */
  const all = [];
  for (let p = 1; p < count; p *= 2) {
    for (let k = p; k >= 1; k >>= 1) {
      for (let j = k % p; j + k < count; j += 2 * k) {
        for (let i = 0; i < Math.min(k, count - j - k); i++) {
          if (Math.floor((i + j) / (2 * p)) === Math.floor((i + j + k) / (2 * p))) all.push([i + j, i + j + k]);
        }
      }
    }
  }
  const wanted = new Set(ranks); // what does not lead to them is left out
  const kept = all.reverse().filter(([one, other]) => {
    const needed = wanted.has(one) || wanted.has(other);
    if (needed) wanted.add(one).add(other);
    return needed;
  });
  return kept.reverse();
}

/**
 * Write the function that finds the numbers at `RANKS` ranks of each row, NaN for the largest of all: a row of `out` for each rank. Of an odd
 * number of rows it reads and writes one more. Comparators and ranks are given as bytes between places of the work: 16 for each.
 * @param {string} exported @param {Library} library
 */
export function writeRanks(exported, library) {
  const index = library.module.declare(WITH.map(() => I32), []);
  const code = new Code(WITH.length);
  const at = /** @type {Record<typeof WITH[number], number>} */ (Object.fromEntries(WITH.map((name, place) => [name, place])));
  const [row, from, to, next, one, other] = Array.from({ length: 6 }, () => code.local(I32));
  const [low, high] = [code.local(V128), code.local(V128)];
  const infinity = library.pool.numbers([Infinity]);
  code.repeat(() => {
    code.get(at.table, row, at.count).multiply().i32(8).multiply().add().tee(from).get(at.count).i32(8).multiply().add().set(other);
    code.get(at.work).tee(to).get(at.count).i32(16).multiply().add().set(next);
    code.repeat(() => {
      code.get(other, from).memory(SIMD.LOAD_SPLAT, 0).memory(SIMD.LOAD_LANE, 0, 1).set(low);
      code.get(to, low).i32(0).memory(SIMD.LOAD_SPLAT, infinity).get(low, low).vector(SIMD.EQ).vector(SIMD.SELECT).memory(SIMD.STORE, 0);
      code.get(from).i32(8).add().set(from).get(other).i32(8).add().set(other);
      code.get(to).i32(16).add().tee(to).get(next).less();
    });
    code.get(at.network).tee(next).get(at.end).less().when(() =>
      code.repeat(() => {
        code.get(at.work, next).load(0).add().tee(one).memory(SIMD.LOAD, 0).set(low);
        code.get(at.work, next).load(4).add().tee(other).memory(SIMD.LOAD, 0).set(high);
        code.get(one, low, high).vector(SIMD.PSEUDO_MIN).memory(SIMD.STORE, 0).get(other, low, high).vector(SIMD.PSEUDO_MAX).memory(SIMD.STORE, 0);
        code.get(next).i32(8).add().tee(next).get(at.end).less();
      }),
    );
    code.get(at.out, row).i32(8).multiply().add().set(to);
    for (let rank = 0; rank < RANKS; rank++) {
      code.get(to, at.work, at.places).load(4 * rank).add().memory(SIMD.LOAD, 0).memory(SIMD.STORE, 0);
      code.get(to, at.stride).add().set(to);
    }
    code.get(row).i32(2).add().tee(row).get(at.rows).less();
  });
  library.module.define(index, code, exported);
}
