"""What every JSON route of authorizations does alike: who calls, what is kept of an answer, what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from autorizacao.bootstrap import nucleo
from autorizacao.schemas import vistas
from autorizacao.service import consultas
from autorizacao.service.portas import Chamador
from conecta_edge import problems, session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from conecta_edge.http import ErrorMap, Parameter, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_edge.quotas import Quota
from conecta_edge.settings import required
from conecta_senhas.autorizacoes import CONCEDIDAS, Papel, Situacao
from conecta_senhas.errors import (
    AutorizacaoNotFoundError,
    ComplementosVivosError,
    DataInvalidaError,
    DecisaoIncompletaError,
    DocumentoAusenteError,
    ExecutanteInvalidoError,
    GuiaJaUsadaError,
    JaFaturadaError,
    MotivoAusenteError,
    MudouError,
    NegativaSemBaseError,
    PapelNaoPermitidoError,
    PrincipalNotFoundError,
    QuantidadeInvalidaError,
    RelacionamentoNaoHabilitadoError,
    SenhaExpiradaError,
    SolicitanteAlheioError,
    TransicaoInvalidaError,
)
from conecta_senhas.solicitacoes import TipoAnexo
from conecta_tiss.findings import code_of
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.identifiers import is_valid_numero_guia

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from autorizacao.service.nucleo import Cena
    from autorizacao.service.pedidos import Emitida
    from autorizacao.service.portas import Guardada, Portas
    from conecta_edge.audit import Actor
    from conecta_edge.dynamodb import Item
    from conecta_edge.idempotency import Keep
    from conecta_edge.tenancy import OperadoraPrincipal, Principal
    from conecta_senhas.autorizacoes import Autorizacao

FUNCAO: Final = "autorizacao-api"
LER: Final = "autorizacao.ler"
ESCREVER: Final = "autorizacao.escrever"
PAGE: Final = 30
PERGUNTAS: Final = Quota("autorizacao-pergunta", limit=120, window=60)
"""Simulations and searches per minute and caller: what answers of a life without leaving a request behind."""
_OUTROS: Final = re.compile(r"\W", re.ASCII)
_REGISTRO: Final = re.compile(r"[0-9]{6}", re.ASCII)


def prestador(caller: Principal, request: Request) -> Chamador:
    """A caller of a prestador, as the use cases know it."""
    return Chamador(
        papel=Papel.PRESTADOR, quem=caller.subject, prestador_id=caller.prestador_id, correlacao=request.correlacao
    )


def da_operadora(
    caller: OperadoraPrincipal, request: Request, papel: Papel, prestador_id: str | None = None
) -> Chamador:
    """A person of an operadora, as the use cases know it."""
    return Chamador(
        papel=papel, quem=caller.subject, prestador_id=prestador_id, registros=frozenset(caller.grupos),
        correlacao=request.correlacao,
    )  # fmt: skip


def named(request: Request) -> tuple[str, str]:
    """(registro ANS, numero) of the path; what cannot be one is not there."""
    registro, numero = request.path["registro_ans"], request.path["numero"]
    if not _REGISTRO.fullmatch(registro) or not is_valid_numero_guia(numero):
        raise AutorizacaoNotFoundError
    return registro, numero


def found(request: Request, chamador: Chamador) -> Cena:
    """The authorization that the path names, before anything else is judged (`decisoes.md` 9)."""
    registro, numero = named(request)
    return consultas.find(registro, numero, chamador=chamador, portas=nucleo.portas())


def record(
    request: Request, actor: Actor, finalidade: str, guardadas: Sequence[Guardada], *asked: str, lista: bool = False
) -> None:
    """Audit a reading of authorizations, before it is answered.

    Args:
        asked: pseudonyms that were asked for, found or not.
    """
    held = guardadas[0].autorizacao if len(guardadas) == 1 and not lista else None
    session.record_access(
        request, actor, finalidade=finalidade,
        objeto=f"autorizacao/{held.solicitacao.registro_ans}/{held.numero}" if held else "autorizacoes",
        sujeitos=tuple(dict.fromkeys([*asked, *(one.vida for one in guardadas)])),
        campos=vistas.CAMPOS_DA_LISTA if lista else vistas.CAMPOS,
    )  # fmt: skip


def asking(
    request: Request, actor: Actor, finalidade: str, registro: str, carteira: str, *vidas: str
) -> Callable[[], None]:
    """What audits a question about a life, along with the reading that answers it.

    Args:
        vidas: pseudonyms of whom else the answer is of.
    """
    sujeitos = tuple(dict.fromkeys((session.pseudonyms().carteira(registro, carteira), *vidas)))
    return partial(
        session.record_access, request, actor, finalidade=finalidade, objeto="autorizacoes", sujeitos=sujeitos,
        campos=vistas.CAMPOS,
    )  # fmt: skip


def count(caller: Principal) -> None:
    """Count a question that could be used to try numbers, found or not.

    Raises:
        ProblemError: 429.
    """
    PERGUNTAS.take(
        client("dynamodb"), required("TABELA_IDEMPOTENCIA"), prestador_id=caller.prestador_id, subject=caller.subject,
        units=1, now=session.clock().now(),
    )  # fmt: skip


def once(
    request: Request,
    tenant: str,
    subject: str,
    effect: Callable[[Portas], dict[str, Any]],
    *,
    records: Sequence[Callable[[], None]] = (),
    look_first: bool = True,
    also: Callable[[dict[str, Any]], Sequence[Item]] = lambda _answer: (),
) -> dict[str, Any]:
    """Carry out an effect once per `Idempotency-Key`; its answer is kept packed.

    Args:
        tenant: prestador id, or that of `tenant_of`.
        effect: takes the ports, which keep what the use case is given to render.
        look_first: `False` for a use case that itself looks for the kept answer.
        also: further `Put` actions of the effect's transaction, given its answer.
    """
    attempt = session.attempt(request, tenant, subject)

    def run(keep: Keep) -> dict[str, Any]:
        def packed(answer: dict[str, Any]) -> tuple[Item, ...]:
            return (*also(answer), *(keep(vistas.pack(answer)) if attempt.attempt else ()))

        return effect(nucleo.portas(keep=packed, replay=attempt.replay, records=records))

    answer = attempt.carry_out(run, look_first=look_first)
    return answer if isinstance(answer, dict) else vistas.unpack(answer)


def tenant_of(registro: str) -> str:
    """Under which name answers to an operadora's people are kept: no prestador's id has a `#`."""
    return f"OPERADORA#{registro}"


Ask = Callable[["Portas", Callable[["Emitida"], dict[str, Any]]], "Emitida"]
"""Makes a request, with the ports and what renders its answer."""


Act = Callable[..., "Guardada | tuple[Guardada, ...]"]


def issue(
    request: Request, tenant: str, chamador: Chamador, ask: Ask, *records: Callable[[], None], where: str,
    also: Callable[[dict[str, Any]], Sequence[Item]] = lambda _answer: (),
) -> Response:  # fmt: skip
    """Make a request once, and answer it: 201, or 200 when the same had been asked before.

    Args:
        where: what leads from this route to authorizations, for `Location`.
        also: see `once`.
    """
    asked_before = []

    def effect(portas: Portas) -> dict[str, Any]:
        shown: list[dict[str, Any]] = []

        def render(emitida: Emitida) -> dict[str, Any]:
            shown.append(_issued(emitida, portas, chamador))
            return shown[-1]

        emitida = ask(portas, render)
        asked_before.append(not emitida.nova)
        if emitida.repetida is not None:
            return vistas.unpack(emitida.repetida)
        return shown[-1] if emitida.nova else _issued(emitida, portas, chamador)

    answer = once(request, tenant, chamador.quem, effect, records=records, look_first=False, also=also)
    held = answer["autorizacao"]
    return Response(
        200 if any(asked_before) else 201, answer,
        headers={"Location": f"{where}{held['registro_ans']}/{held['numero']}"},
    )  # fmt: skip


def _issued(emitida: Emitida, portas: Portas, chamador: Chamador) -> dict[str, Any]:
    """The answer to a request (`SolicitacaoView`): one that was asked before, as it is by now."""
    held, pai, guardada = emitida.autorizacao, None, cast("Guardada", emitida.guardada)
    registro = held.solicitacao.registro_ans
    if not emitida.nova:
        cena = consultas.find(registro, held.numero, chamador=chamador, portas=portas)
        guardada, pai = cena.alvo, cena.pai
    contatos = session.catalogo().contatos(registro) if any(achado.central for achado in emitida.achados) else ()
    return {
        "autorizacao": vistas.vista(guardada, portas.hoje, pai, da_operadora=chamador.papel is not Papel.PRESTADOR),
        "achados": vistas.achados(emitida.achados, contatos),
        "substituida": vistas.resumo(emitida.antiga, portas.hoje) if emitida.antiga else None,
    }


def done(request: Request, tenant: str, cena: Cena, chamador: Chamador, act: Act, *, todas: bool = False) -> Response:
    """Carry out an act once, and answer the authorization as it is now.

    Args:
        act: a use case that is still to be told of which authorization, by whom and with which ports.
        todas: everything that changed is answered (`CanceladasView`).
    """
    registro, numero = named(request)

    def effect(portas: Portas) -> dict[str, Any]:
        def render(changed: Sequence[Guardada]) -> dict[str, Any]:
            da_operadora = chamador.papel is not Papel.PRESTADOR
            views = [vistas.vista(one, portas.hoje, cena.pai, da_operadora=da_operadora) for one in changed]
            return {"autorizacoes": views} if todas else views[0]

        changed = act(registro_ans=registro, numero=numero, chamador=chamador, portas=portas, render=render)
        return render(changed if isinstance(changed, tuple) else (changed,))

    return Response(200, once(request, tenant, chamador.quem, effect))


def parents(guardadas: Sequence[Guardada], portas: Portas) -> dict[tuple[str, str], Autorizacao]:
    """The parents on which the state of today depends (R10), of those past their validity."""
    wanted: dict[str, list[str]] = {}
    for guardada in guardadas:
        held = guardada.autorizacao
        late = held.validade is not None and held.validade < portas.hoje
        if held.principal and late and held.situacao in CONCEDIDAS | {Situacao.EXPIRADA}:
            wanted.setdefault(held.solicitacao.registro_ans, []).append(held.principal)
    return {
        (registro, row.autorizacao.numero): row.autorizacao
        for registro, numeros in wanted.items()
        for row in portas.autorizacoes.many(registro, list(dict.fromkeys(numeros)))
        if row is not None
    }


def parent_of(guardada: Guardada, above: Mapping[tuple[str, str], Autorizacao]) -> Autorizacao | None:
    """The parent of an authorization, among those that `parents` found."""
    held = guardada.autorizacao
    return above.get((held.solicitacao.registro_ans, held.principal or ""))


def listed(guardadas: Sequence[Guardada], portas: Portas) -> list[dict[str, Any]]:
    """Rows of a list, as of today."""
    above = parents(guardadas, portas)
    return [vistas.resumo(one, portas.hoje, parent_of(one, above)) for one in guardadas]


def today() -> date:
    """The local day."""
    return local_day(session.clock().now())


def document(cena: Cena) -> Response:
    """An authorization as a PDF.

    Raises:
        AutorizacaoNotFoundError: its operadora is no longer published.
    """
    from autorizacao import pdf  # noqa: PLC0415  # only documents pay for it

    held, catalogo = cena.autorizacao, session.catalogo()
    asked = held.solicitacao
    registro = asked.registro_ans
    operadora = catalogo.operadora(registro)
    if operadora is None:
        raise AutorizacaoNotFoundError
    names = {}
    for who in {held.prestador_id, asked.solicitante, asked.executa}:
        if profile := session.cadastro().contratacao(who, registro).prestador:
            names[who] = profile.nome
    vida = nucleo.portas().contextos.beneficiario(registro, asked.carteira)
    drawn = pdf.render(
        cena.alvo, vida, operadora, catalogo.contatos(registro), today(), principal=cena.pai, prestadores=names
    )
    name = f"autorizacao-{registro}-{_OUTROS.sub('', held.numero)}.pdf"
    return Response(
        200, drawn, "application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )  # fmt: skip


def check_items(
    cena: Cena, asked: Sequence[tuple[int, Decimal]], campo: str = "itens[{}].sequencia", quantidade: str = ""
) -> None:
    """Refuse items that the authorization does not have or that are named twice, and parts of what is counted whole.

    Args:
        asked: `sequencia` and quantity.
        campo, quantidade: their JSON paths, with the place of the item.

    Raises:
        ProblemError: 422.
    """
    known = {item.sequencia: item for item in cena.autorizacao.itens}
    names = [sequencia for sequencia, _ in asked]
    wrong = []
    for place, (sequencia, number) in enumerate(asked):
        if sequencia not in known or sequencia in names[:place]:
            text = "A autorização não tem este item, ou ele está repetido."
            wrong.append(FieldError(campo.format(place), "item-inexistente", text))
        elif number != int(number) and known[sequencia].anexo is not TipoAnexo.QUIMIOTERAPIA:
            text = "Deve ser um número inteiro: só doses de quimioterapia se dividem."
            wrong.append(FieldError(quantidade.format(place), "quantidade-invalida", text))
    if wrong:
        raise problems.invalid_body(tuple(wrong))


# --- refusals ---


@contextmanager
def about(*registros: str, dia: str = "data", da_operadora: bool = False) -> Iterator[None]:
    """Refusals that say what the operadora publishes: its legacy portal (R07), the contacts of its Central (R18).

    Args:
        dia: member of the body that names a day.
        da_operadora: whether it is told to an operadora's person what else may be done.
    """
    try:
        yield
    except AutorizacaoNotFoundError as error:
        raise absent(*registros) from error
    except PapelNaoPermitidoError as error:
        raise with_contacts(not_theirs(error), *registros) from error
    except DataInvalidaError as error:
        raise _out_of_days(error, dia) from error
    except SenhaExpiradaError:
        raise
    except TransicaoInvalidaError as error:
        raise _illegal(error, DA_OPERADORA if da_operadora else POSSIVEL) from error


def absent(*registros: str) -> ProblemError:
    """404: absent and foreign alike; nothing in it depends on what was asked but the operadora."""
    legado = [
        {
            "registro_ans": held.registro_ans,
            "portal": held.portal_legado,
            "data_migracao": held.data_migracao.isoformat() if held.data_migracao else None,
        }
        for held in session.catalogo().operadoras()
        if held.registro_ans in registros and held.portal_legado
    ]
    return ProblemError(
        404, "autorizacao-nao-encontrada", "Autorização não encontrada",
        "A autorização não existe, ou não é deste prestador. Confira a operadora e os números; o que foi autorizado "
        "antes da migração pode estar só no portal legado.",
        extra={"legado": legado} if legado else {},
    )  # fmt: skip


def with_contacts(refusal: ProblemError, *registros: str) -> ProblemError:
    """A refusal that names whom to ask instead: the Central of the operadora."""
    known = (registro for registro in registros if _REGISTRO.fullmatch(registro))
    contatos = [one for registro in known for one in vistas.contatos_view(session.catalogo().contatos(registro))]
    refusal.extra = {**refusal.extra, "contatos": contatos}
    return refusal


def not_theirs(error: PapelNaoPermitidoError) -> ProblemError:
    """403: an act of the operadora's."""
    return ProblemError(
        403, "papel-insuficiente", "Não cabe a quem pediu",
        "Este ato é da operadora: fale com a Central, pelos contatos indicados.",
        extra={"regra": "R18", "papeis": [papel.lower() for papel in error.papeis]},
    )  # fmt: skip


