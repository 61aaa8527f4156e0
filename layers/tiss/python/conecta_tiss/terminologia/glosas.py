"""Codes of table 38 in the version of who reads them, whoever's version they were made in."""

from __future__ import annotations

from typing import Final

from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo, codigo

DESCRICAO_MAXIMA: Final = 500
_ANTES: Final[dict[str, str]] = {
    motivo.value.em_4_03: motivo.value.ate_4_02
    for motivo in reversed((
        Motivo.SERVICO_NAO_CONTRATADO_COM_O_PRESTADOR, Motivo.SERVICO_SOLICITADO_EM_CARENCIA,
        Motivo.SOLICITACAO_ANTES_DA_INCLUSAO, Motivo.DENTE_NAO_INFORMADO, *Motivo,
    ))
}  # fmt: skip
"""What the versions before 4.03.00 have in the place of its codes; of several, what a request is told."""


def code_in(versao: Versao, codigo_: str) -> str:
    """A code that the version has: itself, the older one that it took the place of, or that a person denied it."""
    for code in (codigo_, _ANTES.get(codigo_, "")):
        if glosa_text(code, versao) is not None:
            return code
    return codigo(Motivo.NAO_AUTORIZADO_PELA_AUDITORIA, versao)


def given_in(versao: Versao, motivo: str, codigo_: str) -> str:
    """The code of a glosa in a version: by the name of its `Motivo`, or of none by the code that was given."""
    return code_in(versao, codigo(Motivo[motivo], versao) if motivo in Motivo.__members__ else codigo_)


def official(code: str, versao: Versao, text: str) -> str:
    """The standard's own words for a code, then ours."""
    words = (glosa_text(code, versao) or "").rstrip(". ")
    return f"{words}. {text}" if words else text
