"""What everybody is told at the end of the demo's day: by webhook, by alertas, by Início, by e-mail; and the audit."""

from __future__ import annotations

import http.client
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from auditoria.domain.cadeia import Cabeca
from conecta_edge.clock import FUSO
from local import relogio, runtime
from local.auditoria import arquivos
from local.client import machine, sign_in_as
from local.demo_autorizacao import EXAME, MEDICO, VALE, item
from local.demo_escritorio import PASTA, Escritorio
from local.ouvinte import Ouvinte
from local.seed import CLINICA, HOSPITAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from local.client import Client

Contagem = tuple[int, Decimal | None]
"""How many, and reais where they are counted."""
RECUSADOS: Final = (
    "http://webhooks.hospital-aurora.example/conecta", "https://127.0.0.1/conecta", "https://169.254.169.254/latest",
    "https://usuario:senha@webhooks.hospital-aurora.example/", "https://interno/conecta",
)  # fmt: skip
"""Addresses that no webhook may have."""
NA_ORDEM: Final = ("AutorizacaoSolicitada", "AutorizacaoCancelada")
TESTE: Final = b'"WebhookTestado"'
CONTADOS: Final = frozenset({
    "AutorizacaoDecidida", "PegRecebido", "LoteRecusado", "GlosaPublicada", "NotaFiscalReagendada",
    "PagamentoRegistrado", "RecursoRespondido", "DocumentacaoPublicada", "SenhaAVencer",
})  # fmt: skip
"""What a day like this one tells, whatever else it does."""
NAO_LIDOS: Final = "/alertas?situacao=nao-lidos"
A_VENCER: Final = timedelta(days=15)
MESES, ADIANTE = 9, timedelta(days=100)
"""How many months something that is open today may be of, and how far ahead the demo's own clock was."""
ADIANTADOS: Final = frozenset({"SenhaAVencer", "AutorizacaoExpirada"})
"""What the clock that was moved ahead made happen."""
FECHADOS: Final = frozenset({"PAGO", "ENCERRADO_SEM_PAGAMENTO", "CANCELADO"})
PUBLICADOS: Final = frozenset({"LIBERADO", "PAGO", "ENCERRADO_SEM_PAGAMENTO"})
UTILIZAVEIS: Final = frozenset({"AUTORIZADA", "PARCIAL", "UTILIZADA"})


