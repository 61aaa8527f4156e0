"""`docs/sandbox.md`, made from what is scripted."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from local.gerador_cadastro import CLINICA, HOSPITAL
from local.gerador_cadastro.sandbox import expirada, vidas
from local.runtime import ROOT
from local.sandbox.roteiros import COBRADAS, INELEGIVEIS, PEDIDAS, carteira

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DOCUMENT: Final = ROOT / "docs" / "sandbox.md"
_REGISTROS: Final = ("345695", "331988")
_INTRODUCTION: Final = """\
# Sandbox

Beneficiários fixos e desfechos roteirizados, para testar uma integração sem depender de ninguém. Nada no código os
conhece: são planos, regras, coberturas e vidas carregados como os de todos, e quem responde é o mesmo motor da
produção. Por isso o que vale aqui vale lá, e o que o roteiro não prevê também é respondido de verdade.

Estão em toda instalação de `scripts/run` (`sandbox` em `.local/endpoint.json`), para os dois prestadores da
demonstração, e em qualquer estágio de homologação em que se carregue o conjunto (abaixo). Página feita do código por
`python -m local.docs`.

## Como usar

Peça sempre os mesmos dois exames, o ultrassom `22:40901122` e a mamografia `22:40808033`, e mude só a carteira:
ela decide o desfecho. O resto do pedido é como você quiser. O [guia do integrador](guia-do-integrador.md) tem um pedido
pronto; em XML (`solicitacaoProcedimento`), o desfecho de cada carteira é o mesmo. Repita quantas vezes quiser: não há
limite de quantidade por período nesses planos.
"""
_SENHAS: Final = f"""\
A senha expirada de cada prestador é `EXPIRADA` e os oito primeiros caracteres do seu CNPJ (`{expirada(HOSPITAL)}`,
`{expirada(CLINICA)}`), dos dois exames: `GET /autorizacoes/{{registro_ans}}/{{numero}}` a mostra EXPIRADA. Outra,
`VENCE` e o dia da carga (AAMMDD) antes dos mesmos caracteres, expira cinco dias depois: a varredura, de hora em hora,
avisa 15 e 5 dias antes do fim, e desta logo que a vê.
"""
_LOTES: Final = """\
## Cobranças

Um lote com uma guia de SP/SADT e um ultrassom a R$ 50,00, de hoje, na senha que a carteira `autorizada` acabou de
receber; em cada linha, só o que muda. As mesmas linhas são ditas antes do envio por `POST /pegs/validacoes`. Informe
`horaInicial` no item: o mesmo exame da mesma pessoa, no mesmo dia e à mesma hora, sem senha, é cobrança repetida.

O lote recebido segue o caminho de todos: a auditoria o analisa, o financeiro libera os valores, e então se contesta a
glosa (a última coluna diz a resposta) e se envia a nota.
"""
_CARREGAR: Final = f"""\
## Em um estágio de homologação

```console
$ .venv/bin/python -m local.sandbox --saida sandbox --registro 345695 --prestador {HOSPITAL}
$ .venv/bin/python -m local.sandbox --decidir .local/endpoint.json     # age pela operadora, no que é do sandbox
$ .venv/bin/python -m local.sandbox --percorrer .local/endpoint.json   # percorre tudo isto e compara
```

O primeiro comando escreve os arquivos de carga sob as chaves em que se deixam no bucket `entrada`, um `LEIA-ME.md` com
os comandos de envio e um `roteiro.json` para programas. Com `--base` vai também o que falta a um estágio vazio: a
operadora, os seus preços e regras, e um contrato para cada `--prestador`. As carências contam do primeiro dia do mês
do arquivo: gere e carregue de novo a cada mês.

O segundo decide as autorizações em análise, analisa e libera os PEGs e responde aos recursos, só quando todas as
carteiras são do sandbox, pelas rotas das pessoas da operadora (`auditoria` e `financeiro`, em `usuarios` do arquivo):
agende-o, e quem testa vê o ciclo inteiro sem esperar por ninguém. O terceiro faz o mesmo no meio do seu caminho.

