// The one clock of all panels: where in the race we are, and how fast it goes on.

/** At speed 1 a whole race takes about this long, unless its steps would then be too slow or too quick to follow. */
const SECONDS = 8;
const SLOWEST = 8; // steps a second
const QUICKEST = 90;

export class Clock {
  /** @param {(reason: string) => void} changed called whenever position, playing, speed or loop change */
  constructor(changed) {
    this.changed = changed;
    this.steps = 1;
    this.position = 0;
    this.playing = false;
    this.speed = 1;
    this.loop = true;
    this.rest = 0;
    /** @type {ArrayLike<number> | null} the steps that are known, rising, where not all are */
    this.stops = null;
    /** @type {number | null} when it was asked last */
    this.last = null;
  }

  /** The whole step that is shown. */
  get step() {
    return Math.floor(this.position + 1e-6);
  }

  /** Another race of so many steps: the position stays, as far as it exists. @param {number} steps */
  setSteps(steps) {
    this.steps = steps;
    this.position = Math.min(this.position, steps);
  }

  get stepsPerSecond() {
    return this.speed * Math.min(QUICKEST, Math.max(SLOWEST, this.steps / SECONDS));
  }

  play() {
    if (this.playing) return;
    if (this.position >= this.steps) this.position = 0;
    this.playing = true;
    this.last = null;
    this.changed("playing");
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.changed("playing");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Go to a step, whole or not. @param {number} position */
  seek(position) {
    this.position = Math.min(this.steps, Math.max(0, position));
    this.rest = 0;
    this.changed("position");
  }

  /** One or more whole steps on or back, of those that are known; playing stops. @param {number} steps */
  move(steps) {
    this.pause();
    if (!this.stops) return this.seek(this.step + steps);
    let at = this.stops.length - 1;
    while (at > 0 && this.stops[at] > this.position + 1e-6) at--;
    const between = steps < 0 && this.position > this.stops[at] + 1e-6 ? 1 : 0; // then one back is the known step before
    this.seek(this.stops[Math.max(0, Math.min(this.stops.length - 1, at + steps + between))]);
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.changed("speed");
  }

  /** @param {boolean} loop */
  setLoop(loop) {
    this.loop = loop;
    this.changed("loop");
  }

  /** The time until it is asked next does not count. */
  wait() {
    this.last = null;
  }

  /** Called once a frame with the time in ms; moves on while playing. At the end it rests a second before it starts again. @param {number} now */
  tick(now) {
    const elapsed = this.last === null ? 0 : Math.min(0.25, (now - this.last) / 1000);
    this.last = now;
    if (!this.playing) return;
    if (this.position >= this.steps) {
      this.rest += elapsed;
      if (!this.loop) this.pause();
      else if (this.rest > 1) this.seek(0);
      return;
    }
    this.position = Math.min(this.steps, this.position + elapsed * this.stepsPerSecond);
    this.changed("position");
  }
}
