"""Builders of domain values: each gives a valid one, and takes what the test is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from conecta_tiss.messages.anexos import (
    AnexoOpme,
    AnexoSituacaoInicial,
    CabecalhoAnexo,
    LoteAnexos,
    OpmeSolicitada,
    ProtocoloAnexo,
    RecebimentoAnexo,
    SituacaoInicialRecebida,
    SolicitanteAnexo,
)
from conecta_tiss.messages.autorizacao import (
    AutorizacaoInternacao,
    AutorizacaoOdonto,
    AutorizacaoOpme,
    AutorizacaoProrrogacao,
    AutorizacaoServico,
    DadosAutorizacao,
    PrestadorAutorizado,
    ProcedimentoOdontoAutorizado,
    ServicoAutorizado,
    SituacaoAutorizacao,
)
from conecta_tiss.messages.cancelamento import (
    CancelaGuia,
    GuiaACancelar,
    GuiaCancelada,
    ReciboCancelaGuia,
    ReciboCancelamento,
)
from conecta_tiss.messages.comum import (
    Beneficiario,
    Contratado,
    MotivoGlosa,
    Profissional,
    ValoresProcessados,
)
from conecta_tiss.messages.comunicacao import (
    ComunicacaoInternacao,
    ComunicacaoRecebida,
    ComunicacaoRegistrada,
    ReciboComunicacao,
)
from conecta_tiss.messages.elegibilidade import ReciboElegibilidade, RespostaElegibilidade, VerificaElegibilidade
from conecta_tiss.messages.envelope import Cabecalho, Mensagem, Parte
from conecta_tiss.messages.lote_guias import (
    Autorizacao,
    Despesa,
    Executante,
    Guia,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
    ProcedimentoExecutado,
    ProcedimentoOdonto,
    SituacaoDente,
    TipoGuia,
    ValoresGuia,
)
from conecta_tiss.messages.oncologia import (
    AnexoQuimio,
    AnexoRadio,
    AutorizacaoQuimio,
    AutorizacaoRadio,
    DadosComplementares,
    DadosComplementaresRadio,
    DiagnosticoOncologico,
    DiagnosticoQuimio,
    DiagnosticoRadio,
    DrogaSolicitada,
)
from conecta_tiss.messages.recebimento import (
    GuiaRecebida,
    ProcedimentoRecebido,
    ProtocoloRecebimento,
    RecebimentoLote,
)
from conecta_tiss.messages.situacao import (
    DetalheLote,
    DetalheLoteAnexo,
    SituacaoDoProtocolo,
    SituacaoProtocolo,
    SituacaoProtocoloAnexo,
    SolicitacaoStatusProtocolo,
)
from conecta_tiss.messages.solicitacao import (
    ProcedimentoOdontoSolicitado,
    ProcedimentoSolicitado,
    Solicitacao,
    SolicitacaoInternacao,
    SolicitacaoOdonto,
    SolicitacaoProcedimento,
    SolicitacaoProrrogacao,
    SolicitacaoSpSadt,
    SolicitaStatusAutorizacao,
)
from conecta_tiss.versions import Versao

HOJE = date(2026, 3, 20)
"""Day the tests happen on."""

ATENDIMENTO = date(2026, 3, 2)
OPERADORA = "345695"
CNPJ = "12345678000195"


def reais(texto: str) -> Decimal:
    return Decimal(texto)


def cabecalho(**campos: Any) -> Cabecalho:
    padrao: dict[str, Any] = {
        "tipo_transacao": "ENVIO_LOTE_GUIAS",
        "sequencial_transacao": "1",
        "data_registro": date(2026, 3, 15),
        "hora_registro": "10:00:00",
        "origem": Parte(cnpj=CNPJ),
        "destino": Parte(registro_ans=OPERADORA),
        "padrao": "4.01.00",
    }
    return Cabecalho(**{**padrao, **campos})


def resposta(tipo_transacao: str, versao: Versao = Versao.V4_01_00) -> Cabecalho:
    """Header of an operadora's answer."""
    return cabecalho(
        tipo_transacao=tipo_transacao,
        origem=Parte(registro_ans=OPERADORA),
        destino=Parte(cnpj=CNPJ),
        padrao=versao.value,
    )


def beneficiario(**campos: Any) -> Beneficiario:
    return Beneficiario(**{"numero_carteira": "00012345678901234", "atendimento_rn": False, **campos})


def profissional(**campos: Any) -> Profissional:
    padrao = {"nome": "Profissional Exemplo", "conselho": "06", "numero_conselho": "52000001"}
    return Profissional(**{**padrao, "uf": "33", "cbo": "225125", **campos})


