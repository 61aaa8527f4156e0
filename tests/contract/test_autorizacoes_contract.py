"""`autorizacao.service.portas.Autorizacoes`: the fake and DynamoDB, one suite; and what only tables can show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from autorizacao.dynamodb import chaves
from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.dynamodb.imagens import imagem
from autorizacao.service.portas import Guardada, Mudanca, Ponteiro
from conecta_edge.dynamodb import ConditionFailedError, put, unmarshal
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import (
    Ato,
    Autorizacao,
    Evento,
    Marco,
    MotivoNegativa,
    Origem,
    Papel,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.errors import MudouError
from conecta_senhas.eventos import FATOS
from conecta_senhas.solicitacoes import (
    DocumentoAnexado,
    Profissional,
    Remocao,
    Tipo,
    TipoAnexo,
)
from conecta_senhas_aws.chaves import AUTORIZACAO as ESTADO
from conecta_senhas_aws.chaves import COMPLEMENTO, DETALHE, guia_pk, identity
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from tests.builders_autorizacao import (
    AMANHA,
    AUDITORIA,
    CENTRAL,
    DROGA,
    GUIA,
    NUMERO,
    ONTEM,
    PRESTADOR,
    VALIDADE,
    a_pending,
    a_removal,
    a_request,
    a_stay,
    a_stay_authorization,
    an_annex,
    an_asked,
    an_authorization,
    an_item,
    an_opme,
    an_urgencia,
    in_analysis,
    in_situation,
)
from tests.builders_cadastro import CARTEIRA, CPF, HEMOGRAMA, HOJE, NOME, OUTRA_CARTEIRA
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import AUTORIZACAO, Engine
from tests.fakes import Kept
from tests.fakes_autorizacao import FakeAutorizacoes
from tests.fakes_cadastro import PSEUDONIMOS

ENGINES = [FAKE, EMBEDDED]
"""Moto takes a second for what the embedded AWS does in a tenth: this suite is too large for it."""
REAL = pytest.mark.parametrize("engine_name", [EMBEDDED])
OUTRO = "26110000002"
TERCEIRO = "26110000003"
NOVEMBRO = "202611"


class Observed:
    """A DynamoDB client that keeps what is written."""

    def __init__(self, client: Any) -> None:
        self._client, self.written = client, list[dict[str, Any]]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **call: Any) -> Any:
        for action in call["TransactItems"]:
            ((_, held),) = action.items()
            row = unmarshal(held.get("Item") or held["Key"])
            given = unmarshal(held.get("ExpressionAttributeValues", {}))
            self.written.append({**row, "alterado": list(given.values())} if "Key" in held else row)
        return self._client.transact_write_items(**call)


@dataclass
class Subject:
    """The port under test, what it told, and a way to keep an answer.

    Attributes:
        told: (event, entity, dados, correlacao) of a prestador, in the order of the entity's timeline.
        keep: transaction actions that keep an answer under a name; they lose against the first of that name.
        kept: names under which something is kept.
    """

    port: Any
    told: Callable[[str], Sequence[tuple[str, str, Mapping[str, Any], str]]]
    keep: Callable[[str], Sequence[Any]]
    kept: Callable[[], set[str]]
    client: Any = None
    table: str = ""

    def add(self, row: Guardada, **rest: Any) -> Guardada:
        """Write a new authorization."""
        solto = rest.pop("solto", None)
        given: dict[str, Any] = {"now": NOW, "correlacao": "corr-1", "digest": "d1", **rest}
        self.port.write([Mudanca(None, row, solto)], **given)
        return row

    def change(self, before: Guardada, after: Autorizacao, **rest: Any) -> Guardada:
        """Write what became of one."""
        row = replace(before, autorizacao=after)
        self.port.write([Mudanca(before, row)], now=NOW, correlacao="corr-2", **rest)
        return row

    def of(self, row: Guardada) -> Guardada:
        """As it is stored."""
        held = row.autorizacao
        found: Guardada | None = self.port.get(held.solicitacao.registro_ans, held.numero)
        assert found is not None
        return found


@pytest.fixture
def subject(engine: Engine | None) -> Iterator[Subject]:
    if engine is None:
        yield from fake()
        return
    table, answers = engine.table("autorizacao", chaves=AUTORIZACAO), engine.table("idempotencia")
    client = Observed(engine.dynamodb)

    def told(prestador: str) -> list[tuple[str, str, Mapping[str, Any], str]]:
        events = [json.loads(row["evento"]) for row in engine.outbox(table, prestador)]
        assert len({event["id"] for event in events}) == len(events)
        assert {event["prestador_id"] for event in events} <= {prestador}
        return sorted(
            ((event["tipo"], event["entidade"], event["dados"], event["correlacao"]) for event in events), key=str
        )

    yield Subject(
        DynamoAutorizacoes(client, table, PSEUDONIMOS),
        told,
        lambda name: (put(answers, {"pk": "r", "sk": name}, "attribute_not_exists(pk)"),),
        lambda: {row["sk"] for row in engine.rows(answers, "r")},
        client,
        table,
    )
    judge_rows(client.written)


def fake() -> Iterator[Subject]:
    port = FakeAutorizacoes()
    kept: set[str] = set()

    def told(prestador: str) -> list[tuple[str, str, Mapping[str, Any], str]]:
        mine = [(where, sent) for where, sent in port.events.items() if sent.prestador_id == prestador]
        return sorted(
            ((sent.tipo, where.rpartition("/")[0], sent.dados, sent.correlacao) for where, sent in mine), key=str
        )

    def keep(name: str) -> Sequence[Any]:
        return (Kept(lambda: name not in kept, partial(kept.add, name)),)

    yield Subject(port, told, keep, lambda: set(kept))


PESSOAIS = (CARTEIRA, OUTRA_CARTEIRA, CPF, NOME, *NOME.split()[:2])
UMA_UNIDADE = 1024


def judge_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Whatever was written by whatever test: nothing personal but in `DETALHE`, and a state that one unit pays for."""
    for row in rows:
        said = str({name: value for name, value in row.items() if name != "dados"})
        assert not [value for value in PESSOAIS if value in said], said
        if row["sk"] == ESTADO:
            assert len(said) < UMA_UNIDADE
        if row["sk"] != DETALHE:
            assert "dados" not in row


