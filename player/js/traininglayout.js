// Where the panels of networks in training stand: pictures at the left, one under the other; curves and the table at the right, under the
// landscape in 3-D where it is seen from above, too.

import { GAP, lowRows } from "./layout.js";
import { cells } from "./panel.js";

/** @import { Size } from "./types" */
/** @import { Template } from "./layout.js" */

const MAP = "landscape";
/** @type {string} */
const SCENE = "surface";
export const NETWORK_PICTURES = [MAP, SCENE, "boundary", "activations", "network"];
const SHARE = 0.64; // of the width, that pictures take beside curves
const WITH_SCENE = 0.54; // and beside the landscape in 3-D
const LOW_MAP = 0.62; // of the height, below which a map leaves room for that under it
const TALLER = 2; // how many times as high as a curve that is
const NAME_LINE = 24; // CSS pixels of the names over the pictures of a row
const AROUND_NAMES = 28; // and of the legend under all
const AROUND_PLANE = NAME_LINE + AROUND_NAMES;
const ROWS_OF_TWO = 1.35; // how much higher the table is than rows of one line
const ROWS_OF_THREE = 1.95; // and where a narrow one tells of the plane, too
const NARROW_TABLE = 351; // CSS pixels, where its rows become blocks of three lines at the latest, as in board.js
const MOST_WORDS = 0.5; // of the height, that the table takes
const MOST_SHARE = 0.74; // of the width, that a wide map with planes under it takes so that no hole is left between them
const NO_HOLE = 10; // CSS pixels between them that nobody takes for one
const BESIDE_TALL = 0.5; // of the width, that pictures take where a curve stands under them, so that the landscape in 3-D is high
const LOW_CURVE = 120; // CSS pixels of that curve
const MAP_AXIS = 44; // CSS pixels of the numbers beside a map
const LEAST_ROW = 150; // CSS pixels of a curve that can be read
const LEAST_PICTURE = 190; // and of a picture
const LEAST_PLANE = 104; // CSS pixels across, of one of several of the data's plane
const AROUND_LAYERS = 125; // CSS pixels of what is written over and under activations
const LEAST_LAYER = 7; // and of a layer between them
const NO_LAYERS = 56; // CSS pixels of the words that stand for activations where there are no hidden layers
const NEARLY_SQUARE = 1.2; // times as wide as high: a player in which a map is larger over what else there is than beside it
const LITTLE = 1.04; // times the height that there is: not worth a page that scrolls
const SMALL = 720; // CSS pixels; below it all panels stand one under the other
/** @type {Record<string, number>} */
const HEIGHTS = { [SCENE]: 0.8, activations: 1, network: 0.85, depth: 0.55 }; // of the width, where they stand one under the other
export const AROUND_MAP = 70; // CSS pixels of the numbers and of two lines of sentences under a map
const TALLEST = 460; // CSS pixels of a picture there

/** @typedef {{ count: number, aspect: number, shape: number, around(width: number): number, depth: number }} About how many networks there are, the shapes, width by height, of a picture of the data's plane and of the plane through the space of weights, the CSS pixels of the numbers and the sentences around a map in a panel of a width, and the number of hidden layers */

/**
 * The CSS grid for these panels and the table.
 * @param {string[]} panels @param {Size & { scale: number, low: number, table: number }} size of the player, the height of a window that has room for one row only, and how high the table is @param {boolean} board
 * @param {About} about
 * @param {boolean} fill whether a narrow player keeps its height and has all within it
 * @returns {Template} higher than the window where all that is asked for cannot be read in it
 */
