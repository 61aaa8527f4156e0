"""What every rule is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from conecta_tiss.findings import Achado, Razao, Severidade, code_of

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.envelope import Cabecalho
    from conecta_tiss.messages.lote_guias import LoteGuias
    from conecta_tiss.versions import Versao

Assunto_contra = TypeVar("Assunto_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexto:
    """What a rule may know besides its subject.

    Attributes:
        versao: The sender's version: decides the codes. None while it is unknown.
        hoje: Local day of reception.
        cabecalho: Header of the message.
    """

    versao: Versao | None
    hoje: date
    cabecalho: Cabecalho


@dataclass(frozen=True, slots=True, kw_only=True)
class Regra(Generic[Assunto_contra]):
    """A rule: call it with its subject and the context to get its findings.

    Attributes:
        id: Stable, as `Achado.regra`.
        motivo: Why it refuses: gives the code in each version.
        fonte: Where the rule comes from.
        funcao: Its body, whose docstring says what it asks for.
    """

    id: str
    motivo: Razao
    fonte: str
    funcao: Callable[[Regra[Assunto_contra], Assunto_contra, Contexto], Iterable[Achado]]

    def __call__(self, assunto: Assunto_contra, contexto: Contexto) -> Iterable[Achado]:
        """Apply the rule."""
        return self.funcao(self, assunto, contexto)

    def achado(
        self,
        contexto: Contexto,
        mensagem: str,
        *,
        guia: str | None = None,
        item: int | None = None,
        caminho: str | None = None,
        motivo: Razao | None = None,
    ) -> Achado:
        """Make one of the rule's findings; `motivo` overrides the rule's own."""
        return Achado(
            self.id,
            code_of(motivo or self.motivo, contexto.versao),
            mensagem,
            Severidade.RECUSA_LOTE,
            guia,
            item,
            caminho,
        )


Rule = Callable[["LoteGuias", Contexto], Iterable[Achado]]
"""Shape of the rules of a lote."""

_Corpo = Callable[[Regra[Assunto_contra], Assunto_contra, Contexto], Iterable[Achado]]


def regra(identificador: str, motivo: Razao, fonte: str) -> Callable[[_Corpo[Assunto_contra]], Regra[Assunto_contra]]:
    """Declare a rule: the function below gets its own `Regra`, the subject and the context."""

    def declarar(funcao: _Corpo[Assunto_contra]) -> Regra[Assunto_contra]:
        return Regra(id=identificador, motivo=motivo, fonte=fonte, funcao=funcao)

    return declarar
