// A level line on the map whose axes' ends can be dragged, where a landscape declares such numbers: the end of the long one sets its direction,
// the end of the short one how much steeper it is across. It is seen while a pointer moves over the map, or the same numbers over the table, which
// are there for the keyboard, are pointed at or have the focus.

import { followPointer } from "./dom.js";
import { endsOf, shareOf, valueNear, written } from "./scale.js";
import { nearestPoint } from "./under.js";

/** @import { Handle } from "./handle.js" */
/** @import { Point } from "./types" */
/** @import { MapPanel } from "./maps.js" */
/** @import { FlatView } from "./views.js" */

const SVG = "http://www.w3.org/2000/svg";
const REACH = 0.8; // of the way from the centre to the window's nearest edge, that the long axis goes
const GRIP = 16; // CSS pixels of what can be gripped around an end, and of the end itself
const END = 4.5;
const RESTS = 2500; // milliseconds without a move of the pointer after which it is seen no more
const CLICK = 4; // a pointer that moves no further than so many CSS pixels has clicked
const GRAIN = { condition: 1 / 300, angle: 1, fine: 0.1 }; // of the condition's track, degrees, and how much finer they are with shift

/** @typedef {{ name: "condition" | "angle", side: 1 | -1, group: SVGElement, grip: SVGElement, end: SVGElement, text: SVGElement }} End */

export class Ellipse {
  /** @param {MapPanel} panel */
  constructor(panel) {
    this.panel = panel;
    this.player = panel.player;
    this.key = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.rest = undefined;
    this.element = made("svg", { class: "ellipse", "aria-hidden": "true" });
    this.line = made("ellipse");
    this.axes = [made("line"), made("line")];
    /** @type {End[]} */
    this.ends = /** @type {const} */ ([["condition", 1], ["condition", -1], ["angle", 1], ["angle", -1]]).map(([name, side]) => this.newEnd(name, side));
    this.element.append(this.line, ...this.axes, ...this.ends.map(({ group }) => group));
    panel.plot.addEventListener("pointermove", () => this.appear());
    panel.plot.addEventListener("pointerleave", () => this.element.classList.remove("near"));
    this.hide();
  }

