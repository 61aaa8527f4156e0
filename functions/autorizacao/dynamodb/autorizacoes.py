"""Authorizations in DynamoDB: an act is one transaction, each row of it under a condition.

The row `AUTORIZACAO` is the one that races meet in: whoever changes an authorization (an act, the sweep, a PEG) changes
its `versao` on condition of the one that was read. `DETALHE` follows an act in the same transaction; the row says which
version of it is its own (`detalhe`), and how many complements there are (`filhos`): no reading is a transaction
(`conecta_senhas_aws`, which a PEG uses senhas by; what it writes in `usos` is never written here).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from autorizacao.dynamodb import chaves
from autorizacao.service.portas import Guardada, Mudanca, Pagina, Ponteiro
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import (
    ConditionFailedError,
    Item,
    TransientConflictError,
    batch_get,
    conditions,
    put,
    query_all,
    query_page,
    update,
)
from conecta_edge.events import Event, outbox_put
from conecta_edge.items import VERSION
from conecta_edge.parallel import gather
from conecta_edge.pseudonyms import Pseudonyms
from conecta_facts import codec
from conecta_senhas.autorizacoes import (
    AGUARDANDO,
    CONCEDIDAS,
    DIARIAS,
    ZERO,
    Autorizacao,
    Evento,
    Marco,
    Papel,
    Situacao,
)
from conecta_senhas.errors import MudouError
from conecta_senhas.eventos import FATOS
from conecta_senhas.usos import Lida
from conecta_senhas.vencimentos import proximo
from conecta_senhas_aws import senhas
from conecta_senhas_aws.chaves import autorizacao_key, complemento_key, detalhe_key, identity

ABSENT: Final = "attribute_not_exists(pk)"
THERE: Final = "attribute_exists(pk)"


class DynamoAutorizacoes:
    """See `autorizacao.service.portas.Autorizacoes`."""

    def __init__(self, client: Any, table: str, pseudonyms: Pseudonyms) -> None:
        self._client = client
        self._table = table
        self._pseudonyms = pseudonyms

    # --- reading ---

    def get(self, registro_ans: str, numero: str) -> Guardada | None:
        """One consistent Query."""
        return _kept(senhas.get(self._client, self._table, registro_ans, numero))

    def many(self, registro_ans: str, numeros: Sequence[str]) -> list[Guardada | None]:
        """One BatchGetItem per fifty; without their complements."""
        return self._load([(registro_ans, numero) for numero in numeros])

    def _load(self, wanted: Sequence[tuple[str, str]]) -> list[Guardada | None]:
        found = senhas.load(self._client, self._table, wanted)
        return [_kept(found[one]) for one in wanted]

    def by_guia(self, prestador_id: str, registro_ans: str, guia: str) -> Guardada | None:
        """A BatchGetItem, then one Query."""
        (held,) = self.holders(prestador_id, registro_ans, [guia])
        return self.get(registro_ans, held[0]) if held else None

    def holders(self, prestador_id: str, registro_ans: str, guias: Sequence[str]) -> list[tuple[str, str] | None]:
        """One BatchGetItem: of each number of guia, the numero that holds it and the digest of what it asked."""
        keys = [(self._table, chaves.numero_guia_key(prestador_id, registro_ans, guia)) for guia in guias]
        rows = batch_get(self._client, keys, consistent=True)
        return [(row["numero"], row.get("digest", "")) if row else None for row in rows]

    def of_life(self, registro_ans: str, carteiras: Sequence[str]) -> list[Ponteiro]:
        """A Query per number, at the same time."""
        found = gather([partial(self.life_rows, registro_ans, carteira) for carteira in dict.fromkeys(carteiras)])
        return [
            Ponteiro(registro_ans, row["numero"], row["guia"], date.fromisoformat(row["sk"].partition("#")[0]))
            for rows in found
            for row in rows
        ]

    def life_rows(self, registro_ans: str, carteira: str) -> list[Item]:
        """One Query: `{numero, guia, dia, usos}` of each authorization asked with a number."""
        pk = chaves.vida_pk(registro_ans, self._pseudonyms.carteira(registro_ans, carteira))
        return query_all(self._client, self._table, pk)

    def by_name(self, registro_ans: str, nome: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        """A Query on the index and a BatchGetItem."""
        pk = chaves.nome_pk(registro_ans, self._pseudonyms.nome(registro_ans, nome))
        rows, position = self._page(chaves.BUSCA, pk, posicao, limite, forward=False)
        return self._pagina([(registro_ans, str(row["sk"]).partition("#")[2]) for row in rows], position)

    def of_month(self, prestador_id: str, competencia: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        """A Query and a BatchGetItem."""
        pk = chaves.mes_pk(prestador_id, competencia[2:])
        rows, position = self._page(None, pk, posicao, limite, forward=False)
        wanted = [(parts[2], parts[3]) for parts in (str(row["sk"]).split("#") for row in rows)]
        return self._pagina(wanted, position)

    def worklist(self, registro_ans: str, fila: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        """A Query on the index and a BatchGetItem."""
        pk = chaves.fila_pk(registro_ans, fila)
        rows, position = self._page(chaves.BUSCA, pk, posicao, limite, forward=True)
        page = self._pagina([identity(str(row["pk"])) for row in rows], position)
        # An index is behind its table: what was decided just now waits no more.
        return replace(page, itens=[row for row in page.itens if _waiting(row.autorizacao)["busca_pk"] == pk])

    def _pagina(self, wanted: Sequence[tuple[str, str]], position: dict[str, str] | None) -> Pagina:
        return Pagina([row for row in self._load(wanted) if row is not None], position)

    def _page(
        self, index: str | None, pk: str, posicao: Mapping[str, str] | None, limite: int, *, forward: bool
    ) -> tuple[list[Item], dict[str, str] | None]:
        condition, more = (f"{index}_pk = :pk", {"IndexName": index}) if index else ("pk = :pk", {})
        return query_page(
            self._client, self._table, condition, {":pk": pk}, posicao, limite, forward=forward, **more
        )  # fmt: skip

    # --- writing ---

    def write(
        self,
        mudancas: Sequence[Mudanca],
        *,
        now: datetime,
        correlacao: str,
        digest: str | None = None,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One TransactWriteItems."""
        own = [action for mudanca in mudancas for action in self._actions(mudanca, now, correlacao, digest)]
        actions = [*own, *({"Put": action} for action in guardar)]
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            if all(place >= len(own) for place in error.failed):
                raise  # the caller's own row: its answer is kept already
            raise MudouError from error
        except TransientConflictError as error:
            senhas.pause()
            raise MudouError from error

    def _actions(self, mudanca: Mudanca, now: datetime, correlacao: str, digest: str | None) -> Iterator[Item]:
        antes, depois = mudanca.antes, mudanca.depois
        before = antes.autorizacao if antes else None
        after = depois.autorizacao
        registro, numero = after.solicitacao.registro_ans, after.numero
        due = mudanca.proximo or proximo(after, local_day(now))
        key, state = autorizacao_key(registro, numero), _state(depois, due)
        rewritten = before is None or replace(before, versao=after.versao) != after
        children = depois.complementos[len(antes.complementos) if antes else 0 :]
        state |= {"detalhe": after.versao} if rewritten else {}
        state |= {"filhos": len(depois.complementos)} if children else {}
        left = sorted(_parties(before) - _parties(after)) if before else []
        state |= {"antigos": left} if left else {}
        if before is None:
            yield {"Put": put(self._table, {**key, **state}, ABSENT)}
        else:
            lida = {":versao": before.versao}
            yield {"Update": update(self._table, key, changes=state, condition="versao = :versao", values=lida)}
        if rewritten:
            whole = {**detalhe_key(registro, numero), "v": VERSION, "dados": codec.plain(after)}
            yield {"Put": put(self._table, whole, THERE if before else ABSENT)}
        if before is None or _usos(before) != _usos(after):
            yield {"Put": put(self._table, _life(depois), THERE if before else ABSENT)}
        if before is None:
            row = {
                **chaves.numero_guia_key(after.prestador_id, registro, after.solicitacao.numero_guia_prestador),
                "numero": numero, "digest": digest,
            }  # fmt: skip
            solto = {":solto": mudanca.solto} if mudanca.solto else None
            yield {"Put": put(self._table, row, f"{ABSENT} OR numero = :solto" if solto else ABSENT, solto)}
        for prestador in sorted(_parties(after) - (_parties(before) if before else set())):
            listed = chaves.mes_key(prestador, f"{local_day(_born(after)):%y%m}", _born(after), registro, numero)
            yield {"Put": put(self._table, {**listed, "numero": numero}, f"{ABSENT} OR numero = :n", {":n": numero})}
        for child in children:
            yield {"Put": put(self._table, complemento_key(registro, numero, child), ABSENT)}
        known = len(before.historico) if before else 0
        for place in range(known, len(after.historico)):
            yield {"Put": self._outbox(after, place, correlacao, now)}

    def _outbox(self, of: Autorizacao, place: int, correlacao: str, now: datetime) -> Item:
        registro, marco = of.solicitacao.registro_ans, of.historico[place]
        event = Event(
            FATOS[marco.evento], registro, of.prestador_id, f"autorizacao/{registro}/{of.numero}", correlacao,
            str(place), _told(of, marco),
        )  # fmt: skip
        return outbox_put(self._table, chaves.prestador_pk(of.prestador_id), event, now)


