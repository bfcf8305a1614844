// How each trajectory of a run ends, and since when: as simulation/verdicts.py. What goes through all rows is WebAssembly.

import { Nodes } from "./folds.js";

/** @import { Fold } from "./folds.js" */
/** @import { Measures } from "./measures.js" */
/** @import { EngineResult, LiveTold, Region } from "./types" */

/** `Ending` of simulation/verdicts.py. */
export const ENDING = { GOING: 2, CIRCLING: 3, STILL: 7, FROZEN: 8, DECAYING: 9, LEFT: 10, FALLING: 11, UNDEFINED: 12, OVERFLOWED: 13 };
const LOW = 0.01;
const MODEST = 1e50;
const EDGE = 0.01; // in shares of the window: as near to it nobody is outside
const TAIL = 4;
const FEWEST = 12;
const STILL = 1e-6;
const ROUNDS = 4;
const LOWER = 0.2;
const CELLS = 64; // along each axis of the raster in which attractors are looked up
const FAR = 0.03; // in shares of the window: no attractor is reached from farther away

/** What goes through the rows of runs: names, and which way. @returns {Record<string, { fold: Fold, way: 1 | -1 }>} */
export function endingFolds() {
  return {
    settled: { fold: settled(), way: -1 },
    within: { fold: within(true), way: -1 },
    beyond: { fold: within(false), way: -1 },
    tail: { fold: tail(), way: 1 },
    spread: { fold: spread(), way: 1 },
  };
}

/** Places in shares of the window; the frame begins with its corner and its size. @param {Nodes} nodes */
const shares = (nodes) => [nodes.x, nodes.y].map((value, axis) => nodes.of("/", nodes.of("-", value, nodes.frame(axis)), nodes.frame(2 + axis)));

/** For how many rows each has been at its attractor. */
function settled() {
  const nodes = new Nodes();
  const squares = shares(nodes).map((share, axis) => nodes.of("-", share, nodes.given(axis))).map((one) => nodes.of("*", one, one));
  const near = nodes.of("less_equal", nodes.of("+", squares[0], squares[1]), nodes.given(2));
  const low = nodes.of("less_equal", nodes.of("abs", nodes.of("-", nodes.loss, nodes.given(3))), nodes.frame(4));
  return nodes.staying(nodes.all(near, low));
}

/** For how many rows each has been in a box of its own, or out of it. @param {boolean} inside */
function within(inside) {
  const nodes = new Nodes();
  const [x, y] = shares(nodes);
  if (inside) return nodes.staying(nodes.all(nodes.within(x, nodes.given(0), nodes.given(1)), nodes.within(y, nodes.given(2), nodes.given(3))));
  const sides = [x, y].flatMap((value, axis) => [nodes.of("less", value, nodes.given(2 * axis)), nodes.of("greater", value, nodes.given(2 * axis + 1))]);
  return nodes.staying(sides.reduce((one, other) => nodes.of("or", one, other)));
}

/** What of the last rows, by its place among what is kept: where it was last, the box that it visits, its way, sums of losses in both halves, the lowest, and the row. */
const KEPT = { x: 0, y: 1, left: 2, right: 3, low: 4, high: 5, travelled: 6, first: 7, second: 8, least: 9, row: 10 };

function tail() {
  const nodes = new Nodes();
  const [x, y] = shares(nodes);
  const old = Object.keys(KEPT).map((_, place) => nodes.state(place));
  const step = nodes.of("hypot", nodes.of("-", x, old[KEPT.x]), nodes.of("-", y, old[KEPT.y]));
  const early = nodes.of("less", old[KEPT.row], nodes.frame(4));
  const none = nodes.of("number", 0);
  const [first, second] = [nodes.of("where", early, nodes.loss, none), nodes.of("where", early, none, nodes.loss)];
  const box = [nodes.of("min", old[KEPT.left], x), nodes.of("max", old[KEPT.right], x), nodes.of("min", old[KEPT.low], y), nodes.of("max", old[KEPT.high], y)];
  const sums = [nodes.of("+", old[KEPT.travelled], step), nodes.of("+", old[KEPT.first], first), nodes.of("+", old[KEPT.second], second)];
  const next = [x, y, ...box, ...sums, nodes.of("min", old[KEPT.least], nodes.loss), nodes.of("+", old[KEPT.row], nodes.of("number", 1))];
  return { nodes: nodes.list, next, while: -1 };
}

