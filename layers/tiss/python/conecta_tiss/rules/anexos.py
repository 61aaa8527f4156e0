"""Rules of annexes, of a lote of their own or inside a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from conecta_tiss.messages.ilegivel import NUMERO_ILEGIVEL
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
    from conecta_tiss.messages.anexos import (
        AnexoOpme,
        AnexoSituacaoInicial,
        CabecalhoAnexo,
        LoteAnexos,
        OpmeSolicitada,
    )
    from conecta_tiss.messages.oncologia import AnexoQuimio, AnexoRadio
    from conecta_tiss.rules.partes import Campo

_CORPO: Final = Lugar(f"{PARA_OPERADORA}/ans:loteAnexos/ans:AnexosGuiasTISS")
_TABELAS_PROPRIAS: Final = frozenset({"00", "90", "98"})


class Anexos(NamedTuple):
    """Annexes of each kind, with their places."""

    opme: tuple[tuple[AnexoOpme, Lugar], ...] = ()
    quimio: tuple[tuple[AnexoQuimio, Lugar], ...] = ()
    radio: tuple[tuple[AnexoRadio, Lugar], ...] = ()
    situacoes_iniciais: tuple[tuple[AnexoSituacaoInicial, Lugar], ...] = ()


def findings(corpo: LoteAnexos, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES` over a lote of annexes."""

    def um(anexo: Any, elemento: str) -> Any:
        if anexo is None:
            return ()
        return ((anexo, _CORPO.em(elemento)._replace(guia=numero_de(anexo.cabecalho.numero_guia_anexo))),)

    anexos = Anexos(
        opme=um(corpo.opme, "anexoSolicitacaoOPME"),
        quimio=um(corpo.quimio, "anexoSolicitacaoQuimio"),
        radio=um(corpo.radio, "anexoSolicitacaoRadio"),
        situacoes_iniciais=tuple(
            (inicial, onde._replace(guia=numero_de(inicial.numero_guia_anexo), item=None))
            for inicial, onde in itens_de(_CORPO, "anexoSituacaoInicial", corpo.situacoes_iniciais)
        ),
    )
    yield from annex_findings(anexos, contexto)


