"""What is lived through to be counted: authorizations, and PEGs from the lote to the payment.

As their users do it, over HTTP and S3, one after the other, on an embedded AWS of its own that counts
(`local.bench.custo.contado`); what follows by itself (events, workflows, counters, audit) is waited for, and counted.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from local import runtime
from local.bench import funcoes
from local.bench.custo import contado
from local.bench.custo.contagem import Fluxo, contar
from local.cargas import VIDAS
from local.client import sign_in_as
from local.demo_autorizacao import EXAME, MEDICO, VALE
from local.demo_escritorio import Escritorio
from local.demo_pagamento import cronograma
from local.gerador import Conta, Linha, Pedido, gerar
from local.seed import HOSPITAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from local.runtime import EmbeddedAws

QUIET_SECONDS: Final = 4.0
"""Nothing was asked of anything for so long: what follows by itself has."""
PATIENCE: Final = 300.0
TICKS: Final = os.sysconf("SC_CLK_TCK")
PRECO: Final = Decimal("10.00")
AGENDADAS: Final = ("expiracao-autorizacoes", "fechamento-entregas")
"""Workflows that schedules start."""
Senha = tuple[str, str]
"""Carteira and senha."""
APagar = tuple[str, Decimal, date]
"""Protocolo, value and day."""


class NeverQuietError(RuntimeError):
    """Something goes on and on."""


class Movimento(Escritorio):
    """Who asks for authorizations, bills them, and pays."""

    def __init__(self, aws: EmbeddedAws, where: Mapping[str, Any], today: date) -> None:
        super().__init__(where, lambda _line: None, today)
        self._directory = aws.directory
        self._stepfunctions = aws.client("stepfunctions")
        self._numero = time.time_ns() // 10**6 % 10**10
        self._entrar()
        self._recepcao = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        self._gestor = sign_in_as(where, "gestor", HOSPITAL.prestador_id)
        asked = {"registro_ans": VALE, "ciclos": [*cronograma(today)], "motivo": "Medição"}
        self._ok(self._financeiro.request("PUT", "/operadora/cronograma", asked), "cronograma")

    def contado(self, quantas: int, act: Callable[[], object]) -> Fluxo:
        """What it took to live through something, for each of how many it was.

        Raises:
            NeverQuietError: what follows by itself does not end.
        """
        self._quiet()
        began, before = time.time(), self._cpu()
        act()
        self._quiet()
        after = self._cpu()
        cpu = {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}
        lines = (json.loads(line) for line in (self._directory / contado.FILE).read_text().splitlines())
        return contar((one for one in lines if one["de"] >= began), cpu, self._transitions(began), quantas)

    def aptos(self, quantos: int) -> list[str]:
        """Carteiras of lives to whom the examination would be authorised at once, each once.

        Raises:
            DemoError: there are not so many.
        """
        every = dict.fromkeys(funcoes.carteiras(self._today, VIDAS))
        found = islice((one for one in every if self._simula(one) == "AUTORIZADA"), quantos)
        self._expect(len(aptos := list(found)), quantos, "vidas com direito ao exame")
        return aptos

    def _simula(self, carteira: str) -> str:
        path, body = "/autorizacoes/simulacao", self._pedido(carteira)
        return str(self._ok(self._recepcao.request("POST", path, body), path)["situacao"])

    @staticmethod
    def _pedido(carteira: str) -> dict[str, Any]:
        exame = {"tabela": "22", "codigo": EXAME, "quantidade": "1"}
        return {"tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": carteira, "itens": [exame]}

    def autorizar(self, carteiras: Sequence[str]) -> list[Senha]:
        """SP/SADT of one examination for each life, decided at once, then looked at twice; the senhas.

        Raises:
            DemoError: one was not authorised.
        """
        found = []
        for carteira in carteiras:
            self._numero += 1
            body = {**self._pedido(carteira), "profissional": MEDICO, "numero_guia_prestador": f"C{self._numero}"}
            made = self._ok(self._recepcao.request("POST", "/autorizacoes", body), "pedido", http.client.CREATED)
            for _ in range(2):
                seen = self._recepcao.get(f"/autorizacoes/{VALE}/{made['autorizacao']['numero']}")
            self._expect(seen["situacao"], "AUTORIZADA", f"pedido de {carteira}")
            found.append((carteira, str(seen["senha"])))
        return found

    def faturar(self, senhas: Sequence[Senha]) -> APagar:
        """A PEG of a guia for each senha: sent by S3, analysed, published, its nota sent, looked at.

        Raises:
            DemoError: a step came out otherwise than it must.
        """
        self._numero += 1
        numero = str(self._numero)
        linha = Linha(tabela="22", codigo=EXAME, descricao="ECG", unitario=PRECO)
        contas = tuple(
            Conta(numero=f"{numero}{place:03d}", carteira=carteira, dia=self._today, linhas=(linha,), senha=senha)
            for place, (carteira, senha) in enumerate(senhas, 1)
        )
        lote = gerar(
            Pedido(contas=contas, hoje=self._today, origem_cnpj=HOSPITAL.cnpj or "", destino=VALE, numero_lote=numero)
        )
        final = self._faturista.follow(self._faturista.upload(lote.conteudo)["id"])
        self._expect(final["situacao"], "CONCLUIDO", f"lote: {final['achados'][:2]}")
        protocolo = str(final["recurso"]["id"])
        self._publicar(protocolo)
        self._until("fatura", lambda: self._faturista.get(f"/cronograma/pegs/{protocolo}")["situacao"] == "PENDENTE")
        valor = Decimal(self._faturista.get(f"/pegs/{protocolo}")["valor_liberado"])
        nota = self._enviar_nota(protocolo, valor, self._today)
        self._expect(nota["situacao"], "ACEITA", f"nota: {nota['divergencias']}")
        self._expect(self._faturista.request("GET", f"/pegs/{protocolo}/glosas").status, http.client.OK, "glosas")
        return protocolo, valor, date.fromisoformat(nota["pagamento_em"])

    def pagar(self, devido: APagar) -> None:
        """On the day it is due: paid, and its papers read.

        Raises:
            DemoError: a step came out otherwise than it must.
        """
        protocolo, valor, dia = devido
        body = {
            "registro_ans": VALE, "numero": f"PG-{protocolo}", "prestador": HOSPITAL.prestador_id,
            "data": dia.isoformat(), "forma": "1", "banco": "001", "agencia": "1234", "conta": "56789-0",
            "itens": [{"protocolo": protocolo, "valor": f"{valor}"}], "valor_liquido": f"{valor}",
        }  # fmt: skip
        self._ok(self._financeiro.request("POST", "/operadora/pagamentos", body), "pagamento", http.client.CREATED)
        self._until("PEG pago", lambda: self._situacao(protocolo) == "PAGO")
        asked = f"protocolos={protocolo}&registro_ans={VALE}&formato=xml"
        for path in (f"/demonstrativos/analise?{asked}", f"/conciliacao/{protocolo}"):
            self._expect(self._faturista.request("GET", path).status, http.client.OK, path)

    @contextmanager
    def no_dia(self, dia: date) -> Iterator[None]:
        """Every clock on a day, then back."""
        self._at(dia)
        try:
            yield
        finally:
            self._at(self._today)

    def olhar(self, vezes: int) -> None:
        """The portal's first page, and what is new."""
        for _ in range(vezes):
            self._gestor.get("/inicio")
            self._gestor.get("/alertas?desde=0")

    def _quiet(self) -> None:
        file, deadline = self._directory / contado.FILE, time.monotonic() + PATIENCE
        while time.time() - file.stat().st_mtime < QUIET_SECONDS:
            if time.monotonic() > deadline:
                raise NeverQuietError(f"há chamadas sem parar há {PATIENCE:.0f} s")
            time.sleep(0.5)

    def _cpu(self) -> dict[str, float]:
        """Seconds of each function's processes so far."""
        found: dict[str, float] = {}
        for pid, function in runtime.environment_pids(self._directory).items():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            name = contado.short(function)
            found[name] = found.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / TICKS
        return found

    def _transitions(self, since: float) -> int:
        """State transitions of the executions that began since an instant: each state entered, and the end.

        Those of schedules aside.
        """
        aws, many = self._stepfunctions, 0
        for machine in aws.list_state_machines()["stateMachines"]:
            if machine["name"].endswith(AGENDADAS):
                continue
            for run in aws.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
                if run["startDate"].timestamp() >= since:
                    pages = aws.get_paginator("get_execution_history").paginate(executionArn=run["executionArn"])
                    events = [event["type"] for page in pages for event in page["events"]]
                    many += 1 + sum(event.endswith("StateEntered") for event in events)
        return many
