"""The losses of networks on straight lines as a CSV table, with a header that explains its columns."""

from __future__ import annotations

from exports.data import head, quoted, settings_lines
from lab.lines import StraightLines
from scenario import Comparison

_ABOUT = """\
the loss on straight lines through the weights of networks, {title}
{settings}line: "start to end" of the network, or "end to end", from the one that ends lowest to this network
share: how far along; loss: on the examples, without penalties
"""


def lines_to_csv(found: StraightLines, comparison: Comparison) -> str:
    """The lines as a table with a row for each point. The lines before it start with "#"; numbers read back exactly as they are."""
    experiment = comparison.experiment
    about = _ABOUT.format(title=experiment.title, settings=settings_lines(experiment))
    parts = [head(about, ("network", "line", "share", "loss"))]
    for kind, lines in (("start to end", found.from_start), ("end to end", found.from_best)):
        for label, each in zip(found.labels, lines, strict=True):
            if each:
                name = quoted(label)
                pairs = zip(each.shares.tolist(), each.losses.tolist(), strict=True)
                parts += [f"{name},{kind},{share!r},{loss!r}\n" for share, loss in pairs]
    return "".join(parts)