def annex_findings(anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`."""
    for uma in RULES:
        yield from uma(anexos, contexto)


def _clinicos(anexos: Anexos) -> Iterator[tuple[AnexoOpme | AnexoQuimio | AnexoRadio, Lugar]]:
    yield from anexos.opme
    yield from anexos.quimio
    yield from anexos.radio


def _cabecalhos(anexos: Anexos) -> Iterator[tuple[CabecalhoAnexo | AnexoSituacaoInicial, Lugar]]:
    """What says which annex it is, and where: an initial state of the mouth says it without a header."""
    for anexo, onde in _clinicos(anexos):
        yield anexo.cabecalho, onde.em("cabecalhoAnexo")
    yield from anexos.situacoes_iniciais


def _materiais(anexos: Anexos) -> Iterator[tuple[OpmeSolicitada, Lugar]]:
    for anexo, onde in anexos.opme:
        yield from itens_de(onde.em("opmeSolicitadas"), "opmeSolicitada", anexo.itens)


# --- any annex ----------------------------------------------------------------------------------------


@regra("TISS-ANEXO-REGISTRO-ANS", Motivo.REGISTRO_ANS_INVALIDO, "tiss.md 2: registroANS against destino")
def annex_is_for_the_destination(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """Every annex is of the operadora the message is sent to."""
    campos = [(cabecalho.registro_ans, onde.em("registroANS")) for cabecalho, onde in _cabecalhos(anexos)]
    yield from of_another_operadora(esta, contexto, campos)


@regra("TISS-ANEXO-DUPLICADO", Motivo.GUIA_JA_APRESENTADA, "tiss.md 2: uniqueness of the guias' numbers")
def annex_numbers_are_unique(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """Each annex of a message has its own number."""
    vistos: set[str] = set()
    for cabecalho, onde in _cabecalhos(anexos):
        numero = numero_de(cabecalho.numero_guia_anexo)
        if numero in vistos:
            mensagem = "O numeroGuiaAnexo repete o de outro anexo da mensagem. Retire o anexo ou corrija o número."
            yield tell(esta, contexto, onde.em("numeroGuiaAnexo"), mensagem)
        if numero is not None:
            vistos.add(numero)


@regra("TISS-ANEXO-DATA", Motivo.DATA_FUTURA, "tiss.md 5.1: bad date")
def annex_days_have_come(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """What was asked, decided, diagnosed or done before was not after today."""

    def dias() -> Iterator[Campo]:
        for anexo, onde in _clinicos(anexos):
            yield anexo.cabecalho.data_solicitacao, onde.em("cabecalhoAnexo", "dataSolicitacao")
            yield anexo.cabecalho.data_autorizacao, onde.em("cabecalhoAnexo", "dataAutorizacao")
        for grupo, diagnostico, diag, elemento, campo in (
            (anexos.quimio, "diagnosticoOncologicoQuimioterapia", "diagQuimio", "dataIrradiacao", "data_irradiacao"),
            (anexos.radio, "diagnosticoOncologicoRadio", "diagRadio", "dataQuimioterapia", "data_quimioterapia"),
        ):
            for anexo, onde in grupo:
                yield anexo.diagnostico.diagnostico.data_diagnostico, onde.em(diagnostico, diag, "dataDiagnostico")
                antes = anexo.tratamentos_anteriores
                if antes is not None:
                    yield antes.data_cirurgia, onde.em("tratamentosAnteriores", "datacirurgia")
                    yield getattr(antes, campo), onde.em("tratamentosAnteriores", elemento)

    yield from in_the_future(esta, contexto, dias())


@regra("TISS-ANEXO-QUANTIDADE", Motivo.QUANTIDADE_ZERO, "tiss.md 5: table 38, quantity above zero")
def annex_quantities_are_positive(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """What is asked for, and what it is measured by, is above zero."""

    def quantidades() -> Iterator[Campo]:
        for material, onde in _materiais(anexos):
            yield material.quantidade, onde.em("quantidadeSolicitada")
        for quimio, onde in anexos.quimio:
            for droga, lugar in itens_de(onde.em("drogasSolicitadas"), "drogaSolicitada", quimio.drogas):
                yield droga.quantidade_doses, lugar.em("qtDoses")
                yield droga.frequencia, lugar.em("frequencia")
            yield quimio.numero_ciclos, onde.em("numeroCiclos")
            yield quimio.ciclo_atual, onde.em("cicloAtual")
            yield quimio.dias_ciclo_atual, onde.em("diasCicloAtual")
        for radio, onde in anexos.radio:
            yield radio.numero_campos, onde.em("numeroCampos")
            yield radio.dose_campo, onde.em("doseCampo")
            yield radio.dose_total, onde.em("doseTotal")
            yield radio.numero_dias, onde.em("nrDias")

    yield from not_above_zero(esta, contexto, quantidades())


# --- OPME ---------------------------------------------------------------------------------------------


@regra("TISS-OPME-IDENTIFICACAO", Motivo.REGISTRO_ANVISA_INVALIDO, "dominio.md R27: TUSS code or Anvisa; neither: 3106")
def materials_are_identified(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """A material has a TUSS code; one of the operadora's own table has its registration at Anvisa."""
    for material, onde in _materiais(anexos):
        registrado = material.registro_anvisa is not None and material.registro_anvisa.strip()
        if material.codigo_tabela in _TABELAS_PROPRIAS and not registrado:
            yield tell(
                esta,
                contexto,
                onde,
                f"O material é da tabela {material.codigo_tabela}, sem código TUSS, e não informa registroANVISA. "
                "Informe o código TUSS ou o registro na Anvisa.",
            )


@regra("TISS-OPME-FABRICANTE", Motivo.CAMPO_CONDICIONADO_INCORRETO, "dominio.md R27: up to 3 manufacturer options")
def manufacturers_are_options(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """The same product is asked for once in each of the three options of manufacturer, so three times at most."""
    for anexo, onde in anexos.opme:
        vistos: set[tuple[str | None, ...]] = set()
        for material, lugar in itens_de(onde.em("opmeSolicitadas"), "opmeSolicitada", anexo.itens):
            produto = (
                material.opcao_fabricante,
                material.codigo_tabela,
                material.codigo_procedimento,
                material.descricao_procedimento,
                material.registro_anvisa,
                material.codigo_ref_fabricante,
            )
            if produto in vistos and material.opcao_fabricante.strip():
                mensagem = (
                    "O material já foi pedido nesta mesma opção de fabricante. Some as quantidades em uma linha, ou "
                    "informe em opcaoFabricante outra opção, de 1 a 3."
                )
                yield tell(esta, contexto, lugar.em("opcaoFabricante"), mensagem)
            vistos.add(produto)


@regra("TISS-OPME-VALOR", Motivo.VALOR_ZERO, "tiss.md 5.1: value zero; seguranca.md 2.3: negatives valid")
def prices_asked_are_positive(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """A price, where one is given, is above zero."""
    campos = [(material.valor_solicitado, onde.em("valorSolicitado")) for material, onde in _materiais(anexos)]
    yield from not_above_zero(esta, contexto, campos)


# --- oncology -----------------------------------------------------------------------------------------


@regra("TISS-QUIMIO-CICLO", Motivo.CAMPO_CONDICIONADO_INCORRETO, "tiss.md 2.3: the schema compares no cycles")
def the_cycle_is_one_of_those_planned(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """The present cycle of a chemotherapy is not beyond the last one, and cycles are not apart by less than nothing."""
    for anexo, onde in anexos.quimio:
        if anexo.numero_ciclos != NUMERO_ILEGIVEL and anexo.ciclo_atual > anexo.numero_ciclos:
            mensagem = "O cicloAtual passa do numeroCiclos. Corrija um dos dois."
            yield tell(esta, contexto, onde.em("cicloAtual"), mensagem)
        yield from below_zero(esta, contexto, [(anexo.intervalo_ciclos, onde.em("intervaloCiclos"))])


@regra("TISS-ONCOLOGIA-PACIENTE", Motivo.CAMPO_CONDICIONADO_INCORRETO, "tiss.md 2.3: the schema accepts any number")
def patients_have_a_body(esta: Regra[Anexos], anexos: Anexos, contexto: Contexto) -> Iterator[Achado]:
    """Weight, height and body surface are above zero; an age is not negative."""
    for quimio, onde in anexos.quimio:
        dados, lugar = quimio.dados_complementares, onde.em("dadosComplementaresBeneficiario")
        medidas = [
            (dados.peso, lugar.em("peso")),
            (dados.altura, lugar.em("altura")),
            (dados.superficie_corporal, lugar.em("superficieCorporal")),
        ]
        yield from not_above_zero(esta, contexto, medidas)
        yield from below_zero(esta, contexto, [(dados.idade, lugar.em("idade"))])
    for radio, onde in anexos.radio:
        lugar = onde.em("dadosComplementaresBeneficiario", "idade")
        yield from below_zero(esta, contexto, [(radio.dados_complementares.idade, lugar)])


RULES: Final[tuple[Regra[Anexos], ...]] = (
    annex_is_for_the_destination,
    annex_numbers_are_unique,
    annex_quantities_are_positive,
    materials_are_identified,
    manufacturers_are_options,
    prices_asked_are_positive,
    the_cycle_is_one_of_those_planned,
    patients_have_a_body,
    annex_days_have_come,
)
"""Rules of annexes, in the order they are told."""
