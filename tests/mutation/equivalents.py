"""What looks broken and is not: mutants that compute the same, each with the reason."""

__all__ = ["EQUIVALENT"]

ANY_FINITE = "less any finite number, -∞ stays -∞, whose e^ is 0"
REST = "to reshape, any negative number means what is left over"

# (family, function, before, after) -> why no test can notice it
EQUIVALENT = {
    (
        "attention",
        "_softmax_of_allowed",
        "e = np.exp(scores - np.where(top == -np.inf, 0, top))",
        "e = np.exp(scores - np.where(top == -np.inf, 1, top))",
    ): ANY_FINITE,
    (
        "attention",
        "_softmax_of_allowed",
        "e = np.exp(scores - np.where(top == -np.inf, 0, top))",
        "e = np.exp(scores - np.where(top == -np.inf, -1, top))",
    ): ANY_FINITE,
    (
        "attention",
        "_softmax_of_allowed",
        "return e / np.where(total == 0, 1, total)",
        "return e / np.where(total == 0, 2, total)",
    ): "where the total is 0 every e is 0, and so is e / 2",
    (
        "convolution",
        "conv2d_vjp",
        "drows, dmatrix, dbias = affine_vjp(d.reshape(-1, d.shape[-1]), rows, matrix, "
        "need_dx=need_dx)",
        "drows, dmatrix, dbias = affine_vjp(d.reshape(-2, d.shape[-1]), rows, matrix, "
        "need_dx=need_dx)",
    ): REST,
    (
        "convolution",
        "_as_rows",
        "return cut.reshape(cut.shape[0] * cut.shape[1] * cut.shape[2], -1)",
        "return cut.reshape(cut.shape[0] * cut.shape[1] * cut.shape[2], -2)",
    ): REST,
    (
        "convolution",
        "_as_matrix",
        "return kernel.reshape(-1, kernel.shape[-1])",
        "return kernel.reshape(-2, kernel.shape[-1])",
    ): REST,
    (
        "losses",
        "cross_entropy_vjp",
        "target = np.eye(p.shape[1], dtype=p.dtype)[y] if y.ndim == 1 else y",
        "target = np.eye(p.shape[1])[y] if y.ndim == 1 else y",
    ): "divide writes into an array of p's dtype: -1 / p is rounded to the same number, later",
    (
        "losses",
        "squared_error",
        "return np.square(prediction - y).mean(axis=1)",
        "return np.square(y - prediction).mean(axis=1)",
    ): "a square forgets the sign",
    (
        "products",
        "matmul_vjp",
        "rows = x.reshape(1, -1) if np.ndim(x) == 1 else x",
        "rows = x.reshape(1, -2) if np.ndim(x) == 1 else x",
    ): REST,
    (
        "products",
        "matmul_vjp",
        "columns = y.reshape(-1, 1) if np.ndim(y) == 1 else y",
        "columns = y.reshape(-2, 1) if np.ndim(y) == 1 else y",
    ): REST,
}
