"""The cold start's bench finds the functions in the tree: they are the template's."""

from __future__ import annotations

from local.bench.frio_eventos import entries
from tests.infra.conftest import Templates


def test_every_function_of_the_template_is_measured(producao: Templates) -> None:
    deployed = {properties["Handler"] for properties in producao.properties("AWS::Lambda::Function")}

    assert deployed == {f"{module}.handler" for module in entries().values()}
