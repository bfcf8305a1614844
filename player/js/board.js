// The scoreboard: a row for each optimizer, the lowest loss at the present step first. It is also the legend.

import { element, short } from "./dom.js";
import { markerOf } from "./marks.js";

/** @import { Column } from "./types" */
/** @import { Player } from "./player.js" */

const PAUSE = 160; // milliseconds between two sortings while the race plays, so that rows can be read

export class Board {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    /** @type {{ row: HTMLElement, now: HTMLElement, toggle: HTMLElement }[]} one for each run */
    this.rows = [];
    /** @type {number[]} */
    this.order = [];
    this.body = element("tbody");
    this.head = element("tr");
    const table = element("table", {}, element("thead", {}, this.head), this.body);
    this.element = element("section", { class: "board", "aria-label": "Scoreboard" }, table);
    this.element.style.gridArea = "board";
    this.shown = -Infinity;
  }

  setRace() {
    const { player } = this;
    const { measures } = player.race;
    const heads = measures.map(({ title, about }) => element("th", { scope: "col", title: about }, title));
    this.head.replaceChildren(element("th", { scope: "col" }, "Optimizer"), ...heads);
    this.rows = player.race.runs.map((run, index) => {
      const toggle = element("button", { type: "button", class: "toggle", title: "Show or hide", click: () => player.toggle(index) });
      toggle.append(markerOf(player.race, run), run.label);
      const now = element("td", { class: "now" });
      const cells = measures.map(({ name, format }) => (name === "now" ? now : element("td", {}, written(run.measures[name], format))));
      const name = element("th", { scope: "row" }, toggle, run.rate ? element("span", { class: "rate" }, `lr ${run.rate}`) : "");
      const row = element("tr", { click: (/** @type {MouseEvent} */ event) => this.choose(event, index), pointerenter: () => player.bringToFront(index), pointerleave: () => player.bringToFront(null) }, name, ...cells);
      return { row, now, toggle };
    });
    this.body.replaceChildren();
    this.order = []; // the rows are other ones, in no order yet
    this.invalidate();
    this.show();
  }

  /** Something else than the losses has changed; fill in everything at the next frame, also while the race plays. */
  invalidate() {
    this.shown = -Infinity;
  }

  /** A row was clicked: its optimizer's steps are taken apart. @param {MouseEvent} event @param {number} index */
  choose({ target }, index) {
    const { player } = this;
    if (player.stepper.shown && !(/** @type {Element} */ (target).closest("button"))) player.stepper.follow(index, player.stepper.step?.trajectory ?? 0);
  }

  /** Fill in the present losses, and sort by them. */
  show() {
    const { race, clock, off, highlight } = this.player;
    const time = performance.now();
    if (clock.playing && time - this.shown < PAUSE) return;
    this.shown = time;
    const losses = race.runs.map((run) => run.median[clock.step]);
    for (const [index, { row, now, toggle }] of this.rows.entries()) {
      now.textContent = short(losses[index]);
      toggle.setAttribute("aria-pressed", String(!off.has(index)));
      row.classList.toggle("off", off.has(index));
      row.classList.toggle("front", highlight === index);
    }
    const key = (/** @type {number} */ index) => (Number.isNaN(losses[index]) ? Infinity : losses[index]);
    const order = race.runs.map((_, index) => index).sort((a, b) => key(a) - key(b) || a - b);
    if (String(order) !== String(this.order)) {
      this.order = order;
      const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
      this.body.append(...order.map((index) => this.rows[index].row));
      if (focused instanceof HTMLElement) focused.focus({ preventScroll: true }); // moving a row takes the focus from it
    }
  }
}

/** @param {number | null} value @param {Column["format"]} format */
const written = (value, format) => (format === "share" ? percent(value) : short(value));

/** @param {number | null} share */
const percent = (share) => (share ? `${Math.round(100 * share)} %` : "–");
