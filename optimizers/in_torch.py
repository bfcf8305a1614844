"""An optimizer's settings as a call of torch.optim, from what the optimizer declares."""

from __future__ import annotations

from string import Formatter

import numpy as np

from optimizers.optimizer import Optimizer
from optimizers.options import RATE_CHANGE
from parameters import short


def in_torch(optimizer: Optimizer, scheduled: bool = False) -> str:
    """The call of torch.optim that takes the same path: "SGD(lr=0.05, weight_decay=0.0)". What is optimized is left for the caller to add,
    as are clipped gradients and a learning rate that changes in mid-run: torch.optim leaves them to its callers, too. Where the optimizer
    has a `torch_point`, it is the path of that point.

    Args:
        optimizer: what to call.
        scheduled: whether a schedule will change its learning rate.

    Raises:
        ValueError: torch.optim has no such method, or none with these settings; the message is a sentence that says why.
    """
    if optimizer.torch_differs:
        raise ValueError(optimizer.torch_differs)
    if not optimizer.torch:
        raise ValueError(f"torch.optim has no {optimizer.name}.")
    method = optimizer.torch.partition("(")[0]
    if optimizer.torch_point and (scheduled or optimizer.changes_rate):
        raise ValueError(
            f"torch.optim.{method} keeps y = {optimizer.torch_point} in place of x; where the learning rate changes that is another method."
        )
    known = {name for _, name, _, _ in Formatter().parse(optimizer.torch) if name}
    for parameter in optimizer.parameters:
        value = optimizer.values[parameter.name]
        if isinstance(value, np.ndarray):
            raise ValueError(f"torch.optim takes one number for {parameter.name}, not one for each trajectory.")
        if value == optimizer.torch_refuses.get(parameter.name):
            raise ValueError(f"torch.optim.{method} does not accept {parameter.title} = {short(value)} here.")
        needed = optimizer.torch_settings.get(parameter.name, parameter.default)
        if parameter.name not in known and value != needed and parameter not in RATE_CHANGE:
            raise ValueError(f"torch.optim.{method} has no counterpart of {parameter.title} = {short(value)}.")
    return optimizer.torch.format(**{name: repr(value) for name, value in optimizer.values.items()})
