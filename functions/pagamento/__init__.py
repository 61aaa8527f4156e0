"""Pagamento: demonstrativos, cronograma, notas fiscais and payments (R04 to R07)."""
