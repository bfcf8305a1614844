// A step taken apart, drawn on a map: its parts tip to tail, to scale, and the sizes that an optimizer keeps as boxes in a corner.

import { numbersAt, parabolaAt, shapesOf } from "./anatomy.js";
import { contextOf } from "./dom.js";
import { marksOf } from "./names.js";
import { drawBoxes, placeOfBoxes } from "./stepboxes.js";
import { along, around, bestPlace, RING, WORDS } from "./wordplaces.js";

/** @import { Box, Lit, Shape, Size, Step, Subplot } from "./types" */
/** @import { MapPanel } from "./maps.js" */
/** @import { Pen, Row } from "./stepboxes.js" */
/** @import { FlatView } from "./views.js" */
/** @import { Place, Taken } from "./wordplaces.js" */

/** @typedef {Shape & { a: number[], b: number[] }} DrawnShape with its ends in pixels */
/** @typedef {{ colour?: string, width: number, alpha: number, head: number, dash?: number[] }} Arrow */

const NEAR_LINE = 8; // CSS pixels from an arrow that still mean it
const LABELLED = 26; // an arrow of so many pixels has room for its name
const DIM = 0.22;
const LETTERS = 13; // CSS pixels
const SHARES = [0.5, 0.3, 0.75]; // of an arrow's length, where its name can stand
const GAPS = [3, 16]; // CSS pixels between an arrow and its name
const POINT = 7; // and between the middle of a point and its name
const ARROW = 1; // how bad it is to cover a piece of an arrow

export class StepLayer {
  /** @param {MapPanel} panel the map */
  constructor(panel) {
    this.panel = panel;
    /** @type {DrawnShape[]} what was drawn last */
    this.drawn = [];
    /** @type {Row[]} likewise the boxes */
    this.boxes = [];
    this.box = /** @type {Box} */ ({ left: 0, top: 0, width: 0, height: 0 }); // of the map
    /** @type {Taken[]} what its words are not to cover */
    this.taken = [];
    this.corner = /** @type {Box | null} */ (null); // where the boxes stand
    this.pen = /** @type {Pen} */ (/** @type {unknown} */ (null)); // while a step is drawn
  }

  /** Draw over what the panel's canvas shows already. */
  draw() {
    const { player } = this.panel;
    const { step, t } = player.stepper;
    this.drawn = [];
    this.boxes = [];
    if (!step || t === null || player.off.has(step.run) || (player.live.on && !player.stepper.live)) return;
    const subplot = this.panel.subplots().find(({ runs }) => runs.includes(step.run));
    if (!subplot) return;
    const context = contextOf(this.panel.canvas);
    context.save();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.box = subplot.view.box;
    const { left, top, width, height } = this.box;
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    this.pen = { context, stepper: player.stepper, scale: player.scale, theme: player.race.theme, own: player.race.runs[step.run].colour };
    this.drawParabola(subplot.view, step, t);
    this.drawShapes(subplot, step, t);
    if (this.corner) this.boxes = drawBoxes(this.pen, this.corner, step, t);
    context.restore();
  }

  /** @param {string} key */
  strength(key) {
    const { lit } = this.panel.player.stepper;
    return !lit || lit.parts.includes(key) ? 1 : DIM;
  }

  /** @param {Subplot<FlatView>} subplot @param {Step} step @param {number} t */
  drawShapes(subplot, step, t) {
    const { view } = subplot;
    const shapes = shapesOf(step, t).filter(({ line }) => this.panel.player.stepper.shows(line));
    this.drawn = shapes.map((shape) => ({ ...shape, a: pixelOf(view, shape.from), b: pixelOf(view, shape.to) }));
    const order = /** @type {const} */ (["move", "plain", "look", "there", "part"]);
    for (const kind of order) for (const shape of this.drawn.filter((one) => one.kind === kind)) this[kind](shape);
    this.taken = this.takenBy(subplot);
    this.corner = placeOfBoxes(this.pen, view, step, this.drawn.flatMap(({ a, b }) => along(a, b, 2 * LETTERS * this.pen.scale, ARROW)));
    if (this.corner) this.taken.push({ ...this.corner, weight: WORDS });
    for (const shape of this.drawn) this.label(shape);
  }

  /** @param {DrawnShape} shape */
  move({ a, b }) {
    const alpha = this.panel.player.stepper.lit ? DIM : 0.45;
    this.arrow(a, b, { colour: this.pen.own, width: 9, alpha, head: 20 });
  }

