"""Reception: a lote becomes one PEG, or leaves nothing but its report, whatever is repeated, raced or interrupted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_tiss.findings import Achado, Severidade
from peg.domain.errors import DocumentoMissingError, LoteNumberTakenError, PegNotFoundError
from peg.domain.lotes import LoteLido
from peg.domain.pegs import STATUS_PROTOCOLO, Documento, GuiaApresentada, Peg, SituacaoPeg
from peg.domain.rules import Contexto
from peg.service import recepcao as service
from peg.service.recepcao import Desfecho, Reception
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    HOSPITAL,
    NOW,
    PASA,
    VALE,
    XML,
    a_contexto,
    a_documento,
    a_lote,
    a_peg,
)
from tests.fakes import STORED, FakeArchive, FakePadrao, FakePegs, Interruption, ProcessDiedError

OUTRO = b"<loteB/>"


class World:
    """The three ports of reception, faked, with some lotes in the archive."""

    def __init__(self) -> None:
        self.pegs, self.archive, self.padrao = FakePegs(), FakeArchive(), FakePadrao()
        self.file(XML, a_lote())

    def file(self, content: bytes, lote: LoteLido, **where: Any) -> None:
        """Put a lote in the archive and teach the standard to read it."""
        self.archive.acervo.put(a_documento(content, **where).chave, content, STORED)
        self.padrao.lotes[content] = lote

    def receive(
        self,
        documento: Documento | None = None,
        contexto: Contexto | None = None,
        interruption: Interruption | None = None,
    ) -> Desfecho:
        ports: list[Any] = [self.pegs, self.archive, self.padrao]
        if interruption:
            ports = [interruption.wrap(port) for port in ports]
        return service.receive_lote(
            documento or a_documento(), contexto=contexto or a_contexto(), ports=Reception(*ports), now=NOW
        )

    def told(self) -> Counter[str]:
        return Counter(event.tipo for event in self.pegs.events.values())

    def answer(self, upload_id: str = "u1", suffix: str = "xml") -> bytes | None:
        return self.archive.acervo.content(f"t/{VALE}/{HOSPITAL}/respostas/{upload_id}.{suffix}")

    def report(self, upload_id: str = "u1") -> Any:
        """The report left beside an upload, None if there is none."""
        return json.loads(self.answer(upload_id, "json") or b"null")


@pytest.fixture
def world() -> World:
    return World()


def test_an_admissible_lote_becomes_a_visible_peg_with_its_guias_and_its_receipt(world: World) -> None:
    assert world.receive() == Desfecho("261120000001", repetido=False, achados=())
    peg = world.pegs.rows[HOSPITAL, "261120000001"]
    assert (peg.situacao, peg.versao) == (SituacaoPeg.RECEBIDO, 2)
    assert (peg.quantidade_guias, peg.valor_informado) == (3, Decimal("300.00"))
    assert (peg.numero_lote, peg.tipo_guia, peg.versao_tiss) == ("1", "guiaSP-SADT", "4.01.00")
    assert (peg.upload_id, peg.chave_xml, peg.codificacao_hash) == ("u1", a_documento().chave, "iso-8859-1")
    assert list(world.pegs.guia_rows[HOSPITAL, "261120000001"]) == [1, 2, 3]
    assert world.answer() == b"4.01.00 protocolo 261120000001 lote 1"
    assert world.archive.read(peg.chave_recebimento) == world.answer()
    assert world.report() is None
    assert world.told() == {"PegRecebido": 1}


def test_the_instant_of_reception_is_when_s3_stored_the_file_and_the_month_is_local(world: World) -> None:
    stored = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    hoje = (stored - timedelta(hours=3)).date()
    assert world.receive(a_documento(recebido_em=stored), a_contexto(hoje=hoje)).protocolo == "261120000001"
    peg = world.pegs.rows[HOSPITAL, "261120000001"]
    assert (peg.data_recepcao, peg.competencia) == (stored, "202611")


def test_a_lote_of_a_hundred_guias_is_received_whole(world: World) -> None:
    world.file(OUTRO, a_lote(guias=100, numero_lote="2"))
    world.receive(a_documento(OUTRO))
    assert len(world.pegs.guia_rows[HOSPITAL, "261120000001"]) == 100


def test_a_refused_lote_leaves_its_report_and_nothing_else(world: World) -> None:
    achados = (
        Achado("TISS-HASH", "5014", "O hash não confere.", caminho="/ans:mensagemTISS/ans:epilogo/ans:hash", linha=9),
        Achado("TISS-ITEM-VALOR", "1805", "O total do item não confere.", guia="1001", item=2),
    )
    world.file(OUTRO, a_lote(achados=achados, numero_lote="2"))
    assert world.receive(a_documento(OUTRO)) == Desfecho(None, repetido=False, achados=achados)
    assert (world.pegs.rows, world.pegs.lotes, world.pegs.guia_rows) == ({}, {}, {})
    assert world.answer() == b"4.01.00 erro 5014"
    assert world.report()["achados"][0] == {
        "regra": "TISS-HASH",
        "codigo": "5014",
        "mensagem": "O hash não confere.",
        "severidade": "RECUSA_LOTE",
        "guia": None,
        "item": None,
        "caminho": "/ans:mensagemTISS/ans:epilogo/ans:hash",
        "linha": 9,
    }
    assert [achado["item"] for achado in world.report()["achados"]] == [None, 2]
    (event,) = world.pegs.events.values()
    assert (event.tipo, event.dados) == ("LoteRecusado", {"upload_id": "u1", "achados": 2})


@pytest.mark.parametrize("versao", ["4.01.00", "4.03.00"])
def test_a_refusal_answers_in_the_senders_version(world: World, versao: str) -> None:
    world.file(OUTRO, a_lote(versao=versao, destino=PASA))
    de = a_contexto().versoes[0].aceita_de
    versoes = tuple(type(a_contexto().versoes[0])(aceita, de, None) for aceita in ("4.01.00", "4.03.00"))
    world.receive(a_documento(OUTRO), a_contexto(versoes=versoes))
    assert world.answer() == f"{versao} erro 5027".encode()


def test_a_lote_corrected_after_a_refusal_may_use_the_same_number(world: World) -> None:
    world.file(OUTRO, a_lote(destino=PASA))
    assert world.receive(a_documento(OUTRO, upload_id="u0")).protocolo is None
    assert world.receive().protocolo == "261120000001"


def test_a_glosa_at_a_guia_does_not_refuse_the_lote(world: World) -> None:
    glosa = Achado("TISS-DATA", "1323", "…", severidade=Severidade.GLOSA, guia="1001")
    world.file(OUTRO, a_lote(numero_lote="2", achados=(glosa,)))
    assert world.receive(a_documento(OUTRO)).protocolo == "261120000001"


def test_the_same_upload_again_is_the_same_protocolo_and_is_announced_once(world: World) -> None:
    first = world.receive()
    assert [world.receive() for _ in range(3)] == [first] * 3
    assert world.told() == {"PegRecebido": 1}
    assert len(world.pegs.rows) == 1


def test_an_upload_handed_over_again_says_again_what_it_became(world: World) -> None:
    first = world.receive()
    assert world.receive(a_documento(tentativa=2)) == first
    assert world.told() == {"PegRecebido": 1, "LoteRepetido": 1}


def test_a_refused_upload_handed_over_again_is_announced_again(world: World) -> None:
    world.file(OUTRO, a_lote(destino=PASA))
    for tentativa in (1, 1, 2):
        world.receive(a_documento(OUTRO, tentativa=tentativa))
    assert world.told() == {"LoteRecusado": 2}


def test_the_same_bytes_in_another_upload_are_the_same_protocolo_with_the_same_receipt(world: World) -> None:
    world.receive()
    assert world.receive(a_documento(upload_id="u2")) == Desfecho("261120000001", repetido=True, achados=())
    assert world.answer("u2") == world.answer("u1")
    assert len(world.pegs.rows) == 1
    assert {event.tipo: event.dados for event in world.pegs.events.values()} == {
        "PegRecebido": {"upload_id": "u1", "protocolo": "261120000001"},
        "LoteRepetido": {"upload_id": "u2", "protocolo": "261120000001"},
    }


@pytest.mark.parametrize(("versao", "codigo"), [("4.01.00", "5053"), ("4.03.00", "3268")])
def test_other_bytes_with_the_number_of_a_living_peg_are_refused(world: World, versao: str, codigo: str) -> None:
    world.receive()
    world.file(OUTRO, a_lote(versao=versao))
    de = a_contexto().versoes[0].aceita_de
    versoes = tuple(type(a_contexto().versoes[0])(aceita, de, None) for aceita in ("4.01.00", "4.03.00"))
    refused = world.receive(a_documento(OUTRO, upload_id="u2"), a_contexto(versoes=versoes))
    assert (refused.protocolo, [achado.codigo for achado in refused.achados]) == (None, [codigo])
    assert len(world.pegs.rows) == 1
    assert world.answer("u2") == f"{versao} erro {codigo}".encode()


def test_a_lote_number_belongs_to_one_prestador_at_one_operadora(world: World) -> None:
    for content, prestador_id, registro_ans in (
        (XML, HOSPITAL, VALE),
        (b"a clinica", CLINICA, VALE),
        (b"a outra operadora", HOSPITAL, PASA),
    ):
        world.file(content, a_lote(destino=registro_ans), prestador_id=prestador_id, registro_ans=registro_ans)
        documento = a_documento(content, upload_id=content.hex(), prestador_id=prestador_id, registro_ans=registro_ans)
        assert world.receive(documento, a_contexto(registro_ans=registro_ans)).protocolo is not None
    assert len(world.pegs.rows) == 3


def test_a_file_that_is_not_in_the_archive_is_asked_for_again(world: World) -> None:
    with pytest.raises(DocumentoMissingError):
        world.receive(a_documento(b"ainda nao chegou"))
    assert world.pegs.events == {}


def calls_of_a_reception() -> int:
    counted = Interruption(after=-1)
    World().receive(interruption=counted)
    return counted.calls


@pytest.mark.parametrize("after", range(1, calls_of_a_reception() + 1))
def test_an_interruption_anywhere_costs_nothing_but_a_retry(world: World, after: int) -> None:
    with pytest.raises(ProcessDiedError):
        world.receive(interruption=Interruption(after))
    visible = [peg for peg in world.pegs.rows.values() if peg.situacao is SituacaoPeg.RECEBIDO]
    assert len(visible) == (world.told()["PegRecebido"] == 1)
    prepared = [peg.protocolo for peg in world.pegs.rows.values()]
    outcome = world.receive()
    assert prepared in ([], [outcome.protocolo])
    assert len(world.pegs.rows) == 1
    assert world.told() == {"PegRecebido": 1}
    assert len(world.pegs.guia_rows[HOSPITAL, outcome.protocolo or ""]) == 3
    assert world.answer() == f"4.01.00 protocolo {outcome.protocolo} lote 1".encode()
    assert world.receive() == outcome


@pytest.mark.parametrize("after", range(1, calls_of_a_reception() + 1))
def test_another_upload_of_the_same_bytes_finishes_what_was_interrupted(world: World, after: int) -> None:
    with pytest.raises(ProcessDiedError):
        world.receive(interruption=Interruption(after))
    other = world.receive(a_documento(upload_id="u2"))
    again = world.receive(a_documento(tentativa=2))
    assert other.protocolo == again.protocolo
    assert len([peg for peg in world.pegs.rows.values() if peg.situacao is SituacaoPeg.RECEBIDO]) == 1
    assert world.told()["PegRecebido"] == 1
    assert world.answer("u1") == world.answer("u2")
    concluded = {event.dados["upload_id"] for event in world.pegs.events.values()}
    assert concluded == {"u1", "u2"}


def test_other_bytes_never_finish_what_was_interrupted(world: World) -> None:
    interrupted_after_prepare = next(
        after
        for after in range(1, calls_of_a_reception() + 1)
        if _interrupted(fresh := World(), after) and fresh.pegs.rows
    )
    _interrupted(world, interrupted_after_prepare)
    world.file(OUTRO, a_lote())
    assert world.receive(a_documento(OUTRO, upload_id="u2")).protocolo is None
    assert world.told() == {"LoteRecusado": 1}
    assert world.receive().protocolo == next(iter(world.pegs.rows.values())).protocolo


def _interrupted(world: World, after: int) -> bool:
    with pytest.raises(ProcessDiedError):
        world.receive(interruption=Interruption(after))
    return True


def test_a_peg_half_written_is_seen_by_nobody(world: World) -> None:
    for after in range(1, calls_of_a_reception()):
        fresh = World()
        _interrupted(fresh, after)
        assert fresh.pegs.month(HOSPITAL, "202611", None, 30).rows == []
        for _, protocolo in fresh.pegs.rows:
            with pytest.raises(PegNotFoundError):
                service.find_peg(prestador_id=HOSPITAL, protocolo=protocolo, pegs=fresh.pegs)


class DyingPegs(FakePegs):
    """A table that dies in the middle of writing the guias, once."""

    def __init__(self, written: int) -> None:
        super().__init__()
        self._written = written

    def add_guias(self, peg: Peg, guias: Sequence[GuiaApresentada]) -> None:
        written, self._written = self._written, len(guias)
        super().add_guias(peg, guias[:written])
        if written < len(guias):
            raise ProcessDiedError


@pytest.mark.parametrize("written", [0, 1, 2])
def test_an_interruption_between_two_guias_costs_nothing_but_a_retry(world: World, written: int) -> None:
    world.pegs = DyingPegs(written)
    with pytest.raises(ProcessDiedError):
        world.receive()
    assert world.pegs.month(HOSPITAL, "202611", None, 30).rows == []
    assert world.receive().protocolo == "261120000001"
    assert list(world.pegs.guia_rows[HOSPITAL, "261120000001"]) == [1, 2, 3]
    assert world.told() == {"PegRecebido": 1}


def test_many_deliveries_of_one_upload_at_once_make_one_peg(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(lambda _: world.receive(), range(16)))
    assert len(outcomes) == 1
    assert len(world.pegs.rows) == 1
    assert world.told() == {"PegRecebido": 1}


def test_many_uploads_of_the_same_bytes_at_once_are_one_peg(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: world.receive(a_documento(upload_id=f"u{n}")), range(16)))
    assert len({outcome.protocolo for outcome in outcomes}) == 1
    assert [outcome.repetido for outcome in outcomes].count(False) == 1
    assert world.told() == {"PegRecebido": 1, "LoteRepetido": 15}


def test_many_uploads_of_one_number_with_other_bytes_at_once_have_one_winner(world: World) -> None:
    contents = [f"<lote n={n}/>".encode() for n in range(16)]
    for content in contents:
        world.file(content, a_lote())
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda c: world.receive(a_documento(c, upload_id=c.hex())), contents))
    winners = [outcome for outcome in outcomes if outcome.protocolo]
    assert len(winners) == 1
    assert {achado.codigo for outcome in outcomes for achado in outcome.achados} == {"5053"}
    assert world.told() == {"PegRecebido": 1, "LoteRecusado": 15}


class RacingPegs(FakePegs):
    """A table in which somebody else always takes the number first."""

    def __init__(self, rounds: int, other: Peg) -> None:
        super().__init__()
        self._rounds, self._other = rounds, other

    def prepare(self, peg: Peg) -> None:
        self._rounds -= 1
        if self._rounds == 0:
            super().prepare(self._other)
        raise LoteNumberTakenError


def test_who_loses_the_number_looks_again_at_whose_bytes_have_it(world: World) -> None:
    world.pegs = RacingPegs(1, a_peg("261120000777", sha256="0" * 64))
    assert [achado.regra for achado in world.receive().achados] == ["LOTE-NUMERO"]
    world.pegs = RacingPegs(2, a_peg("261120000777"))
    assert world.receive().protocolo == "261120000777"


def test_who_loses_again_and_again_leaves_it_to_the_workflow_to_retry(world: World) -> None:
    world.pegs = RacingPegs(99, a_peg())
    with pytest.raises(LoteNumberTakenError):
        world.receive()


def test_a_number_held_by_a_peg_that_is_not_there_is_left_to_the_workflow(world: World) -> None:
    world.receive()
    world.pegs.rows.clear()
    with pytest.raises(LoteNumberTakenError):
        world.receive()


@pytest.mark.parametrize("situacao", list(SituacaoPeg))
def test_every_state_but_the_one_being_written_is_found_by_its_own_prestador(
    world: World, situacao: SituacaoPeg
) -> None:
    peg = a_peg(situacao=situacao)
    world.pegs.rows[HOSPITAL, peg.protocolo] = peg
    if situacao is SituacaoPeg.PREPARANDO:
        with pytest.raises(PegNotFoundError):
            service.find_peg(prestador_id=HOSPITAL, protocolo=peg.protocolo, pegs=world.pegs)
    else:
        assert service.find_peg(prestador_id=HOSPITAL, protocolo=peg.protocolo, pegs=world.pegs) == peg
        assert situacao in STATUS_PROTOCOLO
    with pytest.raises(PegNotFoundError):
        service.find_peg(prestador_id=CLINICA, protocolo=peg.protocolo, pegs=world.pegs)


def test_the_sender_is_told_nothing_of_who_it_is(world: World) -> None:
    world.file(OUTRO, a_lote(numero_lote="2", destino=PASA))
    world.receive(a_documento(OUTRO))
    assert CNPJ not in str(world.report())


def test_a_peg_half_made_is_finished_whatever_has_changed_in_cadastro_since(world: World) -> None:
    with pytest.raises(ProcessDiedError):
        world.receive(interruption=Interruption(after=7))  # the number is taken, the guias are not written
    assert world.pegs.rows[HOSPITAL, "261120000001"].situacao is SituacaoPeg.PREPARANDO
    gone = a_contexto(situacao="RECUSADO", versoes=())
    assert world.receive(contexto=gone) == Desfecho("261120000001", repetido=False, achados=())
    assert world.told() == {"PegRecebido": 1}


def test_a_taken_number_is_told_together_with_whatever_else_is_wrong(world: World) -> None:
    world.receive()
    world.file(OUTRO, a_lote(destino=PASA))
    codes = [achado.regra for achado in world.receive(a_documento(OUTRO, upload_id="u2")).achados]
    assert codes == ["DESTINO", "LOTE-NUMERO"]


def test_a_lote_whose_receipt_cannot_be_written_does_not_hold_its_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class UnwritableError(Exception):
        pass

    def receipt(*_arguments: Any) -> bytes:
        raise UnwritableError

    monkeypatch.setattr(world.padrao, "receipt", receipt)
    with pytest.raises(UnwritableError):
        world.receive()
    assert (world.pegs.rows, world.pegs.lotes) == ({}, {})


def test_a_version_nobody_speaks_is_answered_with_what_this_operadora_accepts(world: World) -> None:
    unknown = Achado("TISS-VERSAO", "5028", "Envie em uma destas: 4.01.00, 4.02.00, 4.03.00.")
    world.file(OUTRO, a_lote(versao=None, numero_lote=None, achados=(unknown,)))
    (achado,) = world.receive(a_documento(OUTRO)).achados
    assert (achado.regra, achado.codigo) == ("R12", "5028")
    assert "4.01.00" in achado.mensagem
    assert "4.03.00" not in achado.mensagem