def executante(**campos: Any) -> Executante:
    padrao = {"grau_participacao": "12", "codigo_na_operadora": "P1", "nome": "Profissional Exemplo"}
    return Executante(
        **{**padrao, "conselho": "06", "numero_conselho": "52000001", "uf": "33", "cbo": "225125", **campos}
    )


def autorizacao(**campos: Any) -> Autorizacao:
    padrao = {"data_autorizacao": date(2026, 3, 1), "senha": "S1", "data_validade_senha": date(2026, 5, 30)}
    return Autorizacao(**{**padrao, **campos})


def procedimento(**campos: Any) -> ProcedimentoExecutado:
    """An item of 2 x 50.00; the total follows quantity, unit value and factor unless given."""
    padrao: dict[str, Any] = {
        "sequencial_item": 1,
        "data_execucao": ATENDIMENTO,
        "codigo_tabela": "22",
        "codigo_procedimento": "40304361",
        "descricao_procedimento": "Hemograma com contagem de plaquetas ou frações",
        "quantidade": Decimal(2),
        "reducao_acrescimo": Decimal("1.00"),
        "valor_unitario": Decimal("50.00"),
    }
    valores = {**padrao, **campos}
    return ProcedimentoExecutado(**{"valor_total": _produto(valores), **valores})


def despesa(**campos: Any) -> Despesa:
    """A material of 1 x 10.00; the total follows quantity, unit value and factor unless given."""
    padrao: dict[str, Any] = {
        "sequencial_item": 1,
        "codigo_despesa": "03",
        "data_execucao": ATENDIMENTO,
        "codigo_tabela": "19",
        "codigo_procedimento": "70034567",
        "quantidade": Decimal("1.0000"),
        "unidade_medida": "036",
        "reducao_acrescimo": Decimal("1.00"),
        "valor_unitario": Decimal("10.00"),
        "descricao_procedimento": "Seringa descartável",
    }
    valores = {**padrao, **campos}
    return Despesa(**{"valor_total": _produto(valores), **valores})


def valores_de(procedimentos: tuple[ProcedimentoExecutado, ...], despesas: tuple[Despesa, ...]) -> ValoresGuia:
    """The totals those items add up to."""
    categorias = {
        "01": "gases_medicinais",
        "02": "medicamentos",
        "03": "materiais",
        "05": "diarias",
        "07": "taxas_alugueis",
        "08": "opme",
    }
    somas: dict[str, Decimal] = {}
    for item in procedimentos:
        somas["procedimentos"] = somas.get("procedimentos", Decimal(0)) + item.valor_total
    for gasto in despesas:
        campo = categorias[gasto.codigo_despesa]
        somas[campo] = somas.get(campo, Decimal(0)) + gasto.valor_total
    return ValoresGuia(**somas, total_geral=sum(somas.values(), Decimal("0.00")))


def guia_sp_sadt(**campos: Any) -> GuiaSpSadt:
    """One procedure unless items are given; the totals follow the items unless given."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "G1",
        "autorizacao": autorizacao(),
        "beneficiario": beneficiario(),
        "contratado_solicitante": Contratado(cnpj=CNPJ),
        "nome_contratado_solicitante": "Hospital Exemplo",
        "profissional_solicitante": profissional(),
        "data_solicitacao": date(2026, 3, 1),
        "carater_atendimento": "1",
        "contratado_executante": Contratado(cnpj=CNPJ),
        "cnes_executante": "2000001",
        "tipo_atendimento": "23",
        "indicacao_acidente": "9",
        "regime_atendimento": "01",
        "procedimentos": (procedimento(),),
        "despesas": (),
    }
    partes = {**padrao, **campos}
    return GuiaSpSadt(**{"valores": valores_de(partes["procedimentos"], partes["despesas"]), **partes})


def guia_internacao(**campos: Any) -> GuiaResumoInternacao:
    """A stay of two days; the totals follow the items unless given."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "G1",
        "numero_guia_solicitacao_internacao": "GS1",
        "autorizacao": autorizacao(),
        "beneficiario": beneficiario(),
        "contratado_executante": Contratado(cnpj=CNPJ),
        "cnes_executante": "2000001",
        "carater_atendimento": "1",
        "tipo_faturamento": "4",
        "data_inicio_faturamento": ATENDIMENTO,
        "hora_inicio_faturamento": "08:00:00",
        "data_final_faturamento": date(2026, 3, 4),
        "hora_final_faturamento": "12:00:00",
        "tipo_internacao": "1",
        "regime_internacao": "1",
        "indicador_acidente": "9",
        "motivo_encerramento": "12",
        "procedimentos": (procedimento(),),
        "despesas": (despesa(codigo_despesa="05", sequencial_item=2),),
    }
    partes = {**padrao, **campos}
    return GuiaResumoInternacao(**{"valores": valores_de(partes["procedimentos"], partes["despesas"]), **partes})


