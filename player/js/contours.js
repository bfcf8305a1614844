// A landscape that changes in every frame, from above: its colours, contour lines and marks on a canvas under the map's axes. Plotly, which
// takes a tenth of a second for them, draws them once they rest.

import { numbers } from "./data.js";
import { contextOf, element } from "./dom.js";
import { coloursOf } from "./preview.js";
import { drawMark } from "./scenemarks.js";

/** @import { Landscape, Trace } from "./types" */
/** @import { MapPanel } from "./maps.js" */
/** @import { FlatView } from "./views.js" */

export class GroundLayer {
  /** @param {MapPanel} panel */
  constructor(panel) {
    this.panel = panel;
    this.canvas = element("canvas", { class: "moving", "aria-hidden": "true", hidden: true });
    /** @type {Landscape | null} what is drawn */
    this.landscape = null;
    this.key = "";
  }

  /** Show a landscape in place of Plotly's; null to leave that to Plotly again. @param {Landscape | null} landscape */
  set(landscape) {
    this.landscape = landscape;
    this.key = "";
    this.canvas.hidden = !landscape;
    this.panel.element.classList.toggle("grounded", landscape !== null);
  }

  /** Draw it where the maps are, unless it lies there already. */
  draw() {
    const { landscape, panel, canvas } = this;
    if (!landscape) return;
    const { width, height } = panel.size;
    const views = panel.subplots().map(({ view }) => view);
    const key = [width, height, devicePixelRatio, ...views.map((view) => view.key)].join();
    if (key === this.key) return;
    this.key = key;
    canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    const context = contextOf(canvas);
    const [flat, ...marks] = landscape.map.data;
    const colours = coloursOf(flat);
    for (const view of views) {
      const { left, top, width: wide, height: high } = view.box;
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      context.save();
      context.beginPath();
      context.rect(left, top, wide, high);
      context.clip();
      drawColours(context, view, colours, landscape);
      drawLines(context, view, flat, panel.scale);
      for (const { x, y, marker } of marks) {
        const ys = numbers(y);
        for (const [k, at] of [...numbers(x)].entries()) drawMark(context, view.point(at, ys[k]), marker, panel.scale);
      }
      context.restore();
    }
  }
}

/** Colours between the points of a grid: each point is the middle of a pixel. @param {CanvasRenderingContext2D} context @param {FlatView} view @param {HTMLCanvasElement} colours @param {Landscape} landscape */
function drawColours(context, view, colours, { window: [[x0, x1], [y0, y1]] }) {
  const half = 0.5 / (colours.width - 1);
  const [left, top] = view.point(x0 - half * (x1 - x0), y1 + half * (y1 - y0));
  const [right, bottom] = view.point(x1 + half * (x1 - x0), y0 - half * (y1 - y0));
  context.imageSmoothingEnabled = true;
  context.drawImage(colours, left, top, right - left, bottom - top);
}

/** The contour lines of a trace, straight across each cell of its grid. @param {CanvasRenderingContext2D} context @param {FlatView} view @param {Trace} trace @param {number} scale */
function drawLines(context, view, { x, y, z, contours: { start, end, size }, line }, scale) {
  const [xs, ys, values] = [numbers(x), numbers(y), numbers(z)];
  const n = xs.length;
  const px = Float64Array.from(xs, (value) => view.point(value, ys[0])[0]);
  const py = Float64Array.from(ys, (value) => view.point(xs[0], value)[1]);
  context.beginPath();
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const k = row * n + column;
      const [a, b, c, d] = [values[k], values[k + 1], values[k + n + 1], values[k + n]];
      const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
      for (let level = start + size * Math.max(0, Math.ceil((low - start) / size)); level <= end && level <= high; level += size) {
        cross(context, level, [a, b, c, d], px[column], px[column + 1], py[row], py[row + 1]);
      }
    }
  }
  context.globalAlpha = 1;
  context.strokeStyle = line.color;
  context.lineWidth = line.width * scale;
  context.stroke();
}

/** Where a line at a level goes through a cell. @param {CanvasRenderingContext2D} context @param {number} level @param {number[]} corners @param {number} left @param {number} right @param {number} bottom @param {number} top */
function cross(context, level, [a, b, c, d], left, right, bottom, top) {
  const part = (/** @type {number} */ from, /** @type {number} */ to) => (level - from) / (to - from);
  const ends = [];
  if (a < level !== b < level) ends.push(left + part(a, b) * (right - left), bottom);
  if (b < level !== c < level) ends.push(right, bottom + part(b, c) * (top - bottom));
  if (c < level !== d < level) ends.push(right + part(c, d) * (left - right), top);
  if (d < level !== a < level) ends.push(left, top + part(d, a) * (bottom - top));
  for (let k = 0; k + 3 < ends.length; k += 4) {
    context.moveTo(ends[k], ends[k + 1]);
    context.lineTo(ends[k + 2], ends[k + 3]);
  }
}
