// What stands in place of a plane where networks make none: why.

import { element } from "./dom.js";

/** @import { Panel } from "./panel.js" */
/** @import { Trainer } from "./trainer.js" */

/** Say in a panel why there is no plane to show, or take that away. @param {Panel & { trainer: Trainer }} panel @returns {boolean} whether there is one */
export function hasPlane(panel) {
  const { relief, noRelief } = panel.trainer.training;
  panel.element.querySelector(".without")?.remove();
  panel.element.classList.toggle("empty", !relief);
  if (relief) return true;
  const text = noRelief.charAt(0).toUpperCase() + noRelief.slice(1);
  panel.element.append(element("p", { class: "sorry without", role: "note" }, /[.!?]$/.test(text) ? text : `${text}.`));
  panel.element.dataset.drawn = "true";
  return false;
}
