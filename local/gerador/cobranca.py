"""What has to be known for a generated lote to be paid whole, and defects that only who knows it can see.

`Pedido.devido` makes a lote that may be paid whole, by lives, senhas, prices and a contract that are told from the lote
itself. A defect of billing changes the lote, or what is known of it, and says which glosa follows,
where, and how many reais it takes. Those that stop just before a limit are followed by none.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from local.gerador import catalogue
from local.gerador.defeitos import Context, Place
from local.gerador.guias import amounts_of, items_of, reais, text, write_totals
from local.gerador.model import VERSOES, Esperado, Pedido, Tipo, Veredito
from local.gerador.tree import Node, node

VALIDADE: Final = 90
"""Days a senha lasts, and the billing window."""
OUTRA_CARTEIRA: Final = "00099999999999999"
OUTRO_PRESTADOR: Final = "99876543000134"
DIARIA_DE_OUTRO: Final = "60000694"
APLICACAO: Final = "20104545"
SEM_CONTRATO: Final = {Tipo.ODONTO: "82001286", Tipo.CONSULTA: "10101020"}
EXAME_SEM_CONTRATO: Final = "40301010"
COM_CONTRASTE: Final = {"40805018": "40301010", "41001010": "40302318"}
"""Exams of the catalogue that bring their own medicines, beside which others need no application; others instead."""
_TODOS: Final = tuple(Tipo)
_COM_SENHA: Final = (Tipo.SADT, Tipo.INTERNACAO, Tipo.HONORARIOS, Tipo.ODONTO)
_COM_FATOR: Final = (Tipo.SADT, Tipo.INTERNACAO, Tipo.HONORARIOS)
_DIAS: Final = frozenset({
    "dataExecucao", "dataRealizacao", "dataAtendimento", "dataSolicitacao", "dataAutorizacao", "dataValidadeSenha",
    "validadeSenha", "dataInicioFaturamento", "dataFinalFaturamento", "dataFimFaturamento", "dataEmissaoGuia",
    "dataTerminoTrat",
})  # fmt: skip
_FEITOS: Final = ("dataExecucao", "dataRealizacao", "dataAtendimento")
Codigo = tuple[str, str]
"""Table and code."""


@dataclass(slots=True, kw_only=True)
class ItemAutorizado:
    """What a senha authorises of a code.

    Attributes:
        autorizada: 0 is denied.
        data_prevista: the day it is authorised for, when it is for one.
    """

    tabela: str
    codigo: str
    solicitada: Decimal
    autorizada: Decimal
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    data_prevista: date | None = None


@dataclass(slots=True, kw_only=True)
class SenhaConhecida:
    """An authorization on which guias of a lote are billed.

    Attributes:
        tipo: of the request: SP_SADT, INTERNACAO or ODONTOLOGIA.
        data: it was decided; it lasts `VALIDADE` days more.
        executante: who may bill it; `None` is who bills it.
    """

    numero: str
    tipo: str
    carteira: str
    data: date
    itens: list[ItemAutorizado] = field(default_factory=list)
    diarias: int = 0
    cancelada: bool = False
    executante: str | None = None


@dataclass(slots=True, kw_only=True)
class Conhecido:
    """All that has to be known for a lote to be paid whole.

    Attributes:
        contratados: codes the prestador may bill, diárias aside.
        exigem: codes that are billed on a senha only.
        precos: of one unit, in reais; of the diárias too.
        diarias: those negotiated.
    """

    carteiras: set[str] = field(default_factory=set)
    senhas: dict[str, SenhaConhecida] = field(default_factory=dict)
    contratados: set[Codigo] = field(default_factory=set)
    exigem: set[Codigo] = field(default_factory=set)
    precos: dict[Codigo, Decimal] = field(default_factory=dict)
    diarias: set[Codigo] = field(default_factory=set)


# --- what is known ---


def _said(element: Node, *names: str) -> str | None:
    """Text of the first leaf of one of those names."""
    return next((text(one) for one in element.walk() if one.name in names), None)


def numero_of(guia: Node) -> str:
    """`numeroGuiaPrestador`."""
    return _said(guia, "numeroGuiaPrestador") or ""


def _code(item: Node) -> Codigo:
    return _said(item, "codigoTabela") or "", _said(item, "codigoProcedimento") or ""


def _lines(guia: Node) -> list[Node]:
    """Items of a guia; of a consulta its only procedure."""
    return items_of(guia) or [guia.one("dadosAtendimento/procedimento")]


def _quantity(item: Node) -> Decimal:
    return Decimal(_said(item, "quantidadeExecutada", "qtdProc") or "1")


def _unit(item: Node) -> Decimal:
    return Decimal(_said(item, "valorUnitario", "valorProc", "valorProcedimento") or "0")


def _value(item: Node) -> Decimal:
    return Decimal(_said(item, "valorTotal", "valorProc", "valorProcedimento") or "0")


def _is_diaria(item: Node) -> bool:
    return _said(item, "codigoDespesa") == catalogue.DIARIA.despesa


def _days(guia: Node) -> list[date]:
    return [date.fromisoformat(text(one)) for one in guia.walk() if one.name in _FEITOS]


_TIPO_DA_SENHA: Final = {
    Tipo.SADT: "SP_SADT",
    Tipo.INTERNACAO: "INTERNACAO",
    Tipo.HONORARIOS: "INTERNACAO",
    Tipo.ODONTO: "ODONTOLOGIA",
}


def conhecido(pedido: Pedido, root: Node) -> Conhecido:
    """By what a lote of this request is paid whole."""
    found = Conhecido()
    for guia in root.one("prestadorParaOperadora/loteGuias/guiasTISS").children:
        carteira = _said(guia, "numeroCarteira") or ""
        found.carteiras.add(carteira)
        senha = _senha(pedido, guia, carteira, found)
        for item in _lines(guia):
            code = _code(item)
            despesa = _said(item, "codigoDespesa")
            found.precos[code] = max(_unit(item), found.precos.get(code, Decimal(0)))
            if _is_diaria(item):
                found.diarias.add(code)
                if senha is not None:
                    senha.diarias += int(_quantity(item))
                continue
            found.contratados.add(code)
            if despesa is None and pedido.tipo is not Tipo.CONSULTA:
                found.exigem.add(code)
                if senha is not None:
                    _authorise(senha, item, code)
    return found


def _senha(pedido: Pedido, guia: Node, carteira: str, found: Conhecido) -> SenhaConhecida | None:
    numero = _said(guia, "senha", "senhaAutorizacao")
    if not numero:
        return None
    told = _said(guia, "dataAutorizacao")
    day = date.fromisoformat(told) if told else min(_days(guia))
    made = SenhaConhecida(numero=numero, tipo=_TIPO_DA_SENHA[pedido.tipo], carteira=carteira, data=day)
    held = found.senhas.setdefault(numero, made)
    held.data = min(held.data, day)
    return held


def _authorise(senha: SenhaConhecida, item: Node, code: Codigo) -> None:
    quantity = _quantity(item)
    dente, regiao, face = (_said(item, leaf) for leaf in ("codDente", "codRegiao", "denteFace"))
    for held in senha.itens:
        if (held.tabela, held.codigo, held.dente, held.regiao, held.face) == (*code, dente, regiao, face):
            held.solicitada += quantity
            held.autorizada += quantity
            return
    senha.itens.append(
        ItemAutorizado(
            tabela=code[0], codigo=code[1], solicitada=quantity, autorizada=quantity, dente=dente, regiao=regiao,
            face=face,
        )
    )  # fmt: skip


# --- defects ---


@dataclass(slots=True)
class Caso(Context):
    """The message and what is known, both of which a defect may change."""

    conhecido: Conhecido

    @property
    def linha(self) -> Node:
        """The first item of the guia under attack whose code no other has; of a consulta its only one."""
        lines = _lines(self.guia)
        codes = [_code(item) for item in lines]
        return next(item for item in lines if codes.count(_code(item)) == 1)

    @property
    def senha(self) -> SenhaConhecida:
        """Of the guia under attack."""
        return self.conhecido.senhas[_said(self.guia, "senha", "senhaAutorizacao") or ""]

    @property
    def autorizado(self) -> ItemAutorizado:
        """What the senha says of that item."""
        return self.autorizado_de(self.linha)

    def autorizado_de(self, item: Node) -> ItemAutorizado:
        """What the senha says of an item."""
        return next(one for one in self.senha.itens if (one.tabela, one.codigo) == _code(item))

    def na_guia(self) -> tuple[Onde, ...]:
        """The whole guia is not paid."""
        valor = sum((_value(item) for item in _lines(self.guia)), Decimal(0))
        return (Onde(numero_of(self.guia), None, valor),)

    def no_item(self, item: Node | None = None, valor: Decimal | None = None) -> tuple[Onde, ...]:
        """An item is not paid: the first, whole, unless it says otherwise."""
        line = item or self.linha
        told = _said(line, "sequencialItem")
        return (Onde(numero_of(self.guia), int(told) if told else 1, _value(line) if valor is None else valor),)


@dataclass(frozen=True, slots=True)
class Onde(Place):
    """Where a glosa falls, and how many reais it takes."""

    reais: Decimal = Decimal(0)


Planter = Callable[[Caso], tuple[Onde, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefeitoDeCobranca:
    """One named defect of billing; as `defeitos.Defeito`."""

    name: str
    descricao: str
    planter: Planter
    codigos: dict[str, frozenset[str]]
    tipos: tuple[Tipo, ...]
    versoes: tuple[str, ...] = VERSOES
    minimo_de_guias: int = 1

    def plant(self, caso: Caso) -> list[Esperado]:
        """Change the message and what is known, and say which glosas follow."""
        codigos = self.codigos[caso.pedido.versao]
        return [
            Esperado(
                defeito=self.name, codigos=codigos, guia=onde.guia, item=onde.item, veredito=Veredito.GLOSA,
                reais=onde.reais,
            )
            for onde in self.planter(caso)
        ]  # fmt: skip


COBRANCA: Final[dict[str, DefeitoDeCobranca]] = {}
"""Every defect of billing by name, in the order they are defined."""


def _defeito(
    name: str, descricao: str, *codigos: str, em_403: tuple[str, ...] = (), tipos: tuple[Tipo, ...] = _COM_SENHA
) -> Callable[[Planter], Planter]:
    by_version = {versao: frozenset(em_403 if em_403 and versao == VERSOES[-1] else codigos) for versao in VERSOES}

    def register(planter: Planter) -> Planter:
        COBRANCA[name] = DefeitoDeCobranca(
            name=name, descricao=descricao, planter=planter, codigos=by_version, tipos=tipos
        )
        return planter

    return register


def _charge(
    caso: Caso,
    item: Node,
    *,
    quantidade: int | None = None,
    unitario: Decimal | None = None,
    fator: str | None = None,
) -> None:
    """Write amounts of an item, then its total and the guia's."""
    held = amounts_of(item)
    given = {
        "quantidadeExecutada": quantidade, "qtdProc": quantidade, "reducaoAcrescimo": fator,
        "valorUnitario": unitario and reais(unitario), "valorProc": unitario and reais(unitario),
        "valorProcedimento": unitario and reais(unitario),
    }  # fmt: skip
    for leaf in held.children:
        if (valor := given.get(leaf.name)) is not None:
            leaf.text = str(valor)
    total = held.maybe("valorTotal")
    if total is not None:
        total.text = reais(_quantity(item) * _unit(item) * Decimal(text(held.one("reducaoAcrescimo"))))
    write_totals(caso.guia)


