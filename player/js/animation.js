// The frames of a player: one is drawn where something has changed, and what takes longer than a frame waits for its turn.

/** @import { Player } from "./player.js" */

const OFTEN = 1000; // milliseconds between two descriptions of what plays

export class Animation {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.dirty = false; // whether there is something new to draw
    this.opening = false; // whether the clock waits until all panels are drawn
    this.views = ""; // what was shown of maps and scenes when they were drawn
    this.told = -Infinity; // when it was said last what is shown
    this.turns = Promise.resolve();
    this.request = requestAnimationFrame((now) => this.tick(now));
  }

  close() {
    cancelAnimationFrame(this.request);
  }

  /**
   * Wait for the turn to draw: until Plotly is there, and the browser has shown what was drawn by those who asked before.
   * @param {boolean} slow asks a frame later than the others, and so comes after them
   */
  async turn(slow) {
    await this.player.ready;
    if (slow) await nextPaint();
    const before = this.turns;
    this.turns = before.then(nextPaint);
    return before;
  }

  /** @param {number} now */
  tick(now) {
    this.request = requestAnimationFrame((later) => this.tick(later));
    const { player } = this;
    const { clock, race, landscape } = player;
    this.opening &&= [...player.panels.values()].some(({ busy }) => busy);
    if (this.opening) clock.wait();
    else clock.tick(now);
    if (!race || !landscape || race.landscapeKey !== landscape.key) return;
    player.live.show();
    player.shareCamera();
    const views = this.viewKey();
    if (!this.dirty && views === this.views) return;
    this.dirty = false;
    this.views = views;
    player.draw();
  }

  /** Say what is shown: at every rest, and now and then while it plays. */
  tell() {
    const now = performance.now();
    if (this.player.clock.playing && now - this.told < OFTEN) return;
    this.told = now;
    for (const panel of this.player.panels.values()) panel.tell();
  }

  /** Changes when a map is zoomed or a scene turned. */
  viewKey() {
    let key = "";
    for (const panel of this.player.panels.values()) key += String(panel.subplots().map((subplot) => subplot.view.key));
    return key;
  }
}

/** Resolves when the browser has painted a frame. @returns {Promise<void>} */
export function nextPaint() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
