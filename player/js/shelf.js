// What the pages of a static site show, in files beside them: they come as scripts, which a page may load from a folder on disk, too.

import { element } from "./dom.js";
import { unpacked } from "./unpack.js";

/** @typedef {{ promise: Promise<Uint8Array>, resolve: (bytes: Promise<Uint8Array>) => void }} Awaited */

/** @type {Map<string, Awaited>} */
const awaited = new Map();

/** What is known of a file. @param {string} name @returns {Awaited} */
function entry(name) {
  const known = awaited.get(name);
  if (known) return known;
  /** @type {(bytes: Promise<Uint8Array>) => void} */
  let resolve = () => {};
  const promise = /** @type {Promise<Uint8Array>} */ (new Promise((settle) => (resolve = settle)));
  const made = { promise, resolve };
  awaited.set(name, made);
  return made;
}

/** Each file calls this with its own name and its content: gzip, as base64. @param {string} name @param {string} text */
export function receiveBlock(name, text) {
  entry(name).resolve(unpacked(text));
}

/** The bytes of a file of the folder `data`. @param {string} folder @param {string} name @returns {Promise<Uint8Array>} */
export function block(folder, name) {
  if (!awaited.has(name)) {
    const { promise } = entry(name);
    const failed = () => {
      awaited.delete(name); // it is asked for again
      console.error(`data/${name}.js could not be loaded`);
    };
    document.head.append(element("script", { ".src": new URL(`${folder}data/${name}.js`, document.baseURI).href, error: failed }));
    return promise;
  }
  return entry(name).promise;
}
