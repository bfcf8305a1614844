// What a curve says at the pointer, for a figure that is drawn on a canvas.

import { layBeside } from "./beside.js";
import { pixelsOf } from "./canvaslines.js";
import { numbers } from "./data.js";
import { element } from "./dom.js";

/** @import { Plot, Trace } from "./types" */
/** @import { AxisPair } from "./canvasaxes.js" */

const NEAR = 20; // CSS pixels from a point to a pointer that asks for it

/** @typedef {{ trace: Trace, k: number, x: number, y: number }} Found a point of a trace, and where it is */

/** The point nearest to a pixel among those that say something. @param {Trace[]} traces @param {AxisPair} axes @param {number} px @param {number} py @returns {Found | null} */
export function nearest(traces, axes, px, py) {
  let best = null;
  let least = NEAR;
  for (const trace of traces) {
    if (trace.hoverinfo === "skip" || !trace.hovertemplate || trace.visible === false) continue;
    const { xs, ys } = pixelsOf(trace, axes);
    for (let k = 0; k < xs.length; k++) {
      const distance = Math.hypot(xs[k] - px, ys[k] - py);
      if (distance < least) [least, best] = [distance, { trace, k, x: xs[k], y: ys[k] }];
    }
  }
  return best;
}

/** What a trace says of a point, in lines. @param {Trace} trace @param {number} k @returns {string[]} */
export function told(trace, k) {
  const value = (/** @type {string} */ name) => numbers(trace[name])[k];
  const text = trace.hovertemplate.replace(/<extra>.*?<\/extra>/, "").replace(/%\{(\w+)(?::\.(\d)g)?\}/g, (/** @type {string} */ _, /** @type {string} */ name, /** @type {string} */ digits) =>
    (digits ? inDigits(value(name), Number(digits)) : String(value(name))).replace("-", "\u2212"));
  return text.split("<br>");
}

/** A number in so many digits, as Python and Plotly write it. @param {number} value @param {number} digits */
const inDigits = (value, digits) => value.toPrecision(digits).replace("e+", "e");

export class CanvasHover {
  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
    this.card = element("div", { class: "tooltip", hidden: true });
    plot.after(this.card);
  }

  /** Show what is told at a pixel of the plot, or nothing. @param {Found | null} found */
  show(found) {
    this.card.hidden = !found;
    if (!found) return;
    const [name, ...rest] = told(found.trace, found.k);
    const head = element("strong", {}, name);
    head.style.color = found.trace.line?.color ?? "";
    this.card.replaceChildren(head, ...rest.map((line) => element("div", {}, line)));
    layBeside(this.card, [found.x, found.y], { width: this.plot.clientWidth, height: this.plot.clientHeight });
  }

  close() {
    this.card.remove();
  }
}
