// What can be said of a unit of a network, and of a weight between two.

import { probabilities } from "./dense.js";
import { short } from "./dom.js";
import { className } from "./examples.js";

/** @import { NetworkBlock, Training } from "./types" */
/** @import { Dense } from "./dense.js" */
/** @import { ExampleInput } from "./exampleinput.js" */
/** @import { Weight } from "./unitgraph.js" */

/** @typedef {{ layer: number, unit: number }} Unit of layer 0 for the inputs */

/** Where the numbers of each layer stand among the weights. @param {NetworkBlock} network */
export function slicesOf({ sizes, batch_norm: normalized }) {
  let from = 0;
  return sizes.slice(1).map((out, layer) => {
    const size = out * sizes[layer];
    const scaled = normalized && layer < sizes.length - 2;
    const slice = { from, size, bias: from + size, scale: scaled ? from + size + out : -1, shift: from + size + 2 * out };
    from += size + out + (scaled ? 2 * out : 0);
    return slice;
  });
}

/** What a unit is called. @param {Training} training @param {Unit} unit */
export function unitName({ network, data }, { layer, unit }) {
  const last = network.sizes.length - 1;
  if (layer === 0) return data.inputs === 1 ? "the input" : `input ${unit + 1}`;
  if (layer < last) return `layer ${layer}, unit ${unit + 1}`;
  if (network.sizes[last] === 1) return data.classes.length ? `output: ${className(data, 1)}` : "output";
  return `output ${unit + 1}${data.classes.length ? `: ${className(data, unit)}` : ""}`;
}

/**
 * A unit in numbers: what they are of, and how they are written.
 * @param {Training} training @param {Dense} net with the weights of the shown step @param {Float64Array} row those weights @param {Unit} unit
 * @param {ExampleInput} example that is shown, if any @returns {[string, string][]}
 */
export function unitNumbers(training, net, row, { layer, unit }, example) {
  /** @type {[string, string][]} */
  const told = [];
  const values = example.count ? example.values(net) : [];
  if (values.length) told.push(["for this example", short(values[layer][unit])]);
  const mean = meanOf(training, net, { layer, unit });
  if (Number.isFinite(mean)) told.push(["mean", short(mean)]);
  if (layer === 0) return told;
  const { bias, scale, shift } = slicesOf(training.network)[layer - 1];
  told.push(["bias", short(row[bias + unit])]);
  if (scale >= 0) told.push(["scale", short(row[scale + unit])], ["shift", short(row[shift + unit])]);
  return told;
}

/** What a unit gives on average over the examples that are known here: those to learn from, or where these are not sent those that are shown. @param {Training} training @param {Dense} net @param {Unit} unit */
function meanOf({ data, network }, net, { layer, unit }) {
  const points = data.shown ? data.shown.x : data.train.x;
  if (!points.length || !points[0].length) return NaN;
  const count = points[0].length;
  let sum = 0;
  const last = network.sizes.length - 1;
  if (layer === 0) return points[unit].reduce((total, value) => total + value, 0) / count;
  const outputs = net.outputs(points, (at, index, values, _, size) => {
    if (at + 1 === layer && index === unit) for (let i = 0; i < size; i++) sum += values[i];
  });
  if (layer === last && network.loss !== "squared") sum = probabilities(outputs)[unit].reduce((total, share) => total + share, 0);
  return sum / count;
}

/** A weight: what it is between, and how large. @param {Training} training @param {Float64Array} row of all weights @param {Weight} weight */
export function weightWords(training, row, { layer, from, to }) {
  const { sizes } = training.network;
  const value = row[slicesOf(training.network)[layer].from + to * sizes[layer] + from];
  return { title: `weight ${short(value)}`, from: unitName(training, { layer, unit: from }), to: unitName(training, { layer: layer + 1, unit: to }) };
}
