"""`recursoGlosa`, its receipt, the question where one stands, and its answer: what was refused is contested.

Medical and dental recursos say the same of themselves; they differ in what they say of a guia. Amounts are in reais, in
4.01.00 below a million for an item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.comum import Contratado, MotivoGlosa


# --- what is contested ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GlosaContestada:
    """A glosa of a whole protocolo or guia, and why it is contested.

    Attributes:
        codigo: dm_tipoGlosa.
        justificativa: Up to 500 characters; of a guia in a receipt, up to 150.
    """

    codigo: str
    justificativa: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecursado:
    """An item contested (`itensGuia`, `recursoProcedimento`).

    Attributes:
        sequencial_item: As it was billed.
        data_inicio: When it was done (dental: `dataRealizacao`).
        data_fim: Medical.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        grau_participacao: dm_grauPart; medical, in no receipt.
        centro_consumo: dm_centroConsumo; medical, in no receipt, from 4.03.00 on.
        dente: dm_dente; dental, or
        regiao: dm_regiao.
        face: dm_face; dental.
        quantidade: Whole, up to 99; dental, where it is required, in no receipt.
        codigo_glosa: dm_tipoGlosa.
        valor_recursado: What is asked back.
        justificativa: Up to 500 characters.
    """

    sequencial_item: int
    data_inicio: date
    data_fim: date | None = None
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    grau_participacao: str | None = None
    centro_consumo: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    quantidade: Decimal | None = None
    codigo_glosa: str
    valor_recursado: Decimal
    justificativa: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaRecursada:
    """A guia contested, medical or of any receipt.

    Attributes:
        glosas: Each of the whole guia; or
        itens: of its items: exactly one of the two has any.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    glosas: tuple[GlosaContestada, ...] = ()
    itens: tuple[ItemRecursado, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaOdontoRecursada:
    """A dental guia contested: the standard has a glosa of the guia even where items are contested.

    Attributes:
        codigo_glosa: dm_tipoGlosa.
        justificativa: Up to 500 characters.
        itens: If any, they are what is contested.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    codigo_glosa: str
    justificativa: str
    itens: tuple[ItemRecursado, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurso:
    """A recurso (ctm_recursoGlosa, cto_recursoGlosaOdonto), of one protocolo.

    Attributes:
        registro_ans: Of the operadora.
        numero: The prestador's number of the recurso, up to 20 characters.
        nome_operadora: Up to 70 characters.
        objeto: dm_objetoRecurso: 1 protocolo, 2 guia.
        numero_operadora: The operadora's number of the recurso.
        contratado: Who contests.
        numero_lote: The prestador's, of what is contested.
        numero_protocolo: Of what is contested; digits, up to 12.
        protocolo: The glosa of the whole protocolo; or
        guias: 1 to 100, all medical or all dental: exactly one of the two.
        valor_total: What is asked back.
        data: Local day of the recurso.
    """

    registro_ans: str
    numero: str
    nome_operadora: str
    objeto: str
    numero_operadora: str | None = None
    contratado: Contratado
    numero_lote: str
    numero_protocolo: str
    protocolo: GlosaContestada | None = None
    guias: tuple[GuiaRecursada, ...] | tuple[GuiaOdontoRecursada, ...] = ()
    valor_total: Decimal
    data: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecursoGlosa:
    """The message (ct_guiaRecursoLote): exactly one of a medical and a dental recurso."""

    medico: Recurso | None = None
    odonto: Recurso | None = None

    @property
    def recurso(self) -> Recurso | None:
        """The one that it is."""
        return self.medico or self.odonto


# --- the receipt ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocoloRecurso:
    """A recurso received (ct_recursoGlosaRecebimento).

    Attributes:
        numero_recurso: Protocolo of the recurso, up to 12 characters.
        data_envio: Local day that the prestador says.
        data_recebimento: Local day.
        numero_lote: As sent.
        registro_ans: Of the operadora.
        prestador: Who contests.
        numero_protocolo: Of what is contested.
        protocolo: The glosa of the whole protocolo; or
        guias: up to 100.
        quantidade_guias: How many.
        observacao: Up to 500 characters.
        valor_total: What is asked back.
    """

    numero_recurso: str
    data_envio: date
    data_recebimento: date
    numero_lote: str
    registro_ans: str
    prestador: Contratado
    numero_protocolo: str
    protocolo: GlosaContestada | None = None
    quantidade_guias: int | None = None
    guias: tuple[GuiaRecursada, ...] = ()
    observacao: str | None = None
    valor_total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecebimentoRecursoGlosa:
    """The answer to a recurso: exactly one of an error and a protocolo."""

    mensagem_erro: MotivoGlosa | None = None
    protocolo: ProtocoloRecurso | None = None


# --- where does it stand? ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoStatusRecursoGlosa:
    """The question (ct_protocoloSolicitacaoStatus): one protocolo, up to 12 characters."""

    prestador: Contratado
    numero_protocolo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaDeProtocolo:
    """What became of the glosa of a whole protocolo.

    Attributes:
        codigo_glosa: dm_tipoGlosa.
        justificativa: The prestador's, up to 500 characters.
        justificativa_operadora: Why not, up to 500 characters; medical only.
    """

    codigo_glosa: str
    justificativa: str
    acatado: bool
    justificativa_operadora: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaDeGuia:
    """What became of a glosa of a whole guia (ct_respostaGlosaGuiaMedica, ct_respostaRecursoGuiaOdonto).

    Attributes:
        codigo_glosa: dm_tipoGlosa.
        justificativa: The prestador's, up to 500 characters.
        justificativa_operadora: Why not, up to 500 characters; medical only.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    codigo_glosa: str
    justificativa: str
    acatado: bool
    justificativa_operadora: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaDeItem:
    """What became of an item of a medical guia (ct_respostaGlosaItemMedico); see `ItemRecursado`.

    Attributes:
        valor_acatado: What is given back.
        justificativa_operadora: Up to 500 characters.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    data_realizacao: date
    data_fim: date | None = None
    sequencial_item: int
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    codigo_glosa: str
    valor_recursado: Decimal
    justificativa: str
    valor_acatado: Decimal
    justificativa_operadora: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaDeItemOdonto:
    """What became of an item of a dental guia; see `ItemRecursado` and `RespostaDeItem`."""

    sequencial_item: int
    data_realizacao: date
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    quantidade: Decimal
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    codigo_glosa: str
    valor_recursado: Decimal
    justificativa: str
    valor_acatado: Decimal
    justificativa_operadora: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaDeItensOdonto:
    """What became of items of a dental guia (ct_respostaRecursoItemOdonto)."""

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    itens: tuple[RespostaDeItemOdonto, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaRecursada:
    """One answer inside a medical recibo: exactly one of the two."""

    guia: RespostaDeGuia | None = None
    item: RespostaDeItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaOdontoRecursada:
    """One answer inside a dental recibo: exactly one of the two."""

    guia: RespostaDeGuia | None = None
    itens: RespostaDeItensOdonto | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciboGlosa:
    """A recurso answered (ct_glosaRecibo, ct_glosaReciboOdonto); see `Recurso`.

    Attributes:
        codigo_prestador: Up to 14 characters.
        numero_lote: Digits, up to 12.
        respostas: All medical or all dental; or
        protocolo: of the whole protocolo: exactly one of the two.
        data: Local day of the recurso.
        valor_acatado: What is given back.
    """

    registro_ans: str
    numero: str
    numero_operadora: str | None = None
    nome_operadora: str
    objeto: str
    codigo_prestador: str
    numero_lote: str
    numero_protocolo: str
    protocolo: RespostaDeProtocolo | None = None
    respostas: tuple[RespostaRecursada, ...] | tuple[RespostaOdontoRecursada, ...] = ()
    data: date
    valor_recursado: Decimal
    valor_acatado: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoRecurso:
    """Where a recurso not yet answered stands (`reciboGlosaStatus`).

    Attributes:
        numero_recurso: Protocolo of the recurso, up to 12 characters.
        data_envio: Local day that the prestador says.
        data_recebimento: Local day.
        numero_lote: Of what is contested.
        registro_ans: Of the operadora.
        prestador: Who contests.
        numero_consulta: The operadora's number of this answer, up to 12 characters.
        data_situacao: Local day.
        situacao: dm_statusProtocolo.
    """

    numero_recurso: str
    data_envio: date
    data_recebimento: date
    numero_lote: str
    registro_ans: str
    prestador: Contratado
    numero_consulta: str
    data_situacao: date
    situacao: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaRecursoGlosa:
    """The message (ct_respostaGlosa): exactly one of what was decided, where it stands, and an error."""

    recibo: ReciboGlosa | None = None
    recibo_odonto: ReciboGlosa | None = None
    situacao: SituacaoRecurso | None = None
    mensagem_erro: MotivoGlosa | None = None
