"""What is done with an authorization after it was asked, in JSON: by its prestador and by its operadora."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from autorizacao.schemas.comum import ITENS_NO_PEDIDO, Numero, Sequencia
from autorizacao.schemas.solicitacao import AnexoRequest, DocumentoRequest
from conecta_campos.padrao import STRICT, Codes, Dia, PrestadorId
from conecta_campos.textos import Glosa, Texto150, Texto500
from conecta_senhas.autorizacoes import DIARIAS, Pendencia, TipoPendencia
from conecta_senhas.transicoes import Voto

Motivo = Annotated[Texto500, Field(description="Por quê; fica na linha do tempo.")]


class CancelamentoRequest(BaseModel):
    """Cancelar a senha inteira, ou retirar um pedido ainda não decidido."""

    model_config = STRICT

    motivo: Motivo | None = None
    complementos: Annotated[bool, Field(description="Cancela junto os complementos vivos (até 23).")] = False
    itens: Annotated[
        list[Sequencia],
        Field(
            max_length=ITENS_NO_PEDIDO,
            description="Cancelar só alguns itens cabe à Central: a resposta é 403, com os contatos dela.",
        ),
    ] = Field(default_factory=list)


class CancelamentoDaCentralRequest(BaseModel):
    """Cancelar a senha inteira, ou retirar um pedido ainda não decidido; a Central diz por quê."""

    model_config = STRICT

    motivo: Motivo
    complementos: Annotated[bool, Field(description="Cancela junto os complementos vivos (até 23).")] = False


class AnexoPosteriorRequest(BaseModel):
    """Um anexo que segue o pedido, enquanto ele não é decidido, e os arquivos que o acompanham."""

    model_config = STRICT

    anexo: AnexoRequest
    documentos: Annotated[list[DocumentoRequest], Field(max_length=50)] = Field(default_factory=list)


class RespostaRequest(BaseModel):
    """O que foi pedido em pendências: arquivos, justificativa, ou ambos."""

    model_config = STRICT

    documentos: Annotated[list[DocumentoRequest], Field(max_length=50)] = Field(default_factory=list)
    justificativa: Texto500 | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.documentos and self.justificativa is None:
            raise PydanticCustomError("nada-a-responder", "Informe documentos, justificativa ou ambos.")
        return self


class DataRequest(BaseModel):
    """Outro dia para um item autorizado para um dia previsto (oncologia)."""

    model_config = STRICT

    sequencia: Sequencia
    data: Dia
    motivo: Motivo


class InternacaoRequest(BaseModel):
    """O dia em que o beneficiário internou."""

    model_config = STRICT

    data: Dia
    motivo: Annotated[Texto500 | None, Field(description="Observação para a linha do tempo.")] = None


class AltaRequest(BaseModel):
    """O dia e o motivo da saída."""

    model_config = STRICT

    data: Dia
    motivo_alta: Annotated[str, Codes("dm_motivoSaida")]


class _Voto(BaseModel):
    model_config = STRICT

    quantidade: Annotated[Numero, Field(description="Quanto se autoriza; 0 nega.")]
    codigo: Glosa | None = None
    motivo: Annotated[Texto500 | None, Field(description="Por que não, ou não tudo, em linguagem simples.")] = None
    base: Annotated[Texto500 | None, Field(description="Base legal ou contratual.")] = None

    def voto(self, sequencia: int = DIARIAS) -> Voto:
        """As the domain takes it."""
        return Voto(
            sequencia=sequencia, quantidade=self.quantidade, motivo=self.motivo or "", base=self.base or "",
            codigo=self.codigo or "", valor=getattr(self, "valor", None),
        )  # fmt: skip


class VotoDiariasRequest(_Voto):
    """A decisão sobre as diárias; sem ela, são autorizadas como pedidas, se algo for."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.quantidade != int(self.quantidade):
            raise PydanticCustomError("quantidade-invalida", "As diárias são inteiras.")
        return self


class VotoRequest(_Voto):
    """A decisão de um item em análise."""

    sequencia: Sequencia
    valor: Annotated[Numero | None, Field(description="Valor unitário autorizado, em reais.")] = None


class DecisaoDaAuditoriaRequest(BaseModel):
    """Uma decisão para cada item em análise; o que se nega ou reduz leva código, motivo e base."""

    model_config = STRICT

    itens: Annotated[list[VotoRequest], Field(max_length=ITENS_NO_PEDIDO)]
    diarias: VotoDiariasRequest | None = None
    motivo: Motivo | None = None

    def votos(self) -> list[Voto]:
        """As the domain takes them."""
        return [
            *(one.voto(one.sequencia) for one in self.itens), *([self.diarias.voto()] if self.diarias else []),
        ]  # fmt: skip


class PendenciaRequest(BaseModel):
    """O que se pede ao prestador."""

    model_config = STRICT

    tipo: Literal["DOCUMENTO", "COTACAO", "ANEXO_OPME", "JUSTIFICATIVA"]
    descricao: Annotated[Texto150, Field(description="O que enviar.")]
    documento: Annotated[str | None, Codes("dm_tipoDocumento")] = None
    quantidade: Annotated[int, Field(ge=1, le=9)] = 1

    @model_validator(mode="after")
    def _of_a_document(self) -> Self:
        if (self.tipo == "DOCUMENTO") != (self.documento is not None):
            raise PydanticCustomError("documento-ou-outro", "Informe documento (o tipo) só, e sempre, em DOCUMENTO.")
        return self

    def pendencia(self) -> Pendencia:
        """As the domain takes it."""
        return Pendencia(
            tipo=TipoPendencia(self.tipo), descricao=self.descricao, documento=self.documento,
            quantidade=self.quantidade,
        )  # fmt: skip


class PendenciasRequest(BaseModel):
    """O que se pede, e até quando."""

    model_config = STRICT

    pendencias: Annotated[list[PendenciaRequest], Field(min_length=1, max_length=20)]
    ate: Dia
    motivo: Motivo | None = None


class ProrrogacaoDePrazoRequest(BaseModel):
    """Mais prazo para as pendências."""

    model_config = STRICT

    ate: Dia
    motivo: Motivo | None = None


class RetomadaRequest(BaseModel):
    """Voltar à análise sem o que foi pedido."""

    model_config = STRICT

    motivo: Motivo


class QuantidadeRequest(BaseModel):
    """A nova quantidade autorizada de um item; 0 o cancela."""

    model_config = STRICT

    sequencia: Sequencia
    quantidade: Numero


class QuantidadesRequest(BaseModel):
    """Novas quantidades autorizadas, nunca menores que o faturado."""

    model_config = STRICT

    itens: Annotated[list[QuantidadeRequest], Field(max_length=ITENS_NO_PEDIDO)] = Field(default_factory=list)
    diarias: Annotated[int | None, Field(ge=0, le=999)] = None
    motivo: Motivo

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.itens and self.diarias is None:
            raise PydanticCustomError("nada-a-mudar", "Informe itens, diarias ou ambos.")
        return self


class ExecutanteRequest(BaseModel):
    """Quem passa a executar."""

    model_config = STRICT

    executante: PrestadorId
    motivo: Motivo


class DecisaoDeDataRequest(BaseModel):
    """A decisão de uma mudança de data; a recusa diz por quê."""

    model_config = STRICT

    sequencia: Sequencia
    aprovada: bool
    motivo: Motivo | None = None


class AtendimentoRequest(BaseModel):
    """O que se tratou em um atendimento da Central."""

    model_config = STRICT

    assunto: Annotated[Texto500, Field(description="Fica na linha do tempo, com o protocolo do atendimento.")]
