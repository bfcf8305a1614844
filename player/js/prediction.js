// What a student predicts of a race: until the answer is given it rests at its start, and what was marked on the map stays there.

import { contextOf, element } from "./dom.js";

/** @import { Point, Theme, View } from "./types" */
/** @import { MapPanel } from "./maps.js" */
/** @import { Player } from "./player.js" */

const SIZE = 9; // CSS pixels from the middle of a mark to its ends
const TAP = 6.5; // CSS pixels, the radius of a tap of one phone
/** @type {Point[]} where a class has tapped */
let taps = [];

/** Show where a class has tapped, on all maps from their next frame on. @param {Point[]} points */
export function showTaps(points) {
  taps = points;
}

export class Prediction {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.hint = element("p", { class: "hint", role: "status" });
  }

  /** Whether an answer is awaited. */
  get open() {
    return Boolean(this.player.race?.prediction?.open);
  }

  /** Another race has come. */
  setRace() {
    const { player, open } = this;
    player.root.classList.toggle("predicting", open);
    this.hint.textContent = open ? player.race.prediction?.hint ?? "" : "";
    if (!open) return;
    player.clock.pause();
    player.clock.seek(0);
  }

  /** Over what the map shows, the mark, and the taps of a class. @param {MapPanel} panel */
  draw(panel) {
    const { race, scale } = this.player;
    const mark = race?.prediction?.mark;
    if (!race || (!mark && !taps.length)) return;
    const context = contextOf(panel.canvas);
    context.save();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    for (const { view } of panel.subplots()) {
      drawTaps(context, view, race.theme, scale);
      if (!mark) continue;
      const [px, py] = view.point(mark[0], mark[1]);
      if (px > view.box.left && px < view.box.left + view.box.width) drawMark(context, [px, py], race.theme, scale, view.box.left + view.box.width - px);
    }
    context.restore();
  }
}

/** For every tap a dot under all that moves, so that heads are seen, in a ring over it, so that the tap is; many at one place are darker. @param {CanvasRenderingContext2D} context @param {View} view @param {Theme} theme @param {number} scale */
function drawTaps(context, view, theme, scale) {
  context.strokeStyle = context.fillStyle = theme.accent;
  context.lineWidth = 1.5 * scale;
  for (const [x, y] of taps) {
    const [px, py] = view.point(x, y, 0);
    context.beginPath();
    context.arc(px, py, TAP * scale, 0, 2 * Math.PI);
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 0.9;
    context.stroke();
    context.globalCompositeOperation = "destination-over";
    context.globalAlpha = 0.55;
    context.fill();
  }
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
}

/** A cross in a ring, with its name beside it. @param {CanvasRenderingContext2D} context @param {Point} pixel @param {Theme} theme @param {number} scale @param {number} room to the right */
function drawMark(context, [px, py], theme, scale, room) {
  const size = SIZE * scale;
  context.lineCap = "round";
  for (const [colour, width] of /** @type {const} */ ([[theme.halo, 5.5], [theme.text, 2.2]])) {
    context.strokeStyle = colour;
    context.lineWidth = width * scale;
    context.beginPath();
    context.arc(px, py, size, 0, 2 * Math.PI);
    for (const side of [1, -1]) {
      context.moveTo(px - 0.5 * size, py - 0.5 * side * size);
      context.lineTo(px + 0.5 * size, py + 0.5 * side * size);
    }
    context.stroke();
  }
  const text = "your mark";
  context.font = `600 ${13 * scale}px system-ui, sans-serif`;
  const left = room < context.measureText(text).width + 2.2 * size;
  context.textAlign = left ? "right" : "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5 * scale;
  context.strokeStyle = theme.halo;
  context.fillStyle = theme.text;
  const x = px + (left ? -1.6 : 1.6) * size;
  context.strokeText(text, x, py);
  context.fillText(text, x, py);
}
