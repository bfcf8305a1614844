// The optimizers' names beside their heads, and what else is to be said there, each at a place that no other name has.

import { at, emphasis, runsOf } from "./frame.js";
import { headsOf } from "./heads.js";
import { along, around, bestPlace, MARK, overlap, RING, TRAIL, WORDS } from "./wordplaces.js";

/** @import { Box, Head, PanelFrame, Point, Subplot } from "./types" */
/** @import { Taken } from "./wordplaces.js" */

const NAME_SIZE = 13; // CSS pixels
const MARK_SIZE = 7; // CSS pixels from the middle of a mark to its points
const OTHER_SIDE = 1.5; // how many lines up or down a name may stand before it is better at the left of its head
const OVER = 1.7; // how bad it is to stand over or under its head, in lines
const FAR = 2; // letters' heights from its head, beyond which a line leads to it
const APART = 3; // CSS pixels between a name and any head
const MOST_HEADS = 60; // for which names make room
const MOST_LINES = 12; // up or down that are tried
const FARTHEST_LINE = 2.5; // lines over or under its head, beyond which what is said of it would seem to belong to another

/** @typedef {Taken & { index: number, text: string, head: Point, linked: boolean }} Named where a name stands, and whether a line is to tell which head it belongs to */

/** Where names and notes stand. @param {CanvasRenderingContext2D} context @param {Subplot} subplot @param {PanelFrame} frame @returns {Named[]} */
export function placeNames(context, subplot, frame) {
  const { race, scale } = frame;
  /** @type {Named[]} */
  const names = [];
  if (subplot.runs.length === 1 && race.runs.length > 1) return names; // its own picture, which has the name over it
  const size = NAME_SIZE * scale;
  const { box } = subplot.view;
  const shown = runsOf(subplot, { ...frame, highlight: null });
  const drawn = headsOf(subplot, { ...frame, highlight: null });
  const anchors = new Map(shown.map((index) => [index, anchorOf(subplot, frame, index, drawn)]));
  const seen = [...anchors.values()].filter((anchor) => anchor !== null);
  const reach = (race.look.head + APART) * scale;
  const places = [...seen.flatMap(({ x, y, head }) => [/** @type {Point} */ ([x, y]), head]), ...(drawn.length > MOST_HEADS ? [] : drawn.map(({ left, top }) => /** @type {Point} */ ([left, top])))];
  const heads = places.map(([x, y]) => around(x, y, reach, WORDS));
  const marks = [...marksOf(subplot, frame), ...seen.flatMap(({ before, head }) => along(before, head, race.look.head * scale, TRAIL))];
  context.font = fontOf(size);
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
    if (!isFree(place) || ((alike || text === note) && !isAtHead(place))) continue; // the table says it
    const own = distance(place, anchor.head);
    const others = seen.filter((other) => other !== anchor).map((other) => distance(place, other.head));
    names.push({ ...place, weight: WORDS, index, text, head: anchor.head, linked: own > FAR * size || Math.min(...others) < own });
  }
  return names;
}

/** A thin line from each name that another head is nearer to, or that is far from its own, to its own; under the heads. @param {CanvasRenderingContext2D} context @param {Named[]} names @param {PanelFrame} frame */
export function drawLinks(context, names, frame) {
  const { race, scale, theme } = frame;
  context.setLineDash([]);
  context.lineCap = "round";
  for (const name of names.filter(({ linked }) => linked)) {
    context.globalAlpha = emphasis(name.index, frame);
    for (const [colour, width] of /** @type {const} */ ([[theme.background, 4.5], [race.runs[name.index].colour, 1.5]])) {
      context.strokeStyle = colour;
      context.lineWidth = width * scale;
      context.beginPath();
      context.moveTo(...name.head);
      context.lineTo(...nearest(name, name.head));
      context.stroke();
    }
  }
  context.lineCap = "butt";
  context.globalAlpha = 1;
}

/** The names themselves, over the heads. @param {CanvasRenderingContext2D} context @param {Named[]} names @param {PanelFrame} frame */
export function drawNames(context, names, frame) {
  const { race, scale, theme } = frame;
  context.font = fontOf(NAME_SIZE * scale);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4 * scale;
  context.strokeStyle = theme.background;
  for (const { index, text, left, top, height } of names) {
    context.globalAlpha = emphasis(index, frame);
    context.strokeText(text, left, top + height / 2);
    context.fillStyle = race.runs[index].colour;
    context.fillText(text, left, top + height / 2);
  }
  context.globalAlpha = 1;
}

/** @param {number} size in CSS pixels */
const fontOf = (size) => `600 ${size}px system-ui, sans-serif`;

/** The point of a box that is nearest to another. @param {Box} box @param {Point} point @returns {Point} */
const nearest = ({ left, top, width, height }, [x, y]) => [Math.max(left, Math.min(left + width, x)), Math.max(top, Math.min(top + height, y))];

/** How far a box is from a point. @param {Box} box @param {Point} point */
function distance(box, point) {
  const [x, y] = nearest(box, point);
  return Math.hypot(point[0] - x, point[1] - y);
}

/** The rings of the starts, and what is marked of the landscape. @param {Subplot} subplot @param {PanelFrame} frame @returns {Taken[]} */
export function marksOf({ view }, { race, starts, marks, scale }) {
  const placed = (/** @type {Point[] | null} */ points, /** @type {number} */ reach, /** @type {number} */ weight) =>
    (points ?? []).map(([x, y]) => view.point(x, y, 0)).map(([x, y]) => around(x, y, reach, weight));
  const ring = race.look.start;
  return [...placed(starts, (ring.radius + ring.width / 2) * scale, RING), ...placed(marks, MARK_SIZE * Math.sqrt(scale), MARK)];
}

/**
 * Where an optimizer's first head in the picture is: drawn, a step ago, and the middle between these, which rests where a head jumps to and fro.
 * @param {Subplot} subplot @param {PanelFrame} frame @param {number} index @param {Head[]} drawn
 * @returns {{ x: number, y: number, head: Point, before: Point } | null}
 */
function anchorOf({ view }, { race, position }, index, drawn) {
  const run = race.runs[index];
  const { left, top, width, height } = view.box;
  const head = drawn.find(({ index: owner, x, y }) => owner === index && x >= left && x <= left + width && y >= top && y <= top + height);
  if (!head) return null;
  const [aside, down] = [head.left - head.x, head.top - head.y]; // where several meet
  const [x, y] = at(view, run.head ?? run, Math.max(0, position - 1), head.n, race);
  const before = /** @type {Point} */ ([x + aside, y + down]);
  return { x: (head.left + before[0]) / 2, y: (head.top + before[1]) / 2, head: [head.left, head.top], before };
}

/**
 * The place for a name next to its anchor: at its right, or at its left where that is free and the right is not, as few lines up or down as
 * possible, or right over or under it.
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
  const middle = anchor.x - width / 2;
  if (fits(middle)) for (const top of [anchor.y - gap - height, anchor.y + gap]) places.push({ left: middle, top, width, height, cost: OVER });
  const inside = places.filter(({ top }) => top >= box.top && top + height <= box.top + box.height);
  const { left, top } = bestPlace(inside.length ? inside : places.slice(0, 1), taken);
  return { left, top, width, height };
}
