"""The sandbox: lives whose carteira alone decides what becomes of a request, by data that the rules read.

Each plan of the sandbox says something else of the same two exams, so that an integrator sends one request again and
again and changes nothing but the carteira. They are rows like any others: no code knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from local.gerador_cadastro import planos
from local.gerador_cadastro.fixos import Fixo
from local.gerador_cadastro.identificadores import cpf
from local.gerador_cadastro.model import Linha, Pedido
from local.gerador_cadastro.planos import INICIO, Segmento, codigo
from local.gerador_cadastro.procedimentos import LAUDO
from local.gerador_cadastro.writer import dia, sn

ULTRASSOM, MAMOGRAFIA = EXAMES = (("22", "40901122"), ("22", "40808033"))
"""What is asked for: contracted and priced at both prestadores of the demo."""
_CARENCIA: Final = 180
"""Days, the most that the law lets an exam wait."""
_VALIDADE: Final = timedelta(days=90)
_EXPIRADA: Final = date(2026, 6, 30)
AVISO: Final = timedelta(days=5)
"""Before the end of a senha, when its end is told (R10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plano:
    """What a plan of the sandbox says of the two exams.

    Attributes:
        cobre: those that it covers.
        documentos: dm_tipoDocumento codes that each asks for.
        carencia: whether exams wait.
    """

    sufixo: str
    cobre: tuple[tuple[str, str], ...] = EXAMES
    analise: bool = False
    documentos: str = ""
    carencia: bool = False


ATENDE: Final = Plano(sufixo="SANDBOX")
ANALISA: Final = Plano(sufixo="SANDBOX-ANALISE", analise=True)
DOCUMENTA: Final = Plano(sufixo="SANDBOX-DOCUMENTO", analise=True, documentos=LAUDO)
COBRE_UM: Final = Plano(sufixo="SANDBOX-PARCIAL", cobre=(ULTRASSOM,))
NADA_COBRE: Final = Plano(sufixo="SANDBOX-SEM-COBERTURA", cobre=())
ESPERA: Final = Plano(sufixo="SANDBOX-CARENCIA", carencia=True)
PLANOS: Final = (ATENDE, ANALISA, DOCUMENTA, COBRE_UM, NADA_COBRE, ESPERA)

_VIDAS: Final[tuple[tuple[str, str, Plano, Mapping[str, Any]], ...]] = (
    ("autorizada", "tudo é autorizado na hora", ATENDE, {}),
    ("parcial", "o ultrassom é autorizado, a mamografia não tem cobertura", COBRE_UM, {}),
    ("analise", "tudo é decidido pela auditoria, que autoriza", ANALISA, {}),
    ("documento", "falta o laudo; com ele, a auditoria autoriza", DOCUMENTA, {}),
    ("sem-cobertura", "o plano não cobre nenhum dos exames", NADA_COBRE, {}),
    ("carencia", "os exames estão em carência", ESPERA, {"inclusao": -25, "isento": False}),
    ("suspensa", "suspensa por pagamento em aberto", ATENDE,
     {"suspenso_de": -20, "motivo_suspensao": "INADIMPLENCIA"}),
    ("excluida", "excluída do plano", ATENDE, {"exclusao": -120, "motivo_exclusao": "A pedido do titular"}),
    ("carteira-vencida", "a carteira venceu", ATENDE, {"validade": -32}),
    ("senha-antiga", "tem uma senha expirada e outra perto de expirar, trazidas do portal anterior", ATENDE, {}),
    ("negada-na-analise", "a auditoria, depois de analisar, nega", ANALISA, {}),
)  # fmt: skip


def vidas(registro_ans: str) -> tuple[Fixo, ...]:
    """The lives of the sandbox of an operadora: carteira and CPF begin with its registro."""
    return tuple(
        Fixo(
            chave=chave, descricao=descricao, registro_ans=registro_ans, carteira=f"{registro_ans}9{numero:010d}",
            cpf=cpf(f"{registro_ans}{numero:03d}"), nome=f"Sandbox {chave.capitalize()} Exemplo", sexo="F",
            nascimento=date(1980, 1, 1), plano=plano.sufixo, **mais,
        )
        for numero, (chave, descricao, plano, mais) in enumerate(_VIDAS, 1)
    )  # fmt: skip


def _planos(pedido: Pedido) -> Iterator[Linha]:
    cobre = ("ambulatorial", "hospitalar", "obstetricia")
    for place, plano in enumerate(PLANOS, len(planos.SEGMENTOS)):
        yield planos.linha(pedido, place, Segmento(plano.sufixo, plano.sufixo.capitalize(), cobre, "INDIVIDUAL"))


def _carencias(pedido: Pedido) -> Iterator[Linha]:
    for plano in PLANOS:
        if plano.carencia:
            for grupo in ("CONSULTAS_EXAMES", "EXAMES_ESPECIAIS"):
                yield {
                    "plano": codigo(pedido, plano.sufixo), "grupo": grupo, "dias": str(_CARENCIA),
                    "vigente_de": dia(INICIO),
                }  # fmt: skip


def _coberturas(pedido: Pedido) -> Iterator[Linha]:
    for plano in PLANOS:
        for exame in EXAMES:
            if exame not in plano.cobre:
                yield {
                    "plano": codigo(pedido, plano.sufixo), "tabela": exame[0], "codigo": exame[1], "coberto": "N",
                    "vigente_de": dia(INICIO),
                }  # fmt: skip


def _beneficiarios(pedido: Pedido) -> Iterator[Linha]:
    for vida in vidas(pedido.registro_ans):
        yield vida.linha(codigo(pedido, vida.plano), pedido.mes)


def _regras(pedido: Pedido) -> Iterator[Linha]:
    """The plan's own, with no limit: a test that is repeated is answered as it was the first time."""
    for plano in PLANOS:
        for tabela, code in EXAMES:
            yield {
                "tabela": tabela, "codigo": code, "plano": codigo(pedido, plano.sufixo), "exige_senha": "S",
                "exige_analise": sn(plano.analise), "documentos": plano.documentos, "alta_complexidade": "N",
                "vigente_de": dia(INICIO),
            }  # fmt: skip


FONTES: Final[Mapping[str, Callable[[Pedido], Iterator[Linha]]]] = MappingProxyType({
    "planos": _planos,
    "carencias": _carencias,
    "coberturas": _coberturas,
    "beneficiarios": _beneficiarios,
    "regras-procedimentos": _regras,
})  # fmt: skip
"""Kind of file to the rows that the sandbox adds to it."""


def expirada(prestador: str) -> str:
    """The senha of a prestador that expired long ago."""
    return f"EXPIRADA{prestador[:8]}"


def senhas(registro_ans: str, prestador: str, hoje: date) -> Iterator[Linha]:
    """Senhas that no request of today can get, as rows of `senhas-legado`: one expired, one that ends in days."""
    carteira = next(vida.carteira for vida in vidas(registro_ans) if vida.chave == "senha-antiga")
    for senha, validade in ((expirada(prestador), _EXPIRADA), (f"VENCE{hoje:%y%m%d}{prestador[:8]}", hoje + AVISO)):
        yield {
            "senha": senha, "numero_guia_prestador": senha, "prestador": prestador, "carteira": carteira,
            "tipo": "SP_SADT", "carater": "2", "data_autorizacao": dia(validade - _VALIDADE), "validade": dia(validade),
            "itens": " ".join(f"{tabela}:{code}:1:0" for tabela, code in EXAMES),
        }  # fmt: skip
