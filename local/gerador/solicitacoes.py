"""Messages of authorisation: requests of the four kinds, annexes, status, cancellation, admission and discharge.

As with the lotes, the same request gives the same bytes, and nothing here knows the code that will read them.

    pedido = PedidoSolicitacao(tipo=Solicitacao.INTERNACAO, anexos=(Anexo.OPME,))
    gerar_solicitacao(pedido).conteudo, gerar_anexo(pedido, Anexo.QUIMIO).conteudo
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from local.gerador import catalogue
from local.gerador.assembly import message
from local.gerador.guias import reais
from local.gerador.model import DIA_DE_REFERENCIA, VERSOES
from local.gerador.tree import Formato, Node, node, write

if TYPE_CHECKING:
    from collections.abc import Iterable

_CNES, _UF, _CBO_MEDICO, _CBO_DENTISTA = "2000008", "33", "225125", "223208"
_SOLICITACAO, _ANEXO = "SOLICITACAO_PROCEDIMENTOS", "ENVIO_ANEXO"
_MAIOR_OPCAO = 3


class Solicitacao(StrEnum):
    """The four kinds of request."""

    SP_SADT = "sp-sadt"
    INTERNACAO = "internacao"
    PRORROGACAO = "prorrogacao"
    ODONTO = "odonto"


class Anexo(StrEnum):
    """The four kinds of annex; the initial state of the mouth goes with odontologia, the others with the rest."""

    OPME = "opme"
    QUIMIO = "quimio"
    RADIO = "radio"
    SITUACAO_INICIAL = "situacao-inicial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing asked for; `dente`, `regiao` and `face` are of dental ones."""

    tabela: str
    codigo: str
    descricao: str
    quantidade: int = 1
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PedidoSolicitacao:
    """What to ask for, by whom, of whom, for whom.

    Attributes:
        tipo: kind of request.
        versao: ``Padrao`` of the header, one of ``VERSOES``.
        semente: seed of everything that varies.
        hoje: local day of sending and of the request.
        origem_cnpj: CNPJ of the sending prestador; check digits are the caller's business.
        origem_codigo: the prestador's code at the operadora, used instead of the CNPJ when given.
        destino: registro ANS of the operadora, also written in every guia.
        numero: the prestador's number of the request.
        principal: the guia this one goes on from: optional in SP/SADT and odontologia, required in a prorrogação.
        carteira: carteira of the beneficiário.
        urgencia: urgência/emergência instead of eletiva.
        itens: what is asked for; empty for ``quantos`` of the catalogue.
        quantos: how many items are drawn when none is given.
        diarias: days of a stay, or more days of one.
        executante: a SP/SADT names who will do it, and says that who will do it asks.
        anexos: annexes inside the request.
        opcoes: manufacturers of each OPME, 1 to 3.
        tabela_propria: OPME by own code and registration at Anvisa, instead of TUSS.
        acentos: whether the texts have accented letters.
        formato: spelling of the bytes.
    """

    tipo: Solicitacao = Solicitacao.SP_SADT
    versao: str = VERSOES[0]
    semente: int = 1
    hoje: date = DIA_DE_REFERENCIA
    origem_cnpj: str = "12345678000195"
    origem_codigo: str | None = None
    destino: str = "345695"
    numero: str = "S000001"
    principal: str | None = None
    carteira: str = "00000000000000001"
    urgencia: bool = False
    itens: tuple[Item, ...] = ()
    quantos: int = 2
    diarias: int = 2
    executante: bool = False
    anexos: tuple[Anexo, ...] = ()
    opcoes: int = _MAIOR_OPCAO
    tabela_propria: bool = False
    acentos: bool = True
    formato: Formato = field(default_factory=Formato)


@dataclass(frozen=True, slots=True, kw_only=True)
class MensagemGerada:
    """The message and what was asked in it, without reading it back: ``itens`` in the order of the message."""

    pedido: PedidoSolicitacao
    conteudo: bytes
    hash: str
    itens: tuple[Item, ...] = ()


