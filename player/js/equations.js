// The equations of a step, each symbol with its number at the step that is shown; what is pointed at lights up everywhere.

import { numbersAt } from "./anatomy.js";
import { byHand, element, short, write } from "./dom.js";
import { LineSize } from "./linesize.js";

/** @import { Lit, Step } from "./types" */
/** @import { Player } from "./player.js" */

const LOWEST = "0.42em"; // what symbols with a subscript have under their line
const REST = 150; // milliseconds without other numbers after which formulas are as large as they can be

export class Equations {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    /** @type {Step | null} */
    this.step = null;
    /** @type {HTMLElement[]} */
    this.rows = [];
    /** @type {HTMLElement[]} symbols */
    this.terms = [];
    /** @type {HTMLElement[]} */
    this.numbers = [];
    /** @type {[place: Element, name: string][]} where the values of hyper-parameters stand */
    this.settings = [];
    /** @type {WeakMap<HTMLElement, string>} the numbers that stand there */
    this.filled = new WeakMap();
    this.rest = 0; // the timer of what is done at rest
    this.moving = false; // whether numbers change in every frame
    /** @type {number | null} how often it had been walked to another line when one was last brought into view */
    this.followed = null;
    this.lines = element("ol", { "aria-label": "The step's equations" });
    this.where = element("p", { class: "where" });
    this.element = element("div", { class: "equations" }, this.lines, this.where);
    this.element.addEventListener("pointerover", (event) => this.point(/** @type {Element} */ (event.target)));
    this.element.addEventListener("pointerleave", () => player.stepper.light(null));
    this.shown = "";
    this.size = new LineSize(this);
  }

  /** Other equations. @param {Step} step @param {string} colour */
  set(step, colour) {
    const parts = new Map(step.parts.map((part) => [part.key, part.colour]));
    const rows = step.lines.map(({ math, caption }, i) => {
      const said = element("span", { class: "caption" }, caption);
      return element("li", { "data-line": i, click: () => this.player.stepper.explain(i) }, breakable(math), said);
    });
    this.element.style.setProperty("--own", colour);
    this.lines.replaceChildren(...rows);
    this.where.replaceChildren(...step.where.map(named));
    this.rows = rows;
    this.size.forget();
    this.filled = new WeakMap();
    this.terms = [...this.element.querySelectorAll(".term")].map((term) => /** @type {HTMLElement} */ (term));
    for (const term of this.terms) {
      term.dataset.parts = (step.made[String(term.dataset.key)] ?? []).join(" ");
      const made = partsOf(term);
      if (made.length === 1 && parts.has(made[0])) term.style.setProperty("--colour", parts.get(made[0]) ?? null);
      else if (made.length > 1) term.classList.add("sum");
    }
    const numbers = [...this.element.querySelectorAll(".number")].map((number) => /** @type {HTMLElement} */ (number));
    this.numbers = numbers.filter(({ dataset }) => step.planes.has(String(dataset.plane)));
    const given = numbers.filter(({ dataset }) => String(dataset.plane).startsWith("value:"));
    const below = [...this.where.children].map((place, i) => /** @type {[Element, string]} */ ([place.lastElementChild, step.where[i].name]));
    this.settings = [...given.map((place) => /** @type {[Element, string]} */ ([place.firstElementChild, String(place.dataset.plane).slice("value:".length)])), ...below];
    this.renew(step);
  }

  /** Other numbers in the same equations. @param {Step} step */
  renew(step) {
    this.step = step;
    this.shown = "";
    this.followed = null; // the line that is marked stays in view
    this.moving = this.player.live.held;
    clearTimeout(this.rest);
    if (this.moving) this.rest = setTimeout(() => this.settle(), REST);
    for (const [place, name] of this.settings) write(place, byHand(step.values[name]));
  }

  /** Numbers change no more, for a moment. */
  settle() {
    this.moving = false;
    this.shown = "";
    this.player.invalidate();
  }

  /** Fill in the numbers of the step that is shown, and mark the line that is explained. */
  draw() {
    const { player, step } = this;
    const { t, sub, lit, walks } = player.stepper;
    const key = `${t} ${sub} ${walks} ${JSON.stringify(lit)} ${this.size.room}`;
    if (!step || key === this.shown) return;
    this.shown = key;
    if (t !== null) for (const number of this.numbers) this.fill(number, numbersAt(step, String(number.dataset.plane), t));
    this.size.fit();
    for (const [i, row] of this.rows.entries()) {
      row.classList.toggle("now", sub === i);
      row.classList.toggle("later", sub !== null && i > sub);
      if (sub === i) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    }
    if (sub !== null && walks !== this.followed) this.bringIntoView(sub);
    this.followed = walks;
    for (const term of this.terms) term.classList.toggle("lit", lit !== null && isLit(term, lit));
  }

  /** @param {number} line */
  bringIntoView(line) {
    this.size.pages.turnTo(line);
    show(this.rows[line]);
  }

  /** @param {HTMLElement} number @param {number[]} values */
  fill(number, values) {
    const texts = values.map((value) => short(value, 3));
    if (this.filled.get(number) === String(texts)) return;
    this.filled.set(number, String(texts));
    fill(number, texts);
  }

  /** Light up what the symbol under the pointer is made of. @param {Element} target */
  point(target) {
    const term = /** @type {HTMLElement | null} */ (target.closest?.(".term"));
    this.player.stepper.light(term ? { parts: partsOf(term), keys: [String(term.dataset.key)] } : null);
  }
}

