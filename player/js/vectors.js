// Functions on vectors of two doubles in WebAssembly, written from lists of operations.
//
// A value is several vectors side by side, so that the processor has something to do while it waits for a division; or one for all
// where each trajectory has the same.

import { CONDITIONS, Impossible, OF_CONDITIONS, emitter } from "./operations.js";
import { Code, Module, SIMD, V128 } from "./wasm.js";

/** @import { Emit } from "./operations.js" */
/** @import { PlaneCode } from "./planecode.js" */
/** @import { OperationNode, SequenceData } from "./types" */

/** @typedef {{ at: number[]; mask: boolean; own: boolean }} Vectors variables that hold numbers, or conditions: all bits set or none */

/** What an entry or a node may be beside an operation. */
export const LEAVES = new Set(["number", "input", "constant", "column", "lane", "state", "noise", "draw", "trial"]);
/** A search, and what it finds: their second item is an index. */
export const SEARCHES = new Set(["loop", "found"]);

/** What is asked of a landscape that no formula gives, at the point of two operands. */
export const QUANTITIES = new Set(["value", "dx", "dy", "dxx", "dxy", "dyy"]);

/** Where a workspace keeps the numbers that are written in functions. */
export class Pool {
  /** @param {WebAssembly.Memory} memory @param {number} first @param {number} end the addresses of its part of the memory */
  constructor(memory, first, end) {
    this.memory = memory;
    this.next = first;
    this.end = end;
    /** @type {Map<string, number>} */
    this.known = new Map();
  }

  /** The address of numbers that follow each other. @param {number[]} values */
  numbers(values) {
    return this.bits([...new BigUint64Array(Float64Array.from(values).buffer)]);
  }

  /** The same of bits. @param {bigint[]} values */
  bits(values) {
    const key = values.join();
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const at = this.next;
    this.next += 8 * values.length;
    if (this.next > this.end) throw new Impossible("there is no room for more numbers");
    new BigUint64Array(this.memory.buffer, at, values.length).set(values);
    this.known.set(key, at);
    return at;
  }
}

/** A function that is being written, in which each value is so many vectors. */
export class Block {
  /**
   * @param {Code} code @param {number} width how many vectors
   * @param {Library} library
   */
  constructor(code, width, library) {
    this.code = code;
    this.width = width;
    this.library = library;
    /** @type {number[]} variables that are free again */
    this.free = [];
  }

  /** New vectors. @param {number} [width] @returns {Vectors} */
  fresh(width = this.width) {
    return { at: Array.from({ length: width }, () => this.free.pop() ?? this.code.local(V128)), mask: false, own: true };
  }

  /** @param {Vectors} value */
  release({ at, own }) {
    if (own) this.free.push(...at);
  }

  /** Push the same number twice. @param {number} value */
  push(value) {
    return this.code.i32(0).memory(SIMD.LOAD_SPLAT, this.library.pool.numbers([value]));
  }

  /** @param {bigint} bits */
  pushBits(bits) {
    return this.code.i32(0).memory(SIMD.LOAD_SPLAT, this.library.pool.bits([BigInt.asUintN(64, bits)]));
  }

  /** @param {number} value */
  literal(value) {
    const out = this.fresh(1);
    this.push(value).set(out.at[0]);
    return out;
  }

  /** From an address in a variable, the same number twice. @param {number} pointer @param {number} offset */
  spread(pointer, offset) {
    const out = this.fresh(1);
    this.code.get(pointer).memory(SIMD.LOAD_SPLAT, offset).set(out.at[0]);
    return out;
  }

  /** What an emitter makes of operands, vector by vector. @param {Vectors[]} operands @param {Emit} emit @param {boolean} [mask] */
  each(operands, emit, mask = false) {
    const width = operands.length ? Math.max(...operands.map(({ at }) => at.length)) : this.width;
    const out = this.fresh(width);
    for (const [u, local] of out.at.entries()) {
      emit(this.code, ...operands.map((one) => vectorAt(one, u)));
      this.code.set(local);
    }
    return { ...out, mask };
  }

  /** A condition as 1 or 0. @param {Vectors} value @returns {Vectors} */
  number(value) {
    return value.mask ? this.each([value], (code, a) => (code.get(a), this.push(1).vector(SIMD.AND))) : value;
  }

  /** A number as a condition. @param {Vectors} value @returns {Vectors} */
  condition(value) {
    return value.mask ? value : this.each([value], (code, a) => (code.get(a), this.push(0).vector(SIMD.NE)), true);
  }

