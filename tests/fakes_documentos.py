"""Files and documents as tests of `documentos` need them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from conecta_atos.portas import Page
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from documentos.domain.documentos import Destino, Documento, Vinculo, documento_id, of_upload
from documentos.domain.envios import Numerado
from documentos.domain.errors import StaleDocumentoError
from documentos.domain.exigencias import Exigencias
from documentos.domain.finalidades import FINALIDADES, Alvo
from documentos.domain.uploads import Situacao
from documentos.service.portas import Portas, Referencia
from tests.builders_functions import HOSPITAL, NOW, PDF, VALE, sha256
from tests.fakes import FakeUploads


def a_png(width: int = 1, height: int = 1) -> bytes:
    """A whole PNG of grey points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_jpeg(width: int = 1, height: int = 1) -> bytes:
    """The segments of a JPEG: a thumbnail with an end of its own, a frame, a scan with a restart, its end."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, 2 + len(data)) + data

    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    thumbnail = segment(0xE1, b"Exif\x00\x00\xff\xd8\xff\xd9")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x1f\xff\x00\xff\xd0\x2a\xff\xff\xd9"
    return b"\xff\xd8" + thumbnail + segment(0xC0, frame) + scan


def a_tiff(order: str = "<", width: int = 1, height: int = 1, strips: int = 1) -> bytes:
    """A TIFF of one page, its strips after it."""
    kinds = {256: (3, width), 257: (4, height), 258: (3, 8)}
    entries = [struct.pack(f"{order}HHIH2x" if kind == 3 else f"{order}HHII", tag, kind, 1, value)
               for tag, (kind, value) in kinds.items()]  # fmt: skip
    after = 8 + 2 + 12 * 5 + 4
    data = after + (8 * strips if strips > 1 else 0)
    places, lengths = [data + n for n in range(strips)], [1] * strips
    if strips == 1:
        entries += [struct.pack(f"{order}HHII", 273, 4, 1, data), struct.pack(f"{order}HHII", 279, 4, 1, 1)]
        tail = b""
    else:
        entries += [
            struct.pack(f"{order}HHII", 273, 4, strips, after),
            struct.pack(f"{order}HHII", 279, 4, strips, after + 4 * strips),
        ]
        tail = struct.pack(f"{order}{2 * strips}I", *places, *lengths)
    head = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}I", 8)
    return (
        head + struct.pack(f"{order}H", 5) + b"".join(entries) + struct.pack(f"{order}I", 0) + tail + b"\x7f" * strips
    )


def a_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def packed(text: bytes) -> bytes:
    """An object stream of a PDF."""
    data = zlib.compress(text)
    return b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)


def a_documento(conteudo: bytes = PDF, finalidade: str = "guia_assinada", **changes: Any) -> Documento:
    """A document that was kept; `changes` are members of :class:`Documento`."""
    row, digest = FINALIDADES[finalidade], sha256(conteudo)
    registro, prestador = changes.pop("registro_ans", VALE), changes.pop("prestador_id", HOSPITAL)
    made = Documento(
        id=documento_id(prestador, registro, finalidade, digest), prestador_id=prestador, registro_ans=registro,
        finalidade=finalidade, formato=row.formatos[0].value, nome="guias.pdf", tamanho=len(conteudo), sha256=digest,
        chave=f"t/{registro}/{prestador}/{finalidade}/{digest}", recebido_em=NOW, quem="pessoa-1", upload_id="u1",
    )  # fmt: skip
    return replace(made, **changes)


def a_referencia(**changes: Any) -> Referencia:
    """A PEG of two guias that waits for its analysis; `changes` are members of :class:`Referencia`."""
    made = Referencia(
        prestadores=(HOSPITAL,), registro_ans=VALE, situacao="RECEBIDO", numero_lote="17", tipo_guia="guiaSP-SADT",
        guias=(("GP-1", "GO-1"), ("GP-2",)),
    )  # fmt: skip
    return replace(made, **changes)


class FakeDocumentos:
    """`documentos.service.portas.Documentos` in memory; `extra` actions are :class:`tests.fakes.Kept` answers."""

    def __init__(self, uploads: FakeUploads | None = None) -> None:
        self.uploads = uploads or FakeUploads()
        self.lacos: dict[tuple[str, str, Destino], Vinculo] = {}
        self.eventos: list[Vinculo] = []
        self.numeros: dict[tuple[str, str, str], Numerado] = {}
        self.asked: dict[str, Exigencias] = {}
        self._lock = Lock()

    def keep(self, documento: Documento) -> None:
        self.uploads.documentos.setdefault((documento.prestador_id, documento.id), documento)

    def get(self, named: Sequence[tuple[str, str]]) -> list[Documento | None]:
        return [self.uploads.documentos.get(one) for one in named]

    def of_uploads(self, prestador_id: str, ids: Sequence[str]) -> list[Documento | None]:
        found = (self.uploads.get(prestador_id, one) for one in ids)
        return [of_upload(one) if one and one.situacao is Situacao.CONCLUIDO else None for one in found]

    def of_month(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        start = int(position["n"]) if position else 0
        mine = [
            one for one in self.uploads.documentos.values()
            if one.prestador_id == prestador_id and f"{local_day(one.recebido_em):%Y%m}" == mes
        ]  # fmt: skip
        rows = sorted(mine, key=lambda one: (one.recebido_em, one.id), reverse=True)
        following = {"n": str(start + limit)} if len(rows) > start + limit else None
        return Page(rows[start : start + limit], following)

    def vinculos(self, prestador_id: str, documento: str) -> list[Vinculo]:
        return [one for (owner, which, _), one in self.lacos.items() if (owner, which) == (prestador_id, documento)]

    def vinculados(self, prestador_id: str, registro_ans: str, destino: Destino) -> list[Vinculo]:
        return [
            one for one in self.lacos.values()
            if (one.prestador_id, one.registro_ans, one.destino.dono) == (prestador_id, registro_ans, destino.dono)
        ]  # fmt: skip

    def change(
        self,
        novos: Sequence[Vinculo],
        desfeitos: Sequence[Vinculo] = (),
        *,
        now: datetime,
        correlacao: str,
        numerado: Numerado | None = None,
        guardar: Sequence[Any] = (),
    ) -> None:
        named = numerado and (numerado.prestador_id, numerado.registro_ans, numerado.numero)
        with self._lock:
            if any(map(self._held, novos)) or not all(map(self._held, desfeitos)) or named in self.numeros:
                raise StaleDocumentoError
            if not all(action.possible() for action in guardar):
                raise ConditionFailedError((3 * len(novos) + 2 * len(desfeitos) + (named is not None),))
            self.lacos |= {(one.prestador_id, one.documento, one.destino): one for one in novos}
            self.eventos += novos
            for one in desfeitos:
                del self.lacos[one.prestador_id, one.documento, one.destino]
            if named and numerado:
                self.numeros[named] = numerado
            for action in guardar:
                action.apply()

    def numerado(self, prestador_id: str, registro_ans: str, numero: str) -> Numerado | None:
        return self.numeros.get((prestador_id, registro_ans, numero))

    def _held(self, one: Vinculo) -> bool:
        return (one.prestador_id, one.documento, one.destino) in self.lacos

    def exigencias(self, registro_ans: str) -> Exigencias | None:
        return self.asked.get(registro_ans)

    def write_exigencias(self, antes: Exigencias | None, depois: Exigencias, guardar: Sequence[Any] = ()) -> None:
        if self.asked.get(depois.registro_ans) != antes:
            raise StaleDocumentoError
        if not all(action.possible() for action in guardar):
            raise ConditionFailedError((1,))
        self.asked[depois.registro_ans] = depois
        for action in guardar:
            action.apply()


@dataclass
class FakeReferencias:
    """`documentos.service.portas.Referencias`: what was put is there for whoever may see it."""

    rows: dict[tuple[Alvo, str], Referencia] = field(default_factory=dict)
    guias: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def put(self, alvo: Alvo, which: str, held: Referencia) -> None:
        self.rows[alvo, which] = held

    def of_prestador(self, prestador_id: str, registro_ans: str, destino: Destino, *, guias: bool) -> Referencia | None:
        if destino.alvo is Alvo.LOTE:
            peg = next((one for one in self.rows.values() if one.numero_lote == destino.id), None)
            situacao = peg.situacao if peg and prestador_id in peg.prestadores else None
            return Referencia(prestadores=(prestador_id,), registro_ans=registro_ans, situacao=situacao)
        held = self.rows.get((destino.dono.alvo, destino.id))
        if held is None or prestador_id not in held.prestadores:
            return None
        mine = replace(held, prestadores=(prestador_id,))
        return mine if guias else replace(mine, guias=())

    def numero_of(self, prestador_id: str, registro_ans: str, guia: str) -> str | None:
        return self.guias.get((prestador_id, registro_ans, guia))

    def of_operadora(self, registro_ans: str, destino: Destino) -> Referencia | None:
        held = self.rows.get((destino.dono.alvo, destino.id))
        return held if held and held.registro_ans == registro_ans else None


class Mesa:
    """Documents, what they are given to, and a clock: what the use cases need."""

    def __init__(self) -> None:
        self.documentos, self.referencias, self.agora = FakeDocumentos(), FakeReferencias(), NOW

    @property
    def portas(self) -> Portas:
        return Portas(documentos=self.documentos, referencias=self.referencias, now=self.agora)

    def put(self, *documentos: Documento) -> None:
        for one in documentos:
            self.documentos.keep(one)
