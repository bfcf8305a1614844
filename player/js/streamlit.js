// The player as a Streamlit component. The ground comes by a component of its own, so that it is not sent again with every race.

import { readGround, readRuns } from "./data.js";
import { element } from "./dom.js";
import { nextPaint, Player } from "./player.js";
import { compile } from "./program.js";

const grounds = new Map();
const players = new WeakMap();
const waiting = new Set();
const MOST_GROUNDS = 8;
const THEME_EVERY = 400; // milliseconds

/** Another landscape: keep it until a race on it comes. */
export function receiveGround(bytes) {
  const ground = readGround(bytes);
  if (grounds.has(ground.key)) return;
  ground.evaluate = compile(ground.program);
  grounds.set(ground.key, ground);
  if (grounds.size > MOST_GROUNDS) grounds.delete(grounds.keys().next().value);
  for (const look of waiting) look();
}

/** Called at first, and with every change of data. */
export function show({ parentElement, data, setTriggerValue }, plotlyUrl) {
  const root = parentElement.querySelector(".descent-root");
  let state = players.get(root);
  if (!state) {
    let serial = 0;
    const pick = (request) => setTriggerValue("pick", { ...request, serial: serial++ });
    state = { player: new Player(root, load(plotlyUrl), pick) };
    state.watch = setInterval(() => watchTheme(state, root, () => setTriggerValue("theme", serial++)), THEME_EVERY);
    players.set(root, state);
  }
  state.look = () => update(state, data);
  for (const look of waiting) if (look.player === state.player) waiting.delete(look);
  state.look.player = state.player;
  state.look();
  return () => {
    waiting.delete(state.look);
    clearInterval(state.watch);
    state.player.close();
    players.delete(root);
  };
}

/** Streamlit changes between light and dark without telling Python: ask for figures in the other colours, once. */
function watchTheme(state, root, ask) {
  const page = root.closest(".stApp");
  const { race } = state.player;
  if (!page || !race) return;
  const [red, green, blue] = getComputedStyle(page).backgroundColor.match(/[\d.]+/g).map(Number);
  const name = red + green + blue < 384 ? "dark" : "light";
  if (name !== race.theme.name && state.asked !== name) ask();
  state.asked = name;
}

function update(state, data) {
  const race = readRuns(data);
  const ground = grounds.get(race.ground);
  if (!ground) {
    waiting.add(state.look);
    return;
  }
  waiting.delete(state.look);
  const { player } = state;
  if (player.ground !== ground) player.setGround(ground);
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
