// Where heads are drawn: at their trajectories' ends, a little apart where several optimizers meet, so that none hides another.

import { at, runsOf } from "./frame.js";

/** @import { Frame, Head, Subplot } from "./types" */

const MOST = 60; // heads, up to which those that meet make room for each other
const APART = 1.75; // radii that the centres of two heads keep between them
const ROUNDS = 12;

/**
 * The heads in a subplot in the order of drawing: where each is, and where it is drawn.
 * @param {Subplot} subplot @param {Frame} frame @returns {Head[]}
 */
export function headsOf(subplot, frame) {
  const { race, position, scale } = frame;
  const heads = [];
  for (const index of runsOf(subplot, frame)) {
    for (let n = 0; n < race.count; n++) {
      const run = race.runs[index];
      const [x, y, hidden] = at(subplot.view, run.head ?? run, position, n, race);
      if (x === x) heads.push({ index, n, x, y, left: x, top: y, hidden, foot: run.head && !subplot.view.flat ? at(subplot.view, run, position, n, race) : null });
    }
  }
  if (race.look.lines && subplot.runs.length > 1 && heads.length <= MOST) fanOut(heads, scale * race.look.head, race.runs.length);
  return heads;
}

/**
 * Move heads of different optimizers apart where they would overlap: `left` and `top` from `x` and `y`, in each frame by itself and without
 * a jump between frames. `figures/heads.py` does the same for pictures and films.
 * @param {Pick<Head, "index" | "x" | "y" | "left" | "top">[]} heads @param {number} radius @param {number} runs how many optimizers there are
 */
export function fanOut(heads, radius, runs) {
  const apart = APART * radius;
  for (const head of heads) {
    let nearest = apart;
    for (const other of heads) if (other.index !== head.index) nearest = Math.min(nearest, Math.hypot(head.x - other.x, head.y - other.y));
    const angle = (2 * Math.PI * head.index) / runs - Math.PI / 2; // each has a direction of its own, for those at one place
    const nudge = 0.3 * radius * (1 - nearest / apart);
    head.left = head.x + nudge * Math.cos(angle);
    head.top = head.y + nudge * Math.sin(angle);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, one] of heads.entries()) {
      for (const other of heads.slice(i + 1)) {
        if (one.index === other.index) continue;
        const [dx, dy] = [other.left - one.left, other.top - one.top];
        const distance = Math.hypot(dx, dy);
        if (!(distance > 0 && distance < apart)) continue;
        const push = (apart - distance) / (2 * distance);
        one.left -= push * dx;
        one.top -= push * dy;
        other.left += push * dx;
        other.top += push * dy;
      }
    }
  }
}
