// The ground between two axes, its colours and contour lines: drawn once, then moved and stretched as a picture while the axes move, and drawn anew once
// they rest, or where more than the picture holds is to be seen.

import { boxOf } from "./canvasaxes.js";
import { clipped, drawGround } from "./canvasground.js";
import { numbers } from "./data.js";
import { contextOf, element } from "./dom.js";

/** @import { Box, Range, Trace } from "./types" */
/** @import { AxisPair, PlotAxis } from "./canvasaxes.js" */

const SPARE = 0.5; // of what is shown, drawn beyond each edge of it while it moves
const SLACK = 0.5; // CSS pixels that may be missing at an edge meanwhile

/** @typedef {{ look: string, levels: unknown[], ranges: Range[], box: Box, ratio: number, from: Box }} Kept what the picture was drawn of, and where it lay then */

export class GroundPicture {
  constructor() {
    this.canvas = element("canvas", {});
    this.element = element("div", { class: "contents ground", "aria-hidden": "true" }, this.canvas);
    /** @type {Kept | null} */
    this.kept = null;
  }

  /**
   * Draw it: where it rests, on a canvas that there is anyway, since each one that is shown takes its share of every frame.
   * @param {CanvasRenderingContext2D} context @param {Trace[]} traces contour traces, one over the other @param {AxisPair} axes @param {boolean} moving whether the axes have not come to rest
   */
  draw(context, traces, axes, moving) {
    this.element.hidden = !traces.length || !moving;
    if (!traces.length) return;
    const box = boxOf(axes);
    const levels = traces.map(({ z }) => z);
    const look = JSON.stringify(traces.map(({ x, y, z, ...rest }) => rest));
    const ranges = /** @type {Range[]} */ ([[...axes.x.range], [...axes.y.range]]);
    const now = { look, levels, ranges, box, ratio: devicePixelRatio, from: moving ? widened(box, traces[0], axes) : box };
    if (!this.kept || !this.fits(this.kept, now, traces[0], axes, moving)) this.redraw(traces, axes, now);
    if (moving) this.place(axes);
    else {
      const { left, top, width, height } = onPixels(box, devicePixelRatio);
      context.drawImage(this.canvas, left, top, width, height);
    }
  }

  /** @param {Kept} kept @param {Kept} now @param {Trace} trace @param {AxisPair} axes @param {boolean} moving */
  fits(kept, now, trace, axes, moving) {
    const same = (/** @type {(of: Kept) => unknown} */ part) => JSON.stringify(part(kept)) === JSON.stringify(part(now));
    if (kept.look !== now.look || kept.levels.some((z, k) => z !== now.levels[k]) || !same(({ box, ratio }) => [box, ratio])) return false;
    if (!moving) return same(({ ranges, from }) => [ranges, from]);
    const wanted = seenOf(now.box, trace, axes);
    const [left, top, right, bottom] = edgesOf(this.moved(kept, axes));
    return left <= wanted[0] + SLACK && top <= wanted[1] + SLACK && right >= wanted[2] - SLACK && bottom >= wanted[3] - SLACK;
  }

  /** @param {Trace[]} traces @param {AxisPair} axes @param {Kept} now */
  redraw(traces, axes, now) {
    const { canvas } = this;
    const { ratio, box } = now;
    const from = onPixels(now.from, ratio);
    Object.assign(canvas, { width: Math.round(from.width * ratio), height: Math.round(from.height * ratio) });
    const context = contextOf(canvas);
    context.scale(ratio, ratio);
    context.translate(-from.left, -from.top);
    if (now.from === box) clipped(context, box);
    for (const trace of traces) drawGround(context, trace, axes);
    this.kept = now;
    Object.assign(canvas.style, { width: `${from.width}px`, height: `${from.height}px` });
  }

  /** Where the picture belongs, for what the axes show now. @param {AxisPair} axes */
  place(axes) {
    const { kept } = this;
    if (!kept) return;
    const [frame, drawn] = [onPixels(kept.box, kept.ratio), onPixels(kept.from, kept.ratio)];
    Object.assign(this.element.style, pixels(frame));
    const { left, top, width, height } = this.moved({ ...kept, from: drawn }, axes);
    this.canvas.style.transform = `translate(${left - frame.left}px, ${top - frame.top}px) scale(${width / drawn.width}, ${height / drawn.height})`;
  }

  /** The place of what was drawn, for what the axes show now. @param {Kept} kept @param {AxisPair} axes @returns {Box} */
  moved({ ranges, from }, { x, y }) {
    const [left, right] = [from.left, from.left + from.width].map((at) => movedTo(x, ranges[0], at));
    const [top, bottom] = [from.top, from.top + from.height].map((at) => movedTo(y, ranges[1], at));
    return { left, top, width: right - left, height: bottom - top };
  }
}

/** Where a pixel has gone since its axis showed a range. @param {PlotAxis} axis @param {Range} before @param {number} pixel */
function movedTo(axis, [low, high], pixel) {
  const share = (pixel - axis.start) / axis.length;
  return axis.start + axis.offset(low + (axis.letter === "y" ? 1 - share : share) * (high - low));
}

/** What is seen of the ground. @param {Box} box @param {Trace} trace @param {AxisPair} axes */
const seenOf = (box, trace, axes) => common(edgesOf(box), extent(trace, axes));

/** What is drawn of it while it moves. @param {Box} box @param {Trace} trace @param {AxisPair} axes @returns {Box} */
function widened(box, trace, axes) {
  const [wide, high] = [SPARE * box.width, SPARE * box.height];
  const [left, top, right, bottom] = common(edgesOf({ left: box.left - wide, top: box.top - high, width: box.width + 2 * wide, height: box.height + 2 * high }), extent(trace, axes));
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/** The edges of a trace's grid, half a cell beyond its points. @param {Trace} trace @param {AxisPair} axes */
function extent(trace, { x, y }) {
  const [[left, right], [bottom, top]] = [[x, trace.x], [y, trace.y]].map(([axis, given]) => {
    const values = numbers(given);
    const ends = [axis.pixel(values[0]), axis.pixel(values[values.length - 1])];
    const half = (ends[1] - ends[0]) / (values.length - 1) / 2;
    return [ends[0] - half, ends[1] + half];
  });
  return [left, top, right, bottom];
}

/** @param {Box} box */
const edgesOf = ({ left, top, width, height }) => [left, top, left + width, top + height];

/** What lies within both. @param {number[]} a edges @param {number[]} b */
const common = (a, b) => a.map((edge, k) => (k < 2 ? Math.max(edge, b[k]) : Math.min(edge, b[k])));

/** A box widened to whole pixels of the screen. @param {Box} box @param {number} ratio @returns {Box} */
function onPixels(box, ratio) {
  const [left, top, right, bottom] = edgesOf(box).map((edge, k) => (k < 2 ? Math.floor(edge * ratio + 1e-6) : Math.ceil(edge * ratio - 1e-6)) / ratio);
  return { left, top, width: right - left, height: bottom - top };
}

/** @param {Box} box */
const pixels = (box) => Object.fromEntries(Object.entries(box).map(([side, length]) => [side, `${length}px`]));
