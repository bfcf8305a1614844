// What an address says of a free race, read as the app reads it (scenario/reader.py): the nearest valid values, what the version of Descent
// that has made it meant where it is silent, and a sentence for everything that was changed or left out.

import { byHand } from "./dom.js";

/** @import { FreeNumber, FreeTold, Point } from "./types" */

/** @typedef {{ landscape: string, optimizers: string[], schedule: string, values: Record<string, Record<string, number>>, points: Point[], steps: number | null }} Chosen values by the owner's name: what is not as it was sent */

export const MOST = 12; // optimizers, as in the app
export const GROUND = "landscape";
export const SCHEDULE = "schedule";
const OPTIMIZER = "optimizer";
const SEVERAL = [OPTIMIZER, "point", "show"]; // of which an address may have more than one
const FARTHEST = 1e9; // from zero that starts may lie, as in the app

/** A method's name, of which there may be several: "adam 2" is the second one. @param {string} id */
export const methodOf = (id) => id.split(" ")[0];

/** A name for one more of a method, which none of these has. @param {string[]} ids @param {string} method */
export function oneMore(ids, method) {
  if (!ids.includes(method)) return method;
  let number = 2;
  while (ids.includes(`${method} ${number}`)) number += 1;
  return `${method} ${number}`;
}

/**
 * What an address says; null where it says nothing of a race.
 * @param {string} query @param {FreeTold} told @param {string[]} views the panels that can be shown
 * @returns {{ chosen: Chosen, panels: string[], notes: string[] } | null}
 */
export function readLink(query, { link, stops, usual }, views) {
  const pairs = [...new URLSearchParams(query)];
  if (!link || !pairs.some(([name]) => Object.hasOwn(link.fields, name))) return null;
  /** @type {string[]} */
  const notes = [];
  const last = Object.fromEntries(pairs);
  const reader = new Reader(link, last.version, notes);
  const names = Object.keys(link.numbers);
  const has = (/** @type {string} */ kind, /** @type {string} */ name) => (kind === GROUND ? Object.hasOwn(stops, name) : names.includes(`${kind} ${name}`));
  /** What is chosen of a catalogue. @param {string} kind @param {string} text @param {string} owner @returns {boolean} */
  const choose = (kind, text, owner = kind) => {
    const [name, ...settings] = text.split("~");
    if (!has(kind, name)) {
      const known = kind === GROUND ? Object.keys(stops) : names.filter((each) => each.startsWith(`${kind} `)).map((each) => each.slice(kind.length + 1));
      const none = `there is no ${kind} '${name}' here${nearest(name, known)}; it was left out`;
      notes.push(Object.hasOwn(link.elsewhere, name) ? `the ${kind} ${link.elsewhere[name]} needs the app; it was left out` : none);
      return false;
    }
    chosen.values[owner] = reader.settings(`${kind} ${name}`, settings);
    return true;
  };
  /** @type {Chosen} */
  const chosen = { landscape: link.landscape, optimizers: [], schedule: link.schedule, values: {}, points: [], steps: null };
  const nameOf = (/** @type {string} */ text) => text.split("~")[0];
  if (GROUND in last && choose(GROUND, last[GROUND])) chosen.landscape = nameOf(last[GROUND]);
  else choose(GROUND, link.landscape);
  if (SCHEDULE in last && choose(SCHEDULE, last[SCHEDULE])) chosen.schedule = nameOf(last[SCHEDULE]);
  else choose(SCHEDULE, link.schedule);
  const enter = (/** @type {string} */ text) => {
    const id = oneMore(chosen.optimizers, nameOf(text));
    if (choose(OPTIMIZER, text, id)) chosen.optimizers.push(id);
  };
  const entrants = pairs.filter(([name]) => name === OPTIMIZER);
  for (const [, text] of entrants) enter(text);
  if (!chosen.optimizers.length) link.optimizers.forEach(enter);
  if (chosen.optimizers.length > MOST) notes.push(`only the first ${MOST} of ${chosen.optimizers.length} optimizers can take part; the others were left out`);
  chosen.optimizers.length = Math.min(MOST, chosen.optimizers.length);
  chosen.steps = reader.settings("", "steps" in last ? [`steps:${last.steps}`] : [], ["steps"]).steps;
  if (nameOf(last.starts ?? "points") === "points") chosen.points = pairs.filter(([name]) => name === "point").flatMap(([, text]) => reader.point(text));
  else notes.push(`starts '${nameOf(last.starts)}' need the app; the landscape's own start is shown`);
  const read = [GROUND, SCHEDULE, OPTIMIZER, "steps", "starts", "point", "show", "version"];
  for (const name of new Set(Object.keys(last).filter((each) => !read.includes(each)))) {
    notes.push(Object.hasOwn(link.fields, name) ? `"${link.fields[name]}" needs the app; it was left out` : `'${name}' is not a part of a race${nearest(name, Object.keys(link.fields))} and was left out`);
  }
  const shown = pairs.filter(([name]) => name === "show").flatMap(([, text]) => text.split(".").filter(Boolean));
  const unknown = shown.filter((name) => !views.includes(name));
  if (unknown.length) notes.push(`there is no view ${unknown.map((name) => `'${name}'`).join(", ")}${unknown.length === 1 ? nearest(unknown[0], views) : ""}; there are ${views.join(", ")}`);
  const panels = views.filter((name) => shown.includes(name));
  for (const name of Object.keys(last).filter((each) => Object.hasOwn(link.fields, each) && !SEVERAL.includes(each))) {
    const times = pairs.filter(([each]) => each === name).length;
    if (times > 1) notes.push(`${name} is given ${times} times; the last, '${last[name]}', counts`);
  }
  return { chosen, panels: panels.length ? panels : usual, notes };
}

