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
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  log1p: Math.log1p,
  erf: (a) => erf(a),
  erfc: (a) => 1 - erf(a),
  sqrt: Math.sqrt,
  inverse_sqrt: (a) => (a === 0 ? 0 : 1 / Math.sqrt(a)),
  cbrt: Math.cbrt,
  odd_power: (a, b) => Math.sign(a) * Math.abs(a) ** b,
  abs: Math.abs,
  sign: Math.sign,
  side: Math.sign,
  flat: () => 0,
  min: Math.min,
  max: Math.max,
  hypot: Math.hypot,
  power: Math.pow,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (a) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
  mod: (a, b) => a - b * Math.floor(a / b),
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  greater: (a, b) => Number(a > b),
  greater_equal: (a, b) => Number(a >= b),
  equal: (a, b) => Number(a === b),
  not_equal: (a, b) => Number(a !== b),
  where: (c, a, b) => (c ? a : b),
  choose: (c, a, b) => (c > 0 ? a : b),
};

/** The error function, by a series whose terms are all positive. @param {number} a */
function erf(a) {
  if (!(Math.abs(a) < 6)) return Math.sign(a);
  let term = (2 * a) / Math.sqrt(Math.PI);
  let sum = term;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return sum * Math.exp(-a * a);
}

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
