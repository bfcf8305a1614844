// A landscape from above on a canvas: colours between the points of its grid, and smooth contour lines.

import { numbers } from "./data.js";
import { coloursOf } from "./preview.js";

/** @import { Box, Trace } from "./types" */
/** @import { AxisPair } from "./canvasaxes.js" */

/** @typedef {{ start: number, end: number, size: number, smoothing: number, colours: HTMLCanvasElement, lines: Path2D }} Ground colours, a pixel for each point of the grid, and lines in steps of the grid */

/** @type {WeakMap<object, Ground>} by the levels on the grid, as long as a figure holds them */
const grounds = new WeakMap();

/** Draw a contour trace between its axes. @param {CanvasRenderingContext2D} context @param {Trace} trace @param {AxisPair} axes */
export function drawGround(context, trace, { x, y }) {
  const { colours, lines } = groundOf(trace);
  const [xs, ys] = [numbers(trace.x), numbers(trace.y)];
  const last = colours.width - 1;
  const [left, right] = [x.pixel(xs[0]), x.pixel(xs[last])];
  const [bottom, top] = [y.pixel(ys[0]), y.pixel(ys[last])];
  const [wide, high] = [(right - left) / last, (bottom - top) / last];
  context.imageSmoothingEnabled = true;
  if (trace.contours.coloring === "heatmap") context.drawImage(colours, left - wide / 2, top - high / 2, right - left + wide, bottom - top + high);
  const placed = new Path2D();
  placed.addPath(lines, new DOMMatrix([wide, 0, 0, -high, left, bottom]));
  context.strokeStyle = trace.line.color;
  context.lineWidth = trace.line.width;
  context.lineJoin = "round";
  context.setLineDash([]);
  context.stroke(placed);
}

/** @param {Trace} trace @returns {Ground} */
function groundOf(trace) {
  const { z, contours: { start, end, size }, line: { smoothing = 1 } } = trace;
  const found = grounds.get(z);
  if (found && found.start === start && found.end === end && found.size === size && found.smoothing === smoothing) return found;
  const made = { start, end, size, smoothing, colours: coloursOf(trace), lines: new Path2D() };
  const values = numbers(z);
  for (const { points, closed } of contourLines(values, Math.round(Math.sqrt(values.length)), start, end, size)) addSmooth(made.lines, points, closed, smoothing);
  grounds.set(z, made);
  return made;
}

/**
 * Contour lines of values on an n x n grid, row by row, by marching squares: each as the points where it crosses the grid, in steps of the grid.
 * @param {ArrayLike<number>} values @param {number} n @param {number} start the first level @param {number} end the last one @param {number} size from one to the next
 * @returns {{ points: number[], closed: boolean }[]} x and y of each point in turn
 */
export function contourLines(values, n, start, end, size) {
  const levels = Math.max(0, Math.floor((end - start) / size + 1e-9) + 1);
  /** @type {number[][]} of each level the edges of the grid between which lines go, two for each piece */
  const pieces = Array.from({ length: levels }, () => []);
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const k = row * n + column;
      const [a, b, c, d] = [values[k], values[k + 1], values[k + n + 1], values[k + n]];
      const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)]; // NaN where a corner has no value
      for (let i = Math.max(0, Math.ceil((low - start) / size)); i < levels && start + i * size <= high; i++) cross(pieces[i], start + i * size, a, b, c, d, k, n);
    }
  }
  return pieces.flatMap((found, i) => linked(found, values, n, start + i * size));
}

/** The pieces of a line at a level within a cell, by edges: 2k goes from point k to the right, 2k + 1 up. @param {number[]} found @param {number} level @param {number} a @param {number} b @param {number} c @param {number} d @param {number} k @param {number} n */
function cross(found, level, a, b, c, d, k, n) {
  const [bottom, right, top, left] = [2 * k, 2 * (k + 1) + 1, 2 * (k + n), 2 * k + 1];
  const [inA, inB, inC, inD] = [a < level, b < level, c < level, d < level];
  const ends = [];
  if (inA !== inB) ends.push(bottom);
  if (inB !== inC) ends.push(right);
  if (inC !== inD) ends.push(top);
  if (inD !== inA) ends.push(left);
  if (ends.length < 4) found.push(...ends);
  else if ((a + b + c + d) / 4 < level === inA) found.push(bottom, right, top, left); // the middle belongs to the first corner
  else found.push(left, bottom, right, top);
}

