// A panel of curves over the steps, with a cursor at the clock's step. Dragging along it moves the clock.

import { numbers } from "./data.js";
import { contextOf, followPointer } from "./dom.js";
import { outline } from "./marks.js";
import { caption, FigurePanel } from "./panel.js";
import { axesOf } from "./plotly.js";
import { wordsOfCurves } from "./words.js";

/** @import { Figure, Layout } from "./types" */
/** @import { Player } from "./player.js" */
/** @import { DrawnAxes } from "./plotly.js" */

const EDGE = 3; // CSS pixels by which a line along the edge of its plot reaches beyond it

export class CurvePanel extends FigurePanel {
  /** @param {Player} player @param {string} name */
  constructor(player, name) {
    super(player, name, `Curves: ${name}`);
    /** @type {ArrayLike<number>[] | null} the values of each optimizer's own curve, once they are asked for */
    this.curves = null;
    this.plot.addEventListener("pointerdown", (event) => this.grab(event));
  }

  setRace() {
    this.curves = null;
    this.redraw();
  }

  toggled() {
    this.redraw();
  }

  /** @returns {Figure | null} */
  figure() {
    const { race, scale, off } = this.player;
    const found = race?.curves[this.name];
    if (!found) return null;
    const data = found.data.map((trace) => ({
      ...trace,
      visible: !off.has(race.runs.findIndex((run) => run.label === trace.legendgroup)),
      line: { ...trace.line, width: trace.line.width * scale },
    }));
    const size = 11.5 * scale;
    const layout = {
      ...found.layout,
      showlegend: false,
      dragmode: false,
      hovermode: race.ahead ? "closest" : false,
      font: { ...found.layout.font, size },
      margin: { l: 44 * scale, r: 16 * scale, t: 20 * scale, b: 22 * scale },
      xaxis: still({ ...found.layout.xaxis, title: undefined }),
      yaxis: still({ ...found.layout.yaxis, title: undefined, exponentformat: "e", nticks: 5 }),
      annotations: [caption(found.layout.yaxis.title.text, size)],
    };
    return { data, layout };
  }

  words() {
    const found = this.player.race.curves[this.name];
    return found ? wordsOfCurves(this.player, found, this.values()) : "";
  }

  /** The values of each optimizer's own curve, the first axis of several. */
  values() {
    if (this.curves) return this.curves;
    const { race } = this.player;
    const lines = race.curves[this.name].data.filter((trace) => trace.fill === undefined && trace.showlegend !== false);
    this.curves = race.runs.map((run) => numbers(lines.find((line) => line.legendgroup === run.label)?.y ?? []));
    return this.curves;
  }

  /** @returns {DrawnAxes | null} */
  axes() {
    return this.player.race?.curves[this.name] ? axesOf(this.plot) : null;
  }

  /** The pixel of an optimizer's curve at a position of the clock, or null where it has none. @param {number} index @param {number} position */
  pixel(index, position) {
    const axes = this.axes();
    if (!axes) return null;
    const { x, y } = axes;
    const values = this.values()[index];
    const step = Math.min(values.length - 1, Math.floor(position));
    const next = Math.min(values.length - 1, step + 1);
    const share = Math.min(1, position - step);
    const low = y.pixel(values[step]);
    const high = y.pixel(values[next]);
    const height = share ? low + share * (high - low) : low;
    return Number.isFinite(height) ? [x.pixel(position), height] : null;
  }

  draw() {
    const context = this.clear();
    const axes = this.axes();
    if (!axes) return;
    const { race, position, scale, off, highlight } = this.player;
    const { y } = axes;
    this.coverAhead(context, axes);
    this.drawCursor(context, axes);
    for (const [index, run] of race.runs.entries()) {
      if (off.has(index)) continue;
      const pixel = this.pixel(index, position);
      if (!pixel || pixel[1] < y.start - 1 || pixel[1] > y.end + 1) continue;
      context.globalAlpha = highlight === null || highlight === index ? 1 : 0.25;
      context.fillStyle = run.colour;
      context.beginPath();
      outline(context, race.look.markers[run.marker], pixel[0], pixel[1], 4 * scale);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** The canvas' context, with nothing on it, measured in CSS pixels. */
  clear() {
    const context = contextOf(this.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    return context;
  }

  /** Where nothing may tell how the race goes on, cover what comes after the clock's position. @param {CanvasRenderingContext2D} context @param {DrawnAxes} axes */
  coverAhead(context, { x, y }) {
    const { race, position } = this.player;
    if (race.ahead) return;
    const from = x.pixel(position);
    context.fillStyle = race.theme.background;
    context.fillRect(from, y.start - EDGE, x.end + EDGE - from, y.length + 2 * EDGE);
  }

  /** A line at the clock's position. @param {CanvasRenderingContext2D} context @param {DrawnAxes} axes */
  drawCursor(context, { x, y }) {
    const { race, position, scale } = this.player;
    const at = x.pixel(position);
    context.strokeStyle = race.theme.text;
    context.globalAlpha = 0.55;
    context.lineWidth = scale;
    context.beginPath();
    context.moveTo(at, y.start);
    context.lineTo(at, y.end);
    context.stroke();
  }

  /** The axes that a pointer is at. @param {PointerEvent} event @returns {DrawnAxes | null | undefined} */
  axesAt(event) {
    return this.axes();
  }

  /** @param {PointerEvent} event */
  grab(event) {
    const axes = this.axesAt(event);
    if (!axes || event.button !== 0 || !event.isPrimary) return;
    const left = this.plot.getBoundingClientRect().left;
    const seek = (/** @type {PointerEvent} */ moved) => {
      this.player.clock.pause();
      this.player.clock.seek(axes.x.value(moved.clientX - left));
    };
    followPointer(seek);
    seek(event);
  }
}

/** An axis that the user does not move, and that keeps nothing of the figure before: without limits of its own it fits what is drawn now. @param {Layout} axis @returns {Layout} */
export const still = (axis) => ({ ...axis, fixedrange: true, autorange: !axis.range, uirevision: undefined });
