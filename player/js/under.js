// What lies under the pointer on a map, and what is written of it.

import { numbers } from "./data.js";
import { element, short } from "./dom.js";
import { headsOf } from "./heads.js";
import { markerOf } from "./marks.js";
import { eigenvalues } from "./program.js";

/** @import { Point, Subplot, View } from "./types" */
/** @import { Player } from "./player.js" */
/** @import { FlatView } from "./views.js" */

const NEAR = 13; // what is at most so many CSS pixels away is meant
const MOST_FOUND = 4000; // heads, up to which the one under the pointer is looked for

/** The index of the point that is drawn next to a pixel, -1 if none is near. @param {View} view @param {Point[]} points @param {Point} pixel */
export function nearestPoint(view, points, [px, py]) {
  let best = -1;
  let least = NEAR;
  for (const [i, [x, y]] of points.entries()) {
    const [qx, qy] = view.point(x, y, 0);
    const distance = Math.hypot(qx - px, qy - py);
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** The head under the pointer, { index, n }: its run and trajectory; null if there is none. @param {Player} player @param {Subplot} subplot @param {Point} pixel */
export function headAt({ race, frame }, subplot, pixel) {
  if (race.count * subplot.runs.length > MOST_FOUND) return null;
  let best = { distance: NEAR, index: -1, n: -1 };
  for (const { index, n, left, top } of headsOf(subplot, frame)) {
    const distance = Math.hypot(left - pixel[0], top - pixel[1]);
    if (distance < best.distance) best = { distance, index, n };
  }
  return best.index < 0 ? null : best;
}

/** Elements that describe the head, the mark and the landscape at a pixel. @param {Player} player @param {Subplot<FlatView>} subplot @param {Point} pixel */
export function describe(player, subplot, pixel) {
  return [...describeHead(player, subplot, pixel), ...describeMark(player, subplot, pixel), ...describePoint(player, ...subplot.view.unproject(...pixel))];
}

/** @param {string} name @param {string} text */
const labelled = (name, text) => element("div", {}, element("span", {}, name), text);

/** @param {Player} player @param {number} x @param {number} y */
function describePoint({ landscape, slopesKnown, wordOfPlace }, x, y) {
  const found = landscape.evaluate(x, y);
  const curvatures = eigenvalues(found.dxx, found.dxy, found.dyy).map((value) => short(value)).join(", ");
  const slopes = [labelled("gradient", `${short(found.dx)}, ${short(found.dy)}`), labelled("curvature", curvatures)];
  return [labelled(wordOfPlace, `${short(x, 4)}, ${short(y, 4)}`), labelled("loss", short(found.value, 4)), ...(slopesKnown ? slopes : [])];
}

/** What is written of the head under the pointer: its optimizer, start, step and loss. @param {Player} player @param {Subplot} subplot @param {Point} pixel */
function describeHead(player, subplot, pixel) {
  const head = headAt(player, subplot, pixel);
  if (!head) return [];
  const { race } = player;
  const run = race.runs[head.index];
  const title = element("strong", {}, markerOf(race, run), run.label);
  title.style.color = run.colour;
  return [title, ...player.toldOfHead(head.index, head.n).map(([name, text]) => labelled(name, text))];
}

/** The name of the minimum or saddle under the pointer. @param {Player} player @param {Subplot} subplot @param {Point} pixel */
function describeMark({ landscape }, subplot, pixel) {
  for (const trace of landscape.map.data.slice(1)) {
    const ys = numbers(trace.y);
    const points = Array.from(numbers(trace.x), (x, i) => /** @type {Point} */ ([x, ys[i]]));
    if (nearestPoint(subplot.view, points, pixel) >= 0) return [element("strong", {}, trace.name)];
  }
  return [];
}
