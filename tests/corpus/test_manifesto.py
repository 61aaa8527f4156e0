"""The corpus is what it says: enough cases, repeatable, and controls that an independent reader accepts."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.corpus import Ambiente, Caso, Espera, cases, escrever
from tests.unit.gerador.oraculo import erros_de_schema, hash_pelas_folhas

if TYPE_CHECKING:
    from pathlib import Path

CONTROLES = [caso for caso in cases() if caso.espera is Espera.ACEITA]


def test_the_corpus_is_large_and_its_names_are_unique_file_names() -> None:
    quantos = Counter(caso.espera for caso in cases())
    nomes = [caso.nome for caso in cases()]

    assert quantos[Espera.RECUSA] >= 80
    assert quantos[Espera.ACEITA] >= 12
    assert len(set(nomes)) == len(nomes)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", nome) for nome in nomes), nomes


def test_the_same_case_gives_the_same_bytes_each_time() -> None:
    amostra = [caso for caso in cases() if caso.categoria in {"dtd", "nao-xml", "epilogo", "codificacao"}]

    assert [caso.conteudo() for caso in amostra] == [caso.conteudo() for caso in amostra]


@pytest.mark.parametrize("caso", CONTROLES, ids=lambda caso: caso.nome)
def test_a_control_is_valid_and_consistent_for_a_reader_that_is_not_ours(caso: Caso) -> None:
    conteudo = caso.conteudo()
    versao = next(v for v in ("4.02.00", "4.03.00", "4.01.00") if v.encode() in conteudo)
    declarado = re.search(rb"hash>([0-9a-fA-F]{32})<", conteudo)
    sem_comentarios = re.sub(rb"<!--.*?-->", b"", conteudo)

    assert erros_de_schema(conteudo, versao) == []
    assert declarado is not None
    assert declarado[1].decode().lower() in {
        hash_pelas_folhas(sem_comentarios, codificacao) for codificacao in ("iso-8859-1", "utf-8")
    }


def test_external_references_point_at_the_canaries_of_the_environment(tmp_path: Path) -> None:
    ambiente = Ambiente(canario=tmp_path / "canario.txt", porta=4242)
    por_nome = {caso.nome: caso.conteudo(ambiente) for caso in cases() if caso.nome.startswith("entidade-")}

    assert ambiente.arquivo.encode() in por_nome["entidade-externa-arquivo"]
    assert b"http://127.0.0.1:4242/" in por_nome["entidade-externa-http"]


def test_the_corpus_written_to_a_folder_comes_with_its_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poucos = [caso for caso in cases() if caso.categoria == "cdata"]
    monkeypatch.setattr("tests.corpus.manifesto.cases", lambda: poucos)

    arquivos = escrever(tmp_path)
    manifesto = json.loads((tmp_path / "manifesto.json").read_text(encoding="utf-8"))

    assert [linha["nome"] for linha in manifesto] == [caso.nome for caso in poucos] == list(arquivos)
    for linha, caso in zip(manifesto, poucos, strict=True):
        assert arquivos[caso.nome].read_bytes() == caso.conteudo()
        assert linha["bytes"] == len(caso.conteudo())
        assert linha["espera"] == caso.espera
