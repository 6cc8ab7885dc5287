"""Fields of schemas that a test writes down."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from understudy.reference.fields import Field, Tree
from understudy.source import Source


@pytest.fixture
def grown() -> Callable[..., Field]:
    """Return the field of the schema ``Root`` among these schemas."""

    def grow(schemas: dict[str, Any], **options: Any) -> Field:
        source = Source.parse(orjson.dumps({"components": {"schemas": schemas}}), "made.yaml")
        return Tree(source, **options).grow({"$ref": "#/components/schemas/Root"})

    return grow
