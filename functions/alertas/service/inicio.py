"""What `/inicio` counts, kept up by images and counted on the day it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from alertas.domain import painel
from alertas.domain.painel import A_VENCER, Acesso, Contagem, Item, contar

if TYPE_CHECKING:
    from alertas.service.portas import Donos, Portas

PUBLICADOS: Final = frozenset({"LIBERADO", "PAGO", "ENCERRADO_SEM_PAGAMENTO"})
"""PEGs of which something may be contested."""
_IMAGENS: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[Item, ...]]]] = {
    "SenhaAtualizada": painel.de_senha,
    "PegAtualizado": painel.de_peg,
    "FaturaAtualizada": painel.de_fatura,
}


def follow(envelope: Mapping[str, Any], portas: Portas, donos: Donos) -> int:
    """What changed, as `/inicio` is to count it. Late, twice or out of order is the same.

    Returns:
        How many rows were written.
    """
    tipo, dados = envelope["tipo"], envelope["dados"]
    itens = list(_IMAGENS[tipo](envelope)) if tipo in _IMAGENS else []
    if tipo == "ContestacaoAtualizada" or (tipo == "PegAtualizado" and dados["situacao"] in PUBLICADOS):
        asked = {name: envelope[name] for name in ("registro_ans", "prestador_id")} | {"protocolo": dados["protocolo"]}
        itens.append(painel.de_glosas(envelope, donos.contestaveis(asked, envelope["correlacao"])))
    return sum(portas.painel.put(item) for item in itens)


def waiting(prestador_id: str, acesso: Acesso, portas: Portas) -> Sequence[Item]:
    """What waits for a prestador today, what ends first before the rest."""
    de, ate = _between(acesso, portas.hoje)
    found = portas.painel.esperam(prestador_id, acesso, de=de, ate=ate)
    open_with_stay = portas.painel.na_internacao(found)
    return [one.visto_em(portas.hoje) for one in found if one.em(portas.hoje) and one not in open_with_stay]


def count(prestador_id: str, acesso: Acesso, portas: Portas) -> Contagem:
    """How many of them, and how much they are worth."""
    return contar(waiting(prestador_id, acesso, portas), portas.hoje)


def _between(acesso: Acesso, hoje: date) -> tuple[date | None, date | None]:
    """Between which last days what waits lies; what has none may be anywhere."""
    if acesso is Acesso.SENHAS:
        return hoje, hoje + A_VENCER
    return (hoje, None) if acesso is Acesso.GLOSAS else (None, None)
