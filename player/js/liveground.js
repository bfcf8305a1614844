// A landscape whose parameters are turned: its losses on grids, computed by the race's own engines, the scales on which they are shown, what
// is marked on it, and what runs on it are measured by.

import { numbers } from "./data.js";
import { drawnRank, everyOf, heightOf, medianOf, rankOf, scaleOf } from "./lossgrid.js";
import { eigenvalues, surfaceFor } from "./program.js";

/** @import { Evaluation, Landscape, Layout, LiveTold, LossScale, SurfaceData, Trace } from "./types" */

/** @typedef {(points: [Float64Array, Float64Array]) => Float64Array} Losses computes losses at points */

const SIDES = { coarse: 91, fine: 161, usual: 64 }; // points along a side: as figures/surface.py, figures/loss_grid.py, simulation/attractors.py
const TICKS = [1 / 3, 2 / 3, 1]; // as in figures/surface.py
const TOLERANCE = 1e-3; // as in simulation/measures.py
const ROUNDS = 12;
const MOST = 400; // points that are followed to where the slope is none

/**
 * A landscape for other values of its parameters, and what runs on it are measured by.
 * @param {Landscape & { told: LiveTold }} landscape for values close by @param {SurfaceData} data @param {Record<string, number | number[]>} parameters @param {Losses} lossesAt
 * @param {boolean} fine whether the map is computed as finely as Python does, for where it rests
 * @returns {Landscape & { told: LiveTold }}
 */
export function groundFor(landscape, data, parameters, lossesAt, fine) {
  const evaluate = surfaceFor(data, parameters);
  const { window } = landscape;
  const coarse = gridOf(window, SIDES.coarse, lossesAt, evaluate);
  const map = fine ? gridOf(window, SIDES.fine, lossesAt, evaluate) : coarse;
  const usual = gridOf(window, SIDES.usual, lossesAt, evaluate).losses.filter(Number.isFinite).sort();
  const told = toldOf(landscape, evaluate, coarse.scale, usual, map.losses);
  const places = movedMarks(landscape, evaluate);
  return {
    ...landscape,
    evaluate,
    map: mapOf(landscape, map, places),
    surface: surfaceOf(landscape, coarse, places, evaluate),
    heights: { n: SIDES.coarse, values: coarse.losses.map((loss) => heightOf(loss, coarse.scale)) },
    told,
  };
}

/** @typedef {{ n: number, sides: number[][], losses: Float64Array, scale: LossScale }} Grid */

/** @param {Landscape["window"]} window @param {number} n @param {Losses} lossesAt @param {Landscape["evaluate"]} evaluate @returns {Grid} */
function gridOf(window, n, lossesAt, evaluate) {
  const sides = window.map(([low, high]) => Array.from({ length: n }, (_, i) => (i < n - 1 ? i * ((high - low) / (n - 1)) + low : high))); // as NumPy
  const [x, y] = [new Float64Array(n * n), new Float64Array(n * n)];
  for (let k = 0; k < n * n; k++) {
    x[k] = sides[0][k % n];
    y[k] = sides[1][Math.floor(k / n)];
  }
  const losses = lossesAt([x, y]);
  for (let k = 0; k < losses.length; k++) if (!Number.isFinite(losses[k])) losses[k] = evaluate(x[k], y[k]).value; // where the formula is repaired
  return { n, sides, losses, scale: scaleOf(losses) };
}

/** What is told of the landscape: where trajectories come to rest, followed from where that was. @param {Landscape & { told: LiveTold }} landscape @param {Landscape["evaluate"]} evaluate @param {LossScale} heights @param {Float64Array} usual @param {Float64Array} all @returns {LiveTold} */
function toldOf({ told, window }, evaluate, heights, usual, all) {
  const { attractors } = told;
  const kept = attractors.x.map((x, k) => (k < MOST ? restingPlace(evaluate, [x, attractors.y[k]], window) : /** @type {const} */ ([x, attractors.y[k]])));
  const value = kept.map(([x, y]) => evaluate(x, y).value);
  const minima = value.filter((_, k) => attractors.ending[k] <= 1 || attractors.curve[k]);
  const lowest = told.lowest === null || !minima.length ? null : Math.min(...minima);
  return {
    ...told,
    heights,
    lowest,
    usual: medianOf(usual) - (lowest ?? usual[0]),
    ground: lowest === null ? (usual[0] ?? null) : lowest - TOLERANCE * (medianOf(usual) - lowest),
    height: medianOf(all.filter(Number.isFinite).map(Math.abs).sort()),
    positive: all.every((loss) => !(loss <= 0)),
    attractors: { ...attractors, x: kept.map(([x]) => x), y: kept.map(([, y]) => y), value, ending: attractors.ending.map((ending, k) => endingOf(ending, value[k], lowest)) },
  };
}

/** Who rests at a minimum has arrived at the lowest, or at another one. @param {number} ending @param {number} value @param {number | null} lowest */
function endingOf(ending, value, lowest) {
  if (ending > 1 || lowest === null) return ending;
  return value <= lowest + 1e-9 * (1 + Math.abs(lowest)) ? 0 : 1;
}

