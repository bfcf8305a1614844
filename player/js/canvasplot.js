// Figures drawn on canvases of our own, for pages that are to be small: what the player asks of Plotly, for the figures that the player shows. Contours,
// lines, marks and surfaces are drawn as Plotly draws them; other traces are not known here.

import { axesFor, boxOf, layAxes, pairsOf } from "./canvasaxes.js";
import { clipped } from "./canvasground.js";
import { CanvasHover, nearest } from "./canvashover.js";
import { drawScatter, drawShape } from "./canvaslines.js";
import { CanvasScenes } from "./canvasscenes.js";
import { drawAnnotation, drawGrid, drawTicks, ruler } from "./canvaswords.js";
import { CanvasZoom } from "./canvaszoom.js";
import { contextOf, element } from "./dom.js";
import { GroundPicture } from "./groundpicture.js";
import { drawnOtherwise } from "./plotly.js";
import { Rest } from "./rest.js";

/** @import { Box, Layout, Plot, PlotLibrary, Trace } from "./types" */
/** @import { AxisPair, Margin, PlotAxis } from "./canvasaxes.js" */

/** @type {WeakMap<Element, CanvasPlot>} */
const drawn = new WeakMap();

/** @type {PlotLibrary} */
export const canvasPlots = {
  async react(plot, data, layout) {
    const own = drawn.get(plot) ?? new CanvasPlot(/** @type {Plot} */ (plot));
    drawn.set(plot, own);
    own.set(data, layout);
  },
  async relayout(plot, changes) {
    drawn.get(plot)?.change(changes);
  },
  purge(plot) {
    drawn.get(plot)?.close();
    drawn.delete(plot);
  },
};

