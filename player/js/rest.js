// When something that moves has come to rest, however slow the browser's frames are.

const PAUSE = 100; // milliseconds without a move

export class Rest {
  /** @param {() => void} reached called once */
  constructor(reached) {
    this.reached = reached;
    this.timer = 0;
    this.frame = 0;
  }

  get waits() {
    return this.timer > 0 || this.frame > 0;
  }

  /** It has moved: it rests after a pause, and a frame in which it could have moved again. */
  wait() {
    this.stop();
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.frame = requestAnimationFrame(() => {
        this.frame = requestAnimationFrame(() => {
          this.frame = 0;
          this.reached();
        });
      });
    }, PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.timer = this.frame = 0;
  }
}
