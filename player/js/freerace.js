// A race that is put together in a page without a server: some of the entrants that it holds, on one of its landscapes, computed by the
// browser. In a page that was saved it begins as the race that Python has computed, and comes back to it.

import { GROUND, methodOf, MOST, oneMore, readLink, SCHEDULE } from "./freelink.js";
import { FreeLists } from "./freelists.js";
import { highestOf, possibleOn } from "./freeplane.js";
import { entrantOf, heldBut, landscapeOf, liveBlockOf, looksOf, raceOf, startsOf } from "./grounds.js";
import { stepsAtOnce } from "./planecode.js";
import { Player } from "./player.js";
import { STARTS as MOST_STARTS, suitedRate, STEPS as MOST_STEPS } from "./suitedrates.js";

/** @import { Chosen } from "./freelink.js" */
/** @import { Stage } from "./stage.js" */
/** @import { FrameBlock, FreeTold, GroundBlock, Landscape, LiveBlock, Point, Race, RunBlock, SiteStop } from "./types" */

/** @typedef {Record<string, Record<string, number | number[]>>} Sent numbers by whose they are */
/** @typedef {{ query: string, write: (query: string, saved: boolean, show?: string) => void, saved: SiteStop | null }} Place what the address says at first, who is told what it would say now, whether that is the race that was saved, and in what other views, and the race that was saved */

const OFTEN = 1000; // milliseconds between two looks at what was turned
const PATIENCE = 4; // frames, as they may take at most on a plane, for which a rate is tried

export class FreeRace {
  /** @param {HTMLElement} root that holds the lists @param {Stage} stage @param {FreeTold} first @param {Place} place */
  constructor(root, stage, first, { query, write, saved }) {
    this.stage = stage;
    this.first = first;
    this.saved = saved;
    this.tellOf = write;
    this.lists = new FreeLists(root, this);
    this.panels = first.panels;
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
    this.chosen = this.beginning;
    /** @type {((chosen: Chosen) => Partial<Chosen>)[]} what was asked for since, and is not shown yet */
    this.asked = [];
    stage.free = this;
    if (saved) this.begin();
    else if (this.lists.possible) this.open(query);
  }

  /** What it begins with. @returns {Chosen} */
  get beginning() {
    const { landscape, optimizers, schedule } = this.first;
    return { landscape, optimizers, schedule, values: {}, points: [], steps: null };
  }

  /** The race that it begins with. */
  begin() {
    this.set(this.beginning, this.first.panels);
    if (!this.saved) return void this.choose(() => ({}));
    this.lists.show();
    this.stage.show(this.saved);
  }

  /** The race that an address tells. @param {string} query */
  open(query) {
    const told = readLink(query, this.first, this.lists.panels);
    if (!told) return this.begin();
    this.set(told.chosen, told.panels);
    this.choose(() => ({}));
    this.lists.note(told.notes);
  }

  /** Something else, whatever is shown. @param {Chosen} chosen @param {string[]} panels */
  set(chosen, panels) {
    [this.chosen, this.panels, this.asked, this.sent] = [chosen, panels, [], null];
  }

  /** One more of a method, at half the learning rate of the one before, so that the two differ: as in the app. @param {string} method */
  more(method) {
    this.choose(({ optimizers, values }) => {
      const before = optimizers.findLast((name) => methodOf(name) === method) ?? method;
      const id = oneMore(optimizers, method);
      const { lr, ...others } = values[before] ?? {};
      return optimizers.length < MOST ? { optimizers: [...optimizers, id], values: { ...values, [id]: lr === undefined ? others : { ...others, lr: lr / 2 } } } : {};
    });
  }

  /** Show the panels that are ticked, at the step that is shown; at least one. @param {string[]} panels */
  look(panels) {
    const { player, live } = this;
    const race = player instanceof Player ? player.race : null;
    if (panels.length) this.panels = panels;
    this.lists.show();
    if (!player || !race || !panels.length) return;
    if (this.lists.possible && this.first.stops[this.wanted.landscape]) {
      const { position, playing } = player.clock;
      this.resumed = { position, playing };
      this.choose(() => ({}));
    } else if (!live?.on) player.setRace({ ...race, panels });
  }

