"""Keys of the `cadastro` table and the read-only view every context has of it.

The table's owner is the `cadastro` context; the others hold a read-only grant and come through here, so that a
key is built in one place. Rows that are loaded or decided hold a value of `conecta_facts` (see `conecta_edge.items`).

| pk | sk | what |
|---|---|---|
| `OPERADORA#<registroANS>` | `PERFIL` | the operadora: group, accepted TISS versions, migration day |
| `OPERADORA#<registroANS>` | `CONTATO#<codigo>` | a public contact |
| `OPERADORA#<registroANS>` | `CARGA#<id>` | a load of data |
| `OPERADORA#<registroANS>#CARGA#<id>` | `PARTE#<nnnnn>` | what came of one part of it |
| `OPERADORA#<registroANS>#CALENDARIO` | `<AAAA-MM-DD>#<uf or BR>` | a day that is not what its weekday says |
| `OPERADORA#<registroANS>#PLANO#<codigo>` | `PLANO`, `CARENCIA#…`, `COBERTURA#…` | a plan |
| `OPERADORA#<registroANS>#PRECOS#<tabela_precos>` | `<tabela>#<codigo>#<de>` | a price |
| `OPERADORA#<registroANS>#REGRAS` | `<tabela>#<codigo>#<plano or *>#<de>` | what is asked of a procedure (R09) |
| `OPERADORA#<registroANS>#CODIGO#<codigo>` | `PRESTADOR` | whom the operadora calls by that code: who got it last |
| `OPERADORAS` | `<registroANS>` | the public list |
| `PRESTADOR#<id>` | `PERFIL` | who the prestador is (CNPJ or CPF, CNES, name) |
| `PRESTADOR#<id>` | `RELACIONAMENTO#<registroANS>` | periods with one operadora, its code there |
| `PRESTADOR#<id>` | `PESSOA#<sub>`, `CREDENCIAL#<client id>`, `GESTORES` | who acts for it (mirrors) |
| `PRESTADOR#<id>#<registroANS>` | `CONTRATO#<de>` | terms of the contract |
| `PRESTADOR#<id>#<registroANS>` | `PROCEDIMENTO#`, `DIARIA#`, `PACOTE#` + `<tabela>#<codigo>#<de>` | contracted codes |
| `PRESTADOR#<id>#<registroANS>` | `LOCAL#<cnes>`, `PROFISSIONAL#<conselho>#<uf>#<numero>` | places, corpo clínico |
| `PESSOA#<sub>` | `VINCULO#<prestador id>` or `OPERADORA#<registroANS>` | what a person may act for |
| `PESSOA#<sub>` or `PRESTADOR#<id>` | `PEDIDO#<id>` | a relacionamento asked for |
| `CREDENCIAL#<client id>` | `CREDENCIAL` | the prestador of a machine credential |

Index `busca` (`busca_pk`, `busca_sk`, every attribute): relacionamentos of an operadora by state
(`OPERADORA#<registroANS>#RELACIONAMENTO#<situacao>`, `<desde>#<prestador id>`), what was asked of it
(`OPERADORA#<registroANS>#PEDIDO#<situacao>`, `<instant>#<id>`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from conecta_edge.clock import Clock, iso
from conecta_edge.dynamodb import batch_get, marshal, query_all, unmarshal
from conecta_edge.items import dados
from conecta_facts import codec
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Relacionamento

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item

Key = dict[str, str]
OPERADORAS = "OPERADORAS"
INDEX = "busca"


def operadora_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>`: profile, contacts and loads."""
    return f"OPERADORA#{registro_ans}"


def operadora_key(registro_ans: str) -> Key:
    """`OPERADORA#<registroANS>` / `PERFIL`."""
    return {"pk": operadora_pk(registro_ans), "sk": "PERFIL"}


def listed_operadora_key(registro_ans: str) -> Key:
    """`OPERADORAS` / `<registroANS>`: the public list, which nobody owns."""
    return {"pk": OPERADORAS, "sk": registro_ans}


def contato_key(registro_ans: str, codigo: str) -> Key:
    """`OPERADORA#<registroANS>` / `CONTATO#<codigo>`."""
    return {"pk": operadora_pk(registro_ans), "sk": f"CONTATO#{codigo}"}