export function arrangeTraining(panels, { width, height: room, scale, low, table }, board, about, fill) {
  const all = panels.filter((name) => NETWORK_PICTURES.includes(name));
  const curves = panels.filter((name) => !NETWORK_PICTURES.includes(name));
  if (low) return lowRows(panels, low, board, table);
  if (fill && width < SMALL) return filledColumn(all, board ? [...curves, "board"] : curves, width, room, about);
  if (width < SMALL) return oneColumn(panels, width, room, board, about);
  const under = all.length === 2 && heightOfMap(WITH_SCENE * width, scale, about) < LOW_MAP * room; // the map alone leaves room for the scene
  const scene = all.includes(MAP) && !under ? all.filter((name) => name === SCENE) : [];
  const pictures = all.filter((name) => !scene.includes(name));
  if (scene.length && board && curves.length === 1 && String(pictures) === `${MAP},boundary`) {
    const heights = withCurveUnder(BESIDE_TALL * width, room, scale, about);
    const words = Math.min(MOST_WORDS, (ROWS_OF_TWO * table) / room);
    if (heights) return interleaved([...pictures, ...curves], heights, [[SCENE], ["board"]], [1 - words, words], BESIDE_TALL, 0);
  }
  const right = board ? [...scene, ...curves, "board"] : [...scene, ...curves];
  if (!pictures.length || !right.length) return tiled(pictures.length ? pictures : right, room, scale);
  if (!scene.length && right.length === 2 && String(pictures) === MAP && width < NEARLY_SQUARE * room) return mapOver(right, width, room, scale, table, about);
  const beside = rowsBeside(scene, curves, board, room, scale);
  const across = beside[0].length;
  const share = across > 1 ? 0.5 : scene.length ? WITH_SCENE : SHARE;
  const written = (all.includes(MAP) && (1 - share) * width < NARROW_TABLE * scale ? ROWS_OF_THREE : ROWS_OF_TWO) * table;
  const leastBeside = (beside.length - Number(board)) * LEAST_ROW + scene.length * (LEAST_PICTURE - LEAST_ROW) + (board ? written / scale : 0);
  const least = Math.max(leastOfPictures(pictures, share * width, about), leastBeside) * scale;
  const stacked = least > LITTLE * room;
  const height = stacked ? least : room;
  const left = fillingShare(pictures, share, width, height, scale, about);
  const lefts = pictureHeights(pictures, left * width, height, scale, about);
  const words = Math.min(MOST_WORDS, written / height);
  const weights = /** @type {number[]} */ (beside.map(([name]) => (name === "board" ? 0 : name === SCENE ? TALLER : 1)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rights = weights.map((weight) => (total ? (weight ? ((1 - (board ? words : 0)) * weight) / total : words) : 1));
  return interleaved(pictures, lefts, beside, rights, left, stacked ? height : 0);
}

/**
 * Two columns whose rows end where they end.
 * @param {string[]} lefts names, one under the other @param {number[]} leftHeights shares of the height @param {string[][]} rights names in each row
 * @param {number[]} rightHeights @param {number} share of the width, that the left one takes @param {number} height in CSS pixels of a page that scrolls, or 0
 * @returns {Template}
 */
function interleaved(lefts, leftHeights, rights, rightHeights, share, height) {
  const across = rights[0].length;
  const cuts = [...new Set([...endsOf(leftHeights), ...endsOf(rightHeights)])].sort((a, b) => a - b);
  const at = (/** @type {number[]} */ heights, /** @type {number} */ place) => endsOf(heights).findIndex((end) => place < end);
  const rows = cuts.map((end, i) => end - (cuts[i - 1] ?? 0));
  const areas = cuts.map((end, i) => `${lefts[at(leftHeights, end - rows[i] / 2)]} ${rights[at(rightHeights, end - rows[i] / 2)].join(" ")}`);
  const columns = [fractionOf(share), ...Array(across).fill(fractionOf((1 - share) / across))];
  return { columns, rows: rows.map((row) => (height ? `${Math.round((row * height) / 1000)}px` : fractionOf(row))), areas, stacked: Boolean(height) };
}

/** A map over a curve and the table. @param {string[]} below both @param {number} width @param {number} height @param {number} scale @param {number} table @param {About} about @returns {Template} */
function mapOver(below, width, height, scale, table, about) {
  const high = Math.min(heightOfMap(width, scale, about), height - Math.max(LEAST_ROW * scale, ROWS_OF_TWO * table));
  return { columns: [fractionOf(1), fractionOf(1)], rows: [`${Math.round(high)}px`, fractionOf(1)], areas: [`${MAP} ${MAP}`, below.join(" ")] };
}

/** The shares of the height of a wide map, of the planes under it and of a curve under both; null where there is no room for that. @param {number} width @param {number} height @param {number} scale @param {About} about */
function withCurveUnder(width, height, scale, about) {
  const { count, aspect } = about;
  const map = heightOfMap(width, scale, about);
  const planes = Math.min(width / count / aspect + AROUND_PLANE * scale, height - map - LOW_CURVE * scale);
  if (planes < (LEAST_PLANE / aspect + AROUND_PLANE) * scale) return null;
  return [map, planes, height - map - planes].map((each) => each / height);
}

/** How high pictures one under the other are at least, in CSS pixels of letters of the usual size. @param {string[]} pictures @param {number} width @param {About} about */
function leastOfPictures(pictures, width, { count, aspect, depth }) {
  const of = (/** @type {string} */ name) => (name === "boundary" ? Math.min(1.4 * LEAST_PICTURE, width / count / aspect + AROUND_PLANE) : Math.max(LEAST_PICTURE + (name === MAP ? AROUND_MAP : 0), name === "activations" && depth ? AROUND_LAYERS + LEAST_LAYER * depth : 0));
  return pictures.reduce((sum, name) => sum + of(name), 0);
}

/** All within a given height: pictures one under the other, then curves and the table in rows of two. @param {string[]} pictures @param {string[]} rest @param {number} width @param {number} height @param {About} about @returns {Template} */
function filledColumn(pictures, rest, width, height, about) {
  const rows = pictures.map((name) => (name === "boundary" ? `${Math.round(Math.min(planesHeight(width, about), 0.4 * height))}px` : fractionOf(1.5)));
  const areas = pictures.map((name) => `${name} ${name}`);
  for (let i = 0; i < rest.length; i += 2) {
    areas.push(`${rest[i]} ${rest[i + 1] ?? rest[i]}`);
    rows.push(fractionOf(1));
  }
  return { columns: [fractionOf(1), fractionOf(1)], rows, areas };
}

/** The share of the height that each picture has: planes what they need, if they are in one row, or all that a wide map leaves: they stand at its words, and what neither needs is under them. @param {string[]} pictures @param {number} width @param {number} height @param {number} scale @param {About} about @returns {number[]} */
function pictureHeights(pictures, width, height, scale, about) {
  const { count, aspect, depth } = about;
  if (!depth && pictures.length > 1 && pictures.includes("activations")) {
    const others = pictures.filter((name) => name !== "activations");
    const words = (NO_LAYERS * scale) / height;
    const rest = pictureHeights(others, width, height * (1 - words), scale, about);
    return pictures.map((name) => (name === "activations" ? words : (1 - words) * rest[others.indexOf(name)]));
  }
  const equal = 1 / pictures.length;
  if (!pictures.includes("boundary") || pictures.length === 1) return pictures.map(() => equal);
  const need = (width / count / aspect + AROUND_PLANE * scale) / height;
  const spared = pictures.includes(MAP) && pictures.length === 2 ? (height - heightOfMap(width, scale, about)) / height : 0; // by a map as wide as that
  const own = spared > need ? spared : Math.min((pictures.includes(MAP) ? 0.9 : 1.2) * equal, Math.max(need, 0.35 * equal));
  return pictures.map((name) => (name === "boundary" ? own : (1 - own) / (pictures.length - 1)));
}

/** How high the panel of a map is that is as wide as that. @param {number} width @param {number} scale @param {About} about */
const heightOfMap = (width, scale, { shape, around }) => (width - MAP_AXIS * scale) / shape + around(width);

/** The share of the width that pictures take: more than the usual one where a wide map and the planes under it would leave a hole between them, as long as the table has the width that it needs. @param {string[]} pictures @param {number} usual @param {number} width @param {number} height @param {number} scale @param {About} about */
function fillingShare(pictures, usual, width, height, scale, about) {
  if (pictures.length !== 2 || !pictures.includes(MAP) || !pictures.includes("boundary")) return usual;
  const hole = (/** @type {number} */ share) => {
    const spared = height - heightOfMap(share * width, scale, about);
    return spared - fittingRows(spared, share * width, about.count, about.aspect, scale);
  };
  const most = Math.min(MOST_SHARE, 1 - (NARROW_TABLE * scale) / width);
  const holds = (/** @type {number} */ share) => height - heightOfMap(share * width, scale, about) > (share * width) / about.count / about.aspect + AROUND_PLANE * scale;
  let share = usual;
  while (holds(share + 0.01) && share + 0.01 <= most && hole(share) > NO_HOLE * scale) share += 0.01;
  return share;
}

/** How high pictures of the plane are in as many rows as make them largest within a height. @param {number} room @param {number} width @param {number} count @param {number} aspect @param {number} scale */
function fittingRows(room, width, count, aspect, scale) {
  const { columns, rows } = cells(count, width, room - AROUND_NAMES * scale, aspect);
  return Math.min(room, rows * (width / columns / aspect + NAME_LINE * scale) + AROUND_NAMES * scale);
}

/** Where each of several heights ends, in thousandths, so that equal ends are equal. @param {number[]} heights */
function endsOf(heights) {
  let end = 0;
  return heights.map((height, i) => (i === heights.length - 1 ? 1000 : Math.round(1000 * (end += height))));
}

/** The landscape in 3-D, curves and the table at the right, in one column or, where curves would be too low, in two: the names in each row. @param {string[]} scene @param {string[]} curves @param {boolean} board @param {number} height @param {number} scale */
function rowsBeside(scene, curves, board, height, scale) {
  const all = [...scene, ...curves, ...(board ? ["board"] : [])];
  if (all.length * LEAST_ROW * scale <= height) return all.map((name) => [name]);
  /** @type {string[][]} */
  const rows = scene.map((name) => [name, name]);
  for (let i = 0; i < curves.length; i += 2) rows.push([curves[i], curves[i + 1] ?? curves[i]]);
  return board ? [...rows, ["board", "board"]] : rows;
}

/** All in rows of about as many as there are rows; the table, where it is alone in one, no higher than it is. @param {string[]} names @param {number} height @param {number} scale @returns {Template} */
function tiled(names, height, scale) {
  const most = Math.max(1, Math.floor(height / (LEAST_ROW * scale)));
  const across = Math.ceil(names.length / most);
  const areas = [];
  for (let i = 0; i < names.length; i += across) areas.push(Array.from({ length: across }, (_, k) => names[Math.min(i + k, names.length - 1)]).join(" "));
  const rows = areas.map((row) => (row.split(" ").every((name) => name === "board") ? `fit-content(${Math.round(MOST_WORDS * height)}px)` : fractionOf(1)));
  return { columns: Array(across).fill(fractionOf(1)), rows, areas };
}

/** All one under the other, a map no higher than leaves what is said under it in the window, with the planes over it if there are some. @param {string[]} panels @param {number} width @param {number} room @param {boolean} board @param {About} about @returns {Template} */
function oneColumn(panels, width, room, board, about) {
  const over = panels.indexOf("boundary") >= 0 && panels.indexOf("boundary") < panels.indexOf(MAP) ? planesHeight(width, about) + GAP : 0;
  const high = (/** @type {string} */ name) => {
    if (name === "boundary") return planesHeight(width, about);
    if (name === MAP) return Math.min(TALLEST, width / about.shape + about.around(width), Math.max(LEAST_PICTURE + AROUND_MAP, room - over));
    if (name === "activations" && !about.depth) return NO_LAYERS;
    if (name === "activations") return Math.max(Math.min(TALLEST, width), Math.ceil(about.count / 2) * (AROUND_LAYERS + LEAST_LAYER * about.depth));
    return Math.min(TALLEST, width * (HEIGHTS[name] ?? 0) || 210);
  };
  const heights = panels.map((name) => `${Math.round(high(name))}px`);
  return { columns: ["minmax(0, 1fr)"], rows: board ? [...heights, "auto"] : heights, areas: board ? [...panels, "board"] : panels, stacked: true };
}

/** How high pictures of the plane are together, three in a row or as many as can be told apart. @param {number} width @param {About} about */
function planesHeight(width, { count, aspect }) {
  const across = Math.min(count, Math.max(3, Math.floor(width / LEAST_PLANE)));
  return Math.ceil(count / across) * (width / across / aspect + NAME_LINE) + AROUND_NAMES;
}

/** @param {number} weight */
const fractionOf = (weight) => `minmax(0, ${weight}fr)`;
