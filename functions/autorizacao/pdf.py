"""The page a prestador prints: a senha, a negative (RN 623), the comprovante of a request that waits.

The same authorization on the same day gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from conecta_edge.clock import local_day
from conecta_edge.paginas import Column, Pages, day, number
from conecta_facts.operadoras import Canal
from conecta_senhas.autorizacoes import (
    PENDENTES,
    ZERO,
    Autorizacao,
    Evento,
    Item,
    Marco,
    MotivoNegativa,
    Papel,
    Situacao,
    SituacaoItem,
)
from conecta_senhas.solicitacoes import Tipo
from conecta_tiss.terminologia import table_label, tuss
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from autorizacao.service.portas import Guardada
    from conecta_facts.beneficiarios import Beneficiario
    from conecta_facts.operadoras import Contato, Operadora
    from conecta_senhas.solicitacoes import Profissional

_TIPO: Final = {
    Tipo.SP_SADT: "SP/SADT",
    Tipo.INTERNACAO: "Internação",
    Tipo.PRORROGACAO: "Prorrogação de internação",
    Tipo.ODONTOLOGIA: "Odontologia",
}
_SITUACAO: Final = {
    Situacao.EM_ANALISE: "Em análise",
    Situacao.AUTORIZADA: "Autorizada",
    Situacao.PARCIAL: "Autorizada em parte",
    Situacao.NEGADA: "Negada",
    Situacao.AGUARDANDO_JUSTIFICATIVA: "Aguardando justificativa",
    Situacao.AGUARDANDO_DOCUMENTO: "Aguardando documentos",
    Situacao.CANCELADA: "Cancelada",
    Situacao.EXPIRADA: "Vencida",
    Situacao.UTILIZADA: "Utilizada",
}
_ITEM: Final = {
    SituacaoItem.AUTORIZADO: "Autorizado",
    SituacaoItem.EM_ANALISE: "Em análise",
    SituacaoItem.NEGADO: "Negado",
    SituacaoItem.CANCELADO: "Cancelado",
    SituacaoItem.ALTERNATIVA: "Autorizado de outro fabricante",
}
_QUEM: Final = {
    Papel.AUDITORIA: "Auditoria da operadora",
    Papel.CENTRAL: "Central da operadora",
    Papel.PRESTADOR: "Prestador",
    Papel.SISTEMA: "Sistema da operadora",
}
_REGRAS: Final = "Regras automáticas da operadora (impedimento formal, sem análise clínica)"
_ANS: Final = (
    "Agência Nacional de Saúde Suplementar (ANS): Disque ANS 0800 701 9656; pessoas com deficiência auditiva, "
    "0800 021 2105; www.gov.br/ans."
)
_COLUNAS: Final = (
    Column("Item", 26.0), Column("Tabela e código", 82.0), Column("Descrição", 203.0),
    Column("Pedida", 46.0, number=True), Column("Autorizada", 54.0, number=True), Column("Negada", 44.0, number=True),
    Column("Situação", 56.2),
)  # fmt: skip


def render(
    guardada: Guardada,
    beneficiario: Beneficiario | None,
    operadora: Operadora,
    contatos: Iterable[Contato],
    hoje: date,
    *,
    principal: Autorizacao | None = None,
    prestadores: Mapping[str, str] | None = None,
) -> bytes:
    """The PDF of an authorization as it is on a day.

    Args:
        beneficiario: whose name is shown; without one only the carteira is.
        contatos: the operadora's public ones.
        principal: the authorization it was asked on, on which its state depends (R10).
        prestadores: names by prestador id; one that is not there is shown by its id.
    """
    held = guardada.autorizacao
    situacao = held.situacao_em(hoje, principal)
    title = _title(held, situacao)
    page = Pages(
        title, (operadora.nome, f"Registro ANS {operadora.registro_ans}"),
        f"Protocolo {held.protocolo}   ·   Emitido em {day(hoje)}",
    )  # fmt: skip
    _summary(page, held, situacao)
    _parties(page, held, beneficiario, prestadores or {})
    _items(page, held)
    denied = _reasons(page, held)
    if situacao in PENDENTES:
        _pending(page, held)
    _notes(page, held, situacao, guardada.complementos)
    if denied:
        _rights(page, held)
    _contacts(page, contatos)
    return page.done()


def _title(held: Autorizacao, situacao: Situacao) -> str:
    if situacao in PENDENTES:
        return "Comprovante de protocolo"
    if situacao is Situacao.NEGADA:
        return "Negativa de autorização"
    if situacao is Situacao.CANCELADA:
        return "Comprovante de cancelamento"
    return f"Autorização de {_TIPO[held.tipo]}"


def _summary(page: Pages, held: Autorizacao, situacao: Situacao) -> None:
    asked = held.solicitacao
    rest = (("Protocolo de atendimento", held.protocolo), ("Situação", _SITUACAO[situacao]))
    if held.senha is None:
        page.cells(rest, size=12, shaded=True)
    elif situacao is Situacao.CANCELADA:
        page.cells([("Senha cancelada", held.senha), *rest], size=12, shaded=True)
    else:
        until = "Venceu em" if situacao is Situacao.EXPIRADA else "Válida até (inclusive)"
        shares = (0.25, 0.2, 0.27, 0.28)
        page.cells([("Senha", held.senha), (until, day(held.validade)), *rest], size=12, shaded=True, shares=shares)
    page.cells([
        ("Guia na operadora", held.numero), ("Guia do prestador", asked.numero_guia_prestador),
        ("Pedido em", day(asked.data_solicitacao)), ("Decisão em", day(held.data_autorizacao or _decided_on(held))),
    ])  # fmt: skip


def _parties(page: Pages, held: Autorizacao, life: Beneficiario | None, names: Mapping[str, str]) -> None:
    asked = held.solicitacao
    name = (life.nome_social or life.nome) if life else None
    page.heading("Identificação")
    page.cells([("Beneficiário", name or "Não informado"), ("Carteira", asked.carteira)], shares=(0.62, 0.38))
    page.cells(
        [
            ("Prestador solicitante", names.get(asked.solicitante, asked.solicitante)),
            ("Prestador executante", names.get(asked.executa, asked.executa)),
        ]
    )
    who = asked.profissional
    page.cells([
        ("Profissional solicitante", _professional(who) if who else "Não informado"),
        ("Tipo e caráter", f"{_TIPO[held.tipo]}, {'urgência ou emergência' if asked.urgencia else 'eletivo'}"),
    ])  # fmt: skip


def _professional(who: Profissional) -> str:
    """Name and registration; the standard's labels are `CRM - Conselho …` and `Minas Gerais - MG`."""
    council = table_label("dm_conselhoProfissional", who.conselho, Versao.V4_01_00) or who.conselho
    state = table_label("dm_UF", who.uf, Versao.V4_01_00) or who.uf
    return f"{who.nome} ({council.partition(' - ')[0]} {who.numero} {state.rpartition(' - ')[2]})"


