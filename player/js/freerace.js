// A race that is put together in a page without a server: some of a landscape's optimizers, whose runs Python has sent all together. What is
// chosen stands in the address, as the app writes it.

/** @import { Stage } from "./stage.js" */
/** @import { LiveBlock, Point, Race, ScheduleData, SequenceData, SiteStop } from "./types" */

/** @typedef {{ landscape: string, optimizers: string[], look: Race["look"], schedules: Record<string, { nodes: ScheduleData, parameters: Record<string, number | number[]> }>, elementary: Record<string, SequenceData> }} First what is chosen at first, how so many runs are drawn, and the schedules, with the functions that they call */
/** @typedef {{ landscape: string, optimizers: string[], schedule: string, values: Record<string, Record<string, number>>, points: Point[], steps: number | null }} Chosen values by the owner's name: what is not as it was sent */

const MOST = 12; // optimizers, as in the app
const GROUND = "landscape";
const SCHEDULE = "schedule";
const USUAL = "constant"; // schedule

export class FreeRace {
  /** @param {HTMLElement} root that holds the lists @param {(SiteStop & { name?: string })[]} stops @param {Stage} stage @param {First} first */
  constructor(root, stops, stage, first) {
    this.stops = stops;
    this.stage = stage;
    this.first = first;
    this.list = /** @type {HTMLSelectElement} */ (root.querySelector("#ground"));
    this.rates = /** @type {HTMLSelectElement} */ (root.querySelector("#schedule"));
    this.boxes = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll("#methods input")]);
    /** @type {string[]} the names of the runs that are shown */
    this.shown = [];
    /** @type {Record<string, Record<string, number | number[]>> | null} numbers as they were sent, by whose they are */
    this.sent = null;
    /** @type {Point[] | null} */
    this.start = null;
    this.steps = 0;
    this.timer = 0;
    /** @type {Chosen} */
    this.chosen = this.read();
    this.list.addEventListener("change", () => this.choose({ landscape: this.list.value, points: [], values: {} }));
    this.rates.addEventListener("change", () => this.choose({ schedule: this.rates.value, values: { ...this.now().values, [SCHEDULE]: {} } }));
    for (const box of this.boxes) box.addEventListener("change", () => this.tick(box));
    root.querySelector("#anew")?.addEventListener("click", () => this.choose({ landscape: first.landscape, optimizers: first.optimizers, schedule: USUAL, values: {}, points: [], steps: null }));
    addEventListener("hashchange", () => this.choose(this.read()));
    stage.free = this;
    this.choose({});
  }

  /** @param {HTMLInputElement} box */
  tick(box) {
    const others = this.chosen.optimizers.filter((name) => name !== box.value);
    const names = box.checked ? [...others, box.value].slice(-MOST) : others;
    this.choose({ optimizers: names.length ? names : this.chosen.optimizers });
  }

  /** Race with something else, as all else is now. @param {Partial<Chosen>} changes */
  choose(changes) {
    this.chosen = { ...this.now(), ...changes };
    const { landscape, optimizers, schedule } = this.chosen;
    this.list.value = landscape;
    this.rates.value = schedule;
    for (const box of this.boxes) box.checked = optimizers.includes(box.value);
    this.stage.show(this.stops.find(({ name }) => name === landscape) ?? this.stops[0]);
  }

  /** What is chosen, with what was turned and dragged in the picture. @returns {Chosen} */
  now() {
    const live = this.stage.player?.live;
    const sent = this.sent;
    if (!live?.base?.live || !sent) return this.chosen;
    const { base } = live;
    /** @type {Chosen["values"]} */
    const values = {};
    const told = /** @type {NonNullable<Race["live"]>} */ (base.live);
    for (const [index, name] of this.shown.entries()) values[name] = changed(told.parameters[index].optimizer, sent[name]);
    values[GROUND] = changed(told.parameters[0].landscape, sent[GROUND]);
    values[SCHEDULE] = changed(told.parameters[0].schedule, sent[SCHEDULE]);
    return { ...this.chosen, values: { ...this.chosen.values, ...values }, points: live.base.starts && this.placed() ? live.base.starts : [], steps: base.steps };
  }

  /** Whether the starts are others than those that were sent. */
  placed() {
    const starts = this.stage.player?.live.base?.starts;
    return String(starts) !== String(this.start);
  }

  /** The runs that are chosen, of all that were sent. @param {Race} race @param {LiveBlock | null} block */
  prepare(race, block) {
    const { chosen } = this;
    const indices = chosen.optimizers.map((name) => race.runs.findIndex((run) => run.name === name)).filter((index) => index >= 0);
    const rate = this.first.schedules[chosen.schedule];
    const key = `${race.live?.key} ${indices} ${chosen.schedule}`;
    if (!race.live || !block) return { race, block };
    this.shown = indices.map((index) => race.runs[index].name);
    const { parameters } = race.live;
    this.sent = Object.fromEntries(race.runs.map((run, index) => [run.name, parameters[index].optimizer]));
    this.sent[GROUND] = parameters[0].landscape;
    this.sent[SCHEDULE] = rate.parameters;
    this.start = race.starts;
    this.steps = race.steps;
    const place = new Map(indices.map((index, at) => [index, at]));
    const own = race.numbers.filter(({ run }) => run === null || place.has(run));
    const told = own.map((number) => (number.run === null ? number : { ...number, run: /** @type {number} */ (place.get(number.run)), address: number.address.replace(/\d+/, String(place.get(number.run))) }));
    const live = { ...race.live, key, parameters: indices.map((index) => ({ ...parameters[index], schedule: rate.parameters })) };
    const elementary = { ...this.first.elementary, ...block.functions.elementary };
    const paired = (/** @type {LiveBlock["pairs"][number]} */ pair) => pair && { ...pair, schedule: rate.nodes };
    return {
      race: { ...race, token: `${race.token} ${indices} ${chosen.schedule}`, look: this.first.look, runs: indices.map((index) => race.runs[index]), numbers: told, live },
      block: { ...block, key, functions: { ...block.functions, elementary }, pairs: indices.map((index) => paired(block.pairs[index])) },
    };
  }

  /** Once the race is shown: what was turned and dragged. */
  apply() {
    const live = this.stage.player?.live;
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
    this.write();
    clearInterval(this.timer);
    this.timer = window.setInterval(() => this.write(), 1000);
  }

  // ---- the address

  /** What the address says, and what it leaves out. @returns {Chosen} */
  read() {
    /** @type {Chosen} */
    const found = { landscape: this.first.landscape, optimizers: this.first.optimizers, schedule: USUAL, values: {}, points: [], steps: null };
    const known = new Set(this.boxes.map(({ value }) => value));
    /** @type {string[]} */
    const named = [];
    for (const [name, text] of new URLSearchParams(location.hash.slice(1))) {
      const [own, ...settings] = text.split("~");
      const set = Object.fromEntries(settings.map((setting) => setting.split(":")).map(([key, value]) => [key, Number(value)]).filter(([, value]) => Number.isFinite(value)));
      if (name === GROUND && this.stops.some((stop) => stop.name === own)) [found.landscape, found.values[GROUND]] = [own, set];
      if (name === SCHEDULE && own in this.first.schedules) [found.schedule, found.values[SCHEDULE]] = [own, set];
      if (name === "optimizer" && known.has(own) && !named.includes(own)) [found.values[own]] = [set, named.push(own)];
      if (name === "point") found.points.push(/** @type {Point} */ (text.split(",").map(Number)));
      if (name === "steps" && Number(text) >= 1) found.steps = Math.round(Number(text));
    }
    found.points = found.points.filter((point) => point.length === 2 && point.every(Number.isFinite));
    return { ...found, optimizers: named.length ? named.slice(0, MOST) : found.optimizers };
  }

  /** Write what is shown into the address, as the app would. */
  write() {
    if (!this.sent || this.stage.player?.live.held) return;
    const { landscape, schedule, values, points, steps } = this.now();
    const told = (/** @type {Record<string, number | number[]>} */ own) => Object.entries(own).map(([key, value]) => `~${key}:${value}`).join("");
    const parts = [`landscape=${landscape}${told(values[GROUND] ?? {})}`];
    for (const name of this.shown) {
      const { lr } = this.sent[name];
      parts.push(`optimizer=${name}${told({ ...(lr === undefined ? {} : { lr }), ...values[name] })}`);
    }
    const rate = `${schedule}${told(values[SCHEDULE] ?? {})}`;
    if (rate !== USUAL) parts.push(`${SCHEDULE}=${rate}`);
    parts.push("starts=points", ...points.map((point) => `point=${point}`), `steps=${steps ?? this.steps}`);
    history.replaceState(history.state, "", `${location.pathname}${location.search}#${parts.join("&")}`);
  }
}

/** What is not as it was sent. @param {Record<string, number | number[]>} now @param {Record<string, number | number[]>} sent */
function changed(now, sent) {
  return /** @type {Record<string, number>} */ (Object.fromEntries(Object.entries(now).filter(([key, value]) => value !== sent?.[key])));
}
