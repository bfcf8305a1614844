// Printing: a browser lays a page out anew for paper, but what is drawn keeps its size; so the player does too, and shows the whole race, or one step.

import { contextOf } from "./dom.js";

/** @import { Player } from "./player.js" */

const PAPER = 690; // CSS pixels between the usual margins of A4 and letter paper
const PARTS = 32; // in which a pixel is divided: Chromium prints canvases of a finer scale beside what lies under them

export class Printing {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    /** @type {{ position: number, playing: boolean, copies: Element[] } | null} what is put back afterwards */
    this.kept = null;
    this.prepare = () => this.before();
    this.restore = () => this.after();
    addEventListener("beforeprint", this.prepare);
    addEventListener("afterprint", this.restore);
  }

  close() {
    removeEventListener("beforeprint", this.prepare);
    removeEventListener("afterprint", this.restore);
  }

  before() {
    const { player } = this;
    if (!player.race || this.kept) return;
    const { clock, root } = player;
    const { width, height } = root.getBoundingClientRect();
    const { position, playing } = clock;
    const size = { width: `${width}px`, height: `${height}px`, zoom: Math.floor(PARTS * Math.min(1, PAPER / width)) / PARTS };
    for (const [name, value] of Object.entries(size)) root.style.setProperty(`--printed-${name}`, String(value));
    clock.pause();
    if (!player.stepper.step) clock.seek(clock.steps); // a step that is taken apart is printed as it stands
    player.draw();
    const scenes = [...player.panels.values()].flatMap((panel) => panel.repaint());
    const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (root.querySelectorAll("canvas.moving"));
    this.kept = { position, playing, copies: [...scenes, ...canvases].map(copied) };
  }

  after() {
    const { player, kept } = this;
    if (!kept) return;
    this.kept = null;
    for (const copy of kept.copies) copy.remove();
    if (player.clock.position !== kept.position) player.clock.seek(kept.position);
    if (kept.playing) player.clock.play();
  }
}

/** A fresh copy of a canvas in its place: on paper what was cleared would be white and hide what lies under it, and a scene would be empty. @param {HTMLCanvasElement} canvas */
function copied(canvas) {
  const copy = /** @type {HTMLCanvasElement} */ (canvas.cloneNode());
  if (canvas.width && canvas.height) contextOf(copy).drawImage(canvas, 0, 0);
  copy.classList.add("printed");
  canvas.after(copy);
  return copy;
}
