"""The JSON contract of this context: what is sent, as models; what is answered, as functions and models of it."""
