"""On a running instance: the callers of the matrix, and what each of them owns.

People, prestadores and credentials are made as anybody makes them, through the API and Cognito's own; only what a
person of an operadora is, which no route tells, is written where the deployment writes it.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

from cadastro.domain.contas import Papel, Pessoa
from cadastro.dynamodb.contas import DynamoContas
from conecta_cargas.states import SituacaoCarga
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge.clock import local_day
from local.client import Answer, ApiError, Client, sign_in_as, signed_up
from local.gerador import Pedido, Tipo, gerar
from local.gerador_cadastro import FIXOS
from local.gerador_cadastro.identificadores import cnpj as cnpj_of
from local.runtime import EmbeddedAws
from local.seed import CLINICA, GRUPOS, HOSPITAL, OPERADORAS
from tests.cadastro_rows import CadastroTable, VinculoOperadora
from tests.matriz import documentacoes, documentos, pagamento, pegs, recursos, senhas, tokens, webhooks
from tests.matriz.calls import Wire, together
from tests.matriz.contas import Contas, new_lote
from tests.matriz.contestacoes import Contestacoes
from tests.matriz.estados import Estados, Partes, new_guia
from tests.matriz.faturas import Faturas
from tests.matriz.model import EVERYTHING, Caller, Kind, Row, Target, Values, refusal
from tests.matriz.publicacoes import Publicacoes
from tests.matriz.table import TABLE
from tests.matriz.webhooks import Vigia

AMS, PASA = OPERADORAS
ESCOPOS: Final = tuple(
    f"{area}.{acao}"
    for area in ("elegibilidade", "autorizacao", "peg", "pagamento", "recurso", "documentos")
    for acao in ("ler", "escrever")
)
CREDENCIAL: Final = "matriz"
"""What the credentials that are made here are called."""
CADASTRO_TABLE: Final = "conecta-embarcado-cadastro"
ID_OF: Final[Mapping[str, str]] = {
    "upload": "upload", "peg": "protocolo", "pessoa": "pessoa", "credencial": "client_id", "pedido": "pedido",
    "pedido da operadora": "pedido", "carga": "carga", "relacionamento": "prestador", "contrato": "registro",
    "operadora": "registro", "autorizacao": "numero", "autorizacao da operadora": "numero", "rascunho": "rascunho",
    "mensagem": "upload", "peg da operadora": "protocolo", "digitado": "digitado", "peg publicado": "protocolo",
    "nota": "nota", "nota da operadora": "nota", "pagamento": "demonstrativo", "lancamento da operadora": "lancamento",
    "lote de demonstrativos": "lotes", "publicacao": "publicacao", "documentacao": "documentacao",
    "peg contestavel": "protocolo", "recurso": "recurso", "recurso da operadora": "recurso",
    "rascunho de recurso": "rascunho_recurso", "documento": "documento", "documento da operadora": "documento",
    "alerta": "alerta", "webhook": "webhook",
}  # fmt: skip
"""Of each kind of thing, the value that names it."""
ABSENT: Final[Mapping[str, str]] = {
    "upload": "f" * 32, "peg": "261129999999", "pessoa": "0" * 32, "credencial": "0" * 26, "pedido": "f" * 32,
    "pedido da operadora": "f" * 32, "carga": "345695-20200101T000000Z-000000000000",
    "relacionamento": "00000000000191", "contrato": "999999", "operadora": "999999",
    "autorizacao": "20010000000000", "autorizacao da operadora": "20010000000000", "rascunho": "f" * 32,
    "mensagem": "f" * 32, "peg da operadora": "261129999999", "digitado": "f" * 32, "peg publicado": "261129999999",
    "nota": "261159999999", "nota da operadora": "261159999999", "pagamento": "261159999999",
    "lancamento da operadora": "261159999999", "lote de demonstrativos": "261159999999",
    "publicacao": "345695-200101000000-00000000", "documentacao": "345695-200101000000-00000000",
    "peg contestavel": "261129999999", "recurso": "261169999999", "recurso da operadora": "261169999999",
    "rascunho de recurso": "f" * 32, "documento": "f" * 32, "documento da operadora": "f" * 32, "alerta": "f" * 32,
    "webhook": "f" * 32,
}  # fmt: skip
"""Ids that are well formed and nobody's."""
PLACES: Final = {
    "sequencia": "99", "glosa": "99", "digitada": "00009999", "arquivo": "f" * 32,
    "entrega": f"20200101T000000000000-{'f' * 32}",
}  # fmt: skip
"""What is inside of a thing, and one that is not."""
SHARES: Final = 6
"""Of the spellings of an id, at most, among the rows that name one alike."""
ALIKE: Final[Mapping[str, Sequence[str]]] = {
    **{thing: [row.name for row in TABLE if row.thing == thing] for thing in ID_OF},
    **{inside: [row.name for row in TABLE if f"{{{inside}}}" in row.path.values()] for inside in PLACES},
}
"""Rows that name such a thing, or such a place, each of which tries some of the spellings, and all of them try all."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed up: bound to nothing until said otherwise."""

    client: Client
    token: str
    sub: str
    email: str


@dataclass(frozen=True, slots=True)
class Made:
    """A prestador made for the tests, and its gestor."""

    prestador: str
    gestor: Person


