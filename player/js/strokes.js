// Trails as strokes, smooth and anti-aliased, for up to a few hundred trajectories.

import { contextOf } from "./dom.js";
import { at, BEHIND, clipTo, emphasis, pathsKey, runsOf } from "./frame.js";

/** @import { PanelFrame, Pixel, Race, Run, Subplot, View } from "./types" */

const FADES = 6; // a comet's tail fades in so many stages
const FINELY = 60; // trajectories, up to which a step in 3-D is drawn in pieces
const PIECE = 6; // CSS pixels

export class Strokes {
  /** @param {CanvasRenderingContext2D} context of the canvas to draw on */
  constructor(context) {
    this.context = context;
    /** @type {string | null} */
    this.historyKey = null;
    this.historyStep = 0;
    this.history = document.createElement("canvas"); // whole trails up to the last whole step, to which each frame only adds what is new
  }

  /** The canvas has another size. */
  resize() {
    this.history.width = this.context.canvas.width;
    this.history.height = this.context.canvas.height;
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
      if (frame.trail === "comet") this.drawComet(subplot.view, run, frame, opacity);
      if (frame.trail === "whole") {
        context.lineWidth = frame.scale * trail.width;
        strokeSteps(context, subplot.view, run, frame.race, Math.floor(frame.position), frame.position, trail.opacity * opacity);
      }
    }
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
      strokeSteps(context, view, run, frame.race, from, to, share * share * tail.opacity * opacity);
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
        strokeSteps(context, subplot.view, run, frame.race, this.historyStep, last, trail.opacity * emphasis(index, frame));
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
}

/**
 * Stroke all trajectories of a run between two positions of the clock, whole steps or not.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Run} run @param {Race} race
 * @param {number} from @param {number} to @param {number} alpha
 */
function strokeSteps(context, view, run, race, from, to, alpha) {
  if (to <= from) return;
  const seen = new Path2D();
  const behind = new Path2D();
  let anyBehind = false;
  const finely = !view.flat && race.count * race.runs.length <= FINELY;
  for (let n = 0; n < race.count; n++) {
    let [px, py, hidden] = at(view, run, from, n, race);
    let pen = null; // the path that ends at the last pixel
    for (let before = from; before < to; ) {
      const next = Math.min(Math.floor(before) + 1, to);
      const pieces = finely ? piecesOf(px, py, at(view, run, next, n, race)) : 1;
      for (let piece = 1; piece <= pieces; piece++) {
        const [qx, qy, nextHidden] = at(view, run, before + ((next - before) * piece) / pieces, n, race);
        if (qx === qx && px === px) {
          const path = hidden && nextHidden ? behind : seen;
          if (pen !== path) path.moveTo(px, py);
          path.lineTo(qx, qy);
          pen = path;
          anyBehind ||= path === behind;
        } else {
          pen = null;
        }
        [px, py, hidden] = [qx, qy, nextHidden];
      }
      before = next;
    }
  }
  context.globalAlpha = alpha;
  context.stroke(seen);
  if (anyBehind) {
    context.globalAlpha = alpha * BEHIND;
    context.stroke(behind);
  }
  context.globalAlpha = 1;
}

/** In how many pieces a step is drawn, so that only what is behind a hill is dimmed, and not the whole step. @param {number} px @param {number} py @param {Pixel} to */
function piecesOf(px, py, [qx, qy]) {
  const length = Math.hypot(qx - px, qy - py);
  return length > PIECE ? Math.min(24, Math.ceil(length / PIECE)) : 1; // also where there is none
}
