// The network itself: its units, each with its own picture of the plane inside it, and its weights as lines.

import { CanvasPanel } from "./canvaspanel.js";
import { element, short } from "./dom.js";
import { ExampleInput, imageSide } from "./exampleinput.js";
import { namesOf } from "./labels.js";
import { UnitFocus } from "./unitfocus.js";
import { drawFan, drawWeights, graphOf } from "./unitgraph.js";
import { drawLarge } from "./unitlarge.js";
import { drawAnswers, drawCounts, drawLegend, drawMore, namesWidth, outputNames } from "./unitnotes.js";
import { UnitPictures } from "./unitpictures.js";
import { slicesOf } from "./unitwords.js";

/** @import { Size, Trained } from "./types" */
/** @import { Graph, Lines, Place } from "./unitgraph.js" */
/** @import { Unit } from "./unitwords.js" */
/** @import { Trainer } from "./trainer.js" */

const FEW_POINTS = 14; // along a side of a unit's picture, while something moves
const POINTS = 28; // and at rest
const RESTED = 140; // milliseconds after which units are computed finely
const TYPICAL = 0.98; // this share of the weights of a layer, over all steps, are narrower than the widest line
const GRAPH_TEXT = 13; // CSS pixels of all letters
const EXAMPLE = 120; // CSS pixels of the side of an example's picture, at most
const TURNERS = 46; // and of what turns to the next one, under it
const ROOMY_GRAPH = 230; // CSS pixels of a panel in which there is room for what the lines mean

