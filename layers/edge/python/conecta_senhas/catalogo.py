"""Which function keeps which rule of `dominio.md`, besides the engine's (`motor.RULES`): for `docs/regras.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from conecta_senhas import motor, prazos, transicoes
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.solicitacoes import regiao_from_json, remocao_from_text


@dataclass(frozen=True, slots=True)
class Funcao:
    """A rule that is kept by an act or an answer, not by a finding.

    Attributes:
        fontes: numbers of `dominio.md`.
    """

    id: str
    fontes: tuple[str, ...]
    funcao: Callable[..., Any]


FUNCOES: Final[tuple[Funcao, ...]] = (
    Funcao("AUT-BUSCA", ("R08",), Autorizacao.matches),
    Funcao("AUT-VISIBILIDADE", ("R08",), Autorizacao.visible_to),
    Funcao("AUT-CARGA-LEGADO", ("R07",), transicoes.load_legacy),
    Funcao("AUT-VALIDADE", ("R10",), motor.valid_until),
    Funcao("AUT-VALIDADE-EXECUTANTE", ("R10",), transicoes.ends_by),
    Funcao("AUT-AVISOS", ("R10",), prazos.avisos),
    Funcao("AUT-SITUACAO", ("R10",), Autorizacao.situacao_em),
    Funcao("AUT-EXPIRACAO", ("R10",), transicoes.expire),
    Funcao("AUT-SUBSTITUICAO", ("R16",), transicoes.substitute),
    Funcao("AUT-SUBSTITUICAO-DECIDIDA", ("R16",), transicoes.settle_substitution),
    Funcao("AUT-CANCELAMENTO", ("R17",), transicoes.cancel),
    Funcao("AUT-RETIRADA", ("R17",), transicoes.withdraw),
    Funcao("AUT-QUANTIDADE-CENTRAL", ("R18",), transicoes.change_quantities),
    Funcao("AUT-INTERNACAO", ("R10", "R22"), transicoes.admit),
    Funcao("AUT-ALTA", ("R10", "R22"), transicoes.discharge),
    Funcao("AUT-DATA-PEDIDA", ("R23",), transicoes.request_date),
    Funcao("AUT-DATA-DECIDIDA", ("R23",), transicoes.decide_date),
    Funcao("AUT-COMPLEMENTAR", ("R24",), transicoes.create),
    Funcao("AUT-DECISAO", ("R25",), transicoes.decide),
    Funcao("AUT-REGIAO", ("R26",), regiao_from_json),
    Funcao("AUT-PENDENCIA", ("R27",), transicoes.answer),
    Funcao("AUT-ANEXO", ("R27",), transicoes.attach),
    Funcao("AUT-REMOCAO", ("R28",), remocao_from_text),
    Funcao("AUT-PROTOCOLO", ("R30",), transicoes.create),
)
