// The unit of a network that is looked at: its picture large, over the others, with what there is to say of it.

import { cut, fontOf } from "./plotting.js";

/** @import { Edges, Size, Training } from "./types" */
/** @import { Place } from "./unitgraph.js" */

const INSET = 210; // CSS pixels of the picture
const LETTERS_LARGE = 13;

/**
 * @param {CanvasRenderingContext2D} context @param {Place} place of the unit @param {HTMLCanvasElement} picture @param {string[]} lines what is said of it @param {Training} training
 * @param {Size & { scale: number, over: number }} size of the panel, and how high what stands at its top is
 */
export function drawLarge(context, place, picture, lines, { theme, data, window }, { width, height, scale, over }) {
  const letters = LETTERS_LARGE * scale;
  const above = (0.6 + 1.3 * lines.length) * letters;
  const side = Math.max(20, Math.min(INSET * scale, height - over - above - 16, 0.45 * width));
  context.font = fontOf(letters, 600);
  const wide = Math.min(width - 20, Math.max(side, ...lines.map((text) => context.measureText(text).width)));
  const aside = place.side / 2 + 14 * scale;
  const left = place.x < width / 2 ? Math.min(width - wide - 8, place.x + aside) : Math.max(8, place.x - wide - aside);
  const top = Math.max(over + above + 2, Math.min(height - side - 8, place.y - side / 2));
  context.fillStyle = theme.background;
  context.shadowColor = "rgba(0, 0, 0, 0.35)";
  context.shadowBlur = 12;
  context.fillRect(left - 6, top - above, wide + 12, side + above + 6);
  context.shadowBlur = 0;
  context.imageSmoothingEnabled = data.inputs <= 2;
  context.drawImage(picture, left, top, side, side);
  context.imageSmoothingEnabled = true;
  if (data.inputs === 2) drawData(context, { left, top, right: left + side, bottom: top + side }, { theme, data, window }, scale);
  context.fillStyle = theme.text;
  context.textAlign = "left";
  context.textBaseline = "top";
  for (const [i, text] of lines.entries()) {
    context.font = fontOf(letters, i ? 400 : 600);
    context.fillText(cut(context, text, wide), left, top - above + (0.4 + 1.3 * i) * letters);
  }
}

/** The examples to learn from. @param {CanvasRenderingContext2D} context @param {Edges} box @param {Pick<Training, "window" | "data" | "theme">} training @param {number} scale */
function drawData(context, { left, top, right, bottom }, { data, theme }, scale) {
  const [[x0, x1], [y0, y1]] = data.window;
  const { x, y } = data.train;
  context.lineWidth = 0.8 * scale;
  context.strokeStyle = theme.halo;
  for (let i = 0; i < y.length; i++) {
    context.fillStyle = data.classes.length ? data.colours[y[i]] : theme.text;
    context.beginPath();
    context.arc(left + ((x[0][i] - x0) / (x1 - x0)) * (right - left), bottom - ((x[1][i] - y0) / (y1 - y0)) * (bottom - top), 2.2 * scale, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
