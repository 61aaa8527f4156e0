"""Builders of domain values: each gives a valid one, and takes what the test is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from conecta_tiss.messages.comum import (
    Beneficiario,
    Contratado,
    MotivoGlosa,
    Profissional,
    ValoresProcessados,
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
    TipoGuia,
    ValoresGuia,
)
from conecta_tiss.messages.recebimento import (
    GuiaRecebida,
    ProcedimentoRecebido,
    ProtocoloRecebimento,
    RecebimentoLote,
)
from conecta_tiss.messages.situacao import DetalheLote, SituacaoDoProtocolo, SituacaoProtocolo
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


def _produto(valores: dict[str, Any]) -> Decimal:
    produto = valores["quantidade"] * valores["valor_unitario"] * valores["reducao_acrescimo"]
    return Decimal(produto).quantize(Decimal("0.01"))
