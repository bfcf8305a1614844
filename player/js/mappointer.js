// The pointer on a map: what lies under it is described, a click chooses a start or a head, and a start can be dragged.

import { layBeside } from "./beside.js";
import { element, followPointer } from "./dom.js";
import { Fingers, pinched } from "./fingers.js";
import { describe, headAt, nearestPoint } from "./under.js";

/** @import { Pinch } from "./fingers.js" */
/** @import { Point, Subplot } from "./types" */
/** @import { MapPanel } from "./maps.js" */
/** @import { FlatView } from "./views.js" */

/** @typedef {{ index: number, at: Point, moved: boolean }} Dragged a start that is dragged */

const CLICK = 4; // a pointer that moves no further than so many CSS pixels has clicked

export class MapPointer {
  /** @param {MapPanel} panel */
  constructor(panel) {
    this.panel = panel;
    this.player = panel.player;
    /** @type {Dragged | null} */
    this.dragging = null;
    /** @type {{ first: Pinch, view: FlatView | undefined } | null} where two fingers came down, and the map as it was then */
    this.pinching = null;
    this.tooltip = element("div", { class: "tooltip", role: "status", hidden: true });
    const { plot } = panel;
    // Plotly listens to the mouse; what is a click or moves a start is decided before it hears of it
    plot.addEventListener("pointerdown", (event) => this.press(event), true);
    plot.addEventListener("mousedown", (event) => this.dragging && event.stopPropagation(), true);
    this.fingers = new Fingers(plot, (now, _, first) => this.pinch(now, first), () => this.dragging !== null);
    plot.addEventListener("pointermove", (event) => this.hover(event));
    plot.addEventListener("pointerleave", () => this.leave());
    plot.addEventListener("wheel", () => this.leave(), { passive: true });
  }

  /** @param {PointerEvent} event @returns {Point} */
  pixel(event) {
    const frame = this.panel.plot.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  /** Whether a click can mean anything. */
  get listens() {
    return Boolean(this.player.picks || this.player.live.alone || this.player.stepper.shown);
  }

  /** The map under a pixel, if it is in one. @param {Point} pixel */
  subplotAt([px, py]) {
    return this.panel.subplots().find(({ view: { box } }) => px >= box.left && px <= box.left + box.width && py >= box.top && py <= box.top + box.height);
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !event.isPrimary || !this.listens) return;
    const from = this.pixel(event);
    const subplot = this.subplotAt(from);
    if (!subplot) return;
    this.dragging = this.grab(subplot, from);
    let far = false;
    const move = (/** @type {PointerEvent} */ moved) => {
      const pixel = this.pixel(moved);
      far ||= Math.hypot(pixel[0] - from[0], pixel[1] - from[1]) > CLICK;
      if (this.dragging && far) this.drag(this.dragging, subplot, pixel);
    };
    const done = (/** @type {PointerEvent} */ released) => {
      const { dragging } = this;
      this.dragging = null;
      if (dragging?.moved) this.drop(dragging);
      else if (released.type === "pointercancel" || this.fingers.several) return;
      else if (!far) this.click(subplot, from, event);
      this.player.invalidate();
    };
    followPointer(move, done);
  }

  /** What lies under the pointer that can be dragged, or null. @param {Subplot<FlatView>} subplot @param {Point} from @returns {Dragged | null} */
  grab({ view }, from) {
    const { movable, picks, live } = this.player;
    const index = nearestPoint(view, movable, from);
    if (index >= 0) live.wake();
    return index >= 0 && (picks || live.alone) ? { index, at: movable[index], moved: false } : null;
  }

  /** It has been dragged to where it is to stay. @param {Dragged} start */
  drop({ index, at }) {
    this.player.live.release();
    this.player.picks?.make({ kind: "move", index, at, last: true });
  }

