"""The page of transfer learning, without a browser: curves with their spread and the crossover, what is played, links that are mended."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app_pages.jobs import jobs
from figures import DARK, LIGHT, Theme
from figures.transfer import transfer_curves
from lab.transfer import TransferCurves, TransferResult
from scenario.transfers import TRANSFERS, WAYS
from tests.test_pages import kept, open_page, read

pytestmark = pytest.mark.xdist_group("pages")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_each_way_is_a_curve_with_its_spread_and_the_crossover_is_marked(theme: Theme) -> None:
    means = np.array([(0.3, 0.4, 0.9), (0.6, 0.6, 0.6), (0.5, 0.5, 0.5), (0.4, 0.7, 0.8)])
    accuracy = means[:, :, None] + np.array([-0.01, 0.01, 0.0, 0.0])
    result = TransferResult(TransferCurves("noise", 4, counts=(1, 4, 16)), accuracy, accuracy)
    figure = transfer_curves(result, theme, chosen=4)
    assert [trace.name for trace in figure.data] == [way.title for way in WAYS.values()]
    assert len({trace.line.color for trace in figure.data}) == 4
    for trace, mean in zip(figure.data, means, strict=True):
        assert trace.y == pytest.approx(mean)
        assert trace.error_y.array == pytest.approx([np.std([-0.01, 0.01, 0.0, 0.0], ddof=1)] * 3)
    chosen, crossed = figure.layout.shapes
    assert (chosen.x0, crossed.x0) == (4, pytest.approx(result.crossover))
    assert figure.layout.annotations[0].text == "fine-tuning overtakes"
    never = TransferResult(result.task, accuracy[[0, 3, 2, 1]], accuracy)
    assert len(transfer_curves(never, theme).layout.shapes) == 0


def settled(query: str) -> AppTest:
    """The page, once the networks have learned."""
    app = open_page(query, "transfer")
    assert not app.exception
    job = jobs().find(kept(app).tasks["TransferCurves"])
    assert job
    assert job.ended.wait(60)
    return app.run()


def test_the_curves_are_told_what_a_link_asks_for_is_mended_and_what_is_played_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.transfer.COUNTS", (1, 5, 10))
    app = settled("networks=5&at=3")
    assert "Examples of each class = '3' was changed; choose one of 1, 5, 10" in read(app.info[0])
    assert kept(app).settings["transfer"]["at"] == "5"
    assert any("Freezing leads" in read(text) for text in app.markdown)
    assert not app.error
    assert kept(app).pairs("transfer", {"at": "5", "networks": "20"}) == [("networks", "5")], (
        "what the page does not show, its address leaves out"
    )
    next(button for button in app.button if button.label == "Open in Real landscape").click().run()
    desk = kept(app).desks["landscape"]
    assert desk.setup == TRANSFERS["arms"].compared(5)
    assert desk.panels == ("landscape", "surface", "boundary", "accuracy")
    assert desk.chapter.title == "Six arms → two arms, 5 examples of each class"
    app = settled("networks=5")
    next(button for button in app.button if button.label == "Open in Network").click().run()
    now = kept(app)
    assert (now.leads_to, now.experiment, now.panels) == ("network", TRANSFERS["arms"].compared(5), now.experiment.usual_panels)
    assert "data" in dict(now.pairs("transfer", {})), "what Network shows now is another one than it opens with"
