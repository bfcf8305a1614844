// The steps of a race that is computed in the browser, taken apart there as Python would: the same parts, numbers and curves.

import { shapeOf } from "./anatomy.js";
import { Dissector } from "./dissector.js";

/** @import { EngineResult, LiveBlock, LivePair, LiveRace, Plane, Race, Step, StepProgram } from "./types" */
/** @import { Wanted } from "./livevalues.js" */

const MOST_COMPILED = 8;
const GREATEST = (2 - 2 ** -23) * 2 ** 127; // of single precision
const LEAST = 2 ** -126;

export class LiveSteps {
  constructor() {
    /** @type {Map<LivePair, Dissector>} the latest last */
    this.compiled = new Map();
  }

  /** What takes the steps of a pair apart. @param {LivePair} pair @param {StepProgram} program @param {LiveBlock} block */
  dissector(pair, program, { functions }) {
    const found = this.compiled.get(pair) ?? new Dissector(program, pair.schedule, functions);
    this.compiled.delete(pair);
    this.compiled.set(pair, found);
    if (this.compiled.size > MOST_COMPILED) this.compiled.delete(/** @type {LivePair} */ (this.compiled.keys().next().value));
    return found;
  }

  /**
   * The steps of a trajectory; null where they cannot be taken apart here.
   * @param {LiveBlock} block @param {Wanted} wanted what was computed @param {EngineResult[]} results @param {Race} race @param {{ run: number, trajectory: number }} followed
   * @returns {Step | null}
   */
  of(block, wanted, results, race, { run, trajectory }) {
    const pair = block.pairs[run];
    const [place, result] = [wanted.lanes.indexOf(trajectory), results[run]];
    if (!pair?.apart || place < 0) return null;
    const program = pair.apart;
    const dissector = this.dissector(pair, program, block);
    const parameters = wanted.parameters[run];
    if (dissector.misfit(parameters)) return null;
    const along = (/** @type {ArrayLike<number>} */ values) => Float64Array.from({ length: wanted.steps + 1 }, (_, t) => values[t * result.count + place]);
    const seed = BigInt(/** @type {LiveRace} */ (race.live).seed);
    const found = dissector.along({ parameters, x: along(result.x), y: along(result.y), noise: wanted.noise, seed, number: trajectory });
    const diverged = result.divergedAt[place];
    const count = Math.min(diverged < 0 ? wanted.steps : Math.max(diverged - 1, 0), program.most);
    const { lines, where, boxes } = program;
    const planes = planesOf(program, found, count);
    const { parts, made } = present(program, planes);
    const values = /** @type {Record<string, number>} */ (parameters.optimizer);
    const curves = curvesOf(program, found, wanted.steps, count, race.runs[run].colour);
    const { token } = race;
    return { token, run, trajectory, count, diverged, lines, where, boxes, parts, made, values, curves, planes, shape: shapeOf({ run, lines, parts, made }) };
  }
}

/** The planes, each with its rows one after the other. @param {StepProgram} program @param {Float64Array} found step after step @param {number} count of steps */
function planesOf({ planes, outputs }, found, count) {
  /** @type {Map<string, Plane>} */
  const all = new Map();
  let first = 0;
  for (const [name, rows] of planes) {
    const values = new Float64Array(rows * count);
    for (let row = 0; row < rows; row++) for (let t = 0; t < count; t++) values[row * count + t] = found[t * outputs.length + first + row];
    all.set(name, { rows, values });
    first += rows;
  }
  return all;
}

/** The parts that are not zero in all steps, and which of them symbols are made of. @param {StepProgram} program @param {Map<string, Plane>} planes */
function present({ parts, made }, planes) {
  const any = (/** @type {string} */ name) => Boolean(planes.get(name)?.values.some((value) => value !== 0));
  const own = parts.filter(({ key, role }) => role !== "plain" && any(key));
  const keys = new Set(own.map(({ key }) => key));
  const plain = parts.filter(({ role, own: beside, apart }) => role === "plain" && (!beside || !keys.has(beside) || any(String(apart))));
  /** @type {Record<string, string[]>} */
  const named = {};
  for (const [symbol, shares] of Object.entries(made)) {
    const found = shares.filter(([part, share]) => keys.has(part) && (!share || any(share))).map(([part]) => part);
    if (found.length) named[symbol] = found;
  }
  return { parts: [...own, ...plain], made: named };
}

/** In single precision where that can hold the values, as figures/figure.py writes them. @param {Float64Array} values */
function inSingle(values) {
  const fits = values.every((value) => !value || !Number.isFinite(value) || (Math.abs(value) < GREATEST && Math.abs(value) > LEAST));
  return fits ? Float32Array.from(values) : values;
}

/** The curves: what the equations give as far as steps are taken apart, what is measured of moves for all steps. @param {StepProgram} program @param {Float64Array} found @param {number} steps @param {number} count @param {string} color */
function curvesOf({ curves, curveSources, planes, outputs }, found, steps, count, color) {
  /** @type {Map<string, number>} */
  const first = new Map();
  planes.reduce((place, [name, rows]) => (first.set(name, place), place + rows), 0);
  const data = curves.data.map((trace, index) => {
    const [plane, row] = curveSources[index];
    const at = Number(first.get(plane)) + row;
    const length = plane.startsWith("line:") ? count : steps;
    return { ...trace, line: { ...trace.line, color }, x: Int32Array.from({ length }, (_, t) => t + 1), y: inSingle(Float64Array.from({ length }, (_, t) => found[t * outputs.length + at])) };
  });
  const layout = Object.fromEntries(Object.entries(curves.layout).map(([name, value]) => [name, /^xaxis/.test(name) ? { ...value, range: [0, steps] } : value]));
  return { data, layout };
}
