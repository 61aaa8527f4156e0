"""Alertas and who read them, what each event is told as, what `/inicio` counts, webhooks."""
