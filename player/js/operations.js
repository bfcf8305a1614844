// Operations on vectors of two doubles in WebAssembly, with the bits of NumPy's and of machine/operations.py and formulas/libm/in_llvm.py.

/** @import { Block } from "./vectors.js" */
/** @import { Code } from "./wasm.js" */

/** @typedef {(code: Code, ...operands: number[]) => unknown} Emit writes an operation on variables, and leaves its result on the stack */

/** Something that cannot be computed in the browser. */
export class Impossible extends Error {}

const BIG = 6755399441055744; // 1.5 * 2**52
const SHIFT = 4503599627370496; // 2**52
const ONE_BITS = 1023n << 52n;
const [EQ, NE, LT, GT, LE, GE] = [0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c];
const [NOT, AND, OR, SELECT] = [0x4d, 0x4e, 0x50, 0x52];
const [ABS, NEGATE, SQRT, ADD, SUBTRACT, MULTIPLY, DIVIDE] = [0xec, 0xed, 0xef, 0xf0, 0xf1, 0xf2, 0xf3];
const [CEIL, FLOOR, NEAREST] = [0x74, 0x75, 0x94];
const [SHIFT_LEFT, SHIFT_RIGHT, WHOLE_NE] = [0xcb, 0xcd, 0xd7];

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
  ...{ "+": ADD, "-": SUBTRACT, "*": MULTIPLY, "/": DIVIDE, negate: NEGATE, abs: ABS, sqrt: SQRT, floor: FLOOR, ceil: CEIL, round: NEAREST },
  ...{ less: LT, less_equal: LE, greater: GT, greater_equal: GE, equal: EQ, not_equal: NE, and: AND, or: OR, not: NOT },
};

/** Those that are several instructions. @type {Record<string, (block: Block) => Emit>} */
const COMPOSED = {
  where: () => (code, c, a, b) => code.get(a, b, c).vector(SELECT),
  choose: (block) => (code, c, a, b) => (code.get(a, b, c), block.push(0).vector(GT).vector(SELECT)),
  min: () => extreme(LE),
  max: () => extreme(GE),
  sign: (block) => (code, a) => sign(block, a),
  side: (block) => (code, a) => {
    block.push(NaN);
    sign(block, a);
    code.get(a);
    block.push(0).vector(EQ).vector(SELECT);
  },
  flat: (block) => (code, a) => (block.push(NaN), block.push(0), code.get(a), block.push(0).vector(EQ).vector(SELECT)),
  copysign: (block) => (code, a, b) => (code.get(a, b), block.pushBits((1n << 63n) - 1n).vector(SELECT)),
  odd: (block) => (code, a) => (code.get(a), block.push(BIG).vector(ADD), block.pushBits(1n).vector(AND), block.pushBits(0n).vector(WHOLE_NE)),
  pow2: (block) => (code, a) => (code.get(a), block.push(BIG + 1023).vector(ADD).i32(52).vector(SHIFT_LEFT)),
  logb: (block) => (code, a) => (code.get(a).i32(52).vector(SHIFT_RIGHT), block.pushBits(0x433n << 52n).vector(OR), block.push(-(SHIFT + 1023)).vector(ADD)),
  mant: (block) => (code, a) => (code.get(a), block.pushBits((1n << 52n) - 1n).vector(AND), block.pushBits(ONE_BITS).vector(OR)),
  high: (block) => (code, a) => (code.get(a), block.pushBits(-(1n << 27n)).vector(AND)),
};

/** @param {number} relation @returns {Emit} the first number where the relation holds or it is NaN */
const extreme = (relation) => (code, a, b) => code.get(a, b, a, b).vector(relation).get(a, a).vector(NE).vector(OR).vector(SELECT);

/** @param {Block} block @param {number} a */
function sign(block, a) {
  const { code } = block;
  block.push(1);
  block.push(-1);
  block.push(0);
  code.get(a, a);
  block.push(0).vector(EQ).vector(SELECT);
  code.get(a);
  block.push(0).vector(LT).vector(SELECT);
  code.get(a);
  block.push(0).vector(GT).vector(SELECT);
}
