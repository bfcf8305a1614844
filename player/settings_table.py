"""All settings of what a saved page plays, as a table: from it alone, the same can be computed again."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from formulas.mathml import mathml
from scenario.in_full import formula_of, told_in_full
from scenario.setup import Setup
from version import PROGRAM


def settings_table(setup: Setup, without: Collection[str] = ()) -> str:
    """The title, the landscape's formula, every field of the setup with all its numbers, those at their default too, what a link says of
    it, and the version of Descent, as HTML; `without` names fields that do not matter."""
    rows = [("title", f"{escape(setup.title)}: {escape(', '.join(setup.labels()))}")]
    if latex := formula_of(setup)[1]:
        rows.append(("f(x, y)", f'<div class="wide"><math>{mathml(latex, stretch=False)}</math></div>'))
    for told in told_in_full(setup):
        if told.field in without:
            continue
        name = f"<b>{escape(told.name)}</b> " if told.name else ""
        rows.append((told.title, f"{name}{escape(told.text)}".rstrip()))
    rows += [("link", f"<code>{escape(setup.to_link())}</code>"), ("computed by", escape(PROGRAM))]
    lines = "".join(f'<tr><th scope="row">{escape(title)}</th><td>{told}</td></tr>' for title, told in rows)
    return f'<div class="wide"><table class="scoreboard settings"><tbody>{lines}</tbody></table></div>'
