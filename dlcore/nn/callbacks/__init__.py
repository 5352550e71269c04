"""Callbacks: what else should happen while a model is fitted.

Each hook is given `logs`, the numbers so far: at the end of an epoch the loss, the metrics and,
with validation data, the same names with `val_` in front. Names and arguments are Keras 3's.
"""

from dlcore.nn.callbacks.base import Callback, History, LambdaCallback, Logs
from dlcore.nn.callbacks.progress import ProgressBar, ProgressLines
from dlcore.nn.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from dlcore.nn.callbacks.records import CSVLogger, ModelCheckpoint
from dlcore.nn.callbacks.stopping import EarlyStopping, TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "ProgressBar",
    "ProgressLines",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
