"""What keeps the project in shape: directions of dependency, light imports, plain signatures."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import guard

PACKAGE = Path(guard.__file__).parent
LAYERS = (
    {"types", "fold", "edits"},
    {"errors"},
    {"files", "runtime"},
    {"grammar"},
    {"config", "schema", "claims", "knowledge", "models", "report", "prompts"},
    {"generate", "verify"},
    {"trim", "tune"},
    {"parts"},
    {"pipeline"},
    {"loading", "shapes", "testing"},
    {"guard"},
    {"jobs", "integrations"},
    {"cli"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
HEAVY = {
    "torch", "transformers", "outlines", "outlines_core", "llguidance", "sentence_transformers",
    "faiss", "bm25s", "numpy", "pint", "rapidfuzz", "jsonschema", "markdown_it", "openai", "jinja2",
    "sklearn", "scipy", "onnxruntime", "onnx", "tokenizers", "safetensors",
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The part of guard (`verify`, `types`, ...) that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The parts of guard that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "guard":
            names = [f"guard.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (name.split(".")[1] for name in names if name.startswith("guard."))


def test_every_part_has_a_layer() -> None:
    """A new file or folder is given its place before it is used."""
    parts = {part_of(path) for path in MODULES} - {"__init__", "__main__"}
    assert parts == set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_dependencies_point_down(path: Path) -> None:
    """A part imports itself and lower layers, never a peer and never upwards."""
    here = part_of(path)
    if here.startswith("__"):
        return
    peers_allowed = LEVEL[here] in {0, LEVEL["loading"], LEVEL["cli"]}
    wrong = [
        there
        for there in imports(path)
        if there != here
        and (LEVEL[there] > LEVEL[here] or (LEVEL[there] == LEVEL[here] and not peers_allowed))
    ]
    assert not wrong, f"{here} imports {wrong}"


@pytest.mark.parametrize(
    "code", ["import guard", "import guard.cli.main", "from guard import Policy"]
)
def test_imports_are_light(code: str) -> None:
    """Importing guard or its command line loads no heavy library."""
    script = (
        f"{code}\nimport sys\nprint(' '.join(sorted({{n.split('.')[0] for n in sys.modules}})))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not HEAVY & set(out.stdout.split())


def test_public_names_exist() -> None:
    """Every name in `__all__` loads, and is what type checkers are told."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    told = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("guard.")
        for alias in node.names
    }
    assert set(guard.__all__) == told
    for name in guard.__all__:
        assert getattr(guard, name).__name__ == name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_signatures_are_plain(path: Path) -> None:
    """No public function takes `**kwargs` or a boolean by position."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]:
        functions = [node] if isinstance(node, ast.FunctionDef) else node.body
        for function in functions:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            assert function.args.kwarg is None, f"{function.name} takes **kwargs"
            booleans = [
                argument.arg
                for argument in function.args.args
                if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool"
            ]
            assert not booleans, f"{function.name} takes {booleans} by position"
