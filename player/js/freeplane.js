// A free race on the plane of a network, whose losses take time: who can take part in it.

import { numbers } from "./data.js";
import { entrantOf } from "./grounds.js";
import { stepsAtOnce } from "./planecode.js";

/** @import { Chosen } from "./freelink.js" */
/** @import { FrameBlock, GroundBlock, PlaneBlock } from "./types" */

/**
 * The entrants that are chosen and can be computed here, at least one, and why others are left out, in sentences.
 * @param {FrameBlock} frame @param {GroundBlock} ground @param {Chosen} chosen @returns {{ shown: string[], left: string[] }}
 */
export function possibleOn(frame, { plane, without }, chosen) {
  const known = chosen.optimizers.filter((name) => entrantOf(frame, name) >= 0);
  if (!plane) return { shown: known, left: [] };
  const entrant = (/** @type {string} */ name) => frame.entrants[entrantOf(frame, name)];
  const labelOf = (/** @type {string} */ name) => frame.race.runs[entrantOf(frame, name)].label;
  const steps = chosen.steps ?? frame.race.steps;
  const fits = (/** @type {string[]} */ names) => steps <= stepsAtOnce(plane, names.map((name) => entrant(name).method.tape));
  const able = known.filter((name) => !without.includes(entrant(name).id));
  let shown = able;
  while (shown.length && !fits(shown)) shown = shown.slice(0, -1);
  const unable = known.filter((name) => !able.includes(name)).map((name) => `${labelOf(name)} asks for second derivatives, which need the app where the loss has kinks; it was left out`);
  const slow = able.slice(shown.length).map((name) => `${labelOf(name)} would take too long here on this landscape; it was left out`);
  const other = frame.entrants.find(({ id }) => !without.includes(id) && fits([id]));
  return { shown: shown.length || !other ? shown : [other.id], left: [...unable, ...slow] };
}

/** The highest of the losses on a plane that were sent. @param {PlaneBlock} plane */
export function highestOf({ ground }) {
  return numbers(ground).reduce((highest, loss) => (Number.isFinite(loss) ? Math.max(highest, loss) : highest), -Infinity);
}
