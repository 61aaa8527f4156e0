"""REST entry of pre-validation: what reception and analysis would say of guias, typed or in XML, unsent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.divisao import Entrada
from conecta_contas.pegs import Porta
from conecta_edge import problems, session
from conecta_edge.aws import client
from conecta_edge.http import PRESTADOR, Operation, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_edge.quotas import Quota
from conecta_edge.settings import required
from conecta_tiss.rules.admissao import operadora_desconhecida
from peg.bootstrap import nucleo
from peg.handler.comum import ERRORS, FUNCAO
from peg.handler.digitadas import ESCREVER, TAG, sender
from peg.messages import divisao
from peg.messages.guias import campos_of, guia_of, original
from peg.schemas import exemplos, validacoes
from peg.schemas.guias import LoteDigitadoRequest, read_lote
from peg.schemas.validacoes import ValidacaoView
from peg.service.validacao import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conecta_edge.tenancy import Principal
    from peg.domain.lotes import LoteLido
    from peg.service.julgamento import Parecer

__all__ = ["ERRORS", "OPERATIONS"]

CORPO_MAXIMO: Final = 4 * 1024 * 1024
"""Bytes, as of a message at the XML door."""
GUIAS: Final = Quota("peg-validacao", limit=3000, window=60)
"""Guias per minute and caller: each asks of a life, and leaves nothing behind."""
FINALIDADE: Final = "pre-validacao-de-faturamento"
_NUMERO: Final = "1"
"""Stands for the number of a lote that has none yet; it is compared with nobody's."""


def run(request: Request) -> Response:
    """POST /pegs/validacoes."""
    caller = session.principal(request)
    if len(request.body) > CORPO_MAXIMO:
        raise _too_large()
    xml = "xml" in request.headers.get("content-type", "").lower()
    return Response(200, _of_xml(request, caller) if xml else _of_json(request, caller))


def _of_json(request: Request, caller: Principal) -> dict[str, Any]:
    registro, tipo, typed = read_lote(request.body)
    caller.require(ESCREVER)
    if session.cadastro().contratacao(caller.prestador_id, registro).operadora is None:
        text = "Não é uma operadora atendida aqui. Confira o registro ANS."
        raise problems.invalid_body((FieldError("registro_ans", "operadora-desconhecida", text),))
    prestador, versao = sender(caller.prestador_id, registro)
    guias = [campos_of(guia_of(tipo, registro, one.model_dump())) for one in typed]
    raw = original(
        registro_ans=registro, numero_lote=_NUMERO, tipo=tipo, versao=versao, prestador=prestador, guias=guias
    )  # fmt: skip
    portas = nucleo.portas()
    lote = portas.padrao.read(raw, portas.hoje, Porta.DIGITADO)
    _count(caller, len(guias))
    parecer, _ = validate(caller.prestador_id, registro, lote, portas)
    _record(request, caller, registro, parecer)
    placed = [Entrada(place, tipo.value, versao.value) for place in range(1, len(guias) + 1)]
    return _answer(lote, parecer, placed, digitada=True)


def _of_xml(request: Request, caller: Principal) -> dict[str, Any]:
    caller.require(ESCREVER)
    portas = nucleo.portas()
    lote = portas.padrao.read(request.body, portas.hoje, Porta.XML)
    # Of a lote too large, or mixed, only its own findings are known: still, it is told how to divide it.
    placed = divisao.entries(request.body) if lote.corpo is None else ()
    registro = lote.destino
    served = registro and session.cadastro().contratacao(caller.prestador_id, registro).operadora
    if not registro or not served:
        found = lote.achados or (operadora_desconhecida(lote),)
        return validacoes.vista(lote, None, found, placed, protocolo=None, digitada=False)
    _count(caller, max(len(lote.guias), 1))
    digest = hashlib.sha256(request.body).hexdigest()
    parecer, protocolo = validate(caller.prestador_id, registro, lote, portas, digest)
    _record(request, caller, registro, parecer)
    return _answer(lote, parecer, placed, protocolo=protocolo, digitada=False)


def _answer(
    lote: LoteLido, parecer: Parecer, placed: Sequence[Entrada], *, digitada: bool, protocolo: str | None = None
) -> dict[str, Any]:
    return validacoes.vista(lote, parecer, parecer.achados, placed, protocolo=protocolo, digitada=digitada)


def _count(caller: Principal, guias: int) -> None:
    GUIAS.take(
        client("dynamodb"), required("TABELA_IDEMPOTENCIA"), prestador_id=caller.prestador_id, subject=caller.subject,
        units=guias, now=session.clock().now(),
    )  # fmt: skip


def _record(request: Request, caller: Principal, registro: str, parecer: Parecer) -> None:
    """Audit a judgement, before it is answered: it tells of the lives what billing knows of them."""
    carteiras = dict.fromkeys(guia.carteira for guia in parecer.guias)
    if parecer.julgado is not None:
        session.record_access(
            request, caller.actor, finalidade=FINALIDADE,
            sujeitos=tuple(session.pseudonyms().carteira(registro, one) for one in carteiras),
            campos=validacoes.CAMPOS,
        )  # fmt: skip


def _too_large() -> ProblemError:
    return ProblemError(
        413, "corpo-grande-demais", "Corpo grande demais",
        f"O que se valida de uma vez tem até {CORPO_MAXIMO // 1024**2} MiB. Divida o lote.",
        extra={"tamanho_maximo_bytes": CORPO_MAXIMO},
    )  # fmt: skip


_EXEMPLO: Final[dict[str, Any]] = {
    "recebivel": True, "protocolo": None, "registro_ans": "345695", "tipo_guia": "guiaConsulta",
    "versao_tiss": "4.01.00", "quantidade_guias": 1, "valor_informado": "120.00", "valor_em_risco": "20.00",
    "guias": [
        {"guia": 1, "numero_guia_prestador": "1001", "valor_informado": "120.00", "valor_em_risco": "20.00",
         "itens": [{"item": 1, "valor_informado": "120.00", "valor_em_risco": "20.00"}]},
    ],
    "achados": [
        {"regra": "COB-PRECO", "codigo": "1705", "texto": "VALOR APRESENTADO A MAIOR", "efeito": "GLOSA", "guia": 1,
         "numero_guia_prestador": "1001", "item": 1, "campo": "guias[0].valor_procedimento", "caminho": None,
         "linha": None, "visto": "120.00", "esperado": "100.00", "mensagem": "O valor unitário passa do contratado.",
         "providencia": "Cobre o valor do contrato; a diferença não é paga.", "base": "Contrato", "dados": "precos",
         "valor_em_risco": "20.00"},
    ],
    "achados_omitidos": 0,
    "divisao": [],
}  # fmt: skip

OPERATIONS: Final = (
    Operation(
        "POST", "/pegs/validacoes", "validarGuias", FUNCAO, TAG, "Validar sem enviar",
        "Tudo o que a recepção e a análise diriam, linha a linha, com o que deixaria de ser pago e como corrigir; nada "
        "é enviado nem gravado. Em JSON, guias digitadas de um só tipo; em XML (Content-Type application/xml), uma "
        "mensagem ENVIO_LOTE_GUIAS. O que não cabe em um PEG vem com uma proposta de divisão.",
        run,
        (Reply(200, "O que seria dito.", ValidacaoView, example=_EXEMPLO),),
        escopos=("conecta/peg.escrever",), parameters=(PRESTADOR,), body=LoteDigitadoRequest,
        example={"registro_ans": "345695", "tipo_guia": "guiaConsulta", "guias": [exemplos.CONSULTA]},
        refusals=(413, 422),
    ),
)  # fmt: skip
