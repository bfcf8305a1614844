// Trails as paths of a canvas, without what a screen cannot show: points that a straight line passes by, and lines over lines of the same colour.
// Hundreds of trajectories of hundreds of steps are a hundred thousand lines otherwise, nearly all of them at a few minima.

import { at } from "./frame.js";

/** @import { Box, Pixel, Race, Run, View } from "./types" */

/** @typedef {{ px: Float64Array, py: Float64Array, hidden: Uint8Array }} Track a trajectory's pixels, one after the other */
/** @typedef {{ ratio: number, once: boolean, most: number }} Drawing pixels of the screen for each CSS pixel; whether lines over lines are left out, and what passes by points so closely that it cannot be told; about how many CSS pixels of lines a path has */

const FINELY = 60; // trajectories, up to which a step in 3-D is drawn in pieces
const PIECE = 6; // CSS pixels
const MOST_PIECES = 24; // of a step
const LEAST = 0.2; // pixels of the screen that a line may pass by a point
const FINE = 4; // parts of a pixel of the screen: lines whose ends lie in the same parts are the same
const LONGEST = 31; // pixels of a line that may be found to be there already
const MARGIN = 12; // CSS pixels beyond the box in which a line may still be seen
const SLOTS = 1 << 16; // for lines that are there

/** Room that all share. @type {Track} */
let room = { px: new Float64Array(), py: new Float64Array(), hidden: new Uint8Array() };

/** Lines that are there, by both their ends. */
class Lines {
  constructor() {
    this.keys = new Float64Array(SLOTS);
    this.count = 0;
  }

  clear() {
    if (this.count) this.keys.fill(0);
    this.count = 0;
  }

  /** Whether a line is new; from now on it is there. @param {number} ax @param {number} ay @param {number} bx @param {number} by in parts of a pixel @returns {boolean} */
  isNew(ax, ay, bx, by) {
    if (bx < ax || (bx === ax && by < ay)) return this.isNew(bx, by, ax, ay);
    const [right, down] = [bx - ax, by - ay + FINE * LONGEST];
    if (!(right < FINE * LONGEST && down > 0 && down < 2 * FINE * LONGEST && 2 * this.count < SLOTS)) return true;
    const key = ((ax + 32768) * 65536 + ay + 32768) * 32768 + right * 256 + down;
    let slot = Math.imul(ax * 73 + right, 0x9e3779b1) ^ Math.imul(ay * 31 + down, 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & (SLOTS - 1);
    while (this.keys[slot] !== 0) {
      if (this.keys[slot] === key) return false;
      slot = (slot + 1) & (SLOTS - 1);
    }
    this.keys[slot] = key;
    this.count += 1;
    return true;
  }
}

/** What can be drawn on: paths, and the lines that are in them already. */
class Pen {
  /** @param {Lines} lines @param {Box} box beyond which nothing is seen @param {Drawing} drawing */
  constructor(lines, box, { ratio, once, most }) {
    /** @type {Path2D[]} */
    this.paths = [];
    this.held = 0; // CSS pixels of lines in the last of them
    this.lines = lines;
    this.once = once;
    this.most = most;
    this.scale = FINE * ratio;
    this.left = box.left - MARGIN;
    this.right = box.left + box.width + MARGIN;
    this.top = box.top - MARGIN;
    this.bottom = box.top + box.height + MARGIN;
    this.down = false; // whether the path ends where the line comes from
  }

  /** Whether a line is seen that is not there yet. @param {number} ax @param {number} ay @param {number} bx @param {number} by */
  shows(ax, ay, bx, by) {
    const { left, right, top, bottom, scale } = this;
    if ((ax < left && bx < left) || (ax > right && bx > right) || (ay < top && by < top) || (ay > bottom && by > bottom)) return false;
    return this.lines.isNew(Math.round(ax * scale), Math.round(ay * scale), Math.round(bx * scale), Math.round(by * scale));
  }

