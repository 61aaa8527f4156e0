"""The schema's judgement, told as findings: which field of which guia and item is wrong, and what to do.

libxml2 validates (60 times faster than xmlschema, desempenho.md section 2); its messages are not shown,
because they quote values and know nothing of guias. Each becomes an `Achado` with the most precise glosa
the standard has for that field, in the sender's version, and never a personal value.

libxml2 spends time proportional to the siblings of each element at fault, so a flood of errors costs its
square. Big documents are therefore judged as a stream first, which is linear and stops after a few errors.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from conecta_tiss.findings import Achado
from conecta_tiss.versions import Versao, schema_file
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from conecta_tiss.xml.diagnosis import ESTRUTURA, finding
from conecta_tiss.xml.gate import LIMITES
from conecta_tiss.xml.parser import new_parser, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element
    from lxml.etree import _LogEntry as LogEntry

    from conecta_tiss.xml.gate import Limites

# Up to here the square of the errors is harmless whatever the document is made of...
_PEQUENO: Final = 200 * 1024
# ...and up to here if no element has too many children.
_MEDIO: Final = 2 * 1024 * 1024
_PEDACO: Final = 64 * 1024
_ELEMENTOS_DO_COMECO: Final = 2000


def validate(
    raiz: Element, utf8: bytes, versao: Versao, limites: Limites = LIMITES, *, largura: int | None = None
) -> tuple[Achado, ...]:
    """Judge a message by the schema of a version.

    Args:
        raiz: Root of the message.
        utf8: The gated bytes it was parsed from.
        versao: Whose schema.
        limites: How many findings, and how wide a tree may be to be judged whole.
        largura: Children of the widest element whose children the schema repeats, if already known.

    Returns:
        At most `limites.achados_xsd` findings, in document order, and one more that counts the others.
    """
    esquema = schema(versao)
    if len(utf8) <= _PEQUENO or (len(utf8) <= _MEDIO and not _is_wide(raiz, largura, limites)):
        return _findings(raiz, esquema.errors(raiz), versao, limites)
    erros, parou = esquema.stream_errors(utf8, limites.achados_xsd)
    if not erros:
        return ()
    if not parou:
        return _findings(raiz, esquema.errors(raiz), versao, limites)
    return _flood_findings(utf8, erros, versao, limites)


def _is_wide(raiz: Element, largura: int | None, limites: Limites) -> bool:
    return bool(_wider_than(limites.irmaos)(raiz)) if largura is None else largura > limites.irmaos


class Esquema:
    """A compiled schema. One per version and process; safe to share among threads."""

    def __init__(self, versao: Versao) -> None:
        leitor = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
        self._esquema = etree.XMLSchema(etree.parse(schema_file(versao), leitor))
        self._um_por_vez = threading.Lock()

    def accepts(self, raiz: Element) -> bool:
        """Whether the tree is valid."""
        with self._um_por_vez:
            return self._esquema.validate(raiz)

    def errors(self, raiz: Element) -> list[LogEntry]:
        """All that is wrong with a tree."""
        with self._um_por_vez:  # the log belongs to the schema, not to the call
            return [] if self._esquema.validate(raiz) else list(self._esquema.error_log)

    def stream_errors(self, utf8: bytes, maximo: int) -> tuple[list[LogEntry], bool]:
        """What is wrong with well-formed bytes, without paths, and whether it stopped at `maximo`."""
        leitor = new_parser(remove_blank_text=True, schema=self._esquema)
        for inicio in range(0, len(utf8), _PEDACO):
            leitor.feed(utf8[inicio : inicio + _PEDACO])
            if len(leitor.feed_error_log) > maximo:
                return list(islice(leitor.feed_error_log, maximo)), True
        return list(leitor.feed_error_log), False


@cache
def schema(versao: Versao) -> Esquema:
    """The schema of a version, compiled on first use (10 to 20 ms)."""
    return Esquema(versao)


# --- which errors are told ----------------------------------------------------------------------------


def _findings(raiz: Element, erros: list[LogEntry], versao: Versao, limites: Limites) -> tuple[Achado, ...]:
    achados: list[Achado] = []
    vistos: set[str] = set()
    for posicao, erro in enumerate(erros):
        caminho = erro.path or ""
        # A bad value is reported by each of its facets, and by its type: one finding is enough.
        if caminho in vistos and erro.type != ESTRUTURA:
            continue
        if len(achados) == limites.achados_xsd:
            achados.append(_and_more(len(erros) - posicao, versao))
            break
        vistos.add(caminho)
        achados.append(finding(_find(raiz, caminho), erro, versao))
    return tuple(achados)


def _flood_findings(utf8: bytes, erros: list[LogEntry], versao: Versao, limites: Limites) -> tuple[Achado, ...]:
    """Findings of a document with too many errors: exact for its beginning, else without place."""
    comeco = parse(utf8)
    corte = next(islice(comeco.iter(), _ELEMENTOS_DO_COMECO, None), None)
    linhagem = set()
    while corte is not None:
        linhagem.add(corte)
        pai = corte.getparent()
        if pai is not None:
            del pai[pai.index(corte) + 1 :]
        corte = pai
    # What ends at the cut was cut short by us, not by the sender.
    inteiros = (erro for erro in schema(versao).errors(comeco) if _find(comeco, erro.path or "") not in linhagem)
    exatos = list(islice(inteiros, 2 * limites.achados_xsd))
    if exatos:
        achados = _findings(comeco, exatos, versao, limites)[: limites.achados_xsd]
        return (*achados, _and_more(None, versao))
    sem_lugar = tuple(finding(None, erro, versao) for erro in erros)
    return (*sem_lugar, _and_more(None, versao))


def _and_more(quantos: int | None, versao: Versao) -> Achado:
    quantidade = "outros problemas" if quantos is None else f"mais {quantos} problemas"
    return Achado(
        regra="TISS-XSD-LIMITE",
        codigo=codigo(Motivo.FORA_DO_PADRAO, versao),
        mensagem=f"Há {quantidade} de esquema além dos listados. Corrija estes e valide de novo.",
    )


def _find(raiz: Element, caminho: str) -> Element:
    """Element of a path as libxml2 writes it: `/ans:a/*[2]/b[3]`; `*` stands for a default namespace."""
    atual = raiz
    for passo in caminho.split("/")[2:]:
        achado = _PASSO.fullmatch(passo)
        proximo = None if achado is None else _child(atual, achado)
        if proximo is None:
            break  # an attribute or a text: its element will do
        atual = proximo
    return atual


def _child(pai: Element, passo: re.Match[str]) -> Element | None:
    prefixo, nome, posicao = passo["prefixo"], passo["nome"], int(passo["posicao"] or 1)
    # A name in the path stands for a prefixed one; the position counts those of that prefix.
    irmaos = pai.iterchildren("*" if nome == "*" else f"{{*}}{nome}")
    candidatos = irmaos if nome == "*" else (irmao for irmao in irmaos if irmao.prefix == prefixo)
    return next(islice(candidatos, posicao - 1, None), None)


_PASSO: Final = re.compile(r"(?:(?P<prefixo>[^:/\[]+):)?(?P<nome>[^:/\[@()]+)(?:\[(?P<posicao>[0-9]+)\])?")


@cache
def _wider_than(irmaos: int) -> etree.XPath:
    return etree.XPath(f"boolean(/descendant::*/*[{irmaos + 1}])")


# --- explanation --------------------------------------------------------------------------------------


def explain(raiz: Any, versao: Versao, maximo: int = 10) -> Iterator[str]:
    """What `xmlschema` has to say about a gated tree that lxml refused: path and reason, in English.

    It takes seconds where lxml takes milliseconds: only the command line and tests ask for it, and only of
    trees that passed the gate (it is not safe on raw bytes).

    Args:
        raiz: Root of the message.
        versao: Whose schema.
        maximo: Explanations given.
    """
    import xmlschema  # noqa: PLC0415 - never on the hot path: 200 ms to import

    esquema = xmlschema.XMLSchema(str(schema_file(versao)), defuse="never", allow="local")
    for erro in islice(esquema.iter_errors(raiz), maximo):
        yield f"{erro.path}: {_without_values(erro.reason or '')}"


def _without_values(texto: str) -> str:
    return re.sub(r"('[^']*'|\"[^\"]*\")", "'…'", texto.partition("\n")[0])
