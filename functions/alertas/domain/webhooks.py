"""Webhooks: where a prestador's systems are told of events, how that is signed, and when it is given up.

The secret of a key is derived from the deployment's own, so that no table holds any; what signs is the secret as its
owner sees it. While a secret is being replaced, both sign.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from alertas.domain.errors import AlertasError

VIVOS: Final = 10
"""Webhooks of a prestador at the same time."""
PORTAS: Final = frozenset({None, 443, 8443})
LOCAL: Final = "localhost"
DESLIGA_EM: Final = timedelta(days=3)
"""How long an endpoint may fail without one success between."""
ESQUECE_EM: Final = timedelta(days=1)
SEGUIDAS: Final = 3
"""Failures in a row after which an endpoint is taken to fail whatever it is sent."""
SOSSEGO: Final = timedelta(minutes=5)
"""For how long, at most, an endpoint that fails is left alone whatever happens."""
_NOME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
_TOPO: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}", re.ASCII)
"""The last label of a public name: with a digit in it, resolvers read an IPv4 in it (`8.8.0x808`)."""
_INTERNOS: Final = frozenset({"arpa", "internal", "lan", "local", "localdomain", LOCAL, "onion"})
"""Last labels of no public name (RFC 6761, 6762, 7686, 8375, ICANN's `internal`)."""
MAIOR_NOME: Final = 253
_URL: Final = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.ASCII)


class WebhookNaoEncontradoError(AlertasError):
    """Absent, foreign or of another webhook: all look alike."""


class WebhooksDemaisError(AlertasError):
    """As many as a prestador may have."""


class EnderecoInvalidoError(AlertasError):
    """No address of an endpoint; `codigo` says what is wrong, `motivo` in Portuguese."""

    def __init__(self, codigo: str, motivo: str) -> None:
        super().__init__(codigo)
        self.codigo, self.motivo = codigo, motivo


class SituacaoInvalidaError(AlertasError):
    """Its state does not admit the act."""

    def __init__(self, situacao: SituacaoWebhook) -> None:
        super().__init__(situacao)
        self.situacao = situacao


class VersaoDiferenteError(AlertasError):
    """It is not the version that the caller saw."""


class ProvaFalhouError(AlertasError):
    """The endpoint did not prove that it is the caller's."""

    def __init__(self, falha: Falha, status: int | None) -> None:
        super().__init__(falha)
        self.falha, self.status = falha, status


class Falha(StrEnum):
    """Why an attempt did not deliver."""

    NOME_DESCONHECIDO = "NOME_DESCONHECIDO"
    ENDERECO_RECUSADO = "ENDERECO_RECUSADO"
    SEM_CONEXAO = "SEM_CONEXAO"
    CERTIFICADO = "CERTIFICADO"
    SEM_RESPOSTA = "SEM_RESPOSTA"
    RESPOSTA_INVALIDA = "RESPOSTA_INVALIDA"
    REDIRECIONAMENTO = "REDIRECIONAMENTO"
    RECUSADA = "RECUSADA"
    PROVA_ERRADA = "PROVA_ERRADA"


EXPLICADAS: Final[Mapping[Falha, str]] = {
    Falha.NOME_DESCONHECIDO: "o nome do endereço não existe no DNS",
    Falha.ENDERECO_RECUSADO: "o nome leva a um endereço que não é público na Internet",
    Falha.SEM_CONEXAO: "o endereço não aceitou a conexão",
    Falha.CERTIFICADO: "o certificado TLS não vale para o nome, venceu, ou não é de uma autoridade conhecida",
    Falha.SEM_RESPOSTA: "a resposta não veio em 10 segundos",
    Falha.RESPOSTA_INVALIDA: "o que veio não é uma resposta HTTP, ou é grande demais",
    Falha.REDIRECIONAMENTO: "a resposta é um redirecionamento, que não se segue: registre o endereço final",
    Falha.RECUSADA: "o status da resposta não é de sucesso (2xx)",
    Falha.PROVA_ERRADA: 'a resposta não é {"prova": "…"} com o HMAC-SHA256 do desafio, em hexadecimal',
}
"""In Portuguese, for the endpoint's owner."""


class SituacaoWebhook(StrEnum):
    """What is done with it."""

    A_VERIFICAR = "A_VERIFICAR"
    ATIVO = "ATIVO"
    PAUSADO = "PAUSADO"
    DESLIGADO = "DESLIGADO"
    """By us, as it failed too long."""
    RETIRADO = "RETIRADO"


