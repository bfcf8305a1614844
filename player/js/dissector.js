// Steps taken apart in the browser: all numbers of a step's equations along a path, by WebAssembly made of the tape of tape/anatomy.py, with the
// bits of `simulation.dissect`. Each step starts from the path itself, so that no error adds up.

import { countersIn, libraryOf, missing, misfitOf, namesOf, refusal, valuesOf, Workspace } from "./engine.js";
import { Given, linked } from "./given.js";
import { Kernel, RUN_WITH } from "./kernel.js";
import { I32, SIMD } from "./wasm.js";

/** @import { Library } from "./vectors.js" */
/** @import { EngineFunctions, NoiseData, ParameterValues, ScheduleData, StepProgram, TapeData } from "./types" */

/** @typedef {{ parameters: ParameterValues, x: ArrayLike<number>, y: ArrayLike<number>, noise: number, seed: bigint, number: number }} PathRun what a path was computed of; `number` of its trajectory chooses its noise */

const LANES = 2; // numbers of a vector, of which the second is the first again
const ON_PATH = 4; // numbers of the state that are read from the path: the point, and the next one

/** Writes a function that goes along a path and leaves so many numbers of each step. */
class Along extends Kernel {
  /** @param {TapeData} tape `linked` to its schedule @param {number[]} outputs entries of it @param {Library} library @param {NoiseData} noise */
  constructor(tape, outputs, library, noise) {
    super(tape, library, noise, 1, false, false);
    this.outputs = outputs;
  }

  /** @param {string} name @override */
  write(name) {
    const { code, at, state } = this;
    const index = this.library.module.declare(RUN_WITH.map(() => I32), []);
    for (const [row, one] of state.entries()) if (row >= ON_PATH) this.load(at.state, row, one);
    code.i32(0).set(this.t).get(at.table).set(this.row);
    code.get(at.steps).when(() => code.repeat(() => this.step()));
    this.library.module.define(index, code, name);
  }

  /** @override */
  step() {
    const { code, at, state, outputs, block, tape } = this;
    for (const [axis, pointer] of [at.x, at.y].entries()) {
      for (const next of [0, 1]) code.get(pointer).memory(SIMD.LOAD_SPLAT, 8 * next).set(state[axis + 2 * next].at[0]);
      code.get(pointer).i32(8).add().set(pointer);
    }
    const found = this.compute([...outputs, ...tape.new.slice(ON_PATH)]).map((value) => block.number(value));
    for (const [place, value] of found.slice(0, outputs.length).entries()) code.get(at.ends, value.at[0]).memory(SIMD.STORE_LANE, 8 * place, 0);
    for (const value of found.slice(outputs.length)) code.get(value.at[0]);
    for (const one of state.slice(ON_PATH).reverse()) code.set(one.at[0]);
    code.get(at.ends).i32(8 * outputs.length).add().set(at.ends);
    code.get(this.row).i32(8 * tape.columns.length).add().set(this.row);
    code.get(this.t).i32(1).add().tee(this.t).get(at.steps).less();
  }
}

export class Dissector {
  /** @param {StepProgram} program @param {ScheduleData | null} schedule @param {EngineFunctions} functions */
  constructor(program, schedule, functions) {
    this.tape = linked(program.tape, schedule);
    this.outputs = program.outputs;
    this.names = namesOf(this.tape);
    this.functions = functions;
    this.workspace = new Workspace();
    this.reason = missing(this.tape, functions); // why it cannot be done here, "" where it can
    /** @type {Record<"prepare" | "begin" | "along", (...numbers: number[]) => void> | null} */
    this.exports = this.reason ? null : this.compiled();
  }

  compiled() {
    const { workspace, functions, tape, names } = this;
    const library = libraryOf(functions, workspace);
    try {
      const given = new Given(tape, names, library);
      given.prepare("prepare");
      given.begin("begin");
      new Along(tape, this.outputs, library, functions.noise).write("along");
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(library.module.bytes()), { page: { memory: workspace.memory } });
      return /** @type {any} */ (exports);
    } catch (error) {
      this.reason = refusal(error);
      return null;
    }
  }

  /** Why these parameters are none for it; "" where they are. @param {ParameterValues} parameters */
  misfit(parameters) {
    return this.reason || misfitOf(this.tape, parameters);
  }

  /** All outputs of each step of a path, step after step; a view of its memory, until the next call. `misfit` has to be "". @param {PathRun} path */
  along({ parameters, x, y, noise, seed, number }) {
    const { workspace, tape, functions } = this;
    const steps = x.length - 1;
    workspace.clear();
    const given = workspace.doubles(valuesOf(this.names, parameters, steps));
    const [constants, table] = [tape.constants.length, tape.columns.length * steps].map((size) => workspace.doubles([], size));
    this.exports?.prepare(given, constants, table, steps);
    const row = 8 * LANES;
    const twice = (/** @type {number[]} */ values) => workspace.doubles(values.flatMap((value) => [value, value]));
    const [begun, state, own] = [twice([x[0], y[0]]), twice(tape.state.map(() => 0)), twice([noise, 0])];
    this.exports?.begin(given, 0, begun, own, state, 1, row);
    const [numbers, keys] = countersIn(workspace, functions.noise, LANES, LANES, seed, [number, number]);
    const size = this.outputs.length * steps;
    const call = { constants, table, state, own, numbers, keys, keep: 0, x: workspace.doubles(x), y: workspace.doubles(y), loss: 0, ends: workspace.doubles([], size), count: 1, stride: row, steps };
    this.exports?.along(...RUN_WITH.map((name) => call[name]));
    return new Float64Array(workspace.memory.buffer, call.ends, size);
  }
}
