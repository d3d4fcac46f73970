"""Ctrl-C and SIGTERM end a search cleanly, wherever they arrive.

A handler's exception is lost where Python happens to run a finalizer or a callback of a library, which only reports
it. So the request is also remembered, and asked for between epochs and trials.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_requests: list[int] = []


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGTERM as on Ctrl-C; a signal ignored, as in a background job, stays so."""

    def interrupt(number: int, _: object) -> None:
        _requests.append(number)
        raise KeyboardInterrupt

    _requests.clear()
    heard = [s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) is not signal.SIG_IGN]
    before = {s: signal.signal(s, interrupt) for s in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _requests.clear()


def check() -> None:
    """Raise KeyboardInterrupt if it was asked for and got lost."""
    if _requests:
        raise KeyboardInterrupt
