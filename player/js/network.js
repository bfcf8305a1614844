// The network itself: its units, each with its own picture of the plane inside it, and its weights as lines.

import { CanvasPanel } from "./canvaspanel.js";
import { probabilities } from "./dense.js";
import { contextOf, element, short } from "./dom.js";
import { fontOf } from "./plotting.js";
import { gridOf, Shades } from "./shades.js";
import { drawWeights, graphOf, sameUnit, unitAt } from "./unitgraph.js";

/** @import { Edges, Size, Trained } from "./types" */
/** @import { Graph, Place } from "./unitgraph.js" */
/** @import { Trainer } from "./trainer.js" */

const FEW_POINTS = 14; // along a side of a unit's picture, while something moves
const POINTS = 28; // and at rest
const LARGE_POINTS = 72; // of the picture of the unit that is pointed at
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
    this.shades = new Shades(["#000000", "#000000"], trainer.training.theme, 1);
    /** @type {number[][]} for each network the size of a weight of each layer that has the widest line */
    this.largest = [];
    /** @type {Graph | null} */
    this.graph = null;
    /** @type {Place | null} the unit that is pointed at */
    this.unit = null;
    /** @type {{ canvas: HTMLCanvasElement, key: string, points: number }} the pictures of all units, a row for each layer */
    this.atlas = { canvas: element("canvas"), key: "", points: FEW_POINTS };
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
    const { runs, theme, data } = this.training;
    this.shades = new Shades(data.colours.length === 2 ? data.colours : [data.colours[0], data.colours[1]], theme, 0.95);
    if (!this.picked || this.chosen >= runs.length) this.chosen = (runs.length - 1) >> 1;
    this.largest = runs.map((run) => this.widest(run));
    this.atlas.key = "";
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
    const letters = 11.5 * this.scale;
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
    if (plane) this.compute(net, graph);
    else this.computeWeights(matrices[0], graph);
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

  /** Points at which units are computed: over the plane, or along the one input. @param {number} side */
  points(side) {
    const { window, data } = this.training;
    if (data.inputs === 2) return gridOf(window, side, side);
    const [[low, high]] = window;
    return [Float64Array.from({ length: side * side }, (_, i) => low + (i / (side * side - 1)) * (high - low))];
  }

  /** What every unit gives at these points, by layer, the inputs first: 0 to 1 stand for the bounds of the activation, or else for the largest size that the unit has there. @param {import("./dense.js").Dense} net @param {ArrayLike<number>[]} points */
  values(net, points) {
    const count = points[0].length;
    const { sizes, loss } = this.training.network;
    const all = sizes.map((size) => Array.from({ length: size }, () => new Float64Array(count)));
    const outputs = net.outputs(points, (layer, unit, values, from, size) => all[layer + 1][unit].set(values.subarray(0, size), from));
    const last = all.length - 1;
    if (loss !== "squared") for (const [k, row] of probabilities(outputs).entries()) all[last][k].set(row);
    for (const [k, row] of points.entries()) all[0][k].set(row);
    const bounds = boundsOf(net);
    for (const [layer, units] of all.entries()) {
      if (layer > 0 && layer < last && bounds) for (const row of units) for (let i = 0; i < count; i++) row[i] = (row[i] - bounds[0]) / (bounds[1] - bounds[0]);
      else if (layer < last || loss === "squared") for (const row of units) normalize(row);
    }
    return all;
  }

  /** @param {import("./dense.js").Dense} net @param {Graph} graph */
  compute(net, { places }) {
    const side = this.fine ? POINTS : FEW_POINTS;
    const key = `${this.shown}|${side}`;
    if (this.atlas.key === key) return;
    const all = this.values(net, this.points(side));
    const most = Math.max(...places.map((column) => column.length));
    const { canvas } = this.atlas;
    [canvas.width, canvas.height] = [most * side, places.length * side];
    const context = contextOf(canvas);
    const image = context.createImageData(side, side);
    for (const column of places) {
      for (const { layer, unit } of column) {
        if (this.training.data.inputs === 1) drawTrace(context, unit * side, layer * side, side, all[layer][unit], this.training.theme.text);
        else {
          this.shades.fillRamp(image, all[layer][unit]);
          context.putImageData(image, unit * side, layer * side);
        }
      }
    }
    this.atlas = { canvas, key, points: side };
  }

  /** Where there is no plane: the weights of each unit of the first layer as a picture, if the inputs are one. @param {Float64Array} matrix @param {Graph} graph */
  computeWeights(matrix, { places }) {
    const { inputs } = this.training.data;
    const side = Math.round(Math.sqrt(inputs));
    const { canvas } = this.atlas;
    [canvas.width, canvas.height] = [places[1].length * side, 2 * side];
    this.atlas.points = side;
    if (side * side !== inputs) return;
    const context = contextOf(canvas);
    const image = context.createImageData(side, side);
    for (const { unit } of places[1]) {
      this.shades.fillRamp(image, matrix.slice(unit * inputs, (unit + 1) * inputs).map((weight) => 0.5 + weight / (2 * this.largest[this.current][0])));
      context.putImageData(image, unit * side, side);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Graph} graph */
  drawUnits(context, { places, side, hidden }) {
    const { theme, data } = this.training;
    const { canvas, points } = this.atlas;
    const letters = 10.5 * this.scale;
    for (const [layer, column] of places.entries()) {
      for (const place of column) {
        const [left, top] = [place.x - side / 2, place.y - side / 2];
        context.fillStyle = theme.background;
        context.fillRect(left, top, side, side);
        if (data.inputs <= 2 || layer === 1) context.drawImage(canvas, place.unit * points, layer * points, points, points, left, top, side, side);
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
    const canvas = data.inputs > 2 ? this.copied(place) : this.large(place);
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

  /** The picture of a unit with many points. @param {Place} place */
  large(place) {
    const values = this.values(this.trainer.network(this.current), this.points(LARGE_POINTS))[place.layer][place.unit];
    const canvas = element("canvas", { width: LARGE_POINTS, height: LARGE_POINTS });
    const context = contextOf(canvas);
    if (this.training.data.inputs === 1) drawTrace(context, 0, 0, LARGE_POINTS, values, this.training.theme.text);
    else {
      const image = context.createImageData(LARGE_POINTS, LARGE_POINTS);
      this.shades.fillRamp(image, values);
      context.putImageData(image, 0, 0);
    }
    return canvas;
  }

  /** The picture of a unit as it stands among the others. @param {Place} place */
  copied({ layer, unit }) {
    const { canvas, points } = this.atlas;
    const copy = element("canvas", { width: points, height: points });
    contextOf(copy).drawImage(canvas, unit * points, layer * points, points, points, 0, 0, points, points);
    return copy;
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

/** What activations stay between, if they do. @param {import("./dense.js").Dense} net */
function boundsOf(net) {
  const values = Float64Array.of(-1e3, 1e3, 2e3);
  net.activate(values, 3);
  return values[1] === values[2] ? [values[0], values[1]] : null;
}

/** Values to between 0 and 1, zero in the middle, in place. @param {Float64Array} row */
function normalize(row) {
  let most = 1e-12;
  for (const value of row) if (Math.abs(value) > most) most = Math.abs(value);
  for (let i = 0; i < row.length; i++) row[i] = 0.5 + row[i] / (2 * most);
}

/** A unit of a network of one input: its curve. @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {number} side @param {Float64Array} values between 0 and 1 @param {string} colour */
function drawTrace(context, left, top, side, values, colour) {
  context.clearRect(left, top, side, side);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, side / 24);
  context.beginPath();
  for (let i = 0; i < side; i++) context.lineTo(left + i + 0.5, top + (1 - values[Math.floor((i * values.length) / side)]) * (side - 2) + 1);
  context.stroke();
}
