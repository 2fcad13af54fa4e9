"""The house: imports run downhill, libraries have doors, importing does nothing, text never becomes HTML."""

import ast
import graphlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib.font_manager
import pytest

import kneecourse
from kneecourse.content import ASSETS, course

PACKAGE = Path(kneecourse.__file__).parent
FRONTEND = PACKAGE / "widgets" / "frontend"

# where each part stands; it may import what stands lower, and its own folder
HEIGHT = {
    "parameter": 0,
    "records": 0,
    "strict_yaml": 0,
    "content": 1,
    "models": 1,
    "figures": 2,
    "grading": 2,
    "learner": 2,
    "widgets": 3,
    "explore": 4,
    "index": 4,
    "lesson": 4,
    "": 5,  # kneecourse/__init__.py
    "notebooks": 6,
    "site": 6,
}
# a library -> the only places that may import it
DOORS = {
    "anywidget": ["widgets"],
    "ipywidgets": ["widgets"],
    "k3d": ["widgets"],
    "traitlets": ["widgets"],
    "mujoco": ["models.leg"],
    "myo_sim": ["models.leg"],
    "scipy": ["models"],
    "PIL": ["figures"],
    "yaml": ["strict_yaml"],
    "sqlite3": ["learner"],
    "platformdirs": ["learner"],
    "fsrs": ["learner"],
    "nbclient": ["notebooks", "site"],
    "nbformat": ["notebooks", "site"],
    "nbconvert": ["notebooks", "site"],
}
NETWORK = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "requests", "httpx", "aiohttp"}
MODELS_MAY = {"numpy", "scipy"}


def name_of(path):
    """Dotted name below the package; the facade is the empty name."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
every_module = pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "facade")


def imported(source):
    """Dotted names that a module imports anywhere in it, functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(name):
    return name.split(".")[0]


def ours(source):
    """Modules of the package that a module imports, by their names in MODULES."""
    for name in imported(source):
        if part(name) == "kneecourse":
            below = name.removeprefix("kneecourse").lstrip(".")
            while below not in MODULES:  # the last word may be something inside a module
                below = below.rpartition(".")[0]
            yield below


def uphill(name, source):
    """Imports of a module that do not run downhill."""
    here = part(name)
    for other in ours(source):
        inside = here == part(other) != "" and here != "models"
        if not inside and HEIGHT[part(other)] >= HEIGHT[here]:
            yield other


def wrong_doors(name, source):
    """Libraries that a module imports and is not the door for."""
    for library in map(part, imported(source)):
        doors = DOORS.get(library)
        if doors and not any(name == door or name.startswith(f"{door}.") for door in doors):
            yield library


# --- imports ---------------------------------------------------------------------------------------------


def test_every_part_has_its_place():
    assert {part(name) for name in MODULES} <= HEIGHT.keys()


@every_module
def test_imports_run_downhill(name):
    assert list(uphill(name, MODULES[name].read_text(encoding="utf-8"))) == []


def test_no_module_imports_itself_by_a_detour():
    graph = {name: set(ours(path.read_text(encoding="utf-8"))) - {name} for name, path in MODULES.items()}
    # a folder's own __init__ only says what the folder is
    graphlib.TopologicalSorter(graph).prepare()


@every_module
def test_each_library_has_its_door(name):
    assert list(wrong_doors(name, MODULES[name].read_text(encoding="utf-8"))) == []


