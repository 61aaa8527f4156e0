"""What documents are given to, read where its owner keeps it: read-only grants on the tables of the other contexts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conecta_edge.dynamodb import get_item
from conecta_edge.protocolos import month_of
from conecta_senhas.autorizacoes import TipoPendencia
from conecta_senhas_aws import senhas
from documentos.domain.exigencias import Esperado
from documentos.domain.finalidades import DE_TIPO, Alvo
from documentos.dynamodb.chaves import operadora_pk, tenant_pk
from documentos.service.portas import Referencia

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conecta_contas.pegs import Peg
    from conecta_contas_aws.contas import DynamoContas
    from conecta_senhas.autorizacoes import Autorizacao, Pendencia
    from documentos.domain.documentos import Destino


class DynamoReferencias:
    """See `documentos.service.portas.Referencias`."""

    def __init__(self, client: Any, contas: DynamoContas, *, autorizacao: str, peg: str, recurso: str) -> None:
        self._client = client
        self._contas = contas
        self._autorizacao = autorizacao
        self._peg = peg
        self._recurso = recurso

    def of_prestador(self, prestador_id: str, registro_ans: str, destino: Destino, *, guias: bool) -> Referencia | None:
        """One Query of an authorization, one GetItem of a PEG or a recurso, two of a lote; a GetObject for guias."""
        match destino.alvo:
            case Alvo.AUTORIZACAO:
                held = self._senha(registro_ans, destino.id)
                return _of_senha(held, prestador_id) if held and held.visible_to(prestador_id) else None
            case Alvo.PEG | Alvo.GUIA:
                peg = self._contas.peg(prestador_id, destino.id)
                return self._of_peg(peg, guias=guias) if peg else None
            case Alvo.RECURSO:
                return self._of_recurso(prestador_id, destino.id)
        return self._of_lote(prestador_id, registro_ans, destino.id)

    def of_operadora(self, registro_ans: str, destino: Destino) -> Referencia | None:
        """The same, after one GetItem that tells whose it is."""
        match destino.alvo:
            case Alvo.AUTORIZACAO:
                held = self._senha(registro_ans, destino.id)
                return _of_senha(held, None) if held else None
            case Alvo.RECURSO:
                key = {"pk": f"{operadora_pk(registro_ans)}#{month_of(destino.id)}", "sk": f"RECURSO#{destino.id}"}
                row = get_item(self._client, self._recurso, key)
                return self._of_recurso(row["prestador_id"], destino.id) if row else None
        whose = self._contas.prestador_of(registro_ans, destino.id)
        return self.of_prestador(whose, registro_ans, destino, guias=False) if whose else None

    def numero_of(self, prestador_id: str, registro_ans: str, guia: str) -> str | None:
        """One GetItem."""
        key = {"pk": tenant_pk(prestador_id), "sk": f"GUIA#{registro_ans}#{guia}"}
        row = get_item(self._client, self._autorizacao, key)
        return row["numero"] if row else None

    def _senha(self, registro_ans: str, numero: str) -> Autorizacao | None:
        found = senhas.get(self._client, self._autorizacao, registro_ans, numero)
        return found.autorizacao if found else None

    def _of_lote(self, prestador_id: str, registro_ans: str, numero: str) -> Referencia:
        """One that is not here yet has no state; one that is, its PEG's."""
        row = get_item(self._client, self._peg, {"pk": tenant_pk(prestador_id), "sk": f"LOTE#{registro_ans}#{numero}"})
        peg = self._contas.peg(prestador_id, row["protocolo"]) if row and "livre" not in row else None
        return Referencia(
            prestadores=(prestador_id,), registro_ans=registro_ans, situacao=peg.situacao.value if peg else None
        )

    def _of_peg(self, peg: Peg, *, guias: bool) -> Referencia:
        held = Referencia(
            prestadores=(peg.prestador_id,), registro_ans=peg.registro_ans, situacao=peg.situacao.value,
            numero_lote=peg.numero_lote, tipo_guia=peg.tipo_guia,
        )  # fmt: skip
        if not guias:
            return held
        numbers = (
            (one.numero_guia_prestador, one.numero_guia_operadora)
            for one in self._contas.dossie(peg).apresentadas if one.sequencia in peg.guias
        )  # fmt: skip
        return replace(held, guias=tuple(tuple(one for one in both if one) for both in numbers))

    def _of_recurso(self, prestador_id: str, protocolo: str) -> Referencia | None:
        row = get_item(self._client, self._recurso, {"pk": tenant_pk(prestador_id), "sk": f"RECURSO#{protocolo}"})
        return of_recurso(prestador_id, row) if row else None


def of_recurso(prestador_id: str, row: Mapping[str, Any]) -> Referencia:
    """As recurso writes it."""
    return Referencia(
        prestadores=(prestador_id,), registro_ans=row["registro_ans"], situacao=row["situacao"],
        esperados=tuple(row.get("esperados", ())),
    )  # fmt: skip


def _of_senha(held: Autorizacao, prestador_id: str | None) -> Referencia:
    """An authorization, as one of those who see it does; `None` is the operadora."""
    asked, owner = held.solicitacao, held.prestador_id
    everybody = tuple(dict.fromkeys((owner, asked.solicitante, asked.executa)))
    mine = prestador_id in {None, owner}
    return Referencia(
        prestadores=everybody if prestador_id is None else (prestador_id,),
        registro_ans=asked.registro_ans,
        situacao=held.situacao.value,
        ate=held.pendente_ate,
        esperados=tuple(map(_esperado, held.pendencias)),
        anexados=tuple((one.documento_id, one.tipo) for one in asked.documentos) if mine else (),
    )


_SEM_TIPO = {TipoPendencia.COTACAO: "cotacao_opme"}


def _esperado(pendencia: Pendencia) -> Esperado:
    row = DE_TIPO[pendencia.documento].codigo if pendencia.documento else _SEM_TIPO.get(pendencia.tipo)
    return Esperado(
        descricao=pendencia.descricao, tipo=pendencia.documento, finalidade=row, faltam=pendencia.quantidade
    )
