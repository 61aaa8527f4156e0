"""What operadoras publish: as they write it, as they see it, and as prestadores read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from conecta_campos.padrao import SHOWN, STRICT, Dia, PrestadorId, RegistroAns, checked
from conecta_campos.textos import PARAGRAFO, Texto150, Texto500
from conecta_edge.clock import iso, local_day
from conecta_tiss.vocabulary.tables import UF
from documentos.domain.publicacoes import Conteudo, Publicacao, Publico, Situacao, Tipo, TipoPrestador, versao_de
from documentos.schemas.uploads import AchadoView, UploadForm, vista

if TYPE_CHECKING:
    from documentos.domain.uploads import Upload
    from documentos.service.publicacoes import Edicoes, Estante

PRESTADORES: Final = 100
"""Named one by one as whom something is for."""
TEXTO: Final = 10_000

Uf = Annotated[
    str,
    Field(pattern=r"^[A-Z]{2}$", description="Sigla da unidade da federação."),
    AfterValidator(checked(UF.__members__.__contains__, "uf-desconhecida", "Use a sigla de uma UF: por exemplo ES.")),
]
Texto = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXTO, pattern=PARAGRAFO)]


class PublicoRequest(BaseModel):
    """A quem se destina: a quem é nomeado, e a quem é do tipo e da UF informados; vazio, a todos os prestadores."""

    model_config = STRICT

    prestadores: Annotated[list[PrestadorId], Field(max_length=PRESTADORES)] = Field(default_factory=list)
    tipos: Annotated[list[TipoPrestador], Field(max_length=len(TipoPrestador))] = Field(default_factory=list)
    ufs: Annotated[list[Uf], Field(max_length=len(UF))] = Field(default_factory=list)

    def publico(self) -> Publico:
        """As the domain takes it."""
        return Publico(tuple(self.prestadores), tuple(self.tipos), tuple(self.ufs))


class ConteudoRequest(BaseModel):
    """O que se publica, para quem e por quantos dias."""

    model_config = STRICT

    titulo: Texto150
    resumo: Texto500
    texto: Annotated[Texto | None, Field(description="Lido na própria página; um comunicado pode ser só o texto.")] = (
        None
    )
    vigente_de: Annotated[Dia | None, Field(description="Primeiro dia (de Brasília); sem ele, o da publicação.")] = None
    vigente_ate: Annotated[Dia | None, Field(description="Último dia, inclusive; sem ele, até que se retire.")] = None
    publico: PublicoRequest = Field(default_factory=PublicoRequest)

    def conteudo(self, hoje: date) -> Conteudo:
        """As the domain takes it."""
        return Conteudo(
            titulo=self.titulo, resumo=self.resumo, texto=self.texto, vigente_de=self.vigente_de or hoje,
            vigente_ate=self.vigente_ate, publico=self.publico.publico(),
        )  # fmt: skip


class PublicacaoRequest(ConteudoRequest):
    """O rascunho de uma publicação."""

    registro_ans: RegistroAns
    tipo: Tipo


class RetiradaDePublicacaoRequest(BaseModel):
    """Por que se retira, e o quê."""

    model_config = STRICT

    motivo: Texto500
    edicao: Annotated[int | None, Field(ge=1, description="Sem ela, a publicada e o rascunho.")] = None


class VisitaRequest(BaseModel):
    """Até quando se viu o que há."""

    model_config = STRICT

    ate: Annotated[
        AwareDatetime | None,
        Field(ge=datetime(2020, 1, 1, tzinfo=UTC), description="O consultado_em da lista vista; sem ele, até agora."),
    ] = None


class View(BaseModel):
    """What is answered."""

    model_config = SHOWN


class PublicoView(View):
    """A quem se destina; vazio, a todos os prestadores."""

    prestadores: list[str]
    tipos: list[str]
    ufs: list[str]


class ArquivoPublicadoView(View):
    """O arquivo de uma publicação."""

    nome: str
    tipo_conteudo: str
    tamanho: int
    sha256: str
    caminho: Annotated[str, Field(description="Acrescente-o ao endereço desta API.")]


class ArquivoEnviadoView(View):
    """O arquivo que se envia para um rascunho."""

    id: str
    situacao: str
    nome: str
    tipo_conteudo: str
    tamanho: int
    achados: list[AchadoView]


class EdicaoView(View):
    """Uma edição, como a operadora a vê."""

    id: str
    registro_ans: str
    tipo: str
    edicao: int
    situacao: Annotated[str, Field(description="RASCUNHO, PUBLICADA, SUBSTITUIDA ou RETIRADA.")]
    titulo: str
    resumo: str
    texto: str | None = None
    vigente_de: date
    vigente_ate: date | None = None
    publico: PublicoView
    arquivo: ArquivoPublicadoView | None = None
    arquivo_enviado: Annotated[ArquivoEnviadoView | None, Field(description="Só do rascunho.")] = None
    criada_em: datetime
    criada_por: Annotated[str, Field(description="Identificador opaco.")]
    publicada_em: datetime | None = None
    publicada_por: str | None = None
    visivel_em: Annotated[datetime | None, Field(description="Desde quando os prestadores a leem.")] = None
    encerrada_em: datetime | None = None
    encerrada_por: str | None = None
    motivo: str | None = None


class EdicoesPage(View):
    """Uma página de edições, da publicação mais recente à mais antiga."""

    edicoes: list[EdicaoView]
    cursor: str | None = None


class PublicacaoView(View):
    """Uma publicação com todas as suas edições, da última à primeira."""

    id: str
    registro_ans: str
    tipo: str
    versao: Annotated[int, Field(description="Também na ETag; envie em If-Match para mudar só o que se viu.")]
    edicoes: list[EdicaoView]
    envio: Annotated[UploadForm | None, Field(description="Só em resposta a quem o pede.")] = None


class DocumentacaoView(View):
    """Um manual ou comunicado em vigor, como o prestador o lê."""

    id: str
    registro_ans: str
    tipo: str
    edicao: Annotated[int, Field(description="Versão do documento, a partir de 1.")]
    titulo: str
    resumo: str
    texto: Annotated[str | None, Field(description="Só em GET /documentacoes/{id}.")] = None
    publicada_em: datetime
    vigente_de: date
    vigente_ate: date | None = None
    nova: Annotated[bool | None, Field(description="Desde a última visita de quem pergunta; só na lista.")] = None
    arquivo: ArquivoPublicadoView | None = None


class FormatoView(View):
    """Onde se lê, e em que formato."""

    formato: str
    caminho: Annotated[str, Field(description="Acrescente-o ao endereço desta API.")]


class PermanenteView(View):
    """O que toda operadora tem, sempre atual."""

    registro_ans: str
    codigo: str
    titulo: str
    formatos: list[FormatoView]


class DocumentacoesPage(View):
    """O que está em vigor para o prestador, do mais recente ao mais antigo."""

    consultado_em: Annotated[datetime, Field(description="Envie em ate, em POST /documentacoes/visitas.")]
    visitado_em: Annotated[datetime | None, Field(description="Até quando quem pergunta já viu.")] = None
    novas: Annotated[int, Field(description="Quantas, ao todo, desde então.")]
    documentacoes: list[DocumentacaoView]
    permanentes: list[PermanenteView]
    cursor: str | None = None


class VisitaView(View):
    """Até quando se viu o que há."""

    visitado_em: datetime


Caminhos = tuple[tuple[str, str, Mapping[str, str]], ...]
PROCEDIMENTOS: Final = "PROCEDIMENTOS_COM_SENHA"
PERMANENTES: Final[tuple[tuple[str, str, str, Caminhos], ...]] = (
    (PROCEDIMENTOS, "Procedimentos que precisam de senha", "documentos.ler autorizacao.ler", (
        ("json", "documentacoes/procedimentos-com-senha", {"formato": "json"}),
        ("csv", "documentacoes/procedimentos-com-senha", {"formato": "csv"}),
        ("pdf", "documentacoes/procedimentos-com-senha", {"formato": "pdf"}),
    )),
    ("CRONOGRAMA", "Cronograma de entrega de faturas", "pagamento.ler", (
        ("json", "cronograma", {}), ("csv", "cronograma.csv", {}), ("pdf", "cronograma.pdf", {}),
        ("ics", "cronograma.ics", {}),
    )),
)  # fmt: skip
"""Code, title, what its readers must be allowed to do, and where it is, in each format."""
MUDANCAS: Final = "regras/procedimentos/mudancas"


def pagina(
    estante: Estante, shown: Sequence[Publicacao], cursor: str | None, may: Callable[[str], bool]
) -> dict[str, Any]:  # fmt: skip
    """A page of what is in force (shape: :class:`DocumentacoesPage`).

    Args:
        may: whether who asks is allowed to do something.
    """
    seen = estante.visitada_em
    return {
        "consultado_em": iso(estante.consultada_em),
        "visitado_em": iso(seen) if seen else None,
        "novas": estante.novas,
        "documentacoes": [{**_lida(one), "nova": one.nova(seen)} for one in shown],
        "permanentes": [
            _permanente(registro, codigo, titulo, caminhos, seen)
            for registro in estante.registros
            for codigo, titulo, capacidades, caminhos in PERMANENTES
            if any(map(may, capacidades.split()))
        ],
        "cursor": cursor,
    }


def _permanente(
    registro: str, codigo: str, titulo: str, caminhos: Caminhos, seen: datetime | None
) -> dict[str, Any]:  # fmt: skip
    where = [*caminhos]
    if codigo == PROCEDIMENTOS and seen is not None:
        where.append(("mudancas", MUDANCAS, {"de": local_day(seen).isoformat()}))
    formatos = [
        {"formato": formato, "caminho": f"{path}?{urlencode({'registro_ans': registro, **query})}"}
        for formato, path, query in where
    ]
    return {"registro_ans": registro, "codigo": codigo, "titulo": titulo, "formatos": formatos}


def lida(publicacao: Publicacao) -> dict[str, Any]:
    """As a prestador reads it (shape: :class:`DocumentacaoView`)."""
    return {**_lida(publicacao), "texto": publicacao.conteudo.texto}


def _lida(publicacao: Publicacao) -> dict[str, Any]:
    said = publicacao.conteudo
    return {
        "id": publicacao.id, "registro_ans": publicacao.registro_ans, "tipo": publicacao.tipo.value,
        "edicao": publicacao.edicao, "titulo": said.titulo, "resumo": said.resumo,
        "publicada_em": _instante(publicacao.publicada_em), **_vigencia(said),
        "arquivo": _arquivo(publicacao, f"documentacoes/{publicacao.id}/arquivo"),
    }  # fmt: skip


def publicacao(edicoes: Edicoes, upload: Upload | None) -> dict[str, Any]:
    """As the operadora sees it (shape: :class:`PublicacaoView`).

    Args:
        upload: of the draft's file.
    """
    last = edicoes[-1]
    return {
        "id": last.id, "registro_ans": last.registro_ans, "tipo": last.tipo.value, "versao": versao_de(edicoes),
        "edicoes": [edicao(one, upload if one is last else None) for one in reversed(edicoes)],
    }  # fmt: skip


def edicao(one: Publicacao, upload: Upload | None = None) -> dict[str, Any]:
    """An edition as the operadora sees it (shape: :class:`EdicaoView`)."""
    said, draft = one.conteudo, one.situacao is Situacao.RASCUNHO
    return {
        "id": one.id, "registro_ans": one.registro_ans, "tipo": one.tipo.value, "edicao": one.edicao,
        "situacao": one.situacao.value, "titulo": said.titulo, "resumo": said.resumo, "texto": said.texto,
        **_vigencia(said),
        "publico": {
            "prestadores": list(said.publico.prestadores), "tipos": list(said.publico.tipos),
            "ufs": list(said.publico.ufs),
        },
        "arquivo": _arquivo(one, f"operadora/documentacoes/{one.id}/arquivo?edicao={one.edicao}"),
        "arquivo_enviado": _enviado(upload) if upload and draft else None,
        "criada_em": iso(one.criada_em), "criada_por": one.criada_por,
        "publicada_em": _instante(one.publicada_em), "publicada_por": one.publicada_por,
        "visivel_em": _instante(one.visivel_em), "encerrada_em": _instante(one.encerrada_em),
        "encerrada_por": one.encerrada_por, "motivo": one.motivo,
    }  # fmt: skip


def _enviado(upload: Upload) -> dict[str, Any]:
    shown = vista(upload)
    arquivo = {name: shown["arquivo"][name] for name in ("nome", "tipo_conteudo", "tamanho")}
    return {"id": upload.id, "situacao": shown["situacao"], **arquivo, "achados": shown["achados"]}


def _arquivo(publicacao: Publicacao, caminho: str) -> dict[str, Any] | None:
    kept = publicacao.arquivo
    if kept is None:
        return None
    return {
        "nome": kept.nome, "tipo_conteudo": kept.formato, "tamanho": kept.tamanho, "sha256": kept.sha256,
        "caminho": caminho,
    }  # fmt: skip


def _vigencia(said: Conteudo) -> dict[str, Any]:
    last = said.vigente_ate
    return {"vigente_de": said.vigente_de.isoformat(), "vigente_ate": last.isoformat() if last else None}


def _instante(when: datetime | None) -> str | None:
    return iso(when) if when else None
