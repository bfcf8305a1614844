// The places of charts on a page without a server, of a static site or a saved one.

import { Chart } from "./chart.js";

/** @import { Colours } from "./colours.js" */
/** @import { PlotlyLibrary, SiteBlock } from "./types" */

/**
 * Draw the chart of each place once it is to be seen, in the colours of the page.
 * @param {(name: string) => Promise<Uint8Array>} get a block by its name @param {() => Promise<PlotlyLibrary>} library @param {Colours} colours
 */
export function drawCharts(get, library, colours) {
  for (const place of document.querySelectorAll("[data-chart]")) drawChart(/** @type {HTMLElement} */ (place), get, library, colours);
}

/** @param {HTMLElement} place @param {(name: string) => Promise<Uint8Array>} get @param {() => Promise<PlotlyLibrary>} library @param {Colours} colours */
function drawChart(place, get, library, colours) {
  /** @type {SiteBlock} */
  const name = JSON.parse(place.dataset.chart ?? '""');
  const chart = new Chart(place, library(), () => {});
  const draw = async () => {
    const single = typeof name === "string";
    const text = new TextDecoder().decode(await get(single ? name : name[colours.name]));
    chart.setText(single ? colours.paint(text) : text);
  };
  let seen = false;
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    seen = true;
    draw();
  }).observe(place);
  colours.listeners.push(() => seen && draw());
  addEventListener("beforeprint", draw);
}
