// Where the panels stand: the first picture large at the left, everything else beside or under it.

/** @import { Size } from "./types" */

/** @typedef {{ columns: string[], rows: string[], areas: string[], stacked?: boolean }} Template values for grid-template-* */

const PICTURES = ["map", "maps", "surface", "surfaces"];
const STEP = "step"; // the panel that takes a step apart
const WORDS = 384; // CSS pixels that the table needs to show all its columns
const AROUND = 104; // CSS pixels of the page's header and the player's bar
const NARROW = 720; // CSS pixels; below it all panels stand one under the other

/**
 * The CSS grid for these panels and the table.
 * @param {string[]} panels their names; those that are no pictures are curves
 * @param {Size & { scale?: number, low?: number, table?: number }} size of the player in CSS pixels; how much larger its letters are than usual; the
 *   height of the window where that has room for one row only, otherwise 0; and how high the table is
 * @param {number} aspect of the landscape's window, width by height
 * @param {boolean} board whether the table is shown
 * @param {boolean} fill whether a player that is no wider than high keeps its height and has its panels one under the other
 * @returns {Template}
 */
export function arrange(panels, { width, height, scale = 1, low = 0, table = 200 }, aspect, board = true, fill = false) {
  const pictures = PICTURES.filter((name) => panels.includes(name));
  const curves = panels.filter((name) => !PICTURES.includes(name));
  const words = WORDS * scale;
  if (low) return lowRows([...pictures, ...curves], low, board);
  if (fill && width < Math.max(NARROW, (aspect > 1.4 ? 1.35 : 1.2) * height)) return column(pictures, curves, width, height, aspect, board);
  if (width < NARROW) return stacked([...pictures, ...curves], width, aspect, board);
  if (panels.includes(STEP) && pictures.length) return withStep(pictures, curves.filter((name) => name !== STEP), height, board);
  if (!pictures.length) return curvesAlone(curves, board);
  const [main, ...others] = pictures;
  const beside = curves.length <= 1 ? [...others, ...curves] : others;
  const below = curves.length <= 1 ? [] : curves;
  if (!beside.length && !below.length) return alone(main, board);
  if (!below.length) return twoColumns(main, beside, width, height, aspect, board, words, table);
  return withFooter(main, others, below, Math.min(0.6, share(main, width, 0.64 * height, aspect, words)), board);
}

/** How much of the width the main picture takes: what it needs to be as high as the player, but no less than half, and `spare` CSS pixels are left beside it. @param {string} main @param {number} width @param {number} height @param {number} aspect @param {number} spare */
function share(main, width, height, aspect, spare) {
  if (main === "maps" || main === "surfaces") return 0.56;
  return Math.max(0.5, Math.min(0.68, 1 - spare / width, (height * aspect) / width));
}

/** @param {string} main @param {boolean} board @returns {Template} */
function alone(main, board) {
  const columns = [`minmax(0, ${main === "map" ? 2 : 3}fr)`, ...(board ? ["minmax(27rem, 1fr)"] : [])];
  return { columns, rows: ["minmax(0, 1fr)"], areas: [board ? `${main} board` : main] };
}

/** Everything else stands in a column beside the main picture; the table under that picture where it is so wide that there is room. @param {string} main @param {string[]} beside @param {number} width @param {number} height @param {number} aspect @param {boolean} board @param {number} words CSS pixels that the table needs @param {number} high of the table @returns {Template} */
function twoColumns(main, beside, width, height, aspect, board, words, high) {
  const left = share(main, width, height, aspect, words);
  const under = board && main === "map" && (left * width) / aspect < 0.66 * height;
  const weights = beside.map((name) => (PICTURES.includes(name) ? 1.5 : 1));
  if (under) {
    const wider = share(main, width, height, aspect, 0);
    return { columns: halves(wider), ...withTableUnder(main, beside, weights, Math.min((wider * width) / aspect + 40, height - Math.min(high, 0.4 * height))) };
  }
  const columns = halves(left);
  if (!board) return { columns, rows: weights.map(fraction), areas: beside.map((name) => `${main} ${name}`) };
  return { columns, rows: [...weights.map(fraction), tableRow(height)], areas: [...beside, "board"].map((name) => `${main} ${name}`) };
}

/** The table under the main picture, which is so high; beside the table stands the last of the others. @param {string} main @param {string[]} beside @param {number[]} weights @param {number} high in CSS pixels */
function withTableUnder(main, beside, weights, high) {
  const rest = "minmax(0, 1fr)";
  if (beside.length === 1) return { rows: [`${Math.round(high)}px`, rest], areas: [`${main} ${beside[0]}`, `board ${beside[0]}`] };
  const above = beside.slice(0, -1);
  const whole = above.reduce((sum, _, i) => sum + weights[i], 0);
  const rows = above.map((_, i) => `${Math.round((high * weights[i]) / whole)}px`);
  return { rows: [...rows, rest], areas: [...above.map((name) => `${main} ${name}`), `board ${beside[beside.length - 1]}`] };
}

/** Two columns, the left one with this share of the width. @param {number} left */
const halves = (left) => [fraction(left), fraction(1 - left)];

/** The row of the table: as high as it is, but never so high that the pictures beside it cannot be read. @param {number} height of the player */
const tableRow = (height) => `fit-content(${Math.round(0.45 * height)}px)`;

