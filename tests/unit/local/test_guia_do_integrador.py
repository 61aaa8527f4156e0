"""What the pages for integrators name is there: routes, error codes, files, sections."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest

from local.runtime import ROOT

DOCS: Final = ROOT / "docs"
PAGES: Final = ("guia-do-integrador.md", "sandbox.md")
ROUTE: Final = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]+)")
NAME: Final = re.compile(r"\{[^}]+\}")
"""What stands for a value in a path."""
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Of the sections of a page, as they are linked to."""
    heads = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_route_is_one_of_the_api() -> None:
    paths = json.loads((DOCS / "openapi.json").read_text("utf-8"))["paths"]
    known = {f"{method.upper()} {NAME.sub('*', path)}" for path, operations in paths.items() for method in operations}
    said = {
        f"{method} {NAME.sub('*', path)}"
        for page in PAGES
        for method, path in ROUTE.findall((DOCS / page).read_text("utf-8"))
    }
    assert said
    assert said - known == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    broken = []
    for link in LINK.findall((DOCS / page).read_text("utf-8")):
        file, _, section = link.partition("#")
        target = DOCS / (file or page)
        if not target.exists() or (section and section not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_error_code_of_the_guide_is_in_the_catalogue() -> None:
    catalogue = (DOCS / "erros.md").read_text("utf-8")
    told = re.findall(r"\b4[0-9]{2} `([a-z-]+)`", (DOCS / PAGES[0]).read_text("utf-8"))
    assert told
    assert [code for code in told if code not in catalogue] == []
