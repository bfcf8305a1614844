// Trails as strokes, smooth and anti-aliased, for up to a few hundred trajectories.

import { contextOf } from "./dom.js";
import { BEHIND, clipTo, emphasis, pathsKey, runsOf } from "./frame.js";
import { traced } from "./tracing.js";

/** @import { PanelFrame, Race, Run, Subplot, View } from "./types" */

const AHEAD = 0.45; // of the opacity of trails has the way that is still to be gone
const FADES = 6; // a comet's tail fades in so many stages
const SEVERAL = 8; // steps at once are drawn in parts
const MOST = 6000; // CSS pixels of lines in a part: the more a path has, the longer a canvas takes for each of them

export class Strokes {
  /** @param {CanvasRenderingContext2D} context of the canvas to draw on */
  constructor(context) {
    this.context = context;
    /** @type {string | null} */
    this.historyKey = null;
    this.historyStep = 0;
    this.history = document.createElement("canvas"); // whole trails up to the last whole step, to which each frame only adds what is new
    this.sheet = contextOf(document.createElement("canvas")); // for the trails of one optimizer, before they are laid on the others
  }

  /** The canvas has another size. */
  resize() {
    for (const canvas of [this.history, this.sheet.canvas]) {
      canvas.width = this.context.canvas.width;
      canvas.height = this.context.canvas.height;
    }
    this.forget();
  }

  /** What was drawn before counts no more. */
  forget() {
    this.historyKey = null;
  }

  /** Draw the trails in one subplot of a frame. @param {Subplot} subplot @param {PanelFrame} frame */
  draw(subplot, frame) {
    if (frame.trail === "whole") this.showHistory();
    const { context } = this;
    const { trail } = frame.race.look;
    for (const index of runsOf(subplot, frame)) {
      const run = frame.race.runs[index];
      const opacity = emphasis(index, frame);
      context.lineJoin = context.lineCap = "round";
      context.strokeStyle = run.colour;
      if (frame.ahead) this.drawAhead(subplot.view, run, frame, opacity);
      if (frame.trail === "comet") this.drawComet(subplot.view, run, frame, opacity);
      if (frame.trail === "whole") {
        context.lineWidth = frame.scale * trail.width;
        this.strokeSteps(context, subplot.view, run, frame.race, Math.floor(frame.position), frame.position, trail.opacity * opacity);
      }
    }
  }

  /** @param {View} view @param {Run} run @param {PanelFrame} frame @param {number} opacity */
  drawAhead(view, run, { race, position, scale }, opacity) {
    const { context } = this;
    const { dashes, trail } = race.look;
    context.lineWidth = scale * trail.width;
    context.setLineDash(dashes[run.dash].map((length) => length * scale));
    this.strokeSteps(context, view, run, race, position, race.steps, AHEAD * trail.opacity * opacity);
    context.setLineDash([]);
  }

  /** @param {View} view @param {Run} run @param {PanelFrame} frame @param {number} opacity */
  drawComet(view, run, frame, opacity) {
    const { context } = this;
    const { tail, trail } = frame.race.look;
    const first = Math.max(0, frame.position - tail.steps);
    context.setLineDash([]);
    for (let fade = 0; fade < FADES; fade++) {
      const from = first + ((frame.position - first) * fade) / FADES;
      const to = first + ((frame.position - first) * (fade + 1)) / FADES;
      const share = (fade + 1) / FADES;
      context.lineWidth = frame.scale * trail.width * (0.5 + 0.6 * share);
      this.strokeSteps(context, view, run, frame.race, from, to, share * share * tail.opacity * opacity);
    }
  }

  /** Bring the whole trails up to a frame's last whole step; once for all of its subplots. @param {PanelFrame} frame @param {number} ratio */
  addToHistory(frame, ratio) {
    const last = Math.floor(frame.position);
    const key = `${pathsKey(frame)}|${frame.scale}|${ratio}`;
    const context = contextOf(this.history);
    if (key !== this.historyKey || last < this.historyStep) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.history.width, this.history.height);
      this.historyKey = key;
      this.historyStep = 0;
    }
    if (last <= this.historyStep) return;
    const { dashes, trail } = frame.race.look;
    for (const subplot of frame.subplots) {
      context.save();
      clipTo(context, subplot.view.box, ratio);
      context.lineJoin = context.lineCap = "round";
      context.lineWidth = frame.scale * trail.width;
      for (const index of runsOf(subplot, frame)) {
        const run = frame.race.runs[index];
        context.strokeStyle = run.colour;
        context.setLineDash(dashes[run.dash].map((length) => length * frame.scale));
        this.strokeSteps(context, subplot.view, run, frame.race, this.historyStep, last, trail.opacity * emphasis(index, frame));
      }
      context.restore();
    }
    this.historyStep = last;
  }

  showHistory() {
    this.context.save();
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.drawImage(this.history, 0, 0);
    this.context.restore();
  }

  /**
   * Stroke all trajectories of a run between two positions of the clock, whole steps or not.
   * @param {CanvasRenderingContext2D} context @param {View} view @param {Run} run @param {Race} race @param {number} from @param {number} to @param {number} alpha
   */
  strokeSteps(context, view, run, race, from, to, alpha) {
    if (to <= from) return;
    const most = to - from > SEVERAL ? MOST : Infinity;
    const { seen, behind } = traced(view, run, race, from, to, { ratio: context.getTransform().a, once: !context.getLineDash().length, most });
    for (const [paths, opacity] of /** @type {const} */ ([[seen, alpha], [behind, alpha * BEHIND]])) {
      context.globalAlpha = opacity;
      if (paths.length > 1) this.strokeTogether(context, paths);
      else if (paths.length) context.stroke(paths[0]);
    }
    context.globalAlpha = 1;
  }

  /** Stroke paths as if they were one: not darker where they cross. @param {CanvasRenderingContext2D} context @param {Path2D[]} paths */
  strokeTogether(context, paths) {
    const { sheet } = this;
    sheet.setTransform(1, 0, 0, 1, 0, 0);
    sheet.clearRect(0, 0, sheet.canvas.width, sheet.canvas.height);
    sheet.setTransform(context.getTransform());
    sheet.setLineDash(context.getLineDash());
    for (const name of /** @type {const} */ (["lineWidth", "lineCap", "lineJoin", "strokeStyle"])) Object.assign(sheet, { [name]: context[name] });
    for (const path of paths) sheet.stroke(path);
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(sheet.canvas, 0, 0);
    context.restore();
  }
}
