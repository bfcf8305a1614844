// Which step of which trajectory is taken apart, up to which line it is explained, and what of it the pointer is at.

import { aroundStep } from "./anatomy.js";

/** @import { Lit, Step } from "./types" */
/** @import { Player } from "./player.js" */
/** @import { MapPanel } from "./maps.js" */

/** @typedef {{ run: number, trajectory: number }} Followed */

const MOST_KEPT = 24; // trajectories whose steps are kept
const READABLE = 120; // milliseconds that a step stays while the race plays, so that its numbers can be read

export class Stepper {
  /** @param {Player} player whose clock and race it goes with */
  constructor(player) {
    this.player = player;
    /** @type {Map<string, Step>} by race and trajectory; the latest last */
    this.kept = new Map();
    /** @type {Step | null} the steps of what the browser has computed, while that is shown */
    this.live = null;
    /** @type {Followed | null} the trajectory that the user chose */
    this.followed = null;
    /** @type {number | null} the line of the step that is explained, null for the whole step */
    this.sub = null;
    this.walks = 0; // how often another line was asked for
    /** @type {Lit | null} what is pointed at */
    this.lit = null;
    /** @type {string | null} the part that the maps were made to show */
    this.around = null;
    this.playing = { step: 0, since: -Infinity }; // the step that is shown while the race plays, and since when
    this.close = false; // whether the maps show the part around the step
  }

  /** Whether there is a panel for it. */
  get shown() {
    return this.player.panels.has("step");
  }

  /** The steps of a trajectory, from `readStep`. They may come before or after the race that they belong to. @param {Step} step */
  set(step) {
    const key = keyOf(step.token, step);
    this.kept.delete(key);
    this.kept.set(key, step);
    if (this.followed && key === keyOf(step.token, this.followed)) this.followed = null; // Python has answered, and says from now on which trajectory is shown
    if (this.kept.size > MOST_KEPT) this.kept.delete(String(this.kept.keys().next().value));
    this.changed();
  }

  changed() {
    const { player } = this;
    if (!player.race) return;
    player.panels.get("step")?.setStep();
    player.transport.show();
    player.invalidate();
  }

  /** The steps to show, null if there are none: of the trajectory that the user chose; until they are there, another of its run, or those that came last. */
  get step() {
    if (!this.shown) return null;
    return this.live ?? this.sent;
  }

  /** Those of them that were sent. */
  get sent() {
    const { token } = this.player.race;
    const known = [...this.kept.values()].filter((step) => step.token === token);
    const chosen = this.followed && this.kept.get(keyOf(token, this.followed));
    return chosen ?? known.findLast(({ run }) => run === this.followed?.run) ?? known.at(-1) ?? null;
  }

  /**
   * The step that the clock tells. Beside a step taken apart it stays long enough to be read while the race plays: counter, heading, parts,
   * equations, arrows and boxes change together.
   */
  get at() {
    const { clock } = this.player;
    return clock.playing && this.step ? this.playing.step : clock.step;
  }

  /** The number of the step that is taken apart, from 0: the one that is taken next, at the end the last one; null where that step was not taken apart. */
  get t() {
    const { step } = this;
    const t = Math.min(this.at, this.player.race.steps - 1);
    return step && t < step.count ? t : null;
  }

  /** The trajectory whose steps are shown, or will be. @returns {Followed} */
  get target() {
    return this.followed ?? this.sent ?? { run: 0, trajectory: 0 };
  }

  /** What is shown instead of what was sent; null for that. @param {Step | null} step */
  setLive(step) {
    this.live = step;
  }

  /** Python has answered with the race that was computed here: its steps are the same, and stay until Python's own are there. @param {string} token of the race */
  settle(token) {
    const { live } = this;
    this.live = null;
    if (!live) return;
    const key = keyOf(token, live);
    if (!this.kept.has(key)) this.kept.set(key, { ...live, token });
    this.changed();
  }

  /** Take the steps of another trajectory apart. @param {number} run @param {number} trajectory */
  follow(run, trajectory) {
    this.followed = { run, trajectory };
    this.sub = this.lit = null;
    this.player.ask?.({ kind: "follow", run, trajectory, of: this.player.race.of });
    this.player.live.retake();
    this.changed();
  }

  /** Go on or back by one line of the step; after its last line the next step begins. @param {1 | -1} by */
  walk(by) {
    const { clock } = this.player;
    clock.pause(); // at the step that the clock shows
    const { step, t } = this;
    if (!step || t === null) return;
    const last = step.lines.length - 1;
    let line = this.sub === null ? (by > 0 ? 0 : last) : this.sub + by;
    if (line < 0 || line > last) {
      const other = t + by >= 0 && t + by < step.count;
      line = other === by > 0 ? 0 : last;
      clock.seek(other ? t + by : t);
    } else {
      clock.seek(clock.step);
    }
    this.sub = line; // after the clock, which shows the whole step
    this.walks += 1;
    this.changed();
  }

  /** Explain a line of the step; the same one again shows the whole step. @param {number} line */
  explain(line) {
    const again = this.sub === line;
    const { clock } = this.player;
    clock.pause();
    clock.seek(clock.step);
    this.sub = again ? null : line;
    this.walks += 1;
    this.changed();
  }

  /** The clock shows another position, and with it a whole step. */
  moved() {
    const { clock } = this.player;
    const now = performance.now();
    this.sub = null;
    if (clock.playing && clock.position < clock.steps && now - this.playing.since < READABLE) return; // at the end it rests, at the last step
    if (clock.step !== this.playing.step) this.playing = { step: clock.step, since: now };
  }

  /** Whether what an equation brings in is shown: everything, or up to the line that is explained. @param {number | undefined} line */
  shows(line) {
    return this.sub === null || (line ?? 0) <= this.sub;
  }

  /** Light up parts of the step and symbols of its equations; null for none. @param {Lit | null} lit */
  light(lit) {
    if (JSON.stringify(lit) === JSON.stringify(this.lit)) return;
    this.lit = lit;
    this.player.invalidate();
  }

  /** Let the maps show the part around each step that is looked at, or all of the landscape again. @param {boolean} close */
  closeUp(close) {
    this.close = close;
    this.around = null;
    if (!close) this.map?.resetZoom();
    this.changed();
  }

  get map() {
    const { panels } = this.player;
    return /** @type {MapPanel | undefined} */ (panels.get("map") ?? panels.get("maps"));
  }

  /** Called with every frame: the maps come after the step, unless the race plays. */
  draw() {
    const { step, t, player } = this;
    if (!this.close || !step || t === null || player.clock.playing || player.live.held) return;
    const around = aroundStep(step, t, player.race.window);
    if (String(around) === this.around) return;
    this.around = String(around);
    this.map?.showPart(around);
  }
}

/** @param {string} token @param {Followed} of */
const keyOf = (token, { run, trajectory }) => `${token} ${run} ${trajectory}`;
