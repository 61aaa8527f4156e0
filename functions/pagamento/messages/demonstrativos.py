"""Demonstrativos as messages of a version: whatever a PEG holds, the message validates, or is told not to fit.

Texts are cut to what their element takes. An amount that the version has no room for is never left out nor changed:
the demonstrativo is then to be had in a later version, or in another format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.pegs import STATUS_PROTOCOLO
from conecta_edge.clock import FUSO
from conecta_tiss.messages import demonstrativos as padrao
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.demonstrativos import DemonstrativosRetorno
from conecta_tiss.terminologia import table_label
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, given_in, official
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import ZERO
from conecta_tiss.vocabulary.tables import TipoDemonstrativo, TipoPagamento, TipoTransacao
from conecta_tiss.xml import answers
from conecta_tiss.xml.writer import cut, echo
from pagamento.domain.demonstrativos import DemonstrativoPagamento
from pagamento.domain.errors import DemonstrativoIndisponivelError

if TYPE_CHECKING:
    from datetime import date, datetime

    from conecta_contas.pegs import Peg
    from pagamento.domain.demonstrativos import (
        AnaliseDeConta,
        Cabecalho,
        Conta,
        GlosaAplicada,
        GuiaDemonstrada,
        ItemDemonstrado,
        PagamentoDemonstrado,
        Valores,
    )
    from pagamento.domain.pagamentos import Desconto

TRANSACAO: Final = {
    TipoDemonstrativo.ANALISE_DE_CONTA: TipoTransacao.DEMONSTRATIVO_ANALISE_CONTA,
    TipoDemonstrativo.PAGAMENTO: TipoTransacao.DEMONSTRATIVO_PAGAMENTO,
    TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA: TipoTransacao.DEMONSTRATIVO_ODONTOLOGIA,
}
SEM_CNES: Final = "9999999"
"""What stands for the CNES of who has none."""
CEM_MILHOES: Final = Decimal(100_000_000)
"""Every amount is below; in 4.01.00 those of items, debits and credits, and of dental guias below a million, and those
of dental items below a hundred thousand (tiss.md 1.1)."""
_MILHAO: Final = Decimal(1_000_000)
_CEM_MIL: Final = Decimal(100_000)


def xml(demonstrativo: Iterable[AnaliseDeConta] | DemonstrativoPagamento, versao: Versao, agora: datetime) -> bytes:
    """A demonstrativo that no message asked for: `cabecalho.numero` is its number.

    Args:
        demonstrativo: análises of one operadora, at least one; or payments.
        agora: instant in UTC.

    Raises:
        DemonstrativoIndisponivelError: `VERSAO`, it does not fit that version; `SEM_CNPJ`, the operadora has none yet;
            `SEM_PEG`, nothing was paid but credits, or taken.
    """
    if isinstance(demonstrativo, DemonstrativoPagamento):
        tipo, cabecalho = demonstrativo.tipo, demonstrativo.cabecalho
        corpo = paid(demonstrativo, versao)
    else:
        found = list(demonstrativo)
        tipo, cabecalho = TipoDemonstrativo.ANALISE_DE_CONTA, found[0].cabecalho
        corpo = analysed(found, versao)
    return answers.envelope(
        TRANSACAO[tipo], corpo, registro_ans=cabecalho.operadora.registro_ans,
        prestador=_Escrita(versao).who(cabecalho), versao=versao, quando=agora.astimezone(FUSO),
        sequencial=cabecalho.numero,
    )  # fmt: skip


def analysed(
    analises: Iterable[AnaliseDeConta], versao: Versao, prestador: Contratado | None = None
) -> DemonstrativosRetorno:
    """`demonstrativoAnaliseConta` of each protocolo.

    Args:
        prestador: as it called itself.
    """
    return DemonstrativosRetorno(
        analises=tuple(_Escrita(versao, one.conta.protocolo).analysis(one, prestador) for one in analises)
    )


def paid(
    demonstrativo: DemonstrativoPagamento, versao: Versao, prestador: Contratado | None = None
) -> DemonstrativosRetorno:
    """`demonstrativoPagamento`, or `demonstrativoPagamentoOdonto` of that kind.

    Args:
        prestador: as it called itself.
    """
    escrita = _Escrita(versao)
    if demonstrativo.tipo is TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA:
        return DemonstrativosRetorno(odonto=escrita.dental(demonstrativo))
    return DemonstrativosRetorno(pagamento=escrita.payment(demonstrativo, prestador))


def waiting(peg: Peg, prestador: Contratado, hoje: date) -> DemonstrativosRetorno:
    """`situacaoDemonstrativoRetorno`: where a PEG stands whose values are not published; to be asked for again."""
    return DemonstrativosRetorno(
        situacao=padrao.SituacaoDemonstrativo(
            registro_ans=peg.registro_ans, prestador=echo(prestador), numero_protocolo=peg.protocolo,
            # A demonstrativo has the number of its protocolo, and so has the question for it.
            protocolo_solicitacao=peg.protocolo, tipo_demonstrativo=TipoDemonstrativo.ANALISE_DE_CONTA.value,
            data_situacao=hoje, situacao=STATUS_PROTOCOLO[peg.situacao],
        )
    )  # fmt: skip


def _name(nome: str) -> str:
    return cut(nome, 70) or "?"


class _Escrita:
    """What one version of the standard says, and refuses to say."""

    def __init__(self, versao: Versao, *protocolos: str) -> None:
        self.versao, self.protocolos = versao, protocolos
        old = versao is Versao.V4_01_00
        self.item = _MILHAO if old else CEM_MILHOES
        self.item_odonto = _CEM_MIL if old else CEM_MILHOES

    # --- whose it is ---

    def cnpj(self, cnpj: str) -> str:
        """A CNPJ with letters is of 4.03.00 on."""
        if self.versao is not Versao.V4_03_00 and not cnpj.isdecimal():
            raise DemonstrativoIndisponivelError("VERSAO", self.protocolos)
        return cnpj

    def operadora(self, cabecalho: Cabecalho) -> dict[str, Any]:
        operadora = cabecalho.operadora
        if operadora.cnpj is None:
            raise DemonstrativoIndisponivelError("SEM_CNPJ", self.protocolos)
        return {
            "registro_ans": operadora.registro_ans, "numero": cabecalho.numero,
            "nome_operadora": _name(operadora.nome), "cnpj": self.cnpj(operadora.cnpj),
        }  # fmt: skip

    def who(self, cabecalho: Cabecalho) -> Contratado:
        """The prestador as its operadora calls it, or else by its CNPJ or CPF."""
        if code := cut(cabecalho.codigo_prestador, 14):
            return Contratado(codigo_na_operadora=code)
        prestador = cabecalho.prestador
        return Contratado(cnpj=self.cnpj(prestador.cnpj)) if prestador.cnpj else Contratado(cpf=prestador.cpf)

    def head(self, cabecalho: Cabecalho, prestador: Contratado | None) -> dict[str, Any]:
        return {
            "cabecalho": padrao.CabecalhoDemonstrativo(**self.operadora(cabecalho), data_emissao=cabecalho.emitido_em),
            "prestador": prestador or self.who(cabecalho),
            "cnes": cut(cabecalho.prestador.cnes, 7) or SEM_CNES,
        }

    # --- amounts and glosas ---

    def amounts(self, valores: Valores, below: Decimal = CEM_MILHOES) -> dict[str, Any]:
        """Informado, processado and liberado.

        Raises:
            DemonstrativoIndisponivelError: the version has no room for them.
        """
        if valores.informado >= below:
            raise DemonstrativoIndisponivelError("VERSAO", self.protocolos)
        return {"informado": valores.informado, "processado": valores.processado, "liberado": valores.liberado}

    def all_amounts(self, valores: Valores, below: Decimal = CEM_MILHOES) -> dict[str, Any]:
        """The same, and what is glosado."""
        return {**self.amounts(valores, below), "glosa": valores.glosado}

    def dental_amounts(self, valores: Valores, below: Decimal = CEM_MILHOES) -> dict[str, Any]:
        """The same; nothing is left to the beneficiario."""
        return {**self.all_amounts(valores, below), "franquia": ZERO}

    def code(self, aplicada: GlosaAplicada) -> str:
        return given_in(self.versao, aplicada.glosa.motivo, aplicada.glosa.codigo)

    def motives(self, glosas: Iterable[GlosaAplicada]) -> tuple[MotivoGlosa, ...]:
        """Each told once."""
        told = ((self.code(one), one.glosa.mensagem) for one in glosas)
        return tuple(dict.fromkeys(
            MotivoGlosa(codigo=code, descricao=cut(official(code, self.versao, text), DESCRICAO_MAXIMA))
            for code, text in told
        ))  # fmt: skip

    # --- what was analysed ---

    def analysis(self, analise: AnaliseDeConta, prestador: Contratado | None) -> padrao.DemonstrativoAnaliseConta:
        conta = analise.conta
        # There is room for one glosa of the whole: the others are each guia's.
        first, *others = self.motives(conta.glosas) or (None,)
        protocolo = padrao.ProtocoloConta(
            numero_lote=echo(conta.numero_lote),
            numero_protocolo=conta.protocolo,
            data_protocolo=conta.recebido_em,
            motivo=first,
            situacao=conta.situacao.value,
            guias=tuple(self.guia(guia, [one for one in others if one]) for guia in conta.guias),
            **self.all_amounts(conta.valores),
        )
        return padrao.DemonstrativoAnaliseConta(
            **self.head(analise.cabecalho, prestador), protocolos=(protocolo,), **self.all_amounts(conta.valores)
        )

    def guia(self, guia: GuiaDemonstrada, whole: Sequence[MotivoGlosa]) -> padrao.GuiaConta:
        return padrao.GuiaConta(
            **self.numbers(guia),
            senha=cut(guia.senha, 20),
            numero_carteira=echo(guia.carteira),
            data_inicio=guia.inicio,
            hora_inicio=guia.hora_inicio,
            data_fim=guia.fim,
            hora_fim=guia.hora_fim,
            glosas=tuple(dict.fromkeys((*whole, *self.motives(guia.glosas)))),
            situacao=guia.situacao.value,
            itens=tuple(map(self.line, guia.itens)),
            **self.all_amounts(guia.valores),
        )

    def numbers(self, guia: GuiaDemonstrada) -> dict[str, Any]:
        return {
            "numero_guia_prestador": echo(guia.numero), "numero_guia_operadora": cut(guia.numero_operadora, 20)
        }  # fmt: skip

    def line(self, item: ItemDemonstrado) -> padrao.ItemConta:
        return padrao.ItemConta(
            **self.procedure(item),
            # Of a team there is no telling whose it is.
            grau_participacao=item.graus[0] if len(item.graus) == 1 else None,
            quantidade=item.quantidade,
            **self.amounts(item.valores, self.item),
            glosas=tuple(padrao.GlosaConta(valor=one.valor, codigo=self.code(one)) for one in item.glosas),
        )

    def procedure(self, item: ItemDemonstrado) -> dict[str, Any]:
        return {
            "sequencial_item": item.sequencial, "data_realizacao": item.dia, "codigo_tabela": item.tabela,
            "codigo_procedimento": echo(item.codigo),
            "descricao_procedimento": cut(item.descricao, 150) or f"Item {echo(item.codigo)}",
        }  # fmt: skip

    # --- what was paid ---

    def payment(self, demonstrativo: DemonstrativoPagamento, prestador: Contratado | None) -> Any:
        days = [one for one in demonstrativo.pagamentos if one.contas]
        alone = [each for one in demonstrativo.pagamentos if not one.contas for each in one.pagamento.descontos]
        if not days:
            raise DemonstrativoIndisponivelError("SEM_PEG")
        return padrao.DemonstrativoPagamento(
            **self.head(demonstrativo.cabecalho, prestador),
            pagamentos=tuple(map(self.of_day, days)),
            debitos_creditos=tuple(map(self.discount, alone)),
            **self.all_amounts(demonstrativo.valores),
            **self.net(demonstrativo),
            observacao=cut(demonstrativo.observacao, 500),
        )

    def of_day(self, demonstrado: PagamentoDemonstrado) -> padrao.PagamentoPorData:
        pagamento = demonstrado.pagamento
        return padrao.PagamentoPorData(
            **self.account(demonstrado),
            forma_pagamento=pagamento.forma.value,
            protocolos=tuple(map(self.protocolo, demonstrado.contas)),
            **self.all_amounts(demonstrado.valores),
        )

    def account(self, demonstrado: PagamentoDemonstrado) -> dict[str, Any]:
        """When and where it was paid, less and plus what."""
        pagamento = demonstrado.pagamento
        return {
            "data_pagamento": pagamento.data, "banco": cut(pagamento.banco, 4), "agencia": cut(pagamento.agencia, 7),
            "conta": cut(pagamento.conta, 20), "debitos_creditos": tuple(map(self.discount, pagamento.descontos)),
            **self.net(pagamento),
        }  # fmt: skip

    def net(self, of: Any) -> dict[str, Any]:
        if max(of.debitos, of.creditos, of.liquido) >= CEM_MILHOES:
            raise DemonstrativoIndisponivelError("VERSAO", self.protocolos)
        return {"debitos": of.debitos, "creditos": of.creditos, "liquido": of.liquido}

    def discount(self, desconto: Desconto) -> padrao.DebitoCredito:
        if desconto.valor >= self.item:
            raise DemonstrativoIndisponivelError("VERSAO", self.protocolos)
        label = table_label("dm_debitoCreditoTipo", desconto.tipo.value, self.versao)
        return padrao.DebitoCredito(
            indicador=desconto.indicador.value, tipo=desconto.tipo.value,
            descricao=cut(desconto.descricao or label, 40) or desconto.tipo.value, valor=desconto.valor,
        )  # fmt: skip

    def protocolo(self, conta: Conta) -> padrao.ProtocoloPago:
        guias = tuple(
            padrao.GuiaPaga(
                **self.numbers(guia), senha=cut(guia.senha, 20), tipo_pagamento=conta.tipo_pagamento.value,
                processado=guia.valores.processado, liberado=guia.valores.liberado, glosa=guia.valores.glosado,
            )
            for guia in conta.guias
        )  # fmt: skip
        return padrao.ProtocoloPago(
            data_protocolo=conta.recebido_em, numero_protocolo=conta.protocolo, numero_lote=echo(conta.numero_lote),
            guias=guias, **self.all_amounts(conta.valores),
        )  # fmt: skip

    # --- what was paid of odontologia ---

    def dental(self, demonstrativo: DemonstrativoPagamento) -> padrao.DemonstrativoOdonto:
        cabecalho = demonstrativo.cabecalho
        prestador, who = cabecalho.prestador, self.who(cabecalho)
        return padrao.DemonstrativoOdonto(
            cabecalho=padrao.CabecalhoDemonstrativoOdonto(
                **self.operadora(cabecalho), data_inicio=demonstrativo.inicio, data_fim=demonstrativo.fim
            ),
            codigo_prestador=str(who.codigo_na_operadora or who.cnpj or who.cpf),
            cnpj_prestador=self.cnpj(prestador.cnpj) if prestador.cnpj else None,
            cpf_prestador=prestador.cpf,
            pagamentos=tuple(self.dental_day(one, prestador.nome) for one in demonstrativo.pagamentos),
            **self.dental_amounts(demonstrativo.valores),
            **self.net(demonstrativo),
            observacao=cut(demonstrativo.observacao, 500),
        )

    def dental_day(self, demonstrado: PagamentoDemonstrado, executante: str) -> padrao.PagamentoOdontoPorData:
        return padrao.PagamentoOdontoPorData(
            **self.account(demonstrado),
            protocolos=tuple(
                padrao.ProtocoloOdonto(
                    numero_lote=echo(conta.numero_lote), numero_protocolo=conta.protocolo,
                    guias=tuple(self.dental_guia(guia, conta, executante) for guia in conta.guias),
                    **self.dental_amounts(conta.valores),
                )
                for conta in demonstrado.contas
            ),
            **self.dental_amounts(demonstrado.valores),
        )  # fmt: skip

    def dental_guia(self, guia: GuiaDemonstrada, conta: Conta, executante: str) -> padrao.GuiaOdontoPaga:
        told = " ".join(one.descricao for one in self.motives((*conta.glosas, *guia.glosas)) if one.descricao)
        return padrao.GuiaOdontoPaga(
            **self.numbers(guia),
            recurso=conta.tipo_pagamento is TipoPagamento.RECURSO,
            nome_executante=_name(executante),
            numero_carteira=echo(guia.carteira),
            itens=tuple(map(self.dental_line, guia.itens)),
            # The standard has no glosa of a whole dental guia: what it loses is told here.
            observacao=cut(told, 500),
            **self.dental_amounts(guia.valores, self.item),
        )

    def dental_line(self, item: ItemDemonstrado) -> padrao.ItemOdonto:
        return padrao.ItemOdonto(
            **self.procedure(item),
            dente=item.dente,
            regiao=item.regiao,
            face=cut(item.face, 5),
            quantidade=item.quantidade,
            **self.dental_amounts(item.valores, self.item_odonto),
            glosas=tuple(dict.fromkeys(map(self.code, item.glosas))),
        )