  /** A head is followed where steps are taken apart; anything else asks for another start, with shift for one more. @param {Subplot<FlatView>} subplot @param {Point} pixel @param {PointerEvent} event */
  click(subplot, pixel, event) {
    const { player } = this;
    const adding = event.shiftKey;
    const head = player.stepper.shown && !adding ? headAt(player, subplot, pixel) : null;
    if (head) player.stepper.follow(head.index, head.n);
    else this.choose(this.rounded(subplot.view.unproject(...pixel)), adding);
  }

  /** Another start, or one more: Python is asked for it, if there is Python. @param {Point} at @param {boolean} adding */
  choose(at, adding) {
    const { picks, live, movable } = this.player;
    if (picks) picks.make({ kind: adding ? "add" : "start", at, last: true });
    else if (live.alone) live.place(adding ? [...movable, at] : [at]);
  }

  /** @param {Dragged} start @param {Subplot<FlatView>} subplot @param {Point} pixel */
  drag(start, subplot, pixel) {
    this.place(start, subplot, pixel);
    const live = this.player.live.move(start.index, start.at);
    if (!live) this.player.picks?.make({ kind: "move", index: start.index, at: start.at, last: false });
    this.player.invalidate();
  }

  /** What is dragged is where the pointer is, within the map. @param {Dragged} dragged @param {Subplot<FlatView>} subplot @param {Point} pixel */
  place(dragged, { view }, [px, py]) {
    const { left, top, width, height } = view.box;
    const inside = [Math.min(left + width, Math.max(left, px)), Math.min(top + height, Math.max(top, py))];
    dragged.moved = true;
    dragged.at = this.rounded(view.unproject(inside[0], inside[1]));
  }

  /** Two fingers move and zoom the map under them, from how it was drawn when they came down: Plotly may be late with what it draws meanwhile. @param {Pinch} now @param {Pinch} first */
  pinch(now, first) {
    const { left, top } = this.panel.plot.getBoundingClientRect();
    if (this.pinching?.first !== first) this.pinching = { first, view: this.subplotAt([first.x - left, first.y - top])?.view };
    const { view } = this.pinching;
    if (view) this.panel.showPart(pinched(view, [left, top], now, first));
  }

  /** A point without digits that no pixel can show, so that links stay short. @param {Point} point @returns {Point} */
  rounded(point) {
    const ranges = this.panel.zoom ?? this.panel.part ?? this.player.landscape.window; // before Plotly has drawn the axes
    const rounded = (/** @type {number} */ value, /** @type {[number, number]} */ [low, high]) => {
      const digits = Math.max(0, Math.ceil(-Math.log10(Math.abs(high - low) / 4000)));
      return Number(value.toFixed(Math.min(12, digits)));
    };
    return [rounded(point[0], ranges[0]), rounded(point[1], ranges[1])];
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const pixel = this.pixel(event);
    const subplot = event.pointerType === "touch" || this.dragging ? null : this.subplotAt(pixel);
    if (!subplot || !this.player.landscape) return this.leave();
    if (this.player.movable.length) this.player.live.wake();
    this.player.stepper.light(this.panel.steps.find(pixel));
    this.panel.plot.classList.toggle("looks", !this.player.picks && !this.player.live.alone);
    this.panel.plot.classList.toggle("grabbable", nearestPoint(subplot.view, this.player.movable, pixel) >= 0);
    this.show(subplot, pixel);
  }

  /** Describe what lies at a pixel, beside it. @param {Subplot<FlatView>} subplot @param {Point} pixel */
  show(subplot, pixel) {
    this.tooltip.replaceChildren(...this.describe(subplot, pixel));
    this.tooltip.hidden = false;
    layBeside(this.tooltip, pixel, this.panel.size);
  }

  /** Elements that do so. @param {Subplot<FlatView>} subplot @param {Point} pixel */
  describe(subplot, pixel) {
    return describe(this.player, subplot, pixel);
  }

  leave() {
    this.tooltip.hidden = true;
    this.player.stepper.light(null);
  }
}
