"""Terminology: TUSS look-up and search, texts of glosas, labels."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from conecta_tiss import artefatos, terminologia
from conecta_tiss.build.sources import Wheel
from conecta_tiss.build.tuss_index import monta
from conecta_tiss.errors import ArtefatosAusentesError, FonteInvalidaError
from conecta_tiss.terminologia.leitor import LeitorTuss, TermoTuss
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Registro = dict[str, str]


@pytest.fixture(scope="module")
def registros() -> list[Registro]:
    lidos: list[Registro] = json.loads(Wheel.instalado().tuss())["records"]
    return lidos


def registro(**campos: str) -> Registro:
    return {
        "codigo": "40304361",
        "tabela": "22",
        "termo": "Hemograma",
        "descricao": "",
        "vigencia_inicio": "2009-02-13",
        "vigencia_fim": "",
        **campos,
    }


@pytest.fixture
def indice_de(tmp_path: Path) -> Callable[..., LeitorTuss]:
    def faz(*registros: Registro) -> LeitorTuss:
        arquivo = tmp_path / artefatos.TUSS
        arquivo.write_bytes(monta(json.dumps({"records": registros}).encode()))
        return LeitorTuss(arquivo)

    return faz


class TestConsulta:
    def test_every_record_of_the_source_is_found_as_it_was(self, registros: list[Registro]) -> None:
        leitor = LeitorTuss(artefatos.artefato(artefatos.TUSS))
        assert len(leitor) == len(registros) == 68_022
        for esperado in registros:
            termo = leitor.get(esperado["codigo"], esperado["tabela"])
            assert termo is not None
            assert termo.termo == " ".join(esperado["termo"].split())
            assert termo.inicio.isoformat() == esperado["vigencia_inicio"]
            assert (termo.fim.isoformat() if termo.fim else "") == esperado["vigencia_fim"]

    def test_a_code_is_found_with_and_without_its_table(self) -> None:
        termo = terminologia.tuss("10101012")
        assert termo == terminologia.tuss("10101012", "22")
        assert termo is not None
        assert (termo.tabela, termo.fim) == ("22", None)
        assert termo.termo.startswith("Consulta em consultório")

    @pytest.mark.parametrize(
        ("codigo", "tabela"),
        [
            ("10101012", "18"),
            ("10101012", "00"),
            ("10101012", "98"),
            ("10101012", ""),
            ("99999999", None),
            ("1010101", None),
            ("010101012", None),
            ("10101012 ", None),
            ("10101012\0", "22"),
            ("", None),
            ("１０１０１０１２", None),
            ("12345678901", None),
            ("consulta", None),
        ],
    )
    def test_what_is_not_a_code_of_the_table_is_not_found(self, codigo: str, tabela: str | None) -> None:
        assert terminologia.tuss(codigo, tabela) is None

    def test_first_and_last_of_each_table_are_found(self, registros: list[Registro]) -> None:
        for tabela in ("18", "19", "20", "22"):
            codigos = sorted(item["codigo"] for item in registros if item["tabela"] == tabela)
            assert terminologia.tuss(codigos[0], tabela) is not None
            assert terminologia.tuss(codigos[-1], tabela) is not None

    def test_a_term_is_in_force_from_its_first_to_its_last_day(self) -> None:
        fim = date(2025, 4, 30)
        assert terminologia.vigente_em("40309223", "22", fim)
        assert not terminologia.vigente_em("40309223", "22", fim + timedelta(days=1))
        assert not terminologia.vigente_em("40309223", "22", date(2009, 2, 12))
        assert terminologia.vigente_em("40309223", "22", date(2009, 2, 13))

    def test_an_unknown_code_is_never_in_force(self) -> None:
        assert not terminologia.vigente_em("40309223", "18", date(2020, 1, 1))

    def test_many_threads_read_one_file(self, registros: list[Registro]) -> None:
        leitor = LeitorTuss(artefatos.artefato(artefatos.TUSS))
        amostra = registros[:: len(registros) // 400]

        def confere(esperado: Registro) -> bool:
            termo = leitor.get(esperado["codigo"], None)
            return termo is not None and termo in leitor.search(termo.codigo, 1, termo.tabela)

        with ThreadPoolExecutor(max_workers=8) as grupo:
            assert all(grupo.map(confere, amostra))


class TestBusca:
    def test_accents_and_case_do_not_matter(self) -> None:
        esperado = terminologia.search("tórax")
        assert esperado
        assert terminologia.search("TORAX") == terminologia.search("To\u0301rax") == esperado

    def test_every_word_must_be_there_in_any_order(self) -> None:
        (primeiro, *_) = terminologia.search("consultorio consulta")
        assert primeiro.codigo == "10101012"
        assert terminologia.search("hemograma inexistente") == ()

    def test_terms_that_start_with_the_text_come_first_and_short_ones_before_long_ones(self) -> None:
        termos = [achado.termo for achado in terminologia.search("creatinina", tabela="22")]
        assert termos[0].startswith("Creatinina")
        comecam = [termo.lower().startswith("creatinina") for termo in termos]
        assert comecam == sorted(comecam, reverse=True)
        assert termos[1:] == sorted(termos[1:], key=len)

    def test_digits_are_the_beginning_of_a_code(self) -> None:
        achados = terminologia.search("4030436")
        assert achados
        assert all(achado.codigo.startswith("4030436") for achado in achados)

    def test_a_table_narrows_the_search(self) -> None:
        todas = terminologia.search("bomba", 5000)
        assert {achado.tabela for achado in todas} > {"18"}
        so_18 = terminologia.search("bomba", 5000, "18")
        assert {achado.tabela for achado in so_18} == {"18"}
        assert {a.codigo for a in so_18} == {a.codigo for a in todas if a.tabela == "18"}

    def test_the_limit_is_kept_and_nothing_is_a_result(self) -> None:
        assert len(terminologia.search("de", 3)) == 3
        assert len(terminologia.search("4", 3)) == 3
        for texto, limite, tabela in (
            ("de", 0, None),
            ("de", -1, None),
            ("", 9, None),
            (" \n", 9, None),
            ("漢字", 9, None),
            ("hemograma", 9, "00"),
            ("4030436", 9, "18"),
        ):
            assert terminologia.search(texto, limite, tabela) == ()

    def test_a_line_break_in_the_text_does_not_join_two_terms(self, indice_de: Callable[..., LeitorTuss]) -> None:
        leitor = indice_de(registro(termo="Um\nsó  termo"), registro(codigo="40304362", termo="outro"))
        assert [achado.termo for achado in leitor.search("termo\noutro", 9, None)] == []
        assert [achado.termo for achado in leitor.search("so\ntermo", 9, None)] == ["Um só termo"]

    def test_typographic_dashes_and_quotes_are_typed_as_plain_ones(self, indice_de: Callable[..., LeitorTuss]) -> None:
        leitor = indice_de(registro(termo="Fio ”A‐1” – nº 2™"))
        (achado,) = leitor.search('"a-1" - Nº 2', 9, None)
        assert achado == TermoTuss("40304361", "22", "Fio ”A‐1” – nº 2™", date(2009, 2, 13), None)


class TestIndice:
    @pytest.mark.parametrize(
        "defeito",
        [
            {"codigo": "12345678901"},
            {"codigo": "1234567A"},
            {"codigo": ""},
            {"tabela": "98"},
            {"termo": " "},
            {"vigencia_inicio": ""},
            {"vigencia_fim": "30/04/2025"},
        ],
    )
    def test_a_record_of_another_shape_stops_the_build(self, defeito: Registro) -> None:
        with pytest.raises(FonteInvalidaError, match="formato esperado"):
            monta(json.dumps({"records": [registro(**defeito)]}).encode())

    def test_a_repeated_code_stops_the_build(self) -> None:
        with pytest.raises(FonteInvalidaError, match="repetidos"):
            monta(json.dumps({"records": [registro(), registro(termo="Outro")]}).encode())

    def test_another_file_is_not_taken_for_tuss(self) -> None:
        for conteudo in (b"[]", b'{"records": [{}]}', b"\xff"):
            with pytest.raises(FonteInvalidaError):
                monta(conteudo)

    @pytest.mark.parametrize("conteudo", [b"", b"CTUSS", b"\0" * 600])
    def test_a_file_of_another_format_is_told_with_the_way_out(self, tmp_path: Path, conteudo: bytes) -> None:
        (tmp_path / artefatos.TUSS).write_bytes(conteudo)
        with pytest.raises(ArtefatosAusentesError, match="scripts/setup"):
            LeitorTuss(tmp_path / artefatos.TUSS)


class TestGlosasERotulos:
    def test_a_glosa_has_the_text_of_the_version_asked(self) -> None:
        assert terminologia.glosa_text("1801", Versao.V4_01_00) == "PROCEDIMENTO INVÁLIDO"
        assert terminologia.glosa_text("3268", Versao.V4_01_00) is None
        assert terminologia.glosa_text("3268", Versao.V4_03_00) == "NÚMERO DE LOTE JÁ INFORMADO ANTERIORMENTE"
        assert terminologia.glosa_text("", Versao.V4_01_00) is None

    def test_a_label_is_that_of_the_version_asked(self) -> None:
        rotulo = terminologia.table_label
        assert rotulo("dm_statusProtocolo", "1", Versao.V4_01_00) == "Recebido"
        assert rotulo("dm_statusProtocolo", "10", Versao.V4_01_00) is None
        assert rotulo("dm_statusProtocolo", "10", Versao.V4_02_00) == "Bloqueio judicial - prestador"
        assert rotulo("dm_centroConsumo", "1", Versao.V4_02_00) is None
        assert rotulo("dm_naoExiste", "1", Versao.V4_01_00) is None


def test_nothing_is_loaded_at_import_and_the_first_look_up_takes_milliseconds() -> None:
    programa = (
        "import sys, time\n"
        "from conecta_tiss import terminologia\n"
        "assert terminologia._indice.cache_info().currsize == 0\n"
        "assert not {'lxml', 'tiss', 'sqlite3'} & set(sys.modules)\n"
        "inicio = time.process_time()\n"
        "assert terminologia.tuss('40304361', '22')\n"
        "print((time.process_time() - inicio) * 1000)\n"
    )
    medidas = [
        float(
            subprocess.run(
                [sys.executable, "-c", programa], check=True, capture_output=True, text=True, timeout=60
            ).stdout
        )
        for _ in range(3)
    ]
    assert min(medidas) < 5
