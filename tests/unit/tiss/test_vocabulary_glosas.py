"""Reasons for refusing and their codes per version."""

from __future__ import annotations

import json
import re

import pytest

from conecta_tiss.artefatos import GLOSAS, artefato
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.vocabulary.glosas import Motivo, codigo


@pytest.fixture(scope="module")
def enumerados() -> dict[str, dict[str, str]]:
    textos: dict[str, dict[str, str]] = json.loads(artefato(GLOSAS).read_text("utf-8"))
    return textos


@pytest.mark.parametrize("versao", VERSOES)
def test_every_code_is_enumerated_by_the_schema_of_its_version(
    versao: Versao, enumerados: dict[str, dict[str, str]]
) -> None:
    estranhos = {m.name: codigo(m, versao) for m in Motivo if codigo(m, versao) not in enumerados[versao]}
    assert estranhos == {}


def test_a_4_03_only_code_never_goes_to_an_older_sender(enumerados: dict[str, dict[str, str]]) -> None:
    so_4_03 = enumerados["4.03.00"].keys() - enumerados["4.01.00"].keys()
    assert len(so_4_03) == 144
    for versao in (Versao.V4_01_00, Versao.V4_02_00, None):
        assert not so_4_03 & {codigo(motivo, versao) for motivo in Motivo}


def test_a_message_of_unknown_version_gets_a_code_every_version_knows(
    enumerados: dict[str, dict[str, str]],
) -> None:
    for motivo in Motivo:
        assert all(codigo(motivo, None) in enumerados[versao] for versao in VERSOES)


def test_no_reason_is_another_name_of_a_reason() -> None:
    assert len(list(Motivo)) == len(Motivo.__members__)


@pytest.mark.parametrize(
    ("motivo", "ate_4_02", "em_4_03", "palavra"),
    [
        (Motivo.HASH_INVALIDO, "5014", "5014", "HASH"),
        (Motivo.VERSAO_INVALIDA, "5028", "5028", "VERSÃO"),
        (Motivo.LOTE_ACIMA_DO_LIMITE, "5015", "5015", "TAMANHO MÁXIMO"),
        (Motivo.LOTE_SEM_NUMERO, "5047", "5047", "LOTE NÃO INFORMADO"),
        (Motivo.LOTE_JA_INFORMADO, "5053", "3268", "JÁ INFORMADO"),
        (Motivo.EXIGE_AUTORIZACAO_PREVIA, "1818", "1818", "AUTORIZAÇÃO PRÉVIA"),
        (Motivo.DATA_FUTURA, "1323", "3223", "DATA"),
        (Motivo.TOTAL_DA_GUIA_DIVERGENTE, "5042", "5042", "SOMATÓRIO"),
        (Motivo.QUANTIDADE_COBRADA_ACIMA_DA_AUTORIZADA, "1820", "3210", "ACIMA DA MÁXIMA"),
        (Motivo.REMETENTE_NAO_IDENTIFICADO, "5005", "5005", "REMETENTE"),
        (Motivo.RECURSO_FORA_DO_PRAZO, "2909", "2909", "PRESCRITO"),
    ],
)
def test_the_text_of_the_code_says_the_reason(
    motivo: Motivo, ate_4_02: str, em_4_03: str, palavra: str, enumerados: dict[str, dict[str, str]]
) -> None:
    assert (codigo(motivo, Versao.V4_01_00), codigo(motivo, Versao.V4_02_00)) == (ate_4_02, ate_4_02)
    assert codigo(motivo, Versao.V4_03_00) == em_4_03
    assert palavra in enumerados["4.01.00"][ate_4_02]
    assert palavra in enumerados["4.03.00"][em_4_03]


def test_codes_have_four_digits_and_names_no_accents() -> None:
    for motivo in Motivo:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", motivo.name)
        assert re.fullmatch(r"[0-9]{4}", motivo.value.ate_4_02)
        assert re.fullmatch(r"[0-9]{4}", motivo.value.em_4_03)
