"""Rules of a request of authorisation, and of the question where it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import (
    PARA_OPERADORA,
    Lugar,
    below_zero,
    in_the_future,
    itens_de,
    not_above_zero,
    numero_de,
    of_another_operadora,
    tell,
)
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.solicitacao import (
        AnexoClinico,
        ProcedimentoOdontoSolicitado,
        Solicitacao,
        SolicitacaoProcedimento,
        SolicitaStatusAutorizacao,
    )
    from conecta_tiss.rules.anexos import Anexos
    from conecta_tiss.rules.partes import Campo

    Esta = Regra[SolicitacaoProcedimento]

_GUIA_INVALIDA: Final = "1307"
_ZERO: Final = Decimal(0)
_CORPO: Final = Lugar(f"{PARA_OPERADORA}/ans:solicitacaoProcedimento")
_STATUS: Final = Lugar(f"{PARA_OPERADORA}/ans:solicitaStatusAutorizacao")
_FACES: Final = frozenset("OLMVDIP")


def findings(corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`, and of those of its annexes."""
    for uma in RULES:
        yield from uma(corpo, contexto)
    anexos = annexes(corpo)
    if anexos is not None:
        from conecta_tiss.rules.anexos import annex_findings  # noqa: PLC0415 - few requests have annexes

        yield from annex_findings(anexos, contexto)