def guia_honorarios(**campos: Any) -> GuiaHonorarios:
    """One procedure with one professional; the total follows the items unless given."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "G1",
        "guia_solic_internacao": "GS1",
        "senha": "S1",
        "numero_carteira": "00012345678901234",
        "atendimento_rn": False,
        "cnpj_local": CNPJ,
        "nome_local": "Hospital Exemplo",
        "cnes_local": "2000001",
        "codigo_executante": "P1",
        "cnes_executante": "2000001",
        "data_inicio_faturamento": ATENDIMENTO,
        "data_fim_faturamento": date(2026, 3, 4),
        "procedimentos": (procedimento(equipe=(executante(),)),),
        "data_emissao_guia": date(2026, 3, 5),
    }
    partes = {**padrao, **campos}
    total = sum((item.valor_total for item in partes["procedimentos"]), Decimal("0.00"))
    return GuiaHonorarios(**{"valor_total_honorarios": total, **partes})


def guia_consulta(**campos: Any) -> GuiaConsulta:
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "G1",
        "beneficiario": beneficiario(),
        "cnpj_executante": CNPJ,
        "cnes_executante": "2000001",
        "profissional_executante": profissional(),
        "indicacao_acidente": "9",
        "regime_atendimento": "01",
        "data_atendimento": ATENDIMENTO,
        "tipo_consulta": "1",
        "codigo_tabela": "22",
        "codigo_procedimento": "10101012",
        "valor_procedimento": Decimal("120.00"),
    }
    return GuiaConsulta(**{**padrao, **campos})


def procedimento_odonto(**campos: Any) -> ProcedimentoOdonto:
    padrao: dict[str, Any] = {
        "sequencial_item": 1,
        "codigo_tabela": "22",
        "codigo_procedimento": "85100196",
        "descricao_procedimento": "Restauração em resina fotopolimerizável",
        "dente": "11",
        "face": "OM",
        "quantidade": Decimal(1),
        "valor": Decimal("80.00"),
        "autorizado": True,
        "data_realizacao": ATENDIMENTO,
    }
    return ProcedimentoOdonto(**{**padrao, **campos})


def guia_odonto(**campos: Any) -> GuiaOdonto:
    """One procedure; the total is the sum of the lines unless given."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "G1",
        "beneficiario": beneficiario(),
        "plano_beneficiario": "Plano Exemplo",
        "codigo_executante": "P1",
        "cro_executante": "12345",
        "uf_executante": "33",
        "cnes_executante": "2000001",
        "cbo_executante2": "223208",
        "procedimentos": (procedimento_odonto(),),
        "tipo_atendimento": "1",
        "tipo_faturamento": "4",
    }
    partes = {**padrao, **campos}
    total = sum((item.valor for item in partes["procedimentos"]), Decimal("0.00"))
    return GuiaOdonto(**{"valor_total_procedimentos": total, **partes})


_TIPOS: dict[type[Any], TipoGuia] = {
    GuiaSpSadt: TipoGuia.SP_SADT,
    GuiaResumoInternacao: TipoGuia.RESUMO_INTERNACAO,
    GuiaHonorarios: TipoGuia.HONORARIOS,
    GuiaConsulta: TipoGuia.CONSULTA,
    GuiaOdonto: TipoGuia.ODONTO,
}


def lote(*guias: Guia, **campos: Any) -> LoteGuias:
    """A lote of those guias, or of one SP/SADT."""
    escolhidas = guias or (guia_sp_sadt(),)
    return LoteGuias(**{"numero_lote": "7", "tipo": _TIPOS[type(escolhidas[0])], "guias": escolhidas, **campos})


def mensagem_lote(
    *guias: Guia, versao: Versao = Versao.V4_01_00, numero_lote: str = "7", **do_cabecalho: Any
) -> Mensagem[LoteGuias]:
    """An ENVIO_LOTE_GUIAS."""
    return Mensagem(
        cabecalho=cabecalho(padrao=versao.value, **do_cabecalho), corpo=lote(*guias, numero_lote=numero_lote)
    )


def guia_recebida(**campos: Any) -> GuiaRecebida:
    padrao: dict[str, Any] = {
        "numero_guia_prestador": "G1",
        "beneficiario": beneficiario(),
        "data_realizacao": ATENDIMENTO,
        "valores": ValoresProcessados(processado=Decimal("100.00"), glosa=Decimal("0.00"), liberado=Decimal("100.00")),
        "procedimentos": (
            ProcedimentoRecebido(
                sequencial_item=1,
                data_execucao=ATENDIMENTO,
                codigo_tabela="22",
                codigo_procedimento="40304361",
                descricao_procedimento="Hemograma com contagem de plaquetas ou frações",
                quantidade=Decimal(2),
                valor_unitario=Decimal("50.00"),
                valor_total=Decimal("100.00"),
            ),
        ),
    }
    return GuiaRecebida(**{**padrao, **campos})


