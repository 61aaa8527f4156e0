"""`loteAnexos` and `recebimentoAnexo`: what goes with a guia, and the operadora's answer to it.

The annexes of chemotherapy and radiotherapy are in `oncologia`; any annex may also come inside a request
(`solicitacao`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.autorizacao import AutorizacaoOpme
    from conecta_tiss.messages.comum import Beneficiario, Contratado, MotivoGlosa
    from conecta_tiss.messages.lote_guias import SituacaoDente
    from conecta_tiss.messages.oncologia import AnexoQuimio, AnexoRadio, AutorizacaoQuimio, AutorizacaoRadio


@dataclass(frozen=True, slots=True, kw_only=True)
class CabecalhoAnexo:
    """Header of an annex (ct_anexoCabecalho).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_anexo: The prestador's number for the annex, up to 20 characters.
        numero_guia_referenciada: The prestador's number of the guia it belongs to, up to 20 characters.
        numero_guia_operadora: Up to 20 characters.
        data_solicitacao: Local day.
        senha: Of the guia it belongs to, up to 20 characters.
        data_autorizacao: Local day.
    """

    registro_ans: str
    numero_guia_anexo: str
    numero_guia_referenciada: str
    numero_guia_operadora: str | None = None
    data_solicitacao: date
    senha: str | None = None
    data_autorizacao: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitanteAnexo:
    """Professional who asks (ctm_anexoSolicitante).

    Attributes:
        nome: Up to 70 characters.
        telefone: Up to 11 characters.
        email: Up to 60 characters.
    """

    nome: str
    telefone: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmeSolicitada:
    """One material of one manufacturer (opmeSolicitada).

    Attributes:
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        opcao_fabricante: dm_opcaoFabricante: 1 to 3, in order of preference.
        quantidade: Up to 999.
        valor_solicitado: Reais, of one unit. Up to 999999.99 in 4.01.00.
        registro_anvisa: Up to 15 characters.
        codigo_ref_fabricante: Up to 60 characters.
        autorizacao_funcionamento: Up to 30 characters.
    """

    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    opcao_fabricante: str
    quantidade: int
    valor_solicitado: Decimal | None = None
    registro_anvisa: str | None = None
    codigo_ref_fabricante: str | None = None
    autorizacao_funcionamento: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnexoOpme:
    """Annex of OPME (ctm_anexoSolicitacaoOPME).

    Attributes:
        cabecalho: Its header.
        beneficiario: Of the guia it belongs to.
        solicitante: Professional who asks.
        justificativa_tecnica: Up to 1000 characters.
        especificacao_material: Up to 500 characters.
        itens: At least one.
        observacao: Up to 500 characters.
    """

    cabecalho: CabecalhoAnexo
    beneficiario: Beneficiario
    solicitante: SolicitanteAnexo
    justificativa_tecnica: str
    especificacao_material: str | None = None
    itens: tuple[OpmeSolicitada, ...]
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnexoSituacaoInicial:
    """Initial state of the mouth (cto_anexoSituacaoInicial).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_anexo: The prestador's number for the annex, up to 20 characters.
        numero_guia_referenciada: The prestador's number of the guia it belongs to, up to 20 characters.
        numero_guia_operadora: Up to 20 characters.
        numero_carteira: Up to 20 characters.
        dentes: At least one.
        doenca_periodontal: Signs of periodontal disease.
        alteracao_tecido_mole: Change in soft tissue.
        observacao: Up to 500 characters.
    """

    registro_ans: str
    numero_guia_anexo: str
    numero_guia_referenciada: str
    numero_guia_operadora: str | None = None
    numero_carteira: str
    dentes: tuple[SituacaoDente, ...]
    doenca_periodontal: bool
    alteracao_tecido_mole: bool
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoteAnexos:
    """The body of an ENVIO_ANEXO (ct_anexoLote): annexes of exactly one kind.

    Attributes:
        numero_lote: Up to 12 characters.
        situacoes_iniciais: 1 to 100; or
        radio: one of radiotherapy; or
        quimio: one of chemotherapy; or
        opme: one of OPME.
    """

    numero_lote: str
    situacoes_iniciais: tuple[AnexoSituacaoInicial, ...] = ()
    radio: AnexoRadio | None = None
    quimio: AnexoQuimio | None = None
    opme: AnexoOpme | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoInicialRecebida:
    """An `AnexoSituacaoInicial` as received, with the beneficiário's name.

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_anexo: As sent.
        numero_guia_referenciada: As sent.
        numero_guia_operadora: Up to 20 characters.
        numero_carteira: As sent.
        dentes: At least one.
        doenca_periodontal: As sent.
        alteracao_tecido_mole: As sent.
        observacao: Up to 500 characters.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
    """

    registro_ans: str
    numero_guia_anexo: str
    numero_guia_referenciada: str
    numero_guia_operadora: str | None = None
    numero_carteira: str
    dentes: tuple[SituacaoDente, ...]
    doenca_periodontal: bool
    alteracao_tecido_mole: bool
    observacao: str | None = None
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocoloAnexo:
    """Annexes received (ct_anexoRecebimento).

    Attributes:
        numero_protocolo: Up to 12 characters.
        data_envio: Local day.
        numero_lote: The prestador's.
        registro_ans: Of the operadora.
        prestador: Who sent them.
        quantidade_anexos: Up to 999.
        opme: What was decided, of the one received; or
        quimio: the same of chemotherapy; or
        radio: the same of radiotherapy; or
        situacoes_iniciais: 1 to 100: exactly one of the four.
        observacao: Up to 500 characters.
    """

    numero_protocolo: str
    data_envio: date
    numero_lote: str
    registro_ans: str
    prestador: Contratado
    quantidade_anexos: int
    opme: AutorizacaoOpme | None = None
    quimio: AutorizacaoQuimio | None = None
    radio: AutorizacaoRadio | None = None
    situacoes_iniciais: tuple[SituacaoInicialRecebida, ...] = ()
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecebimentoAnexo:
    """The answer: exactly one of an error and a protocolo."""

    mensagem_erro: MotivoGlosa | None = None
    protocolo: ProtocoloAnexo | None = None
