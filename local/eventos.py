"""Writes `docs/eventos.json` (JSON Schema) and `docs/eventos.md` from the catalogue that deliveries themselves obey.

`python -m local.eventos`; with `--conferir` nothing is written, and the answer is 1 when a file is not what the code
says.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alertas.domain import eventos

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCS: Final = Path(__file__).parent.parent / "docs"
_INTRODUCTION: Final = """\
# Catálogo de eventos

<!-- escrito por `python -m local.eventos`: não edite -->

O que o Conecta conta a um webhook. Cada entrega é um `POST` com um destes eventos, em JSON; o esquema está em
[`eventos.json`](eventos.json) (JSON Schema 2020-12). O catálogo é fechado: nada além do que está aqui é entregue, e
nenhum evento traz nome, CPF, carteira ou qualquer dado de saúde. O que muda se consulta na API, com a sua credencial.

- **Pode repetir.** O mesmo `id` pode chegar mais de uma vez: guarde os que já tratou.
- **Ordem.** Os eventos de uma `entidade` são entregues um por vez, do mais antigo ao mais novo; um que se atrase do
  nosso lado pode chegar depois: compare `ocorrido_em` e fique com o mais novo. Entre entidades não há ordem.
- **Campos.** Um campo opcional sem valor não vem. Campos novos podem aparecer: ignore os que não conhece. Nenhum deixa
  de existir nem muda de tipo enquanto `versao` for 1.
- **Valores** em reais são texto com duas casas; datas são dias de Brasília; instantes são UTC.

```json
{example}
```
"""


def _markdown() -> str:
    example = json.dumps(eventos.exemplo("GlosaPublicada"), ensure_ascii=False, indent=2)
    return "\n".join([_INTRODUCTION.replace("{example}", example), *_sections()])


def _sections() -> Iterator[str]:
    """By area; events that tell the same are together."""
    for area in dict.fromkeys(evento.area for evento in eventos.CATALOGO.values()):
        yield f"## {area.value}\n"
        alike: dict[tuple[str, ...], list[str]] = {}
        for tipo, evento in eventos.CATALOGO.items():
            if evento.area is area:
                alike.setdefault((evento.entidade, *map(_row, evento.campos)), []).append(tipo)
        for (entidade, *_), tipos in alike.items():
            yield "\n".join(f"- **`{tipo}`**: {eventos.CATALOGO[tipo].descricao}" for tipo in tipos)
            yield f"\n`entidade`: `{entidade}`\n\n| campo | tipo | o que é | exemplo |\n|---|---|---|---|"
            yield from (
                f"{_row(campo)} `{json.dumps(campo.exemplo, ensure_ascii=False)}` |"
                for campo in eventos.CATALOGO[tipos[0]].campos
            )
            yield ""


def _row(campo: eventos.Campo) -> str:
    return f"| `{campo.nome}` | {campo.tipo.value}{', opcional' if campo.opcional else ''} | {campo.descricao} |"


def _files() -> dict[Path, str]:
    schema = json.dumps(eventos.esquema(), ensure_ascii=False, indent=1) + "\n"
    return {DOCS / "eventos.json": schema, DOCS / "eventos.md": _markdown()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m local.eventos", description="O catálogo de eventos, do código.")
    parser.add_argument("--conferir", action="store_true", help="não grava: sai com 1 se os arquivos estão velhos")
    asked = parser.parse_args(arguments)
    stale = {path: text for path, text in _files().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        if asked.conferir:
            print(f"{path.name} está velho: rode python -m local.eventos", file=sys.stderr)
        else:
            path.write_text(text, "utf-8")
    return int(asked.conferir and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
