"""What holds of a line whether a senha is asked for it or it is billed: R20, R26, which carência it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conecta_facts.planos import GrupoCarencia
from conecta_senhas.contexto import Parametros, named
from conecta_senhas.solicitacoes import REGIAO_ALIAS
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import Tabela
from conecta_tiss.vocabulary.wide_tables import Dente, Regiao

PACOTES: Final = frozenset({Tabela.PACOTES, Tabela.PACOTE_ODONTOLOGICO})
FACES: Final = frozenset("OLMVDIP")
TERAPIAS: Final = "2"
"""How codes of therapies begin in table 22."""
_DENTES: Final = frozenset(Dente)
_REGIOES: Final = frozenset(Regiao)


@dataclass(frozen=True, slots=True)
class Problema:
    """What is wrong with a line, without saying what that does.

    Attributes:
        campo: of the line.
        providencia: what to do, in Portuguese.
    """

    motivo: Motivo
    mensagem: str
    providencia: str
    campo: str
    visto: str | None = None
    esperado: str | None = None


@dataclass(frozen=True, slots=True)
class Codigo:
    """A line's code.

    Attributes:
        droga: it is a medicine whatever its table says (a chemotherapy's).
    """

    tabela: str
    codigo: str
    droga: bool = False

    @property
    def nome(self) -> str:
        """`tabela:codigo`."""
        return f"{self.tabela}:{self.codigo}"


def medicine_problems(
    linhas: Sequence[Codigo],
    held: Iterable[Codigo],
    pacotes: Mapping[str, Iterable[str]],
    parametros: Parametros,
    *,
    so_pacotes: bool = False,
) -> Iterator[tuple[int, Problema]]:
    """R20: an application comes with its medicines and they with it, or a package (3102, 2103, 3108).

    Args:
        held: what counts as present though it is not among these lines.
        pacotes: what each negotiated package includes, both as `tabela:codigo`.
        so_pacotes: only what a package includes is looked at: in a stay.
    """
    present = (*linhas, *held)
    included = {code for item in present for code in pacotes.get(item.nome, ())}
    packaged = any(item.tabela in PACOTES for item in present)
    medicine = any(item.tabela == Tabela.MEDICAMENTOS or item.droga for item in present)
    applied = any(
        named((*parametros.aplicacoes, *parametros.trazem_medicamento), item.tabela, item.codigo) for item in present
    )
    for place, item in enumerate(linhas):
        drug = item.droga or item.tabela == Tabela.MEDICAMENTOS
        if item.nome in included:
            yield place, Problema(
                Motivo.ITEM_INCLUSO_NO_PACOTE, "O item já está incluído no pacote pedido.", "Retire o item.", "codigo",
                item.nome,
            )  # fmt: skip
        elif so_pacotes:
            continue
        elif drug and not applied and not packaged:
            yield place, Problema(
                Motivo.MEDICAMENTO_SEM_PROCEDIMENTO, "Há medicamento sem o código do procedimento de aplicação.",
                "Inclua no mesmo pedido o código da aplicação, ou peça o pacote.", "codigo", item.nome,
                "procedimento de aplicação",
            )  # fmt: skip
        elif named(parametros.aplicacoes, item.tabela, item.codigo) and not (medicine or packaged):
            yield place, Problema(
                Motivo.PROCEDIMENTO_SEM_MEDICAMENTO, "Há aplicação sem os códigos dos medicamentos.",
                "Inclua no mesmo pedido todos os medicamentos, ou peça o pacote.", "codigo", item.nome, "medicamento",
            )  # fmt: skip


def place_problems(dente: str | None, regiao: str | None, face: str | None) -> Iterator[Problema]:
    """R26: a tooth or a region, never both (3022; 3307; 3021, 3023, 5037, 5038, 5039)."""
    if not dente and not regiao:
        yield Problema(
            Motivo.DENTE_NAO_INFORMADO, "Falta o dente ou a região do item.",
            "Informe o dente ou a região; na consulta inicial, a região ASAI.", "dente", None, "dente ou região",
        )  # fmt: skip
    if dente and regiao:
        yield Problema(
            Motivo.REGIAO_INCORRETA, "O item tem dente e região ao mesmo tempo.", "Informe só um dos dois.", "regiao",
            regiao,
        )  # fmt: skip
    if dente and dente not in _DENTES:
        yield Problema(
            Motivo.CODIGO_DO_DENTE_INVALIDO, "O código do dente não existe.", "Use a notação FDI.", "dente", dente
        )
    if regiao and regiao not in _REGIOES:
        right = REGIAO_ALIAS.get(regiao)
        yield Problema(
            Motivo.CODIGO_DA_REGIAO_INVALIDO, "O código da região não existe.",
            f"Use {right}." if right else "Use um código da tabela de regiões do padrão TISS.", "regiao", regiao, right,
        )  # fmt: skip
    if face and not set(face) <= FACES:
        yield Problema(
            Motivo.CODIGO_DA_FACE_INVALIDO, "A face do dente não existe.", "Use as letras O L M V D I P.", "face", face,
            "OLMVDIP",
        )  # fmt: skip
    elif face and (not dente or len(set(face)) != len(face)):
        yield Problema(
            Motivo.FACE_INCORRETA, "A face não tem dente ou está repetida.",
            "Informe o dente e cada face uma só vez.", "face", face,
        )  # fmt: skip


def waiting_group(
    codigo: Codigo,
    *,
    urgencia: bool = False,
    odontologia: bool = False,
    internado: bool = False,
    parto: bool = False,
    complexo: bool = False,
    planejado: bool = False,
) -> GrupoCarencia:
    """Which carência an item has, unless the plan names another for its code.

    Args:
        parto: of who is in hospital.
        complexo: of high complexity.
        planejado: it is for a planned day, as of a treatment.
    """
    if urgencia:
        return GrupoCarencia.URGENCIA_EMERGENCIA
    if odontologia:
        return GrupoCarencia.ODONTOLOGIA
    if internado:
        return GrupoCarencia.PARTO if parto else GrupoCarencia.INTERNACAO
    if complexo:
        return GrupoCarencia.EXAMES_ESPECIAIS
    therapy = codigo.tabela == Tabela.PROCEDIMENTOS_E_EVENTOS and codigo.codigo.startswith(TERAPIAS)
    return GrupoCarencia.TERAPIAS if therapy or planejado else GrupoCarencia.CONSULTAS_EXAMES
