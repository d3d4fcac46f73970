// Written by codegen.build (SymPy 1.14.0) from the catalog; change the generator, not this file.
#include "panels.h"

namespace autovae {
namespace {

constexpr double kNodesOfDouble[] = {
    0.005299532504175031,
    0.0277124884633837,
    0.06718439880608412,
    0.1222977958224985,
    0.19106187779867811,
    0.2709916111713863,
    0.35919822461037054,
    0.4524937450811813,
    0.5475062549188188,
    0.6408017753896295,
    0.7290083888286136,
    0.8089381222013219,
    0.8777022041775016,
    0.9328156011939159,
    0.9722875115366163,
    0.994700467495825,
};
constexpr double kWeightsOfDouble[] = {
    0.013576229705877048,
    0.031126761969323947,
    0.04757925584124639,
    0.06231448562776694,
    0.07479799440828837,
    0.08457825969750127,
    0.09130170752246179,
    0.09472530522753425,
    0.09472530522753425,
    0.09130170752246179,
    0.08457825969750127,
    0.07479799440828837,
    0.06231448562776694,
    0.04757925584124639,
    0.031126761969323947,
    0.013576229705877048,
};

constexpr double kNodesOfFloat[] = {
    0.013046735741414128,
    0.06746831665550773,
    0.16029521585048778,
    0.2833023029353764,
    0.4255628305091844,
    0.5744371694908156,
    0.7166976970646236,
    0.8397047841495122,
    0.9325316833444923,
    0.9869532642585859,
};
constexpr double kWeightsOfFloat[] = {
    0.03333567215434407,
    0.0747256745752903,
    0.10954318125799102,
    0.13463335965499817,
    0.14776211235737644,
    0.14776211235737644,
    0.13463335965499817,
    0.10954318125799102,
    0.0747256745752903,
    0.03333567215434407,
};

AUTOVAE_INLINE V bounded(V x) {
  return x != x ? splat<V>(-kLargest) : min<V>(kLargest, max<V>(-kLargest, x));
}

AUTOVAE_INLINE V least(V x, V y) { return x < y ? x : y; }
AUTOVAE_INLINE V most(V x, V y) { return x > y ? x : y; }

// log(x) of x > 0 for placing nodes, where a hundredth does not matter: continuous, growing, exact at powers of two.
AUTOVAE_INLINE V rough_log(V x) {
  constexpr int64_t kOne = int64_t{1023} << 52, kFraction = (int64_t{1} << 52) - 1;
  const V fraction = (V)(((Bits<V>)x & kFraction) | kOne) - 1.0;
  const V linear = __builtin_convertvector((Bits<V>)x - kOne, V) * 0x1p-52;
  return 0.6931471805599453 * (linear + 0.345 * (fraction * (1.0 - fraction)));
}

AUTOVAE_INLINE V rough_asinh(V x) {
  const V a = abs(x);
  return copysign(rough_log(a + autovae::sqrt(a * a + 1.0)), x);
}

AUTOVAE_INLINE double total_of(V x) {
  double lane[kWidth], total = 0;
  store(lane, x);
  for (int i = 0; i < kWidth; ++i) total += lane[i];
  return total;
}

// Fills an array up to a whole number of vectors.
int pad(double* x, int n, double value) {
  int full = (n + kWidth - 1) / kWidth * kWidth;
  for (int i = n; i < full; ++i) x[i] = value;
  return full;
}

}  // namespace

extern const Rule kRules[2] = {
    { 40, 42.0, 16, kNodesOfDouble, kWeightsOfDouble },
    { 24, 24.0, 10, kNodesOfFloat, kWeightsOfFloat },
};

Integral::Integral(const Member& q, const Member& prior, double a, double b, const Rule& rule, double share)
    : q_(q), prior_(prior), a_(a), b_(b), rule_(rule) {
  rule_.panels = static_cast<int>(rule.panels * share);
  near_one_ = std::max(std::fabs(a - 1.0), std::fabs(b)) < kNearOne;
  // All there are where a little more than is demanded may be too few: a negative power of the prior is not
  // log-concave, and near one the results are small differences.
  margin_ = near_one_ || b < 0 ? kInfinity : kMargin * share;
  one_family_ = &q == &prior && std::fabs(a + b - 1.0) < 1e-12 && !std::isfinite(q.lower) && !std::isfinite(q.upper);
}

void Integral::evaluate(double loc, double log_scale) {
  loc_ = std::clamp(loc, -1e40, 1e40), log_scale_ = std::clamp(log_scale, -250.0, 250.0);
  scale_ = std::exp(log_scale_), inverse_ = std::exp(-log_scale_);
  const double ends[] = {prior_.lower, prior_.upper};
  for (int k = 0; k < 2; ++k) ends_[k] = std::isfinite(ends[k]) ? (ends[k] - loc_) * inverse_ : ends[k];
  breaks_ = 0;
  const auto add = [&](double x) {
    if (std::isfinite(x)) break_[breaks_++] = std::clamp(x, q_.lower, q_.upper);
  };
  for (int k = 0; k < q_.kinks; ++k) add(q_.kink[k]);
  for (int k = 0; k < prior_.kinks; ++k) add((prior_.kink[k] - loc_) * inverse_);
  add(q_.lower), add(q_.upper), add(ends_[0]), add(ends_[1]);
  std::sort(break_, break_ + breaks_);

  first_grid();
  for (int round = 0; round < kRounds; ++round) {
    demand(points_);
    if (round > 0 && margin_ < kInfinity && *std::max_element(demand_, demand_ + points_ - 1) <= kEnough) break;
    share_out(points_);
    points_ = panels_ + 1;
    std::copy_n(edges_, points_, t_);
  }

  // A panel narrower than rounding still weighs something, so that means over nodes exist.
  nodes_ = 0;
  for (int p = 0; p < panels_; ++p) {
    const double left = t_[p], width = std::max(t_[p + 1] - left, kNarrowest);
    const double inside = left >= ends_[0] && t_[p + 1] <= ends_[1] ? 1.0 : 0.0;
    for (int k = 0; k < rule_.count; ++k, ++nodes_) {
      node_[nodes_] = left + width * rule_.nodes[k];
      weight_[nodes_] = width * rule_.weights[k];
      inside_[nodes_] = inside;
    }
  }
  beyond(t_[0], q_.lower_tail, prior_.lower_tail);
  beyond(t_[panels_], q_.upper_tail, prior_.upper_tail);
  const int full = pad(node_, nodes_, t_[0]);
  pad(weight_, nodes_, 0.0), pad(inside_, nodes_, 0.0);
  nodes_ = full;
  for (int i = 0; i < full; i += kWidth) store(place_ + i, loc_ + scale_ * load<V>(node_ + i));
  q_.at(node_, of_q_, slope_q_, full);
  prior_.at(place_, of_prior_, slope_prior_, full);
  V highest = splat<V>(-kLargest);
  for (int i = 0; i < full; i += kWidth) {
    const V of_prior = load<V>(of_prior_ + i) + log_scale_;
    store(of_prior_ + i, of_prior);
    store(slope_prior_ + i, bounded(scale_ * load<V>(slope_prior_ + i)));
    V f = a_ * load<V>(of_q_ + i);
    if (b_ != 0) f += b_ * of_prior;
    f = load<V>(inside_ + i) != 0.0 ? bounded(f) : splat<V>(-kLargest);
    store(tilted_ + i, f);
    highest = most(highest, f);
  }
  top_ = -kLargest;
  for (int i = 0; i < kWidth; ++i) top_ = std::max<double>(top_, highest[i]);
  V sum{};
  for (int i = 0; i < full; i += kWidth) {
    const V part = load<V>(weight_ + i) * autovae::exp(load<V>(tilted_ + i) - top_);
    store(tilted_ + i, part);
    sum += part;
  }
  total_ = total_of(sum);
}

// What lies beyond an end, where the integrand falls as a power, as one more node there.
void Integral::beyond(double end, double of_q, double of_prior) {
  const double power = a_ * of_q + (b_ != 0 ? b_ * of_prior : 0.0);
  if (!(power > 1.0 && power < kInfinity)) return;
  node_[nodes_] = end, inside_[nodes_] = 1.0, weight_[nodes_] = std::fabs(end) / (power - 1.0);
  ++nodes_;
}

// ---------------------------------------------------------------- where the panels are

void Integral::first_grid() {
  double around[2][2 * kOffsets + 1];
  double offset = 0.5;
  around[0][kOffsets] = 0.0, around[1][kOffsets] = inverse_ * (0.0 - loc_);
  for (int k = 0; k < kOffsets; ++k, offset *= 6.0) {
    for (const int side : {-1, 1}) {
      around[0][kOffsets + side * (k + 1)] = side * offset;
      around[1][kOffsets + side * (k + 1)] = inverse_ * (side * offset - loc_);
    }
  }
  double* end = std::merge(around[0], around[0] + 2 * kOffsets + 1, around[1], around[1] + 2 * kOffsets + 1, edges_);
  end = std::merge(edges_, end, break_, break_ + breaks_, t_);
  points_ = static_cast<int>(end - t_);
  for (int i = 0; i < points_; ++i) t_[i] = std::clamp(t_[i], q_.lower, q_.upper);
}

// How many panels each cell needs, and the part of the cell that needs them.
void Integral::demand(int points) {
  const int full = pad(t_, points, t_[points - 1]), cells = points - 1;
  for (int i = 0; i < full; i += kWidth) store(z_ + i, loc_ + scale_ * load<V>(t_ + i));
  q_.at(t_, log_q_, score_q_, full);
  prior_.at(z_, log_prior_, score_prior_, full);
  for (int i = 0; i < full; i += kWidth) {
    const V t = load<V>(t_ + i);
    V f = a_ * load<V>(log_q_ + i), slope = a_ * load<V>(score_q_ + i);
    if (b_ != 0) {
      f += b_ * (load<V>(log_prior_ + i) + log_scale_);
      slope += b_ * (scale_ * load<V>(score_prior_ + i));
    }
    store(f_ + i, bounded(f)), store(slope_ + i, bounded(slope));
    store(near_q_ + i, rough_asinh(t)), store(near_prior_ + i, rough_asinh(load<V>(z_ + i)));
  }
  double log_mass;
  demand_of(f_, slope_, false, demand_, start_, stop_, log_mass, cells);
  if (!near_one_) return;
  // The difference to the posterior's density is integrated, so that counts as well, unless it is negligible.
  for (int i = 0; i < full; i += kWidth) {
    store(f_ + i, bounded(load<V>(log_q_ + i))), store(slope_ + i, bounded(load<V>(score_q_ + i)));
  }
  double unused;
  demand_of(f_, slope_, true, other_[0], other_[1], other_[2], unused, cells);
  for (int i = 0; i < cells; ++i) {
    const double also = log_mass < 10.0 ? other_[0][i] : 0.0;
    if (demand_[i] == 0.0 || also == 0.0) {
      if (also > 0.0) start_[i] = other_[1][i], stop_[i] = other_[2][i];
    } else {
      start_[i] = std::min(start_[i], other_[1][i]), stop_[i] = std::max(stop_[i], other_[2][i]);
    }
    demand_[i] = std::max(demand_[i], also);
  }
}

// The same for the integrand exp(f) alone, and about the logarithm of its largest part.
//
// Tangents bound a concave f from above. What is not concave varies on the scale of a family, which the first grid
// resolves; a wrong bound costs accuracy in this round only.
void Integral::demand_of(const double* f, const double* slope, bool everywhere, double* demanded, double* from,
                         double* to, double& log_mass, int cells) {
  V highest = splat<V>(-kLargest);
  for (int i = 0; i < cells; i += kWidth) {
    const V a = load<V>(t_ + i), b = load<V>(t_ + i + 1), fa = load<V>(f + i), fb = load<V>(f + i + 1);
    const V sa = load<V>(slope + i), sb = load<V>(slope + i + 1), h = b - a;
    Bits<V> within = h > 0.0;
    if (!everywhere) within &= (a >= ends_[0]) & (b <= ends_[1]);
    V meet = (fb - fa - sb * h) / (sa - sb);
    meet = least(meet > 0.0 ? meet : V{}, h);
    const V hill = (sa > 0.0) & (sb < 0.0) ? bounded(fa + sa * meet) : splat<V>(-kLargest);
    store(peak_ + i, most(most(fa, fb), hill));
    const V rise = 1.0 / h;
    const V mass = most(fa - rough_log(rise + abs(sa)), fb - rough_log(rise + abs(sb)));
    const V counted = within ? mass : splat<V>(-kLargest);
    for (int k = 0; k < kWidth && i + k < cells; ++k) within_[i + k] = within[k] ? 1.0 : 0.0;
    if (i + kWidth <= cells) {
      highest = most(highest, counted);
    } else {
      for (int k = 0; i + k < cells; ++k) highest[0] = std::max<double>(highest[0], counted[k]);
    }
  }
  log_mass = highest[0];
  for (int k = 1; k < kWidth; ++k) log_mass = std::max<double>(log_mass, highest[k]);
  for (int i = 0; i < cells; i += kWidth) {
    const V a = load<V>(t_ + i), b = load<V>(t_ + i + 1), fa = load<V>(f + i), fb = load<V>(f + i + 1);
    const V sa = load<V>(slope + i), sb = load<V>(slope + i + 1), top = load<V>(peak_ + i);
    const V depth = (top - log_mass) + rough_log(b - a) + rule_.reach;  // above what may be neglected
    const V drop_a = top - fa, drop_b = top - fb;
    const V variation = (least(drop_a, depth) + least(drop_b, depth)) * (1.0 / kVariation);
    const V spread = kDensity * most(load<V>(near_q_ + i + 1) - load<V>(near_q_ + i),
                                     load<V>(near_prior_ + i + 1) - load<V>(near_prior_ + i));
    const V wanted = most(spread, min<V>(rule_.panels, variation));
    store(demanded + i, (load<V>(within_ + i) != 0.0) & (depth >= 0.0) ? wanted : V{});
    // The tangents leave the depth here: on a steep cell only the part between matters.
    const V at_a = a + (drop_a - depth) / sa, at_b = b + (drop_b - depth) / sb;
    const V start = most(a, most(sa > 0.0 ? at_a : a, sb > 0.0 ? at_b : a));
    const V stop = least(b, least(sa < 0.0 ? at_a : b, sb < 0.0 ? at_b : b));
    const Bits<V> sound = start <= stop;
    store(from + i, sound ? start : a), store(to + i, sound ? stop : b);
  }
}

// Edges between which the demand is equal, in each segment between breaks; every segment has a panel. There are as many
// as are demanded, and some more, as far as the rule allows.
void Integral::share_out(int points) {
  const int segments = breaks_ + 1, last = points - 1;
  double* done = other_[0];
  done[0] = 0.0;
  for (int i = 0; i < last; ++i) done[i + 1] = done[i] + demand_[i];
  const double total = done[last], allowed = rule_.panels;
  const int panels = panels_ = static_cast<int>(std::min(allowed, segments + std::ceil(margin_ * total)));
  const auto index_of = [&](const double* place, const double* begin) {
    return std::min(static_cast<int>(place - begin), last);
  };
  const double low = t_[std::max(index_of(std::upper_bound(done, done + points, 0.0), done) - 1, 0)];
  const double high = t_[index_of(std::lower_bound(done, done + points, total), done)];
  double rank[10], at[10];
  rank[0] = at[0] = 0.0, rank[segments] = panels, at[segments] = total;
  for (int k = 0; k < breaks_; ++k) {
    at[k + 1] = done[index_of(std::lower_bound(t_, t_ + points, break_[k]), t_)];
    const double share = total > 0.0 ? at[k + 1] / total : 0.0;
    rank[k + 1] = k + 1 + std::floor((panels - segments) * share);
  }
  int segment = 1, cell = 0;
  for (int index = 0; index <= panels; ++index) {
    while (segment < segments && rank[segment] <= index) ++segment;
    const double part = (index - rank[segment - 1]) / (rank[segment] - rank[segment - 1]);
    const double wanted = at[segment - 1] + part * (at[segment] - at[segment - 1]);
    while (cell < last - 1 && done[cell + 1] <= wanted) ++cell;
    const double of_cell = (wanted - done[cell]) / demand_[cell];
    const double within = of_cell > 0.0 ? std::min(of_cell, 1.0) : 0.0;
    double edge = std::clamp(start_[cell] + within * (stop_[cell] - start_[cell]), low, high);
    for (int k = 0; k < breaks_; ++k) {  // rounding must not move an edge across a break
      const double point = std::clamp(break_[k], low, high);
      edge = index <= rank[k + 1] ? std::min(edge, point) : std::max(edge, point);
    }
    edges_[index] = edge;
  }
  edges_[0] = low, edges_[panels] = high;
}

// ---------------------------------------------------------------- what is computed at the nodes

double Integral::log() const {
  double result = top_ + std::log(total_);
  if (near_one_) {
    V sum{};
    for (int i = 0; i < nodes_; i += kWidth) {
      const V of_q = load<V>(of_q_ + i);
      const V gain = (a_ - 1.0) * of_q + b_ * load<V>(of_prior_ + i);
      const V change = load<V>(inside_ + i) != 0.0 ? autovae::expm1(gain) : splat<V>(-1.0);
      sum += load<V>(weight_ + i) * autovae::exp(of_q) * change;
    }
    const double excess = total_of(sum);
    if (std::fabs(excess) < 0.5) result = std::log1p(excess);
  }
  if (one_family_ && std::fabs(loc_) < kClose && std::fabs(log_scale_) < kClose) {
    // One minus the integral has the integrand a q + b pi - q^a pi^b, which has one sign.
    V sum{};
    for (int i = 0; i < nodes_; i += kWidth) {
      const V of_q = load<V>(of_q_ + i), ratio = load<V>(of_prior_ + i) - of_q;
      const V gap = b_ * expm1mx(ratio) - expm1mx(b_ * ratio);
      sum += load<V>(weight_ + i) * autovae::exp(of_q) * gap;
    }
    const double missing = total_of(sum);
    if (std::fabs(missing) < 0.5) result = std::log1p(-missing);
  }
  if (top_ < -0.1 * kLargest) return -kInfinity;
  return result > 0.01 * kLargest ? kInfinity : result;
}

// Mean of a score, or of its magnitude, times the node where that is asked for.
double Integral::mean_score(bool of_posterior, bool times_t, bool magnitude) const {
  const double* score = of_posterior ? slope_q_ : slope_prior_;
  V sum{};
  for (int i = 0; i < nodes_; i += kWidth) {
    V part = load<V>(score + i);
    if (of_posterior) part = bounded(part);
    if (magnitude) part = abs(part);
    part *= load<V>(tilted_ + i);  // first, since a score may be huge where the integrand is zero
    if (times_t) part *= load<V>(node_ + i);
    sum += part;
  }
  return total_of(sum) / total_;
}

void Integral::gradient(double& d_loc, double& d_log_scale) {
  d_loc = b_ * inverse_ * mean_score(false, false, false);
  d_log_scale = b_ * (1.0 + mean_score(false, true, false));
  if (!std::isfinite(prior_.lower) && !std::isfinite(prior_.upper)) return;
  // What the prior's edges contribute by moving through the posterior.
  const double ends[] = {prior_.lower, prior_.upper};
  for (int k = 0; k < 2; ++k) {
    const double edge = ends_[k];
    if (!std::isfinite(ends[k]) || !(edge > q_.lower && edge < q_.upper)) continue;
    alignas(64) double t[kWidth], z[kWidth], of_q[kWidth], of_prior[kWidth], unused[kWidth];
    std::fill_n(t, kWidth, edge), std::fill_n(z, kWidth, loc_ + scale_ * edge);
    q_.at(t, of_q, unused, kWidth), prior_.at(z, of_prior, unused, kWidth);
    const double f = a_ * of_q[0] + (b_ != 0 ? b_ * (of_prior[0] + log_scale_) : 0.0);
    const double height = (k == 0 ? -1.0 : 1.0) * std::exp(std::min(f - (top_ + std::log(total_)), 300.0));
    d_loc -= height * inverse_, d_log_scale -= height * edge;
  }
  if (std::isfinite(q_.lower) || std::isfinite(q_.upper)) return;
  // Far out in the posterior's tail the heights lose digits; there its score, which keeps one sign, serves.
  const double mean = mean_score(true, false, false);
  if (std::fabs(mean) > 0.5 * mean_score(true, false, true)) {
    d_loc = -a_ * inverse_ * mean, d_log_scale = b_ - 1.0 - a_ * mean_score(true, true, false);
  }
}

}  // namespace autovae
