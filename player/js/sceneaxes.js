// Axes of a scene in 3-D, drawn under its surface: the lines behind it, and the edges at which numbers stand. Those are the edges of what is seen of the
// box, so that no surface covers them.

import { numbers } from "./data.js";
import { multiply } from "./views.js";

/** @import { Box, Layout, Point, Vector } from "./types" */

const TICK = 5; // CSS pixels
const AWAY = 4; // and from there to the numbers
const NAME = 1.4; // of the letters' size, between the numbers and the name of an axis
const LETTERS = 12 / 11; // of the figure's own, as Plotly has them in its scenes

/** @typedef {{ settings: Layout, sides: Vector, box: Box, eye: Vector, matrix: ArrayLike<number>[] }} SceneView a scene's layout, its box around zero, where it lies in the plot, and the factors from that box to clip space */
/** @typedef {"x" | "y" | "z"} Letter */
/** @typedef {{ letter: Letter, at: Record<Letter, number> }} Edge along an axis, with the signs of the sides of the box on which it lies */

const LETTERS_OF = /** @type {Letter[]} */ (["x", "y", "z"]);

/** @param {CanvasRenderingContext2D} context @param {SceneView} view @param {{ color: string, size: number, family: string }} font */
export function drawSceneAxes(context, view, font) {
  const { settings, box } = view;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  const project = projector(view);
  const ticks = /** @type {Record<Letter, Tick[]>} */ (Object.fromEntries(LETTERS_OF.map((letter) => [letter, ticksOf(settings[`${letter}axis`], view.sides[letter])])));
  drawGrid(context, view, project, ticks);
  const taken = /** @type {Box[]} */ ([]);
  for (const edge of edgesOf(view, project)) drawEdge(context, view, project, edge, ticks[edge.letter], { ...font, size: LETTERS * font.size }, taken);
  context.restore();
}

/** @typedef {{ at: number, text: string }} Tick from the middle of the box's side */

/** @param {Layout} axis @param {number} side @returns {Tick[]} */
function ticksOf({ tickvals, ticktext, range: [low, high], showticklabels = true }, side) {
  if (!showticklabels || !tickvals) return [];
  return Array.from(numbers(tickvals), (value, k) => ({ at: ((value - low) / (high - low) - 0.5) * side, text: ticktext[k] }));
}

/** From the box to pixels of the plot. @param {SceneView} view @returns {(at: Record<Letter, number>) => Point} */
function projector({ box, matrix }) {
  const m = matrix.reduceRight((product, factor) => multiply(factor, product));
  return ({ x, y, z }) => {
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    const [right, up] = [0, 1].map((row) => (m[row] * x + m[row + 4] * y + m[row + 8] * z + m[row + 12]) / w);
    return [box.left + ((right + 1) / 2) * box.width, box.top + ((1 - up) / 2) * box.height];
  };
}

/** Lines on the three sides behind the surface. @param {CanvasRenderingContext2D} context @param {SceneView} view @param {ReturnType<typeof projector>} project @param {Record<Letter, Tick[]>} ticks */
function drawGrid(context, { settings, sides, eye }, project, ticks) {
  context.strokeStyle = settings.xaxis.gridcolor;
  context.lineWidth = 1;
  context.beginPath();
  for (const wall of LETTERS_OF) {
    const away = (-Math.sign(eye[wall] || 1) * sides[wall]) / 2;
    for (const across of LETTERS_OF) {
      if (across === wall) continue;
      const along = /** @type {Letter} */ (LETTERS_OF.find((letter) => letter !== wall && letter !== across));
      for (const { at } of ticks[across]) {
        for (const [k, end] of [-0.5, 0.5].entries()) {
          const [px, py] = project(/** @type {any} */ ({ [wall]: away, [across]: at, [along]: end * sides[along] }));
          if (k) context.lineTo(px, py);
          else context.moveTo(px, py);
        }
      }
    }
  }
  context.stroke();
}

/** The edges for numbers: of the two for each axis at the rim of what is seen the lower one, and for heights the left one. @param {SceneView} view @param {ReturnType<typeof projector>} project @returns {Edge[]} */
function edgesOf({ sides, eye }, project) {
  const near = (/** @type {Letter} */ letter) => Math.sign(eye[letter] || 1) / 2;
  return LETTERS_OF.map((letter) => {
    const [first, second] = LETTERS_OF.filter((other) => other !== letter);
    const rims = [1, -1].map((side) => /** @type {Record<Letter, number>} */ ({ [letter]: 0, [first]: side * near(first) * sides[first], [second]: -side * near(second) * sides[second] }));
    const [one, other] = rims.map(project);
    const chosen = letter === "z" ? one[0] <= other[0] : one[1] >= other[1];
    return { letter, at: rims[chosen ? 0 : 1] };
  });
}

