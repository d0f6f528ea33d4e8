"""All rules by name: what the modules of `rules/` declare."""

from __future__ import annotations

from collections.abc import Mapping

from paramlens.lints import declare
from paramlens.lints.rules import (
    dominant_layer,
    everything_frozen,
    in_features_mismatch,
    near_budget,
    params_budget,
    params_per_sample,
    redundant_bias,
    shape_mismatch,
    unbuilt_model,
    unregistered_layer,
    unused_layer,
)

MODULES = (
    dominant_layer,
    everything_frozen,
    in_features_mismatch,
    near_budget,
    params_budget,
    params_per_sample,
    redundant_bias,
    shape_mismatch,
    unbuilt_model,
    unregistered_layer,
    unused_layer,
)

RULES: Mapping[str, declare.Rule] = {name: declare.RULES[name] for name in sorted(declare.RULES)}

OTHERS: Mapping[str, str] = {
    "settings": "Unknown keys and bad values in `pyproject.toml` or in a comment that sets a budget.",
    "comment": "A `# paramlens: …` comment that is not known, or whose `input` says no shape or stands at no model.",
}
"""Problems of what people wrote for Paramlens itself: warnings, which may be configured as rules are."""

NAMES = frozenset((*RULES, *OTHERS))
"""What settings and `ignore` comments may name."""
