// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// The operators' gradients. Included by library.cpp alone.
#pragma once

#include <ATen/core/LegacyTypeDispatch.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "lookup.h"

namespace autovae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Operations per element from which on the forward pass keeps the derivatives instead of computing again what value
// and derivatives share: below, reading and writing them costs more. Not so for few numbers, which stay in cache.
constexpr int64_t kWorthKeeping = 80, kStaysInCache = 1 << 17;

bool stays_in_cache(const c10::SymInt& numbers) {
  const auto known = numbers.maybe_as_int();
  return known && *known <= kStaysInCache;
}

bool keeps_derivatives(const Kernel& k, const Tensor& loc) {
  return stays_in_cache(loc.sym_numel()) || k.value_cost + k.gradient_cost - k.both_cost > kWorthKeeping;
}

// A layer keeps them where it is worth it on average.
bool keeps_derivatives(Ints kernels, Ints counts, const c10::SymInt& numbers) {
  if (stays_in_cache(numbers)) return true;
  const Layer layer = layer_of(kernels, counts);
  return layer.value_cost + layer.gradient_cost - layer.both_cost > kWorthKeeping * layer.latents;
}

const auto& divergence_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::divergence", "").typed<Tensor(const Tensor&, const Tensor&, int64_t)>();
  return handle;
}

const auto& divergence_with_gradient_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::divergence_with_gradient", "").typed<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, int64_t)>();
  return handle;
}

const auto& divergence_backward_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::divergence_backward", "").typed<std::tuple<Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&, const std::optional<Tensor>&, const std::optional<Tensor>&, int64_t)>();
  return handle;
}

const auto& divergence_sum_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::divergence_sum", "").typed<Tensor(const Tensor&, const Tensor&, Ints, Ints)>();
  return handle;
}

const auto& divergence_sum_with_gradient_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::divergence_sum_with_gradient", "").typed<std::tuple<Tensor, Tensor>(const Tensor&, const Tensor&, Ints, Ints)>();
  return handle;
}

const auto& latent_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::latent", "").typed<std::tuple<Tensor, Tensor>(const Tensor&, const std::optional<Tensor>&, const Tensor&, Ints, Ints)>();
  return handle;
}

const auto& latent_with_gradient_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::latent_with_gradient", "").typed<std::tuple<Tensor, Tensor, Tensor, Tensor>(const Tensor&, const std::optional<Tensor>&, const Tensor&, Ints, Ints, bool)>();
  return handle;
}

const auto& draw_latent_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::draw_latent", "").typed<std::tuple<Tensor, Tensor>(const Tensor&, const std::optional<Tensor>&, Ints, Ints, Ints, const std::optional<at::Generator>&)>();
  return handle;
}

const auto& draw_latent_with_gradient_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::draw_latent_with_gradient", "").typed<std::tuple<Tensor, Tensor, Tensor, Tensor>(const Tensor&, const std::optional<Tensor>&, Ints, Ints, Ints, const std::optional<at::Generator>&, bool)>();
  return handle;
}

const auto& layer_backward_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::layer_backward", "").typed<std::tuple<Tensor, Tensor>(const std::optional<Tensor>&, const std::optional<Tensor>&, const Tensor&, const Tensor&, const std::optional<Tensor>&, const std::optional<Tensor>&, Ints, Ints)>();
  return handle;
}

const auto& layer_backward_packed_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::layer_backward_packed", "").typed<Tensor(const std::optional<Tensor>&, const std::optional<Tensor>&, const Tensor&, const std::optional<Tensor>&, const std::optional<Tensor>&, Ints, Ints)>();
  return handle;
}

const auto& log_ratio_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::log_ratio", "").typed<Tensor(const Tensor&, const Tensor&, const Tensor&, Ints, Ints, Ints)>();
  return handle;
}

const auto& log_ratio_backward_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::log_ratio_backward", "").typed<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&, const Tensor&, Ints, Ints, Ints)>();
  return handle;
}

const auto& variates_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::variates", "").typed<Tensor(const Tensor&, c10::SymIntArrayRef, Ints, Ints, const std::optional<at::Generator>&)>();
  return handle;
}


bool differentiates(std::initializer_list<Tensor> tensors) {
  return at::GradMode::is_enabled() &&
         std::any_of(tensors.begin(), tensors.end(), [](const Tensor& x) { return x.requires_grad(); });
}