POSSIVEL: Final = {
    Situacao.EM_ANALISE: "aguardar a decisão, enviar um anexo que ainda não tenha, ou retirar o pedido (cancelamento)",
    Situacao.AGUARDANDO_DOCUMENTO: "responder às pendências, enviar um anexo que ainda não tenha, ou retirar o pedido "
    "(cancelamento)",
    Situacao.AGUARDANDO_JUSTIFICATIVA: "responder às pendências, ou retirar o pedido (cancelamento)",
    Situacao.AUTORIZADA: "cancelar a senha inteira, ou substituí-la para incluir códigos (uma senha não se altera); "
    "sobre senha de urgência ou de internação, pedir um complemento com guia_principal",
    Situacao.NEGADA: "fazer um novo pedido",
    Situacao.CANCELADA: "fazer um novo pedido",
    Situacao.EXPIRADA: "fazer um novo pedido; o que foi atendido na validade ainda se fatura",
    Situacao.UTILIZADA: "faturar o saldo; para mudanças, fale com a Central da operadora",
}
"""What may be done in each state, by a prestador."""
_NADA: Final = "registrar um atendimento; o prestador pode fazer um novo pedido"
_CONCEDIDA: Final = "mudar quantidades ou o executante, decidir uma data pedida, cancelar, ou pedir um complemento"
DA_OPERADORA: Final = {
    Situacao.EM_ANALISE: "decidir, pedir documento ou justificativa, ou cancelar",
    Situacao.AGUARDANDO_DOCUMENTO: "esperar o prestador, dar mais prazo, retomar a análise, ou cancelar",
    Situacao.AGUARDANDO_JUSTIFICATIVA: "esperar o prestador, dar mais prazo, retomar a análise, ou cancelar",
    Situacao.AUTORIZADA: _CONCEDIDA,
    Situacao.NEGADA: _NADA,
    Situacao.CANCELADA: _NADA,
    Situacao.EXPIRADA: _NADA,
    Situacao.UTILIZADA: "mudar quantidades, nunca abaixo do faturado, ou pedir um complemento",
}
"""What may be done in each state, by the operadora."""
_ESTADO: Final = {
    Situacao.EM_ANALISE: "em análise",
    Situacao.AGUARDANDO_DOCUMENTO: "aguardando documentos",
    Situacao.AGUARDANDO_JUSTIFICATIVA: "aguardando justificativa",
    Situacao.AUTORIZADA: "concedida",
    Situacao.PARCIAL: "concedida em parte",
    Situacao.NEGADA: "negada",
    Situacao.CANCELADA: "cancelada",
    Situacao.EXPIRADA: "expirada",
    Situacao.UTILIZADA: "utilizada",
}


