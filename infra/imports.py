"""Which modules of a source folder a module needs: the transitive closure of its imports, read without running them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class MissingModuleError(Exception):
    """An import names a module of the source folder that is not there."""


def reachable(module: str, source: Path) -> list[Path]:
    """Files under `source` that `import module` can come to load, in order of their names.

    Followed are all import statements, those in functions included, and the packages around each module, for Python
    runs their `__init__` first. Not followed are imports for the type checker only (`if TYPE_CHECKING:`) and whatever
    is not under `source`. A module that is imported by a computed name cannot be seen.

    Args:
        module: Dotted name, relative to `source`.
        source: The folder that will be on `sys.path`.

    Raises:
        MissingModuleError: `module`, or one that it needs of a package under `source`, does not exist.
    """
    found: dict[str, Path | None] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = path = _file(name, source)
        parent = name.rpartition(".")[0]
        if parent:
            waiting.append(parent)
        if path is None:
            if not source.joinpath(*name.split(".")).is_dir():
                raise MissingModuleError(f"no module {name} in {source}")
            continue
        package = name if path.name == "__init__.py" else parent
        waiting.extend(_first_party(path, package, source))
    return sorted(path for path in found.values() if path)


def _first_party(path: Path, package: str, source: Path) -> Iterator[str]:
    """Modules under `source` that the imports of the file at `path`, which lies in `package`, name."""
    for node in _runtime_imports(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_first_party(alias.name, source))
            continue
        module = _absolute(node, package)
        if not _is_first_party(module, source):
            continue
        yield module
        # `from package import name` loads package.name if that is a module, and else takes an attribute.
        for alias in node.names:
            if _exists(f"{module}.{alias.name}", source):
                yield f"{module}.{alias.name}"


def _runtime_imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield node
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        children = iter(node.orelse)
    for child in children:
        yield from _runtime_imports(child)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return name == "TYPE_CHECKING"


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    anchor = package.split(".")[: len(package.split(".")) - (node.level - 1)]
    return ".".join([*anchor, *([node.module] if node.module else [])])


def _is_first_party(name: str, source: Path) -> bool:
    return _exists(name.partition(".")[0], source)


def _exists(name: str, source: Path) -> bool:
    return _file(name, source) is not None or source.joinpath(*name.split(".")).is_dir()


def _file(name: str, source: Path) -> Path | None:
    stem = source.joinpath(*name.split("."))
    return next((path for path in (stem / "__init__.py", stem.with_name(f"{stem.name}.py")) if path.is_file()), None)
