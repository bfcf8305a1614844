// A phone in a room: shows what is asked, sends the answer, and waits for the reveal. It is no session of the app.
"use strict";

/**
 * What votes/web.py tells a phone.
 * @typedef {[number, number]} Place
 * @typedef {{ choice?: number | null, at?: Place | null }} Answer
 * @typedef {{ window: [Place, Place], starts: Place[], hint: string, ratio: number }} TapMap
 * @typedef {{ seen: string, round: number, state: "waiting" | "open" | "revealed", question: string, choices: string[], colours: string[], map?: TapMap,
 *   mine?: Answer, right: number[], because: string, why: string, correct?: boolean, ends: Place[] }} Room
 */
(() => {
  const HERE = location.pathname.replace(/\/+$/, ""); // the page's own address, below whatever path a proxy gives it
  const STORE = "descent device";
  const EVERY = 5000; // milliseconds between two looks, and up to a fifth more: a hundred phones do not ask at once
  const PATIENCE = 10000; // milliseconds for an answer
  const CODE = 6; // letters
  const MARK = 11; // CSS pixels from the middle of a mark to its end
  /** @type {Record<string, Place>} */
  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const main = byId("main");
  const status = byId("status");
  const device = token();
  let code = tidied(new URLSearchParams(location.search).get("code") ?? "");
  /** @type {Room | null} what the server told last */
  let room = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {{ device: string, round: number } & Answer | null} the answer that is chosen here and has not arrived yet */
  let unsent = null;
  let sending = false;
  let failures = 0;

  /** A name for this device that tells nothing about it; it is kept here alone. */
  function token() {
    let known = "";
    try {
      known = localStorage.getItem(STORE) ?? "";
    } catch {
      // there is no storage in a private window or a frame: then it is another device after a reload
    }
    if (/^[0-9a-f]{32}$/.test(known)) return known;
    const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      localStorage.setItem(STORE, made);
    } catch {
      // likewise
    }
    return made;
  }

  /** @param {string} text */
  function tidied(text) {
    return text.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 12);
  }

  const inGroups = (/** @type {string} */ text) => `${text.slice(0, CODE / 2)} ${text.slice(CODE / 2)}`.trim();

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} attributes @param {(Node | string)[]} children
   */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
    }
    made.append(...children);
    return made;
  }

  /** @param {string} text */
  function tell(text, bad = false) {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("bad", bad);
  }

  // ---- asking the server

  /** @param {string} path @param {RequestInit} [options] @returns {Promise<Room | null>} */
  async function ask(path, options) {
    const patience = new AbortController(); // AbortSignal.timeout is not on every phone
    const given = setTimeout(() => patience.abort(), PATIENCE);
    const answer = await fetch(`${HERE}/${path}`, { cache: "no-store", credentials: "omit", signal: patience.signal, ...options }).finally(() => clearTimeout(given));
    if (answer.status === 204) return null;
    const told = await answer.json().catch(() => ({ problem: "" }));
    if (answer.ok) return told;
    throw Object.assign(new Error(told.problem || "The server cannot answer now. Trying again…"), { status: answer.status });
  }

  async function look() {
    clearTimeout(timer);
    if (!code || document.hidden) return;
    if (unsent) {
      send();
      return;
    }
    try {
      const told = await ask(`${code}?device=${device}&seen=${room ? room.seen : ""}`);
      if (failures) room ? telling() : tell("");
      failures = 0;
      if (told && !unsent) show(told);
    } catch (error) {
      if (refused(error)) return;
    }
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, EVERY * (unsent ? 0.4 : 1) * (1 + 0.2 * Math.random()) * Math.min(3, 1 + failures / 2));
  }

  /** What went wrong; whether there is no sense in asking again. @param {any} error */
  function refused(error) {
    if (error.status === 404 || error.status === 429) {
      const known = room;
      room = null;
      enter(known ? "This room is gone: the lesson is over, or the server was started anew. Type the code that is on the screen now." : error.message);
      return true;
    }
    if (error.status === 400) tell(error.message, true);
    else {
      failures++;
      tell("No connection. Trying again…", true);
    }
    return false;
  }

  /** @param {Answer} answer */
  function vote(answer) {
    if (!room) return;
    unsent = { device, round: room.round, ...answer };
    room.mine = answer;
    draw();
    send();
  }

  /** Send the answer that was chosen last, and until it has arrived send it again: the connection may be gone for a while, or the server. */
  async function send() {
    if (sending || !unsent) return;
    clearTimeout(timer);
    if (!failures) tell("Sending…");
    const sent = unsent;
    sending = true;
    try {
      const told = await ask(code, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) });
      failures = 0;
      if (sent === unsent) {
        unsent = null;
        if (told) show(told);
      }
    } catch (/** @type {any} */ error) {
      const wrong = refused(error); // by the server, which has answered
      if (wrong || error.status === 400) unsent = null;
      if (wrong) return;
      if (room && error.status === 400) room.seen = ""; // what is asked now, and what of this device has arrived
      else tell("No connection. Your answer is kept here, and sent as soon as there is one.", true);
    } finally {
      sending = false;
    }
    if (unsent && !failures) send(); // another was chosen meanwhile
    else if (room && !room.seen) look();
    else later();
  }

  // ---- what is shown

  /** The place for a code, where none is known or the last one was wrong. */
  function enter(problem = "") {
    clearTimeout(timer);
    const field = element("input", {
      id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", enterkeyhint: "go", maxlength: 9, "aria-describedby": "status",
    });
    field.value = problem && code.length === CODE ? inGroups(code) : "";
    const sent = (/** @type {Event} */ event) => {
      event.preventDefault();
      const typed = tidied(field.value);
      if (typed.length !== CODE) {
        tell(`A code has ${CODE} letters and digits; this has ${typed.length}.`, true);
        field.focus();
        return;
      }
      code = typed;
      history.replaceState(null, "", `${location.pathname}?code=${code}`);
      tell("Looking…");
      look();
    };
    main.replaceChildren(
      element("div", { class: "words" }, element("h1", {}, "Which code is on the screen?")),
      element("form", { submit: sent }, element("label", { for: "code", class: "quiet" }, "Six letters and digits; capitals do not matter"), field, element("button", { class: "go" }, "Go")),
    );
    byId("room").textContent = "";
    tell(problem, Boolean(problem));
  }

  /** @param {Room} told */
  function show(told) {
    const turned = !room || room.round !== told.round || room.state !== told.state;
    room = told;
    byId("room").textContent = inGroups(code);
    if (turned) {
      build();
      if (room.state !== "waiting") main.focus({ preventScroll: true });
      scrollTo(0, 0);
    } else draw();
    telling();
  }

  function telling() {
    if (!room) return;
    const { state, mine } = room;
    if (state === "waiting") tell("The next question will appear here by itself.");
    else if (state === "revealed") tell("");
    else if (!mine) tell(room.map ? "" : "Choose one; it can be changed until the reveal.");
    else tell("Your answer is in. It can be changed until the reveal.");
  }

  /** Another question, or its reveal. */
  function build() {
    if (!room) return;
    if (room.state === "waiting") {
      main.replaceChildren(element("div", { class: "words" }, element("h1", {}, "You are in."), element("p", { class: "quiet" }, "Wait for the next question.")));
      return;
    }
    const open = room.state === "open";
    const words = element("div", { class: "words" }, element("h1", {}, room.question));
    const parts = [words];
    if (!open) parts.push(verdict(room));
    if (room.map) {
      if (open) words.append(element("p", { class: "quiet" }, room.map.hint + (room.choices.length ? " Or choose below." : "")));
      parts.push(map(room.map, room.round, open));
    }
    if (room.choices.length) {
      const { right, colours } = room;
      const answers = room.choices.map((text, index) => choice(text, index, open, right, colours));
      parts.push(element("div", { class: `answers${room.map ? " small" : ""}`, role: "group", "aria-label": "Answers" }, ...answers));
    }
    main.replaceChildren(...parts);
    draw();
  }

  /** @param {string} text @param {number} index @param {boolean} open @param {number[]} right @param {string[]} colours */
  function choice(text, index, open, right, colours) {
    const colour = colours[index];
    const chip = colours.length ? [element("i", { "aria-hidden": "true", class: colour ? null : "none", style: `--chip: ${colour || "none"}` })] : [];
    const button = element("button", { type: "button", "data-choice": index, click: open ? () => vote({ choice: index }) : null }, ...chip, element("span", {}, text));
    if (!open) {
      button.disabled = true;
      button.classList.add("shown", right.includes(index) ? "right" : "wrong");
      if (right.includes(index)) button.append(element("small", {}, "right"));
    }
    return button;
  }

  /** @param {Room} room */
  function verdict({ mine, correct, because, why, ends, choices, right }) {
    const heads = mine ? (correct ? "Right." : "Not so.") : "The answer is out.";
    const near = mine?.at && !choices.length ? (correct ? " Your mark is close to it." : " Your mark is farther off.") : "";
    const answer = ends.length || !right.length || correct ? "" : `Right is: ${right.map((index) => choices[index]).join(", ")}. `;
    return element("div", { class: `verdict words ${mine ? (correct ? "good" : "bad") : ""}` }, element("b", {}, heads), `${why ? `${why} ` : ""}${answer}${because}${near}`);
  }

  // ---- the map

  /** @param {TapMap} tapMap @param {number} round @param {boolean} open */
  function map(tapMap, round, open) {
    const shown = element("div", { class: "map", style: `aspect-ratio: ${tapMap.ratio}` });
    const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const picture = element("img", { alt: "", src: `${HERE}/${code}/map.png?device=${device}&theme=${theme}&round=${round}`, draggable: "false" });
    shown.append(picture);
    shown.append(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    if (open) {
      for (const [name, value] of Object.entries({ tabindex: 0, role: "application", "aria-roledescription": "map", "aria-label": `Map. ${tapMap.hint} Arrow keys move your mark, Enter sends it.` })) shown.setAttribute(name, String(value));
      shown.addEventListener("click", (event) => {
        const { left, top, width, height } = picture.getBoundingClientRect();
        put(inside([(event.clientX - left) / width, 1 - (event.clientY - top) / height]));
      });
      shown.addEventListener("keydown", steer);
    }
    new ResizeObserver(draw).observe(shown);
    return shown;
  }

  const inside = (/** @type {number[]} */ place) => /** @type {Place} */ (place.map((share) => Math.min(1, Math.max(0, share))));

  /** Send the place with these shares of the map's width and height. @param {Place} place */
  function put(place) {
    if (!room?.map) return;
    const at = room.map.window.map(([low, high], i) => {
      const digits = Math.max(0, Math.ceil(-Math.log10((high - low) / 4000)));
      return Math.min(high, Math.max(low, Number((low + place[i] * (high - low)).toFixed(Math.min(12, digits)))));
    });
    cursor = null;
    vote({ at: /** @type {Place} */ (at) });
  }

  /** @type {Place | null} where the keys have moved the mark, before it is sent */
  let cursor = null;

  /** @param {KeyboardEvent} event */
  function steer(event) {
    if (!room?.map) return;
    const { window } = room.map;
    const by = KEYS[event.key];
    if (by) {
      const from = cursor ?? (room.mine?.at ? room.mine.at.map((value, i) => share(window[i], value)) : [0.5, 0.5]);
      const step = event.shiftKey ? 0.1 : 0.02;
      cursor = inside(from.map((value, i) => value + step * by[i]));
      draw();
      const [x, y] = cursor.map((value, i) => window[i][0] + value * (window[i][1] - window[i][0]));
      tell(`x ${x.toPrecision(2)}, y ${y.toPrecision(2)}. Enter sends it.`);
    } else if ((event.key === "Enter" || event.key === " ") && cursor) put(cursor);
    else return;
    event.preventDefault();
  }

  const share = (/** @type {Place} */ [low, high], /** @type {number} */ value) => (value - low) / (high - low);

  /** What changes without another question: which choice is pressed, and the marks on the map. */
  function draw() {
    if (!room || room.state === "waiting") return;
    const { mine, map: tapMap } = room;
    for (const button of main.querySelectorAll("[data-choice]")) button.setAttribute("aria-pressed", String(mine?.choice === Number(button.getAttribute("data-choice"))));
    const svg = main.querySelector(".map svg");
    if (!svg || !tapMap) return;
    const { width, height } = svg.getBoundingClientRect();
    if (!width) return;
    const place = (/** @type {Place} */ [x, y]) => [share(tapMap.window[0], x) * width, (1 - share(tapMap.window[1], y)) * height];
    /** @type {Element[]} */
    const marks = [];
    const add = (/** @type {string} */ name, /** @type {Record<string, string | number>} */ attributes, text = "") => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
      if (text) made.textContent = text;
      marks.push(made);
    };
    const label = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ text) => add("text", { x: x + (x > width - 90 ? -MARK - 4 : MARK + 4), y: y + 5, "text-anchor": x > width - 90 ? "end" : "start" }, text);
    for (const start of tapMap.starts) {
      const [x, y] = place(start);
      for (const kind of ["halo", "start"]) add("circle", { class: kind, cx: x, cy: y, r: 7 });
      label(x, y, "start");
    }
    for (const end of room.ends ?? []) {
      const [x, y] = place(end);
      const star = Array.from({ length: 10 }, (_, k) => [x + (k % 2 ? 5 : 12) * Math.sin((k * Math.PI) / 5), y - (k % 2 ? 5 : 12) * Math.cos((k * Math.PI) / 5)].join());
      add("polygon", { class: "end", points: star.join(" ") });
    }
    const marked = cursor ? [cursor[0] * width, (1 - cursor[1]) * height] : mine?.at ? place(mine.at) : null;
    if (marked) {
      const [x, y] = marked;
      for (const kind of ["halo", "mine"]) {
        add("circle", { class: kind, cx: x, cy: y, r: MARK });
        add("path", { class: kind, d: `M${x - 5} ${y - 5}l10 10M${x - 5} ${y + 5}l10 -10` });
      }
      label(x, y, "yours");
    }
    svg.replaceChildren(...marks);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  addEventListener("online", look);
  if (code) {
    tell("Looking…");
    look();
  } else enter();
})();
