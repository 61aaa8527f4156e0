"""Rules upon each item: its code, what was authorised of it, what it goes with, whether it was billed before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Final, NamedTuple

from conecta_contas.cobranca import ItemCobrado
from conecta_contas.contexto import PACOTES, ZERO, Apontamento, Caso, Cobrado, Exame, Vida, regra
from conecta_contas.regras_guia import br
from conecta_facts.contratos import Conduta, Pacote
from conecta_facts.planos import PlanoCompleto
from conecta_senhas.contexto import CONTRATO, PADRAO, PLANO
from conecta_senhas.itens import Codigo, medicine_problems, place_problems, waiting_group
from conecta_senhas.solicitacoes import TipoAnexo
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import (
    OutrasDespesas,
    Tabela,
    TipoAtendimento,
    TipoConsulta,
)

MATERIAIS: Final = frozenset({Tabela.MATERIAIS_E_OPME, Tabela.MEDICAMENTOS})
"""Paid by price lists: no contract names each, and what we have of TUSS is not all of it (tiss.md, section 6)."""
TABELAS: Final = frozenset(Tabela)
_MEDICAMENTOS: Final = Tabela.MEDICAMENTOS.value
_PROPRIAS: Final = PACOTES | {Tabela.PROPRIA}
_DROGA: Final = OutrasDespesas.MEDICAMENTOS.value
CONTRATADAS: Final = TABELAS - MATERIAIS
MUITAS: Final = 8
"""Lines that are compared one by one; of more than these a file may have thousands."""
_INVALIDO: Final = {Tabela.MATERIAIS_E_OPME: Motivo.MATERIAL_INVALIDO, Tabela.MEDICAMENTOS: Motivo.MEDICAMENTO_INVALIDO}
_INVALIDA: Final[dict[str, Motivo]] = {
    OutrasDespesas.GASES_MEDICINAIS: Motivo.GAS_MEDICINAL_INVALIDO,
    OutrasDespesas.TAXAS_E_ALUGUEIS: Motivo.TAXA_INVALIDA,
}


# --- the code ---


def _known(caso: Caso, item: ItemCobrado) -> bool:
    return item.tabela in _PROPRIAS or caso.tuss(item)


@regra("COB-TUSS", "R19", base=PADRAO, dados="tuss")
def tuss(caso: Caso) -> Iterator[Apontamento]:
    """The code is in its TUSS table and in force on its day (1801, 3001, 2301, 2401; 3253), the table exists (3150).

    Of materials and medicines the absence is only told.
    """
    for exame, item in caso.itens():
        if item.tabela not in TABELAS:
            yield caso.achado(
                Motivo.TABELA_INVALIDA, "A tabela do item não existe no padrão TISS.", "Corrija a tabela.", exame, item,
                campo="codigoTabela", visto=item.tabela, esperado=", ".join(sorted(TABELAS)),
            )  # fmt: skip
        elif not _known(caso, item):
            lists = _INVALIDO.get(Tabela(item.tabela))
            dental = exame.guia.tipo is TipoGuia.ODONTO
            motivo = Motivo.PROCEDIMENTO_ODONTOLOGICO_INVALIDO if dental else Motivo.PROCEDIMENTO_INVALIDO
            motivo = _INVALIDA.get(item.despesa or "", motivo)
            yield caso.achado(
                lists or motivo, "O código não existe na TUSS ou não estava em vigor na data.",
                "Confira a tabela, o código e a data.", exame, item, campo="codigoProcedimento", visto=item.nome,
                aviso=lists is not None,
            )  # fmt: skip


@regra("COB-CONTRATADO", "R25", base=CONTRATO, dados="contratos")
def contratado(caso: Caso) -> Iterator[Apontamento]:
    """Each procedure is contracted (2514; 3279), each package and fee negotiated (1735, 3142; 3142)."""
    for exame, item in caso.itens():
        if _uncontracted(caso, item) and not caso.is_diaria(item) and not _authorised_drug(exame, item):
            motivo = Motivo.ITEM_NAO_CONTRATADO
            if item.tabela in PACOTES:
                motivo = Motivo.PACOTE_NAO_NEGOCIADO
            elif item.tabela == Tabela.PROCEDIMENTOS_E_EVENTOS:
                motivo = Motivo.SERVICO_NAO_CONTRATADO_COM_O_PRESTADOR
            yield caso.achado(
                motivo, "O item não está contratado com o prestador na data.",
                "Confira o código; em dúvida, fale com a Central da operadora.", exame, item,
                campo="codigoProcedimento", visto=item.nome,
            )  # fmt: skip


def _uncontracted(caso: Caso, item: ItemCobrado) -> bool:
    """Whether the contract would have to name it and does not; unknown codes and no contract are other rules'."""
    if item.tabela not in CONTRATADAS or item.despesa == OutrasDespesas.OPME:
        return False
    return caso.contrato(item.dia) is not None and _known(caso, item) and not caso.contracted(item)


