// What the player must know of Plotly beyond its documented functions: where it has drawn axes and 3-D scenes, and what it shows under the
// pointer. No other module names what is Plotly's own; eslint.config.js holds this.

/** @import { Box, Camera, Range } from "./types" */
/** @import { PlotAxis } from "./canvasaxes.js" */
/** @import { CanvasScene } from "./canvasscenes.js" */

const drawnScenes = new WeakMap(); // a DrawnScene for each of Plotly's

/** An axis as it is drawn. Pixels are CSS pixels, from the plot's left or upper edge. */
export class DrawnAxis {
  /** @param {any} axis Plotly's own */
  constructor(axis) {
    this.axis = axis;
  }

  /** @returns {number} */
  get start() {
    return this.axis._offset;
  }

  /** @returns {number} */
  get length() {
    return this.axis._length;
  }

  get end() {
    return this.start + this.length;
  }

  /** The values at its two ends; on a logarithmic axis their logarithms. @returns {Range} */
  get range() {
    return this.axis.range.map(Number);
  }

  /** The pixel of a value, NaN for one that the axis cannot show. @param {number} value @returns {number} */
  pixel(value) {
    return this.start + this.axis.l2p(this.axis.d2l(value));
  }

  /** The value at a pixel; a category's name on an axis of names. @param {number} pixel @returns {any} */
  value(pixel) {
    return this.axis.p2d(pixel - this.start);
  }

  /** The same without digits that no pixel can show. @param {number} pixel @returns {any} */
  shortValue(pixel) {
    const value = this.value(pixel);
    if (typeof value !== "number") return value;
    const step = Math.abs(this.value(pixel + 0.1) - value);
    return Number(value.toFixed(Math.max(0, Math.min(100, Math.ceil(-Math.log10(step))))));
  }
}

/** @typedef {{ x: DrawnAxis, y: DrawnAxis }} DrawnAxes */

/**
 * The axes of a plot by their number in the layout, from 1; null until they are drawn.
 * @param {HTMLElement} plot
 * @returns {DrawnAxes | null}
 */
export function axesOf(plot, number = 1) {
  const suffix = number > 1 ? number : "";
  const { [`xaxis${suffix}`]: x, [`yaxis${suffix}`]: y } = layoutOf(plot);
  return x?._length && y?._length ? { x: new DrawnAxis(x), y: new DrawnAxis(y) } : null;
}

/** All axes of a plot. @param {HTMLElement} plot */
export function allAxesOf(plot) {
  const names = Object.keys(layoutOf(plot)).filter((name) => /^xaxis\d*$/.test(name));
  return names.map((name) => axesOf(plot, Number(name.slice("xaxis".length) || 1))).filter((axes) => axes !== null);
}

/** Where the texts of a plot's annotations stand in it, in CSS pixels, in their order. @param {HTMLElement} plot @returns {[left: number, top: number, width: number, height: number][]} */
export function annotationsOf(plot) {
  const { left, top } = plot.getBoundingClientRect();
  return [...plot.querySelectorAll(".annotation-text-g")].map((part) => {
    const box = part.getBoundingClientRect();
    return [box.left - left, box.top - top, box.width, box.height];
  });
}

/** The axes between which an element of the plot takes pointer events, or null if it does not. @param {HTMLElement} plot @param {Element} target */
export function axesUnder(plot, target) {
  const area = /** @type {HTMLElement | null} */ (target.closest?.(".nsewdrag"));
  return area ? subplotAxes(plot, String(area.dataset.subplot)) : null;
}

/** Keep all buttons but the first from a plot's axes: a drag with another one ends in an error of Plotly's. @param {HTMLElement} plot */
export function leaveOtherButtons(plot) {
  const leave = (/** @type {MouseEvent} */ event) => event.button && /** @type {Element} */ (event.target).closest(".draglayer") && event.stopPropagation();
  plot.addEventListener("mousedown", leave, true);
}

/** @param {HTMLElement} plot @param {string} name @returns {DrawnAxes | null} */
function subplotAxes(plot, name) {
  const subplot = layoutOf(plot)._plots[name];
  return subplot ? { x: new DrawnAxis(subplot.xaxis), y: new DrawnAxis(subplot.yaxis) } : null;
}

/** Plotly's own layout of a plot, with all defaults filled in; empty until it is drawn. @param {any} plot @returns {any} */
function layoutOf(plot) {
  return plot._fullLayout ?? {};
}

/** @typedef {{ subplot: string, axes: DrawnAxes, x: number[], y: number[], centres: (any[] | null)[] }} Grid */

/**
 * The first heatmap of a plot with a number in it (Plotly lays out no other), or null.
 * @param {any} plot
 * @returns {Grid | null} its subplot's name and axes, the pixels of its cells' edges, and the values at their centres along x and along y, null
 *   where they are not given
 */
