// The panel that takes a step apart: the parts of the step, its equations with their numbers, and curves of the optimizer's state.

import { numbersAt } from "./anatomy.js";
import { element, short, write } from "./dom.js";
import { Equations } from "./equations.js";
import { Panel } from "./panel.js";
import { StateCurves } from "./states.js";

/** @import { Step, StepPart } from "./types" */
/** @import { Player } from "./player.js" */

/** @type {Record<string, string>} what the numbers of a part are, by its role */
const MEANINGS = {
  part: "A part of the move along x and y, the learning rate and all other factors included",
  move: "How far this step goes along x and y: the sum of its parts",
  plain: "For comparison: how far the gradient alone would go, times the learning rate",
};

export class StepPanel extends Panel {
  /** @param {Player} player @param {string} name */
  constructor(player, name) {
    super(player, name, "A step taken apart");
    /** @type {Step | null} whose steps are shown */
    this.step = null;
    /** @type {{ part: StepPart, chip: HTMLElement, numbers: HTMLElement }[]} */
    this.chips = [];
    this.stale = false; // whether what is shown is of another path
    this.shape = ""; // of what is said of it
    /** @type {string | null} what the panel shows */
    this.shown = null;
    this.optimizer = element("select", { "aria-label": "Optimizer", change: () => player.stepper.follow(Number(this.optimizer.value), this.trajectory) });
    this.start = element("input", { type: "number", min: 1, "aria-label": "Start", change: () => player.stepper.follow(Number(this.optimizer.value), this.trajectory) });
    this.starts = element("label", { class: "start" }, "start ", this.start);
    this.title = element("output", { class: "which", "aria-live": "off" });
    this.closer = element("button", { type: "button", class: "closer", title: "Show the part of the map around the step", click: () => player.stepper.closeUp(!player.stepper.close) }, "Close-up");
    this.parts = element("ul", { class: "parts", "aria-label": "Parts of the step" });
    this.parts.addEventListener("pointerover", ({ target }) => this.point(/** @type {Element} */ (target)));
    this.parts.addEventListener("pointerleave", () => player.stepper.light(null));
    this.note = element("p", { class: "sorry", hidden: true });
    this.equations = new Equations(player);
    this.curves = new StateCurves(player);
    this.head = element("header", {}, this.optimizer, this.starts, this.title, this.equations.size.pages.button, this.closer);
    this.equations.size.pages.curves = this.curves.element;
    this.element.append(this.head, this.parts, this.note, this.equations.element, this.curves.element);
  }

  /** The trajectory that the user has chosen, counted from 0. */
  get trajectory() {
    const wanted = Math.round(Number(this.start.value)) || 1;
    return Math.min(this.player.race.count, Math.max(1, wanted)) - 1;
  }

  setRace() {
    const { race } = this.player;
    this.optimizer.replaceChildren(...race.runs.map((run, index) => element("option", { value: index }, run.label)));
    this.starts.hidden = race.count === 1 || !(this.player.ask || this.player.live.frees(race)); // a page where nothing is computed knows one trajectory of each run
    this.start.max = String(race.count);
    this.step = null; // what stands in the selectors is to be set again
    this.setStep();
  }

  /** Other paths, whose steps the browser takes apart as well; where it cannot, nothing is known of them before Python has. */
  setPaths() {
    if (this.player.stepper.live) return this.setStep();
    if (!this.step || this.stale) return;
    this.setStale(true);
    this.note.hidden = false;
    this.note.textContent = "These are the steps of before; they follow once it is let go.";
  }

  /** @param {boolean} stale */
  setStale(stale) {
    this.stale = stale;
    for (const { classList } of [this.element, this.curves.element]) classList.toggle("stale", stale);
  }

