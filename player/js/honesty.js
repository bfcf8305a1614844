// What a plane hides: how far the losses that it shows are from the true ones, and how much of the paths' motion lies in it.

import { short } from "./dom.js";

/** @import { Training } from "./types" */
/** @import { Trainer } from "./trainer.js" */

export const DECEIVES = 2; // from this factor on between both losses a picture deceives
const MANY_HEADS = 4; // of more only those have their factors beside them
const DIFFERS = 1.15; // that are as large as this
const FARTHEST_OFF = 1000; // larger factors are not told more exactly

export class Honesty {
  /** @param {Trainer} trainer */
  constructor(trainer) {
    this.trainer = trainer;
  }

  /** How many times the true loss the plane's is at the end of a path, at the shown step; NaN where there is none. @param {number} index of the run */
  ratio(index) {
    const { training, moment } = this.trainer;
    return ratioOf(training, index, moment.index);
  }

  /** The same in a few words: "1.2×", "30× too high". @param {number} index */
  inShort(index) {
    const ratio = this.ratio(index);
    if (!(ratio > 0)) return "";
    const factor = Math.max(ratio, 1 / ratio);
    const told = factor > FARTHEST_OFF ? `over ${FARTHEST_OFF}×` : `${factor < 10 ? factor.toFixed(1) : short(factor, 2)}×`;
    return factor < DECEIVES ? told : `${told} too ${ratio > 1 ? "high" : "low"}`;
  }

  /** What is written at the head: where there are many, only what differs. @param {number} index */
  atHead(index) {
    const { training, off } = this.trainer;
    const ratio = this.ratio(index);
    return training.runs.length - off.size > MANY_HEADS && Math.max(ratio, 1 / ratio) < DIFFERS ? "" : this.inShort(index);
  }

  /** As short as a table needs it: an arrow upwards where the plane is too high. @param {number} index */
  marked(index) {
    return this.inShort(index).replace(" too high", " ↑").replace(" too low", " ↓").replace("over ", ">");
  }

  /** The run of those that are shown whose picture deceives most, -1 if none does. */
  get worst() {
    const { training, off } = this.trainer;
    let [worst, most] = [-1, DECEIVES];
    for (const index of training.runs.keys()) {
      const ratio = off.has(index) ? NaN : this.ratio(index);
      const factor = Math.max(ratio, 1 / ratio);
      if (factor >= most) [worst, most] = [index, factor];
    }
    return worst;
  }

  get deceives() {
    return this.worst >= 0;
  }

  /** In sentences. */
  get words() {
    const { worst } = this;
    const { training, moment } = this.trainer;
    return [worst < 0 ? "" : warning(training, worst, moment.index), ...standing(training)].filter(Boolean).join(" ");
  }

  /** What the numbers in those sentences are of, where there are such. */
  get meaning() {
    const { relief, kept, steps } = this.trainer.training;
    if (!relief || relief.explained === null) return "";
    const measured = kept.length > steps ? `every step from 0 to ${steps}` : `the ${kept.length} steps from 0 to ${steps} that are kept`;
    return `Measured on the weights at ${measured}, about their mean. A random walk of as many points has no aim, and its best plane holds ${inWholePercent(relief.randomWalk ?? NaN)}.`;
  }

  /** The longest sentences of the whole training, for which there must be room. @returns {string[]} */
  get longest() {
    const { training } = this.trainer;
    const rest = standing(training).join(" ");
    const warned = training.runs.flatMap((_, index) => {
      const steps = [...training.kept.keys()].filter((k) => Math.max(ratioOf(training, index, k), 1 / ratioOf(training, index, k)) >= DECEIVES);
      return steps.length ? [`${warning(training, index, steps[steps.length - 1])} ${rest}`] : [];
    });
    return [rest, ...warned];
  }
}

/** @param {Training} training @param {number} index @param {number} k a kept step */
function ratioOf({ runs }, index, k) {
  const { planeLosses, trueLosses } = runs[index];
  return planeLosses && trueLosses ? planeLosses[k] / trueLosses[k] : NaN;
}

/** @param {Training} training @param {number} index @param {number} k */
function warning({ runs }, index, k) {
  const { label, planeLosses, trueLosses } = runs[index];
  return `The picture deceives: ${label} has a loss of ${short(trueLosses?.[k])}, and here it reads ${short(planeLosses?.[k])}.`;
}

/** @param {number} share */
const inWholePercent = (share) => `${(100 * share).toFixed(0)}%`;

/** What holds at every step. @param {Training} training */
function standing({ relief, network, runs }) {
  if (!relief) return [];
  const { explained, randomWalk, moving } = relief;
  const share = explained === null ? "" : `${inWholePercent(explained)} of the paths' variance lies in this plane${randomWalk === null ? "" : ` (a random walk: ${inWholePercent(randomWalk)})`}.`;
  return [
    share,
    moving === null ? "" : `The ground is a slice that moves with ${runs[moving].label}.`,
    runs.some(({ noise }) => noise) ? "Ellipses: how far the slopes of single batches scatter, on one scale." : "",
    network.batch_norm ? "Normalized with the statistics of the whole training set." : "",
  ].filter(Boolean);
}
