// A cursor that walks over the cells of a chart's first heatmap by the keyboard, and says what is there.

import { element, lay } from "./dom.js";
import { heatmapOf, hoverLines } from "./plotly.js";

/** @import { Point, Range } from "./types" */
/** @import { Chart } from "./chart.js" */
/** @import { DrawnAxis, Grid } from "./plotly.js" */

/** @type {Record<string, Point>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }; // on the screen
const FAR = 10; // cells at a time with shift
const SHARE = 1 / 3; // of each axis, that a box around the cursor takes
const REST = 120; // milliseconds after which what stands at the cursor is read out; Plotly shows it at most every 50

export class Cells {
  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.element = element("div", { class: "cell", hidden: true });
    this.keys = element("p", { class: "keys", "aria-hidden": "true" });
    this.spoken = element("p", { class: "spoken", "aria-live": "polite" });
    /** @type {Point | null} column and row, once the cursor has been somewhere */
    this.at = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** The figure was drawn anew: whether there is anything to walk on, and where the cursor is now. */
  drawn() {
    const { root, content } = this.chart;
    const grid = this.grid;
    if (!grid || !content) {
      for (const name of ["tabindex", "role", "aria-label", "aria-description"]) root.removeAttribute(name);
      return;
    }
    const words = ["arrow keys move", ...(content.picks ? ["Enter chooses the cell"] : []), ...(content.box ? ["z a box around it"] : [])].join(", ");
    const title = content.figure.layout.title?.text ?? "Map of cells";
    for (const [name, value] of [["tabindex", "0"], ["role", "application"], ["aria-label", title], ["aria-description", words]]) root.setAttribute(name, value);
    this.keys.textContent = words;
    if (!this.element.hidden && this.at) this.move(grid, this.at);
  }

  /** The cells to walk on, or null. */
  get grid() {
    return heatmapOf(this.chart.plot);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.chart.root) return;
    const grid = this.grid;
    if (!grid || !this.act(grid, event)) return;
    event.preventDefault();
  }

  /** Do what a key means; false if it means nothing. @param {Grid} grid @param {KeyboardEvent} event */
  act(grid, { key, shiftKey }) {
    const { content } = this.chart;
    if (MOVES[key]) this.step(grid, MOVES[key], shiftKey ? FAR : 1);
    else if (this.element.hidden || !this.at) return false;
    else if (key === "Enter" && content?.picks) this.chart.pick({ kind: "point", at: this.values(grid, this.at) });
    else if (key === "z" && content?.box) this.chart.pickBox(grid.axes, boxAround(grid, this.at));
    else if (key === "Escape") this.leave();
    else return false;
    return true;
  }

  /** Move the cursor on the screen; the first key only shows it, in the middle or where it was. @param {Grid} grid @param {Point} direction @param {number} cells */
  step(grid, [right, down], cells) {
    const middle = (/** @type {number[]} */ list) => Math.floor((list.length - 1) / 2);
    if (this.element.hidden || !this.at) return this.move(grid, this.at ?? [middle(grid.x), middle(grid.y)]);
    const [column, row] = this.at;
    return this.move(grid, [column + right * cells * direction(grid.x), row + down * cells * direction(grid.y)]);
  }

  /** @param {Grid} grid @param {Point} cell */
  move(grid, [column, row]) {
    const within = (/** @type {number[]} */ list, /** @type {number} */ index) => Math.min(list.length - 2, Math.max(0, index));
    this.at = [within(grid.x, column), within(grid.y, row)];
    const [left, right] = sides(grid.x, this.at[0]);
    const [top, bottom] = sides(grid.y, this.at[1]);
    lay(this.element, { left, right, top, bottom });
    this.element.hidden = false;
    const { x, y } = grid.axes;
    this.chart.Plotly.Fx.hover(this.chart.plot, { xpx: (left + right) / 2 - x.start, ypx: (top + bottom) / 2 - y.start }, grid.subplot);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(), REST);
  }

  say() {
    this.spoken.textContent = hoverLines(this.chart.plot).join(", ");
  }

  leave() {
    if (this.element.hidden) return;
    clearTimeout(this.timer);
    this.element.hidden = true;
    this.chart.Plotly.Fx.unhover(this.chart.plot);
  }

  /** The values at the centre of a cell. @param {Grid} grid @param {Point} cell */
  values({ axes, x, y, centres }, cell) {
    const lists = [x, y];
    return [axes.x, axes.y].map((axis, i) => {
      const index = cell[i];
      const known = centres[i];
      if (known) return known[index];
      const [low, high] = sides(lists[i], index);
      return axis.shortValue((low + high) / 2);
    });
  }
}

/** Whether indices rise (1) or fall (-1) with pixels. @param {number[]} list */
const direction = (list) => (list[list.length - 1] > list[0] ? 1 : -1);

/** The pixels between which a cell lies, the lower one first. @param {number[]} list @param {number} index */
function sides(list, index) {
  return rising([list[index], list[index + 1]]);
}

/** A box of a third of each axis around a cell, moved inside the axes where it would stick out. @param {Grid} grid @param {Point} cell */
function boxAround({ axes, x, y }, [column, row]) {
  const [left, right] = around(axes.x, sides(x, column));
  const [top, bottom] = around(axes.y, sides(y, row));
  return { left, right, top, bottom };
}

/** @param {DrawnAxis} axis @param {Range} sides @returns {Range} */
function around(axis, [a, b]) {
  const wide = SHARE * axis.length;
  const start = Math.min(axis.end - wide, Math.max(axis.start, (a + b - wide) / 2));
  return [start, start + wide];
}

/** The same two numbers, the lower one first. @param {Range} range @returns {Range} */
export function rising([a, b]) {
  return a > b ? [b, a] : [a, b];
}
