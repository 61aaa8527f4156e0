"""Plans: what they cover, and how long a life waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.vigencia import vigente, vigente_em


class Acomodacao(StrEnum):
    """Standard of accommodation of an internação."""

    INDIVIDUAL = "INDIVIDUAL"
    COLETIVA = "COLETIVA"


class Abrangencia(StrEnum):
    """Where a plan is valid."""

    NACIONAL = "NACIONAL"
    GRUPO_ESTADOS = "GRUPO_ESTADOS"
    ESTADUAL = "ESTADUAL"
    GRUPO_MUNICIPIOS = "GRUPO_MUNICIPIOS"
    MUNICIPAL = "MUNICIPAL"


class GrupoCarencia(StrEnum):
    """What a carência is of (law 9656/98, art. 12, V names the ceilings)."""

    URGENCIA_EMERGENCIA = "URGENCIA_EMERGENCIA"
    CONSULTAS_EXAMES = "CONSULTAS_EXAMES"
    EXAMES_ESPECIAIS = "EXAMES_ESPECIAIS"
    TERAPIAS = "TERAPIAS"
    INTERNACAO = "INTERNACAO"
    PARTO = "PARTO"
    ODONTOLOGIA = "ODONTOLOGIA"


@dataclass(frozen=True, slots=True)
class Plano:
    """A plan and its segmentation.

    Attributes:
        registro_produto: the product's own registration at ANS.
        ufs: states, when the plan is not national.
    """

    codigo: str
    nome: str
    ambulatorial: bool
    hospitalar: bool
    obstetricia: bool
    odontologia: bool
    abrangencia: Abrangencia
    coparticipacao: bool
    vigente_de: date
    vigente_ate: date | None = None
    registro_produto: str | None = None
    acomodacao: Acomodacao | None = None
    ufs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carencia:
    """Days from inclusion until a group of services is covered."""

    plano: str
    grupo: GrupoCarencia
    dias: int
    vigente_de: date
    vigente_ate: date | None = None


@dataclass(frozen=True, slots=True)
class Cobertura:
    """What a plan says of one procedure, against or beyond its segmentation."""

    plano: str
    tabela: str
    codigo: str
    coberto: bool
    vigente_de: date
    vigente_ate: date | None = None
    grupo_carencia: GrupoCarencia | None = None


@dataclass(frozen=True, slots=True)
class Espera:
    """A carência in course: of what, and the first covered day."""

    grupo: GrupoCarencia
    coberto_desde: date


@dataclass(frozen=True, slots=True)
class PlanoCompleto:
    """A plan with all that is said of its carências and coverages."""

    plano: Plano
    carencias: tuple[Carencia, ...] = ()
    coberturas: tuple[Cobertura, ...] = ()

    def esperas_em(self, beneficiario: Beneficiario, dia: date) -> tuple[Espera, ...]:
        """The carências a life has not yet served on a day, by group.

        Which carência a life serves is that of its day of inclusion. A carência of n days means that the n-th day
        after inclusion is the first covered one (24 hours: the next day).
        """
        if beneficiario.isento_carencias:
            return ()
        esperas = []
        for grupo in GrupoCarencia:
            mine = (carencia for carencia in self.carencias if carencia.grupo is grupo)
            carencia = vigente_em(mine, beneficiario.data_inclusao)
            if carencia is None:
                continue
            desde = beneficiario.data_inclusao + timedelta(days=carencia.dias)
            if dia < desde:
                esperas.append(Espera(grupo, desde))
        return tuple(esperas)

    def espera_de(self, grupo: GrupoCarencia, beneficiario: Beneficiario, dia: date) -> Espera | None:
        """The carência of one group, if it is still in course on a day."""
        return next((espera for espera in self.esperas_em(beneficiario, dia) if espera.grupo is grupo), None)

    def cobertura_de(self, tabela: str, codigo: str, dia: date) -> Cobertura | None:
        """What the plan says of one procedure on a day; `None` when only its segmentation decides."""
        mine = (item for item in self.coberturas if (item.tabela, item.codigo) == (tabela, codigo))
        return vigente_em(mine, dia)

    def vigente_em(self, dia: date) -> bool:
        """Whether the plan itself is in force."""
        return vigente(self.plano, dia)