def _born(autorizacao: Autorizacao) -> datetime:
    """When it was asked, which orders the lists."""
    return autorizacao.historico[0].quando


def _parties(autorizacao: Autorizacao) -> set[str]:
    asked = autorizacao.solicitacao
    return {autorizacao.prestador_id, asked.solicitante, asked.executa}


def _state(guardada: Guardada, due: date | None) -> Item:
    """Row `AUTORIZACAO`, within the kilobyte that one write unit pays for."""
    held = guardada.autorizacao
    asked = held.solicitacao
    return {
        "versao": held.versao,
        "situacao": held.situacao.value,
        "validade": held.validade.isoformat() if held.validade else None,
        "prestador_id": held.prestador_id,
        "executante": asked.executa,
        "solicitante": None if asked.solicitante in {held.prestador_id, asked.executa} else asked.solicitante,
        "vida": guardada.vida,
        "nome": guardada.nome,
        "principal": held.principal,
        "internado": held.admissao is not None or None,
        "autorizadas": _autorizadas(held),
        "faturadas": senhas.faturadas(held),
        **_waiting(held),
        **chaves.vencimento(asked.registro_ans, held.numero, due),
    }


def _autorizadas(held: Autorizacao) -> dict[str, Any]:
    """As `senhas.faturadas`, of what was granted."""
    days = {str(DIARIAS): held.diarias_autorizadas} if held.diarias_autorizadas else {}
    return days | {str(item.sequencia): item.autorizada for item in held.itens if item.autorizada}


