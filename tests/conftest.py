"""Every test has an empty learner's log of its own, so that nobody's progress is read or written."""

import itertools

import pytest

_number = itertools.count()


@pytest.fixture(scope="session")
def homes(tmp_path_factory):
    """A folder for the logs of this session."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(homes, monkeypatch):
    """The learner's data folder during one test; it need not exist."""
    folder = homes / str(next(_number))
    monkeypatch.setenv("KNEECOURSE_HOME", str(folder))
    return folder