# the senha


@_defeito("quantidade-acima", "uma unidade a mais que a autorizada", "1820", em_403=("3210",))
def _quantidade_acima(caso: Caso) -> tuple[Onde, ...]:
    item, before = caso.linha, _value(caso.linha)
    _charge(caso, item, quantidade=int(_quantity(item)) + 1)
    # A dental line says its whole value, whatever its quantity.
    return caso.no_item(valor=before / 2 if caso.pedido.tipo is Tipo.ODONTO else _value(item) - before)


@_defeito("senha-vencida", "atendimento no dia seguinte ao fim da senha", "1405", em_403=("1414",))
def _senha_vencida(caso: Caso) -> tuple[Onde, ...]:
    caso.senha.data = min(_days(caso.guia)) - timedelta(days=VALIDADE + 1)
    return caso.na_guia()


@_defeito("senha-no-ultimo-dia", "atendimento no último dia da senha: é devido")
def _senha_no_ultimo_dia(caso: Caso) -> tuple[Onde, ...]:
    caso.senha.data = max(_days(caso.guia)) - timedelta(days=VALIDADE)
    return ()


@_defeito("senha-cancelada", "a senha foi cancelada", "1437")
def _senha_cancelada(caso: Caso) -> tuple[Onde, ...]:
    caso.senha.cancelada = True
    return caso.na_guia()


