// The lists of a free race (player/free_controls.py), from which the landscape, the optimizers, the schedule and the views are chosen.

import { element } from "./dom.js";
import { available } from "./engine.js";
import { methodOf, MOST, SCHEDULE } from "./freelink.js";
import { LANDSCAPES } from "./layout.js";

/** @import { FreeRace } from "./freerace.js" */

const MARGIN = 18; // CSS pixels: between lists and player, and under it

export class FreeLists {
  /** @param {HTMLElement} root that holds them @param {FreeRace} free */
  constructor(root, free) {
    this.free = free;
    const one = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(name));
    this.ground = /** @type {HTMLSelectElement} */ (one("#ground"));
    this.rates = /** @type {HTMLSelectElement} */ (one("#schedule"));
    this.methods = one("#methods");
    this.views = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll("#views input")]);
    this.back = /** @type {HTMLButtonElement} */ (one("#anew"));
    this.notes = one("#notes");
    this.said = one(".choose > span");
    this.usual = this.said.textContent;
    const lists = /** @type {HTMLElement} */ (this.ground.closest(".choose"));
    lists.hidden = false; // without a script they would do nothing
    new ResizeObserver(() => leaveRoom(lists)).observe(lists);
    this.possible = available();
    if (!this.possible) this.refuse(lists);
    this.ground.addEventListener("change", () => free.choose(() => ({ landscape: this.ground.value, points: [], values: {} })));
    this.rates.addEventListener("change", () => {
      const schedule = this.rates.value;
      free.choose(({ values }) => ({ schedule, values: { ...values, [SCHEDULE]: {} } }));
    });
    this.methods.addEventListener("change", ({ target }) => this.tick(/** @type {HTMLInputElement} */ (target)));
    this.methods.addEventListener("click", ({ target }) => {
      const more = /** @type {Element} */ (target).closest("button");
      if (more) free.more(more.value);
    });
    for (const box of this.views) box.addEventListener("change", () => free.look(this.views.filter(({ checked }) => checked).map(({ value }) => value)));
    this.back.addEventListener("click", () => free.begin());
  }

  /** Where nothing can be computed, there is but the race that was saved. @param {HTMLElement} lists */
  refuse(lists) {
    const { saved, first } = this.free;
    const said = /** @type {HTMLElement} */ (lists.querySelector(":scope > span"));
    const rest = /** @type {HTMLElement[]} */ ([...lists.children]).filter((each) => each !== said && !(saved && each.id === "views"));
    const empty = saved ? [] : [this.free.stage.root, .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".link"))];
    for (const each of [...rest, ...empty]) each.hidden = true;
    for (const box of this.views) box.disabled = !LANDSCAPES.includes(box.value) && !first.panels.includes(box.value);
    said.textContent = `${saved ? "The race plays as it was saved. Others would be" : "Races are"} computed by WebAssembly, which this browser lacks or forbids.`;
  }

  /** The panels that can be shown. */
  get panels() {
    return this.views.map(({ value }) => value);
  }

  /** @param {HTMLInputElement} box */
  tick({ value, checked }) {
    this.free.choose(({ optimizers }) => {
      const names = optimizers.filter((name) => name !== value);
      if (checked) names.push(value);
      return names.length && names.length <= MOST ? { optimizers: names } : {};
    });
  }

  /** Show what is chosen. */
  show() {
    const { free } = this;
    const { landscape, optimizers, schedule } = free.wanted;
    this.ground.value = landscape;
    this.rates.value = schedule;
    this.rates.disabled = !free.first.stops[landscape];
    if (this.possible) this.said.textContent = this.rates.disabled ? free.first.fixed : this.usual;
    for (const box of this.views) box.checked = free.panels.includes(box.value);
    this.addRows(optimizers);
    const full = optimizers.length >= MOST;
    for (const row of this.methods.querySelectorAll(".method")) {
      const box = /** @type {HTMLInputElement} */ (row.querySelector("input"));
      const more = row.querySelector("button");
      box.checked = optimizers.includes(box.value);
      box.disabled = this.rates.disabled || (box.checked ? optimizers.length === 1 : full);
      if (more) [more.hidden, more.disabled] = [!box.checked, this.rates.disabled || full];
    }
    const said = /** @type {HTMLElement} */ (this.methods.querySelector(".full"));
    said.hidden = !full;
    this.note([]);
  }

  /** A row for each that is one more of a method. @param {string[]} optimizers */
  addRows(optimizers) {
    for (const row of this.methods.querySelectorAll(".again")) if (!optimizers.includes(String(row.querySelector("input")?.value))) row.remove();
    const rowOf = (/** @type {string} */ name) => [...this.methods.querySelectorAll(".method")].filter((row) => row.querySelector("input")?.value === name)[0];
    for (const name of optimizers) {
      const method = methodOf(name);
      const first = rowOf(method);
      if (rowOf(name) || !first) continue;
      const label = `${first.querySelector("label")?.textContent?.split(",")[0]} (${name.slice(method.length + 1)})`;
      const row = element("div", { class: "method again" }, element("label", {}, element("input", { type: "checkbox", value: name }), label));
      const same = [...this.methods.querySelectorAll(".method")].filter((each) => methodOf(String(each.querySelector("input")?.value)) === method);
      same[same.length - 1].after(row);
    }
  }

  /** Say what was changed in an address. @param {string[]} notes sentences */
  note(notes) {
    this.notes.replaceChildren();
    this.add(notes);
  }

  /** Say what else was. @param {string[]} notes sentences */
  add(notes) {
    this.notes.append(...notes.map((note) => element("span", {}, `${note[0].toUpperCase()}${note.slice(1)}.`)));
    this.notes.hidden = !this.notes.childElementCount;
  }
}

/** The player under lists is as high as they leave room for, in however many rows they stand. @param {HTMLElement} lists */
function leaveRoom(lists) {
  const player = /** @type {HTMLElement} */ (document.getElementById("player"));
  player.style.setProperty("--above", `${Math.ceil(lists.getBoundingClientRect().bottom + scrollY) + MARGIN}px`);
}
