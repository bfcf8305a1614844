// Where a card with words stands beside the place that it speaks of, so that the place is seen.

/** @import { Point, Size } from "./types" */

const BESIDE = 14; // CSS pixels between a place and its card

/**
 * The left upper corner of a card: right of its place or left of it where the room is wide enough, otherwise over it or under it, and there,
 * if it must be, beyond the room.
 * @param {Point} place @param {Size} card @param {Size} room in CSS pixels, all measured from the room's corner
 * @returns {Point}
 */
export function cornerOf([x, y], card, room) {
  const fits = (/** @type {number} */ start, /** @type {number} */ length, /** @type {number} */ all) => start >= 0 && start + length <= all;
  const inside = (/** @type {number} */ start, /** @type {number} */ length, /** @type {number} */ all) => Math.max(0, Math.min(all - length, start));
  const [right, left] = [x + BESIDE, x - BESIDE - card.width];
  const across = [right, left].find((start) => fits(start, card.width, room.width));
  if (across !== undefined) return [across, inside(y + BESIDE, card.height, room.height)];
  const [over, under] = [y - BESIDE - card.height, y + BESIDE]; // under a finger less is seen
  const upright = [over, under].find((start) => fits(start, card.height, room.height)) ?? (2 * y < room.height ? under : over);
  return [inside(x - card.width / 2, card.width, room.width), upright];
}

/** Lay a card beside its place in an element that it stands in. @param {HTMLElement} card @param {Point} place @param {Size} room the element's */
export function layBeside(card, place, room) {
  const [left, top] = cornerOf(place, { width: card.offsetWidth, height: card.offsetHeight }, room);
  card.style.transform = `translate(${left}px, ${top}px)`;
}
