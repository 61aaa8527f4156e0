"""``python -m local.sandbox``: write the set for a homologation stage, or walk through it where it is loaded."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conecta_edge.clock import local_day
from conecta_tiss.vocabulary.identifiers import parse_cnpj
from local.client import ApiError
from local.gerador_cadastro import CLINICA, HOSPITAL
from local.passos import DemoError
from local.sandbox.arquivos import escrever
from local.sandbox.operadora import Operadora
from local.sandbox.percurso import Percurso

if TYPE_CHECKING:
    from collections.abc import Sequence

FALHOU: Final = 1


def _cnpj(text: str) -> str:
    try:
        return str(parse_cnpj(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError("informe um CNPJ, 14 caracteres sem pontuação") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.sandbox",
        description="Beneficiários fixos e desfechos roteirizados (docs/sandbox.md): gera, percorre, decide.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--saida", type=Path, metavar="PASTA", help="escreve os arquivos de carga, e como carregá-los")
    what.add_argument(
        "--percorrer", type=Path, metavar="ARQUIVO", help="percorre tudo onde este endpoint.json diz; 1 se algo diverge"
    )
    what.add_argument(
        "--decidir", type=Path, metavar="ARQUIVO",
        help="decide, como a operadora, o que é do sandbox e espera por ela onde este endpoint.json diz",
    )  # fmt: skip
    parser.add_argument("--registro", default="345695", help="registro ANS da operadora (padrão: 345695)")
    parser.add_argument(
        "--prestador", type=_cnpj, action="append", metavar="CNPJ",
        help="quem testa, repetível (padrão: os dois da demonstração; ao percorrer, o hospital)",
    )  # fmt: skip
    parser.add_argument(
        "--base", action="store_true",
        help="inclui o que falta a um estágio vazio: operadora, preços, regras, e um contrato para cada prestador",
    )  # fmt: skip
    parser.add_argument("--hoje", type=date.fromisoformat, help="dia dos arquivos, AAAA-MM-DD (padrão: hoje)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 done, 1 an outcome is not what is scripted.
    """
    asked = _parser().parse_args(arguments)
    hoje = asked.hoje or local_day(datetime.now(UTC))
    if asked.saida is not None:
        made = escrever(
            asked.saida, registro_ans=asked.registro, prestadores=asked.prestador or (HOSPITAL, CLINICA), hoje=hoje,
            base=asked.base,
        )  # fmt: skip
        print("\n".join(str(file) for file in made))
        return 0
    where = json.loads((asked.percorrer or asked.decidir).read_text("utf-8"))
    operadora = Operadora(where, print, hoje, registro_ans=asked.registro)
    try:
        if asked.decidir is not None:
            operadora.run()
            return 0
        for prestador in asked.prestador or (HOSPITAL,):
            Percurso(
                where, print, hoje, registro_ans=asked.registro, prestador=prestador, operadora=operadora
            ).run()  # fmt: skip
    except (DemoError, ApiError, OSError) as error:
        print(f"  ✗ {error}")
        return FALHOU
    return 0


if __name__ == "__main__":
    sys.exit(main())
