// What all panels share; most have a Plotly figure that stands still, and a transparent canvas over it.

import { element } from "./dom.js";
import { leaveOtherButtons } from "./plotly.js";
import { TrailLayer } from "./trails.js";

/** @import { Camera, Figure, Plot, Point, Region, Size, Subplot } from "./types" */
/** @import { Player } from "./player.js" */

const LETTER = 0.66; // of their size, how wide letters of a name are
const LEAST_NAME = 8;
const CONFIG = { displayModeBar: false, displaylogo: false, scrollZoom: true, doubleClick: false, responsive: false, showTips: false };

/** A panel of the player: a method for everything that may happen, of which each kind of panel overrides those that concern it. */
export class Panel {
  /** @param {Player} player whose clock and race it shows @param {string} name of the panel @param {string} label for screen readers */
  constructor(player, name, label) {
    this.player = player;
    this.name = name;
    this.element = element("section", { class: "panel", "data-panel": name, "aria-label": label });
    this.element.style.gridArea = name;
  }

  /** The player has another landscape. */
  setLandscape() {}

  /** The player has another race. */
  setRace() {}

  /** The player has other paths of the same race: while something of it is dragged, in every frame. */
  setPaths() {}

  /** The landscape has other parameters: while one of them is dragged, in every frame. @param {boolean} rests whether it stays as it is for a moment */
  setGround(rests) {}

  /** The steps of another trajectory are taken apart. */
  setStep() {}

  /** Other pictures lie under the maps. */
  setPictures() {}

  /** Show what found no room, on a page of its own; whether there is anything. */
  turnPage() {
    return false;
  }

  /** An optimizer was shown or hidden. */
  toggled() {}

  /** Another map shows this part of the landscape. @param {Region} part */
  showPart(part) {}

  /** What a hand drags is not there any more. */
  letGo() {}

  /** Draw what moves, as it is now. */
  draw() {}

  /** Say what is shown now, to who does not see it. */
  tell() {}

  /** The space for the panel, or the size of its letters, may have changed. */
  resize() {}

  /** The maps or scenes on which trajectories are drawn. @returns {Subplot[]} */
  subplots() {
    return [];
  }

  /** The camera of 3-D scenes, if the user has moved it since the last call; otherwise null. @returns {Camera | null} */
  movedCamera() {
    return null;
  }

  /** See 3-D scenes from a camera, null for the one before anybody moved it. @param {Camera | null} camera */
  look(camera) {}

  /** Draw 3-D scenes at once; their canvases. @returns {HTMLCanvasElement[]} */
  repaint() {
    return [];
  }

  /** Whether something of it is still to be drawn that takes longer than a frame. */
  get busy() {
    return false;
  }

  close() {
    this.element.remove();
  }
}

export class FigurePanel extends Panel {
  /** @param {Player} player @param {string} name @param {string} label */
  constructor(player, name, label) {
    super(player, name, label);
    this.plot = /** @type {Plot} */ (/** @type {unknown} */ (element("div", { class: "plot", role: "img" })));
    leaveOtherButtons(this.element);
    this.canvas = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.element.append(this.plot, this.canvas);
    this.work = Promise.resolve();
    this.wanted = false; // whether the figure is to be drawn anew
    this.drawing = false;
    this.anew = false; // and from nothing
    this.closed = false;
    this.sizeKey = "";
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
  }

