"""Recursos and questions where one stands: as far as they can be read, and what keeps them from an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.messages.recurso import (
    GuiaOdontoRecursada,
    ItemRecursado,
    RecursoGlosa,
    SolicitacaoStatusRecursoGlosa,
)
from conecta_tiss.rules import admissao
from conecta_tiss.rules.partes import Lugar
from conecta_tiss.rules.recurso import contestadas
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import EntradaPedida, Pedido
from recurso.domain.recursos import Cobrado

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.recurso import GuiaRecursada
    from conecta_tiss.rules.admissao import Habilitado, Lida
    from conecta_tiss.rules.recurso import Contestada
    from recurso.domain.regras import Apontamento

RECURSO: Final = "recursoGlosa"
STATUS: Final = "solicitacaoStatusRecursoGlosa"
CORPOS: Final[Mapping[str, type[Any]]] = MappingProxyType({
    RECURSO: RecursoGlosa,
    STATUS: SolicitacaoStatusRecursoGlosa,
})  # fmt: skip
"""Messages read here, by body element: what their body is read as."""


def read(raw: bytes, transacao: str, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    return pipeline.read_as(raw, transacao, CORPOS[transacao], hoje=hoje)


def judge(lida: Lida, remetente: Habilitado, *, atendida: bool) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        remetente: the prestador that sent it, with the operadora that answers.
        atendida: the operadora is one of ours.
    """
    return admissao.judge(
        lida, remetente, lambda: _in_its_own_name(lida, remetente), lambda: admissao.nunca_habilitado(lida, remetente),
        atendida=atendida,
    )  # fmt: skip


def _in_its_own_name(lida: Lida, remetente: Habilitado) -> Iterable[Achado]:
    corpo: RecursoGlosa | SolicitacaoStatusRecursoGlosa = lida.corpo
    if isinstance(corpo, SolicitacaoStatusRecursoGlosa):
        return admissao.pede_por_si(lida, remetente, corpo.prestador, "dadosPrestador")
    assert corpo.recurso is not None  # noqa: S101  # the schema asks for one of the two
    which = "guiaRecursoGlosa" if corpo.medico else "guiaRecursoGlosaOdonto"
    return admissao.pede_por_si(lida, remetente, corpo.recurso.contratado, which, "dadosContratado")


# --- what is asked ---


def pedido(lida: Lida, registro_ans: str) -> Pedido:
    """What a `recursoGlosa` asks. Of a legacy protocolo, what it asks back is what was taken (R07)."""
    corpo: RecursoGlosa = lida.corpo
    sent = corpo.recurso
    assert sent is not None  # noqa: S101  # the schema asks for one of the two
    contested = tuple(contestadas(corpo))
    alone = sent.valor_total if len(contested) == 1 else None
    return Pedido(
        registro_ans=registro_ans, origem=sent.numero_protocolo.strip(), numero=sent.numero.strip(),
        numero_lote=sent.numero_lote.strip(), tipo_guia=TipoGuia.ODONTO.value if corpo.odonto else None,
        odonto=corpo.odonto is not None,
        valor_total=sent.valor_total, versao=lida.versao_de_resposta,
        entradas=tuple(_entrada(one, alone) for one in contested),
    )  # fmt: skip


def _entrada(contestada: Contestada, alone: Decimal | None) -> EntradaPedida:
    """One entry.

    Args:
        alone: reais of all of it, when it is all there is.
    """
    uma, guia, _ = contestada
    whose = _guia(guia) if guia else {}
    if isinstance(uma, ItemRecursado):
        return EntradaPedida(
            nivel=Nivel.ITEM, codigo=uma.codigo_glosa, valor=uma.valor_recursado, valor_glosado=uma.valor_recursado,
            justificativa=uma.justificativa, cobrado=Cobrado(**whose, **_item(uma)),
        )  # fmt: skip
    return EntradaPedida(
        nivel=Nivel.GUIA if guia else Nivel.PROTOCOLO, cobrado=Cobrado(**whose),
        codigo=uma.codigo_glosa if isinstance(uma, GuiaOdontoRecursada) else uma.codigo, valor_glosado=alone,
        justificativa=uma.justificativa,
    )  # fmt: skip


