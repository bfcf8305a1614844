// The pictures that stand in the units of a network: what each of them gives over the plane, or what weights it has.

import { probabilities } from "./dense.js";
import { contextOf, element } from "./dom.js";
import { imageSide } from "./exampleinput.js";
import { gridOf, Shades } from "./shades.js";

/** @import { Training } from "./types" */
/** @import { Dense } from "./dense.js" */
/** @import { Graph, Place } from "./unitgraph.js" */

const LARGE_POINTS = 72; // along a side of the picture of the unit that is pointed at
const CURVE_SIDE = 480; // pixels of the side of its picture where that is a curve
const UNIT_SHADE = 0.95; // opacity where a unit gives its most

export class UnitPictures {
  /** @param {Training} training */
  constructor(training) {
    this.training = training;
    this.shades = new Shades(training.data.colours.slice(0, 2), training.theme, UNIT_SHADE);
    this.canvas = element("canvas"); // a row for each layer
    this.side = 1; // of a picture in it, in pixels
    /** @type {number[]} the unit of each layer whose picture stands first in its row */
    this.first = [];
    this.key = "";
  }

  /** Points at which units are computed: over the plane, or along the one input. @param {number} side */
  points(side) {
    const { data } = this.training;
    if (data.inputs === 2) return gridOf(data.window, side, side);
    const [[low, high]] = data.window;
    return [Float64Array.from({ length: side * side }, (_, i) => low + (i / (side * side - 1)) * (high - low))];
  }

  /** What every unit gives at these points, by layer, the inputs first: 0 to 1 stand for the bounds of the activation, or else for the largest size that the unit has there. @param {Dense} net @param {ArrayLike<number>[]} points */
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

  /** The pictures of all units, unless they are there. @param {Dense} net @param {Graph} graph @param {number} side points along a side @param {string} key changes with what is shown */
  compute(net, { places }, side, key) {
    if (this.key === key) return;
    this.first = places.map(([{ unit }]) => unit);
    const all = this.values(net, this.points(side));
    const most = Math.max(...places.map((column) => column.length));
    const { canvas } = this;
    [canvas.width, canvas.height] = [most * side, places.length * side];
    const context = contextOf(canvas);
    const image = context.createImageData(side, side);
    for (const column of places) {
      for (const { layer, unit } of column) {
        const left = (unit - this.first[layer]) * side;
        if (this.training.data.inputs === 1) drawTrace(context, left, layer * side, side, all[layer][unit], this.training.theme.text);
        else {
          this.shades.fillRamp(image, all[layer][unit]);
          context.putImageData(image, left, layer * side);
        }
      }
    }
    [this.key, this.side] = [key, side];
  }

  /** Where the inputs are a picture: the weights of each unit of the first layer as another. @param {Float64Array} matrix @param {Graph} graph @param {number} largest size of a weight that has the strongest colour */
  computeWeights(matrix, { places }, largest) {
    const { inputs } = this.training.data;
    const side = imageSide(inputs);
    const { canvas } = this;
    this.first = places.map(([{ unit }]) => unit);
    [canvas.width, canvas.height] = [places[1].length * side, 2 * side];
    this.side = side;
    const context = contextOf(canvas);
    const image = context.createImageData(side, side);
    for (const { unit } of places[1]) {
      this.shades.fillRamp(image, matrix.slice(unit * inputs, (unit + 1) * inputs).map((weight) => 0.5 + weight / (2 * largest)));
      context.putImageData(image, (unit - this.first[1]) * side, side);
    }
  }

  /** The picture of a unit with many points. @param {Dense} net @param {Place} place */
  large(net, place) {
    const curve = this.training.data.inputs === 1;
    const values = this.values(net, this.points(LARGE_POINTS))[place.layer][place.unit];
    const side = curve ? CURVE_SIDE : LARGE_POINTS;
    const canvas = element("canvas", { width: side, height: side });
    const context = contextOf(canvas);
    if (curve) drawTrace(context, 0, 0, side, values, this.training.theme.text);
    else {
      const image = context.createImageData(side, side);
      this.shades.fillRamp(image, values);
      context.putImageData(image, 0, 0);
    }
    return canvas;
  }

  /** The picture of a unit as it stands among the others. @param {Place} place */
  copied({ layer, unit }) {
    const { canvas, side } = this;
    const copy = element("canvas", { width: side, height: side });
    contextOf(copy).drawImage(canvas, (unit - this.first[layer]) * side, layer * side, side, side, 0, 0, side, side);
    return copy;
  }

  /** The colour of one number, 0 for the first colour to 1 for the second. @param {number} value */
  colourOf(value) {
    const k = 3 * Math.max(0, Math.min(255, Math.round(255 * value))) || 0;
    return `rgb(${this.shades.ramp.slice(k, k + 3).join()})`;
  }

  /** Draw a unit's picture. @param {CanvasRenderingContext2D} context @param {Place} place @param {number} left @param {number} top @param {number} wide */
  draw(context, { layer, unit }, left, top, wide) {
    const { canvas, side } = this;
    context.drawImage(canvas, (unit - this.first[layer]) * side, layer * side, side, side, left, top, wide, wide);
  }
}

/** What activations stay between, if they do. @param {Dense} net */
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
  context.lineWidth = Math.max(1, side / (side < CURVE_SIDE ? 24 : 110));
  context.beginPath();
  for (let i = 0; i < side; i++) context.lineTo(left + i + 0.5, top + (1 - values[Math.floor((i * values.length) / side)]) * (side - 2) + 1);
  context.stroke();
}
