// Evaluates a landscape's program at one point: the value, the exact gradient and the exact Hessian, as Python compiled them.

import { LIBM } from "./libm.js";
import { slopesBy } from "./slopes.js";

/** @import { Evaluation, OneProgram, Program, SurfaceData } from "./types" */
/** @import { Slopes, Step } from "./slopes.js" */

const ASIDE = 1e-4; // how far from a point, as a share of its distance from 0, the sides are that stand for it
const SAME = 1e-2; // by what share they may differ, nearer and farther, and still have a limit
const SIDES = [[0.92, 0.38], [0.38, 0.92], [0.92, -0.38], [0.38, -0.92]].flatMap(([a, b]) => [[a, b], [-a, -b]]);

/** What the steps of a program do, with the bits that Python computes. @type {Record<string, (...operands: number[]) => number>} */
const OPERATIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  copy: (a) => a,
  ...LIBM,
  sqrt: Math.sqrt,
  odd_power: (a, b) => LIBM.power(Math.abs(a), b) * (a < 0 ? -1 : 1),
  abs: Math.abs,
  sign: (a) => Math.sign(a) + 0, // of -0 it is 0
  side: (a) => (a === 0 ? NaN : Math.sign(a)),
  flat: (a) => (a === 0 ? NaN : 0),
  min: (a, b) => (a <= b || a !== a ? a : b) + 0, // of -0 it is 0
  max: (a, b) => (a >= b || a !== a ? a : b) + 0,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (a) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
  mod: (a, b) => modulo(a, b),
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  greater: (a, b) => Number(a > b),
  greater_equal: (a, b) => Number(a >= b),
  equal: (a, b) => Number(a === b),
  not_equal: (a, b) => Number(a !== b),
  where: (c, a, b) => (c !== 0 ? a : b),
  choose: (c, a, b) => (c > 0 ? a : b),
};

