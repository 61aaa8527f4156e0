"""Lives: families enrolled at one operadora, each row with what became of it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, chain, count, islice
from random import Random
from typing import Final

from local.gerador_cadastro import planos
from local.gerador_cadastro.fixos import FIXOS
from local.gerador_cadastro.identificadores import Permutacao, luhn
from local.gerador_cadastro.model import Linha, Pedido
from local.gerador_cadastro.pessoas import ERA, Pessoa, Populacao
from local.gerador_cadastro.writer import dia

# Of every 20 families, which ones each operadora has: of both it has 12 and 13.
_FAMILIAS: Final = {"345695": range(14), "331988": range(12, 20)}
_CLASSES: Final = 20
_PESOS: Final = tuple(accumulate(planos.PESOS))
_ATUAL, _ANTERIOR, _ANTIGA, _ODONTO, DEFEITUOSA = range(5)
"""What a number of a person's is for: each has its own place in the permutation of carteiras."""
NUMEROS: Final = 8
_CEM: Final = 100
_DEZOITO_ANOS: Final = timedelta(days=6575)

_RECENTE, _ISENTO, _CPT = 0.08, 0.35, 0.15
_RENUMERADA, _VENCIDA, _SEM_VALIDADE = 0.02, 0.02, 0.15
_EXCLUSAO_DE_DEPENDENTE, _COM_ANTIGA, _COM_ODONTO = 0.01, 0.05, 0.02
# Shares of 100 families: excluded, to be excluded, and each of the suspensions below.
_DESTINOS: Final = tuple(accumulate((5.0, 1.0, 2.0, 0.6, 0.4, 0.2, 0.2)))
_SUSPENSOES: Final[tuple[tuple[str, tuple[int, int], tuple[int, int] | None], ...]] = (
    ("INADIMPLENCIA", (1, 60), None),
    ("INADIMPLENCIA", (90, 200), (1, 60)),
    ("INADIMPLENCIA", (-60, -32), None),
    ("JUDICIAL", (1, 60), None),
    ("ADMINISTRATIVA", (1, 60), (-90, -32)),
)
"""Reason, and how many days before the month it began and ended: negative days are to come."""
_MOTIVOS: Final = ("A pedido do titular", "Desligamento da empresa", "Mudança de operadora", "Óbito")
_MUDANCA: Final = "Mudança de plano"
_ODONTOLOGICO, _ANTIGO = planos.ODONTOLOGICO, planos.ANTIGO


def carteiras(pedido: Pedido) -> Permutacao:
    """The permutation that numbers this operadora's carteiras."""
    return Permutacao(f"{pedido.semente}/{pedido.registro_ans}/carteira", 14)


def numero(pedido: Pedido, permutacao: Permutacao, posicao: int) -> str:
    """A carteira: 2 digits of the operadora, 14 that say nothing, 1 check digit."""
    return luhn(pedido.registro_ans[-2:] + permutacao(posicao))


@dataclass(slots=True)
class _Situacao:
    """What becomes of a whole family."""

    plano: str
    inclusao: date
    recente: bool
    exclusao: date | None = None
    suspenso_de: date | None = None
    suspenso_ate: date | None = None
    motivo_suspensao: str = ""


def _maioridade(pessoa: Pessoa) -> date:
    """First day somebody may be a titular."""
    return pessoa.nascimento + _DEZOITO_ANOS


