"""Values at the edge of what the schema's simple types accept, or beyond it."""

from __future__ import annotations

from local.gerador.tree import Node
from tests.corpus.base import CARTEIRA, Case, Family, later, leaf, lote, with_text


def _single(name: str, text: str) -> bytes:
    """A lote of one item in which one leaf has this text (the totals follow only when it is neutral)."""
    return lote(with_text(name, text), procedimentos=1, despesas=0, hash_codificacao="utf-8")


def _amounts(text: str) -> bytes:
    """A lote of one item of R$ 10,00 whose every amount is spelt that way."""

    def change(root: Node) -> None:
        leaf(root, "quantidadeExecutada").text = "1"
        leaf(root, "reducaoAcrescimo").text = "1.00"
        item = leaf(root, "procedimentoExecutado")
        item.one("valorUnitario").text = text
        item.one("valorTotal").text = text
        for total in ("valorProcedimentos", "valorTotalGeral"):
            leaf(root, total).text = text

    return lote(change, procedimentos=1, despesas=0, hash_codificacao="utf-8")


def _decimals() -> list[Case]:
    f = Family("decimais")
    for name, text in (
        ("notacao-cientifica", "1e9"),
        ("notacao-cientifica-enorme", "1E999999999"),
        ("nan", "NaN"),
        ("infinito", "INF"),
        ("virgula", "10,00"),
        ("milhar", "1.000,00"),
        ("moeda", "R$ 10.00"),
        ("hexadecimal", "0x0A"),
        ("sublinhado", "1_0.00"),
        ("espaco-no-meio", "10 .00"),
        ("largo", "１０.００"),
        ("arabico", "١٠.٠٠"),
        ("dois-sinais", "--10.00"),
        ("vazio", ""),
        ("so-ponto", "."),
        ("so-sinal", "-"),
        ("tres-casas", "10.001"),
        ("inteiro-de-64-bits", "18446744073709551616.00"),
        ("inteiro-de-mil-digitos", "9" * 1000),
        ("inteiro-de-40-mil-digitos", "9" * 40_000),
        ("fracao-de-40-mil-digitos", "0." + "1" * 40_000),
    ):
        f.reject(f"valor-{name}", later(_amounts, text))
    for name, text in (
        ("zero-negativo", "-0.00"),
        ("zero", "0.00"),
        ("negativo", "-10.00"),
    ):
        f.report(f"valor-{name}", later(_amounts, text))
    for name, text in (
        ("com-mais", "+10.00"),
        ("com-espacos", " 10.00 "),
        ("com-quebras", "\n10.00\t"),
        ("sem-casas", "10"),
        ("ponto-no-fim", "10."),
        ("zeros-a-esquerda", "0" * 50_000 + "10.00"),
        ("zeros-a-direita", "10." + "0" * 50_000),
    ):
        f.either(f"valor-{name}", later(_amounts, text), read_as=CARTEIRA)
    for name, field_name, text in (
        ("quantidade-1000", "quantidadeExecutada", "1000"),
        ("quantidade-decimal", "quantidadeExecutada", "1.5"),
        ("quantidade-largas", "quantidadeExecutada", "１"),
        ("fator-enorme", "reducaoAcrescimo", "99999"),
        ("sequencial-99999", "sequencialItem", "99999"),
        ("sequencial-largo", "sequencialItem", "１"),
        ("sequencial-texto", "sequencialItem", "um"),
    ):
        f.reject(name, later(_single, field_name, text))
    for name, field_name, text in (
        ("quantidade-negativa", "quantidadeExecutada", "-1"),
        ("quantidade-zero", "quantidadeExecutada", "0"),
        ("fator-negativo", "reducaoAcrescimo", "-1.00"),
        ("sequencial-negativo", "sequencialItem", "-1"),
        ("sequencial-zero", "sequencialItem", "0"),
    ):
        f.report(name, later(_single, field_name, text))
    f.either("sequencial-com-zeros", lambda _: _single("sequencialItem", "0001"), read_as=CARTEIRA)
    f.either("sequencial-com-mais", lambda _: _single("sequencialItem", "+1"), read_as=CARTEIRA)
    return f.cases


def _dates() -> list[Case]:
    f = Family("datas")
    for name, text in (
        ("sem-zeros", "2026-3-1"),
        ("brasileira", "01/03/2026"),
        ("compacta", "20260301"),
        ("semana", "2026-W09-1"),
        ("30-de-fevereiro", "2025-02-30"),
        ("29-de-fevereiro-comum", "2025-02-29"),
        ("mes-13", "2025-13-01"),
        ("ano-zero", "0000-01-01"),
        ("com-hora", "2026-03-01T00:00:00"),
        ("larga", "２０２６-０３-０１"),
        ("vazia", ""),
    ):
        f.reject(f"data-{name}", later(_single, "dataExecucao", text))
    for name, text in (
        ("ano-de-cinco-digitos", "20260-03-01"),
        ("ano-de-dez-mil-digitos", "2" * 10_000 + "-03-01"),
        ("ano-negativo", "-0044-03-15"),
        ("ultimo-dia", "9999-12-31"),
        ("com-fuso", "2026-03-01Z"),
        ("com-fuso-de-14-horas", "2026-03-01+14:00"),
    ):
        f.report(f"data-{name}", later(_single, "dataExecucao", text))
    for name, text in (
        ("25-horas", "25:00:00"),
        ("60-segundos", "10:00:60"),
        ("sem-segundos", "10:00"),
        ("texto", "agora"),
    ):
        f.reject(f"hora-{name}", later(_single, "horaInicial", text))
    for name, text in (
        ("24-horas", "24:00:00"),
        ("com-fracao", "10:00:00.123456789"),
        ("com-fuso", "10:00:00-03:00"),
        ("com-mil-casas", "10:00:00." + "1" * 1000),
    ):
        f.either(f"hora-{name}", later(_single, "horaInicial", text))
    f.report("registro-da-transacao-no-ano-9999", lambda _: _single("dataRegistroTransacao", "9999-12-31"))
    return f.cases


def _texts() -> list[Case]:
    f = Family("textos")
    for name, field_name, text in (
        ("carteira-vazia", "numeroCarteira", ""),
        ("carteira-em-branco", "numeroCarteira", "     "),
        ("carteira-com-quebra", "numeroCarteira", "\n"),
        ("carteira-longa", "numeroCarteira", "9" * 21),
        ("guia-em-branco", "numeroGuiaPrestador", "   "),
        ("guia-longa", "numeroGuiaPrestador", "9" * 21),
        ("cbo-inexistente", "CBOS", "000001"),
        ("uf-em-letras", "UF", "RJ"),
        ("tabela-inexistente", "codigoTabela", "77"),
        ("sim-nao-minusculo", "atendimentoRN", "n"),
    ):
        f.report(name, later(_single, field_name, text))
    for name, text in (
        ("formula-de-planilha", "=HYPERLINK(1)"),
        ("script", "<script>alert(1)</script>"),
        ("sql", "' OR 1=1 --"),
        ("caminho", "../../etc/passwd"),
        ("formato", "%s%s%n{0}${x}"),
        ("emoji", "\U0001f9ea exame"),
        ("fora-do-latin-1", "“aspas” – travessão €"),
        ("combinante", "a" + "\u0301" * 400),
    ):
        f.either(f"indicacao-{name}", later(_single, "indicacaoClinica", text), read_as=CARTEIRA)
    return f.cases


def cases() -> list[Case]:
    """Every case of this module."""
    return [*_decimals(), *_dates(), *_texts()]