def _authorised_drug(exame: Exame, item: ItemCobrado) -> bool:
    """R23: a drug that was authorised in an annex of quimioterapia, which no contract names."""
    return exame.valida is not None and any(
        held.anexo is TipoAnexo.QUIMIOTERAPIA
        and held.autorizada > ZERO
        and (held.solicitado.tabela, held.solicitado.codigo) == item.chave
        for senha in exame.valida.family()
        for held in senha.autorizacao.itens
    )


@regra("COB-DIARIA", "R19", base=CONTRATO, dados="contratos")
def diaria_negociada(caso: Caso) -> Iterator[Apontamento]:
    """R19: a diária is a negotiated one (3142, naming those), and of them no more than the account has days (1914)."""
    for exame in caso.exames:
        left = _days(exame)
        for item in exame.guia.itens:
            if not caso.is_diaria(item):
                continue
            if _uncontracted(caso, item):
                names = ", ".join(
                    f"{held.tabela}:{held.codigo}" for held in caso.contexto.contrato.diarias_em(item.dia)
                )
                yield caso.achado(
                    Motivo.ITEM_NAO_CONTRATADO, "A diária não foi negociada com a operadora.",
                    "Use o código negociado.", exame, item, campo="codigoProcedimento", visto=item.nome,
                    esperado=names or None,
                )  # fmt: skip
            if left is not None and item.quantidade > left:
                yield caso.achado(
                    Motivo.DIARIAS_INCOMPATIVEIS_COM_A_PERMANENCIA, "Há mais diárias que dias de permanência na conta.",
                    "Corrija a quantidade ou o período.", exame, item, campo="quantidadeExecutada",
                    visto=str(item.quantidade), esperado=f"até {left}", cabem=left,
                )  # fmt: skip
            left = None if left is None else max(left - item.quantidade, ZERO)


def _days(exame: Exame) -> Decimal | None:
    """Days of the account, both ends counted."""
    guia = exame.guia
    if guia.periodo is None or guia.inicio is None or guia.fim is None:
        return None
    return Decimal((guia.fim - guia.inicio).days + 1)


@regra("COB-PRONTO-SOCORRO", "R14", base=CONTRATO, dados="contratos")
def pronto_socorro(caso: Caso) -> Iterator[Apontamento]:
    """R14: 10101039 is urgência, and the contract's package in its place, if there is one (3111, 3098)."""
    rooms = caso.named(caso.contexto.parametros.pedido.pronto_socorro)
    for exame, item in caso.itens() if rooms else ():
        if item.chave not in rooms:
            continue
        if exame.guia.tipo is TipoGuia.SP_SADT and not exame.guia.urgencia:
            yield caso.achado(
                Motivo.CAMPO_CONDICIONADO_INCORRETO, "A consulta em pronto-socorro é de urgência.",
                "Cobre com caráter de atendimento 2 (urgência/emergência).", exame, item, campo="caraterAtendimento",
                visto="1", esperado="2",
            )  # fmt: skip
        terms = caso.contrato(item.dia)
        if terms is not None and terms.pacote_pronto_socorro is not None:
            yield caso.achado(
                Motivo.CONTA_ABERTA_COM_PACOTE_CONTRATADO, "O contrato tem pacote para o pronto-socorro.",
                f"Cobre o pacote {terms.pacote_pronto_socorro}.", exame, item, campo="codigoProcedimento",
                visto=item.nome, esperado=terms.pacote_pronto_socorro,
                aviso=terms.conduta_pronto_socorro is Conduta.AVISA,
            )  # fmt: skip


