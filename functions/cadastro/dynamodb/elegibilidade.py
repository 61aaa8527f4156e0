"""Eligibility's reading: relacionamentos, lives, quota and audit in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cadastro.service.elegibilidade import Leitura
from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import ConditionFailedError, batch_get, conditions
from conecta_edge.items import dados
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_facts.relacionamentos import Relacionamento

if TYPE_CHECKING:
    from datetime import datetime

    from cadastro.domain.elegibilidade import Pergunta
    from conecta_edge.beneficiarios import DynamoBeneficiarios
    from conecta_edge.dynamodb import Item
    from conecta_edge.quotas import Quota
    from conecta_facts.beneficiarios import Beneficiario


class DynamoConsultas:
    """One caller's questions: what is read is counted against its quota and audited, or is not read.

    The look-up and what counts and audits it go at the same time: an answer leaves only when all are done, and a miss
    costs what a hit does. They are writes of their own, not one transaction: concurrent transactions on the same quota
    would cancel each other, where concurrent updates only wait.

    Args:
        quota: how much may be asked; `spent` is the update that takes it.
        audited: the put that records who asked of whom.
    """

    def __init__(
        self,
        client: Any,
        tabela_cadastro: str,
        prestador_id: str,
        *,
        vidas: DynamoBeneficiarios,
        quota: Quota,
        spent: Item,
        audited: Item,
        now: datetime,
    ) -> None:
        self._client = client
        self._table = tabela_cadastro
        self._prestador_id = prestador_id
        self._vidas = vidas
        self._quota, self._spent, self._audited, self._now = quota, spent, audited, now

    def read(self, registros: Sequence[str], perguntas: Sequence[Pergunta]) -> Leitura:
        """See `cadastro.service.elegibilidade.Consultas`.

        Raises:
            ProblemError: 429, the caller's quota is spent.
        """
        by_carteira = [(r, p.carteira) for p in perguntas if p.carteira is not None for r in registros]
        by_cpf = [(r, p.cpf) for p in perguntas if p.cpf is not None for r in registros]
        _, _, relacionamentos, of_carteiras, of_cpfs = gather(
            [
                self._spend,
                lambda: self._client.put_item(**self._audited),
                lambda: self._relacionamentos(registros),
                lambda: self._vidas.by_carteiras(by_carteira) if by_carteira else [],
                lambda: self._vidas.by_cpfs(by_cpf),
            ]
        )
        found: dict[tuple[str, str], tuple[Beneficiario, ...]] = {
            **{key: (vida,) if vida else () for key, vida in zip(by_carteira, of_carteiras, strict=True)},
            **dict(zip(by_cpf, of_cpfs, strict=True)),
        }
        return Leitura(
            relacionamentos,
            [tuple(vida for r in registros for vida in found[r, p.carteira or p.cpf or ""]) for p in perguntas],
        )

    def _spend(self) -> None:
        try:
            with conditions():
                self._client.update_item(**self._spent)
        except ConditionFailedError as failed:
            raise self._quota.exceeded(self._now) from failed

    def _relacionamentos(self, registros: Sequence[str]) -> dict[str, Relacionamento]:
        wanted = [(self._table, keys.relacionamento_key(self._prestador_id, registro)) for registro in registros]
        rows = batch_get(self._client, wanted)
        return {
            registro: codec.build(Relacionamento, dados(row))
            for registro, row in zip(registros, rows, strict=True)
            if row is not None
        }
