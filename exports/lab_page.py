"""A page of the lab as one HTML file, which shows its results anywhere, without a server and without the network."""

from __future__ import annotations

from datetime import date
from html import escape

from exports.findings import Findings
from exports.lab_settings import own_settings, setups_of
from exports.page_link import page_link
from exports.site.lab_body import body_of, told_as_json
from exports.site.page import style_sheet
from exports.site.shelf import COLOURS, Shelf
from player.modules import HERE
from player.packed import NO_SCRIPT, held, packed_library, packed_script, starter
from player.page import Page
from player.settings_table import settings_table
from version import PROGRAM

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="{program}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{css}</style>
<body class="lab">
<header>
{home}
<h1>{title}</h1>
<button class="theme" type="button" title="Light or dark" aria-label="Light or dark"></button>
</header>
<main class="lab"><p class="claim">{about}</p>
<noscript>{noscript}</noscript>
{content}
<div class="more">
<details><summary>All settings</summary>{settings}</details>
{link}
</div>
</main>
{blocks}
<script type="application/json" id="told">{told}</script>
{start}
</body>
</html>
"""


def lab_page(findings: Findings, address: str, made: date) -> Page:
    """The HTML of a page with all charts of a result, interactive as in the app, its verdict, its tables, what it plays, and all settings.

    It takes about 2 MB, for the plotting library, and what its charts hold; colours are those of the system, and can be exchanged.

    Args:
        findings: what is shown, from `exports.findings.findings_of`.
        address: the link to it; "" where there is none.
        made: the day on which it is saved.
    """
    shelf = Shelf()
    content, stops = body_of(findings, shelf)
    blocks = [held(name, block) for name, block in shelf.files().items()]
    text = _PAGE.format(
        program=PROGRAM,
        title=escape(findings.title),
        css=style_sheet() + (HERE / "saved.css").read_text(encoding="utf-8"),
        about=escape(findings.kind.about),
        noscript=NO_SCRIPT,
        home=f'<a class="home" href="{escape(address)}">Descent</a>' if address else '<span class="home">Descent</span>',
        content=content,
        settings=_settings(findings, made),
        link=page_link(address) if address else "",
        blocks="\n".join([*blocks, packed_library(), packed_script("labpage", "openLab();")]),
        told=told_as_json({"stops": stops, "colours": COLOURS}),
        start=starter(),
    )
    return Page(text)


def _settings(findings: Findings, made: date) -> str:
    """All that the task depends on, what is at its default, too, and of which day and version it is, as tables."""
    rows = [*own_settings(findings.task), ("saved", made.isoformat()), ("computed by", PROGRAM)]
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(told)}</td></tr>' for name, told in rows)
    own = f'<div class="wide"><table class="scoreboard settings"><tbody>{lines}</tbody></table></div>'
    return own + "".join(settings_table(setup, findings.kind.without) for setup in setups_of(findings.task))
