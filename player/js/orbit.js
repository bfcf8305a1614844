// How the camera of a 3-D scene stands and moves: in Plotly's units, in which the scene's box has the lengths of its `aspectratio` around (0, 0, 0).

/** @import { Camera, HeightGrid, Vector } from "./types" */

const LENS = Math.tan(Math.PI / 8); // half of the height that Plotly's camera sees at distance 1
const ROOM = 5; // CSS pixels around the surface
const LETTER = 7.5; // CSS pixels of a digit there
const NUMBERS = { left: 22, right: 26, down: 29 }; // CSS pixels that the numbers at axes need beside their ends
const NAMES = { aside: 44, down: 34, up: 20 }; // and their names
const LOW = { height: 200, down: 26 }; // CSS pixels of a scene in which Plotly writes them farther from their axes, and how much farther
const SLANTED = 3; // CSS pixels that a further letter of a name reaches down, beside half of the name
const NEAREST = 1.06; // half diagonals of the box: nowhere is the camera inside it
const FARTHEST = 12;
const STEEPEST = 1.5; // radians above and below the horizon: the camera never turns over

/** @param {Vector} v */
const length = ({ x, y, z }) => Math.hypot(x, y, z);
/** @param {Vector} a @param {Vector} b @returns {Vector} */
const minus = (a, b) => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z });
/** @param {Vector} a @param {Vector} b @returns {Vector} */
const plus = (a, b) => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z });
/** @param {Vector} a @param {Vector} b */
const dot = (a, b) => a.x * b.x + a.y * b.y + a.z * b.z;
/** @param {Vector} v @param {number} factor @returns {Vector} */
const times = (v, factor) => ({ x: v.x * factor, y: v.y * factor, z: v.z * factor });

/** @typedef {{ at: Vector, left: number, right: number, up: number, down: number }} Landmark a point, and the CSS pixels around it that must be seen */

/**
 * The camera as near as it can be while the surface and what stands at its axes lies in the picture, which they fill from side to side.
 * @param {Camera} camera gives the direction @param {Vector} sides of the box
 * @param {number} width @param {number} height of the picture in CSS pixels @param {number} scale of the letters @param {HeightGrid | null} surface
 * @param {number} letters of the longest number at the upright axis @param {number} names letters of the longest name at the others, along which Plotly writes it
 * @returns {Camera}
 */
export function fitted(camera, sides, width, height, scale, surface = null, letters = 4, names = 1) {
  const marks = landmarks(camera, sides, scale, surface, letters, SLANTED * (names - 1) + (height < LOW.height * scale ? LOW.down : 0));
  const from = minus(camera.eye, camera.center);
  let found = null;
  let [near, far] = [0.3, FARTHEST];
  for (let i = 0; i < 18; i++) {
    const factor = (near + far) / 2;
    const placed = centred({ ...camera, eye: plus(camera.center, times(from, factor)) }, marks, width, height);
    if (placed) [found, far] = [placed, factor];
    else near = factor;
  }
  return outside(found ?? { ...camera, eye: plus(camera.center, times(from, far)) }, sides);
}

/** The camera moved aside so that all marks are in the middle of the picture; null where they have no room in it. @param {Camera} camera @param {Landmark[]} marks @param {number} width @param {number} height @returns {Camera | null} */
function centred(camera, marks, width, height) {
  let moved = camera;
  for (let round = 0; ; round++) {
    const lens = new Lens(moved, height);
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const mark of marks) {
      const pixel = lens.pixel(mark.at);
      if (!pixel) return null;
      left = Math.min(left, pixel[0] - mark.left);
      right = Math.max(right, pixel[0] + mark.right);
      low = Math.min(low, pixel[1] - mark.down);
      high = Math.max(high, pixel[1] + mark.up);
    }
    if (right - left > width || high - low > height) return null;
    if (round === 4) return moved;
    const aside = plus(times(lens.right, (left + right) / 2), times(lens.up, (low + high) / 2));
    const shift = times(aside, lens.unit);
    moved = { ...moved, eye: plus(moved.eye, shift), center: plus(moved.center, shift) };
  }
}

/** What must be seen: the surface, or its box where none is given, and the numbers and names at the axes, where Plotly puts them for a camera in front. @param {Camera} camera @param {Vector} sides @param {number} scale @param {HeightGrid | null} surface @param {number} letters @param {number} more CSS pixels that long names need @returns {Landmark[]} */
function landmarks({ eye }, sides, scale, surface, letters, more) {
  const around = (/** @type {Vector} */ at, left = ROOM, right = ROOM, down = ROOM, up = ROOM) => ({ at, left: scale * left, right: scale * right, down: scale * down, up: scale * up });
  const place = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z) => ({ x: x * sides.x, y: y * sides.y, z: z * sides.z });
  const [near, side] = [0.5 * Math.sign(eye.y || -1), 0.5 * Math.sign(eye.x || -1)];
  const marks = [
    around(place(side, -near, 0.5), NUMBERS.left + LETTER * letters, ROOM, ROOM, NAMES.up),
    around(place(side, -near, -0.5), NUMBERS.left + LETTER * letters),
    around(place(side, near, -0.5), NUMBERS.right, NUMBERS.right, NUMBERS.down),
    around(place(side, 0, -0.5), NAMES.aside, ROOM, NAMES.down + more),
    around(place(0, near, -0.5), ROOM, NAMES.aside, NAMES.down + more),
    around(place(-side, near, -0.5), ROOM, NUMBERS.right, NUMBERS.down),
  ];
  const upright = (/** @type {number} */ value) => Math.min(1, Math.max(0, value)) / 1.04 + 0.02 / 1.04 - 0.5; // the axis is a little longer than the surface is high
  const { n, values } = surface ?? { n: 2, values: [0, 0, 0, 0, 1, 1, 1, 1] };
  const every = Math.max(1, Math.floor((n - 1) / 15));
  for (let k = 0; k < values.length; k++) {
    const [i, j] = [k % n, Math.floor(k / n) % n];
    const among = (/** @type {number} */ index) => index % every === 0 || index === n - 1; // the last ones are the farthest corners
    if (!among(i) || !among(j) || !Number.isFinite(values[k])) continue;
    marks.push(around(place(i / (n - 1) - 0.5, j / (n - 1) - 0.5, upright(values[k]))));
  }
  return marks;
}

