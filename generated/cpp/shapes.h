// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// The operators' results for tensors that have a shape and no numbers. Included by library.cpp alone.
#pragma once

#include "operators.h"

namespace autovae {
namespace {

Tensor variates_meta(const Tensor& like_, c10::SymIntArrayRef size, Ints, Ints, const std::optional<at::Generator>&) {
  return at::empty_symint(size, like_.options().memory_format(c10::nullopt));
}

Tensor log_ratio_meta(const Tensor& z, const Tensor& loc, const Tensor& log_scale, Ints, Ints, Ints) {
  check_alike(loc, log_scale);
  return per_row(z);
}

std::tuple<Tensor, Tensor, Tensor> log_ratio_backward_meta(const Tensor&, const Tensor& z, const Tensor& loc,
                                                           const Tensor&, Ints, Ints, Ints) {
  return {like(z), like(loc), like(loc)};
}

Tensor divergence_meta(const Tensor& loc, const Tensor& log_scale, int64_t) {
  check_alike(loc, log_scale);
  return like(loc);
}

std::tuple<Tensor, Tensor, Tensor> divergence_with_gradient_meta(const Tensor& loc, const Tensor&, int64_t) {
  return {like(loc), like(loc), like(loc)};
}

std::tuple<Tensor, Tensor> divergence_backward_meta(const Tensor&, const Tensor& loc, const Tensor&,
                                                    const std::optional<Tensor>&, const std::optional<Tensor>&, int64_t) {
  return {like(loc), like(loc)};
}

Tensor divergence_sum_meta(const Tensor& loc, const Tensor& log_scale, Ints, Ints) {
  check_alike(loc, log_scale);
  return per_row(loc);
}

std::tuple<Tensor, Tensor> divergence_sum_with_gradient_meta(const Tensor& loc, const Tensor&, Ints, Ints) {
  return {per_row(loc), derivatives(loc, true)};
}

// Like the locations of a latent layer, which without log scales are half of the columns.
Tensor like_locations(const Tensor& loc, const std::optional<Tensor>& log_scale) {
  if (log_scale) return like(loc);
  std::vector<c10::SymInt> size = loc.sym_sizes().vec();
  size.back() = size.back() / 2;
  return at::empty_symint(size, loc.options().memory_format(c10::nullopt));
}

std::tuple<Tensor, Tensor> latent_meta(const Tensor& loc, const std::optional<Tensor>&, const Tensor& noise, Ints,
                                       Ints) {
  return {like(noise), per_row(loc)};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> latent_with_gradient_meta(const Tensor& loc,
                                                                     const std::optional<Tensor>& log_scale,
                                                                     const Tensor& noise, Ints, Ints, bool keep) {
  return {like(noise), per_row(loc), like(noise), derivatives(like_locations(loc, log_scale), keep)};
}

std::tuple<Tensor, Tensor> draw_latent_meta(const Tensor& loc, const std::optional<Tensor>& log_scale, Ints, Ints, Ints,
                                            const std::optional<at::Generator>&) {
  return {like_locations(loc, log_scale), per_row(loc)};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> draw_latent_with_gradient_meta(
    const Tensor& loc, const std::optional<Tensor>& log_scale, Ints, Ints, Ints, const std::optional<at::Generator>&,
    bool keep) {
  const Tensor z = like_locations(loc, log_scale);
  return {z, per_row(loc), like(z), derivatives(z, keep)};
}

std::tuple<Tensor, Tensor> layer_backward_meta(const std::optional<Tensor>&, const std::optional<Tensor>&,
                                               const Tensor& loc, const Tensor&, const std::optional<Tensor>&,
                                               const std::optional<Tensor>&, Ints, Ints) {
  return {like(loc), like(loc)};
}

Tensor layer_backward_packed_meta(const std::optional<Tensor>&, const std::optional<Tensor>&, const Tensor& parameters,
                                  const std::optional<Tensor>&, const std::optional<Tensor>&, Ints, Ints) {
  return like(parameters);
}

}  // namespace
}  // namespace autovae
