// The player of networks in training: the same clock, bar and table, with panels of networks in place of those of a landscape.

import { BoundaryPanel } from "./boundary.js";
import { short } from "./dom.js";
import { Dense } from "./dense.js";
import { DepthPanel } from "./depth.js";
import { Honesty } from "./honesty.js";
import { shapeOf } from "./grid.js";
import { heightOf } from "./lossgrid.js";
import { MovingSlice } from "./movingslice.js";
import { NetworkPanel } from "./network.js";
import { PlaneLoss } from "./planeloss.js";
import { Player } from "./player.js";
import { Probe } from "./probe.js";
import { ReliefMap } from "./reliefmap.js";
import { ReliefScene } from "./reliefscene.js";
import { ActivationsPanel } from "./ridges.js";
import { AROUND_MAP, arrangeTraining, NETWORK_PICTURES } from "./traininglayout.js";
import { groundOf, momentOf, planeGround, rowAt } from "./training.js";
import { TrainingCurves } from "./trainingcurves.js";

/** @import { Panel } from "./panel.js" */
/** @import { Frame, Moment, Point, Race, RefinedBlock, Run, Training } from "./types" */
/** @import { PlotLibrary, Request } from "./types" */

const WORDS_ONLY = 12; // the aspect of boundaries where there are none to see

