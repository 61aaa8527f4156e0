"""What financeiro may load (R04): the cronograma, whole, and payments; enforced, and shown in `operacao.md`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from conecta_cargas import cells as f
from conecta_cargas import columns
from conecta_cargas.cells import CelulaError
from conecta_cargas.columns import coluna as _c
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo, FormaPagamento
from pagamento.domain.cronograma import Ciclo
from pagamento.domain.pagamentos import Registro

CRONOGRAMA: Final = "cronograma"
PAGAMENTOS: Final = "pagamentos"
_ITEM: Final = re.compile(r"(?P<fatura>[1-9][0-9]{11}(?:-[1-9][0-9]{0,2})?):(?P<valor>[0-9.,]+)", re.ASCII)
_DESCONTO: Final = re.compile(
    r"(?P<indicador>[0-9]):(?P<tipo>[0-9]{2}):(?P<valor>[0-9.,]+)(?::(?P<lancamento>[0-9]{12}))?", re.ASCII
)
_DE_DESCONTO: Final = (f.opcao_de(DebitoCreditoIndicador), f.opcao_de(DebitoCreditoTipo))


def _parts(expressao: re.Pattern[str], celula: str, exemplo: str) -> dict[str, Any]:
    found = expressao.fullmatch(celula)
    if found is None:
        raise CelulaError("formato", f"Cada um é escrito como {exemplo}, sem espaço.")
    parts = {name: held for name, held in found.groupdict().items() if held is not None}
    return {**parts, "valor": f.VALOR.ler(parts["valor"])}


def _item(celula: str) -> dict[str, Any]:
    return _parts(_ITEM, celula, "protocolo:valor, por exemplo 261120000007:1234.56")


def _desconto(celula: str) -> dict[str, Any]:
    parts = _parts(_DESCONTO, celula, "indicador:tipo:valor, por exemplo 1:02:30.00, e :lancamento se liquida um")
    for formato, name in zip(_DE_DESCONTO, ("indicador", "tipo"), strict=True):
        formato.ler(parts[name])
    return parts


TIPOS: Final[Mapping[str, columns.Tipo]] = MappingProxyType({
    CRONOGRAMA: columns.Tipo(
        CRONOGRAMA, "Ciclos do cronograma de entrega de faturas (R04), por competência", Ciclo,
        (
            _c("competencia*", f.padrao(r"20[0-9]{2}(?:0[1-9]|1[0-2])", "ano e mês, AAAAMM"), "o ciclo", "202612"),
            _c("corte*", f.DATA, "último dia de recepção dos PEGs do ciclo", "2026-12-31"),
            _c("publicacao*", f.DATA, "dia até quando os valores são publicados", "2027-01-11"),
            _c("entrega*", f.DATA, "último dia de entrega da nota fiscal", "2027-01-15"),
            _c("pagamento*", f.DATA, "dia do pagamento", "2027-01-29"),
        ),
        (("competencia",),), (), ("OPERADORA#<registro>/CRONOGRAMA", "OPERADORA#<registro>/CRONOGRAMA#<versao>"),
        inteiro=True,
    ),
    PAGAMENTOS: columns.Tipo(
        PAGAMENTOS, "Pagamentos feitos: cada linha um pagamento inteiro, que se registra todo ou não", Registro,
        (
            _c("numero*", f.CODIGO, "número do financeiro, único na operadora: repetir não duplica", "PG-2026-000123"),
            _c("prestador*", f.PRESTADOR, "a quem se pagou", "12345678000195"),
            _c("data*", f.DATA, "dia do pagamento, hoje ou antes", "2026-11-30"),
            _c("forma*", f.opcao_de(FormaPagamento),
               "forma na TISS: 1 depósito ou transferência, 2 carteira, 3 boleto, 4 dinheiro ou cheque", "1"),
            _c("itens", f.lista(f.Formato(_item, "item"), "protocolo:valor"), "PEGs pagos, cada um com o liberado, "
               "inteiro", "261020000007:1234.56", []),
            _c("descontos", f.lista(f.Formato(_desconto, "desconto"), "indicador:tipo:valor[:lancamento]"),
               "débitos (1) e créditos (2), com o tipo na TISS e, se liquidam um lançamento, o id dele",
               "1:02:24.69", []),
            _c("banco", f.padrao(r"[0-9]{1,4}", "um número de até 4 algarismos"), "onde se pagou", "001"),
            _c("agencia", f.padrao(r"[0-9A-Za-z-]{1,7}", "até 7 letras, algarismos ou hífen"), "onde se pagou", "1234"),
            _c("conta", f.padrao(r"[0-9A-Za-z./-]{1,20}", "até 20 letras, algarismos, ponto, barra ou hífen"),
               "conta, ou número do cheque", "56789-0"),
            _c("valor_liquido*", f.VALOR, "soma dos itens, menos débitos, mais créditos", "1209.87"),
        ),
        (("numero",),), (),
        ("PRESTADOR#<id>/PAGAMENTO#<data>#<numero>#<registro>", "PRESTADOR#<id>/FATURA#<protocolo>#<nn>"),
    ),
})  # fmt: skip
