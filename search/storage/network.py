"""Whether a path lies on a network file system, where SQLite's locks and shared memory cannot be relied on."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = (
    "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2",
    "orangefs", "panfs", "pvfs2", "smb3", "smbfs", "weka", "wekafs", "fuse.ceph", "fuse.glusterfs", "fuse.juicefs",
    "fuse.s3fs", "fuse.sshfs",
)  # fmt: skip
"""Types of file systems that several machines mount."""


def network_type(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Type of the network file system that holds ``path``; ``None`` where it is local, or the system does not say.

    Parameters
    ----------
    path : pathlib.Path
        Need not exist.
    mounts : pathlib.Path
        Linux's table of mounts: proc(5), ``/proc/[pid]/mountinfo``.
    """
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return None
    resolved = path.expanduser().resolve()
    found: tuple[int, str] = (-1, "")
    for line in lines:
        head, _, tail = line.partition(" - ")
        fields, kind = head.split(), tail.partition(" ")[0]
        if len(fields) < 5 or not kind:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4]))
        depth = len(point.parts)
        if resolved.is_relative_to(point) and depth >= found[0]:  # of mounts over each other the last is seen
            found = depth, kind
    return found[1] if found[1] in NETWORK else None