def status_findings(corpo: SolicitaStatusAutorizacao, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `STATUS_RULES`."""
    for uma in STATUS_RULES:
        yield from uma(corpo, contexto)


# --- where things are ---------------------------------------------------------------------------------


def _guias(corpo: SolicitacaoProcedimento) -> Iterator[tuple[Solicitacao, Lugar]]:
    """Every request given (a message its schema refused may have several) and its place."""
    guia: Solicitacao | None
    for guia, elemento in (
        (corpo.sp_sadt, "solicitacaoSP-SADT"),
        (corpo.internacao, "solicitacaoInternacao"),
        (corpo.prorrogacao, "solicitacaoProrrogacao"),
        (corpo.odonto, "solicitacaoOdontologia"),
    ):
        if guia is not None:
            yield guia, _CORPO.em(elemento)._replace(guia=numero_de(guia.numero_guia_prestador))


def _lugar(corpo: SolicitacaoProcedimento, procurada: Any) -> Lugar:
    return next(onde for guia, onde in _guias(corpo) if guia is procurada)


def _clinicos(corpo: SolicitacaoProcedimento) -> Iterator[tuple[AnexoClinico, Lugar, Any]]:
    """Clinical annexes, their places, and the request they came in."""
    for guia, elemento in (
        (corpo.sp_sadt, "anexoClinico"),
        (corpo.internacao, "anexoClinico"),
        (corpo.prorrogacao, "anexoClinicoProrrogacao"),
    ):
        if guia is not None and guia.anexo is not None:
            yield guia.anexo, _lugar(corpo, guia).em(elemento), guia


def annexes(corpo: SolicitacaoProcedimento) -> Anexos | None:
    """Every annex of a request, as the rules of annexes ask for them; None when it has none."""
    odonto = corpo.odonto
    clinicos = list(_clinicos(corpo))
    if not clinicos and (odonto is None or odonto.situacao_inicial is None):
        return None
    from conecta_tiss.rules.anexos import Anexos  # noqa: PLC0415 - few requests have annexes

    def todos(campo: str, elemento: str) -> Any:
        return tuple(
            (getattr(anexo, campo), onde.em(elemento))
            for anexo, onde, _ in clinicos
            if getattr(anexo, campo) is not None
        )

    iniciais: Any = ()
    if odonto is not None and odonto.situacao_inicial is not None:
        iniciais = ((odonto.situacao_inicial, _lugar(corpo, odonto).em("odontoInicial")),)
    return Anexos(
        opme=todos("opme", "solicitacaoOPME"),
        quimio=todos("quimio", "solicitacaoQuimioterapia"),
        radio=todos("radio", "solicitacaoRadioterapia"),
        situacoes_iniciais=iniciais,
    )


def _itens(corpo: SolicitacaoProcedimento) -> Iterator[tuple[Any, Lugar]]:
    """Every item and its place."""
    for guia, onde in _guias(corpo):
        elemento = "procedimentosAdicionais" if guia is corpo.prorrogacao else "procedimentosSolicitados"
        yield from itens_de(onde, elemento, guia.procedimentos)


def _itens_odonto(corpo: SolicitacaoProcedimento) -> Iterator[tuple[ProcedimentoOdontoSolicitado, Lugar]]:
    if corpo.odonto is not None:
        onde = _lugar(corpo, corpo.odonto)
        yield from itens_de(onde, "procedimentosSolicitados", corpo.odonto.procedimentos)


# --- any request --------------------------------------------------------------------------------------


@regra("TISS-SOLICITACAO-REGISTRO-ANS", Motivo.REGISTRO_ANS_INVALIDO, "tiss.md 2: registroANS against destino")
def request_is_for_the_destination(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """The request is of the operadora the message is sent to."""

    def registros() -> Iterator[Campo]:
        for guia, onde in _guias(corpo):
            cabecalho = onde.em("cabecalhoSolicitacao") if guia is corpo.sp_sadt else onde
            yield guia.registro_ans, cabecalho.em("registroANS")

    yield from of_another_operadora(esta, contexto, registros())


@regra("TISS-SOLICITACAO-QUANTIDADE", Motivo.QUANTIDADE_ZERO, "tiss.md 5: table 38, quantity above zero")
def quantities_are_positive(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """What is asked for is asked at least once."""

    def quantidades() -> Iterator[Campo]:
        odonto = corpo.odonto is not None
        for item, onde in _itens(corpo):
            dental = odonto and "solicitacaoOdontologia" in onde.caminho
            yield item.quantidade, onde.em("qtdProc" if dental else "quantidadeSolicitada")

    yield from not_above_zero(esta, contexto, quantidades())


@regra("TISS-SOLICITACAO-DATA", Motivo.DATA_FUTURA, "tiss.md 5.1: bad date")
def request_day_has_come(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """Nothing is asked for from a day after today."""
    campos = [
        (guia.data_solicitacao, _lugar(corpo, guia).em("dataSolicitacao"))
        for guia in (corpo.sp_sadt, corpo.internacao, corpo.prorrogacao)
        if guia is not None
    ]
    yield from in_the_future(esta, contexto, campos)


@regra("TISS-SOLICITACAO-ANEXO", _GUIA_INVALIDA, "dominio.md R27: the annex is linked to its request")
def annexes_are_of_the_request(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """An annex inside a request refers to it, or to the one it goes on from, and is of the same beneficiário."""

    def dentro() -> Iterator[tuple[Any, str, str, Lugar, Lugar]]:
        for clinico, onde, guia in _clinicos(corpo):
            for anexo, elemento in (
                (clinico.quimio, "solicitacaoQuimioterapia"),
                (clinico.radio, "solicitacaoRadioterapia"),
                (clinico.opme, "solicitacaoOPME"),
            ):
                if anexo is not None:
                    no_anexo = onde.em(elemento)
                    referida, carteira = anexo.cabecalho.numero_guia_referenciada, anexo.beneficiario.numero_carteira
                    yield guia, referida, carteira, no_anexo.em("cabecalhoAnexo"), no_anexo.em("dadosBeneficiario")
        guia = corpo.odonto
        if guia is not None and guia.situacao_inicial is not None:
            inicial, no_anexo = guia.situacao_inicial, _lugar(corpo, guia).em("odontoInicial")
            yield guia, inicial.numero_guia_referenciada, inicial.numero_carteira, no_anexo, no_anexo

    for guia, referida, carteira, no_cabecalho, no_beneficiario in dentro():
        dela = {guia.numero_guia_prestador.strip(), _principal(guia).strip()}
        if referida.strip() and referida.strip() not in dela:
            yield tell(
                esta,
                contexto,
                no_cabecalho.em("numeroGuiaReferenciada"),
                "O anexo refere outra guia. Informe em numeroGuiaReferenciada o número da solicitação em que ele vem.",
            )
        if carteira.strip() and guia.numero_carteira.strip() and carteira.strip() != guia.numero_carteira.strip():
            yield tell(
                esta,
                contexto,
                no_beneficiario.em("numeroCarteira"),
                "O anexo é de outro beneficiário. Informe nele a mesma carteira da solicitação.",
                Motivo.BENEFICIARIO_INCONSISTENTE,
            )


def _principal(guia: Any) -> str:
    """Number of the guia this one goes on from; an internação goes on from none."""
    campo = "numero_guia_referenciada" if hasattr(guia, "numero_guia_referenciada") else "numero_guia_principal"
    return getattr(guia, campo, None) or ""


# --- internação and prorrogação -----------------------------------------------------------------------


@regra("TISS-SOLICITACAO-DIARIAS", Motivo.QUANTIDADE_ZERO, "tiss.md 2.3: the schema accepts a negative number of days")
def days_asked_for_make_sense(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """A stay is not asked for a negative number of days, nor prolonged by none."""
    if corpo.internacao is not None:
        onde = _lugar(corpo, corpo.internacao).em("dadosInternacao", "qtDiariasSolicitadas")
        yield from below_zero(esta, contexto, [(corpo.internacao.quantidade_diarias, onde)])
    if corpo.prorrogacao is not None:
        onde = _lugar(corpo, corpo.prorrogacao).em("dadosInternacao", "qtDiariasAdicionais")
        yield from not_above_zero(esta, contexto, [(corpo.prorrogacao.quantidade_diarias, onde)])


@regra("TISS-PRORROGACAO-VAZIA", Motivo.MENSAGEM_INCOMPLETA, "tiss.md 2.3: the schema lets a prorrogação ask nothing")
def prorrogacao_asks_something(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """A prorrogação asks for days, for another accommodation, for procedures, or for what an annex says."""
    guia = corpo.prorrogacao
    if guia is None or guia.procedimentos or guia.quantidade_diarias is not None or guia.tipo_acomodacao is not None:
        return
    if guia.anexo is not None and (guia.anexo.quimio or guia.anexo.radio or guia.anexo.opme):
        return
    yield tell(
        esta,
        contexto,
        _lugar(corpo, guia),
        "A prorrogação não pede nada. Informe as diárias adicionais, a acomodação, os procedimentos ou um anexo.",
    )


@regra("TISS-SOLICITACAO-INDICADOR", Motivo.CAMPO_CONDICIONADO_INCORRETO, "dominio.md R27: indicadorOPME and its annex")
def indicators_agree_with_annexes(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """Who says that a stay has no OPME, or no chemotherapy, does not attach it (it may come later, if there is any)."""
    guia = corpo.internacao
    if guia is None or guia.anexo is None:
        return
    for indicado, anexo, elemento in (
        (guia.indicador_opme, guia.anexo.opme, "indicadorOPME"),
        (guia.indicador_quimio, guia.anexo.quimio, "indicadorQuimio"),
    ):
        if anexo is not None and not indicado:
            yield tell(
                esta,
                contexto,
                _lugar(corpo, guia).em("dadosInternacao", elemento),
                f"O {elemento} é N, mas a solicitação traz esse anexo. Informe S, ou retire o anexo.",
            )


# --- odontologia --------------------------------------------------------------------------------------


@regra("TISS-ODONTO-LOCAL", Motivo.DENTE_NAO_INFORMADO, "dominio.md R26: every dental item has a tooth or a region")
def dental_items_have_a_place(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """Every dental item says which tooth or region; both together the schema refuses."""
    for item, onde in _itens_odonto(corpo):
        if item.dente is None and item.regiao is None:
            yield tell(
                esta, contexto, onde, "O item não diz onde será feito. Informe em denteRegiao o dente ou a região."
            )


@regra("TISS-ODONTO-FACE", Motivo.FACE_INCORRETA, "tiss.md 2: denteFace is any text of 5; 5: dm_face")
def dental_faces_are_of_a_tooth(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """Faces are letters of the table, each once, and of a tooth."""
    for item, onde in _itens_odonto(corpo):
        face = item.face
        if face is None or not face.strip():
            continue
        motivo = None
        if not _FACES.issuperset(face):
            motivo = Motivo.CODIGO_DA_FACE_INVALIDO
            mensagem = "O denteFace tem letra que a tabela de faces não tem. Use letras entre O, L, M, V, D, I e P."
        elif len(set(face)) < len(face):
            mensagem = "O denteFace repete uma face. Informe cada face uma vez."
        elif item.dente is None:
            mensagem = "O denteFace é de um dente, e o item não informa nenhum. Informe codDente, ou retire a face."
        else:
            continue
        yield tell(esta, contexto, onde.em("denteFace"), mensagem, motivo)


@regra("TISS-ODONTO-VALOR", Motivo.VALOR_ZERO, "seguranca.md 2.3: the schema takes negatives for valid")
def dental_values_are_not_negative(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """No value of a dental request is below zero."""

    def valores() -> Iterator[Campo]:
        for item, onde in _itens_odonto(corpo):
            yield item.quantidade_us, onde.em("qtdUS")
            yield item.valor, onde.em("valorProc")
            yield item.valor_franquia, onde.em("valorFranquia")

    yield from below_zero(esta, contexto, valores())


@regra("TISS-ODONTO-TOTAL", Motivo.TOTAL_DA_GUIA_DIVERGENTE, "tiss.md 5.1: item totals against guia total")
def dental_totals_add_up(esta: Esta, corpo: SolicitacaoProcedimento, contexto: Contexto) -> Iterator[Achado]:
    """Totals are the sum of the items, whose values are of one unit or of the whole line: prestadores do both."""
    guia = corpo.odonto
    if guia is None:
        return
    for informado, elemento, valores in (
        (guia.valor_total_procedimentos, "valorTotalProc", [item.valor for item in guia.procedimentos]),
        (
            guia.valor_total_franquia,
            "valorTotalFranquia",
            [item.valor_franquia or _ZERO for item in guia.procedimentos],
        ),
    ):
        if informado is None:
            continue
        por_linha = sum(valores, _ZERO)
        por_unidade = sum((v * item.quantidade for v, item in zip(valores, guia.procedimentos, strict=True)), _ZERO)
        if all(informado < soma or informado > soma for soma in (por_linha, por_unidade)):
            yield tell(
                esta,
                contexto,
                _lugar(corpo, guia).em(elemento),
                f"O {elemento} é {informado:.2f}, mas os itens somam {por_linha:.2f}. Corrija o total ou os itens.",
            )


RULES: Final[tuple[Regra[SolicitacaoProcedimento], ...]] = (
    request_is_for_the_destination,
    quantities_are_positive,
    days_asked_for_make_sense,
    prorrogacao_asks_something,
    indicators_agree_with_annexes,
    dental_items_have_a_place,
    dental_faces_are_of_a_tooth,
    dental_values_are_not_negative,
    dental_totals_add_up,
    request_day_has_come,
    annexes_are_of_the_request,
)
"""Rules of a request, in the order they are told."""


# --- where does it stand? -----------------------------------------------------------------------------


@regra("TISS-STATUS-REGISTRO-ANS", Motivo.REGISTRO_ANS_INVALIDO, "tiss.md 2: registroANS against destino")
def question_is_for_the_destination(
    esta: Regra[SolicitaStatusAutorizacao], corpo: SolicitaStatusAutorizacao, contexto: Contexto
) -> Iterator[Achado]:
    """The request asked about is of the operadora the message is sent to."""
    onde = _STATUS._replace(guia=numero_de(corpo.numero_guia_prestador))
    campos = [(corpo.registro_ans, onde.em("identificacaoSolicitacao", "registroANS"))]
    yield from of_another_operadora(esta, contexto, campos)


STATUS_RULES: Final[tuple[Regra[SolicitaStatusAutorizacao], ...]] = (question_is_for_the_destination,)
"""Rules of the question where a request stands."""
