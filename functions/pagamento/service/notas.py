"""A nota fiscal is sent and judged at once; a person of financeiro decides what no machine can (R05, R06, R07)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import keep_nothing
from pagamento.domain import faturas as de_faturas
from pagamento.domain import notas as de_notas
from pagamento.domain.cronograma import Defeito
from pagamento.domain.errors import (
    ArquivoIndisponivelError,
    FaturaSemEsperaError,
    MudouError,
    NaoEncontradoError,
    NotaImutavelError,
    NotaInvalidaError,
    ValoresNaoPublicadosError,
    VersaoDiferenteError,
)
from pagamento.domain.faturas import Fatura, Regras, SituacaoFatura
from pagamento.domain.notas import (
    Arquivo,
    Divergencia,
    Efeito,
    Esperado,
    Layout,
    Nota,
    NotaLida,
    SituacaoNota,
    completar,
    decidir,
)
from pagamento.service.faturas import as_of_now, find_faturas, regras
from pagamento.service.portas import Fato, Mudanca

if TYPE_CHECKING:
    from datetime import date

    from conecta_atos.portas import Chamador, Guardar
    from pagamento.service.portas import Portas

ROUNDS: Final = 4
FATURAS: Final = 50
"""That one nota may stand for."""
ARQUIVOS: Final = 5
XML: Final = "application/xml"
_MESMA: Final = ("faturas", "legados", "arquivos")
_FATOS: Final = {
    SituacaoNota.ENVIADA: "NotaFiscalRecebida",
    SituacaoNota.ACEITA: "NotaFiscalAceita",
    SituacaoNota.ACEITA_REAGENDADA: "NotaFiscalReagendada",
    SituacaoNota.RECUSADA: "NotaFiscalRecusada",
    SituacaoNota.CANCELADA: "NotaFiscalCancelada",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """A nota that somebody sends.

    Attributes:
        faturas: ids of what it stands for.
        legados: protocolos of before the migration (R07).
        uploads: of its files, one of them its XML when there is one.
        declarado: what the nota does not say itself: names and types of `NotaLida`.
    """

    registro_ans: str
    faturas: tuple[str, ...] = ()
    legados: tuple[str, ...] = ()
    uploads: tuple[str, ...]
    declarado: Mapping[str, Any] = field(default_factory=dict)


def find(prestador_id: str, nota_id: str, portas: Portas) -> Nota:
    """One of a tenant.

    Raises:
        NaoEncontradoError: absent or foreign.
    """
    found = portas.registros.nota(prestador_id, nota_id)
    if found is None:
        raise NaoEncontradoError
    return found


def find_of_operadora(registros: Collection[str], nota_id: str, portas: Portas) -> Nota:
    """One at one of some operadoras.

    Raises:
        NaoEncontradoError: absent, or of another operadora.
    """
    for registro in sorted(registros):
        prestador_id = portas.registros.prestador_da_nota(registro, nota_id)
        if prestador_id is not None:
            return find(prestador_id, nota_id, portas)
    raise NaoEncontradoError


def send(
    prestador_id: str, pedido: Pedido, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing
) -> Nota:
    """A nota is received and judged: accepted, accepted for a later payment, refused with its reasons, or looked at.

    What counts is the instant S3 stored the last of its files. The same files for the same faturas again are the nota
    that stands for them.

    Raises:
        NotaInvalidaError: it stands for nothing, or lacks what it must say.
        ArquivoIndisponivelError: one of its files cannot be used.
        NotaIlegivelError: its XML is none that anybody should read.
        NaoEncontradoError: a PEG is absent or foreign.
        ValoresNaoPublicadosError: of a PEG (R05).
        FaturaSemEsperaError: a PEG waits for no nota.
        MudouError: too many others did too many things at once: try again.
    """
    arquivos = _files(prestador_id, pedido, portas)
    xml = next((one for one in arquivos if one.formato == XML), None)
    lida = portas.ler_nota(portas.arquivos.ler(xml)) if xml else NotaLida(layout=Layout.DECLARADO)
    if lida.layout is Layout.DECLARADO:  # what an XML does not say nobody says for it: a person looks at it
        own = {"emitente": portas.cadastro.prestador(prestador_id).cnpj}
        lida = completar(completar(lida, pedido.declarado), own)
    if wrong := (*_missing(pedido, lida), *_legacy(pedido, portas)):
        raise NotaInvalidaError(wrong)
    nova = Nota(
        id=portas.registros.next_protocolo(portas.hoje), prestador_id=prestador_id, registro_ans=pedido.registro_ans,
        situacao=SituacaoNota.ENVIADA, faturas=pedido.faturas, legados=pedido.legados, lida=lida, arquivos=arquivos,
        recebida_em=max(one.recebido_em for one in arquivos), quem=chamador.quem, criada_em=portas.now,
    )  # fmt: skip
    for _ in range(ROUNDS):
        faturas = _awaited(prestador_id, pedido, portas, correlacao=chamador.correlacao)
        if (same := _sent_before(nova, faturas, portas)) is not None:
            return same
        judged = _judge(nova, faturas, portas)
        day = portas.local_day(nova.recebida_em)
        nota, after = _settled(judged, faturas, day, regras(pedido.registro_ans, portas))
        try:
            _write(None, nota, [*zip(faturas, after, strict=True)], chamador, portas, guardar=guardar)
        except MudouError:
            continue
        return nota
    raise MudouError


def _files(prestador_id: str, pedido: Pedido, portas: Portas) -> tuple[Arquivo, ...]:
    wrong = list(_malformed(pedido))
    if wrong:
        raise NotaInvalidaError(wrong)
    arquivos = tuple(portas.arquivos.arquivo(prestador_id, one) for one in pedido.uploads)
    for one in arquivos:
        if one.registro_ans != pedido.registro_ans:
            raise ArquivoIndisponivelError(one.upload_id, "OUTRA_OPERADORA")
    if sum(one.formato == XML for one in arquivos) > 1:
        raise NotaInvalidaError([Defeito("uploads", "mais-de-um-xml", "Envie o XML de uma nota só, e os PDFs dela.")])
    return arquivos


def _malformed(pedido: Pedido) -> Iterator[Defeito]:
    if not pedido.faturas and not pedido.legados:
        yield Defeito("protocolos", "sem-pegs", "Informe os protocolos dos PEGs que a nota cobra.")
    for name, ids, most in (
        ("protocolos", pedido.faturas, FATURAS), ("protocolos_legados", pedido.legados, FATURAS),
        ("uploads", pedido.uploads, ARQUIVOS),
    ):  # fmt: skip
        if len(ids) > most:
            yield Defeito(name, "demais", f"No máximo {most}.")
        if len(set(ids)) < len(ids):
            yield Defeito(name, "repetido", "O mesmo valor aparece mais de uma vez.")
    if not pedido.uploads:
        yield Defeito("uploads", "sem-arquivos", "Envie antes o XML ou o PDF da nota, com a finalidade nota_fiscal.")


def _missing(pedido: Pedido, lida: NotaLida) -> Iterator[Defeito]:
    if lida.layout is not Layout.DECLARADO:
        return
    for name in ("numero", "valor", "competencia"):
        if getattr(lida, name) is None:
            where = "declarado" if pedido.declarado else "declarado (não há XML que se leia)"
            yield Defeito(
                f"declarado.{name}", "obrigatorio", f"Informe {name} em {where}: o financeiro vai conferi-la."
            )


def _legacy(pedido: Pedido, portas: Portas) -> Iterator[Defeito]:
    if pedido.legados and portas.cadastro.operadora(pedido.registro_ans).data_migracao is None:
        text = "Esta operadora não tem portal anterior: informe os PEGs em protocolos."
        yield Defeito("protocolos_legados", "sem-portal-anterior", text)


def _awaited(prestador_id: str, pedido: Pedido, portas: Portas, *, correlacao: str) -> list[Fatura]:
    found = find_faturas(prestador_id, pedido.faturas, portas, correlacao=correlacao)
    early = []
    for one in pedido.faturas:
        if one in found:
            continue
        if portas.contas.peg(prestador_id, one.partition("-")[0]) is None:
            raise NaoEncontradoError
        early.append(one)
    if early:
        raise ValoresNaoPublicadosError(early)
    faturas = [found[one] for one in pedido.faturas]
    other = [one.id for one in faturas if one.registro_ans != pedido.registro_ans]
    if other:
        text = f"{', '.join(other)}: de outra operadora. Cada operadora tem a sua nota."
        raise NotaInvalidaError([Defeito("protocolos", "outra-operadora", text)])
    return faturas


def _sent_before(nova: Nota, faturas: Sequence[Fatura], portas: Portas) -> Nota | None:
    """The nota that stands for these very PEGs with these very files.

    Raises:
        FaturaSemEsperaError: one of them waits for no nota.
    """
    held = {one.nota for one in faturas}
    if not faturas and nova.marca:
        held = {portas.registros.titular_da_marca(nova.registro_ans, nova.marca)}
    for known in held:
        nota = portas.registros.nota(nova.prestador_id, known) if known else None
        if nota and all(set(getattr(nota, name)) == set(getattr(nova, name)) for name in _MESMA):
            return nota
    for one in faturas:
        if one.situacao is not SituacaoFatura.PENDENTE:
            raise FaturaSemEsperaError(one)
    return None


def _judge(nota: Nota, faturas: Sequence[Fatura], portas: Portas) -> Nota:
    lida, valor = nota.lida, sum((one.valor for one in faturas), Decimal("0.00"))
    prestador = portas.cadastro.prestador(nota.prestador_id)
    esperado = Esperado(
        emitente=prestador.cnpj or prestador.cpf,
        tomador=portas.cadastro.operadora(nota.registro_ans).cnpj,
        valor=None if nota.legados else valor,
        primeira_competencia=min((one.desde for one in faturas), default=""),
        hoje=portas.hoje,
    )
    found = [*de_notas.conferir(lida, esperado)]
    # Of another issuer's notas nobody learns here which there are.
    own = all(one.regra != "NF-EMITENTE" for one in found)
    if own and nota.marca and portas.registros.titular_da_marca(nota.registro_ans, nota.marca):
        repeated = Divergencia(
            regra="NF-REPETIDA", efeito=Efeito.RECUSA, campo="numero", visto=lida.numero,
            mensagem="Já existe aqui uma nota deste emitente com este número.",
            providencia="Se ela foi substituída, cancele a anterior; se é outra, confira o número.",
        )  # fmt: skip
        found.append(repeated)
    situacao = decidir(found, nota.legados)
    return replace(nota, valor_esperado=valor, divergencias=tuple(found), situacao=situacao)


def _settled(nota: Nota, faturas: Sequence[Fatura], day: date, by: Regras) -> tuple[Nota, list[Fatura]]:
    """The nota with its day of payment, and its faturas as they are with it."""
    refused = nota.situacao is SituacaoNota.RECUSADA

    def with_it(fatura: Fatura) -> Fatura:
        after = de_faturas.receber_nota(
            fatura, nota.id, day, by, conferida=nota.situacao is SituacaoNota.ACEITA
        )  # fmt: skip
        if not refused:
            return after
        # It changes nothing, unless it came in time and there is no time left to mend it; that is given once.
        left = de_faturas.soltar_nota(after, by, recusada=True)
        return replace(left, versao=after.versao) if left.reenvio_ate and not fatura.reenvio_ate else fatura

    after = [with_it(one) for one in faturas]
    if refused:
        return replace(nota, decidida_em=nota.criada_em), after
    return _accepted(nota, after) if nota.situacao is SituacaoNota.ACEITA else _dated(nota, after), after


def _accepted(nota: Nota, faturas: Sequence[Fatura]) -> Nota:
    late = any(one.reagendada for one in faturas)
    state = SituacaoNota.ACEITA_REAGENDADA if late else SituacaoNota.ACEITA
    return _dated(replace(nota, situacao=state, decidida_em=nota.decidida_em or nota.criada_em), faturas)


def _dated(nota: Nota, faturas: Sequence[Fatura]) -> Nota:
    days = [one.pagamento_em for one in faturas]
    known = [day for day in days if day is not None]
    return replace(nota, pagamento_em=max(known) if days and len(known) == len(days) else nota.pagamento_em)


def of_now(notas: Sequence[Nota], portas: Portas) -> list[Nota]:
    """With the days that their faturas are paid on as it is now: a new cronograma may have moved them (R04)."""
    of_each: dict[str, set[str]] = {}
    for one in notas:
        if one.viva:
            of_each.setdefault(one.prestador_id, set()).update(one.faturas)
    held = {
        (whose, fatura.id): fatura.paga_em or fatura.pagamento_em
        for whose, ids in of_each.items()
        for fatura in as_of_now([*portas.registros.faturas(whose, sorted(ids)).values()], portas)
    }

    def day(nota: Nota) -> date | None:
        days = [held.get((nota.prestador_id, one)) for one in nota.faturas]
        return max((one for one in days if one is not None), default=None) if all(days) else None

    return [replace(one, pagamento_em=day(one)) if one.viva and one.faturas else one for one in notas]


def accept(
    nota: Nota, chamador: Chamador, portas: Portas, *, pagamento_em: date | None = None, guardar: Guardar = keep_nothing
) -> Nota:
    """A person of financeiro accepts it: on time or not, by the instant it was stored. Once more is the same.

    Args:
        pagamento_em: day of payment of what is of before the migration only.

    Raises:
        NotaImutavelError: it is refused or cancelled.
        NotaInvalidaError: nothing tells when it is paid.
        MudouError: too many others did too many things at once: try again.
    """

    def passo(held: Nota, by: Regras) -> tuple[Nota, list[tuple[Fatura, Fatura]]] | None:
        if held.situacao in {SituacaoNota.ACEITA, SituacaoNota.ACEITA_REAGENDADA}:
            return None
        if held.situacao is not SituacaoNota.ENVIADA:
            raise NotaImutavelError(held.situacao)
        if not held.faturas and pagamento_em is None:
            text = "A nota é só de PEGs do portal anterior: informe o dia do pagamento."
            raise NotaInvalidaError([Defeito("pagamento_em", "obrigatorio", text)])
        before = _standing(held, portas)
        after = [de_faturas.aceitar_nota(one, by) for one in before]
        decided = replace(held, decidida_em=portas.now, decidida_por=chamador.quem, pagamento_em=pagamento_em)
        return _accepted(decided, after), [*zip(before, after, strict=True)]

    return _decide(nota, chamador, portas, passo, guardar)


def refuse(nota: Nota, chamador: Chamador, portas: Portas, *, motivo: str, guardar: Guardar = keep_nothing) -> Nota:
    """A person of financeiro refuses it, and says why; another may be sent. Once more is the same.

    Raises:
        NotaImutavelError: its issuer cancelled it, or it is paid.
        MudouError: too many others did too many things at once: try again.
    """
    return _decide(nota, chamador, portas, _undone(SituacaoNota.RECUSADA, motivo, chamador, portas), guardar)


def cancel(nota: Nota, chamador: Chamador, portas: Portas, *, motivo: str, guardar: Guardar = keep_nothing) -> Nota:
    """Its issuer cancelled it: its faturas wait for another, and what they kept of this one is gone.

    Raises:
        NotaImutavelError: it is refused, or paid.
        MudouError: too many others did too many things at once: try again.
    """
    return _decide(nota, chamador, portas, _undone(SituacaoNota.CANCELADA, motivo, chamador, portas), guardar)


Passo = Callable[[Nota, Regras], tuple[Nota, list[tuple[Fatura, Fatura]]] | None]
"""What an act makes of a nota and its faturas; `None` when it is done already."""


def _undone(state: SituacaoNota, motivo: str, chamador: Chamador, portas: Portas) -> Passo:
    def passo(held: Nota, by: Regras) -> tuple[Nota, list[tuple[Fatura, Fatura]]] | None:
        if held.situacao is state:
            return None
        if not held.viva:
            raise NotaImutavelError(held.situacao)
        before = _standing(held, portas)
        if any(one.situacao is SituacaoFatura.PAGA for one in before):
            raise NotaImutavelError(SituacaoFatura.PAGA)
        refused = state is SituacaoNota.RECUSADA
        after = [de_faturas.soltar_nota(one, by, recusada=refused) for one in before]
        decided = replace(
            held, situacao=state, decidida_em=portas.now, decidida_por=chamador.quem, motivo=motivo, pagamento_em=None
        )
        return decided, [*zip(before, after, strict=True)]

    return passo


def _standing(nota: Nota, portas: Portas) -> list[Fatura]:
    found = portas.registros.faturas(nota.prestador_id, nota.faturas)
    if any(one not in found or found[one].nota != nota.id for one in nota.faturas):
        raise MudouError
    return [found[one] for one in nota.faturas]


def _decide(nota: Nota, chamador: Chamador, portas: Portas, passo: Passo, guardar: Guardar) -> Nota:
    for _ in range(ROUNDS):
        made = passo(nota, regras(nota.registro_ans, portas))
        if made is None:
            return nota
        if chamador.versao is not None and chamador.versao != nota.versao:
            raise VersaoDiferenteError
        after, faturas = made
        after = replace(after, versao=nota.versao + 1)
        try:
            _write(nota, after, faturas, chamador, portas, guardar=guardar)
        except MudouError:
            nota = find(nota.prestador_id, nota.id, portas)
            continue
        return after
    raise MudouError


def _write(
    before: Nota | None, nota: Nota, faturas: Sequence[tuple[Fatura, Fatura]], chamador: Chamador, portas: Portas,
    *, guardar: Guardar,
) -> None:  # fmt: skip
    told = Fato(
        tipo=_FATOS[nota.situacao], registro_ans=nota.registro_ans, prestador_id=nota.prestador_id,
        entidade=f"nota/{nota.id}", chave=str(nota.versao),
        dados={
            "situacao": nota.situacao.value, "protocolos": list(nota.faturas), "legados": list(nota.legados),
            "pagamento_em": nota.pagamento_em.isoformat() if nota.pagamento_em else None,
            "divergencias": [one.regra for one in nota.divergencias],
        },
    )  # fmt: skip
    changed = [Mudanca(held, after) for held, after in faturas if after != held]
    portas.registros.write(
        [Mudanca(before, nota), *changed], [told], now=portas.now, correlacao=chamador.correlacao,
        guardar=guardar(nota),
    )  # fmt: skip