/** A line along an edge, with ticks and numbers outside of the box, and the axis' name. @param {CanvasRenderingContext2D} context @param {SceneView} view @param {ReturnType<typeof projector>} project @param {Edge} edge @param {Tick[]} ticks @param {{ color: string, size: number, family: string }} font @param {Box[]} taken by numbers that stand there */
function drawEdge(context, { settings, sides }, project, { letter, at }, ticks, font, taken) {
  const axis = settings[`${letter}axis`];
  const place = (/** @type {number} */ along) => project({ ...at, [letter]: along });
  const [from, to] = [place(-sides[letter] / 2), place(sides[letter] / 2)];
  const [outX, outY] = outwards(from, to, place(0), project(letter === "z" ? { x: 0, y: 0, z: 0 } : { ...at, [letter]: 0, [letter === "x" ? "y" : "x"]: 0 }));
  context.strokeStyle = axis.linecolor;
  context.lineWidth = axis.linewidth * 0.7;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  for (const { at: along } of axis.ticks ? ticks : []) {
    const [x, y] = place(along);
    context.moveTo(x, y);
    context.lineTo(x + TICK * outX, y + TICK * outY);
  }
  context.stroke();
  context.font = `${font.size}px ${font.family}`;
  context.fillStyle = font.color;
  context.textAlign = "center";
  context.textBaseline = "middle";
  let widest = 0;
  for (const { at: along, text } of ticks) {
    const [x, y] = place(along);
    const wide = context.measureText(text).width;
    const away = TICK + AWAY + reach(outX, outY, wide, 0.75 * font.size);
    widest = Math.max(widest, away + reach(outX, outY, wide, 0.75 * font.size));
    const middle = /** @type {Point} */ ([x + away * outX, y + away * outY]);
    if (isFree(taken, middle, wide + AWAY, font.size)) context.fillText(text, ...middle);
  }
  const name = axis.title?.text;
  if (!name) return;
  const away = widest + NAME * font.size;
  drawName(context, name, [(from[0] + to[0]) / 2 + away * outX, (from[1] + to[1]) / 2 + away * outY], from, to);
}

/** How far a text reaches from its middle in a direction. @param {number} dx @param {number} dy @param {number} wide @param {number} high */
const reach = (dx, dy, wide, high) => (Math.abs(dx) * wide + Math.abs(dy) * high) / 2;

/** A letter stands upright, a longer name along its axis. @param {CanvasRenderingContext2D} context @param {string} name @param {Point} middle @param {Point} from @param {Point} to */
function drawName(context, name, middle, from, to) {
  context.save();
  context.translate(...middle);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  if (name.length > 2) context.rotate(Math.cos(angle) < 0 ? angle + Math.PI : angle);
  context.fillText(name, 0, 0);
  context.restore();
}

/** The direction away from an edge: across it, and as the lines on the box' side go on that end there. @param {Point} from @param {Point} to @param {Point} half between them @param {Point} inside the middle of that side @returns {Point} */
function outwards([ax, ay], [bx, by], [hx, hy], [mx, my]) {
  const [along, out] = [Math.hypot(bx - ax, by - ay) || 1, Math.hypot(hx - mx, hy - my) || 1];
  const [onX, onY] = [(hx - mx) / out, (hy - my) / out];
  const [x, y] = [(by - ay) / along, (ax - bx) / along];
  const side = x * onX + y * onY < 0 ? -1 : 1;
  const [sumX, sumY] = [side * x + 2 * onX, side * y + 2 * onY];
  return [sumX / Math.hypot(sumX, sumY), sumY / Math.hypot(sumX, sumY)];
}

/** Whether a text has room beside those that stand there; then it is one of them. @param {Box[]} taken @param {Point} middle @param {number} width @param {number} height */
function isFree(taken, [x, y], width, height) {
  const own = { left: x - width / 2, top: y - height / 2, width, height };
  const apart = (/** @type {Box} */ other) => own.left >= other.left + other.width || other.left >= own.left + width || own.top >= other.top + other.height || other.top >= own.top + height;
  if (!taken.every(apart)) return false;
  taken.push(own);
  return true;
}
