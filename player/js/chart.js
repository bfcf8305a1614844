// A Plotly figure in which a point or a box can be chosen: by pointer, finger or keyboard.

import { Cells, rising } from "./cells.js";
import { element, icon, lay } from "./dom.js";
import { axesUnder, leaveOtherButtons } from "./plotly.js";
import { wordsOfFigure } from "./words.js";

/** @import { ChartContent, ChartRequest, Edges, PlotlyLibrary, Point, Range } from "./types" */
/** @import { DrawnAxes, DrawnAxis } from "./plotly.js" */

const STILL = { displayModeBar: false, scrollZoom: false, doubleClick: false, showAxisDragHandles: false, responsive: false, showTips: false };
const SHARP = 2; // pixels of a saved picture for each one on the screen
const LEAST = 4; // CSS pixels that a dragged box is wide; a pointer that moves less has clicked

export class Chart {
  /**
   * @param {HTMLElement & { chart?: Chart }} root an empty element that becomes the chart
   * @param {PlotlyLibrary | Promise<PlotlyLibrary>} Plotly the library, or a promise of it
   * @param {(request: ChartRequest) => void} pick called when the user has chosen
   */
  constructor(root, Plotly, pick) {
    this.root = root;
    this.Plotly = /** @type {PlotlyLibrary} */ (/** @type {unknown} */ (null)); // everything waits for it
    /** @type {ChartContent | null} */
    this.content = null;
    this.text = "";
    /** @type {{ content: ChartContent, key: string } | null} */
    this.drawn = null;
    this.dragging = false;
    this.closed = false;
    /** @type {Promise<unknown>} */
    this.work = Promise.resolve(Plotly).then((loaded) => (this.Plotly = loaded));
    this.pick = pick;
    this.plot = element("div", { class: "plot", role: "img" });
    leaveOtherButtons(this.plot);
    this.box = element("div", { class: "box", hidden: true });
    this.cells = new Cells(this);
    const about = { type: "button", class: "save", title: "Save this picture: PNG, with Shift SVG", "aria-label": "Save this picture", keydown: (/** @type {Event} */ event) => event.stopPropagation() };
    this.save = element("button", { ...about, click: (/** @type {MouseEvent} */ event) => this.saveAs(event.shiftKey ? "svg" : "png") }, icon("save"));
    root.append(this.plot, this.box, this.cells.element, this.cells.keys, this.cells.spoken, this.save);
    root.chart = this;
    // Plotly listens to mouse and touch; it need not hear of what chooses a point or a box
    this.plot.addEventListener("pointerdown", (event) => this.press(event), true);
    for (const type of ["mousedown", "touchstart"]) this.plot.addEventListener(type, (event) => this.axesAt(/** @type {MouseEvent} */ (event)) && event.stopPropagation(), true);
    this.plot.addEventListener("mousemove", (event) => this.dragging && event.stopPropagation(), true);
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.cells.key(event);
    this.onBlur = () => this.cells.leave();
    root.addEventListener("keydown", this.onKey);
    root.addEventListener("blur", this.onBlur);
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(root);
  }

  /** What to show, as player/chart.py writes it. @param {string} text */
  setText(text) {
    if (text === this.text) return;
    this.text = text;
    /** @type {ChartContent} */
    const content = JSON.parse(text);
    this.content = content;
    const { theme, height, picks, box } = content;
    for (const name of /** @type {const} */ (["background", "text", "accent"])) this.root.style.setProperty(`--${name}`, theme[name]);
    this.root.style.height = `${height}px`;
    this.root.classList.toggle("picks", picks);
    this.root.classList.toggle("boxes", box);
    this.redraw();
  }

  redraw() {
    this.work = this.work.then(() => this.draw()).catch((error) => console.error(error));
  }

  async draw() {
    const { content } = this;
    const { clientWidth: width, clientHeight: height } = this.root;
    const key = `${width}x${height}`;
    if (this.closed || !content || width < 20 || (this.drawn?.content === content && this.drawn.key === key)) return;
    this.drawn = { content, key };
    const { data, layout } = content.figure;
    this.plot.setAttribute("aria-label", wordsOfFigure(content.figure));
    await this.Plotly.react(this.plot, data, { ...layout, dragmode: false, width, height, autosize: false }, STILL);
    if (this.closed) return;
    this.cells.drawn();
    this.root.dataset.drawn = "true";
  }

