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

from local.gerador.arvore import No, no
from local.gerador.guias import itens_da_guia, reais, texto, totalizar, valores_do_item
from local.gerador.modelo import VERSOES, Esperado, Pedido, Tipo, Veredito

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
class Contexto:
    """The message a defect changes: ``indice`` (from 0) is the guia that receives it."""

    pedido: Pedido
    raiz: No
    indice: int

    @property
    def lote(self) -> No:
        """The ``loteGuias`` element."""
        return self.raiz.um("prestadorParaOperadora/loteGuias")

    @property
    def guias(self) -> list[No]:
        """All guias of the lote."""
        return self.lote.um("guiasTISS").filhos

    @property
    def guia(self) -> No:
        """The guia under attack."""
        return self.guias[self.indice]

    @property
    def item(self) -> No:
        """The first item of the guia under attack."""
        return itens_da_guia(self.guia)[0]

    @property
    def valor(self) -> No:
        """Leaf with the first item's presented total (a consulta's and a dental item's own value)."""
        if self.pedido.tipo is Tipo.CONSULTA:
            return self.guia.um("dadosAtendimento/procedimento/valorProcedimento")
        if self.pedido.tipo is Tipo.ODONTO:
            return self.item.um("valorProc")
        return valores_do_item(self.item).um("valorTotal")

    @property
    def data(self) -> No:
        """Leaf with the first item's service date."""
        if self.pedido.tipo is Tipo.CONSULTA:
            return self.guia.um("dadosAtendimento/dataAtendimento")
        return self.item.um("dataRealizacao" if self.pedido.tipo is Tipo.ODONTO else "dataExecucao")

    @property
    def carteira(self) -> No:
        """Leaf with the carteira of the guia under attack."""
        return next(folha for folha in self.guia.percorrer() if folha.nome == "numeroCarteira")


@dataclass(frozen=True, slots=True)
class Local:
    """Where a validator must point: the lote (neither), a guia, or an item of it."""

    guia: str | None = None
    item: int | None = None


Plantador = Callable[[Contexto], Local]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defeito:
    """One named defect; ``codigos`` by version, ``descricao`` in Portuguese for the command line."""

    nome: str
    descricao: str
    plantador: Plantador
    codigos: dict[str, frozenset[str]]
    tipos: tuple[Tipo, ...] = _TODOS
    versoes: tuple[str, ...] = VERSOES
    viola_xsd: bool = False
    veredito: Veredito = Veredito.RECUSA
    minimo_de_guias: int = 1

    def plantar(self, contexto: Contexto) -> Esperado:
        """Change the message and say what must be found."""
        local = self.plantador(contexto)
        return Esperado(
            defeito=self.nome,
            codigos=self.codigos[contexto.pedido.versao],
            guia=local.guia,
            item=local.item,
            viola_xsd=self.viola_xsd,
            veredito=self.veredito,
        )


@dataclass(slots=True)
class _Registro:
    """Collects the defects as they are defined, in that order."""

    todos: dict[str, Defeito] = field(default_factory=dict)

    def __call__(
        self,
        nome: str,
        descricao: str,
        *codigos: str,
        em_403: Iterable[str] | None = None,
        tipos: tuple[Tipo, ...] = _TODOS,
        versoes: tuple[str, ...] = VERSOES,
        viola_xsd: bool = False,
        veredito: Veredito = Veredito.RECUSA,
        minimo_de_guias: int = 1,
    ) -> Callable[[Plantador], Plantador]:
        antes = frozenset(codigos)
        depois = antes if em_403 is None else frozenset(em_403)

        def registrar(plantador: Plantador) -> Plantador:
            self.todos[nome] = Defeito(
                nome=nome,
                descricao=descricao,
                plantador=plantador,
                codigos={versao: depois if versao == "4.03.00" else antes for versao in VERSOES},
                tipos=tipos,
                versoes=versoes,
                viola_xsd=viola_xsd,
                veredito=veredito,
                minimo_de_guias=minimo_de_guias,
            )
            return plantador

        return registrar


_defeito = _Registro()
DEFEITOS = _defeito.todos
"""Every defect by name."""

_LOTE = Local()


def _numero(guia: No) -> No:
    return next(folha for folha in guia.percorrer() if folha.nome == "numeroGuiaPrestador")


def _na_guia(contexto: Contexto) -> Local:
    return Local(texto(_numero(contexto.guia)))


def _no_item(contexto: Contexto) -> Local:
    item = None if contexto.pedido.tipo is Tipo.CONSULTA else int(texto(contexto.item.um("sequencialItem")))
    return Local(texto(_numero(contexto.guia)), item)