# --- what was authorised ---


def needs_senha(caso: Caso, exame: Exame, item: ItemCobrado) -> bool:
    """R09, R26, R27: whether it may only be billed on a senha; a consultation in its own guia never needs one."""
    if exame.guia.tipo is TipoGuia.CONSULTA:
        return False
    if exame.guia.tipo is TipoGuia.ODONTO or item.despesa == OutrasDespesas.OPME:
        return True
    rule = caso.regra(exame, item)
    return rule is not None and rule.pede_senha


@regra("COB-EXIGE-SENHA", "R09", "R26", "R27", base=CONTRATO, dados="regras")
def exige_senha(caso: Caso) -> Iterator[Apontamento]:
    """R09: what needs a senha names one (1818); in odontologia everything does, and each OPME."""
    for exame, item in caso.itens():
        guia = exame.guia
        if guia.senha is None and exame.senha is None and needs_senha(caso, exame, item):
            yield caso.achado(
                Motivo.EXIGE_AUTORIZACAO_PREVIA, "Este item exige senha, e a guia não traz nenhuma.",
                "Informe a senha da autorização.", exame, item, campo="senha", visto=item.nome,
            )  # fmt: skip


def _unjudged(caso: Caso) -> Iterator[tuple[Exame, Vida, PlanoCompleto, ItemCobrado]]:
    """Items that no senha was asked for: whose cover nobody has judged yet."""
    for exame, item in caso.itens():
        vida = exame.vida
        if vida is not None and vida.plano is not None and exame.senha is None and exame.guia.senha is None:
            yield exame, vida, vida.plano, item


@regra("COB-PLANO", "§10", base=PLANO, dados="planos")
def plano_cobre(caso: Caso) -> Iterator[Apontamento]:
    """Without a senha: the plan was in force and covers the code, or by its segmentation (1407; 3287)."""
    for exame, _, plano, item in _unjudged(caso):
        said = plano.cobertura_de(item.tabela, item.codigo, item.dia)
        hospital = exame.in_stay or exame.guia.urgencia
        segment = (plano.plano.ambulatorial and not exame.in_stay) or (plano.plano.hospitalar and hospital)
        if plano.vigente_em(item.dia) and (said.coberto if said is not None else segment):
            continue
        if exame.guia.tipo is not TipoGuia.ODONTO:
            yield caso.achado(
                Motivo.PROCEDIMENTO_SEM_COBERTURA, "O plano do beneficiário não cobre este item.",
                "Confira a carteira e o código; em dúvida, fale com a Central da operadora.", exame, item,
                campo="codigoProcedimento", visto=item.nome,
            )  # fmt: skip


@regra("COB-CARENCIA", "§10", base="Lei 9.656/1998, art. 12, V, e contrato do plano do beneficiário.", dados="planos")
def carencia(caso: Caso) -> Iterator[Apontamento]:
    """Without a senha: its carência was served by the day of the service (1007; 3171); of urgência it is 24 hours."""
    for exame, vida, plano, item in _unjudged(caso):
        rule, said = caso.regra(exame, item), plano.cobertura_de(item.tabela, item.codigo, item.dia)
        group = waiting_group(
            Codigo(item.tabela, item.codigo), urgencia=exame.guia.urgencia,
            odontologia=exame.guia.tipo is TipoGuia.ODONTO, internado=exame.in_stay,
            complexo=rule is not None and rule.alta_complexidade,
        )  # fmt: skip
        if said is not None and said.grupo_carencia is not None and not exame.guia.urgencia:
            group = said.grupo_carencia
        waiting = plano.espera_de(group, vida.beneficiario, item.dia)
        if waiting is not None:
            yield caso.achado(
                Motivo.ATENDIMENTO_EM_CARENCIA, "O atendimento foi feito dentro da carência do beneficiário.",
                "Confira a data e a carteira.", exame, item, campo="data", visto=br(item.dia),
                esperado=f"a partir de {br(waiting.coberto_desde)}",
            )  # fmt: skip


