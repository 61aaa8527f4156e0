"""A message as far as it can be read, and all that keeps it from being answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conecta_facts.relacionamentos import ONCE_ENABLED
from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, Severidade, code_of
from conecta_tiss.messages.anexos import LoteAnexos
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.comunicacao import ComunicacaoInternacao
from conecta_tiss.messages.solicitacao import SolicitacaoProcedimento, SolicitaStatusAutorizacao
from conecta_tiss.rules import admissao
from conecta_tiss.versions import answer_version
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.identifiers import is_valid_numero_guia

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conecta_edge.cadastro import Contratacao
    from conecta_facts.operadoras import VersaoAceita
    from conecta_tiss.messages.envelope import Cabecalho, Parte
    from conecta_tiss.versions import Versao

CORPOS: Final[Mapping[str, tuple[str, type[Any]]]] = MappingProxyType({
    "solicitacaoProcedimento": ("SOLICITACAO_PROCEDIMENTOS", SolicitacaoProcedimento),
    "solicitaStatusAutorizacao": ("SOLICITA_STATUS_AUTORIZACAO", SolicitaStatusAutorizacao),
    "loteAnexos": ("ENVIO_ANEXO", LoteAnexos),
    "comunicacaoInternacao": ("COMUNICACAO_BENEFICIARIO", ComunicacaoInternacao),
})  # fmt: skip
"""The messages of this context, by body element: their transaction and what their body is read as."""

ITENS_MAXIMOS: Final = 100
"""In each list of items, as in JSON."""
ITENS_NO_PEDIDO: Final = 120
"""In all of a request's lists, as in JSON: one row holds it whole."""
_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"
_CORPO: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora"


@dataclass(frozen=True, slots=True)
class Lida:
    """A message as far as it could be read; `achados` is what the standard finds wrong.

    Attributes:
        transacao: body element it was sent as, one of `CORPOS`.
        corpo: its body, only of a valid message of that transaction.
    """

    transacao: str
    versao: str | None
    origem: Contratado | None
    destino: str | None
    sequencial: str | None
    achados: tuple[Achado, ...]
    registrada_em: date | None
    corpo: Any

    @property
    def versao_de_resposta(self) -> Versao:
        """The sender's version, or 4.01.00 when it could not be read."""
        return answer_version(self.versao)


@dataclass(frozen=True, slots=True)
class _Conhecido:
    """What is known of sender and receiver, as the rules of admission ask it."""

    registro_ans: str
    cnpj: str | None
    cpf: str | None
    codigo_na_operadora: str | None
    versoes: tuple[VersaoAceita, ...]
    grupo: tuple[str, ...]
    hoje: date


