"""Promises about figures that move, grow and sound: what is saved, and what it costs to save it."""

import base64
import io
import itertools
import json
import subprocess
import sys
import wave

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from dlcore import figures, nn
from dlcore.figures import animations, live, sounds, stills
from tests.book import ROOT

ALT = "A falling curve: the loss over epochs becomes smaller and then stays where it is."


def draw_wave(fig, step):
    x = np.linspace(0, 6, 200)
    fig.subplots().plot(x, np.sin(x + step / 5))


# animate: a strip that stays, and an animation that waits to be asked.


def shown_pictures(displayed):
    """The strip and the animation, as PNGs."""
    (strip, _), _, (player, _) = displayed
    data = player["text/html"].split("base64,")[1].split('"')[0]
    return base64.b64decode(strip["image/png"]), base64.b64decode(data)


def test_an_animation_saves_one_strip_with_its_words_and_a_closed_player(displayed):
    assert figures.animate(draw_wave, range(12), alt=ALT) is None
    (_, words), (caption, _), (player, _) = displayed
    assert words["image/png"]["alt"] == ALT and ALT in caption["text/html"]
    assert [("image/png" in data) for data, _ in displayed] == [True, False, False]
    html = player["text/html"]
    assert html.startswith('<details class="figure-animation"><summary>')  # closed: nothing moves
    assert "<script" not in html and f'alt="{ALT}"' in html
    png, moving = shown_pictures(displayed)
    assert len(png) < animations.LARGEST_STRIP and len(moving) < animations.LARGEST
    with Image.open(io.BytesIO(png)) as picture:
        assert getattr(picture, "n_frames", 1) == 1


def test_the_animation_has_every_frame_in_order(displayed):
    figures.animate(draw_wave, range(9), alt=ALT, interval_ms=120)
    _, moving = shown_pictures(displayed)
    with Image.open(io.BytesIO(moving)) as picture:
        assert picture.n_frames == 9 and picture.info["loop"] == 0
        frames, times = [], []
        for place in range(9):
            picture.seek(place)
            times.append(picture.info["duration"])
            frames.append(np.asarray(picture.convert("L"), dtype=float))
    assert times == [120] * 8 + [1500]
    page = animations.Page(6.4, 3.6, dpi=animations.FRAME_DPI)
    for step in range(9):
        drawn = np.asarray(animations.rendered(draw_wave, step, page).convert("L"), dtype=float)
        apart = [np.abs(drawn - other).mean() for other in frames]
        assert apart.pop(step) < min(apart) / 2


@pytest.mark.parametrize("count", [2, 4, 5])
def test_the_strip_has_so_many_stills_from_the_first_to_the_last(count, displayed):
    drawn = []

    def draw(fig, frame):
        drawn.append(frame)
        draw_wave(fig, frame)

    figures.animate(draw, range(11), alt=ALT, strip=count)
    stills_drawn, animated = drawn[:count], drawn[count:]
    assert animated == list(range(11))
    assert (stills_drawn[0], stills_drawn[-1]) == (0, 10)
    assert len(set(stills_drawn)) == count and stills_drawn == sorted(stills_drawn)


def test_the_stills_stand_under_their_names():
    def draw(fig, frame):
        fig.patch.set_facecolor(frame)

    colours = {"first": "#FF0000", "second": "#00FF00", "third": "#0000FF"}
    png, _ = animations.strip_of(draw, colours, (6.4, 3.6))
    with Image.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    for place, colour in enumerate(([255, 0, 0], [0, 255, 0], [0, 0, 255])):
        top, left = place // 2 * height, place % 2 * width
        still = pixels[top : top + height, left : left + width]
        assert np.abs(still[-5, width // 2] - colour).max() < 8
        name = still[:20]
        assert name.max() > 240 and name.min() < 60  # black letters on white


@pytest.mark.parametrize(
    ("frames", "names"),
    [
        (range(2), ["0", "1"]),
        (["start", "end"], ["start", "end"]),
        ({"before": (1, 2), "after": (3, 4)}, ["before", "after"]),
        ([(1, 2), (3, 4)], ["frame 1", "frame 2"]),
    ],
)
def test_frames_are_named(frames, names):
    assert list(animations.named(frames)) == names


def test_an_animation_refuses_what_will_not_do(displayed):
    with pytest.raises(ValueError, match="strip must be 2 to the number of frames, 3; got 4"):
        figures.animate(draw_wave, range(3), alt=ALT)
    with pytest.raises(ValueError, match="interval_ms must be at least 20; got 5"):
        figures.animate(draw_wave, range(9), alt=ALT, interval_ms=5)
    with pytest.raises(ValueError, match="alt must say in 8 to 60 words"):
        figures.animate(draw_wave, range(9), alt="A wave")

    def noise(fig, frame):
        fig.subplots().imshow(np.random.default_rng(frame).random((200, 300)))

    with pytest.raises(ValueError, match=r"the animation 400000; got .*draw fewer frames"):
        figures.animate(noise, range(9), alt=ALT)
    assert displayed == []


# hear: pitch follows the loss.

FALLING = np.exp(-np.arange(30) / 6)


def samples(wav):
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 1)
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8)
        return file.getframerate(), data.astype(float) - 128


