"""The builder: schemas derived and proved, labels, glosas, ANS's own files, idempotence."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from conecta_tiss import artefatos
from conecta_tiss.build import constroi
from conecta_tiss.build.__main__ import main
from conecta_tiss.build.canonical import compila, digest, divergentes, parse_xsd
from conecta_tiss.build.delta import deriva, edicoes
from conecta_tiss.build.digests import OFICIAIS, nomes
from conecta_tiss.build.sources import PacoteAns, Wheel
from conecta_tiss.errors import (
    ArtefatosAusentesError,
    DigestDivergenteError,
    FonteAusenteError,
    FonteInvalidaError,
)
from conecta_tiss.versions import VERSOES, Versao, schema_file, web_services_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

XS = "{http://www.w3.org/2001/XMLSchema}"

# The digests recorded for the files ANS published, with the size of what was digested. They were taken from
# the root element of the parsed file, which lxml (when a comment or a DOCTYPE precedes the root) writes
# with a superfluous xmlns="" on every element below the second level.
REGISTRADOS = {
    "tissV4_01_00.xsd": (5804, "72c3796e73b62dc3635adcc9940352a353812ca76b0446606f9c98d280c9e609"),
    "tissGuiasV4_01_00.xsd": (64076, "e1be8433f7ce102c039625589d350332ade73d590209142b181a91571dae4f58"),
    "tissComplexTypesV4_01_00.xsd": (
        68216,
        "1dcc09edc24b46e678348251287082520003bc8be77b722df8aa0b613464e516",
    ),
    "tissSimpleTypesV4_01_00.xsd": (
        93257,
        "8a7f19eb8d9bb0abf2f22d69826ae4ba77ede3fe8c6a5bb65f60819a5b3c4da8",
    ),
    "tissWebServicesV4_01_00.xsd": (
        13796,
        "d807031079d7fda9b033a4981d3b3dc408b9bb9f8ba6ad2940a2593fe9a86945",
    ),
    "tissAssinaturaDigital_v1.01.xsd": (
        512,
        "83a793602e70d9b135f8adff8a2d8deeb4558d78165bd7347ebe2d505f76b66e",
    ),
    "xmldsig-core-schema.xsd": (9366, "e6081ca87966293388607fa7fd7b1335f723be601c1c6313f0990e06a6b03897"),
}


def como_registrado(conteudo: bytes, nome: str) -> tuple[int, str]:
    """Size and sha256 of the recorded form: canonical, of the root element, superfluous xmlns="" included."""
    raiz = parse_xsd(conteudo, nome)
    etree.strip_tags(raiz, etree.Comment)
    for elemento in raiz.iter():
        elemento.text = elemento.text if (elemento.text or "").strip() else None
        elemento.tail = elemento.tail if (elemento.tail or "").strip() else None
    canonico = etree.tostring(raiz, method="c14n", with_comments=False)
    return len(canonico), hashlib.sha256(canonico).hexdigest()


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return Wheel.instalado()


@pytest.fixture(scope="module")
def derivados(wheel: Wheel) -> dict[str, bytes]:
    return deriva(wheel.esquemas(Versao.V4_02_00))


@pytest.fixture(scope="module")
def construida(tmp_path_factory: pytest.TempPathFactory) -> Path:
    destino = tmp_path_factory.mktemp("build") / "tiss"
    assert constroi(destino).construido
    return destino


@pytest.fixture
def em(monkeypatch: pytest.MonkeyPatch, construida: Path) -> Iterator[Path]:
    monkeypatch.setenv(artefatos.VARIAVEL, str(construida))
    yield construida
    artefatos._localiza.cache_clear()


def ans_4_01(wheel: Wheel, derivados: dict[str, bytes]) -> dict[str, bytes]:
    """The seven 4.01.00 files as if ANS had given them."""
    return {nome: derivados.get(nome) or wheel.esquemas(Versao.V4_02_00)[nome] for nome in nomes(Versao.V4_01_00)}


class TestDerivacaoDa40100:
    def test_every_file_has_the_digest_recorded_for_anss_own_file(self, construida: Path) -> None:
        pasta = construida / "schemas" / "4.01.00"
        assert {nome: como_registrado((pasta / nome).read_bytes(), nome) for nome in REGISTRADOS} == REGISTRADOS

    def test_every_file_has_the_canonical_digest_the_builder_demands(self, construida: Path) -> None:
        for versao in VERSOES:
            pasta = construida / "schemas" / versao
            assert {caminho.name for caminho in pasta.iterdir()} == set(OFICIAIS[versao])
            assert {
                caminho.name: digest(caminho.read_bytes(), caminho.name) for caminho in pasta.iterdir()
            } == OFICIAIS[versao]

    def test_the_4_02_file_under_the_4_01_name_does_not_pass_for_it(self, wheel: Wheel) -> None:
        de_4_02 = wheel.esquemas(Versao.V4_02_00)
        disfarcados = {
            nome.replace("V4_02_00", "V4_01_00"): conteudo.replace(b"V4_02_00", b"V4_01_00")
            for nome, conteudo in de_4_02.items()
        }
        assert divergentes(disfarcados, OFICIAIS[Versao.V4_01_00]) == [
            "tissComplexTypesV4_01_00.xsd",
            "tissGuiasV4_01_00.xsd",
            "tissSimpleTypesV4_01_00.xsd",
        ]
        guias = "tissGuiasV4_01_00.xsd"
        assert como_registrado(disfarcados[guias], guias) != REGISTRADOS[guias]

    def test_the_digest_ignores_layout_and_comments_and_nothing_else(self) -> None:
        esquema = b'<schema xmlns="urn:x"><element name="a" type="b"/></schema>'
        outro_layout = b'<!-- c --><schema xmlns="urn:x">\r\n  <!-- d --><element type="b" name="a"/>\n</schema>'
        assert digest(esquema, "a.xsd") == digest(outro_layout, "a.xsd")
        assert digest(esquema, "a.xsd") != digest(esquema.replace(b'"b"', b'"c"'), "a.xsd")

    def test_there_are_61_edits(self) -> None:
        delta = edicoes()
        assert {base: sum(len(edicao["elementos"]) for edicao in delta["tipos"][base]) for base in delta["tipos"]} == {
            "tissGuias": 23,
            "tissComplexTypes": 31,
        }
        assert sum(len(edicao["elementos"]) for edicao in delta["elementos"]["tissGuias"]) == 2
        assert sum(len(edicao["valores"]) for edicao in delta["valores"]["tissSimpleTypes"]) == 5

    def test_an_edit_that_finds_something_else_stops_the_build(self, wheel: Wheel) -> None:
        ja_editado = wheel.esquemas(Versao.V4_02_00)
        guias = "tissGuiasV4_02_00.xsd"
        ja_editado[guias] = ja_editado[guias].replace(b"st_decimal10-2", b"st_decimal8-2")
        with pytest.raises(FonteInvalidaError, match="não é ans:st_decimal10-2"):
            deriva(ja_editado)

    def test_comments_stay_because_labels_come_from_them(self, derivados: dict[str, bytes]) -> None:
        raiz = parse_xsd(derivados["tissSimpleTypesV4_01_00.xsd"], "x")
        assert any("Autorizado parcialmente" in (nota.text or "") for nota in raiz.iter(etree.Comment))

    def test_a_value_of_a_million_is_refused_by_4_01_and_accepted_by_4_02(self, construida: Path) -> None:
        def maior(versao: Versao) -> str | None:
            arquivo = construida / "schemas" / versao / f"tissComplexTypes{versao.sufixo}.xsd"
            raiz = parse_xsd(arquivo.read_bytes(), arquivo.name)
            sadt = next(tipo for tipo in raiz if tipo.get("name") == "ct_procedimentoExecutadoSadt")
            valor = next(no for no in sadt.iter(f"{XS}element") if no.get("name") == "valorTotal")
            return valor.get("type")

        assert maior(Versao.V4_01_00) == "ans:st_decimal8-2"
        assert maior(Versao.V4_02_00) == "ans:st_decimal10-2"

    def test_messages_and_web_services_compile_in_every_version(self, em: Path) -> None:
        for versao in VERSOES:
            etree.XMLSchema(etree.parse(schema_file(versao)))
            etree.XMLSchema(etree.parse(web_services_file(versao)))


class TestRotulosEGlosas:
    def test_glosas_are_624_up_to_4_02_and_768_in_4_03(self, construida: Path) -> None:
        glosas = json.loads((construida / artefatos.GLOSAS).read_text("utf-8"))
        assert {versao: len(textos) for versao, textos in glosas.items()} == {
            "4.01.00": 624,
            "4.02.00": 624,
            "4.03.00": 768,
        }
        assert glosas["4.01.00"]["5042"].startswith("VALOR INFORMADO DA GUIA DIFERENTE DO SOMATÓRIO")
        assert "3268" not in glosas["4.02.00"]
        assert glosas["4.03.00"]["3268"] == "NÚMERO DE LOTE JÁ INFORMADO ANTERIORMENTE"

    def test_every_enumerated_code_of_every_table_is_there(self, construida: Path) -> None:
        tabelas = json.loads((construida / artefatos.TABELAS).read_text("utf-8"))
        for versao in VERSOES:
            arquivo = construida / "schemas" / versao / f"tissSimpleTypes{versao.sufixo}.xsd"
            raiz = parse_xsd(arquivo.read_bytes(), arquivo.name)
            for tipo in raiz.iterchildren(f"{XS}simpleType"):
                codigos = [faceta.get("value") for faceta in tipo.iter(f"{XS}enumeration")]
                if codigos and (tipo.get("name") or "").startswith("dm_"):
                    assert list(tabelas[versao][tipo.get("name")]) == [c for c in dict.fromkeys(codigos) if c]

    @pytest.mark.parametrize(
        ("tabela", "codigo", "rotulo"),
        [
            ("dm_statusSolicitacao", "5", "Aguardando documentação do prestador"),
            ("dm_caraterAtendimento", "2", "Urgência/Emergência"),
            ("dm_grauPart", "00", "Cirurgião"),
            ("dm_regimeAtendimento", "05", "Telessaúde"),
            ("dm_tipoDocumento", "03", "Pedido do profissional de saúde"),
            ("dm_tipoEvento", "I", "Inicio Internação"),
            ("dm_tipoAtendimento", "23", "Exame"),
            ("dm_tabela", "98", "Tabela Própria de Pacotes"),
            ("dm_UF", "33", "Rio de Janeiro - RJ"),
            ("dm_conselhoProfissional", "06", "CRM - Conselho Regional de Medicina"),
            ("dm_unidadeMedida", "036", "UN - Unidade"),
            ("dm_nodulo", "9", "Sem informação"),
            ("dm_CBOS", "225121", "Médico oncologista clínico"),
            ("dm_tipoTransacao", "ENVIO_LOTE_GUIAS", None),
        ],
    )
    def test_labels_are_read_from_every_layout_anss_comments_use(
        self, construida: Path, tabela: str, codigo: str, rotulo: str | None
    ) -> None:
        tabelas = json.loads((construida / artefatos.TABELAS).read_text("utf-8"))
        assert tabelas["4.01.00"][tabela][codigo] == rotulo

    def test_a_value_that_4_02_added_is_not_in_4_01(self, construida: Path) -> None:
        tabelas = json.loads((construida / artefatos.TABELAS).read_text("utf-8"))
        assert "10" not in tabelas["4.01.00"]["dm_statusProtocolo"]
        assert tabelas["4.02.00"]["dm_statusProtocolo"]["10"] == "Bloqueio judicial - prestador"


class TestArquivosDaAns:
    def test_zips_of_ans_are_used_as_they_are(self, tmp_path: Path, wheel: Wheel, derivados: dict[str, bytes]) -> None:
        ans = tmp_path / "ans"
        ans.mkdir()
        with zipfile.ZipFile(ans / "PadroTISSComunicao202211.zip", "w") as arquivo:
            for nome, conteudo in ans_4_01(wheel, derivados).items():
                arquivo.writestr(f"Componente de Comunicacao/{nome}", conteudo)
            arquivo.writestr("leiame.txt", "nada")
        relatorio = constroi(tmp_path / "tiss", ans)
        assert relatorio.construido
        assert relatorio.avisos == ()
        escrito = tmp_path / "tiss" / "schemas" / "4.01.00" / "tissGuiasV4_01_00.xsd"
        assert escrito.read_bytes() == derivados["tissGuiasV4_01_00.xsd"]
        assert (tmp_path / "tiss" / "schemas" / "4.03.00" / "tissV4_03_00.xsd").is_file()

    def test_extracted_files_of_a_corrected_edition_are_used_with_a_warning(
        self, tmp_path: Path, wheel: Wheel, derivados: dict[str, bytes]
    ) -> None:
        ans = tmp_path / "ans" / "4.01"
        ans.mkdir(parents=True)
        for nome, conteudo in ans_4_01(wheel, derivados).items():
            (ans / nome).write_bytes(conteudo)
        corrigido = ans / "tissSimpleTypesV4_01_00.xsd"
        corrigido.write_bytes(corrigido.read_bytes().replace(b'value="999999"', b'value="999998"', 1))
        relatorio = constroi(tmp_path / "tiss", tmp_path / "ans")
        assert relatorio.avisos == ("4.01.00: edição da ANS diferente da conhecida em tissSimpleTypesV4_01_00.xsd",)

    def test_an_incomplete_version_says_what_is_missing(self, tmp_path: Path, derivados: dict[str, bytes]) -> None:
        (tmp_path / "tissV4_01_00.xsd").write_bytes(derivados["tissV4_01_00.xsd"])
        with pytest.raises(FonteAusenteError, match=r"incompleta; falta: tissGuiasV4_01_00\.xsd"):
            PacoteAns.abre(tmp_path).esquemas(Versao.V4_01_00)

    def test_two_different_files_of_one_name_are_refused(self, tmp_path: Path, derivados: dict[str, bytes]) -> None:
        for pasta, resto in (("a", b""), ("b", b"\n")):
            (tmp_path / pasta).mkdir()
            (tmp_path / pasta / "tissV4_01_00.xsd").write_bytes(derivados["tissV4_01_00.xsd"] + resto)
        with pytest.raises(FonteInvalidaError, match="dois arquivos tissV4_01_00"):
            PacoteAns.abre(tmp_path)

    def test_a_damaged_zip_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "quebrado.zip").write_bytes(b"PK\x03\x04nada")
        with pytest.raises(FonteInvalidaError, match=r"quebrado\.zip não é um zip legível"):
            PacoteAns.abre(tmp_path)

    def test_a_folder_without_schemas_or_no_folder_is_explained(self, tmp_path: Path) -> None:
        with pytest.raises(FonteAusenteError, match="não tem esquemas TISS"):
            PacoteAns.abre(tmp_path)
        with pytest.raises(FonteAusenteError, match="não existe"):
            PacoteAns.abre(tmp_path / "nenhuma")


class TestPacoteInstalado:
    def test_without_the_wheel_the_way_out_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("conecta_tiss.build.sources.PACOTE", "tiss-que-nao-existe")
        with pytest.raises(FonteAusenteError, match=r"não está instalado.*scripts/setup"):
            Wheel.instalado()

    def test_another_version_of_the_wheel_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("conecta_tiss.build.sources.VERSAO_DO_PACOTE", "9.9.9")
        with pytest.raises(FonteInvalidaError, match=r"é 0\.4\.0; esperava 9\.9\.9"):
            Wheel.instalado()

    def test_a_wheel_without_a_file_is_refused_by_name(self, tmp_path: Path) -> None:
        vazio = Wheel(raiz=tmp_path, registro="")
        with pytest.raises(FonteAusenteError, match=r"não tem tuss/_data/tuss\.json"):
            vazio.tuss()

    def test_a_schema_that_is_not_xml_or_does_not_compile_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(FonteInvalidaError, match=r"tissV4_01_00\.xsd não é um XML bem formado"):
            parse_xsd(b"<schema>", "tissV4_01_00.xsd")
        solto = tmp_path / "tissV4_01_00.xsd"
        solto.write_bytes(b'<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a" type="b"/></schema>')
        with pytest.raises(FonteInvalidaError, match=r"tissV4_01_00\.xsd não compila"):
            compila(solto)


class TestConstrucao:
    def test_a_second_run_changes_nothing(self, construida: Path) -> None:
        antes = {c: c.stat().st_mtime_ns for c in construida.rglob("*")}
        assert not constroi(construida).construido
        assert {c: c.stat().st_mtime_ns for c in construida.rglob("*")} == antes

    def test_a_missing_or_cut_file_is_built_again(self, construida: Path, tmp_path: Path) -> None:
        def sem_tuss(pasta: Path) -> None:
            (pasta / artefatos.TUSS).write_bytes(b"")

        def sem_esquema(pasta: Path) -> None:
            (pasta / "schemas" / "4.01.00" / "tissV4_01_00.xsd").unlink()

        def sem_carimbo(pasta: Path) -> None:
            (pasta / artefatos.CARIMBO).write_text("{")

        for estraga in (sem_tuss, sem_esquema, sem_carimbo):
            destino = tmp_path / "tiss"
            shutil.copytree(construida, destino)
            estraga(destino)
            assert constroi(destino).construido
            assert not constroi(destino).construido
            shutil.rmtree(destino)

    def test_a_refused_build_leaves_the_old_artefacts(
        self, construida: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        destino = tmp_path / "tiss"
        shutil.copytree(construida, destino)
        (destino / artefatos.CARIMBO).write_text("{}")
        estranho = {**OFICIAIS, Versao.V4_01_00: {**OFICIAIS[Versao.V4_01_00], "tissV4_01_00.xsd": "0" * 64}}
        monkeypatch.setattr("conecta_tiss.build.OFICIAIS", estranho)
        with pytest.raises(DigestDivergenteError) as recusa:
            constroi(destino)
        assert recusa.value.arquivos == ("tissV4_01_00.xsd",)
        assert (destino / "schemas" / "4.01.00" / "tissV4_01_00.xsd").is_file()
        assert sorted(c.name for c in tmp_path.iterdir()) == [".tiss.trava", "tiss"]

    def test_a_folder_that_holds_something_else_is_not_replaced(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "meus").mkdir()
        (tmp_path / "meus" / "documentos.txt").write_text("importante")
        assert main(["--destino", str(tmp_path / "meus")]) == 1
        assert "não é uma pasta de artefatos" in capsys.readouterr().err
        assert (tmp_path / "meus" / "documentos.txt").read_text() == "importante"

    def test_the_command_line_says_what_it_did(
        self, construida: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--destino", str(construida)]) == 0
        assert "já estavam atualizados" in capsys.readouterr().out
        assert main(["--destino", str(construida), "--ans", str(tmp_path / "nada")]) == 1
        assert "não existe" in capsys.readouterr().err

    def test_an_up_to_date_folder_is_recognised_without_lxml_or_the_wheels_modules(self, construida: Path) -> None:
        programa = (
            "import sys; from pathlib import Path; from conecta_tiss.build import constroi;"
            f"assert not constroi(Path({str(construida)!r})).construido;"
            "assert not {'tiss', 'lxml'} & set(sys.modules), sorted(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", programa], check=True, timeout=60)


class TestOndeFicam:
    def test_the_variable_wins(self, em: Path) -> None:
        assert artefatos.data_dir() == em

    def test_a_wrong_place_is_told_with_the_way_out(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv(artefatos.VARIAVEL, str(tmp_path))
        with pytest.raises(ArtefatosAusentesError, match="scripts/setup"):
            artefatos.data_dir()

    def test_a_missing_file_is_told_with_the_way_out(self, em: Path) -> None:
        with pytest.raises(ArtefatosAusentesError, match=r"nada\.json.*scripts/setup"):
            artefatos.artefato("nada.json")


def test_two_builders_of_one_folder_take_turns(tmp_path: Path) -> None:
    destino = tmp_path / "tiss"
    comando = [sys.executable, "-m", "conecta_tiss.build", "--destino", str(destino)]
    processos = [subprocess.Popen(comando, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    saidas = sorted(processo.communicate(timeout=60)[0] for processo in processos)
    assert [processo.returncode for processo in processos] == [0, 0]
    assert [saida.split()[2] for saida in saidas] == ["construídos", "já"]
    assert sorted(caminho.name for caminho in tmp_path.iterdir()) == [".tiss.trava", "tiss"]
