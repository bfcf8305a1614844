// The network itself: its units, each with its own picture of the plane inside it, and its weights as lines.

import { CanvasPanel } from "./canvaspanel.js";
import { element, short } from "./dom.js";
import { fontOf } from "./plotting.js";
import { drawWeights, graphOf, sameUnit, unitAt } from "./unitgraph.js";
import { UnitPictures } from "./unitpictures.js";

/** @import { Edges, Size, Trained } from "./types" */
/** @import { Graph, Place } from "./unitgraph.js" */
/** @import { Trainer } from "./trainer.js" */

const FEW_POINTS = 14; // along a side of a unit's picture, while something moves
const POINTS = 28; // and at rest
const RESTED = 140; // milliseconds after which units are computed finely
const INSET = 210; // CSS pixels of the large picture
const TYPICAL = 0.98; // this share of the weights of a layer, over all steps, are narrower than the widest line

export class NetworkPanel extends CanvasPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name, "The network: units and weights");
    this.tabs = element("div", { class: "tabs", role: "group", "aria-label": "Network" });
    this.element.append(this.tabs);
    this.chosen = 0;
    this.picked = false; // by the user
    this.pictures = new UnitPictures(trainer.training);
    /** @type {number[][]} for each network the size of a weight of each layer that has the widest line */
    this.largest = [];
    /** @type {Graph | null} */
    this.graph = null;
    /** @type {Place | null} the unit that is pointed at */
    this.unit = null;
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

  setRace() {
    const { runs } = this.training;
    this.pictures = new UnitPictures(this.training);
    if (!this.picked || this.chosen >= runs.length) this.chosen = (runs.length - 1) >> 1;
    this.largest = runs.map((run) => this.widest(run));
    this.unit = null;
    this.tabs.hidden = runs.length < 2;
    this.tabs.replaceChildren(...runs.map((run, index) => tab(run, () => this.choose(index))));
    this.mark();
  }

  /** Show another network. @param {number} index */
  choose(index) {
    this.chosen = index;
    this.picked = true;
    this.mark();
    this.trainer.told = -Infinity;
    this.trainer.invalidate();
  }

  mark() {
    for (const [index, made] of [...this.tabs.children].entries()) made.setAttribute("aria-pressed", String(index === this.current));
  }

  /** The size of a weight of each layer that only few exceed, over all steps. @param {Trained} run */
  widest(run) {
    const { sizes } = this.training.network;
    const count = run.weights.length / this.training.kept.length;
    return this.slices().map(({ from, size }, layer) => {
      const all = [];
      const stride = Math.max(1, Math.floor((size * this.training.kept.length) / 4000));
      for (let i = 0; i < size * this.training.kept.length; i += stride) {
        const weight = Math.abs(run.weights[Math.floor(i / size) * count + from + (i % size)]);
        if (Number.isFinite(weight)) all.push(weight);
      }
      all.sort((a, b) => a - b);
      return all[Math.floor(TYPICAL * (all.length - 1))] || 1 / sizes[layer];
    });
  }

  /** Where each layer's matrix stands among the weights. */
  slices() {
    const { sizes, batch_norm: normalized } = this.training.network;
    let from = 0;
    return sizes.slice(1).map((out, layer) => {
      const size = out * sizes[layer];
      const slice = { from, size };
      from += size + out + (normalized && layer < sizes.length - 2 ? 2 * out : 0);
      return slice;
    });
  }

  // ---- drawing

  /** @param {CanvasRenderingContext2D} context @param {Size} size @override */
  paint(context, size) {
    const { trainer, training } = this;
    const { sizes } = training.network;
    const letters = 12 * this.scale;
    const top = this.tabs.hidden ? 0.6 * letters : this.tabs.offsetHeight + 4;
    const box = { left: 1.2 * letters, right: size.width - 2.6 * letters, top: top + 1.6 * letters, bottom: size.height - 0.8 * letters };
    const plane = training.data.inputs <= 2;
    const graph = (this.graph = graphOf(plane ? sizes : [1, ...sizes.slice(1)], box, this.scale));
    this.settle(`${trainer.position}|${this.current}|${this.sizeKey}|${training.token}`);
    this.mark();
    const net = trainer.network(this.current);
    const row = /** @type {Float64Array} */ (trainer.row);
    const matrices = this.slices().map(({ from, size: count }) => row.subarray(from, from + count));
    const colours = [training.data.colours[0], training.data.colours[1]];
    drawWeights(context, graph, plane ? matrices : [[], ...matrices.slice(1)], sizes, this.largest[this.current], colours, this.scale, this.unit);
    const side = this.fine ? POINTS : FEW_POINTS;
    if (plane) this.pictures.compute(net, graph, side, `${this.shown}|${side}`);
    else this.pictures.computeWeights(matrices[0], graph, this.largest[this.current][0]);
    this.drawUnits(context, graph);
    this.drawHeads(context, graph, box.top - 0.5 * letters, letters);
    if (this.unit && (plane || this.unit.layer === 1)) this.drawLarge(context, this.unit, size);
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
  drawUnits(context, { places, side, hidden }) {
    const { theme, data } = this.training;
    const letters = (this.trainer.presenter.on ? 12 : 10.5) * this.scale;
    for (const [layer, column] of places.entries()) {
      for (const place of column) {
        const [left, top] = [place.x - side / 2, place.y - side / 2];
        context.fillStyle = theme.background;
        context.fillRect(left, top, side, side);
        if (data.inputs <= 2 || layer === 1) this.pictures.draw(context, place, left, top, side);
        const at = this.unit && sameUnit(this.unit, place);
        context.strokeStyle = at ? theme.accent : theme.text;
        context.globalAlpha = at ? 1 : 0.45;
        context.lineWidth = (at ? 2.5 : 1) * this.scale;
        context.strokeRect(left, top, side, side);
        context.globalAlpha = 1;
      }
      if (!hidden[layer]) continue;
      context.font = fontOf(letters);
      context.fillStyle = theme.text;
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(`+${hidden[layer]}`, column[0].x, column[column.length - 1].y + 0.6 * side);
    }
  }

  /** What the columns are. @param {CanvasRenderingContext2D} context @param {Graph} graph @param {number} y @param {number} size */
  drawHeads(context, { places }, y, size) {
    const { sizes } = this.training.network;
    const last = sizes.length - 1;
    const room = places.length > 1 ? places[1][0].x - places[0][0].x : Infinity;
    context.font = fontOf(size);
    context.fillStyle = this.training.theme.text;
    context.textBaseline = "bottom";
    context.globalAlpha = 0.75;
    const words = sizes.map((count, layer) => (layer === 0 ? `${count} in` : layer === last ? `${count} out` : String(count)));
    const dense = words.some((text) => context.measureText(text).width > room - 4);
    for (const [layer, text] of words.entries()) {
      if (dense && layer % 2 && layer < last) continue;
      context.textAlign = layer === 0 ? "left" : layer === last ? "right" : "center";
      const { x } = places[layer][0];
      context.fillText(text, layer === 0 ? x - 8 * this.scale : layer === last ? x + 8 * this.scale : x, y);
    }
    context.globalAlpha = 1;
  }

  /** The picture of the unit that is pointed at, large, with the data on it. @param {CanvasRenderingContext2D} context @param {Place} place @param {Size} size */
  drawLarge(context, place, { width, height }) {
    const { theme, data } = this.training;
    const side = Math.min(INSET * this.scale, 0.62 * height, 0.4 * width);
    const letters = 12 * this.scale;
    const left = place.x < width / 2 ? Math.min(width - side - 6, place.x + 34 * this.scale) : Math.max(6, place.x - side - 34 * this.scale);
    const top = Math.max(2.2 * letters, Math.min(height - side - 6, place.y - side / 2));
    const canvas = data.inputs > 2 ? this.pictures.copied(place) : this.pictures.large(this.trainer.network(this.current), place);
    context.fillStyle = theme.background;
    context.shadowColor = "rgba(0, 0, 0, 0.35)";
    context.shadowBlur = 12;
    context.fillRect(left - 5, top - 1.9 * letters, side + 10, side + 1.9 * letters + 5);
    context.shadowBlur = 0;
    context.imageSmoothingEnabled = data.inputs <= 2;
    context.drawImage(canvas, left, top, side, side);
    if (data.inputs === 2) this.drawData(context, { left, top, right: left + side, bottom: top + side });
    context.font = fontOf(letters, 600);
    context.fillStyle = theme.text;
    context.textAlign = "left";
    context.textBaseline = "bottom";
    context.fillText(this.nameOf(place), left, top - 0.4 * letters);
  }

  /** @param {CanvasRenderingContext2D} context @param {Edges} box */
  drawData(context, { left, top, right, bottom }) {
    const { window, data, theme } = this.training;
    const [[x0, x1], [y0, y1]] = window;
    const { x, y } = data.train;
    context.lineWidth = 0.8 * this.scale;
    context.strokeStyle = theme.halo;
    for (let i = 0; i < y.length; i++) {
      context.fillStyle = data.classes.length ? data.colours[y[i]] : theme.text;
      context.beginPath();
      context.arc(left + ((x[0][i] - x0) / (x1 - x0)) * (right - left), bottom - ((x[1][i] - y0) / (y1 - y0)) * (bottom - top), 2.2 * this.scale, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  /** @param {Place} place */
  nameOf({ layer, unit }) {
    const last = this.training.network.sizes.length - 1;
    if (layer === 0) return `input ${unit + 1}`;
    if (layer === last) return last && this.training.network.sizes[last] > 1 ? `output ${unit + 1}` : "output";
    return `layer ${layer}, unit ${unit + 1}${this.training.data.inputs > 2 ? ": its weights" : ""}`;
  }

  // ---- pointing and words

  /** @param {PointerEvent} event @override */
  pointed(event) {
    const [x, y] = this.at(event);
    const found = this.graph && unitAt(this.graph, x, y);
    if (Boolean(found) === Boolean(this.unit) && (!found || (this.unit && sameUnit(found, this.unit)))) return;
    this.unit = found;
    this.trainer.invalidate();
  }

  left() {
    super.left();
    this.unit = null;
    this.trainer.invalidate();
  }

  words() {
    const { training, trainer, run } = this;
    const { sizes } = training.network;
    trainer.network(this.current);
    const row = /** @type {Float64Array} */ (trainer.row);
    const layers = this.slices().map(({ from, size }, layer) => {
      let sum = 0;
      for (let i = from; i < from + size; i++) sum += row[i] * row[i];
      return `layer ${layer + 1} ${short(Math.sqrt(sum / size))}`;
    });
    return `${run.label}: ${sizes[0] === 1 ? "1 input" : `${sizes[0]} inputs`}, hidden layers of ${sizes.slice(1, -1).join(", ") || "no"} units, ${sizes[sizes.length - 1] === 1 ? "1 output" : `${sizes[sizes.length - 1]} outputs`}. Root mean square of the weights at step ${trainer.clock.step}: ${layers.join(", ")}`;
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
