// Where the panels of networks in training stand: pictures at the left, one under the other; curves and the table at the right.

import { lowRows } from "./layout.js";

/** @import { Size } from "./types" */
/** @import { Template } from "./layout.js" */

const NETWORK_PICTURES = ["boundary", "activations", "network"];
const SHARE = 0.64; // of the width, that pictures take beside curves
const AROUND_PLANE = 52; // CSS pixels of the names over the pictures of a row and the legend under them
const ROWS_OF_TWO = 1.35; // how much higher the table is than rows of one line
const LEAST_ROW = 150; // CSS pixels of a curve that can be read
const LEAST_PICTURE = 190; // and of a picture
const AROUND_LAYERS = 125; // CSS pixels of what is written over and under activations
const LEAST_LAYER = 7; // and of a layer between them
const LITTLE = 1.04; // times the height that there is: not worth a page that scrolls
const SMALL = 720; // CSS pixels; below it all panels stand one under the other
const HEIGHTS = { activations: 1, network: 0.85, depth: 0.55 }; // of the width, where they stand one under the other

/**
 * The CSS grid for these panels and the table.
 * @param {string[]} panels @param {Size & { scale: number, low: number, table: number }} size of the player, the height of a window that has room for one row only, and how high the table is @param {boolean} board
 * @param {number} count of the networks @param {number} aspect of a picture of the plane, width by height
 * @param {boolean} fill whether a narrow player keeps its height and has all within it
 * @param {number} depth number of hidden layers
 * @returns {Template} higher than the window where all that is asked for cannot be read in it
 */
export function arrangeTraining(panels, { width, height: room, scale, low, table }, board, count, aspect, fill, depth = 1) {
  const pictures = panels.filter((name) => NETWORK_PICTURES.includes(name));
  const curves = panels.filter((name) => !NETWORK_PICTURES.includes(name));
  if (low) return lowRows(panels, low, board, table);
  if (fill && width < SMALL) return filledColumn(pictures, board ? [...curves, "board"] : curves, width, room, count, aspect);
  if (width < SMALL) return oneColumn(panels, width, board, count, aspect);
  const right = board ? [...curves, "board"] : curves;
  if (!pictures.length || !right.length) return tiled(pictures.length ? pictures : right, room, scale);
  const beside = rowsBeside(curves, board, room, scale);
  const across = beside[0].length;
  const share = across > 1 ? 0.5 : SHARE;
  const least = Math.max(leastOfPictures(pictures, share * width, count, aspect, depth), (beside.length - Number(board)) * LEAST_ROW + (board ? ROWS_OF_TWO * table / scale : 0)) * scale;
  const stacked = least > LITTLE * room;
  const height = stacked ? least : room;
  const lefts = pictureHeights(pictures, share * width, height, scale, count, aspect);
  const words = Math.min(0.45, (ROWS_OF_TWO * table) / height);
  const rights = beside.map((names) => (names[0] !== "board" || beside.length === 1 ? (1 - (board ? words : 0)) / Math.max(1, beside.length - Number(board)) : words));
  const cuts = [...new Set([...endsOf(lefts), ...endsOf(rights)])].sort((a, b) => a - b);
  const at = (/** @type {number[]} */ heights, /** @type {number} */ place) => endsOf(heights).findIndex((end) => place < end);
  const rows = cuts.map((end, i) => end - (cuts[i - 1] ?? 0));
  const areas = cuts.map((end, i) => `${pictures[at(lefts, end - rows[i] / 2)]} ${beside[at(rights, end - rows[i] / 2)].join(" ")}`);
  const columns = [fractionOf(share), ...Array(across).fill(fractionOf((1 - share) / across))];
  return { columns, rows: rows.map((row) => (stacked ? `${Math.round((row * height) / 1000)}px` : fractionOf(row))), areas, stacked };
}

/** How high pictures one under the other are at least, in CSS pixels of letters of the usual size. @param {string[]} pictures @param {number} width @param {number} count @param {number} aspect @param {number} depth */
function leastOfPictures(pictures, width, count, aspect, depth) {
  const of = (/** @type {string} */ name) => (name === "boundary" ? Math.min(1.4 * LEAST_PICTURE, width / count / aspect + AROUND_PLANE) : Math.max(LEAST_PICTURE, name === "activations" ? AROUND_LAYERS + LEAST_LAYER * depth : 0));
  return pictures.reduce((sum, name) => sum + of(name), 0);
}

