// The step panel while presenting: its equations so large that they can be read from the last row. The parts' table and the curves make room for
// them, lines that find none stand on a page of their own, and one key shows all of it in turn.

import { element, write } from "./dom.js";

/** @import { LineSize } from "./linesize.js" */

/** @typedef {number[] | "parts" | "curves"} Shown on one page: lines, or one of the others alone */

const SIZES = [1.1, 1, 0.92, 0.84]; // times as large as other letters, the largest first
const NUMBER = 13; // CSS pixels of a number at that size, as in player.css
const LEAST = 10; // CSS pixels of a number, times as much as the screen enlarges
const LONGEST = "Lines 10–12 ›";
const APART = 12; // CSS pixels between two lines, where there is room
const OVER = 4; // of them over a line
const OTHERS = { parts: "Parts", curves: "Curves" };
const ABOUT = { parts: "the parts of the move", curves: "what the optimizer keeps, over the steps" };

export class LinePages {
  /** @param {LineSize} size */
  constructor(size) {
    this.size = size;
    /** @type {Shown[]} */
    this.pages = [];
    this.at = 0;
    /** @type {HTMLElement | null} the panel of the curves */
    this.curves = null;
    this.button = element("button", { type: "button", class: "closer", hidden: true, click: () => this.turn() });
  }

  get rows() {
    return this.size.equations.rows;
  }

  /** The smallest size. */
  get least() {
    const { presenter, scale } = this.size.player;
    return (LEAST * presenter.scales[0]) / (NUMBER * scale);
  }

  get sizes() {
    return [...SIZES.filter((size) => size > this.least), this.least];
  }

  /** How much smaller a formula may be, before it has several lines instead. */
  get breaks() {
    return Math.min(1, this.least / parseFloat(this.size.panel.style.getPropertyValue("--fit")));
  }

  /** Not presented any more: all is shown. */
  close() {
    this.pages = [];
    this.open([]);
    this.button.hidden = true;
  }

  /** Show everything but what is folded away. @param {string[]} folded */
  open(folded) {
    const { classList } = this.size.panel;
    for (const part of ["parts", "lines"]) classList.toggle(`without-${part}`, folded.includes(part));
    if (this.curves) this.curves.hidden = folded.includes("curves");
    for (const row of this.rows) row.hidden = false;
    this.setGap(0);
    this.size.spread(0);
  }

  /** Find the largest size at which all lines are seen, with the parts over them if there is room, or several pages of them. */
  fit() {
    const shown = this.pages[this.at] ?? [];
    const marked = this.size.player.stepper.sub;
    const line = typeof shown === "string" ? -1 : marked !== null && shown.includes(marked) ? marked : (shown[0] ?? 0);
    const folds = [["curves"], ["curves", "parts"]];
    this.button.hidden = false;
    write(this.button, LONGEST); // it may take a line more of what stands over the equations
    const fitting = folds.find((folded) => {
      this.open(folded);
      return this.size.largest(this.sizes, () => (this.size.narrow(this.breaks), this.length <= this.room));
    });
    this.size.narrow(this.breaks);
    /** @type {Shown[]} */
    const others = [...(fitting === folds[0] ? [] : [/** @type {const} */ ("parts")]), ...(this.size.equations.step?.curves.data.length ? [/** @type {const} */ ("curves")] : [])];
    this.pages = [...(fitting ? [[...this.rows.keys()]] : this.divided()), ...others];
    this.at = Math.max(0, this.pages.findIndex((page) => (typeof page === "string" ? page === shown : page.includes(line))));
    this.show();
  }

  /** As few pages as possible, about as long as each other, of lines that are as large as these pages have room for. */
  divided() {
    const { room } = this;
    const count = pagesOf(this.heights, room).length;
    this.size.largest(this.sizes, () => (this.size.narrow(this.breaks), pagesOf(this.heights, room).length <= count));
    this.size.narrow(this.breaks);
    const { heights } = this;
    const lengths = heights.flatMap((_, i) => heights.slice(i).map((_, k) => sum(heights.slice(i, i + k + 1))));
    const enough = lengths.sort((a, b) => a - b).find((length) => length >= Math.max(...heights) && pagesOf(heights, length).length <= count);
    return pagesOf(heights, Math.min(enough ?? room, room));
  }

  /** How high the lines are. */
  get heights() {
    return this.rows.map((row) => row.getBoundingClientRect().height);
  }

  /** And all that are shown. */
  get length() {
    return this.size.equations.lines.getBoundingClientRect().height;
  }

  /** CSS pixels that they have. */
  get room() {
    const { panel, equations } = this.size;
    return panel.clientHeight - (equations.lines.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop);
  }

  /** Whether nothing of the page has to be scrolled to. */
  isSeen() {
    return this.length <= this.room + 0.5;
  }

  /** Show the next page, after the last one the first; whether there is another. */
  turn() {
    if (this.pages.length < 2) return false;
    this.at = (this.at + 1) % this.pages.length;
    this.show();
    this.size.player.invalidate();
    return true;
  }

  /** Show the page with a line. @param {number} line */
  turnTo(line) {
    const at = this.pages.findIndex((page) => typeof page !== "string" && page.includes(line));
    if (at < 0 || at === this.at) return;
    this.at = at;
    this.show();
  }

  show() {
    const page = this.pages[this.at];
    const lines = typeof page === "string" ? [] : page;
    const others = this.pages.flatMap((one) => (typeof one === "string" && one !== page ? [one] : []));
    this.open([...others, ...(lines.length ? [] : ["lines"]), ...(page === "curves" ? ["parts"] : [])]);
    for (const [i, row] of this.rows.entries()) row.hidden = !lines.includes(i);
    this.size.panel.scrollTop = 0;
    this.size.widen(() => this.length <= this.room);
    this.setGap(Math.max(0, Math.min(APART * this.size.player.scale, (this.room - this.length) / (lines.length + 1))));
    const next = this.pages[(this.at + 1) % this.pages.length];
    this.button.hidden = this.pages.length < 2;
    const name = this.named(next);
    write(this.button, `${name} ›`);
    this.button.title = `Show ${typeof next === "string" ? ABOUT[next] : name.toLowerCase()} (l)`;
  }

  /** Part lines, a little of it over each in its own row: what stands on a fraction reaches over its line. @param {number} gap CSS pixels */
  setGap(gap) {
    const over = Math.min(gap, OVER * this.size.player.scale);
    this.size.equations.lines.style.setProperty("--over", `${over}px`);
    this.size.equations.lines.style.rowGap = `${gap - over}px`;
  }

  /** What a page is called. @param {Shown} page */
  named(page) {
    if (typeof page === "string") return OTHERS[page];
    if (page.length === this.rows.length) return "Equations";
    const [first, last] = [page[0] + 1, page[page.length - 1] + 1];
    return first === last ? `Line ${first}` : `Lines ${first}–${last}`;
  }
}

/** Which lines stand on each page of a height, in their order. @param {number[]} heights @param {number} most */
function pagesOf(heights, most) {
  /** @type {number[][]} */
  const pages = [];
  let left = 0;
  for (const [i, height] of heights.entries()) {
    if (!pages.length || height > left + 0.5) {
      pages.push([]);
      left = most;
    }
    pages[pages.length - 1].push(i);
    left -= height;
  }
  return pages;
}

/** @param {number[]} values */
const sum = (values) => values.reduce((a, b) => a + b, 0);
