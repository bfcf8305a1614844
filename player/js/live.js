// A race that is computed in the browser while something of it is dragged, at every frame and with Python's numbers. What is needed for it
// is fetched once somebody is about to drag. Where it cannot be done, nothing of it is to be seen: Python is asked then for every change.

import { numbers } from "./data.js";
import { available, enginesFor, tapeFor, Workspace } from "./engine.js";
import { liveBar, liveCurves } from "./livecurves.js";
import { STEP } from "./layout.js";
import { groundFor } from "./liveground.js";
import { measure } from "./livemeasures.js";
import { measuresFor } from "./measures.js";

/** @import { Landscape, LiveBlock, LiveRace, LiveTold, ParameterValues, Point, Race, Run } from "./types" */
/** @import { Engine } from "./engine.js" */
/** @import { LiveHistory } from "./livemeasures.js" */
/** @import { Measures } from "./measures.js" */
/** @import { Player } from "./player.js" */

/** @typedef {{ engines: Engine[], measures: Measures, workspace: Workspace }} Compiled */
/** @typedef {{ lanes: number[], parameters: ParameterValues[], steps: number, noise: number, starts: [Float64Array, Float64Array] }} Wanted what is to be computed */

const MOST_BLOCKS = 24;
const MOST_COMPILED = 6;
const FRAME = 9; // milliseconds of a frame that runs may take; of more trajectories than fit, some are shown
const FEWEST = 8; // trajectories that are shown in any case
const MOST_STEPS = 4_000_000; // of all trajectories together
const REST = 150; // milliseconds without a change
const GRACE = 3000; // milliseconds for which Python's answer is waited for, once no request is open any more

/** Fetch what a race is computed by. @param {string} key @returns {Promise<LiveBlock | null>} */
async function fetched(key) {
  const answer = await fetch(new URL(`live/${key}`, document.baseURI));
  return answer.status === 200 ? answer.json() : null;
}

export class Live {
  /** @param {Player} player @param {((key: string) => Promise<LiveBlock | null>) | null} fetch null where nothing can be fetched */
  constructor(player, fetch = fetched) {
    this.player = player;
    this.fetch = fetch;
    /** @type {Map<string, LiveBlock>} by key, the latest last */
    this.blocks = new Map();
    /** @type {Set<string>} keys that were asked for */
    this.asked = new Set();
    /** @type {Map<string, Compiled | null>} the latest last; null where it is not possible */
    this.compiled = new Map();
    /** @type {Race | null} the race as Python sent it */
    this.base = null;
    /** @type {Race | null} what is shown in place of it */
    this.race = null;
    /** @type {Record<string, number>} what is turned, by address */
    this.values = {};
    /** @type {Map<number, Point>} starts that are dragged */
    this.moved = new Map();
    /** @type {Point[] | null} starts in place of all others */
    this.placed = null;
    this.held = false; // whether a hand still drags
    this.dirty = false;
    /** @type {Landscape | null} the landscape as Python sent it */
    this.landscape = null;
    /** @type {{ key: string, fine: boolean, landscape: Landscape & { told: LiveTold } } | null} the landscape whose parameters are turned */
    this.ground = null;
    this.rest = 0; // the timer of what is computed at rest
    this.rests = false; // whether nothing has changed for a moment
    this.stride = 1; // every how many-th trajectory is shown
    this.took = 0; // milliseconds for the last frame
    this.possible = available();
  }

  /** Whether something is shown that Python has not sent. */
  get on() {
    return this.race !== null;
  }

  /** What the race was computed of; null where that cannot be done here. @returns {LiveRace | null} */
  get told() {
    return (this.possible && this.base?.live) || null;
  }

  /** @returns {LiveBlock | null} */
  get block() {
    return (this.told && this.blocks.get(this.told.key)) ?? null;
  }

  /** Whether the race can be recomputed here now. */
  get ready() {
    return Boolean(this.block && this.base && this.compile(this.wanted()));
  }

  /** Data of a race's pairs. @param {LiveBlock} block */
  give(block) {
    this.blocks.delete(block.key);
    this.blocks.set(block.key, block);
    if (this.blocks.size > MOST_BLOCKS) this.blocks.delete(String(this.blocks.keys().next().value));
  }

  /** What the race is computed by will be needed soon. */
  async wake() {
    const { told } = this;
    if (!told || !this.fetch || this.asked.has(told.key)) return;
    if (!this.blocks.has(told.key)) {
      this.asked.add(told.key);
      const block = await this.fetch(told.key).catch(() => null); // then it is as where nothing can be computed
      if (!block) return;
      this.give(block);
      this.asked.delete(told.key);
    }
    if (this.told === told && this.ready) this.asked.add(told.key); // all is there
  }

  /** Whether starts are free though there is no Python to ask. Steps that are taken apart are those of the race that was sent. */
  get alone() {
    return !this.player.requests && Boolean(this.fetch || this.block) && this.told !== null && !this.player.race.panels.includes(STEP);
  }

  /** Turn numbers of the race, by their addresses: optimizers.0.lr say. Whether that is shown here. @param {Record<string, number>} values */
  turn(values) {
    return this.change(() => Object.assign(this.values, values));
  }

