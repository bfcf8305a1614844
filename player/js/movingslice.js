// A plane that moves with a network: at each step it goes through that network's weights, parallel to itself, so that the ground under the
// paths changes. Its losses are computed here, a little in each frame, and drawn as soon as they are all there.

import { drawnRank, heightOf, rankOf } from "./lossgrid.js";
import { planeGround, rowAt } from "./training.js";

/** @import { Landscape, Relief, Trace } from "./types" */
/** @import { PlaneLoss } from "./planeloss.js" */
/** @import { Trainer } from "./trainer.js" */

const SLICE_SIDES = { coarse: 29, fine: 65 }; // points along each side of the grid: at first, and where the clock rests
const SLICE_WORK = 4e8; // products of weights and examples that a grid may take
const SLICE_BUDGET = { playing: 12, resting: 70 }; // milliseconds of a frame, in which nothing moves where the clock rests
const CUT_OFF = 1.02; // the height of what is higher than all that the first slice shows

/** @typedef {{ key: string, n: number, values: Float64Array, done: number }} Job a grid that is being computed */

export class MovingSlice {
  /** @param {Trainer} trainer @param {PlaneLoss} plane @param {number} index of the network that it moves with */
  constructor(trainer, plane, index) {
    this.trainer = trainer;
    this.plane = plane;
    this.index = index;
    this.shown = ""; // what the drawn grid was computed for
    /** @type {Job | null} */
    this.job = null;
    this.row = new Float64Array(plane.weights.length);
  }

  /** Bring the ground up to the shown step, as far as there is time in this frame. */
  update() {
    const { trainer, plane } = this;
    const { playing } = trainer.clock;
    const place = `${trainer.position}|${trainer.training.token}`;
    const [coarse, fine] = [SLICE_SIDES.coarse, SLICE_SIDES.fine].map((side) => this.side(side));
    const known = this.shown.startsWith(`${place}|`);
    const n = known && !playing ? fine : coarse; // a wrong ground is left as soon as can be
    const key = `${place}|${n}`;
    if (known && (playing || this.shown === `${place}|${fine}`)) return;
    if (!this.job || (this.job.key !== key && !playing)) {
      plane.shift = this.aside();
      this.job = { key, n, values: new Float64Array(n * n), done: 0 };
    }
    if (this.advance(this.job, playing ? SLICE_BUDGET.playing : SLICE_BUDGET.resting)) {
      this.shown = this.job.key;
      trainer.setLandscape(this.ground(this.job));
      this.job = null;
    }
    trainer.invalidate();
  }

  /** @param {number} wanted points along a side */
  side(wanted) {
    return Math.max(9, Math.min(wanted, Math.floor(Math.sqrt(SLICE_WORK / this.plane.work))));
  }

  /** How far the slice through the network lies from the plane that was sent, aside of its directions. */
  aside() {
    const { trainer, plane, row, index } = this;
    const { weights } = trainer.training.runs[index];
    const { origin, directions } = plane.relief;
    rowAt(weights, row.length, trainer.moment, row);
    const [x, y] = trainer.placeOf(index);
    return row.map((weight, i) => weight - origin[i] - x * directions[i] - y * directions[row.length + i]);
  }

  /** Compute some of a grid; whether it is done. @param {Job} job @param {number} budget milliseconds */
  advance(job, budget) {
    const [[x0, x1], [y0, y1]] = this.plane.relief.window;
    const { n, values } = job;
    for (const began = performance.now(); job.done < n * n && performance.now() - began < budget; job.done++) {
      const [column, row] = [job.done % n, Math.floor(job.done / n)];
      values[job.done] = this.plane.value(x0 + (column / (n - 1)) * (x1 - x0), y0 + (row / (n - 1)) * (y1 - y0));
    }
    return job.done === n * n;
  }

  /** The slice as a landscape, on the scales of the one that was sent. @param {Job} job @returns {Landscape} */
  ground({ n, values }) {
    const { landscape, training } = this.trainer;
    const relief = /** @type {Relief} */ (training.relief);
    const { scale } = relief;
    const sides = relief.window.map(([low, high]) => Array.from({ length: n }, (_, i) => low + (i / (n - 1)) * (high - low)));
    const places = { x: sides[0], y: sides[1] };
    const ranks = rows(values, n, (loss) => rankOf(loss, scale));
    const heights = rows(values, n, (loss) => Math.min(CUT_OFF, heightOf(loss, scale)));
    const [flat, raised] = [relief.map.data[0], relief.surface.data[0]];
    const [unit, most] = [flat.contours.start, scale.levels.length - 1];
    const map = { ...relief.map, data: [/** @type {Trace} */ ({ ...flat, ...places, z: ranks.map((row) => row.map((rank) => unit * drawnRank(rank, scale))), zauto: false, zmin: 0, zmax: unit * most })] };
    const surface = { ...relief.surface, data: [/** @type {Trace} */ ({ ...raised, ...places, z: heights, surfacecolor: ranks, customdata: null, hovertemplate: null, cauto: false, cmin: 0, cmax: most })] };
    return planeGround({ ...relief, key: training.landscapeKey, map, surface }, landscape.evaluate);
  }
}

/** @param {Float64Array} values @param {number} n @param {(value: number) => number} of */
const rows = (values, n, of) => Array.from({ length: n }, (_, row) => Array.from(values.subarray(row * n, (row + 1) * n), of));
