"""What is searched for: a senha or guia with the matrícula (R08); and what only the operadora may search by."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from conecta_campos.padrao import STRICT, Carteira, Cpf, NumeroGuia, RegistroAns
from conecta_campos.textos import LINHA


class BuscaRequest(BaseModel):
    """Número e matrícula, os dois. Sem `registro_ans` nem `grupo`, procura-se em todas as operadoras."""

    model_config = STRICT

    registro_ans: RegistroAns | None = None
    grupo: Annotated[str | None, Field(min_length=1, max_length=60, description="Nome do grupo de operadoras.")] = None
    numero: Annotated[NumeroGuia, Field(description="Senha, número da guia na operadora ou no prestador.")]
    numero_carteira: Carteira

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.registro_ans is not None and self.grupo is not None:
            raise PydanticCustomError("operadora-ou-grupo", "Informe registro_ans ou grupo, não os dois.")
        return self


class BuscaDaOperadoraRequest(BaseModel):
    """Exatamente um de numero, numero_carteira, cpf e nome (o primeiro e o último contam)."""

    model_config = STRICT

    registro_ans: RegistroAns
    numero: Annotated[NumeroGuia | None, Field(description="Senha ou número da guia na operadora.")] = None
    numero_carteira: Carteira | None = None
    cpf: Cpf | None = None
    nome: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=70, pattern=LINHA),
        Field(description="Nome do beneficiário, de prestadores quaisquer."),
    ] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("numero", "numero_carteira", "cpf", "nome") if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError("uma-chave", "Informe exatamente um de numero, numero_carteira, cpf e nome.")
        if self.nome is not None and not any(letter.isalpha() for letter in self.nome):
            raise PydanticCustomError("nome-invalido", "Informe o nome do beneficiário.")
        return self
