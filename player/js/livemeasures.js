// What a race shows of the runs that a browser has computed: what is drawn of them, and how they went.

import { findExits } from "./data.js";
import { verdictsOf } from "./endings.js";

/** @import { Judge } from "./endings.js" */
/** @import { EngineResult, LiveHistory, LiveTold, Race, Region, Run } from "./types" */

const REACH = 1; // widths of the window beyond which a point counts as missing, as in figures/paths.py
const MISSING = 65535;

/**
 * Fill a run with what was computed. @param {EngineResult} result in double precision @param {Run} run whose arrays are filled @param {Race} race @param {LiveTold} told @param {Judge} judge
 * @param {boolean} decays whether weights decay @returns {LiveHistory} what curves are drawn of
 */
export function measure(result, run, race, told, judge, decays) {
  const { x, y, loss, count } = result;
  const near = nearTest(race.window);
  const height = heightOf(told, race.packing[2]);
  for (let k = 0; k < x.length; k++) {
    const seen = near(x[k], y[k]);
    run.x[k] = seen ? x[k] : NaN;
    run.y[k] = seen ? y[k] : NaN;
    run.z[k] = height(loss[k]);
  }
  if (race.packed) for (const [axis, values] of [run.x, run.y].entries()) packed(values, race.packing[axis]);
  findExits(run, race, race.window);
  const losses = quartiles(loss, count);
  run.median = losses.plain;
  Object.assign(run, verdictsOf(judge.endings(result, race.steps, decays), race.steps, told));
  return { loss: losses, result: { ...result, x: x.slice(), y: y.slice(), loss: loss.slice() } };
}

/** Whether a point is so near to the window that a line to it is drawn. @param {Region} window @returns {(x: number, y: number) => boolean} */
function nearTest([[x0, x1], [y0, y1]]) {
  const [left, right, low, high] = [x0 - REACH * (x1 - x0), x1 + REACH * (x1 - x0), y0 - REACH * (y1 - y0), y1 + REACH * (y1 - y0)];
  return (x, y) => x > left && x < right && y > low && y < high;
}

/** From losses to heights, as they come from Python: in as many levels as 16 bits have. @param {LiveTold} told @param {[low: number, step: number]} packing */
function heightOf({ heights: { logarithmic, low, unit, span } }, [lowest, step]) {
  return (/** @type {number} */ loss) => {
    const raised = loss - low;
    const height = (logarithmic ? Math.log1p(Math.max(raised, 0) / unit) : raised / unit) / span;
    const level = Math.round((Math.fround(Math.min(2, Math.max(-0.1, height))) - lowest) / step); // NaN stays
    return level >= 0 && level < MISSING ? lowest + step * level : NaN;
  };
}

/** Positions as they come from Python where there are so many that they are packed. @param {Float32Array | Float64Array} values @param {[low: number, step: number]} packing */
function packed(values, [low, step]) {
  for (let k = 0; k < values.length; k++) {
    const level = Math.round((Math.fround(values[k]) - low) / step);
    values[k] = level >= 0 && level < MISSING ? low + step * level : NaN;
  }
}

/**
 * The median over the trajectories at every step, and the quartiles; infinite where what has no value counts as infinitely high.
 * @param {ArrayLike<number>} values (rows, count) @param {number} count
 */
export function quartiles(values, count) {
  const rows = values.length / count;
  const [low, plain, high] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const row = new Float64Array(count);
  const [first, last] = [nearest(0.25 * (count - 1)), nearest(0.75 * (count - 1))];
  const [below, above] = [(count - 1) >> 1, count >> 1];
  for (let t = 0; t < rows; t++) {
    for (let n = 0; n < count; n++) {
      const value = values[t * count + n];
      row[n] = value === value ? value : Infinity;
    }
    if (count > 1) row.sort();
    [low[t], high[t]] = [row[first], row[last]];
    plain[t] = below === above ? row[below] : (row[below] + row[above]) / 2;
  }
  return { low, plain, high };
}

/** The nearest whole number, the even one of two. @param {number} place */
function nearest(place) {
  const floor = Math.floor(place);
  const above = place - floor;
  return above < 0.5 || (above === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}
