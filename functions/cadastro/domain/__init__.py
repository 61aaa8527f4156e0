"""Rules and values of this context; what others ask of them, too, lies in `conecta_facts`."""
