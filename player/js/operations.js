// Operations on vectors of two doubles in WebAssembly, with the bits of NumPy's and of machine/operations.py and formulas/libm/in_llvm.py.

import { SIMD } from "./wasm.js";

/** @import { Block } from "./vectors.js" */
/** @import { Code } from "./wasm.js" */

/** @typedef {(code: Code, ...operands: number[]) => unknown} Emit writes an operation on variables, and leaves its result on the stack */

/** Something that cannot be computed in the browser. */
export class Impossible extends Error {}

const BIG = 6755399441055744; // 1.5 * 2**52
const SHIFT = 4503599627370496; // 2**52
const ONE_BITS = 1023n << 52n;

/** What gives conditions, and what takes them. */
export const CONDITIONS = new Set(["less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "and", "or", "not", "odd"]);
export const OF_CONDITIONS = new Set(["and", "or", "not"]);

/** Whether an operation is one of these. @param {string} name */
export function isOperation(name) {
  return name in PLAIN || name in COMPOSED;
}

/** How an operation is written; undefined for a function of the library. @param {Block} block @param {string} name @returns {Emit | undefined} */
export function emitter(block, name) {
  const plain = PLAIN[name];
  return plain !== undefined ? (code, ...operands) => code.get(...operands).vector(plain) : COMPOSED[name]?.(block);
}

/** @type {Record<string, number>} */
const PLAIN = {
  ...{ "+": SIMD.ADD, "-": SIMD.SUBTRACT, "*": SIMD.MULTIPLY, "/": SIMD.DIVIDE, negate: SIMD.NEGATE, abs: SIMD.ABS, sqrt: SIMD.SQRT, floor: SIMD.FLOOR, ceil: SIMD.CEIL, round: SIMD.NEAREST },
  ...{ less: SIMD.LT, less_equal: SIMD.LE, greater: SIMD.GT, greater_equal: SIMD.GE, equal: SIMD.EQ, not_equal: SIMD.NE, and: SIMD.AND, or: SIMD.OR, not: SIMD.NOT },
};

/** Those that are several instructions. @type {Record<string, (block: Block) => Emit>} */
const COMPOSED = {
  where: () => (code, c, a, b) => code.get(a, b, c).vector(SIMD.SELECT),
  choose: (block) => (code, c, a, b) => (code.get(a, b, c), block.push(0).vector(SIMD.GT).vector(SIMD.SELECT)),
  min: (block) => extreme(block, SIMD.LE),
  max: (block) => extreme(block, SIMD.GE),
  sign: (block) => (code, a) => sign(block, a),
  side: (block) => (code, a) => {
    block.push(NaN);
    sign(block, a);
    code.get(a);
    block.push(0).vector(SIMD.EQ).vector(SIMD.SELECT);
  },
  flat: (block) => (code, a) => (block.push(NaN), block.push(0), code.get(a), block.push(0).vector(SIMD.EQ).vector(SIMD.SELECT)),
  single: () => (code, a) => code.get(a).vector(SIMD.DEMOTE).vector(SIMD.PROMOTE),
  copysign: (block) => (code, a, b) => (code.get(a, b), block.pushBits((1n << 63n) - 1n).vector(SIMD.SELECT)),
  odd: (block) => (code, a) => (code.get(a), block.push(BIG).vector(SIMD.ADD), block.pushBits(1n).vector(SIMD.AND), block.pushBits(0n).vector(SIMD.NE64)),
  pow2: (block) => (code, a) => (code.get(a), block.push(BIG + 1023).vector(SIMD.ADD).i32(52).vector(SIMD.SHIFT_LEFT64)),
  logb: (block) => (code, a) => (code.get(a).i32(52).vector(SIMD.SHIFT_RIGHT64), block.pushBits(0x433n << 52n).vector(SIMD.OR), block.push(-(SHIFT + 1023)).vector(SIMD.ADD)),
  mant: (block) => (code, a) => (code.get(a), block.pushBits((1n << 52n) - 1n).vector(SIMD.AND), block.pushBits(ONE_BITS).vector(SIMD.OR)),
  high: (block) => (code, a) => (code.get(a), block.pushBits(-(1n << 27n)).vector(SIMD.AND)),
};

/** @param {Block} block @param {number} relation @returns {Emit} the first number where the relation holds or it is NaN; 0 for any zero */
const extreme = (block, relation) => (code, a, b) => {
  code.get(a, b, a, b).vector(relation).get(a, a).vector(SIMD.NE).vector(SIMD.OR).vector(SIMD.SELECT);
  block.push(0).vector(SIMD.ADD);
};

/** @param {Block} block @param {number} a */
function sign(block, a) {
  const { code } = block;
  block.push(1);
  block.push(-1);
  block.push(0);
  code.get(a, a);
  block.push(0).vector(SIMD.EQ).vector(SIMD.SELECT);
  code.get(a);
  block.push(0).vector(SIMD.LT).vector(SIMD.SELECT);
  code.get(a);
  block.push(0).vector(SIMD.GT).vector(SIMD.SELECT);
}
