"""`python -m local.vazamentos`: whether personal data of the demo stands anywhere it must not, over a whole day of it.

It lives a day on an embedded AWS of its own and then searches what went by (events, queues, streams, workflows, mails,
access logs, refusals) and what is kept outside tables and the archive (logs, metrics, histories, dead letter queues)
for every CPF, CNS, carteira, name and address of a person that was loaded or signs in, and every senha that was given.
Written otherwise is found, too: with punctuation, without accents, escaped, in Base64.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import sys
import tempfile
import unicodedata
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from conecta_edge.clock import local_day
from local import demo
from local.cargas import PRESTADORES, VIDAS
from local.falhas import journal, judge, plan
from local.falhas.journal import Kind
from local.gerador_cadastro import Pedido, linhas
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws
from local.seed import OPERADORAS

SENHA, ADDRESS = "senha", "e-mail"
NEEDED: Final[Mapping[str, Mapping[str, str]]] = {
    SENHA: {
        Kind.EVENT: "a entidade do evento é a autorização, e quem o consome precisa achá-la",
        Kind.MESSAGE: "é o evento, na fila de quem o consome",
        Kind.STREAM: "é o evento, na tabela de quem o escreveu",
        Kind.ACCESS: "o número está no endereço de uma autorização; só vale junto com a sessão do seu prestador",
        Kind.TASK: "é o que o fluxo achou vencido, ou o evento de que fala",
        Kind.STARTED: "é o evento de que a execução fala",
        Kind.REFUSAL: "é dita a quem a perguntou",
        Kind.MAIL: "quem marca a data precisa saber de qual",
        "dlq": "é o evento que ninguém conseguiu consumir",
        "execucoes": "é o que foi dado ao fluxo",
        "aws.log": "registro de acesso da AWS embutida, com os endereços",
    },
    ADDRESS: {
        Kind.MAIL: "é a quem se escreve",
        "aws.log": "a AWS embutida diz a quem entregou",
    },
}
"""Where what may stand, and why; nothing else of a person may stand anywhere."""
_PUNCTUATION: Final = re.compile(r"(?<=[0-9])[.\-/ ](?=[0-9])")
_DIGITS: Final = re.compile(r"[0-9]{11,}")
_WORDS: Final = re.compile(r"[a-z]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_NAMED: Final = re.compile(r"<ans:(numeroCarteira|nomeBeneficiario|nomeSocialBeneficiario|cpf[A-Za-z]*)>([^<]+)<")
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
FAILED: Final = 1


@dataclass(slots=True)
class Personal:
    """What tells of a person, by what it is.

    Attributes:
        numbers: digits only, at least eleven.
        names: words without accents, in lower case; at least two.
        addresses: of e-mail.
    """

    numbers: dict[str, str] = field(default_factory=dict)
    names: set[tuple[str, ...]] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    _lengths: set[int] = field(default_factory=set)
    _sizes: set[int] = field(default_factory=set)

    def number(self, kind: str, digits: str) -> None:
        """A number that is somebody's."""
        if _DIGITS.fullmatch(digits):
            self.numbers[digits] = kind
            self._lengths.add(len(digits))

    def name(self, text: str) -> None:
        """A name of more than one word: whole, and its first with its last."""
        words = tuple(_WORDS.findall(plain(text)))
        for part in (words, words[:1] + words[-1:]):
            if len(words) > 1:
                self.names.add(part)
                self._sizes.add(len(part))

    def within(self, text: str) -> Iterator[tuple[str, str]]:
        """What is told of a person: what it is, and the text itself."""
        for variant in variants(text):
            for run in _DIGITS.findall(_PUNCTUATION.sub("", variant)):
                for part in (run[at : at + size] for size in self._lengths for at in range(len(run) - size + 1)):
                    if part in self.numbers:
                        yield self.numbers[part], part
            words = _WORDS.findall(variant)
            for at in range(len(words)):
                for size in self._sizes:
                    if tuple(words[at : at + size]) in self.names:
                        yield "nome", " ".join(words[at : at + size])
            yield from ((ADDRESS, one) for one in self.addresses if one in variant)


def plain(text: str) -> str:
    """In lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def variants(text: str) -> Iterator[str]:
    """A text as whoever wrote it may have meant it: unescaped, unquoted, and what stands in it in Base64."""
    whole = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), urllib.parse.unquote_plus(text))
    yield plain(whole)
    for found in _BASE64.findall(whole):
        try:
            decoded = base64.b64decode(found.replace("-", "+").replace("_", "/") + "==").decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        yield plain(decoded)


@dataclass(frozen=True, slots=True)
class Leak:
    """Something of a person, and where it stands."""

    kind: str
    told: str
    place: str


def leaks(texts: Iterable[tuple[str, str]], personal: Personal) -> Iterator[Leak]:
    """What stands in texts (the second of each pair) of a place (the first) that must not."""
    for place, text in texts:
        for kind, told in personal.within(text):
            if place.partition(" ")[0] not in NEEDED.get(kind, ()):
                yield Leak(kind, told, place)


# --- of a day ---


def loaded(where: Mapping[str, Any], hoje: date) -> Personal:
    """Everybody who was loaded, and everybody who signs in."""
    personal = Personal()
    for registro in OPERADORAS:
        pedido = Pedido(registro, vidas=VIDAS, prestadores=PRESTADORES, hoje=hoje)
        for row in linhas(pedido, "beneficiarios"):
            for name, kind in (
                ("numero_carteira", "carteira"), ("carteira_anterior", "carteira"), ("cpf", "CPF"), ("cns", "CNS"),
            ):  # fmt: skip
                personal.number(kind, row.get(name, ""))
            for name in ("nome", "nome_social"):
                personal.name(row.get(name, ""))
        for row in linhas(pedido, "corpo-clinico"):
            personal.number("CPF", row.get("cpf", ""))
            personal.name(row.get("nome", ""))
    personal.addresses |= {user["email"] for user in where["usuarios"]}
    return personal


def sent(aws: EmbeddedAws, buckets: Iterable[str], personal: Personal) -> None:
    """Whoever is named in messages that were sent, loaded or not."""
    s3: Any = aws.client("s3")
    for bucket in buckets:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for one in page.get("Contents", ()):
                body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
                for tag, value in _NAMED.findall(body.decode("iso-8859-1")):
                    if tag.startswith("nome"):
                        personal.name(value)
                    else:
                        personal.number("carteira" if tag == "numeroCarteira" else "CPF", value)


def given(aws: EmbeddedAws, personal: Personal) -> None:
    """Every senha in the table is somebody's, too."""
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName="conecta-embarcado-autorizacao")
    for item in (item for page in pages for item in page["Items"]):
        if item["sk"]["S"] == "AUTORIZACAO" and "numero" in item:
            personal.number(SENHA, item["numero"]["S"])


