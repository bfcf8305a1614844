// The equations of a step, each symbol with its number at the step that is shown; what is pointed at lights up everywhere.

import { numbersAt } from "./anatomy.js";
import { element, short } from "./dom.js";

const READABLE = 120; // milliseconds between two fillings while the race plays, so that numbers can be read

export class Equations {
  constructor(player) {
    this.player = player;
    this.element = element("ol", { class: "equations", "aria-label": "The step's equations" });
    this.element.addEventListener("pointerover", (event) => this.point(event.target));
    this.element.addEventListener("pointerleave", () => player.stepper.light(null));
    this.shown = "";
    this.time = -Infinity;
  }

  /** Another trajectory: other equations. */
  set(step, colour) {
    this.step = step;
    this.shown = "";
    const parts = new Map(step.parts.map((part) => [part.key, part.colour]));
    const rows = step.lines.map(({ math, caption }, i) => {
      const formula = element("span", { class: "formula" });
      formula.innerHTML = `<math>${math}</math>`;
      return element("li", { "data-line": i, click: () => this.player.stepper.explain(i) }, formula, element("span", { class: "caption" }, caption));
    });
    this.element.style.setProperty("--own", colour);
    this.element.replaceChildren(...rows);
    this.rows = rows;
    this.terms = [...this.element.querySelectorAll(".term")];
    for (const term of this.terms) {
      const made = term.dataset.parts.split(" ").filter(Boolean);
      if (made.length === 1 && parts.has(made[0])) term.style.setProperty("--colour", parts.get(made[0]));
      else if (made.length > 1) term.classList.add("sum");
    }
    this.numbers = [...this.element.querySelectorAll(".number")].filter(({ dataset }) => step.planes.has(dataset.plane));
  }

  /** Fill in the numbers of the step that is shown, and mark the line that is explained. */
  draw() {
    const { player, step } = this;
    const { clock, stepper } = player;
    const { t, sub, lit } = stepper;
    const key = `${t} ${sub} ${JSON.stringify(lit)}`;
    const now = performance.now();
    if (!step || key === this.shown || (clock.playing && now - this.time < READABLE)) return;
    this.shown = key;
    this.time = now;
    if (t !== null) for (const place of this.numbers) fill(place, numbersAt(step, place.dataset.plane, t));
    for (const [i, row] of this.rows.entries()) {
      row.classList.toggle("now", sub === i);
      row.classList.toggle("later", sub !== null && i > sub);
      if (sub === i) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    }
    if (sub !== null && sub !== this.scrolled) this.rows[sub].scrollIntoView({ block: "nearest" });
    this.scrolled = sub;
    for (const term of this.terms) term.classList.toggle("lit", Boolean(lit) && isLit(term, lit));
  }

  /** Light up what the symbol under the pointer is made of. */
  point(target) {
    const term = target.closest?.(".term");
    const parts = term?.dataset.parts.split(" ").filter(Boolean) ?? [];
    this.player.stepper.light(term ? { parts, keys: [term.dataset.key] } : null);
  }
}

/** Whether a symbol is what is pointed at, or the part that is pointed at on the map. */
function isLit({ dataset }, { parts, keys }) {
  if (keys.includes(dataset.key)) return true;
  return !keys.length && parts.length === 1 && dataset.parts === parts[0];
}

function fill(place, values) {
  const texts = values.map((value) => short(value, 3));
  if (texts.length === 1) place.firstChild.textContent = texts[0];
  else place.innerHTML = texts.length === 2 ? table([[texts[0]], [texts[1]]]) : table([texts.slice(0, 2), texts.slice(1)]);
}

const table = (rows) => `<mtable>${rows.map((row) => `<mtr>${row.map((text) => `<mtd><mtext>${text}</mtext></mtd>`).join("")}</mtr>`).join("")}</mtable>`;