  /** A simple operation, or a function of the library. @param {string} name @param {Vectors[]} operands @returns {Vectors} */
  apply(name, ...operands) {
    const emit = emitter(this, name);
    if (!emit) return this.call(name, operands.map((one) => this.number(one)))[0];
    const taken = operands.map((one, index) => (OF_CONDITIONS.has(name) || (name === "where" && index === 0) ? this.condition(one) : this.number(one)));
    const out = this.each(taken, emit, CONDITIONS.has(name));
    for (const [index, one] of taken.entries()) if (one !== operands[index]) this.release(one);
    return out;
  }

  /** Call a function. @param {string | SequenceData} of a name, or what it computes @param {Vectors[]} operands @returns {Vectors[]} */
  call(of, operands) {
    const { index, results } = this.library.find(of, this.width);
    for (const one of operands) for (let u = 0; u < this.width; u++) this.code.get(vectorAt(one, u));
    this.code.call(index);
    const out = Array.from({ length: results }, () => this.fresh());
    for (const local of out.flatMap(({ at }) => at).reverse()) this.code.set(local);
    return out;
  }

  /**
   * Write what some nodes are computed by; gives their values, and those of the nodes that are wanted in order.
   * @param {OperationNode[]} nodes @param {number[]} wanted cells @param {(node: OperationNode, value: (cell: number) => Vectors) => Vectors | undefined} leaf what a node is that is
   * no operation, with the values so far @param {Vectors[]} [given] the values of the first cells, before the nodes @param {number[][]} [tables] for lookups
   * @param {Map<number, Vectors>} [known] the values of other cells that are there
   */
  compute(nodes, wanted, leaf, given = [], tables = [], known = new Map()) {
    const offset = given.length;
    const values = new Map([...given.entries(), ...known]);
    const needed = below(nodes, wanted, offset, known);
    /** @type {Map<number, number>} */
    const last = new Map();
    for (const cell of needed) for (const one of operandsOf(nodes[cell - offset])) last.set(one, cell);
    for (const cell of wanted) last.set(cell, Infinity);
    const value = (/** @type {number} */ cell) => /** @type {Vectors} */ (values.get(cell));
    for (const cell of needed) {
      const node = nodes[cell - offset];
      const operands = operandsOf(node);
      if (QUANTITIES.has(/** @type {string} */ (node[0]))) this.ask(cell, nodes, needed, values);
      else values.set(cell, leaf(node, value) ?? this.result(node, operands.map(value), tables));
      for (const one of new Set(operands)) if (last.get(one) === cell) this.release(value(one));
    }
    return wanted.map(value);
  }

  /** Whatever is needed at the point of a cell, together. @param {number} cell @param {OperationNode[]} nodes from cell 0 on @param {number[]} needed @param {Map<number, Vectors>} values which are added to */
  ask(cell, nodes, needed, values) {
    const { plane } = this.library;
    if (values.has(cell)) return;
    if (!plane) throw new Impossible(`${nodes[cell][0]} is asked for, and nothing gives it`);
    const [, ...point] = /** @type {[string, number, number]} */ (nodes[cell]);
    const same = needed.filter((one) => QUANTITIES.has(/** @type {string} */ (nodes[one][0])) && nodes[one][1] === point[0] && nodes[one][2] === point[1]);
    const [x, y] = point.map((one) => this.number(/** @type {Vectors} */ (values.get(one))));
    const found = plane.at(this, new Set(same.map((one) => String(nodes[one][0]))), x, y);
    for (const one of same) values.set(one, found[String(nodes[one][0])]);
  }

  /** @param {OperationNode} node @param {Vectors[]} operands @param {number[][]} tables @returns {Vectors} */
  result(node, operands, tables) {
    if (node[0] === "number") return this.literal(Number(node[1]));
    if (node[0] === "lookup") return this.lookup(operands[0], tables[/** @type {number} */ (node[2])]);
    if (node[0] === "rare") return this.rare(/** @type {SequenceData} */ (/** @type {unknown} */ (node.at(-1))), operands);
    return this.apply(/** @type {string} */ (node[0]), ...operands);
  }

  /** The entries of a table at whole numbers, those of the nearest end beyond it. @param {Vectors} index @param {number[]} table */
  lookup(index, table) {
    const at = this.library.pool.numbers(table);
    const [whole, entry] = [this.code.local(V128), this.code.local(V128)];
    return this.each([index], (code, a) => {
      code.get(a).vector(SIMD.TRUNCATE32).i32(0).vector(SIMD.SPLAT32).vector(SIMD.LARGER32);
      code.i32(table.length - 1).vector(SIMD.SPLAT32).vector(SIMD.SMALLER32).i32(3).vector(SIMD.SHIFT_LEFT32).set(whole);
      code.get(whole).vector(SIMD.LANE32, 0).memory(SIMD.LOAD_SPLAT, at).set(entry);
      code.get(whole).vector(SIMD.LANE32, 1).get(entry).memory(SIMD.LOAD_LANE, at, 1);
    });
  }

