"""Writes `docs/erros.md`: every code that any door may answer, with what happened and what to do, read from the code.

The source is read (`local.leitura`), not run: a refusal counts wherever it is written. `--conferir` answers 1 when the
page is not what the code says, or when a code is made in a way that cannot be followed.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic_core._pydantic_core import list_all_errors

from conecta_edge.http import field_errors
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from infra.components.gateway_responses import PROBLEMS as DO_GATEWAY
from local.leitura import RECEIVER, UNKNOWN, VARIES, Declared, Roles, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "docs" / "erros.md"
COMMAND: Final = "python -m local.erros"


class Especie(StrEnum):
    """What a code is of."""

    PROBLEMA = "problema"
    CAMPO = "campo"
    REGRA = "regra"
    CARGA = "carga"


@dataclass(frozen=True, slots=True)
class Dizer:
    """One thing that may be said.

    Attributes:
        codigo: of the problem or the field, or id of the rule.
        onde: package that says it.
        mensagem: what happened and what to do, `…` for what varies.
        glosa: code up to 4.02, and in 4.03.
        efeito: what a finding does.
        status: of a problem.
        title: of a problem.
    """

    especie: Especie
    codigo: str
    onde: str
    mensagem: str
    glosa: tuple[str, str] = ("", "")
    efeito: str = ""
    status: int = 0
    title: str = ""


_ACHADO: Final[Roles] = {"regra": (0, "regra"), "glosa": (1, "codigo"), "mensagem": (2, "mensagem")}
_CAMPO: Final[Roles] = {"codigo": (1, "codigo"), "mensagem": (2, "mensagem")}
WRITTEN: Final[Mapping[str, tuple[Especie, Roles]]] = {
    "conecta_edge.problems.ProblemError": (
        Especie.PROBLEMA,
        {"codigo": (1, "codigo"), "mensagem": (3, "detail"), "status": (0, "status"), "title": (2, "title")},
    ),
    "conecta_edge.problems.FieldError": (Especie.CAMPO, _CAMPO),
    "conecta_edge.http.Query.refuse": (Especie.CAMPO, _CAMPO),
    "documentos.domain.errors.Defeito": (Especie.CAMPO, _CAMPO),
    "pagamento.domain.cronograma.Defeito": (Especie.CAMPO, _CAMPO),
    "recurso.planilhas.PlanilhaInvalidaError": (Especie.CAMPO, {"codigo": (0, "codigo"), "mensagem": (1, "mensagem")}),
    "pydantic_core._pydantic_core.PydanticCustomError": (
        Especie.CAMPO,
        {"codigo": (0, "error_type"), "mensagem": (1, "message_template"), "texto": (2, "context", "texto")},
    ),
    "alertas.domain.webhooks.EnderecoInvalidoError": (
        Especie.CAMPO, {"codigo": (0, "codigo"), "mensagem": (1, "motivo")},
    ),
    "conecta_cargas.cells.CelulaError": (Especie.CARGA, {"codigo": (0, "codigo"), "mensagem": (1, "motivo")}),
    "conecta_cargas.states.Recusa": (Especie.CARGA, {"codigo": (2, "codigo"), "mensagem": (3, "motivo")}),
    "conecta_tiss.errors.XmlRecusadoError": (Especie.REGRA, _ACHADO),
    "conecta_tiss.findings.Achado": (Especie.REGRA, {**_ACHADO, "efeito": (3, "severidade")}),
    "conecta_tiss.rules.base.Regra.achado": (
        Especie.REGRA,
        {"regra": (RECEIVER, "esta"), "glosa": (None, "motivo"), "mensagem": (1, "mensagem")},
    ),
    "conecta_senhas.contexto.Caso.achado": (
        Especie.REGRA,
        {
            "regra": (RECEIVER, "caso"), "glosa": (1, "motivo"), "mensagem": (2, "mensagem"),
            "providencia": (3, "providencia"), "efeito": (0, "efeito"),
        },
    ),
    "conecta_contas.contexto.Caso.achado": (
        Especie.REGRA,
        {
            "regra": (RECEIVER, "caso"), "glosa": (0, "motivo"), "mensagem": (1, "mensagem"),
            "providencia": (2, "providencia"), "exame": (3, "exame"), "aviso": (None, "aviso"),
        },
    ),
    "documentos.domain.achados.Achado": (Especie.REGRA, _ACHADO),
    "documentos.domain.envios.Recusa": (
        Especie.REGRA, {"regra": (0, "regra"), "glosa": (1, "motivo"), "mensagem": (2, "mensagem")},
    ),
    "pagamento.domain.errors.NotaIlegivelError": (
        Especie.REGRA, {"regra": (0, "regra"), "mensagem": (1, "mensagem")},
    ),
    "pagamento.domain.notas.Divergencia": (
        Especie.REGRA,
        {
            "regra": (0, "regra"), "efeito": (1, "efeito"), "mensagem": (3, "mensagem"),
            "providencia": (6, "providencia"),
        },
    ),
    "recurso.domain.regras.Apontamento": (
        Especie.REGRA,
        {"regra": (None, "regra"), "glosa": (None, "motivo"), "mensagem": (None, "mensagem"), "aviso": (None, "aviso")},
    ),
}  # fmt: skip
"""What is made of a refusal, and where its parts stand; a test looks for others."""
PASSING_ON: Final = frozenset({
    *WRITTEN, "conecta_edge.http.field_errors", "conecta_cargas.loading._Placar.recusar",
    "conecta_cargas_aws.stored._recusas", "documentos.dynamodb.uploads._achado",
})  # fmt: skip
"""What makes one of these of another: whoever calls it says what is said."""
TRANSPARENT: Final = frozenset({
    "conecta_tiss.findings.code_of", "conecta_tiss.vocabulary.glosas.codigo", "conecta_tiss.rules.admissao._glosa",
})  # fmt: skip
"""What tells a reason in the sender's version."""
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "Mensagens TISS": ("conecta_tiss", "porta_tiss"),
    "Elegibilidade": ("cadastro",),
    "Pedidos de autorização": ("conecta_senhas", "autorizacao"),
    "Cobrança": ("conecta_contas", "peg"),
    "Recursos de glosa": ("recurso",),
    "Notas fiscais, pagamentos e demonstrativos": ("pagamento",),
    "Documentos": ("documentos",),
}
"""Where each package's rules are told."""
EFEITOS: Final = {
    "RECUSA_LOTE": "recusa a mensagem", "GLOSA": "glosa", "IMPEDE": "recusa", "PENDE": "espera por quem pede",
    "ANALISA": "vai à análise", "AVISA": "aviso", "RECUSA": "recusa", "CONFERENCIA": "o financeiro confere",
}  # fmt: skip


