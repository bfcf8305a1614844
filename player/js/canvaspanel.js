// A panel that draws everything itself, anew in each frame.

import { layBeside } from "./beside.js";
import { contextOf, element, mark } from "./dom.js";
import { Panel } from "./panel.js";
import { fontOf, wrapped } from "./plotting.js";

/** @import { Point, Size } from "./types" */
/** @import { Trainer } from "./trainer.js" */

export class CanvasPanel extends Panel {
  /** @param {Trainer} trainer @param {string} name @param {string} label */
  constructor(trainer, name, label) {
    super(trainer, name, label);
    this.trainer = trainer;
    this.canvas = element("canvas", { class: "moving picture", role: "img" });
    this.tooltip = element("div", { class: "tooltip", role: "status", hidden: true });
    this.element.append(this.canvas, this.tooltip);
    this.sizeKey = "";
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
    this.canvas.addEventListener("pointermove", (event) => this.pointed(event));
    this.canvas.addEventListener("pointerleave", () => this.left());
  }

  /** @returns {Size} */
  get size() {
    return { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  get scale() {
    return this.player.scale;
  }

  resize() {
    const { width, height } = this.size;
    const key = `${width}x${height}x${this.scale}x${devicePixelRatio}`;
    if (key === this.sizeKey) return;
    this.sizeKey = key;
    this.canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    this.canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    this.player.invalidate();
  }

  draw() {
    const { width, height } = this.size;
    if (!this.player.race || width < 20 || height < 20) return;
    const context = contextOf(this.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.globalAlpha = 1;
    this.paint(context, { width, height });
    mark(this.element, "data-drawn", "true");
  }

  /** Draw what the panel shows now. @param {CanvasRenderingContext2D} context measured in CSS pixels @param {Size} size */
  paint(context, size) {}

  /** Say in the middle of an empty panel why it is empty. @param {CanvasRenderingContext2D} context @param {Size} size @param {string} text @param {string} colour */
  sayEmpty(context, { width, height }, text, colour) {
    const letters = 13 * this.scale;
    context.font = fontOf(letters);
    context.fillStyle = colour;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const lines = wrapped(context, text, width - letters, 4);
    for (const [i, line] of lines.entries()) context.fillText(line, width / 2, height / 2 + (i - (lines.length - 1) / 2) * 1.35 * letters);
  }

  /** What is shown now, in words. */
  words() {
    return "";
  }

  tell() {
    const words = this.player.race ? this.words() : "";
    if (words && words !== this.canvas.getAttribute("aria-label")) this.canvas.setAttribute("aria-label", words);
  }

  /** The pointer is over the picture. @param {PointerEvent} event */
  pointed(event) {}

  /** It has left. */
  left() {
    this.tooltip.hidden = true;
  }

  /** Say something beside the pointer, within the panel. @param {PointerEvent} event @param {string} title @param {[string, string][]} lines what, and its value */
  tip(event, title, lines) {
    this.tipAt(this.at(event), title, lines);
  }

  /** Likewise beside a place of the panel. @param {Point} place @param {string} title @param {[string, string][]} lines */
  tipAt(place, title, lines) {
    const rows = lines.map(([what, value]) => element("div", {}, ...(what ? [element("span", {}, what)] : []), value));
    this.tooltip.replaceChildren(element("strong", {}, title), ...rows);
    this.tooltip.hidden = false;
    layBeside(this.tooltip, place, this.size);
  }

  /** Where an event is in the panel, in CSS pixels. @param {MouseEvent} event @returns {[number, number]} */
  at(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  close() {
    this.observer.disconnect();
    super.close();
  }
}
