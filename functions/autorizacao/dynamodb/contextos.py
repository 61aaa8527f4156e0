"""What is known besides a request: read from cadastro, from the lives and from our own table, in two waits.

The first wait reads what the request names; the second what the first led to: the price of each code in the contract's
table, whoever holds the number of guia, a parent named by the prestador's own number. What changes some times a month
(contract, plan, rules, calendar) comes from the process's catalogue.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from autorizacao.service.portas import Lido
from conecta_edge import protocolos
from conecta_edge.parallel import gather
from conecta_facts.procedimentos import em_vigor
from conecta_senhas.autorizacoes import Papel
from conecta_senhas.contexto import Contexto, Uso
from conecta_tiss import terminologia

if TYPE_CHECKING:
    from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
    from autorizacao.service.portas import Chamador, Guardada
    from conecta_edge.beneficiarios import DynamoBeneficiarios
    from conecta_edge.cadastro import DynamoCadastroReader
    from conecta_edge.catalogo import Catalogo
    from conecta_edge.dynamodb import Item
    from conecta_edge.pseudonyms import Pseudonyms
    from conecta_edge.uploads import DynamoDocumentos
    from conecta_facts.beneficiarios import Beneficiario
    from conecta_facts.contratos import Preco
    from conecta_facts.operadoras import Operadora
    from conecta_senhas.solicitacoes import Solicitacao

ALGARISMOS: Final = 10
"""Random digits of a numero: from one nobody guesses another."""
PRECOS_UM_A_UM: Final = 12
"""Codes up to which each price is a Query of its own; above it the table is read whole, once a minute."""


def new_numero(hoje: date) -> str:
    """`AAMM` and ten random digits."""
    return f"{hoje:%y%m}{secrets.randbelow(10**ALGARISMOS):0{ALGARISMOS}d}"


def tuss(tabela: str, codigo: str, dia: date) -> bool:
    """Whether a code is in a TUSS table and in force on a day."""
    return terminologia.vigente_em(codigo, tabela, dia)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fontes:
    """Where things are read.

    Attributes:
        client: DynamoDB; `table` is this context's.
    """

    client: Any
    table: str
    cadastro: DynamoCadastroReader
    catalogo: Catalogo
    vidas: DynamoBeneficiarios
    pseudonyms: Pseudonyms
    autorizacoes: DynamoAutorizacoes
    documentos: DynamoDocumentos


class DynamoContextos:
    """See `autorizacao.service.portas.Contextos`.

    Args:
        replay: the answer kept for this request's `Idempotency-Key`, if any.
        records: what is written with every reading of a life: the audit. The first that fails says why nothing is read.
    """

    def __init__(
        self,
        fontes: Fontes,
        *,
        replay: Callable[[], Any] = lambda: None,
        records: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._de = fontes
        self._replay = replay
        self._records = records

    def read(
        self, solicitacao: Solicitacao, chamador: Chamador, hoje: date, *, nova: bool = True, sem: str | None = None
    ) -> Lido:
        """Two waits; the catalogue's own reads, once a minute, are in the first."""
        de, asked, registro = self._de, solicitacao, solicitacao.registro_ans
        who, does = chamador.prestador_id or "", solicitacao.executa
        parent = asked.guia_principal
        ids = tuple(documento.documento_id for documento in asked.documentos) if nova else ()
        codes = tuple(dict.fromkeys((linha.item.tabela, linha.item.codigo) for linha in asked.linhas()))
        one = _Wait(self._records)
        contratacao = one.of(lambda: de.cadastro.contratacao(who, registro))
        executante = one.of(lambda: de.cadastro.contratacao(does, registro)) if does != who else contratacao
        regras = one.of(lambda: de.catalogo.regras_de(registro, codes))
        calendario = one.of(lambda: de.catalogo.calendario(registro))
        vida = one.of(lambda: de.vidas.by_carteiras([(registro, asked.carteira)])[0])
        linhas = one.of(lambda: de.autorizacoes.life_rows(registro, asked.carteira))
        named = one.of(lambda: de.autorizacoes.get(registro, parent) if parent else None)
        guias = [*([asked.numero_guia_prestador] if nova else ()), *([parent] if parent else ())]
        holders = one.of(lambda: de.autorizacoes.holders(who, registro, guias) if guias else ())
        ausentes = one.of(lambda: de.documentos.missing(who, ids) if ids else ())
        protocolo = one.of(lambda: self.next_protocolo(hoje) if nova else "")
        repetida = one.of(self._replay if nova else lambda: None)
        contrato = one.of(lambda: de.catalogo.contrato(does, registro))  # several calls, when it is not in memory
        one.wait()

        dia = asked.data_atendimento or hoje
        life: Beneficiario | None = vida()
        numbers = _others(life, asked.carteira)
        terms = contrato().em(dia)
        rules = em_vigor(regras(), life.plano if life else None, dia)
        two = _Wait()
        plano = two.of(lambda: de.catalogo.plano(registro, life.plano) if life else None)
        more = two.of(lambda: [row for number in numbers for row in de.autorizacoes.life_rows(registro, number)])
        holder, by_guia = holders()[0] if nova else None, holders()[-1] if parent else None
        other = two.of(lambda: de.autorizacoes.get(registro, by_guia[0]) if by_guia and not named() else None)
        held = two.of(lambda: de.autorizacoes.get(registro, holder[0]) if holder else None)
        elsewhere = two.of(lambda: self._elsewhere(contratacao().operadora, asked) if life is None else None)
        precos = two.of(lambda: self._precos(registro, terms.tabela_precos, codes, dia) if terms else ())
        two.wait()

        principal: Guardada | None = named() or other()
        # A carteira that was replaced is still the life's: what was authorised under it counts, and is its history.
        usos = tuple(_usos([*linhas(), *more()], sem))
        contexto = Contexto(
            relacionamento=contratacao().relacionamento,
            executante=executante().relacionamento,
            beneficiario=life,
            plano=plano(),
            contrato=contrato(),
            hoje=hoje,
            tuss=tuss,
            regras=rules,
            calendario=calendario(),
            precos=precos(),
            usos=usos,
            principal=principal.autorizacao if principal and _may_see(principal, chamador) else None,
            uf=executante().prestador.uf if executante().prestador else None,
            versao=chamador.versao,
            pela_central=chamador.papel is Papel.CENTRAL,
            outra_operadora=elsewhere(),
        )
        return Lido(
            contexto=contexto,
            beneficiario=life,
            vida=de.pseudonyms.carteira(registro, asked.carteira),
            protocolo=protocolo(),
            numero=new_numero(hoje) if nova else "",
            ja_pedida=(held(), holder[1]) if holder and held() else None,
            principal=principal if contexto.principal else None,
            nome=de.pseudonyms.nome(registro, life.nome) if life else None,
            ausentes=ausentes(),
            repetida=repetida(),
        )

    def _elsewhere(self, operadora: Operadora | None, asked: Solicitacao) -> str | None:
        """The operadora of the group whose the carteira is: the registro follows from the carteira."""
        others = [one for one in (operadora.grupo if operadora else ()) if one != asked.registro_ans]
        lives = self._de.vidas.by_carteiras([(one, asked.carteira) for one in others]) if others else ()
        return next((one for one, life in zip(others, lives, strict=True) if life is not None), None)

    def _precos(
        self, registro_ans: str, tabela_precos: str, codes: Sequence[tuple[str, str]], dia: date
    ) -> tuple[Preco, ...]:
        if len(codes) > PRECOS_UM_A_UM:
            wanted = set(codes)
            listed = self._de.catalogo.precos(registro_ans, tabela_precos)
            return tuple(preco for preco in listed if (preco.tabela, preco.codigo) in wanted)
        found = self._de.catalogo.precos_de(registro_ans, tabela_precos, codes, dia)
        return tuple(preco for preco in found if preco is not None)

    def beneficiario(self, registro_ans: str, carteira: str) -> Beneficiario | None:
        """One wait."""
        return self._de.vidas.by_carteiras([(registro_ans, carteira)])[0]

    def candidatas(
        self, registros: Sequence[str], numero: str, carteira: str
    ) -> Sequence[tuple[Guardada, tuple[str, ...]]]:
        """Two waits; one more for a life that was renumbered."""
        de = self._de
        *_, lives, rows = gather(
            [
                *self._records,
                lambda: de.vidas.by_carteiras([(registro, carteira) for registro in registros]),
                lambda: [de.autorizacoes.life_rows(registro, carteira) for registro in registros],
            ]
        )
        found: list[tuple[Guardada, tuple[str, ...]]] = []
        for registro, life, listed in zip(registros, lives, rows, strict=True):
            numbers = _others(life, carteira)
            listed += [row for number in numbers for row in de.autorizacoes.life_rows(registro, number)]
            chosen = {row["numero"] for row in listed if numero in {row["numero"], row["guia"]}}
            # The number itself is always looked up: what is nobody's costs what somebody else's does.
            guardadas = de.autorizacoes.many(registro, sorted(chosen | {numero}))
            found += [(item, (carteira, *numbers)) for item in guardadas if item is not None]
        return found

    def carteiras(self, registro_ans: str, cpf: str) -> tuple[str, ...]:
        """One wait."""
        *_, (lives,) = gather([*self._records, lambda: self._de.vidas.by_cpfs([(registro_ans, cpf)])])
        numbers = (number for life in lives for number in (life.numero_carteira, life.carteira_anterior) if number)
        return tuple(dict.fromkeys(numbers))

    def next_protocolo(self, hoje: date) -> str:
        """One write."""
        return protocolos.allocate(self._de.client, self._de.table, protocolos.Kind.AUTORIZACAO, hoje)