@every_module
def test_nothing_draws_through_pyplot_or_talks_to_a_network(name):
    for library in imported(MODULES[name].read_text(encoding="utf-8")):
        assert not library.startswith(("matplotlib.pyplot", "pylab", "matplotlib.pylab"))
        assert part(library) not in NETWORK


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) == "models"])
def test_models_are_arithmetic_and_nothing_else(name):
    source = MODULES[name].read_text(encoding="utf-8")
    third = {part(library) for library in imported(source)} - set(sys.stdlib_module_names) - {"kneecourse"}
    assert third <= MODELS_MAY | ({"mujoco", "myo_sim"} if name == "models.leg" else set())
    assert set(ours(source)) <= {"parameter"}
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"print", "open", "input", "exec", "eval"}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("models.muscle", "from kneecourse.figures import style"),
        ("models.muscle", "from kneecourse.models.joint_fluid import FLEXION"),
        ("models.muscle", "def f():\n    from kneecourse.content import course"),
        ("figures.style", "import kneecourse.widgets.quiz"),
        ("content", "from kneecourse import grading"),
        ("records", "from kneecourse.content import course"),
        ("widgets.quiz", "from kneecourse import lesson"),
        ("lesson", "from kneecourse import explore"),
        ("grading", "import kneecourse"),
    ],
)
def test_an_import_uphill_would_be_found(name, source):
    assert list(uphill(name, source))


def test_a_wrong_door_would_be_found():
    assert list(wrong_doors("lesson", "import anywidget")) == ["anywidget"]
    assert list(wrong_doors("figures.style", "def f():\n    from scipy import stats")) == ["scipy"]
    assert list(wrong_doors("models.muscle", "import mujoco")) == ["mujoco"]
    assert list(wrong_doors("widgets.quiz", "import anywidget")) == []


# --- names -----------------------------------------------------------------------------------------------


def test_no_module_is_a_drawer_for_odds_and_ends():
    odd = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "tools"}
    assert not odd & {word for path in PACKAGE.rglob("*") for word in path.stem.lower().split("_")}


@every_module
def test_a_module_says_what_it_is(name):
    assert ast.get_docstring(ast.parse(MODULES[name].read_text(encoding="utf-8")))


def test_the_facade_is_a_table_of_contents():
    assert sorted(kneecourse.__all__) == list(kneecourse.__all__)
    for name in kneecourse.__all__:
        assert getattr(kneecourse, name).__doc__, name
    facade = ast.parse(MODULES[""].read_text(encoding="utf-8"))
    assert {type(node) for node in facade.body} <= {ast.Expr, ast.ImportFrom, ast.Assign}


def test_a_source_named_beside_a_number_resolves():
    """Ids such as wood1988 in models and figures are keys of references.json."""
    for name, path in MODULES.items():
        if part(name) in ("models", "figures"):
            keys = re.findall(r"\b[a-z]+(?:_[a-z]+)*(?:19|20)\d\d[a-z]?\b", path.read_text(encoding="utf-8"))
            assert set(keys) <= course().references.keys(), name


# --- importing does nothing ------------------------------------------------------------------------------