class CanvasPlot {
  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
    this.behind = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.contents = element("canvas", { class: "moving contents", "aria-hidden": "true" });
    this.over = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.areas = element("div", { class: "areas" });
    /** @type {Trace[]} */
    this.data = [];
    /** @type {Layout} */
    this.layout = {};
    /** @type {Map<string, PlotAxis>} */
    this.axes = new Map();
    /** @type {Margin} */
    this.margin = { l: 0, r: 0, t: 0, b: 0 };
    /** @type {(() => void)[]} */
    this.listeners = [];
    this.frame = 0;
    this.rests = new Rest(() => this.draw()); // of axes that others move
    /** @type {GroundPicture[]} between each pair of axes */
    this.grounds = [];
    plot.append(this.behind, this.contents, this.over, this.areas);
    this.hover = new CanvasHover(plot);
    this.scenes = new CanvasScenes(plot, this.areas, () => this.tell());
    plot.on = (_, listener) => this.listeners.push(listener);
  }

  /** @param {Trace[]} data @param {Layout} layout */
  set(data, layout) {
    this.data = data;
    this.layout = layout;
    this.axes = axesFor(layout, data);
    this.scenes.set(data, layout, this.font);
    this.lay();
    this.hover.show(null);
    this.hear();
    this.draw();
  }

  /** Other ranges of axes, "xaxis.range" say. @param {Layout} changes */
  change(changes) {
    for (const [name, range] of Object.entries(changes)) this.axes.get(name.replace(".range", ""))?.range.splice(0, 2, ...range);
    this.lay();
    this.draw(this.rests.waits);
    this.rests.wait();
    this.tell();
  }

  /** What is shown has been moved. */
  tell() {
    for (const listener of this.listeners) listener();
  }

  get font() {
    return { color: "#444", size: 12, family: "sans-serif", ...this.layout.font };
  }

  /** The plot within its margins. @returns {Box} */
  get paper() {
    const { margin: { l, r, t, b }, layout: { width, height } } = this;
    return { left: l, top: t, width: width - l - r, height: height - t - b };
  }

  lay() {
    const { width, height } = this.layout;
    this.margin = layAxes(this.axes, this.layout, ruler(contextOf(this.behind), this.font));
    drawnOtherwise(this.plot, { width, height, paper: this.paper, axes: this.axes, scenes: this.scenes.byName });
  }

  /** Places where the pointer moves what the axes show, or asks what a curve says. */
  hear() {
    const pairs = pairsOf(this.axes);
    if (!pairs.length) return;
    this.areas.replaceChildren(...pairs.map((axes) => {
      const area = element("div", { class: "area" });
      const box = boxOf(axes);
      for (const side of /** @type {const} */ (["left", "top", "width", "height"])) area.style[side] = `${box[side]}px`;
      if (this.layout.dragmode === "pan" && !axes.x.settings.fixedrange) new CanvasZoom(area, axes, () => this.follow(), () => this.rested());
      if (this.layout.hovermode) this.listen(area, axes);
      return area;
    }));
  }

  /** The pointer has let the axes go. */
  rested() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.draw();
    this.tell();
  }

  /** @param {HTMLElement} area @param {AxisPair} axes */
  listen(area, axes) {
    const own = this.of(axes);
    area.addEventListener("pointermove", ({ clientX, clientY, buttons }) => {
      const { left, top } = this.plot.getBoundingClientRect();
      this.hover.show(buttons ? null : nearest(own, axes, clientX - left, clientY - top));
    });
    area.addEventListener("pointerleave", () => this.hover.show(null));
  }

  /** The traces between two axes. @param {AxisPair} axes */
  of({ x }) {
    return this.data.filter((trace) => trace.type !== "surface" && this.axes.get((trace.xaxis ?? "x").replace("x", "xaxis")) === x);
  }

  /** Draw it at the next frame, where its axes are then. */
  follow() {
    this.lay();
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw(true);
    });
  }

  /** @param {boolean} moving whether the axes have not come to rest */
  draw(moving = false) {
    const [behind, contents, over] = [this.behind, this.contents, this.over].map((canvas) => this.cleared(canvas));
    const { shapes = [], annotations = [] } = this.layout;
    this.over.hidden = !shapes.length && !annotations.length; // each canvas that is shown takes its share of every frame
    this.behind.hidden = this.contents.hidden = !this.axes.size;
    const pairs = pairsOf(this.axes);
    while (this.grounds.length > pairs.length) this.grounds.pop()?.element.remove();
    for (const [k, axes] of pairs.entries()) {
      drawGrid(behind, axes);
      for (const axis of [axes.x, axes.y]) drawTicks(behind, axis, axes, this.font);
      this.groundOf(k).draw(contents, this.of(axes).filter(({ type, visible }) => type === "contour" && visible !== false), axes, moving);
      contents.save();
      clipped(contents, boxOf(axes));
      for (const trace of this.of(axes)) this.drawTrace(contents, trace, axes);
      contents.restore();
    }
    over.save();
    if (pairs[0] && shapes.length) clipped(over, boxOf(pairs[0]));
    for (const shape of shapes) drawShape(over, shape, pairs[0]);
    over.restore();
    for (const annotation of annotations) drawAnnotation(over, annotation, pairs[0], this.paper, this.font);
    this.scenes.draw();
  }

  /** The ground between a pair of axes. @param {number} k */
  groundOf(k) {
    const ground = (this.grounds[k] ??= new GroundPicture());
    if (!ground.element.parentNode) this.contents.before(ground.element);
    return ground;
  }

  /** @param {CanvasRenderingContext2D} context @param {Trace} trace @param {AxisPair} axes */
  drawTrace(context, trace, axes) {
    if (trace.visible === false || trace.type === "contour") return;
    if (trace.type === "scatter" || trace.type === "scattergl") drawScatter(context, trace, axes);
    else throw new Error(`a trace of the type ${trace.type} can be drawn by Plotly alone`);
  }

  /** A canvas of the plot's size with nothing on it, measured in CSS pixels. @param {HTMLCanvasElement} canvas */
  cleared(canvas) {
    const { width, height } = this.layout;
    const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * devicePixelRatio)));
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const context = contextOf(canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, wide, high);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    return context;
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.rests.stop();
    this.scenes.close();
    this.hover.close();
    this.plot.replaceChildren();
    drawnOtherwise(this.plot, null);
  }
}
