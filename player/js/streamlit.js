// The player and charts as Streamlit components. The landscape and the pictures under the maps come by components of their own, so that they
// are not sent again with every race, nor the race with them.

import { readStep } from "./anatomy.js";
import { readPictures } from "./backdrop.js";
import { Chart } from "./chart.js";
import { heard, sure } from "./connection.js";
import { readLandscape, readRuns } from "./data.js";
import { load } from "./library.js";
import { tendPage } from "./page.js";
import { Player } from "./player.js";
import { followSliders } from "./sliders.js";
import { watchTheme } from "./theme.js";
import { Trainer } from "./trainer.js";
import { readRefined, readTraining } from "./training.js";

export { showClassroom } from "./classroom.js";
export { receiveConnection, receiveKept } from "./connection.js";
export { receiveReader } from "./reader.js";
export { showGallery } from "./gallery.js";

/** @import { Component, Landscape, Playlist, RefinedBlock, Step } from "./types" */

/**
 * What is shown in an element of the page; `latest` stands for Streamlit's last call.
 * @template Shown
 * @typedef {{ shown: Shown, unwatch: () => void, latest?: object, data?: Uint8Array, fitting?: ResizeObserver | null }} State
 */

/** @type {Map<string, Landscape>} */
const landscapes = new Map();
/** @type {Map<Element, State<Player>>} */
const players = new Map();
/** @type {Map<Element, State<Trainer>>} */
const trainers = new Map();
/** @type {Map<Element, State<Chart>>} */
const charts = new Map();
/** @type {Set<State<Player>>} players whose landscape is still to come */
const waiting = new Set();
const MOST_LANDSCAPES = 8;
const ONE_LINE = 60; // CSS pixels of a header of one line, for which the style sheet leaves room
const MOST_ABOVE = 0.25; // what takes no more than this share of the page is its header, below which the player fits; below more it is scrolled to
const LEAST_PLAYER = 460; // CSS pixels, where the page does not say it (--least); where as much is left, it fits below any header
/** @type {Step | null} for players that are still to come */
let lastStep = null;
/** @type {RefinedBlock | null} */
let refined = null;
let backdrop = { pictures: /** @type {ImageBitmap[]} */ ([]) };
/** @type {Playlist | null} of the page, if it has one */
let playlist = null;

/** Python has drawn the page, also where nothing else of it is another: where a number is what it was again, say. @param {Component<{ place: string, run: number, answered?: number[] }>} component */
export function pageDrawn(component) {
  heard();
  for (const { shown } of [...players.values(), ...trainers.values()]) shown.requests?.heard(component.data.answered ?? []);
  return tendPage(component);
}

/** Another landscape: keep it until a race on it comes. @param {Component<Uint8Array>} component */
export function receiveLandscape({ data }) {
  const landscape = readLandscape(data);
  if (!landscapes.has(landscape.key)) {
    landscapes.set(landscape.key, landscape);
    if (landscapes.size > MOST_LANDSCAPES) landscapes.delete(String(landscapes.keys().next().value));
    for (const state of waiting) update(state);
  }
  return () => {};
}

/** The steps of a trajectory, for all players; their token says which race they belong to. @param {Component<Uint8Array>} component */
export function receiveStep({ data }) {
  const step = (lastStep = readStep(data));
  for (const { shown } of players.values()) shown.stepper.set(step);
  return () => {};
}

/** A plane on a finer grid, for the trainer whose it is; kept until another one comes, for a trainer that is still to come. @param {Component<Uint8Array>} component */
export function receiveRefined({ data }) {
  refined = readRefined(data);
  for (const { shown } of trainers.values()) shown.refine(refined);
  return () => {};
}

/** Which playlist all players present, until the component is taken away. @param {Component<Playlist>} component */
export function receivePlaylist({ data }) {
  const mine = (playlist = data);
  for (const { shown } of [...players.values(), ...trainers.values()]) shown.presenter.setPlaylist(mine);
  return () => {
    if (playlist !== mine) return; // another one came meanwhile
    playlist = null;
    for (const { shown } of [...players.values(), ...trainers.values()]) shown.presenter.setPlaylist(null);
  };
}

/** Other pictures under the maps of all players, until the next ones come or the component is taken away. @param {Component<Uint8Array>} component */
export function receiveBackdrop({ data }) {
  const mine = { pictures: backdrop.pictures };
  const show = (/** @type {ImageBitmap[]} */ pictures) => {
    if (backdrop !== mine) return; // others came meanwhile
    mine.pictures = pictures;
    for (const { shown } of players.values()) shown.setPictures(pictures);
  };
  backdrop = mine;
  readPictures(data).then(show);
  return () => {
    show([]);
    if (backdrop === mine) backdrop = { pictures: [] };
  };
}

