// A race that is put together in a page without a server: some of the entrants that it holds, on one of its landscapes, computed by the
// browser. In a page that was saved it begins as the race that Python has computed, and comes back to it.

import { landscapeOf, liveBlockOf, raceOf, startsOf } from "./grounds.js";
import { Player } from "./player.js";
import { suitedRate } from "./suitedrates.js";

/** @import { Stage } from "./stage.js" */
/** @import { FrameBlock, FreeTold, GroundBlock, Landscape, LiveBlock, Point, Race, SiteStop } from "./types" */

/** @typedef {{ landscape: string, optimizers: string[], schedule: string, values: Record<string, Record<string, number>>, points: Point[], steps: number | null }} Chosen values by the owner's name: what is not as it was sent */
/** @typedef {Record<string, Record<string, number | number[]>>} Sent numbers by whose they are */
/** @typedef {{ query: string, write: (query: string, saved: boolean) => void, saved: SiteStop | null }} Place what the address says at first, who is told what it would say now, and the race that was saved */

const MOST = 12; // optimizers, as in the app
const GROUND = "landscape";
const SCHEDULE = "schedule";
const OFTEN = 1000; // milliseconds between two looks at what was turned
const MARGIN = 18; // CSS pixels: between lists and player, and under it

export class FreeRace {
  /** @param {HTMLElement} root that holds the lists @param {Stage} stage @param {FreeTold} first @param {Place} place */
  constructor(root, stage, first, { query, write, saved }) {
    this.stage = stage;
    this.first = first;
    this.saved = saved;
    this.tellOf = write;
    this.list = /** @type {HTMLSelectElement} */ (root.querySelector("#ground"));
    const lists = /** @type {HTMLElement} */ (this.list.closest(".choose"));
    lists.hidden = false; // without a script they would do nothing
    if (saved) new ResizeObserver(() => leaveRoom(lists)).observe(lists);
    this.rates = /** @type {HTMLSelectElement} */ (root.querySelector("#schedule"));
    this.boxes = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll("#methods input")]);
    this.views = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll("#views input")]);
    this.panels = first.panels;
    this.back = /** @type {HTMLButtonElement} */ (root.querySelector("#anew"));
    /** @type {string[]} the entrants that are shown */
    this.shown = first.optimizers;
    /** @type {Sent | null} */
    this.sent = null;
    /** @type {Point[]} */
    this.start = [];
    this.steps = 0;
    this.timer = 0;
    /** @type {FrameBlock | null} */
    this.frame = null;
    /** @type {{ position: number, playing: boolean } | null} where the clock goes on once other panels are shown */
    this.resumed = null;
    /** @type {GroundBlock | null} that of the landscape that is shown */
    this.ground = null;
    /** @type {{ key: string, landscape: Landscape } | null} what was drawn last */
    this.drawn = null;
    /** @type {Record<string, { lr: number }>} rates that were found here, by whose they are */
    this.suited = {};
    /** @type {Chosen} */
    this.chosen = this.read(query);
    this.list.addEventListener("change", () => this.choose({ landscape: this.list.value, points: [], values: {} }));
    this.rates.addEventListener("change", () => this.choose({ schedule: this.rates.value, values: { ...this.now().values, [SCHEDULE]: {} } }));
    for (const box of this.boxes) box.addEventListener("change", () => this.tick(box));
    for (const box of this.views) box.addEventListener("change", () => this.look());
    this.back.addEventListener("click", () => this.begin());
    stage.free = this;
    if (saved) this.begin();
    else this.choose({});
  }

  /** The race that it begins with. */
  begin() {
    this.chosen = this.read("");
    this.panels = this.first.panels;
    if (!this.saved) return void this.choose(this.chosen);
    this.sent = null;
    this.mark();
    this.stage.show(this.saved);
  }

  /** @param {HTMLInputElement} box */
  tick(box) {
    const others = this.now().optimizers.filter((name) => name !== box.value);
    const names = box.checked ? [...others, box.value].slice(-MOST) : others;
    this.choose({ optimizers: names.length ? names : this.chosen.optimizers });
  }

  /** Show the panels that are ticked, at the step that is shown; at least one. */
  look() {
    const panels = this.views.filter(({ checked }) => checked).map(({ value }) => value);
    const { player, live } = this;
    const race = player instanceof Player ? player.race : null;
    if (panels.length) this.panels = panels;
    this.mark();
    if (!player || !race || !panels.length) return;
    if (this.first.stops[this.chosen.landscape]) {
      const { position, playing } = player.clock;
      this.resumed = { position, playing };
      this.choose({});
    } else if (!live?.on) player.setRace({ ...race, panels });
  }

  /** Race with something else, as all else is now. @param {Partial<Chosen>} changes */
  choose(changes) {
    const before = this.now();
    this.chosen = { ...before, ...changes };
    const stop = this.first.stops[this.chosen.landscape];
    if (!stop) this.chosen = before; // where only the saved race knows the landscape
    this.mark();
    if (stop) this.stage.show(stop);
  }

  /** Panels that an address names. @param {string[]} names */
  show(names) {
    const known = this.views.map(({ value }) => value).filter((name) => names.includes(name));
    if (known.length) this.panels = known;
  }

  /** Show in the lists what is chosen. */
  mark() {
    const { landscape, optimizers, schedule } = this.chosen;
    this.list.value = landscape;
    this.rates.value = schedule;
    this.rates.disabled = !this.first.stops[landscape];
    for (const box of this.views) box.checked = this.panels.includes(box.value);
    for (const box of this.boxes) [box.checked, box.disabled] = [optimizers.includes(box.value), this.rates.disabled];
  }

  /** What is chosen, with what was turned and dragged in the picture. @returns {Chosen} */
  now() {
    const { sent, live } = this;
    const told = live?.base?.live;
    if (!live?.base || !told || !sent) return this.chosen;
    /** @type {Chosen["values"]} */
    const values = {};
    for (const [index, name] of this.shown.entries()) values[name] = changed(told.parameters[index].optimizer, sent[name]);
    values[GROUND] = changed(told.parameters[0].landscape, sent[GROUND]);
    values[SCHEDULE] = changed(told.parameters[0].schedule, sent[SCHEDULE]);
    for (const [name, rate] of Object.entries(this.suited)) values[name] = { ...rate, ...values[name] };
    return { ...this.chosen, values: { ...this.chosen.values, ...values }, points: this.placed() ? live.base.starts ?? [] : [], steps: live.base.steps };
  }

  get player() {
    return this.stage.player;
  }

  get live() {
    return this.player?.live;
  }

  /** Whether the starts are others than those that were sent. */
  placed() {
    const starts = this.live?.base?.starts;
    return Boolean(starts) && String(starts) !== String(this.start);
  }

  /** The race that was saved is shown. @param {Race} race */
  showSaved(race) {
    this.ground = null;
    const stop = this.first.stops[this.first.landscape];
    if (stop) this.stage.parts(stop).then(({ common, own }) => void ([this.frame, this.ground] = [common, this.ground ?? own])); // which the link is told with
    this.shown = this.first.optimizers;
    this.suited = {};
    this.sent = race.live && this.sentOf(race.live.parameters);
    this.start = race.starts ?? [];
    this.steps = race.steps;
    this.watch();
  }

  /** @param {NonNullable<Race["live"]>["parameters"]} parameters @returns {Sent} */
  sentOf(parameters) {
    return { ...Object.fromEntries(this.shown.map((name, index) => [name, parameters[index].optimizer])), [GROUND]: parameters[0].landscape, [SCHEDULE]: parameters[0].schedule };
  }

  /** The race that is chosen, on a landscape that it has come to. @param {FrameBlock} frame @param {GroundBlock} ground @returns {{ race: Race, landscape: Landscape, block: LiveBlock }} */
  made(frame, ground) {
    const { chosen } = this;
    const known = frame.entrants.map(({ id }) => id);
    const entrants = chosen.optimizers.map((name) => known.indexOf(name)).filter((index) => index >= 0);
    [this.frame, this.ground] = [frame, ground];
    const key = `${ground.key} ${frame.race.theme.name}`;
    if (this.drawn?.key !== key) this.drawn = { key, landscape: landscapeOf(ground) };
    const { landscape } = this.drawn;
    const block = liveBlockOf(frame, ground, entrants, chosen.schedule);
    this.shown = entrants.map((index) => known[index]);
    this.suited = this.suit(frame, landscape, ground, block, entrants);
    const rates = this.shown.map((name) => this.suited[name] ?? {});
    const race = raceOf(frame, ground, entrants, chosen.schedule, rates, this.panels, []);
    this.sent = this.sentOf(/** @type {NonNullable<Race["live"]>} */ (race.live).parameters);
    this.start = race.starts ?? [];
    this.steps = race.steps;
    return { race, landscape, block };
  }

  /** Rates for who has none yet that suits here. @param {FrameBlock} frame @param {Landscape} landscape @param {GroundBlock} ground @param {LiveBlock} block @param {number[]} entrants @returns {Record<string, { lr: number }>} */
  suit(frame, landscape, ground, block, entrants) {
    const { chosen } = this;
    const starts = chosen.points.length ? chosen.points : startsOf(ground);
    const where = { window: landscape.window, evaluate: landscape.evaluate, steps: chosen.steps ?? frame.race.steps, seed: frame.seed, noise: frame.noise };
    /** @type {Record<string, { lr: number }>} */
    const found = {};
    for (const [at, index] of entrants.entries()) {
      const { id, rates, parameters } = frame.entrants[index];
      const known = chosen.values[id]?.lr;
      const own = this.saved && chosen.landscape === this.first.landscape && this.first.optimizers.includes(id);
      if (known !== undefined) found[id] = { lr: known };
      if (known !== undefined || own || !rates) continue;
      const schedule = /** @type {Record<string, number>} */ (frame.schedules[chosen.schedule].parameters);
      const lr = suitedRate(block, at, { landscape: ground.parameters, schedule, optimizer: parameters }, rates, starts, where);
      if (lr !== null) found[id] = { lr };
    }
    return found;
  }

  /** Once the race is shown: what was turned and dragged. */
  apply() {
    const { live } = this;
    const { values, points, steps } = this.chosen;
    /** @type {Record<string, number>} */
    const turned = {};
    for (const [index, name] of this.shown.entries()) for (const [key, value] of Object.entries(values[name] ?? {})) turned[`optimizers.${index}.${key}`] = value;
    for (const owner of [GROUND, SCHEDULE]) for (const [key, value] of Object.entries(values[owner] ?? {})) turned[`${owner}.${key}`] = value;
    if (steps !== null && steps !== this.steps) turned.steps = steps;
    if (live) {
      for (const handle of this.stage.player?.handles.all.values() ?? []) if (handle.number.address in turned) handle.set({ ...handle.number, value: turned[handle.number.address] }, false);
      live.turn(turned);
      if (points.length) live.place(points);
      else live.release();
    }
    const { resumed, player } = this;
    this.resumed = null;
    if (resumed && player) {
      player.clock.seek(resumed.position);
      if (!resumed.playing) player.clock.pause();
    }
    this.watch();
  }

  /** Tell what is shown, now and whenever it may have changed. */
  watch() {
    this.write();
    clearInterval(this.timer);
    this.timer = window.setInterval(() => this.write(), OFTEN);
  }

  // ---- the address

  /** What an address says, and what it leaves out. @param {string} query @returns {Chosen} */
  read(query) {
    const { landscape, optimizers, schedule, stops } = this.first;
    /** @type {Chosen} */
    const found = { landscape, optimizers, schedule, values: {}, points: [], steps: null };
    const known = new Set(this.boxes.map(({ value }) => value));
    const rates = new Set([...this.rates.options].map(({ value }) => value));
    /** @type {string[]} */
    const named = [];
    for (const [name, text] of new URLSearchParams(query)) {
      const [own, ...settings] = text.split("~");
      const set = Object.fromEntries(settings.map((setting) => setting.split(":")).map(([key, value]) => [key, Number(value)]).filter(([, value]) => Number.isFinite(value)));
      if (name === GROUND && own in stops) [found.landscape, found.values[GROUND]] = [own, set];
      if (name === SCHEDULE && rates.has(own)) [found.schedule, found.values[SCHEDULE]] = [own, set];
      if (name === "optimizer" && known.has(own) && !named.includes(own)) [found.values[own]] = [set, named.push(own)];
      if (name === "point") found.points.push(/** @type {Point} */ (text.split(",").map(Number)));
      if (name === "steps" && Number(text) >= 1) found.steps = Math.round(Number(text));
      if (name === "show") this.show(text.split("."));
    }
    found.points = found.points.filter((point) => point.length === 2 && point.every(Number.isFinite));
    return { ...found, optimizers: named.length ? named.slice(0, MOST) : found.optimizers };
  }

  /** Tell what is shown as the address of the app would. */
  write() {
    const { sent, frame, ground, live } = this;
    if (!sent || !frame || !ground || live?.held) return;
    const { landscape, schedule, values, points, steps } = this.now();
    const same = String(this.panels) === String(this.first.panels);
    const anew = same && this.stage.shown.stop === this.saved && !points.length && steps === this.steps && Object.values(values).every((own) => !Object.keys(own).length);
    this.back.disabled = anew;
    const told = (/** @type {Record<string, number | number[]>} */ own) => Object.entries(own).map(([key, value]) => `~${key}:${value}`).join("");
    const parts = [`landscape=${landscape}${told({ ...ground.settings, ...values[GROUND] })}`];
    for (const name of this.shown) {
      const own = frame.entrants.find(({ id }) => id === name);
      const { lr } = sent[name];
      parts.push(`optimizer=${name.split(" ")[0]}${told({ ...own?.told, ...(lr === undefined ? {} : { lr }), ...values[name] })}`);
    }
    parts.push(`${SCHEDULE}=${schedule}${told({ ...frame.schedules[schedule].told, ...values[SCHEDULE] })}`);
    parts.push(...(points.length ? ["starts=points", ...points.map((point) => `point=${point}`)] : [ground.begins]), `steps=${steps ?? this.steps}`);
    if (String(this.panels) !== String(this.first.usual)) parts.push(`show=${this.panels.join(".")}`);
    this.tellOf([...parts, frame.rest, ground.rest].filter(Boolean).join("&"), anew);
  }
}

/** The player under lists is as high as they leave room for, in however many rows they stand. @param {HTMLElement} lists */
function leaveRoom(lists) {
  const player = /** @type {HTMLElement} */ (document.getElementById("player"));
  player.style.setProperty("--above", `${Math.ceil(lists.getBoundingClientRect().bottom + scrollY) + MARGIN}px`);
}

/** What is not as it was sent. @param {Record<string, number | number[]>} now @param {Record<string, number | number[]>} sent */
function changed(now, sent) {
  return /** @type {Record<string, number>} */ (Object.fromEntries(Object.entries(now).filter(([key, value]) => value !== sent?.[key])));
}
