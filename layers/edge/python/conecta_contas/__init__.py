"""Contas: what is billed, judged and explained. Pure; whoever bills, pays or hears an appeal speaks of it alike."""
