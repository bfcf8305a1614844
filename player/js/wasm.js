// Writes WebAssembly modules, byte by byte: https://webassembly.github.io/spec/core/binary, and its vector instructions.

export const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];
/** Vector instructions: of doubles, of all bits, and of whole numbers of 64 and 32 bits. */
export const SIMD = {
  LOAD: 0x00, LOAD_SPLAT: 0x0a, STORE: 0x0b, LOAD_LANE: 0x57, STORE_LANE: 0x5b,
  SPLAT: 0x14, LANE: 0x21, REPLACE: 0x22, EQ: 0x47, NE: 0x48, LT: 0x49, GT: 0x4a, LE: 0x4b, GE: 0x4c,
  NOT: 0x4d, AND: 0x4e, AND_NOT: 0x4f, OR: 0x50, XOR: 0x51, SELECT: 0x52, ANY: 0x53,
  DEMOTE: 0x5e, PROMOTE: 0x5f, PSEUDO_MIN: 0xf6, PSEUDO_MAX: 0xf7, CEIL: 0x74, FLOOR: 0x75, NEAREST: 0x94, ABS: 0xec, NEGATE: 0xed, SQRT: 0xef, ADD: 0xf0, SUBTRACT: 0xf1, MULTIPLY: 0xf2, DIVIDE: 0xf3,
  SPLAT64: 0x12, SHIFT_LEFT64: 0xcb, SHIFT_RIGHT64: 0xcd, MULTIPLY64: 0xd5, NE64: 0xd7,
  SPLAT32: 0x11, LANE32: 0x1b, SHIFT_LEFT32: 0xab, SMALLER32: 0xb6, LARGER32: 0xb8, TRUNCATE32: 0xfc,
};
const FUNCTION_TYPE = 0x60;
const PREFIX = 0xfd;

/** Append a whole number from 0 in seven bits a byte. @param {number} value @param {number[]} [bytes] */
function lebOf(value, bytes = []) {
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value >>>= 7;
  }
  bytes.push(value);
  return bytes;
}

/** A whole number with its sign, likewise. @param {number} value @param {number[]} bytes */
function signedLeb(value, bytes) {
  while (value < -64 || value > 63) {
    bytes.push((value & 127) | 128);
    value >>= 7;
  }
  bytes.push(value & 127);
  return bytes;
}

/** @param {number[][]} items */
const listed = (items) => [...lebOf(items.length), ...items.flat()];
/** @param {string} text */
const textOf = (text) => [...lebOf(text.length), ...new TextEncoder().encode(text)];

/** The body of a function, instruction by instruction. */
export class Code {
  /** @param {number} parameters how many it has */
  constructor(parameters) {
    this.parameters = parameters;
    /** @type {number[]} */
    this.bytes = [];
    /** @type {number[]} the types of its own variables */
    this.types = [];
  }

  /** A new variable. @param {number} type */
  local(type) {
    this.types.push(type);
    return this.parameters + this.types.length - 1;
  }

  /** An instruction and the number that follows it. @param {number} instruction @param {number} number */
  numbered(instruction, number) {
    this.bytes.push(instruction);
    lebOf(number, this.bytes);
    return this;
  }

  /** @param {number[]} bytes */
  emit(...bytes) {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  /** Push variables. @param {number[]} locals */
  get(...locals) {
    for (const local of locals) this.numbered(0x20, local);
    return this;
  }

  /** @param {number} local */
  set(local) {
    return this.numbered(0x21, local);
  }

  /** @param {number} local */
  tee(local) {
    return this.numbered(0x22, local);
  }

  /** A literal. @param {number} value */
  i32(value) {
    this.bytes.push(0x41);
    signedLeb(value, this.bytes);
    return this;
  }

  add() {
    return this.emit(0x6a);
  }

  subtract() {
    return this.emit(0x6b);
  }

  multiply() {
    return this.emit(0x6c);
  }

  /** Both of two conditions. */
  and() {
    return this.emit(0x71);
  }

  /** Whether a whole number is 0. */
  isZero() {
    return this.emit(0x45);
  }

  /** Compare two whole numbers with signs. */
  less() {
    return this.emit(0x48);
  }

  /** Of two numbers and a condition above them, the first where it holds. */
  select() {
    return this.emit(0x1b);
  }

  /** A vector instruction. @param {number} code @param {number[]} immediate */
  vector(code, ...immediate) {
    return this.numbered(PREFIX, code).emit(...immediate);
  }

  /** One that reads or writes memory at the address on the stack plus an offset. @param {number} code @param {number} offset @param {number[]} lane */
  memory(code, offset, ...lane) {
    return this.numbered(PREFIX, code).numbered(0, offset).emit(...lane);
  }

  /** A number of 32 bits from memory. @param {number} offset */
  load(offset) {
    return this.emit(0x28).numbered(2, offset);
  }

  /** @param {number} index */
  call(index) {
    return this.numbered(0x10, index);
  }

  /** Do something again as long as the condition that it leaves on the stack holds. @param {() => void} body */
  repeat(body) {
    this.emit(0x03, 0x40);
    body();
    return this.emit(0x0d, 0, 0x0b);
  }

  /** Do something where the condition on the stack holds. @param {() => void} body */
  when(body) {
    this.emit(0x04, 0x40);
    body();
    return this.emit(0x0b);
  }

  /** As a module holds it. */
  written() {
    /** @type {[number, number][]} */
    const groups = [];
    for (const type of this.types) {
      const last = groups.at(-1);
      if (last?.[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    const body = [...listed(groups.map(([count, type]) => [...lebOf(count), type])), ...this.bytes, 0x0b];
    return [...lebOf(body.length), ...body];
  }
}

/** A module whose functions share one memory, which it imports. */
export class Module {
  constructor() {
    /** @type {number[][]} */
    this.types = [];
    /** @type {{ type: number; code: Code | null }[]} */
    this.functions = [];
    /** @type {[string, number][]} */
    this.exports = [];
  }

  /** A function that is written later; gives its index. @param {number[]} parameters @param {number[]} results */
  declare(parameters, results) {
    const type = [FUNCTION_TYPE, ...listed(parameters.map((one) => [one])), ...listed(results.map((one) => [one]))];
    let index = this.types.findIndex((known) => known.join() === type.join());
    if (index < 0) index = this.types.push(type) - 1;
    return this.functions.push({ type: index, code: null }) - 1;
  }

  /** @param {number} index @param {Code} code @param {string} [exported] */
  define(index, code, exported) {
    this.functions[index].code = code;
    if (exported) this.exports.push([exported, index]);
  }

  bytes() {
    /** @param {number} id @param {number[]} body */
    const section = (id, body) => [id, ...lebOf(body.length), ...body];
    const written = this.functions.map(({ code }) => /** @type {Code} */ (code).written());
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, listed(this.types)),
      ...section(2, listed([[...textOf("page"), ...textOf("memory"), 2, 0, 1]])),
      ...section(3, listed(this.functions.map(({ type }) => lebOf(type)))),
      ...section(7, listed(this.exports.map(([text, index]) => [...textOf(text), 0, ...lebOf(index)]))),
      ...section(10, listed(written)),
    ]);
  }
}
