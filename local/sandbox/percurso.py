"""Every scripted outcome over real HTTP, as a partner's system meets it; each is compared with what is written."""

from __future__ import annotations

import http.client
import re
import time
from typing import TYPE_CHECKING, Any, Final

from local.client import machine
from local.gerador.solicitacoes import Item, PedidoSolicitacao, gerar_solicitacao
from local.gerador_cadastro import HOSPITAL, sandbox
from local.passos import Passos
from local.sandbox import roteiros
from local.sandbox.operadora import NEGADA, Operadora
from local.sandbox.roteiros import COBRADAS, INELEGIVEIS, PEDIDAS, RESPOSTAS, Cobrada, Pedida

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

_GLOSA: Final = re.compile(rb"<ans:codigoGlosa>([0-9]{4})<")
_CONTESTADAS: Final = ("glosa-de-valor", "glosa-de-quantidade")
_XML: Final = {"Content-Type": "application/xml"}
_PDF: Final = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Percurso(Passos):
    """The walk, as the machine of one prestador at one operadora."""

    def __init__(
        self,
        where: Mapping[str, Any],
        say: Callable[[str], None],
        today: date,
        *,
        registro_ans: str = "345695",
        prestador: str = HOSPITAL,
        operadora: Operadora | None = None,
    ) -> None:
        super().__init__(where, say, today)
        self._operadora = operadora or Operadora(where, say, today, registro_ans=registro_ans)
        self._quem = {"registro_ans": registro_ans, "prestador": prestador}
        self._numero = time.time_ns() // 10**6 % 10**10
        self._feitos: dict[str, str] = {}
        self._status: dict[str, str] = {}

    def run(self) -> None:
        """Walk through all of it.

        Raises:
            DemoError: an outcome is not what is scripted.
        """
        self._client = machine(self._where, self._quem["prestador"])
        self._elegibilidade()
        for pedida in PEDIDAS:
            self._pedida(pedida)
        self._por_xml()
        self._expirada()
        for cobrada in COBRADAS:
            self._cobrada(cobrada)
        self._lote_repetido()
        self._decididas()

    def _novo(self) -> str:
        self._numero += 1
        return f"{self._numero:010d}"

    def _elegibilidade(self) -> None:
        with self._step("Verificar a elegibilidade de todos") as result:
            lives = sandbox.vidas(self._quem["registro_ans"])
            asked = [{"referencia": vida.chave, "numero_carteira": vida.carteira} for vida in lives]
            answer = self._client.request("POST", "/elegibilidade/lotes", {"itens": asked})
            found = {
                one["referencia"]: one["beneficiarios"][0]["motivos"][0]["codigo"]
                for one in self._ok(answer, "elegibilidade")["resultados"]
                if not one["elegivel"]
            }
            self._expect(found, INELEGIVEIS, "quem não é elegível")
            result.append(", ".join(f"{caso} {codigo}" for caso, codigo in found.items()))

    def _pedir(self, pedida: Pedida) -> dict[str, Any]:
        body = roteiros.pedido(pedida, numero=self._novo(), **self._quem)
        made = self._ok(self._client.request("POST", "/autorizacoes", body), pedida.caso, http.client.CREATED)
        seen: dict[str, Any] = made["autorizacao"]
        told = _once(achado["codigo"] for achado in made["achados"])
        self._expect((seen["situacao"], told), (pedida.situacao, pedida.codigos), pedida.caso)
        return seen

    def _pedida(self, pedida: Pedida) -> None:
        with self._step(f"Pedir: {pedida.caso}") as result:
            seen = self._pedir(pedida)
            self._feitos[pedida.caso], self._status[pedida.caso] = seen["numero"], seen["status_tiss"]
            result.append(", ".join((seen["situacao"], *pedida.codigos)))
            answer: dict[str, Any] = {}
            for tipo in {pendencia["tipo"] for pendencia in seen["pendencias"]}:
                answer |= self._resposta(tipo)
            if answer:
                path = f"/autorizacoes/{self._quem['registro_ans']}/{seen['numero']}/respostas"
                done = self._ok(self._client.request("POST", path, answer), "resposta às pendências")
                self._expect(done["situacao"], "EM_ANALISE", "depois da resposta")
                result.append("respondida: EM_ANALISE")

    def _resposta(self, tipo: str) -> dict[str, Any]:
        if tipo == "JUSTIFICATIVA":
            return {"justificativa": "Dor abdominal a esclarecer"}
        upload = self._client.upload(
            _PDF, finalidade="laudo", nome_arquivo="laudo.pdf", registro_ans=self._quem["registro_ans"]
        )
        self._expect(self._client.follow(upload["id"])["situacao"], "CONCLUIDO", "laudo")
        return {"documentos": [{"id": upload["id"], "tipo": "02"}]}

    def _por_xml(self) -> None:
        """Whatever only the carteira decides is decided so by the XML door, too."""
        with self._step("Pedir o mesmo por mensagem TISS") as result:
            registro = self._quem["registro_ans"]
            itens = tuple(Item(tabela=tabela, codigo=codigo, descricao="Exame") for tabela, codigo in sandbox.EXAMES)
            found = {}
            for one in PEDIDAS:
                if one.muda:
                    continue
                asked = PedidoSolicitacao(
                    origem_cnpj=self._quem["prestador"], destino=registro, hoje=self._today, numero=self._novo(),
                    carteira=roteiros.carteira(registro, one.vida), itens=itens,
                )  # fmt: skip
                raw = gerar_solicitacao(asked).conteudo
                answer = self._client.request("POST", "/tiss/solicitacaoProcedimento", raw, headers=_XML)
                found[one.caso] = answer.text.partition("<ans:statusSolicitacao>")[2].partition("<")[0]
            self._expect(found, {caso: self._status[caso] for caso in found}, "situação pelas duas portas")
            result.append(f"{len(found)} desfechos, os mesmos")

    def _expirada(self) -> None:
        with self._step("Consultar a senha expirada") as result:
            senha = sandbox.expirada(self._quem["prestador"])
            seen = self._client.get(f"/autorizacoes/{self._quem['registro_ans']}/{senha}")
            self._expect(seen["situacao"], "EXPIRADA", senha)
            result.append(f"{senha}, até {seen['validade']}")

    def _enviar(self, cobrada: Cobrada, numero: str, *, recusado: bool) -> bytes:
        senha = self._pedir(PEDIDAS[0])["senha"] if cobrada.senha == "NOVA" else ""
        made = roteiros.lote(cobrada, numero=numero, senha=senha, hoje=self._today, **self._quem)
        answer = self._client.request("POST", "/tiss/loteGuias", made.conteudo, headers=_XML)
        status = http.client.UNPROCESSABLE_ENTITY if recusado else http.client.OK
        self._expect(answer.status, status, f"{cobrada.caso}: {answer.text[:500]}")
        return answer.content

    def _cobrada(self, cobrada: Cobrada) -> None:
        with self._step(f"Cobrar: {cobrada.caso}") as result:
            raw = self._enviar(cobrada, self._novo(), recusado=cobrada.recusado)
            told = _once(code.decode() for code in _GLOSA.findall(raw))
            self._expect(told, cobrada.codigos, cobrada.caso)
            self._feitos[cobrada.caso] = raw.partition(b"<ans:numeroProtocolo>")[2].partition(b"<")[0].decode()
            result.append(", ".join(("recusado" if cobrada.recusado else "recebido", *cobrada.codigos)))

    def _lote_repetido(self) -> None:
        with self._step("Cobrar: lote-repetido") as result:
            numero = self._novo()
            self._enviar(COBRADAS[0], numero, recusado=False)
            raw = self._enviar(COBRADAS[0], numero, recusado=True)
            told = _once(code.decode() for code in _GLOSA.findall(raw))
            self._expect(told, ("5053",), "outros bytes com o mesmo número de lote")
            result.append("recusado, 5053")

    def _decididas(self) -> None:
        """The operadora's turn, twice: what waits for it, then what is contested of what it let out."""
        registro = self._quem["registro_ans"]
        self._operadora.run()
        with self._step("Ver o que a operadora decidiu") as result:
            seen = {
                caso: self._client.get(f"/autorizacoes/{registro}/{self._feitos[caso]}") for caso in ("analise", NEGADA)
            }
            found = {caso: one["situacao"] for caso, one in seen.items()}
            self._expect(found, {"analise": "AUTORIZADA", NEGADA: "NEGADA"}, "decisões")
            (reason, *_) = seen[NEGADA]["itens"][0]["motivos"]
            self._expect(all(reason[name] for name in ("codigo", "texto", "base")), True, "o motivo da negativa")
            result.append("AUTORIZADA e NEGADA")
        with self._step("Contestar as glosas, e ver as respostas") as result:
            sent = {
                one.codigos[0]: self._contestar(self._feitos[one.caso]) for one in COBRADAS if one.caso in _CONTESTADAS
            }
            self._operadora.run()
            for codigo, recurso in sent.items():
                (item,) = self._client.get(f"/recursos/{recurso}/itens")["itens"]
                self._expect(item["resposta"]["decisao"], RESPOSTAS[codigo], f"recurso de {codigo}")
                result.append(f"{codigo}: {RESPOSTAS[codigo]}")

    def _contestar(self, protocolo: str) -> str:
        """The recurso against the only glosa of a PEG."""
        (glosa,) = self._client.get(f"/recursos/glosas?protocolo={protocolo}")["glosas"]
        item = {**glosa["modelo"], "justificativa": "O valor e a quantidade são os do aditivo contratual."}
        body = {"registro_ans": self._quem["registro_ans"], "protocolo_peg": protocolo, "itens": [item]}
        sent = self._ok(self._client.request("POST", "/recursos", body), "recurso", http.client.CREATED)
        return str(sent["protocolo"])


def _once(codigos: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codigo for codigo in codigos if codigo))
