// Trails and heads as single pixels, for thousands of trajectories.

import { BEHIND, emphasis, pathsKey, runsOf } from "./frame.js";

/** @import { Box, PanelFrame, PixelRow, Race, Run, View } from "./types" */

const MOST_ROWS = 40; // of each run, that are kept

export class Pixels {
  /** @param {CanvasRenderingContext2D} context of the canvas to draw on */
  constructor(context) {
    this.context = context;
    this.ratio = 1;
    /** @type {Map<string, PixelRow>} one run's trajectories at one step as pixels, kept as long as the view stays */
    this.rows = new Map();
    /** @type {ImageData | null} the frame */
    this.image = null;
    this.words = new Uint32Array(0); // of the frame; a word is a pixel's four bytes
    /** @type {Uint32Array | null} words of whole trails, to which each frame only adds what is new */
    this.history = null;
    this.historyKey = "";
    this.historyStep = -1;
    /** @type {PixelRow | null} */
    this.between = null;
    /** @type {PixelRow | null} the row that is written into the trails */
    this.next = null;
  }

  /** The canvas has another size. */
  resize() {
    this.forget();
    this.image = this.history = null;
  }

  /** What was drawn before counts no more. */
  forget() {
    this.rows.clear();
    this.historyKey = "";
  }

  /** @param {PanelFrame} frame @param {number} ratio of the screen's pixels to CSS pixels */
  draw(frame, ratio) {
    const { context } = this;
    const { canvas } = context;
    this.ratio = ratio;
    if (!this.image) {
      this.image = context.createImageData(canvas.width, canvas.height);
      this.words = new Uint32Array(this.image.data.buffer);
    }
    if (frame.trail === "whole") {
      this.words.set(this.addToHistory(frame));
    } else {
      this.words.fill(0);
    }
    const { tail } = frame.race.look;
    const back = frame.trail === "comet" ? tail.steps : 0;
    const last = Math.floor(frame.position);
    for (const subplot of frame.subplots) {
      for (const index of runsOf(subplot, frame)) {
        const run = frame.race.runs[index];
        const colour = word(run.colour);
        const opacity = emphasis(index, frame);
        for (let t = Math.max(0, last - back); t < last; t++) {
          const fade = tail.opacity * ((t - last + back + 1) / (back + 1)) ** 2;
          this.dots(this.words, subplot.view.box, this.row(subplot.view, run, index, t, frame.race), colour, fade * opacity, 1);
        }
        const heads = this.headRow(subplot.view, run, index, frame);
        this.dots(this.words, subplot.view.box, heads, colour, opacity, this.dotSize(frame));
      }
    }
    context.putImageData(this.image, 0, 0);
  }

  /** The side of a head, in pixels of the canvas. @param {PanelFrame} frame */
  dotSize({ race, scale }) {
    return Math.max(1, Math.round(2 * race.look.head * this.ratio * scale));
  }

  /** @param {View} view @param {Run} run @param {number} index @param {number} t @param {Race} race */
  row(view, run, index, t, { count, runs }) {
    const key = `${index}:${t}:${view.key}`;
    let row = this.rows.get(key);
    if (!row) {
      if (this.rows.size > MOST_ROWS * runs.length) this.rows.delete(String(this.rows.keys().next().value));
      row = rowOf(count);
      view.row(run, t * count, count, row.px, row.py, row.hidden);
      this.rows.set(key, row);
    }
    return row;
  }

  /**
   * The row at the clock's position, which may lie between two steps.
   * @param {View} view @param {Run} run @param {number} index @param {PanelFrame} frame
   * @returns {PixelRow}
   */
  headRow(view, run, index, { position, race }) {
    const last = Math.floor(position);
    const from = this.row(view, run, index, last, race);
    const share = position - last;
    if (share < 1e-6 || last >= race.steps) return from;
    const to = this.row(view, run, index, last + 1, race);
    const { count } = race;
    if (this.between?.px.length !== count) this.between = { px: new Float32Array(count), py: new Float32Array(count), hidden: from.hidden };
    const { px, py } = this.between;
    for (let n = 0; n < count; n++) {
      px[n] = from.px[n] + share * (to.px[n] - from.px[n]);
      py[n] = from.py[n] + share * (to.py[n] - from.py[n]);
    }
    return { px, py, hidden: from.hidden };
  }

  /**
   * Write a row as squares of one colour, as far as they lie wholly in the box.
   * @param {Uint32Array} words @param {Box} box @param {PixelRow} row @param {number} colour @param {number} opacity @param {number} size
   */
  dots(words, box, { px, py, hidden }, colour, opacity, size) {
    const { ratio } = this;
    const { width: columns, height: rows } = this.context.canvas;
    const left = Math.round(box.left * ratio);
    const top = Math.round(box.top * ratio);
    const right = Math.min(columns, Math.round((box.left + box.width) * ratio));
    const bottom = Math.min(rows, Math.round((box.top + box.height) * ratio));
    const full = ((((255 * opacity) & 255) << 24) | colour) >>> 0;
    const dim = ((((255 * opacity * BEHIND) & 255) << 24) | colour) >>> 0;
    const half = size / 2;
    for (let n = 0; n < px.length; n++) {
      const x = Math.round(px[n] * ratio - half); // NaN fails every comparison below
      const y = Math.round(py[n] * ratio - half);
      if (!(x >= left && x + size <= right && y >= top && y + size <= bottom)) continue;
      const value = hidden[n] ? dim : full;
      for (let row = y * columns, end = row + size * columns; row < end; row += columns) {
        for (let k = row + x; k < row + x + size; k++) words[k] = value;
      }
    }
  }

  /** @param {PanelFrame} frame @returns the words of the trails up to its last whole step */
  addToHistory(frame) {
    const last = Math.floor(frame.position);
    const key = pathsKey(frame);
    if (!this.history || key !== this.historyKey || last < this.historyStep) {
      this.history ??= new Uint32Array(this.words.length);
      this.history.fill(0);
      this.historyKey = key;
      this.historyStep = -1;
    }
    const { race } = frame;
    const row = this.next?.px.length === race.count ? this.next : (this.next = rowOf(race.count));
    for (let t = this.historyStep + 1; t <= last; t++) {
      for (const subplot of frame.subplots) {
        for (const index of runsOf(subplot, frame)) {
          const run = race.runs[index];
          subplot.view.row(run, t * race.count, race.count, row.px, row.py, row.hidden);
          this.dots(this.history, subplot.view.box, row, word(run.colour), race.look.trail.opacity * emphasis(index, frame), 1);
        }
      }
    }
    this.historyStep = Math.max(this.historyStep, last);
    return this.history;
  }
}

/** @param {number} count @returns {PixelRow} */
const rowOf = (count) => ({ px: new Float32Array(count), py: new Float32Array(count), hidden: new Uint8Array(count) });

/** "#RRGGBB" as the low three bytes of a little-endian RGBA word. @param {string} colour */
function word(colour) {
  const value = parseInt(colour.slice(1), 16);
  return ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
}
