"""PEGs over HTTP and S3 on the embedded runtime, and what is left of them in the real tables, for the checker."""

from __future__ import annotations

import itertools
import json
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from conecta_contas import cobranca
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import Peg, Porta
from conecta_contas_aws import contas
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import unmarshal
from conecta_senhas.usos import Lida
from conecta_senhas_aws import senhas
from local.client import Answer, Client, machine, sign_in_as
from local.demo_autorizacao import EXAME, MEDICO, VALE, VARREDURA, item, operadora
from local.gerador import Conta, Linha, Pedido, gerar
from local.runtime import EmbeddedAws
from local.seed import HOSPITAL
from peg.dynamodb import cobrancas
from peg.messages.lotes import TissPadrao
from peg.s3 import S3Archive
from tests.builders_functions import sha256
from tests.history_peg import Envio, Retrato, check

PRECO: Final = Decimal("10.00")
XML: Final = {"Content-Type": "application/xml"}
AUTORIZADAS: Final = 2
"""Exams of each senha."""
PAUSA: Final = 60.0
_API, _FLUXO = "conecta-embarcado-peg-api", "conecta-embarcado-peg-fluxo"
_UPLOADS = "conecta-embarcado-documentos-fluxo"
_PROTOCOLO: Final = re.compile(rb"<ans:numeroProtocolo>([0-9]+)<")
_OUTRA_VEZ: Final = frozenset({409, 429, 500, 502, 503, 504})


class FailedError(RuntimeError):
    """A function that was called did not end."""