/** The sum of squared distances of losses from their mean. */
function spread() {
  const nodes = new Nodes();
  const away = nodes.of("-", nodes.loss, nodes.given(0));
  return { nodes: nodes.list, next: [nodes.of("+", nodes.state(0), nodes.of("*", away, away))], while: -1 };
}

/** How runs on a landscape have ended. */
export class Endings {
  /** @param {Measures} measures */
  constructor(measures) {
    this.measures = measures;
    /** @type {WeakMap<LiveTold, Lookup>} */
    this.lookups = new WeakMap();
  }

  /**
   * The ending of each trajectory, and the step from which on it holds.
   * @param {EngineResult} result of double precision, of all steps @param {Region} window @param {LiveTold} told @param {boolean} decays whether the method has weight decay
   * @returns {{ ending: Int32Array, since: Int32Array }}
   */
  of(result, window, told, decays) {
    this.measures.begin(result);
    const { x, y, count } = result;
    const rows = result.kept.length;
    const steps = rows - 1;
    const [[x0, x1], [y0, y1]] = window;
    const frame = [x0, y0, x1 - x0, y1 - y0, LOW * told.usual];
    const ending = new Int32Array(count).fill(ENDING.GOING);
    const since = new Int32Array(count).fill(steps);
    const lookup = this.lookups.get(told) ?? new Lookup(told, window);
    this.lookups.set(told, lookup);
    const attractor = Int32Array.from({ length: count }, (_, n) => lookup.at(x[steps * count + n], y[steps * count + n]));
    const settledAt = this.settled(result, attractor, lookup, frame, steps);
    const rest = Math.max(1, Math.floor(steps / 20), Math.min(3, Math.floor(steps / 2)));
    const moving = [];
    for (let n = 0; n < count; n++) {
      if (result.divergedAt[n] >= 0) {
        [ending[n], since[n]] = [told.lacksValues && wasNear(result, n, window) ? ENDING.UNDEFINED : ENDING.OVERFLOWED, result.divergedAt[n]];
        if (ending[n] === ENDING.OVERFLOWED && falls(result, n, result.divergedAt[n] - 1, window, told)) [ending[n], since[n]] = [ENDING.FALLING, leftAt(result, n, result.divergedAt[n], frame)];
      } else if (attractor[n] >= 0 && settledAt[n] <= steps - rest) {
        [ending[n], since[n]] = [told.attractors.ending[attractor[n]], settledAt[n]];
      } else {
        moving.push(n);
      }
    }
    if (moving.length) this.moving(result, moving, ending, since, frame, told);
    for (const n of moving) if (ending[n] === ENDING.LEFT && falls(result, n, steps, window, told)) ending[n] = ENDING.FALLING;
    for (const n of moving) if (result.overflowed[n]) freeze(result, n, decays, ending, since);
    return { ending, since };
  }

  /** The step from which on each stays at its attractor. @param {EngineResult} result @param {Int32Array} attractor @param {Lookup} lookup @param {number[]} frame @param {number} steps */
  settled(result, attractor, lookup, frame, steps) {
    const own = (/** @type {ArrayLike<number>} */ values) => Float64Array.from(attractor, (index) => (index < 0 ? 0 : values[index]));
    const { across, up, square, value, curve } = lookup;
    const staying = Float64Array.from(attractor, (index) => Number(index >= 0));
    if (!staying.some(Boolean)) return new Int32Array(attractor.length).fill(steps + 1);
    const [, stayed] = this.measures.fold("settled", result, { given: [across, up, square, value].map(own), frame, state: [staying, 0], first: steps, rows: steps + 1 });
    const found = Int32Array.from(stayed, (one) => steps + 1 - one);
    for (const [n, index] of attractor.entries()) if (index >= 0 && curve[index]) found[n] = lookup.along(result, n, value[index], steps);
    return found;
  }