def born(held: Autorizacao, quando: datetime = NOW, evento: Evento = Evento.SOLICITADA) -> Autorizacao:
    """An authorization with the first entry of its timeline."""
    vez_de, ate = held.turn()
    marco = Marco(
        evento=evento, papel=Papel.PRESTADOR, quem="pessoa-1", quando=quando, situacao=held.situacao, vez_de=vez_de,
        ate=ate,
    )  # fmt: skip
    return replace(held, historico=(marco,))


def a_row(
    held: Autorizacao | None = None, *, carteira: str | None = None, nome: str | None = NOME, quando: datetime = NOW,
    **changes: Any,
) -> Guardada:  # fmt: skip
    """An authorization to be stored, of the carteira it was asked with."""
    made = born(replace(held or an_authorization(), **changes), quando)
    registro = made.solicitacao.registro_ans
    vida = PSEUDONIMOS.carteira(registro, carteira or made.solicitacao.carteira)
    return Guardada(made, vida, nome=PSEUDONIMOS.nome(registro, nome) if nome else None)


def of_guia(guia: str, **changes: Any) -> dict[str, Any]:
    """The member of an authorization that says by which number of guia it was asked."""
    return {"solicitacao": a_request(numero_guia_prestador=guia, **changes)}


def numbers(rows: Sequence[Guardada]) -> list[str]:
    return [row.autorizacao.numero for row in rows]


# --- what is written is read ---

