// The examples that networks learn from and are tested on, as points of a picture.

import { contextOf, element, short } from "./dom.js";

/** @import { DataBlock, Edges, Training } from "./types" */

const MANY = 400; // from so many examples on they are drawn smaller
const AT_EXAMPLE = 9; // CSS pixels from an example within which the pointer is at it

/** The examples in the player's window of the data; they do not move, and are drawn once for all pictures of a size. */
export class Examples {
  /** @param {Training} training */
  constructor(training) {
    this.training = training;
    this.drawn = { key: "", canvas: element("canvas") };
  }

  /** Training points filled, test points hollow. @param {Edges} box @param {number} scale of the letters and lines */
  picture({ left, right, top, bottom }, scale) {
    const { training } = this;
    const [width, height] = [right - left, bottom - top];
    const key = `${width}x${height}x${devicePixelRatio}x${scale}`;
    if (this.drawn.key === key) return this.drawn.canvas;
    const canvas = element("canvas", { width: Math.max(1, Math.round(width * devicePixelRatio)), height: Math.max(1, Math.round(height * devicePixelRatio)) });
    const context = contextOf(canvas);
    context.scale(devicePixelRatio, devicePixelRatio);
    const count = training.data.train.y.length + training.data.test.y.length;
    const radius = scale * Math.min(3.4, Math.max(1.2, width / 75)) * (count > MANY ? Math.max(0.45, Math.sqrt(MANY / count)) : 1);
    for (const set of /** @type {const} */ (["test", "train"])) for (const [x, y, colour] of this.located(set, width, height)) drawExample(context, x, y, radius, colour, training.theme.halo, set === "train");
    this.drawn = { key, canvas };
    return canvas;
  }

  /** Where the examples of a set lie in a picture, and their colours. @param {"train" | "test"} set @param {number} width @param {number} height @returns {[number, number, string][]} */
  located(set, width, height) {
    const { data, theme } = this.training;
    const [[x0, x1], [y0, y1]] = data.window;
    const { x, y } = data[set];
    const upright = data.inputs === 1 ? y : x[1];
    const colourOf = (/** @type {number} */ target) => {
      if (data.inputs === 1) return theme.text;
      return data.classes.length ? data.colours[target] : data.colours[Number(target > middle(data.train.y))];
    };
    return Array.from(y, (target, i) => [((x[0][i] - x0) / (x1 - x0)) * width, ((y1 - upright[i]) / (y1 - y0)) * height, colourOf(target)]);
  }

  /** The example near a pixel of a picture. @param {number} x @param {number} y @param {Edges} box @param {number} scale */
  at(x, y, { left, right, top, bottom }, scale) {
    const { data } = this.training;
    let best = { distance: AT_EXAMPLE * scale, set: "", what: "" };
    for (const set of /** @type {const} */ (["train", "test"])) {
      for (const [i, [px, py]] of this.located(set, right - left, bottom - top).entries()) {
        const distance = Math.hypot(px - x, py - y);
        if (distance < best.distance) best = { distance, set, what: data.classes.length ? className(data, data[set].y[i]) : short(data[set].y[i]) };
      }
    }
    return best.set ? best : null;
  }
}

/** A point of the training set, filled, or of the test set, hollow. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string} colour @param {string} halo @param {boolean} filled */
export function drawExample(context, x, y, radius, colour, halo, filled) {
  context.beginPath();
  context.arc(x, y, filled ? radius : 0.85 * radius, 0, 2 * Math.PI);
  if (filled) {
    context.lineWidth = 0.5 * radius;
    context.strokeStyle = halo;
    context.stroke();
    context.fillStyle = colour;
    context.fill();
  } else {
    context.lineWidth = 0.45 * radius;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** What a class is called. @param {DataBlock} data @param {number} k */
export const className = ({ classes }, k) => (/^[-\d.]+$/.test(classes[k]) ? `class ${classes[k]}` : classes[k]);

/** The median. @param {ArrayLike<number>} values */
const middle = (values) => Array.from(values).sort((a, b) => a - b)[values.length >> 1];
