// Where words stand in a picture: at the best of several places, which covers as little as can be of what is there already.

/** @import { Box, Point } from "./types" */

/** @typedef {Box & { weight: number }} Taken a place where something stands, and how bad it is to cover it */
/** @typedef {Box & { cost: number }} Place where words could stand, and how bad that is by itself */

export const WORDS = 100; // how bad it is to cover other words, or what moves
export const RING = 3; // the mark of a start
export const TRAIL = 0.5; // a piece of the last step
export const MARK = 1; // and of a minimum or a saddle

/** @param {Box} a @param {Box} b */
export function overlap(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/** What stands around a point. @param {number} x @param {number} y @param {number} reach @param {number} weight @returns {Taken} */
export const around = (x, y, reach, weight) => ({ left: x - reach, top: y - reach, width: 2 * reach, height: 2 * reach, weight });

/** What stands along a line, piece by piece. @param {Point | number[]} a @param {Point | number[]} b @param {number} width @param {number} weight of each piece @returns {Taken[]} */
export function along([ax, ay], [bx, by], width, weight) {
  const count = Math.max(1, Math.min(60, Math.ceil(Math.hypot(bx - ax, by - ay) / width)));
  return Array.from({ length: count + 1 }, (_, i) => around(ax + ((bx - ax) * i) / count, ay + ((by - ay) * i) / count, width / 2, weight));
}

/** The best place: the one that costs least, with all that it covers. @template {Place} T @param {T[]} places one at least @param {Taken[]} taken @returns {T} */
export function bestPlace(places, taken) {
  let [best, least] = [places[0], Infinity];
  for (const place of places) {
    let cost = place.cost;
    for (const other of taken) {
      if (cost >= least) break;
      if (overlap(place, other)) cost += other.weight;
    }
    if (cost < least) [best, least] = [place, cost];
  }
  return best;
}
