"""Words in formulas: those that are products or a function of one, and which names are functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from formulas.functions import COMPARISONS, FUNCTIONS
from formulas.letters import GREEK
from formulas.signs import Token
from formulas.tree import CONSTANTS, FormulaError

_IN_SIGNS = (
    {"squared": "^2, as in x^2", "square": "x^2, or sqrt(x) for a root", "cubed": "^3, as in x^3", "cube": "^3, as in x^3"}
    | {"plus": "+", "minus": "-", "times": "*, as in 2*x", "over": "/, as in x/2", "divided": "/, as in x/2", "equals": "only the loss"}
    | {"root": "sqrt(x)", "half": "0.5*x", "twice": "2*x"}
    | {word: str(number) for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)}
    | dict.fromkeys(["minimize", "minimise", "maximize", "maximise", "argmin", "argmax"], "only the loss, as in x^2 + 3*y^2")
    | dict.fromkeys(["of", "the", "to"], "the formula in signs, as in sqrt(x) and x^2")
)
"""Words of English that no parameter is called by, unless it is declared so, and what to write for them."""


def takes_one(counts: Collection[int]) -> bool:
    """Whether a function may stand before its argument without parentheses: not one of any number of arguments, such as max."""
    return 1 in counts and 3 not in counts


def is_called(token: Token, after: Token, variables: Collection[str], functions: Collection[str]) -> bool:
    """Whether a name is meant as a function, known or not, rather than as a number."""
    if after.kind != "operator" or after.text != "(":
        return token.text in functions and token.text not in variables
    return token.text in functions or not (token.text in variables or is_factor(token.text))


def is_factor(name: str) -> bool:
    """Whether a name that is not known, before a parenthesis, is taken for a factor: a(x - 1) is a product, f(x) and foo(x) are not."""
    return name in CONSTANTS or name in GREEK or (len(name) == 1 and name not in "fgh")


def listed(functions: Iterable[str]) -> list[str]:
    """The functions that a message names: each by one name, and comparisons by none, since they have signs."""
    aliases = {alias for function in FUNCTIONS.values() for alias in function.aliases} - set(FUNCTIONS)
    return [name for name in functions if name not in aliases and name not in COMPARISONS.values()]


class Words:
    """Takes words apart that are products or a function of a product: `xy`, `ax`, `pix`, `sinx`.

    Only where x and y are the variables, and only words that have no meaning of their own: declared names stand for themselves.
    """

    def __init__(self, variables: Collection[str], arity: Mapping[str, Collection[int]]) -> None:
        self.variables, self.functions = variables, {name.lower(): name for name in arity}
        self.known = {*variables, *CONSTANTS, *arity, *GREEK}
        self.splits = {"x", "y"} <= set(variables)
        factors = "|".join([*sorted(GREEK, key=len, reverse=True), "[A-Za-z]"])
        self.product = re.compile(rf"(?P<left>[xy]*)(?P<other>{factors})?(?P<right>[xy]*)")
        longest_first = sorted(self.functions, key=len, reverse=True)
        bare = "|".join(name for name in longest_first if takes_one(arity[self.functions[name]])) or "(?!)"
        self.bare_call = re.compile(rf"(?P<before>[xy]*)(?P<function>{bare})(?P<number>[0-9]*)(?P<argument>[xy]+)")
        self.bare = bare
        self.begun_call = re.compile(rf"(?P<before>[xy]*)(?P<function>{bare})(?P<number>[0-9]*)")
        self.call = re.compile(rf"(?P<before>[xy]+)(?P<function>{'|'.join(longest_first) or '(?!)'})")
        names = "|".join(longest_first)
        self.run_together = re.compile(
            rf"(?P<before>[xy]*[A-Za-z]?[xy]*)(?P<function>{bare})"
            rf"(?P<others>(?:{bare})*)(?P<argument>(?:[0-9]+|{'|'.join(GREEK)}|[A-Za-z]?[xy]+)*)",
            re.IGNORECASE,
        )
        self.glued = re.compile(
            rf"[A-Za-z]?[xy]+[0-9]+|(?=.*[0-9])[xy]*[A-Za-z]?[xy0-9]+[xy]|[A-Za-z]+_?[0-9]+[xy]+|(?=.*[xy]$)(?:[xy]|{names or '(?!)'})+"
            rf"|[xy]*(?:{bare})[0-9]+"
        )

    def parts(self, token: Token, after: Token) -> list[Token]:
        """The tokens that a word stands for.

        Args:
            token: the word.
            after: what follows it: a parenthesis that opens, say, or a Greek letter, as in cos2πx.
        """
        word, called = token.text, after.text == "("
        if word in ("Pi", "PI") and word not in self.variables:
            return [token._replace(text="pi")]
        if word in self.known or not self.splits:
            return [token]
        same = re.sub("[XY]", lambda letter: letter.group().lower(), word)
        if same in self.known or word.lower() in self.functions:
            return [token._replace(text=same if same in self.known else self.functions[word.lower()])]
        begun = self.call if called else self.begun_call if after.kind == "name" and not after.gap else None
        if match := self.bare_call.fullmatch(same) or (begun and begun.fullmatch(same)):
            found = match.groupdict("")
            parts = [*(("name", name) for name in found["before"]), ("name", self.functions[found["function"]])]
            parts += [("number", found["number"])] if found.get("number") else []
            return _in_a_row(token, [*parts, *(("name", name) for name in found.get("argument", ""))])
        if len(word) > 1 and (match := self.product.fullmatch(same)) and (match["left"] or match["right"]):
            other = [match["other"]] if match["other"] else []
            return _in_a_row(token, [("name", name) for name in (*match["left"], *other, *match["right"])])
        self.refuse_prose(token, same)
        if self.glued.fullmatch(same):
            raise FormulaError(
                f"{word!r} at column {token.column} can be read in several ways: write x^2 for a power, 2*x for a product, x and y for the "
                "variables, and give a parameter another name"
            )
        return [token]

    def refuse_prose(self, token: Token, word: str) -> None:
        """Refuse English, and functions run together with what they are of: `two x`, `sincos x`, `cos2pix`, `sinkx`."""
        where = f"{token.text!r} at column {token.column}"
        if instead := _IN_SIGNS.get(word.lower()):
            raise FormulaError(f"{where} is a word: write {instead}; a parameter needs another name")
        found = self.run_together.fullmatch(word)
        if not found or not (found["others"] or found["argument"]):
            return
        functions = re.findall(self.bare, (found["function"] + found["others"]).lower())
        factors = "*".join(re.findall(rf"[0-9]+|{'|'.join(sorted(GREEK, key=len, reverse=True))}|[A-Za-z]", found["argument"])) or "x"
        factors = re.sub(r"([A-Za-z])\*([0-9])", r"\1^\2", factors)
        for function in reversed(functions):
            factors = f"{function}({factors})"
        factors = "*".join([*found["before"], factors])
        raise FormulaError(f"{where} runs a function together with what it is of: write {factors}, or give a parameter another name")


def _in_a_row(token: Token, parts: list[tuple[str, str]]) -> list[Token]:
    """Parts that stand next to each other in the place of a token."""
    row, column = [], token.column
    for index, (kind, text) in enumerate(parts):
        row.append(Token(kind, text, column, "" if index else token.gap))
        column += len(text)
    return row
