"""A lesson's Markdown as HTML: the part of it that lessons are written in, with formulas as MathML, which needs no fonts of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from formulas.mathml import mathml

Link = Callable[[str], str | None]
"""The address on the site that a link of the app leads to; None where there is none."""
_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_INLINE = re.compile(
    r"\$(?P<math>[^$]+)\$|\*\*(?P<bold>.+?)\*\*|\*(?P<leaning>\S(?:.*?\S)?)\*|`(?P<code>[^`]+)`|\[(?P<label>[^\]]*)\]\((?P<to>[^)]*)\)"
    r"|\\(?P<sign>[^\w\s])",
    re.DOTALL,
)
_AFTER = re.compile(r"[,.;:!?)…]+")
_ITEM = re.compile(r"(?:[-*]|\d+\.) +")
_HEADING = re.compile(r"(#+) +(.*)")


def as_html(markdown: str, link: Link = lambda to: None) -> str:
    """Paragraphs, headings, lists and formulas.

    Args:
        markdown: the text.
        link: where links lead; text without a link stands in place of those that lead nowhere.

    Raises:
        FormulaError: a formula holds something that `formulas.mathml` does not know.
    """
    pieces = []
    for index, piece in enumerate(_DISPLAY.split(markdown)):
        if index % 2:
            pieces.append(f'<math display="block">{mathml(piece)}</math>')
        else:
            pieces += [_block(text.strip("\n"), link) for text in re.split(r"\n\s*\n", piece) if text.strip()]
    return "\n".join(pieces)


def in_line(markdown: str, link: Link = lambda to: None) -> str:
    """A text of one line, or the content of a paragraph. Arguments and errors as for `as_html`."""
    pieces, end = [], 0
    for found in _INLINE.finditer(markdown):
        pieces += [escape(markdown[end : found.start()], quote=False), _marked(found, link)]
        end = found.end()
        if found["math"] and (after := _AFTER.match(markdown, end)):  # else a line may end between them
            pieces[-1] = f'<span class="whole">{pieces[-1]}{escape(after[0])}</span>'
            end = after.end()
    return "".join([*pieces, escape(markdown[end:], quote=False)])


def _marked(found: re.Match[str], link: Link) -> str:
    kind, text = str(found.lastgroup), str(found[str(found.lastgroup)])
    if kind == "math":
        return f"<math>{mathml(text, stretch=False)}</math>"
    if kind == "bold":
        return f"<strong>{in_line(text, link)}</strong>"
    if kind == "leaning":
        return f"<em>{in_line(text, link)}</em>"
    if kind == "code":
        return f"<code>{escape(text)}</code>"
    if kind == "sign":
        return escape(text)
    label, to = in_line(found["label"], link), link(found["to"])
    return f'<a href="{escape(to)}">{label}</a>' if to else label


def _block(text: str, link: Link) -> str:
    if found := _HEADING.fullmatch(text):
        level = len(found[1])
        return f"<h{level}>{in_line(found[2], link)}</h{level}>"
    if _ITEM.match(text):
        kind = "ol" if text[0].isdigit() else "ul"
        items = [in_line(" ".join(item.split()), link) for item in re.split(rf"(?:^|\n){_ITEM.pattern}", text)[1:]]
        return f"<{kind}>{''.join(f'<li>{item}</li>' for item in items)}</{kind}>"
    heading, _, rest = text.partition("\n")
    if _HEADING.fullmatch(heading):
        return f"{_block(heading, link)}\n{_block(rest, link)}"
    return f"<p>{in_line(text, link)}</p>"
