"""Where things stand in the repository."""

from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
CONTRACTS = ROOT / "openapi"
NODE = HERE / "peers" / "node"
FIGURES = HERE / "figures"
PICTURES = HERE / "pictures"
RESULTS = HERE / "RESULTS.md"
