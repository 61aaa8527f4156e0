"""What is answered, in the sender's version: whatever an authorization holds, the message validates.

Texts are cut to what their element takes, as the writer will spell them; numbers that an element cannot carry are
brought to the nearest that it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_edge.clock import FUSO
from conecta_senhas.autorizacoes import (
    PENDENTES,
    ZERO,
    Autorizacao,
    Item,
    MotivoNegativa,
    Pendencia,
    Situacao,
    concession,
)
from conecta_senhas.solicitacoes import Tipo, TipoAnexo
from conecta_tiss.messages.anexos import ProtocoloAnexo, RecebimentoAnexo
from conecta_tiss.messages.autorizacao import (
    AutorizacaoInternacao,
    AutorizacaoOdonto,
    AutorizacaoOpme,
    AutorizacaoProrrogacao,
    AutorizacaoServico,
    DadosAutorizacao,
    PrestadorAutorizado,
    ProcedimentoOdontoAutorizado,
    ServicoAutorizado,
    SituacaoAutorizacao,
)
from conecta_tiss.messages.comum import Beneficiario, Contratado, MotivoGlosa
from conecta_tiss.messages.comunicacao import ComunicacaoRecebida, ComunicacaoRegistrada, ReciboComunicacao
from conecta_tiss.messages.oncologia import AutorizacaoQuimio, AutorizacaoRadio
from conecta_tiss.terminologia import table_label
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, code_in, official
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import (
    AusenciaCodValidacao,
    OpcaoFabricante,
    StatusSolicitacao,
    TipoTransacao,
)
from conecta_tiss.vocabulary.wide_tables import Dente, Regiao, TipoAcomodacao
from conecta_tiss.xml import answers
from conecta_tiss.xml.writer import cut, echo

if TYPE_CHECKING:
    from conecta_edge.cadastro import Contratacao
    from conecta_facts import beneficiarios
    from conecta_tiss.findings import Achado
    from conecta_tiss.rules.admissao import Lida

GRANTED: Final = frozenset({StatusSolicitacao.AUTORIZADO, StatusSolicitacao.AUTORIZADO_PARCIALMENTE})
SEM_NOME: Final = "NÃO IDENTIFICADO"
_CENTAVO: Final = Decimal("0.01")
_STATUS: Final = {
    Situacao.AUTORIZADA: StatusSolicitacao.AUTORIZADO,
    Situacao.PARCIAL: StatusSolicitacao.AUTORIZADO_PARCIALMENTE,
    Situacao.NEGADA: StatusSolicitacao.NEGADO,
}
_ANSWERS: Final[dict[str, tuple[TipoTransacao, type[Any]]]] = {
    "solicitacaoProcedimento": (TipoTransacao.RESPOSTA_SOLICITACAO, SituacaoAutorizacao),
    "solicitaStatusAutorizacao": (TipoTransacao.STATUS_AUTORIZACAO, SituacaoAutorizacao),
    "loteAnexos": (TipoTransacao.PROTOCOLO_RECEBIMENTO_ANEXO, RecebimentoAnexo),
    "comunicacaoInternacao": (TipoTransacao.RECIBO_COMUNICACAO, ReciboComunicacao),
}
"""What answers each message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partes:
    """Who answers and who is answered, and when.

    Attributes:
        registro_ans: the operadora that answers.
        prestador_id: who sent the message.
        contratacao: what is known of the sender.
    """

    registro_ans: str
    prestador_id: str
    contratacao: Contratacao
    now: datetime
    hoje: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomes:
    """Whom an answer about an authorization names.

    Attributes:
        beneficiario: `None` when nobody knows it, or it is not to be told.
        executante: what is known of who may do it.
        contatos: of the operadora's Central.
    """

    beneficiario: beneficiarios.Beneficiario | None = None
    executante: Contratacao | None = None
    contatos: tuple[str, ...] = ()


# --- the four answers, and their errors ---


def refusal(lida: Lida, partes: Partes, achados: Sequence[Achado]) -> bytes:
    """The answer with `mensagemErro`: the first finding, and how many more there are."""
    tipo, corpo = _ANSWERS[lida.transacao]
    asked = getattr(lida.corpo, "odonto", None)
    if asked is not None:
        tipo = TipoTransacao.AUTORIZACAO_ODONTOLOGIA
    return _message(lida, partes, tipo, corpo(mensagem_erro=answers.error(achados, lida.versao_de_resposta)))


