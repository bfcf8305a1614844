// Normal noise by counter in WebAssembly: Philox 4x32-10 and Box-Muller, as simulation/noise_code.py writes it for machine code.

import { SIMD } from "./wasm.js";

/** @import { NoiseData } from "./types" */
/** @import { Block, Vectors } from "./vectors.js" */

const WORD = 0xffffffffn;
const ONE = 1023n << 52n;

/** The keys of all rounds, of a seed's last 64 bits. @param {bigint} seed @param {NoiseData} noise @returns {bigint[]} */
export function roundKeys(seed, { rounds, keySteps }) {
  const halves = [seed & WORD, (seed >> 32n) & WORD];
  return Array.from({ length: rounds }, (_, turn) => halves.map((half, place) => (half + BigInt(turn) * BigInt(keySteps[place])) & WORD)).flat();
}

/**
 * Two normal numbers for each of some trajectories in a step: those of the coordinates 2j and 2j + 1 of its noise, or of what it draws.
 * @param {Block} block @param {NoiseData} noise @param {Vectors} numbers of the trajectories, whole numbers of 64 bits; released @param {number} step a variable
 * @param {number} pair j @param {number} keys one with the address of what `roundKeys` gives
 */
export function normals(block, noise, numbers, step, pair, keys) {
  const { code } = block;
  const bits = (/** @type {bigint} */ value) => () => block.pushBits(value);
  const on = (/** @type {Vectors} */ a, /** @type {number} */ operation, /** @type {() => unknown} */ b) => block.each([a], (_, one) => (code.get(one), b(), code.vector(operation)));
  const both = (/** @type {Vectors} */ a, /** @type {number} */ operation, /** @type {Vectors} */ b) => block.each([a, b], (_, one, other) => code.get(one, other).vector(operation));
  const shifted = (/** @type {Vectors} */ a, /** @type {number} */ operation, /** @type {number} */ by) => block.each([a], (_, one) => code.get(one).i32(by).vector(operation));
  const counter = block.fresh(1);
  code.get(step).emit(0xad).vector(SIMD.SPLAT64).set(counter.at[0]); // i64.extend_i32_u
  const which = block.fresh(1);
  block.pushBits(BigInt(pair)).set(which.at[0]);
  let words = [on(numbers, SIMD.AND, bits(WORD)), shifted(numbers, SIMD.SHIFT_RIGHT64, 32), counter, which];
  block.release(numbers);
  for (let turn = 0; turn < noise.rounds; turn++) {
    const products = [0, 1].map((place) => on(words[2 * place], SIMD.MULTIPLY64, bits(BigInt(noise.multipliers[place]))));
    const mixed = [1, 0].map((place, half) => {
      const high = shifted(products[place], SIMD.SHIFT_RIGHT64, 32);
      const crossed = both(high, SIMD.XOR, words[2 * half + 1]);
      const keyed = on(crossed, SIMD.XOR, () => code.get(keys).memory(SIMD.LOAD_SPLAT, 8 * (2 * turn + half)));
      block.release(high);
      block.release(crossed);
      return keyed;
    });
    const low = products.map((one) => on(one, SIMD.AND, bits(WORD)));
    for (const one of [...words, ...products]) block.release(one);
    words = [mixed[0], low[1], mixed[1], low[0]];
  }
  const uniform = [0, 2].map((place) => {
    const joined = both(shifted(words[place], SIMD.SHIFT_LEFT64, 20), SIMD.OR, shifted(words[place + 1], SIMD.SHIFT_RIGHT64, 12));
    return on(joined, SIMD.OR, bits(ONE)); // from 1 to 2, by 52 bits
  });
  const side = on(shifted(words[3], SIMD.SHIFT_LEFT64, 63), SIMD.OR, bits(ONE)); // 1 or -1, by the last bit
  const size = block.apply("-", block.literal(2), uniform[0]);
  const turned = block.apply("-", uniform[1], block.literal(1.5));
  const found = block.call("normals", [size, turned, side]);
  for (const one of [...words, ...uniform, side, size, turned]) block.release(one);
  return found;
}
