"""Billing, in the demo: the senhas of the morning by every door, two defects followed to the end, taking back."""

from __future__ import annotations

import http.client
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from local.client import Client, machine, sign_in_as
from local.demo_autorizacao import (
    APENDICE,
    APLICACAO,
    DIARIA,
    DIPIRONA,
    EXAME,
    PACOTE_PS,
    VALE,
    operadora,
)
from local.gerador import Conta, Linha, Pedido, Tipo, consulta_protocolo, gerar
from local.passos import Passos
from local.seed import CLINICA, HOSPITAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from local.gerador import LoteGerado

XML: Final = {"Content-Type": "application/xml"}
ECG: Final = "ECG convencional de até 12 derivações"
ACIMA: Final = Decimal("900.00")
"""Reais of an ECG: above any contract of the demo."""
Glosa = tuple[str, str, int, int | None, str]
"""Rule, code, places of guia and item, reais."""


class Faturamento(Passos):
    """From pre-validation to the values let out, and back.

    Args:
        senhas: those of `local.demo_autorizacao.Manha`, by what they are.

    Attributes:
        pegs: protocolos of those that are paid later, by what they are.
    """

    def __init__(
        self, where: Mapping[str, Any], say: Callable[[str], None], today: date, senhas: Mapping[str, str]
    ) -> None:
        super().__init__(where, say, today)
        self._senhas = senhas
        self.pegs: dict[str, str] = {}
        self._lotes = 0
        self._prefixo = f"{time.time_ns() // 10**7 % 10**9:09d}"

    def run(self) -> None:
        """Carry out every step.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        self._faturista = sign_in_as(self._where, "faturista", HOSPITAL.prestador_id)
        self._recepcao = sign_in_as(self._where, "recepcao", HOSPITAL.prestador_id)
        self._maquina = machine(self._where, HOSPITAL.prestador_id)
        self._auditoria, self._financeiro = operadora(self._where, "auditoria"), operadora(self._where, "financeiro")
        self._carteira = next(
            str(row["numero_carteira"]) for row in self._where["beneficiarios"] if row["caso"] == "elegivel"
        )
        self._dividir()
        lote = self._com_dois_defeitos()
        glosas = self._conferir(lote)
        protocolo = self.pegs["liberado"] = self._por_arquivo(lote, glosas)
        self.pegs["digitado"] = self._digitado()
        self._odontologia()
        self._analise(protocolo, glosas)
        self._situacao(protocolo)
        self._retirada_e_cancelamento()

    # --- helpers ---

    def _numero_lote(self) -> str:
        self._lotes += 1
        return f"{self._prefixo}{self._lotes:02d}"

    def _lote(self, *contas: tuple[str, bool, tuple[Linha, ...]]) -> LoteGerado:
        """A lote of the hospital: of each guia its senha, whether it was urgent, and its lines; of today."""
        numero = self._numero_lote()
        made = tuple(
            Conta(
                numero=f"F{numero}{place:02d}", carteira=self._carteira, dia=self._today, linhas=linhas,
                senha=self._senhas[senha], urgencia=urgencia,
            )
            for place, (senha, urgencia, linhas) in enumerate(contas, 1)
        )  # fmt: skip
        return gerar(
            Pedido(contas=made, hoje=self._today, origem_cnpj=HOSPITAL.cnpj or "", destino=VALE, numero_lote=numero)
        )

    def _ato(self, client: Client, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._ok(client.request("POST", path, body if body is not None else {}), f"POST {path}")

    def _senha(self, nome: str) -> dict[str, Any]:
        seen: dict[str, Any] = self._recepcao.get(f"/autorizacoes/{VALE}/{self._senhas[nome]}")
        return seen

    def _faturada(self, nome: str) -> str:
        """Billed of the first item of a senha."""
        return str(self._senha(nome)["itens"][0]["quantidade_faturada"])

    def _glosas(self, protocolo: str) -> list[Glosa]:
        """Of a PEG, in order of place."""
        seen = self._faturista.get(f"/pegs/{protocolo}/glosas")["glosas"]
        return sorted((row["regra"], row["codigo"], row["guia"], row["item"], row["valor"]) for row in seen)

    def _closes(self, peg: Mapping[str, Any]) -> None:
        """Invariant 2."""
        informado, glosado, liberado = (Decimal(peg[f"valor_{name}"]) for name in ("informado", "glosado", "liberado"))
        self._expect(liberado + glosado, informado, "informado = liberado + glosado")

    # --- steps ---

    def _dividir(self) -> None:
        with self._step("Conferir e enviar um lote de 101 guias") as result:
            asked = Pedido(
                tipo=Tipo.CONSULTA, guias=2, hoje=self._today, origem_cnpj=HOSPITAL.cnpj or "", destino=VALE,
                numero_lote=self._numero_lote(), defeitos=("guias-101",),
            )  # fmt: skip
            raw = gerar(asked).conteudo
            seen = self._ok(self._faturista.request("POST", "/pegs/validacoes", raw, headers=XML), "pré-validação")
            self._expect(seen["recebivel"], False, "101 guias")
            self._expect("5015" in {row["codigo"] for row in seen["achados"]}, True, "5015 entre os achados")
            self._expect([len(parte["guias"]) for parte in seen["divisao"]], [100, 1], "divisão proposta")
            final = self._faturista.follow(self._faturista.upload(raw, nome_arquivo="101-guias.xml")["id"])
            self._expect(final["situacao"], "RECUSADO", "101 guias enviadas")
            result += ["recusado, 5015", "proposta: 100 + 1"]

    def _com_dois_defeitos(self) -> LoteGerado:
        """Three guias: medication that is due, one examination too many, one above the contract's price."""
        return self._lote(
            (
                "medicacao", False,
                (
                    Linha(tabela="22", codigo=APLICACAO, descricao="Sessão de aplicação", unitario=Decimal("40.00")),
                    Linha(
                        tabela="20", codigo=DIPIRONA, descricao="Dipirona sódica", unitario=Decimal("1.50"),
                        despesa="02", unidade="002",
                    ),
                ),
            ),
            (
                "parcial", False,
                (Linha(tabela="22", codigo=EXAME, descricao=ECG, unitario=Decimal("10.00"), quantidade=3),),
            ),
            ("xml", False, (Linha(tabela="22", codigo=EXAME, descricao=ECG, unitario=ACIMA),)),
        )  # fmt: skip

    def _conferir(self, lote: LoteGerado) -> list[Glosa]:
        with self._step("Conferir um lote antes de enviar") as result:
            seen = self._ok(
                self._faturista.request("POST", "/pegs/validacoes", lote.conteudo, headers=XML), "pré-validação"
            )
            self._expect(seen["recebivel"], True, f"recebível: {seen['achados'][:2]}")
            found = [row for row in seen["achados"] if row["efeito"] == "GLOSA"]
            told = [(row["guia"], row["item"], row["codigo"]) for row in found]
            self._expect(told, [(3, 1, "1705"), (2, 1, "1820")], "os dois defeitos")
            dear, many = found
            self._expect(Decimal(many["valor_em_risco"]), Decimal("10.00"), "um exame a mais que os autorizados")
            self._expect(
                Decimal(dear["valor_em_risco"]), ACIMA - Decimal(dear["esperado"]), "a diferença para o contrato"
            )
            total = sum((Decimal(row["valor_em_risco"]) for row in found), Decimal(0))
            self._expect(Decimal(seen["valor_em_risco"]), total, "R$ em risco")
            result.append(f"R$ {seen['valor_em_risco']} em risco, de R$ {seen['valor_informado']}")
        for row in found:
            place = f"guia {row['numero_guia_prestador']}, item {row['item']}"
            self._say(
                f"      {row['codigo']} {place}: {row['mensagem']} Visto {row['visto']}, esperado {row['esperado']}: "
                f"R$ {row['valor_em_risco']}. {row['providencia']}"
            )
        return sorted(
            (row["regra"], row["codigo"], row["guia"], row["item"], row["valor_em_risco"]) for row in found
        )  # fmt: skip

    def _por_arquivo(self, lote: LoteGerado, glosas: list[Glosa]) -> str:
        with self._step("Enviar o mesmo lote ao S3") as result:
            final = self._faturista.follow(self._faturista.upload(lote.conteudo, nome_arquivo="senhas.xml")["id"])
            self._expect(final["situacao"], "CONCLUIDO", f"lote com glosas: {final['achados'][:2]}")
            protocolo = str(final["recurso"]["id"])
            self._expect(self._glosas(protocolo), glosas, "glosas do PEG, linha a linha as da conferência")
            peg = self._faturista.get(f"/pegs/{protocolo}")
            self._closes(peg)
            receipt = self._faturista.request("GET", f"/pegs/{protocolo}/recebimento.xml").text
            self._expect(
                ["codigoGlosa>1820<" in receipt, "codigoGlosa>1705<" in receipt], [True, True], "glosas no recebimento"
            )
            self._expect(self._faturada("parcial"), "2", "só o autorizado se usa da senha")
            result += [
                f"protocolo {protocolo}",
                f"glosado R$ {peg['valor_glosado']}, as mesmas {len(glosas)} linhas da conferência",
            ]
        return protocolo

    def _digitado(self) -> str:
        with self._step("Digitar a conta de uma internação a partir da senha") as result:
            head = {"registro_ans": VALE, "tipo_guia": "guiaResumoInternacao", "numero_lote": self._numero_lote()}
            answer = self._faturista.request("POST", "/pegs/rascunhos", head)
            path = f"/pegs/rascunhos/{self._ok(answer, 'rascunho', http.client.CREATED)['id']}"
            seen = self._ato(self._faturista, f"{path}/guias/modelo", {"senha": self._senhas["internacao"]})
            guia = self._conta(seen["guia"], diarias="1")
            answer = self._faturista.request("POST", f"{path}/guias", guia)
            made = self._ok(answer, "guia digitada", http.client.CREATED)
            self._expect(made["achados"], [], "achados da guia")
            guia["despesas"][0]["valor_unitario"] = "300.00"
            answer = self._faturista.request("PUT", f"{path}/guias/{made['id']}", guia)
            self._expect(self._ok(answer, "guia alterada")["achados"], [], "achados da guia alterada")
            self._ato(self._faturista, f"{path}/fechamento")
            closed = self._faturista.request("PUT", f"{path}/guias/{made['id']}", guia)
            self._expect(closed.status, http.client.CONFLICT, "alterar o que está fechado")
            answer = self._faturista.request("POST", f"{path}/envio", {})
            sent = self._ok(answer, "envio", http.client.CREATED)
            peg = sent["peg"]
            self._expect((peg["porta"], peg["valor_glosado"]), ("DIGITADO", "0.00"), f"enviado: {sent['achados']}")
            self._closes(peg)
            self._expect(self._senha("internacao")["situacao"], "UTILIZADA", "a senha da internação")
            found = sum(len(seen["guia"].get(kind, ())) for kind in ("procedimentos", "despesas"))
            result += [f"{found} itens vieram da senha", f"protocolo {peg['protocolo']}, R$ {peg['valor_informado']}"]
        return str(peg["protocolo"])

    def _conta(self, modelo: Mapping[str, Any], *, diarias: str) -> dict[str, Any]:
        """A partial account of today: what a senha says, completed by who types."""
        day, numero = self._today.isoformat(), self._numero_lote()
        team = {
            "grau_participacao": "00", "codigo_na_operadora": HOSPITAL.cnpj, "conselho": "06", "numero": "520001",
            "nome": "Profissional de Demonstração", "uf": "33", "cbo": "225225",
        }  # fmt: skip
        guia: dict[str, Any] = {
            **modelo, "numero_guia_prestador": f"F{numero}01", "tipo_faturamento": "1", "motivo_encerramento": "51",
            "data_inicio_faturamento": day, "hora_inicio_faturamento": "00:00:00", "data_final_faturamento": day,
            "hora_final_faturamento": "23:59:00",
        }  # fmt: skip
        lines = [*modelo.get("procedimentos", ()), *modelo.get("despesas", ())]
        daily = next(line for line in lines if line["codigo"] == DIARIA)
        acts = [line for line in modelo.get("procedimentos", ()) if line["codigo"] == APENDICE]
        opme = [line for line in modelo.get("despesas", ()) if line["tabela"] == "19"]
        guia["procedimentos"] = [{**line, "data_execucao": day, "via_acesso": "1", "equipe": [team]} for line in acts]
        guia["despesas"] = [
            {**daily, "data_execucao": day, "quantidade": diarias, "codigo_despesa": "05", "unidade_medida": "036"},
            *({**line, "data_execucao": day} for line in opme),
        ]
        return guia

    def _odontologia(self) -> None:
        clinica = sign_in_as(self._where, "faturista", CLINICA.prestador_id)
        with self._step("Conferir e enviar odontologia digitada") as result:
            head = {"registro_ans": VALE, "tipo_guia": "guiaOdonto"}
            answer = clinica.request("POST", "/pegs/rascunhos", head)
            path = f"/pegs/rascunhos/{self._ok(answer, 'rascunho', http.client.CREATED)['id']}"
            seen = self._ato(clinica, f"{path}/guias/modelo", {"senha": self._senhas["odontologia"]})
            guia = {
                **seen["guia"], "numero_guia_prestador": f"F{self._numero_lote()}01", "uf_executante": "33",
                "cro_executante": "RJ00001", "cbo_executante2": "223208", "tipo_faturamento": "4",
                "tipo_atendimento": "1", "data_termino": self._today.isoformat(), "plano_beneficiario": "Odonto",
            }  # fmt: skip
            (line,) = guia["procedimentos"]
            line |= {"data_realizacao": self._today.isoformat()}
            wrong = {**guia, "procedimentos": [{**line, "regiao": "HASD"}]}
            asked = {**head, "guias": [wrong]}
            (found,) = self._ok(clinica.request("POST", "/pegs/validacoes", asked), "pré-validação")["achados"]
            self._expect((found["codigo"], found["visto"], found["esperado"]), ("1432", "HASD", "ASAI"), "outra região")
            self._say(f"      1432 {found['campo']}: {found['mensagem']} {found['providencia']}")
            seen = self._ok(clinica.request("POST", "/pegs/validacoes", {**head, "guias": [guia]}), "pré-validação")
            self._expect((seen["valor_em_risco"], seen["achados"]), ("0.00", []), "a região autorizada")
            self._ok(clinica.request("POST", f"{path}/guias", guia), "guia", http.client.CREATED)
            self._ato(clinica, f"{path}/fechamento")
            peg = self._ok(clinica.request("POST", f"{path}/envio", {}), "envio", http.client.CREATED)["peg"]
            self._expect(peg["valor_glosado"], "0.00", "nada glosado")
            result += ["na região HASD: 1432", f"na ASAI: protocolo {peg['protocolo']}, R$ {peg['valor_informado']}"]

    def _analise(self, protocolo: str, glosas: list[Glosa]) -> None:
        where = f"/operadora/pegs/{protocolo}"
        with self._step("Analisar, como auditoria") as result:
            waiting = self._rows(self._auditoria, f"/operadora/pegs?registro_ans={VALE}&situacao=RECEBIDO", "pegs")
            self._expect(any(row["protocolo"] == protocolo for row in waiting), True, "na fila da auditoria")
            peg = self._ato(self._auditoria, f"{where}/analise")
            self._expect(peg["situacao"]["nome"], "EM_ANALISE", "situação")
            late = self._faturista.request("POST", f"/pegs/{protocolo}/cancelamento", {})
            self._expect(late.status, http.client.CONFLICT, "cancelar o que se analisa")
            given = self._ato(
                self._auditoria, f"{where}/glosas",
                {"guia": 1, "item": 2, "codigo": "2101", "motivo": "Medicamento sem registro no prontuário.",
                 "valor": "1.00"},
            )["glosa"]  # fmt: skip
            self._expect((given["autor"], given["valor"]), ("AUDITORIA", "1.00"), "glosa da auditoria")
            seen = self._auditoria.get(f"{where}/glosas")["glosas"]
            dear = next(row for row in seen if row["codigo"] == "1705")
            taken_back = self._ato(
                self._auditoria, f"{where}/glosas/{dear['id']}/reversao", {"motivo": "Valor ajustado com o prestador."}
            )
            self._expect(taken_back["glosa"]["revertida"], True, "glosa revertida")
            self._closes(taken_back["peg"])
            done = self._ato(self._auditoria, f"{where}/conclusao")
            self._expect(done["situacao"]["nome"], "ANALISADO", "conclusão")
            result += ["glosa manual de R$ 1.00", f"revertida a de R$ {dear['valor']}", "ANALISADO"]
        with self._step("Liberar os valores, como financeiro") as result:
            peg = self._ato(self._financeiro, f"{where}/liberacao")
            left = sum((Decimal(row[4]) for row in glosas if row[1] != "1705"), Decimal("1.00"))
            self._expect((peg["situacao"]["nome"], Decimal(peg["valor_glosado"])), ("LIBERADO", left), "liberação")
            self._closes(peg)
            told = self._faturista.get(f"/pegs/{protocolo}/glosas")["glosas"]
            standing = [row for row in told if not row["revertida"]]
            self._expect(
                all(row["contestar_ate"] and row["como_contestar"] for row in standing), True, "como contestar"
            )
            result += [
                f"R$ {peg['valor_liberado']} de R$ {peg['valor_informado']}",
                f"contestar até {standing[0]['contestar_ate']}",
            ]

    def _situacao(self, protocolo: str) -> None:
        with self._step("Perguntar a situação, por TISS e por JSON") as result:
            peg = self._faturista.get(f"/pegs/{protocolo}")
            by_lote = self._faturista.get(f"/pegs?registro_ans={VALE}&numero_lote={peg['numero_lote']}")["pegs"]
            self._expect([row["protocolo"] for row in by_lote], [protocolo], "pelo número do lote")
            raw = consulta_protocolo(HOSPITAL.cnpj or "", VALE, protocolo, self._today)
            answer = self._maquina.request("POST", "/tiss/solicitacaoStatusProtocolo", raw, headers=XML)
            self._expect(answer.status, http.client.OK, f"porta XML: {answer.text[:400]}")
            self._expect("<ans:statusProtocolo>3<" in answer.text, True, "LIBERADO na resposta TISS")
            self._expect(f"valorLiberado>{peg['valor_liberado']}<" in answer.text, True, "valor liberado")
            result += ["SITUACAO_PROTOCOLO 3", f"{peg['situacao']['nome']}, {len(peg['historico'])} passos"]

    def _retirada_e_cancelamento(self) -> None:
        exam = (Linha(tabela="22", codigo=EXAME, descricao=ECG, unitario=Decimal("10.00")),)
        package = (
            Linha(tabela="98", codigo=PACOTE_PS, descricao="Pacote de pronto-socorro", unitario=Decimal("320.00")),
        )
        with self._step("Cobrar um pronto-socorro pela porta XML") as result:
            first = self._pela_porta(self._lote(("pacote", True, package), ("complemento", True, exam)))
            self._expect((self._faturada("pacote"), self._faturada("complemento")), ("1", "1"), "faturado das senhas")
            where = f"/autorizacoes/{VALE}/{self._senhas['complemento']}"
            refused = self._recepcao.request("POST", f"{where}/cancelamento", {})
            self._expect(refused.status, http.client.CONFLICT, "cancelar uma senha faturada")
            result += [f"protocolo {first}", "senha faturada não se cancela: 409"]
        with self._step("Retirar uma guia e cobrá-la em outro PEG") as result:
            path = f"/pegs/{first}"
            peg = self._ato(self._faturista, f"{path}/guias/2/retirada", {"motivo": "Exame cobrado à parte."})
            self._expect((peg["guias_retiradas"], peg["valor_informado"]), ([2], "320.00"), "sem a guia 2")
            self._expect(self._faturada("complemento"), "0", "a senha está livre")
            again = self._pela_porta(self._lote(("complemento", True, exam)))
            self._expect(self._faturada("complemento"), "1", "cobrada no outro PEG")
            result += ["R$ 10.00 a menos", f"protocolo {again}"]
        with self._step("Cancelar um PEG") as result:
            before = self._faturada("pacote")
            done = self._ato(self._faturista, f"{path}/cancelamento", {"motivo": "Tabela errada."})
            self._expect((done["situacao"]["nome"], done["situacao"]["codigo"]), ("CANCELADO", "9"), "cancelado")
            seen = self._senha("pacote")
            after = seen["itens"][0]["quantidade_faturada"]
            self._expect((before, after, seen["situacao"]), ("1", "0", "AUTORIZADA"), "a senha está livre")
            third = self._pela_porta(self._lote(("pacote", True, package)))
            result += [f"faturado da senha: {before} → {after}", f"cobrada de novo no protocolo {third}"]

    def _pela_porta(self, lote: LoteGerado) -> str:
        """Send a lote that is due whole by the XML door, as a partner's system does; its protocolo."""
        answer = self._maquina.request("POST", "/tiss/loteGuias", lote.conteudo, headers=XML)
        self._expect(answer.status, http.client.OK, f"loteGuias: {answer.text[:600]}")
        self._expect("codigoGlosa" in answer.text, False, f"sem glosas: {answer.text}")
        return answer.text.partition("<ans:numeroProtocolo>")[2].partition("<")[0]
