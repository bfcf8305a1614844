// Who gets a key: the presentation, what is typed in, another part of the page, or the bar under the panels.

/** @import { Player } from "./player.js" */

/** Let keys be the player's after a click anywhere in it: Plotly keeps the browser from moving the focus, and within a frame of another page they would be that page's. @param {Player} player */
export function takeFocus({ root }) {
  if (!document.hasFocus() || !root.contains(document.activeElement)) root.focus({ preventScroll: true });
}

/** @param {Player} player @param {KeyboardEvent} event */
export function keyPressed({ presenter, root, race, prediction, transport }, event) {
  if (presenter.key(event)) {
    event.preventDefault();
    return;
  }
  const target = /** @type {Element} */ (event.target);
  const own = root.contains(target);
  const typing = target.closest?.("input:not(.scrubber), textarea, select, [contenteditable], [role=slider], [role=radio], [role=dialog], [role=listbox]");
  const widget = own ? null : target.closest?.("button, a, summary, [tabindex]");
  const foreign = widget && !widget.contains(root); // what holds the player may have the focus, too
  if (typing || event.defaultPrevented || foreign) return;
  if (own && event.key === " " && target.closest("button")) return; // the button's own key
  if (race && !prediction.open && transport.key(event)) event.preventDefault();
}
