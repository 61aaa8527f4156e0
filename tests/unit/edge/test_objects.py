"""Addresses that objects are fetched from."""

from __future__ import annotations

from typing import Any

import pytest

from conecta_edge import objects


class Signer:
    """Answers what it was asked to sign."""

    def generate_presigned_url(self, operation: str, **asked: Any) -> str:
        assert (operation, asked["ExpiresIn"]) == ("get_object", 900)
        assert {name: asked["Params"][name] for name in ("Bucket", "Key")} == {"Bucket": "acervo", "Key": "t/1"}
        return str(asked["Params"]["ResponseContentDisposition"])


@pytest.mark.parametrize(
    ("nome", "told"),
    [
        ("nota.pdf", 'attachment; filename="nota.pdf"'),
        ("Orçamento 1.pdf", "attachment; filename=\"Orcamento 1.pdf\"; filename*=UTF-8''Or%C3%A7amento%201.pdf"),
        ('a"\\\r\nb.pdf', "attachment; filename=\"ab.pdf\"; filename*=UTF-8''a%22%5C%0D%0Ab.pdf"),
    ],
)
def test_an_object_is_saved_under_its_name_which_says_nothing_else(nome: str, told: str) -> None:
    assert objects.link(Signer(), "acervo", "t/1", nome) == told
