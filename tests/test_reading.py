"""What is read may be hostile: a bomb, a circle, a file that is none. One clear message, soon, and nothing worse."""

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from understudy.options import read_settings
from understudy.source import Source, SourceError

BILLION_LAUGHS = b"\n".join(
    [b"a0: &a0 [lol, lol]", *(b"a%d: &a%d [*a%d, *a%d]" % (n, n, n - 1, n - 1) for n in range(1, 64))]
)
QUADRATIC = b"a: &a " + b"x" * 1_000_000 + b"\nb: [" + b"*a," * 100_000 + b"]"
BOMBS = {
    "a billion laughs": (BILLION_LAUGHS, "more than 400000 values"),
    "a long text, repeated": (QUADRATIC, "33554432 characters"),
    "a list, repeated": (b"a: &a [" + b"x," * 1000 + b"]\nb: [" + b"*a," * 100_000 + b"]", "more than 400000 values"),
    "brackets that never close": (b"[" * 4_000_000, "nested more than 100 deep"),
    "brackets that close": (b"a: " + b"[" * 100_000 + b"]" * 100_000, "nested more than 100 deep"),
    "braces": (b"{a: " * 1_000_000, "nested more than 100 deep"),
    "dashes": (b"- " * 2_000_000 + b"x", "nested more than 100 deep"),
    "question marks": (b"? " * 2_000_000 + b"x", "nested more than 100 deep"),
    "stairs": (b"".join(b" " * n + b"a:\n" for n in range(3000)), "nested more than 100 deep"),
    "what holds itself": (b"a: &a {b: [*a]}", "nested more than 100 deep"),
    "a chain of aliases": (
        b"\n".join([b"k0: &a0 [1]", *(b"k%d: &a%d [*a%d]" % (n, n, n - 1) for n in range(1, 5000))]),
        "nested more than 100 deep",
    ),
    "a number of digits": (b"a: " + b"9" * 5_000_000, "is no whole number of 64 bits"),
    "many numbers of digits": (b"a: [" + b",".join([b"9" * 4000] * 1800) + b"]", "is no whole number of 64 bits"),
    "a number in base 60": (b"a: !!int 1" + b":1" * 1_000_000, "is no whole number of 64 bits"),
    "a number of bits": (b"a: !!int 0b" + b"1" * 4_000_000, "is no whole number of 64 bits"),
    "a number without end": (b"a: 1e999999", "is no number that JSON has"),
    "no number at all": (b"a: !!float .nan", "is no number that JSON has"),
    "no truth": (b"a: !!bool perhaps", "is no true or false"),
    "a call of Python's": (b"a: !!python/object/apply:os.system [ls]", "the tag '!!python/object/apply:os.system'"),
    "a name of Python's": (b"%TAG ! tag:yaml.org,2002:python/\n---\na: !name:os.system x", "the tag '!!python/name"),
    "bytes": (b"a: !!binary AAAA", "the tag '!!binary'"),
    "a set": (b"a: !!set {x}", "the tag '!!set'"),
    "pairs": (b"a: !!omap [x: 1]", "the tag '!!omap'"),
    "a day that there is not": (b"a: !!timestamp 2001-99-99", "the tag '!!timestamp'"),
    "a text that is a mapping": (b"a: !!str {=: 1}", "the tag '!!str'"),
    "many keys, one twice": (
        b"\n".join(b"k%d: 1" % n for n in range(50_000)) + b"\nk7: 1",
        "the key 'k7' stands twice",
    ),
    "a key that merges, twice": (b"a: {<<: {b: 1}, <<: {c: 1}}", "the key '<<' stands twice"),
    "several documents": (b"a: 1\n---\nb: 2", "expected a single document"),
    "NUL": (b"a: \0", "control characters are not allowed"),
    "half a pair of surrogates": (b'a: "\\ud800"', "invalid Unicode character escape code"),
    "no UTF-8": (b"a: \xc3\x28", "invalid trailing UTF-8 octet"),
    "half of UTF-16": ("a: 1".encode("utf-16") + b"x", "incomplete UTF-16 character"),
    "UTF-32": ("a: 1".encode("utf-32"), "control characters are not allowed"),
    "too much": (b"#" * (9 * 1024 * 1024), "larger than 8388608 bytes"),
}


