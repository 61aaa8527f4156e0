"""An operadora and two prestadores around the use cases of `peg`, in memory and judged for real.

Only what is kept in tables and buckets is faked (`tests.fakes_peg`, `tests.fakes_senhas`); contexts are read by the
code that reads them in production, over fakes of what cadastro knows.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from conecta_atos.portas import Guardar, keep_nothing
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Papel, Peg
from conecta_edge.clock import local_day
from conecta_facts.procedimentos import RegraProcedimento
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Ato as AtoDeSenha
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.autorizacoes import Papel as PapelDeSenha
from conecta_senhas.usos import Lida
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.lote_guias import Guia
from peg.domain.cobrancas import Cobranca
from peg.domain.lotes import Documento, Identificacao, LoteLido
from peg.dynamodb.contextos import DynamoContextos
from peg.messages.lotes import presented
from peg.service import atos, recepcao
from peg.service.portas import Chamador, Portas
from peg.service.recepcao import Desfecho
from tests import builders
from tests.builders_autorizacao import CIRURGIA, an_ato
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, HOJE, a_preco, a_regra
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, OUTRO_CNPJ, VALE, a_documento, sha256
from tests.builders_peg import DIA, KINDS, authorised, granted
from tests.fakes import STORED, FakeCadastro
from tests.fakes_autorizacao import Lives, load_facts
from tests.fakes_cadastro import PSEUDONIMOS, FakeBeneficiarios, FakeCatalogo
from tests.fakes_peg import FakeArchive, FakeCobrancas, FakePadrao, FakePegs
from tests.fakes_senhas import FakeSenhas

CNPJ_DE: Final = {HOSPITAL: CNPJ, CLINICA: OUTRO_CNPJ}
FATURISTA: Final = Chamador(papel=Papel.PRESTADOR, quem="pessoa-1", correlacao="corr-1")
AUDITORA: Final = Chamador(papel=Papel.AUDITORIA, quem="auditora-1", correlacao="corr-2")
FINANCEIRO: Final = Chamador(papel=Papel.FINANCEIRO, quem="financeiro-1", correlacao="corr-3")
SISTEMA: Final = Chamador(papel=Papel.SISTEMA, quem="sistema", correlacao="corr-4")
DELE: Final = an_ato()
CENTRAL: Final = an_ato(PapelDeSenha.CENTRAL)


class Catalogo(FakeCatalogo):
    """With the rules of some codes."""

    def regras_de(self, registro_ans: str, codigos: Sequence[tuple[str, str]]) -> tuple[RegraProcedimento, ...]:
        return tuple(one for one in self.regras(registro_ans) if (one.tabela, one.codigo) in codigos)


@dataclass(frozen=True, slots=True)
class Fatos:
    """What cadastro knows, which nothing here changes: made once for many houses."""

    cadastro: FakeCadastro
    catalogo: Catalogo
    vidas: FakeBeneficiarios


def known_facts() -> Fatos:
    """The operadora of `builders_autorizacao`, where hemograms and surgery need a senha and have a price."""
    made = Fatos(FakeCadastro(), Catalogo(), FakeBeneficiarios())
    loads = Lives(made.catalogo, made.vidas)
    load_facts(made.cadastro, loads)
    loads.put("regras-procedimentos", VALE, a_regra(CIRURGIA, exige_senha=True))
    loads.put("precos", VALE, a_preco(CIRURGIA, "1000.00"))
    return made


Wrap = Callable[[str, Any], Any]
"""What a test puts around a port, by its name."""


def as_it_is(_name: str, port: Any) -> Any:
    """Nothing."""
    return port


class Casa:
    """A hospital, a clinic and their operadora.

    Attributes:
        agora: the instant, until somebody says it is another.
        originais: the lote of each digest that was ever sent.
    """

    def __init__(self, fatos: Fatos | None = None) -> None:
        self.fatos = fatos or known_facts()
        self.pegs, self.cobrancas, self.senhas = FakePegs(), FakeCobrancas(), FakeSenhas()
        self.archive, self.padrao = FakeArchive(), FakePadrao()
        self.agora = NOW
        self.originais: dict[str, LoteLido] = {}
        self._contents, self._numeros, self._uploads = itertools.count(1), itertools.count(101), itertools.count(1)

    def portas(self, wrap: Wrap = as_it_is, now: datetime | None = None) -> Portas:
        """The ports of one call."""
        senhas, cobrancas = wrap("senhas", self.senhas), wrap("cobrancas", self.cobrancas)
        contextos = DynamoContextos(
            cadastro=self.fatos.cadastro,  # type: ignore[arg-type]  # what is read of a table, without one
            catalogo=self.fatos.catalogo,  # type: ignore[arg-type]
            beneficiarios=self.fatos.vidas,  # type: ignore[arg-type]
            pseudonyms=PSEUDONIMOS,
            senhas=senhas,
            cobrancas=cobrancas,
        )
        return Portas(
            pegs=wrap("pegs", self.pegs), cobrancas=cobrancas, senhas=senhas, contextos=contextos,
            archive=wrap("archive", self.archive), padrao=wrap("padrao", self.padrao), now=now or self.agora,
            local_day=local_day,
        )  # fmt: skip

    # --- the other context ---

    def autoriza(self, autorizacao: Autorizacao | None = None, *complementos: str) -> str:
        """Issue a senha, of one hemogram unless it says otherwise; answers its number."""
        held = autorizacao or granted()
        vida = PSEUDONIMOS.carteira(held.solicitacao.registro_ans, held.solicitacao.carteira)
        self.senhas.put(held, vida, complementos)
        return held.numero

    def nova_senha(self, quantidade: int = 1, codigo: str = HEMOGRAMA, **changes: Any) -> str:
        """A senha of so many of a code, under a number of its own."""
        numero = f"2611{next(self._numeros):07d}"
        return self.autoriza(granted(authorised(codigo, quantidade), numero=numero, **changes))

    def lida(self, numero: str) -> Lida:
        """A senha as it is stored."""
        return self.senhas.rows[VALE, numero]

    def muda_senha(self, numero: str, change: Callable[[Autorizacao], Autorizacao]) -> bool:
        """An act of the other context: on condition of what it read, as its repository writes; again if it lost."""
        while True:
            lida = self.senhas.many(VALE, [numero])[numero]
            if self.escreve_senha(lida, change(lida.autorizacao)):
                return True

    def escreve_senha(self, lida: Lida, depois: Autorizacao) -> bool:
        """One conditional write of the other context; whether it was as read."""
        held = self.senhas.rows[VALE, depois.numero]
        if held.autorizacao.versao != lida.autorizacao.versao:
            return False
        self.senhas.put(depois, lida.vida, lida.complementos)
        return True

    def cancela_senha(self, numero: str, ato: AtoDeSenha = DELE) -> bool:
        """By its prestador.

        Raises:
            AutorizacaoError: it may not be.
        """
        return self.muda_senha(numero, lambda held: transicoes.cancel(held, (), ato)[0])

    # --- lotes ---

    def lote(
        self, *guias: Guia, numero: str = "1", prestador_id: str = HOSPITAL, registro_ans: str = VALE, **changes: Any
    ) -> bytes:
        """Bytes of a lote nobody sent before; `changes` are members of `LoteLido`."""
        corpo = builders.lote(*guias, tipo=KINDS[type(guias[0])], numero_lote=numero)
        made = LoteLido(
            versao="4.01.00", transacao="ENVIO_LOTE_GUIAS", codificacao_hash="iso-8859-1", numero_lote=numero,
            tipo_guia=corpo.tipo.value, origem=Identificacao(cnpj=CNPJ_DE[prestador_id]), destino=registro_ans,
            sequencial="1", guias=tuple(presented(n, guia) for n, guia in enumerate(corpo.guias, 1)),
            valor_informado=None, achados=(), corpo=corpo,
        )  # fmt: skip
        raw = f"<lote numero='{numero}' de='{prestador_id}' n='{next(self._contents)}'/>".encode()
        self.padrao.lotes[raw] = self.originais[sha256(raw)] = replace(made, **changes)
        return raw

    def arquiva(self, raw: bytes, upload_id: str = "u1", **changes: Any) -> Documento:
        """The file as it was stored."""
        documento = a_documento(raw, upload_id=upload_id, **{"recebido_em": self.agora, **changes})
        self.archive.acervo.put(documento.chave, raw, STORED)
        return documento

    def manda(self, raw: bytes, upload_id: str = "u1", *, wrap: Wrap = as_it_is, **changes: Any) -> Desfecho:
        """A file was stored: it is received."""
        return recepcao.receive_file(self.arquiva(raw, upload_id, **changes), self.portas(wrap))

    def recebe(self, *guias: Guia, numero: str = "1", **changes: Any) -> Peg:
        """A lote that is received under an upload of its own, whatever it is worth."""
        desfecho = self.manda(self.lote(*guias, numero=numero), f"u{next(self._uploads)}", **changes)
        assert desfecho.peg is not None, desfecho.achados
        return desfecho.peg

    # --- acts ---

    def faz(
        self, act: Callable[..., Peg], peg: Peg, *args: Any, wrap: Wrap = as_it_is, guardar: Guardar = keep_nothing,
        **said: Any,
    ) -> Peg:  # fmt: skip
        """One act of `peg.service.atos` upon a PEG as it was seen."""
        return act(peg, *args, portas=self.portas(wrap), guardar=guardar, **said)

    def cancela(self, peg: Peg, **said: Any) -> Peg:
        """By its prestador."""
        return self.faz(partial(atos.cancel, chamador=FATURISTA), peg, **said)

    def retira(self, peg: Peg, guia: int, **said: Any) -> Peg:
        """One guia, by its prestador."""
        return self.faz(partial(atos.withdraw, guia=guia, chamador=FATURISTA, motivo="Enviada por engano"), peg, **said)

    def varre(self, *, wrap: Wrap = as_it_is, **said: Any) -> dict[str, int]:
        """The sweep, of everything that began before this instant, an instant later."""
        return atos.sweep([VALE], self.portas(wrap, self.agora + timedelta(microseconds=1)), **{"tudo": True, **said})

    def passa(self, **time: int) -> None:
        """Time goes by."""
        self.agora += timedelta(**time)

    # --- what is left ---

    def todos(self) -> list[Peg]:
        """Every PEG."""
        return list(self.pegs.rows.values())

    def numeros_de_lote(self) -> dict[tuple[str, str, str], str]:
        """Which protocolo holds each."""
        return {numero: taken.protocolo for numero, taken in self.pegs.lotes.items()}

    def lidas(self) -> dict[tuple[str, str], Lida]:
        """Every senha."""
        return dict(self.senhas.rows)

    def vivas(self) -> list[Cobranca]:
        """Everything that is billed."""
        return self.cobrancas.living()

    def eventos(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What was told."""
        return [(one.tipo, one.dados) for one in self.pegs.events.values()]

    def peg(self, protocolo: str, prestador_id: str = HOSPITAL) -> Peg:
        """As it is stored."""
        return self.pegs.rows[prestador_id, protocolo]

    def dossie(self, peg: Peg) -> Dossie:
        """What its row names."""
        return self.archive.dossie(peg)

    def usos(self, numero: str) -> dict[str, dict[tuple[int, str], int]]:
        """What stands on a senha, in whole numbers."""
        held = self.lida(numero).usos
        return {guia: {key: int(value) for key, value in uso.items()} for guia, uso in held.items()}

    def cobradas(self) -> list[tuple[str, str]]:
        """(guia, protocolo) of what is billed, in order."""
        return sorted((one.guia, one.protocolo) for one in self.cobrancas.living())

    def contados(self) -> Counter[str]:
        """How often each kind of event was told."""
        return Counter(one.tipo for one in self.pegs.events.values())

    def tentativas(self) -> dict[str, int]:
        """The last attempt that told each kind of event."""
        return {one.tipo: one.tentativa for one in self.pegs.events.values()}

    def resposta(self, upload_id: str = "u1", suffix: str = "xml", prestador_id: str = HOSPITAL) -> bytes | None:
        """What lies beside an upload."""
        return self.archive.acervo.content(f"t/{VALE}/{prestador_id}/respostas/{upload_id}.{suffix}")


def by_clinic(**changes: Any) -> Mapping[str, Any]:
    """Members of a guia that the clinic bills."""
    return {"contratado_executante": Contratado(cnpj=OUTRO_CNPJ), **changes}


__all__ = ["CARTEIRA", "DIA", "HOJE", "Casa", "Fatos", "known_facts"]
