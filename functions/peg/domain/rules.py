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
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from peg.domain.lotes import LoteLido

UNKNOWN_VERSION: Final = "TISS-VERSAO"


@dataclass(frozen=True, slots=True)
class Contexto:
    """What the rules know besides the message.

    Attributes:
        registro_ans: the operadora the upload was made for.
        may_bill: whether the relacionamento lets anything be billed on that day (R02).
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


Rule = Callable[[LoteLido, Contexto], Iterable[Achado]]

_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"


def answer_version(lote: LoteLido) -> Versao:
    """The version to answer in: the sender's, or 4.01.00 when it could not be read."""
    return Versao(lote.versao) if lote.versao in set(Versao) else Versao.V4_01_00


def _glosa(motivo: Motivo, lote: LoteLido) -> str:
    return codigo(motivo, answer_version(lote))


def versao_aceita(lote: LoteLido, contexto: Contexto) -> Iterator[Achado]:
    """R12: the operadora accepts the message's version on the day of reception (table `versao → de, até`)."""
    if lote.versao is None and not any(achado.regra == UNKNOWN_VERSION for achado in lote.achados):
        return  # not even the header could be read: the standard's own finding says so
    accepted = sorted(row.versao for row in contexto.versoes if row.accepts(contexto.hoje))
    if lote.versao not in accepted:
        names = ", ".join(accepted) or "nenhuma no momento"
        yield Achado(
            "R12", _glosa(Motivo.VERSAO_INVALIDA, lote),
            f"A operadora {contexto.registro_ans} não aceita a versão da mensagem nesta data. Versões aceitas: {names}."
            " Gere o lote em uma delas e envie de novo.",
            caminho=f"{_CABECALHO}/ans:Padrao",
        )  # fmt: skip


def destino_do_upload(lote: LoteLido, contexto: Contexto) -> Iterator[Achado]:
    """§1 of `dominio.md`: the message's destino is the operadora the upload was made for; 5027 names the right one."""
    if lote.destino is None or lote.destino == contexto.registro_ans:
        return
    hint = (
        "Ela é do mesmo grupo, mas cada operadora recebe os seus lotes: refaça o envio para ela."
        if lote.destino in contexto.grupo
        else "Corrija o destino da mensagem ou refaça o envio para a operadora certa."
    )
    yield Achado(
        "DESTINO", _glosa(Motivo.REGISTRO_ANS_INVALIDO, lote),
        f"O destino da mensagem não é a operadora deste envio, {contexto.registro_ans}. {hint}",
        caminho=f"{_CABECALHO}/ans:destino/ans:registroANS",
    )  # fmt: skip


def origem_e_quem_enviou(lote: LoteLido, contexto: Contexto) -> Iterator[Achado]:
    """The message's origem is the prestador that uploaded it (`seguranca.md` §3): CNPJ, CPF or own code."""
    origem = lote.origem
    if origem is None:
        return
    if origem.codigo_na_operadora is not None:
        if origem.codigo_na_operadora != contexto.codigo_na_operadora:
            yield Achado(
                "ORIGEM", _glosa(Motivo.PRESTADOR_INVALIDO, lote),
                "O código do prestador na origem da mensagem não é o deste prestador nesta operadora. Confira o código "
                "informado no cadastro do relacionamento.",
                caminho=f"{_CABECALHO}/ans:origem/ans:identificacaoPrestador/ans:codigoPrestadorNaOperadora",
            )  # fmt: skip
        return
    field, sent, known = (
        ("CNPJ", origem.cnpj, contexto.cnpj) if origem.cnpj is not None else ("CPF", origem.cpf, contexto.cpf)
    )
    if sent != known:
        yield Achado(
            "ORIGEM", _glosa(Motivo.REMETENTE_NAO_IDENTIFICADO, lote),
            f"O {field} na origem da mensagem não é o do prestador que enviou o arquivo. Envie com a credencial do "
            "prestador que emitiu o lote, ou corrija a origem.",
            caminho=f"{_CABECALHO}/ans:origem/ans:identificacaoPrestador/ans:{field}",
        )  # fmt: skip


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
    versao_aceita,
    destino_do_upload,
    origem_e_quem_enviou,
    relacionamento_habilitado,
)


def judge(lote: LoteLido, contexto: Contexto) -> tuple[Achado, ...]:
    """Everything wrong with a lote, the standard's findings first."""
    own = tuple(achado for rule in RULES for achado in rule(lote, contexto))
    # R12's own finding names what this operadora accepts; the standard's would name all that exist.
    named = any(achado.regra == "R12" for achado in own)
    refusing = tuple(
        achado
        for achado in lote.achados
        if achado.severidade is Severidade.RECUSA_LOTE and not (named and achado.regra == UNKNOWN_VERSION)
    )
    return refusing + own


def numero_de_lote_repetido(lote: LoteLido) -> Achado:
    """Invariant 4: a lote number of a living PEG with other bytes (5053 in 4.01, 3268 in 4.03)."""
    return Achado(
        "LOTE-NUMERO", _glosa(Motivo.LOTE_JA_INFORMADO, lote),
        f"O lote número {lote.numero_lote} já foi recebido com outro conteúdo. Use outro número de lote.",
        caminho="/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:numeroLote",
    )  # fmt: skip
