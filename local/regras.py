"""Writes `docs/regras.md`: each rule of the domain, the function that keeps it, the tests that hold it there.

Rules and functions are read from the code (`motor.RULES`, `catalogo.FUNCOES` and what other contexts keep), tests from
their source: `@pytest.mark.regra("R15", "AUT-BUSCA")` names rules by number or by id, and `@pytest.mark.regra(TABLE)`
those whose ids stand in a table of the same module. `--conferir` answers 1 when a rule is kept by nothing, when nothing
tests it, when a mark names no rule, or when the committed file is not what the code says.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alertas import http_out
from alertas.domain import alertas, eventos, painel, webhooks
from alertas.domain import regras as avisos
from alertas.service import avisos as numeracao
from alertas.service import entregas, inicio, resumos
from alertas.service import webhooks as enderecos
from auditoria.domain import cadeia
from auditoria.service import selagem
from cadastro.domain import elegibilidade
from conecta_contas import analise as cobranca
from conecta_contas import divisao, pegs
from conecta_edge import protocolos
from conecta_senhas.catalogo import FUNCOES
from conecta_senhas.motor import RULES
from conecta_tiss.rules import admissao
from documentos.domain import conteudo, procedimentos
from documentos.service import documentos, envios, pendencias, publicacoes
from pagamento.domain import cronograma, demonstrativos
from pagamento.domain import faturas as dias
from pagamento.domain import notas as conferencia
from pagamento.service import cronogramas, faturas, notas, pagamentos
from peg.domain import estados
from peg.domain import rules as peg
from peg.service import atos, julgamento, recepcao
from recurso.domain import regras as recursos
from recurso.service import contestacao, respostas

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "docs" / "regras.md"
EXIGIDAS: Final = (
    "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12", *(f"R{number}" for number in range(14, 31)),
)  # fmt: skip
"""Numbers that must be kept by something and tested."""
COMMAND: Final = "python -m local.regras"


@dataclass(frozen=True, slots=True)
class Regra:
    """A rule and the function that keeps it.

    Attributes:
        id: what marks name it by.
        fontes: numbers of the rules of the domain.
    """

    id: str
    fontes: tuple[str, ...]
    funcao: Callable[..., Any]

    @property
    def name(self) -> str:
        """`module:name`."""
        return f"{self.funcao.__module__}:{self.funcao.__qualname__}"

    @property
    def summary(self) -> str:
        """First line of what the function says of itself."""
        return (inspect.getdoc(self.funcao) or "").partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Marcado:
    """A marked test, where it is, and the rules it is marked with."""

    path: str
    name: str
    regras: tuple[str, ...]


RECURSOS: Final[tuple[tuple[str, tuple[str, ...], Callable[..., Any]], ...]] = (
    ("MODELO", ("§4",), recursos.modelo_do_peg),
    ("VAZIO", ("§4",), recursos.tamanho),
    ("GUIAS", ("§4",), recursos.tamanho),
    ("LOTE", ("§4",), recursos.lote_do_peg),
    ("GUIA", ("§4",), recursos.guia_do_peg),
    ("ITEM", ("§4",), recursos.item_da_guia),
    ("NIVEL", ("§4",), recursos.nivel_coerente),
    ("GLOSA", ("§4",), recursos.glosa_existe),
    ("REPETIDO", ("§4",), recursos.sem_repeticao),
    ("PRAZO", ("§4",), recursos.no_prazo),
    ("JUSTIFICATIVA", ("§4",), recursos.justificada),
    ("VALOR", ("§4",), recursos.valor_possivel),
    ("TOTAL", ("§4",), recursos.total_confere),
    ("LEGADO", ("R07",), recursos.legado_completo),
    ("INCOMPLETO", ("§4",), recursos.nada_esquecido),
    ("DOCUMENTO", ("§4",), recursos.documentos_completos),
    ("NUMERO", ("§4",), contestacao.send),
    ("ENVIO", ("§4",), contestacao.send),
    ("CANCELAMENTO", ("§4",), contestacao.cancel),
    ("RASCUNHO", ("§4",), contestacao.save_draft),
    ("PLANILHA", ("§10",), contestacao.send_many),
    ("RESPOSTA", ("§4",), respostas.conferir_respostas),
    ("PAGAMENTO", ("§4", "§5"), respostas.schedule),
    ("VENCIMENTO", ("§4",), respostas.watch),
)
"""Of recursos: the rest of the id, as findings tell it, numbers of rules, and who keeps it."""


def catalogue() -> tuple[Regra, ...]:
    """Every rule: of requests, of acts, of billing, and those of other contexts that carry a number."""
    return (
        *(Regra(rule.id, rule.fontes, rule.funcao) for rule in RULES),
        *(Regra(kept.id, kept.fontes, kept.funcao) for kept in FUNCOES),
        *(Regra(rule.id, rule.fontes, rule.funcao) for rule in cobranca.RULES),
        Regra("ELEG-R02", ("R02",), elegibilidade.not_released),
        Regra("PEG-R02", ("R02",), peg.relacionamento_habilitado),
        Regra("PEG-NUCLEO", ("R29",), julgamento.judge),
        Regra("PEG-RECEPCAO", ("R29", "§5"), recepcao.receive),
        Regra("PEG-USO", ("§5",), recepcao.settle),
        Regra("PEG-ESTADOS", ("§4",), estados.advance),
        Regra("PEG-CANCELAMENTO", ("§4",), atos.cancel),
        Regra("PEG-RETIRADA", ("§10",), atos.withdraw),
        Regra("PEG-RECUPERACAO", ("§4", "§5"), atos.recover),
        Regra("PEG-DIGITADO", ("R11",), estados.add_guia),
        Regra("PEG-DIVISAO", ("R11",), divisao.divide),
        Regra("PAG-CRONOGRAMA", ("R04",), cronogramas.publish),
        Regra("PAG-PRAZO", ("R04", "R05"), cronograma.Cronograma.prazo),
        Regra("PAG-PROGRAMAR", ("R05", "R06"), dias.programar),
        Regra("PAG-FECHAMENTO", ("R06",), faturas.close_day),
        Regra("PAG-RECONTAGEM", ("R04",), faturas.recount),
        Regra("PAG-NOTA", ("R05",), conferencia.conferir),
        Regra("PAG-ENVIO", ("R05", "R06", "R07"), notas.send),
        Regra("PAG-ACEITE", ("R07",), notas.accept),
        Regra("PAG-PAGAMENTO", ("§4", "§5"), pagamentos.register),
        Regra("PAG-PARCELA", ("§4", "§5"), faturas.open_fatura),
        Regra("PAG-CREDITO", ("R07",), pagamentos.credit_recurso),
        Regra("PAG-LEGADO", ("R07",), pegs.de_antes),
        Regra("PAG-DEMONSTRATIVO", ("§10",), demonstrativos.demonstrar),
        *(Regra(f"REC-{name}", fontes, funcao) for name, fontes, funcao in RECURSOS),
        Regra("DOC-CONTEUDO", ("§7",), conteudo.examine),
        Regra("DOC-VINCULO", ("§10",), documentos.link),
        Regra("DOC-RECURSO", ("§4",), documentos.attach_to_recurso),
        Regra("DOC-PENDENCIAS", ("R27", "§10"), pendencias.checklist),
        Regra("DOC-ENVIO", ("§7",), envios.receive),
        Regra("DOC-SENHA", ("R09",), procedimentos.com_senha),
        Regra("DOC-PUBLICACAO", ("§2",), publicacoes.publish),
        Regra("DOC-ESTANTE", ("§2",), publicacoes.read),
        Regra("INICIO-CONTAGEM", ("§2",), painel.contar),
        Regra("INICIO-IMAGENS", ("§2",), inicio.follow),
        Regra("ALERTA-AVISO", ("R06", "R10", "§8"), avisos.aviso),
        Regra("ALERTA-NUMERO", ("§8",), numeracao.tell),
        Regra("ALERTA-LEITURA", ("§8",), alertas.nao_lidos),
        Regra("ALERTA-RESUMO", ("§6", "§8"), resumos.send_due),
        Regra("WEBHOOK-CATALOGO", ("§6", "§8"), eventos.publico),
        Regra("WEBHOOK-ENDERECO", ("§8",), webhooks.endereco),
        Regra("WEBHOOK-DESTINO", ("§8",), http_out.publico),
        Regra("WEBHOOK-PROVA", ("§8",), enderecos.verify),
        Regra("WEBHOOK-ASSINATURA", ("§8",), webhooks.assinatura),
        Regra("WEBHOOK-ENTREGA", ("§8",), entregas.deliver),
        Regra("AUDITORIA-SELO", ("§6",), selagem.selar),
        Regra("AUDITORIA-CADEIA", ("§6",), cadeia.verificar),
        Regra("R12", ("R12",), admissao.versao_aceita),
        Regra("PROTOCOLO", ("R30",), protocolos.allocate),
    )


def collect(folder: Path, known: frozenset[str]) -> tuple[tuple[Marcado, ...], tuple[str, ...]]:
    """Marked tests of a folder, and what is wrong with marks; nothing is imported.

    Args:
        folder: with `test_*.py` somewhere under it.
        known: ids and numbers that a mark may name.
    """
    found: list[Marcado] = []
    wrong: list[str] = []
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text("utf-8")
        if "mark.regra" not in source:
            continue
        tree, where = ast.parse(source), path.relative_to(folder.parent).as_posix()
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            named, bad = _marked(function, tree, known)
            wrong += [f"{where}: {function.name}: {problem}" for problem in bad]
            if named and function.name.startswith("test_"):
                found.append(Marcado(where, function.name, named))
            elif named:
                wrong.append(f"{where}: {function.name}: só um teste pode ser marcado")
    return tuple(found), tuple(wrong)


def _marked(
    function: ast.FunctionDef | ast.AsyncFunctionDef, module: ast.Module, known: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rules a function is marked with, and what is wrong with its marks."""
    named: list[str] = []
    wrong: list[str] = []
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "pytest.mark.regra":
            continue
        for argument in decorator.args:
            if isinstance(argument, ast.Name):
                ids = [text for text in _texts(module, argument.id) if text in known]
                named += ids
                if not ids:
                    wrong.append(f"não há regra na tabela {argument.id} deste módulo")
            elif isinstance(argument, ast.Constant) and argument.value in known:
                named.append(str(argument.value))
            else:
                wrong.append(f"{ast.unparse(argument)} não é número nem id de regra")
    return tuple(dict.fromkeys(named)), tuple(wrong)


