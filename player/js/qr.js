// A text as a QR code (ISO/IEC 18004:2015), in byte mode, with the squares that segno gives in Python (exports/qr_code.py): in the smallest
// version that holds it, with the most error correction that this version has room for.

/** @typedef {{ size: number, dark: Uint8Array }} Squares row by row, 1 where a square is dark */

const VERSIONS = 40;
// For each level of error correction, L, M, Q and H, and each version: the blocks of codewords, and the codewords of correction in each block.
const BLOCKS = [
  [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
  [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
  [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
  [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
];
const CORRECTION = [
  [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, ...Array(14).fill(30)],
  [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, ...Array(19).fill(28)],
  [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, ...Array(14).fill(30)],
  [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, ...Array(18).fill(30)],
];
const LEVEL_BITS = [1, 0, 3, 2];

/** @type {((i: number, j: number) => boolean)[]} whether a mask turns the square of row i and column j */
const MASKS = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => ((i >> 1) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

// Powers of 2 in GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1, and their exponents.
const POWERS = new Uint8Array(510), EXPONENTS = new Uint8Array(256);
for (let exponent = 0, power = 1; exponent < 255; exponent++, power = (power << 1) ^ (power & 128 ? 0x11d : 0)) {
  POWERS[exponent] = POWERS[exponent + 255] = power;
  EXPONENTS[power] = exponent;
}
const product = (/** @type {number} */ a, /** @type {number} */ b) => (a && b ? POWERS[EXPONENTS[a] + EXPONENTS[b]] : 0);

/** The squares of a text's code, without a border; null if the text is too long for any. @param {string} text in ASCII, as addresses are @returns {Squares | null} */
export function squaresOf(text) {
  const bytes = new TextEncoder().encode(text);
  const fits = (/** @type {number} */ version, /** @type {number} */ level) => bytes.length + (version < 10 ? 2 : 3) <= room(version, level);
  let version = 1, level = 0;
  while (version <= VERSIONS && !fits(version, level)) version++;
  if (version > VERSIONS) return null;
  while (level < 3 && fits(version, level + 1)) level++;
  const { size, dark, fixed } = frame(version);
  write(codewordsOf(bytes, version, level), size, dark, fixed);
  const masked = MASKS.map((turns) => dark.map((square, at) => (fixed[at] ? square : square ^ Number(turns(Math.floor(at / size), at % size)))));
  const faults = masked.map((squares) => penalty(squares, size));
  const best = faults.indexOf(Math.min(...faults));
  sign(masked[best], size, version, (LEVEL_BITS[level] << 3) | best);
  return { size, dark: masked[best] };
}

/** Codewords of a version, with those of correction. @param {number} version */
function codewords(version) {
  const rows = version > 1 ? Math.floor(version / 7) + 2 : 0; // of alignment patterns
  const squares = (16 * version + 128) * version + 64 - (rows && (25 * rows - 10) * rows - 55) - (version > 6 ? 36 : 0);
  return squares >> 3;
}

/** Codewords for data. @param {number} version @param {number} level */
function room(version, level) {
  return codewords(version) - BLOCKS[level][version - 1] * CORRECTION[level][version - 1];
}

/** The codewords in the order in which they are written: the blocks' data by turns, and so their correction. @param {Uint8Array} bytes @param {number} version @param {number} level */
function codewordsOf(bytes, version, level) {
  const [count, correction] = [BLOCKS[level][version - 1], CORRECTION[level][version - 1]];
  const data = dataOf(bytes, version, room(version, level));
  const short = Math.floor(data.length / count);
  const long = data.length % count; // blocks, the last ones, that have one more
  const blocks = Array.from({ length: count }, (_, k) => {
    const from = k * short + Math.max(0, k - count + long);
    return data.subarray(from, from + short + Number(k >= count - long));
  });
  const corrections = blocks.map((block) => correctionOf(block, correction));
  const byTurns = (/** @type {Uint8Array[]} */ all, /** @type {number} */ most) => Array.from({ length: most }, (_, k) => all.filter((one) => k < one.length).map((one) => one[k])).flat();
  return [...byTurns(blocks, short + 1), ...byTurns(corrections, correction)];
}

/** Mode, length, bytes, an end of four bits, and padding, whose first codeword is 0 in segno. @param {Uint8Array} bytes @param {number} version @param {number} length */
function dataOf(bytes, version, length) {
  const head = version < 10 ? [bytes.length] : [bytes.length >> 8, bytes.length & 255];
  const data = new Uint8Array(length);
  let last = 0b0100, at = 0; // the mode takes half a codeword: all that follows lies across two
  for (const byte of [...head, ...bytes, 0]) {
    data[at++] = ((last & 15) << 4) | (byte >> 4);
    last = byte;
  }
  for (at++; at < length; at++) data[at] = (at - bytes.length - head.length) % 2 ? 0x11 : 0xec;
  return data;
}

/** The remainder of a block, divided by the generator of Reed and Solomon. @param {Uint8Array} block @param {number} count */
function correctionOf(block, count) {
  let generator = [1];
  for (let k = 0; k < count; k++) generator = [...generator, 0].map((one, at) => one ^ product(generator[at - 1] ?? 0, POWERS[k]));
  const rest = new Uint8Array(block.length + count);
  rest.set(block);
  for (let at = 0; at < block.length; at++) {
    const lead = rest[at];
    for (let k = 0; k <= count; k++) rest[at + k] ^= product(generator[k], lead);
  }
  return rest.subarray(block.length);
}

/** A version's patterns; what says version and mask is light yet. @param {number} version */
function frame(version) {
  const size = 4 * version + 17;
  const [dark, fixed] = [new Uint8Array(size * size), new Uint8Array(size * size)];
  const fill = (/** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ width, /** @type {number} */ height, /** @type {(x: number, y: number) => boolean} */ isDark) => {
    for (let y = Math.max(y0, 0); y < Math.min(y0 + height, size); y++) {
      for (let x = Math.max(x0, 0); x < Math.min(x0 + width, size); x++) [fixed[y * size + x], dark[y * size + x]] = [1, Number(isDark(x, y))];
    }
  };
  const rings = (/** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ reach, /** @type {number[]} */ light) =>
    fill(x0 - reach, y0 - reach, 2 * reach + 1, 2 * reach + 1, (x, y) => !light.includes(Math.max(Math.abs(x - x0), Math.abs(y - y0))));
  const even = (/** @type {number} */ x, /** @type {number} */ y) => (x + y) % 2 === 0;
  for (const [x, y] of [[0, 0], [size - 8, 0], [0, size - 8]]) fill(x, y, 9, 9, () => false);
  if (version > 6) for (const [x, y, width, height] of [[size - 11, 0, 3, 6], [0, size - 11, 6, 3]]) fill(x, y, width, height, () => false);
  fill(6, 0, 1, size, even);
  fill(0, 6, size, 1, even);
  const centres = alignment(version);
  const end = centres.length - 1;
  for (const [i, y] of centres.entries()) for (const [j, x] of centres.entries()) if (!((i === 0 && (j === 0 || j === end)) || (i === end && j === 0))) rings(x, y, 2, [1]);
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) rings(x, y, 4, [2, 4]);
  return { size, dark, fixed };
}

/** The middles of the alignment patterns in a row or a column: the last ones are as far apart from each other. @param {number} version */
function alignment(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const apart = 2 * Math.floor((8 * version + 3 * count + 5) / (4 * count - 4));
  return [6, ...Array.from({ length: count - 1 }, (_, k) => 4 * version + 10 - (count - 2 - k) * apart)];
}

/** Bit by bit, up and down in columns of two, from the right. @param {number[]} words @param {number} size @param {Uint8Array} dark @param {Uint8Array} fixed */
function write(words, size, dark, fixed) {
  let bit = 0, up = true;
  for (let right = size - 1; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5; // the column of the timing pattern
    for (let k = 0; k < size; k++) {
      for (const x of [right, right - 1]) {
        const at = (up ? size - 1 - k : k) * size + x;
        if (!fixed[at]) dark[at] = (words[bit >> 3] >> (7 - (bit++ & 7))) & 1;
      }
    }
  }
}

/** How hard a mask would be to read: long runs, blocks, what looks like a corner's pattern, and far from half dark. @param {Uint8Array} dark @param {number} size */
function penalty(dark, size) {
  const rows = Array.from({ length: size }, (_, i) => dark.subarray(i * size, (i + 1) * size).join(""));
  const columns = rows.map((_, j) => rows.map((row) => row[j]).join(""));
  let sum = 10 * Math.floor(Math.abs((dark.reduce((a, b) => a + b) / size ** 2) * 100 - 50) / 5);
  for (const line of [...rows, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    for (let at = line.indexOf("1011101"), next; at >= 0; at = line.indexOf("1011101", next)) {
      const clear = [line.slice(Math.max(at - 4, 0), at), line.slice(at + 7, at + 11)].some((side) => !side.includes("1"));
      if (clear) sum += 40;
      next = at + (clear ? 7 : 4);
    }
  }
  for (let at = size; at < dark.length; at++) if (at % size && dark[at] === dark[at - 1] && dark[at] === dark[at - size] && dark[at] === dark[at - size - 1]) sum += 3;
  return sum;
}

/** Say level and mask, and from version 7 on the version, each with its own correction. @param {Uint8Array} dark @param {number} size @param {number} version @param {number} kind */
function sign(dark, size, version, kind) {
  const format = ((kind << 10) | remainder(kind << 10, 0x537)) ^ 0x5412;
  for (let bit = 0; bit < 15; bit++) {
    const square = (format >> bit) & 1;
    dark[(bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit) * size + 8] = square;
    dark[8 * size + (bit < 8 ? size - 1 - bit : bit < 9 ? 7 : 14 - bit)] = square;
  }
  dark[(size - 8) * size + 8] = 1;
  const number = (version << 12) | remainder(version << 12, 0x1f25);
  for (let bit = 0; version > 6 && bit < 18; bit++) {
    const [along, across] = [Math.floor(bit / 3), size - 11 + (bit % 3)];
    dark[along * size + across] = dark[across * size + along] = (number >> bit) & 1;
  }
}

/** The remainder of a polynomial over GF(2). @param {number} value @param {number} divisor */
function remainder(value, divisor) {
  while (Math.clz32(value) <= Math.clz32(divisor)) value ^= divisor << (Math.clz32(divisor) - Math.clz32(value));
  return value;
}
