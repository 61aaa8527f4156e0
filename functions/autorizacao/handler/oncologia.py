"""R23: the oncology team is told that another day was asked for; until now prestadores wrote to it themselves.

The mail names the authorization and its items, never whom they are of. A redelivered event finds the mark of the first
and sends nothing; only two deliveries at the same instant may send two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from autorizacao.bootstrap import nucleo
from conecta_edge import observability, session
from conecta_edge.aws import client
from conecta_edge.dynamodb import ConditionFailedError, conditions, marshal, put
from conecta_edge.settings import required
from conecta_facts.operadoras import Canal

if TYPE_CHECKING:
    from conecta_facts.operadoras import Contato

EQUIPE: Final = "oncolog"
"""How the contacts of the team are told from others: in their code, region or description."""
GUARDADO: Final = timedelta(days=14)
"""As long as a queue may keep an event."""


def notify(envelope: Mapping[str, Any]) -> None:
    """Send one mail for a `DataPedida`, to every address of the operadora's team.

    Nothing is sent when nothing waits any more, or when the operadora publishes no address.
    """
    registro, numero = str(envelope["registro_ans"]), str(envelope["dados"]["numero"])
    found = nucleo.autorizacoes().get(registro, numero)
    waiting = [item.sequencia for item in found.autorizacao.itens if item.data_pedida] if found else []
    if not waiting:
        return
    addresses = sorted({one.valor for one in session.catalogo().contatos(registro) if _of_the_team(one)})
    if not addresses:
        observability.log(
            "warning", "operadora sem e-mail de oncologia", registro_ans=registro, correlacao=envelope["correlacao"]
        )
        return
    mark = {"pk": f"PRESTADOR#{envelope['prestador_id']}", "sk": f"AVISO#{envelope['id']}"}
    dynamodb, table = client("dynamodb"), required("TABELA_IDEMPOTENCIA")
    if "Item" in dynamodb.get_item(TableName=table, Key=marshal(mark), ConsistentRead=True):
        return
    client("sesv2").send_email(
        FromEmailAddress=required("REMETENTE"), Destination={"ToAddresses": addresses},
        Content={"Simple": _message(registro, numero, waiting)},
    )  # fmt: skip
    forgotten = int((session.clock().now() + GUARDADO).timestamp())
    try:
        with conditions():
            dynamodb.put_item(**put(table, {**mark, "ttl": forgotten}, "attribute_not_exists(pk)"))
    except ConditionFailedError:
        pass  # another delivery of the same event was as quick
    observability.log("info", "oncologia avisada", registro_ans=registro, correlacao=envelope["correlacao"])


def _of_the_team(contato: Contato) -> bool:
    text = f"{contato.codigo} {contato.regiao} {contato.descricao or ''}".lower()
    return contato.canal is Canal.EMAIL and EQUIPE in unicodedata.normalize("NFKD", text).replace("\u0301", "")


def _message(registro: str, numero: str, itens: list[int]) -> dict[str, Any]:
    which = f"o item {itens[0]}" if len(itens) == 1 else f"os itens {', '.join(map(str, itens))}"
    text = (
        f"O prestador pediu outra data para {which} da autorização {numero} (registro ANS {registro}).\n\n"
        "Veja o pedido e o motivo na fila DATAS das autorizações da operadora, no Conecta, e decida: aprovada, a nova "
        "data vale; senão, fica a prevista, e o prestador lê por quê.\n\n"
        "Este aviso é automático e não traz dados do beneficiário. Não responda a esta mensagem.\n"
    )
    return {
        "Subject": {"Data": f"Outra data pedida em oncologia: autorização {numero}", "Charset": "UTF-8"},
        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
    }
