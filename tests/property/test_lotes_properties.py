"""Whatever is sent, repeated and interrupted, in whatever order: invariant 4, and nothing half done is seen."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from peg.domain.pegs import Documento, SituacaoPeg
from peg.service import recepcao as service
from peg.service.recepcao import Desfecho, Reception
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, PASA, VALE, a_contexto, a_documento, a_lote
from tests.fakes import STORED, FakeArchive, FakePadrao, FakePegs, Interruption, ProcessDiedError

PRESTADORES = (HOSPITAL, CLINICA)
NUMEROS = ("1", "2")
CONTENTS = ("a", "b")


class ReceptionOfLotes(RuleBasedStateMachine):
    """Two prestadores, two lote numbers, two contents of each, right and wrong; any process may die at any call."""

    def __init__(self) -> None:
        super().__init__()
        self.pegs, self.archive, self.padrao = FakePegs(), FakeArchive(), FakePadrao()
        self.outcomes: dict[tuple[str, str], Desfecho] = {}

    @initialize()
    def files(self) -> None:
        for prestador_id in PRESTADORES:
            for numero in NUMEROS:
                for content in (*CONTENTS, "errado"):
                    raw = self.raw(prestador_id, numero, content)
                    destino = PASA if content == "errado" else VALE
                    self.padrao.lotes[raw] = a_lote(numero_lote=numero, destino=destino)
                    self.archive.acervo.put(a_documento(raw, prestador_id=prestador_id).chave, raw, STORED)

    @staticmethod
    def raw(prestador_id: str, numero: str, content: str) -> bytes:
        return f"{prestador_id} {numero} {content}".encode()

    @rule(
        prestador_id=st.sampled_from(PRESTADORES),
        numero=st.sampled_from(NUMEROS),
        content=st.sampled_from((*CONTENTS, "errado")),
        upload=st.integers(min_value=1, max_value=2),
        tentativa=st.integers(min_value=1, max_value=3),
        dies_after=st.integers(min_value=0, max_value=14),
    )
    def receive(
        self, *, prestador_id: str, numero: str, content: str, upload: int, tentativa: int, dies_after: int
    ) -> None:
        raw = self.raw(prestador_id, numero, content)
        documento = a_documento(
            raw, upload_id=f"{numero}{content}{upload}", prestador_id=prestador_id, tentativa=tentativa
        )
        interruption = Interruption(dies_after)
        ports: list[Any] = [interruption.wrap(port) for port in (self.pegs, self.archive, self.padrao)]
        with suppress(ProcessDiedError):
            outcome = service.receive_lote(documento, contexto=a_contexto(cnpj=CNPJ), ports=Reception(*ports), now=NOW)
            self.check(documento, outcome)

    def check(self, documento: Documento, outcome: Desfecho) -> None:
        before = self.outcomes.setdefault((documento.prestador_id, documento.upload_id), outcome)
        if before.protocolo is not None:
            assert outcome.protocolo == before.protocolo
        if outcome.protocolo is None:
            assert outcome.achados
        else:
            peg = self.pegs.rows[documento.prestador_id, outcome.protocolo]
            assert (peg.sha256, peg.situacao) == (documento.sha256, SituacaoPeg.RECEBIDO)
            assert outcome.repetido is (peg.upload_id != documento.upload_id)

    @invariant()
    def a_number_is_held_by_one_peg_of_one_content(self) -> None:
        held = Counter((peg.prestador_id, peg.registro_ans, peg.numero_lote) for peg in self.pegs.rows.values())
        assert set(held.values()) <= {1}
        for key, taken in self.pegs.lotes.items():
            peg = self.pegs.rows[key[0], taken.protocolo]
            assert (peg.sha256, peg.numero_lote) == (taken.sha256, key[2])

    @invariant()
    def a_protocolo_is_unique(self) -> None:
        numbers = [protocolo for _, protocolo in self.pegs.rows]
        assert len(set(numbers)) == len(numbers)

    @invariant()
    def what_is_visible_is_whole_and_announced_once(self) -> None:
        announced = Counter(
            event.dados["protocolo"] for event in self.pegs.events.values() if event.tipo == "PegRecebido"
        )
        visible = [peg for peg in self.pegs.rows.values() if peg.situacao is SituacaoPeg.RECEBIDO]
        assert announced == Counter(peg.protocolo for peg in visible)
        for peg in visible:
            guias = self.pegs.guia_rows[peg.prestador_id, peg.protocolo]
            assert len(guias) == peg.quantidade_guias
            assert sum(guia.valor_informado for guia in guias.values()) == peg.valor_informado
            assert self.archive.read(peg.chave_recebimento) is not None


TestReceptionOfLotes = ReceptionOfLotes.TestCase
TestReceptionOfLotes.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
