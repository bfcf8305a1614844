// Surfaces in 3-D, drawn without a library: what the player asks of Plotly's scenes, and the mouse on them.

import { contextOf, element } from "./dom.js";
import { shifted, turned } from "./orbit.js";
import { Rest } from "./rest.js";
import { drawSceneAxes } from "./sceneaxes.js";
import { SurfaceMesh } from "./surfacemesh.js";

/** @import { Box, Camera, Layout, Plot, Trace, Vector } from "./types" */

const TURN = Math.PI; // radians of a drag as long as the scene is wide
const LENS = Math.PI / 4; // radians that a camera sees from the lower to the upper edge
const [NEAREST, FARTHEST] = [0.01, 1000];
const COARSE = 0.6; // pixels of a moving surface for each of CSS, along each side, where there is no graphics card: the browser enlarges them
const FINE = 2; // pixels of a resting surface for each of the screen's, along each side, where the browser does not smooth its edges

/** The scenes of a plot, all on one canvas. */
export class CanvasScenes {
  /** @param {Plot} plot @param {HTMLElement} areas where the pointer is heard @param {() => void} moved called once a scene was turned and rests */
  constructor(plot, areas, moved) {
    this.plot = plot;
    this.areas = areas;
    this.moved = moved;
    /** @type {Map<string, CanvasScene>} */
    this.byName = new Map();
    /** @type {Map<CanvasScene, HTMLElement>} */
    this.heard = new Map();
    /** @type {SurfaceMesh | null} */
    this.mesh = null;
    this.axes = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.asked = false;
    this.rests = new Rest(() => this.draw());
  }

  /** @param {Trace[]} data @param {Layout} layout @param {{ color: string, size: number, family: string }} font */
  set(data, layout, font) {
    const names = Object.keys(layout).filter((name) => /^scene\d*$/.test(name));
    for (const name of this.byName.keys()) if (!names.includes(name)) this.byName.delete(name);
    for (const name of names) {
      const scene = this.byName.get(name) ?? new CanvasScene(this, name);
      const surface = data.find((trace) => trace.type === "surface" && (trace.scene ?? "scene") === name) ?? null;
      scene.set(layout, layout[name], surface, font);
      this.byName.set(name, scene);
    }
    if (!names.length) return;
    if (!this.mesh) {
      this.mesh = new SurfaceMesh(() => this.draw());
      this.plot.prepend(this.axes, this.mesh.canvas);
    }
    this.areas.replaceChildren(...[...this.byName.values()].map((scene) => this.areaOf(scene)));
  }

  /** Where the mouse turns a scene, the same element as long as there is the scene. @param {CanvasScene} scene */
  areaOf(scene) {
    const area = this.heard.get(scene) ?? element("div", { class: "area turns", mousedown: (event) => this.press(event, scene), contextmenu: (event) => event.preventDefault() });
    this.heard.set(scene, area);
    for (const side of /** @type {const} */ (["left", "top", "width", "height"])) area.style[side] = `${scene.box[side]}px`;
    return area;
  }

  /** The first button turns the scene, others move it. @param {MouseEvent} event @param {CanvasScene} scene */
  press(event, scene) {
    event.preventDefault();
    const aside = event.button !== 0 || event.shiftKey;
    let [x, y] = [event.clientX, event.clientY];
    const move = (/** @type {MouseEvent} */ { clientX, clientY }) => {
      const { camera, box, sides } = scene;
      const [right, down] = [clientX - x, clientY - y];
      scene.camera = aside ? shifted(camera, right, down, box.height) : turned(camera, (-TURN * right) / box.width, (TURN * down) / box.height, sides);
      [x, y] = [clientX, clientY];
    };
    const done = () => {
      removeEventListener("mousemove", move);
      removeEventListener("mouseup", done);
      this.moved();
    };
    addEventListener("mousemove", move);
    addEventListener("mouseup", done);
  }

  /** Draw all scenes before the browser shows the next frame, and as smooth as they can be once the cameras rest. */
  invalidate() {
    this.rests.wait();
    if (this.asked) return;
    this.asked = true;
    queueMicrotask(() => this.asked && this.draw(true));
  }

