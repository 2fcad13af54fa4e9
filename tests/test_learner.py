"""The learner's memory: nothing answered is lost or doubled, nothing foreign gets in."""

import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kneecourse import learner
from kneecourse.learner import Attempt, Log, LogError, ProgressError, export_lines, read_progress
from kneecourse.records import Single

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def attempt(n=0, **changes):
    """The n-th attempt: its own uuid, n minutes after noon."""
    usual = {
        "uuid": str(UUID(int=n)),
        "lesson": "bakers_cyst",
        "item": "bakers_cyst.slit",
        "version": "0123abcd",
        "response": {"answer": "medial"},
        "correct": True,
        "at": NOON + timedelta(minutes=n),
    }
    return Attempt(**{**usual, **changes})


def question(name, **changes):
    """A question with this id."""
    options = [
        {"id": "yes", "text": "Yes", "why": "Because it is so.", "correct": True},
        {"id": "no", "text": "No", "why": "It is not that."},
    ]
    return Single(**{"id": name, "ask": "Is it?", "objectives": ["point_to"], "options": options, **changes})


def saved(*attempts):
    """A progress file with these attempts."""
    return io.StringIO("".join(export_lines(attempts)))


def ask(path, sql):
    """The first value of SQLite's answer, None if there is none."""
    with closing(sqlite3.connect(path)) as link:
        return next(iter(link.execute(sql).fetchone() or ()), None)


words = st.text("az09_", max_size=8).map("a{}".format)
ids = st.lists(words, min_size=1, max_size=3).map(".".join)
slots = st.text("az09_.", max_size=12).map("1{}".format)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
any_attempt = st.builds(
    Attempt,
    uuid=st.uuids().map(str),
    lesson=ids,
    item=ids,
    version=st.integers(0, 2**32 - 1).map("{:08x}".format),
    response=st.dictionaries(slots, slots | numbers, max_size=16),
    correct=st.booleans(),
    certainty=st.sampled_from([None, *learner.CERTAINTY]),
    hints=st.integers(0, 20),
    seconds=st.none() | st.floats(0, 86400),
    at=st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=zones),
    source=st.sampled_from(["lesson", "review", "exam", "clinic"]),
)
any_attempts = st.lists(any_attempt, max_size=8, unique_by=lambda a: a.uuid)
law = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)  # a busy machine may pass


# --- one attempt -----------------------------------------------------------------------------------------

REFUSED = {
    "uuid": ["", "0", str(UUID(int=1)).replace("-", ""), "{" + str(UUID(int=1)) + "}", None, 5],
    "lesson": ["", "Bakers", "bakers cyst", "../x", "a\n", " a", "a" * 81, None, 5, ["a"]],
    "item": ["", "a..b", "a.", "é", "a\x00", "a\n", None, 5],
    "version": ["0123abc", "0123ABCD", "0123abcde", "0123abcd\n", None, 12345678],
    "response": [
        None,
        "medial",
        ["medial"],
        {"answer": True},
        {"answer": None},
        {"answer": ["a"]},
        {"answer": {"a": "b"}},
        {"answer": float("nan")},
        {"answer": float("inf")},
        {"answer": 10**400},
        {"answer": ""},
        {"answer": "a" * 81},
        {"a" * 81: "a"},
        {"": "a"},
        {str(slot): "a" for slot in range(17)},
    ],
    "correct": [None, 0, 1, "true"],
    "certainty": ["", "certain", True, 1],
    "hints": [None, True, -1, 21, 1.5, "1"],
    "seconds": [True, -1, 86401, float("nan"), float("inf"), "3"],
    "at": [
        None,
        0,
        True,
        "",
        "noon",
        "1700000000",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "9999-12-31T23:00:00-14:00",
    ],
    "source": [None, "", "home", 1],
    "colour": ["red"],
}
BAD_VALUES = [(field, value) for field, values in REFUSED.items() for value in values]
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE attempts; --",
    "\x00",
    "{0}",
]


@pytest.mark.parametrize(("field", "value"), BAD_VALUES)
def test_a_wrong_value_is_refused_in_memory_and_in_a_file(field, value):
    with pytest.raises(ValidationError):
        attempt(**{field: value})
    line = json.dumps({**json.loads(attempt().model_dump_json()), field: value})
    read = read_progress(io.StringIO("".join(export_lines([attempt(1)])) + line))
    assert read.attempts == (attempt(1),)
    assert len(read.problems) == 1
    assert read.problems[0].startswith("line 3: ")


