"""What was paid is recorded, once per number; debits and credits wait for the next payment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_atos.portas import Chamador, keep_nothing
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo
from pagamento.domain import faturas as de_faturas
from pagamento.domain.cronograma import Defeito
from pagamento.domain.errors import (
    MudouError,
    NaoEncontradoError,
    PagamentoDiferenteError,
    PagamentoInvalidoError,
    VersaoDiferenteError,
)
from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.pagamentos import (
    FATURAS,
    Lancamento,
    Pagamento,
    Registro,
    SituacaoLancamento,
    conferir,
    liquidar,
    positivo,
)
from pagamento.service.faturas import find_faturas
from pagamento.service.portas import Fato, Mudanca

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conecta_atos.portas import Guardar
    from pagamento.domain.faturas import Fatura
    from pagamento.service.portas import Portas

ROUNDS: Final = 4
DESCONTOS: Final = 8
SISTEMA: Final = Chamador(quem="sistema")
"""What follows from an event."""


def register(registro: Registro, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing) -> Pagamento:
    """A payment is recorded with all it pays and settles, or not at all; the same one again is the one recorded.

    Raises:
        PagamentoInvalidoError: all that is wrong with it.
        PagamentoDiferenteError: its number is of another payment.
        NaoEncontradoError: there is no such prestador.
        MudouError: too many others did too many things at once: try again.
    """
    if wrong := _too_many(registro):
        raise PagamentoInvalidoError(wrong)
    # No fatura says of a credit alone whose it is.
    if not registro.itens and portas.cadastro.codigo(registro.prestador_id, registro.registro_ans) is None:
        text = "Este prestador não tem relacionamento com a operadora: confira o CNPJ ou o CPF."
        raise PagamentoInvalidoError([Defeito("prestador", "prestador-desconhecido", text)])
    made = Pagamento(
        numero=registro.numero, demonstrativo="", prestador_id=registro.prestador_id,
        registro_ans=registro.registro_ans, data=registro.data, forma=registro.forma, itens=registro.itens,
        descontos=registro.descontos, banco=registro.banco, agencia=registro.agencia, conta=registro.conta,
        quem=chamador.quem, registrado_em=portas.now,
    )  # fmt: skip
    for _ in range(ROUNDS):
        held = portas.registros.pagamento(registro.registro_ans, registro.numero)
        if held is not None:
            if not held.mesmo(made) or held.liquido != registro.valor_liquido:
                raise PagamentoDiferenteError
            return held
        ids = [one.fatura for one in registro.itens]
        found = find_faturas(registro.prestador_id, ids, portas, correlacao=chamador.correlacao)
        faturas = {name: one for name, one in found.items() if one.registro_ans == registro.registro_ans}
        named = [one.lancamento for one in registro.descontos if one.lancamento]
        read = [portas.registros.lancamento(registro.prestador_id, one) for one in named]
        lancamentos = {one.id: one for one in read if one and one.registro_ans == registro.registro_ans}
        if defects := conferir(made, registro.valor_liquido, faturas, lancamentos, portas.hoje):
            raise PagamentoInvalidoError(defects)
        made = replace(made, demonstrativo=made.demonstrativo or portas.registros.next_protocolo(portas.hoje))
        told = _paid(made, _over(made, faturas, portas, chamador), lancamentos.values())
        changes = [
            Mudanca(None, made),
            *(Mudanca(one, de_faturas.pagar(one, made.numero, made.data)) for one in faturas.values()),
            *(Mudanca(one, liquidar(one, made.numero)) for one in lancamentos.values()),
        ]
        try:
            portas.registros.write(
                changes, [told], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(made)
            )  # fmt: skip
        except MudouError:
            continue
        return made
    raise MudouError


def _too_many(registro: Registro) -> list[Defeito]:
    found = []
    if not registro.itens and not registro.descontos:
        found.append(Defeito("itens", "vazio", "Informe o que foi pago."))
    for name, many, most in (
        ("itens", len(registro.itens), FATURAS), ("descontos", len(registro.descontos), DESCONTOS),
    ):  # fmt: skip
        if many > most:
            found.append(Defeito(name, "demais", f"No máximo {most} por pagamento: divida-o em dois números."))
    return found


def _over(pagamento: Pagamento, faturas: Mapping[str, Fatura], portas: Portas, chamador: Chamador) -> list[str]:
    """PEGs of which nothing more is due: paid here; or paid here what came back of one that was worth nothing first."""
    first = [one.fatura for one in pagamento.itens if not faturas[one.fatura].parcela]
    later = sorted({one.protocolo for one in faturas.values()}.difference(first))
    found = find_faturas(pagamento.prestador_id, later, portas, correlacao=chamador.correlacao) if later else {}
    return [*first, *(one for one in later if one in found and found[one].situacao is SituacaoFatura.ENCERRADA)]


def _paid(pagamento: Pagamento, over: Sequence[str], lancamentos: Iterable[Lancamento]) -> Fato:
    return Fato(
        tipo="PagamentoRegistrado", registro_ans=pagamento.registro_ans, prestador_id=pagamento.prestador_id,
        entidade=f"pagamento/{pagamento.demonstrativo}", chave=pagamento.numero,
        dados={
            "numero": pagamento.numero, "demonstrativo": pagamento.demonstrativo, "data": pagamento.data.isoformat(),
            "valor_liquido": str(pagamento.liquido),
            "protocolos": list(over),
            "parcelas": [one.fatura for one in pagamento.itens if "-" in one.fatura],
            "recursos": [one.recurso for one in lancamentos if one.recurso],
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """A debit or credit as financeiro tells it; see `Lancamento`."""

    prestador_id: str
    registro_ans: str
    indicador: DebitoCreditoIndicador
    tipo: DebitoCreditoTipo
    valor: Decimal
    motivo: str
    fatura: str | None = None


def post_entry(pedido: Pedido, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing) -> Lancamento:
    """A debit or credit that waits for the next payment: of a PEG paid too much, for example.

    Raises:
        NaoEncontradoError: there is no such prestador, or it has no such fatura at this operadora.
        PagamentoInvalidoError: it is of nothing.
    """
    if wrong := [*positivo("valor", pedido.valor)]:
        raise PagamentoInvalidoError(wrong)
    if pedido.fatura is None:
        portas.cadastro.prestador(pedido.prestador_id)
    else:
        held = portas.registros.faturas(pedido.prestador_id, [pedido.fatura]).get(pedido.fatura)
        if held is None or held.registro_ans != pedido.registro_ans:
            raise NaoEncontradoError
    made = Lancamento(
        id=portas.registros.next_protocolo(portas.hoje), prestador_id=pedido.prestador_id,
        registro_ans=pedido.registro_ans, indicador=pedido.indicador, tipo=pedido.tipo, valor=pedido.valor,
        motivo=pedido.motivo, fatura=pedido.fatura, quem=chamador.quem, criado_em=portas.now,
    )  # fmt: skip
    _write_entry(None, made, "LancamentoRegistrado", chamador, portas, guardar=guardar)
    return made


def credit_recurso(
    prestador_id: str, registro_ans: str, recurso: str, valor: Decimal, portas: Portas, *, correlacao: str
) -> Lancamento:
    """What a recurso of before the migration gives back waits for the next payment (R07). Once more is the same.

    Raises:
        MudouError: somebody else is writing it now: try again.
    """
    # Protocolos are one space: that of the recurso is the id, so that no other credit of it can be.
    made = Lancamento(
        id=recurso, prestador_id=prestador_id, registro_ans=registro_ans, recurso=recurso,
        indicador=DebitoCreditoIndicador.CREDITO, tipo=DebitoCreditoTipo.AJUSTE_DE_PAGAMENTO_ANTERIOR, valor=valor,
        motivo=f"O recurso de glosa {recurso}, de contas do portal anterior, foi acatado.", quem=SISTEMA.quem,
        criado_em=portas.now,
    )  # fmt: skip
    sistema = replace(SISTEMA, correlacao=correlacao)
    try:
        _write_entry(None, made, "LancamentoRegistrado", sistema, portas, guardar=keep_nothing)
    except MudouError:
        held = portas.registros.lancamento(prestador_id, recurso)
        if held is None:
            raise
        return held
    return made


def find_entry(prestador_id: str, lancamento_id: str, portas: Portas) -> Lancamento:
    """One of a tenant.

    Raises:
        NaoEncontradoError: absent or foreign.
    """
    found = portas.registros.lancamento(prestador_id, lancamento_id)
    if found is None:
        raise NaoEncontradoError
    return found


def cancel_entry(
    lancamento: Lancamento, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing
) -> Lancamento:
    """An entry that no payment settled is taken back. Once more is the same.

    Raises:
        PagamentoInvalidoError: a payment settled it, or it is what a recurso gave back, which is owed.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: it changed meanwhile.
    """
    if lancamento.situacao is SituacaoLancamento.CANCELADO:
        return lancamento
    if lancamento.situacao is SituacaoLancamento.LIQUIDADO:
        text = f"O pagamento {lancamento.pagamento} já o liquidou: lance o contrário."
        raise PagamentoInvalidoError([Defeito("situacao", "lancamento-liquidado", text)])
    if lancamento.recurso is not None:
        text = f"É o que o recurso de glosa {lancamento.recurso} devolveu: pague-o, e para descontar lance o contrário."
        raise PagamentoInvalidoError([Defeito("recurso", "lancamento-de-recurso", text)])
    if chamador.versao is not None and chamador.versao != lancamento.versao:
        raise VersaoDiferenteError
    after = replace(lancamento, situacao=SituacaoLancamento.CANCELADO, versao=lancamento.versao + 1)
    _write_entry(lancamento, after, "LancamentoCancelado", chamador, portas, guardar=guardar)
    return after


def _write_entry(
    before: Lancamento | None, after: Lancamento, tipo: str, chamador: Chamador, portas: Portas, *,
    guardar: Guardar,
) -> None:  # fmt: skip
    told = Fato(
        tipo=tipo, registro_ans=after.registro_ans, prestador_id=after.prestador_id,
        entidade=f"lancamento/{after.id}", chave=str(after.versao),
        dados={
            "indicador": after.indicador.value, "tipo": after.tipo.value, "valor": str(after.valor),
            **({"recurso": after.recurso} if after.recurso else {}),
        },
    )  # fmt: skip
    portas.registros.write(
        [Mudanca(before, after)], [told], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(after)
    )
