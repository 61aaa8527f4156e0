"""The prestador's morning, in the demo: every kind of senha, the operadora's side, and what a moved clock ends."""

from __future__ import annotations

import http.client
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from local import relogio, runtime
from local.client import Client, machine, sign_in, sign_in_as
from local.gerador import solicitacoes
from local.gerador.solicitacoes import Item, PedidoSolicitacao
from local.passos import DemoError, Passos
from local.seed import CLINICA, HOSPITAL, OPERADORAS

if TYPE_CHECKING:
    from collections.abc import Mapping

VALE: Final = OPERADORAS[0]
PDF: Final = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MEDICO: Final = {
    "nome": "Profissional de Demonstração",
    "conselho": "CRM",
    "numero": "520001",
    "uf": "RJ",
    "cbo": "225125",
}
PRONTO_SOCORRO, PACOTE_PS, EXAME, OUTRO_EXAME = "10101039", "90010039", "40101010", "40101037"
APLICACAO, DIPIRONA, SORO, QUIMIO = "20104545", "90055888", "90007760", "20104294"
APENDICE, RESSONANCIA, DIARIA = "31003079", "41101014", "60000651"
FABRICANTES: Final = ("70002754", "70002754", "70002754")
VALIDADE: Final = timedelta(days=90)
AVISO: Final = timedelta(days=75)
VARREDURA: Final = "expiracao-autorizacoes"


