// Where the panels stand: the first picture large at the left, everything else beside or under it.

/** @import { Size } from "./types" */

/** @typedef {{ columns: string[], rows: string[], areas: string[], stacked?: boolean }} Template values for grid-template-* */

const PICTURES = ["map", "maps", "surface", "surfaces"];
export const LANDSCAPES = [...PICTURES, "landscape"];
export const STEP = "step"; // the panel that takes a step apart
export const STATES_OF_STEP = "states"; // its curves, which stand in it where no template has another place for them
const STATES = 130; // CSS pixels of their least height
export const TALL = [STEP, "maps", "surfaces", "activations"]; // panels in which there is more than one thing to see
const WORDS = 384; // CSS pixels that the table needs to show all its columns
const LEGEND = 180; // and that it needs with two lines for each optimizer
export const AXES = { across: 44, upright: 32 }; // CSS pixels of the numbers at a map's axes
const UNDER = { share: 0.32, least: 170 }; // of the player's height, and CSS pixels, of a row under a map
const LEAST_UNDER = { main: 170, tall: 230, low: 110 }; // CSS pixels of the map beside a step, and of pictures and curves under it
const LEAST_OVER = { picture: 150, curve: 150, table: 0.3, most: 0.6 }; // CSS pixels of what stands over the table, and the shares of the height that this has at least and at most
export const GAP = 10; // CSS pixels between panels, as in player.css
const WIDEST = 0.62; // of the width, that a wide map takes while the pictures beside it stand one under the other
const MOST_OF_MAP = 0.66; // of the height, that such a map takes over another panel
const MAP_BESIDE_STEP = 0.44; // of the width, while presenting: the equations are what is to be read
const UNDER_MAP = 70; // CSS pixels of the numbers and the sentences under it
const WIDE_WINDOW = 1.4; // the aspect from which on a map cannot use more height
export const TILE = { width: 230, height: 120 }; // CSS pixels that a panel needs to be read, in letters of the usual size
const LOWEST = 100; // CSS pixels of a table that has room under the pictures of a low window
const AROUND_EACH = 40; // CSS pixels of the name over one of several maps, and of the numbers under it
const MOST_OF_MAPS = 620; // CSS pixels of all of them where panels stand one under the other
const NARROW = 720; // CSS pixels; below it all panels stand one under the other

/**
 * The CSS grid for these panels and the table.
 * @param {string[]} panels their names; those that are no pictures are curves
 * @param {Size & { scale?: number, low?: number, table?: number, runs?: number }} size of the player in CSS pixels; how much larger its letters are than
 *   usual; the height between the page's header and the player's bar where a window has room for one row only, otherwise 0; how high the table
 *   is; and how many optimizers there are
 * @param {number} aspect of the landscape's window, width by height
 * @param {boolean} board whether the table is shown
 * @param {boolean} fill whether a player that is no wider than high keeps its height and has its panels one under the other
 * @returns {Template}
 */
export function arrange(panels, { width, height, scale = 1, low = 0, table = 200, runs = 2 }, aspect, board = true, fill = false) {
  const pictures = PICTURES.filter((name) => panels.includes(name));
  const curves = panels.filter((name) => !PICTURES.includes(name));
  const words = WORDS * scale;
  if (low) return lowRows([...pictures, ...curves], low, board, table);
  if (fill && width < Math.max(NARROW, (aspect > 1.4 ? 1.35 : 1.2) * height)) return column(pictures, curves, width, height, aspect, board);
  if (width < NARROW) return stacked([...pictures, ...curves], width, aspect, board, runs);
  if (panels.includes(STEP) && pictures.length) return withStep(pictures, curves.filter((name) => name !== STEP), { width, height }, aspect, board, table);
  if (!pictures.length) return curvesAlone(curves, board);
  const [main, ...others] = pictures;
  const rest = [...others, ...curves];
  const size = { width, height, scale };
  if (!rest.length) return alone(main, size, aspect, board);
  const over = board && main === "map" ? overRow(rest, size, aspect) : null;
  if (curves.length > 1) return over ?? withFooter(main, others, curves, Math.min(0.6, share(main, width, 0.64 * height, aspect, words)), board);
  const usual = twoColumns(main, rest, width, height, aspect, board, words, table);
  return over && over.map > 1.05 * usual.map ? over : usual;
}

/** How high a map with scales of its own shape is within a panel. @param {number} width @param {number} height @param {number} aspect */
export const mapHeight = (width, height, aspect, scale = 1) => Math.min((width - AXES.across * scale) / aspect, height - AXES.upright * scale);

