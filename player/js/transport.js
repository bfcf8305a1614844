// The bar under the panels: play and pause, steps, the scrubber, speed, loop, trails and presentation; and the keys for them.

import { element, icon, mark, write } from "./dom.js";

/** @import { Frame } from "./types" */
/** @import { Player } from "./player.js" */

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10];
export const TRAILS = { none: "No trail", comet: "Comet trail", whole: "Whole trail" };

export class Transport {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    /** @type {boolean | null} what the play button shows */
    this.playing = null;
    const { clock } = player;
    this.play = button("play", "Play (space)", () => clock.toggle(), "main");
    this.scrubber = element("input", {
      type: "range",
      class: "scrubber",
      min: 0,
      max: 1,
      step: "any",
      value: 0,
      "aria-label": "Step",
      input: () => clock.seek(Number(this.scrubber.value)),
      pointerdown: () => clock.pause(),
    });
    this.step = element("b");
    this.steps = element("span");
    this.counter = element("output", { class: "counter", "aria-live": "off" }, element("span", {}, "step "), this.step, this.steps);
    this.speed = select("Speed", SPEEDS.map((speed) => [String(speed), `${speed}×`]), (value) => clock.setSpeed(Number(value)));
    this.trail = select("Trails", Object.entries(TRAILS), (value) => player.setTrail(/** @type {Frame["trail"]} */ (value)));
    this.names = button("names", "Names at the heads (n)", () => player.toggleNames(), "switch");
    this.loop = button("loop", "Repeat", () => clock.setLoop(!clock.loop), "switch");
    this.present = button("present", "Presentation: only the picture, on the whole screen (p)", () => player.presenter.toggle(), "switch");
    this.views = button("views", "All views, not only the map (v)", () => player.presenter.toggleViews(), "switch");
    this.more = button("more", "More controls", () => this.open(!this.element.classList.contains("open")));
    this.more.setAttribute("aria-expanded", "false");
    this.partBack = button("partBack", "One line of the step back (comma)", () => player.stepper.walk(-1));
    this.partOn = button("partOn", "One line of the step on (full stop)", () => player.stepper.walk(1));
    this.element = element(
      "div",
      { class: "transport", role: "toolbar", "aria-label": "Playback" },
      button("first", "To the start (home)", () => clock.move(-Infinity), "extra"),
      button("back", "One step back (left arrow; with shift ten)", (event) => clock.move(event.shiftKey ? -10 : -1)),
      this.play,
      this.partBack,
      this.partOn,
      button("on", "One step on (right arrow; with shift ten)", (event) => clock.move(event.shiftKey ? 10 : 1)),
      button("last", "To the end (end)", () => clock.move(Infinity), "extra"),
      this.scrubber,
      this.counter,
      this.speed.label,
      this.trail.label,
      this.names,
      this.loop,
      this.views,
      this.present,
      this.more,
    );
    for (const extra of [this.speed.label, this.trail.label, this.names, this.loop]) extra.classList.add("extra");
  }

  /** Show what a narrow bar has no room for, in a second row, or hide it. @param {boolean} on */
  open(on) {
    this.element.classList.toggle("open", on);
    this.more.setAttribute("aria-expanded", String(on));
  }

  /** Show where the clock is, which is all that changes from frame to frame. */
  move() {
    const { clock } = this.player;
    this.scrubber.value = String(clock.position);
    this.scrubber.style.setProperty("--done", `${(100 * clock.position) / clock.steps}%`);
    mark(this.scrubber, "aria-valuetext", `step ${clock.step} of ${clock.steps}`);
    write(this.step, String(this.player.stepper.at));
  }

  /** Show what the clock and the player are at. */
  show() {
    const { clock, trailShown, namesShown, presenter, stepper, handles } = this.player;
    for (const made of [this.trail.label, this.names]) made.hidden = !this.player.hasTrails;
    for (const made of [this.partBack, this.partOn]) made.hidden = !stepper.step;
    this.element.classList.toggle("by-lines", Boolean(stepper.step));
    mark(this.scrubber, "max", String(clock.steps));
    this.move();
    const turned = handles.steps;
    if (!turned && this.steps.childElementCount) this.steps.replaceChildren();
    if (!turned) write(this.steps, ` of ${clock.steps}`);
    else if (!this.steps.contains(turned.element)) this.steps.replaceChildren(" of ", turned.element);
    this.counter.style.minWidth = `${String(clock.steps).length * 2 + 9}ch`;
    if (this.playing !== clock.playing) {
      this.playing = clock.playing;
      this.play.replaceChildren(icon(clock.playing ? "pause" : "play"));
      label(this.play, clock.playing ? "Pause (space)" : "Play (space)");
    }
    this.speed.select.value = String(clock.speed);
    this.trail.select.value = trailShown;
    mark(this.names, "aria-pressed", String(namesShown));
    mark(this.loop, "aria-pressed", String(clock.loop));
    mark(this.present, "aria-pressed", String(presenter.on));
    this.views.hidden = !presenter.hides;
    mark(this.views, "aria-pressed", String(presenter.all));
  }

  /** Do what a key stands for; whether it stood for anything. @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const { clock } = this.player;
    const { key } = event;
    const stride = event.shiftKey ? 10 : 1;
    if (key === " ") clock.toggle();
    else if (key === "ArrowRight") clock.move(stride);
    else if (key === "ArrowLeft") clock.move(-stride);
    else if (key === "." && this.player.stepper.step) this.player.stepper.walk(1);
    else if (key === "," && this.player.stepper.step) this.player.stepper.walk(-1);
    else if (key === "Home") clock.move(-Infinity);
    else if (key === "End") clock.move(Infinity);
    else if (/^[0-9]$/.test(key)) clock.seek((clock.steps * Number(key)) / 10);
    else if (key === "n" && this.player.hasTrails) this.player.toggleNames();
    else if (key === "p" || key === "f") this.player.presenter.toggle();
    else return false;
    return true;
  }
}

/** @param {Parameters<typeof icon>[0]} name @param {string} text @param {(event: MouseEvent) => void} click */
function button(name, text, click, sort = "") {
  const made = element("button", { type: "button", class: `key ${sort}`, "data-icon": name, click }, icon(name));
  label(made, text);
  return made;
}

/** @param {HTMLElement} made @param {string} text */
function label(made, text) {
  made.title = text;
  made.setAttribute("aria-label", text);
}

/** @param {string} name @param {string[][]} options @param {(value: string) => void} change */
function select(name, options, change) {
  const made = element("select", { "aria-label": name, title: name, change: () => change(made.value) });
  made.append(...options.map(([value, text]) => element("option", { value }, text)));
  return { label: element("label", { class: "choice" }, made), select: made };
}
