"""Links and files of other versions: what they leave unsaid is what it was when they were made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import landscapes
import optimizers
from networks import activations, initializers, planes
from parameters import Param
from player.free_told import free_told
from scenario import PANELS, Choice, Experiment, Scenario
from scenario.network_parts import NUMBERS as OWN_OF_NETWORKS
from scenario.network_parts import optimizer, optimizer_names, source_parameters, sources
from scenario.numbers import NUMBERS
from scenario.panels import DEFAULT_PANELS
from scenario.starts import PATTERNS
from scenario.view import View, link_to, opened, pairs_of, to_file
from version import VERSION, numbers_of

if TYPE_CHECKING:
    from tests.player_page import PlayerPage

RECORD = Path(__file__).parent / "reference" / "defaults.json"
"""Every default of a version, and what no link names: windows and starts. `python -m tests.test_versions` writes that of a new version."""
NETWORK = Experiment(optimizers=(Choice("adam"),), steps=5)
RACE = Scenario(landscape=Choice("himmelblau"), optimizers=(Choice("adam"), Choice.of("sgd", lr=0.3)), steps=50)


def declared() -> dict[str, tuple[Param, ...]]:
    """All parameters that a link may leave unsaid, by whose they are."""
    catalogues: dict[str, Any] = {"landscape": landscapes, "schedule": optimizers.schedules, "activation": activations}
    catalogues |= {"initializer": initializers, "plane": planes, "optimizer": optimizers}
    found = {f"{kind} {name}": module.get(name).parameters for kind, module in catalogues.items() for name in module.names()}
    found |= {f"starts {name}": pattern.parameters for name, pattern in PATTERNS.items()}
    found |= {f"network {name}": optimizer(name).parameters for name in optimizer_names()}
    found |= {f"data {name}": source_parameters(name) for name in sources()}
    return found | {"scenario": tuple(NUMBERS.values()), "experiment": tuple(OWN_OF_NETWORKS.values())}


def unnamed() -> dict[str, Any]:
    """What links cannot name: windows and starts of landscapes, and the defaults of fields that are choices."""
    places = {name: [*map(list, landscapes.get(name).window), list(landscapes.get(name).start)] for name in landscapes.names()}
    return {"landscapes": places, "scenario": repr(Scenario()), "experiment": repr(Experiment())}


def test_every_default_of_a_released_version_is_still_known() -> None:
    """Whoever changes a default declares `formerly=((version, value),)` with the parameter. A landscape keeps its window and its start, and
    a setup the choices that it has where nothing is said: a better one gets another name."""
    record = json.loads(RECORD.read_text())
    version, present = numbers_of(record["version"]), declared()
    for owner, defaults in record["defaults"].items():
        known = {parameter.name: parameter.default_in(version) for parameter in present[owner]}
        assert {name: known[name] for name in defaults} == defaults, f"{owner}: declare what its default was up to {record['version']}"
    now = json.loads(json.dumps(unnamed()))
    for kind, told in record["unnamed"].items():
        kept = {name: now[kind][name] for name in told} if isinstance(told, dict) else now[kind]
        assert kept == told, f"no link names these of a {kind}: they stay as they are"


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a version after 0.1.7 had changed three defaults."""
    adam, other = (next(iter(each.parameters)) for each in (optimizers.get("adam"), PATTERNS["ring"]))
    for parameter, values in (
        (adam, {"formerly": (("0.1.2", 0.7), ("0.1.7", 0.5)), "formerly_on_networks": (("0.1.7", 0.25),)}),
        (other, {"formerly": (("0.1.7", 9),)}),
        (NUMBERS["steps"], {"formerly": (("0.1.7", 123),)}),
        (OWN_OF_NETWORKS["seed"], {"formerly": (("0.1.7", 3),)}),
    ):
        for name, value in values.items():
            monkeypatch.setitem(vars(parameter), name, value)


