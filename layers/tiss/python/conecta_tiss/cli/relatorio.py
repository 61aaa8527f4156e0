"""What the command line shows of a validation: JSON for programs, lines for people."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.pipeline import Resultado


def as_json(arquivo: str, resultado: Resultado) -> dict[str, Any]:
    """One object of `validar --json` (decisoes.md, "Shapes read by machines")."""
    return {
        "arquivo": shown(arquivo),
        "valido": resultado.valido,
        "versao": resultado.padrao,
        "transacao": resultado.transacao,
        "hash": resultado.hash,
        "guias": resultado.guias,
        "valor_total": None if resultado.valor_total is None else f"{resultado.valor_total:.2f}",
        "achados": [
            {
                "regra": achado.regra,
                "codigo": achado.codigo,
                "mensagem": achado.mensagem,
                "guia": achado.guia,
                "item": achado.item,
                "caminho": achado.caminho,
                "linha": achado.linha,
            }
            for achado in resultado.achados
        ],
    }


def as_lines(arquivo: str, resultado: Resultado) -> Iterator[str]:
    """The same for people: a heading and a line for each finding."""
    partes = [resultado.padrao, resultado.transacao]
    if resultado.guias is not None:
        partes.append("1 guia" if resultado.guias == 1 else f"{resultado.guias} guias")
    if resultado.valor_total is not None:
        partes.append(f"R$ {_reais(f'{resultado.valor_total:,.2f}')}")
    if resultado.hash is not None:
        partes.append(f"hash {resultado.hash}")
    situacao = "válido" if resultado.valido else "INVÁLIDO"
    resumo = ", ".join(parte for parte in partes if parte)
    yield f"{shown(arquivo)}: {situacao}{f' ({resumo})' if resumo else ''}"
    for achado in resultado.achados:
        yield f"  {achado.codigo}  {_place(achado)}{achado.mensagem}  [{achado.regra}]"


def shown(arquivo: str) -> str:
    """A file name that any terminal and any JSON reader can take."""
    legivel = os.fsencode(arquivo).decode("utf-8", "replace")
    return "".join(letra if letra.isprintable() else "\N{REPLACEMENT CHARACTER}" for letra in legivel)


def _place(achado: Achado) -> str:
    partes = []
    if achado.guia is not None:
        partes.append(f"guia {shown(achado.guia)}")
    if achado.item is not None:
        partes.append(f"item {achado.item}")
    if achado.linha is not None:
        partes.append(f"linha {achado.linha}")
    return f"{', '.join(partes)}: " if partes else ""


def _reais(texto: str) -> str:
    return texto.translate(str.maketrans(",.", ".,"))
