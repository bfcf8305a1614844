// The landscape from above: one map with all optimizers, or one for each with shared axes.

import { Backdrop } from "./backdrop.js";
import { GroundLayer } from "./contours.js";
import { numbers } from "./data.js";
import { contextOf, element } from "./dom.js";
import { Ellipse } from "./ellipse.js";
import { MapPointer } from "./mappointer.js";
import { cells, LandscapePanel } from "./panel.js";
import { axesOf } from "./plotly.js";
import { coloursOf, geometry } from "./preview.js";
import { StepLayer } from "./steplayer.js";
import { roundNumbers, writtenTogether } from "./ticks.js";
import { FlatView } from "./views.js";
import { wordsOfLandscape } from "./words.js";

/** @import { Landscape, Layout, Point, Range, Region, Subplot } from "./types" */
/** @import { Player } from "./player.js" */

const NUMBER = { x: 30, y: 18 }; // CSS pixels that a number at an axis needs at least
const DIGIT = { wide: 7.2, apart: 14, tick: 9 }; // CSS pixels of a digit, between two numbers side by side, and from a number to its axis, a minus being wider than digits

const LEFT = 38; // CSS pixels beside a map at least: numbers of up to four letters, so that they may grow by one while it is zoomed
const MOST = 7; // numbers at an axis
const DOT = 3; // CSS pixels of a mark of which there are too many for names to make room for them
/** @type {WeakMap<Landscape, Point[]>} */
const marked = new WeakMap();

export class MapPanel extends LandscapePanel {
  /** @param {Player} player @param {string} name */
  constructor(player, name) {
    super(player, name, name === "maps" ? "A map for each optimizer, from above" : "The landscape from above", name === "maps");
    /** @type {Region | null} the part of the landscape that is shown, null for all of it */
    this.part = null;
    /** @type {HTMLCanvasElement | null} */
    this.preview = null;
    this.longest = 0; // letters of a number at the axes of what is shown
    this.listening = false;
    this.atRest = true; // whether the landscape does not change in every frame
    this.shownOf = player.landscape ? identity(player.landscape) : ""; // which landscape `part` belongs to
    this.resetButton = element("button", { class: "reset", type: "button", hidden: true, click: () => this.resetZoom() }, "Whole map");
    this.backdrop = new Backdrop(this);
    this.ground = new GroundLayer(this);
    this.steps = new StepLayer(this);
    this.pointer = this.newPointer();
    this.element.prepend(this.backdrop.canvas, this.ground.canvas);
    this.ellipse = new Ellipse(this);
    this.plot.after(this.ellipse.element); // under the trajectories
    this.element.append(this.pointer.tooltip, this.resetButton);
  }

  newPointer() {
    return new MapPointer(this);
  }

  words() {
    return wordsOfLandscape(this.player, this.sideBySide ? "from above, a map for each optimizer" : "from above");
  }

  figure() {
    const { landscape, race, scale } = this.player;
    if (!landscape || !race) return null;
    this.longest = mostLetters(this.shown);
    const count = this.groups.length;
    const data = /** @type {Layout[]} */ ([]);
    for (let i = 0; i < count; i++) {
      const axes = { xaxis: i ? `x${i + 1}` : "x", yaxis: i ? `y${i + 1}` : "y" };
      for (const trace of landscape.map.data) data.push({ ...trace, ...axes, hoverinfo: "skip", ...this.backdrop.lines(trace) });
    }
    this.backdrop.bare = this.backdrop.wanted;
    return { data, layout: { ...landscape.map.layout, ...this.axes(count), ...this.options(scale), annotations: this.titles(count) } };
  }

  /** @param {number} scale */
  options(scale) {
    return {
      showlegend: false,
      hovermode: false,
      dragmode: "pan",
      uirevision: undefined, // what part is shown is kept here, wherever it was chosen
      font: { ...this.player.landscape.map.layout.font, size: 12 * scale },
      margin: this.margin,
    };
  }

  /** Where each map lies, as shares of the space within the margins: as large as their shape allows, close together. @param {number} count */
  domains(count) {
    const { margin } = this;
    const [width, height] = [this.size.width - margin.l - margin.r, this.size.height - margin.t - margin.b];
    const { columns, rows } = cells(count, width, height, this.player.aspect);
    const [gapX, gapY] = [24 * this.scale, 30 * this.scale];
    const room = { width: (width - gapX * (columns - 1)) / columns, height: (height - gapY * (rows - 1)) / rows };
    const fitted = this.player.equalScales && count > 1;
    const wide = fitted ? Math.min(room.width, room.height * this.player.aspect) : room.width;
    const high = fitted ? wide / this.player.aspect : room.height;
    const [spareX, spareY] = [width - columns * wide - gapX * (columns - 1), height - rows * high - gapY * (rows - 1)];
    return Array.from({ length: count }, (_, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const left = (spareX / 2 + column * (wide + gapX)) / width;
      const top = 1 - (spareY / 2 + row * (high + gapY)) / height;
      return { x: [left, left + wide / width], y: [Math.max(0, top - high / height), top], column, last: i + columns >= count };
    });
  }

