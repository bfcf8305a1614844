// An activation function for whole arrays: many millions of values a second are asked for while networks play.

import { compileOne } from "./program.js";

/** @import { OneProgram } from "./types" */

const REACH = 24; // the table covers values from -REACH to REACH
const CELLS = 4096; // a power of two, so that 0, where kinks are, is the edge of a cell
const EXACT = 1e-9; // by so much, at most, may the table differ from the formula
const FAR = [30, 100, 1e3, 1e6]; // where it is seen whether the function goes on as a straight line

/**
 * The function from the program of its formula.
 *
 * Where it is smooth on both sides of zero a table of cubic polynomials stands for it, as good as the formula and many times quicker;
 * otherwise, and beyond the table, the formula itself is computed.
 * @param {OneProgram} program
 * @returns {(values: Float64Array, count: number) => void} applies it to the first `count` values, in place
 */
export function activation(program) {
  const exact = compileOne(program);
  const table = tableOf(exact);
  if (!table) {
    return (values, count) => {
      for (let i = 0; i < count; i++) values[i] = exact(values[i]);
    };
  }
  const [below, above] = [-1, 1].map((side) => lineOf(exact, side));
  const cellsPerUnit = CELLS / (2 * REACH);
  return (values, count) => {
    for (let i = 0; i < count; i++) {
      const place = (values[i] + REACH) * cellsPerUnit;
      if (place >= 0 && place < CELLS) {
        const cell = Math.floor(place);
        const share = place - cell;
        const k = 4 * cell;
        values[i] = table[k] + share * (table[k + 1] + share * (table[k + 2] + share * table[k + 3]));
      } else values[i] = place < 0 ? below(values[i]) : place >= CELLS ? above(values[i]) : NaN;
    }
  };
}

/** How the function goes on beyond the table, at the side -1 or 1: as a straight line, where it does. @param {(x: number) => number} exact @param {number} side @returns {(x: number) => number} */
function lineOf(exact, side) {
  const start = exact(side * REACH);
  const slope = (exact(2 * side * REACH) - start) / (side * REACH);
  const line = (/** @type {number} */ x) => start + slope * (x - side * REACH);
  const straight = FAR.every((far) => Math.abs(line(side * far) - exact(side * far)) <= EXACT * Math.max(1, Math.abs(exact(side * far))));
  return straight ? line : exact;
}

/** The four coefficients of each cell, by values at its ends and at its thirds; null if they do not meet the function in between. @param {(x: number) => number} exact */
function tableOf(exact) {
  const table = new Float64Array(4 * CELLS);
  const width = (2 * REACH) / CELLS;
  for (let cell = 0; cell < CELLS; cell++) {
    const low = -REACH + cell * width;
    const [a, b, c, d] = [0, 1 / 3, 2 / 3, 1].map((share) => exact(low + share * width));
    const coefficients = [a, (-11 * a + 18 * b - 9 * c + 2 * d) / 2, (18 * a - 45 * b + 36 * c - 9 * d) / 2, (-9 * a + 27 * b - 27 * c + 9 * d) / 2];
    table.set(coefficients, 4 * cell);
    for (const share of [1 / 6, 1 / 2, 5 / 6]) {
      const [p, q, r, s] = coefficients;
      if (!(Math.abs(p + share * (q + share * (r + share * s)) - exact(low + share * width)) < EXACT)) return null;
    }
  }
  return table;
}
