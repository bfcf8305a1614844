"""Everything worth showing that the project brings along."""

from __future__ import annotations

from scenario.landscape_presets import LANDSCAPE_PRESETS
from scenario.network_presets import NETWORK_PRESETS
from scenario.presets import PRESETS, Preset
from scenario.setup import Setup

READY: tuple[Preset[Setup], ...] = (*PRESETS.values(), *NETWORK_PRESETS.values(), *LANDSCAPE_PRESETS.values())
"""All presets, of scenarios and of experiments."""
