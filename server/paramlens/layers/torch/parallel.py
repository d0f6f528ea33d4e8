"""Wrappers that run a module on several devices: they own the module and add no weights."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, layer
from paramlens.layers.torch.arguments import known
from paramlens.layers.torch.transformer import is_layer
from paramlens.values import Reason, undetermined


def wrapped(name: str, module: Any) -> Built:
    """The module under the name `module`, called in its place."""
    if not is_layer(known(module)):
        raise undetermined(Reason.UNSUPPORTED, f"{name} of something that is not a known module")

    def forward(*inputs: Any, **kwargs: Any) -> Any:
        if kwargs or not hasattr(module, "build"):
            raise undetermined(Reason.UNSUPPORTED, f"call of {name} with keyword arguments")
        return module.build(*inputs)

    return Built(children={"module": module}, forward=forward)


@layer(
    "torch.nn.DataParallel",
    example="DataParallel(Linear(128, 64)) : (8, 128) -> (8, 64) : 8,256",
    aliases=("torch.nn.parallel.DataParallel", "torch.nn.parallel.data_parallel.DataParallel"),
)
def data_parallel(module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> Built:
    """Splits the batch over several devices."""
    return wrapped("DataParallel", module)


@layer(
    "torch.nn.parallel.DistributedDataParallel",
    example="DistributedDataParallel(Linear(128, 64)) : (8, 128) -> (8, 64) : 8,256",
    aliases=("torch.nn.parallel.distributed.DistributedDataParallel",),
)
def distributed_data_parallel(
    module: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    broadcast_buffers: bool | None = None,
    init_sync: bool = True,
    process_group: Any = None,
    bucket_cap_mb: Any = None,
    find_unused_parameters: bool = False,
    check_reduction: bool = False,
    gradient_as_bucket_view: bool = False,
    static_graph: bool = False,
    delay_all_reduce_named_params: Any = None,
    param_to_hook_all_reduce: Any = None,
    mixed_precision: Any = None,
    device_mesh: Any = None,
    skip_all_reduce_unused_params: bool = False,
    bucket_cap_mb_list: Any = None,
    batched_grad_copy: bool = False,
    forward_sync_buffers: bool | None = None,
) -> Built:
    """Keeps copies of a module in several processes in step."""
    return wrapped("DistributedDataParallel", module)