std::optional<Tensor> given(const Tensor& x) { return x.defined() ? std::optional<Tensor>(x) : std::nullopt; }

// Backward passes with the graph kept go through operators whose own derivatives are defined in Python, by the torch
// backend; all others skip that.
struct Divergence : torch::autograd::Function<Divergence> {
  static Tensor forward(AutogradContext* ctx, const Tensor& loc, const Tensor& log_scale, int64_t kernel) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["kernel"] = kernel;
    if (!keeps_derivatives(kernel_at(kernel), loc)) {
      ctx->save_for_backward({loc, log_scale});
      return divergence_op().call(loc, log_scale, kernel);
    }
    auto [value, d_loc, d_log_scale] = divergence_with_gradient_op().call(loc, log_scale, kernel);
    ctx->save_for_backward({loc, log_scale, d_loc, d_log_scale});
    return value;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const int64_t kernel = ctx->saved_data["kernel"].toInt();
    const bool again = at::GradMode::is_enabled(), kept = !again && saved.size() == 4;
    std::optional<at::AutoDispatchBelowADInplaceOrView> below;
    if (!again) below.emplace();
    auto [d_loc, d_log_scale] =
        divergence_backward_op().call(grads[0], saved[0], saved[1], kept ? given(saved[2]) : std::nullopt,
                                      kept ? given(saved[3]) : std::nullopt, kernel);
    return {d_loc, d_log_scale, Tensor()};
  }
};

Tensor divergence_autograd(const Tensor& loc, const Tensor& log_scale, int64_t kernel) {
  if (differentiates({loc, log_scale})) return Divergence::apply(loc, log_scale, kernel);
  at::AutoDispatchBelowADInplaceOrView below;
  return divergence_op().call(loc, log_scale, kernel);
}

// A layer's gradients from what its forward pass saved: its operands, then offset and derivatives where there are. The
// operands are loc and log_scale, or one matrix that has both.
std::tuple<Tensor, Tensor> layer_gradients(AutogradContext* ctx, const Tensor& grad_z, const Tensor& grad_nats) {
  const auto saved = ctx->get_saved_variables();
  const Tensor &loc = saved[0], &log_scale = saved[1];
  const auto kernels = ctx->saved_data["kernels"].toIntVector(), counts = ctx->saved_data["counts"].toIntVector();
  const auto z = given(grad_z), nats = given(grad_nats), offset = grad_z.defined() ? given(saved[2]) : std::nullopt;
  if (!at::GradMode::is_enabled()) {
    at::AutoDispatchBelowADInplaceOrView below;
    const auto kept = given(saved[3]);
    if (log_scale.defined()) return layer_backward_op().call(z, nats, loc, log_scale, offset, kept, kernels, counts);
    return {layer_backward_packed_op().call(z, nats, loc, offset, kept, kernels, counts), Tensor()};
  }
  const auto again = [&](const Tensor& m, const Tensor& s) {
    return layer_backward_op().call(z, nats, m, s, offset, std::nullopt, kernels, counts);
  };
  if (log_scale.defined()) return again(loc, log_scale);
  const auto halves = loc.chunk(2, -1);
  const auto [d_loc, d_log_scale] = again(halves[0], halves[1]);
  return {at::cat({d_loc, d_log_scale}, -1), Tensor()};
}

void remember(AutogradContext* ctx, const std::vector<int64_t>& kernels, const std::vector<int64_t>& counts) {
  ctx->saved_data["kernels"] = kernels;
  ctx->saved_data["counts"] = counts;
}

struct DivergenceSum : torch::autograd::Function<DivergenceSum> {
  static Tensor forward(AutogradContext* ctx, const Tensor& loc, const Tensor& log_scale,
                        const std::vector<int64_t>& kernels, const std::vector<int64_t>& counts) {
    at::AutoDispatchBelowADInplaceOrView below;
    remember(ctx, kernels, counts);
    Tensor nats, kept;
    if (keeps_derivatives(kernels, counts, loc.sym_numel())) {
      std::tie(nats, kept) = divergence_sum_with_gradient_op().call(loc, log_scale, kernels, counts);
    } else {
      nats = divergence_sum_op().call(loc, log_scale, kernels, counts);
    }
    ctx->save_for_backward({loc, log_scale, Tensor(), kept});
    return nats;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    auto [d_loc, d_log_scale] = layer_gradients(ctx, {}, grads[0]);
    return {d_loc, d_log_scale, Tensor(), Tensor()};
  }
};

