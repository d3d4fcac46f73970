// Written by codegen.build (SymPy 1.14.0) from the catalog; change the generator, not this file.
// Divergences of an order, and those made of others, as functions over contiguous numbers which know nothing of Torch.
#pragma once

#include "panels.h"

namespace autovae {

struct Cell {
  const char* name;  // kind/posterior_prior
  int64_t cost;      // operations per element, roughly; of formulas beside quadrature the one below
  // Value and derivatives in loc and log_scale at n points; `single` says that the points are float32 numbers, whose
  // results are rounded to that.
  void (*evaluate)(const Cell& cell, double alpha, bool single, const double* loc, const double* log_scale,
                   double* value, double* d_loc, double* d_log_scale, int64_t n);
  int q, prior;  // members
  double share;  // factor on the number of panels: heavy tails spread the mass over many scales
  // Whether it is finite; closed conditions allow for rounding of size eps.
  bool (*finite)(double loc, double log_scale, double alpha, double eps);
  int part;  // index of the cell that it is made of
  // Formulas beside quadrature: the orders up to which and from which on they serve, and their cost.
  double below, above;
  int64_t cost_by_formula;

  bool by_formula(double alpha) const { return alpha < below || alpha > above; }
};

extern const Cell kCells[];
extern const int64_t kCellCount;

}  // namespace autovae
