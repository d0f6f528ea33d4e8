"""The dotted names under which Keras has had its classes, and the argument names of Keras 1."""

from __future__ import annotations


def spellings(name: str, module: str, *older: str, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Aliases of the layer `keras.layers.<name>`, which `keras.src.layers.<module>` defines.

    `older` are modules of Keras 1 and 2 below `keras.layers` where they are not packages of `module` itself; `also` are
    other names of the class.
    """
    packages = module.split(".")
    modules = [".".join(packages[: depth + 1]) for depth in range(len(packages))]
    found: dict[str, None] = {}
    for spelled in (name, *also):
        if spelled != name:
            found[f"keras.layers.{spelled}"] = None
        found[f"keras.src.layers.{spelled}"] = None
        for place in modules:
            found[f"keras.src.layers.{place}.{spelled}"] = None
        for place in (*modules, *older):
            found[f"keras.layers.{place}.{spelled}"] = None
    return tuple(found)


KERNEL = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
DENSE = {**KERNEL, "output_dim": "units"}
POOLING = {
    "pool_length": "pool_size",
    "stride": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
}
CONVOLUTION = {
    **KERNEL,
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
}
RECURRENT = {
    **KERNEL,
    "output_dim": "units",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "U_regularizer": "recurrent_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}
DATA_FORMAT = {"dim_ordering": "data_format"}
NORMALIZATION = {"gamma_init": "gamma_initializer", "beta_init": "beta_initializer"}
