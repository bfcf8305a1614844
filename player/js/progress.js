// What a student has answered, as this browser keeps it: for each lesson the right answers, by the numbers of their choices.

const STORE = "descent lessons";

/** By the lessons' names. @returns {Record<string, string>} */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    return Object.fromEntries(Object.entries(found).filter(([, said]) => typeof said === "string"));
  } catch {
    return {}; // there is no storage in a frame of another site, or something else has written there
  }
}

/** @param {Record<string, string>} progress */
export function keep(progress) {
  try {
    localStorage.setItem(STORE, JSON.stringify(progress));
  } catch {
    // likewise: the link has the answers, too
  }
}