def carga_key(registro_ans: str, carga_id: str) -> Key:
    """`OPERADORA#<registroANS>` / `CARGA#<id>`."""
    return {"pk": operadora_pk(registro_ans), "sk": f"CARGA#{carga_id}"}


def parte_key(registro_ans: str, carga_id: str, numero: int) -> Key:
    """`OPERADORA#<registroANS>#CARGA#<id>` / `PARTE#<nnnnn>`."""
    return {"pk": f"{operadora_pk(registro_ans)}#CARGA#{carga_id}", "sk": f"PARTE#{numero:05d}"}


def calendario_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>#CALENDARIO`."""
    return f"{operadora_pk(registro_ans)}#CALENDARIO"


def calendario_key(registro_ans: str, dia: date, uf: str | None) -> Key:
    """`OPERADORA#<registroANS>#CALENDARIO` / `<AAAA-MM-DD>#<uf or BR>`."""
    return {"pk": calendario_pk(registro_ans), "sk": f"{dia.isoformat()}#{uf or 'BR'}"}


def plano_pk(registro_ans: str, codigo: str) -> str:
    """`OPERADORA#<registroANS>#PLANO#<codigo>`: one Query answers all that is said of a plan."""
    return f"{operadora_pk(registro_ans)}#PLANO#{codigo}"


def plano_key(registro_ans: str, codigo: str) -> Key:
    """The plan itself, sk `PLANO`."""
    return {"pk": plano_pk(registro_ans, codigo), "sk": "PLANO"}


def carencia_key(registro_ans: str, plano: str, grupo: str, de: date) -> Key:
    """Of the plan's partition, sk `CARENCIA#<grupo>#<de>`."""
    return {"pk": plano_pk(registro_ans, plano), "sk": f"CARENCIA#{grupo}#{de.isoformat()}"}


def cobertura_key(registro_ans: str, plano: str, tabela: str, codigo: str, de: date) -> Key:
    """Of the plan's partition, sk `COBERTURA#<tabela>#<codigo>#<de>`."""
    return {"pk": plano_pk(registro_ans, plano), "sk": f"COBERTURA#{_coded(tabela, codigo, de)}"}


def precos_pk(registro_ans: str, tabela_precos: str) -> str:
    """`OPERADORA#<registroANS>#PRECOS#<tabela_precos>`."""
    return f"{operadora_pk(registro_ans)}#PRECOS#{tabela_precos}"


def preco_key(registro_ans: str, tabela_precos: str, tabela: str, codigo: str, de: date) -> Key:
    """Of the price table's partition, sk `<tabela>#<codigo>#<de>`."""
    return {"pk": precos_pk(registro_ans, tabela_precos), "sk": _coded(tabela, codigo, de)}


def regras_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>#REGRAS`."""
    return f"{operadora_pk(registro_ans)}#REGRAS"


def regra_key(registro_ans: str, tabela: str, codigo: str, plano: str | None, de: date) -> Key:
    """`OPERADORA#<registroANS>#REGRAS` / `<tabela>#<codigo>#<plano or *>#<de>`."""
    return {"pk": regras_pk(registro_ans), "sk": f"{tabela}#{codigo}#{plano or '*'}#{de.isoformat()}"}


def prestador_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def prestador_key(prestador_id: str) -> Key:
    """`PRESTADOR#<id>` / `PERFIL`."""
    return {"pk": prestador_pk(prestador_id), "sk": "PERFIL"}


def relacionamento_key(prestador_id: str, registro_ans: str) -> Key:
    """`PRESTADOR#<id>` / `RELACIONAMENTO#<registroANS>`."""
    return {"pk": prestador_pk(prestador_id), "sk": f"RELACIONAMENTO#{registro_ans}"}


def codigo_key(registro_ans: str, codigo: str) -> Key:
    """`OPERADORA#<registroANS>#CODIGO#<codigo>` / `PRESTADOR`."""
    return {"pk": f"{operadora_pk(registro_ans)}#CODIGO#{codigo}", "sk": "PRESTADOR"}


def relacionados_pk(registro_ans: str, parte: str) -> str:
    """`OPERADORA#<registroANS>#RELACIONAMENTO#<its state, or AGENDADO>`, of the index `busca`."""
    return f"{operadora_pk(registro_ans)}#RELACIONAMENTO#{parte}"


