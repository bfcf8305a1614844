// A tape as plain JavaScript, as one would write it by hand: trajectory after trajectory, with the browser's own functions.

const EXPRESSIONS = {
  "+": (a, b) => `${a} + ${b}`,
  "-": (a, b) => `${a} - ${b}`,
  "*": (a, b) => `${a} * ${b}`,
  "/": (a, b) => `${a} / ${b}`,
  min: (a, b) => `Math.min(${a}, ${b})`,
  max: (a, b) => `Math.max(${a}, ${b})`,
  sign: (a) => `Math.sign(${a})`,
  power: (a, b) => `Math.pow(${a}, ${b})`,
};

/** A function (constants, table, columns, state, count, steps, x, y, loss) that fills histories of (steps + 1) x count. */
export function plainEngine(tape) {
  const lines = [];
  const names = new Map();
  const needed = new Set();
  const open = [...tape.new, tape.loss];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (needed.has(index)) continue;
    needed.add(index);
    if (!["number", "constant", "column", "state"].includes(tape.entries[index][0])) open.push(...tape.entries[index].slice(1));
  }
  for (const index of [...needed].sort((a, b) => a - b)) {
    const [operation, ...operands] = tape.entries[index];
    if (operation === "number") names.set(index, `(${operands[0]})`);
    else if (operation === "constant") names.set(index, `constants[${operands[0]}]`);
    else if (operation === "column") names.set(index, `table[t * ${tape.columns.length} + ${operands[0]}]`);
    else if (operation === "state") names.set(index, `s${operands[0]}`);
    else {
      const given = operands.map((one) => names.get(one));
      names.set(index, `v${index}`);
      lines.push(`const v${index} = ${EXPRESSIONS[operation]?.(...given) ?? `Math.${operation}(${given.join(", ")})`};`);
    }
  }
  const states = tape.state.map((_, row) => `s${row}`);
  const body = `for (let n = 0; n < count; n++) {
    let ${states.map((name, row) => `${name} = state[${row} * count + n]`).join(", ")};
    for (let t = 0, k = n; t <= steps; t++, k += count) {
      ${lines.join("\n")}
      x[k] = s0; y[k] = s1; loss[k] = ${names.get(tape.loss)};
      ${states.map((name, row) => `const new_${name} = ${names.get(tape.new[row])};`).join(" ")}
      ${states.map((name) => `${name} = new_${name};`).join(" ")}
    }
  }`;
  return new Function("constants", "table", "state", "count", "steps", "x", "y", "loss", body);
}
