"""The models as one HTML page, in which its style and its script stand, and which asks for nothing else."""

from __future__ import annotations

from paramlens.cli.report.contents import Contents
from paramlens.cli.report.templates import render
from paramlens.version import version

OPEN_MODELS = 3
"""Up to so many models are open at first."""


MOST_ROWS = 5000
"""From so many rows on, a browser is given the parts of a model when the model is opened."""


def page(found: Contents) -> str:
    return render(
        "page.html.jinja",
        found=found,
        version=version(),
        opened=len(found.models) <= OPEN_MODELS,
        later=sum(len(model.rows) for model in found.models) > MOST_ROWS,
    )