  /** @param {DrawnShape} shape */
  part({ a, b, colour, key }) {
    this.arrow(a, b, { colour: this.pen.theme.halo, width: 5, alpha: 0.7 * this.strength(key), head: 13 });
    this.arrow(a, b, { colour, width: 2.8, alpha: this.strength(key), head: 11 });
  }

  /** @param {DrawnShape} shape */
  there({ a, b, colour, key }) {
    this.arrow(a, b, { colour, width: 1.8, alpha: 0.75 * this.strength(key), head: 8, dash: [5, 3] });
  }

  /** @param {DrawnShape} shape */
  plain({ a, b, key }) {
    this.arrow(a, b, { colour: this.pen.theme.text, width: 1.5, alpha: 0.75 * this.strength(key), head: 8, dash: [2, 4] });
  }

  /** A ring where a gradient is taken, and a thin line to it. @param {DrawnShape} shape */
  look({ a, b, key }) {
    const { context, scale, theme } = this.pen;
    this.arrow(a, b, { colour: theme.text, width: 1.3, alpha: 0.7 * this.strength(key), head: 0, dash: [3, 3] });
    context.globalAlpha = this.strength(key);
    context.setLineDash([]);
    context.beginPath();
    context.arc(b[0], b[1], 5 * scale, 0, 2 * Math.PI);
    context.lineWidth = 2 * scale;
    context.strokeStyle = theme.text;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** A line from pixel a to pixel b with a head of so many pixels at b, shorter where the line is. @param {number[]} a @param {number[]} b @param {Arrow} look */
  arrow(a, b, { colour, width, alpha, head, dash = [] }) {
    const { context, scale } = this.pen;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dx, dy);
    if (!(length > 0.3)) return;
    const [ux, uy] = [dx / length, dy / length];
    const tip = Math.min(head * scale, 0.6 * length);
    context.globalAlpha = alpha;
    context.strokeStyle = context.fillStyle = colour ?? this.pen.own;
    context.lineWidth = width * scale;
    context.lineCap = "butt";
    context.setLineDash(dash.map((part) => part * scale));
    context.beginPath();
    context.moveTo(a[0], a[1]);
    context.lineTo(b[0] - 0.85 * tip * ux, b[1] - 0.85 * tip * uy);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(b[0], b[1]);
    for (const side of [1, -1]) context.lineTo(b[0] - tip * ux - side * 0.42 * tip * uy, b[1] - tip * uy + side * 0.42 * tip * ux);
    if (head) context.fill();
    context.globalAlpha = 1;
  }

  /** A name beside its arrow, on the side away from the move if there is room; of a point, above it. @param {DrawnShape} shape */
  label(shape) {
    const { a, b, kind, label, colour, key } = shape;
    const { context, scale, theme } = this.pen;
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (!label || (kind !== "look" && length < LABELLED * scale)) return;
    const { left, top, width, height } = this.box;
    const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    if (kind !== "look" && (middle[0] < left || middle[0] > left + width || middle[1] < top || middle[1] > top + height)) return;
    context.font = `600 ${LETTERS * scale}px system-ui, sans-serif`;
    const size = { width: context.measureText(label).width + 6 * scale, height: 1.15 * LETTERS * scale };
    const places = (kind === "look" ? this.placesAtPoint(b, size) : this.placesAtArrow(shape, length, size)).map((place) => this.inside(place));
    const place = bestPlace(places, this.taken);
    this.taken.push({ ...place, weight: WORDS });
    this.write(label, place, colour && kind !== "look" ? colour : theme.text, this.strength(key));
  }

  /** Where the name of a point can stand. @param {number[]} point @param {Size} size @returns {Place[]} */
  placesAtPoint([x, y], { width, height }) {
    const far = POINT * this.pen.scale;
    const centres = [[x, y - far - height / 2], [x, y + far + height / 2], [x + far + width / 2, y], [x - far - width / 2, y]];
    return centres.map(([u, v], i) => ({ left: u - width / 2, top: v - height / 2, width, height, cost: i }));
  }

