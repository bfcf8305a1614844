// The player and charts as Streamlit components. The landscape and the pictures under the maps come by components of their own, so that they
// are not sent again with every race, nor the race with them.

import { readStep } from "./anatomy.js";
import { readPictures } from "./backdrop.js";
import { Chart } from "./chart.js";
import { readLandscape, readRuns } from "./data.js";
import { element } from "./dom.js";
import { nextPaint, Player } from "./player.js";
import { compile } from "./program.js";
import { watchTheme } from "./theme.js";

const landscapes = new Map();
const players = new Map();
const charts = new Map();
const waiting = new Set(); // players whose landscape is still to come
const MOST_LANDSCAPES = 8;
const ONE_LINE = 60; // CSS pixels of a header of one line, for which the style sheet leaves room
const MOST_ABOVE = 0.25; // what stands higher than this share of the page is its header; lower, the player is scrolled to
let lastStep = null; // for players that are still to come
let backdrop = { pictures: [] };
let playlist = null; // of the page, if it has one

/** Another landscape: keep it until a race on it comes. */
export function receiveLandscape({ data }) {
  const landscape = readLandscape(data);
  if (!landscapes.has(landscape.key)) {
    landscape.evaluate = compile(landscape.program);
    landscapes.set(landscape.key, landscape);
    if (landscapes.size > MOST_LANDSCAPES) landscapes.delete(landscapes.keys().next().value);
    for (const state of waiting) update(state);
  }
  return () => {};
}

/** The steps of a trajectory, for all players; whose race they belong to is told by what they hold. */
export function receiveStep({ data }) {
  lastStep = readStep(data);
  for (const { shown } of players.values()) shown.stepper.set(lastStep);
  return () => {};
}

/** Which playlist all players present, until the component is taken away. */
export function receivePlaylist({ data }) {
  const mine = (playlist = data);
  for (const { shown } of players.values()) shown.presenter.setPlaylist(mine);
  return () => {
    if (playlist !== mine) return; // another one came meanwhile
    playlist = null;
    for (const { shown } of players.values()) shown.presenter.setPlaylist(null);
  };
}

/** Other pictures under the maps of all players, until the next ones come or the component is taken away. */
export function receiveBackdrop({ data }) {
  const mine = { pictures: backdrop.pictures };
  const put = (pictures) => {
    if (backdrop !== mine) return; // others came meanwhile
    mine.pictures = pictures;
    for (const { shown } of players.values()) shown.setPictures(pictures);
  };
  backdrop = mine;
  readPictures(data).then(put);
  return () => {
    put([]);
    if (backdrop === mine) backdrop = { pictures: [] };
  };
}

/** The player: called at first, and with every change of its data. */
export function showPlayer(component, plotlyUrl) {
  const root = component.parentElement.querySelector(".descent-root");
  const make = (pick) => {
    const player = new Player(root, load(plotlyUrl), pick);
    player.setPictures(backdrop.pictures);
    if (lastStep) player.stepper.set(lastStep);
    player.presenter.setPlaylist(playlist);
    return player;
  };
  const state = living(players, root, component, make, (player) => player.race?.theme.name);
  state.fitting ??= fitting(root);
  state.data = component.data;
  update(state);
  return closing(players, root, state);
}

/** A chart: called at first, and with every change of its data. */
export function showChart(component, plotlyUrl) {
  const root = component.parentElement.querySelector(".descent-chart");
  const state = living(charts, root, component, (pick) => new Chart(root, load(plotlyUrl), pick), (chart) => chart.content?.theme.name);
  state.shown.setText(new TextDecoder().decode(component.data));
  return closing(charts, root, state);
}

/** What is shown in an element, made at the first call for it: { shown, close, latest }. */
function living(states, root, { setTriggerValue }, make, themeOf) {
  if (!states.has(root)) {
    let serial = 0; // makes of two equal requests two different ones
    const shown = make((request) => setTriggerValue("pick", { ...request, serial: serial++ }));
    const unwatch = watchTheme(root, () => themeOf(shown), () => setTriggerValue("theme", serial++));
    states.set(root, { shown, unwatch });
  }
  return states.get(root);
}

/** The player is as high as the window leaves room for, also where the page's header has several lines. */
function fitting(root) {
  const page = root.closest(".stMain");
  const block = root.closest(".stVerticalBlock");
  if (!page || !block) return null;
  const fit = () => {
    const above = root.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop;
    const tall = above > ONE_LINE && above < MOST_ABOVE * page.clientHeight;
    if (tall) root.style.setProperty("--header", `${Math.ceil(above) + 10}px`);
    else root.style.removeProperty("--header");
  };
  const observer = new ResizeObserver(fit);
  for (const part of [page, block]) observer.observe(part);
  return observer;
}

/** What Streamlit calls to take back the present call. It may do so after a later call, which then stands. */
function closing(states, root, state) {
  const call = (state.latest = {});
  return () => {
    if (state.latest !== call) return;
    state.unwatch();
    state.fitting?.disconnect();
    waiting.delete(state);
    state.shown.close();
    states.delete(root);
  };
}

function update(state) {
  const race = readRuns(state.data);
  const landscape = landscapes.get(race.landscapeKey);
  if (!landscape) {
    waiting.add(state);
    return;
  }
  waiting.delete(state);
  const player = state.shown;
  if (player.landscape !== landscape) player.setLandscape(landscape);
  player.setRace(race);
}

let loading = null;

/** Plotly, loaded once for the page; it starts after the first picture, because starting it holds up everything for a second. */
function load(url) {
  loading ??= start(url);
  return loading;
}

async function start(url) {
  if (globalThis.Plotly) return globalThis.Plotly;
  document.head.append(element("link", { rel: "preload", as: "script", href: url }));
  for (let frame = 0; frame < 2; frame++) await nextPaint();
  await new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`${url} could not be loaded`));
    document.head.append(element("script", { ".src": url, load: resolve, error: failed }));
  });
  return globalThis.Plotly;
}
