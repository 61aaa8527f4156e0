"""A prestador with PEGs whose values are published, its operadora's cronograma, and files of notas to send."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from conecta_atos.portas import Chamador
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_edge.clock import local_day
from conecta_facts.prestadores import Prestador
from pagamento.domain.notas import Nota, NotaLida
from pagamento.service import notas
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, OUTRO_CNPJ, VALE, a_peg
from tests.builders_pagamento import AGORA, CEM, HOJE, UM_PEG, a_cronograma, a_file, a_reading
from tests.fakes_pagamento import Mesa

PRESTADOR = Chamador(quem="pessoa-1", correlacao="req-1")
FINANCEIRO = Chamador(quem="financeiro-1", correlacao="req-2")
XML = "application/xml"


def published(protocolo: str = UM_PEG, **changes: Any) -> Peg:
    """A PEG of October whose values were published in time."""
    held: dict[str, Any] = {
        "situacao": SituacaoPeg.LIBERADO, "valor_informado": CEM, "publicada_em": date(2026, 11, 9),
        "data_recepcao": datetime.fromisoformat("2026-10-20T15:00:00Z"), "competencia": "202610",
    }  # fmt: skip
    return a_peg(protocolo, **{**held, **changes})


class Casa(Mesa):
    """See the module."""

    def __init__(self, *pegs: Peg, agora: datetime = AGORA) -> None:
        super().__init__(agora=agora)
        self.cadastro.put(
            Prestador(HOSPITAL, "Hospital", "1234567", cnpj=CNPJ), an_operadora(VALE, cnpj=OUTRO_CNPJ)
        )  # fmt: skip
        self.registros.put(a_cronograma())
        for peg in pegs or (published(),):
            self.contas.put(peg)

    def to(self, dia: date) -> Casa:
        """The same at noon of another day."""
        self.agora += timedelta(days=(dia - local_day(self.agora)).days)
        return self

    def file(self, upload_id: str = "u1", lida: NotaLida | None = None, **changes: Any) -> str:
        """A file is stored now: the XML of a nota, unless its `formato` is another."""
        arquivo = a_file(upload_id, **{"recebido_em": self.agora, **changes})
        content = f"<nota>{upload_id}</nota>".encode()
        self.arquivos.put(HOSPITAL, arquivo, content)
        if arquivo.formato == XML:
            self.lidas[content] = lida or a_reading(competencia=f"{HOJE:%Y%m}")
        return upload_id

    def send(self, *uploads: str, faturas: tuple[str, ...] = (UM_PEG,), **changes: Any) -> Nota:
        """A nota is sent, of files stored before, else of one that is stored now."""
        pedido = notas.Pedido(registro_ans=VALE, faturas=faturas, uploads=uploads or (self.file(),), **changes)
        return notas.send(HOSPITAL, pedido, PRESTADOR, self.portas)

    def told(self) -> list[str]:
        """Types of what was told of the prestador."""
        return [sent.tipo for sent in self.registros.told(HOSPITAL)]
