// A panel of curves over the steps, with a cursor at the clock's step. Dragging along it moves the clock.

import { drawScatter } from "./canvaslines.js";
import { beyond, differ, limitsOf, placeOn, reaching, roomier, still, ticksAt, titleLines, within } from "./curveaxes.js";
import { numbers } from "./data.js";
import { contextOf, followPointer } from "./dom.js";
import { outline } from "./marks.js";
import { caption, FigurePanel } from "./panel.js";
import { annotationsOf, axesOf } from "./plotly.js";
import { fontOf } from "./plotting.js";
import { spaced } from "./ticks.js";
import { wordsOfCurves } from "./words.js";

/** @import { Figure, Layout, Range, Trace } from "./types" */
/** @import { Player } from "./player.js" */
/** @import { DrawnAxes } from "./plotly.js" */

const PAUSE = 300; // milliseconds between two axes of lines that change in every frame
const REST = 120; // milliseconds without a change after which Plotly draws
const EDGE = 3; // CSS pixels by which a line along the edge of its plot reaches beyond it

export class CurvePanel extends FigurePanel {
  /** @param {Player} player @param {string} name */
  constructor(player, name) {
    super(player, name, `Curves: ${name}`);
    /** @type {ArrayLike<number>[] | null} the values of each optimizer's own curve, once they are asked for */
    this.curves = null;
    /** @type {Range | null} of the upright axis; of their logarithms where that is logarithmic */
    this.limits = null;
    this.reached = -1; // the step up to which they hold what is shown
    this.own = false; // whether its lines are drawn here, over what Plotly has drawn
    this.pause = 0; // until when Plotly does not follow lines that change in every frame
    this.rest = 0; // the timer of what is drawn at rest
    this.marked = 0; // how many lines are said to leave the picture
    /** @type {[left: number, top: number, width: number, height: number][]} where that is said, in CSS pixels: nothing is drawn over it */
    this.labels = [];
    this.plot.addEventListener("pointerdown", (event) => this.grab(event));
  }

  setRace() {
    this.curves = null;
    this.reached = -1;
    this.redraw();
  }

