"""Rows of a load of legacy senhas: each a whole authorization, written by the same transaction as any other.

A senha that is here already is as it is here: a file never gives back what was billed or cancelled since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autorizacao.domain.carga_tipos import SenhaLegada
from autorizacao.dynamodb import chaves
from autorizacao.service import legado
from autorizacao.service.portas import Guardada, Mudanca
from conecta_cargas.loading import Chave, Dados, Escrita, Item
from conecta_cargas.states import Guardado
from conecta_edge import cadastro, protocolos
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import batch_get
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_senhas.autorizacoes import FINAIS, Ato, Origem, Papel
from conecta_senhas.errors import MudouError
from conecta_senhas_aws.chaves import AUTORIZACAO, autorizacao_key

if TYPE_CHECKING:
    from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
    from conecta_edge.beneficiarios import DynamoBeneficiarios
    from conecta_edge.pseudonyms import Pseudonyms
    from conecta_facts.beneficiarios import Beneficiario

CPF: Final = 11
MAIOR: Final = "~"
"""Above every `fonte`: no file replaces what is here."""
_QUEM: Final = ("prestador", "solicitante", "executante")
_DIAS: Final = ("data_autorizacao", "admissao")
Recusa = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoSenhas:
    """See `conecta_cargas.loading.Registros`; a row writes two items, so that it is always read before.

    Attributes:
        table, cadastro: names of the tables.
    """

    client: Any
    table: str
    cadastro: str
    autorizacoes: DynamoAutorizacoes
    vidas: DynamoBeneficiarios
    pseudonyms: Pseudonyms
    relogio: Callable[[], datetime]

    def itens(self, _tipo: str, registro_ans: str, dados: Dados, _referencia: date, _hoje: date) -> list[Item]:
        """The state, and who holds the number of guia; takes the row's values over."""
        for name in _QUEM:
            if len(dados.get(name, "")) == CPF:
                dados[name] = self.pseudonyms.prestador(dados[name])
        state = autorizacao_key(registro_ans, dados["senha"])
        guia = chaves.numero_guia_key(dados["prestador"], registro_ans, dados["numero_guia_prestador"])
        return [
            Item((self.table, state["pk"], state["sk"]), dados),
            Item((self.table, guia["pk"], guia["sk"]), {"numero": dados["senha"]}),
        ]

    def ler(self, itens: Sequence[Item]) -> Mapping[Chave, Guardado]:
        """One wait (what is here, who holds each number of guia, lives, relacionamentos), and one for such holders.

        What a new one needs of it is left in its row: the pseudonym of the name, and who let the number of guia go.
        """
        rows, guias = itens[0::2], itens[1::2]
        asked = [row.dados for row in rows]
        registro = asked[0]["registro_ans"]
        who = list(dict.fromkeys(each[name] for each in asked for name in _QUEM if name in each))
        held, holders, lives, related = gather(
            [
                lambda: self.autorizacoes.many(registro, [each["senha"] for each in asked]),
                lambda: batch_get(self.client, [_at(item) for item in guias], consistent=True),
                lambda: self.vidas.by_carteiras([(registro, each["carteira"]) for each in asked]),
                lambda: batch_get(
                    self.client, [(self.cadastro, cadastro.relacionamento_key(one, registro)) for one in who]
                ),
            ]
        )
        known = {one for one, row in zip(who, related, strict=True) if row is not None}
        hoje = local_day(self.relogio()).isoformat()
        holding = [holder["numero"] for holder in holders if holder]
        freed = {
            one.autorizacao.numero
            for one in (self.autorizacoes.many(registro, holding) if holding else ())
            if one is not None and one.autorizacao.situacao in FINAIS
        }
        found = {}
        for row, guia, here, holder, life in zip(rows, guias, held, holders, lives, strict=True):
            other = holder["numero"] if holder else None
            row.dados["nome"] = self.pseudonyms.nome(registro, life.nome) if life else None
            row.dados["solto"] = other
            if here is not None:
                seen = _seen(here, row.dados)
            elif recusa := next(_refusals(row.dados, hoje, known, taken=other not in {None, *freed}, life=life), None):
                seen = Guardado(None, None, None, recusas=(recusa,))
            else:
                continue
            found[row.chave] = found[guia.chave] = seen
        return found

    def gravar(self, carga_id: str, _fonte: str, escritas: Sequence[Escrita]) -> set[Chave]:
        """A protocolo and a transaction per row, several rows at the same time."""
        rows = [escrita.item for escrita in escritas if escrita.item.chave[2] == AUTORIZACAO]
        done = gather([partial(self._write, carga_id, item) for item in rows])
        return {item.chave for item, written in zip(rows, done, strict=True) if not written}

    def _write(self, carga_id: str, item: Item) -> bool:
        now = self.relogio()
        hoje = local_day(now)
        legada = codec.build(SenhaLegada, item.dados)
        guardada = legado.senha(
            legada,
            Ato(papel=Papel.SISTEMA, quem=carga_id, quando=now, hoje=hoje),
            protocolo=protocolos.allocate(self.client, self.table, protocolos.Kind.AUTORIZACAO, hoje),
            vida=self.pseudonyms.carteira(legada.registro_ans, legada.carteira),
            nome=item.dados["nome"],
        )
        try:
            self.autorizacoes.write([Mudanca(None, guardada, solto=item.dados["solto"])], now=now, correlacao=carga_id)
        except MudouError:
            return False
        return True


def _at(item: Item) -> tuple[str, dict[str, str]]:
    table, pk, sk = item.chave
    return table, {"pk": pk, "sk": sk}


def _seen(here: Guardada, dados: Dados) -> Guardado:
    held = here.autorizacao
    same = (held.origem, held.prestador_id, held.solicitacao.carteira) == (
        Origem.LEGADO, dados["prestador"], dados["carteira"],
    )  # fmt: skip
    if same:
        return Guardado(MAIOR, None, held.historico[0].quem)
    motivo = "Já existe aqui outra autorização com este número: confira a senha, o prestador e a carteira."
    return Guardado(None, None, None, recusas=(("senha", "senha-ja-usada", motivo),))


def _refusals(dados: Dados, hoje: str, known: set[str], *, taken: bool, life: Beneficiario | None) -> Iterator[Recusa]:
    if not dados["itens"] and "diarias" not in dados:
        yield "itens", "obrigatoria", "Informe ao menos um item, ou as diárias de uma internação."
    for name in _DIAS:
        if dados.get(name, hoje) > hoje:
            yield name, "data-futura", "A data está no futuro."
    for name in _QUEM:
        if name in dados and dados[name] not in known:
            yield name, "prestador-desconhecido", "Carregue antes este prestador, no tipo prestadores do cadastro."
    if life is None:
        motivo = "Carregue antes este beneficiário; se os dados dele foram eliminados (LGPD), a senha não é carregada."
        yield "carteira", "beneficiario-desconhecido", motivo
    if taken:
        motivo = "Este prestador já usou este número de guia em outra autorização."
        yield "numero_guia_prestador", "guia-ja-usada", motivo
