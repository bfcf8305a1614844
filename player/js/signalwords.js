// What becomes of the signal on its way through a network, in words.

import { short } from "./dom.js";
import { namesOf } from "./labels.js";

/** @import { Trained } from "./types" */

const FADED = 0.1; // a spread, or a signal, of this share of where it began has faded
const SATURATED = 0.5; // more of a layer than this, and it is the saturation that counts, or that its units are dead

export const OVERFLOWS = "overflows";

/** @type {Record<string, string>} of words that are long, others for where there is no room */
const BRIEF = { "keeps its size": "steady", "nothing comes back": "no signal" };

/**
 * What happens to the activations on their way forward and to the signal on its way back.
 * @param {Trained} run @param {number} at which of what is told @param {number} depth number of hidden layers @param {string} idle what units are that have hardly any slope
 * @returns {{ tag: string, sentence: string }} a word or two, and a sentence; both "" where there is nothing to say
 */
export function fateOf(run, at, depth, idle) {
  const [first, last] = [at * depth, at * depth + depth - 1];
  const [rms, median] = [run.rms, run.medianBack].map((values) => [values[last], values[first]]);
  const [middle, dead] = [run.saturated, run.dead].map((shares) => Array.from({ length: depth }, (_, layer) => shares[first + layer]).sort((a, b) => a - b)[depth >> 1]);
  const back = `the signal back has a root mean square of ${short(rms[0])} at the last hidden layer and of ${short(rms[1])} at the first`;
  if (![...rms, run.spread[last]].every(Number.isFinite)) return { tag: OVERFLOWS, sentence: "The signal is out of the range of numbers." };
  if (idle === "saturated" && middle > SATURATED) {
    const grows = rms[1] > rms[0] ? "yet where it comes through it grows towards the inputs" : "and it does not grow towards the inputs";
    return { tag: "saturates", sentence: `Saturated units let hardly any signal back, half of it is below ${short(median[1])} at the first layer; ${grows}: ${back}.` };
  }
  if (rms[0] === 0 && rms[1] === 0) return { tag: "nothing comes back", sentence: "No signal comes back: nothing can be learned here." };
  if (dead > SATURATED) return { tag: "dies", sentence: `In half of the layers most units are dead: they have no slope for any example, and learn nothing any more; ${back}.` };
  const [forward, backward] = [run.spread[last] / run.spread[first], rms[1] / rms[0]];
  const faded = forward < FADED || backward < FADED;
  const grown = forward > 1 / FADED || backward > 1 / FADED;
  const way = `Activations spread by ${short(run.spread[first])} in the first hidden layer and by ${short(run.spread[last])} in the last; ${back}.`;
  return { tag: faded ? "fades" : grown ? "grows" : "keeps its size", sentence: way };
}

/**
 * A network's name with what becomes of its signal, shorter and shorter: a shorter word for that, and the shorter names of `namesOf`.
 * @param {string[]} labels of all networks @param {number} run which of them @param {string} tag
 */
export function namesWith(labels, run, tag) {
  const brief = BRIEF[tag] ?? tag;
  return [`${labels[run]}: ${tag}`, ...namesOf(labels, run).map((name) => `${name}: ${brief}`)];
}