/** @param {number} share */
const percentage = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(1).replace(/^100.0$/, "100")}%` : "–");

/** @type {Record<string, new (trainer: any, name: string) => Panel>} */
const NETWORK_KINDS = { landscape: ReliefMap, surface: ReliefScene, boundary: BoundaryPanel, activations: ActivationsPanel, network: NetworkPanel, depth: DepthPanel };

export class Trainer extends Player {
  /** @param {HTMLElement} root @param {PlotLibrary | Promise<PlotLibrary>} Plotly @param {((request: Request) => void) | null} pick as for a player */
  constructor(root, Plotly, pick = null) {
    super(root, Plotly, pick);
    this.honesty = new Honesty(this);
    this.probe = new Probe(this);
    /** @type {PlaneLoss | null} the loss on the plane, where one is shown */
    this.plane = null;
    /** @type {MovingSlice | null} */
    this.slice = null;
  }

  /** What is played. */
  get training() {
    return /** @type {Training} */ (this.race);
  }

  /** Networks in training, from `readTraining`. @param {Training} training */
  setTraining(training) {
    this.dense = new Dense(training.network);
    this.row = new Float64Array(training.runs[0].weights.length / training.kept.length);
    this.root.classList.add("training");
    this.plane = training.relief && new PlaneLoss(training);
    const moving = training.relief?.moving ?? null;
    this.slice = this.plane && moving !== null ? new MovingSlice(this, this.plane, moving) : null;
    if (this.landscape?.key !== training.landscapeKey) this.setLandscape(groundOf(training, (x, y) => /** @type {PlaneLoss} */ (this.plane).evaluate(x, y)));
    this.clock.stops = training.kept;
    this.setRace(training);
  }

  /** The same plane on a finer grid, in place of the one before. @param {RefinedBlock} block */
  refine({ token, map, surface, key }) {
    if (token !== this.training?.token || !this.training.relief || this.slice) return;
    this.training.landscapeKey = key;
    this.setLandscape(planeGround({ ...this.training.relief, map, surface, key }, this.landscape.evaluate));
  }

  /** @param {string} name @returns {Panel} @override */
  newPanel(name) {
    const Kind = NETWORK_KINDS[name] ?? TrainingCurves;
    return new Kind(this, name);
  }

  /** @override */
  template() {
    if (this.presenter.on) return super.template();
    const { runs, data, board } = this.training;
    const aspect = data.inputs === 1 ? 1.2 : data.inputs > 2 ? WORDS_ONLY : this.dataAspect;
    const map = this.panels.get("landscape");
    const around = (/** @type {number} */ across) => (this.training.relief && map instanceof ReliefMap ? map.around(across) : AROUND_MAP * this.scale);
    const about = { count: runs.length, aspect, shape: this.aspect, around, depth: this.training.network.sizes.length - 2 };
    return arrangeTraining([...this.panels.keys()], this.grid.size, board, about, this.grid.fills);
  }

  /** While presenting: the first panel, beside the landscape the boundaries that go with it; all; and each alone. Curves alone are shown with the table, which says whose they are. @param {string[]} names @returns {string[][]} @override */
  stages([first, ...others]) {
    if (!NETWORK_PICTURES.includes(first)) return [[first, ...others], [first], ...others.map((name) => [name])];
    const beside = first === "landscape" ? others.filter((name) => name === "boundary") : [];
    return [[first, ...beside], [first, ...others], ...(beside.length ? [[first]] : []), ...others.map((name) => [name])];
  }

  /** On a plane there are trails, and heads. @override */
  get hasTrails() {
    return Boolean(this.training?.relief);
  }

  /** Where the networks begin, each place once. @param {Race} race @returns {Point[]} @override */
  startsOf({ runs }) {
    const places = runs.filter((run) => run.x.length).map((run) => /** @type {Point} */ ([run.x[0], run.y[0]]));
    return [...new Map(places.map((place) => [place.join(), place])).values()];
  }

  /** Width by height of a picture of the data. */
  get dataAspect() {
    const [[x0, x1], [y0, y1]] = this.training.data.window;
    return shapeOf((x1 - x0) / (y1 - y0));
  }

  /** @override @returns {Frame} */
  get frame() {
    return { ...super.frame, note: this.training.relief && ((index) => this.honesty.atHead(index)) };
  }

  /** The height of the plane at a point, in 3-D. @param {number} x @param {number} y */
  heightAt(x, y) {
    const { relief } = this.training;
    return this.plane && relief ? heightOf(this.plane.value(x, y), relief.scale) : NaN;
  }

  /** @override */
  get picks() {
    return this.training?.picks && !this.prediction.open ? this.requests : null;
  }

  /** @override */
  get slopesKnown() {
    return this.plane?.slopesKnown ?? false;
  }

  /** The coordinates are those of a plane through many weights; x and y are inputs of the networks. @override */
  get wordOfPlace() {
    return "on plane";
  }

  /** Where a network is on the plane at the shown step. @param {number} index of its run @returns {Point} */
  placeOf(index) {
    const { x, y } = this.training.runs[index];
    const t = Math.min(this.training.steps, Math.floor(this.position + 1e-9));
    const share = this.position - t;
    const between = (/** @type {Run["x"]} */ values) => (share > 1e-6 && values[t + 1] === values[t + 1] ? values[t] + share * (values[t + 1] - values[t]) : values[t]);
    return [between(x), between(y)];
  }

  /** @override */
  draw() {
    this.slice?.update();
    super.draw();
  }

  /** @param {number} index @param {number} n @override @returns {[string, string][]} */
  toldOfHead(index, n) {
    const { trueLosses, planeLosses } = this.training.runs[index];
    const { moment } = this;
    return [[`step ${this.clock.step}`, `loss ${short(trueLosses?.[moment.index], 4)}`], ["on the plane", `${short(planeLosses?.[moment.index], 4)}, ${this.honesty.inShort(index)}`]];
  }

  /** @override */
  get competitor() {
    return "Network";
  }

  /** @override */
  get scores() {
    const { relief, data } = this.training;
    const about = "How many times the network's true loss the plane's loss is where it is seen; or, with ↓, the other way round";
    const plane = { title: "Plane", about, of: (/** @type {number} */ index) => this.honesty.marked(index) };
    return [...(data.test.y.length ? [this.test] : []), ...(relief ? [plane] : [])];
  }

  /** How well it does on examples that it has not seen. @returns {{ title: string, about: string, of(index: number): string }} */
  get test() {
    const { runs, data } = this.training;
    const now = (/** @type {Float32Array} */ values) => values[this.moment.index];
    if (!data.classes.length) return { title: "Test loss", about: "The loss on the test examples", of: (index) => short(now(runs[index].testLosses)) };
    return { title: "Test", about: "The share of the test examples that is right", of: (index) => percentage(now(runs[index].testAccuracies)) };
  }

  /** Which of the kept steps is shown. @returns {Moment} */
  get moment() {
    return momentOf(this.training.kept, this.position);
  }

  /** Show the units and weights of a network. @param {number} run */
  choose(run) {
    const panel = this.panels.get("network");
    if (panel instanceof NetworkPanel) panel.choose(run);
  }

  /** A network with its weights at the shown step. @param {number} run */
  network(run) {
    const dense = /** @type {Dense} */ (this.dense);
    const { weights, statistics } = this.training.runs[run];
    const row = /** @type {Float64Array} */ (this.row);
    dense.load(rowAt(weights, row.length, this.moment, row), statistics ? this.statisticsAt(statistics) : null);
    return dense;
  }

  /** @param {Float32Array} statistics */
  statisticsAt(statistics) {
    const size = statistics.length / this.training.kept.length;
    return rowAt(statistics, size, this.moment, new Float64Array(size));
  }

  /** What a network gives at points at the shown step, a row for each output. @param {number} run @param {ArrayLike<number>[]} points a row for each input */
  outputs(run, points) {
    return this.network(run).outputs(points);
  }
}
