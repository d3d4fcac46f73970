"""Source of the Triton kernels that call a device function, with places for the call and for a pairing's constants."""

IMPORTS = """import triton
import triton.language as tl

from generated.triton.special import bounded, exp, expm1, infinite_everywhere, settled
"""

ELEMENTWISE = '''

@triton.jit
def elementwise(
    loc, log_scale, nodes, order, value, d_loc, d_log_scale, loc_row, log_scale_row, rows, columns, column_blocks,
    GRAD: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Divergences of a block of elements of two matrices; order has the bits of a float64."""
    block = tl.program_id(0).to(tl.int64)
    row = (block // column_blocks * ROWS + tl.arange(0, ROWS))[:, None]
    column = (block % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < columns)
    m = tl.load(loc + row * loc_row + column, mask=inside, other=0.0)
    s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=0.0)
{alpha}    nats, by_loc, by_log_scale = {call}
    at = row * columns + column
    tl.store(value + at, nats, mask=inside)
    if GRAD:
        tl.store(d_loc + at, by_loc, mask=inside)
        tl.store(d_log_scale + at, by_log_scale, mask=inside)
'''

QUADRATURE = '''

@triton.jit
def elementwise(
    loc, log_scale, nodes, order, value, d_loc, d_log_scale, loc_row, log_scale_row, rows, columns,
    GRAD: tl.constexpr, ELEMENTS: tl.constexpr,
):
    """Divergences of every so many blocks of elements of two matrices, a column at a time."""
{alpha}    own, other = {norms}(alpha, nodes, value.dtype.element_ty)
    count = tl.cast(rows, tl.int64) * columns
    for block in range(tl.program_id(0), tl.cdiv(count, ELEMENTS), tl.num_programs(0)):
        at = (tl.cast(block, tl.int64) * ELEMENTS + tl.arange(0, ELEMENTS))[:, None]
        inside = at < count
        row, column = at // columns, at % columns
        m = tl.load(loc + row * loc_row + column, mask=inside, other=0.5)
        s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=-1.0)
        nats, by_loc, by_log_scale = {call}
        tl.store(value + at, nats, mask=inside)
        if GRAD:
            tl.store(d_loc + at, by_loc, mask=inside)
            tl.store(d_log_scale + at, by_log_scale, mask=inside)
'''

LAYER = '''

@triton.jit
def layer(
    loc, log_scale, noise, seed, nodes, order, z, nats, d_loc, d_log_scale, loc_row, log_scale_row, rows, samples,
    GRAD: tl.constexpr, SAMPLE: tl.constexpr, DRAW: tl.constexpr, ROWS: tl.constexpr,
):
    """Divergences of a block of rows, and every so many of their samples; order has the bits of a float64.

    The noise is read, or drawn from the seed and, if gradients are, written.
    """
    row = (tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS))[:, None]
    first = tl.program_id(1)
    if DRAW:
        key = tl.load(seed) ^ (-(2**63))  # torch.randint counts from the lowest number on
    total = tl.zeros((ROWS,), nats.dtype.element_ty)
{alpha}{segments}    if first == 0:
        at = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
        tl.store(nats + at, total, mask=at < rows)
'''

SEGMENT = """    # {pair}
    part = tl.zeros((ROWS, {width}), nats.dtype.element_ty)
    for start in range({start}, {stop}, {width}):
        column = start + tl.arange(0, {width})[None, :]
        inside = (row < rows) & (column < {stop})
        m = {location}
        s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=0.0)
        if first == 0:
            value, by_loc, by_log_scale = {call}
            part += tl.where(inside, value, 0.0)
            if GRAD:
                at = row * {latents} + column
                tl.store(d_loc + at, {loc_gradient}, mask=inside)
                tl.store(d_log_scale + at, by_log_scale, mask=inside)
        if SAMPLE:
            scale = exp(s)
            for k in range(first, samples, tl.num_programs(1)):
                at = (tl.cast(k, tl.int64) * rows + row) * {latents} + column
                if DRAW:
                    place = (tl.cast(k, tl.int64) * rows + row) * {count} + (column - {start})
                    e = {sampler}(key, {stream}, place, nats.dtype.element_ty)
                    if GRAD:
                        tl.store(noise + at, e, mask=inside)
                else:
                    e = tl.load(noise + at, mask=inside, other=0.0)
                tl.store(z + at, m + scale * e, mask=inside)
    total += tl.sum(part, axis=1)
"""

ALPHA = "    alpha = tl.cast(order, tl.int64).to(tl.float64, bitcast=True)\n"
LOAD = "tl.load(loc + row * loc_row + column, mask=inside, other=0.0)"

VARIATES = '''

@triton.jit
def variates(seed, out, rows, ROWS: tl.constexpr):
    """Standard variates of a block of rows, neighbouring columns of one family from a stream of their own."""
    row = (tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS))[:, None]
    key = tl.load(seed) ^ (-(2**63))  # torch.randint counts from the lowest number on
{segments}'''

VARIATES_SEGMENT = """    for start in range({start}, {stop}, {width}):
        column = start + tl.arange(0, {width})[None, :]
        x = {sampler}(key, {stream}, row * {count} + (column - {start}), out.dtype.element_ty)
        tl.store(out + row * {columns} + column, x, mask=(row < rows) & (column < {stop}))
"""
