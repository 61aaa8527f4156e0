"""What must hold of a recurso (`dominio.md` §4, tiss.md §5.1): each rule is a pure function that answers findings.

Every door asks the same list, and tells each finding at its own place: a JSON path, an XPath, a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from conecta_contas.cobranca import GuiaCobrada, ItemCobrado
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.amounts import ZERO, soma
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain.glosas import Conta, Contestavel, Lugar, Nivel
from recurso.domain.pedidos import JUSTIFICATIVA_ECOADA, JUSTIFICATIVA_MAXIMA, EntradaPedida, Pedido
from recurso.domain.recursos import TUDO, Cobrado, Contestado, Entrada

GUIAS: Final = 100
"""Of one recurso, as the standard has it."""
DOCUMENTOS: Final = 1000
"""Of one recurso, one of each guia counting as one: an event that names more is more than the bus carries."""


TOTAL: Final = Decimal("99999999.99")
"""Reais of one recurso: `valorTotalRecursado` has ten digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apontamento:
    """Something that is wrong with what is contested, or to be known of it.

    Attributes:
        regra: id of the rule.
        motivo: reason in table 38; `None` of a warning.
        entrada: place from 0 of the entry it is about; `None` of the recurso.
        campo: name of the field of `EntradaPedida`, `Cobrado` or `Pedido`.
        aviso: nothing is refused for it.
    """

    regra: str
    motivo: Motivo | None
    mensagem: str
    entrada: int | None = None
    campo: str | None = None
    aviso: bool = False


@dataclass(frozen=True, slots=True)
class Exame:
    """An entry with what was found of it in the PEG.

    Attributes:
        posicao: place from 0.
        guia: the one it names, when the PEG has it.
        itens: lines it may mean: exactly one, or it is wrong.
        contestavel: what its glosa takes there.
    """

    posicao: int
    pedida: EntradaPedida
    guia: GuiaCobrada | None = None
    itens: tuple[ItemCobrado, ...] = ()
    contestavel: Contestavel | None = None

    @property
    def lugar(self) -> Lugar | None:
        """Where it is, when that is clear."""
        if self.pedida.nivel is Nivel.PROTOCOLO:
            return Lugar()
        if self.guia is None:
            return None
        if self.pedida.nivel is Nivel.GUIA:
            return Lugar(self.guia.sequencia)
        return Lugar(self.guia.sequencia, self.itens[0].sequencia) if len(self.itens) == 1 else None

    @property
    def chave(self) -> str:
        """How its guia is named among those that are contested."""
        if self.pedida.nivel is Nivel.PROTOCOLO:
            return TUDO
        return str(self.guia.sequencia) if self.guia else self.pedida.guia


@dataclass(frozen=True)
class Caso:
    """A recurso that is looked at.

    Attributes:
        conta: the PEG; `None` of a legacy one.
        contestado: what others contest already, when anybody does.
        dia: local day of the instant that counts.
        ausentes: uploads that it names and that are not there, or not complete.
    """

    pedido: Pedido
    conta: Conta | None
    contestado: Contestado | None
    dia: date
    ausentes: frozenset[str] = frozenset()

    @cached_property
    def exames(self) -> tuple[Exame, ...]:
        """Every entry, in order."""
        return tuple(self._exame(place, one) for place, one in enumerate(self.pedido.entradas))

    @cached_property
    def _guias(self) -> Mapping[str, tuple[GuiaCobrada, ...]]:
        found: dict[str, list[GuiaCobrada]] = {}
        for guia in self.conta.guias.values() if self.conta else ():
            for number in {guia.numero, guia.numero_operadora} - {None}:
                found.setdefault(str(number), []).append(guia)
        return {number: tuple(guias) for number, guias in found.items()}

    def _exame(self, posicao: int, pedida: EntradaPedida) -> Exame:
        if self.conta is None:
            return Exame(posicao, pedida)
        if pedida.nivel is Nivel.PROTOCOLO:
            return Exame(posicao, pedida, contestavel=self.conta.contestavel(Lugar(), pedida.codigo))
        tried = [self._at(posicao, pedida, guia) for guia in self._guias.get(pedida.guia.strip(), ())]
        # The same number may have been presented twice: the one that was taken something is meant.
        return next((one for one in tried if one.contestavel), tried[0] if tried else Exame(posicao, pedida))

    def _at(self, posicao: int, pedida: EntradaPedida, guia: GuiaCobrada) -> Exame:
        assert self.conta is not None  # noqa: S101  # it holds the guia
        itens = tuple(one for one in guia.itens if _meant(pedida, one)) if pedida.nivel is Nivel.ITEM else ()
        found = Exame(posicao, pedida, guia, itens)
        at = found.lugar
        return replace(found, contestavel=self.conta.contestavel(at, pedida.codigo)) if at else found


