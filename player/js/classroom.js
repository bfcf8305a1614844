// What a class sees while it votes by phone: the question with the code over the whole page, and after the reveal what was answered, beside
// the player, which plays the race. It asks the server by itself, so that a tab that is loaded anew goes on where it was.

import { sure } from "./connection.js";
import { element } from "./dom.js";
import { showTaps } from "./prediction.js";
import { presenters } from "./presenter.js";
import { themeOf } from "./theme.js";

/** @import { ClassBoard, ClassRoom, Component } from "./types" */

const STORE = "descent room"; // of this tab alone, and gone with it
const EVERY = 1000; // milliseconds between two looks at how many have answered
const GONE = "This room is gone: the server was started anew, or two hours have passed. Close this, stop presenting with Escape, and ask the class again: there will be another code.";
const WIDE = 1.25; // a map so many times as wide as high has its choices below it
const LONG = 240; // letters; a question with its answers and reasons that has more is written smaller, so that all of it is seen
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** @type {Classroom | null} the only one */
let shown = null;
let latest = {};

/** A room in which something is asked: called at first, and with every change of data. @param {Component<Partial<ClassRoom>>} component */
export function showClassroom({ data, setTriggerValue }) {
  const mine = data.code ? /** @type {ClassRoom} */ (data) : null;
  const before = kept();
  const room = mine ?? before;
  const call = (latest = {});
  if (mine) keep(mine);
  if (room) {
    shown ??= new Classroom();
    const send = sure(setTriggerValue);
    shown.tell = (told) => send("told", told);
    if (mine && before && before.code !== mine.code) shown.tellKept(before); // Python did not know of it when it asked: it is asked there
    shown.follow(room, !mine);
  }
  return () => {
    if (latest !== call) return; // Streamlit may take back a call after a later one
    shown?.close();
    shown = null;
  };
}

/** @returns {ClassRoom | null} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/** @param {ClassRoom | null} room */
function keep(room) {
  try {
    if (room) sessionStorage.setItem(STORE, JSON.stringify(room));
    else sessionStorage.removeItem(STORE);
  } catch {
    // there is no storage in a frame of another site: then a tab that is loaded anew needs another code
  }
}

class Classroom {
  constructor() {
    /** @type {ClassRoom | null} */
    this.room = null;
    /** @type {ClassBoard | null} what the server told last */
    this.board = null;
    /** @type {(told: object) => void} tells Python */
    this.tell = () => {};
    this.serial = 0;
    this.insisted = 0; // how often something was asked for
    this.gone = false; // whether the server does not know the room any more
    this.began = false; // whether it was for the answers that the player presents
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.element = element("section", { class: "descent-class", role: "dialog", "aria-label": "The class answers", tabindex: -1, hidden: true });
    this.count = element("p", { class: "count", role: "status" });
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.body.append(this.element);
    addEventListener("keydown", this.onKey, true);
  }

  /** The component is taken away: the room goes on, and is shown again where there is one. */
  close() {
    clearTimeout(this.timer);
    removeEventListener("keydown", this.onKey, true);
    this.leave();
    this.element.remove();
    this.room = null;
  }

  /** Show what is asked in a room, if anything is. @param {ClassRoom} room @param {boolean} found whether only the browser knew it */
  async follow(room, found) {
    const before = this.room;
    this.room = room;
    if (before?.asked === room.asked && before.code === room.code && this.board) return;
    this.gone = false;
    this.insisted++; // nothing that was asked for before is meant for this question
    const alive = await this.ask("look", true);
    if (found && this.room === room) {
      if (alive) this.tellKept(room);
      else keep(null);
    }
    if (this.board?.state === "revealed") this.present();
  }

  /** @param {ClassRoom} room that the browser has kept */
  tellKept({ code, secret }) {
    this.tell({ kind: "kept", code, secret, serial: this.serial++ });
  }

  // ---- asking the server

  /** Whether it has answered. @param {"look" | "reveal" | "again" | "end"} what @param {boolean} [anew] whether the map's picture is needed, too */
  async ask(what, anew = false) {
    clearTimeout(this.timer);
    const { room } = this;
    if (!room) return false;
    const theme = themeOf(document.querySelector(".stApp") ?? document.body);
    /** @type {Response | null} */
    let answer = null;
    try {
      const body = JSON.stringify({ secret: room.secret, do: what, ...(anew ? { picture: theme } : {}) });
      answer = await fetch(new URL(`vote/${room.code}/lead`, document.baseURI), { method: "POST", headers: { "Content-Type": "application/json" }, body });
    } catch {
      // there is no connection
    }
    if (this.room !== room) return false;
    if (answer?.status === 404) {
      if (!this.element.hidden) this.problem(GONE);
      return false;
    }
    if (answer?.ok) this.show(await answer.json(), theme);
    else if (!this.element.hidden) this.count.textContent = "No connection to the server. Trying again…";
    if (!answer?.ok || this.board?.state === "open") this.timer = setTimeout(() => this.ask("look", !this.board), EVERY);
    return Boolean(answer?.ok);
  }

