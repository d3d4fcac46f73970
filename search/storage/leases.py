"""Signs of life of the processes that run trials, for those who cannot see their locks.

A process writes a growing number into each of its trials. Whoever watches a trial measures by its own clock for how
long the number has not changed, so that the clocks of two machines are never compared.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial

from search.storage.claims import OWNER
from search.storage.locks import Owner

HEARTBEAT = "heartbeat"
INTERVAL = 10.0
"""Seconds between two signs of life."""
GRACE = 60.0
"""Seconds of silence after which a process is taken to be dead."""


class Heartbeats:
    """Gives signs of life for the trials that an owner holds, from a thread of its own, while the context lasts."""

    def __init__(self, storage: BaseStorage, owner: Owner) -> None:
        self._storage, self._owner, self._over = storage, owner, threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heartbeats:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=1.0)  # longer only where it waits for a database that is away; it is a daemon

    def _beat(self) -> None:
        count = 0
        while not self._over.wait(INTERVAL):
            count += 1
            for trial_id in list(self._owner.held.values()):
                with suppress(Exception):  # a trial that is over; or what the process itself is about to meet
                    self._storage.set_trial_user_attr(trial_id, HEARTBEAT, count)


class Watch:
    """Remembers since when the running trials of others have given no sign of life.

    Parameters
    ----------
    outages : callable
        How often the database has been away so far: then nobody could give a sign, and the watch begins anew.
    """

    def __init__(self, outages: Callable[[], int]) -> None:
        self._outages = outages
        self._seen: dict[int, tuple[object, float]] = {}

    def silent(self, trial: FrozenTrial) -> bool:
        """Whether a running trial has been silent for too long."""
        sign = (trial.user_attrs.get(OWNER), trial.user_attrs.get(HEARTBEAT), self._outages())
        now = time.monotonic()
        if self._seen.get(trial.number, (None, now))[0] != sign:
            self._seen[trial.number] = sign, now
        return now - self._seen[trial.number][1] > GRACE
