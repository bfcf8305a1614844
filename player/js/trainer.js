// The player of networks in training: the same clock, bar and table, with panels of networks in place of those of a landscape.

import { BoundaryPanel } from "./boundary.js";
import { short } from "./dom.js";
import { Dense } from "./dense.js";
import { DepthPanel } from "./depth.js";
import { NetworkPanel } from "./network.js";
import { Player } from "./player.js";
import { ActivationsPanel } from "./ridges.js";
import { arrangeTraining } from "./traininglayout.js";
import { groundOf, momentOf, rowAt } from "./training.js";
import { TrainingCurves } from "./trainingcurves.js";

/** @import { Panel } from "./panel.js" */
/** @import { Moment, Training } from "./types" */

const WORDS_ONLY = 12; // the aspect of boundaries where there are none to see

/** @param {number} share */
const percentage = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(1).replace(/^100.0$/, "100")}\u00a0%` : "–");

/** @type {Record<string, new (trainer: any, name: string) => Panel>} */
const NETWORK_KINDS = { boundary: BoundaryPanel, activations: ActivationsPanel, network: NetworkPanel, depth: DepthPanel };

export class Trainer extends Player {
  /** What is played. */
  get training() {
    return /** @type {Training} */ (this.race);
  }

  /** Networks in training, from `readTraining`. @param {Training} training */
  setTraining(training) {
    this.dense = new Dense(training.network);
    this.row = new Float64Array(training.runs[0].weights.length / training.kept.length);
    this.root.classList.add("training");
    this.setLandscape(groundOf(training));
    this.clock.stops = training.kept;
    this.setRace(training);
  }

  /** @param {string} name @returns {Panel} @override */
  newPanel(name) {
    const Kind = NETWORK_KINDS[name] ?? TrainingCurves;
    return new Kind(this, name);
  }

  /** @override */
  template() {
    if (this.presenter.on) return super.template();
    const { runs, data, board } = this.training;
    return arrangeTraining([...this.panels.keys()], this.size, board, runs.length, data.inputs === 1 ? 1.2 : data.inputs > 2 ? WORDS_ONLY : this.aspect, this.fills, this.training.network.sizes.length - 2);
  }

  /** While presenting: the first panel alone, all, and each of the others. @param {string[]} names @returns {string[][]} @override */
  stages([first, ...others]) {
    return [[first], [first, ...others], ...others.map((name) => [name])];
  }

  /** Nothing has a trail here. @override */
  get hasTrails() {
    return false;
  }

  /** @override */
  get competitor() {
    return "Network";
  }

  /** @override @returns {{ title: string, about: string, of(index: number): string }} */
  get score() {
    const { runs, data } = this.training;
    const now = (/** @type {Float32Array} */ values) => values[this.moment.index];
    if (!data.classes.length) return { title: "Test loss", about: "The loss on the test examples", of: (index) => short(now(runs[index].testLosses)) };
    return { title: "Test", about: "The share of the test examples that is right", of: (index) => percentage(now(runs[index].testAccuracies)) };
  }

  /** Which of the kept steps is shown. @returns {Moment} */
  get moment() {
    return momentOf(this.training.kept, this.position);
  }

  /** Show the units and weights of a network. @param {number} run */
  choose(run) {
    const panel = this.panels.get("network");
    if (panel instanceof NetworkPanel) panel.choose(run);
  }

  /** A network with its weights at the shown step. @param {number} run */
  network(run) {
    const dense = /** @type {Dense} */ (this.dense);
    const { weights, statistics } = this.training.runs[run];
    const row = /** @type {Float64Array} */ (this.row);
    dense.load(rowAt(weights, row.length, this.moment, row), statistics ? this.statisticsAt(statistics) : null);
    return dense;
  }

  /** @param {Float32Array} statistics */
  statisticsAt(statistics) {
    const size = statistics.length / this.training.kept.length;
    return rowAt(statistics, size, this.moment, new Float64Array(size));
  }

  /** What a network gives at points at the shown step, a row for each output. @param {number} run @param {ArrayLike<number>[]} points a row for each input */
  outputs(run, points) {
    return this.network(run).outputs(points);
  }
}
