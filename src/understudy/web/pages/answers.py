"""Answers of the pages that are no pages."""

from typing import Any

import orjson
from starlette.responses import Response


def json_answer(data: Any) -> Response:
    """Answer with JSON, indented: people read it too."""
    return Response(orjson.dumps(data, option=orjson.OPT_INDENT_2), media_type="application/json")