class World:
    """The callers and their things.

    Args:
        aws: a running, deployed and seeded instance.
        where: its `endpoint.json`.
    """

    def __init__(self, aws: EmbeddedAws, where: Mapping[str, Any]) -> None:
        self.aws, self.where = aws, where
        self.wire = Wire(where["api"])
        self._cognito = aws.client("cognito-idp")
        self._undo: list[Callable[[], Any]] = []
        self._carteiras: frozenset[str] = frozenset()
        self._emails: set[str] = set()
        self._erased: set[str] = set()
        self._kept: set[str] = set()
        self.gestor = sign_in_as(where, "gestor", HOSPITAL.prestador_id)
        self.clinica = sign_in_as(where, "gestor", CLINICA.prestador_id)
        self.cadastro = self._portal("cadastro@vale-pasa.example")

    @property
    def today(self) -> date:
        """The local day, which may be another before the run is over."""
        return local_day(datetime.now(UTC))

    def tidy(self) -> None:
        """Revoke the credentials, and withdraw the webhooks, that calls made: a prestador may have only so many.

        Nor may it register more than so many webhooks in a week: those are given back.
        """
        self.forget_quotas("webhooks-novos")
        for at in (self.gestor, self.clinica):
            webhooks.withdraw(at, self._kept)
            for row in at.get("/credenciais")["credenciais"]:
                live = row["situacao"] in {"ATIVA", "EM_ROTACAO"}
                if row["nome"] == CREDENCIAL and live and row["client_id"] not in self._kept:
                    expect(204, at.request("DELETE", f"/credenciais/{row['client_id']}"))

    def close(self) -> None:
        """Leave nothing that another run would stumble over."""
        self._kept.clear()
        self.tidy()
        self.forget_quotas()
        for undo in reversed(self._undo):
            undo()
        self.wire.close()

    def forget_quotas(self, which: str = "") -> None:
        """Give back what the two prestadores' callers took of their quotas, or of one."""
        dynamodb, table = self.aws.client("dynamodb"), "conecta-embarcado-idempotencia"
        for prestador in (HOSPITAL, CLINICA):
            values = {":pk": f"PRESTADOR#{prestador.prestador_id}", ":sk": f"COTA#{which}"}
            found = dynamodb.query(
                TableName=table, KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            )  # fmt: skip
            for row in found["Items"]:
                dynamodb.delete_item(TableName=table, Key={"pk": row["pk"], "sk": row["sk"]})

    def _portal(self, email: str) -> Client:
        return Client(self.where["api"], self._tokens(email)[0])

    def _tokens(self, email: str) -> tuple[str, str]:
        user = next(user for user in self.where["usuarios"] if user["email"] == email)
        pool = "operadora" if user["operadora"] else "prestadores"
        return tokens.sign_in(self.where, email, user["senha"], self.where["cognito"][pool]["cliente"])

    # What can be made.

    def person(self) -> Person:
        """Somebody new."""
        client = signed_up(self.where)
        assert client.token
        claims = tokens.decoded(client.token)
        self._emails.add(f"{claims['username']}@nova.example")
        return Person(client, client.token, claims["sub"], f"{claims['username']}@nova.example")

    def bind(self, person: Person, papel: str, at: Client) -> str:
        """Bind a person by an invitation of a gestor; what the API calls the person there."""
        return str(expect(201, at.request("POST", "/pessoas", {"email": person.email, "papel": papel})).json()["id"])

    def asked(self, person: Person, registro: str = AMS, cnpj: str | None = None) -> dict[str, Any]:
        """A pedido of a person, for a prestador that nobody knows unless said."""
        body = {
            "registro_ans": registro, "cnpj": cnpj or new_cnpj(), "nome": "Prova da Matriz", "cnes": "9990055",
            "codigo_na_operadora": secrets.token_hex(6),
        }  # fmt: skip
        found: dict[str, Any] = expect(201, person.client.request("POST", "/relacionamentos", body)).json()
        return found

    def decide(self, pedido: str, **decision: Any) -> Answer:
        """The operadora's decision."""
        return self.cadastro.request("POST", f"/operadora/relacionamentos/pedidos/{pedido}/decisao", decision)

    def enabled(self, registro: str = AMS, **decision: Any) -> Made:
        """A new prestador, enabled at one operadora, and its only gestor."""
        person = self.person()
        pedido = self.asked(person, registro)
        expect(200, self.decide(pedido["id"], decisao="HABILITAR", **decision))
        return Made(pedido["cnpj"], person)

    def act(self, ato: str, registro: str, prestador: str, **more: str) -> None:
        """An act of the operadora about a relacionamento, from today on."""
        expect(
            200,
            self.cadastro.request(
                "POST",
                f"/operadora/relacionamentos/{registro}/{prestador}/{ato}",
                {"de": self.today.isoformat(), "motivo": "Prova da matriz.", **more},
            ),
        )

    def credencial(self, at: Client, escopos: Sequence[str] = ESCOPOS) -> tuple[str, str]:
        """Id and secret of a machine made by a gestor; revoked at the end, or when it is used up."""
        body = {"nome": CREDENCIAL, "escopos": [f"conecta/{escopo}" for escopo in escopos]}
        made = expect(201, at.request("POST", "/credenciais", body)).json()
        self._kept.add(made["client_id"])
        return made["client_id"], made["client_secret"]

    def machine_token(self, credencial: tuple[str, str], escopos: Sequence[str] = ESCOPOS) -> str:
        """A token of a machine."""
        return tokens.machine_token(self.where, *credencial, escopos)

    # Things.

    @cached_property
    def things(self) -> Mapping[str, Mapping[str, Values]]:
        """By kind, by who owns it, what names it."""
        hospital, clinica = f"prestador:{HOSPITAL.prestador_id}", f"prestador:{CLINICA.prestador_id}"
        (here, sent), (there, gone) = together(
            self._billed, [(HOSPITAL.cnpj, self.gestor, "770001"), (CLINICA.cnpj, self.clinica, "770002")], 2
        )
        asker = self.unbound
        first, second = self.asked(asker), self.asked(asker, PASA)
        registros = {f"registro:{registro}": {"registro": registro} for registro in OPERADORAS}
        together(self.faturas.published_cronograma, OPERADORAS)
        here_paid, there_paid, *notas = together(
            lambda make: make(),
            [
                *(partial(self.faturas.paid, one.prestador_id, AMS) for one in (HOSPITAL, CLINICA)),
                *(partial(self.faturas.sent, HOSPITAL.prestador_id, registro) for registro in OPERADORAS),
            ],
        )
        paid = {hospital: here_paid, clinica: there_paid}
        published = together(
            lambda of: self.publicacoes.with_file(*of),
            [(HOSPITAL.prestador_id, AMS), (HOSPITAL.prestador_id, PASA), (CLINICA.prestador_id, AMS)],
        )
        of = [(HOSPITAL.prestador_id, AMS), (CLINICA.prestador_id, AMS), (HOSPITAL.prestador_id, PASA)]
        told = together(lambda one: self.contestacoes.concluded(*one), of)
        drafts = dict(zip(paid, together(lambda one: self.contestacoes.draft(*one), of[:2]), strict=True))
        return {
            "upload": {hospital: {"upload": here}, clinica: {"upload": there}},
            "peg": {hospital: {"protocolo": sent}, clinica: {"protocolo": gone}},
            "pessoa": {
                hospital: {"pessoa": self.bind(self.person(), "recepcao", self.gestor)},
                clinica: {"pessoa": self.bind(self.person(), "recepcao", self.clinica)},
            },
            "credencial": {
                hospital: {"client_id": self.credencial(self.gestor)[0]},
                clinica: {"client_id": self.credencial(self.clinica)[0]},
            },
            "pedido": {f"pessoa:{asker.sub}": {"pedido": first["id"]}},
            "pedido da operadora": {
                f"registro:{AMS}": {"pedido": first["id"]},
                f"registro:{PASA}": {"pedido": second["id"]},
            },
            "relacionamento": {
                f"registro:{registro}": {"registro": registro, "prestador": HOSPITAL.prestador_id}
                for registro in OPERADORAS
            },
            "carga": {f"registro:{registro}": {"carga": self._carga(registro)} for registro in OPERADORAS},
            "contrato": registros,
            "tabela de precos": {f"{prestador}|{AMS}": {"registro": AMS} for prestador in (hospital, clinica)},
            "operadora": registros,
            "autorizacao": {
                hospital: self.estados.make("autorizada", HOSPITAL.prestador_id, AMS),
                clinica: self.estados.make("autorizada", CLINICA.prestador_id, AMS),
            },
            "autorizacao da operadora": {
                f"registro:{registro}": self.estados.make("autorizada", HOSPITAL.prestador_id, registro)
                for registro in OPERADORAS
            },
            "rascunho": {
                hospital: self.estados.draft(HOSPITAL.prestador_id, AMS),
                clinica: self.estados.draft(CLINICA.prestador_id, AMS),
            },
            "peg da operadora": {
                f"registro:{registro}": self.contas.billed(HOSPITAL.prestador_id, registro) for registro in OPERADORAS
            },
            "digitado": {
                hospital: self.contas.draft(HOSPITAL.prestador_id, AMS),
                clinica: self.contas.draft(CLINICA.prestador_id, AMS),
            },
            **dict.fromkeys(("peg publicado", "nota", "pagamento"), paid),
            "pagamento de hoje": {f"{prestador}|{AMS}": {"registro": AMS} for prestador in paid},
            "nota da operadora": dict(zip(registros, notas, strict=True)),
            "lancamento da operadora": {
                f"registro:{registro}": self.faturas.entry(HOSPITAL.prestador_id, registro) for registro in OPERADORAS
            },
            "lote de demonstrativos": {
                hospital: self.faturas.lote(HOSPITAL.prestador_id, AMS),
                clinica: self.faturas.lote(CLINICA.prestador_id, AMS),
            },
            "publicacao": {
                f"registro:{one}": {"publicacao": made} for one, made in zip(OPERADORAS, published, strict=False)
            },
            "documentacao": {hospital: {"documentacao": published[0]}, clinica: {"documentacao": published[2]}},
            **dict.fromkeys(("peg contestavel", "rascunho de recurso"), drafts),
            "recurso": dict(zip(paid, told, strict=False)),
            "recurso da operadora": dict(zip(registros, told[::2], strict=True)),
            "documento": {
                hospital: self._kept_document(self.gestor, AMS),
                clinica: self._kept_document(self.clinica, AMS),
            },
            "documento da operadora": {
                f"registro:{registro}": self._kept_document(self.gestor, registro) for registro in OPERADORAS
            },
            "alerta": {hospital: self._told(self.gestor), clinica: self._told(self.clinica)},
            "webhook": {
                hospital: self._listening(self.gestor),
                clinica: self._listening(self.clinica),
            },
            "mensagem": {
                hospital: self._sent(HOSPITAL.prestador_id, self.gestor),
                clinica: self._sent(CLINICA.prestador_id, self.clinica),
            },
        }

    @cached_property
    def vigia(self) -> Vigia:
        """Proves webhooks and takes what they are sent, as long as the world is."""
        listening = Vigia(self.aws.directory / "ouvinte")
        self._undo.append(listening.__exit__)
        return listening.__enter__()

    def _listening(self, at: Client) -> Values:
        made = self.vigia.with_delivery(at)
        self._kept.add(made["webhook"])
        return made

    def _told(self, at: Client) -> Values:
        """The newest alerta about a PEG, once there is one: PEGs were sent already."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for one in at.get("/alertas?area=peg")["alertas"]:
                return {"alerta": one["id"]}
            time.sleep(0.2)
        raise TimeoutError("no alerta of a PEG")

    @cached_property
    def estados(self) -> Estados:
        """Makes authorizations and drafts."""
        return Estados(lambda: self._partes, self._of_prestador, lambda: self.today)

    @cached_property
    def contas(self) -> Contas:
        """Makes PEGs and drafts of them."""
        return Contas(lambda: self._partes, self._of_prestador)

    @cached_property
    def contestacoes(self) -> Contestacoes:
        """Makes recursos and drafts of them."""
        return Contestacoes(lambda: self._partes, self._of_prestador, self.contas)

    @cached_property
    def publicacoes(self) -> Publicacoes:
        """Makes what operadoras publish."""
        return Publicacoes(self.cadastro)

    @cached_property
    def faturas(self) -> Faturas:
        """Makes what is to be paid, and what follows from it."""
        financeiro = self._portal("financeiro@vale-pasa.example")
        return Faturas(lambda: self._partes, financeiro, self._of_prestador, self.contas)

    @cached_property
    def _partes(self) -> Partes:
        clients = {HOSPITAL.prestador_id: self.gestor, CLINICA.prestador_id: self.clinica}
        return Partes(clients, self._portal("auditoria@vale-pasa.example"))

    def _sent(self, prestador: str, client: Client) -> Values:
        """A TISS message that was sent as a file, and answered."""
        xml = senhas.solicitacao(self._of_prestador(prestador, AMS))
        upload = client.follow(client.upload(xml, finalidade="mensagem_tiss", nome_arquivo="a.xml")["id"])
        assert upload["situacao"] == "CONCLUIDO", upload["achados"]
        return {"upload": upload["id"]}

    def _kept_document(self, client: Client, registro: str) -> Values:
        """A document that was uploaded, and checked."""
        made = client.upload(
            documentos.RELATORIO, finalidade=documentos.FINALIDADE, nome_arquivo="a.pdf", registro_ans=registro,
            tipo_conteudo="application/pdf",
        )  # fmt: skip
        upload = client.follow(made["id"])
        assert upload["situacao"] == "CONCLUIDO", upload["achados"]
        return {"documento": upload["recurso"]["id"]}

    def _billed(self, of: tuple[str | None, Client, str]) -> tuple[str, str]:
        """An upload and the PEG it became."""
        cnpj, client, numero = of
        lote = gerar(Pedido(tipo=Tipo.CONSULTA, guias=2, origem_cnpj=cnpj or "", numero_lote=numero))
        self._carteiras |= set(re.findall(r"<ans:numeroCarteira>([0-9]+)<", lote.conteudo.decode("iso-8859-1")))
        upload = client.follow(client.upload(lote.conteudo)["id"])
        assert upload["situacao"] == "CONCLUIDO", upload["achados"]
        return upload["id"], upload["recurso"]["id"]

    def _carga(self, registro: str) -> str:
        found = self.cadastro.get(f"/operadora/cargas?registro_ans={registro}")["cargas"]
        return str(next(carga["id"] for carga in found if carga["situacao"] == "CONCLUIDA"))

    def own(self, row: Row, caller: Caller) -> Values | None:
        """What the caller may name, with everything else its call needs; `None` when it owns no such thing."""
        if row.thing is None:
            return self.values(caller)
        held = self.held(row.thing, caller)
        return {**self.values(caller), **held} if held else None

    def held(self, thing: str, caller: Caller) -> Values | None:
        """What names a thing of this kind that the caller owns, rather one of the operadora it asks."""
        labels = [label for label in self.things[thing] if label in caller.owns]
        labels.sort(key=lambda label: not label.endswith(caller.registro))
        return self.things[thing][labels[0]] if labels else None

    def may_use(self, row: Row, caller: Caller) -> bool:
        """Whether the caller has all that a valid call uses and that cannot be made for it."""
        wanted = {row.thing, row.makes} & self.things.keys()
        made = senhas.ESTADOS | pegs.ESTADOS | pagamento.ESTADOS | recursos.ESTADOS
        if row.makes in made and caller.kind is not Kind.OPERADORA:
            wanted.add("autorizacao")  # whoever has one has more made
        return all(self.held(thing, caller) for thing in wanted if thing)

    def foreign(self, row: Row, caller: Caller) -> Values | None:
        """What somebody else owns."""
        if row.thing is None:
            return None
        things = self.things[row.thing]
        mine = [values for label, values in things.items() if label in caller.owns]
        others = [values for label, values in things.items() if label not in caller.owns and values not in mine]
        return {**self.values(caller), **others[0]} if others else None

    def mixed(self, row: Row, caller: Caller) -> Iterator[Values]:
        """Half the caller's, half somebody else's."""
        other = PASA if caller.registro == AMS else AMS
        if row.thing in {"autorizacao", "autorizacao da operadora"}:
            if own := self.own(row, caller):
                yield {**own, "registro": PASA if own["registro"] == AMS else AMS}
            if row.thing == "autorizacao da operadora" and f"registro:{caller.registro}" in caller.owns:
                theirs = self.things[row.thing][f"registro:{other}"]
                yield {**self.values(caller), **theirs, "registro": caller.registro}
            return
        if inside := [name for name in PLACES if f"{{{name}}}" in row.path.values()]:
            if own := self.own(row, caller):
                yield from ({**own, name: PLACES[name]} for name in inside)
            return
        if row.thing not in {"carga", "relacionamento"} or f"registro:{caller.registro}" not in caller.owns:
            return
        theirs = self.things[row.thing][f"registro:{other}"]
        if row.thing == "carga":
            yield {**self.values(caller), "carga": f"{caller.registro}{theirs['carga'].removeprefix(other)}"}
            return
        only = self.others["enabled" if other == AMS else "of the other operadora only"]
        yield {**self.values(caller), "registro": caller.registro, "prestador": only.prestador}

    def absent(self, row: Row, caller: Caller) -> Values | None:
        """What nobody owns."""
        if row.thing is None:
            return None
        return {**self.values(caller), ID_OF[row.thing]: ABSENT[row.thing]}

    def malformed(self, row: Row, caller: Caller) -> Iterator[Values]:
        """What could not be anybody's: spellings of the caller's own id, ways out of a path, and noise."""
        own = self.own(row, caller)
        if row.thing is None or own is None:
            return
        name = ID_OF[row.thing]
        spelt = HOSTILE(own[name]) if row.named_in != "body" else HOSTILE_IN_BODIES(own[name])
        found = [{**own, name: text} for text in spelt if text != own[name] and not (row.legacy and text.isdigit())]
        if name == "numero":
            found += [{**own, "registro": text} for text in HOSTILE(own["registro"]) if text != own["registro"]]
        yield from _share(found, row, row.thing)
        for inside in PLACES:
            if f"{{{inside}}}" in row.path.values():
                found = [{**own, inside: text} for text in HOSTILE(own[inside]) if text not in {"", own[inside]}]
                yield from _share(found, row, inside)

    def values(self, caller: Caller) -> Values:
        """What a caller's calls say besides the thing they name."""
        return self._of_prestador(caller.prestador or CLINICA.prestador_id, caller.registro)

    def _of_prestador(self, prestador: str, registro: str) -> Values:
        life = next(
            row for row in self.where["beneficiarios"]
            if row["registro_ans"] == registro and row["caso"].startswith("elegivel")
        )  # fmt: skip
        return {
            "registro": registro, "prestador": prestador, "cnpj": prestador, "cpf": life["cpf"],
            "carteira": life["numero_carteira"], "hoje": self.today.isoformat(), "competencia": f"{self.today:%Y%m}",
            "email": "ninguem@nova.example", "numero": ABSENT["autorizacao"], "guia": new_guia(),
            "outra guia": new_guia(), "sequencia": "1", "por": HOSPITAL.prestador_id, "glosa": "1",
            "protocolo": ABSENT["peg"], "lote": new_lote(), "digitada": "00000001", "arquivo": "f" * 32,
            "glosa_da_guia": "1001", "valor": "1.00", "nota": ABSENT["nota"], "lancamento": ABSENT["nota"],
            "recurso": ABSENT["recurso"], "dono": HOSPITAL.prestador_id,
            "executante": CLINICA.prestador_id if registro == AMS else HOSPITAL.prestador_id,
            "url": self.vigia.url, "entrega": PLACES["entrega"],
        }  # fmt: skip

    def whoever_may(self, row: Row, *, where: Callable[[Caller], bool] = lambda _caller: True) -> Caller:
        """The first caller that may make the row's call and has what it uses."""
        target = Target.OWN if row.thing else Target.NONE
        return next(
            caller
            for caller in self.callers
            if where(caller) and refusal(row, caller, target) is None and self.may_use(row, caller)
        )

    def fresh(self, row: Row, caller: Caller) -> Values:
        """As `own`, made for one call that uses it up."""
        return self.all_fresh([(row, caller)])[0]

    def _used_up(self, row: Row, caller: Caller) -> Values:  # noqa: C901, PLR0911  # one kind, one line
        """What is made one by one."""
        own = {**self.values(caller), **(self.own(row, caller) or {})}
        at = self.gestor if caller.prestador == HOSPITAL.prestador_id else self.clinica
        if row.makes in webhooks.ESTADOS:
            return {**own, **self.vigia.make(row.makes, at)}
        match row.makes or row.thing:
            case "pessoa":
                return {**own, "pessoa": self.bind(self.person(), "recepcao", at)}
            case "credencial":
                client_id = self.credencial(at)[0]
                self._kept.remove(client_id)
                return {**own, "client_id": client_id}
            case "pedido da operadora":
                return {**own, "pedido": self.asked(self.person(), caller.registro)["id"]}
            case "relacionamento":
                return {**own, "prestador": self.enabled(caller.registro).prestador}
            case "relacionamento suspenso":
                made = self.enabled(caller.registro)
                self.act("suspensao", caller.registro, made.prestador)
                return {**own, "prestador": made.prestador}
            case "carga que falhou":
                return {**own, "carga": self.failed_carga(caller.registro)}
            case "cnpj":
                return {**own, "cnpj": new_cnpj()}
            case "e-mail":
                self._emails.add(email := f"{secrets.token_hex(8)}@nova.example")
                return {**own, "email": email}
            case "agenda":
                mine = Client(self.where["api"], caller.token, extra=dict(caller.headers))
                expect(201, mine.request("POST", "/cronograma/agenda", {"registro_ans": own["registro"]}))
            case "ciclo novo":
                return {**own, "ciclo": self.faturas.ciclo(caller.registro)}
            case "titular":
                return {**own, "cpf": self._former(caller.registro)}
        return own

    def all_fresh(self, wanted: Sequence[tuple[Row, Caller]]) -> list[Values]:
        """`fresh` of many: authorizations are made some at once."""
        _ = self.things
        made = together(lambda one: self._estado(*one), wanted)
        return [{**self._used_up(row, caller), **held} for (row, caller), held in zip(wanted, made, strict=True)]

    def _estado(self, row: Row, caller: Caller) -> Values:
        """An authorization or a draft for one call, in the state that the call starts from."""
        if row.thing == "rascunho" and row.writes:
            return self.estados.draft(caller.prestador or "", AMS)
        if row.makes in {"autorizacao", "peg", "peg publicado", "recurso"}:
            return self.held(row.makes, caller) or {}
        made: Estados | Contas | Faturas | Publicacoes | Contestacoes
        if row.makes in senhas.ESTADOS:
            made = self.estados
        elif row.makes in pegs.ESTADOS:
            made = self.contas
        elif row.makes in pagamento.ESTADOS:
            made = self.faturas
        elif row.makes in documentacoes.ESTADOS:
            made = self.publicacoes
        elif row.makes in recursos.ESTADOS:
            made = self.contestacoes
        else:
            return {}
        if caller.kind is Kind.OPERADORA:
            return made.make(row.makes, HOSPITAL.prestador_id, caller.registro)
        return made.make(row.makes, caller.prestador or "", AMS)

    def failed_carga(self, registro: str) -> str:
        """A load that failed: a small file of its own, loaded, whose row then says that it had not been."""
        loaded = self.loaded_carga(registro)
        rows = DynamoCargas(self.aws.client("dynamodb"), CADASTRO_TABLE)
        before = rows.get(registro, loaded)
        assert before is not None
        failed = replace(before, situacao=SituacaoCarga.FALHOU, erro="Prova", versao=before.versao + 1)
        rows.change(before, failed, None, datetime.now(UTC))
        return loaded

    def loaded_carga(self, registro: str) -> str:
        """A load of a small file of its own."""
        name = f"matriz-{secrets.token_hex(4)}.csv"
        self.aws.client("s3").put_object(
            Bucket=self.where["buckets"]["entrada"],
            Key=f"cadastro/{registro}/calendario/{name}",
            Body=b"data;descricao;tipo;uf\n2031-02-03;Prova da matriz;FACULTATIVO;AC\n",
        )
        return self._loaded(registro, name)

    def _loaded(self, registro: str, name: str) -> str:
        deadline = datetime.now(UTC) + timedelta(seconds=60)
        while datetime.now(UTC) < deadline:
            for carga in self.cadastro.get(f"/operadora/cargas?registro_ans={registro}")["cargas"]:
                if carga["arquivo"] == name and carga["concluida_em"]:
                    return str(carga["id"])
            time.sleep(0.1)
        raise TimeoutError(name)

    def _former(self, registro: str) -> str:
        """The CPF of a life that no demo nor test knows by name, whose cover ended and of whom not all need be kept."""
        known = {row["cpf"] for row in self.where["beneficiarios"]}
        for page in self.aws.client("dynamodb").get_paginator("scan").paginate(
            TableName="conecta-embarcado-beneficiarios", FilterExpression="dados.registro_ans = :registro",
            ExpressionAttributeValues={":registro": {"S": registro}},
        ):  # fmt: skip
            for item in page["Items"]:
                dados = {name: value.get("S", "") for name, value in item["dados"]["M"].items()}
                if "cpf" not in dados or dados["cpf"] in known | self._erased or "cns" not in dados:
                    continue
                if dados.get("data_exclusao", "9999") < self.today.isoformat():
                    self._erased.add(dados["cpf"])
                    return str(dados["cpf"])
        raise AssertionError(f"no life of {registro} is left to erase")

    # Lists of more than a page.

    def many_pegs(self) -> None:
        """At least 31 PEGs of the hospital that the first operadora received this month and has not looked at."""
        page = self._portal("auditoria@vale-pasa.example").get(f"/operadora/pegs?registro_ans={AMS}&situacao=RECEBIDO")
        enough = page["cursor"] and self.gestor.get("/pegs")["cursor"]
        missing = 0 if enough else 31 - sum(peg["prestador"] == HOSPITAL.prestador_id for peg in page["pegs"])
        together(lambda _n: self.contas.billed(HOSPITAL.prestador_id, AMS), range(missing))

    def many_people(self) -> None:
        """More than 100 people of the first of the other prestadores; most of them never signed up."""
        at = self.others["enabled"]
        people = [
            Pessoa(f"pessoa-{n:03d}", at.prestador, Papel.RECEPCAO, datetime.now(UTC), "matriz") for n in range(100)
        ]
        contas = DynamoContas(self.aws.client("dynamodb"), CADASTRO_TABLE)
        together(lambda one: contas.admit(people=[one]), people)

    def many_pedidos(self) -> None:
        """More than 50 undecided pedidos at the first operadora."""
        people = [self.person() for _ in range(3)]
        together(self.asked, [person for person in people for _ in range(18)])

    def many_cargas(self) -> None:
        """More than 30 loads of the first operadora."""
        missing = 31 - len(self.cadastro.get(f"/operadora/cargas?registro_ans={AMS}")["cargas"])
        together(lambda _n: self.loaded_carga(AMS), range(missing))

    def many_autorizacoes(self) -> None:
        """More than 30 requests of the hospital that the first operadora analyses, all of one life."""
        page = self._portal("auditoria@vale-pasa.example").get(f"/operadora/autorizacoes?registro_ans={AMS}")
        missing = 0 if page["cursor"] else 31 - len(page["autorizacoes"])
        together(lambda _n: self.estados.make("em análise", HOSPITAL.prestador_id, AMS), range(missing))

    def many_rascunhos(self) -> None:
        """More than 30 drafts of the hospital."""
        page = self.gestor.get("/autorizacoes/rascunhos")
        missing = 0 if page["cursor"] else 31 - len(page["rascunhos"])
        together(lambda _n: self.estados.draft(HOSPITAL.prestador_id, AMS), range(missing))

    def many_digitados(self) -> None:
        """More than 30 drafts of PEGs of the hospital."""
        page = self.gestor.get("/pegs/rascunhos")
        missing = 0 if page["cursor"] else 31 - len(page["rascunhos"])
        head = pegs.cabeca(self._of_prestador(HOSPITAL.prestador_id, AMS))
        together(lambda _n: expect(201, self.gestor.request("POST", "/pegs/rascunhos", head)), range(missing))

    def many_publicacoes(self) -> None:
        """More than 30 editions of the first operadora."""
        page = self.cadastro.get(f"/operadora/documentacoes?registro_ans={AMS}")
        missing = 0 if page["cursor"] else 31 - len(page["edicoes"])
        estado = documentacoes.RASCUNHO
        together(lambda _n: self.publicacoes.make(estado, HOSPITAL.prestador_id, AMS), range(missing))

    # Callers.

    @cached_property
    def unbound(self) -> Person:
        """Somebody who is bound to nothing."""
        return self.person()

    @cached_property
    def callers(self) -> tuple[Caller, ...]:
        """Everybody who is tried at every operation."""
        return (*self._nobodies(), *self._people(), *self._others(), *self._machines(), *self._operadoras())

    def _people(self) -> Iterator[Caller]:
        for prestador, words in ((HOSPITAL.prestador_id, "the hospital"), (CLINICA.prestador_id, "the clinic")):
            for user in self.where["usuarios"]:
                if user["prestador"] == prestador:
                    yield self._bound(
                        f"{user['papel']} of {words}", self._tokens(user["email"])[0], {prestador: user["papel"]},
                        registros=OPERADORAS,
                    )  # fmt: skip
        token = self._tokens("gestor@clinica-boa-vista.example")[0]
        yield self._bound(
            "gestor of the clinic, of an operadora that was only asked", token, {CLINICA.prestador_id: "gestor"},
            registros=OPERADORAS, registro=PASA, releases=frozenset(),
        )  # fmt: skip
        token = self._tokens("gestor@hospital-aurora.example")[0]
        yield self._bound(
            "gestor of the hospital, in the name of the clinic", token, {HOSPITAL.prestador_id: "gestor"},
            registros=OPERADORAS, header=CLINICA.prestador_id,
        )  # fmt: skip
        yield self._bound(
            "gestor of the hospital, in the name of nobody there is", token, {HOSPITAL.prestador_id: "gestor"},
            registros=OPERADORAS, header="00000000000191",
        )  # fmt: skip
        yield from self._of_two()
        yield self._bound("a person bound to nothing", self.unbound.token, {}, sub=self.unbound.sub)
        for words, change in (("suspended", {"ativo": False}), ("removed", None)):
            person = self.person()
            path = f"/pessoas/{self.bind(person, 'gestor', self.gestor)}"
            assert expect(200, person.client.request("GET", "/pessoas"))
            done = self.gestor.request("PATCH" if change else "DELETE", path, change)
            assert done.status in {200, 204}, done.text
            yield self._bound(f"a gestor of the hospital who was {words}", person.token, {}, sub=person.sub)

    def _of_two(self) -> Iterator[Caller]:
        person = self.person()
        self.bind(person, "faturista", self.gestor)
        self.bind(person, "recepcao", self.clinica)
        papeis = {HOSPITAL.prestador_id: "faturista", CLINICA.prestador_id: "recepcao"}
        yield self._bound("a person of two prestadores who says none", person.token, papeis)
        for prestador, words in (
            (HOSPITAL.prestador_id, "as faturista of the hospital"),
            (CLINICA.prestador_id, "as recepcao of the clinic"),
            (self.others["suspended"].prestador, "in the name of a third"),
        ):
            yield self._bound(
                f"a person of two prestadores, {words}", person.token, papeis, registros=OPERADORAS, header=prestador
            )

    @cached_property
    def others(self) -> Mapping[str, Made]:
        """Prestadores whose relacionamento with the first operadora is other than enabled for everything."""
        only_asked, refused = self.enabled(PASA), self.enabled(PASA)
        self.asked(only_asked.gestor, AMS, only_asked.prestador)
        pedido = self.asked(refused.gestor, AMS, refused.prestador)
        expect(200, self.decide(pedido["id"], decisao="RECUSAR", motivo="Prova da matriz."))
        made = {
            "enabled": self.enabled(),
            "suspended": self.enabled(),
            "ended": self.enabled(),
            "enabled, but not for authorizations": self.enabled(autorizacao=False),
            "enabled, but not for billing": self.enabled(faturamento=False),
            "of the other operadora only": self.enabled(PASA),
            "asked for": only_asked,
            "refused": refused,
        }
        self.act("suspensao", AMS, made["suspended"].prestador)
        self.act("descredenciamento", AMS, made["ended"].prestador)
        return made

    def _others(self) -> Iterator[Caller]:
        billing = frozenset({"faturamento", "arquivos"})
        # R02: what was lawfully done before is billed also afterwards; who was never enabled bills nothing.
        releases = {
            "enabled": EVERYTHING, "suspended": billing, "ended": billing,
            "enabled, but not for authorizations": billing,
            "enabled, but not for billing": frozenset({"autorizacao", "arquivos"}),
        }  # fmt: skip
        related = {"of the other operadora only": (PASA,), "asked for": (PASA,), "refused": OPERADORAS}
        for words, made in self.others.items():
            yield self._bound(
                f"gestor of a prestador whose relacionamento is {words}", made.gestor.token,
                {made.prestador: "gestor"}, sub=made.gestor.sub, registros=related.get(words, (AMS,)),
                releases=releases.get(words, frozenset()),
            )  # fmt: skip

    def caller_of(self, made: Made) -> Caller:
        """The gestor of a prestador that was made, as a caller."""
        return self._bound(
            f"gestor of {made.prestador}", made.gestor.token, {made.prestador: "gestor"}, made.gestor.sub, (AMS,)
        )

    @staticmethod
    def _bound(  # noqa: PLR0917
        name: str,
        token: str,
        papeis: Mapping[str, str],
        sub: str = "",
        registros: Sequence[str] = (),
        header: str | None = None,
        registro: str = AMS,
        releases: frozenset[str] = EVERYTHING,
    ) -> Caller:
        caller = Caller(
            name=name, kind=Kind.PERSON, token=token, papeis=papeis, registro=registro, releases=releases,
            headers={"Conecta-Prestador": header} if header else {},
        )  # fmt: skip
        owns = {f"pessoa:{sub}", *(f"registro:{one}" for one in registros)}
        if caller.prestador:
            owns |= {f"prestador:{caller.prestador}", f"prestador:{caller.prestador}|{registro}"}
        return replace(caller, owns=frozenset(owns))

    def _machines(self) -> Iterator[Caller]:
        yield self.machine_of(HOSPITAL.prestador_id, ESCOPOS)
        yield self.machine_of(CLINICA.prestador_id, ESCOPOS)
        yield self.machine_of(HOSPITAL.prestador_id, ("pagamento.ler",))
        yield replace(
            self.machine_of(HOSPITAL.prestador_id, ESCOPOS), name="machine of the hospital, in the name of the clinic",
            headers={"Conecta-Prestador": CLINICA.prestador_id}, owns=frozenset(),
        )  # fmt: skip
        few = self.credencial(self.gestor, ("recurso.ler",))
        yield self._machine(
            "machine the hospital made with one scope only", HOSPITAL.prestador_id,
            self.machine_token(few, ("recurso.ler",)), ("recurso.ler",),
        )  # fmt: skip
        revoked = self.credencial(self.gestor)
        token = self.machine_token(revoked)
        expect(204, self.gestor.request("DELETE", f"/credenciais/{revoked[0]}"))
        yield self._machine("revoked machine", HOSPITAL.prestador_id, token, ESCOPOS, live=False)
        rotated = self.credencial(self.gestor)
        token = self.machine_token(rotated)
        expect(201, self.gestor.request("POST", f"/credenciais/{rotated[0]}/rotacao", {"sobreposicao_horas": 0}))
        self.tidy()
        yield self._machine("rotated machine without overlap", HOSPITAL.prestador_id, token, ESCOPOS, live=False)

    @cached_property
    def _credenciais(self) -> Mapping[str, tuple[str, str]]:
        return {
            HOSPITAL.prestador_id: self.credencial(self.gestor),
            CLINICA.prestador_id: self.credencial(self.clinica),
        }

    def machine_of(self, prestador: str, escopos: Sequence[str]) -> Caller:
        """The prestador's machine with a token of these scopes."""
        token = self.machine_token(self._credenciais[prestador], escopos)
        what = "every scope" if len(escopos) == len(ESCOPOS) else f"{len(escopos)} scopes"
        return self._machine(f"machine of {prestador} with {what}", prestador, token, escopos)

    def machines_without(self, row: Row) -> Iterator[Caller]:
        """Machines with every scope but the operation's; and with those of the route, but not the call's."""
        for missing in {row.opens or row.escopos, row.escopos}:
            if missing:
                held = tuple(escopo for escopo in ESCOPOS if escopo not in missing)
                yield replace(
                    self.machine_of(HOSPITAL.prestador_id, held), name=f"machine without {' '.join(sorted(missing))}"
                )

    @staticmethod
    def _machine(name: str, prestador: str, token: str, escopos: Sequence[str], *, live: bool = True) -> Caller:
        return Caller(
            name=name, kind=Kind.MACHINE, token=token, machine_of=prestador, escopos=frozenset(escopos), live=live,
            owns=frozenset({
                f"prestador:{prestador}", f"prestador:{prestador}|{AMS}",
                *(f"registro:{registro}" for registro in OPERADORAS),
            }),
        )  # fmt: skip

    def _operadoras(self) -> Iterator[Caller]:
        for grupo in GRUPOS:
            token = self._tokens(f"{grupo}@vale-pasa.example")[0]
            for registro in OPERADORAS if grupo == "cadastro" else (AMS,):
                yield self._at(f"{grupo} of both operadoras, at {registro}", token, dict.fromkeys(OPERADORAS, grupo),
                               registro)  # fmt: skip
        yield self._at("cadastro of the second operadora", self._tokens("cadastro@pasa.example")[0],
                       {PASA: "cadastro"}, PASA)  # fmt: skip
        for grupo in ("central", "auditoria"):
            yield self._at(f"{grupo} of the second operadora only", self._of_operadora((grupo,), {PASA: grupo}),
                           {PASA: grupo}, PASA)  # fmt: skip
        both = {AMS: "central auditoria"}
        yield self._at("central and auditoria of the first operadora only",
                       self._of_operadora(("central", "auditoria"), both), both, AMS)  # fmt: skip
        grupos = {AMS: "central auditoria", PASA: "cadastro financeiro"}
        mixed = self._of_operadora(("central", "auditoria", "cadastro", "financeiro"), grupos)
        for registro in OPERADORAS:
            yield self._at(f"central, auditoria of the first and cadastro, financeiro of the second, at {registro}",
                           mixed, grupos, registro)  # fmt: skip
        yield self._at("a token of group cadastro that is bound to no operadora",
                       self._of_operadora(("cadastro",), {}), {}, AMS)  # fmt: skip
        yield self._at("bound as cadastro, but taken out of the group",
                       self._of_operadora((), {AMS: "cadastro"}), {}, AMS)  # fmt: skip
        # A name that another might take for two, and for an operadora.
        yield self._at("bound as cadastro, of a group whose name only looks like it",
                       self._of_operadora(("OPERADORA-345695-cadastro",), {AMS: "cadastro"}), {}, AMS)  # fmt: skip

    @staticmethod
    def _at(name: str, token: str, grupos: Mapping[str, str], registro: str) -> Caller:
        return Caller(
            name=name, kind=Kind.OPERADORA, token=token, registro=registro,
            grupos={at: frozenset(grupo.split()) for at, grupo in grupos.items()},
            owns=frozenset(f"registro:{at}" for at in grupos),
        )  # fmt: skip

    def _of_operadora(self, token_groups: Sequence[str], bound: Mapping[str, str]) -> str:
        """The access token of a new person of the operadora's pool."""
        pool, email = self.where["cognito"]["operadora"], f"{secrets.token_hex(6)}@vale-pasa.example"
        senha = f"Aa1-{secrets.token_hex(16)}"
        user = self._cognito.admin_create_user(
            UserPoolId=pool["pool"], Username=email, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )["User"]  # fmt: skip
        username = user["Username"]
        self._cognito.admin_set_user_password(
            UserPoolId=pool["pool"], Username=username, Password=senha, Permanent=True
        )
        for grupo in token_groups:
            if grupo not in GRUPOS:
                with suppress(self._cognito.exceptions.GroupExistsException):  # of another run
                    self._cognito.create_group(UserPoolId=pool["pool"], GroupName=grupo)
                self._undo.append(partial(self._cognito.delete_group, UserPoolId=pool["pool"], GroupName=grupo))
            self._cognito.admin_add_user_to_group(UserPoolId=pool["pool"], Username=username, GroupName=grupo)
        token = tokens.sign_in(self.where, username, senha, pool["cliente"])[0]
        table = CadastroTable(self.aws.client("dynamodb"), CADASTRO_TABLE)
        for registro, grupo in bound.items():
            table.put_vinculo_operadora(VinculoOperadora(tokens.decoded(token)["sub"], registro, grupo))
        return token

    def _nobodies(self) -> Iterator[Caller]:
        access, ident = self._tokens("gestor@hospital-aurora.example")
        operadora, ident_operadora = self._tokens("cadastro@vale-pasa.example")
        machine = self.machine_token(self._credenciais[HOSPITAL.prestador_id])
        forger = tokens.Forger(self.aws.directory / "estado", access)
        named = {
            "an ID token of a gestor": ident,
            "an ID token of an operadora": ident_operadora,
            "a refresh token's claims": forger.signed(token_use="refresh"),
            "garbage": "lixo",
            "three parts of garbage": "a.b.c",
            "a token of another pool": self._of_another_pool(),
            **{f"a gestor's token {words}": token for words, token in forger.forgeries().items()},
        }
        for words, real in (("an operadora's", operadora), ("a machine's", machine)):
            past = int(datetime.now(UTC).timestamp()) - 10
            named[f"{words} expired token"] = tokens.Forger(self.aws.directory / "estado", real).signed(exp=past)
        yield Caller(name="anonymous", kind=Kind.NOBODY)
        yield Caller(name="a password instead of a token", kind=Kind.NOBODY,
                     headers={"Authorization": "Basic Z2VzdG9yOnNlbmhh"})  # fmt: skip
        for words, token in named.items():
            yield Caller(name=words, kind=Kind.NOBODY, token=token)
        for pool, email in (("prestadores", "gestor@hospital-aurora.example"),
                            ("operadora", "cadastro@vale-pasa.example")):  # fmt: skip
            yield Caller(name=f"a person of pool {pool} by an app client that is not the portal's",
                         kind=Kind.STRANGER, token=self._by_another_client(pool, email))  # fmt: skip

    def _of_another_pool(self) -> str:
        pool = self._cognito.create_user_pool(PoolName="outro")["UserPool"]["Id"]
        self._undo.append(lambda: self._cognito.delete_user_pool(UserPoolId=pool))
        client = self._client_of(pool)
        senha = f"Aa1-{secrets.token_hex(16)}"
        self._cognito.admin_create_user(UserPoolId=pool, Username="alguem", MessageAction="SUPPRESS")
        self._cognito.admin_set_user_password(UserPoolId=pool, Username="alguem", Password=senha, Permanent=True)
        return tokens.sign_in(self.where, "alguem", senha, client)[0]

    def _by_another_client(self, pool: str, email: str) -> str:
        found = self.where["cognito"][pool]["pool"]
        client = self._client_of(found)
        self._undo.append(lambda: self._cognito.delete_user_pool_client(UserPoolId=found, ClientId=client))
        user = next(user for user in self.where["usuarios"] if user["email"] == email)
        return tokens.sign_in(self.where, email, user["senha"], client)[0]

    def _client_of(self, pool: str) -> str:
        made = self._cognito.create_user_pool_client(
            UserPoolId=pool, ClientName="outro", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )
        return str(made["UserPoolClient"]["ClientId"])

    @property
    def personal(self) -> Mapping[str, frozenset[str]]:
        """Personal data there is here, by kind: what an answer shows only when its row says so."""
        lives, people = self.where["beneficiarios"], self.where["usuarios"]
        corpo = self._profissionais
        return {
            "carteira": self._carteiras | self.contas.carteiras | {row["numero_carteira"] for row in lives},
            "nome": frozenset(fixo.nome for fixo in FIXOS),
            "cpf": frozenset({*(row["cpf"] for row in lives), *corpo["cpf"]}),
            "email": frozenset({user["email"] for user in people} | self._emails),
            "profissional": corpo["nome"],
            "clinico": frozenset({senhas.CANARIO, senhas.MEDICO["nome"]}),
        }  # fmt: skip

    @cached_property
    def _profissionais(self) -> Mapping[str, frozenset[str]]:
        found = self.aws.client("dynamodb").query(
            TableName=CADASTRO_TABLE,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": f"PRESTADOR#{HOSPITAL.prestador_id}#{AMS}"}, ":sk": {"S": "PROFISSIONAL#"}
            },
        )["Items"]  # fmt: skip
        dados = [row["dados"]["M"] for row in found]
        return {name: frozenset(row[name]["S"] for row in dados if name in row) for name in ("cpf", "nome")}

    @property
    def secrets(self) -> frozenset[str]:
        """Personal data and everybody's ids: what no refusal may tell, not even to whose they are."""
        found = {text for texts in self.personal.values() for text in texts}
        for kind in (
            "upload",
            "peg",
            "pessoa",
            "credencial",
            "pedido",
            "carga",
            "autorizacao",
            "rascunho",
            "mensagem",
            "peg da operadora",
            "digitado",
            "nota",
            "pagamento",
            "lancamento da operadora",
            "lote de demonstrativos",
            "recurso",
            "rascunho de recurso",
        ):
            found |= {values[ID_OF[kind]] for values in self.things[kind].values()}
        return frozenset(found)