  /** A hand moves over the map: show what it can drag, until it rests. */
  appear() {
    this.element.classList.add("near");
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.element.classList.remove("near"), RESTS);
  }

  /** @param {"condition" | "angle"} name @param {1 | -1} side @returns {End} */
  newEnd(name, side) {
    const [grip, end, text] = [made("circle", { class: "grip", r: GRIP }), made("circle", { class: "end", r: END }), made("text")];
    const found = { name, side, group: made("g"), grip, end, text };
    found.group.append(grip, end, text);
    grip.addEventListener("pointerdown", (event) => this.press(found, /** @type {PointerEvent} */ (event)));
    grip.addEventListener("touchstart", (event) => event.cancelable && event.preventDefault(), { passive: false }); // Chromium's compositor knows no touch-action of what is within an SVG, and would scroll
    grip.addEventListener("pointerenter", () => this.player.live.wake());
    grip.addEventListener("pointermove", (event) => grip.classList.contains("turned") || this.panel.pointer.hover(/** @type {PointerEvent} */ (event))); // what lies there is told, too
    grip.addEventListener("pointerleave", () => this.panel.pointer.leave());
    return found;
  }

  /** The numbers that it sets, where they can be turned. @returns {Record<"condition" | "angle", Handle> | null} */
  get numbers() {
    const { race, handles } = this.player;
    const told = race?.ellipse;
    if (!told || this.panel.sideBySide) return null;
    const [condition, angle] = [handles.all.get(told.condition), handles.all.get(told.angle)];
    return condition && angle ? { condition, angle } : null;
  }

  /** Half its long axis, in the map's coordinates. */
  get reach() {
    const { race, landscape } = this.player;
    const centre = /** @type {Point} */ (race.ellipse?.centre);
    const edges = landscape.window.flatMap(([low, high], i) => [centre[i] - low, high - centre[i]]);
    return REACH * Math.min(...edges);
  }

  hide() {
    this.key = "";
    clearTimeout(this.rest);
    if (!this.element.hasAttribute("hidden")) this.element.setAttribute("hidden", "");
  }

  /** Draw it as the numbers are now. */
  draw() {
    const { numbers } = this;
    const view = /** @type {FlatView | undefined} */ (this.panel.subplots()[0]?.view);
    if (!numbers || !view || !this.player.landscape) return this.hide();
    const key = `${view.key} ${numbers.condition.value} ${numbers.angle.value}`;
    if (key === this.key) return;
    this.key = key;
    this.element.removeAttribute("hidden");
    const angle = (numbers.angle.value * Math.PI) / 180;
    const axes = { angle: this.reach, condition: this.reach / Math.sqrt(numbers.condition.value) };
    const [cx, cy] = view.point(...this.centre);
    for (const { name, side, grip, end, text } of this.ends) {
      const [dx, dy] = direction(angle, name);
      const [px, py] = view.point(this.centre[0] + side * axes[name] * dx, this.centre[1] + side * axes[name] * dy);
      for (const circle of [grip, end]) set(circle, { cx: px, cy: py });
      const { number, value } = numbers[name];
      set(text, { x: px + GRIP, y: py - GRIP / 2 });
      text.textContent = `${number.sign} ${written(number, value)}`;
      if (side > 0) set(this.axes[name === "angle" ? 0 : 1], { x1: 2 * cx - px, y1: 2 * cy - py, x2: px, y2: py });
    }
    const { ax, ay } = view;
    const long = Math.hypot(axes.angle * ax * Math.cos(angle), axes.angle * ay * Math.sin(angle));
    const short = Math.hypot(axes.condition * ax * Math.sin(angle), axes.condition * ay * Math.cos(angle));
    const turned = (Math.atan2(ay * Math.sin(angle), ax * Math.cos(angle)) * 180) / Math.PI;
    set(this.line, { cx, cy, rx: long, ry: short, transform: `rotate(${turned} ${cx} ${cy})` });
    const skew = Math.abs(Math.abs(ax) - Math.abs(ay)) > 0.01 * Math.abs(ax) && Math.abs(Math.sin(2 * angle)) > 0.01;
    this.line.setAttribute("visibility", skew ? "hidden" : "visible"); // with other scales on both axes its axes on the screen are not these
  }

  get centre() {
    return /** @type {Point} */ (this.player.race.ellipse?.centre);
  }

  // ---- dragging

  /** An end is pressed; a start that lies there goes first. @param {End} end @param {PointerEvent} event */
  press(end, event) {
    const { panel, player, numbers } = this;
    const from = panel.pointer.pixel(event);
    const subplot = panel.pointer.subplotAt(from);
    if (event.button !== 0 || !event.isPrimary || !numbers || !subplot) return;
    event.preventDefault();
    if (nearestPoint(subplot.view, player.movable, from) >= 0) return panel.pointer.press(event);
    end.grip.setPointerCapture(event.pointerId); // what lies under the pointer meanwhile is not asked for
    const handle = numbers[end.name];
    let far = false;
    const over = () => {
      removeEventListener("keydown", escape, true);
      for (const part of [this.element, end.grip]) part.classList.remove("turned");
    };
    const escape = (/** @type {KeyboardEvent} */ pressed) => {
      if (pressed.key !== "Escape" || !handle.held) return;
      pressed.preventDefault();
      pressed.stopPropagation();
      handle.cancel();
      player.invalidate();
    };
    const move = (/** @type {PointerEvent} */ moved) => {
      const pixel = panel.pointer.pixel(moved);
      if (!far && Math.hypot(pixel[0] - from[0], pixel[1] - from[1]) > CLICK) {
        far = true;
        handle.hold();
        for (const part of [this.element, end.grip]) part.classList.add("turned");
        panel.pointer.leave();
      }
      if (!far || !handle.held) return;
      handle.to(this.valueAt(end, handle, subplot.view.unproject(...pixel), moved.shiftKey ? GRAIN.fine : 1));
      player.invalidate();
    };
    const done = (/** @type {PointerEvent} */ released) => {
      over();
      if (far && released.type === "pointercancel") handle.cancel();
      else if (far) handle.release();
      else if (released.type !== "pointercancel") panel.pointer.click(subplot, from, event);
      player.invalidate();
    };
    addEventListener("keydown", escape, true);
    followPointer(move, done);
  }

  /** What a number is whose end is at a point. @param {End} end @param {Handle} handle @param {Point} at @param {number} fine */
  valueAt({ name, side }, handle, [x, y], fine) {
    const { number } = handle;
    const [dx, dy] = [side * (x - this.centre[0]), side * (y - this.centre[1])];
    if (name === "angle") {
      const grain = GRAIN.angle * fine;
      const found = Math.round(((Math.atan2(dy, dx) * 180) / Math.PI) / grain) * grain;
      const turned = found > 90 ? found - 180 : found <= -90 ? found + 180 : found; // an axis has no front
      return Math.min(number.high, Math.max(number.low, Number(turned.toFixed(1))));
    }
    const angle = ((this.numbers?.angle.value ?? 0) * Math.PI) / 180;
    const [ux, uy] = direction(angle, name);
    const [low, high] = endsOf(number);
    const condition = (this.reach / Math.max(dx * ux + dy * uy, 1e-9)) ** 2;
    return valueNear(number, shareOf(number, Math.min(high, Math.max(low, condition))), GRAIN.condition * fine);
  }
}

/** Of the long axis, or the short one. @param {number} angle of the long one @param {"condition" | "angle"} name @returns {Point} */
const direction = (angle, name) => (name === "angle" ? [Math.cos(angle), Math.sin(angle)] : [-Math.sin(angle), Math.cos(angle)]);

/** @param {string} tag @param {Record<string, string | number>} attributes */
function made(tag, attributes = {}) {
  const part = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  set(part, attributes);
  return part;
}

/** @param {Element} part @param {Record<string, string | number>} attributes */
function set(part, attributes) {
  for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, String(value));
}