`.local/endpoint.json` é o da sua máquina. Para um estágio de homologação, escreva um arquivo com estes campos e diga o
seu nome nos dois comandos (ids nas saídas das pilhas, `docs/implantacao.md`; `maquinas` só para percorrer):

```json
{{
 "api": "https://<endereço da API>/v1",
 "cognito": {{
  "endpoint": "https://cognito-idp.sa-east-1.amazonaws.com/",
  "token": "https://<DominioPrestadores>.auth.sa-east-1.amazoncognito.com/oauth2/token",
  "operadora": {{"cliente": "<ClientePortalOperadora>"}}
 }},
 "usuarios": [
  {{"papel": "auditoria", "operadora": "345695", "email": "…", "senha": "…", "totp": "<chave em base 32>"}},
  {{"papel": "financeiro", "operadora": "345695", "email": "…", "senha": "…", "totp": "<chave em base 32>"}}
 ],
 "maquinas": [
  {{
   "prestador": "{HOSPITAL}", "client_id": "…", "client_secret": "…",
   "escopos": ["conecta/autorizacao.ler", "conecta/autorizacao.escrever", "…"]
  }}
 ]
}}
```

Duas pessoas só para isto, do registro que se diz em `--registro`. Fora da sua máquina o Cognito pede delas o segundo
fator: entre uma vez com cada uma, para definir a senha e o autenticador, e guarde em `totp` a chave que ele mostrou. Os
comandos fazem os códigos dela. Um código vale uma vez: espere meio minuto antes de repetir. Quem tem o arquivo age por
elas: só em homologação, e só para quem o executa.
"""


def texto() -> str:
    """The page."""
    lives = (
        f"| {one.chave} | {one.descricao} | {INELEGIVEIS.get(one.chave, 'elegível')} "
        f"| `{one.carteira}` | `{other.carteira}` |"
        for one, other in zip(*map(vidas, _REGISTROS), strict=True)
    )
    asked = (
        f"| {one.caso} | {_carteira(one.vida)} | {one.como or 'só a carteira'} | {one.situacao} "
        f"| {_codes(one.codigos)} | {one.depois} |"
        for one in PEDIDAS
    )
    billed = (
        f"| {one.caso} | {_carteira(one.vida)} | {one.como} | {'recusado' if one.recusado else 'recebido'} "
        f"| {_codes(one.codigos)} | {one.recurso if one.codigos and not one.recusado else ''} |"
        for one in COBRADAS
    )
    return "\n".join((
        _INTRODUCTION,
        _table("| caso | carteira | o que muda | situação | códigos | depois |", asked),
        _SENHAS,
        "## Carteiras\n",
        _table(f"| caso | o que é | elegibilidade | em {' | em '.join(_REGISTROS)} |", lives),
        _LOTES,
        _table("| caso | carteira | o que muda | lote | códigos | recurso |", billed),
        "Dois lotes diferentes com o mesmo número: o segundo é recusado, 5053.\n",
        _CARREGAR,
    ))  # fmt: skip


def _carteira(chave: str) -> str:
    """A life and its carteira at the first operadora."""
    return f"{chave} `{carteira(_REGISTROS[0], chave)}`"


def _codes(codigos: Iterable[str]) -> str:
    return ", ".join(codigos) or "nenhum"


def _table(head: str, rows: Iterable[str]) -> str:
    return "\n".join((head, "|---" * (head.count("|") - 1) + "|", *rows, ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or answer 1 when it is stale."""
    parser = argparse.ArgumentParser(prog="python -m local.sandbox.documento", description="Documenta o sandbox.")
    parser.add_argument("--conferir", action="store_true", help="só confere: 1 quando o documento está velho")
    if not parser.parse_args(arguments).conferir:
        DOCUMENT.write_text(texto(), "utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != texto():
        print("docs/sandbox.md não é o que o código diz: rode python -m local.docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
