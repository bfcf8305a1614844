// What each layer gives out, and what comes back to it: for every network a row of two distributions for each layer, at the shown step.

import { CanvasPanel } from "./canvaspanel.js";
import { short } from "./dom.js";
import { fateOf, namesWith, OVERFLOWS } from "./signalwords.js";
import { namesOf } from "./labels.js";
import { axisOf, cut, drawAcross, drawName, fitting, fontOf, NAME, nameSize, wrapped } from "./plotting.js";

/** @import { Edges, Moment, SignalsBlock, Size, Trained } from "./types" */
/** @import { Trainer } from "./trainer.js" */

const THEORY = ["thin line: an infinitely wide network before it learns", "thin line: an infinitely wide one, untrained", "thin line: infinitely wide"];
const NARROWEST = 148; // CSS pixels of a network's column
const OVERLAP = 1.12; // how high a ridge may be, in rows
const TITLES = { forward: ["activations", "forward"], backward: ["signal back", "back"] }; // in full, and where there is no room for that
const LOWEST_ROW = 7; // CSS pixels of a layer; more networks than have such rows are not shown
const TEXT = 13; // CSS pixels of all letters but names; where rows are lower, only some have words beside them

const ROOMY = 130; // CSS pixels of a distribution with room for three numbers
const NOTE = 2.9; // letters' heights of the two lines under all
const WORDS_WIDE = 5.8; // letters' heights between the two distributions, for what share does not learn
const SHARES_WIDE = 3.6; // and where there is so little room that the word for it stands a line higher
const OVER_COLUMN = 0.15; // letters' heights by which a name may be wider than its column at either side
const NARROW_HALF = 4.2; // letters' heights of a distribution that is narrower than its title

/** @typedef {{ run: number, box: Edges, halves: { forward: Edges, backward: Edges }, row: number, narrow: boolean }} Column narrow, where what a share is of stands a line higher */