def loudest_pitch(part, rate):
    """The frequency in hertz with the largest share of a sound."""
    spectrum = np.abs(np.fft.rfft(part * np.hanning(part.size)))
    return np.fft.rfftfreq(part.size, 1 / rate)[np.argmax(spectrum)]


def test_a_falling_loss_is_a_falling_tone_and_a_rising_one_rises():
    rate, sound = samples(sounds.wav_of(FALLING))
    pitch = [loudest_pitch(part, rate) for part in np.array_split(sound, 8)]
    assert all(later < earlier for earlier, later in itertools.pairwise(pitch))
    rate, sound = samples(sounds.wav_of(FALLING[::-1]))
    pitch = [loudest_pitch(part, rate) for part in np.array_split(sound, 8)]
    assert all(later > earlier for earlier, later in itertools.pairwise(pitch))


def test_equal_ratios_of_the_loss_are_equal_intervals():
    (pitch,) = sounds.pitches([8.0, 4.0, 2.0, 1.0], 3)
    (high, *_, low), middle = pitch, pitch[pitch.size // 2]
    assert (high, low) == pytest.approx((sounds.HIGH, sounds.LOW))
    assert middle == pytest.approx(np.sqrt(high * low), rel=1e-3)


def test_several_curves_share_one_scale_and_follow_each_other_after_a_rest():
    curves = {"good": FALLING, "flat": [1.0, 1.0, 1.0]}
    good, flat = sounds.pitches(curves, 3)
    assert flat == pytest.approx(good[0]) and good[-1] < flat[-1]
    rate, sound = samples(sounds.wav_of(curves))
    quiet = np.flatnonzero(sound[good.size :] != 0)[0]
    assert quiet / rate == pytest.approx(sounds.GAP, abs=0.005)
    assert sound.size / rate == pytest.approx(3, abs=0.005)


def test_hear_displays_a_player_with_its_words_small_and_always_the_same(displayed):
    for _ in range(2):
        assert figures.hear({"a": FALLING, "b": FALLING**0.5}, alt=ALT, seconds=5) is None
    (player, _), (caption, _), again, _ = displayed
    assert player == again[0]
    assert player["text/html"].startswith(f'<audio controls aria-label="{ALT}"')
    assert "autoplay" not in player["text/html"]
    assert ALT in caption["text/html"] and player["text/plain"] == f"Sound: {ALT}"
    assert len(json.dumps([player, caption])) < 60_000


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ([1.0, np.nan], "losses must be finite and above zero; got nan at position 1"),
        ({"a": [1.0, 0.5, -0.1]}, "a must be finite and above zero; got -0.1 at position 2"),
        ([1.0, 0.0], "got 0 at position 1"),
        ([1.0, np.inf], "got inf at position 1"),
        ([1.0], r"at least two numbers; got shape \(1,\)"),
        ({}, "at least one curve"),
    ],
)
def test_a_loss_without_a_pitch_is_named(losses, message, displayed):
    with pytest.raises(ValueError, match=message):
        figures.hear(losses, alt=ALT)
    assert displayed == []


def test_hear_refuses_a_length_that_a_notebook_cannot_hold():
    with pytest.raises(ValueError, match=r"seconds must be 0\.5 to 5; got 60"):
        figures.hear(FALLING, alt=ALT, seconds=60)


# LivePlot: the last picture is the finished figure.