def _meant(pedida: EntradaPedida, item: ItemCobrado) -> bool:
    said = pedida.cobrado
    return (
        (pedida.sequencia is None or pedida.sequencia == item.sequencia)
        and (said.sequencial is None or said.sequencial == item.sequencial)
        and (pedida.sequencia is not None or said.sequencial is not None)
        and said.tabela in {None, item.tabela}
        and said.codigo in {None, item.codigo}
    )


Regra = Callable[[Caso], Iterator[Apontamento]]


def lote_do_peg(caso: Caso) -> Iterator[Apontamento]:
    """The lote that is named is the PEG's (tiss.md §5.1: "lote of recurso is not the sender's")."""
    said = caso.pedido.numero_lote
    if caso.conta and said is not None and said.strip() != caso.conta.peg.numero_lote:
        yield Apontamento(
            regra="REC-LOTE", motivo=Motivo.RECURSO_DE_LOTE_ALHEIO, campo="numero_lote",
            mensagem=f"O protocolo {caso.pedido.origem} não é deste lote. Confira o número do lote no demonstrativo.",
        )  # fmt: skip


def modelo_do_peg(caso: Caso) -> Iterator[Apontamento]:
    """A PEG of odontologia is contested by `guiaRecursoGlosaOdonto`, any other by `guiaRecursoGlosa`."""
    asked = caso.pedido.odonto
    if caso.conta and asked is not None and asked is not (caso.conta.peg.tipo_guia == TipoGuia.ODONTO):
        right = "guiaRecursoGlosa" if asked else "guiaRecursoGlosaOdonto"
        yield Apontamento(
            regra="REC-MODELO", motivo=Motivo.RECURSO_INCORRETO, campo="entradas",
            mensagem=f"O protocolo {caso.pedido.origem} é de outro tipo de guia: conteste-o com {right}.",
        )  # fmt: skip


def tamanho(caso: Caso) -> Iterator[Apontamento]:
    """Something is contested, of up to a hundred guias (`ct_guiaRecursoLote`)."""
    if not caso.pedido.entradas:
        yield Apontamento(
            regra="REC-VAZIO", motivo=Motivo.RECURSO_INCORRETO, campo="entradas",
            mensagem="O recurso não contesta nada. Informe ao menos um protocolo, guia ou item.",
        )  # fmt: skip
    elif len({one.chave for one in caso.exames}) > GUIAS:
        yield Apontamento(
            regra="REC-GUIAS", motivo=Motivo.LOTE_ACIMA_DO_LIMITE, campo="entradas",
            mensagem=f"Um recurso contesta até {GUIAS} guias. Envie as demais em outro.",
        )  # fmt: skip


def guia_do_peg(caso: Caso) -> Iterator[Apontamento]:
    """The guia is one of the PEG (tiss.md §5.1: 1307 / 3242)."""
    for one in caso.exames:
        if caso.conta and one.guia is None and one.pedida.nivel is not Nivel.PROTOCOLO:
            yield Apontamento(
                regra="REC-GUIA", motivo=Motivo.RECURSO_DE_GUIA_ALHEIA, entrada=one.posicao, campo="guia",
                mensagem=f"O protocolo {caso.pedido.origem} não tem esta guia. Informe o número dela como foi cobrada.",
            )  # fmt: skip


def item_da_guia(caso: Caso) -> Iterator[Apontamento]:
    """The item is one of the guia, and it is clear which (`dominio.md` §4: the glosa exists)."""
    for one in caso.exames:
        if one.guia is None or one.pedida.nivel is not Nivel.ITEM or len(one.itens) == 1:
            continue
        text = (
            "Mais de um item da guia tem este sequencial: informe também a tabela e o código do item."
            if one.itens
            else "A guia não tem este item: confira o sequencial, a tabela e o código como foram cobrados."
        )
        yield Apontamento(
            regra="REC-ITEM", motivo=Motivo.RECURSO_INCORRETO, mensagem=text, entrada=one.posicao, campo="sequencial"
        )


