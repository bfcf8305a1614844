// From points of the landscape to pixels of a panel: a flat view for maps, a perspective one for 3-D scenes.
// Both project whole rows (all trajectories at one step), because that is what is drawn.

/** @import { Box, HeightGrid, Pixel, Point, Range, Region, Run } from "./types" */

/** A map: pixels are linear in x and y. */
export class FlatView {
  flat = true;

  /** @param {Box & { x: Range, y: Range }} box where the axes lie in the panel, and the ranges that they show */
  constructor(box) {
    this.box = box;
    const [x0, x1] = box.x;
    const [y0, y1] = box.y;
    this.ax = box.width / (x1 - x0);
    this.bx = box.left - x0 * this.ax;
    this.ay = -box.height / (y1 - y0);
    this.by = box.top - y1 * this.ay;
    this.key = [box.left, box.top, box.width, box.height, x0, x1, y0, y1].join();
  }

  /** @param {number} x @param {number} y @returns {Pixel} */
  point(x, y) {
    return [this.ax * x + this.bx, this.ay * y + this.by, false];
  }

  /** Back from pixels to the landscape. @param {number} px @param {number} py @returns {Point} */
  unproject(px, py) {
    return [(px - this.bx) / this.ax, (py - this.by) / this.ay];
  }

  /**
   * Project `count` points of a run from index `from`; none is hidden.
   * @param {Run} run @param {number} from @param {number} count @param {Float32Array | Float64Array} px @param {Float32Array | Float64Array} py @param {Uint8Array} hidden
   * @param {number} stride from one to the next
   */
  row(run, from, count, px, py, hidden, stride = 1) {
    const { ax, bx, ay, by } = this;
    const { x, y } = run;
    for (let n = 0, k = from; n < count; n++, k += stride) {
      px[n] = ax * x[k] + bx;
      py[n] = ay * y[k] + by;
    }
    hidden.fill(0, 0, count);
  }
}

/** A 3-D scene, with what lies behind a hill marked as hidden. */
export class PerspectiveView {
  flat = false;

  /**
   * @param {Box} box where the scene lies in the panel, in CSS pixels
   * @param {ArrayLike<number>} matrix 4 x 4, column by column, from data to clip space
   * @param {DepthBuffer | null} depth how far the drawn surface is at each cell of the box, or null
   * @param {number} lift how far above the surface points are drawn, in units of height
   * @param {Region} window the landscape's; points outside are not on the surface, and are not drawn
   */
  constructor(box, matrix, depth, lift, window) {
    this.box = box;
    this.m = matrix;
    this.depth = depth;
    this.lift = lift;
    this.window = window;
    this.key = [box.left, box.top, box.width, box.height, ...Array.from(matrix)].join();
  }

  /** @param {number} x @param {number} y @param {number} z @returns {Pixel} */
  point(x, y, z) {
    const { m, box, window } = this;
    const [[x0, x1], [y0, y1]] = window;
    if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1)) return [NaN, NaN, false];
    const h = z + this.lift;
    const w = m[3] * x + m[7] * y + m[11] * h + m[15];
    const px = box.left + ((m[0] * x + m[4] * y + m[8] * h + m[12]) / w + 1) * 0.5 * box.width;
    const py = box.top + (1 - (m[1] * x + m[5] * y + m[9] * h + m[13]) / w) * 0.5 * box.height;
    return [px, py, this.depth ? this.depth.hides(px - box.left, py - box.top, w) : false];
  }

  /**
   * @param {Run} run @param {number} from @param {number} count @param {Float32Array | Float64Array} px @param {Float32Array | Float64Array} py @param {Uint8Array} hidden
   * @param {number} stride
   */
  row(run, from, count, px, py, hidden, stride = 1) {
    const { m, box, depth, lift, window } = this;
    const [[x0, x1], [y0, y1]] = window;
    const { x, y, z } = run;
    const halfWidth = box.width / 2;
    const halfHeight = box.height / 2;
    for (let n = 0, k = from; n < count; n++, k += stride) {
      if (!(x[k] >= x0 && x[k] <= x1 && y[k] >= y0 && y[k] <= y1)) {
        px[n] = NaN;
        continue;
      }
      const h = z[k] + lift;
      const w = m[3] * x[k] + m[7] * y[k] + m[11] * h + m[15];
      const sx = ((m[0] * x[k] + m[4] * y[k] + m[8] * h + m[12]) / w + 1) * halfWidth;
      const sy = (1 - (m[1] * x[k] + m[5] * y[k] + m[9] * h + m[13]) / w) * halfHeight;
      px[n] = box.left + sx;
      py[n] = box.top + sy;
      hidden[n] = depth && depth.hides(sx, sy, w) ? 1 : 0;
    }
  }
}

