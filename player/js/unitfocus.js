// The unit or the weight of a network that is looked at, by the pointer or by keys, and what is said of it.

import { element } from "./dom.js";
import { endOf, sameUnit, unitAt, weightAt } from "./unitgraph.js";
import { unitName, unitNumbers, weightWords } from "./unitwords.js";

/** @import { Point } from "./types" */
/** @import { Graph, Weight } from "./unitgraph.js" */
/** @import { Unit } from "./unitwords.js" */
/** @import { NetworkPanel } from "./network.js" */

const KEYS = "Arrow keys go from unit to unit, with Shift up and down along the weights that come into it; Escape leaves";

export class UnitFocus {
  /** @param {NetworkPanel} panel */
  constructor(panel) {
    this.panel = panel;
    /** @type {Unit | null} */
    this.unit = null;
    /** @type {Weight | null} */
    this.weight = null;
    /** @type {number[]} the first unit of each layer that is shown, where there is no room for all */
    this.first = [];
    this.spoken = element("p", { class: "spoken", "aria-live": "polite" });
    this.listen(panel.element);
  }

  /** @param {HTMLElement} root */
  listen(root) {
    let pressed = false;
    root.tabIndex = 0;
    root.setAttribute("aria-description", KEYS);
    root.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight ArrowUp ArrowDown Shift+ArrowUp Shift+ArrowDown Escape");
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("pointerdown", () => (pressed = true), true);
    root.addEventListener("focus", () => pressed && root.blur()); // the arrows then still step
    for (const type of ["pointerup", "pointercancel"]) root.addEventListener(type, () => (pressed = false), true);
    root.addEventListener("blur", () => this.lookAt(null, null));
    this.panel.canvas.addEventListener("click", (event) => this.clicked(event));
  }

  /** There are other networks. */
  forget() {
    [this.unit, this.weight, this.first] = [null, null, []];
    this.panel.tooltip.hidden = true;
  }

  get graph() {
    return /** @type {Graph} */ (this.panel.graph);
  }

  /** Where the unit stands, if it does. */
  get place() {
    const { unit } = this;
    return (unit && this.graph.places[unit.layer]?.find((place) => place.unit === unit.unit)) ?? null;
  }

  /** Whether a unit is looked at, or a weight that comes from it or goes to it. @param {Unit} place */
  isAt(place) {
    const { unit, weight } = this;
    const ends = weight ? [{ layer: weight.layer, unit: weight.from }, { layer: weight.layer + 1, unit: weight.to }] : [];
    return [...ends, ...(unit ? [unit] : [])].some((end) => sameUnit(end, place));
  }

  /** Look at a unit, at a weight, or at none. @param {Unit | null} unit @param {Weight | null} weight */
  lookAt(unit, weight) {
    const key = (/** @type {Unit | null} */ at, /** @type {Weight | null} */ line) => String([at?.layer, at?.unit, line?.layer, line?.from, line?.to]);
    if (key(unit, weight) === key(this.unit, this.weight)) return;
    [this.unit, this.weight] = [unit, weight];
    this.panel.tooltip.hidden = !weight && !(unit && !this.panel.isLarge(unit));
    this.panel.trainer.invalidate();
  }

  // ---- by the pointer

  /** @param {MouseEvent} event */
  pointed(event) {
    const { graph, lines } = this.panel;
    if (!graph || !lines) return;
    const [x, y] = this.panel.at(event);
    const unit = unitAt(graph, x, y);
    this.lookAt(unit, unit ? null : weightAt(graph, lines, x, y));
  }

  /** The example's picture was clicked: the next one. A unit was touched: that is looked at. @param {MouseEvent} event */
  clicked(event) {
    this.pointed(event);
    if (this.unit?.layer === 0 && this.panel.pictured) this.panel.example.turn(1);
  }

  // ---- by keys

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target !== this.panel.element || !this.panel.graph || event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (move && event.shiftKey && this.unit) this.moveWeight(this.unit, move[0] + move[1]);
    else if (move) this.moveUnit(...move);
    else if (event.key === "Escape" && this.unit) this.lookAt(null, null);
    else return;
    event.preventDefault();
    event.stopPropagation(); // these keys mean something else to the clock
    this.say();
  }

  /** To another layer, or another unit of the layer; the first key only shows where one is. @param {number} layers @param {number} units */
  moveUnit(layers, units) {
    const { places, hidden } = this.graph;
    if (!this.unit) return this.lookAt(places[Math.min(1, places.length - 1)][0], null);
    const { layer, unit } = this.unit;
    if (units && layer === 0 && this.panel.pictured) return this.panel.example.turn(units);
    const to = Math.max(0, Math.min(places.length - 1, layer + layers));
    const y = this.place?.y ?? 0;
    if (to !== layer) return this.lookAt(places[to].reduce((a, b) => (Math.abs(b.y - y) < Math.abs(a.y - y) ? b : a)), null);
    const shown = places[layer].length;
    const next = Math.max(0, Math.min(shown + hidden[layer] - 1, unit + units));
    this.first[layer] = Math.max(next - shown + 1, Math.min(places[layer][0].unit, next));
    return this.lookAt({ layer, unit: next }, null);
  }

  /** To another of the weights that come into a unit. @param {Unit} unit @param {number} by */
  moveWeight({ layer, unit }, by) {
    if (layer === 0 || (layer === 1 && this.panel.pictured)) return;
    const count = this.panel.training.network.sizes[layer - 1];
    const from = this.weight ? (this.weight.from + by + count) % count : 0;
    this.lookAt({ layer, unit }, { layer: layer - 1, from, to: unit });
  }

  // ---- words

  /** The weights at the shown step. */
  get row() {
    const { trainer, current } = this.panel;
    trainer.network(current);
    return /** @type {Float64Array} */ (trainer.row);
  }

  /** What there is to say of a unit, a line for its name and one for its numbers. @param {Unit} unit */
  linesOf(unit) {
    const { training, trainer, current, example, pictured } = this.panel;
    if (unit.layer === 0 && pictured) return [`test example ${example.index + 1} of ${example.count}`, this.panel.answer()];
    const { row } = this;
    const numbers = unitNumbers(training, trainer.network(current), row, unit, example);
    const own = pictured && unit.layer === 1 ? ": its weights" : "";
    return [`${unitName(training, unit)}${own}`, numbers.map(([what, value]) => `${what} ${value}`).join(", ")];
  }

  /** Say beside a weight, or beside a unit that has no large picture, what it is. */
  showTip() {
    const { graph, weight, unit, panel } = this;
    const place = weight ? endOf(graph, weight) : this.place;
    const beside = /** @type {Point} */ (place ? [place.x + place.side / 2, place.y] : [0, 0]);
    if (weight) {
      const { title, from, to } = weightWords(panel.training, this.row, weight);
      panel.tipAt(beside, title, [["from", from], ["to", to]]);
    } else if (unit) {
      const [title, numbers] = this.linesOf(unit);
      panel.tipAt(beside, title, [["", numbers]]);
    }
  }

  /** Say what the keys have gone to, to who does not see it. */
  say() {
    const { weight, unit, panel } = this;
    if (!unit) return;
    const told = weight && weightWords(panel.training, this.row, weight);
    this.spoken.textContent = told ? `${told.title}, from ${told.from} to ${told.to}` : this.linesOf(unit).filter(Boolean).join(": ");
  }
}
