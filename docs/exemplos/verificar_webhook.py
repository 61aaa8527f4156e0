"""Confere o que o Conecta envia a um webhook, e responde ao desafio da verificação. Só a biblioteca padrão do Python."""

import hashlib
import hmac
import time

TOLERANCIA = 300  # segundos entre o relógio de quem envia e o seu


def confere(segredo, cabecalhos, corpo, agora=None):
    """Diz se a entrega é do Conecta, e de agora.

    segredo: o do webhook ("whs_..."); cabecalhos: da requisição; corpo: os bytes recebidos, antes de ler o JSON.
    """
    cabecalhos = {nome.lower(): valor for nome, valor in cabecalhos.items()}
    carimbo = cabecalhos.get("conecta-timestamp", "")
    if not (carimbo.isascii() and carimbo.isdigit() and len(carimbo) <= 12):
        return False
    if abs((time.time() if agora is None else agora) - int(carimbo)) > TOLERANCIA:
        return False
    esperada = _hmac(segredo, carimbo.encode() + b"." + corpo)
    assinaturas = cabecalhos.get("conecta-assinatura", "").split(",")  # "2=<hex>,1=<hex>" durante uma troca
    return any(hmac.compare_digest(esperada.encode(), uma.partition("=")[2].encode()) for uma in assinaturas)


def prova(segredo, desafio):
    """O que responder em {"prova": ...} ao evento WebhookVerificado."""
    return _hmac(segredo, desafio.encode())


def _hmac(segredo, mensagem):
    return hmac.new(segredo.encode(), mensagem, hashlib.sha256).hexdigest()
