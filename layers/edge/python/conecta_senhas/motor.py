"""The engine: every rule in order, all findings at once, and what follows for each item and for the whole.

It authorises, or refuses what is formally impossible; whatever would be denied on other grounds goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from conecta_facts.relacionamentos import Situacao as SituacaoRelacionamento
from conecta_senhas import prazos
from conecta_senhas import regras_itens as itens
from conecta_senhas import regras_pedido as pedido
from conecta_senhas.autorizacoes import (
    ZERO,
    Item,
    MotivoNegativa,
    Parecer,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
    concession,
)
from conecta_senhas.contexto import Apontamento, Caso, Contexto, Efeito, Regra
from conecta_senhas.solicitacoes import Linha, Solicitacao, Tipo

RULES: Final[tuple[Regra, ...]] = (
    pedido.relacionamento,
    pedido.executante,
    pedido.beneficiario,
    pedido.incluido,
    pedido.nao_excluido,
    pedido.nao_suspenso,
    pedido.carteira_valida,
    pedido.plano_em_vigor,
    pedido.recem_nascido,
    pedido.contrato,
    pedido.abrangencia,
    pedido.codigo_de_validacao,
    pedido.depois_do_atendimento,
    pedido.dia_previsto,
    pedido.principal,
    itens.quantidade,
    itens.tuss,
    itens.contratado,
    itens.cobertura,
    itens.carencia,
    itens.cobertura_parcial,
    itens.exigencias,
    itens.limites,
    itens.pronto_socorro,
    itens.diaria_negociada,
    itens.medicamentos,
    itens.oncologia,
    itens.dente_ou_regiao,
    itens.opme,
    itens.remocao,
    itens.valores,
    pedido.tipo_em_analise,
    pedido.justificativa,
)
"""In the order they are told; their ids and sources make `docs/regras.md`."""


class Resultado(StrEnum):
    """What the rules say of an item."""

    AUTORIZADO = "AUTORIZADO"
    IMPOSSIVEL = "IMPOSSIVEL"
    ANALISE = "ANALISE"
    ALTERNATIVA = "ALTERNATIVA"
    """Another manufacturer's of the same material is authorised (R27)."""


_RESULTADO: Final[Mapping[SituacaoItem, Resultado]] = {
    SituacaoItem.AUTORIZADO: Resultado.AUTORIZADO,
    SituacaoItem.NEGADO: Resultado.IMPOSSIVEL,
    SituacaoItem.EM_ANALISE: Resultado.ANALISE,
    SituacaoItem.ALTERNATIVA: Resultado.ALTERNATIVA,
}


@dataclass(frozen=True, slots=True)
class Julgamento:
    """What is answered: to a simulation as it is, to a request by what is made of it.

    Attributes:
        validade: last valid day, should it be granted today.
    """

    parecer: Parecer
    achados: tuple[Apontamento, ...]
    validade: date

    @property
    def resultados(self) -> tuple[Resultado, ...]:
        """Of each item, in order."""
        return tuple(_RESULTADO[item.situacao] for item in self.parecer.itens)


def judge(solicitacao: Solicitacao, contexto: Contexto) -> Julgamento:
    """Everything that can be said of a request at once; nothing is created, nothing read."""
    caso = Caso(solicitacao, contexto)
    achados = tuple(achado for rule in RULES for achado in rule(caso))
    return Julgamento(_opinion(caso, achados), achados, valid_until(solicitacao, contexto))


def judge_annex(solicitacao: Solicitacao, contexto: Contexto, ultimo: int) -> Parecer:
    """R27: of an annex that follows its request: what its own lines are found to be, and what makes the whole wait.

    What refuses a request as a whole, and what its other lines are, was judged on the day it was asked: neither the day
    of the attendance, that passed meanwhile, nor a suspension since (R02) denies what goes with a request of before.

    Args:
        solicitacao: with the annex in it.
        ultimo: number of the last line that was there before it.
    """
    caso = Caso(solicitacao, contexto)
    achados = (achado for rule in RULES for achado in rule(caso))
    return _opinion(caso, tuple(achado for achado in achados if _upon_annex(achado, ultimo)))


def _upon_annex(achado: Apontamento, ultimo: int) -> bool:
    return achado.efeito is not Efeito.IMPEDE if achado.item is None else achado.item > ultimo


def valid_until(solicitacao: Solicitacao, contexto: Contexto) -> date:
    """R10: last valid day of a senha decided today: 90 days, or the end of cover, of contract, of relacionamento.

    Of who asks and of who will do it, whichever ends first.
    """
    hoje = contexto.hoje
    life, plano = contexto.beneficiario, contexto.plano
    gone = (
        periodo.de - timedelta(days=1)
        for held in (contexto.relacionamento, contexto.executante)
        for periodo in (held.periodos if held else ())
        if periodo.de > hoje and periodo.situacao is not SituacaoRelacionamento.HABILITADO
    )
    return prazos.validade(
        hoje,
        life.data_exclusao if life else None,
        plano.plano.vigente_ate if plano else None,
        contexto.contrato.ultimo_dia(solicitacao.data_atendimento or hoje),
        *gone,
    )


