"""Guias as typed in JSON ↔ guias of a lote, and the rules of the message over them, told in JSON paths.

JSON says the same things under the names of the other contexts (`tabela`, `codigo`, `numero`, `carater`, `cids`),
without the groups that only XML has (`dadosAutorizacao`, `dadosBeneficiario`) and without the registro ANS, which is of
the lote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from conecta_tiss.findings import Achado, code_of
from conecta_tiss.messages.comum import Beneficiario, Contratado, Profissional
from conecta_tiss.messages.envelope import Cabecalho, Parte
from conecta_tiss.messages.lote_guias import (
    Autorizacao,
    Declaracao,
    Despesa,
    Executante,
    Guia,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
    ProcedimentoExecutado,
    ProcedimentoOdonto,
    SituacaoDente,
    SituacaoInicial,
    TipoGuia,
    ValoresGuia,
)
from conecta_tiss.rules import Contexto, run
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import TipoTransacao
from conecta_tiss.xml.layout import GUIAS, Filho, Folha, Grupo, Lista
from peg.domain.lotes import Identificacao, LoteLido

ACHADOS: Final = 500
"""Findings told at once."""
CLASSES: Final[Mapping[TipoGuia, type[Any]]] = MappingProxyType({
    TipoGuia.CONSULTA: GuiaConsulta,
    TipoGuia.SP_SADT: GuiaSpSadt,
    TipoGuia.RESUMO_INTERNACAO: GuiaResumoInternacao,
    TipoGuia.HONORARIOS: GuiaHonorarios,
    TipoGuia.ODONTO: GuiaOdonto,
})  # fmt: skip
_NOMES: Final[Mapping[str, str]] = MappingProxyType({
    "codigo_tabela": "tabela", "codigo_procedimento": "codigo", "descricao_procedimento": "descricao",
    "codigo_ref_fabricante": "referencia", "numero_conselho": "numero", "carater_atendimento": "carater",
    "diagnosticos": "cids", "numero_guia_principal": "guia_principal",
})  # fmt: skip
"""Fields that JSON calls otherwise."""
_JUNTOS: Final[Mapping[str, type[Any]]] = MappingProxyType({"beneficiario": Beneficiario, "autorizacao": Autorizacao})
"""Groups whose fields JSON has beside the guia's own."""
_EXECUTANTE: Final = MappingProxyType({
    "codigo_executante": "codigo_na_operadora", "cpf_executante": "cpf", "cnpj_executante": "cnpj",
})  # fmt: skip
"""A consulta's fields of its executante, which JSON has in an object as the other kinds do."""
_PARTES: Final[Mapping[str, type[Any]]] = MappingProxyType({
    "contratado_solicitante": Contratado, "contratado_executante": Contratado, "profissional_solicitante": Profissional,
    "profissional_executante": Profissional, "valores": ValoresGuia, "situacao_inicial": SituacaoInicial,
    "equipe": Executante, "procedimentos": ProcedimentoExecutado, "despesas": Despesa, "declaracoes": Declaracao,
    "dentes": SituacaoDente,
})  # fmt: skip
_DA_MENSAGEM: Final = frozenset({"registro_ans", "assinada"})
_QUANTIDADES: Final = frozenset({"quantidade"})


# --- there and back ---


def guia_of(tipo: TipoGuia, registro_ans: str, campos: Mapping[str, Any]) -> Guia:
    """A guia, of its JSON: as a model has it or as it was kept, with days and numbers as text.

    Raises:
        TypeError: something that the standard requires is missing.
    """
    given = dict(campos)
    if tipo is TipoGuia.CONSULTA:
        executante = given.pop("contratado_executante")
        given |= {name: executante.get(inner) for name, inner in _EXECUTANTE.items()}
    guia: Guia = _build(CLASSES[tipo], {**given, "registro_ans": registro_ans})
    return guia


def _build(classe: type[Any], campos: Mapping[str, Any]) -> Any:
    given: dict[str, Any] = {}
    for field in fields(classe):
        if field.name == "autorizacao" and campos.get("data_autorizacao") is None:
            continue
        if field.name in _JUNTOS:
            given[field.name] = _build(_JUNTOS[field.name], campos)
        elif (held := campos.get(_NOMES.get(field.name, field.name))) is not None:
            given[field.name] = _value(classe, field, held)
    return classe(**given)


def _value(classe: type[Any], field: Field[Any], held: Any) -> Any:
    part = ProcedimentoOdonto if classe is GuiaOdonto and field.name == "procedimentos" else _PARTES.get(field.name)
    if isinstance(held, list):
        return tuple(held) if part is None else tuple(_build(part, one) for one in held)
    if part is not None and isinstance(held, Mapping):
        return _build(part, held)
    if isinstance(held, str):
        kind = str(field.type)
        if kind.startswith("date"):
            return date.fromisoformat(held)
        if kind.startswith("Decimal"):
            return Decimal(held)
    return held


