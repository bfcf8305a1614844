// The runs of a race that is computed in the browser: engines for all that are asked for one after the other, and what they have computed last.

import { enginesFor, tapeFor, Workspace } from "./engine.js";
import { measuresFor } from "./measures.js";
import { stepsAtOnce } from "./planecode.js";

/** @import { EngineResult, LiveBlock, LiveRace, Race } from "./types" */
/** @import { Engine } from "./engine.js" */
/** @import { Wanted } from "./livevalues.js" */
/** @import { Measures } from "./measures.js" */

/** @typedef {{ engines: Engine[], measures: Measures, workspace: Workspace }} Compiled */
/** @typedef {{ key: string, compiled: Compiled, starts: Wanted["starts"], results: EngineResult[] }} Computed */

const MOST_COMPILED = 6;
const MOST_STEPS = 4_000_000; // of all trajectories together
export const MANY = 32; // trajectories from which on only those are computed anew whose start has moved, if these are few
const FEW = 3;
const QUICK = 0.3; // of the time that a frame may take at most on a plane

export class LiveRuns {
  constructor() {
    /** @type {Map<string, Compiled | null>} the latest last; null where it is not possible */
    this.compiled = new Map();
    /** @type {Computed | null} what was computed last */
    this.computed = null;
  }

  /** How many trajectories of each run a frame has time for from the first one on. @param {LiveBlock} block @param {Race} base */
  most({ functions, pairs }, { steps }) {
    if (!functions.plane) return Infinity;
    return Math.max(1, Math.floor((QUICK * stepsAtOnce(functions.plane, pairs.map((pair) => pair?.tape ?? null))) / steps));
  }

  /** What was computed counts no more: its memory is needed. */
  forget() {
    this.computed = null;
  }

  /** The engines for what is to be computed; null where that is not possible. @param {LiveBlock} block @param {Race} base @param {Wanted} wanted @returns {Compiled | null} */
  compile(block, base, { lanes, parameters, steps }) {
    if (lanes.length * steps * parameters.length > MOST_STEPS || block.pairs.some((pair) => !pair)) return null;
    const count = lanes.length;
    const width = count >= 8 ? 4 : count >= 4 ? 2 : 1;
    const pairs = /** @type {NonNullable<LiveBlock["pairs"][number]>[]} */ (block.pairs);
    const { plane } = block.functions;
    const tapes = pairs.map((pair, index) => tapeFor(pair, parameters[index]));
    const key = `${block.key} ${width} ${base.packed} ${tapes.map((tape, index) => (tape === pairs[index].tape ? 0 : 1))}`;
    const known = this.compiled.get(key);
    if (tapes.some((tape) => !tape) || (plane && lanes.length * steps > stepsAtOnce(plane, tapes))) return null;
    if (known !== undefined) return known;
    const workspace = new Workspace();
    const of = pairs.map((pair, index) => ({ tape: /** @type {NonNullable<typeof tapes[number]>} */ (tapes[index]), schedule: pair.schedule }));
    const found = enginesFor(of, block.functions, workspace, { count, single: false, width });
    const engines = found.flatMap(({ engine }) => (engine ? [engine] : []));
    const { measures } = measuresFor(block.functions, workspace, width, base);
    const compiled = engines.length === found.length && measures ? { engines, measures, workspace } : null;
    this.compiled.set(key, compiled);
    if (this.compiled.size > MOST_COMPILED) this.compiled.delete(String(this.compiled.keys().next().value));
    return compiled;
  }

  /**
   * Every run; of many trajectories only those are computed anew whose start has moved. @param {Compiled} compiled @param {Wanted} wanted @param {LiveRace} live
   * @param {(wanted: Wanted) => Compiled | null} compile @returns {EngineResult[]}
   */
  results(compiled, wanted, live, compile) {
    const { lanes, parameters, steps, noise, starts } = wanted;
    const key = JSON.stringify([live.key, live.seed, lanes, parameters, steps, noise]);
    const { computed } = this;
    const known = computed?.key === key && computed.compiled === compiled ? computed : null;
    const others = known ? Array.from(lanes, (_, k) => k).filter((k) => starts[0][k] !== known.starts[0][k] || starts[1][k] !== known.starts[1][k]) : [];
    const few = known && lanes.length >= MANY && others.length <= FEW ? compile({ ...wanted, lanes: lanes.slice(0, 1) }) : null;
    if (known && few) {
      for (const k of others) renew(known, few, wanted, live, k);
      this.computed = { ...known, starts };
      return known.results;
    }
    compiled.workspace.clear();
    const results = compiled.engines.map((_, index) => run(compiled, wanted, live, index));
    this.computed = { key, compiled, starts, results };
    return results;
  }
}

/** @param {Compiled} compiled @param {Wanted} wanted @param {LiveRace} live @param {number} index of the run */
function run({ engines }, { lanes, parameters, steps, noise, starts }, live, index) {
  return engines[index].run({ parameters: parameters[index], starts, steps, noise, seed: BigInt(live.seed), numbers: lanes });
}

/** Compute one trajectory anew, among the others. @param {Computed} computed @param {Compiled} few @param {Wanted} wanted @param {LiveRace} live @param {number} k */
function renew({ compiled, results }, few, wanted, live, k) {
  const [x, y] = wanted.starts;
  const alone = { ...wanted, lanes: [wanted.lanes[k]], starts: /** @type {[Float64Array, Float64Array]} */ ([Float64Array.of(x[k]), Float64Array.of(y[k])]) };
  for (const [index, result] of results.entries()) {
    few.workspace.clear();
    const own = run(few, alone, live, index);
    const whole = compiled.workspace.renewed(result);
    for (const name of /** @type {const} */ (["x", "y", "loss"])) for (let t = 0; t < own[name].length; t++) whole[name][t * result.count + k] = own[name][t];
    result.divergedAt[k] = own.divergedAt[0];
    result.overflowed[k] = own.overflowed[0];
    result.unsure = [...result.unsure.filter((one) => one !== k), ...own.unsure.map(() => k)];
  }
}