def recebimento(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[RecebimentoLote]:
    """A PROTOCOLO_RECEBIMENTO of one guia."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "prestador": Contratado(cnpj=CNPJ),
        "numero_lote": "7",
        "data_envio_lote": date(2026, 3, 15),
        "numero_protocolo": "260310000001",
        "valor_total_protocolo": Decimal("100.00"),
        "guias": (guia_recebida(),),
    }
    return Mensagem(
        cabecalho=resposta("PROTOCOLO_RECEBIMENTO", versao),
        corpo=RecebimentoLote(protocolo=ProtocoloRecebimento(**{**padrao, **campos})),
    )


def recusa(codigo: str = "5001", versao: Versao = Versao.V4_01_00) -> Mensagem[RecebimentoLote]:
    """A PROTOCOLO_RECEBIMENTO that refuses the lote."""
    return Mensagem(
        cabecalho=resposta("PROTOCOLO_RECEBIMENTO", versao),
        corpo=RecebimentoLote(mensagem_erro=MotivoGlosa(codigo=codigo, descricao="Mensagem fora do padrão")),
    )


def situacao(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[SituacaoProtocolo]:
    """A SITUACAO_PROTOCOLO of a lote of one guia."""
    padrao: dict[str, Any] = {
        "status_protocolo": "1",
        "numero_protocolo": "260310000001",
        "numero_lote": "7",
        "data_envio_lote": date(2026, 3, 15),
        "valores": ValoresProcessados(processado=Decimal("100.00"), glosa=Decimal("0.00"), liberado=Decimal("0.00")),
        "guias": (guia_recebida(),),
    }
    return Mensagem(
        cabecalho=resposta("SITUACAO_PROTOCOLO", versao),
        corpo=SituacaoProtocolo(
            situacao=SituacaoDoProtocolo(
                registro_ans=OPERADORA,
                prestador=Contratado(cnpj=CNPJ),
                detalhe=DetalheLote(**{**padrao, **campos}),
            )
        ),
    )


def verifica_elegibilidade(
    versao: Versao = Versao.V4_01_00, *, do_cabecalho: dict[str, Any] | None = None, **campos: Any
) -> Mensagem[VerificaElegibilidade]:
    """A VERIFICA_ELEGIBILIDADE of one carteira."""
    padrao: dict[str, Any] = {"prestador": Contratado(cnpj=CNPJ), "numero_carteira": "00012345678901234"}
    return Mensagem(
        cabecalho=cabecalho(
            **{"tipo_transacao": "VERIFICA_ELEGIBILIDADE", "padrao": versao.value, **(do_cabecalho or {})}
        ),
        corpo=VerificaElegibilidade(**{**padrao, **campos}),
    )


def elegibilidade(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[RespostaElegibilidade]:
    """A SITUACAO_ELEGIBILIDADE that says yes."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_carteira": "00012345678901234",
        "nome_beneficiario": "Beneficiário Exemplo",
        "resposta_solicitacao": True,
    }
    return Mensagem(
        cabecalho=resposta("SITUACAO_ELEGIBILIDADE", versao),
        corpo=RespostaElegibilidade(recibo=ReciboElegibilidade(**{**padrao, **campos})),
    )


# --- authorisation -----------------------------------------------------------------------------------

CARTEIRA = "00012345678901234"
SOLICITADO = date(2026, 3, 10)
PROCEDIMENTO = {
    "codigo_tabela": "22",
    "codigo_procedimento": "40304361",
    "descricao_procedimento": "Hemograma com contagem de plaquetas ou frações",
}
STENT = {"codigo_tabela": "19", "codigo_procedimento": "100196705", "descricao_procedimento": "Stent coronário"}
DROGA = {"codigo_tabela": "20", "codigo_procedimento": "90055888", "descricao_procedimento": "Dipirona sódica"}
RESTAURACAO = {
    "codigo_tabela": "22",
    "codigo_procedimento": "85100196",
    "descricao_procedimento": "Restauração em resina fotopolimerizável",
}


def mensagem(
    transacao: str, corpo: Any, versao: Versao = Versao.V4_01_00, *, do_cabecalho: dict[str, Any] | None = None
) -> Mensagem[Any]:
    """A message of a prestador to its operadora."""
    campos = {"tipo_transacao": transacao, "padrao": versao.value, **(do_cabecalho or {})}
    return Mensagem(cabecalho=cabecalho(**campos), corpo=corpo)


