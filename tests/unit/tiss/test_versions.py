"""Versions of the standard."""

from __future__ import annotations

import pytest

from conecta_tiss.errors import VersaoNaoSuportadaError
from conecta_tiss.versions import VERSOES, Versao


def test_padrao_is_read_with_xml_whitespace_around_it() -> None:
    assert Versao.de(" 4.01.00\n") is Versao.V4_01_00


@pytest.mark.parametrize("padrao", ["", "4.00.01", "3.05.00", "4.04.00", "4.01", "V4_01_00", "４.01.00"])
def test_another_padrao_is_refused_without_being_echoed(padrao: str) -> None:
    with pytest.raises(VersaoNaoSuportadaError) as recusa:
        Versao.de(padrao)
    assert str(recusa.value).endswith("use uma de: 4.01.00, 4.02.00, 4.03.00")


def test_versions_are_in_order_of_publication() -> None:
    assert list(VERSOES) == sorted(VERSOES)
    assert Versao.V4_01_00 < Versao.V4_02_00 < Versao.V4_03_00


def test_the_suffix_is_that_of_anss_file_names() -> None:
    assert Versao.V4_02_00.sufixo == "V4_02_00"
