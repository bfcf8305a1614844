// Back and forward, pressed faster than a server answers. Streamlit asks for every address at once, and takes the answer to one that was passed
// over for a place to go to: it is added to the browser's history, which loses what lay ahead. So one address is asked for at a time, and the last.

const LONGEST = 1000; // milliseconds after which an address that is not answered makes way for a later one

let asked = ""; // the address that was asked for, whose page is not drawn yet
let goneOn = false; // whether the browser has gone on since
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Event | null} the one that is passed on to Streamlit */
let passed = null;

/** Look after the history of this page, from now on. */
export function tendHistory() {
  for (const write of /** @type {const} */ (["pushState", "replaceState"])) {
    const original = history[write].bind(history);
    history[write] = (...entry) => {
      const stale = write === "pushState" ? asked !== "" : goneOn; // what a page at its address replaces that by is the same place
      if (!stale) original(...entry);
    };
  }
  addEventListener("popstate", take, true); // before Streamlit hears of it
  for (const use of ["click", "change"]) addEventListener(use, rest, true); // what is chosen now leads on from what is shown
}

/** @param {Event} event */
function take(event) {
  if (event === passed) return;
  if (!asked) return ask();
  goneOn = true;
  event.stopImmediatePropagation();
}

function ask() {
  asked = here();
  goneOn = false;
  clearTimeout(timer);
  timer = setTimeout(goOn, LONGEST);
}

/** A page is drawn. @param {string} address for which that was asked for */
export function answered(address) {
  if (plain(address) === asked) goOn();
}

/** If the browser has gone on since, ask for where it is now. */
function goOn() {
  if (!goneOn) return rest();
  ask();
  passed = new PopStateEvent("popstate", { state: history.state });
  dispatchEvent(passed);
}

function rest() {
  clearTimeout(timer);
  asked = "";
  goneOn = false;
}

const here = () => plain(`${location.origin}${location.pathname}?${location.search.slice(1)}`);

/** An address as it is compared: names and values, however they are escaped. @param {string} address */
function plain(address) {
  const [path, query] = address.split("?", 2);
  return `${path.replace(/\/$/, "")}?${new URLSearchParams(query)}`;
}
