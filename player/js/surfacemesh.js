// A surface as triangles, drawn by WebGL: colours by the loss, light from above the camera, and contour lines a pixel wide.

import { numbers } from "./data.js";
import { element } from "./dom.js";
import { channels } from "./shades.js";
import { multiply } from "./views.js";

/** @import { Box, Range, Trace, Vector } from "./types" */

const CORNERS = `
attribute vec3 place;
attribute vec3 upright;
attribute vec2 values;
uniform mat4 seen;
varying vec3 normal;
varying vec2 told;
void main() {
  normal = upright;
  told = values;
  gl_Position = seen * vec4(place, 1.0);
}`;
const POINTS = `
#extension GL_OES_standard_derivatives : enable
precision highp float;
uniform sampler2D ramp;
uniform vec4 light;
uniform vec3 above;
uniform vec3 ahead;
uniform vec3 ink;
uniform vec4 levels;
uniform vec2 limits;
varying vec3 normal;
varying vec2 told;
void main() {
  if (told.y < limits.x || told.y > limits.y) discard;
  vec3 facing = normalize(gl_FrontFacing ? normal : -normal);
  float bright = min(light.x + light.y * max(dot(facing, above), 0.0), 1.0);
  float middle = max(dot(facing, normalize(above + ahead)), 0.0001);
  float squared = middle * middle;
  float shine = light.z * exp((1.0 - 1.0 / squared) / light.w) / (3.14159 * light.w * squared * squared);
  vec3 colour = bright * texture2D(ramp, vec2((told.x * 255.0 + 0.5) / 256.0, 0.5)).rgb + shine;
  float place = told.y / levels.z;
  float level = levels.z * floor(place + 0.5);
  float apart = abs(told.y - level) / max(length(vec2(dFdx(told.y), dFdy(told.y))), 1e-7);
  float line = level > levels.x && level < levels.y ? clamp(0.5 * levels.w + 0.5 - apart, 0.0, 1.0) : 0.0;
  gl_FragColor = vec4(mix(colour, ink, 0.65 * line), 1.0);
}`;
const SHADES = 256;

/** @typedef {{ key: object, corners: WebGLBuffer, triangles: WebGLBuffer, count: number, ramp: WebGLTexture }} Sent a surface on the graphics card */

export class SurfaceMesh {
  /** @param {() => void} anew called when all that was drawn has to be drawn once more */
  constructor(anew) {
    this.canvas = element("canvas", { class: "moving", "aria-hidden": "true" });
    this.slow = withoutCard();
    this.gl = /** @type {WebGLRenderingContext} */ (this.canvas.getContext("webgl", { antialias: !this.slow }));
    /** @type {Sent | null} */
    this.sent = null;
    this.prepare();
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.sent = null;
      this.prepare();
      anew();
    });
  }

  prepare() {
    const { gl } = this;
    for (const name of ["OES_standard_derivatives", "OES_element_index_uint"]) gl.getExtension(name);
    const program = /** @type {WebGLProgram} */ (gl.createProgram());
    for (const [kind, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, POINTS]])) {
      const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
      gl.shaderSource(shader, source.trim());
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`the surface cannot be drawn: ${gl.getProgramInfoLog(program)}`);
    gl.useProgram(program);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.SCISSOR_TEST);
    this.program = program;
  }

  /** @param {string} name of a uniform */
  uniform(name) {
    return this.gl.getUniformLocation(/** @type {WebGLProgram} */ (this.program), name);
  }

  /** An empty picture of so many pixels of the screen. @param {number} width @param {number} height */
  begin(width, height) {
    const { gl, canvas } = this;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    gl.viewport(0, 0, width, height);
    gl.scissor(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  }

  /**
   * Draw a surface trace.
   * @param {Trace} trace @param {Range} upright what the upright axis shows @param {Vector} sides of the scene's box
   * @param {ArrayLike<number>[]} factors from that box to clip space, the last of which turns it to how the camera sees it
   * @param {Box} box of the scene in CSS pixels @param {number} ratio of the screen's pixels to them @param {string} page the colour of the page
   */
  draw(trace, upright, sides, factors, box, ratio, page) {
    const { gl } = this;
    const { corners, triangles, count, ramp } = this.send(trace, upright, sides);
    const [left, top, right, bottom] = [box.left, box.top, box.left + box.width, box.top + box.height].map((side) => Math.round(side * ratio));
    gl.viewport(left, this.canvas.height - bottom, right - left, bottom - top);
    gl.scissor(left, this.canvas.height - bottom, right - left, bottom - top);
    gl.bindBuffer(gl.ARRAY_BUFFER, corners);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, triangles);
    gl.bindTexture(gl.TEXTURE_2D, ramp);
    for (const [name, size, at] of /** @type {const} */ ([["place", 3, 0], ["upright", 3, 12], ["values", 2, 24]])) {
      const location = gl.getAttribLocation(/** @type {WebGLProgram} */ (this.program), name);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, 32, at);
    }
    const { lighting, contours: { z: { start, end, size, color, width } } } = trace;
    gl.uniformMatrix4fv(this.uniform("seen"), false, Float32Array.from(factors.reduceRight((product, factor) => multiply(factor, product))));
    const turn = factors[factors.length - 1];
    for (const [name, row] of /** @type {const} */ ([["above", 1], ["ahead", 2]])) {
      const [x, y, z] = [turn[row] / sides.x, turn[row + 4] / sides.y, turn[row + 8] / sides.z]; // the lower the box, the steeper the light
      const long = Math.hypot(x, y, z);
      gl.uniform3f(this.uniform(name), x / long, y / long, z / long);
    }
    gl.uniform4f(this.uniform("light"), lighting.ambient, lighting.diffuse, lighting.specular, lighting.roughness ** 2);
    gl.uniform3fv(this.uniform("ink"), inkOf(color, page));
    gl.uniform4f(this.uniform("levels"), start + size / 2, end - size / 2, size, width * ratio); // flat ground at either end would be all line
    gl.uniform2f(this.uniform("limits"), upright[0], upright[1]);
    gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 0);
  }

  /** The surface on the graphics card, sent once. @param {Trace} trace @param {Range} upright @param {Vector} sides @returns {Sent} */
  send(trace, upright, sides) {
    const { gl, sent: before } = this;
    if (before && before.key === trace.z) return before;
    if (before) {
      gl.deleteBuffer(before.corners);
      gl.deleteBuffer(before.triangles);
      gl.deleteTexture(before.ramp);
    }
    const values = numbers(trace.z);
    const n = Math.round(Math.sqrt(values.length));
    const buffer = (/** @type {number} */ kind, /** @type {BufferSource} */ data) => {
      const made = /** @type {WebGLBuffer} */ (gl.createBuffer());
      gl.bindBuffer(kind, made);
      gl.bufferData(kind, data, gl.STATIC_DRAW);
      return made;
    };
    const indices = trianglesOf(values, n);
    const sent = {
      key: trace.z,
      corners: buffer(gl.ARRAY_BUFFER, cornersOf(values, numbers(trace.surfacecolor), n, upright, sides)),
      triangles: buffer(gl.ELEMENT_ARRAY_BUFFER, indices),
      count: indices.length,
      ramp: this.rampOf(trace.colorscale),
    };
    this.sent = sent;
    return sent;
  }

  /** @param {[share: number, colour: string][]} scale */
  rampOf(scale) {
    const { gl } = this;
    const stops = scale.map(([share, colour]) => ({ share, colour: channels(colour) }));
    const pixels = new Uint8Array(4 * SHADES).fill(255);
    for (let i = 0; i < SHADES; i++) {
      const share = i / (SHADES - 1);
      const k = Math.max(1, stops.findIndex((stop) => stop.share >= share));
      const [from, to] = [stops[k - 1], stops[k]];
      const part = (share - from.share) / (to.share - from.share);
      for (let c = 0; c < 3; c++) pixels[4 * i + c] = Math.round(from.colour[c] + part * (to.colour[c] - from.colour[c]));
    }
    const made = /** @type {WebGLTexture} */ (gl.createTexture());
    gl.bindTexture(gl.TEXTURE_2D, made);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, SHADES, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) {
      gl.texParameteri(gl.TEXTURE_2D, name, value);
    }
    return made;
  }

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.canvas.remove();
  }
}

