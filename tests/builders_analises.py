"""PEGs analysed and paid as demonstrativos show them, from generated lotes and glosas given by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from conecta_contas.analise import Glosa
from conecta_contas.pegs import Porta, SituacaoPeg
from conecta_facts.prestadores import Prestador
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from local.gerador import Pedido, Tipo, gerar
from pagamento.domain.demonstrativos import (
    Cabecalho,
    Conta,
    DemonstrativoPagamento,
    Periodo,
    demonstrar,
    demonstrar_pagamento,
    reunir,
)
from peg.messages.lotes import TissPadrao
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, NOW, OUTRO_CNPJ, VALE
from tests.builders_pagamento import HOJE, a_discount, a_payment
from tests.builders_recibos import a_dossie, a_glosa, billed_of, peg_of

COM_LETRAS = "12ABC34501DE35"


def a_conta(tipo: Tipo = Tipo.SADT, versao: Versao = Versao.V4_01_00, *glosas: Glosa) -> Conta:
    """A PEG of three guias whose values are published."""
    made = gerar(Pedido(tipo=tipo, versao=versao.value, guias=3, origem_cnpj=CNPJ, destino=VALE, numero_lote="42"))
    lote = TissPadrao().read(made.conteudo, NOW.date(), Porta.XML)
    peg = peg_of(lote, situacao=SituacaoPeg.LIBERADO, publicada_em=HOJE)
    return demonstrar(peg, a_dossie(lote, *glosas), lambda _tabela, _codigo: None, recebido_em=NOW.date())


def with_every_glosa(tipo: Tipo, versao: Versao) -> Conta:
    """Of an item in part, of a guia, two of the whole, which say the same in 4.03.00 and before."""
    lote = TissPadrao().read(
        gerar(Pedido(tipo=tipo, versao=versao.value, guias=3, origem_cnpj=CNPJ, destino=VALE)).conteudo, NOW.date(),
        Porta.XML,
    )  # fmt: skip
    item = billed_of(lote)[0].itens[-1]
    return a_conta(
        tipo, versao, a_glosa(1, item.sequencia, retirado=Decimal("0.01")), a_glosa(2, None, motivo="SENHA_EXPIRADA"),
        a_glosa(0, None, retirado=Decimal("0.02"), motivo="FORA_DA_VIGENCIA_DO_CONTRATO"),
        a_glosa(0, None, retirado=Decimal("0.03"), motivo="", codigo="3279"),
    )  # fmt: skip


def a_head(**changes: Any) -> Cabecalho:
    held: dict[str, Any] = {
        "numero": "261120000001", "emitido_em": HOJE, "operadora": an_operadora(cnpj=OUTRO_CNPJ),
        "prestador": Prestador(HOSPITAL, "Hospital € Aurora", "1234567", cnpj=CNPJ), "codigo_prestador": "HOSP01",
    }  # fmt: skip
    return Cabecalho(**{**held, **changes})


def a_statement(*contas: Conta, tipo: TipoDemonstrativo, **changes: Any) -> DemonstrativoPagamento:
    pago = a_payment(
        valores={one.protocolo: one.valores.liberado for one in contas},
        **{"descontos": (a_discount("1.50"),), "banco": "00001", "agencia": "1", "conta": "2" * 30, **changes},
    )
    periodo = Periodo(registro_ans=VALE, data=HOJE)
    head = a_head(numero=periodo.numero([pago]))
    return reunir(head, tipo, periodo, [demonstrar_pagamento(pago, contas)])
