"""The cronograma, what it means for each PEG, and the feeds of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.numeros import reais
from conecta_campos.padrao import STRICT, Dia, RegistroAns
from conecta_campos.textos import Texto500
from conecta_contas.pegs import SituacaoPeg
from conecta_edge.clock import iso
from pagamento.domain.cronograma import Ciclo
from pagamento.domain.faturas import SituacaoFatura
from pagamento.schemas.comum import Competencia, Cursor, Quem, View, dia, por_extenso

if TYPE_CHECKING:
    from pagamento.domain.cronograma import Cronograma
    from pagamento.service.cronogramas import Previsao

CICLOS: Final = 60
"""Of one publication: five years."""


class CicloView(View):
    """Uma competência do cronograma: cada dia é o último, inclusive."""

    competencia: str
    corte: Annotated[date, Field(description="Último dia de recepção dos PEGs.")]
    publicacao: Annotated[date, Field(description="Dia em que os valores são publicados, o mais tardar.")]
    entrega: Annotated[date, Field(description="Último dia, até 23h59 de Brasília, para enviar a nota fiscal.")]
    pagamento: Annotated[date, Field(description="Dia do pagamento.")]


class CronogramaView(View):
    """Uma versão do cronograma de entrega de faturas de uma operadora."""

    registro_ans: str
    versao: Annotated[int, Field(description="0 enquanto nada foi publicado; também na ETag.")]
    publicado_em: datetime | None = None
    motivo: str | None = None
    quem: Quem = None
    ciclos: list[CicloView]


class CicloRequest(BaseModel):
    """Uma competência a publicar."""

    model_config = STRICT

    competencia: Competencia
    corte: Dia
    publicacao: Dia
    entrega: Dia
    pagamento: Dia

    def ciclo(self) -> Ciclo:
        """As the domain takes it."""
        return Ciclo(**dict(self))


class CronogramaRequest(BaseModel):
    """O cronograma, inteiro ou só as competências que mudam; as outras ficam como estão."""

    model_config = STRICT

    registro_ans: RegistroAns
    ciclos: Annotated[list[CicloRequest], Field(min_length=1, max_length=CICLOS)]
    motivo: Annotated[Texto500 | None, Field(description="Por quê; os prestadores o leem.")] = None


class PrevisaoView(View):
    """Quando um PEG, ou o que um recurso devolveu dele, é pago, e o que falta para isso."""

    protocolo: str
    fatura: Annotated[str, Field(description="O protocolo, ou o protocolo e a parcela do que foi devolvido.")]
    recurso: Annotated[str | None, Field(description="O que devolveu a parcela.")] = None
    registro_ans: str
    numero_lote: str
    situacao_peg: str
    situacao: Annotated[
        str | None,
        Field(description="Da fatura: PENDENTE (da nota), EM_CONFERENCIA, PROGRAMADA, PAGA ou ENCERRADA; nula antes "
              "da publicação dos valores."),
    ] = None  # fmt: skip
    valor: Annotated[str, Field(description="Liberado, em reais; antes da publicação, o que até aqui não foi glosado.")]
    competencia: Annotated[str | None, Field(description="Do cronograma.")] = None
    entrega_ate: Annotated[date | None, Field(description="Último dia da nota fiscal.")] = None
    pagamento_em: Annotated[date | None, Field(description="Se a nota fosse enviada agora.")] = None
    reagendada: Annotated[bool, Field(description="O prazo da sua competência passou.")]
    nota: Annotated[str | None, Field(description="Nota fiscal que a cobra.")] = None
    explicacao: str


class PegsDoCronogramaPage(View):
    """Uma página dos próprios PEGs, com o dia de cada um."""

    pegs: list[PrevisaoView]
    cursor: Cursor = None


class AgendaRequest(BaseModel):
    """De qual operadora; sem registro, de todas com que se tem relacionamento."""

    model_config = STRICT

    registro_ans: RegistroAns | None = None


class AgendaView(View):
    """Um endereço de calendário em vigor; o endereço só é dito quando se cria."""

    registro_ans: Annotated[str | None, Field(description="Nulo: de todas as operadoras.")] = None
    criada_em: datetime


class AgendasView(View):
    """Os endereços de calendário em vigor."""

    agendas: list[AgendaView]


class AgendaCriadaView(View):
    """O endereço de calendário novo."""

    registro_ans: str | None = None
    caminho: Annotated[str, Field(description="Acrescente-o ao endereço desta API e assine-o no seu calendário.")]


def vista(cronograma: Cronograma, *, da_operadora: bool = False) -> dict[str, Any]:
    """A version (shape: :class:`CronogramaView`).

    Args:
        da_operadora: who published it is shown, as an opaque id.
    """
    return {
        "registro_ans": cronograma.registro_ans,
        "versao": cronograma.versao,
        "publicado_em": iso(cronograma.publicado_em) if cronograma.versao else None,
        "motivo": cronograma.motivo,
        **({"quem": cronograma.quem or None} if da_operadora else {}),
        "ciclos": [
            {
                "competencia": one.competencia,
                **{name: dia(getattr(one, name)) for name in ("corte", "publicacao", "entrega", "pagamento")},
            }
            for one in cronograma.ciclos
        ],
    }


def previsao(one: Previsao) -> dict[str, Any]:
    """When a PEG is paid (shape: :class:`PrevisaoView`)."""
    fatura = one.fatura
    return {
        "protocolo": one.peg.protocolo,
        "fatura": one.id,
        "recurso": fatura.recurso if fatura else None,
        "registro_ans": one.peg.registro_ans,
        "numero_lote": one.peg.numero_lote,
        "situacao_peg": one.peg.situacao.value,
        "situacao": fatura.situacao.value if fatura else None,
        "valor": reais(one.valor),
        "competencia": one.competencia,
        "entrega_ate": dia(one.entrega_ate),
        "pagamento_em": dia(one.pagamento_em),
        "reagendada": one.reagendada,
        "nota": fatura.nota if fatura else None,
        "explicacao": explicacao(one),
    }


_EXPLICACOES: Final[Mapping[SituacaoFatura | None, str]] = {
    None: "Os valores ainda não foram publicados; pela ordem do cronograma, é pago {}.",
    SituacaoFatura.PENDENTE: "A nota fiscal enviada agora é paga {}.",
    SituacaoFatura.EM_CONFERENCIA: "O financeiro da operadora confere a nota fiscal; aceita, é paga {}.",
    SituacaoFatura.PROGRAMADA: "Nada falta: é pago {}.",
    SituacaoFatura.PAGA: "Foi pago {}.",
    SituacaoFatura.ENCERRADA: "Não há o que pagar.",
}


def explicacao(one: Previsao) -> str:
    """What it waits for and when it is paid, in a sentence."""
    over = not one.peg.viva or one.peg.situacao is SituacaoPeg.ENCERRADO_SEM_PAGAMENTO
    state = one.fatura.situacao if one.fatura else SituacaoFatura.ENCERRADA if over else None
    late = " O prazo da sua competência passou." if one.reagendada and state is SituacaoFatura.PENDENTE else ""
    return _EXPLICACOES[state].format(por_extenso(one.pagamento_em)) + late
