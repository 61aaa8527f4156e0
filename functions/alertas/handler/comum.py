"""What every route of this context does alike: which areas a caller works in, what a refusal says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alertas.domain.alertas import Alerta, Area
from alertas.domain.errors import AlertaNaoEncontradoError, ExcecoesDemaisError, MudouError
from conecta_edge import problems
from conecta_edge.http import PERSON_SCOPE, ErrorMap
from conecta_edge.tenancy import Papel, Principal

FUNCAO: Final = "alertas-api"
TAG: Final = "Alertas"
PESSOAS: Final = (PERSON_SCOPE,)
"""What is chosen for oneself is chosen by people."""
_AREAS: Final = (Area.AUTORIZACAO, Area.PEG, Area.PAGAMENTO, Area.RECURSO, Area.DOCUMENTOS)
ESCOPOS: Final = tuple(f"conecta/{area.value}.ler" for area in _AREAS)
"""Any one of these: a machine reads the alertas of the areas it may read."""


def areas_of(caller: Principal) -> frozenset[Area]:
    """Areas whose alertas a caller sees: those of the papel or of the scopes; of cadastro, gestores alone.

    New documentações are everybody's, as they are in GET /documentacoes.
    """
    found = {area for area in _AREAS if caller.may(f"{area.value}.ler")}
    if Area.AUTORIZACAO in found:
        found.add(Area.DOCUMENTOS)
    if caller.papel is Papel.GESTOR:
        found.add(Area.CADASTRO)
    return frozenset(found)


def working(caller: Principal) -> frozenset[Area]:
    """The areas of a caller who works in some.

    Raises:
        ProblemError: 403, in none.
    """
    caller.require(*(f"{area.value}.ler" for area in _AREAS))
    return areas_of(caller)


def require(caller: Principal, alertas: Iterable[Alerta]) -> None:
    """Refuse alertas of areas that a caller does not work in.

    Raises:
        ProblemError: 403 naming the papéis or the scopes.
    """
    for area in {one.aviso.area for one in alertas}:
        if area is Area.CADASTRO:
            caller.require_gestor()
        else:
            also = ("autorizacao.ler",) if area is Area.DOCUMENTOS else ()
            caller.require(f"{area.value}.ler", *also)


def areas_of_papel(papel: str) -> frozenset[Area]:
    """Areas whose alertas a person of a papel sees."""
    return areas_of(Principal("", "", Papel(papel), frozenset()))


ERRORS: Final[ErrorMap] = {
    AlertaNaoEncontradoError: lambda _error: problems.not_found(),
    ExcecoesDemaisError: lambda _error: problems.conflict(
        "leituras-demais", "Muitas leituras uma a uma",
        "Há alertas demais lidos ou não lidos um a um: marque como lidos todos até um deles, com ate.",
    ),
    MudouError: lambda _error: problems.changed_meanwhile(
        "Outra requisição sua gravou ao mesmo tempo. Repita a requisição."
    ),
}  # fmt: skip
