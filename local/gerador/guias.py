"""Builders of the five kinds of guia, in the element order of the schema (``tiss.md`` section 2.3)."""

from __future__ import annotations

import random
import unicodedata
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from local.gerador import catalogo
from local.gerador.arvore import No, no
from local.gerador.modelo import GuiaGerada, Pedido, Tipo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

CENTAVO = Decimal("0.01")
_FATORES = (Decimal("1.00"), Decimal("1.00"), Decimal("1.00"), Decimal("0.50"), Decimal("0.70"), Decimal("1.30"))
_CBO_MEDICO, _CBO_CIRURGIAO, _CBO_DENTISTA = "225125", "225225", "223208"
_CNES = "2000008"
_UF_RJ = "33"
_PROPORCAO_DE_RN, _PROPORCAO_SEM_OBSERVACAO = 0.02, 0.5


def reais(valor: Decimal) -> str:
    """Spell an amount with its two decimal places."""
    return str(valor.quantize(CENTAVO))


def itens_da_guia(guia: No) -> list[No]:
    """Elements of a guia that have ``sequencialItem``: procedures, then outras despesas (consulta: none)."""
    itens: list[No] = []
    for bloco, filho in (
        ("procedimentosExecutados", "procedimentoExecutado"),
        ("procedimentosRealizados", "procedimentoRealizado"),
        ("outrasDespesas", "despesa"),
    ):
        grupo = guia.talvez(bloco)
        if grupo is not None and grupo.talvez("sequencialItem") is None:
            itens.extend(grupo.todos(filho))
    if guia.nome == Tipo.ODONTO.elemento:
        itens.extend(guia.todos("procedimentosExecutados"))
    return itens


def valores_do_item(item: No) -> No:
    """Element that holds the amounts of an item: the item itself, or a despesa's ``servicosExecutados``."""
    return item.talvez("servicosExecutados") or item


def texto(elemento: No) -> str:
    """Text of a leaf; empty when it has none."""
    return elemento.texto or ""


def totalizar(guia: No) -> Decimal:
    """Write the totals of a guia from the totals its items present, and return the guia's total in reais."""
    if guia.nome == Tipo.CONSULTA.elemento:
        return Decimal(texto(guia.um("dadosAtendimento/procedimento/valorProcedimento")))
    if guia.nome == Tipo.ODONTO.elemento:
        total = sum((Decimal(texto(item.um("valorProc"))) for item in itens_da_guia(guia)), Decimal(0))
        guia.um("valorTotalProc").texto = reais(total)
        return total
    categorias: dict[str, Decimal] = {}
    for item in itens_da_guia(guia):
        despesa = item.talvez("codigoDespesa")
        codigo = None if despesa is None else texto(despesa)
        categoria = "valorProcedimentos" if codigo is None else catalogo.CATEGORIA_DA_DESPESA[codigo]
        valor = Decimal(texto(valores_do_item(item).um("valorTotal")))
        categorias[categoria] = categorias.get(categoria, Decimal(0)) + valor
    total = sum(categorias.values(), Decimal(0))
    if guia.nome == Tipo.HONORARIOS.elemento:
        guia.um("valorTotalHonorarios").texto = reais(total)
        return total
    guia.um("valorTotal").filhos = [
        no(nome, reais(categorias[nome])) for nome in catalogo.ORDEM_DAS_CATEGORIAS if nome in categorias
    ] + [no("valorTotalGeral", reais(total))]
    return total


