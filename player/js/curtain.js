// What hides the page while one of its players goes and another one, which goes on with the presentation, is still to come.

import { element } from "./dom.js";

const HANDED = 10000; // milliseconds for which the presentation waits for the player of the page that it was turned to

/** @type {{ element: HTMLElement, timer: ReturnType<typeof setTimeout> } | null} hides the page while its players change in a presentation */
let curtain = null;

/** Keep the presentation while its player is gone and another one is still to come. @param {string} background */
export function draw(background) {
  lift();
  const hidden = element("div", { class: "curtain" });
  hidden.style.background = background;
  document.body.append(hidden);
  const over = () => {
    lift();
    if (document.fullscreenElement) document.exitFullscreen();
  };
  curtain = { element: hidden, timer: setTimeout(over, HANDED) };
}

/** Whether a presentation waits. */
export const isDrawn = () => curtain !== null;

/** The presentation goes on, or is over. */
export function lift() {
  clearTimeout(curtain?.timer);
  curtain?.element.remove();
  curtain = null;
}
