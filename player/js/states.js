// Curves of the state of the followed optimizer over the steps of its trajectory: several small plots on the player's clock.

import { CurvePanel, still } from "./curves.js";
import { allAxesOf } from "./plotly.js";
import { wordsOfFigure } from "./words.js";

/** @import { Figure, Layout } from "./types" */
/** @import { Player } from "./player.js" */

const WIDE = 400; // CSS pixels that two titles in one line need

export class StateCurves extends CurvePanel {
  /** @param {Player} player whose `step` is shown */
  constructor(player) {
    super(player, "states");
  }

  words() {
    const { step } = this.player.stepper;
    return step ? `What the optimizer remembers over the steps: ${wordsOfFigure(step.curves)}` : "";
  }

  /** @override @returns {Figure | null} */
  figure() {
    const { stepper, scale } = this.player;
    const { step } = stepper;
    if (!step) return null;
    const { data, layout } = step.curves;
    const size = 13 * scale;
    const axes = Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name));
    const margin = Object.fromEntries(Object.entries(layout.margin).map(([side, width]) => [side, Number(width) * scale]));
    const broken = axes.length > 2 && this.size.width < WIDE * scale; // beside each other the titles would have no room
    if (broken) margin.t += 1.2 * size;
    return {
      data: data.map((trace) => ({ ...trace, line: { ...trace.line, width: trace.line.width * scale } })),
      layout: {
        ...layout,
        ...Object.fromEntries(axes.map(([name, axis]) => [name, still(axis)])),
        margin,
        dragmode: false,
        hovermode: this.player.race.ahead ? "closest" : false,
        font: { ...layout.font, size },
        annotations: layout.annotations.map((/** @type {Layout} */ title) => ({ ...title, text: broken ? title.text.replace(/([,:]) /, "$1<br>") : title.text, align: "left", font: { size } })),
      },
    };
  }

  /** The axes of each plot. */
  pairs() {
    return allAxesOf(this.plot);
  }

  /** @param {PointerEvent} event @override */
  axesAt(event) {
    const { left, top } = this.plot.getBoundingClientRect();
    const [px, py] = [event.clientX - left, event.clientY - top];
    return this.pairs().find(({ x, y }) => px >= x.start - 8 && px <= x.end + 8 && py >= y.start && py <= y.end);
  }

  draw() {
    const context = this.clear();
    for (const axes of this.pairs()) {
      this.coverAhead(context, axes);
      this.drawCursor(context, axes);
    }
    context.globalAlpha = 1;
  }
}