  /** Ask until there is an answer, or something else is asked for: what is clicked without a connection is done once there is one.
   * @param {"reveal" | "again" | "end"} what @param {boolean} [anew] */
  async insist(what, anew = false) {
    const { room } = this;
    const mine = ++this.insisted;
    while (!(await this.ask(what, anew))) {
      await new Promise((done) => setTimeout(done, EVERY));
      if (this.room !== room || this.insisted !== mine || this.gone) return false;
    }
    return this.insisted === mine;
  }

  async reveal() {
    if (!(await this.insist("reveal"))) return;
    this.tell({ kind: "revealed", source: this.room?.source, serial: this.serial++ });
    this.present();
  }

  async again() {
    this.leavePlayer();
    this.board = null;
    if (!(await this.insist("again", true))) return;
    this.tell({ kind: "again", source: this.room?.source, serial: this.serial++ });
  }

  async end() {
    const open = this.board?.state === "open";
    this.leave();
    if (open && !this.room?.source) this.replay(); // unseen so far
    await this.insist("end");
  }

  // ---- beside the player

  /** Let the player play what was asked about, beside the answers. */
  present() {
    document.documentElement.classList.add("class-beside");
    showTaps(this.board?.tally?.taps ?? []);
    const presenter = [...presenters].at(-1);
    if (!presenter) return;
    if (presenter.on) presenter.fit();
    else {
      this.began = true;
      presenter.beginSoon();
    }
    if (!this.room?.source) this.replay();
    for (const { player } of presenters) player.invalidate();
  }

  /** Play the race from its start. */
  replay() {
    const player = [...presenters].at(-1)?.player;
    if (!player?.race) return;
    player.clock.seek(0);
    player.clock.play();
  }

  leavePlayer() {
    if (!document.documentElement.classList.contains("class-beside")) return;
    document.documentElement.classList.remove("class-beside");
    showTaps([]);
    for (const presenter of presenters) {
      if (presenter.on && this.began) presenter.end();
      else presenter.fit();
      presenter.player.invalidate();
    }
    this.began = false;
  }

  leave() {
    this.leavePlayer();
    this.element.hidden = true;
    this.board = null;
  }

  // ---- what is shown

  /** @param {ClassBoard} board @param {string} theme */
  show(board, theme) {
    const before = this.board;
    this.board = { picture: before?.round === board.round ? before.picture : undefined, ...board };
    this.element.classList.toggle("dark", theme === "dark");
    if (board.state === "waiting") {
      this.leave();
      return;
    }
    this.element.hidden = false;
    if (before?.round !== board.round || before.state !== board.state) this.draw();
    this.count.textContent = board.count === 1 ? "1 answer" : `${board.count} answers`;
  }

  draw() {
    const { board, room } = this;
    if (!board || !room) return;
    const open = board.state === "open";
    if (open) for (const { player } of presenters) player.clock.pause();
    this.element.classList.toggle("beside", !open);
    this.element.classList.toggle("many", board.choices.length > 5);
    this.element.classList.toggle("long", [board.question, ...board.choices, board.because ?? ""].join("").length > LONG);
    this.element.replaceChildren(...(open ? this.asking(board, room) : this.answered(board)));
    this.element.querySelector("button")?.focus({ preventScroll: true });
  }

  /** The question, and how to answer it. @param {ClassBoard} board @param {ClassRoom} room */
  asking(board, room) {
    const choices = board.choices.map((text, i) => element("li", {}, chip(board, i), element("span", {}, text)));
    const list = choices.length ? [element("ol", {}, ...choices)] : [];
    const answers = board.map ? [element("div", { class: `both${board.map.ratio > WIDE ? " wide" : ""}` }, this.map(board), ...list)] : list;
    const what = element("div", { class: `asked${board.map ? " with-map" : ""}` }, element("h1", {}, board.question), ...answers);
    const code = element("p", { class: "code", "aria-label": `Code ${[...room.code].join(" ")}` }, room.code.slice(0, 3), element("span"), room.code.slice(3));
    const qr = element("div", { class: "qr", role: "img", "aria-label": `QR code of ${room.address}`, ".innerHTML": room.qr });
    const where = element("p", { class: "where" }, element("span", {}, room.typed));
    const how = element("div", { class: "how" }, qr, where, code, ...(room.note ? [element("p", { class: "note" }, room.note)] : []));
    const bar = element("div", { class: "bar" }, this.count, this.button("Reveal", () => this.reveal(), "main"), this.button("Close", () => this.end()));
    return [what, how, bar];
  }