/** How much of the width the main picture takes: what it needs to be as high as the player, but no less than half, and `spare` CSS pixels are left beside it. @param {string} main @param {number} width @param {number} height @param {number} aspect @param {number} spare */
function share(main, width, height, aspect, spare) {
  if (main === "maps" || main === "surfaces") return 0.56;
  return Math.max(0.5, Math.min(0.68, 1 - spare / width, (height * aspect) / width));
}

/** @param {string} main @param {Size & { scale: number }} size @param {number} aspect @param {boolean} board @returns {Template} */
function alone(main, { width, height, scale }, aspect, board) {
  const whole = ["minmax(0, 1fr)"];
  if (!board) return { columns: whole, rows: whole, areas: [main] };
  const wide = main === "map" ? widthOfMap(width, height, scale, aspect) : 0.68 * width;
  return { columns: [fraction(Math.round(wide)), fraction(Math.round(width - wide))], rows: whole, areas: [`${main} board`] };
}

/** How wide a map's panel of this height is, so that a table of two lines for each optimizer fits beside it. @param {number} width @param {number} height @param {number} scale @param {number} aspect */
const widthOfMap = (width, height, scale, aspect) => Math.min(width - GAP - LEGEND * scale, (height - AXES.upright * scale) * aspect + AXES.across * scale);

/** The map as wide as can be, beside it the table, and everything else in a row under them: for wide windows. @param {string[]} rest @param {Size & { scale: number }} size @param {number} aspect @returns {Template & { map: number }} */
function overRow(rest, { width, height, scale }, aspect) {
  const low = Math.max(UNDER.least * scale, UNDER.share * height);
  const high = height - GAP - low;
  const wide = widthOfMap(width, high, scale, aspect);
  const cuts = [...new Set([wide, ...rest.map((_, i) => ((i + 1) * width) / rest.length)].map(Math.round))].sort((a, b) => a - b);
  const areas = [cuts.map((cut) => (cut <= wide + 1 ? "map" : "board")), cuts.map((cut) => rest[Math.min(rest.length - 1, Math.ceil((cut * rest.length) / width - 0.01) - 1)])];
  return {
    map: mapHeight(wide, high, aspect, scale),
    columns: cuts.map((cut, i) => fraction(cut - (cuts[i - 1] ?? 0))),
    rows: [fraction(Math.round(high)), fraction(Math.round(low))],
    areas: areas.map((row) => row.join(" ")),
  };
}

