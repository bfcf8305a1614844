// The optimizers' names beside their heads, and what else is to be said there, each at a place that no other name has.

import { at, emphasis, runsOf } from "./frame.js";

/** @import { Box, PanelFrame, Subplot } from "./types" */

const NAME_SIZE = 13; // CSS pixels
const FARTHEST_LINE = 2.5; // lines over or under its head, beyond which what is said of it would seem to belong to another

/** @param {CanvasRenderingContext2D} context @param {Subplot} subplot @param {PanelFrame} frame */
export function drawNames(context, subplot, frame) {
  const { race, scale, theme } = frame;
  if (subplot.runs.length === 1 && race.runs.length > 1) return; // its own picture, which has the name over it
  const size = NAME_SIZE * scale;
  const { box } = subplot.view;
  const shown = runsOf(subplot, { ...frame, highlight: null });
  const anchors = new Map(shown.map((index) => [index, anchorOf(subplot, frame, index)]));
  const reach = 1.2 * race.look.head * scale;
  /** @type {Box[]} of heads, and then of names */
  const taken = [...anchors.values()].flatMap((anchor) => (anchor ? [{ left: anchor.x - reach, top: anchor.y - reach, width: 2 * reach, height: 2 * reach }] : []));
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const [index, anchor] of anchors) {
    const run = race.runs[index];
    const note = frame.note?.(index) ?? "";
    const texts = [[frame.names ? run.label : "", note].join(" ").trim(), note].filter(Boolean);
    if (!anchor || !texts.length) continue;
    const placed = texts.map((text) => ({ text, place: placeFor(anchor, { width: context.measureText(text).width, height: 1.2 * size }, (race.look.head + 6) * scale, box, taken) }));
    const alike = shown.some((other) => other !== index && race.runs[other].colour === run.colour); // a colour does not tell whose name it is
    const isFree = (/** @type {Box} */ place) => !taken.some((other) => overlap(place, other));
    const isAtHead = (/** @type {Box} */ place) => Math.abs(place.top + place.height / 2 - anchor.y) <= FARTHEST_LINE * place.height;
    const { text, place } = placed.find((one) => isFree(one.place) && (!alike || isAtHead(one.place))) ?? placed[placed.length - 1]; // the shorter one where there is little room
    if ((alike || text === note) && !(isFree(place) && isAtHead(place))) continue; // the table says it
    taken.push(place);
    context.globalAlpha = emphasis(index, frame);
    context.lineWidth = 4 * scale;
    context.strokeStyle = theme.background;
    context.strokeText(text, place.left, place.top + place.height / 2);
    context.fillStyle = run.colour;
    context.fillText(text, place.left, place.top + place.height / 2);
  }
  context.globalAlpha = 1;
}

/**
 * Where an optimizer's first head in the picture is: the middle between now and a step ago, which rests where a head jumps to and fro.
 * @param {Subplot} subplot @param {PanelFrame} frame @param {number} index
 */
function anchorOf({ view }, { race, position }, index) {
  for (let n = 0; n < race.count; n++) {
    const run = race.runs[index];
    const [x, y] = at(view, run.head ?? run, position, n, race);
    const [beforeX, beforeY] = at(view, run.head ?? run, Math.max(0, position - 1), n, race);
    const { left, top, width, height } = view.box;
    if (x >= left && x <= left + width && y >= top && y <= top + height) return { x: (x + beforeX) / 2, y: (y + beforeY) / 2 };
  }
  return null;
}

/**
 * The free place for a name next to its anchor: at its right, or at its left where the picture ends, as few lines up or down as possible; on the
 * other side where all lines are taken.
 * @param {{ x: number, y: number }} anchor @param {{ width: number, height: number }} size @param {number} gap @param {Box} box @param {Box[]} taken
 * @returns {Box}
 */
export function placeFor(anchor, { width, height }, gap, box, taken) {
  const fits = (/** @type {number} */ left) => left >= box.left && left + width <= box.left + box.width;
  const sides = [anchor.x + gap, anchor.x - gap - width].filter(fits);
  const places = (sides.length ? sides : [Math.max(box.left, anchor.x - gap - width)]).flatMap((left) =>
    Array.from({ length: 2 * taken.length + 1 }, (_, i) => {
      const lines = i % 2 ? (i + 1) / 2 : -i / 2; // 0, 1, -1, 2, -2, ...
      return { left, top: anchor.y - height / 2 + lines * height, width, height };
    }),
  );
  const inside = places.filter(({ top }) => top >= box.top && top + height <= box.top + box.height);
  return inside.find((place) => !taken.some((other) => overlap(place, other))) ?? inside[0] ?? places[0];
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}