def _illegal(error: TransicaoInvalidaError, possivel: Mapping[Situacao, str] = POSSIVEL) -> ProblemError:
    try:
        state = Situacao(error.situacao)
    except ValueError:
        text = (
            "Uma data muda só em item autorizado para um dia previsto e ainda não faturado; internação e alta se "
            "comunicam uma vez. Consulte a autorização."
        )
    else:
        what = possivel[Situacao.AUTORIZADA if state is Situacao.PARCIAL else state]
        text = f"A autorização está {_ESTADO[state]}. O que é possível: {what}."
    return ProblemError(
        409, "transicao-impossivel", "Não é possível neste estado", text, extra={"situacao": str(error.situacao)}
    )


def _expired(error: SenhaExpiradaError) -> ProblemError:
    return ProblemError(
        409, "senha-expirada", "Senha expirada",
        f"A senha valeu até {error.validade:%d/%m/%Y}. O que é possível: {POSSIVEL[Situacao.EXPIRADA]}.",
        extra={
            "regra": "R10", "glosa": code_of(Motivo.SENHA_EXPIRADA, None), "situacao": "EXPIRADA",
            "validade": error.validade.isoformat(),
        },
    )  # fmt: skip


def _billed(error: JaFaturadaError) -> ProblemError:
    return ProblemError(
        409, "ja-faturada", "Já faturada",
        "Parte dela já foi faturada: não pode ser cancelada, substituída nem mudar de executante. Para incluir itens, "
        "peça um complemento à Central da operadora.",
        extra={"regra": "R17", "itens": list(error.sequencias)},
    )  # fmt: skip