def _texts(module: ast.Module, name: str) -> Iterator[str]:
    """Every text written in the value of a module's name."""
    for statement in module.body:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def names(regras: Iterable[Regra]) -> frozenset[str]:
    """Ids and numbers that a mark may name."""
    return frozenset(EXIGIDAS).union(*({regra.id, *regra.fontes} for regra in regras))


def missing(regras: Sequence[Regra], testes: Sequence[Marcado]) -> list[str]:
    """What keeps the table from being whole, in Portuguese."""
    wrong = []
    tested = {name for teste in testes for name in teste.regras}
    for number in EXIGIDAS:
        kept = [regra for regra in regras if number in regra.fontes]
        if not kept:
            wrong.append(f"{number}: nenhuma regra nem função a declara")
        if number not in tested and not any(regra.id in tested for regra in kept):
            wrong.append(f"{number}: nenhum teste marcado com ela nem com uma de suas regras")
    for regra in regras:
        if regra.id not in tested:
            wrong.append(f'{regra.id}: nenhum teste marcado com @pytest.mark.regra("{regra.id}")')
        if not _exists(regra.funcao):
            wrong.append(f"{regra.id}: a função {regra.name} não existe")
        elif not regra.summary:
            wrong.append(f"{regra.id}: a função {regra.name} não diz o que faz")
    return wrong