export class NetworkPanel extends CanvasPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name, "The network: units and weights");
    this.tabs = element("div", { class: "tabs", role: "group", "aria-label": "Network" });
    this.example = new ExampleInput(() => this.changed());
    this.focus = new UnitFocus(this);
    this.element.append(this.tabs, this.example.element, this.focus.spoken);
    this.chosen = 0;
    this.picked = false; // by the user
    this.pictures = new UnitPictures(trainer.training);
    /** @type {number[][]} for each network the size of a weight of each layer that has the widest line */
    this.largest = [];
    /** @type {Graph | null} */
    this.graph = null;
    /** @type {Lines | null} */
    this.lines = null;
    /** @type {number[][]} what each unit gives for the example that is shown, by layer */
    this.values = [];
    this.fine = false;
    this.shown = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  get training() {
    return this.trainer.training;
  }

  /** The network that is shown: the chosen one, or the one whose row in the table is pointed at. */
  get current() {
    return this.trainer.highlight ?? this.chosen;
  }

  get run() {
    return this.training.runs[this.current];
  }

  /** Whether the inputs stand as one picture. */
  get pictured() {
    return imageSide(this.training.data.inputs) > 0;
  }

  setRace() {
    const { runs } = this.training;
    this.pictures = new UnitPictures(this.training);
    this.example.setTraining(this.training);
    if (!this.picked || this.chosen >= runs.length) this.chosen = (runs.length - 1) >> 1;
    this.largest = runs.map((run) => this.widest(run));
    this.focus.forget();
    this.tabs.hidden = runs.length < 2;
    this.tabs.replaceChildren(...runs.map((run, index) => tab(run, () => this.choose(index))));
    this.nameTabs();
    this.mark();
  }

  resize() {
    super.resize();
    if (this.trainer.race) this.nameTabs();
  }

  /** The names of the networks, as short as there is room for all. */
  nameTabs() {
    const labels = this.training.runs.map(({ label }) => label);
    for (let form = 0; form < namesOf(labels, 0).length; form++) {
      for (const [index, made] of [...this.tabs.children].entries()) made.textContent = namesOf(labels, index)[form];
      if (this.tabs.scrollWidth <= this.tabs.clientWidth) return;
    }
  }

  /** Show another network. @param {number} index */
  choose(index) {
    this.chosen = index;
    this.picked = true;
    this.mark();
    this.changed();
  }

  /** Something else is shown: draw it, and say it. */
  changed() {
    this.trainer.animation.told = -Infinity;
    this.trainer.invalidate();
  }

  mark() {
    for (const [index, made] of [...this.tabs.children].entries()) made.setAttribute("aria-pressed", String(index === this.current));
  }

  /** The size of a weight of each layer that only few exceed, over all steps. @param {Trained} run */
  widest(run) {
    const { network, kept } = this.training;
    const count = run.weights.length / kept.length;
    return slicesOf(network).map(({ from, size }, layer) => {
      const all = [];
      const stride = Math.max(1, Math.floor((size * kept.length) / 4000));
      for (let i = 0; i < size * kept.length; i += stride) {
        const weight = Math.abs(run.weights[Math.floor(i / size) * count + from + (i % size)]);
        if (Number.isFinite(weight)) all.push(weight);
      }
      all.sort((a, b) => a - b);
      return all[Math.floor(TYPICAL * (all.length - 1))] || 1 / network.sizes[layer];
    });
  }

  // ---- drawing

  /** @param {CanvasRenderingContext2D} context @param {Size} size @override */
  paint(context, size) {
    const { trainer, training, pictured } = this;
    const { sizes } = training.network;
    const plane = training.data.inputs <= 2;
    const names = outputNames(training);
    const box = this.box(context, size, names);
    const graph = (this.graph = this.graphIn(box));
    this.settle(`${trainer.position}|${this.current}|${this.sizeKey}|${training.token}`);
    this.mark();
    const net = trainer.network(this.current);
    const row = /** @type {Float64Array} */ (trainer.row);
    const matrices = slicesOf(training.network).map(({ from, size: count }) => row.subarray(from, from + count));
    const lines = (this.lines = { matrices: pictured ? [new Float64Array(0), ...matrices.slice(1)] : matrices, sizes, largest: this.largest[this.current] });
    this.values = this.example.values(net);
    const unit = this.focus.place;
    if (pictured) drawFan(context, graph, training.theme.text, unit);
    drawWeights(context, graph, lines, [training.data.colours[0], training.data.colours[1]], this.scale, unit, this.focus.weight);
    const side = this.fine ? POINTS : FEW_POINTS;
    if (plane) this.pictures.compute(net, graph, side, `${this.shown}|${side}|${this.focus.first}`);
    else if (pictured) this.pictures.computeWeights(matrices[0], graph, this.largest[this.current][0]);
    this.drawUnits(context, graph);
    this.drawNotes(context, size, graph, box, names);
    this.placeExample(graph);
    if (unit && this.isLarge(unit)) drawLarge(context, unit, plane ? this.pictures.large(net, unit) : this.pictures.copied(unit), this.focus.linesOf(unit), training, { ...size, scale: this.scale, over: this.tabs.hidden ? 0 : this.tabs.offsetHeight });
    if (!this.tooltip.hidden) this.focus.showTip();
  }

  /** Where the units stand. @param {CanvasRenderingContext2D} context @param {Size} size @param {string[]} names of the outputs */
  box(context, { width, height }, names) {
    const letters = GRAPH_TEXT * this.scale;
    const top = (this.tabs.hidden ? 0.3 * letters : this.tabs.offsetHeight + 2) + 1.5 * letters;
    const under = 0.5 + (this.legend(height) ? 1.6 : 0);
    return { left: 0.8 * letters, right: width - 0.8 * letters - namesWidth(context, names, this.example.count > 0, letters), top, bottom: height - under * letters };
  }

  /** Whether there is room for what the lines mean. @param {number} height */
  legend(height) {
    return height > ROOMY_GRAPH * this.scale;
  }

  /** The units within a box; where there is no room for all of them, with a line under them. @param {ReturnType<NetworkPanel["box"]>} box */
  graphIn(box) {
    const { sizes } = this.training.network;
    const turners = TURNERS * this.scale;
    const picture = this.pictured ? Math.max(24, Math.min(EXAMPLE * this.scale, 0.3 * (box.right - box.left), box.bottom - box.top - 2 * turners)) : 0;
    const whole = graphOf(sizes, box, this.scale, picture, this.focus.first);
    if (!whole.hidden.some(Boolean)) return whole;
    box.bottom -= 1.3 * GRAPH_TEXT * this.scale;
    return graphOf(sizes, box, this.scale, picture, this.focus.first);
  }

  /** @param {string} shown */
  settle(shown) {
    if (shown === this.shown) return;
    this.shown = shown;
    this.fine = false;
    clearTimeout(this.timer);
    if (this.trainer.clock.playing) return;
    this.timer = setTimeout(() => {
      this.fine = true;
      this.trainer.invalidate();
    }, RESTED);
  }

  /** @param {CanvasRenderingContext2D} context @param {Graph} graph */
  drawUnits(context, { places }) {
    const { theme } = this.training;
    for (const place of places.flat()) {
      const { side } = place;
      const [left, top] = [place.x - side / 2, place.y - side / 2];
      context.fillStyle = theme.background;
      context.fillRect(left, top, side, side);
      this.fill(context, place, left, top);
      const at = this.focus.isAt(place);
      context.strokeStyle = at ? theme.accent : theme.text;
      context.globalAlpha = at ? 1 : 0.45;
      context.lineWidth = (at ? 2.5 : 1) * this.scale;
      context.strokeRect(left, top, side, side);
      context.globalAlpha = 1;
    }
  }

  /** What is in a unit: its picture, or what it gives for the example as a colour. @param {CanvasRenderingContext2D} context @param {Place} place @param {number} left @param {number} top */
  fill(context, place, left, top) {
    const { layer, unit, side } = place;
    const { pictured } = this;
    context.imageSmoothingEnabled = !pictured;
    if (this.training.data.inputs <= 2 || (pictured && layer === 1)) this.pictures.draw(context, place, left, top, side);
    else if (pictured && layer === 0) context.drawImage(this.example.canvas, left, top, side, side);
    else if (this.values.length) {
      const most = layer === this.values.length - 1 && this.training.network.loss !== "squared" ? 1 : Math.max(1e-12, ...this.values[layer].map(Math.abs));
      context.fillStyle = this.pictures.colourOf(0.5 + this.values[layer][unit] / (2 * most));
      context.fillRect(left, top, side, side);
    }
    context.imageSmoothingEnabled = true;
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @param {Graph} graph @param {ReturnType<NetworkPanel["box"]>} box @param {string[]} names of the outputs */
  drawNotes(context, { width, height }, graph, box, names) {
    const { training } = this;
    const { theme, data } = training;
    const letters = GRAPH_TEXT * this.scale;
    drawCounts(context, graph, training.network.sizes, box.top - 0.3 * letters, letters, theme);
    drawMore(context, graph, box, letters, theme);
    const shares = data.classes.length && this.values.length ? this.values[this.values.length - 1] : [];
    if (names.length) drawAnswers(context, graph, names, shares, letters, training);
    if (this.legend(height)) drawLegend(context, box.left, height - 0.9 * letters, width - 2 * box.left, letters, data.colours, theme);
  }

  /** What turns to the next example stands under its picture. @param {Graph} graph */
  placeExample({ places: [[input], ...others] }) {
    const made = this.example.element;
    const below = this.pictured ? input.y + input.side / 2 + 2 : Math.max(...[[input], ...others].flat().map(({ y, side }) => y + side / 2));
    made.style.transform = `translate(${Math.max(0, input.x - made.offsetWidth / 2)}px, ${Math.min(below, this.size.height - made.offsetHeight)}px)`;
  }

  // ---- pointing and words

  /** Whether a unit has a picture that is more than a colour, and is not large already. @param {Unit} unit */
  isLarge({ layer }) {
    return this.training.data.inputs <= 2 || (this.pictured && layer === 1);
  }

  /** @param {PointerEvent} event @override */
  pointed(event) {
    this.focus.pointed(event);
  }

  left() {
    if (document.activeElement !== this.element) this.focus.lookAt(null, null);
  }

  /** What the network makes of the example. */
  answer() {
    const { training, example, values } = this;
    if (!example.count || !values.length) return "";
    const outputs = values[values.length - 1];
    if (!training.data.classes.length) return `${example.truth}: the network gives ${short(outputs[0])}`;
    const shares = outputs.length === 1 ? [1 - outputs[0], outputs[0]] : outputs;
    const best = shares.indexOf(Math.max(...shares));
    return `${example.truth}; the network says ${training.data.classes[best]}, with ${short(100 * shares[best])}%`;
  }

  words() {
    const { training, trainer, run } = this;
    const { sizes } = training.network;
    trainer.network(this.current);
    const row = /** @type {Float64Array} */ (trainer.row);
    const layers = slicesOf(training.network).map(({ from, size }, layer) => {
      let sum = 0;
      for (let i = from; i < from + size; i++) sum += row[i] * row[i];
      return `layer ${layer + 1} ${short(Math.sqrt(sum / size))}`;
    });
    const answer = this.answer() && `. Test example ${this.example.index + 1} of ${this.example.count}: ${this.answer()}`;
    return `${run.label}: ${sizes[0] === 1 ? "1 input" : `${sizes[0]} inputs`}, hidden layers of ${sizes.slice(1, -1).join(", ") || "no"} units, ${sizes[sizes.length - 1] === 1 ? "1 output" : `${sizes[sizes.length - 1]} outputs`}. Root mean square of the weights at step ${trainer.clock.step}: ${layers.join(", ")}${answer}`;
  }

  close() {
    clearTimeout(this.timer);
    super.close();
  }
}

/** @param {Trained} run @param {() => void} click */
function tab(run, click) {
  const made = element("button", { type: "button", click }, run.label);
  made.style.setProperty("--colour", run.colour);
  return made;
}
