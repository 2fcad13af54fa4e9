"""The frame of the repository: the lock, Binder, licences, and what README and CONTRIBUTING promise."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = PROJECT["dependencies"]
TEST = PROJECT["optional-dependencies"]["test"]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "assets/CREDITS.md")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def locked(name):
    """Package -> the versions that a lock pins it to, one for each kind of system."""
    pins = {}
    for line in read(name).splitlines():
        requirement = Requirement(line)
        pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


# --- the lock --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.txt", RUN), ("requirements-test.txt", RUN + TEST)]
)
def test_lock_satisfies_pyproject(lock, wanted):
    pins = locked(lock)
    for requirement in map(Requirement, wanted):
        found = pins.get(canonicalize_name(requirement.name))
        assert found, f"{requirement} is not in {lock}; run: make lock"
        for pin in found:
            (version,) = pin.specifier
            assert requirement.specifier.contains(version.version), (
                f"{pin} is not {requirement}; run: make lock"
            )


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-test.txt"])
def test_every_line_of_a_lock_is_one_exact_version(lock):
    for pins in locked(lock).values():
        for pin in pins:
            assert pin.url is None
            assert [s.operator for s in pin.specifier] == ["=="], f"{pin} in {lock} is not exact"
            assert "*" not in str(pin.specifier)


@pytest.mark.parametrize("python", ["3.11.9", "3.12.1"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_lock_gives_each_system_one_version_of_each_package(python, system):
    here = default_environment() | {"sys_platform": system, "python_full_version": python}
    for name, pins in locked("requirements.txt").items():
        applies = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(here)]
        assert len(applies) <= 1, f"{name} is pinned twice for Python {python} on {system}"


def test_the_tests_run_against_the_versions_that_learners_get():
    assert set(read("requirements.txt").splitlines()) <= set(read("requirements-test.txt").splitlines())


# --- Binder and conda ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def binder():
    """What Binder's own tool would build: (its recipe, what it said)."""
    tool = ROOT / ".venv-repo2docker" / "bin" / "jupyter-repo2docker"
    assert tool.is_file(), "Binder's tool is missing; `make test` installs it into .venv-repo2docker"
    done = subprocess.run(
        [tool, "--no-build", "--debug", "."], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_binder_picks_conda_because_of_environment_yml(binder):
    recipe, said = binder
    assert "Building conda environment for python=3.12" in said
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in recipe


def test_binder_copies_the_repository_before_it_installs_from_it(binder):
    recipe, _ = binder
    assert recipe.index("COPY --chown=0:0 src/") < recipe.index('--file "environment.yml"')


def test_environment_installs_the_lock_and_this_package():
    environment = yaml.safe_load(read("environment.yml"))
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge"]
    assert environment["dependencies"] == ["python=3.12", "pip", {"pip": ["-r requirements.txt", "-e ."]}]


# --- one version, two licences ---------------------------------------------------------------------------


def test_one_version_everywhere():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == PROJECT["version"]
    assert re.search(r"^## (\S+)", read("CHANGELOG.md"), re.M)[1] == PROJECT["version"]


def test_both_licences_are_there_in_full():
    assert read("LICENSE").startswith("BSD 3-Clause License")
    content = read("LICENSE-content")
    assert "creativecommons.org/licenses/by/4.0/legalcode" in content
    for section in range(1, 9):
        assert f"Section {section} -- " in content
    assert yaml.safe_load(read("CITATION.cff"))["license"] == ["BSD-3-Clause", "CC-BY-4.0"]


def test_every_stored_picture_is_credited():
    credits = read("assets/CREDITS.md")
    pictures = {".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp", ".glb", ".obj", ".stl"}
    for folder in ("assets", "docs"):
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            assert path.suffix not in pictures or f"`{name}`" in credits, (
                f"{name} has no row in assets/CREDITS.md"
            )


# --- what the pages promise ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_links_inside_the_repository_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|^\[[^\]]+\]:\s*(\S+)", read(page), re.M)
    for link in filter(None, (inline or defined for inline, defined in links)):
        if not link.startswith("https://"):
            assert (ROOT / page).parent.joinpath(link).exists(), (
                f"{page} links to {link}, which does not exist"
            )


@pytest.mark.parametrize("page", PAGES)
def test_files_named_in_a_page_exist(page):
    for name in re.findall(r"`((?:kneecourse|assets|notebooks|tests|docs)/[\w./-]*)`", read(page)):
        assert (ROOT / name).exists(), f"{page} names {name}, which does not exist"


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_named_in_a_page_exist(page):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=[`*\n])", read(page))) <= targets


def test_readme_leads_with_the_two_commands_and_says_what_it_is_not():
    readme = read("README.md")
    assert "**`make lab`**" in readme
    assert "**`make test`**" in readme
    assert "not medical advice" in readme


def test_the_owner_of_the_binder_link_is_filled_in_at_one_place():
    links = re.findall(r"https://mybinder\.org/v2/gh/\S+", read("README.md"))
    assert len(links) == 1
    assert re.fullmatch(
        r"https://mybinder\.org/v2/gh/[\w.-]+/[\w.-]+/HEAD\?labpath=notebooks%2Findex\.ipynb", links[0]
    )


def test_contributing_links_to_nothing_outside():
    assert "://" not in read("CONTRIBUTING.md")


# --- hooks and CI ----------------------------------------------------------------------------------------


def test_hooks_are_valid_and_need_no_network():
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for repository in yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]:
        assert repository["repo"] == "local"
        assert {hook["language"] for hook in repository["hooks"]} == {"system"}


def test_ci_stops_at_the_first_failure_and_runs_make_test():
    lines = read(".ci/run").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make test"
