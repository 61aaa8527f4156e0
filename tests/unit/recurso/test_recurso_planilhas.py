"""The spreadsheet goes out, comes back however somebody saved it, and is never believed."""

from __future__ import annotations

import io
import random
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from recurso import planilhas
from recurso.domain.glosas import Conta, Nivel
from recurso.planilhas import COLUNAS, Formato, PlanilhaInvalidaError
from recurso.schemas.planilhas import entrada
from recurso.service import contestacao
from tests.builders_functions import HOSPITAL, VALE
from tests.builders_recurso import PEG, a_caller, a_conta, a_taken, sent_now
from tests.unit.recurso.test_recurso_contestacao import a_mesa

NOMES = {"09": "Notas fiscais"}


def a_template(formato: Formato, conta: Conta | None = None) -> bytes:
    """What may be contested of that PEG."""
    mesa = a_mesa(conta)
    found = contestacao.find_conta(HOSPITAL, PEG, mesa.portas)
    lines = ((VALE, PEG, one) for one in contestacao.contestacoes(found, mesa.portas))
    return planilhas.modelo(lines, formato, NOMES)


def filled(content: bytes, **cells: str) -> bytes:
    """Every line of an XLSX template, filled in."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["Glosas"]
    names = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for name, value in cells.items():
            row[names.index(name)].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_csv(**cells: str) -> bytes:
    """One line by hand."""
    held = {
        "registro_ans": VALE, "protocolo_peg": PEG, "numero_guia_prestador": "G1", "nivel": "ITEM", "item": "1",
        "codigo_glosa": "1705", "justificativa": "Porque sim", **cells,
    }  # fmt: skip
    return "\r\n".join((";".join(held), ";".join(held.values()))).encode()


def ler(content: bytes) -> list[planilhas.Linha]:
    """Its lines, each with what JSON would take."""
    return planilhas.ler(content, entrada)


def refused(content: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(PlanilhaInvalidaError) as error:
        ler(content)
    assert error.value.mensagem
    return error.value.codigo


@pytest.mark.regra("REC-PLANILHA")
@pytest.mark.parametrize("formato", list(Formato))
def test_what_goes_out_comes_back(formato: Formato) -> None:
    conta = a_conta(a_taken(mensagem="=2+2 é a fórmula"), a_taken(2, None, valor=None, codigo="1403", motivo=""))
    content, why = a_template(formato, conta), "Não procede" if formato is Formato.XLSX else "=1+1 não procede"
    if formato is Formato.XLSX:
        content = filled(content, justificativa=why, valor_recursado="")
    else:
        lines = content.decode("utf-8-sig").splitlines()
        content = "\r\n".join([lines[0], *(f"{line[:-2]};'{why};" for line in lines[1:])]).encode()
    ((pedido, lines_),) = planilhas.pedidos(ler(content))
    assert (pedido.registro_ans, pedido.origem, [one.numero for one in lines_]) == (VALE, PEG, [2, 3])
    first, second = pedido.entradas
    assert (first.nivel, first.cobrado.guia, first.sequencia, first.codigo) == (Nivel.ITEM, "G1", 1, "1705")
    assert (first.cobrado.tabela, first.cobrado.codigo, first.valor) == ("22", "40304361", None)
    assert (first.valor_glosado, first.justificativa) == (Decimal("10.00"), why)
    assert (second.nivel, second.cobrado.guia, second.sequencia) == (Nivel.GUIA, "G2", None)
    assert len(pedido.numero or "") == 18


def test_a_template_left_as_it_is_contests_nothing() -> None:
    linhas = ler(a_template(Formato.XLSX))
    assert [one.entrada for one in linhas] == [None]
    assert planilhas.pedidos(linhas) == []


def test_no_text_of_ours_is_a_formula() -> None:
    content = a_template(Formato.XLSX, a_conta(a_taken(mensagem="=cmd|' /C calc'!A0\x01")))
    sheet = load_workbook(io.BytesIO(content))["Glosas"]
    line = {name.value: cell for name, cell in zip(sheet[1], sheet[2], strict=True)}
    assert line["motivo"].data_type == "s"
    assert line["valor_glosado"].value == 10
    assert (line["protocolo_peg"].value, line["protocolo_peg"].data_type) == (PEG, "s")
    assert line["documentos_sugeridos"].value == "Notas fiscais"
    assert b";'=cmd" in a_template(Formato.CSV, a_conta(a_taken(mensagem="=cmd")))


@pytest.mark.parametrize(
    ("text", "valor"), [("1.234,56", "1234.56"), ("1234,5", "1234.50"), ("R$ 10", "10.00"), ("7.25", "7.25")]
)
def test_amounts_are_read_as_people_write_them(text: str, valor: str) -> None:
    (line,) = ler(a_csv(valor_recursado=text))
    assert line.entrada is not None
    assert str(line.entrada.valor) == valor


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("valor_recursado", "dez"), ("valor_recursado", "1,234"), ("protocolo_peg", "2,61E+11"), ("registro_ans", "34"),
        ("protocolo_peg", "PEG 1"), ("nivel", "LINHA"), ("codigo_glosa", "17055"), ("item", "um"), ("item", "10000"),
        ("valor_recursado", "9" * 400), ("valor_glosado", "9" * 12), ("documentos", "../x " + "q" * 5000),
        ("documentos", " ".join(["0" * 32] * 21)), ("numero_guia_prestador", "G" * 21), ("justificativa", "a\u202eb"),
        ("numero_guia_prestador", ""), ("item", ""), ("codigo", "a/b"), ("tabela", "x"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_told_with_its_column(column: str, text: str) -> None:
    (line,) = ler(a_csv(**{column: text}))
    assert line.entrada is None
    assert line.erro is not None
    assert line.erro[0] in {column, "nivel"}
    ((pedido, mine),) = planilhas.pedidos([line])
    assert (pedido.entradas, mine) == ((), (line,))


def test_a_line_may_end_before_its_last_columns() -> None:
    head = "justificativa;registro_ans;protocolo_peg;nivel;codigo_glosa"
    (line,) = ler(f"{head}\r\nporque sim\r\n".encode())
    assert line.erro is not None
    assert line.erro[0] == "registro_ans"


def test_what_is_not_printed_is_not_kept() -> None:
    (line,) = ler(a_csv(justificativa="Não\x07procede\x0b"))
    assert line.entrada is not None
    assert line.entrada.justificativa == "Não procede"


def test_csv_of_here_is_read_whatever_it_was_saved_as() -> None:
    text = "Atenção\ncom quebra"
    content = a_csv().decode().replace("Porque sim", f'"{text}"')
    for encoded in (content.encode("cp1252"), content.encode("utf-8-sig"), content.replace(";", ",").encode()):
        (line,) = ler(encoded)
        assert line.entrada is not None
        assert line.entrada.justificativa == text


def test_what_a_spreadsheet_makes_of_numbers_is_read() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Recursos de novembro"])
    sheet.append(["registro_ans", "protocolo_peg", "numero_guia_prestador", "nivel", "item", "tabela", "codigo_glosa",
                  "valor_recursado", "justificativa", "anotação minha"])  # fmt: skip
    sheet.append([345695, 261120000001.0, 77, "item", 1, 0, 1705, 4.5, "Porque sim", None])
    out = io.BytesIO()
    book.save(out)
    (line,) = ler(out.getvalue())
    assert line.erro is None
    assert line.entrada is not None
    assert (line.numero, line.peg, line.entrada.cobrado.guia) == (3, ("345695", PEG), "77")
    assert (line.entrada.cobrado.tabela, line.entrada.valor) == ("00", Decimal("4.50"))


def test_the_answer_is_the_file_with_what_became_of_each_line() -> None:
    linhas = ler(a_csv())
    told = {linhas[0].numero: ("ENVIADA", "261160000001", "")}
    csv = planilhas.devolver(linhas, told, Formato.CSV).decode("utf-8-sig").splitlines()
    assert csv[0].endswith("justificativa;situacao;recurso_enviado;mensagem")
    assert csv[1].endswith("Porque sim;ENVIADA;261160000001;")
    sheet = load_workbook(io.BytesIO(planilhas.devolver(linhas, told, Formato.XLSX)))["Glosas"]
    assert "261160000001" in [cell.value for cell in sheet[2]]


def test_the_same_lines_are_the_same_recurso() -> None:
    first, second = (planilhas.pedidos(ler(a_csv()))[0][0] for _ in range(2))
    other = planilhas.pedidos(ler(a_csv(justificativa="Outra")))[0][0]
    assert first.numero == second.numero != other.numero
    mesa = a_mesa()
    one, again = (contestacao.send(HOSPITAL, each, sent_now(), a_caller(), mesa.portas) for each in (first, second))
    assert one == again


# --- what is not ours ---


def zipped(**members: bytes) -> bytes:
    """A ZIP of some members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_files_that_are_none_of_ours_are_refused_with_why() -> None:
    assert refused(b"x" * (planilhas.TAMANHO + 1)) == "arquivo-grande-demais"
    assert refused(b"") == "cabecalho-ausente"
    assert refused(b"MZ\x90\x00") == "codificacao"
    assert refused("a;b".encode("utf-16")) == "codificacao"
    assert refused(b"a;b\r\n1;2") == "cabecalho-ausente"
    assert refused(b"protocolo_peg;nivel\r\n") == "coluna-ausente"
    assert refused(";".join((*COLUNAS, "nivel")).encode()) == "coluna-repetida"
    assert refused(b'protocolo_peg;"a') == "csv-ilegivel"
    assert refused(b"protocolo_peg\r\n" + b"1\r\n" * (planilhas.LINHAS + 1)) == "linhas-demais"
    many = b"\r\n".join(a_csv(protocolo_peg=str(number)).split(b"\r\n")[1] for number in range(1, planilhas.PEGS + 2))
    assert refused(a_csv().split(b"\r\n")[0] + b"\r\n" + many) == "protocolos-demais"
    assert refused(b"PK\x03\x04 none") == "xlsx-ilegivel"
    assert refused(zipped(a=b"b")) == "xlsx-ilegivel"
    assert refused(zipped(a=b"0" * planilhas.ABERTO, b=b"0")) == "xlsx-grande-demais"
    assert refused(zipped(**{f"m{place}": b"" for place in range(300)})) == "xlsx-grande-demais"
    assert refused(zipped(xl__workbook_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')) == "xlsx-ilegivel"
    assert refused(zipped(xl__workbook_xml="<a/>".encode("utf-16"))) == "xlsx-ilegivel"


def test_a_workbook_with_a_password_asks_for_one_without() -> None:
    content = bytearray(zipped(a=b"b"))
    for place in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[place] |= 1
    assert refused(bytes(content)) == "xlsx-protegido"


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(zipped(a=b"0" * 100_000))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    assert refused(bytes(content)) == "xlsx-ilegivel"


def test_many_tags_in_few_bytes_are_refused_unread() -> None:
    """A row of empty cells is some KB of a file, and a minute of whoever makes an object of each."""
    half = b"<c/>" * (planilhas.ETIQUETAS // 2)
    assert refused(zipped(a=half, b=half)) == "xlsx-ilegivel"
    assert refused(zipped(a=half, b=half, c=b"<c/>")) == "xlsx-grande-demais"


def test_cells_far_apart_cost_nothing() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "protocolo_peg"
    sheet["XFD1048576"] = "z"
    out = io.BytesIO()
    book.save(out)
    assert refused(out.getvalue()) == "linhas-demais"


def test_whatever_is_broken_in_a_file_it_is_read_or_refused() -> None:
    base, chance = a_template(Formato.XLSX), random.Random(7)  # noqa: S311
    with zipfile.ZipFile(io.BytesIO(base)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    for _ in range(60):
        name = chance.choice(list(members))
        content = bytearray(members[name])
        for _ in range(3):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(3)] = chance.choice((b"<", b"\x00", b"9999999", b"&", b""))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for other, held in members.items():
                made.writestr(other, bytes(content) if other == name else held)
        try:
            ler(out.getvalue())
        except PlanilhaInvalidaError:
            continue