def relacionamento_busca(registro_ans: str, parte: str, de: date, prestador_id: str) -> Key:
    """Where a relacionamento lies in the index `busca`: by the day that its state began."""
    return {"busca_pk": relacionados_pk(registro_ans, parte), "busca_sk": f"{de.isoformat()}#{prestador_id}"}


def contrato_pk(prestador_id: str, registro_ans: str) -> str:
    """`PRESTADOR#<id>#<registroANS>`: all that is contracted between the two."""
    return f"{prestador_pk(prestador_id)}#{registro_ans}"


def contrato_key(prestador_id: str, registro_ans: str, de: date) -> Key:
    """The terms, sk `CONTRATO#<de>`."""
    return {"pk": contrato_pk(prestador_id, registro_ans), "sk": f"CONTRATO#{de.isoformat()}"}


def contratado_key(pk: str, kind: str, tabela: str, codigo: str, de: date) -> Key:
    """A contracted code of the contract's partition, sk `<PROCEDIMENTO, DIARIA or PACOTE>#<tabela>#<codigo>#<de>`."""
    return {"pk": pk, "sk": f"{kind}#{_coded(tabela, codigo, de)}"}


def local_key(prestador_id: str, registro_ans: str, cnes: str) -> Key:
    """A place, sk `LOCAL#<cnes>`."""
    return {"pk": contrato_pk(prestador_id, registro_ans), "sk": f"LOCAL#{cnes}"}


def profissional_key(prestador_id: str, registro_ans: str, conselho: str, uf: str, numero: str) -> Key:
    """A member of the corpo clínico, sk `PROFISSIONAL#<conselho>#<uf>#<numero>`."""
    return {"pk": contrato_pk(prestador_id, registro_ans), "sk": f"PROFISSIONAL#{conselho}#{uf}#{numero}"}


def pessoa_pk(sub: str) -> str:
    """`PESSOA#<sub>`: one Query answers all that a person may act for."""
    return f"PESSOA#{sub}"


def vinculo_key(sub: str, prestador_id: str) -> Key:
    """`PESSOA#<sub>` / `VINCULO#<prestador id>`."""
    return {"pk": pessoa_pk(sub), "sk": f"VINCULO#{prestador_id}"}


def operadora_vinculo_key(sub: str, registro_ans: str) -> Key:
    """`PESSOA#<sub>` / `OPERADORA#<registroANS>`."""
    return {"pk": pessoa_pk(sub), "sk": f"OPERADORA#{registro_ans}"}


def credencial_key(client_id: str) -> Key:
    """`CREDENCIAL#<client id>` / `CREDENCIAL`."""
    return {"pk": f"CREDENCIAL#{client_id}", "sk": "CREDENCIAL"}


def _coded(tabela: str, codigo: str, de: date) -> str:
    return f"{tabela}#{codigo}#{de.isoformat()}"


@dataclass(frozen=True, slots=True)
class Binding:
    """A person's papel at one prestador."""

    prestador_id: str
    papel: str


@dataclass(frozen=True, slots=True)
class OperadoraBinding:
    """A person's group at one operadora."""

    registro_ans: str
    grupo: str


@dataclass(frozen=True, slots=True)
class Remetente:
    """Who sends a message to an operadora, as the rules of admission ask (`conecta_tiss.rules.admissao.Habilitado`)."""

    registro_ans: str
    cnpj: str | None
    cpf: str | None
    codigo_na_operadora: str | None
    versoes: tuple[VersaoAceita, ...]
    grupo: tuple[str, ...]
    hoje: date
    may_send: bool


