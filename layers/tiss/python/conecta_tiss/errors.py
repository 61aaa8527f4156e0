"""Everything `conecta_tiss` raises on purpose.

::

    ConectaTissError
    ├── ArtefatosAusentesError        build/tiss is missing or incomplete: run scripts/setup
    ├── ConstrucaoError               python -m conecta_tiss.build cannot go on
    │   ├── FonteAusenteError         the wheel or a file of ANS's package is missing
    │   ├── FonteInvalidaError        a source file is not what it should be
    │   └── DigestDivergenteError     a schema differs from the official one
    ├── VersaoNaoSuportadaError       (ValueError) Padrao is none of VERSOES: glosa 5028
    ├── VocabularioError              (ValueError)
    │   ├── IdentificadorInvalidoError    CPF, CNPJ, CNES, carteira...: has `.motivo`
    │   ├── ValorInvalidoError            a text that is no TISS decimal
    │   └── CodigoDesconhecidoError       a code outside a dm_* table
    └── MensagemError
        ├── XmlRecusadoError          the gate or the parser refused the bytes: has `.codigo`
        ├── LeituraError              the tree does not hold what the reader was asked for
        └── EscritaError              the message cannot be written (it would not validate)

Messages are Brazilian Portuguese and never hold the refused value: they end up in logs and answers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ConectaTissError(Exception):
    """Root of the tree."""


class ArtefatosAusentesError(ConectaTissError):
    """The artefacts made at set-up are not where the package looks for them."""


class ConstrucaoError(ConectaTissError):
    """The artefacts cannot be built from the sources at hand."""


class FonteAusenteError(ConstrucaoError):
    """A source (installed wheel, file of ANS's package) is missing."""


class FonteInvalidaError(ConstrucaoError):
    """A source is there but is not what it should be."""


class DigestDivergenteError(ConstrucaoError):
    """A schema's canonical sha256 is not the official one.

    Attributes:
        arquivos: Names of the files that differ.
    """

    def __init__(self, versao: str, arquivos: list[str]) -> None:
        self.arquivos = tuple(arquivos)
        super().__init__(f"esquemas da versão {versao} diferentes dos oficiais: {', '.join(arquivos)}")


class VersaoNaoSuportadaError(ConectaTissError, ValueError):
    """The version of the standard is none of `conecta_tiss.versions.VERSOES` (glosa 5028)."""


class VocabularioError(ConectaTissError, ValueError):
    """A text is not a value of the vocabulary."""


class MotivoInvalido(StrEnum):
    """Why an identifier was refused; safe to log and to show."""

    AUSENTE = "ausente"
    TAMANHO = "tamanho"
    CARACTERES = "caracteres"
    REPETIDO = "repetido"
    DIGITO_VERIFICADOR = "digito_verificador"


class IdentificadorInvalidoError(VocabularioError):
    """An identifier was refused. The value is never part of the message.

    Attributes:
        tipo: What it should have been ("CPF", "CNES", "número da carteira"...).
        motivo: Why it is not.
    """

    _TEXTOS: ClassVar[dict[MotivoInvalido, str]] = {
        MotivoInvalido.AUSENTE: "não informado",
        MotivoInvalido.TAMANHO: "com tamanho inválido",
        MotivoInvalido.CARACTERES: "com caracteres inválidos",
        MotivoInvalido.REPETIDO: "com todos os dígitos iguais",
        MotivoInvalido.DIGITO_VERIFICADOR: "com dígito verificador inválido",
    }

    def __init__(self, tipo: str, motivo: MotivoInvalido) -> None:
        self.tipo = tipo
        self.motivo = motivo
        super().__init__(f"{tipo} {self._TEXTOS[motivo]}")


class ValorInvalidoError(VocabularioError):
    """A text is not a decimal number as TISS writes them, or has too many digits."""


class CodigoDesconhecidoError(VocabularioError):
    """A code is not in the dm_* table of that version."""


class MensagemError(ConectaTissError):
    """A TISS message cannot be handled."""


class XmlRecusadoError(MensagemError):
    """The bytes were refused before any meaning was read from them.

    Attributes:
        regra: Stable rule id, for instance "TISS-XML-DOCTYPE".
        codigo: Glosa code valid in every version.
        mensagem: Portuguese, without personal data.
        linha: Line of the message, when known.
    """

    def __init__(self, regra: str, codigo: str, mensagem: str, linha: int | None = None) -> None:
        self.regra = regra
        self.codigo = codigo
        self.mensagem = mensagem
        self.linha = linha
        super().__init__(mensagem)


class LeituraError(MensagemError):
    """A tree does not hold the message the reader was asked for."""


class EscritaError(MensagemError):
    """A message cannot be written: what would come out is not valid in its version."""