class Construtor:
    """Builds the guias of one request; all that varies comes from its seed, in a fixed order of draws."""

    def __init__(self, pedido: Pedido) -> None:
        self._pedido = pedido
        self._rng = random.Random(f"{pedido.semente}/{pedido.tipo}")  # noqa: S311 - repeatable on purpose

    def guias(self) -> tuple[list[No], tuple[GuiaGerada, ...]]:
        """Build every guia; returns the elements and what is known of them."""
        construir: dict[Tipo, Callable[[str, str, str | None, date], No]] = {
            Tipo.SADT: self._sadt,
            Tipo.CONSULTA: self._consulta,
            Tipo.INTERNACAO: self._internacao,
            Tipo.HONORARIOS: self._honorarios,
            Tipo.ODONTO: self._odonto,
        }
        elementos: list[No] = []
        resumos: list[GuiaGerada] = []
        for indice in range(self._pedido.guias):
            numero = f"{self._pedido.numero_lote.strip()[:12]}{indice + 1:06d}"
            carteira = self._vez(self._pedido.carteiras, indice, f"{self._rng.randrange(10**10):017d}")
            sintetica = f"S{self._rng.randrange(10**9):09d}"
            senha: str | None = self._vez(self._pedido.senhas, indice, sintetica)
            if self._pedido.tipo is Tipo.CONSULTA or not (self._pedido.com_senha or self._senha_obrigatoria):
                senha = None
            dia = self._pedido.hoje - timedelta(days=self._rng.randrange(1, 61))
            guia = construir[self._pedido.tipo](numero, carteira, senha, dia)
            valor = totalizar(guia)
            elementos.append(guia)
            resumos.append(
                GuiaGerada(
                    numero=numero,
                    carteira=carteira,
                    senha=senha,
                    atendimento=dia,
                    valor=valor,
                    itens=len(itens_da_guia(guia)) or 1,
                )
            )
        return elementos, tuple(resumos)

    @property
    def _senha_obrigatoria(self) -> bool:
        return self._pedido.tipo is Tipo.INTERNACAO

    @staticmethod
    def _vez(dados: tuple[str, ...], indice: int, sintetico: str) -> str:
        return dados[indice % len(dados)] if dados else sintetico

    def _t(self, frase: str) -> str:
        if self._pedido.acentos:
            return frase
        return unicodedata.normalize("NFKD", frase).encode("ascii", "ignore").decode("ascii")

    # --- parts shared by several kinds -------------------------------------------------------------

    def _cabecalho(self, nome: str, numero: str) -> No:
        return no(nome, no("registroANS", self._pedido.destino), no("numeroGuiaPrestador", numero))

    def _beneficiario(self, nome: str, carteira: str) -> No:
        recem_nascido = "S" if self._rng.random() < _PROPORCAO_DE_RN else "N"
        return no(nome, no("numeroCarteira", carteira), no("atendimentoRN", recem_nascido))

    def _contratado(self, nome: str, *extra: No) -> No:
        pedido = self._pedido
        if pedido.origem_codigo is not None:
            return no(nome, no("codigoPrestadorNaOperadora", pedido.origem_codigo), *extra)
        return no(nome, no("cnpjContratado", pedido.origem_cnpj), *extra)

    @property
    def _codigo_na_operadora(self) -> str:
        return self._pedido.origem_codigo or self._pedido.origem_cnpj

    def _profissional(self, nome: str, cbo: str) -> No:
        return no(
            nome,
            no("nomeProfissional", self._t("PROFISSIONAL EXEMPLO DE ATENÇÃO À SAÚDE")),
            no("conselhoProfissional", "06"),
            no("numeroConselhoProfissional", "52000001"),
            no("UF", _UF_RJ),
            no("CBOS", cbo),
        )

    def _equipe(self, nome: str, grau: str, cbo: str) -> No:
        return no(
            nome,
            no("grauPart", grau),
            no("codProfissional", no("codigoPrestadorNaOperadora", self._codigo_na_operadora)),
            no("nomeProf", self._t("PROFISSIONAL EXEMPLO EXECUÇÃO")),
            no("conselho", "06"),
            no("numeroConselhoProfissional", "52000002"),
            no("UF", _UF_RJ),
            no("CBOS", cbo),
        )

    def _autorizacao(self, senha: str | None, dia: date) -> No | None:
        if senha is None:
            return None
        autorizada = dia - timedelta(days=self._rng.randrange(6))
        return no(
            "dadosAutorizacao",
            no("numeroGuiaOperadora", f"{self._rng.randrange(10**9):09d}"),
            no("dataAutorizacao", autorizada.isoformat()),
            no("senha", senha),
            no("dataValidadeSenha", (autorizada + timedelta(days=90)).isoformat()),
        )

    def _observacao(self) -> No | None:
        if self._rng.random() < _PROPORCAO_SEM_OBSERVACAO:
            return None
        return no("observacao", self._t("Observação de exemplo: exames em jejum & sem contraste"))

    def _unitario(self) -> Decimal:
        """Unit price, a multiple of R$ 0,20: times any factor and quantity used here it is exact in cents."""
        return Decimal(self._rng.randrange(25, 6000)) * Decimal("0.20")

    def _procedimento(self, servico: catalogo.Servico) -> No:
        return no(
            "procedimento",
            no("codigoTabela", servico.tabela),
            no("codigoProcedimento", servico.codigo),
            no("descricaoProcedimento", self._t(servico.descricao)),
        )

    def _executado(self, nome: str, sequencia: int, dia: date, servico: catalogo.Servico, *, cirurgia: bool) -> No:
        quantidade = 1 if cirurgia else self._rng.randrange(1, 4)
        fator = self._rng.choice(_FATORES)
        unitario = self._unitario()
        inicio = self._rng.randrange(7, 18)
        return no(
            nome,
            no("sequencialItem", str(sequencia)),
            no("dataExecucao", dia.isoformat()),
            no("horaInicial", f"{inicio:02d}:00:00"),
            no("horaFinal", f"{inicio:02d}:40:00"),
            self._procedimento(servico),
            no("quantidadeExecutada", str(quantidade)),
            no("viaAcesso", "1") if cirurgia else None,
            no("tecnicaUtilizada", "1") if cirurgia else None,
            no("reducaoAcrescimo", str(fator)),
            no("valorUnitario", reais(unitario)),
            no("valorTotal", reais(unitario * quantidade * fator)),
        )

    def _despesas(self, primeira: int, dia: date, servicos: tuple[catalogo.Servico, ...]) -> No | None:
        if not self._pedido.despesas:
            return None
        inicio = 1 if self._pedido.despesas_reiniciam else primeira
        deslocamento = self._rng.randrange(len(servicos))
        grupo = no("outrasDespesas")
        for indice in range(self._pedido.despesas):
            servico = servicos[(deslocamento + indice) % len(servicos)]
            quantidade = Decimal(self._rng.randrange(1, 9)) / 2
            fator = self._rng.choice(_FATORES[:4])
            unitario = self._unitario()
            grupo.filhos.append(
                no(
                    "despesa",
                    no("sequencialItem", str(inicio + indice)),
                    no("codigoDespesa", servico.despesa),
                    no(
                        "servicosExecutados",
                        no("dataExecucao", dia.isoformat()),
                        no("codigoTabela", servico.tabela),
                        no("codigoProcedimento", servico.codigo),
                        no("quantidadeExecutada", str(quantidade.quantize(Decimal("0.0001")))),
                        no("unidadeMedida", servico.unidade),
                        no("reducaoAcrescimo", str(fator)),
                        no("valorUnitario", reais(unitario)),
                        no("valorTotal", reais(unitario * quantidade * fator)),
                        no("descricaoProcedimento", self._t(servico.descricao)),
                    ),
                )
            )
        return grupo

    def _procedimentos(
        self,
        grupo: str,
        nome: str,
        dia: date,
        servicos: tuple[catalogo.Servico, ...],
        equipe: Callable[[], No],
        *,
        cirurgia: bool = False,
    ) -> No | None:
        if not self._pedido.procedimentos:
            return None
        deslocamento = self._rng.randrange(len(servicos))
        bloco = no(grupo)
        for indice in range(self._pedido.procedimentos):
            servico = servicos[(deslocamento + indice) % len(servicos)]
            item = self._executado(nome, indice + 1, dia, servico, cirurgia=cirurgia)
            item.filhos.append(equipe())
            bloco.filhos.append(item)
        return bloco

    # --- the five kinds ----------------------------------------------------------------------------

    def _sadt(self, numero: str, carteira: str, senha: str | None, dia: date) -> No:
        pedida = dia - timedelta(days=self._rng.randrange(6, 12))
        return no(
            Tipo.SADT.elemento,
            self._cabecalho("cabecalhoGuia", numero),
            self._autorizacao(senha, dia),
            self._beneficiario("dadosBeneficiario", carteira),
            no(
                "dadosSolicitante",
                self._contratado("contratadoSolicitante"),
                no("nomeContratadoSolicitante", self._t("CLÍNICA EXEMPLO & DIAGNÓSTICO")),
                self._profissional("profissionalSolicitante", _CBO_MEDICO),
            ),
            no(
                "dadosSolicitacao",
                no("dataSolicitacao", pedida.isoformat()),
                no("caraterAtendimento", "1"),
                no("indicacaoClinica", self._t("Investigação diagnóstica de exemplo")),
            ),
            no("dadosExecutante", self._contratado("contratadoExecutante"), no("CNES", _CNES)),
            no(
                "dadosAtendimento",
                no("tipoAtendimento", "23"),
                no("indicacaoAcidente", "9"),
                no("regimeAtendimento", "01"),
            ),
            self._procedimentos(
                "procedimentosExecutados",
                "procedimentoExecutado",
                dia,
                catalogo.EXAMES,
                lambda: self._equipe("equipeSadt", "12", _CBO_MEDICO),
            ),
            self._despesas(self._pedido.procedimentos + 1, dia, catalogo.DESPESAS),
            self._observacao(),
            no("valorTotal"),
        )

    def _consulta(self, numero: str, carteira: str, senha: str | None, dia: date) -> No:
        del senha
        servico = catalogo.CONSULTA
        return no(
            Tipo.CONSULTA.elemento,
            self._cabecalho("cabecalhoConsulta", numero),
            self._beneficiario("dadosBeneficiario", carteira),
            self._contratado("contratadoExecutante", no("CNES", _CNES)),
            self._profissional("profissionalExecutante", _CBO_MEDICO),
            no("indicacaoAcidente", "9"),
            no(
                "dadosAtendimento",
                no("regimeAtendimento", "01"),
                no("dataAtendimento", dia.isoformat()),
                no("tipoConsulta", "1"),
                no(
                    "procedimento",
                    no("codigoTabela", servico.tabela),
                    no("codigoProcedimento", servico.codigo),
                    no("valorProcedimento", reais(self._unitario())),
                ),
            ),
            self._observacao(),
        )

    def _internacao(self, numero: str, carteira: str, senha: str | None, dia: date) -> No:
        entrada = dia - timedelta(days=self._rng.randrange(1, 8))
        return no(
            Tipo.INTERNACAO.elemento,
            self._cabecalho("cabecalhoGuia", numero),
            no("numeroGuiaSolicitacaoInternacao", f"{self._rng.randrange(10**9):09d}"),
            self._autorizacao(senha, entrada),
            self._beneficiario("dadosBeneficiario", carteira),
            no("dadosExecutante", self._contratado("contratadoExecutante"), no("CNES", _CNES)),
            no(
                "dadosInternacao",
                no("caraterAtendimento", "1"),
                no("tipoFaturamento", "4"),
                no("dataInicioFaturamento", entrada.isoformat()),
                no("horaInicioFaturamento", "08:00:00"),
                no("dataFinalFaturamento", dia.isoformat()),
                no("horaFinalFaturamento", "16:30:00"),
                no("tipoInternacao", "2"),
                no("regimeInternacao", "1"),
            ),
            no(
                "dadosSaidaInternacao",
                no("diagnostico", "K359"),
                no("indicadorAcidente", "9"),
                no("motivoEncerramento", "12"),
            ),
            self._procedimentos(
                "procedimentosExecutados",
                "procedimentoExecutado",
                entrada,
                catalogo.CIRURGIAS,
                lambda: no("identEquipe", self._equipe("identificacaoEquipe", "00", _CBO_CIRURGIAO)),
                cirurgia=True,
            ),
            no("valorTotal"),
            self._despesas(self._pedido.procedimentos + 1, dia, (catalogo.DIARIA, *catalogo.DESPESAS)),
            self._observacao(),
        )

    def _honorarios(self, numero: str, carteira: str, senha: str | None, dia: date) -> No:
        pedido = self._pedido
        entrada = dia - timedelta(days=self._rng.randrange(1, 8))
        codigo = "codigoNaOperadora" if pedido.origem_codigo is not None else "cnpjLocalExecutante"
        return no(
            Tipo.HONORARIOS.elemento,
            self._cabecalho("cabecalhoGuia", numero),
            no("guiaSolicInternacao", f"{self._rng.randrange(10**9):09d}"),
            no("senha", senha) if senha is not None else None,
            self._beneficiario("beneficiario", carteira),
            no(
                "localContratado",
                no("codigoContratado", no(codigo, self._codigo_na_operadora)),
                no("nomeContratado", self._t("HOSPITAL EXEMPLO DE REFERÊNCIA")),
                no("cnes", _CNES),
            ),
            no(
                "dadosContratadoExecutante",
                no("codigonaOperadora", self._codigo_na_operadora),
                no("cnesContratadoExecutante", _CNES),
            ),
            no(
                "dadosInternacao",
                no("dataInicioFaturamento", entrada.isoformat()),
                no("dataFimFaturamento", dia.isoformat()),
                # Mandatory from 4.03.00 on, unknown before it.
                no("caraterAtendimento", "1") if pedido.versao >= "4.03.00" else None,
            ),
            self._procedimentos(
                "procedimentosRealizados",
                "procedimentoRealizado",
                entrada,
                catalogo.CIRURGIAS,
                self._profissional_de_honorario,
                cirurgia=True,
            ),
            self._observacao(),
            no("valorTotalHonorarios"),
            no("dataEmissaoGuia", dia.isoformat()),
        )

    def _profissional_de_honorario(self) -> No:
        return no(
            "profissionais",
            no("grauParticipacao", "06"),
            no("codProfissional", no("codigoPrestadorNaOperadora", self._codigo_na_operadora)),
            no("nomeProfissional", self._t("PROFISSIONAL EXEMPLO DE ANESTESIA")),
            no("conselhoProfissional", "06"),
            no("numeroConselhoProfissional", "52000003"),
            no("UF", _UF_RJ),
            no("CBO", _CBO_MEDICO),
        )

    def _odonto(self, numero: str, carteira: str, senha: str | None, dia: date) -> No:
        pedido = self._pedido
        autorizada = dia - timedelta(days=self._rng.randrange(6))
        validade = autorizada + timedelta(days=90)
        deslocamento = self._rng.randrange(len(catalogo.ODONTO))
        servicos = [
            catalogo.ODONTO[(deslocamento + indice) % len(catalogo.ODONTO)] for indice in range(pedido.procedimentos)
        ]
        return no(
            Tipo.ODONTO.elemento,
            no("registroANS", pedido.destino),
            no("numeroGuiaPrestador", numero),
            no("dataAutorizacao", autorizada.isoformat()) if senha else None,
            no("senhaAutorizacao", senha) if senha else None,
            no("validadeSenha", validade.isoformat()) if senha else None,
            self._beneficiario("dadosBeneficiario", carteira),
            no("planoBeneficiario", self._t("PLANO ODONTOLÓGICO EXEMPLO")),
            no(
                "dadosProfissionaisResponsaveis",
                no("codigoProfExec", self._codigo_na_operadora),
                no("croExec", "RJ00001"),
                no("ufExec", _UF_RJ),
                no("cnesExec", _CNES),
                no("cbosExec2", _CBO_DENTISTA),
            ),
            *(self._item_odonto(indice, servico, dia) for indice, servico in enumerate(servicos, 1)),
            no("dataTerminoTrat", dia.isoformat()),
            no("tipoAtendimento", "1"),
            no("tipoFaturamento", "4"),
            no("valorTotalProc"),
            self._observacao(),
        )

    def _item_odonto(self, sequencia: int, servico: catalogo.ServicoOdonto, dia: date) -> No:
        local = no("codDente", servico.dente) if servico.dente else no("codRegiao", servico.regiao)
        return no(
            "procedimentosExecutados",
            no("sequencialItem", str(sequencia)),
            no(
                "procSolic",
                no("codigoTabela", "22"),
                no("codigoProcedimento", servico.codigo),
                no("descricaoProcedimento", self._t(servico.descricao)),
            ),
            no("denteRegiao", local),
            no("denteFace", servico.face) if servico.face else None,
            no("qtdProc", "1"),
            no("valorProc", reais(self._unitario())),
            no("autorizado", "true"),
            no("dataRealizacao", dia.isoformat()),
        )
