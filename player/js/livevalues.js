// What of a race is turned and dragged: the values that it is to be computed with, by their addresses, and the starts.

import { numbers } from "./data.js";

/** @import { LiveRace, ParameterValues, Point, Race } from "./types" */

/** @typedef {{ lanes: number[], parameters: ParameterValues[], steps: number, noise: number, starts: [Float64Array, Float64Array] }} Wanted what is to be computed */

/**
 * What is to be computed.
 * @param {Race} base as it was sent, with what it was computed of @param {{ values: Record<string, number>, moved: Map<number, Point>, placed: Point[] | null, stride: number, followed?: number }} changed `followed` is the trajectory whose steps are taken apart
 * @returns {Wanted}
 */
export function wantedOf(base, { values, moved, placed, stride, followed = -1 }) {
  const live = /** @type {LiveRace} */ (base.live);
  const parameters = live.parameters.map((own) => ({ landscape: { ...own.landscape }, optimizer: { ...own.optimizer }, schedule: { ...own.schedule } }));
  const run = { steps: base.steps, noise: live.noise };
  for (const [address, value] of Object.entries(values)) placeOf(address, parameters, run)?.set(value);
  const count = base.count;
  const every = Math.max(1, Math.ceil(count / (numbers(live.starts).length / 2)));
  const [x, y] = startsOf(live);
  const sent = new Map(placed ? placed.entries() : Array.from(x, (_, k) => [k * every, /** @type {Point} */ ([x[k], y[k]])]));
  for (const [index, at] of moved) sent.set(index, at);
  const all = [...sent.keys()].sort((a, b) => a - b);
  const lanes = all.filter((lane, k) => k % stride === 0 || moved.has(lane) || lane === followed);
  const own = lanes.map((lane) => /** @type {Point} */ (sent.get(lane)));
  return { lanes, parameters, ...run, starts: [Float64Array.from(own, ([px]) => px), Float64Array.from(own, ([, py]) => py)] };
}

/** @param {LiveRace} live @returns {[ArrayLike<number>, ArrayLike<number>]} */
function startsOf({ starts }) {
  const all = numbers(starts);
  return [all.subarray(0, all.length / 2), all.subarray(all.length / 2)];
}

/**
 * The number at an address: its value, and how to set it; null where there is none.
 * @param {string} address @param {ParameterValues[]} parameters of each run @param {{ steps: number, noise: number }} run
 */
export function placeOf(address, parameters, run) {
  const name = address.slice(address.lastIndexOf(".") + 1);
  const part = address.slice(0, Math.max(0, address.lastIndexOf(".")));
  if (address === "steps" || address === "noise") return { value: run[address], set: (/** @type {number} */ value) => void (run[address] = value) };
  const [owner, index] = part.split(".");
  const penalty = address === "l1" || address === "l2";
  const clip = address === "clip_norm" || address === "clip_value";
  const all = owner === "optimizers" ? [parameters[Number(index)]] : parameters;
  const of = owner === "optimizers" || clip ? "optimizer" : owner === "landscape" || penalty ? "landscape" : "schedule";
  const places = all.flatMap((own) => (own && name in own[of] ? [own[of]] : []));
  if (!places.length) return null;
  return { value: places[0][name], set: (/** @type {number} */ value) => places.forEach((place) => (place[name] = value)) };
}

/**
 * Whether what a race was computed of has these numbers, and tapes compute with them: noise, and a rate that changes in mid-run, only where
 * there is some already.
 * @param {Race} base @param {Record<string, number>} values
 */
export function isKnown({ live, steps }, values) {
  if (!live) return false;
  return Object.entries(values).every(([address, value]) => {
    const place = placeOf(address, live.parameters, { steps, noise: live.noise });
    if (address === "noise") return live.noise > 0 && value > 0;
    if (address.endsWith(".change_at")) return Number(place?.value) > 0 && value > 0;
    return place !== null && !(address.endsWith(".change_by") && !changes(live, address));
  });
}

/** Whether the rate of an optimizer changes in mid-run. @param {LiveRace} live @param {string} address of another number of it */
function changes({ parameters }, address) {
  const place = placeOf(address.replace(/[^.]+$/, "change_at"), parameters, { steps: 0, noise: 0 });
  return Number(place?.value) > 0;
}
