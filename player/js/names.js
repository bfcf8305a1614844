// The optimizers' names beside their heads, and what else is to be said there, each at a place that no other name has.

import { at, emphasis, runsOf } from "./frame.js";
import { along, around, bestPlace, MARK, overlap, RING, TRAIL, WORDS } from "./wordplaces.js";

/** @import { Box, PanelFrame, Point, Subplot } from "./types" */
/** @import { Taken } from "./wordplaces.js" */

const NAME_SIZE = 13; // CSS pixels
const MARK_SIZE = 7; // CSS pixels from the middle of a mark to its points
const OTHER_SIDE = 1.5; // how many lines up or down a name may stand before it is better at the left of its head
const MOST_LINES = 12; // up or down that are tried
const FARTHEST_LINE = 2.5; // lines over or under its head, beyond which what is said of it would seem to belong to another

/**
 * Draw them; the places that they have taken.
 * @param {CanvasRenderingContext2D} context @param {Subplot} subplot @param {PanelFrame} frame @returns {Taken[]}
 */
export function drawNames(context, subplot, frame) {
  const { race, scale, theme } = frame;
  /** @type {Taken[]} */
  const names = [];
  if (subplot.runs.length === 1 && race.runs.length > 1) return names; // its own picture, which has the name over it
  const size = NAME_SIZE * scale;
  const { box } = subplot.view;
  const shown = runsOf(subplot, { ...frame, highlight: null });
  const anchors = new Map(shown.map((index) => [index, anchorOf(subplot, frame, index)]));
  const reach = 1.2 * race.look.head * scale;
  const heads = [...anchors.values()].flatMap((anchor) => (anchor ? [around(anchor.x, anchor.y, reach, WORDS), around(anchor.head[0], anchor.head[1], reach, WORDS)] : []));
  const marks = [...marksOf(subplot, frame), ...[...anchors.values()].flatMap((anchor) => (anchor ? along(anchor.before, anchor.head, race.look.head * scale, TRAIL) : []))];
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const [index, anchor] of anchors) {
    const run = race.runs[index];
    const note = frame.note?.(index) ?? "";
    const texts = [[frame.names ? run.label : "", note].join(" ").trim(), note].filter(Boolean);
    if (!anchor || !texts.length) continue;
    const taken = [...heads, ...names, ...marks];
    const placed = texts.map((text) => ({ text, place: placeFor(anchor, { width: context.measureText(text).width, height: 1.2 * size }, (race.look.head + 6) * scale, box, taken) }));
    const alike = shown.some((other) => other !== index && race.runs[other].colour === run.colour); // a colour does not tell whose name it is
    const isFree = (/** @type {Box} */ place) => ![...heads, ...names].some((other) => overlap(place, other));
    const isAtHead = (/** @type {Box} */ place) => Math.abs(place.top + place.height / 2 - anchor.y) <= FARTHEST_LINE * place.height;
    const { text, place } = placed.find((one) => isFree(one.place) && (!alike || isAtHead(one.place))) ?? placed[placed.length - 1]; // the shorter one where there is little room
    if ((alike || text === note) && !(isFree(place) && isAtHead(place))) continue; // the table says it
    names.push({ ...place, weight: WORDS });
    context.globalAlpha = emphasis(index, frame);
    context.lineWidth = 4 * scale;
    context.strokeStyle = theme.background;
    context.strokeText(text, place.left, place.top + place.height / 2);
    context.fillStyle = run.colour;
    context.fillText(text, place.left, place.top + place.height / 2);
  }
  context.globalAlpha = 1;
  return names;
}

/** The rings of the starts, and what is marked of the landscape. @param {Subplot} subplot @param {PanelFrame} frame @returns {Taken[]} */
export function marksOf({ view }, { race, starts, marks, scale }) {
  const placed = (/** @type {Point[] | null} */ points, /** @type {number} */ reach, /** @type {number} */ weight) =>
    (points ?? []).map(([x, y]) => view.point(x, y, 0)).map(([x, y]) => around(x, y, reach, weight));
  const ring = race.look.start;
  return [...placed(starts, (ring.radius + ring.width / 2) * scale, RING), ...placed(marks, MARK_SIZE * Math.sqrt(scale), MARK)];
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
    if (x >= left && x <= left + width && y >= top && y <= top + height) return { x: (x + beforeX) / 2, y: (y + beforeY) / 2, head: [x, y], before: [beforeX, beforeY] };
  }
  return null;
}

/**
 * The place for a name next to its anchor: at its right, or at its left where that is free and the right is not, as few lines up or down as
 * possible.
 * @param {{ x: number, y: number }} anchor @param {{ width: number, height: number }} size @param {number} gap @param {Box} box @param {Taken[]} taken
 * @returns {Box}
 */
export function placeFor(anchor, { width, height }, gap, box, taken) {
  const fits = (/** @type {number} */ left) => left >= box.left && left + width <= box.left + box.width;
  const sides = [anchor.x + gap, anchor.x - gap - width].filter(fits);
  const lines = Math.min(MOST_LINES, taken.length);
  const places = (sides.length ? sides : [Math.max(box.left, anchor.x - gap - width)]).flatMap((left, side) =>
    Array.from({ length: 2 * lines + 1 }, (_, i) => {
      const line = i % 2 ? (i + 1) / 2 : -i / 2; // 0, 1, -1, 2, -2, ...
      return { left, top: anchor.y - height / 2 + line * height, width, height, cost: Math.abs(line) + side * OTHER_SIDE };
    }),
  );
  const inside = places.filter(({ top }) => top >= box.top && top + height <= box.top + box.height);
  const { left, top } = bestPlace(inside.length ? inside : places.slice(0, 1), taken);
  return { left, top, width, height };
}
