"""The variants of a training as parts of a PyTorch script: what all have in common stands in the code, in what they differ in a table."""

from __future__ import annotations

from exports.python_source import number_source
from scenario import Experiment
from scenario.variants import VARYING_NAMES, Variant, variant_labels

_NOISE = """\
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.grad += {noise}*torch.randn_like(parameter.grad)
"""
_DECAY = "weight_decay"
_PENALIZED = "for layer in model if isinstance(layer, nn.Linear)"


class Ways:
    """The variants of an experiment.

    Attributes:
        several: whether there are several, so that the script has a table of them.
        sources: the first variant of each of those whose weights come from different data.
        batches: the sizes of the batches that are not all examples, rising.
    """

    BATCH = '''

def batch(size, step):
    """The examples of a step, all of them where the size is 0."""
    return (X[BATCHES[size][step]], Y[BATCHES[size][step]]) if size else (X, Y)

'''

    def __init__(self, experiment: Experiment) -> None:
        self._ways, self._layers = experiment.build_variants(), len(experiment.widths) + 1
        self.several = len(self._ways) > 1
        self.sources: list[Variant] = list({way.source: way for way in reversed(self._ways)}.values())
        self.batches = sorted({int(way.number("batch")) for way in self._ways} - {0})

    def some(self, name: str) -> bool:
        """Whether a number is not 0 in some variant."""
        return any(way.number(name) for way in self._ways)

    def differ(self, name: str) -> bool:
        """Whether variants differ in a number."""
        return len({way.number(name) for way in self._ways}) > 1

    def value(self, name: str) -> str:
        """A number as source."""
        return f'way["{name}"]' if self.differ(name) else number_source(self._ways[0].number(name))

    @property
    def but(self) -> str:
        """What the losses depend on that the script draws otherwise than Descent."""
        parts = ["what drops out"] * self.some("dropout") + ["noise"] * self.some("noise")
        return f", but for {' and '.join(parts)}" if parts else ""

    @property
    def table(self) -> str:
        """The table; "" where there is one variant."""
        if not self.several:
            return ""
        rows = []
        for way, label in zip(self._ways, variant_labels(self._ways, self._layers), strict=True):
            names = [name for name in VARYING_NAMES if (name in way.own if name == _DECAY else self.differ(name))]
            settings = [f'"{name}": {number_source(way.number(name))}' for name in names]
            settings += [f'"source": {way.source!r}'] if len(self.sources) > 1 else []
            rows.append(f"    {label!r}: {{{', '.join(settings)}}},\n")
        return f"VARIANTS = {{\n{''.join(rows)}}}\n"

    @property
    def penalty(self) -> str:
        """What is added for the penalties on the weights; biases, scales and shifts are not among them."""
        l2 = f"{self.value('l2')}/2" if self.differ("l2") else number_source(self._ways[0].number("l2") / 2)
        parts = [("l2", l2, "(layer.weight**2).sum()"), ("l1", self.value("l1"), "layer.weight.abs().sum()")]
        return "".join(f" + {strength}*sum({term} {_PENALIZED})" for name, strength, term in parts if self.some(name))

    @property
    def batch(self) -> str:
        """The examples of a step, as arguments."""
        if self.differ("batch"):
            return f"*batch({self.value('batch')}, step)"
        return "X[BATCHES[step]], Y[BATCHES[step]]" if self.batches else "X, Y"

    @property
    def noise(self) -> str:
        """The lines that add noise to the slopes."""
        return _NOISE.format(noise=self.value("noise")) if self.some("noise") else ""

    @property
    def until(self) -> str:
        """How many steps are taken."""
        if not self.some("stop"):
            return "STEPS"
        return f"min({self.value('stop')} or STEPS, STEPS)"

    @property
    def held(self) -> str:
        """The line that gives the loss at the steps after an early stop."""
        return "    losses += losses[-1:] * (STEPS + 1 - len(losses))\n" if self.some("stop") else ""

    @property
    def decay(self) -> str:
        """The lines that set the weight decay of an optimizer, where variants do."""
        if not any(_DECAY in way.own for way in self._ways):
            return ""
        value = f'way.get("{_DECAY}", group["{_DECAY}"])' if self.several else number_source(self._ways[0].number(_DECAY))
        return f'    for group in optimizer.param_groups:\n        group["{_DECAY}"] = {value}\n'

    def freezing(self, modules: int) -> str:
        """The line that freezes layers, of so many modules each."""
        return f"    model[: {modules}*{self.value('frozen')}].requires_grad_(False)\n" if self.some("frozen") else ""
