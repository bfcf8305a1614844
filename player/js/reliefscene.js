// The loss on a plane through the space of weights, in 3-D: the scene of a race, with heads at their true losses.

import { contextOf } from "./dom.js";
import { drawTarget } from "./reliefmap.js";
import { hasPlane } from "./noplane.js";
import { ScenePanel } from "./scenes.js";
import { wordsOfLandscape } from "./words.js";

/** @import { Camera } from "./types" */
/** @import { Trainer } from "./trainer.js" */

export class ReliefScene extends ScenePanel {
  /** @param {Trainer} trainer @param {string} name */
  constructor(trainer, name) {
    super(trainer, name);
    this.trainer = trainer;
    this.element.setAttribute("aria-label", "The loss on a plane through the space of weights, in 3-D");
  }

  /** @override */
  figure() {
    return hasPlane(this) ? super.figure() : null;
  }

  /** @override */
  subplots() {
    return this.trainer.training?.relief ? super.subplots() : [];
  }

  /** @param {Camera | null} seen @override */
  look(seen) {
    if (this.trainer.training.relief) super.look(seen);
  }

  draw() {
    super.draw();
    const { at } = this.trainer.probe;
    const [subplot] = this.subplots();
    if (!at || !subplot) return;
    const context = contextOf(this.canvas);
    const { theme, scale } = this.player.frame;
    context.save();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    drawTarget(context, subplot.view.point(...at, this.trainer.heightAt(...at)), theme.text, theme.halo, 5 * Math.sqrt(scale));
    context.restore();
  }

  words() {
    if (!this.trainer.training.relief) return this.trainer.training.noRelief;
    const how = `in 3-D, its height is the ${this.wordOfHeight}, heads stand at their true losses, on stems from the plane`;
    return `${wordsOfLandscape(this.player, how)}. ${this.trainer.honesty.words}`;
  }
}