export class ActivationsPanel extends CanvasPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name, "Activations of each layer, and the signal that comes back to it");
    /** @type {Column[]} */
    this.columns = [];
    /** @type {number | null} the network that is pointed at */
    this.pointedAt = null;
    this.missing = 0; // how many networks there is no room for
  }

  setRace() {
    this.pointedAt = null;
  }

  get signals() {
    return this.trainer.training.signals;
  }

  /** Layers of units. */
  get depth() {
    return this.trainer.training.network.sizes.length - 2;
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @override */
  paint(context, size) {
    const { training, off, scale } = this.trainer;
    if (!this.signals) return this.sayEmpty(context, size, "no hidden layers, no activations to show", training.theme.text);
    const runs = [...training.runs.keys()].filter((index) => !off.has(index));
    this.columns = this.places(size, runs);
    const at = this.told(this.signals);
    const names = this.names(context, at);
    for (const [i, column] of this.columns.entries()) this.drawColumn(context, column, at, names[i]);
    this.drawNote(context, size, TEXT * scale, at);
  }

  /** Which of what is told holds at the shown step. @param {SignalsBlock} signals */
  told({ told }) {
    return toldAt(told, this.trainer.moment);
  }

  // ---- where

  /** @param {Size} size @param {number[]} runs @returns {Column[]} */
  places({ width, height }, runs) {
    const { scale } = this.trainer;
    const letters = TEXT * scale;
    const across = Math.max(1, Math.min(runs.length, Math.floor(width / (NARROWEST * scale))));
    const room = height - NOTE * letters;
    const least = 5.4 * letters + this.depth * LOWEST_ROW * scale;
    const down = Math.min(Math.ceil(runs.length / across), Math.max(1, Math.floor(room / least)));
    const [wide, high] = [width / across, room / down];
    this.missing = Math.max(0, runs.length - across * down);
    const idle = Boolean(this.signals?.idle);
    const narrow = idle && (wide - (1.2 + WORDS_WIDE) * letters) / 2 < NARROW_HALF * letters;
    const between = (idle ? (narrow ? SHARES_WIDE : WORDS_WIDE) : 1) * letters;
    return runs.slice(0, across * down).map((run, i) => {
      const left = (i % across) * wide + 0.6 * letters;
      const right = left + wide - 1.2 * letters;
      const top = Math.floor(i / across) * high;
      const box = { left, right, top: top + (narrow ? 4.5 : 3.3) * letters, bottom: top + high - 1.8 * letters };
      const half = (right - left - between) / 2;
      const halves = { forward: { ...box, right: left + half }, backward: { ...box, left: right - half } };
      return { run, box, halves, narrow, row: (box.bottom - box.top) / this.depth };
    });
  }

  // ---- drawing

  /** Why nothing is drawn. @param {CanvasRenderingContext2D} context @param {Edges} box @param {number} size */
  sayOverflow(context, { left, right, top, bottom }, size) {
    context.font = fontOf(size);
    context.fillStyle = this.trainer.training.theme.text;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 0.35 * size;
    context.strokeStyle = this.trainer.training.theme.background;
    const lines = wrapped(context, "out of the range of numbers", right - left, 2);
    for (const [i, line] of lines.entries()) {
      const y = (top + bottom) / 2 + (i - (lines.length - 1) / 2) * 1.35 * size;
      context.strokeText(line, (left + right) / 2, y);
      context.fillText(line, (left + right) / 2, y);
    }
  }

  /** The name of each network, with what becomes of its signal. @param {CanvasRenderingContext2D} context @param {number} at which of what is told */
  names(context, at) {
    const { runs } = this.trainer.training;
    const labels = runs.map(({ label }) => label);
    const room = Math.min(...this.columns.map(({ box }) => box.right - box.left)) + 2 * OVER_COLUMN * TEXT * this.scale;
    const forms = this.columns.map(({ run }) => (this.depth > 1 ? namesWith(labels, run, this.fate(runs[run], at).tag) : namesOf(labels, run)));
    return forms.length ? fitting(context, forms, room, NAME * this.scale, this.columns.map(({ run }) => labels[run])) : [];
  }

  /** @param {CanvasRenderingContext2D} context @param {Column} column @param {number} at which of what is told @param {string} label */
  drawColumn(context, column, at, label) {
    const { run, box, halves, row, narrow } = column;
    const { training, scale, highlight } = this.trainer;
    const signals = /** @type {SignalsBlock} */ (this.signals);
    const { theme } = training;
    const shown = training.runs[run];
    const size = TEXT * scale;
    context.globalAlpha = highlight === null || highlight === run ? 1 : 0.35;
    const { tag } = this.fate(shown, at);
    const name = { left: box.left - OVER_COLUMN * size, right: box.right + OVER_COLUMN * size };
    drawName(context, { label, colour: shown.colour }, name, box.top - (narrow ? 2.9 : 1.7) * size, nameSize(context, label, name.right - name.left, NAME * scale));
    for (const kind of /** @type {const} */ (["forward", "backward"])) {
      const half = halves[kind];
      drawAcross(context, axisOf(signals[kind], kind === "backward" && half.right - half.left > ROOMY * scale ? 3 : 2), half, theme, size);
      context.font = fontOf(size);
      context.fillStyle = theme.text;
      context.textAlign = "left";
      context.textBaseline = "bottom";
      context.globalAlpha *= 0.75;
      const [long, brief] = TITLES[kind];
      const room = half.right - half.left + 0.5 * size;
      context.fillText(cut(context, context.measureText(long).width <= room ? long : brief, room), half.left, box.top - 0.45 * size);
      context.globalAlpha /= 0.75;
      for (let layer = 0; layer < this.depth; layer++) this.drawRidge(context, shown, kind, layer, at, { ...half, bottom: half.top + (layer + 1) * row }, row);
    }
    if (tag === OVERFLOWS) this.sayOverflow(context, box, size);
    else this.drawShares(context, shown, at, column);
    context.globalAlpha = 1;
  }

  /** One distribution, with its theory as a thin line. @param {CanvasRenderingContext2D} context @param {Trained} run @param {"forward" | "backward"} kind @param {number} layer @param {number} at @param {Edges} box whose lower edge it stands on @param {number} row */
  drawRidge(context, run, kind, layer, at, { left, right, bottom }, row) {
    const { theme } = this.trainer.training;
    const { bins } = /** @type {SignalsBlock} */ (this.signals);
    const start = (at * this.depth + layer) * bins;
    const heights = run[kind].subarray(start, start + bins);
    const wide = (right - left) / bins;
    const high = 0.9 * row;
    context.beginPath();
    context.moveTo(left, bottom);
    for (let bin = 0; bin < bins; bin++) {
      const y = bottom - (heights[bin] / 255) * high;
      context.lineTo(left + bin * wide, y);
      context.lineTo(left + (bin + 1) * wide, y);
    }
    context.lineTo(right, bottom);
    context.closePath();
    const strength = context.globalAlpha;
    context.fillStyle = run.colour;
    context.globalAlpha = strength * 0.5;
    context.fill();
    context.globalAlpha = strength;
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left, bottom);
    context.lineTo(right, bottom);
    context.stroke();
    const theory = run[`${kind}Theory`];
    const peak = run[`${kind}Peak`][at * this.depth + layer];
    if (!theory || !(theory[layer * bins] === theory[layer * bins]) || !(peak > 0)) return;
    context.strokeStyle = theme.text;
    context.globalAlpha = strength * 0.8;
    context.lineWidth = 1.1 * this.scale;
    context.beginPath();
    for (let bin = 0; bin < bins; bin++) context.lineTo(left + (bin + 0.5) * wide, bottom - Math.min(OVERLAP, theory[layer * bins + bin] / peak) * high);
    context.stroke();
    context.globalAlpha = strength;
  }

  /** What becomes of the signal in a network. @param {Trained} run @param {number} at */
  fate(run, at) {
    return fateOf(run, at, this.depth, this.signals?.idle ?? "");
  }

  /** Beside each layer, what share of it does not learn. @param {CanvasRenderingContext2D} context @param {Trained} run @param {number} at @param {Column} column */
  drawShares(context, run, at, { box, halves, row, narrow }) {
    const idle = this.signals?.idle;
    if (!idle) return;
    const size = TEXT * this.scale;
    const [left, right, top] = [halves.forward.right, halves.backward.left, box.top];
    const stride = Math.ceil((1.05 * size) / row);
    context.fillStyle = this.trainer.training.theme.text;
    context.textAlign = "center";
    const middle = (left + right) / 2;
    const room = right - left - 4;
    context.font = fontOf(size);
    context.textBaseline = "bottom";
    context.fillText(cut(context, idle, narrow ? box.right - box.left : room), middle, top - (narrow ? 1.6 : 0.45) * size);
    for (let layer = 0; layer < this.depth; layer += stride) {
      const k = at * this.depth + layer;
      const both = run.dead[k] > 0 && row > 2.4 * size && !narrow;
      const y = top + (layer + 0.6) * row;
      context.textBaseline = "middle";
      context.font = fontOf(size, 600);
      context.fillText(shareText(run.saturated[k]), middle, y - (both ? 0.6 * size : 0));
      context.font = fontOf(size);
      if (both) context.fillText(cut(context, run.dead[k] === 1 ? "all dead" : `${shareText(run.dead[k])} dead`, room), middle, y + 0.6 * size);
    }
  }

  /** The same in words; nothing where there are no numbers any more. @param {Trained} run @param {number} layer @param {number} at */
  shares(run, layer, at) {
    const k = at * this.depth + layer;
    const idle = this.signals?.idle;
    if (this.fate(run, at).tag === OVERFLOWS) return [];
    const parts = idle ? [`${shareText(run.saturated[k])} ${idle}`] : [];
    if (run.dead[k] > 0) parts.push(`${shareText(run.dead[k])} dead`);
    return parts;
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @param {number} letters @param {number} at */
  drawNote(context, { width, height }, letters, at) {
    const { training } = this.trainer;
    context.font = fontOf(letters);
    context.fillStyle = training.theme.text;
    context.globalAlpha = 0.75;
    context.textAlign = "left";
    context.textBaseline = "top";
    const told = this.pointedAt === null ? "" : `${training.runs[this.pointedAt].label}: ${this.fate(training.runs[this.pointedAt], at).sentence}`;
    const left = this.missing ? `no room for ${this.missing} more: hide others in the table; ` : "";
    const theory = training.runs.some((run) => run.forwardTheory);
    const forms = THEORY.map((line) => `${left}layers from top to bottom, over ${this.signals?.examples} examples${theory ? `; ${line}` : ""}`);
    const lines = (told ? [told] : forms).map((text) => wrapped(context, text, width - letters, 2));
    for (const [i, line] of (lines.find((form) => !form.some((words) => words.endsWith("…"))) ?? lines[lines.length - 1]).entries()) context.fillText(line, 0.5 * letters, height - (NOTE - 0.3 - 1.25 * i) * letters);
    context.globalAlpha = 1;
  }

  // ---- pointing and words

  /** @param {PointerEvent} event @override */
  pointed(event) {
    const [x, y] = this.at(event);
    const column = this.columns.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
    if (!column || !this.signals) return this.left();
    if (this.pointedAt !== column.run) this.trainer.invalidate();
    this.pointedAt = column.run;
    const layer = Math.min(this.depth - 1, Math.floor((y - column.box.top) / column.row));
    const run = this.trainer.training.runs[column.run];
    const at = this.told(this.signals);
    const k = at * this.depth + layer;
    this.tip(event, `${run.label}, layer ${layer + 1}`, [
      ["activations", `spread ${short(run.spread[k])}`],
      ["signal back", `median ${short(run.medianBack[k])}, rms ${short(run.rms[k])}`],
      ["units", this.shares(run, layer, at).join(", ") || (this.fate(run, at).tag === OVERFLOWS ? "–" : "all have a slope")],
    ]);
  }

  left() {
    super.left();
    if (this.pointedAt !== null) this.trainer.invalidate();
    this.pointedAt = null;
  }

  words() {
    const { training, trainer } = { training: this.trainer.training, trainer: this.trainer };
    if (!this.signals) return "No hidden layers, no activations to show";
    const at = this.told(this.signals);
    const told = training.runs.filter((_, index) => !trainer.off.has(index)).map((run) => {
      const layers = Array.from({ length: this.depth }, (_, layer) => {
        const k = at * this.depth + layer;
        return `layer ${layer + 1} spread ${short(run.spread[k])}, ${[...this.shares(run, layer, at), `median signal back ${short(run.medianBack[k])}`].join(", ")}`;
      });
      return `${run.label}: ${this.fate(run, at).sentence} In detail: ${layers.join("; ")}`;
    });
    return `Distributions of activations and of the signal that comes back, layer by layer, at step ${trainer.clock.step} of ${training.steps}. ${told.join(". ")}`;
  }
}

/** The last of what is told that is not after a moment: its index. @param {number[]} told kept steps by their index @param {Moment} moment */
export function toldAt(told, { index }) {
  let at = 0;
  while (at + 1 < told.length && told[at + 1] <= index) at++;
  return at;
}

/** A share that is neither none nor all, never written as one of them. @param {number} part */
function shareText(part) {
  if (!Number.isFinite(part)) return "–";
  if (part === 0 || part === 1) return `${100 * part}%`;
  return `${Math.min(99, Math.max(1, Math.round(100 * part)))}%`;
}
