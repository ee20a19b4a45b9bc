import pytest

from infra.imports import MissingModuleError, reachable


@pytest.fixture
def tree(tmp_path):
    """Writes modules, given as path and source, and tells what one of them reaches."""

    def write(files):
        for name, source in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        return lambda module: {path.relative_to(tmp_path).as_posix() for path in reachable(module, tmp_path)}

    return write


def test_what_is_imported_by_what_is_imported_comes_along_with_the_packages_around_it(tree):
    reached = tree(
        {
            "handlers/__init__.py": "",
            "handlers/api.py": "import json\nimport domain.people\n",
            "handlers/photos.py": "import PIL\n",
            "domain/__init__.py": "",
            "domain/people.py": "from domain.names import fold\n",
            "domain/names.py": "def fold(): ...",
            "domain/photos.py": "",
        }
    )
    assert reached("handlers.api") == {
        "handlers/__init__.py",
        "handlers/api.py",
        "domain/__init__.py",
        "domain/people.py",
        "domain/names.py",
    }


def test_a_name_imported_from_a_package_may_be_a_module_or_an_attribute(tree):
    reached = tree(
        {
            "handler.py": "from package import module, attribute",
            "package/__init__.py": "attribute = 1",
            "package/module.py": "",
            "package/attribute_of_another.py": "",
        }
    )
    assert reached("handler") == {"handler.py", "package/__init__.py", "package/module.py"}


def test_relative_imports_are_followed_from_modules_and_from_packages(tree):
    reached = tree(
        {
            "a/__init__.py": "from . import near",
            "a/near.py": "",
            "a/b/__init__.py": "from .deep import x",
            "a/b/deep.py": "from ..other import y\nfrom .. import near",
            "a/other.py": "",
            "a/unused.py": "",
        }
    )
    assert reached("a.b") == {"a/__init__.py", "a/near.py", "a/b/__init__.py", "a/b/deep.py", "a/other.py"}


def test_imports_in_functions_and_fallbacks_count_and_those_for_the_type_checker_do_not(tree):
    reached = tree(
        {
            "handler.py": """
import typing
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import only_typed
elif True:
    import alternative
if typing.TYPE_CHECKING:
    from only_typed import T
else:
    import runtime
try:
    import attempted
except ImportError:
    import fallback
def late():
    import lazy
""",
            **{
                f"{name}.py": ""
                for name in ("only_typed", "alternative", "runtime", "attempted", "fallback", "lazy", "unused")
            },
        }
    )
    assert reached("handler") == {
        "handler.py",
        "alternative.py",
        "runtime.py",
        "attempted.py",
        "fallback.py",
        "lazy.py",
    }


def test_a_package_need_not_have_an_init(tree):
    reached = tree({"handlers/api/app.py": "import domain.people", "domain/people.py": ""})
    assert reached("handlers.api.app") == {"handlers/api/app.py", "domain/people.py"}


def test_modules_may_import_each_other(tree):
    assert tree({"one.py": "import two", "two.py": "import one"})("one") == {"one.py", "two.py"}


@pytest.mark.parametrize("statement", ["import package.gone", "from package.gone import x", "from .gone import x"])
def test_a_missing_module_of_ours_is_told_before_it_is_deployed(tree, statement):
    reached = tree({"package/__init__.py": "", "package/handler.py": statement})
    with pytest.raises(MissingModuleError, match=r"no module package\.gone"):
        reached("package.handler")
