"""The spreadsheet of recursos: what may be contested, written for somebody to fill in; read when it comes back.

XLSX and CSV say the same. What comes back is somebody's file: its size is bounded before anything is unpacked, no
entity is expanded, no formula is computed, and cells are read one by one, however far apart they are.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any, Final

from conecta_edge import planilhas
from recurso.domain.errors import RecursoError
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import EntradaPedida, Pedido
from recurso.service.contestacao import Contestacao

LINHAS: Final = 5000
"""Of one file."""
PEGS: Final = 50
"""Of one file: each is a recurso of its own."""
TAMANHO: Final = 4 * 1024 * 1024
"""Bytes of one file: it comes in through a Lambda's 6 MB."""
ABERTO: Final = 48 * 1024 * 1024
"""Bytes of one file once it is unpacked."""
ETIQUETAS: Final = 1_000_000
"""Tags of one file: as many lines as it may have, of all its columns, have 700 000."""
_MEMBROS: Final = 200
_CABECALHO: Final = 20
"""Lines among which the names of the columns are looked for, and columns that are read of each."""


class Formato(StrEnum):
    """What the spreadsheet is written as."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media(self) -> str:
        """Its media type."""
        return _MEDIA[self]


_MEDIA: Final = {
    Formato.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Formato.CSV: "text/csv; charset=utf-8",
}
REGISTRO, PEG, GUIA, NIVEL = "registro_ans", "protocolo_peg", "numero_guia_prestador", "nivel"
ITEM, SEQUENCIAL, TABELA, CODIGO, GLOSA = "item", "sequencial_item", "tabela", "codigo", "codigo_glosa"
RECURSADO, JUSTIFICATIVA, DOCUMENTOS, GLOSADO = "valor_recursado", "justificativa", "documentos", "valor_glosado"
PREENCHER: Final = (RECURSADO, JUSTIFICATIVA, DOCUMENTOS)
"""What somebody fills in."""
COLUNAS: Final = (
    REGISTRO, PEG, GUIA, NIVEL, ITEM, SEQUENCIAL, TABELA, CODIGO, "descricao", "data", GLOSA, "motivo", GLOSADO,
    "contestar_ate", "documentos_sugeridos", "recurso", *PREENCHER,
)  # fmt: skip
EXIGIDAS: Final = (REGISTRO, PEG, NIVEL, GLOSA, JUSTIFICATIVA)
RESULTADO: Final = ("situacao", "recurso_enviado", "mensagem")
"""Columns that the answer adds."""
COLUNA_DE: Final[Mapping[str, str]] = {
    "guia": GUIA, "nivel": NIVEL, "sequencial": ITEM, "codigo": GLOSA, "valor": RECURSADO,
    "justificativa": JUSTIFICATIVA, "documentos": DOCUMENTOS, "valor_glosado": GLOSADO,
}  # fmt: skip
"""Of the field that a finding is about."""
_INSTRUCOES: Final = (
    "Preencha a justificativa das glosas que quer contestar; linhas sem justificativa ficam de fora.",
    "valor_recursado: em reais; vazio contesta tudo o que a glosa retirou. Só itens se contestam em parte.",
    "documentos: identificadores dos envios, separados por espaço, quando houver.",
    "Não altere as outras colunas. Cada protocolo é um recurso: com uma linha errada, nada dele é enviado.",
    "Só um recurso por guia é aceito: inclua de uma vez tudo o que quiser contestar dela.",
)


class PlanilhaInvalidaError(RecursoError):
    """The file cannot be read as one of ours: why, and what to do.

    Attributes:
        codigo: stable.
        linha, coluna: where, when it is at one place.
    """

    def __init__(self, codigo: str, mensagem: str, linha: int | None = None, coluna: str | None = None) -> None:
        super().__init__(codigo)
        self.codigo, self.mensagem, self.linha, self.coluna = codigo, mensagem, linha, coluna


@dataclass(frozen=True, slots=True)
class Linha:
    """A line that somebody filled in.

    Attributes:
        numero: in the file, from 1.
        celulas: texts by column.
        entrada: what it contests; `None` of one that contests nothing, or cannot be read.
        erro: (column, what is wrong with it).
    """

    numero: int
    celulas: Mapping[str, str]
    entrada: EntradaPedida | None = None
    erro: tuple[str, str] | None = None

    @property
    def peg(self) -> tuple[str, str]:
        """Registro ANS and protocolo."""
        return self.celulas.get(REGISTRO, ""), self.celulas.get(PEG, "")


# --- out ---


def modelo(contestacoes: Iterable[tuple[str, str, Contestacao]], formato: Formato, nomes: Mapping[str, str]) -> bytes:
    """A line for each glosa that may be contested.

    Args:
        contestacoes: each with the registro ANS and the protocolo of its PEG.
        nomes: of tipos de documento, by code.
    """
    return _write(COLUNAS, (_line(*one, nomes) for one in contestacoes), formato)


def _line(registro: str, protocolo: str, one: Contestacao, nomes: Mapping[str, str]) -> tuple[Any, ...]:
    found, item = one.contestavel, one.contestavel.item
    guia = found.guia
    said = "; ".join(dict.fromkeys(glosa.mensagem for glosa in found.glosas))
    return (
        registro, protocolo, guia.numero if guia else None, found.lugar.nivel.value, found.lugar.sequencia,
        item.sequencial if item else None, item.tabela if item else None, item.codigo if item else None,
        item.descricao if item else None, item.dia if item else None, found.codigo, said, found.valor,
        found.contestar_ate, "; ".join(nomes.get(tipo, tipo) for tipo in one.evidencias), one.recurso,
        None, None, None,
    )  # fmt: skip


def devolver(linhas: Sequence[Linha], respostas: Mapping[int, tuple[str, str | None, str]], formato: Formato) -> bytes:
    """The file back, with what became of each line.

    Args:
        respostas: (situacao, protocolo of the recurso, message) by number of line.
    """
    held = [name for name in COLUNAS if any(name in one.celulas for one in linhas)]
    return _write(
        (*held, *RESULTADO),
        ((*(one.celulas.get(name) for name in held), *respostas[one.numero]) for one in linhas),
        formato,
    )


def _write(names: Sequence[str], lines: Iterable[Sequence[Any]], formato: Formato) -> bytes:
    return planilhas.write(names, lines) if formato is Formato.CSV else _xlsx(names, lines)


def _xlsx(names: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  # a fifth of a second: only spreadsheets pay for it
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Glosas")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(names):
        sheet.column_dimensions[chr(ord("A") + place)].width = _LARGURAS.get(name, 14)
    head = [_cell(sheet, name, name) for name in names]
    for one in head:
        one.font = Font(bold=True)
    sheet.append(head)
    for line in lines:
        sheet.append([_cell(sheet, value, name) for name, value in zip(names, line, strict=True)])
    help_ = book.create_sheet("Como preencher")
    help_.column_dimensions["A"].width = 120
    for text in _INSTRUCOES:
        help_.append([text])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any, name: str) -> Any:
    """A cell of a column. Numbers of ours are texts: a spreadsheet would round them; no text is a formula."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, PatternFill  # noqa: PLC0415

    typed = isinstance(value, Decimal | date)
    plain: Any = value if typed or value is None else _ILEGAL.sub(" ", str(value))
    made: Any = WriteOnlyCell(sheet, value=plain)
    if isinstance(plain, str):
        made.data_type = "s"
    elif typed:
        made.number_format = "#,##0.00" if isinstance(value, Decimal) else "dd/mm/yyyy"
    if name in PREENCHER:
        made.fill = PatternFill("solid", fgColor="FFF2CC")
    if name in _LARGURAS:
        made.alignment = Alignment(wrap_text=True, vertical="top")
    return made