  /** @returns {Region} */
  get shown() {
    return this.part ?? this.player.landscape.window;
  }

  get margin() {
    const { scale } = this;
    const longest = DIGIT.wide * letters(this.shown[1]) + DIGIT.tick;
    return { l: Math.max(LEFT, longest) * scale, r: 10 * scale, t: (this.sideBySide ? 22 : 8) * scale, b: 24 * scale }; // numbers at the ends stand over them by half of their size
  }

  /** Where a map stands that is lower than the space for it. @returns {"middle" | "top"} */
  get upright() {
    return "middle";
  }

  /** @param {number} count */
  axes(count) {
    const { xaxis, yaxis } = this.player.landscape.map.layout;
    /** @type {Layout} */
    const layout = {};
    const [x, y] = this.shown;
    const need = { width: Math.max(NUMBER.x, DIGIT.wide * letters(x) + DIGIT.apart), height: NUMBER.y };
    const most = (/** @type {number} */ room, /** @type {number} */ each) => Math.max(1, Math.min(count > 1 ? 4 : MOST, Math.floor(room / (each * this.scale))));
    for (const [i, domain] of this.domains(count).entries()) {
      const suffix = i ? String(i + 1) : "";
      const { width, height } = geometry(this.size, this.margin, domain, [x, y], this.player.equalScales, this.upright);
      layout[`xaxis${suffix}`] = { ...xaxis, range: [...x], domain: domain.x, anchor: `y${suffix}`, showticklabels: domain.last, nticks: most(width, need.width), tickangle: 0 };
      layout[`yaxis${suffix}`] = { ...yaxis, range: [...y], domain: domain.y, anchor: `x${suffix}`, showticklabels: !domain.column, nticks: most(height, need.height) };
      if (this.player.equalScales) Object.assign(layout[`yaxis${suffix}`], { scaleanchor: `x${suffix}`, constraintoward: this.upright });
      if (i) {
        layout[`xaxis${suffix}`].matches = "x";
        layout[`yaxis${suffix}`].matches = "y";
      }
    }
    return layout;
  }

  /** @param {number} count */
  titles(count) {
    return this.sideBySide ? this.domains(count).map((domain, i) => this.title(i, domain, "bottom")) : [];
  }

  drawn() {
    this.removePreview();
    if (this.ground.landscape && this.atRest) this.ground.set(null); // Plotly shows it now
    this.backdrop.draw();
    if (!this.listening) {
      this.listening = true;
      this.plot.on("plotly_relayout", () => this.relayed());
    }
    this.relayed();
  }

  /** The axes of each map, once they are drawn. */
  get drawnAxes() {
    return this.player.race ? this.groups.map((_, i) => axesOf(this.plot, i + 1)).filter((axes) => axes !== null) : [];
  }

  /** @param {number} width @param {number} height @param {number} ratio */
  resizeCanvas(width, height, ratio) {
    super.resizeCanvas(width, height, ratio);
    this.backdrop.resize(width, height, ratio);
  }

  draw() {
    super.draw();
    this.ground.draw();
    this.backdrop.draw();
    this.steps.draw();
    this.ellipse.draw();
    this.player.prediction.draw(this);
  }

  /** @override @returns {Subplot<FlatView>[]} */
  subplots() {
    if (!this.element.dataset.drawn) return this.boxes().map((box, i) => ({ view: new FlatView(box), runs: this.groups[i] }));
    return this.drawnAxes.map(({ x, y }, i) => ({
      view: new FlatView({ left: x.start, top: y.start, width: x.length, height: y.length, x: x.range, y: y.range }),
      runs: this.groups[i],
    }));
  }

  /** Where the maps will be, while Plotly is loading. */
  boxes() {
    const { landscape, equalScales } = this.player;
    return this.domains(this.groups.length).map((domain) => geometry(this.size, this.margin, domain, landscape.window, equalScales, this.upright));
  }

