"""The reader: a message's tree to the frozen values of `conecta_tiss.messages`.

It expects a tree its schema accepted. It also reads any other, without failing, for one purpose: to run the
formal rules on a refused lote and tell everything in one answer (`records`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.errors import LeituraError
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.messages.ilegivel import TEXTO_ILEGIVEL
from conecta_tiss.messages.lote_guias import LoteGuias, TipoGuia
from conecta_tiss.xml import layout, records
from conecta_tiss.xml.fast_records import fast_reader
from conecta_tiss.xml.layout import Filho, Folha, Grupo, Lista, Tipo
from conecta_tiss.xml.leaves import Leitura, text_of
from conecta_tiss.xml.names import ASSINATURA, PARA_OPERADORA, PARA_PRESTADOR, local, q

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.etree import _Element as Element

    from conecta_tiss.messages.elegibilidade import RespostaElegibilidade, VerificaElegibilidade
    from conecta_tiss.messages.envelope import Cabecalho
    from conecta_tiss.messages.lote_guias import Guia
    from conecta_tiss.messages.recebimento import RecebimentoLote
    from conecta_tiss.messages.situacao import SituacaoProtocolo
    from conecta_tiss.xml.layout import Registro

__all__ = [
    "Leitura", "body_name", "date_elements", "read", "read_cabecalho", "read_elegibilidade", "read_lote",
    "read_recebimento", "read_situacao", "read_verifica_elegibilidade",
]  # fmt: skip

CABECALHO: Final = q("cabecalho")
_CORPO_DO_LOTE: Final = "loteGuias"
LOTE: Final = f"{q(PARA_OPERADORA)}/{q(_CORPO_DO_LOTE)}"
_SENTIDOS: Final = (q(PARA_OPERADORA), q(PARA_PRESTADOR))
_NUMERO_LOTE: Final = q("numeroLote")
_GUIAS: Final = q("guiasTISS")
_TIPOS: Final = {q(tipo.value): tipo for tipo in TipoGuia}

# The quick readers take milliseconds to make: worth it for lotes of this many guias.
_GUIAS_PARA_LER_DEPRESSA: Final = 20


def read(raiz: Element, leitura: Leitura | None = None) -> Mensagem[Any] | None:
    """Read a message of any body that `layout` has; None for the others.

    Args:
        raiz: Root of a message, valid in its version (see the module for others).
        leitura: Collects oddities that are no error of the schema.
    """
    nome = body_name(raiz)
    if nome == _CORPO_DO_LOTE:
        return read_lote(raiz, leitura)
    return None if nome is None else _read(raiz, nome, leitura)


def body_name(raiz: Element) -> str | None:
    """Name of the body that `read` reads; None when there is none that it knows."""
    if raiz.find(LOTE) is not None:
        return _CORPO_DO_LOTE
    nomes = (local(str(sentido[0].tag)) for sentido in raiz.iterchildren(*_SENTIDOS) if len(sentido))
    return next((nome for nome in nomes if nome in layout.CORPOS), None)


def read_lote(raiz: Element, leitura: Leitura | None = None) -> Mensagem[LoteGuias]:
    """Read an ENVIO_LOTE_GUIAS.

    Args:
        raiz: Root of a message, valid in its version (see the module for others).
        leitura: Collects oddities that are no error of the schema.

    Raises:
        LeituraError: The message has no loteGuias.
    """
    lote = raiz.find(LOTE)
    if lote is None:
        raise LeituraError("a mensagem não tem loteGuias")
    leitura = Leitura() if leitura is None else leitura
    elementos = [
        (tipo, elemento)
        for guias_tiss in lote.iterchildren(_GUIAS)
        for elemento in guias_tiss
        if (tipo := _TIPOS.get(str(elemento.tag))) is not None
    ]
    leitura.maior_lista = len(elementos)
    depressa = len(elementos) >= _GUIAS_PARA_LER_DEPRESSA
    numero = lote.find(_NUMERO_LOTE)
    corpo = LoteGuias(
        numero_lote=TEXTO_ILEGIVEL if numero is None else text_of(numero, leitura),
        tipo=elementos[0][0] if elementos else TipoGuia.SP_SADT,
        guias=tuple([_guia(tipo, elemento, leitura, depressa=depressa) for tipo, elemento in elementos]),
    )
    return Mensagem(cabecalho=read_cabecalho(raiz, leitura), corpo=corpo, assinada=_assinada(raiz))


def _guia(tipo: TipoGuia, elemento: Element, leitura: Leitura, *, depressa: bool) -> Guia:
    registro = layout.GUIAS[tipo]
    guia: Guia
    if depressa:
        guia = fast_reader(registro)(elemento, leitura)
    else:
        guia = records.read(records.plan(registro), elemento, leitura)
    return guia


def read_recebimento(raiz: Element) -> Mensagem[RecebimentoLote]:
    """Read a PROTOCOLO_RECEBIMENTO, valid in its version.

    Raises:
        LeituraError: The message has no recebimentoLote.
    """
    return _mensagem(raiz, "recebimentoLote")


def read_situacao(raiz: Element) -> Mensagem[SituacaoProtocolo]:
    """Read a SITUACAO_PROTOCOLO, valid in its version.

    Raises:
        LeituraError: The message has no situacaoProtocolo.
    """
    return _mensagem(raiz, "situacaoProtocolo")


def read_verifica_elegibilidade(raiz: Element) -> Mensagem[VerificaElegibilidade]:
    """Read a VERIFICA_ELEGIBILIDADE, valid in its version.

    Raises:
        LeituraError: The message has no verificaElegibilidade.
    """
    return _mensagem(raiz, "verificaElegibilidade")


def read_elegibilidade(raiz: Element) -> Mensagem[RespostaElegibilidade]:
    """Read a SITUACAO_ELEGIBILIDADE, valid in its version.

    Raises:
        LeituraError: The message has no respostaElegibilidade.
    """
    return _mensagem(raiz, "respostaElegibilidade")


def read_cabecalho(raiz: Element, leitura: Leitura | None = None) -> Cabecalho:
    """Read the header of any message."""
    elemento = raiz.find(CABECALHO)
    plano = records.plan(layout.cabecalho)
    if elemento is None:
        cabecalho: Cabecalho = records.empty(plano)
    else:
        cabecalho = records.read(plano, elemento, Leitura() if leitura is None else leitura)
    return cabecalho


def date_elements(corpo: str | None) -> frozenset[str]:
    """Tags of the leaves that hold dates, in messages with that body."""
    return _datas_de(layout.registros_de(corpo or "").values())


def _mensagem(raiz: Element, nome: str) -> Mensagem[Any]:
    mensagem = _read(raiz, nome, None)
    if mensagem is None:
        raise LeituraError(f"a mensagem não tem {nome}")
    return mensagem


def _read(raiz: Element, nome: str, leitura: Leitura | None) -> Mensagem[Any] | None:
    corpo = layout.CORPOS[nome]
    elemento = raiz.find(f"{q(corpo.sentido)}/{q(nome)}")
    if elemento is None:
        return None
    leitura = Leitura() if leitura is None else leitura
    return Mensagem(
        cabecalho=read_cabecalho(raiz, leitura),
        corpo=records.read(records.plan(corpo.registro), elemento, leitura),
        assinada=_assinada(raiz),
    )


def _assinada(raiz: Element) -> bool:
    return raiz.find(ASSINATURA) is not None


def _datas_de(registros: Iterable[Callable[[], Registro]]) -> frozenset[str]:
    achadas: set[str] = set()

    def visitar(partes: Iterable[layout.Parte]) -> None:
        for parte in partes:
            match parte:
                case Folha(tipo=Tipo.DATA):
                    achadas.add(q(parte.elemento))
                case Grupo():
                    visitar(parte.partes)
                case Filho() | Lista() if parte.registro is not None:
                    visitar(parte.registro().partes)

    for registro in registros:
        visitar(registro().partes)
    return frozenset(achadas)
