"""Canonical sha256 (`canonical.digest`) of the official schemas, file by file.

4.01.00 was computed from the files ANS published; 4.02.00 and 4.03.00 from the wheel, whose provenance
names ANS's packages of 2025-05 and 2025-11 (tiss.md section 1). A derived or copied file that differs is
refused; a file given by the operator of `--ans` that differs is used, with a warning, because ANS may
publish a corrected edition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from collections.abc import Mapping

COM_VERSAO: Final = ("tiss", "tissGuias", "tissComplexTypes", "tissSimpleTypes", "tissWebServices")
"""Stems of the five files whose names end in the version: `tissGuiasV4_01_00.xsd`."""

SEM_VERSAO: Final = ("tissAssinaturaDigital_v1.01.xsd", "xmldsig-core-schema.xsd")
"""The two signature schemas, equal in every version."""


def nomes(versao: Versao) -> tuple[str, ...]:
    """Names of the seven files of a version."""
    return (*(f"{base}{versao.sufixo}.xsd" for base in COM_VERSAO), *SEM_VERSAO)


def _digests(versao: Versao, *com_versao: str) -> Mapping[str, str]:
    return dict(
        zip(
            nomes(versao),
            (
                *com_versao,
                "455adb954cd3d3db33c0d3057fb3e086a09e5eddfbf43cac3040f34c6952df11",
                "4ef678a87390092545f79f9f9238ba4228d0ffd620155f9664c40e414cda56a3",
            ),
            strict=True,
        )
    )


OFICIAIS: Final[Mapping[Versao, Mapping[str, str]]] = {
    Versao.V4_01_00: _digests(
        Versao.V4_01_00,
        "c97a06dc4d6ab3b4c538c87f6f4918717a85711420f407a645b23e30f47f5826",
        "cc63be4cc746a237f6063c55ec145e42865b449626c2c9b3962e684e0de3cd3d",
        "7ab8f39326e39312adf582032a1574e9dbbb617bfdd9978711ea4eab59b7bc33",
        "8a7f19eb8d9bb0abf2f22d69826ae4ba77ede3fe8c6a5bb65f60819a5b3c4da8",
        "ba1d4f76c400b126d5ca57e0cd278fb6dac14aff8c90420d51195d2887e9040f",
    ),
    Versao.V4_02_00: _digests(
        Versao.V4_02_00,
        "cd2017a652725ddab47f9969c7c8819178de308ebd5915f94761a029487d28ed",
        "d1fffe5fa87a49a2c2f328aa5094e42dd85cec472fbc5901add590a6b666947e",
        "ee1d1f289ed549701c6a611f04b89f03e78683d39a9d13629507ded6e44006f3",
        "e81c182261371cc804e86d1e729e08280443eb35c291c82e83eaaba788b7cd3b",
        "863a10f620589871648387bc25a6e0571849d633890f9692c0f959e67297dfbd",
    ),
    Versao.V4_03_00: _digests(
        Versao.V4_03_00,
        "c601fe595b0a9dfe2813ef56887c256ae5565e2be1d068e4a714733458f0026c",
        "bd3ee6d59ea970c86a46fff7704ddfc51f08ba9e00a752734dd6dfc02e143f1e",
        "28f9f71b492e8ba57605b68b4090520553b91e6a60243fc4abb18a0ab50e749d",
        "f05097e46efec7f2c8ffcb5c5d6f77d0f991603f0649155d8bdd50e1251bb0f1",
        "6e1b84edd0a322753d9a6265c3ef236058bee06222d9edeef88922f0db0da6e0",
    ),
}