def _items(page: Pages, held: Autorizacao) -> None:
    page.heading("O que foi pedido")
    rows = [_row(item, held) for item in held.itens]
    asked = held.solicitacao.diarias
    if asked:
        waiting = held.situacao in PENDENTES
        given = "-" if waiting else str(held.diarias_autorizadas)
        less = "-" if waiting or held.situacao is Situacao.CANCELADA else str(max(asked - held.diarias_autorizadas, 0))
        rows.append(("", "", "Diárias", str(asked), given, less, ""))
    page.table(_COLUNAS, rows)


def _row(item: Item, held: Autorizacao) -> tuple[str, ...]:
    asked = item.solicitado
    more = [
        asked.descricao or (term.termo if (term := tuss(asked.codigo, asked.tabela)) else ""),
        f"Dente {asked.dente}" if asked.dente else "",
        f"Região {asked.regiao}" if asked.regiao else "",
        f"Face {asked.face}" if asked.face else "",
        f"Anvisa {asked.opme.registro_anvisa}" if asked.opme and asked.opme.registro_anvisa else "",
        f"Para {day(item.data_prevista)}" if item.data_prevista else "",
    ]
    undecided = item.situacao is SituacaoItem.EM_ANALISE
    denied = item.situacao is SituacaoItem.NEGADO or (
        item.situacao is SituacaoItem.AUTORIZADO and item.autorizada < asked.quantidade and bool(item.motivos)
    )
    state = _ITEM[item.situacao]
    if undecided and held.situacao not in PENDENTES:
        state = "Sem decisão"
    elif ZERO < item.autorizada < asked.quantidade:
        state = "Autorizado em parte"
    return (
        str(item.sequencia), f"{asked.tabela}  {asked.codigo}", "; ".join(part for part in more if part),
        number(asked.quantidade), "-" if undecided else number(item.autorizada),
        number(asked.quantidade - item.autorizada) if denied else "-", state,
    )  # fmt: skip


