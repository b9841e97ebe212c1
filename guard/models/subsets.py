"""What each server's structured output takes of JSON Schema, as its makers say.

- OpenAI, strict mode: platform.openai.com/docs/guides/structured-outputs, "Supported schemas"; the
  same as a table at jsonschemaprofiles.unitvectorylabs.com/schemas/openai. Lengths of strings are
  not in it, nor is any schema without a `type`.
- vLLM: `response_format` goes to xgrammar, and to llguidance or outlines where xgrammar has a gap
  (docs.vllm.ai/en/latest/features/structured_outputs, backend_xgrammar.py in
  vllm/v1/structured_output), but a running engine keeps the first of them, so only what xgrammar
  holds is counted on. xgrammar (cpp/json_schema_converter.cc) takes objects for closed and reads
  one of $ref, const, enum, anyOf, oneOf, allOf (of one part) and type, and not those beside it.
- llama.cpp: grammars/README.md, "JSON Schemas -> GBNF", and common/json-schema-to-grammar.cpp,
  which passes over most of what it does not know without a word and refuses the rest.
- Ollama: `format`, and `response_format` of its OpenAI endpoint (openai/openai.go), goes through
  llama.cpp's converter, so the subset is the same. Its cloud takes a schema and ignores it
  (ollama/ollama#12362).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Server = Literal["openai", "vllm", "llama.cpp", "ollama"]

ANNOTATIONS = frozenset(
    (
        *("$schema", "$id", "id", "$comment", "$vocabulary", "$anchor", "$recursiveAnchor"),
        *("title", "description", "default", "examples", "example", "deprecated"),
        *("readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema"),
        *("definitions", "$defs"),
    )
)
"""Keywords that say nothing about which values are valid."""

OBJECTS = frozenset(("properties", "required", "additionalProperties"))
BOUNDS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
LENGTHS = frozenset(("minLength", "maxLength"))
ITEMS = frozenset(("items", "minItems", "maxItems"))
EVERYWHERE = frozenset(("$ref", "$defs", "definitions", "type", "enum", "const", "anyOf"))
SHOWN = frozenset(("title", "description"))
CORE = EVERYWHERE | OBJECTS | ITEMS | BOUNDS | {"pattern", "format"}


@dataclass(frozen=True, kw_only=True)
class Subset:
    """What a server takes.

    `keywords` and `formats` are those it enforces. All of the servers take objects for closed, and
    read one keyword of a schema and pass over those beside it. `strict`: every property is required
    and the root is an object; `converter`: it is llama.cpp's converter.
    """

    keywords: frozenset[str]
    formats: frozenset[str]
    strict: bool = False
    converter: bool = False


_PLAIN = frozenset(("date", "time", "date-time"))
_NETWORK = frozenset(("duration", "email", "hostname", "ipv4", "ipv6", "uuid"))
_REFERENCES = frozenset(
    ("uri", "uri-reference", "uri-template", "json-pointer", "relative-json-pointer")
)
_CONVERTER = Subset(
    keywords=CORE | SHOWN | LENGTHS | {"oneOf", "prefixItems"},
    formats=_PLAIN | {"uuid", "uuid1", "uuid2", "uuid3", "uuid4", "uuid5"},
    converter=True,
)

SUBSETS: dict[Server, Subset] = {
    "openai": Subset(
        keywords=CORE | SHOWN | {"multipleOf"},
        formats=_PLAIN | _NETWORK,
        strict=True,
    ),
    "vllm": Subset(
        keywords=CORE
        | SHOWN
        | LENGTHS
        | {"oneOf", "prefixItems", "patternProperties", "minProperties", "maxProperties"},
        formats=_PLAIN | _NETWORK | _REFERENCES,
    ),
    "llama.cpp": _CONVERTER,
    "ollama": _CONVERTER,
}

OWNERS: dict[str, Server] = {"vllm": "vllm", "llamacpp": "llama.cpp", "library": "ollama"}
"""What each of them writes as `owned_by` in its list of models.

A proxy in front of several writes `openai` for all, so that is no sign of OpenAI.
"""
OPENAI_HOSTS = ("api.openai.com", ".openai.azure.com")

# The limits of OpenAI's strict mode, from the same page.
MAX_PROPERTIES = 5000
MAX_LEVELS = 10
MAX_CHARACTERS = 120_000
MAX_ENUM = 1000
LONG_ENUM = 250
MAX_LONG_ENUM_CHARACTERS = 15_000
