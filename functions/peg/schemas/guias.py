"""Guias typed one by one, in JSON: the five kinds of billing, one model each.

What is taken here fits a TISS message: lengths, characters (ISO-8859-1), decimal places and codes are the standard's.
What the standard derives may be left out and is filled: numbers of items, totals, descriptions of TUSS. What is given
is kept, so that the arithmetic rules judge it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    RootModel,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from conecta_campos.numeros import forma, numero
from conecta_campos.padrao import (
    SHOWN,
    STRICT,
    Carteira,
    Cbo,
    Cid,
    Cnpj,
    Codes,
    Cpf,
    Dia,
    NumeroGuia,
    RegistroAns,
    checked,
)
from conecta_edge import problems
from conecta_edge.http import field_errors
from conecta_senhas.solicitacoes import regiao_from_json
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.terminologia import tuss
from conecta_tiss.vocabulary.amounts import produto, soma
from conecta_tiss.vocabulary.identifiers import is_valid_senha

ITENS_MAXIMOS: Final = 500
"""In each list of items."""
EQUIPE_MAXIMA: Final = 20
GUIAS_MAXIMAS: Final = 1000
"""Judged at once, to be told how to divide them."""
_TOTAL_DO_ITEM: Final = Decimal("999999.99")
_TOTAL_DA_GUIA: Final = Decimal("99999999.99")
_UM: Final = Decimal("1.00")


# --- values that the message can carry ---


Reais = Annotated[Decimal, BeforeValidator(numero(6, 2, "0.01")), forma(6, 2)]
"""Of an item, as 4.01.00 carries it."""
Total = Annotated[Decimal, BeforeValidator(numero(8, 2, "0.01")), forma(8, 2)]
"""Of a guia."""
Fator = Annotated[Decimal, BeforeValidator(numero(1, 2, "0.01")), forma(1, 2)]
Inteira = Annotated[Decimal, BeforeValidator(numero(3, 0)), forma(3, 0)]
InteiraOdonto = Annotated[Decimal, BeforeValidator(numero(2, 0)), forma(2, 0)]
Quantidade = Annotated[Decimal, BeforeValidator(numero(5, 4)), forma(5, 4)]
Us = Annotated[Decimal, BeforeValidator(numero(5, 2, "0.01")), forma(5, 2)]


def is_carried(text: str) -> bool:
    """Whether a message can carry a line of text."""
    return all(" " <= letter <= "~" or "\xa0" <= letter <= "\xff" for letter in text)


_NOT_CARRIED: Final = (
    "O padrão TISS só leva letras e sinais do ISO-8859-1, sem controles: troque aspas curvas, travessões, emojis e "
    "outros alfabetos."
)
_LINHA: Final = AfterValidator(checked(is_carried, "caractere-fora-do-padrao", _NOT_CARRIED))
_PARAGRAFO: Final = AfterValidator(
    checked(lambda text: is_carried(text.translate({9: " ", 10: " "})), "caractere-fora-do-padrao", _NOT_CARRIED)
)
Texto40 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), _LINHA]
Texto70 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70), _LINHA]
Texto150 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150), _LINHA]
Texto500 = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(lambda text: text.replace("\r\n", "\n")), _PARAGRAFO,
]  # fmt: skip
Hora = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", description="Hora local, HH:MM ou HH:MM:SS."),
    AfterValidator(lambda text: text if len(text) > len("HH:MM") else f"{text}:00"),
]  # fmt: skip
Senha = Annotated[
    str, Field(max_length=20, description="Senha da autorização."),
    AfterValidator(checked(is_valid_senha, "senha-invalida", "Informe a senha, até 20 caracteres ASCII.")),
]  # fmt: skip
Cnes = Annotated[str, Field(pattern=r"^[0-9]{7}$", description="CNES, 7 dígitos; 9999999 para quem não tem.")]
CodigoPrestador = Annotated[
    str, Field(pattern=r"^[!-~](?:[ -~]{0,12}[!-~])?$", description="Código do prestador na operadora.")
]
NumeroConselho = Annotated[str, Field(pattern=r"^[0-9A-Za-z./-]{1,15}$", description="Número no conselho.")]
Conselho = Annotated[
    str, Codes("dm_conselhoProfissional", names=True), Field(description="Código ou sigla (06 ou CRM).")
]
Uf = Annotated[str, Codes("dm_UF", names=True), Field(description="Código do IBGE ou sigla (35 ou SP).")]
Regiao = Annotated[
    str, BeforeValidator(lambda value: regiao_from_json(value) if isinstance(value, str) else value),
    Codes("dm_regiao"), Field(description="Código dm_regiao; AIAS é aceita como ASAI."),
]  # fmt: skip
Sequencial = Annotated[int, Field(ge=1, le=9999, description="Número do item na guia; sem ele, é o lugar na lista.")]
Declaracao11 = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,11}$")]


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True


Base64 = Annotated[
    str, Field(min_length=1, max_length=8192),
    AfterValidator(checked(_is_base64, "base64-invalido", "Deve ser o que foi lido, em base64.")),
]  # fmt: skip


# --- parts ---


class _Parte(BaseModel):
    model_config = STRICT


def _exactly_one(model: _Parte, *names: str) -> None:
    if sum(getattr(model, name) is not None for name in names) != 1:
        *few, last = names
        text = f"Informe {', '.join(few)} ou {last}: exatamente um."
        raise PydanticCustomError("exatamente-um", "{texto}", {"texto": text})


class ContratadoRequest(_Parte):
    """Um prestador como a operadora o conhece: exatamente um dos três."""

    codigo_na_operadora: CodigoPrestador | None = None
    cpf: Cpf | None = None
    cnpj: Cnpj | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        _exactly_one(self, "codigo_na_operadora", "cpf", "cnpj")
        return self


class ProfissionalDaGuiaRequest(_Parte):
    """Quem solicita ou executa."""

    nome: Texto70 | None = None
    conselho: Conselho
    numero: NumeroConselho
    uf: Uf
    cbo: Cbo


class MembroSadtRequest(_Parte):
    """Quem participou; identificado pelo código na operadora ou pelo CPF."""

    grau_participacao: Annotated[str | None, Codes("dm_grauPart")] = None
    codigo_na_operadora: CodigoPrestador | None = None
    cpf: Cpf | None = None
    nome: Texto70
    conselho: Conselho
    numero: NumeroConselho
    uf: Uf
    cbo: Cbo

    @model_validator(mode="after")
    def _one(self) -> Self:
        _exactly_one(self, "codigo_na_operadora", "cpf")
        return self


class MembroRequest(MembroSadtRequest):
    """Quem participou, e em que grau."""

    grau_participacao: Annotated[str, Codes("dm_grauPart")]


class _Item(_Parte):
    sequencial_item: Sequencial | None = None
    tabela: Annotated[str, Codes("dm_tabela")]
    codigo: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,10}$")]
    descricao: Annotated[Texto150 | None, Field(description="Sem ela, a da TUSS.")] = None

    @model_validator(mode="after")
    def _described(self) -> Self:
        if self.descricao is None:
            termo = tuss(self.codigo, self.tabela)
            if termo is None:
                text = "O código não está na TUSS: informe a descrição."
                raise PydanticCustomError("descricao-obrigatoria", "{texto}", {"texto": text})
            nearest = "".join(letter if is_carried(letter) else " " for letter in termo.termo)
            self.descricao = nearest[:150].strip()
        return self


class _Executado(_Item):
    data_execucao: Dia
    hora_inicial: Hora | None = None
    hora_final: Hora | None = None
    quantidade: Decimal
    reducao_acrescimo: Annotated[Fator, Field(description="Fator sobre o valor; 1.00 é nenhum.")] = _UM
    valor_unitario: Reais
    valor_total: Annotated[
        Reais | None, Field(description="Sem ele, quantidade x valor unitário x reducao_acrescimo.")
    ] = None

    @model_validator(mode="after")
    def _totalled(self) -> Self:
        if self.valor_total is None:
            self.valor_total = _fits(produto(self.quantidade, self.valor_unitario, self.reducao_acrescimo))
        return self


def _fits(total: Decimal, most: Decimal = _TOTAL_DO_ITEM) -> Decimal:
    if total > most:
        text = f"O total passa de {most}, o máximo do padrão: divida as quantidades."
        raise PydanticCustomError("total-fora-do-padrao", "{texto}", {"texto": text})
    return total


class _Procedimento(_Executado):
    quantidade: Annotated[Inteira, Field(description="Inteira, até 999.")]
    via_acesso: Annotated[str | None, Codes("dm_viaDeAcesso")] = None
    tecnica_utilizada: Annotated[str | None, Codes("dm_tecnicaUtilizada")] = None


class ProcedimentoSadtRequest(_Procedimento):
    """Um procedimento de SP/SADT."""

    equipe: Annotated[list[MembroSadtRequest], Field(max_length=EQUIPE_MAXIMA)] = Field(default_factory=list)


class ProcedimentoInternacaoRequest(_Procedimento):
    """Um procedimento da internação."""

    centro_consumo: Annotated[str | None, Codes("dm_centroConsumo"), Field(description="A partir da 4.03.00.")] = None
    equipe: Annotated[list[MembroRequest], Field(max_length=EQUIPE_MAXIMA)] = Field(default_factory=list)


class ProcedimentoHonorariosRequest(_Procedimento):
    """Um procedimento de honorários."""

    equipe: Annotated[list[MembroRequest], Field(min_length=1, max_length=EQUIPE_MAXIMA)]


class DespesaRequest(_Executado):
    """Gases, medicamentos, materiais, diárias, taxas, OPME (outras despesas)."""

    codigo_despesa: Annotated[str, Codes("dm_outrasDespesas")]
    quantidade: Annotated[Quantidade, Field(description="Até 5 algarismos e 4 casas decimais.")]
    unidade_medida: Annotated[str, Codes("dm_unidadeMedida")]
    centro_consumo: Annotated[str | None, Codes("dm_centroConsumo"), Field(description="A partir da 4.03.00.")] = None
    registro_anvisa: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z]{1,15}$")] = None
    referencia: Annotated[
        str | None, Field(pattern=r"^[!-~](?:[ -~]{0,58}[!-~])?$", description="Referência no fabricante.")
    ] = None
    autorizacao_funcionamento: Annotated[str | None, Field(pattern=r"^[!-~](?:[ -~]{0,28}[!-~])?$")] = None
    item_vinculado: Annotated[
        int | None, Field(ge=1, le=9999, description="sequencial_item do procedimento a que pertence.")
    ] = None


class ProcedimentoOdontoRequest(_Item):
    """Um procedimento odontológico, em um dente ou em uma região."""

    dente: Annotated[str | None, Codes("dm_dente")] = None
    regiao: Regiao | None = None
    face: Annotated[str | None, Field(pattern=r"^[OLMVDIP]{1,5}$")] = None
    quantidade: Annotated[InteiraOdonto, Field(description="Inteira, até 99.")]
    quantidade_us: Annotated[Us | None, Field(description="Em unidades de serviço.")] = None
    valor: Annotated[Reais, Field(description="Da linha inteira, ou de uma unidade: as duas formas são aceitas.")]
    valor_franquia: Reais | None = None
    autorizado: bool = True
    data_realizacao: Dia

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.dente is not None and self.regiao is not None:
            raise PydanticCustomError("dente-e-regiao", "Informe o dente ou a região, não os dois.")
        return self


class ValoresRequest(_Parte):
    """Totais da guia por categoria, em reais."""

    procedimentos: Total | None = None
    diarias: Total | None = None
    taxas_alugueis: Total | None = None
    materiais: Total | None = None
    medicamentos: Total | None = None
    opme: Total | None = None
    gases_medicinais: Total | None = None
    total_geral: Annotated[Total | None, Field(description="Sem ele, a soma dos itens.")] = None


class DeclaracaoRequest(_Parte):
    """Nascimento ou óbito na internação."""

    declaracao_nascido: Declaracao11 | None = None
    diagnostico_obito: Cid | None = None
    declaracao_obito: Declaracao11 | None = None
    indicador_do_rn: Annotated[bool | None, Field(description="O óbito é do recém-nascido.")] = None


class SituacaoDenteRequest(_Parte):
    """Como estava um dente."""

    dente: Annotated[str, Codes("dm_dente")]
    condicao: Annotated[str, Codes("dm_condicaoClinica")]


class SituacaoInicialRequest(_Parte):
    """Situação inicial da boca, anexada à guia."""

    numero_guia_anexo: NumeroGuia
    numero_guia_referenciada: NumeroGuia
    numero_guia_operadora: NumeroGuia | None = None
    dentes: Annotated[list[SituacaoDenteRequest], Field(min_length=1, max_length=60)]
    doenca_periodontal: bool | None = None
    alteracao_tecido_mole: bool | None = None
    observacao: Texto500 | None = None


# --- the five kinds ---


class _Guia(_Parte):
    TIPO: ClassVar[TipoGuia]

    numero_guia_prestador: Annotated[NumeroGuia, Field(description="Número da guia no prestador; não se repete.")]
    numero_guia_operadora: Annotated[NumeroGuia | None, Field(description="Número da guia na operadora.")] = None
    numero_carteira: Carteira
    atendimento_rn: Annotated[bool, Field(description="Recém-nascido na carteira da mãe ou do pai.")] = False
    observacao: Texto500 | None = None


class _Identificado(_Guia):
    tipo_ident: Annotated[str | None, Codes("dm_tipoIdent"), Field(description="Como a identificação foi lida.")] = None
    identificador: Annotated[Base64 | None, Field(description="O que foi lido, em base64.")] = None
    ausencia_cod_validacao: Annotated[str | None, Codes("dm_ausenciaCodValidacao")] = None
    cod_validacao: Annotated[
        str | None, Field(pattern=r"^[!-~]{1,10}$", description="Código de validação (token) do beneficiário.")
    ] = None


def _numbered(itens: Iterable[_Item]) -> None:
    for place, item in enumerate(itens, 1):
        if item.sequencial_item is None:
            item.sequencial_item = place


_CATEGORIAS: Final[Mapping[str, str]] = MappingProxyType({
    "01": "gases_medicinais", "02": "medicamentos", "03": "materiais", "05": "diarias", "07": "taxas_alugueis",
    "08": "opme",
})  # fmt: skip


class _ComDespesas(_Identificado):
    """A guia of procedures and expenses, with totals by category."""

    despesas: Annotated[list[DespesaRequest], Field(max_length=ITENS_MAXIMOS)] = Field(default_factory=list)
    valores: Annotated[ValoresRequest | None, Field(description="Sem ele, as somas dos itens por categoria.")] = None

    def fill(self, procedimentos: list[Any]) -> None:
        """Number what has no number, and sum what has no total."""
        _numbered(procedimentos)
        _numbered(self.despesas)
        by_category: dict[str, list[Decimal]] = {}
        for name, item in (
            *(("procedimentos", item) for item in procedimentos),
            *((_CATEGORIAS[item.codigo_despesa], item) for item in self.despesas),
        ):
            by_category.setdefault(name, []).append(item.valor_total)
        if self.valores is None:
            self.valores = ValoresRequest(**{name: _of_guia(given) for name, given in by_category.items()})
        if self.valores.total_geral is None:
            self.valores.total_geral = _of_guia(value for given in by_category.values() for value in given)


def _of_guia(values: Iterable[Decimal | None]) -> Decimal:
    return _fits(soma(value for value in values if value is not None), _TOTAL_DA_GUIA)


class GuiaConsultaRequest(_Identificado):
    """Uma consulta."""

    TIPO: ClassVar[TipoGuia] = TipoGuia.CONSULTA

    contratado_executante: ContratadoRequest
    cnes_executante: Cnes
    profissional_executante: ProfissionalDaGuiaRequest
    indicacao_acidente: Annotated[str, Codes("dm_indicadorAcidente")] = "9"
    cobertura_especial: Annotated[str | None, Codes("dm_cobEsp")] = None
    regime_atendimento: Annotated[str, Codes("dm_regimeAtendimento")] = "01"
    saude_ocupacional: Annotated[str | None, Codes("dm_saudeOcupacional")] = None
    data_atendimento: Dia
    tipo_consulta: Annotated[str, Codes("dm_tipoConsulta")]
    tabela: Annotated[str, Codes("dm_tabela")]
    codigo: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,10}$")]
    valor_procedimento: Reais


class GuiaSadtRequest(_ComDespesas):
    """SP/SADT: serviços profissionais, diagnóstico e terapia. Com senha, informe também data_autorizacao."""

    TIPO: ClassVar[TipoGuia] = TipoGuia.SP_SADT

    guia_principal: Annotated[NumeroGuia | None, Field(description="Guia a que esta se refere.")] = None
    data_autorizacao: Dia | None = None
    senha: Senha | None = None
    data_validade_senha: Dia | None = None
    contratado_solicitante: ContratadoRequest
    nome_contratado_solicitante: Texto70
    profissional_solicitante: ProfissionalDaGuiaRequest
    data_solicitacao: Dia | None = None
    carater: Annotated[str, Codes("dm_caraterAtendimento"), Field(description="1 eletivo, 2 urgência/emergência.")]
    indicacao_clinica: Texto500 | None = None
    cobertura_especial: Annotated[str | None, Codes("dm_cobEsp")] = None
    contratado_executante: ContratadoRequest
    cnes_executante: Cnes
    tipo_atendimento: Annotated[str, Codes("dm_tipoAtendimento")]
    indicacao_acidente: Annotated[str, Codes("dm_indicadorAcidente")] = "9"
    tipo_consulta: Annotated[str | None, Codes("dm_tipoConsulta")] = None
    motivo_encerramento: Annotated[str | None, Codes("dm_motivoSaidaObito")] = None
    regime_atendimento: Annotated[str, Codes("dm_regimeAtendimento")] = "01"
    saude_ocupacional: Annotated[str | None, Codes("dm_saudeOcupacional")] = None
    procedimentos: Annotated[list[ProcedimentoSadtRequest], Field(max_length=ITENS_MAXIMOS)] = Field(
        default_factory=list
    )

    @model_validator(mode="after")
    def _filled(self) -> Self:
        names = (
            "senha", "numero_guia_operadora", "data_validade_senha", "ausencia_cod_validacao", "cod_validacao",
        )  # fmt: skip
        if self.data_autorizacao is None and any(getattr(self, name) is not None for name in names):
            text = "Com dados da autorização (senha, guia da operadora, código de validação), informe data_autorizacao."
            raise PydanticCustomError("data-autorizacao-obrigatoria", "{texto}", {"texto": text})
        self.fill(self.procedimentos)
        return self


class GuiaInternacaoRequest(_ComDespesas):
    """Resumo de internação: a conta inteira, ou uma parcial."""

    TIPO: ClassVar[TipoGuia] = TipoGuia.RESUMO_INTERNACAO

    numero_guia_solicitacao_internacao: NumeroGuia
    data_autorizacao: Dia
    senha: Senha
    data_validade_senha: Dia | None = None
    contratado_executante: ContratadoRequest
    cnes_executante: Cnes
    carater: Annotated[str, Codes("dm_caraterAtendimento"), Field(description="1 eletivo, 2 urgência/emergência.")]
    tipo_faturamento: Annotated[
        str, Codes("dm_tipoFaturamento"), Field(description="1 parcial, 2 final, 3 complementar, 4 total.")
    ]
    data_inicio_faturamento: Dia
    hora_inicio_faturamento: Hora
    data_final_faturamento: Dia
    hora_final_faturamento: Hora
    tipo_internacao: Annotated[str, Codes("dm_tipoInternacao")]
    regime_internacao: Annotated[str, Codes("dm_regimeInternacao")]
    declaracoes: Annotated[list[DeclaracaoRequest], Field(max_length=8)] = Field(default_factory=list)
    cids: Annotated[list[Cid], Field(max_length=4)] = Field(default_factory=list)
    indicador_acidente: Annotated[str, Codes("dm_indicadorAcidente")] = "9"
    motivo_encerramento: Annotated[str, Codes("dm_motivoSaida")]
    procedimentos: Annotated[list[ProcedimentoInternacaoRequest], Field(max_length=ITENS_MAXIMOS)] = Field(
        default_factory=list
    )

    @model_validator(mode="after")
    def _filled(self) -> Self:
        self.fill(self.procedimentos)
        return self


class GuiaHonorariosRequest(_Guia):
    """Honorários individuais sobre a senha do hospital."""

    TIPO: ClassVar[TipoGuia] = TipoGuia.HONORARIOS

    guia_solic_internacao: NumeroGuia
    senha: Senha | None = None
    codigo_local: Annotated[CodigoPrestador | None, Field(description="Onde foi feito: código na operadora ou")] = None
    cnpj_local: Annotated[Cnpj | None, Field(description="CNPJ: exatamente um.")] = None
    nome_local: Texto70
    cnes_local: Cnes
    codigo_executante: CodigoPrestador
    cnes_executante: Cnes
    data_inicio_faturamento: Dia
    data_fim_faturamento: Dia
    carater: Annotated[
        str | None, Codes("dm_caraterAtendimento"), Field(description="Só a partir da 4.03.00, que o exige.")
    ] = None
    procedimentos: Annotated[list[ProcedimentoHonorariosRequest], Field(min_length=1, max_length=ITENS_MAXIMOS)]
    valor_total_honorarios: Annotated[Total | None, Field(description="Sem ele, a soma dos itens.")] = None
    data_emissao_guia: Dia

    @model_validator(mode="after")
    def _filled(self) -> Self:
        _exactly_one(self, "codigo_local", "cnpj_local")
        _numbered(self.procedimentos)
        if self.valor_total_honorarios is None:
            self.valor_total_honorarios = _of_guia(item.valor_total for item in self.procedimentos)
        return self


class GuiaOdontoRequest(_Identificado):
    """Tratamento odontológico."""

    TIPO: ClassVar[TipoGuia] = TipoGuia.ODONTO

    guia_principal: Annotated[NumeroGuia | None, Field(description="Guia a que esta se refere.")] = None
    data_autorizacao: Dia | None = None
    senha: Senha | None = None
    data_validade_senha: Dia | None = None
    plano_beneficiario: Texto40
    nome_empresa: Texto40 | None = None
    nome_solicitante: Texto70 | None = None
    cro_solicitante: NumeroConselho | None = None
    uf_solicitante: Uf | None = None
    cbo_solicitante: Cbo | None = None
    codigo_executante: CodigoPrestador
    cro_executante: NumeroConselho
    uf_executante: Uf
    cnes_executante: Cnes
    nome_executante2: Texto70 | None = None
    cro_executante2: NumeroConselho | None = None
    uf_executante2: Uf | None = None
    cbo_executante2: Annotated[Cbo, Field(description="CBO de quem executa; o padrão só o tem para o segundo.")]
    procedimentos: Annotated[list[ProcedimentoOdontoRequest], Field(min_length=1, max_length=ITENS_MAXIMOS)]
    data_termino: Dia | None = None
    tipo_atendimento: Annotated[str, Codes("dm_tipoAtendimentoOdonto")]
    tipo_faturamento: Annotated[str, Codes("dm_tipoFaturamentoOdonto")]
    quantidade_total_us: Us | None = None
    valor_total_procedimentos: Annotated[Total | None, Field(description="Sem ele, a soma das linhas.")] = None
    valor_total_franquia: Total | None = None
    situacao_inicial: SituacaoInicialRequest | None = None

    @model_validator(mode="after")
    def _filled(self) -> Self:
        _numbered(self.procedimentos)
        if self.valor_total_procedimentos is None:
            self.valor_total_procedimentos = _of_guia(item.valor for item in self.procedimentos)
        return self


GuiaRequest = GuiaConsultaRequest | GuiaSadtRequest | GuiaInternacaoRequest | GuiaHonorariosRequest | GuiaOdontoRequest
MODELOS: Final[Mapping[TipoGuia, type[GuiaRequest]]] = MappingProxyType({
    TipoGuia.CONSULTA: GuiaConsultaRequest,
    TipoGuia.SP_SADT: GuiaSadtRequest,
    TipoGuia.RESUMO_INTERNACAO: GuiaInternacaoRequest,
    TipoGuia.HONORARIOS: GuiaHonorariosRequest,
    TipoGuia.ODONTO: GuiaOdontoRequest,
})  # fmt: skip
TipoDeGuia = Literal["guiaConsulta", "guiaSP-SADT", "guiaResumoInternacao", "guiaHonorarios", "guiaOdonto"]


Guia = TypeVar("Guia")


class _Uma(RootModel[Guia], Generic[Guia]):
    model_config = SHOWN


class GuiaDigitadaRequest(_Uma[GuiaRequest]):
    """Uma guia do tipo do rascunho."""


class _Lote(BaseModel, Generic[Guia]):
    model_config = STRICT

    registro_ans: RegistroAns
    tipo_guia: TipoDeGuia
    guias: Annotated[list[Guia], Field(min_length=1, max_length=GUIAS_MAXIMAS)]


class LoteDigitadoRequest(_Lote[GuiaDigitadaRequest]):
    """Guias de um só tipo, para uma operadora."""


class _Cabeca(BaseModel):
    tipo_guia: TipoDeGuia


def read_guia(tipo: TipoGuia, body: bytes) -> GuiaRequest:
    """A typed guia of a kind, filled.

    Raises:
        ProblemError: 422 with every field that is wrong.
    """
    return _validated(lambda: MODELOS[tipo].model_validate_json(body or b""))


def read_lote(body: bytes) -> tuple[str, TipoGuia, list[GuiaRequest]]:
    """Registro ANS, kind and typed guias, filled: as many as there are.

    Raises:
        ProblemError: 422 with every field that is wrong.
    """
    tipo = TipoGuia(_validated(lambda: _Cabeca.model_validate_json(body or b"")).tipo_guia)
    # The class is made at run time: one per kind, kept by pydantic.
    modelo: Any = _Lote.__class_getitem__(MODELOS[tipo])
    lote = _validated(lambda: modelo.model_validate_json(body))
    return lote.registro_ans, tipo, lote.guias


Lida = TypeVar("Lida")


def _validated(read: Callable[[], Lida]) -> Lida:
    try:
        return read()
    except ValidationError as error:
        raise problems.invalid_body(field_errors(error)) from error
