"""Messages for the documentation, valid and with their hash; indentation between elements does not count in it."""

from __future__ import annotations

from typing import Final

_PRESTADOR: Final = "<ans:identificacaoPrestador><ans:CNPJ>11222333000181</ans:CNPJ></ans:identificacaoPrestador>"
_OPERADORA: Final = "<ans:registroANS>345695</ans:registroANS>"
_CARTEIRA: Final = "<ans:numeroCarteira>00012345678901234</ans:numeroCarteira>"


def _message(transacao: str, origem: str, destino: str, corpo: str, resumo: str) -> str:
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<ans:mensagemTISS xmlns:ans="http://www.ans.gov.br/padroes/tiss/schemas">
 <ans:cabecalho>
  <ans:identificacaoTransacao>
   <ans:tipoTransacao>{transacao}</ans:tipoTransacao>
   <ans:sequencialTransacao>1</ans:sequencialTransacao>
   <ans:dataRegistroTransacao>2026-11-21</ans:dataRegistroTransacao>
   <ans:horaRegistroTransacao>09:00:00</ans:horaRegistroTransacao>
  </ans:identificacaoTransacao>
  <ans:origem>{origem}</ans:origem>
  <ans:destino>{destino}</ans:destino>
  <ans:Padrao>4.01.00</ans:Padrao>
 </ans:cabecalho>
 {corpo}
 <ans:epilogo><ans:hash>{resumo}</ans:hash></ans:epilogo>
</ans:mensagemTISS>
"""


def _answer(conteudo: str, resumo: str) -> str:
    corpo = f"""<ans:operadoraParaPrestador>
  <ans:respostaElegibilidade>
   {conteudo}
  </ans:respostaElegibilidade>
 </ans:operadoraParaPrestador>"""
    return _message("SITUACAO_ELEGIBILIDADE", _OPERADORA, _PRESTADOR, corpo, resumo)


QUESTION: Final = _message(
    "VERIFICA_ELEGIBILIDADE",
    _PRESTADOR,
    _OPERADORA,
    f"""<ans:prestadorParaOperadora>
  <ans:verificaElegibilidade>
   <ans:dadosPrestador><ans:cnpjContratado>11222333000181</ans:cnpjContratado></ans:dadosPrestador>
   {_CARTEIRA}
  </ans:verificaElegibilidade>
 </ans:prestadorParaOperadora>""",
    "ed727362e04565ba555b3194128ea0f2",
)
ANSWER: Final = _answer(
    f"""<ans:reciboElegibilidade>
    {_OPERADORA}
    {_CARTEIRA}
    <ans:nomeBeneficiario>NOME DO BENEFICIARIO</ans:nomeBeneficiario>
    <ans:respostaSolicitacao>S</ans:respostaSolicitacao>
   </ans:reciboElegibilidade>""",
    "42853db57cceb41c3aab71d522b94ada",
)
REFUSAL: Final = _answer(
    """<ans:mensagemErro>
    <ans:codigoGlosa>5014</ans:codigoGlosa>
    <ans:descricaoGlosa>O hash do epilogo nao confere.</ans:descricaoGlosa>
   </ans:mensagemErro>""",
    "bc35ef1de2c558ff083263281a7fcfa4",
)
