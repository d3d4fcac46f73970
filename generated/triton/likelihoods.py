# Written by codegen.build (SymPy 1.14.0) from codegen/likelihoods.py; change the generator, not this file.
"""Negative log-likelihoods of rows of pixels given what a decoder emits for them, and their derivatives.

x is the target, in [0, 1]; a and b are the decoder's outputs, any reals, which a row holds one after the other. Of any
floating-point type, they are computed in that of the nats.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    digamma,
    exp,
    expm1,
    langevin,
    log1p,
    polynomial_lgamma_far,
    polynomial_logsinhc,
    rising,
    sign,
    square,
    tanh,
)


# log(1 + t)/t on [0.0, 1.0]
# error 2.6e-17 in float64, 3.0e-08 in float32
@triton.jit
def log1p_unit(x):
    """log(1 + x) for x in [0, 1]"""
    if x.dtype == tl.float64:
        p = 2.5114001900888034e-05 * x + -0.00028953020088755337
        p = p * x + 0.0015850560125338633
        p = p * x + -0.00551162876495279
        p = p * x + 0.013774744576437275
        p = p * x + -0.026649451120931616
        p = p * x + 0.04219445835854525
        p = p * x + -0.05741097936274404
        p = p * x + 0.07029426422495635
        p = p * x + -0.08077991585419028
        p = p * x + 0.09011825055727095
        p = p * x + -0.09980587359591535
        p = p * x + 0.11107399725660062
        p = p * x + -0.12499459526508468
        p = p * x + 0.14285656074789715
        p = p * x + -0.16666662213064942
        p = p * x + 0.19999999771497465
        p = p * x + -0.2499999999279503
        p = p * x + 0.3333333333321263
        p = p * x + -0.49999999999999195
        p = p * x + 1.0
    else:
        p = -0.003256378462538123 * x + 0.019907161593437195
        p = p * x + -0.057064201682806015
        p = p * x + 0.10614264756441116
        p = p * x + -0.15311862528324127
        p = p * x + 0.19678117334842682
        p = p * x + -0.24954558908939362
        p = p * x + 0.33330005407333374
        p = p * x + -0.4999990463256836
        p = p * x + 1.0
    return x * p


@triton.jit
def log_exprel(t):
    """log((exp(t) - 1)/t)"""
    near = tl.abs(t) < 2.0
    half = 0.5 * tl.where(near, t, 0.0)
    far = tl.where(near, 2.0, t)
    return tl.where(near, half + half * half * polynomial_logsinhc(half * half), tl.log(expm1(far) / far))


@triton.jit
def stirling_rest(x):
    """What Stirling's formula lacks, DLMF 5.11.1."""
    inverse = 1.0 / x
    return inverse * polynomial_lgamma_far(inverse * inverse)


@triton.jit
def log_beta(p, q):
    """log B(p, q) for positive p and q up to some thousands: recurrence, DLMF 5.5.1, then Stirling's formula.

    Its large terms are combined: with P = p + 8, Q = q + 8, R = p + q + 8 they are
    (P - 1/2) log(P/R) + (Q - 1/2) log(Q/R) + 15/2 log R - 8 + log(2 pi)/2.
    """
    far = p + q + 8.0
    inverse = 1.0 / far
    main = (p + 7.5) * log1p(-q * inverse) + (q + 7.5) * log1p(-p * inverse)
    rest = stirling_rest(p + 8.0) + stirling_rest(q + 8.0) - stirling_rest(far)
    fourth = square(square(inverse))
    of_p, _ = rising(p)
    of_q, _ = rising(q)
    of_both, _ = rising(p + q)
    shift = (of_p * fourth) * (of_q * fourth) / of_both * tl.sqrt(far)
    return main - tl.log(shift) + (rest + -7.081061466795328)


@triton.jit
def row_of_block(column_blocks, ROWS: tl.constexpr):
    """The rows of this program's block, as a column."""
    return (tl.program_id(0).to(tl.int64) // column_blocks * ROWS + tl.arange(0, ROWS))[:, None]


# bernoulli
# Value: 11 operations per pixel.
# Derivatives: 12 operations per pixel.


@triton.jit
def bernoulli_value(x, a):
    x0 = a > 0.0
    x1 = a * tl.where(x0, 1.0, -1.0)
    value = x1 * tl.where(x0, -x + 1.0, x) + log1p_unit(exp(-x1))
    return value


@triton.jit
def bernoulli_slopes(x, a):
    x0 = a > 0.0
    x1 = tl.where(x0, 1.0, -1.0)
    x2 = exp(-a * x1)
    d_a = x1 * (-x2 / (x2 + 1.0) + tl.where(x0, -x + 1.0, x))
    return d_a


@triton.jit
def bernoulli_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, bernoulli_value(x, a), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def bernoulli_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    d_a = bernoulli_slopes(x, a)
    at = gradient + row * pixels + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)


