// Plotly's axes, from pixels of the plot to values and back.

/** What an axis has at a pixel, without digits that no pixel can show; a category's name on an axis of names. */
export function valueAt(axis, pixel) {
  const value = axis.p2d(pixel - axis._offset);
  if (typeof value !== "number") return value;
  const step = Math.abs(axis.p2d(pixel + 0.1 - axis._offset) - value);
  return Number(value.toFixed(Math.max(0, Math.min(100, Math.ceil(-Math.log10(step))))));
}

/** Where values of an axis lie, in pixels. */
export function pixelsOf(axis, values) {
  return Array.from(values, (value) => axis._offset + axis.c2p(value));
}

/** The same two numbers, the lower one first. */
export function rising([a, b]) {
  return a > b ? [b, a] : [a, b];
}
