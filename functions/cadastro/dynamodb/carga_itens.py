"""What a row of each tipo of load is in the tables: keys, values of `conecta_facts` in plain form, index, merging."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from cadastro.domain.carga_periodos import situacao_informada
from cadastro.domain.relacionamentos import indexed_under
from conecta_cargas.loading import Busca, Dados, Item
from conecta_edge import beneficiarios as lives
from conecta_edge import cadastro as keys
from conecta_edge.pseudonyms import Pseudonyms
from conecta_facts import codec
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao

CPF: Final = 11
_PERFIL: Final = ("prestador_id", "nome", "cnes", "uf", "municipio")
_dia: Final = date.fromisoformat


def _contratado(kind: str) -> Callable[[str, Dados], keys.Key]:
    return lambda r, d: keys.contratado_key(
        keys.contrato_pk(d["prestador_id"], r), kind, d["tabela"], d["codigo"], _dia(d["vigente_de"])
    )


SIMPLES: Final[Mapping[str, Callable[[str, Dados], keys.Key]]] = {
    "contatos": lambda r, d: keys.contato_key(r, d["codigo"]),
    "calendario": lambda r, d: keys.calendario_key(r, _dia(d["data"]), d.get("uf")),
    "planos": lambda r, d: keys.plano_key(r, d["codigo"]),
    "carencias": lambda r, d: keys.carencia_key(r, d["plano"], d["grupo"], _dia(d["vigente_de"])),
    "coberturas": lambda r, d: keys.cobertura_key(r, d["plano"], d["tabela"], d["codigo"], _dia(d["vigente_de"])),
    "locais": lambda r, d: keys.local_key(d["prestador_id"], r, d["cnes"]),
    "corpo-clinico": lambda r, d: keys.profissional_key(
        d["prestador_id"], r, d["conselho"], d["uf"], d["numero_conselho"]
    ),
    "contratos": lambda r, d: keys.contrato_key(d["prestador_id"], r, _dia(d["vigente_de"])),
    "precos": lambda r, d: keys.preco_key(r, d["tabela_precos"], d["tabela"], d["codigo"], _dia(d["vigente_de"])),
    "procedimentos-contratados": _contratado("PROCEDIMENTO"),
    "diarias": _contratado("DIARIA"),
    "pacotes": _contratado("PACOTE"),
    "regras-procedimentos": lambda r, d: keys.regra_key(
        r, d["tabela"], d["codigo"], d.get("plano"), _dia(d["vigente_de"])
    ),
}
"""Tipos whose row is one item; the others have a function below."""


class Montador:
    """Makes items of rows.

    Args:
        cadastro, beneficiarios: names of the tables.
        pseudonyms: what stands for CPFs and carteiras; asked for when first needed.
    """

    def __init__(self, cadastro: str, beneficiarios: str, pseudonyms: Callable[[], Pseudonyms]) -> None:
        self._cadastro = cadastro
        self._beneficiarios = beneficiarios
        self._pseudonyms = pseudonyms

    def itens(self, tipo: str, registro_ans: str, dados: Dados, referencia: date, hoje: date) -> list[Item]:
        """The items of one row; takes the row's values over.

        Args:
            referencia, hoje: local days the file speaks of, and on which it is loaded.
        """
        documento = dados.pop("prestador", None)
        if documento is not None:
            person = len(documento) == CPF
            dados["prestador_id"] = self._pseudonyms().prestador(documento) if person else documento
        if tipo in SIMPLES:
            return [self._item(SIMPLES[tipo](registro_ans, dados), dados)]
        if tipo == "beneficiarios":
            return self._vida(registro_ans, dados)
        if tipo == "prestadores":
            return self._prestador(registro_ans, documento, dados, referencia, hoje)
        if "versoes_tiss" in dados:
            dados["versoes"] = dados.pop("versoes_tiss")
        return [
            self._item(keys.operadora_key(registro_ans), dados),
            self._item(keys.listed_operadora_key(registro_ans), dados),
        ]

    def _item(self, key: keys.Key, dados: Dados) -> Item:
        return Item((self._cadastro, key["pk"], key["sk"]), dados)

    def _vida(self, registro_ans: str, dados: Dados) -> list[Item]:
        pseudonyms, table = self._pseudonyms(), self._beneficiarios
        carteira = pseudonyms.carteira(registro_ans, dados["numero_carteira"])
        key = lives.beneficiario_key(registro_ans, carteira)
        busca: Busca | None = None
        if "cpf" in dados:
            found = lives.cpf_busca(registro_ans, pseudonyms.cpf(registro_ans, dados["cpf"]), carteira)
            busca = (found["busca_pk"], found["busca_sk"])
        itens = [Item((table, key["pk"], key["sk"]), dados, busca)]
        if "carteira_anterior" in dados:
            old = lives.anterior_key(registro_ans, pseudonyms.carteira(registro_ans, dados["carteira_anterior"]))
            itens.append(Item((table, old["pk"], old["sk"]), {"carteira": carteira}))
        return itens

    def _prestador(self, registro_ans: str, documento: str, dados: Dados, referencia: date, hoje: date) -> list[Item]:
        prestador_id = dados["prestador_id"]
        perfil: Dados = {
            name: dados[name] for name in ("prestador_id", "nome", "cnes", "uf", "municipio") if name in dados
        }
        perfil["cpf" if len(documento) == CPF else "cnpj"] = documento
        perfil["introduzido_por"] = registro_ans
        novo = Relacionamento(
            prestador_id,
            registro_ans,
            dados["codigo_na_operadora"],
            (Periodo(Situacao(dados["situacao"]), _dia(dados["desde"]), dados.get("motivo")),),
            autorizacao=dados["autorizacao"],
            faturamento=dados["faturamento"],
        )
        ate = _dia(dados["ate"]) if "ate" in dados else None

        def introduced(stored: Mapping[str, Any] | None) -> tuple[Dados, Busca | None] | None:
            if stored is not None and stored.get("introduzido_por") != registro_ans:
                return None
            return perfil, None

        def told(stored: Mapping[str, Any] | None) -> tuple[Dados, Busca | None]:
            held = codec.build(Relacionamento, stored) if stored is not None else None
            made = situacao_informada(held, novo, ate, referencia)
            return codec.plain(made), _indexed(made, hoje)

        first, second = keys.prestador_key(prestador_id), keys.relacionamento_key(prestador_id, registro_ans)
        code = keys.codigo_key(registro_ans, novo.codigo_na_operadora)
        return [
            Item((self._cadastro, first["pk"], first["sk"]), perfil, juntar=introduced),
            Item((self._cadastro, second["pk"], second["sk"]), {}, juntar=told),
            self._item(code, {"prestador_id": prestador_id, "codigo": novo.codigo_na_operadora}),
        ]


def _indexed(made: Relacionamento, hoje: date) -> Busca:
    """Under its present state, or that it will change by itself; in order of the day that state began."""
    since = made.periodo_em(hoje) or made.periodos[0]
    place = keys.relacionamento_busca(
        made.registro_ans, indexed_under(made, hoje), since.de, made.prestador_id
    )  # fmt: skip
    return place["busca_pk"], place["busca_sk"]