@pytest.mark.parametrize("field", [name for name, kind in Attempt.model_fields.items() if kind.is_required()])
def test_a_missing_field_is_named(field):
    raw = json.loads(attempt().model_dump_json())
    del raw[field]
    lines = [*export_lines([]), json.dumps(raw)]
    assert read_progress(io.StringIO("".join(lines))).problems == (f"line 2: '{field}' is missing; skipped",)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_string_can_carry_markup_and_no_message_repeats_it(text):
    raw = json.loads(attempt().model_dump_json())
    hostile = [{**raw, name: text} for name, value in raw.items() if not isinstance(value, dict)]
    hostile += [{**raw, "response": {text: "a"}}, {**raw, "response": {"a": text}}, {**raw, text: "a"}]
    lines = [*export_lines([]), *(json.dumps(line) + "\n" for line in hostile)]
    read = read_progress(io.StringIO("".join(lines)))
    assert read.attempts == ()
    assert [problem.split(":")[0] for problem in read.problems] == [
        f"line {n + 2}" for n in range(len(hostile))
    ]
    assert not any(text in problem or "<" in problem or len(problem) > 80 for problem in read.problems)


def test_a_naive_time_is_refused_and_any_other_becomes_utc():
    with pytest.raises(ValidationError, match="time zone"):
        attempt(at=datetime(2026, 3, 1, 12))
    there = attempt(at=datetime(2026, 3, 1, 23, tzinfo=timezone(timedelta(hours=11))))
    assert there == attempt(at="2026-03-01T12:00:00Z") == attempt(at="2026-03-01T12:00:00.000Z") == attempt(0)
    assert json.loads(there.model_dump_json())["at"] == "2026-03-01T12:00:00.000000Z"


def test_an_attempt_cannot_be_changed():
    with pytest.raises(ValidationError):
        attempt().correct = False


# --- the log ---------------------------------------------------------------------------------------------


@law
@given(any_attempts)
def test_the_log_gives_back_what_it_was_given_in_order_of_time(tmp_path_factory, attempts):
    log = Log(tmp_path_factory.mktemp("log") / "a.sqlite3")
    assert log.record(attempts) == tuple(a.uuid for a in attempts)
    assert log.attempts() == tuple(sorted(attempts, key=lambda a: (a.at, a.uuid)))
    for a in attempts:
        assert log.attempts(a.lesson) == tuple(b for b in log.attempts() if b.lesson == a.lesson)


def test_a_stored_attempt_is_never_overwritten(tmp_path):
    log = Log(tmp_path / "deep" / "er" / "a.sqlite3")
    log.record(attempt(1, correct=True))
    other = attempt(1, correct=False, hints=3)
    assert log.record([other, attempt(2)]) == (other.uuid, attempt(2).uuid)
    assert log.merge(saved(other))[:2] == (0, 1)
    assert log.attempts() == (attempt(1), attempt(2))


def test_threads_share_a_log(tmp_path):
    log = Log(tmp_path / "a.sqlite3")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log.record(attempt(n)), range(400)))
    assert log.attempts() == tuple(attempt(n) for n in range(400))


def test_the_log_lives_where_the_learner_says(tmp_path, monkeypatch):
    monkeypatch.setenv("KNEECOURSE_HOME", str(tmp_path / "here"))
    assert learner.home() == tmp_path / "here"
    assert Log().path == tmp_path / "here" / "attempts.sqlite3"
    assert not learner.home().exists()
    assert Log().attempts() == ()
    monkeypatch.delenv("KNEECOURSE_HOME")
    assert "kneecourse" in learner.home().parts


class NoSharedMemory(sqlite3.Connection):
    """A database on a network folder."""

    def execute(self, sql, *values):
        if "journal_mode" in sql:
            raise sqlite3.OperationalError("locking protocol")
        return super().execute(sql, *values)


@pytest.mark.parametrize(("factory", "mode"), [(sqlite3.Connection, "wal"), (NoSharedMemory, "delete")])
def test_the_log_is_in_wal_mode_where_the_folder_allows_it(tmp_path, monkeypatch, factory, mode):
    log = Log(tmp_path / "a.sqlite3")
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=factory))
    log.record(attempt())
    assert log.attempts() == (attempt(),)
    monkeypatch.undo()
    assert ask(log.path, "PRAGMA journal_mode") == mode


