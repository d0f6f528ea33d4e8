"""The templates of reports. Whatever they are given is escaped: names, paths and formulas come from any source."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.cells import cell_len, set_cell_size

from paramlens.cli.report.escaping import text_alone
from paramlens.cli.report.part_rows import part_rows
from paramlens.features.model_page import share_text
from paramlens.features.part_map import Tile
from paramlens.written import share

FOLDER = Path(__file__).parent / "templates"
ONE_LINE, TWO_LINES = 17, 36
NARROW, WIDE = 0.035, 0.1
"""Tiles that are not as wide have no room for a name, or for its count."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain,
    )
    environment.filters |= {
        "lines": _lines,
        "part_rows": part_rows,
        "percent": percent,
        "share": share_text,
        "short": shortened,
        "written_share": share,
    }
    return environment


def render(name: str, **given: Any) -> str:
    """The template of that name, filled in."""
    return _environment().get_template(name).render(given, asset=_asset, hashed=_hash)


def percent(part: float) -> str:
    """`34.56%`, as a length of a picture."""
    return f"{100 * part:.2f}".rstrip("0").rstrip(".") + "%"


def shortened(text: str, most: int) -> str:
    """The text, or as much of it as fits into so many columns with `…` behind it."""
    return text if cell_len(text) <= most else set_cell_size(text, most - 1).rstrip() + "…"


def _lines(tile: Tile, height: int) -> int:
    """How many lines of text fit into a tile, on a map of so many pixels."""
    pixels = tile.height * height
    if tile.width < NARROW or pixels < ONE_LINE:
        return 0
    return 2 if pixels >= TWO_LINES and tile.width >= WIDE else 1


def _plain(value: Any) -> Any:
    return text_alone(value) if type(value) is str else value


@cache
def _asset(name: str) -> str:
    """A file that stands in the page as it is."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _hash(name: str) -> str:
    """The source by which a content security policy allows exactly this file: `sha256-…`."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_asset(name).encode()).digest()).decode("ascii")
