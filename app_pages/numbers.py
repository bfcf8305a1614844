"""Widgets for the numbers of what is shown, each at its address."""

from __future__ import annotations

from collections.abc import Collection

from app_pages.session import session
from app_pages.widgets import parameter
from scenario import address


def number(at: str, name: str | None = None) -> None:
    """A slider or switch for the number at an address of the setup; under another name where a second one is for the same number."""
    found, name = address.find(session().setup, at), name or at

    def moved(value: float) -> None:
        session().change(name, lambda now: address.with_value(now, at, value))

    parameter(found.param, found.value, name, moved)


def numbers(part: str, without: Collection[str] = ()) -> None:
    """Sliders for all numbers in a part of the setup, but for some."""
    for at in address.numbers(session().setup):
        if address.split(at)[0] == part and at not in without:
            number(at)
