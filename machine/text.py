"""LLVM's own language, written line by line: vectors of doubles, and conditions that hold for each of their lanes or not."""

from __future__ import annotations

from collections.abc import Callable

from formulas.libm.in_llvm import Lines, literal, vector


class Text(Lines):
    """The body of a function that grows, and what its module has to declare.

    Args:
        width: how many lanes a vector has.

    Attributes:
        vector, mask: the types of a vector and of a condition for each of its lanes.
    """

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.vector, self.mask = vector(width), f"<{width} x i1>"
        self.conditions: set[str] = set()

    def goto(self, name: str) -> None:
        """End a block."""
        self.line(f"br label %{name}")

    def literal(self, value: float) -> str:
        """The same number in all lanes."""
        return literal(value, self.width)

    def spread(self, number: str) -> str:
        """A scalar in all lanes."""
        first = self.value(f"insertelement {self.vector} poison, double {number}, i64 0")
        return self.value(f"shufflevector {self.vector} {first}, {self.vector} poison, <{self.width} x i32> zeroinitializer")

    def address(self, base: str, index: str, kind: str = "double") -> str:
        """Where an element of an array lies."""
        return self.value(f"getelementptr {kind}, ptr {base}, i64 {index}")

    def load(self, base: str, index: str = "0", align: int = 8) -> str:
        """A vector from an array of doubles."""
        return self.value(f"load {self.vector}, ptr {self.address(base, index)}, align {align}")

    def store(self, vector: str, base: str, index: str = "0", align: int = 8) -> None:
        """A vector into an array of doubles."""
        self.line(f"store {self.vector} {vector}, ptr {self.address(base, index)}, align {align}")

    def intrinsic(self, name: str, operand: str) -> str:
        """A function of one vector that LLVM knows."""
        full = f"llvm.{name}.v{self.width}f64"
        self.declare(f"declare {self.vector} @{full}({self.vector})")
        return self.value(f"call {self.vector} @{full}({self.vector} {operand})")

    def fused(self, a: str, b: str, c: str) -> str:
        """ab + c, rounded once. No operation of a tape is that: it is for what is computed to the last bit by way of it."""
        name = f"llvm.fma.v{self.width}f64"
        self.declare(f"declare {self.vector} @{name}({', '.join([self.vector] * 3)})")
        return self.value(f"call {self.vector} @{name}({', '.join(f'{self.vector} {one}' for one in (a, b, c))})")

    def compare(self, relation: str, a: str, b: str) -> str:
        """A condition on two vectors: "olt", "oeq" ..., see LLVM's fcmp."""
        name = self.value(f"fcmp {relation} {self.vector} {a}, {b}")
        self.conditions.add(name)
        return name

    def both(self, relation: str, a: str, b: str) -> str:
        """Two conditions as one: "and", "or", "xor"."""
        name = self.value(f"{relation} {self.mask} {a}, {b}")
        self.conditions.add(name)
        return name

    def select(self, condition: str, a: str, b: str) -> str:
        """`a` where the condition holds, else `b`."""
        return self.value(f"select {self.mask} {condition}, {self.vector} {a}, {self.vector} {b}")

    def rarely(self, condition: str, usual: list[str], body: Callable[[], list[str]]) -> list[str]:
        """The usual vectors; where the condition holds for any lane, which is seldom, what the body writes and gives in their place."""
        bits, inside, after, before = f"i{self.width}", self.fresh("rare"), self.fresh("after"), self.block
        lanes = self.value(f"bitcast {self.mask} {condition} to {bits}")
        some = self.value(f"icmp ne {bits} {lanes}, 0")
        self.line(f'br i1 {some}, label %{inside}, label %{after}, !prof !{{!"branch_weights", i32 1, i32 1000}}')
        self.label(inside)
        others = body()
        last = self.block
        self.goto(after)
        self.label(after)
        pairs = zip(usual, others, strict=True)
        return [self.value(f"phi {self.vector} [{one}, %{before}], [{other}, %{last}]") for one, other in pairs]
