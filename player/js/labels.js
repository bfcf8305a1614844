// Names of networks where there is little room: what tells them apart.

/**
 * A network's name, shorter and shorter: in full, without the part up to a comma that all begin with, and then word by word without what all begin
 * with: "SGD, learning rate 0.1", "learning rate 0.1", "rate 0.1", "0.1".
 * @param {string[]} labels of all networks @param {number} run which of them
 */
export function namesOf(labels, run) {
  const words = labels.map((label) => label.split(" "));
  const most = labels.length > 1 ? Math.min(...words.map((own) => own.length)) - 1 : 0;
  let same = 0;
  while (same < most && words.every((own) => own[same] === words[0][same])) same++;
  const comma = words[0].findIndex((word) => word.endsWith(","));
  const names = [labels[run]];
  for (let from = Math.max(1, comma + 1); from <= same; from++) names.push(words[run].slice(from).join(" "));
  return names;
}

/**
 * The names of several networks that stand beside each other, all in the same form: the first of their forms in which each of them fits; where there is
 * none, each in its own first form that does.
 * @param {string[][]} names of each network its forms, as many as the others have @param {(name: string) => boolean} fits
 */
export function inOneForm(names, fits) {
  const form = names[0].findIndex((_, k) => names.every((own) => fits(own[k])));
  return names.map((own) => (form < 0 ? own.find(fits) : own[form]) ?? own[own.length - 1]);
}
