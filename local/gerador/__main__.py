"""``python -m local.gerador``: write a lote to a file or to standard output."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from local.gerador import COBRANCA, DEFEITOS, VERSOES, Defeito, Formato, LoteGerado, Pedido, Tipo, gerar
from local.gerador.cobranca import DefeitoDeCobranca

USO_INVALIDO = 2
_BRASILIA = timedelta(hours=-3)


def _hoje() -> date:
    # Good enough for sample data and free of a time-zone database: Brasília has been UTC-3 since 2019.
    return (datetime.now(UTC) + _BRASILIA).date()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.gerador",
        description="Gera um lote de guias TISS fictício, correto ou com defeitos escolhidos.",
    )
    option = parser.add_argument
    option("--tipo", choices=list(Tipo), default=Tipo.SADT, type=Tipo, help="tipo das guias (padrão: sadt)")
    option("--guias", type=int, default=1, help="quantidade de guias (padrão: 1)")
    option("--versao", choices=VERSOES, default=VERSOES[0], help="versão do padrão (padrão: 4.01.00)")
    option("--semente", type=int, default=1, help="semente: a mesma dá os mesmos bytes")
    option("--procedimentos", type=int, default=3, help="procedimentos por guia (padrão: 3)")
    option("--despesas", type=int, default=2, help="outras despesas por guia, em SP/SADT e internação")
    option("--hoje", type=date.fromisoformat, default=None, help="dia do envio, AAAA-MM-DD (padrão: hoje)")
    option("--lote", default="1", help="número do lote (padrão: 1)")
    option("--cnpj", default=Pedido.__dataclass_fields__["origem_cnpj"].default, help="CNPJ da origem")
    option("--codigo", default=None, help="código do prestador na operadora, em vez do CNPJ")
    option("--destino", default="345695", help="registro ANS da operadora (padrão: 345695)")
    option("--codificacao", choices=("ISO-8859-1", "UTF-8"), default="ISO-8859-1", help="codificação do arquivo")
    option("--hash", choices=("iso-8859-1", "utf-8"), default="iso-8859-1", help="codificação do texto no hash")
    option("--prefixo", default="ans", help="prefixo do namespace; vazio para o namespace padrão")
    option("--indentado", action="store_true", help="um elemento por linha")
    option("--sem-acentos", action="store_true", help="textos só em ASCII")
    option("--defeito", action="append", default=[], metavar="NOME", help="planta um defeito (repetível)")
    option("--devido", action="store_true", help="nada impede que seja pago inteiro; os defeitos de cobrança o pedem")
    option("--alvo", type=int, default=None, help="posição da guia que recebe os defeitos")
    option("--saida", type=Path, default=None, metavar="ARQUIVO", help="arquivo a escrever (padrão: saída padrão)")
    option(
        "--autorizacoes",
        type=Path,
        default=None,
        metavar="ARQUIVO",
        help="grava em JSON as senhas, vidas, preços e contratos pelos quais um lote devido é pago",
    )
    option(
        "--esperado",
        type=Path,
        default=None,
        metavar="ARQUIVO",
        help="grava em JSON o que se deve achar de cada defeito, e onde",
    )
    option("--listar", action="store_true", help="lista os defeitos e sai")
    return parser


def _pedido(options: argparse.Namespace) -> Pedido:
    return Pedido(
        tipo=options.tipo,
        guias=options.guias,
        versao=options.versao,
        semente=options.semente,
        procedimentos=options.procedimentos,
        despesas=options.despesas,
        hoje=options.hoje or _hoje(),
        numero_lote=options.lote,
        origem_cnpj=options.cnpj,
        origem_codigo=options.codigo,
        destino=options.destino,
        acentos=not options.sem_acentos,
        hash_codificacao=options.hash,
        formato=Formato(codificacao=options.codificacao, prefixo=options.prefixo, indentado=options.indentado),
        defeitos=tuple(options.defeito),
        alvo=options.alvo,
        devido=options.devido or not COBRANCA.keys().isdisjoint(options.defeito),
    )


def _plain(lote: LoteGerado) -> dict[str, Any]:
    """What has to be known, with codes as `tabela:codigo`."""
    known = lote.conhecido
    codes = {
        name: sorted(":".join(code) for code in getattr(known, name)) for name in ("contratados", "exigem", "diarias")
    }
    return {
        "carteiras": sorted(known.carteiras),
        "senhas": [asdict(senha) for senha in known.senhas.values()],
        "precos": {":".join(code): valor for code, valor in sorted(known.precos.items())},
        **codes,
    }


def _write(path: Path | None, value: Any) -> None:
    if path is not None:
        text = json.dumps(
            value,
            ensure_ascii=False,
            indent=1,
            default=lambda one: sorted(one) if isinstance(one, frozenset) else str(one),
        )
        path.write_text(text + "\n", "utf-8")


def _digest_of(lote: LoteGerado) -> str:
    lines = [f"{len(lote.guias)} guias, R$ {lote.valor_total}, {len(lote.conteudo)} bytes, hash {lote.hash or '-'}"]
    for esperado in lote.esperado:
        where = "lote" if esperado.guia is None else f"guia {esperado.guia}"
        if esperado.item is not None:
            where += f", item {esperado.item}"
        codigos = ", ".join(sorted(esperado.codigos))
        taken = f", R$ {esperado.reais}" if esperado.reais is not None else ""
        lines.append(f"{esperado.defeito}: {where}; {esperado.veredito}; glosa {codigos}{taken}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status (0, or 2 for a request that makes no sense)."""
    options = _arguments().parse_args(arguments)
    if options.listar:
        every: list[Defeito | DefeitoDeCobranca] = [*DEFEITOS.values(), *COBRANCA.values()]
        for defeito in every:
            tipos = "todos" if len(defeito.tipos) == len(Tipo) else ", ".join(defeito.tipos)
            print(f"{defeito.name:<28} {defeito.descricao} ({tipos})")
        return 0
    try:
        lote = gerar(_pedido(options))
    except ValueError as error:
        print(f"local.gerador: {error}", file=sys.stderr)
        return USO_INVALIDO
    if options.saida is None:
        sys.stdout.buffer.write(lote.conteudo)
    else:
        options.saida.write_bytes(lote.conteudo)
    _write(options.autorizacoes, _plain(lote))
    _write(options.esperado, [asdict(one) for one in lote.esperado])
    print(_digest_of(lote), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