def _alive(error: ComplementosVivosError) -> ProblemError:
    return ProblemError(
        409, "complementos-vivos", "Há complementos vivos",
        "Outras autorizações foram pedidas sobre esta. Cancele-as antes (até 23 podem ir juntas: repita o "
        "cancelamento com complementos true).",
        extra={"regra": "R17", "complementos": list(error.numeros)},
    )  # fmt: skip


def _out_of_bounds(error: QuantidadeInvalidaError) -> ProblemError:
    least, most = vistas.quantidade(error.minimo), vistas.quantidade(error.maximo)
    what = f"do item {error.sequencia}" if error.sequencia else "de diárias"
    return ProblemError(
        409, "quantidade-invalida", "Quantidade fora do possível",
        f"A quantidade {what} pode ir de {least} (o que já foi faturado) a {most} (o que foi pedido ou concedido).",
        extra={"regra": "R18", "item": error.sequencia, "minimo": least, "maximo": most},
    )  # fmt: skip


def _out_of_days(error: DataInvalidaError, campo: str = "data") -> ProblemError:
    parts = (("a partir de", error.minimo), ("até", error.maximo))
    text = " ".join(f"{word} {dia:%d/%m/%Y}" for word, dia in parts if dia)
    return problems.invalid_body((FieldError(campo, "data-fora-do-possivel", f"Informe um dia {text}."),))


