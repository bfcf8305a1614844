// The mean loss of a network over its examples and its slopes by the outputs, as WebAssembly: as networks/loss.py defines them.

import { SIDE } from "./planeheld.js";
import { vectorAt } from "./vectors.js";
import { SIMD } from "./wasm.js";

/** @import { Rows } from "./planerows.js" */
/** @import { Vectors } from "./vectors.js" */

/** Add the loss to `value`, and put the slopes in place of the outputs. @param {Rows} rows @param {boolean} value whether the loss is wanted @param {boolean} slopes */
export function writeMean(rows, value, slopes) {
  const { block, code, own, program } = rows;
  const { loss, sizes } = program;
  const outputs = sizes[sizes.length - 1];
  const [p] = rows.pointers;
  rows.begin(p);
  const loaded = (/** @type {number} */ address) => {
    const out = block.fresh();
    for (const [u, local] of out.at.entries()) code.get(p).memory(SIMD.LOAD, address + 16 * u).set(local);
    return out;
  };
  const store = (/** @type {number} */ address, /** @type {Vectors} */ value) => {
    for (let u = 0; u < SIDE; u++) code.get(p, vectorAt(value, u)).memory(SIMD.STORE, address + 16 * u);
  };
  const of = (/** @type {string} */ name, /** @type {Vectors[]} */ ...operands) => block.apply(name, ...operands);
  const sum = (/** @type {Vectors} */ each) => {
    for (const local of each.at) code.get(rows.value, local).vector(SIMD.ADD).set(rows.value);
  };
  const output = (/** @type {number} */ k) => own.outputs + k * rows.bytes;
  const target = (/** @type {number} */ k) => own.targets + k * rows.bytes;
  rows.loop(rows.pairs / SIDE, [[p, 16 * SIDE]], () => {
    const counts = loaded(own.counts);
    const share = of("*", counts, block.literal(own.share));
    if (loss === "logistic") {
      const [z, t, one, zero] = [loaded(output(0)), loaded(target(0)), block.literal(1), block.literal(0)];
      const e = of("exp", of("negate", of("abs", z)));
      if (value) sum(of("*", of("+", of("log1p", e), of("-", of("max", z, zero), of("*", z, t))), share));
      if (slopes) store(output(0), of("*", of("-", of("/", of("where", of("less", z, zero), e, one), of("+", e, one)), t), share));
      return;
    }
    const all = Array.from({ length: outputs }, (_, k) => k);
    if (loss === "squared") {
      const each = block.literal(1 / outputs);
      for (const k of all) {
        const apart = of("-", loaded(output(k)), loaded(target(k)));
        const weighed = of("*", of("*", apart, share), each);
        sum(of("*", apart, weighed));
        if (slopes) store(output(k), of("+", weighed, weighed));
      }
      return;
    }
    const most = all.map((k) => loaded(output(k))).reduce((one, other) => of("max", one, other));
    const apart = all.map((k) => of("-", loaded(output(k)), most));
    const sizesOf = apart.map((one) => of("exp", one));
    const total = sizesOf.reduce((one, other) => of("+", one, other));
    const chosen = all.map((k) => of("where", of("equal", loaded(target(k)), block.literal(1)), apart[k], block.literal(0))).reduce((one, other) => of("+", one, other));
    if (value) sum(of("*", of("-", of("log", total), chosen), share));
    if (slopes) for (const k of all) store(output(k), of("*", of("-", of("/", sizesOf[k], total), loaded(target(k))), share));
  });
}
