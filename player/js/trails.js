// Draws what moves on a transparent canvas over a panel: trails, heads, starts, and marks where a trajectory has left the window.
// Up to a few hundred trajectories are strokes, smooth and anti-aliased; thousands are single pixels. `Look` of figures/theme.py decides.

import { clipTo } from "./frame.js";
import { drawExits, drawStarts } from "./marks.js";
import { Pixels } from "./pixels.js";
import { Strokes } from "./strokes.js";

export class TrailLayer {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.strokes = new Strokes(this.context);
    this.pixels = new Pixels(this.context);
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.strokes.resize();
    this.pixels.forget();
  }

  /** Nothing drawn before counts any more: other runs, or another size. */
  forget() {
    this.strokes.forget();
    this.pixels.forget();
  }

  /** Draw one frame. */
  draw(frame) {
    const { context, ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const { lines } = frame.race.look;
    if (!lines) this.pixels.draw(frame, ratio);
    if (lines && frame.trail === "whole") this.strokes.addToHistory(frame, ratio);
    for (const place of frame.places) {
      context.save();
      clipTo(context, place.view.box, ratio);
      if (frame.starts) drawStarts(context, place, frame);
      if (lines) this.strokes.draw(place, frame);
      drawExits(context, place, frame);
      context.restore();
    }
  }
}

