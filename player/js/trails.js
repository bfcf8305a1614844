// Draws what moves on a transparent canvas over a panel: trails, heads, starts, and marks where a trajectory has left the window.
// Up to a few hundred trajectories are strokes, smooth and anti-aliased; thousands are single pixels.

const MOST_STROKES = 400;
const COMET = 24; // steps that a comet's tail reaches back
const COMET_PIXELS = 14;
const FADES = 6; // a tail fades in so many stages
const DIMMED = 0.18; // what is behind a hill, or not the highlighted optimizer
const DASHES = { solid: [], dash: [7, 5], dot: [1.5, 4] };

export class TrailLayer {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.history = document.createElement("canvas"); // trails that are drawn in full, kept from frame to frame
    this.rows = new Map(); // projected rows of pixels mode, by run and step
  }

  resize(width, height, ratio) {
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    for (const canvas of [this.canvas, this.history]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.forget();
  }

  /** Nothing drawn before counts any more: other runs, or another size. */
  forget() {
    this.historyKey = null;
    this.rows.clear();
    this.pixels = null;
    this.frame = null;
  }

  /**
   * Draw one frame.
   * @param scene { places: [{ view, runs }], race, position, trail, off: Set of run numbers, highlight: number or null, scale, theme, starts }
   */
  draw(scene) {
    const { context, ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const lanes = scene.places.reduce((sum, place) => sum + place.runs.length * scene.race.count, 0);
    this.few = lanes <= MOST_STROKES;
    if (!this.few) this.drawPixels(scene);
    for (const place of scene.places) {
      context.save();
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.beginPath();
      context.rect(place.view.box.left, place.view.box.top, place.view.box.width, place.view.box.height);
      context.clip();
      if (scene.starts) this.drawStarts(place, scene);
      if (this.few) this.drawStrokes(place, scene);
      this.drawExits(place, scene);
      context.restore();
    }
  }

  runsOf(place, scene) {
    const shown = place.runs.filter((index) => !scene.off.has(index));
    if (scene.highlight !== null && shown.includes(scene.highlight)) {
      return [...shown.filter((index) => index !== scene.highlight), scene.highlight]; // the highlighted one on top
    }
    return shown;
  }

  emphasis(index, scene) {
    return scene.highlight === null || scene.highlight === index ? 1 : DIMMED;
  }

  // ---- strokes

  drawStrokes(place, scene) {
    if (scene.trail === "whole") this.drawHistory(scene);
    const { context } = this;
    for (const index of this.runsOf(place, scene)) {
      const run = scene.race.runs[index];
      const emphasis = this.emphasis(index, scene);
      context.lineJoin = context.lineCap = "round";
      context.strokeStyle = run.colour;
      if (scene.trail === "comet") this.drawComet(place.view, run, scene, emphasis);
      if (scene.trail === "whole") {
        const last = Math.floor(scene.position);
        context.lineWidth = this.lineWidth(scene);
        this.strokeSteps(context, place.view, run, scene, last, scene.position, this.wholeAlpha(scene) * emphasis);
      }
      this.drawHeads(place.view, run, scene, emphasis);
    }
  }

  lineWidth(scene) {
    return scene.scale * (scene.race.count <= 3 ? 2.6 : scene.race.count <= 40 ? 1.7 : 1.1);
  }

  wholeAlpha(scene) {
    return scene.race.count <= 3 ? 0.9 : scene.race.count <= 40 ? 0.6 : 0.4;
  }

  drawComet(view, run, scene, emphasis) {
    const { context } = this;
    const first = Math.max(0, scene.position - COMET);
    context.setLineDash([]);
    for (let fade = 0; fade < FADES; fade++) {
      const from = first + ((scene.position - first) * fade) / FADES;
      const to = first + ((scene.position - first) * (fade + 1)) / FADES;
      const share = (fade + 1) / FADES;
      context.lineWidth = this.lineWidth(scene) * (0.5 + 0.6 * share);
      this.strokeSteps(context, view, run, scene, from, to, share * share * emphasis);
    }
  }

  /** Stroke all trajectories of a run between two positions of the clock, whole steps or not. */
  strokeSteps(context, view, run, scene, from, to, alpha) {
    if (to <= from) return;
    const { count, steps } = scene.race;
    const seen = new Path2D();
    const behind = new Path2D();
    let anyBehind = false;
    for (let n = 0; n < count; n++) {
      let [px, py, hidden] = at(view, run, from, n, count, steps);
      let pen = null;
      for (let t = Math.floor(from) + 1; ; t++) {
        const next = Math.min(t, to);
        const [qx, qy, nextHidden] = at(view, run, next, n, count, steps);
        if (qx === qx && px === px) {
          const path = hidden && nextHidden ? behind : seen;
          if (pen !== path) path.moveTo(px, py);
          path.lineTo(qx, qy);
          pen = path;
          anyBehind ||= path === behind;
        } else {
          pen = null;
        }
        [px, py, hidden] = [qx, qy, nextHidden];
        if (next >= to) break;
      }
    }
    context.globalAlpha = alpha;
    context.stroke(seen);
    if (anyBehind) {
      context.globalAlpha = alpha * DIMMED;
      context.stroke(behind);
    }
    context.globalAlpha = 1;
  }

  /** Whole trails stay on a canvas of their own, to which each frame only adds what is new. */
  drawHistory(scene) {
    if (this.historyFrame === scene) return this.showHistory(); // another place of the same frame
    this.historyFrame = scene;
    const last = Math.floor(scene.position);
    const views = scene.places.map((place) => `${place.view.key}:${place.runs}`);
    const key = [...views, [...scene.off], scene.highlight, scene.scale, this.ratio].join("|");
    const context = this.history.getContext("2d");
    if (key !== this.historyKey || last < this.historyStep) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.history.width, this.history.height);
      this.historyKey = key;
      this.historyStep = 0;
    }
    if (last > this.historyStep) {
      for (const place of scene.places) {
        context.save();
        context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
        const { left, top, width, height } = place.view.box;
        context.beginPath();
        context.rect(left, top, width, height);
        context.clip();
        context.lineJoin = context.lineCap = "round";
        context.lineWidth = this.lineWidth(scene);
        for (const index of this.runsOf(place, scene)) {
          const run = scene.race.runs[index];
          context.strokeStyle = run.colour;
          context.setLineDash(DASHES[run.dash].map((length) => length * scene.scale));
          this.strokeSteps(context, place.view, run, scene, this.historyStep, last, this.wholeAlpha(scene) * this.emphasis(index, scene));
        }
        context.restore();
      }
      this.historyStep = last;
    }
    this.showHistory();
  }

  showHistory() {
    this.context.save();
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.drawImage(this.history, 0, 0);
    this.context.restore();
  }

  drawHeads(view, run, scene, emphasis) {
    const { context } = this;
    const { count, steps } = scene.race;
    const radius = scene.scale * (count <= 3 ? 6 : count <= 40 ? 4.2 : 3);
    context.setLineDash([]);
    for (let n = 0; n < count; n++) {
      const [px, py, hidden] = at(view, run, scene.position, n, count, steps);
      if (px !== px) continue;
      context.globalAlpha = emphasis * (hidden ? 2 * DIMMED : 1);
      context.beginPath();
      marker(context, run.marker, px, py, radius);
      context.strokeStyle = scene.theme.halo;
      context.lineWidth = scene.scale * (count <= 40 ? 3 : 2);
      context.stroke();
      context.fillStyle = run.colour;
      context.fill();
    }
    context.globalAlpha = 1;
  }

  // ---- pixels

  drawPixels(scene) {
    const { canvas, context } = this;
    if (!this.frame) {
      this.frame = context.createImageData(canvas.width, canvas.height);
      this.words = new Uint32Array(this.frame.data.buffer);
    }
    if (scene.trail === "whole") this.addToPixelHistory(scene);
    if (scene.trail === "whole") this.words.set(this.pixels);
    else this.words.fill(0);
    const tail = scene.trail === "comet" ? COMET_PIXELS : 0;
    const last = Math.floor(scene.position);
    for (const place of scene.places) {
      for (const index of this.runsOf(place, scene)) {
        const run = scene.race.runs[index];
        const colour = word(run.colour);
        const emphasis = this.emphasis(index, scene);
        for (let t = Math.max(0, last - tail); t < last; t++) {
          const alpha = 150 * ((t - last + tail + 1) / (tail + 1)) ** 2;
          this.dots(place.view, this.row(place.view, run, index, t, scene), colour, alpha * emphasis, 1, scene.race.count);
        }
        const heads = this.headRow(place.view, run, index, scene);
        this.dots(place.view, heads, colour, 255 * emphasis, this.dotSize(scene), scene.race.count);
      }
    }
    context.putImageData(this.frame, 0, 0);
  }

  dotSize(scene) {
    const lanes = scene.race.count * scene.race.runs.length;
    return Math.max(1, Math.round((lanes > 4000 ? 2 : 3) * this.ratio * scene.scale));
  }

  /** One run's trajectories at a step as pixels, kept as long as the view stays. */
  row(view, run, index, t, scene) {
    const key = `${index}:${t}:${view.key}`;
    let row = this.rows.get(key);
    if (!row) {
      const { count } = scene.race;
      if (this.rows.size > 40 * scene.race.runs.length) this.rows.delete(this.rows.keys().next().value);
      row = { px: new Float32Array(count), py: new Float32Array(count), hidden: new Uint8Array(count) };
      view.row(run, t * count, count, row.px, row.py, row.hidden);
      this.rows.set(key, row);
    }
    return row;
  }

  /** The row between two steps. */
  headRow(view, run, index, scene) {
    const last = Math.floor(scene.position);
    const from = this.row(view, run, index, last, scene);
    const share = scene.position - last;
    if (share < 1e-6 || last >= scene.race.steps) return from;
    const to = this.row(view, run, index, last + 1, scene);
    const { count } = scene.race;
    const between = (this.between ??= { px: new Float32Array(count), py: new Float32Array(count) });
    if (between.px.length !== count) this.between = { px: new Float32Array(count), py: new Float32Array(count) };
    const { px, py } = this.between;
    for (let n = 0; n < count; n++) {
      px[n] = from.px[n] + share * (to.px[n] - from.px[n]);
      py[n] = from.py[n] + share * (to.py[n] - from.py[n]);
    }
    return { px, py, hidden: from.hidden };
  }

  dots(view, { px, py, hidden }, colour, alpha, size, count, words = this.words) {
    const { ratio } = this;
    const columns = this.canvas.width;
    const left = Math.round(view.box.left * ratio);
    const top = Math.round(view.box.top * ratio);
    const right = Math.min(columns, Math.round((view.box.left + view.box.width) * ratio));
    const bottom = Math.min(this.canvas.height, Math.round((view.box.top + view.box.height) * ratio));
    const full = (((alpha & 255) << 24) | colour) >>> 0;
    const dim = ((((alpha * DIMMED) & 255) << 24) | colour) >>> 0;
    const half = size / 2;
    for (let n = 0; n < count; n++) {
      const x = Math.round(px[n] * ratio - half); // NaN fails every comparison below
      const y = Math.round(py[n] * ratio - half);
      if (!(x >= left && x + size <= right && y >= top && y + size <= bottom)) continue;
      const value = hidden[n] ? dim : full;
      for (let row = y * columns, end = row + size * columns; row < end; row += columns) {
        for (let k = row + x; k < row + x + size; k++) words[k] = value;
      }
    }
  }

  addToPixelHistory(scene) {
    const last = Math.floor(scene.position);
    const views = scene.places.map((place) => `${place.view.key}:${place.runs}`);
    const key = [...views, [...scene.off], scene.highlight].join("|");
    if (!this.pixels || key !== this.historyKey || last < this.historyStep) {
      this.pixels ??= new Uint32Array(this.words.length);
      this.pixels.fill(0);
      this.historyKey = key;
      this.historyStep = -1;
    }
    for (let t = this.historyStep + 1; t <= last; t++) {
      for (const place of scene.places) {
        for (const index of this.runsOf(place, scene)) {
          const run = scene.race.runs[index];
          const alpha = 70 * this.emphasis(index, scene);
          this.dots(place.view, this.row(place.view, run, index, t, scene), word(run.colour), alpha, 1, scene.race.count, this.pixels);
        }
      }
    }
    this.historyStep = Math.max(this.historyStep, last);
  }

  // ---- marks

  drawStarts(place, scene) {
    const { context } = this;
    const many = scene.race.count > 50;
    const crowd = scene.race.count > MOST_STROKES;
    context.globalAlpha = crowd ? 0.2 : many ? 0.5 : 1;
    context.lineWidth = scene.scale * (many ? 1 : 2);
    context.strokeStyle = scene.theme.mark;
    context.setLineDash([]);
    for (const [x, y] of scene.starts) {
      const [px, py] = place.view.point(x, y, 0);
      context.beginPath();
      context.arc(px, py, scene.scale * (crowd ? 1 : many ? 2 : 5.5), 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** A cross at the window's edge for every trajectory that has left it for good. */
  drawExits(place, scene) {
    if (!(place.view.unproject)) return; // only on maps
    const { context } = this;
    const { race } = scene;
    const size = scene.scale * (race.count <= 40 ? 5 : 2.5);
    context.setLineDash([]);
    context.lineWidth = scene.scale * (race.count <= 40 ? 2.4 : 1.2);
    for (const index of this.runsOf(place, scene)) {
      const run = race.runs[index];
      context.strokeStyle = run.colour;
      context.globalAlpha = this.emphasis(index, scene);
      context.beginPath();
      for (let n = 0; n < race.count; n++) {
        if (scene.position < run.exit[n] || run.exitX[n] !== run.exitX[n]) continue;
        const [px, py] = inset(place.view.point(run.exitX[n], run.exitY[n], 0), place.view.box, size + 1);
        context.moveTo(px - size, py - size);
        context.lineTo(px + size, py + size);
        context.moveTo(px - size, py + size);
        context.lineTo(px + size, py - size);
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}

/** A trajectory's pixel at a position of the clock, between two steps where it is not whole. */
export function at(view, run, position, n, count, steps) {
  const t = Math.min(steps, Math.floor(position + 1e-9));
  const k = t * count + n;
  const share = position - t;
  if (share < 1e-6 || t >= steps) return view.point(run.x[k], run.y[k], run.z[k]);
  const next = k + count;
  if (run.x[next] !== run.x[next]) return view.point(run.x[k], run.y[k], run.z[k]);
  return view.point(
    run.x[k] + share * (run.x[next] - run.x[k]),
    run.y[k] + share * (run.y[next] - run.y[k]),
    run.z[k] + share * (run.z[next] - run.z[k]),
  );
}

/** Keep a mark on the edge wholly inside the box, if it lies in or at the box at all. */
function inset([px, py], { left, top, width, height }, margin) {
  if (px < left - margin || px > left + width + margin || py < top - margin || py > top + height + margin) return [px, py];
  return [Math.min(left + width - margin, Math.max(left + margin, px)), Math.min(top + height - margin, Math.max(top + margin, py))];
}

/** "#RRGGBB" as the low three bytes of a little-endian RGBA word. */
function word(colour) {
  const value = parseInt(colour.slice(1), 16);
  return ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
}

/** The outline of a head: circle, square, diamond, triangle up and down, pentagon, hexagon, star, as in figures/theme.py. */
function marker(context, kind, x, y, radius) {
  if (kind === 0) return context.arc(x, y, radius, 0, 2 * Math.PI);
  const [corners, turn, size] = [null, [4, 45, 1.2], [4, 0, 1.25], [3, 0, 1.35], [3, 180, 1.35], [5, 0, 1.15], [6, 0, 1.1], [5, 0, 1.4]][kind];
  const star = kind === 7;
  const points = star ? 2 * corners : corners;
  for (let i = 0; i < points; i++) {
    const angle = ((turn - 90 + (360 * i) / points) * Math.PI) / 180;
    const r = radius * size * (star && i % 2 ? 0.45 : 1);
    if (i === 0) context.moveTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
    else context.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  context.closePath();
}
