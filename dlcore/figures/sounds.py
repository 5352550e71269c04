"""A curve that can be heard: the pitch follows the loss, so a falling loss is a falling tone."""

import base64
import html
import io
import wave
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .stills import Caption, checked_alt

RATE = 8000  # samples per second, of 8 bits: 3 s are 32 KB in the notebook
LOW, HIGH = 220.0, 1320.0  # hertz at the lowest and the highest loss
GAP = 0.2  # seconds of silence between two curves
LONGEST = 5.0


class Sound:
    """A WAV with its description, as a notebook displays it: a player that waits to be started."""

    def __init__(self, wav: bytes, alt: str):
        self.wav, self.alt = wav, alt

    def __repr__(self) -> str:
        return f"Sound: {self.alt}"

    def _repr_html_(self) -> str:
        source = f"data:audio/wav;base64,{base64.b64encode(self.wav).decode()}"
        return f'<audio controls aria-label="{html.escape(self.alt)}" src="{source}"></audio>'


def checked_losses(losses: Any) -> list[np.ndarray]:
    """The logarithms of each curve's losses; ValueError for what has no pitch."""
    curves = losses if isinstance(losses, Mapping) else {"losses": losses}
    logs = []
    for name, values in curves.items():
        values = np.asarray(values, dtype=float)
        if values.ndim != 1 or values.size < 2:
            raise ValueError(f"{name} must be at least two numbers; got shape {values.shape}.")
        bad = ~(np.isfinite(values) & (values > 0))
        if bad.any():
            raise ValueError(
                f"{name} must be finite and above zero; got {values[bad][0]:g} at position "
                f"{int(np.argmax(bad))}."
            )
        logs.append(np.log(values))
    if not logs:
        raise ValueError("losses must hold at least one curve; got none.")
    return logs


def pitches(losses: Any, seconds: float) -> list[np.ndarray]:
    """The pitch in hertz of every sample of each curve, all on one scale."""
    logs = checked_losses(losses)
    low, high = min(log.min() for log in logs), max(log.max() for log in logs)
    samples = int(RATE * (seconds - GAP * (len(logs) - 1)) / len(logs))
    shares = [
        np.interp(np.linspace(0, log.size - 1, samples), np.arange(log.size), log - low)
        / ((high - low) or 1.0)
        for log in logs
    ]
    return [LOW * (HIGH / LOW) ** share for share in shares]


def tone(pitch: np.ndarray) -> np.ndarray:
    """A sine of changing pitch, between -1 and 1, that swells and fades so as not to click."""
    wave_ = np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    ends = np.minimum(np.arange(pitch.size), np.arange(pitch.size)[::-1])
    return wave_ * np.minimum(1.0, ends / (0.02 * RATE))


def wav_of(losses: Any, seconds: float = 3) -> bytes:
    """The WAV file of one curve or several: 8 kHz, 8 bits, one channel."""
    rest = np.zeros(int(GAP * RATE))
    parts = [part for pitch in pitches(losses, seconds) for part in (tone(pitch), rest)][:-1]
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(np.round(128 + 110 * np.concatenate(parts)).astype(np.uint8).tobytes())
    return stream.getvalue()


def hear(
    losses: Sequence[float] | Mapping[str, Sequence[float]], *, alt: str, seconds: float = 3
) -> None:
    """Display a player for a loss curve, or a dict of curves heard one after the other.

    Pitch follows the logarithm of the loss over the epochs: a falling loss is a falling tone, and
    all curves share one scale, 220 Hz to 1320 Hz. seconds: of all together, 0.5 to 5. `alt` says
    what is heard, as in `show`. Raises ValueError for a loss that is not finite or not above zero.
    """
    from IPython.display import display

    alt = checked_alt(alt)
    if not 0.5 <= seconds <= LONGEST:
        raise ValueError(f"seconds must be 0.5 to {LONGEST:g}; got {seconds}.")
    display(Sound(wav_of(losses, seconds), alt))
    display(Caption(alt))
