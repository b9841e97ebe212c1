"""Running the models that guard ships, with onnxruntime and without torch."""

from guard.runtime.session import each, open_session
from guard.runtime.tokens import load_tokenizer

__all__ = ["each", "load_tokenizer", "open_session"]
