"""Training a verifier from labelled pairs. Needs torch."""
