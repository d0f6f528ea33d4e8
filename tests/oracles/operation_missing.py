"""Public names of the frameworks that are knowingly not declared as operations, with the reason."""

from __future__ import annotations

_CALLS_BACK = "calls a function of the program, which is the interpreter's work"
_DEVICE = "about devices, memory or storage: no shape to tell"
_SPARSE = "sparse, quantized or nested tensors"
_AUTOGRAD = "about gradients, which have no part in shapes"
_INTERNAL = "not meant to be called by models"
_OLD = "removed from torch: it raises"
_PYTHON = "an import or helper of the module, not a function of tensors"

KERAS_OPS: dict[str, str] = {
    **dict.fromkeys(
        [
            "associative_scan",
            "cond",
            "custom_gradient",
            "fori_loop",
            "jvp",
            "map",
            "scan",
            "switch",
            "vectorize",
            "vectorized_map",
            "while_loop",
        ],
        _CALLS_BACK,
    ),
    **dict.fromkeys(["image", "linalg", "nn", "numpy"], "a module"),
}

TORCH_FUNCTIONAL: dict[str, str] = {
    **dict.fromkeys(
        [
            "BroadcastingList1",
            "BroadcastingList2",
            "BroadcastingList3",
            "Callable",
            "DType",
            "GRID_SAMPLE_INTERPOLATION_MODES",
            "GRID_SAMPLE_PADDING_MODES",
            "Optional",
            "ScalingType",
            "SwizzleType",
            "TYPE_CHECKING",
            "Tensor",
            "assert_int_or_pair",
            "boolean_dispatch",
            "dataclasses",
            "grad",
            "handle_torch_function",
            "has_torch_function",
            "has_torch_function_unary",
            "has_torch_function_variadic",
            "importlib",
            "math",
            "np",
            "reproducibility_notes",
            "sparse_support_notes",
            "tf32_notes",
            "torch",
            "warnings",
        ],
        _PYTHON,
    ),
}

TORCH_TENSOR: dict[str, str] = {
    **dict.fromkeys(
        [
            "ccol_indices",
            "col_indices",
            "crow_indices",
            "dense_dim",
            "indices",
            "int_repr",
            "is_coalesced",
            "is_sparse_csr",
            "q_per_channel_axis",
            "q_per_channel_scales",
            "q_per_channel_zero_points",
            "q_scale",
            "q_zero_point",
            "qscheme",
            "resize_as_sparse_",
            "row_indices",
            "smm",
            "sparse_dim",
            "sparse_mask",
            "sparse_resize_",
            "sparse_resize_and_clear_",
            "sspaddmm",
            "to_padded_tensor",
            "to_sparse",
            "to_sparse_bsc",
            "to_sparse_bsr",
            "to_sparse_coo",
            "to_sparse_csc",
            "to_sparse_csr",
            "values",
            "is_mkldnn",
        ],
        _SPARSE,
    ),
    **dict.fromkeys(
        [
            "const_data_ptr",
            "dim_order",
            "hash_tensor",
            "is_distributed",
            "is_ipu",
            "is_maia",
            "is_mtia",
            "is_vulkan",
            "is_xla",
            "is_xpu",
            "record_stream",
            "slice_inverse",
            "storage",
            "storage_type",
            "untyped_storage",
            "volatile",
            "is_conj",
            "is_neg",
            "module_load",
            "as_subclass",
            "reinforce",
            "index",
        ],
        _DEVICE,
    ),
    **dict.fromkeys(
        [
            "grad_dtype",
            "output_nr",
            "register_hook",
            "register_post_accumulate_grad_hook",
            "retain_grad",
            "retains_grad",
        ],
        _AUTOGRAD,
    ),
    **dict.fromkeys(["eig", "lstsq", "solve", "symeig"], _OLD),
    **dict.fromkeys(
        [
            "cholesky_solve",
            "geqrf",
            "lu",
            "lu_solve",
            "orgqr",
            "ormqr",
            "triangular_solve",
            "nonzero_static",
            "new",
            "new_empty_strided",
            "resize",
            "resize_as",
            "resize_as_",
        ],
        "rare; an unknown result is right",
    ),
}