  /** A resting surface lies on the same canvas as its axes: each canvas that is shown takes its share of every frame. @param {boolean} moving */
  draw(moving = false) {
    this.asked = false;
    if (!moving) this.rests.stop();
    const [first] = this.byName.values();
    if (!this.mesh || !first) return;
    const { width, height } = first.layout;
    const [wide, high] = [width, height].map((/** @type {number} */ side) => Math.max(1, Math.round(side * devicePixelRatio)));
    Object.assign(this.axes, { width: wide, height: high });
    const context = contextOf(this.axes);
    context.scale(devicePixelRatio, devicePixelRatio);
    const { slow } = this.mesh;
    const detail = !slow ? 1 : moving ? COARSE / devicePixelRatio : Math.max(1, FINE / devicePixelRatio);
    this.mesh.begin(Math.round(wide * detail), Math.round(high * detail));
    const page = first.layout.hoverlabel.bgcolor;
    for (const { surface, box, settings, camera, matrix, sides, font } of this.byName.values()) {
      drawSceneAxes(context, { settings, sides, box, eye: camera.eye, matrix }, font);
      if (surface) this.mesh.draw(surface, settings.zaxis.range, sides, matrix, box, detail * devicePixelRatio, page);
    }
    this.mesh.canvas.hidden = !moving;
    if (!moving) context.drawImage(this.mesh.canvas, 0, 0, width, height);
  }

  close() {
    this.rests.stop();
    this.byName.clear();
    this.mesh?.close();
    this.mesh = null;
  }
}

/** A scene: what `DrawnScene` of plotly.js is for one of Plotly's. */
export class CanvasScene {
  /** @param {CanvasScenes} scenes @param {string} name in the layout */
  constructor(scenes, name) {
    this.scenes = scenes;
    this.plot = scenes.plot;
    this.name = name;
    this.ready = true;
    /** @type {Layout} */
    this.layout = {};
    /** @type {Layout} */
    this.settings = {};
    /** @type {Trace | null} */
    this.surface = null;
    this.font = { color: "", size: 0, family: "" };
    this.seen = /** @type {Camera} */ ({});
  }

  /** @param {Layout} layout @param {Layout} settings of the scene @param {Trace | null} surface @param {CanvasScene["font"]} font */
  set(layout, settings, surface, font) {
    Object.assign(this, { layout, settings, surface, font, seen: settings.camera });
  }

  /** @returns {Vector} the lengths of its box */
  get sides() {
    return this.settings.aspectratio;
  }

  /** @returns {Box} */
  get box() {
    const { layout: { width, height }, settings: { domain: { x = [0, 1], y = [0, 1] } = {} } } = this;
    return { left: width * x[0], top: height * (1 - y[1]), width: width * (x[1] - x[0]), height: height * (y[1] - y[0]) };
  }

  /** @returns {Camera} */
  get camera() {
    return this.seen;
  }

  set camera(camera) {
    this.seen = { ...this.seen, ...camera };
    this.scenes.invalidate();
  }

  /** From the scene's box around zero to clip space. @returns {ArrayLike<number>[]} the factors, each column by column */
  get matrix() {
    const { width, height } = this.box;
    return [perspective(width / height), viewOf(this.seen)];
  }

  /** From data to clip space, likewise. @returns {ArrayLike<number>[]} */
  get matrices() {
    const { xaxis, yaxis, zaxis } = this.settings;
    const [x, y, z] = [[xaxis, this.sides.x], [yaxis, this.sides.y], [zaxis, this.sides.z]].map(([{ range: [low, high] }, side]) => ({
      scale: side / (high - low),
      shift: (-side * (low + high)) / 2 / (high - low),
    }));
    return [...this.matrix, [x.scale, 0, 0, 0, 0, y.scale, 0, 0, 0, 0, z.scale, 0, x.shift, y.shift, z.shift, 1]];
  }

  /** Draw it at once; the canvas. */
  redraw() {
    this.scenes.draw();
    return this.scenes.axes;
  }
}

/** @param {number} aspect */
function perspective(aspect) {
  const focal = 1 / Math.tan(LENS / 2);
  const deep = NEAREST - FARTHEST;
  return [focal / aspect, 0, 0, 0, 0, focal, 0, 0, 0, 0, (FARTHEST + NEAREST) / deep, -1, 0, 0, (2 * FARTHEST * NEAREST) / deep, 0];
}

/** From the scene to what the camera sees: right, up and towards it. @param {Camera} camera */
function viewOf({ eye, center, up }) {
  const cross = (/** @type {Vector} */ a, /** @type {Vector} */ b) => ({ x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x });
  const unit = (/** @type {Vector} */ { x, y, z }) => ({ x: x / Math.hypot(x, y, z), y: y / Math.hypot(x, y, z), z: z / Math.hypot(x, y, z) });
  const back = unit({ x: eye.x - center.x, y: eye.y - center.y, z: eye.z - center.z });
  const right = unit(cross(up, back));
  const over = cross(back, right);
  const along = (/** @type {Vector} */ v) => -(v.x * eye.x + v.y * eye.y + v.z * eye.z);
  return [right.x, over.x, back.x, 0, right.y, over.y, back.y, 0, right.z, over.z, back.z, 0, along(right), along(over), along(back), 1];
}
