"""The set for a homologation stage: load files under the keys that ops drop them with, in the order they are loaded."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from autorizacao.domain.carga_tipos import SENHAS
from local.gerador_cadastro import CLINICA, COLUNAS, HOSPITAL, TIPOS, Formato, Linha, Pedido, linhas, sandbox
from local.gerador_cadastro.model import MINIMO_DE_PRESTADORES, MINIMO_DE_VIDAS
from local.gerador_cadastro.writer import linhas_de
from local.sandbox.roteiros import COBRADAS, PEDIDAS, carteira, pedido

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

OPERADORA, CADASTRO, SENHA = ("1-operadora", "2-cadastro", "3-senhas")
"""Folders, each to be loaded whole before the next."""
_CONTRATADO: Final = ("prestadores", "contratos", "procedimentos-contratados", "diarias", "pacotes")
"""What a prestador of the stage has as the hospital of the demo does."""
_SEM_CNES: Final = "9999999"
_LEIA_ME: Final = """\
# Sandbox da operadora {registro_ans}, de {hoje:%d/%m/%Y}

Carregue cada pasta no bucket `entrada`, na ordem, e espere a carga de uma terminar antes da seguinte
(`GET /operadora/cargas`; a das senhas, no Step Functions `carga-autorizacao`):

{comandos}

Carregar de novo não muda nada. As datas contam do primeiro dia do mês: gere e carregue outra vez a cada mês, e a
carência volta a ser carência. O que cada carteira faz está em `roteiro.json` e em `docs/sandbox.md`.
"""


def escrever(
    destino: Path, *, registro_ans: str, prestadores: Sequence[str], hoje: date, base: bool = False
) -> list[Path]:  # fmt: skip
    """Write the set; the files, in the order they are loaded.

    Args:
        prestadores: CNPJ of those who test, who get the senhas that no request of today can get.
        base: also what an empty stage lacks: the operadora, prices, rules, and a contract for each of them.
    """
    cadastro = Pedido(
        registro_ans, vidas=MINIMO_DE_VIDAS, prestadores=MINIMO_DE_PRESTADORES, hoje=hoje, sandbox=True
    )  # fmt: skip
    kinds = TIPOS if base else tuple(sandbox.FONTES)
    made = []
    for tipo in kinds:
        rows = _rows(cadastro, tipo, prestadores) if base else sandbox.FONTES[tipo](cadastro)
        folder = destino / (OPERADORA if tipo == "operadora" else CADASTRO) / "cadastro" / registro_ans / tipo
        made.append(_write(folder, hoje, COLUNAS[tipo], rows))
    senhas = [senha for prestador in prestadores for senha in sandbox.senhas(registro_ans, prestador, hoje)]
    made.append(_write(destino / SENHA / "autorizacao" / registro_ans / SENHAS, hoje, tuple(senhas[0]), senhas))
    folders = dict.fromkeys(file.relative_to(destino).parts[0] for file in made)
    comandos = "\n".join(f"    aws s3 cp --recursive {folder} s3://BUCKET-DE-ENTRADA/" for folder in folders)
    text = _LEIA_ME.format(registro_ans=registro_ans, hoje=hoje, comandos=comandos)
    (destino / "LEIA-ME.md").write_text(text, "utf-8")
    (destino / "roteiro.json").write_text(
        json.dumps(roteiro(registro_ans, prestadores[0]), ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    return made


def roteiro(registro_ans: str, prestador: str) -> dict[str, Any]:
    """The lives and what is scripted, for programs."""
    return {
        "registro_ans": registro_ans,
        "vidas": [
            {"caso": vida.chave, "descricao": vida.descricao, "numero_carteira": vida.carteira, "cpf": vida.cpf}
            for vida in sandbox.vidas(registro_ans)
        ],
        "pedidos": [
            {
                "caso": one.caso, "situacao": one.situacao, "codigos": list(one.codigos),
                "corpo": pedido(one, registro_ans=registro_ans, prestador=prestador, numero="NUMERO-NOVO"),
            }
            for one in PEDIDAS
        ],
        "lotes": [
            {
                "caso": one.caso, "recusado": one.recusado, "codigos": list(one.codigos), "o_que_muda": one.como,
                "numero_carteira": carteira(registro_ans, one.vida),
            }
            for one in COBRADAS
        ],
    }  # fmt: skip


def _rows(cadastro: Pedido, tipo: str, prestadores: Iterable[str]) -> Iterator[Linha]:
    """Those of the generator, and for each who tests what the hospital of the demo has."""
    others = [one for one in prestadores if one not in {HOSPITAL, CLINICA}]
    if tipo not in _CONTRATADO or not others:
        return linhas(cadastro, tipo)
    hospital = [linha for linha in linhas(cadastro, tipo) if linha["prestador"] == HOSPITAL]
    return chain(linhas(cadastro, tipo), (_of(linha, one) for one in others for linha in hospital))


def _of(linha: Linha, prestador: str) -> Linha:
    if "codigo_na_operadora" not in linha:
        return {**linha, "prestador": prestador}
    name = f"Prestador em homologação {prestador}"
    return {**linha, "prestador": prestador, "nome": name, "cnes": _SEM_CNES, "codigo_na_operadora": f"H{prestador}"}


def _write(folder: Path, hoje: date, colunas: Sequence[str], rows: Iterable[Linha]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{hoje.isoformat()}-sandbox.csv"
    file.write_bytes(b"".join(linhas_de(colunas, rows, Formato())))
    return file