/** How far the surface is, seen through a coarse raster over the scene: filled triangle by triangle, once for each camera. */
export class DepthBuffer {
  static CELL = 3; // CSS pixels

  /** @param {number} width @param {number} height of the scene in CSS pixels */
  constructor(width, height) {
    this.scaleX = this.scaleY = 1 / DepthBuffer.CELL;
    this.columns = Math.max(1, Math.ceil(width / DepthBuffer.CELL));
    this.rows = Math.max(1, Math.ceil(height / DepthBuffer.CELL));
    this.cells = new Float32Array(this.columns * this.rows);
  }

  /**
   * Draw the surface given on an n x n grid over the window.
   * @param {ArrayLike<number>} matrix @param {number} width @param {number} height @param {HeightGrid} grid @param {Region} window
   */
  fill(matrix, width, height, { n, values }, [[x0, x1], [y0, y1]]) {
    const { columns, rows } = this;
    this.cells.fill(Infinity);
    const sx = new Float32Array(n * n);
    const sy = new Float32Array(n * n);
    const sw = new Float32Array(n * n);
    const m = matrix;
    for (let j = 0, k = 0; j < n; j++) {
      const y = y0 + ((y1 - y0) * j) / (n - 1);
      for (let i = 0; i < n; i++, k++) {
        const x = x0 + ((x1 - x0) * i) / (n - 1);
        const z = values[k];
        const w = m[3] * x + m[7] * y + m[11] * z + m[15];
        sw[k] = w;
        sx[k] = ((m[0] * x + m[4] * y + m[8] * z + m[12]) / w + 1) * 0.5 * columns;
        sy[k] = (1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w) * 0.5 * rows;
      }
    }
    for (let j = 0; j + 1 < n; j++) {
      for (let i = 0; i + 1 < n; i++) {
        const k = j * n + i;
        this.triangle(sx, sy, sw, k, k + 1, k + n);
        this.triangle(sx, sy, sw, k + 1, k + n + 1, k + n);
      }
    }
    this.scaleX = columns / width;
    this.scaleY = rows / height;
  }

  /**
   * @param {Float32Array} sx @param {Float32Array} sy @param {Float32Array} sw
   * @param {number} a @param {number} b @param {number} c
   */
  triangle(sx, sy, sw, a, b, c) {
    const { columns, rows, cells } = this;
    const ax = sx[a], ay = sy[a], bx = sx[b], by = sy[b], cx = sx[c], cy = sy[c];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (!area) return; // also where a corner has no height
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
    const right = Math.min(columns - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
    const bottom = Math.min(rows - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const qx = column + 0.5 - ax;
        const qy = row + 0.5 - ay;
        const v = (qx * (cy - ay) - qy * (cx - ax)) / area;
        const w = ((bx - ax) * qy - (by - ay) * qx) / area;
        if (v < 0 || w < 0 || v + w > 1) continue;
        const depth = sw[a] + v * (sw[b] - sw[a]) + w * (sw[c] - sw[a]);
        const k = row * columns + column;
        if (depth < cells[k]) cells[k] = depth;
      }
    }
  }

  /** Whether the surface lies clearly in front of a point at this pixel of the scene and distance. @param {number} sx @param {number} sy @param {number} w */
  hides(sx, sy, w) {
    const column = Math.floor(sx * this.scaleX);
    const row = Math.floor(sy * this.scaleY);
    if (!(column >= 0 && row >= 0 && column < this.columns && row < this.rows)) return false;
    return this.cells[row * this.columns + column] < w * (1 - 0.02);
  }
}

/** The product of 4 x 4 matrices, column by column. @param {ArrayLike<number>} a @param {ArrayLike<number>} b @returns {ArrayLike<number>} */
export function multiply(a, b) {
  const out = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row] * b[column * 4 + k];
      out[column * 4 + row] = sum;
    }
  }
  return out;
}
