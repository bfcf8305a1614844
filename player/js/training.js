// Networks in training, as Python sends them: a JSON header and arrays of numbers. See player/network_payload.py.

import { findExits, heightGrid } from "./data.js";

/** @import { Evaluation, Landscape, Moment, Relief, RefinedBlock, Trained, Training, TrainingBlock } from "./types" */

const TYPES = { f4: Float32Array, i4: Int32Array, u1: Uint8Array };

/** The block, with its arrays where they belong. @param {Uint8Array} bytes @returns {Training} */
export function readTraining(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  /** @type {TrainingBlock} */
  const block = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  /** @type {Map<string, any>} */
  const arrays = new Map();
  let offset = 4 + length;
  for (const [name, type, size] of block.arrays) {
    const bytesOf = size * TYPES[type].BYTES_PER_ELEMENT;
    arrays.set(name, new TYPES[type](bytes.slice(offset, offset + bytesOf).buffer)); // a copy, aligned
    offset += bytesOf + ((4 - (bytesOf % 4)) % 4);
  }
  const examples = (/** @type {string} */ set) => {
    const y = arrays.get(`${set} y`);
    const x = arrays.get(`${set} x`);
    return { x: Array.from({ length: x.length / y.length }, (_, row) => x.subarray(row * y.length, (row + 1) * y.length)), y };
  };
  const kept = arrays.get("kept");
  const runs = block.runs.map((run, index) => {
    const own = Object.fromEntries([...arrays].filter(([name]) => name.startsWith(`${index} `)).map(([name, array]) => [name.slice(String(index).length + 1), array]));
    return /** @type {Trained} */ (/** @type {unknown} */ ({ ...run, ...NOWHERE, ...own, median: atEveryStep(own.losses, kept), shares: [heldFrom(run.since, block.steps)] }));
  });
  /** @type {Relief | null} */
  const relief = block.relief && { ...block.relief, origin: arrays.get("origin"), directions: arrays.get("directions"), ground: arrays.get("ground") };
  const data = { ...block.data, train: examples("train"), test: examples("test"), shown: arrays.has("shown y") ? examples("shown") : null };
  /** @type {Training} */
  const training = { ...block, ...STILL, starts: relief?.points ?? [], landscapeKey: relief?.key ?? block.token, relief, runs, kept, data };
  if (relief) for (const run of runs) layOn(run, training);
  return training;
}

/** A finer picture of a plane. @param {Uint8Array} bytes @returns {RefinedBlock} */
export const readRefined = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** The path of a run over the plane at every step, from the kept ones: on straight lines, as its weights are. @param {Trained} run @param {Training} training */
function layOn(run, training) {
  const { kept, window } = training;
  for (const name of /** @type {const} */ (["x", "y", "z", "top"])) run[name] = onLines(/** @type {Float32Array} */ (run[name]), kept);
  run.head = { x: run.x, y: run.y, z: /** @type {Float32Array} */ (run.top) };
  findExits(run, training, window);
}

/** What a race has and a training has not. */
const STILL = { count: 1, packed: false, precise: false, packing: [], starts: [], live: null, numbers: [], ellipse: null };
const NOWHERE = { x: new Float32Array(0), y: new Float32Array(0), z: new Float32Array(0), exit: new Int32Array(0), exitX: new Float32Array(0), exitY: new Float32Array(0) };

/**
 * What stands for the landscape of a race: the plane, or nothing to see but a name.
 * @param {Training} training @param {(x: number, y: number) => Evaluation} evaluate the loss on the plane
 */
export function groundOf({ landscapeKey: key, data, window, relief }, evaluate) {
  if (relief) return planeGround({ ...relief, key }, evaluate);
  return /** @type {Landscape} */ (/** @type {unknown} */ ({ key, name: data.title, window, map: { data: [], layout: {} } }));
}

/** @param {Pick<Relief, "map" | "surface" | "window" | "name" | "key">} relief @param {(x: number, y: number) => Evaluation} evaluate @returns {Landscape} */
export function planeGround({ map, surface, window, name, key }, evaluate) {
  return { key, name, window, map, surface, heights: heightGrid(surface), evaluate, slopesKnown: true, program: null, plane: null };
}

/** Values at every step from those at the kept ones, on straight lines between them. @param {Float32Array} values @param {Int32Array} kept */
function onLines(values, kept) {
  const all = new Float32Array(kept[kept.length - 1] + 1);
  for (let k = 0; k + 1 < kept.length; k++) {
    const [from, to] = [kept[k], kept[k + 1]];
    for (let step = from; step < to; step++) all[step] = values[k] + ((step - from) / (to - from) || 0) * (step > from ? values[k + 1] - values[k] : 0);
  }
  all[all.length - 1] = values[values.length - 1];
  return all;
}

/** Values at every step from those at the kept ones, each held until the next. @param {Float32Array} values @param {Int32Array} kept */
function atEveryStep(values, kept) {
  const all = new Float64Array(kept[kept.length - 1] + 1);
  for (let k = 0; k < kept.length; k++) all.fill(values[k], kept[k], kept[k + 1]);
  return all;
}

/** @param {number} since @param {number} steps */
const heldFrom = (since, steps) => Float32Array.from({ length: steps + 1 }, (_, step) => Number(step >= since));

/** Where a position of the clock lies among the kept steps. @param {Int32Array} kept @param {number} position @returns {Moment} */
export function momentOf(kept, position) {
  let [low, high] = [0, kept.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (kept[middle] <= position + 1e-6) low = middle;
    else high = middle - 1;
  }
  const next = kept[low + 1];
  return { index: low, share: next === undefined ? 0 : Math.max(0, Math.min(1, (position - kept[low]) / (next - kept[low]))) };
}

/**
 * A row of numbers at a moment: those of a kept step, or between two of them on the straight line; those of the step before where the next has none.
 * @param {Float32Array} rows one for each kept step @param {number} size of a row @param {Moment} moment @param {Float64Array} into
 */
export function rowAt(rows, size, { index, share }, into) {
  const from = index * size;
  const last = share < 1e-6 || from + 2 * size > rows.length;
  for (let i = 0; i < size; i++) {
    const now = rows[from + i];
    const next = last ? now : rows[from + size + i];
    into[i] = next === next ? now + share * (next - now) : now;
  }
  return into;
}