WATCH = """
import json, sys
import matplotlib.font_manager  # its own cache is not ours to judge
seen = []

def watch(event, arguments):
    if event == "open" or event.startswith(("socket.", "sqlite3.", "subprocess.", "os.")):
        seen.append((event, *map(str, arguments[:2])))

sys.addaudithook(watch)
import kneecourse
seen = list(seen)
print(json.dumps({"seen": seen, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def fresh_import(tmp_path_factory):
    """What `import kneecourse` did in a new interpreter: audit events and loaded modules."""
    folder = tmp_path_factory.mktemp("fresh")
    home = folder / "home"
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH],
        cwd=folder,
        env={**os.environ, "KNEECOURSE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not home.exists()
    assert list(folder.iterdir()) == []
    return json.loads(done.stdout)


def test_importing_opens_nothing_outside_the_package_and_python(fresh_import):
    own = [PACKAGE, ASSETS, Path(sys.prefix), Path(sys.base_prefix)]
    own.append(Path(matplotlib.font_manager.__file__).parents[1])
    allowed = tuple(str(folder) for folder in own)
    opened = [(name, mode) for event, name, mode in (e for e in fresh_import["seen"] if e[0] == "open")]
    assert any(name.startswith(str(PACKAGE)) for name, _ in opened)  # the watch was on
    assert [name for name, _ in opened if not name.startswith(allowed)] == []
    assert [name for name, mode in opened if set(mode) & set("wax+")] == []


def test_importing_touches_no_network_no_database_and_starts_nothing(fresh_import):
    loud = ("socket.", "sqlite3.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")
    changes = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.putenv")
    assert [event for event in fresh_import["seen"] if event[0].startswith(loud + changes)] == []


@pytest.mark.parametrize(
    "heavy", ["scipy", "mujoco", "k3d", "pandas", "nbformat", "nbclient", "jupyterlab", "matplotlib.pyplot"]
)
def test_importing_leaves_heavy_libraries_for_later(fresh_import, heavy):
    assert "kneecourse.widgets.explorer" in fresh_import["modules"]
    assert heavy not in fresh_import["modules"]


def test_importing_reads_no_lesson(fresh_import):
    assert not [name for _, name, *_ in fresh_import["seen"] if name.startswith(str(ASSETS) + os.sep)]


# --- the front end ---------------------------------------------------------------------------------------

SCRIPTS = sorted(FRONTEND.glob("*.js"))
SVG = "http://www.w3.org/2000/svg"
DANGEROUS = re.compile(
    r"\b(inner|outer)HTML\b|insertAdjacentHTML|createContextualFragment|DOMParser|setHTML|srcdoc"
    r"|document\.write|\beval\s*\(|new\s+Function\b|\bFunction\s*\(|set(Timeout|Interval)\s*\(\s*[\"'`]"
    r"|\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\s*\("
    r"|https?://|javascript:"
)


def dangers(script):
    return [found[0] for found in DANGEROUS.finditer(script.replace(SVG, ""))]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_text_never_becomes_html_and_nothing_is_fetched(path):
    assert dangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "script",
    [
        "el.innerHTML = text",
        "el.outerHTML=''",
        "el.insertAdjacentHTML('beforeend', text)",
        "document.write(text)",
        "eval(text)",
        "new Function(text)()",
        "fetch('/x')",
        "import('./x.js')",
        "const a = 'https://example.org'",
        "setTimeout('x()', 1)",
        "new DOMParser()",
    ],
)
def test_a_danger_would_be_found(script):
    assert dangers(script)


def test_the_style_sheet_loads_nothing():
    sheet = (FRONTEND / "course.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(\s*[\"']?(?!data:)|https?://|expression\(", sheet)


WIDGETS = {
    f"{name}.{node.targets[0].id}": [argument.value for argument in node.value.args]
    for name, path in MODULES.items()
    if part(name) == "widgets"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Assign)
    and isinstance(node.value, ast.Call)
    and getattr(node.value.func, "id", None) == "module"
}


def test_every_script_belongs_to_a_widget():
    modules = re.findall(
        r"module\(([^)]*)\)",
        "\n".join(p.read_text(encoding="utf-8") for p in (PACKAGE / "widgets").glob("*.py")),
    )
    used = {name for call in modules for name in re.findall(r'"(\w+)"', call)} | {"dom"}
    assert used == {path.stem for path in SCRIPTS}
    assert WIDGETS


@pytest.mark.parametrize("names", WIDGETS.values(), ids="-".join)
def test_scripts_put_together_declare_each_name_once(names):
    """They become one module: a name declared twice would stop all of it."""
    whole = "\n".join((FRONTEND / f"{name}.js").read_text(encoding="utf-8") for name in ("dom", *names))
    declared = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", whole, re.M)
    assert len(declared) == len(set(declared)), sorted(n for n in set(declared) if declared.count(n) > 1)
    assert "render" in declared


def test_every_element_that_takes_keys_keeps_them_from_jupyterlab():
    dom = (FRONTEND / "dom.js").read_text(encoding="utf-8")
    assert "data-lm-suppress-shortcuts" in dom
    for path in SCRIPTS:
        if path.name != "dom.js":  # elements are made by h and s, which see to it
            assert "createElement" not in path.read_text(encoding="utf-8"), path.name
