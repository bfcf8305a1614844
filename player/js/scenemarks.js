// What is marked in 3-D, the marks of the map: over the surface, which would cut them, and fainter where it hides them; and what height means.

import { numbers } from "./data.js";
import { contextOf, element } from "./dom.js";
import { multiply } from "./views.js";

/** @import { Box, Pixel, Subplot, Trace } from "./types" */
/** @import { ScenePanel } from "./scenes.js" */

const STAR = 1.4; // radii of a marker from the middle of a star to its points, and the part of that to its corners inwards, as Plotly has them
const INNER = 0.382;
const HIDDEN = 0.6; // opacity of a mark behind a hill

export class SceneMarks {
  /** @param {ScenePanel} panel */
  constructor(panel) {
    this.panel = panel;
    this.canvas = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.drawn = "";
  }

  /** Another landscape, or another size. */
  forget() {
    this.drawn = "";
  }

  /** Draw them, if the camera has moved since. @param {Subplot[]} subplots */
  draw(subplots) {
    const { size, scale, player } = this.panel;
    const key = [...subplots.map(({ view }) => view.key), size.width, size.height, scale, devicePixelRatio].join();
    if (key === this.drawn) return;
    this.drawn = key;
    this.canvas.width = Math.max(1, Math.round(size.width * devicePixelRatio));
    this.canvas.height = Math.max(1, Math.round(size.height * devicePixelRatio));
    const context = contextOf(this.canvas);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const { map, surface } = player.landscape;
    const flat = map.data.slice(1);
    for (const { view } of subplots) {
      for (const [i, { x, y, z }] of surface.data.slice(1).entries()) {
        const [xs, ys, zs] = [x, y, z].map(numbers);
        for (let k = 0; k < xs.length; k++) drawMark(context, view.point(xs[k], ys[k], zs[k]), flat[i].marker, scale);
      }
    }
    if (!this.panel.bare) this.nameHeights(context);
  }

  /** What height means, over the upper end of the axis that Plotly has put it at. @param {CanvasRenderingContext2D} context */
  nameHeights(context) {
    const { scenes, scale, player, wordOfHeight } = this.panel;
    const size = 12 * scale;
    context.font = `${size}px system-ui, sans-serif`;
    context.fillStyle = player.race.theme.text;
    context.globalAlpha = 1;
    context.textAlign = "left";
    context.textBaseline = "bottom";
    for (const { box, matrices } of scenes) {
      const [x, y] = topOfAxis(matrices.reduceRight((product, factor) => multiply(factor, product)), player.landscape.window, box);
      const width = context.measureText(wordOfHeight).width;
      const left = Math.min(box.left + box.width - width - 2, Math.max(box.left + 2, x - 0.6 * width));
      context.fillText(wordOfHeight, left, Math.max(box.top + size + 2, y - 0.5 * size));
    }
  }
}

/** The upper end of the upright edge that is farthest to the left: there Plotly writes the heights. @param {ArrayLike<number>} m from data to clip space @param {[x: [number, number], y: [number, number]]} window @param {Box} box */
function topOfAxis(m, [xs, ys], box) {
  const z = 1.02;
  const corners = xs.flatMap((x) => ys.map((y) => {
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    const at = (/** @type {number} */ row) => (m[row] * x + m[row + 4] * y + m[row + 8] * z + m[row + 12]) / w;
    return [box.left + (at(0) + 1) * 0.5 * box.width, box.top + (1 - at(1)) * 0.5 * box.height];
  }));
  return corners.reduce((a, b) => (b[0] < a[0] ? b : a));
}

/** One mark, as the map has it; on a map nothing hides it. @param {CanvasRenderingContext2D} context @param {Pixel} pixel @param {Trace["marker"]} marker @param {number} scale */
export function drawMark(context, [x, y, hidden], { symbol, size, color, line }, scale) {
  if (!(x === x)) return;
  const radius = (size / 2) * Math.sqrt(scale);
  context.globalAlpha = hidden ? HIDDEN : 1;
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = (line?.width ?? 1.5) * Math.sqrt(scale);
  context.beginPath();
  if (symbol.startsWith("star")) starPath(context, x, y, STAR * radius);
  else if (symbol.startsWith("x")) {
    for (const side of [1, -1]) {
      context.moveTo(x - radius, y - side * radius);
      context.lineTo(x + radius, y + side * radius);
    }
  } else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  if (!symbol.endsWith("open")) context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
function starPath(context, x, y, radius) {
  for (let i = 0; i < 10; i++) {
    const far = i % 2 ? INNER * radius : radius;
    const angle = (Math.PI * i) / 5 - Math.PI / 2;
    context.lineTo(x + far * Math.cos(angle), y + far * Math.sin(angle));
  }
  context.closePath();
}
