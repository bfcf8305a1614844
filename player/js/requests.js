// Requests to Python: one at a time, and of those that are made meanwhile only the last, since every answer draws the page anew.

/** @import { Request } from "./types" */

const LOST = 1200; // milliseconds after which a request that was not answered is taken for lost

export class Requests {
  /** @param {(request: Request) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {object | null} stands for the request that was not answered yet */
    this.waiting = null;
    /** @type {Request | null} the one to make after it */
    this.queued = null;
  }

  /** Whether there is a request that was not answered yet. */
  get open() {
    return this.waiting !== null || this.queued !== null;
  }

  /** @param {Request} request */
  make(request) {
    if (this.waiting) {
      this.queued = request;
      return;
    }
    this.queued = null;
    const mine = (this.waiting = {});
    setTimeout(() => this.waiting === mine && this.answered(), LOST);
    this.send(request);
  }

  /** The last request has been answered, or lost: the next one may go. */
  answered() {
    this.waiting = null;
    if (this.queued) this.make(this.queued);
  }

  /** Forget all requests. */
  close() {
    this.waiting = this.queued = null;
  }
}