def _pai(raiz: No, filho: No) -> No:
    return next(elemento for elemento in raiz.percorrer() if any(parte is filho for parte in elemento.filhos))


# --- the envelope -----------------------------------------------------------------------------------


@_defeito("hash-errado", "o hash do epílogo não é o do conteúdo", "5014")
def _hash_errado(contexto: Contexto) -> Local:
    contexto.raiz.um("epilogo/hash").texto = "0" * 32
    return _LOTE


@_defeito("hash-vazio", "o hash do epílogo está vazio", "5014")
def _hash_vazio(contexto: Contexto) -> Local:
    contexto.raiz.um("epilogo/hash").texto = ""
    return _LOTE


@_defeito("hash-ausente", "o epílogo não tem hash", "5014", viola_xsd=True)
def _hash_ausente(contexto: Contexto) -> Local:
    contexto.raiz.um("epilogo").remover("hash")
    return _LOTE


@_defeito("conteudo-adulterado", "a carteira foi trocada depois de calculado o hash", "5014")
def _conteudo_adulterado(contexto: Contexto) -> Local:
    contexto.carteira.marcacao = "00000000000000001"
    return _LOTE


@_defeito("transacao-divergente", "tipoTransacao não corresponde ao corpo da mensagem", "3148", "5007")
def _transacao_divergente(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho/identificacaoTransacao/tipoTransacao").texto = "CANCELA_GUIA"
    return _LOTE


@_defeito("transacao-desconhecida", "tipoTransacao fora da tabela", "3148", "5001", viola_xsd=True)
def _transacao_desconhecida(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho/identificacaoTransacao/tipoTransacao").texto = "ENVIO_DE_LOTES"
    return _LOTE


@_defeito("corpo-vazio", "prestadorParaOperadora não tem nada", "5007")
def _corpo_vazio(contexto: Contexto) -> Local:
    contexto.raiz.um("prestadorParaOperadora").filhos = []
    return _LOTE


@_defeito("sem-corpo", "a mensagem não tem corpo", "5007")
def _sem_corpo(contexto: Contexto) -> Local:
    contexto.raiz.remover("prestadorParaOperadora")
    return _LOTE


@_defeito("origem-destino-trocados", "a operadora é a origem e o prestador o destino", "5005", "5027", "5007")
def _origem_destino_trocados(contexto: Contexto) -> Local:
    cabecalho = contexto.raiz.um("cabecalho")
    origem, destino = cabecalho.um("origem"), cabecalho.um("destino")
    origem.filhos, destino.filhos = destino.filhos, origem.filhos
    return _LOTE


@_defeito("destino-invalido", "registro ANS do destino com letra", "5027", "5001", viola_xsd=True)
def _destino_invalido(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho/destino/registroANS").texto = "34569A"
    return _LOTE


@_defeito("versao-desconhecida", "Padrao 9.99.99", "5028", viola_xsd=True)
def _versao_desconhecida(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho/Padrao").texto = "9.99.99"
    return _LOTE


@_defeito("versao-fora-de-vigencia", "Padrao 4.00.01, que o XSD ainda enumera", "5028")
def _versao_fora_de_vigencia(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho/Padrao").texto = "4.00.01"
    return _LOTE


@_defeito("versao-ausente", "cabecalho sem Padrao", "5028", viola_xsd=True)
def _versao_ausente(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho").remover("Padrao")
    return _LOTE


@_defeito(
    "cnpj-alfanumerico",
    "CNPJ alfanumérico na origem, que só a 4.03.00 transporta",
    "1206",
    versoes=("4.01.00", "4.02.00"),
    viola_xsd=True,
)
def _cnpj_alfanumerico(contexto: Contexto) -> Local:
    contexto.raiz.um("cabecalho/origem/identificacaoPrestador").filhos = [no("CNPJ", "12ABC34501DE35")]
    return _LOTE


# --- the lote ---------------------------------------------------------------------------------------


@_defeito("lote-em-branco", "numeroLote só com espaços", "5047")
def _lote_em_branco(contexto: Contexto) -> Local:
    contexto.lote.um("numeroLote").texto = "   "
    return _LOTE


@_defeito("lote-vazio", "numeroLote sem texto", "5047", viola_xsd=True)
def _lote_vazio(contexto: Contexto) -> Local:
    contexto.lote.um("numeroLote").texto = ""
    return _LOTE


@_defeito("lote-ausente", "loteGuias sem numeroLote", "5047", viola_xsd=True)
def _lote_ausente(contexto: Contexto) -> Local:
    contexto.lote.remover("numeroLote")
    return _LOTE


@_defeito("lote-alfanumerico", "numeroLote com letras: o recurso só transporta dígitos", "5047", "5001", "5007")
def _lote_alfanumerico(contexto: Contexto) -> Local:
    contexto.lote.um("numeroLote").texto = "LOTE-A1"
    return _LOTE


@_defeito("guias-101", "o lote tem 101 guias", "5015", viola_xsd=True)
def _guias_101(contexto: Contexto) -> Local:
    guias = contexto.guias
    while len(guias) <= LIMITE_DE_GUIAS:
        outra = copy.deepcopy(guias[0])
        numero = _numero(outra)
        numero.texto = f"9{len(guias) + 1:011d}"
        guias.append(outra)
    return _LOTE


@_defeito("tipos-misturados", "o lote mistura tipos de guia", "5001", "5007", tipos=(Tipo.SADT,), viola_xsd=True)
def _tipos_misturados(contexto: Contexto) -> Local:
    outra = no(
        Tipo.CONSULTA.elemento,
        no(
            "cabecalhoConsulta",
            no("registroANS", contexto.pedido.destino),
            no("numeroGuiaPrestador", "900000000001"),
        ),
    )
    contexto.guias.append(outra)
    return _LOTE


@_defeito("guia-duplicada", "duas guias com o mesmo número no lote", "1308", minimo_de_guias=2)
def _guia_duplicada(contexto: Contexto) -> Local:
    outra = contexto.guias[contexto.indice - 1]
    _numero(contexto.guia).texto = texto(_numero(outra))
    return _na_guia(contexto)


# --- the guia ---------------------------------------------------------------------------------------


@_defeito("registro-da-guia-divergente", "registroANS da guia difere do destino", "5027")
def _registro_da_guia(contexto: Contexto) -> Local:
    registro = next(folha for folha in contexto.guia.percorrer() if folha.nome == "registroANS")
    registro.texto = "000001"
    return _na_guia(contexto)


@_defeito("numero-da-guia-em-branco", "numeroGuiaPrestador só com espaços", "1307", "5001", "5007")
def _numero_em_branco(contexto: Contexto) -> Local:
    _numero(contexto.guia).texto = "   "
    return _LOTE


@_defeito("carteira-em-branco", "numeroCarteira só com espaços", "1001")
def _carteira_em_branco(contexto: Contexto) -> Local:
    contexto.carteira.texto = "   "
    return _na_guia(contexto)


@_defeito("carteira-vazia", "numeroCarteira sem texto", "1001", "5001", viola_xsd=True)
def _carteira_vazia(contexto: Contexto) -> Local:
    contexto.carteira.texto = ""
    return _na_guia(contexto)


@_defeito("carteira-longa", "numeroCarteira com 21 caracteres", "1001", "5001", viola_xsd=True)
def _carteira_longa(contexto: Contexto) -> Local:
    contexto.carteira.texto = "0" * 21
    return _na_guia(contexto)


@_defeito(
    "carteira-com-comentario",
    "comentário XML no meio da carteira: o valor é o texto inteiro",
    "1001",
    "5001",
    "5002",
    veredito=Veredito.LEITURA_EXATA,
)
def _carteira_com_comentario(contexto: Contexto) -> Local:
    inteira = texto(contexto.carteira)
    contexto.carteira.marcacao = f"{inteira[:3]}<!-- x -->{inteira[3:]}"
    return _na_guia(contexto)


@_defeito("guia-total", "total da guia difere da soma dos itens", "5042", tipos=(*_COM_CATEGORIAS, Tipo.HONORARIOS))
def _guia_total(contexto: Contexto) -> Local:
    honorarios = contexto.pedido.tipo is Tipo.HONORARIOS
    total = contexto.guia.um("valorTotalHonorarios" if honorarios else "valorTotal/valorTotalGeral")
    total.texto = reais(Decimal(texto(total)) + Decimal("0.01"))
    return _na_guia(contexto)


@_defeito("guia-total-odonto", "valorTotalProc difere da soma dos itens", "5042", tipos=(Tipo.ODONTO,))
def _guia_total_odonto(contexto: Contexto) -> Local:
    total = contexto.guia.um("valorTotalProc")
    total.texto = reais(Decimal(texto(total)) + Decimal("0.01"))
    return _na_guia(contexto)


@_defeito(
    "categoria-total",
    "valorProcedimentos difere da soma dos procedimentos, embora o total geral feche",
    "5042",
    tipos=_COM_CATEGORIAS,
)
def _categoria_total(contexto: Contexto) -> Local:
    totais = contexto.guia.um("valorTotal").filhos
    primeira, segunda = totais[0], totais[1]
    desvio = Decimal("1.00")
    if segunda.nome == "valorTotalGeral":
        segunda = no("valorTaxasAlugueis", "0.00")
        totais.insert(1, segunda)
    primeira.texto = reais(Decimal(texto(primeira)) - desvio)
    segunda.texto = reais(Decimal(texto(segunda)) + desvio)
    return _na_guia(contexto)


@_defeito("elemento-ausente", "falta atendimentoRN, obrigatório", "5001", "5007", "5032", viola_xsd=True)
def _elemento_ausente(contexto: Contexto) -> Local:
    rn = next(folha for folha in contexto.guia.percorrer() if folha.nome == "atendimentoRN")
    _pai(contexto.guia, rn).remover("atendimentoRN")
    return _na_guia(contexto)


@_defeito("ordem-trocada", "atendimentoRN antes de numeroCarteira", "5001", viola_xsd=True)
def _ordem_trocada(contexto: Contexto) -> Local:
    beneficiario = _pai(contexto.guia, contexto.carteira)
    beneficiario.filhos[0], beneficiario.filhos[1] = beneficiario.filhos[1], beneficiario.filhos[0]
    return _na_guia(contexto)


@_defeito("elemento-desconhecido", "elemento que o padrão não tem", "5001", viola_xsd=True)
def _elemento_desconhecido(contexto: Contexto) -> Local:
    _pai(contexto.guia, contexto.carteira).filhos.append(no("nomeBeneficiario", "BENEFICIARIO EXEMPLO"))
    return _na_guia(contexto)


@_defeito("enumeracao-invalida", "atendimentoRN fora da tabela", "5001", "5032", viola_xsd=True)
def _enumeracao_invalida(contexto: Contexto) -> Local:
    next(folha for folha in contexto.guia.percorrer() if folha.nome == "atendimentoRN").texto = "X"
    return _na_guia(contexto)


@_defeito("cbo-invalido", "CBO fora da tabela 24", "1213", "5001", tipos=tuple(_COM_PROFISSIONAL), viola_xsd=True)
def _cbo_invalido(contexto: Contexto) -> Local:
    contexto.guia.um(_COM_PROFISSIONAL[contexto.pedido.tipo]).texto = "000001"
    return _na_guia(contexto)


@_defeito("texto-longo", "observacao com 501 caracteres", "5001", tipos=(Tipo.SADT,), viola_xsd=True)
def _texto_longo(contexto: Contexto) -> Local:
    guia = contexto.guia
    if guia.talvez("observacao") is not None:
        guia.remover("observacao")
    guia.filhos.insert(guia.filhos.index(guia.um("valorTotal")), no("observacao", "a" * 501))
    return _na_guia(contexto)


# --- the item ---------------------------------------------------------------------------------------


@_defeito(
    "item-aritmetica",
    "valorTotal do item não é quantidade x unitário x fator",
    "5042",
    "1705",
    "1706",
    tipos=_COM_FATOR,
)
def _item_aritmetica(contexto: Contexto) -> Local:
    contexto.valor.texto = reais(Decimal(texto(contexto.valor)) + Decimal("10.00"))
    totalizar(contexto.guia)
    return _no_item(contexto)


@_defeito(
    "fator-ignorado",
    "reducaoAcrescimo 0.50 e valorTotal cheio",
    "5042",
    "1705",
    "1716",
    tipos=_COM_FATOR,
)
def _fator_ignorado(contexto: Contexto) -> Local:
    item = contexto.item
    quantidade = Decimal(texto(item.um("quantidadeExecutada")))
    item.um("reducaoAcrescimo").texto = "0.50"
    contexto.valor.texto = reais(quantidade * Decimal(texto(item.um("valorUnitario"))))
    totalizar(contexto.guia)
    return _no_item(contexto)


def _fixar_valor(contexto: Contexto, valor: str) -> Local:
    contexto.valor.texto = valor
    if contexto.pedido.tipo in _COM_FATOR:
        item = contexto.item
        item.um("quantidadeExecutada").texto = "1"
        item.um("reducaoAcrescimo").texto = "1.00"
        item.um("valorUnitario").texto = valor
    totalizar(contexto.guia)
    return _no_item(contexto)


@_defeito("valor-zero", "item com valor zero", "5040", "5034")
def _valor_zero(contexto: Contexto) -> Local:
    return _fixar_valor(contexto, "0.00")


@_defeito("valor-negativo", "item com valor negativo, que o XSD aceita", "5040", "5034")
def _valor_negativo(contexto: Contexto) -> Local:
    return _fixar_valor(contexto, "-10.00")


@_defeito("valor-tres-casas", "valor com três casas decimais", "5001", "5042", tipos=_COM_FATOR, viola_xsd=True)
def _valor_tres_casas(contexto: Contexto) -> Local:
    contexto.valor.texto = texto(contexto.valor) + "1"
    return _no_item(contexto)


@_defeito(
    "valor-acima-da-4.01",
    "R$ 1.000.000,01 no item: nove dígitos só cabem a partir da 4.02.00",
    "5001",
    tipos=_COM_FATOR,
    versoes=("4.01.00",),
    viola_xsd=True,
)
def _valor_acima_da_401(contexto: Contexto) -> Local:
    return _fixar_valor(contexto, "1000000.01")


@_defeito("quantidade-zero", "quantidade zero com valor zero", "5041", "5040", "5034", tipos=_COM_FATOR)
def _quantidade_zero(contexto: Contexto) -> Local:
    contexto.item.um("quantidadeExecutada").texto = "0"
    contexto.valor.texto = "0.00"
    totalizar(contexto.guia)
    return _no_item(contexto)


@_defeito("sequencia-duplicada", "dois itens com o mesmo sequencialItem", "3167", tipos=_COM_ITENS)
def _sequencia_duplicada(contexto: Contexto) -> Local:
    itens = _dois_itens(contexto)
    itens[1].um("sequencialItem").texto = texto(itens[0].um("sequencialItem"))
    return _no_item(contexto)


@_defeito("sequencia-com-salto", "sequencialItem pula números", "3167", tipos=_COM_ITENS)
def _sequencia_com_salto(contexto: Contexto) -> Local:
    salto = "500"
    _dois_itens(contexto)[1].um("sequencialItem").texto = salto
    return Local(texto(_numero(contexto.guia)), int(salto))


@_defeito("sequencia-zero", "sequencialItem zero", "3167", tipos=_COM_ITENS)
def _sequencia_zero(contexto: Contexto) -> Local:
    contexto.item.um("sequencialItem").texto = "0"
    return _no_item(contexto)


def _dois_itens(contexto: Contexto) -> list[No]:
    itens = itens_da_guia(contexto.guia)
    if len(itens) < 2:  # noqa: PLR2004 - two is what a sequence needs
        raise ValueError("este defeito pede ao menos dois itens por guia")
    return itens


@_defeito("data-futura", "atendimento amanhã", "1323", em_403=("3223",))
def _data_futura(contexto: Contexto) -> Local:
    contexto.data.texto = (contexto.pedido.hoje + timedelta(days=1)).isoformat()
    return _no_item(contexto)


@_defeito("data-com-fuso", "data com fuso horário, que o XSD aceita", "1323", "5001", em_403=("3227", "1323", "5001"))
def _data_com_fuso(contexto: Contexto) -> Local:
    contexto.data.texto = texto(contexto.data) + "Z"
    return _no_item(contexto)


@_defeito("data-inexistente", "30 de fevereiro", "1323", "5001", em_403=("3227", "1323", "5001"), viola_xsd=True)
def _data_inexistente(contexto: Contexto) -> Local:
    contexto.data.texto = f"{contexto.pedido.hoje.year - 1}-02-30"
    return _no_item(contexto)


@_defeito("tabela-invalida", "codigoTabela 77", "3150", "5035", "5001", tipos=_COM_FATOR, viola_xsd=True)
def _tabela_invalida(contexto: Contexto) -> Local:
    contexto.item.um("procedimento/codigoTabela").texto = "77"
    return _no_item(contexto)


def _local_odonto(contexto: Contexto, folha: No) -> Local:
    contexto.item.um("denteRegiao").filhos = [folha]
    return _no_item(contexto)


@_defeito("regiao-aias", "região AIAS: o código do padrão é ASAI", "5038", tipos=(Tipo.ODONTO,), viola_xsd=True)
def _regiao_aias(contexto: Contexto) -> Local:
    return _local_odonto(contexto, no("codRegiao", "AIAS"))


@_defeito("dente-invalido", "dente 99", "5037", "5001", tipos=(Tipo.ODONTO,), viola_xsd=True)
def _dente_invalido(contexto: Contexto) -> Local:
    return _local_odonto(contexto, no("codDente", "99"))
