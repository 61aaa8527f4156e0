"""Plans, their carências (law 9656/98, art. 12, V: the ceilings) and what they cover against their segmentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from local.gerador_cadastro.model import Linha, Pedido
from local.gerador_cadastro.operadoras import perfil
from local.gerador_cadastro.writer import dia, sn

INICIO: Final = date(1999, 1, 1)
"""First day of the law's plans: none of these is older."""
FIM_DO_ANTIGO: Final = date(2022, 12, 31)


@dataclass(frozen=True, slots=True)
class Segmento:
    """A product; `sufixo` follows the operadora's own prefix in the plan's code, `cobre` is its segmentation."""

    sufixo: str
    nome: str
    cobre: tuple[str, ...]
    acomodacao: str = ""
    abrangencia: str = "NACIONAL"
    ufs: str = ""
    coparticipacao: bool = False
    vigente_ate: date | None = None


_AMB, _HOSP, _OBST, _ODO = _COBERTURAS = ("ambulatorial", "hospitalar", "obstetricia", "odontologia")
_REFERENCIA: Final = (_AMB, _HOSP, _OBST)
SEGMENTOS: Final = (
    Segmento("NAC", "Nacional Completo", _COBERTURAS, "INDIVIDUAL", coparticipacao=True),
    Segmento(
        "ENF", "Enfermaria Regional", _REFERENCIA, "COLETIVA", "GRUPO_ESTADOS", "ES MA MG PA RJ", coparticipacao=True
    ),
    Segmento("AMB", "Ambulatorial", (_AMB,), "", "ESTADUAL", "MG", coparticipacao=True),
    Segmento("HSO", "Hospitalar sem Obstetrícia", (_HOSP,), "INDIVIDUAL"),
    Segmento("HCO", "Hospitalar com Obstetrícia", (_HOSP, _OBST), "COLETIVA"),
    Segmento("ODO", "Odontológico", (_ODO,)),
    Segmento("AOD", "Ambulatorial e Odontológico", (_AMB, _ODO)),
    Segmento("ANT", "Plano Antigo", _REFERENCIA, "INDIVIDUAL", vigente_ate=FIM_DO_ANTIGO),
)
ATIVOS: Final = tuple(segmento for segmento in SEGMENTOS if segmento.vigente_ate is None)
PESOS: Final = (46, 24, 6, 5, 5, 6, 8)
"""How many of 100 families are in each active product."""
ODONTOLOGICO: Final = "ODO"
ANTIGO: Final = "ANT"


def codigo(pedido: Pedido, sufixo: str) -> str:
    """Code of a product at this operadora."""
    return f"{perfil(pedido.registro_ans).sigla}-{sufixo}"


def planos(pedido: Pedido) -> Iterator[Linha]:
    """One row per product."""
    return (linha(pedido, place, segmento) for place, segmento in enumerate(SEGMENTOS))


def linha(pedido: Pedido, place: int, segmento: Segmento) -> Linha:
    """The row of a product, `place` being its number among those of the operadora."""
    mine = perfil(pedido.registro_ans)
    return {
        "codigo": codigo(pedido, segmento.sufixo),
        "nome": f"{mine.nome} {segmento.nome}",
        "registro_produto": f"4{pedido.registro_ans[-4:]}{place:02d}{(place * 7 + 3) % 90 + 10}",
        **{coverage: sn(coverage in segmento.cobre) for coverage in _COBERTURAS},
        "acomodacao": segmento.acomodacao,
        "abrangencia": segmento.abrangencia,
        "ufs": segmento.ufs,
        "coparticipacao": sn(segmento.coparticipacao),
        "vigente_de": dia(INICIO),
        "vigente_ate": dia(segmento.vigente_ate),
    }


def _esperas(segmento: Segmento) -> Iterator[tuple[str, int]]:
    """Carências of a product, in days, none above the law's ceiling."""
    yield "URGENCIA_EMERGENCIA", 1
    if _AMB in segmento.cobre:
        yield "CONSULTAS_EXAMES", 30
        yield "EXAMES_ESPECIAIS", 180
        yield "TERAPIAS", 120
    if _HOSP in segmento.cobre:
        yield "INTERNACAO", 180
    if _OBST in segmento.cobre:
        yield "PARTO", 300
    if _ODO in segmento.cobre:
        yield "ODONTOLOGIA", 90


def carencias(pedido: Pedido) -> Iterator[Linha]:
    """One row per product and group of services."""
    for segmento in SEGMENTOS:
        for grupo, dias in _esperas(segmento):
            yield {
                "plano": codigo(pedido, segmento.sufixo),
                "grupo": grupo,
                "dias": str(dias),
                "vigente_de": dia(INICIO),
            }


_POR_CODIGO: Final = (
    # In every product with outpatient care: these wait longer than the consultation they look like.
    (_AMB, "22", "10101039", True, "URGENCIA_EMERGENCIA"),
    (_AMB, "22", "41001010", True, "EXAMES_ESPECIAIS"),
    (_AMB, "22", "41101014", True, "EXAMES_ESPECIAIS"),
    (_AMB, "22", "50000470", True, "TERAPIAS"),
    (_AMB, "22", "50000616", True, "TERAPIAS"),
    (_OBST, "22", "31309054", True, "PARTO"),
    (_OBST, "22", "31309127", True, "PARTO"),
    # Aesthetic or without clinical need: outside any product.
    (_HOSP, "22", "30101352", False, ""),
    (_HOSP, "22", "30101417", False, ""),
)


def coberturas(pedido: Pedido) -> Iterator[Linha]:
    """Exceptions: what is covered with a carência of another group, and what is not covered at all."""
    for segmento in SEGMENTOS:
        for of, tabela, code, coberto, grupo in _POR_CODIGO:
            if of in segmento.cobre:
                yield {
                    "plano": codigo(pedido, segmento.sufixo),
                    "tabela": tabela,
                    "codigo": code,
                    "coberto": sn(coberto),
                    "grupo_carencia": grupo,
                    "vigente_de": dia(INICIO),
                }
