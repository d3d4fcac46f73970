"""``python -m divergences.ops.native``: compile the kernels ahead of time, and print where they are."""

from __future__ import annotations

import sys

from divergences.ops.native.builder import library
from divergences.ops.native.compiler import NativeBuildError


def main() -> int:
    """Entry point."""
    try:
        print(library())
    except NativeBuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