# continuous_bernoulli
# Value: 13 operations per pixel.
# Derivatives: 11 operations per pixel.


@triton.jit
def continuous_bernoulli_value(x, a):
    x0 = a > 0.0
    x1 = 255.0 * tl.where(x0, 1.0, -1.0) * tanh(0.00392156862745098 * a)
    value = x1 * tl.where(x0, -x + 1.0, x) + log_exprel(-x1)
    return value


@triton.jit
def continuous_bernoulli_slopes(x, a):
    x0 = tanh(0.00392156862745098 * a)
    d_a = (-square(x0) + 1.0) * (-x + 0.5 * langevin(127.5 * x0) + 0.5)
    return d_a


@triton.jit
def continuous_bernoulli_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, continuous_bernoulli_value(x, a), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def continuous_bernoulli_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    d_a = continuous_bernoulli_slopes(x, a)
    at = gradient + row * pixels + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)


# mse
# Value: 13 operations per pixel.
# Derivatives: 16 operations per pixel.


@triton.jit
def mse_value(x, a):
    x0 = a > 0.0
    x1 = exp(-a * tl.where(x0, 1.0, -1.0))
    value = 0.5 * square(-x1 / (x1 + 1.0) + tl.where(x0, -x + 1.0, x))
    return value


@triton.jit
def mse_slopes(x, a):
    x0 = a > 0.0
    x1 = tl.where(x0, 1.0, -1.0)
    x2 = exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    d_a = x1 * x3 * (x4 + 1.0) * (x4 + tl.where(x0, -x + 1.0, x))
    return d_a


@triton.jit
def mse_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, mse_value(x, a), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def mse_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    d_a = mse_slopes(x, a)
    at = gradient + row * pixels + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)


# mae
# Value: 14 operations per pixel.
# Derivatives: 17 operations per pixel.


@triton.jit
def mae_value(x, a):
    x0 = a > 0.0
    x1 = tl.where(x0, 1.0, -1.0)
    x2 = exp(-a * x1)
    value = tl.abs(x1 * (x2 / (x2 + 1.0) - tl.where(x0, -(x - 1.0), x)))
    return value


@triton.jit
def mae_slopes(x, a):
    x0 = a > 0.0
    x1 = tl.where(x0, 1.0, -1.0)
    x2 = exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    d_a = x3 * (x4 + 1.0) * sign(x1 * (x4 + tl.where(x0, -x + 1.0, x)))
    return d_a


@triton.jit
def mae_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, mae_value(x, a), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def mae_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    d_a = mae_slopes(x, a)
    at = gradient + row * pixels + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)


# normal
# Value: 22 operations per pixel.
# Derivatives: 29 operations per pixel.


@triton.jit
def normal_value(x, a, b):
    x0 = tanh(0.3609285109255383 * b + 1.0)
    x1 = a > 0.0
    x2 = exp(-a * tl.where(x1, 1.0, -1.0))
    value = (
        2.770631772579213 * x0 + 127.49999999999996 * square(-x2 / (x2 + 1.0) + tl.where(x1, -x + 1.0, x)) *
        exp(-5.541263545158426 * x0) - 2.770631772579213 + 0.9189385332046728
    )
    return value


@triton.jit
def normal_slopes(x, a, b):
    x0 = a > 0.0
    x1 = tl.where(x0, 1.0, -1.0)
    x2 = exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    x5 = x4 + tl.where(x0, -x + 1.0, x)
    x6 = tanh(0.3609285109255383 * b + 1.0)
    x7 = 254.99999999999991 * exp(-5.541263545158426 * x6)
    d_a = x1 * x3 * x5 * x7 * (x4 + 1.0)
    d_b = (-square(x6) + 1.0) * (-square(x5) * x7 + 1.0)
    return d_a, d_b


@triton.jit
def normal_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        b = tl.load(at + pixels, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, normal_value(x, a, b), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def normal_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    b = tl.load(at + pixels, mask=inside, other=0.0).to(g.dtype)
    d_a, d_b = normal_slopes(x, a, b)
    at = gradient + row * (2 * pixels) + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)
    tl.store(at + pixels, (g * d_b).to(gradient.dtype.element_ty), mask=inside)


# laplace
# Value: 23 operations per pixel.
# Derivatives: 35 operations per pixel.