def _taken(error: GuiaJaUsadaError) -> ProblemError:
    return ProblemError(
        409, "guia-ja-usada", "Número de guia já usado",
        "Este número de guia é de outro pedido deste prestador, com outro conteúdo. Consulte-o, ou use um número novo.",
        extra={"glosa": code_of(Motivo.GUIA_JA_APRESENTADA, None), "numero": error.numero},
    )  # fmt: skip


def _missing(error: DocumentoAusenteError) -> ProblemError:
    text = "Há arquivos que não existem, não são deste prestador ou cujo envio não foi concluído."
    problem = problems.invalid_body((FieldError("documentos", "documento-ausente", text),))
    problem.extra = {"documentos": list(error.ids)}
    return problem


def _not_released(error: RelacionamentoNaoHabilitadoError) -> ProblemError:
    return ProblemError(
        403, "relacionamento-nao-habilitado", "Relacionamento não habilitado",
        "O relacionamento do prestador com a operadora não está habilitado para autorização. Solicite-o ou acompanhe a "
        "decisão em Relacionamentos.",
        extra={
            "regra": "R02", "glosa": code_of(Motivo.PRESTADOR_FORA_DA_REDE, None), "situacao": error.situacao,
            "motivo": error.motivo,
        },
    )  # fmt: skip