@_defeito("senha-inexistente", "ninguém emitiu a senha", "1403", em_403=("3306",))
def _senha_inexistente(caso: Caso) -> tuple[Onde, ...]:
    del caso.conhecido.senhas[caso.senha.numero]
    return caso.na_guia()


@_defeito(
    "senha-de-outro-executante", "a senha nomeia outro executante", "1404", em_403=("3276",),
    tipos=(Tipo.SADT, Tipo.INTERNACAO, Tipo.ODONTO),
)  # fmt: skip
def _senha_de_outro_executante(caso: Caso) -> tuple[Onde, ...]:
    caso.senha.executante = OUTRO_PRESTADOR
    return caso.na_guia()


@_defeito("senha-de-outra-vida", "a senha é de outro beneficiário", "1406", em_403=("3306",))
def _senha_de_outra_vida(caso: Caso) -> tuple[Onde, ...]:
    caso.senha.carteira = OUTRA_CARTEIRA
    caso.conhecido.carteiras.add(OUTRA_CARTEIRA)
    return caso.na_guia()


@_defeito("item-fora-da-senha", "o código cobrado não está na senha", "2505")
def _item_fora_da_senha(caso: Caso) -> tuple[Onde, ...]:
    caso.senha.itens.remove(caso.autorizado)
    return caso.no_item()