def campos_of(guia: Guia) -> dict[str, Any]:
    """The JSON of a guia: what it says, and nothing of what it does not."""
    shown = {name: held for name, held in _plain(guia).items() if name not in _DA_MENSAGEM}
    if isinstance(guia, GuiaConsulta):
        own = {inner: shown.pop(name) for name, inner in _EXECUTANTE.items() if name in shown}
        shown["contratado_executante"] = own
    return shown


def _plain(value: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field in fields(value):
        held = getattr(value, field.name)
        if field.name in _JUNTOS:
            shown |= {} if held is None else _plain(held)
        elif held is not None and held != ():
            shown[_NOMES.get(field.name, field.name)] = _text(field.name, held)
    return shown


def _text(name: str, held: Any) -> Any:
    if isinstance(held, tuple):
        return [_text(name, one) for one in held]
    if isinstance(held, date):
        return held.isoformat()
    if isinstance(held, Decimal):
        return f"{held.normalize() + 0:f}" if name in _QUANTIDADES else f"{held:.2f}"
    return _plain(held) if hasattr(held, "__dataclass_fields__") else held


# --- what is archived ---


def original(
    *, registro_ans: str, numero_lote: str, tipo: TipoGuia, versao: Versao, prestador: Identificacao,
    guias: Sequence[Mapping[str, Any]],
) -> bytes:  # fmt: skip
    """A typed lote as it is kept for ever (RN 501): the same things are the same bytes.

    Args:
        prestador: who presents it.
        guias: as `campos_of` shows them.
    """
    content = {
        "registro_ans": registro_ans,
        "numero_lote": numero_lote,
        "tipo_guia": tipo.value,
        "versao_tiss": versao.value,
        "prestador": {name: held for name in prestador.__slots__ if (held := getattr(prestador, name)) is not None},
        "guias": list(guias),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(raw: bytes, today: date) -> LoteLido:
    """A typed lote, of its `original`, with what the rules of the message find on a local day."""
    from peg.messages.lotes import presented  # noqa: PLC0415  # which reads this module's lotes, too

    held = json.loads(raw)
    registro, tipo, versao = held["registro_ans"], TipoGuia(held["tipo_guia"]), Versao(held["versao_tiss"])
    guias = tuple(guia_of(tipo, registro, campos) for campos in held["guias"])
    corpo = LoteGuias(numero_lote=held["numero_lote"], tipo=tipo, guias=guias)
    return LoteLido(
        versao=versao.value,
        transacao=TipoTransacao.ENVIO_LOTE_GUIAS.value,
        codificacao_hash=None,
        numero_lote=corpo.numero_lote,
        tipo_guia=tipo.value,
        origem=Identificacao(**held["prestador"]),
        destino=registro,
        sequencial=corpo.numero_lote,
        guias=tuple(presented(place, guia) for place, guia in enumerate(guias, 1)),
        valor_informado=corpo.valor_total,
        achados=formal(corpo, registro_ans=registro, versao=versao, hoje=today),
        corpo=corpo,
    )


# --- the rules of the message ---


def formal(lote: LoteGuias, *, registro_ans: str, versao: Versao, hoje: date) -> tuple[Achado, ...]:
    """What the rules of a lote find in a typed one, in JSON paths (`guias[3].procedimentos[0].codigo`).

    Args:
        versao: in which it is presented: it decides codes, and what it does not have.
        hoje: local day.
    """
    cabecalho = Cabecalho(
        tipo_transacao=TipoTransacao.ENVIO_LOTE_GUIAS.value,
        sequencial_transacao=lote.numero_lote,
        data_registro=hoje,
        hora_registro="00:00:00",
        origem=Parte(),
        destino=Parte(registro_ans=registro_ans),
        padrao=versao.value,
    )
    found = run(lote, Contexto(versao=versao, hoje=hoje, cabecalho=cabecalho), ACHADOS)
    in_json = [replace(achado, caminho=json_path(lote.tipo, achado.caminho or "")) for achado in found]
    return (*in_json, *_of_version(lote.guias, versao))[:ACHADOS]


def _of_version(guias: Sequence[Guia], versao: Versao) -> Iterator[Achado]:
    """What one version of the standard has and another has not; of XML its schema says so."""
    nova = versao >= Versao.V4_03_00
    for place, guia in enumerate(guias):
        for campo, wrong, text in _differences(guia, nova=nova):
            if wrong:
                yield Achado(
                    "TISS-VERSAO-DO-CAMPO", code_of(Motivo.FORA_DO_PADRAO, versao),
                    f"{text} O envio será na versão {versao}.",
                    guia=guia.numero_guia_prestador, caminho=f"guias[{place}].{campo}",
                )  # fmt: skip


_SEM_CENTRO: Final = "O centro de consumo só existe a partir da versão 4.03.00: retire-o."
_SEM_LETRAS: Final = "O CNPJ com letras só existe a partir da versão 4.03.00: use o código na operadora."


def _differences(guia: Guia, *, nova: bool) -> Iterator[tuple[str, bool, str]]:
    if isinstance(guia, GuiaHonorarios):
        text = "informe-o" if nova else "retire-o"
        wrong = (guia.carater_atendimento is None) is nova
        yield "carater", wrong, f"O caráter do atendimento é exigido a partir da versão 4.03.00, e só nela: {text}."
        yield "cnpj_local", not nova and _has_letters(guia.cnpj_local), _SEM_LETRAS
    elif isinstance(guia, GuiaConsulta):
        yield "contratado_executante.cnpj", not nova and _has_letters(guia.cnpj_executante), _SEM_LETRAS
    for name in ("contratado_solicitante", "contratado_executante"):
        held: Contratado | None = getattr(guia, name, None)
        yield f"{name}.cnpj", held is not None and not nova and _has_letters(held.cnpj), _SEM_LETRAS
    for name in ("procedimentos", "despesas"):
        for place, item in enumerate(getattr(guia, name, ())):
            centro = getattr(item, "centro_consumo", None)
            yield f"{name}[{place}].centro_consumo", centro is not None and not nova, _SEM_CENTRO


def _has_letters(cnpj: str | None) -> bool:
    return cnpj is not None and not cnpj.isdigit()


# --- paths ---

_PASSO: Final = re.compile(r"ans:([^/\[]+)(?:\[([0-9]+)\])?")
_FORA: Final = ("mensagemTISS", "prestadorParaOperadora", "loteGuias", "guiasTISS")
_NOMES_DE_FORA: Final = {"numeroLote": "numero_lote"}


_OUTROS_NOMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "data": ("dataExecucao", "dataRealizacao", "dataAtendimento"),
    "valorUnitario": ("valorUnitario", "valorProc", "valorProcedimento"),
    "quantidadeExecutada": ("quantidadeExecutada", "qtdProc"),
})  # fmt: skip
"""What rules of several kinds call by one name."""


