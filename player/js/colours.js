// Light and dark on a static site: what was drawn in light colours is given the dark ones, colour by colour (exports/site/shelf.py).

/** @typedef {[light: string, dark: string][]} Pairs the colours of the light theme, longer texts first, and what they are in the dark one */

const STORE = "descent theme";

export class Colours {
  /** @param {Pairs} pairs */
  constructor(pairs) {
    this.dark = new Map(pairs);
    this.pattern = new RegExp(pairs.map(([light]) => light.replace(/[^\w ,]/g, "\\$&")).join("|"), "g");
    /** @type {string | null} what was chosen on this page */
    this.kept = null;
    this.system = matchMedia("(prefers-color-scheme: dark)");
    /** @type {(() => void)[]} called when the colours have changed */
    this.listeners = [];
    this.system.addEventListener("change", () => this.changed());
    this.apply();
  }

  /** The name of the theme that is shown: what was chosen here, or what the system shows. @returns {string} */
  get name() {
    return this.chosen ?? (this.system.matches ? "dark" : "light");
  }

  /** @returns {string | null} */
  get chosen() {
    try {
      const name = localStorage.getItem(STORE);
      return name === "light" || name === "dark" ? name : null;
    } catch {
      return this.kept; // there is no storage in a frame of another site
    }
  }

  toggle() {
    this.kept = this.name === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(STORE, String(this.kept));
    } catch {
      // likewise
    }
    this.changed();
  }

  changed() {
    this.apply();
    for (const listener of this.listeners) listener();
  }

  apply() {
    document.documentElement.dataset.theme = this.name;
  }

  /** A text drawn in light colours in those that are shown. @param {string} text */
  paint(text) {
    return this.name === "light" ? text : text.replace('"name":"light"', '"name":"dark"').replace(this.pattern, (light) => this.dark.get(light) ?? light);
  }

  /** The same for JSON. @param {Uint8Array} bytes */
  paintText(bytes) {
    return this.name === "light" ? bytes : new TextEncoder().encode(this.paint(new TextDecoder().decode(bytes)));
  }

  /** The same for a block with a JSON header of a given length before its arrays. @param {Uint8Array} bytes */
  paintHeader(bytes) {
    if (this.name === "light") return bytes;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = this.paintText(bytes.subarray(4, 4 + length));
    const painted = new Uint8Array(4 + header.length + bytes.length - 4 - length);
    new DataView(painted.buffer).setUint32(0, header.length, true);
    painted.set(header, 4);
    painted.set(bytes.subarray(4 + length), 4 + header.length);
    return painted;
  }
}
