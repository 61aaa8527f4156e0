"""REST entries of what a prestador does with an authorization after it asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autorizacao.handler import comum
from autorizacao.handler.comum import ERRORS, ESCREVER, FUNCAO
from autorizacao.schemas import exemplos
from autorizacao.schemas.atos import (
    AltaRequest,
    AnexoPosteriorRequest,
    CancelamentoRequest,
    DataRequest,
    InternacaoRequest,
    RespostaRequest,
)
from autorizacao.schemas.solicitacao import anexo_of, annex_faults, documentos_of, too_many
from autorizacao.schemas.vistas import AutorizacaoView, CanceladasView
from autorizacao.service import atos, operadora
from conecta_edge import problems, session
from conecta_edge.http import IDEMPOTENCY, PRESTADOR, Model, Operation, Reply, Request, Response
from conecta_senhas.autorizacoes import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from autorizacao.handler.comum import Act
    from autorizacao.service.nucleo import Cena

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Autorizações"
FINALIDADE: Final = "ato-sobre-autorizacao"


def cancel(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/cancelamento."""

    def act(body: CancelamentoRequest) -> Act:
        if body.itens:  # R18: whose act it is refuses it, and says whom to ask
            return partial(operadora.change_quantities, quantidades=dict.fromkeys(body.itens, ZERO), motivo="")
        return partial(atos.cancel, motivo=body.motivo, complementos=body.complementos)

    return _done(request, CancelamentoRequest, act, todas=True)