OPME = an_annex(TipoAnexo.OPME, an_opme(opcao="1"), an_opme(opcao="2"), justificativa="Prótese indicada")
QUIMIO = an_annex(TipoAnexo.QUIMIOTERAPIA, an_asked(DROGA, "1.50", tabela="20", data_provavel=AMANHA))
RADIO = an_annex(TipoAnexo.RADIOTERAPIA, data_provavel=AMANHA)
NEGATIVA = MotivoNegativa(codigo="1410", texto="Em carência.", base="Lei 9.656/1998")
EVERYTHING = a_request(
    an_asked(dente="11", face="OM", valor=Decimal("10.50"), quantidade="1.25"),
    profissional=Profissional(nome="Profissional Exemplo", conselho="06", numero="1", uf="ES", cbo="225125"),
    carater=CaraterAtendimento.URGENCIA_EMERGENCIA, atendimento_rn=True, nascimento_rn=ONTEM, executante=CLINICA,
    anexos=(OPME, QUIMIO, RADIO), documentos=(DocumentoAnexado(documento_id="u1", tipo="02", cotacao=True),),
    indicador_opme=True, data_atendimento=AMANHA, cids=("C50", "C51"), cod_validacao="123",
    remocao=Remocao(origem="UPA", destino="Hospital"), observacao="Observação — ção",
)  # fmt: skip
KINDS: Mapping[str, Autorizacao] = {
    **{situacao.value: in_situation(situacao) for situacao in Situacao},
    "everything": an_authorization(
        an_item(1, "1.25", valor_autorizado=Decimal("9.99"), faturada=Decimal("0.25")),
        an_item(2, solicitado=an_opme(), situacao=SituacaoItem.ALTERNATIVA, autorizada=Decimal(0)),
        an_item(3, solicitado=QUIMIO.itens[0], anexo=TipoAnexo.QUIMIOTERAPIA, data_prevista=AMANHA, data_pedida=HOJE),
        in_analysis(4, motivos=(NEGATIVA,)),
        solicitacao=EVERYTHING, motivos=(NEGATIVA,), origem=Origem.CENTRAL,
    ),
    "pending": a_pending(
        Situacao.AGUARDANDO_DOCUMENTO,
        pendencias=(
            Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02", quantidade=2),
            Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotação"),
        ),
    ),
    "stay": a_stay_authorization(admissao=ONTEM, alta=HOJE, motivo_alta="11"),
    "removal": an_authorization(an_item(solicitado=a_removal().itens[0]), solicitacao=a_removal()),
    "dental": an_authorization(solicitacao=a_request(an_asked(regiao="ASAI"), tipo=Tipo.ODONTOLOGIA)),
    "complement": an_authorization(principal=OUTRO),
    "replaced": in_situation(Situacao.CANCELADA, substituida_por=OUTRO),
    "being replaced": an_authorization(substituicao=OUTRO),
    "that replaces": an_authorization(substitui=OUTRO),
    "legacy": an_authorization(origem=Origem.LEGADO, prestador_id=CLINICA, senha=NUMERO),
    "nobody's": in_situation(Situacao.NEGADA, senha=None, protocolo="261140000009"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_authorization_is_read_back_as_it_was_written(subject: Subject, kind: str) -> None:
    row = subject.add(a_row(KINDS[kind]))
    held = row.autorizacao
    assert subject.port.get(VALE, NUMERO) == row
    assert subject.port.many(VALE, [NUMERO]) == [row]
    assert subject.port.by_guia(held.prestador_id, VALE, GUIA) == row


def test_what_nobody_wrote_is_absent(subject: Subject) -> None:
    subject.add(a_row())
    assert subject.port.get(VALE, OUTRO) is None
    assert subject.port.get(PASA, NUMERO) is None
    assert subject.port.many(VALE, [OUTRO, NUMERO, OUTRO]) == [None, a_row(), None]
    assert subject.port.many(VALE, []) == []
    assert subject.port.by_guia(HOSPITAL, VALE, "GP-9") is None
    assert subject.port.by_guia(CLINICA, VALE, GUIA) is None
    assert subject.port.by_guia(HOSPITAL, PASA, GUIA) is None


def test_many_are_as_many_as_are_asked_for(subject: Subject) -> None:
    numeros = [f"2611{n:010d}" for n in range(60)]
    for numero in numeros:
        subject.add(a_row(numero=numero, **of_guia(f"GP-{numero}")))
    assert numbers(subject.port.many(VALE, numeros[::-1])) == numeros[::-1]


# --- conditions ---


def test_a_numero_is_given_once(subject: Subject) -> None:
    subject.add(a_row())
    with pytest.raises(MudouError):
        subject.add(a_row(**of_guia("GP-2")))
    assert subject.port.by_guia(HOSPITAL, VALE, "GP-2") is None
    subject.add(a_row(solicitacao=a_request(registro_ans=PASA)))  # of another operadora it is another number


def test_a_number_of_guia_is_of_one_authorization_of_a_prestador_at_an_operadora(subject: Subject) -> None:
    first = subject.add(a_row())
    with pytest.raises(MudouError):
        subject.add(a_row(numero=OUTRO))
    assert subject.port.get(VALE, OUTRO) is None
    subject.add(a_row(numero=OUTRO, prestador_id=CLINICA))
    subject.add(a_row(numero=TERCEIRO, solicitacao=a_request(registro_ans=PASA)))
    assert subject.port.by_guia(HOSPITAL, VALE, GUIA) == first


def test_a_number_that_was_let_go_is_taken_by_one_and_not_by_two(subject: Subject) -> None:
    subject.add(a_row(in_situation(Situacao.NEGADA)))
    second = subject.add(a_row(numero=OUTRO), solto=NUMERO)
    assert subject.port.by_guia(HOSPITAL, VALE, GUIA) == second
    with pytest.raises(MudouError):
        subject.add(a_row(numero=TERCEIRO), solto=NUMERO)
    assert subject.port.get(VALE, TERCEIRO) is None


def test_a_number_that_nobody_holds_any_more_may_be_named_as_let_go(subject: Subject) -> None:
    assert subject.of(subject.add(a_row(), solto="26110000009")) == a_row()


def call(held: Autorizacao, ato: Ato = CENTRAL) -> Autorizacao:
    return transicoes.register_call(held, ato)


def test_an_act_is_written_on_what_was_read_or_not_at_all(subject: Subject) -> None:
    first = subject.add(a_row())
    subject.change(first, transicoes.cancel(first.autorizacao, (), PRESTADOR)[0])
    with pytest.raises(MudouError):
        subject.change(first, call(first.autorizacao))
    held = subject.of(first).autorizacao
    assert (held.situacao, held.versao) == (Situacao.CANCELADA, 2)
    assert [marco.evento for marco in held.historico] == [Evento.SOLICITADA, Evento.CANCELADA]
    assert len(subject.told(HOSPITAL)) == 2


def test_what_does_not_exist_is_not_changed(subject: Subject) -> None:
    ghost = a_row()
    with pytest.raises(MudouError):
        subject.change(ghost, call(ghost.autorizacao))
    assert subject.port.get(VALE, NUMERO) is None


def test_several_are_written_together_or_none(subject: Subject) -> None:
    one, two = subject.add(a_row()), subject.add(a_row(numero=OUTRO, **of_guia("GP-2")))
    subject.change(two, call(two.autorizacao))
    both = [Mudanca(row, replace(row, autorizacao=call(row.autorizacao))) for row in (one, two)]
    with pytest.raises(MudouError):
        subject.port.write(both, now=NOW, correlacao="c")
    assert subject.of(one) == one
    both[1] = Mudanca(subject.of(two), replace(two, autorizacao=call(subject.of(two).autorizacao)))
    subject.port.write(both, now=NOW, correlacao="c")
    assert [subject.of(row).autorizacao.versao for row in (one, two)] == [2, 3]


def test_every_state_may_follow_every_other_as_it_was_read(subject: Subject) -> None:
    row = subject.add(a_row(a_pending(Situacao.AGUARDANDO_DOCUMENTO, responder_ate=HOJE)))
    row = subject.change(row, transicoes.resume(row.autorizacao, AUDITORIA))
    row = subject.change(
        row,
        transicoes.decide(
            row.autorizacao, [transicoes.Voto(sequencia=1, quantidade=Decimal(1))], AUDITORIA, senha=NUMERO,
            validade=VALIDADE,
        ),
    )  # fmt: skip
    row = subject.change(row, transicoes.cancel(row.autorizacao, (), PRESTADOR)[0])
    assert subject.of(row) == row
    assert row.autorizacao.versao == 4


# --- kept answers ---


def test_an_answer_is_kept_with_the_effect(subject: Subject) -> None:
    row = subject.add(a_row(), guardar=subject.keep("k1"))
    subject.change(row, call(row.autorizacao), guardar=subject.keep("k2"))
    assert subject.kept() == {"k1", "k2"}


def test_an_answer_that_is_kept_already_is_lost_with_its_effect_and_said_to_be_so(subject: Subject) -> None:
    row = subject.add(a_row(), guardar=subject.keep("k1"))
    with pytest.raises(ConditionFailedError):
        subject.change(row, call(row.autorizacao), guardar=subject.keep("k1"))
    with pytest.raises(ConditionFailedError):
        subject.add(a_row(numero=OUTRO, **of_guia("GP-2")), guardar=subject.keep("k1"))
    assert subject.of(row) == row
    assert subject.port.get(VALE, OUTRO) is None


def test_what_changed_meanwhile_is_looked_at_before_the_answer_that_is_kept(subject: Subject) -> None:
    row = subject.add(a_row(), guardar=subject.keep("k1"))
    subject.change(row, call(row.autorizacao))
    with pytest.raises(MudouError):
        subject.change(row, call(row.autorizacao), guardar=subject.keep("k1"))
    with pytest.raises(MudouError):
        subject.change(row, call(row.autorizacao), guardar=subject.keep("k2"))
    assert subject.kept() == {"k1"}


# --- complements ---


def with_child(subject: Subject, parent: Guardada, numero: str) -> Guardada:
    """Ask something on a parent, as `pedidos` does."""
    moved = replace(
        parent,
        autorizacao=replace(parent.autorizacao, versao=parent.autorizacao.versao + 1),
        complementos=(*parent.complementos, numero),
    )
    child = a_row(numero=numero, principal=parent.autorizacao.numero, **of_guia(f"GP-{numero}"))
    subject.port.write([Mudanca(None, child), Mudanca(parent, moved)], now=NOW, correlacao="c", digest="d")
    return subject.of(parent)


def test_a_parent_knows_what_was_asked_on_it(subject: Subject) -> None:
    parent = with_child(subject, with_child(subject, subject.add(a_row()), TERCEIRO), OUTRO)
    assert parent.complementos == (OUTRO, TERCEIRO)
    assert parent.autorizacao.versao == 3
    assert len(parent.autorizacao.historico) == 1
    (alone,) = subject.port.many(VALE, [NUMERO])
    assert alone == replace(parent, complementos=())
    assert subject.told(HOSPITAL)[0][0] == "AutorizacaoSolicitada"
    assert len(subject.told(HOSPITAL)) == 3


def test_an_act_on_a_parent_loses_none_of_its_complements(subject: Subject) -> None:
    parent = with_child(subject, subject.add(a_row()), OUTRO)
    changed = subject.change(parent, call(parent.autorizacao))
    assert subject.of(parent) == changed
    (alone,) = subject.port.many(VALE, [NUMERO])
    subject.change(alone, call(alone.autorizacao))  # read without them
    parent = with_child(subject, subject.of(parent), TERCEIRO)
    assert parent.complementos == (OUTRO, TERCEIRO)
    assert (parent.autorizacao.versao, len(parent.autorizacao.historico)) == (5, 3)


def test_who_was_ending_a_parent_meanwhile_must_look_again(subject: Subject) -> None:
    parent = subject.add(a_row())
    with_child(subject, parent, OUTRO)
    with pytest.raises(MudouError):
        subject.change(parent, transicoes.cancel(parent.autorizacao, (), PRESTADOR)[0])
    with pytest.raises(MudouError):
        with_child(subject, parent, TERCEIRO)
    assert subject.port.get(VALE, TERCEIRO) is None


# --- lists ---


def test_each_party_finds_it_in_the_list_of_its_month_newest_first(subject: Subject) -> None:
    asked = a_request(solicitante=HOSPITAL, executante=CLINICA)
    for n, (numero, quando) in enumerate(
        [
            (NUMERO, NOW),
            (OUTRO, NOW + timedelta(seconds=1)),
            (TERCEIRO, datetime(2026, 12, 1, 2, 59, tzinfo=UTC)),  # still November in São Paulo
            ("26120000001", datetime(2026, 12, 1, 3, 0, tzinfo=UTC)),
        ]
    ):
        solicitacao = replace(asked, numero_guia_prestador=f"GP-{n}")
        subject.add(a_row(numero=numero, quando=quando, prestador_id="terceiro", solicitacao=solicitacao))
    for party in (HOSPITAL, CLINICA, "terceiro"):
        page = subject.port.of_month(party, NOVEMBRO, None, 10)
        assert (numbers(page.itens), page.posicao) == ([TERCEIRO, OUTRO, NUMERO], None)
        assert numbers(subject.port.of_month(party, "202612", None, 10).itens) == ["26120000001"]
    assert numbers(subject.port.of_month("alheio", NOVEMBRO, None, 10).itens) == []


def test_a_new_executante_finds_it_in_the_month_it_was_asked_in_and_the_first_one_still(subject: Subject) -> None:
    row = subject.add(a_row())
    later = replace(CENTRAL, quando=NOW + timedelta(days=40), hoje=HOJE + timedelta(days=40))
    moved = subject.change(row, transicoes.change_executante(row.autorizacao, CLINICA, later))
    back = subject.change(moved, transicoes.change_executante(moved.autorizacao, HOSPITAL, later))
    again = subject.change(back, transicoes.change_executante(back.autorizacao, CLINICA, later))
    for party in (HOSPITAL, CLINICA):
        assert subject.port.of_month(party, NOVEMBRO, None, 10).itens == [again]
        assert not subject.port.of_month(party, "202612", None, 10).itens


@REAL
def test_the_row_says_whose_it_is_what_is_left_of_it_and_who_left_it(subject: Subject) -> None:
    asked = replace(a_stay(), solicitante="terceiro", executante=CLINICA)
    row = subject.add(a_row(a_stay_authorization(admissao=HOJE, principal=OUTRO, solicitacao=asked)))

    def told(*names: str) -> list[Any]:
        key = {"pk": {"S": guia_pk(VALE, NUMERO)}, "sk": {"S": ESTADO}}
        held = subject.client.get_item(TableName=subject.table, Key=key, ConsistentRead=True)["Item"]
        event = imagem(unmarshal(held))
        assert event is not None
        return [event.dados[name] for name in names]

    assert told("principal", "internado", "esgotada") == [OUTRO, True, False]
    assert told("prestadores", "antigos") == [[CLINICA, HOSPITAL, "terceiro"], []]
    moved = subject.change(row, transicoes.change_executante(row.autorizacao, "quarto", CENTRAL))
    assert told("prestadores", "antigos") == [[HOSPITAL, "quarto", "terceiro"], [CLINICA]]
    subject.change(moved, transicoes.change_executante(moved.autorizacao, CLINICA, CENTRAL))
    assert told("prestadores", "antigos") == [[CLINICA, HOSPITAL, "terceiro"], ["quarto"]]


def pages(ask: Callable[[Any, int], Any], limite: int) -> list[list[str]]:
    """Numbers, page by page."""
    found, position = [], None
    while True:
        page = ask(position, limite)
        found.append(numbers(page.itens))
        position = page.posicao
        if position is None:
            return found


def test_lists_come_in_pages(subject: Subject) -> None:
    for n in range(5):
        subject.add(a_row(numero=f"2611000000{n}", quando=NOW + timedelta(minutes=n), **of_guia(f"GP-{n}")))
    expected = [f"2611000000{n}" for n in range(4, -1, -1)]
    found = pages(lambda position, limite: subject.port.of_month(HOSPITAL, NOVEMBRO, position, limite), 2)
    assert [one for page in found for one in page] == expected
    assert all(len(page) <= 2 for page in found)
    found = pages(lambda position, limite: subject.port.by_name(VALE, NOME, position, limite), 2)
    assert [one for page in found for one in page] == expected


def waiting(numero: str, responder_ate: date | None, *, urgente: bool = False) -> Guardada:
    asked = (an_urgencia if urgente else a_request)(numero_guia_prestador=f"GP-{numero}")
    return a_row(a_pending(numero=numero, solicitacao=asked, responder_ate=responder_ate))


def test_what_waits_comes_urgency_first_and_then_by_the_day_of_the_answer(subject: Subject) -> None:
    for row in (
        waiting("1", AMANHA), waiting("2", HOJE), waiting("3", None), waiting("4", AMANHA, urgente=True),
        waiting("5", HOJE, urgente=True), waiting("6", HOJE),
    ):  # fmt: skip
        subject.add(row)
    found = pages(lambda position, limite: subject.port.worklist(VALE, "ANALISE", position, limite), 4)
    assert [one for page in found for one in page] == ["5", "4", "2", "6", "1", "3"]
    assert not subject.port.worklist(PASA, "ANALISE", None, 10).itens


def lists_of(subject: Subject) -> dict[str, list[str]]:
    return {
        fila: numbers(subject.port.worklist(VALE, fila, None, 10).itens) for fila in ("ANALISE", "PENDENTES", "DATAS")
    }


def test_what_moves_on_leaves_one_list_and_enters_another(subject: Subject) -> None:
    laudo = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
    row = subject.add(a_row(a_pending()))
    assert lists_of(subject) == {"ANALISE": [NUMERO], "PENDENTES": [], "DATAS": []}
    row = subject.change(row, transicoes.ask(row.autorizacao, (laudo,), AUDITORIA, ate=AMANHA))
    assert lists_of(subject) == {"ANALISE": [], "PENDENTES": [NUMERO], "DATAS": []}
    row = subject.change(row, transicoes.extend(row.autorizacao, CENTRAL, ate=AMANHA + timedelta(days=3)))
    assert lists_of(subject)["PENDENTES"] == [NUMERO]
    row = subject.change(row, transicoes.resume(row.autorizacao, AUDITORIA))
    assert lists_of(subject) == {"ANALISE": [NUMERO], "PENDENTES": [], "DATAS": []}
    subject.change(row, transicoes.withdraw(row.autorizacao, PRESTADOR))
    assert lists_of(subject) == {"ANALISE": [], "PENDENTES": [], "DATAS": []}


def test_a_day_that_is_asked_for_waits_until_it_is_decided(subject: Subject) -> None:
    row = subject.add(a_row(an_authorization(an_item(data_prevista=AMANHA), an_item(2, data_prevista=AMANHA))))
    for sequencia in (1, 2):
        dia = AMANHA + timedelta(days=sequencia)
        row = subject.change(row, transicoes.request_date(row.autorizacao, sequencia, dia, PRESTADOR))
    assert lists_of(subject) == {"ANALISE": [], "PENDENTES": [], "DATAS": [NUMERO]}
    row = subject.change(row, transicoes.decide_date(row.autorizacao, 1, AUDITORIA, approved=True))
    assert lists_of(subject)["DATAS"] == [NUMERO]
    subject.change(row, transicoes.decide_date(row.autorizacao, 2, AUDITORIA, approved=False))
    assert lists_of(subject) == {"ANALISE": [], "PENDENTES": [], "DATAS": []}


# --- lives ---


def test_a_life_is_found_by_the_number_it_was_asked_with(subject: Subject) -> None:
    first = a_row(solicitacao=a_request(data_solicitacao=ONTEM, data_atendimento=AMANHA))
    subject.add(first)
    subject.add(a_row(numero=OUTRO, **of_guia("GP-2", carteira="nova")))
    subject.add(a_row(numero=TERCEIRO, **of_guia("GP-3", carteira=OUTRA_CARTEIRA)))
    subject.add(a_row(solicitacao=a_request(registro_ans=PASA)))
    mine = Ponteiro(VALE, NUMERO, GUIA, ONTEM)
    assert subject.port.of_life(VALE, [CARTEIRA]) == [mine]
    assert subject.port.of_life(VALE, ["nova", CARTEIRA, "nova"]) == [Ponteiro(VALE, OUTRO, "GP-2", HOJE), mine]
    assert subject.port.of_life(PASA, [CARTEIRA]) == [Ponteiro(PASA, NUMERO, GUIA, HOJE)]
    assert subject.port.of_life(VALE, ["nobody"]) == []
    assert subject.port.of_life(VALE, []) == []


def test_a_life_is_found_by_first_and_last_name_whatever_was_renumbered(subject: Subject) -> None:
    subject.add(a_row(solicitacao=a_request(data_solicitacao=ONTEM)))
    subject.add(a_row(numero=OUTRO, **of_guia("GP-2", carteira="nova")))
    subject.add(a_row(numero=TERCEIRO, nome="Outra Pessoa", **of_guia("GP-3")))
    subject.add(a_row(numero="26110000004", nome=None, **of_guia("GP-4")))

    def named(nome: str, registro: str = VALE) -> list[str]:
        return numbers(subject.port.by_name(registro, nome, None, 10).itens)

    first, *_, last = NOME.split()
    assert named(NOME) == named(f"{first} {last}") == named(f"  {first.upper()}  Ignorado  {last} ") == [OUTRO, NUMERO]
    assert named("outra pessoa") == [TERCEIRO]
    assert named(first) == named(NOME, PASA) == []


# --- events ---


def test_each_entry_of_the_timeline_is_told_once(subject: Subject) -> None:
    row = subject.add(a_row(a_pending()))
    laudo = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
    row = subject.change(row, transicoes.ask(row.autorizacao, (laudo,), AUDITORIA, ate=AMANHA))
    row = subject.change(row, transicoes.extend(row.autorizacao, CENTRAL, ate=AMANHA))
    row = subject.change(row, transicoes.extend(row.autorizacao, CENTRAL, ate=AMANHA))
    row = subject.change(row, transicoes.withdraw(row.autorizacao, PRESTADOR))
    told = subject.told(HOSPITAL)
    assert sorted(tipo for tipo, *_ in told) == sorted(FATOS[marco.evento] for marco in row.autorizacao.historico)
    assert {entity for _, entity, *_ in told} == {f"autorizacao/{VALE}/{NUMERO}"}
    by_type = {tipo: dados for tipo, _, dados, _ in told}
    assert by_type["AutorizacaoSolicitada"] == {
        "numero": NUMERO, "tipo": "SP_SADT", "situacao": "EM_ANALISE", "vez_de": "AUDITORIA",
        "ate": (HOJE + timedelta(days=7)).isoformat(), "prestadores": [HOSPITAL], "pedida_por": HOSPITAL,
    }  # fmt: skip
    assert by_type["PendenciaAberta"]["pedida_por"] is None
    assert by_type["AutorizacaoCancelada"]["vez_de"] is by_type["AutorizacaoCancelada"]["ate"] is None
    assert {correlacao for *_, correlacao in told} == {"corr-1", "corr-2"}


def test_two_entries_of_one_write_are_two_events(subject: Subject) -> None:
    row = subject.add(a_row())
    subject.change(row, call(call(row.autorizacao)))
    assert [tipo for tipo, *_ in subject.told(HOSPITAL)].count("AtendimentoRegistrado") == 2


def test_every_entry_has_a_name_to_be_told_by(subject: Subject) -> None:
    for n, evento in enumerate(Evento):
        made = a_row(numero=f"26110000{n}", **of_guia(f"GP-{n}"))
        subject.add(replace(made, autorizacao=born(made.autorizacao, evento=evento)))
    assert sorted(tipo for tipo, *_ in subject.told(HOSPITAL)) == sorted(FATOS[evento] for evento in Evento)


def test_a_list_that_moves_nothing_tells_nothing(subject: Subject) -> None:
    row = subject.add(a_row())
    subject.port.write([Mudanca(row, row, proximo=AMANHA)], now=NOW, correlacao="c")
    assert subject.of(row) == row
    assert len(subject.told(HOSPITAL)) == 1


# --- what only tables can show ---


def due(subject: Subject) -> dict[str, str]:
    """Numero and day of whatever is in the index of what is due."""
    found = {}
    for shard in range(chaves.SHARDS):
        answer = subject.client.query(
            TableName=subject.table, IndexName=chaves.VENCIMENTO, KeyConditionExpression="vencimento_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": chaves.vencimento_pk(shard)}},
        )  # fmt: skip
        for row in map(unmarshal, answer["Items"]):
            assert set(row) == {"pk", "sk", "vencimento_pk", "vencimento_sk"}
            dia, registro, numero = row["vencimento_sk"].split("#")
            assert identity(row["pk"]) == (registro, numero)
            found[numero] = dia
    return found


