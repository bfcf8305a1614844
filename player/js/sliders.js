// Streamlit's own sliders in the sidebar, while they are dragged. Streamlit tells Python on release only; until then a player of the same page shows
// what its numbers would give. Of Streamlit this needs that a slider is a range input with its value in words (ARIA), in a container with the key
// that app_pages/widgets.py gives it; where that is otherwise, nothing is shown before the release.

/** @import { Player } from "./player.js" */

const KEY = "st-key-number-"; // of the container of a number's slider, before its address
const SLIDER = `[class*="${KEY}"] .stSlider`;
const ANSWERED = 1000; // milliseconds after a release, at which Python is at work on it, or never will be

/** Let players follow sliders. @param {() => Iterable<Player>} players those of the page now */
export function followSliders(players) {
  const following = () => [...players()].filter((player) => player.race && player.turnable);
  document.addEventListener("pointerover", ({ target }) => {
    if (/** @type {Element} */ (target).closest?.(SLIDER)) for (const player of following()) player.live.wake();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    const slider = /** @type {Element} */ (target).closest?.(SLIDER);
    const address = slider && addressOf(slider);
    if (slider && address) follow(slider, address, following());
  }, true);
}

/** The address of the number that a slider shows; "" if it is none of a scenario's. @param {Element} slider */
export function addressOf(slider) {
  const names = [...(slider.closest(`[class*="${KEY}"]`)?.classList ?? [])];
  const key = names.find((name) => name.startsWith(KEY))?.slice(KEY.length) ?? "";
  return key.replace(/^optimizers-(\d+)-/, "optimizers.$1.").replace(/^(landscape|schedule)-/, "$1.");
}

/** @param {Element} slider @returns {number} */
const valueOf = (slider) => parseFloat(slider.querySelector("input[type=range]")?.getAttribute("aria-valuetext")?.replace("−", "-") ?? "");

/** Show what a slider says until it is let go. @param {Element} slider @param {string} address @param {Player[]} players */
function follow(slider, address, players) {
  const first = valueOf(slider);
  let last = first;
  const observer = new MutationObserver(() => {
    const value = valueOf(slider);
    if (value === last || Number.isNaN(value)) return;
    last = value;
    for (const { live, handles } of players) if (live.turn({ [address]: value })) handles.all.get(address)?.show(value);
  });
  observer.observe(slider, { subtree: true, attributeFilter: ["aria-valuetext"] });
  const over = () => {
    observer.disconnect();
    for (const type of ["pointerup", "pointercancel"]) removeEventListener(type, over, true);
    for (const { live, handles } of players) {
      live.release();
      if (last === first) live.forget(); // of which Python hears nothing
      else setTimeout(() => handles.settle(), ANSWERED);
    }
  };
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, over, true);
}
