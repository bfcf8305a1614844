// The landscape in 3-D: one scene with all optimizers, or one for each, seen by one camera.

import { element } from "./dom.js";
import { caption, cells, LandscapePanel } from "./panel.js";
import { scenesOf } from "./plotly.js";
import { DepthBuffer, multiply, PerspectiveView } from "./views.js";

/** @import { Box, Camera, Layout, Subplot } from "./types" */
/** @import { Player } from "./player.js" */
/** @import { DrawnScene } from "./plotly.js" */

export class ScenePanel extends LandscapePanel {
  /** @param {Player} player @param {string} name */
  constructor(player, name) {
    super(player, name, name === "surfaces" ? "The landscape in 3-D, for each optimizer" : "The landscape in 3-D", name === "surfaces");
    /** @type {{ key: string, buffer: DepthBuffer }[]} */
    this.depths = [];
    /** @type {WeakMap<DrawnScene, string>} of each scene, the camera that it had last */
    this.seen = new WeakMap();
    this.listening = false;
    this.possible = hasWebGL();
    if (!this.possible) {
      this.element.dataset.drawn = "true";
      this.element.append(element("p", { class: "sorry" }, "This browser has no WebGL, which the 3-D view needs. Everything else works without it."));
    }
  }

  setLandscape() {
    this.depths = [];
    return super.setLandscape();
  }

  /** Drawn after the other panels, since it may take a second. */
  get slow() {
    return true;
  }

  get names() {
    return this.groups.map((_, i) => (i ? `scene${i + 1}` : "scene"));
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
    const data = /** @type {Layout[]} */ ([]);
    this.names.forEach((name, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const domain = { x: [column / columns, (column + 1) / columns], y: [1 - (row + 1) / rows, 1 - row / rows] };
      layout[name] = { ...scaled(landscape.surface.layout.scene, scale), domain, hovermode: false, dragmode: "turntable" };
      layout[name].camera = camera ?? fitted(landscape.surface.layout.scene.camera, width / columns, height / rows);
      for (const trace of landscape.surface.data) data.push({ ...trace, scene: name, hoverinfo: "skip" });
      if (this.sideBySide) layout.annotations.push(this.title(i, domain, "top"));
      else layout.annotations.push(caption(`height: ${landscape.surface.layout.scene.zaxis.title.text}`, layout.font.size, "top"));
    });
    return { data, layout };
  }

  drawn() {
    this.seen = new WeakMap(); // what Python or a resize did is no move of the user's
    if (this.listening) return;
    this.listening = true;
    this.plot.on("plotly_relayout", () => this.player.invalidate());
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
      if (moved) return camera;
    }
    return null;
  }

  /** See the landscape as another scene does. @param {Camera} camera */
  look(camera) {
    for (const scene of this.scenes) {
      if (cameraKey(scene.camera) === cameraKey(camera)) continue;
      scene.camera = camera;
      this.seen.set(scene, cameraKey(scene.camera));
    }
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

/** @param {Camera} camera */
const cameraKey = ({ eye, center, up }) => [eye, center, up].flatMap(({ x, y, z }) => [x, y, z].map((value) => value.toFixed(5))).join();

/** A camera far enough away for a narrow picture: Plotly fits the height only. @param {Camera} camera @param {number} width @param {number} height */
function fitted(camera, width, height) {
  const far = Math.max(1, (1.3 * height) / width);
  const { x, y, z } = camera.eye;
  return { ...camera, eye: { x: x * far, y: y * far, z: z * far } };
}

/** @param {Layout} scene @param {number} scale */
function scaled(scene, scale) {
  const size = 11 * Math.sqrt(scale); // Plotly draws the numbers at a scene's axes larger than their size, the more so the larger it is
  const axis = (/** @type {string} */ name) => ({ ...scene[name], tickfont: { ...scene[name].tickfont, size } });
  return { ...scene, xaxis: axis("xaxis"), yaxis: axis("yaxis"), zaxis: { ...axis("zaxis"), title: { text: "" } } };
}
