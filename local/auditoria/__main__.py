"""`python -m local.auditoria`: verify sealed blocks without the system, or the audit of a whole run of it."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from auditoria.domain.cadeia import Cabeca
from local.auditoria import arquivos
from local.auditoria.arquivos import ArquivoInvalidoError
from local.auditoria.corrida import Corrida, CorridaAusenteError, balanco
from local.auditoria.operacoes import OPERACOES, Leitura

if TYPE_CHECKING:
    from collections.abc import Sequence

SEM_DEFEITO: Final = 0
COM_DEFEITO: Final = 1
NAO_CONFERIDO: Final = 2
_CABECA: Final = re.compile(r"([1-9][0-9]{0,9}):([0-9a-f]{64})", re.ASCII)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 nothing is wrong, 1 something is, 2 it could not be looked at.
    """
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except (ArquivoInvalidoError, CorridaAusenteError, OSError, BotoCoreError, ClientError) as error:
        print(f"não foi possível conferir: {error}", file=sys.stderr)
        return NAO_CONFERIDO


def _verify(asked: argparse.Namespace) -> int:
    found = arquivos.conferir(asked.arquivos, asked.cabeca)
    for defeito in found.defeitos:
        print(f"{defeito.codigo}: {defeito.mensagem}")
    span = f", do {found.blocos[0].n} ao {found.blocos[-1].n}" if found.blocos else ""
    print(f"{found.tenant}: {len(found.blocos)} blocos{span}, com {found.linhas} acessos")
    if found.defeitos:
        print(f"{len(found.defeitos)} defeitos: isto não é o que foi selado")
        return COM_DEFEITO
    print("sem defeitos: nenhuma linha alterada, retirada, incluída ou trocada de lugar")
    if found.blocos:
        print(f"fim deste trecho: {found.blocos[-1].n}:{found.blocos[-1].digest}")
    if found.cabeca is not None:
        print(f"cabeça da cadeia, diz o arquivo: {found.cabeca.n}:{found.cabeca.digest}")
    end = found.blocos[-1].n if found.blocos else 0
    if found.cabeca is not None and found.cabeca.n > end > 0:
        print(f"Do bloco {end + 1} até ela nada está aqui: que este trecho é da cadeia dela, só o que falta mostra.")
    if max((one.n for one in asked.cabeca), default=0) < max(end, 1):
        print(
            "Sem --cabeca do fim deste trecho, nada garante que depois da última conhecida ele não foi refeito nem "
            "cortado: compare com a cabeça que GET /auditoria mostrou, ou que se anotou antes."
        )
    return SEM_DEFEITO


def _check(asked: argparse.Namespace) -> int:
    corrida = Corrida(asked.pasta)
    rows = [row["correlacao"]["S"] for row in corrida.registradas()]
    servidas = list(corrida.servidas())
    lidas = balanco(servidas, rows)
    corrida.selar()
    selado = corrida.selado()
    of = {leitura: [name for name in lidas.servidas if OPERACOES.get(name) is leitura] for leitura in Leitura}
    for leitura, names in of.items():
        print(f"{leitura:<9} {len(names):4} operações, {sum(lidas.servidas[name] for name in names):6} respostas")
    print(f"registros {lidas.linhas}; selados {selado.linhas} em {selado.blocos} blocos de {selado.cadeias} cadeias")
    faltas = [*lidas.faltas, *corrida.pessoas(servidas), *selado.faltas]
    print("\n".join(faltas) if faltas else "toda leitura de dados pessoais deixou registro, e todo registro foi selado")
    return COM_DEFEITO if faltas else SEM_DEFEITO


def _cabeca(text: str) -> Cabeca:
    found = _CABECA.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("informe o número do bloco e o digest, N:DIGEST, como em 212:5f70…")
    return Cabeca(int(found[1]), found[2])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.auditoria", description="Confere a auditoria: o que foi selado, ou uma corrida inteira."
    )
    commands = parser.add_subparsers(required=True, metavar="COMANDO")
    verify = commands.add_parser(
        "verificar", help="confere arquivos de POST /auditoria/exportacoes, sem acesso ao sistema",
        description="Acha o que foi alterado, retirado, incluído ou trocado de lugar depois de selado. Vários arquivos "
        "da mesma cadeia, sem intervalos e em qualquer ordem, são conferidos como um só. Status 0: sem defeito; "
        "1: com; 2: ilegível.",
    )  # fmt: skip
    verify.add_argument("arquivos", nargs="+", type=Path, metavar="ARQUIVO")
    verify.add_argument(
        "--cabeca", action="append", default=[], type=_cabeca, metavar="N:DIGEST",
        help="um bloco já conhecido, anotado de GET /auditoria: os arquivos têm de chegar até ele, ou começar logo "
        "depois dele; pode repetir-se, e dos anteriores aos arquivos conta o último",
    )  # fmt: skip
    verify.set_defaults(run=_verify)
    check = commands.add_parser(
        "conferir", help="confere uma corrida da AWS local, enquanto ela serve",
        description="Do registro de acessos de uma corrida (scripts/run e a sua demonstração): se toda leitura de "
        "dados pessoais deixou o seu registro, e se todo registro foi selado. Status 0: sim; 1: não; 2: não se soube.",
    )  # fmt: skip
    check.add_argument("pasta", nargs="?", type=Path, default=Path(".local"), metavar="DIR", help="padrão: .local")
    check.set_defaults(run=_check)
    return parser


if __name__ == "__main__":
    sys.exit(main())
