// Draws what moves on a transparent canvas over a panel: trails, heads, starts, and marks where a trajectory has left the window.
// Up to a few hundred trajectories are strokes, smooth and anti-aliased; thousands are single pixels. `Look` of figures/theme.py decides.

import { contextOf } from "./dom.js";
import { clipTo } from "./frame.js";
import { drawExits, drawHeads, drawStarts } from "./marks.js";
import { drawLinks, drawNames, placeNames } from "./names.js";
import { Pixels } from "./pixels.js";
import { Strokes } from "./strokes.js";

/** @import { PanelFrame } from "./types" */
/** @import { Taken } from "./wordplaces.js" */

export class TrailLayer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = contextOf(canvas);
    this.ratio = 1;
    this.strokes = new Strokes(this.context);
    this.pixels = new Pixels(this.context);
    /** @type {Taken[]} where names stand */
    this.named = [];
  }

  /** @param {number} width @param {number} height in CSS pixels @param {number} ratio of the screen's pixels to them */
  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.strokes.resize();
    this.pixels.resize();
  }

  /** Nothing drawn before counts any more: other runs, or another size. */
  forget() {
    this.strokes.forget();
    this.pixels.forget();
  }

  /** Draw one frame. @param {PanelFrame} frame */
  draw(frame) {
    const { context, ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const { lines } = frame.race.look;
    this.named = [];
    if (!lines) this.pixels.draw(frame, ratio);
    if (lines && frame.trail === "whole") this.strokes.addToHistory(frame, ratio);
    for (const subplot of frame.subplots) {
      context.save();
      clipTo(context, subplot.view.box, ratio);
      const { starts } = frame;
      if (starts) drawStarts(context, subplot, { ...frame, starts });
      if (lines) this.strokes.draw(subplot, frame);
      const names = frame.names || frame.note ? placeNames(context, subplot, frame) : [];
      this.named.push(...names);
      drawLinks(context, names, frame);
      if (lines) drawHeads(context, subplot, frame);
      drawExits(context, subplot, frame);
      drawNames(context, names, frame);
      context.restore();
    }
  }
}

