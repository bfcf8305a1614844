// The landscape in 3-D: one scene with all optimizers, or one for each, seen by one camera.

import { numbers } from "./data.js";
import { element } from "./dom.js";
import { Fingers, spread } from "./fingers.js";
import { edges, fitted, outside, turned, zoomed } from "./orbit.js";
import { cells, LandscapePanel } from "./panel.js";
import { scenesOf } from "./plotly.js";
import { SceneMarks } from "./scenemarks.js";
import { roundNumbers, spaced, writtenTogether } from "./ticks.js";
import { DepthBuffer, multiply, PerspectiveView } from "./views.js";
import { wordsOfLandscape } from "./words.js";

/** @import { Box, Camera, Layout, Subplot } from "./types" */
/** @import { Player } from "./player.js" */
/** @import { Pinch } from "./fingers.js" */
/** @import { DrawnScene } from "./plotly.js" */

const TURN = Math.PI / 24; // of an arrow key, in radians
const FINGER = 0.008; // of a pixel that fingers move, in radians
const NEARER = 1 / 1.15; // of a key, in distances
const PAUSE = 250; // milliseconds at least between two grounds while they change in every frame
const RESTED = 3; // and times what drawing one takes
const DIGIT = 7; // CSS pixels of a digit at an axis
const HEIGHT_FOR_NAMES = 225; // CSS pixels of a scene with words at its axes
const SMALLEST_SCENE = { width: 170, height: 100 }; // CSS pixels of a scene with numbers at its axes
const WHEEL = 0.0012; // of a wheel's pixel, in logarithms of the distance

export class ScenePanel extends LandscapePanel {
  /** @param {Player} player @param {string} name */
  constructor(player, name) {
    super(player, name, name === "surfaces" ? "The landscape in 3-D, for each optimizer" : "The landscape in 3-D", name === "surfaces");
    /** @type {{ key: string, buffer: DepthBuffer }[]} */
    this.depths = [];
    /** @type {WeakMap<DrawnScene, string>} of each scene, the camera that it had last */
    this.seen = new WeakMap();
    this.numbered = ""; // the numbers at its axes
    this.pause = 0; // until when no other ground is drawn while they change in every frame
    this.listening = false;
    this.pressed = false; // whether a pointer is: what gets the focus then did not get it from the keyboard
    this.resetButton = element("button", { class: "reset", type: "button", hidden: true, title: "As it was seen first (double-click)", click: () => this.player.see(null) }, "Reset view");
    this.marks = new SceneMarks(this);
    this.plot.after(this.marks.canvas);
    this.element.append(this.resetButton);
    this.possible = hasWebGL();
    this.fingers = new Fingers(this.plot, (now, before) => this.orbit(now, before), undefined, (right) =>
      this.orbit({ x: right, y: 0, apart: 0 }, { x: 0, y: 0, apart: 0 }));
    if (!this.possible) {
      this.element.dataset.drawn = "true";
      this.element.append(element("p", { class: "sorry" }, "This browser has no WebGL, which the 3-D view needs. Everything else works without it."));
    } else {
      this.listen();
    }
  }

