"""``gerar``: the files of one operadora, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from local.gerador_cadastro import (
    beneficiarios,
    contratos,
    defeitos,
    operadoras,
    planos,
    prestadores,
    procedimentos,
    sandbox,
)
from local.gerador_cadastro.defeitos import Esperado
from local.gerador_cadastro.model import COLUNAS, Arquivo, Linha, Pedido
from local.gerador_cadastro.writer import linhas_de

_FONTES: Final[dict[str, Callable[[Pedido], Iterator[Linha]]]] = {
    "operadora": operadoras.operadora,
    "contatos": operadoras.contatos,
    "calendario": operadoras.calendario,
    "planos": planos.planos,
    "carencias": planos.carencias,
    "coberturas": planos.coberturas,
    "beneficiarios": beneficiarios.beneficiarios,
    "prestadores": prestadores.prestadores,
    "locais": prestadores.locais,
    "corpo-clinico": prestadores.corpo_clinico,
    "contratos": contratos.contratos,
    "precos": procedimentos.precos,
    "procedimentos-contratados": contratos.procedimentos_contratados,
    "diarias": contratos.diarias,
    "pacotes": contratos.pacotes,
    "regras-procedimentos": procedimentos.regras,
}


def linhas(pedido: Pedido, tipo: str) -> Iterator[Linha]:
    """The correct rows of one file, as they are before they are spelt; one at a time, never all."""
    rows = _FONTES[tipo](pedido)
    more = sandbox.FONTES.get(tipo) if pedido.sandbox else None
    return rows if more is None else chain(rows, more(pedido))


def gerar(pedido: Pedido) -> Iterator[Arquivo]:
    """The files asked for, each written while it is read.

    Raises:
        conecta_tiss.errors.ArtefatosAusentesError: on reading prices, rules or diárias, when the terminology was not
            built (scripts/setup).
    """
    for tipo in pedido.tipos:
        nome = f"{pedido.hoje.isoformat()}-{tipo}.csv"
        rows = linhas(pedido, tipo)
        if pedido.defeitos and tipo == pedido.defeitos_em:
            yield Arquivo(tipo, nome, defeitos.plantar(pedido, rows, _total(pedido, tipo)))
        else:
            yield Arquivo(tipo, nome, linhas_de(COLUNAS[tipo], rows, pedido.formato))


def esperados(pedido: Pedido) -> tuple[Esperado, ...]:
    """What a correct report says of the file with the planted defects, in order of line; empty without any."""
    return defeitos.esperados(pedido, _total(pedido, pedido.defeitos_em)) if pedido.defeitos else ()


def _total(pedido: Pedido, tipo: str) -> int:
    """Correct rows of a file."""
    known = {"beneficiarios": pedido.vidas, "prestadores": pedido.prestadores}.get(tipo)
    return sum(1 for _ in linhas(pedido, tipo)) if known is None else known
