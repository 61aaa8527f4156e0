"""``python -m local.gerador``: write a lote to a file or to standard output."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from local.gerador import DEFEITOS, VERSOES, Formato, LoteGerado, Pedido, Tipo, gerar

USO_INVALIDO = 2
_BRASILIA = timedelta(hours=-3)


def _hoje() -> date:
    # Good enough for sample data and free of a time-zone database: Brasília has been UTC-3 since 2019.
    return (datetime.now(UTC) + _BRASILIA).date()


def _argumentos() -> argparse.ArgumentParser:
    analisador = argparse.ArgumentParser(
        prog="python -m local.gerador",
        description="Gera um lote de guias TISS fictício, correto ou com defeitos escolhidos.",
    )
    opcao = analisador.add_argument
    opcao("--tipo", choices=list(Tipo), default=Tipo.SADT, type=Tipo, help="tipo das guias (padrão: sadt)")
    opcao("--guias", type=int, default=1, help="quantidade de guias (padrão: 1)")
    opcao("--versao", choices=VERSOES, default=VERSOES[0], help="versão do padrão (padrão: 4.01.00)")
    opcao("--semente", type=int, default=1, help="semente: a mesma dá os mesmos bytes")
    opcao("--procedimentos", type=int, default=3, help="procedimentos por guia (padrão: 3)")
    opcao("--despesas", type=int, default=2, help="outras despesas por guia, em SP/SADT e internação")
    opcao("--hoje", type=date.fromisoformat, default=None, help="dia do envio, AAAA-MM-DD (padrão: hoje)")
    opcao("--lote", default="1", help="número do lote (padrão: 1)")
    opcao("--cnpj", default=Pedido.__dataclass_fields__["origem_cnpj"].default, help="CNPJ da origem")
    opcao("--codigo", default=None, help="código do prestador na operadora, em vez do CNPJ")
    opcao("--destino", default="345695", help="registro ANS da operadora (padrão: 345695)")
    opcao("--codificacao", choices=("ISO-8859-1", "UTF-8"), default="ISO-8859-1", help="codificação do arquivo")
    opcao("--hash", choices=("iso-8859-1", "utf-8"), default="iso-8859-1", help="codificação do texto no hash")
    opcao("--prefixo", default="ans", help="prefixo do namespace; vazio para o namespace padrão")
    opcao("--indentado", action="store_true", help="um elemento por linha")
    opcao("--sem-acentos", action="store_true", help="textos só em ASCII")
    opcao("--defeito", action="append", default=[], metavar="NOME", help="planta um defeito (repetível)")
    opcao("--alvo", type=int, default=None, help="posição da guia que recebe os defeitos")
    opcao("--saida", type=Path, default=None, metavar="ARQUIVO", help="arquivo a escrever (padrão: saída padrão)")
    opcao("--listar", action="store_true", help="lista os defeitos e sai")
    return analisador


def _pedido(opcoes: argparse.Namespace) -> Pedido:
    return Pedido(
        tipo=opcoes.tipo,
        guias=opcoes.guias,
        versao=opcoes.versao,
        semente=opcoes.semente,
        procedimentos=opcoes.procedimentos,
        despesas=opcoes.despesas,
        hoje=opcoes.hoje or _hoje(),
        numero_lote=opcoes.lote,
        origem_cnpj=opcoes.cnpj,
        origem_codigo=opcoes.codigo,
        destino=opcoes.destino,
        acentos=not opcoes.sem_acentos,
        hash_codificacao=opcoes.hash,
        formato=Formato(codificacao=opcoes.codificacao, prefixo=opcoes.prefixo, indentado=opcoes.indentado),
        defeitos=tuple(opcoes.defeito),
        alvo=opcoes.alvo,
    )


def _resumo(lote: LoteGerado) -> str:
    linhas = [f"{len(lote.guias)} guias, R$ {lote.valor_total}, {len(lote.conteudo)} bytes, hash {lote.hash or '-'}"]
    for esperado in lote.esperado:
        onde = "lote" if esperado.guia is None else f"guia {esperado.guia}"
        if esperado.item is not None:
            onde += f", item {esperado.item}"
        codigos = ", ".join(sorted(esperado.codigos))
        linhas.append(f"{esperado.defeito}: {onde}; {esperado.veredito}; glosa {codigos}")
    return "\n".join(linhas)


def main(argumentos: list[str] | None = None) -> int:
    """Run the command line; returns the exit status (0, or 2 for a request that makes no sense)."""
    opcoes = _argumentos().parse_args(argumentos)
    if opcoes.listar:
        for defeito in DEFEITOS.values():
            tipos = "todos" if len(defeito.tipos) == len(Tipo) else ", ".join(defeito.tipos)
            print(f"{defeito.nome:<28} {defeito.descricao} ({tipos})")
        return 0
    try:
        lote = gerar(_pedido(opcoes))
    except ValueError as erro:
        print(f"local.gerador: {erro}", file=sys.stderr)
        return USO_INVALIDO
    if opcoes.saida is None:
        sys.stdout.buffer.write(lote.conteudo)
    else:
        opcoes.saida.write_bytes(lote.conteudo)
    print(_resumo(lote), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