/** Reads numbers. */
class Reader {
  /** @param {NonNullable<FreeTold["link"]>} link @param {string | undefined} version @param {string[]} notes what is told is written into this */
  constructor({ version: own, numbers, titles, elsewhere }, version, notes) {
    this.numbers = numbers;
    this.titles = titles;
    this.elsewhere = elsewhere;
    this.notes = notes;
    const made = version === undefined ? numbersOf(own) : numbersOf(version);
    if (!made) notes.push(`version = '${version}' is no version such as ${own}; it was left out`);
    if (made && isLater(made, numbersOf(own))) notes.push(`this was made by Descent ${version}, and this is ${own}: what it leaves unsaid may be set otherwise there`);
    this.version = made ?? numbersOf(own);
  }

  /**
   * The settings of one that is chosen, and what else it had when the address was made.
   * @param {string} whose @param {string[]} settings @param {string[]} always the numbers that are told in any case: others are as they were sent
   */
  settings(whose, settings, always = ["lr"]) {
    const declared = this.numbers[whose] ?? {};
    const owner = this.titles[whose] ?? "Scenario";
    const said = Object.fromEntries(settings.map(split));
    /** @type {Record<string, number>} */
    const found = {};
    for (const [name, text] of Object.entries(said)) {
      if (Object.hasOwn(this.elsewhere, name)) this.notes.push(`${owner}: "${this.elsewhere[name]}" needs the app; it was left out`);
      else if (!Object.hasOwn(declared, name)) this.notes.push(`${owner} has no setting '${name}'${nearest(name, Object.keys(declared))}; it was left out`);
      else {
        const value = this.number(text, declared[name], `${owner}: ${declared[name].title}`);
        if (value !== null) found[name] = value;
      }
    }
    for (const [name, number] of Object.entries(declared)) {
      if (name in found) continue;
      const before = Object.hasOwn(said, name) ? [] : number.formerly;
      const then = before.find(([version]) => !isLater(this.version, numbersOf(version)))?.[1] ?? number.value;
      if (then !== number.value || always.includes(name)) found[name] = then;
      if (then === number.value) continue;
      const made = (this.version ?? []).join(".");
      this.notes.push(`${owner}: ${number.title} is ${byHand(then)}, its default in Descent ${made}, which has made this; now that is ${byHand(number.value)}`);
    }
    return found;
  }

