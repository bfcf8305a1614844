// Marks: where trajectories start, their heads, and where they have left the window.

import { at, DIMMED, emphasis, MOST_STROKES, runsOf } from "./frame.js";

const STAR = 7;
const OUTLINES = [null, [4, 45, 1.2], [4, 0, 1.25], [3, 0, 1.35], [3, 180, 1.35], [5, 0, 1.15], [6, 0, 1.1], [5, 0, 1.4]]; // corners, turn, size

/** A ring at every start. */
export function drawStarts(context, place, { race, starts, theme, scale }) {
  const many = race.count > 50;
  const crowd = race.count > MOST_STROKES;
  context.globalAlpha = crowd ? 0.2 : many ? 0.5 : 1;
  context.lineWidth = scale * (many ? 1 : 2);
  context.strokeStyle = theme.mark;
  context.setLineDash([]);
  for (const [x, y] of starts) {
    const [px, py] = place.view.point(x, y, 0);
    context.beginPath();
    context.arc(px, py, scale * (crowd ? 1 : many ? 2 : 5.5), 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The head of every trajectory of a run, fainter behind a hill. */
export function drawHeads(context, view, run, { race, position, theme, scale }, opacity) {
  const radius = scale * (race.count <= 3 ? 6 : race.count <= 40 ? 4.2 : 3);
  context.setLineDash([]);
  for (let n = 0; n < race.count; n++) {
    const [px, py, hidden] = at(view, run, position, n, race);
    if (px !== px) continue;
    context.globalAlpha = opacity * (hidden ? 2 * DIMMED : 1);
    context.beginPath();
    outline(context, run.marker, px, py, radius);
    context.strokeStyle = theme.halo;
    context.lineWidth = scale * (race.count <= 40 ? 3 : 2);
    context.stroke();
    context.fillStyle = run.colour;
    context.fill();
  }
  context.globalAlpha = 1;
}

/** A cross at the window's edge for every trajectory that has left it for good; on maps only. */
export function drawExits(context, place, frame) {
  const { race, position, scale } = frame;
  if (!place.view.flat) return;
  const size = scale * (race.count <= 40 ? 5 : 2.5);
  context.setLineDash([]);
  context.lineWidth = scale * (race.count <= 40 ? 2.4 : 1.2);
  for (const index of runsOf(place, frame)) {
    const run = race.runs[index];
    context.strokeStyle = run.colour;
    context.globalAlpha = emphasis(index, frame);
    context.beginPath();
    for (let n = 0; n < race.count; n++) {
      if (position < run.exit[n] || run.exitX[n] !== run.exitX[n]) continue;
      const [px, py] = inset(place.view.point(run.exitX[n], run.exitY[n], 0), place.view.box, size + 1);
      context.moveTo(px - size, py - size);
      context.lineTo(px + size, py + size);
      context.moveTo(px - size, py + size);
      context.lineTo(px + size, py - size);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Keep a mark on the edge wholly inside the box, if it lies in or at the box at all. */
function inset([px, py], { left, top, width, height }, margin) {
  if (px < left - margin || px > left + width + margin || py < top - margin || py > top + height + margin) return [px, py];
  return [Math.min(left + width - margin, Math.max(left + margin, px)), Math.min(top + height - margin, Math.max(top + margin, py))];
}

/** The outline of a head: circle, square, diamond, triangle up and down, pentagon, hexagon, star, as in figures/theme.py. */
function outline(context, marker, x, y, radius) {
  if (marker === 0) {
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const [corners, turn, size] = OUTLINES[marker];
  const star = marker === STAR;
  const points = star ? 2 * corners : corners;
  for (let i = 0; i < points; i++) {
    const angle = ((turn - 90 + (360 * i) / points) * Math.PI) / 180;
    const r = radius * size * (star && i % 2 ? 0.45 : 1);
    if (i === 0) context.moveTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
    else context.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  context.closePath();
}
