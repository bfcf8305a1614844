// Pictures that lie under the maps' contour lines, one for each run.

import { contextOf, element } from "./dom.js";

/** @import { Trace } from "./types" */
/** @import { MapPanel } from "./maps.js" */
/** @import { FlatView } from "./views.js" */

/** What `picture_bytes` of player/payload.py wrote: a promise of the pictures, decoded. @param {Uint8Array} bytes */
export function readPictures(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  let offset = 4 + 4 * count;
  const files = Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(4 + 4 * i, true);
    const file = new Blob([bytes.slice(offset, offset + length)], { type: "image/png" });
    offset += length;
    return file;
  });
  return Promise.all(files.map((file) => createImageBitmap(file)));
}

/** @type {ImageBitmap[]} */
const NONE = [];
const OPACITY = 0.4; // of contour lines

/** The canvas under a map panel's plot. */
export class Backdrop {
  /** @param {MapPanel} panel */
  constructor(panel) {
    this.panel = panel;
    this.canvas = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.bare = false; // whether the plot was drawn without the landscape's colours
    this.ratio = 1;
    /** @type {{ pictures: ImageBitmap[], key: string } | null} */
    this.drawn = null;
  }

  /** The pictures to show, one for each map of the panel. */
  get pictures() {
    const { player, sideBySide } = this.panel;
    const { race, pictures } = player;
    return race && pictures.length === race.runs.length && (sideBySide || pictures.length === 1) ? pictures : NONE;
  }

  /** Whether there is something to show, for which the landscape's colours must go. */
  get wanted() {
    return this.pictures.length > 0;
  }

  /** What makes mere contour lines of the landscape's trace, strong enough to be seen on any picture. @param {Trace} trace */
  lines({ type, contours, line }) {
    if (!this.wanted || type !== "contour") return {};
    return { contours: { ...contours, coloring: "none" }, line: { ...line, color: this.panel.player.race.theme.text }, opacity: OPACITY };
  }

  /** @param {number} width @param {number} height in CSS pixels @param {number} ratio of the screen's pixels to them */
  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.drawn = null;
    this.draw();
  }

  /** Draw the pictures where the maps are now, unless they lie there already. */
  draw() {
    const { race, landscape } = this.panel.player;
    if (!race || !landscape) return;
    const { pictures } = this;
    if (!pictures.length && this.bare) return; // until the landscape has its colours again
    const views = pictures.length ? this.panel.subplots().map(({ view }) => view) : [];
    const key = views.map((view) => view.key).join();
    if (this.drawn?.pictures === pictures && this.drawn.key === key) return;
    this.drawn = { pictures, key };
    this.canvas.hidden = !pictures.length;
    const context = contextOf(this.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.imageSmoothingEnabled = false;
    for (const [i, view] of views.entries()) drawOn(context, view, pictures[i], landscape.window);
  }
}

/**
 * Draw a picture of the window where a map shows it.
 * @param {CanvasRenderingContext2D} context @param {FlatView} view @param {ImageBitmap} picture @param {[[number, number], [number, number]]} window
 */
function drawOn(context, view, picture, [[x0, x1], [y0, y1]]) {
  const { left, top, width, height } = view.box;
  const [fromX, fromY] = view.point(x0, y1);
  const [toX, toY] = view.point(x1, y0);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.drawImage(picture, fromX, fromY, toX - fromX, toY - fromY);
  context.restore();
}
