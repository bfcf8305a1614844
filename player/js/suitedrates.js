// Learning rates that suit a race, found by trying, as scenario/tuned_rates.py finds them.

import { enginesFor, tapeFor, Workspace } from "./engine.js";
import { ENDING } from "./endings.js";
import { measuresFor } from "./measures.js";

/** @import { EngineResult, Evaluation, LiveBlock, ParameterValues, Point, Region } from "./types" */

/** @typedef {{ highest: number | null, window: Region, evaluate: (x: number, y: number) => Evaluation, steps: number, noise: number, seed: string }} Ground */

export const STARTS = 8;
export const STEPS = 300;
const SEEN = 0.02;
const TAIL = 4;
const RESTLESS = 0.25;
const LONG_WAY = 0.1;
const A_WHILE = 2;
const CIRCLING = 1.75;
const CLIFF = 1;
const GRID = 64;
const TOLERANCE = 1e-3; // as in simulation/measures.py
const SETTLED = [0, 0.5]; // of who arrives, and of who does so at another minimum

/**
 * The rate that gets down soonest, settles there and does not take the long way; null where the browser cannot try.
 * @param {LiveBlock} block @param {number} index of the method's pair @param {ParameterValues} parameters @param {number[]} rates what is tried @param {Point[]} starts @param {Ground} ground
 */
export function suitedRate(block, index, parameters, rates, starts, ground) {
  const pair = block.pairs[index];
  const tape = pair && tapeFor(pair, { ...parameters, optimizer: { ...parameters.optimizer, lr: rates[0] } });
  if (!pair || !tape) return null;
  const lanes = chosen(starts.length);
  const workspace = new Workspace();
  const width = lanes.length >= 8 ? 4 : lanes.length >= 4 ? 2 : 1;
  const [{ engine }] = enginesFor([{ tape, schedule: pair.schedule }], block.functions, workspace, { count: lanes.length, single: false, width });
  const { measures } = measuresFor(block.functions, workspace, width, { precise: true, packed: false });
  if (!engine || !measures) return null;
  const steps = Math.min(ground.steps, STEPS);
  const own = /** @type {[Float64Array, Float64Array]} */ ([0, 1].map((axis) => Float64Array.from(lanes, (lane) => starts[lane][axis])));
  const highest = ground.highest ?? highestOf(ground);
  const runs = rates.map((lr) => {
    workspace.clear();
    const result = engine.run({ parameters: { ...parameters, optimizer: { ...parameters.optimizer, lr } }, starts: own, steps, noise: 0, seed: BigInt(ground.seed), numbers: lanes });
    const { ending, since } = measures.endings.of(result, ground.window, block.told, Boolean(parameters.optimizer.weight_decay));
    return faultsOf(result, ending, since, ground.window, block.told, highest);
  });
  return rates[least(runs, lanes.length)];
}

/** Up to eight of the starts. @param {number} count */
function chosen(count) {
  const few = Math.min(STARTS, count);
  return Array.from({ length: few }, (_, k) => (few > 1 ? Math.floor((k * (count - 1)) / (few - 1)) : 0));
}

/** The highest loss in the window. @param {Ground} ground */
function highestOf({ window, evaluate }) {
  const [across, up] = window.map(([low, high]) => Array.from({ length: GRID }, (_, k) => low + (k * (high - low)) / (GRID - 1)));
  let highest = -Infinity;
  for (const y of up) for (const x of across) highest = Math.max(highest, finite(evaluate(x, y).value));
  return highest;
}

/** @param {number} value */
const finite = (value) => (Number.isFinite(value) ? value : -Infinity);
/** @param {number} value @param {number} most */
const within = (value, most) => Math.min(Math.max(value, 0), most);

/** @typedef {{ mean: number, first: number, ending: number, since: number, low: number, others: number }} Fault of a trajectory: its mean and its first height, its ending, its mean loss at the end, and the sum of what else is wrong */