def nivel_coerente(caso: Caso) -> Iterator[Apontamento]:
    """One level at a time: the whole protocolo alone, a guia whole or by its items (`opcaoRecurso`)."""
    levels: dict[str, Nivel] = {}
    for one in caso.exames:
        first = levels.setdefault(one.chave, one.pedida.nivel)
        alone = one.pedida.nivel is not Nivel.PROTOCOLO and TUDO in levels
        if first is not one.pedida.nivel or alone or (one.pedida.nivel is Nivel.PROTOCOLO and len(levels) > 1):
            yield Apontamento(
                regra="REC-NIVEL", motivo=Motivo.RECURSO_INCORRETO, entrada=one.posicao, campo="nivel",
                mensagem="Conteste o protocolo inteiro, ou guias; e cada guia inteira, ou por itens: não misture.",
            )  # fmt: skip


def glosa_existe(caso: Caso) -> Iterator[Apontamento]:
    """A glosa of that code takes something there (`dominio.md` §4: the glosa exists)."""
    for one in caso.exames:
        at = one.lugar
        if caso.conta is None or at is None or one.contestavel is not None:
            continue
        codes = caso.conta.codigos(at)
        there = f"As que há ali: {', '.join(codes)}." if codes else "Ali nada foi glosado."
        yield Apontamento(
            regra="REC-GLOSA", motivo=Motivo.RECURSO_INCORRETO, entrada=one.posicao, campo="codigo",
            mensagem=f"Nenhuma glosa deste código retira valor neste lugar. {there}",
        )  # fmt: skip


def sem_repeticao(caso: Caso) -> Iterator[Apontamento]:
    """One recurso per guia or protocolo, and each glosa once in it (2904)."""
    seen: dict[tuple[object, ...], int] = {}
    taken = caso.contestado.conflicts([one.chave for one in caso.exames]) if caso.contestado else {}
    for one in caso.exames:
        before = min(seen.setdefault(taken_there, one.posicao) for taken_there in _taken_by(one))
        holder = next(iter(taken.values()), None) if one.chave == TUDO else taken.get(one.chave)
        if holder is not None:
            text = (
                f"O recurso {holder} já contesta esta guia ou este protocolo. Acompanhe-o; enquanto a análise dele não "
                "começa, pode ser cancelado e enviado de novo."
            )
        elif before != one.posicao:
            text = "Esta glosa está duas vezes no mesmo recurso: deixe uma só."
        else:
            continue
        yield Apontamento(
            regra="REC-REPETIDO", motivo=Motivo.RECURSO_REPETIDO, mensagem=text, entrada=one.posicao, campo="guia"
        )


def _taken_by(exame: Exame) -> list[tuple[object, ...]]:
    """What an entry contests, so that no other does: what each glosa takes at its place, however it is called."""
    if found := exame.contestavel:
        return [(found.lugar, glosa.id) for glosa in found.glosas]
    return [(exame.chave, exame.lugar or exame.pedida.cobrado.sequencial, exame.pedida.codigo)]


def no_prazo(caso: Caso) -> Iterator[Apontamento]:
    """Until the end of the last local day of the contract's term (2909; RN 503)."""
    for one in caso.exames:
        last = one.contestavel.contestar_ate if one.contestavel else None
        if last is not None and caso.dia > last:
            yield Apontamento(
                regra="REC-PRAZO", motivo=Motivo.RECURSO_FORA_DO_PRAZO, entrada=one.posicao, campo="codigo",
                mensagem=f"O prazo para contestar esta glosa terminou em {last:%d/%m/%Y}.",
            )  # fmt: skip


def justificada(caso: Caso) -> Iterator[Apontamento]:
    """Each says why, in what the standard carries (2903); the receipt echoes less of it."""
    for one in caso.exames:
        text = one.pedida.justificativa.strip()
        if not text or len(text) > JUSTIFICATIVA_MAXIMA:
            yield Apontamento(
                regra="REC-JUSTIFICATIVA", motivo=Motivo.RECURSO_SEM_JUSTIFICATIVA, entrada=one.posicao,
                campo="justificativa",
                mensagem=(
                    f"A justificativa tem {len(text)} caracteres: resuma-a em até {JUSTIFICATIVA_MAXIMA}, e envie o "
                    "mais como documento."
                    if text
                    else "Diga por que a glosa não procede: sem justificativa não há recurso."
                ),
            )  # fmt: skip
        elif len(text) > JUSTIFICATIVA_ECOADA and one.pedida.nivel is Nivel.GUIA:
            yield Apontamento(
                regra="REC-JUSTIFICATIVA", motivo=None, entrada=one.posicao, campo="justificativa", aviso=True,
                mensagem=(
                    f"O recibo da TISS repete só os primeiros {JUSTIFICATIVA_ECOADA} caracteres; a auditoria lê todos."
                ),
            )  # fmt: skip


