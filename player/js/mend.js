// A part of the page that could not be fetched, since the server was stopped while the page was opened, say: a browser does not ask for it
// again, so the page is loaded anew once the server answers. This text goes with the first component, as it may be our modules that are missing.

const TRIES = "descent loaded anew";
const MOST = 5; // in a row, where it does not help

/**
 * Load the page anew where one of its parts cannot be fetched.
 * @param {Promise<unknown>} modules of the player, while they are fetched
 * @param {string} health the address at which the server says that it is there
 * @param {() => void} reload
 * @param {number} every milliseconds between two questions
 */
export function mend(modules, health, reload = () => location.reload(), every = 2000) {
  let mending = false;
  const loadAnew = async () => {
    if (mending) return;
    mending = true;
    const there = async () => (await fetch(health, { cache: "no-store" })).ok;
    do await new Promise((done) => setTimeout(done, every));
    while (!(await there().catch(() => false)));
    const tries = Number(kept(TRIES)) + 1;
    if (tries > MOST) return;
    kept(TRIES, String(tries));
    reload();
  };
  addEventListener("vite:preloadError", loadAnew); // of a part of Streamlit's own
  modules.then(() => setTimeout(() => mending || kept(TRIES, ""), 10 * every), loadAnew);
}

/** What this tab keeps under a name, after it was given a value, if it was. @param {string} name @param {string} [value] */
function kept(name, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(name, value);
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return ""; // there is no storage in a frame of another site
  }
}
