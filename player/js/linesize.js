// How large the equations of a step are: as large as their panel has room for.

import { LinePages } from "./linepages.js";

/** @import { Equations } from "./equations.js" */

const SIZES = [1.4, 1.3, 1.2, 1.1, 1]; // times as large as other letters, the largest first
const CURVES = { least: 200, share: 0.3 }; // CSS pixels under the equations for what an optimizer remembers, as in player.css, and of the panel's height
const SPREADS = [1, 2 / 3, 1 / 3, 0]; // of the room between the rows of a vector and between lines, the largest that is there
const BREAKS = 0.65; // a formula that would have to be smaller to stand in one line has several

export class LineSize {
  /** @param {Equations} equations */
  constructor(equations) {
    this.equations = equations;
    this.fitted = ""; // for which panel and equations the size was found
    this.pages = new LinePages(this);
  }

  get player() {
    return this.equations.player;
  }

  get panel() {
    return /** @type {HTMLElement} */ (this.equations.element.parentElement);
  }

  /** What the size depends on. */
  get room() {
    const { clientWidth, clientHeight } = this.panel;
    return `${clientWidth}x${clientHeight}x${this.player.scale}`;
  }

  /** Other equations. */
  forget() {
    this.fitted = "";
  }

  /** Be as large as the panel has room for, and let a formula that finds none in its width be smaller, or have several lines. While numbers change in every frame nothing grows again: it would tremble. */
  fit() {
    const moving = this.equations.moving || this.player.clock.playing;
    const { room } = this;
    if (room === this.fitted) {
      if (!moving) this.whole();
      this.narrow(this.breaks);
    }
    if (room !== this.fitted || (!moving && !this.isSeen())) this.resize();
    this.fitted = room;
  }

  /** How much smaller a formula may be before it has several lines instead. */
  get breaks() {
    return this.player.presenter.on ? this.pages.breaks : BREAKS;
  }

  /** Find the largest size at which all lines are seen. */
  resize() {
    if (this.player.presenter.on) this.pages.fit();
    else {
      this.pages.close();
      this.spread(0);
      const stacked = this.player.root.classList.contains("stacked");
      this.largest(stacked ? [1] : SIZES, (size) => this.isSeen() && (size <= 1 || !this.isWide()));
      this.narrow(BREAKS);
      if (!stacked) this.widen(() => this.isSeen());
    }
  }

  /** Part rows of vectors, and lines, as far as there is room. @param {() => boolean} fits */
  widen(fits) {
    for (const share of SPREADS) {
      this.spread(share);
      if (fits()) return;
    }
  }

  /** @param {number} share of how far they may be parted */
  spread(share) {
    this.panel.style.setProperty("--spread", String(share));
  }

  /** Take the largest size that will do, or the last one; whether it does. @param {number[]} sizes the largest first @param {(size: number) => boolean} does */
  largest(sizes, does) {
    let [first, last] = [0, sizes.length];
    while (first < last) {
      const middle = (first + last) >> 1;
      this.set(sizes[middle]);
      if (does(sizes[middle])) last = middle;
      else first = middle + 1;
    }
    this.set(sizes[Math.min(first, sizes.length - 1)]);
    return first < sizes.length;
  }

  /** @param {number} size */
  set(size) {
    this.panel.style.setProperty("--fit", String(size));
    this.whole();
  }

  get formulas() {
    return this.equations.rows.map((row) => /** @type {HTMLElement} */ (row.firstChild));
  }

  /** All formulas in one line, as large as the others. */
  whole() {
    for (const formula of this.formulas) {
      if (formula.style.zoom) formula.style.zoom = "";
      formula.classList.remove("broken");
    }
  }

  /** Let formulas that are too wide be smaller, or have several lines where they would have to be smaller than so many times their size. @param {number} breaks */
  narrow(breaks) {
    const { formulas } = this;
    const shares = formulas.map(({ clientWidth, scrollWidth }) => (scrollWidth ? clientWidth / scrollWidth : 1)); // those of another page have no width
    for (const [i, formula] of formulas.entries()) {
      const zoom = shares[i] * Number(formula.style.zoom || 1);
      if (shares[i] < 1 && zoom < breaks) formula.classList.add("broken");
      else if (shares[i] < 1) formula.style.zoom = String(zoom);
    }
    const broken = formulas.filter(({ classList, clientWidth, scrollWidth }) => classList.contains("broken") && scrollWidth > clientWidth);
    for (const formula of broken) formula.style.zoom = String((formula.clientWidth / formula.scrollWidth) * Number(formula.style.zoom || 1));
  }

  /** Whether a formula finds no room in its width. */
  isWide() {
    return this.formulas.some(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth);
  }

  /** Whether all lines are seen without scrolling, with what stands under them. */
  isSeen() {
    const { panel, equations, player } = this;
    if (player.presenter.on) return this.pages.isSeen();
    const curves = panel.querySelector("[data-panel=states]") ? Math.max(CURVES.least * player.scale, CURVES.share * panel.clientHeight) : 0;
    const reach = equations.element.getBoundingClientRect().bottom - panel.getBoundingClientRect().top + panel.scrollTop;
    return reach + curves <= panel.clientHeight;
  }
}