@regra("COB-DENTE", "R26", base=PADRAO, dados="")
def dente_ou_regiao(caso: Caso) -> Iterator[Apontamento]:
    """In odontologia each item names a tooth or a region, never both (3022; 3307; 3021, 3023, 5037, 5038, 5039)."""
    for exame, item in caso.itens():
        if exame.guia.tipo is TipoGuia.ODONTO:
            for found in place_problems(item.dente, item.regiao, item.face):
                yield caso.achado(
                    found.motivo, found.mensagem, found.providencia, exame, item, campo=found.campo, visto=found.visto,
                    esperado=found.esperado,
                )  # fmt: skip


@regra("COB-MEDICAMENTO", "R20", base=CONTRATO, dados="contratos")
def medicamentos(caso: Caso) -> Iterator[Apontamento]:
    """R20: outside a stay an application comes with its medicines and they with it, or a package (3102, 2103, 3108).

    What is billed on the same senha in other guias counts as present; what a package includes is never paid beside it.
    """
    rules = caso.contexto.parametros.pedido
    applications = caso.named(rules.aplicacoes)
    on: dict[str, list[Exame]] = {}
    for exame in caso.exames:
        if exame.valida is not None:
            on.setdefault(exame.valida.numero, []).append(exame)
    before: dict[str, list[Codigo]] = {numero: [] for numero in on}
    for held in caso.contexto.cobrados:
        if held.numero in before:
            before[held.numero].append(Codigo(held.tabela, held.codigo))
    packaged = _packaged(caso, before.values())
    for exame in caso.exames:
        guia = exame.guia
        if guia.tipo not in {TipoGuia.SP_SADT, TipoGuia.RESUMO_INTERNACAO} or not guia.itens:
            continue
        if not packaged and not any(
            item.tabela == _MEDICAMENTOS or _drug(item) or item.chave in applications for item in guia.itens
        ):
            continue  # as most are: nothing that has to come with anything
        packages = {f"{line.tabela}:{line.codigo}": line.itens for line in _pacotes(caso, exame)} if packaged else {}
        numero = exame.valida.numero if exame.valida is not None else ""
        beside = [*before.get(numero, ()), *chain.from_iterable(map(_codes, on.get(numero, ())))]
        for place, found in medicine_problems(_codes(exame), beside, packages, rules, so_pacotes=exame.in_stay):
            included = found.motivo is Motivo.ITEM_INCLUSO_NO_PACOTE
            yield caso.achado(
                found.motivo, "O item já está incluído no pacote cobrado." if included else found.mensagem,
                "Retire o item." if included else "Cobre na mesma guia a aplicação e os medicamentos, ou o pacote.",
                exame, guia.itens[place], campo=found.campo, visto=found.visto, esperado=found.esperado,
            )  # fmt: skip


def _codes(exame: Exame) -> list[Codigo]:
    return [Codigo(item.tabela, item.codigo, _drug(item)) for item in exame.guia.itens]


def _drug(item: ItemCobrado) -> bool:
    return item.despesa == _DROGA


def _packaged(caso: Caso, before: Iterable[Iterable[Codigo]]) -> bool:
    """Whether any package of the contract is billed, or was on one of these senhas."""
    held = {(line.tabela, line.codigo) for line in caso.contexto.contrato.pacotes}
    billed = ((code.tabela, code.codigo) for code in chain.from_iterable(before))
    return bool(held) and not (held.isdisjoint(caso.codigos) and held.isdisjoint(billed))


def _pacotes(caso: Caso, exame: Exame) -> tuple[Pacote, ...]:
    first = exame.guia.primeiro_dia
    return caso.contexto.contrato.pacotes_em(first) if first is not None else ()