/** How long the edges of the box at which numbers stand are in the picture, in CSS pixels. @param {Camera} camera @param {Vector} sides @param {number} height of the picture */
export function edges(camera, sides, height) {
  const lens = new Lens(camera, height);
  const [near, side] = [0.5 * Math.sign(camera.eye.y || -1) * sides.y, 0.5 * Math.sign(camera.eye.x || -1) * sides.x];
  const [x, y, z] = [sides.x / 2, sides.y / 2, sides.z / 2];
  const long = (/** @type {Vector} */ from, /** @type {Vector} */ to) => {
    const [a, b] = [lens.pixel(from), lens.pixel(to)];
    return a && b ? Math.hypot(b[0] - a[0], b[1] - a[1]) : 0;
  };
  const [foot, top] = [-z, z].map((at) => lens.pixel({ x: side, y: -near, z: at }));
  return {
    slant: foot && top ? Math.abs(top[0] - foot[0]) / (Math.hypot(top[0] - foot[0], top[1] - foot[1]) || 1) : 0, // of the upright ones
    x: long({ x: -x, y: near, z: -z }, { x, y: near, z: -z }),
    y: long({ x: side, y: -y, z: -z }, { x: side, y, z: -z }),
    z: long({ x: side, y: -near, z: -z }, { x: side, y: -near, z }),
  };
}

/** How a camera sees points: in CSS pixels from the middle of a picture, to the right and up. */
class Lens {
  /** @param {Camera} camera @param {number} height of the picture */
  constructor({ eye, center }, height) {
    const from = minus(center, eye);
    const ahead = times(from, 1 / length(from));
    const flat = Math.hypot(ahead.x, ahead.y);
    this.eye = eye;
    this.ahead = ahead;
    this.right = { x: ahead.y / flat, y: -ahead.x / flat, z: 0 };
    this.up = { x: ahead.z * this.right.y, y: -ahead.z * this.right.x, z: flat };
    this.focal = height / 2 / LENS;
    this.unit = length(from) / this.focal; // of a pixel, as far away as the centre
  }

  /** The pixel of a point, null behind the camera. @param {Vector} point @returns {[right: number, up: number] | null} */
  pixel(point) {
    const seen = minus(point, this.eye);
    const depth = dot(seen, this.ahead);
    return depth > 0.05 ? [(dot(seen, this.right) / depth) * this.focal, (dot(seen, this.up) / depth) * this.focal] : null;
  }
}

/** The camera, or one that looks the same way where it would be inside the box or too far away. @param {Camera} camera @param {Vector} sides @returns {Camera} */
export function outside(camera, sides) {
  const { eye, center } = camera;
  const distance = length(eye);
  const wanted = Math.min(FARTHEST, Math.max((NEAREST * length(sides)) / 2, distance));
  if (wanted === distance) return camera;
  const back = times(minus(eye, center), 1 / length(minus(eye, center)));
  const along = dot(center, back);
  const far = Math.sqrt(Math.max(0, along ** 2 + wanted ** 2 - dot(center, center))) - along;
  return { ...camera, eye: plus(center, times(back, far)) };
}

/** The camera so many times as far away. @param {Camera} camera @param {number} factor @param {Vector} sides */
export function zoomed(camera, factor, sides) {
  const from = times(minus(camera.eye, camera.center), factor);
  return outside({ ...camera, eye: { x: camera.center.x + from.x, y: camera.center.y + from.y, z: camera.center.z + from.z } }, sides);
}

/** The camera turned around the scene, by angles in radians: about the upright axis, and over the horizon. @param {Camera} camera @param {number} about @param {number} over @param {Vector} sides */
export function turned(camera, about, over, sides) {
  const from = minus(camera.eye, camera.center);
  const angle = Math.atan2(from.y, from.x) + about;
  const height = Math.min(STEEPEST, Math.max(-STEEPEST, Math.atan2(from.z, Math.hypot(from.x, from.y)) + over));
  const flat = length(from) * Math.cos(height);
  const eye = { x: camera.center.x + flat * Math.cos(angle), y: camera.center.y + flat * Math.sin(angle), z: camera.center.z + length(from) * Math.sin(height) };
  return outside({ ...camera, eye }, sides);
}

/** The camera moved aside, so that what it looks at goes with a pointer. @param {Camera} camera @param {number} right @param {number} down CSS pixels @param {number} height of the picture @returns {Camera} */
export function shifted(camera, right, down, height) {
  const lens = new Lens(camera, height);
  const aside = times(plus(times(lens.right, -right), times(lens.up, down)), lens.unit);
  return { ...camera, eye: plus(camera.eye, aside), center: plus(camera.center, aside) };
}
