// The player: panels, table and transport bar around one clock. It knows nothing of Streamlit, and plays in a saved page too.

import { Animation } from "./animation.js";
import { Board } from "./board.js";
import { Clock } from "./clock.js";
import { heard, isAtWork } from "./connection.js";
import { CurvePanel } from "./curves.js";
import { mark, short } from "./dom.js";
import { Grid, hasOneScale, shapeOf } from "./grid.js";
import { Handles } from "./handles.js";
import { keyPressed, takeFocus } from "./keys.js";
import { arrange, presented } from "./layout.js";
import { Live } from "./live.js";
import { MapPanel } from "./maps.js";
import { overview } from "./mosaic.js";
import { Prediction } from "./prediction.js";
import { Presenter } from "./presenter.js";
import { Printing } from "./printing.js";
import { Requests } from "./requests.js";
import { ScenePanel } from "./scenes.js";
import { StepPanel } from "./step.js";
import { Stepper } from "./stepper.js";
import { Transport } from "./transport.js";

/** @import { Camera, Frame, Landscape, PlotLibrary, Point, Race, Region, Request, Theme } from "./types" */
/** @import { Template } from "./layout.js" */
/** @import { Panel } from "./panel.js" */

/** @type {Record<string, new (player: Player, name: string) => Panel>} */
const KINDS = { map: MapPanel, maps: MapPanel, surface: ScenePanel, surfaces: ScenePanel, step: StepPanel }; // all others are curves

export class Player {
  /**
   * @param {HTMLElement & { player?: Player }} root an empty element that becomes the player
   * @param {PlotLibrary | Promise<PlotLibrary>} Plotly the library, or a promise of it
   * @param {((request: Request) => void) | null} pick called with { kind: "start" | "add" | "move", at: [x, y], index } when the user chooses a start, and with { kind: "follow",
   *   run, trajectory } for steps to be taken apart, { kind: "set", values } for numbers by their addresses, { kind: "turn", to } for an entry of the playlist; null where nothing can be chosen
   */
  constructor(root, Plotly, pick = null) {
    this.root = root;
    // There are panels only once there are these three
    this.Plotly = /** @type {PlotLibrary} */ (/** @type {unknown} */ (null));
    this.landscape = /** @type {Landscape} */ (/** @type {unknown} */ (null));
    this.race = /** @type {Race} */ (/** @type {unknown} */ (null));
    /** @type {Point[]} */
    this.startMarks = [];
    /** @type {Point[]} the starts that can be dragged */
    this.movable = [];
    this.ready = Promise.resolve(Plotly).then((loaded) => (this.Plotly = loaded));
    this.ask = pick;
    this.requests = pick && new Requests(pick, undefined, undefined, () => this.race?.of);
    this.live = new Live(this, pick ? undefined : null);
    this.clock = new Clock((what) => this.clockChanged(what));
    /** @type {Map<string, Panel>} */
    this.panels = new Map();
    /** @type {Set<number>} numbers of the runs that are not shown */
    this.off = new Set();
    /** @type {number | null} the run that is drawn over the others */
    this.highlight = null;
    /** @type {Frame["trail"] | null} what the user chose to see of the way behind a head */
    this.trail = null;
    /** @type {boolean | null} whether names stand at the heads; null as long as nobody chose */
    this.names = null;
    /** @type {Camera | null} of all scenes, once the user has moved one */
    this.camera = null;
    /** @type {ImageBitmap[]} under the maps, one for each run */
    this.pictures = [];
    /** @type {number | null} where the clock stood when something was dragged: until it moves on, the way from there is shown, too */
    this.draggedAt = null;
    this.frames = 0;
    this.animation = new Animation(this);
    this.stepper = new Stepper(this);
    this.handles = new Handles(this, isAtWork);
    if (this.requests) this.requests.settled = () => setTimeout(() => this.handles.settle()); // once the answer is shown
    this.board = new Board(this);
    this.transport = new Transport(this);
    this.printing = new Printing(this);
    this.presenter = new Presenter(this);
    this.prediction = new Prediction(this);
    this.grid = new Grid(this);
    root.classList.add("descent");
    root.append(this.presenter.heading, this.grid.element, this.transport.element, this.prediction.hint, this.presenter.caption, this.presenter.blank, this.handles.track.element, this.grid.ruler);
    root.player = this;
    root.tabIndex = -1;
    root.addEventListener(
      "pointerdown",
      () => {
        takeFocus(this);
        addEventListener("pointerup", () => takeFocus(this), { once: true, capture: true }); // Firefox lets a frame have it only then
      },
      true,
    );
    this.grid.observe(root);
    this.onKey = (/** @type {KeyboardEvent} */ event) => keyPressed(this, event);
    document.addEventListener("keydown", this.onKey);
  }

  /** End: nothing runs or listens any more. */
  close() {
    this.requests?.close();
    this.animation.close();
    this.grid.close();
    this.printing.close();
    document.removeEventListener("keydown", this.onKey);
    for (const panel of this.panels.values()) panel.close();
    this.presenter.close();
    this.root.replaceChildren();
  }

