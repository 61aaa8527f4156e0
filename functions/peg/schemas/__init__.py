"""The JSON contract (pydantic); extra members are refused."""
