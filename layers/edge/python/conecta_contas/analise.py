"""The analysis of a PEG: every rule at once, what follows for each item, and what auditoria changes (`dominio.md` §5).

At item, guia and protocolo `informado = liberado + glosado`, to the cent: amounts are not kept but settled from the
glosas that stand, so that one more or one less never breaks the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from conecta_contas import regras_guia as guia
from conecta_contas import regras_item as item
from conecta_contas import regras_quantidade as quantidade
from conecta_contas import regras_valor as valor
from conecta_contas.cobranca import GuiaCobrada
from conecta_contas.consumo import Consumo, allocate, fold
from conecta_contas.contexto import ZERO, Alocacao, Apontamento, Caso, Contexto, Regra, share
from conecta_contas.errors import GlosaInvalidaError, MotivoAusenteError
from conecta_tiss.findings import Severidade
from conecta_tiss.vocabulary.amounts import soma

ANTES: Final[tuple[Regra, ...]] = (
    guia.guias_demais,
    guia.um_tipo_so,
    guia.guia_ja_apresentada,
    guia.em_contrato,
    guia.no_prazo,
    guia.executante,
    guia.carteira,
    guia.coberto,
    guia.recem_nascido,
    guia.senha_existe,
    guia.senha_cancelada,
    guia.senha_do_executante,
    guia.senha_da_vida,
    guia.dentro_da_validade,
    guia.depois_da_autorizacao,
    guia.contas,
    item.tuss,
    item.contratado,
    item.diaria_negociada,
    item.pronto_socorro,
    item.exige_senha,
    item.plano_cobre,
    item.carencia,
    item.dente_ou_regiao,
    item.medicamentos,
    item.remocao,
    item.duplicidade,
    item.retorno,
    valor.fator,
    valor.preco,
)
"""Rules that say which lines use nothing."""
DEPOIS: Final[tuple[Regra, ...]] = (
    quantidade.autorizado,
    quantidade.mesmo_local,
    quantidade.quantidade,
    quantidade.data_prevista,
)
"""Rules upon what the others use."""
RULES: Final = (*ANTES, *DEPOIS)
"""In the order they are told; their ids and sources make `docs/regras.md`."""
_NOTHING: Final[Mapping[int, Decimal]] = MappingProxyType({})
_USES_NOTHING: Final = frozenset(rule.id for rule in ANTES if not rule.consome)


@dataclass(frozen=True, slots=True)
class Glosa:
    """Why something is not paid, and all that explains it years later.

    Attributes:
        id: place from 1 among the glosas of its PEG; never given again.
        valor: reais it takes, without what was given back: 0.00 while another that stands before it takes them.
        recuperado: reais it took that recursos gave back.
        retirado, cabem, quantidade: what it asks for, as in `Apontamento`; of what quantity.
        contrato: number of the contract in force.
        contestar_dias: from the day it is published.
        autor: subject id of who gave it; none is the rule `regra`.
        revertida_por, motivo_reversao: who took it back, and why.
    """

    id: int
    regra: str
    codigo: str
    motivo: str
    mensagem: str
    indice: int = 0
    sequencia: int | None = None
    valor: Decimal = ZERO
    retirado: Decimal | None = None
    cabem: Decimal | None = None
    quantidade: Decimal | None = None
    guia: str | None = None
    caminho: str | None = None
    campo: str | None = None
    visto: str | None = None
    esperado: str | None = None
    providencia: str = ""
    base: str = ""
    dados: str = ""
    contrato: str | None = None
    contestar_dias: int | None = None
    autor: str | None = None
    revertida_por: str | None = None
    motivo_reversao: str | None = None
    recuperado: Decimal = ZERO

    @property
    def em_pe(self) -> bool:
        """Whether it stands: it was not taken back, nor all that it took given back."""
        return self.revertida_por is None and (bool(self.valor) or not self.recuperado)

    def contestar_ate(self, publicada_em: date) -> date | None:
        """Last day to contest it (RN 503: as many days as the operadora has to answer)."""
        return None if self.contestar_dias is None else publicada_em + timedelta(days=self.contestar_dias)

    def como_contestar(self, publicada_em: date) -> str:
        """How, and until when, in Portuguese."""
        last = self.contestar_ate(publicada_em)
        until = f" até {last:%d/%m/%Y}" if last else ""
        return (
            f"Envie recurso de glosa{until}, em Recursos de glosas ou pela mensagem RECURSO_GLOSA, com justificativa."
        )


@dataclass(frozen=True, slots=True)
class ItemAnalisado:
    """A line: `informado = liberado + glosado`; what recursos gave back is liberado."""

    sequencia: int
    sequencial: int
    informado: Decimal
    glosado: Decimal = ZERO
    recuperado: Decimal = ZERO

    @property
    def liberado(self) -> Decimal:
        """Reais to be paid."""
        return self.informado - self.glosado


@dataclass(frozen=True, slots=True)
class GuiaAnalisada:
    """A guia, the sum of its items."""

    indice: int
    numero: str
    itens: tuple[ItemAnalisado, ...]

    @property
    def informado(self) -> Decimal:
        """Reais billed."""
        return soma(line.informado for line in self.itens)

    @property
    def glosado(self) -> Decimal:
        """Reais taken."""
        return soma(line.glosado for line in self.itens)

    @property
    def liberado(self) -> Decimal:
        """Reais to be paid."""
        return soma(line.liberado for line in self.itens)

    @property
    def recuperado(self) -> Decimal:
        """Reais given back."""
        return soma(line.recuperado for line in self.itens)


@dataclass(frozen=True, slots=True)
class Recuperado:
    """What a recurso gave back: reais that a glosa took of one line.

    Attributes:
        recurso: its protocolo.
        glosa: id in the PEG.
        indice, sequencia: places of guia and line.
    """

    recurso: str
    glosa: int
    indice: int
    sequencia: int
    valor: Decimal


@dataclass(frozen=True, slots=True)
class Resultado:
    """An analysed PEG: its guias, every glosa, those taken back included, and what recursos gave back."""

    guias: tuple[GuiaAnalisada, ...]
    glosas: tuple[Glosa, ...] = ()
    recuperados: tuple[Recuperado, ...] = ()

    @property
    def informado(self) -> Decimal:
        """Reais billed."""
        return soma(one.informado for one in self.guias)

    @property
    def glosado(self) -> Decimal:
        """Reais taken."""
        return soma(one.glosado for one in self.guias)

    @property
    def liberado(self) -> Decimal:
        """Reais to be paid."""
        return soma(one.liberado for one in self.guias)

    @property
    def recuperado(self) -> Decimal:
        """Reais given back."""
        return soma(one.recuperado for one in self.guias)


@dataclass(frozen=True, slots=True)
class Julgamento:
    """What pre-validation shows, reception uses and analysis begins with: the same.

    Attributes:
        achados: all of them, warnings and refusals of the PEG too.
    """

    achados: tuple[Apontamento, ...]
    resultado: Resultado
    alocacoes: tuple[Alocacao, ...]

    @property
    def consumo(self) -> tuple[Consumo, ...]:
        """What it uses of each authorization."""
        return fold(self.alocacoes)

    @property
    def recusado(self) -> bool:
        """Whether nothing of it may be received."""
        return any(one.severidade is Severidade.RECUSA_LOTE for one in self.achados)

    @property
    def em_risco(self) -> Decimal:
        """Reais that would not be paid."""
        return self.resultado.informado if self.recusado else self.resultado.glosado


def judge(guias: Sequence[GuiaCobrada], contexto: Contexto) -> Julgamento:
    """Everything that can be said of a PEG at once; nothing is written, nothing read."""
    caso = Caso(guias, contexto)
    achados = [found for rule in ANTES for found in rule(caso)]
    caso.alocacoes = allocate(caso, _using_nothing(guias, achados))
    achados += [found for rule in DEPOIS for found in rule(caso)]
    blank = Resultado(tuple(map(_blank, guias)), tuple(_glosas(caso, achados)))
    settled = settle(blank) if blank.glosas else blank
    return Julgamento(tuple(achados), settled, tuple(caso.alocacoes.values()))


def _using_nothing(guias: Iterable[GuiaCobrada], achados: Iterable[Apontamento]) -> frozenset[tuple[int, int]]:
    """Lines that use nothing of a senha: late, already billed, or refused by the senha itself."""
    hit = {(one.indice, one.sequencia) for one in achados if one.regra in _USES_NOTHING}
    if not hit:
        return frozenset()
    return frozenset(
        (one.sequencia, line.sequencia)
        for one in guias
        for line in one.itens
        if (one.sequencia, None) in hit or (one.sequencia, line.sequencia) in hit
    )


def _blank(one: GuiaCobrada) -> GuiaAnalisada:
    lines = tuple(ItemAnalisado(line.sequencia, line.sequencial, line.valor) for line in one.itens)
    return GuiaAnalisada(one.sequencia, one.numero, lines)


def _glosas(caso: Caso, achados: Sequence[Apontamento]) -> Iterator[Glosa]:
    by_place = {exame.guia.sequencia: exame.guia for exame in caso.exames}
    lines = {(exame.guia.sequencia, line.sequencia): line for exame, line in caso.itens()} if achados else {}
    standing = (one for one in achados if not one.aviso and one.severidade is Severidade.GLOSA)
    for number, one in enumerate(standing, 1):
        billed = by_place[one.indice]
        line = lines.get((one.indice, one.sequencia or 0))
        day = line.dia if line else billed.primeiro_dia
        terms = caso.contrato(day) if day else None
        yield Glosa(
            number, one.regra, one.codigo, one.motivo, one.mensagem, one.indice, one.sequencia, retirado=one.retirado,
            cabem=one.cabem, quantidade=line.quantidade if line else None, guia=one.guia, caminho=one.caminho,
            campo=one.campo, visto=one.visto, esperado=one.esperado, providencia=one.providencia, base=one.base,
            dados=one.dados, contrato=terms.numero if terms else None,
            contestar_dias=terms.prazo_contestacao_dias if terms else None,
        )  # fmt: skip


# --- what stands ---


def settle(resultado: Resultado) -> Resultado:
    """What each glosa takes and each line loses, in the order of their strength, then of their id.

    What was given back is given for good: no other glosa takes it.
    """
    taken: dict[int, Decimal] = {}
    given = _given(resultado)
    guias = tuple(
        replace(
            one,
            itens=tuple(
                _settled(line, glosas, given.get((one.indice, line.sequencia), _NOTHING), taken)
                for line, glosas in lines
            ),
        )
        for one, lines in _against(resultado)
    )
    back: dict[int, Decimal] = {}
    for part in resultado.recuperados:
        back[part.glosa] = back.get(part.glosa, ZERO) + part.valor
    glosas = tuple(
        replace(one, valor=taken.get(one.id, ZERO), recuperado=back.get(one.id, ZERO)) for one in resultado.glosas
    )
    return replace(resultado, guias=guias, glosas=glosas)


def taken_of_lines(resultado: Resultado) -> dict[tuple[int, int], tuple[tuple[Glosa, Decimal], ...]]:
    """By places of guia and line: the glosas that stand against it, in their order, and the reais each takes of it."""
    given = _given(resultado)
    return {
        (place := (one.indice, line.sequencia)): tuple(_takes(line, glosas, given.get(place, _NOTHING)))
        for one, lines in _against(resultado)
        for line, glosas in lines
        if glosas
    }


def _given(resultado: Resultado) -> dict[tuple[int, int], dict[int, Decimal]]:
    """What was given back of each line, by glosa."""
    given: dict[tuple[int, int], dict[int, Decimal]] = {}
    for one in resultado.recuperados:
        of_line = given.setdefault((one.indice, one.sequencia), {})
        of_line[one.glosa] = of_line.get(one.glosa, ZERO) + one.valor
    return given


def _against(
    resultado: Resultado,
) -> Iterator[tuple[GuiaAnalisada, list[tuple[ItemAnalisado, Sequence[Glosa]]]]]:
    """Every line with the glosas that stand against it, in the order in which they take."""
    by_place: dict[int, list[Glosa]] = {}
    for glosa in sorted(resultado.glosas, key=_order):
        if glosa.revertida_por is None:
            by_place.setdefault(glosa.indice, []).append(glosa)
    whole = by_place.get(0, [])
    for one in resultado.guias:
        standing = by_place.get(one.indice, [])
        if not (whole or standing):
            yield one, [(line, ()) for line in one.itens]
            continue
        general = sorted((*whole, *(glosa for glosa in standing if glosa.sequencia is None)), key=_order)
        by_line: dict[int, list[Glosa]] = {}
        for glosa in standing:
            if glosa.sequencia is not None:
                by_line.setdefault(glosa.sequencia, []).append(glosa)
        yield (
            one,
            [
                (line, sorted((*general, *own), key=_order) if own else general)
                for line in one.itens
                for own in (by_line.get(line.sequencia, ()),)
            ],
        )


def _order(glosa: Glosa) -> tuple[int, int]:
    return _strength(glosa), glosa.id


def _strength(glosa: Glosa) -> int:
    """What takes the whole PEG, guia or item; then reais; then a share of the rest; then what a person adds to that."""
    if glosa.autor is not None:
        return 5
    if glosa.retirado is not None:
        return 3
    if glosa.cabem is not None:
        return 4
    return 1 if glosa.sequencia is None else 2


def _settled(
    line: ItemAnalisado, glosas: Iterable[Glosa], given: Mapping[int, Decimal], taken: dict[int, Decimal]
) -> ItemAnalisado:
    glosado = ZERO
    for glosa, took in _takes(line, glosas, given):
        taken[glosa.id] = taken.get(glosa.id, ZERO) + took
        glosado += took
    recuperado = sum(given.values(), ZERO)
    same = (line.glosado, line.recuperado) == (glosado, recuperado)
    return line if same else replace(line, glosado=glosado, recuperado=recuperado)


def _takes(
    line: ItemAnalisado, glosas: Iterable[Glosa], given: Mapping[int, Decimal]
) -> Iterator[tuple[Glosa, Decimal]]:
    left = shared = line.informado
    for glosa in glosas:
        if glosa.retirado is not None:
            kept = shared = max(left - glosa.retirado, ZERO)
        elif glosa.cabem is not None and glosa.quantidade is not None:
            kept = min(left, share(shared, glosa.cabem, glosa.quantidade))  # two of them: the one that leaves less
        else:
            kept = shared = ZERO
        yield glosa, left - kept - given[glosa.id] if glosa.id in given else left - kept
        left = kept


# --- auditoria ---


def glosar(resultado: Resultado, glosa: Glosa, *, autor: str) -> Resultado:
    """One more glosa, by a person who says why; of an item whole or in reais, of a guia or the PEG whole.

    Raises:
        MotivoAusenteError: it says nothing.
        GlosaInvalidaError: of no such guia or item, or of more than is there, or of nothing.
    """
    if not glosa.mensagem.strip():
        raise MotivoAusenteError
    guias = {one.indice: one for one in resultado.guias}
    if glosa.indice:
        lines = {line.sequencia: line for line in guias[glosa.indice].itens} if glosa.indice in guias else {}
        if not lines or (glosa.sequencia is not None and glosa.sequencia not in lines):
            raise GlosaInvalidaError
        left = lines[glosa.sequencia].liberado if glosa.sequencia is not None else guias[glosa.indice].liberado
    else:
        left = resultado.liberado
    partial = glosa.retirado is not None
    if left <= ZERO or (partial and (glosa.sequencia is None or not ZERO < (glosa.retirado or ZERO) <= left)):
        raise GlosaInvalidaError
    number = max((one.id for one in resultado.glosas), default=0) + 1
    made = replace(glosa, id=number, autor=autor, cabem=None)
    return settle(replace(resultado, glosas=(*resultado.glosas, made)))


def reverter(resultado: Resultado, glosa_id: int, *, autor: str, motivo: str) -> Resultado:
    """A glosa is taken back without recurso; another that stands takes what it leaves.

    Raises:
        MotivoAusenteError: nobody says why.
        GlosaInvalidaError: there is none, or it was taken back before.
    """
    if not motivo.strip():
        raise MotivoAusenteError
    if all(one.id != glosa_id or one.revertida_por is not None for one in resultado.glosas):
        raise GlosaInvalidaError
    glosas = tuple(
        replace(one, revertida_por=autor, motivo_reversao=motivo) if one.id == glosa_id else one
        for one in resultado.glosas
    )
    return settle(replace(resultado, glosas=glosas))


def retirar(resultado: Resultado, indice: int) -> Resultado:
    """The same without a guia that was withdrawn."""
    guias = tuple(one for one in resultado.guias if one.indice != indice)
    glosas = tuple(one for one in resultado.glosas if one.indice != indice)
    return settle(replace(resultado, guias=guias, glosas=glosas))


# --- recurso ---


def recuperar(resultado: Resultado, partes: Sequence[Recuperado]) -> Resultado:
    """What recursos give back is taken no more; of one that gave back before, the very same.

    Raises:
        GlosaInvalidaError: more than that glosa takes of that line, or nothing.
    """
    known = {one.recurso for one in resultado.recuperados}
    fresh = tuple(one for one in partes if one.recurso not in known)
    if not fresh:
        return resultado
    after = settle(replace(resultado, recuperados=(*resultado.recuperados, *fresh)))
    if broken(after):
        raise GlosaInvalidaError
    return after


def broken(resultado: Resultado) -> tuple[str, ...]:
    """Invariant 2, for who checks: lines of which more is taken or given than was billed; glosas that do not add up.

    Of what recursos gave back, too: nothing is given that no glosa took there, nor more than it took, nor less than a
    cent.
    """
    wrong = [
        f"guia {one.numero}, item {line.sequencial}"
        for one in resultado.guias
        for line in one.itens
        if line.glosado < ZERO or line.liberado < ZERO
    ]
    if soma(glosa.valor for glosa in resultado.glosas) != resultado.glosado:
        wrong.append("soma das glosas")
    if soma(part.valor for part in resultado.recuperados) != resultado.recuperado:
        wrong.append("soma do que foi recuperado")
    if resultado.recuperados:
        left = {
            (*place, glosa.id): valor for place, glosas in taken_of_lines(resultado).items() for glosa, valor in glosas
        }
        wrong += [
            f"recurso {one.recurso}, glosa {one.glosa}"
            for one in resultado.recuperados
            for place in ((one.indice, one.sequencia, one.glosa),)
            if one.valor <= ZERO or place not in left or left[place] < ZERO
        ]
    return tuple(wrong)
