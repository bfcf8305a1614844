"""A place among the tokens of a formula: what comes next, what was before, and why something cannot stand there."""

from __future__ import annotations

from formulas.signs import Token
from formulas.tree import FormulaError


class Cursor:
    """Reads tokens one after another.

    Args:
        tokens: those of the formula, the last one of the kind "end".
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    @property
    def token(self) -> Token:
        """What comes next."""
        return self.tokens[self.position]

    @property
    def before(self) -> Token:
        """What was read last."""
        return self.tokens[self.position - 1]

    @property
    def following(self) -> Token:
        """What comes after the next token."""
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def is_next(self, *texts: str) -> bool:
        """Whether one of these operators comes next."""
        return self.token.kind == "operator" and self.token.text in texts

    def take(self, *texts: str) -> Token | None:
        """One of these operators if it comes next, which is then behind."""
        if not self.is_next(*texts):
            return None
        self.position += 1
        return self.before

    def close(self, opening: Token) -> None:
        """Read the parenthesis that closes another."""
        if not self.take(")"):
            if self.token.kind == "end":
                raise FormulaError(f"the parenthesis opened at column {opening.column} is never closed; add a )")
            raise self.unexpected()

    def unexpected(self) -> FormulaError:
        """Why what comes next cannot stand there."""
        token = self.token
        where = f"{token.text!r} at column {token.column}"
        wanted = "a number, a name or a parenthesis"
        operand_before = self.position and (self.before.kind != "operator" or self.before.text in (")", "|"))
        if token.kind == "end":
            return FormulaError(f"the formula ends at column {token.column} where {wanted} should follow")
        if token.kind == "root":
            return FormulaError(f"the root at column {token.column} needs parentheses around it, or an operator before it")
        if token.kind in ("name", "number") or token.text in ("(", "|"):
            return FormulaError(f"{where} needs an operator before it, such as * or +")
        if token.text == self.before.text == "/":
            return FormulaError(f"{where} makes // of /, which formulas have not; write floor(x/2) for the whole part of a quotient")
        if not operand_before:
            return FormulaError(f"{where} needs {wanted} before it")
        if token.text in ("<", "<=", ">", ">=", "==", "!="):
            return FormulaError(f"{where} compares in a place where there is only one number; write it in parentheses: (x < 0)")
        if self.before.kind == "root":
            return FormulaError(f"{where} needs parentheses under the root: √(...)")
        if token.text == ")":
            return FormulaError(f"{where} closes nothing; leave it out, or add a ( before")
        return FormulaError(f"{where} separates nothing; write one formula, with a point in decimal numbers: 2.5")
