// Evaluates a landscape's program at one point: the value, the exact gradient and the exact Hessian, as Python compiled them.

/** @import { Evaluation, Program } from "./types" */

/** @type {Record<string, (...operands: number[]) => number>} */
const OPERATIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  copy: (a) => a,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  inverse_sqrt: (a) => (a === 0 ? 0 : 1 / Math.sqrt(a)),
  abs: Math.abs,
  sign: Math.sign,
  min: Math.min,
  max: Math.max,
  hypot: Math.hypot,
  power: Math.pow,
  floor: Math.floor,
  choose: (c, a, b) => (c > 0 ? a : b),
};

/**
 * A function of x and y from what `Landscape.program_as_data` gives.
 * @param {Program} program
 * @returns {(x: number, y: number) => Evaluation}
 */
export function compile(program) {
  const cells = new Float64Array(program.cells);
  for (const [cell, value] of program.constants) cells[cell] = value;
  const steps = program.steps.map(([name, operands, cell]) => /** @type {const} */ ([OPERATIONS[name], operands, cell]));
  return (x, y) => {
    cells[program.inputs.x] = x;
    cells[program.inputs.y] = y;
    for (const [operation, operands, cell] of steps) cells[cell] = operation(...operands.map((operand) => cells[operand]));
    return /** @type {Evaluation} */ (Object.fromEntries(Object.entries(program.outputs).map(([name, cell]) => [name, cells[cell]])));
  };
}

/** The eigenvalues of the symmetric matrix [[xx, xy], [xy, yy]], the smaller first. @param {number} xx @param {number} xy @param {number} yy */
export function eigenvalues(xx, xy, yy) {
  const mean = (xx + yy) / 2;
  const root = Math.hypot((xx - yy) / 2, xy);
  return [mean - root, mean + root];
}

export const operationNames = Object.keys(OPERATIONS);
