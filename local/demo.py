"""The demo of `scripts/run`: a prestador's day over real HTTP, from its account to its bills, step by step.

Every step states what must come out of it; the demo fails when one does not.
"""

from __future__ import annotations

import http.client
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from local.cargas import LOADED, cadastro_client
from local.client import Client, machine, sign_in_as, signed_up
from local.demo_alertas import FimDoDia
from local.demo_autorizacao import Manha, Validade
from local.demo_pagamento import Recebimento
from local.demo_peg import Faturamento
from local.demo_recurso import Contestacao
from local.gerador import Pedido, Tipo, gerar, verifica_elegibilidade
from local.gerador_cadastro.identificadores import cnpj as cnpj_of
from local.passos import DemoError, Passos
from local.seed import CLINICA, HOSPITAL, OPERADORAS

PDF: Final = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
DEFEITOS: Final = ("item-aritmetica", "sequencia-duplicada", "data-futura", "guia-duplicada")
SHOWN: Final = 6


class Demo(Passos):
    """The demo over one running instance; the day is part of every lote number: the same day's again sends the same."""

    def __init__(self, where: Mapping[str, Any], say: Callable[[str], None], today: date) -> None:
        super().__init__(where, say, today)
        self._lotes = 0

    def run(self) -> bool:
        """Carry out every step; answer whether all came out as they must."""
        try:
            self._day()
        except (DemoError, OSError, RuntimeError, TimeoutError) as error:
            self._say(f"  ✗ {error}")
            return False
        return True

    def _day(self) -> None:
        self._loaded()
        self._newcomer()
        self._schedule()
        manha = Manha(self._where, self._say, self._today)
        manha.run()
        faturamento = Faturamento(self._where, self._say, self._today, manha.senhas)
        faturamento.run()
        self.rows += [*manha.rows, *faturamento.rows]
        client = self._sign_in()
        protocolo, bytes_ = self._hundred(client)
        self._again(client, protocolo, bytes_)
        self._refused(client)
        for tipo in (Tipo.CONSULTA, Tipo.INTERNACAO, Tipo.HONORARIOS, Tipo.ODONTO):
            self._kind(client, tipo)
        self._machine()
        self._foreign(protocolo)
        self._documents(client)
        self._month(client, protocolo)
        # The last of all: what the moved clock expires is not asked for again.
        for last in (
            Recebimento(self._where, self._say, self._today, faturamento.pegs),
            Contestacao(self._where, self._say, self._today, faturamento.pegs["liberado"], manha.senhas["internacao"]),
            Validade(self._where, self._say, self._today),
            FimDoDia(self._where, self._say, self._today),
        ):
            last.run()
            self.rows += last.rows

    def _lote(self, tipo: Tipo, guias: int, cnpj: str | None, **more: Any) -> Any:
        self._lotes += 1
        numero = f"{self._today:%y%m%d}{self._lotes:03d}"
        return gerar(
            Pedido(tipo=tipo, guias=guias, hoje=self._today, origem_cnpj=cnpj or "", numero_lote=numero, **more)
        )

    def _loaded(self) -> None:
        with self._step("Conferir o cadastro carregado de CSV") as result:
            operadora = cadastro_client(self._where)
            found = {
                registro: operadora.get(f"/operadora/cargas?registro_ans={registro}")["cargas"]
                for registro in OPERADORAS
            }
            cargas = [carga for registro in OPERADORAS for carga in found[registro]]
            self._expect({carga["situacao"] for carga in cargas} <= LOADED, True, "cargas concluídas")
            vidas = {c["registro_ans"]: c["lidas"] for c in cargas if c["tipo"] == "beneficiarios"}
            self._expect(set(vidas), set(OPERADORAS), "vidas das duas operadoras")
            result += [f"{len(cargas)} cargas", f"{sum(vidas.values())} vidas em {len(vidas)} operadoras"]

    def _newcomer(self) -> None:
        """A user signs up, asks for a relacionamento, is enabled, and finds a life by CPF."""
        with self._step("Criar uma conta e pedir o relacionamento") as result:
            person = signed_up(self._where)
            self._expect(person.get("/sessao")["prestadores"], [], "vínculos de quem acaba de chegar")
            cnpj = cnpj_of(f"{secrets.randbelow(10**8):08d}0001")
            asked = person.request(
                "POST", "/relacionamentos",
                {"registro_ans": OPERADORAS[0], "cnpj": cnpj, "nome": "Clínica Nova Manhã", "cnes": "9990033"},
            )  # fmt: skip
            self._expect(asked.status, http.client.CREATED, "pedido de relacionamento")
            pedido = asked.json()
            blocked = person.request("POST", "/elegibilidade", {"cpf": self._cpf("varias")})
            self._expect(blocked.status, http.client.FORBIDDEN, "elegibilidade antes da decisão")
            result += [f"atendimento {pedido['protocolo_atendimento']}", pedido["situacao"]]
        with self._step("Habilitar, como cadastro da operadora") as result:
            operadora = cadastro_client(self._where)
            decided = operadora.request(
                "POST", f"/operadora/relacionamentos/pedidos/{pedido['id']}/decisao",
                {"decisao": "HABILITAR", "codigo_na_operadora": cnpj[:12], "motivo": "Documentação conferida"},
            )  # fmt: skip
            self._expect(decided.status, http.client.OK, "decisão")
            bound = person.get("/sessao")["prestadores"]
            self._expect([item["papel"] for item in bound], ["gestor"], "papel de quem pediu")
            result.append(f"{bound[0]['nome']} habilitada")
        with self._step("Achar um beneficiário pelo CPF") as result:
            found = person.request("POST", "/elegibilidade", {"cpf": self._cpf("varias")})
            self._expect(found.status, http.client.OK, "elegibilidade por CPF")
            carteiras = found.json()["beneficiarios"]
            self._expect({item["registro_ans"] for item in carteiras}, {OPERADORAS[0]}, "só a operadora habilitada")
            result += [f"{len(carteiras)} carteiras", "elegível" if carteiras[0]["elegivel"] else "não elegível"]

    def _schedule(self) -> None:
        client = sign_in_as(self._where, "recepcao", HOSPITAL.prestador_id)
        with self._step("Verificar a agenda de amanhã") as result:
            itens = [{"referencia": row["caso"], "numero_carteira": row["numero_carteira"]} for row in self._lives()]
            answer = client.request("POST", "/elegibilidade/lotes", {"itens": [*itens, {"cpf": "52998224725"}]})
            self._expect(answer.status, http.client.OK, "agenda")
            agenda = answer.json()
            self._expect(agenda["total"], len(itens) + 1, "um resultado por item")
            self._expect(agenda["nao_encontrados"], 1, "quem não existe")
            result += [f"{agenda['elegiveis']} de {agenda['total']} elegíveis", "1 não encontrado"]
        for item in agenda["resultados"]:
            for motivo in item["beneficiarios"][0]["motivos"][:1] if item["beneficiarios"] else []:
                self._say(f"      {motivo['codigo']} {item['referencia']}: {motivo['mensagem']}")
        with self._step("Perguntar o mesmo por mensagem TISS") as result:
            carteira = next(row["numero_carteira"] for row in self._lives() if row["caso"] == "suspenso")
            raw = verifica_elegibilidade(HOSPITAL.cnpj or "", OPERADORAS[0], carteira, self._today)
            answer = machine(self._where, HOSPITAL.prestador_id).request(
                "POST", "/tiss/verificaElegibilidade", raw, headers={"Content-Type": "application/xml"}
            )
            self._expect(answer.status, http.client.OK, "porta XML")
            self._expect(b"<ans:codigoGlosa>1009<" in answer.content, True, "1009 na resposta TISS")
            result.append("SITUACAO_ELEGIBILIDADE: N, glosa 1009")

    def _lives(self) -> list[dict[str, Any]]:
        return [row for row in self._where["beneficiarios"] if row["registro_ans"] == OPERADORAS[0]]

    def _cpf(self, caso: str) -> str:
        return str(next(row["cpf"] for row in self._where["beneficiarios"] if row["caso"] == caso))

    def _sign_in(self) -> Client:
        with self._step("Entrar como faturista do hospital") as result:
            client = sign_in_as(self._where, "faturista", HOSPITAL.prestador_id)
            self._expect(client.get("/saude")["situacao"], "ok", "saúde")
            result.append("access token do Cognito")
        return client

    def _hundred(self, client: Client) -> tuple[str, bytes]:
        with self._step("Enviar lote SP/SADT 4.01.00 de 100 guias") as result:
            lote = self._lote(Tipo.SADT, 100, HOSPITAL.cnpj)
            upload = client.upload(lote.conteudo, nome_arquivo="sadt-100.xml")
            result.append(f"{len(lote.conteudo) / 1024:.0f} KiB, atendimento {upload['protocolo_atendimento']}")
        with self._step("Acompanhar até o protocolo") as result:
            final = client.follow(upload["id"])
            self._expect(final["situacao"], "CONCLUIDO", "situação do lote")
            peg = client.get(f"/pegs/{final['recurso']['id']}")
            self._expect(peg["quantidade_guias"], 100, "guias")
            self._expect(peg["valor_informado"], f"{lote.valor_total:.2f}", "valor")
            # Nobody has these carteiras: of such a lote nothing is paid, and each guia is told why.
            self._expect(peg["valor_glosado"], peg["valor_informado"], "beneficiários que ninguém conhece")
            result += [f"protocolo {peg['protocolo']}", "100 guias", f"R$ {peg['valor_informado']}, tudo glosado: 1001"]
        return str(peg["protocolo"]), lote.conteudo

    def _again(self, client: Client, protocolo: str, content: bytes) -> None:
        with self._step("Enviar os mesmos bytes de novo") as result:
            final = client.follow(client.upload(content)["id"])
            self._expect(final["recurso"]["id"], protocolo, "protocolo da repetição")
            result.append("mesmo protocolo, nada em dobro")

    def _refused(self, client: Client) -> None:
        with self._step("Enviar lote com defeitos") as result:
            lote = self._lote(Tipo.SADT, 5, HOSPITAL.cnpj, defeitos=DEFEITOS)
            upload = client.upload(lote.conteudo, nome_arquivo="sadt-com-defeitos.xml")
            final = client.follow(upload["id"])
            self._expect(final["situacao"], "RECUSADO", "situação do lote com defeitos")
            answer = client.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
            self._expect(b"mensagemErro" in answer.content, True, "mensagemErro na resposta TISS")
            result.append(f"recusado com {len(final['achados'])} achados e mensagemErro em TISS")
        for achado in final["achados"][:SHOWN]:
            place = f"guia {achado['guia']}" + (f", item {achado['item']}" if achado["item"] else "")
            self._say(f"      {achado['codigo']} {place}: {achado['mensagem']}")

    def _kind(self, client: Client, tipo: Tipo) -> None:
        with self._step(f"Enviar lote de {tipo.element}") as result:
            lote = self._lote(tipo, 10, HOSPITAL.cnpj)
            final = client.follow(client.upload(lote.conteudo, nome_arquivo=f"{tipo}.xml")["id"])
            self._expect(final["situacao"], "CONCLUIDO", f"lote de {tipo}: {final['achados'][:2]}")
            peg = client.get(f"/pegs/{final['recurso']['id']}")
            self._expect(peg["valor_informado"], f"{lote.valor_total:.2f}", "valor")
            guias = client.get(f"/pegs/{peg['protocolo']}/guias")["guias"]
            self._expect(len(guias), 10, "guias")
            lost = f"R$ {peg['valor_informado']}, glosados {peg['valor_glosado']}"
            result += [f"protocolo {peg['protocolo']}", "10 guias", lost]

    def _machine(self) -> None:
        with self._step("Enviar por credencial de máquina da clínica") as result:
            client = machine(self._where, CLINICA.prestador_id)
            lote = self._lote(Tipo.CONSULTA, 3, CLINICA.cnpj)
            final = client.follow(client.upload(lote.conteudo)["id"])
            self._expect(final["situacao"], "CONCLUIDO", f"lote da clínica: {final['achados'][:2]}")
            result.append(f"protocolo {final['recurso']['id']}")

    def _foreign(self, protocolo: str) -> None:
        with self._step("Consultar o PEG do hospital como a clínica") as result:
            other = sign_in_as(self._where, "faturista", CLINICA.prestador_id)
            answer = other.request("GET", f"/pegs/{protocolo}")
            self._expect(answer.status, http.client.NOT_FOUND, "PEG alheio")
            result.append("404, como se não existisse")

    def _documents(self, client: Client) -> None:
        with self._step("Enviar um PDF e uma imagem disfarçada") as result:
            stored = client.follow(client.upload(PDF, finalidade="pdf", nome_arquivo="laudo.pdf")["id"])
            self._expect(stored["situacao"], "CONCLUIDO", "PDF")
            fake = client.follow(client.upload(b"MZ\x90\x00" * 8, finalidade="imagem", nome_arquivo="foto.jpg")["id"])
            self._expect(fake["situacao"], "RECUSADO", "executável disfarçado de imagem")
            result.append("PDF guardado, executável recusado")

    def _month(self, client: Client, protocolo: str) -> None:
        with self._step("Listar o mês e baixar o recebimento TISS") as result:
            pegs = list(self._rows(client, f"/pegs?competencia={self._today:%Y%m}", "pegs"))
            self._expect(protocolo in {peg["protocolo"] for peg in pegs}, True, "PEG na lista do mês")
            receipt = client.request("GET", f"/pegs/{protocolo}/recebimento.xml")
            self._expect(receipt.content.count(b"<ans:dadosGuias>"), 100, "guias no recebimento")
            result += [f"{len(pegs)} PEGs", f"recebimento de {len(receipt.content) / 1024:.0f} KiB"]


def run(where: Mapping[str, Any], say: Callable[[str], None] = print, today: date | None = None) -> bool:
    """Run the demo; answer whether every step came out as it must."""
    day = today or datetime.now(ZoneInfo("America/Sao_Paulo")).date()
    return Demo(where, say, day).run()
