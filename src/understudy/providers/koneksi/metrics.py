"""The organization in numbers."""

from understudy.kernel.exchange import Answer, Call
from understudy.providers.koneksi.state import KoneksiState


def collect_metrics(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Answer with the sums over all members (Organization Admin, Collect metrics).

    They are kept up with each change, so that reading them does not grow with the members.
    """
    return Answer("metrics_collected", {"data": state.metrics.get(call.principal)}), state