@dataclass(frozen=True, slots=True)
class Chave:
    """A key that signs, until an instant when another has taken its place."""

    id: int
    ate: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint of a prestador.

    Attributes:
        eventos: types it asked for; none means all.
        chaves: newest first.
        quem: who registered it.
        verificado_em: when it last proved to be the prestador's; `None`: it is told nothing yet.
        parado_em: since when it is paused, switched off or withdrawn.
        versao: optimistic lock.
    """

    id: str
    prestador_id: str
    url: str
    descricao: str
    eventos: tuple[str, ...]
    situacao: SituacaoWebhook
    chaves: tuple[Chave, ...]
    criado_em: datetime
    quem: str
    verificado_em: datetime | None = None
    parado_em: datetime | None = None
    versao: int = 1

    @property
    def host(self) -> str:
        """Name in its address."""
        return urlsplit(self.url).hostname or ""

    def quer(self, tipo: str, ocorrido_em: datetime) -> bool:
        """Whether it is told of an event, delivered now or kept for later.

        Not of what happened before it was there, however late we come to tell it.
        """
        known = self.verificado_em is not None and self.situacao is not SituacaoWebhook.RETIRADO
        return known and ocorrido_em >= self.criado_em and (not self.eventos or tipo in self.eventos)

    def chaves_em(self, now: datetime) -> tuple[Chave, ...]:
        """Keys that sign at an instant, newest first."""
        return tuple(one for one in self.chaves if one.ate is None or one.ate > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saude:
    """How an endpoint is doing, apart from it: attempts write it, people do not.

    Attributes:
        falhas: in a row, of whatever entities.
        desde, ultima: instants of the first of them and of the last.
        tentar_em: nothing is attempted before, but for the one thing that may be, to see whether it works again.
        versao: optimistic lock; 0 is not written yet.
    """

    prestador_id: str
    webhook: str
    falhas: int = 0
    desde: datetime | None = None
    ultima: datetime | None = None
    tentar_em: datetime | None = None
    versao: int = 0

    @property
    def failing(self) -> bool:
        """Whether it fails whatever it is sent: then it is sent one thing at a time."""
        return self.falhas >= SEGUIDAS

    def sossego(self, now: datetime) -> timedelta:
        """For how much longer it is left alone; what a clock that was ahead wrote counts for nothing."""
        left = self.tentar_em - now if self.tentar_em else timedelta()
        return left if timedelta() < left <= SOSSEGO else timedelta()

    def asked(self, until: datetime) -> Saude:
        """While one attempt sees for all of them whether it works again, and until an instant at most."""
        return replace(self, tentar_em=until, versao=self.versao + 1)

    def failed(self, now: datetime, wait: timedelta) -> Saude:
        """After one more failure; from the third on the whole endpoint is left alone for a while.

        One that comes a day after the last begins anew: nothing was tried between.
        """
        going_on = self.ultima is not None and now - self.ultima < ESQUECE_EM
        falhas, desde = (self.falhas + 1, self.desde) if going_on else (1, None)
        return replace(
            self, falhas=falhas, desde=desde or now, ultima=now, versao=self.versao + 1,
            tentar_em=now + min(wait, SOSSEGO) if falhas >= SEGUIDAS else None,
        )  # fmt: skip

    def worked(self) -> Saude:
        """After a success."""
        return replace(self, falhas=0, desde=None, ultima=None, tentar_em=None, versao=self.versao + 1)

    def hopeless(self, now: datetime) -> bool:
        """Whether it has failed so long that it is switched off."""
        return self.desde is not None and now - self.desde >= DESLIGA_EM


VERIFICAR, PAUSAR, RETOMAR, DESLIGAR, RETIRAR = "verificar", "pausar", "retomar", "desligar", "retirar"
_ATOS: Final[Mapping[str, tuple[frozenset[SituacaoWebhook], SituacaoWebhook]]] = {
    VERIFICAR: (
        frozenset({SituacaoWebhook.A_VERIFICAR, SituacaoWebhook.DESLIGADO, SituacaoWebhook.ATIVO}),
        SituacaoWebhook.ATIVO,
    ),
    PAUSAR: (frozenset({SituacaoWebhook.ATIVO}), SituacaoWebhook.PAUSADO),
    RETOMAR: (frozenset({SituacaoWebhook.PAUSADO}), SituacaoWebhook.ATIVO),
    DESLIGAR: (frozenset({SituacaoWebhook.ATIVO}), SituacaoWebhook.DESLIGADO),
    RETIRAR: (frozenset(SituacaoWebhook), SituacaoWebhook.RETIRADO),
}
"""From which states each act leads to which."""


def advance(webhook: Webhook, ato: str, now: datetime) -> Webhook:
    """The webhook after an act; itself when there is nothing to do.

    Raises:
        SituacaoInvalidaError: its state does not admit it.
    """
    before, after = _ATOS[ato]
    if webhook.situacao is after and ato != VERIFICAR:
        return webhook
    if webhook.situacao not in before:
        raise SituacaoInvalidaError(webhook.situacao)
    return replace(
        webhook, situacao=after, versao=webhook.versao + 1,
        verificado_em=now if ato == VERIFICAR else webhook.verificado_em,
        parado_em=None if after is SituacaoWebhook.ATIVO else now,
    )  # fmt: skip


def alter(webhook: Webhook, *, url: str, descricao: str, eventos: tuple[str, ...]) -> Webhook:
    """Another address must prove itself again.

    Raises:
        SituacaoInvalidaError: it was withdrawn.
    """
    if webhook.situacao is SituacaoWebhook.RETIRADO:
        raise SituacaoInvalidaError(webhook.situacao)
    situacao = webhook.situacao if url == webhook.url else SituacaoWebhook.A_VERIFICAR
    return replace(webhook, url=url, descricao=descricao, eventos=eventos, situacao=situacao, versao=webhook.versao + 1)


def rotate(webhook: Webhook, now: datetime, overlap: timedelta) -> Webhook:
    """A new key signs from now on, the present one beside it for a while; one before that, no more.

    Raises:
        SituacaoInvalidaError: it was withdrawn.
    """
    if webhook.situacao is SituacaoWebhook.RETIRADO:
        raise SituacaoInvalidaError(webhook.situacao)
    newest = webhook.chaves[0]
    return replace(
        webhook, chaves=(Chave(newest.id + 1), replace(newest, ate=now + overlap)), versao=webhook.versao + 1
    )


def segredo(raiz: bytes, prestador_id: str, webhook_id: str, chave: int) -> str:
    """The secret of a key, as its owner is shown it and as it signs.

    Args:
        raiz: the deployment's.
    """
    name = f"webhook|{prestador_id}|{webhook_id}|{chave}"
    return f"whs_{base64.urlsafe_b64encode(hmac.digest(raiz, name.encode(), 'sha256')).decode().rstrip('=')}"


def segredos(raiz: bytes, webhook: Webhook, now: datetime) -> dict[int, str]:
    """The secrets that sign at an instant, by key, newest first."""
    return {one.id: segredo(raiz, webhook.prestador_id, webhook.id, one.id) for one in webhook.chaves_em(now)}


def assinar(segredo_: str, mensagem: bytes) -> str:
    """HMAC-SHA256, in hexadecimal."""
    return hmac.digest(segredo_.encode(), mensagem, "sha256").hex()


def assinatura(segredos_: Mapping[int, str], corpo: bytes, carimbo: datetime) -> dict[str, str]:
    """Headers that tell who sends a body and when: each living key signs `<unix seconds>.<body>`."""
    stamp = str(int(carimbo.timestamp()))
    signed = (f"{chave}={assinar(one, stamp.encode() + b'.' + corpo)}" for chave, one in segredos_.items())
    return {"Conecta-Timestamp": stamp, "Conecta-Assinatura": ",".join(signed)}


def endereco(url: str, *, local: bool = False) -> str:
    """An endpoint's address, when it may be one.

    Args:
        local: whether `localhost` may, at any port: in the embedded AWS only.

    Raises:
        EnderecoInvalidoError: it may not.
    """
    text = "Não é um endereço da Internet: confira, e codifique o que não for ASCII."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EnderecoInvalidoError("endereco-invalido", text) from error
    if not _URL.fullmatch(url):
        raise EnderecoInvalidoError("endereco-invalido", text)
    if parts.scheme != "https":
        raise EnderecoInvalidoError("endereco-sem-https", "O endereço deve começar com https://.")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise EnderecoInvalidoError("endereco-invalido", "O endereço não pode ter usuário, senha ou #.")
    name = parts.hostname or ""
    if local and name == LOCAL:
        return url
    if port not in PORTAS:
        raise EnderecoInvalidoError("porta-recusada", "Use a porta 443 ou 8443.")
    labels = name.split(".")
    named = len(labels) > 1 and len(name) <= MAIOR_NOME and all(map(_NOME.fullmatch, labels))
    if not named or not _TOPO.fullmatch(labels[-1]) or labels[-1] in _INTERNOS:
        text = "O endereço deve ter um nome público, como api.hospital.com.br: nem IP, nem nome de rede interna."
        raise EnderecoInvalidoError("nome-recusado", text)
    return url
