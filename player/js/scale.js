// The scale of a number that can be turned: where a value stands on its track, as its declaration spaces it, and how values are rounded and read.

import { short } from "./dom.js";

/** @import { NumberBlock } from "./types" */
/** @typedef {Pick<NumberBlock, "low" | "high" | "ends" | "spacing" | "whole" | "value">} Spaced */

const EXAMPLES = "type one such as 0.203, 2.5e-3 or 1/3";
const NEAREST_ONE = 1e-6; // a share that ends at 1 is spaced as if it ended so far from it
const DIGITS = String.raw`[-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)`;
const NUMBER = new RegExp(`^${DIGITS}(?:[eE][-+−]?\\d+)?$`);
const RATIO = new RegExp(`^(${DIGITS})\\s*/\\s*(${DIGITS})$`);
const SHARE = new RegExp(`^(${DIGITS})\\s*%$`);
const AMBIGUOUS = /^([-+−]?\d+),(\d{3})$/;

/** The ends of the track, which may reach further than a hand is offered, where the value stands there. @param {Spaced} number @returns {[number, number]} */
export function endsOf({ ends: [low, high], value, spacing }) {
  return [spacing === "log" && value <= 0 ? low : Math.min(low, value), Math.max(high, value)];
}

/** From the value to a coordinate in which the spacing is even. @param {Spaced} number @param {number} value */
function coordinate({ spacing }, value) {
  if (spacing === "log") return Math.log(value);
  return spacing === "one_minus" ? -Math.log(Math.max(1 - value, NEAREST_ONE)) : value;
}

/** Where a value stands on the track, from 0 to 1; at its end where it is beyond. @param {Spaced} number @param {number} value */
export function shareOf(number, value) {
  const [low, high] = endsOf(number).map((end) => coordinate(number, end));
  const share = (coordinate(number, value) - low) / (high - low);
  return Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share));
}

/** The value at a place of the track. @param {Spaced} number @param {number} share */
function valueAt(number, share) {
  const [first, last] = endsOf(number);
  if (share <= 0) return first;
  if (share >= 1) return last;
  const [low, high] = [first, last].map((end) => coordinate(number, end));
  const at = low + share * (high - low);
  if (number.spacing === "log") return Math.exp(at);
  return number.spacing === "one_minus" ? 1 - Math.exp(-at) : at;
}

/**
 * The value at a place of the track with no more digits than a hand can tell apart there.
 * @param {Spaced} number @param {number} share the place @param {number} grain the shortest way on the track that a hand tells apart
 */
export function valueNear(number, share, grain) {
  const [low, high] = endsOf(number);
  const at = valueAt(number, share);
  if (share <= 0 || share >= 1) return at;
  const [left, right] = [share - grain / 2, share + grain / 2].map((end) => valueAt(number, end));
  const found = rounded(at, Math.max(right - left, Number.MIN_VALUE));
  return Math.min(high, Math.max(low, number.whole ? Math.round(found) : found));
}

/** The value some way along the track from another, negative to the left; another one, unless that is at the end. @param {Spaced} number @param {number} from @param {number} way */
export function stepped(number, from, way) {
  const found = valueNear(number, shareOf(number, from) + way, Math.abs(way));
  return number.whole && found === from ? Math.min(number.high, Math.max(number.low, from + Math.sign(way))) : found;
}

/** The round number next to a value: a multiple of 1, 2 or 5 times a power of ten that is no wider. @param {number} value @param {number} width */
function rounded(value, width) {
  const exponent = Math.floor(Math.log10(width));
  const digit = [5, 2, 1].find((one) => one <= width / 10 ** exponent * (1 + 1e-9)) ?? 1;
  const tens = Math.round(value / 10 ** exponent / digit) * digit;
  return exponent < 0 ? Number(tens / 10 ** -exponent) : tens * 10 ** exponent;
}

/** A value as it is written: exactly, where that is short. @param {Pick<NumberBlock, "unit">} number @param {number} value */
export function written({ unit }, value) {
  return brief(value) + (unit === "°" ? unit : "");
}

/** @param {number} value */
function brief(value) {
  const text = short(value, 6);
  const [digits, exponent] = text.split("e");
  return exponent === undefined ? text : `${String(Number(digits.replace("−", "-"))).replace("-", "−")}e${exponent}`;
}

/** A value as it is typed. @param {number} value */
export const typed = (value) => String(value);

/**
 * The number that a text is, as `read_number` of formulas/numbers.py reads it: decimal points or commas, powers of ten, and ratios.
 * @param {string} text
 * @throws {RangeError} where it is none; the message says what to write instead
 */
export function readNumber(text) {
  const given = text.trim();
  if (!given) throw new RangeError("There is no number; type one, such as 0.203.");
  const quoted = `“${given}”`;
  const plain = (/** @type {string} */ one) => Number(one.replace(",", ".").replaceAll("−", "-"));
  const thousands = AMBIGUOUS.exec(given);
  if (thousands) throw new RangeError(`${quoted} can be ${thousands[1]}.${thousands[2]} or ${thousands[1]}${thousands[2]}; write one of the two.`);
  const share = SHARE.exec(given);
  if (share) throw new RangeError(`${quoted} is no number here: write ${Number((plain(share[1]) / 100).toPrecision(15))}.`);
  const ratio = RATIO.exec(given);
  if (ratio && plain(ratio[2]) === 0) throw new RangeError(`${quoted} is no number: it divides by 0.`);
  const found = ratio ? plain(ratio[1]) / plain(ratio[2]) : NUMBER.test(given) ? plain(given) : NaN;
  if (Number.isNaN(found)) throw new RangeError(`${quoted} is no number; ${EXAMPLES}.`);
  if (!Number.isFinite(found)) throw new RangeError(`${quoted} is no finite number; ${EXAMPLES}.`);
  return found;
}

/**
 * A typed value that the declaration allows.
 * @param {NumberBlock} number @param {string} text
 * @throws {RangeError} where it does not; the message says what it does
 */
export function readValue(number, text) {
  const given = text.trim();
  const value = readNumber(number.unit && given.endsWith(number.unit) ? given.slice(0, -number.unit.length) : given);
  const valid = value >= number.low && value <= number.high && (!number.whole || Number.isInteger(value));
  if (!valid) throw new RangeError(`The ${number.title} ${written(number, value)} is outside its range; choose ${number.range}.`);
  return value;
}
