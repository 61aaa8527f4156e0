"""Alertas: what a prestador is told of without asking, its webhooks, and the first page of the portal (`/inicio`)."""