@REAL
def test_what_is_due_moves_with_every_act_and_ends_with_the_last(subject: Subject) -> None:
    row = subject.add(a_row(a_pending(responder_ate=AMANHA)))
    assert due(subject) == {NUMERO: (AMANHA + timedelta(days=1)).isoformat()}
    votos = [transicoes.Voto(sequencia=1, quantidade=Decimal(1))]
    row = subject.change(row, transicoes.decide(row.autorizacao, votos, AUDITORIA, senha=NUMERO, validade=VALIDADE))
    assert due(subject) == {NUMERO: (VALIDADE - timedelta(days=15)).isoformat()}
    subject.port.write([Mudanca(row, row, proximo=VALIDADE)], now=NOW, correlacao="c")
    assert due(subject) == {NUMERO: VALIDADE.isoformat()}
    subject.change(row, transicoes.cancel(row.autorizacao, (), PRESTADOR)[0])
    assert due(subject) == {}


@REAL
def test_what_was_billed_apart_is_read_from_the_row_that_bills_meet_in(subject: Subject) -> None:
    row = subject.add(a_row(an_authorization(an_item(quantidade=3), an_item(2))))
    subject.client.update_item(
        TableName=subject.table,
        Key={"pk": {"S": guia_pk(VALE, NUMERO)}, "sk": {"S": ESTADO}},
        UpdateExpression="SET versao = :v, situacao = :s, faturadas = :f",
        ExpressionAttributeValues={":v": {"N": "2"}, ":s": {"S": "UTILIZADA"}, ":f": {"M": {"1": {"N": "2"}}}},
    )
    held = subject.of(row).autorizacao
    assert (held.situacao, held.versao) == (Situacao.UTILIZADA, 2)
    assert [item.faturada for item in held.itens] == [Decimal(2), Decimal(0)]
    assert subject.port.many(VALE, [NUMERO])[0].autorizacao == held


