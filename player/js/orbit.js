// How the camera of a 3-D scene stands and moves: in Plotly's units, in which the scene's box has the lengths of its `aspectratio` around (0, 0, 0).

/** @import { Camera, Vector } from "./types" */

const LENS = Math.tan(Math.PI / 8); // half of the height that Plotly's camera sees at distance 1
const LABELS = { across: 80, upright: 32 }; // CSS pixels around the box that the axes' numbers and names need
const NEAREST = 1.06; // half diagonals of the box: nowhere is the camera inside it
const FARTHEST = 12;
const STEEPEST = 1.5; // radians above and below the horizon: the camera never turns over

/** @param {Vector} v */
const length = ({ x, y, z }) => Math.hypot(x, y, z);
/** @param {Vector} a @param {Vector} b @returns {Vector} */
const minus = (a, b) => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z });
/** @param {Vector} a @param {Vector} b */
const dot = (a, b) => a.x * b.x + a.y * b.y + a.z * b.z;
/** @param {Vector} v @param {number} factor @returns {Vector} */
const times = (v, factor) => ({ x: v.x * factor, y: v.y * factor, z: v.z * factor });

/**
 * The camera as near as it can be while the whole box and what stands at its axes lies in the picture.
 * @param {Camera} camera gives the direction @param {Vector} sides of the box
 * @param {number} width @param {number} height of the picture in CSS pixels @param {number} scale of the letters
 */
export function fitted(camera, sides, width, height, scale) {
  const [roomX, roomY] = [1 - (2 * LABELS.across * scale) / width, 1 - (2 * LABELS.upright * scale) / height];
  const corners = [-0.5, 0.5].flatMap((x) => [-0.5, 0.5].flatMap((y) => [-0.5, 0.5].map((z) => ({ x: x * sides.x, y: y * sides.y, z: z * sides.z }))));
  const fits = (/** @type {number} */ factor) => {
    const eye = times(camera.eye, factor);
    const ahead = times(minus(camera.center, eye), 1 / length(minus(camera.center, eye)));
    const flat = Math.hypot(ahead.x, ahead.y);
    const right = { x: ahead.y / flat, y: -ahead.x / flat, z: 0 };
    const up = { x: ahead.z * right.y, y: -ahead.z * right.x, z: flat };
    return corners.every((corner) => {
      const seen = minus(corner, eye);
      const half = dot(seen, ahead) * LENS;
      return half > 0 && Math.abs(dot(seen, right)) <= Math.max(0.3, roomX) * half * (width / height) && Math.abs(dot(seen, up)) <= Math.max(0.3, roomY) * half;
    });
  };
  let [near, far] = [0.3, FARTHEST];
  for (let i = 0; i < 20; i++) {
    const middle = (near + far) / 2;
    if (fits(middle)) far = middle;
    else near = middle;
  }
  return outside({ ...camera, eye: times(camera.eye, far) }, sides);
}

/** The camera, or one in the same direction where it would be inside the box or too far away. @param {Camera} camera @param {Vector} sides @returns {Camera} */
export function outside(camera, sides) {
  const distance = length(camera.eye);
  const wanted = Math.min(FARTHEST, Math.max((NEAREST * length(sides)) / 2, distance));
  return wanted === distance ? camera : { ...camera, eye: times(camera.eye, wanted / distance) };
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