def procedimento_solicitado(**campos: Any) -> ProcedimentoSolicitado:
    return ProcedimentoSolicitado(**{**PROCEDIMENTO, "quantidade": 1, **campos})


def solicitacao_sp_sadt(**campos: Any) -> SolicitacaoSpSadt:
    """One procedure unless items are given."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "S1",
        "etapa_autorizacao": "1",
        "beneficiario": beneficiario(),
        "contratado_solicitante": Contratado(cnpj=CNPJ),
        "nome_contratado_solicitante": "Hospital Exemplo",
        "profissional_solicitante": profissional(),
        "carater_atendimento": "1",
        "data_solicitacao": SOLICITADO,
        "procedimentos": (procedimento_solicitado(),),
    }
    return SolicitacaoSpSadt(**{**padrao, **campos})


def solicitacao_internacao(**campos: Any) -> SolicitacaoInternacao:
    """A surgery and two days unless told otherwise."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "S1",
        "etapa_autorizacao": "1",
        "beneficiario": beneficiario(),
        "contratado_solicitante": Contratado(cnpj=CNPJ),
        "profissional_solicitante": profissional(),
        "codigo_hospital": "P1",
        "nome_hospital": "Hospital Exemplo",
        "data_sugerida_internacao": date(2026, 3, 30),
        "carater_atendimento": "1",
        "tipo_internacao": "2",
        "regime_internacao": "1",
        "quantidade_diarias": 2,
        "indicador_opme": False,
        "indicador_quimio": False,
        "indicacao_clinica": "Indicação de exemplo",
        "indicador_acidente": "9",
        "procedimentos": (procedimento_solicitado(),),
        "data_solicitacao": SOLICITADO,
    }
    return SolicitacaoInternacao(**{**padrao, **campos})


def solicitacao_prorrogacao(**campos: Any) -> SolicitacaoProrrogacao:
    """Three more days unless told otherwise."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "S2",
        "numero_guia_referenciada": "S1",
        "numero_carteira": CARTEIRA,
        "contratado_solicitante": Contratado(cnpj=CNPJ),
        "nome_contratado_solicitante": "Hospital Exemplo",
        "profissional_solicitante": profissional(),
        "quantidade_diarias": 3,
        "indicacao_clinica": "Indicação de exemplo",
        "data_solicitacao": SOLICITADO,
    }
    return SolicitacaoProrrogacao(**{**padrao, **campos})


def procedimento_odonto_solicitado(**campos: Any) -> ProcedimentoOdontoSolicitado:
    padrao = {**RESTAURACAO, "dente": "11", "quantidade": 1, "valor": Decimal("80.00"), "autorizado": False}
    return ProcedimentoOdontoSolicitado(**{**padrao, **campos})


def solicitacao_odonto(**campos: Any) -> SolicitacaoOdonto:
    """One procedure unless items are given; the total is the sum of the lines unless given."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "S1",
        "numero_carteira": CARTEIRA,
        "atendimento_rn": False,
        "plano_beneficiario": "Plano Exemplo",
        "codigo_executante": "P1",
        "cro_executante": "12345",
        "uf_executante": "33",
        "cnes_executante": "2000001",
        "cbo_executante2": "223208",
        "procedimentos": (procedimento_odonto_solicitado(),),
        "tipo_atendimento": "1",
    }
    partes = {**padrao, **campos}
    total = sum((item.valor for item in partes["procedimentos"]), Decimal("0.00"))
    return SolicitacaoOdonto(**{"valor_total_procedimentos": total, **partes})


_SOLICITACOES: dict[type[Any], str] = {
    SolicitacaoSpSadt: "sp_sadt",
    SolicitacaoInternacao: "internacao",
    SolicitacaoProrrogacao: "prorrogacao",
    SolicitacaoOdonto: "odonto",
}


def solicitacao(
    guia: Solicitacao | None = None, versao: Versao = Versao.V4_01_00, **do_cabecalho: Any
) -> Mensagem[SolicitacaoProcedimento]:
    """A SOLICITACAO_PROCEDIMENTOS of that request, or of one SP/SADT."""
    escolhida = guia or solicitacao_sp_sadt()
    campos: dict[str, Any] = {_SOLICITACOES[type(escolhida)]: escolhida}
    corpo = SolicitacaoProcedimento(**campos)
    return mensagem("SOLICITACAO_PROCEDIMENTOS", corpo, versao, do_cabecalho=do_cabecalho)


def cabecalho_anexo(**campos: Any) -> CabecalhoAnexo:
    padrao = {"registro_ans": OPERADORA, "numero_guia_anexo": "A1", "numero_guia_referenciada": "S1"}
    return CabecalhoAnexo(**{**padrao, "data_solicitacao": SOLICITADO, **campos})