@regra("COB-REMOCAO", "R28", base=PADRAO, dados="")
def remocao(caso: Caso) -> Iterator[Apontamento]:
    """R28: a removal is billed with tipoAtendimento 01 (1602)."""
    removals = caso.named(caso.contexto.parametros.pedido.remocoes)
    for exame, item in caso.itens() if removals else ():
        kind = exame.guia.tipo_atendimento
        if exame.guia.tipo is not TipoGuia.SP_SADT or kind == TipoAtendimento.REMOCAO:
            continue
        if item.chave in removals:
            yield caso.achado(
                Motivo.TIPO_DE_ATENDIMENTO_INVALIDO, "A remoção é cobrada com o tipo de atendimento 01.",
                "Corrija o tipo de atendimento.", exame, item, campo="tipoAtendimento", visto=kind,
                esperado=TipoAtendimento.REMOCAO,
            )  # fmt: skip


# --- what was billed before ---


class _Linha(NamedTuple):
    """A line as another may repeat it."""

    prestador: str
    numero: str | None
    equipe: bool
    hora: str | None
    via_acesso: str | None
    profissional: str | None
    onde: str

    def repeats(self, other: _Linha) -> bool:
        """Whether both are one: of one prestador, or of one senha where a grau was told; told apart by nothing."""
        same_senha = (self.equipe or other.equipe) and self.numero is not None and self.numero == other.numero
        if self.prestador != other.prestador and not same_senha:
            return False
        mine = (self.numero, self.hora, self.via_acesso, self.profissional)
        theirs = (other.numero, other.hora, other.via_acesso, other.profissional)
        return not any(a and b and a != b for a, b in zip(mine, theirs, strict=True))


class _Lugar:
    """Lines of one life, day, code and grau: of many, those that another may repeat are found by the hour."""

    __slots__ = ("_linhas", "_por_hora", "_todas")

    def __init__(self) -> None:
        self._linhas: list[_Linha] = []
        self._por_hora: dict[str | None, dict[_Linha, _Linha]] = {}
        self._todas: dict[_Linha, _Linha] = {}

    def add(self, line: _Linha) -> None:
        """One line more."""
        self._linhas.append(line)
        if self._todas:
            self._index(line)

    def _index(self, line: _Linha) -> None:
        like = line._replace(hora=None, onde="")
        self._todas.setdefault(like, line)
        self._por_hora.setdefault(line.hora, {}).setdefault(like, line)

    def repeated(self, line: _Linha) -> _Linha | None:
        """The first that the line repeats."""
        held: Iterable[_Linha] = self._linhas
        if len(self._linhas) > MUITAS:
            if not self._todas:
                for one in self._linhas:
                    self._index(one)
            here = [self._por_hora.get(hora, {}) for hora in (line.hora, None)] if line.hora else [self._todas]
            held = chain.from_iterable(lines.values() for lines in here)
        return next((one for one in held if line.repeats(one)), None)


_Chave = tuple[str, bool, str, str, date, str, str | None, str | None, str | None]


def _before(caso: Caso) -> dict[_Chave, _Lugar]:
    """What was billed before on the days, and of the codes, that are billed now."""
    now = {
        (exame.vida.id if exame.vida else exame.guia.carteira, item.codigo, item.dia) for exame, item in caso.itens()
    }
    found: dict[_Chave, _Lugar] = defaultdict(_Lugar)
    for held in caso.contexto.cobrados:
        if (held.vida, held.codigo, held.dia) in now:
            papel = caso.contexto.parametros.papel(held.papel)
            own = held.prestador_id == caso.contexto.prestador_id
            found[_key(held.vida, held, papel, rn=held.atendimento_rn)].add(
                _Linha(
                    held.prestador_id, held.numero, bool(held.papel), held.hora, held.via_acesso, held.profissional,
                    f"protocolo {held.protocolo}, guia {held.guia}" if own else "por outro prestador",
                )
            )  # fmt: skip
    return found


def _key(vida: str, item: Cobrado | ItemCobrado, papel: str, *, rn: bool) -> _Chave:
    return vida, rn, item.tabela, item.codigo, item.dia, papel, item.dente, item.regiao, item.face


