"""Networks that learn in several ways as a CSV table, with a header that explains its columns."""

from __future__ import annotations

from exports.data import head, quoted, settings_lines
from lab.regularization import MEASURES, RegularizationResult

_ABOUT = """\
{networks} networks in each of {ways} ways, {title}
{settings}way: how they were trained
seed: of the network's examples, first weights, batches and dropout; the experiment with this seed trains it, to the last bit
step: 0 is the start
training_loss, test_loss: on the examples and on those for testing, without penalties
training_accuracy, test_accuracy: the share that is right, 0 to 1; nan in a regression
nan: the network has overflowed
"""


def regularization_to_csv(result: RegularizationResult) -> str:
    """The networks as a table with a row for each at each step that was measured. Numbers read back exactly as they are."""
    task, experiment = result.task, result.task.experiment
    about = _ABOUT.format(networks=result.networks, ways=len(task.labels), title=experiment.title, settings=settings_lines(experiment))
    columns = ("way", "seed", "step", "training_loss", "test_loss", "training_accuracy", "test_accuracy")
    parts = [head(about, columns)]
    for way, label in enumerate(task.labels):
        name = quoted(label)
        for network in range(result.networks):
            rows = zip(task.steps.tolist(), *(getattr(result, measure)[way, network].tolist() for measure in MEASURES), strict=True)
            seed = experiment.seed + network
            parts += [f"{name},{seed},{step},{','.join(map(repr, numbers))}\n" for step, *numbers in rows]
    return "".join(parts)