Tensor divergence_sum_autograd(const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts) {
  if (differentiates({loc, log_scale})) return DivergenceSum::apply(loc, log_scale, kernels.vec(), counts.vec());
  at::AutoDispatchBelowADInplaceOrView below;
  return divergence_sum_op().call(loc, log_scale, kernels, counts);
}

// With noise that is given, or of its own.
struct Latent : torch::autograd::Function<Latent> {
  static variable_list forward(AutogradContext* ctx, const Tensor& loc, const std::optional<Tensor>& log_scale,
                               const std::optional<Tensor>& noise, const std::vector<int64_t>& kernels,
                               const std::vector<int64_t>& counts, Ints samplers,
                               const std::optional<at::Generator>& generator) {
    at::AutoDispatchBelowADInplaceOrView below;
    remember(ctx, kernels, counts);
    ctx->set_materialize_grads(false);
    const bool keep = keeps_derivatives(kernels, counts, loc.sym_numel() / (log_scale ? 1 : 2));
    auto [z, nats, offset, kept] =
        noise ? latent_with_gradient_op().call(loc, log_scale, *noise, kernels, counts, keep)
              : draw_latent_with_gradient_op().call(loc, log_scale, kernels, counts, samplers, generator, keep);
    ctx->save_for_backward({loc, log_scale.value_or(Tensor()), offset, kept});
    return {z, nats};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    variable_list gradients(7);
    if (!grads[0].defined() && !grads[1].defined()) return gradients;
    std::tie(gradients[0], gradients[1]) = layer_gradients(ctx, grads[0], grads[1]);
    return gradients;
  }
};

std::tuple<Tensor, Tensor> latent_autograd(const Tensor& loc, const std::optional<Tensor>& log_scale,
                                           const Tensor& noise, Ints kernels, Ints counts) {
  TORCH_CHECK_VALUE(!noise.requires_grad(), "the noise of a sample has no gradient here");
  if (differentiates({loc, log_scale.value_or(loc)})) {
    auto both = Latent::apply(loc, log_scale, noise, kernels.vec(), counts.vec(), Ints(), std::nullopt);
    return {both[0], both[1]};
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return latent_op().call(loc, log_scale, noise, kernels, counts);
}

std::tuple<Tensor, Tensor> draw_latent_autograd(const Tensor& loc, const std::optional<Tensor>& log_scale, Ints kernels,
                                                Ints counts, Ints samplers,
                                                const std::optional<at::Generator>& generator) {
  if (differentiates({loc, log_scale.value_or(loc)})) {
    auto both = Latent::apply(loc, log_scale, std::nullopt, kernels.vec(), counts.vec(), samplers, generator);
    return {both[0], both[1]};
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return draw_latent_op().call(loc, log_scale, kernels, counts, samplers, generator);
}

struct LogRatio : torch::autograd::Function<LogRatio> {
  static Tensor forward(AutogradContext* ctx, const Tensor& z, const Tensor& loc, const Tensor& log_scale,
                        const std::vector<int64_t>& posteriors, const std::vector<int64_t>& priors,
                        const std::vector<int64_t>& counts) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["posteriors"] = posteriors;
    ctx->saved_data["priors"] = priors;
    ctx->saved_data["counts"] = counts;
    ctx->save_for_backward({z, loc, log_scale});
    return log_ratio_op().call(z, loc, log_scale, posteriors, priors, counts);
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto posteriors = ctx->saved_data["posteriors"].toIntVector();
    const auto priors = ctx->saved_data["priors"].toIntVector(), counts = ctx->saved_data["counts"].toIntVector();
    std::optional<at::AutoDispatchBelowADInplaceOrView> below;
    if (!at::GradMode::is_enabled()) below.emplace();
    auto [z, loc, log_scale] =
        log_ratio_backward_op().call(grads[0], saved[0], saved[1], saved[2], posteriors, priors, counts);
    return {z, loc, log_scale, Tensor(), Tensor(), Tensor()};
  }
};

Tensor log_ratio_autograd(const Tensor& z, const Tensor& loc, const Tensor& log_scale, Ints posteriors, Ints priors,
                          Ints counts) {
  if (differentiates({z, loc, log_scale})) {
    return LogRatio::apply(z, loc, log_scale, posteriors.vec(), priors.vec(), counts.vec());
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return log_ratio_op().call(z, loc, log_scale, posteriors, priors, counts);
}

}  // namespace
}  // namespace autovae