class _Cadastro:
    """Rows of one request; holds no row."""

    def __init__(self, pedido: Pedido) -> None:
        self._pedido = pedido
        self._mes = pedido.mes
        self._era = min(ERA, pedido.mes)
        self._populacao = Populacao(pedido.semente, pedido.mes)
        self._carteiras = carteiras(pedido)
        self._fluxo = int(pedido.registro_ans) + 1
        self._planos = {segmento.sufixo: planos.codigo(pedido, segmento.sufixo) for segmento in planos.SEGMENTOS}

    def linhas(self) -> Iterator[Linha]:
        for fixo in FIXOS:
            if fixo.registro_ans == self._pedido.registro_ans:
                yield fixo.linha(self._planos[fixo.plano], self._mes)
        mine = _FAMILIAS.get(self._pedido.registro_ans, range(_CLASSES))
        for indice in count():
            if indice % _CLASSES in mine:
                yield from self._familia(indice)

    def _familia(self, indice: int) -> Iterator[Linha]:
        rng = self._populacao.rng(indice, self._fluxo)
        membros = self._populacao.familia(indice)
        primeiro = next(membros)
        situacao = self._situacao(rng, _maioridade(primeiro))
        titular = ""
        for pessoa in chain((primeiro,), membros):
            if situacao.exclusao is not None and pessoa.nascimento > situacao.exclusao:
                continue
            linha = self._vida(pessoa, situacao, rng, titular)
            titular = titular or linha["numero_carteira"]
            yield linha
            if pessoa.cpf:
                yield from self._outras(pessoa, situacao, rng)

    def _ago(self, rng: Random, least: int, most: int) -> date:
        """A day so many days before the month; negative numbers are after it."""
        return self._mes - timedelta(days=least + int(rng.random() * (most - least)))

    def _between(self, rng: Random, inclusao: date) -> date:
        """A day between the inclusion and the month."""
        return inclusao + timedelta(days=int(rng.random() * (self._mes - inclusao).days))

    def _situacao(self, rng: Random, maioridade: date) -> _Situacao:
        draw = rng.random
        produto = draw() * _CEM
        plano = next(segmento.sufixo for segmento, ate in zip(planos.ATIVOS, _PESOS, strict=True) if produto < ate)
        recente = draw() < _RECENTE
        inclusao = self._ago(rng, 1, 300) if recente else self._era - timedelta(days=31 + int(draw() ** 2 * 9000))
        situacao = _Situacao(plano, max(inclusao, maioridade), recente)
        if not recente:
            self._destino(situacao, rng)
        return situacao

    def _destino(self, situacao: _Situacao, rng: Random) -> None:
        """What happened or will happen to the family's cover; nothing to nine in ten."""
        destino = bisect(_DESTINOS, rng.random() * _CEM)
        if destino == 0:
            situacao.exclusao = self._between(rng, situacao.inclusao)
        elif destino == 1:
            situacao.exclusao = self._ago(rng, -180, -32)
        elif destino <= len(_SUSPENSOES) + 1:
            motivo, begun, ended = _SUSPENSOES[destino - 2]
            situacao.motivo_suspensao = motivo
            situacao.suspenso_de = self._ago(rng, *begun)
            situacao.suspenso_ate = self._ago(rng, *ended) if ended else None

    def _numero(self, pessoa: Pessoa, uso: int) -> str:
        return numero(self._pedido, self._carteiras, pessoa.numero * NUMEROS + uso)

    def _vida(self, pessoa: Pessoa, situacao: _Situacao, rng: Random, titular: str) -> Linha:
        inclusao = max(situacao.inclusao, pessoa.nascimento)
        linha = self._linha(pessoa, _ATUAL, situacao.plano, inclusao)
        if titular:
            linha["carteira_titular"], linha["parentesco"] = titular, pessoa.parentesco
        self._exclusao(linha, situacao, inclusao, rng)
        if not pessoa.cpf:  # a newborn: enrolled within 30 days, nothing to wait for (law 9656/98, art. 12, III)
            linha["isento_carencias"] = "S"
            return linha
        self._carencias(linha, situacao, inclusao, rng)
        if situacao.suspenso_de is not None:
            linha["suspenso_de"] = situacao.suspenso_de.isoformat()
            linha["suspenso_ate"] = dia(situacao.suspenso_ate)
            linha["motivo_suspensao"] = situacao.motivo_suspensao
        draw = rng.random
        card = draw()
        if card < _VENCIDA:
            linha["validade_carteira"] = self._ago(rng, 1, 400).isoformat()
        elif card > _SEM_VALIDADE:
            linha["validade_carteira"] = date(self._mes.year + 1 + int(draw() * 4), 12, 31).isoformat()
        if draw() < _RENUMERADA:
            linha["carteira_anterior"] = self._numero(pessoa, _ANTERIOR)
        return linha

    @staticmethod
    def _carencias(linha: Linha, situacao: _Situacao, inclusao: date, rng: Random) -> None:
        if not situacao.recente or rng.random() < _ISENTO:
            linha["isento_carencias"] = "S"
        elif rng.random() < _CPT:
            linha["cpt_ate"] = (inclusao + timedelta(days=730)).isoformat()

    def _exclusao(self, linha: Linha, situacao: _Situacao, inclusao: date, rng: Random) -> None:
        """That of the family, or a dependent's own."""
        exclusao = situacao.exclusao
        if exclusao is None:
            if situacao.recente or not linha.get("parentesco") or rng.random() >= _EXCLUSAO_DE_DEPENDENTE:
                return
            exclusao = self._between(rng, inclusao)
        linha["data_exclusao"] = max(exclusao, inclusao).isoformat()
        linha["motivo_exclusao"] = _MOTIVOS[int(rng.random() * len(_MOTIVOS))]

    def _outras(self, pessoa: Pessoa, situacao: _Situacao, rng: Random) -> Iterator[Linha]:
        """Other carteiras of the same person: an old one that ended, a dental one beside the current."""
        draw = rng.random
        if situacao.recente or pessoa.parentesco:
            return
        if draw() < _COM_ANTIGA:
            end = min(situacao.inclusao - timedelta(days=1), planos.FIM_DO_ANTIGO)
            begin = max(end - timedelta(days=200 + int(draw() * 900)), planos.INICIO, _maioridade(pessoa))
            if begin >= end:
                return
            linha = self._linha(pessoa, _ANTIGA, _ANTIGO, begin)
            linha["data_exclusao"] = linha["validade_carteira"] = end.isoformat()
            linha["motivo_exclusao"] = _MUDANCA
            linha["isento_carencias"] = "S"
            yield linha
        if draw() < _COM_ODONTO and situacao.plano != _ODONTOLOGICO and situacao.exclusao is None:
            linha = self._linha(pessoa, _ODONTO, _ODONTOLOGICO, situacao.inclusao)
            linha["isento_carencias"] = "S"
            yield linha

    def _linha(self, pessoa: Pessoa, uso: int, plano: str, inclusao: date) -> Linha:
        return {
            "numero_carteira": self._numero(pessoa, uso),
            "nome": pessoa.nome,
            "plano": self._planos[plano],
            "data_nascimento": pessoa.nascimento.isoformat(),
            "sexo": pessoa.sexo,
            "data_inclusao": inclusao.isoformat(),
            "cpf": pessoa.cpf,
            "cns": pessoa.cns,
            "nome_social": pessoa.nome_social,
            "isento_carencias": "N",
        }


def beneficiarios(pedido: Pedido) -> Iterator[Linha]:
    """The rows asked for: the fixed people, then families, each titular before its dependents."""
    return islice(_Cadastro(pedido).linhas(), pedido.vidas)