  /** Drag a start. Whether that is shown here. @param {number} index @param {Point} at */
  move(index, at) {
    return this.change(() => this.moved.set(index, at));
  }

  /** Let the race begin at other starts, where there is no Python to ask. @param {Point[]} points */
  async place(points) {
    await this.wake();
    if (this.change(() => Object.assign(this, { placed: points, moved: new Map() }))) this.release();
  }

  /** @param {() => void} note */
  change(note) {
    const before = { values: { ...this.values }, moved: new Map(this.moved), placed: this.placed };
    note();
    if (this.block && this.compile(this.wanted())) {
      this.held = this.dirty = true;
      this.player.invalidate();
      return true;
    }
    Object.assign(this, before);
    this.wake();
    return false;
  }

  /** The hand has let go. What is shown stays until Python's answer has come; for good, where there is no Python. */
  release() {
    if (!this.held) return;
    this.held = false;
    if (this.dirty) this.show();
    if (!this.race || this.player.requests) return;
    if (this.ground) this.landscape = this.ground.landscape;
    const { values, moved, race, base } = this;
    this.base = { ...race, live: base?.live ? this.turned(base.live, this.wanted()) : null };
    this.placed = null;
    for (const name of Object.keys(values)) delete values[name];
    moved.clear();
  }

  /** Show what Python has sent last. */
  forget() {
    const { base, race, ground, landscape } = this;
    this.drop();
    if (ground && landscape) this.player.setLandscape(landscape);
    if (base && race) this.player.setRace(base);
  }

  drop() {
    clearTimeout(this.rest);
    this.race = this.ground = null;
    this.values = {};
    this.moved = new Map();
    this.placed = null;
    this.held = this.dirty = false;
    this.stride = 1;
  }

  /** Python has sent a race, which the player shows. What is dragged meanwhile is put on it again, until the answer is there. @param {Race} race */
  setRace(race) {
    if (race === this.race) return;
    this.base = race;
    if (!this.race) return;
    if (!this.held && this.isAnswer(race)) return this.drop();
    if (!this.block || !this.compile(this.wanted())) return this.drop();
    this.race = null; // the player has another one below
    this.dirty = true;
    this.show();
    if (!this.held && !this.player.requests?.open) this.expire(race);
  }

  /** No answer is on its way any more: give it a little time. @param {Race} race */
  expire(race) {
    setTimeout(() => {
      if (this.base === race && this.on && !this.held && !this.player.requests?.open) this.forget();
    }, GRACE);
  }

  /** Whether a race that has come is what was dragged. @param {Race} race */
  isAnswer({ live, starts, steps }) {
    const same = ([index, [x, y]] = /** @type {[number, Point]} */ ([0, [0, 0]])) => starts?.[index]?.[0] === x && starts[index][1] === y;
    if (![...this.moved].every(same) || !live) return false;
    return Object.entries(this.values).every(([address, value]) => placeOf(address, live.parameters, { steps, noise: live.noise })?.value === value);
  }

  // ---- what is to be computed

  /** What is computed now. @returns {Wanted} */
  wanted() {
    const { base, values, moved, placed } = this;
    const live = /** @type {LiveRace} */ (base?.live);
    const parameters = live.parameters.map((own) => ({ landscape: { ...own.landscape }, optimizer: { ...own.optimizer }, schedule: { ...own.schedule } }));
    const run = { steps: /** @type {Race} */ (base).steps, noise: live.noise };
    for (const [address, value] of Object.entries(values)) placeOf(address, parameters, run)?.set(value);
    const count = /** @type {Race} */ (base).count;
    const every = Math.max(1, Math.ceil(count / (numbers(live.starts).length / 2)));
    const [x, y] = startsOf(live);
    const sent = new Map(placed ? placed.entries() : Array.from(x, (_, k) => [k * every, /** @type {Point} */ ([x[k], y[k]])]));
    for (const [index, at] of moved) sent.set(index, at);
    const all = [...sent.keys()].sort((a, b) => a - b);
    const lanes = all.filter((lane, k) => k % this.stride === 0 || moved.has(lane));
    const own = lanes.map((lane) => /** @type {Point} */ (sent.get(lane)));
    return { lanes, parameters, ...run, starts: [Float64Array.from(own, ([px]) => px), Float64Array.from(own, ([, py]) => py)] };
  }

