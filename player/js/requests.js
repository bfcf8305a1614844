// Requests to Python: one at a time, since every answer draws the page anew; those that are made meanwhile wait, but for what a later one replaces.

/** @import { Request } from "./types" */

const LOST = 2500; // milliseconds after which a request that was not answered is taken for lost

export class Requests {
  /** @param {(request: Request) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {object | null} stands for the request that was not answered yet */
    this.waiting = null;
    /** @type {Request[]} those to make after it */
    this.queued = [];
  }

  /** Whether there is a request that was not answered yet. */
  get open() {
    return this.waiting !== null;
  }

  /** @param {Request} request */
  make(request) {
    if (this.waiting) {
      this.queued = [...this.queued.filter((older) => !replaces(request, older)), request];
      return;
    }
    const mine = (this.waiting = {});
    setTimeout(() => this.waiting === mine && this.answered(), LOST);
    this.send(request);
  }

  /** The last request has been answered, or lost: the next one may go. */
  answered() {
    this.waiting = null;
    const next = this.queued.shift();
    if (next) this.make(next);
  }

  /** Forget all requests. */
  close() {
    this.waiting = null;
    this.queued = [];
  }
}

/** Whether nothing is left of an older request after a newer one: a start stands alone, and what is moved ends where it was moved last. @param {Request} newer @param {Request} older */
function replaces(newer, older) {
  if (newer.kind === "start") return ["start", "add", "move"].includes(older.kind);
  if (newer.kind === "move") return older.kind === "move" && older.index === newer.index;
  return newer.kind === older.kind && newer.kind !== "add";
}
