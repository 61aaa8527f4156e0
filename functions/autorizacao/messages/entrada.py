"""A message as far as it can be read, and all that keeps it from being answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.messages.anexos import LoteAnexos
from conecta_tiss.messages.comunicacao import ComunicacaoInternacao
from conecta_tiss.messages.solicitacao import SolicitacaoProcedimento, SolicitaStatusAutorizacao
from conecta_tiss.rules import admissao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.identifiers import is_valid_numero_guia

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from conecta_edge.cadastro import Contratacao, Remetente
    from conecta_tiss.rules.admissao import Lida

CORPOS: Final[Mapping[str, type[Any]]] = MappingProxyType({
    "solicitacaoProcedimento": SolicitacaoProcedimento,
    "solicitaStatusAutorizacao": SolicitaStatusAutorizacao,
    "loteAnexos": LoteAnexos,
    "comunicacaoInternacao": ComunicacaoInternacao,
})  # fmt: skip
"""The messages of this context, by body element: what their body is read as."""

ITENS_MAXIMOS: Final = 100
"""In each list of items, as in JSON."""
ITENS_NO_PEDIDO: Final = 120
"""In all of a request's lists, as in JSON: one row holds it whole."""
_CORPO: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora"


def read(raw: bytes, transacao: str, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    return pipeline.read_as(raw, transacao, CORPOS[transacao], hoje=hoje)


def judge(lida: Lida, contratacao: Contratacao, hoje: date, enviada_a: str | None = None) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        contratacao: of the prestador that sent it with the operadora that answers.
        enviada_a: registro ANS that an upload was made for; by the XML door it is the message that says it.
    """
    operadora = contratacao.operadora
    remetente = contratacao.remetente(operadora.registro_ans if operadora else "", hoje)
    return admissao.judge(
        lida, remetente,
        lambda: _asks_for_itself(lida, remetente),
        lambda: admissao.nunca_habilitado(lida, remetente),
        lambda: _unusable_number(lida),
        lambda: _too_long(lida),
        atendida=operadora is not None and (enviada_a is not None or operadora.registro_ans == lida.destino),
    )  # fmt: skip


def _asks_for_itself(lida: Lida, remetente: Remetente) -> Iterable[Achado]:
    """Who asks where a request stands is the sender, too (`seguranca.md` §3)."""
    if isinstance(lida.corpo, SolicitaStatusAutorizacao):
        return admissao.pede_por_si(lida, remetente, lida.corpo.contratado, "dadosContratado")
    return ()


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