def _guia(guia: GuiaRecursada | GuiaOdontoRecursada) -> dict[str, Any]:
    numbers = {
        "guia": guia.numero_guia_prestador, "numero_operadora": guia.numero_guia_operadora, "senha": guia.senha,
    }  # fmt: skip
    return {name: (number or "").strip() or None for name, number in numbers.items()}


def _item(item: ItemRecursado) -> dict[str, Any]:
    return {
        "sequencial": item.sequencial_item, "dia": item.data_inicio, "fim": item.data_fim,
        "tabela": item.codigo_tabela, "codigo": item.codigo_procedimento.strip(),
        "descricao": item.descricao_procedimento, "quantidade": item.quantidade, "dente": item.dente,
        "regiao": item.regiao, "face": item.face, "grau": item.grau_participacao,
    }  # fmt: skip


# --- what is wrong with it ---

_DO_RECURSO: Final = {
    "entradas": "opcaoRecurso", "numero": "numeroGuiaRecGlosaPrestador", "numero_lote": "numeroLote",
    "origem": "numeroProtocolo", "valor_total": "valorTotalRecursado",
}  # fmt: skip
_DO_ITEM: Final = {
    "sequencial": "sequencialItem", "valor": "valorRecursado", "valor_glosado": "valorRecursado",
}  # fmt: skip
_DE: Final = {
    "recursoProtocolo": ("codigoGlosaProtocolo", "justificativaProtocolo"),
    "recursoGuiaCompleta": ("codGlosaGuia", "justificativaGuia"),
    "recursoGuia": ("codGlosaGuia", "justificativaGuia"),
    "itensGuia": ("codGlosaItem", "justificativaItem"),
    "recursoProcedimento": ("codGlosaProc", "justificativaProc"),
}
"""Names of a glosa's code and of why it is contested, by the element that has them."""


def achados(lida: Lida, found: Iterable[Apontamento]) -> tuple[Achado, ...]:
    """The findings of the rules, each with the path in the message of what it is about."""
    places = [onde for _, _, onde in contestadas(lida.corpo)]
    raiz = Lugar(places[0].caminho.partition("/ans:opcaoRecurso")[0])
    return tuple(_achado(lida, one, raiz if one.entrada is None else places[one.entrada]) for one in found)


def _achado(lida: Lida, one: Apontamento, onde: Lugar) -> Achado:
    code = code_of(one.motivo or Motivo.RECURSO_INCORRETO, lida.versao_de_resposta)
    caminho = onde.em(_DO_RECURSO[one.campo or ""]).caminho if one.entrada is None else _path(onde, one.campo or "")
    return Achado(one.regra, code, one.mensagem, guia=onde.guia, item=onde.item, caminho=caminho)


def _path(onde: Lugar, campo: str) -> str:
    """Path of a field of an entry; of what has no element of its own, of the entry."""
    last = onde.caminho.rpartition("/ans:")[2].partition("[")[0]
    codigo, justificativa = _DE[last]
    if campo == "guia" and last != "recursoProtocolo":
        if "/ans:opcaoRecursoGuia/" in onde.caminho:
            return f"{onde.caminho.partition('/ans:opcaoRecursoGuia/')[0]}/ans:numeroGuiaOrigem"
        return f"{onde.caminho.partition('/ans:recursoProcedimento')[0]}/ans:numeroGuiaPrestador"
    names = {"codigo": codigo, "justificativa": justificativa, **(_DO_ITEM if onde.item is not None else {})}
    return onde.em(names[campo]).caminho if campo in names else onde.caminho
