"""Builders of the five kinds of guia, in the element order of the schema (``tiss.md`` section 2.3)."""

from __future__ import annotations

import random
import unicodedata
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from local.gerador import catalogue
from local.gerador.model import Conta, GuiaGerada, Linha, Pedido, Tipo
from local.gerador.tree import Node, node

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

CENTAVO = Decimal("0.01")
_CBO_MEDICO, _CBO_CIRURGIAO, _CBO_DENTISTA = "225125", "225225", "223208"
_CNES = "2000008"
_UF_RJ = "33"
_PROPORCAO_DE_RN, _PROPORCAO_SEM_OBSERVACAO = 0.02, 0.5


def reais(valor: Decimal) -> str:
    """Spell an amount with its two decimal places, half cents up."""
    return str(valor.quantize(CENTAVO, ROUND_HALF_UP))


def items_of(guia: Node) -> list[Node]:
    """Elements of a guia that have ``sequencialItem``: procedures, then outras despesas (consulta: none)."""
    itens: list[Node] = []
    for block, child in (
        ("procedimentosExecutados", "procedimentoExecutado"),
        ("procedimentosRealizados", "procedimentoRealizado"),
        ("outrasDespesas", "despesa"),
    ):
        group = guia.maybe(block)
        if group is not None and group.maybe("sequencialItem") is None:
            itens.extend(group.every(child))
    if guia.name == Tipo.ODONTO.element:
        itens.extend(guia.every("procedimentosExecutados"))
    return itens


def amounts_of(item: Node) -> Node:
    """Element that holds the amounts of an item: the item itself, or a despesa's ``servicosExecutados``."""
    return item.maybe("servicosExecutados") or item


def text(element: Node) -> str:
    """Text of a leaf; empty when it has none."""
    return element.text or ""


def write_totals(guia: Node) -> Decimal:
    """Write the totals of a guia from the totals its items present, and return the guia's total in reais."""
    if guia.name == Tipo.CONSULTA.element:
        return Decimal(text(guia.one("dadosAtendimento/procedimento/valorProcedimento")))
    if guia.name == Tipo.ODONTO.element:
        total = sum((Decimal(text(item.one("valorProc"))) for item in items_of(guia)), Decimal(0))
        guia.one("valorTotalProc").text = reais(total)
        return total
    categories: dict[str, Decimal] = {}
    for item in items_of(guia):
        despesa = item.maybe("codigoDespesa")
        codigo = None if despesa is None else text(despesa)
        category = "valorProcedimentos" if codigo is None else catalogue.CATEGORIA_DA_DESPESA[codigo]
        valor = Decimal(text(amounts_of(item).one("valorTotal")))
        categories[category] = categories.get(category, Decimal(0)) + valor
    total = sum(categories.values(), Decimal(0))
    if guia.name == Tipo.HONORARIOS.element:
        guia.one("valorTotalHonorarios").text = reais(total)
        return total
    guia.one("valorTotal").children = [
        node(name, reais(categories[name])) for name in catalogue.ORDEM_DAS_CATEGORIAS if name in categories
    ] + [node("valorTotalGeral", reais(total))]
    return total


def _first(conta: Conta, *, despesas: bool) -> list[Linha]:
    return [linha for linha in conta.linhas if (linha.despesa is not None) is despesas]


