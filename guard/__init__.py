"""guard: schema-valid, fact-checked, concise answers from small language models."""
