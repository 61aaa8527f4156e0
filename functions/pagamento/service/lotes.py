"""Demonstrativos in bulk: asked for, made some at a time by a workflow, kept as one archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from conecta_atos.portas import keep_nothing
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.domain.cronograma import Defeito
from pagamento.domain.demonstrativos import AnaliseDeConta, DemonstrativoPagamento, Periodo
from pagamento.domain.errors import DemonstrativoIndisponivelError, NaoEncontradoError, PedidoInvalidoError
from pagamento.domain.lotes import (
    DOCUMENTOS,
    ERRO,
    MESES,
    Formato,
    Lote,
    avancar,
    comecar,
    concluir,
    falhar,
    meses,
    vista,
)
from pagamento.service.demonstrativos import demonstrar_pagamentos, find_analises, paid_faturas, since_migration
from pagamento.service.portas import Fato, Mudanca

if TYPE_CHECKING:
    from conecta_atos.portas import Chamador, Guardar, Page
    from pagamento.service.portas import Portas

JUNTOS: Final[Mapping[TipoDemonstrativo, int]] = {
    TipoDemonstrativo.ANALISE_DE_CONTA: 100,
    TipoDemonstrativo.PAGAMENTO: 10,
    TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA: 10,
}
"""Documents of one step: some hundred PEGs are read and written in a minute."""
_PAGINA: Final = 100
_MONTAGEM: Final = "demonstrativos-lote"
"""Stands for the request's id in what is written step by step."""

Demonstrativo = Sequence[AnaliseDeConta] | DemonstrativoPagamento
Escrever = Callable[[Demonstrativo, Lote], bytes]
"""A demonstrativo in the format of a lote.

Raises:
    DemonstrativoIndisponivelError: it does not fit that format.
"""