  /** What a body gives where a condition holds; it is called where it does for any. @param {SequenceData} body @param {Vectors[]} operands */
  rare(body, [condition, usual, ...more]) {
    const out = this.each([usual], (code, a) => code.get(a));
    for (const [index, local] of condition.at.entries()) {
      this.code.get(local);
      if (index) this.code.vector(SIMD.OR);
    }
    this.code.vector(SIMD.ANY).when(() => {
      const [found] = this.call(body, more);
      for (const [u, local] of out.at.entries()) this.code.get(found.at[u], vectorAt(usual, u), vectorAt(condition, u)).vector(SIMD.SELECT).set(local);
      this.release(found);
    });
    return out;
  }
}

/** The variable of a value's vector, which may be the same for all. @param {Vectors} value @param {number} u */
export function vectorAt({ at }, u) {
  return at[Math.min(u, at.length - 1)];
}

/** The cells that a node is computed from. @param {OperationNode} node @returns {number[]} */
function operandsOf(node) {
  if (LEAVES.has(/** @type {string} */ (node[0]))) return [];
  if (SEARCHES.has(/** @type {string} */ (node[0]))) return /** @type {number[]} */ (node.slice(2));
  const end = node[0] === "lookup" ? 2 : node[0] === "rare" ? node.length - 1 : node.length;
  return /** @type {number[]} */ (node.slice(1, end));
}

/**
 * All cells that some are computed from, and themselves, in order, but for those that are known.
 * @param {OperationNode[]} nodes @param {number[]} wanted @param {number} offset @param {Map<number, Vectors>} known
 */
function below(nodes, wanted, offset, known) {
  const found = new Set();
  const open = [...wanted];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    if (cell < offset || known.has(cell) || found.has(cell)) continue;
    found.add(cell);
    open.push(...operandsOf(nodes[cell - offset]));
  }
  return [...found].sort((a, b) => a - b);
}

/** The functions of a module, each written when it is first called. */
export class Library {
  /** @param {Pool} pool @param {Record<string, SequenceData>} functions the definitions by name @param {PlaneCode | null} [plane] what gives the losses that are asked for */
  constructor(pool, functions, plane = null) {
    this.pool = pool;
    this.functions = functions;
    this.plane = plane;
    this.module = new Module();
    /** @type {Map<unknown, { index: number; results: number }>[]} by width */
    this.known = [];
  }

  /** @param {string | SequenceData} of @param {number} width @returns {{ index: number; results: number }} */
  find(of, width) {
    const known = (this.known[width] ??= new Map());
    const found = known.get(of);
    if (found) return found;
    const { parameters, results, write } = of === "odd_power" ? oddPower() : this.sequence(of);
    const index = this.module.declare(Array(parameters * width).fill(V128), Array(results * width).fill(V128));
    known.set(of, { index, results });
    const code = new Code(parameters * width);
    const given = Array.from({ length: parameters }, (_, place) => ({ at: Array.from({ length: width }, (_, u) => place * width + u), mask: false, own: false }));
    for (const one of write(new Block(code, width, this), given)) for (let u = 0; u < width; u++) code.get(vectorAt(one, u));
    this.module.define(index, code);
    return { index, results };
  }

  /** @param {string | SequenceData} of @returns {{ parameters: number; results: number; write: (block: Block, given: Vectors[]) => Vectors[] }} */
  sequence(of) {
    const data = typeof of === "string" ? this.functions[of] : of;
    if (!data) throw new Impossible(`${of} is computed by Python only`);
    const write = (/** @type {Block} */ block, /** @type {Vectors[]} */ given) => block.compute(data.nodes, data.results, () => undefined, given, data.tables);
    return { parameters: data.arguments, results: data.results.length, write };
  }
}

/** A power with the sign of its base, as `formulas.kernels.odd_power`. */
function oddPower() {
  const write = (/** @type {Block} */ block, /** @type {Vectors[]} */ [a, b]) => {
    const size = block.apply("power", block.apply("abs", a), b);
    const side = block.apply("sign", a);
    return [block.apply("where", side, block.apply("*", size, side), size)];
  };
  return { parameters: 2, results: 1, write };
}
