"""What is known besides the guias, in two waits: cadastro, the lives, senhas and what PEGs bill.

The first wait reads what the guias name; the second what that led to: plans, prices, parents and complements of senhas,
what was billed for each life. What changes some times a month comes from the process's catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from conecta_contas.contexto import Cobrado, Conta, Contexto, Senha, Vida, by_code
from conecta_edge.parallel import gather
from conecta_senhas import usos
from conecta_tiss import artefatos, terminologia
from peg.domain.rules import Contexto as Admissao
from peg.service.portas import Lido

if TYPE_CHECKING:
    from datetime import date

    from conecta_contas.cobranca import GuiaCobrada
    from conecta_edge.beneficiarios import DynamoBeneficiarios
    from conecta_edge.cadastro import Contratacao, DynamoCadastroReader
    from conecta_edge.catalogo import Catalogo
    from conecta_edge.pseudonyms import Pseudonyms
    from conecta_facts.beneficiarios import Beneficiario
    from conecta_facts.contratos import ContratoCompleto, Preco
    from conecta_facts.procedimentos import RegraProcedimento
    from conecta_senhas.usos import Lida
    from peg.domain.cobrancas import Cobranca
    from peg.service.portas import Alvo, Cobrancas, Senhas


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoContextos:
    """See `peg.service.portas.Contextos`."""

    cadastro: DynamoCadastroReader
    catalogo: Catalogo
    beneficiarios: DynamoBeneficiarios
    pseudonyms: Pseudonyms
    senhas: Senhas
    cobrancas: Cobrancas

    def admissao(self, prestador_id: str, registro_ans: str, hoje: date) -> Admissao:
        """One round trip."""
        row = self.cadastro.contratacao(prestador_id, registro_ans)
        prestador, relacionamento, operadora = row.prestador, row.relacionamento, row.operadora
        return Admissao(
            registro_ans=registro_ans,
            cnpj=prestador.cnpj if prestador else None,
            cpf=prestador.cpf if prestador else None,
            codigo_na_operadora=relacionamento.codigo_na_operadora if relacionamento else None,
            may_bill=row.may_bill_em(hoje),
            may_send=row.may_send_em(hoje),
            versoes=operadora.versoes if operadora else (),
            grupo=operadora.grupo if operadora else (),
            hoje=hoje,
        )

    def read(self, alvo: Alvo, guias: Sequence[GuiaCobrada]) -> Lido:
        """Two waits; one more for complements of a senha, and for one asked under a number replaced twice."""
        registro = alvo.registro_ans
        carteiras = tuple(dict.fromkeys(guia.carteira for guia in guias))
        numeros = tuple(dict.fromkeys(n for guia in guias for n in (guia.senha, guia.numero_operadora) if n))
        codes = tuple(dict.fromkeys(item.chave for guia in guias for item in guia.itens))
        row: Contratacao
        contrato: ContratoCompleto
        row, contrato, calendario, regras, lives, named = gather(
            [
                lambda: self.cadastro.contratacao(alvo.prestador_id, registro),
                lambda: self.catalogo.contrato(alvo.prestador_id, registro),
                lambda: self.catalogo.calendario(registro),
                lambda: self.catalogo.regras_de(registro, codes),
                lambda: self.beneficiarios.by_carteiras([(registro, carteira) for carteira in carteiras]),
                lambda: self.senhas.many(registro, numeros) if numeros else {},
            ]
        )
        known = {carteira: life for carteira, life in zip(carteiras, lives, strict=True) if life is not None}
        ids = self._ids(registro, carteiras, known)
        planos = tuple(dict.fromkeys(life.plano for life in known.values()))
        tabelas = tuple(dict.fromkeys(terms.tabela_precos for terms in contrato.contratos))
        more = tuple(sorted(_relatives(named.values()) - named.keys()))
        strangers = tuple(carteira for carteira in carteiras if carteira not in known)
        found_planos, found_precos, others, elsewhere, billed = gather(
            [
                lambda: gather([partial(self.catalogo.plano, registro, plano) for plano in planos]),
                lambda: [preco for tabela in tabelas for preco in self._precos(registro, tabela, codes)],
                lambda: self.senhas.many(registro, more) if more else {},
                lambda: self._elsewhere(row.operadora.grupo if row.operadora else (), registro, strangers),
                lambda: self.cobrancas.of_lives(registro, tuple(ids)),
            ]
        )
        senhas = {**named, **others}
        owners = self._owners(registro, senhas.values(), ids, known)
        plans = dict(zip(planos, found_planos, strict=True))
        living = [one for held in billed.values() for one in held if one.protocolo != alvo.protocolo]
        seen = [one for one in living if one.prestador_id == alvo.prestador_id or one.numero in senhas]
        operadora, prestador = row.operadora, row.prestador
        contexto = Contexto(
            prestador_id=alvo.prestador_id,
            relacionamento=row.relacionamento,
            contrato=contrato,
            hoje=alvo.hoje,
            tuss=tuss(),
            vidas={
                carteira: Vida(
                    id=self._id(registro, life.numero_carteira), beneficiario=life, plano=plans.get(life.plano)
                )
                for carteira, life in known.items()
            },
            desconhecidas={one: self._id(registro, one) for one in strangers},
            outras_operadoras=elsewhere,
            senhas={numero: _senha(lida, senhas, owners, alvo.protocolo) for numero, lida in named.items()},
            regras=by_code(regras),
            precos=by_code(found_precos),
            calendario=calendario,
            uf=prestador.uf if prestador else None,
            cobrados=tuple(_lines(seen, ids)),
            contas=tuple(_accounts(seen)),
            guias={one.guia: one.protocolo for one in living if one.prestador_id == alvo.prestador_id},
            identificacoes=_names(row),
            data_migracao=operadora.data_migracao if operadora else None,
            portal_legado=operadora.portal_legado if operadora else None,
            dados=_versions(contrato, tabelas, regras, planos),
            versao=alvo.versao,
        )
        return Lido(contexto, senhas)

    def _elsewhere(self, grupo: Sequence[str], registro_ans: str, carteiras: Sequence[str]) -> dict[str, str]:
        """The operadora of the group whose each carteira is: the registro follows from the carteira."""
        asked = [(one, carteira) for carteira in carteiras for one in grupo if one != registro_ans]
        lives = self.beneficiarios.by_carteiras(asked) if asked else ()
        return {carteira: one for (one, carteira), life in zip(asked, lives, strict=True) if life is not None}

    def _id(self, registro_ans: str, carteira: str) -> str:
        return self.pseudonyms.carteira(registro_ans, carteira)

    def _ids(self, registro_ans: str, carteiras: Iterable[str], known: Mapping[str, Beneficiario]) -> dict[str, str]:
        """Life id by each pseudonym under which something of a life may be kept: of every number it is known by."""
        found: dict[str, str] = {}
        for carteira in carteiras:
            life = known.get(carteira)
            present = life.numero_carteira if life else carteira
            numbers = {carteira, present, *([life.carteira_anterior] if life and life.carteira_anterior else ())}
            for number in numbers:
                found[self._id(registro_ans, number)] = self._id(registro_ans, present)
        return found

    def _owners(
        self, registro_ans: str, senhas: Iterable[Lida], ids: Mapping[str, str], known: Mapping[str, Beneficiario]
    ) -> dict[str, str]:
        """Life id by the pseudonym a senha was asked under."""
        strangers = {
            lida.vida: lida.autorizacao.solicitacao.carteira for lida in senhas if lida.vida not in ids
        }  # fmt: skip
        found = dict(ids)
        if strangers and known:
            lives = self.beneficiarios.by_carteiras([(registro_ans, carteira) for carteira in strangers.values()])
            for vida, life in zip(strangers, lives, strict=True):
                if life is not None:
                    found[vida] = self._id(registro_ans, life.numero_carteira)
        return found

    def _precos(self, registro_ans: str, tabela: str, codes: Sequence[tuple[str, str]]) -> list[Preco]:
        wanted = set(codes)
        held = self.catalogo.precos(registro_ans, tabela)
        return [preco for preco in held if (preco.tabela, preco.codigo) in wanted]


def _relatives(senhas: Iterable[Lida]) -> set[str]:
    """Parents and complements of senhas."""
    found: set[str] = set()
    for lida in senhas:
        parent = lida.autorizacao.principal
        found |= {*lida.complementos, *([parent] if parent else ())}
    return found


def _senha(lida: Lida, senhas: Mapping[str, Lida], owners: Mapping[str, str], protocolo: str) -> Senha:
    parent = senhas.get(lida.autorizacao.principal or "")
    return Senha(
        autorizacao=lida.autorizacao,
        vida=owners.get(lida.vida, lida.vida),
        principal=parent.autorizacao if parent else None,
        faturadas=usos.totais(usos.without(lida.usos, protocolo)),
        complementos=tuple(
            _senha(senhas[numero], {numero: senhas[numero], lida.autorizacao.numero: lida}, owners, protocolo)
            for numero in lida.complementos
            if numero in senhas and numero != lida.autorizacao.principal
        ),
        do_principal=parent.complementos if parent else (),
    )


def _lines(cobrancas: Iterable[Cobranca], ids: Mapping[str, str]) -> Iterator[Cobrado]:
    for one in cobrancas:
        for linha in one.linhas:
            for grau in linha.graus or ("",):
                yield Cobrado(
                    protocolo=one.protocolo, guia=one.guia, prestador_id=one.prestador_id,
                    vida=ids.get(one.vida, one.vida), tabela=linha.tabela, codigo=linha.codigo, dia=linha.dia,
                    papel=grau, numero=one.numero, hora=linha.hora, via_acesso=linha.via_acesso, dente=linha.dente,
                    regiao=linha.regiao, face=linha.face, profissional=one.profissional,
                    atendimento_rn=one.atendimento_rn,
                )  # fmt: skip


def _accounts(cobrancas: Iterable[Cobranca]) -> Iterator[Conta]:
    for one in cobrancas:
        if one.periodo is not None and one.numero is not None:
            yield Conta(
                protocolo=one.protocolo, guia=one.guia, prestador_id=one.prestador_id, numero=one.numero,
                tipo_faturamento=one.tipo_faturamento or "", periodo=one.periodo,
            )  # fmt: skip


def _names(row: Contratacao) -> frozenset[str]:
    """Every code, CNPJ or CPF a prestador may bill as."""
    prestador, relacionamento = row.prestador, row.relacionamento
    found = (
        prestador.cnpj if prestador else None,
        prestador.cpf if prestador else None,
        relacionamento.codigo_na_operadora if relacionamento else None,
    )
    return frozenset(name for name in found if name)


def _versions(
    contrato: ContratoCompleto, tabelas: Sequence[str], regras: Sequence[RegraProcedimento], planos: Sequence[str]
) -> dict[str, str]:
    """Which version of each source was read; the facts themselves are kept in the dossier."""
    terms = (f"{one.numero} desde {one.vigente_de.isoformat()}" for one in contrato.contratos)
    newest = max((one.vigente_de for one in regras), default=None)
    found = {
        "contratos": "; ".join(terms),
        "precos": "; ".join(tabelas),
        "regras": f"até {newest.isoformat()}" if newest else "",
        "planos": "; ".join(planos),
        "tuss": _tuss_version(),
    }
    return {name: version for name, version in found.items() if version}


def tuss() -> Callable[[str, str, date], bool]:
    """Whether a code is of a TUSS table and in force on a day; each is looked up once."""
    term = lru_cache(maxsize=None)(terminologia.tuss)

    def in_force(tabela: str, codigo: str, dia: date) -> bool:
        found = term(codigo, tabela)
        return found is not None and found.vigente_em(dia)

    return in_force


@lru_cache(maxsize=1)
def _tuss_version() -> str:
    """What TUSS was built from."""
    return str(json.loads(artefatos.artefato(artefatos.CARIMBO).read_text("utf-8"))["entradas"]["pacote"])
