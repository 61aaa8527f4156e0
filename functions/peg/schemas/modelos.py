"""A guia pre-filled from a senha: everything that is known, for who types to complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from conecta_campos.padrao import SHOWN, STRICT, Carteira, Codes, NumeroGuia
from conecta_edge.http import field_errors
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.tables import OutrasDespesas, Tabela
from peg.schemas.guias import MODELOS, is_carried

if TYPE_CHECKING:
    from conecta_edge.cadastro import Contratacao
    from conecta_edge.problems import FieldError
    from peg.service.modelos import Linha, Modelo

CAMPOS: Final = ("numero_carteira", "itens", "diagnosticos", "justificativa")
"""Personal data that the answer may show, for the audit."""
_UNIDADE: Final = "036"
_DESPESAS: Final[Mapping[str, OutrasDespesas]] = {
    Tabela.DIARIAS_TAXAS_E_GASES: OutrasDespesas.TAXAS_E_ALUGUEIS,
    Tabela.MATERIAIS_E_OPME: OutrasDespesas.MATERIAIS,
    Tabela.MEDICAMENTOS: OutrasDespesas.MEDICAMENTOS,
}


class ModeloRequest(BaseModel):
    """De que senha. Em honorários sobre a senha de outro prestador, também a carteira."""

    model_config = STRICT

    senha: NumeroGuia | None = None
    numero_guia_operadora: NumeroGuia | None = None
    numero_carteira: Carteira | None = None
    grau_participacao: Annotated[str | None, Codes("dm_grauPart"), Field(description="De quem cobra honorários.")] = (
        None
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.senha is None) == (self.numero_guia_operadora is None):
            raise PydanticCustomError("exatamente-um", "Informe senha ou numero_guia_operadora: exatamente um.")
        return self

    @property
    def numero(self) -> str:
        """Whichever was given."""
        return self.senha or self.numero_guia_operadora or ""


class FaltaDaGuiaView(BaseModel):
    """O que ainda falta."""

    model_config = SHOWN

    campo: str
    codigo: str
    mensagem: str


class ModeloView(BaseModel):
    """Uma guia preenchida com o que resta da senha; não é gravada."""

    model_config = SHOWN

    guia: Annotated[dict[str, Any], Field(description="No formato em que se inclui, depois de completada.")]
    falta: list[FaltaDaGuiaView]
    diarias_restantes: Annotated[str, Field(description="Diárias autorizadas e ainda não cobradas.")]


def vista(
    modelo: Modelo, tipo: TipoGuia, *, own: Contratacao, asked_by: Contratacao, done_at: Contratacao, hoje: date
) -> dict[str, Any]:
    """A guia of a kind, and what it lacks (`ModeloView`).

    Args:
        own, asked_by, done_at: who bills, who requested, and where it is done.
    """
    held = modelo.autorizacao
    asked = held.solicitacao
    text = asked.justificativa or ""
    guia: dict[str, Any] = {
        "numero_guia_operadora": held.numero,
        "numero_carteira": asked.carteira,
        "atendimento_rn": asked.atendimento_rn,
    }
    if tipo is not TipoGuia.CONSULTA:
        guia |= {"senha": held.senha}
    if tipo not in {TipoGuia.CONSULTA, TipoGuia.HONORARIOS}:
        guia |= {"data_autorizacao": _iso(held.data_autorizacao), "data_validade_senha": _iso(held.validade)}
    match tipo:
        case TipoGuia.CONSULTA:
            guia |= _executes(own) | _only(modelo.linhas)
        case TipoGuia.SP_SADT:
            who = asked.profissional
            guia |= {
                "guia_principal": held.principal, "carater": asked.carater.value,
                "contratado_solicitante": _named(asked_by), "nome_contratado_solicitante": _name(asked_by),
                "profissional_solicitante": {name: getattr(who, name) for name in who.__slots__} if who else None,
                "data_solicitacao": asked.data_solicitacao.isoformat(),
                "indicacao_clinica": text if text and is_carried(text) else None,
                **_executes(own), **_lines(modelo.linhas),
            }  # fmt: skip
        case TipoGuia.RESUMO_INTERNACAO:
            guia |= {
                "numero_guia_solicitacao_internacao": asked.numero_guia_prestador, "carater": asked.carater.value,
                "tipo_internacao": asked.tipo_internacao, "regime_internacao": asked.regime_internacao,
                "cids": list(asked.cids), "data_inicio_faturamento": _iso(held.admissao),
                "data_final_faturamento": _iso(held.alta), "motivo_encerramento": held.motivo_alta,
                **_executes(own), **_lines(modelo.linhas),
            }  # fmt: skip
        case TipoGuia.HONORARIOS:
            at, mine = _named(done_at) or {}, _named(own) or {}
            guia |= {
                "guia_solic_internacao": asked.numero_guia_prestador, "codigo_local": at.get("codigo_na_operadora"),
                "cnpj_local": at.get("cnpj"), "nome_local": _name(done_at), "cnes_local": _cnes(done_at),
                "codigo_executante": next(iter(mine.values()), None), "cnes_executante": _cnes(own),
                "data_emissao_guia": hoje.isoformat(), "procedimentos": [_line(one) for one in modelo.linhas],
            }  # fmt: skip
        case TipoGuia.ODONTO:  # pragma: no branch  # the last of the five kinds
            guia |= {
                "codigo_executante": next(iter((_named(own) or {}).values()), None), "cnes_executante": _cnes(own),
                "procedimentos": [_dental(one) for one in modelo.linhas],
            }  # fmt: skip
    shown = _given(guia)
    return {"guia": shown, "falta": _lacks(tipo, shown), "diarias_restantes": f"{modelo.diarias.normalize() + 0:f}"}


def _lacks(tipo: TipoGuia, guia: dict[str, Any]) -> list[dict[str, str]]:
    """Its number at least, which only who bills can give."""
    wrong: tuple[FieldError, ...] = ()
    try:
        MODELOS[tipo].model_validate_json(json.dumps(guia))
    except ValidationError as error:
        wrong = field_errors(error)
    return [one.as_dict() for one in wrong]


def _given(made: Any) -> Any:
    """Without what is not known."""
    if isinstance(made, dict):
        return {name: _given(held) for name, held in made.items() if held is not None}
    return [_given(one) for one in made] if isinstance(made, list) else made


def _iso(dia: date | None) -> str | None:
    return dia.isoformat() if dia else None


def _named(row: Contratacao) -> dict[str, str] | None:
    """As the operadora knows a prestador: by its code, else by its own number."""
    if row.relacionamento is not None:
        return {"codigo_na_operadora": row.relacionamento.codigo_na_operadora}
    if row.prestador is None:
        return None
    return {"cnpj": row.prestador.cnpj} if row.prestador.cnpj else {"cpf": row.prestador.cpf or ""}


def _name(row: Contratacao) -> str | None:
    nome = row.prestador.nome[:70].strip() if row.prestador else None
    return nome if nome and is_carried(nome) else None


def _cnes(row: Contratacao) -> str | None:
    return row.prestador.cnes if row.prestador else None


def _executes(own: Contratacao) -> dict[str, Any]:
    return {"contratado_executante": _named(own), "cnes_executante": _cnes(own)}


def _what(one: Linha) -> dict[str, Any]:
    text = one.item.solicitado.descricao
    return {
        "tabela": one.item.solicitado.tabela, "codigo": one.item.solicitado.codigo,
        "descricao": text[:150].strip() if text and is_carried(text[:150]) else None,
    }  # fmt: skip


def _line(one: Linha) -> dict[str, Any]:
    return {
        **_what(one), "quantidade": f"{one.restante.normalize() + 0:f}", "valor_unitario": _reais(one),
        "data_execucao": _iso(one.item.data_prevista),
    }  # fmt: skip


def _reais(one: Linha) -> str | None:
    return None if one.valor is None else f"{one.valor:.2f}"


def _lines(linhas: tuple[Linha, ...]) -> dict[str, Any]:
    """Procedures, and expenses by the table they are of."""
    made: dict[str, list[dict[str, Any]]] = {"procedimentos": [], "despesas": []}
    for one in linhas:
        kind = _DESPESAS.get(one.item.solicitado.tabela)
        if kind is None:
            made["procedimentos"].append(_line(one))
            continue
        opme = one.item.solicitado.opme
        more = {
            "codigo_despesa": (OutrasDespesas.OPME if opme else kind).value, "unidade_medida": _UNIDADE,
            "registro_anvisa": opme.registro_anvisa if opme else None,
            "referencia": opme.referencia if opme else None,
            "autorizacao_funcionamento": opme.autorizacao_funcionamento if opme else None,
        }  # fmt: skip
        made["despesas"].append({**_line(one), **more})
    return made


def _only(linhas: tuple[Linha, ...]) -> dict[str, Any]:
    """A consultation has one procedure."""
    if not linhas:
        return {}
    first = linhas[0]
    asked = first.item.solicitado
    return {
        "tabela": asked.tabela, "codigo": asked.codigo, "valor_procedimento": _reais(first),
        "data_atendimento": _iso(first.item.data_prevista),
    }  # fmt: skip


def _dental(one: Linha) -> dict[str, Any]:
    asked = one.item.solicitado
    return {
        **_what(one), "quantidade": f"{one.restante.normalize() + 0:f}", "valor": _reais(one), "dente": asked.dente,
        "regiao": asked.regiao, "face": asked.face, "data_realizacao": _iso(one.item.data_prevista),
    }  # fmt: skip
