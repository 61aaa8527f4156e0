"""Whoever is woken by an alarm finds what to do: each has its section in `docs/operacao.md`, and no section lies."""

from __future__ import annotations

import re
from itertools import chain, product, zip_longest

import pytest

from infra.settings import ROOT
from local.restauracao import TABELAS
from tests.infra.conftest import Templates
from tests.infra.test_iam import on_table

CHAPTER = (ROOT / "docs" / "operacao.md").read_text("utf-8").partition("\n## Alarms\n")[2].partition("\n## ")[0]
SECTIONS = dict(part.split("\n", 1) for part in CHAPTER.split("\n### ")[1:])


def anchor(title: str) -> str:
    """As Markdown viewers make it of a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def named(kind: str) -> list[str]:
    """First cells of the table whose first column is of a kind."""
    rows = CHAPTER.partition(f"\n| {kind} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


def alarms(section: str) -> set[str]:
    """The names that a section's line of alarms stands for."""
    line = section.partition("Alarms: ")[2].partition("\n\n")[0]
    found = set()
    for pattern in re.findall(r"`([^`]+)`", line):
        around = re.split(r"<\w+>", pattern)
        for names in product(*(named(kind) for kind in re.findall(r"<(\w+)>", pattern))):
            found.add("".join(chain.from_iterable(zip_longest(around, names, fillvalue=""))))
    return found


RESTORE = (ROOT / "docs" / "operacao.md").read_text("utf-8").partition("\n## Restore\n")[2].partition("\n## ")[0]


def test_who_writes_a_table_that_may_be_taken_back_is_told_as_it_is_granted(producao: Templates) -> None:
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"}
    deployed = {
        name: {
            re.sub("(?<!^)(?=[A-Z])", "-", function).lower()
            for function, actions in on_table(producao, name.title()).items()
            if actions & writes
        }
        for name in TABELAS
    }
    lines = RESTORE.partition("| table | who writes it |")[2].partition("\n\n")[0].splitlines()[2:]
    told = {
        name: set(re.findall(r"`([^`]+)`", writers)) for _, table, writers, _ in (line.split("|") for line in lines)
        for name in re.findall(r"`([^`]+)`", table)
    }  # fmt: skip
    assert told == deployed


@pytest.fixture(scope="module")
def deployed(producao: Templates) -> dict[str, str]:
    """Each alarm, without its stage, and the anchor its description ends in."""
    found = {}
    for alarm in producao.properties("AWS::CloudWatch::Alarm", "Conecta-Aws"):
        name = alarm["AlarmName"].removeprefix("conecta-producao-")
        found[name] = alarm["AlarmDescription"].partition("docs/operacao.md#")[2]
    return found


def test_every_alarm_has_its_section_and_every_section_its_alarms(deployed: dict[str, str]) -> None:
    told = {name: anchor(title) for title, section in SECTIONS.items() for name in alarms(section)}
    assert told == deployed


def test_no_alarm_is_told_twice() -> None:
    told = [name for section in SECTIONS.values() for name in alarms(section)]
    assert len(told) == len(set(told))


def test_every_runbook_that_another_sends_to_is_there() -> None:
    text = (ROOT / "docs" / "operacao.md").read_text("utf-8")
    titles = set(re.findall(r"\*\*([^*]+?)\.?\*\*", text))
    assert [
        name for name in re.findall(r'[Ss]ee [“"]([^”"]+)[”"]', text) if not any(name in one for one in titles)
    ] == []
    anchors = {anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= anchors
