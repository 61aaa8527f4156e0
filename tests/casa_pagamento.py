"""PEGs whose values are published, with what was billed and judged, where pagamento reads them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from conecta_contas.analise import Glosa, Recuperado, glosar, recuperar
from conecta_contas.contexto import Contexto
from conecta_contas.dossies import Dossie, open_dossie
from conecta_contas.pegs import Peg, Recuperacao, SituacaoPeg
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.lote_guias import Guia
from conecta_tiss.vocabulary.amounts import soma
from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.pagamentos import ItemPago, Pagamento
from pagamento.service.faturas import find_faturas
from pagamento.service.portas import Mudanca
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, OUTRO_CNPJ, PASA, VALE, a_peg
from tests.builders_pagamento import AGORA, HOJE, UM_PEG, a_fatura, a_payment
from tests.builders_peg import a_knowledge, a_sadt, billed, done, judged
from tests.fakes_pagamento import Mesa

RECEBIDO: Final = date(2026, 10, 20)
PUBLICADO: Final = date(2026, 11, 9)


def a_dossie(*guias: Guia, contexto: Contexto | None = None, glosas: tuple[Glosa, ...] = ()) -> Dossie:
    """What was judged of guias, and what a person took besides."""
    known = contexto or a_knowledge()
    held = guias or (a_sadt(done()),)
    made = open_dossie(billed(*held), (), judged(*held, contexto=known), known)
    resultado = made.resultado
    for one in glosas:
        resultado = glosar(resultado, one, autor="pessoa-auditoria")
    return replace(made, resultado=resultado)


def by_hand(indice: int = 1, sequencia: int | None = 1, retirado: str | None = "1.50", **changes: Any) -> Glosa:
    """A person of auditoria takes something."""
    made = Glosa(
        0, "AUDITORIA", "1705", "VALOR_ACIMA_DO_CONTRATADO", "Cobrado acima do combinado.", indice, sequencia,
        retirado=Decimal(retirado) if retirado else None, contestar_dias=30,
    )  # fmt: skip
    return replace(made, **changes)


def a_published(protocolo: str, dossie: Dossie, **changes: Any) -> Peg:
    """The row of a PEG of October that was published in time."""
    resultado = dossie.resultado
    held = {
        "situacao": SituacaoPeg.LIBERADO, "publicada_em": PUBLICADO, "quantidade_guias": len(resultado.guias),
        "data_recepcao": AGORA.replace(month=10, day=20), "competencia": "202610",
        "valor_informado": resultado.informado, "valor_glosado": resultado.glosado,
        "tipo_guia": dossie.guias[0].tipo.value,
    }  # fmt: skip
    return replace(a_peg(protocolo), **{**held, **changes})


class Casa(Mesa):
    """The hospital at VALE and at PASA."""

    def __init__(self) -> None:
        super().__init__()
        self.cadastro.put(
            Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ),
            an_operadora(VALE, cnpj=OUTRO_CNPJ, portal_legado="https://antigo.example"), an_operadora(PASA),
        )  # fmt: skip
        self.cadastro.codigos[HOSPITAL, VALE] = "HOSP01"

    def publish(self, protocolo: str = UM_PEG, dossie: Dossie | None = None, **changes: Any) -> Peg:
        """A PEG and its dossier."""
        held = dossie or a_dossie()
        return self.contas.put(a_published(protocolo, held, **changes), held)

    def recover(self, protocolo: str, dossie: Dossie, *recursos: Sequence[Recuperado], **changes: Any) -> Peg:
        """The same after recursos gave back so much, one after the other."""
        resultado = dossie.resultado
        for partes in recursos:
            resultado = recuperar(resultado, partes)
        given = tuple(
            Recuperacao(partes[0].recurso, soma(one.valor for one in partes), HOJE) for partes in recursos
        )  # fmt: skip
        return self.publish(protocolo, replace(dossie, resultado=resultado), recuperacoes=given, **changes)

    def settle(self, *ids: str, **changes: Any) -> Pagamento:
        """Faturas are paid as they are."""
        found = find_faturas(HOSPITAL, ids, self.portas)
        itens = tuple(ItemPago(one, found[one].valor) for one in ids)
        paid = a_payment(**{"itens": itens, "data": HOJE, "numero": f"P-{ids[0]}", **changes})
        self.registros.write(
            [
                Mudanca(None, paid),
                *(Mudanca(one, replace(one, situacao=SituacaoFatura.PAGA, paga_em=HOJE, versao=one.versao + 1))
                  for one in found.values()),
            ],
            now=AGORA, correlacao="antes",
        )  # fmt: skip
        return paid

    def pay(self, *pegs: Peg, **changes: Any) -> Pagamento:
        """All that is liberado of some PEGs is paid."""
        itens = tuple(ItemPago(one.protocolo, one.valor_liberado) for one in pegs)
        paid = a_payment(**{"itens": itens, "data": HOJE, **changes})
        for one in pegs:
            self.registros.put(
                a_fatura(
                    one.protocolo, valor=one.valor_liberado, tipo_guia=one.tipo_guia, situacao=SituacaoFatura.PAGA,
                    pagamento=paid.numero, paga_em=paid.data,
                )
            )  # fmt: skip
        self.registros.put(paid)
        return paid


class FakeS3:
    """Objects by key; what is asked for is there or is not."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: Any, ContentType: str) -> None:  # noqa: N803  # S3's words
        assert (Bucket, bool(ContentType)) == ("acervo", True)
        self.objects[Key] = Body if isinstance(Body, bytes) else Body.read()

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == "acervo"
        if Key not in self.objects:
            raise AbsentError
        return {"Body": io.BytesIO(self.objects[Key]), "LastModified": AGORA}

    def generate_presigned_url(self, operation: str, *, Params: dict[str, str], ExpiresIn: int) -> str:  # noqa: N803
        assert operation == "get_object"
        return f"https://{Params['Bucket']}.example/{Params['Key']}?{ExpiresIn}&{Params['ResponseContentDisposition']}"


class AbsentError(Exception):
    """As botocore tells it."""

    response: Final = {"Error": {"Code": "NoSuchKey"}}