  /** Lines that change in every frame are drawn here, Plotly follows once they rest, or leave the picture. */
  setPaths() {
    this.curves = null;
    this.reached = -1;
    this.own = true;
    this.element.classList.add("live");
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.redraw(), REST);
    if (performance.now() > this.pause && this.leaves()) this.follow();
  }

  /** Whether what is drawn leaves the picture, or has become small in it. */
  leaves() {
    const { race, position } = this.player;
    const { shapes = [], yaxis } = race.curves[this.name].layout;
    const wanted = reaching(limitsOf(this.visible(), yaxis, race.ahead ? Infinity : position), shapes, yaxis);
    if (!wanted || !this.limits) return wanted !== this.limits;
    return differ(wanted, this.limits);
  }

  /** Let Plotly draw other axes, and leave it some time then. */
  follow() {
    const began = performance.now();
    this.pause = Infinity;
    this.redraw().then(() => (this.pause = performance.now() + Math.max(PAUSE, 4 * (performance.now() - began))));
  }

  drawn() {
    this.labels = annotationsOf(this.plot).slice(1); // the first is the panel's title
    if (!this.own || this.player.live.on) return;
    this.own = false;
    this.element.classList.remove("live");
  }

  close() {
    clearTimeout(this.rest);
    super.close();
  }

  toggled() {
    this.redraw();
  }

  /** The traces of the optimizers that are shown. */
  visible() {
    const { race, off } = this.player;
    return race.curves[this.name].data.filter((trace) => !off.has(race.runs.findIndex((run) => run.label === trace.legendgroup)));
  }

  /** @returns {Figure | null} */
  figure() {
    const { race, scale } = this.player;
    const found = race?.curves[this.name];
    if (!found) return null;
    const shown = this.visible();
    const data = found.data.map((trace) => ({ ...trace, visible: shown.includes(trace), line: { ...trace.line, width: trace.line.width * scale } }));
    const size = 11.5 * scale;
    const title = titleLines(found.layout.yaxis.title.text, this.size.width - 60 * scale, fontOf(size));
    const margin = { l: 44 * scale, r: 16 * scale, t: 20 * scale + 1.3 * size * (title.length - 1), b: 22 * scale };
    const room = { width: this.size.width - margin.l - margin.r, height: this.size.height - margin.t - margin.b };
    const { shapes = [], yaxis } = found.layout;
    const until = race.ahead ? Infinity : this.player.position;
    this.limits = reaching(limitsOf(shown, yaxis, until), shapes, yaxis);
    const marks = this.leaving(until);
    this.marked = marks.length;
    const layout = {
      ...found.layout,
      shapes: shapes.filter((/** @type {Layout} */ { y0 }) => within(this.limits, placeOn(yaxis)(y0))),
      showlegend: false,
      dragmode: false,
      hovermode: race.ahead ? "closest" : false,
      font: { ...found.layout.font, size },
      margin,
      xaxis: still({ ...found.layout.xaxis, title: undefined, ...ticksAt(found.layout.xaxis.range, room.width / (3.5 * size)) }),
      yaxis: still({ ...found.layout.yaxis, title: undefined, automargin: true, range: this.limits && roomier(this.limits, marks, room.height / scale), ...this.ticks(found.layout.yaxis, room.height / (1.9 * size)) }),
      annotations: [{ ...caption(title.join("<br>"), size), align: "left" }, ...marks.map((mark) => ({ ...mark, yshift: scale * mark.yshift, font: { ...mark.font, size } }))],
    };
    return { data, layout };
  }

  /** The arrows of the lines that have left the picture by a step. @param {number} until @returns {Layout[]} */
  leaving(until) {
    const { race, off } = this.player;
    const marks = race.curves[this.name].layout.annotations ?? [];
    return marks.filter((/** @type {Layout} */ { name, x }) => x <= Math.ceil(until) && !off.has(race.runs.findIndex((run) => run.label === name)));
  }

  /** The numbers at the upright axis. @param {Layout} axis @param {number} most @returns {Layout} */
  ticks(axis, most) {
    const { limits } = this;
    if (!limits) return {};
    if (!axis.tickvals) return ticksAt(limits, Math.min(6, most), axis.type === "log");
    const places = numbers(axis.tickvals);
    const kept = spaced([...places], (place) => place, (limits[1] - limits[0]) / Math.max(1, most));
    return { tickvals: kept, ticktext: kept.map((place) => axis.ticktext[places.indexOf(place)]) };
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
    if (!race.ahead && Math.ceil(position) !== this.reached) this.reach(Math.ceil(position));
    if (this.own) this.drawLines(context, axes);
    this.coverAhead(context, axes);
    this.drawCursor(context, axes);
    for (const [left, top, width, height] of this.labels) context.clearRect(left, top, width, height);
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

  /** Let the upright axis reach as far as what is shown up to a step. @param {number} step */
  reach(step) {
    this.reached = step;
    const wanted = limitsOf(this.visible(), this.player.race.curves[this.name].layout.yaxis, step);
    if (beyond(wanted, this.limits) || this.leaving(step).length > this.marked) this.redraw();
  }

  /** What Plotly would draw. @param {CanvasRenderingContext2D} context @param {DrawnAxes} axes @param {Trace[]} traces */
  drawLines(context, axes, traces = this.visible()) {
    const { scale } = this.player;
    const { x, y } = axes;
    context.save();
    context.beginPath();
    context.rect(x.start, y.start - EDGE, x.length, y.length + 2 * EDGE);
    context.clip();
    for (const trace of traces) drawScatter(context, { ...trace, line: { ...trace.line, width: scale * trace.line.width } }, axes);
    context.restore();
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
    context.fillRect(from, y.start - 1, x.end + EDGE - from, y.length + 1 + EDGE); // lines end at the top, and its title begins there
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
