"""TISS messages as XML: gate, safe parser, hash, schema, reader, writer. The only place that uses lxml."""
