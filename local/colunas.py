"""Writes the sections about loads of `docs/operacao.md` from the tables that the loads themselves enforce.

`python -m local.colunas`; with `--conferir` nothing is written, and the answer is 1 when the document is not what the
code says.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autorizacao.domain.carga_tipos import SENHAS
from autorizacao.domain.carga_tipos import TIPOS as DE_AUTORIZACAO
from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas.loading import TAMANHO_MAXIMO
from conecta_cargas.reading import LIMITE_DA_LINHA
from pagamento.domain.carga_tipos import TIPOS as DE_PAGAMENTO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conecta_cargas.columns import Coluna, Tipo

DOCUMENT: Final = Path(__file__).parent.parent / "docs" / "operacao.md"
BEGIN: Final = "<!-- cargas: escrito por `python -m local.colunas`; não edite até o fim -->"
END: Final = "<!-- cargas: fim -->"
_KIB: Final = 1024
_INTRODUCTION: Final = f"""\
## Cargas de cadastro

Deixe cada arquivo no bucket `entrada`, em `cadastro/<registro ANS>/<tipo>/<nome>.csv`: a carga começa sozinha e
aparece em `GET /operadora/cargas` e no Step Functions `carga-cadastro`. Carregue primeiro o tipo `operadora` de cada
registro; a ordem dos outros não importa.

