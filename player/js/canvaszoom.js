// The mouse on a plot that is drawn on a canvas: dragging moves what it shows, the wheel brings it nearer.

import { Rest } from "./rest.js";

/** @import { Range } from "./types" */
/** @import { AxisPair, PlotAxis } from "./canvasaxes.js" */

const NOTCH = 20; // pixels of a wheel that count at once, at most
const NEARER = 200; // pixels of a wheel that bring what is shown nearer by a factor e

export class CanvasZoom {
  /**
   * @param {HTMLElement} area where the pointer is heard @param {AxisPair} axes
   * @param {() => void} moved called while they move @param {() => void} rests and once they have
   */
  constructor(area, axes, moved, rests) {
    this.area = area;
    this.axes = axes;
    this.moved = moved;
    this.rests = rests;
    this.wheeled = new Rest(rests);
    area.addEventListener("mousedown", (event) => this.press(event));
    area.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** @param {MouseEvent} event */
  press(event) {
    if (event.button) return;
    event.preventDefault(); // no text is chosen
    const from = { x: event.clientX, y: event.clientY, ranges: this.ranges };
    let far = false;
    const move = (/** @type {MouseEvent} */ { clientX, clientY }) => {
      far ||= clientX !== from.x || clientY !== from.y;
      if (!far) return;
      shift(this.axes.x, from.ranges[0], from.x - clientX);
      shift(this.axes.y, from.ranges[1], from.y - clientY);
      this.moved();
    };
    const done = () => {
      removeEventListener("mousemove", move);
      removeEventListener("mouseup", done);
      if (far) this.rests();
    };
    addEventListener("mousemove", move);
    addEventListener("mouseup", done);
  }

  /** What the axes show now. @returns {Range[]} */
  get ranges() {
    return [this.axes.x, this.axes.y].map(({ range }) => /** @type {Range} */ ([...range]));
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const { left, top } = this.area.getBoundingClientRect();
    const factor = Math.exp(Math.max(-NOTCH, Math.min(NOTCH, event.deltaY)) / NEARER);
    zoom(this.axes.x, event.clientX - left, factor);
    zoom(this.axes.y, event.clientY - top, factor);
    this.moved();
    this.wheeled.wait();
  }
}

/** Show what lies so many pixels further, from a range on; axes that share it follow. @param {PlotAxis} axis @param {Range} from @param {number} pixels */
function shift(axis, [low, high], pixels) {
  const further = ((high - low) * pixels * (axis.letter === "y" ? -1 : 1)) / axis.length;
  axis.range.splice(0, 2, low + further, high + further);
}

/** Show so many times as much, around a pixel from the axis' start. @param {PlotAxis} axis @param {number} offset @param {number} factor */
function zoom(axis, offset, factor) {
  const at = axis.placeAt(offset);
  const [low, high] = axis.range;
  axis.range.splice(0, 2, at + (low - at) * factor, at + (high - at) * factor);
}