/**
 * Where there is no slope near to a point, by Newton's method; the point itself where that leads away.
 * @param {Landscape["evaluate"]} evaluate @param {readonly [number, number]} from @param {Landscape["window"]} window @returns {readonly [number, number]}
 */
function restingPlace(evaluate, from, [[x0, x1], [y0, y1]]) {
  let [x, y] = from;
  const before = evaluate(x, y);
  for (let round = 0; round < ROUNDS; round++) {
    const { dx, dy, dxx, dxy, dyy } = evaluate(x, y);
    const area = dxx * dyy - dxy * dxy;
    const [across, up] = [(dyy * dx - dxy * dy) / area, (dxx * dy - dxy * dx) / area];
    if (!(Math.abs(across) < 0.2 * (x1 - x0) && Math.abs(up) < 0.2 * (y1 - y0))) return from;
    [x, y] = [x - across, y - up];
    if (Math.abs(across) < 1e-13 * (x1 - x0) && Math.abs(up) < 1e-13 * (y1 - y0)) break;
  }
  const after = evaluate(x, y);
  return x >= x0 && x <= x1 && y >= y0 && y <= y1 && kind(before) === kind(after) ? [x, y] : from;
}

/** How many ways lead up from a point. @param {Evaluation} of */
const kind = ({ dxx, dxy, dyy }) => eigenvalues(dxx, dxy, dyy).filter((value) => value > 0).length;

/** The marks of the landscape, each where it is now. @param {Landscape} landscape @param {Landscape["evaluate"]} evaluate */
function movedMarks({ map, window }, evaluate) {
  return map.data.slice(1).map((trace) => {
    const [xs, ys] = [numbers(trace.x), numbers(trace.y)];
    return Array.from(xs, (x, k) => (xs.length > MOST ? /** @type {const} */ ([x, ys[k]]) : restingPlace(evaluate, [x, ys[k]], window)));
  });
}

/** @typedef {(readonly [number, number])[][]} Places of the marks, by trace */

/** The map's figure. @param {Landscape} landscape @param {Grid} grid @param {Places} places */
function mapOf({ map }, { n, sides, losses, scale }, places) {
  const ranks = losses.map((loss) => rankOf(loss, scale));
  const [flat, ...marks] = map.data;
  const contours = { ...flat.contours, start: 1, end: scale.levels.length - 2, size: everyOf(ranks, n, scale.levels.length) };
  const z = rowsOf(ranks, n, (rank) => drawnRank(rank, scale));
  const data = [{ ...flat, x: sides[0], y: sides[1], z, contours }, ...marks.map((trace, k) => ({ ...trace, ...axesOf(places[k]) }))];
  return { ...map, data };
}

/** The surface's figure. @param {Landscape} landscape @param {Grid} grid @param {Places} places @param {Landscape["evaluate"]} evaluate */
function surfaceOf({ surface }, { n, sides, losses, scale }, places, evaluate) {
  const [raised, ...marks] = surface.data;
  const z = rowsOf(losses, n, (loss) => heightOf(loss, scale));
  const data = [
    { ...raised, x: sides[0], y: sides[1], z, surfacecolor: rowsOf(losses, n, (loss) => rankOf(loss, scale)), customdata: rowsOf(losses, n, (loss) => loss) },
    ...marks.map((trace, k) => ({ ...trace, ...axesOf(places[k] ?? []), z: (places[k] ?? []).map(([x, y]) => heightOf(evaluate(x, y).value, scale) + 0.02) })),
  ];
  const { scene } = surface.layout;
  const finite = losses.filter(Number.isFinite).sort();
  const zaxis = { ...scene.zaxis, tickvals: TICKS, ticktext: TICKS.map((share) => brief(lossAt(share, finite, scale))), title: { text: scale.logarithmic ? "loss (log)" : "loss" } };
  return { data, layout: /** @type {Layout} */ ({ ...surface.layout, scene: { ...scene, zaxis } }) };
}

/** The loss that is drawn at a height, between those that there are. @param {number} height @param {Float64Array} finite @param {LossScale} scale */
function lossAt(height, finite, scale) {
  let [low, high] = [0, finite.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (heightOf(finite[middle], scale) <= height) low = middle;
    else high = middle;
  }
  const [below, above] = [heightOf(finite[low], scale), heightOf(finite[high], scale)];
  const part = above > below ? Math.min(1, Math.max(0, (height - below) / (above - below))) : 0;
  return finite[low] + part * (finite[high] - finite[low]);
}

/** @param {number} loss */
const brief = (loss) => (Math.abs(loss) >= 1e6 ? loss.toExponential(1).replace(".0", "").replace("e+", "e") : Math.abs(loss) < 100 ? String(Number(loss.toPrecision(2))) : Math.round(loss).toLocaleString("en-US"));

/** @param {Float64Array} values @param {number} n @param {(value: number) => number} of @returns {number[][]} */
const rowsOf = (values, n, of) => Array.from({ length: n }, (_, row) => Array.from(values.subarray(row * n, (row + 1) * n), of));

/** @param {(readonly [number, number])[]} places @returns {Pick<Trace, "x" | "y">} */
const axesOf = (places) => ({ x: places.map(([x]) => x), y: places.map(([, y]) => y) });
