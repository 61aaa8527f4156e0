"""Rules of admission: a message against what its receiver knows of the sender. The same for every transaction.

Each refuses the whole message (`decisoes.md` 15). Codes per version come from tiss.md section 5.1 through the
vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from conecta_tiss.findings import Achado
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo, codigo

if TYPE_CHECKING:
    from datetime import date

VERSAO_DESCONHECIDA: Final = "TISS-VERSAO"
"""The standard's own finding about a version that nobody implements."""
_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"


class Identificacao(Protocol):
    """How a sender identifies itself: exactly one of the three."""

    @property
    def cnpj(self) -> str | None:
        """Of a company."""
        ...

    @property
    def cpf(self) -> str | None:
        """Of a person."""
        ...

    @property
    def codigo_na_operadora(self) -> str | None:
        """What the operadora calls it."""
        ...


class Recebida(Protocol):
    """A message as far as it could be read; `None` is what could not."""

    @property
    def versao(self) -> str | None:
        """Of `Padrao`."""
        ...

    @property
    def origem(self) -> Identificacao | None:
        """Who it says sent it."""
        ...

    @property
    def destino(self) -> str | None:
        """Registro ANS of the operadora it is for."""
        ...

    @property
    def achados(self) -> Sequence[Achado]:
        """What the standard finds wrong."""
        ...


class VersaoAceita(Protocol):
    """A version and the days it is taken."""

    @property
    def versao(self) -> str:
        """As `Padrao` writes it."""
        ...

    def accepts(self, dia: date, /) -> bool:
        """Whether it is taken on a day."""
        ...


class Conhecido(Identificacao, Protocol):
    """What the receiver knows: itself, the day, and of the sender every identification it has."""

    @property
    def registro_ans(self) -> str:
        """The receiver's."""
        ...

    @property
    def versoes(self) -> Sequence[VersaoAceita]:
        """What the receiver takes."""
        ...

    @property
    def grupo(self) -> Sequence[str]:
        """Registros that a sender may confuse with the receiver's."""
        ...

    @property
    def hoje(self) -> date:
        """Local day of reception."""
        ...


def answer_version(versao: str | None) -> Versao:
    """The version to answer in: the sender's, or 4.01.00 when it could not be read."""
    return Versao(versao) if versao in set(Versao) else Versao.V4_01_00


def versao_aceita(recebida: Recebida, conhecido: Conhecido) -> Iterator[Achado]:
    """R12: the operadora accepts the message's version on the day of reception (table `versao → de, até`)."""
    if recebida.versao is None and not any(achado.regra == VERSAO_DESCONHECIDA for achado in recebida.achados):
        return  # not even the header could be read: the standard's own finding says so
    accepted = sorted(row.versao for row in conhecido.versoes if row.accepts(conhecido.hoje))
    if recebida.versao not in accepted:
        names = ", ".join(accepted) or "nenhuma no momento"
        yield Achado(
            "R12", _glosa(Motivo.VERSAO_INVALIDA, recebida),
            f"A operadora {conhecido.registro_ans} não aceita a versão da mensagem nesta data. Versões aceitas: "
            f"{names}. Gere a mensagem em uma delas e envie de novo.",
            caminho=f"{_CABECALHO}/ans:Padrao",
        )  # fmt: skip


def destino_certo(recebida: Recebida, conhecido: Conhecido) -> Iterator[Achado]:
    """`dominio.md` §1: the message's destino is the operadora it was sent to; 5027 names the right one."""
    if recebida.destino is None or recebida.destino == conhecido.registro_ans:
        return
    hint = (
        "Ela é do mesmo grupo, mas cada operadora recebe as suas mensagens: refaça o envio para ela."
        if recebida.destino in conhecido.grupo
        else "Corrija o destino da mensagem ou refaça o envio para a operadora certa."
    )
    yield Achado(
        "DESTINO", _glosa(Motivo.REGISTRO_ANS_INVALIDO, recebida),
        f"O destino da mensagem não é a operadora deste envio, {conhecido.registro_ans}. {hint}",
        caminho=f"{_CABECALHO}/ans:destino/ans:registroANS",
    )  # fmt: skip


def origem_e_quem_enviou(recebida: Recebida, conhecido: Conhecido) -> Iterator[Achado]:
    """The message's origem is the prestador that sent it (`seguranca.md` §3): CNPJ, CPF or own code."""
    origem = recebida.origem
    if origem is None:
        return
    where = f"{_CABECALHO}/ans:origem/ans:identificacaoPrestador"
    if origem.codigo_na_operadora is not None:
        if origem.codigo_na_operadora != conhecido.codigo_na_operadora:
            yield Achado(
                "ORIGEM", _glosa(Motivo.PRESTADOR_INVALIDO, recebida),
                "O código do prestador na origem da mensagem não é o deste prestador nesta operadora. Confira o código "
                "informado no cadastro do relacionamento.",
                caminho=f"{where}/ans:codigoPrestadorNaOperadora",
            )  # fmt: skip
        return
    field, sent, known = (
        ("CNPJ", origem.cnpj, conhecido.cnpj) if origem.cnpj is not None else ("CPF", origem.cpf, conhecido.cpf)
    )
    if sent != known:
        yield Achado(
            "ORIGEM", _glosa(Motivo.REMETENTE_NAO_IDENTIFICADO, recebida),
            f"O {field} na origem da mensagem não é o do prestador que enviou o arquivo. Envie com a credencial do "
            "prestador que emitiu a mensagem, ou corrija a origem.",
            caminho=f"{where}/ans:{field}",
        )  # fmt: skip


def with_admission(do_padrao: Sequence[Achado], own: Sequence[Achado]) -> tuple[Achado, ...]:
    """The standard's findings, then the receiver's; of the version only the receiver's, which names what it takes."""
    named = any(achado.regra == "R12" for achado in own)
    return (*(a for a in do_padrao if not (named and a.regra == VERSAO_DESCONHECIDA)), *own)


def _glosa(motivo: Motivo, recebida: Recebida) -> str:
    return codigo(motivo, answer_version(recebida.versao))
