// The loss on a plane through the space of weights, from above: the map of a race, with what any point of it stands for beside the pointer.

import { contextOf, element } from "./dom.js";
import { drawEllipses } from "./ellipses.js";
import { clipTo } from "./frame.js";
import { MapPanel } from "./maps.js";
import { hasPlane } from "./noplane.js";
import { ReliefPointer } from "./reliefpointer.js";
import { wordsOfLandscape } from "./words.js";

/** @import { Trainer } from "./trainer.js" */

const NOTE_SIZE = 12; // CSS pixels of the sentences under the map
const SPACE = 0.3; // lines under them
const KEY_STEPS = 40; // of an arrow key, from one edge to the other

export class ReliefMap extends MapPanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name);
    this.trainer = trainer;
    this.note = element("p", { class: "note" });
    this.said = "";
    this.element.setAttribute("aria-label", "The loss on a plane through the space of weights, from above");
    this.element.tabIndex = 0;
    this.element.setAttribute("aria-description", "Arrow keys look at a point of the plane, enter lets networks start there, with shift one more, escape looks away");
    this.element.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight ArrowUp ArrowDown Enter Escape");
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("pointerdown", () => (this.pressed = true), true);
    this.element.addEventListener("focus", () => this.pressed && this.element.blur()); // the arrows then still step
    for (const type of ["pointerup", "pointercancel"]) this.element.addEventListener(type, () => (this.pressed = false), true);
    this.pressed = false; // whether a pointer is: what gets the focus then did not get it from the keyboard
    this.element.append(this.note);
  }

  /** @override */
  newPointer() {
    return new ReliefPointer(this);
  }

  /** @override */
  get margin() {
    return { ...super.margin, b: this.underMap + this.lines * this.leading };
  }

  /** CSS pixels of the numbers between the map and the sentences. */
  get underMap() {
    return 28 * this.scale;
  }

  /** The map stands at the top, so that the sentences under it are seen where the panel is higher than that. @override @returns {"middle" | "top"} */
  get upright() {
    return "top";
  }

  /** CSS pixels of their letters: on a screen that presents they grow almost as all others do. */
  get letters() {
    return NOTE_SIZE * this.scale ** 0.75;
  }

  /** CSS pixels from one line of the sentences to the next. */
  get leading() {
    return 1.35 * this.letters;
  }

  resize() {
    this.note.style.fontSize = `${this.letters}px`;
    super.resize();
  }

  /** How many lines the longest sentences need. */
  get lines() {
    return this.linesIn(this.size.width);
  }

  /** The same in a panel of another width. @param {number} width */
  linesIn(width) {
    const context = contextOf(this.canvas);
    context.save();
    context.font = `${this.letters}px system-ui, sans-serif`;
    const lines = this.trainer.honesty.longest.map((text) => linesOf(context, text, width));
    context.restore();
    return Math.max(1, ...lines);
  }

  /** CSS pixels over and under the map in a panel of a width. @param {number} width */
  around(width) {
    return super.margin.t + this.underMap + (this.linesIn(width) + SPACE) * this.leading;
  }

  setRace() {
    super.setRace();
    if (!this.trainer.training.relief) /** @type {ReliefPointer} */ (this.pointer).unpin();
  }

  /** @override */
  figure() {
    return hasPlane(this) ? super.figure() : null;
  }

  /** @override */
  subplots() {
    return this.trainer.training?.relief ? super.subplots() : [];
  }

  /** @override */
  drawPreview() {
    if (this.trainer.training.relief) super.drawPreview();
  }

  draw() {
    super.draw();
    const said = this.trainer.honesty.words;
    if (said !== this.said) {
      this.said = said;
      this.note.textContent = said;
      this.note.title = this.trainer.honesty.meaning;
      this.note.classList.toggle("warning", this.trainer.honesty.deceives);
    }
    this.drawOver();
  }

  /** What is scattered around the heads, and the point that is looked at. */
  drawOver() {
    const { at } = this.trainer.probe;
    const [subplot] = this.subplots();
    if (!subplot) return;
    const { top, height } = subplot.view.box;
    this.note.style.top = `${Math.round(top + height + this.underMap)}px`;
    const context = contextOf(this.canvas);
    const { theme, scale } = this.player.frame;
    context.save();
    clipTo(context, subplot.view.box, devicePixelRatio);
    /** @type {ReliefPointer} */ (this.pointer).follow(subplot);
    drawEllipses(context, subplot.view, this.trainer);
    if (at) drawTarget(context, subplot.view.point(...at), theme.text, theme.halo, 6 * Math.sqrt(scale));
    context.restore();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey || !this.trainer.plane) return;
    const { probe } = this.trainer;
    const pointer = /** @type {ReliefPointer} */ (this.pointer);
    const [[x0, x1], [y0, y1]] = this.part ?? this.player.landscape.window;
    const stride = event.shiftKey ? 5 / KEY_STEPS : 1 / KEY_STEPS;
    const [x, y] = probe.at ?? [(x0 + x1) / 2, (y0 + y1) / 2];
    const inside = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) => Math.min(high, Math.max(low, value));
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => pointer.pin([inside(x - stride * (x1 - x0), x0, x1), y]),
      ArrowRight: () => pointer.pin([inside(x + stride * (x1 - x0), x0, x1), y]),
      ArrowUp: () => pointer.pin([x, inside(y + stride * (y1 - y0), y0, y1)]),
      ArrowDown: () => pointer.pin([x, inside(y - stride * (y1 - y0), y0, y1)]),
      Enter: () => pointer.startHere(event.shiftKey),
      Escape: () => pointer.unpin(),
    };
    if (!keys[event.key] || (event.key === "Escape" && !probe.at)) return;
    keys[event.key]();
    event.preventDefault();
    event.stopPropagation(); // these keys mean something else to the clock
  }

  words() {
    if (!this.trainer.training.relief) return this.trainer.training.noRelief;
    return `${wordsOfLandscape(this.player, "from above")}. ${this.trainer.honesty.words}`;
  }
}

/** A ring around a point, open so that what lies under it is seen. @param {CanvasRenderingContext2D} context @param {[number, number, ...unknown[]]} pixel @param {string} colour @param {string} halo @param {number} radius */
export function drawTarget(context, [x, y], colour, halo, radius) {
  if (!(x === x)) return;
  for (const [ink, width] of /** @type {const} */ ([[halo, 4], [colour, 1.6]])) {
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 0.6 * radius * dx, y + 0.6 * radius * dy);
      context.lineTo(x + 1.7 * radius * dx, y + 1.7 * radius * dy);
    }
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} width of the panel */
const linesOf = (context, text, width) => Math.ceil(context.measureText(text).width / Math.max(80, 0.94 * width - 20));
