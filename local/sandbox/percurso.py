"""Every scripted outcome over real HTTP, as a partner's system meets it; each is compared with what is written."""

from __future__ import annotations

import http.client
import re
import time
from typing import TYPE_CHECKING, Any, Final

from local.client import machine
from local.gerador_cadastro import HOSPITAL, sandbox
from local.passos import Passos
from local.sandbox import roteiros
from local.sandbox.operadora import NEGADA, Operadora
from local.sandbox.roteiros import COBRADAS, PEDIDAS, Cobrada, Pedida

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

_GLOSA: Final = re.compile(rb"<ans:codigoGlosa>([0-9]{4})<")
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
    ) -> None:
        super().__init__(where, say, today)
        self._quem = {"registro_ans": registro_ans, "prestador": prestador}
        self._numero = time.time_ns() // 10**6 % 10**10

    def run(self) -> None:
        """Walk through all of it.

        Raises:
            DemoError: an outcome is not what is scripted.
        """
        self._client = machine(self._where, self._quem["prestador"])
        for pedida in PEDIDAS:
            self._pedida(pedida)
        self._expirada()
        for cobrada in COBRADAS:
            self._cobrada(cobrada)
        self._lote_repetido()
        self._decididas()

    def _novo(self) -> str:
        self._numero += 1
        return f"{self._numero:010d}"

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

    def _expirada(self) -> None:
        with self._step("Consultar a senha expirada") as result:
            senha = sandbox.expirada(self._quem["prestador"])
            seen = self._client.get(f"/autorizacoes/{self._quem['registro_ans']}/{senha}")
            self._expect(seen["situacao"], "EXPIRADA", senha)
            result.append(f"{senha}, até {seen['validade']}")

    def _enviar(self, cobrada: Cobrada, numero: str, *, recusado: bool) -> bytes:
        senha = self._pedir(PEDIDAS[0])["senha"] if cobrada.senha == "NOVA" else ""
        made = roteiros.lote(cobrada, numero=numero, senha=senha, hoje=self._today, **self._quem)
        xml = {"Content-Type": "application/xml"}
        answer = self._client.request("POST", "/tiss/loteGuias", made.conteudo, headers=xml)
        status = http.client.UNPROCESSABLE_ENTITY if recusado else http.client.OK
        self._expect(answer.status, status, f"{cobrada.caso}: {answer.text[:500]}")
        return answer.content

    def _cobrada(self, cobrada: Cobrada) -> None:
        with self._step(f"Cobrar: {cobrada.caso}") as result:
            raw = self._enviar(cobrada, self._novo(), recusado=cobrada.recusado)
            told = _once(code.decode() for code in _GLOSA.findall(raw))
            self._expect(told, cobrada.codigos, cobrada.caso)
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
        held = {one.caso: self._pedir(one)["numero"] for one in PEDIDAS if one.situacao == "EM_ANALISE"}
        raw = self._enviar(COBRADAS[1], self._novo(), recusado=False).decode("iso-8859-1")
        protocolo = raw.partition("<ans:numeroProtocolo>")[2].partition("<")[0]
        registro = self._quem["registro_ans"]
        Operadora(self._where, self._say, self._today, registro_ans=registro).run()
        with self._step("Ver o que a operadora decidiu") as result:
            seen = {caso: self._client.get(f"/autorizacoes/{registro}/{numero}") for caso, numero in held.items()}
            found = {caso: one["situacao"] for caso, one in seen.items()}
            self._expect(found, {"analise": "AUTORIZADA", NEGADA: "NEGADA"}, "decisões")
            (reason, *_) = seen[NEGADA]["itens"][0]["motivos"]
            self._expect(all(reason[name] for name in ("codigo", "texto", "base")), True, "o motivo da negativa")
            peg = self._client.get(f"/pegs/{protocolo}")
            self._expect(peg["situacao"]["nome"], "LIBERADO", f"PEG {protocolo}")
            result += ["AUTORIZADA e NEGADA", f"PEG {protocolo} LIBERADO: R$ {peg['valor_liberado']}"]


def _once(codigos: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codigo for codigo in codigos if codigo))
