// The steps of one trajectory, taken apart, as Python sends them. See player/step.py.

/** @import { Point, Region, Shape, Step, StepBlock } from "./types" */

const CLOSEST = 1e-5; // the smallest part of the window to look at

/** The block's header, with `planes`: the numbers by name, with a column for each step. @param {Uint8Array} bytes @returns {Step} */
export function readStep(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  /** @type {StepBlock} */
  const block = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let offset = 4 + length;
  const planes = new Map();
  for (const [name, rows] of block.planes) {
    const size = 8 * rows * block.count;
    planes.set(name, { rows, values: new Float64Array(bytes.slice(offset, offset + size).buffer) });
    offset += size;
  }
  return { ...block, planes, shape: shapeOf(block) };
}

/** @type {WeakMap<StepBlock["lines"], string>} */
const equations = new WeakMap();

/** What tells apart what is said of steps. @param {Pick<StepBlock, "run" | "lines" | "parts" | "made">} step */
export function shapeOf({ run, lines, parts, made }) {
  const text = equations.get(lines) ?? JSON.stringify(lines);
  equations.set(lines, text);
  return `${run} ${parts.map(({ key, label, colour }) => [key, label, colour])} ${JSON.stringify(made)} ${text}`;
}

/** A plane by its name. @param {Step} step @param {string} name */
export function planeOf(step, name) {
  const plane = step.planes.get(name);
  if (!plane) throw new Error(`the step has no numbers named ${name}`);
  return plane;
}

/**
 * The numbers under a name at a step, counted from 0: one, two (x, y) or three (a matrix: xx, xy, yy).
 * @param {Step} step @param {string} name @param {number} t
 */
export function numbersAt(step, name, t) {
  const { rows, values } = planeOf(step, name);
  return Array.from({ length: rows }, (_, row) => values[row * step.count + t]);
}

/**
 * What is drawn of a step, in the landscape's coordinates: the parts tip to tail, then the move, and what goes with them.
 * @param {Step} step @param {number} t
 * @returns {Shape[]} of kind "part", "move", "plain" (what the gradient alone would do), "look" (to where a gradient is taken) or "there" (the
 *   gradient's part, at that point); `line` is the index of the equation that brings it in
 */
export function shapesOf(step, t) {
  const start = numbersAt(step, "before:x", t);
  /** @type {Shape[]} */
  const shapes = [];
  let from = start;
  for (const part of step.parts) {
    const { key, label, colour, line } = part;
    const vector = numbersAt(step, key, t);
    if (part.role === "plain") {
      shapes.push({ key, kind: "plain", from: start, to: added(start, vector), label, line });
      continue;
    }
    const to = added(from, vector);
    if (part.at) {
      const point = numbersAt(step, part.at, t);
      shapes.push({ key, kind: "look", from: start, to: point, label: part.atLabel, line: part.atLine ?? line, colour });
      if (apart(point, from) > 1e-5 * apart(from, to)) shapes.push({ key, kind: "there", from: point, to: added(point, vector), colour, label: "", line });
    }
    shapes.push({ key, kind: "part", from, to, colour, label, line });
    from = to;
  }
  const last = step.lines.findLastIndex(({ name }) => name === "x");
  shapes.push({ key: "move", kind: "move", from: start, to: from, label: "", line: last });
  return shapes;
}

/**
 * The part of the landscape around what is drawn of a step, of the window's shape; all of it around a long step.
 * @param {Step} step @param {number} t @param {Region} window
 * @returns {Region}
 */
export function aroundStep(step, t, window) {
  const shapes = shapesOf(step, t).filter(({ kind }) => kind !== "plain");
  const points = shapes.flatMap(({ from, to }) => [from, to]).filter((point) => point.every(Number.isFinite));
  if (!points.length) return window;
  const sizes = window.map(([low, high]) => high - low);
  const ranges = [0, 1].map((axis) => [Math.min(...points.map((point) => point[axis])), Math.max(...points.map((point) => point[axis]))]);
  const share = Math.max(...ranges.map(([low, high], axis) => (high - low) / sizes[axis]), CLOSEST);
  if (share > 0.55) return window; // a part of it would not hold both ends
  const around = ranges.map(([low, high], axis) => [-1, 1].map((side) => (low + high) / 2 + side * 0.9 * share * sizes[axis]));
  return /** @type {Region} */ (around);
}

/**
 * Lines of equal height of the parabola in whose direction a matrix turns the gradient, through the point and half as far from its centre.
 * @param {Step} step @param {{ matrix: string, product: string }} part @param {number} t
 * @returns {Point[][]} lists of points; an ellipse each, or the two branches of a hyperbola where the parabola is a saddle
 */
export function parabolaAt(step, part, t) {
  const start = numbersAt(step, "before:x", t);
  const [xx, xy, yy] = numbersAt(step, part.matrix, t);
  const product = numbersAt(step, part.product, t);
  const middle = [start[0] - product[0], start[1] - product[1]];
  const [mean, root, angle] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy), Math.atan2(2 * xy, xx - yy) / 2];
  const along = [Math.cos(angle), Math.sin(angle)];
  const axes = [
    { inverse: mean + root, along },
    { inverse: mean - root, along: [-along[1], along[0]] },
  ];
  const level = axes.reduce((sum, axis) => sum + (axis.along[0] * product[0] + axis.along[1] * product[1]) ** 2 / axis.inverse, 0);
  const coordinate = (/** @type {Point} */ [u, v], /** @type {number} */ i) => middle[i] + u * axes[0].along[i] + v * axes[1].along[i];
  const lines = [level, level / 4].flatMap((height) => levelLines(height * axes[0].inverse, height * axes[1].inverse));
  return lines.map((line) => line.map((point) => [coordinate(point, 0), coordinate(point, 1)]));
}

/** The curves u²/a + v²/b = 1, as lists of points. @param {number} a @param {number} b @returns {Point[][]} */
function levelLines(a, b) {
  const [wide, high] = [Math.sqrt(Math.abs(a)), Math.sqrt(Math.abs(b))];
  if (a > 0 && b > 0) return [range(0, 2 * Math.PI, 96).map((angle) => [wide * Math.cos(angle), high * Math.sin(angle)])];
  if (a <= 0 && b <= 0) return [];
  /** @param {number} sign @returns {Point[]} */
  const branch = (sign) => range(-3, 3, 60).map((s) => (a > 0 ? [sign * wide * Math.cosh(s), high * Math.sinh(s)] : [wide * Math.sinh(s), sign * high * Math.cosh(s)]));
  return [branch(1), branch(-1)];
}

/** @param {number} from @param {number} to @param {number} count */
const range = (from, to, count) => Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count);
/** @param {number[]} one @param {number[]} other */
const added = ([a, b], [c, d]) => [a + c, b + d];
/** @param {number[]} one @param {number[]} other */
const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