/** A formula that can go on in another line before one of its operators outside of brackets, as browsers do not break MathML; its numbers stand on one line, however low its symbols reach. @param {string} math */
function breakable(math) {
  const formula = element("span", { class: "formula" });
  formula.innerHTML = `<math>${math}</math>`;
  for (const term of formula.querySelectorAll(".term:not(mfrac *, msqrt *)")) level(term);
  /** @type {Element[][]} */
  const pieces = [[]];
  let depth = 0; // of brackets
  for (const part of inARow(/** @type {Element} */ (formula.firstChild))) {
    const last = pieces[pieces.length - 1];
    const text = part.localName === "mo" ? (part.textContent ?? "") : "";
    const isSign = !last.length || /^[([,]$/.test(last[last.length - 1].textContent ?? "");
    if (/^[([]$/.test(text)) depth += 1;
    if (/^[)\]]$/.test(text)) depth -= 1;
    if (!isSign && /^[=+−←·]$/.test(text)) part.setAttribute("form", "infix"); // at the start of a piece it would count as a sign, which has no space around it
    if (!isSign && !depth && /^[=+−←·]$/.test(text)) pieces.push([part]);
    else last.push(part);
  }
  formula.innerHTML = pieces.map(() => "<math><mrow></mrow></math>").join("");
  for (const [i, piece] of [...formula.querySelectorAll("mrow:empty")].entries()) piece.append(...pieces[i]);
  return formula;
}

/** Let a symbol reach as low as others do, so that the numbers under them stand on one line. @param {Element} term */
function level(term) {
  const { firstElementChild: symbol } = term;
  if (term.localName !== "munder" || !symbol) return;
  const padded = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mpadded");
  padded.setAttribute("depth", LOWEST);
  symbol.replaceWith(padded);
  padded.append(symbol);
}

/** Bring a line into view within its panel, and a page that shows the panel as long as it is. @param {HTMLElement} row */
function show(row) {
  const panel = /** @type {HTMLElement} */ (row.closest(".panel"));
  if (panel.scrollHeight <= panel.clientHeight) return row.scrollIntoView({ block: "nearest" });
  const [seen, line] = [panel.getBoundingClientRect(), row.getBoundingClientRect()];
  if (line.bottom > seen.bottom) panel.scrollTop += line.bottom - seen.bottom;
  if (line.top < seen.top) panel.scrollTop += line.top - seen.top;
}

/** What stands side by side in a formula, in brackets, too. @param {Element} part @returns {Element[]} */
function inARow(part) {
  const opens = part.localName === "math" || (part.localName === "mrow" && !part.attributes.length);
  return opens ? [...part.children].flatMap(inARow) : [part];
}

/** A hyper-parameter's symbol, what it is, and a place for its value. @param {Step["where"][number]} setting */
function named({ math, title, about }) {
  const symbol = element("span");
  symbol.innerHTML = `<math>${math}</math>`;
  return element("span", { class: "setting", title: about }, symbol, ` ${title} `, element("span"));
}

/** The keys of the parts that a symbol is made of. @param {HTMLElement} term */
function partsOf(term) {
  return (term.dataset.parts ?? "").split(" ").filter(Boolean);
}

/** Whether a symbol is what is pointed at, or the part that is pointed at on the map. @param {HTMLElement} term @param {Lit} lit */
function isLit({ dataset }, { parts, keys }) {
  if (dataset.key !== undefined && keys.includes(dataset.key)) return true;
  return !keys.length && parts.length === 1 && dataset.parts === parts[0];
}

/** A number, a column for a vector, a square for a symmetric matrix (xx, xy, yy), or several vectors side by side.
 * @param {HTMLElement} number @param {string[]} texts */
function fill(number, texts) {
  const rows = texts.length === 1 ? [texts] : texts.length === 3 ? [texts.slice(0, 2), texts.slice(1)] : [0, 1].map((axis) => texts.filter((_, row) => row % 2 === axis));
  const cells = number.getElementsByTagName("mtext");
  if (cells.length === rows.flat().length) for (const [i, text] of rows.flat().entries()) write(cells[i], text);
  else number.innerHTML = table(rows);
}

/** @param {string[][]} rows */
const table = (rows) => `<mtable>${rows.map((row) => `<mtr>${row.map((text) => `<mtd><mtext>${text}</mtext></mtd>`).join("")}</mtr>`).join("")}</mtable>`;
