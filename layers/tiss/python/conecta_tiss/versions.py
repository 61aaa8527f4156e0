"""Versions of the TISS communication standard that Conecta speaks, and where their schemas are.

Effective dates from the history comments of ANS's own schemas: 4.01.00 from 2022-10-01, 4.02.00 from
2025-06-01, 4.03.00 from 2025-12-01 (tiss.md, introduction).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from conecta_tiss.artefatos import artefato
from conecta_tiss.errors import VersaoNaoSuportadaError

if TYPE_CHECKING:
    from pathlib import Path

ESPACO_DE_NOMES: Final = "http://www.ans.gov.br/padroes/tiss/schemas"
"""Namespace of every TISS message and of its schemas, the same in all versions."""


class Versao(StrEnum):
    """A version as `Padrao` writes it; members compare in order of publication."""

    V4_01_00 = "4.01.00"
    V4_02_00 = "4.02.00"
    V4_03_00 = "4.03.00"

    @property
    def sufixo(self) -> str:
        """Suffix of ANS's file names: `V4_01_00`."""
        return f"V{self.value.replace('.', '_')}"

    @classmethod
    def de(cls, padrao: str) -> Self:
        """Read the text of `Padrao` (surrounding XML whitespace does not count).

        Raises:
            VersaoNaoSuportadaError: It is none of `VERSOES`.
        """
        try:
            return cls(padrao.strip(" \t\r\n"))
        except ValueError as erro:
            raise VersaoNaoSuportadaError(
                f"versão do padrão TISS não suportada; use uma de: {', '.join(cls)}"
            ) from erro


VERSOES: Final[tuple[Versao, ...]] = tuple(Versao)
"""All versions, oldest first."""


def answer_version(versao: str | None) -> Versao:
    """The version to answer in: the sender's, or 4.01.00 when it could not be read."""
    return Versao(versao) if versao in set(Versao) else Versao.V4_01_00


def schema_dir(versao: Versao) -> Path:
    """Folder with the seven XSD files of a version."""
    return artefato("schemas", versao.value)


def schema_file(versao: Versao) -> Path:
    """Root schema of the messages (`mensagemTISS`): `tissV4_01_00.xsd`.

    Raises:
        ArtefatosAusentesError: The artefacts were not built.
    """
    return artefato("schemas", versao.value, f"tiss{versao.sufixo}.xsd")


def web_services_file(versao: Versao) -> Path:
    """Root schema of the web-service elements (`loteGuiasWS`...): `tissWebServicesV4_01_00.xsd`.

    Raises:
        ArtefatosAusentesError: The artefacts were not built.
    """
    return artefato("schemas", versao.value, f"tissWebServices{versao.sufixo}.xsd")
