"""The whole path of a message: gate, parser, count, Padrao and hash, schema, reading, formal rules.

One function for every door. It never raises for any bytes: what is wrong is told as findings, all at once,
the most precise first, so that a prestador corrects a file in one go.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from lxml import etree

from conecta_tiss.errors import VersaoNaoSuportadaError, XmlRecusadoError
from conecta_tiss.findings import Achado, Razao, Severidade, code_of
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.lote_guias import LoteGuias
from conecta_tiss.rules import ENVELOPE_RULES, Contexto, Envelope, run_body
from conecta_tiss.rules import run as run_rules
from conecta_tiss.rules.envelope import CORPOS, Sentido
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.xml import epilogo, gate, parser, reader, validator
from conecta_tiss.xml.diagnosis import (
    ANEXOS_TISS,
    GUIA_INVALIDA,
    GUIAS_TISS,
    NUMERO_ANEXO,
    NUMERO_GUIA,
    NUMERO_ORIGEM,
    SEM_JUSTIFICATIVA,
    place_of,
)
from conecta_tiss.xml.epilogo import SituacaoHash
from conecta_tiss.xml.gate import LIMITES, Limites
from conecta_tiss.xml.names import ASSINATURA, PARA_OPERADORA, elements_at, local, path_of, q

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from lxml.etree import _Element as Element

    from conecta_tiss.messages.envelope import Mensagem
    from conecta_tiss.messages.lote_guias import TipoGuia
    from conecta_tiss.rules.admissao import Lida

__all__ = ["LIMITES", "Limites", "Resultado", "read_as", "validate_message"]

_Corpo = TypeVar("_Corpo")

_PADRAO: Final = f"{q('cabecalho')}/{q('Padrao')}"
_TRANSACAO: Final = f"{q('cabecalho')}/{q('identificacaoTransacao')}/{q('tipoTransacao')}"
_SEQUENCIAL: Final = f"{q('cabecalho')}/{q('identificacaoTransacao')}/{q('sequencialTransacao')}"
_DESTINO: Final = f"{q('cabecalho')}/{q('destino')}/{q('registroANS')}"
_FALHA_NEGOCIO: Final = f"{q('cabecalho')}/{q('falhaNegocio')}"
_CODIGOS_DE_GLOSA: Final = tuple(
    q(nome)
    for nome in (
        "codGlosa", "codGlosaGuia", "codGlosaItem", "codGlosaProc", "codigoGlosa", "codigoGlosaProtocolo",
        "codigosGlosa", "falhaNegocio", "tipoGlosa",
    )
)  # fmt: skip
_ASSINATURA_GUIA: Final = q("assinaturaDigitalGuia")
_SENTIDOS: Final = {q(sentido.value): sentido for sentido in Sentido}
_CAMINHO_PADRAO: Final = "/ans:mensagemTISS/ans:cabecalho/ans:Padrao"
_CAMINHO_HASH: Final = "/ans:mensagemTISS/ans:epilogo/ans:hash"


class _Grupo(NamedTuple):
    """Elements whose children are limited in number.

    Attributes:
        lugar: Where they are.
        conteudo, todo: What they hold, and what holds them, in the words of a finding.
        caminho: How a finding shows them.
        limite: `None` is that of guias.
    """

    lugar: str
    conteudo: str
    todo: str
    caminho: str
    regra: str = "TISS-LOTE-GUIAS"
    limite: int | None = None


_GRUPOS: Final = (
    _Grupo(f"{reader.LOTE}/{GUIAS_TISS}", "guias", "lote", "loteGuias/ans:guiasTISS"),
    _Grupo(f"{q(PARA_OPERADORA)}/{q('loteAnexos')}/{ANEXOS_TISS}", "anexos", "lote", "loteAnexos/ans:AnexosGuiasTISS"),
    _Grupo(
        "/".join(map(q, (PARA_OPERADORA, "solicitacaoDemonstrativoRetorno", "demonstrativoAnalise", "protocolos"))),
        "protocolos", "pedido", "solicitacaoDemonstrativoRetorno/ans:demonstrativoAnalise/ans:protocolos",
        "TISS-DEMONSTRATIVO-PROTOCOLOS", 30,
    ),
    *(
        _Grupo(
            "/".join(map(q, (PARA_OPERADORA, "recursoGlosa", recurso, "opcaoRecurso"))), "guias", "recurso",
            f"recursoGlosa/ans:{recurso}/ans:opcaoRecurso", "TISS-RECURSO-GUIAS",
        )
        for recurso in ("guiaRecursoGlosa", "guiaRecursoGlosaOdonto")
    ),
)  # fmt: skip
_FORMA_DO_PADRAO: Final = re.compile(r"[0-9]\.[0-9]{2}\.[0-9]{2}")
_FORMA_DO_SEQUENCIAL: Final = re.compile(r"\S(?:.{0,10}\S)?")
_FORMA_DO_REGISTRO: Final = re.compile(r"[0-9]{6}")
_DATA_COM_FUSO: Final = re.compile(r"\s*-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resultado:
    """What is known of a message after the whole path. What could not be read is None.

    Attributes:
        valido: Nothing refuses it.
        versao: Version of `Padrao`, if Conecta speaks it.
        padrao: Text of `Padrao`, if it looks like a version.
        transacao: `tipoTransacao`, if the standard has it.
        sequencial: `sequencialTransacao`, if it looks like one; with `destino`, for an answer to what was refused.
        destino: registro ANS of the operadora it is for, if it looks like one.
        hash: What the declared hash turned out to be.
        numero_lote: Of a lote de guias.
        tipo_guia: Of a lote de guias.
        guias: How many guias a lote de guias holds.
        valor_total: What they bill, in reais.
        mensagem: The message read, only of a valid one whose body `conecta_tiss.xml.layout` has.
        achados: All that is wrong, the most precise first.
    """

    valido: bool
    versao: Versao | None = None
    padrao: str | None = None
    transacao: str | None = None
    sequencial: str | None = None
    destino: str | None = None
    hash: SituacaoHash | None = None
    numero_lote: str | None = None
    tipo_guia: TipoGuia | None = None
    guias: int | None = None
    valor_total: Decimal | None = None
    mensagem: Mensagem[Any] | None = None
    achados: tuple[Achado, ...] = ()

    def mensagem_de(self, classe: type[_Corpo]) -> Mensagem[_Corpo] | None:
        """The message read, if its body is of that class: what a door that wants one message asks for."""
        return _of(self.mensagem, classe)


def validate_message(raw: bytes, *, hoje: date, versao: Versao | None = None, limites: Limites = LIMITES) -> Resultado:
    """Validate a message of any transaction; read it too if its body is one that `conecta_tiss.xml.layout` has.

    Args:
        raw: The document as received.
        hoje: Local day of reception (America/Sao_Paulo).
        versao: The only version to accept; None accepts the message's own among `VERSOES`.
        limites: Limits of size, depth, counts and findings.

    Returns:
        A result for any bytes.

    Raises:
        ArtefatosAusentesError: The schemas were not built (scripts/setup).
    """
    try:
        with _without_collector():
            utf8 = gate.check(raw, limites)
            raiz = parser.parse(utf8)
            parser.check_tree(raiz, utf8, limites)
            return _Validacao(raiz, utf8, hoje, versao, limites).resultado()
    except XmlRecusadoError as recusa:
        achado = Achado(recusa.regra, recusa.codigo, recusa.mensagem, linha=recusa.linha)
        return Resultado(valido=False, achados=(achado,))


def read_as(raw: bytes, transacao: str, classe: type[Any], *, hoje: date) -> Lida:
    """A message at the door of one transaction: as much of it as can be read, and all that the standard finds wrong.

    Args:
        transacao: body element that the door is for.
        classe: what that body is read as.
    """
    from conecta_tiss.rules.admissao import Lida  # noqa: PLC0415  # who reads lotes alone does without it

    resultado = validate_message(raw, hoje=hoje)
    mensagem = resultado.mensagem_de(classe)
    origem = mensagem.cabecalho.origem if mensagem else None
    return Lida(
        transacao=transacao,
        versao=resultado.versao,
        origem=Contratado(cnpj=origem.cnpj, cpf=origem.cpf, codigo_na_operadora=origem.codigo_prestador_na_operadora)
        if origem
        else None,
        destino=resultado.destino,
        sequencial=resultado.sequencial,
        achados=resultado.achados,
        registrada_em=mensagem.cabecalho.data_registro if mensagem else None,
        corpo=mensagem.corpo if mensagem else None,
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the cycle collector: reading makes thousands of values and no cycle, and it would walk them all."""
    ligado = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ligado:
            gc.enable()