/** What a division leaves, with the sign of the divisor. @param {number} a @param {number} b */
function modulo(a, b) {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/**
 * A function of x and y from what `Landscape.program_as_data` gives.
 * @param {Program} program
 * @returns {Evaluate}
 */
export function compile(program) {
  const cells = new Float64Array(program.cells);
  for (const [cell, value] of program.constants) cells[cell] = value;
  const steps = program.steps.map(([name, operands, cell]) => /** @type {const} */ ([OPERATIONS[name], operands, cell]));
  /** @param {number} x @param {number} y */
  const evaluate = (x, y) => {
    cells[program.inputs.x] = x;
    cells[program.inputs.y] = y;
    for (const [operation, operands, cell] of steps) cells[cell] = operation(...operands.map((operand) => cells[operand]));
    return /** @type {Evaluation} */ (Object.fromEntries(Object.entries(program.outputs).map(([name, cell]) => [name, cells[cell]])));
  };
  const named = program.steps.map(([name, operands, cell]) => /** @type {const} */ ([name, OPERATIONS[name], operands, cell]));
  return smoothed(evaluate, slopesBy(named, cells.slice(), program.inputs, program.outputs));
}

/**
 * A function of one number, as `Program.as_data` of formulas/program.py writes it for an input x and one output.
 * @param {OneProgram} program
 * @returns {(x: number) => number}
 */
export function compileOne(program) {
  const cells = new Float64Array(program.cells);
  for (const [cell, value] of program.constants) cells[cell] = value;
  const steps = program.steps.map(([name, operands, cell]) => /** @type {const} */ ([OPERATIONS[name], operands, cell]));
  const [output] = Object.values(program.outputs);
  return (x) => {
    cells[program.inputs.x] = x;
    for (const [operation, operands, cell] of steps) cells[cell] = operation(...operands.map((operand) => cells[operand]));
    return cells[output];
  };
}

/** What is computed of a landscape at a point, and its slopes alone at many. @typedef {((x: number, y: number) => Evaluation) & { slopes: Slopes }} Evaluate */

/**
 * The same with means where something has no value.
 * @param {(x: number, y: number) => Evaluation} evaluate @param {Slopes} slopes @returns {Evaluate}
 */
function smoothed(evaluate, slopes) {
  const whole = (/** @type {number} */ x, /** @type {number} */ y) => meanAround(evaluate, x, y);
  /** @type {Slopes} */
  const all = (x, y) => {
    const [dx, dy] = slopes(x, y);
    for (let k = 0; k < dx.length; k++) {
      if (x[k] !== x[k]) dx[k] = dy[k] = NaN;
      else if (!(Math.abs(dx[k]) < Infinity && Math.abs(dy[k]) < Infinity)) ({ dx: dx[k], dy: dy[k] } = whole(x[k], y[k]));
    }
    return [dx, dy];
  };
  return Object.assign(whole, { slopes: all });
}

/**
 * What a function gives at a point; where a step of it is not smooth, and so has no derivatives, the means of those on all sides close by.
 * Python has the limits themselves.
 * @param {(x: number, y: number) => Evaluation} evaluate @param {number} x @param {number} y
 */
function meanAround(evaluate, x, y) {
  const found = evaluate(x, y);
  const missing = /** @type {(keyof Evaluation)[]} */ (Object.keys(found)).filter((name) => !Number.isFinite(found[name]));
  if (!missing.length) return found;
  const [far, close] = [ASIDE, ASIDE / 16].map((share) => {
    const near = share * Math.max(1, Math.abs(x), Math.abs(y));
    return SIDES.map(([across, up]) => evaluate(x + near * across, y + near * up));
  });
  for (const name of missing) {
    const [there, here] = [far, close].map((sides) => sides.reduce((sum, side) => sum + side[name], 0) / SIDES.length);
    const settled = Math.abs(there - here) <= SAME * Math.max(Math.abs(there), Math.abs(here));
    if (name !== "value") found[name] = settled ? here : 0;
    else if (settled && close.every((side) => Math.abs(side.value - here) <= SAME * Math.abs(here))) found.value = here;
  }
  return found;
}

/**
 * The loss of a landscape with its slopes and curvatures, as a function of x and y, for some values of its parameters.
 * @param {SurfaceData} surface @param {Record<string, number | number[]>} parameters
 * @returns {Evaluate}
 */
export function surfaceFor({ nodes, outputs }, parameters) {
  const cells = new Float64Array(nodes.length);
  const varies = new Uint8Array(nodes.length);
  /** @type {Step[]} */
  const late = [];
  const inputs = { x: -1, y: -1 };
  for (const [index, [name, ...of]] of nodes.entries()) {
    if (name === "number") cells[index] = Number(of[0]);
    else if (name === "input" && of[0] === "start") {
      inputs[/** @type {"x" | "y"} */ (of[1])] = index;
      varies[index] = 1;
    } else if (name === "input") cells[index] = Number(parameters[/** @type {string} */ (of[1])]);
    else {
      const operands = /** @type {number[]} */ (of);
      const operation = OPERATIONS[/** @type {string} */ (name)];
      varies[index] = Number(operands.some((operand) => varies[operand]));
      if (varies[index]) late.push([/** @type {string} */ (name), operation, operands, index]);
      else cells[index] = operation(...operands.map((operand) => cells[operand]));
    }
  }
  const found = Object.entries(outputs);
  const evaluate = (/** @type {number} */ x, /** @type {number} */ y) => {
    cells[inputs.x] = x;
    cells[inputs.y] = y;
    for (const [, operation, operands, cell] of late) cells[cell] = operands.length === 2 ? operation(cells[operands[0]], cells[operands[1]]) : operation(...operands.map((operand) => cells[operand]));
    return /** @type {Evaluation} */ (Object.fromEntries(found.map(([name, cell]) => [name, cells[cell]])));
  };
  return smoothed(evaluate, slopesBy(late, cells.slice(), inputs, outputs));
}

/** The eigenvalues of the symmetric matrix [[xx, xy], [xy, yy]], the smaller first. @param {number} xx @param {number} xy @param {number} yy */
export function eigenvalues(xx, xy, yy) {
  const mean = (xx + yy) / 2;
  const root = LIBM.hypot((xx - yy) / 2, xy);
  return [mean - root, mean + root];
}

export const operationNames = Object.keys(OPERATIONS);