@REAL
def test_what_counts_for_limits_follows_what_is_authorised(subject: Subject) -> None:
    asked = a_request(data_atendimento=AMANHA)
    row = subject.add(a_row(an_authorization(an_item(quantidade=3), in_analysis(2), solicitacao=asked)))

    def usos() -> list[Any]:
        (found,) = subject.port.life_rows(VALE, CARTEIRA)
        assert (found["numero"], found["guia"], found["dia"]) == (NUMERO, GUIA, AMANHA.isoformat())
        return [(uso["codigo"], uso["quantidade"]) for uso in found["usos"]]

    assert usos() == [(HEMOGRAMA, Decimal(3))]
    row = subject.change(row, transicoes.change_quantities(row.autorizacao, {1: Decimal(2)}, CENTRAL))
    assert usos() == [(HEMOGRAMA, Decimal(2))]
    row = subject.change(row, call(row.autorizacao))
    subject.change(row, transicoes.cancel(row.autorizacao, (), PRESTADOR)[0])
    assert usos() == []


@REAL
def test_what_counts_for_limits_counts_on_no_day_that_the_request_made_up(subject: Subject) -> None:
    subject.add(a_row(an_authorization(solicitacao=a_request(data_solicitacao=AMANHA - timedelta(days=900)))))
    (found,) = subject.port.life_rows(VALE, CARTEIRA)
    assert found["dia"] == HOJE.isoformat()