class _Validacao:
    """One message on its way, from the tree on."""

    def __init__(self, raiz: Element, utf8: bytes, hoje: date, exigida: Versao | None, limites: Limites) -> None:
        self.raiz = raiz
        self.utf8 = utf8
        self.hoje = hoje
        self.exigida = exigida
        self.limites = limites
        self.padrao = (raiz.findtext(_PADRAO) or "").strip()
        try:
            self.versao: Versao | None = Versao.de(self.padrao)
        except VersaoNaoSuportadaError:
            self.versao = None
        self.grupo = next((grupo for grupo in _GRUPOS if raiz.find(grupo.lugar) is not None), None)
        self.cabem = (self.grupo and self.grupo.limite) or limites.guias

    def resultado(self) -> Resultado:
        conferencia = epilogo.verify(self.raiz, tem_brancos=parser.has_markup_declarations(self.utf8))
        leitura = reader.Leitura()
        mensagem = reader.read(self.raiz, leitura)
        lote = _of(mensagem, LoteGuias)
        corpo = None if lote is None else lote.corpo
        guias = None if corpo is None else len(corpo.guias)
        achados = [
            *self._version_findings(),
            *self._count_findings(guias),
            *self._hash_findings(conferencia),
            *self._envelope_findings(mensagem),
        ]
        if self.versao is not None:
            achados += self._content_findings(mensagem, leitura)
        achados = self._settle(achados)
        valido = all(achado.severidade is not Severidade.RECUSA_LOTE for achado in achados)
        transacao = (self.raiz.findtext(_TRANSACAO) or "").strip()
        return Resultado(
            valido=valido,
            versao=self.versao,
            padrao=self.padrao if _FORMA_DO_PADRAO.fullmatch(self.padrao) else None,
            transacao=transacao if transacao in CORPOS else None,
            sequencial=self._shaped(_SEQUENCIAL, _FORMA_DO_SEQUENCIAL),
            destino=self._shaped(_DESTINO, _FORMA_DO_REGISTRO),
            hash=conferencia.situacao,
            numero_lote=(corpo.numero_lote.strip() or None) if corpo is not None else None,
            tipo_guia=corpo.tipo if corpo is not None and corpo.guias else None,
            guias=guias,
            valor_total=_readable(corpo.valor_total) if corpo is not None else None,
            mensagem=mensagem if valido else None,
            achados=tuple(achados),
        )

    def _shaped(self, caminho: str, forma: re.Pattern[str]) -> str | None:
        texto = (self.raiz.findtext(caminho) or "").strip()
        return texto if forma.fullmatch(texto) else None

    def _version_findings(self) -> Iterator[Achado]:
        aceitas = ", ".join(VERSOES)
        if self.versao is None:
            declarada = (
                f"A versão {self.padrao} do padrão não é aceita"
                if _FORMA_DO_PADRAO.fullmatch(self.padrao)
                else "A mensagem não diz em Padrao a versão que usa"
            )
            mensagem = f"{declarada}. Envie em uma destas: {aceitas}."
        elif self.exigida is not None and self.versao is not self.exigida:
            mensagem = f"A mensagem declara a versão {self.versao}, mas foi pedida a {self.exigida}."
        else:
            return
        yield self._achado("TISS-VERSAO", Motivo.VERSAO_INVALIDA, mensagem, caminho=_CAMINHO_PADRAO)

    def _count_findings(self, guias: int | None) -> Iterator[Achado]:
        grupo, limite = self.grupo, self.cabem
        if grupo is None:
            return
        quantos = sum(map(len, self.raiz.iterfind(grupo.lugar))) if guias is None else guias
        if quantos > limite:
            yield self._achado(
                grupo.regra,
                Motivo.LOTE_ACIMA_DO_LIMITE,
                f"O {grupo.todo} tem {quantos} {grupo.conteudo}; o máximo é {limite}. Divida-o em "
                f"{-(-quantos // limite)} {grupo.todo}s.",
                caminho=f"/ans:mensagemTISS/ans:{PARA_OPERADORA}/ans:{grupo.caminho}",
            )

    def _hash_findings(self, conferencia: epilogo.Conferencia) -> Iterator[Achado]:
        if conferencia.situacao is SituacaoHash.AUSENTE:
            mensagem = (
                f"O hash do epílogo não foi informado. Informe o MD5 do texto da mensagem: {conferencia.calculado}."
            )
        elif conferencia.situacao is SituacaoHash.DIVERGENTE:
            mensagem = (
                "O hash do epílogo não confere: a mensagem foi alterada depois de gerada, ou ele foi calculado "
                f"de outro modo. O MD5 do texto é {conferencia.calculado}. Gere o arquivo de novo."
            )
        else:
            return
        yield self._achado("TISS-HASH", Motivo.HASH_INVALIDO, mensagem, caminho=_CAMINHO_HASH)

    def _envelope_findings(self, mensagem: Mensagem[Any] | None) -> Iterator[Achado]:
        contexto = self._contexto(mensagem)
        sentido = corpo = None
        for filho in self.raiz:
            sentido = _SENTIDOS.get(str(filho.tag), sentido)
            if str(filho.tag) in _SENTIDOS:
                corpo = next((local(str(neto.tag)) for neto in filho), None)
        envelope = Envelope(cabecalho=contexto.cabecalho, sentido=sentido, corpo=corpo)
        for regra in ENVELOPE_RULES:
            yield from regra(envelope, contexto)
        yield from self._signature_findings(_of(mensagem, LoteGuias))

    def _signature_findings(self, lote: Mensagem[LoteGuias] | None) -> Iterator[Achado]:
        assinatura = self.raiz.find(ASSINATURA)
        if assinatura is None and lote is not None and any(guia.assinada for guia in lote.corpo.guias):
            assinatura = next(self.raiz.iter(_ASSINATURA_GUIA), None)
        if assinatura is not None:
            parser.check_depth(self.raiz, self.limites)
            yield self._achado(
                "TISS-ASSINATURA",
                Motivo.ASSINATURA_INVALIDA,
                "A mensagem tem assinatura digital, que não pôde ser verificada. Envie-a sem assinatura.",
                elemento=assinatura,
            )

    def _content_findings(self, mensagem: Mensagem[Any] | None, leitura: reader.Leitura) -> Iterator[Achado]:
        assert self.versao is not None  # noqa: S101 - the caller asked
        lote = _of(mensagem, LoteGuias)
        # The reader has seen every list of a lote; of other messages the validator must ask.
        largura = None if lote is None else leitura.maior_lista
        do_esquema = validator.validate(*self._within_count(), self.versao, self.limites, largura=largura)
        if do_esquema:
            parser.check_depth(self.raiz, self.limites)
        yield from do_esquema
        yield from self._empty_glosa_findings(all_of_them=lote is None)
        if mensagem is None:
            yield from self._odd_leaves()
            return
        yield from self._blank_findings(leitura.brancos)
        if leitura.datas:
            nomes = reader.date_elements(reader.body_name(self.raiz))
            datas = (e for e in self.raiz.iter(*nomes) if e.text in leitura.datas)
            yield from self._date_findings(datas)
        if lote is not None:
            corpo = lote.corpo
            if len(corpo.guias) > self.limites.guias:
                corpo = replace(corpo, guias=corpo.guias[: self.limites.guias])
            # One more than can be shown tells that there are more.
            yield from run_rules(corpo, self._contexto(mensagem), self.limites.achados + 1)
        else:
            yield from run_body(mensagem.corpo, self._contexto(mensagem), self.limites.achados + 1)

    def _within_count(self) -> tuple[Element, bytes]:
        """The message without what is above the limit of its group, which the schema would refuse in its own words."""
        grupo = None if self.grupo is None else self.raiz.find(self.grupo.lugar)
        if self.grupo is None or grupo is None or len(grupo) <= self.cabem:
            return self.raiz, self.utf8
        copia = parser.parse(self.utf8)
        for outro in copia.iterfind(self.grupo.lugar):
            del outro[self.cabem :]
        return copia, etree.tostring(copia, encoding="utf-8")

    def _odd_leaves(self) -> Iterator[Achado]:
        """Blanks and dates with a time zone, in messages the reader does not know."""
        folhas = [elemento for elemento in self.raiz.iter() if len(elemento) == 0 and elemento.text]
        yield from self._blank_findings(folha for folha in folhas if (folha.text or "").isspace())
        yield from self._date_findings(folha for folha in folhas if _DATA_COM_FUSO.fullmatch(folha.text or ""))

    def _empty_glosa_findings(self, *, all_of_them: bool) -> Iterator[Achado]:
        """Glosa codes without a code, which the schema enumerates as one; a lote has them only in its header."""
        folhas = self.raiz.iter(*_CODIGOS_DE_GLOSA) if all_of_them else self.raiz.iterfind(_FALHA_NEGOCIO)
        for folha in islice((f for f in folhas if not f.text and len(f) == 0), self.limites.achados):
            yield self._achado(
                "TISS-GLOSA-VAZIA",
                Motivo.MENSAGEM_INCOMPLETA,
                f"O campo {local(str(folha.tag))} está vazio. Informe o código da glosa, ou retire-o se for opcional.",
                elemento=folha,
            )

    def _blank_findings(self, folhas: Iterable[Element]) -> Iterator[Achado]:
        for folha in islice(folhas, self.limites.achados):
            nome = local(str(folha.tag))
            yield self._achado(
                "TISS-EM-BRANCO",
                _MOTIVOS_DO_BRANCO.get(nome, Motivo.MENSAGEM_INCOMPLETA),
                f"O campo {nome} só tem espaços. Informe-o, ou retire-o se for opcional.",
                elemento=folha,
            )

    def _date_findings(self, folhas: Iterable[Element]) -> Iterator[Achado]:
        for folha in islice(folhas, self.limites.achados):
            yield self._achado(
                "TISS-DATA-SIMPLES",
                Motivo.DATA_INCORRETA,
                f"O campo {local(str(folha.tag))} não é um dia simples. Escreva AAAA-MM-DD, sem fuso horário.",
                elemento=folha,
            )

    def _contexto(self, mensagem: Mensagem[Any] | None) -> Contexto:
        cabecalho = reader.read_cabecalho(self.raiz) if mensagem is None else mensagem.cabecalho
        return Contexto(versao=self.versao, hoje=self.hoje, cabecalho=cabecalho)

    def _achado(
        self,
        regra: str,
        razao: Razao,
        mensagem: str,
        *,
        caminho: str | None = None,
        elemento: Element | None = None,
    ) -> Achado:
        guia, item = place_of(elemento)
        return Achado(
            regra,
            code_of(razao, self.versao),
            mensagem,
            guia=guia,
            item=item,
            caminho=caminho if elemento is None else path_of(elemento),
            linha=None if elemento is None else elemento.sourceline,
        )

    def _settle(self, achados: list[Achado]) -> list[Achado]:
        """One finding per fact: the first of each code and place; each with its line; not too many."""
        unicos: dict[tuple[str, str | None, str | None], Achado] = {}
        for achado in achados:
            # Two findings without a place are two facts only if they say different things.
            chave = (achado.codigo, achado.caminho, achado.mensagem if achado.caminho is None else None)
            unicos.setdefault(chave, achado)
        ordenados = list(unicos.values())
        if len(ordenados) > self.limites.achados:
            e_mais = "Há outros problemas além dos listados. Corrija estes e valide de novo."
            ordenados = ordenados[: self.limites.achados - 1]
            ordenados.append(self._achado("TISS-LIMITE", Motivo.FORA_DO_PADRAO, e_mais))
        sem_linha = [a for a in ordenados if a.linha is None and a.caminho is not None]
        lugares = elements_at(self.raiz, [a.caminho or "" for a in sem_linha])
        linhas = {id(a): None if e is None else e.sourceline for a, e in zip(sem_linha, lugares, strict=True)}
        return [replace(a, linha=linhas[id(a)]) if id(a) in linhas else a for a in ordenados]


def _of(mensagem: Mensagem[Any] | None, classe: type[_Corpo]) -> Mensagem[_Corpo] | None:
    """The message, if its body is of that class."""
    return mensagem if mensagem is not None and isinstance(mensagem.corpo, classe) else None


_MOTIVOS_DO_BRANCO: Final[dict[str, Razao]] = {
    "numeroLote": Motivo.LOTE_SEM_NUMERO,
    "numeroCarteira": Motivo.CARTEIRA_INVALIDA,
    local(NUMERO_GUIA): GUIA_INVALIDA,
    local(NUMERO_ANEXO): GUIA_INVALIDA,
    local(NUMERO_ORIGEM): GUIA_INVALIDA,
    "numeroGuiaReferenciada": GUIA_INVALIDA,
    "nrGuiaReferenciada": GUIA_INVALIDA,
    **SEM_JUSTIFICATIVA,
}


def _readable(valor: Decimal) -> Decimal | None:
    return None if valor.is_nan() else valor