  // ---- what is shown

  /** The landscape, from `readLandscape`. @param {Landscape} landscape */
  setLandscape(landscape) {
    const other = this.landscape && this.landscape.name !== landscape.name;
    if (other) this.letGo();
    this.landscape = this.live.landscape = landscape;
    for (const panel of this.panels.values()) panel.setLandscape();
    if (other) this.begin();
  }

  /** The race, from `readRuns`, on the landscape that was set. @param {Race} race */
  setRace(race) {
    const names = (/** @type {Race | null} */ of) => of?.runs.map((run) => run.name).join();
    const anew = this.race?.chapter !== race.chapter;
    if ((race.starts?.length ?? 0) < this.movable.length) this.letGo();
    if (names(this.race) !== names(race)) {
      this.off.clear();
      this.highlight = null;
      this.stepper.followed = null;
    }
    this.race = race;
    this.startMarks = this.startsOf(race);
    this.movable = race.prediction?.open ? [] : race.starts ?? [];
    this.clock.setSteps(race.steps);
    this.colour(race.theme);
    this.presenter.setRace();
    this.grid.set(race.panels);
    this.arrange(); // its window may have another shape
    for (const panel of this.panels.values()) panel.setRace();
    this.handles.setRace();
    this.board.setRace();
    this.transport.show();
    if (anew) this.begin();
    this.prediction.setRace();
    this.root.dataset.ready = "true";
    this.invalidate();
    heard();
    this.requests?.answered();
    this.presenter.announce();
    this.live.setRace(race);
  }

  /** Starts are gone: one that is dragged may be another by its number, and the hand has none any more. */
  letGo() {
    this.live.moved.clear();
    for (const panel of this.panels.values()) panel.letGo();
  }

  /** Other parameters of the landscape, which the browser has computed. @param {Landscape} landscape @param {boolean} rests whether it stays so for a moment */
  setGround(landscape, rests) {
    this.landscape = landscape;
    for (const panel of this.panels.values()) panel.setGround(rests);
    this.invalidate();
  }

  /** Other paths of the race, which the browser has computed: what is known of the race beside them stays. @param {Race} race */
  setPaths(race) {
    this.race = race;
    if (race.starts) [this.startMarks, this.movable] = [race.starts, race.starts];
    else this.startMarks = this.startsOf(race);
    if (race.steps !== this.clock.steps) {
      this.clock.setSteps(race.steps);
      this.transport.show();
    }
    for (const panel of this.panels.values()) panel.setPaths();
    this.board.setPaths();
    this.invalidate();
  }

  /** Where trajectories begin: at the starts that were chosen, or wherever they do. @param {Race} race @returns {Point[]} */
  startsOf({ starts, runs: [run], count }) {
    return starts ?? Array.from({ length: count }, (_, n) => [run.x[n], run.y[n]]);
  }

  /** Pictures to lie under the maps, from `readPictures`; nothing else is drawn anew. @param {ImageBitmap[]} pictures */
  setPictures(pictures) {
    this.pictures = pictures;
    for (const panel of this.panels.values()) panel.setPictures();
  }