def packages() -> tuple[str, ...]:
    """Every package of `functions` and `layers`."""
    folders = (ROOT / "functions", *(ROOT / "layers").glob("*/python"))
    return tuple(
        sorted(path.name for folder in folders for path in folder.iterdir() if (path / "__init__.py").exists())
    )


def read(source: Source) -> tuple[list[Dizer], list[str]]:
    """All that is said, and the places of codes that cannot be followed."""
    found: dict[Dizer, None] = {}
    lost: list[str] = []
    for name, (especie, roles) in WRITTEN.items():
        for call in source.calls(name):
            function = call.frame.function
            if function.name in PASSING_ON:
                continue
            for said in source.said(call, roles):
                if _passes_on(said):
                    continue
                made = _made(especie, function.module.__name__.partition(".")[0], said)
                if made is None:
                    lost.append(f"{function.name}, linha {call.node.lineno}: não se sabe que código é dito")
                else:
                    found[made] = None
    return list(found), sorted(set(lost))


def _passes_on(said: Mapping[str, Any]) -> bool:
    """Whether a call only repeats what was said elsewhere: neither code nor message is its own."""
    message = said["mensagem"]
    own = message is not UNKNOWN and not str(message).startswith(VARIES)
    return UNKNOWN in (said.get("codigo"), said.get("regra")) and not own


def _made(especie: Especie, onde: str, said: Mapping[str, Any]) -> Dizer | None:
    rule = said.get("regra")
    name = rule.given[0] if isinstance(rule, Declared) else rule if rule is not None else said.get("codigo")
    if not isinstance(name, str) or not name:
        return None
    reason = said.get("glosa")
    if reason is None and isinstance(rule, Declared) and onde == "conecta_tiss":
        reason = rule.given[1]
    texts = [said.get("texto") or said["mensagem"], said.get("providencia")]
    return Dizer(
        especie, name, onde, " ".join(text for text in texts if isinstance(text, str)), _codes(reason),
        _effect(said, onde), int(said.get("status", 0)), str(said.get("title", "")),
    )  # fmt: skip


