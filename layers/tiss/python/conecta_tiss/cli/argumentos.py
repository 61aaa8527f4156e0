"""Arguments of the command line, with help in Portuguese."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NoReturn

from conecta_tiss.versions import VERSOES, Versao

if TYPE_CHECKING:
    from collections.abc import Iterable

USO_INVALIDO: Final = 2

# argparse speaks English; what it can say about these arguments, in Portuguese.
_TRADUCOES: Final = (
    ("the following arguments are required:", "falta informar:"),
    ("unrecognized arguments:", "opção desconhecida:"),
    ("expected one argument", "falta o valor"),
    ("expected at least one argument", "falta o valor"),
    ("invalid choice:", "opção inválida:"),
    ("choose from", "use"),
    ("ignored explicit argument", "não leva o valor"),
    ("ambiguous option:", "opção ambígua:"),
    ("could match", "pode ser"),
    ("argument ", ""),
)


class _Analisador(argparse.ArgumentParser):
    """An ArgumentParser that speaks Portuguese."""

    def __init__(self, prog: str | None = None, description: str | None = None, **outras: Any) -> None:
        super().__init__(
            prog=prog,
            description=description,
            formatter_class=_Formato,
            add_help=False,
            allow_abbrev=False,
            **outras,
        )
        self._positionals.title = "argumentos"
        self._optionals.title = "opções"
        self.add_argument("-h", "--help", "--ajuda", action="help", help="mostra esta ajuda e sai")

    def error(self, message: str) -> NoReturn:
        """Say what was not understood and how to ask for help; exit status 2."""
        for ingles, portugues in _TRADUCOES:
            message = message.replace(ingles, portugues)
        self.exit(USO_INVALIDO, f"{self.format_usage()}{self.prog}: {message}\n")


class _Formato(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Start the usage line in Portuguese."""
        super().add_usage(usage, actions, groups, "uso: " if prefix is None else prefix)


def _dia(texto: str) -> date:
    try:
        return date.fromisoformat(texto)
    except ValueError:
        raise argparse.ArgumentTypeError("escreva a data como AAAA-MM-DD") from None


def _versao(texto: str) -> Versao | None:
    if texto == "auto":
        return None
    try:
        return Versao(texto)
    except ValueError:
        raise argparse.ArgumentTypeError(f"versão desconhecida; use auto, {', '.join(VERSOES)}") from None


def analisador() -> argparse.ArgumentParser:
    """The parser of the whole command line; the subcommand is in `comando`."""
    raiz = _Analisador(prog="conecta_tiss", description="Ferramentas do padrão TISS (4.01.00, 4.02.00 e 4.03.00).")
    comandos = raiz.add_subparsers(dest="comando", required=True, metavar="COMANDO", title="comandos")

    validar = comandos.add_parser("validar", help="valida mensagens TISS", description="Valida mensagens TISS.")
    validar.add_argument("arquivos", nargs="+", metavar="ARQUIVO", help="arquivo XML; - lê da entrada padrão")
    validar.add_argument(
        "--versao", type=_versao, default=None, metavar="V", help="auto (a de Padrao) ou a única aceita"
    )
    validar.add_argument("--json", action="store_true", help="escreve uma lista JSON, um objeto por arquivo")
    validar.add_argument(
        "--hoje", type=_dia, default=None, metavar="AAAA-MM-DD", help="dia do envio (padrão: hoje em São Paulo)"
    )
    validar.add_argument(
        "--explicar",
        action="store_true",
        help="acrescenta a explicação do esquema por xmlschema, em inglês (leva segundos)",
    )

    resumo = comandos.add_parser("hash", help="confere e calcula o hash", description="Confere e calcula o hash.")
    resumo.add_argument("arquivos", nargs="+", metavar="ARQUIVO", help="arquivo XML; - lê da entrada padrão")

    glosa = comandos.add_parser("glosa", help="texto de um código de glosa", description="Texto de uma glosa.")
    glosa.add_argument("codigo", metavar="CODIGO", help="código da tabela 38, como 1801")
    glosa.add_argument("--versao", type=_versao, default=None, metavar="V", help="versão (padrão: todas)")

    tuss = comandos.add_parser("tuss", help="consulta a TUSS", description="Consulta a TUSS por código ou termo.")
    tuss.add_argument("consulta", nargs="+", metavar="CODIGO|TERMO", help="código ou palavras do termo")

    comandos.add_parser("schemas", help="versões e seus esquemas", description="Versões e seus esquemas.")
    return raiz
