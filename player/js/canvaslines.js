// Lines, areas and marks of a figure that is drawn on a canvas.

import { numbers } from "./data.js";
import { drawMark } from "./scenemarks.js";

/** @import { Layout, Trace } from "./types" */
/** @import { AxisPair } from "./canvasaxes.js" */
/** @typedef {{ pixel(value: number): number }} Placed an axis that knows where values are */

/** @type {Record<string, number[]>} what Plotly makes of names, in widths of a line */
const DASHES = { dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 2, 2] };

/** Draw a scatter trace between its axes. @param {CanvasRenderingContext2D} context @param {Trace} trace @param {{ x: Placed, y: Placed }} axes */
export function drawScatter(context, trace, axes) {
  const { xs, ys } = pixelsOf(trace, axes);
  const { mode = "lines" } = trace;
  context.globalAlpha = trace.opacity ?? 1;
  if (mode.includes("lines")) drawLine(context, trace, xs, ys);
  if (mode.includes("markers")) for (let k = 0; k < xs.length; k++) drawMark(context, [xs[k], ys[k], false], trace.marker, 1);
  context.globalAlpha = 1;
}

/** Where the points of a trace are. @param {Trace} trace @param {{ x: Placed, y: Placed }} axes */
export function pixelsOf(trace, { x, y }) {
  return { xs: Float64Array.from(numbers(trace.x), (value) => x.pixel(value)), ys: Float64Array.from(numbers(trace.y), (value) => y.pixel(value)) };
}

/** @param {CanvasRenderingContext2D} context @param {Trace} trace @param {Float64Array} xs @param {Float64Array} ys */
function drawLine(context, { line, fill, fillcolor }, xs, ys) {
  context.beginPath();
  let pen = false;
  for (let k = 0; k < xs.length; k++) {
    const seen = Number.isFinite(xs[k]) && Number.isFinite(ys[k]);
    if (seen && pen) context.lineTo(xs[k], ys[k]);
    else if (seen) context.moveTo(xs[k], ys[k]);
    pen = seen;
  }
  if (fill && fill !== "none") {
    context.fillStyle = fillcolor;
    context.fill();
  }
  if (!line.width) return;
  stroke(context, line);
}

/** @param {CanvasRenderingContext2D} context @param {{ color: string, width: number, dash?: string }} line */
function stroke(context, { color, width, dash = "solid" }) {
  const unit = Math.max(3, width);
  context.setLineDash(DASHES[dash]?.map((length) => length * unit) ?? (dash === "solid" ? [] : dash.split(",").map(parseFloat)));
  context.lineJoin = "round";
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
  context.setLineDash([]);
}

/** Draw a line across a plot, from the layout's shapes. @param {CanvasRenderingContext2D} context @param {Layout} shape @param {AxisPair} axes */
export function drawShape(context, { x0, x1, y0, y1, xref = "x", yref = "y", line, opacity = 1 }, { x, y }) {
  const across = (/** @type {number} */ at) => (/paper|domain/.test(xref) ? x.start + at * x.length : x.pixel(at));
  const upright = (/** @type {number} */ at) => (/paper|domain/.test(yref) ? y.end - at * y.length : y.pixel(at));
  context.globalAlpha = opacity;
  context.beginPath();
  context.moveTo(across(x0), upright(y0));
  context.lineTo(across(x1), upright(y1));
  stroke(context, line);
  context.globalAlpha = 1;
}