def answered(lida: Lida, partes: Partes, autorizacao: Autorizacao, nomes: Nomes) -> bytes:
    """What was decided of a request, or where it stands: RESPOSTA_SOLICITACAO and its kin, STATUS_AUTORIZACAO."""
    tipo, _ = _ANSWERS[lida.transacao]
    decided = Decidida(autorizacao, nomes, lida.versao_de_resposta, partes.hoje)
    if autorizacao.tipo is Tipo.ODONTOLOGIA:
        if tipo is TipoTransacao.RESPOSTA_SOLICITACAO:
            tipo = TipoTransacao.AUTORIZACAO_ODONTOLOGIA
        return _message(lida, partes, tipo, SituacaoAutorizacao(odonto=decided.dental()))
    # What an annex of oncology says is not kept: it goes back only with the very message that brought it.
    guia = getattr(lida.corpo, "solicitacao", None)
    return _message(lida, partes, tipo, decided.medical(getattr(guia, "anexo", None)))


def annex_received(lida: Lida, partes: Partes, autorizacao: Autorizacao, nomes: Nomes) -> bytes:
    """PROTOCOLO_RECEBIMENTO_ANEXO of the one annex of the message."""
    decided = Decidida(autorizacao, nomes, lida.versao_de_resposta, partes.hoje)
    lote = lida.corpo
    protocolo = ProtocoloAnexo(
        numero_protocolo=autorizacao.protocolo[:12],
        data_envio=partes.hoje,
        numero_lote=echo(lote.numero_lote),
        registro_ans=partes.registro_ans,
        prestador=_sender(lida, partes),
        quantidade_anexos=1,
        opme=decided.materials(lote.opme) if lote.opme else None,
        quimio=decided.chemotherapy(lote.quimio) if lote.quimio else None,
        radio=decided.radiotherapy(lote.radio) if lote.radio else None,
        observacao=cut(decided.remarks(), 500),
    )
    return _message(lida, partes, _ANSWERS[lida.transacao][0], RecebimentoAnexo(protocolo=protocolo))


def told(lida: Lida, partes: Partes, nomes: Nomes, glosa: str | None) -> bytes:
    """RECIBO_COMUNICACAO: taken down, or why not."""
    asked = lida.corpo
    nome, social = _names(nomes)
    recibo = ComunicacaoRegistrada(
        registrada=glosa is None,
        comunicacao=ComunicacaoRecebida(
            beneficiario=_without_reading(echo(asked.beneficiario)),
            nome_beneficiario=nome,
            nome_social_beneficiario=social,
            tipo_evento=asked.tipo_evento,
            motivo_encerramento=asked.motivo_encerramento,
            tipo_internacao=asked.tipo_internacao,
        ),
        codigo_glosa=glosa,
    )
    return _message(lida, partes, _ANSWERS[lida.transacao][0], ReciboComunicacao(recibo=recibo))


# --- what was decided ---