@dataclass(frozen=True, slots=True)
class Contratacao:
    """What a context needs to know of a prestador at an operadora; absent rows are `None`."""

    prestador: Prestador | None
    relacionamento: Relacionamento | None
    operadora: Operadora | None

    def may_bill_em(self, dia: date) -> bool:
        """R02: whether what was lawfully done may be billed on a day; never without a relacionamento."""
        return self.relacionamento is not None and self.relacionamento.may_bill_em(dia)

    def may_send_em(self, dia: date) -> bool:
        """R02: whether files of authorizations may be sent on a day; never without a relacionamento."""
        return self.relacionamento is not None and self.relacionamento.may_send_em(dia)

    def remetente(self, registro_ans: str, hoje: date) -> Remetente:
        """The prestador as who sends a message; of absent rows there is nothing."""
        prestador, relacionamento, operadora = self.prestador, self.relacionamento, self.operadora
        return Remetente(
            registro_ans=registro_ans,
            cnpj=prestador.cnpj if prestador else None,
            cpf=prestador.cpf if prestador else None,
            codigo_na_operadora=relacionamento.codigo_na_operadora if relacionamento else None,
            versoes=operadora.versoes if operadora else (),
            grupo=operadora.grupo if operadora else (),
            hoje=hoje,
            may_send=self.may_send_em(hoje),
        )

    def situacao_em(self, dia: date) -> tuple[str | None, str | None]:
        """The state of the relacionamento on a day and the operadora's reason, `None` where there is none."""
        periodo = self.relacionamento.periodo_em(dia) if self.relacionamento else None
        return (periodo.situacao.value, periodo.motivo) if periodo else (None, None)


class CadastroReader(Protocol):
    """The read-only view of cadastro that contexts depend on."""

    def bindings(self, sub: str) -> tuple[Binding, ...]:
        """What a person may act for; empty when unknown."""
        ...

    def operadora_bindings(self, sub: str) -> tuple[OperadoraBinding, ...]:
        """Of which operadoras a person is, in which group; empty when unknown."""
        ...

    def credential(self, client_id: str) -> tuple[str, frozenset[str]] | None:
        """The prestador and the scopes of a live machine credential."""
        ...

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        """Prestador, relacionamento and operadora in one round trip."""
        ...

    def prestador_of_code(self, registro_ans: str, codigo: str) -> str | None:
        """The prestador that an operadora calls by a code; `None` when nobody is known by it."""
        ...


class DynamoCadastroReader:
    """The reader over the real table: one round trip per question."""

    def __init__(self, client: Any, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def bindings(self, sub: str) -> tuple[Binding, ...]:
        """One Query on the person's partition."""
        rows = self._of_person(sub, "VINCULO#")
        return tuple(Binding(row["prestador_id"], row["papel"]) for row in rows if row.get("ativo", True))

    def operadora_bindings(self, sub: str) -> tuple[OperadoraBinding, ...]:
        """One Query on the person's partition."""
        rows = self._of_person(sub, "OPERADORA#")
        return tuple(OperadoraBinding(row["registro_ans"], row["grupo"]) for row in rows if row.get("ativo", True))

    def _of_person(self, sub: str, prefix: str) -> list[Item]:
        return query_all(self._client, self._table, pessoa_pk(sub), prefix)

    def credential(self, client_id: str) -> tuple[str, frozenset[str]] | None:
        """One GetItem; a credential that was revoked, or whose overlap after a rotation is over, answers `None`."""
        found = self._client.get_item(TableName=self._table, Key=marshal(credencial_key(client_id)))
        if "Item" not in found:
            return None
        row = unmarshal(found["Item"])
        ended = row.get("expira_em", "~") <= iso(self._clock.now())
        if ended or not row.get("ativa", True):
            return None
        return str(row["prestador_id"]), frozenset(row.get("escopos", ()))

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        """One BatchGetItem of three keys."""
        keys = [
            prestador_key(prestador_id),
            relacionamento_key(prestador_id, registro_ans),
            operadora_key(registro_ans),
        ]
        prestador, relacionamento, operadora = batch_get(self._client, [(self._table, key) for key in keys])
        return Contratacao(
            prestador=codec.build(Prestador, dados(prestador)) if prestador else None,
            relacionamento=codec.build(Relacionamento, dados(relacionamento)) if relacionamento else None,
            operadora=codec.build(Operadora, dados(operadora)) if operadora else None,
        )

    def prestador_of_code(self, registro_ans: str, codigo: str) -> str | None:
        """One GetItem."""
        found = self._client.get_item(TableName=self._table, Key=marshal(codigo_key(registro_ans, codigo)))
        return str(dados(unmarshal(found["Item"]))["prestador_id"]) if "Item" in found else None