def _share(found: Sequence[Values], row: Row, named: str) -> Sequence[Values]:
    shares = min(SHARES, len(ALIKE[named]))
    return found[ALIKE[named].index(row.name) % shares :: shares]


def HOSTILE(own: str) -> Iterator[str]:  # noqa: N802
    """Path segments and query values that are no id, near an id that is the caller's own."""
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in own)
    yield from (
        percent(wide), f"{own}%00", f"{own}%20", f"%20{own}", f"{own}%0A", own.swapcase(), f"{own}%23PERFIL",
        f"{own}0", own[:-1], "0" * 3000, percent("é" * 40), "%00", "%25", "%2e%2e", "%2e", "PRESTADOR%23" + own, "*",
        "%27%20OR%201=1", "%7B%7D", "null", "-1",
    )  # fmt: skip


def HOSTILE_IN_BODIES(own: str) -> Iterator[str]:  # noqa: N802
    """The same, where nothing is decoded."""
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in own)
    yield from (wide, f"{own}\x00", f"{own} ", f" {own}", f"{own}\n", f"{own}#PERFIL", own[:-1], "0" * 3000, "", "*")


def percent(text: str) -> str:
    """Every byte outside ASCII escaped."""
    return "".join(char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text)


def new_cnpj() -> str:
    """A CNPJ with right check digits that nobody has."""
    return cnpj_of(f"{secrets.randbelow(10**8):08d}0001")


def expect(status: int, answer: Answer) -> Answer:
    """The answer, which must have this status.

    Raises:
        ApiError: it has another.
    """
    if answer.status != status:
        raise ApiError(answer)
    return answer


def as_json(answer: Answer) -> Any:
    """The body of an answer, or its text."""
    try:
        return answer.json()
    except ValueError:
        return answer.text
