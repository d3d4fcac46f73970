from pathlib import Path

import pytest

from search.errors import SearchError
from search.storage.network import network_type
from search.storage.store import open_study

MOUNTS = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
28 27 0:30 / /home rw,relatime shared:5 - nfs4 server:/home rw,vers=4.2
29 28 254:1 / /home/me/scratch rw - xfs /dev/vdb rw
30 27 0:31 / /mnt/my\\040share rw - cifs //server/share rw
31 27 0:32 / /lustre rw - lustre 10.0.0.1@tcp:/fs rw
32 27 0:33 / /both rw - nfs server:/a rw
33 27 254:2 / /both rw - ext4 /dev/vdc rw
"""


@pytest.fixture
def mounts(tmp_path):
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTS)
    return path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/tmp/study.db", None),
        ("/home/me/study.db", "nfs4"),
        ("/homework/study.db", None),
        ("/home/me/scratch/deep/study.db", None),
        ("/mnt/my share/study.db", "cifs"),
        ("/lustre/study.db", "lustre"),
        ("/both/study.db", None),
    ],
)
def test_the_innermost_mount_decides(tmp_path, mounts, path, kind):
    assert network_type(Path(path), mounts) == kind


def test_a_link_is_followed(tmp_path, mounts):
    (tmp_path / "link").symlink_to("/lustre")
    assert network_type(tmp_path / "link" / "study.db", mounts) == "lustre"


def test_a_system_without_such_a_table_is_taken_to_be_local(tmp_path):
    assert network_type(tmp_path, tmp_path / "missing") is None


@pytest.mark.parametrize("given", [True, False])
def test_sqlite_on_a_network_file_system_is_refused_with_advice(make_config, data, monkeypatch, given):
    config = make_config()
    config = make_config(storage=config.storage_url) if given else config
    monkeypatch.setattr("search.storage.databases.network_type", lambda path: "nfs4")
    with pytest.raises(SearchError, match=r"network file system \(nfs4\).*postgresql://"), open_study(config, data):
        pass
    assert not (config.folder / "study.db").exists()
