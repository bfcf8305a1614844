// A race that is computed in the browser while something of it is dragged, at every frame and with Python's numbers. What is needed for it
// is fetched once somebody is about to drag. Where it cannot be done, nothing of it is to be seen: Python is asked then for every change.

import { element } from "./dom.js";
import { available } from "./engine.js";
import { STEP } from "./layout.js";
import { liveBar, liveCurves } from "./livecurves.js";
import { groundFor } from "./liveground.js";
import { measure } from "./livemeasures.js";
import { LiveRuns, MANY } from "./liveruns.js";
import { LiveSteps } from "./livesteps.js";
import { isKnown, placeOf, wantedOf } from "./livevalues.js";

/** @import { Landscape, LiveBlock, LiveRace, LiveTold, NumberBlock, Point, Race } from "./types" */
/** @import { Compiled } from "./liveruns.js" */
/** @import { Wanted } from "./livevalues.js" */
/** @import { Player } from "./player.js" */

const MOST_BLOCKS = 24;
const FRAME = 9; // milliseconds of a frame that runs may take; of more trajectories than fit, some are shown
const PATIENCE = 3; // frames that take too long, after which fewer are shown
const WEARY = 400; // milliseconds of a frame, after so many of which Python is asked instead
const FEWEST = 8; // trajectories that are shown in any case
const REST = 150; // milliseconds without a change
const AGAIN = 2000; // milliseconds after which is asked again for what did not come
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
    /** @type {Map<string, any>} what `tried` was told, by key */
    this.tries = new Map();
    this.runs = new LiveRuns();
    this.steps = new LiveSteps();
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
    this.part = element("p", { class: "part", role: "status", hidden: true }); // says how many these are, if not all
    player.root.append(this.part);
    this.took = 0; // milliseconds for the last frame
    this.slow = 0; // so many frames that took too long
    this.weary = 0; // so many that took much too long
    this.tiring = ""; // the key of what takes too long here
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
      if (!block) {
        setTimeout(() => this.asked.delete(told.key), AGAIN);
        return;
      }
      this.give(block);
      this.asked.delete(told.key);
    }
    if (this.told !== told || !this.ready) return;
    this.asked.add(told.key); // all is there
    if (this.base?.starts && this.base.count >= MANY) this.compile({ ...this.wanted(), lanes: [0] });
  }

  /** What was tried of the race's learning rates, as marks at their tracks, by address. @returns {Promise<Record<string, NumberBlock["marks"][number]>>} */
  async tried() {
    const { told } = this;
    if (!told?.tried || !this.fetch || !this.player.requests) return {};
    const found = this.tries.get(told.tried) ?? (await this.fetch(told.tried).catch(() => null));
    if (found) this.tries = new Map([...[...this.tries].slice(-MOST_BLOCKS), [told.tried, found]]);
    return this.told === told && found ? /** @type {any} */ (found) : {};
  }

  /** Whether starts are free though there is no Python to ask. */
  get alone() {
    return this.base !== null && this.frees(this.base);
  }

  /** Whether starts and numbers of a race are free though there is no Python to ask. @param {Race} race */
  frees({ live, panels }) {
    if (this.player.requests || !live || !this.possible) return false;
    const block = this.blocks.get(live.key);
    return block ? block.pairs.every((pair) => pair && (pair.apart || !panels.includes(STEP))) : this.fetch !== null;
  }

  /** Turn numbers of the race, by their addresses: optimizers.0.lr say. Whether that is shown here. @param {Record<string, number>} values */
  turn(values) {
    if (!this.base || !isKnown(this.base, values)) return false;
    return this.change(() => Object.assign(this.values, values));
  }

  /** Drag a start. Whether that is shown here. @param {number} index @param {Point} at */
  move(index, at) {
    return this.change(() => this.moved.set(index, at));
  }

  /** Let the race begin at other starts, where there is no Python to ask. Whether it does. @param {Point[]} points */
  async place(points) {
    await this.wake();
    const placed = this.change(() => Object.assign(this, { placed: points, moved: new Map() }));
    this.release();
    return placed;
  }

  /** Take the steps of another trajectory apart: at once where something is shown that was computed here, or where there is no Python to ask. */
  async retake() {
    if (this.alone && !this.on) await this.wake();
    if (!(this.on || this.alone)) return;
    const held = this.held;
    if (this.change(() => {}) && !held) this.release();
  }

  /** @param {() => void} note */
  change(note) {
    const before = { values: { ...this.values }, moved: new Map(this.moved), placed: this.placed };
    note();
    if (this.block && this.compile(this.wanted())) {
      this.held = this.dirty = true;
      this.player.draggedAt = this.player.position;
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
    this.player.draggedAt = null;
    this.drop();
    if (ground && landscape) this.player.setLandscape(landscape);
    if (base && race) this.player.setRace(base);
  }

  drop() {
    clearTimeout(this.rest);
    this.race = this.ground = null;
    this.player.stepper.setLive(null);
    this.values = {};
    this.moved = new Map();
    this.placed = null;
    this.held = this.dirty = false;
    this.stride = 1;
    this.part.hidden = true;
  }

  /** Python has sent a race, which the player shows. What is dragged meanwhile is put on it again, until the answer is there. @param {Race} race */
  setRace(race) {
    if (race === this.race) return;
    this.base = race;
    if (!this.race) {
      this.player.draggedAt = null;
      return;
    }
    if (!this.held && this.isAnswer(race)) {
      this.player.stepper.settle(race.token);
      return this.drop();
    }
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
    const { base, block, moved, placed, values, followed } = this;
    const { count } = /** @type {Race} */ (base);
    const stride = Math.max(this.stride, block && base ? Math.ceil((placed?.length ?? count) / this.runs.most(block, base)) : 1);
    return wantedOf(/** @type {Race} */ (base), { values, moved, placed, stride, followed });
  }

  /** The trajectory whose steps are taken apart; -1 where none are. */
  get followed() {
    const { stepper } = this.player;
    return stepper.shown ? stepper.target.trajectory : -1;
  }

  /** The engines for what is to be computed; null where that is not possible. @param {Wanted} wanted */
  compile(wanted) {
    if (!this.block || !this.base || this.told?.key === this.tiring) return null;
    return this.runs.compile(this.block, this.base, wanted);
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
    const told = this.setGround(compiled, wanted, this.rests) ?? block.told;
    this.rests = false;
    const began = performance.now();
    const race = this.room(wanted);
    const results = this.runs.results(compiled, wanted, base.live, (few) => this.compile(few));
    race.histories = results.map((result, index) => measure(compiled.measures, result, race.runs[index], race, told, Boolean(wanted.parameters[index].optimizer.weight_decay)));
    race.curves = liveCurves(race, told, this.player.landscape, base.curves);
    race.bar = liveBar(race, told);
    if (this.placed) race.starts = this.placed;
    race.starts &&= race.starts.map((start, index) => this.moved.get(index) ?? start);
    race.version = (race.version ?? 0) + 1;
    this.race = race;
    const { stepper } = this.player;
    stepper.setLive(stepper.shown ? this.steps.of(block, wanted, results, race, stepper.target) : null);
    this.took = performance.now() - began;
    this.tell(race.count, this.placed?.length ?? base.count);
    this.fit(wanted.lanes.length);
    this.player.setPaths(race);
  }

  /** Say how many trajectories are shown, where not all are: what the table tells is theirs. @param {number} shown @param {number} all */
  tell(shown, all) {
    this.part.hidden = shown === all;
    this.part.textContent = shown === all ? "" : `${shown} of ${all} starts while it is dragged`;
  }

  /** Of more trajectories than frames have time for, some are shown; all again on release. @param {number} count */
  fit(count) {
    this.weary = this.took > WEARY && this.player.requests ? this.weary + 1 : 0;
    if (this.weary >= PATIENCE) this.tiring = String(this.told?.key);
    this.slow = this.took > 2 * FRAME && count > FEWEST && !this.moved.size ? this.slow + 1 : 0;
    if (this.slow < PATIENCE) return;
    this.slow = 0;
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
    if (!block.surface || Object.entries(block.surface.parameters).every(([name, value]) => wanted[name] === value)) {
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
    this.runs.forget(); // their memory is needed
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
}
