"""Pieces that several of these messages share."""

from __future__ import annotations

from typing import Final

from conecta_tiss.xml.layout import Filho, Lista, contratado, late, motivo_glosa, texto

PRESTADOR: Final = Filho(elemento="dadosPrestador", campo="prestador", registro=contratado)
MENSAGEM_ERRO: Final = Filho(elemento="mensagemErro", campo="mensagem_erro", registro=motivo_glosa)
IDENTIFICACAO: Final = (
    texto("tipoIdent", "tipo_ident"),
    texto("identificadorBeneficiario", "identificador_beneficiario"),
)
NOMES: Final = (
    texto("nomeBeneficiario", "nome_beneficiario"),
    texto("nomeSocialBeneficiario", "nome_social_beneficiario"),
)
MOTIVOS_NEGATIVA: Final = Lista(
    elemento="motivoNegativa", campo="motivos_negativa", registro=motivo_glosa, envoltorio="motivosNegativa"
)
CODIGOS_NEGATIVA: Final = Lista(elemento="codigoGlosa", campo="motivos_negativa", envoltorio="motivosNegativa")
"""The same wrapper, where the standard has the codes alone."""

DADOS_AUTORIZACAO: Final = Filho(
    elemento="dadosAutorizacao", campo="autorizacao", registro=late("autorizacao", "dados_autorizacao")
)
ANEXOS_DECIDIDOS: Final = (
    Filho(elemento="anexoOPME", campo="opme", registro=late("autorizacao", "autorizacao_opme")),
    Filho(elemento="anexoQuimio", campo="quimio", registro=late("oncologia", "autorizacao_quimio")),
    Filho(elemento="anexoRadio", campo="radio", registro=late("oncologia", "autorizacao_radio")),
)
"""What was decided of an annex: one of the three."""