@pytest.mark.parametrize("content", [b"hello", b"uuid,lesson\n" * 99, b"\x89PNG\r\n\x1a\n" + bytes(5000)])
def test_a_file_that_is_no_log_is_named_and_kept(tmp_path, content):
    path = tmp_path / "attempts.sqlite3"
    path.write_bytes(content)
    for use in (Log(path).attempts, lambda: Log(path).record(attempt()), lambda: Log(path).merge(saved())):
        with pytest.raises(LogError, match="Move it to another folder and keep it") as told:
            use()
        assert str(path) in str(told.value)
    assert path.read_bytes() == content


def test_a_damaged_log_is_named_and_kept(tmp_path):
    path = tmp_path / "attempts.sqlite3"
    Log(path).record(attempt(n) for n in range(500))
    content = bytearray(path.read_bytes())
    content[4096:] = b"x" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LogError, match="keep it"):
        Log(path).attempts()
    assert path.read_bytes() == content


def test_a_log_of_a_newer_course_is_left_alone(tmp_path):
    log = Log(tmp_path / "a.sqlite3")
    log.record(attempt())
    ask(log.path, f"PRAGMA user_version = {learner.SCHEMA + 1}")
    for use in (log.attempts, lambda: log.record(attempt(1))):
        with pytest.raises(LogError, match="Update the course"):
            use()
    ask(log.path, f"PRAGMA user_version = {learner.SCHEMA}")
    assert log.attempts() == (attempt(),)


def test_a_log_that_cannot_be_opened_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "attempts.sqlite3", tmp_path / "folder"):
        with pytest.raises(LogError, match="can be written to") as told:
            Log(path).record(attempt())
        assert str(path) in str(told.value)


# --- many writers, and dying ones ------------------------------------------------------------------------

WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID
from kneecourse.learner import Attempt, Log

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

def attempt(n):
    return Attempt(uuid=str(UUID(int=n)), lesson="bakers_cyst", item="bakers_cyst.slit", version="0123abcd",
                   response={"answer": "medial"}, correct=True, at=NOON + timedelta(minutes=n))
"""

EIGHTH = """
first, last, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
print("ready", flush=True)
sys.stdin.readline()
for n in range(first, last):
    Log(path).record(attempt(n))
"""


def python(code, *arguments):
    command = [sys.executable, "-c", WRITER + code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_eight_processes_at_once_lose_and_double_nothing(tmp_path):
    path, share = tmp_path / "a.sqlite3", 1250
    # Each also writes the first hundred of its neighbour's, so most uuids come once and some twice.
    spans = [(n * share, min((n + 1) * share + 100, 8 * share)) for n in range(8)]
    writers = [python(EIGHTH, *span, path) for span in spans]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert Log(path).attempts() == tuple(attempt(n) for n in range(8 * share))


# Twenty logs, ten deaths each. The first two deaths of a log may come while it is being made; the others come
# after the first acknowledgement. A second writer is at work all the while, as a second notebook would be.
KILLER = """
import os, random, signal, time
folder, chance = sys.argv[1], random.Random(8)

def fork_writer(path, start):
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, os.fdopen(reader, "rb")
    for n in range(start, start + 100_000):
        for uuid in Log(path).record(attempt(n)):
            os.write(writer, uuid.encode() + b"\\n")
    os._exit(0)

def kill(child, reader, told):
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "a writer failed before it was killed"
    told.extend(reader.read().decode().split())
    reader.close()

