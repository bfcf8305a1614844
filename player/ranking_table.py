"""The places of a tournament as a table that is no wider than a phone: landscape after landscape."""

from __future__ import annotations

from html import escape

from figures.fair import told_cell
from figures.theme import styles
from lab.standings import Standings
from player.scoreboard import chip


def ranking_table(standings: Standings) -> str:
    """The same as `figures.fair.ranking` as HTML, under the name of each landscape the optimizers by their places.

    A landscape's name leads to the race there, with the settings found, or to the networks on its data.
    """
    looks = styles([choice.name for choice in standings.task.entrants])
    body = "".join(
        f'<tr class="group"><th colspan="4"><a href="./?{escape(standings.race(column).to_query())}" target="_self">'
        f"{escape(standings.task.title(name))}</a></th></tr>"
        + "".join(
            f'<tr><td>{place}</td><th scope="row">{chip(looks[row], standings.labels[row])}</th>'
            f"<td>{found} <small>{interval}</small></td><td>{last}</td></tr>"
            for row, (place, found, interval, last) in _by_place(standings, column)
        )
        for column, name in enumerate(standings.task.names)
    )
    return f'<table class="scoreboard fair ranked"><tbody>{body}</tbody></table>'


def _by_place(standings: Standings, column: int) -> list[tuple[int, tuple[str, str, str, str]]]:
    """The rows of a landscape, the best first, those without a place last."""
    places = standings.judged[column].places
    rows = sorted(range(len(standings.labels)), key=lambda row: (places[row] == 0, places[row]))
    return [(row, told_cell(standings, row, column)) for row in rows]
