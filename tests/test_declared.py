"""What landscapes, optimizers and schedules have in common: values, equality, and the catalogues that they are found in."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Hashable
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
from networks import activations, initializers
from optimizers import schedules
from parameters import Catalogue, Declared, Param

CATALOGUES: list[Any] = [landscapes, optimizers, schedules, activations, initializers]
each_catalogue = pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda catalogue: catalogue.__name__)


class Dish(Declared):
    """Something to test with."""

    def __init__(self, name: str, recipe: str = "") -> None:
        super().__init__(name, [Param("salt", 0.5), Param("spoons", 3, 1, 10)])
        self.recipe = recipe

    @property
    def definition(self) -> Hashable:
        return self.recipe

    @cached_property
    def saltiness(self) -> Any:
        return self.values["salt"] * self.values["spoons"]


class Drink(Dish):
    """Something of another class that takes single numbers only."""

    takes_arrays = False


SALTS = np.array([0.1, 0.2, 0.3])


def test_values_begin_at_their_defaults_and_change_in_a_copy() -> None:
    dish = Dish("Pea soup")
    salted = dish.with_parameters(salt=1)
    assert (dish.key, dish.values) == ("pea_soup", {"salt": 0.5, "spoons": 3})
    assert salted.values == {"salt": 1.0, "spoons": 3}
    assert salted.with_parameters(spoons=4).values == {"salt": 1.0, "spoons": 4}, "what is not named is kept"
    assert type(salted) is Dish
    with pytest.raises(TypeError, match=r"Pea soup has no parameter 'sald' \(did you mean 'salt'\?\); its parameters: salt, spoons"):
        dish.with_parameters(sald=1)
    with pytest.raises(ValueError, match="Pea soup: salt = 2 is outside its range; choose a number from 0 to 1"):
        dish.with_parameters(salt=2)


def test_its_values_cannot_be_changed_from_outside() -> None:
    dish = Dish("Soup")
    dict(dish.values)["salt"] = 1.0
    taken: Any = dish.values
    taken["salt"] = 1.0
    assert dish.values["salt"] == 0.5
    with pytest.raises(TypeError, match="does not support item assignment"):
        dish.settings["salt"] = 1.0  # type: ignore[index]


@each_catalogue
def test_an_entry_of_a_catalogue_cannot_be_changed(catalogue: Any) -> None:
    entry = catalogue.get(catalogue.names()[0])
    name, pieces = entry.name, entry.latex
    for made in (entry, entry.with_parameters(), copy.copy(entry), copy.deepcopy(entry), pickle.loads(pickle.dumps(entry))):
        for attribute in ("name", "latex", "values", "a"):
            with pytest.raises(AttributeError, match=f"{re.escape(name)} cannot be changed, so '{attribute}' cannot be set"):
                setattr(made, attribute, "other")
        assert (made.name, made.latex, made) == (name, pieces, entry)


def test_help_says_what_making_one_takes() -> None:
    assert str(inspect.signature(Dish)) == "(name: 'str', recipe: 'str' = '')"


def test_the_state_of_an_optimizer_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        optimizers.get("adam").state["m"] = "1"  # type: ignore[index]


def test_what_cannot_be_declared_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="the name of Dish must be a text, not 3"):
        Dish(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Soup: two parameters are called 'salt'; give each a name of its own"):
        Declared("Soup", [Param("salt", 0.5), Param("spoons", 3, 1, 10), Param("salt", 0.2)])


def test_what_was_computed_from_old_values_is_not_taken_along() -> None:
    dish = Dish("Soup")
    assert dish.saltiness == 1.5
    assert dish.with_parameters(spoons=4).saltiness == 2.0
    assert dish.saltiness == 1.5


def test_arrays() -> None:
    dish = Dish("Soup").with_parameters(salt=SALTS)
    assert dish.per_lane
    assert not Dish("Soup").per_lane
    dish.check_lanes(3, "starts")
    Dish("Soup").check_lanes(4, "starts")
    with pytest.raises(ValueError, match="Soup: salt holds 3 values for 4 starts; give one for each of them, or a single number"):
        dish.check_lanes(4, "starts")
    for several in (SALTS, [[0.1], [0.2, 0.3]]):
        with pytest.raises(TypeError, match="Tea: salt must be one number, not an array"):
            Drink("Tea").with_parameters(salt=several)


def test_equal_is_what_computes_the_same() -> None:
    dish = Dish("Soup")
    for same, other in [
        (dish.with_parameters(salt=1).with_parameters(salt=0.5), dish.with_parameters(salt=1)),
        (Dish("Soup"), Dish("Stew")),
        (Dish("Soup", ""), Dish("Soup", "Boil.")),
        (pickle.loads(pickle.dumps(dish)), Drink("Soup")),
    ]:
        assert same == dish
        assert hash(same) == hash(dish)
        assert other != dish
        assert len({dish, same, other}) == 2
    assert dish.with_parameters(salt=SALTS) == dish.with_parameters(salt=SALTS.copy())
    assert dish.with_parameters(salt=SALTS) != dish.with_parameters(salt=SALTS[::-1])
    assert dish != "Soup"
    (zero, minus), (zeros, minuses) = ([dish.with_parameters(salt=sign * salt) for sign in (1.0, -1.0)] for salt in (0.0, np.zeros(2)))
    assert (zero, zeros) == (minus, minuses)
    assert (hash(zero), hash(zeros)) == (hash(minus), hash(minuses))


def test_repr_names_the_values() -> None:
    assert repr(Dish("Soup").with_parameters(spoons=4)) == "<Dish Soup, salt=0.5, spoons=4>"


# ---- catalogues


def shelf(**entries: object) -> ModuleType:
    module = ModuleType("shelf")
    vars(module).update(entries)
    return module


def test_a_catalogue_finds_what_modules_declare() -> None:
    soup, stew, tea = Dish("Soup"), Dish("Irish stew"), Drink("Tea")
    menu = Catalogue("dish", Dish, shelf(b=soup, number=3, kind=Dish, a=stew), shelf(tea=tea, again=soup))
    assert menu.names() == ["soup", "irish_stew", "tea"]
    assert menu.get("irish_stew") is stew
    assert menu.get("soup", salt=1).values == {"salt": 1.0, "spoons": 3}
    assert Catalogue("drink", Drink, shelf(soup=soup, tea=tea)).names() == ["tea"]
    with pytest.raises(KeyError, match=r"no dish is called 'sou' \(did you mean 'soup'\?\); there are: soup, irish_stew, tea"):
        menu.get("sou")
    no_text: Any = [1]
    with pytest.raises(KeyError, match=r"no dish is called \[1\]; there are: soup"):
        menu.get(no_text)
    with pytest.raises(TypeError, match="Soup has no parameter 'name'"):
        menu.get("soup", name="Stew")


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="shelf declares a second dish called 'Soup'; give it another name"):
        Catalogue("dish", Dish, shelf(a=Dish("Soup"), b=Dish("Soup", "Boil.")))


@each_catalogue
def test_every_catalogue_answers_alike(catalogue: Any) -> None:
    for name in catalogue.names():
        entry = catalogue.get(name)
        assert isinstance(entry, Declared)
        assert entry.key == name
        assert entry == catalogue.get(name, **entry.values)
        assert hash(entry) == hash(pickle.loads(pickle.dumps(entry)))
        assert entry == pickle.loads(pickle.dumps(entry))
    assert len({catalogue.get(name) for name in catalogue.names()}) == len(catalogue.names())
    with pytest.raises(KeyError, match=f"there are: {', '.join(catalogue.names())}"):
        catalogue.get("nothing")


def test_who_asks_for_the_same_values_is_given_the_same_thing_and_minus_zero_is_not_zero() -> None:
    assert optimizers.get("adam", lr=0.25) is optimizers.get("adam", lr=0.25)
    for zero in (-0.0, 0.0, -0.0):
        assert str(optimizers.get("adamw", weight_decay=zero).values["weight_decay"]) == str(zero)