  /** Where the name of an arrow can stand: at its middle or nearer to an end, on either side, beside it or a little further. @param {DrawnShape} shape @param {number} length @param {Size} size @returns {Place[]} */
  placesAtArrow({ a, b }, length, { width, height }) {
    const move = this.drawn.find(({ kind }) => kind === "move") ?? { a, b };
    const across = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
    const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const towards = [(move.a[0] + move.b[0]) / 2 - middle[0], (move.a[1] + move.b[1]) / 2 - middle[1]];
    const away = across[0] * towards[0] + across[1] * towards[1] > 0 ? -1 : 1;
    const reach = Math.abs(across[0]) * (width / 2) + Math.abs(across[1]) * (height / 2); // of the words, across the arrow
    return [away, -away].flatMap((side, i) =>
      SHARES.flatMap((share, j) =>
        GAPS.map((gap, k) => {
          const far = side * (gap * this.pen.scale + reach);
          const [x, y] = [0, 1].map((axis) => a[axis] + share * (b[axis] - a[axis]) + far * across[axis]);
          return { left: x - width / 2, top: y - height / 2, width, height, cost: 1.5 * i + j + 2 * k };
        }),
      ),
    );
  }

  /** The same place, or the next one within the map. @param {Place} place @returns {Place} */
  inside(place) {
    const { left, top, width, height } = this.box;
    return { ...place, left: Math.min(left + width - place.width, Math.max(left, place.left)), top: Math.min(top + height - place.height, Math.max(top, place.top)) };
  }

  /** What words are not to cover: arrows, rings, marks and names. @param {Subplot<FlatView>} subplot @returns {Taken[]} */
  takenBy(subplot) {
    const { panel, pen: { scale } } = this;
    const arrows = this.drawn.filter(({ kind }) => kind !== "look").flatMap(({ a, b, kind }) => along(a, b, (kind === "move" ? 9 : 5) * scale, ARROW));
    const points = this.drawn.filter(({ kind }) => kind === "look").map(({ b }) => around(b[0], b[1], 6 * scale, RING));
    return [...arrows, ...points, ...marksOf(subplot, { ...panel.player.frame, subplots: [], starts: panel.starts(), marks: panel.marked }), ...panel.layer.named];
  }

  /** @param {string} text @param {Box} place @param {string} colour @param {number} alpha */
  write(text, { left, top, width, height }, colour, alpha) {
    const { context, scale, theme } = this.pen;
    context.globalAlpha = alpha;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5 * scale;
    context.strokeStyle = theme.halo;
    context.strokeText(text, left + width / 2, top + height / 2);
    context.fillStyle = colour;
    context.fillText(text, left + width / 2, top + height / 2);
    context.globalAlpha = 1;
  }

  /** @param {FlatView} view @param {Step} step @param {number} t */
  drawParabola(view, step, t) {
    const { context, scale, theme } = this.pen;
    for (const part of step.parts) {
      const { matrix, product, line: shown } = part;
      if (!matrix || !product || !this.panel.player.stepper.shows(shown)) continue;
      context.strokeStyle = theme.text;
      context.lineWidth = 1.2 * scale;
      context.globalAlpha = 0.6;
      context.setLineDash([6 * scale, 3 * scale]);
      for (const line of parabolaAt(step, { matrix, product }, t)) {
        context.beginPath();
        for (const [u, v] of line) {
          const [px, py] = view.point(u, v);
          context.lineTo(px, py);
        }
        context.stroke();
      }
      const shift = numbersAt(step, product, t);
      const [x, y] = numbersAt(step, "before:x", t);
      context.setLineDash([]);
      const [px, py] = view.point(x - shift[0], y - shift[1]);
      context.beginPath();
      for (const [dx, dy] of [[-5, 0], [5, 0], [0, -5], [0, 5]]) context[dx < 0 || dy < 0 ? "moveTo" : "lineTo"](px + dx * scale, py + dy * scale);
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  /** What is under a pixel, to light up, or null. @param {number[]} pixel @returns {Lit | null} */
  find([px, py]) {
    const box = this.boxes.find(({ left, top, width, height }) => px >= left && px <= left + width && py >= top && py <= top + height);
    if (box) return { parts: [], keys: box.keys };
    let best = { distance: NEAR_LINE, key: "" };
    for (const shape of this.drawn) {
      if (shape.kind === "move" || shape.kind === "look") continue;
      const distance = toSegment([px, py], shape.a, shape.b);
      if (distance < best.distance) best = { distance, key: shape.key };
    }
    return best.key ? { parts: [best.key], keys: [] } : null;
  }
}

/** @param {FlatView} view @param {number[]} point */
function pixelOf(view, [x, y]) {
  const [px, py] = view.point(x, y);
  return [px, py];
}

/** How far a pixel is from the line between two others. @param {number[]} pixel @param {number[]} a @param {number[]} b */
function toSegment([px, py], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - ax - share * dx, py - ay - share * dy);
}
