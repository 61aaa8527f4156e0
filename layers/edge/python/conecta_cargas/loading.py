"""Loads by ops from the arrival of a file to its end, step by step, and the port to the rows.

A load is planned once, loaded part by part in any order and as often as it takes, and concluded. Whatever is repeated,
cut or run beside itself, the same file ends in the same rows and the same counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final, Protocol

from conecta_cargas import states as cargas
from conecta_cargas.cells import CelulaError
from conecta_cargas.columns import Achado, Tipo
from conecta_cargas.following import CABECALHO_DO_RELATORIO, RELATORIO, Arquivos, Cargas, find_carga
from conecta_cargas.reading import (
    LIMITE_DA_LINHA,
    TAMANHO_DA_PARTE,
    ArquivoError,
    Parte,
    Planilha,
    abrir,
    cortar,
    examinar,
    numeradas,
    reabrir,
    repetidas,
)
from conecta_cargas.states import (
    RECUSAS_GUARDADAS,
    Carga,
    Contagem,
    Decisao,
    Guardado,
    LostRaceError,
    ParteCarregada,
    Recusa,
    StaleCargaError,
)

if TYPE_CHECKING:
    from datetime import date

LOTE: Final = 100
"""Rows read, decided and written together: one BatchGetItem."""
RODADAS: Final = 6
TAMANHO_MAXIMO: Final = 1024**3
"""Bytes of a file: what one function can read through, twice if need be, in its five minutes."""
INTEIRO_MAXIMO: Final = TAMANHO_DA_PARTE
"""Bytes of a file that is loaded whole or not at all: one part."""
OUTRA_LINHA: Final = (
    "", "outra-linha-recusada",
    "Outra linha foi recusada, e deste tipo se carrega o arquivo inteiro ou nada: corrija-a e envie-o de novo.",
)  # fmt: skip
"""What is told of the right lines of such a file."""
RELATORIO_MAXIMO: Final = 4 * 1024 * 1024
"""Bytes of refusals in the report: what one answer of the API can carry. The parts' own files hold all of them."""

Chave = tuple[str, str, str]
"""Table, partition, sort key."""
Dados = dict[str, Any]
Busca = tuple[str, str]
Juntar = Callable[[Mapping[str, Any] | None], tuple[Dados, Busca | None] | None]


@dataclass(slots=True)
class Item:
    """What a row wants to be under one key.

    Attributes:
        busca: where it lies in the index, if anywhere.
        juntar: instead of replacing what is stored, makes of it (`None`: nothing is stored) what will be; `None` leaves
            the stored one alone, whoever it belongs to.
    """

    chave: Chave
    dados: Dados
    busca: Busca | None = None
    juntar: Juntar | None = None


@dataclass(slots=True)
class Escrita:
    """One conditional write: over `guardado`, as it was seen, or where nothing was."""

    item: Item
    guardado: Guardado | None
    decisao: Decisao
    resumo: str
    posicao: int


class Registros(Protocol):
    """The loaded rows."""

    def itens(self, tipo: str, registro_ans: str, dados: Dados, referencia: date, hoje: date) -> list[Item]:
        """The items a row writes."""
        ...

    def ler(self, itens: Sequence[Item]) -> Mapping[Chave, Guardado]:
        """What is stored under their keys."""
        ...

    def gravar(self, carga_id: str, fonte: str, escritas: Sequence[Escrita]) -> set[Chave]:
        """Write each under its condition; answers those whose condition no longer held, or that were throttled."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What the workflow's steps need.

    Attributes:
        tipos: the context's own files.
        relogio: answers the present instant.
        fuso: zone of days and of file names.
    """

    tipos: Mapping[str, Tipo]
    cargas: Cargas
    registros: Registros
    arquivos: Arquivos
    relogio: Callable[[], datetime]
    fuso: tzinfo


# -- arrival ----------------------------------------------------------------------------------------------------


def register_carga(
    chave: str,
    versao: str | None,
    *,
    tipos: Mapping[str, Tipo],
    cargas_: Cargas,
    arquivos: Arquivos,
    fuso: tzinfo,
    now: datetime,
) -> Carga | None:
    """A file arrived: its load, to be started if it is RECEBIDA. The same version is the same load.

    Returns:
        The load as stored; `None` when the file is gone.
    """
    objeto = arquivos.localizar(chave, versao)
    if objeto is None:
        return None
    registro = cargas.registro_de(chave)
    conhecida = cargas_.conhece(registro) if registro else None
    carga = cargas.receber(objeto, tipos=tipos, conhecida=conhecida, fuso=fuso, now=now)
    cargas_.add(carga, "CargaConcluida" if carga.situacao.final else None, now)
    return cargas_.get(carga.registro_ans, carga.id)


