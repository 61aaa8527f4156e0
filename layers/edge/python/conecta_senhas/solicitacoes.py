"""What is asked: one request of any of the four kinds, with its annexes, as every door hands it over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_tiss.vocabulary.tables import CaraterAtendimento, EtapaAutorizacao, Tabela


class Tipo(StrEnum):
    """Kind of request (`solicitacaoProcedimento` has one element for each)."""

    SP_SADT = "SP_SADT"
    INTERNACAO = "INTERNACAO"
    PRORROGACAO = "PRORROGACAO"
    ODONTOLOGIA = "ODONTOLOGIA"


class TipoAnexo(StrEnum):
    """Kind of annex."""

    OPME = "OPME"
    QUIMIOTERAPIA = "QUIMIOTERAPIA"
    RADIOTERAPIA = "RADIOTERAPIA"


REGIAO_ALIAS: Final = {"AIAS": "ASAI"}
"""R26: a region's other name, taken in JSON only; the standard's is stored and emitted."""


RADIOTERAPIAS: Final = ("41203", "41205")
"""How codes of radioterapia and braquiterapia begin in table 22; what prepares and verifies them is in 41204, 41206."""


def regiao_from_json(regiao: str) -> str:
    """The standard's code of a region as JSON may name it."""
    return REGIAO_ALIAS.get(regiao, regiao)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opme:
    """What identifies a material besides its code (R27).

    Attributes:
        opcao: dm_opcaoFabricante, `1` to `3` in order of preference.
        referencia: the manufacturer's own code.
    """

    opcao: str
    registro_anvisa: str | None = None
    referencia: str | None = None
    autorizacao_funcionamento: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSolicitado:
    """A line asked for.

    Attributes:
        quantidade: units; doses, with two places, in a chemotherapy.
        face: up to five letters of `OLMVDIP`.
        valor: reais, of one unit (odontologia: as the prestador writes it).
        data_provavel: local day it is planned for (R23).
    """

    tabela: str
    codigo: str
    quantidade: Decimal
    descricao: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    valor: Decimal | None = None
    data_provavel: date | None = None
    opme: Opme | None = None

    @property
    def radioterapia(self) -> bool:
        """Whether it is the therapy itself that an annex of radioterapia plans."""
        return self.tabela == Tabela.PROCEDIMENTOS_E_EVENTOS and self.codigo.startswith(RADIOTERAPIAS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anexo:
    """An annex that comes with the request or follows it.

    Attributes:
        numero: the prestador's number of the annex.
        data_provavel: first planned day of a radioterapia, which has no items of its own.
    """

    tipo: TipoAnexo
    itens: tuple[ItemSolicitado, ...] = ()
    numero: str | None = None
    data_provavel: date | None = None
    justificativa: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentoAnexado:
    """A file of `documentos` given with the request.

    Attributes:
        tipo: dm_tipoDocumento.
        cotacao: it is a quote of an OPME (R27), for which the table has no code.
    """

    documento_id: str
    tipo: str | None = None
    cotacao: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profissional:
    """Who signs the request: council and state are codes of the standard's tables."""

    nome: str
    conselho: str
    numero: str
    uf: str
    cbo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remocao:
    """R28: from where to where."""

    origem: str
    destino: str


_REMOCAO: Final = re.compile(r"\borigem\s*:\s*(?P<origem>[^;]+);\s*destino\s*:\s*(?P<destino>[^;]+)", re.IGNORECASE)


def remocao_from_text(observacao: str) -> Remocao | None:
    """R28: the request's XML has no field for them: `Origem: …; Destino: …` is read in `observacao`."""
    found = _REMOCAO.search(observacao)
    if found is None or not (found["origem"].strip() and found["destino"].strip()):
        return None
    return Remocao(origem=found["origem"].strip(), destino=found["destino"].strip())


def remocao_as_text(remocao: Remocao) -> str:
    """What `remocao_from_text` reads."""
    return f"Origem: {remocao.origem}; Destino: {remocao.destino}"


@dataclass(frozen=True, slots=True)
class Linha:
    """An item in its place.

    Attributes:
        sequencia: from 1, first the guia's own items, then those of each annex.
        campo: JSON path in the request.
        anexo: kind of the annex it is in.
        data_provavel: planned day, the item's own or the first of the radioterapia it is of.
    """

    sequencia: int
    campo: str
    item: ItemSolicitado
    anexo: TipoAnexo | None = None
    data_provavel: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solicitacao:
    """A request.

    Attributes:
        solicitante, executante: prestador ids; without the latter, who asks will do it.
        guia_principal: senha or number of the guia on which it is asked (R15, R22), or of the stay it prolongs.
        data_atendimento: local day of the intended (or, after an outage, past) service or admission.
        diarias: days asked for in a stay.
        acomodacao: dm_tipoAcomodacao.
        justificativa: indicação clínica.
        ausencia_cod_validacao: dm_ausenciaCodValidacao.
    """

    tipo: Tipo
    registro_ans: str
    carteira: str
    numero_guia_prestador: str
    solicitante: str
    data_solicitacao: date
    itens: tuple[ItemSolicitado, ...]
    executante: str | None = None
    profissional: Profissional | None = None
    carater: CaraterAtendimento = CaraterAtendimento.ELETIVA
    etapa: EtapaAutorizacao = EtapaAutorizacao.AUTORIZACAO_PREVIA
    atendimento_rn: bool = False
    nascimento_rn: date | None = None
    guia_principal: str | None = None
    anexos: tuple[Anexo, ...] = ()
    documentos: tuple[DocumentoAnexado, ...] = ()
    indicador_opme: bool = False
    indicador_quimio: bool = False
    diarias: int | None = None
    acomodacao: str | None = None
    tipo_internacao: str | None = None
    regime_internacao: str | None = None
    data_atendimento: date | None = None
    cids: tuple[str, ...] = ()
    justificativa: str | None = None
    cod_validacao: str | None = None
    ausencia_cod_validacao: str | None = None
    remocao: Remocao | None = None
    observacao: str | None = None

    @property
    def urgencia(self) -> bool:
        """Whether the attendance cannot wait: decided at once (R14, RN 623)."""
        return self.carater is CaraterAtendimento.URGENCIA_EMERGENCIA

    @property
    def executa(self) -> str:
        """Prestador id of who will do it."""
        return self.executante or self.solicitante

    @property
    def cotacoes(self) -> int:
        """Quotes given (R27): a file that is named twice is one."""
        return len({documento.documento_id for documento in self.documentos if documento.cotacao})

    def anexo(self, tipo: TipoAnexo) -> Anexo | None:
        """The annex of a kind; a request has at most one of each."""
        return next((anexo for anexo in self.anexos if anexo.tipo is tipo), None)

    def planned(self, item: ItemSolicitado) -> date | None:
        """R23: the day an item of the guia is planned for: its own, or the first of the radioterapia it is of."""
        radio = self.anexo(TipoAnexo.RADIOTERAPIA)
        return item.data_provavel or (radio.data_provavel if radio and item.radioterapia else None)

    def linhas(self) -> Iterator[Linha]:
        """Every item in its place: the guia's, then each annex's."""
        number = 0
        for index, item in enumerate(self.itens):
            number += 1
            yield Linha(number, f"itens[{index}]", item, None, self.planned(item))
        for place, anexo in enumerate(self.anexos):
            for index, item in enumerate(anexo.itens):
                number += 1
                yield Linha(number, f"anexos[{place}].itens[{index}]", item, anexo.tipo, item.data_provavel)
