"""What may be loaded: senhas of the legacy portal that are still usable (R07); enforced, and shown in `operacao.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from conecta_cargas import cells as f
from conecta_cargas import columns
from conecta_cargas.cells import CelulaError
from conecta_cargas.columns import Achado, Dados, em_ordem
from conecta_cargas.columns import coluna as _c
from conecta_senhas.prazos import VALIDADE
from conecta_senhas.solicitacoes import Tipo, regiao_from_json
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from conecta_tiss.vocabulary.wide_tables import Dente, Regiao

SENHAS: Final = "senhas-legado"
_ITEM: Final = re.compile(
    r"(?P<tabela>[0-9]{2}):(?P<codigo>[0-9A-Za-z]{1,10})"
    r":(?P<autorizada>[0-9]{1,4}(?:\.[0-9]{1,2})?):(?P<faturada>[0-9]{1,4}(?:\.[0-9]{1,2})?)(?::(?P<onde>[0-9A-Z]{2,4}))?",
    re.ASCII,
)
_NUMERO: Final = f.padrao(
    r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}", "um número de até 20 letras, algarismos, ponto, hífen ou sublinhado"
)
_ONDE: Final = frozenset(item.value for table in (Dente, Regiao) for item in table)
_MOTIVO_ITEM: Final = (
    "Cada item é escrito tabela:codigo:autorizada:faturada, e na odontologia :dente ou :região no fim, com no máximo "
    "duas casas decimais depois de um ponto, como 22:20104545:10:4."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLegado:
    """What was authorised of a code, and how much of that was billed before the migration."""

    tabela: str
    codigo: str
    autorizada: Decimal
    faturada: Decimal
    dente: str | None = None
    regiao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenhaLegada:
    """A row.

    Attributes:
        prestador, solicitante, executante: ids; in the file a CNPJ or a CPF.
    """

    registro_ans: str
    senha: str
    numero_guia_prestador: str
    prestador: str
    carteira: str
    tipo: Tipo
    carater: CaraterAtendimento
    data_autorizacao: date
    validade: date
    itens: tuple[ItemLegado, ...] = ()
    solicitante: str | None = None
    executante: str | None = None
    guia_principal: str | None = None
    diarias: int | None = None
    admissao: date | None = None


def _item(celula: str) -> dict[str, Any]:
    found = _ITEM.fullmatch(celula)
    if found is None:
        raise CelulaError("formato", _MOTIVO_ITEM)
    parts = found.groupdict()
    onde = regiao_from_json(parts.pop("onde") or "")
    item: dict[str, Any] = {**parts, **{name: Decimal(parts[name]) for name in ("autorizada", "faturada")}}
    if item["autorizada"] <= 0 or item["faturada"] > item["autorizada"]:
        raise CelulaError("quantidade", "Informe o que foi autorizado, mais de zero, e não mais faturado do que isso.")
    if onde:
        kind = "dente" if onde[0].isdigit() else "regiao"
        if onde not in _ONDE:
            raise CelulaError("opcao", "O dente ou a região não está na tabela da TISS.")
        item[kind] = onde
    return item


def _noventa_dias(dados: Dados) -> Iterator[Achado]:
    decided, last = dados.get("data_autorizacao"), dados.get("validade")
    if decided and last and date.fromisoformat(last) > date.fromisoformat(decided) + VALIDADE:
        yield "validade", "validade-acima-do-limite", "A senha vale no máximo 90 dias, da data da autorização (R10)."


def _da_internacao(dados: Dados) -> Iterator[Achado]:
    stays = {"diarias": ("INTERNACAO", "PRORROGACAO"), "admissao": ("INTERNACAO",)}
    for name, tipos in stays.items():
        if name in dados and dados.get("tipo", tipos[0]) not in tipos:
            yield name, "nao-se-aplica", f"Só com o tipo {' ou '.join(tipos)}: deixe vazio nos outros."


TIPOS: Final[Mapping[str, columns.Tipo]] = MappingProxyType({
    SENHAS: columns.Tipo(
        SENHAS, "Senhas do portal anterior que ainda valem, com o que falta usar (R07)", SenhaLegada,
        (
            _c("senha*", _NUMERO, "a senha, que aqui é também o número da guia na operadora", "LEG20261015001"),
            _c("numero_guia_prestador*", _NUMERO, "número da guia no prestador", "4711"),
            _c("prestador*", f.PRESTADOR, "de quem é o pedido", "12345678000195"),
            _c("solicitante", f.PRESTADOR, "quem solicitou; vazio é o prestador"),
            _c("executante", f.PRESTADOR, "quem vai executar; vazio é o solicitante"),
            _c("carteira*", f.CARTEIRA, "do beneficiário, já carregado", "00620000000000017"),
            _c("tipo*", f.opcao_de(Tipo), "tipo do pedido", "SP_SADT"),
            _c("carater", f.opcao_de(CaraterAtendimento), "caráter na TISS: 1 eletivo, 2 urgência", "1", "1"),
            _c("guia_principal", _NUMERO, "senha ou guia da internação que uma prorrogação prorroga"),
            _c("data_autorizacao*", f.DATA, "dia da decisão", "2026-10-15"),
            _c("validade*", f.DATA, "último dia, no máximo 90 depois da decisão", "2027-01-13"),
            _c("diarias", f.inteiro(1, 999), "diárias autorizadas de internação ou prorrogação"),
            _c("admissao", f.DATA, "dia em que o paciente foi internado, se já foi"),
            _c(
                "itens", f.lista(f.Formato(_item, "item"), "tabela:codigo:autorizada:faturada[:dente ou região]"),
                "itens autorizados; faturada conta o que já foi cobrado no outro portal", "22:20104545:10:4", [],
            ),
        ),
        (("senha",), ("prestador", "numero_guia_prestador")),
        (em_ordem("data_autorizacao", "validade"), em_ordem("admissao", "validade"), _noventa_dias, _da_internacao),
        ("OPERADORA#<registro>#GUIA#<senha>/AUTORIZACAO", "PRESTADOR#<id>/GUIA#<registro>#<numero_guia_prestador>"),
    ),
})  # fmt: skip
