// The steps of one trajectory, taken apart, as Python sends them. See player/step.py.

const CLOSEST = 1e-5; // the smallest part of the window to look at; single precision shows no less

/** The block's header, with `planes`: the numbers by name, { rows, values } with a column for each step. */
export function readStep(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const step = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let place = 4 + length;
  step.planes = new Map(
    step.planes.map(([name, rows]) => {
      const size = 4 * rows * step.count;
      const values = new Float32Array(bytes.slice(place, place + size).buffer);
      place += size;
      return [name, { rows, values }];
    }),
  );
  return step;
}

/** The numbers under a name at a step, counted from 0: one, two (x, y) or three (a matrix: xx, xy, yy). */
export function numbersAt(step, name, t) {
  const { rows, values } = step.planes.get(name);
  return Array.from({ length: rows }, (_, row) => values[row * step.count + t]);
}

/**
 * What is drawn of a step, in the landscape's coordinates: the parts tip to tail, then the move, and what goes with them.
 * @returns shapes { key, kind, from, to, colour, label, line }; kind is "part", "move", "plain" (what the gradient alone would do), "look" (to
 *   where a gradient is taken) or "there" (the gradient's part, at that place); `line` is the index of the equation that brings it in
 */
export function shapesOf(step, t) {
  const start = numbersAt(step, "before:x", t);
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
      const place = numbersAt(step, part.at, t);
      shapes.push({ key, kind: "look", from: start, to: place, label: part.place, line: part.placeLine, colour });
      if (apart(place, from) > 1e-5 * apart(from, to)) shapes.push({ key, kind: "there", from: place, to: added(place, vector), colour, label: "", line });
    }
    shapes.push({ key, kind: "part", from, to, colour, label, line });
    from = to;
  }
  const last = step.lines.findLastIndex(({ name }) => name === "x");
  shapes.push({ key: "move", kind: "move", from: start, to: from, label: "", line: last });
  return shapes;
}

/** The part of the landscape around what is drawn of a step, of the window's shape: [[x0, x1], [y0, y1]]; all of it around a long step. */
export function aroundStep(step, t, window) {
  const shapes = shapesOf(step, t).filter(({ kind }) => kind !== "plain");
  const points = shapes.flatMap(({ from, to }) => [from, to]).filter((point) => point.every(Number.isFinite));
  if (!points.length) return window;
  const sizes = window.map(([low, high]) => high - low);
  const ranges = [0, 1].map((axis) => [Math.min(...points.map((point) => point[axis])), Math.max(...points.map((point) => point[axis]))]);
  const share = Math.max(...ranges.map(([low, high], axis) => (high - low) / sizes[axis]), CLOSEST);
  if (share > 0.55) return window; // a part of it would not hold both ends
  return ranges.map(([low, high], axis) => [-1, 1].map((side) => (low + high) / 2 + side * 0.9 * share * sizes[axis]));
}

/**
 * Lines of equal height of the parabola in whose direction a matrix turns the gradient, through the point and half as far from its middle.
 * @returns lists of points; an ellipse each, or the two branches of a hyperbola where the parabola is a saddle
 */
export function parabolaAt(step, part, t) {
  const start = numbersAt(step, "before:x", t);
  const [xx, xy, yy] = numbersAt(step, part.curving, t);
  const whole = numbersAt(step, part.whole, t);
  const middle = [start[0] - whole[0], start[1] - whole[1]];
  const [mean, root, angle] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy), Math.atan2(2 * xy, xx - yy) / 2];
  const along = [Math.cos(angle), Math.sin(angle)];
  const axes = [
    { inverse: mean + root, along },
    { inverse: mean - root, along: [-along[1], along[0]] },
  ];
  const level = axes.reduce((sum, axis) => sum + (axis.along[0] * whole[0] + axis.along[1] * whole[1]) ** 2 / axis.inverse, 0);
  const point = (u, v) => [0, 1].map((i) => middle[i] + u * axes[0].along[i] + v * axes[1].along[i]);
  return [level, level / 4].flatMap((height) => levelLines(height * axes[0].inverse, height * axes[1].inverse).map((line) => line.map(([u, v]) => point(u, v))));
}

/** The curves u²/a + v²/b = 1, as lists of points. */
function levelLines(a, b) {
  const [wide, high] = [Math.sqrt(Math.abs(a)), Math.sqrt(Math.abs(b))];
  if (a > 0 && b > 0) return [range(0, 2 * Math.PI, 96).map((angle) => [wide * Math.cos(angle), high * Math.sin(angle)])];
  if (a <= 0 && b <= 0) return [];
  const branch = (sign) => range(-3, 3, 60).map((s) => (a > 0 ? [sign * wide * Math.cosh(s), high * Math.sinh(s)] : [wide * Math.sinh(s), sign * high * Math.cosh(s)]));
  return [branch(1), branch(-1)];
}

const range = (from, to, count) => Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count);
const added = ([a, b], [c, d]) => [a + c, b + d];
const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
