"""The commands. Nothing here decides anything about TISS: it reads files and shows what the library says."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from conecta_tiss import terminologia
from conecta_tiss.cli.argumentos import USO_INVALIDO, analisador
from conecta_tiss.cli.relatorio import as_json, as_lines, shown
from conecta_tiss.errors import ArtefatosAusentesError, XmlRecusadoError
from conecta_tiss.pipeline import LIMITES, validate_message
from conecta_tiss.versions import VERSOES, schema_file
from conecta_tiss.xml import epilogo, gate, parser, validator

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conecta_tiss.pipeline import Resultado
    from conecta_tiss.terminologia import TermoTuss

OK: Final = 0
NEGATIVO: Final = 1
INTERROMPIDO: Final = 130
SEM_LEITOR: Final = 141

_ENTRADA_PADRAO: Final = "-"
_SAO_PAULO: Final = "America/Sao_Paulo"
_EXPLICAR_ATE: Final = 2 * 1024 * 1024
_EXPLICAR_SEGUNDOS: Final = 10.0
_LARGURA_DO_CODIGO: Final = 10


def main(argumentos: Sequence[str] | None = None) -> int:
    """Run a command; the result is the exit status."""
    for saida in (sys.stdout, sys.stderr):
        if hasattr(saida, "reconfigure"):  # not when a test captures it
            saida.reconfigure(encoding="utf-8", errors="replace")
    opcoes = analisador().parse_args(argumentos)
    try:
        estado = _COMANDOS[opcoes.comando](opcoes)
        sys.stdout.flush()
    except _ArquivoIlegivelError as erro:
        return _complain(str(erro))
    except ArtefatosAusentesError as erro:
        return _complain(str(erro))
    except BrokenPipeError:
        # Whoever was reading has gone (`| head`): leave quietly, as other commands do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SEM_LEITOR
    except KeyboardInterrupt:
        return INTERROMPIDO
    return estado


class _ArquivoIlegivelError(Exception):
    """A file named in the command cannot be read."""


def _validar(opcoes: argparse.Namespace) -> int:
    hoje = opcoes.hoje or datetime.now(ZoneInfo(_SAO_PAULO)).date()
    objetos: list[dict[str, Any]] = []
    todos = True
    for arquivo, raw in _read_all(opcoes.arquivos):
        resultado = validate_message(raw, hoje=hoje, versao=opcoes.versao)
        todos = todos and resultado.valido
        explicacoes = list(_explanations(raw, resultado)) if opcoes.explicar else []
        if opcoes.json:
            objeto = as_json(arquivo, resultado)
            if opcoes.explicar:
                objeto["explicacoes"] = explicacoes
            objetos.append(objeto)
        else:
            _write_lines(as_lines(arquivo, resultado))
            _write_lines(f"  xmlschema: {explicacao}" for explicacao in explicacoes)
    if opcoes.json:
        _write_lines([json.dumps(objetos, ensure_ascii=False, indent=2)])
    return OK if todos else NEGATIVO


def _explanations(raw: bytes, resultado: Resultado) -> Iterator[str]:
    """The view xmlschema takes of a refused message, for as long as it is worth waiting."""
    if resultado.versao is None or not any(achado.regra == "TISS-XSD" for achado in resultado.achados):
        return
    if len(raw) > _EXPLICAR_ATE:
        yield "(arquivo grande demais para explicar)"
        return
    fim = time.monotonic() + _EXPLICAR_SEGUNDOS
    for explicacao in validator.explain(parser.parse(gate.check(raw)), resultado.versao):
        yield explicacao
        if time.monotonic() > fim:
            return


def _hash(opcoes: argparse.Namespace) -> int:
    todos = True
    for arquivo, raw in _read_all(opcoes.arquivos):
        try:
            utf8 = gate.check(raw)
            raiz = parser.parse(utf8)
            parser.check_tree(raiz, utf8)
        except XmlRecusadoError as recusa:
            todos = False
            _write_lines([f"{shown(arquivo)}: {recusa.mensagem}"])
            continue
        conferencia = epilogo.verify(raiz, tem_brancos=parser.has_markup_declarations(utf8))
        todos = todos and conferencia.situacao.confere
        _write_lines([f"{conferencia.calculado}  {conferencia.situacao}  {shown(arquivo)}"])
    return OK if todos else NEGATIVO


def _glosa(opcoes: argparse.Namespace) -> int:
    versoes = VERSOES if opcoes.versao is None else (opcoes.versao,)
    textos = {versao: terminologia.glosa_text(opcoes.codigo, versao) for versao in versoes}
    achadas = {versao: texto for versao, texto in textos.items() if texto is not None}
    if not achadas:
        _write_lines([f"código de glosa não encontrado em: {', '.join(versoes)}"])
        return NEGATIVO
    _write_lines(f"{versao}  {opcoes.codigo}  {texto}" for versao, texto in achadas.items())
    return OK


def _tuss(opcoes: argparse.Namespace) -> int:
    consulta = " ".join(opcoes.consulta)
    exato = terminologia.tuss(consulta)
    termos = (exato,) if exato is not None else terminologia.search(consulta)
    if not termos:
        _write_lines(["nada encontrado na TUSS"])
        return NEGATIVO
    _write_lines(map(_term, termos))
    return OK


def _term(termo: TermoTuss) -> str:
    vigencia = f"desde {termo.inicio}" if termo.fim is None else f"de {termo.inicio} a {termo.fim}"
    return f"{termo.tabela}  {termo.codigo:<{_LARGURA_DO_CODIGO}}{termo.termo} ({vigencia})"


def _schemas(_opcoes: argparse.Namespace) -> int:
    _write_lines(f"{versao}  {schema_file(versao)}" for versao in VERSOES)
    return OK


_COMANDOS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "validar": _validar,
    "hash": _hash,
    "glosa": _glosa,
    "tuss": _tuss,
    "schemas": _schemas,
}


def _read_all(arquivos: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Content of each file. A file that is not there stops everything before anything is shown."""
    for arquivo in arquivos:
        if arquivo != _ENTRADA_PADRAO and not _is_there(arquivo):
            raise _ArquivoIlegivelError(f"{shown(arquivo)}: não é um arquivo que exista")
    for arquivo in arquivos:
        yield arquivo, _read(arquivo)


def _is_there(arquivo: str) -> bool:
    try:
        caminho = Path(arquivo)
        return caminho.exists() and not caminho.is_dir()
    except (OSError, ValueError):  # a name no file can have
        return False


def _read(arquivo: str) -> bytes:
    # One byte above the limit is enough for the gate to refuse it, however big the file is.
    maximo = LIMITES.tamanho + 1
    try:
        if arquivo == _ENTRADA_PADRAO:
            return sys.stdin.buffer.read(maximo)
        with Path(arquivo).open("rb") as aberto:
            return aberto.read(maximo)
    except OSError as erro:
        raise _ArquivoIlegivelError(f"{shown(arquivo)}: não pôde ser lido ({erro.strerror})") from erro


def _write_lines(linhas: Iterable[str]) -> None:
    for linha in linhas:
        sys.stdout.write(f"{linha}\n")


def _complain(mensagem: str) -> int:
    sys.stderr.write(f"conecta_tiss: {mensagem}\n")
    return USO_INVALIDO
