// The function of one input that a network gives, as a line over the data.

import { linearAxis } from "./plotting.js";

/** @import { Edges, Training } from "./types" */

const FIT_POINTS = 240; // of the line

/**
 * Draw it within a box, which is the window of the data.
 * @param {CanvasRenderingContext2D} context @param {Edges} box @param {Training} training @param {(x: Float64Array) => ArrayLike<number>} give the outputs for inputs
 * @param {string} colour @param {number} width in CSS pixels
 * @returns {boolean} whether there are finite outputs
 */
export function drawFit(context, { left, right, top, bottom }, { data }, give, colour, width) {
  const [[x0, x1], range] = data.window;
  const [across, upright] = [linearAxis([x0, x1]), linearAxis(range)];
  const x = Float64Array.from({ length: FIT_POINTS }, (_, i) => x0 + (i / (FIT_POINTS - 1)) * (x1 - x0));
  const values = give(x);
  context.beginPath();
  for (let i = 0; i < FIT_POINTS; i++) context.lineTo(left + across.place(x[i]) * (right - left), bottom - upright.place(values[i]) * (bottom - top));
  context.lineWidth = width;
  context.lineJoin = "round";
  context.strokeStyle = colour;
  context.stroke();
  return Number.isFinite(values[0]);
}
