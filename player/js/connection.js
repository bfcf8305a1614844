// The connection to the server: what a tab does while there is none, and how it comes back as it was. Streamlit connects again by itself, but
// lets a page that rests stay as it is until somebody uses it, and a server that was started again knows nothing of the tab.

import { element } from "./dom.js";
import { answered, tendHistory } from "./history.js";

/** @import { Component, Kept } from "./types" */
/** @typedef {(name: string, value: unknown) => void} Send */

const STORE = "descent tab";
const STATE = "data-test-connection-state";
const RUN = "data-test-script-state";
const RESTS = "notRunning";
const JOB = '[class*="st-key-status"] [data-testid="stProgress"]'; // is drawn again and again while there is something to wait for
const SILENT = 700; // milliseconds for which a lost connection is not spoken of: mostly it is back by then
const SEEN = 6000; // for which it is said that it is back
const SLOW = 6000; // after which the server is asked whether it is there, where a change was not answered
const LONGEST = 60000; // for which what was sent may be on its way
const AGAIN = 3000; // between two such questions
const UNREACHED = "descent-unreached"; // of the page while nobody hears of the server: what it computes then looks as if it stood still
const STILL = 12000; // and after which it is asked where the page follows what is being computed, and has heard nothing: it looks every 5 s at most
const SELDOM = 30000; // between two times that the page is loaded anew by itself
const GONE = "No connection to the server; trying again. What is here plays on, controls rest meanwhile.";
const BUSY = "The server has many to serve and will answer soon.";
const COMING = "The server is there again; the page is being brought back.";
const BACK = "Connected again.";
const ANEW = "Connected again. The server did not know this page any more; it is as it was.";
const CHECK = "The last change may be lost: look whether it is there.";

/** @type {Send | null} tells Python, and keeps what is told while there is no connection */
let tell = null;
let text = ""; // in which Python has told this tab's session last
let count = 0; // counts how often the connection has broken and come back
let away = false;
let returning = false; // whether there is a connection again, and the page is not drawn since
let waits = false; // whether something was sent since which the script has not begun to run
let sentAt = 0; // when that was, in milliseconds
let heardAt = 0; // when the script was seen to begin or end last
let usedAt = 0; // when the page was used last
let restedAt = 0; // when the script was seen at rest last
let unanswered = false; // whether a change was under way when the connection was lost
let popped = false; // whether the browser went back or forward meanwhile
let before = ""; // whose text it was when the connection was lost
/** @type {Map<Send, () => void>} what was chosen meanwhile, the last of each sender: starts and the like wait before they come here (requests.js) */
const held = new Map();

/** Python listens. @param {Component<null>} component */
export function receiveConnection({ setStateValue }) {
  const first = tell === null;
  tell = setStateValue;
  if (first) watch();
  return () => {};
}

/** The page is drawn, and Python has told what it knows of this tab. @param {Component<Kept>} component */
export function receiveKept({ data }) {
  const opening = text === "";
  text = data.text;
  answered(data.address);
  if (isNewer()) return () => {};
  if (opening) takeUp();
  if (!away && count && data.back === count) settle();
  return () => {};
}

/** What sends as another does; what is sent while there is no connection goes once the page is as it was. @param {Send} send @returns {Send} */
export function sure(send) {
  return (name, value) => {
    if (away) held.set(send, () => send(name, value));
    else {
      const app = tell && document.querySelector(".stApp");
      waits = Boolean(app); // a network that is gone may not have told anybody yet
      sentAt = performance.now();
      send(name, value);
      if (app) waitForAnswer(app);
    }
  };
}

/** Whether the server cannot have begun with what was sent last: it did not get it yet, or there is no connection. */
export const isOnItsWay = () => away || returning || (isUnheard(document.querySelector(".stApp")) && performance.now() - sentAt < LONGEST);

/** Whether the server's script is at work, or will be. */
export const isAtWork = () => isOnItsWay() || !["notRunning", undefined, null].includes(document.querySelector(".stApp")?.getAttribute(RUN));

/** Python has answered. A browser that was busy all the while shows nothing of a run of the script: it rests before and afterwards. */
export function heard() {
  waits = false;
  clearTimeout(question); // whether the server is there
}

/** How often the connection has broken. */
export const timesBroken = () => count;

/** Whether something was sent since which the script has not begun to run. @param {Element | null} app */
const isUnheard = (app) => waits || app?.getAttribute(RUN) === "rerunRequested";

// ---- the tab is loaded anew

/** Whether the server has newer modules than the rest of the page, which is then loaded anew. */
function isNewer() {
  const page = /** @type {{ descentModules?: string }} */ (globalThis);
  page.descentModules ??= import.meta.url;
  if (page.descentModules === import.meta.url) return false;
  loadAnew();
  return true;
}

/** Load the page anew, as it is, unless that was just done. */
function loadAnew() {
  if (performance.now() < SELDOM) {
    say("This page has to be loaded anew.", element("button", { type: "button", click: () => location.reload() }, "Load it"));
    return;
  }
  location.reload();
}

function store() {
  try {
    sessionStorage.setItem(STORE, text);
  } catch {
    // there is no storage in a frame of another site: the address has most of it
  }
}