def _reasons(page: Pages, held: Autorizacao) -> bool:
    """Each reason once, with the items it is of; answers whether there is any."""
    found: dict[MotivoNegativa, list[int]] = {motivo: [] for motivo in held.motivos}
    for item in held.itens:
        for motivo in item.motivos:
            if motivo not in held.motivos:
                found.setdefault(motivo, []).append(item.sequencia)
    if not found:
        return False
    page.heading("O que não foi autorizado, e por quê")
    whole = "Pedido todo" if held.situacao is Situacao.NEGADA else "Diárias"
    for motivo, items in found.items():
        where = f"{'Itens' if len(items) > 1 else 'Item'} {', '.join(map(str, items))}" if items else whole
        page.text(where, bold=True, tail=f"código {motivo.codigo} da tabela 38 da TISS" if motivo.codigo else "")
        page.text(motivo.texto)
        page.text(f"Base legal ou contratual: {motivo.base}", grey=True)
        page.space(4)
    who, when = _decided_by(held)
    page.text(f"Quem decidiu: {who}{f', em {day(when)}' if when else ''}.")
    return True


def _pending(page: Pages, held: Autorizacao) -> None:
    page.heading("O que falta" if held.pendencias else "Andamento")
    for pendencia in held.pendencias:
        many = f" ({pendencia.quantidade})" if pendencia.quantidade > 1 else ""
        page.text(f"- {pendencia.descricao}{many}")
    if held.pendencias and held.pendente_ate:
        page.text(f"Envie até {day(held.pendente_ate)}. Completo, o pedido volta sozinho para a análise.")
    if held.responder_ate:
        page.text(f"A operadora responde até {day(held.responder_ate)} (RN 623/2024 da ANS).")
    page.text("Este comprovante não é senha: o atendimento eletivo aguarda a decisão.")


def _notes(page: Pages, held: Autorizacao, situacao: Situacao, complementos: Sequence[str]) -> None:
    notes = [
        _validity(held, situacao),
        f"Internação comunicada em {day(held.admissao)}; alta: {day(held.alta)}." if held.admissao else "",
        f"Pedido sobre a autorização {held.principal}." if held.principal else "",
        f"Pedido em substituição da autorização {held.substitui}." if held.substitui else "",
        f"Substituída pela autorização {held.substituida_por}." if held.substituida_por else "",
        f"Pedidos sobre esta autorização: {', '.join(complementos)}." if complementos else "",
    ]
    if any(notes):
        page.heading("Observações")
        for note in notes:
            page.text(note)


def _validity(held: Autorizacao, situacao: Situacao) -> str:
    if situacao is Situacao.CANCELADA:
        end = next((marco for marco in reversed(held.historico) if marco.situacao is Situacao.CANCELADA), None)
        why = f" Motivo: {end.motivo}" if end and end.motivo else ""
        return f"Cancelada em {day(_local(end))} por: {_QUEM[end.papel]}.{why}" if end else ""
    return "Para um novo atendimento, peça outra senha." if situacao is Situacao.EXPIRADA else ""


def _rights(page: Pages, held: Autorizacao) -> None:
    page.heading("Direito a revisão")
    page.text(
        "O prestador pode pedir a reconsideração pela Central da operadora ou por um novo pedido, com o que responda "
        "aos motivos acima."
    )
    page.text(
        "O beneficiário pode pedir a reanálise desta negativa à Ouvidoria da operadora e recebê-la por escrito, em "
        f"linguagem clara (RN 623/2024 da ANS). Informe o protocolo {held.protocolo}."
    )
    page.text(f"Se a resposta não resolver: {_ANS}")


def _contacts(page: Pages, contatos: Iterable[Contato]) -> None:
    shown = [contato for contato in contatos if contato.canal is not Canal.EMAIL or "ouvidoria" in _about(contato)]
    if shown:
        page.heading("Contatos da operadora")
        for contato in shown:
            parts = (contato.descricao, contato.regiao, contato.valor, contato.horario)
            page.text("  ·  ".join(part for part in parts if part))


def _about(contato: Contato) -> str:
    return f"{contato.codigo} {contato.descricao or ''}".lower()


def _decided_by(held: Autorizacao) -> tuple[str, date | None]:
    """Who decided and on which day; what the rules refused at once nobody did."""
    decided = next((marco for marco in reversed(held.historico) if marco.evento is Evento.DECIDIDA), None)
    return (_QUEM[decided.papel] if decided else _REGRAS), _decided_on(held)


def _decided_on(held: Autorizacao) -> date | None:
    if held.situacao in PENDENTES or not held.historico:
        return None
    decided = [marco for marco in held.historico if marco.evento is Evento.DECIDIDA]
    return _local((decided or held.historico[:1])[-1])


def _local(marco: Marco) -> date:
    return local_day(marco.quando)