class Handle:
    """Stands for the place of a picture in a notebook."""

    def __init__(self):
        self.pictures = []

    def update(self, still):
        self.pictures.append(still)


@pytest.fixture
def notebook(monkeypatch):
    """As in a notebook: what was displayed, and the handle through which it was replaced."""
    shown, handle = [], Handle()

    def display(thing, display_id=None):
        shown.append(thing)
        return handle if display_id else None

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(live, "in_notebook", lambda: True)
    return shown, handle


def fitted(callback, epochs=30):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 3)), rng.normal(size=(64, 1))
    model = nn.Sequential([nn.layers.Input((3,)), nn.layers.Dense(1)])
    model.compile("sgd", "mse")
    fit = model.fit(
        x, y, epochs=epochs, verbose=0, seed=0, callbacks=[callback], validation_split=0.2
    )
    return fit.history


def test_live_plot_is_a_callback():
    assert issubclass(figures.LivePlot, nn.callbacks.Callback)


@pytest.mark.parametrize("every", [0.0, 60.0])
def test_the_last_picture_is_the_finished_figure_of_the_whole_history(every, notebook):
    shown, handle = notebook
    history = fitted(figures.LivePlot(title="A fit", alt=ALT, log=True, every=every))
    finished = stills.small_png(figures.curves(history, title="A fit", log=True))
    assert (handle.pictures or shown)[-1 if handle.pictures else 0].png == finished
    assert isinstance(shown[0], stills.Still) and shown[0].alt == ALT
    assert isinstance(shown[1], stills.Caption) and len(shown) == 2


def test_pictures_come_no_faster_than_asked_and_leave_the_time_to_the_fit(notebook, monkeypatch):
    _, handle = notebook
    clock = itertools.count(0.0, 0.1)  # each look at the clock takes a tenth of a second
    monkeypatch.setattr(live.time, "perf_counter", clock.__next__)
    plot = figures.LivePlot(title="A fit", alt=ALT, every=0.5)
    fitted(plot, epochs=600)
    during, time = len(handle.pictures), next(clock)
    assert 1 < during <= time / 0.5
    assert plot.spent <= live.SHARE * time + 0.1


def test_names_choose_what_is_drawn(notebook, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        live, "curves", lambda shown, **kw: drawn.append(shown) or figures.curves(shown, **kw)
    )
    history = fitted(figures.LivePlot(title="A fit", alt=ALT, names=["val_loss"]), epochs=3)
    assert drawn[-1] == {"val_loss": history["val_loss"]}


def test_a_second_fit_begins_a_new_picture(notebook):
    shown, handle = notebook
    plot = figures.LivePlot(title="A fit", alt=ALT, every=60)
    fitted(plot, epochs=2)
    fitted(plot, epochs=3)
    assert [type(thing).__name__ for thing in shown] == ["Still", "Caption"] * 2
    assert len(plot.history["loss"]) == 3 and handle.pictures == []


def test_what_cannot_be_drawn_never_ends_a_fit(notebook):
    fitted(figures.LivePlot(title="A fit", alt=ALT, names=["none of these"], every=0.0), epochs=2)
    assert notebook[0] == []


def test_live_plot_requires_a_description():
    with pytest.raises(ValueError, match="alt must say in 8 to 60 words"):
        figures.LivePlot(title="A fit", alt="A plot")


CELL = f"""
import json
import numpy as np
from dlcore import figures, nn
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 3)), rng.normal(size=(64, 1))
model = nn.Sequential([nn.layers.Input((3,)), nn.layers.Dense(1)])
model.compile("sgd", "mse")
plot = figures.LivePlot(title="A fit", alt={ALT!r}, every=0.0)
print(json.dumps(model.fit(x, y, epochs=30, verbose=0, callbacks=[plot]).history))
"""


def test_a_notebook_keeps_one_finished_picture_with_its_words():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    resources = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    picture, caption, printed = notebook.cells[0].outputs
    assert picture.metadata["image/png"]["alt"] == ALT and ALT in caption.data["text/html"]
    finished = stills.small_png(figures.curves(json.loads(printed.text), title="A fit"))
    assert base64.b64decode(picture.data["image/png"]) == finished


def test_outside_a_notebook_only_the_finished_picture_is_named():
    run = subprocess.run(
        [sys.executable, "-c", CELL], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.splitlines()[:-1] == [f"Figure: {ALT}", ALT]
