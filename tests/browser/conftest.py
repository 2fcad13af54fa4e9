"""A real JupyterLab over a copy of the notebooks, and a real Chromium; one of each for the whole session."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from typing import NamedTuple

import chromium
import pytest
from pages import WINDOW, Witness
from playwright.sync_api import expect, sync_playwright

from kneecourse import learner, notebooks

PATIENCE_MS = 60_000  # for a slow machine; nothing waits longer than it has to
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    "notebook-extension/tracker": '{"windowingMode": "none"}',  # every cell is in the page, seen or not
    "apputils-extension/notification": '{"fetchNews": "false"}',
}


class Lab(NamedTuple):
    """A running JupyterLab; ``folder`` holds its notebooks, ``log`` is the learner's."""

    url: str
    folder: os.PathLike
    log: learner.Log


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab with settings, runtime files and learner's home of its own."""
    base = tmp_path_factory.mktemp("lab")
    folder = shutil.copytree(notebooks.FOLDER, base / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name, text in SETTINGS.items():
        path = base / f"settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    places = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "IPYTHONDIR": "ipython",
        "KNEECOURSE_HOME": "home",
    }
    env = os.environ | {name: str(base / place) for name, place in places.items()}
    url = f"http://127.0.0.1:{_free_port()}"
    with (base / "lab.log").open("w") as told:
        server = subprocess.Popen(_command(url, folder), cwd=folder, env=env, stdout=told, stderr=told)
    try:
        _wait_for(url, server, base / "lab.log")
        yield Lab(url, folder, learner.Log(base / "home" / "attempts.sqlite3"))
    finally:
        server.terminate()  # the server ends its kernels
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


def _free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _command(url, folder):
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        f"--ServerApp.port={url.rsplit(':')[-1]}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
        "--LabApp.expose_app_in_browser=True",  # lets a test wait for JupyterLab instead of guessing
    ]


def _wait_for(url, server, log):
    for _ in range(240):
        assert server.poll() is None, f"JupyterLab did not start:\n{log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{url}/api", timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"JupyterLab does not answer:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def browser():
    """One Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def witness(lab, browser):
    """A browser window of its own for each test module, with a witness of all that goes wrong in it."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(PATIENCE_MS)
    seen = Witness(context, lab.url)
    yield seen
    context.close()
    assert not seen.trouble