  /** @returns {Size} */
  get size() {
    return { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  get scale() {
    return this.player.scale;
  }

  /** Whether it is drawn after the other panels. */
  get slow() {
    return false;
  }

  /** The figure to draw now, or null while there is nothing to draw. @returns {Figure | null} */
  figure() {
    return null;
  }

  /** Draw the figure anew, after whatever is being drawn. Several requests at once become one. */
  redraw() {
    this.wanted = true;
    this.work = this.work.then(async () => {
      await this.player.animation.turn(this.slow);
      if (!this.wanted || this.closed) return;
      this.wanted = false;
      this.drawing = true;
      await this.plotted();
    });
    const failed = (/** @type {unknown} */ error) => {
      this.wanted = false;
      console.error(error);
    };
    this.work = this.work.catch(failed).then(() => void (this.drawing = false));
    return this.work;
  }

  /** Draw the figure as it is to be now. */
  async plotted() {
    const { width, height } = this.size;
    const figure = width > 20 && height > 20 ? this.figure() : null;
    if (!figure) return;
    const { Plotly } = this.player;
    if (this.anew) Plotly.purge(this.plot); // it would fit the axes into what the last ones left of the space
    this.anew = false;
    await Plotly.react(this.plot, figure.data, { ...figure.layout, width, height, autosize: false }, CONFIG);
    if (this.closed) return;
    this.drawn();
    this.element.dataset.drawn = "true";
    this.player.invalidate();
  }

  get busy() {
    return !this.element.hidden && (this.wanted || this.drawing || !this.sizeKey);
  }

  /** What is shown now, in words. */
  words() {
    return "";
  }

  tell() {
    const words = this.player.race && this.player.landscape ? this.words() : "";
    if (words && words !== this.plot.getAttribute("aria-label")) this.plot.setAttribute("aria-label", words);
  }

  /** Called after every drawing of the figure. */
  drawn() {}

  resize() {
    const { width, height } = this.size;
    const key = `${width}x${height}x${this.scale}x${devicePixelRatio}`;
    if (key === this.sizeKey) return;
    this.sizeKey = key;
    this.resizeCanvas(width, height, devicePixelRatio);
    this.redraw();
  }

  /** @param {number} width @param {number} height in CSS pixels @param {number} ratio of the screen's pixels to them */
  resizeCanvas(width, height, ratio) {
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  close() {
    this.closed = true;
    this.observer.disconnect();
    super.close();
    this.player.Plotly?.purge(this.plot);
  }
}

/** A panel that shows the landscape with trajectories on it: all optimizers at once, or one for each. */
export class LandscapePanel extends FigurePanel {
  /** @param {Player} player @param {string} name @param {string} label @param {boolean} sideBySide whether each optimizer has its own picture */
  constructor(player, name, label, sideBySide) {
    super(player, name, label);
    this.shape = "";
    this.sideBySide = sideBySide;
    this.layer = new TrailLayer(this.canvas);
  }

  setLandscape() {
    this.redraw();
  }

  /** Other runs: the figure stays as it is, unless it shows the optimizers' names. */
  setRace() {
    this.layer.forget();
    const shape = this.sideBySide ? JSON.stringify(this.player.race.runs.map((run) => [run.label, run.colour])) : "";
    if (shape === this.shape) return;
    this.shape = shape;
    this.redraw();
  }

  setPaths() {
    this.layer.forget();
  }

  /** The runs that each picture shows. */
  get groups() {
    const indices = [...this.player.race.runs.keys()];
    return this.sideBySide ? indices.map((index) => [index]) : [indices];
  }

  /** @param {number} width @param {number} height @param {number} ratio */
  resizeCanvas(width, height, ratio) {
    this.layer.resize(width, height, ratio);
  }

  draw() {
    const { player } = this;
    if (player.race) this.layer.draw({ ...player.frame, names: this.named, subplots: this.subplots(), starts: this.starts(), marks: this.marked });
  }

  /** What is marked of the landscape, where names can make room for it; or null. @returns {Point[] | null} */
  get marked() {
    return null;
  }

  /** Whether names stand at the heads: where nobody chose, on the largest picture of a presentation alone. */
  get named() {
    const { names, namesShown, panels } = this.player;
    return names ?? (namesShown && [...panels.keys()][0] === this.name);
  }

  /** The starts to mark, or null. @returns {Point[] | null} */
  starts() {
    return null;
  }

  /** An optimizer's name over its own picture, in smaller letters where that is narrow. @param {number} index @param {{ x: number[], y: number[] }} domain @param {"top" | "bottom"} yanchor */
  title(index, { x, y }, yanchor) {
    const run = this.player.race.runs[index];
    const fitting = ((x[1] - x[0]) * this.size.width) / (LETTER * run.label.length);
    const font = { color: run.colour, size: Math.max(LEAST_NAME, Math.min(13, fitting / this.scale)) * this.scale };
    return { text: `<b>${run.label}</b>`, font, x: (x[0] + x[1]) / 2, y: y[1], xref: "paper", yref: "paper", xanchor: "center", yanchor, showarrow: false };
  }
}

/** The largest cells for so many pictures of one shape within a box. @param {number} count @param {number} width @param {number} height @param {number} aspect @param {number} name CSS pixels of what stands over and under each */
export function cells(count, width, height, aspect, name = 26) {
  let best = { columns: 1, rows: count, size: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(width / columns, (height / rows - name) * aspect);
    if (size > best.size) best = { columns, rows, size };
  }
  return best;
}

/** A few words at the top left of a figure, as a Plotly annotation; over the plot's upper edge ("bottom") or under it ("top"). @param {string} text @param {number} size */
export function caption(text, size, yanchor = "bottom") {
  return { text, font: { size }, x: 0, y: 1, xref: "paper", yref: "paper", xanchor: "left", yanchor, showarrow: false };
}
