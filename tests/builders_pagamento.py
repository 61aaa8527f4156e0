"""Values of pagamento's domain, valid as they come; a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo, FormaPagamento
from pagamento.domain.cronograma import Ciclo, Cronograma
from pagamento.domain.faturas import Fatura, Regras
from pagamento.domain.notas import Arquivo, Layout, Nota, NotaLida, SituacaoNota
from pagamento.domain.pagamentos import Desconto, ItemPago, Lancamento, Pagamento
from tests.builders_functions import CNPJ, HOSPITAL, OUTRO_CNPJ, VALE

FERIADOS: Final = (
    date(2026, 10, 12), date(2026, 11, 2), date(2026, 11, 20), date(2026, 12, 25), date(2027, 1, 1), date(2027, 2, 9),
)  # fmt: skip
CALENDARIO: Final = Calendario(tuple(DiaEspecial(day, "feriado", TipoDia.FERIADO) for day in FERIADOS))
CICLOS: Final = tuple(
    Ciclo(competencia=competencia, corte=corte, publicacao=publicacao, entrega=entrega, pagamento=pagamento)
    for competencia, corte, publicacao, entrega, pagamento in (
        ("202610", date(2026, 10, 31), date(2026, 11, 10), date(2026, 11, 16), date(2026, 11, 30)),
        ("202611", date(2026, 11, 30), date(2026, 12, 10), date(2026, 12, 15), date(2026, 12, 30)),
        ("202612", date(2026, 12, 31), date(2027, 1, 11), date(2027, 1, 15), date(2027, 1, 29)),
        ("202701", date(2027, 1, 31), date(2027, 2, 10), date(2027, 2, 15), date(2027, 2, 26)),
    )
)
OUTUBRO, NOVEMBRO, DEZEMBRO, JANEIRO = CICLOS
UM_PEG: Final = "261020000001"
OUTRO_PEG: Final = "261020000002"
CEM: Final = Decimal("100.00")
AGORA: Final = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
HOJE: Final = date(2026, 11, 12)


def meia_noite(dia: date, *, antes: timedelta = timedelta()) -> datetime:
    """The instant at which a local day begins in São Paulo (UTC−3 all year), or a little before it."""
    return datetime(dia.year, dia.month, dia.day, 3, tzinfo=UTC) - antes


def a_cronograma(*ciclos: Ciclo, **changes: Any) -> Cronograma:
    """Version 1 of VALE's, of four ciclos from October on."""
    held: dict[str, Any] = {
        "registro_ans": VALE, "versao": 1, "ciclos": ciclos or CICLOS, "quem": "financeiro-1", "publicado_em": AGORA,
    }  # fmt: skip
    return Cronograma(**{**held, **changes})


def regras_em(hoje: date = HOJE, cronograma: Cronograma | str | None = "padrao") -> Regras:
    """What is in force on a day."""
    held = a_cronograma() if isinstance(cronograma, str) else cronograma
    return Regras(held, CALENDARIO, hoje)


def a_fatura(protocolo: str = UM_PEG, **changes: Any) -> Fatura:
    """Of a PEG of October whose values were published in time: it waits for its nota; its days are not counted yet."""
    held: dict[str, Any] = {
        "protocolo": protocolo, "prestador_id": HOSPITAL, "registro_ans": VALE, "numero_lote": "1",
        "tipo_guia": "guiaSP-SADT", "valor": CEM, "recebido_em": date(2026, 10, 20),
        "publicada_em": date(2026, 11, 9),
    }  # fmt: skip
    return Fatura(**{**held, **changes})


def a_reading(**changes: Any) -> NotaLida:
    """What a good nota of one PEG says."""
    held: dict[str, Any] = {
        "layout": Layout.NACIONAL, "numero": "4711", "emitente": CNPJ, "tomador": OUTRO_CNPJ, "valor": CEM,
        "liquido": Decimal("93.85"), "competencia": "202611", "emitida_em": date(2026, 11, 11),
    }  # fmt: skip
    return NotaLida(**{**held, **changes})


def a_file(upload_id: str = "u1", **changes: Any) -> Arquivo:
    """The XML of a nota, stored just now."""
    held: dict[str, Any] = {
        "upload_id": upload_id, "registro_ans": VALE, "formato": "application/xml",
        "chave": f"t/{VALE}/{HOSPITAL}/nota_fiscal/{upload_id}", "sha256": upload_id * 8, "recebido_em": AGORA,
    }  # fmt: skip
    return Arquivo(**{**held, **changes})


def a_nota(nota_id: str = "261150000001", **changes: Any) -> Nota:
    """A nota that a person has to look at."""
    held: dict[str, Any] = {
        "prestador_id": HOSPITAL, "registro_ans": VALE, "situacao": SituacaoNota.ENVIADA, "faturas": (UM_PEG,),
        "lida": a_reading(), "valor_esperado": CEM, "arquivos": (a_file(),), "recebida_em": AGORA, "quem": "pessoa-1",
        "criada_em": AGORA,
    }  # fmt: skip
    return Nota(id=nota_id, **{**held, **changes})


def a_payment(numero: str = "P-1", valores: Mapping[str, Decimal] | None = None, **changes: Any) -> Pagamento:
    """The payment of one PEG."""
    held: dict[str, Any] = {
        "demonstrativo": "261150000009", "prestador_id": HOSPITAL, "registro_ans": VALE, "data": HOJE,
        "forma": FormaPagamento.DEPOSITO_OU_TRANSFERENCIA, "quem": "financeiro-1", "registrado_em": AGORA,
        "itens": tuple(ItemPago(one, valor) for one, valor in (valores or {UM_PEG: CEM}).items()),
    }  # fmt: skip
    return Pagamento(numero=numero, **{**held, **changes})


def a_discount(valor: str = "10.00", **changes: Any) -> Desconto:
    """ISS retained."""
    held: dict[str, Any] = {"indicador": DebitoCreditoIndicador.DEBITO, "tipo": DebitoCreditoTipo.ISS}
    return Desconto(**{**held, "valor": Decimal(valor), **changes})


def an_entry(lancamento_id: str = "261150000005", **changes: Any) -> Lancamento:
    """A debit of a PEG paid too much."""
    held: dict[str, Any] = {
        "prestador_id": HOSPITAL, "registro_ans": VALE, "indicador": DebitoCreditoIndicador.DEBITO,
        "tipo": DebitoCreditoTipo.AJUSTE_DE_PAGAMENTO_ANTERIOR, "valor": Decimal("30.00"),
        "motivo": "Pago a maior no PEG.", "fatura": UM_PEG, "quem": "financeiro-1", "criado_em": AGORA,
    }  # fmt: skip
    return Lancamento(id=lancamento_id, **{**held, **changes})
