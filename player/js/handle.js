// A number that can be turned: dragged sideways, moved by the arrow keys, or typed exactly. It knows nothing of the player.

import { element, followPointer, mark, write } from "./dom.js";
import { readValue, shareOf, stepped, typed, valueNear, written } from "./scale.js";

/** @import { NumberBlock } from "./types" */
/** @import { Track } from "./track.js" */

const CLICK = 4; // a pointer that moves no further than so many CSS pixels has clicked
const FINE = 0.1; // with shift a pointer moves the number so many times as far
const STRIDES = { small: 0.01, large: 0.1 }; // of the track, that an arrow key goes, without and with shift
const AGAIN = 1200; // milliseconds for which the track is seen after a key

export class Handle {
  /**
   * @param {NumberBlock} number
   * @param {Track} track which is shown while it is turned
   * @param {(values: Record<string, number>, last: boolean) => void} turn called with its address and value while it is turned, and with `last` once that is over
   * @param {() => void} wake called when it may be turned soon
   */
  constructor(number, track, turn, wake) {
    this.number = number;
    this.track = track;
    this.turn = turn;
    this.value = number.value;
    /** @type {{ number: NumberBlock, from: number, sent: number } | null} while it is turned: the number as it was, and what was told last */
    this.held = null;
    /** @type {number | null} what Escape brings back: the value before the keys */
    this.before = null;
    this.sign = element("span", { class: "sign" });
    this.figure = element("b");
    this.element = element(
      "span",
      {
        class: "handle",
        tabindex: 0,
        role: "spinbutton",
        pointerenter: wake,
        focus: wake,
        pointerdown: (/** @type {PointerEvent} */ event) => this.press(event),
        keydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
        keyup: (/** @type {KeyboardEvent} */ event) => event.key.startsWith("Arrow") && this.release(),
        blur: () => setTimeout(() => this.left()), // where its row has only moved, it has the focus again by then
        click: (/** @type {MouseEvent} */ event) => event.stopPropagation(), // the row's click is for the row
      },
      this.sign,
      this.figure,
    );
    this.describe();
  }

  /** The number as it is now. While it is turned, or what was turned is not answered yet, the value stays. @param {NumberBlock} number @param {boolean} open */
  set(number, open) {
    this.number = number;
    if (!this.held && !open) this.value = number.value;
    this.describe();
  }

  /** What was turned is answered: it is what it is now. */
  settle() {
    if (!this.held) this.show(this.number.value);
  }

  /** What it is called, with whose it is. */
  get name() {
    const { owner, title } = this.number;
    return owner ? `${owner}, ${title}` : title;
  }

  describe() {
    const { number } = this;
    const { title, sign, help, low, high } = number;
    write(this.sign, sign);
    mark(this.element, "title", `${title}: ${help} Drag sideways (with shift finely), or click and type.`);
    mark(this.element, "aria-label", this.name);
    mark(this.element, "aria-valuemin", String(low));
    mark(this.element, "aria-valuemax", String(high));
    this.show(this.value);
  }

  /** @param {number} value */
  show(value) {
    this.value = value;
    const { number } = this;
    write(this.figure, written(number, value));
    mark(this.element, "aria-valuenow", String(value));
    mark(this.element, "aria-valuetext", `${written({ unit: "" }, value)} ${number.unit === "°" ? "degrees" : number.unit}`.trim());
    if (this.track.of === this) this.track.move(value);
  }

  // ---- turning

  /** Begin, unless it has begun. */
  hold() {
    this.held ??= { number: this.number, from: this.value, sent: this.value };
    return this.held;
  }

  /** Another value while it is turned. @param {number} value */
  to(value) {
    const held = this.hold();
    this.show(value);
    if (held.sent === value) return;
    held.sent = value;
    this.turn({ [this.number.address]: value }, false);
  }

  /** It is not turned any more: what it shows holds. */
  release() {
    const { held, value } = this;
    this.held = null;
    if (held && (held.sent !== held.from || value !== held.from)) this.turn({ [this.number.address]: value }, true);
  }

  /** Its number is not there any more: nothing comes of what a hand still does. */
  close() {
    if (this.track.of === this) this.track.hide();
    this.held = this.before = null;
    this.turn = () => {};
  }

  /** It is not turned any more, and is what it was. */
  cancel() {
    const { held } = this;
    if (held) this.back(held.from);
    this.track.hide();
  }

  /** @param {number} value */
  back(value) {
    const moved = this.held ? this.held.sent !== value : this.value !== value;
    this.held = null;
    this.show(value);
    if (moved) this.turn({ [this.number.address]: value }, true);
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    event.stopPropagation();
    this.element.focus({ preventScroll: true });
    const { number, from } = this.hold();
    const start = shareOf(number, from);
    let [place, x, far] = [start, event.clientX, false];
    /** @param {PointerEvent} moved */
    const move = (moved) => {
      far ||= Math.abs(moved.clientX - event.clientX) > CLICK;
      if (!far || !this.held) return;
      if (this.track.of !== this) this.track.show(this, event.clientX);
      const fine = moved.shiftKey ? FINE : 1;
      place += ((moved.clientX - x) / this.track.length) * fine;
      x = moved.clientX;
      this.to(place === start ? from : valueNear(number, place, fine / this.track.length));
    };
    /** @param {PointerEvent} released */
    const done = (released) => {
      removeEventListener("keydown", escape, true);
      this.element.classList.remove("turned");
      if (!this.held) return; // Escape was pressed
      if (released.type === "pointercancel") return this.cancel();
      if (!far) {
        this.held = null;
        this.type();
        return;
      }
      this.track.hide();
      this.release();
    };
    /** @param {KeyboardEvent} pressed */
    const escape = (pressed) => {
      if (pressed.key !== "Escape") return;
      pressed.preventDefault();
      pressed.stopPropagation();
      this.cancel();
    };
    this.element.classList.add("turned");
    addEventListener("keydown", escape, true);
    followPointer(move, done);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
    const way = ways[/** @type {keyof typeof ways} */ (event.key)];
    if (way) {
      this.before ??= this.value;
      const { number } = this.hold();
      this.to(stepped(number, this.value, way * (event.shiftKey ? STRIDES.large : STRIDES.small)));
      this.track.show(this, null, AGAIN);
    } else if (event.key === "Enter") this.type();
    else if (event.key === "Escape" && this.before !== null && this.before !== this.value) {
      this.back(this.before);
      this.before = null;
      this.track.hide();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // all other keys are the player's
  }

  /** The focus is elsewhere. */
  left() {
    if (document.activeElement === this.element || this.element.classList.contains("turned")) return;
    this.release();
    this.before = null;
    if (this.track.of === this && !this.track.typing) this.track.hide();
  }

  // ---- typing

  /** Open a field in which the value is typed. */
  type() {
    const from = this.value;
    const read = (/** @type {string} */ text) => {
      if (text.trim() === typed(from)) return; // it is what it was
      this.back(readValue(this.number, text));
    };
    this.track.ask(this, typed(from), read, () => this.element.focus({ preventScroll: true }));
  }
}
