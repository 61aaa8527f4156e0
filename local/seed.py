"""Who may act for whom on an embedded AWS: people and machines of two invented prestadores and of the operadoras.

What operadoras and prestadores are is loaded from CSV (`local.cargas`); here are their names for those who need them.

Repeatable: keys of rows are fixed, people and app clients are looked for before they are made, and passwords are
drawn once and kept, readable by their owner only, in `usuarios.json` of the instance's directory.
"""

from __future__ import annotations

import json
import secrets
import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cadastro.domain.contas import Credencial, Papel, Pessoa
from cadastro.dynamodb.contas import DynamoContas
from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import put
from conecta_facts.prestadores import Prestador
from local.runtime import EmbeddedAws, write_private

OPERADORAS: Final = ("345695", "331988")
# Invented organisations; the CNPJs only have right check digits. Here a prestador's id is its CNPJ, so that whoever
# reads endpoint.json knows at once what to write as a lote's origem; nothing depends on that.
HOSPITAL: Final = Prestador("12345678000195", "Hospital Aurora", cnes="9990011", cnpj="12345678000195")
CLINICA: Final = Prestador("99876543000134", "Clínica Boa Vista", cnes="9990022", cnpj="99876543000134")
PRESTADORES: Final = (HOSPITAL, CLINICA)
_DOMINIOS: Final = {HOSPITAL.prestador_id: "hospital-aurora.example", CLINICA.prestador_id: "clinica-boa-vista.example"}
RELACIONAMENTOS: Final = {
    (HOSPITAL.prestador_id, "345695"): ("HABILITADO", "100017"),
    (HOSPITAL.prestador_id, "331988"): ("HABILITADO", "200017"),
    (CLINICA.prestador_id, "345695"): ("HABILITADO", "100025"),
    (CLINICA.prestador_id, "331988"): ("SOLICITADO", "200025"),
}
"""State and code at the operadora, as the generated `prestadores` files say."""
PAPEIS: Final = ("recepcao", "faturista", "gestor")
GRUPOS: Final = ("central", "auditoria", "financeiro", "cadastro")
ESCOPOS: Final = (
    "elegibilidade.ler",
    "autorizacao.ler",
    "autorizacao.escrever",
    "peg.ler",
    "peg.escrever",
    "documentos.ler",
    "documentos.escrever",
    "pagamento.ler",
    "pagamento.escrever",
    "recurso.ler",
    "recurso.escrever",
)
QUEM: Final = "implantacao"
"""Who bound them, in the rows."""
_RESOURCE_SERVER: Final = "conecta"
_PASSWORD_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class Usuario:
    """A demo person, as `endpoint.json` shows it: exactly one of `prestador` and `operadora` is given."""

    email: str
    senha: str
    papel: str
    prestador: str | None
    operadora: str | None


@dataclass(frozen=True, slots=True)
class Maquina:
    """A demo machine client; `escopos` as the token endpoint takes them."""

    client_id: str
    client_secret: str
    prestador: str
    escopos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seeded:
    """Who can sign in."""

    usuarios: tuple[Usuario, ...]
    maquinas: tuple[Maquina, ...]


def seed(aws: EmbeddedAws, outputs: Mapping[str, str]) -> Seeded:
    """Write the rows and make the people and machines that are missing.

    Args:
        aws: A running instance with the stacks deployed.
        outputs: Their outputs (pools, app clients, table of cadastro).
    """
    contas = DynamoContas(aws.client("dynamodb"), outputs["TabelaCadastro"])
    people = _People(aws)
    usuarios = [
        *(_at_prestador(people, contas, outputs, prestador, papel) for prestador in PRESTADORES for papel in PAPEIS),
        *(_at_operadora(people, outputs, f"{grupo}@vale-pasa.example", grupo, OPERADORAS) for grupo in GRUPOS),
        # Of one operadora only: what it may not see of the other.
        _at_operadora(people, outputs, "cadastro@pasa.example", "cadastro", OPERADORAS[1:]),
    ]
    maquinas = [_machine(people, contas, outputs, prestador) for prestador in PRESTADORES]
    return Seeded(tuple(usuarios), tuple(maquinas))


