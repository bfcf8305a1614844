// Small helpers to build elements, and how numbers are written.

/** @import { Edges } from "./types" */

/**
 * An element with attributes, properties (names that begin with a dot), listeners (functions) and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} [attributes] those that are false, null or
 *   undefined are left out
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name.startsWith(".")) Object.assign(made, { [name.slice(1)]: value });
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/**
 * Write a text where there is another one: into the text that is there, since a node that is put into the page, even the same text again, lets
 * browsers match all selectors with `:has` anew, sixty times a second while it plays.
 * @param {Element} place that holds nothing but text @param {string} text
 */
export function write(place, text) {
  const [node] = place.childNodes;
  if (!(node instanceof Text)) place.textContent = text;
  else if (node.data !== text) node.data = text;
}

/** Give an element an attribute that it does not have yet. @param {Element} of @param {string} name @param {string} value */
export function mark(of, name, value) {
  if (of.getAttribute(name) !== value) of.setAttribute(name, value);
}

/** The context of a canvas, which every browser has. @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Follow a pressed pointer, wherever it goes, until it is released or taken away.
 * @param {(event: PointerEvent) => void} move called with each event on the way
 * @param {(event: PointerEvent) => void} done called with the last one
 */
export function followPointer(move, done = () => {}) {
  const end = (/** @type {PointerEvent} */ event) => {
    for (const [type, listener] of listeners) window.removeEventListener(type, listener, true);
    done(event);
  };
  const listeners = /** @type {["pointermove" | "pointerup" | "pointercancel", (event: PointerEvent) => void][]} */ (
    [["pointermove", move], ["pointerup", end], ["pointercancel", end]]
  );
  for (const [type, listener] of listeners) window.addEventListener(type, listener, true);
}

/** Lay an element over a rectangle. @param {HTMLElement} over @param {Edges} edges in CSS pixels */
export function lay(over, { left, right, top, bottom }) {
  Object.assign(over.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
}

const PATHS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  first: "M6 6h2v12H6zM19 6v12l-9-6z",
  last: "M16 6h2v12h-2zM5 6v12l9-6z",
  back: "M11 6v12l-8.5-6zM13 6h2.2v12H13z",
  on: "M13 6v12l8.5-6zM8.8 6H11v12H8.8z",
  partBack: "M15 6v12l-8-6zM5 16h2v2H5z",
  partOn: "M9 6v12l8-6zM17 16h2v2h-2z",
  names: "M3 5h11l7 7-7 7H3zM6.5 10.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0z",
  loop: "M7 7h10v3l4-4-4-4v3H5v6h2zM17 17H7v-3l-4 4 4 4v-3h12v-6h-2z",
  more: "M5 10a2 2 0 1 0 .01 0zM12 10a2 2 0 1 0 .01 0zM19 10a2 2 0 1 0 .01 0z",
  views: "M3 4h8v16H3zM13 4h8v7h-8zM13 13h8v7h-8z",
  save: "M11 4h2v8h3l-4 5-4-5h3zM5 18h14v2H5z",
  present: "M3 4h18v12H3zM5 6v8h14V6zM11 16h2v3h3v2H8v-2h3z",
};

/** An icon as an SVG element, drawn in the text's colour. @param {keyof typeof PATHS} name */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A number as one would write it by hand, with at most four digits: as `parameters.short` does. @param {number} value */
export function byHand(value) {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const rounded = (/** @type {number} */ one) => Number(one.toPrecision(Math.max(4, String(Math.trunc(Math.abs(one))).length)));
  const short = Math.abs(value) >= 1 ? rounded(value) : value; // first, lest a carry makes one digit more
  if (short === 0 || (Math.abs(short) >= 1e-4 && Math.abs(short) < 1e6)) return String(rounded(short));
  const [mantissa, exponent] = short.toExponential(3).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
}

/** A number with about so many digits, as the rest of the app writes it. @param {number | null | undefined} value */
export function short(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(Math.max(0, digits - 2)).replace("e+", "e").replace("-", "−").replace("e-", "e−");
  return String(Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size)))))).replace("-", "−");
}