def _changed(_error: MudouError) -> ProblemError:
    return problems.changed_meanwhile(
        "Outros atos sobre as mesmas autorizações ocorreram ao mesmo tempo e nada foi gravado. Repita a requisição."
    )


def _incomplete(error: DecisaoIncompletaError) -> ProblemError:
    names = ", ".join(map(str, error.sequencias)) or "nenhum"
    text = f"Decida cada item em análise exatamente uma vez, e só esses. Confira: {names}."
    return problems.invalid_body((FieldError("itens", "decisao-incompleta", text),))


def _unexplained(error: NegativaSemBaseError) -> ProblemError:
    names = ", ".join(str(one) if one else "diárias" for one in error.sequencias)
    text = f"O que se nega ou reduz leva código, motivo e base legal ou contratual (RN 623). Confira: {names}."
    return problems.invalid_body((FieldError("itens", "negativa-sem-base", text),))


def _unable(error: ExecutanteInvalidoError) -> ProblemError:
    wrong = tuple(
        FieldError("executante", achado.regra, f"{achado.mensagem}{f' Item {achado.item}.' if achado.item else ''}")
        for achado in error.achados
    )
    return problems.invalid_body(wrong)


ERRORS: Final[ErrorMap] = {
    AutorizacaoNotFoundError: lambda _error: absent(),
    PrincipalNotFoundError: lambda _error: absent(),
    PapelNaoPermitidoError: not_theirs,
    TransicaoInvalidaError: _illegal,
    SenhaExpiradaError: _expired,
    JaFaturadaError: _billed,
    ComplementosVivosError: _alive,
    QuantidadeInvalidaError: _out_of_bounds,
    DataInvalidaError: _out_of_days,
    GuiaJaUsadaError: _taken,
    DocumentoAusenteError: _missing,
    SolicitanteAlheioError: lambda _error: problems.invalid_body((
        FieldError("solicitante", "solicitante-alheio", "Quem pede deve ser o solicitante ou o executante."),
    )),
    RelacionamentoNaoHabilitadoError: _not_released,
    MudouError: _changed,
    DecisaoIncompletaError: _incomplete,
    NegativaSemBaseError: _unexplained,
    MotivoAusenteError: lambda _error: problems.invalid_body((
        FieldError("motivo", "motivo-obrigatorio", "Diga por quê."),
    )),
    ExecutanteInvalidoError: _unable,
}  # fmt: skip

# --- documentation ---

NAMED: Final = (
    Parameter("registro_ans", "path", "Registro ANS da operadora.", required=True, example="345695"),
    Parameter("numero", "path", "Número da guia na operadora (ou a senha).", required=True, example="26110482915537"),
)
