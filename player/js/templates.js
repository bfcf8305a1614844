// Tapes of methods into which a landscape is written: `portable_method` of tape/portable.py says what a method does on any of them.

import { LEAVES } from "./vectors.js";

/** @import { FormulaData, LivePair, LoopData, MethodBlock, OperationNode, StepProgram, TapeData } from "./types" */

/**
 * What a method does on a landscape.
 * @param {MethodBlock} method @param {{ tape: FormulaData, open: FormulaData | null } | null} formulas null where none gives the loss, and tapes go on asking for it @returns {Pick<LivePair, "tape" | "open" | "apart">}
 */
export function pairOn({ tape, open, apart }, formulas) {
  if (!formulas) return { tape, open, apart: apart ?? undefined };
  const every = formulas.open ?? formulas.tape;
  const others = open || formulas.open;
  return { tape: new Writer(tape, formulas.tape).tape, open: others ? new Writer(open ?? tape, every).tape : null, apart: apart ? programOn(apart, every) : undefined };
}

/** @param {StepProgram} program @param {FormulaData} formula @returns {StepProgram} */
function programOn(program, formula) {
  const { tape, places } = new Writer(program.tape, formula);
  return { ...program, tape, outputs: program.outputs.map((entry) => places[entry]) };
}

/** Writes a tape anew, with what its landscape computes in place of what it is asked for. */
class Writer {
  /** @param {TapeData} method @param {FormulaData} formula */
  constructor(method, formula) {
    this.formula = formula;
    /** @type {OperationNode[]} */
    this.entries = [];
    /** @type {Map<string, number>} */
    this.known = new Map();
    this.constants = [...method.constants];
    this.first = method.early.length; // of the formula's nodes among those that follow from parameters
    this.varies = varying(formula.nodes);
    /** @type {Map<string, Map<number, number>>} what is computed at each point, by the formula's nodes */
    this.asked = new Map();
    /** @type {number[]} where each entry has come to stand */
    this.places = [];
    /** @type {LoopData[]} */
    this.loops = [];
    for (const node of method.entries) this.places.push(this.placed(node, method.loops));
    const at = (/** @type {number} */ entry) => this.places[entry];
    const early = [...method.early, ...formula.nodes.map((node) => this.shifted(node))];
    const fixed = { ...method.fixed, landscape: formula.fixed };
    /** @type {TapeData} */
    this.tape = { ...method, entries: this.entries, early, constants: this.constants, loops: this.loops, new: method.new.map(at), loss: at(method.loss), fixed };
  }

  /** @param {OperationNode} node */
  add(node) {
    const key = node.join(" ");
    const found = this.known.get(key) ?? this.entries.push(node) - 1;
    this.known.set(key, found);
    return found;
  }

  /** @param {OperationNode} node of the formula, which stands among others */
  shifted(node) {
    return isLeaf(node) ? node : this.on(node, (cell) => cell + this.first);
  }

  /** @param {OperationNode} node @param {(cell: number) => number} at @returns {OperationNode} */
  on([name, ...operands], at) {
    return /** @type {OperationNode} */ ([name, .../** @type {number[]} */ (operands).map(at)]);
  }

  /** Where an entry of the method's tape comes to stand. @param {OperationNode} node @param {LoopData[]} loops */
  placed(node, loops) {
    const [name, ...rest] = node;
    const at = (/** @type {number} */ entry) => this.places[entry];
    if (LEAVES.has(/** @type {string} */ (name))) return this.add(node);
    const operands = /** @type {number[]} */ (rest);
    if (name === "loop") return this.loop(operands[0], operands.slice(1).map(at), loops);
    if (name === "found") return this.add(["found", operands[0], at(operands[1])]);
    const wanted = this.formula.outputs[/** @type {keyof FormulaData["outputs"]} */ (name)];
    if (wanted !== undefined) return this.ask(wanted, operands.map(at));
    return this.add(this.on(node, at));
  }

  /** What the landscape has at a point. @param {number} wanted node of the formula @param {number[]} point entries */
  ask(wanted, point) {
    const { nodes } = this.formula;
    const key = String(point);
    const there = this.asked.get(key) ?? new Map();
    this.asked.set(key, there);
    const needed = new Set([wanted]);
    for (let cell = wanted; cell >= 0; cell--) {
      if (!needed.has(cell) || there.has(cell) || !this.varies[cell] || isLeaf(nodes[cell])) continue;
      for (const operand of nodes[cell].slice(1)) needed.add(/** @type {number} */ (operand));
    }
    for (const cell of [...needed].sort((one, other) => one - other)) if (!there.has(cell)) there.set(cell, this.entryOf(cell, there, point));
    return /** @type {number} */ (there.get(wanted));
  }

  /** @param {number} cell of the formula @param {Map<number, number>} there @param {number[]} point */
  entryOf(cell, there, point) {
    const node = this.formula.nodes[cell];
    if (node[0] === "number") return this.add(node);
    if (!this.varies[cell]) return this.add(["constant", this.constant(cell + this.first)]);
    return node[0] === "input" ? point["xy".indexOf(String(node[2]))] : this.add(this.on(node, (operand) => /** @type {number} */ (there.get(operand))));
  }

  /** @param {number} node that follows from parameters */
  constant(node) {
    const found = this.constants.indexOf(node);
    return found < 0 ? this.constants.push(node) - 1 : found;
  }

  /** A search, with what its trials read anew. @param {number} index @param {number[]} operands @param {LoopData[]} loops */
  loop(index, operands, loops) {
    const { entries } = this;
    const { most, ...of } = loops[index];
    const [trials, following] = [of.trials, of.new].map((list) => list.map((entry) => this.places[entry]));
    const going = this.places[of.going];
    this.loops[index] = { most, trials, new: following, going };
    const changing = new Set(trials);
    for (const [entry, node] of entries.entries()) if (operandsOf(node).some((operand) => changing.has(operand))) changing.add(entry);
    const read = new Set([...following, going]);
    for (let entry = entries.length - 1; entry >= 0; entry--) if (read.has(entry) && changing.has(entry)) for (const operand of operandsOf(entries[entry])) read.add(operand);
    const given = [...read].filter((entry) => !changing.has(entry)).sort((one, other) => one - other);
    return this.add(["loop", index, ...operands.slice(0, trials.length + 1), ...given]);
  }
}

/** @param {OperationNode} node */
const isLeaf = (node) => node[0] === "number" || node[0] === "input";

/** @param {OperationNode} node @returns {number[]} */
function operandsOf([name, ...rest]) {
  if (LEAVES.has(/** @type {string} */ (name))) return [];
  return /** @type {number[]} */ (name === "loop" || name === "found" ? rest.slice(1) : rest);
}

/** Which nodes of a formula depend on the point. @param {OperationNode[]} nodes */
function varying(nodes) {
  /** @type {boolean[]} */
  const found = [];
  for (const node of nodes) found.push(node[0] === "input" ? node[1] === "start" : node[0] !== "number" && node.slice(1).some((operand) => found[/** @type {number} */ (operand)]));
  return found;
}