def opme_solicitada(**campos: Any) -> OpmeSolicitada:
    return OpmeSolicitada(**{**STENT, "opcao_fabricante": "1", "quantidade": 1, **campos})


def anexo_opme(**campos: Any) -> AnexoOpme:
    """One material unless items are given."""
    padrao: dict[str, Any] = {
        "cabecalho": cabecalho_anexo(),
        "beneficiario": beneficiario(),
        "solicitante": SolicitanteAnexo(nome="Profissional Exemplo", telefone="2140040183"),
        "justificativa_tecnica": "Justificativa de exemplo",
        "itens": (opme_solicitada(),),
    }
    return AnexoOpme(**{**padrao, **campos})


def droga(**campos: Any) -> DrogaSolicitada:
    padrao: dict[str, Any] = {
        **DROGA,
        "data_provavel": date(2026, 4, 1),
        "quantidade_doses": Decimal("1.50"),
        "unidade_medida": "022",
        "via_administracao": "19",
        "frequencia": 1,
    }
    return DrogaSolicitada(**{**padrao, **campos})


def diagnostico(**campos: Any) -> DiagnosticoOncologico:
    return DiagnosticoOncologico(**{"estadiamento": "2", "finalidade": "1", "ecog": "0", **campos})


def _quimio() -> dict[str, Any]:
    return {
        "dados_complementares": DadosComplementares(
            peso=Decimal("70.50"), altura=Decimal("172.00"), superficie_corporal=Decimal("1.83"), idade=60, sexo="3"
        ),
        "solicitante": SolicitanteAnexo(nome="Profissional Exemplo", telefone="2140040183"),
        "diagnostico": DiagnosticoQuimio(
            diagnostico=diagnostico(),
            tumor="2",
            nodulo="1",
            metastase="2",
            tipo_quimioterapia="1",
            plano_terapeutico="Plano de exemplo",
        ),
        "drogas": (droga(),),
        "numero_ciclos": 6,
        "ciclo_atual": 1,
        "dias_ciclo_atual": 21,
        "intervalo_ciclos": 7,
    }


def _radio() -> dict[str, Any]:
    return {
        "dados_complementares": DadosComplementaresRadio(idade=60, sexo="1"),
        "solicitante": SolicitanteAnexo(nome="Profissional Exemplo", telefone="2140040183"),
        "diagnostico": DiagnosticoRadio(diagnostico=diagnostico()),
        "numero_campos": 4,
        "dose_campo": 2,
        "dose_total": 60,
        "numero_dias": 30,
        "data_prevista_inicio": date(2026, 4, 1),
    }


def anexo_quimio(**campos: Any) -> AnexoQuimio:
    """One drug, in the first of six cycles, unless told otherwise."""
    return AnexoQuimio(**{"cabecalho": cabecalho_anexo(), "beneficiario": beneficiario(), **_quimio(), **campos})


def anexo_radio(**campos: Any) -> AnexoRadio:
    return AnexoRadio(**{"cabecalho": cabecalho_anexo(), "beneficiario": beneficiario(), **_radio(), **campos})


def anexo_situacao_inicial(**campos: Any) -> AnexoSituacaoInicial:
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_anexo": "A1",
        "numero_guia_referenciada": "S1",
        "numero_carteira": CARTEIRA,
        "dentes": (SituacaoDente(dente="11", condicao="C"),),
        "doenca_periodontal": False,
        "alteracao_tecido_mole": False,
    }
    return AnexoSituacaoInicial(**{**padrao, **campos})


