// Streamlit changes between light and dark without Python being run: figures in the other colours must be asked for.

const EVERY = 400; // milliseconds between two checks
const PATIENCE = 2000; // milliseconds to wait for the answer before anything asks again
/** @typedef {{ root: Element, shown: () => string | null | undefined, ask: () => void, asked: string | null }} Watch */

/** @type {Set<Watch>} */
const watched = new Set();
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;
let asked = -Infinity;

/**
 * Ask Python for other figures when the page changes between light and dark: once for each change. Python then runs for the whole page, so
 * that one question usually serves everything in it; only what still has the wrong colours after `PATIENCE` asks again.
 * @param {Element} root an element of the page
 * @param {() => string | null | undefined} shown gives the name of the theme that is drawn there, or null
 * @param {() => void} ask asks Python
 * @returns a function that ends it
 */
export function watchTheme(root, shown, ask) {
  const watch = { root, shown, ask, asked: null };
  watched.add(watch);
  timer ??= setInterval(checkThemes, EVERY);
  return () => {
    watched.delete(watch);
    if (watched.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function checkThemes() {
  for (const watch of watched) {
    const page = watch.root.closest(".stApp");
    const shown = watch.shown();
    if (!page || !shown) continue;
    const name = themeOf(page);
    if (name === shown) watch.asked = null;
    else if (name !== watch.asked && performance.now() - asked > PATIENCE) {
      asked = performance.now();
      watch.asked = name;
      watch.ask();
    }
  }
}

/** The name of the theme that a page is shown in. @param {Element} page */
export function themeOf(page) {
  const [red, green, blue] = (getComputedStyle(page).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
  return red + green + blue < 384 ? "dark" : "light";
}