  /** The map that phones show. @param {ClassBoard} board */
  map(board) {
    const picture = element("img", { alt: "", ".src": board.picture ?? "" });
    const shown = element("div", { class: "map", style: `--ratio: ${board.map?.ratio ?? 1}` }, picture);
    for (const [x, y] of board.map?.starts ?? []) {
      const [[x0, x1], [y0, y1]] = board.map?.window ?? [[0, 1], [0, 1]];
      shown.append(element("i", { style: `left: ${(100 * (x - x0)) / (x1 - x0)}%; top: ${(100 * (y1 - y)) / (y1 - y0)}%` }));
    }
    return element("figure", {}, element("div", { class: "stage" }, shown), ...(board.map?.hint ? [element("figcaption", {}, board.map.hint)] : []));
  }

  /** What was answered. @param {ClassBoard} board */
  answered(board) {
    const { tally, right = [], because = "" } = board;
    const count = tally?.count ?? 0;
    const most = Math.max(1, ...(tally?.choices ?? []));
    const bars = board.choices.map((text, i) => {
      const votes = tally?.choices[i] ?? 0;
      const share = tally?.percents[i] ?? 0;
      const is = right.includes(i);
      const head = element("div", { class: "head" }, element("b", { "aria-label": is ? "right" : null }, is ? "✓" : ""), chip(board, i), element("span", {}, text));
      const line = element("div", { class: "line" }, element("div", { class: "track" }, element("i", { style: `width: ${(100 * votes) / most}%` })), element("span", {}, `${share}%`), element("small", {}, String(votes)));
      return element("li", { class: is ? "right" : "" }, head, line);
    });
    const taps = board.choices.length || !count ? [] : [element("p", { class: "hits" }, element("b", {}, `${tally?.right} of ${count}`), " tapped within a tenth of the map.")];
    const none = count ? [] : [element("p", { class: "hits" }, "Nobody has answered.")];
    const how = board.map && tally?.taps.length ? [element("p", { class: "note" }, "Each dot on the map is the tap of one phone.")] : [];
    const bar = element("div", { class: "bar" }, this.button("Done", () => this.end(), "main"), this.button("Play again", () => this.replay()), this.button("Ask again", () => this.again()));
    const votes = element("p", { class: "count" }, count === 1 ? "1 answer" : `${count} answers`);
    const told = element("div", { class: "told" }, element("h1", {}, board.question), votes, ...none, element("ul", {}, ...bars), ...taps, element("p", { class: "because" }, because), ...how);
    return [told, bar];
  }

  /** Something that cannot go on. @param {string} text */
  problem(text) {
    keep(null);
    this.gone = true;
    this.leavePlayer();
    this.element.classList.remove("beside");
    this.board = null;
    this.tell({ kind: "gone", serial: this.serial++ });
    this.element.replaceChildren(element("p", { class: "problem", role: "alert" }, text), element("div", { class: "bar" }, this.button("Close", () => this.leave(), "main")));
    this.element.querySelector("button")?.focus();
  }

  /** @param {string} text @param {() => void} click @param {string} [kind] */
  button(text, click, kind = "") {
    return element("button", { type: "button", class: kind, click }, text);
  }

  /** A presenter's remote reveals, and goes on; escape leaves the question, or what was answered. @param {KeyboardEvent} event */
  key(event) {
    if (this.element.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = this.board?.state === "open";
    const on = event.key === "PageDown";
    if (event.key === "Escape") this.end();
    else if (on && open) this.reveal();
    else if (on) {
      this.end(); // and the presentation turns to the next one by itself
      return;
    } else if (event.key === "PageUp" || (open && !["Tab", "Enter", " ", "F5", "F11", "F12"].includes(event.key))) {
      // nothing under the question is driven while nobody sees it
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** An optimizer's colour, or a letter. @param {ClassBoard} board @param {number} i */
function chip(board, i) {
  const colour = board.colours[i];
  if (board.colours.length && !colour) return element("i", { class: "chip none" });
  return colour ? element("i", { class: "chip", style: `--chip: ${colour}` }) : element("i", { class: "letter", "aria-hidden": "true" }, LETTERS[i] ?? "");
}
