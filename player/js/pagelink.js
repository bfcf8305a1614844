// The link to what a page shows, and its QR code, under the player (exports/page_link.py).

import { element } from "./dom.js";
import { squaresOf } from "./qr.js";

const QUIET = 4; // squares around a code that the standard asks for

/** The link that the page was saved with, "" if it has none. */
export function savedLink() {
  return document.querySelector(".link a")?.getAttribute("href") ?? "";
}

/** Whether an address leads to the computer on which it is opened, and nowhere else. @param {string} address */
function leadsHereOnly(address) {
  const { protocol, hostname } = new URL(address);
  return protocol === "file:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** Show a link; its code is drawn where it can be seen. @param {string} address */
export function showLink(address) {
  const place = /** @type {HTMLDetailsElement | null} */ (document.querySelector("details.link"));
  const link = place?.querySelector("a");
  if (!place || !link || place.dataset.shown === address) return;
  place.dataset.shown = link.href = link.textContent = address;
  let drawn = false;
  place.ontoggle = () => {
    if (place.open && !drawn) drawn = draw(place, address);
  };
  if (place.open) drawn = draw(place, address);
}

/** @param {HTMLElement} place @param {string} address */
function draw(place, address) {
  const [code, here, long, letters] = [".qr", ".here", ".long", ".letters"].map((name) => /** @type {HTMLElement} */ (place.querySelector(name)));
  const useless = leadsHereOnly(address);
  const squares = useless ? null : squaresOf(address);
  [code.hidden, here.hidden, long.hidden] = [!squares, !useless, useless || Boolean(squares)];
  letters.textContent = address.length.toLocaleString("en");
  code.replaceChildren(...(squares ? [pictureOf(squares)] : []));
  return true;
}

/** Black on white, whatever the theme: readers expect it. @param {import("./qr.js").Squares} squares */
function pictureOf({ size, dark }) {
  const whole = size + 2 * QUIET;
  let path = "", x = 0, y = 0; // where the pen is
  for (let row = 0; row < size; row++) {
    for (const { 0: run, index } of dark.subarray(row * size, (row + 1) * size).join("").matchAll(/1+/g)) {
      const [left, middle] = [index + QUIET, row + QUIET + 0.5];
      path += `${path ? "m" : "M"}${left - x} ${middle - y}h${run.length}`;
      [x, y] = [left + run.length, middle];
    }
  }
  const ground = `<path fill="#fff" d="M0 0h${whole}v${whole}h-${whole}z"/>`;
  return element("template", { ".innerHTML": `<svg viewBox="0 0 ${whole} ${whole}">${ground}<path stroke="#000" d="${path}"/></svg>` }).content;
}
