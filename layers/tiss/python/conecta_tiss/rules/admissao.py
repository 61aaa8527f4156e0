"""Rules of admission: a message against what its receiver knows of the sender. The same for every transaction.

`Lida` is a message at a door, `judge` all that keeps it from being answered.

Each refuses the whole message (`decisoes.md` 15). Codes per version come from tiss.md section 5.1 through the
vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.versions import answer_version
from conecta_tiss.vocabulary.glosas import Motivo, codigo

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.comum import Contratado
    from conecta_tiss.versions import Versao

VERSAO_DESCONHECIDA: Final = "TISS-VERSAO"
"""The standard's own finding about a version that nobody implements."""
_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"
_CORPO: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora"


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
    def sequencial(self) -> str | None:
        """The sender's number of it."""
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


class Habilitado(Conhecido, Protocol):
    """The same, and whether the sender ever worked for the receiver."""

    @property
    def may_send(self) -> bool:
        """Whether the relacionamento ever let anything be asked or billed (R02)."""
        ...


@dataclass(frozen=True, slots=True)
class Lida:
    """A message at a door, as far as it could be read; `achados` is what the standard finds wrong.

    Attributes:
        transacao: body element it was sent as.
        destino: registro ANS of the operadora it is for.
        sequencial: the sender's number of it.
        registrada_em: local day that the sender says; `None` like `corpo`.
        corpo: only of a valid message of that transaction.
    """

    transacao: str
    versao: str | None
    origem: Contratado | None
    destino: str | None
    sequencial: str | None
    achados: tuple[Achado, ...]
    registrada_em: date | None
    corpo: Any

    @property
    def versao_de_resposta(self) -> Versao:
        """The sender's version, or 4.01.00 when it could not be read."""
        return answer_version(self.versao)


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


def nunca_habilitado(recebida: Recebida, conhecido: Habilitado) -> Iterator[Achado]:
    """R02: the relacionamento was enabled at some time; a suspension keeps nobody from asking what was."""
    if not conhecido.may_send:
        yield Achado(
            "R02", _glosa(Motivo.PRESTADOR_FORA_DA_REDE, recebida),
            "Este prestador nunca esteve habilitado nesta operadora. Solicite o relacionamento.",
        )  # fmt: skip


def pede_por_si(lida: Lida, conhecido: Conhecido, pede: Identificacao, *lugar: str) -> Iterator[Achado]:
    """Who asks inside the body is the sender, too: nobody asks in the name of another (`seguranca.md` §3).

    Args:
        pede: as the body says it.
        lugar: elements from the body's to where it says it.
    """
    if not any(
        told is not None and told == known
        for told, known in (
            (pede.cnpj, conhecido.cnpj), (pede.cpf, conhecido.cpf),
            (pede.codigo_na_operadora, conhecido.codigo_na_operadora),
        )
    ):  # fmt: skip
        yield Achado(
            "ORIGEM", _glosa(Motivo.PRESTADOR_INVALIDO, lida),
            f"O prestador em {lugar[-1]} não é quem enviou a mensagem. Corrija {lugar[-1]}.",
            caminho="/ans:".join((_CORPO, lida.transacao, *lugar)),
        )  # fmt: skip


def operadora_desconhecida(recebida: Recebida) -> Achado:
    """Nobody of ours is asked."""
    return Achado(
        "DESTINO", _glosa(Motivo.REGISTRO_ANS_INVALIDO, recebida),
        "O destino da mensagem não é uma operadora atendida aqui. Confira o registro ANS.",
        caminho=f"{_CABECALHO}/ans:destino/ans:registroANS",
    )  # fmt: skip


def _outra_transacao(lida: Lida) -> Achado:
    tipo = next(tipo for tipo, corpo in CORPOS.items() if corpo == lida.transacao)
    return Achado(
        "TISS-TRANSACAO", _glosa(Motivo.TIPO_DE_TRANSACAO_INVALIDO, lida),
        f"Aqui se recebem só mensagens {tipo}, com {lida.transacao}. Envie esta mensagem pela rota da transação dela.",
        caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:tipoTransacao",
    )  # fmt: skip


def judge(
    lida: Lida, conhecido: Conhecido, *regras: Callable[[], Iterable[Achado]], atendida: bool
) -> tuple[Achado, ...]:
    """All that keeps a message from being answered; empty when nothing does.

    Args:
        regras: what is asked besides of a message that could be read, for an operadora of ours.
        atendida: the operadora is one of ours.
    """
    refusing = tuple(achado for achado in lida.achados if achado.severidade is Severidade.RECUSA_LOTE)
    own: list[Achado] = []
    if lida.corpo is None:
        own += [] if refusing else [_outra_transacao(lida)]
    elif not atendida:
        own.append(operadora_desconhecida(lida))
    else:
        for regra in (versao_aceita, destino_certo, origem_e_quem_enviou):
            own += regra(lida, conhecido)
        own += [achado for more in regras for achado in more()]
    return with_admission(refusing, own)


def with_admission(do_padrao: Sequence[Achado], own: Sequence[Achado]) -> tuple[Achado, ...]:
    """The standard's findings, then the receiver's; of the version only the receiver's, which names what it takes."""
    named = any(achado.regra == "R12" for achado in own)
    return (*(a for a in do_padrao if not (named and a.regra == VERSAO_DESCONHECIDA)), *own)


def _glosa(motivo: Motivo, recebida: Recebida) -> str:
    return codigo(motivo, answer_version(recebida.versao))