/** All within a given height: pictures one under the other, then curves and the table in rows of two. @param {string[]} pictures @param {string[]} rest @param {number} width @param {number} height @param {number} count @param {number} aspect @returns {Template} */
function filledColumn(pictures, rest, width, height, count, aspect) {
  const rows = pictures.map((name) => (name === "boundary" ? `${Math.round(Math.min(planesHeight(width, count, aspect), 0.4 * height))}px` : fractionOf(1.5)));
  const areas = pictures.map((name) => `${name} ${name}`);
  for (let i = 0; i < rest.length; i += 2) {
    areas.push(`${rest[i]} ${rest[i + 1] ?? rest[i]}`);
    rows.push(fractionOf(1));
  }
  return { columns: [fractionOf(1), fractionOf(1)], rows, areas };
}

/** The share of the height that each picture has: planes what they need, if they are in one row. @param {string[]} pictures @param {number} width @param {number} height @param {number} scale @param {number} count @param {number} aspect */
function pictureHeights(pictures, width, height, scale, count, aspect) {
  const equal = 1 / pictures.length;
  if (pictures[0] !== "boundary" || pictures.length === 1) return pictures.map(() => equal);
  const need = (width / count / aspect + AROUND_PLANE * scale) / height;
  const first = Math.min(1.2 * equal, Math.max(need, 0.35 * equal));
  return pictures.map((_, i) => (i ? (1 - first) / (pictures.length - 1) : first));
}

/** Where each of several heights ends, in thousandths, so that equal ends are equal. @param {number[]} heights */
function endsOf(heights) {
  let end = 0;
  return heights.map((height, i) => (i === heights.length - 1 ? 1000 : Math.round(1000 * (end += height))));
}

/** Curves and the table at the right, in one column or, where they would be too low, in two: the names in each row. @param {string[]} curves @param {boolean} board @param {number} height @param {number} scale */
function rowsBeside(curves, board, height, scale) {
  const all = board ? [...curves, "board"] : curves;
  if (all.length * LEAST_ROW * scale <= height) return all.map((name) => [name]);
  /** @type {string[][]} */
  const rows = [];
  for (let i = 0; i < curves.length; i += 2) rows.push([curves[i], curves[i + 1] ?? curves[i]]);
  return board ? [...rows, ["board", "board"]] : rows;
}

/** All in rows of about as many as there are rows. @param {string[]} names @param {number} height @param {number} scale @returns {Template} */
function tiled(names, height, scale) {
  const most = Math.max(1, Math.floor(height / (LEAST_ROW * scale)));
  const across = Math.ceil(names.length / most);
  const areas = [];
  for (let i = 0; i < names.length; i += across) areas.push(Array.from({ length: across }, (_, k) => names[Math.min(i + k, names.length - 1)]).join(" "));
  return { columns: Array(across).fill(fractionOf(1)), rows: areas.map(() => fractionOf(1)), areas };
}

/** @param {string[]} panels @param {number} width @param {boolean} board @param {number} count @param {number} aspect @returns {Template} */
function oneColumn(panels, width, board, count, aspect) {
  const high = (/** @type {string} */ name) => (name === "boundary" ? planesHeight(width, count, aspect) : Math.min(460, width * (HEIGHTS[/** @type {keyof typeof HEIGHTS} */ (name)] ?? 0) || 210));
  const heights = panels.map((name) => `${Math.round(high(name))}px`);
  return { columns: ["minmax(0, 1fr)"], rows: board ? [...heights, "auto"] : heights, areas: board ? [...panels, "board"] : panels, stacked: true };
}

/** How high pictures of the plane are together, at most three in a row. @param {number} width @param {number} count @param {number} aspect */
function planesHeight(width, count, aspect) {
  const across = Math.min(3, count);
  return Math.ceil(count / across) * (width / across / aspect + 24) + AROUND_PLANE - 24;
}

/** @param {number} weight */
const fractionOf = (weight) => `minmax(0, ${weight}fr)`;
