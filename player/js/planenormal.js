// Batch normalization of a layer by all examples, as WebAssembly: as networks/normalization.py.

import { SIMD } from "./wasm.js";

/** @import { Rows } from "./planerows.js" */

/** For each unit of a normalized layer: its row, its place among the scales, and its place among the moments. @param {Rows} rows @param {number} units @param {(row: number, weight: number, moment: number) => void} body */
function eachUnit(rows, units, body) {
  const [, row, weight, , moment] = rows.pointers;
  rows.begin(row, weight, moment);
  rows.loop(units, [[row, rows.bytes], [weight, 8], [moment, 32]], () => body(row, weight, moment));
}

/** What a layer adds up, in place. @param {Rows} rows @param {number} layer */
export function normalize(rows, layer) {
  const { code, own, block } = rows;
  const units = rows.program.sizes[layer + 1];
  const [mean, variance, inverse, gain] = rows.spare;
  const [sums, centred, moments] = [own.hidden[layer], own.centred[layer], own.moments[layer]];
  const scale = own.weights + rows.scales[layer];
  const [x] = rows.pointers;
  const counts = (/** @type {number} */ pointer, /** @type {number} */ row) => code.get(pointer, row).subtract().memory(SIMD.LOAD, own.counts).vector(SIMD.MULTIPLY);
  eachUnit(rows, units, (row, weight, moment) => {
    rows.along(mean, row, (p) => (code.get(p).memory(SIMD.LOAD, sums), counts(p, row)));
    rows.whole(mean);
    code.get(mean);
    block.push(own.share).vector(SIMD.MULTIPLY).set(mean).get(row).set(x);
    rows.loop(rows.pairs, [[x, 16]], () => {
      code.get(x).get(x).memory(SIMD.LOAD, sums).get(mean).vector(SIMD.SUBTRACT);
      counts(x, row).memory(SIMD.STORE, centred);
    });
    rows.along(variance, row, (p) => code.get(p).memory(SIMD.LOAD, centred).get(p).memory(SIMD.LOAD, centred).vector(SIMD.MULTIPLY));
    rows.whole(variance);
    code.get(variance);
    block.push(own.share).vector(SIMD.MULTIPLY).set(variance);
    block.push(1);
    code.get(variance);
    block.push(rows.program.eps).vector(SIMD.ADD).vector(SIMD.SQRT).vector(SIMD.DIVIDE).get(variance, variance).vector(SIMD.SUBTRACT).vector(SIMD.ADD).set(inverse);
    code.get(weight).memory(SIMD.LOAD_SPLAT, scale).get(inverse).vector(SIMD.MULTIPLY).set(gain);
    code.get(moment, inverse).memory(SIMD.STORE, moments).get(moment, gain).memory(SIMD.STORE, moments + 16);
    code.get(weight).memory(SIMD.LOAD_SPLAT, scale + 8 * units).set(mean).get(row).set(x);
    rows.loop(rows.pairs, [[x, 16]], () => {
      code.get(x).get(x).memory(SIMD.LOAD, centred).get(gain).vector(SIMD.MULTIPLY).get(mean).vector(SIMD.ADD).memory(SIMD.STORE, sums);
    });
  });
}

/** Turn slopes by what was given out into slopes by what came in, in place. @param {Rows} rows @param {number} layer */
export function normalizeBack(rows, layer) {
  const { code, own, block } = rows;
  const units = rows.program.sizes[layer + 1];
  const [shift, scale, inverse, share] = rows.spare;
  const [slopes, centred, moments] = [own.slopes[layer], own.centred[layer], own.moments[layer]];
  const [x] = rows.pointers;
  eachUnit(rows, units, (row, weight, moment) => {
    rows.along(shift, row, (p) => code.get(p).memory(SIMD.LOAD, slopes));
    rows.along(scale, row, (p) => code.get(p).memory(SIMD.LOAD, slopes).get(p).memory(SIMD.LOAD, centred).vector(SIMD.MULTIPLY));
    code.get(moment).memory(SIMD.LOAD, moments).tee(inverse).get(scale).vector(SIMD.MULTIPLY).set(scale);
    rows.project(scale, weight, rows.scales[layer]);
    rows.project(shift, weight, rows.scales[layer] + 8 * units);
    rows.whole(scale);
    rows.whole(shift);
    block.push(own.share).set(share);
    code.get(scale, inverse).vector(SIMD.MULTIPLY).get(share).vector(SIMD.MULTIPLY).set(scale);
    code.get(shift, share).vector(SIMD.MULTIPLY).set(shift).get(row).set(x);
    rows.loop(rows.pairs, [[x, 16]], () => {
      code.get(x).get(x).memory(SIMD.LOAD, slopes).get(x).memory(SIMD.LOAD, centred).get(scale).vector(SIMD.MULTIPLY).vector(SIMD.SUBTRACT);
      code.get(shift).vector(SIMD.SUBTRACT).get(moment).memory(SIMD.LOAD, moments + 16).vector(SIMD.MULTIPLY);
      code.get(x, row).subtract().memory(SIMD.LOAD, own.counts).vector(SIMD.MULTIPLY).memory(SIMD.STORE, slopes);
    });
  });
}
