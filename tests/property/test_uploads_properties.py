"""Whatever happens to an upload, in whatever order and however often, it reaches one final state and stays there."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from documentos.domain.uploads import MAX_ATTEMPTS, Situacao, Upload
from documentos.messages.corpo import read_body
from documentos.service import uploads as service
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PDF, XML, an_upload
from tests.fakes import FakeFiles, FakeUploads

LATE_VERDICTS = {(Situacao.RECUSADO, Situacao.CONCLUIDO), (Situacao.FALHOU, Situacao.CONCLUIDO)}
"""How a final state changes all the same: who has the file says what it is."""


class LifeOfAnUpload(RuleBasedStateMachine):
    """Posts, events, duplicates, verdicts and sweeps in any order; time only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.uploads, self.files, self.now = FakeUploads(), FakeFiles(), NOW
        self.posted: list[str] = []
        self.before: Upload | None = None

    @initialize(finalidade=st.sampled_from(["lote_tiss", "pdf"]))
    def intend(self, finalidade: str) -> None:
        self.content = PDF if finalidade == "pdf" else XML
        self.uploads.add(an_upload(self.content, finalidade=finalidade))

    @property
    def upload(self) -> Upload:
        return self.uploads.rows[HOSPITAL, "u1"]

    @rule(seconds=st.integers(min_value=1, max_value=3600))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.now <= self.upload.expira_em)
    @rule(right=st.booleans())
    def post(self, right: bool) -> None:  # noqa: FBT001
        content = self.content if right else b"MZ"
        self.posted.append(self.files.entrada.put(self.upload.chave_entrada, content, self.now))

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def s3_event(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(self.posted))
        self._receive(HOSPITAL, version)

    @rule()
    def somebody_elses_event(self) -> None:
        self._receive(CLINICA, "v1")

    def _receive(self, prestador_id: str, version: str) -> None:
        service.receive_file(
            prestador_id=prestador_id,
            upload_id="u1",
            version=version,
            uploads_=self.uploads,
            files=self.files,
            read_body=read_body,
            now=self.now,
        )

    @rule(accepted=st.booleans())
    def verdict(self, accepted: bool) -> None:  # noqa: FBT001
        service.conclude_upload(
            prestador_id=HOSPITAL,
            upload_id="u1",
            accepted=accepted,
            recurso={"tipo": "peg", "id": "261120000001"} if accepted else None,
            uploads_=self.uploads,
            now=self.now,
        )

    @rule(everything=st.booleans())
    def sweep(self, everything: bool) -> None:  # noqa: FBT001
        service.reconcile(
            uploads_=self.uploads, files=self.files, read_body=read_body, now=self.now, everything=everything
        )

    @invariant()
    def a_final_state_never_changes_and_an_open_one_is_always_due(self) -> None:
        if not self.uploads.rows:
            return
        upload, before, self.before = self.upload, self.before, self.upload
        assert (upload.conferir_em is None) is upload.situacao.final
        assert upload.tentativa <= MAX_ATTEMPTS
        if before is None:
            return
        assert upload.versao >= before.versao
        if before.situacao.final and upload != before:
            assert (before.situacao, upload.situacao) in LATE_VERDICTS
            assert before.tentativa > 1
        if before.sha256 is not None:
            assert (upload.sha256, upload.recebido_em) == (before.sha256, before.recebido_em)

    @invariant()
    def a_file_is_one_event_of_its_last_attempt(self) -> None:
        if self.uploads.rows:
            told = [event.tentativa for event in self.uploads.events.values()]
            arrived = self.upload.situacao not in {Situacao.AGUARDANDO_ARQUIVO, Situacao.EXPIRADO}
            assert told == ([max(self.upload.tentativa, 1)] if arrived else [])

    def teardown(self) -> None:
        """However it was left, sweeps alone bring it to an end, and a posted file is never forgotten."""
        if not self.uploads.rows:
            return
        for _ in range(MAX_ATTEMPTS + 4):
            if self.upload.conferir_em is not None:
                self.now = max(self.now, self.upload.conferir_em)
                self.sweep(everything=False)
        assert self.upload.situacao.final
        if self.posted:
            assert self.upload.situacao is not Situacao.EXPIRADO
        else:
            assert self.upload.situacao is Situacao.EXPIRADO


TestLifeOfAnUpload = LifeOfAnUpload.TestCase
TestLifeOfAnUpload.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
