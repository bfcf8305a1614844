// What is seen while a number is turned: its value, its track with what theory knows of it, or a field to type in. One for all numbers of a player.

import { element, short, write } from "./dom.js";
import { endsOf, shareOf, written } from "./scale.js";

/** @import { Handle } from "./handle.js" */
/** @import { NumberBlock } from "./types" */

const LENGTH = 300; // CSS pixels of the track, in letters of the usual size
const EDGE = 8; // between it and the player's edge, or the number
const PADDING = 14; // within it
const TICK = 46; // between two numbers at the track, at least
const ROW = "tr, .ground, .transport"; // what tells of whose number it is
const SEEN = ".panel:not([hidden]), .board tbody tr, .transport .counter"; // what changes while it is turned
const CURVES = ".panel:not([data-panel^=map]):not([data-panel^=surface])";
const MORE = 3; // how much worse it is to cover curves than as much of a map
const OWN = 100; // how much worse it is to cover that row, or to be outside of the player
const DIGITS = [3, 4, 5, 6]; // of a mark's value: the fewest that tell it from the others

export class Track {
  /** @param {HTMLElement} root the player */
  constructor(root) {
    this.root = root;
    /** @type {Handle | null} whose it is now */
    this.of = null;
    this.typing = false;
    this.length = LENGTH;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.title = element("span");
    this.value = element("b");
    this.known = element("div", { class: "known" });
    this.rail = element("div", { class: "rail" });
    this.thumb = element("i", { class: "thumb" });
    this.ticks = element("div", { class: "ticks" });
    this.problem = element("p", { role: "alert" });
    this.range = element("small");
    this.field = element("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    this.head = element("div", { class: "head" }, this.title, this.value, this.field);
    this.rail.append(this.thumb);
    this.element = element("div", { class: "turning", hidden: true }, this.head, this.range, this.problem, this.known, this.rail, this.ticks);
  }

  /** Show the track of a number at its place. @param {Handle} handle @param {number | null} x where its value stands on the page, if that matters @param {number} time milliseconds after which it goes by itself, 0 for never */
  show(handle, x, time = 0) {
    if (this.typing) this.hide();
    if (this.of !== handle) this.open(handle, x, false);
    clearTimeout(this.timer);
    if (time) this.timer = setTimeout(() => this.hide(), time);
  }

  /** @param {Handle} handle @param {number | null} x @param {boolean} typing */
  open(handle, x, typing) {
    clearTimeout(this.timer);
    this.of = handle;
    this.typing = typing;
    const { number } = handle;
    write(this.title, number.owner ? `${number.owner}: ${number.title}` : number.title);
    write(this.problem, "");
    write(this.range, typing ? number.range : "");
    this.element.classList.toggle("typing", typing);
    this.element.hidden = false;
    const scale = parseFloat(getComputedStyle(this.root).fontSize) / 14;
    this.length = Math.min(LENGTH * scale, this.root.clientWidth - 2 * (EDGE + PADDING));
    this.element.style.width = `${this.length + 2 * PADDING}px`;
    this.drawMarks(number);
    this.drawTicks(number, scale);
    this.move(handle.value);
    this.place(handle.element, x, shareOf(number, handle.value));
  }

  /**
   * Under the number's row, over it or beside it, where least is covered of what changes while it is turned; its value stands where the pointer is,
   * if there is room.
   * @param {HTMLElement} beside @param {number | null} x @param {number} share
   */
  place(beside, x, share) {
    const [root, at] = [this.root, beside].map((part) => part.getBoundingClientRect());
    const [width, height] = [this.element.offsetWidth, this.element.offsetHeight];
    const row = beside.closest(ROW)?.getBoundingClientRect() ?? at;
    const left = Math.max(root.left + EDGE, Math.min(root.right - EDGE - width, (x ?? at.left + at.width / 2) - PADDING - share * this.length));
    const level = Math.min(row.top, innerHeight - EDGE - height);
    const beneath = row.bottom + EDGE;
    const above = row.top - EDGE - height;
    const seen = [...this.root.querySelectorAll(SEEN)].map((part) => ({ weight: part.matches(CURVES) ? MORE : 1, box: part.getBoundingClientRect() }));
    const besideCurves = seen.filter(({ weight }) => weight > 1).flatMap(({ box }) => [[box.left - EDGE - width, above], [box.right + EDGE, above]]);
    const places = [[left, beneath], [left, above], [row.left - EDGE - width, level], [row.right + EDGE, level], ...besideCurves];
    const covers = (/** @type {number[]} */ [across, down]) => {
      const over = (/** @type {Pick<DOMRect, "left" | "right" | "top" | "bottom">} */ { left, right, top, bottom }) => Math.max(0, Math.min(right, across + width) - Math.max(left, across)) * Math.max(0, Math.min(bottom, down + height) - Math.max(top, down));
      const outside = width * height - over({ left: root.left, right: root.right, top: Math.max(0, root.top - height), bottom: innerHeight });
      return OWN * (outside + over(row)) + seen.reduce((sum, { weight, box }) => sum + weight * over(box), 0);
    };
    const [across, down] = places.reduce((best, next) => (covers(next) < covers(best) ? next : best));
    Object.assign(this.element.style, { left: `${across - root.left}px`, top: `${down - root.top}px` });
  }

  /** The value is another one. @param {number} value */
  move(value) {
    const { of } = this;
    if (!of) return;
    const number = of.held?.number ?? of.number;
    write(this.value, written(number, value));
    this.thumb.style.left = `${100 * shareOf(number, value)}%`;
  }

  /** What theory knows, in words, and at the track. @param {NumberBlock} number */
  drawMarks(number) {
    const [low, high] = endsOf(number);
    const seen = number.marks.filter(({ value }) => value >= low && value <= high);
    const told = (/** @type {number} */ digits) => seen.map(({ value }) => short(value, digits));
    const values = told(DIGITS.find((digits) => new Set(told(digits)).size === new Set(seen.map(({ value }) => value)).size) ?? DIGITS[DIGITS.length - 1]);
    this.known.replaceChildren(...seen.flatMap(({ words, kind }, k) => [element("i", { class: `sort ${kind}` }), element("b", {}, values[k]), element("span", {}, words)]));
    const signs = seen.map(({ value, kind }) => {
      const sign = element("i", { class: `sort ${kind}` });
      sign.style.left = `${100 * shareOf(number, value)}%`;
      return sign;
    });
    const last = number.marks.findLast(({ kind }) => kind === "limit"); // up to there some minimum may hold it
    const beyond = seen.filter((mark) => mark === last).map(({ value }) => {
      const part = element("i", { class: "beyond" });
      part.style.left = `${100 * shareOf(number, value)}%`;
      return part;
    });
    this.rail.replaceChildren(...beyond, ...signs, this.thumb);
  }

  /** @param {NumberBlock} number @param {number} scale */
  drawTicks(number, scale) {
    const [low, high] = endsOf(number);
    const values = number.spacing === "log" ? decades(low, high, this.length / (TICK * scale)) : number.spacing === "one_minus" ? [low, 0.9, 0.99, high] : [low, (low + high) / 2, high];
    const inside = values.filter((value, i) => value >= low && value <= high && values.indexOf(value) === i);
    this.ticks.replaceChildren(...inside.map((value) => {
      const tick = element("span", {}, written(number, value));
      tick.style.left = `${100 * shareOf(number, value)}%`;
      return tick;
    }));
  }

  /**
   * Open a field with a text; it closes once the text can be read, or with Escape.
   * @param {Handle} handle @param {string} text @param {(text: string) => void} read throws RangeError where it cannot be @param {() => void} done called when it has closed by a key
   */
  ask(handle, text, read, done) {
    this.hide();
    this.open(handle, null, true);
    const { field } = this;
    field.value = text;
    field.setAttribute("aria-label", `${handle.name}: ${handle.number.range}`);
    field.inputMode = handle.number.low < 0 ? "text" : "decimal";
    const close = (/** @type {boolean} */ byKey) => {
      field.onblur = field.onkeydown = field.oninput = null;
      this.hide();
      if (byKey) done();
    };
    const take = (/** @type {boolean} */ byKey) => {
      try {
        read(field.value);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        write(this.problem, error.message);
        field.setAttribute("aria-invalid", "true");
        this.place(handle.element, null, shareOf(handle.number, handle.value));
        return;
      }
      close(byKey);
    };
    field.removeAttribute("aria-invalid");
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter") take(true);
      else if (event.key === "Escape") close(true);
      else return;
      event.preventDefault();
    };
    field.oninput = () => write(this.problem, "");
    field.onblur = () => take(false);
    field.focus({ preventScroll: true });
    field.select();
  }

  hide() {
    clearTimeout(this.timer);
    const { field } = this;
    field.onblur = field.onkeydown = field.oninput = null;
    this.of = null;
    this.typing = false;
    this.element.hidden = true;
  }
}

/** Powers of ten between two numbers, at most so many. @param {number} low @param {number} high @param {number} most */
function decades(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first + 1) / most));
  return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, i) => Number(`1e${first + i * stride}`));
}