/** Give Python what the tab held before it was loaded anew, by us, by the user or by a browser that had put it to sleep. */
function takeUp() {
  /** @type {string} */
  let kept;
  try {
    kept = sessionStorage.getItem(STORE) ?? "";
    sessionStorage.removeItem(STORE);
  } catch {
    return;
  }
  const [how] = performance.getEntriesByType("navigation");
  const same = /** @type {PerformanceNavigationTiming | undefined} */ (how)?.type === "reload" || /** @type {any} */ (document).wasDiscarded;
  if (same && kept && content(kept) !== content(text)) tell?.("kept", kept);
}

/** What a text says, without whose it is. @param {string} kept */
const content = (kept) => kept.slice(kept.indexOf(","));

/** Whose it is. @param {string} kept */
const owner = (kept) => kept.slice(0, kept.indexOf(","));

// ---- the connection

function watch() {
  const app = document.querySelector(".stApp");
  if (!app) return;
  tendHistory();
  const look = () => {
    const state = app.getAttribute(STATE);
    if (state === "DISCONNECTED_FOREVER") waitForServer(loadAnew);
    if (!away && state !== "CONNECTED") leave(app);
    else if (away && state === "CONNECTED") comeBack();
    waitForAnswer(app);
  };
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ attributeName }) => attributeName === RUN)) {
      waits = false;
      heardAt = performance.now();
      if (app.getAttribute(RUN) === RESTS) restedAt = heardAt;
    }
    look();
  });
  observer.observe(app, { attributeFilter: [STATE, RUN] });
  new MutationObserver(closeDialog).observe(document.body, { childList: true, subtree: true });
  addEventListener("offline", () => say(GONE));
  addEventListener("online", () => away || returning || quiet());
  addEventListener("popstate", () => (popped ||= away));
  addEventListener("pagehide", store);
  for (const use of ["pointerup", "keydown", "change"]) addEventListener(use, () => (usedAt = performance.now()), true);
  setInterval(lookAtJob, AGAIN);
  look();
}

/** @param {Element} app */
function leave(app) {
  away = true;
  returning = false;
  popped = false;
  unanswered = waits || (app.getAttribute(RUN) !== RESTS && usedAt > restedAt); // a script may also run for long, and not for a change
  waits = false;
  before = owner(text);
  tell?.("kept", text); // which goes with whatever is sent next
  tell?.("back", ++count);
  sayAfter(SILENT, GONE);
}

function comeBack() {
  away = false;
  returning = true;
  if (!silent()) say(COMING);
  if (popped) dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  else tell?.("back", ++count);
}

/** The page is drawn, as it was, and what was held goes. */
function settle() {
  returning = false;
  const sends = [...held.values()];
  held.clear();
  for (const send of sends) send();
  const told = owner(text) === before ? BACK : ANEW;
  if (!silent() || told === ANEW || unanswered) say(unanswered ? `${told} ${CHECK}` : told, null, SEEN);
  else quiet();
  unanswered = false;
  before = owner(text);
}

/** Streamlit's own dialog would stand between the user and what plays on. The line says it. */
function closeDialog() {
  if (!away) return;
  for (const dialog of document.querySelectorAll("[role=dialog]")) {
    if (dialog.textContent?.includes("Connection error")) /** @type {HTMLElement | null} */ (dialog.querySelector("button[aria-label=Close]"))?.click();
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let question;

/** Where a change is not answered for long, find out whether the server is there, and say so. @param {Element} app */
function waitForAnswer(app) {
  clearTimeout(question);
  if (away || returning) return;
  if (!isUnheard(app)) {
    if (shown() === BUSY || (shown() === GONE && navigator.onLine)) quiet();
    return;
  }
  const ask = async () => {
    const there = await isThere();
    if (away || returning || !isUnheard(app)) return;
    say(there ? BUSY : GONE);
    question = setTimeout(ask, AGAIN);
  };
  question = setTimeout(ask, SLOW);
}

/** Where the page follows a job, and has not heard of it for long, find out whether the server is there, and say so. */
async function lookAtJob() {
  const still = () => !away && !returning && !waits && performance.now() - heardAt > STILL && document.querySelector(JOB) !== null;
  if (!still()) return;
  const there = await isThere();
  if (!still()) return;
  if (!there) say(GONE);
  else if (shown() === GONE && navigator.onLine) quiet();
}

/** Whether the server answers. */
async function isThere() {
  try {
    return (await fetch(new URL("_stcore/health", document.baseURI), { cache: "no-store", signal: AbortSignal.timeout(AGAIN) })).ok;
  } catch {
    return false;
  }
}

/** @param {() => void} then */
async function waitForServer(then) {
  if (await isThere()) then();
  else setTimeout(waitForServer, AGAIN, then);
}

// ---- the line

const words = element("span");
const line = element("div", { class: "descent-connection", role: "status" }, words);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

const silent = () => !line.isConnected || !words.textContent;
const shown = () => (silent() ? "" : words.firstChild?.textContent);

/** Say something, for a time or until something else is. @param {string} what @param {HTMLElement | null} button */
function say(what, button = null, time = 0) {
  clearTimeout(timer);
  if (!line.isConnected) document.body.append(line);
  words.replaceChildren(what, ...(button ? [" ", button] : []));
  line.classList.add("seen");
  document.documentElement.classList.toggle(UNREACHED, what === GONE);
  if (time) timer = setTimeout(quiet, time);
}

/** @param {number} time @param {string} what */
function sayAfter(time, what) {
  clearTimeout(timer);
  timer = setTimeout(say, time, what);
}

function quiet() {
  clearTimeout(timer);
  words.replaceChildren();
  line.classList.remove("seen");
  document.documentElement.classList.remove(UNREACHED);
}