/** Everything else stands in a column beside the main picture; the table under that picture where it is so wide that there is room. @param {string} main @param {string[]} beside @param {number} width @param {number} height @param {number} aspect @param {boolean} board @param {number} words CSS pixels that the table needs @param {number} high of the table @returns {Template & { map: number }} */
function twoColumns(main, beside, width, height, aspect, board, words, high) {
  const left = share(main, width, height, aspect, words);
  const under = board && main === "map" && (left * width) / aspect < 0.66 * height;
  const weights = beside.map((name) => (PICTURES.includes(name) ? 1.5 : 1));
  if (under) {
    const wider = share(main, width, height, aspect, 0);
    const room = Math.min((wider * width) / aspect + 40, height - Math.min(high, 0.4 * height));
    return { map: mapHeight(wider * width, room, aspect), columns: halves(wider), ...withTableUnder(main, beside, weights, room) };
  }
  const map = mapHeight(left * width, height, aspect);
  const columns = halves(left);
  if (!board) return { map, columns, rows: weights.map(fraction), areas: beside.map((name) => `${main} ${name}`) };
  return { map, columns, rows: overTable(beside, weights, height), areas: [...beside, "board"].map((name) => `${main} ${name}`) };
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

/** Rows, and that of the table: as high as it is, but never so high that what stands over it cannot be read; a longer one scrolls. @param {string[]} over @param {number[]} weights @param {number} height of the player */
function overTable(over, weights, height) {
  const least = over.map((name) => (PICTURES.includes(name) ? LEAST_OVER.picture : LEAST_OVER.curve));
  const need = least.reduce((sum, row) => sum + row + GAP, 0);
  const most = Math.round(Math.max(LEAST_OVER.table * height, Math.min(LEAST_OVER.most * height, height - need)));
  const rows = weights.map((weight, i) => (need + most <= height + 1 ? `minmax(${least[i]}px, ${weight}fr)` : fraction(weight)));
  return [...rows, `fit-content(${most}px)`];
}

/** The step taken apart fills the right half; the main picture stands at the left, everything else in rows of two under it, or what the optimizer remembers where that leaves room. @param {string[]} pictures @param {string[]} curves @param {Size} size @param {number} aspect @param {boolean} board @param {number} table its height @returns {Template} */
function withStep([main, ...others], curves, { width, height }, aspect, board, table) {
  const rest = [...others, ...curves];
  const left = [[main, main]];
  for (let i = 0; i < rest.length; i += 2) left.push([rest[i], rest[i + 1] ?? rest[i]]);
  const least = left.map((names, i) => (i ? (names.some((name) => TALL.includes(name)) ? LEAST_UNDER.tall : LEAST_UNDER.low) : LEAST_UNDER.main));
  const most = Math.round(0.28 * height);
  const words = board ? Math.min(most, table) + GAP : 0;
  const stacked = least.reduce((sum, row) => sum + row + GAP, words) > height; // otherwise some could not be read
  const rows = least.map((row, i) => (stacked ? `${row}px` : fraction(i ? 1 : 2)));
  const need = ((width - GAP) * 2) / 4.1 / aspect + AXES.upright;
  if (!rest.length && main === "map" && height - need - (board ? Math.min(most, table) : 0) > STATES) {
    left.push([STATES_OF_STEP, STATES_OF_STEP]);
    rows.splice(0, 1, `${Math.round(need)}px`, fraction(1));
  }
  if (board) left.push(["board", "board"]);
  if (board) rows.push(stacked ? "auto" : `fit-content(${most}px)`);
  return { columns: ["minmax(0, 1fr)", "minmax(0, 1fr)", "minmax(0, 2.1fr)"], stacked, rows, areas: left.map((names) => [...names, STEP].join(" ")) };
}

/** The row of a panel that stands alone in it: the table is as high as it is, and a picture of the landscape can be read. @param {string} name @param {string} usual @param {Size & { scale: number }} size @param {number} aspect */
function rowOfNarrow(name, usual, { width, height, scale }, aspect) {
  if (name === "board") return "auto";
  if (!LANDSCAPES.includes(name)) return usual;
  const need = name.startsWith("surface") ? 0.8 * width : width / aspect + UNDER_MAP * scale;
  return `${Math.round(Math.max(TILE.height * scale, Math.min(need, MOST_OF_MAP * height)))}px`;
}

/** The share of the height that a panel has, all of whose rows are shares. @param {Template} template @param {string} name */
export function shareOfHeight({ rows, areas }, name) {
  const weights = rows.map((row) => parseFloat(/([\d.]+)fr/.exec(row)?.[1] ?? "0"));
  const sum = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0);
  return sum(weights.filter((_, i) => areas[i].split(" ").includes(name))) / sum(weights);
}

