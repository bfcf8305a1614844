// The scales on which a landscape's losses are shown, found from the losses on a grid as figures/loss_grid.py finds them.

/** @import { LossScale } from "./types" */

const LEVELS = 18; // the numbers are those of figures/loss_grid.py
const APART = 0.02;
const EXTREME = 1e18;
const HOLLOWS = 150;
const ONWARD = 0.4;
const SKEWED = 4.5;

/** The scales for losses on a square grid. @param {Float64Array} losses @returns {LossScale} */
export function scaleOf(losses) {
  const finite = losses.filter(Number.isFinite).sort();
  const [low, middle] = [finite[0], medianOf(finite)];
  let high = finite[finite.length - 1];
  if (high - low < 1e-300 + 1e-14 * Math.abs(high)) high = low + 1;
  const logarithmic = finite[Math.floor(0.95 * (finite.length - 1))] - low > SKEWED * (middle - low);
  const tenth = finite[Math.floor(finite.length / 10)] - low;
  const extreme = tenth > 0 && (high - low) / EXTREME > tenth;
  const measure = extreme ? tenth : high - low;
  const unit = logarithmic ? Math.max(0.05 * (extreme ? tenth : middle - low), 1e-9 * measure) : high - low;
  const span = logarithmic ? Math.log1p((high - low) / unit) : 1;
  return { levels: levelsOf(finite, low, high, 1e-12 * measure), logarithmic, low, unit, span };
}

/** The middle of rising numbers. @param {Float64Array} rising */
export function medianOf(rising) {
  const [below, above] = [rising[(rising.length - 1) >> 1], rising[rising.length >> 1]];
  return below === above ? below : (below + above) / 2;
}

/** @param {Float64Array} finite @param {number} low @param {number} high @param {number} apart */
function levelsOf(finite, low, high, apart) {
  const shares = Array.from({ length: LEVELS }, (_, k) => k / (LEVELS - 1));
  const levels = thinned(shares.map((share) => quantile(finite, share * share)), low, high, apart);
  if (levels.length >= Math.floor(LEVELS / 2)) return levels;
  return thinned([...levels, ...shares.map((share) => low + (high - low) * share)].sort((a, b) => a - b), low, high, apart);
}

/** Between the nearest two of rising numbers. @param {Float64Array} rising @param {number} share */
function quantile(rising, share) {
  const place = share * (rising.length - 1);
  const k = Math.min(Math.floor(place), rising.length - 2);
  const part = place - k;
  const [a, b] = [rising[k], rising[k + 1]];
  return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}

/** @param {number[]} levels @param {number} low @param {number} high @param {number} apart */
function thinned(levels, low, high, apart) {
  const kept = [low];
  for (const level of levels) if (level - kept[kept.length - 1] > Math.max(APART * (level - low), apart)) kept.push(level);
  if (kept[kept.length - 1] < high) kept.push(high);
  return kept;
}

/** The place of a loss among the levels, as `LossGrid.rank` of Python has it. @param {number} loss @param {Pick<LossScale, "levels">} scale */
export function rankOf(loss, { levels }) {
  if (!Number.isFinite(loss)) return NaN;
  let k = 1;
  while (k < levels.length - 1 && loss > levels[k]) k++;
  return Math.max(0, Math.min(levels.length - 1, k - 1 + (loss - levels[k - 1]) / (levels[k] - levels[k - 1])));
}

/** It as contour lines are drawn by, as `LossGrid.drawn_rank` has it. @param {number} rank @param {Pick<LossScale, "levels">} scale */
export function drawnRank(rank, { levels }) {
  const k = levels.length - 2;
  if (k < 1 || !(rank > k)) return rank;
  const faster = Math.max(1, (levels[k + 1] - levels[k]) / (levels[k] - levels[k - 1]));
  return Math.max(rank, k + Math.min((rank - k) * faster, ONWARD));
}

/** The height of a loss, as `LossGrid.height` has it. @param {number} loss @param {LossScale} scale */
export function heightOf(loss, { logarithmic, low, unit, span }) {
  const raised = loss - low;
  return (logarithmic ? Math.log1p(Math.max(raised, 0) / unit) : raised / unit) / span;
}

/** At every how many-th level a line is drawn, as `LossGrid.every`. @param {Float64Array} ranks on an n x n grid @param {number} n @param {number} levels how many there are */
export function everyOf(ranks, n, levels) {
  let hollows = 0;
  for (let row = 1; row < n - 1; row++) {
    for (let column = 1; column < n - 1; column++) {
      const at = row * n + column;
      let [low, high] = [Infinity, -Infinity];
      for (let up = -n; up <= n; up += n) {
        for (let k = at + up - 1; k <= at + up + 1; k++) {
          if (k === at) continue;
          low = Math.min(low, ranks[k]);
          high = Math.max(high, ranks[k]);
        }
      }
      if (ranks[at] < low && ranks[at] < high - 1) hollows += 1;
    }
  }
  return Math.max(1, Math.min(Math.ceil(hollows / HOLLOWS), levels - 2));
}
