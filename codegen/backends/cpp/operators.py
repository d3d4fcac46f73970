"""The operators of divergences and latent layers: names, C++ signatures and schemas."""

from __future__ import annotations


def _operator(name: str, returns: int, arguments: str) -> tuple[str, str, str]:
    """Name, C++ signature and schema of an operator that returns tensors."""
    types = {
        "Tensor": "const Tensor&", "Tensor?": "const std::optional<Tensor>&", "int": "int64_t", "int[]": "Ints",
        "SymInt[]": "c10::SymIntArrayRef", "bool": "bool", "Generator?": "const std::optional<at::Generator>&",
    }  # fmt: skip
    declared = ", ".join(types[a.split()[0]] for a in arguments.split(", "))
    tensors = ", ".join(["Tensor"] * returns)
    signature = f"{'Tensor' if returns == 1 else f'std::tuple<{tensors}>'}({declared})"
    return name, signature, f"({arguments}) -> {'Tensor' if returns == 1 else f'({tensors})'}"


_ELEMENTS = "Tensor loc, Tensor log_scale"
_LAYER = "Tensor loc, Tensor? log_scale"
_SEGMENTS = "int[] kernels, int[] counts"
_DRAWN = f"{_SEGMENTS}, int[] samplers, Generator? generator"
_KEPT = "Tensor? d_loc, Tensor? d_log_scale"
_FAMILIES = "int[] posteriors, int[] priors, int[] counts"
OPERATORS = (
    _operator("divergence", 1, f"{_ELEMENTS}, int kernel"),
    _operator("divergence_with_gradient", 3, f"{_ELEMENTS}, int kernel"),
    _operator("divergence_backward", 2, f"Tensor grad, {_ELEMENTS}, {_KEPT}, int kernel"),
    _operator("divergence_sum", 1, f"{_ELEMENTS}, {_SEGMENTS}"),
    _operator("divergence_sum_with_gradient", 2, f"{_ELEMENTS}, {_SEGMENTS}"),
    _operator("latent", 2, f"{_LAYER}, Tensor noise, {_SEGMENTS}"),
    _operator("latent_with_gradient", 4, f"{_LAYER}, Tensor noise, {_SEGMENTS}, bool keep"),
    _operator("draw_latent", 2, f"{_LAYER}, {_DRAWN}"),
    _operator("draw_latent_with_gradient", 4, f"{_LAYER}, {_DRAWN}, bool keep"),
    _operator(
        "layer_backward", 2,
        f"Tensor? grad_z, Tensor? grad_nats, {_ELEMENTS}, Tensor? offset, Tensor? kept, {_SEGMENTS}",
    ),
    _operator(
        "layer_backward_packed", 1,
        f"Tensor? grad_z, Tensor? grad_nats, Tensor parameters, Tensor? offset, Tensor? kept, {_SEGMENTS}",
    ),
    _operator("log_ratio", 1, f"Tensor z, {_ELEMENTS}, {_FAMILIES}"),
    _operator("log_ratio_backward", 3, f"Tensor grad, Tensor z, {_ELEMENTS}, {_FAMILIES}"),
    _operator("variates", 1, "Tensor like, SymInt[] size, int[] samplers, int[] counts, Generator? generator"),
)  # fmt: skip
"""The operators of the library."""