@dataclass(frozen=True, slots=True)
class Decidida:
    """An authorization as a message of one version tells it, on a day."""

    autorizacao: Autorizacao
    nomes: Nomes
    versao: Versao
    hoje: date

    @property
    def status(self) -> StatusSolicitacao:
        """dm_statusSolicitacao, on the day."""
        return self.autorizacao.status_em(self.hoje)

    @property
    def granted(self) -> bool:
        """Whether there is a senha to tell; until then nothing counts as authorised."""
        return self.status in GRANTED

    def numbers(self, guia: str | None = None, *, granted: bool | None = None) -> DadosAutorizacao:
        """Numbers and days; senha and validity only of what was granted.

        Args:
            guia: the prestador's number, when it is not the request's.
        """
        held, asked = self.autorizacao, self.autorizacao.solicitacao
        has = self.granted if granted is None else granted
        ausencia = asked.ausencia_cod_validacao
        return DadosAutorizacao(
            numero_guia_prestador=cut(guia or asked.numero_guia_prestador, 20) or held.numero,
            numero_guia_operadora=held.numero,
            ausencia_cod_validacao=ausencia if ausencia in set(AusenciaCodValidacao) else None,
            cod_validacao=cut(asked.cod_validacao, 10),
            data_autorizacao=held.data_autorizacao if has else None,
            senha=cut(held.senha, 20) if has else None,
            data_validade_senha=held.validade if has else None,
        )

    def medical(self, anexos: Any = None) -> SituacaoAutorizacao:
        """SP/SADT, internação or prorrogação.

        Args:
            anexos: clinical annexes of the request, when it is at hand.
        """
        held, asked = self.autorizacao, self.autorizacao.solicitacao
        nome, social = _names(self.nomes)
        quimio, radio = getattr(anexos, "quimio", None), getattr(anexos, "radio", None)
        servico = AutorizacaoServico(
            autorizacao=self.numbers(),
            etapa_autorizacao=asked.etapa.value,
            beneficiario=self._beneficiario(),
            nome_beneficiario=nome,
            nome_social_beneficiario=social,
            prestador=self._prestador(),
            status=self.status.value,
            motivos_negativa=self._codes(),
            servicos=tuple(self._servicos(_listed(held.itens))),
            observacao=cut(self.remarks(), 1000),
            quimio=self.chemotherapy(quimio) if quimio else None,
            radio=self.radiotherapy(radio) if radio else None,
        )
        days = None if asked.diarias is None else min(held.diarias_autorizadas if self.granted else 0, 999)
        room = asked.acomodacao if self.granted and asked.acomodacao in set(TipoAcomodacao) else None
        if held.tipo is Tipo.INTERNACAO:
            stay = AutorizacaoInternacao(
                servicos=servico,
                data_provavel_admissao=held.admissao or asked.data_atendimento,
                quantidade_diarias=days,
                tipo_acomodacao=room,
            )
            return SituacaoAutorizacao(internacao=stay)
        if held.tipo is Tipo.PRORROGACAO:
            longer = AutorizacaoProrrogacao(
                servicos=servico,
                nome_contratado=cut(self._executante_name(), 70),
                quantidade_diarias=days,
                tipo_acomodacao=room,
                justificativa_operadora=cut(self._reasons(), 500),
            )
            return SituacaoAutorizacao(prorrogacao=longer)
        return SituacaoAutorizacao(servico=servico)

    def dental(self) -> AutorizacaoOdonto:
        """Odontologia: codes alone say why not, and nothing has room for a remark."""
        held = self.autorizacao
        nome, social = _names(self.nomes)
        prestador = self._prestador()
        return AutorizacaoOdonto(
            autorizacao=self.numbers(),
            numero_carteira=self._carteira(),
            nome_beneficiario=nome,
            nome_social_beneficiario=social,
            status=self.status.value,
            prestador=prestador.contratado if prestador else None,
            procedimentos=tuple(self._dental(place, item) for place, item in enumerate(held.itens, 1)),
            motivos_negativa=self._codes(),
        )

    def _dental(self, place: int, item: Item) -> ProcedimentoOdontoAutorizado:
        asked = item.solicitado
        given = self.granted and item.autorizada > ZERO
        dente = asked.dente if asked.dente in set(Dente) else None
        regiao = asked.regiao if dente is None and asked.regiao in set(Regiao) else None
        value = item.valor_autorizado if given and item.valor_autorizado is not None else asked.valor
        codes = dict.fromkeys(code_in(self.versao, motivo.codigo) for motivo in item.motivos)
        return ProcedimentoOdontoAutorizado(
            sequencial_item=place,
            **answers.procedure(item.solicitado.tabela, item.solicitado.codigo, item.solicitado.descricao),
            dente=dente,
            regiao=regiao,
            face=cut(asked.face, 5),
            quantidade=_whole(item.autorizada if given else asked.quantidade, 99),
            valor=_money(value, self.versao) or ZERO,
            autorizado=given,
            motivos_negativa=tuple(codes),
        )

    def materials(self, anexo: Any) -> AutorizacaoOpme:
        """The annex of OPME, numbered by itself."""
        mine = self._of(TipoAnexo.OPME)
        status = self._annex_status(mine)
        nome, social = _names(self.nomes)
        prestador = self._prestador()
        return AutorizacaoOpme(
            autorizacao=self.numbers(anexo.cabecalho.numero_guia_anexo, granted=status in GRANTED),
            beneficiario=self._beneficiario(),
            nome_beneficiario=nome,
            nome_social_beneficiario=social,
            status=status.value,
            prestador=prestador.contratado if prestador else None,
            servicos=tuple(self._servicos(mine)),
        )

    def chemotherapy(self, anexo: Any) -> AutorizacaoQuimio:
        """The annex of chemotherapy as it was asked, with what was decided of it."""
        mine = self._of(TipoAnexo.QUIMIOTERAPIA)
        return AutorizacaoQuimio(**self._oncology(anexo, mine), drogas=echo(anexo.drogas), **_as_asked(anexo, _CYCLE))

    def radiotherapy(self, anexo: Any) -> AutorizacaoRadio:
        """The annex of radiotherapy, which stands or falls with its request."""
        return AutorizacaoRadio(**self._oncology(anexo, ()), **_as_asked(anexo, _FIELDS))

    def _oncology(self, anexo: Any, mine: Sequence[Item]) -> dict[str, Any]:
        status = self._annex_status(mine)
        nome, social = _names(self.nomes)
        motivos = {motivo for item in mine for motivo in item.motivos} | (
            set() if mine else {*self.autorizacao.motivos}
        )
        return {
            "autorizacao": self.numbers(anexo.cabecalho.numero_guia_anexo, granted=status in GRANTED),
            "numero_carteira": self._carteira(),
            "status": status.value,
            "nome_beneficiario": nome,
            "nome_social_beneficiario": social,
            "motivos_negativa": tuple(self._glosa(motivo) for motivo in sorted(motivos, key=lambda one: one.codigo)),
            **_as_asked(anexo, ("dados_complementares", "solicitante", "diagnostico", "tratamentos_anteriores")),
        }

    def _annex_status(self, mine: Sequence[Item]) -> StatusSolicitacao:
        return _STATUS[concession(tuple(mine), 0, 0)] if mine and self.granted else self.status

    def _of(self, tipo: TipoAnexo) -> tuple[Item, ...]:
        return tuple(item for item in self.autorizacao.itens if item.anexo is tipo)

    def _servicos(self, itens: Iterable[Item]) -> Iterator[ServicoAutorizado]:
        for place, item in enumerate(itens, 1):
            asked, given = item.solicitado, self.granted and item.autorizada > ZERO
            opme = asked.opme
            yield ServicoAutorizado(
                sequencial_item=place,
                **answers.procedure(item.solicitado.tabela, item.solicitado.codigo, item.solicitado.descricao),
                quantidade_solicitada=_whole(asked.quantidade, 999),
                quantidade_autorizada=_whole(item.autorizada, 999) if given else 0,
                valor_solicitado=_money(asked.valor, self.versao),
                valor_autorizado=_money(item.valor_autorizado, self.versao) if given else None,
                opcao_fabricante=opme.opcao if opme and opme.opcao in set(OpcaoFabricante) else None,
                registro_anvisa=cut(opme.registro_anvisa, 15) if opme else None,
                codigo_ref_fabricante=cut(opme.referencia, 60) if opme else None,
                autorizacao_funcionamento=cut(opme.autorizacao_funcionamento, 30) if opme else None,
                motivos_negativa=tuple(self._glosa(motivo) for motivo in item.motivos),
            )

    def _glosa(self, motivo: MotivoNegativa) -> MotivoGlosa:
        code = code_in(self.versao, motivo.codigo)
        return MotivoGlosa(codigo=code, descricao=cut(official(code, self.versao, _why(motivo)), DESCRICAO_MAXIMA))

    def _codes(self) -> tuple[str, ...]:
        """Why, of the whole: its own reasons or, when nothing of it was granted, those of its items."""
        motivos = self.autorizacao.motivos
        if not motivos and self.autorizacao.situacao is Situacao.NEGADA:
            motivos = tuple(motivo for item in self.autorizacao.itens for motivo in item.motivos)
        return tuple(dict.fromkeys(code_in(self.versao, motivo.codigo) for motivo in motivos))

    def _carteira(self) -> str:
        return cut(self.autorizacao.solicitacao.carteira, 20) or "0"

    def _beneficiario(self) -> Beneficiario:
        asked = self.autorizacao.solicitacao
        return Beneficiario(numero_carteira=self._carteira(), atendimento_rn=asked.atendimento_rn)

    def _prestador(self) -> PrestadorAutorizado | None:
        """Who may do it: of a company its CNPJ, of a person the code at the operadora."""
        known = self.nomes.executante
        if known is None or known.prestador is None or not self.granted:
            return None
        contratado, cnes = _identified(known, self.versao), cut(known.prestador.cnes, 7)
        return PrestadorAutorizado(contratado=contratado, cnes=cnes) if contratado and cnes else None

    def _executante_name(self) -> str | None:
        known = self.nomes.executante
        return known.prestador.nome if known and known.prestador else None

    def remarks(self) -> str:
        """What has no element of its own: protocolo, terms, what is missing, doses, reasons, whom to call."""
        return " ".join(self._remarks())

    def _remarks(self) -> Iterator[str]:
        held = self.autorizacao
        yield f"Protocolo de atendimento {held.protocolo}."
        if held.responder_ate is not None and held.situacao in PENDENTES:
            yield f"A operadora responde até {held.responder_ate:%d/%m/%Y}."
        if held.pendencias:
            missing = "; ".join(self._missing(pendencia) for pendencia in held.pendencias)
            until = f" até {held.pendente_ate:%d/%m/%Y}" if held.pendente_ate else ""
            yield f"Pendências{until}: {missing}."
        if self.nomes.contatos:
            yield f"Central de atendimento: {', '.join(self.nomes.contatos)}."
        doses = [item for item in held.itens if item.anexo is TipoAnexo.QUIMIOTERAPIA]
        if doses and self.granted:
            yield (
                "Doses autorizadas: "
                + "; ".join(
                    f"{item.solicitado.tabela} {item.solicitado.codigo}: {_plain(item.autorizada)} de "
                    f"{_plain(item.solicitado.quantidade)}"
                    for item in doses
                )
                + "."
            )
        yield from map(_why, dict.fromkeys(self.autorizacao.motivos))

    def _missing(self, pendencia: Pendencia) -> str:
        code = pendencia.documento
        label = table_label("dm_tipoDocumento", code, self.versao) if code else None
        what = f"{pendencia.descricao} ({code}: {label})" if label else pendencia.descricao
        return f"{what} ({pendencia.quantidade})" if pendencia.quantidade > 1 else what

    def _reasons(self) -> str:
        """Why not all of it, in plain words and with its basis (RN 623): of the whole, then of its items."""
        held = self.autorizacao
        motivos = (*held.motivos, *(motivo for item in held.itens for motivo in item.motivos))
        return " ".join(map(_why, dict.fromkeys(motivos)))


