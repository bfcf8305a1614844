// A race on one of the landscapes that a page without a server holds, of any of its entrants: what Python would send of it, but for the
// paths, which the browser computes (player/grounds.py).

import { findExits, numbers, readLandscape } from "./data.js";
import { methodOf } from "./freelink.js";
import { groundFor } from "./liveground.js";
import { surfaceFor } from "./program.js";
import { pairOn } from "./templates.js";

/** @import { Figure, FrameBlock, GroundBlock, Landscape, LiveBlock, ParameterValues, Point, Race, Run, RunBlock, Trace } from "./types" */

/** The landscape, as finely drawn as Python draws it. @param {GroundBlock} ground @param {Uint8Array | undefined} sent the landscape's own block, where no formula gives it @returns {Landscape} */
export function landscapeOf({ key, landscape, told, formulas, parameters }, sent) {
  if (!formulas) return Object.assign(readLandscape(/** @type {Uint8Array} */ (sent)), { told });
  const surface = formulas.open ?? formulas.tape;
  const evaluate = surfaceFor(surface, parameters);
  const lossesAt = (/** @type {[Float64Array, Float64Array]} */ [x, y]) => x.map((one, k) => evaluate(one, y[k]).value);
  const plain = { ...landscape, key, told, evaluate, slopesKnown: true, heights: { n: 0, values: [] }, program: null, plane: null };
  return groundFor(plain, surface, parameters, lossesAt, true);
}

/** What the runs of some entrants are computed by. @param {FrameBlock} frame @param {GroundBlock} ground @param {number[]} entrants @param {string} schedule @param {RunBlock[]} looks @returns {LiveBlock} */
export function liveBlockOf(frame, ground, entrants, schedule, looks) {
  const { nodes } = frame.schedules[schedule];
  const { told, formulas, plane, parameters } = ground;
  const pairs = entrants.map((index, at) => ({ ...inColour(pairOf(frame, ground, index), frame.race.runs[index].colour, looks[at].colour), schedule: nodes }));
  const surface = formulas && { ...(formulas.open ?? formulas.tape), parameters };
  const functions = plane ? { ...frame.functions, plane } : frame.functions;
  return { key: keyOf(ground, entrants, schedule), functions, pairs: /** @type {LiveBlock["pairs"]} */ (pairs), told, surface };
}

/** The place of an entrant in the frame; one more of a method is as the first one of it was sent. @param {FrameBlock} frame @param {string} name */
export function entrantOf({ entrants }, name) {
  const own = entrants.findIndex(({ id }) => id === name);
  return own < 0 ? entrants.findIndex(({ id }) => id === methodOf(name)) : own;
}

/** The numbers that a method's tapes hold at other values than these. @param {LiveBlock["pairs"][number]} pair @param {Record<string, number>} values */
export function heldBut(pair, values) {
  const fixed = pair ? (pair.open ?? pair.tape).fixed.optimizer : {};
  return Object.keys(values).filter((name) => name in fixed && fixed[name] !== values[name]);
}

/** @type {WeakMap<GroundBlock, Map<number, ReturnType<typeof pairOn>>>} */
const pairs = new WeakMap();

/** @param {FrameBlock} frame @param {GroundBlock} ground @param {number} index of an entrant */
function pairOf(frame, ground, index) {
  const known = pairs.get(ground) ?? new Map();
  pairs.set(ground, known);
  const found = known.get(index) ?? pairOn(frame.entrants[index].method, ground.formulas);
  return known.set(index, found).get(index);
}

/** The same for a run of another colour, which none of the parts of its step has. @param {ReturnType<typeof pairOn>} pair @param {string} own @param {string} colour */
function inColour(pair, own, colour) {
  const { apart } = pair;
  if (!apart || own === colour) return pair;
  return { ...pair, apart: { ...apart, parts: apart.parts.map((part) => (part.colour === colour ? { ...part, colour: own } : part)) } };
}

const LEAP = 5; // between the colours of one method, as in figures/theme.py

/**
 * How each run is called and drawn: one more of a method in a colour and with a marker of its own, as far as there are any (`styles` of figures/theme.py).
 * @param {FrameBlock} frame @param {number[]} entrants @param {string[]} names theirs: those that are not in the frame are one more of a method @returns {RunBlock[]}
 */
export function looksOf({ race: { runs, look }, entrants: all }, entrants, names) {
  const again = names.map((name) => !all.some(({ id }) => id === name));
  const looks = entrants.map((index) => runs[index]);
  const colours = [...new Set(runs.map(({ colour }) => colour))];
  const dashes = Object.keys(look.dashes);
  const markers = [...look.markers.keys()];
  for (const [at, own] of looks.entries()) {
    if (!again[at]) continue;
    const others = looks.filter((_, place) => place < at || (place > at && !again[place]));
    const colour = leastUsed(colours, own.colour, others.map((other) => other.colour), LEAP);
    const alike = others.filter((other) => other.colour === colour);
    const free = markers.filter((marker) => alike.every((other) => other.marker !== marker));
    const marker = leastUsed(free.length ? free : markers, own.marker, others.map((other) => other.marker), 1);
    const number = Number(names[at].split(" ")[1] ?? 1);
    const rather = dashes[(dashes.indexOf(own.dash) + number - 1) % dashes.length];
    const dash = leastUsed(dashes, rather, alike.map((other) => other.dash), 1);
    looks[at] = { ...own, label: `${own.label.split(",")[0]} (${number})`, colour, marker, dash };
  }
  return looks;
}

