// A point of the plane that is looked at: what a network with its weights gives, as a picture beside the point, and its loss in words.

import { drawFit } from "./fit.js";
import { contextOf, element } from "./dom.js";
import { Examples } from "./examples.js";
import { PlanePicture } from "./planes.js";
import { Shades } from "./shades.js";

/** @import { Point, Training } from "./types" */
/** @import { Trainer } from "./trainer.js" */

const PROBE_WIDE = 132; // CSS pixels of a picture
const PROBE_SIDES = { least: 20, most: 72 }; // points along it
const PROBE_WORK = 4e6; // products of weights and points that a picture may take

export class Probe {
  /** @param {Trainer} trainer */
  constructor(trainer) {
    this.trainer = trainer;
    /** @type {Point | null} the point that is looked at */
    this.at = null;
    /** @type {Training | null} what the parts below belong to */
    this.training = null;
    /** @type {PlanePicture | null} */
    this.picture = null;
    this.canvas = element("canvas", { class: "probe", role: "img", "aria-label": "What a network with these weights gives" });
  }

  /** Look at a point; null for none. @param {Point | null} point */
  look(point) {
    if (point === this.at || (point && this.at && point[0] === this.at[0] && point[1] === this.at[1])) return;
    this.at = point;
    this.trainer.invalidate();
  }

  /** Other networks have come. */
  prepare() {
    const { training } = this.trainer;
    if (this.training === training) return;
    this.training = training;
    this.shades = new Shades(training.data.colours, training.theme);
    this.examples = new Examples(training);
    this.picture = null;
  }

  /** The picture of a point, or null where more than two inputs have no plane to draw. @param {Point} point */
  pictureOf([a, b]) {
    const { trainer } = this;
    const { training, plane, scale, dataAspect } = trainer;
    const { inputs } = training.data;
    if (inputs > 2 || !plane) return null;
    this.prepare();
    const [wide, ratio] = [PROBE_WIDE * Math.sqrt(scale), devicePixelRatio];
    const size = { width: wide, height: wide / (inputs === 1 ? 1.4 : dataAspect) };
    const { canvas } = this;
    Object.assign(canvas, { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) });
    Object.assign(canvas.style, { width: `${size.width}px`, height: `${size.height}px` });
    const context = contextOf(canvas);
    context.scale(ratio, ratio);
    const box = { left: 0, top: 0, right: size.width, bottom: size.height };
    const network = plane.network(a, b);
    const examples = /** @type {Examples} */ (this.examples).picture(box, 0.8 * Math.sqrt(scale));
    if (inputs === 2) {
      const picture = (this.picture ??= this.newPicture(size.height / size.width));
      picture.compute((points) => network.outputs(points), /** @type {Shades} */ (this.shades));
      picture.draw(context, box, training.theme, 0.8 * Math.sqrt(scale));
      context.drawImage(examples, 0, 0, size.width, size.height);
    } else {
      context.drawImage(examples, 0, 0, size.width, size.height);
      drawFit(context, box, training, (x) => network.outputs([x])[0], training.theme.accent, 2.2 * Math.sqrt(scale));
    }
    return canvas;
  }

  /** As fine as can be computed at once. @param {number} shape height by width */
  newPicture(shape) {
    const { training } = this.trainer;
    const weights = training.relief?.origin.length ?? 1;
    const side = Math.round(Math.max(PROBE_SIDES.least, Math.min(PROBE_SIDES.most, Math.sqrt(PROBE_WORK / weights))));
    return new PlanePicture(training, side, Math.max(8, Math.round(side * shape)));
  }
}
