"""`python -m local.ensaio`: a drill of restoring, timed: each table beside itself, compared, its objects found, read.

    python -m local.ensaio                                        # on the embedded AWS that runs
    python -m local.ensaio --estagio producao --tabela peg --ate 2026-11-22T12:00:00Z --manter   # on AWS, one table

Every table of the stage (or each `--tabela`) is restored to the latest point as `<table>-ensaio`, all at once; then
rows are compared by count and content (a table that changes meanwhile is only counted), and restored PEGs must find
their dossiers in the archive. Restored to an instant (`--ate`), what differs since is counted by kind, and of
`--tabela` listed. On the embedded AWS the functions are then pointed at the restored tables, the same questions are
asked of them, and they are pointed back. What was restored here is removed at the end, and nothing else:
`local.restauracao` takes rows back from what is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, Final

from botocore.exceptions import ClientError

from conecta_contas_aws import chaves, contas
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import unmarshal
from local.client import Client, sign_in_as
from local.diferencas import SUFFIX, Chave, counted, differences, rows
from local.runtime import LOCAL_DIRECTORY, client, running_instance

EMBEDDED: Final = "embarcado"
GRANTS: Final = "ensaio"
"""Name of the policy that functions have on restored tables, for as long as they use them."""
AT_ONCE: Final = 8
SAMPLE: Final = 1000
"""PEGs whose dossiers are looked for."""
_PATIENCE_S: Final = 4 * 3600
_LOOK_S: Final = 0.2


class EnsaioError(RuntimeError):
    """The drill could not go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a table holds, whatever the order: how many rows, and a digest of all."""

    linhas: int
    resumo: str


@dataclass(frozen=True, slots=True)
class Restored:
    """One table after its restore.

    Attributes:
        segundos: until it could be used.
        igual: whether it holds what its source does; `None` of a source that changed meanwhile.
        diferem: of one restored to an instant, kind, key and fate of each row that is not as it was.
    """

    tabela: str
    segundos: float
    linhas: int
    igual: bool | None = None
    diferem: Sequence[tuple[str, str, Chave]] | None = None


def tables(dynamodb: Any, estagio: str, tabelas: Sequence[str] = ()) -> list[str]:
    """Names of the tables of a stage, or of these of them.

    Raises:
        EnsaioError: one is not there, or is kept from another drill.
    """
    pages = dynamodb.get_paginator("list_tables").paginate()
    every = {name for page in pages for name in page["TableNames"] if name.startswith(f"conecta-{estagio}-")}
    asked = {f"conecta-{estagio}-{one}" for one in tabelas}
    names = sorted(asked or {name for name in every if not name.endswith(SUFFIX)})
    for wrong, why in ((asked - every, "não há"), ({name + SUFFIX for name in names} & every, "já há, de antes:")):
        if wrong:
            raise EnsaioError(f"{why} {' '.join(sorted(wrong))}")
    return names


def restore(dynamodb: Any, table: str, ate: datetime | None, made: list[str]) -> float:
    """Restore a table beside itself; how many seconds until it could be used.

    Args:
        made: is told its name.

    Raises:
        EnsaioError: it took more than four hours.
    """
    started = time.monotonic()
    point: dict[str, Any] = {"RestoreDateTime": ate} if ate else {"UseLatestRestorableTime": True}
    dynamodb.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=table + SUFFIX, **point)
    made.append(table + SUFFIX)
    while dynamodb.describe_table(TableName=table + SUFFIX)["Table"]["TableStatus"] != "ACTIVE":
        if time.monotonic() - started > _PATIENCE_S:
            raise EnsaioError(f"{table} não ficou pronta em {_PATIENCE_S // 3600} horas")
        time.sleep(_LOOK_S)
    return time.monotonic() - started


def contents(dynamodb: Any, table: str) -> Contents:
    """Count and digest of a table: rows are added up, so that their order does not matter."""
    count = total = 0
    for row in rows(dynamodb, table):
        text = json.dumps(row, sort_keys=True, default=_written)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest())
        count += 1
    return Contents(count, f"{total % 2**256:064x}")


def _written(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else bytes(value).hex()


def drill(dynamodb: Any, names: Sequence[str], ate: datetime | None, made: list[str]) -> list[Restored]:
    """Restore tables all at once, and compare each with its source; `made` is told what was made."""
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def of_all(do: Callable[[str], Any]) -> dict[str, Any]:
            return dict(zip(names, pool.map(do, names), strict=True))

        before = of_all(lambda name: contents(dynamodb, name)) if ate is None else {}
        took = of_all(lambda name: restore(dynamodb, name, ate, made))
        back = of_all(lambda name: contents(dynamodb, name + SUFFIX))
        if ate is not None:
            since = of_all(lambda name: _since(dynamodb, name))
            return [Restored(name, took[name], back[name].linhas, diferem=since[name]) for name in names]
        after = of_all(lambda name: contents(dynamodb, name))
    same = {name: back[name] == after[name] if before[name] == after[name] else None for name in names}
    return [Restored(name, took[name], back[name].linhas, same[name]) for name in names]


def _since(dynamodb: Any, table: str) -> list[tuple[str, str, Chave]]:
    return [(one.tipo, one.que, one.chave) for one in differences(dynamodb, table)]


def _tell(one: Restored, *, chaves_de_cada: bool) -> None:
    """What is known of a restored table. Keys hold no personal data."""
    said = {True: "igual à origem", None: "a origem mudou", False: "DIFERE da origem"}[one.igual]
    if one.diferem is not None:
        said = f"{len(one.diferem)} diferem desde então"
    print(f"{one.tabela}: {one.linhas} linhas em {one.segundos:.1f} s, {said}")
    for line in counted((tipo, que) for tipo, que, _ in one.diferem or ()):
        print(f"  {line}")
    for _, que, chave in sorted(one.diferem or ()) if chaves_de_cada else ():
        print("\t".join((que, *chave)))


def lost_dossiers(dynamodb: Any, s3: Any, table: str, bucket: str) -> tuple[int, list[str]]:
    """How many restored PEGs were looked at, and the protocolos of those whose dossier is not in the archive."""
    of_pegs = (unmarshal(row) for row in rows(dynamodb, table + SUFFIX))
    pegs = [
        contas.from_item(row) for row in of_pegs
        if row["sk"].startswith("PEG#") and row["pk"].startswith("PRESTADOR#") and row.get("dossie")
    ]  # fmt: skip
    some = list(islice(pegs, SAMPLE))
    return len(some), [peg.protocolo for peg in some if not _is_there(s3, bucket, chaves.dossie_key(peg, peg.dossie))]


def _is_there(s3: Any, bucket: str, key: str) -> bool:
    return any(one["Key"] == key for one in s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", ()))


@contextmanager
def pointed(aws: Callable[[str], Any], names: Sequence[str]) -> Iterator[int]:
    """The functions at the restored tables, with the same grants on them, for a block; how many were pointed there."""
    lambda_, iam = aws("lambda"), aws("iam")
    usual, roles = dict[str, dict[str, str]](), set[str]()
    for page in lambda_.get_paginator("list_functions").paginate():
        for made in page["Functions"]:
            held = (made.get("Environment") or {}).get("Variables", {})
            if set(names) & set(held.values()):
                usual[made["FunctionName"]] = held
                roles.add(made["Role"].rpartition("/")[2])
    restored = {
        name: {key: value + SUFFIX if value in names else value for key, value in held.items()}
        for name, held in usual.items()
    }
    try:
        for role in roles:
            iam.put_role_policy(
                RoleName=role, PolicyName=GRANTS, PolicyDocument=json.dumps(_grants(iam, role, names))
            )  # fmt: skip
        _configure(lambda_, restored)
        yield len(usual)
    finally:
        _configure(lambda_, usual)
        for role in roles:
            iam.delete_role_policy(RoleName=role, PolicyName=GRANTS)


def _grants(iam: Any, role: str, names: Sequence[str]) -> dict[str, Any]:
    """What a role may do with tables, of those beside them."""
    found = []
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]:
            held = statement["Resource"]
            arns = [held] if isinstance(held, str) else held
            other = [arn.replace(f"table/{name}", f"table/{name}{SUFFIX}") for arn in arns for name in names
                     if f"table/{name}/" in f"{arn}/"]  # fmt: skip
            if other:
                found.append({**statement, "Resource": other})
    return {"Version": "2012-10-17", "Statement": found}


def _configure(lambda_: Any, variables: Mapping[str, Mapping[str, str]]) -> None:
    for name, held in variables.items():
        lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": dict(held)})
    for name in variables:
        while lambda_.get_function_configuration(FunctionName=name)["LastUpdateStatus"] == "InProgress":
            time.sleep(_LOOK_S)


def answers(caller: Client) -> dict[str, Any]:
    """What the API says of what was stored: the same questions before and after."""
    month = f"{local_day(datetime.now(UTC)):%Y%m}"
    asked = (
        "/relacionamentos", "/contrato?registro_ans=345695", f"/autorizacoes?competencia={month}",
        f"/pegs?competencia={month}", "/notas-fiscais", "/recursos", "/inicio",
    )  # fmt: skip
    return {path: _told(caller, path) for path in asked}


def _told(caller: Client, path: str) -> Any:
    """An answer without what is of its moment: cursors are made anew."""
    answer = caller.request("GET", path)
    body = answer.json()
    moment = {"cursor", "proximo", "em", "consultado_em", "correlacao"}
    return answer.status, {name: value for name, value in body.items() if name not in moment}


def rehearse(
    aws: Callable[[str], Any], estagio: str, *, ate: datetime | None, manter: bool, where: Mapping[str, Any] | None,
    tabelas: Sequence[str] = (),
) -> int:  # fmt: skip
    """The drill, told line by line; 1 when something differs or is lost.

    Args:
        aws: makes a client of a service.
        where: the document of `endpoint.json`, to ask through the API, too.
        tabelas: short names; none are all.

    Raises:
        EnsaioError: it could not begin, or go on.
    """
    dynamodb, s3, started = aws("dynamodb"), aws("s3"), time.monotonic()
    names, made, lost = tables(dynamodb, estagio, tabelas), list[str](), list[str]()
    try:
        restored = drill(dynamodb, names, ate, made)
        for one in restored:
            _tell(one, chaves_de_cada=bool(tabelas))
        if f"conecta-{estagio}-peg" in names:
            looked, lost = lost_dossiers(dynamodb, s3, f"conecta-{estagio}-peg", _archive(s3, estagio))
            print(f"{looked} PEGs restaurados, {len(lost)} sem o dossiê no acervo {' '.join(lost)}".rstrip())
        differing = _read_through(aws, names, where) if where is not None and ate is None else []
        print(f"{len(names)} tabelas em {time.monotonic() - started:.1f} s, do começo ao fim")
    finally:
        for name in [] if manter else made:
            _remove(dynamodb, name)
    return int(bool(lost or differing) or any(one.igual is False for one in restored))


def _remove(dynamodb: Any, table: str) -> None:
    try:
        dynamodb.delete_table(TableName=table)
    except ClientError as error:  # it is still being made
        print(f"{table} fica: {error.response['Error']['Code']}", file=sys.stderr)


def _read_through(aws: Callable[[str], Any], names: Sequence[str], where: Mapping[str, Any]) -> list[str]:
    """The questions that the restored tables answer otherwise."""
    caller = sign_in_as(where, "gestor", where["prestadores"][0]["id"])
    before = answers(caller)
    with pointed(aws, names) as moved:
        after = answers(caller)
    differing = [path for path in before if before[path] != after[path]]
    told = f"{len(before)} respostas, {len(differing)} diferentes {' '.join(differing)}".rstrip()
    print(f"{moved} funções nas tabelas restauradas: {told}")
    return differing


def _archive(s3: Any, estagio: str) -> str:
    names = (str(one["Name"]) for one in s3.list_buckets()["Buckets"])
    (name,) = (name for name in names if name.startswith(f"conecta-{estagio}-acervo"))
    return name


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 all was restored, 1 something differs or nothing is running, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m local.ensaio", description="Ensaia a restauração das tabelas: mede, confere e desfaz."
    )
    parser.add_argument("--estagio", default=EMBEDDED, help="na AWS, com as credenciais do ambiente; sem ele, a local")
    parser.add_argument("--ate", type=_instant, help="instante a que se volta, com o fuso; sem ele, o último possível")
    parser.add_argument(
        "--tabela",
        action="append",
        default=[],
        metavar="NOME",
        help="só esta, repetível; com --ate, lista o que difere",
    )
    parser.add_argument("--manter", action="store_true", help="não remove as tabelas restauradas")
    asked = parser.parse_args(arguments)
    try:
        return _main(asked)
    except EnsaioError as error:
        print(f"erro: {error}", file=sys.stderr)
        return 1


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("diga o fuso: 2026-11-22T12:00:00Z")
    return found


def _main(asked: argparse.Namespace) -> int:
    how = {"ate": asked.ate, "manter": asked.manter, "tabelas": asked.tabela}
    if asked.estagio != EMBEDDED:
        import boto3  # noqa: PLC0415 - 150 ms that who asks for help need not wait

        return rehearse(boto3.client, asked.estagio, where=None, **how)
    if running_instance(LOCAL_DIRECTORY) is None:
        print(f"erro: nada em execução em {LOCAL_DIRECTORY}: rode scripts/run, ou diga --estagio", file=sys.stderr)
        return 1
    where = json.loads((LOCAL_DIRECTORY / "endpoint.json").read_text("utf-8"))
    aws = partial(client, where["endpoint_aws"], where["credenciais_aws"])
    return rehearse(aws, EMBEDDED, where=where, **how)


if __name__ == "__main__":
    sys.exit(main())