  /** Play from the start, once all panels are drawn: what draws them leaves no time for frames. Not if the user asked their system for less motion. */
  begin() {
    this.clock.seek(0);
    this.animation.opening = true;
    if (!this.prediction.open && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.clock.play();
  }

  /** @param {Theme} theme */
  colour(theme) {
    this.root.dataset.theme = theme.name;
    for (const name of /** @type {const} */ (["background", "text", "line", "accent"])) this.root.style.setProperty(`--${name}`, theme[name]);
  }

  /** A panel by its name. @param {string} name @returns {Panel} */
  newPanel(name) {
    const Kind = KINDS[name] ?? CurvePanel;
    return new Kind(this, name);
  }

  /** Put the panels in their places. */
  arrange() {
    this.presenter.fit();
    if (this.race) this.grid.arrange(this.template());
  }

  /** Where the panels stand. @returns {Template} */
  template() {
    const { presenter, aspect, race, grid } = this;
    const names = presenter.shown;
    if (presenter.on) return names.length > 1 && presenter.all ? overview(names, grid.size, race.board, aspect) : presented(names, grid.size, aspect, race.board);
    return arrange(names, grid.size, aspect, race.board, grid.fills);
  }

  /** What is shown while presenting, one choice after the other: the first panel as large as can be, beside it the step taken apart, if it is; all; and the first alone. @param {string[]} names @returns {string[][]} */
  stages(names) {
    const [main, ...others] = names;
    return [[main, ...others.filter((name) => name === "step")], names, [main]];
  }

  /** Width by height of the window as it is drawn. */
  get aspect() {
    const [[x0, x1], [y0, y1]] = this.race.window;
    return shapeOf((x1 - x0) / (y1 - y0));
  }

  /** Whether a step of x is drawn as long as a step of y, so that gradients stand at right angles to contour lines. */
  get equalScales() {
    const [[x0, x1], [y0, y1]] = this.race.window;
    return hasOneScale((x1 - x0) / (y1 - y0));
  }

  get scale() {
    return this.presenter.scale;
  }

  /** Whether there are trails to see, and heads that names can stand at. */
  get hasTrails() {
    return true;
  }

  /** Whom a start that is chosen on a map is told; null where none can be. */
  get picks() {
    return this.requests;
  }

  /** Whether numbers can be turned: not while something is to be predicted of them. */
  get turnable() {
    const { requests, live, race } = this;
    return Boolean(race.numbers?.length && !race.prediction?.open && (requests || live.frees(race)));
  }

  /** Whether the slopes of the landscape are known under the pointer. */
  get slopesKnown() {
    return this.landscape?.slopesKnown ?? true;
  }

  /** What the two coordinates under the pointer are called. @returns {string} */
  get wordOfPlace() {
    return this.landscape?.plane ? "on plane" : "x, y";
  }

  /** What a row of the table is. */
  get competitor() {
    return "Optimizer";
  }

  /** What the table says of a run at the shown step beside its loss. @returns {{ title: string, about: string, of(index: number): string }[]} */
  get scores() {
    return [];
  }

  /** What is said of a head at the shown step: names, and their values. @param {number} index of its run @param {number} n of its trajectory @returns {[string, string][]} */
  toldOfHead(index, n) {
    const run = this.race.runs[index];
    const k = this.clock.step * this.race.count + n;
    return [
      ["from", `${short(run.x[n])}, ${short(run.y[n])}`],
      [`step ${this.clock.step}`, `loss ${short(this.landscape.evaluate(run.x[k], run.y[k]).value, 4)}`],
    ];
  }

  /** What is seen of the way behind a head: the whole of it where there are few, unless the user has chosen. @returns {Frame["trail"]} */
  get trailShown() {
    return this.trail ?? (this.race.look.comet ? "comet" : "whole");
  }

  /** Whether names stand at the heads: while presenting, unless the user has chosen. */
  get namesShown() {
    return this.names ?? this.presenter.on;
  }

  get position() {
    return this.clock.position;
  }

  /** What a layer of trails needs to draw a frame, but for the subplots. @returns {Frame} */
  get frame() {
    const { race, position, trailShown, off, scale, namesShown } = this;
    const highlight = this.highlight ?? this.stepper.step?.run ?? null;
    return { race, position, ahead: race.ahead && position === this.draggedAt, trail: trailShown, off, highlight, scale, theme: race.theme, names: namesShown, note: null };
  }

  // ---- frames

  /** Something has changed; draw at the next frame. */
  invalidate() {
    this.animation.dirty = true;
  }

  /** Draw everything that moves, as it is now. */
  draw() {
    for (const panel of this.panels.values()) panel.draw();
    this.board.show();
    this.frames += 1;
    this.animation.tell();
    mark(this.root, "data-step", String(this.clock.step));
  }

  shareCamera() {
    const panels = [...this.panels.values()];
    const moved = panels.map((panel) => panel.movedCamera()).find(Boolean);
    if (moved) this.see(moved);
  }

  /** See all 3-D scenes from a camera; null for each as it was first. @param {Camera | null} camera */
  see(camera) {
    this.camera = camera;
    for (const panel of this.panels.values()) panel.look(camera);
    this.invalidate();
  }

  /** A map shows another part of the landscape; the other maps follow. @param {Panel} source @param {Region} zoom */
  zoomed(source, zoom) {
    for (const panel of this.panels.values()) if (panel !== source) panel.showPart(zoom);
  }

  /** @param {string} what */
  clockChanged(what) {
    if (what === "position") this.stepper.moved();
    if (this.race && what === "position") this.transport.move();
    else if (this.race) this.transport.show();
    if (what === "playing" && this.race) this.board.show();
    this.invalidate();
  }

  // ---- what the user chooses

  /** @param {Frame["trail"]} trail */
  setTrail(trail) {
    this.trail = trail;
    this.transport.show();
    this.invalidate();
  }

  /** Show the optimizers' names at their heads, or hide them. */
  toggleNames() {
    this.names = !this.namesShown;
    this.transport.show();
    this.invalidate();
  }

  /** Numbers are turned; whether anything comes of it. @param {Record<string, number>} values by address @param {boolean} last whether that is over, and they stay */
  turnNumbers(values, last) {
    const shown = this.live.turn(values);
    if (last) this.live.release();
    if (last || !shown) this.requests?.make({ kind: "set", values, last });
    return shown || this.requests !== null;
  }

  /** Show or hide an optimizer. @param {number} index */
  toggle(index) {
    if (!this.off.delete(index)) this.off.add(index);
    for (const panel of this.panels.values()) panel.toggled();
    this.board.invalidate();
    this.invalidate();
  }

  /** Draw one optimizer over the others, which are dimmed; null for none. @param {number | null} index */
  bringToFront(index) {
    this.highlight = index;
    this.board.invalidate();
    this.invalidate();
  }
}
