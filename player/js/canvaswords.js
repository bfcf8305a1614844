// Words and numbers of a figure that is drawn on a canvas: at its axes, and its annotations.

import { boxOf } from "./canvasaxes.js";

/** @import { Box, Layout } from "./types" */
/** @import { AxisPair, PlotAxis } from "./canvasaxes.js" */

const UNDER = 0.2; // of their size, between ticks and numbers
const MIDDLE = 0.35; // of their size, from the middle of letters to their foot
const LEADING = 1.3; // of their size, from one line to the next
const FRAME = 2; // CSS pixels around an annotation, if it does not say otherwise
const RAISED = { size: 0.7, sup: -0.6, sub: 0.3 }; // of their size, letters that are raised or lowered

/** @typedef {{ color: string, size: number, family: string }} Font */
/** @typedef {{ text: string, bold: boolean, shift: "" | "sup" | "sub" }} Piece of a line, all in one kind of letters */

/** @param {Font} font @param {boolean} bold */
const css = ({ size, family }, bold = false, factor = 1) => `${bold ? "bold " : ""}${factor * size}px ${family}`;

/** The width of a text in letters. @param {CanvasRenderingContext2D} context @param {Font} font @returns {(text: string) => number} */
export function ruler(context, font) {
  context.font = css(font);
  return (text) => context.measureText(text).width;
}

/** Where a line one pixel wide fills whole pixels of the screen. @param {number} at */
export const crisp = (at) => (Math.floor(at * devicePixelRatio) + 0.5) / devicePixelRatio;

/** Faint lines across a plot, at its axes' numbers. @param {CanvasRenderingContext2D} context @param {AxisPair} axes */
export function drawGrid(context, { x, y }) {
  context.lineWidth = 1;
  context.setLineDash([]);
  for (const axis of [x, y]) {
    if (axis.settings.showgrid === false || axis.settings.visible === false) continue;
    context.strokeStyle = axis.settings.gridcolor;
    context.beginPath();
    for (const { place } of axis.ticks) {
      const at = crisp(axis.start + axis.offset(place));
      if (axis === x) {
        context.moveTo(at, y.start);
        context.lineTo(at, y.end);
      } else {
        context.moveTo(x.start, at);
        context.lineTo(x.end, at);
      }
    }
    context.stroke();
  }
}

/** Ticks and numbers at an axis, and its name. @param {CanvasRenderingContext2D} context @param {PlotAxis} axis @param {AxisPair} axes @param {Font} font */
export function drawTicks(context, axis, axes, font) {
  if (axis.settings.visible === false) return;
  const across = axis === axes.x;
  const { ticks, ticksOutside: long } = axis;
  const edge = across ? axes.y.end : axes.x.start;
  context.strokeStyle = axis.tickColour;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.beginPath();
  for (const { place } of long ? ticks : []) {
    const at = crisp(axis.start + axis.offset(place));
    if (across) {
      context.moveTo(at, edge + 1);
      context.lineTo(at, edge + 1 + long);
    } else {
      context.moveTo(edge - 1, at);
      context.lineTo(edge - 1 - long, at);
    }
  }
  context.stroke();
  if (axis.settings.showticklabels === false) return;
  const own = { ...font, ...axis.settings.tickfont };
  const away = 1 + long + (long ? UNDER * own.size : 0);
  context.font = css(own);
  context.fillStyle = own.color;
  context.textBaseline = "alphabetic";
  context.textAlign = across ? "center" : "right";
  for (const { place, text } of ticks) {
    const at = axis.start + axis.offset(place);
    if (across) context.fillText(text, at, edge + away + own.size);
    else context.fillText(text, edge - away, at + MIDDLE * own.size);
  }
}

/** Draw an annotation of the layout. @param {CanvasRenderingContext2D} context @param {Layout} annotation @param {AxisPair | undefined} axes @param {Box} paper within the margins @param {Font} font */
export function drawAnnotation(context, annotation, axes, paper, font) {
  const own = { ...font, ...annotation.font };
  const lines = String(annotation.text).split(/<br\s*\/?>/).map(piecesOf);
  const widths = lines.map((pieces) => lineWidth(context, pieces, own));
  const frame = annotation.borderpad === undefined ? FRAME : annotation.borderpad + 1;
  const width = Math.max(...widths) + 2 * frame;
  const height = LEADING * own.size * (lines.length - 1) + 1.2 * own.size + 2 * frame;
  const [px, py] = placeOf(annotation, axes, paper);
  const { xanchor = "center", yanchor = "middle", align = "center", bgcolor, xshift = 0, yshift = 0 } = annotation;
  const left = px + xshift - width * { left: 0, center: 0.5, right: 1 }[/** @type {"left" | "center" | "right"} */ (xanchor)];
  const top = py - yshift - height * { top: 0, middle: 0.5, bottom: 1 }[/** @type {"top" | "middle" | "bottom"} */ (yanchor)];
  if (bgcolor) {
    context.fillStyle = bgcolor;
    context.fillRect(left, top, width, height);
  }
  for (const [k, pieces] of lines.entries()) {
    const free = width - 2 * frame - widths[k];
    drawLine(context, pieces, own, left + frame + free * (align === "left" ? 0 : align === "right" ? 1 : 0.5), top + frame + own.size * (0.95 + LEADING * k));
  }
}

/** @param {Layout} annotation @param {AxisPair | undefined} axes @param {Box} paper @returns {[x: number, y: number]} */
function placeOf({ x, y, xref = "x", yref = "y" }, axes, paper) {
  const box = axes ? boxOf(axes) : paper;
  const across = xref === "paper" || !axes ? paper.left + x * paper.width : / domain$/.test(xref) ? box.left + x * box.width : axes.x.start + axes.x.offset(x);
  const upright = yref === "paper" || !axes ? paper.top + (1 - y) * paper.height : / domain$/.test(yref) ? box.top + (1 - y) * box.height : axes.y.start + axes.y.offset(y);
  return [across, upright];
}

/** A line of text with the tags that figures have. @param {string} text @returns {Piece[]} */
function piecesOf(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let bold = false;
  /** @type {Piece["shift"]} */
  let shift = "";
  for (const part of text.split(/(<\/?(?:b|sup|sub|i)>)/)) {
    const [, close, tag] = /^<(\/?)(b|sup|sub|i)>$/.exec(part) ?? [];
    if (tag === "b") bold = !close;
    else if (tag === "sup" || tag === "sub") shift = close ? "" : tag;
    else if (!tag && part) pieces.push({ text: part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"), bold, shift });
  }
  return pieces;
}

/** @param {CanvasRenderingContext2D} context @param {Piece[]} pieces @param {Font} font */
function lineWidth(context, pieces, font) {
  let width = 0;
  for (const { text, bold, shift } of pieces) {
    context.font = css(font, bold, shift ? RAISED.size : 1);
    width += context.measureText(text).width;
  }
  return width;
}

/** @param {CanvasRenderingContext2D} context @param {Piece[]} pieces @param {Font} font @param {number} x @param {number} y */
function drawLine(context, pieces, font, x, y) {
  context.fillStyle = font.color;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (const { text, bold, shift } of pieces) {
    context.font = css(font, bold, shift ? RAISED.size : 1);
    context.fillText(text, x, y + (shift ? RAISED[shift] * font.size : 0));
    x += context.measureText(text).width;
  }
}
