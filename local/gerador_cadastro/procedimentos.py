"""Procedures: real TUSS codes, what they cost and what the operadora asks of each (R09).

Codes and terms come from the terminology built at set-up (`conecta_tiss.terminologia`); only the codes that demos and
tests name stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zlib import crc32

from conecta_tiss import terminologia
from conecta_tiss.terminologia import TermoTuss
from local.gerador import catalogue
from local.gerador_cadastro.model import Linha, Pedido
from local.gerador_cadastro.operadoras import perfil
from local.gerador_cadastro.planos import codigo as codigo_do_plano
from local.gerador_cadastro.writer import dia, reais, sn

LAUDO, PEDIDO_MEDICO, RELATORIO, PRESCRICAO, IMAGEM, ANALISES = "02", "03", "04", "05", "12", "13"
"""dm_tipoDocumento."""
_MAXIMO_DA_DESCRICAO: Final = 150
_INICIO: Final = date(2024, 1, 1)
_REAJUSTE: Final = date(2026, 1, 1)
_INDICE: Final = Decimal("1.0442")
_TODOS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Grupo:
    """What is asked of the codes that begin so; the first group that fits a code is its own.

    Attributes:
        reais: lowest and highest price.
        documentos: dm_tipoDocumento codes, separated by a space.
        limite: at most so many in so many days.
    """

    tabela: str
    inicio: str
    reais: tuple[int, int]
    senha: bool = False
    analise: bool = False
    documentos: str = ""
    limite: tuple[int, int] | None = None
    alta: bool = False


GRUPOS: Final = (
    Grupo("22", "10101039", (90, 220), senha=True),
    Grupo("22", "10101012", (90, 260), limite=(2, 15)),
    Grupo("22", "10", (80, 300)),
    # Oncology and infusions: planned, documented, judged by people.
    Grupo("22", "2010424", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "2010425", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "2010426", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "2010427", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "2010428", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "2010429", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "20104308", (600, 2500), True, True, f"{LAUDO} {RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "20104391", (500, 1800), True, True, f"{RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "20104430", (300, 900), True, True, f"{RELATORIO} {PRESCRICAO}", alta=True),
    Grupo("22", "2", (40, 400), senha=True),
    # Surgery: obstetrics without waiting for an analysis, the rest judged.
    Grupo("22", "31309", (900, 3500), True, False, PEDIDO_MEDICO),
    Grupo("22", "30101", (150, 1500), True, False, RELATORIO),
    Grupo("22", "3", (400, 6000), True, True, f"{PEDIDO_MEDICO} {LAUDO}", alta=True),
    # Diagnosis: everyday examinations are free within a limit, costly ones ask.
    Grupo("22", "40304361", (8, 30), limite=(4, 30)),
    Grupo("22", "40314", (120, 1800), True, True, f"{PEDIDO_MEDICO} {RELATORIO}"),
    Grupo("22", "403", (5, 160), limite=(6, 30)),
    Grupo("22", "40503", (400, 4000), True, True, f"{PEDIDO_MEDICO} {RELATORIO}", alta=True),
    Grupo("22", "402", (180, 1200), True, False, PEDIDO_MEDICO),
    Grupo("22", "407", (250, 2500), True, True, f"{PEDIDO_MEDICO} {IMAGEM}", alta=True),
    Grupo("22", "408", (30, 220), limite=(6, 30)),
    Grupo("22", "409", (80, 420), limite=(4, 30)),
    Grupo("22", "410", (250, 900), True, False, PEDIDO_MEDICO, (3, 30)),
    Grupo("22", "411", (450, 1600), True, False, f"{PEDIDO_MEDICO} {IMAGEM}", (3, 30), alta=True),
    Grupo("22", "412", (300, 9000), True, True, f"{LAUDO} {RELATORIO}", alta=True),
    Grupo("22", "4", (20, 600)),
    Grupo("22", "5", (50, 180), True, False, PEDIDO_MEDICO),
    # R26: every procedure of odontology asks for a senha; prostheses and implants are judged.
    Grupo("22", "854", (200, 2200), True, True, f"{RELATORIO} {IMAGEM}"),
    Grupo("22", "855", (400, 3500), True, True, f"{RELATORIO} {IMAGEM}"),
    Grupo("22", "8", (30, 480), senha=True),
    Grupo("18", "600189", (9, 40), True, False, RELATORIO),
    Grupo("18", "600001", (300, 900), senha=True),
    Grupo("18", "600006", (350, 1100), senha=True),
    Grupo("18", "600010", (1200, 3200), senha=True, alta=True),
    Grupo("18", "6000", (300, 1200), senha=True),
    Grupo("18", "6", (20, 600)),
    Grupo("19", "", (90, 9000), True, True, RELATORIO, alta=True),
    Grupo("20", "", (2, 400)),
)

DIARIAS: Final = (
    ("60000651", "INDIVIDUAL"),
    ("60000694", "COLETIVA"),
    ("60000775", "INDIVIDUAL"),
    ("60000619", ""),
    ("60000929", ""),
    ("60001038", ""),
    ("60001062", ""),
)
"""Diárias of table 18 that hospitals negotiate (R19), and the accommodation they are of."""
REMOCAO: Final = "60018933"
_AVULSOS: Final = (
    *(("22", code) for code in ("10101012", "10101039", "10101020", "10102019", "20104545", "20104294", "20104308")),
    *(("22", code) for code in ("20104391", "31309127", "31309054", "41001010", "41101014", "41203070", "40808033")),
    *(("22", code) for code in ("50000144", "50000470", "50000586", "50000616", "50000080", "40101010", "40901122")),
    *(("22", code) for code in ("30101352", "30101417", "30909031")),
    *(("18", code) for code in (REMOCAO, "60015292", "60033746", "60033681", "60023104", "60007893")),
    *(("18", code) for code, _ in DIARIAS),
    *(
        (servico.tabela, servico.codigo)
        for servico in (*catalogue.EXAMES, *catalogue.CIRURGIAS, *catalogue.DESPESAS, catalogue.DIARIA)
    ),
)


def grupo_de(tabela: str, codigo: str) -> Grupo:
    """The group of a code."""
    return next(grupo for grupo in GRUPOS if grupo.tabela == tabela and codigo.startswith(grupo.inicio))


def descricao(termo: TermoTuss) -> str:
    """The term, no longer than a message may carry."""
    return termo.termo[:_MAXIMO_DA_DESCRICAO].strip()


def termo(tabela: str, codigo: str) -> TermoTuss:
    """The TUSS term of a code.

    Raises:
        LookupError: the terminology does not have it.
    """
    found = terminologia.tuss(codigo, tabela)
    if found is None:
        raise LookupError(f"TUSS {tabela} {codigo} não está na terminologia construída")
    return found


def _sample(termos: list[TermoTuss], quantos: int) -> Iterator[TermoTuss]:
    """So many of the terms, evenly spread over them."""
    for place in range(min(quantos, len(termos))):
        yield termos[place * len(termos) // min(quantos, len(termos))]


@lru_cache(maxsize=8)
def selecionados(quantos: int, hoje: date) -> tuple[TermoTuss, ...]:
    """Every code the operadora speaks of, in force on a day, by table and code.

    The fixed ones, all of odontology, and so many others of table 22 as were asked for.
    """
    medical: list[TermoTuss] = []
    dental: list[TermoTuss] = []
    for inicio in "1234589":
        for each in terminologia.search(inicio, _TODOS, "22"):
            if each.vigente_em(hoje):
                (dental if inicio == "8" else medical).append(each)
    chosen = {(each.tabela, each.codigo): each for each in (*dental, *_sample(medical, quantos))}
    for tabela, codigo in _AVULSOS:
        chosen[tabela, codigo] = termo(tabela, codigo)
    return tuple(chosen[key] for key in sorted(chosen))


def preco(nome_da_tabela: str, tabela: str, codigo: str) -> Decimal:
    """The price of a code in a price table, in reais: the same whatever else is in it."""
    lowest, highest = grupo_de(tabela, codigo).reais
    draw = crc32(f"{nome_da_tabela}/{tabela}/{codigo}".encode())
    return Decimal(lowest * 100 + draw % ((highest - lowest) * 100)) / 100


def tabelas_de_precos(pedido: Pedido) -> dict[str, tuple[str, ...]]:
    """Names of the price tables, and the kinds of code (`tabela` and first digit) each has."""
    sigla = perfil(pedido.registro_ans).sigla
    everyday = (*(f"22{first}" for first in "1234589"), "186", "209")
    return {
        f"{sigla}-GERAL": everyday,
        f"{sigla}-HOSPITALAR": (*everyday, "191", "197"),
        f"{sigla}-ODONTO": ("228",),
    }


def precos(pedido: Pedido) -> Iterator[Linha]:
    """Prices of every table; a third of them were readjusted in 2026 and have two rows."""
    for nome, kinds in tabelas_de_precos(pedido).items():
        for each in selecionados(pedido.procedimentos, pedido.hoje):
            if each.tabela + each.codigo[0] not in kinds:
                continue
            valor = preco(nome, each.tabela, each.codigo)
            linha = {
                "tabela_precos": nome,
                "tabela": each.tabela,
                "codigo": each.codigo,
                "descricao": descricao(each),
                "valor": reais(valor),
                "vigente_de": dia(_INICIO),
            }
            if crc32(each.codigo.encode()) % 3 == 0:
                yield {**linha, "vigente_ate": dia(_REAJUSTE.replace(year=2025, month=12, day=31))}
                linha = {**linha, "valor": reais(valor * _INDICE), "vigente_de": dia(_REAJUSTE)}
            yield linha


def regras(pedido: Pedido) -> Iterator[Linha]:
    """The rule of each code, for every plan; and, for one plan, a rule of its own for some."""
    mais_exigente = codigo_do_plano(pedido, "AMB")
    for each in selecionados(pedido.procedimentos, pedido.hoje):
        if each.tabela == "20":
            continue
        grupo = grupo_de(each.tabela, each.codigo)
        linha = {
            "tabela": each.tabela,
            "codigo": each.codigo,
            "descricao": descricao(each),
            "exige_senha": sn(grupo.senha),
            "exige_analise": sn(grupo.analise),
            "documentos": grupo.documentos,
            "alta_complexidade": sn(grupo.alta),
            "vigente_de": dia(_INICIO),
        }
        if grupo.limite is not None:
            linha["limite_quantidade"], linha["limite_dias"] = map(str, grupo.limite)
        yield linha
        if grupo.inicio == "409":
            # This plan alone also asks a senha for ultrasound, since 2026.
            yield {**linha, "plano": mais_exigente, "exige_senha": "S", "vigente_de": dia(_REAJUSTE)}