_CYCLE: Final = ("numero_ciclos", "ciclo_atual", "dias_ciclo_atual", "intervalo_ciclos")
_FIELDS: Final = ("numero_campos", "dose_campo", "dose_total", "numero_dias", "data_prevista_inicio")


def _as_asked(anexo: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: echo(getattr(anexo, name)) for name in names}


def _listed(itens: Sequence[Item]) -> list[Item]:
    """Items that an answer lists; doses, which may be parts of one, it tells in the annex and in words."""
    return [item for item in itens if item.anexo is not TipoAnexo.QUIMIOTERAPIA]


def _why(motivo: MotivoNegativa) -> str:
    return f"{motivo.texto} Base: {motivo.base}" if motivo.base else motivo.texto


# --- what an element takes ---


def _without_reading(beneficiario: Beneficiario) -> Beneficiario:
    """How the card was read does not go back: it may be biometric."""
    return replace(beneficiario, tipo_ident=None, identificador=None)


def _whole(quantidade: Decimal, most: int) -> int:
    """A whole number of units: part of one counts as one."""
    return max(0, min(int(quantidade.to_integral_value(ROUND_CEILING)), most))


def _plain(quantidade: Decimal) -> str:
    return f"{quantidade.normalize():f}".replace(".", ",")


def _money(valor: Decimal | None, versao: Versao) -> Decimal | None:
    """Reais and cents, if the element can carry as many."""
    if valor is None or not valor.is_finite():
        return None
    cents = valor.quantize(_CENTAVO, ROUND_HALF_UP)
    most = Decimal("999999.99") if versao is Versao.V4_01_00 else Decimal("99999999.99")
    return cents if ZERO <= cents <= most else None


