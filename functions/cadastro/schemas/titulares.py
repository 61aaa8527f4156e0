"""The JSON contract of a person's rights over its data."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from cadastro.schemas.comum import PorCarteiraOuCpf, RegistroAns


class TitularRequest(PorCarteiraOuCpf):
    """De quem são os dados: exatamente um de `numero_carteira` e `cpf`."""

    registro_ans: RegistroAns
    solicitacao: Annotated[
        str,
        Field(
            strict=True,
            min_length=1,
            max_length=60,
            pattern=r"^[A-Za-z0-9./_-]+$",
            description="Número do pedido do titular na operadora.",
        ),
    ]


class ExportacaoView(BaseModel):
    """Tudo o que o cadastro guarda da pessoa nesta operadora."""

    registro_ans: str
    solicitacao: str
    registros: Annotated[list[dict[str, Any]], Field(description="Um por carteira, com todos os campos guardados.")]


class DesfechoView(BaseModel):
    """O que se fez com os dados de uma carteira."""

    plano: str
    desfecho: Literal["MANTIDA", "REDUZIDA", "ELIMINADA"]
    fundamento: str
    conservados: Annotated[list[str], Field(description="Nomes dos campos conservados.")]
    ate: Annotated[date | None, Field(description="A partir de quando nada mais precisa ser conservado.")] = None


class EliminacaoView(BaseModel):
    """O que se fez, carteira por carteira."""

    registro_ans: str
    solicitacao: str
    carteiras: list[DesfechoView]
