"""The learner's memory: an append-only log of attempts, the progress file, and what both can be asked."""

import json
import os
import sqlite3
from collections import defaultdict
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError

from kneecourse.records import Id

CERTAINTY = ("unsure", "fairly", "sure")


def _utc(at):
    """An aware datetime, or its ISO 8601 text, in UTC."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    if not isinstance(at, datetime) or at.utcoffset() is None or not 1970 <= at.year < 2200:
        raise ValueError("a time with its time zone is needed, between 1970 and 2199")
    return at.astimezone(UTC)


def _iso(at):
    # Always six decimals, so that texts sort as the times do.
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.]*$", max_length=80)]  # a slot or a choice
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]  # beyond it JavaScript rounds; there it becomes a float


class Attempt(BaseModel):
    """One answer to one question; ``response`` maps slots to choices, as in kneecourse.grading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    uuid: str = Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    lesson: Id
    item: Id
    version: str = Field(pattern=r"^[0-9a-f]{8}$")
    response: dict[Word, Word | float | Whole] = Field(max_length=16)
    correct: bool
    certainty: Literal[CERTAINTY] | None = None
    hints: int = Field(default=0, ge=0, le=20)
    seconds: float | None = Field(default=None, ge=0, le=86400)
    at: Annotated[datetime, PlainValidator(_utc), PlainSerializer(_iso, when_used="json")]
    source: Literal["lesson", "review", "exam", "clinic"] = "lesson"


# --- the log ---------------------------------------------------------------------------------------------

SCHEMA = 1
TABLE = "uuid PRIMARY KEY, lesson, item, version, response, correct, certainty, hints, seconds, at, source"


class LogError(RuntimeError):
    """The log cannot be used; the message names the file and the remedy."""


class Merged(NamedTuple):
    """What an import did."""

    added: int
    already_there: int
    problems: tuple[str, ...]


def home():
    """The learner's data folder: KNEECOURSE_HOME, or the system's usual place. It need not exist yet."""
    if chosen := os.environ.get("KNEECOURSE_HOME"):
        return Path(chosen).expanduser()
    import platformdirs  # only where it is asked

    return platformdirs.user_data_path("kneecourse", appauthor=False)


class Log:
    """The attempts in one SQLite file, by default in home(). Processes, forks and threads may share it."""

    def __init__(self, path=None):
        self.path = Path(path or home() / "attempts.sqlite3")

    def record(self, attempts):
        """Store one attempt or several; known uuids stay as they are. Returns the uuids, all now stored."""
        attempts = (attempts,) if isinstance(attempts, Attempt) else tuple(attempts)
        self._insert(attempts)
        return tuple(attempt.uuid for attempt in attempts)

    def attempts(self, lesson=None):
        """Every attempt, or those of one lesson, in order of time."""
        ask = "SELECT * FROM attempts WHERE :lesson IS NULL OR lesson = :lesson ORDER BY at, uuid"
        with self._connection() as link:
            return tuple(map(_from_row, link.execute(ask, {"lesson": lesson})))

    def merge(self, stream):
        """Add the attempts of a progress file; those already here stay as they are."""
        file = read_progress(stream)
        added = self._insert(file.attempts)
        return Merged(added, len(file.attempts) - added, file.problems)

    def _insert(self, attempts):
        rows = map(_to_row, attempts)
        names = ", ".join(f":{name}" for name in Attempt.model_fields)
        with self._connection() as link, _transaction(link):
            # Only a known uuid is passed over; OR IGNORE would swallow every other fault as well.
            link.executemany(f"INSERT INTO attempts VALUES ({names}) ON CONFLICT (uuid) DO NOTHING", rows)
            return link.total_changes

    @contextmanager
    def _connection(self):
        # One short-lived connection for each call, so that nothing of SQLite's crosses a fork or a thread.
        # Never open the file in another way: closing it would drop the locks that other threads hold on it.
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as link:
                if not self._begun(link):
                    with _transaction(link):
                        if not self._begun(link):  # another process may have been first
                            link.execute(f"CREATE TABLE attempts ({TABLE})")
                            link.execute(f"PRAGMA user_version = {SCHEMA}")
                _settle(link)
                yield link
        except (OSError, sqlite3.OperationalError) as error:
            remedy = "See that its folder can be written to and its disk is not full, then try again."
            raise self._error(f"the log cannot be read or written ({error})", remedy) from error
        except sqlite3.DatabaseError as error:
            remedy = "Move it to another folder and keep it; the course then begins a new log."
            raise self._error(f"the file is damaged or not a log ({error})", remedy) from error

    def _begun(self, link):
        """Whether the table is there. LogError if a newer version of the course made it."""
        version = link.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            what = f"a newer version of the course wrote this log (format {version}, known here: {SCHEMA})"
            raise self._error(what, "Update the course, then try again.")
        return version == SCHEMA

    def _error(self, what, remedy):
        return LogError(f"{self.path}: {what}. Nothing in it was changed. {remedy}")


@contextmanager
def _transaction(link):
    with link:
        link.execute("BEGIN IMMEDIATE")  # waits its turn; a later upgrade from reading would fail at once
        yield


def _settle(link):
    # WAL lets readers and the writer work at once. With it NORMAL is enough: what a killed process had
    # committed is already with the system; a power cut may cost the last answers, never the file.
    # WAL needs shared memory, which network folders lack. There SQLite keeps its rollback journal and
    # full synchronisation: slower, as safe.
    with suppress(sqlite3.OperationalError):
        if link.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
            link.execute("PRAGMA synchronous = NORMAL")


def _to_row(attempt):
    values = attempt.model_dump(mode="json")
    return {**values, "response": json.dumps(values["response"])}