/** Pieces put together to lines as long as can be. @param {number[]} pieces @param {ArrayLike<number>} values @param {number} n @param {number} level */
function linked(pieces, values, n, level) {
  /** @type {Map<number, number[]>} the pieces that end at an edge */
  const at = new Map();
  for (let p = 0; p < pieces.length; p++) {
    const ends = at.get(pieces[p]);
    if (ends) ends.push(p >> 1);
    else at.set(pieces[p], [p >> 1]);
  }
  const used = new Uint8Array(pieces.length / 2);
  const follow = (/** @type {number} */ piece, /** @type {number} */ edge) => {
    const edges = [edge];
    for (let next = piece; next >= 0; ) {
      used[next] = 1;
      edge = pieces[2 * next] === edge ? pieces[2 * next + 1] : pieces[2 * next];
      edges.push(edge);
      next = at.get(edge)?.find((other) => !used[other]) ?? -1;
    }
    return edges;
  };
  const lines = [];
  const ends = [...at].filter(([, found]) => found.length === 1); // lines that leave the grid begin there
  for (const [edge, [piece]] of ends) if (!used[piece]) lines.push(follow(piece, edge));
  for (let piece = 0; piece < used.length; piece++) if (!used[piece]) lines.push(follow(piece, pieces[2 * piece]));
  return lines.map((edges) => {
    const closed = edges[0] === edges[edges.length - 1];
    return { closed, points: (closed ? edges.slice(1) : edges).flatMap((edge) => crossing(edge, values, n, level)) };
  });
}

/** Where a line crosses an edge. @param {number} edge @param {ArrayLike<number>} values @param {number} n @param {number} level */
function crossing(edge, values, n, level) {
  const k = edge >> 1;
  const to = edge & 1 ? k + n : k + 1;
  const part = (level - values[k]) / (values[to] - values[k]);
  const [column, row] = [k % n, Math.floor(k / n)];
  return edge & 1 ? [column, row + part] : [column + part, row];
}

/**
 * Add a curve through points to a path: a centripetal Catmull-Rom spline (Yuksel et al. 2011), which has no loops however near points are to each other.
 * @param {Path2D} path @param {number[]} points x and y in turn @param {boolean} closed @param {number} smoothing from 0, straight lines, to 1
 */
function addSmooth(path, points, closed, smoothing) {
  const count = points.length / 2;
  const index = (/** @type {number} */ i) => (closed ? (i + count) % count : Math.max(0, Math.min(count - 1, i)));
  path.moveTo(points[0], points[1]);
  for (let i = 0; i < count - (closed ? 0 : 1); i++) {
    const [p, q, r, s] = [i - 1, i, i + 1, i + 2].map((k) => 2 * index(k));
    const [a, b, c] = [rootOf(points, p, q), rootOf(points, q, r), rootOf(points, r, s)];
    const out = (/** @type {number} */ axis) => points[q + axis] + smoothing * tangent(points[p + axis], points[q + axis], points[r + axis], a, b);
    const into = (/** @type {number} */ axis) => points[r + axis] + smoothing * tangent(points[s + axis], points[r + axis], points[q + axis], c, b);
    path.bezierCurveTo(out(0), out(1), into(0), into(1), points[r], points[r + 1]);
  }
  if (closed) path.closePath();
}

/** The root of the distance between two points. @param {number[]} points @param {number} p @param {number} q */
const rootOf = (points, p, q) => Math.hypot(points[q] - points[p], points[q + 1] - points[p + 1]) ** 0.5;

/** From a point to the control point after it, along one axis; there is none before a line's end. @param {number} before @param {number} at @param {number} after @param {number} a @param {number} b */
const tangent = (before, at, after, a, b) => (a && b ? (b * b * (at - before) + a * a * (after - at)) / (3 * a * (a + b)) : (after - at) / 3);

/** Keep what is drawn within a box. @param {CanvasRenderingContext2D} context @param {Box} box */
export function clipped(context, { left, top, width, height }) {
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}
