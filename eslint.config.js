// The linter of the player's modules: what is usually wrong, and whose business Plotly's internals are.

import js from "@eslint/js";
import globals from "globals";

const ADAPTER = "player/js/plotly.js";
const message = `Only ${ADAPTER} knows what is Plotly's own; give it a function for this.`;

export default [
  { ignores: ["**/*.d.ts", "static/", ".venv/"] },
  js.configs.recommended,
  {
    files: ["player/js/*.js", "votes/phone/*.js"],
    languageOptions: { ecmaVersion: 2023, globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-implicit-coercion": "error",
      "no-unused-vars": ["error", { args: "none" }], // what a method of a base class is given is told by its name
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  {
    files: ["player/js/*.js", "votes/phone/*.js"],
    ignores: [ADAPTER],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[property.name=/^(_|glplot$|calcdata$|[acdlpr]2[acdlpr]$)/]", message },
        { selector: "MemberExpression[property.value=/^_/]", message },
        { selector: "ObjectPattern > Property[key.name=/^(_|glplot$|calcdata$|[acdlpr]2[acdlpr]$)/]", message },
        { selector: "Literal[value=/\\.(nsewdrag|hoverlayer|gl-container)/]", message },
      ],
    },
  },
];
