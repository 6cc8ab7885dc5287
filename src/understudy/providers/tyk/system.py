"""Is the Dashboard up, and reload what it serves."""

from understudy.kernel.exchange import Answer, Call
from understudy.providers.tyk.state import TykState


def reload_system(state: TykState, _: Call) -> tuple[Answer, TykState]:
    """Say that the URLs were reloaded; there is nothing to reload here."""
    return Answer("system_reloaded"), state


def read_admin_hello(state: TykState, _: Call) -> tuple[Answer, TykState]:
    """Say that the admin API is up."""
    return Answer("dashboard_alive"), state


def read_hello(state: TykState, _: Call) -> tuple[Answer, TykState]:
    """Say that the Dashboard is up."""
    return Answer("dashboard_alive"), state