class Builder:
    """Builds the guias of one request; all that varies comes from its seed, in a fixed order of draws."""

    def __init__(self, pedido: Pedido) -> None:
        self._pedido = pedido
        self._rng = random.Random(f"{pedido.semente}/{pedido.tipo}")  # noqa: S311 - repeatable on purpose
        self._fatores = (Decimal("1.00"),) if pedido.devido else pedido.fatores

    def guias(self) -> tuple[list[Node], tuple[GuiaGerada, ...]]:
        """Build every guia; returns the elements and what is known of them."""
        builders: dict[Tipo, Callable[[str, str, str | None, date], Node]] = {
            Tipo.SADT: self._sadt,
            Tipo.CONSULTA: self._consulta,
            Tipo.INTERNACAO: self._internacao,
            Tipo.HONORARIOS: self._honorarios,
            Tipo.ODONTO: self._odonto,
        }
        if self._pedido.contas:
            return self._made_to_measure()
        elements: list[Node] = []
        summaries: list[GuiaGerada] = []
        for index in range(self._pedido.guias):
            numero = f"{self._pedido.numero_lote.strip()[:12]}{index + 1:06d}"
            carteira = self._turn(self._pedido.carteiras, index, f"{self._rng.randrange(10**10):017d}")
            made_up = f"S{self._rng.randrange(10**9):09d}"
            senha: str | None = self._turn(self._pedido.senhas, index, made_up)
            if self._pedido.tipo is Tipo.CONSULTA or not (self._pedido.com_senha or self._senha_obrigatoria):
                senha = None
            day = self._pedido.hoje - timedelta(days=self._rng.randrange(1, 61))
            guia = builders[self._pedido.tipo](numero, carteira, senha, day)
            valor = write_totals(guia)
            elements.append(guia)
            summaries.append(
                GuiaGerada(
                    numero=numero,
                    carteira=carteira,
                    senha=senha,
                    atendimento=day,
                    valor=valor,
                    itens=len(items_of(guia)) or 1,
                )
            )
        return elements, tuple(summaries)

    def _made_to_measure(self) -> tuple[list[Node], tuple[GuiaGerada, ...]]:
        elements = [self._conta(conta) for conta in self._pedido.contas]
        return elements, tuple(
            GuiaGerada(
                numero=conta.numero, carteira=conta.carteira, senha=conta.senha, atendimento=conta.dia,
                valor=write_totals(guia), itens=len(conta.linhas),
            )
            for conta, guia in zip(self._pedido.contas, elements, strict=True)
        )  # fmt: skip

    @property
    def _senha_obrigatoria(self) -> bool:
        return self._pedido.tipo is Tipo.INTERNACAO

    @staticmethod
    def _turn(data: tuple[str, ...], index: int, synthetic: str) -> str:
        return data[index % len(data)] if data else synthetic

    def _t(self, sentence: str) -> str:
        if self._pedido.acentos:
            return sentence
        return unicodedata.normalize("NFKD", sentence).encode("ascii", "ignore").decode("ascii")

    # --- parts shared by several kinds -------------------------------------------------------------

    def _cabecalho(self, name: str, numero: str) -> Node:
        return node(name, node("registroANS", self._pedido.destino), node("numeroGuiaPrestador", numero))

    def _beneficiario(self, name: str, carteira: str) -> Node:
        recem_nascido = "S" if self._rng.random() < _PROPORCAO_DE_RN else "N"
        return node(name, node("numeroCarteira", carteira), node("atendimentoRN", recem_nascido))

    def _contratado(self, name: str, *extra: Node) -> Node:
        pedido = self._pedido
        if pedido.origem_codigo is not None:
            return node(name, node("codigoPrestadorNaOperadora", pedido.origem_codigo), *extra)
        return node(name, node("cnpjContratado", pedido.origem_cnpj), *extra)

    @property
    def _codigo_na_operadora(self) -> str:
        return self._pedido.origem_codigo or self._pedido.origem_cnpj

    def _profissional(self, name: str, cbo: str) -> Node:
        return node(
            name,
            node("nomeProfissional", self._t("PROFISSIONAL EXEMPLO DE ATENÇÃO À SAÚDE")),
            node("conselhoProfissional", "06"),
            node("numeroConselhoProfissional", "52000001"),
            node("UF", _UF_RJ),
            node("CBOS", cbo),
        )

    def _equipe(self, name: str, grau: str, cbo: str) -> Node:
        return node(
            name,
            node("grauPart", grau),
            node("codProfissional", node("codigoPrestadorNaOperadora", self._codigo_na_operadora)),
            node("nomeProf", self._t("PROFISSIONAL EXEMPLO EXECUÇÃO")),
            node("conselho", "06"),
            node("numeroConselhoProfissional", "52000002"),
            node("UF", _UF_RJ),
            node("CBOS", cbo),
        )

    def _autorizacao(self, senha: str | None, day: date) -> Node | None:
        if senha is None:
            return None
        authorised = day - timedelta(days=self._rng.randrange(6))
        return node(
            "dadosAutorizacao",
            node("numeroGuiaOperadora", f"{self._rng.randrange(10**9):09d}"),
            node("dataAutorizacao", authorised.isoformat()),
            node("senha", senha),
            node("dataValidadeSenha", (authorised + timedelta(days=90)).isoformat()),
        )

    def _observacao(self) -> Node | None:
        if self._rng.random() < _PROPORCAO_SEM_OBSERVACAO:
            return None
        return node("observacao", self._t("Observação de exemplo: exames em jejum & sem contraste"))

    def _unitario(self) -> Decimal:
        """Unit price, a multiple of R$ 0,20: times any factor and quantity used here it is exact in cents."""
        return Decimal(self._rng.randrange(25, 6000)) * Decimal("0.20")

    def _procedimento(self, servico: catalogue.Servico) -> Node:
        return node(
            "procedimento",
            node("codigoTabela", servico.tabela),
            node("codigoProcedimento", servico.codigo),
            node("descricaoProcedimento", self._t(servico.descricao)),
        )

    def _executado(self, name: str, sequencia: int, day: date, servico: catalogue.Servico, *, surgery: bool) -> Node:
        quantidade = 1 if surgery else self._rng.randrange(1, 4)
        fator = self._rng.choice(self._fatores)
        unitario = self._unitario()
        start = self._rng.randrange(7, 18)
        return node(
            name,
            node("sequencialItem", str(sequencia)),
            node("dataExecucao", day.isoformat()),
            node("horaInicial", f"{start:02d}:00:00"),
            node("horaFinal", f"{start:02d}:40:00"),
            self._procedimento(servico),
            node("quantidadeExecutada", str(quantidade)),
            node("viaAcesso", "1") if surgery else None,
            node("tecnicaUtilizada", "1") if surgery else None,
            node("reducaoAcrescimo", str(fator)),
            node("valorUnitario", reais(unitario)),
            node("valorTotal", reais(unitario * quantidade * fator)),
        )

    def _despesas(self, first: int, day: date, servicos: tuple[catalogue.Servico, ...]) -> Node | None:
        if not self._pedido.despesas:
            return None
        start = 1 if self._pedido.despesas_reiniciam else first
        offset = self._rng.randrange(len(servicos))
        if self._pedido.devido:
            # Medicines only in a stay, where no application need come with them; the diária first, and one.
            offset, servicos = 0, servicos if servicos[0] is catalogue.DIARIA else catalogue.TAXAS
        group = node("outrasDespesas")
        for index in range(self._pedido.despesas):
            servico = servicos[(offset + index) % len(servicos)]
            quantidade = Decimal(self._rng.randrange(1, 9)) / 2
            if self._pedido.devido and servico is catalogue.DIARIA:
                quantidade = Decimal(1)
            fator = self._rng.choice(self._fatores)
            unitario = self._unitario()
            group.children.append(
                node(
                    "despesa",
                    node("sequencialItem", str(start + index)),
                    node("codigoDespesa", servico.despesa),
                    node(
                        "servicosExecutados",
                        node("dataExecucao", day.isoformat()),
                        node("codigoTabela", servico.tabela),
                        node("codigoProcedimento", servico.codigo),
                        node("quantidadeExecutada", str(quantidade.quantize(Decimal("0.0001")))),
                        node("unidadeMedida", servico.unidade),
                        node("reducaoAcrescimo", str(fator)),
                        node("valorUnitario", reais(unitario)),
                        node("valorTotal", reais(unitario * quantidade * fator)),
                        node("descricaoProcedimento", self._t(servico.descricao)),
                    ),
                )
            )
        return group

    def _procedimentos(
        self,
        group: str,
        name: str,
        day: date,
        servicos: tuple[catalogue.Servico, ...],
        equipe: Callable[[], Node],
        *,
        surgery: bool = False,
    ) -> Node | None:
        if not self._pedido.procedimentos:
            return None
        offset = self._rng.randrange(len(servicos))
        block = node(group)
        for index in range(self._pedido.procedimentos):
            servico = servicos[(offset + index) % len(servicos)]
            item = self._executado(name, index + 1, day, servico, surgery=surgery)
            item.children.append(equipe())
            block.children.append(item)
        return block

    # --- the five kinds ----------------------------------------------------------------------------

    def _sadt(self, numero: str, carteira: str, senha: str | None, day: date) -> Node:
        requested = day - timedelta(days=self._rng.randrange(6, 12))
        return node(
            Tipo.SADT.element,
            self._cabecalho("cabecalhoGuia", numero),
            self._autorizacao(senha, day),
            self._beneficiario("dadosBeneficiario", carteira),
            node(
                "dadosSolicitante",
                self._contratado("contratadoSolicitante"),
                node("nomeContratadoSolicitante", self._t("CLÍNICA EXEMPLO & DIAGNÓSTICO")),
                self._profissional("profissionalSolicitante", _CBO_MEDICO),
            ),
            node(
                "dadosSolicitacao",
                node("dataSolicitacao", requested.isoformat()),
                node("caraterAtendimento", "1"),
                node("indicacaoClinica", self._t("Investigação diagnóstica de exemplo")),
            ),
            node("dadosExecutante", self._contratado("contratadoExecutante"), node("CNES", _CNES)),
            node(
                "dadosAtendimento",
                node("tipoAtendimento", "23"),
                node("indicacaoAcidente", "9"),
                node("regimeAtendimento", "01"),
            ),
            self._procedimentos(
                "procedimentosExecutados",
                "procedimentoExecutado",
                day,
                catalogue.EXAMES,
                lambda: self._equipe("equipeSadt", "12", _CBO_MEDICO),
            ),
            self._despesas(self._pedido.procedimentos + 1, day, catalogue.DESPESAS),
            self._observacao(),
            node("valorTotal"),
        )

    def _conta(self, conta: Conta) -> Node:
        """A SP/SADT with exactly these lines: that of the seed, but for what is asked."""
        guia = self._sadt(conta.numero, conta.carteira, conta.senha, conta.dia)
        whose = guia.one("dadosBeneficiario")
        whose.one("atendimentoRN").text = "N"
        guia.one("dadosSolicitacao/caraterAtendimento").text = "2" if conta.urgencia else "1"
        guia.one("dadosSolicitacao/dataSolicitacao").text = conta.dia.isoformat()
        if conta.senha is not None:
            held = guia.one("dadosAutorizacao")
            held.one("numeroGuiaOperadora").text = conta.senha
            held.one("dataAutorizacao").text = conta.dia.isoformat()
            held.one("dataValidadeSenha").text = (conta.dia + timedelta(days=90)).isoformat()
        numbered = list(enumerate((*_first(conta, despesas=False), *_first(conta, despesas=True)), 1))
        blocks = {
            "procedimentosExecutados": [self._feito(n, conta.dia, one) for n, one in numbered if one.despesa is None],
            "outrasDespesas": [self._gasto(n, conta.dia, one) for n, one in numbered if one.despesa is not None],
        }
        for name, itens in blocks.items():
            block = guia.maybe(name) or node(name)
            block.children = itens
            if block in guia.children and not itens:
                guia.children.remove(block)
            elif itens and block not in guia.children:
                guia.children.insert(guia.children.index(guia.one("valorTotal")), block)
        return guia

    def _feito(self, sequencia: int, dia: date, linha: Linha) -> Node:
        return node(
            "procedimentoExecutado",
            node("sequencialItem", str(sequencia)),
            node("dataExecucao", dia.isoformat()),
            node("horaInicial", linha.hora) if linha.hora else None,
            node(
                "procedimento",
                node("codigoTabela", linha.tabela),
                node("codigoProcedimento", linha.codigo),
                node("descricaoProcedimento", self._t(linha.descricao)),
            ),
            *self._valores(linha),
            self._equipe("equipeSadt", "12", _CBO_MEDICO),
        )

    def _gasto(self, sequencia: int, dia: date, linha: Linha) -> Node:
        quantidade, *valores = self._valores(linha)
        return node(
            "despesa",
            node("sequencialItem", str(sequencia)),
            node("codigoDespesa", linha.despesa),
            node(
                "servicosExecutados",
                node("dataExecucao", dia.isoformat()),
                node("codigoTabela", linha.tabela),
                node("codigoProcedimento", linha.codigo),
                quantidade,
                node("unidadeMedida", linha.unidade),
                *valores,
                node("descricaoProcedimento", self._t(linha.descricao)),
            ),
        )

    @staticmethod
    def _valores(linha: Linha) -> tuple[Node, ...]:
        return (
            node("quantidadeExecutada", str(linha.quantidade)),
            node("reducaoAcrescimo", "1.00"),
            node("valorUnitario", reais(linha.unitario)),
            node("valorTotal", reais(linha.unitario * linha.quantidade)),
        )

    def _consulta(self, numero: str, carteira: str, senha: str | None, day: date) -> Node:
        del senha
        servico = catalogue.CONSULTA
        return node(
            Tipo.CONSULTA.element,
            self._cabecalho("cabecalhoConsulta", numero),
            self._beneficiario("dadosBeneficiario", carteira),
            self._contratado("contratadoExecutante", node("CNES", _CNES)),
            self._profissional("profissionalExecutante", _CBO_MEDICO),
            node("indicacaoAcidente", "9"),
            node(
                "dadosAtendimento",
                node("regimeAtendimento", "01"),
                node("dataAtendimento", day.isoformat()),
                node("tipoConsulta", "1"),
                node(
                    "procedimento",
                    node("codigoTabela", servico.tabela),
                    node("codigoProcedimento", servico.codigo),
                    node("valorProcedimento", reais(self._unitario())),
                ),
            ),
            self._observacao(),
        )

    def _internacao(self, numero: str, carteira: str, senha: str | None, day: date) -> Node:
        admission = day - timedelta(days=self._rng.randrange(1, 8))
        return node(
            Tipo.INTERNACAO.element,
            self._cabecalho("cabecalhoGuia", numero),
            node("numeroGuiaSolicitacaoInternacao", f"{self._rng.randrange(10**9):09d}"),
            self._autorizacao(senha, admission),
            self._beneficiario("dadosBeneficiario", carteira),
            node("dadosExecutante", self._contratado("contratadoExecutante"), node("CNES", _CNES)),
            node(
                "dadosInternacao",
                node("caraterAtendimento", "1"),
                node("tipoFaturamento", "4"),
                node("dataInicioFaturamento", admission.isoformat()),
                node("horaInicioFaturamento", "08:00:00"),
                node("dataFinalFaturamento", day.isoformat()),
                node("horaFinalFaturamento", "16:30:00"),
                node("tipoInternacao", "2"),
                node("regimeInternacao", "1"),
            ),
            node(
                "dadosSaidaInternacao",
                node("diagnostico", "K359"),
                node("indicadorAcidente", "9"),
                node("motivoEncerramento", "12"),
            ),
            self._procedimentos(
                "procedimentosExecutados",
                "procedimentoExecutado",
                admission,
                catalogue.CIRURGIAS,
                lambda: node("identEquipe", self._equipe("identificacaoEquipe", "00", _CBO_CIRURGIAO)),
                surgery=True,
            ),
            node("valorTotal"),
            self._despesas(self._pedido.procedimentos + 1, day, (catalogue.DIARIA, *catalogue.DESPESAS)),
            self._observacao(),
        )

    def _honorarios(self, numero: str, carteira: str, senha: str | None, day: date) -> Node:
        pedido = self._pedido
        admission = day - timedelta(days=self._rng.randrange(1, 8))
        codigo = "codigoNaOperadora" if pedido.origem_codigo is not None else "cnpjLocalExecutante"
        return node(
            Tipo.HONORARIOS.element,
            self._cabecalho("cabecalhoGuia", numero),
            node("guiaSolicInternacao", f"{self._rng.randrange(10**9):09d}"),
            node("senha", senha) if senha is not None else None,
            self._beneficiario("beneficiario", carteira),
            node(
                "localContratado",
                node("codigoContratado", node(codigo, self._codigo_na_operadora)),
                node("nomeContratado", self._t("HOSPITAL EXEMPLO DE REFERÊNCIA")),
                node("cnes", _CNES),
            ),
            node(
                "dadosContratadoExecutante",
                node("codigonaOperadora", self._codigo_na_operadora),
                node("cnesContratadoExecutante", _CNES),
            ),
            node(
                "dadosInternacao",
                node("dataInicioFaturamento", admission.isoformat()),
                node("dataFimFaturamento", day.isoformat()),
                # Mandatory from 4.03.00 on, unknown before it.
                node("caraterAtendimento", "1") if pedido.versao >= "4.03.00" else None,
            ),
            self._procedimentos(
                "procedimentosRealizados",
                "procedimentoRealizado",
                admission,
                catalogue.CIRURGIAS,
                self._profissional_de_honorario,
                surgery=True,
            ),
            self._observacao(),
            node("valorTotalHonorarios"),
            node("dataEmissaoGuia", day.isoformat()),
        )

    def _profissional_de_honorario(self) -> Node:
        return node(
            "profissionais",
            node("grauParticipacao", "06"),
            node("codProfissional", node("codigoPrestadorNaOperadora", self._codigo_na_operadora)),
            node("nomeProfissional", self._t("PROFISSIONAL EXEMPLO DE ANESTESIA")),
            node("conselhoProfissional", "06"),
            node("numeroConselhoProfissional", "52000003"),
            node("UF", _UF_RJ),
            node("CBO", _CBO_MEDICO),
        )

    def _odonto(self, numero: str, carteira: str, senha: str | None, day: date) -> Node:
        pedido = self._pedido
        authorised = day - timedelta(days=self._rng.randrange(6))
        validade = authorised + timedelta(days=90)
        offset = self._rng.randrange(len(catalogue.ODONTO))
        servicos = [catalogue.ODONTO[(offset + index) % len(catalogue.ODONTO)] for index in range(pedido.procedimentos)]
        return node(
            Tipo.ODONTO.element,
            node("registroANS", pedido.destino),
            node("numeroGuiaPrestador", numero),
            node("dataAutorizacao", authorised.isoformat()) if senha else None,
            node("senhaAutorizacao", senha) if senha else None,
            node("validadeSenha", validade.isoformat()) if senha else None,
            self._beneficiario("dadosBeneficiario", carteira),
            node("planoBeneficiario", self._t("PLANO ODONTOLÓGICO EXEMPLO")),
            node(
                "dadosProfissionaisResponsaveis",
                node("codigoProfExec", self._codigo_na_operadora),
                node("croExec", "RJ00001"),
                node("ufExec", _UF_RJ),
                node("cnesExec", _CNES),
                node("cbosExec2", _CBO_DENTISTA),
            ),
            *(self._item_odonto(index, servico, day) for index, servico in enumerate(servicos, 1)),
            node("dataTerminoTrat", day.isoformat()),
            node("tipoAtendimento", "1"),
            node("tipoFaturamento", "4"),
            node("valorTotalProc"),
            self._observacao(),
        )

    def _item_odonto(self, sequencia: int, servico: catalogue.ServicoOdonto, day: date) -> Node:
        local = node("codDente", servico.dente) if servico.dente else node("codRegiao", servico.regiao)
        return node(
            "procedimentosExecutados",
            node("sequencialItem", str(sequencia)),
            node(
                "procSolic",
                node("codigoTabela", "22"),
                node("codigoProcedimento", servico.codigo),
                node("descricaoProcedimento", self._t(servico.descricao)),
            ),
            node("denteRegiao", local),
            node("denteFace", servico.face) if servico.face else None,
            node("qtdProc", "1"),
            node("valorProc", reais(self._unitario())),
            node("autorizado", "true"),
            node("dataRealizacao", day.isoformat()),
        )
