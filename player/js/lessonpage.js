// A lesson on a page of a static site: its words are there, as HTML, up to the first question that is not answered rightly; what follows it
// would tell.

import { keep, kept } from "./progress.js";

/** @import { Stage } from "./stage.js" */
/** @import { Point, SitePage } from "./types" */

const BETWEEN = ".";

export class LessonPage {
  /** @param {HTMLElement} words @param {NonNullable<SitePage["lesson"]>} lesson @param {SitePage["stops"]} stops @param {Stage} stage @param {() => void} changed called when something was answered */
  constructor(words, { name, questions }, stops, stage, changed) {
    this.words = words;
    this.name = name;
    this.questions = questions;
    this.stops = stops;
    this.stage = stage;
    this.changed = changed;
    /** @type {number | null} the question whose answer was marked on the map last */
    this.marked = null;
    this.at = 0; // which of its stops is shown
    const said = (kept()[name] ?? "").split(BETWEEN);
    /** @type {(number | null)[]} the choice made at each question; what was wrong is asked again another day */
    this.answers = questions.map(({ right }, number) => (said[number] === String(right) ? right : null));
    for (const button of this.all("[data-stop]")) button.addEventListener("click", () => this.play(Number(button.dataset.stop)));
    for (const [number, box] of this.boxes.entries()) {
      for (const button of box.querySelectorAll("[data-choice]")) {
        button.addEventListener("click", () => this.answer(number, Number(/** @type {HTMLElement} */ (button).dataset.choice)));
      }
    }
    this.play(0);
  }

  /** @param {string} selector @returns {HTMLElement[]} */
  all(selector) {
    return [...this.words.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
  }

  get boxes() {
    return this.all(".question");
  }

  /** The number of the question whose picture is shown while it is open, or -1. */
  get asked() {
    const number = this.questions.findIndex(({ stop }) => stop === this.at);
    return number >= 0 && this.answers[number] === null ? number : -1;
  }

  /** Play one of the lesson's pictures; of a question that is open only where it begins. @param {number} at @param {Point | null} mark */
  play(at, mark = null) {
    this.at = at;
    const { asked } = this;
    const question = asked < 0 ? null : this.questions[asked];
    const pick = question?.places ? (/** @type {Point} */ point) => this.answer(asked, nearest(question.places ?? [], point), point) : null;
    this.stage.show(question ? question.opening : this.stops[at], { pick, mark });
    this.show();
    if (innerWidth <= 640) scrollTo({ top: 0 });
  }

  /** Take an answer, and play what shows whether it is right; null takes it back. @param {number} number @param {number | null} choice @param {Point | null} mark */
  answer(number, choice, mark = null) {
    this.answers[number] = choice;
    this.marked = mark ? number : null;
    const right = this.questions.map((question, each) => (this.answers[each] === question.right ? String(question.right) : ""));
    keep({ ...kept(), [this.name]: right.join(BETWEEN) });
    this.play(this.questions[number].stop, mark);
    this.changed();
  }

  /** The words as they stand now. */
  show() {
    const open = this.questions.findIndex(({ right }, number) => this.answers[number] !== right);
    let beyond = false;
    for (const part of [...this.words.children].map((child) => /** @type {HTMLElement} */ (child))) {
      if (part.classList.contains("locked")) part.hidden = open < 0;
      else if (part.classList.contains("end")) part.hidden = open >= 0;
      else if (!part.classList.contains("always")) part.hidden = beyond;
      beyond ||= open >= 0 && part === this.boxes[open];
    }
    for (const [number, box] of this.boxes.entries()) this.showQuestion(box, number);
    for (const button of this.all("button.stop")) button.setAttribute("aria-pressed", String(Number(button.dataset.stop) === this.at));
  }

  /** @param {HTMLElement} box @param {number} number */
  showQuestion(box, number) {
    const said = this.answers[number];
    const { right, places } = this.questions[number];
    for (const button of box.querySelectorAll("button[data-choice]")) {
      const choice = Number(/** @type {HTMLElement} */ (button).dataset.choice);
      button.className = said !== choice ? "" : choice === right ? "right" : "wrong";
      button.setAttribute("aria-pressed", String(said === choice));
      /** @type {HTMLButtonElement} */ (button).disabled = said === right && choice !== right;
    }
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(name));
    part(".hint").hidden = said !== null || this.asked !== number;
    part(".begin").hidden = said !== null || this.asked === number;
    const told = part(".told");
    const template = said === null ? null : box.querySelector(`template[data-answer="${said}"]`);
    told.replaceChildren(...(template instanceof HTMLTemplateElement ? [template.content.cloneNode(true)] : []));
    told.className = `told ${said === right ? "right" : "wrong"}`;
    told.hidden = said === null;
    for (const marked of told.querySelectorAll(".marked")) if (this.marked !== number) marked.remove();
    part(".again").hidden = said === null;
    const mark = box.querySelector(".mark-again");
    if (mark instanceof HTMLElement) {
      mark.hidden = said === null || said === right || !places;
      mark.onclick = () => this.answer(number, null);
    }
  }
}

/** The choice that a mark on the map stands for. @param {Point[][]} places of each choice @param {Point} at */
function nearest(places, [x, y]) {
  const distances = places.map((of) => Math.min(...of.map((place) => Math.hypot(place[0] - x, place[1] - y))));
  return distances.indexOf(Math.min(...distances));
}
