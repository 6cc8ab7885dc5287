"""Where things stand in the repository."""

from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
CONTRACT = ROOT / "openapi" / "tyk.yaml"
RESULTS = HERE / "RESULTS.md"