class Corrida:
    """A hospital's people, their senhas, and every lote they sent.

    Attributes:
        prefixo: of every number of this race.
        respostas: how often each act was answered with each status.
    """

    def __init__(self, aws: EmbeddedAws, where: Mapping[str, Any]) -> None:
        self.aws, self.where = aws, where
        self.prefixo = f"{time.time_ns() // 10**6 % 10**7:07d}"
        self._numero, self._lock = itertools.count(1), threading.Lock()
        self.sign_in()
        found = aws.client("lambda").get_function_configuration(FunctionName=_API)
        self._names: Mapping[str, str] = found["Environment"]["Variables"]
        self.carteira = next(str(row["numero_carteira"]) for row in where["beneficiarios"] if row["caso"] == "elegivel")
        self.senhas: list[str] = []
        self.envios: dict[tuple[str, str], Envio] = {}
        self.respostas: dict[tuple[str, int], int] = {}

    def sign_in(self) -> None:
        """Everybody, again."""
        self.recepcao = sign_in_as(self.where, "recepcao", HOSPITAL.prestador_id)
        self.faturista = sign_in_as(self.where, "faturista", HOSPITAL.prestador_id)
        self.maquina = machine(self.where, HOSPITAL.prestador_id)
        self.auditoria, self.central = operadora(self.where, "auditoria"), operadora(self.where, "central")

    @staticmethod
    def hoje() -> date:
        """The machine's own day."""
        return local_day(datetime.now(UTC))

    def _next(self) -> int:
        with self._lock:
            return next(self._numero)

    def _told(self, act: str, answer: Answer) -> Answer:
        with self._lock:
            key = act, answer.status
            self.respostas[key] = self.respostas.get(key, 0) + 1
        return answer

    def met(self) -> int:
        """How many were refused for what another did."""
        return sum(times for (_, status), times in self.respostas.items() if status == 409)

    def _hora(self) -> str:
        minutes, seconds = divmod(self._next(), 60)
        return f"{6 + minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"

    # --- acts ---

    def senha(self) -> str:
        """A senha of two exams."""
        body = {
            "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": self.carteira, "profissional": MEDICO,
            "numero_guia_prestador": f"S{self.prefixo}{self._next():05d}", "justificativa": "Investigação clínica",
            "itens": [item(EXAME, AUTORIZADAS)],
        }  # fmt: skip
        answer = self.recepcao.request("POST", "/autorizacoes", body)
        assert answer.status == 201, answer.text
        numero = str(answer.json()["autorizacao"]["numero"])
        self.senhas.append(numero)
        return numero

    def lote(self, *guias: tuple[str, int], numero: str | None = None, nomes: Sequence[str] = ()) -> bytes:
        """A lote whose guias bill so many exams of a senha each; no two begin at one hour, so that none is repeated."""
        place = self._next()
        names = nomes or [f"G{self.prefixo}{place:05d}{n}" for n in range(len(guias))]
        made = tuple(
            Conta(
                numero=nome, carteira=self.carteira, dia=self.hoje(), senha=senha,
                linhas=(
                    Linha(tabela="22", codigo=EXAME, descricao="ECG", unitario=PRECO, quantidade=quantos,
                          hora=self._hora()),
                ),
            )
            for nome, (senha, quantos) in zip(names, guias, strict=True)
        )  # fmt: skip
        asked = Pedido(
            contas=made, hoje=self.hoje(), origem_cnpj=HOSPITAL.cnpj or "", destino=VALE,
            numero_lote=numero or f"{self.prefixo}{place:05d}",
        )  # fmt: skip
        return gerar(asked).conteudo

    def envio(self, raw: bytes, upload_id: str = "") -> Envio:
        """What is to become of these bytes."""
        lido = TissPadrao().read(raw, self.hoje(), Porta.XML)
        assert lido.corpo is not None
        digest = sha256(raw)
        made = Envio(upload_id, (HOSPITAL.prestador_id, VALE, str(lido.numero_lote)), digest, cobranca.read(lido.corpo))
        with self._lock:
            return self.envios.setdefault((upload_id, digest), made)

    def manda(self, raw: bytes) -> str | None:
        """By the XML door, again while it is told to; the protocolo, if it is received."""
        envio = self.envio(raw)
        while True:
            try:
                answer = self._told("lote", self.maquina.request("POST", "/tiss/loteGuias", raw, headers=XML))
            except OSError:
                time.sleep(0.5)
                continue
            if answer.status not in _OUTRA_VEZ:
                break
            time.sleep(0.1)
        found = _PROTOCOLO.search(answer.content)
        protocolo = found.group(1).decode() if found else None
        with self._lock:
            envio.respostas.append(protocolo or ("RECUSADO",))
        return protocolo

    def arquiva(self, raw: bytes, key: str | None = None) -> Envio:
        """By S3: what becomes of it is told later."""
        return self.envio(raw, str(self.faturista.upload(raw, key=key)["id"]))

    def segue(self, *, entregar: bool = False) -> None:
        """Until every upload has ended.

        Args:
            entregar: what was lost on its way is handed over again, as the schedule does.
        """
        for envio in [one for one in self.envios.values() if one.upload_id and not one.respostas]:
            if entregar:
                payload = json.dumps({"tarefa": "conciliar-uploads", "todos": True})
                self.aws.client("lambda").invoke(FunctionName=_UPLOADS, Payload=payload)
            upload = self.faturista.follow(envio.upload_id, PAUSA)
            resource = upload.get("recurso") or {}
            envio.respostas.append(str(resource["id"]) if upload["situacao"] == "CONCLUIDO" else ("RECUSADO",))

    def _act(self, name: str, client: Client, path: str, body: Mapping[str, Any]) -> Answer:
        return self._told(name, client.request("POST", path, dict(body)))

    def cancela(self, protocolo: str) -> Answer:
        """A PEG, by its prestador."""
        return self._act("cancelar PEG", self.faturista, f"/pegs/{protocolo}/cancelamento", {})

    def retira(self, protocolo: str, guia: int = 1) -> Answer:
        """One guia."""
        body = {"motivo": "Enviada por engano"}
        return self._act("retirar guia", self.faturista, f"/pegs/{protocolo}/guias/{guia}/retirada", body)

    def analisa(self, protocolo: str) -> Answer:
        """The analysis begins."""
        return self._act("analisar", self.auditoria, f"/operadora/pegs/{protocolo}/analise", {})

    def glosa(self, protocolo: str) -> Answer:
        """Auditoria takes a guia."""
        body = {"guia": 1, "codigo": "1402", "motivo": "Sem relatório."}
        return self._act("glosar", self.auditoria, f"/operadora/pegs/{protocolo}/glosas", body)

    def cancela_senha(self, numero: str) -> Answer:
        """By its prestador."""
        body = {"motivo": "Desistência"}
        return self._act("cancelar senha", self.recepcao, f"/autorizacoes/{VALE}/{numero}/cancelamento", body)

    def quantidades(self, numero: str, quantas: int = 1) -> Answer:
        """By the Central."""
        body = {"itens": [{"sequencia": 1, "quantidade": quantas}], "motivo": "Revisão"}
        return self._act("quantidades", self.central, f"/operadora/autorizacoes/{VALE}/{numero}/quantidades", body)

    def varre(self, **event: Any) -> dict[str, Any]:
        """The sweep of PEGs, as its schedule starts it.

        Raises:
            FailedError: its process died.
        """
        payload = json.dumps({"acao": "varrer", "tudo": True, **event})
        answer = self.aws.client("lambda").invoke(FunctionName=_FLUXO, Payload=payload)
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise FailedError(found)
        return found

    def vence(self) -> None:
        """The sweep of senhas, as its schedule starts it, until it is over."""
        states = self.aws.client("stepfunctions")
        (machine_arn,) = (
            one["stateMachineArn"]
            for one in states.list_state_machines()["stateMachines"]
            if one["name"].endswith(VARREDURA)
        )
        run = states.start_execution(stateMachineArn=machine_arn)["executionArn"]
        deadline = time.monotonic() + PAUSA
        while (state := states.describe_execution(executionArn=run)["status"]) == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert state == "SUCCEEDED"

    # --- whatever comes ---

    def qualquer(self, rng: random.Random, vivos: list[str]) -> Callable[[], object]:
        """Something that is done to a senha or a PEG, by whoever may."""
        senha = rng.choice(self.senhas)
        acts: dict[Callable[[], object], int] = {
            lambda: self._soon(self.lote((senha, 1)), vivos): 8,
            lambda: self._soon(self.lote((senha, 1), (rng.choice(self.senhas), 2)), vivos): 4,
            lambda: self.cancela_senha(senha): 1,
            lambda: self.quantidades(senha): 1,
        }
        if vivos:
            protocolo = rng.choice(vivos)
            acts |= {
                lambda: self.cancela(protocolo): 4, lambda: self.retira(protocolo): 3,
                lambda: self.analisa(protocolo): 1, lambda: self.glosa(protocolo): 1,
            }  # fmt: skip
        (act,) = rng.choices(list(acts), list(acts.values()))
        return act

    def _soon(self, raw: bytes, vivos: list[str]) -> None:
        protocolo = self.manda(raw)
        if protocolo is not None:
            vivos.append(protocolo)

    # --- what is left ---

    def _senhas(self, numeros: Sequence[str]) -> dict[tuple[str, str], Lida]:
        wanted = [(VALE, numero) for numero in numeros]
        found = senhas.load(self.aws.client("dynamodb"), self._names["TABELA_AUTORIZACAO"], wanted)
        return {which: lida for which, lida in found.items() if lida is not None}

    def faturada(self, numero: str) -> int:
        """How many exams of a senha are billed."""
        return int(self._senhas([numero])[VALE, numero].autorizacao.itens[0].faturada)

    def retrato(self) -> Retrato:
        """The real tables and the archive, of this race."""
        rows = self._scan(self._names["TABELA_PEG"])
        archive = S3Archive(self.aws.client("s3"), self._names["BUCKET_ACERVO"])
        mine = [
            one for one in (contas.from_item(row) for row in rows if self._is_peg(row)) if self._own(one.numero_lote)
        ]
        known = {peg.protocolo for peg in mine}
        uploads = {envio.upload_id for envio in self.envios.values()} | {peg.upload_id for peg in mine}
        events = [json.loads(row["evento"]) for row in rows if str(row["sk"]).startswith("EVENTO#")]
        told = [(str(one["tipo"]), one["dados"]) for one in events]
        return Retrato(
            pegs=mine,
            dossies={peg.protocolo: dossie for peg in mine if (dossie := _dossie(archive, peg)) is not None},
            lotes={
                (str(row["pk"]).split("#")[1], VALE, numero): str(row["protocolo"])
                for row in rows
                if str(row["sk"]).startswith(f"LOTE#{VALE}#") and "livre" not in row
                and self._own(numero := str(row["sk"]).split("#", 2)[2])
            },
            senhas=self._senhas(self.senhas),
            cobrancas=[
                (VALE, one)
                for row in rows
                if "#VIDA#" in str(row["pk"]) and "livre" not in row
                and (one := cobrancas.from_item(row)).protocolo in known
            ],
            eventos=[
                (tipo, dados) for tipo, dados in told
                if dados.get("protocolo") in known or dados.get("upload_id") in uploads
            ],
            recibos=frozenset(peg.chave_recebimento for peg in mine if archive.read(peg.chave_recebimento)),
            envios=[self._of_door(envio, mine) for envio in self.envios.values()],
        )  # fmt: skip

    @staticmethod
    def _of_door(envio: Envio, mine: Sequence[Peg]) -> Envio:
        """What came by the door was given the name of its upload there."""
        if envio.upload_id:
            return envio
        made = (peg.upload_id for peg in mine if peg.protocolo in envio.protocolos)
        return replace(envio, upload_id=next(made, ""))

    @staticmethod
    def _is_peg(row: Mapping[str, Any]) -> bool:
        return str(row["pk"]).startswith("PRESTADOR#") and str(row["sk"]).startswith("PEG#")

    def _own(self, numero_lote: str) -> bool:
        return numero_lote.startswith(self.prefixo)

    def _scan(self, table: str) -> list[dict[str, Any]]:
        pages = self.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [unmarshal(row) for page in pages for row in page["Items"]]

    def julga(self) -> list[str]:
        """Everything that is not as it must be."""
        return check(self.retrato())


def _dossie(archive: S3Archive, peg: Peg) -> Any:
    try:
        return archive.dossie(peg)
    except DossieMissingError:
        return None
