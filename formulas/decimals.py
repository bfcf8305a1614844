"""Decimal commas: which commas of a formula separate arguments, and which stand in a number."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import zip_longest

from formulas.signs import Token
from formulas.tree import FormulaError


class _Group:
    """What stands between two parentheses, or outside all of them, with the places of its commas and semicolons among the tokens."""

    def __init__(self, counts: Collection[int] = ()) -> None:
        self.counts = counts  # how many arguments may stand here, if they are those of a function
        self.commas: list[int] = []
        self.semicolons: list[int] = []


def with_decimals(found: list[Token], arity: Mapping[str, Collection[int]]) -> list[Token]:
    """The tokens with each number that is written with a decimal comma as one of them, and with commas for semicolons between arguments."""
    groups, nested = [_Group()], [0]
    for index, token in enumerate(found):
        if token.kind != "operator":
            continue
        if token.text == "(":
            before = found[index - 1].text if index else ""
            nested.append(len(groups))
            groups.append(_Group(arity.get(before, ())))
        elif token.text == ")" and len(nested) > 1:
            nested.pop()
        elif token.text in ",;":
            group = groups[nested[-1]]
            (group.commas if token.text == "," else group.semicolons).append(index)
    decimal = {index for group in groups for index in _decimal_commas(group, found)}
    separating = {index for group in groups if group.counts for index in group.semicolons}
    joined: list[Token] = []
    for index, token in enumerate(found):
        if index in decimal:
            joined[-1] = _decimal(joined[-1], found[index + 1])
        elif index - 1 not in decimal:
            joined.append(token._replace(text=",") if index in separating else token)
    return joined


def _decimal_commas(group: _Group, found: list[Token]) -> list[int]:
    """Which of a group's commas are decimal commas."""
    tight = [index for index in group.commas if _between_digits(found, index)]
    apart: list[int] = []  # as many as can be decimal commas at once: a number has but one
    for index in tight:
        if not apart or apart[-1] != index - 2:
            apart.append(index)
    if not tight or not group.counts or group.semicolons:
        return apart
    arguments, any_number = len(group.commas) + 1, len(group.counts) > 3
    if arguments not in group.counts and any_number:  # any number of them, but not so many
        return []
    fewest = 2 if any_number else 1  # nobody asks for the largest of one number
    ways = {count: number for count, number in enumerate(_choices(tight)) if arguments - count in group.counts}
    readings = sum(number for count, number in ways.items() if count == 0 or arguments - count >= fewest)
    if readings > 1:
        left, comma, right = found[tight[0] - 1 : tight[0] + 2]
        raise FormulaError(
            f"the comma at column {comma.column} can be a decimal comma or separate two arguments; write {left.text}.{right.text}, "
            "or ; between the arguments"
        )
    return [] if 0 in ways or not readings else apart


def _choices(places: list[int]) -> list[int]:
    """In how many ways 0, 1, 2, ... of the commas can be decimal commas, where no number has two of them."""
    without, total = [1], [1]  # up to the comma before the last, and up to the last
    for place, before in zip(places, [-2, *places], strict=False):
        chosen = [0, *(without if place - before == 2 else total)]
        without, total = total, [sum(pair) for pair in zip_longest(total, chosen, fillvalue=0)]
    return total


def _between_digits(found: list[Token], index: int) -> bool:
    """Whether a comma stands right between two numbers that could be one number with it."""
    if not 0 < index < len(found) - 1:
        return False
    left, comma, right = found[index - 1 : index + 2]
    whole = left.text.isdecimal() and re.fullmatch(r"[0-9]+(?:[eE][+-]?[0-9]+)?", right.text)
    return bool(whole) and not comma.gap and not right.gap


def _decimal(left: Token, right: Token) -> Token:
    if len(right.text) == 3 and right.text.isdecimal() and len(left.text) <= 3 and left.text[0] != "0":
        raise FormulaError(
            f"'{left.text},{right.text}' at column {left.column} can be {left.text}.{right.text} or {left.text}{right.text}; "
            "write one of the two"
        )
    return left._replace(text=f"{left.text}.{right.text}")
