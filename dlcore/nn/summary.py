"""A model as a table: its layers, the shapes they give out, and what they have to learn."""

from typing import Any

__all__ = ["summary_text"]


def summary_text(model: Any) -> str:
    """The table that `model.summary()` prints."""
    rows = [("Layer (type)", "Output shape", "Param #")]
    for layer in model.layers:
        kind = f"{layer.name} ({type(layer).__name__})"
        frozen = "" if layer.trainable else ", frozen"
        rows.append((kind + frozen, _shape(layer.output_shape), _count(layer)))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows]
    rule = "─" * len(lines[0])
    built = [layer for top in model.layers if top.built for layer in top.family()]
    trainable = sum(layer.parameters[name].size for layer in built for name in layer.learnt())
    total = sum(p.size for layer in built for p in layer.parameters.values())
    totals = [
        f"Total params: {total:,}",
        f"Trainable params: {trainable:,}",
        f"Non-trainable params: {total - trainable:,}",
    ]
    if not model.built:
        totals = ["Not built yet: give the first layer an input_shape, or fit the model."]
    return "\n".join([f"Model: {model.name}", rule, lines[0], rule, *lines[1:], rule, *totals])


def _shape(shape: tuple[int, ...] | None) -> str:
    return "?" if shape is None else f"(None, {', '.join(map(str, shape))})"


def _count(layer: Any) -> str:
    return f"{layer.count_params():,}" if layer.built else "?"