class HalfSeen:
    """A client whose first readings see some rows as they were before a transaction, and the others as after."""

    def __init__(self, client: Any, times: int, *before: tuple[str, dict[str, Any] | None]) -> None:
        self._client, self._times, self._before, self.readings = client, times, dict(before), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _seen(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.readings += 1
        if self.readings > self._times:
            return items
        known = [item for item in items if item["sk"]["S"] not in self._before]
        return known + [item for item in self._before.values() if item is not None]

    def query(self, **call: Any) -> Any:
        answer = self._client.query(**call)
        return {**answer, "Items": self._seen(answer["Items"])}

    def batch_get_item(self, **call: Any) -> Any:
        answer = self._client.batch_get_item(**call)
        return {**answer, "Responses": {name: self._seen(rows) for name, rows in answer["Responses"].items()}}


def raw(subject: Subject) -> dict[str, dict[str, Any]]:
    """The rows of the authorization, by sk, as DynamoDB keeps them."""
    answer = subject.client.query(
        TableName=subject.table, KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": guia_pk(VALE, NUMERO)}}, ConsistentRead=True,
    )  # fmt: skip
    return {item["sk"]["S"]: item for item in answer["Items"]}


@REAL
@pytest.mark.parametrize("late", [ESTADO, DETALHE])
def test_what_is_seen_half_written_is_read_again(subject: Subject, late: str) -> None:
    row = subject.add(a_row())
    before = raw(subject)
    cancelled = subject.change(row, transicoes.cancel(row.autorizacao, (), PRESTADOR)[0])
    asks: Sequence[Callable[[Any], Any]] = (
        lambda port: port.get(VALE, NUMERO),
        lambda port: port.many(VALE, [NUMERO, OUTRO])[0],
    )
    for ask in asks:
        client = HalfSeen(subject.client, 2, (late, before[late]))
        assert ask(DynamoAutorizacoes(client, subject.table, PSEUDONIMOS)) == cancelled
        assert client.readings == 3


@REAL
@pytest.mark.parametrize("late", [ESTADO, DETALHE])
def test_a_new_one_of_which_half_is_seen_is_read_again(subject: Subject, late: str) -> None:
    row = subject.add(a_row())
    client = HalfSeen(subject.client, 1, (late, None))
    assert DynamoAutorizacoes(client, subject.table, PSEUDONIMOS).get(VALE, NUMERO) == row


@REAL
def test_a_parent_is_not_believed_to_have_fewer_complements_than_it_has(subject: Subject) -> None:
    parent = with_child(subject, with_child(subject, subject.add(a_row()), TERCEIRO), OUTRO)
    client = HalfSeen(subject.client, 1, (f"{COMPLEMENTO}{OUTRO}", None))
    assert DynamoAutorizacoes(client, subject.table, PSEUDONIMOS).get(VALE, NUMERO) == parent


@REAL
def test_what_stays_half_seen_is_told_as_changing(subject: Subject) -> None:
    subject.add(a_row())
    asks: Sequence[Callable[[Any], Any]] = (lambda port: port.get(VALE, NUMERO), lambda port: port.many(VALE, [NUMERO]))
    for ask in asks:
        with pytest.raises(MudouError):
            ask(DynamoAutorizacoes(HalfSeen(subject.client, 99, (DETALHE, None)), subject.table, PSEUDONIMOS))


@REAL
def test_a_transaction_that_meets_another_is_told_as_changing(subject: Subject) -> None:
    class Meeting:
        def transact_write_items(self, **_call: Any) -> None:
            reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
            answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(answer, "TransactWriteItems")

    with pytest.raises(MudouError):
        DynamoAutorizacoes(Meeting(), subject.table, PSEUDONIMOS).write(
            [Mudanca(None, a_row())], now=NOW, correlacao="c"
        )


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_of_many_who_change_one_at_once_each_is_written_once(subject: Subject) -> None:
    row = subject.add(a_row())

    def act(_: int) -> bool:
        held = subject.of(row)
        try:
            subject.change(held, call(held.autorizacao))
        except MudouError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, range(40))).count(True)
    held = subject.of(row).autorizacao
    assert (held.versao, len(held.historico), len(subject.told(HOSPITAL))) == (done + 1, done + 1, done + 1)
    assert done >= 1


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_of_many_who_ask_with_one_number_of_guia_one_gets_it(subject: Subject) -> None:
    def ask(n: int) -> bool:
        try:
            subject.add(a_row(numero=f"261100001{n}"))
        except MudouError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))).count(True) == 1
    assert len(subject.port.of_month(HOSPITAL, NOVEMBRO, None, 20).itens) == 1
