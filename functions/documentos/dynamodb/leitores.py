"""Who reads what operadoras publish, as cadastro knows them (read-only grant)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import Item, batch_get, query_page
from conecta_edge.items import dados
from conecta_facts import codec
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import AGENDADO, Relacionamento, Situacao
from conecta_facts.vigencia import vigente
from documentos.domain.publicacoes import Leitor, TipoPrestador

if TYPE_CHECKING:
    from conecta_edge.catalogo import Catalogo

PAGE: Final = 50


class DynamoLeitores:
    """See `documentos.service.publicacoes.Leitores`; operadoras and places come from the process's catalogue."""

    def __init__(self, client: Any, table: str, catalogo: Catalogo) -> None:
        self._load = partial(batch_get, client)
        self._query = partial(query_page, client, table)
        self._table = table
        self._catalogo = catalogo

    def leitores(self, prestador_id: str, registro_ans: str | None, hoje: date) -> Sequence[Leitor]:
        """One BatchGetItem, and a Query a minute for each operadora."""
        known = [one.registro_ans for one in self._catalogo.operadoras()] if registro_ans is None else [registro_ans]
        profile, *rows = self._load([
            (self._table, keys.prestador_key(prestador_id)),
            *((self._table, keys.relacionamento_key(prestador_id, one)) for one in known),
        ])  # fmt: skip
        if profile is None:
            return ()
        prestador = codec.build(Prestador, dados(profile))
        return [self._leitor(prestador, codec.build(Relacionamento, dados(row)), hoje) for row in rows if row]

    def _leitor(self, prestador: Prestador, relacionamento: Relacionamento, hoje: date) -> Leitor:
        places = self._catalogo.locais(prestador.prestador_id, relacionamento.registro_ans)
        ufs = {prestador.uf, *(one.uf for one in places if vigente(one, hoje))}
        kind = TipoPrestador.PESSOA_JURIDICA if prestador.cnpj else TipoPrestador.PESSOA_FISICA
        return Leitor(
            prestador.prestador_id, relacionamento.registro_ans, kind, frozenset(uf for uf in ufs if uf),
            relacionamento.may_send_em(hoje),
        )  # fmt: skip

    def da_operadora(
        self, registro_ans: str, hoje: date, position: Mapping[str, str] | None
    ) -> tuple[Sequence[Leitor], Mapping[str, str] | None]:
        """Queries on the index until there are some, a BatchGetItem, and a Query a minute for each prestador."""
        parts = [keys.relacionados_pk(registro_ans, part) for part in (AGENDADO, *Situacao)]
        place: Mapping[str, str] | None = position or {"busca_pk": parts[0]}
        rows: list[Item] = []
        while place and not rows:
            part = place["busca_pk"]
            begin = place if "pk" in place else None
            rows, last = self._query("busca_pk = :pk", {":pk": part}, begin, PAGE, IndexName=keys.INDEX)
            following = parts[parts.index(part) + 1 :]
            place = last or ({"busca_pk": following[0]} if following else None)
        related = [codec.build(Relacionamento, dados(row)) for row in rows]
        profiles = self._load([(self._table, keys.prestador_key(one.prestador_id)) for one in related])
        return [
            self._leitor(codec.build(Prestador, dados(profile)), one, hoje)
            for profile, one in zip(profiles, related, strict=True)
            if profile
        ], place

    def desconhecidos(self, registro_ans: str, prestadores: Collection[str]) -> Collection[str]:
        """One BatchGetItem for each hundred."""
        asked = tuple(prestadores)
        rows = self._load([(self._table, keys.relacionamento_key(one, registro_ans)) for one in asked])
        return frozenset(one for one, row in zip(asked, rows, strict=True) if row is None)