def everybody(aws: EmbeddedAws, where: Mapping[str, Any]) -> Personal:
    """Whoever a day of this instance may have told of."""
    personal = loaded(where, local_day(datetime.now(UTC)))
    sent(aws, where["buckets"].values(), personal)
    given(aws, personal)
    return personal


def logs(aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    """What functions and workflows logged, by group; and the embedded AWS itself, which sees every address."""
    client: Any = aws.client("logs")
    for group in (one["logGroupName"] for one in client.describe_log_groups()["logGroups"]):
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group):
            yield from ((group, event["message"]) for event in page["events"])
    yield "aws.log", (aws.directory / "log" / "aws.log").read_text("utf-8", "replace")


def metrics(aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    """Names and dimensions."""
    for page in aws.client("cloudwatch").get_paginator("list_metrics").paginate():
        yield from (("metricas", json.dumps(one, ensure_ascii=False)) for one in page["Metrics"])


def executions(aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    """Histories of workflows: what they were given, what they answered, why they failed."""
    states: Any = aws.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine["stateMachineArn"]):
            for one in page["executions"]:
                found = states.get_execution_history(executionArn=one["executionArn"], maxResults=1000)
                yield f"execucoes {machine['name']}", json.dumps(found["events"], ensure_ascii=False, default=str)


def kept(aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    """Bodies in queues where something waits for a person."""
    queues = judge.Queues(aws)
    yield from ((f"dlq {name}", body) for name in queues.kept() for body in queues.bodies(name))


def went_by(directory: Path) -> Iterator[tuple[str, str]]:
    """Every line of the journal, by what it is about; of a stream the events alone: its rows are the table's own."""
    for one in journal.read(directory):
        text = " ".join(str(one.get(name, "")) for name in ("caminho", "texto"))
        if one["canal"] != Kind.STREAM or '"EVENTO#' in text:
            where = " ".join(str(one[name]) for name in ("canal", "tipo", "funcao", "metodo") if name in one)
            yield where, text


def of_day(aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    """Everything that is searched."""
    for source in (logs, metrics, executions, kept):
        yield from source(aws)
    yield from went_by(aws.directory)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 nothing stands where it must not, 1 something does, 2 usage."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="conecta-vazamentos-") as folder:
        aws = EmbeddedAws(Path(folder), port=options.porta, keep=False)
        plan.write(Path(folder))
        try:
            where = bring_up(aws, Progress(lambda _line: None))
            passed = demo.run(where, print if options.passos else lambda _line: None)
            return tell(aws, where, passed=passed)
        finally:
            aws.stop()


def tell(aws: EmbeddedAws, where: Mapping[str, Any], *, passed: bool) -> int:
    """How much was searched, where senhas stand, and what must not stand where it does."""
    personal = everybody(aws, where)
    texts, sizes, needed = list(of_day(aws)), Counter[str](), Counter[tuple[str, str]]()
    for place, text in texts:
        group = place.partition(" ")[0]
        sizes[group] += len(text)
        needed.update((group, kind) for kind, _ in personal.within(text) if group in NEEDED.get(kind, ()))
    found = Counter((leak.kind, leak.place) for leak in leaks(texts, personal))
    print(
        f"{len(personal.numbers)} números, {len(personal.names)} formas de nomes e {len(personal.addresses)} e-mails em"
    )
    for place, size in sorted(sizes.items()):
        print(f"  {place}: {size} caracteres")
        for kind, why in ((kind, places[place]) for kind, places in NEEDED.items() if needed[place, kind]):
            print(f"    {kind}, {needed[place, kind]} vezes: {why}")
    for (kind, place), times in sorted(found.items()):
        print(f"  ✗ {kind} em {place}: {times} vezes", file=sys.stderr)
    if not passed:
        print("  ✗ a demonstração não passou", file=sys.stderr)
    return FAILED if found or not passed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.vazamentos",
        description="Vive um dia da demonstração e procura dados pessoais onde não devem estar.",
        epilog="Diz quanto procurou em cada lugar e onde há senhas, e por quê; o que vaza vai para a saída de erros.",
    )
    parser.add_argument("--passos", action="store_true", help="mostra os passos da demonstração")
    parser.add_argument("--porta", type=int, default=0, metavar="N", help="porta da AWS embutida (padrão: uma livre)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
