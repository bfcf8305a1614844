// What lies under the pointer on a map, and what is written of it.

import { numbers } from "./data.js";
import { element, short } from "./dom.js";
import { at } from "./frame.js";
import { eigenvalues } from "./program.js";

const NEAR = 13; // what is at most so many CSS pixels away is meant
const MOST_FOUND = 4000; // heads, up to which the one under the pointer is looked for

/** The index of the point that is drawn next to a pixel, -1 if none is near. */
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

/** The head under the pointer, { index, n }: its run and trajectory; null if there is none. */
export function headAt({ race, position, off }, place, pixel) {
  if (race.count * place.runs.length > MOST_FOUND) return null;
  let best = { distance: NEAR };
  for (const index of place.runs.filter((run) => !off.has(run))) {
    for (let n = 0; n < race.count; n++) {
      const [px, py] = at(place.view, race.runs[index], position, n, race);
      const distance = Math.hypot(px - pixel[0], py - pixel[1]);
      if (distance < best.distance) best = { distance, index, n };
    }
  }
  return best.index === undefined ? null : best;
}

/** Elements that tell of the head, the mark and the landscape at a pixel. */
export function describe(player, place, pixel) {
  return [...describeHead(player, place, pixel), ...describeMark(player, place, pixel), ...describePoint(player, ...place.view.unproject(...pixel))];
}

const told = (name, text) => element("div", {}, element("span", {}, name), text);

function describePoint({ landscape }, x, y) {
  const found = landscape.evaluate(x, y);
  const curvatures = eigenvalues(found.dxx, found.dxy, found.dyy).map((value) => short(value)).join(", ");
  return [
    told("x, y", `${short(x, 4)}, ${short(y, 4)}`),
    told("loss", short(found.value, 4)),
    told("gradient", `${short(found.dx)}, ${short(found.dy)}`),
    told("curvature", curvatures),
  ];
}

/** What is written of the head under the pointer: its optimizer, start, step and loss. */
function describeHead(player, place, pixel) {
  const head = headAt(player, place, pixel);
  if (!head) return [];
  const { race, clock, landscape } = player;
  const run = race.runs[head.index];
  const k = clock.step * race.count + head.n;
  const title = element("strong", {}, run.label);
  title.style.color = run.colour;
  const start = `${short(run.x[head.n])}, ${short(run.y[head.n])}`;
  return [title, told("from", start), told(`step ${clock.step}`, `loss ${short(landscape.evaluate(run.x[k], run.y[k]).value, 4)}`)];
}

/** The name of the minimum or saddle under the pointer. */
function describeMark({ landscape }, place, pixel) {
  for (const trace of landscape.map.data.slice(1)) {
    const ys = numbers(trace.y);
    const points = Array.from(numbers(trace.x), (x, i) => [x, ys[i]]);
    if (nearestPoint(place.view, points, pixel) >= 0) return [element("strong", {}, trace.name)];
  }
  return [];
}