def _exists(function: Callable[..., Any]) -> bool:
    """Whether what `module:name` names is that function, or a rule made of it."""
    found: Any = importlib.import_module(function.__module__)
    for part in function.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is function or getattr(found, "funcao", None) is function


def document(regras: Sequence[Regra], testes: Sequence[Marcado]) -> str:
    """The page: a section per number."""
    by_name: Mapping[str, list[Marcado]] = defaultdict(list)
    for teste in testes:
        for name in teste.regras:
            by_name[name].append(teste)
    numbers = sorted({fonte for regra in regras for fonte in regra.fontes})
    lines = [
        "# Regras",
        "",
        f"Gerado por `{COMMAND}`: cada número de regra, o que a guarda no código e os testes que a seguram. A coluna",
        '“o que diz” é a primeira linha da própria função. Um teste entra aqui com `@pytest.mark.regra("<id>")`.',
        "",
        "| regra | ids |",
        "|---|---|",
        *(f"| [{number}](#{number.lower()}) | {_ids(regras, number)} |" for number in numbers),
    ]
    for number in numbers:
        lines += ["", f"## {number}", "", "| id | função | o que diz | testes |", "|---|---|---|---|"]
        for regra in regras:
            if number in regra.fontes:
                lines.append(
                    f"| {regra.id} | {_source(regra)} | {_cell(regra.summary)} | {_tests(by_name[regra.id])} |"
                )
        if number not in {regra.id for regra in regras} and by_name[number]:
            lines.append(f"| {number} | | a regra inteira | {_tests(by_name[number])} |")
    return "\n".join(lines) + "\n"


def _ids(regras: Sequence[Regra], number: str) -> str:
    return ", ".join(dict.fromkeys(f"`{regra.id}`" for regra in regras if number in regra.fontes))


def _source(regra: Regra) -> str:
    path = Path(inspect.getfile(regra.funcao)).resolve().relative_to(ROOT).as_posix()
    return f"[`{regra.name}`](../{path})"


def _tests(testes: Sequence[Marcado]) -> str:
    return "<br>".join(f"[{_sentence(teste.name)}](../{teste.path})" for teste in testes)


def _sentence(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str] | None = None, *, tests: Path = ROOT / "tests", page: Path = DOCUMENT) -> int:
    """Write the page, or check that it could be written and is what it would be."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "--conferir", action="store_true", help="não grava: sai com 1 se falta algo ou a página é velha"
    )
    asked = parser.parse_args(arguments)
    regras = catalogue()
    testes, wrong = collect(tests, names(regras))
    wrong = (*wrong, *missing(regras, testes))
    text = document(regras, testes)
    if not asked.conferir:
        page.write_text(text, "utf-8")
    elif not page.exists() or page.read_text("utf-8") != text:
        wrong = (*wrong, f"{page.name} está velho: rode {COMMAND}")
    for problem in wrong:
        print(problem, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
