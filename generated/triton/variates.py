# Written by codegen.build (SymPy 1.14.0) from codegen/backends/triton/emit.py; change the generator, not this file.
"""Variates of the families' standard members from the bits of a counter-based generator.

What a number is depends on the key, its stream and its place alone: the numbers of the C++ backend (``variates.h``).
Every element computes its own draw of Philox 4 x 32 with 10 rounds (Salmon et al. 2011) and takes one word of it, or
two: threads do more integer arithmetic and exchange nothing.
"""

import triton
import triton.language as tl

from generated.triton.special import log1p, polynomial_cospi, polynomial_sinpi

BLOCK: tl.constexpr = tl.constexpr(128)  # numbers that C++ makes together, of a quarter as many draws
HALF: tl.constexpr = tl.constexpr(64)


@triton.jit
def words(key, stream, place, LAYER: tl.constexpr):
    """Two words for each place, an int64: of the lower half of its block, and of the upper half."""
    draw = place // BLOCK * (BLOCK // 4) + place % HALF // 2
    none = tl.zeros(place.shape, tl.uint32)
    a, b, c, d = tl.philox(key, draw.to(tl.uint32), (draw >> 32).to(tl.uint32), none + stream, none + LAYER)
    odd = place % 2 == 1
    return tl.where(odd, b, a), tl.where(odd, d, c)


@triton.jit
def is_upper(place):
    """Whether a place is in the upper half of its block."""
    return place % BLOCK >= HALF


@triton.jit
def probability(first, second, DTYPE: tl.constexpr):
    """The tail in (0, 1/2] of a probability that is the tail or, where the flag is set, one minus the tail."""
    rest = ((second & 0x7FFFFFFF).to(DTYPE) + 0.5) * 4.656612873077393e-10
    return ((first & 0x7FFFFFFF).to(DTYPE) + rest) * 2.3283064365386963e-10, first >= 0x80000000


@triton.jit
def layers(key, stream, place, DTYPE: tl.constexpr):
    """The words of :func:`words`, and those of a second layer: in float32 only where the first has few digits."""
    low, high = words(key, stream, place, 0)
    if DTYPE == tl.float64:
        low_rest, high_rest = words(key, stream, place, 1)
    else:
        middle = tl.full(place.shape, 0x3FFFFFFF, tl.uint32)
        low_rest, high_rest = middle, middle
        few_low, few_high = (low & 0x7FFFFFFF) < 0x10000, (high & 0x7FFFFFFF) < 0x10000
        if tl.max((few_low | few_high).to(tl.int32)) > 0:
            more_low, more_high = words(key, stream, place, 1)
            low_rest = tl.where(few_low, more_low, middle)
            high_rest = tl.where(few_high, more_high, middle)
    return low, high, low_rest, high_rest


@triton.jit
def probability_at(key, stream, place, DTYPE: tl.constexpr):
    low, high, low_rest, high_rest = layers(key, stream, place, DTYPE)
    upper = is_upper(place)
    return probability(tl.where(upper, high, low), tl.where(upper, high_rest, low_rest), DTYPE)


@triton.jit
def log_probability(tail, flag):
    """log(p)"""
    return tl.where(flag, log1p(-tl.where(flag, tail, 0.5)), tl.log(tail))


@triton.jit
def signed(flag, x):
    return tl.where(flag, x, -x)


@triton.jit
def circular(t):
    """sin(pi t) and cos(pi t) for t in [0, 1/4]"""
    v = t * t
    return t * polynomial_sinpi(v), 1.0 + v * polynomial_cospi(v)


# ---------------------------------------------------------------- the families


@triton.jit
def of_uniform(key, stream, place, DTYPE: tl.constexpr):
    tail, flag = probability_at(key, stream, place, DTYPE)
    last: tl.constexpr = 0.9999999999999999 if DTYPE == tl.float64 else 0.9999999403953552
    return signed(flag, tl.minimum(last, 1.0 - 2.0 * tail))


@triton.jit
def of_exponential(key, stream, place, DTYPE: tl.constexpr):
    tail, flag = probability_at(key, stream, place, DTYPE)
    return -log_probability(tail, flag)  # p and 1 - p are alike


@triton.jit
def of_laplace(key, stream, place, DTYPE: tl.constexpr):
    tail, flag = probability_at(key, stream, place, DTYPE)
    return signed(flag, -tl.log(2.0 * tail))


@triton.jit
def of_logistic(key, stream, place, DTYPE: tl.constexpr):
    tail, flag = probability_at(key, stream, place, DTYPE)
    return signed(flag, log1p((1.0 - 2.0 * tail) / tail))


@triton.jit
def of_gumbel(key, stream, place, DTYPE: tl.constexpr):
    tail, flag = probability_at(key, stream, place, DTYPE)
    return -tl.log(-log_probability(tail, flag))


@triton.jit
def of_cauchy(key, stream, place, DTYPE: tl.constexpr):
    tail, flag = probability_at(key, stream, place, DTYPE)
    far = tail < 0.25
    sine, cosine = circular(tl.where(far, tail, 0.5 - tail))
    return signed(flag, tl.where(far, cosine, sine) / tl.where(far, sine, cosine))


@triton.jit
def of_normal(key, stream, place, DTYPE: tl.constexpr):
    """Box & Muller (1958): the lower word gives the radius, the upper one quadrant and angle, for two places."""
    low, high, low_rest, high_rest = layers(key, stream, place, DTYPE)
    tail, flag = probability(low, low_rest, DTYPE)
    radius = tl.sqrt(-2.0 * log_probability(tail, flag))
    # the tail in (0, 1/2] is a sign and an angle in (0, 1/2]
    tail, flag = probability(high, high_rest, DTYPE)
    flipped = tail > 0.25
    t = tl.where(flipped, 2.0 * tail - 0.5, 2.0 * tail)
    steep = t > 0.25
    sine, cosine = circular(tl.where(steep, 0.5 - t, t))
    upper = is_upper(place)
    size = radius * tl.where(steep != upper, sine, cosine)
    return signed(tl.where(upper, flipped, flag), size)


@triton.jit
def no_variates(key, stream, place, DTYPE: tl.constexpr):
    """In the place of a family's sampler that there is not: never run."""
    return tl.full(place.shape, float("nan"), DTYPE)
