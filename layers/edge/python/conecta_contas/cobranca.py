"""A guia as billed: the five kinds in one shape, for the rules to judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL
from conecta_tiss.messages.lote_guias import (
    Despesa,
    Guia,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
    ProcedimentoExecutado,
    TipoGuia,
)
from conecta_tiss.vocabulary.amounts import em_centavos
from conecta_tiss.vocabulary.tables import CaraterAtendimento

UM: Final = Decimal(1)
_LOTE: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:guiasTISS"
_ITENS: Final = {
    TipoGuia.SP_SADT: "ans:procedimentosExecutados/ans:procedimentoExecutado",
    TipoGuia.RESUMO_INTERNACAO: "ans:procedimentosExecutados/ans:procedimentoExecutado",
    TipoGuia.HONORARIOS: "ans:procedimentosRealizados/ans:procedimentoRealizado",
    TipoGuia.CONSULTA: "ans:dadosAtendimento/ans:procedimento",
    TipoGuia.ODONTO: "ans:procedimentosExecutados",
}
_DESPESAS: Final = "ans:outrasDespesas/ans:despesa"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCobrado:
    """A line of a guia.

    Attributes:
        sequencia: place in the guia from 1: procedures, then despesas.
        sequencial: `sequencialItem` as written, which despesas may begin again.
        posicao, irmaos: place from 1 among how many of its own element.
        valor_unitario: reais of one unit, before the factor.
        valor: reais billed for the line.
        fator: `reducaoAcrescimo`.
        graus: graus de participação of its team; none given is empty.
        despesa: dm_outrasDespesas of a despesa.
        descricao: as written; a consultation has none.
    """

    sequencia: int
    sequencial: int
    dia: date
    tabela: str
    codigo: str
    quantidade: Decimal
    valor_unitario: Decimal
    valor: Decimal
    fator: Decimal = UM
    posicao: int = 1
    irmaos: int = 1
    graus: tuple[str, ...] = ()
    via_acesso: str | None = None
    hora: str | None = None
    despesa: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    descricao: str | None = None

    @property
    def chave(self) -> tuple[str, str]:
        """Table and code."""
        return self.tabela, self.codigo

    @property
    def nome(self) -> str:
        """`tabela:codigo`."""
        return f"{self.tabela}:{self.codigo}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaCobrada:
    """A guia.

    Attributes:
        sequencia: place in the PEG from 1; `irmas` is how many there are.
        numero: `numeroGuiaPrestador`.
        senha, numero_operadora: the authorization it names, by either number.
        executante: code, CNPJ or CPF of who says to have done it.
        profissional: council, number and state of who consulted.
        inicio, fim: billed period, of a stay and of fees.
        periodo: the same with hours, `AAAA-MM-DDTHH:MM:SS`, of a stay.
    """

    sequencia: int
    irmas: int
    tipo: TipoGuia
    registro_ans: str
    numero: str
    carteira: str
    itens: tuple[ItemCobrado, ...]
    senha: str | None = None
    numero_operadora: str | None = None
    executante: str | None = None
    profissional: str | None = None
    atendimento_rn: bool = False
    urgencia: bool = False
    tipo_atendimento: str | None = None
    tipo_consulta: str | None = None
    tipo_faturamento: str | None = None
    inicio: date | None = None
    fim: date | None = None
    periodo: tuple[str, str] | None = None
    ausencia_cod_validacao: str | None = None

    @property
    def valor(self) -> Decimal:
        """Reais billed."""
        return sum((item.valor for item in self.itens), Decimal("0.00"))

    @property
    def dias(self) -> tuple[date, ...]:
        """Every day something was done, in order."""
        return tuple(sorted({item.dia for item in self.itens}))

    @property
    def primeiro_dia(self) -> date | None:
        """First day: of the period, else of its items."""
        return self.inicio or min((item.dia for item in self.itens), default=None)

    @property
    def ultimo_dia(self) -> date | None:
        """Last day: of the period, else of its items."""
        return self.fim or max((item.dia for item in self.itens), default=None)

    def caminho(self, item: ItemCobrado | None = None) -> str:
        """XPath of the guia or of one of its items."""
        whole = f"{_LOTE}/ans:{self.tipo}{_place(self.sequencia, self.irmas)}"
        if item is None:
            return whole
        return f"{whole}/{_DESPESAS if item.despesa else _ITENS[self.tipo]}{_place(item.posicao, item.irmaos)}"


def _place(posicao: int, quantos: int) -> str:
    return f"[{posicao}]" if quantos > 1 else ""


def read(lote: LoteGuias) -> tuple[GuiaCobrada, ...]:
    """Every guia of a lote that can be judged: whose days, quantities and amounts could all be read."""
    many = len(lote.guias)
    read_ones = (read_guia(guia, place, many) for place, guia in enumerate(lote.guias, 1))
    return tuple(guia for guia in read_ones if _readable(guia))


def _readable(guia: GuiaCobrada) -> bool:
    return DATA_ILEGIVEL not in {guia.inicio, guia.fim} and all(
        item.dia != DATA_ILEGIVEL
        and item.quantidade.is_finite()
        and item.quantidade > 0
        and item.valor.is_finite()
        and item.valor_unitario.is_finite()
        and item.fator.is_finite()
        for item in guia.itens
    )


def read_guia(guia: Guia, sequencia: int = 1, irmas: int = 1) -> GuiaCobrada:
    """One guia of any kind."""
    match guia:
        case GuiaSpSadt():
            held = guia.autorizacao
            return GuiaCobrada(
                sequencia=sequencia, irmas=irmas, tipo=TipoGuia.SP_SADT, registro_ans=guia.registro_ans,
                numero=guia.numero_guia_prestador.strip(), carteira=guia.numero_carteira.strip(),
                itens=_lines(guia.procedimentos, guia.despesas), senha=_given(guia.senha),
                numero_operadora=_given(held.numero_guia_operadora) if held else None,
                executante=_who(guia.contratado_executante.codigo_na_operadora, guia.contratado_executante.cnpj,
                                guia.contratado_executante.cpf),
                atendimento_rn=guia.beneficiario.atendimento_rn, urgencia=_urgent(guia.carater_atendimento),
                tipo_atendimento=guia.tipo_atendimento, tipo_consulta=guia.tipo_consulta,
                ausencia_cod_validacao=held.ausencia_cod_validacao if held else None,
            )  # fmt: skip
        case GuiaResumoInternacao():
            return GuiaCobrada(
                sequencia=sequencia, irmas=irmas, tipo=TipoGuia.RESUMO_INTERNACAO, registro_ans=guia.registro_ans,
                numero=guia.numero_guia_prestador.strip(), carteira=guia.numero_carteira.strip(),
                itens=_lines(guia.procedimentos, guia.despesas), senha=_given(guia.senha),
                numero_operadora=_given(guia.autorizacao.numero_guia_operadora),
                executante=_who(guia.contratado_executante.codigo_na_operadora, guia.contratado_executante.cnpj,
                                guia.contratado_executante.cpf),
                atendimento_rn=guia.beneficiario.atendimento_rn, urgencia=_urgent(guia.carater_atendimento),
                tipo_faturamento=guia.tipo_faturamento, inicio=guia.data_inicio_faturamento,
                fim=guia.data_final_faturamento,
                periodo=(f"{guia.data_inicio_faturamento.isoformat()}T{guia.hora_inicio_faturamento}",
                         f"{guia.data_final_faturamento.isoformat()}T{guia.hora_final_faturamento}"),
                ausencia_cod_validacao=guia.autorizacao.ausencia_cod_validacao,
            )  # fmt: skip
        case GuiaHonorarios():
            return GuiaCobrada(
                sequencia=sequencia, irmas=irmas, tipo=TipoGuia.HONORARIOS, registro_ans=guia.registro_ans,
                numero=guia.numero_guia_prestador.strip(), carteira=guia.numero_carteira.strip(),
                itens=_lines(guia.procedimentos, ()), senha=_given(guia.senha),
                numero_operadora=_given(guia.numero_guia_operadora), executante=_given(guia.codigo_executante),
                atendimento_rn=guia.atendimento_rn, urgencia=_urgent(guia.carater_atendimento),
                inicio=guia.data_inicio_faturamento, fim=guia.data_fim_faturamento,
            )  # fmt: skip
        case GuiaConsulta():
            who = guia.profissional_executante
            only = ItemCobrado(
                sequencia=1, sequencial=1, dia=guia.data_atendimento, tabela=guia.codigo_tabela,
                codigo=guia.codigo_procedimento.strip(), quantidade=UM, valor_unitario=guia.valor_procedimento,
                valor=guia.valor_procedimento,
            )  # fmt: skip
            return GuiaCobrada(
                sequencia=sequencia, irmas=irmas, tipo=TipoGuia.CONSULTA, registro_ans=guia.registro_ans,
                numero=guia.numero_guia_prestador.strip(), carteira=guia.numero_carteira.strip(), itens=(only,),
                numero_operadora=_given(guia.numero_guia_operadora),
                executante=_who(guia.codigo_executante, guia.cnpj_executante, guia.cpf_executante),
                profissional=f"{who.conselho}:{who.numero_conselho.strip()}:{who.uf}",
                atendimento_rn=guia.beneficiario.atendimento_rn, tipo_consulta=guia.tipo_consulta,
                ausencia_cod_validacao=guia.ausencia_cod_validacao,
            )  # fmt: skip
        case GuiaOdonto():  # pragma: no branch  # the last of the five kinds
            return GuiaCobrada(
                sequencia=sequencia, irmas=irmas, tipo=TipoGuia.ODONTO, registro_ans=guia.registro_ans,
                numero=guia.numero_guia_prestador.strip(), carteira=guia.numero_carteira.strip(),
                itens=tuple(_dental(guia)), senha=_given(guia.senha),
                numero_operadora=_given(guia.numero_guia_operadora),
                atendimento_rn=guia.beneficiario.atendimento_rn, tipo_atendimento=guia.tipo_atendimento,
                tipo_faturamento=guia.tipo_faturamento, ausencia_cod_validacao=guia.ausencia_cod_validacao,
            )  # fmt: skip


def _given(text: str | None) -> str | None:
    """What the XML pads, or writes on a line of its own, without that; `None` of nothing else."""
    return (text or "").strip() or None


def _who(*numbers: str | None) -> str | None:
    return next((number for number in map(_given, numbers) if number), None)


def _urgent(carater: str | None) -> bool:
    return carater == CaraterAtendimento.URGENCIA_EMERGENCIA


def _lines(procedimentos: Sequence[ProcedimentoExecutado], despesas: Sequence[Despesa]) -> tuple[ItemCobrado, ...]:
    made = [
        ItemCobrado(
            sequencia=place, sequencial=done.sequencial_item, dia=done.data_execucao, tabela=done.codigo_tabela,
            codigo=done.codigo_procedimento.strip(), quantidade=done.quantidade, valor_unitario=done.valor_unitario,
            valor=done.valor_total, fator=done.reducao_acrescimo, posicao=place, irmaos=len(procedimentos),
            graus=tuple([who.grau_participacao for who in done.equipe if who.grau_participacao]) if done.equipe else (),
            via_acesso=done.via_acesso, hora=done.hora_inicial, descricao=done.descricao_procedimento,
        )
        for place, done in enumerate(procedimentos, 1)
    ]  # fmt: skip
    made += [
        ItemCobrado(
            sequencia=len(procedimentos) + place, sequencial=used.sequencial_item, dia=used.data_execucao,
            tabela=used.codigo_tabela, codigo=used.codigo_procedimento.strip(), quantidade=used.quantidade,
            valor_unitario=used.valor_unitario, valor=used.valor_total, fator=used.reducao_acrescimo, posicao=place,
            irmaos=len(despesas), hora=used.hora_inicial, despesa=used.codigo_despesa,
            descricao=used.descricao_procedimento,
        )
        for place, used in enumerate(despesas, 1)
    ]  # fmt: skip
    return tuple(made)


def _dental(guia: GuiaOdonto) -> Iterator[ItemCobrado]:
    """`valorProc` is of the line or of one unit: whichever the guia's total adds up to."""
    done = guia.procedimentos
    by_line = sum((item.valor for item in done), Decimal(0)) == guia.valor_total_procedimentos
    for place, item in enumerate(done, 1):
        readable = item.quantidade.is_finite() and item.quantidade > 0 and item.valor.is_finite()
        unit = item.valor / item.quantidade if by_line and readable else item.valor
        yield ItemCobrado(
            sequencia=place, sequencial=item.sequencial_item, dia=item.data_realizacao, tabela=item.codigo_tabela,
            codigo=item.codigo_procedimento.strip(), quantidade=item.quantidade, valor_unitario=unit,
            valor=item.valor if by_line or not readable else em_centavos(item.valor * item.quantidade), posicao=place,
            irmaos=len(done), dente=item.dente, regiao=item.regiao, face=_given(item.face),
            descricao=item.descricao_procedimento,
        )  # fmt: skip
