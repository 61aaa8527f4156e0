"""Admission rules: what a lote needs beyond the standard to be received. Pure; each has one id and one place.

All are `RECUSA_LOTE` (`decisoes.md` 15): a lote that fails one leaves nothing behind but its report. Glosa codes per
version come from `tiss.md` §5.1 through the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from conecta_facts.operadoras import VersaoAceita
from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.rules import admissao
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from peg.domain.lotes import LoteLido


@dataclass(frozen=True, slots=True)
class Contexto:
    """What the rules know besides the message.

    Attributes:
        registro_ans: the operadora the upload was made for.
        may_bill: whether the relacionamento lets anything be billed on that day (R02).
        may_send: whether it ever let anything be asked or billed: what was is asked about, and cancelled.
        hoje: local day of reception.
        grupo: registros a prestador may confuse with each other (one group, several operadoras).
    """

    registro_ans: str
    cnpj: str | None
    cpf: str | None
    codigo_na_operadora: str | None
    may_bill: bool
    versoes: tuple[VersaoAceita, ...]
    grupo: tuple[str, ...]
    hoje: date
    may_send: bool = True


Rule = Callable[[LoteLido, Contexto], Iterable[Achado]]

_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"


def _glosa(motivo: Motivo, lote: LoteLido) -> str:
    return codigo(motivo, lote.versao_de_resposta)


def relacionamento_habilitado(lote: LoteLido, contexto: Contexto) -> Iterator[Achado]:
    """R02: the relacionamento was enabled at some time; suspension never blocks billing what was done before."""
    if not contexto.may_bill:
        yield Achado(
            "R02", _glosa(Motivo.PRESTADOR_FORA_DA_REDE, lote),
            "O relacionamento deste prestador com a operadora não está habilitado para faturamento. Solicite-o em "
            "Relacionamentos.",
        )  # fmt: skip


def transacao_de_lote(lote: LoteLido, _contexto: Contexto) -> Iterator[Achado]:
    """An upload of a lote is an ENVIO_LOTE_GUIAS (`decisoes.md` 3); other transactions have doors of their own."""
    if lote.numero_lote is None and not any(achado.severidade is Severidade.RECUSA_LOTE for achado in lote.achados):
        yield Achado(
            "LOTE-TRANSACAO", _glosa(Motivo.TIPO_DE_TRANSACAO_INVALIDO, lote),
            "Este envio recebe só mensagens ENVIO_LOTE_GUIAS, com loteGuias. Envie esta mensagem pela rota da "
            "transação dela.",
            caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:tipoTransacao",
        )  # fmt: skip


RULES: Final[tuple[Rule, ...]] = (
    transacao_de_lote,
    admissao.versao_aceita,
    admissao.destino_certo,
    admissao.origem_e_quem_enviou,
    relacionamento_habilitado,
)


def judge(lote: LoteLido, contexto: Contexto) -> tuple[Achado, ...]:
    """Everything wrong with a lote, the standard's findings first."""
    own = tuple(achado for rule in RULES for achado in rule(lote, contexto))
    refusing = tuple(achado for achado in lote.achados if achado.severidade is Severidade.RECUSA_LOTE)
    return admissao.with_admission(refusing, own)


def numero_de_lote_repetido(lote: LoteLido) -> Achado:
    """Invariant 4: a lote number of a living PEG with other bytes (5053 in 4.01, 3268 in 4.03)."""
    return Achado(
        "LOTE-NUMERO", _glosa(Motivo.LOTE_JA_INFORMADO, lote),
        f"O lote número {lote.numero_lote} já foi recebido com outro conteúdo. Use outro número de lote.",
        caminho="/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:numeroLote",
    )  # fmt: skip
