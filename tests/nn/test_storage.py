"""Weights in files: what is read is what was written, and a file is whole or it is refused."""

import zipfile

import numpy as np
import pytest

from dlcore import nn
from tests.nn.small import assert_same_state, blobs, classifier, compiled, equal, state

X, Y = blobs(20)


@pytest.fixture
def saved(tmp_path):
    """A file with the weights of a classifier (seed 0)."""
    path = tmp_path / "weights.npz"
    classifier(seed=0).save_weights(path)
    return path


def refused(model, path, message, error=ValueError):
    before = state(model)
    with pytest.raises(error, match=message):
        model.load_weights(path)
    assert_same_state(model, before)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_come_back_bit_for_bit(tmp_path, dtype):
    model, other = classifier(dtype=dtype, seed=1), classifier(dtype=dtype, seed=2)
    model.save_weights(str(tmp_path / "w.npz"))
    other.load_weights(tmp_path / "w.npz")
    assert equal(model.get_weights(), other.get_weights())
    assert {w.dtype for w in other.get_weights()} == {np.dtype(dtype)}
    np.testing.assert_array_equal(model.predict(X), other.predict(X))


def test_weights_may_be_read_into_a_model_that_has_trained_and_trains_on(saved):
    model = compiled(seed=5)
    model.fit(X, Y, verbose=0)
    model.load_weights(saved)
    fresh = compiled(seed=0)
    assert equal(model.get_weights(), fresh.get_weights())
    for m in (model, fresh):
        m.compile(nn.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        m.fit(X, Y, verbose=0, seed=1)
    assert equal(model.get_weights(), fresh.get_weights())


def normalised(seed):
    """A network with numbers that are measured and not learnt, ready to fit."""
    layers = nn.layers
    model = nn.Sequential(
        [
            layers.Dense(5, "tanh", input_shape=(4,)),
            layers.BatchNormalization(momentum=0.5),
            layers.Dropout(0.25, seed=0),
            layers.LayerNormalization(),
            layers.Dense(3, "softmax"),
        ],
        seed=seed,
    )
    model.compile(nn.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("reader_has_trained", [False, True])
def test_moving_averages_are_saved_and_read_with_the_weights(tmp_path, reader_has_trained):
    model, other = normalised(1), normalised(2)
    model.fit(X, Y, verbose=0, epochs=3)
    if reader_has_trained:
        other.fit(X, Y, verbose=0)
    model.save_weights(tmp_path / "w.npz")
    other.load_weights(tmp_path / "w.npz")
    moving = other.layers[1].parameters
    assert (moving["moving_mean"] != 0).all()
    assert (moving["moving_variance"] != 1).all()
    np.testing.assert_array_equal(model.predict(X), other.predict(X))


def test_saving_takes_the_place_of_an_older_file_unless_told_not_to(saved):
    model = classifier(seed=3)
    with pytest.raises(FileExistsError, match=r"exists already; give overwrite=True"):
        model.save_weights(saved, overwrite=False)
    other = classifier(seed=4)
    other.load_weights(saved)
    assert equal(other.get_weights(), classifier(seed=0).get_weights())
    model.save_weights(saved)
    other.load_weights(saved)
    assert equal(other.get_weights(), model.get_weights())


@pytest.mark.parametrize("crash", [OSError("disk full"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("where", ["numpy.savez", "os.replace"])
def test_a_crash_while_writing_keeps_the_old_file_and_leaves_nothing(
    saved, monkeypatch, crash, where
):
    before = saved.read_bytes()

    def write_a_part_and_crash(file, *_, **__):
        if hasattr(file, "write"):
            file.write(b"half of it")
        raise crash

    monkeypatch.setattr(where, write_a_part_and_crash)
    with pytest.raises(type(crash)):
        classifier(seed=9).save_weights(saved)
    assert saved.read_bytes() == before
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


def test_a_crash_while_writing_the_first_time_leaves_no_file(tmp_path, monkeypatch):
    def crash(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", crash)
    with pytest.raises(OSError, match="disk full"):
        classifier().save_weights(tmp_path / "w.npz")
    assert not list(tmp_path.iterdir())


def test_a_saved_file_may_be_read_by_those_who_may_read_other_new_files(saved):
    other = saved.with_name("other")
    other.write_bytes(b"")
    assert saved.stat().st_mode == other.stat().st_mode


def test_saving_leaves_one_file_and_nothing_beside_it(saved):
    assert [p.name for p in saved.parent.iterdir()] == ["weights.npz"]


@pytest.mark.parametrize("name", ["w.h5", "w", "w.npz.txt", "w.weights.h5"])
def test_another_suffix_is_refused(tmp_path, name):
    model = classifier()
    with pytest.raises(ValueError, match=r"filepath must end in .npz; got"):
        model.save_weights(tmp_path / name)
    refused(model, tmp_path / name, r"filepath must end in .npz; got")
    assert not list(tmp_path.iterdir())


def test_a_missing_file_or_folder_is_named(tmp_path):
    model = classifier()
    refused(model, tmp_path / "w.npz", "there is no .*w.npz", FileNotFoundError)
    (tmp_path / "folder.npz").mkdir()
    refused(model, tmp_path / "folder.npz", "there is no .*folder.npz", FileNotFoundError)
    with pytest.raises(FileNotFoundError, match="filepath must be in a folder that exists"):
        model.save_weights(tmp_path / "nowhere" / "w.npz")


def other_models():
    dense = nn.layers.Dense
    return {
        "fewer layers": nn.Sequential([dense(5, input_shape=(4,))]),
        "other shapes": nn.Sequential([dense(5, input_shape=(3,)), dense(3)]),
        "no biases": nn.Sequential([dense(5, input_shape=(4,)), dense(3, use_bias=False)]),
        "one more": nn.Sequential([dense(5, input_shape=(4,)), dense(3), dense(3)]),
    }


@pytest.mark.parametrize("kind", other_models())
def test_another_models_weights_are_refused(saved, kind):
    other_models()[kind].save_weights(saved)
    refused(classifier(), saved, "holds another model's weights: .*; expected layer0.kernel")


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_weights_that_are_not_finite_are_refused(saved, bad):
    stored = dict(np.load(saved))
    stored["layer1.bias"][1] = bad
    np.savez(saved, **stored)
    refused(classifier(seed=7), saved, "must be finite")


def test_arrays_of_something_else_are_refused(saved):
    stored = dict(np.load(saved))
    stored["layer1.bias"] = np.array(["a", "b", "c"])
    np.savez(saved, **stored)
    refused(classifier(seed=7), saved, "must hold real numbers", TypeError)
    stored["layer1.bias"] = np.array([1, "b", None], dtype=object)
    np.savez(saved, **stored)
    refused(classifier(seed=7), saved, "is not a whole file of weights")


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"weights, but in words\n",
        b"PK\x03\x04" + bytes(range(256)),
        np.random.default_rng(0).bytes(2000),
        b"\x93NUMPY",
        b"\x80\x04\x95\x00\x00",
    ],
    ids=["empty", "text", "zip's first bytes", "random", "npy's first bytes", "pickle"],
)
def test_what_is_no_file_of_weights_is_refused(saved, contents):
    saved.write_bytes(contents)
    refused(classifier(seed=7), saved, r"weights.npz' is not a whole file of weights")


def test_a_single_array_and_a_zip_of_other_things_are_refused(saved):
    with saved.open("wb") as file:
        np.save(file, np.ones(3))
    refused(classifier(seed=7), saved, "is not a whole file of weights")
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("layer0.kernel", "no array")
        archive.writestr("letter.txt", "hello")
    refused(classifier(seed=7), saved, "holds another model's weights|not a whole file")


def test_a_file_cut_short_anywhere_is_refused(saved):
    whole = saved.read_bytes()
    model = classifier(seed=7)
    for length in range(0, len(whole), 7):
        saved.write_bytes(whole[:length])
        refused(model, saved, "is not a whole file of weights")


def test_a_byte_overwritten_anywhere_is_refused_or_does_no_harm(saved):
    whole, right = saved.read_bytes(), classifier(seed=0).get_weights()
    model = classifier(seed=7)
    kept = model.get_weights()
    for at in range(len(whole)):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            model.load_weights(saved)
        except ValueError as refusal:
            assert "filepath" in str(refusal)
            assert equal(model.get_weights(), kept), at
        else:  # a byte that carries nothing, such as a date
            assert equal(model.get_weights(), right), at
            model.set_weights(kept)


def test_get_weights_gives_copies_and_weights_the_arrays_themselves():
    model = compiled()
    model.fit(X, Y, verbose=0)
    kept = model.get_weights()
    model.get_weights()[0][:] = 7
    model.layers[0].get_weights()[0][:] = 7
    assert equal(model.get_weights(), kept)
    model.weights[0][:] = 7
    assert (model.layers[0].kernel == 7).all()
    assert (model.get_weights()[0] == 7).all()


def test_set_weights_copies_and_keeps_dtype_and_training(tmp_path):
    model = compiled()
    model.fit(X, Y, verbose=0)
    new = [w.astype(np.float64) + 1 for w in model.get_weights()]
    model.set_weights(new)
    new[0][:] = 0
    assert (model.get_weights()[0] != 0).all()
    assert {w.dtype for w in model.weights} == {np.dtype("float32")}
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    assert not equal(model.get_weights(), before)