_LARGURAS: Final = {"descricao": 32, "motivo": 60, "documentos_sugeridos": 32, JUSTIFICATIVA: 60, "mensagem": 60}
_ILEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


# --- in ---


Montar = Callable[[str, str, Mapping[str, Any]], EntradaPedida]
"""What makes an entry of registro ANS, protocolo and the fields of a line, as JSON names them, or says what is wrong.

Raises:
    CelulaError: a field is not what it must be.
"""


def ler(content: bytes, montar: Montar) -> list[Linha]:
    """The lines of a file that came back.

    Raises:
        PlanilhaInvalidaError: it is none of ours, too large, or says too much.
    """
    if len(content) > TAMANHO:
        raise PlanilhaInvalidaError(
            "arquivo-grande-demais", f"A planilha pode ter até {TAMANHO // 1024**2} MiB: divida-a."
        )
    rows = list(_bounded(_of_xlsx(content) if content.startswith(b"PK") else _of_csv(content)))
    head = next((place for place, (_, cells) in enumerate(rows[:_CABECALHO]) if PEG in _names(cells)), None)
    if head is None:
        raise PlanilhaInvalidaError(
            "cabecalho-ausente", f"A planilha não tem a linha com os nomes das colunas ({PEG}, …): use o modelo."
        )
    names = _names(rows[head][1])
    if missing := [name for name in EXIGIDAS if name not in names]:
        raise PlanilhaInvalidaError("coluna-ausente", f"Faltam colunas: {', '.join(missing)}. Use o modelo.")
    if doubled := [name for name in COLUNAS if names.count(name) > 1]:
        raise PlanilhaInvalidaError("coluna-repetida", f"Colunas repetidas: {', '.join(doubled)}. Use o modelo.")
    blank = dict.fromkeys(names, "")  # a line may end before its last columns
    found = [
        _linha(number, {**blank, **dict(zip(names, cells, strict=False))}, montar) for number, cells in rows[head + 1 :]
    ]
    linhas = [one for one in found if any(one.celulas.values())]
    if len({one.peg for one in linhas if one.entrada}) > PEGS:
        raise PlanilhaInvalidaError("protocolos-demais", f"Até {PEGS} protocolos por planilha: divida-a.")
    return linhas


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _bounded(rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    for count, row in enumerate(rows):
        if count > LINHAS:
            raise PlanilhaInvalidaError("linhas-demais", f"Até {LINHAS} linhas por planilha: divida-a.")
        yield row


def _of_csv(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    if content.startswith(_UTF_16) or b"\0" in content:
        raise PlanilhaInvalidaError("codificacao", "Salve a planilha como XLSX, ou como CSV em UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # how spreadsheets of here save "CSV"
    first = text.partition("\n")[0]
    reader = csv.reader(StringIO(text), delimiter=";" if ";" in first else ",", strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [_unquoted(cell) for cell in cells]
    except csv.Error as error:
        raise PlanilhaInvalidaError(
            "csv-ilegivel", "As aspas desta linha não fecham, ou uma célula é longa demais.", reader.line_num
        ) from error


def _unquoted(cell: str) -> str:
    """Without the apostrophe that keeps a text from being a formula."""
    return cell[1:] if cell[:1] == "'" and planilhas.cell(cell[1:]) == cell else cell


def _of_xlsx(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    import warnings  # noqa: PLC0415

    from openpyxl import load_workbook  # noqa: PLC0415  # a quarter of a second: only spreadsheets pay for it

    _gate(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what somebody's sheet has besides cells
            book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = next((one for one in book.worksheets if one.title == "Glosas"), book.worksheets[0])
            sheet.reset_dimensions()  # what it says of its size is not believed
            for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_COLUNAS_LIDAS), 1):
                yield number, [_text(cell) for cell in cells]
    except Exception as error:  # whatever a broken file makes the reader do
        raise _illegible() from error


_COLUNAS_LIDAS: Final = 40


def _gate(content: bytes) -> None:
    """Refuse what would grow or call for more when it is opened."""
    try:
        members = zipfile.ZipFile(BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _illegible() from error
    if len(members) > _MEMBROS or sum(one.file_size for one in members) > ABERTO:
        raise PlanilhaInvalidaError("xlsx-grande-demais", _GRANDE)
    if any(one.flag_bits & 1 for one in members):
        raise PlanilhaInvalidaError("xlsx-protegido", "A planilha está protegida com senha: salve-a sem senha.")
    with zipfile.ZipFile(BytesIO(content)) as opened:
        left = ETIQUETAS
        for one in members:
            left -= _etiquetas(opened, one, left)


def _etiquetas(opened: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> int:
    """How many tags a member has: its size is what it says, and it declares nothing that would be expanded.

    Raises:
        PlanilhaInvalidaError: more than `most`: each becomes an object when it is read, however few bytes hold them.
    """
    tail, found = b"", 0
    try:
        with opened.open(member) as read:
            while chunk := read.read(1 << 20):
                if chunk.startswith(_UTF_16) or any(word in tail + chunk for word in _DECLARA):
                    raise PlanilhaInvalidaError(
                        "xlsx-ilegivel", "O arquivo declara o que uma planilha não tem: salve-o de novo."
                    )
                tail, found = chunk[-16:], found + chunk.count(b"<")
                if found > most:
                    raise PlanilhaInvalidaError("xlsx-grande-demais", _GRANDE)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _illegible() from error
    return found


_GRANDE: Final = "A planilha é grande demais depois de aberta: apague o que não é dela, ou divida-a."
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_DECLARA: Final = (b"<!DOCTYPE", b"<!ENTITY")


def _illegible() -> PlanilhaInvalidaError:
    return PlanilhaInvalidaError("xlsx-ilegivel", "O arquivo não é um XLSX que se possa ler: salve-o de novo.")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


_AMOUNT: Final = re.compile(r"(?:R\$\s*)?([0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{2}|[0-9]+(?:[.,][0-9]+)?)")
_MAIOR: Final = 20
"""Characters of an amount."""
_ENGENHARIA: Final = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+", re.IGNORECASE)


def _linha(numero: int, celulas: Mapping[str, str], montar: Montar) -> Linha:
    cells = {name: _ILEGAL.sub(" ", text).strip() for name, text in celulas.items() if name}
    if not cells.get(JUSTIFICATIVA):
        return Linha(numero, cells)
    try:
        return Linha(numero, cells, _entrada(cells, montar))
    except CelulaError as error:
        return Linha(numero, cells, erro=(error.coluna, str(error)))


class CelulaError(Exception):
    """A cell is not what its column holds: which column, and what to do."""

    def __init__(self, coluna: str, mensagem: str) -> None:
        super().__init__(mensagem)
        self.coluna = coluna


def _entrada(cells: Mapping[str, str], montar: Montar) -> EntradaPedida:
    for name in (REGISTRO, PEG, GUIA):
        if _ENGENHARIA.fullmatch(cells.get(name, "")):
            text = "A planilha arredondou este número: use o modelo em XLSX, ou formate a coluna como texto."
            raise CelulaError(name, text)
    nivel, item = cells[NIVEL].upper(), cells[NIVEL].upper() == Nivel.ITEM
    asked = {
        "nivel": Nivel.__members__.get(nivel, nivel), GUIA: cells.get(GUIA) or None, GLOSA: cells[GLOSA].zfill(4),
        RECURSADO: _amount(cells, RECURSADO), GLOSADO: _amount(cells, GLOSADO), JUSTIFICATIVA: cells[JUSTIFICATIVA],
        DOCUMENTOS: cells.get(DOCUMENTOS, "").split(),
        ITEM: _integer(cells, ITEM) if item else None, SEQUENCIAL: _integer(cells, SEQUENCIAL) if item else None,
        TABELA: _table(cells) if item else None, CODIGO: cells.get(CODIGO) or None if item else None,
    }  # fmt: skip
    return montar(cells[REGISTRO], cells[PEG], asked)


def _integer(cells: Mapping[str, str], name: str) -> int | None:
    text = cells.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise CelulaError(name, "Deve ser um número, como no modelo.")
    return int(text)


def _table(cells: Mapping[str, str]) -> str | None:
    """A spreadsheet drops the zero of table 00."""
    return cells[TABELA].zfill(2) if cells.get(TABELA) else None


def _amount(cells: Mapping[str, str], name: str) -> str | None:
    text = cells.get(name, "")
    if not text:
        return None
    if len(text) <= _MAIOR and (found := _AMOUNT.fullmatch(text)):
        plain = found[1].replace(".", "").replace(",", ".") if "," in found[1] else found[1]
        amount = Decimal(plain)
        if amount == amount.quantize(Decimal("0.01")):
            return f"{amount:.2f}"
    raise CelulaError(name, "Informe reais com até dois decimais: 1234,56.")


def pedidos(linhas: Iterable[Linha]) -> list[tuple[Pedido, tuple[Linha, ...]]]:
    """A recurso for each PEG, with its lines in the order of its entries; lines that contest nothing are in none.

    Its number is made of what it says: the same lines sent again are the same recurso.
    """
    by_peg: dict[tuple[str, str], list[Linha]] = {}
    for one in linhas:
        if one.entrada is not None or one.erro is not None:
            by_peg.setdefault(one.peg, []).append(one)
    found = []
    for (registro, protocolo), mine in by_peg.items():
        entradas = tuple(one.entrada for one in mine if one.entrada is not None)
        pedido = Pedido(registro_ans=registro, origem=protocolo, entradas=entradas)
        found.append((replace(pedido, numero=f"PL{pedido.digest[:16].upper()}"), tuple(mine)))
    return found
