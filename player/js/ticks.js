// Numbers at axes: as many as have room, at round places.

/** @import { Range } from "./types" */

const STEPS = [1, 2, 5, 10]; // times a power of ten, between two numbers of an axis
const LETTERS = /** @type {Record<number, string>} */ ({ "-5": "f", "-4": "p", "-3": "n", "-2": "μ", "-1": "m", 1: "k", 2: "M", 3: "B", 4: "T" }); // of powers of a thousand
const RATHER = 4; // where with those only one number would be left

/** Round numbers within limits, at most so many, but two where there are two. @param {Range} limits @param {number} most @returns {number[]} */
export function roundNumbers([low, high], most) {
  if (!(high > low)) return [];
  const wide = Math.max(1, Math.floor(most));
  const power = 10 ** Math.floor(Math.log10((high - low) / wide));
  const slack = 1e-9 * (high - low);
  const multiples = (/** @type {number} */ step) => {
    const [first, last] = [Math.ceil((low - slack) / step), Math.floor((high + slack) / step)];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  };
  /** @type {number[]} */
  let found = [];
  for (const factor of STEPS) {
    const fewer = multiples(factor * power);
    if (found.length && fewer.length < 2) {
      const others = multiples(RATHER * power);
      if (others.length > 1) found = others;
      break;
    }
    found = fewer;
    if (found.length <= wide) break;
  }
  return found;
}

/** Powers of ten within limits that are logarithms, at most so many; where there are two, what has room between them; where there are fewer, their doubles and halves, too, and within a factor of two any round numbers. @param {Range} limits @param {number} most @returns {number[]} */
export function powersOfTen([low, high], most) {
  const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  const count = last - first + 1;
  if (count < 2) {
    const decades = [0, 1, 2].map((i) => 10 ** (Math.floor(low) + i));
    const between = decades.flatMap((power) => [power, 2 * power, 5 * power]).filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
    if (between.length < 2 && high > low && high - low < 0.5) return roundNumbers([10 ** low, 10 ** high], most);
    return spaced(between, Math.log10, (high - low) / Math.max(1, most));
  }
  if (count === 2 && most >= 2) {
    const apart = (high - low) / most - 1e-9;
    const parts = Math.log10(2) >= apart ? [1, 2, 5] : Math.log10(3) >= apart ? [1, 3] : [1];
    const around = [first - 1, first, last].flatMap((power) => parts.map((part) => Number(`${part}e${power}`)));
    return around.filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
  }
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(most))));
  const from = Math.ceil(first / every) * every; // one is among them where it can be
  const powers = Array.from({ length: Math.floor((last - from) / every) + 1 }, (_, i) => from + i * every);
  return (powers.length ? powers : [first]).map((power) => Number(`1e${power}`));
}

/** Of rising numbers those that are so far apart, measured by where they stand; the last is among them. @param {number[]} values @param {(value: number) => number} place @param {number} distance */
export function spaced(values, place, distance) {
  /** @type {number[]} */
  const kept = [];
  for (const value of [...values].reverse()) if (!kept.length || place(kept[kept.length - 1]) - place(value) >= distance - 1e-9) kept.push(value);
  return kept.reverse();
}

/** What numbers at a linear axis are counted in, as Plotly does from its greatest number: thousands (k), say; 1 and "" where they are written in full. @param {number} greatest @returns {[unit: number, letter: string]} */
function unitOf(greatest) {
  const power = Math.floor(Math.log10(greatest) + 0.01);
  if (!(Math.abs(power) > 3) || power > 14 || power < -15) return [1, ""];
  const thousands = Math.round((power - 1) / 3);
  return [10 ** (3 * thousands), LETTERS[thousands] ?? ""];
}

/** Round numbers at a linear axis, each in the same unit. @param {number[]} values @param {Range} limits of the axis @returns {string[]} */
export function writtenTogether(values, limits) {
  const [unit, letter] = unitOf(Math.max(...limits.map(Math.abs)));
  return values.map((value) => (letter && value ? `${written(Number((value / unit).toPrecision(12)))}${letter}` : written(value)));
}

/** A round number at an axis, with a true minus. @param {number} value */
export function written(value) {
  const size = Math.abs(value);
  const text = size && (size >= 1e5 || size < 1e-3) ? value.toExponential().replace("e+", "e") : String(value);
  return text.replaceAll("-", "\u2212");
}
