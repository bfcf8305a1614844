// What Streamlit's own page does not do well: its menu on phones, where a page begins, formulas wider than the sidebar, names of sliders.

/** @import { Component } from "./types" */

const PHONE = "(max-width: 768px)"; // there Streamlit lays the sidebar over the page
const LYING = "(max-height: 500px)"; // a phone held sideways, which has no room for a sidebar
const TURNING = 2000; // milliseconds after a phone was laid on its side, in which Streamlit unfolds the sidebar, as on a wide screen
const SMALLEST = 0.55; // of their usual size, which formulas are drawn in at least; those that are still wider can be scrolled
const FORMULAS = "[data-testid=stSidebar] .katex-display, [data-testid=stSidebar] .katex";
/** @type {string | null} where the reader is */
let reading = null;
let tending = false;

/** Called at first, and with every change of place. @param {Component<{ place: string }>} component */
export function tendPage({ data }) {
  if (reading !== null && reading !== data.place) scrollUp();
  reading = data.place;
  if (!tending) tend();
  tending = true;
  return () => {};
}

/** A new page, or another lesson, begins at its top. */
function scrollUp() {
  for (const part of document.querySelectorAll(".stMain, [class*=st-key-lesson_text]")) part.scrollTop = 0;
}

function tend() {
  const lying = matchMedia(LYING);
  if (lying.matches) foldSidebar();
  let turned = -Infinity;
  lying.addEventListener("change", () => {
    turned = performance.now();
  });
  document.addEventListener("click", (event) => {
    const chosen = /** @type {Element} */ (event.target).closest?.(".st-key-pages a");
    if (chosen && (matchMedia(PHONE).matches || lying.matches)) foldSidebar();
  });
  document.documentElement.classList.toggle("framed-by-another", framedByAnother());
  let asked = 0;
  const later = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => {
      if (lying.matches && performance.now() - turned < TURNING && foldSidebar()) turned = -Infinity;
      nameSliders();
      fitFormulas();
    });
  };
  later();
  new MutationObserver(later).observe(document.querySelector(".stApp") ?? document.body, { childList: true, subtree: true, attributeFilter: ["data-collapsed"] });
  addEventListener("resize", later);
}

/** Whether there was a sidebar to fold. */
function foldSidebar() {
  const button = document.querySelector("[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button");
  if (!(button instanceof HTMLElement)) return false;
  button.click();
  return true;
}

/** Whether the page stands in a frame of another site, where browsers keep its cookies back, and Streamlit refuses uploads without this one. */
function framedByAnother() {
  return window.top !== window && !/(^|; )_streamlit_xsrf=/.test(document.cookie);
}

/** Streamlit names a slider by its label and by the group that has the same label: it would be read out twice. */
function nameSliders() {
  for (const slider of document.querySelectorAll(".stSlider input[type=range][aria-labelledby]")) {
    const names = String(slider.getAttribute("aria-labelledby")).split(" ");
    const others = names.filter((name) => name !== slider.id);
    if (others.length && others.length < names.length) slider.setAttribute("aria-labelledby", others.join(" "));
  }
}

/** Formulas break between their terms; a term that is still too wide makes all of it smaller. */
function fitFormulas() {
  for (const formula of document.querySelectorAll(FORMULAS)) {
    if (!(formula instanceof HTMLElement) || formula.matches(".katex-display .katex")) continue;
    const room = formula.closest("[data-testid=stMarkdownContainer]")?.clientWidth ?? 0;
    const key = `${room} ${formula.textContent}`;
    if (!room || formula.dataset.fitted === key) continue;
    formula.style.fontSize = "";
    const widest = Math.max(0, ...Array.from(formula.querySelectorAll(".base"), (part) => part.getBoundingClientRect().width));
    if (widest > room) formula.style.fontSize = `${Math.max(SMALLEST, (0.99 * room) / widest) * parseFloat(getComputedStyle(formula).fontSize)}px`;
    formula.dataset.fitted = key;
  }
}
