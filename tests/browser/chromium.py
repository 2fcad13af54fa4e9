"""Where is a Chromium that starts? Run as a script it prints the answer, fetching one where there is none."""

import os
import shutil
import subprocess
import sys

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
REMEDY = """\
The browser tests need Chromium, and none was found.
  Debian, Ubuntu:  sudo apt-get install chromium
  Fedora:          sudo dnf install chromium
  macOS:           brew install --cask chromium
  elsewhere:       CHROMIUM=/path/to/chromium make test"""

# A process of its own: a program that already runs playwright cannot start a second one.
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)


def executable() -> str:
    """Path of a Chromium that starts: CHROMIUM, the system's own, or playwright's.

    Raises RuntimeError saying what to install.
    """
    if asked := os.environ.get("CHROMIUM"):
        if path := _working(asked):
            return path
        raise RuntimeError(f"CHROMIUM is set to {asked!r}, which does not start; mend or unset it.")
    if path := next(filter(None, map(_working, NAMES)), None) or _working(_of_playwright()):
        return path
    raise RuntimeError(REMEDY)


def _working(name):
    """The full path of a program that tells its version, else None."""
    path = shutil.which(name)
    try:
        # Ubuntu's chromium-browser may be a stand-in that only says what to install.
        started = path and subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return path if started and started.returncode == 0 else None


def _of_playwright():
    return subprocess.run(
        [sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True
    ).stdout.strip()


def main():
    """Print the path; where there is none, let playwright fetch a browser first."""
    try:
        print(executable())
    except RuntimeError:
        if os.environ.get("CHROMIUM"):
            raise
        print("No Chromium on this system; asking playwright for one.", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr)
        print(executable())


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(str(error))
