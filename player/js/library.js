// Plotly, which is loaded once for a page.

import { element } from "./dom.js";
import { nextPaint } from "./player.js";

/** @import { PlotlyLibrary } from "./types" */

/** @type {Promise<PlotlyLibrary> | null} */
let loading = null;

/** The library; it starts after the first picture, because starting it holds up everything for a second. @param {string} url */
export function load(url) {
  loading ??= start(url);
  return loading;
}

/** @param {string} url @returns {Promise<PlotlyLibrary>} */
async function start(url) {
  const page = /** @type {{ Plotly?: PlotlyLibrary }} */ (globalThis);
  if (page.Plotly) return page.Plotly;
  document.head.append(element("link", { rel: "preload", as: "script", href: url }));
  for (let frame = 0; frame < 2; frame++) await nextPaint();
  await new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`${url} could not be loaded`));
    document.head.append(element("script", { ".src": url, load: resolve, error: failed }));
  });
  if (!page.Plotly) throw new Error(`${url} is not Plotly`);
  return page.Plotly;
}
