"""``python -m local.gerador_cadastro``: write the load files of one operadora into a folder."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from conecta_tiss.errors import ArtefatosAusentesError
from local.gerador_cadastro import DEFEITOS, TIPOS, TIPOS_COM_DEFEITOS, Arquivo, Formato, Pedido, esperados, gerar

USO_INVALIDO = 2
_BRASILIA = timedelta(hours=-3)
_PASSO = 20_000


def _hoje() -> date:
    # Good enough for sample data and free of a time-zone database: Brasília has been UTC-3 since 2019.
    return (datetime.now(UTC) + _BRASILIA).date()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.gerador_cadastro",
        description="Gera os arquivos de carga do cadastro de uma operadora, com dados inventados.",
    )
    option = parser.add_argument
    option("--registro", default="345695", help="registro ANS da operadora (padrão: 345695)")
    option("--vidas", type=int, default=1000, help="linhas de beneficiarios (padrão: 1000)")
    option("--prestadores", type=int, default=20, help="linhas de prestadores (padrão: 20)")
    option("--procedimentos", type=int, default=300, help="códigos TUSS de preços e regras, além dos fixos")
    option("--semente", type=int, default=1, help="semente: a mesma dá os mesmos bytes")
    option("--hoje", type=date.fromisoformat, default=None, help="dia dos arquivos, AAAA-MM-DD (padrão: hoje)")
    option("--destino", type=Path, metavar="PASTA", help="pasta que recebe <registro>/<tipo>/…")
    option("--tipo", action="append", choices=TIPOS, help="só este tipo de arquivo (repetível)")
    option("--separador", choices=(";", ","), default=";", help="separador das colunas (padrão: ;)")
    option("--bom", action="store_true", help="marca de ordem de bytes no início, como as planilhas fazem")
    option("--crlf", action="store_true", help="fim de linha CRLF")
    option("--defeitos", type=int, default=0, metavar="N", help="acrescenta N linhas com defeito a um arquivo")
    option("--defeitos-em", choices=TIPOS_COM_DEFEITOS, default="beneficiarios", help="tipo que recebe os defeitos")
    option("--listar", action="store_true", help="lista os defeitos e sai")
    return parser


def _pedido(options: argparse.Namespace) -> Pedido:
    return Pedido(
        options.registro,
        vidas=options.vidas,
        prestadores=options.prestadores,
        semente=options.semente,
        hoje=options.hoje or _hoje(),
        procedimentos=options.procedimentos,
        tipos=tuple(options.tipo or TIPOS),
        formato=Formato(separador=options.separador, bom=options.bom, nova_linha="\r\n" if options.crlf else "\n"),
        defeitos=options.defeitos,
        defeitos_em=options.defeitos_em,
    )


def _write(arquivo: Arquivo, pasta: Path) -> None:
    """Write one file as it is generated, telling how far it is."""
    pasta.mkdir(parents=True, exist_ok=True)
    begun, lines, size = time.monotonic(), 0, 0
    with (pasta / arquivo.nome).open("wb") as file:
        for lines, line in enumerate(arquivo.linhas):  # the header is line 0
            size += file.write(line)
            if lines and lines % _PASSO == 0:
                print(f"{arquivo.tipo}: {lines} linhas…", file=sys.stderr)
    seconds = time.monotonic() - begun
    print(f"{arquivo.tipo}: {lines} linhas, {size} bytes, {seconds:.1f} s", file=sys.stderr)


def _write_expected(pedido: Pedido, pasta: Path) -> None:
    """Write what a correct report says, beside the folders of the kinds: nobody takes it for a load file."""
    file = pasta / f"{pedido.hoje.isoformat()}-{pedido.defeitos_em}.esperado.csv"
    expected = esperados(pedido)
    lines = [f"{each.linha};{each.coluna};{each.codigo};{each.defeito}" for each in expected]
    file.write_text("\n".join(("linha;coluna;codigo;defeito", *lines, "")), encoding="utf-8")
    print(f"{pedido.defeitos_em}: {len(expected)} recusas esperadas em {file}", file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status (0, or 2 for a request that makes no sense)."""
    parser = _arguments()
    options = parser.parse_args(arguments)
    if options.listar:
        for defeito in DEFEITOS.values():
            print(f"{defeito.nome:<22} {defeito.descricao} ({', '.join(defeito.coluna)})")
        return 0
    if options.destino is None:
        parser.error("informe --destino")
    try:
        pedido = _pedido(options)
        pasta = options.destino / pedido.registro_ans
        for arquivo in gerar(pedido):
            _write(arquivo, pasta / arquivo.tipo)
        if pedido.defeitos:
            _write_expected(pedido, pasta)
    except (ValueError, ArtefatosAusentesError) as error:
        print(f"local.gerador_cadastro: {error}", file=sys.stderr)
        return USO_INVALIDO
    return 0


if __name__ == "__main__":
    sys.exit(main())
