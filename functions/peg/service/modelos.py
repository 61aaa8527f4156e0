"""A guia to be billed on a senha, as far as what was authorised tells it: what is left, and at which price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_contas.cobranca import GuiaCobrada, ItemCobrado
from conecta_contas.contexto import Caso, Parametros
from conecta_senhas import usos
from conecta_senhas.autorizacoes import DIARIAS
from conecta_senhas.solicitacoes import Tipo
from conecta_senhas.transicoes import BILLABLE
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import ZERO
from peg.domain.errors import PegError
from peg.service.portas import Alvo

if TYPE_CHECKING:
    from conecta_senhas.autorizacoes import Autorizacao, Item
    from peg.service.portas import Portas

TIPOS: Final[Mapping[TipoGuia, frozenset[Tipo]]] = {
    TipoGuia.CONSULTA: frozenset({Tipo.SP_SADT}),
    TipoGuia.SP_SADT: frozenset({Tipo.SP_SADT}),
    TipoGuia.RESUMO_INTERNACAO: frozenset({Tipo.INTERNACAO}),
    TipoGuia.HONORARIOS: frozenset({Tipo.SP_SADT, Tipo.INTERNACAO}),
    TipoGuia.ODONTO: frozenset({Tipo.ODONTOLOGIA}),
}
"""What a guia of each kind may be billed on."""


class SenhaNotFoundError(PegError):
    """Absent, foreign, or of another carteira: the same."""


class SenhaSemUsoError(PegError):
    """Nothing is billed on it: it was not granted, or was cancelled."""


class OutroTipoError(PegError):
    """Guias of this kind are not billed on it."""


@dataclass(frozen=True, slots=True)
class Linha:
    """An item of which something is left.

    Attributes:
        valor: reais of one unit, by contract or as authorised.
    """

    item: Item
    restante: Decimal
    valor: Decimal | None


@dataclass(frozen=True, slots=True)
class Modelo:
    """What is left to bill.

    Attributes:
        vida: pseudonym of whom it is for.
        diarias: left.
    """

    autorizacao: Autorizacao
    vida: str
    linhas: tuple[Linha, ...]
    diarias: Decimal


def find(
    registro_ans: str,
    numero: str,
    *,
    prestador_id: str,
    tipo: TipoGuia,
    carteira: str | None,
    grau: str,
    portas: Portas,
) -> Modelo:
    """What is left of a senha: to whom it concerns and, of fees, to whoever knows its carteira, too.

    Args:
        grau: of who would be paid; each has its own quantity (invariant 1).

    Raises:
        SenhaNotFoundError, SenhaSemUsoError, OutroTipoError: see there.
    """
    lida = portas.senhas.many(registro_ans, [numero]).get(numero)
    knows = lida is not None and tipo is TipoGuia.HONORARIOS and carteira == lida.autorizacao.solicitacao.carteira
    if lida is None or not (knows or lida.autorizacao.visible_to(prestador_id)):
        raise SenhaNotFoundError
    held = lida.autorizacao
    if held.senha is None or held.situacao not in BILLABLE:
        raise SenhaSemUsoError
    if held.tipo not in TIPOS[tipo]:
        raise OutroTipoError
    used, papel = usos.totais(lida.usos), Parametros().papel(grau)
    left = [(item, item.autorizada - used.get((item.sequencia, papel), ZERO)) for item in held.itens]
    some = [(item, rest) for item, rest in left if rest > ZERO]
    prices = _prices(held, some, prestador_id, tipo, portas)
    linhas = tuple(
        Linha(item, rest, item.valor_autorizado if price is None else price)
        for (item, rest), price in zip(some, prices, strict=True)
    )
    days = held.diarias_autorizadas - used.get((DIARIAS, papel), ZERO)
    return Modelo(held, lida.vida, linhas, max(Decimal(days), Decimal(0)))


def _prices(
    held: Autorizacao, some: list[tuple[Item, Decimal]], prestador_id: str, tipo: TipoGuia, portas: Portas
) -> list[Decimal | None]:
    """What the contract pays for one unit of each, on its planned day or today."""
    asked, hoje = held.solicitacao, portas.hoje
    itens = tuple(
        ItemCobrado(
            sequencia=place, sequencial=place, dia=item.data_prevista or hoje, tabela=item.solicitado.tabela,
            codigo=item.solicitado.codigo, quantidade=rest, valor_unitario=ZERO, valor=ZERO,
        )
        for place, (item, rest) in enumerate(some, 1)
    )  # fmt: skip
    guia = GuiaCobrada(
        sequencia=1, irmas=1, tipo=tipo, registro_ans=asked.registro_ans, numero=asked.numero_guia_prestador,
        carteira=asked.carteira, itens=itens,
    )  # fmt: skip
    lido = portas.contextos.read(Alvo(prestador_id, asked.registro_ans, hoje, Versao.V4_01_00), (guia,))
    caso = Caso((guia,), lido.contexto)
    return [caso.preco(item) for item in itens]
