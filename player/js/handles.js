// The numbers of a race that can be turned in the picture, and where they stand: an optimizer's in its row of the table, the landscape's and the
// schedule's over the table, and that of steps beside the clock's.

import { element } from "./dom.js";
import { Handle } from "./handle.js";
import { Track } from "./track.js";

/** @import { NumberBlock } from "./types" */
/** @import { Player } from "./player.js" */

const STEPS = "steps";
const LOOK = 250; // milliseconds between two looks whether Python is still at work

export class Handles {
  /** @param {Player} player @param {() => boolean} atWork whether what was asked for may still be answered */
  constructor(player, atWork) {
    this.player = player;
    this.atWork = atWork;
    this.track = new Track(player.root);
    /** @type {Map<string, Handle>} by address */
    this.all = new Map();
    const pointed = (/** @type {Event} */ { type }) => player.root.classList.toggle("on-ground", /enter|in$/.test(type) || this.ground.contains(document.activeElement));
    this.ground = element("div", { class: "ground", pointerenter: pointed, pointerleave: pointed, focusin: pointed, focusout: (/** @type {Event} */ event) => setTimeout(pointed, 0, event) });
    /** @type {string[]} who races in the race whose numbers these are */
    this.entrants = [];
  }

  /** The numbers of another race; those that there were are the same handles, and are turned further. */
  setRace() {
    const { race, requests, live } = this.player;
    const numbers = this.player.turnable ? race.numbers : [];
    const entrants = race.runs.map(({ name }) => name);
    const owners = new Map(numbers.map(({ address, owner }) => [address, owner]));
    const stays = (/** @type {NumberBlock} */ { address, run, owner }) => (run === null ? owners.get(address) === owner : isStill(run, this.entrants, entrants));
    const kept = new Map([...this.all].filter(([, handle]) => stays(handle.number)));
    this.entrants = entrants;
    for (const [address, handle] of this.all) {
      if (!kept.has(address)) delete live.values[address]; // what stands there now is another one's
      if (!kept.has(address) || !numbers.some((number) => number.address === address)) handle.close();
    }
    this.all = new Map(numbers.map((number) => {
      const handle = kept.get(number.address) ?? new Handle(number, this.track, (values, last) => this.turned(values, last), () => this.wake());
      handle.set(number, Boolean(requests?.open));
      return [number.address, handle];
    }));
    const focused = document.activeElement;
    if ([...this.all.values()].some(({ element }) => element === focused)) setTimeout(() => this.learn()); // once this is the race that is computed
    this.ground.replaceChildren(...this.of(null).filter(({ number }) => number.address !== STEPS).map((handle) => handle.element));
    this.ground.hidden = !this.ground.childElementCount;
    if (focused instanceof HTMLElement && this.ground.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** A number will be turned soon. */
  wake() {
    this.player.live.wake();
    this.learn();
  }

  /** Mark at the tracks what was tried of the numbers. */
  async learn() {
    for (const [address, mark] of Object.entries(await this.player.live.tried())) {
      const handle = this.all.get(address);
      if (!handle || handle.number.marks.some(({ kind }) => kind === mark.kind)) continue;
      handle.number.marks = [...handle.number.marks, mark].sort((a, b) => a.value - b.value);
      if (this.track.of === handle) this.track.drawMarks(handle.number);
    }
  }

  /** Numbers are turned. @param {Record<string, number>} values by address @param {boolean} last */
  turned(values, last) {
    const { player } = this;
    const comes = player.turnNumbers(values, last);
    if (!last || player.requests) return;
    for (const { number } of this.all.values()) {
      if (!comes) continue; // it is too much to be computed here
      if (number.address in values) number.value = values[number.address];
      else number.marks = []; // nobody tells anew what theory knows of it
    }
    for (const address of Object.keys(values)) this.all.get(address)?.settle();
  }

  /** Those of a run, in their order. @param {number | null} run */
  of(run) {
    return [...this.all.values()].filter(({ number }) => number.run === run);
  }

  /** That of the number of steps. */
  get steps() {
    return this.all.get(STEPS) ?? null;
  }

  /** Whether one is being turned. */
  get held() {
    return [...this.all.values()].some(({ held }) => held);
  }

  /** All that was asked for is answered, or will not be: each is what it is in the race. */
  settle() {
    if (this.player.requests?.open) return;
    if (this.atWork()) {
      setTimeout(() => this.settle(), LOOK);
      return;
    }
    if (this.held) return;
    if (this.player.live.on && !this.player.live.held) this.player.live.forget(); // it was refused
    for (const handle of this.all.values()) handle.settle();
  }
}

/** Whether a run is still the same entrant in another race. @param {number} run @param {string[]} before the entrants by their methods @param {string[]} after those of the other race */
function isStill(run, before, after) {
  const several = before.filter((name) => name === before[run]).length > 1;
  return before.slice(0, run + 1).every((name, index) => name === after[index]) && !(several && after.length < before.length);
}