# -- the workflow's steps ---------------------------------------------------------------------------------------


def plan(*, registro_ans: str, carga_id: str, ports: Ports) -> list[Parte]:
    """Judge the file as a whole and cut it; nothing to load when it is refused, or over.

    The whole file is read once: that gives the parts their line numbers and finds keys that appear twice, so that of
    two lines with one key the first that is right wins, whichever part is loaded first.
    """
    carga = find_carga(registro_ans=registro_ans, carga_id=carga_id, cargas_=ports.cargas)
    if carga.situacao.final:
        return []
    tipo, tamanho, passo = ports.tipos[carga.tipo], carga.objeto.tamanho, carga.passo or TAMANHO_DA_PARTE
    ler = ports.arquivos.leitor(carga.objeto)
    maximo = INTEIRO_MAXIMO if tipo.inteiro else TAMANHO_MAXIMO
    try:
        if tamanho > maximo:
            raise ArquivoError(Recusa(0, "", "arquivo-grande", f"O máximo é de {maximo} bytes: divida-o."))  # noqa: TRY301
        planilha = abrir(tipo, registro_ans, ler(0, min(tamanho, LIMITE_DA_LINHA + 5)))
        cortes = cortar(tamanho, passo)
        exame = examinar(ler, planilha, tamanho, cortes)
        if not exame.linhas:
            raise ArquivoError(Recusa(0, "", "arquivo-vazio", "O arquivo não tem linha além do cabeçalho."))  # noqa: TRY301
    except ArquivoError as erro:
        recusas = erro.recusas
        _mudar(ports, carga, lambda atual, now: cargas.recusar(atual, recusas, now), "CargaConcluida")
        return []
    contadas = _guardar_repetidas(carga, repetidas(ler, planilha, tamanho, exame.candidatas), cortes, ports)
    _mudar(ports, carga, lambda atual, now: cargas.iniciar(atual, planilha.cabecalho, passo, len(cortes), now), None)
    return [Parte(n, inicio, fim, exame.primeiras[n], contadas.get(n, 0)) for n, (inicio, fim) in enumerate(cortes)]


def _guardar_repetidas(
    carga: Carga, achadas: Iterable[tuple[int, str]], cortes: Sequence[tuple[int, int]], ports: Ports
) -> dict[int, int]:
    """Keep, for each part that has any, the positions of lines that repeat a key; answers how many."""
    contadas: dict[int, int] = {}
    n, linhas = 0, list[str]()

    def fechar() -> None:
        if linhas:
            contadas[n] = len(linhas)
            ports.arquivos.guardar(carga.registro_ans, carga.id, f"repetidas/{n:05d}.txt", "\n".join(linhas).encode())
            linhas.clear()

    for posicao, coluna in achadas:
        while posicao >= cortes[n][1]:
            fechar()
            n += 1
        linhas.append(f"{posicao} {coluna}")
    fechar()
    return contadas


def _repetidas_da_parte(carga: Carga, parte: Parte, arquivos: Arquivos) -> dict[int, str]:
    if not parte.repetidas:
        return {}
    texto = (arquivos.abrir(carga.registro_ans, carga.id, f"repetidas/{parte.n:05d}.txt") or b"").decode()
    pares = (linha.partition(" ") for linha in texto.split("\n"))
    return {int(posicao): coluna for posicao, _, coluna in pares}


@dataclass(slots=True)
class _Linha:
    numero: int
    posicao: int
    itens: list[Item]


