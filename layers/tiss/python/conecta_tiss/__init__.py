"""The TISS standard as a library: versions, vocabulary, messages, XML, terminology, command line."""
