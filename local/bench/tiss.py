"""Area `tiss`: one SP/SADT lote through the whole path, its phases, and other implementations on the same bytes.

The yardstick is libxml2 itself: a safe parse and a validation with a compiled schema, in this same process. The
peers know only 4.03.00, so they meet us there; each is measured by its own process's CPU. tiss does about as much
as the full path; pytiss only validates against the schema, so it is compared with both our schema validation and
our full path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from conecta_tiss.pipeline import validate_message
from conecta_tiss.rules import Contexto, run
from conecta_tiss.versions import Versao, schema_file
from conecta_tiss.xml import epilogo, gate, parser, reader, validator
from local.bench import peers
from local.bench.measure import Measure, Sampler, alternate, cpu_of
from local.gerador import DIA_DE_REFERENCIA, Pedido, gerar

AREA = "tiss"
SIZES = (1, 10, 100)
UNIT = "ms CPU"
# One factor: the peers take a correct reducaoAcrescimo for an error.
_PEDIDO = Pedido(procedimentos=3, despesas=2, fatores=(Decimal("1.00"),))


class RefusedError(RuntimeError):
    """The full path refused bytes that are valid: what would be measured is not the work meant."""


def measures(rounds: int) -> Iterator[Measure]:
    """CPU per message, in ms.

    Raises:
        RefusedError: the library refuses a correct lote.
        PeersError: the peers cannot be installed or refuse it.
    """
    for guias in SIZES:
        yield from _phases(guias, rounds)
    with peers.Worker(peers.prepare()) as worker, TemporaryDirectory() as folder:
        versions = worker.versions()
        for guias in SIZES:
            yield from _against_peers(worker, versions, Path(folder), guias, rounds)


def _lote(guias: int, versao: Versao) -> bytes:
    raw = gerar(replace(_PEDIDO, guias=guias, versao=versao.value)).conteudo
    achados = validate_message(raw, hoje=DIA_DE_REFERENCIA).achados
    if achados:
        raise RefusedError(f"{guias} guias {versao}: {achados[:2]}")
    return raw


def libxml2(raw: bytes, versao: Versao) -> Callable[[], object]:
    """A safe parse and a validation, with a schema that was compiled before."""
    schema = etree.XMLSchema(etree.parse(str(schema_file(versao)), etree.XMLParser(no_network=True)))

    def run() -> None:
        tree = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        if not schema.validate(tree):
            raise RefusedError(str(schema.error_log))

    return run


def _phases(guias: int, rounds: int) -> Iterator[Measure]:
    raw = _lote(guias, Versao.V4_01_00)
    utf8 = gate.check(raw)
    root = parser.parse(utf8)
    mensagem = reader.read_lote(root)
    contexto = Contexto(versao=Versao.V4_01_00, hoje=DIA_DE_REFERENCIA, cabecalho=mensagem.cabecalho)
    floor, full = f"libxml2: parse + XSD, {_of(guias)}", f"caminho completo, {_of(guias)}"
    cases: dict[str, Callable[[], object]] = {
        floor: libxml2(raw, Versao.V4_01_00),
        full: lambda: validate_message(raw, hoje=DIA_DE_REFERENCIA),
        f"portão, {_of(guias)}": lambda: gate.check(raw),
        f"parser seguro, {_of(guias)}": lambda: parser.parse(utf8),
        f"hash, {_of(guias)}": lambda: epilogo.verify(root),
        f"XSD, {_of(guias)}": lambda: validator.validate(root, utf8, Versao.V4_01_00),
        f"leitura, {_of(guias)}": lambda: reader.read_lote(root),
        f"regras formais, {_of(guias)}": lambda: run(mensagem.corpo, contexto, gate.LIMITES.achados),
    }
    medians = alternate({name: cpu_of(case) for name, case in cases.items()}, rounds)
    for name, value in medians.items():
        compared = name != floor
        yield Measure(
            area=AREA,
            case=name,
            value=value,
            unit=UNIT,
            ratio=value / medians[floor] if compared else None,
            against=floor if compared else None,
        )


def _against_peers(
    worker: peers.Worker, versions: dict[str, str], folder: Path, guias: int, rounds: int
) -> Iterator[Measure]:
    raw = _lote(guias, Versao.V4_03_00)
    file = folder / f"{guias}.xml"
    file.write_bytes(raw)
    full, schema, digest = (
        f"{what}, 4.03.00, {_of(guias)}"
        for what in ("caminho completo", "portão + parser + XSD", "portão + parser + hash")
    )
    samplers: dict[str, Sampler] = {
        full: cpu_of(lambda: validate_message(raw, hoje=DIA_DE_REFERENCIA)),
        schema: cpu_of(lambda: _schema_only(raw)),
        digest: cpu_of(lambda: epilogo.verify(parser.parse(gate.check(raw)))),
    }
    theirs = {
        f"tiss {versions['tiss']} validate, {_of(guias)}": ("tiss.validate", (full,)),
        f"pytiss {versions['pytiss']}, só XSD, {_of(guias)}": ("pytiss.XSDValidator", (schema, full)),
        f"tiss {versions['tiss']} hash_epilogo, {_of(guias)}": ("tiss.hash_epilogo", (digest,)),
        f"tiss-hash {versions['tiss-hash']}, {_of(guias)}": ("tiss_hash.hash_tiss", (digest,)),
    }
    for name, (case, _) in theirs.items():
        samplers[name] = worker.sampler(case, file)
    medians = alternate(samplers, rounds)
    for name in (full, schema, digest):
        yield Measure(area=AREA, case=name, value=medians[name], unit=UNIT)
    for name, (_, bases) in theirs.items():
        for base in bases:
            ratio = medians[name] / medians[base]
            yield Measure(area=AREA, case=name, value=medians[name], unit=UNIT, ratio=ratio, against=base)


def _schema_only(raw: bytes) -> None:
    utf8 = gate.check(raw)
    if validator.validate(parser.parse(utf8), utf8, Versao.V4_03_00):
        raise RefusedError("the schema refuses a correct lote")


def _of(guias: int) -> str:
    return f"{guias} guia{'s' * (guias > 1)}"