def lote_anexos(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[LoteAnexos]:
    """An ENVIO_ANEXO of those annexes, or of one OPME."""
    padrao: dict[str, Any] = {} if campos.keys() - {"numero_lote"} else {"opme": anexo_opme()}
    return mensagem("ENVIO_ANEXO", LoteAnexos(**{"numero_lote": "7", **padrao, **campos}), versao)


def dados_autorizacao(**campos: Any) -> DadosAutorizacao:
    """What was authorised on the day it was asked for, for 90 days."""
    padrao: dict[str, Any] = {
        "numero_guia_prestador": "S1",
        "numero_guia_operadora": "900001",
        "data_autorizacao": SOLICITADO,
        "senha": "900001",
        "data_validade_senha": date(2026, 6, 8),
    }
    return DadosAutorizacao(**{**padrao, **campos})


def servico_autorizado(**campos: Any) -> ServicoAutorizado:
    padrao = {"sequencial_item": 1, "quantidade_solicitada": 1, "quantidade_autorizada": 1}
    return ServicoAutorizado(**{**PROCEDIMENTO, **padrao, **campos})


def autorizacao_servico(**campos: Any) -> AutorizacaoServico:
    """One item, authorised."""
    padrao: dict[str, Any] = {
        "autorizacao": dados_autorizacao(),
        "etapa_autorizacao": "1",
        "beneficiario": beneficiario(),
        "nome_beneficiario": "Beneficiário Exemplo",
        "prestador": PrestadorAutorizado(contratado=Contratado(cnpj=CNPJ), cnes="2000001"),
        "status": "1",
        "servicos": (servico_autorizado(),),
    }
    return AutorizacaoServico(**{**padrao, **campos})


def autorizacao_internacao(**campos: Any) -> AutorizacaoInternacao:
    return AutorizacaoInternacao(**{"servicos": autorizacao_servico(), "quantidade_diarias": 2, **campos})


def autorizacao_prorrogacao(**campos: Any) -> AutorizacaoProrrogacao:
    return AutorizacaoProrrogacao(**{"servicos": autorizacao_servico(), "quantidade_diarias": 3, **campos})


def procedimento_odonto_autorizado(**campos: Any) -> ProcedimentoOdontoAutorizado:
    padrao = {"sequencial_item": 1, "dente": "11", "quantidade": 1, "valor": Decimal("80.00"), "autorizado": True}
    return ProcedimentoOdontoAutorizado(**{**RESTAURACAO, **padrao, **campos})


def autorizacao_odonto(**campos: Any) -> AutorizacaoOdonto:
    """One item, authorised."""
    padrao: dict[str, Any] = {
        "autorizacao": dados_autorizacao(),
        "numero_carteira": CARTEIRA,
        "nome_beneficiario": "Beneficiário Exemplo",
        "status": "1",
        "procedimentos": (procedimento_odonto_autorizado(),),
    }
    return AutorizacaoOdonto(**{**padrao, **campos})


_AUTORIZACOES: dict[type[Any], str] = {
    AutorizacaoServico: "servico",
    AutorizacaoInternacao: "internacao",
    AutorizacaoProrrogacao: "prorrogacao",
    AutorizacaoOdonto: "odonto",
    MotivoGlosa: "mensagem_erro",
}


def autorizada(
    decidida: Any = None, versao: Versao = Versao.V4_01_00, transacao: str | None = None
) -> Mensagem[SituacaoAutorizacao]:
    """The answer to a request: that one, or of one SP/SADT, in the transaction of its kind unless given."""
    escolhida = decidida or autorizacao_servico()
    campo = _AUTORIZACOES[type(escolhida)]
    da_sua = "AUTORIZACAO_ODONTOLOGIA" if campo == "odonto" else "RESPOSTA_SOLICITACAO"
    campos: dict[str, Any] = {campo: escolhida}
    return Mensagem(cabecalho=resposta(transacao or da_sua, versao), corpo=SituacaoAutorizacao(**campos))


def autorizacao_opme(**campos: Any) -> AutorizacaoOpme:
    padrao: dict[str, Any] = {
        "autorizacao": dados_autorizacao(numero_guia_prestador="A1"),
        "beneficiario": beneficiario(),
        "nome_beneficiario": "Beneficiário Exemplo",
        "status": "2",
        "servicos": (servico_autorizado(**STENT, opcao_fabricante="1", quantidade_autorizada=0),),
    }
    return AutorizacaoOpme(**{**padrao, **campos})


def _decidida(**campos: Any) -> dict[str, Any]:
    padrao: dict[str, Any] = {
        "autorizacao": dados_autorizacao(numero_guia_prestador="A1"),
        "numero_carteira": CARTEIRA,
        "nome_beneficiario": "Beneficiário Exemplo",
        "status": "2",
    }
    return {**padrao, **campos}


def autorizacao_quimio(**campos: Any) -> AutorizacaoQuimio:
    return AutorizacaoQuimio(**_decidida(**{**_quimio(), **campos}))


def autorizacao_radio(**campos: Any) -> AutorizacaoRadio:
    return AutorizacaoRadio(**_decidida(**{**_radio(), **campos}))


def situacao_inicial_recebida(**campos: Any) -> SituacaoInicialRecebida:
    recebida = anexo_situacao_inicial()
    iguais = {campo: getattr(recebida, campo) for campo in recebida.__slots__}
    return SituacaoInicialRecebida(**{**iguais, "nome_beneficiario": "Beneficiário Exemplo", **campos})


def recebimento_anexo(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[RecebimentoAnexo]:
    """A PROTOCOLO_RECEBIMENTO_ANEXO of those annexes, or of one OPME."""
    padrao: dict[str, Any] = {
        "numero_protocolo": "260310000001",
        "data_envio": SOLICITADO,
        "numero_lote": "7",
        "registro_ans": OPERADORA,
        "prestador": Contratado(cnpj=CNPJ),
        "quantidade_anexos": 1,
    }
    if not campos.keys() & {"opme", "quimio", "radio", "situacoes_iniciais"}:
        padrao["opme"] = autorizacao_opme()
    return Mensagem(
        cabecalho=resposta("PROTOCOLO_RECEBIMENTO_ANEXO", versao),
        corpo=RecebimentoAnexo(protocolo=ProtocoloAnexo(**{**padrao, **campos})),
    )


def solicita_status(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[SolicitaStatusAutorizacao]:
    """A SOLICITA_STATUS_AUTORIZACAO."""
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA,
        "numero_guia_prestador": "S1",
        "beneficiario": beneficiario(),
        "contratado": Contratado(cnpj=CNPJ),
    }
    return mensagem("SOLICITA_STATUS_AUTORIZACAO", SolicitaStatusAutorizacao(**{**padrao, **campos}), versao)


def cancela_guia(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[CancelaGuia]:
    """A CANCELA_GUIA of what is given, or of one request."""
    padrao: dict[str, Any] = {"prestador": Contratado(cnpj=CNPJ)}
    if "lote" not in campos:
        padrao["guias"] = (GuiaACancelar(tipo_guia="1", numero_guia_prestador="S1"),)
    return mensagem("CANCELA_GUIA", CancelaGuia(**{**padrao, **campos}), versao)


def recibo_cancelamento(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[ReciboCancelaGuia]:
    """A CANCELAMENTO_GUIA_RECIBO of what is given, or of one guia cancelled."""
    padrao: dict[str, Any] = {"registro_ans": OPERADORA, "prestador": Contratado(cnpj=CNPJ)}
    if "lote" not in campos:
        padrao["guias"] = (GuiaCancelada(tipo_guia="1", numero_guia_prestador="S1", status="1"),)
    return Mensagem(
        cabecalho=resposta("CANCELAMENTO_GUIA_RECIBO", versao),
        corpo=ReciboCancelaGuia(recibo=ReciboCancelamento(**{**padrao, **campos})),
    )


def comunicacao(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[ComunicacaoInternacao]:
    """A COMUNICACAO_BENEFICIARIO of an admission, unless told otherwise."""
    padrao: dict[str, Any] = {"beneficiario": beneficiario(), "data_evento": SOLICITADO, "tipo_evento": "I"}
    if not campos.keys() & {"motivo_encerramento", "tipo_internacao"}:
        padrao["tipo_internacao"] = "1"
    return mensagem("COMUNICACAO_BENEFICIARIO", ComunicacaoInternacao(**{**padrao, **campos}), versao)


def recibo_comunicacao(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[ReciboComunicacao]:
    """A RECIBO_COMUNICACAO that says yes."""
    recebida = ComunicacaoRecebida(
        beneficiario=beneficiario(), nome_beneficiario="Beneficiário Exemplo", tipo_evento="I", tipo_internacao="1"
    )
    return Mensagem(
        cabecalho=resposta("RECIBO_COMUNICACAO", versao),
        corpo=ReciboComunicacao(
            recibo=ComunicacaoRegistrada(**{"registrada": True, "comunicacao": recebida, **campos})
        ),
    )


def solicita_status_protocolo(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[SolicitacaoStatusProtocolo]:
    """A SOLIC_STATUS_PROTOCOLO."""
    padrao: dict[str, Any] = {"prestador": Contratado(cnpj=CNPJ), "numero_protocolo": "260310000001"}
    return mensagem("SOLIC_STATUS_PROTOCOLO", SolicitacaoStatusProtocolo(**{**padrao, **campos}), versao)


def situacao_anexo(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[SituacaoProtocolo]:
    """A SITUACAO_PROTOCOLO of annexes: of those, or of one OPME."""
    padrao: dict[str, Any] = {
        "status_protocolo": "2",
        "numero_protocolo": "260310000001",
        "numero_lote": "7",
        "data_envio_lote": SOLICITADO,
    }
    if not campos.keys() & {"opme", "quimio", "radio"}:
        padrao["opme"] = autorizacao_opme()
    return Mensagem(
        cabecalho=resposta("SITUACAO_PROTOCOLO", versao),
        corpo=SituacaoProtocolo(
            anexo=SituacaoProtocoloAnexo(
                registro_ans=OPERADORA,
                prestador=Contratado(cnpj=CNPJ),
                detalhe=DetalheLoteAnexo(**{**padrao, **campos}),
            )
        ),
    )


def _produto(valores: dict[str, Any]) -> Decimal:
    produto = valores["quantidade"] * valores["valor_unitario"] * valores["reducao_acrescimo"]
    return Decimal(produto).quantize(Decimal("0.01"))