def _codes(reason: Any) -> tuple[str, str]:
    if isinstance(reason, Motivo):
        return codigo(reason, None), codigo(reason, Versao.V4_03_00)
    return (reason, reason) if isinstance(reason, str) else ("", "")


def _effect(said: Mapping[str, Any], onde: str) -> str:
    """What a finding does; one that does not say refuses."""
    if said.get("aviso") is True:
        return EFEITOS["AVISA"]
    if "exame" in said:
        return EFEITOS["RECUSA_LOTE" if said["exame"] is None else "GLOSA"]
    told = said.get("efeito")
    return EFEITOS.get(str(told), EFEITOS["RECUSA_LOTE" if onde == "conecta_tiss" else "RECUSA"])


def gateway() -> list[Dizer]:
    """What API Gateway itself answers."""
    return [
        Dizer(Especie.PROBLEMA, one.codigo, "api", one.detail, status=one.status, title=one.title)
        for one in DO_GATEWAY
    ]  # fmt: skip


class _Error:
    """A pydantic error as `field_errors` reads one."""

    def __init__(self, kind: str, context: Mapping[str, Any]) -> None:
        self._detail = {"type": kind, "loc": (), "msg": "", "ctx": context}

    def errors(self, **_asked: bool) -> list[dict[str, Any]]:
        """The one error."""
        return [self._detail]


def de_forma() -> list[Dizer]:
    """What is said of a field whose form is wrong: pydantic's own kinds."""
    (generic,) = field_errors(_Error("qualquer", {}))
    found = []
    for known in list_all_errors():
        (told,) = field_errors(_Error(known["type"], dict.fromkeys(known.get("example_context") or {}, VARIES)))
        if told.mensagem != generic.mensagem:
            found.append(Dizer(Especie.CAMPO, told.codigo, "conecta_edge", told.mensagem))
    return [*found, Dizer(Especie.CAMPO, "outros, em inglês", "conecta_edge", generic.mensagem)]


def document(found: Iterable[Dizer]) -> str:
    """The page."""
    of: defaultdict[Especie, list[Dizer]] = defaultdict(list)
    for one in found:
        of[one.especie].append(one)
    return "\n".join((
        _INTRODUCTION,
        *_problems(of[Especie.PROBLEMA]),
        _OF_FIELDS,
        *_table(("código", "o que houve e o que fazer"), _by_code(of[Especie.CAMPO])),
        _OF_RULES,
        *_rules(of[Especie.REGRA]),
        _OF_GLOSAS,
        *_table(("glosa", "regras"), _glosas(of[Especie.REGRA])),
        _OF_LOADS,
        *_table(("código", "o que houve e o que fazer"), _by_code(of[Especie.CARGA])),
    )).rstrip() + "\n"  # fmt: skip


_INTRODUCTION: Final = f"""\
# Erros

Gerado por `{COMMAND}`: todos os códigos que qualquer porta responde, lidos do próprio código. Onde está “…”, a
mensagem traz o que se viu (um número, um dia, um nome de campo); dado pessoal, nunca.

**Como ler uma recusa.** Toda recusa é um problema no formato da RFC 9457, em português:

```json
{{"type": "https://conecta.example/erros/requisicao-invalida", "title": "Requisição inválida", "status": 422,
 "detail": "Corrija os campos listados em erros e envie de novo.", "codigo": "requisicao-invalida",
 "correlacao": "…",
 "erros": [{{"campo": "itens[0].codigo", "codigo": "missing", "mensagem": "Campo obrigatório: informe-o."}}]}}
```

`codigo` é estável: é por ele que um programa decide. `erros[].codigo` diz o que há com cada campo; quando é uma regra
de negócio, traz o código da glosa (Tabela 38 da TISS) ou o id da regra. `correlacao` é o que se informa ao suporte.
Na porta XML a mesma recusa vem como mensagem TISS, com o código da glosa na versão de quem enviou e a mesma mensagem.

| status | o que fazer |
|---|---|
| 400, 415 | corrija a requisição: endereço, cabeçalhos, tipo do corpo |
| 401 | peça outro token e repita |
| 403 | quem pede não pode: veja `codigo`; repetir não adianta |
| 404 | não existe, ou é de outro: as duas coisas têm a mesma resposta |
| 409 | o estado não permite: leia `detail` e consulte de novo; com `Retry-After`, repita |
| 412 | mudou desde que foi lido: leia de novo e repita com a ETag nova |
| 413 | grande demais: envie o arquivo por `POST /documentos/uploads` |
| 422 | corrija o que está em `erros` |
| 429, 503 | espere o que diz `Retry-After` e repita a mesma requisição |
| 500, 502, 504 | falha nossa: repita com a mesma `Idempotency-Key`; se persistir, informe `correlacao` |

## Problemas
"""
_OF_FIELDS: Final = """
## Códigos de campos

Em `erros[].codigo`. Os que têm `_` são da forma do JSON; os outros, do que o campo significa.
"""
_OF_RULES: Final = """
## Regras

O id da regra está em `achados[].regra`; a glosa, em `achados[].codigo`, é a da versão TISS de quem envia. O que cada
regra guarda no código, e os testes que a seguram, estão em [regras](regras.md).
"""
_OF_GLOSAS: Final = """
## Glosas

Códigos da Tabela 38 da ANS que as regras usam; a auditoria pode usar qualquer outro. O texto oficial vem em `texto` nas
respostas, e em `python -m conecta_tiss glosa <código>`.
"""
_OF_LOADS: Final = """
## Cargas

Em `relatorio.csv` de cada carga, por linha e coluna; com a linha 0, o arquivo inteiro foi recusado.
"""