@pytest.mark.usefixtures("changed")
def test_an_old_link_means_the_defaults_that_it_was_made_with_and_says_where_they_differ() -> None:
    query = "landscape=himmelblau&optimizer=adam&optimizer=sgd~lr:0.3&starts=ring"
    for version, rate in (("0.1.1", 0.7), ("0.1.2", 0.7), ("0.1.3", 0.5), ("0.1.7", 0.5)):
        view = opened(f"?{query}&version={version}")
        assert view.scenario == Scenario(
            landscape=Choice("himmelblau"),
            optimizers=(Choice.of("adam", lr=rate), Choice.of("sgd", lr=0.3)),
            starts=Choice.of("ring", n=9),
            steps=123,
        )
        assert len(view.notes) == 3
        assert view.notes[0] == f"Adam: learning rate is {rate}, its default in Descent {version}, which has made this; now that is 0.1"
        assert Scenario.from_query(f"{query}&version={version}") == view.scenario, "what is only told refuses nothing"
        assert opened(link_to(view, "https://a.example")) == View(view.scenario, view.panels), "and the next link says it"
    present = Scenario.from_query(query)
    for text in (f"?{query}", f"?{query}&version={VERSION}", f"?{query}&version=0.1.8"):
        assert (opened(text).setup, opened(text).notes) == (present, ())
    told = {**json.loads(to_file(View(present))), "program": "Descent 0.1.7"}
    assert opened(json.dumps(told)).scenario.steps == 123


@pytest.mark.usefixtures("changed")
def test_old_links_to_networks_mean_the_defaults_of_networks() -> None:
    view = opened("?data=moons&optimizer=adam&steps=5&version=0.1.7")
    assert view.setup == Experiment(optimizers=(Choice.of("adam", lr=0.25),), steps=5, seed=3)
    assert len(view.notes) == 2
    plane = Scenario(landscape=Choice("plane"), network=NETWORK.to_query(), optimizers=(Choice.of("sgd", lr=0.3),), steps=9)
    assert "adam~lr:0.25" in opened(plane.to_link().replace(VERSION, "0.1.7")).scenario.network


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize(
    "query",
    [
        "landscape=himmelblau&optimizer=adam&optimizer=sgd~lr:0.3&version=0.1.2",
        "landscape=ravine~condition:5&optimizer=adam~beta1:0.5&optimizer=adam~lr:0.02&steps=70&schedule=step~every:15&point=1,-2&show=map",
        "steps=9&version=0.1.7",
        "optimizer=adam~lr:-3~beta9:1~beta2:x&steps=1.7&landscape=nowhere&point=a,b&point=1,2&version=new&show=map.stars&colour=red",
        "optimizer=sgd~momentum&optimizer=lbfgs&optimizer=adam~bias:0~mu:2&landscape=Rosenbrok&step=7&show=lost&optimizer=nobody&schedule=none&version=99.1",
        "optimizer=adam~bias_correction:0&optimizer=adam~bias_correction:0.5&optimizer=adam~lr:x~lr:1_0&steps=50.5&show=map&show=loss.map",
        "optimizer=sgd~lr:0x10&optimizer=l_bfgs~search:0.7~memory:2.5&schedule=step~every:inf&point=0x1,2&point=1_0,-.5&steps=1.5&steps=1e1",
        "optimizer=adam~lr:0.2~lr:x&optimizer=sgd~lr: +1e-1_0 &optimizer=sgd~lr:1__0&optimizer=sgd~lr:-infinity&show=a.b&version=0.1.2",
    ],
)
def test_a_free_race_reads_an_address_as_the_app_does(player_page: PlayerPage, query: str) -> None:
    told, meant = free_told(Scenario(), DEFAULT_PANELS, {name: {} for name in landscapes.names()}, link=True), re.compile("mean '(.*?)'")
    chosen, panels, notes = read_link(player_page, query, told)
    view = opened(f"?{query}")
    values = chosen["values"]
    assert view.scenario == Scenario(
        landscape=Choice.of(chosen["landscape"], **values["landscape"]),
        optimizers=tuple(Choice.of(name.split(" ")[0], **values[name]) for name in chosen["optimizers"]),
        schedule=Choice.of(chosen["schedule"], **values["schedule"]),
        steps=chosen["steps"],
        points=tuple(map(tuple, chosen["points"])),
    )
    assert tuple(panels) == view.panels
    assert len(notes) == len(view.notes), (notes, view.notes)
    assert sorted(meant.findall(" ".join(notes))) == sorted(meant.findall(" ".join(view.notes)))