  /** @param {number} ax @param {number} ay @param {number} bx @param {number} by */
  line(ax, ay, bx, by) {
    if (this.once && !this.shows(ax, ay, bx, by)) {
      this.down = false;
      return;
    }
    if (!this.paths.length || (!this.down && this.held >= this.most)) {
      this.paths.push(new Path2D());
      this.held = 0;
    }
    const path = this.paths[this.paths.length - 1];
    if (!this.down) path.moveTo(ax, ay);
    path.lineTo(bx, by);
    this.down = true;
    this.held += Math.abs(bx - ax) + Math.abs(by - ay);
  }
}

const known = [new Lines(), new Lines()];

/**
 * The paths of all trajectories of a run between two positions of the clock, whole steps or not.
 * @param {View} view @param {Run} run @param {Race} race @param {number} from @param {number} to
 * @param {Drawing} drawing
 * @returns {{ seen: Path2D[], behind: Path2D[] }} what is behind a hill by itself
 */
export function traced(view, run, race, from, to, drawing) {
  const finely = !view.flat && race.count * race.runs.length <= FINELY;
  const length = (Math.floor(to) - Math.floor(from) + 3) * (finely ? MOST_PIECES : 1);
  if (room.px.length < length) room = { px: new Float64Array(length), py: new Float64Array(length), hidden: new Uint8Array(length) };
  const [seen, behind] = known.map((lines) => new Pen(lines, view.box, drawing));
  for (const lines of known) lines.clear();
  for (let n = 0; n < race.count; n++) trace(room, follow(room, view, run, race, n, from, to, finely), seen, behind, drawing.once ? LEAST / drawing.ratio : 0);
  return { seen: seen.paths, behind: behind.paths };
}

/**
 * The pixels of a trajectory between two positions of the clock; gives how many there are.
 * @param {Track} track @param {View} view @param {Run} run @param {Race} race @param {number} n @param {number} from @param {number} to @param {boolean} finely whether steps are taken in pieces
 */
function follow(track, view, run, race, n, from, to, finely) {
  const { px, py, hidden } = track;
  let length = 0;
  const add = (/** @type {number} */ position) => {
    const [x, y, behind] = at(view, run, position, n, race);
    px[length] = x;
    py[length] = y;
    hidden[length++] = Number(behind);
  };
  add(from);
  if (finely) {
    for (let before = from; before < to; ) {
      const next = Math.min(Math.floor(before) + 1, to);
      const pieces = piecesOf(px[length - 1], py[length - 1], at(view, run, next, n, race));
      for (let piece = 1; piece <= pieces; piece++) add(before + ((next - before) * piece) / pieces);
      before = next;
    }
    return length;
  }
  const first = Math.floor(from) + 1;
  const whole = Math.floor(to) - first + 1;
  if (whole > 0) {
    view.row(run, first * race.count + n, whole, px.subarray(1), py.subarray(1), hidden.subarray(1), race.count);
    length += whole;
  }
  if (to > Math.floor(to)) add(to);
  return length;
}

/**
 * Draw along pixels, but for those without which the line is the same on a screen. 
 * @param {Track} track @param {number} length @param {Pen} seen @param {Pen} behind what is behind a hill @param {number} least distance that can be told, in CSS pixels
 */
function trace({ px, py, hidden }, length, seen, behind, least) {
  for (let begin = 0; begin < length - 1; ) {
    const isBehind = Boolean(hidden[begin] && hidden[begin + 1]);
    let end = begin; // of a part that is all of one kind
    while (end < length - 1 && px[end] === px[end] && px[end + 1] === px[end + 1] && Boolean(hidden[end] && hidden[end + 1]) === isBehind) end++;
    if (end > begin) straightened(px, py, begin, end, isBehind ? behind : seen, least);
    begin = Math.max(end, begin + 1);
  }
}

/**
 * A line through pixels that passes by none of them farther than `least`: from each corner on it goes to the last pixel for which that holds of those
 * between them, which the cone tells in that a straight line from the corner passes by them all (Zhao and Saalfeld 1997).
 * @param {Float64Array} px @param {Float64Array} py @param {number} begin @param {number} end @param {Pen} pen @param {number} least
 */
function straightened(px, py, begin, end, pen, least) {
  pen.down = false;
  let corner = begin;
  let far = 0; // how far the line has come from the corner
  let [leftX, leftY, rightX, rightY] = [0, 0, 0, 0]; // the sides of the cone
  for (let k = begin + 1; k <= end; k++) {
    let [dx, dy] = [px[k] - px[corner], py[k] - py[corner]];
    let distance = Math.sqrt(dx * dx + dy * dy);
    const along = far ? distance >= far && rightX * dy - rightY * dx >= 0 && dx * leftY - dy * leftX >= 0 : true;
    if (!along) {
      pen.line(px[corner], py[corner], px[k - 1], py[k - 1]);
      corner = k - 1;
      far = 0;
      [dx, dy] = [px[k] - px[corner], py[k] - py[corner]];
      distance = Math.sqrt(dx * dx + dy * dy);
    }
    if (distance <= least) continue; // still at the corner
    const [sine, cosine] = [least / distance, Math.sqrt(1 - (least / distance) ** 2)];
    const [ax, ay] = [dx * cosine - dy * sine, dx * sine + dy * cosine]; // as far to the left as the pixel lets it
    const [bx, by] = [dx * cosine + dy * sine, dy * cosine - dx * sine];
    if (!far || ax * leftY - ay * leftX > 0) [leftX, leftY] = [ax, ay];
    if (!far || bx * rightY - by * rightX < 0) [rightX, rightY] = [bx, by];
    far = distance;
  }
  pen.line(px[corner], py[corner], px[end], py[end]);
}

/** In how many pieces a step is drawn, so that only what is behind a hill is dimmed, and not the whole step. @param {number} px @param {number} py @param {Pixel} to */
function piecesOf(px, py, [qx, qy]) {
  const length = Math.hypot(qx - px, qy - py);
  return length > PIECE ? Math.min(MOST_PIECES, Math.ceil(length / PIECE)) : 1; // also where there is none
}
