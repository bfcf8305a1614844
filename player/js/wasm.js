// Writes WebAssembly modules, byte by byte: https://webassembly.github.io/spec/core/binary, and its vector instructions.

export const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];
const FUNCTION = 0x60;
const VECTOR = 0xfd;

/** Append a whole number from 0 in seven bits a byte. @param {number} value @param {number[]} [bytes] */
function unsigned(value, bytes = []) {
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value >>>= 7;
  }
  bytes.push(value);
  return bytes;
}

/** A whole number with its sign, likewise. @param {number} value @param {number[]} bytes */
function signed(value, bytes) {
  while (value < -64 || value > 63) {
    bytes.push((value & 127) | 128);
    value >>= 7;
  }
  bytes.push(value & 127);
  return bytes;
}

/** @param {number[][]} items */
const list = (items) => [...unsigned(items.length), ...items.flat()];
/** @param {string} text */
const name = (text) => [...unsigned(text.length), ...new TextEncoder().encode(text)];

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
    unsigned(number, this.bytes);
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
    signed(value, this.bytes);
    return this;
  }

  add() {
    return this.emit(0x6a);
  }

  multiply() {
    return this.emit(0x6c);
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
    return this.numbered(VECTOR, code).emit(...immediate);
  }

  /** One that reads or writes memory at the address on the stack plus an offset. @param {number} code @param {number} offset @param {number[]} lane */
  memory(code, offset, ...lane) {
    return this.numbered(VECTOR, code).numbered(0, offset).emit(...lane);
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
    const body = [...list(groups.map(([count, type]) => [...unsigned(count), type])), ...this.bytes, 0x0b];
    return [...unsigned(body.length), ...body];
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
    const type = [FUNCTION, ...list(parameters.map((one) => [one])), ...list(results.map((one) => [one]))];
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
    const section = (id, body) => [id, ...unsigned(body.length), ...body];
    const written = this.functions.map(({ code }) => /** @type {Code} */ (code).written());
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, list(this.types)),
      ...section(2, list([[...name("page"), ...name("memory"), 2, 0, 1]])),
      ...section(3, list(this.functions.map(({ type }) => unsigned(type)))),
      ...section(7, list(this.exports.map(([text, index]) => [...name(text), 0, ...unsigned(index)]))),
      ...section(10, list(written)),
    ]);
  }
}