def read(raw: bytes, transacao: str, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    resultado = pipeline.validate_message(raw, hoje=hoje)
    mensagem = resultado.mensagem_de(CORPOS[transacao][1])
    cabecalho: Cabecalho | None = mensagem.cabecalho if mensagem else None
    return Lida(
        transacao=transacao,
        versao=resultado.versao,
        origem=_contratado(cabecalho.origem) if cabecalho else None,
        destino=resultado.destino,
        sequencial=resultado.sequencial,
        achados=resultado.achados,
        registrada_em=cabecalho.data_registro if cabecalho else None,
        corpo=mensagem.corpo if mensagem else None,
    )


def judge(lida: Lida, contratacao: Contratacao, hoje: date, enviada_a: str | None = None) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        contratacao: of the prestador that sent it with the operadora that answers.
        enviada_a: registro ANS that an upload was made for; by the XML door it is the message that says it.
    """
    refusing = tuple(achado for achado in lida.achados if achado.severidade is Severidade.RECUSA_LOTE)
    own: list[Achado] = []
    if lida.corpo is not None:
        own += _admission(lida, contratacao, hoje, enviada_a)
    elif not refusing:
        own.append(_other_transaction(lida))
    return admissao.with_admission(refusing, own)


def _admission(lida: Lida, contratacao: Contratacao, hoje: date, enviada_a: str | None) -> Iterator[Achado]:
    prestador, relacionamento, operadora = contratacao.prestador, contratacao.relacionamento, contratacao.operadora
    if operadora is None or (enviada_a is None and operadora.registro_ans != lida.destino):
        yield _unknown_operadora(lida)
        return
    conhecido = _Conhecido(
        registro_ans=operadora.registro_ans,
        cnpj=prestador.cnpj if prestador else None,
        cpf=prestador.cpf if prestador else None,
        codigo_na_operadora=relacionamento.codigo_na_operadora if relacionamento else None,
        versoes=operadora.versoes,
        grupo=operadora.grupo,
        hoje=hoje,
    )
    yield from admissao.versao_aceita(lida, conhecido)
    yield from admissao.destino_certo(lida, conhecido)
    yield from admissao.origem_e_quem_enviou(lida, conhecido)
    yield from _asks_for_itself(lida, conhecido)
    periodos = relacionamento.periodos if relacionamento else ()
    if not any(periodo.situacao in ONCE_ENABLED and periodo.de <= hoje for periodo in periodos):
        yield Achado(
            "R02", code_of(Motivo.PRESTADOR_FORA_DA_REDE, lida.versao_de_resposta),
            "Este prestador nunca esteve habilitado nesta operadora. Solicite o relacionamento.",
        )  # fmt: skip
    yield from _unusable_number(lida)
    yield from _too_long(lida)


def _other_transaction(lida: Lida) -> Achado:
    tipo, _ = CORPOS[lida.transacao]
    return Achado(
        "TISS-TRANSACAO", code_of(Motivo.TIPO_DE_TRANSACAO_INVALIDO, lida.versao_de_resposta),
        f"Aqui se recebem só mensagens {tipo}, com {lida.transacao}. Envie esta mensagem pela rota da transação dela.",
        caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:tipoTransacao",
    )  # fmt: skip


def _unknown_operadora(lida: Lida) -> Achado:
    return Achado(
        "DESTINO", code_of(Motivo.REGISTRO_ANS_INVALIDO, lida.versao_de_resposta),
        "O destino da mensagem não é uma operadora atendida aqui. Confira o registro ANS.",
        caminho=f"{_CABECALHO}/ans:destino/ans:registroANS",
    )  # fmt: skip


def _asks_for_itself(lida: Lida, conhecido: _Conhecido) -> Iterator[Achado]:
    """Who asks where a request stands is the sender, too (`seguranca.md` §3)."""
    asks = lida.corpo.contratado if isinstance(lida.corpo, SolicitaStatusAutorizacao) else None
    if asks is None or (
        (asks.cnpj is not None and asks.cnpj == conhecido.cnpj)
        or (asks.cpf is not None and asks.cpf == conhecido.cpf)
        or (asks.codigo_na_operadora is not None and asks.codigo_na_operadora == conhecido.codigo_na_operadora)
    ):
        return
    yield Achado(
        "ORIGEM", code_of(Motivo.PRESTADOR_INVALIDO, lida.versao_de_resposta),
        "O prestador em dadosContratado não é quem enviou a mensagem. Corrija dadosContratado.",
        caminho=f"{_CORPO}/ans:{lida.transacao}/ans:dadosContratado",
    )  # fmt: skip


def _unusable_number(lida: Lida) -> Iterator[Achado]:
    """A new guia has a number that every door can name it by."""
    corpo = lida.corpo
    if isinstance(corpo, SolicitacaoProcedimento):
        guia: Any = corpo.solicitacao
        if not is_valid_numero_guia(guia.numero_guia_prestador.strip()):
            yield Achado(
                "TISS-GUIA-NUMERO", "1307",
                "O número da guia tem letras acentuadas ou outros sinais. Use só letras sem acento, algarismos e "
                "pontuação simples.", caminho=f"{_CORPO}/ans:{lida.transacao}",
            )  # fmt: skip


def _too_long(lida: Lida) -> Iterator[Achado]:
    """More than one answer can be made of: the schema sets no bound."""
    corpo = lida.corpo
    lists: tuple[Any, ...] = ()
    if isinstance(corpo, SolicitacaoProcedimento):
        guia: Any = corpo.solicitacao
        lists = (guia.procedimentos, *_annexed(getattr(guia, "anexo", None)))
    elif isinstance(corpo, LoteAnexos):
        lists = _annexed(corpo)
    total = sum(len(one) for one in lists)
    if total > ITENS_NO_PEDIDO or any(len(one) > ITENS_MAXIMOS for one in lists):
        yield Achado(
            "TISS-TAMANHO", code_of(Motivo.LOTE_ACIMA_DO_LIMITE, lida.versao_de_resposta),
            f"A mensagem tem {total} itens; o máximo é {ITENS_MAXIMOS} em cada lista e {ITENS_NO_PEDIDO} em todas. "
            "Divida-a.",
            caminho=f"{_CORPO}/ans:{lida.transacao}",
        )  # fmt: skip


def _annexed(anexos: Any) -> tuple[Any, ...]:
    opme, quimio = getattr(anexos, "opme", None), getattr(anexos, "quimio", None)
    return (opme.itens if opme else (), quimio.drogas if quimio else ())


def _contratado(origem: Parte) -> Contratado:
    return Contratado(cnpj=origem.cnpj, cpf=origem.cpf, codigo_na_operadora=origem.codigo_prestador_na_operadora)
