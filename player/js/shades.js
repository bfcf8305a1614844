// Pictures of what a network gives over a plane: quiet shades, and the lines between classes.

/** @import { Region, Theme } from "./types" */

const STRONGEST = { light: 0.42, dark: 0.36 }; // opacity of a shade where the network is sure, by the theme

const JUMP = 0.4; // of a probability, between neighbours

/** Places of a grid of across x down points over a region, row by row from the top, each in the middle of its cell. @param {Region} region @param {number} across @param {number} down */
export function gridOf([[x0, x1], [y0, y1]], across, down) {
  const x = new Float64Array(across * down);
  const y = new Float64Array(across * down);
  for (let row = 0, i = 0; row < down; row++) {
    for (let column = 0; column < across; column++, i++) {
      x[i] = x0 + ((column + 0.5) / across) * (x1 - x0);
      y[i] = y1 - ((row + 0.5) / down) * (y1 - y0);
    }
  }
  return [x, y];
}

/** "#RRGGBB" as numbers. @param {string} colour */
export function channels(colour) {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** What fills pictures with shades. */
export class Shades {
  /** @param {string[]} colours of the classes; of low and high where there are no classes @param {Theme} theme @param {number} strongest opacity */
  constructor(colours, { name, background }, strongest = name === "dark" ? STRONGEST.dark : STRONGEST.light) {
    this.strongest = strongest;
    this.paper = channels(background);
    this.classes = colours.map(channels);
    this.ramp = new Uint8ClampedArray(3 * 256); // from the first colour over the paper to the second
    for (let i = 0; i < 256; i++) {
      const lean = i / 127.5 - 1;
      this.mix(this.ramp, 3 * i, this.classes[lean < 0 ? 0 : 1], strongest * Math.abs(lean));
    }
  }

  /** @param {Uint8ClampedArray} into @param {number} at @param {number[]} colour @param {number} opacity */
  mix(into, at, colour, opacity) {
    for (let c = 0; c < 3; c++) into[at + c] = this.paper[c] + opacity * (colour[c] - this.paper[c]);
  }

  /** Fill a picture by one number for each pixel, from 0 (the first colour) to 1 (the second); grey where there is none. @param {ImageData} image @param {ArrayLike<number>} values */
  fillRamp({ data }, values) {
    for (let i = 0; i < values.length; i++) {
      const k = 3 * Math.max(0, Math.min(255, Math.round(255 * values[i]))) || 0;
      data[4 * i] = this.ramp[k];
      data[4 * i + 1] = this.ramp[k + 1];
      data[4 * i + 2] = this.ramp[k + 2];
      data[4 * i + 3] = values[i] === values[i] ? 255 : 0;
    }
  }

  /** Fill a picture by the probabilities of several classes: their colours mixed, the stronger the surer the network is. @param {ImageData} image @param {Float64Array[]} shares a row for each class */
  fillMixture({ data }, shares) {
    const even = 1 / shares.length;
    for (let i = 0; i < shares[0].length; i++) {
      let most = 0;
      let [red, green, blue] = [0, 0, 0];
      for (const [k, row] of shares.entries()) {
        most = Math.max(most, row[i]);
        red += row[i] * this.classes[k][0];
        green += row[i] * this.classes[k][1];
        blue += row[i] * this.classes[k][2];
      }
      this.mix(data, 4 * i, [red, green, blue], (this.strongest * Math.max(0, most - even)) / (1 - even));
      data[4 * i + 3] = most === most ? 255 : 0;
    }
  }
}

/**
 * Lines along which values on a grid cross zero, by marching squares.
 * @param {ArrayLike<number>} values row by row @param {number} across @param {number} down
 * @param {(x0: number, y0: number, x1: number, y1: number) => void} segment called with the ends of each piece, in cells from the grid's first point
 */
export function zeroLines(values, across, down, segment) {
  for (let row = 0; row + 1 < down; row++) {
    for (let column = 0; column + 1 < across; column++) {
      const i = row * across + column;
      const [a, b, c, d] = [values[i], values[i + 1], values[i + across + 1], values[i + across]];
      const kind = Number(a > 0) | (Number(b > 0) << 1) | (Number(c > 0) << 2) | (Number(d > 0) << 3);
      if (kind === 0 || kind === 15 || !Number.isFinite(a + b + c + d)) continue;
      /** @type {number[][]} */
      const ends = [];
      if (a > 0 !== b > 0) ends.push([column + a / (a - b), row]);
      if (b > 0 !== c > 0) ends.push([column + 1, row + b / (b - c)]);
      if (c > 0 !== d > 0) ends.push([column + d / (d - c), row + 1]);
      if (d > 0 !== a > 0) ends.push([column, row + a / (a - d)]);
      for (let k = 0; k + 1 < ends.length; k += 2) segment(ends[k][0], ends[k][1], ends[k + 1][0], ends[k + 1][1]);
    }
  }
}

/** How far class k is before the best of the others, at each place. @param {Float64Array[]} shares @param {number} k @param {Float64Array} into */
export function lead(shares, k, into) {
  for (let i = 0; i < into.length; i++) {
    let best = -Infinity;
    for (const [other, row] of shares.entries()) if (other !== k && row[i] > best) best = row[i];
    into[i] = shares[k][i] - best;
  }
  return into;
}

/**
 * Values on a grid, each the mean of itself and of those around it: lines through them do not follow what is finer than the grid, of which they would
 * make dots and dashes.
 * @param {Float64Array} values row by row @param {number} across @param {number} down
 */
export function softened(values, across, down) {
  const rows = values.slice();
  for (let row = 0; row < down; row++) {
    const from = row * across;
    for (let i = 0; i < across; i++) rows[from + i] = (values[from + Math.max(0, i - 1)] + 2 * values[from + i] + values[from + Math.min(across - 1, i + 1)]) / 4;
  }
  const soft = rows.slice();
  for (let row = 0; row < down; row++) {
    const [above, below] = [Math.max(0, row - 1) * across, Math.min(down - 1, row + 1) * across];
    for (let i = 0; i < across; i++) soft[row * across + i] = (rows[above + i] + 2 * rows[row * across + i] + rows[below + i]) / 4;
  }
  return soft;
}

/** The places of a grid from which a share jumps to a neighbour. @param {Float64Array[]} shares a row for each class @param {number} across @param {number} down @returns {number[]} */
export function steepPlaces(shares, across, down) {
  const steep = new Uint8Array(across * down);
  for (const row of shares) {
    for (let i = 0; i < row.length; i++) {
      if ((i + 1) % across && Math.abs(row[i + 1] - row[i]) > JUMP) steep[i] = steep[i + 1] = 1;
      if (i + across < row.length && Math.abs(row[i + across] - row[i]) > JUMP) steep[i] = steep[i + across] = 1;
    }
  }
  return Array.from(steep.keys()).filter((i) => steep[i]);
}