  /** Of those that are at no attractor at the end. @param {EngineResult} result @param {number[]} moving @param {Int32Array} ending @param {Int32Array} since @param {number[]} frame @param {LiveTold} told */
  moving(result, moving, ending, since, frame, { lowest }) {
    const { measures } = this;
    const { x, y, count } = result;
    const steps = result.kept.length - 1;
    const box = [0, 1, 0, 1].map((end) => new Float64Array(count).fill(end));
    const mine = new Float64Array(count);
    for (const n of moving) mine[n] = 1;
    const all = { frame, first: steps, rows: steps + 1 };
    const gone = measures.fold("beyond", result, { ...all, given: box, state: [mine, 0] })[1].map((stayed) => steps + 1 - stayed);
    for (const n of moving) if (gone[n] <= steps) [ending[n], since[n]] = [ENDING.LEFT, gone[n]];
    if (steps < FEWEST) return;
    const rows = Math.max(Math.floor(steps / TAIL), FEWEST) + 1;
    const half = rows >> 1;
    const begin = steps + 1 - rows;
    const share = (/** @type {ArrayLike<number>} */ values, /** @type {number} */ axis) => Float64Array.from({ length: count }, (_, n) => (values[begin * count + n] - frame[axis]) / frame[2 + axis]);
    const [px, py] = [share(x, 0), share(y, 1)];
    const state = [px, py, px, px, py, py, 0, 0, 0, Infinity, 0];
    const kept = measures.fold("tail", result, { frame: [...frame.slice(0, 4), half], state, first: begin, rows }).map((row) => row.slice());
    const mean = kept[KEPT.first].map((sum, n) => (sum + kept[KEPT.second][n]) / rows);
    const [squares] = measures.fold("spread", result, { given: [mean], state: [0], first: begin, rows });
    const deviation = squares.map((sum) => Math.sqrt(sum / rows));
    /** @type {(n: number) => boolean} */
    const lower = (n) => {
      const [first, second] = [kept[KEPT.first][n] / half, kept[KEPT.second][n] / (rows - half)];
      const fall = first - second;
      return fall > LOWER * (first - (lowest ?? kept[KEPT.least][n])) && fall > 2 * Math.sqrt(2 / half) * deviation[n];
    };
    const margins = new Float64Array(count).fill(NaN); // of those that stand still or circle
    for (const n of moving) {
      if (gone[n] > 0 && gone[n] <= steps + 1 - rows) continue; // far away, nothing seems to move
      const travelled = kept[KEPT.travelled][n];
      const across = Math.hypot(kept[KEPT.right][n] - kept[KEPT.left][n], kept[KEPT.high][n] - kept[KEPT.low][n]);
      const still = travelled < STILL;
      if (!still && !(travelled >= ROUNDS * across && !lower(n))) continue;
      ending[n] = still ? ENDING.STILL : ENDING.CIRCLING;
      margins[n] = still ? STILL : 0;
    }
    if (margins.every((one) => one !== one)) return;
    const boxes = [KEPT.left, KEPT.right, KEPT.low, KEPT.high].map((place, end) => kept[place].map((value, n) => (end % 2 ? value + margins[n] : value - margins[n])));
    const [, stayed] = measures.fold("within", result, { ...all, given: boxes, state: [margins.map((one) => Number(one === one)), 0] });
    for (const n of moving) if (margins[n] === margins[n]) since[n] = steps + 1 - stayed[n];
  }
}

/** Whether a trajectory that has left float range was near the window before that, and not high. @param {EngineResult} result @param {number} n @param {Region} window */
function wasNear({ x, y, loss, count, divergedAt }, n, [[x0, x1], [y0, y1]]) {
  const k = Math.max(divergedAt[n] - 1, 0) * count + n;
  const near = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) => value >= low - (high - low) && value <= high + (high - low);
  return near(x[k], x0, x1) && near(y[k], y0, y1) && Math.abs(loss[k]) < MODEST;
}

/** Whether a trajectory was outside the window in a row, and lower than all that is in it. @param {EngineResult} result @param {number} n @param {number} row @param {Region} window @param {LiveTold} told */
function falls({ x, y, loss, count }, n, row, window, { ground }) {
  if (row < 0 || ground === null) return false;
  const k = row * count + n;
  const outside = [x[k], y[k]].some((value, axis) => {
    const [low, high] = window[axis];
    return !(value >= low - EDGE * (high - low) && value <= high + EDGE * (high - low));
  });
  return outside && loss[k] < ground;
}

