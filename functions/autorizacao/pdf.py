"""The page a prestador prints: a senha, a negative (RN 623), the comprovante of a request that waits.

Drawn on reportlab's canvas with the standard fonts: no file to embed, and text that can be searched and read aloud. The
same authorization on the same day gives the same bytes. The library is imported by whoever first draws.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from conecta_edge.clock import local_day
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

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 42.0, WIDTH - 42.0, HEIGHT - 78.0, 54.0
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
INK, GREY, RULE, SHADE = (0.1, 0.1, 0.12), (0.38, 0.4, 0.44), (0.78, 0.8, 0.83), (0.945, 0.95, 0.96)
MAXIMO: Final = 300
"""Characters of one cell of the table: no row is taller than a page."""

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
    ("Item", 26.0), ("Tabela e código", 82.0), ("Descrição", 203.0), ("Pedida", 46.0), ("Autorizada", 54.0),
    ("Negada", 44.0), ("Situação", 56.2),
)  # fmt: skip
_NUMEROS: Final = frozenset({"Pedida", "Autorizada", "Negada"})


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
    page = _Page(title, operadora, f"Protocolo {held.protocolo}   ·   Emitido em {_day(hoje)}")
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


# --- what is said ---


def _title(held: Autorizacao, situacao: Situacao) -> str:
    if situacao in PENDENTES:
        return "Comprovante de protocolo"
    if situacao is Situacao.NEGADA:
        return "Negativa de autorização"
    if situacao is Situacao.CANCELADA:
        return "Comprovante de cancelamento"
    return f"Autorização de {_TIPO[held.tipo]}"


def _summary(page: _Page, held: Autorizacao, situacao: Situacao) -> None:
    asked = held.solicitacao
    rest = (("Protocolo de atendimento", held.protocolo), ("Situação", _SITUACAO[situacao]))
    if held.senha is None:
        page.cells(rest, size=12, shaded=True)
    elif situacao is Situacao.CANCELADA:
        page.cells([("Senha cancelada", held.senha), *rest], size=12, shaded=True)
    else:
        until = "Venceu em" if situacao is Situacao.EXPIRADA else "Válida até (inclusive)"
        shares = (0.25, 0.2, 0.27, 0.28)
        page.cells([("Senha", held.senha), (until, _day(held.validade)), *rest], size=12, shaded=True, shares=shares)
    page.cells([
        ("Guia na operadora", held.numero), ("Guia do prestador", asked.numero_guia_prestador),
        ("Pedido em", _day(asked.data_solicitacao)), ("Decisão em", _day(held.data_autorizacao or _decided_on(held))),
    ])  # fmt: skip


def _parties(page: _Page, held: Autorizacao, life: Beneficiario | None, names: Mapping[str, str]) -> None:
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


def _items(page: _Page, held: Autorizacao) -> None:
    page.heading("O que foi pedido")
    rows = [_row(item, held) for item in held.itens]
    asked = held.solicitacao.diarias
    if asked:
        waiting = held.situacao in PENDENTES
        given = "-" if waiting else str(held.diarias_autorizadas)
        less = "-" if waiting or held.situacao is Situacao.CANCELADA else str(max(asked - held.diarias_autorizadas, 0))
        rows.append(("", "", "Diárias", str(asked), given, less, ""))
    page.table(rows)


def _row(item: Item, held: Autorizacao) -> tuple[str, ...]:
    asked = item.solicitado
    more = [
        asked.descricao or (term.termo if (term := tuss(asked.codigo, asked.tabela)) else ""),
        f"Dente {asked.dente}" if asked.dente else "",
        f"Região {asked.regiao}" if asked.regiao else "",
        f"Face {asked.face}" if asked.face else "",
        f"Anvisa {asked.opme.registro_anvisa}" if asked.opme and asked.opme.registro_anvisa else "",
        f"Para {_day(item.data_prevista)}" if item.data_prevista else "",
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
        _number(asked.quantidade), "-" if undecided else _number(item.autorizada),
        _number(asked.quantidade - item.autorizada) if denied else "-", state,
    )  # fmt: skip


def _reasons(page: _Page, held: Autorizacao) -> bool:
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
        page.text(where, bold=True, tail=f"   código {motivo.codigo} da tabela 38 da TISS" if motivo.codigo else "")
        page.text(motivo.texto)
        page.text(f"Base legal ou contratual: {motivo.base}", grey=True)
        page.space(4)
    who, when = _decided_by(held)
    page.text(f"Quem decidiu: {who}{f', em {_day(when)}' if when else ''}.")
    return True


def _pending(page: _Page, held: Autorizacao) -> None:
    page.heading("O que falta" if held.pendencias else "Andamento")
    for pendencia in held.pendencias:
        many = f" ({pendencia.quantidade})" if pendencia.quantidade > 1 else ""
        page.text(f"- {pendencia.descricao}{many}")
    if held.pendencias and held.pendente_ate:
        page.text(f"Envie até {_day(held.pendente_ate)}. Completo, o pedido volta sozinho para a análise.")
    if held.responder_ate:
        page.text(f"A operadora responde até {_day(held.responder_ate)} (RN 623/2024 da ANS).")
    page.text("Este comprovante não é senha: o atendimento eletivo aguarda a decisão.")


def _notes(page: _Page, held: Autorizacao, situacao: Situacao, complementos: Sequence[str]) -> None:
    notes = [
        _validity(held, situacao),
        f"Internação comunicada em {_day(held.admissao)}; alta: {_day(held.alta)}." if held.admissao else "",
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
        return f"Cancelada em {_day(_local(end))} por: {_QUEM[end.papel]}.{why}" if end else ""
    return "Para um novo atendimento, peça outra senha." if situacao is Situacao.EXPIRADA else ""


def _rights(page: _Page, held: Autorizacao) -> None:
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


def _contacts(page: _Page, contatos: Iterable[Contato]) -> None:
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


def _day(dia: date | None) -> str:
    return f"{dia:%d/%m/%Y}" if dia else "-"


def _number(quantidade: Decimal) -> str:
    if quantidade == int(quantidade):
        return str(int(quantidade))
    return f"{quantidade:.2f}".replace(".", ",")


# --- how it is drawn ---


def _clean(text: str) -> str:
    """One line of what the fonts have: every letter of Portuguese; others lose their marks, or are a `?`."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if _has(line) and line.isprintable():
        return line
    return "".join(_letter(letter) for letter in line if letter.isprintable())


