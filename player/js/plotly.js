// What the player must know of Plotly beyond its documented functions: where it has drawn axes and 3-D scenes, and what it shows under the
// pointer. No other module names what is Plotly's own; eslint.config.js holds this.

const drawnScenes = new WeakMap(); // a DrawnScene for each of Plotly's

/** An axis as it is drawn. Pixels are CSS pixels, from the plot's left or upper edge. */
export class DrawnAxis {
  constructor(axis) {
    this.axis = axis;
  }

  get start() {
    return this.axis._offset;
  }

  get length() {
    return this.axis._length;
  }

  get end() {
    return this.start + this.length;
  }

  /** The values at its two ends; on a logarithmic axis their logarithms. */
  get range() {
    return this.axis.range.map(Number);
  }

  /** The pixel of a value, NaN for one that the axis cannot show. */
  pixel(value) {
    return this.start + this.axis.l2p(this.axis.d2l(value));
  }

  /** The value at a pixel; a category's name on an axis of names. */
  value(pixel) {
    return this.axis.p2d(pixel - this.start);
  }

  /** The same without digits that no pixel can show. */
  shortValue(pixel) {
    const value = this.value(pixel);
    if (typeof value !== "number") return value;
    const step = Math.abs(this.value(pixel + 0.1) - value);
    return Number(value.toFixed(Math.max(0, Math.min(100, Math.ceil(-Math.log10(step))))));
  }
}

/** The axes of a plot by their number in the layout, from 1: { x, y }; null until they are drawn. */
export function axesOf(plot, number = 1) {
  const suffix = number > 1 ? number : "";
  const { [`xaxis${suffix}`]: x, [`yaxis${suffix}`]: y } = plot._fullLayout ?? {};
  return x?._length && y?._length ? { x: new DrawnAxis(x), y: new DrawnAxis(y) } : null;
}

/** All axes of a plot: a list of { x, y }. */
export function allAxesOf(plot) {
  const names = Object.keys(plot._fullLayout ?? {}).filter((name) => /^xaxis\d*$/.test(name));
  return names.map((name) => axesOf(plot, Number(name.slice("xaxis".length) || 1))).filter((axes) => axes);
}

/** The axes between which an element of the plot takes pointer events, or null if it does not. */
export function axesUnder(plot, target) {
  const area = target.closest?.(".nsewdrag");
  return area ? subplotAxes(plot, area.dataset.subplot) : null;
}

function subplotAxes(plot, name) {
  const subplot = plot._fullLayout._plots[name];
  return subplot ? { x: new DrawnAxis(subplot.xaxis), y: new DrawnAxis(subplot.yaxis) } : null;
}

/**
 * The first heatmap of a plot with a number in it (Plotly lays out no other), or null.
 * @returns { subplot, axes, x, y, centres }: its subplot's name and axes, the pixels of its cells' edges, and the values at their centres
 *   along x and along y, null where they are not given
 */
export function heatmapOf(plot) {
  const found = plot.calcdata?.find(([first]) => first?.trace?.type === "heatmap" && first.x);
  if (!found) return null;
  const [{ x, y, xCenter, yCenter, trace }] = found;
  const subplot = trace.xaxis + trace.yaxis;
  const axes = subplotAxes(plot, subplot);
  const edges = ({ start, axis }, list) => Array.from(list, (value) => start + axis.c2p(value));
  const centres = ({ axis }, list) => list && Array.from(list, (value) => axis.c2d(value));
  return { subplot, axes, x: edges(axes.x, x), y: edges(axes.y, y), centres: [centres(axes.x, xCenter), centres(axes.y, yCenter)] };
}

/** The lines that Plotly shows at the point that is hovered. */
export function hoverLines(plot) {
  const lines = plot.querySelectorAll(".hoverlayer .hovertext tspan.line");
  const texts = lines.length ? lines : plot.querySelectorAll(".hoverlayer .hovertext text");
  return Array.from(texts, (line) => line.textContent);
}

/** A 3-D scene as it is drawn. */
export class DrawnScene {
  /** @param plot the element that Plotly drew in  @param name of the scene in the layout  @param scene Plotly's own */
  constructor(plot, name, scene) {
    this.plot = plot;
    this.name = name;
    this.scene = scene;
  }

  get ready() {
    return Boolean(this.scene.glplot?.cameraParams && this.scene.dataScale);
  }

  /** Where it lies in the plot, in CSS pixels. */
  get box() {
    const { _size, [this.name]: scene } = this.plot._fullLayout;
    const { x, y } = scene.domain;
    return { left: _size.l + _size.w * x[0], top: _size.t + _size.h * (1 - y[1]), width: _size.w * (x[1] - x[0]), height: _size.h * (y[1] - y[0]) };
  }

  get camera() {
    return this.scene.getCamera();
  }

  set camera(camera) {
    this.scene.setViewport({ ...this.scene.fullSceneLayout, camera });
  }

  /** From data to clip space: the factors of the 4 x 4 matrix, each column by column. */
  get matrices() {
    const { projection, view, model } = this.scene.glplot.cameraParams;
    const [x, y, z] = this.scene.dataScale;
    return [projection, view, model, [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1]];
  }

  /** Draw it at once; its canvas, whose pixels can be copied before the browser shows the next frame. */
  redraw() {
    this.scene.glplot.redraw();
    return this.scene.glplot.canvas;
  }
}

/** The scenes with these names that are drawn already. As long as Plotly keeps a scene, it is the same object at every call. */
export function scenesOf(plot, names) {
  const found = names.map((name) => sceneOf(plot, name, plot._fullLayout?.[name]?._scene));
  return found.filter((scene) => scene?.ready);
}

function sceneOf(plot, name, scene) {
  if (scene && !drawnScenes.has(scene)) drawnScenes.set(scene, new DrawnScene(plot, name, scene));
  return scene ? drawnScenes.get(scene) : null;
}