/** From which row on a trajectory has been outside the window, up to a row. @param {EngineResult} result @param {number} n @param {number} end @param {number[]} frame */
function leftAt({ x, y, count }, n, end, frame) {
  const outside = (/** @type {number} */ t) => [x, y].some((values, axis) => {
    const share = (values[t * count + n] - frame[axis]) / frame[2 + axis];
    return share < 0 || share > 1;
  });
  let t = end;
  while (t > 0 && outside(t - 1)) t--;
  return t;
}

/** Find out from which step on a trajectory stands still because what is remembered of it has overflowed. @param {EngineResult} result @param {number} n @param {boolean} decays @param {Int32Array} ending @param {Int32Array} since */
function freeze({ x, y, kept, count, overflowed }, n, decays, ending, since) {
  const steps = kept.length - 1;
  const moved = (/** @type {number} */ a, /** @type {number} */ b) => b !== a && !(decays && Math.abs(b) < Math.abs(a) && Math.sign(b) === Math.sign(a));
  let earliest = steps;
  for (const [axis, values] of [x, y].entries()) {
    if (!(overflowed[n] & (1 << axis))) continue;
    let t = steps;
    while (t > 0 && !moved(values[(t - 1) * count + n], values[t * count + n])) t--;
    earliest = Math.min(earliest, t);
  }
  if (earliest >= steps) return;
  const last = [x, y].map((values) => [values[Math.max(steps - 1, 0) * count + n], values[steps * count + n]]);
  ending[n] = last.every(([before, end]) => end !== before || end === 0) ? ENDING.DECAYING : ENDING.FROZEN;
  since[n] = earliest;
}

/** Finds the attractor at which a point lies, as `AttractorLookup` of simulation/attractors.py. */
class Lookup {
  /** @param {LiveTold} told @param {Region} window */
  constructor({ attractors: { x, y, value, radius, curve }, usual }, [[x0, x1], [y0, y1]]) {
    this.x0 = x0;
    this.y0 = y0;
    this.width = x1 - x0;
    this.height = y1 - y0;
    this.across = x.map((one) => (one - x0) / this.width);
    this.up = y.map((one) => (one - y0) / this.height);
    this.radius = radius;
    this.square = radius.map((one) => one * one);
    this.value = value;
    this.curve = curve;
    this.lowEnough = LOW * usual;
    /** @type {number[][]} the attractors within whose radius some point of a cell may lie */
    this.cells = Array.from({ length: CELLS * CELLS }, () => []);
    for (const [index, own] of radius.entries()) {
      const [left, right, low, high] = [this.across[index] - own, this.across[index] + own, this.up[index] - own, this.up[index] + own].map(cell);
      for (let row = low; row <= high; row++) for (let column = left; column <= right; column++) this.cells[row * CELLS + column].push(index);
    }
  }

  /** The index of the nearest attractor within whose radius a point lies, -1 where there is none. @param {number} x @param {number} y */
  at(x, y) {
    const [px, py] = [(x - this.x0) / this.width, (y - this.y0) / this.height];
    if (!(Math.abs(px - 0.5) < 0.5 + FAR && Math.abs(py - 0.5) < 0.5 + FAR)) return -1;
    let [nearest, least] = [-1, Infinity];
    for (const index of this.cells[cell(py) * CELLS + cell(px)]) {
      const [dx, dy] = [px - this.across[index], py - this.up[index]];
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance < least && distance <= this.radius[index]) [nearest, least] = [index, distance];
    }
    return nearest;
  }

  /** The step from which on a trajectory stays on a curve of attractors. @param {EngineResult} result @param {number} n @param {number} value of the loss there @param {number} steps */
  along({ x, y, loss, count }, n, value, steps) {
    let t = steps + 1;
    for (let k = steps * count + n; t > 0; t--, k -= count) {
      const index = this.at(x[k], y[k]);
      if (index < 0 || !this.curve[index] || !(Math.abs(loss[k] - value) <= this.lowEnough)) break;
    }
    return t;
  }
}

/** @param {number} share */
const cell = (share) => Math.min(CELLS - 1, Math.max(0, Math.floor(((share + FAR) / (1 + 2 * FAR)) * CELLS)));

/**
 * What the table says of a run: its verdicts in words, the most frequent first, and of how many trajectories each holds at every step.
 * @param {{ ending: Int32Array, since: Int32Array }} endings @param {number} steps @param {Pick<LiveTold, "words" | "dated">} told
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
