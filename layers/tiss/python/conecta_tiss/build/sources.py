"""Where the standard comes from: the pinned wheel, or ANS's own package given by the operator.

The wheel is read as data, by path: its modules are never imported (they cost 0.1 s and more, and nothing
of it may be needed at run time).
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

from conecta_tiss.build.digests import nomes
from conecta_tiss.errors import FonteAusenteError, FonteInvalidaError
from conecta_tiss.versions import VERSOES, Versao

PACOTE: Final = "tiss"
VERSAO_DO_PACOTE: Final = "0.4.0"

_MAIOR_ESQUEMA: Final = 8 * 1024 * 1024
"""Bytes; the largest official schema has 0.2 MB."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """The installed wheel `tiss`, seen as a folder of data."""

    raiz: Path
    registro: str
    """Sha256 of its RECORD: changes with any file of the wheel."""

    @classmethod
    def instalado(cls) -> Wheel:
        """Find the wheel in the running environment.

        Raises:
            FonteAusenteError: It is not installed.
            FonteInvalidaError: It is installed in another version.
        """
        try:
            distribuicao = metadata.distribution(PACOTE)
        except metadata.PackageNotFoundError as erro:
            raise FonteAusenteError(
                f"o pacote {PACOTE}=={VERSAO_DO_PACOTE} não está instalado neste ambiente; "
                "execute scripts/setup, que instala as dependências travadas"
            ) from erro
        if distribuicao.version != VERSAO_DO_PACOTE:
            raise FonteInvalidaError(
                f"o pacote {PACOTE} instalado é {distribuicao.version}; esperava {VERSAO_DO_PACOTE}"
            )
        registro = distribuicao.read_text("RECORD") or ""
        return cls(
            raiz=Path(str(distribuicao.locate_file(PACOTE))),
            registro=hashlib.sha256(registro.encode()).hexdigest(),
        )

    def esquemas(self, versao: Versao) -> dict[str, bytes]:
        """The seven files of 4.02.00 or 4.03.00, by name.

        Raises:
            FonteAusenteError: One is missing.
        """
        return {nome: self._le("_data", "schemas", versao.value, nome) for nome in nomes(versao)}

    def tuss(self) -> bytes:
        """The TUSS tables as JSON.

        Raises:
            FonteAusenteError: The file is missing.
        """
        return self._le("tuss", "_data", "tuss.json")

    def _le(self, *partes: str) -> bytes:
        caminho = self.raiz.joinpath(*partes)
        try:
            return caminho.read_bytes()
        except OSError as erro:
            raise FonteAusenteError(f"o pacote {PACOTE} não tem {'/'.join(partes)}") from erro


@dataclass(frozen=True, slots=True)
class PacoteAns:
    """A folder with ANS's own files: zips as published, or the XSDs taken out of them."""

    pasta: Path
    arquivos: dict[str, bytes] = field(repr=False)
    """Every schema file of a known version found in the folder, by name."""

    @classmethod
    def abre(cls, pasta: Path) -> PacoteAns:
        """Read a folder, its subfolders and the zips in them.

        Raises:
            FonteAusenteError: The folder does not exist or holds no schema of a known version.
            FonteInvalidaError: A zip is damaged, or two different files have one name.
        """
        if not pasta.is_dir():
            raise FonteAusenteError(f"a pasta {pasta} não existe")
        procurados = {nome for versao in VERSOES for nome in nomes(versao)}
        arquivos: dict[str, bytes] = {}
        for caminho in sorted(pasta.rglob("*")):
            if caminho.suffix.lower() == ".zip":
                for nome, conteudo in _do_zip(caminho, procurados).items():
                    _junta(arquivos, nome, conteudo)
            elif caminho.name in procurados and caminho.is_file():
                _junta(arquivos, caminho.name, caminho.read_bytes())
        pacote = cls(pasta, arquivos)
        if not any(pacote.tem(versao) for versao in VERSOES):
            raise FonteAusenteError(
                f"{pasta} não tem esquemas TISS das versões {', '.join(VERSOES)}: "
                "coloque nela os zips da ANS ou os XSD extraídos"
            )
        return pacote

    def tem(self, versao: Versao) -> bool:
        """Whether the root schema of that version is there."""
        return f"tiss{versao.sufixo}.xsd" in self.arquivos

    def esquemas(self, versao: Versao) -> dict[str, bytes]:
        """The seven files of a version, by name.

        Raises:
            FonteAusenteError: The version is incomplete.
        """
        faltam = [nome for nome in nomes(versao) if nome not in self.arquivos]
        if faltam:
            raise FonteAusenteError(f"{self.pasta} tem a versão {versao} incompleta; falta: {', '.join(faltam)}")
        return {nome: self.arquivos[nome] for nome in nomes(versao)}

    def registro(self) -> str:
        """Sha256 over all files taken from the folder."""
        resumo = hashlib.sha256()
        for nome in sorted(self.arquivos):
            resumo.update(f"{nome}\0{hashlib.sha256(self.arquivos[nome]).hexdigest()}\n".encode())
        return resumo.hexdigest()


def _do_zip(caminho: Path, procurados: set[str]) -> dict[str, bytes]:
    achados: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(caminho) as arquivo:
            for item in arquivo.infolist():
                nome = item.filename.replace("\\", "/").rpartition("/")[2]
                if nome not in procurados:
                    continue
                if item.file_size > _MAIOR_ESQUEMA:
                    raise FonteInvalidaError(f"{caminho.name}: {nome} é grande demais para um esquema")
                _junta(achados, nome, arquivo.read(item))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as erro:
        raise FonteInvalidaError(f"{caminho.name} não é um zip legível") from erro
    return achados


def _junta(arquivos: dict[str, bytes], nome: str, conteudo: bytes) -> None:
    if arquivos.setdefault(nome, conteudo) != conteudo:
        raise FonteInvalidaError(f"há dois arquivos {nome} diferentes na pasta; deixe só um")