@pytest.mark.parametrize(("raw", "complaint"), BOMBS.values(), ids=list(BOMBS))
def test_a_bomb_is_refused_in_one_sentence(raw: bytes, complaint: str) -> None:
    with pytest.raises(SourceError, match=r"^x\.yaml:") as caught:
        Source.parse(raw, "x.yaml")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_no_bomb_takes_more_than_its_share_of_memory_and_time() -> None:
    """All of them in one process that may have 1 GB and 60 seconds, and a C stack of the usual 8 MB."""
    script = """
from tests.test_reading import BOMBS, Source, SourceError
for raw, _ in BOMBS.values():
    try:
        Source.parse(raw, "x.yaml")
    except SourceError:
        print("refused")
"""

    def bounds() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        preexec_fn=bounds,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert (0, ["refused"] * len(BOMBS)) == (done.returncode, done.stdout.split()), done.stderr


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert {"x": {"b": 1}, "a": {"<<": {"b": 1}}} == Source.parse(b"x: &x {b: 1}\na: {<<: *x}", "x").data


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_none_of_the_text(encoding: str) -> None:
    assert {"a": "ü"} == Source.parse("a: ü".encode(encoding), "x").data


def test_whole_numbers_go_as_far_as_json_is_sure_of_them() -> None:
    assert {"a": -(2**63), "b": 2**64 - 1} == Source.parse(
        b"a: -9223372036854775808\nb: 18446744073709551615", "x"
    ).data
    for beyond in (b"a: -9223372036854775809", b"a: 18446744073709551616"):
        with pytest.raises(SourceError, match="is no whole number of 64 bits"):
            Source.parse(beyond, "x")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _circle(path: Path) -> None:
    path.symlink_to(path)


NO_FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (_pipe, "no regular file"),
    "a device": (_endless, "no regular file"),
    "a folder": (Path.mkdir, "directory"),
    "a link to itself": (_circle, "symbolic links"),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_refused_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    make, complaint = NO_FILES[kind]
    make(tmp_path / "x.yaml")
    with pytest.raises(SourceError, match=complaint):
        Source.read(tmp_path / "x.yaml")


def test_settings_are_read_with_the_same_care(tmp_path: Path) -> None:
    settings = tmp_path / "understudy.yaml"
    os.mkfifo(settings)
    with pytest.raises(SourceError, match="no regular file"):
        read_settings(settings)
    settings.unlink()
    for target in ("understudy.yaml", "elsewhere.yaml"):
        settings.symlink_to(target)
        with pytest.raises(SourceError, match=r"understudy\.yaml: cannot be read"):
            read_settings(settings)
        settings.unlink()
    for raw, complaint in BOMBS.values():
        settings.write_bytes(raw)
        if raw.strip(b"#"):
            with pytest.raises(SourceError, match=re.escape(complaint)):
                read_settings(settings)


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(SourceError, match="cannot be read: embedded null byte"):
        Source.read(Path("x\0y"))


def test_nothing_is_unpickled_or_run_as_code() -> None:
    """No module of ours imports what makes code of data, or calls it."""
    source = Path(__file__).parents[1] / "src/understudy"
    forbidden = re.compile(
        r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill|joblib|code|codeop|runpy)\b"
        r"|(?<![.\w])(?:eval|exec|compile|__import__)\(|yaml\.(?:load|unsafe_load|full_load)\b|\.(?:Unsafe|Full)Loader"
        r"|shell=True|os\.(?:system|popen)\(|\bsubprocess\b",
        re.MULTILINE,
    )
    files = sorted(source.rglob("*.py"))
    assert len(files) > 100
    assert [] == [str(file) for file in files if forbidden.search(file.read_text())]