class _Wait:
    """Calls made at the same time, each read by what `of` answered.

    The last one runs in this thread, so that what makes several calls itself makes them at the same time, too.
    """

    def __init__(self, records: Sequence[Callable[[], None]] = ()) -> None:
        self._calls: list[Callable[[], Any]] = list(records)
        self._answers: list[Any] = []

    def of(self, call: Callable[[], Any]) -> Callable[[], Any]:
        """Add a call; what it answers is there after `wait`."""
        place = len(self._calls)
        self._calls.append(call)
        return lambda: self._answers[place]

    def wait(self) -> None:
        """Make them all."""
        self._answers = gather(self._calls)


def _others(life: Beneficiario | None, carteira: str) -> tuple[str, ...]:
    """The other numbers a life is or was known by."""
    if life is None:
        return ()
    known = (life.numero_carteira, life.carteira_anterior)
    return tuple(number for number in known if number not in {None, carteira})


def _usos(rows: Sequence[Item], sem: str | None) -> Iterator[Uso]:
    for row in rows:
        if row["numero"] == sem:
            continue
        dia = date.fromisoformat(row["dia"])
        for uso in row["usos"]:
            yield Uso(tabela=uso["tabela"], codigo=uso["codigo"], dia=dia, quantidade=Decimal(uso["quantidade"]))


def _may_see(principal: Guardada, chamador: Chamador) -> bool:
    if chamador.papel is Papel.PRESTADOR:
        return principal.autorizacao.visible_to(chamador.prestador_id or "")
    return True
