// A page of a static site: of the course, with presets and recordings of the lab (exports/course.py). It needs no server and asks for nothing
// but the files beside it.

import { drawCharts } from "./chartplace.js";
import { Colours } from "./colours.js";
import { FreeRace } from "./freerace.js";
import { LessonPage } from "./lessonpage.js";
import { load } from "./library.js";
import { showLink } from "./pagelink.js";
import { keep, kept } from "./progress.js";
import { block, receiveBlock } from "./shelf.js";
import { Stage } from "./stage.js";

/** @import { FreeTold, SitePage, SiteTold } from "./types" */

const HANDED_ON = "kept="; // in a link's fragment

/** @param {SiteTold} told to all pages */
export function openPage({ colours: pairs, course }) {
  Object.assign(globalThis, { descentBlock: receiveBlock });
  /** @type {SitePage} */
  const page = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
  const colours = new Colours(pairs);
  takeOver();
  const root = document.getElementById("player");
  const library = () => load(new URL(`${page.folder}shared/plotly.min.js`, document.baseURI).href);
  const get = (/** @type {string} */ name) => block(page.folder, name);
  const stage = root && (page.stops.length || page.free) ? new Stage(root, { get, library, colours }) : null;
  const words = document.getElementById("words");
  if (page.free && stage) raceFreely(page.free, stage);
  else if (page.lesson && words && stage) new LessonPage(words, page.lesson, page.stops, stage, () => showProgress(course));
  else if (stage) stage.show(page.stops[0]);
  drawCharts(get, library, colours);
  showProgress(course);
  for (const button of document.querySelectorAll("button.theme")) button.addEventListener("click", () => colours.toggle());
  for (const button of document.querySelectorAll("button.forget")) {
    button.addEventListener("click", () => {
      keep({});
      showProgress(course);
    });
  }
  document.addEventListener("click", handOn, true);
  document.addEventListener("keydown", turn);
}

/** A free race, which the address tells as the app's would: behind "#", or behind "?" where the app's own link leads here. @param {FreeTold} first @param {Stage} stage */
function raceFreely(first, stage) {
  const write = (/** @type {string} */ query) => {
    history.replaceState(history.state, "", `${location.pathname}#${query}`);
    showLink(location.href);
  };
  const query = (location.hash || location.search).slice(1);
  const free = new FreeRace(/** @type {HTMLElement} */ (document.querySelector(".choose")), stage, first, { query, write, saved: null });
  addEventListener("hashchange", () => free.open(location.hash.slice(1)));
}

/** What is answered and done, wherever the page says so. @param {SiteTold["course"]} course */
function showProgress(course) {
  const said = kept();
  const done = Object.keys(course).filter((name) => said[name] === course[name]);
  for (const place of document.querySelectorAll("[data-lesson]")) place.classList.toggle("done", done.includes(String(/** @type {HTMLElement} */ (place).dataset.lesson)));
  for (const place of document.querySelectorAll(".progress")) place.textContent = `${done.length} of ${Object.keys(course).length} done`;
  for (const bar of document.querySelectorAll("progress")) bar.value = done.length;
  for (const button of document.querySelectorAll("button.forget")) /** @type {HTMLElement} */ (button).hidden = Object.values(said).every((answers) => !answers);
}

/** Browsers that keep something for each file on disk alone are told in the link what the page before knew. */
function takeOver() {
  const text = location.hash.slice(1);
  if (!text.startsWith(HANDED_ON)) return;
  try {
    const told = JSON.parse(decodeURIComponent(text.slice(HANDED_ON.length)));
    const texts = Object.entries(told).filter(([, said]) => typeof said === "string");
    keep({ ...kept(), ...Object.fromEntries(texts) });
  } catch {
    // somebody else's fragment
  }
  history.replaceState(null, "", location.pathname + location.search);
}

/** @param {MouseEvent} event */
function handOn({ target }) {
  const link = /** @type {Element} */ (target).closest?.("a[href]");
  if (location.protocol !== "file:" || !(link instanceof HTMLAnchorElement) || link.protocol !== "file:" || link.download) return;
  link.hash = HANDED_ON + encodeURIComponent(JSON.stringify(kept()));
}

/** Shift and page keys turn to the lesson before and after, as in the app. @param {KeyboardEvent} event */
function turn({ key, shiftKey }) {
  const way = shiftKey ? { PageUp: "prev", PageDown: "next" }[key] : undefined;
  const link = way && document.querySelector(`a[rel=${way}]`);
  if (link instanceof HTMLAnchorElement) link.click();
}
