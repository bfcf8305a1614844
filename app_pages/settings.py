"""A page's own settings, each declared once: what it is called in the link, what it is if the link is silent, and how it is chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from app_pages.session import session
from app_pages.widgets import shows
from parameters import title_of
from parameters.naming import nearest

_declared: dict[str, dict[str, Setting]] = {}


@dataclass(frozen=True)
class Setting:
    """One of a page's own settings, as the link has it: a text.

    Attributes:
        page: the name of the page.
        name: of the setting in the link.
        default: what it is where the link does not say.
        label: what it is called on screen; its name in words if not given.
        form: what every text of it is like, as a regular expression; "" where that is not known before it is used.
    """

    page: str
    name: str
    default: str = ""
    label: str = ""
    form: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        _declared.setdefault(self.page, {})[self.name] = self

    @property
    def value(self) -> str:
        """What it is now."""
        return self._kept

    @property
    def _kept(self) -> str:
        return session().settings.get(self.page, {}).get(self.name, self.default)

    def set(self, value: str) -> None:
        """Change it, for a callback."""
        self.correct(value)
        session().outdate()

    def correct(self, value: str) -> None:
        """Change it while the page is drawn, where the link is silent or says what is not possible."""
        session().settings.setdefault(self.page, {})[self.name] = value

    def refuse(self, why: str, instead: str | None = None) -> None:
        """Say why what the link asks for is not possible, and put something else in its place, the default if nothing is given."""
        session().note(f"{self.label or title_of(self.name)} = {self._kept!r} {why}")
        self.correct(self.default if instead is None else instead)


@dataclass(frozen=True)
class Selection(Setting):
    """A setting that is one of several values, with the list in which it is chosen.

    Attributes:
        options: the values that it can have, with how they are written.
        help: what the mark beside the label tells, if there is one.
        resets: other settings of the page that go back to their default with a change.
    """

    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    help: str | None = None
    resets: tuple[Setting, ...] = ()

    @property
    def value(self) -> str:
        """What it is now; where the link asks for a value that there is not, the user is told and it is the default."""
        if self._kept not in self.options:
            meant = nearest(self._kept, self.options, self.options)
            self.refuse(f"was changed to {self.default}{meant}; choose one of {', '.join(map(self._told, self.options))}")
        return self._kept

    def _told(self, value: str) -> str:
        """A value as the link has it, with what it is called on screen where that is another word."""
        title = self.options[value]
        return value if value in title.lower() else f"{value} ({title})"

    def choose(self, column: DeltaGenerator, **look: Any) -> str:
        """Show the list in a column; returns what is chosen now. Further arguments are those of `st.selectbox`."""
        chosen = self.value
        column.selectbox(
            self.label,
            list(self.options),
            index=list(self.options).index(chosen),
            format_func=self.options.__getitem__,
            help=self.help,
            **shows(f"{self.page}.{self.name}", chosen, self._choose),
            **look,
        )
        return chosen

    def _choose(self, value: str) -> None:
        self.set(value)
        for setting in self.resets:
            setting.set(setting.default)


def number_below(count: int, text: str) -> int | None:
    """The number from 0 that a link's text is; None if it is none below the count. However long the text is, this is no error."""
    known = text.isascii() and text.isdecimal() and len(text) <= len(str(count))
    return int(text) if known and int(text) < count else None


def check_settings(page: str) -> None:
    """Refuse the values in a page's link that its settings cannot have, those of what is not shown at the moment, too."""
    for setting in _declared.get(page, {}).values():
        if isinstance(setting, Selection):
            assert setting.value in setting.options
        elif setting.form and setting.value and not re.fullmatch(setting.form, setting.value, re.ASCII):
            setting.refuse("does not exist here and was left out")


def defaults_on(page: str) -> dict[str, str]:
    """The defaults of a page's own settings by their names in the link, in the order in which they were declared."""
    return {name: setting.default for name, setting in _declared.get(page, {}).items()}