/** Columns of two panels each, or of one twice, the first of them with a wide map that has this share of its height. @param {string[][]} columns @param {number} share @returns {Template} */
function underWideMap(columns, share) {
  const [map, ...others] = columns;
  const areas = [[map[0], 0], [map[0], 1], [map[1], 1]].map(([first, row]) => [first, ...others.map((column) => column[Number(row)] ?? column[0])].join(" "));
  return { columns: columns.map(() => fraction(1)), rows: [0.5, share - 0.5, 1 - share].map(fraction), areas, stacked: false };
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

/** @param {string[]} panels @param {number} width @param {number} aspect @param {boolean} board @param {number} runs @returns {Template} */
function stacked(panels, width, aspect, board, runs) {
  /** @type {Record<string, number>} */
  const high = { map: width / Math.max(0.8, aspect) + 10, surface: 0.8 * width };
  const maps = (/** @type {number} */ across) => Math.round(Math.ceil(runs / across) * ((width / across - AXES.across) / Math.max(0.8, aspect) + AROUND_EACH));
  const side = maps(1) <= MOST_OF_MAPS ? maps(1) : Math.min(MOST_OF_MAPS, maps(2)); // of maps side by side: one under the other if they are wide
  const heights = panels.map((name) => (name === STEP ? "auto" : name === "maps" ? `${side}px` : PICTURES.includes(name) ? `${Math.round(Math.min(high[name] ?? 0.95 * width, 480))}px` : "200px"));
  return { columns: ["minmax(0, 1fr)"], ...withBoard(heights, panels, board), stacked: true };
}

/** Two panels in each row, as high as the window has room for between the page's header and the player's bar; with the table, where that is low and alone under them. @param {string[]} panels @param {number} low that height in CSS pixels @param {boolean} board @param {number} table its height @returns {Template} */
export function lowRows(panels, low, board, table) {
  const all = board ? [...panels, "board"] : panels;
  const areas = [];
  for (let i = 0; i < all.length; i += 2) areas.push(`${all[i]} ${all[i + 1] ?? all[i]}`);
  const under = board && all.length === 3 && table <= LOWEST;
  const height = Math.max(180, low - GAP - (under ? table + GAP : 0));
  return { columns: halves(0.5), rows: areas.map((_, i) => (under && i ? "auto" : `${height}px`)), areas, stacked: true };
}

/**
 * One panel as large as can be, with the table where there is room beside or under it; or two beside each other.
 * @param {string[]} names @param {Size & { scale: number }} size as for `arrange` @param {number} aspect @param {boolean} board @returns {Template}
 */
export function presented([main, second], { width, height, scale }, aspect, board) {
  const [beside, under] = [width - height * aspect, height - width / aspect];
  const whole = "minmax(0, 1fr)";
  const words = 0.85 * WORDS * scale; // in the larger letters of a presentation the table's are smaller than those of all else
  if (second && width < NARROW) return { columns: [whole], rows: [fraction(2), fraction(3)], areas: [main, second] };
  if (second) {
    const left = second === STEP ? MAP_BESIDE_STEP : Math.max(0.5, Math.min(WIDEST, aspect / (aspect + 1))); // a wide map is low, and so leaves room beside it
    return { columns: halves(left), rows: [whole], areas: [`${main} ${second}`] };
  }
  if (board && main === "map" && beside > words) return { columns: [whole, `${Math.round(Math.max(words, 0.8 * beside))}px`], rows: [whole], areas: [`${main} board`] };
  const spared = height - GAP - (width - AXES.across * scale) / aspect - AXES.upright * scale; // by a map that is as wide as the screen
  const most = Math.round(Math.max(0.5 * height, spared)); // of the table, which takes no more than it is high
  if (board && main === "map" && under > 0.3 * height) return { columns: [whole], rows: [whole, `fit-content(${most}px)`], areas: [main, "board"] };
  return { columns: [whole], rows: [whole], areas: [main] };
}

/**
 * All panels while presenting: none smaller than can be read from far, and so in more rows than the screen has room for where there are many.
 * @param {string[]} panels @param {Size & { scale: number }} size @param {boolean} board @param {number} aspect of the window @returns {Template}
 */
export function tiles(panels, { width, height, scale }, board, aspect = 1) {
  const names = board ? [...panels, "board"] : panels;
  const most = Math.floor((width + GAP) / (TILE.width * scale + GAP));
  const count = Math.max(1, Math.min(most, Math.ceil(Math.sqrt(names.length))));
  /** @type {string[][]} */
  const columns = Array.from({ length: count }, () => []);
  const many = names.reduce((sum, name) => sum + (TALL.includes(name) ? 2 : 1), 0);
  const spare = many > count && many % count > 0; // room that is left over is the main picture's, or a scene's beside a wide map
  const taller = aspect > WIDE_WINDOW ? (names.find((name) => name === "surface") ?? names[0]) : names[0];
  for (const name of names) {
    const lowest = columns.reduce((a, b) => (b.length < a.length ? b : a));
    lowest.push(...Array(TALL.includes(name) || (spare && name === taller) ? 2 : 1).fill(name));
  }
  const rows = Math.max(...columns.map((column) => column.length));
  const low = ((width / count - AXES.across * scale) / aspect + UNDER_MAP * scale) / height; // the share of the height that a wide map needs
  if (rows === 2 && spare && taller !== names[0] && columns[0].length === 2 && low > 0.5) return underWideMap(columns, Math.min(MOST_OF_MAP, low));
  for (const column of columns) while (column.length < rows) column.unshift(column[0]);
  const high = Math.floor((height - GAP * (rows - 1)) / rows);
  const alone = count === 1; // each panel in a row of its own
  const stacked = alone || high < TILE.height * scale;
  const row = stacked ? `${Math.round(Math.max(high, TILE.height * scale))}px` : fraction(1);
  const rowsHigh = Array.from({ length: rows }, (_, i) => (count > 1 ? row : rowOfNarrow(columns[0][i], row, { width, height, scale }, aspect)));
  return { columns: columns.map(() => fraction(1)), rows: rowsHigh, areas: Array.from({ length: rows }, (_, i) => columns.map((column) => column[i]).join(" ")), stacked };
}