@_defeito("item-negado", "o item foi negado na senha", "1402", em_403=("1426",))
def _item_negado(caso: Caso) -> tuple[Onde, ...]:
    caso.autorizado.autorizada = Decimal(0)
    return caso.no_item()


@_defeito("sem-senha", "a guia não traz senha, e os procedimentos exigem", "1818", tipos=(Tipo.SADT, Tipo.ODONTO))
def _sem_senha(caso: Caso) -> tuple[Onde, ...]:
    dental = ("dataAutorizacao", "senhaAutorizacao", "validadeSenha")
    for name in dental if caso.pedido.tipo is Tipo.ODONTO else ("dadosAutorizacao",):
        caso.guia.remove(name)
    need = [item for item in _lines(caso.guia) if _code(item) in caso.conhecido.exigem]
    return tuple(onde for item in need for onde in caso.no_item(item))


@_defeito("data-prevista", "o item foi autorizado para outro dia", "1323", em_403=("3227",))
def _data_prevista(caso: Caso) -> tuple[Onde, ...]:
    caso.autorizado.data_prevista = min(_days(caso.linha)) + timedelta(days=1)
    return caso.no_item()


@_defeito("dente-trocado", "o dente ou a região não são os autorizados", "1432", tipos=(Tipo.ODONTO,))
def _dente_trocado(caso: Caso) -> tuple[Onde, ...]:
    held = caso.autorizado
    held.dente, held.regiao, held.face = ("48", None, None) if held.dente != "48" else ("18", None, None)
    return caso.no_item()


