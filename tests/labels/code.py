"""What the code asks of the labels, read from its syntax trees."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import optimiser

PACKAGE = Path(optimiser.__file__).parent
APP = PACKAGE.parent / "ui"
FILES = sorted([*PACKAGE.rglob("*.py"), *APP.rglob("*.py")])

_KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """Last name of what is called: ``labels`` of ``self.labels(...)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def constants(node: ast.AST | None) -> Iterator[str]:
    """Texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def pattern(node: ast.JoinedStr) -> str:
    """Regular expression of a key that is partly computed."""
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[^.]+"
        for part in node.values
    ]
    return "".join(parts)


def keys_asked() -> Iterator[tuple[str, str]]:
    """``file:line`` and a regular expression for every key that the code asks for."""
    for path in FILES:
        for call in calls(path):
            if name_of(call) not in {"labels", "LABELS", "count"} or not call.args:
                continue
            first = call.args[0]
            where = f"{path.name}:{call.lineno}"
            tail = r"\.(one|other)" if name_of(call) == "count" else ""
            if isinstance(first, ast.JoinedStr):
                yield where, pattern(first) + tail
            yield from (
                (where, re.escape(key) + tail) for key in constants(first) if _KEY.fullmatch(key)
            )


def first_texts(names: set[str], *, but: tuple[str, ...] = ()) -> set[str]:
    """Texts given as first argument, or as ``problem`` or ``rule``, to calls of those names."""
    found: set[str] = set()
    others = (path for path in FILES if not any(part in path.as_posix() for part in but))
    for path in others:
        for call in calls(path):
            if name_of(call) in names:
                given = [k.value for k in call.keywords if k.arg in ("problem", "rule")]
                for node in [*call.args[:1], *given]:
                    found.update(constants(node))
    return found
