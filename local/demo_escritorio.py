"""The hospital's office in the demo: who signs in, and what is done there again and again."""

from __future__ import annotations

import http.client
import time
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss import pipeline
from local import relogio
from local.client import sign_in_as
from local.demo_autorizacao import PDF, VALE, operadora
from local.gerador.notas import PedidoDeNota, gerar_nota
from local.passos import Passos
from local.runtime import LOCAL_DIRECTORY
from local.seed import HOSPITAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from local.client import Client

PASTA: Final = LOCAL_DIRECTORY / "demonstracao"
"""Where the papers are left, to be opened and looked at."""


class Escritorio(Passos):
    """A faturista of the hospital, and auditoria and financeiro of the operadora, whose clock may be moved."""

    def __init__(self, where: Mapping[str, Any], say: Callable[[str], None], today: date) -> None:
        super().__init__(where, say, today)
        self._hoje = today
        self._notas = 0
        self._prefixo = str(time.time_ns() // 10**6)

    def _entrar(self) -> None:
        """Everybody signs in."""
        self._faturista = sign_in_as(self._where, "faturista", HOSPITAL.prestador_id)
        self._auditoria, self._financeiro = operadora(self._where, "auditoria"), operadora(self._where, "financeiro")
        known = self._faturista.get("/operadoras")["operadoras"]
        self._tomador = next(str(one["cnpj"]) for one in known if one["registro_ans"] == VALE)

    def _at(self, day: date) -> None:
        """Move every clock to a local day."""
        self._hoje = day
        relogio.move(self._where, day - self._today)

    def _dias(self, protocolo: str) -> tuple[date, date]:
        """Until when the nota of a PEG is awaited, and when it is paid if it came now."""
        seen = self._faturista.get(f"/cronograma/pegs/{protocolo}")
        return date.fromisoformat(seen["entrega_ate"]), date.fromisoformat(seen["pagamento_em"])

    def _situacao(self, protocolo: str) -> str:
        """Of a PEG."""
        return str(self._faturista.get(f"/pegs/{protocolo}")["situacao"]["nome"])

    def _publicar(self, protocolo: str) -> dict[str, Any]:
        """A PEG analysed, nothing of it changed, and its values published."""
        for client, act in (
            (self._auditoria, "analise"), (self._auditoria, "conclusao"), (self._financeiro, "liberacao"),
        ):  # fmt: skip
            done = self._ok(client.request("POST", f"/operadora/pegs/{protocolo}/{act}", {}), act)
        return done

    def _arquivo(
        self, content: bytes, nome: str, tipo: str, finalidade: str = "nota_fiscal", client: Client | None = None
    ) -> dict[str, Any]:
        """The upload of a file that is taken."""
        sender = client or self._faturista
        upload = sender.upload(content, finalidade=finalidade, nome_arquivo=nome, tipo_conteudo=tipo, registro_ans=VALE)
        final = sender.follow(upload["id"])
        self._expect(final["situacao"], "CONCLUIDO", f"upload de {nome}: {final['achados'][:2]}")
        return final

    def _enviar_nota(self, protocolo: str, valor: Decimal, dia: date) -> dict[str, Any]:
        """The XML and the PDF of a new nota of one PEG."""
        self._notas += 1
        asked = PedidoDeNota(
            numero=f"{self._prefixo}{self._notas}", emitente=HOSPITAL.cnpj or "", tomador=self._tomador,
            valor=valor, competencia=dia, emitida_em=dia,
        )  # fmt: skip
        files = (
            (gerar_nota(asked).conteudo, "nota.xml", "application/xml"), (PDF, "nota.pdf", "application/pdf"),
        )  # fmt: skip
        body = {
            "registro_ans": VALE, "protocolos": [protocolo],
            "uploads": [self._arquivo(*one)["id"] for one in files],
        }  # fmt: skip
        return self._ok(self._faturista.request("POST", "/notas-fiscais", body), "nota fiscal", http.client.CREATED)

    def _guardar(self, nome: str, content: bytes) -> str:
        """Leave a paper to be looked at; its name and size."""
        PASTA.mkdir(parents=True, exist_ok=True)
        (PASTA / nome).write_bytes(content)
        return f"{nome} de {len(content) / 1024:.0f} KiB"

    def _defeitos(self, xml: bytes) -> list[str]:
        """What the standard's own rules find in a message of ours: schema, hash, sums."""
        return [f"{one.regra} {one.mensagem}" for one in pipeline.validate_message(xml, hoje=self._hoje).achados]
