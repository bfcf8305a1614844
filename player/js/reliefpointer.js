// The pointer on a plane through the space of weights: what a network with the weights under it gives is seen beside it. A click lets all
// optimizers start there. A finger's tap and the keyboard pin the point first; it can then be dragged, and has a button for that.

import { element } from "./dom.js";
import { MapPointer } from "./mappointer.js";
import { describe } from "./under.js";

/** @import { Point, Subplot } from "./types" */
/** @import { Dragged } from "./mappointer.js" */
/** @import { ReliefMap } from "./reliefmap.js" */
/** @import { FlatView } from "./views.js" */

const PINNED = -1; // the index of what is dragged where that is the point that is looked at
const HOLD = 22; // CSS pixels around it, within which a finger takes it

export class ReliefPointer extends MapPointer {
  /** @param {ReliefMap} panel */
  constructor(panel) {
    super(panel);
    this.map = panel;
    this.pinned = false;
    this.told = ""; // what the words of a pinned point were written for
    this.button = element("button", { type: "button", click: () => this.startHere(false) }, "Start here");
    this.tooltip.addEventListener("pointerdown", (event) => event.stopPropagation());
  }

  /** @returns {import("./trainer.js").Trainer} */
  get trainer() {
    return this.map.trainer;
  }

  /** A finger can always look at a point. @override */
  get listens() {
    return Boolean(this.trainer.plane);
  }

  /** @param {Subplot<FlatView>} subplot @param {Point} from @returns {Dragged | null} @override */
  grab(subplot, from) {
    const { at } = this.trainer.probe;
    const [x, y] = at ? subplot.view.point(...at) : [NaN, NaN];
    if (at && this.pinned && Math.hypot(x - from[0], y - from[1]) < HOLD) return { index: PINNED, at, moved: false };
    return super.grab(subplot, from);
  }

  /** @param {Dragged} dragged @param {Subplot<FlatView>} subplot @param {Point} pixel @override */
  drag(dragged, subplot, pixel) {
    if (dragged.index !== PINNED) super.drag(dragged, subplot, pixel);
    else {
      this.place(dragged, subplot, pixel);
      this.pin(dragged.at);
    }
  }

  /** @param {Dragged} dragged @override */
  drop(dragged) {
    if (dragged.index !== PINNED) super.drop(dragged);
  }

  /** @param {Subplot<FlatView>} subplot @param {Point} pixel @param {PointerEvent} event @override */
  click(subplot, pixel, event) {
    if (event.pointerType === "touch" && !this.player.prediction.open) this.pin(this.rounded(subplot.view.unproject(...pixel)));
    else super.click(subplot, pixel, event);
  }

  /** Look at a point until another one is looked at. @param {Point} point */
  pin(point) {
    const [subplot] = this.map.subplots();
    if (!subplot) return;
    this.pinned = true;
    this.trainer.probe.look(point);
    this.follow(subplot);
  }

  /** What is said of a pinned point stands beside it, where another part of the plane is shown, too, or another slice. @param {Subplot<FlatView>} subplot */
  follow(subplot) {
    const { probe, slice, training } = this.trainer;
    if (!this.pinned || !probe.at) return;
    const [x, y] = subplot.view.point(...probe.at);
    const key = [x, y, slice?.shown, training.token, this.map.sizeKey].join();
    if (key === this.told && !this.tooltip.hidden) return;
    this.told = key;
    this.show(subplot, [x, y]);
  }

  unpin() {
    this.pinned = false;
    super.leave();
    this.trainer.probe.look(null);
  }

  /** All optimizers start from the point that is looked at. @param {boolean} adding beside other points */
  startHere(adding) {
    const { at } = this.trainer.probe;
    if (at) this.player.picks?.make({ kind: adding ? "add" : "start", at: this.rounded(at), last: true });
    this.unpin();
  }

  /** @param {PointerEvent} event @override */
  hover(event) {
    if (event.pointerType === "touch") return;
    this.pinned = false;
    super.hover(event);
  }

  /** @param {Subplot<FlatView>} subplot @param {Point} pixel @override */
  describe(subplot, pixel) {
    const { trainer, pinned } = this;
    const point = subplot.view.unproject(...pixel);
    if (!pinned) trainer.probe.look(point);
    const picture = trainer.probe.pictureOf(point);
    const accuracy = trainer.plane?.accuracy(...point) ?? NaN;
    const right = Number.isFinite(accuracy) ? [element("div", {}, element("span", {}, "right"), `${(100 * accuracy).toFixed(0)}%`)] : [];
    const asks = this.player.picks ? [pinned ? this.button : element("em", {}, "click: start here")] : [];
    this.tooltip.classList.toggle("pinned", pinned && asks.length > 0);
    return [...(picture ? [picture] : []), ...describe(this.player, subplot, pixel), ...right, ...asks];
  }

  /** @override */
  leave() {
    if (this.pinned) return;
    super.leave();
    this.trainer.probe.look(null);
  }
}
