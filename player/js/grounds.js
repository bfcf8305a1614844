// A race on one of the landscapes that a page without a server holds, of any of its entrants: what Python would send of it, but for the
// paths, which the browser computes (player/grounds.py).

import { findExits, numbers } from "./data.js";
import { groundFor } from "./liveground.js";
import { surfaceFor } from "./program.js";
import { pairOn } from "./templates.js";

/** @import { FrameBlock, GroundBlock, Landscape, LiveBlock, ParameterValues, Point, Race, Run, RunBlock } from "./types" */

/** The landscape, as finely drawn as Python draws it. @param {GroundBlock} ground @returns {Landscape} */
export function landscapeOf({ key, landscape, told, formulas, parameters }) {
  const surface = formulas.open ?? formulas.tape;
  const evaluate = surfaceFor(surface, parameters);
  const lossesAt = (/** @type {[Float64Array, Float64Array]} */ [x, y]) => x.map((one, k) => evaluate(one, y[k]).value);
  const plain = { ...landscape, key, told, evaluate, slopesKnown: true, heights: { n: 0, values: [] }, program: null, plane: null };
  return groundFor(plain, surface, parameters, lossesAt, true);
}

/** What the runs of some entrants are computed by. @param {FrameBlock} frame @param {GroundBlock} ground @param {number[]} entrants @param {string} schedule @returns {LiveBlock} */
export function liveBlockOf(frame, ground, entrants, schedule) {
  const { nodes } = frame.schedules[schedule];
  const { told, formulas, parameters } = ground;
  const pairs = entrants.map((index) => ({ ...pairOf(frame, ground, index), schedule: nodes }));
  const surface = { ...(formulas.open ?? formulas.tape), parameters };
  return { key: keyOf(ground, entrants, schedule), functions: frame.functions, pairs: /** @type {LiveBlock["pairs"]} */ (pairs), told, surface };
}

/** @type {WeakMap<GroundBlock, Map<number, ReturnType<typeof pairOn>>>} */
const pairs = new WeakMap();

/** @param {FrameBlock} frame @param {GroundBlock} ground @param {number} index of an entrant */
function pairOf(frame, ground, index) {
  const known = pairs.get(ground) ?? new Map();
  pairs.set(ground, known);
  const found = known.get(index) ?? pairOn(frame.entrants[index].method, ground.formulas);
  return known.set(index, found).get(index);
}

/** @param {GroundBlock} ground @param {number[]} entrants @param {string} schedule */
const keyOf = ({ key }, entrants, schedule) => `${key} ${entrants} ${schedule}`;

/**
 * The race, which knows of its runs no more than where they begin.
 * @param {FrameBlock} frame @param {GroundBlock} ground @param {number[]} entrants @param {string} schedule @param {Record<string, number>[]} rates what of each entrant's numbers is not as in the frame @param {string[]} panels @param {Point[]} points starts in place of the ground's, none for these
 * @returns {Race}
 */
export function raceOf(frame, ground, entrants, schedule, rates, panels, points) {
  const { landscape, packing, precise, ellipse } = ground;
  const starts = points.length ? points : startsOf(ground);
  const count = starts.length;
  const parameters = entrants.map((index, at) => ({
    landscape: ground.parameters,
    schedule: frame.schedules[schedule].parameters,
    optimizer: { ...frame.entrants[index].parameters, ...rates[at] },
  }));
  const key = keyOf(ground, entrants, schedule);
  const live = { key, parameters, noise: frame.noise, seed: frame.seed, starts: [...starts.map(([x]) => x), ...starts.map(([, y]) => y)] };
  const whole = { ...frame.race, panels, token: key, landscapeKey: ground.key, title: landscape.name, window: landscape.window, packing, precise, packed: false, ellipse, count, live };
  /** @type {Race} */
  const race = { ...whole, starts: points.length || ground.chosen ? starts : null, numbers: [...numbersOf(ground, entrants, parameters), ...frame.schedules[schedule].numbers], runs: [] };
  race.runs = entrants.map((index) => empty(frame.race.runs[index], race, starts));
  return race;
}

/** @param {GroundBlock} ground @returns {Point[]} */
export function startsOf({ starts, count }) {
  const all = numbers(starts);
  return Array.from({ length: count }, (_, n) => [all[n], all[count + n]]);
}

/** The numbers that can be turned, with their addresses in the race. @param {GroundBlock} ground @param {number[]} entrants @param {ParameterValues[]} parameters */
function numbersOf({ numbers: all }, entrants, parameters) {
  return all.flatMap((number) => {
    const name = number.address.slice(number.address.lastIndexOf(".") + 1);
    if (number.address.startsWith("schedule.")) return []; // those of the schedule that is chosen stand in the frame
    if (number.run === null) return [number];
    const run = entrants.indexOf(number.run);
    return run < 0 ? [] : [{ ...number, run, address: `optimizers.${run}.${name}`, value: Number(parameters[run].optimizer[name]) }];
  });
}

/** @param {RunBlock} told @param {Race} race @param {Point[]} starts @returns {Run} */
function empty(told, race, starts) {
  const { steps, count, precise } = race;
  const Floats = precise ? Float64Array : Float32Array;
  const [x, y, z] = [0, 1, 2].map(() => new Floats((steps + 1) * count).fill(NaN));
  for (const [n, at] of starts.entries()) [x[n], y[n]] = at;
  const verdicts = [race.underway];
  /** @type {Run} */
  const run = { ...told, verdicts, x, y, z, median: new Float64Array(steps + 1).fill(NaN), shares: [new Float32Array(steps + 1)], exit: new Int32Array(0), exitX: new Float32Array(0), exitY: new Float32Array(0) };
  findExits(run, race, race.window);
  return run;
}