def gerar_solicitacao(pedido: PedidoSolicitacao) -> MensagemGerada:
    """A SOLICITACAO_PROCEDIMENTOS.

    Raises:
        ValueError: the request contradicts itself; the message is in Portuguese.
    """
    _check(pedido)
    builder = _Builder(pedido)
    itens = pedido.itens or builder.sorteados()
    guias = {
        Solicitacao.SP_SADT: builder.sp_sadt,
        Solicitacao.INTERNACAO: builder.internacao,
        Solicitacao.PRORROGACAO: builder.prorrogacao,
        Solicitacao.ODONTO: builder.odonto,
    }
    return _mensagem(pedido, _SOLICITACAO, node("solicitacaoProcedimento", guias[pedido.tipo](itens)), itens)


def gerar_anexo(pedido: PedidoSolicitacao, tipo: Anexo, lote: str = "1") -> MensagemGerada:
    """An ENVIO_ANEXO of one annex, which refers to the request of `pedido`."""
    _check(pedido)
    builder = _Builder(pedido)
    anexos = {
        Anexo.OPME: lambda: builder.opme("anexoSolicitacaoOPME"),
        Anexo.QUIMIO: lambda: builder.quimio("anexoSolicitacaoQuimio"),
        Anexo.RADIO: lambda: builder.radio("anexoSolicitacaoRadio"),
        Anexo.SITUACAO_INICIAL: lambda: builder.situacao_inicial("anexoSituacaoInicial"),
    }
    return _mensagem(
        pedido, _ANEXO, node("loteAnexos", node("numeroLote", lote), node("AnexosGuiasTISS", anexos[tipo]()))
    )


def solicita_status(pedido: PedidoSolicitacao) -> MensagemGerada:
    """A SOLICITA_STATUS_AUTORIZACAO of the request of `pedido`."""
    builder = _Builder(pedido)
    corpo = node(
        "solicitaStatusAutorizacao",
        builder.guia("identificacaoSolicitacao"),
        builder.beneficiario("dadosBeneficiario"),
        builder.contratado("dadosContratado"),
    )
    return _mensagem(pedido, "SOLICITA_STATUS_AUTORIZACAO", corpo)


def cancela_guia(pedido: PedidoSolicitacao, numeros: Iterable[str] = (), tipo_guia: str = "1") -> MensagemGerada:
    """A CANCELA_GUIA of those guias, or of the request of `pedido`; `tipo_guia` is dm_tipoGuia."""
    guias = tuple(numeros) or (pedido.numero,)
    corpo = node(
        "cancelaGuia",
        _Builder(pedido).contratado("dadosPrestador"),
        node(
            "tipoCancelamento",
            *(
                node("tipoCancelamentoGuia", node("tipoGuia", tipo_guia), node("numeroGuiaPrestador", numero))
                for numero in guias
            ),
        ),
    )
    return _mensagem(pedido, "CANCELA_GUIA", corpo)


def comunica_internacao(pedido: PedidoSolicitacao, dia: date, *, alta: bool = False) -> MensagemGerada:
    """A COMUNICACAO_BENEFICIARIO of an admission (surgical), or of a discharge (cured)."""
    corpo = node(
        "comunicacaoInternacao",
        _Builder(pedido).beneficiario("dadosBeneficiario"),
        node("dataEvento", dia.isoformat()),
        node("tipoEvento", "A" if alta else "I"),
        node("dadosInternacao", node("motivoEncerramento", "11") if alta else node("tipoInternacao", "2")),
    )
    return _mensagem(pedido, "COMUNICACAO_BENEFICIARIO", corpo)


def _mensagem(pedido: PedidoSolicitacao, transacao: str, corpo: Node, itens: tuple[Item, ...] = ()) -> MensagemGerada:
    origem = (
        node("codigoPrestadorNaOperadora", pedido.origem_codigo)
        if pedido.origem_codigo is not None
        else node("CNPJ", pedido.origem_cnpj)
    )
    root = message(
        transacao, str(pedido.semente), corpo,
        origem=origem, destino=pedido.destino, versao=pedido.versao, hoje=pedido.hoje,
    )  # fmt: skip
    conteudo, digest = write(root, pedido.formato)
    return MensagemGerada(pedido=pedido, conteudo=conteudo, hash=digest, itens=itens)