class FimDoDia(Escritorio):
    """The gestor of the hospital reads what the day has left; the clock is moved to the next morning, and put back."""

    def run(self) -> None:
        """Carry out every step, and put the clock back whatever happens.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        self._entrar()
        self._gestor = sign_in_as(self._where, "gestor", HOSPITAL.prestador_id)
        self._recepcao = sign_in_as(self._where, "recepcao", HOSPITAL.prestador_id)
        self._lambda = self._aws("lambda")
        with Ouvinte(Path(self._where["ouvinte"])) as ouvinte:
            webhook = self._registrado(ouvinte)
            self._avisado(ouvinte, webhook)
            self._trocado(ouvinte, webhook)
        self._lidos()
        self._inicio()
        self._auditado()
        try:
            self._resumido()
        finally:
            relogio.move(self._where, timedelta())

    # --- helpers ---

    def _aws(self, service: str) -> Any:
        return runtime.client(self._where["endpoint_aws"], self._where["credenciais_aws"], service)

    def _varrer(self, funcao: str, **evento: Any) -> None:
        """Have a function do what its schedule will, without waiting for it; again if it fails, as that would."""
        asked = {"FunctionName": f"conecta-embarcado-{funcao}", "Payload": json.dumps(evento).encode()}
        self._until(f"{funcao}: {evento}", lambda: "FunctionError" not in self._lambda.invoke(**asked))

    def _pessoais(self, text: str) -> list[str]:
        """What of the seeded lives' CPFs and carteiras a text tells."""
        known = (one[name] for one in self._where["beneficiarios"] for name in ("cpf", "numero_carteira"))
        return [one for one in known if one and one in text]

    # --- webhooks ---

    def _em_dia(self) -> bool:
        """Whether what happened while the clock was ahead was told: by its date it comes after a webhook of now."""
        ahead = {one["id"] for one in self._eventos("autorizacao", HOSPITAL.prestador_id) if one["tipo"] in ADIANTADOS}
        return ahead <= {one["id"] for one in self._seguidos(self._gestor)}

    def _registrado(self, ouvinte: Ouvinte) -> dict[str, Any]:
        with self._step("Registrar um webhook, como gestor") as result:
            self._until("o que se contou no dia adiantado", self._em_dia)
            body = {"url": ouvinte.url, "descricao": "Sistema do hospital"}
            for url in RECUSADOS:
                seen = self._gestor.request("POST", "/webhooks", {**body, "url": url})
                self._expect(seen.status, http.client.UNPROCESSABLE_ENTITY, f"{url}: {seen.text[:300]}")
            other = self._faturista.request("POST", "/webhooks", body)
            self._expect(other.status, http.client.FORBIDDEN, "como faturista")
            made = self._ok(self._gestor.request("POST", "/webhooks", body), "webhook", http.client.CREATED)
            path = f"/webhooks/{made['id']}"
            unproved = self._gestor.request("POST", f"{path}/verificacao", {})
            self._expect(unproved.json()["codigo"], "verificacao-falhou", "quem não sabe o segredo não o prova")
            ouvinte.segredo = made["segredo"]
            proved = self._ok(self._gestor.request("POST", f"{path}/verificacao", {}), "verificação")
            self._expect(proved["situacao"], "ATIVO", "endereço que provou ser do hospital")
            result += [f"{len(RECUSADOS)} endereços recusados", "desafio respondido com o segredo", "ATIVO"]
        return {**made, **proved}

    def _avisado(self, ouvinte: Ouvinte, webhook: Mapping[str, Any]) -> None:
        with self._step("Receber no webhook o que acontece") as result:
            carteira = next(row["numero_carteira"] for row in self._where["beneficiarios"] if row["caso"] == "elegivel")
            asked = {
                "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": carteira, "profissional": MEDICO,
                "numero_guia_prestador": f"W{self._prefixo}", "itens": [item(EXAME)],
            }  # fmt: skip
            made = self._ok(self._recepcao.request("POST", "/autorizacoes", asked), "senha", http.client.CREATED)
            numero = made["autorizacao"]["numero"]
            self._ok(self._recepcao.request("POST", f"/autorizacoes/{VALE}/{numero}/cancelamento", {}), "cancelamento")
            told = self._until("a senha e seu cancelamento no webhook", lambda: self._da_senha(ouvinte, numero))
            self._expect([json.loads(one[1])["tipo"] for one in told], [*NA_ORDEM], "na ordem em que aconteceu")
            headers, body, proved = told[-1]
            self._expect(proved, True, "assinatura do que chegou")
            self._expect(ouvinte.confere({**headers}, body + b" "), False, "corpo alterado no caminho")
            evento = json.loads(body)
            self._expect(self._pessoais(body.decode()), [], "dados pessoais no evento")
            one = f"/alertas/{evento['id']}"
            self._until("o alerta do mesmo evento", lambda: self._gestor.request("GET", one).status == http.client.OK)
            path = f"/webhooks/{webhook['id']}/entregas"
            entrega = self._until("a entrega no registro", lambda: self._entregue(path, evento["id"]))
            again = self._gestor.request("POST", f"{path}/{entrega}/reenvio", {})
            self._expect(again.status, http.client.ACCEPTED, f"reenvio: {again.text[:300]}")
            self._until("o mesmo evento de novo", lambda: self._quantas(ouvinte, evento["id"]) > 1)
            result += [f"{', '.join(NA_ORDEM)}", "assinatura conferida", "reenviado: mesmo id"]

    def _da_senha(self, ouvinte: Ouvinte, numero: str) -> list[tuple[Mapping[str, str], bytes, bool]] | None:
        """What came about a senha, once all of it did; what came twice, once."""
        mine = (one for one in [*ouvinte.recebidos] if f'"autorizacao/{VALE}/{numero}"'.encode() in one[1])
        found = [*{json.loads(one[1])["id"]: one for one in mine}.values()]
        return found if len(found) == len(NA_ORDEM) else None

    def _entregue(self, path: str, evento: str) -> str | None:
        """Id of an event's delivery, once its answer is on record."""
        entregas = self._rows(self._gestor, f"{path}?situacao=ENTREGUE", "entregas")
        return next((str(one["id"]) for one in entregas if one["id"].endswith(evento)), None)

    def _quantas(self, ouvinte: Ouvinte, evento: str) -> int:
        return sum(evento.encode() in body for _, body, _ in [*ouvinte.recebidos])

    def _trocado(self, ouvinte: Ouvinte, webhook: Mapping[str, Any]) -> None:
        with self._step("Trocar o segredo do webhook e retirá-lo") as result:
            path = f"/webhooks/{webhook['id']}"
            new = self._ok(self._gestor.request("POST", f"{path}/segredo", {"sobreposicao_horas": 1}), "segredo")
            old, before = ouvinte.segredo, len(ouvinte.recebidos)
            tested = self._gestor.request("POST", f"{path}/teste", {})
            self._expect(tested.status, http.client.ACCEPTED, f"teste: {tested.text[:300]}")
            headers, body, proved = self._until(
                "teste", lambda: next((one for one in [*ouvinte.recebidos][before:] if TESTE in one[1]), None)
            )
            self._expect(proved, True, "pelo segredo antigo, enquanto os dois assinam")
            ouvinte.segredo = new["segredo"]
            self._expect(ouvinte.confere(headers, body), True, "e pelo novo")
            self._expect(new["segredo"] == old, False, "outro segredo")
            gone = self._gestor.request("DELETE", path)
            self._expect(gone.status, http.client.NO_CONTENT, f"retirada: {gone.text[:300]}")
            result += ["os dois segredos assinam", "WebhookTestado recebido", "retirado"]

    # --- alertas ---

    def _lidos(self) -> None:
        with self._step("Ler os alertas do dia") as result:
            told = self._until("tudo o que o dia devia ter contado", self._contados)
            self._expect(
                [one["numero"] for one in told], [*range(told[0]["numero"], told[0]["numero"] + len(told))],
                "números sem lacunas, do primeiro ao último",
            )  # fmt: skip
            texts = " ".join(f"{one['titulo']} {one['texto']}" for one in told)
            self._expect(self._pessoais(texts), [], "dados pessoais nos alertas")
            seen = {one["area"] for one in self._seguidos(self._recepcao)}
            self._expect(seen <= {"autorizacao", "documentos"}, True, f"áreas da recepção: {seen}")
            # Of a senha both may be parties: each then has an alerta of the same event.
            mine = next(one["id"] for one in reversed(told) if one["area"] == "peg")
            foreign = machine(self._where, CLINICA.prestador_id).request("GET", f"/alertas/{mine}")
            self._expect(foreign.status, http.client.NOT_FOUND, "como a clínica")
            other = self._nao_lidos(self._recepcao)
            left = self._ok(self._gestor.request("POST", "/alertas/leituras", {"ate": told[-1]["numero"]}), "leitura")
            self._expect(left["total"], len([*self._rows(self._gestor, NAO_LIDOS, "alertas")]), "o que resta por ler")
            self._expect(self._nao_lidos(self._recepcao), other, "o que a recepção não leu")
            result += [f"{len(told)} sem lacunas", "lidos pelo gestor, não pela recepção"]
        for one in {one["tipo"]: one for one in told if one["tipo"] in CONTADOS}.values():
            self._say(f"      {one['titulo']}: {one['texto']}")

    def _contados(self) -> list[dict[str, Any]] | None:
        """Every alerta, once what the day must have told was told."""
        told = [*self._seguidos(self._gestor)]
        return told if {one["tipo"] for one in told} >= CONTADOS else None

    def _seguidos(self, client: Client) -> Iterator[dict[str, Any]]:
        """Every alerta there is, in order, as a system follows them."""
        desde = -1
        while desde != (page := client.get(f"/alertas?desde={max(desde, 0)}"))["ultimo"]:
            yield from page["alertas"]
            desde = page["ultimo"]

    def _nao_lidos(self, client: Client) -> int:
        return int(client.get("/inicio")["alertas"]["nao_lidos"]["total"])

    # --- início ---

    def _inicio(self) -> None:
        with self._step("Abrir o início") as result:
            shown = self._until("início igual às listas dos seis acessos", self._igual)
            for name, (quantos, valor) in shown.items():
                reais = f", R$ {valor}" if valor is not None else ""
                result.append(f"{name.replace('-', ' ')}: {quantos}{reais}")

    def _igual(self) -> dict[str, Contagem] | None:
        """What it counts, once it is what the lists of the contexts say: what has just happened is told in seconds."""
        seen, listed = contados(self._gestor.get("/inicio")), self._listados()
        return seen if seen == listed else None

    def _listados(self) -> dict[str, Contagem]:
        """The same, counted in the lists of each context."""
        client, meses = self._gestor, [*competencias(self._today)]
        pegs = [one for mes in meses for one in self._rows(client, f"/pegs?competencia={mes}", "pegs")]
        glosas = [
            one
            for peg in pegs if peg["situacao"]["nome"] in PUBLICADOS
            for one in self._rows(client, f"/recursos/glosas?protocolo={peg['protocolo']}", "glosas")
            if one["situacao"] == "ABERTA"
        ]  # fmt: skip
        notas = [*self._rows(client, "/notas-fiscais/pendencias?", "pendencias")]
        senhas = [
            one for mes in meses for one in self._rows(client, f"/autorizacoes?competencia={mes}", "autorizacoes")
        ]
        relacionamentos = client.get("/relacionamentos")["relacionamentos"]
        return {
            "relacionamentos": (sum(one["situacao"] == "HABILITADO" for one in relacionamentos), None),
            "alertas": (len([*self._rows(client, NAO_LIDOS, "alertas")]), None),
            "senhas-a-vencer": (sum(self._vence(one) for one in senhas), None),
            "pegs-abertos": (sum(one["situacao"]["nome"] not in FECHADOS for one in pegs), None),
            "notas-a-enviar": (len(notas), soma(notas, "valor")),
            "glosas-a-contestar": (len(glosas), soma(glosas, "valor_glosado")),
            "documentacoes": (client.get("/documentacoes?novas=true")["novas"], None),
        }

    def _vence(self, senha: Mapping[str, Any]) -> bool:
        """Whether it may still be used, but not for long: what is left of it, only its whole says."""
        last = senha["validade"] and date.fromisoformat(senha["validade"])
        if not last or senha["situacao"] not in UTILIZAVEIS or not self._today <= last <= self._today + A_VENCER:
            return False
        whole = self._gestor.get(f"/autorizacoes/{senha['registro_ans']}/{senha['numero']}")
        left = (
            Decimal(one["quantidade_autorizada"] or 0) - Decimal(one["quantidade_faturada"]) for one in whole["itens"]
        )
        return whole["admissao"] is None and any(one > 0 for one in left)

    # --- the audit, and the next morning ---

    def _auditado(self) -> None:
        with self._step("Selar a auditoria e conferi-la fora do sistema") as result:
            self._varrer("auditoria-fluxo", acao="selar", margem_s=0)
            asked = {"de": self._today.isoformat(), "ate": self._today.isoformat()}
            done = self._ok(
                self._gestor.request("POST", "/auditoria/exportacoes", asked), "exportação", http.client.CREATED
            )
            self._expect(done["linhas"] > 0, True, "acessos do dia")
            self._guardar("auditoria.jsonl.gz", self._fetch(done["url"]).content)
            head = Cabeca(done["fim"]["bloco"], done["fim"]["digest"])
            found = arquivos.conferir([PASTA / "auditoria.jsonl.gz"], [head])
            self._expect([*found.defeitos], [], "defeitos da cadeia")
            result += [f"{done['linhas']} acessos em {done['blocos']} blocos", "nenhuma linha alterada nem retirada"]

    def _resumido(self) -> None:
        with self._step("Receber o resumo por e-mail na manhã seguinte") as result:
            path = "/alertas/preferencias"
            self._ok(self._faturista.request("PUT", path, {"resumo": "DIARIO"}), "preferência")
            carta = self._until("o resumo", self._amanhecer(len(self._cartas())))
            self._expect(self._pessoais(carta["BodyText"]), [], "dados pessoais no e-mail")
            self._ok(self._faturista.request("PUT", path, {"resumo": "NUNCA"}), "preferência")
            result += [f"“{carta['Subject']}” a {carta['To'][0]}", "só quantos, por área"]

    def _amanhecer(self, before: int) -> Callable[[], dict[str, Any] | None]:
        """The letter of the next day, looked for at noon and then hour by hour: what could not leave is tried again."""
        noon = datetime.combine(self._today + timedelta(days=1), time(12), FUSO)
        hours = (noon + timedelta(hours=n) for n in count())

        def look() -> dict[str, Any] | None:
            relogio.move(self._where, next(hours) - datetime.now(FUSO))
            self._varrer("alertas-fluxo", acao="resumir")
            new = self._cartas()[before:]
            return new[-1] if new else None

        return look