def _keys(caso: Caso, exame: Exame, item: ItemCobrado) -> list[_Chave]:
    vida, rn = exame.vida.id if exame.vida else exame.guia.carteira, exame.guia.atendimento_rn
    return [_key(vida, item, papel, rn=rn) for papel in caso.papeis(item)]


@regra("COB-DUPLICIDADE", "§5", base=CONTRATO, dados="pegs", consome=False)
def duplicidade(caso: Caso) -> Iterator[Apontamento]:
    """A procedure of one life, day, grau and tooth is billed once in all living PEGs (1702, 3007; 3209, 2607).

    Another hour, via de acesso or senha makes it another one. Of what another prestador bills no number is told.
    """
    seen = _before(caso)
    keyed = [(exame, item, _keys(caso, exame, item)) for exame, item in caso.itens() if item.despesa is None]
    met = Counter([key for _, _, keys in keyed for key in keys])
    for exame, item, keys in keyed:
        places = [seen[key] for key in keys if met[key] > 1 or key in seen]
        if not places:
            continue  # nothing else is of its life, day, code and place: most lines
        line = _Linha(
            caso.contexto.prestador_id, exame.valida.numero if exame.valida else None, bool(item.graus), item.hora,
            item.via_acesso, exame.guia.profissional, f"guia {exame.guia.numero}, item {item.sequencial}",
        )  # fmt: skip
        earlier = next((held for place in places if (held := place.repeated(line)) is not None), None)
        for place in places:
            place.add(line)
        if earlier is not None:
            motivo = Motivo.COBRANCA_EM_DUPLICIDADE
            if exame.guia.tipo is TipoGuia.ODONTO:
                motivo = Motivo.PROCEDIMENTO_ODONTOLOGICO_DUPLICADO
            elif item.graus and (exame.guia.tipo is TipoGuia.HONORARIOS or earlier.equipe):
                motivo = Motivo.HONORARIO_EM_DUPLICIDADE
            yield caso.achado(
                motivo, "Este procedimento já foi cobrado neste dia.",
                "Retire o item; se foi outro, informe a hora inicial ou a via de acesso.", exame, item,
                campo="codigoProcedimento", visto=f"{item.nome} em {br(item.dia)}",
                esperado=f"uma vez: {earlier.onde}",
            )  # fmt: skip


@regra("COB-RETORNO", "§10", base=CONTRATO, dados="pegs")
def retorno(caso: Caso) -> Iterator[Apontamento]:
    """A follow-up consultation soon after one with the same professional is free (1601)."""
    free = timedelta(days=caso.contexto.parametros.retorno_dias)
    visits: list[tuple[str, str | None, date, str]] = [
        (held.vida, held.profissional, held.dia, f"protocolo {held.protocolo}, guia {held.guia}")
        for held in caso.contexto.cobrados
        if held.profissional is not None and held.prestador_id == caso.contexto.prestador_id
    ]
    here = [
        (exame, exame.vida.id)
        for exame in caso.exames
        if exame.guia.tipo is TipoGuia.CONSULTA and exame.vida is not None
    ]
    visits += [
        (vida, exame.guia.profissional, exame.guia.itens[0].dia, f"guia {exame.guia.numero}") for exame, vida in here
    ]
    for exame, vida in here:
        guia, item = exame.guia, exame.guia.itens[0]
        if guia.tipo_consulta != TipoConsulta.SEGUIMENTO:
            continue
        before = (
            where
            for whose, who, dia, where in visits
            if (whose, who) == (vida, guia.profissional) and timedelta(0) < item.dia - dia <= free
        )
        if (first := next(before, None)) is not None:
            yield caso.achado(
                Motivo.REINCIDENCIA_NO_ATENDIMENTO, "O retorno da consulta não é cobrado.",
                "Retire a guia; se não foi retorno, corrija o tipo de consulta.", exame, item, campo="tipoConsulta",
                visto=f"{guia.tipo_consulta}: {br(item.dia)}", esperado=f"depois de {free.days} dias ({first})",
            )  # fmt: skip
