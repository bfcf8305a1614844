// Curves over the steps of training, of which only the kept steps are known.

import { CurvePanel } from "./curves.js";
import { momentOf } from "./training.js";
import { wordsOfCurves } from "./words.js";

/** @import { Trainer } from "./trainer.js" */

const NO_CLASSES = "numbers are fitted here, no classes told apart"; // so nothing is right or wrong

export class TrainingCurves extends CurvePanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name);
    this.trainer = trainer;
  }

  /** @override */
  pixel(/** @type {number} */ index, /** @type {number} */ position) {
    const axes = this.axes();
    if (!axes) return null;
    const { x, y } = axes;
    const values = this.values()[index];
    const moment = momentOf(this.trainer.training.kept, position);
    const low = y.pixel(values[moment.index]);
    const high = y.pixel(values[Math.min(values.length - 1, moment.index + 1)]);
    const height = moment.share ? low + moment.share * (high - low) : low;
    return Number.isFinite(height) ? [x.pixel(position), height] : null;
  }

  /** Whether there is nothing that could be right or wrong. */
  get missing() {
    return this.name === "accuracy" && !this.trainer.training.data.classes.length;
  }

  /** @override */
  figure() {
    const made = super.figure();
    if (!made || !this.missing) return made;
    const { layout } = made;
    const why = { ...layout.annotations[0], text: NO_CLASSES.replace(", ", ",<br>"), x: 0.5, y: 0.5, xanchor: "center", yanchor: "middle", align: "center" };
    return { data: [], layout: { ...layout, yaxis: { ...layout.yaxis, showticklabels: false, showgrid: false }, annotations: [...layout.annotations, why] } };
  }

  words() {
    const { training, clock } = this.trainer;
    if (this.missing) return `${NO_CLASSES}, at step ${clock.step} as at any other`;
    const found = training.curves[this.name];
    if (!found) return "";
    const { index } = momentOf(training.kept, clock.position);
    return wordsOfCurves(this.player, found, this.values().map((values) => ({ length: training.steps + 1, [clock.step]: values[index] })));
  }
}