  /** Another trajectory is followed, or the same in another race. */
  setStep() {
    const { race, stepper } = this.player;
    const { step } = stepper;
    if (!step || step === this.step) return;
    this.step = step;
    this.setStale(false);
    if (step.shape === this.shape) return this.renew(step);
    this.shape = step.shape;
    const run = race.runs[step.run];
    this.choose(step);
    this.element.style.setProperty("--own", run.colour);
    this.equations.set(step, run.colour);
    const [plain, own] = [step.parts.filter(isPlain), step.parts.filter((part) => !isPlain(part))];
    const move = { key: "move", label: "this move", role: "move", line: -1, colour: run.colour };
    this.chips = [...own, move, ...plain].map((part, i) => {
      const numbers = element("span", { class: "numbers" });
      const sign = part === move ? "=" : i && !isPlain(part) ? "+" : "";
      const chip = element("li", { "data-part": part.key, class: part.role, title: MEANINGS[part.role] ?? MEANINGS.part }, sign, element("i"), part.label, numbers);
      chip.style.setProperty("--colour", part.colour ?? "currentColor");
      return { part, chip, numbers };
    });
    this.parts.replaceChildren(...this.chips.map(({ chip }) => chip));
    this.shown = null;
    this.element.dataset.drawn = "true";
  }

  /** Other numbers in the same words. @param {Step} step */
  renew(step) {
    this.choose(step);
    this.equations.renew(step);
    if (this.player.stepper.live) this.curves.setPaths();
    else this.curves.redraw();
    this.shown = "";
  }

  /** @param {Step} step */
  choose({ run, trajectory }) {
    this.optimizer.value = String(run);
    this.start.value = String(trajectory + 1);
  }

  draw() {
    const { player, step } = this;
    const { t, lit } = player.stepper;
    if (!step || step !== player.stepper.step) return;
    player.stepper.draw();
    this.closer.setAttribute("aria-pressed", String(player.stepper.close));
    write(this.title, t === null ? "" : `from step ${t} to ${t + 1}`); // counted as the clock does, which rests at points; before the equations, which have the room under it
    this.equations.draw();
    this.curves.draw();
    const key = `${t} ${JSON.stringify(lit)}`;
    if (key === this.shown) return;
    if (this.shown === null) this.curves.redraw(); // at the height that the words over it leave
    this.shown = key;
    this.note.hidden = t !== null;
    this.note.textContent = this.missing(step);
    this.parts.hidden = this.equations.element.hidden = t === null;
    if (t === null) return;
    const own = step.parts.filter((part) => !isPlain(part)).map(({ key: plane }) => numbersAt(step, plane, t));
    const move = own.reduce((sum, vector) => [sum[0] + vector[0], sum[1] + vector[1]], [0, 0]);
    for (const { part, chip, numbers } of this.chips) {
      const vector = part.role === "move" ? move : numbersAt(step, part.key, t);
      numbers.textContent = `${short(vector[0])}, ${short(vector[1])}`;
      chip.classList.toggle("lit", Boolean(lit?.parts.includes(part.key)));
    }
  }

  /** Why there is no step to show. @param {Step} step */
  missing(step) {
    if (step.diverged >= 0 && this.player.clock.step >= step.diverged - 1) return `It diverged: its numbers overflowed at step ${step.diverged}.`;
    return `Only the first ${step.count} steps are taken apart.`;
  }

  /** Light up the part under the pointer. @param {Element} target */
  point(target) {
    if (!this.step) return;
    const key = target.closest?.("li")?.dataset.part;
    const own = this.step.parts.filter((part) => !isPlain(part)).map((part) => part.key);
    this.player.stepper.light(key ? { parts: key === "move" ? own : [key], keys: [] } : null);
  }

  /** Let the curves stand in another element than before. @param {HTMLElement} place */
  placeCurves(place) {
    if (this.curves.element.parentElement === place) return;
    place.append(this.curves.element);
    if (this.shown !== null) this.curves.redraw();
  }

  turnPage() {
    return this.equations.size.pages.turn();
  }

  resize() {
    this.player.invalidate(); // equations are as large as there is room for
    this.curves.resize();
  }

  close() {
    this.curves.close();
    super.close();
  }
}

/** Whether a part is not one of the move, but shown for comparison. @param {{ role: string }} part */
const isPlain = ({ role }) => role === "plain";
