// One example at a time where the inputs of a network have no plane: its picture, what the units make of it, and the way to the next.

import { probabilities } from "./dense.js";
import { contextOf, element, short } from "./dom.js";
import { className } from "./examples.js";
import { channels } from "./shades.js";

/** @import { Training } from "./types" */
/** @import { Dense } from "./dense.js" */

/** How many inputs a side of a picture has that they are the pixels of; 0 where they are none. @param {number} inputs */
export function imageSide(inputs) {
  const side = Math.round(Math.sqrt(inputs));
  return inputs > 2 && side * side === inputs ? side : 0;
}

export class ExampleInput {
  /** @param {() => void} changed another example is shown */
  constructor(changed) {
    this.changed = changed;
    this.index = 0;
    /** @type {Training | null} */
    this.training = null;
    this.canvas = element("canvas");
    const turn = (/** @type {number} */ by, /** @type {string} */ words, /** @type {string} */ sign) => element("button", { type: "button", "aria-label": words, title: words, click: () => this.turn(by) }, sign);
    this.label = element("span");
    this.element = element("div", { class: "example", hidden: true }, turn(-1, "Example before", "‹"), this.label, turn(1, "Next example", "›"));
  }

  /** @param {Training} training */
  setTraining(training) {
    this.training = training;
    if (this.index >= this.count) this.index = 0;
    this.show();
  }

  get examples() {
    return this.training?.data.shown ?? null;
  }

  get count() {
    return this.examples?.y.length ?? 0;
  }

  /** Another example, so many further. @param {number} by */
  turn(by) {
    if (!this.count) return;
    this.index = (this.index + by + this.count) % this.count;
    this.show();
    this.changed();
  }

  show() {
    this.element.hidden = !this.count;
    if (!this.count) return;
    this.label.replaceChildren(`${this.index + 1} of ${this.count}`, element("br"), `it is ${this.training?.data.classes[this.examples?.y[this.index] ?? 0] ?? this.truth}`);
    this.draw();
  }

  /** Its inputs, a row for each. */
  get point() {
    return this.examples ? this.examples.x.map((row) => row.subarray(this.index, this.index + 1)) : [];
  }

  /** What the example is, in words. */
  get truth() {
    const { training, examples } = this;
    if (!training || !examples) return "";
    const { data } = training;
    return data.classes.length ? className(data, examples.y[this.index]) : short(examples.y[this.index]);
  }

  /** What every unit gives for it, by layer; of the outputs the probabilities, where there are classes. @param {Dense} net */
  values(net) {
    const { point, training } = this;
    if (!point.length || !training) return [];
    const all = [point.map(([value]) => value), ...net.sizes.slice(1).map((size) => Array.from({ length: size }, () => 0))];
    const outputs = net.outputs(point, (layer, unit, values) => (all[layer + 1][unit] = values[0]));
    if (training.network.loss !== "squared") all[all.length - 1] = probabilities(outputs).map(([share]) => share);
    return all;
  }

  /** Its picture, in the colour of the text. */
  draw() {
    const { training, examples, canvas, point } = this;
    if (!training || !examples) return;
    const side = imageSide(training.data.inputs);
    if (!side) return;
    canvas.width = canvas.height = side;
    const [low, high] = reachOf(examples.x);
    const image = contextOf(canvas).createImageData(side, side);
    const ink = channels(training.theme.text);
    for (const [i, [value]] of point.entries()) {
      image.data.set(ink, 4 * i);
      image.data[4 * i + 3] = (255 * (value - low)) / (high - low);
    }
    contextOf(canvas).putImageData(image, 0, 0);
  }
}

/** The smallest and the largest of all inputs. @param {Float32Array[]} rows */
function reachOf(rows) {
  let [low, high] = [Infinity, -Infinity];
  for (const row of rows) for (const value of row) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high > low ? [low, high] : [0, 1];
}