def _opinion(caso: Caso, achados: tuple[Apontamento, ...]) -> Parecer:
    whole = tuple(achado for achado in achados if achado.item is None)
    made = tuple(_item(caso, linha, achados) for linha in caso.linhas)
    asked = caso.solicitacao.diarias or 0
    refused = [achado for achado in whole if achado.efeito is Efeito.IMPEDE]
    if refused or (made and all(item.situacao is SituacaoItem.NEGADO for item in made)):
        return Parecer(situacao=Situacao.NEGADA, itens=made, motivos=tuple(_reason(achado) for achado in refused))
    impossible = {item.sequencia for item in made if item.situacao is SituacaoItem.NEGADO}
    standing = [achado for achado in achados if achado.item not in impossible]
    pendencias = _checklist(standing)
    if not any(achado.efeito in {Efeito.PENDE, Efeito.ANALISA} for achado in standing):
        made = _preferred(made)
        return Parecer(situacao=concession(made, asked, asked), itens=made, diarias=asked)
    contexto, rules = caso.contexto, caso.contexto.parametros
    elective_stay = caso.solicitacao.tipo is Tipo.INTERNACAO
    complex_ = elective_stay or any(
        (rule := caso.regra_de(linha.item)) is not None and rule.alta_complexidade
        for linha in caso.linhas
        if linha.sequencia not in impossible
    )
    answer = rules.resposta_complexa_uteis if complex_ else rules.resposta_uteis
    waiting = contexto.calendario.somar_uteis(contexto.hoje, rules.pendencia_uteis, contexto.uf)
    return Parecer(
        situacao=_waiting(pendencias),
        itens=made,
        pendencias=pendencias,
        responder_ate=contexto.calendario.somar_uteis(contexto.hoje, answer, contexto.uf),
        pendente_ate=waiting if pendencias else None,
    )


def _waiting(pendencias: tuple[Pendencia, ...]) -> Situacao:
    if any(pendencia.tipo is not TipoPendencia.JUSTIFICATIVA for pendencia in pendencias):
        return Situacao.AGUARDANDO_DOCUMENTO
    return Situacao.AGUARDANDO_JUSTIFICATIVA if pendencias else Situacao.EM_ANALISE


def _checklist(achados: list[Apontamento]) -> tuple[Pendencia, ...]:
    waited = (achado.pendencia for achado in achados if achado.efeito is Efeito.PENDE and achado.pendencia)
    return tuple(dict.fromkeys(waited))


def _reason(achado: Apontamento) -> MotivoNegativa:
    return MotivoNegativa(codigo=achado.codigo, texto=f"{achado.mensagem} {achado.providencia}", base=achado.base)


def _item(caso: Caso, linha: Linha, achados: tuple[Apontamento, ...]) -> Item:
    mine = [achado for achado in achados if achado.item in {None, linha.sequencia}]
    effects = {achado.efeito for achado in mine}
    reasons = tuple(_reason(achado) for achado in mine if achado.efeito is Efeito.IMPEDE)
    if reasons:
        situacao = SituacaoItem.NEGADO
    elif effects & {Efeito.PENDE, Efeito.ANALISA}:
        situacao = SituacaoItem.EM_ANALISE
    else:
        situacao = SituacaoItem.AUTORIZADO
    price = caso.price(linha.item)
    return Item(
        sequencia=linha.sequencia,
        solicitado=linha.item,
        situacao=situacao,
        autorizada=linha.item.quantidade if situacao is SituacaoItem.AUTORIZADO else ZERO,
        anexo=linha.anexo,
        valor_autorizado=linha.item.valor if price is None else price,
        data_prevista=linha.data_provavel,
        motivos=reasons,
    )


def _preferred(made: tuple[Item, ...]) -> tuple[Item, ...]:
    """R27: of the manufacturers of one material only the first choice is authorised where nobody looks."""
    best: dict[tuple[str, str], str] = {}
    for item in made:
        asked = item.solicitado
        if asked.opme is not None and item.autorizada > ZERO:
            key = (asked.tabela, asked.codigo)
            best[key] = min(best.get(key, asked.opme.opcao), asked.opme.opcao)
    return tuple(
        replace(item, situacao=SituacaoItem.ALTERNATIVA, autorizada=ZERO)
        if item.solicitado.opme is not None
        and item.autorizada > ZERO
        and item.solicitado.opme.opcao != best[item.solicitado.tabela, item.solicitado.codigo]
        else item
        for item in made
    )