def _waiting(held: Autorizacao) -> dict[str, str | None]:
    """Where it lies among what waits."""
    if held.situacao is Situacao.EM_ANALISE:
        fila, until = "ANALISE", held.responder_ate
    elif held.situacao in AGUARDANDO:
        fila, until = "PENDENTES", held.pendente_ate
    elif held.situacao in CONCEDIDAS | {Situacao.UTILIZADA} and any(item.data_pedida for item in held.itens):
        fila, until = "DATAS", min(item.data_pedida for item in held.itens if item.data_pedida)
    else:
        return {"busca_pk": None, "busca_sk": None}
    urgent = "0" if held.solicitacao.urgencia else "1"
    return {
        "busca_pk": chaves.fila_pk(held.solicitacao.registro_ans, fila),
        "busca_sk": f"{urgent}#{until.isoformat() if until else '9999'}#{held.numero}",
    }


def _usos(held: Autorizacao) -> list[dict[str, Any]]:
    """What counts for limits by period: authorised quantities by code."""
    return [
        {"tabela": item.solicitado.tabela, "codigo": item.solicitado.codigo, "quantidade": item.autorizada}
        for item in held.itens
        if item.autorizada > ZERO
    ]


def _life(guardada: Guardada) -> Item:
    held = guardada.autorizacao
    asked = held.solicitacao
    where = (asked.data_solicitacao, held.numero)
    return {
        **chaves.vida_key(asked.registro_ans, guardada.vida, *where),
        **(chaves.nome_busca(asked.registro_ans, guardada.nome, *where) if guardada.nome else {}),
        "numero": held.numero,
        "guia": asked.numero_guia_prestador,
        # What is limited counts on the day of the service, or of the senha: never on one that the request tells.
        "dia": (asked.data_atendimento or held.data_autorizacao or asked.data_solicitacao).isoformat(),
        "usos": _usos(held),
    }


def _told(held: Autorizacao, marco: Marco) -> Item:
    """`pedida_por` is who was answered what the event tells."""
    answered = marco.evento is Evento.SOLICITADA and marco.papel is Papel.PRESTADOR
    return {
        "numero": held.numero,
        "tipo": held.tipo.value,
        "situacao": marco.situacao.value,
        "vez_de": marco.vez_de.value if marco.vez_de else None,
        "ate": marco.ate.isoformat() if marco.ate else None,
        "prestadores": sorted(_parties(held)),
        "pedida_por": held.prestador_id if answered else None,
    }


def _kept(lida: Lida | None) -> Guardada | None:
    return Guardada(lida.autorizacao, lida.vida, lida.complementos, lida.nome) if lida else None
