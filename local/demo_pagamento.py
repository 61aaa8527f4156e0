"""From the published values to the money, in the demo: cronograma, notas fiscais on time and late, payment, papers."""

from __future__ import annotations

import http.client
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from local import relogio, runtime
from local.client import machine
from local.demo_autorizacao import PDF, VALE
from local.demo_escritorio import Escritorio
from local.gerador import pede_demonstrativo
from local.gerador_cadastro import Pedido, operadoras
from local.seed import HOSPITAL, OPERADORAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


PASA: Final = OPERADORAS[1]
MESES: Final = 6
"""Competências of the cronograma, from the month before on."""
FECHAMENTO: Final = "fechamento-entregas"
FORMATOS: Final = ("json", "xml", "csv", "pdf")
DEBITO: Final = Decimal("5.00")
MOTIVO: Final = "Item pago em duplicidade"
LEGADO: Final = "231020000001"
"""A protocolo of before the migration of the demo's operadoras."""


class Recebimento(Escritorio):
    """What a hospital does with its published values; the clock is moved meanwhile, and put back.

    Args:
        pegs: those of `local.demo_peg.Faturamento`, by what they are.
    """

    def __init__(
        self, where: Mapping[str, Any], say: Callable[[str], None], today: date, pegs: Mapping[str, str]
    ) -> None:
        super().__init__(where, say, today)
        self._pontual, self._atrasado = pegs["liberado"], pegs["digitado"]

    def run(self) -> None:
        """Carry out every step, and put the clock back whatever happens.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        self._entrar()
        endpoint, keys = self._where["endpoint_aws"], self._where["credenciais_aws"]
        self._aws = {name: runtime.client(endpoint, keys, name) for name in ("stepfunctions", "s3")}
        self._cronograma()
        self._previsto()
        self._liberar(self._atrasado)
        self._no_prazo()
        entrega, pagamento = self._dias(self._atrasado)
        try:
            self._avisado(entrega)
            depois = self._fora_do_prazo(entrega, pagamento)
            self._at(depois)
            self._pago(pagamento)
            self._pago_por_arquivo(depois)
            self._papeis(pagamento)
            self._por_mensagem()
            self._em_lote()
        finally:
            relogio.move(self._where, timedelta())
        self._agenda()
        self._legado()

    # --- helpers ---

    def _fechar(self) -> None:
        """Start the closing, as ops may, without waiting for its schedule."""
        machines = self._aws["stepfunctions"].list_state_machines()["stateMachines"]
        arn = next(one["stateMachineArn"] for one in machines if one["name"].endswith(FECHAMENTO))
        run = self._aws["stepfunctions"].start_execution(stateMachineArn=arn, input="{}")["executionArn"]

        def ended() -> str | None:
            state = str(self._aws["stepfunctions"].describe_execution(executionArn=run)["status"])
            return None if state == "RUNNING" else state

        self._expect(self._until("fechamento", ended), "SUCCEEDED", "fechamento das entregas")

    def _told(self, tipo: str, protocolo: str) -> list[dict[str, Any]]:
        """Events of a type about a PEG's fatura."""
        found = self._eventos("pagamento", HOSPITAL.prestador_id)
        return [one for one in found if (one["tipo"], one["entidade"]) == (tipo, f"fatura/{protocolo}")]

    def _contada(self) -> bool:
        """Whether a fatura has days, by a cronograma that was there before it or that counted it anew."""
        (opened,) = self._told("FaturaAberta", self._pontual)
        dated = opened["dados"]["entrega_ate"] is not None
        return dated or bool(self._told("VencimentoAlterado", self._pontual))

    def _liberado(self, protocolo: str) -> Decimal:
        return Decimal(self._faturista.get(f"/pegs/{protocolo}")["valor_liberado"])

    # --- steps ---

    def _cronograma(self) -> None:
        ciclos = [*cronograma(self._today)]
        asked = {"registro_ans": VALE, "ciclos": ciclos, "motivo": "Cronograma da demonstração"}
        with self._step("Publicar o cronograma, como financeiro") as result:
            sunday = date.fromisoformat(ciclos[-1]["entrega"])
            sunday += timedelta(days=6 - sunday.weekday())
            wrong = {**asked, "ciclos": [{**ciclos[-1], "entrega": sunday.isoformat()}]}
            self._until("a fatura aberta", lambda: self._told("FaturaAberta", self._pontual))
            seen = self._ok(self._financeiro.request("PUT", "/operadora/cronograma", wrong), "domingo", 422)
            self._expect("dia-nao-util" in {one["codigo"] for one in seen["erros"]}, True, "entrega num domingo")
            seen = self._ok(self._financeiro.request("PUT", "/operadora/cronograma", asked), "cronograma")
            known = {one["competencia"] for one in seen["ciclos"]}
            self._expect(known >= {one["competencia"] for one in ciclos}, True, "as competências publicadas")
            again = self._ok(self._financeiro.request("PUT", "/operadora/cronograma", asked), "o mesmo outra vez")
            self._expect(again["versao"], seen["versao"], "publicar o que já vale")
            self._until("a fatura com as datas do cronograma", self._contada)
            result += ["entrega num domingo é recusada", f"versão {seen['versao']}, {len(known)} competências"]
        with self._step("Publicar o da outra operadora por CSV no S3") as result:
            lines = [";".join(ciclos[0]), *(";".join(one.values()) for one in ciclos), ""]
            self._deixar(PASA, "cronograma", "\n".join(lines))
            path = f"/operadora/cronograma?registro_ans={PASA}"
            held = self._until(
                "carga do cronograma", lambda: self._competencias(path) >= {one["competencia"] for one in ciclos}
            )
            result.append(f"{len(ciclos)} competências" if held else "")
        with self._step("Baixar o cronograma em PDF, planilha e calendário") as result:
            for formato, start in (("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf"), ("ics", b"BEGIN:VCALENDAR")):
                answer = self._faturista.request("GET", f"/cronograma.{formato}?registro_ans={VALE}")
                self._expect(answer.content[: len(start)], start, f"cronograma em {formato}")
                result.append(self._guardar(f"cronograma.{formato}", answer.content))

    def _competencias(self, path: str) -> set[str]:
        return {one["competencia"] for one in self._financeiro.get(path)["ciclos"]}

    def _deixar(self, registro: str, tipo: str, texto: str) -> None:
        """Drop a file of financeiro's where loads arrive."""
        chave = f"pagamento/{registro}/{tipo}/{tipo}-{self._prefixo}.csv"
        self._aws["s3"].put_object(Bucket=self._where["buckets"]["entrada"], Key=chave, Body=texto.encode())

    def _previsto(self) -> None:
        with self._step("Perguntar quando cada PEG é pago") as result:
            seen = self._faturista.get(f"/cronograma/pegs/{self._pontual}")
            self._expect((seen["situacao"], seen["reagendada"]), ("PENDENTE", False), "valores publicados")
            other = self._faturista.get(f"/cronograma/pegs/{self._atrasado}")
            self._expect((other["situacao"], other["pagamento_em"]), (None, seen["pagamento_em"]), "ainda sem valores")
            early = self._faturista.request(
                "POST", "/notas-fiscais",
                {"registro_ans": VALE, "protocolos": [self._atrasado],
                 "uploads": [self._arquivo(PDF, "nota.pdf", "application/pdf")["id"]],
                 "declarado": {"numero": "1", "valor": "1.00", "competencia": f"{self._today:%Y%m}"}},
            )  # fmt: skip
            self._expect(early.status, http.client.CONFLICT, f"nota antes dos valores: {early.text[:300]}")
            result += [
                f"nota até {seen['entrega_ate']}, paga em {seen['pagamento_em']}", "nota antes dos valores: 409"
            ]  # fmt: skip

    def _liberar(self, protocolo: str) -> None:
        with self._step("Analisar e liberar o outro PEG") as result:
            done = self._publicar(protocolo)
            seen = self._faturista.get(f"/cronograma/pegs/{protocolo}")
            self._expect(seen["situacao"], "PENDENTE", "à espera da nota")
            result.append(f"protocolo {protocolo}, R$ {done['valor_liberado']}")

    def _no_prazo(self) -> None:
        with self._step("Enviar a nota fiscal no prazo") as result:
            valor = self._liberado(self._pontual)
            refused = self._enviar_nota(self._pontual, valor + 1, self._today)
            self._expect(refused["situacao"], "RECUSADA", "valor diferente do liberado")
            (found,) = refused["divergencias"]
            self._say(f"      {found['regra']} {found['campo']}: {found['mensagem']} {found['providencia']}")
            nota = self._enviar_nota(self._pontual, valor, self._today)
            _, pagamento = self._dias(self._pontual)
            self._expect(
                (nota["situacao"], nota["pagamento_em"]),
                ("ACEITA", pagamento.isoformat()),
                f"nota: {nota['divergencias']}",
            )
            result += [f"um real a mais: RECUSADA, {found['regra']}", f"R$ {valor}: ACEITA, paga em {pagamento}"]

    def _avisado(self, entrega: date) -> None:
        with self._step("Fechar os dias até o fim da entrega") as result:
            for days, told in ((3, 1), (0, 2)):
                self._at(entrega - timedelta(days=days))
                for _ in range(2):
                    self._fechar()
                self._expect(len(self._told("NotaFiscalAVencer", self._atrasado)), told, "avisos, uma vez cada")
            seen = self._faturista.get(f"/cronograma/pegs/{self._atrasado}")
            self._expect(seen["reagendada"], False, "no último dia ainda é no prazo")
            result += ["avisado 3 dias antes e no último, cada dia fechado duas vezes", "no último dia, ainda no prazo"]

    def _fora_do_prazo(self, entrega: date, pagamento: date) -> date:
        """The day it is paid on now."""
        with self._step("Enviar a outra nota depois do prazo") as result:
            self._at(entrega + timedelta(days=1))
            _, depois = self._dias(self._atrasado)
            self._expect(depois > pagamento, True, "reagendada à meia-noite, sem esperar o fechamento")
            for _ in range(2):
                self._fechar()
            self._expect(len(self._told("NotaFiscalReagendada", self._atrasado)), 1, "reagendamento, contado uma vez")
            nota = self._enviar_nota(self._atrasado, self._liberado(self._atrasado), entrega + timedelta(days=1))
            self._expect(
                (nota["situacao"], nota["pagamento_em"]),
                ("ACEITA_REAGENDADA", depois.isoformat()),
                "nota fora do prazo",
            )
            kept = self._faturista.get(f"/cronograma/pegs/{self._pontual}")["pagamento_em"]
            self._expect(kept, pagamento.isoformat(), "a que veio no prazo não muda")
            result += [f"de {pagamento} para {depois}", "dito na resposta; a outra não mudou"]
        return depois

    def _pago(self, dia: date) -> None:
        valor = self._liberado(self._pontual)
        with self._step("Pagar, como financeiro, com um débito") as result:
            debito = {"indicador": "1", "tipo": "08", "valor": f"{DEBITO}"}
            entry = self._ok(
                self._financeiro.request(
                    "POST", "/operadora/lancamentos",
                    {"registro_ans": VALE, "prestador": HOSPITAL.prestador_id, "motivo": MOTIVO, **debito},
                ), "lançamento", http.client.CREATED,
            )  # fmt: skip
            body = {
                "registro_ans": VALE, "numero": f"PG-{self._prefixo}-1", "prestador": HOSPITAL.prestador_id,
                "data": dia.isoformat(), "forma": "1", "banco": "001", "agencia": "1234", "conta": "56789-0",
                "itens": [{"protocolo": self._pontual, "valor": f"{valor}"}],
                "descontos": [{**debito, "descricao": MOTIVO, "lancamento": entry["id"]}],
            }  # fmt: skip
            wrong = self._financeiro.request("POST", "/operadora/pagamentos", {**body, "valor_liquido": f"{valor}"})
            self._expect(wrong.status, http.client.UNPROCESSABLE_ENTITY, f"soma errada: {wrong.text[:300]}")
            right = {**body, "valor_liquido": f"{valor - DEBITO}"}
            paid = [
                self._ok(self._financeiro.request("POST", "/operadora/pagamentos", right), "pagamento", 201)
                for _ in range(2)
            ]
            self._expect(paid[0], paid[1], "o mesmo número é o mesmo pagamento")
            self._until("PEG pago", lambda: self._situacao(self._pontual) == "PAGO")
            result += [
                f"R$ {valor} − {DEBITO}, demonstrativo {paid[0]['demonstrativo']}", "registrado uma vez", "PEG PAGO"
            ]  # fmt: skip

    def _pago_por_arquivo(self, dia: date) -> None:
        with self._step("Pagar o outro por CSV no S3, no novo dia") as result:
            valor = self._liberado(self._atrasado)
            row = {
                "numero": f"PG-{self._prefixo}-2", "prestador": HOSPITAL.prestador_id, "data": dia.isoformat(),
                "forma": "1", "itens": f"{self._atrasado}:{valor}", "valor_liquido": f"{valor}",
            }  # fmt: skip
            for copy in range(2):
                self._deixar(VALE, "pagamentos", ";".join(row) + "\n" + ";".join(row.values()) + "\n" * (1 + copy))
            self._until("PEG pago", lambda: self._situacao(self._atrasado) == "PAGO")
            paid = self._faturista.get(f"/pagamentos?de={dia}&ate={dia}")["pagamentos"]
            self._expect([one["numero"] for one in paid].count(row["numero"]), 1, "o mesmo arquivo duas vezes")
            result += [f"R$ {valor} em {dia}", "PEG PAGO"]

    def _papeis(self, dia: date) -> None:
        with self._step("Baixar os demonstrativos nos quatro formatos") as result:
            asked = {
                "analise": f"protocolos={self._pontual},{self._atrasado}&registro_ans={VALE}",
                "pagamento": f"registro_ans={VALE}&data={dia}",
            }
            for nome, query in asked.items():
                papers = {one: self._papel(nome, f"{query}&formato={one}") for one in FORMATOS}
                self._expect(papers["pdf"][:5], b"%PDF-", f"{nome} em PDF")
                self._expect(self._defeitos(papers["xml"]), [], f"{nome} em XML: forma e hash")
                sizes = [f"{one} {len(content) / 1024:.0f}" for one, content in papers.items()]
                result.append(f"{nome}: {', '.join(sizes)} KiB")
        with self._step("Conciliar, item por item") as result:
            seen = self._faturista.get(f"/conciliacao/{self._pontual}")
            valores = {name: Decimal(value) for name, value in seen["valores"].items()}
            self._expect(valores["apresentado"] - valores["glosado"], valores["pago"], "pago = apresentado − glosado")
            result.append(", ".join(f"{name} R$ {value}" for name, value in valores.items()))

    def _papel(self, nome: str, query: str) -> bytes:
        answer = self._faturista.request("GET", f"/demonstrativos/{nome}?{query}")
        self._expect(answer.status, http.client.OK, f"{nome} ({query}): {answer.text[:300]}")
        self._guardar(f"{nome}.{query.rpartition('=')[2]}", answer.content)
        return answer.content

    def _por_mensagem(self) -> None:
        with self._step("Pedir o demonstrativo por mensagem TISS") as result:
            raw = pede_demonstrativo(HOSPITAL.cnpj or "", VALE, [self._pontual], self._today)
            client = machine(self._where, HOSPITAL.prestador_id)
            xml = {"Content-Type": "application/xml"}
            answer = client.request("POST", "/tiss/solicitacaoDemonstrativoRetorno", raw, headers=xml)
            self._expect(answer.status, http.client.OK, f"porta XML: {answer.text[:400]}")
            self._expect(b"demonstrativoAnaliseConta" in answer.content, True, f"resposta: {answer.text[:400]}")
            final = client.follow(client.upload(raw, finalidade="mensagem_tiss", nome_arquivo="pede.xml")["id"])
            self._expect(final["situacao"], "CONCLUIDO", f"a mesma mensagem pelo S3: {final['achados'][:2]}")
            result += ["DEMONSTRATIVO_ANALISE_CONTA pela porta", "e pelo S3"]

    def _em_lote(self) -> None:
        with self._step("Pedir todos os demonstrativos do mês em um arquivo") as result:
            month = f"{self._today:%Y%m}"
            body = {"registro_ans": VALE, "tipo": "analise", "formato": "pdf", "de": month, "ate": month}
            answer = self._faturista.request("POST", "/demonstrativos/lotes", body)
            path = f"/demonstrativos/lotes/{self._ok(answer, 'lote', http.client.ACCEPTED)['id']}"
            done = self._until("lote", lambda: self._terminado(path))
            self._expect((done["situacao"], done["feitos"]), ("PRONTO", done["total"]), f"lote: {done['motivo']}")
            archive = self._fetch(done["url"])
            self._expect(archive.status, http.client.OK, "endereço do arquivo")
            self._guardar("demonstrativos.zip", archive.content)
            names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
            self._expect(any(self._pontual in name for name in names), True, f"no arquivo: {names}")
            result.append(f"{len(names)} demonstrativos, {len(archive.content) / 1024:.0f} KiB")

    def _terminado(self, path: str) -> dict[str, Any] | None:
        lote: dict[str, Any] = self._faturista.get(path)
        return lote if lote["terminado_em"] else None

    def _agenda(self) -> None:
        with self._step("Assinar o calendário sem token") as result:
            made = self._ok(self._faturista.request("POST", "/cronograma/agenda", {}), "agenda", http.client.CREATED)
            url = f"{self._where['api']}/{made['caminho']}"
            feed = self._fetch(url, headers={"Accept": "text/calendar"})
            self._expect(feed.content[:15], b"BEGIN:VCALENDAR", "quem tem o endereço lê")
            gone = self._faturista.request("DELETE", "/cronograma/agenda")
            self._expect((gone.status, self._fetch(url).status), (204, 404), "revogado")
            result += ["lido pelo endereço", "revogado: 404"]

    def _legado(self) -> None:
        with self._step("Perguntar por um PEG de antes da migração") as result:
            seen = self._ok(self._faturista.request("GET", f"/cronograma/pegs/{LEGADO}"), "legado", 404)
            self._expect(seen["codigo"], "legado", "o que se diz dele")
            result.append(f"404, {seen['portal']}")


def cronograma(hoje: date) -> Iterator[dict[str, str]]:
    """Ciclos from the month before on: always the same of a month, so that publishing them again changes nothing.

    PEGs until the end of the month; values on the 5th business day of the next, notas until the 8th, paid on the 15th.
    """
    dias = [
        DiaEspecial(date.fromisoformat(row["data"]), row["descricao"], TipoDia(row["tipo"]))
        for row in operadoras.calendario(Pedido(VALE, hoje=hoje))
        if not row["uf"]
    ]
    calendario = Calendario(tuple(dias))
    month = (hoje.replace(day=1) - timedelta(days=1)).replace(day=1)
    for _ in range(MESES):
        following = (month + timedelta(days=31)).replace(day=1)
        corte = following - timedelta(days=1)
        uteis = {
            name: calendario.somar_uteis(corte, n) for name, n in (("publicacao", 5), ("entrega", 8), ("pagamento", 15))
        }
        yield {
            "competencia": f"{month:%Y%m}", "corte": corte.isoformat(),
            **{name: day.isoformat() for name, day in uteis.items()},
        }  # fmt: skip
        month = following