def valor_possivel(caso: Caso) -> Iterator[Apontamento]:
    """At most what the glosa takes, more than nothing; a whole guia or protocolo is contested whole."""
    for one in caso.exames:
        valor, most, motivo = one.pedida.valor, _most(one), Motivo.RECURSO_INCORRETO
        if valor is not None and (valor <= ZERO or valor != valor.quantize(ZERO)):
            motivo, text = Motivo.VALOR_ZERO, "Informe um valor em reais maior que zero, com até dois decimais."
        elif most is None:
            continue
        elif valor is not None and valor > most:
            text = f"O valor recursado passa do que esta glosa retirou, R$ {most:.2f}."
        elif valor is not None and one.pedida.nivel is not Nivel.ITEM and valor != most:
            text = f"Guias e protocolos são contestados inteiros, R$ {most:.2f}: para menos, conteste itens."
        else:
            continue
        yield Apontamento(regra="REC-VALOR", motivo=motivo, mensagem=text, entrada=one.posicao, campo="valor")


def _most(exame: Exame) -> Decimal | None:
    return exame.contestavel.valor if exame.contestavel else exame.pedida.valor_glosado


def valor_of(exame: Exame) -> Decimal:
    """Reais that an entry contests."""
    return exame.pedida.valor if exame.pedida.valor is not None else _most(exame) or ZERO


def total_confere(caso: Caso) -> Iterator[Apontamento]:
    """`valorTotalRecursado` is the sum of what is contested, and the standard has room for it."""
    told, total = caso.pedido.valor_total, soma(map(valor_of, caso.exames))
    if total > TOTAL:
        yield Apontamento(
            regra="REC-TOTAL", motivo=Motivo.RECURSO_INCORRETO, campo="valor_total",
            mensagem=f"Um recurso contesta até R$ {TOTAL:.2f}, o que cabe nas mensagens da TISS: divida-o por guias.",
        )  # fmt: skip
    known = all(one.pedida.valor is not None or _most(one) is not None for one in caso.exames)
    if told is not None and known and told != total:
        yield Apontamento(
            regra="REC-TOTAL", motivo=Motivo.TOTAL_DA_GUIA_DIVERGENTE, campo="valor_total",
            mensagem=f"O valor total recursado não é a soma do que se contesta, R$ {total:.2f}.",
        )  # fmt: skip


def legado_completo(caso: Caso) -> Iterator[Apontamento]:
    """R07: of a legacy PEG nothing is known here: how much was taken is said."""
    if caso.conta is not None:
        return
    for one in caso.exames:
        if one.pedida.valor_glosado is None or one.pedida.valor_glosado <= ZERO:
            yield Apontamento(
                regra="REC-LEGADO", motivo=Motivo.RECURSO_INCORRETO, entrada=one.posicao, campo="valor_glosado",
                mensagem="O protocolo é de antes da migração: informe quanto esta glosa retirou, como está no portal "
                "anterior.",
            )  # fmt: skip
        elif one.pedida.nivel is not Nivel.PROTOCOLO and not one.pedida.guia.strip():
            yield Apontamento(
                regra="REC-LEGADO", motivo=Motivo.RECURSO_INCORRETO, entrada=one.posicao, campo="guia",
                mensagem="Informe o número da guia.",
            )  # fmt: skip