/** The figures of curves, with the lines of those that are one more of a method. @param {Record<string, Figure>} curves @param {RunBlock[]} sent @param {RunBlock[]} looks of the same runs */
function curvesOf(curves, sent, looks) {
  const more = looks.flatMap((look, at) => (look === sent[at] ? [] : [{ look, own: sent[at] }]));
  if (!more.length) return curves;
  const linesOf = (/** @type {Figure} */ { data }) => more.flatMap(({ look, own }) => data.filter(({ legendgroup }) => legendgroup === own.label).map((trace) => inLook(trace, own, look)));
  return Object.fromEntries(Object.entries(curves).map(([name, figure]) => [name, { ...figure, data: [...figure.data, ...linesOf(figure)] }]));
}

/** A line of a run as another's. @param {Trace} trace @param {RunBlock} own @param {RunBlock} look @returns {Trace} */
function inLook(trace, own, look) {
  const [name, hovertemplate] = [trace.name, trace.hovertemplate].map((text) => text?.replace(own.label, look.label));
  const line = trace.line && { ...trace.line, color: look.colour, dash: trace.line.dash === own.dash ? look.dash : trace.line.dash };
  const [red, green, blue] = [1, 3, 5].map((first) => parseInt(look.colour.slice(first, first + 2), 16));
  const fillcolor = trace.fillcolor?.replace(/\d+, \d+, \d+/, `${red}, ${green}, ${blue}`);
  return { ...trace, name, hovertemplate, line, fillcolor, legendgroup: look.label };
}

/** Of what is offered, what the fewest have: the own one, or else the first after it in leaps. @template T @param {T[]} offered @param {T} own @param {T[]} used @param {number} leap */
function leastUsed(offered, own, used, leap) {
  const first = Math.max(0, offered.indexOf(own));
  const count = (/** @type {T} */ one) => used.filter((other) => other === one).length;
  return offered.map((_, place) => offered[(first + leap * place) % offered.length]).reduce((best, one) => (count(one) < count(best) ? one : best));
}

/** @param {GroundBlock} ground @param {number[]} entrants @param {string} schedule */
const keyOf = ({ key }, entrants, schedule) => `${key} ${entrants} ${schedule}`;

/**
 * The race, which knows of its runs no more than where they begin.
 * @param {FrameBlock} frame @param {GroundBlock} ground @param {number[]} entrants @param {string} schedule @param {Record<string, number>[]} rates what of each entrant's numbers is not as in the frame @param {string[]} panels @param {RunBlock[]} looks of the runs
 * @returns {Race}
 */
export function raceOf(frame, ground, entrants, schedule, rates, panels, looks) {
  const { landscape, packing, precise, ellipse } = ground;
  const starts = startsOf(ground);
  const count = starts.length;
  const parameters = entrants.map((index, at) => ({
    landscape: ground.parameters,
    schedule: frame.schedules[schedule].parameters,
    optimizer: { ...frame.entrants[index].parameters, ...rates[at] },
  }));
  const key = keyOf(ground, entrants, schedule);
  const live = { key, parameters, noise: frame.noise, seed: frame.seed, starts: [...starts.map(([x]) => x), ...starts.map(([, y]) => y)] };
  const curves = curvesOf(frame.race.curves, entrants.map((index) => frame.race.runs[index]), looks);
  const whole = { ...frame.race, curves, panels, token: key, landscapeKey: ground.key, title: landscape.name, window: landscape.window, packing, precise, packed: false, ellipse, count, live };
  /** @type {Race} */
  const race = { ...whole, starts: ground.chosen ? starts : null, numbers: [...numbersOf(ground, entrants, parameters), ...frame.schedules[schedule].numbers], runs: [] };
  race.runs = looks.map((look) => empty(look, race, starts));
  return race;
}

/** @param {GroundBlock} ground @returns {Point[]} */
export function startsOf({ starts, count }) {
  const all = numbers(starts);
  return Array.from({ length: count }, (_, n) => [all[n], all[count + n]]);
}

/** The numbers that can be turned, with their addresses in the race. @param {GroundBlock} ground @param {number[]} entrants @param {ParameterValues[]} parameters */
function numbersOf({ numbers: all }, entrants, parameters) {
  return all.flatMap((number) => {
    const name = number.address.slice(number.address.lastIndexOf(".") + 1);
    if (number.address.startsWith("schedule.")) return []; // those of the schedule that is chosen stand in the frame
    if (number.run === null) return [number];
    return entrants.flatMap((index, run) => (index === number.run ? [{ ...number, run, address: `optimizers.${run}.${name}`, value: Number(parameters[run].optimizer[name]) }] : []));
  });
}

/** @param {RunBlock} told @param {Race} race @param {Point[]} starts @returns {Run} */
function empty(told, race, starts) {
  const { steps, count, precise } = race;
  const Floats = precise ? Float64Array : Float32Array;
  const [x, y, z] = [0, 1, 2].map(() => new Floats((steps + 1) * count).fill(NaN));
  for (const [n, at] of starts.entries()) [x[n], y[n]] = at;
  const verdicts = [race.underway];
  /** @type {Run} */
  const run = { ...told, verdicts, x, y, z, median: new Float64Array(steps + 1).fill(NaN), shares: [new Float32Array(steps + 1)], exit: new Int32Array(0), exitX: new Float32Array(0), exitY: new Float32Array(0) };
  findExits(run, race, race.window);
  return run;
}
