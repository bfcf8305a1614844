"""Which tests a worker of pytest-xdist is handed together.

Tests in a browser are handed out one by one: they take long, and all workers should have some. Of the others a worker takes a whole file,
or several that share what they compute: for each unit that it hands out pytest-xdist looks through all others, and to do so for thousands
of single tests took half a minute. (Its own `--dist loadgroup` does nothing with pytest 9.2, which takes no other name for a test.)
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_ROOT = Path(__file__).parent.parent
_IN_BROWSER = re.compile(r"\b(player_page|fine_player_page|open_tab|browser|context): ")
_GROUP = re.compile(r"^pytestmark = .*xdist_group\(\"([^\"]+)\"\)", re.MULTILINE)
_WITH_PROCESSES = re.compile(r"^(import|from) (subprocess|distributed|benchmarks|lab\.workers)\b", re.MULTILINE)


class Distribution(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out files, and single tests of those that open a browser; those of a fine screen together, whose page takes long to open."""

    def _split_scope(self, nodeid: str) -> str:
        return "2x" if nodeid.endswith("[2x]") else _group_of(nodeid.partition("::")[0]) or nodeid


@cache
def takes_long(path: Path) -> bool:
    """Whether a file does, as few tests as it may have: they wait for processes that they start, or are handed out with other files'."""
    text = path.read_text(encoding="utf-8")
    return bool(_WITH_PROCESSES.search(text) or _GROUP.search(text))


@cache
def _group_of(file: str) -> str:
    """What the tests of a file are handed out with; "" where each is handed out by itself."""
    text = (_ROOT / file).read_text(encoding="utf-8")
    if declared := _GROUP.search(text):
        return declared[1]
    return "" if _IN_BROWSER.search(text) else file
