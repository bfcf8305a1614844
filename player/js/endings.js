// How trajectories end that the browser has computed, and since when: as simulation/verdicts.py and simulation/measures.py find out, by the
// same comparisons of the same numbers.

/** @import { EngineResult, LiveTold, Region } from "./types" */

/** @typedef {{ ending: Int32Array, since: Int32Array }} Endings of each trajectory */
/** @typedef {LiveTold["attractors"]} Attractors */

/** As `Ending` of simulation/verdicts.py. */
const ENDING = { GOING: 2, CIRCLING: 3, STILL: 7, FROZEN: 8, DECAYING: 9, LEFT: 10, UNDEFINED: 11, OVERFLOWED: 12 };
const LOW = 0.01; // as in simulation/attractors.py
const MODEST = 1e50; // and the others as in simulation/verdicts.py
const TAIL = 4;
const FEWEST = 12;
const STILL = 1e-6;
const ROUNDS = 4;
const LOWER = 0.2;

/** For how many of its last steps a run has to stay to have come to rest. @param {number} steps */
const rest = (steps) => Math.max(1, Math.floor(steps / 20), Math.min(3, Math.floor(steps / 2)));

/** Finds out how the trajectories of a run end. */
export class Judge {
  /** @param {LiveTold} told @param {Region} window */
  constructor(told, window) {
    this.told = told;
    this.window = window;
    const [[x0, x1], [y0, y1]] = window;
    this.left = x0;
    this.bottom = y0;
    this.width = x1 - x0;
    this.height = y1 - y0;
    this.lowEnough = LOW * told.usual;
    const { x, y } = told.attractors;
    this.across = x.map((value) => (value - this.left) / this.width);
    this.up = y.map((value) => (value - this.bottom) / this.height);
  }

  /**
   * The endings of a run. @param {EngineResult} result in double precision, with all steps @param {number} steps @param {boolean} decays whether weights decay
   * @returns {Endings}
   */
  endings(result, steps, decays) {
    const { count } = result;
    const [ending, since] = [new Int32Array(count).fill(ENDING.GOING), new Int32Array(count).fill(steps)];
    for (let n = 0; n < count; n++) [ending[n], since[n]] = this.one(result, steps, decays, n);
    return { ending, since };
  }

  /** @param {EngineResult} result @param {number} steps @param {boolean} decays @param {number} n @returns {[ending: number, since: number]} */
  one(result, steps, decays, n) {
    const gone = result.divergedAt[n];
    if (gone >= 0) return [this.isBesideNothing(result, gone, n) ? ENDING.UNDEFINED : ENDING.OVERFLOWED, gone];
    const at = this.attractorAt(result, steps, n);
    if (at >= 0) {
      const since = this.arrival(result, steps, n, at);
      if (since <= steps - rest(steps)) return [this.told.attractors.ending[at], since];
    }
    const frozen = result.overflowed[n] ? frozenAt(result, steps, decays, n) : -1;
    return frozen >= 0 ? [movesByItself(result, steps, n) ? ENDING.DECAYING : ENDING.FROZEN, frozen] : this.moving(result, steps, n);
  }

  /** Whether a trajectory ended beside an area where the formula has no value. @param {EngineResult} result @param {number} gone @param {number} n */
  isBesideNothing({ x, y, loss, count }, gone, n) {
    if (!this.told.lacksValues) return false;
    const k = Math.max(gone - 1, 0) * count + n;
    const { left, bottom, width, height } = this;
    return x[k] >= left - width && x[k] <= left + 2 * width && y[k] >= bottom - height && y[k] <= bottom + 2 * height && Math.abs(loss[k]) < MODEST;
  }

  /** The nearest attractor within whose radius a trajectory is at a step; -1 if there is none. @param {EngineResult} result @param {number} step @param {number} n */
  attractorAt({ x, y, count }, step, n) {
    const k = step * count + n;
    const [across, up] = [(x[k] - this.left) / this.width, (y[k] - this.bottom) / this.height];
    let [nearest, least] = [-1, Infinity];
    const { radius } = this.told.attractors;
    for (let index = 0; index < radius.length; index++) {
      const [aside, above] = [across - this.across[index], up - this.up[index]];
      if (!(Math.abs(aside) <= radius[index] && Math.abs(above) <= radius[index])) continue;
      const distance = Math.sqrt(aside * aside + above * above);
      if (distance < least && distance <= radius[index]) [nearest, least] = [index, distance];
    }
    return nearest;
  }

  /** The first step from which on it stays at an attractor, by its place and by its loss; steps + 1 if it does not at the end. @param {EngineResult} result @param {number} steps @param {number} n @param {number} at */
  arrival(result, steps, n, at) {
    const { x, y, loss, count } = result;
    const { radius, value, curve } = this.told.attractors;
    const square = radius[at] * radius[at];
    for (let t = steps; t >= 0; t--) {
      const k = t * count + n;
      const aside = (x[k] - this.left) / this.width - this.across[at];
      const above = (y[k] - this.bottom) / this.height - this.up[at];
      const other = curve[at] ? this.attractorAt(result, t, n) : -1; // along a curve it may move
      const near = curve[at] ? other >= 0 && curve[other] : aside * aside + above * above <= square;
      if (!(near && Math.abs(loss[k] - value[at]) <= this.lowEnough)) return t + 1;
    }
    return 0;
  }