class _Placar:
    """What came of the rows of a part, as they come."""

    def __init__(self) -> None:
        self.carregadas = self.inalteradas = self.recusadas = 0
        self.recusas: list[Recusa] = []
        self.texto: list[str] = []

    def recusar(self, numero: int, achados: Iterable[tuple[str, str, str]]) -> None:
        """One row refused, for one or more reasons."""
        self.recusadas += 1
        for achado in achados:
            if len(self.recusas) < RECUSAS_GUARDADAS:
                self.recusas.append(Recusa(numero, *achado))
            self.texto.append(";".join((str(numero), *achado)))

    def contar(self, numero: int, escritas: Sequence[Escrita]) -> None:
        """One right row, by what became of its items."""
        decisoes = {escrita.decisao for escrita in escritas}
        if Decisao.ELIMINADA in decisoes:
            motivo = "Os dados desta pessoa foram eliminados a pedido dela (LGPD): não são carregados de novo."
            self.recusar(numero, [("", "eliminado", motivo)])
        elif Decisao.RECUSADA in decisoes:
            vistos = (escrita.guardado for escrita in escritas if escrita.guardado is not None)
            self.recusar(numero, dict.fromkeys(recusa for guardado in vistos for recusa in guardado.recusas))
        elif decisoes & {Decisao.GRAVAR, Decisao.JA_GRAVADA}:
            self.carregadas += 1
        else:
            self.inalteradas += 1

    @property
    def contagem(self) -> Contagem:
        """Every row so far."""
        lidas = self.carregadas + self.inalteradas + self.recusadas
        return Contagem(lidas, self.carregadas, self.inalteradas, self.recusadas)


def load_part(*, registro_ans: str, carga_id: str, parte: Parte, ports: Ports) -> Contagem:
    """Load the rows of one part; one that has ended is not loaded again.

    Raises:
        LostRaceError: others write the same rows without end; what was written stays, and counts when tried again.
    """
    feita = ports.cargas.parte(registro_ans, carga_id, parte.n)
    if feita is not None:
        return feita.contagem
    carga = find_carga(registro_ans=registro_ans, carga_id=carga_id, cargas_=ports.cargas)
    tipo = ports.tipos[carga.tipo]
    planilha = reabrir(tipo, registro_ans, carga.cabecalho)
    repetidas_ = _repetidas_da_parte(carga, parte, ports.arquivos)
    referencia, hoje = (quando.astimezone(ports.fuso).date() for quando in (carga.referencia, ports.relogio()))
    placar, lote = _Placar(), list[_Linha]()
    lidas, novas = 0, False
    for numero, posicao, bruta in numeradas(ports.arquivos.leitor(carga.objeto), parte, carga.objeto.tamanho):
        lidas += 1
        dados, achados = _valores(planilha, bruta)
        if not achados and posicao in repetidas_:
            achados = [(repetidas_[posicao], "chave-repetida", "Uma linha anterior deste arquivo já tem esta chave.")]
        if achados:
            placar.recusar(numero, achados)
            continue
        itens = ports.registros.itens(carga.tipo, registro_ans, dados, referencia, hoje)
        lote.append(_Linha(numero, posicao, itens))
        if len(lote) == LOTE and not tipo.inteiro:
            novas = _carregar(lote, carga, ports.registros, placar, novas=novas)
            lote = []
    if tipo.inteiro and placar.recusadas:
        for linha in lote:
            placar.recusar(linha.numero, [OUTRA_LINHA])
        lote = []
    _carregar(lote, carga, ports.registros, placar, novas=novas)
    contagem = placar.contagem
    if contagem.lidas != lidas:
        raise AssertionError(f"{carga_id}/{parte.n}: rows unaccounted for")
    if placar.texto:
        conteudo = "\n".join((*placar.texto, "")).encode()
        ports.arquivos.guardar(registro_ans, carga_id, _fragmento(parte.n), conteudo)
    ports.cargas.add_parte(
        registro_ans, carga_id, ParteCarregada(parte.n, contagem, ports.relogio(), tuple(placar.recusas))
    )
    return contagem


def _valores(planilha: Planilha, bruta: bytes) -> tuple[Dados, list[Achado]]:
    try:
        return planilha.valores(planilha.celulas(bruta))
    except CelulaError as erro:
        return {}, [("", erro.codigo, erro.motivo)]


