"""The writer: message values to bytes that validate in their version.

ISO-8859-1, prefix `ans`, the element order of `conecta_tiss.xml.layout`, and the hash of its own text in
ISO-8859-1 (tiss.md section 4). What a text has outside that charset is written with its nearest characters:
smart quotes and dashes lose their curls, letters lose foreign accents, the rest becomes `?`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeVar

from conecta_tiss.errors import EscritaError, VersaoNaoSuportadaError
from conecta_tiss.messages.lote_guias import LoteGuias
from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.versions import ESPACO_DE_NOMES, Versao
from conecta_tiss.xml import epilogo, gate, layout, parser, validator
from conecta_tiss.xml.layout import Filho, Folha, Grupo, Lista, Registro, Tipo
from conecta_tiss.xml.names import PARA_OPERADORA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from conecta_tiss.messages.elegibilidade import RespostaElegibilidade, VerificaElegibilidade
    from conecta_tiss.messages.envelope import Mensagem
    from conecta_tiss.messages.recebimento import RecebimentoLote
    from conecta_tiss.messages.situacao import SituacaoProtocolo

_Valor = TypeVar("_Valor")

_CASAS_DO_DECIMAL: Final = Decimal("0.0001")
_CENTAVO: Final = Decimal("0.01")
_UNIDADE: Final = Decimal(1)


def write(mensagem: Mensagem[Any]) -> bytes:
    """Write a message of any transaction that is read: the header's tipoTransacao says which body it carries.

    Args:
        mensagem: In the version its header's `padrao` names.

    Returns:
        The document, in ISO-8859-1.

    Raises:
        EscritaError: The body is not the one of that transaction, the message would not validate in that version, or it
            carries a signature.
    """
    elemento = CORPOS.get(mensagem.cabecalho.tipo_transacao, "")
    if isinstance(mensagem.corpo, LoteGuias) and elemento == "loteGuias":
        return write_lote(mensagem)
    corpo = layout.CORPOS.get(elemento)
    if corpo is None or type(mensagem.corpo) is not corpo.registro().classe:
        raise EscritaError("o corpo da mensagem não é o da transação que o cabeçalho anuncia")
    return _corpo(mensagem, elemento)


def write_lote(mensagem: Mensagem[LoteGuias]) -> bytes:
    """Write an ENVIO_LOTE_GUIAS.

    Args:
        mensagem: In the version its header's `padrao` names.

    Returns:
        The document, in ISO-8859-1.

    Raises:
        EscritaError: It would not validate in that version, or carries a signature.
    """
    escritor = _Escritor()
    lote = mensagem.corpo
    if any(guia.assinada for guia in lote.guias):
        raise EscritaError("uma guia assinada não pode ser escrita: a assinatura não foi guardada")
    definicao = layout.GUIAS[lote.tipo]()
    escritor.abre("loteGuias")
    escritor.folha("numeroLote", lote.numero_lote)
    escritor.abre("guiasTISS")
    for guia in lote.guias:
        if type(guia) is not definicao.classe:
            raise EscritaError("um lote leva guias de um só tipo")
        escritor.registro(lote.tipo.value, definicao, guia)
    escritor.fecha("guiasTISS")
    escritor.fecha("loteGuias")
    return _mensagem(mensagem, PARA_OPERADORA, escritor)


def write_recebimento(mensagem: Mensagem[RecebimentoLote]) -> bytes:
    """Write a PROTOCOLO_RECEBIMENTO; see `write_lote`."""
    return _corpo(mensagem, "recebimentoLote")


def write_situacao(mensagem: Mensagem[SituacaoProtocolo]) -> bytes:
    """Write a SITUACAO_PROTOCOLO; see `write_lote`."""
    return _corpo(mensagem, "situacaoProtocolo")


def write_verifica_elegibilidade(mensagem: Mensagem[VerificaElegibilidade]) -> bytes:
    """Write a VERIFICA_ELEGIBILIDADE; see `write_lote`."""
    return _corpo(mensagem, "verificaElegibilidade")


def write_elegibilidade(mensagem: Mensagem[RespostaElegibilidade]) -> bytes:
    """Write a SITUACAO_ELEGIBILIDADE; see `write_lote`."""
    return _corpo(mensagem, "respostaElegibilidade")


def to_iso_8859_1(texto: str) -> str:
    """The nearest text that ISO-8859-1 and XML 1.0 can carry."""
    if (texto.isascii() and texto.isprintable()) or _ESTRANHA.search(texto) is None:
        return texto
    return "".join(letra if _is_plain(letra) else _nearest(letra) for letra in texto.replace("\r\n", "\n"))


def echo(valor: _Valor) -> _Valor:
    """What was sent, as it may go back: no text longer than it came, none empty."""
    if isinstance(valor, str):
        return to_iso_8859_1(valor)[: len(valor)].strip() or "?"  # type: ignore[return-value]
    if isinstance(valor, tuple):
        return tuple(echo(um) for um in valor)  # type: ignore[return-value]
    if is_dataclass(valor) and not isinstance(valor, type):
        return replace(valor, **{campo.name: echo(getattr(valor, campo.name)) for campo in fields(valor)})
    return valor


def cut(texto: str | None, tamanho: int) -> str | None:
    """A text as it will be written, cut; `None` when nothing is left of it."""
    return to_iso_8859_1(texto or "").strip()[:tamanho].strip() or None


def _corpo(mensagem: Mensagem[Any], elemento: str) -> bytes:
    corpo = layout.CORPOS[elemento]
    escritor = _Escritor()
    escritor.registro(elemento, corpo.registro(), mensagem.corpo)
    return _mensagem(mensagem, corpo.sentido, escritor)


def _mensagem(mensagem: Mensagem[Any], sentido: str, corpo: _Escritor) -> bytes:
    if mensagem.assinada:
        raise EscritaError("uma mensagem assinada não pode ser escrita: a assinatura não foi guardada")
    try:
        versao = Versao.de(mensagem.cabecalho.padrao)
    except VersaoNaoSuportadaError as erro:
        raise EscritaError(str(erro)) from erro
    cabecalho = _Escritor()
    cabecalho.registro("cabecalho", layout.cabecalho(), mensagem.cabecalho)
    resumo = epilogo.digest("".join((*cabecalho.textos, *corpo.textos)))
    documento = "".join(
        (
            '<?xml version="1.0" encoding="ISO-8859-1"?>\n',
            f'<ans:mensagemTISS xmlns:ans="{ESPACO_DE_NOMES}">',
            *cabecalho.partes,
            f"<ans:{sentido}>",
            *corpo.partes,
            f"</ans:{sentido}>",
            f"<ans:epilogo><ans:hash>{resumo}</ans:hash></ans:epilogo>",
            "</ans:mensagemTISS>\n",
        )
    ).encode("iso-8859-1")
    _check(documento, versao)
    return documento


def _check(documento: bytes, versao: Versao) -> None:
    """Nothing leaves that its own schema would refuse."""
    utf8 = gate.check(documento)
    achados = validator.validate(parser.parse(utf8), utf8, versao)
    if achados:
        primeiro = achados[0]
        raise EscritaError(f"a mensagem não é válida na {versao}: {primeiro.mensagem} ({primeiro.caminho})")


class _Escritor:
    """Markup and, beside it, the text of the leaves for the hash."""

    def __init__(self) -> None:
        self.partes: list[str] = []
        self.textos: list[str] = []

    def abre(self, elemento: str) -> None:
        self.partes.append(f"<ans:{elemento}>")

    def fecha(self, elemento: str) -> None:
        self.partes.append(f"</ans:{elemento}>")

    def folha(self, elemento: str, texto: str) -> None:
        limpo = to_iso_8859_1(texto)
        self.textos.append(limpo)
        self.partes.append(f"<ans:{elemento}>{_escape(limpo)}</ans:{elemento}>")

    def registro(self, elemento: str, registro: Registro, valor: Any) -> None:
        self.abre(elemento)
        self.conteudo(registro.partes, valor)
        self.fecha(elemento)

    def conteudo(self, partes: Iterable[layout.Parte], valor: Any) -> None:
        for parte in partes:
            match parte:
                case Grupo():
                    self.grupo(parte, valor)
                case Folha():
                    self.campo(parte, getattr(valor, parte.campo))
                case Filho():
                    filho = getattr(valor, parte.campo)
                    if filho is not None:
                        self.registro(parte.elemento, parte.registro(), filho)
                case _:
                    self.lista(parte, getattr(valor, parte.campo))

    def grupo(self, grupo: Grupo, valor: Any) -> None:
        # A wrapper with nothing inside is not written: where it is required, the schema says so.
        antes = len(self.partes)
        self.abre(grupo.elemento)
        self.conteudo(grupo.partes, valor)
        if len(self.partes) == antes + 1:
            self.partes.pop()
        else:
            self.fecha(grupo.elemento)

    def campo(self, folha: Folha, valor: Any) -> None:
        if folha.tipo is not Tipo.PRESENCA and valor is not None:
            self.folha(folha.elemento, _TEXTOS[folha.tipo](valor))

    def lista(self, lista: Lista, valores: tuple[Any, ...]) -> None:
        if not valores:
            return
        if lista.envoltorio is not None:
            self.abre(lista.envoltorio)
        for valor in valores:
            if lista.registro is None:
                self.folha(lista.elemento, _TEXTOS[lista.tipo](valor))
            elif lista.interno is None:
                self.registro(lista.elemento, lista.registro(), valor)
            else:
                self.abre(lista.elemento)
                self.registro(lista.interno, lista.registro(), valor)
                self.fecha(lista.elemento)
        if lista.envoltorio is not None:
            self.fecha(lista.envoltorio)


# --- values to texts ----------------------------------------------------------------------------------


def _day(valor: date) -> str:
    return valor.isoformat()


def _with_places(casas: Decimal) -> Callable[[Decimal], str]:
    def texto(valor: Decimal) -> str:
        try:
            exato = valor.quantize(casas)
        except InvalidOperation as erro:
            raise EscritaError("um valor não é um número que caiba na mensagem") from erro
        if not valor.is_finite():
            raise EscritaError("um valor não é um número que caiba na mensagem")
        if exato != valor:
            raise EscritaError("um valor tem mais casas decimais do que o padrão permite")
        return f"{exato:f}"

    return texto


def _decimal(valor: Decimal) -> str:
    texto = _with_places(_CASAS_DO_DECIMAL)(valor)
    return texto.rstrip("0").removesuffix(".")


_TEXTOS: Final[dict[Tipo, Callable[[Any], str]]] = {
    Tipo.TEXTO: str,
    Tipo.DATA: _day,
    Tipo.NUMERO: str,
    Tipo.QUANTIDADE: _with_places(_UNIDADE),
    Tipo.DECIMAL: _decimal,
    Tipo.VALOR: _with_places(_CENTAVO),
    Tipo.SIM_NAO: lambda valor: "S" if valor else "N",
    Tipo.LOGICO: lambda valor: "true" if valor else "false",
}


def _escape(texto: str) -> str:
    return texto.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_PROXIMOS: Final = {
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{BULLET}": "-",
    "\N{EURO SIGN}": "EUR",
    "\N{LATIN SMALL LIGATURE OE}": "oe",
    "\N{LATIN CAPITAL LIGATURE OE}": "OE",
    "\r": "\n",
}


_ESTRANHA: Final = re.compile("[^\t\n -~\xa0-\xff]")
"""What is neither ASCII without controls (blanks of XML included) nor the upper half of ISO-8859-1."""


def _is_plain(letra: str) -> bool:
    return _ESTRANHA.match(letra) is None


def _nearest(letra: str) -> str:
    conhecido = _PROXIMOS.get(letra)
    if conhecido is not None:
        return conhecido
    if unicodedata.category(letra).startswith("C"):
        return ""
    base = "".join(parte for parte in unicodedata.normalize("NFKD", letra) if _is_plain(parte))
    return base or "?"
