"""Named defects: each plants one error in a correct lote and knows where a validator must point.

Every defect stays alone: totals are computed again after an item changes (unless the total is the defect),
and the hash is written over the defective text (unless the hash is the defect). Glosa codes are those of
``tiss.md`` section 5.1; several are listed where the table allows more than one, and 5001 beside a precise
code where the schema alone may answer.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from local.gerador.guias import amounts_of, items_of, reais, text, write_totals
from local.gerador.model import VERSOES, Esperado, Pedido, Tipo, Veredito
from local.gerador.tree import Node, node

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMITE_DE_GUIAS = 100
_TODOS = tuple(Tipo)
_COM_ITENS = (Tipo.SADT, Tipo.INTERNACAO, Tipo.HONORARIOS, Tipo.ODONTO)
_COM_FATOR = (Tipo.SADT, Tipo.INTERNACAO, Tipo.HONORARIOS)
_COM_CATEGORIAS = (Tipo.SADT, Tipo.INTERNACAO)
_COM_PROFISSIONAL = {
    Tipo.SADT: "dadosSolicitante/profissionalSolicitante/CBOS",
    Tipo.CONSULTA: "profissionalExecutante/CBOS",
    Tipo.ODONTO: "dadosProfissionaisResponsaveis/cbosExec2",
}


@dataclass(slots=True)
class Context:
    """The message a defect changes: ``index`` (from 0) is the guia that receives it."""

    pedido: Pedido
    root: Node
    index: int

    @property
    def lote(self) -> Node:
        """The ``loteGuias`` element."""
        return self.root.one("prestadorParaOperadora/loteGuias")

    @property
    def guias(self) -> list[Node]:
        """All guias of the lote."""
        return self.lote.one("guiasTISS").children

    @property
    def guia(self) -> Node:
        """The guia under attack."""
        return self.guias[self.index]

    @property
    def item(self) -> Node:
        """The first item of the guia under attack."""
        return items_of(self.guia)[0]

    @property
    def valor(self) -> Node:
        """Leaf with the first item's presented total (a consulta's and a dental item's own value)."""
        if self.pedido.tipo is Tipo.CONSULTA:
            return self.guia.one("dadosAtendimento/procedimento/valorProcedimento")
        if self.pedido.tipo is Tipo.ODONTO:
            return self.item.one("valorProc")
        return amounts_of(self.item).one("valorTotal")

    @property
    def data(self) -> Node:
        """Leaf with the first item's service date."""
        if self.pedido.tipo is Tipo.CONSULTA:
            return self.guia.one("dadosAtendimento/dataAtendimento")
        return self.item.one("dataRealizacao" if self.pedido.tipo is Tipo.ODONTO else "dataExecucao")

    @property
    def carteira(self) -> Node:
        """Leaf with the carteira of the guia under attack."""
        return next(leaf for leaf in self.guia.walk() if leaf.name == "numeroCarteira")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a validator must point: the lote (neither), a guia, or an item of it."""

    guia: str | None = None
    item: int | None = None


Planter = Callable[[Context], Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defeito:
    """One named defect; ``codigos`` by version, ``descricao`` in Portuguese for the command line."""

    name: str
    descricao: str
    planter: Planter
    codigos: dict[str, frozenset[str]]
    tipos: tuple[Tipo, ...] = _TODOS
    versoes: tuple[str, ...] = VERSOES
    viola_xsd: bool = False
    veredito: Veredito = Veredito.RECUSA
    minimo_de_guias: int = 1

    def plant(self, context: Context) -> Esperado:
        """Change the message and say what must be found."""
        place = self.planter(context)
        return Esperado(
            defeito=self.name,
            codigos=self.codigos[context.pedido.versao],
            guia=place.guia,
            item=place.item,
            viola_xsd=self.viola_xsd,
            veredito=self.veredito,
        )


@dataclass(slots=True)
class _Registry:
    """Collects the defects as they are defined, in that order."""

    every: dict[str, Defeito] = field(default_factory=dict)

    def __call__(
        self,
        name: str,
        descricao: str,
        *codigos: str,
        em_403: Iterable[str] | None = None,
        tipos: tuple[Tipo, ...] = _TODOS,
        versoes: tuple[str, ...] = VERSOES,
        viola_xsd: bool = False,
        veredito: Veredito = Veredito.RECUSA,
        minimo_de_guias: int = 1,
    ) -> Callable[[Planter], Planter]:
        before = frozenset(codigos)
        after = before if em_403 is None else frozenset(em_403)

        def register(planter: Planter) -> Planter:
            self.every[name] = Defeito(
                name=name,
                descricao=descricao,
                planter=planter,
                codigos={versao: after if versao == "4.03.00" else before for versao in VERSOES},
                tipos=tipos,
                versoes=versoes,
                viola_xsd=viola_xsd,
                veredito=veredito,
                minimo_de_guias=minimo_de_guias,
            )
            return planter

        return register


_defeito = _Registry()
DEFEITOS = _defeito.every
"""Every defect by name."""

_LOTE = Place()


def _numero(guia: Node) -> Node:
    return next(leaf for leaf in guia.walk() if leaf.name == "numeroGuiaPrestador")


def _in_guia(context: Context) -> Place:
    return Place(text(_numero(context.guia)))


def _in_item(context: Context) -> Place:
    item = None if context.pedido.tipo is Tipo.CONSULTA else int(text(context.item.one("sequencialItem")))
    return Place(text(_numero(context.guia)), item)


def _parent_of(root: Node, child: Node) -> Node:
    return next(element for element in root.walk() if any(part is child for part in element.children))


# --- the envelope -----------------------------------------------------------------------------------


@_defeito("hash-errado", "o hash do epílogo não é o do conteúdo", "5014")
def _hash_errado(context: Context) -> Place:
    context.root.one("epilogo/hash").text = "0" * 32
    return _LOTE


@_defeito("hash-vazio", "o hash do epílogo está vazio", "5014")
def _hash_vazio(context: Context) -> Place:
    context.root.one("epilogo/hash").text = ""
    return _LOTE


@_defeito("hash-ausente", "o epílogo não tem hash", "5014", viola_xsd=True)
def _hash_ausente(context: Context) -> Place:
    context.root.one("epilogo").remove("hash")
    return _LOTE


@_defeito("conteudo-adulterado", "a carteira foi trocada depois de calculado o hash", "5014")
def _conteudo_adulterado(context: Context) -> Place:
    context.carteira.markup = "00000000000000001"
    return _LOTE


@_defeito("transacao-divergente", "tipoTransacao não corresponde ao corpo da mensagem", "3148", "5007")
def _transacao_divergente(context: Context) -> Place:
    context.root.one("cabecalho/identificacaoTransacao/tipoTransacao").text = "CANCELA_GUIA"
    return _LOTE


@_defeito("transacao-desconhecida", "tipoTransacao fora da tabela", "3148", "5001", viola_xsd=True)
def _transacao_desconhecida(context: Context) -> Place:
    context.root.one("cabecalho/identificacaoTransacao/tipoTransacao").text = "ENVIO_DE_LOTES"
    return _LOTE


@_defeito("corpo-vazio", "prestadorParaOperadora não tem nada", "5007")
def _corpo_vazio(context: Context) -> Place:
    context.root.one("prestadorParaOperadora").children = []
    return _LOTE


@_defeito("sem-corpo", "a mensagem não tem corpo", "5007")
def _sem_corpo(context: Context) -> Place:
    context.root.remove("prestadorParaOperadora")
    return _LOTE


@_defeito("origem-destino-trocados", "a operadora é a origem e o prestador o destino", "5005", "5027", "5007")
def _origem_destino_trocados(context: Context) -> Place:
    cabecalho = context.root.one("cabecalho")
    origem, destino = cabecalho.one("origem"), cabecalho.one("destino")
    origem.children, destino.children = destino.children, origem.children
    return _LOTE


@_defeito("destino-invalido", "registro ANS do destino com letra", "5027", "5001", viola_xsd=True)
def _destino_invalido(context: Context) -> Place:
    context.root.one("cabecalho/destino/registroANS").text = "34569A"
    return _LOTE


@_defeito("versao-desconhecida", "Padrao 9.99.99", "5028", viola_xsd=True)
def _versao_desconhecida(context: Context) -> Place:
    context.root.one("cabecalho/Padrao").text = "9.99.99"
    return _LOTE


@_defeito("versao-fora-de-vigencia", "Padrao 4.00.01, que o XSD ainda enumera", "5028")
def _versao_fora_de_vigencia(context: Context) -> Place:
    context.root.one("cabecalho/Padrao").text = "4.00.01"
    return _LOTE


@_defeito("versao-ausente", "cabecalho sem Padrao", "5028", viola_xsd=True)
def _versao_ausente(context: Context) -> Place:
    context.root.one("cabecalho").remove("Padrao")
    return _LOTE


@_defeito(
    "cnpj-alfanumerico",
    "CNPJ alfanumérico na origem, que só a 4.03.00 transporta",
    "1206",
    versoes=("4.01.00", "4.02.00"),
    viola_xsd=True,
)
def _cnpj_alfanumerico(context: Context) -> Place:
    context.root.one("cabecalho/origem/identificacaoPrestador").children = [node("CNPJ", "12ABC34501DE35")]
    return _LOTE


# --- the lote ---------------------------------------------------------------------------------------


@_defeito("lote-em-branco", "numeroLote só com espaços", "5047")
def _lote_em_branco(context: Context) -> Place:
    context.lote.one("numeroLote").text = "   "
    return _LOTE


@_defeito("lote-vazio", "numeroLote sem texto", "5047", viola_xsd=True)
def _lote_vazio(context: Context) -> Place:
    context.lote.one("numeroLote").text = ""
    return _LOTE


@_defeito("lote-ausente", "loteGuias sem numeroLote", "5047", viola_xsd=True)
def _lote_ausente(context: Context) -> Place:
    context.lote.remove("numeroLote")
    return _LOTE


@_defeito("lote-alfanumerico", "numeroLote com letras: o recurso só transporta dígitos", "5047", "5001", "5007")
def _lote_alfanumerico(context: Context) -> Place:
    context.lote.one("numeroLote").text = "LOTE-A1"
    return _LOTE


@_defeito("guias-101", "o lote tem 101 guias", "5015", viola_xsd=True)
def _guias_101(context: Context) -> Place:
    guias = context.guias
    while len(guias) <= LIMITE_DE_GUIAS:
        other = copy.deepcopy(guias[0])
        numero = _numero(other)
        numero.text = f"9{len(guias) + 1:011d}"
        guias.append(other)
    return _LOTE


@_defeito("tipos-misturados", "o lote mistura tipos de guia", "5001", "5007", tipos=(Tipo.SADT,), viola_xsd=True)
def _tipos_misturados(context: Context) -> Place:
    other = node(
        Tipo.CONSULTA.element,
        node(
            "cabecalhoConsulta",
            node("registroANS", context.pedido.destino),
            node("numeroGuiaPrestador", "900000000001"),
        ),
    )
    context.guias.append(other)
    return Place(text(_numero(other)))


@_defeito("guia-duplicada", "duas guias com o mesmo número no lote", "1308", minimo_de_guias=2)
def _guia_duplicada(context: Context) -> Place:
    other = context.guias[context.index - 1]
    _numero(context.guia).text = text(_numero(other))
    return _in_guia(context)


# --- the guia ---------------------------------------------------------------------------------------


@_defeito("registro-da-guia-divergente", "registroANS da guia difere do destino", "5027")
def _registro_da_guia(context: Context) -> Place:
    registro = next(leaf for leaf in context.guia.walk() if leaf.name == "registroANS")
    registro.text = "000001"
    return _in_guia(context)


@_defeito("numero-da-guia-em-branco", "numeroGuiaPrestador só com espaços", "1307", "5001", "5007")
def _numero_em_branco(context: Context) -> Place:
    _numero(context.guia).text = "   "
    return _LOTE


@_defeito("carteira-em-branco", "numeroCarteira só com espaços", "1001")
def _carteira_em_branco(context: Context) -> Place:
    context.carteira.text = "   "
    return _in_guia(context)


@_defeito("carteira-vazia", "numeroCarteira sem texto", "1001", "5001", viola_xsd=True)
def _carteira_vazia(context: Context) -> Place:
    context.carteira.text = ""
    return _in_guia(context)


@_defeito("carteira-longa", "numeroCarteira com 21 caracteres", "1001", "5001", viola_xsd=True)
def _carteira_longa(context: Context) -> Place:
    context.carteira.text = "0" * 21
    return _in_guia(context)


@_defeito(
    "carteira-com-comentario",
    "comentário XML no meio da carteira: o valor é o texto inteiro",
    "1001",
    "5001",
    "5002",
    veredito=Veredito.LEITURA_EXATA,
)
def _carteira_com_comentario(context: Context) -> Place:
    whole = text(context.carteira)
    context.carteira.markup = f"{whole[:3]}<!-- x -->{whole[3:]}"
    return _in_guia(context)


@_defeito("guia-total", "total da guia difere da soma dos itens", "5042", tipos=(*_COM_CATEGORIAS, Tipo.HONORARIOS))
def _guia_total(context: Context) -> Place:
    honorarios = context.pedido.tipo is Tipo.HONORARIOS
    total = context.guia.one("valorTotalHonorarios" if honorarios else "valorTotal/valorTotalGeral")
    total.text = reais(Decimal(text(total)) + Decimal("0.01"))
    return _in_guia(context)


@_defeito("guia-total-odonto", "valorTotalProc difere da soma dos itens", "5042", tipos=(Tipo.ODONTO,))
def _guia_total_odonto(context: Context) -> Place:
    total = context.guia.one("valorTotalProc")
    total.text = reais(Decimal(text(total)) + Decimal("0.01"))
    return _in_guia(context)


@_defeito(
    "categoria-total",
    "valorProcedimentos difere da soma dos procedimentos, embora o total geral feche",
    "5042",
    tipos=_COM_CATEGORIAS,
)
def _categoria_total(context: Context) -> Place:
    totais = context.guia.one("valorTotal").children
    first, second = totais[0], totais[1]
    shift = Decimal("1.00")
    if second.name == "valorTotalGeral":
        second = node("valorTaxasAlugueis", "0.00")
        totais.insert(1, second)
    first.text = reais(Decimal(text(first)) - shift)
    second.text = reais(Decimal(text(second)) + shift)
    return _in_guia(context)


@_defeito("elemento-ausente", "falta atendimentoRN, obrigatório", "5001", "5007", "5032", viola_xsd=True)
def _elemento_ausente(context: Context) -> Place:
    rn = next(leaf for leaf in context.guia.walk() if leaf.name == "atendimentoRN")
    _parent_of(context.guia, rn).remove("atendimentoRN")
    return _in_guia(context)


@_defeito("ordem-trocada", "atendimentoRN antes de numeroCarteira", "5001", viola_xsd=True)
def _ordem_trocada(context: Context) -> Place:
    beneficiario = _parent_of(context.guia, context.carteira)
    beneficiario.children[0], beneficiario.children[1] = beneficiario.children[1], beneficiario.children[0]
    return _in_guia(context)


@_defeito("elemento-desconhecido", "elemento que o padrão não tem", "5001", viola_xsd=True)
def _elemento_desconhecido(context: Context) -> Place:
    _parent_of(context.guia, context.carteira).children.append(node("nomeBeneficiario", "BENEFICIARIO EXEMPLO"))
    return _in_guia(context)


@_defeito("enumeracao-invalida", "atendimentoRN fora da tabela", "5001", "5032", viola_xsd=True)
def _enumeracao_invalida(context: Context) -> Place:
    next(leaf for leaf in context.guia.walk() if leaf.name == "atendimentoRN").text = "X"
    return _in_guia(context)


@_defeito("cbo-invalido", "CBO fora da tabela 24", "1213", "5001", tipos=tuple(_COM_PROFISSIONAL), viola_xsd=True)
def _cbo_invalido(context: Context) -> Place:
    context.guia.one(_COM_PROFISSIONAL[context.pedido.tipo]).text = "000001"
    return _in_guia(context)


@_defeito("texto-longo", "observacao com 501 caracteres", "5001", tipos=(Tipo.SADT,), viola_xsd=True)
def _texto_longo(context: Context) -> Place:
    guia = context.guia
    if guia.maybe("observacao") is not None:
        guia.remove("observacao")
    guia.children.insert(guia.children.index(guia.one("valorTotal")), node("observacao", "a" * 501))
    return _in_guia(context)


# --- the item ---------------------------------------------------------------------------------------


@_defeito(
    "item-aritmetica",
    "valorTotal do item não é quantidade x unitário x fator",
    "5042",
    "1705",
    "1706",
    tipos=_COM_FATOR,
)
def _item_aritmetica(context: Context) -> Place:
    context.valor.text = reais(Decimal(text(context.valor)) + Decimal("10.00"))
    write_totals(context.guia)
    return _in_item(context)


@_defeito(
    "fator-ignorado",
    "reducaoAcrescimo 0.50 e valorTotal cheio",
    "5042",
    "1705",
    "1716",
    tipos=_COM_FATOR,
)
def _fator_ignorado(context: Context) -> Place:
    item = context.item
    quantidade = Decimal(text(item.one("quantidadeExecutada")))
    item.one("reducaoAcrescimo").text = "0.50"
    context.valor.text = reais(quantidade * Decimal(text(item.one("valorUnitario"))))
    write_totals(context.guia)
    return _in_item(context)


def _set_amount(context: Context, valor: str) -> Place:
    context.valor.text = valor
    if context.pedido.tipo in _COM_FATOR:
        item = context.item
        item.one("quantidadeExecutada").text = "1"
        item.one("reducaoAcrescimo").text = "1.00"
        item.one("valorUnitario").text = valor
    write_totals(context.guia)
    return _in_item(context)


@_defeito("valor-zero", "item com valor zero", "5040", "5034")
def _valor_zero(context: Context) -> Place:
    return _set_amount(context, "0.00")


@_defeito("valor-negativo", "item com valor negativo, que o XSD aceita", "5040", "5034")
def _valor_negativo(context: Context) -> Place:
    return _set_amount(context, "-10.00")


@_defeito("valor-tres-casas", "valor com três casas decimais", "5001", "5042", tipos=_COM_FATOR, viola_xsd=True)
def _valor_tres_casas(context: Context) -> Place:
    context.valor.text = text(context.valor) + "1"
    return _in_item(context)


@_defeito(
    "valor-acima-da-4.01",
    "R$ 1.000.000,01 no item: nove dígitos só cabem a partir da 4.02.00",
    "5001",
    tipos=_COM_FATOR,
    versoes=("4.01.00",),
    viola_xsd=True,
)
def _valor_acima_da_401(context: Context) -> Place:
    return _set_amount(context, "1000000.01")


@_defeito("quantidade-zero", "quantidade zero com valor zero", "5041", "5040", "5034", tipos=_COM_FATOR)
def _quantidade_zero(context: Context) -> Place:
    context.item.one("quantidadeExecutada").text = "0"
    context.valor.text = "0.00"
    write_totals(context.guia)
    return _in_item(context)


@_defeito("sequencia-duplicada", "dois itens com o mesmo sequencialItem", "3167", tipos=_COM_ITENS)
def _sequencia_duplicada(context: Context) -> Place:
    itens = _two_items(context)
    itens[1].one("sequencialItem").text = text(itens[0].one("sequencialItem"))
    return _in_item(context)


@_defeito("sequencia-com-salto", "sequencialItem pula números", "3167", tipos=_COM_ITENS)
def _sequencia_com_salto(context: Context) -> Place:
    gap = "500"
    _two_items(context)[1].one("sequencialItem").text = gap
    return Place(text(_numero(context.guia)), int(gap))


@_defeito("sequencia-zero", "sequencialItem zero", "3167", tipos=_COM_ITENS)
def _sequencia_zero(context: Context) -> Place:
    context.item.one("sequencialItem").text = "0"
    return _in_item(context)


def _two_items(context: Context) -> list[Node]:
    itens = items_of(context.guia)
    if len(itens) < 2:  # noqa: PLR2004 - two is what a sequence needs
        raise ValueError("este defeito pede ao menos dois itens por guia")
    return itens


@_defeito("data-futura", "atendimento amanhã", "1323", em_403=("3223",))
def _data_futura(context: Context) -> Place:
    context.data.text = (context.pedido.hoje + timedelta(days=1)).isoformat()
    return _in_item(context)


@_defeito("data-com-fuso", "data com fuso horário, que o XSD aceita", "1323", "5001", em_403=("3227", "1323", "5001"))
def _data_com_fuso(context: Context) -> Place:
    context.data.text = text(context.data) + "Z"
    return _in_item(context)


@_defeito("data-inexistente", "30 de fevereiro", "1323", "5001", em_403=("3227", "1323", "5001"), viola_xsd=True)
def _data_inexistente(context: Context) -> Place:
    context.data.text = f"{context.pedido.hoje.year - 1}-02-30"
    return _in_item(context)


@_defeito("tabela-invalida", "codigoTabela 77", "3150", "5035", "5001", tipos=_COM_FATOR, viola_xsd=True)
def _tabela_invalida(context: Context) -> Place:
    context.item.one("procedimento/codigoTabela").text = "77"
    return _in_item(context)


def _local_odonto(context: Context, leaf: Node) -> Place:
    context.item.one("denteRegiao").children = [leaf]
    return _in_item(context)


@_defeito("regiao-aias", "região AIAS: o código do padrão é ASAI", "5038", tipos=(Tipo.ODONTO,), viola_xsd=True)
def _regiao_aias(context: Context) -> Place:
    return _local_odonto(context, node("codRegiao", "AIAS"))


@_defeito("dente-invalido", "dente 99", "5037", "5001", tipos=(Tipo.ODONTO,), viola_xsd=True)
def _dente_invalido(context: Context) -> Place:
    return _local_odonto(context, node("codDente", "99"))