class Acervo(Protocol):
    """The archive of what is made."""

    def pack(self, chave: str, arquivos: Iterable[tuple[str, bytes]]) -> int:
        """Files as one ZIP under a key, each by its name, taken one by one; how many bytes it has."""
        ...

    def join(self, chave: str, partes: Sequence[str]) -> int:
        """ZIPs as one under a key; how many bytes it has."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """What somebody asks for; see `Lote`."""

    registro_ans: str
    tipo: TipoDemonstrativo
    formato: Formato
    de: str
    ate: str
    versao_tiss: str | None = None


def ask(
    prestador_id: str, pedido: Pedido, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing
) -> Lote:
    """A request is kept; a workflow begins it.

    Raises:
        PedidoInvalidoError: its months are the wrong way round, not begun, or too many.
        NaoEncontradoError: no such operadora.
        LegadoError: all of it is of before the migration.
    """
    asked = meses(pedido.de, pedido.ate)
    if not asked or len(asked) > MESES or pedido.ate > f"{portas.hoje:%Y%m}":
        text = f"Informe de 1 a {MESES} meses, do mais antigo ao mais novo, até o corrente."
        raise PedidoInvalidoError([Defeito("ate", "periodo-invalido", text)])
    since_migration(portas.cadastro.operadora(pedido.registro_ans), _days(pedido.registro_ans, pedido.ate).fim)
    lote = Lote(
        id=portas.registros.next_protocolo(portas.hoje), prestador_id=prestador_id, registro_ans=pedido.registro_ans,
        tipo=pedido.tipo, formato=pedido.formato, versao_tiss=pedido.versao_tiss, de=pedido.de, ate=pedido.ate,
        quem=chamador.quem, criado_em=portas.now,
    )  # fmt: skip
    told = Fato(
        tipo="DemonstrativosPedidos", registro_ans=lote.registro_ans, prestador_id=prestador_id,
        entidade=f"lote/{lote.id}", chave=lote.id, dados={"id": lote.id},
    )  # fmt: skip
    portas.registros.write(
        [Mudanca(None, lote)], [told], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(lote)
    )
    return lote


def find(prestador_id: str, lote_id: str, portas: Portas) -> Lote:
    """One of a tenant.

    Raises:
        NaoEncontradoError: absent or foreign.
    """
    return vista(_held(prestador_id, lote_id, portas), portas.now)


def _held(prestador_id: str, lote_id: str, portas: Portas) -> Lote:
    found = portas.registros.lote(prestador_id, lote_id)
    if found is None:
        raise NaoEncontradoError(lote_id)
    return found


def list_of(prestador_id: str, position: Mapping[str, str] | None, limit: int, portas: Portas) -> Page:
    """Those of a tenant, of the newest month first."""
    page = portas.registros.lotes(prestador_id, position, limit)
    return replace(page, rows=[vista(one, portas.now) for one in page.rows])


def advance(prestador_id: str, lote_id: str, portas: Portas, acervo: Acervo, escrever: Escrever) -> Lote:
    """One step: it is known what goes in, some more of it is made, or all is joined. Again, it does nothing twice.

    Raises:
        NaoEncontradoError: there is none.
        MudouError: another step of it was quicker.
    """
    lote = _held(prestador_id, lote_id, portas)
    if lote.terminado:
        return lote
    try:
        after = _step(lote, portas, acervo, escrever)
    except DemonstrativoIndisponivelError as error:
        after = falhar(lote, error.motivo, portas.now)
    return _kept(lote, after, portas)


def fail(prestador_id: str, lote_id: str, portas: Portas) -> None:
    """A step of it failed for good."""
    lote = _held(prestador_id, lote_id, portas)
    if not lote.terminado:
        _kept(lote, falhar(lote, ERRO, portas.now), portas)


def _kept(lote: Lote, after: Lote, portas: Portas) -> Lote:
    portas.registros.write([Mudanca(lote, after)], now=portas.now, correlacao=_MONTAGEM)
    return after


def _step(lote: Lote, portas: Portas, acervo: Acervo, escrever: Escrever) -> Lote:
    if not lote.documentos:
        return comecar(lote, _documents(lote, portas), portas.now)
    together = JUNTOS[lote.tipo]
    parts = [f"{lote.pasta}{start:05}.zip" for start in range(0, len(lote.documentos), together)]
    if lote.feitos < len(lote.documentos):
        done = lote.documentos[lote.feitos : lote.feitos + together]
        part = parts[lote.feitos // together]
        tamanho = acervo.pack(part, _files(lote, done, portas, escrever))
        if len(parts) == 1:
            return concluir(avancar(lote, len(done)), part, tamanho, portas.now)
        return avancar(lote, lote.feitos + len(done))
    whole = f"{lote.pasta}demonstrativos.zip"
    return concluir(lote, whole, acervo.join(whole, parts), portas.now)


def _documents(lote: Lote, portas: Portas) -> list[str]:
    found = list(_published(lote, portas) if lote.tipo is TipoDemonstrativo.ANALISE_DE_CONTA else _paid(lote, portas))
    if len(found) > DOCUMENTOS:
        raise DemonstrativoIndisponivelError("GRANDE_DEMAIS")
    return found


def _published(lote: Lote, portas: Portas) -> Iterator[str]:
    for month in lote.meses:
        position: Mapping[str, str] | None = None
        while True:
            pegs, position = portas.contas.month(lote.prestador_id, month, position, _PAGINA)
            for one in pegs:
                if one.registro_ans == lote.registro_ans and one.publicada_em is not None:
                    yield one.protocolo
            if position is None:
                break


def _paid(lote: Lote, portas: Portas) -> Iterator[str]:
    first, last = (_days(lote.registro_ans, month) for month in (lote.de, lote.ate))
    dental = lote.tipo is TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA
    alone = not dental and lote.formato is not Formato.XML  # no message is of debits and credits alone
    for one in portas.registros.pagamentos(lote.prestador_id, first.inicio, last.fim):
        if one.registro_ans != lote.registro_ans:
            continue
        if paid_faturas(one, portas, dental=dental) or (alone and not one.itens):
            yield one.numero


def _files(lote: Lote, documentos: Sequence[str], portas: Portas, escrever: Escrever) -> Iterator[tuple[str, bytes]]:
    for one in documentos:
        if lote.tipo is TipoDemonstrativo.ANALISE_DE_CONTA:
            (analise,) = find_analises(lote.prestador_id, [one], portas)
            yield f"analise-{one}.{lote.formato}", escrever([analise], lote)
            continue
        paid = portas.registros.pagamento(lote.registro_ans, one)
        if paid is None:
            raise NaoEncontradoError(one)
        periodo = Periodo(registro_ans=lote.registro_ans, data=paid.data)
        made = demonstrar_pagamentos(lote.prestador_id, [paid], periodo, portas, tipo=lote.tipo)
        yield f"pagamento-{paid.data}-{paid.demonstrativo}.{lote.formato}", escrever(made, lote)


def _days(registro_ans: str, month: str) -> Periodo:
    return Periodo(registro_ans=registro_ans, competencia=month)