- **Formato.** UTF-8 (com ou sem BOM), cabeçalho na primeira linha, colunas em qualquer ordem, separadas por `;` ou
  `,` (o do cabeçalho). Uma linha física é um registro; quem tem o separador no texto usa aspas, dobrando as que são
  do texto. Linha até {LIMITE_DA_LINHA // _KIB} KiB, arquivo até {TAMANHO_MAXIMO // _KIB**3} GiB. Célula vazia é
  ausência. Texto que começa com `=`, `+`, `-` ou `@` é recusado.
- **De quando é o arquivo.** A data no nome (`AAAA-MM-DD` ou `AAAAMMDD`, e se quiser `T`, `-` ou `_` e `HHMM` ou
  `HHMMSS`, hora local); sem data, o instante em que chegou. O mais novo vence, qualquer que seja a ordem em que
  carreguem: uma linha mais velha que o que está gravado conta como inalterada. Quem não está no arquivo fica como
  está: nada é apagado por ausência.
- **Contas.** `lidas = carregadas + inalteradas + recusadas`. De duas linhas com a mesma chave no arquivo, vale a
  primeira que está certa. O que foi recusado está em `GET /operadora/cargas/{{id}}/relatorio.csv`: linha, coluna,
  código e motivo, sem o valor. Corrija e envie de novo só essas linhas, ou o arquivo todo.
- **Arquivo inteiro recusado** (RECUSADA): outra codificação, coluna desconhecida, repetida ou ausente, sem linhas,
  pasta que não é um tipo, data do nome no futuro. Nada dele é carregado.
- **Falhou ou parou** (FALHOU): `POST /operadora/cargas/{{id}}/retomada` continua de onde parou, e termina como se não
  tivesse parado.
- **Prestadores.** O perfil é de quem o trouxe primeiro; as outras operadoras só informam o seu relacionamento. A
  lista de situações só cresce: o que o arquivo não conhece (uma suspensão decidida no portal) fica.
  O código na operadora é de um prestador só, o último a recebê-lo; por ele as mensagens TISS o acham. O de quem já
  estava cadastrado antes desta versão passa a ser achado na próxima carga de `prestadores`.
- **LGPD.** Uma vida eliminada a pedido do titular é recusada (`eliminado`) e não volta.
"""
_LEGACY: Final = f"""\
## Carga de senhas do portal anterior

Deixe cada arquivo no bucket `entrada`, em `autorizacao/<registro ANS>/{SENHAS}/<nome>.csv` (R07). Formato, contas e
recusa do arquivo inteiro são os das cargas de cadastro; a carga aparece no Step Functions `carga-autorizacao`, e não em
`GET /operadora/cargas`. O relatório fica no bucket `acervo`, em
`autorizacao/<registro ANS>/cargas/<id da carga>/relatorio.csv`; o id é o da entrada da execução.

- **Antes**, carregue os tipos `operadora`, `prestadores` e `beneficiarios` do cadastro: a senha de quem não está lá é
  recusada, assim como a de uma vida eliminada (LGPD).
- **Uma linha é uma senha** com o seu saldo: aqui ela é achada, usada, cancelada e expira como qualquer outra, com a
  origem LEGADO. A senha é também o número da guia na operadora.
- **De novo.** Uma senha que já está aqui conta como inalterada, seja o que for que o arquivo diga: o que foi faturado
  ou cancelado aqui não volta. Para corrigir uma senha carregada, use os atos da Central.
- **Falhou.** Inicie de novo a execução do Step Functions com a mesma entrada, ou envie o arquivo de novo: o que já foi
  carregado fica.
- **Prorrogação.** Vale por si: a guia principal fica anotada, e não depende da internação de que fala.
"""
_PAYMENT: Final = """\
## Cargas de pagamento

Deixe cada arquivo no bucket `entrada`, em `pagamento/<registro ANS>/<tipo>/<nome>.csv`. Formato, contas e recusa do
arquivo inteiro são os das cargas de cadastro; a carga aparece no Step Functions `carga-pagamento`, e o relatório fica
no bucket `acervo`, em `pagamento/<registro ANS>/cargas/<id da carga>/relatorio.csv`. São os mesmos atos de
`PUT /operadora/cronograma` e `POST /operadora/pagamentos`, com as mesmas conferências.

- **O cronograma** é publicado inteiro ou recusado inteiro: uma linha errada basta, e o relatório diz todas. As
  competências que não estão no arquivo ficam como estão; as já pagas não mudam.
- **Um pagamento é uma linha**, que se registra toda ou não: as outras seguem. O número é o que o identifica: repetido
  com o mesmo conteúdo conta como inalterado; com outro, é recusado.
- **Falhou.** Inicie de novo a execução do Step Functions com a mesma entrada, ou envie o arquivo de novo: o que já foi
  registrado fica.
"""


def section() -> str:
    """The sections, marks included."""
    ours = (
        _INTRODUCTION, *map(_of, TIPOS.values()), _LEGACY, *map(_of, DE_AUTORIZACAO.values()),
        _PAYMENT, *map(_of, DE_PAGAMENTO.values()),
    )  # fmt: skip
    return "\n".join((BEGIN, *ours, END))


def _of(tipo: Tipo) -> str:
    keys = " ou ".join(" + ".join(f"`{nome}`" for nome in chave) or "uma linha por arquivo" for chave in tipo.chaves)
    items = ", ".join(f"`{item}`" for item in tipo.itens)
    rows = "\n".join(_row(coluna) for coluna in tipo.colunas)
    return (
        f"### {tipo.nome}\n\n{tipo.descricao}. Chave: {keys}. Grava {items}.\n\n"
        f"| coluna | obrigatória | o que é | formato | exemplo |\n|---|---|---|---|---|\n{rows}\n"
    )


def _row(coluna: Coluna) -> str:
    needed = "sim" if coluna.obrigatoria else ""
    example = f"`{coluna.exemplo}`" if coluna.exemplo else ""
    absent = {False: "; vazio é N", True: "; vazio é S"}.get(coluna.padrao, "") if coluna.padrao != [] else ""
    if isinstance(coluna.padrao, str | int) and not isinstance(coluna.padrao, bool):
        absent = f"; vazio é {coluna.padrao}"
    return f"| `{coluna.nome}` | {needed} | {coluna.ajuda} | {coluna.formato.descricao}{absent} | {example} |"


def renewed(text: str) -> str:
    """A document with its section as the code says; at its end, where it has none."""
    before, mark, rest = text.partition(BEGIN)
    if not mark:
        return f"{text.rstrip()}\n\n{section()}\n"
    return before + section() + rest.partition(END)[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the section, or answer 1 when it is stale."""
    parser = argparse.ArgumentParser(prog="python -m local.colunas", description="Documenta as colunas das cargas.")
    parser.add_argument("--conferir", action="store_true", help="só confere: 1 quando o documento está velho")
    asked = parser.parse_args(arguments)
    text = DOCUMENT.read_text("utf-8")
    fresh = renewed(text)
    if asked.conferir:
        if fresh != text:
            print("docs/operacao.md não é o que o código diz: rode python -m local.colunas", file=sys.stderr)
        return int(fresh != text)
    DOCUMENT.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
