"""The life of a load: arrival, plan, parts, end, failure, resumption."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cadastro.domain.carga_periodos import situacao_informada
from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas import following as service
from conecta_cargas import loading as steps
from conecta_cargas import states as cargas
from conecta_cargas.loading import Chave, Item
from conecta_cargas.reading import MAXIMO_DE_PARTES
from conecta_cargas.states import (
    Carga,
    CargaNotFoundError,
    Contagem,
    Decisao,
    Guardado,
    LostRaceError,
    NotResumableError,
    PartsMissingError,
    ReportNotReadyError,
    SituacaoCarga,
    StaleCargaError,
    decide,
    referencia,
)
from conecta_edge.clock import FUSO
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import CNPJ, NOW, OUTRO_CNPJ, PASA, VALE
from tests.fakes_cargas import ARRIVED, CONCLUIDA, Casa, Cut, FakeCargas, csv, vida

HABILITADO, SUSPENSO, DESCREDENCIADO = Situacao.HABILITADO, Situacao.SUSPENSO, Situacao.DESCREDENCIADO


@pytest.fixture
def casa() -> Casa:
    return Casa()


def where(carga: Carga) -> dict[str, str]:
    return {"registro_ans": carga.registro_ans, "carga_id": carga.id}


def arrival(casa: Casa, chave: str, conteudo: bytes = b"x") -> Carga:
    versao = casa.arquivos.chegar(chave, conteudo)
    found = steps.register_carga(
        chave, versao, tipos=TIPOS, cargas_=casa.cargas, arquivos=casa.arquivos, fuso=FUSO, now=casa.agora
    )
    assert found is not None
    return found


# -- arrival ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vidas-2026-11-20.csv", datetime(2026, 11, 20, 3, tzinfo=UTC)),
        ("vidas20261120.csv", datetime(2026, 11, 20, 3, tzinfo=UTC)),
        ("2026-11-20T0830_vidas.csv", datetime(2026, 11, 20, 11, 30, tzinfo=UTC)),
        ("vidas_20261120-083015.csv", datetime(2026, 11, 20, 11, 30, 15, tzinfo=UTC)),
        ("20261399-vidas-20261120_2359.csv", datetime(2026, 11, 21, 2, 59, tzinfo=UTC)),
        ("vidas.csv", ARRIVED),
        ("vidas-2026-1120.csv", ARRIVED),
        ("lote-120261120.csv", ARRIVED),
        ("vidas-2026-11-31.csv", ARRIVED),
        ("vidas-20261120-2560.csv", ARRIVED),
    ],
)
def test_a_file_speaks_of_the_date_in_its_name_else_of_when_it_came(name: str, expected: datetime) -> None:
    assert referencia(name, ARRIVED, FUSO) == expected


@pytest.mark.parametrize(
    ("chave", "codigo", "registro"),
    [
        (f"cadastro/{VALE}/planos/a/b.csv", "chave-invalida", VALE),
        (f"cadastro/{VALE}/planos/a.txt", "chave-invalida", VALE),
        (f"cadastro/{VALE}/a.csv", "chave-invalida", VALE),
        ("cadastro/VALE/planos/a.csv", "chave-invalida", cargas.SEM_REGISTRO),
        ("cadastro/a.csv", "chave-invalida", cargas.SEM_REGISTRO),
        (f"cadastro/{VALE}/pessoas/a.csv", "tipo-desconhecido", VALE),
        (f"cadastro/{PASA}/planos/a.csv", "operadora-desconhecida", PASA),
        (f"cadastro/{VALE}/planos/a-2062-11-21.csv", "referencia-futura", VALE),
    ],
)
def test_a_file_that_cannot_be_loaded_is_a_refused_load_that_everybody_sees(
    casa: Casa, chave: str, codigo: str, registro: str
) -> None:
    carga = arrival(casa, chave)
    assert (carga.situacao, carga.registro_ans) == (SituacaoCarga.RECUSADA, registro)
    assert [recusa.codigo for recusa in carga.recusas] == [codigo]
    assert casa.cargas.page(registro, None, 9).rows == [carga]
    assert len(casa.cargas.events) == 1
    assert casa.executar(carga) == carga
    assert [line[2] for line in casa.relatorio(carga)] == [codigo]


def test_the_first_file_of_an_operadora_says_who_it_is(casa: Casa) -> None:
    carga = casa.chegar("operadora", csv("operadora", {"grupo": "345695 331988"}), registro=PASA)
    assert carga.situacao is SituacaoCarga.RECEBIDA


def test_one_version_of_a_file_is_one_load_however_often_it_is_told(casa: Casa) -> None:
    first = casa.chegar("planos", csv("planos", {}))
    chave = first.objeto.chave
    again = steps.register_carga(
        chave, "v1", tipos=TIPOS, cargas_=casa.cargas, arquivos=casa.arquivos, fuso=FUSO, now=NOW + timedelta(hours=1)
    )
    assert again == first
    assert casa.chegar("planos", csv("planos", {})).id != first.id
    assert cargas.ID.fullmatch(first.id)


def test_loads_are_named_in_the_order_in_which_files_came(casa: Casa) -> None:
    loads = [casa.chegar("planos", "x", em=ARRIVED + timedelta(seconds=n)) for n in range(12)]
    ids = [carga.id for carga in loads]
    assert ids == sorted(ids)
    assert [carga.id for carga in casa.cargas.page(VALE, None, 5).rows] == ids[::-1][:5]


def test_a_file_that_is_gone_is_no_load(casa: Casa) -> None:
    gone = steps.register_carga(
        "cadastro/1/x", "v9", tipos=TIPOS, cargas_=casa.cargas, arquivos=casa.arquivos, fuso=FUSO, now=NOW
    )
    assert gone is None
    assert casa.cargas.rows == {}


# -- the steps --------------------------------------------------------------------------------------------------


def test_a_load_cannot_end_before_its_parts(casa: Casa) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", *(vida(n) for n in range(50))))
    casa.cargas.rows[VALE, carga.id] = replace(carga, passo=700)
    parts = steps.plan(**where(carga), ports=casa.ports)
    assert 3 < len(parts) <= MAXIMO_DE_PARTES
    for parte in parts[1:]:
        steps.load_part(**where(carga), parte=parte, ports=casa.ports)
    with pytest.raises(PartsMissingError):
        steps.conclude(**where(carga), ports=casa.ports)
    assert steps.load_part(**where(carga), parte=parts[0], ports=casa.ports).lidas > 0
    ended = steps.conclude(**where(carga), ports=casa.ports)
    assert ended.contagem == Contagem(50, 50, 0, 0)
    assert steps.conclude(**where(carga), ports=casa.ports) == ended
    assert steps.plan(**where(carga), ports=casa.ports) == []
    assert len(casa.cargas.events) == 1


def test_a_part_that_has_ended_is_not_loaded_again(casa: Casa) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", vida(1), vida(2)))
    (parte,) = steps.plan(**where(carga), ports=casa.ports)
    first = steps.load_part(**where(carga), parte=parte, ports=casa.ports)
    casa.registros.rows.clear()
    assert steps.load_part(**where(carga), parte=parte, ports=casa.ports) == first
    assert casa.registros.rows == {}


def test_a_load_is_cut_as_it_was_first_whatever_the_release(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", *(vida(n) for n in range(50))))
    first = steps.plan(**where(carga), ports=casa.ports)
    monkeypatch.setattr(steps, "TAMANHO_DA_PARTE", 100)
    assert steps.plan(**where(carga), ports=casa.ports) == first


def test_nobody_can_load_what_is_not_there(casa: Casa) -> None:
    with pytest.raises(CargaNotFoundError):
        steps.plan(registro_ans=PASA, carga_id="x", ports=casa.ports)


def test_rows_that_others_change_without_end_make_the_part_try_later(casa: Casa) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", vida(1)))
    (parte,) = steps.plan(**where(carga), ports=casa.ports)
    times = iter(range(100))

    def change(escritas: object) -> None:
        for item in casa.registros.itens("beneficiarios", VALE, {"numero_carteira": "1"}, NOW.date(), NOW.date()):
            casa.registros.rows[item.chave] = {"fonte": f"2000#{next(times):03}", "resumo": "x", "dados": {}}

    casa.registros.before_write = change
    with pytest.raises(LostRaceError):
        steps.load_part(**where(carga), parte=parte, ports=casa.ports)
    casa.registros.before_write = lambda _escritas: None
    assert steps.load_part(**where(carga), parte=parte, ports=casa.ports) == Contagem(1, 1, 0, 0)


def test_a_row_that_what_is_stored_refuses_is_reported_and_writes_none_of_its_items(casa: Casa) -> None:
    ler = casa.registros.ler
    why = ("cnes", "cnes-de-outro", "Este CNES é de outro prestador.")

    def refuse(itens: Sequence[Item]) -> Mapping[Chave, Guardado]:
        taken = {item.chave: Guardado(None, None, None, recusas=(why,)) for item in itens if CNPJ in item.chave[1]}
        return {**ler(itens), **taken}

    casa.registros.ler = refuse
    rows = ({"prestador": CNPJ}, {"prestador": OUTRO_CNPJ, "codigo_na_operadora": "2"})
    carga = casa.carregar("prestadores", csv("prestadores", *rows))
    assert carga.contagem == Contagem(2, 1, 0, 1)
    assert casa.relatorio(carga) == [["2", *why]]
    assert {chave[1] for chave in casa.registros.rows} == {f"PRESTADOR#{OUTRO_CNPJ}", f"OPERADORA#{VALE}#CODIGO#2"}


def test_two_executions_of_one_load_are_one(casa: Casa) -> None:
    """The second plan and the second end find the load changed under them, and go on."""

    class Beside(FakeCargas):
        """Somebody else moves the load just before we do."""

        def change(self, antes: Carga, depois: Carga, evento: str | None, now: datetime) -> None:
            held = self.rows[antes.registro_ans, antes.id]
            if held.versao == antes.versao and held.versao < 4:
                super().change(held, replace(held, versao=held.versao + 1), None, now)
            super().change(antes, depois, evento, now)

    casa.cargas = Beside()
    carga = casa.carregar("beneficiarios", csv("beneficiarios", vida(1)))
    assert carga.situacao is CONCLUIDA
    assert len(casa.cargas.events) == 1


def test_a_load_that_never_stands_still_is_given_up(casa: Casa) -> None:
    carga = casa.chegar("planos", csv("planos", {}))

    def refuse(*_: object) -> None:
        raise StaleCargaError

    casa.cargas.change = refuse
    with pytest.raises(StaleCargaError):
        steps.plan(**where(carga), ports=casa.ports)


def test_the_report_of_many_refusals_is_cut_and_says_so(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "RELATORIO_MAXIMO", 200)
    rows = [vida(n, nome="") for n in range(40)]
    carga = casa.carregar("beneficiarios", csv("beneficiarios", *rows), passo=500)
    lines = casa.relatorio(carga)
    assert lines[0][0] == "2"
    assert lines[-1][2] == "relatorio-cortado"
    assert len(lines) < 6
    assert carga.contagem == Contagem(40, 0, 0, 40)
    assert len(carga.recusas) == 20


# -- failure and resumption -------------------------------------------------------------------------------------


def fail(casa: Casa, carga: Carga) -> Carga:
    return steps.fail(**where(carga), erro="Sandbox.Timedout", ports=casa.ports)


def again(casa: Casa, carga: Carga, after: timedelta = timedelta(0)) -> Carga:
    return service.resume(**where(carga), cargas_=casa.cargas, now=NOW + after)


def test_a_failed_load_says_why_and_is_resumed(casa: Casa) -> None:
    carga = casa.chegar("planos", csv("planos", {}))
    failed = fail(casa, carga)
    assert (failed.situacao, failed.erro) == (SituacaoCarga.FALHOU, "Sandbox.Timedout")
    with pytest.raises(ReportNotReadyError):
        service.report(failed, casa.arquivos)
    resumed = again(casa, carga)
    assert (resumed.situacao, resumed.tentativa) == (SituacaoCarga.RETOMADA, 2)
    assert casa.cargas.events == [("CargaRetomada", VALE, carga.id, Contagem())]
    with pytest.raises(NotResumableError):
        again(casa, carga)
    ended = casa.executar(resumed)
    assert (ended.situacao, ended.erro) == (CONCLUIDA, None)


@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=14, seconds=59)])
def test_a_load_that_runs_is_not_resumed(casa: Casa, after: timedelta) -> None:
    carga = casa.chegar("planos", csv("planos", {}))
    with pytest.raises(NotResumableError):
        again(casa, carga, after)
    steps.plan(**where(carga), ports=casa.ports)
    with pytest.raises(NotResumableError):
        again(casa, carga, after)


def test_a_load_nobody_works_on_any_more_is_resumed_but_news_of_a_part_count(casa: Casa) -> None:
    carga = casa.chegar("planos", csv("planos", {}))
    (parte,) = steps.plan(**where(carga), ports=casa.ports)
    casa.agora = NOW + timedelta(minutes=10)
    steps.load_part(**where(carga), parte=parte, ports=casa.ports)
    with pytest.raises(NotResumableError):
        again(casa, carga, timedelta(minutes=24))
    assert again(casa, carga, timedelta(minutes=25)).tentativa == 2


@pytest.mark.parametrize("end", [lambda casa: casa.carregar("planos", csv("planos", {})),
                                 lambda casa: casa.carregar("planos", "x\n")])  # fmt: skip
def test_a_load_that_is_over_is_neither_failed_nor_resumed(casa: Casa, end: Callable[[Casa], Carga]) -> None:
    carga = end(casa)
    assert fail(casa, carga) == carga
    with pytest.raises(NotResumableError):
        again(casa, carga, timedelta(days=1))


def test_a_load_that_came_before_its_operadora_is_resumed_once_that_is_known(casa: Casa) -> None:
    carga = casa.chegar("planos", csv("planos", {}), registro=PASA)
    resumed = again(casa, carga)
    assert casa.executar(resumed).situacao is CONCLUIDA


def test_a_verdict_that_comes_after_a_failure_is_still_the_verdict(casa: Casa) -> None:
    carga = casa.chegar("planos", csv("planos", {}))
    (parte,) = steps.plan(**where(carga), ports=casa.ports)
    steps.load_part(**where(carga), parte=parte, ports=casa.ports)
    fail(casa, carga)
    assert steps.conclude(**where(carga), ports=casa.ports).situacao is CONCLUIDA


def test_progress_tells_parts_rows_and_pace(casa: Casa) -> None:
    rows = [vida(n, nome="" if n == 5 else "Nome") for n in range(60)]
    carga = casa.chegar("beneficiarios", csv("beneficiarios", *rows))
    assert service.progress(carga, casa.cargas).percentual == 0
    casa.cargas.rows[VALE, carga.id] = replace(carga, passo=1000)
    parts = steps.plan(**where(carga), ports=casa.ports)
    casa.agora = NOW + timedelta(seconds=4)
    done = steps.load_part(**where(carga), parte=parts[0], ports=casa.ports)
    running = casa.cargas.get(VALE, carga.id)
    seen = service.progress(running, casa.cargas)
    assert (seen.contagem, seen.partes_prontas, seen.percentual) == (done, 1, 100 // len(parts))
    assert seen.linhas_por_segundo == done.lidas // 4
    assert [recusa.linha for recusa in seen.recusas] == [7]
    for parte in parts:
        steps.load_part(**where(carga), parte=parte, ports=casa.ports)
    ended = steps.conclude(**where(carga), ports=casa.ports)
    seen = service.progress(ended, casa.cargas)
    assert (seen.contagem, seen.percentual, seen.partes_prontas) == (Contagem(60, 59, 0, 1), 100, len(parts))


def test_a_resumed_load_counts_its_pace_from_its_new_start(casa: Casa) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", *(vida(n) for n in range(40))))
    casa.cargas.rows[VALE, carga.id] = replace(carga, passo=1000)
    parts = steps.plan(**where(carga), ports=casa.ports)
    steps.load_part(**where(carga), parte=parts[0], ports=casa.ports)
    fail(casa, carga)
    again(casa, carga)
    casa.agora = NOW + timedelta(hours=3)
    steps.plan(**where(carga), ports=casa.ports)
    casa.agora += timedelta(seconds=1)
    second = steps.load_part(**where(carga), parte=parts[1], ports=casa.ports)
    seen = service.progress(casa.cargas.get(VALE, carga.id), casa.cargas)
    assert seen.linhas_por_segundo == second.lidas


def test_a_load_interrupted_between_the_two_items_of_a_row_is_completed(casa: Casa) -> None:
    """The profile was written, the relacionamento and its code were not: the row counts once, as loaded."""
    file = csv("prestadores", {"prestador": CNPJ})
    carga, first = casa.chegar("prestadores", file), []
    gravar = casa.registros.gravar

    def die(carga_id: str, fonte: str, escritas: list[object]) -> None:
        first.append(gravar(carga_id, fonte, escritas[:1]))
        raise Cut

    casa.registros.gravar = die
    with pytest.raises(Cut):
        casa.executar(carga)
    casa.registros.gravar = gravar
    assert casa.executar(carga).contagem == Contagem(1, 1, 0, 0)
    assert len(casa.registros.rows) == 3


# -- a row against what is stored -------------------------------------------------------------------------------

OLD, FONTE, NEW = "2026-01#a", "2026-02#b", "2026-03#c"


@pytest.mark.parametrize(
    ("guardado", "expected"),
    [
        (None, Decisao.GRAVAR),
        (Guardado(None, None, None), Decisao.GRAVAR),
        (Guardado(OLD, "outro", "c0"), Decisao.GRAVAR),
        (Guardado(OLD, "igual", "c0"), Decisao.ATUALIZAR_FONTE),
        (Guardado(NEW, "outro", "c0"), Decisao.INALTERADA),
        (Guardado(NEW, "igual", "c0"), Decisao.INALTERADA),
        (Guardado(FONTE, "igual", "c0"), Decisao.INALTERADA),
        (Guardado(FONTE, "igual", "c1"), Decisao.JA_GRAVADA),
        (Guardado(NEW, "igual", "c1"), Decisao.JA_GRAVADA),
        (Guardado(NEW, "outro", None, eliminado=True), Decisao.ELIMINADA),
        (Guardado(None, None, None, eliminado=True, recusas=(("a", "b", "c"),)), Decisao.ELIMINADA),
        (Guardado(OLD, "outro", None, recusas=(("a", "b", "c"),)), Decisao.RECUSADA),
        (Guardado("2026-02#c", "outro", None), Decisao.INALTERADA),
    ],
)
def test_the_greatest_fonte_stays_and_the_same_content_is_not_written_twice(
    guardado: Guardado | None, expected: Decisao
) -> None:
    assert decide(guardado, fonte=FONTE, carga="c1", resumo_="igual") is expected


def test_a_decision_of_the_portal_comes_after_a_file_of_the_same_instant(casa: Casa) -> None:
    carga = casa.chegar("planos", csv("planos", {}))
    assert f"{cargas.instante(carga.referencia)}#api" > carga.fonte


def relacionamento(*periodos: tuple[Situacao, str]) -> Relacionamento:
    return Relacionamento(CNPJ, VALE, "1", tuple(Periodo(s, date.fromisoformat(d)) for s, d in periodos))


@pytest.mark.parametrize(
    ("held", "told", "ate", "expected"),
    [
        ([], (HABILITADO, "2024-01-02"), None, [(HABILITADO, "2024-01-02")]),
        ([(HABILITADO, "2024-01-02")], (HABILITADO, "2024-01-02"), None, [(HABILITADO, "2024-01-02")]),
        ([(HABILITADO, "2024-01-02")], (SUSPENSO, "2026-01-01"), None,
         [(HABILITADO, "2024-01-02"), (SUSPENSO, "2026-01-01")]),
        ([(HABILITADO, "2024-01-02"), (SUSPENSO, "2026-11-01")], (HABILITADO, "2024-01-02"), None,
         [(HABILITADO, "2024-01-02"), (SUSPENSO, "2026-11-01")]),
        ([(HABILITADO, "2024-01-02"), (SUSPENSO, "2026-11-01")], (HABILITADO, "2020-01-01"), None,
         [(HABILITADO, "2020-01-01"), (HABILITADO, "2024-01-02"), (SUSPENSO, "2026-11-01")]),
        ([(HABILITADO, "2024-01-02")], (DESCREDENCIADO, "2024-01-02"), None,
         [(HABILITADO, "2024-01-02"), (DESCREDENCIADO, "2024-01-02")]),
        ([(HABILITADO, "2024-01-02")], (SUSPENSO, "2026-11-01"), "2026-11-30",
         [(HABILITADO, "2024-01-02"), (SUSPENSO, "2026-11-01"), (HABILITADO, "2026-12-01")]),
        ([(SUSPENSO, "2026-11-01"), (HABILITADO, "2026-12-01")], (SUSPENSO, "2026-11-01"), "2026-12-31",
         [(SUSPENSO, "2026-11-01"), (HABILITADO, "2027-01-01")]),
        ([(SUSPENSO, "2026-11-01"), (HABILITADO, "2026-12-01")], (SUSPENSO, "2026-11-01"), None,
         [(SUSPENSO, "2026-11-01"), (HABILITADO, "2026-12-01")]),
        ([(SUSPENSO, "2026-11-01"), (HABILITADO, "2026-11-10")], (SUSPENSO, "2026-11-01"), "2026-12-31",
         [(SUSPENSO, "2026-11-01"), (HABILITADO, "2026-11-10")]),
        ([(SUSPENSO, "2026-11-01"), (DESCREDENCIADO, "2026-12-01")], (SUSPENSO, "2026-11-01"), "2026-11-30",
         [(SUSPENSO, "2026-11-01"), (DESCREDENCIADO, "2026-12-01")]),
    ],
)  # fmt: skip
def test_the_list_of_periods_only_grows(
    held: list[tuple[Situacao, str]],
    told: tuple[Situacao, str],
    ate: str | None,
    expected: list[tuple[Situacao, str]],
) -> None:
    before = relacionamento(*held) if held else None
    end = date.fromisoformat(ate) if ate else None
    made = situacao_informada(before, relacionamento(told), end, date(2026, 11, 21))
    assert made == relacionamento(*expected)
    assert situacao_informada(made, relacionamento(told), end, date(2026, 11, 21)) == made


def test_a_file_that_gives_the_reason_of_a_known_state_corrects_it() -> None:
    held = relacionamento((SUSPENSO, "2026-11-01"))
    told = replace(held, periodos=(replace(held.periodos[0], motivo="Auditoria"),), codigo_na_operadora="2")
    assert situacao_informada(held, told, None, date(2026, 11, 21)) == told
    assert situacao_informada(told, held, None, date(2026, 11, 21)).periodos == told.periodos
