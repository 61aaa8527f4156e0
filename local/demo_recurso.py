"""Glosas contested, answered and paid, and every paper at its place, in the demo."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from openpyxl import load_workbook

from local import relogio
from local.client import machine, sign_in_as
from local.demo_autorizacao import PDF, VALE
from local.demo_escritorio import Escritorio
from local.demo_pagamento import FORMATOS
from local.demo_peg import XML
from local.gerador import Pedido, consulta_recurso, gerar
from local.gerador.recursos import PedidoRecurso, da_lista, gerar_recurso
from local.seed import CLINICA, HOSPITAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.client import Answer, Client

PNG: Final = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
"""One grey dot."""
EXECUTAVEL: Final = b"MZ\x90\x00" * 64
MIB: Final = 1024 * 1024
PORQUE: Final = "Os três exames foram pedidos e feitos, como prova o relatório."
EM_PARTE: Final = "Dois dos três exames."
POR_QUE_NAO: Final = "O prontuário não registra a aplicação."
ACATADO: Final = Decimal("6.00")
"""Given back of the examination that was billed above what was authorised."""


class Contestacao(Escritorio):
    """What a hospital does about what was taken of it; the clock is moved to the payment, and put back.

    Args:
        peg: protocolo of the one that was paid with two glosas.
        internacao: number of an authorization with quotes.
    """

    def __init__(  # as the other demos, and two numbers
        self, where: Mapping[str, Any], say: Callable[[str], None], today: date, peg: str, internacao: str
    ) -> None:
        super().__init__(where, say, today)
        self._pago, self._internacao = peg, internacao

    def run(self) -> None:
        """Carry out every step, and put the clock back whatever happens.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        self._entrar()
        self._maquina = machine(self._where, HOSPITAL.prestador_id)
        self._novo = self._enviado()
        self._documentos()
        self._recusados()
        self._listados()
        exame, medicamento = self._contestaveis()
        por_item = self._por_item(exame)
        por_planilha = self._por_planilha(medicamento)
        self._respondido(por_item, por_planilha)
        self._por_xml()
        self._comunicado()
        self._procedimentos_com_senha()
        # The last of all: functions whose clock is moved start anew.
        try:
            self._pago_no_ciclo_seguinte(por_item)
        finally:
            relogio.move(self._where, timedelta())

    # --- helpers ---

    def _ato(self, client: Client, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._ok(client.request("POST", path, body or {}), f"POST {path}")

    def _documento(self, content: bytes, nome: str, tipo: str, finalidade: str, client: Client | None = None) -> str:
        """Id of a document that is kept."""
        made = self._arquivo(content, nome, tipo, finalidade, client)["recurso"]
        self._expect(made["tipo"], "documento", f"o que {nome} se tornou")
        return str(made["id"])

    def _enviado(self) -> str:
        """A PEG of two guias of one item each, all of it glosado: nobody knows their carteiras."""
        lote = gerar(
            Pedido(
                guias=2, procedimentos=1, despesas=0, hoje=self._today, origem_cnpj=HOSPITAL.cnpj or "", destino=VALE,
                numero_lote=self._prefixo[-12:],
            )
        )  # fmt: skip
        final = self._faturista.follow(self._faturista.upload(lote.conteudo, nome_arquivo="lote.xml")["id"])
        return str(final["recurso"]["id"])

    def _recurso(self, protocolo: str) -> dict[str, Any]:
        seen: dict[str, Any] = self._faturista.get(f"/recursos/{protocolo}")
        return seen

    # --- documents ---

    def _documentos(self) -> None:
        with self._step("Enviar a guia assinada e dizer de qual guia é") as result:
            self._assinada = self._documento(PNG, "guia-assinada.png", "image/png", "guia_assinada")
            again = self._documento(PNG, "outra-copia.png", "image/png", "guia_assinada")
            self._expect(again, self._assinada, "os mesmos bytes são o mesmo documento")
            guias = self._faturista.get(f"/pegs/{self._novo}/guias")["guias"]
            numeros = [one["numero_guia_prestador"] for one in guias]
            for known, left in ((numeros[:1], numeros[1:]), (numeros, [])):
                destinos = [{"alvo": "GUIA", "id": self._novo, "guia": numero} for numero in known]
                self._ato(self._faturista, f"/documentos/{self._assinada}/vinculos", {"destinos": destinos})
                checked = self._faturista.get(f"/documentos/pendencias?protocolo={self._novo}")["itens"]
                signed = next(one for one in checked if one["tipo_documento"] == "06")
                self._expect(signed["guias_sem"], left, "guias sem assinatura, na conferência do PEG")
            result += ["dois envios, um documento", f"serve às {len(numeros)} guias do PEG {self._novo}"]
        with self._step("Enviar uma cotação de OPME") as result:
            gestor = sign_in_as(self._where, "gestor", HOSPITAL.prestador_id)
            cotacao = self._documento(PDF, "cotacao.pdf", "application/pdf", "cotacao_opme", gestor)
            where = f"/documentos?registro_ans={VALE}&autorizacao={self._internacao}"
            anexados = gestor.get(where)["documentos"]
            self._expect({one["finalidade"] for one in anexados} >= {"cotacao_opme"}, True, "cotações da internação")
            result += [f"documento {cotacao[:8]}…", f"{len(anexados)} cotações na autorização {self._internacao}"]

    def _recusados(self) -> None:
        with self._step("Recusar um executável disfarçado e um arquivo grande demais") as result:
            asked = {"finalidade": "guia_assinada", "registro_ans": VALE, "tipo_conteudo": "image/jpeg"}
            fake = self._faturista.follow(self._faturista.upload(EXECUTAVEL, nome_arquivo="guia.jpg", **asked)["id"])
            self._expect(fake["situacao"], "RECUSADO", "executável com nome de imagem")
            (found,) = fake["achados"]
            self._say(f"      {found['codigo']}: {found['mensagem']}")
            big = self._faturista.request(
                "POST", "/documentos/uploads", {**asked, "nome_arquivo": "grande.jpg", "tamanho": 21 * MIB}
            )
            self._expect(big.status, http.client.UNPROCESSABLE_ENTITY, f"21 MiB: {big.text[:300]}")
            permit = self._faturista.start_upload(
                PNG, nome_arquivo="pequena.png", **{**asked, "tipo_conteudo": "image/png"}
            )
            posted = self._faturista.post_file(permit, PNG + b"\0" * MIB)
            self._expect(posted.status, http.client.BAD_REQUEST, f"mais bytes que os declarados: {posted.text[:300]}")
            result += [f"executável: RECUSADO, {found['codigo']}", "21 MiB: 422", "mais que o declarado: o S3 recusa"]

    def _listados(self) -> None:
        with self._step("Listar os documentos e baixar um") as result:
            mine = list(self._rows(self._faturista, f"/documentos?mes={self._today:%Y%m}", "documentos"))
            self._expect(self._assinada in {one["id"] for one in mine}, True, "na lista do mês")
            of_peg = self._faturista.get(f"/documentos?protocolo={self._novo}")["documentos"]
            self._expect({one["id"] for one in of_peg}, {self._assinada}, "documentos do PEG")
            answer = self._faturista.request("GET", f"/documentos/{self._assinada}/arquivo")
            self._expect(answer.status, http.client.SEE_OTHER, f"endereço: {answer.text[:300]}")
            kept = self._fetch(answer.headers["location"])
            self._expect(hashlib.sha256(kept.content).digest(), hashlib.sha256(PNG).digest(), "os bytes enviados")
            foreign = machine(self._where, CLINICA.prestador_id).request("GET", f"/documentos/{self._assinada}/arquivo")
            self._expect(foreign.status, http.client.NOT_FOUND, "como a clínica")
            result += [f"{len(mine)} no mês, {len(of_peg)} no PEG", "baixado por 15 minutos", "para a clínica, 404"]

    # --- recursos ---

    def _contestaveis(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The examination above what was authorised, and the medication that auditoria took."""
        with self._step("Ver o que se pode contestar") as result:
            glosas = self._faturista.get(f"/recursos/glosas?protocolo={self._pago}")["glosas"]
            self._expect({one["situacao"] for one in glosas}, {"ABERTA"}, "glosas em aberto")
            by_code = {one["modelo"]["codigo_glosa"]: one for one in glosas}
            self._expect(set(by_code), {"1820", "2101"}, "a da regra e a da auditoria")
            for one in glosas:
                proof = ", ".join(tipo["nome"] for tipo in one["evidencias"])
                code, until = one["modelo"]["codigo_glosa"], one["contestar_ate"]
                self._say(f"      {code} R$ {one['valor_glosado']}, até {until}: prove com {proof}")
            total = sum((Decimal(one["valor_glosado"]) for one in glosas), Decimal(0))
            result.append(f"{len(glosas)} glosas, R$ {total}, {glosas[0]['dias_restantes']} dias restantes")
        return by_code["1820"], by_code["2101"]

    def _por_item(self, glosa: Mapping[str, Any]) -> str:
        with self._step("Contestar um item, com o relatório que o prova") as result:
            item = {**glosa["modelo"], "justificativa": PORQUE}
            body = {"registro_ans": VALE, "protocolo_peg": self._pago}
            wrong = {**body, "itens": [{**item, "valor_recursado": "10.01", "justificativa": ""}]}
            found = self._ato(self._faturista, "/recursos/validacoes", wrong)["achados"]
            self._expect({one["regra"] for one in found}, {"REC-VALOR", "REC-JUSTIFICATIVA"}, "conferência")
            item["documentos"] = [self._arquivo(PDF, "relatorio.pdf", "application/pdf", "relatorio")["id"]]
            sent = self._ok(
                self._faturista.request("POST", "/recursos", {**body, "itens": [item]}), "recurso", http.client.CREATED
            )
            again = self._faturista.request("POST", "/recursos", {**body, "itens": [item]})
            self._expect(again.json()["codigo"], "ja-contestado", "a mesma guia outra vez")
            protocolo = str(sent["protocolo"])
            listed = self._until(
                "documento do recurso",
                lambda: self._faturista.get(f"/documentos?recurso={protocolo}")["documentos"],
            )
            self._expect([one["finalidade"] for one in listed], ["relatorio"], "documentos do recurso")
            receipt = self._faturista.request("GET", f"/recursos/{protocolo}/recebimento.xml")
            self._expect(self._defeitos(receipt.content), [], "recebimento TISS")
            result += [f"recurso {protocolo}, R$ {sent['valor_recursado']}", f"resposta até {sent['responder_ate']}"]
        return protocolo

    def _por_planilha(self, glosa: Mapping[str, Any]) -> str:
        with self._step("Contestar a outra por planilha") as result:
            answer = self._faturista.request("GET", f"/recursos/planilha?protocolo={self._pago}&formato=xlsx")
            self._expect(answer.status, http.client.OK, f"planilha: {answer.text[:300]}")
            self._guardar("glosas.xlsx", answer.content)
            filled = preenchida(answer.content, glosa["modelo"]["codigo_glosa"], "Aplicada conforme a prescrição.")
            self._guardar("glosas-preenchidas.xlsx", filled)
            told = {
                simular: self._ok(
                    self._faturista.request("POST", f"/recursos/planilhas?simular={simular}", filled), "planilha"
                )["totais"]
                for simular in ("true", "false")
            }
            self._expect((told["true"]["CONFERIDA"], told["false"]["ENVIADA"]), (1, 1), "uma linha preenchida")
            back = self._ok(self._faturista.request("POST", "/recursos/planilhas", filled), "a mesma planilha")
            (protocolo,) = back["recursos"]
            result += ["XLSX preenchido, conferido e enviado", f"recurso {protocolo}", "de novo, o mesmo"]
        return str(protocolo)

    def _respondido(self, aceito: str, mantido: str) -> None:
        with self._step("Responder, como auditoria, em parte") as result:
            waiting = self._rows(self._auditoria, f"/operadora/recursos?registro_ans={VALE}", "recursos")
            self._expect({aceito, mantido} <= {one["protocolo"] for one in waiting}, True, "na fila da auditoria")
            before = self._faturista.get(f"/pegs/{self._pago}")
            for protocolo, resposta in (
                (aceito, {"decisao": "PARCIAL", "valor_acatado": f"{ACATADO}", "justificativa": EM_PARTE}),
                (mantido, {"decisao": "NAO_ACATADO", "justificativa": POR_QUE_NAO}),
            ):
                where = f"/operadora/recursos/{protocolo}"
                self._ato(self._auditoria, f"{where}/analise")
                late = self._faturista.request("POST", f"/recursos/{protocolo}/cancelamento", {})
                self._expect(late.status, http.client.CONFLICT, "cancelar o que se analisa")
                early = self._auditoria.request("POST", f"{where}/conclusao", {})
                self._expect(early.status, http.client.CONFLICT, "concluir sem responder a tudo")
                self._ato(self._auditoria, f"{where}/respostas", {"respostas": [{"item": 1, **resposta}]})
                self._expect(self._recurso(protocolo)["valor_acatado"], None, "antes da conclusão ninguém a vê")
                self._ato(self._auditoria, f"{where}/conclusao")
            self._until("pagamento agendado", lambda: self._recurso(aceito)["pagamento"])
            after = self._faturista.get(f"/pegs/{self._pago}")
            given = Decimal(after["valor_liberado"]) - Decimal(before["valor_liberado"])
            self._expect(given, ACATADO, "o acatado voltou ao PEG")
            self._expect(
                Decimal(after["valor_liberado"]) + Decimal(after["valor_glosado"]),
                Decimal(after["valor_informado"]),
                "informado = liberado + glosado",
            )
            self._expect(self._recurso(mantido)["valor_acatado"], "0.00", "o outro foi mantido")
            result += [f"R$ {ACATADO} acatados, a outra mantida", f"PEG: glosado R$ {after['valor_glosado']}"]
        with self._step("Baixar a resposta em JSON, XML e PDF") as result:
            for formato in ("json", "xml", "pdf"):
                answer = self._faturista.request("GET", f"/recursos/{aceito}/resposta?formato={formato}")
                self._expect(answer.status, http.client.OK, f"resposta em {formato}: {answer.text[:300]}")
                if formato == "xml":
                    self._expect(self._defeitos(answer.content), [], "RESPOSTA_RECURSO_GLOSA: forma e hash")
                result.append(self._guardar(f"resposta-recurso.{formato}", answer.content))

    def _pago_no_ciclo_seguinte(self, recurso: str) -> None:
        with self._step("Receber o acatado no ciclo seguinte") as result:
            pagamento = self._recurso(recurso)["pagamento"]
            fatura = str(pagamento["fatura"])
            nota = self._enviar_nota(fatura, ACATADO, self._today)
            self._expect(nota["situacao"], "ACEITA", f"nota da parcela: {nota['divergencias']}")
            dia = date.fromisoformat(nota["pagamento_em"])
            self._at(dia)
            body = {
                "registro_ans": VALE, "numero": f"PG-{self._prefixo}-R", "prestador": HOSPITAL.prestador_id,
                "data": dia.isoformat(), "forma": "1", "itens": [{"protocolo": fatura, "valor": f"{ACATADO}"}],
                "valor_liquido": f"{ACATADO}",
            }  # fmt: skip
            self._ok(self._financeiro.request("POST", "/operadora/pagamentos", body), "pagamento", http.client.CREATED)
            self._until("recurso pago", lambda: self._recurso(recurso)["pagamento"]["pago_em"])
            self._expect(self._situacao(self._pago), "PAGO", "o PEG continua pago")
            result += [f"fatura {fatura}, R$ {ACATADO} em {dia}", self._recurso(recurso)["explicacao"]]
        with self._step("Conciliar o que se recursou") as result:
            seen = self._faturista.get(f"/conciliacao/{self._pago}")
            valores = {name: Decimal(value) for name, value in seen["valores"].items()}
            self._expect((valores["recursado"], valores["acatado"]), (Decimal("11.00"), ACATADO), "recursado e acatado")
            self._expect(valores["apresentado"] - valores["glosado"], valores["pago"], "pago = apresentado − glosado")
            for formato in FORMATOS:
                query = f"protocolos={self._pago}&registro_ans={VALE}&formato={formato}"
                answer = self._faturista.request("GET", f"/demonstrativos/analise?{query}")
                self._expect(answer.status, http.client.OK, f"análise em {formato}")
            result.append(", ".join(f"{name} R$ {value}" for name, value in valores.items()))

    def _por_xml(self) -> None:
        with self._step("Contestar duas guias por XML, como outro sistema o envia") as result:
            closed = self._publicar(self._novo)["situacao"]["nome"]
            path = f"/recursos/glosas?protocolo={self._novo}"
            glosas = self._faturista.get(path)["glosas"]
            raw = gerar_recurso(
                PedidoRecurso(
                    protocolo=self._novo, contestadas=da_lista(glosas, PORQUE), numero=f"R{self._prefixo}",
                    numero_lote=self._prefixo[-12:], hoje=self._today, origem_cnpj=HOSPITAL.cnpj or "", destino=VALE,
                )
            ).conteudo  # fmt: skip
            wrong = self._por_mensagem("recursoGlosa", raw.replace("relatório".encode("latin-1"), b"laudo"))
            self._expect((wrong.status, "5014" in wrong.text), (422, True), f"outro texto: {wrong.text[:300]}")
            taken = self._por_mensagem("recursoGlosa", raw)
            self._expect(taken.status, http.client.OK, f"porta XML: {taken.text[:600]}")
            self._expect(self._defeitos(taken.content), [], "RECEBIMENTO_RECURSO_GLOSA: forma e hash")
            (protocolo,) = {one["recurso"] for one in self._faturista.get(path)["glosas"]}
            asked = consulta_recurso(HOSPITAL.cnpj or "", VALE, protocolo, self._today)
            status = self._por_mensagem("solicitacaoStatusRecursoGlosa", asked)
            self._expect(protocolo in status.text, True, f"situação: {status.text[:600]}")
            upload = self._maquina.upload(raw, finalidade="mensagem_tiss", nome_arquivo="recurso.xml")
            final = self._maquina.follow(upload["id"])
            self._expect(final["recurso"]["id"], protocolo, f"a mesma mensagem pelo S3: {final['achados'][:2]}")
            self._ato(self._faturista, f"/recursos/{protocolo}/cancelamento", {"motivo": "Será contestado por item."})
            free = {one["situacao"] for one in self._faturista.get(path)["glosas"]}
            self._expect(free, {"ABERTA"}, "cancelado, contesta-se de novo")
            result += [f"PEG {closed}, recurso {protocolo}", "hash errado: 5014", "o mesmo pelo S3", "cancelado"]

    def _por_mensagem(self, transacao: str, raw: bytes) -> Answer:
        return self._maquina.request("POST", f"/tiss/{transacao}", raw, headers=XML)

    # --- what operadoras publish ---

    def _comunicado(self) -> None:
        with self._step("Publicar um comunicado, como financeiro, e lê-lo") as result:
            asked = {
                "registro_ans": VALE, "tipo": "COMUNICADO", "titulo": "Recesso de fim de ano",
                "resumo": "Entregas até 18/12.", "texto": "As notas entregues até 18/12 seguem o cronograma.",
                "publico": {"tipos": ["PESSOA_JURIDICA"]},
            }  # fmt: skip
            draft = self._ok(
                self._financeiro.request("POST", "/operadora/documentacoes", asked), "rascunho", http.client.CREATED
            )
            hidden = self._faturista.request("GET", f"/documentacoes/{draft['id']}")
            self._expect(hidden.status, http.client.NOT_FOUND, "um rascunho não se lê")
            self._ato(self._financeiro, f"/operadora/documentacoes/{draft['id']}/publicacao")
            shelf = self._faturista.get(f"/documentacoes?registro_ans={VALE}&novas=true")
            self._expect(draft["id"] in {one["id"] for one in shelf["documentacoes"]}, True, "novo para quem entra")
            self._ato(self._faturista, "/documentacoes/visitas", {"ate": shelf["consultado_em"]})
            self._expect(self._faturista.get("/documentacoes?novas=true")["novas"], 0, "depois da visita")
            text = self._faturista.get(f"/documentacoes/{draft['id']}")["texto"]
            self._expect(text, asked["texto"], "texto")
            always = {one["codigo"] for one in shelf["permanentes"]}
            result += ["novo uma vez só", f"sempre à mão: {', '.join(sorted(always))}"]

    def _procedimentos_com_senha(self) -> None:
        with self._step("Ler a lista do que precisa de senha (R09)") as result:
            path = f"/documentacoes/procedimentos-com-senha?registro_ans={VALE}"
            answer = self._faturista.request("GET", path)
            listed = self._ok(answer, "lista")
            held = self._faturista.request("GET", path, headers={"If-None-Match": answer.headers["etag"]})
            self._expect(held.status, http.client.NOT_MODIFIED, "quem já a tem")
            for formato, start in (("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF-")):
                paper = self._faturista.request("GET", f"{path}&formato={formato}")
                self._expect(paper.content[: len(start)], start, f"lista em {formato}")
                result.append(self._guardar(f"procedimentos-com-senha.{formato}", paper.content))
            result.insert(0, f"{listed['total']} procedimentos; para quem já a tem, 304")


def preenchida(planilha: bytes, codigo: str, porque: str) -> bytes:
    """A spreadsheet with the lines of a code of glosa contested, as somebody fills it in."""
    book = load_workbook(io.BytesIO(planilha))
    sheet = book["Glosas"]
    names = [str(cell.value) for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if str(row[names.index("codigo_glosa")].value) == codigo:
            row[names.index("justificativa")].value = porque
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
