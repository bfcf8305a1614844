// Plotly, which is loaded once for a page.

import { nextPaint } from "./animation.js";
import { element } from "./dom.js";
import { run } from "./unpack.js";

/** @import { PlotlyLibrary } from "./types" */

/** @type {Promise<PlotlyLibrary> | null} */
let loading = null;

/** The library; it starts after the first picture, because starting it holds up everything for a second. @param {string} url */
export function load(url) {
  const fetched = async () => {
    document.head.append(element("link", { rel: "preload", as: "script", href: url }));
    await pictured();
    await new Promise((resolve, reject) => {
      const failed = () => reject(new Error(`${url} could not be loaded`));
      document.head.append(element("script", { ".src": url, load: resolve, error: failed }));
    });
  };
  loading ??= start(fetched, url);
  return loading;
}

/** The library that the page itself holds. @param {Promise<string>} script */
export function fromPage(script) {
  const held = async () => {
    await pictured();
    run(await script);
  };
  loading ??= start(held, "what this page holds");
  return loading;
}

/** @param {() => Promise<void>} bring runs it @param {string} from where @returns {Promise<PlotlyLibrary>} */
async function start(bring, from) {
  const page = /** @type {{ Plotly?: PlotlyLibrary }} */ (globalThis);
  if (page.Plotly) return page.Plotly;
  await bring();
  if (!page.Plotly) throw new Error(`${from} is not Plotly`);
  return page.Plotly;
}

/** Once there is a first picture. */
async function pictured() {
  for (let frame = 0; frame < 2; frame++) await nextPaint();
}