followSliders(() => [...players.values()].map(({ shown }) => shown));

/** The player: called at first, and with every change of its data. @param {Component<Uint8Array>} component @param {string} plotlyUrl */
export function showPlayer(component, plotlyUrl) {
  const root = /** @type {HTMLElement} */ (component.parentElement.querySelector(".descent-root"));
  const make = (/** @type {(request: object) => void} */ pick) => {
    const player = new Player(root, load(plotlyUrl), pick);
    player.setPictures(backdrop.pictures);
    if (lastStep) player.stepper.set(lastStep);
    player.presenter.setPlaylist(playlist);
    return player;
  };
  const state = stateOf(players, root, component, make, (player) => player.race?.theme.name);
  state.fitting ??= fitting(root);
  state.data = component.data;
  update(state);
  return closing(players, root, state);
}

/** The player of networks: called at first, and with every change of its data. @param {Component<Uint8Array>} component @param {string} plotlyUrl */
export function showTrainer(component, plotlyUrl) {
  const root = /** @type {HTMLElement} */ (component.parentElement.querySelector(".descent-root"));
  const make = (/** @type {(request: object) => void} */ pick) => {
    const trainer = new Trainer(root, load(plotlyUrl), pick);
    trainer.presenter.setPlaylist(playlist);
    return trainer;
  };
  const state = stateOf(trainers, root, component, make, (trainer) => trainer.race?.theme.name);
  state.fitting ??= fitting(root);
  state.shown.setTraining(readTraining(component.data));
  if (refined) state.shown.refine(refined);
  return closing(trainers, root, state);
}

/** A chart: called at first, and with every change of its data. @param {Component<Uint8Array>} component @param {string} plotlyUrl */
export function showChart(component, plotlyUrl) {
  const root = /** @type {HTMLElement} */ (component.parentElement.querySelector(".descent-chart"));
  const state = stateOf(charts, root, component, (pick) => new Chart(root, load(plotlyUrl), pick), (chart) => chart.content?.theme.name);
  state.shown.setText(new TextDecoder().decode(component.data));
  return closing(charts, root, state);
}

/**
 * What is shown in an element, made at the first call for it.
 * @template Shown
 * @param {Map<Element, State<Shown>>} states of all elements
 * @param {Element} root the element
 * @param {{ setTriggerValue(name: string, value: unknown): void }} component Streamlit's
 * @param {(pick: (request: object) => void) => Shown} make makes it
 * @param {(shown: Shown) => string | undefined} themeOf the name of the theme that it is drawn in
 */
function stateOf(states, root, { setTriggerValue }, make, themeOf) {
  const known = states.get(root);
  if (!known) {
    let serial = Date.now(); // makes of two equal requests two different ones, also where Python has forgotten the first
    const send = sure(setTriggerValue);
    const shown = make((request) => send("pick", { serial: serial++, ...request }));
    const unwatch = watchTheme(root, () => themeOf(shown), () => send("theme", serial++));
    /** @type {State<Shown>} */
    const state = { shown, unwatch };
    states.set(root, state);
    return state;
  }
  return known;
}

/** The player is as high as the window leaves room for, also where the page's header has several lines. @param {HTMLElement} root */
function fitting(root) {
  const page = root.closest(".stMain");
  const block = root.closest(".stVerticalBlock");
  if (!page || !block) return null;
  const fit = () => {
    const least = parseFloat(getComputedStyle(root).getPropertyValue("--least")) || LEAST_PLAYER;
    const above = root.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop;
    const tall = above > ONE_LINE && above < Math.max(MOST_ABOVE * page.clientHeight, page.clientHeight - least);
    if (tall) root.style.setProperty("--header", `${Math.ceil(above) + 10}px`);
    else root.style.removeProperty("--header");
  };
  const observer = new ResizeObserver(fit);
  for (const part of [page, block]) observer.observe(part);
  return observer;
}

/**
 * What Streamlit calls to take back the present call. It may do so after a later call, which then stays.
 * @template {{ close(): void }} Shown
 * @param {Map<Element, State<Shown>>} states @param {Element} root @param {State<Shown>} state
 */
function closing(states, root, state) {
  const call = (state.latest = {});
  return () => {
    if (state.latest !== call) return;
    state.unwatch();
    state.fitting?.disconnect();
    waiting.delete(/** @type {any} */ (state));
    state.shown.close();
    states.delete(root);
  };
}

/** Show the race that came last, once its landscape is there. @param {State<Player>} state */
function update(state) {
  if (!state.data) return;
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