def _check(pedido: PedidoSolicitacao) -> None:
    dental = pedido.tipo is Solicitacao.ODONTO
    if pedido.versao not in VERSOES:
        raise ValueError(f"versão {pedido.versao} não é gerada: use uma de {', '.join(VERSOES)}")
    if pedido.tipo is Solicitacao.PRORROGACAO and pedido.principal is None:
        raise ValueError("uma prorrogação refere a guia de internação: informe principal")
    if any((anexo is Anexo.SITUACAO_INICIAL) is not dental for anexo in pedido.anexos):
        raise ValueError("a situação inicial vai só com odontologia, e os outros anexos só com as demais")
    if not 1 <= pedido.opcoes <= _MAIOR_OPCAO:
        raise ValueError(f"um material tem de 1 a {_MAIOR_OPCAO} opções de fabricante")


class _Builder:
    """Builds the elements of one request, in the element order of the schema."""

    def __init__(self, pedido: PedidoSolicitacao) -> None:
        self._pedido = pedido
        self._rng = random.Random(f"{pedido.semente}/{pedido.tipo}")  # noqa: S311 - repeatable on purpose

    def sorteados(self) -> tuple[Item, ...]:
        """Items of the catalogue that fit the kind of request."""
        pedido = self._pedido
        if pedido.tipo is Solicitacao.ODONTO:
            offset = self._rng.randrange(len(catalogue.ODONTO))
            escolhidos = [catalogue.ODONTO[(offset + n) % len(catalogue.ODONTO)] for n in range(pedido.quantos)]
            return tuple(
                Item(
                    tabela="22",
                    codigo=servico.codigo,
                    descricao=servico.descricao,
                    dente=servico.dente,
                    regiao=servico.regiao,
                    face=servico.face,
                )
                for servico in escolhidos
            )
        servicos = catalogue.EXAMES if pedido.tipo is Solicitacao.SP_SADT else catalogue.CIRURGIAS
        offset = self._rng.randrange(len(servicos))
        return tuple(
            Item(tabela=servico.tabela, codigo=servico.codigo, descricao=servico.descricao)
            for servico in (servicos[(offset + n) % len(servicos)] for n in range(pedido.quantos))
        )

    # --- parts shared by several kinds -------------------------------------------------------------

    def _t(self, sentence: str) -> str:
        if self._pedido.acentos:
            return sentence
        return unicodedata.normalize("NFKD", sentence).encode("ascii", "ignore").decode("ascii")

    def guia(self, name: str) -> Node:
        """A header that says which guia of which operadora."""
        return node(name, *self._numero())

    def _numero(self) -> tuple[Node, Node]:
        return node("registroANS", self._pedido.destino), node("numeroGuiaPrestador", self._pedido.numero)

    def beneficiario(self, name: str) -> Node:
        """Who is attended."""
        return node(name, node("numeroCarteira", self._pedido.carteira), node("atendimentoRN", "N"))

    def contratado(self, name: str) -> Node:
        """The sending prestador."""
        pedido = self._pedido
        if pedido.origem_codigo is not None:
            return node(name, node("codigoPrestadorNaOperadora", pedido.origem_codigo))
        return node(name, node("cnpjContratado", pedido.origem_cnpj))

    @property
    def _codigo(self) -> str:
        return self._pedido.origem_codigo or self._pedido.origem_cnpj

    def _profissional(self, name: str) -> Node:
        return node(
            name,
            node("nomeProfissional", self._t("PROFISSIONAL EXEMPLO DE ATENÇÃO À SAÚDE")),
            node("conselhoProfissional", "06"),
            node("numeroConselhoProfissional", "52000001"),
            node("UF", _UF),
            node("CBOS", _CBO_MEDICO),
        )

    def _etapa(self) -> Node:
        return node("tipoEtapaAutorizacao", "2" if self._pedido.executante else "1")

    def _carater(self) -> Node:
        return node("caraterAtendimento", "2" if self._pedido.urgencia else "1")

    def _dia(self, name: str, dias: int = 0) -> Node:
        return node(name, (self._pedido.hoje + timedelta(days=dias)).isoformat())

    def _indicacao(self) -> Node:
        return node("indicacaoClinica", self._t("Investigação clínica de exemplo"))

    def _servico(self, name: str, item: Item) -> Node:
        return node(
            name,
            node("codigoTabela", item.tabela),
            node("codigoProcedimento", item.codigo),
            node("descricaoProcedimento", self._t(item.descricao)),
        )

    def _solicitado(self, name: str, item: Item) -> Node:
        quantidade = node("quantidadeSolicitada", str(item.quantidade))
        return node(name, self._servico("procedimento", item), quantidade)

    # --- the four kinds ----------------------------------------------------------------------------

    def sp_sadt(self, itens: tuple[Item, ...]) -> Node:
        """A request of services and diagnosis."""
        pedido = self._pedido
        return node(
            "solicitacaoSP-SADT",
            self.guia("cabecalhoSolicitacao"),
            node("numeroGuiaPrincipal", pedido.principal) if pedido.principal else None,
            self._etapa(),
            self.beneficiario("dadosBeneficiario"),
            node(
                "dadosSolicitante",
                self.contratado("contratadoSolicitante"),
                node("nomeContratadoSolicitante", self._t("CLÍNICA EXEMPLO & DIAGNÓSTICO")),
                self._profissional("profissionalSolicitante"),
            ),
            self._carater(),
            self._dia("dataSolicitacao"),
            self._indicacao(),
            *(self._solicitado("procedimentosSolicitados", item) for item in itens),
            node("dadosExecutante", node("codigonaOperadora", self._codigo), node("CNES", _CNES))
            if pedido.executante
            else None,
            self._anexos("anexoClinico"),
        )

    def internacao(self, itens: tuple[Item, ...]) -> Node:
        """A request of a stay."""
        pedido = self._pedido
        return node(
            "solicitacaoInternacao",
            *self._numero(),
            self._etapa(),
            self.beneficiario("dadosBeneficiario"),
            node(
                "identificacaoSolicitante",
                self.contratado("dadosDoContratado"),
                self._profissional("dadosProfissionalContratado"),
            ),
            node(
                "dadosHospitalSolicitado",
                node("codigoIndicadonaOperadora", self._codigo),
                node("nomeContratadoIndicado", self._t("HOSPITAL EXEMPLO DE REFERÊNCIA")),
                self._dia("dataSugeridaInternacao", 0 if pedido.urgencia else 10),
            ),
            node(
                "dadosInternacao",
                self._carater(),
                node("tipoInternacao", "2"),
                node("regimeInternacao", "1"),
                node("qtDiariasSolicitadas", str(pedido.diarias)),
                node("indicadorOPME", "S" if Anexo.OPME in pedido.anexos else "N"),
                node("indicadorQuimio", "S" if Anexo.QUIMIO in pedido.anexos else "N"),
                self._indicacao(),
            ),
            node("hipotesesDiagnosticas", node("diagnosticoCID", "K359"), node("indicadorAcidente", "9")),
            *(self._solicitado("procedimentosSolicitados", item) for item in itens),
            self._dia("dataSolicitacao"),
            self._anexos("anexoClinico"),
        )

    def prorrogacao(self, itens: tuple[Item, ...]) -> Node:
        """More days and procedures in a stay."""
        pedido = self._pedido
        return node(
            "solicitacaoProrrogacao",
            *self._numero(),
            node("nrGuiaReferenciada", pedido.principal),
            node("dadosBeneficiario", node("numeroCarteira", pedido.carteira)),
            self.contratado("dadosContratadoSolicitante"),
            node("nomeContratadoSolicitante", self._t("HOSPITAL EXEMPLO DE REFERÊNCIA")),
            self._profissional("dadosProfissionalSolicitante"),
            node("dadosInternacao", node("qtDiariasAdicionais", str(pedido.diarias)), self._indicacao()),
            *(self._solicitado("procedimentosAdicionais", item) for item in itens),
            self._anexos("anexoClinicoProrrogacao"),
            self._dia("dataSolicitacao"),
        )

    def odonto(self, itens: tuple[Item, ...]) -> Node:
        """A request of dental treatment; every line has the value of one unit."""
        pedido = self._pedido
        valores = [Decimal(self._rng.randrange(25, 6000)) * Decimal("0.20") for _ in itens]
        total = sum((valor * item.quantidade for valor, item in zip(valores, itens, strict=True)), Decimal(0))
        return node(
            "solicitacaoOdontologia",
            *self._numero(),
            node("numeroGuiaPrincipal", pedido.principal) if pedido.principal else None,
            node("numeroCarteira", pedido.carteira),
            node("atendimentoRN", "N"),
            node("planoBeneficiario", self._t("PLANO ODONTOLÓGICO EXEMPLO")),
            node(
                "dadosProfissionaisResponsaveis",
                node("codigoProfExec", self._codigo),
                node("croExec", "RJ00001"),
                node("ufExec", _UF),
                node("cnesExec", _CNES),
                node("cbosExec2", _CBO_DENTISTA),
            ),
            *(self._odonto(item, valor) for item, valor in zip(itens, valores, strict=True)),
            node("tipoAtendimento", "4" if pedido.urgencia else "1"),
            node("valorTotalProc", reais(total)),
            self.situacao_inicial("odontoInicial") if pedido.anexos else None,
        )

    def _odonto(self, item: Item, valor: Decimal) -> Node:
        onde = node("codDente", item.dente) if item.dente else None
        onde = onde or (node("codRegiao", item.regiao) if item.regiao else None)
        return node(
            "procedimentosSolicitados",
            self._servico("procSolic", item),
            node("denteRegiao", onde) if onde else None,
            node("denteFace", item.face) if item.face else None,
            node("qtdProc", str(item.quantidade)),
            node("valorProc", reais(valor)),
            node("aut", "N"),
        )

    # --- annexes -----------------------------------------------------------------------------------

    def _anexos(self, name: str) -> Node | None:
        anexos = self._pedido.anexos
        if not anexos:
            return None
        return node(
            name,
            self.quimio("solicitacaoQuimioterapia") if Anexo.QUIMIO in anexos else None,
            self.radio("solicitacaoRadioterapia") if Anexo.RADIO in anexos else None,
            self.opme("solicitacaoOPME") if Anexo.OPME in anexos else None,
        )

    def _cabecalho_anexo(self, tipo: Anexo) -> Node:
        return node("cabecalhoAnexo", *self._numero_anexo(tipo), self._dia("dataSolicitacao"))

    def _numero_anexo(self, tipo: Anexo) -> tuple[Node, ...]:
        pedido = self._pedido
        return (
            node("registroANS", pedido.destino),
            node("numeroGuiaAnexo", f"{pedido.numero}-{tipo[0].upper()}"),
            node("numeroGuiaReferenciada", pedido.numero),
        )

    def _solicitante_anexo(self, name: str) -> Node:
        return node(
            name,
            node("nomeProfissional", self._t("PROFISSIONAL EXEMPLO DE ATENÇÃO À SAÚDE")),
            node("telefoneProfissional", "2140040183"),
        )

    def opme(self, name: str) -> Node:
        """One material of as many manufacturers as asked."""
        pedido = self._pedido
        stent = next(servico for servico in catalogue.DESPESAS if servico.despesa == "08")
        material = Item(
            tabela="00" if pedido.tabela_propria else stent.tabela, codigo=stent.codigo, descricao=stent.descricao
        )
        return node(
            name,
            self._cabecalho_anexo(Anexo.OPME),
            self.beneficiario("dadosBeneficiario"),
            self._solicitante_anexo("profissionalSolicitante"),
            node("justificativaTecnica", self._t("Lesão coronária de exemplo, com indicação de angioplastia")),
            node(
                "opmeSolicitadas",
                *(
                    node(
                        "opmeSolicitada",
                        self._servico("identificacaoOPME", material),
                        node("opcaoFabricante", str(opcao)),
                        node("quantidadeSolicitada", "1"),
                        node("valorSolicitado", reais(Decimal(self._rng.randrange(50_000, 90_000)) / 10)),
                        node("registroANVISA", f"8{self._rng.randrange(10**10):010d}")
                        if pedido.tabela_propria
                        else None,
                    )
                    for opcao in range(1, pedido.opcoes + 1)
                ),
            ),
        )

    def quimio(self, name: str) -> Node:
        """Two drugs in the first of six cycles, planned for ten days from the request."""
        drogas = [servico for servico in catalogue.DESPESAS if servico.despesa == "02"]
        return node(
            name,
            self._cabecalho_anexo(Anexo.QUIMIO),
            self.beneficiario("dadosBeneficiario"),
            node(
                "dadosComplementaresBeneficiario",
                node("peso", "68.50"),
                node("altura", "165.00"),
                node("superficieCorporal", "1.77"),
                node("idade", "54"),
                node("sexo", "3"),
            ),
            self._solicitante_anexo("medicoSolicitante"),
            node(
                "diagnosticoOncologicoQuimioterapia",
                self._diagnostico("diagQuimio"),
                node("tumor", "2"),
                node("nodulo", "1"),
                node("metastase", "2"),
                node("tipoQuimioterapia", "1"),
                node("planoTerapeutico", self._t("Esquema de exemplo, a cada 21 dias")),
            ),
            node(
                "drogasSolicitadas",
                *(
                    node(
                        "drogaSolicitada",
                        self._dia("dataProvavel", 10),
                        self._servico(
                            "identificacao",
                            Item(tabela=droga.tabela, codigo=droga.codigo, descricao=droga.descricao),
                        ),
                        node("qtDoses", f"{self._rng.randrange(1, 9)}.00"),
                        node("unidadeMedida", droga.unidade),
                        node("viaAdministracao", "19"),
                        node("frequencia", "1"),
                    )
                    for droga in drogas
                ),
            ),
            node("numeroCiclos", "6"),
            node("cicloAtual", "1"),
            node("diasCicloAtual", "21"),
            node("intervaloCiclos", "20"),
        )

    def radio(self, name: str) -> Node:
        """Thirty days from ten days after the request."""
        return node(
            name,
            self._cabecalho_anexo(Anexo.RADIO),
            self.beneficiario("dadosBeneficiario"),
            node("dadosComplementaresBeneficiario", node("idade", "54"), node("sexo", "3")),
            self._solicitante_anexo("medicoSolicitante"),
            node("diagnosticoOncologicoRadio", self._diagnostico("diagRadio"), node("diagnosticoImagem", "1")),
            node("numeroCampos", "4"),
            node("doseCampo", "2"),
            node("doseTotal", "60"),
            node("nrDias", "30"),
            self._dia("dtPrevistaInicio", 10),
        )

    def _diagnostico(self, name: str) -> Node:
        return node(
            name,
            self._dia("dataDiagnostico", -30),
            node("diagnosticoCID", "C509"),
            node("estadiamento", "2"),
            node("finalidade", "1"),
            node("ecog", "0"),
        )

    def situacao_inicial(self, name: str) -> Node:
        """State of two teeth."""
        return node(
            name,
            *self._numero_anexo(Anexo.SITUACAO_INICIAL),
            node("numeroCarteira", self._pedido.carteira),
            node(
                "ct_situacaoInicial",
                node(
                    "situacaoClinica",
                    *(
                        node("dentes", node("elementoDentario", dente), node("condicaoClinica", condicao))
                        for dente, condicao in (("16", "C"), ("38", "E"))
                    ),
                ),
                node("doencaPeriodontal", "false"),
                node("alteracaoTecidoMole", "false"),
            ),
        )
