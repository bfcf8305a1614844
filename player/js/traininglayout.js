// Where the panels of networks in training stand: pictures at the left, one under the other; curves and the table at the right.

/** @import { Size } from "./types" */
/** @import { Template } from "./layout.js" */

const NETWORK_PICTURES = ["boundary", "activations", "network"];
const SHARE = 0.62; // of the width, that pictures take beside curves
const LEAST_ROW = 150; // CSS pixels of a curve that can be read
const SMALL = 720; // CSS pixels; below it all panels stand one under the other
const HEIGHTS = { boundary: 0.62, activations: 1, network: 0.8 }; // of the width, where they stand one under the other

/**
 * The CSS grid for these panels and the table.
 * @param {string[]} panels @param {Size & { scale: number }} size @param {boolean} board
 * @returns {Template}
 */
export function arrangeTraining(panels, { width, height, scale }, board) {
  const pictures = panels.filter((name) => NETWORK_PICTURES.includes(name));
  const curves = panels.filter((name) => !NETWORK_PICTURES.includes(name));
  if (width < SMALL) return oneColumn(panels, width, board);
  const right = board ? [...curves, "board"] : curves;
  if (!pictures.length || !right.length) return grid(pictures.length ? pictures : right, height, scale);
  const left = pictures.length;
  const beside = columnsOf(curves, board, height, scale);
  const rows = Math.max(left, beside.length) > 1 ? lcm(left, beside.length) : 1;
  const areas = Array.from({ length: rows }, (_, row) => `${pictures[Math.floor((row * left) / rows)]} ${beside[Math.floor((row * beside.length) / rows)].join(" ")}`);
  const across = beside[0].length;
  const share = across > 1 ? 0.5 : SHARE;
  const columns = [fractionOf(share), ...Array(across).fill(fractionOf((1 - share) / across))];
  return { columns, rows: Array(rows).fill(fractionOf(1)), areas };
}

/** Curves and the table at the right, in one column or, where they would be too low, in two: the names in each row. @param {string[]} curves @param {boolean} board @param {number} height @param {number} scale */
function columnsOf(curves, board, height, scale) {
  const all = board ? [...curves, "board"] : curves;
  if (all.length * LEAST_ROW * scale <= height) return all.map((name) => [name]);
  /** @type {string[][]} */
  const rows = [];
  for (let i = 0; i < curves.length; i += 2) rows.push([curves[i], curves[i + 1] ?? curves[i]]);
  return board ? [...rows, ["board", "board"]] : rows;
}

/** All in rows of about as many as there are rows. @param {string[]} names @param {number} height @param {number} scale @returns {Template} */
function grid(names, height, scale) {
  const most = Math.max(1, Math.floor(height / (LEAST_ROW * scale)));
  const across = Math.ceil(names.length / most);
  const areas = [];
  for (let i = 0; i < names.length; i += across) areas.push(Array.from({ length: across }, (_, k) => names[Math.min(i + k, names.length - 1)]).join(" "));
  return { columns: Array(across).fill(fractionOf(1)), rows: areas.map(() => fractionOf(1)), areas };
}

/** @param {string[]} panels @param {number} width @param {boolean} board @returns {Template} */
function oneColumn(panels, width, board) {
  const heights = panels.map((name) => `${Math.round(Math.min(460, width * (HEIGHTS[/** @type {keyof typeof HEIGHTS} */ (name)] ?? 0) || 210))}px`);
  return { columns: ["minmax(0, 1fr)"], rows: board ? [...heights, "auto"] : heights, areas: board ? [...panels, "board"] : panels, stacked: true };
}

/** The least common multiple. @param {number} a @param {number} b */
function lcm(a, b) {
  let multiple = a;
  while (multiple % b) multiple += a;
  return multiple;
}

/** @param {number} weight */
const fractionOf = (weight) => `minmax(0, ${weight}fr)`;
