// The scoreboard: a row for each optimizer, the lowest loss at the present step first. It is also the legend. It tells nothing of what comes
// after that step.

import { contextOf, element, mark, short, write } from "./dom.js";
import { markerOf } from "./marks.js";

/** @import { Bar, Race, Run } from "./types" */
/** @import { Player } from "./player.js" */

const PAUSE = 160; // milliseconds between two sortings while the race plays, so that rows can be followed
const BLOCKS = 27; // letters' heights of a table in which each row is a block of lines
const NUMBER_COLUMNS = { loss: 6.3, score: 4.4 }; // and of the columns of the loss with its bar, and of another number
const MARKER = 2.4; // and of the marker with what is around a name
const OUTSIDE = "outside the map"; // who will overflow or leave the formula's domain, and has left the map for good before
const WORDS_OF_MANY = 13; // letters' heights that two shares with their verdicts need, or the longest verdict, in two lines

export class Board {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    /** @type {{ row: HTMLElement, now: HTMLElement, bar: HTMLElement, more: HTMLElement[], verdict: HTMLElement, toggle: HTMLElement }[]} one for each run */
    this.rows = [];
    /** @type {number[]} */
    this.order = [];
    this.body = element("tbody");
    this.head = element("tr");
    this.columns = element("colgroup");
    const table = element("table", {}, this.columns, element("thead", {}, this.head), this.body);
    this.element = element("section", { class: "board", "aria-label": "Scoreboard" }, player.handles.ground, table);
    this.element.style.gridArea = "board";
    this.sorted = -Infinity; // when, in milliseconds
    /** @type {number | null} the step whose numbers stand there */
    this.step = null;
    this.texts = ""; // for which the columns are wide enough
    this.need = BLOCKS; // letters' heights of a table with a line for each name, and two for each verdict
  }

  setRace() {
    const { player } = this;
    const { race } = player;
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    const many = race.count > 1;
    const { scores, competitor } = player;
    const titles = [[competitor, 1], [many ? "Median loss" : "Loss", 2], ...scores.map(({ title }) => [title, 1]), ["How it goes", 1]];
    const heads = titles.map(([title, colspan]) => element("th", { scope: "col", colspan, title: scores.find((score) => score.title === title)?.about }, String(title)));
    this.head.replaceChildren(...heads);
    this.columns.replaceChildren(...["name", "now", "bar", ...scores.map(() => "score"), "verdict"].map((name) => element("col", { class: name })));
    heads[1].title = `${many ? "The median over the starts" : "The loss"} at this step; the bar is on the scale of the curves of the loss`;
    this.rows = race.runs.map((run, index) => {
      const toggle = element("button", { type: "button", class: "toggle", title: "Show or hide", click: () => player.toggle(index) });
      const numbers = player.handles.of(index);
      const isTurned = (/** @type {string} */ setting) => numbers.some(({ number }) => setting.startsWith(`, ${number.title} `));
      const [label, ...told] = run.label.split(/(?=, )/);
      const settings = told.filter((setting) => !isTurned(setting)); // which stands beside it
      if (settings.length < told.length) toggle.setAttribute("aria-label", run.label);
      toggle.append(markerOf(race, run), label, element("span", { class: "rate" }, settings.join("")));
      const now = element("td", { class: "now", "data-title": "loss" });
      const bar = element("i");
      bar.style.setProperty("--colour", run.colour);
      const more = scores.map(({ title }) => element("td", { class: "score", "data-title": title.toLowerCase() }));
      const verdict = element("td", { class: "verdict" });
      const rate = numbers.length ? element("span", { class: "rate numbers" }, ...numbers.map((handle) => handle.element)) : run.rate ? element("span", { class: "rate" }, `lr ${run.rate}`) : "";
      const name = element("th", { scope: "row" }, toggle, rate);
      const row = element("tr", { click: (/** @type {MouseEvent} */ event) => this.choose(event, index), pointerenter: () => player.bringToFront(index), pointerleave: () => player.bringToFront(null) }, name, now, element("td", { class: "bar", "aria-hidden": "true" }, bar), ...more, verdict);
      return { row, now, bar, more, verdict, toggle };
    });
    this.element.classList.toggle("many", many);
    this.element.classList.toggle("scored", scores.length > 0);
    this.element.classList.toggle("twice-scored", scores.length > 1);
    this.element.classList.toggle("turnable", player.turnable);
    this.body.replaceChildren();
    this.order = []; // the rows are other ones, in no order yet
    this.texts = "";
    this.measure();
    this.invalidate();
    this.show();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true }); // a number that is turned stays when its row is another one
    this.fit();
  }

  /** The same race goes otherwise. */
  setPaths() {
    if (this.measure()) this.fit();
    this.invalidate();
  }

  /** Give the columns the width that names and verdicts need; whether these are others than before. */
  measure() {
    const { race, scores } = this.player;
    const texts = [race.underway, OUTSIDE, ...race.runs.flatMap((run) => run.verdicts)];
    if (this.texts === texts.join()) return false;
    this.texts = texts.join();
    const width = Math.max(...texts.map((text) => ems(text))) + 0.7;
    const names = Math.max(...race.runs.map(({ label }) => ems(label, 600))) + MARKER;
    this.need = scores.length ? names + NUMBER_COLUMNS.loss + scores.length * NUMBER_COLUMNS.score + Math.max(...texts.map(inTwoLines)) + 0.7 : BLOCKS;
    this.element.style.setProperty("--name", `${names.toFixed(2)}em`);
    this.element.style.setProperty("--verdict", `${(race.count > 1 ? WORDS_OF_MANY : width).toFixed(2)}em`);
    this.element.classList.toggle("wordy", race.count === 1 && width > WORDS_OF_MANY);
    return true;
  }

  /** Something else than the step has changed; fill in and sort everything at the next frame, also while the race plays. */
  invalidate() {
    this.sorted = -Infinity;
    this.step = null;
  }

  /** Where columns find no room each row is a block of lines. Where these find none, a rate stands for all numbers; and where rows of two lines find none, each has one: without the rate, which the sidebar and the curves' labels have. */
  fit() {
    this.element.classList.toggle("blocks", this.element.clientWidth <= this.need * parseFloat(getComputedStyle(this.element).fontSize));
    this.element.classList.remove("lean", "tight");
    for (const fewer of ["lean", "tight"]) if (this.element.scrollHeight > this.element.clientHeight + 1) this.element.classList.add(fewer);
  }

  /** A row was clicked: its optimizer's steps are taken apart. @param {MouseEvent} event @param {number} index */
  choose({ target }, index) {
    const { player } = this;
    if (player.stepper.shown && !(/** @type {Element} */ (target).closest("button"))) player.stepper.follow(index, player.stepper.step?.trajectory ?? 0);
  }

  /** Fill in what holds at the present step, as heads and curves show it in the same frame, and sort by the losses: now and then while it plays, and at once where it rests. */
  show() {
    const { clock } = this.player;
    const time = performance.now();
    if (clock.step !== this.step || !clock.playing) this.fill(clock.step);
    if (clock.playing && clock.position < clock.steps && time - this.sorted < PAUSE) return;
    this.sorted = time;
    this.sort(clock.step);
  }

  /** @param {number} step */
  fill(step) {
    const { race, off, highlight, scores } = this.player;
    this.step = step;
    for (const [index, { row, now, bar, more, verdict, toggle }] of this.rows.entries()) {
      const loss = race.runs[index].median[step];
      write(now, short(loss));
      bar.style.setProperty("--filled", `${100 * filled(loss, race.bar)}%`);
      for (const [k, cell] of more.entries()) write(cell, scores[k].of(index));
      const words = inWords(race, race.runs[index], step);
      write(verdict, words);
      mark(verdict, "title", words); // it may be cut
      row.classList.toggle("underway", words === race.underway);
      mark(toggle, "aria-pressed", String(!off.has(index)));
      row.classList.toggle("off", off.has(index));
      row.classList.toggle("front", highlight === index);
    }
  }

  /** @param {number} step */
  sort(step) {
    const losses = this.player.race.runs.map((run) => run.median[step]);
    const key = (/** @type {number} */ index) => (Number.isNaN(losses[index]) ? Infinity : losses[index]);
    const order = losses.map((_, index) => index).sort((a, b) => key(a) - key(b) || a - b);
    if (String(order) === String(this.order) || (this.order.length && this.player.handles.held)) return; // who turns a number looks at its row
    this.order = order;
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    this.body.append(...order.map((index) => this.rows[index].row));
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true }); // moving a row takes the focus from it
  }
}

