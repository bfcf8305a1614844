// The grid of a player's panels: which there are, where each stands, and how much room they have.

import { element } from "./dom.js";
import { STATES_OF_STEP } from "./layout.js";
import { StepPanel } from "./step.js";

/** @import { Template } from "./layout.js" */
/** @import { Player } from "./player.js" */

const COMPACT = 660; // CSS pixels that the whole bar under the panels needs
const HEADER = 60; // CSS pixels of the page over the player, where nobody has measured it
const LOW = 500; // a window that is lower has room for one row of panels: a phone held sideways
const TABLE_ROW = 30; // CSS pixels of a row of the table
const SHAPES = { least: 0.4, most: 2.5 }; // windows of a shape between these are drawn with one scale on both axes

export class Grid {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.element = element("div", { class: "grid" });
    this.ruler = element("div", { class: "ruler" }); // as high as the player is where it does not scroll
    this.observer = new ResizeObserver(() => player.arrange());
  }

  /** Arrange panels anew whenever the player has another size. @param {HTMLElement} root */
  observe(root) {
    this.observer.observe(root);
  }

  close() {
    this.observer.disconnect();
  }

  /** Have the panels with these names. @param {string[]} names */
  set(names) {
    const { player, element } = this;
    const { board } = player;
    const shown = player.race.board;
    if (String([...names, shown]) === String([...player.panels.keys(), element.contains(board.element)])) return;
    for (const [name, panel] of player.panels) if (!names.includes(name)) panel.close();
    player.panels = new Map(names.map((name) => [name, player.panels.get(name) ?? player.newPanel(name)]));
    const panels = [...player.panels.values()];
    element.replaceChildren(...panels.map((panel) => panel.element), ...(shown ? [board.element] : []));
    board.element.classList.toggle("followed", player.panels.has("step"));
  }

  /** Put the panels where a template says. @param {Template} template */
  arrange({ columns, rows, areas, stacked }) {
    const { player, element } = this;
    const names = player.presenter.shown;
    for (const [name, panel] of player.panels) panel.element.hidden = !names.includes(name);
    const step = player.panels.get("step");
    if (step instanceof StepPanel) step.placeCurves(areas.some((row) => row.includes(STATES_OF_STEP)) ? element : step.element);
    player.board.element.hidden = !areas.some((row) => row.split(" ").includes("board"));
    element.style.gridTemplateColumns = columns.join(" ");
    element.style.gridTemplateRows = rows.join(" ");
    element.style.gridTemplateAreas = areas.map((row) => `"${row}"`).join(" ");
    player.root.classList.toggle("stacked", Boolean(stacked));
    player.root.classList.toggle("compact", this.width < COMPACT * player.scale);
    player.board.fit();
  }

  get width() {
    return this.element.clientWidth;
  }

  /** The room for the panels. */
  get size() {
    const { root, scale, presenter, race, transport } = this.player;
    const above = parseFloat(getComputedStyle(root).getPropertyValue("--header")) || HEADER;
    const low = !presenter.on && innerHeight < LOW ? innerHeight - above - transport.element.offsetHeight : 0;
    const height = presenter.on ? presenter.room : this.ruler.offsetHeight - root.offsetHeight + this.element.offsetHeight;
    return { width: this.width, height, scale, low, table: (race.runs.length + 1) * TABLE_ROW * scale, runs: race.runs.length };
  }

  /** Whether it keeps its height where it is narrow. */
  get fills() {
    return getComputedStyle(this.player.root).getPropertyValue("--narrow").trim() === "fill";
  }
}

/** Whether a window of a shape, width by height, is drawn with one scale on both axes. @param {number} shape */
export const hasOneScale = (shape) => shape > SHAPES.least && shape < SHAPES.most;

/** The shape in which it is drawn. @param {number} shape */
export const shapeOf = (shape) => (hasOneScale(shape) ? shape : 1);