/** The step taken apart fills the right half; the main picture stands at the left, everything else in rows of two under it. @param {string[]} pictures @param {string[]} curves @param {number} height @param {boolean} board @returns {Template} */
function withStep([main, ...others], curves, height, board) {
  const rest = [...others, ...curves];
  const left = [[main, main]];
  for (let i = 0; i < rest.length; i += 2) left.push([rest[i], rest[i + 1] ?? rest[i]]);
  const rows = left.map((_, i) => fraction(i ? 1 : 2));
  if (board) left.push(["board", "board"]);
  if (board) rows.push(`fit-content(${Math.round(0.28 * height)}px)`);
  return { columns: ["minmax(0, 1fr)", "minmax(0, 1fr)", "minmax(0, 2.1fr)"], rows, areas: left.map((names) => [...names, STEP].join(" ")) };
}

/** @param {number} weight */
const fraction = (weight) => `minmax(0, ${weight}fr)`;

/** Pictures above; curves and the table in one row under them. @param {string} main @param {string[]} others @param {string[]} below @param {number} left @param {boolean} board @returns {Template} */
function withFooter(main, others, below, left, board) {
  const units = 60;
  const repeat = (/** @type {string} */ name, /** @type {number} */ times) => /** @type {string[]} */ (Array(times).fill(name));
  const mainUnits = others.length ? Math.round(units * left) : units;
  const top = [...repeat(main, mainUnits), ...others.flatMap((name) => repeat(name, Math.floor((units - mainUnits) / others.length)))];
  const curveUnits = Math.floor(units / (below.length + (board ? 1.7 : 0))); // the table needs more width than a curve
  const bottom = below.flatMap((name) => repeat(name, curveUnits));
  const filled = (/** @type {string[]} */ row, /** @type {string} */ name) => [...row, ...repeat(name, units - row.length)].join(" ");
  return {
    columns: [`repeat(${units}, minmax(0, 1fr))`],
    rows: ["minmax(0, 1.8fr)", "minmax(0, 1fr)"],
    areas: [filled(top, others.at(-1) ?? main), filled(bottom, board ? "board" : below[below.length - 1])],
  };
}

/** @param {string[]} curves @param {boolean} board @returns {Template} */
function curvesAlone(curves, board) {
  return { columns: ["minmax(0, 1fr)"], ...withBoard(curves.map(() => "minmax(0, 1fr)"), curves, board) };
}

/** Rows, and the table, if it is shown, as one more. @param {string[]} rows @param {string[]} areas @param {boolean} board */
function withBoard(rows, areas, board) {
  return board ? { rows: [...rows, "auto"], areas: [...areas, "board"] } : { rows, areas };
}

/** One under the other within a given height: pictures as high as they need, within limits, curves in what is left. Where there is room, the table stands beside the one other panel, so that the main picture is large. @param {string[]} pictures @param {string[]} curves @param {number} width @param {number} height @param {number} aspect @param {boolean} board @returns {Template} */
function column(pictures, curves, width, height, aspect, board) {
  const others = [...pictures.slice(1), ...curves];
  if (board && pictures.length && others.length === 1 && width >= 1.8 * WORDS) {
    const high = Math.round(Math.min(width / aspect + 40, (curves.length ? 0.66 : 0.58) * height));
    return { columns: ["minmax(0, 1fr)", `${WORDS}px`], rows: [fraction(high), fraction(Math.round(height - high))], areas: [`${pictures[0]} ${pictures[0]}`, `${others[0]} board`] };
  }
  const need = Math.min(width / aspect + 40, (curves.length ? 0.56 : 0.8) * height);
  const rows = [...pictures.map(() => `minmax(0, ${Math.round(need)}fr)`), ...curves.map(() => `minmax(0, ${Math.round((height - need) / 2)}fr)`)];
  return { columns: ["minmax(0, 1fr)"], ...withBoard(rows, [...pictures, ...curves], board) };
}

/** @param {string[]} panels @param {number} width @param {number} aspect @param {boolean} board @returns {Template} */
function stacked(panels, width, aspect, board) {
  /** @type {Record<string, number>} */
  const high = { map: width / Math.max(0.8, aspect) + 10, surface: 0.8 * width };
  const heights = panels.map((name) => (name === STEP ? "auto" : PICTURES.includes(name) ? `${Math.round(Math.min(high[name] ?? 0.95 * width, 480))}px` : "200px"));
  return { columns: ["minmax(0, 1fr)"], ...withBoard(heights, panels, board), stacked: true };
}

/** Two panels in each row, as high as the window has room for between the page's header and the player's bar. @param {string[]} panels @param {number} low height of the window in CSS pixels @param {boolean} board @returns {Template} */
function lowRows(panels, low, board) {
  const all = board ? [...panels, "board"] : panels;
  const areas = [];
  for (let i = 0; i < all.length; i += 2) areas.push(`${all[i]} ${all[i + 1] ?? all[i]}`);
  const height = Math.max(180, low - AROUND);
  return { columns: halves(0.5), rows: areas.map(() => `${height}px`), areas, stacked: true };
}

/**
 * One panel as large as can be, with the table where there is room beside or under it.
 * @param {string} main @param {Size & { scale: number }} size as for `arrange` @param {number} aspect @param {boolean} board @returns {Template}
 */
export function presented(main, { width, height, scale }, aspect, board) {
  const [beside, under] = [width - height * aspect, height - width / aspect];
  const whole = "minmax(0, 1fr)";
  const words = 0.85 * WORDS * scale; // in the larger letters of a presentation the table's are smaller than those of all else
  if (board && main === "map" && beside > words) return { columns: [whole, `${Math.round(Math.max(words, 0.8 * beside))}px`], rows: [whole], areas: [`${main} board`] };
  if (board && main === "map" && under > 0.3 * height) return { columns: [whole], rows: [whole, tableRow(0.6 * height)], areas: [main, "board"] };
  return { columns: [whole], rows: [whole], areas: [main] };
}