@triton.jit
def laplace_value(x, a, b):
    x0 = 2.770631772579213 * tanh(0.3609285109255383 * b + 1.0)
    x1 = a > 0.0
    x2 = tl.where(x1, 1.0, -1.0)
    x3 = exp(-a * x2)
    value = (
        x0 + 15.96871942267131 * exp(-x0) * tl.abs(x2 * (x3 / (x3 + 1.0) - tl.where(x1, -(x - 1.0), x))) -
        2.770631772579213 + 0.6931471805599453
    )
    return value


@triton.jit
def laplace_slopes(x, a, b):
    x0 = a > 0.0
    x1 = tl.where(x0, 1.0, -1.0)
    x2 = exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    x5 = x - 1.0
    x6 = tanh(0.3609285109255383 * b + 1.0)
    x7 = 15.96871942267131 * exp(-2.770631772579213 * x6)
    d_a = x3 * x7 * (x4 + 1.0) * sign(x1 * (x4 + tl.where(x0, -x5, x)))
    d_b = (-square(x6) + 1.0) * (-x7 * tl.abs(x1 * (x4 + tl.where(x0, -x5, x))) + 1.0)
    return d_a, d_b


@triton.jit
def laplace_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        b = tl.load(at + pixels, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, laplace_value(x, a, b), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def laplace_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    b = tl.load(at + pixels, mask=inside, other=0.0).to(g.dtype)
    d_a, d_b = laplace_slopes(x, a, b)
    at = gradient + row * (2 * pixels) + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)
    tl.store(at + pixels, (g * d_b).to(gradient.dtype.element_ty), mask=inside)


# beta
# Value: 24 operations per pixel.
# Derivatives: 33 operations per pixel.


@triton.jit
def beta_value(x, a, b):
    x0 = 0.99609375 * x
    x1 = 4.4816890703380645 * exp(4.5 * tanh(0.2222222222222222 * a - 0.3333333333333333))
    x2 = 4.4816890703380645 * exp(4.5 * tanh(0.2222222222222222 * b - 0.3333333333333333))
    value = (
        (-x1 + 1.0) * tl.log(x0 + 0.001953125) + (-x2 + 1.0) * tl.log(-x0 + 0.998046875) + log_beta(x1, x2) +
        0.0039138993211363295
    )
    return value


@triton.jit
def beta_slopes(x, a, b):
    x0 = tanh(0.2222222222222222 * a - 0.3333333333333333)
    x1 = 0.99609375 * x
    x2 = 4.4816890703380645 * exp(4.5 * x0)
    x3 = tanh(0.2222222222222222 * b - 0.3333333333333333)
    x4 = 4.4816890703380645 * exp(4.5 * x3)
    x5 = digamma(x2 + x4)
    d_a = x2 * (-square(x0) + 1.0) * (-x5 + digamma(x2) - tl.log(x1 + 0.001953125))
    d_b = x4 * (-square(x3) + 1.0) * (-x5 + digamma(x4) - tl.log(-x1 + 0.998046875))
    return d_a, d_b


@triton.jit
def beta_nats(
    target, outputs, nats, target_row, outputs_row, target_rows, rows, pixels, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Sums over the pixels of a block of rows; targets are repeated every so many rows."""
    row = row_of_block(1, ROWS)
    dtype = nats.dtype.element_ty
    total = tl.zeros((ROWS, COLUMNS), dtype)
    for start in range(0, pixels, COLUMNS):
        column = start + tl.arange(0, COLUMNS)[None, :]
        inside = (row < rows) & (column < pixels)
        x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(dtype)
        at = outputs + row * outputs_row + column
        a = tl.load(at, mask=inside, other=0.0).to(dtype)
        b = tl.load(at + pixels, mask=inside, other=0.0).to(dtype)
        total += tl.where(inside, beta_value(x, a, b), 0.0)
    tl.store(nats + row, tl.sum(total, axis=1)[:, None], mask=row < rows)


@triton.jit
def beta_gradient(
    grad, target, outputs, gradient, target_row, outputs_row, target_rows, rows, pixels, column_blocks,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Derivatives of a block of pixels in the outputs, times the gradient of each row's nats."""
    row = row_of_block(column_blocks, ROWS)
    column = (tl.program_id(0) % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < pixels)
    g = tl.load(grad + row, mask=row < rows, other=0.0)
    x = tl.load(target + row % target_rows * target_row + column, mask=inside, other=0.5).to(g.dtype)
    at = outputs + row * outputs_row + column
    a = tl.load(at, mask=inside, other=0.0).to(g.dtype)
    b = tl.load(at + pixels, mask=inside, other=0.0).to(g.dtype)
    d_a, d_b = beta_slopes(x, a, b)
    at = gradient + row * (2 * pixels) + column
    tl.store(at, (g * d_a).to(gradient.dtype.element_ty), mask=inside)
    tl.store(at + pixels, (g * d_b).to(gradient.dtype.element_ty), mask=inside)
