// All panels while presenting: as tiles, or, where there are many, around the main picture, which stays the largest; in pages where that are
// too many to be read from far.

import { AXES, GAP, LANDSCAPES, mapHeight, TALL, TILE, tiles } from "./layout.js";

/** @import { Size } from "./types" */
/** @import { Template } from "./layout.js" */

const AROUND = 6; // cells of panels, with the table, that stand around the main one

/** @typedef {Size & { scale: number }} Scaled */

/**
 * The CSS grid for these panels, and the table.
 * @param {string[]} panels the main picture first @param {Scaled} size @param {boolean} board @param {number} aspect of the window @returns {Template}
 */
export function overview(panels, size, board, aspect = 1) {
  const names = board ? [...panels, "board"] : panels;
  return (areMany(names) ? aroundMain(names, size, aspect) : null) ?? tiles(panels, size, board, aspect);
}

/** The same where all of it is on the screen, and the main picture is the largest of many; otherwise null. @param {string[]} panels @param {Scaled} size @param {boolean} board @param {number} aspect */
export function whole(panels, size, board, aspect) {
  const found = overview(panels, size, board, aspect);
  const across = found.areas[0].split(" ").filter((name) => name === panels[0]).length;
  return found.stacked || (areMany(board ? [...panels, "board"] : panels) && across < 2) ? null : found;
}

/**
 * The panels of each page: all on one if they find room there, otherwise about as many on each, the main picture on all of them.
 * @param {string[]} panels @param {Scaled} size @param {boolean} board @param {number} aspect
 */
export function pagesOf(panels, size, board, aspect) {
  const [main, ...others] = panels;
  const fits = (/** @type {string[]} */ names) => whole([main, ...names], size, board, aspect) !== null;
  if (columnsIn(size) < 2 || fits(others)) return [panels];
  for (let count = 2; count < others.length; count++) {
    const each = Math.ceil(others.length / count);
    const pages = Array.from({ length: Math.ceil(others.length / each) }, (_, i) => others.slice(i * each, (i + 1) * each));
    if (pages.every(fits)) return pages.map((names) => [main, ...names]);
  }
  return [panels];
}

/** @param {Scaled} size */
const columnsIn = ({ width, scale }) => Math.floor((width + GAP) / (TILE.width * scale + GAP));

/** @param {Scaled} size */
const rowsIn = ({ height, scale }) => Math.floor((height + GAP) / (TILE.height * scale + GAP));

/** The main picture at the top left, of so many cells that it is drawn as large as can be while all else finds room around it; null where it does not. @param {string[]} names @param {Scaled} size @param {number} aspect @returns {Template | null} */
function aroundMain([main, ...others], size, aspect) {
  const need = others.reduce((sum, name) => sum + cellsOf(name), 0);
  /** @type {{ areas: string[][], drawn: number } | null} */
  let best = null;
  for (let across = 3; across <= columnsIn(size); across++) {
    for (let down = 2; down <= rowsIn(size); down++) {
      for (let wide = 2; wide < across; wide++) {
        for (let high = 2; high <= down; high++) {
          const drawn = drawnSize(main, (size.width * wide) / across, (size.height * high) / down, size.scale, aspect);
          if (across * down - wide * high < need || (best && drawn <= best.drawn)) continue;
          const areas = placed(main, others, { across, down, wide, high });
          if (areas) best = { areas, drawn };
        }
      }
    }
  }
  if (!best) return null;
  const [{ length: across }, { length: down }] = [best.areas[0], best.areas];
  return { columns: Array(across).fill("minmax(0, 1fr)"), rows: Array(down).fill("minmax(0, 1fr)"), areas: best.areas.map((row) => row.join(" ")), stacked: false };
}

/** @param {string[]} names */
const areMany = (names) => names.reduce((sum, name) => sum + cellsOf(name), 0) >= AROUND;

/** @param {string} name */
const cellsOf = (name) => (TALL.includes(name) ? 2 : 1);

/** How large the main picture is within its cells: a map's height, or the shorter side of anything else. @param {string} main @param {number} width @param {number} height @param {number} scale @param {number} aspect */
const drawnSize = (main, width, height, scale, aspect) => (LANDSCAPES.includes(main) ? mapHeight(width, height, aspect, scale) : Math.min(width - AXES.across * scale, height - AXES.upright * scale));

/** Which panel is in each cell, row by row: first those of two cells, one under the other; null where these find no such cells, or what is left over nobody who could take it. @param {string} main @param {string[]} others @param {{ across: number, down: number, wide: number, high: number }} cells */
function placed(main, others, { across, down, wide, high }) {
  const areas = Array.from({ length: down }, (_, j) => Array.from({ length: across }, (_, i) => (j < high && i < wide ? main : "")));
  for (const name of others.filter((name) => cellsOf(name) === 2)) {
    const at = areas.slice(1).flatMap((row, j) => row.flatMap((below, i) => (below || areas[j][i] ? [] : [[j, i]])))[0];
    if (!at) return null;
    areas[at[0]][at[1]] = areas[at[0] + 1][at[1]] = name;
  }
  const rest = others.filter((name) => cellsOf(name) === 1);
  for (const [j, row] of areas.entries()) {
    for (const [i, taken] of row.entries()) {
      if (taken) continue;
      const name = rest.shift() ?? row[i - 1]; // what is left over is the last one's
      if (!name || cellsOf(name) === 2 || (name === main && j < high)) return null;
      if (areas.some((other, k) => k !== j && other.includes(name))) return null;
      row[i] = name;
    }
  }
  return areas;
}