def _problems(found: Sequence[Dizer]) -> Iterator[str]:
    by_code: defaultdict[str, list[Dizer]] = defaultdict(list)
    for one in found:
        by_code[one.codigo].append(one)
    for name, said in sorted(by_code.items()):
        yield f"### {name}\n"
        for status, title in dict.fromkeys((one.status, one.title) for one in said):
            texts: defaultdict[str, list[str]] = defaultdict(list)
            for one in said:
                if (one.status, one.title) == (status, title):
                    texts[one.mensagem].append(one.onde)
            yield f"{status}, {title}.\n"
            alone = len(by_code[name]) == 1
            for text, places in texts.items():
                yield f"{text}\n" if alone else f"- {text or _ELSEWHERE}{_places(places)}"
            if not alone:
                yield ""


_ELSEWHERE: Final = "A mensagem é a da regra."


def _places(packages: Iterable[str]) -> str:
    names = [name for name in dict.fromkeys(packages) if not name.startswith("conecta_") and name != "api"]
    return f" ({', '.join(names)})" if names else ""


def _by_code(found: Iterable[Dizer]) -> Iterator[tuple[str, str]]:
    texts: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in found:
        if one.mensagem:
            texts[one.codigo][one.mensagem] = None
    for name in sorted(texts):
        yield f"`{name}`" if " " not in name else name, "<br>".join(texts[name])


def _rules(found: Sequence[Dizer]) -> Iterator[str]:
    for title, places in SECTIONS.items():
        here = sorted((one for one in found if one.onde in places), key=lambda one: one.codigo)
        spoken = {one.codigo for one in here if one.mensagem}
        glosas: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
        for one in here:
            if one.mensagem or one.codigo not in spoken:
                glosas[one.codigo, one.efeito, one.mensagem][_glosa(one)] = None
        rows: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for (rule, effect, message), codes in glosas.items():
            rows[f"`{rule}`", "<br>".join(sorted(filter(None, codes))), effect].append(message or _ELSEWHERE)
        yield f"### {title}\n"
        yield from _table(_OF_A_RULE, ((*row, "<br>".join(messages)) for row, messages in rows.items()))
        yield ""


_OF_A_RULE: Final = ("regra", "glosa", "efeito", "o que houve e o que fazer")


def _glosa(one: Dizer) -> str:
    before, after = one.glosa
    return before if before == after else f"{before}; 4.03: {after}"


def _glosas(found: Iterable[Dizer]) -> Iterator[tuple[str, str]]:
    users: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        for number in {*one.glosa}:
            if number.isdigit():
                users[number].add(one.codigo)
    return ((number, ", ".join(f"`{name}`" for name in sorted(users[number]))) for number in sorted(users))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or answer 1 when it is stale or not whole."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Documenta os códigos de todas as recusas.")
    parser.add_argument(
        "--conferir", action="store_true", help="só confere: 1 quando a página está velha ou incompleta"
    )
    asked = parser.parse_args(arguments)
    found, lost = read(Source(packages(), TRANSPARENT))
    text = document([*found, *gateway(), *de_forma()])
    if not asked.conferir:
        DOCUMENT.write_text(text, "utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text:
        lost.append(f"{DOCUMENT.name} está velho: rode {COMMAND}")
    for problem in lost:
        print(problem, file=sys.stderr)
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