def json_path(tipo: TipoGuia, caminho: str, elemento: str = "") -> str:
    """Where in the JSON of a lote is what the XPath of a finding names; as far as JSON has it.

    Args:
        elemento: there, or in its guia; what JSON does not have is left out.
    """
    passos = [(str(nome), int(posicao or 1) - 1) for nome, posicao in _PASSO.findall(caminho)]
    dentro = [passo for passo in passos if passo[0] not in _FORA]
    if not dentro:
        return "guias"
    (nome, indice), *rest = dentro
    if nome != tipo.value:
        return _NOMES_DE_FORA.get(nome, "$")
    whole: str = f"guias[{indice}]"
    path, where = whole, _elements(tipo)
    for nome, indice in rest:
        step = where.get(nome)
        if step is None:
            break
        campo, repeated, where = step
        path += f".{campo}{f'[{indice}]' if repeated else ''}" if campo else ""
    if campo := _named(where, elemento):
        return f"{path}.{campo}"
    campo = _named(_elements(tipo), elemento)
    return f"{whole}.{campo}" if campo else path


def _named(where: _Elementos, elemento: str) -> str:
    """JSON name of an element there, groups that JSON does not have included; empty without one."""
    inner = [where, *(held for campo, repeated, held in where.values() if not campo and not repeated)]
    return next(
        (group[name][0] for name in _OUTROS_NOMES.get(elemento, (elemento,)) for group in inner if name in group), ""
    )


_Elementos = dict[str, tuple[str, bool, Any]]
"""By element: its JSON name (empty: JSON has no such group), whether it is repeated, and what is inside."""


@cache
def _elements(tipo: TipoGuia) -> _Elementos:
    return _inside(GUIAS[tipo]().partes)


def _inside(partes: Sequence[Any]) -> _Elementos:
    found: _Elementos = {}
    for parte in partes:
        match parte:
            case Folha():
                found[parte.elemento] = (_NOMES.get(parte.campo, parte.campo), False, {})
            case Grupo():
                found[parte.elemento] = ("", False, _inside(parte.partes))
            case Filho():
                campo = "" if parte.campo in _JUNTOS else _NOMES.get(parte.campo, parte.campo)
                found[parte.elemento] = (campo, False, _inside(parte.registro().partes))
            case Lista():  # pragma: no branch  # there is no fifth sort
                inner = _inside(parte.registro().partes) if parte.registro else {}
                if parte.interno:
                    inner = {parte.interno: ("", False, inner)}
                one = {parte.elemento: (_NOMES.get(parte.campo, parte.campo), True, inner)}
                found |= {parte.envoltorio: ("", False, one)} if parte.envoltorio else one
    return found
