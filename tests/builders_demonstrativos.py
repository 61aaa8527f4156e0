"""Demonstrativos of the standard, with the least or with all that each may have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.demonstrativos import (
    CabecalhoDemonstrativo,
    CabecalhoDemonstrativoOdonto,
    DebitoCredito,
    DemonstrativoAnaliseConta,
    DemonstrativoOdonto,
    DemonstrativoPagamento,
    DemonstrativosRetorno,
    GlosaConta,
    GuiaConta,
    GuiaOdontoPaga,
    GuiaPaga,
    ItemConta,
    ItemOdonto,
    PagamentoOdontoPorData,
    PagamentoPorData,
    ProtocoloConta,
    ProtocoloOdonto,
    ProtocoloPago,
    SituacaoDemonstrativo,
    SolicitacaoAnalise,
    SolicitacaoDemonstrativo,
    SolicitacaoPagamento,
)
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.versions import Versao
from tests.builders import ATENDIMENTO, CNPJ, OPERADORA, cabecalho, resposta

if TYPE_CHECKING:
    from collections.abc import Callable

DIA = date(2026, 3, 15)
PROTOCOLO = "260340000007"
CNPJ_DA_OPERADORA = "11444777000161"
MIL, CEM, ZERO = Decimal("1000.00"), Decimal("100.00"), Decimal("0.00")
CONTA: dict[str, Any] = {"informado": MIL, "processado": MIL, "liberado": MIL - CEM}
PAGO: dict[str, Any] = {**CONTA, "glosa": CEM}
ODONTO: dict[str, Any] = {**PAGO, "franquia": ZERO}
LIQUIDO: dict[str, Any] = {"debitos": Decimal("13.50"), "creditos": ZERO, "liquido": Decimal("886.50")}
ISS = DebitoCredito(indicador="1", tipo="02", descricao="ISS retido", valor=Decimal("13.50"))
EM_CONTA: dict[str, Any] = {"banco": "001", "agencia": "1234567", "conta": "12345678901234567890"}
PROCEDIMENTO = {
    "codigo_tabela": "22", "codigo_procedimento": "10101012", "descricao_procedimento": "Consulta em consultório",
}  # fmt: skip
GLOSA = MotivoGlosa(codigo="1705", descricao="Valor apresentado a maior")


def pedido_de_analise(
    versao: Versao = Versao.V4_01_00, *protocolos: str, cnpj: str = CNPJ
) -> Mensagem[SolicitacaoDemonstrativo]:
    """A question for what was analysed of some protocolos."""
    analise = SolicitacaoAnalise(
        prestador=Contratado(cnpj=cnpj), data_solicitacao=DIA, protocolos=protocolos or (PROTOCOLO,)
    )
    return _pedido(versao, cnpj, SolicitacaoDemonstrativo(analise=analise))


def pedido_de_pagamento(
    versao: Versao = Versao.V4_01_00, *, cnpj: str = CNPJ, **campos: Any
) -> Mensagem[SolicitacaoDemonstrativo]:
    """A question for what was paid, on a day unless it is of a competência."""
    quando = {} if "competencia" in campos else {"data_pagamento": DIA}
    padrao = {"prestador": Contratado(cnpj=cnpj), "data_solicitacao": DIA, "tipo_demonstrativo": "1", **quando}
    return _pedido(versao, cnpj, SolicitacaoDemonstrativo(pagamento=SolicitacaoPagamento(**{**padrao, **campos})))


def _pedido(versao: Versao, cnpj: str, corpo: SolicitacaoDemonstrativo) -> Mensagem[SolicitacaoDemonstrativo]:
    tipo = "SOLIC_DEMONSTRATIVO_RETORNO"
    return Mensagem(cabecalho=cabecalho(tipo_transacao=tipo, padrao=versao.value, origem=Parte(cnpj=cnpj)), corpo=corpo)


def cabecalho_demonstrativo(**campos: Any) -> CabecalhoDemonstrativo:
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA, "numero": PROTOCOLO, "nome_operadora": "Operadora Exemplo",
        "cnpj": CNPJ_DA_OPERADORA, "data_emissao": DIA,
    }  # fmt: skip
    return CabecalhoDemonstrativo(**{**padrao, **campos})


def item_conta(**campos: Any) -> ItemConta:
    padrao = {"sequencial_item": 1, "data_realizacao": ATENDIMENTO, **PROCEDIMENTO, **CONTA, "quantidade": Decimal(1)}
    return ItemConta(**{**padrao, **campos})


def guia_conta(**campos: Any) -> GuiaConta:
    padrao = {
        "numero_guia_prestador": "G1", "numero_carteira": "00012345678901234", "data_inicio": ATENDIMENTO,
        "situacao": "3", **CONTA,
    }  # fmt: skip
    return GuiaConta(**{**padrao, **campos})


def protocolo_conta(**campos: Any) -> ProtocoloConta:
    padrao = {"numero_lote": "7", "numero_protocolo": PROTOCOLO, "data_protocolo": DIA, "situacao": "3", **CONTA}
    return ProtocoloConta(**{**padrao, **campos})


def analise(**campos: Any) -> DemonstrativoAnaliseConta:
    padrao: dict[str, Any] = {
        "cabecalho": cabecalho_demonstrativo(), "prestador": Contratado(codigo_na_operadora="P1"), "cnes": "2000001",
        "protocolos": (protocolo_conta(),), **CONTA,
    }  # fmt: skip
    return DemonstrativoAnaliseConta(**{**padrao, **campos})


def analise_completa(versao: Versao) -> DemonstrativoAnaliseConta:
    """All that the version lets it have."""
    novo = {"centro_consumo": "5"} if versao is Versao.V4_03_00 else {}
    glosas = (GlosaConta(valor=CEM, codigo="1705"), GlosaConta(valor=ZERO, codigo="1801"))
    item = item_conta(grau_participacao="00", quantidade=Decimal("1.5"), glosas=glosas, **novo)
    guia = guia_conta(
        numero_guia_operadora="900001", senha="900001", hora_inicio="10:00:00", data_fim=DIA, hora_fim="23:59:59",
        glosas=(GLOSA, MotivoGlosa(codigo="1801")), itens=(item, item_conta(sequencial_item=2)), glosa=CEM,
        **({"observacao": "Da guia"} if novo else {}),
    )  # fmt: skip
    protocolo = protocolo_conta(motivo=GLOSA, guias=(guia, guia_conta()), glosa=CEM)
    return analise(
        protocolos=(protocolo, protocolo_conta()), glosa=CEM,
        **({} if versao is Versao.V4_01_00 else {"observacao": "Geral"}),
    )  # fmt: skip


def protocolo_pago(**campos: Any) -> ProtocoloPago:
    guia = GuiaPaga(
        numero_guia_prestador="G1", tipo_pagamento="1", processado=MIL, liberado=MIL - CEM, glosa=campos.get("glosa"),
        **({"numero_guia_operadora": "900001", "senha": "900001"} if "glosa" in campos else {}),
    )  # fmt: skip
    padrao = {"data_protocolo": DIA, "numero_protocolo": PROTOCOLO, "numero_lote": "7", **CONTA, "guias": (guia,)}
    return ProtocoloPago(**{**padrao, **campos})


def pagamento_por_data(**campos: Any) -> PagamentoPorData:
    padrao = {
        "data_pagamento": DIA, "forma_pagamento": "1", "protocolos": (protocolo_pago(),), **PAGO, **LIQUIDO,
    }  # fmt: skip
    return PagamentoPorData(**{**padrao, **campos})


def pagamento(**campos: Any) -> DemonstrativoPagamento:
    padrao: dict[str, Any] = {
        "cabecalho": cabecalho_demonstrativo(), "prestador": Contratado(cnpj=CNPJ), "cnes": "2000001",
        "pagamentos": (pagamento_por_data(),), **PAGO, **LIQUIDO,
    }  # fmt: skip
    return DemonstrativoPagamento(**{**padrao, **campos})


def item_odonto(**campos: Any) -> ItemOdonto:
    padrao = {
        "sequencial_item": 1, **PROCEDIMENTO, "data_realizacao": ATENDIMENTO, "quantidade": Decimal(1), **ODONTO,
    }  # fmt: skip
    return ItemOdonto(**{**padrao, **campos})


def guia_odonto_paga(**campos: Any) -> GuiaOdontoPaga:
    padrao = {
        "numero_guia_prestador": "G1", "recurso": False, "nome_executante": "Clínica Exemplo",
        "numero_carteira": "00012345678901234", "itens": (item_odonto(),), **ODONTO,
    }  # fmt: skip
    return GuiaOdontoPaga(**{**padrao, **campos})


def odonto(**campos: Any) -> DemonstrativoOdonto:
    """The least; with `tudo`, all."""
    tudo = campos.pop("tudo", False)
    mais: dict[str, Any] = {"debitos_creditos": (ISS, ISS)} if tudo else {}
    guias: tuple[GuiaOdontoPaga, ...] = (guia_odonto_paga(),)
    if tudo:
        itens = (
            item_odonto(dente="11", face="OM", glosas=("1705", "1801")), item_odonto(regiao="ASAI"),
        )  # fmt: skip
        guias += (
            guia_odonto_paga(numero_guia_operadora="900001", recurso=True, itens=itens, observacao="Da guia"),
        )  # fmt: skip
    protocolo = ProtocoloOdonto(numero_lote="7", numero_protocolo=PROTOCOLO, guias=guias, **ODONTO)
    no_dia = PagamentoOdontoPorData(
        data_pagamento=DIA, protocolos=(protocolo,), **ODONTO, **LIQUIDO, **mais, **(EM_CONTA if tudo else {})
    )
    padrao: dict[str, Any] = {
        "cabecalho": CabecalhoDemonstrativoOdonto(
            registro_ans=OPERADORA, numero=PROTOCOLO, nome_operadora="Operadora Exemplo", cnpj=CNPJ_DA_OPERADORA,
            data_inicio=DIA, data_fim=DIA,
        ),
        "codigo_prestador": "P1", "pagamentos": (no_dia,), **ODONTO, **LIQUIDO, **mais,
        **({"cpf_prestador": "52998224725", "observacao": "Geral"} if tudo else {"cnpj_prestador": CNPJ}),
    }  # fmt: skip
    return DemonstrativoOdonto(**{**padrao, **campos})


def situacao_demonstrativo(**campos: Any) -> SituacaoDemonstrativo:
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA, "prestador": Contratado(cnpj=CNPJ), "numero_protocolo": PROTOCOLO,
        "protocolo_solicitacao": PROTOCOLO, "tipo_demonstrativo": "2", "data_situacao": DIA, "situacao": "2",
    }  # fmt: skip
    return SituacaoDemonstrativo(**{**padrao, **campos})


def retorno(tipo: str, versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[DemonstrativosRetorno]:
    """An answer: DEMONSTRATIVO_`tipo`."""
    return Mensagem(cabecalho=resposta(f"DEMONSTRATIVO_{tipo}", versao), corpo=DemonstrativosRetorno(**campos))


MENSAGENS: dict[str, Callable[[Versao], Mensagem[Any]]] = {
    "pedido-analise": lambda versao: pedido_de_analise(versao, *(f"26034{n:07}" for n in range(30))),
    "pedido-pagamento": pedido_de_pagamento,
    "pedido-odonto": lambda versao: pedido_de_pagamento(versao, tipo_demonstrativo="3", competencia="202603"),
    "erro": lambda versao: retorno("ANALISE_CONTA", versao, mensagem_erro=GLOSA),
    "analise-least": lambda versao: retorno("ANALISE_CONTA", versao, analises=(analise(),) * 30),
    "analise-all": lambda versao: retorno("ANALISE_CONTA", versao, analises=(analise_completa(versao),)),
    "pagamento-least": lambda versao: retorno("PAGAMENTO", versao, pagamento=pagamento()),
    "pagamento-all": lambda versao: retorno(
        "PAGAMENTO", versao,
        pagamento=pagamento(
            pagamentos=(
                pagamento_por_data(
                    **EM_CONTA, protocolos=(protocolo_pago(glosa=CEM), protocolo_pago()), debitos_creditos=(ISS, ISS)
                ),
                pagamento_por_data(forma_pagamento="4"),
            ),
            debitos_creditos=(ISS, ISS), observacao="Geral",
        ),
    ),
    "odonto-least": lambda versao: retorno("ODONTOLOGIA", versao, odonto=odonto()),
    "odonto-all": lambda versao: retorno("ODONTOLOGIA", versao, odonto=odonto(tudo=True)),
    "situacao": lambda versao: retorno("ANALISE_CONTA", versao, situacao=situacao_demonstrativo()),
}  # fmt: skip
"""Each as a function of its version."""
