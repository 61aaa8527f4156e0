"""A request of authorization in JSON, with its annexes; and as the domain takes it.

Whatever is taken here fits a TISS message: sizes and codes are the standard's. What depends on the kind of request is
in `faults`, so that a draft is told all of it, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, Field

from autorizacao.schemas.comum import ITENS_MAXIMOS, ITENS_NO_PEDIDO, Numero
from conecta_campos.padrao import STRICT, Carteira, Cbo, Cid, Codes, Dia, NumeroGuia, PrestadorId, RegistroAns
from conecta_campos.textos import Texto70, Texto150, Texto500, Texto1000
from conecta_edge import problems
from conecta_edge.problems import FieldError
from conecta_senhas.solicitacoes import (
    Anexo,
    DocumentoAnexado,
    ItemSolicitado,
    Opme,
    Profissional,
    Remocao,
    Solicitacao,
    Tipo,
    TipoAnexo,
    regiao_from_json,
)
from conecta_tiss.vocabulary.tables import CaraterAtendimento, EtapaAutorizacao

SIMULADA: Final = "SIMULACAO"
"""Number of guia of a simulation that has none."""
_DIARIAS: Final = {Tipo.INTERNACAO: 99, Tipo.PRORROGACAO: 999}
_QUANTIDADE: Final = {Tipo.ODONTOLOGIA: 99}
_INTEIRA: Final = 999
_DOSES: Final = 100_000


class DocumentoRequest(BaseModel):
    """Um arquivo já enviado em /documentos/uploads."""

    model_config = STRICT

    id: Annotated[str, Field(pattern=r"^[0-9a-z-]{1,64}$", description="Identificador do envio, já CONCLUIDO.")]
    tipo: Annotated[str | None, Codes("dm_tipoDocumento")] = None
    cotacao: Annotated[bool, Field(description="É uma cotação de OPME.")] = False


class OpmeRequest(BaseModel):
    """O que identifica um material além do código; até três fabricantes por material (opcao 1, 2 e 3)."""

    model_config = STRICT

    opcao: Annotated[str, Codes("dm_opcaoFabricante")] = "1"
    registro_anvisa: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z]{1,15}$")] = None
    referencia: Annotated[
        str | None, Field(pattern=r"^[ -~]{1,60}$", description="Referência do material no fabricante.")
    ] = None
    autorizacao_funcionamento: Annotated[str | None, Field(pattern=r"^[ -~]{1,30}$")] = None


class _Item(BaseModel):
    model_config = STRICT

    tabela: Annotated[str, Codes("dm_tabela")]
    codigo: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,10}$")]
    descricao: Texto150 | None = None
    valor: Annotated[Numero | None, Field(description="Valor unitário, em reais.")] = None
    data_provavel: Annotated[Dia | None, Field(description="Dia previsto (quimioterapia e radioterapia).")] = None


class ItemRequest(_Item):
    """Um item da guia. Em odontologia, com dente ou região (AIAS é aceita como ASAI)."""

    quantidade: Annotated[Numero, Field(description="Inteira, até 999; 99 em odontologia.")]
    dente: Annotated[str | None, Codes("dm_dente")] = None
    regiao: Annotated[str | None, Field(max_length=4, description="Código da tabela dm_regiao da TISS.")] = None
    face: Annotated[str | None, Field(pattern=r"^[OLMVDIP]{1,5}$")] = None


class ItemAnexoRequest(_Item):
    """Um item de um anexo: material (com opme) ou medicamento de quimioterapia (doses, e o dia previsto)."""

    quantidade: Annotated[Numero, Field(description="Unidades; em quimioterapia, doses, com até 2 casas decimais.")]
    opme: OpmeRequest | None = None


class AnexoRequest(BaseModel):
    """Um anexo clínico: de OPME, de quimioterapia ou de radioterapia (esta sem itens, com o dia previsto)."""

    model_config = STRICT

    tipo: Literal["OPME", "QUIMIOTERAPIA", "RADIOTERAPIA"]
    itens: Annotated[list[ItemAnexoRequest], Field(max_length=ITENS_MAXIMOS)] = Field(default_factory=list)
    numero: Annotated[NumeroGuia | None, Field(description="Número do anexo no prestador.")] = None
    data_provavel: Dia | None = None
    justificativa: Texto1000 | None = None


class ProfissionalRequest(BaseModel):
    """Quem assina o pedido."""

    model_config = STRICT

    nome: Texto70
    conselho: Annotated[
        str, Codes("dm_conselhoProfissional", names=True), Field(description="Código ou sigla (06 ou CRM).")
    ]
    numero: Annotated[str, Field(pattern=r"^[0-9A-Za-z./-]{1,15}$", description="Número no conselho.")]
    uf: Annotated[str, Codes("dm_UF", names=True), Field(description="Código do IBGE ou sigla (35 ou SP).")]
    cbo: Cbo


class RemocaoRequest(BaseModel):
    """De onde e para onde (obrigatória em remoções)."""

    model_config = STRICT

    origem: Annotated[Texto150, Field(pattern=r"^[^;]+$")]
    destino: Annotated[Texto150, Field(pattern=r"^[^;]+$")]


class SimulacaoRequest(BaseModel):
    """O que se pediria: nada é criado. Número de guia e profissional são dispensáveis."""

    model_config = STRICT

    tipo: Literal["SP_SADT", "INTERNACAO", "PRORROGACAO", "ODONTOLOGIA"]
    registro_ans: RegistroAns
    numero_carteira: Carteira
    numero_guia_prestador: Annotated[NumeroGuia | None, Field(description="Número da guia no prestador.")] = None
    solicitante: Annotated[PrestadorId | None, Field(description="Prestador que solicita; o padrão é quem pede.")] = (
        None
    )
    executante: Annotated[
        PrestadorId | None, Field(description="Prestador que executará; o padrão é o solicitante.")
    ] = None
    profissional: Annotated[
        ProfissionalRequest | None, Field(description="Quem assina o pedido; obrigatório, salvo em odontologia.")
    ] = None
    carater: Annotated[str, Codes("dm_caraterAtendimento"), Field(description="1 eletivo, 2 urgência/emergência.")] = (
        "1"
    )
    etapa: Annotated[
        str, Codes("dm_etapasAutorizacao"), Field(description="1 autorização prévia, 2 pedido de quem executa.")
    ] = "1"
    data_solicitacao: Annotated[Dia | None, Field(description="O padrão é hoje.")] = None
    data_atendimento: Annotated[Dia | None, Field(description="Dia previsto do atendimento ou da internação.")] = None
    atendimento_rn: Annotated[bool, Field(description="Recém-nascido na carteira da mãe ou do pai.")] = False
    data_nascimento_rn: Dia | None = None
    guia_principal: Annotated[
        NumeroGuia | None,
        Field(description="Senha ou número da guia sobre a qual se pede, ou da estada que se prorroga."),
    ] = None
    itens: Annotated[list[ItemRequest], Field(max_length=ITENS_MAXIMOS)] = Field(default_factory=list)
    anexos: Annotated[list[AnexoRequest], Field(max_length=3, description="No máximo um de cada tipo.")] = Field(
        default_factory=list
    )
    documentos: Annotated[list[DocumentoRequest], Field(max_length=50)] = Field(default_factory=list)
    indicador_opme: Annotated[bool, Field(description="Haverá OPME, aqui ou em anexo posterior.")] = False
    indicador_quimio: Annotated[bool, Field(description="Haverá quimioterapia, aqui ou em anexo posterior.")] = False
    diarias: Annotated[int | None, Field(ge=1, le=999, description="Só em internação (até 99) e prorrogação.")] = None
    acomodacao: Annotated[str | None, Codes("dm_tipoAcomodacao")] = None
    tipo_internacao: Annotated[str | None, Codes("dm_tipoInternacao")] = None
    regime_internacao: Annotated[str | None, Codes("dm_regimeInternacao")] = None
    cids: Annotated[list[Cid], Field(max_length=4)] = Field(default_factory=list)
    justificativa: Annotated[Texto500 | None, Field(description="Indicação clínica.")] = None
    cod_validacao: Annotated[
        str | None, Field(pattern=r"^[!-~]{1,10}$", description="Código de validação (token) do beneficiário.")
    ] = None
    ausencia_cod_validacao: Annotated[str | None, Codes("dm_ausenciaCodValidacao")] = None
    remocao: RemocaoRequest | None = None
    observacao: Texto500 | None = None


Asked = TypeVar("Asked", bound=SimulacaoRequest)


class SolicitacaoRequest(SimulacaoRequest):
    """Um pedido de autorização."""

    numero_guia_prestador: Annotated[NumeroGuia, Field(description="Número da guia no prestador.")]


class SolicitacaoDaCentralRequest(SolicitacaoRequest):
    """Um pedido que a Central faz por um prestador: complementar, ou com o portal dele fora do ar."""

    prestador: Annotated[PrestadorId, Field(description="Prestador em nome de quem se pede.")]


def sound(asked: Asked) -> Asked:
    """A request with nothing wrong in it.

    Raises:
        ProblemError: 422, with all that is.
    """
    if wrong := faults(asked):
        raise problems.invalid_body(wrong)
    return asked


def faults(asked: SimulacaoRequest) -> tuple[FieldError, ...]:
    """What a request of its kind lacks, or may not have; in the order of its members."""
    return tuple(_faults(asked, Tipo(asked.tipo)))


def _faults(asked: SimulacaoRequest, tipo: Tipo) -> Iterator[FieldError]:
    signed = isinstance(asked, SolicitacaoRequest) and tipo is not Tipo.ODONTOLOGIA
    if signed and asked.profissional is None:
        yield FieldError("profissional", "profissional-obrigatorio", "Informe quem assina o pedido.")
    most = _QUANTIDADE.get(tipo, _INTEIRA)
    for place, item in enumerate(asked.itens):
        campo = f"itens[{place}]"
        yield from _quantity(campo, item.quantidade, most)
        if tipo is not Tipo.ODONTOLOGIA and (item.dente or item.regiao or item.face):
            yield FieldError(campo, "so-em-odontologia", "Dente, região e face só se informam em odontologia.")
        elif item.regiao is not None and not _regiao(item.regiao):
            text = "O código da região não existe (glosa 5038): use um da tabela dm_regiao da TISS, como ASAI."
            yield FieldError(f"{campo}.regiao", "regiao-invalida", text)
    for kind, times in Counter(anexo.tipo for anexo in asked.anexos).items():
        if times > 1:
            yield FieldError("anexos", "anexo-repetido", f"Há mais de um anexo de {kind}: junte os itens em um só.")
    for place, anexo in enumerate(asked.anexos):
        yield from annex_faults(anexo, f"anexos[{place}]")
    yield from too_many("itens", len(asked.itens) + sum(len(anexo.itens) for anexo in asked.anexos))
    if asked.diarias is not None and asked.diarias > _DIARIAS.get(tipo, 0):
        text = f"Até {_DIARIAS[tipo]} diárias." if tipo in _DIARIAS else "Só em internação e prorrogação."
        yield FieldError("diarias", "diarias-invalidas", text)


def annex_faults(anexo: AnexoRequest, campo: str) -> Iterator[FieldError]:
    """What an annex of its kind lacks, or may not have."""
    tipo = TipoAnexo(anexo.tipo)
    if tipo is TipoAnexo.RADIOTERAPIA:
        if anexo.itens:
            text = "O anexo de radioterapia não tem itens: peça-os em itens."
            yield FieldError(f"{campo}.itens", "anexo-sem-itens", text)
        if anexo.data_provavel is None:
            yield FieldError(f"{campo}.data_provavel", "data-obrigatoria", "Informe o dia previsto do início.")
    elif not anexo.itens:
        yield FieldError(f"{campo}.itens", "anexo-sem-itens", "Informe os itens do anexo.")
    for place, item in enumerate(anexo.itens):
        where = f"{campo}.itens[{place}]"
        if tipo is TipoAnexo.QUIMIOTERAPIA:
            if item.data_provavel is None:
                yield FieldError(f"{where}.data_provavel", "data-obrigatoria", "Informe o dia previsto da aplicação.")
            if item.quantidade >= _DOSES:
                yield FieldError(f"{where}.quantidade", "quantidade-invalida", "Até 99999.99 doses.")
        else:
            yield from _quantity(where, item.quantidade, _INTEIRA)


def too_many(campo: str, itens: int) -> Iterator[FieldError]:
    """More items than one authorization holds."""
    if itens > ITENS_NO_PEDIDO:
        text = f"São mais de {ITENS_NO_PEDIDO} itens, contados os dos anexos: divida o pedido em dois."
        yield FieldError(campo, "itens-demais", text)


def _quantity(campo: str, quantidade: Decimal, most: int) -> Iterator[FieldError]:
    if quantidade > most or quantidade != int(quantidade):
        yield FieldError(f"{campo}.quantidade", "quantidade-invalida", f"Deve ser um número inteiro, até {most}.")


def _regiao(regiao: str) -> bool:
    from conecta_tiss.vocabulary.wide_tables import Regiao  # noqa: PLC0415

    return regiao_from_json(regiao) in set(Regiao)


def solicitacao_of(asked: SimulacaoRequest, prestador_id: str, hoje: date) -> Solicitacao:
    """The request as the domain takes it.

    Args:
        prestador_id: who asks, and who requests unless it says otherwise.
        hoje: local day.
    """
    signed, moved = asked.profissional, asked.remocao
    return Solicitacao(
        tipo=Tipo(asked.tipo),
        registro_ans=asked.registro_ans,
        carteira=asked.numero_carteira,
        numero_guia_prestador=asked.numero_guia_prestador or SIMULADA,
        solicitante=asked.solicitante or prestador_id,
        data_solicitacao=asked.data_solicitacao or hoje,
        itens=tuple(_item(item) for item in asked.itens),
        executante=asked.executante,
        profissional=Profissional(**dict(signed)) if signed else None,
        carater=CaraterAtendimento(asked.carater),
        etapa=EtapaAutorizacao(asked.etapa),
        atendimento_rn=asked.atendimento_rn,
        nascimento_rn=asked.data_nascimento_rn,
        guia_principal=asked.guia_principal,
        anexos=tuple(anexo_of(anexo) for anexo in asked.anexos),
        documentos=documentos_of(asked.documentos),
        indicador_opme=asked.indicador_opme,
        indicador_quimio=asked.indicador_quimio,
        diarias=asked.diarias,
        acomodacao=asked.acomodacao,
        tipo_internacao=asked.tipo_internacao,
        regime_internacao=asked.regime_internacao,
        data_atendimento=asked.data_atendimento,
        cids=tuple(asked.cids),
        justificativa=asked.justificativa,
        cod_validacao=asked.cod_validacao,
        ausencia_cod_validacao=asked.ausencia_cod_validacao,
        remocao=Remocao(**dict(moved)) if moved else None,
        observacao=asked.observacao,
    )


def _item(item: ItemRequest) -> ItemSolicitado:
    regiao = regiao_from_json(item.regiao) if item.regiao else None
    return ItemSolicitado(**{**dict(item), "regiao": regiao})


def anexo_of(anexo: AnexoRequest) -> Anexo:
    """An annex as the domain takes it."""
    tipo = TipoAnexo(anexo.tipo)
    itens = tuple(
        ItemSolicitado(**{**dict(item), "opme": Opme(**dict(item.opme or OpmeRequest()))})
        if tipo is TipoAnexo.OPME
        else ItemSolicitado(**{**dict(item), "opme": None})
        for item in anexo.itens
    )
    return Anexo(**{**dict(anexo), "tipo": tipo, "itens": itens})


def documentos_of(documentos: list[DocumentoRequest]) -> tuple[DocumentoAnexado, ...]:
    """Files as the domain takes them."""
    return tuple(DocumentoAnexado(documento_id=one.id, tipo=one.tipo, cotacao=one.cotacao) for one in documentos)