export function heatmapOf(plot) {
  const found = plot.calcdata?.find((/** @type {any[]} */ [first]) => first?.trace?.type === "heatmap" && first.x);
  if (!found) return null;
  const [{ x, y, xCenter, yCenter, trace }] = found;
  const subplot = trace.xaxis + trace.yaxis;
  const axes = subplotAxes(plot, subplot);
  if (!axes) return null;
  /** @param {DrawnAxis} drawn @param {number[]} list @returns {number[]} */
  const edges = ({ start, axis }, list) => Array.from(list, (value) => start + axis.c2p(value));
  /** @param {DrawnAxis} drawn @param {number[] | undefined} list */
  const centres = ({ axis }, list) => list ? Array.from(list, (value) => axis.c2d(value)) : null;
  return { subplot, axes, x: edges(axes.x, x), y: edges(axes.y, y), centres: [centres(axes.x, xCenter), centres(axes.y, yCenter)] };
}

/** The lines that Plotly shows at the point that is hovered. @param {HTMLElement} plot */
export function hoverLines(plot) {
  const lines = plot.querySelectorAll(".hoverlayer .hovertext tspan.line");
  const texts = lines.length ? lines : plot.querySelectorAll(".hoverlayer .hovertext text");
  return Array.from(texts, (line) => line.textContent);
}

/** A 3-D scene as it is drawn. */
export class DrawnScene {
  /** @param {HTMLElement} plot @param {string} name of the scene in the layout @param {any} scene Plotly's own */
  constructor(plot, name, scene) {
    this.plot = plot;
    this.name = name;
    this.scene = scene;
  }

  get ready() {
    return Boolean(this.scene.glplot?.cameraParams && this.scene.dataScale);
  }

  /** Where it lies in the plot. @returns {Box} */
  get box() {
    const { _size, [this.name]: scene } = layoutOf(this.plot);
    const { x, y } = scene.domain;
    return { left: _size.l + _size.w * x[0], top: _size.t + _size.h * (1 - y[1]), width: _size.w * (x[1] - x[0]), height: _size.h * (y[1] - y[0]) };
  }

  /** @returns {Camera} */
  get camera() {
    return this.scene.getCamera();
  }

  set camera(camera) {
    this.scene.setViewport({ ...this.scene.fullSceneLayout, camera: { ...this.camera, ...camera } });
  }

  /** From data to clip space: the factors of the 4 x 4 matrix, each column by column. @returns {ArrayLike<number>[]} */
  get matrices() {
    const { projection, view, model } = this.scene.glplot.cameraParams;
    const [x, y, z] = this.scene.dataScale;
    return [projection, view, model, [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1]];
  }

  /** Draw it at once; its canvas, whose pixels can be copied before the browser shows the next frame. @returns {HTMLCanvasElement} */
  redraw() {
    this.scene.glplot.redraw();
    return this.scene.glplot.canvas;
  }
}

/**
 * Let the functions here find axes and scenes that were drawn without Plotly, where they look for Plotly's own.
 * @param {any} plot @param {{ width: number, height: number, paper: Box, axes: Map<string, PlotAxis>, scenes: Map<string, CanvasScene> } | null} drawn the plot's size,
 *   what lies within its margins, and what was drawn by its name in the layout; null for nothing
 */
export function drawnOtherwise(plot, drawn) {
  plot._fullLayout = undefined;
  if (!drawn) return;
  const { width, height, paper, axes, scenes } = drawn;
  const found = { width, height, _size: { l: paper.left, t: paper.top, w: paper.width, h: paper.height } };
  const asPlotly = (/** @type {PlotAxis} */ axis) => ({
    range: axis.range,
    _offset: axis.start,
    _length: axis.length,
    d2l: (/** @type {number} */ value) => axis.place(value),
    l2p: (/** @type {number} */ place) => axis.offset(place),
    p2d: (/** @type {number} */ offset) => axis.value(offset),
  });
  for (const [name, axis] of axes) Object.assign(found, { [name]: asPlotly(axis) });
  for (const [name, scene] of scenes) {
    drawnScenes.set(scene, scene);
    Object.assign(found, { [name]: { _scene: scene } });
  }
  plot._fullLayout = found;
}

/** The scenes with these names that are drawn already. As long as Plotly keeps a scene, it is the same object at every call. @param {HTMLElement} plot @param {string[]} names */
export function scenesOf(plot, names) {
  const found = names.map((name) => sceneOf(plot, name, layoutOf(plot)[name]?._scene));
  return found.filter((scene) => scene !== null).filter((scene) => scene.ready);
}

/** @param {HTMLElement} plot @param {string} name @param {any} scene @returns {DrawnScene | null} */
function sceneOf(plot, name, scene) {
  if (scene && !drawnScenes.has(scene)) drawnScenes.set(scene, new DrawnScene(plot, name, scene));
  return scene ? drawnScenes.get(scene) : null;
}
