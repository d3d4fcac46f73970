# Written by codegen.build (SymPy 1.14.0) from codegen/panels.py; change the generator, not this file.
"""Integrals of powers of two densities by quadrature that is placed anew for every element:

    integral of q(t)^a (scale pi(loc + scale t))^b dt

Gauss-Legendre panels end at every kink and edge of the two densities and share out evenly what the integrand demands:
its variation in nats and the distance to both centres. The gradient is the mean score under the normalised integrand,
with what moving edges add, at the same nodes. Everything is float64; elements are a column, and beside each are the
cells of a grid, or nodes. The sums of demands are exact, so that edges do not depend on the order of summation.

nodes points to the rule and to what is to know of the two densities, as the modules of cells list it. The constants Q
and PRIOR are the families', PANELS and COUNT the rule's, of BREAKS there are at most so many, EDGES is whether the
prior has an end, and BOUNDED whether the posterior has.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    expm1mx,
    log1p,
    sign,
    softplus,
    square,
    tanh,
    with_sign_of,
)

GRID: tl.constexpr = tl.constexpr(128)  # points of the grid, and edges of panels
OFFSETS: tl.constexpr = tl.constexpr(24)  # of the first grid, on both sides of a family's centre
ROUNDS: tl.constexpr = tl.constexpr(5)
LARGEST: tl.constexpr = tl.constexpr(1e300)
# nats below the largest panel at which the integrand is cut off, then nodes on [0, 1] and weights in turn
RULES = {
    "float64": (
        42.0, 0.005299532504175031, 0.013576229705877048, 0.0277124884633837, 0.031126761969323947, 0.06718439880608412,
        0.04757925584124639, 0.1222977958224985, 0.06231448562776694, 0.19106187779867811, 0.07479799440828837,
        0.2709916111713863, 0.08457825969750127, 0.35919822461037054, 0.09130170752246179, 0.4524937450811813,
        0.09472530522753425, 0.5475062549188188, 0.09472530522753425, 0.6408017753896295, 0.09130170752246179,
        0.7290083888286136, 0.08457825969750127, 0.8089381222013219, 0.07479799440828837, 0.8777022041775016,
        0.06231448562776694, 0.9328156011939159, 0.04757925584124639, 0.9722875115366163, 0.031126761969323947,
        0.994700467495825, 0.013576229705877048,
    ),
    "float32": (
        24.0, 0.013046735741414128, 0.03333567215434407, 0.06746831665550773, 0.0747256745752903, 0.16029521585048778,
        0.10954318125799102, 0.2833023029353764, 0.13463335965499817, 0.4255628305091844, 0.14776211235737644,
        0.5744371694908156, 0.14776211235737644, 0.7166976970646236, 0.13463335965499817, 0.8397047841495122,
        0.10954318125799102, 0.9325316833444923, 0.0747256745752903, 0.9869532642585859, 0.03333567215434407,
    ),
}


# ---------------------------------------------------------------- the families' standard members


@triton.jit
def log_density(t, FAMILY: tl.constexpr):
    """By its formula also where the density is zero."""
    if FAMILY == 0:  # normal
        f = -0.5 * square(t) - 0.9189385332046728
    elif FAMILY == 1:  # laplace
        f = -tl.abs(t) - 0.6931471805599453
    elif FAMILY == 2:  # cauchy
        f = -log1p(square(t)) - 1.1447298858494002
    elif FAMILY == 3:  # logistic
        f = -t - 2.0 * softplus(-t)
    elif FAMILY == 4:  # uniform
        f = tl.full(t.shape, -0.6931471805599453, t.dtype)
    elif FAMILY == 5:  # gumbel
        f = -t - exp(-t)
    elif FAMILY == 6:  # exponential
        f = -t
    return f


@triton.jit
def score(t, FAMILY: tl.constexpr):
    """Derivative of the logarithm of the density."""
    if FAMILY == 0:  # normal
        f = -t
    elif FAMILY == 1:  # laplace
        f = -sign(t)
    elif FAMILY == 2:  # cauchy
        f = -2.0 * t / (square(t) + 1.0)
    elif FAMILY == 3:  # logistic
        f = -tanh(0.5 * t)
    elif FAMILY == 4:  # uniform
        f = tl.full(t.shape, 0.0, t.dtype)
    elif FAMILY == 5:  # gumbel
        f = exp(-t) - 1.0
    elif FAMILY == 6:  # exponential
        f = tl.full(t.shape, -1.0, t.dtype)
    return f


# ---------------------------------------------------------------- small steps


@triton.jit
def limited(x):
    """x between the largest numbers, the lowest where it is undefined."""
    return tl.minimum(tl.maximum(tl.where(x == x, x, -LARGEST), -LARGEST), LARGEST)


@triton.jit
def between(x, low, high):
    return tl.minimum(tl.maximum(x, low), high)


@triton.jit
def rough_asinh(x):
    """For the spread of panels alone: absolute accuracy."""
    a = tl.abs(x)
    return with_sign_of(x, tl.log(a + tl.sqrt(a * a + 1.0)))


@triton.jit
def taken(x, index):
    """x at an index, in each row."""
    return tl.gather(x, tl.broadcast_to(index, (x.shape[0], index.shape[1])), 1)


@triton.jit
def following(x):
    """The next one in each row; at the end the last."""
    lane = tl.arange(0, GRID)[None, :]
    return taken(x, tl.where(lane < GRID - 1, lane + 1, lane))


@triton.jit
def total(x):
    return tl.sum(x, axis=1)[:, None]


@triton.jit
def pick(x, k):
    """A column."""
    return total(tl.where(tl.arange(0, x.shape[1])[None, :] == k, x, 0.0))


@triton.jit
def ascending(x):
    """Rows of the grid in order, by a bitonic network."""
    lane = tl.arange(0, GRID)[None, :]
    for k in tl.static_range(1, 8):
        for j in tl.static_range(k):
            distance = 1 << (k - 1 - j)
            other = taken(x, lane ^ distance)
            lesser = (lane // distance + lane // (1 << k)) % 2 == 0
            x = tl.where(lesser, tl.minimum(x, other), tl.maximum(x, other))
    return x


@triton.jit
def tilt(of_q, of_prior, a, b):
    return limited(a * of_q + tl.where(b != 0.0, b * of_prior, 0.0))


# ---------------------------------------------------------------- where the panels are


@triton.jit
def first_grid(loc, inverse, breaks, low, high, BREAKS: tl.constexpr):
    """Points around both centres, ever farther apart, and the breaks."""
    lane = tl.arange(0, GRID)[None, :]
    k = lane % 64
    k = tl.where(k < 2 * OFFSETS + 1, k - OFFSETS, 0).to(tl.float64)
    around = sign(k) * (0.5 * exp((tl.abs(k) - 1.0) * 1.791759469228055))
    t = tl.where(lane < 64, around, inverse * (around - loc))
    for j in tl.static_range(BREAKS):
        point = pick(breaks, j)
        t = tl.where((lane == 2 * OFFSETS + 1 + j) & (point < float("inf")), point, t)
    return ascending(between(t, low, high))


@triton.jit
def demand_of(t, f, slope, spread, within, reach, panels):
    """How many panels each cell needs for exp(f), the part of it that needs them, and about the largest part's log.

    Tangents bound a concave f from above. What is not concave varies on the scale of a family, which the first grid
    resolves; a wrong bound costs accuracy in this round only.
    """
    b, fb, sb = following(t), following(f), following(slope)
    h = b - t
    within = within & (h > 0.0)
    meet = (fb - f - sb * h) / (slope - sb)
    meet = tl.minimum(tl.where(meet > 0.0, meet, 0.0), h)
    hill = tl.where((slope > 0.0) & (sb < 0.0), limited(f + slope * meet), -LARGEST)
    top = tl.maximum(tl.maximum(f, fb), hill)
    rise = 1.0 / h
    mass = tl.maximum(f - tl.log(rise + tl.abs(slope)), fb - tl.log(rise + tl.abs(sb)))
    log_mass = tl.max(tl.where(within, mass, -LARGEST), axis=1)[:, None]
    depth = (top - log_mass) + tl.log(h) + reach  # above what may be neglected
    drop_a = top - f
    drop_b = top - fb
    variation = (tl.minimum(drop_a, depth) + tl.minimum(drop_b, depth)) * 0.2  # nats in one panel
    wanted = tl.maximum(spread, tl.minimum(variation, panels))
    # in multiples of 2^-20, of which sums are exact
    demand = tl.where(within & (depth >= 0.0), tl.ceil(wanted * 1048576.0) / 1048576.0, 0.0)
    # The tangents leave the depth here: on a steep cell only the part between matters.
    at_a = t + (drop_a - depth) / slope
    at_b = b + (drop_b - depth) / sb
    start = tl.maximum(t, tl.maximum(tl.where(slope > 0.0, at_a, t), tl.where(sb > 0.0, at_b, t)))
    stop = tl.minimum(b, tl.minimum(tl.where(slope < 0.0, at_a, b), tl.where(sb < 0.0, at_b, b)))
    sound = start <= stop
    return demand, tl.where(sound, start, t), tl.where(sound, stop, b), log_mass


@triton.jit
def share_out(t, demand, start, stop, breaks, BREAKS: tl.constexpr, PANELS: tl.constexpr):
    """Edges between which the demand is equal, in each segment between breaks; every segment has a panel."""
    lane = tl.arange(0, GRID)[None, :]
    summed = tl.cumsum(demand, axis=1)
    done = tl.where(lane == 0, 0.0, taken(summed, tl.where(lane == 0, 0, lane - 1)))
    whole = pick(summed, GRID - 1)
    needed = demand > 0.0
    low = tl.min(tl.where(needed, t, float("inf")), axis=1)[:, None]
    high = tl.max(tl.where(needed, following(t), -float("inf")), axis=1)[:, None]
    low = tl.where(whole > 0.0, low, pick(t, 0))
    high = tl.where(whole > 0.0, high, pick(t, 0))

    present = breaks < float("inf")
    segments = total(tl.where(present, 1.0, 0.0)) + 1.0
    j = tl.arange(0, BREAKS)
    before = (breaks[:, None, :] < breaks[:, :, None]) | (
        (breaks[:, None, :] == breaks[:, :, None]) & (j[None, None, :] < j[None, :, None])
    )
    order = tl.sum(tl.where(before, 1.0, 0.0), axis=2)
    passed = tl.minimum(tl.sum(tl.where(t[:, None, :] < breaks[:, :, None], 1, 0), axis=2), GRID - 1)
    at_break = tl.sum(tl.where(lane[None, :, :] == passed[:, :, None], done[:, None, :], 0.0), axis=2)
    share = tl.where(whole > 0.0, at_break / whole, 0.0)
    rank = tl.where(present, order + 1.0 + tl.floor((PANELS - segments) * share), 1e9)

    index = lane.to(tl.float64)
    gone = rank[:, :, None] <= index[:, None, :]
    rank0 = tl.max(tl.where(gone, rank[:, :, None], 0.0), axis=1)
    at0 = tl.max(tl.where(gone, at_break[:, :, None], 0.0), axis=1)
    rank1 = tl.minimum(tl.min(tl.where(gone, 1e9, rank[:, :, None]), axis=1), PANELS)
    at1 = tl.minimum(tl.min(tl.where(gone | (rank[:, :, None] > PANELS), LARGEST, at_break[:, :, None]), axis=1), whole)
    wanted = at0 + (index - rank0) / (rank1 - rank0) * (at1 - at0)

    # the last cell before which no more has been done, by bisection
    cell = tl.zeros(t.shape, tl.int32)
    for k in tl.static_range(7):
        probe = cell + (GRID // 2 >> k)
        cell = tl.where(tl.gather(done, probe, 1) <= wanted, probe, cell)
    cell = tl.minimum(cell, GRID - 2)
    part = (wanted - tl.gather(done, cell, 1)) / tl.gather(demand, cell, 1)
    part = tl.where(part > 0.0, tl.minimum(part, 1.0), 0.0)
    from_ = tl.gather(start, cell, 1)
    edge = between(from_ + part * (tl.gather(stop, cell, 1) - from_), low, high)
    for k in tl.static_range(BREAKS):  # rounding must not move an edge across a break
        point = between(pick(breaks, k), low, high)
        edge = tl.where(index <= pick(rank, k), tl.minimum(edge, point), tl.maximum(edge, point))
    return tl.where(lane == 0, low, tl.where(lane >= PANELS, high, edge))


# ---------------------------------------------------------------- the integral


@triton.jit
def integral(
    loc, log_scale, a, b, nodes, table, Q: tl.constexpr, PRIOR: tl.constexpr, PANELS: tl.constexpr, COUNT: tl.constexpr,
    BREAKS: tl.constexpr, EDGES: tl.constexpr, BOUNDED: tl.constexpr,
):
    """Its logarithm, minus infinity where it is too small for a number, and the derivatives of that."""
    loc = between(loc, -1e40, 1e40)
    log_scale = between(log_scale, -250.0, 250.0)
    scale = exp(log_scale)
    inverse = exp(-log_scale)
    reach = tl.load(nodes)
    low = tl.load(table)
    high = tl.load(table + 1)
    prior_low = tl.load(table + 2)
    prior_high = tl.load(table + 3)
    end0 = tl.where(prior_low > -float("inf"), (prior_low - loc) * inverse, prior_low)
    end1 = tl.where(prior_high < float("inf"), (prior_high - loc) * inverse, prior_high)
    j = tl.arange(0, BREAKS)[None, :]
    fixed = tl.load(table + 8 + j)
    moving = tl.load(table + 16 + j)
    moving = tl.where(moving < float("inf"), (moving - loc) * inverse, moving)
    breaks = tl.where(fixed < float("inf"), fixed, moving)
    breaks = tl.where(breaks < float("inf"), between(breaks, low, high), breaks)
    near_one = tl.maximum(tl.abs(a - 1.0), tl.abs(b)) < 0.09
    a = tl.full((1, 1), a, tl.float64)
    b = tl.full((1, 1), b, tl.float64)

    t = first_grid(loc, inverse, breaks, low, high, BREAKS)
    for _round in range(ROUNDS):
        z = loc + scale * t
        log_q, score_q = log_density(t, Q), score(t, Q)
        near_q, near_prior = rough_asinh(t), rough_asinh(z)
        # panels for each factor e in the distance from a centre
        spread = 0.72 * tl.maximum(following(near_q) - near_q, following(near_prior) - near_prior)
        within = (t >= end0) & (following(t) <= end1)
        f = tilt(log_q, log_density(z, PRIOR) + log_scale, a, b)
        slope = tilt(score_q, scale * score(z, PRIOR), a, b)
        demand, start, stop, log_mass = demand_of(t, f, slope, spread, within, reach, PANELS)
        if near_one:
            # The difference to the posterior's density is integrated, so that counts as well, unless it is negligible.
            also, also_start, also_stop, mass = demand_of(
                t, limited(log_q), limited(score_q), spread, t == t, reach, PANELS
            )
            also = tl.where(log_mass < 10.0, also, 0.0)
            one = (demand == 0.0) | (also == 0.0)
            start = tl.where(one, tl.where(also > 0.0, also_start, start), tl.minimum(start, also_start))
            stop = tl.where(one, tl.where(also > 0.0, also_stop, stop), tl.maximum(stop, also_stop))
            demand = tl.maximum(demand, also)
        t = share_out(t, demand, start, stop, breaks, BREAKS, PANELS)

    # The nodes, and one more beyond each end where the integrand falls as a power.
    n = tl.arange(0, triton.next_power_of_2(PANELS * COUNT + 2))[None, :]
    panel = tl.minimum(n // COUNT, PANELS - 1)
    left, right = taken(t, panel), taken(t, panel + 1)
    width = tl.maximum(right - left, 1e-60)  # what is narrower than rounding still weighs something
    weight = width * tl.load(nodes + 2 + 2 * (n % COUNT))
    power0 = a * tl.load(table + 4) + tl.where(b != 0.0, b * tl.load(table + 5), 0.0)
    power1 = a * tl.load(table + 6) + tl.where(b != 0.0, b * tl.load(table + 7), 0.0)
    power = tl.where(n == PANELS * COUNT, power0, power1)
    inner = n < PANELS * COUNT
    beyond = (n >= PANELS * COUNT) & (n < PANELS * COUNT + 2) & (power > 1.0) & (power < float("inf"))
    last = tl.where(n == PANELS * COUNT, pick(t, 0), pick(t, PANELS))
    node = tl.where(inner, left + width * tl.load(nodes + 1 + 2 * (n % COUNT)), last)
    weight = tl.where(inner, weight, tl.where(beyond, tl.abs(last) / (power - 1.0), 0.0))
    inside = (inner & (left >= end0) & (right <= end1)) | beyond

    z = loc + scale * node
    of_q = log_density(node, Q)
    of_prior = log_density(z, PRIOR) + log_scale
    f = tl.where(inside, tilt(of_q, of_prior, a, b), -LARGEST)
    top = tl.max(f, axis=1)[:, None]
    part = weight * exp(f - top)
    mass = total(part)
    log_total = top + tl.log(mass)
    log = log_total
    if near_one:
        gain = (a - 1.0) * of_q + tl.where(b != 0.0, b * of_prior, 0.0)
        excess = total(weight * exp(of_q) * tl.where(inside, expm1(gain), -1.0))
        log = tl.where(tl.abs(excess) < 0.5, log1p(excess), log)
    if Q == PRIOR and not EDGES:
        # One minus the integral has the integrand a q + b pi - q^a pi^b, which has one sign.
        close = (tl.abs(loc) < 0.02) & (tl.abs(log_scale) < 0.02) & (tl.abs(a + b - 1.0) < 1e-12)
        ratio = of_prior - of_q
        missing = total(weight * exp(of_q) * (b * expm1mx(ratio) - expm1mx(b * ratio)))
        log = tl.where(close & (tl.abs(missing) < 0.5), log1p(-missing), log)
    log = tl.where(top < -0.1 * LARGEST, -float("inf"), tl.where(log > 0.01 * LARGEST, float("inf"), log))

    # A score may be huge where the integrand is zero: that comes first.
    of_score = limited(scale * score(z, PRIOR)) * part
    d_loc = b * inverse * (total(of_score) / mass)
    d_log_scale = b * (1.0 + total(of_score * node) / mass)
    if EDGES:  # what the prior's edges contribute by moving through the posterior
        for k in tl.static_range(2):
            edge = end0 if k == 0 else end1
            active = (edge > low) & (edge < high) & (tl.abs(edge) < float("inf"))
            at = tl.where(active, edge, 0.5)
            height = tilt(log_density(at, Q), log_density(loc + scale * at, PRIOR) + log_scale, a, b)
            height = tl.where(active, exp(tl.minimum(height - log_total, 300.0)), 0.0)
            height = -height if k == 0 else height
            d_loc -= height * inverse
            d_log_scale -= height * at
        if not BOUNDED:
            # Far out in the posterior's tail the heights lose digits; there its score, which keeps one sign, serves.
            of_score = limited(score(node, Q)) * part
            mean = total(of_score) / mass
            far = tl.abs(mean) > 0.5 * (total(tl.abs(of_score)) / mass)
            d_loc = tl.where(far, -a * inverse * mean, d_loc)
            d_log_scale = tl.where(far, b - 1.0 - a * (total(of_score * node) / mass), d_log_scale)
    return log, d_loc, d_log_scale


# ---------------------------------------------------------------- divergences


@triton.jit
def log_norm(
    alpha, nodes, table, FAMILY: tl.constexpr, PANELS: tl.constexpr, COUNT: tl.constexpr, BREAKS: tl.constexpr,
    BOUNDED: tl.constexpr,
):
    """Logarithm of the integral of the standard density to the power alpha."""
    zero = tl.zeros((1, 1), tl.float64)
    log, d_loc, d_log_scale = integral(
        zero, zero, alpha, 0.0 * alpha, nodes, table, FAMILY, FAMILY, PANELS, COUNT, BREAKS, BOUNDED, BOUNDED
    )
    return log


@triton.jit
def renyi(log, d_loc, d_log_scale, log_scale, alpha, own, other):
    """Of the integral of q^alpha pi^(1 - alpha)."""
    order = alpha - 1.0
    value = tl.where(tl.abs(log) == float("inf"), float("inf"), log / order)
    return value, d_loc / order, d_log_scale / order


@triton.jit
def beta(log, d_loc, d_log_scale, log_scale, alpha, own, other):
    """Of the integral of q pi^(alpha - 1), and of the logarithms of those of q^alpha and pi^alpha."""
    order = alpha - 1.0
    log_own = own - order * log_scale
    log_cross = log - order * log_scale
    cross = exp(log_cross)
    shared = cross > 0.0
    value = expm1(log_own) / (alpha * order) + expm1(other) / alpha - expm1(log_cross) / order
    d_log_scale = cross - exp(log_own) / alpha - tl.where(shared, cross * d_log_scale, 0.0) / order
    return value, -tl.where(shared, cross * d_loc, 0.0) / order, d_log_scale


@triton.jit
def gamma(log, d_loc, d_log_scale, log_scale, alpha, own, other):
    """Of the same."""
    order = alpha - 1.0
    rest = 1.0 - 1.0 / alpha
    value = own / (alpha * order) + other / alpha - log / order + rest * log_scale
    return value, -d_loc / order, rest - d_log_scale / order