  /** The picture as it stands, as a file. @param {"png" | "svg"} format */
  saveAs(format) {
    const { content } = this;
    if (!content || !this.drawn) return;
    const { figure, theme } = content;
    const { clientWidth: width, clientHeight: height } = this.root;
    const layout = { ...figure.layout, width, height, autosize: false, paper_bgcolor: theme.background };
    const named = figure.layout.title?.text ?? figure.layout.xaxis?.title?.text ?? "chart";
    const filename = `descent-${named.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}`;
    this.work = this.work.then(() => this.Plotly.downloadImage({ data: figure.data, layout }, { format, width, height, scale: SHARP, filename }));
  }

  close() {
    this.closed = true;
    this.observer.disconnect();
    this.root.removeEventListener("keydown", this.onKey);
    this.root.removeEventListener("blur", this.onBlur);
    this.Plotly?.purge(this.plot);
    this.root.replaceChildren();
  }

  // ---- the pointer

  /** The axes under the pointer, if a point can be chosen there. @param {MouseEvent} event */
  axesAt({ target, button }) {
    return this.content?.picks && !(button > 0) ? axesUnder(this.plot, /** @type {Element} */ (target)) : null;
  }

  /** @param {MouseEvent} event @returns {Point} */
  pixel(event) {
    const frame = this.plot.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  /** @param {PointerEvent} event */
  press(event) {
    const axes = event.isPrimary ? this.axesAt(event) : null;
    if (!axes) return;
    this.cells.leave();
    const from = this.pixel(event);
    /** @type {Edges | null} */
    let box = null;
    let far = false;
    const move = (/** @type {PointerEvent} */ moved) => {
      const to = this.pixel(moved);
      far ||= Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) >= LEAST;
      if (far && this.content?.box) this.showBox((box = boxOf(axes, from, to)));
    };
    const end = () => {
      for (const [type, listener] of listeners) window.removeEventListener(type, listener, true);
      this.dragging = false;
      this.box.hidden = true;
    };
    const release = () => {
      end();
      if (!far) this.pickPoint(axes, from);
      else if (box) this.pickBox(axes, box);
    };
    const giveUp = (/** @type {KeyboardEvent} */ pressed) => {
      if (pressed.key !== "Escape") return;
      pressed.stopPropagation();
      pressed.preventDefault();
      end();
    };
    const listeners = /** @type {[keyof WindowEventMap, (event: any) => void][]} */ (
      [["pointermove", move], ["pointerup", release], ["pointercancel", end], ["keydown", giveUp]]
    );
    for (const [type, listener] of listeners) window.addEventListener(type, listener, true);
    this.dragging = true;
    if (this.content?.box) this.Plotly.Fx.unhover(this.plot);
  }

  /** @param {Edges | null} box */
  showBox(box) {
    this.box.hidden = !box;
    if (box) lay(this.box, box);
  }

  // ---- what is chosen

  /** @param {DrawnAxes} axes @param {Point} pixel */
  pickPoint({ x, y }, [px, py]) {
    this.pick({ kind: "point", at: [x.shortValue(px), y.shortValue(py)] });
  }

  /** @param {DrawnAxes} axes @param {Edges} box */
  pickBox({ x, y }, { left, right, top, bottom }) {
    this.pick({ kind: "box", x: rising([x.shortValue(left), x.shortValue(right)]), y: rising([y.shortValue(bottom), y.shortValue(top)]) });
  }
}

/** The rectangle between two pixels, inside the axes: a side shorter than the least stands for all of its axis, and two such are none. @param {DrawnAxes} axes @param {Point} from @param {Point} to */
function boxOf({ x, y }, [ax, ay], [bx, by]) {
  const [across, down] = [side(x, ax, bx), side(y, ay, by)];
  if (!across && !down) return null;
  const [left, right] = across ?? [x.start, x.end];
  const [top, bottom] = down ?? [y.start, y.end];
  return { left, right, top, bottom };
}

/** @param {DrawnAxis} axis @param {number} a @param {number} b @returns {Range | null} */
function side({ start, end }, a, b) {
  const inside = (/** @type {number} */ pixel) => Math.min(end, Math.max(start, pixel));
  const [from, to] = rising([inside(a), inside(b)]);
  return to - from < LEAST ? null : [from, to];
}
