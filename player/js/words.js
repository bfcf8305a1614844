// What pictures and charts show, in words, for who does not see them.

import { numbers } from "./data.js";
import { short } from "./dom.js";

/** @import { Figure, Trace } from "./types" */
/** @import { Player } from "./player.js" */

/** The landscape, what is marked on it, and where everyone is. @param {Player} player @param {string} how it is seen */
export function wordsOfLandscape(player, how) {
  const { landscape, race, clock } = player;
  const [x, y] = landscape.window.map(([low, high]) => `from ${short(low)} to ${short(high)}`);
  const marks = landscape.map.data.slice(1).map((/** @type {Trace} */ { name, x: places }) => `${numbers(places).length} × ${name.toLowerCase()}`);
  const shown = race.runs.filter((_, index) => !player.off.has(index));
  const heads = shown.map((run) => {
    const loss = run.median[clock.step];
    if (!Number.isFinite(loss)) return `${run.label} has left the range of numbers`;
    if (race.count > 1) return `${run.label} with ${race.count} trajectories, median loss ${short(loss)}`;
    return `${run.label} at ${short(run.x[clock.step])}, ${short(run.y[clock.step])}, loss ${short(loss)}`;
  });
  return [`${landscape.name} ${how}, x ${x}, y ${y}`, ...(marks.length ? [`Marked: ${marks.join(", ")}`] : []), `Step ${clock.step} of ${race.steps}: ${heads.join("; ")}`].join(". ");
}

/** A quantity over the steps, and its value for everyone at the present step. @param {Player} player @param {Figure} figure @param {ArrayLike<number>[]} values of each optimizer */
export function wordsOfCurves({ race, clock, off }, { layout }, values) {
  const { title, type } = layout.yaxis;
  const now = race.runs.flatMap((run, index) => (off.has(index) ? [] : [`${run.label} ${short(values[index][clock.step])}`]));
  return `${plainText(title.text)} over ${race.steps} steps${type === "log" ? ", on a logarithmic scale" : ""}. At step ${clock.step}: ${now.join("; ")}`;
}

/** A figure by its title, its axes and the names of what is drawn. @param {Figure} figure */
export function wordsOfFigure({ data, layout }) {
  const names = [...new Set(data.filter((trace) => trace.name && trace.showlegend !== false).map((trace) => plainText(trace.name)))];
  const axes = Object.keys(layout).filter((name) => /^yaxis\d*$/.test(name)).flatMap((name) => {
    const [across, upright] = [layout[name.replace("y", "x")]?.title?.text, layout[name].title?.text];
    return upright ? [`${plainText(upright)}${across ? ` over ${plainText(across)}` : ""}`] : [];
  });
  return [layout.title?.text ? plainText(layout.title.text) : "", axes.join(", "), names.join(", ")].filter(Boolean).join(": ") || "Chart";
}

/** Text as Plotly takes it, without its tags. @param {string} text */
export const plainText = (text) => text.replace(/<br>/g, " ").replace(/<[^>]*>/g, "");
