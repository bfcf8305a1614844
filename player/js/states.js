// Curves of the state of the followed optimizer over the steps of its trajectory: several small plots on the player's clock.

import { differ, limitsOf, still } from "./curveaxes.js";
import { CurvePanel } from "./curves.js";
import { allAxesOf } from "./plotly.js";
import { wordsOfFigure } from "./words.js";

/** @import { Figure, Layout, Range, Trace } from "./types" */
/** @import { Player } from "./player.js" */

const WIDE = 450; // CSS pixels that two titles in one line need

export class StateCurves extends CurvePanel {
  /** @param {Player} player whose `step` is shown */
  constructor(player) {
    super(player, "states");
    /** @type {(Range | null)[]} of the upright axes as they were drawn last */
    this.ranges = [];
  }

  /** Whether the lines of one of the plots leave it, or have become small in it. @override */
  leaves() {
    const wanted = this.wantedRanges();
    if (wanted.length !== this.ranges.length) return true;
    return wanted.some((range, i) => (range && this.ranges[i] ? differ(range, /** @type {Range} */ (this.ranges[i])) : range !== this.ranges[i]));
  }

  /** How far each upright axis reaches. */
  wantedRanges() {
    return this.groups().map(({ axis, traces }) => limitsOf(traces, axis, Infinity));
  }

  /** The traces of each plot, and its upright axis. @returns {{ name: string, axis: Layout, traces: Trace[] }[]} */
  groups() {
    const { step } = this.player.stepper;
    if (!step) return [];
    const { data, layout } = step.curves;
    const names = Object.keys(layout).filter((name) => /^yaxis/.test(name));
    return names.map((name) => ({ name, axis: layout[name], traces: data.filter((trace) => trace.yaxis === name.replace("axis", "")) }));
  }

  words() {
    const { step } = this.player.stepper;
    return step ? `What the optimizer remembers over the steps: ${wordsOfFigure(step.curves)}` : "";
  }

  /** @override @returns {Figure | null} */
  figure() {
    const { stepper, scale, race } = this.player;
    const { step } = stepper;
    if (!step) return null;
    const { theme } = race;
    const { data, layout } = step.curves;
    this.ranges = this.wantedRanges();
    const upright = Object.fromEntries(this.groups().map(({ name }, i) => [name, this.ranges[i] ? { range: this.ranges[i] } : {}]));
    const size = 13 * scale;
    const axes = Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name));
    const margin = Object.fromEntries(Object.entries(layout.margin).map(([side, width]) => [side, Number(width) * scale]));
    const broken = axes.length > 2 && this.size.width < WIDE * scale; // beside each other the titles would have no room
    if (broken) margin.t += 1.2 * size;
    return {
      data: data.map((trace) => ({ ...trace, line: { ...trace.line, width: trace.line.width * scale } })),
      layout: {
        ...layout,
        ...Object.fromEntries(axes.map(([name, axis]) => [name, still({ ...axis, ...upright[name], gridcolor: theme.line, automargin: name === "yaxis" })])),
        margin,
        dragmode: false,
        hovermode: this.player.race.ahead ? "closest" : false,
        font: { ...layout.font, color: theme.text, size },
        hoverlabel: { bgcolor: theme.background, font: { color: theme.text } },
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
    const groups = this.own ? this.groups() : [];
    for (const [i, axes] of this.pairs().entries()) {
      context.globalAlpha = 1;
      if (groups[i]) this.drawLines(context, axes, groups[i].traces);
      this.coverAhead(context, axes);
      this.drawCursor(context, axes);
    }
    context.globalAlpha = 1;
  }
}
