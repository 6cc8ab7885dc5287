"""What a server imports to start, and what it leaves until somebody needs it."""

import subprocess
import sys

_LATER = (
    *(
        "requests.sessions",
        "httpx",
        "rich",
        "jinja2.environment",
        "markdown_it",
        "jsonpath",
        "jsonpatch",
        "isodate",
        "jwt",
    ),
    *("werkzeug.serving", "werkzeug.security", "starlette.testclient", "starlette.applications"),
    *("connexion.apps", "connexion.middleware.main", "openapi_spec_validator", "watchfiles"),
    *("understudy.reference", "understudy.client"),
)


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert "" == done.stderr
    return done.stdout.strip()


def test_a_server_starts_without_what_it_does_not_need_yet() -> None:
    started = (
        "import sys; from understudy.lean import lean_import; from understudy.cli import _load_server;"
        "lean_import(_load_server); from understudy.production import Playbill, Production; import understudy.terminal;"
        f"Production(Playbill()); print([name for name in {_LATER!r} if name in sys.modules])"
    )
    assert "[]" == _run(started)


def test_a_package_that_was_deferred_is_whole_as_soon_as_it_is_asked_for() -> None:
    code = (
        "import warnings; warnings.simplefilter('ignore');"
        "from understudy.lean import lean_import; lean_import(lambda: None);"
        "import requests, connexion; from jinja2 import Template; from connexion import AsyncApp;"
        "print(requests.get.__name__, requests.sessions.Session.__name__, Template('{{ 1 }}').render(),"
        "AsyncApp.__name__, connexion.middleware.ConnexionMiddleware.__name__)"
    )
    assert "get Session 1 AsyncApp ConnexionMiddleware" == _run(code)


def test_where_a_package_cannot_be_deferred_it_is_imported_as_ever() -> None:
    code = (
        "import sys; from understudy.lean import lean_import\n"
        "tried = []\n"
        "def load():\n"
        "    import requests\n"
        "    tried.append('__getattr__' in vars(requests))\n"
        "    if tried == [True]: raise ImportError('cannot import name')\n"
        "lean_import(load)\n"
        "print(tried, sys.modules['requests'].get.__name__)"
    )
    assert "[True, False] get" == _run(code)


def test_an_import_that_fails_in_any_case_fails() -> None:
    code = (
        "from understudy.lean import lean_import\n"
        "def load(): raise ImportError('there is no such module')\n"
        "try: lean_import(load)\n"
        "except ImportError as error: print(error)"
    )
    assert "there is no such module" == _run(code)


def test_each_deferred_package_is_one_of_those_that_are_installed() -> None:
    code = "from understudy import lean; print(all(map(lean.find_spec, lean._DEFERRED)))"
    assert "True" == _run(f"import warnings; warnings.simplefilter('ignore'); {code}")