def nada_esquecido(caso: Caso) -> Iterator[Apontamento]:
    """A guia is contested once: what was taken of it and is left out is told before it is too late (2904)."""
    if caso.conta is None:
        return
    whole = any(one.chave == TUDO for one in caso.exames)
    contested: dict[int, set[tuple[int, int, int]]] = {}
    for found in {id(one.contestavel): one.contestavel for one in caso.exames if one.contestavel}.values():
        for part in found.partes:
            contested.setdefault(0 if whole else part.indice, set()).add((part.glosa, part.indice, part.sequencia))
    forgotten: dict[int, dict[tuple[int, int, int], tuple[str, Decimal]]] = {}
    for other in caso.conta.contestaveis() if contested else ():
        for part in other.partes:
            where, key = 0 if whole else part.indice, (part.glosa, part.indice, part.sequencia)
            if key not in contested.get(where, {key}):
                forgotten.setdefault(where, {})[key] = other.codigo, part.valor
    for one in caso.exames:
        place = 0 if whole else one.guia.sequencia if one.guia else None
        if place is None or not (left := forgotten.pop(place, None)):
            continue
        codes = ", ".join(dict.fromkeys(codigo for codigo, _ in left.values()))
        what, of_it = ("O protocolo", "dele") if whole else ("A guia", "dela")
        yield Apontamento(
            regra="REC-INCOMPLETO", motivo=None, entrada=one.posicao, campo="guia", aviso=True,
            mensagem=(
                f"{what} tem mais R$ {soma(valor for _, valor in left.values()):.2f} glosados ({codes}). Só um recurso "
                f"por guia é aceito: inclua o que mais quiser contestar {of_it}."
            ),
        )  # fmt: skip


def documentos_cabem(caso: Caso) -> Iterator[Apontamento]:
    """At the entry with which there are more documents than one event tells."""
    seen = set[tuple[str, str]]()
    for one in caso.exames:
        seen |= {(upload, one.pedida.guia) for upload in one.pedida.documentos}
        if len(seen) > DOCUMENTOS:
            yield Apontamento(
                regra="REC-DOCUMENTO", motivo=Motivo.DOCUMENTACAO_INCOMPLETA, entrada=one.posicao, campo="documentos",
                mensagem=f"Um recurso leva até {DOCUMENTOS} documentos: envie os demais depois, como documentos dele.",
            )  # fmt: skip
            return


def documentos_completos(caso: Caso) -> Iterator[Apontamento]:
    """A document that goes with it is an upload of this prestador that is complete."""
    for one in caso.exames:
        if not caso.ausentes.isdisjoint(one.pedida.documentos):
            yield Apontamento(
                regra="REC-DOCUMENTO", motivo=Motivo.DOCUMENTACAO_INCOMPLETA, entrada=one.posicao, campo="documentos",
                mensagem="Um dos documentos não existe ou ainda não está completo: envie-o e espere ficar CONCLUIDO.",
            )  # fmt: skip


RULES: Final[tuple[Regra, ...]] = (
    modelo_do_peg, tamanho, lote_do_peg, guia_do_peg, item_da_guia, nivel_coerente, glosa_existe, sem_repeticao,
    no_prazo, justificada, valor_possivel, total_confere, legado_completo, nada_esquecido, documentos_cabem,
    documentos_completos,
)  # fmt: skip
"""In the order they are told; their docstrings say the sources."""


def conferir(caso: Caso) -> tuple[Apontamento, ...]:
    """Everything that can be said of it at once, warnings too."""
    return tuple(found for regra in RULES for found in regra(caso))


def entradas(caso: Caso) -> tuple[Entrada, ...]:
    """The entries of a recurso of which nothing is wrong."""
    return tuple(_entrada(one) for one in caso.exames)


def _entrada(exame: Exame) -> Entrada:
    pedida, found = exame.pedida, exame.contestavel
    return Entrada(
        id=exame.posicao + 1, lugar=exame.lugar or _typed(exame), cobrado=billed_at(found) if found else pedida.cobrado,
        codigo=found.codigo if found else pedida.codigo, codigo_informado=pedida.codigo,
        valor_glosado=_most(exame) or ZERO, valor_recursado=valor_of(exame),
        justificativa=pedida.justificativa.strip(), partes=found.partes if found else (), documentos=pedida.documentos,
    )  # fmt: skip


def _typed(exame: Exame) -> Lugar:
    """A place in a legacy PEG: which guia and item it is, `Entrada.cobrado` says; only the level is known here."""
    return Lugar(exame.posicao + 1, exame.posicao + 1 if exame.pedida.nivel is Nivel.ITEM else None)


def billed_at(found: Contestavel) -> Cobrado:
    """What was billed at a place."""
    guia, item = found.guia, found.item
    if guia is None:
        return Cobrado()
    whole = Cobrado(guia=guia.numero, numero_operadora=guia.numero_operadora, senha=guia.senha)
    if item is None:
        return whole
    return replace(
        whole, sequencial=item.sequencial, dia=item.dia, tabela=item.tabela, codigo=item.codigo,
        descricao=item.descricao, quantidade=item.quantidade, dente=item.dente, regiao=item.regiao, face=item.face,
        grau=item.graus[0] if item.graus else None,
    )  # fmt: skip
