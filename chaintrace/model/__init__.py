"""The nouns of chaintrace: frozen values and Protocols, without I/O, clock or third-party import."""
