"""The analysis: what is paid of each line, why not the rest, and what auditoria changes; sums hold to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.analise import (
    Glosa,
    Recuperado,
    Resultado,
    broken,
    glosar,
    judge,
    recuperar,
    retirar,
    reverter,
    taken_of_lines,
)
from conecta_contas.contexto import by_code
from conecta_contas.errors import GlosaInvalidaError, MotivoAusenteError
from tests.builders_autorizacao import PERICIA
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, a_contrato, a_preco
from tests.builders_peg import (
    DIA,
    a_knowledge,
    a_life,
    a_sadt,
    a_senha,
    a_visit,
    authorised,
    billed,
    done,
    granted,
    judged,
)

ZERO = Decimal("0.00")
PUBLICADA = date(2026, 12, 1)


def analysed(*guias: Any, **contexto: Any) -> Resultado:
    return judged(*guias, contexto=a_knowledge(**contexto)).resultado


def manual(indice: int = 1, sequencia: int | None = 1, retirado: str | None = None, **changes: Any) -> Glosa:
    """A glosa by auditoria."""
    made = Glosa(
        0, "MANUAL", "1426", "NAO_AUTORIZADO_PELA_AUDITORIA", "Não há indicação no laudo.", indice, sequencia,
        retirado=Decimal(retirado) if retirado else None,
    )  # fmt: skip
    return replace(made, **changes)


def three() -> Resultado:
    """Three lines of R$ 100.00 in two guias, nothing taken."""
    lines = tuple(done(PERICIA, valor="100.00", hora_inicial=hour) for hour in ("08:00:00", "09:00:00"))
    found = analysed(a_sadt(*lines, senha=None), a_sadt(lines[0], numero="G2", senha=None), regras={})
    assert found.glosado == Decimal("100.00")  # the second guia repeats the first
    return reverter(found, 1, autor="auditora", motivo="Outro atendimento")


def test_nothing_is_taken_of_what_is_due() -> None:
    found = judged()
    assert found.achados == ()
    assert not found.recusado
    assert found.em_risco == 0
    assert (found.resultado.informado, found.resultado.liberado) == (Decimal("18.50"), Decimal("18.50"))


def test_a_glosa_says_all_that_is_needed_to_contest_it() -> None:
    (one,) = analysed(a_sadt(done(valor="20.00"))).glosas
    assert (one.regra, one.codigo, one.motivo, one.dados) == (
        "COB-PRECO", "1705", "VALOR_ACIMA_DO_CONTRATADO", "precos-3",
    )  # fmt: skip
    assert (one.visto, one.esperado, one.campo) == ("20.00", "18.50", "valorUnitario")
    assert (one.base, one.contrato) == ("Contrato entre o prestador e a operadora (RN 503/2022).", "2026/001")
    assert (one.caminho or "").endswith("/ans:guiaSP-SADT/ans:procedimentosExecutados/ans:procedimentoExecutado")
    assert one.contestar_ate(PUBLICADA) == date(2026, 12, 31)
    assert "até 31/12/2026" in one.como_contestar(PUBLICADA)


def test_without_a_contract_there_is_no_term_to_contest() -> None:
    ended = replace(a_knowledge().contrato, contratos=(a_contrato(vigente_ate=date(2026, 2, 1)),))
    (one,) = analysed(contrato=ended).glosas
    assert (one.contrato, one.contestar_ate(PUBLICADA)) == (None, None)
    assert one.como_contestar(PUBLICADA).startswith("Envie recurso de glosa, em")


def test_every_reason_is_kept_and_only_the_strongest_takes_the_reais() -> None:
    contexto = a_knowledge(vidas={CARTEIRA: a_life(data_exclusao=date(2026, 1, 1))})
    found = judged(a_sadt(done(quantidade=2, valor="20.00")), contexto=contexto)
    assert [(one.regra, one.valor) for one in found.resultado.glosas] == [
        ("COB-COBERTURA", Decimal("40.00")), ("COB-PRECO", ZERO), ("COB-QUANTIDADE", ZERO),
    ]  # fmt: skip
    assert [one.em_risco for one in found.achados] == [Decimal("40.00"), Decimal("3.00"), Decimal("20.00")]
    assert found.em_risco == Decimal("40.00")
    assert broken(found.resultado) == ()


def test_when_the_strongest_is_taken_back_the_others_take_theirs() -> None:
    contexto = a_knowledge(vidas={CARTEIRA: a_life(data_exclusao=date(2026, 1, 1))})
    found = judged(a_sadt(done(quantidade=2, valor="20.00")), contexto=contexto).resultado
    after = reverter(found, 1, autor="auditora", motivo="Liminar")
    assert [(one.regra, one.valor) for one in after.glosas] == [
        ("COB-COBERTURA", ZERO), ("COB-PRECO", Decimal("3.00")), ("COB-QUANTIDADE", Decimal("18.50")),
    ]  # fmt: skip
    assert (after.glosas[0].revertida_por, after.glosas[0].motivo_reversao) == ("auditora", "Liminar")
    assert (after.liberado, after.glosado) == (Decimal("18.50"), Decimal("21.50"))
    assert broken(after) == ()
    for wrong in (1, 9):
        with pytest.raises(GlosaInvalidaError):
            reverter(after, wrong, autor="auditora", motivo="De novo")
    with pytest.raises(MotivoAusenteError):
        reverter(after, 2, autor="auditora", motivo=" ")


def test_a_warning_takes_nothing() -> None:
    prices = by_code((a_preco(HEMOGRAMA, "18.50"),))
    assert analysed(a_visit(), precos=prices).glosado == 0


def test_of_two_quantities_the_smaller_one_stays() -> None:
    found = analysed(a_sadt(done(quantidade=4, valor="10.00")))
    doubled = replace(found.glosas[0], id=2, cabem=Decimal(2))
    after = reverter(
        replace(found, glosas=(*found.glosas, doubled, replace(doubled, id=3))), 3, autor="auditora", motivo="Engano"
    )
    assert [one.valor for one in after.glosas] == [Decimal("30.00"), ZERO, ZERO]
    assert after.liberado == Decimal("10.00")


# --- auditoria ---


def test_auditoria_takes_an_item_a_part_of_it_a_guia_or_the_whole() -> None:
    start = three()
    for glosa, taken in (
        (manual(), "100.00"), (manual(retirado="30.00"), "30.00"), (manual(sequencia=None), "200.00"),
        (manual(indice=2), "100.00"), (manual(indice=0, sequencia=None), "300.00"),
    ):  # fmt: skip
        after = glosar(start, glosa, autor="auditora")
        assert (after.glosado, after.informado) == (Decimal(taken), Decimal("300.00"))
        assert (after.glosas[-1].autor, after.glosas[-1].valor, after.glosas[-1].id) == ("auditora", Decimal(taken), 2)
        assert broken(after) == ()
        assert reverter(after, 2, autor="chefe", motivo="Laudo veio depois").glosado == 0


def test_what_auditoria_adds_comes_after_what_the_rules_took() -> None:
    found = analysed(a_sadt(done(quantidade=2, valor="20.00")))
    after = glosar(found, manual(retirado="8.50"), autor="auditora")
    assert [one.valor for one in after.glosas] == [Decimal("3.00"), Decimal("18.50"), Decimal("8.50")]
    assert after.liberado == Decimal("10.00")


def test_of_what_auditoria_adds_the_first_keeps_what_it_took_and_the_next_takes_the_rest() -> None:
    first = glosar(three(), manual(indice=1, sequencia=None), autor="auditora")
    after = glosar(first, manual(indice=0, sequencia=None), autor="auditora")
    assert [one.valor for one in after.glosas[-2:]] == [Decimal("200.00"), Decimal("100.00")]


@pytest.mark.parametrize(
    "wrong",
    [
        manual(indice=9),
        manual(sequencia=9),
        manual(retirado="100.01"),
        manual(retirado="-1.00"),
        manual(sequencia=None, retirado="1.00"),
        manual(indice=0, sequencia=None, retirado="1.00"),
    ],
)
def test_no_more_is_taken_than_is_there(wrong: Glosa) -> None:
    with pytest.raises(GlosaInvalidaError):
        glosar(three(), wrong, autor="auditora")


def test_nothing_is_taken_twice_nor_without_a_reason() -> None:
    emptied = glosar(three(), manual(indice=0, sequencia=None), autor="auditora")
    with pytest.raises(GlosaInvalidaError):
        glosar(emptied, manual(), autor="auditora")
    with pytest.raises(MotivoAusenteError):
        glosar(three(), manual(mensagem=" "), autor="auditora")


def test_a_guia_withdrawn_leaves_with_its_glosas() -> None:
    found = glosar(three(), manual(indice=2), autor="auditora")
    after = retirar(found, 2)
    assert (after.informado, after.glosado, after.glosas) == (Decimal("200.00"), ZERO, ())


def test_the_checker_sees_each_sum_that_does_not_hold() -> None:
    found = analysed(a_sadt(done(valor="20.00")))
    assert broken(replace(found, glosas=())) == ("soma das glosas",)
    (guia,) = found.guias
    (line,) = guia.itens
    worse = replace(line, glosado=Decimal("-1.00"))
    assert "guia G1, item 1" in broken(replace(found, guias=(replace(guia, itens=(worse,)),)))
    more = replace(line, glosado=Decimal("21.00"))
    assert "guia G1, item 1" in broken(replace(found, guias=(replace(guia, itens=(more,)),)))


# --- recurso ---

R1, R2 = "261160000001", "261160000002"


def test_what_a_recurso_gives_back_is_taken_no_more() -> None:
    start = glosar(three(), manual(indice=1, sequencia=None), autor="auditora")
    partes = (Recuperado(R1, 2, 1, 1, Decimal("100.00")), Recuperado(R1, 2, 1, 2, Decimal("30.00")))
    after = recuperar(start, partes)
    assert (start.glosado, after.glosado, after.liberado) == tuple(map(Decimal, ("200.00", "70.00", "230.00")))
    assert [line.liberado for line in after.guias[0].itens] == [Decimal("100.00"), Decimal("30.00")]
    assert (after.glosas[1].valor, after.glosas[1].recuperado) == (Decimal("70.00"), Decimal("130.00"))
    assert (after.recuperado, after.guias[0].recuperado) == (Decimal("130.00"), Decimal("130.00"))
    taken = {place: [valor for _, valor in glosas] for place, glosas in taken_of_lines(after).items()}
    assert taken == {(1, 1): [ZERO], (1, 2): [Decimal("70.00")]}
    assert broken(after) == ()


def test_a_recurso_gives_back_once_and_the_next_one_of_what_is_left() -> None:
    start = glosar(three(), manual(), autor="auditora")
    after = recuperar(start, (Recuperado(R1, 2, 1, 1, Decimal("40.00")),))
    assert recuperar(after, (Recuperado(R1, 2, 1, 1, Decimal("40.00")),)) is after
    assert recuperar(after, ()) is after
    with pytest.raises(GlosaInvalidaError):
        recuperar(after, (Recuperado(R2, 2, 1, 1, Decimal("60.01")),))
    assert recuperar(after, (Recuperado(R2, 2, 1, 1, Decimal("60.00")),)).glosado == 0


def test_what_was_given_back_is_taken_by_no_other_glosa() -> None:
    contexto = a_knowledge(vidas={CARTEIRA: a_life(data_exclusao=date(2026, 1, 1))})
    found = judged(a_sadt(done(quantidade=2, valor="20.00")), contexto=contexto).resultado
    after = recuperar(found, (Recuperado(R1, 1, 1, 1, Decimal("40.00")),))
    assert ([one.valor for one in after.glosas], after.liberado) == ([ZERO, ZERO, ZERO], Decimal("40.00"))


@pytest.mark.parametrize(
    ("glosa", "indice", "sequencia", "valor"),
    [(2, 1, 1, "100.01"), (2, 1, 1, "0.00"), (2, 1, 1, "-1.00"), (2, 1, 2, "1.00"), (2, 3, 1, "1.00"),
     (1, 2, 1, "1.00"), (9, 1, 1, "1.00")],
)  # fmt: skip
def test_no_more_is_given_back_than_a_glosa_takes_there(glosa: int, indice: int, sequencia: int, valor: str) -> None:
    start = glosar(three(), manual(), autor="auditora")
    part = Recuperado(R1, glosa, indice, sequencia, Decimal(valor))
    with pytest.raises(GlosaInvalidaError):
        recuperar(start, (part,))
    unseen = replace(start, recuperados=(part,))
    assert f"recurso {R1}, glosa {glosa}" in broken(unseen)
    if part.valor:
        assert "soma do que foi recuperado" in broken(unseen)


def test_the_same_guias_and_knowledge_are_judged_the_same() -> None:
    contexto = a_knowledge(a_senha(granted(authorised(quantidade=3))))
    guias = billed(a_sadt(done(quantidade=2)), a_sadt(done(quantidade=2, data_execucao=DIA), numero="G2"))
    assert judge(guias, contexto) == judge(guias, contexto)
