// One frame of what moves: which runs it shows where, how strongly, and at which pixels.
// A frame is { places: [{ view, runs }], race, position, trail, off: Set of run numbers, highlight: number or null, scale, theme, starts }.

export const DIMMED = 0.18; // of what is behind a hill, or not of the highlighted optimizer

/** The runs that are shown in a place, in the order of drawing: the highlighted one on top. */
export function runsOf(place, frame) {
  const shown = place.runs.filter((index) => !frame.off.has(index));
  if (frame.highlight === null || !shown.includes(frame.highlight)) return shown;
  return [...shown.filter((index) => index !== frame.highlight), frame.highlight];
}

/** The opacity of a run. */
export function emphasis(index, frame) {
  return frame.highlight === null || frame.highlight === index ? 1 : DIMMED;
}

/** Changes when what was drawn of earlier steps is no longer true: with the views, and the runs that are shown. */
export function pathsKey(frame) {
  return [...frame.places.map((place) => `${place.view.key}:${place.runs}`), [...frame.off], frame.highlight].join("|");
}

/** Measure a canvas in CSS pixels, and draw within a box of it only. */
export function clipTo(context, { left, top, width, height }, ratio) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}

/** A trajectory's pixel at a position of the clock, between two steps where it is not whole: [x, y, whether it is hidden]. */
export function at(view, run, position, n, { count, steps }) {
  const t = Math.min(steps, Math.floor(position + 1e-9));
  const k = t * count + n;
  const share = position - t;
  if (share < 1e-6 || t >= steps) return view.point(run.x[k], run.y[k], run.z[k]);
  const next = k + count;
  if (run.x[next] !== run.x[next]) return view.point(run.x[k], run.y[k], run.z[k]);
  return view.point(
    run.x[k] + share * (run.x[next] - run.x[k]),
    run.y[k] + share * (run.y[next] - run.y[k]),
    run.z[k] + share * (run.z[next] - run.z[k]),
  );
}
