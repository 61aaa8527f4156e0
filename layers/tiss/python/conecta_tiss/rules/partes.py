"""What the rules of the bodies that are no lote have in common: a value, where it is, and what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from conecta_tiss.messages.ilegivel import NUMERO_ILEGIVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.findings import Achado
    from conecta_tiss.rules.base import Contexto, Regra

PARA_OPERADORA = "/ans:mensagemTISS/ans:prestadorParaOperadora"
PARA_PRESTADOR = "/ans:mensagemTISS/ans:operadoraParaPrestador"


class Lugar(NamedTuple):
    """Where something is: its path, and the guia and item a finding names.

    Items of a request have no number: they are told by their place, from 1.
    """

    caminho: str
    guia: str | None = None
    item: int | None = None

    def em(self, *elementos: str) -> Lugar:
        """A place inside this one."""
        return self._replace(caminho="/ans:".join((self.caminho, *elementos)))


Campo = tuple[Any, Lugar]
"""A value that may be None, and its place."""


def numero_de(texto: str) -> str | None:
    """A guia's number, if it has one that can be told."""
    return texto.strip()[:20] or None


def itens_de(onde: Lugar, elemento: str, itens: tuple[Any, ...]) -> Iterator[tuple[Any, Lugar]]:
    """Repeated elements and their places: a position is written only among several, as `names.path_of` does."""
    for posicao, item in enumerate(itens, start=1):
        indice = f"[{posicao}]" if len(itens) > 1 else ""
        yield item, onde.em(f"{elemento}{indice}")._replace(item=posicao)


def not_above_zero(esta: Regra[Any], contexto: Contexto, campos: Iterable[Campo]) -> Iterator[Achado]:
    """Findings about numbers that are not above zero."""
    for valor, onde in campos:
        if _is_number(valor) and valor <= 0:
            yield tell(esta, contexto, onde, f"O campo {_nome(onde)} deve ser maior que zero.")


def below_zero(esta: Regra[Any], contexto: Contexto, campos: Iterable[Campo]) -> Iterator[Achado]:
    """Findings about numbers below zero."""
    for valor, onde in campos:
        if _is_number(valor) and valor < 0:
            yield tell(esta, contexto, onde, f"O campo {_nome(onde)} não pode ser negativo.")


def in_the_future(esta: Regra[Any], contexto: Contexto, campos: Iterable[Campo]) -> Iterator[Achado]:
    """Findings about days after today."""
    dia: date | None
    for dia, onde in campos:
        if dia is not None and dia > contexto.hoje:
            yield tell(esta, contexto, onde, f"O campo {_nome(onde)} é posterior ao dia do envio. Corrija a data.")


def of_another_operadora(esta: Regra[Any], contexto: Contexto, campos: Iterable[Campo]) -> Iterator[Achado]:
    """Findings about a registroANS that is not the one the message is sent to."""
    destino = contexto.cabecalho.destino.registro_ans
    registro: str
    for registro, onde in campos:
        if destino and registro.strip() and registro != destino:
            mensagem = "O registroANS não é o do destino da mensagem. Envie-a à operadora do beneficiário."
            yield tell(esta, contexto, onde, mensagem)


def tell(esta: Regra[Any], contexto: Contexto, onde: Lugar, mensagem: str, motivo: Any = None) -> Achado:
    """A finding at a place."""
    return esta.achado(contexto, mensagem, guia=onde.guia, item=onde.item, caminho=onde.caminho, motivo=motivo)


def _is_number(valor: int | Decimal | None) -> bool:
    return valor is not None and valor != NUMERO_ILEGIVEL


def _nome(onde: Lugar) -> str:
    return onde.caminho.rpartition(":")[2]
