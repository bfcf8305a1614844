// What Python sends: the landscape (JSON) and the runs (a JSON header and planes of numbers). See player/payload.py.

import { PlaneLoss } from "./planeloss.js";
import { compile } from "./program.js";

/** @import { Evaluation, HeightGrid, Landscape, LandscapeBlock, Numbers, PlaneBlock, Point, Program, Race, Region, Run, Trace } from "./types" */

const MISSING = 65535;

/** The landscape block, with the heights of its surface, and its program as a function. @param {Uint8Array} bytes @returns {Landscape} */
export function readLandscape(bytes) {
  /** @type {LandscapeBlock} */
  const block = JSON.parse(new TextDecoder().decode(bytes));
  const computed = block.plane ? onPlane(block.plane, block.window) : { evaluate: compile(/** @type {Program} */ (block.program)), slopesKnown: true };
  return { ...block, heights: heightGrid(block.surface), ...computed };
}

/** The loss of a network on a plane, as a landscape's. @param {PlaneBlock} plane @param {Region} window */
function onPlane(plane, window) {
  const [origin, directions, ground, x, y] = [plane.origin, plane.directions, plane.ground, plane.x, plane.y].map((array) => Float32Array.from(numbers(array)));
  const rows = Array.from({ length: x.length / y.length }, (_, row) => x.subarray(row * y.length, (row + 1) * y.length));
  const loss = new PlaneLoss({ network: plane.network, relief: { origin, directions, ground, window }, data: { classes: [], train: { x: rows, y } } });
  /** @param {number} a @param {number} b @returns {Evaluation} */
  const evaluate = (a, b) => loss.evaluate(a, b);
  return { evaluate, slopesKnown: loss.slopesKnown };
}

/** @param {{ data: Trace[] }} figure of the surface @returns {HeightGrid} */
export function heightGrid({ data }) {
  const surface = data.find(({ type }) => type === "surface");
  const values = numbers(surface?.z ?? []);
  return { n: Math.round(Math.sqrt(values.length)), values };
}

/** An array as Plotly takes it, which may be base64 of a typed array, in double precision. @param {Numbers} array */
export function numbers(array) {
  if (ArrayBuffer.isView(array)) return /** @type {Float64Array} */ (/** @type {unknown} */ (array));
  if (!("bdata" in array)) return Float64Array.from(array.flat());
  const text = atob(array.bdata);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const types = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i1: Int8Array, i2: Int16Array, i4: Int32Array };
  return Float64Array.from(new types[array.dtype](bytes.buffer));
}

/** The runs block: the header, with the planes of every run as arrays of (steps + 1) x count. @param {Uint8Array} bytes @returns {Race} */
export function readRuns(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  /** @type {Race} its runs still lack what follows */
  const race = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const points = (race.steps + 1) * race.count;
  let offset = 4 + length;
  const take = (/** @type {number} */ size) => {
    const part = bytes.slice(offset, offset + size); // a copy, aligned
    offset += size + ((4 - (size % 4)) % 4);
    return part.buffer;
  };
  for (const run of race.runs) {
    for (const [axis, name] of /** @type {const} */ (["x", "y", "z"]).entries()) {
      const Floats = race.precise && axis < 2 ? Float64Array : Float32Array;
      const packed = race.packed || axis === 2;
      run[name] = packed ? unpack(new Uint16Array(take(2 * points)), race.packing[axis], new Floats(points)) : new Floats(take(Floats.BYTES_PER_ELEMENT * points));
    }
  }
  for (const run of race.runs) run.median = new Float64Array(take(8 * (race.steps + 1)));
  for (const run of race.runs) run.shares = run.verdicts.map(() => new Float32Array(take(4 * (race.steps + 1))));
  for (const run of race.runs) findExits(run, race, race.window);
  return race;
}

/** @template {Float32Array | Float64Array} Floats @param {Uint16Array} packed @param {[number, number]} packing @param {Floats} values what to fill */
function unpack(packed, [low, step], values) {
  for (let i = 0; i < packed.length; i++) values[i] = packed[i] === MISSING ? NaN : low + step * packed[i];
  return values;
}

/**
 * Where each trajectory leaves the window for good: `run.exit` is the step from which it is outside to the end (steps + 1 if never),
 * `run.exitX`, `run.exitY` the point of the window's edge that it crosses.
 * @param {Run} run @param {Race} race @param {Region} window
 */
export function findExits(run, race, [[x0, x1], [y0, y1]]) {
  const { steps, count } = race;
  run.exit = new Int32Array(count).fill(steps + 1);
  run.exitX = new Float32Array(count);
  run.exitY = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    let t = steps;
    const inside = (/** @type {number} */ k) => run.x[k] >= x0 && run.x[k] <= x1 && run.y[k] >= y0 && run.y[k] <= y1; // false for NaN
    while (t >= 0 && !inside(t * count + n)) t--;
    if (t === steps) continue;
    run.exit[n] = t + 1;
    if (t < 0) {
      run.exitX[n] = NaN;
      continue;
    }
    const from = t * count + n;
    [run.exitX[n], run.exitY[n]] = crossing(run.x[from], run.y[from], run.x[from + count], run.y[from + count], [x0, x1, y0, y1]);
  }
}

/**
 * Where the line from an inner point to an outer one crosses the box; the inner point's nearest edge if the outer one is not known.
 * @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number[]} box its lower and upper x, lower and upper y
 * @returns {Point}
 */
export function crossing(ax, ay, bx, by, [x0, x1, y0, y1]) {
  if (Number.isNaN(bx) || Number.isNaN(by)) {
    const gaps = [
      [(ax - x0) / (x1 - x0), x0, ay],
      [(x1 - ax) / (x1 - x0), x1, ay],
      [(ay - y0) / (y1 - y0), ax, y0],
      [(y1 - ay) / (y1 - y0), ax, y1],
    ];
    const [, x, y] = gaps.reduce((best, gap) => (gap[0] < best[0] ? gap : best));
    return [x, y];
  }
  let share = 1;
  if (bx < x0) share = Math.min(share, (x0 - ax) / (bx - ax));
  if (bx > x1) share = Math.min(share, (x1 - ax) / (bx - ax));
  if (by < y0) share = Math.min(share, (y0 - ay) / (by - ay));
  if (by > y1) share = Math.min(share, (y1 - ay) / (by - ay));
  return [ax + share * (bx - ax), ay + share * (by - ay)];
}
