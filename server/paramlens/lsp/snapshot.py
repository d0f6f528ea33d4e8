"""A version of a document that is to be analysed, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from paramlens.facts import Analysis
from paramlens.jobs import Job
from paramlens.lsp.documents import Document
from paramlens.settings import Settings

EVALUATION_SECONDS = 8.0
"""Processor time for one analysis, after which it ends with what it found: less than the worker's time limit."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A document with its analysis and the settings it was analysed with.

    One that is not `final` is right where the last edit was; counts elsewhere may be those of before.
    """

    document: Document
    analysis: Analysis
    settings: Settings
    final: bool = True


def job_for(document: Document, settings: Settings, *, recheck: bool = False) -> Job:
    """The job for a worker; `recheck` when files that it reads may have changed."""
    return Job(
        document.path,
        document.text,
        settings=settings,
        seconds=EVALUATION_SECONDS,
        recheck=recheck,
        cells=document.cells,
    )
