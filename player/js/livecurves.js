// Curves over the steps of runs that the browser has computed, as figures/curves.py makes them of Python's.

import { short } from "./dom.js";

/** @import { Figure, Landscape, Layout, LiveTold, Quartiles, Race, Trace } from "./types" */
/** @import { LiveHistory } from "./livemeasures.js" */

/** @typedef {{ kind: "log" | "linear" | "symmetric", unit: number, place(value: number): number, axis(lines: ArrayLike<number>[]): Layout }} Scale */

const HIGHEST = 30; // as in figures/scales.py: times the highest start that curves may rise before they leave the picture
const DEEPEST = 1e12;
const MOST_TICKS = 6;
const FLOOR = 1e-16; // as in figures/curves.py
const MODEST = 30;
const DECADE = 10;
const TOLERANCE = 1e-3; // as in simulation/measures.py
const WIDE = 0.24; // as in figures/leaving.py
const ROWS = 3;
const LINE = 15;
const LETTERS = 12;
const SHORTEST = 1e-8; // as in player/payload.py

/** @type {Scale} */
const LOGARITHMIC = {
  kind: "log",
  unit: 1,
  place: (value) => value,
  axis(lines) {
    const settings = { type: "log", exponentformat: "power", nticks: 6, minor: { ticks: "" } };
    const [lowest, most] = ends(lines, (value) => value > 0);
    const highest = reach(HIGHEST * firstHeight(lines), lines);
    return highest > 0 && highest < most ? { ...settings, range: [Math.log10(Math.min(lowest, highest)) - 0.2, Math.log10(highest)] } : settings;
  },
};

/** @type {Scale} */
const LINEAR = {
  kind: "linear",
  unit: 1,
  place: (value) => value,
  axis(lines) {
    const [lowest, most] = ends(lines);
    const highest = reach(2 * firstHeight(lines), lines);
    return highest > 0 && highest < most ? { range: [Math.min(lowest, highest), highest] } : {};
  },
};

/** Linear around zero, logarithmic far away on both sides. @param {number} unit @returns {Scale} */
function symmetric(unit) {
  const place = (/** @type {number} */ value) => Math.asinh(value / unit);
  const axis = (/** @type {ArrayLike<number>[]} */ lines) => {
    const [lowest, most] = ends(lines);
    if (!(lowest <= most)) return {};
    const [low, high] = [Math.max(lowest, -DEEPEST * unit), Math.min(most, reach(HIGHEST * unit, lines))];
    const margin = 0.04 * Math.max(place(high) - place(low), 1);
    const ticks = ticksOf(low, high);
    return { tickvals: ticks.map(place), ticktext: ticks.map(written), range: [place(low) - margin, place(high) + margin] };
  };
  const ticksOf = (/** @type {number} */ low, /** @type {number} */ high) => {
    const first = Math.floor(Math.log10(unit));
    const last = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), unit)));
    const apart = (place(high) - place(low)) / MOST_TICKS;
    const kept = low <= 0 && high >= 0 ? [0] : [];
    for (let power = last; power >= first; power--) {
      for (const tick of [10 ** power, -(10 ** power)]) {
        if (tick >= low && tick <= high && kept.every((other) => Math.abs(place(other) - place(tick)) >= apart)) kept.push(tick);
      }
    }
    return kept.sort((a, b) => a - b);
  };
  return { kind: "symmetric", unit, place, axis };
}

/** @param {number} power */
function written(power) {
  const size = Math.abs(power);
  const text = (size >= 1e-3 && size <= 1e3) || !size ? short(size) : `1e${Math.round(Math.log10(size))}`;
  return power < 0 ? `−${text}` : text;
}

