// Written by codegen.build (SymPy 1.14.0) from the catalog; change the generator, not this file.
// Integrals of powers of two densities by quadrature that is placed anew for every element:
//
//     integral of q(t)^a (scale pi(loc + scale t))^b dt
//
// Gauss-Legendre panels end at every kink and edge of the two densities and share out evenly what the integrand
// demands: its variation in nats and the distance to both centres. The gradient is the mean score under the normalised
// integrand, with what moving edges add, at the same nodes. One element at a time, its nodes in vectors.
#pragma once

#include <algorithm>

#include "../special.h"

namespace autovae {

using V = Vec<double>;
constexpr int kWidth = kLanes<V>;

// The standard member of a family.
struct Member {
  double lower, upper;  // its support
  int kinks;
  double kink[2];                   // where its score jumps
  double lower_tail, upper_tail;    // exponents of the powers as which it falls
  // Logarithm of the density, by its formula also where that is zero, and its derivative; n is a multiple of kWidth.
  void (*at)(const double* t, double* log_density, double* score, int n);
};

// Number of panels, nats below the largest panel at which the integrand is cut off, nodes and weights on [0, 1].
struct Rule {
  int panels;
  double reach;
  int count;
  const double *nodes, *weights;
};

extern const Member kMembers[];
extern const Rule kRules[2];  // for double, for float

constexpr double kVariation = 5.0;  // nats in one panel
constexpr double kDensity = 0.72;   // panels for each factor e in the distance from a centre
constexpr int kRounds = 5;           // at most
constexpr double kMargin = 1.5;      // panels for each one that is demanded
constexpr double kEnough = 0.8;      // demand of a panel that needs no further round
constexpr double kNearOne = 0.09;  // |a - 1| and |b| below which the integral is computed as 1 + a small number
constexpr double kClose = 0.02;    // |loc| and |log_scale| below which two members of one family nearly agree
constexpr double kLargest = 1e300, kNarrowest = 1e-60;
constexpr int kOffsets = 24;  // of the first grid, in units of a family's scale, on both sides of its centre
constexpr int kPoints = 128, kNodes = 1616;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Integral {
 public:
  Integral(const Member& q, const Member& prior, double a, double b, const Rule& rule, double share);

  // Places the nodes and evaluates the integrand there.
  void evaluate(double loc, double log_scale);

  // Logarithm of the integral, minus infinity where it is too small for a number, infinity where too large.
  double log() const;

  // Derivatives of the logarithm in loc and log_scale.
  void gradient(double& d_loc, double& d_log_scale);

 private:
  void first_grid();
  void demand(int points);
  void demand_of(const double* f, const double* slope, bool everywhere, double* demanded, double* from, double* to,
                 double& log_mass, int cells);
  void share_out(int points);
  void beyond(double end, double of_q, double of_prior);
  double mean_score(bool of_posterior, bool times_t, bool magnitude) const;

  const Member &q_, &prior_;
  const double a_, b_;
  Rule rule_;
  double margin_;  // panels for each one that is demanded
  bool near_one_, one_family_;
  double loc_, log_scale_, scale_, inverse_, ends_[2];
  int breaks_;
  double break_[8];
  int points_, panels_, nodes_;
  double top_, total_;
  // On the grid, and in its cells.
  alignas(64) double t_[kPoints], z_[kPoints], log_q_[kPoints], log_prior_[kPoints], score_q_[kPoints],
      score_prior_[kPoints], f_[kPoints], slope_[kPoints], near_q_[kPoints], near_prior_[kPoints], peak_[kPoints],
      demand_[kPoints], start_[kPoints], stop_[kPoints], other_[3][kPoints], within_[kPoints], edges_[kPoints];
  // At the nodes.
  alignas(64) double node_[kNodes], weight_[kNodes], inside_[kNodes], of_q_[kNodes], of_prior_[kNodes],
      slope_q_[kNodes], slope_prior_[kNodes], tilted_[kNodes], place_[kNodes];
};

}  // namespace autovae
