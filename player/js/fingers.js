// Fingers on a picture: one of them scrolls the page, as anywhere else; two move and zoom what is shown.

/** @import { Point, Region } from "./types" */
/** @import { FlatView } from "./views.js" */

/** @typedef {{ x: number, y: number, apart: number }} Pinch the middle between two fingers, and how far they are apart, in CSS pixels */

export class Fingers {
  /**
   * Plotly would take every finger for a mouse that is pressed, and keep the page from scrolling; it hears of none.
   * @param {HTMLElement} plot the element that Plotly draws in
   * @param {(now: Pinch, before: Pinch, first: Pinch) => void} pinch called while two fingers move, with where they came down first, too
   * @param {() => boolean} held whether what lies under the first finger is dragged by it
   * @param {((right: number) => void) | null} turn called while one finger moves sideways, by so many pixels; null if that is nothing
   */
  constructor(plot, pinch, held = () => false, turn = null) {
    this.plot = plot;
    this.pinch = pinch;
    this.held = held;
    this.turn = turn;
    this.several = false; // since the first of them came down
    /** @type {Pinch | null} */
    this.last = null;
    /** @type {Pinch | null} */
    this.first = null;
    const options = { capture: true, passive: false };
    plot.addEventListener("touchstart", (event) => this.begin(event), options);
    plot.addEventListener("touchmove", (event) => this.move(event), options);
    for (const type of /** @type {const} */ (["touchend", "touchcancel"])) plot.addEventListener(type, (event) => this.end(event), options);
  }

  /** @param {TouchEvent} event */
  begin(event) {
    event.stopPropagation();
    const { targetTouches: fingers } = event;
    this.several = fingers.length > 1; // the first of the next ones is alone again
    this.first = this.last = between(fingers);
    if ((fingers.length > 1 || this.held()) && event.cancelable) event.preventDefault();
  }

  /** @param {TouchEvent} event */
  move(event) {
    event.stopPropagation();
    const { targetTouches: fingers } = event;
    const now = between(fingers);
    const before = this.last;
    this.last = now;
    if (!before || this.held()) return;
    if (fingers.length > 1) {
      if (event.cancelable) event.preventDefault();
      this.pinch(now, before, this.first ?? before);
    } else if (!this.several && now.x !== before.x) this.turn?.(now.x - before.x);
  }

  /** @param {TouchEvent} event */
  end(event) {
    event.stopPropagation();
    this.last = event.targetTouches.length ? between(event.targetTouches) : null;
  }
}

/** @param {TouchList} fingers @returns {Pinch} */
function between(fingers) {
  const [a, b] = [fingers[0], fingers[fingers.length - 1]];
  return { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2, apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) };
}

/** How much farther apart the fingers are. @param {Pinch} now @param {Pinch} before */
export const spread = (now, before) => (now.apart > 0 && before.apart > 0 ? now.apart / before.apart : 1);

/**
 * The part of the landscape that a map shows after its points have gone with the fingers.
 * @param {FlatView} view as it was before @param {Point} origin of the map's element in the window @param {Pinch} now @param {Pinch} before @returns {Region}
 */
export function pinched(view, [left, top], now, before) {
  const { box } = view;
  const [u, v] = view.unproject(before.x - left, before.y - top);
  const [ax, ay] = [view.ax * spread(now, before), -view.ay * spread(now, before)];
  const [px, py] = [now.x - left - box.left, now.y - top - box.top];
  return [[u - px / ax, u + (box.width - px) / ax], [v - (box.height - py) / ay, v + py / ay]];
}