def test_what_a_free_race_cannot_do_is_said(player_page: PlayerPage) -> None:
    told = free_told(Scenario(), DEFAULT_PANELS, {"ravine": {}}, link=True)
    assert read_link(player_page, "kept=1", told) is None
    _, _, notes = read_link(player_page, "landscape=own&formula=x**2&optimizer=sgd~change_at:5&starts=ring&clip_norm=2&noise=0.1", told)
    assert notes == [
        "the landscape own needs the app; it was left out",
        'SGD: "rate changes at step" needs the app; it was left out',
        "starts 'ring' need the app; the landscape's own start is shown",
        '"formula" needs the app; it was left out',
        '"clip the gradient\'s length at" needs the app; it was left out',
        '"noise" needs the app; it was left out',
    ]


def read_link(player_page: PlayerPage, query: str, told: dict[str, Any]) -> Any:
    """What `readLink` of player/js/freelink.js gives, as a list."""
    return player_page.page.evaluate(
        """async ([query, told, views]) => {
            const { readLink } = await import('/js/freelink.js');
            const found = readLink(query, told, views);
            return found && [found.chosen, found.panels, found.notes]; }""",
        [query, told, list(PANELS)],
    )


@pytest.mark.parametrize("setup", [RACE, NETWORK], ids=lambda setup: setup.noun)
def test_links_name_the_version_once_and_stay_short(setup: Any) -> None:
    link = link_to(View(setup, setup.usual_panels), "https://a.example")
    assert link.endswith(f"&version={VERSION}")
    assert link.count("version=") == 1
    assert opened(link) == View(setup, setup.usual_panels)
    assert len(link) == len("https://a.example/?") + len(setup.to_query()) + len(f"&version={VERSION}")


def test_what_a_link_says_of_its_version_is_checked() -> None:
    newer = opened(f"?{RACE.to_query()}&version=99.1.0")
    assert newer.scenario == RACE
    told = f"this was made by Descent 99.1.0, and this is {VERSION}: what it leaves unsaid may be set otherwise there"
    assert newer.notes == (told,)
    (note,) = opened(f"?{RACE.to_query()}&version=new").notes
    assert note == f"version = 'new' is no version such as {VERSION}; it was left out"
    with pytest.raises(ValueError, match="version = 'new' is no version"):
        Scenario.from_query(f"{RACE.to_query()}&version=new")


def test_a_file_tells_people_all_of_it_and_opens_without_that() -> None:
    told = json.loads(to_file(View(RACE)))
    assert told["about"]["settings"]["optimizers"][0]["settings"]["beta2"] == 0.999
    assert told["about"]["f(x, y)"].startswith("(x**2")
    assert opened(told["about"]["link"]).setup == RACE
    told["about"] = {"settings": {"steps": 3}}
    assert opened(json.dumps(told)).setup == RACE
    assert dict(pairs_of(View(RACE)))["version"] == VERSION


if __name__ == "__main__":
    defaults = {owner: {each.name: each.default for each in parameters} for owner, parameters in declared().items()}
    content = {"version": VERSION, "defaults": defaults, "unnamed": unnamed()}
    RECORD.write_text(json.dumps(content, indent=1) + "\n")