  /** Race with something else, as all else is once it can be shown. @param {(chosen: Chosen) => Partial<Chosen>} change */
  choose(change) {
    const before = this.asked;
    this.asked = [...before, change];
    const stop = this.first.stops[this.wanted.landscape];
    if (!stop) {
      this.asked = before;
      return this.saved ? this.begin() : this.lists.show(); // only the saved race knows the landscape
    }
    this.lists.show();
    this.stage.show(stop);
  }

  /** What is chosen, with what was asked for since. @returns {Chosen} */
  get wanted() {
    return this.asked.reduce((chosen, change) => ({ ...chosen, ...change(chosen) }), this.now());
  }

  /** Take up what was asked for, and what was turned and dragged until now: another race comes in place of the one that is shown. */
  keep() {
    this.live?.release();
    this.set(this.wanted, this.panels);
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
    if (stop) {this.stage.parts(stop).then(({ common, own }) => {
      [this.frame, this.ground] = [common, this.ground ?? own]; // which the link is told with
      this.write();
    });}
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

  /** The race that is chosen, on a landscape that it has come to. @param {FrameBlock} frame @param {GroundBlock} ground @param {Uint8Array} [sent] the landscape's own block, where it has one @returns {{ race: Race, landscape: Landscape, block: LiveBlock }} */
  made(frame, ground, sent) {
    this.keep();
    const { chosen } = this;
    const { shown, left } = possibleOn(frame, ground, chosen);
    this.shown = shown;
    if (left.length) {
      this.chosen = { ...chosen, optimizers: shown };
      this.lists.show();
      this.lists.add(left);
    }
    const entrants = this.shown.map((name) => entrantOf(frame, name));
    [this.frame, this.ground] = [frame, ground];
    const key = `${ground.key} ${frame.race.theme.name}`;
    if (this.drawn?.key !== key) this.drawn = { key, landscape: landscapeOf(ground, sent) };
    const { landscape } = this.drawn;
    const looks = looksOf(frame, entrants, this.shown);
    const block = liveBlockOf(frame, ground, entrants, chosen.schedule, looks);
    this.leaveHeld(block, looks);
    this.suited = this.suit(frame, landscape, ground, block, entrants);
    const rates = this.shown.map((name) => this.suited[name] ?? {});
    const race = raceOf(frame, ground, entrants, chosen.schedule, rates, this.panels, looks);
    this.sent = this.sentOf(/** @type {NonNullable<Race["live"]>} */ (race.live).parameters);
    this.start = race.starts ?? [];
    this.steps = race.steps;
    return { race, landscape, block };
  }

  /** Leave out, with a note, what the tapes hold at another value: a method's switches say. @param {LiveBlock} block @param {RunBlock[]} looks */
  leaveHeld({ pairs }, looks) {
    const { values } = this.chosen;
    for (const [at, id] of this.shown.entries()) {
      const held = heldBut(pairs[at], values[id] ?? {});
      const titles = this.first.link?.numbers[`optimizer ${methodOf(id)}`] ?? {};
      this.lists.add(held.map((name) => `${looks[at].label}: "${titles[name]?.title ?? name}" needs the app; it was left out`));
      if (held.length) values[id] = Object.fromEntries(Object.entries(values[id]).filter(([name]) => !held.includes(name)));
    }
  }

  /** Rates for who has none yet that suits here. @param {FrameBlock} frame @param {Landscape} landscape @param {GroundBlock} ground @param {LiveBlock} block @param {number[]} entrants @returns {Record<string, { lr: number }>} */
  suit(frame, landscape, ground, block, entrants) {
    const { chosen } = this;
    const starts = chosen.points.length ? chosen.points : startsOf(ground);
    const { plane } = ground;
    const where = { highest: landscape.plane ? highestOf(landscape.plane) : null, window: landscape.window, evaluate: landscape.evaluate, steps: chosen.steps ?? frame.race.steps, seed: frame.seed, noise: frame.noise };
    /** @type {Record<string, { lr: number }>} */
    const found = {};
    for (const [at, index] of entrants.entries()) {
      const id = this.shown[at];
      const { rates, parameters } = frame.entrants[index];
      const known = chosen.values[id]?.lr;
      const own = this.saved && chosen.landscape === this.first.landscape && this.first.optimizers.includes(id);
      if (known !== undefined) found[id] = { lr: known };
      if (known !== undefined || own || !rates) continue;
      const tries = rates.length * Math.min(where.steps, MOST_STEPS) * Math.min(starts.length, MOST_STARTS);
      if (plane && tries > PATIENCE * stepsAtOnce(plane, [frame.entrants[index].method.tape])) continue;
      const before = entrants.lastIndexOf(index, at - 1);
      if (at > 0 && before >= 0) {
        found[id] = { lr: (found[this.shown[before]]?.lr ?? Number(parameters.lr)) / 2 };
        continue;
      }
      const schedule = /** @type {Record<string, number>} */ (frame.schedules[chosen.schedule].parameters);
      const lr = suitedRate(block, at, { landscape: ground.parameters, schedule, optimizer: parameters }, rates, starts, where);
      if (lr !== null) found[id] = { lr };
    }
    return found;
  }

  /** What the number at an address is called, and whose it is. @param {string} address */
  calledAt(address) {
    const [part, index, name] = address.split(".");
    const { link } = this.first;
    if (part === "optimizers") return `${this.stage.player?.race?.runs[Number(index)]?.label}: ${link?.numbers[`optimizer ${methodOf(this.shown[Number(index)])}`]?.[name]?.title ?? name}`;
    const kind = { [GROUND]: this.chosen.landscape, [SCHEDULE]: this.chosen.schedule }[part];
    return link?.numbers[kind ? `${part} ${kind}` : ""]?.[index ?? part]?.title ?? address;
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
      const refused = live.turn(turned) ? [] : Object.keys(turned).filter((address) => !live.turn({ [address]: turned[address] }));
      this.lists.add(refused.map((address) => `${this.calledAt(address)} = ${turned[address]} needs the app; it was left out`));
      const tooMany = `${points.length} starts of ${steps ?? this.steps} steps need the app; the landscape's own start is shown`;
      if (points.length) live.place(points).then((placed) => placed || this.lists.add([tooMany]));
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

  /** Tell what is shown as the address of the app would. */
  write() {
    const { sent, frame, ground, live } = this;
    const same = String(this.panels) === String(this.first.panels);
    const show = String(this.panels) === String(this.first.usual) ? "" : `show=${this.panels.join(".")}`;
    if (!this.first.stops[this.chosen.landscape]) {
      this.lists.back.disabled = same;
      return this.tellOf("", true, same ? "" : show);
    }
    if (!sent || !frame || !ground || live?.held) return;
    const { landscape, schedule, values, points, steps } = this.now();
    const anew = same && this.stage.shown.stop === this.saved && !points.length && steps === this.steps && Object.values(values).every((own) => !Object.keys(own).length);
    this.lists.back.disabled = anew;
    const told = (/** @type {Record<string, number | number[]>} */ own) => Object.entries(own).map(([key, value]) => `~${key}:${value}`).join("");
    const parts = [`landscape=${landscape}${told({ ...ground.settings, ...values[GROUND] })}`];
    for (const name of this.shown) {
      const own = frame.entrants[entrantOf(frame, name)];
      const { lr } = sent[name];
      parts.push(`optimizer=${methodOf(name)}${told({ ...own.told, ...(lr === undefined ? {} : { lr }), ...values[name] })}`);
    }
    parts.push(`${SCHEDULE}=${schedule}${told({ ...frame.schedules[schedule].told, ...values[SCHEDULE] })}`);
    parts.push(...(points.length ? ["starts=points", ...points.map((point) => `point=${point}`)] : [ground.begins]), `steps=${steps ?? this.steps}`);
    this.tellOf([...parts, show, frame.rest, ground.rest].filter(Boolean).join("&"), anew);
  }
}

/** What is not as it was sent. @param {Record<string, number | number[]>} now @param {Record<string, number | number[]>} sent */
function changed(now, sent) {
  return /** @type {Record<string, number>} */ (Object.fromEntries(Object.entries(now).filter(([key, value]) => value !== sent?.[key])));
}