  /** The nearest valid number; null where it is none. @param {string} text @param {FreeNumber} number @param {string} what */
  number(text, { low, high, whole, range }, what) {
    const value = numberOf(text);
    if (Number.isNaN(value)) {
      this.notes.push(`${what} = '${text}' is not a number and was left out`);
      return null;
    }
    const inside = Math.min(Math.max(value, low), high);
    const valid = whole ? roundHalfEven(inside) : inside;
    if (valid !== value) this.notes.push(`${what} = ${byHand(value)} was changed to ${byHand(valid)}; ${range} is valid`);
    return valid;
  }

  /** @param {string} text @returns {Point[]} one, or none where it is no point */
  point(text) {
    const point = text.split(",").map(numberOf);
    if (point.length === 2 && point.every((each) => Math.abs(each) < FARTHEST)) return [/** @type {Point} */ (point)];
    this.notes.push(`point needs 2 numbers between -1e9 and 1e9, not '${text}'; it was left out`);
    return [];
  }
}

const NEAR = 0.6; // as Python's difflib has it

/** The valid name that is closest to a wrong one, as a part of a sentence; "" where none is close. @param {string} name @param {string[]} names */
function nearest(name, names) {
  const near = names.map((valid) => ({ valid, share: (2 * inCommon(name.toLowerCase(), valid)) / (name.length + valid.length) }));
  const best = near.reduce((one, other) => (other.share > one.share || (other.share === one.share && other.valid > one.valid) ? other : one), { valid: "", share: 0 });
  return best.share >= NEAR ? ` (did you mean '${best.valid}'?)` : "";
}

/** How many letters two words have in common: their longest common piece, and what is before it and after it. @param {string} one @param {string} other @returns {number} */
function inCommon(one, other) {
  for (let length = Math.min(one.length, other.length); length > 0; length--) {
    for (let at = 0; at + length <= one.length; at++) {
      const there = other.indexOf(one.slice(at, at + length));
      if (there < 0) continue;
      return length + inCommon(one.slice(0, at), other.slice(0, there)) + inCommon(one.slice(at + length), other.slice(there + length));
    }
  }
  return 0;
}

const DIGITS = String.raw`\d+(?:_\d+)*`;
const NUMBER = new RegExp(String.raw`^[+-]?(?:inf(?:inity)?|(?:${DIGITS}\.?(?:${DIGITS})?|\.${DIGITS})(?:e[+-]?${DIGITS})?)$`, "i");

/** A number as Python's `float` reads it; NaN where that is none. @param {string} text */
function numberOf(text) {
  const plain = text.trim();
  return NUMBER.test(plain) ? Number(plain.replaceAll("_", "").replace(/inf.*/i, "Infinity")) : NaN;
}

/** The nearest whole number, the even one of two, as Python's `round` has it. @param {number} value */
function roundHalfEven(value) {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 ? up - 1 : up;
}

/** A setting's name and its value. @param {string} setting @returns {[string, string]} */
function split(setting) {
  const at = setting.indexOf(":");
  return at < 0 ? [setting, ""] : [setting.slice(0, at), setting.slice(at + 1)];
}

/** A version's numbers, null where it is none. @param {string} version */
function numbersOf(version) {
  const parts = version.split(".");
  return parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : null;
}

/** Whether a version is later than another. @param {number[] | null} one @param {number[] | null} other */
function isLater(one, other) {
  for (let k = 0; k < Math.max(one?.length ?? 0, other?.length ?? 0); k++) {
    const [a, b] = [one?.[k] ?? -1, other?.[k] ?? -1];
    if (a !== b) return a > b;
  }
  return false;
}
