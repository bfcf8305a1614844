// What a race shows of the runs that a browser has computed: what is drawn of them, and how they went.

import { verdictsOf } from "./endings.js";

/** @import { EngineResult, Landscape, LiveTold, Quartiles, Race, Run } from "./types" */
/** @import { Measures } from "./measures.js" */

/** What is known of a run that the browser has computed, beside what is drawn on maps. */
export class LiveHistory {
  /** @param {Measures} measures @param {EngineResult} result in double precision, with all steps */
  constructor(measures, result) {
    this.measures = measures;
    this.own = result;
    this.loss = this.quartiles(/** @type {Float64Array} */ (this.result.loss));
    this.ends = measures.ends(result);
    /** @type {[dx: Float64Array, dy: Float64Array] | null} */
    this.gradient = null;
  }

  /** The slopes of its landscape at every point. @param {Landscape} landscape @returns {[dx: Float64Array, dy: Float64Array]} */
  slopes({ evaluate }) {
    const known = (this.gradient ??= this.measures.slopes(this.own));
    if (known) return known;
    const { x, y } = this.result;
    const none = () => new Float64Array(x.length).fill(NaN);
    return (this.gradient = evaluate.slopes?.(x, y) ?? [none(), none()]);
  }

  /** What was computed, until the race is computed anew. */
  get result() {
    return this.measures.workspace.renewed(this.own);
  }

  /**
   * The median over the trajectories at every step, and the quartiles; infinite where what has no value counts as infinitely high.
   * @param {Float64Array} values (rows, count) @param {(value: number) => number} of what rises with them and is drawn in place of them @returns {Quartiles}
   */
  quartiles(values, of = Number) {
    const { low, below, above, high } = this.measures.quartiles(values, this.own.count);
    const odd = this.own.count % 2;
    return { low: low.map(of), plain: below.map((one, t) => (odd ? of(one) : (of(one) + of(above[t])) / 2)), high: high.map(of) };
  }
}

/**
 * Fill a run with what was computed.
 * @param {Measures} measures @param {EngineResult} result in double precision, with all steps @param {Run} run whose arrays are filled @param {Race} race @param {LiveTold} told
 * @param {boolean} decays whether weights decay @returns {LiveHistory} what curves are drawn of
 */
export function measure(measures, result, run, race, told, decays) {
  measures.place(result, run, race.window, told.heights);
  measures.exits(result, run, race.window);
  const history = new LiveHistory(measures, result);
  run.median = history.loss.plain;
  Object.assign(run, verdictsOf(measures.endings.of(result, race.window, told, decays), race.steps, told));
  return history;
}