def _from_row(row):
    values = dict(zip(Attempt.model_fields, row, strict=True))
    values |= {"response": json.loads(values["response"]), "correct": bool(values["correct"])}
    return Attempt.model_validate(values)


# --- the progress file -----------------------------------------------------------------------------------

FORMAT, VERSION = "kneecourse-progress", 1
LINE_BYTES, FILE_BYTES, FILE_LINES = 2**16, 2**26, 1_000_000  # far beyond what a learner can write
TOLD = 100  # problems told one by one
REASONS = {
    "json_invalid": "not JSON",
    "model_type": "not an attempt",
    "missing": "'{0}' is missing",
    "extra_forbidden": "it has a field this course does not know",
}


class ProgressError(ValueError):
    """The whole file cannot be used; the message says what to do."""


class Progress(NamedTuple):
    """What a progress file holds, and a sentence for every line left out."""

    attempts: tuple[Attempt, ...]
    problems: tuple[str, ...]


class _Header(BaseModel):
    format: Literal[FORMAT]
    version: int = Field(ge=1, strict=True)


def export_lines(attempts):
    """The lines of a progress file, line ends included."""
    yield json.dumps({"format": FORMAT, "version": VERSION}) + "\n"
    for attempt in attempts:
        yield attempt.model_dump_json() + "\n"


def read_progress(stream):
    """The Progress in a binary or text stream; ProgressError if it is another file, or a newer version's."""
    attempts, problems, skipped, version = {}, [], 0, 0
    for number, line in _lines(stream):
        try:
            entry = _entry(line)
            if isinstance(entry, _Header):
                version = max(version, entry.version)
            elif entry and attempts.setdefault(entry.uuid, entry) != entry:
                raise ValueError("the uuid of an earlier line with another content; skipped")
        except ValueError as error:
            skipped += 1
            if skipped <= TOLD:
                problems.append(f"line {number}: {error}")
    if not version:
        told = "This is not a progress file of this course, or its first line was lost."
        raise ProgressError(f"{told} Please choose the file that 'Save progress' made.")
    if version > VERSION:
        raise ProgressError(
            "A newer version of the course made this file. Update the course, then import it."
        )
    if skipped > TOLD:
        problems.append(f"{skipped - TOLD} more lines were skipped")
    return Progress(tuple(attempts.values()), tuple(problems))


def _lines(stream):
    """(number, line as bytes), or (number, why it is not read as str); holds at most LINE_BYTES at a time."""
    stream = getattr(stream, "buffer", stream)  # the bytes below a text file: they cannot fail to decode
    number, left, within = 0, FILE_BYTES, False
    while piece := stream.readline(LINE_BYTES):
        piece = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        left -= len(piece)
        number += not within
        if left < 0 or number > FILE_LINES:
            yield number, "the file is too long; nothing was read from here on"
            return
        ended = piece.endswith(b"\n")
        if not within:
            yield number, piece if ended or len(piece) < LINE_BYTES else "far too long; skipped"
        within = not ended


def _entry(line):
    """The attempt or the header in a line, None if it is blank. ValueError if it is anything else."""
    if isinstance(line, str):
        raise ValueError(line)
    try:
        text = line.decode("utf-8-sig").strip()
        return Attempt.model_validate_json(text) if text else None
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text; skipped") from None
    except ValidationError as error:
        mistake = error.errors(include_url=False)[0]
    with suppress(ValidationError):
        return _Header.model_validate_json(text)
    # In our words and field names only: nothing that a stranger wrote reaches a message.
    reason = REASONS.get(mistake["type"], "'{0}' is not as this course writes it")
    raise ValueError(reason.format(*mistake["loc"]) + "; skipped")


# --- questions of the log --------------------------------------------------------------------------------


def latest(attempts):
    """Item id -> its last attempt, in order of time."""
    found = {}
    for attempt in sorted(attempts, key=lambda a: (a.at, a.uuid)):
        found.pop(attempt.item, None)  # so that the mapping, too, is in order of the last attempts
        found[attempt.item] = attempt
    return found


def sure_and_wrong(attempts):
    """Ids of items last answered wrongly and surely, most recent first."""
    return [a.item for a in reversed(latest(attempts).values()) if not a.correct and a.certainty == "sure"]


def progress(attempts, items):
    """Objective id -> (right, answered, asked): its items that are not retired, by their latest attempts."""
    last, found = latest(attempts), defaultdict(list)
    for item in items:
        for objective in item.objectives if not item.retired else ():
            found[objective].append(last.get(item.id))
    return {
        objective: (sum(bool(a and a.correct) for a in asked), sum(map(bool, asked)), len(asked))
        for objective, asked in found.items()
    }


def is_reached(tally):
    """Whether an objective is reached: every question on it answered, at least four in five rightly."""
    right, answered, asked = tally
    return 0 < asked == answered and right >= 0.8 * asked


def calibration(attempts):
    """Certainty -> (right, total), for all three, over the attempts that state one."""
    found = {certainty: [] for certainty in CERTAINTY}
    for attempt in attempts:
        if attempt.certainty:
            found[attempt.certainty].append(attempt.correct)
    return {certainty: (sum(right), len(right)) for certainty, right in found.items()}


def days(attempts):
    """The dates (UTC) on which something was answered, ascending."""
    return sorted({attempt.at.date() for attempt in attempts})


def red_flags_missed(attempts, items):
    """Ids of red-flag items, not retired, whose latest attempt is wrong, in the order of the items."""
    last = latest(attempts)
    flags = [item.id for item in items if item.red_flag and not item.retired]
    return [flag for flag in flags if flag in last and not last[flag].correct]