def _carregar(lote: Sequence[_Linha], carga: Carga, registros: Registros, placar: _Placar, *, novas: bool) -> bool:
    """Read, decide, write; whose row changed in between is read and decided again.

    Args:
        novas: the rows before these were all new: these are written as new ones at once, and only what is there after
            all is read. Rows of several items are always read: they are written together or not at all.

    Returns:
        Whether these were all new, too.
    """
    todas_novas = True
    for _ in range(RODADAS):
        if not lote:
            return todas_novas
        procuradas = [item for linha in lote if not novas or len(linha.itens) > 1 for item in linha.itens]
        guardados = registros.ler(procuradas) if procuradas else {}
        novas, todas_novas = False, todas_novas and not guardados
        decididas = [(linha, [_decidir(item, linha, carga, guardados) for item in linha.itens]) for linha in lote]
        escritas = [
            escrita
            for _linha, escritas_ in decididas
            if not any(escrita.decisao in {Decisao.ELIMINADA, Decisao.RECUSADA} for escrita in escritas_)
            for escrita in escritas_
            if escrita.decisao in {Decisao.GRAVAR, Decisao.ATUALIZAR_FONTE}
        ]
        perdidas = registros.gravar(carga.id, carga.fonte, escritas) if escritas else set()
        lote = []
        for linha, escritas_ in decididas:
            if any(item.chave in perdidas for item in linha.itens):
                lote.append(linha)
            else:
                placar.contar(linha.numero, escritas_)
    if lote:
        raise LostRaceError(carga.id)
    return todas_novas


def _decidir(item: Item, linha: _Linha, carga: Carga, guardados: Mapping[Chave, Guardado]) -> Escrita:
    guardado = visto = guardados.get(item.chave)
    if item.juntar is not None:
        junto = item.juntar(guardado.dados if guardado else None)
        if junto is None:
            return Escrita(item, guardado, Decisao.INALTERADA, "", linha.posicao)
        item.dados, item.busca = junto
        if guardado is not None:  # whoever wrote it: what it says is what counts
            visto = replace(guardado, resumo=cargas.resumo(guardado.dados or {}))
    resumo = cargas.resumo(item.dados)
    decisao = cargas.decide(visto, fonte=carga.fonte, carga=carga.id, resumo_=resumo)
    return Escrita(item, guardado, decisao, resumo, linha.posicao)


def conclude(*, registro_ans: str, carga_id: str, ports: Ports) -> Carga:
    """Sum the parts, write the report and publish `CargaConcluida`; repeatable.

    Raises:
        PartsMissingError: a part has not ended.
    """
    carga = find_carga(registro_ans=registro_ans, carga_id=carga_id, cargas_=ports.cargas)
    if carga.situacao.final:
        return carga
    partes = ports.cargas.partes(registro_ans, carga_id)
    depois = cargas.concluir(carga, partes, ports.relogio())
    if depois.contagem.recusadas:
        com_recusas = sorted(parte.n for parte in partes if parte.contagem.recusadas)
        ports.arquivos.guardar(registro_ans, carga_id, RELATORIO, _relatorio(carga, com_recusas, ports.arquivos))
    return _mudar(ports, carga, lambda atual, now: cargas.concluir(atual, partes, now), "CargaConcluida")


def _fragmento(n: int) -> str:
    return f"partes/{n:05d}.csv"


def _relatorio(carga: Carga, partes: Sequence[int], arquivos: Arquivos) -> bytes:
    pedacos, tamanho = [CABECALHO_DO_RELATORIO.encode()], 0
    for n in partes:
        pedaco = arquivos.abrir(carga.registro_ans, carga.id, _fragmento(n)) or b""
        cabe = RELATORIO_MAXIMO - tamanho
        if len(pedaco) > cabe:
            pedacos.append(pedaco[: pedaco.rfind(b"\n", 0, cabe) + 1])
            aviso = "0;;relatorio-cortado;Há mais recusas: corrija estas e envie o arquivo de novo.\n"
            pedacos.append(aviso.encode())
            break
        pedacos.append(pedaco)
        tamanho += len(pedaco)
    return b"".join(pedacos)


def fail(*, registro_ans: str, carga_id: str, erro: str, ports: Ports) -> Carga:
    """The workflow gave up: the load waits to be resumed. One that is over stays over."""
    carga = find_carga(registro_ans=registro_ans, carga_id=carga_id, cargas_=ports.cargas)
    return _mudar(ports, carga, lambda atual, now: cargas.falhar(atual, erro, now), None)


def _mudar(ports: Ports, carga: Carga, como: Callable[[Carga, datetime], Carga], evento: str | None) -> Carga:
    """Change a load, also when an execution beside this one changed it meanwhile; one that is over stays as it is."""
    for _ in range(RODADAS):
        if carga.situacao.final:
            break
        now = ports.relogio()
        depois = como(carga, now)
        try:
            ports.cargas.change(carga, depois, evento, now)
        except StaleCargaError:
            carga = find_carga(registro_ans=carga.registro_ans, carga_id=carga.id, cargas_=ports.cargas)
        else:
            return depois
    else:
        raise StaleCargaError(carga.id)
    return carga