/**
 * What is wrong with each trajectory of a run.
 * @param {EngineResult} result @param {Int32Array} ending @param {Int32Array} since @param {Region} window @param {LiveBlock["told"]} told @param {number} highest @returns {Fault[]}
 */
function faultsOf({ x, y, loss, count, kept }, ending, since, [[x0, x1], [y0, y1]], { lowest, usual }, highest) {
  const steps = kept.length - 1;
  const last = Math.max(Math.floor(steps / TAIL), 1);
  return Array.from({ length: count }, (_, n) => {
    const places = Array.from({ length: steps + 1 }, (__, t) => [(x[t * count + n] - x0) / (x1 - x0), (y[t * count + n] - y0) / (y1 - y0)]);
    const inside = places.map((place) => place.every((share) => share >= 0 && share <= 1));
    const heights = inside.map((is, t) => {
      const value = is ? loss[t * count + n] : highest;
      return lowest === null ? value : Math.log10(Math.max(value - lowest, TOLERANCE * usual));
    });
    const hops = places.slice(1).map((place, t) => Math.max(...place.map((share, axis) => Math.abs(share - places[t][axis]))));
    const sum = (/** @type {number[]} */ values) => values.reduce((one, other) => one + other, 0);
    const tail = places.slice(-last - 1);
    const spread = Math.max(...[0, 1].map((axis) => Math.max(...tail.map((place) => place[axis])) - Math.min(...tail.map((place) => place[axis]))));
    const wandered = sum(hops.slice(-last)) - Math.max(...[0, 1].map((axis) => Math.abs(tail[last][axis] - tail[0][axis])));
    const restless = spread > SEEN ? within(wandered / RESTLESS, 1) : 0;
    const long = places[steps].every(Number.isFinite) ? within(LONG_WAY * sum(hops), 1) : 1;
    const beyond = Math.max(...places.map((place) => Math.max(...place.map((share) => Math.max(-share, share - 1)))));
    const away = (beyond === beyond ? within(beyond, 0.5) : 0.5) + within(A_WHILE * (1 - inside.filter(Boolean).length / (steps + 1)), 0.5);
    const idle = Number(Math.max(...places.map((place) => Math.max(...place.map((share, axis) => Math.abs(share - places[0][axis]))))) < SEEN);
    const low = sum(places.slice(-last).map((__, k) => loss[(steps - last + 1 + k) * count + n])) / last;
    const late = ending[n] < 2 ? SETTLED[ending[n]] + (0.5 * since[n]) / Math.max(steps, 1) : 0.75;
    return { mean: sum(heights) / (steps + 1), first: heights[0], ending: ending[n], since: late, low, others: (inside[steps] ? restless : 1) + long + away + idle };
  });
}

/** Which of the runs has least that is wrong, what stands beside it counting a quarter. @param {Fault[][]} runs @param {number} count of the trajectories */
function least(runs, count) {
  const best = Array.from({ length: count }, (_, n) => Math.min(...runs.map((run) => run[n].mean)));
  const lower = Array.from({ length: count }, (_, n) => Math.min(...runs.map((run) => (run[n].ending === ENDING.CIRCLING || run[n].ending >= ENDING.LEFT || run[n].low !== run[n].low ? Infinity : run[n].low))));
  const faults = runs.map((run) => {
    const each = run.map(({ mean, first, ending, since, low, others }, n) => {
      const slow = within((mean - best[n]) / Math.max(first - best[n], 1e-12), 1);
      const circles = ending === ENDING.CIRCLING && lower[n] < low;
      return slow + (ending >= ENDING.LEFT ? 1 : circles ? CIRCLING : since) + others;
    });
    return each.reduce((one, other) => one + other, 0) / count;
  });
  const marks = faults.map((fault, k) => 4 * fault + Math.min(faults[Math.max(k - 1, 0)], fault + CLIFF) + Math.min(faults[Math.min(k + 1, faults.length - 1)], fault + CLIFF));
  return marks.indexOf(Math.min(...marks));
}