/** The lowest and the highest finite value of some lines. @param {ArrayLike<number>[]} lines @param {(value: number) => boolean} counts */
function ends(lines, counts = () => true) {
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines) {
    for (let k = 0; k < line.length; k++) {
      const value = line[k];
      if (!Number.isFinite(value) || !counts(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** How far from zero the lines begin, at most. @param {ArrayLike<number>[]} lines */
const firstHeight = (lines) => Math.max(0, ...lines.map((line) => (Number.isFinite(line[0]) ? Math.abs(line[0]) : 0)));

/** How high the picture reaches: to a limit, or to the top of the lowest line where all of them leave. @param {number} limit @param {ArrayLike<number>[]} lines */
function reach(limit, lines) {
  const tops = lines.map((line) => ends([line])[1]).filter(Number.isFinite);
  return Math.max(limit, tops.length ? Math.min(...tops) : limit);
}

// ---- what is drawn

/**
 * How the loss of a race is drawn: the scale, the title, and each run's quartiles.
 * @param {LiveHistory[]} histories @param {LiveTold} told @returns {{ scale: Scale, title: string, lowest: number | null }}
 */
function lossScale(histories, { lowest, usual, height, positive }) {
  const least = Math.min(...histories.map(({ ends: [lowest] }) => lowest));
  const fallen = lowest !== null && least < lowest - (1e-3 * TOLERANCE * usual + 1e-9 * Math.abs(lowest));
  const problem = lowest === null ? "no lowest is known" : fallen ? "it falls below every known minimum" : "";
  if (!problem) return { scale: LOGARITHMIC, title: "loss above the lowest", lowest };
  const { loss, count } = histories[0].result;
  let unit = height;
  for (let n = 0; n < count; n++) if (Math.abs(loss[n]) > unit) unit = Math.abs(loss[n]);
  const reached = Math.max(...histories.flatMap(({ ends: [least, most] }) => (least <= most ? [Math.abs(least), Math.abs(most)] : [0])));
  if (positive && least > 0 && reached > DECADE * least) return { scale: LOGARITHMIC, title: `loss, log (${problem})`, lowest: null };
  if (reached <= MODEST * unit) return { scale: LINEAR, title: `loss (${problem})`, lowest: null };
  return { scale: symmetric(unit), title: `loss, log on both sides of 0 (${problem})`, lowest: null };
}

/** What the bars of losses stand between, as `_bar` of player/payload.py. @param {Race} race @param {LiveTold} told @returns {Race["bar"]} */
export function liveBar({ runs, histories }, told) {
  const { scale, lowest } = lossScale(/** @type {LiveHistory[]} */ (histories), told);
  const logarithmic = scale.kind === "log";
  const base = logarithmic ? Number(lowest) : 0;
  const starts = runs.map(({ median }) => median[0]).filter(Number.isFinite);
  const first = (starts.length ? Math.max(...starts) : 0) - base;
  let low = first;
  for (const { median } of runs) for (const value of median) if (Number.isFinite(value) && (!logarithmic || value > base) && value - base < low) low = value - base;
  return { kind: scale.kind, lowest: base, unit: scale.unit, ends: [logarithmic ? Math.max(low, first * SHORTEST) : low, first] };
}

/** The figures of a live race by their panels, each made when it is asked for. @param {Race} race @param {LiveTold} told @param {Landscape} landscape @param {Record<string, Figure>} sent @returns {Record<string, Figure>} */
export function liveCurves(race, told, landscape, sent) {
  /** @type {Record<string, Figure>} */
  const made = {};
  const figures = {};
  for (const name of Object.keys(sent)) Object.defineProperty(figures, name, { enumerable: true, get: () => (made[name] ??= liveFigure(name, race, told, landscape, sent[name])) });
  return figures;
}

/**
 * A panel's figure, as Python would send it of the live race.
 * @param {string} name of the panel @param {Race} race @param {LiveTold} told @param {Landscape} landscape @param {Figure} sent the figure of the race that was sent @returns {Figure}
 */
function liveFigure(name, race, told, landscape, sent) {
  const histories = /** @type {LiveHistory[]} */ (race.histories);
  const loss = name === "loss" ? lossScale(histories, told) : null;
  const scale = loss?.scale ?? (name === "position" ? LINEAR : LOGARITHMIC);
  const parts = histories.map((history) => partsOf(name, history, landscape, loss?.lowest ?? null, told));
  const lines = [];
  const data = [];
  for (const [index, run] of race.runs.entries()) {
    const own = sent.data.filter((trace) => trace.legendgroup === run.label);
    const band = own.find((trace) => trace.fill !== undefined);
    const plain = own.filter((trace) => trace.fill === undefined);
    for (const [axis, { low, plain: middle, high }] of parts[index].entries()) {
      if (band && parts[index].length === 1) {
        lines.push(Float64Array.of(...high, ...[...low].reverse()));
        data.push({ ...band, x: around(middle.length), y: /** @type {any} */ (placed(lines[lines.length - 1], scale)) });
      }
      lines.push(middle);
      data.push(lineOf(plain[axis], middle, scale));
    }
  }
  const { gridcolor, zeroline, title } = sent.layout.yaxis;
  const within = name === "position" ? withinWindow(race, histories) : false;
  const upright = name === "position" && !within ? { range: sides(race) } : scale.axis(lines);
  const yaxis = { gridcolor, zeroline, title: loss ? { ...title, text: loss.title } : title, ...upright };
  const layout = { ...sent.layout, xaxis: { ...sent.layout.xaxis, range: [0, race.steps] }, yaxis, annotations: leaving(data, upright, race) };
  return { data, layout };
}

/** @param {number} rows */
const around = (rows) => Array.from({ length: 2 * rows }, (_, k) => (k < rows ? k : 2 * rows - 1 - k));

/** @param {ArrayLike<number>} values @param {Scale} scale */
const placed = (values, scale) => (scale.kind === "symmetric" ? Float64Array.from(values, scale.place) : Float64Array.from(values));

/** @param {Trace} trace @param {Float64Array} values @param {Scale} scale @returns {Trace} */
function lineOf(trace, values, scale) {
  const shown = scale.kind === "symmetric" ? "customdata" : "y";
  const hovertemplate = String(trace.hovertemplate).replace(/%\{(y|customdata):/, `%{${shown}:`);
  const { customdata, ...rest } = trace;
  void customdata;
  const line = { ...rest, hovertemplate, x: Array.from(values, (_, k) => k), y: /** @type {any} */ (placed(values, scale)) };
  return scale.kind === "symmetric" ? { ...line, customdata: /** @type {any} */ (values) } : line;
}

/** What a panel draws of a run: quartiles of each quantity; without values where there is no number. @param {string} name @param {LiveHistory} history @param {Landscape} landscape @param {number | null} lowest @param {LiveTold} told @returns {Quartiles[]} */
function partsOf(name, history, landscape, lowest, told) {
  const { loss, result } = history;
  const { x, y, count } = result;
  const middleOf = (/** @type {Float64Array} */ values) => known(history.quartiles(values));
  if (name === "loss") {
    if (lowest === null) return [known(loss)];
    const floor = FLOOR * Math.min(1, told.usual);
    return [known(history.quartiles(/** @type {Float64Array} */ (result.loss), (value) => Math.max(value - lowest, floor)))];
  }
  if (name === "position") return [x, y].map((values) => middleOf(/** @type {Float64Array} */ (values)));
  const slopes = history.slopes(landscape);
  if (name === "gradient") return [middleOf(slopes[0].map((dx, k) => Math.sqrt(dx * dx + slopes[1][k] * slopes[1][k])))];
  return slopes.map((slope, axis) => middleOf(effective([x, y][axis], slope, count)));
}

/** @param {Quartiles} of @returns {Quartiles} */
const known = ({ low, plain, high }) => {
  const finite = (/** @type {number} */ value) => (Number.isFinite(value) ? value : NaN);
  return { low: low.map(finite), plain: plain.map(finite), high: high.map(finite) };
};

/** How far each step went along an axis per unit of the slope there. @param {ArrayLike<number>} places @param {Float64Array} slope @param {number} count */
function effective(places, slope, count) {
  const found = new Float64Array(places.length - count);
  for (let k = 0; k < found.length; k++) {
    const rate = Math.abs((places[k + count] - places[k]) / slope[k]);
    found[k] = Number.isFinite(rate) ? rate : NaN;
  }
  return found;
}

/** Whether all positions are within the window. @param {Race} race @param {LiveHistory[]} histories */
function withinWindow({ window: [[x0, x1], [y0, y1]] }, histories) {
  for (const { result: { x, y } } of histories) for (let k = 0; k < x.length; k++) if (!(x[k] >= x0 && x[k] <= x1 && y[k] >= y0 && y[k] <= y1)) return false;
  return true;
}

/** @param {Race} race */
const sides = ({ window: [[x0, x1], [y0, y1]] }) => [Math.min(x0, y0), Math.max(x1, y1)];

// ---- where lines leave the picture, as figures/leaving.py

/** @param {Trace[]} traces @param {Layout} axis @param {Race} race @returns {Layout[]} */
function leaving(traces, axis, { steps, theme }) {
  if (!axis.range) return [];
  const lines = traces.filter((trace) => trace.fill === undefined).sort((a, b) => Number(a.showlegend === false) - Number(b.showlegend === false));
  const found = new Map();
  for (const trace of lines) {
    const mark = found.has(trace.legendgroup) ? null : markOf(trace, axis, steps);
    if (mark) found.set(trace.legendgroup, mark);
  }
  const ground = { bgcolor: `${theme.background}d9`, borderpad: 0 }; // 0.85, in hexadecimal
  return [1, 0].flatMap((y) => inRows([...found.values()].filter((mark) => mark.y === y), steps).map((mark) => ({ ...mark, ...ground })));
}

/** @param {Trace} trace @param {Layout} axis @param {number} steps @returns {Layout | null} */
function markOf(trace, { type, range: [low, high] }, steps) {
  const places = /** @type {Float64Array} */ (/** @type {any} */ (trace.y));
  const values = /** @type {Float64Array} */ (/** @type {any} */ (trace.customdata ?? trace.y));
  const at = (/** @type {number} */ k) => (type === "log" ? Math.log10(places[k]) : places[k]);
  const slack = 1e-6 * (high - low);
  for (const up of [true, false]) {
    const outside = Array.from(places, (_, k) => k).filter((k) => (up ? at(k) > high + slack : at(k) < low - slack && at(k) > -Infinity));
    if (!outside.length) continue;
    const known = outside.map((k) => values[k]).filter(Number.isFinite);
    const told = known.length ? brief(up ? Math.max(...known) : Math.min(...known)) : "∞";
    return arrow(trace, outside[0], steps, told, up);
  }
  return null;
}

/** A number in two digits, as Python writes it there. @param {number} value */
function brief(value) {
  const size = Math.abs(value);
  const rounded = size >= 1 ? Number(value.toPrecision(Math.max(2, String(Math.trunc(size)).length > 15 ? 2 : String(Math.trunc(size)).length))) : value;
  if (rounded !== 0 && !(Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e6)) return String(Number(rounded.toPrecision(2)).toExponential()).replace("e+", "e");
  return String(Number(rounded.toPrecision(Math.max(2, String(Math.trunc(Math.abs(rounded))).length))));
}

/** @param {Trace} trace @param {number} step @param {number} steps @param {string} reached @param {boolean} up @returns {Layout} */
function arrow(trace, step, steps, reached, up) {
  const rest = trace.name.startsWith(trace.legendgroup) ? trace.name.slice(trace.legendgroup.length) : trace.name;
  const word = rest.includes(", ") ? rest.slice(rest.indexOf(", ") + 2) : "";
  return {
    name: trace.legendgroup,
    text: `${up ? "↑" : "↓"}\u00a0${`${word} ${reached}`.trim()}`,
    x: step,
    y: Number(up),
    yref: "paper",
    xanchor: step < 0.5 * steps ? "left" : "right",
    yanchor: up ? "top" : "bottom",
    showarrow: false,
    font: { color: trace.line.color, size: LETTERS },
  };
}

/** @param {Layout[]} marks @param {number} steps */
function inRows(marks, steps) {
  const rows = Array(ROWS).fill(-Infinity);
  /** @type {Layout[]} */
  const kept = [];
  let more = 0;
  for (const mark of [...marks].sort((a, b) => a.x - b.x)) {
    const wide = WIDE * steps;
    const first = mark.x - (mark.xanchor === "left" ? 0 : wide);
    const row = rows.findIndex((end) => end <= first);
    if (row < 0) {
      more += 1;
      continue;
    }
    rows[row] = first + wide;
    kept.push({ ...mark, yshift: (mark.y ? -1 : 1) * LINE * row });
  }
  if (more) kept[kept.length - 1].text += ` and ${more} more`;
  return kept;
}
