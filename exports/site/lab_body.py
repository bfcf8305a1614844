"""What a page without a server shows of a result of the lab: its charts, its verdict, its tables, and what is played of it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from exports.findings import Chart, Findings, Played
from exports.site.page import chart_place, player_place
from exports.site.shelf import Shelf
from exports.site.stops import Stop, stop_of
from figures import Theme
from player.chart_payload import chart_bytes


def body_of(findings: Findings, shelf: Shelf) -> tuple[str, list[Stop]]:
    """What is on the page under its sentence, as HTML, and what its player shows.

    Args:
        findings: of the result.
        shelf: takes the charts and what is played.
    """
    played = findings.played
    verdict = f"<p><b>{escape(findings.words)}</b></p>" if findings.words else ""
    charts = [chart for chart in findings.charts if not played or chart.title != played.instead]
    wide = "".join(_chart(chart, shelf) for chart in charts if chart.figures > 1)
    left = "".join(_chart(chart, shelf) for chart in charts if chart.figures == 1 and not chart.aside)
    right = (_place(played) if played else "") + "".join(_chart(chart, shelf) for chart in charts if chart.aside)
    halves = f'<div class="halves"><div>{left}</div><div>{right}</div></div>' if left and right else left + right
    shown, unfolding = _tables(findings)
    content = shown + wide + halves if findings.leads else wide + halves + shown
    return verdict + content + unfolding, [_stop(played, shelf)] if played else []


def _chart(chart: Chart, shelf: Shelf) -> str:
    """The places of a chart's figures, and what they show."""
    places = "".join(chart_place(shelf.text(_drawn(chart, index)), chart.height) for index in range(chart.figures))
    if chart.figures > 1:
        places = f'<div class="beside">{places}</div>'
    if chart.least:
        places = f'<div class="scrolled"><div style="min-width: {chart.least}px">{places}</div></div>'
    about = f"<p>{escape(chart.about)}</p>" if chart.about else ""
    return f"<section><h2>{escape(chart.title)}</h2>{about}{places}</section>"


def _drawn(chart: Chart, index: int) -> Any:
    """What draws one of a chart's figures for the browser, in a theme's colours."""

    def draw(theme: Theme) -> bytes:
        drawn = chart.draw(theme)
        return chart_bytes(drawn[index] if chart.figures > 1 else drawn, theme, picks=False, box=False, height=chart.height)

    return draw


def _place(played: Played) -> str:
    title = f"<h2>{escape(played.title)}</h2>" if played.title else ""
    return f"{title}{f'<p>{escape(played.words)}</p>' if played.words else ''}{player_place()}"


def _stop(played: Played, shelf: Shelf) -> Stop:
    made = played.made() if played.made else None
    return stop_of(shelf, played.setup, played.panels, board=played.board, pictures=played.pictures, made=made)


def _tables(findings: Findings) -> tuple[str, str]:
    """The first table as it is, with its note, and the others, which unfold."""
    note = f'<p class="note">{escape(findings.note)}</p>' if findings.note else ""
    shown = "".join(f"<section>{table}{note}</section>" for _, table in findings.tables[:1])
    return shown, "".join(f"<details><summary>{escape(title)}</summary>{table}</details>" for title, table in findings.tables[1:])


def told_as_json(told: Any) -> str:
    """What a page is told, as its scripts read it."""
    return json.dumps(told, separators=(",", ":")).replace("<", "\\u003c")
