"""`python -m local.restauracao TABELA`: takes rows of a table back to what they were, within the table that is in use.

    python -m local.ensaio --estagio producao --tabela peg --ate 2026-11-22T12:00:00Z --manter   # restores beside it
    python -m local.restauracao peg --estagio producao > linhas.tsv                              # what would come back
    python -m local.restauracao peg --estagio producao --gravar linhas.tsv                       # writes those lines

The table stays, and so do its name, stream, grants, backups and counters. The list has a line for each row that is not
as it was: `volta`, `fica` and why, `nova` of one that is younger. A person takes out what was changed rightly; only
lines that say `volta` are written. A row comes back with a `versao` above what is there, so that whoever has read it
notices and whoever is told of it listens. Nothing is deleted. Writing again goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from conecta_senhas_aws import chaves
from local.diferencas import SUFFIX, Chave, Linha, Row, batches, counted, differences, looked, versao
from local.runtime import LOCAL_DIRECTORY, client, running_instance

EMBEDDED: Final = "embarcado"
TABELAS: Final = ("cadastro", "beneficiarios", "documentos", "autorizacao", "peg", "pagamento", "recurso", "alertas")
"""Those that may be taken back: the audit is what was done, and answers of `idempotencia` were given."""
AT_ONCE: Final = 8
CONTADOR: Final = "CONTADOR"
VOLTA: Final = "volta"
FICA: Final = "fica"
CANCELAMENTOS: Final[Mapping[str, frozenset[str]]] = {
    "PEG": frozenset({"CANCELADO"}),
    "NOTA": frozenset({"CANCELADA", "RECUSADA"}),
    "RECURSO": frozenset({"CANCELADO"}),
}
"""States in which a thing has let go of what it held, by how its sort key begins."""
FICAM: Final[Mapping[str, str]] = {
    "EVENTO": "o que foi dito não se desdiz",
    **dict.fromkeys(("SEQUENCIA", "ALERTA", "ENTIDADE", "PAINEL", "ENTREGA", "LINHA"), "segue dos eventos"),
    **dict.fromkeys(
        ("VINCULO", "PESSOA", "GESTORES", "CREDENCIAL", "CREDENCIAIS", "AGENDA"), "é acesso: decida pela API"
    ),
    "CRONOGRAMA": "publique o cronograma de novo",
}
"""Rows that are never taken back, by how their sort key begins, and why."""


def por_que_fica(linha: Linha, usadas: frozenset[str], now: float) -> str | None:
    """Why a row is not taken back; `None` of one that may be.

    Args:
        usadas: partition keys of the senhas whose use is another since.
        now: seconds since 1970.
    """
    (dono, *_), (what, *_) = (part.split("#") for part in linha.chave)
    if dono == CONTADOR:
        return None if _number(linha.viva, "n") < _number(linha.antes, "n") else "contador não desce"
    if (dono, what) == ("PESSOA", "OPERADORA"):
        return FICAM["PESSOA"]
    if senha(linha.chave) in usadas:
        return "o uso da senha mudou depois"
    return FICAM.get(what) or _since(what, linha, now)


def _since(what: str, linha: Linha, now: float) -> str | None:
    """What happened since that is not taken back."""
    viva, antes = linha.viva or {}, linha.antes or {}
    if "eliminado" in viva:
        return "eliminado a pedido do titular"
    if 0 < _number(antes, "ttl") <= now:
        return "venceu"
    let_go = _let_go(what, viva) and not _let_go(what, antes)
    if let_go or (linha.viva is not None and viva.get("retiradas") != antes.get("retiradas")):
        return "foi cancelado, retirado ou solto depois"
    return None


def _number(row: Row | None, name: str) -> int:
    return int((row or {}).get(name, {}).get("N", 0))


def _let_go(what: str, row: Row) -> bool:
    return "livre" in row or row.get("situacao", {}).get("S") in CANCELAMENTOS.get(what, ())


def senha(chave: Chave) -> str | None:
    """The partition of the senha that a row of `autorizacao` is of: its own, or its line among those of a life."""
    match chave[0].split("#"), chave[1].split("#"):
        case ["OPERADORA", _, "GUIA", _], _:
            return chave[0]
        case ["OPERADORA", registro, "VIDA", _], [_, numero]:
            return chaves.guia_pk(registro, numero)
    return None


def usadas(dynamodb: Any, table: str, linhas: Iterable[Linha]) -> frozenset[str]:
    """Of the senhas that rows are of, those whose use is another since: PEGs have used or freed them."""
    keys = sorted({(pk, chaves.AUTORIZACAO) for linha in linhas if (pk := senha(linha.chave))})
    found = (linha for some in looked(dynamodb, table, keys) for linha in some)
    return frozenset(
        linha.chave[0] for linha in found
        if any((linha.viva or {}).get(name) != (linha.antes or {}).get(name) for name in ("usos", "faturadas"))
    )  # fmt: skip


def voltada(linha: Linha) -> Row:
    """The row as it was, under a `versao` above what is there."""
    row = dict(linha.antes or {})
    if versao(row) and linha.viva is not None:
        row["versao"] = {"N": str(max(versao(row), versao(linha.viva)) + 1)}
    return row


def listed(dynamodb: Any, table: str, now: float) -> Iterator[tuple[str, Linha, str]]:
    """What would become of each row that is not as it was, and why."""
    for some in batches(differences(dynamodb, table)):
        used = usadas(dynamodb, table, some)
        for linha in some:
            if linha.antes is None:
                yield linha.que, linha, ""
                continue
            why = por_que_fica(linha, used, now)
            yield FICA if why else VOLTA, linha, why or ""


def gravar(dynamodb: Any, table: str, keys: Sequence[Chave], now: float) -> Counter[str]:
    """Take rows back; how many `volta`, `fica`, and were changed meanwhile (`mudou`)."""
    done = Counter[str]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for some in looked(dynamodb, table, _together(keys)):
            used = usadas(dynamodb, table, some)
            ours = [linha for linha in some if por_que_fica(linha, used, now) is None]
            done[FICA] += len(some) - len(ours)
            done.update(pool.map(partial(_put, dynamodb, table), ours))
    return done


def _together(keys: Iterable[Chave]) -> list[Chave]:
    """Both rows of a senha, or it could not be read."""
    both = (chaves.AUTORIZACAO, chaves.DETALHE)
    found = ((pk, one) for pk, sk in keys for one in (both if sk in both else (sk,)))
    return list(dict.fromkeys(found))


def _put(dynamodb: Any, table: str, linha: Linha) -> str:
    """One write, on condition that the row is still what was seen."""
    row, viva = voltada(linha), linha.viva
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
    if viva is not None:
        lock = "n" if linha.chave[0].startswith(CONTADOR) else "versao"
        condition = (
            {"ConditionExpression": f"{lock} = :lida", "ExpressionAttributeValues": {":lida": viva[lock]}}
            if lock in viva else {"ConditionExpression": "attribute_exists(pk)"}
        )  # fmt: skip
    try:
        dynamodb.put_item(TableName=table, Item=row, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return "mudou"
    return VOLTA


def chosen(text: str) -> list[Chave]:
    """The keys of the lines of a list that say `volta`."""
    parts = (line.split("\t") for line in text.splitlines())
    return [(one[1], one[2]) for one in parts if one[0] == VOLTA]


def run(dynamodb: Any, table: str, *, linhas: str | None, now: float) -> int:
    """List, or write what a list says; 1 when rows changed meanwhile."""
    held = dynamodb.describe_table(TableName=table + SUFFIX)["Table"].get("RestoreSummary", {})
    print(f"{table}: como em {held.get('RestoreDateTime', table + SUFFIX)}", file=sys.stderr)
    if linhas is None:
        many = Counter[tuple[str, str]]()
        for que, linha, why in listed(dynamodb, table, now):
            print("\t".join((que, *linha.chave, *([why] if why else []))))
            many[linha.tipo, que] += 1
        print("\n".join(counted(many)), file=sys.stderr)
        return 0
    done = gravar(dynamodb, table, chosen(linhas), now)
    print(
        f"{done[VOLTA]} linhas gravadas, {done[FICA]} ficaram, {done['mudou']} mudaram enquanto isso", file=sys.stderr
    )
    return int(done["mudou"] > 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 done, 1 rows changed meanwhile or nothing is running or restored, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m local.restauracao",
        description="Devolve linhas de uma tabela ao que eram na cópia restaurada ao lado; sem --gravar, só as lista.",
    )
    parser.add_argument("tabela", choices=TABELAS, help="sem o estágio")
    parser.add_argument("--estagio", default=EMBEDDED, help="na AWS, com as credenciais do ambiente; sem ele, a local")
    parser.add_argument("--gravar", type=Path, metavar="LISTA", help="grava as linhas `volta` desta lista")
    asked = parser.parse_args(arguments)
    linhas = asked.gravar.read_text("utf-8") if asked.gravar else None
    table = f"conecta-{asked.estagio}-{asked.tabela}"
    if asked.estagio != EMBEDDED:
        import boto3  # noqa: PLC0415 - 150 ms that who asks for help need not wait

        dynamodb = boto3.client("dynamodb")
    elif running_instance(LOCAL_DIRECTORY) is None:
        print(f"erro: nada em execução em {LOCAL_DIRECTORY}: rode scripts/run, ou diga --estagio", file=sys.stderr)
        return 1
    else:
        where = json.loads((LOCAL_DIRECTORY / "endpoint.json").read_text("utf-8"))
        dynamodb = client(where["endpoint_aws"], where["credenciais_aws"], "dynamodb")
    try:
        return run(dynamodb, table, linhas=linhas, now=time.time())
    except dynamodb.exceptions.ResourceNotFoundException:
        print(f"erro: não há {table}{SUFFIX}: restaure com python -m local.ensaio --manter", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
