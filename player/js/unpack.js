// What a page holds compressed: gzip, as base64, in elements whose text is not run (player/packed.py).

/** @param {string} text @returns {Promise<Uint8Array>} */
export async function unpacked(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The bytes of a block of this page, by its name. @param {string} name */
export async function held(name) {
  return unpacked(document.getElementById(`block ${name}`)?.textContent ?? "");
}

/** The same as text. @param {string} name */
export async function heldText(name) {
  return new TextDecoder().decode(await held(name));
}

/** Run a script. @param {string} text */
export function run(text) {
  const script = document.createElement("script");
  script.textContent = text;
  document.head.append(script);
}