def _at_prestador(
    people: _People, contas: DynamoContas, outputs: Mapping[str, str], prestador: Prestador, papel: str
) -> Usuario:
    email = f"{papel}@{_DOMINIOS[prestador.prestador_id]}"
    sub, _ = people.person(outputs["PoolPrestadores"], email)
    contas.admit(people=[Pessoa(sub, prestador.prestador_id, Papel(papel), datetime.now(UTC), QUEM, email=email)])
    return Usuario(email, people.password(email), papel, prestador.prestador_id, None)


def _at_operadora(
    people: _People,
    outputs: Mapping[str, str],
    email: str,
    grupo: str,
    registros: tuple[str, ...],
) -> Usuario:
    pool = outputs["PoolOperadora"]
    sub, username = people.person(pool, email)
    people.cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=grupo)
    for registro in registros:
        row = {**keys.operadora_vinculo_key(sub, registro), "sub": sub, "registro_ans": registro, "grupo": grupo}
        # As docs/operacao.md tells ops to: bound anew at each start, so that a retry is free.
        condition = "attribute_not_exists(pk) OR registro_ans = :registro"
        people.dynamodb.put_item(**put(outputs["TabelaCadastro"], row, condition, {":registro": registro}))
    return Usuario(email, people.password(email), grupo, None, registros[0])


def _machine(people: _People, contas: DynamoContas, outputs: Mapping[str, str], prestador: Prestador) -> Maquina:
    escopos = tuple(f"{_RESOURCE_SERVER}/{escopo}" for escopo in ESCOPOS)
    client_id, client_secret = people.app_client(
        outputs["PoolPrestadores"], f"conecta-embarcado-maquina-{prestador.prestador_id}", escopos
    )
    made = Credencial(client_id, prestador.prestador_id, "Demonstração", ESCOPOS, datetime.now(UTC), QUEM)
    contas.admit(machines=[made])
    return Maquina(client_id, client_secret, prestador.prestador_id, escopos)


class _People:
    """People and app clients in Cognito, and the passwords that were drawn for them."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.cognito = aws.client("cognito-idp")
        self.dynamodb = aws.client("dynamodb")
        self._file = aws.directory / "usuarios.json"
        self._passwords: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}

    def password(self, email: str) -> str:
        """The one drawn for this person, once."""
        if email not in self._passwords:
            self._passwords[email] = _draw_password()
            write_private(self._file, json.dumps(self._passwords, indent=1))
        return self._passwords[email]

    def person(self, pool: str, email: str) -> tuple[str, str]:
        """Sub and username of the person with this e-mail, confirmed and with the password known here.

        The username is random, as a sign-up would make it: the e-mail is an alias.
        """
        found = self.cognito.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"]
        if found:
            user = found[0]
        else:
            user = self.cognito.admin_create_user(
                UserPoolId=pool,
                Username=str(uuid.uuid4()),
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            )["User"]
        username = user["Username"]
        self.cognito.admin_set_user_password(
            UserPoolId=pool, Username=username, Password=self.password(email), Permanent=True
        )
        return next(item["Value"] for item in user["Attributes"] if item["Name"] == "sub"), username

    def app_client(self, pool: str, name: str, scopes: tuple[str, ...]) -> tuple[str, str]:
        """Id and secret of the machine client with this name and these scopes; one with fewer stays as it was."""
        pages = self.cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool)
        for client in (item for page in pages for item in page["UserPoolClients"]):
            if client["ClientName"] == name:
                found = self.cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])
                held = found["UserPoolClient"]
                if set(held["AllowedOAuthScopes"]) == set(scopes):
                    return held["ClientId"], held["ClientSecret"]
        made = self.cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName=name,
            GenerateSecret=True,
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=list(scopes),
            AccessTokenValidity=30,
            TokenValidityUnits={"AccessToken": "minutes"},
        )["UserPoolClient"]
        return made["ClientId"], made["ClientSecret"]


def _draw_password() -> str:
    """A password of every class the pools ask for."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.+=")
    drawn = [secrets.choice(kind) for kind in kinds]
    drawn += [secrets.choice("".join(kinds)) for _ in range(_PASSWORD_LENGTH - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)