@_defeito("face-trocada", "a face do dente não é a autorizada", "1431", tipos=(Tipo.ODONTO,))
def _face_trocada(caso: Caso) -> tuple[Onde, ...]:
    item, held = caso.linha, caso.autorizado
    item.one("denteRegiao").children = [node("codDente", "16")]
    if item.maybe("denteFace") is None:
        item.children.insert(item.children.index(item.one("denteRegiao")) + 1, node("denteFace", "O"))
    item.one("denteFace").text = "O"
    held.dente, held.regiao, held.face = "16", None, "M"
    return caso.no_item()


@_defeito("diarias-acima", "uma diária a mais que as autorizadas", "1917", tipos=(Tipo.INTERNACAO,))
def _diarias_acima(caso: Caso) -> tuple[Onde, ...]:
    item = _diaria(caso)
    _charge(caso, item, quantidade=2)
    return caso.no_item(item, _unit(item))


@_defeito(
    "diarias-alem-da-conta", "mais diárias que dias na conta", "1914", em_403=("3189",), tipos=(Tipo.INTERNACAO,)
)  # fmt: skip
def _diarias_alem_da_conta(caso: Caso) -> tuple[Onde, ...]:
    item = _diaria(caso)
    ends = [_said(caso.guia, name) or "" for name in ("dataInicioFaturamento", "dataFinalFaturamento")]
    stay = (date.fromisoformat(ends[1]) - date.fromisoformat(ends[0])).days + 1
    caso.senha.diarias = stay + 1
    _charge(caso, item, quantidade=stay + 1)
    return caso.no_item(item, _unit(item))


def _diaria(caso: Caso) -> Node:
    return next(item for item in _lines(caso.guia) if _is_diaria(item))


# the contract


@_defeito("diaria-nao-negociada", "a diária não é a negociada", "3142", tipos=(Tipo.INTERNACAO,))
def _diaria_nao_negociada(caso: Caso) -> tuple[Onde, ...]:
    item = _diaria(caso)
    amounts_of(item).one("codigoProcedimento").text = DIARIA_DE_OUTRO
    return caso.no_item(item)


@_defeito(
    "preco-acima", "R$ 10,00 a mais que o preço do contrato, por unidade", "1705",
    tipos=(Tipo.SADT, Tipo.CONSULTA, Tipo.INTERNACAO, Tipo.ODONTO),
)  # fmt: skip
def _preco_acima(caso: Caso) -> tuple[Onde, ...]:
    item = caso.linha
    _charge(caso, item, unitario=caso.conhecido.precos[_code(item)] + 10)
    return caso.no_item(valor=10 * _quantity(item))


@_defeito("fator-acima", "acréscimo de 30 % que o contrato não dá", "1716", tipos=_COM_FATOR)
def _fator_acima(caso: Caso) -> tuple[Onde, ...]:
    item, before = caso.linha, _value(caso.linha)
    _charge(caso, item, fator="1.30")
    return caso.no_item(valor=_value(item) - before)


@_defeito("nao-contratado", "o procedimento não está contratado", "2514", em_403=("3279",), tipos=_TODOS)
def _nao_contratado(caso: Caso) -> tuple[Onde, ...]:
    _recode(caso, SEM_CONTRATO.get(caso.pedido.tipo, EXAME_SEM_CONTRATO))
    return caso.no_item()


@_defeito("fora-da-tuss", "o código não existe na TUSS", "1801", "3001", tipos=_TODOS)
def _fora_da_tuss(caso: Caso) -> tuple[Onde, ...]:
    _recode(caso, "99999999")
    return caso.no_item()


def _recode(caso: Caso, codigo: str, item: Node | None = None) -> None:
    """Another code, in the guia and in its senha."""
    line = item or caso.linha
    if caso.pedido.tipo is not Tipo.CONSULTA:
        caso.autorizado_de(line).codigo = codigo
    next(one for one in line.walk() if one.name == "codigoProcedimento").text = codigo