for log in range(20):
    path, told = os.path.join(folder, f"{log}.sqlite3"), []
    steady = fork_writer(path, 0)
    for death in range(10):
        victim = fork_writer(path, (death + 1) * 100_000)
        if death >= 2:
            told.append(victim[1].readline().decode().strip())
        time.sleep(chance.uniform(0, 0.012 if death < 2 else 0.04))
        kill(*victim, told)
        print(log, "killed", flush=True)
    kill(*steady, told)
    for uuid in told:
        print(log, uuid, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork; SIGKILL is a POSIX matter")
def test_a_killed_writer_loses_nothing_it_had_acknowledged(tmp_path):
    killer = python(KILLER, tmp_path)
    words = [line.split() for line in killer.communicate()[0].splitlines()]
    assert killer.returncode == 0
    assert sum(word == "killed" for _, word in words) == 200
    for log in map(str, range(20)):
        acknowledged = {word for name, word in words if name == log and word != "killed"}
        stored = [a.uuid for a in Log(tmp_path / f"{log}.sqlite3").attempts()]
        assert len(acknowledged) > 10
        assert acknowledged <= set(stored)
        assert len(stored) == len(set(stored))


# --- the progress file -----------------------------------------------------------------------------------


@law
@given(any_attempts)
def test_a_saved_file_reads_as_what_was_saved(attempts):
    text = "".join(export_lines(attempts))
    for stream in (io.StringIO(text), io.BytesIO(text.encode()), io.TextIOWrapper(io.BytesIO(text.encode()))):
        assert read_progress(stream) == (tuple(attempts), ())


@law
@given(any_attempts, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(attempts, chance):
    lines = list(export_lines(attempts))
    chance.shuffle(lines)
    read = read_progress(io.StringIO("".join(lines)))
    assert learner.latest(read.attempts) == learner.latest(attempts)
    assert {a.uuid: a for a in read.attempts} == {a.uuid: a for a in attempts}
    assert read.problems == ()


@law
@given(any_attempts, st.integers(0, 8))
def test_importing_twice_changes_nothing(tmp_path_factory, attempts, known):
    log = Log(tmp_path_factory.mktemp("log") / "a.sqlite3")
    log.record(attempts[:known])
    old, new = len(attempts[:known]), len(attempts[known:])
    assert log.merge(saved(*attempts)) == (new, old, ())
    before = log.attempts()
    assert log.merge(saved(*attempts)) == (0, old + new, ())
    assert log.attempts() == before


@law
@given(any_attempts, st.integers(0, 10**6))
def test_a_file_cut_anywhere_keeps_every_whole_line(attempts, cut):
    text = "".join(export_lines(attempts)).encode()
    head = text.index(b"\n")
    text = text[: head + cut % (len(text) - head)]
    read = read_progress(io.BytesIO(text))
    whole = max(text.count(b"\n") - 1, 0)
    assert read.attempts[:whole] == tuple(attempts[:whole])
    assert len(read.attempts) + len(read.problems) == len(text.splitlines()) - 1


HEAD = b"".join(line.encode() for line in export_lines([]))
GOOD = [list(export_lines([attempt(n)]))[1].encode() for n in range(3)]

DAMAGED = [
    # name, the file after its good first lines, problems by line
    ("cut mid-line", GOOD[1][:50], ["line 3: not JSON; skipped"]),
    (
        "NUL bytes",
        b"\x00\x00\n" + GOOD[1].replace(b"slit", b"sl\x00it"),
        ["line 3: not JSON", "line 4: not JSON"],
    ),
    (
        "escaped NUL",
        GOOD[1].replace(b"slit", b"sl\\u0000it"),
        ["line 3: 'item' is not as this course writes it"],
    ),
    ("not UTF-8", GOOD[1].replace(b"slit", b"sl\xffit"), ["line 3: not UTF-8 text; skipped"]),
    ("UTF-16", GOOD[1].decode().strip().encode("utf-16"), ["line 3: not UTF-8 text; skipped"]),
    ("nested lists", b"[" * 100_000, ["line 3: far too long; skipped"]),
    ("nested lists, shorter", b"[" * 60_000, ["line 3: not JSON; skipped"]),
    ("nested objects", b'{"uuid":' * 8_000, ["line 3: not JSON; skipped"]),
    ("NaN", GOOD[1].replace(b'"seconds":null', b'"seconds":NaN'), ["line 3: 'seconds' is not"]),
    ("Infinity", GOOD[1].replace(b'"medial"', b"-Infinity"), ["line 3: 'response' is not"]),
    ("too large for a float", GOOD[1].replace(b'"medial"', b"1e999"), ["line 3: 'response' is not"]),
    ("very many digits", GOOD[1].replace(b'"medial"', b"9" * 10_000), ["line 3: "]),
    ("not objects", b'[]\n"x"\n5\nnull\ntrue\n', [f"line {n}: not an attempt; skipped" for n in range(3, 8)]),
    ("an empty object", b"{}\n", ["line 3: 'uuid' is missing; skipped"]),
    ("two on a line", GOOD[1].strip() + GOOD[2], ["line 3: not JSON; skipped"]),
    ("odd header", b'{"format": "kneecourse-progress", "version": true}', ["line 3: 'uuid' is missing"]),
    ("other content", GOOD[0].replace(b"true", b"false"), ["line 3: the uuid of an earlier line"]),
    ("blank lines, a repeated line, Windows ends, a second header", b"\n \r\n" + GOOD[0] + HEAD, []),
]


@pytest.mark.parametrize(("rest", "problems"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_a_damaged_line_is_reported_and_the_rest_kept(rest, problems):
    read = read_progress(
        io.BytesIO(HEAD + GOOD[0] + rest.rstrip(b"\n") + b"\n" + GOOD[2].replace(b"\n", b"\r\n"))
    )
    assert read.attempts == (attempt(0), attempt(2))
    assert len(read.problems) == len(problems)
    assert all(told.startswith(expected) for told, expected in zip(read.problems, problems, strict=True))


def test_a_byte_order_mark_and_a_half_character_do_no_harm():
    assert read_progress(io.BytesIO(b"\xef\xbb\xbf" + HEAD + GOOD[0])) == ((attempt(0),), ())
    read = read_progress(io.StringIO(HEAD.decode() + GOOD[0].decode() + "\ud800"))
    assert read == ((attempt(0),), ("line 3: not UTF-8 text; skipped",))
    read = read_progress(io.TextIOWrapper(io.BytesIO(HEAD + b"\xff\n" + GOOD[0]), encoding="utf-8"))
    assert read == ((attempt(0),), ("line 2: not UTF-8 text; skipped",))


FOREIGN = {
    "empty": b"",
    "only an attempt": GOOD[0],
    "csv": b"name,score\nann,3\nbob,4\n",
    "notebook": json.dumps(
        {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    ).encode(),
    "other JSON lines": b'{"format": "other-progress", "version": 1}\n' + GOOD[0],
    "a version that is no number": b'{"format": "kneecourse-progress", "version": "1"}\n',
    "picture": b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(20_000),
    "program": b"\x7fELF" + bytes(200_000),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_refused_whole(tmp_path, content):
    log = Log(tmp_path / "a.sqlite3")
    log.record(attempt(7))
    with pytest.raises(ProgressError, match="not a progress file of this course"):
        log.merge(io.BytesIO(content))
    assert log.attempts() == (attempt(7),)


@pytest.mark.parametrize("lines", [(b"%s", GOOD[0]), (GOOD[0], b"%s"), (HEAD, b"%s")])
def test_a_file_of_a_newer_course_asks_for_an_update(lines):
    newer = HEAD.replace(b"1}", b"99}")
    with pytest.raises(ProgressError, match="Update the course"):
        read_progress(io.BytesIO(b"".join(lines) % newer))


def test_a_huge_line_is_never_held():
    stream = io.BytesIO(HEAD + GOOD[0] + b'{"uuid": "' + b"x" * 50_000_000 + b'"}\n' + GOOD[2] + b"x")
    tracemalloc.start()
    read = read_progress(stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == ((attempt(0), attempt(2)), ("line 3: far too long; skipped", "line 5: not JSON; skipped"))
    assert peak < 2_000_000


class Endless:
    """A stream that begins like a progress file and then repeats a piece for ever."""

    def __init__(self, piece):
        self.start, self.piece, self.left = io.BytesIO(HEAD + GOOD[0]), piece, 6000

    def readline(self, size):
        self.left -= 1
        assert self.left, "it is still being read"
        return self.start.readline(size) or self.piece[:size]


@pytest.mark.parametrize("piece", [b"x" * 2**16, b"x\n", "x\n"])
def test_a_stream_without_end_is_read_to_a_limit(monkeypatch, piece):
    monkeypatch.setattr(learner, "FILE_LINES", 5000)
    read = read_progress(Endless(piece))
    assert read.attempts == (attempt(0),)
    assert 1 <= len(read.problems) <= learner.TOLD + 1


def test_the_limits_count_lines_and_bytes(monkeypatch):
    text = b"".join([HEAD, *GOOD])
    too_long = "line 4: the file is too long; nothing was read from here on"
    for limit, enough in (("FILE_LINES", 4), ("FILE_BYTES", len(text))):
        monkeypatch.setattr(learner, limit, enough)
        assert read_progress(io.BytesIO(text)).problems == ()
        monkeypatch.setattr(learner, limit, enough - 1)
        assert read_progress(io.BytesIO(text)) == ((attempt(0), attempt(1)), (too_long,))
        monkeypatch.undo()


# --- questions of the log --------------------------------------------------------------------------------


@law
@given(any_attempts, st.randoms(use_true_random=False))
def test_the_latest_attempt_does_not_depend_on_the_order_given(attempts, chance):
    attempts = [a.model_copy(update={"item": "same.item"}) for a in attempts]
    expected = max(attempts, key=lambda a: (a.at, a.uuid), default=None)
    chance.shuffle(attempts)
    assert learner.latest(attempts) == ({"same.item": expected} if attempts else {})


def test_at_the_same_moment_the_uuid_decides():
    first, second = attempt(1, at=NOON), attempt(2, at=NOON)
    assert learner.latest([second, first]) == learner.latest([first, second]) == {first.item: second}


def test_sure_and_wrong_is_about_the_last_answer_most_recent_first():
    wrong = {"correct": False, "certainty": "sure"}
    attempts = [
        attempt(1, item="a.mended", **wrong),
        attempt(2, item="a.again", **wrong),
        attempt(3, item="a.old", **wrong),
        attempt(4, item="a.mended", certainty="sure"),
        attempt(5, item="a.doubted", correct=False, certainty="unsure"),
        attempt(6, item="a.silent", correct=False),
        attempt(7, item="a.again", **wrong),
    ]
    assert learner.sure_and_wrong(attempts) == ["a.again", "a.old"]
    assert learner.sure_and_wrong(attempts[::-1]) == ["a.again", "a.old"]


def test_progress_counts_each_item_once_under_each_of_its_objectives():
    items = [
        question("a.one"),
        question("a.two", objectives=["point_to", "explain"]),
        question("a.three"),
        question("a.gone", retired=date(2026, 1, 1)),
        question("a.free", objectives=[]),
    ]
    attempts = [
        attempt(1, item="a.one", correct=False),
        attempt(2, item="a.one"),
        attempt(3, item="a.two"),
        attempt(4, item="a.two", correct=False),
        attempt(5, item="a.gone"),
        attempt(6, item="elsewhere.item"),
    ]
    assert learner.progress(attempts, items) == {"point_to": (1, 2, 3), "explain": (0, 1, 1)}
    assert learner.progress([], iter(items)) == {"point_to": (0, 0, 3), "explain": (0, 0, 1)}


@law
@given(any_attempts)
def test_calibration_counts_every_attempt_that_states_a_certainty(attempts):
    found = learner.calibration(iter(attempts))
    assert list(found) == ["unsure", "fairly", "sure"]
    assert sum(total for _, total in found.values()) == sum(a.certainty is not None for a in attempts)
    assert sum(right for right, _ in found.values()) == sum(
        a.correct and a.certainty is not None for a in attempts
    )
    assert all(0 <= right <= total for right, total in found.values())


def test_calibration_by_hand():
    sure = [attempt(n, certainty="sure", correct=n > 0) for n in range(4)]
    assert learner.calibration([*sure, attempt(9)]) == {"unsure": (0, 0), "fairly": (0, 0), "sure": (3, 4)}


@law
@given(any_attempts)
def test_days_are_utc_dates_each_once_ascending(attempts):
    found = learner.days(attempts)
    assert set(found) == {a.at.astimezone(UTC).date() for a in attempts}
    assert all(a < b for a, b in pairwise(found))


def test_just_after_midnight_in_auckland_is_still_the_day_before():
    late = datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=13)))
    assert learner.days([attempt(1, at=late)]) == [date(2026, 3, 1)]


def test_a_red_flag_is_missed_until_its_last_answer_is_right():
    flag = {"red_flag": True}
    items = [
        question("a.clot", **flag),
        question("a.artery", **flag),
        question("a.hot", **flag),
        question("a.gone", retired=date(2026, 1, 1), **flag),
        question("a.plain"),
    ]
    wrong = [attempt(n, item=item.id, correct=False) for n, item in enumerate(items) if item.id != "a.hot"]
    assert learner.red_flags_missed(wrong, items) == ["a.clot", "a.artery"]
    assert learner.red_flags_missed([*wrong, attempt(9, item="a.clot")], items) == ["a.artery"]