def attach(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/anexos."""

    def check(body: AnexoPosteriorRequest, cena: Cena) -> None:
        whole = len(cena.autorizacao.itens) + len(body.anexo.itens)
        if wrong := (*annex_faults(body.anexo, "anexo"), *too_many("anexo.itens", whole)):
            raise problems.invalid_body(wrong)

    def act(body: AnexoPosteriorRequest) -> Act:
        return partial(atos.attach, anexo=anexo_of(body.anexo), documentos=documentos_of(body.documentos))

    return _done(request, AnexoPosteriorRequest, act, check)


def answer(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/respostas."""

    def act(body: RespostaRequest) -> Act:
        return partial(
            atos.answer, documentos=documentos_of(body.documentos), justificativa=body.justificativa or ""
        )  # fmt: skip

    return _done(request, RespostaRequest, act)


def request_date(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/datas."""

    def check(body: DataRequest, cena: Cena) -> None:
        comum.check_items(cena, [(body.sequencia, ZERO)], "sequencia")

    def act(body: DataRequest) -> Act:
        return partial(atos.request_date, sequencia=body.sequencia, dia=body.data, motivo=body.motivo)

    return _done(request, DataRequest, act, check)


def admit(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/internacao."""
    return _done(
        request, InternacaoRequest, lambda body: partial(atos.admit, dia=body.data, motivo=body.motivo)
    )  # fmt: skip


def discharge(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/alta."""
    return _done(
        request, AltaRequest, lambda body: partial(atos.discharge, dia=body.data, motivo_alta=body.motivo_alta)
    )  # fmt: skip


def _done(
    request: Request,
    model: type[Model],
    act: Callable[[Model], Act],
    check: Callable[[Model, Cena], None] = lambda _body, _cena: None,
    *,
    todas: bool = False,
) -> Response:
    """An act of the prestador's, refused in the order of `decisoes.md` 9."""
    caller = session.principal(request)
    who = comum.prestador(caller, request)
    with comum.about(request.path["registro_ans"]):
        cena = comum.found(request, who)
        body = request.model(model)
        check(body, cena)
        caller.require(ESCREVER)
        comum.record(request, caller.actor, FINALIDADE, [cena.alvo])
        return comum.done(request, caller.prestador_id, cena, who, act(body), todas=todas)


_CANCELADA: Final[dict[str, Any]] = {
    **exemplos.AUTORIZACAO, "situacao": "CANCELADA", "status_tiss": "6", "vez_de": None, "ate": None,
    "itens": [{**exemplos.ITEM, "situacao": "CANCELADO", "quantidade_autorizada": "0", "valor_autorizado": None}],
    "historico": [
        exemplos.MARCO,
        {**exemplos.MARCO, "evento": "CANCELADA", "situacao": "CANCELADA", "vez_de": None, "ate": None},
    ],
}  # fmt: skip
_INTERNADA: Final[dict[str, Any]] = {**exemplos.AUTORIZACAO, "tipo": "INTERNACAO", "admissao": "2026-12-10"}


def _operation(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response], *,
    body: type[BaseModel], example: dict[str, Any], reply: Reply,
) -> Operation:  # fmt: skip
    return Operation(
        "POST", f"/autorizacoes/{{registro_ans}}/{{numero}}/{path}", name, FUNCAO, TAG, summary, description, run,
        (reply,), escopos=("conecta/autorizacao.escrever",), parameters=(*comum.NAMED, PRESTADOR, IDEMPOTENCY),
        body=body, example=example, refusals=(409, 422),
    )  # fmt: skip


def _shown(example: dict[str, Any]) -> Reply:
    return Reply(200, "A autorização como ficou.", AutorizacaoView, example=example)


OPERATIONS: Final = (
    _operation(
        "cancelamento", "cancelarAutorizacao", "Cancelar uma senha ou retirar um pedido",
        "A senha inteira, enquanto nada dela foi faturado; um pedido ainda não decidido é retirado. Com complementos "
        "vivos, a resposta é 409 com os números deles, a menos que se peça para cancelar todos juntos. Cancelar só "
        "alguns itens cabe à Central: 403, com os contatos dela.",
        cancel, body=CancelamentoRequest, example={"motivo": "O beneficiário desistiu.", "complementos": False},
        reply=Reply(200, "O que foi cancelado, a própria primeiro.", CanceladasView, example={
            "autorizacoes": [_CANCELADA],
        }),
    ),
    _operation(
        "anexos", "enviarAnexo", "Enviar um anexo depois do pedido",
        "OPME, quimioterapia ou radioterapia, enquanto o pedido não é decidido; é julgado pelas mesmas regras. Quando "
        "nada mais falta, o pedido volta por si à análise. Uma senha já decidida pede um complemento em vez disso.",
        attach, body=AnexoPosteriorRequest,
        example={"anexo": exemplos.INTERNACAO["anexos"][0], "documentos": exemplos.INTERNACAO["documentos"]},
        reply=_shown(exemplos.PENDENTE),
    ),
    _operation(
        "respostas", "responderPendencias", "Responder às pendências",
        "Arquivos já enviados em /documentos/uploads (a cotação de OPME com cotacao true), justificativa, ou ambos. "
        "Quando nada mais falta, o pedido volta por si à análise.",
        answer, body=RespostaRequest,
        example={"documentos": [{"id": "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6", "cotacao": True}]},
        reply=_shown(exemplos.PENDENTE),
    ),
    _operation(
        "datas", "pedirMudancaDeData", "Pedir outra data para um item de oncologia",
        "Para itens autorizados para um dia previsto (quimioterapia e radioterapia); a equipe de oncologia é avisada "
        "e decide. O dia deve estar na validade da senha.",
        request_date, body=DataRequest,
        example={"sequencia": 2, "data": "2026-12-15", "motivo": "Neutropenia: ciclo adiado em uma semana."},
        reply=_shown(exemplos.AUTORIZACAO),
    ),
    _operation(
        "internacao", "comunicarInternacao", "Comunicar a internação",
        "O dia em que o beneficiário internou, dentro da validade da senha. Daí até a alta, complementos e "
        "prorrogações continuam abertos, mesmo depois da validade.",
        admit, body=InternacaoRequest, example={"data": "2026-12-10"}, reply=_shown(_INTERNADA),
    ),
    _operation(
        "alta", "comunicarAlta", "Comunicar a alta",
        "O dia e o motivo da saída (tabela dm_motivoSaida da TISS). Depois dela a internação não aceita complementos.",
        discharge, body=AltaRequest, example={"data": "2026-12-13", "motivo_alta": "12"},
        reply=_shown({**_INTERNADA, "alta": "2026-12-13", "motivo_alta": "12"}),
    ),
)  # fmt: skip
