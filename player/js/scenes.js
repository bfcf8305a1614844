// The landscape in 3-D: one scene with all optimizers, or one for each, seen by one camera.

import { element } from "./dom.js";
import { caption, cells, LandscapePanel } from "./panel.js";
import { DepthBuffer, multiply, PerspectiveView } from "./views.js";

const LIFT = 0.012; // of heads and trails above the surface, in its height

export class ScenePanel extends LandscapePanel {
  constructor(player, name) {
    super(player, name, name === "surfaces" ? "The landscape in 3-D, for each optimizer" : "The landscape in 3-D", name === "surfaces");
    this.depths = [];
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
    const layout = { ...landscape.surface.layout, showlegend: false, hovermode: false, annotations: [], uirevision: undefined };
    layout.font = { ...layout.font, size: 11 * scale };
    const data = [];
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
    for (const scene of this.scenes) scene.descentCamera = undefined; // what Python or a resize did is no move of the user's
    if (this.listening) return;
    this.listening = true;
    this.plot.on("plotly_relayout", () => this.player.invalidate());
  }

  /** Plotly's scenes, once they are there. The camera's matrices are no public part of Plotly. */
  get scenes() {
    const full = this.plot._fullLayout;
    if (!this.possible || !full || !this.player.race || !this.element.dataset.drawn) return [];
    return this.names.map((name) => full[name]?._scene).filter((scene) => scene?.glplot?.cameraParams && scene.dataScale);
  }

  /** The camera that was moved since the last call, or null. */
  movedCamera() {
    for (const scene of this.scenes) {
      const camera = scene.getCamera();
      const key = cameraKey(camera);
      const moved = scene.descentCamera !== undefined && scene.descentCamera !== key;
      scene.descentCamera = key;
      if (moved) return camera;
    }
    return null;
  }

  /** See the landscape as another scene does. */
  look(camera) {
    for (const scene of this.scenes) {
      if (cameraKey(scene.getCamera()) === cameraKey(camera)) continue;
      scene.setViewport({ ...scene.fullSceneLayout, camera });
      scene.descentCamera = cameraKey(scene.getCamera());
    }
  }

  /** Draw the scenes at once; their canvases, whose pixels can be copied before the browser shows the next frame. */
  repaint() {
    return this.scenes.map(({ glplot }) => {
      glplot.redraw();
      return glplot.canvas;
    });
  }

  places() {
    const { scenes } = this;
    if (scenes.length !== this.groups.length) return [];
    return scenes.map((scene, i) => {
      const { projection, view, model } = scene.glplot.cameraParams;
      const [sx, sy, sz] = scene.dataScale;
      const matrix = multiply(projection, multiply(view, multiply(model, [sx, 0, 0, 0, 0, sy, 0, 0, 0, 0, sz, 0, 0, 0, 0, 1])));
      return { view: new PerspectiveView(this.box(i), matrix, this.depth(i, matrix), LIFT, this.player.landscape.window), runs: this.groups[i] };
    });
  }

  box(i) {
    const { _size, [this.names[i]]: scene } = this.plot._fullLayout;
    const { x, y } = scene.domain;
    return { left: _size.l + _size.w * x[0], top: _size.t + _size.h * (1 - y[1]), width: _size.w * (x[1] - x[0]), height: _size.h * (y[1] - y[0]) };
  }

  /** How far away the surface is at each place, for the camera that sees it now. */
  depth(i, matrix) {
    const { landscape } = this.player;
    const { width, height } = this.box(i);
    const key = [width, height, ...matrix].join();
    const shared = this.depths.find((depth) => depth?.key === key);
    if (shared) return shared.buffer;
    const buffer = new DepthBuffer(width, height);
    buffer.fill(matrix, width, height, landscape.heights, landscape.window);
    this.depths[i] = { key, buffer };
    return buffer;
  }
}

/** Whether the browser can draw in 3-D; asked once, since every answer costs a context. */
function hasWebGL() {
  if (hasWebGL.answer === undefined) {
    const context = document.createElement("canvas").getContext("webgl");
    hasWebGL.answer = Boolean(context);
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return hasWebGL.answer;
}

const cameraKey = ({ eye, center, up }) => [eye, center, up].flatMap(({ x, y, z }) => [x, y, z].map((value) => value.toFixed(5))).join();

/** A camera far enough away for a narrow picture: Plotly fits the height only. */
function fitted(camera, width, height) {
  const far = Math.max(1, (1.3 * height) / width);
  const { x, y, z } = camera.eye;
  return { ...camera, eye: { x: x * far, y: y * far, z: z * far } };
}

function scaled(scene, scale) {
  const size = 11 * Math.sqrt(scale); // Plotly draws the numbers at a scene's axes larger than their size, the more so the larger it is
  const axis = (name) => ({ ...scene[name], tickfont: { ...scene[name].tickfont, size } });
  return { ...scene, xaxis: axis("xaxis"), yaxis: axis("yaxis"), zaxis: { ...axis("zaxis"), title: { text: "" } } };
}
