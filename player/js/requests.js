// Requests to Python: one at a time, since every answer draws the page anew; those that are made meanwhile, or while there is no connection, wait,
// but for what a later one replaces. One that was under way when the connection broke is made again: Python knows by its number whether it had
// it already (player/component.py).

import { isOnItsWay, timesBroken } from "./connection.js";

/** @import { Request } from "./types" */

const LOST = 2500; // milliseconds after which a request that was not answered is taken for lost, unless it is still on its way
const LOOK = 250; // between two looks whether it still is

export class Requests {
  /**
   * @param {(request: Request) => void} send
   * @param {() => boolean} wait whether nothing is to be sent now, since what was sent last is still on its way
   * @param {() => number} broken how often the connection has broken
   * @param {() => string | undefined} shown what is shown, which requests mean what they say in (`of` of js/types.d.ts)
   */
  constructor(send, wait = isOnItsWay, broken = timesBroken, shown = () => undefined) {
    this.send = send;
    this.wait = wait;
    this.broken = broken;
    this.shown = shown;
    this.settled = () => {}; // called when nothing is left to be answered
    this.serial = Date.now(); // tells two equal requests apart, also where Python has forgotten the first
    /** @type {{ request: Request, broken: number } | null} the request that was not answered yet, and what `broken` was when it was made */
    this.waiting = null;
    /** @type {object | null} likewise, once it was sent */
    this.sent = null;
    /** @type {Request[]} those to make after it */
    this.queued = [];
  }

  /** Whether there is a request that was not answered yet. */
  get open() {
    return this.waiting !== null;
  }

  /** @param {Request} request */
  make(request) {
    request.of ??= this.shown();
    if (this.waiting) {
      this.queued = [...this.queued.filter((older) => !replaces(request, older)), request];
      return;
    }
    request.serial ??= this.serial++;
    this.waiting = { request, broken: this.broken() };
    if (this.wait()) {
      this.queued.unshift(request);
      this.look(LOOK);
      return;
    }
    this.sent = this.waiting;
    this.look(LOST);
    this.send(request);
  }

  /** Look after a time whether what waits is lost. What was on its way for long has yet to be answered. @param {number} time */
  look(time, late = false) {
    const mine = this.waiting;
    setTimeout(() => {
      if (this.waiting !== mine) return;
      if (this.wait()) this.look(LOOK, true);
      else if (late && this.sent === mine && !this.underWay()) this.look(LOST);
      else this.answered();
    }, time);
  }

  /** The request that was under way when the connection broke, and may be lost. */
  underWay() {
    return this.waiting && this.sent === this.waiting && this.waiting.broken !== this.broken() ? this.waiting.request : null;
  }

  /** The last request has been answered, or lost: the next one may go. */
  answered() {
    const lost = this.underWay();
    this.waiting = null;
    if (lost && !this.queued.some((newer) => replaces(newer, lost))) this.queued.unshift(lost);
    const next = this.queued.shift();
    if (next) this.make(next);
    else this.settled();
  }

  /** Python has drawn the page after it had heard these requests, also where that shows nothing else. @param {number[]} serials */
  heard(serials) {
    const { waiting } = this;
    if (!waiting || this.sent !== waiting || !serials.includes(Number(waiting.request.serial))) return;
    waiting.broken = this.broken(); // it is not lost, whatever has become of the connection
    this.answered();
  }

  /** Forget all requests. */
  close() {
    this.waiting = null;
    this.queued = [];
  }
}

/** Whether nothing is left of an older request after a newer one: a start stands alone, and what is moved or turned ends where it was last. @param {Request} newer @param {Request} older */
function replaces(newer, older) {
  if (newer.kind === "start") return ["start", "add", "move"].includes(older.kind);
  if (newer.kind === "move") return older.kind === "move" && older.index === newer.index && older.of === newer.of;
  if (newer.kind === "set") return older.kind === "set" && older.of === newer.of && Object.keys(older.values).every((address) => address in newer.values);
  return newer.kind === older.kind && newer.kind !== "add";
}