  /** The wheel, a double click and the keyboard turn the scene; what is under the pointer Plotly turns itself. */
  listen() {
    this.element.tabIndex = 0;
    this.element.setAttribute("aria-description", "Arrow keys turn it, plus and minus bring it nearer or farther, 0 shows it as at first");
    this.element.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight ArrowUp ArrowDown + - 0");
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("pointerdown", () => (this.pressed = true), true);
    this.element.addEventListener("focus", () => this.pressed && this.element.blur()); // the arrows then still step
    for (const type of ["pointerup", "pointercancel"]) this.element.addEventListener(type, () => (this.pressed = false), true);
    this.plot.addEventListener("dblclick", () => this.player.see(null));
    this.plot.addEventListener("wheel", (event) => this.wheel(event), { capture: true, passive: false });
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    event.stopPropagation(); // Plotly would go through the surface
    const [scene] = this.scenes;
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 32 : 1);
    if (scene) this.player.see(zoomed(scene.camera, Math.exp(WHEEL * Math.max(-300, Math.min(300, pixels))), this.sides));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const [scene] = this.scenes;
    if (event.target !== this.element || !scene || event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => Camera | null>} */
    const keys = {
      ArrowLeft: () => turned(scene.camera, -TURN, 0, this.sides),
      ArrowRight: () => turned(scene.camera, TURN, 0, this.sides),
      ArrowUp: () => turned(scene.camera, 0, TURN, this.sides),
      ArrowDown: () => turned(scene.camera, 0, -TURN, this.sides),
      "+": () => zoomed(scene.camera, NEARER, this.sides),
      "-": () => zoomed(scene.camera, 1 / NEARER, this.sides),
      0: () => null,
    };
    if (!keys[event.key]) return;
    this.player.see(keys[event.key]());
    event.preventDefault();
    event.stopPropagation(); // these keys mean something else to the clock
  }

  /** The sides of the scene's box, in the camera's units. */
  get sides() {
    return this.player.landscape.surface.layout.scene.aspectratio;
  }

  /** The size of one scene. */
  get cell() {
    const { width, height } = this.size;
    const { columns, rows } = cells(this.groups.length, width, height, 1.3);
    return { width: width / columns, height: height / rows };
  }

  /** The camera before anybody moved it. @returns {Camera} */
  get first() {
    const { surface, heights } = this.player.landscape;
    const { camera, xaxis, yaxis, zaxis } = surface.layout.scene;
    const letters = Math.max(...zaxis.ticktext.map((/** @type {string} */ text) => text.length));
    const names = this.roomForWords ? Math.max(...[xaxis, yaxis].map(({ title }) => title.text.length)) : 1;
    return fitted(camera, this.sides, this.cell.width, this.cell.height, this.bare ? 0 : this.scale, heights, letters, names);
  }

  /** Whether a scene is so small that nothing can stand at its axes. */
  get bare() {
    return this.cell.width < SMALLEST_SCENE.width * this.scale || this.cell.height < SMALLEST_SCENE.height * this.scale;
  }

  /** Whether there is room for the names of the axes of the plane: for letters always, for words in scenes that are not low. */
  get roomForWords() {
    const { xaxis, yaxis } = this.player.landscape.surface.layout.scene;
    return this.cell.height >= HEIGHT_FOR_NAMES * this.scale || [xaxis, yaxis].every(({ title }) => title.text.length === 1);
  }

  /** What height stands for. @returns {string} */
  get wordOfHeight() {
    return this.player.landscape.surface.layout.scene.zaxis.title.text;
  }

  setLandscape() {
    this.depths = [];
    this.marks.forget();
    return super.setLandscape();
  }

  /** @override @param {boolean} rests */
  setGround(rests) {
    const began = performance.now();
    if (!rests && (this.wanted || began < this.pause)) return;
    this.pause = Infinity;
    const took = () => (this.pause = performance.now() + Math.max(PAUSE, RESTED * (performance.now() - began)));
    this.depths = [];
    this.marks.forget();
    this.redraw().then(took);
  }

  /** Drawn after the other panels, since it may take a second. */
  get slow() {
    return true;
  }

  get names() {
    return this.groups.map((_, i) => (i ? `scene${i + 1}` : "scene"));
  }

  words() {
    return wordsOfLandscape(this.player, `in 3-D, its height is the ${this.wordOfHeight}`);
  }

  figure() {
    const { landscape, race, scale, camera } = this.player;
    if (!this.possible || !landscape || !race) return null;
    const { width, height } = this.size;
    const count = this.groups.length;
    const { columns, rows } = cells(count, width, height, 1.3);
    /** @type {Layout} */
    const layout = { ...landscape.surface.layout, showlegend: false, hovermode: false, annotations: [], uirevision: undefined };
    layout.font = { ...layout.font, size: 11 * scale };
    this.numbered = axisNumbers(this.axes());
    const data = /** @type {Layout[]} */ ([]);
    this.names.forEach((name, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const domain = { x: [column / columns, (column + 1) / columns], y: [1 - (row + 1) / rows, 1 - row / rows] };
      layout[name] = { ...this.axes(), domain, hovermode: false, dragmode: "turntable", camera: camera ?? this.first };
      data.push({ ...landscape.surface.data[0], scene: name, hoverinfo: "skip" }); // marks stand over it
      if (this.sideBySide) layout.annotations.push(this.title(i, domain, "top"));
    });
    return { data, layout };
  }

  /** The scene with as many numbers at its axes as have room, in letters of the player's size. @returns {Layout} */
  axes() {
    const { scene } = this.player.landscape.surface.layout;
    const { scale } = this;
    const tickfont = { ...scene.xaxis.tickfont, size: 12 * Math.sqrt(scale) }; // Plotly draws them larger than that, the more so the larger it is
    if (this.bare) {
      const mute = (/** @type {Layout} */ axis) => ({ ...axis, showticklabels: false, ticks: "", title: { text: "" } });
      return { ...scene, xaxis: mute(scene.xaxis), yaxis: mute(scene.yaxis), zaxis: mute(scene.zaxis) };
    }
    const long = edges(this.player.camera ?? this.first, this.sides, this.cell.height);
    const numbered = (/** @type {Layout} */ axis, /** @type {number} */ room) => {
      const tickvals = roundNumbers(axis.range, Math.min(5, room));
      return { ...axis, tickfont, tickmode: "array", tickvals, ticktext: writtenTogether(tickvals, axis.range), ...(this.roomForWords ? {} : { title: { text: "" } }) };
    };
    const heights = { ...scene.zaxis, tickfont, title: { text: "" } };
    const places = [...numbers(heights.tickvals)];
    const widest = DIGIT * Math.max(...heights.ticktext.map((/** @type {string} */ text) => text.length)) + 4;
    const upright = Math.sqrt(1 - long.slant ** 2);
    const apart = Math.min(20 / Math.max(upright, 0.01), Math.max(20, widest / Math.max(long.slant, 0.01))); // one over the other, or side by side
    heights.tickvals = spaced(places, (place) => place * long.z, apart * scale);
    heights.ticktext = heights.ticktext.filter((/** @type {string} */ _, /** @type {number} */ k) => heights.tickvals.includes(places[k]));
    return { ...scene, xaxis: numbered(scene.xaxis, long.x / (32 * scale)), yaxis: numbered(scene.yaxis, long.y / (24 * scale)), zaxis: heights };
  }

  draw() {
    super.draw();
    if (this.player.race) this.marks.draw(this.subplots());
  }

  resize() {
    this.marks.forget();
    super.resize();
  }

  drawn() {
    this.resetButton.hidden = !this.player.camera;
    this.seen = new WeakMap(); // what Python or a resize did is no move of the user's
    if (this.listening) return;
    this.listening = true;
    this.plot.on("plotly_relayout", () => {
      this.player.invalidate();
      this.number();
    });
  }

  /** The scenes, once they are drawn. */
  get scenes() {
    return this.possible && this.player.race && this.element.dataset.drawn ? scenesOf(this.plot, this.names) : [];
  }

  /** The camera that was moved since the last call, or null. */
  movedCamera() {
    for (const scene of this.scenes) {
      const { camera } = scene;
      const key = cameraKey(camera);
      const moved = this.seen.has(scene) && this.seen.get(scene) !== key;
      this.seen.set(scene, key);
      if (moved) return outside(camera, this.sides);
    }
    return null;
  }

  /** Fingers turn the landscape, and bring it nearer as they go apart. @param {Pinch} now @param {Pinch} before */
  orbit(now, before) {
    const [scene] = this.scenes;
    if (!scene) return;
    const aside = turned(scene.camera, FINGER * (before.x - now.x), FINGER * (now.y - before.y), this.sides);
    this.player.see(zoomed(aside, 1 / spread(now, before), this.sides));
  }

  /** See the landscape from a camera, null for the one before anybody moved it. @param {Camera | null} seen */
  look(seen) {
    const camera = seen ?? this.first;
    this.resetButton.hidden = !seen;
    for (const scene of this.scenes) {
      if (cameraKey(scene.camera) === cameraKey(camera)) continue;
      scene.camera = camera;
      this.seen.set(scene, cameraKey(scene.camera));
    }
    if (!this.pressed) this.number();
  }

  /** From another side other numbers have room at the axes. */
  number() {
    if (this.scenes.length && axisNumbers(this.axes()) !== this.numbered) this.redraw();
  }

  /** Draw the scenes at once; their canvases, whose pixels can be copied before the browser shows the next frame. */
  repaint() {
    return this.scenes.map((scene) => scene.redraw());
  }

  /** @returns {Subplot[]} */
  subplots() {
    const { scenes } = this;
    if (scenes.length !== this.groups.length) return [];
    return scenes.map((scene, i) => {
      const { box } = scene;
      const matrix = scene.matrices.reduceRight((product, factor) => multiply(factor, product));
      return { view: new PerspectiveView(box, matrix, this.depth(i, box, matrix), this.player.race.look.lift, this.player.landscape.window), runs: this.groups[i] };
    });
  }

  /** How far away the surface is in each direction, for the camera that sees it now. @param {number} i @param {Box} box @param {ArrayLike<number>} matrix */
  depth(i, { width, height }, matrix) {
    const { landscape } = this.player;
    const key = [width, height, ...Array.from(matrix)].join();
    const shared = this.depths.find((depth) => depth?.key === key);
    if (shared) return shared.buffer;
    const buffer = new DepthBuffer(width, height);
    buffer.fill(matrix, width, height, landscape.heights, landscape.window);
    this.depths[i] = { key, buffer };
    return buffer;
  }
}

/** @type {boolean | null} */
let webGL = null;

/** Whether the browser can draw in 3-D; asked once, since every answer costs a context. */
function hasWebGL() {
  if (webGL === null) {
    const context = document.createElement("canvas").getContext("webgl");
    webGL = Boolean(context);
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return webGL;
}

/** The numbers at the axes of a scene. @param {Layout} scene */
const axisNumbers = ({ xaxis, yaxis, zaxis }) => [xaxis, yaxis, zaxis].map(({ tickvals }) => Array.from(tickvals ?? []).join()).join(";");

/** @param {Camera} camera */
const cameraKey = ({ eye, center, up }) => [eye, center, up].flatMap(({ x, y, z }) => [x, y, z].map((value) => value.toFixed(5))).join();
