// A list of things to choose from by their pictures: searched while one types, walked with the arrow keys.

import { sure } from "./connection.js";
import { element } from "./dom.js";

/** @import { Component } from "./types" */

/** @typedef {{ name: string, title: string, about: string, picture: string }} Item the picture's address */
/** @typedef {{ chosen: string, what: string, groups: { title: string, items: Item[] }[] }} Items what they are, in the plural */

/** @type {WeakMap<Element, Gallery>} */
const galleries = new WeakMap();

/** Called at first, and with every change of its data. @param {Component<Items>} component */
export function showGallery(component) {
  const root = /** @type {HTMLElement} */ (component.parentElement.querySelector(".descent-gallery"));
  const send = sure(component.setTriggerValue);
  const gallery = galleries.get(root) ?? new Gallery(root, (name) => send("choice", name));
  galleries.set(root, gallery);
  gallery.set(component.data);
  return () => {};
}

export class Gallery {
  /** @param {HTMLElement} root @param {(name: string) => void} choose called with the name of what was chosen */
  constructor(root, choose) {
    this.choose = choose;
    /** @type {{ heading: HTMLElement, tiles: { item: Item, words: string, tile: HTMLButtonElement }[] }[]} */
    this.groups = [];
    this.search = element("input", { type: "search", autocomplete: "off", input: () => this.filter(), keydown: (/** @type {KeyboardEvent} */ event) => this.searchKey(event) });
    this.list = element("div", { class: "items", keydown: (/** @type {KeyboardEvent} */ event) => this.walk(event) });
    this.nothing = element("p", { class: "nothing", role: "status" });
    root.append(this.search, this.nothing, this.list);
    this.search.focus({ preventScroll: true });
  }

  /** @param {Items} items */
  set({ chosen, what, groups }) {
    const app = document.querySelector(".stApp");
    if (app) this.list.parentElement?.style.setProperty("color-scheme", getComputedStyle(app).colorScheme); // lists hang outside of the app, and know its theme's colours only in part
    this.what = what;
    this.search.placeholder = `Search ${groups.reduce((sum, { items }) => sum + items.length, 0)} ${what}`;
    this.search.setAttribute("aria-label", this.search.placeholder);
    this.groups = groups.map(({ title, items }) => ({ heading: element("h2", {}, title), tiles: items.map((item) => this.made(item, title, item.name === chosen)) }));
    this.list.replaceChildren(...this.groups.flatMap(({ heading, tiles }) => [heading, ...tiles.map(({ tile }) => tile)]));
    this.filter();
  }

  /** @param {Item} item @param {string} group @param {boolean} chosen */
  made(item, group, chosen) {
    const tile = element("button", { type: "button", title: item.about, "aria-pressed": String(chosen), "data-name": item.name, click: () => this.choose(item.name) });
    tile.append(element("img", { src: item.picture, alt: "", width: 96, height: 64 }), element("span", {}, item.title));
    return { item, words: plainly(`${item.title} ${item.name} ${group} ${item.about}`), tile };
  }

  /** Show what has all the words that are searched for. */
  filter() {
    const words = plainly(this.search.value).split(" ");
    for (const { heading, tiles } of this.groups) {
      for (const one of tiles) one.tile.hidden = !words.every((word) => one.words.includes(word));
      heading.hidden = tiles.every(({ tile }) => tile.hidden);
    }
    this.nothing.textContent = this.shown.length ? "" : `None of the ${this.what} is called “${this.search.value.trim()}”.`;
  }

  get shown() {
    return this.groups.flatMap(({ tiles }) => tiles).filter(({ tile }) => !tile.hidden).map(({ tile }) => tile);
  }

  /** What is meant by the words: what is called so, before what is only described so. */
  get first() {
    const words = plainly(this.search.value);
    const tiles = this.groups.flatMap((group) => group.tiles).filter(({ tile }) => !tile.hidden);
    return (tiles.find(({ item }) => plainly(item.title).includes(words)) ?? tiles[0])?.tile;
  }

  /** @param {KeyboardEvent} event */
  searchKey(event) {
    const { first } = this;
    if (event.key === "Enter") first?.click();
    else if (event.key === "ArrowDown") first?.focus();
    else return;
    event.preventDefault();
  }

  /** From picture to picture, as they lie on the screen. @param {KeyboardEvent} event */
  walk(event) {
    const { shown } = this;
    const at = shown.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = at < 0 ? null : neighbour(shown, at, event.key);
    if (next === null) return;
    event.preventDefault();
    (next < 0 ? this.search : shown[Math.min(next, shown.length - 1)]).focus();
  }
}

/** The number of the tile to which a key leads, below 0 for the search; null if the key leads nowhere. @param {HTMLElement[]} tiles @param {number} at @param {string} key */
function neighbour(tiles, at, key) {
  if (key === "ArrowRight") return at + 1;
  if (key === "ArrowLeft") return at - 1;
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const boxes = tiles.map((tile) => tile.getBoundingClientRect());
  const here = boxes[at];
  const rows = boxes.map(({ top }, index) => ({ top, index })).filter(({ top }) => (key === "ArrowDown" ? top > here.top + 1 : top < here.top - 1));
  if (!rows.length) return key === "ArrowDown" ? at : -1;
  const row = key === "ArrowDown" ? Math.min(...rows.map(({ top }) => top)) : Math.max(...rows.map(({ top }) => top));
  const inRow = rows.filter(({ top }) => Math.abs(top - row) < 1).map(({ index }) => index);
  return inRow.reduce((best, index) => (Math.abs(boxes[index].left - here.left) < Math.abs(boxes[best].left - here.left) ? index : best));
}

/** A text as it is searched: without capitals, accents and signs. @param {string} text */
const plainly = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