  /** The engines for what is to be computed; null where that is not possible. @param {Wanted} wanted @returns {Compiled | null} */
  compile({ lanes, parameters, steps }) {
    const { block, base } = this;
    if (!block || !base || lanes.length * steps * parameters.length > MOST_STEPS || block.pairs.some((pair) => !pair)) return null;
    const count = lanes.length;
    const width = count >= 8 ? 4 : count >= 4 ? 2 : 1;
    const pairs = /** @type {NonNullable<LiveBlock["pairs"][number]>[]} */ (block.pairs);
    const tapes = pairs.map((pair, index) => tapeFor(pair, parameters[index]));
    const key = `${block.key} ${width} ${base.packed} ${tapes.map((tape, index) => (tape === pairs[index].tape ? 0 : 1))}`;
    const known = this.compiled.get(key);
    if (tapes.some((tape) => !tape)) return null;
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

  /** What a race would be sent with that was computed of this. @param {LiveRace} live @param {Wanted} wanted @returns {LiveRace} */
  turned(live, { parameters, noise, starts }) {
    return { ...live, parameters, noise, starts: [[...starts[0]], [...starts[1]]] };
  }

  // ---- computing it

  /** Compute and show what is wanted, if it is not shown yet. */
  show() {
    if (!this.dirty) return;
    this.dirty = false;
    const wanted = this.wanted();
    const compiled = this.compile(wanted);
    const { base, block } = this;
    if (!compiled || !base?.live || !block) return;
    const began = performance.now();
    const told = this.setGround(compiled, wanted, this.rests) ?? block.told;
    this.rests = false;
    const race = this.room(wanted);
    compiled.workspace.clear();
    const histories = race.runs.map((run, index) => this.compute(compiled, wanted, index, run, race, told));
    race.histories = histories;
    race.curves = liveCurves(race, told, this.player.landscape, base.curves);
    race.bar = liveBar(race, told);
    if (this.placed) race.starts = this.placed;
    race.starts &&= race.starts.map((start, index) => this.moved.get(index) ?? start);
    race.version = (race.version ?? 0) + 1;
    this.race = race;
    this.took = performance.now() - began;
    this.fit(wanted.lanes.length);
    this.player.setPaths(race);
  }

  /** Of more trajectories than a frame has time for, some are shown; as many as before again on release. @param {number} count */
  fit(count) {
    if (this.took < 2 * FRAME || count <= FEWEST || this.moved.size) return;
    this.stride *= 2;
    this.dirty = true;
  }

  /**
   * Show the landscape with the parameters that are wanted; what runs on it are measured by, null where they are those that were sent.
   * @param {Compiled} compiled @param {Wanted} wanted @param {boolean} rests whether it is computed as finely as Python does
   */
  setGround({ engines, workspace }, { parameters }, rests) {
    const { block, landscape } = this;
    if (!block || !landscape) return null;
    const [{ landscape: wanted }] = parameters;
    clearTimeout(this.rest);
    if (Object.entries(block.surface.parameters).every(([name, value]) => wanted[name] === value)) {
      if (this.ground) this.player.setGround(landscape, true);
      this.ground = null;
      return null;
    }
    const key = JSON.stringify(wanted);
    if (this.ground?.key === key && (this.ground.fine || !rests)) {
      if (!this.ground.fine) this.restSoon();
      return this.ground.landscape.told;
    }
    const simplest = engines.reduce((best, engine) => (engine.tape.state.length < best.tape.state.length ? engine : best));
    const lossesAt = (/** @type {[Float64Array, Float64Array]} */ starts) => {
      workspace.clear();
      return Float64Array.from(simplest.run({ parameters: parameters[engines.indexOf(simplest)], starts, steps: 0, keep: [0] }).loss);
    };
    const before = this.ground?.landscape ?? { ...landscape, told: block.told };
    this.ground = { key, fine: rests, landscape: groundFor(before, block.surface, wanted, lossesAt, rests) };
    this.player.setGround(this.ground.landscape, rests);
    if (!rests) this.restSoon();
    return this.ground.landscape.told;
  }

  /** Compute the landscape as finely as Python does once nothing has changed for a moment. */
  restSoon() {
    this.rest = setTimeout(() => {
      this.rests = this.dirty = this.on;
      this.player.invalidate();
    }, REST);
  }

  /** The live race, with room for what is computed. @param {Wanted} wanted @returns {Race} */
  room({ lanes, steps }) {
    const base = /** @type {Race} */ (this.base);
    const { race } = this;
    const count = lanes.length;
    if (race && race.token === base.token && race.steps === steps && race.count === count) return race;
    const points = (steps + 1) * count;
    const Floats = base.precise ? Float64Array : Float32Array;
    const runs = base.runs.map((run) => ({
      ...run,
      x: new Floats(points),
      y: new Floats(points),
      z: new Float32Array(points),
      median: new Float64Array(steps + 1),
      exit: new Int32Array(count),
      exitX: new Float32Array(count),
      exitY: new Float32Array(count),
    }));
    return { ...base, steps, count, runs, version: race?.version ?? 0 };
  }

  /** One run: into the arrays of the race. @param {Compiled} compiled @param {Wanted} wanted @param {number} index @param {Run} run @param {Race} race @param {LiveTold} told @returns {LiveHistory} */
  compute({ engines, measures }, wanted, index, run, race, told) {
    const live = /** @type {LiveRace} */ (this.base?.live);
    const { lanes, parameters, steps, noise, starts } = wanted;
    const result = engines[index].run({ parameters: parameters[index], starts, steps, noise, seed: BigInt(live.seed), numbers: lanes });
    return measure(measures, result, run, race, told, Boolean(parameters[index].optimizer.weight_decay));
  }
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
function placeOf(address, parameters, run) {
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