@_defeito("medicamento-sem-aplicacao", "medicamento sem o código da aplicação", "3102", tipos=(Tipo.SADT,))
def _medicamento_sem_aplicacao(caso: Caso) -> tuple[Onde, ...]:
    drug = catalogue.DESPESAS[0]
    for item in _lines(caso.guia):
        tabela, codigo = _code(item)
        if codigo in COM_CONTRASTE:
            _recode(caso, COM_CONTRASTE[codigo], item)
            caso.conhecido.contratados.add((tabela, COM_CONTRASTE[codigo]))
    group = caso.guia.one("outrasDespesas")
    item = copy.deepcopy(group.children[-1])
    item.one("sequencialItem").text = str(len(_lines(caso.guia)) + 1)
    item.one("codigoDespesa").text = drug.despesa
    for name, valor in (("codigoTabela", drug.tabela), ("codigoProcedimento", drug.codigo)):
        amounts_of(item).one(name).text = valor
    group.children.append(item)
    write_totals(caso.guia)
    return caso.no_item(item)


@_defeito("aplicacao-sem-medicamento", "aplicação sem os medicamentos", "2103", em_403=("3111",), tipos=(Tipo.SADT,))
def _aplicacao_sem_medicamento(caso: Caso) -> tuple[Onde, ...]:
    _recode(caso, APLICACAO)
    caso.conhecido.contratados.add(("22", APLICACAO))
    return caso.no_item()


# when, by whom, for whom, once


@_defeito("prazo-91", "a cobrança chega no 91º dia", "3161", tipos=_TODOS)
def _prazo_91(caso: Caso) -> tuple[Onde, ...]:
    _move(caso, VALIDADE + 1)
    return caso.na_guia()


@_defeito("prazo-90", "a cobrança chega no 90º dia: é devida", tipos=_TODOS)
def _prazo_90(caso: Caso) -> tuple[Onde, ...]:
    _move(caso, VALIDADE)
    return ()


def _move(caso: Caso, idade: int) -> None:
    """Every day of the guia, and of its senha, so that its window began so many days before."""
    whole = _said(caso.guia, "dataFinalFaturamento")
    base = date.fromisoformat(whole) if whole else max(_days(caso.guia))
    shift = caso.pedido.hoje - timedelta(days=idade) - base
    if caso.pedido.tipo is not Tipo.CONSULTA:
        caso.senha.data += shift
    for leaf in caso.guia.walk():
        if leaf.name in _DIAS:
            leaf.text = (date.fromisoformat(text(leaf)) + shift).isoformat()


@_defeito("carteira-desconhecida", "a carteira não é de ninguém", "1001", tipos=_TODOS)
def _carteira_desconhecida(caso: Caso) -> tuple[Onde, ...]:
    caso.conhecido.carteiras.discard(text(caso.carteira))
    return caso.na_guia()


@_defeito(
    "executante-trocado", "o executante da guia é outro prestador", "1203", em_403=("3279",),
    tipos=(Tipo.SADT, Tipo.CONSULTA, Tipo.INTERNACAO),
)  # fmt: skip
def _executante_trocado(caso: Caso) -> tuple[Onde, ...]:
    who = next(one for one in caso.guia.walk() if one.name == "contratadoExecutante")
    who.children[0] = node("cnpjContratado", OUTRO_PRESTADOR)
    return caso.na_guia()


@_defeito("item-em-dobro", "o mesmo procedimento duas vezes na guia", "1702", "3007", "2607", em_403=("3209", "2607"))
def _item_em_dobro(caso: Caso) -> tuple[Onde, ...]:
    first = caso.linha
    again = copy.deepcopy(first)
    group = next(one for one in caso.guia.walk() if any(child is first for child in one.children))
    last = max(place for place, child in enumerate(group.children) if child.name == first.name)
    group.children.insert(last + 1, again)
    for place, item in enumerate(items_of(caso.guia), 1):
        item.one("sequencialItem").text = str(place)
    write_totals(caso.guia)
    return caso.no_item(again)
