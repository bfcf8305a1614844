// Presenting: the player alone on the whole screen, larger, and turned from one scenario of the playlist to the next by a remote's keys.

import { draw, isDrawn, lift } from "./curtain.js";
import { element } from "./dom.js";
import { shareOfHeight } from "./layout.js";
import { pagesOf, whole } from "./mosaic.js";

/** @import { Playlist } from "./types" */
/** @import { Player } from "./player.js" */

const DESIGNED = { width: 640, height: 360 }; // CSS pixels of a screen on which letters have their usual size
const ENLARGED = 1.25; // how much larger they are at least
const SMALLER_LETTERS = [1, 0.85, 0.7, 0.625]; // times as large, while all panels are shown: the first with which they fit on the screen
const ROW_OF_TWO = 43; // CSS pixels of a row of the table, which has two lines there
const SEEN = 5000; // milliseconds for which a title is shown
const NOTHING = "No playlist yet: make one under “Playlist”";

/** @type {Set<Presenter>} of all players there are */
export const presenters = new Set();
let started = -1; // how often presenting was started from the page, as far as is known here

export class Presenter {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.on = false;
    this.scale = 1;
    this.stage = 0; // which of the choices of views is shown while presenting
    /** @type {string[][]} those choices, as far as they find room */
    this.views = [];
    /** @type {Playlist | null} */
    this.playlist = null;
    this.target = 0; // the entry that was asked for last
    /** @type {string | null} the chapter whose title was shown */
    this.announced = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.resume = false;
    this.heading = element("header", { class: "heading" });
    this.caption = element("div", { class: "announced", role: "status" });
    this.blank = element("div", { class: "blank", hidden: true, click: () => this.unblank() });
    this.wanted = false; // whether to begin once there is something to present
    this.onFullScreen = () => document.fullscreenElement || this.set(false);
    document.addEventListener("fullscreenchange", this.onFullScreen);
    presenters.add(this);
  }

  /** Its player is taken away: another one goes on presenting, on the page of the entry that was turned to say. */
  close() {
    document.removeEventListener("fullscreenchange", this.onFullScreen);
    clearTimeout(this.timer);
    presenters.delete(this);
    if (this.on) {
      const heir = [...presenters].at(-1);
      if (heir) heir.beginSoon();
      else if (this.playlist?.count) draw(getComputedStyle(this.player.root).backgroundColor);
    }
    this.set(false);
  }

  // ---- on and off

  /** Begin on the whole screen, or within the browser's window where that is refused; or end. */
  toggle() {
    if (this.on) this.end();
    else this.begin();
  }

  begin() {
    this.wanted = false;
    lift();
    this.set(true);
    // The whole page, and not the player alone, which another one replaces on another page; where that is refused the window has to do.
    document.documentElement.requestFullscreen?.().catch(() => {});
  }

  /** Begin as soon as there is something to present. */
  beginSoon() {
    if (this.player.race) this.begin();
    else this.wanted = true;
  }

  end() {
    this.set(false);
    if (document.fullscreenElement) document.exitFullscreen();
  }

  /** @param {boolean} on */
  set(on) {
    if (this.on === on) return;
    this.on = on;
    const { player } = this;
    player.root.classList.toggle("presenting", on);
    this.stage = 0;
    player.arrange();
    if (on) {
      player.root.focus({ preventScroll: true }); // keys are for the presentation, whatever was chosen before
      this.announced = null;
      this.announce();
    } else {
      this.unblank();
      this.caption.classList.remove("seen");
    }
    player.transport.show();
    player.invalidate();
  }

  /** How large letters and lines can be, the largest first. */
  get scales() {
    const { clientWidth, clientHeight } = this.player.root; // the whole screen, or what is left of it beside what a class has answered
    return SMALLER_LETTERS.map((share) => Math.max(ENLARGED, share * Math.min(clientWidth / DESIGNED.width, clientHeight / DESIGNED.height)));
  }

  /** How large letters and lines are: as large as the screen, and smaller where all panels are then seen at once. */
  get scaleNow() {
    if (!this.on) return 1;
    const { scales } = this;
    const { grid, race } = this.player;
    if (!this.all || !race) return scales[0];
    const fitting = scales.flatMap((scale) => {
      const room = this.roomAt(scale);
      const template = whole(this.shown, { width: grid.width, height: room, scale }, race.board, this.player.aspect);
      if (!template) return [];
      const board = room * shareOfHeight(template, "board");
      return [{ scale, all: !race.board || board >= ROW_OF_TWO * scale * race.runs.length }];
    });
    return (fitting.find(({ all }) => all) ?? fitting.at(-1))?.scale ?? scales[0]; // a longer table scrolls in its place
  }

  /** Let letters and lines have that size. */
  fit() {
    this.views = this.on && this.player.race ? this.stages.flatMap((stage) => (stage.length === this.player.panels.size ? this.pages(stage) : [stage])) : this.stages;
    const scale = this.scaleNow;
    this.player.root.style.setProperty("--scale", String(scale));
    if (scale === this.scale) return;
    this.scale = scale;
    for (const panel of this.player.panels.values()) panel.resize();
  }

  // ---- what is shown

  /** The choices of views while presenting, each once. */
  get stages() {
    const names = [...this.player.panels.keys()];
    const lead = names.filter((name) => name === this.player.race?.prediction?.lead);
    const stages = this.player.stages([...lead, ...names.filter((name) => !lead.includes(name))]);
    return stages.filter((stage, i) => stages.findIndex((other) => String(other) === String(stage)) === i);
  }

  /** All panels, on as many pages as they need to be read from far. @param {string[]} names */
  pages(names) {
    const { grid, race, aspect } = this.player;
    const scale = this.scales.at(-1) ?? ENLARGED;
    return pagesOf(names, { width: grid.width, height: this.roomAt(scale), scale }, race.board, aspect);
  }

  /** Whether there is something else to see of the race than what is shown. */
  get hides() {
    return this.on && this.stages.length > 1;
  }

  /** Which of the panels are shown. */
  get shown() {
    const { views } = this;
    return this.on && views.length ? views[this.stage % views.length] : [...this.player.panels.keys()];
  }

  /** Whether all of them are, or as many as there is room for: a step taken apart alone beside the map is as large as can be. */
  get all() {
    const { shown } = this;
    return shown.length > 2 || (shown.length === this.player.panels.size && shown[1] !== "step");
  }

  /** The height that the panels have on the screen, also where they are higher together, and scroll. */
  get room() {
    const { root, transport } = this.player;
    const { paddingTop, paddingBottom, rowGap } = getComputedStyle(root);
    const taken = [paddingTop, paddingBottom, rowGap, rowGap].reduce((sum, length) => sum + (parseFloat(length) || 0), 0);
    return root.clientHeight - taken - this.heading.offsetHeight - transport.element.offsetHeight;
  }

  /** The same with letters of a size, which those over and under the panels have until others are set. @param {number} scale */
  roomAt(scale) {
    this.player.root.style.setProperty("--scale", String(scale));
    return this.room;
  }

  toggleViews() {
    this.stage = (this.stage + 1) % this.views.length;
    this.player.arrange();
    this.player.transport.show();
    this.player.invalidate();
  }

  /** What the picture is called, and what there is to see in it. */
  setRace() {
    const { title, claim } = this.player.race;
    this.heading.replaceChildren(element("strong", {}, title), ...(claim ? [" ", element("span", {}, claim)] : []));
  }

  // ---- the playlist

  /** Another playlist, or another entry of it, as `follow_playlist` of player/component.py says; null for none. @param {Playlist | null} playlist */
  setPlaylist(playlist) {
    const before = this.playlist;
    this.playlist = playlist;
    const begins = playlist && started >= 0 && playlist.started > started;
    if (playlist) started = playlist.started;
    if (!this.player.requests?.open) this.target = playlist?.at ?? 0;
    if (!playlist) return;
    if (begins) this.beginSoon();
    if (playlist.problem && playlist.chapter !== before?.chapter) this.say(playlist.problem, this.whichOfAll());
    this.announce();
  }

  /** Show the title of a scenario that has just come, once, and go on with a presentation that waits for it. */
  announce() {
    const { playlist, player } = this;
    if (!this.on && player.race && (this.wanted || isDrawn())) this.begin();
    if (!this.on || !playlist?.at || playlist.problem) return;
    if (player.race?.chapter !== playlist.chapter || this.announced === playlist.chapter) return;
    this.announced = playlist.chapter ?? null;
    this.say(playlist.title, this.whichOfAll());
  }

  /** Which of its entries is shown. */
  whichOfAll() {
    return `${this.playlist?.at} of ${this.playlist?.count}`;
  }

  /** Turn to the next entry (1) or the one before (-1); at either end, say where we are. @param {1 | -1} by */
  turn(by) {
    const { playlist, player } = this;
    this.unblank();
    if (!playlist || !player.requests) return;
    const to = this.target + by;
    if (!playlist.count) this.say(NOTHING);
    else if (to >= 1 && to <= playlist.count) player.requests.make({ kind: "turn", to: (this.target = to), list: playlist.list });
    else if (playlist.at && playlist.at === this.target) this.say(playlist.title, `${this.whichOfAll()}, the ${by > 0 ? "last" : "first"}`);
  }

  /** Show words for a while. @param {string | undefined} text */
  say(text, note = "") {
    this.caption.replaceChildren(element("strong", {}, text ?? ""), ...(note ? [element("span", {}, note)] : []));
    this.caption.classList.add("seen");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.caption.classList.remove("seen"), SEEN);
  }

  // ---- a dark screen

  toggleBlank() {
    if (!this.blank.hidden) {
      this.unblank();
      return;
    }
    const { clock } = this.player;
    this.resume = clock.playing;
    clock.pause();
    this.blank.hidden = false;
  }

  unblank() {
    if (this.blank.hidden) return;
    this.blank.hidden = true;
    if (this.resume) this.player.clock.play();
  }

  // ---- keys

  /** Do what a key stands for while presenting, wherever it is pressed; whether it stood for anything. @param {KeyboardEvent} event */
  key(event) {
    const { key, target } = event;
    const chosen = /** @type {Element} */ (target).closest?.("select, input:not(.scrubber), textarea"); // which has letters of its own
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (!this.on) return key === "F5" && this.starts();
    if (key === "PageDown") this.turn(1);
    else if (key === "PageUp") this.turn(-1);
    else if (!chosen && (key === "b" || (key === "." && !this.player.stepper.step))) this.toggleBlank();
    else if (!chosen && key === "v" && this.hides) this.toggleViews();
    else if (!chosen && key === "l" && this.shown.includes("step") && this.player.panels.get("step")?.turnPage()) return true;
    else if (key === "Escape") this.end();
    else if (key !== "F5") return false; // loading the page anew would end the presentation
    return true;
  }

  /** A remote's key to start: with a playlist it begins presenting, without one it is the browser's. */
  starts() {
    if (!this.playlist?.count) return false;
    this.begin();
    if (!this.playlist.at) this.turn(1);
    return true;
  }
}
