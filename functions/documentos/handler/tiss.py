"""`envioDocumentos`, however it comes: by the XML door, which hands it over, or as a file.

A document that is not received is a 422 with `mensagemErro`; one that is, a 200 with its receipt, however often it is
sent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from conecta_atos.portas import Chamador
from conecta_edge import session
from conecta_edge.clock import local_day
from conecta_edge.http import Operation, Request, Resposta, handed_over
from documentos.bootstrap import documentos as bootstrap
from documentos.bootstrap import nucleo
from documentos.domain.errors import EnvioRefusedError
from documentos.domain.finalidades import DE_TIPO
from documentos.handler.comum import FUNCAO, TAG
from documentos.handler.documentos import ERRORS
from documentos.service import envios
from documentos.service.envios import Recepcao

if TYPE_CHECKING:
    from conecta_edge.tenancy import Principal
    from conecta_tiss.findings import Achado

__all__ = ["ERRORS", "ESCREVER", "OPERATIONS", "UNPUBLISHED", "process"]

ESCREVER: Final = tuple(dict.fromkeys(one for row in DE_TIPO.values() for one in row.capacidades))


def process(request: Request, caller: Principal, enviada_a: str | None = None) -> Resposta:
    """Receive a document.

    Args:
        request: the message in its body, whatever it came by.
        enviada_a: registro ANS that an upload was made for; by the XML door the message says it.
    """
    from documentos.messages import envios as messages  # noqa: PLC0415  # lxml: only messages pay for it

    portas = bootstrap.portas()
    hoje = local_day(portas.now)
    lida = messages.read(request.body, hoje)
    registro, atendida = session.answering(enviada_a or lida.destino)
    remetente = session.cadastro().contratacao(caller.prestador_id, registro).remetente(registro, hoje)

    def refused(achados: tuple[Achado, ...]) -> Resposta:
        corpo = messages.refused(lida, achados)
        return Resposta(422, messages.answer(lida, remetente, corpo, portas.now), achados)

    if achados := messages.judge(lida, remetente, atendida=atendida):
        return refused(achados)
    caller.require(*DE_TIPO[lida.corpo.tipo].capacidades)
    recepcao = Recepcao(nucleo.files(), partial(nucleo.uploads().next_protocolo, hoje))
    who, brought = Chamador(caller.subject, request.correlacao), messages.enviado(lida.corpo, registro)
    try:
        held = envios.receive(caller.prestador_id, brought, who, portas, recepcao)
    except EnvioRefusedError as error:
        return refused(messages.refusals(lida, error.recusas))
    xml = messages.answer(lida, remetente, messages.received(lida, held), portas.now)
    return Resposta(200, xml, recurso=("documento", held.documento))


OPERATIONS: Final[tuple[Operation, ...]] = ()
UNPUBLISHED: Final = (
    handed_over(
        "envioDocumentos", "enviarDocumentoTiss", session.door(process, *ESCREVER), funcao=FUNCAO, tag=TAG,
        summary="Enviar um documento", answer="RECEBIMENTO_DOCUMENTO", capabilities=ESCREVER,
    ),
)  # fmt: skip
"""Route the XML door hands over: not published by itself."""
