// One frame of what moves: which runs it shows where, how strongly, and at which pixels.

/** @import { Box, Frame, PanelFrame, Pixel, Race, Run, Subplot, View } from "./types" */

export const DIMMED = 0.18; // of what is not of the highlighted optimizer
export const BEHIND = 0.4; // of what is behind a hill

/** The runs that are shown in a subplot, in the order of drawing: the highlighted one on top. @param {Subplot} subplot @param {Frame} frame */
export function runsOf(subplot, frame) {
  const shown = subplot.runs.filter((index) => !frame.off.has(index));
  if (frame.highlight === null || !shown.includes(frame.highlight)) return shown;
  return [...shown.filter((index) => index !== frame.highlight), frame.highlight];
}

/** The opacity of a run. @param {number} index @param {Frame} frame */
export function emphasis(index, frame) {
  return frame.highlight === null || frame.highlight === index ? 1 : DIMMED;
}

/** Changes when what was drawn of earlier steps is no longer true: with the views, and the runs that are shown. @param {PanelFrame} frame */
export function pathsKey(frame) {
  return [...frame.subplots.map((subplot) => `${subplot.view.key}:${subplot.runs}`), [...frame.off], frame.highlight].join("|");
}

/**
 * Measure a canvas in CSS pixels, and draw within a box of it only.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {number} ratio of the screen's pixels to CSS pixels
 */
export function clipTo(context, { left, top, width, height }, ratio) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}

/**
 * A trajectory's pixel at a position of the clock, between two steps where it is not whole.
 * @param {View} view @param {Pick<Run, "x" | "y" | "z">} run @param {number} position @param {number} n @param {Race} race
 * @returns {Pixel}
 */
export function at(view, run, position, n, { count, steps }) {
  const t = Math.min(steps, Math.floor(position + 1e-9));
  const k = t * count + n;
  const share = position - t;
  if (share < 1e-6 || t >= steps) return view.point(run.x[k], run.y[k], run.z[k]);
  const next = k + count;
  if (run.x[next] !== run.x[next]) return view.point(run.x[k], run.y[k], run.z[k]);
  return view.point(
    run.x[k] + share * (run.x[next] - run.x[k]),
    run.y[k] + share * (run.y[next] - run.y[k]),
    run.z[k] + share * (run.z[next] - run.z[k]),
  );
}