def _names(nomes: Nomes) -> tuple[str, str | None]:
    life = nomes.beneficiario
    if life is None:
        return SEM_NOME, None
    return cut(life.nome, 70) or SEM_NOME, cut(life.nome_social, 70)


# --- the envelope ---


def _identified(known: Contratacao, versao: Versao) -> Contratado | None:
    """A prestador as a message of the version can name it."""
    prestador, held = known.prestador, known.relacionamento
    if prestador and prestador.cnpj and (prestador.cnpj.isdigit() or versao is Versao.V4_03_00):
        return Contratado(cnpj=prestador.cnpj)
    code = cut(held.codigo_na_operadora, 14) if held else None
    if code is not None:
        return Contratado(codigo_na_operadora=code)
    return Contratado(cpf=prestador.cpf) if prestador and prestador.cpf else None


def _sender(lida: Lida, partes: Partes) -> Contratado:
    """Who sent the message, as it said so; of one that could not be read, as we know it."""
    if lida.origem is not None:
        return echo(lida.origem)
    known = _identified(partes.contratacao, lida.versao_de_resposta)
    return known or Contratado(codigo_na_operadora=partes.prestador_id[:14])


def _message(lida: Lida, partes: Partes, tipo: TipoTransacao, corpo: Any) -> bytes:
    return answers.envelope(
        tipo, corpo, registro_ans=partes.registro_ans, prestador=_sender(lida, partes),
        versao=lida.versao_de_resposta, quando=partes.now.astimezone(FUSO), sequencial=lida.sequencial,
    )  # fmt: skip
