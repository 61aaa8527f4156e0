"""The table: one row per operation of `docs/openapi.json`. A new operation is a new row here, and is then tried whole.

Who may call is written here by hand, from `decisoes.md` 6 and 7, and not read from the code it is there to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from local.gerador import verifica_elegibilidade
from tests.matriz import alertas, auditoria, documentacoes, documentos, pagamento, pegs, recursos, senhas, webhooks
from tests.matriz.model import BILLING, FRONT_DESK, GESTOR, Door, Row, Values

DOCUMENTOS: Final = frozenset({"documentos.ler"})
CONTRATO: Final = frozenset({"autorizacao.ler", "peg.ler", "elegibilidade.ler"})
ELEGIBILIDADE: Final = frozenset({"elegibilidade.ler"})


def _verifica(values: Values) -> bytes:
    return verifica_elegibilidade(
        values["cnpj"], values["registro"], values["carteira"], date.fromisoformat(values["hoje"])
    )


def _titular(values: Values) -> Any:
    return {"registro_ans": values["registro"], "cpf": values["cpf"], "solicitacao": "MATRIZ-1"}


def _on(values: Values, **more: str) -> Mapping[str, str]:
    return {"de": values["hoje"], "motivo": "Prova da matriz.", **more}


_LOADED: Final = frozenset({"cadastro"})
_RELATED: Final = {"registroANS": "{registro}", "prestador": "{prestador}"}
_REGISTRO: Final = {"registro_ans": "{registro}"}

TABLE: Final = (
    # Public.
    Row(operation="obterSaude", door=Door.PUBLIC),
    Row(operation="obterLimites", door=Door.PUBLIC),
    Row(operation="obterOpenApi", door=Door.PUBLIC),
    Row(operation="obterDocumentacao", door=Door.PUBLIC),
    Row(operation="listarOperadoras", door=Door.PUBLIC),
    Row(operation="listarContatos", door=Door.PUBLIC, path={"registroANS": "{registro}"}),
    # Documentos.
    Row(
        operation="criarUpload", door=Door.PRESTADOR, papeis=BILLING, escopos=frozenset({"peg.escrever"}),
        opens=senhas.UPLOADS, body=senhas.upload("lote_tiss", "a.xml"), ok=201, needs="faturamento",
        writes=frozenset({"documentos"}), keyed=True,
    ),
    Row(
        operation="criarUpload", variant="nota_fiscal", door=Door.PRESTADOR, papeis=BILLING,
        escopos=frozenset({"pagamento.escrever"}), opens=senhas.UPLOADS, body=senhas.upload("nota_fiscal", "a.xml"),
        ok=201, needs="faturamento", writes=frozenset({"documentos"}), keyed=True,
    ),
    Row(
        operation="obterUpload", door=Door.PRESTADOR, papeis=BILLING, escopos=DOCUMENTOS, opens=senhas.FOLLOWED,
        thing="upload", path={"id": "{upload}"},
    ),
    Row(
        operation="obterRespostaDoUpload", door=Door.PRESTADOR, papeis=BILLING, escopos=DOCUMENTOS,
        opens=senhas.FOLLOWED, thing="upload", path={"id": "{upload}"}, audit=1, shows=frozenset({"carteira"}),
    ),
    # Elegibilidade.
    Row(
        operation="verificarElegibilidade", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ELEGIBILIDADE,
        body=lambda values: {"registro_ans": values["registro"], "numero_carteira": values["carteira"]},
        needs="autorizacao", audit=1, shows=frozenset({"carteira", "nome"}),
    ),
    Row(
        operation="verificarElegibilidadeEmLote", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ELEGIBILIDADE,
        body=lambda values: {"registro_ans": values["registro"], "itens": [{"numero_carteira": values["carteira"]}]},
        needs="autorizacao", audit=1, shows=frozenset({"carteira", "nome"}),
    ),
    Row(
        operation="enviarMensagemTiss", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ELEGIBILIDADE,
        opens=senhas.TISS,
        path={"transacao": "verificaElegibilidade"}, body=_verifica, media_type="application/xml",
        needs="autorizacao", tiss=True, audit=1, shows=frozenset({"carteira", "nome"}),
    ),
    # Contrato e regras.
    Row(
        operation="obterContrato", door=Door.PRESTADOR, escopos=CONTRATO, thing="contrato", named_in="query",
        malformed=422, query=_REGISTRO, wrong={"data": "2026-02-30"},
    ),
    Row(
        operation="listarCorpoClinico", door=Door.PRESTADOR, escopos=CONTRATO, thing="contrato", named_in="query",
        malformed=422, query=_REGISTRO, wrong={"data": "2026-13-01"}, audit=1, shows=frozenset({"profissional"}),
    ),
    Row(
        operation="listarPrecos", door=Door.PRESTADOR, escopos=CONTRATO, thing="contrato", named_in="query",
        makes="tabela de precos",
        malformed=422, query=_REGISTRO, wrong={"data": "20260230"},
    ),
    Row(
        operation="listarRegrasDeProcedimentos", door=Door.PRESTADOR, escopos=CONTRATO, thing="contrato",
        named_in="query", malformed=422, query=_REGISTRO, wrong={"plano": "%00"},
    ),
    Row(
        operation="listarMudancasDeRegras", door=Door.PRESTADOR, escopos=CONTRATO, thing="contrato",
        named_in="query", malformed=422, query=_REGISTRO, wrong={"de": "ontem"},
    ),
    # Sessão, pessoas, credenciais.
    Row(operation="obterSessao", door=Door.SIGNED_IN),
    Row(
        operation="listarPessoas", door=Door.PRESTADOR, papeis=GESTOR, audit=1, shows=frozenset({"email"}),
    ),
    Row(
        operation="convidarPessoa", door=Door.PRESTADOR, papeis=GESTOR, ok=201, makes="e-mail",
        body=lambda values: {"email": values["email"], "papel": "recepcao"},
        writes=_LOADED, keyed=True, shows=frozenset({"email"}),
    ),
    Row(
        operation="alterarPessoa", door=Door.PRESTADOR, papeis=GESTOR, thing="pessoa", path={"id": "{pessoa}"},
        body=lambda _values: {"ativo": False}, writes=_LOADED, audit=1, shows=frozenset({"email"}),
    ),
    Row(
        operation="desvincularPessoa", door=Door.PRESTADOR, papeis=GESTOR, thing="pessoa", path={"id": "{pessoa}"},
        ok=204, writes=_LOADED,
    ),
    Row(operation="listarCredenciais", door=Door.PRESTADOR, papeis=GESTOR),
    Row(
        operation="criarCredencial", door=Door.PRESTADOR, papeis=GESTOR, ok=201,
        body=lambda _values: {"nome": "matriz", "escopos": ["conecta/recurso.ler"]}, writes=_LOADED, keyed=True,
    ),
    Row(
        operation="rotacionarCredencial", door=Door.PRESTADOR, papeis=GESTOR, thing="credencial",
        path={"id": "{client_id}"}, ok=201, body=lambda _values: {"sobreposicao_horas": 0}, writes=_LOADED, keyed=True,
    ),
    Row(
        operation="revogarCredencial", door=Door.PRESTADOR, papeis=GESTOR, thing="credencial",
        path={"id": "{client_id}"}, ok=204, writes=_LOADED,
    ),
    # Relacionamentos.
    Row(operation="listarRelacionamentos", door=Door.PERSON),
    Row(
        operation="solicitarRelacionamento", door=Door.PERSON, makes="cnpj", ok=201,
        body=lambda values: {
            "registro_ans": values["registro"], "cnpj": values["cnpj"], "nome": "Prova da Matriz", "cnes": "9990055",
        },
        writes=_LOADED,
    ),
    Row(operation="obterPedidoDeRelacionamento", door=Door.PERSON, thing="pedido", path={"id": "{pedido}"}),
    # Operadora.
    Row(
        operation="listarRelacionamentosDaOperadora", door=Door.OPERADORA, thing="operadora", named_in="query",
        query=_REGISTRO, wrong={"situacao": "QUALQUER"}, audit=1, shows=frozenset({"email"}),
    ),
    Row(
        operation="decidirPedidoDeRelacionamento", door=Door.OPERADORA, thing="pedido da operadora",
        path={"id": "{pedido}"}, body=lambda _values: {"decisao": "RECUSAR", "motivo": "Prova da matriz."},
        writes=_LOADED, audit=1, shows=frozenset({"email"}),
    ),
    Row(
        operation="suspenderRelacionamento", door=Door.OPERADORA, thing="relacionamento", path=_RELATED,
        body=_on, writes=_LOADED,
    ),
    Row(
        operation="reativarRelacionamento", door=Door.OPERADORA, thing="relacionamento",
        makes="relacionamento suspenso", path=_RELATED, body=_on, writes=_LOADED,
    ),
    Row(
        operation="descredenciarPrestador", door=Door.OPERADORA, thing="relacionamento", path=_RELATED,
        body=_on, writes=_LOADED,
    ),
    Row(
        operation="listarCargas", door=Door.OPERADORA, thing="operadora", named_in="query", query=_REGISTRO,
    ),
    Row(operation="obterCarga", door=Door.OPERADORA, thing="carga", path={"id": "{carga}"}),
    Row(operation="obterRelatorioDaCarga", door=Door.OPERADORA, thing="carga", path={"id": "{carga}"}),
    Row(
        operation="retomarCarga", door=Door.OPERADORA, thing="carga", makes="carga que falhou", path={"id": "{carga}"},
        ok=202, writes=_LOADED,
    ),
    Row(
        operation="exportarDadosDoTitular", door=Door.OPERADORA, thing="operadora", named_in="body", malformed=422,
        body=_titular, audit=1, shows=frozenset({"carteira", "nome", "cpf"}),
    ),
    Row(
        operation="eliminarDadosDoTitular", door=Door.OPERADORA, thing="operadora", named_in="body", malformed=422,
        body=_titular, makes="titular", audit=1, writes=frozenset({"beneficiarios"}),
    ),
    *senhas.ROWS,
    *pegs.ROWS,
    *pagamento.ROWS,
    *recursos.ROWS,
    *documentacoes.ROWS,
    *documentos.ROWS,
    *auditoria.ROWS,
    *alertas.ROWS,
    *webhooks.ROWS,
)  # fmt: skip
