// The map while Plotly is still loading: the same colours at the same place, without lines and numbers.

import { numbers } from "./data.js";
import { contextOf, element } from "./dom.js";

/** @import { Box, Range, Region, Size, Trace } from "./types" */

/**
 * Where Plotly will draw axes: the domain within the margins, made smaller about its middle where both axes have one scale.
 * @param {Size} size @param {{ l: number, r: number, t: number, b: number }} margin @param {{ x: number[], y: number[] }} domain
 * @param {Region} window @param {boolean} equalScales @param {"middle" | "top"} upright where it stands if it is lower than the domain
 * @returns {Box & { x: Range, y: Range }}
 */
export function geometry({ width, height }, margin, domain, window, equalScales, upright = "middle") {
  const inner = { width: width - margin.l - margin.r, height: height - margin.t - margin.b };
  const box = {
    left: margin.l + inner.width * domain.x[0],
    top: margin.t + inner.height * (1 - domain.y[1]),
    width: inner.width * (domain.x[1] - domain.x[0]),
    height: inner.height * (domain.y[1] - domain.y[0]),
  };
  const [x, y] = window;
  if (equalScales) {
    const scale = Math.min(box.width / (x[1] - x[0]), box.height / (y[1] - y[0]));
    const fitted = { width: scale * (x[1] - x[0]), height: scale * (y[1] - y[0]) };
    box.left += (box.width - fitted.width) / 2;
    if (upright === "middle") box.top += (box.height - fitted.height) / 2;
    Object.assign(box, fitted);
  }
  return { ...box, x, y };
}

/** A canvas with a contour trace's colours, one pixel for each of its points; where there is no value it stays blank. @param {Trace} trace */
export function coloursOf(trace) {
  const values = numbers(trace.z);
  const n = Math.round(Math.sqrt(values.length));
  const canvas = element("canvas", { ".width": n, ".height": n });
  const context = contextOf(canvas);
  const image = context.createImageData(n, n);
  const scale = /** @type {[number, string][]} */ (trace.colorscale);
  const colours = scale.map(([share, colour]) => /** @type {Stop} */ ([share, [1, 3, 5].map((digit) => parseInt(colour.slice(digit, digit + 2), 16))]));
  const [low, high] = coloured(trace.contours);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const offset = 4 * (row * n + column);
      const value = values[(n - 1 - row) * n + column]; // the lowest y is at the bottom
      if (Number.isNaN(value)) continue;
      mix(colours, (value - low) / (high - low), image.data, offset);
      image.data[offset + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The values with the first and the last colour: half a step beyond the first and the last contour line, as Plotly has it. @param {Trace["contours"]} contours @returns {Range} */
function coloured({ start, end, size }) {
  const low = start - size / 2;
  return [low, low + size * (Math.floor((end - start) / size + 1e-6) + 1)];
}

/** @typedef {[share: number, colour: number[]]} Stop */

/**
 * The colour at a share of a scale. Between two of its colours red, green and blue change in as many steps: were each rounded by itself, nearly flat
 * ground would have blotches, greener here and redder there.
 * @param {Stop[]} colours @param {number} share @param {Uint8ClampedArray} data @param {number} offset
 */
function mix(colours, share, data, offset) {
  let k = 1;
  while (k < colours.length - 1 && share > colours[k][0]) k++;
  const [[from, low], [to, high]] = [colours[k - 1], colours[k]];
  const steps = Math.max(1, Math.min(...low.map((value, i) => Math.abs(high[i] - value))));
  const part = Math.round(steps * Math.min(1, Math.max(0, (share - from) / (to - from)))) / steps;
  for (let i = 0; i < 3; i++) data[offset + i] = low[i] + part * (high[i] - low[i]);
}
