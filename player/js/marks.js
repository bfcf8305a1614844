// Marks: where trajectories start, their heads, and where they have left the window.

import { BEHIND, emphasis, runsOf } from "./frame.js";
import { headsOf } from "./heads.js";

/** @import { Box, PanelFrame, Pixel, Point, Race, Run, Subplot } from "./types" */

/** A ring at every start. @param {CanvasRenderingContext2D} context @param {Subplot} subplot @param {PanelFrame & { starts: Point[] }} frame */
export function drawStarts(context, subplot, { race, starts, theme, scale }) {
  const { radius, width, opacity } = race.look.start;
  context.globalAlpha = opacity;
  context.lineWidth = scale * width;
  context.strokeStyle = theme.mark;
  context.setLineDash([]);
  for (const [x, y] of starts) {
    const [px, py] = subplot.view.point(x, y, 0);
    context.beginPath();
    context.arc(px, py, scale * radius, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * The head of every trajectory, fainter behind a hill; one that makes room for others hangs on its trajectory's end by a line.
 * @param {CanvasRenderingContext2D} context @param {Subplot} subplot @param {PanelFrame} frame
 */
export function drawHeads(context, subplot, frame) {
  const { race, theme, scale } = frame;
  const { head, halo, markers, trail } = race.look;
  context.setLineDash([]);
  for (const { index, x, y, left, top, hidden, foot } of headsOf(subplot, frame)) {
    const run = race.runs[index];
    context.globalAlpha = emphasis(index, frame) * (hidden ? 1.5 * BEHIND : 1);
    if (foot) drawStem(context, foot, [x, y], run.colour, theme.halo, scale);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(left, top);
    context.strokeStyle = run.colour;
    context.lineWidth = scale * trail.width;
    context.stroke();
    context.beginPath();
    outline(context, markers[run.marker], left, top, scale * head);
    context.strokeStyle = theme.halo;
    context.lineWidth = 2 * scale * halo;
    context.stroke();
    context.fillStyle = run.colour;
    context.fill();
  }
  context.globalAlpha = 1;
}

/** From the place on the surface under or over a head, a dot, to the head. @param {CanvasRenderingContext2D} context @param {Pixel} foot @param {Point} head @param {string} colour @param {string} halo @param {number} scale */
function drawStem(context, [x, y], head, colour, halo, scale) {
  for (const [ink, width] of /** @type {const} */ ([[halo, 3.6], [colour, 1.8]])) {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(...head);
    context.strokeStyle = ink;
    context.lineWidth = width * scale;
    context.stroke();
  }
  context.beginPath();
  context.arc(x, y, 2.6 * scale, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

/**
 * A cross at the window's edge for every trajectory that has left it for good; on maps only.
 * @param {CanvasRenderingContext2D} context @param {Subplot} subplot @param {PanelFrame} frame
 */
export function drawExits(context, subplot, frame) {
  const { race, position, scale } = frame;
  if (!subplot.view.flat) return;
  const { radius, width, opacity } = race.look.exit;
  const size = scale * radius;
  context.setLineDash([]);
  context.lineWidth = scale * width;
  for (const index of runsOf(subplot, frame)) {
    const run = race.runs[index];
    context.strokeStyle = run.colour;
    context.globalAlpha = opacity * emphasis(index, frame);
    context.beginPath();
    for (let n = 0; n < race.count; n++) {
      if (position < run.exit[n] || run.exitX[n] !== run.exitX[n]) continue;
      const [px, py] = inset(subplot.view.point(run.exitX[n], run.exitY[n], 0), subplot.view.box, size + 1);
      context.moveTo(px - size, py - size);
      context.lineTo(px + size, py + size);
      context.moveTo(px - size, py + size);
      context.lineTo(px + size, py - size);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Keep a mark on the edge wholly inside the box, if it lies in or at the box at all. @param {Pixel} pixel @param {Box} box @param {number} margin */
function inset([px, py], { left, top, width, height }, margin) {
  if (px < left - margin || px > left + width + margin || py < top - margin || py > top + height + margin) return [px, py];
  return [Math.min(left + width - margin, Math.max(left + margin, px)), Math.min(top + height - margin, Math.max(top + margin, py))];
}

/**
 * The outline of a head, by its corners beside a circle of radius 1; without corners it is that circle.
 * @param {CanvasRenderingContext2D} context @param {Point[]} corners @param {number} x @param {number} y @param {number} radius
 */
export function outline(context, corners, x, y, radius) {
  if (!corners.length) return context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [right, down] of corners) context.lineTo(x + radius * right, y + radius * down);
  return context.closePath();
}

/** An optimizer's marker as an element for legends and tables, a letter high. @param {Race} race @param {Run} run */
export function markerOf({ look }, run) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const corners = look.markers[run.marker];
  const shape = document.createElementNS(space, corners.length ? "polygon" : "circle");
  if (corners.length) shape.setAttribute("points", corners.map((corner) => corner.join()).join(" "));
  else shape.setAttribute("r", "1");
  svg.setAttribute("class", "marker");
  svg.setAttribute("viewBox", "-1.6 -1.6 3.2 3.2");
  svg.setAttribute("aria-hidden", "true");
  svg.style.setProperty("--colour", run.colour);
  svg.append(shape);
  return svg;
}