/** The length of a text in letters' heights. @param {string} text @param {number} weight */
function ems(text, weight = 400) {
  const context = contextOf(element("canvas"));
  context.font = `${weight} 100px system-ui, -apple-system, "Segoe UI", sans-serif`; // as in player.css
  return context.measureText(text).width / 100;
}

/** The same for a text that is broken between two words, where that makes it shortest. @param {string} text */
function inTwoLines(text) {
  const words = text.split(" ");
  return Math.min(...words.map((_, i) => Math.max(ems(words.slice(0, i).join(" ")), ems(words.slice(i).join(" ")))));
}

/** The share of a full bar that a loss has; nothing where there is no loss. @param {number} loss @param {Bar} bar */
export function filled(loss, { kind, lowest, unit, ends }) {
  const places = { log: Math.log, linear: (/** @type {number} */ value) => value, symmetric: (/** @type {number} */ value) => Math.asinh(value / unit) };
  const [low, high] = ends.map(places[kind]);
  const part = (places[kind](Math.max(kind === "log" ? 0 : -Infinity, loss - lowest)) - low) / (high - low);
  return Number.isFinite(loss) && !Number.isNaN(part) ? Math.min(1, Math.max(0, part)) : 0;
}

/** How a run goes, as far as is known at a step: of one trajectory its verdict, of several the two largest shares. @param {Race} race @param {Run} run @param {number} step */
export function inWords({ underway, count }, { verdicts, shares, exit }, step) {
  const parts = verdicts.map((words, k) => ({ words, share: shares[k][step] }));
  parts.push({ words: underway, share: Math.max(0, 1 - parts.reduce((sum, part) => sum + part.share, 0)) });
  const [first, second] = parts.filter((part) => part.share > 0.5 / count).sort((a, b) => b.share - a.share);
  if (count === 1) return first.words === underway && exit?.[0] <= step ? OUTSIDE : first.words;
  if (!second) return `all ${first.words}`;
  return [first, second].map((part) => `${percent(part.share)} ${part.words}`).join(", ");
}

/** A share that is neither none nor all, never written as one of them. @param {number} part */
const percent = (part) => `${Math.min(99, Math.max(1, Math.round(100 * part)))}%`;
