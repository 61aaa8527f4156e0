"""What cadastro knows of operadoras, prestadores, lives and contracts: values, and the questions every context asks.

Standard library only, so that rules of any context may use it. A fact is judged here, once (was the relacionamento
enabled on that day? is the life covered?); which glosa a context answers with is the context's own rule.
"""
