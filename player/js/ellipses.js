// The noise of mini-batches: around each head an ellipse, as far as the slopes of single batches scatter there, in the directions of the plane.

import { emphasis } from "./frame.js";

/** @import { FlatView } from "./views.js" */
/** @import { Trainer } from "./trainer.js" */

const USUAL_ELLIPSE = 0.1; // of the map's smaller side, that half of the longest axis takes at most steps
const LARGEST_ELLIPSE = 0.35; // and at any step

/** @typedef {{ length: number, across: number, angle: number }} Axes half the axes of an ellipse, and the angle of the longer one */

/** One standard deviation of each network's noise at the shown step, all on one scale. @param {CanvasRenderingContext2D} context @param {FlatView} view @param {Trainer} trainer */
export function drawEllipses(context, view, trainer) {
  const { training, off, moment, frame } = trainer;
  const unit = Math.min(view.box.width, view.box.height) * enlargement(trainer);
  if (!(unit > 0)) return;
  for (const [index, run] of training.runs.entries()) {
    if (off.has(index) || !run.noise) continue;
    const { length, across, angle } = axesOfNoise(run.noise, moment.index);
    const [x, y] = view.point(...trainer.placeOf(index));
    if (!(length > 0) || !(x === x)) continue;
    context.beginPath();
    context.ellipse(x, y, unit * length, unit * across, -angle, 0, 2 * Math.PI); // pixels go downwards
    context.fillStyle = context.strokeStyle = run.colour;
    context.globalAlpha = 0.16 * emphasis(index, frame);
    context.fill();
    context.globalAlpha = 0.8 * emphasis(index, frame);
    context.lineWidth = 1.4 * Math.sqrt(trainer.scale);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** By what all ellipses are multiplied, for a map whose smaller side is 1: the same for all networks and steps; 0 where there is no noise. @param {Trainer} trainer */
function enlargement({ training }) {
  const longest = Array.from(training.kept, (_, k) => Math.max(0, ...training.runs.map(({ noise }) => (noise && axesOfNoise(noise, k).length) || 0))).sort((a, b) => a - b);
  const [usual, most] = [longest[longest.length >> 1], longest[longest.length - 1]];
  return most > 0 ? Math.min(usual > 0 ? USUAL_ELLIPSE / usual : Infinity, LARGEST_ELLIPSE / most) : 0;
}

/** From the covariances at the kept steps, three numbers each, the ellipse at one of them. @param {Float32Array} noise @param {number} k @returns {Axes} */
export function axesOfNoise(noise, k) {
  const [aa, ab, bb] = noise.subarray(3 * k, 3 * k + 3);
  const mean = (aa + bb) / 2;
  const root = Math.hypot((aa - bb) / 2, ab);
  return { length: Math.sqrt(mean + root), across: Math.sqrt(Math.max(0, mean - root)), angle: Math.atan2(2 * ab, aa - bb) / 2 };
}