class Manha(Passos):
    """Requests and what becomes of them, until the clock is touched.

    Attributes:
        senhas: those that are billed later, by what they are.
    """

    def run(self) -> None:
        """Carry out every step.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        self.senhas: dict[str, str] = {}
        self._guia = 0
        self._prefixo = f"D{time.time_ns() // 10**6 % 10**10}"
        self._recepcao = sign_in_as(self._where, "recepcao", HOSPITAL.prestador_id)
        self._central, self._auditoria = operadora(self._where, "central"), operadora(self._where, "auditoria")
        senha = self._urgencia()
        self._complemento(senha)
        self._internacao_com_opme()
        self._odontologia()
        self._medicamentos()
        self._nao_contratado()
        self._cancelamento_parcial()
        self._oncologia()
        self._substituicao_e_cancelamento()
        self._por_xml()

    # --- helpers ---

    def _vida(self, caso: str = "elegivel") -> str:
        return str(next(row["numero_carteira"] for row in self._where["beneficiarios"] if row["caso"] == caso))

    def _numero(self) -> str:
        self._guia += 1
        return f"{self._prefixo}{self._guia:03d}"

    def _corpo(self, *itens: Mapping[str, Any], **mais: Any) -> dict[str, Any]:
        return {
            "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": self._vida(), "profissional": MEDICO,
            "numero_guia_prestador": self._numero(), "justificativa": "Investigação clínica", "itens": list(itens),
            **mais,
        }  # fmt: skip

    def _pedir(
        self, *itens: Mapping[str, Any], situacao: str, client: Client | None = None, **mais: Any
    ) -> dict[str, Any]:
        answer = (client or self._recepcao).request("POST", "/autorizacoes", self._corpo(*itens, **mais))
        self._expect(answer.status, http.client.CREATED, f"pedido: {answer.text[:300]}")
        made: dict[str, Any] = answer.json()
        told = [(achado["codigo"], achado["mensagem"]) for achado in made["achados"]]
        self._expect(made["autorizacao"]["situacao"], situacao, f"situação do pedido, com {told}")
        return made

    def _ato(self, client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = client.request("POST", path, body)
        self._expect(answer.status, http.client.OK, f"POST {path}: {answer.text[:400]}")
        done: dict[str, Any] = answer.json()
        return done

    def _ver(self, numero: str, client: Client | None = None) -> dict[str, Any]:
        prefix = "/operadora" if client else ""
        seen: dict[str, Any] = (client or self._recepcao).get(f"{prefix}/autorizacoes/{VALE}/{numero}")
        return seen

    def _achado(self, made: Mapping[str, Any], codigo: str) -> dict[str, Any]:
        for achado in made["achados"]:
            if achado["codigo"] == codigo:
                self._say(f"      {codigo} {achado['campo'] or 'pedido'}: {achado['mensagem']} {achado['providencia']}")
                return dict(achado)
        raise DemoError(f"glosa {codigo} não está entre {[achado['codigo'] for achado in made['achados']]}")

    def _documento(self, finalidade: str, nome: str) -> str:
        upload = self._recepcao.upload(PDF, finalidade=finalidade, nome_arquivo=nome)
        final = self._recepcao.follow(upload["id"])
        self._expect(final["situacao"], "CONCLUIDO", f"upload de {nome}")
        return str(upload["id"])

    def _na_fila(self, fila: str, numero: str, client: Client) -> None:
        path = f"/operadora/autorizacoes?registro_ans={VALE}&fila={fila}"
        found = any(row["numero"] == numero for row in self._rows(client, path, "autorizacoes"))
        self._expect(found, True, f"{numero} na fila {fila}")

    # --- steps ---

    def _urgencia(self) -> str:
        with self._step("Pedir senha de urgência") as result:
            made = self._pedir(item(PRONTO_SOCORRO), situacao="NEGADA", carater="2")
            achado = self._achado(made, "3098")
            self._expect(PACOTE_PS in str(achado["esperado"]), True, "o pacote do contrato na recusa")
            made = self._pedir(item(PACOTE_PS, tabela="98"), situacao="AUTORIZADA", carater="2")
            senha = self.senhas["pacote"] = made["autorizacao"]["senha"]
            result += [f"10101039 recusado, pacote {PACOTE_PS} com a senha {senha} na mesma resposta"]
        return str(senha)

    def _complemento(self, senha: str) -> None:
        with self._step("Pedir um complemento sobre a senha") as result:
            made = self._pedir(item(EXAME), situacao="AUTORIZADA", carater="2", guia_principal=senha)
            self._expect(made["autorizacao"]["principal"], senha, "senha principal")
            self._expect(self._ver(senha)["complementos"], [made["autorizacao"]["numero"]], "complementos da principal")
            blocked = self._recepcao.request("POST", f"/autorizacoes/{VALE}/{senha}/cancelamento", {})
            self._expect(blocked.status, http.client.CONFLICT, "cancelar só a principal")
            self.senhas["complemento"] = made["autorizacao"]["senha"]
            result += [f"senha {made['autorizacao']['senha']}", "a principal não se cancela sozinha: 409"]

    def _internacao_com_opme(self) -> None:
        stay: dict[str, Any] = {
            "tipo": "INTERNACAO", "diarias": 3, "tipo_internacao": "2", "regime_internacao": "1", "cids": ["K359"],
            "indicador_opme": True, "data_atendimento": (self._today + timedelta(days=5)).isoformat(),
        }  # fmt: skip
        with self._step("Pedir internação com OPME") as result:
            made = self._pedir(
                item(APENDICE), item(DIARIA, 3, tabela="18"), situacao="AGUARDANDO_DOCUMENTO", **stay
            )  # fmt: skip
            held = made["autorizacao"]
            where = f"/autorizacoes/{VALE}/{held['numero']}"
            waited = {row["tipo"] for row in held["pendencias"]}
            self._expect(waited >= {"ANEXO_OPME", "COTACAO", "DOCUMENTO"}, True, f"pendências {waited}")
            result += [
                f"protocolo {held['protocolo_atendimento']}",
                f"{len(held['pendencias'])} pendências, até {held['ate']}",
            ]
        with self._step("Enviar o anexo, as cotações e os documentos") as result:
            materials = [
                item(
                    code,
                    tabela="19",
                    opme={"opcao": str(place), "registro_anvisa": f"8000000000{place}"},
                    valor=f"{900 + place}.00",
                )
                for place, code in enumerate(FABRICANTES, 1)
            ]
            anexo = {"tipo": "OPME", "numero": self._numero(), "itens": materials, "justificativa": "Material do ato"}
            seen = self._ato(self._recepcao, f"{where}/anexos", {"anexo": anexo, "documentos": []})
            self._expect("ANEXO_OPME" in {row["tipo"] for row in seen["pendencias"]}, False, "anexo recebido")
            quotes = [{"id": self._documento("cotacao_opme", f"cotacao-{n}.pdf"), "cotacao": True} for n in (1, 2, 3)]
            seen = self._ato(self._recepcao, f"{where}/respostas", {"documentos": quotes})
            wanted = sorted({row["documento"] for row in seen["pendencias"] if row["documento"]})
            papers = [{"id": self._documento("laudo", f"doc-{kind}.pdf"), "tipo": kind} for kind in wanted]
            seen = self._ato(self._recepcao, f"{where}/respostas", {"documentos": papers})
            self._expect(seen["situacao"], "EM_ANALISE", "de volta à análise, sozinha")
            result += [
                f"3 fabricantes, 3 cotações, {len(papers)} documentos",
                f"em análise até {seen['responder_ate']}",
            ]
        with self._step("Decidir, como auditoria") as result:
            self._na_fila("ANALISE", held["numero"], self._auditoria)
            denied = {"codigo": "1423", "motivo": "Foi autorizado o mesmo material de outro fabricante.",
                      "base": "RN 424/2017, art. 7º."}  # fmt: skip
            votes = []
            for row in self._ver(held["numero"], self._auditoria)["itens"]:
                if row["situacao"] != "EM_ANALISE":
                    continue
                other = row["opme"] is not None and row["opme"]["opcao"] != "2"
                votes.append(
                    {"sequencia": row["sequencia"], "quantidade": 0, **denied}
                    if other
                    else {"sequencia": row["sequencia"], "quantidade": row["quantidade_solicitada"]}
                )
            done = self._ato(self._auditoria, f"/operadora{where}/decisao", {"itens": votes})
            self._expect(done["situacao"], "AUTORIZADA", "internação com o material da segunda opção")
            self.senhas["internacao"] = done["senha"]
            result += [f"senha {done['senha']}, válida até {done['validade']}", "o segundo fabricante"]
        with self._step("Comunicar a internação e baixar a senha em PDF") as result:
            seen = self._ato(self._recepcao, f"{where}/internacao", {"data": self._today.isoformat()})
            self._expect(seen["admissao"], self._today.isoformat(), "admissão")
            paper = self._recepcao.request("GET", f"{where}/pdf")
            self._expect(paper.content[:5], b"%PDF-", "PDF da senha")
            result += ["internado hoje", f"PDF de {len(paper.content) / 1024:.0f} KiB"]

    def _odontologia(self) -> None:
        with self._step("Pedir consulta odontológica na região AIAS") as result:
            dentista = sign_in_as(self._where, "recepcao", CLINICA.prestador_id)
            dental: dict[str, Any] = {"tipo": "ODONTOLOGIA", "numero_carteira": self._vida("odontologico")}
            dental["client"] = dentista
            made = self._pedir(item("81000065"), situacao="NEGADA", **dental)
            self._achado(made, "3022")
            made = self._pedir(item("81000065", regiao="AIAS"), situacao="AUTORIZADA", **dental)
            self._expect(made["autorizacao"]["itens"][0]["regiao"], "ASAI", "região gravada")
            self.senhas["odontologia"] = made["autorizacao"]["senha"]
            result += ["sem dente nem região é recusada", f"AIAS vira ASAI, senha {made['autorizacao']['senha']}"]

    def _medicamentos(self) -> None:
        with self._step("Pedir medicação") as result:
            self._achado(self._pedir(item(DIPIRONA, tabela="20"), situacao="NEGADA"), "3102")
            self._achado(self._pedir(item(APLICACAO), situacao="NEGADA"), "2103")
            made = self._pedir(item(APLICACAO), item(DIPIRONA, tabela="20"), situacao="AUTORIZADA")
            self.senhas["medicacao"] = made["autorizacao"]["senha"]
            result += ["só o medicamento ou só a aplicação: recusados", f"juntos: senha {made['autorizacao']['senha']}"]

    def _nao_contratado(self) -> None:
        with self._step("Pedir o que não está contratado") as result:
            clinica = sign_in_as(self._where, "recepcao", CLINICA.prestador_id)
            made = self._pedir(item(RESSONANCIA), situacao="NEGADA", client=clinica)
            achado = self._achado(made, "2514")
            self._expect(bool(achado["contatos"]), True, "contatos da Central")
            result.append(f"2514, com {len(achado['contatos'])} contatos da Central")

    def _cancelamento_parcial(self) -> None:
        with self._step("Cancelar parte de uma senha, pela Central") as result:
            made = self._pedir(item(EXAME, 2), item(OUTRO_EXAME), situacao="AUTORIZADA")["autorizacao"]
            path = f"/operadora/autorizacoes/{VALE}/{made['numero']}/quantidades"
            body = {"itens": [{"sequencia": 2, "quantidade": 0}], "motivo": "Pedido do beneficiário"}
            own = f"/autorizacoes/{VALE}/{made['numero']}/cancelamento"
            refused = self._recepcao.request("POST", own, {"itens": [2]})
            self._expect(refused.status, http.client.FORBIDDEN, "o prestador não cancela parte")
            self._expect(bool(refused.json()["contatos"]), True, "contatos da Central")
            done = self._ato(self._central, path, body)
            self._expect((done["situacao"], done["itens"][1]["situacao"]), ("PARCIAL", "CANCELADO"), "item cancelado")
            self.senhas["parcial"] = made["senha"]
            result += ["403 para o prestador", f"{made['senha']} ficou parcial"]

    def _oncologia(self) -> None:
        first = self._today + timedelta(days=10)
        with self._step("Pedir quimioterapia e mudar a data") as result:
            drug = item(SORO, tabela="20", data_provavel=first.isoformat())
            anexo = {"tipo": "QUIMIOTERAPIA", "numero": self._numero(), "itens": [drug], "justificativa": "Ciclo 1"}
            papers = [{"id": self._documento("laudo", f"onco-{kind}.pdf"), "tipo": kind} for kind in ("02", "04", "05")]
            made = self._pedir(item(QUIMIO), situacao="EM_ANALISE", anexos=[anexo], documentos=papers)["autorizacao"]
            where = f"/autorizacoes/{VALE}/{made['numero']}"
            votes = [
                {"sequencia": row["sequencia"], "quantidade": row["quantidade_solicitada"]} for row in made["itens"]
            ]
            self._ato(self._auditoria, f"/operadora{where}/decisao", {"itens": votes})
            later = (first + timedelta(days=7)).isoformat()
            asked = {"sequencia": 2, "data": later, "motivo": "Hemograma baixo"}
            self._ato(self._recepcao, f"{where}/datas", asked)
            # Nobody is written to about what was decided before it was read: whoever decides waits for the letter.
            self._until("o e-mail à oncologia", lambda: any(made["numero"] in one["Subject"] for one in self._cartas()))
            self._na_fila("DATAS", made["numero"], self._central)
            done = self._ato(self._central, f"/operadora{where}/datas/decisao", {"sequencia": 2, "aprovada": True})
            self._expect(done["itens"][1]["data_prevista"], later, "novo dia")
            result += [
                f"de {first:%d/%m} para {later[8:]}/{later[5:7]}",
                "à oncologia por e-mail; aprovada",
            ]

    def _substituicao_e_cancelamento(self) -> None:
        with self._step("Substituir, pesquisar e cancelar") as result:
            old = self._pedir(item(EXAME), situacao="AUTORIZADA")["autorizacao"]
            body = self._corpo(item(EXAME), item(OUTRO_EXAME))
            answer = self._recepcao.request("POST", f"/autorizacoes/{VALE}/{old['numero']}/substituicao", body)
            self._expect(answer.status, http.client.CREATED, f"substituição: {answer.text[:300]}")
            new = answer.json()["autorizacao"]
            self._expect(
                (new["situacao"], self._ver(old["numero"])["situacao"]), ("AUTORIZADA", "CANCELADA"), "as duas"
            )
            asked = {"registro_ans": VALE, "numero": new["numero_guia_prestador"], "numero_carteira": self._vida()}
            found = self._ato(self._recepcao, "/autorizacoes/busca", asked)["autorizacoes"]
            self._expect([row["numero"] for row in found], [new["numero"]], "busca pela guia e pela matrícula")
            wrong = self._recepcao.request(
                "POST", "/autorizacoes/busca", {**asked, "numero_carteira": self._vida("mae")}
            )
            self._expect(wrong.status, http.client.NOT_FOUND, "matrícula de outra pessoa")
            self._ato(self._recepcao, f"/autorizacoes/{VALE}/{new['numero']}/cancelamento", {})
            self._expect(self._ver(new["numero"])["situacao"], "CANCELADA", "cancelamento")
            result += [f"{old['senha']} deu lugar a {new['senha']}", "achada pela guia e matrícula", "cancelada"]

    def _por_xml(self) -> None:
        with self._step("Pedir e consultar por mensagem TISS") as result:
            asked = PedidoSolicitacao(
                hoje=self._today,
                origem_cnpj=HOSPITAL.cnpj or "",
                destino=VALE,
                numero=self._numero(),
                carteira=self._vida(),
                itens=(Item(tabela="22", codigo=EXAME, descricao="ECG convencional"),),
            )
            client = machine(self._where, HOSPITAL.prestador_id)
            xml = {"Content-Type": "application/xml"}
            raw = solicitacoes.gerar_solicitacao(asked).conteudo
            answer = client.request("POST", "/tiss/solicitacaoProcedimento", raw, headers=xml)
            self._expect(answer.status, http.client.OK, f"porta XML: {answer.text[:400]}")
            self._expect(b"<ans:statusSolicitacao>1<" in answer.content, True, "autorizado na resposta TISS")
            self.senhas["xml"] = answer.text.partition("<ans:senha>")[2].partition("<")[0]
            final = client.follow(client.upload(raw, finalidade="mensagem_tiss", nome_arquivo="pedido.xml")["id"])
            self._expect(final["situacao"], "CONCLUIDO", "a mesma mensagem pelo S3")
            status = solicitacoes.solicita_status(asked).conteudo
            answer = client.request("POST", "/tiss/solicitaStatusAutorizacao", status, headers=xml)
            self._expect(b"<ans:statusSolicitacao>1<" in answer.content, True, "status por TISS")
            result += ["RESPOSTA_SOLICITACAO 1", "a mesma mensagem pelo S3 é o mesmo pedido", "STATUS_AUTORIZACAO 1"]


class Validade(Passos):
    """What a moved clock ends (R10): the last of the demo, as it moves for everybody."""

    def run(self) -> None:
        """Carry out every step, and put the clock back whatever happens.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        self._aws = runtime.client(self._where["endpoint_aws"], self._where["credenciais_aws"], "stepfunctions")
        client = sign_in_as(self._where, "recepcao", HOSPITAL.prestador_id)
        carteira = next(row["numero_carteira"] for row in self._where["beneficiarios"] if row["caso"] == "elegivel")
        with self._step("Adiantar o relógio e ver a senha vencer") as result:
            body = {
                "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": carteira, "profissional": MEDICO,
                "numero_guia_prestador": f"V{time.time_ns() // 10**6}", "itens": [item(EXAME)],
            }  # fmt: skip
            made = client.request("POST", "/autorizacoes", body).json()["autorizacao"]
            self._expect(made["validade"], (self._today + VALIDADE).isoformat(), "validade de 90 dias")
            path = f"/autorizacoes/{VALE}/{made['numero']}"
            with relogio.moved(self._where, AVISO):
                self._swept(client, path, "SENHA_A_VENCER")
                relogio.move(self._where, VALIDADE)
                self._expect(client.get(path)["situacao"], "AUTORIZADA", "no último dia")
                relogio.move(self._where, VALIDADE + timedelta(days=1))
                self._expect(client.get(path)["situacao"], "EXPIRADA", "no dia seguinte, sem esperar a varredura")
                self._swept(client, path, "EXPIRADA")
            result += ["avisada 15 dias antes", "vale no 90º dia, expirada no 91º", "relógio de volta"]

    def _swept(self, client: Client, path: str, evento: str) -> None:
        """Start the sweep, as ops may, without waiting for its schedule, until it has left its entry."""

        def told() -> bool:
            self._sweep()
            return evento in {marco["evento"] for marco in client.get(path)["historico"]}

        self._until(f"{evento} na linha", told)

    def _sweep(self) -> None:
        run = self._aws.start_execution(stateMachineArn=self._machine())["executionArn"]

        def ended() -> str | None:
            state = str(self._aws.describe_execution(executionArn=run)["status"])
            return None if state == "RUNNING" else state

        self._expect(self._until("varredura de vencimentos", ended), "SUCCEEDED", "varredura de vencimentos")

    def _machine(self) -> str:
        found = self._aws.list_state_machines()["stateMachines"]
        return str(next(one["stateMachineArn"] for one in found if one["name"].endswith(VARREDURA)))


def item(codigo: str, quantidade: int = 1, *, tabela: str = "22", **mais: Any) -> dict[str, Any]:
    """A line of a request."""
    return {"tabela": tabela, "codigo": codigo, "quantidade": str(quantidade), **mais}


def operadora(where: Mapping[str, Any], grupo: str, registro_ans: str = VALE) -> Client:
    """The person of a group at an operadora; else the one of another, who may be of both.

    Raises:
        DemoError: nobody is of that group.
    """
    people = [one for one in where["usuarios"] if one["papel"] == grupo and one["operadora"]]
    if not people:
        raise DemoError(f"ninguém de {grupo} em usuarios")
    who = min(people, key=lambda one: one["operadora"] != registro_ans)
    return sign_in(where, who["email"], who["senha"], "operadora", who.get("totp"))
