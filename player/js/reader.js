// The words of a lesson: page and arrow keys scroll them as anywhere else, and the browser keeps what a student has answered.

import { keep, kept } from "./progress.js";

/** @import { Component, Reading } from "./types" */

const PAGE = 0.9; // of the height of the words, that a page key goes on
const LINE = 60; // CSS pixels that an arrow goes on
/** @type {Record<string, number>} */
const PAGES = { PageDown: PAGE, PageUp: -PAGE };
/** @type {Record<string, number>} */
const LINES = { ArrowDown: LINE, ArrowUp: -LINE };
const TYPING = "input:not(.scrubber), textarea, select, [contenteditable], [role=slider], [role=spinbutton], [role=dialog], [role=listbox], [role=application]";
let forgotten = 0; // up to which time of forgetting this page has forgotten
/** @type {number | null} what was played last */
let played = null;
/** @type {string | null} the path that the last link led to, unless the browser's own buttons were used since */
let heading = null;

/** Keep a student's answers, and tell Python those kept before if it asks. @param {Component<Reading>} component */
export function receiveReader({ data, setTriggerValue }) {
  if (data.forgotten > forgotten) keep({});
  forgotten = data.forgotten;
  const known = { ...kept(), ...data.progress };
  if (Object.keys(data.progress).length) keep(known);
  document.addEventListener("click", leave, true);
  addEventListener("popstate", stay);
  // Where the browser has just left the lessons, or is about to, what is told from them would make Streamlit show them again
  const here = place(location.pathname);
  if (data.asks && here.endsWith(`/${data.page}`) && (heading ?? here) === here) setTriggerValue("progress", known);
  if (played !== null && played !== data.plays) document.querySelector(".stMain")?.scrollTo({ top: 0 }); // to the player, on a phone
  played = data.plays;
  document.addEventListener("keydown", scroll);
  const mine = (latest = {});
  return () => {
    if (latest === mine) document.removeEventListener("keydown", scroll); // Streamlit may take back a call after a later one
  };
}

/** @param {string} path */
const place = (path) => path.replace(/\/$/, "");

/** A link to a page was clicked: the address follows later. @param {MouseEvent} event */
function leave({ target }) {
  const link = /** @type {Element} */ (target).closest?.(".st-key-pages a");
  if (link instanceof HTMLAnchorElement) heading = place(link.pathname);
}

function stay() {
  heading = null;
}

/** @type {object} stands for the last call */
let latest = {};

/** Scroll the words, unless something that has the focus needs the key. @param {KeyboardEvent} event */
function scroll(event) {
  const { key, target } = event;
  const words = document.querySelector("[class*=st-key-lesson_text]");
  const by = PAGES[key] ? PAGES[key] * (words?.clientHeight ?? 0) : LINES[key];
  if (!words || !by || event.defaultPrevented || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = /** @type {Element} */ (target);
  if (at.closest?.(TYPING) || document.querySelector(".descent.presenting")) return;
  if (LINES[key] && at.closest?.(".descent, .stSidebar")) return;
  const page = words.scrollHeight > words.clientHeight + 1 ? words : document.querySelector(".stMain");
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  page?.scrollBy({ top: by, behavior: smooth ? "smooth" : "auto" });
  event.preventDefault();
}