  /** Of who is at no attractor at the end. @param {EngineResult} result @param {number} steps @param {number} n @returns {[ending: number, since: number]} */
  moving(result, steps, n) {
    const places = this.places(result, n);
    const [px, py] = places;
    const outside = (/** @type {number} */ t) => px[t] < 0 || px[t] > 1 || py[t] < 0 || py[t] > 1;
    const gone = lastRun(outside, steps);
    let found = /** @type {[number, number]} */ (gone <= steps ? [ENDING.LEFT, gone] : [ENDING.GOING, steps]);
    if (steps < FEWEST) return found;
    const from = steps - Math.max(Math.floor(steps / TAIL), FEWEST); // the first row of the tail
    let [x0, x1, y0, y1, travelled] = [px[from], px[from], py[from], py[from], 0];
    for (let t = from + 1; t <= steps; t++) {
      [x0, x1, y0, y1] = [Math.min(x0, px[t]), Math.max(x1, px[t]), Math.min(y0, py[t]), Math.max(y1, py[t])];
      travelled += Math.hypot(px[t] - px[t - 1], py[t] - py[t - 1]);
    }
    if (gone > 0 && gone <= from) return found; // far away, nothing seems to move
    const still = travelled < STILL;
    const circling = !still && travelled >= ROUNDS * Math.hypot(x1 - x0, y1 - y0) && !this.getsLower(result, from, steps, n);
    if (!still && !circling) return found;
    const margin = still ? STILL : 0;
    const inside = (/** @type {number} */ t) => px[t] >= x0 - margin && px[t] <= x1 + margin && py[t] >= y0 - margin && py[t] <= y1 + margin;
    found = [still ? ENDING.STILL : ENDING.CIRCLING, lastRun(inside, steps)];
    return found;
  }

  /** A trajectory in shares of the window. @param {EngineResult} result @param {number} n */
  places({ x, y, count }, n) {
    const rows = x.length / count;
    const [px, py] = [new Float64Array(rows), new Float64Array(rows)];
    for (let t = 0; t < rows; t++) {
      px[t] = (x[t * count + n] - this.left) / this.width;
      py[t] = (y[t * count + n] - this.bottom) / this.height;
    }
    return [px, py];
  }

  /** Whether the mean loss falls clearly from the first half of the last rows to the second. @param {EngineResult} result @param {number} from @param {number} steps @param {number} n */
  getsLower({ loss, count }, from, steps, n) {
    const rows = steps - from + 1;
    const values = Array.from({ length: rows }, (_, t) => loss[(from + t) * count + n]);
    const half = Math.floor(rows / 2);
    const mean = (/** @type {number[]} */ some) => some.reduce((sum, value) => sum + value, 0) / some.length;
    const [first, second, all] = [mean(values.slice(0, half)), mean(values.slice(half)), mean(values)];
    const deviation = Math.sqrt(mean(values.map((value) => (value - all) ** 2)));
    const left = first - (this.told.lowest ?? Math.min(...values));
    return first - second > LOWER * left && first - second > 2 * Math.sqrt(2 / half) * deviation;
  }
}

/** The first step from which on something holds to the end; steps + 1 where it does not at the end. @param {(t: number) => boolean} holds @param {number} steps */
function lastRun(holds, steps) {
  let t = steps;
  while (t >= 0 && holds(t)) t--;
  return t + 1;
}

/** From which step on a coordinate stands still for ever, since what is remembered of it has overflowed; -1 if none does. @param {EngineResult} result @param {number} steps @param {boolean} decays @param {number} n */
function frozenAt({ x, y, count, overflowed }, steps, decays, n) {
  let since = steps;
  for (const [axis, values] of [x, y].entries()) {
    if (!(overflowed[n] & (1 << axis))) continue;
    const moves = (/** @type {number} */ t) => {
      const [before, after] = [values[t * count + n], values[(t + 1) * count + n]];
      return after !== before && !(decays && Math.abs(after) < Math.abs(before) && Math.sign(after) === Math.sign(before));
    };
    let t = steps - 1;
    while (t >= 0 && !moves(t)) t--;
    since = Math.min(since, t + 1);
  }
  return since < steps ? since : -1;
}

/** Whether the last step has moved both coordinates, as decay does. @param {EngineResult} result @param {number} steps @param {number} n */
function movesByItself({ x, y, count }, steps, n) {
  const [end, before] = [steps * count + n, Math.max(steps - 1, 0) * count + n];
  return (x[end] !== x[before] || x[end] === 0) && (y[end] !== y[before] || y[end] === 0);
}

/**
 * What the table says of a run: its verdicts in words, the most frequent first, and of how many trajectories each holds at every step.
 * @param {Endings} endings @param {number} steps @param {LiveTold} told
 */
export function verdictsOf({ ending, since }, steps, { words, dated }) {
  const count = ending.length;
  const counts = words.map(() => 0);
  for (const one of ending) counts[one] += 1;
  const found = words.map((_, index) => index).filter((index) => counts[index]).sort((a, b) => counts[b] - counts[a] || a - b);
  const shares = found.map((index) => {
    const begun = new Float32Array(steps + 1);
    let held = 0;
    const at = new Int32Array(steps + 1);
    for (let n = 0; n < count; n++) if (ending[n] === index && since[n] <= steps) at[since[n]] += 1;
    for (let t = 0; t <= steps; t++) begun[t] = (held += at[t]) / count;
    return begun;
  });
  const alone = count === 1 && dated.includes(ending[0]);
  const verdicts = found.map((index) => (alone ? `${words[index]} at step ${since[0].toLocaleString("en-US")}` : words[index]));
  return { verdicts, shares };
}
