"""Contracts: terms (RN 503), contracted procedures, diárias (R19) and packages (R14, R20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from zlib import crc32

from local.gerador_cadastro import procedimentos
from local.gerador_cadastro.model import Linha, Pedido
from local.gerador_cadastro.operadoras import perfil
from local.gerador_cadastro.prestadores import HOSPITAL, Gerado, Rede
from local.gerador_cadastro.writer import dia, reais, sn

PACOTE_PS: Final = "98:90010039"
"""Package that replaces 10101039 where it is contracted (R14)."""
_PACOTES: Final = (
    (
        PACOTE_PS,
        "Pacote de pronto-socorro: consulta, observação e medicação",
        Decimal("320.00"),
        "22:10101039 18:60033681 20:90055888 20:90007760",
    ),
    (
        "98:90020454",
        "Pacote de aplicação com os medicamentos",
        Decimal("185.00"),
        "22:20104545 18:60033746 20:90055888",
    ),
    ("98:90031309", "Pacote de cesariana", Decimal("6400.00"), "22:31309054 18:60000651 18:60023104 20:90007760"),
)
_DIARIA_PROPRIA: Final = ("00", "70000001", "Diária de apartamento com acompanhante, negociada")
_INICIO: Final = date(2024, 1, 1)
_RENOVACAO: Final = date(2025, 7, 1)
_PRAZOS: Final = (30, 30, 30, 60)
"""Days to contest a glosa, which are as many as to answer it (RN 503)."""


def _com_pacote_de_ps(pedido: Pedido, each: Gerado) -> bool:
    """The fixed hospital at the first operadora only; of the invented ones, every other."""
    if each.documento == HOSPITAL:
        return pedido.registro_ans == "345695"
    return each.ramo.hospital and each.indice % 2 == 0


def _fim(each: Gerado) -> date | None:
    """Last day of what was contracted: the eve of the descredenciamento."""
    return each.desde - timedelta(days=1) if each.situacao == "DESCREDENCIADO" else None


def contratados(pedido: Pedido) -> Iterator[Gerado]:
    """Who has a contract."""
    return (each for each in Rede(pedido) if each.contratado)


def contratos(pedido: Pedido) -> Iterator[Linha]:
    """The terms in force; a third of the prestadores also have those before the renewal."""
    sigla = perfil(pedido.registro_ans).sigla
    for each in contratados(pedido):
        draw = crc32(each.documento.encode())
        prazo = str(_PRAZOS[draw % len(_PRAZOS)])
        linha = {
            "prestador": each.documento,
            "numero": f"{sigla}/{each.codigo}",
            "vigente_de": dia(_INICIO),
            "prazo_faturamento_dias": "90",
            "data_base_ambulatorial": "GUIA" if draw % 5 == 0 and not each.fixo else "ITEM",
            "data_base_internacao": "ALTA" if draw % 7 == 0 and not each.fixo else "FIM_FATURAMENTO",
            "prazo_contestacao_dias": prazo,
            "prazo_resposta_dias": prazo,
            "prazo_pagamento_dias": ("30", "45", "60")[draw % 3],
            "tabela_precos": f"{sigla}-{each.ramo.tabela}",
            "cotacoes_opme": "3",
            "exige_cod_validacao": sn(draw % 4 == 0 and not each.fixo),
        }
        if _com_pacote_de_ps(pedido, each):
            linha["pacote_pronto_socorro"] = PACOTE_PS
            linha["conduta_pronto_socorro"] = "RECUSA" if each.fixo or draw % 2 else "AVISA"
        end = _fim(each)
        if draw % 3 == 0 and not each.fixo and (end is None or end >= _RENOVACAO):
            yield {**linha, "vigente_ate": dia(_RENOVACAO - timedelta(days=1)), "prazo_pagamento_dias": "60"}
            linha["vigente_de"] = dia(_RENOVACAO)
        yield {**linha, "vigente_ate": dia(end)}


def procedimentos_contratados(pedido: Pedido) -> Iterator[Linha]:
    """What each may be asked for, as its line of business says."""
    for each in contratados(pedido):
        for contratado in each.ramo.contratados:
            tabela, codigo = contratado.split(":")
            yield {
                "prestador": each.documento,
                "tabela": tabela,
                "codigo": codigo,
                "vigente_de": dia(_INICIO),
                "vigente_ate": dia(_fim(each)),
            }


def diarias(pedido: Pedido) -> Iterator[Linha]:
    """Diárias of each hospital; the fixed one also has one of the operadora's own table."""
    for each in contratados(pedido):
        if not each.ramo.hospital:
            continue
        # Not every hospital has an intensive care for newborns.
        chosen = procedimentos.DIARIAS if each.fixo or each.indice % 3 else procedimentos.DIARIAS[:-1]
        for codigo, acomodacao in chosen:
            yield {
                "prestador": each.documento,
                "tabela": "18",
                "codigo": codigo,
                "descricao": procedimentos.descricao(procedimentos.termo("18", codigo)),
                "acomodacao": acomodacao,
                "valor": reais(procedimentos.preco(each.documento, "18", codigo)),
                "vigente_de": dia(_INICIO),
                "vigente_ate": dia(_fim(each)),
            }
        if each.fixo:
            tabela, codigo, descricao = _DIARIA_PROPRIA
            yield {
                "prestador": each.documento,
                "tabela": tabela,
                "codigo": codigo,
                "descricao": descricao,
                "acomodacao": "INDIVIDUAL",
                "valor": "980.00",
                "vigente_de": dia(_INICIO),
            }


def pacotes(pedido: Pedido) -> Iterator[Linha]:
    """Packages of each hospital: that of the pronto-socorro only where the contract names it."""
    for each in contratados(pedido):
        if not each.ramo.hospital:
            continue
        for pacote, descricao, valor, itens in _PACOTES:
            if pacote == PACOTE_PS and not _com_pacote_de_ps(pedido, each):
                continue
            tabela, codigo = pacote.split(":")
            factor = 1 if each.fixo else Decimal(90 + crc32(each.documento.encode()) % 21) / 100
            yield {
                "prestador": each.documento,
                "tabela": tabela,
                "codigo": codigo,
                "descricao": descricao,
                "valor": reais(valor * factor),
                "itens": itens,
                "vigente_de": dia(_INICIO),
                "vigente_ate": dia(_fim(each)),
            }