  /** The landscape's colours alone, until Plotly has drawn the map. */
  drawPreview() {
    const { width, height } = this.size;
    if (!this.preview) {
      this.preview = element("canvas", { class: "moving" });
      this.plot.after(this.preview);
    }
    this.preview.width = width * devicePixelRatio;
    this.preview.height = height * devicePixelRatio;
    const context = contextOf(this.preview);
    context.scale(devicePixelRatio, devicePixelRatio);
    const colours = coloursOf(this.player.landscape.map.data[0]);
    for (const { left, top, width: wide, height: high } of this.boxes()) context.drawImage(colours, left, top, wide, high);
  }

  removePreview() {
    this.preview?.remove();
    this.preview = null;
  }

  setLandscape() {
    const shownOf = identity(this.player.landscape);
    this.atRest = true;
    if (this.shownOf !== shownOf) {
      this.part = null;
      this.anew = Boolean(this.element.dataset.drawn);
      this.listening = false;
    }
    this.shownOf = shownOf;
    super.setLandscape();
  }

  /** @override @param {boolean} rests */
  setGround(rests) {
    if (this.backdrop.wanted || !this.element.dataset.drawn) return;
    this.atRest = rests;
    this.ground.set(this.player.landscape);
    if (rests) this.redraw();
  }

  letGo() {
    this.pointer.dragging = null;
  }

  setRace() {
    super.setRace();
    this.setPictures();
  }

  /** Other pictures under the maps; the figure changes only where the landscape's colours come or go. */
  setPictures() {
    if (this.backdrop.wanted !== this.backdrop.bare) this.redraw();
    if (this.backdrop.wanted) this.removePreview();
    this.backdrop.draw();
  }

  redraw() {
    if (!this.element.dataset.drawn && this.player.race && this.player.landscape && this.size.width > 20 && !this.backdrop.wanted) this.drawPreview();
    return super.redraw();
  }

  starts() {
    const { startMarks, movable } = this.player;
    const { dragging } = this.pointer;
    const held = dragging?.moved && movable[dragging.index];
    if (!held) return startMarks;
    const far = startMarks.map(([x, y]) => Math.hypot(x - held[0], y - held[1])); // there may be other marks than those that can be dragged
    const mark = far.indexOf(Math.min(...far));
    return startMarks.map((start, i) => (i === mark ? dragging.at : start));
  }

  /** @override @returns {Point[]} */
  get marked() {
    const { landscape } = this.player;
    const found = marked.get(landscape) ?? pointsOf(landscape);
    marked.set(landscape, found);
    return found;
  }

  // ---- zoom

  /** The part of the landscape that Plotly shows, null until it does. @returns {Region | null} */
  get zoom() {
    const [axes] = this.drawnAxes;
    return axes ? [axes.x.range, axes.y.range] : null;
  }

  relayed() {
    const { landscape } = this.player;
    const { zoom } = this;
    if (!zoom || !landscape) return;
    const whole = zoom.every(([low, high], i) => {
      const [from, to] = landscape.window[i];
      return Math.abs(low - from) + Math.abs(high - to) < 1e-3 * (to - from);
    });
    this.part = whole ? null : zoom;
    if (mostLetters(this.shown) !== this.longest) this.redraw(); // numbers of another length have another room
    this.resetButton.hidden = whole;
    this.player.zoomed(this, zoom);
    this.player.invalidate();
  }

  /** Show a part of the landscape. @override @param {Region} part */
  async showPart([x, y]) {
    const { zoom } = this;
    if (!zoom || JSON.stringify(zoom) === JSON.stringify([x, y])) return;
    await this.player.Plotly.relayout(this.plot, { "xaxis.range": x, "yaxis.range": y });
  }

  resetZoom() {
    return this.showPart(this.player.landscape.window);
  }
}

/** Which landscape it is, whatever its parameters are: a part of it that is shown stays while only they change. @param {Landscape} landscape */
const identity = ({ name, window }) => `${name} ${window}`;

/** The minima and saddles that are marked on a map. @param {Landscape} landscape @returns {Point[]} */
function pointsOf({ map }) {
  const traces = map.data.slice(1).filter(({ marker }) => marker.size > DOT);
  return traces.flatMap(({ x, y }) => {
    const ys = numbers(y);
    return Array.from(numbers(x), (at, k) => /** @type {Point} */ ([at, ys[k]]));
  });
}

/** How many letters a number at an axis has, its sign, point and unit among them. @param {Range} range */
function letters(range) {
  return Math.max(...writtenTogether(roundNumbers(range, MOST), range).map((text) => text.length));
}

/** @param {Region} region */
const mostLetters = (region) => Math.max(...region.map(letters));