/** @type {boolean | null} */
let slow = null;

/** Whether WebGL is computed without a graphics card, for which every pixel counts; asked once, since every answer costs a context. */
function withoutCard() {
  if (slow !== null) return slow;
  const gl = document.createElement("canvas").getContext("webgl");
  const name = String(gl?.getParameter(gl.RENDERER));
  const told = name === "WebKit WebGL" ? gl?.getExtension("WEBGL_debug_renderer_info") : null; // Chromium's answer for all of them
  slow = /swiftshader|llvmpipe|softpipe|software|basic render/i.test(told ? String(gl?.getParameter(told.UNMASKED_RENDERER_WEBGL)) : name);
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return slow;
}

/** What a line's ink, "rgba(70, 90, 115, 0.28)", comes to where the page shines through it, from 0 to 1: bright lines on light pages, too. @param {string} ink @param {string} page "#RRGGBB" */
function inkOf(ink, page) {
  const [red, green, blue, opacity = 1] = ink.startsWith("#") ? channels(ink) : ink.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
  return channels(page).map((light, k) => Math.min(1, ([red, green, blue][k] + (1 - opacity) * light) / 255));
}

/** Of each point of the grid its place in the box around zero, what is upright there, its share of the colours, and its height. @param {Float64Array} heights @param {Float64Array} colours @param {number} n @param {Range} upright @param {Vector} sides */
function cornersOf(heights, colours, n, [low, high], sides) {
  const corners = new Float32Array(8 * n * n);
  let [least, most] = [Infinity, -Infinity];
  for (const value of colours) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const up = (/** @type {number} */ k) => ((heights[k] - low) / (high - low) - 0.5) * sides.z;
  const [dx, dy] = [sides.x / (n - 1), sides.y / (n - 1)];
  for (let row = 0, k = 0; row < n; row++) {
    for (let column = 0; column < n; column++, k++) {
      const [left, right] = [column ? k - 1 : k, column < n - 1 ? k + 1 : k];
      const [front, back] = [row ? k - n : k, row < n - 1 ? k + n : k];
      const slopes = [(up(right) - up(left)) / (dx * (right - left)), ((up(back) - up(front)) * n) / (dy * (back - front))];
      const [a, b] = slopes.map((slope) => (slope === slope ? slope : 0));
      const long = Math.hypot(a, b, 1);
      const share = (colours[k] - least) / (most - least || 1);
      corners.set([column * dx - sides.x / 2, row * dy - sides.y / 2, up(k), -a / long, -b / long, 1 / long, share, heights[k]], 8 * k);
    }
  }
  return corners;
}

/** Triangles between the points that have a height, three indices each, seen from above against the clock. @param {Float64Array} heights @param {number} n */
function trianglesOf(heights, n) {
  const indices = new Uint32Array(6 * (n - 1) * (n - 1));
  let count = 0;
  const add = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c) => {
    if (!Number.isFinite(heights[a] + heights[b] + heights[c])) return;
    indices.set([a, b, c], count);
    count += 3;
  };
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const k = row * n + column;
      add(k, k + 1, k + n);
      add(k + 1, k + n + 1, k + n);
    }
  }
  return indices.subarray(0, count);
}