def competencias(hoje: date) -> Iterator[str]:
    """The months in which something that is open today may have come."""
    first = (hoje + ADIANTE).replace(day=1)
    for _ in range(MESES):
        yield f"{first:%Y%m}"
        first = (first - timedelta(days=1)).replace(day=1)


def soma(rows: list[dict[str, Any]], name: str) -> Decimal:
    """Reais of rows."""
    return sum((Decimal(one[name]) for one in rows), Decimal("0.00"))


def contados(inicio: Mapping[str, Any]) -> dict[str, Contagem]:
    """Every counter of the first page."""

    def part(acesso: str, name: str) -> Contagem:
        found = inicio[acesso][name]
        return found["quantidade"], Decimal(found["valor"]) if "valor" in found else None

    return {
        "relacionamentos": (inicio["relacionamentos"]["habilitados"], None),
        "alertas": (inicio["alertas"]["nao_lidos"]["total"], None),
        "senhas-a-vencer": part("autorizacoes", "senhas_a_vencer"),
        "pegs-abertos": part("lotes_de_pagamento", "pegs_abertos"),
        "notas-a-enviar": part("lotes_de_pagamento", "notas_a_enviar"),
        "glosas-a-contestar": part("recursos_de_glosas", "glosas_a_contestar"),
        "documentacoes": (inicio["documentacoes"]["novas"], None),
    }