def _letter(letter: str) -> str:
    return next((one for one in (letter, unicodedata.normalize("NFKD", letter)[0]) if _has(one)), "?")


def _has(text: str) -> bool:
    """Whether the fonts have all of it."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width` points; a word that is wider by itself is cut."""
    text = _clean(text)
    if stringWidth(text, font, size) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if stringWidth(joined, font, size) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while stringWidth(line, font, size) > width:
            fits = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or stringWidth(line[:n], font, size) <= width)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line]


@dataclass(slots=True)
class _Page:
    """Pages that fill from the top; each begins with who writes and what it is."""

    title: str
    operadora: Operadora
    foot: str
    y: float = TOP
    _pages: int = 0
    _out: BytesIO = field(default_factory=BytesIO)
    _canvas: Canvas = field(init=False)

    def __post_init__(self) -> None:
        self._canvas = Canvas(self._out, pagesize=A4, invariant=1, pageCompression=1, lang="pt-BR")
        self._canvas.setTitle(_clean(self.title))
        self._canvas.setAuthor(_clean(self.operadora.nome))
        self._canvas.setSubject(_clean(self.foot))
        self._canvas.setCreator("Conecta")
        self._begin()

    def done(self) -> bytes:
        """The file; only now is it known how many pages there are."""
        self._canvas.showPage()
        self._canvas.beginForm("total")
        self._write(0, 0, str(self._pages), PLAIN, 8, GREY)
        self._canvas.endForm()
        self._canvas.save()
        return self._out.getvalue()

    def heading(self, text: str) -> None:
        """The name of a part, never alone at the foot of a page."""
        self._need(46)
        self.y -= 12
        self._write(LEFT, self.y - 10, _clean(text), BOLD, 11, INK)
        self.y -= 18

    def text(self, text: str, *, bold: bool = False, grey: bool = False, tail: str = "") -> None:
        """A paragraph, over as many pages as it takes; `tail` ends its last line, in grey."""
        font = BOLD if bold else PLAIN
        if tail:
            self._need(26)
        for line in _wrap(text, font, 9.5, RIGHT - LEFT) if text else ():
            self._need(13)
            self._write(LEFT, self.y - 9, line, font, 9.5, GREY if grey else INK)
            self.y -= 13
        if tail:
            self._write(LEFT + stringWidth(line, font, 9.5), self.y + 4, tail, PLAIN, 8.5, GREY)

    def space(self, points: float) -> None:
        """Some air."""
        self.y -= points

    def cells(
        self,
        fields: Sequence[tuple[str, str | None]],
        *,
        size: float = 10,
        shaded: bool = False,
        shares: Sequence[float] = (),
    ) -> None:
        """Names over values, side by side in a box."""
        widths = [(RIGHT - LEFT) * share for share in shares or [1 / len(fields)] * len(fields)]
        wrapped = [
            _wrap(value or "-", BOLD, size, width - 12) for (_, value), width in zip(fields, widths, strict=True)
        ]
        high = 17 + (size + 3) * max(map(len, wrapped)) + 3
        self._need(high)
        self._box(LEFT, self.y - high, RIGHT - LEFT, high, fill=shaded)
        x = LEFT
        for (name, _), lines, width in zip(fields, wrapped, widths, strict=True):
            if x > LEFT:
                self._canvas.line(x, self.y, x, self.y - high)
            self._write(x + 6, self.y - 11, _clean(name), PLAIN, 7.5, GREY)
            for place, line in enumerate(lines):
                self._write(x + 6, self.y - 14 - (size + 3) * (place + 1) + 3, line, BOLD, size, INK)
            x += width
        self.y -= high

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """The items, under their names on every page."""
        self._names()
        for row in rows:
            wrapped = [
                _wrap(_cut(value), PLAIN, 8.5, width - 8) for value, (_, width) in zip(row, _COLUNAS, strict=True)
            ]
            high = 11 * max(map(len, wrapped)) + 6
            if self._need(high):
                self._names()
            x = LEFT
            for lines, (name, width) in zip(wrapped, _COLUNAS, strict=True):
                for place, line in enumerate(lines):
                    end = x + width - 4 if name in _NUMEROS else None
                    self._write(x + 4, self.y - 11 - 11 * place, line, PLAIN, 8.5, INK, end=end)
                x += width
            self.y -= high
            self._rule(self.y)

    def _names(self) -> None:
        self._box(LEFT, self.y - 16, RIGHT - LEFT, 16, fill=True, border=False)
        x = LEFT
        for name, width in _COLUNAS:
            end = x + width - 4 if name in _NUMEROS else None
            self._write(x + 4, self.y - 11, name, BOLD, 8, INK, end=end)
            x += width
        self.y -= 16
        self._rule(self.y)

    def _begin(self) -> None:
        self._pages += 1
        self.y = TOP
        self._write(LEFT, HEIGHT - 52, _clean(self.title), BOLD, 16, INK)
        for place, line in enumerate((self.operadora.nome, f"Registro ANS {self.operadora.registro_ans}")):
            font = PLAIN if place else BOLD
            self._write(LEFT, HEIGHT - 44 - 12 * place, _clean(line), font, 9.5, GREY if place else INK, end=RIGHT)
        self._rule(HEIGHT - 66)
        self._rule(BOTTOM - 10)
        self._write(LEFT, BOTTOM - 22, _clean(self.foot), PLAIN, 8, GREY)
        self._write(LEFT, BOTTOM - 22, f"Página {self._pages} de ", PLAIN, 8, GREY, end=RIGHT - 9)
        self._canvas.saveState()
        self._canvas.translate(RIGHT - 9, BOTTOM - 22)
        self._canvas.doForm("total")
        self._canvas.restoreState()

    def _need(self, high: float) -> bool:
        """Turn the page unless so much is left; answers whether it was turned."""
        if self.y - high >= BOTTOM or self.y == TOP:
            return False
        self._canvas.showPage()
        self._begin()
        return True

    def _write(  # noqa: PLR0917  # where, what, how
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        size: float,
        ink: tuple[float, float, float],
        *,
        end: float | None = None,
    ) -> None:
        """Text from `x`, or up to `end`."""
        self._canvas.setFont(font, size)
        self._canvas.setFillColorRGB(*ink)
        if end is None:
            self._canvas.drawString(x, y, text)
        else:
            self._canvas.drawRightString(end, y, text)

    def _rule(self, y: float) -> None:
        self._canvas.setStrokeColorRGB(*RULE)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(LEFT, y, RIGHT, y)

    def _box(self, x: float, y: float, width: float, high: float, *, fill: bool, border: bool = True) -> None:
        self._canvas.setStrokeColorRGB(*RULE)
        self._canvas.setFillColorRGB(*SHADE)
        self._canvas.setLineWidth(0.6)
        self._canvas.rect(x, y, width, high, stroke=int(border), fill=int(fill))


def _cut(text: str) -> str:
    return text if len(text) <= MAXIMO else f"{text[: MAXIMO - 1]}…"
