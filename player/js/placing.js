// From where trajectories were to what is drawn of them, in WebAssembly: places and heights as figures/paths.py has them, with the same bits.

import { Block } from "./vectors.js";
import { Nodes } from "./folds.js";
import { Code, I32, SIMD } from "./wasm.js";

/** @import { LossScale, Region } from "./types" */
/** @import { Library } from "./vectors.js" */

/** What the function is called with: addresses, and that behind the last x. */
const WITH = /** @type {const} */ (["x", "y", "loss", "frame", "toX", "toY", "toZ", "end"]);
const OUTSIDE = 1; // a line is drawn up to so many windows beyond the window's edge
const HEIGHTS = [-0.1, 2];
const LEVELS = 65534; // of a packed number, as in player/payload.py

/** @typedef {{ precise: boolean; packed: boolean }} Precision whether places have double precision, and whether they are packed; heights have single precision, and are packed */

/** The numbers in the frame: within what limits places are drawn, and what heights are measured by. @param {Region} window @param {LossScale} [heights] */
export function placingFrame(window, heights) {
  const limits = window.flatMap(([from, to]) => [from - OUTSIDE * (to - from), to + OUTSIDE * (to - from)]);
  return heights ? [...limits, heights.low, heights.unit, heights.span] : limits;
}

/** Where points are drawn, as `near` and `paths` of figures/paths.py and `_Packing` of player/payload.py have them. @param {Nodes} nodes @param {Precision} precision @returns {[x: number, y: number]} */
export function placed(nodes, { precise, packed }) {
  const axes = [0, 1].map((axis) => ({ value: axis ? nodes.y : nodes.x, low: nodes.frame(2 * axis), high: nodes.frame(2 * axis + 1) }));
  const near = nodes.all(...axes.flatMap(({ value, low, high }) => [nodes.of("greater", value, low), nodes.of("less", value, high)]));
  const drawn = axes.map(({ value, low, high }) => {
    const seen = nodes.of("where", near, value, nodes.of("number", NaN));
    const single = precise ? seen : nodes.of("single", seen);
    return packed ? unpacked(nodes, single, low, nodes.of("-", high, low)) : single;
  });
  return [drawn[0], drawn[1]];
}

/** A number as it is after it was packed. @param {Nodes} nodes @param {number} value @param {number} low @param {number} range */
function unpacked(nodes, value, low, range) {
  const levels = nodes.of("number", LEVELS);
  const level = nodes.of("round", nodes.of("*", nodes.of("/", nodes.of("-", value, low), range), levels));
  const found = nodes.of("+", low, nodes.of("*", nodes.of("/", range, levels), level));
  return nodes.of("where", nodes.within(level, nodes.of("number", 0), levels), found, nodes.of("number", NaN));
}

/** As `LossGrid.height`, and packed. @param {Nodes} nodes @param {boolean} logarithmic */
function height(nodes, logarithmic) {
  const raised = nodes.of("-", nodes.loss, nodes.frame(4));
  const share = nodes.of("/", logarithmic ? nodes.of("max", raised, nodes.of("number", 0)) : raised, nodes.frame(5));
  const whole = nodes.of("/", logarithmic ? nodes.of("log1p", share) : share, nodes.frame(6));
  const [low, high] = HEIGHTS.map((end) => nodes.of("number", end));
  return unpacked(nodes, nodes.of("single", nodes.of("min", nodes.of("max", whole, low), high)), low, nodes.of("-", high, low));
}

/**
 * Write the function for a kind of heights. It writes up to a few numbers beyond the ends.
 * @param {string} exported @param {Library} library @param {number} width how many vectors are computed side by side @param {boolean} logarithmic @param {Precision} precision
 */
export function writePlacing(exported, library, width, logarithmic, precision) {
  const index = library.module.declare(WITH.map(() => I32), []);
  const code = new Code(WITH.length);
  const block = new Block(code, width, library);
  const at = /** @type {Record<typeof WITH[number], number>} */ (Object.fromEntries(WITH.map((name, place) => [name, place])));
  const nodes = new Nodes();
  const found = [...placed(nodes, precision), height(nodes, logarithmic)];
  const sources = [at.x, at.y, at.loss];
  const load = (/** @type {number} */ pointer) => {
    const out = block.fresh();
    for (const [u, local] of out.at.entries()) code.get(pointer).memory(SIMD.LOAD, 16 * u).set(local);
    return out;
  };
  code.repeat(() => {
    const values = block.compute(nodes.list, found, ([name, place]) => {
      if (name === "input") return load(sources[Number(place)]);
      return name === "constant" ? block.spread(at.frame, 8 * Number(place)) : undefined;
    });
    for (const [axis, pointer] of [at.toX, at.toY, at.toZ].entries()) {
      const single = !precision.precise || axis === 2;
      for (const [u, local] of values[axis].at.entries()) {
        if (single) code.get(pointer, local).vector(SIMD.DEMOTE).memory(SIMD.STORE_LANE, 8 * u, 0);
        else code.get(pointer, local).memory(SIMD.STORE, 16 * u);
      }
      code.get(pointer).i32((single ? 8 : 16) * width).add().set(pointer);
    }
    for (const value of new Set(values)) block.release(value);
    for (const pointer of sources) code.get(pointer).i32(16 * width).add().set(pointer);
    code.get(at.x, at.end).less();
  });
  library.module.define(index, code, exported);
}
