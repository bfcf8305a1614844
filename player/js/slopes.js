// The slopes of a landscape at many points at once: the steps of its program, each for hundreds of points before the next.

const CHUNK = 256; // points, whose numbers stay in the processor's cache

/** @typedef {readonly [name: string, operation: (...operands: number[]) => number, operands: readonly number[], cell: number]} Step */
/** @typedef {(x: ArrayLike<number>, y: ArrayLike<number>) => [dx: Float64Array, dy: Float64Array]} Slopes */

/** What is done without a call. @type {Record<string, (out: Float64Array, a: Float64Array, b: Float64Array) => void>} */
const QUICK = {
  "+": (out, a, b) => { for (let i = 0; i < CHUNK; i++) out[i] = a[i] + b[i]; },
  "-": (out, a, b) => { for (let i = 0; i < CHUNK; i++) out[i] = a[i] - b[i]; },
  "*": (out, a, b) => { for (let i = 0; i < CHUNK; i++) out[i] = a[i] * b[i]; },
  "/": (out, a, b) => { for (let i = 0; i < CHUNK; i++) out[i] = a[i] / b[i]; },
};

/**
 * A function of the places of points.
 * @param {readonly Step[]} steps @param {Float64Array} numbers of each cell before the first step @param {{ x: number, y: number }} inputs @param {{ dx: number, dy: number }} outputs cells
 * @returns {Slopes}
 */
export function slopesBy(steps, numbers, inputs, outputs) {
  const needed = needs(steps, [outputs.dx, outputs.dy]);
  const touched = new Set([inputs.x, inputs.y, outputs.dx, outputs.dy, ...needed.flatMap(([, , operands, cell]) => [...operands, cell])]);
  /** @type {Map<number, Float64Array>} */
  const rows = new Map();
  const row = (/** @type {number} */ cell) => /** @type {Float64Array} */ (rows.get(cell));
  return (x, y) => {
    if (!rows.size) for (const cell of touched) rows.set(cell, new Float64Array(CHUNK));
    /** @type {[Float64Array, Float64Array]} */
    const found = [new Float64Array(x.length), new Float64Array(x.length)];
    for (let from = 0; from < x.length; from += CHUNK) {
      const size = Math.min(CHUNK, x.length - from);
      for (const [cell, values] of rows) values.fill(numbers[cell]);
      for (let i = 0; i < size; i++) [row(inputs.x)[i], row(inputs.y)[i]] = [x[from + i], y[from + i]];
      for (const [name, operation, operands, cell] of needed) {
        const [a, b, c] = operands.map(row);
        if (QUICK[name]) QUICK[name](row(cell), a, b);
        else each(row(cell), operation, a, b, c);
      }
      for (const [axis, cell] of [outputs.dx, outputs.dy].entries()) found[axis].set(row(cell).subarray(0, size), from);
    }
    return found;
  };
}

/** @param {Float64Array} out @param {(...operands: number[]) => number} operation @param {Float64Array} a @param {Float64Array | undefined} b @param {Float64Array | undefined} c */
function each(out, operation, a, b, c) {
  if (b && c) for (let i = 0; i < CHUNK; i++) out[i] = operation(a[i], b[i], c[i]);
  else if (b) for (let i = 0; i < CHUNK; i++) out[i] = operation(a[i], b[i]);
  else for (let i = 0; i < CHUNK; i++) out[i] = operation(a[i]);
}

/** The steps that lead to some cells, which may be used again and again. @param {readonly Step[]} steps @param {number[]} cells */
function needs(steps, cells) {
  const wanted = new Set(cells);
  const kept = [...steps].reverse().filter(([, , operands, cell]) => {
    if (!wanted.delete(cell)) return false;
    for (const operand of operands) wanted.add(operand);
    return true;
  });
  return kept.reverse();
}
