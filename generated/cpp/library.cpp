// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// The operators of the C++ backend: autovae::divergence, divergence_sum, latent, draw_latent, log_ratio and variates,
// their gradients and shapes.
#include <ATen/Dispatch.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <string>
#include <tuple>

#include "elementwise.h"
#include "layer.h"
#include "ratio.h"

namespace autovae {

extern const Kernel kld_normal_normal;
extern const Kernel kld_normal_laplace;
extern const Kernel kld_normal_cauchy;
extern const Kernel kld_normal_logistic;
extern const Kernel kld_normal_gumbel;
extern const Kernel kld_laplace_normal;
extern const Kernel kld_laplace_laplace;
extern const Kernel kld_laplace_cauchy;
extern const Kernel kld_laplace_logistic;
extern const Kernel kld_laplace_gumbel;
extern const Kernel kld_cauchy_cauchy;
extern const Kernel kld_logistic_normal;
extern const Kernel kld_logistic_laplace;
extern const Kernel kld_logistic_cauchy;
extern const Kernel kld_logistic_logistic;
extern const Kernel kld_logistic_gumbel;
extern const Kernel kld_uniform_normal;
extern const Kernel kld_uniform_laplace;
extern const Kernel kld_uniform_cauchy;
extern const Kernel kld_uniform_logistic;
extern const Kernel kld_uniform_uniform;
extern const Kernel kld_uniform_gumbel;
extern const Kernel kld_uniform_exponential;
extern const Kernel kld_gumbel_normal;
extern const Kernel kld_gumbel_laplace;
extern const Kernel kld_gumbel_cauchy;
extern const Kernel kld_gumbel_logistic;
extern const Kernel kld_gumbel_gumbel;
extern const Kernel kld_exponential_normal;
extern const Kernel kld_exponential_laplace;
extern const Kernel kld_exponential_cauchy;
extern const Kernel kld_exponential_logistic;
extern const Kernel kld_exponential_gumbel;
extern const Kernel kld_exponential_exponential;

namespace {

using at::Tensor;
using Ints = at::IntArrayRef;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const Kernel* const kKernels[] = {
    &kld_normal_normal,
    &kld_normal_laplace,
    &kld_normal_cauchy,
    &kld_normal_logistic,
    &kld_normal_gumbel,
    &kld_laplace_normal,
    &kld_laplace_laplace,
    &kld_laplace_cauchy,
    &kld_laplace_logistic,
    &kld_laplace_gumbel,
    &kld_cauchy_cauchy,
    &kld_logistic_normal,
    &kld_logistic_laplace,
    &kld_logistic_cauchy,
    &kld_logistic_logistic,
    &kld_logistic_gumbel,
    &kld_uniform_normal,
    &kld_uniform_laplace,
    &kld_uniform_cauchy,
    &kld_uniform_logistic,
    &kld_uniform_uniform,
    &kld_uniform_gumbel,
    &kld_uniform_exponential,
    &kld_gumbel_normal,
    &kld_gumbel_laplace,
    &kld_gumbel_cauchy,
    &kld_gumbel_logistic,
    &kld_gumbel_gumbel,
    &kld_exponential_normal,
    &kld_exponential_laplace,
    &kld_exponential_cauchy,
    &kld_exponential_logistic,
    &kld_exponential_gumbel,
    &kld_exponential_exponential,
};
constexpr int64_t kKernelCount = sizeof(kKernels) / sizeof(kKernels[0]);

// Operations per element from which on the forward pass keeps the derivatives instead of computing again what value
// and derivatives share: below, reading and writing them costs more. Not so for few numbers, which stay in cache.
constexpr int64_t kWorthKeeping = 80, kStaysInCache = 1 << 17;

const Kernel& kernel_at(int64_t index) {
  TORCH_CHECK_VALUE(index >= 0 && index < kKernelCount, "there is no kernel ", index);
  return *kKernels[index];
}

int64_t family_index(std::string_view name) {
  for (int64_t i = 0; i < kFamilyCount; ++i) {
    if (name == kFamilies[i].name) return i;
  }
  return -1;
}

std::string family_name(int64_t index) {
  TORCH_CHECK_VALUE(index >= 0 && index < kFamilyCount, "there is no family ", index);
  return kFamilies[index].name;
}

std::string kernel_name(int64_t index) { return kernel_at(index).name; }

int64_t kernel_index(std::string_view name) {
  for (int64_t i = 0; i < kKernelCount; ++i) {
    if (name == kKernels[i]->name) return i;
  }
  return -1;
}

bool stays_in_cache(const Tensor& x) {
  const auto numbers = x.sym_numel().maybe_as_int();
  return numbers && *numbers <= kStaysInCache;
}

bool keeps_derivatives(const Kernel& k, const Tensor& loc) {
  return stays_in_cache(loc) || k.value_cost + k.gradient_cost - k.both_cost > kWorthKeeping;
}

const Sampler& sampler_at(int64_t index) {
  TORCH_CHECK_VALUE(index >= 0 && index < kSamplerCount, "there is no sampler ", index);
  return kSamplers[index];
}

// With samplers, or with none.
Layer layer_of(Ints kernels, Ints counts, Ints samplers = {}) {
  TORCH_CHECK_VALUE(kernels.size() == counts.size(), kernels.size(), " kernels, but ", counts.size(), " counts");
  Layer layer;
  for (size_t i = 0; i < kernels.size(); ++i) {
    TORCH_CHECK_VALUE(counts[i] > 0, "a segment has ", counts[i], " latents");
    layer.add(kernel_at(kernels[i]), counts[i], samplers.empty() ? nullptr : &sampler_at(samplers[i]));
  }
  return layer;
}

// A layer keeps them where it is worth it on average.
bool keeps_derivatives(Ints kernels, Ints counts, const Tensor& loc) {
  const Layer layer = layer_of(kernels, counts);
  return stays_in_cache(loc) || layer.value_cost + layer.gradient_cost - layer.both_cost > kWorthKeeping * layer.latents;
}

void check_alike(const Tensor& loc, const Tensor& log_scale) {
  TORCH_CHECK_VALUE(loc.sym_sizes() == log_scale.sym_sizes() && loc.scalar_type() == log_scale.scalar_type(),
                    "loc and log_scale need one shape and one dtype");
}

Tensor like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options().memory_format(c10::nullopt)); }

Tensor per_row(const Tensor& x) {
  TORCH_CHECK_VALUE(x.dim() > 0, "a layer needs a dimension of latents");
  return at::empty_symint(x.sym_sizes().slice(0, x.dim() - 1), x.options());
}

// ---------------------------------------------------------------- on the CPU

Tensor divergence_cpu(const Tensor& loc, const Tensor& log_scale, int64_t kernel) {
  check_alike(loc, log_scale);
  Tensor value = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence",
                             [&] { divergence_into<scalar_t>(kernel_at(kernel), loc, log_scale, value); });
  return value;
}

std::tuple<Tensor, Tensor, Tensor> divergence_with_gradient_cpu(const Tensor& loc, const Tensor& log_scale,
                                                                int64_t kernel) {
  check_alike(loc, log_scale);
  Tensor value = like(loc), d_loc = like(loc), d_log_scale = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence", [&] {
    divergence_with_gradient_into<scalar_t>(kernel_at(kernel), loc, log_scale, value, d_loc, d_log_scale);
  });
  return {value, d_loc, d_log_scale};
}

// With the derivatives where the forward pass kept them.
std::tuple<Tensor, Tensor> divergence_backward_cpu(const Tensor& grad, const Tensor& loc, const Tensor& log_scale,
                                                   const std::optional<Tensor>& d_loc,
                                                   const std::optional<Tensor>& d_log_scale, int64_t kernel) {
  check_alike(loc, log_scale);
  check_alike(loc, grad);
  TORCH_CHECK_VALUE(d_loc.has_value() == d_log_scale.has_value(), "both derivatives or none");
  if (d_loc) {
    check_alike(loc, *d_loc);
    check_alike(loc, *d_log_scale);
  }
  Tensor grad_loc = like(loc), grad_log_scale = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence_backward", [&] {
    if (d_loc) return scale_both_into<scalar_t>(grad, *d_loc, *d_log_scale, grad_loc, grad_log_scale);
    divergence_backward_into<scalar_t>(kernel_at(kernel), grad, loc, log_scale, grad_loc, grad_log_scale);
  });
  return {grad_loc, grad_log_scale};
}

void check_layer(const Layer& layer, const Tensor& loc, const Tensor& log_scale) {
  check_alike(loc, log_scale);
  TORCH_CHECK_VALUE(loc.dim() > 0 && loc.size(-1) == layer.latents, "the segments have ", layer.latents,
                    " latents, the operands the shape ", loc.sizes());
}

Tensor divergence_sum_cpu(const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  Tensor nats = per_row(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence_sum",
                             [&] { sum_into<scalar_t>(layer, loc, log_scale, {}, nats, nullptr, nullptr); });
  return nats;
}

std::tuple<Tensor, Tensor, Tensor> divergence_sum_with_gradient_cpu(const Tensor& loc, const Tensor& log_scale,
                                                                    Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  Tensor nats = per_row(loc), d_loc = like(loc), d_log_scale = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence_sum", [&] {
    sum_into<scalar_t>(layer, loc, log_scale, {}, nats, d_loc.mutable_data_ptr<scalar_t>(),
                       d_log_scale.mutable_data_ptr<scalar_t>());
  });
  return {nats, d_loc, d_log_scale};
}

template <typename T>
Sample<T> sample_of(const Tensor& noise, const Tensor& z, int64_t numbers) {
  return {noise.const_data_ptr<T>(), z.mutable_data_ptr<T>(), numbers ? noise.numel() / numbers : 0};
}

// The noise has the shape of the sample, (*samples, *loc.shape).
Tensor checked_noise(const Tensor& loc, const Tensor& noise) {
  const auto sizes = noise.sizes();
  TORCH_CHECK_VALUE(noise.scalar_type() == loc.scalar_type() && sizes.size() >= loc.sizes().size() &&
                        sizes.slice(sizes.size() - loc.sizes().size()) == loc.sizes(),
                    "noise of shape ", sizes, " does not go with a layer of shape ", loc.sizes());
  return noise.contiguous();
}

std::tuple<Tensor, Tensor> latent_cpu(const Tensor& loc, const Tensor& log_scale, const Tensor& noise, Ints kernels,
                                      Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  const Tensor variates = checked_noise(loc, noise);
  Tensor z = like(noise), nats = per_row(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "latent", [&] {
    sum_into<scalar_t>(layer, loc, log_scale, sample_of<scalar_t>(variates, z, loc.numel()), nats, nullptr, nullptr);
  });
  return {z, nats};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> latent_with_gradient_cpu(const Tensor& loc, const Tensor& log_scale,
                                                                            const Tensor& noise, Ints kernels,
                                                                            Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  const Tensor variates = checked_noise(loc, noise);
  Tensor z = like(noise), nats = per_row(loc), d_loc = like(loc), d_log_scale = like(loc), scale = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "latent", [&] {
    Sample<scalar_t> sample = sample_of<scalar_t>(variates, z, loc.numel());
    sample.scale = scale.mutable_data_ptr<scalar_t>();
    sum_into<scalar_t>(layer, loc, log_scale, sample, nats, d_loc.mutable_data_ptr<scalar_t>(),
                       d_log_scale.mutable_data_ptr<scalar_t>());
  });
  return {z, nats, d_loc, d_log_scale, scale};
}

Layer drawing_layer_of(const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts, Ints samplers) {
  TORCH_CHECK_VALUE(samplers.size() == counts.size(), samplers.size(), " samplers, but ", counts.size(), " counts");
  Layer layer = layer_of(kernels, counts, samplers);
  check_layer(layer, loc, log_scale);
  return layer;
}

std::tuple<Tensor, Tensor, Tensor> draw_latent_cpu(const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts,
                                                   Ints samplers, const std::optional<at::Generator>& generator) {
  const Layer layer = drawing_layer_of(loc, log_scale, kernels, counts, samplers);
  Tensor z = like(loc), nats = per_row(loc), noise = like(loc);
  const uint64_t key = key_from(generator);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "draw_latent", [&] {
    const Sample<scalar_t> sample{nullptr, z.mutable_data_ptr<scalar_t>(), 1, nullptr,
                                  noise.mutable_data_ptr<scalar_t>(), key};
    sum_into<scalar_t>(layer, loc, log_scale, sample, nats, nullptr, nullptr);
  });
  return {z, nats, noise};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> draw_latent_with_gradient_cpu(
    const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts, Ints samplers,
    const std::optional<at::Generator>& generator) {
  const Layer layer = drawing_layer_of(loc, log_scale, kernels, counts, samplers);
  Tensor z = like(loc), nats = per_row(loc), noise = like(loc);
  Tensor d_loc = like(loc), d_log_scale = like(loc), scale = like(loc);
  const uint64_t key = key_from(generator);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "draw_latent", [&] {
    const Sample<scalar_t> sample{nullptr, z.mutable_data_ptr<scalar_t>(), 1, scale.mutable_data_ptr<scalar_t>(),
                                  noise.mutable_data_ptr<scalar_t>(), key};
    sum_into<scalar_t>(layer, loc, log_scale, sample, nats, d_loc.mutable_data_ptr<scalar_t>(),
                       d_log_scale.mutable_data_ptr<scalar_t>());
  });
  return {z, nats, noise, d_loc, d_log_scale, scale};
}

// The gradient of z and of nats, or of one of them; d_loc, d_log_scale and scale where the forward pass kept them.
std::tuple<Tensor, Tensor> layer_backward_cpu(const std::optional<Tensor>& grad_z, const std::optional<Tensor>& grad_nats,
                                              const Tensor& loc, const Tensor& log_scale,
                                              const std::optional<Tensor>& noise, const std::optional<Tensor>& d_loc,
                                              const std::optional<Tensor>& d_log_scale,
                                              const std::optional<Tensor>& scale, Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  TORCH_CHECK_VALUE(!grad_z || noise, "the gradient of a sample needs its noise");
  TORCH_CHECK_VALUE(d_loc.has_value() == d_log_scale.has_value() && (scale || !grad_z || !d_loc),
                    "both derivatives and the scale, or none");
  TORCH_CHECK_VALUE(!grad_nats || grad_nats->numel() * layer.latents == loc.numel(), "one gradient for each row");
  Tensor grad_loc = like(loc), grad_log_scale = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "layer_backward", [&] {
    Tensor rows, of_z, variates;  // alive as long as they are read
    const scalar_t* grad = nullptr;
    int64_t stride = 0;
    if (grad_nats && grad_nats->is_contiguous()) {
      grad = grad_nats->const_data_ptr<scalar_t>(), stride = 1;
    } else if (grad_nats) {
      const Rows<scalar_t> view(grad_nats->unsqueeze(-1));
      rows = view.owner, grad = view.data, stride = view.row_stride;
    }
    SampleGradient<scalar_t> sample;
    if (grad_z && loc.numel()) {
      of_z = grad_z->contiguous(), variates = checked_noise(loc, *noise);
      TORCH_CHECK_VALUE(of_z.sizes() == variates.sizes(), "the gradient of z has the shape ", of_z.sizes());
      sample = {of_z.const_data_ptr<scalar_t>(), variates.const_data_ptr<scalar_t>(), variates.numel() / loc.numel()};
    }
    if (d_loc) {
      check_alike(loc, *d_loc);
      check_alike(loc, *d_log_scale);
      if (grad_z) check_alike(loc, *scale);
      const Tensor of_loc = d_loc->contiguous(), of_log_scale = d_log_scale->contiguous();
      const Tensor kept = sample.samples ? scale->contiguous() : Tensor();
      sum_backward_kept_into<scalar_t>(layer, grad, stride, of_loc, of_log_scale, kept, sample, grad_loc, grad_log_scale);
    } else {
      sum_backward_into<scalar_t>(layer, grad, stride, loc, log_scale, sample, grad_loc, grad_log_scale);
    }
  });
  return {grad_loc, grad_log_scale};
}

RatioLayer ratio_layer_of(Ints posteriors, Ints priors, Ints counts) {
  TORCH_CHECK_VALUE(posteriors.size() == counts.size() && priors.size() == counts.size(), posteriors.size(),
                    " posteriors, ", priors.size(), " priors, ", counts.size(), " counts");
  RatioLayer layer;
  for (size_t i = 0; i < counts.size(); ++i) {
    TORCH_CHECK_VALUE(counts[i] > 0, "a segment has ", counts[i], " latents");
    for (const int64_t family : {posteriors[i], priors[i]}) {
      TORCH_CHECK_VALUE(family >= 0 && family < kFamilyCount, "there is no family ", family);
    }
    layer.segments.push_back({&kFamilies[posteriors[i]], &kFamilies[priors[i]], layer.latents, counts[i]});
    layer.latents += counts[i];
  }
  return layer;
}

void check_ratio(const RatioLayer& layer, const Tensor& z, const Tensor& loc, const Tensor& log_scale) {
  check_alike(loc, log_scale);
  TORCH_CHECK_VALUE(loc.dim() > 0 && loc.size(-1) == layer.latents, "the segments have ", layer.latents,
                    " latents, the operands the shape ", loc.sizes());
  checked_noise(loc, z);
}

Tensor log_ratio_cpu(const Tensor& z, const Tensor& loc, const Tensor& log_scale, Ints posteriors, Ints priors,
                     Ints counts) {
  const RatioLayer layer = ratio_layer_of(posteriors, priors, counts);
  check_ratio(layer, z, loc, log_scale);
  Tensor nats = per_row(z);
  if (nats.numel() == 0) return nats;
  const Tensor samples = z.contiguous();
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "log_ratio",
                             [&] { ratio_into<scalar_t>(layer, samples, loc, log_scale, nats); });
  return nats;
}

std::tuple<Tensor, Tensor, Tensor> log_ratio_backward_cpu(const Tensor& grad, const Tensor& z, const Tensor& loc,
                                                          const Tensor& log_scale, Ints posteriors, Ints priors,
                                                          Ints counts) {
  const RatioLayer layer = ratio_layer_of(posteriors, priors, counts);
  check_ratio(layer, z, loc, log_scale);
  TORCH_CHECK_VALUE(grad.numel() * layer.latents == z.numel(), "one gradient for each sample");
  Tensor grad_z = like(z), grad_loc = like(loc), grad_log_scale = like(loc);
  if (z.numel() == 0) return {grad_z, grad_loc.zero_(), grad_log_scale.zero_()};
  const Tensor samples = z.contiguous(), factors = grad.contiguous();
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "log_ratio_backward", [&] {
    ratio_backward_into<scalar_t>(layer, factors.const_data_ptr<scalar_t>(), samples, loc, log_scale, grad_z, grad_loc,
                                  grad_log_scale);
  });
  return {grad_z, grad_loc, grad_log_scale};
}

int64_t sampler_index(std::string_view family) {
  for (int64_t i = 0; i < kSamplerCount; ++i) {
    if (family == kSamplers[i].name) return i;
  }
  return -1;
}

Tensor variates_cpu(const Tensor& like_, c10::SymIntArrayRef size, Ints samplers, Ints counts,
                    const std::optional<at::Generator>& generator) {
  TORCH_CHECK_VALUE(samplers.size() == counts.size(), samplers.size(), " samplers, but ", counts.size(), " counts");
  std::vector<NoiseSegment> segments;
  int64_t width = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    TORCH_CHECK_VALUE(counts[i] > 0, "a segment has ", counts[i], " columns");
    segments.push_back({&sampler_at(samplers[i]), width, counts[i]});
    width += counts[i];
  }
  Tensor noise = at::empty_symint(size, like_.options().memory_format(c10::nullopt));
  TORCH_CHECK_VALUE(noise.dim() > 0 && noise.size(-1) == width, "the segments have ", width, " columns, the shape is ",
                    noise.sizes());
  const uint64_t key = key_from(generator);
  AT_DISPATCH_FLOATING_TYPES(noise.scalar_type(), "variates",
                             [&] { variates_into<scalar_t>(segments, width, key, noise); });
  return noise;
}

// ---------------------------------------------------------------- shapes alone

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

std::tuple<Tensor, Tensor, Tensor> divergence_sum_with_gradient_meta(const Tensor& loc, const Tensor&, Ints, Ints) {
  return {per_row(loc), like(loc), like(loc)};
}

std::tuple<Tensor, Tensor> latent_meta(const Tensor& loc, const Tensor&, const Tensor& noise, Ints, Ints) {
  return {like(noise), per_row(loc)};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> latent_with_gradient_meta(const Tensor& loc, const Tensor&,
                                                                             const Tensor& noise, Ints, Ints) {
  return {like(noise), per_row(loc), like(loc), like(loc), like(loc)};
}

std::tuple<Tensor, Tensor, Tensor> draw_latent_meta(const Tensor& loc, const Tensor&, Ints, Ints, Ints,
                                                    const std::optional<at::Generator>&) {
  return {like(loc), per_row(loc), like(loc)};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> draw_latent_with_gradient_meta(
    const Tensor& loc, const Tensor&, Ints, Ints, Ints, const std::optional<at::Generator>&) {
  return {like(loc), per_row(loc), like(loc), like(loc), like(loc), like(loc)};
}

std::tuple<Tensor, Tensor> layer_backward_meta(const std::optional<Tensor>&, const std::optional<Tensor>&,
                                               const Tensor& loc, const Tensor&, const std::optional<Tensor>&,
                                               const std::optional<Tensor>&, const std::optional<Tensor>&,
                                               const std::optional<Tensor>&, Ints, Ints) {
  return {like(loc), like(loc)};
}

// ---------------------------------------------------------------- differentiation

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
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::divergence_sum_with_gradient", "").typed<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, Ints, Ints)>();
  return handle;
}

const auto& latent_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::latent", "").typed<std::tuple<Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&, Ints, Ints)>();
  return handle;
}

const auto& latent_with_gradient_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::latent_with_gradient", "").typed<std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&, Ints, Ints)>();
  return handle;
}

const auto& draw_latent_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::draw_latent", "").typed<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, Ints, Ints, Ints, const std::optional<at::Generator>&)>();
  return handle;
}

const auto& draw_latent_with_gradient_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::draw_latent_with_gradient", "").typed<std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, Ints, Ints, Ints, const std::optional<at::Generator>&)>();
  return handle;
}

const auto& layer_backward_op() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("autovae::layer_backward", "").typed<std::tuple<Tensor, Tensor>(const std::optional<Tensor>&, const std::optional<Tensor>&, const Tensor&, const Tensor&, const std::optional<Tensor>&, const std::optional<Tensor>&, const std::optional<Tensor>&, const std::optional<Tensor>&, Ints, Ints)>();
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

variable_list layer_gradients(AutogradContext* ctx, const Tensor& grad_z, const Tensor& grad_nats) {
  // loc, log_scale, noise or none; derivatives and scale (or none) if they were kept
  const auto saved = ctx->get_saved_variables();
  const auto kernels = ctx->saved_data["kernels"].toIntVector(), counts = ctx->saved_data["counts"].toIntVector();
  const auto call = [&](const Tensor& d_loc, const Tensor& d_log_scale, const Tensor& scale) {
    return layer_backward_op().call(given(grad_z), given(grad_nats), saved[0], saved[1],
                                    grad_z.defined() ? given(saved[2]) : std::nullopt, given(d_loc),
                                    given(d_log_scale), given(scale), kernels, counts);
  };
  if (at::GradMode::is_enabled()) {
    auto [d_loc, d_log_scale] = call({}, {}, {});
    return {d_loc, d_log_scale};
  }
  at::AutoDispatchBelowADInplaceOrView below;
  const bool kept = saved.size() == 6;
  auto [d_loc, d_log_scale] =
      call(kept ? saved[3] : Tensor(), kept ? saved[4] : Tensor(), kept ? saved[5] : Tensor());
  return {d_loc, d_log_scale};
}

struct DivergenceSum : torch::autograd::Function<DivergenceSum> {
  static Tensor forward(AutogradContext* ctx, const Tensor& loc, const Tensor& log_scale,
                        const std::vector<int64_t>& kernels, const std::vector<int64_t>& counts) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["kernels"] = kernels;
    ctx->saved_data["counts"] = counts;
    if (!keeps_derivatives(kernels, counts, loc)) {
      ctx->save_for_backward({loc, log_scale, Tensor()});
      return divergence_sum_op().call(loc, log_scale, kernels, counts);
    }
    auto [nats, d_loc, d_log_scale] = divergence_sum_with_gradient_op().call(loc, log_scale, kernels, counts);
    ctx->save_for_backward({loc, log_scale, Tensor(), d_loc, d_log_scale, Tensor()});
    return nats;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    auto gradients = layer_gradients(ctx, {}, grads[0]);
    return {gradients[0], gradients[1], Tensor(), Tensor()};
  }
};

Tensor divergence_sum_autograd(const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts) {
  if (differentiates({loc, log_scale})) return DivergenceSum::apply(loc, log_scale, kernels.vec(), counts.vec());
  at::AutoDispatchBelowADInplaceOrView below;
  return divergence_sum_op().call(loc, log_scale, kernels, counts);
}

struct Latent : torch::autograd::Function<Latent> {
  static variable_list forward(AutogradContext* ctx, const Tensor& loc, const Tensor& log_scale, const Tensor& noise,
                               const std::vector<int64_t>& kernels, const std::vector<int64_t>& counts) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["kernels"] = kernels;
    ctx->saved_data["counts"] = counts;
    ctx->set_materialize_grads(false);
    if (!keeps_derivatives(kernels, counts, loc)) {
      ctx->save_for_backward({loc, log_scale, noise});
      auto [z, nats] = latent_op().call(loc, log_scale, noise, kernels, counts);
      return {z, nats};
    }
    auto [z, nats, d_loc, d_log_scale, scale] =
        latent_with_gradient_op().call(loc, log_scale, noise, kernels, counts);
    ctx->save_for_backward({loc, log_scale, noise, d_loc, d_log_scale, scale});
    return {z, nats};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!grads[0].defined() && !grads[1].defined()) return {Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
    auto gradients = layer_gradients(ctx, grads[0], grads[1]);
    return {gradients[0], gradients[1], Tensor(), Tensor(), Tensor()};
  }
};

std::tuple<Tensor, Tensor> latent_autograd(const Tensor& loc, const Tensor& log_scale, const Tensor& noise,
                                           Ints kernels, Ints counts) {
  TORCH_CHECK_VALUE(!noise.requires_grad(), "the noise of a sample has no gradient here");
  if (differentiates({loc, log_scale})) {
    auto both = Latent::apply(loc, log_scale, noise, kernels.vec(), counts.vec());
    return {both[0], both[1]};
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return latent_op().call(loc, log_scale, noise, kernels, counts);
}

// The same with noise of its own, which is the third result.
struct DrawLatent : torch::autograd::Function<DrawLatent> {
  static variable_list forward(AutogradContext* ctx, const Tensor& loc, const Tensor& log_scale,
                               const std::vector<int64_t>& kernels, const std::vector<int64_t>& counts,
                               const std::vector<int64_t>& samplers, const std::optional<at::Generator>& generator) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["kernels"] = kernels;
    ctx->saved_data["counts"] = counts;
    ctx->set_materialize_grads(false);
    Tensor z, nats, noise, d_loc, d_log_scale, scale;
    if (keeps_derivatives(kernels, counts, loc)) {
      std::tie(z, nats, noise, d_loc, d_log_scale, scale) =
          draw_latent_with_gradient_op().call(loc, log_scale, kernels, counts, samplers, generator);
      ctx->save_for_backward({loc, log_scale, noise, d_loc, d_log_scale, scale});
    } else {
      std::tie(z, nats, noise) = draw_latent_op().call(loc, log_scale, kernels, counts, samplers, generator);
      ctx->save_for_backward({loc, log_scale, noise});
    }
    ctx->mark_non_differentiable({noise});
    return {z, nats, noise};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!grads[0].defined() && !grads[1].defined()) return variable_list(6);
    auto gradients = layer_gradients(ctx, grads[0], grads[1]);
    return {gradients[0], gradients[1], Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

std::tuple<Tensor, Tensor, Tensor> draw_latent_autograd(const Tensor& loc, const Tensor& log_scale, Ints kernels,
                                                        Ints counts, Ints samplers,
                                                        const std::optional<at::Generator>& generator) {
  if (differentiates({loc, log_scale})) {
    auto all = DrawLatent::apply(loc, log_scale, kernels.vec(), counts.vec(), samplers.vec(), generator);
    return {all[0], all[1], all[2]};
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

TORCH_LIBRARY(autovae, m) {
  m.def("kernel(str name) -> int", kernel_index);
  m.def("kernel_name(int kernel) -> str", kernel_name);
  m.def("family(str name) -> int", family_index);
  m.def("family_name(int family) -> str", family_name);
  m.def("sampler(str family) -> int", sampler_index);
  m.def("divergence(Tensor loc, Tensor log_scale, int kernel) -> Tensor", {at::Tag::pt2_compliant_tag});
  m.def("divergence_with_gradient(Tensor loc, Tensor log_scale, int kernel) -> (Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("divergence_backward(Tensor grad, Tensor loc, Tensor log_scale, Tensor? d_loc, Tensor? d_log_scale, int kernel) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("divergence_sum(Tensor loc, Tensor log_scale, int[] kernels, int[] counts) -> Tensor", {at::Tag::pt2_compliant_tag});
  m.def("divergence_sum_with_gradient(Tensor loc, Tensor log_scale, int[] kernels, int[] counts) -> (Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("latent(Tensor loc, Tensor log_scale, Tensor noise, int[] kernels, int[] counts) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("latent_with_gradient(Tensor loc, Tensor log_scale, Tensor noise, int[] kernels, int[] counts) -> (Tensor, Tensor, Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("draw_latent(Tensor loc, Tensor log_scale, int[] kernels, int[] counts, int[] samplers, Generator? generator) -> (Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag, at::Tag::nondeterministic_seeded});
  m.def("draw_latent_with_gradient(Tensor loc, Tensor log_scale, int[] kernels, int[] counts, int[] samplers, Generator? generator) -> (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag, at::Tag::nondeterministic_seeded});
  m.def("layer_backward(Tensor? grad_z, Tensor? grad_nats, Tensor loc, Tensor log_scale, Tensor? noise, Tensor? d_loc, Tensor? d_log_scale, Tensor? scale, int[] kernels, int[] counts) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("log_ratio(Tensor z, Tensor loc, Tensor log_scale, int[] posteriors, int[] priors, int[] counts) -> Tensor", {at::Tag::pt2_compliant_tag});
  m.def("log_ratio_backward(Tensor grad, Tensor z, Tensor loc, Tensor log_scale, int[] posteriors, int[] priors, int[] counts) -> (Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("variates(Tensor like, SymInt[] size, int[] samplers, int[] counts, Generator? generator) -> Tensor", {at::Tag::pt2_compliant_tag, at::Tag::nondeterministic_seeded});
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) {
  m.impl("divergence", divergence_cpu);
  m.impl("divergence_with_gradient", divergence_with_gradient_cpu);
  m.impl("divergence_backward", divergence_backward_cpu);
  m.impl("divergence_sum", divergence_sum_cpu);
  m.impl("divergence_sum_with_gradient", divergence_sum_with_gradient_cpu);
  m.impl("latent", latent_cpu);
  m.impl("latent_with_gradient", latent_with_gradient_cpu);
  m.impl("draw_latent", draw_latent_cpu);
  m.impl("draw_latent_with_gradient", draw_latent_with_gradient_cpu);
  m.impl("layer_backward", layer_backward_cpu);
  m.impl("log_ratio", log_ratio_cpu);
  m.impl("log_ratio_backward", log_ratio_backward_cpu);
  m.impl("variates", variates_cpu);
}

TORCH_LIBRARY_IMPL(autovae, Meta, m) {
  m.impl("divergence", divergence_meta);
  m.impl("divergence_with_gradient", divergence_with_gradient_meta);
  m.impl("divergence_backward", divergence_backward_meta);
  m.impl("divergence_sum", divergence_sum_meta);
  m.impl("divergence_sum_with_gradient", divergence_sum_with_gradient_meta);
  m.impl("latent", latent_meta);
  m.impl("latent_with_gradient", latent_with_gradient_meta);
  m.impl("draw_latent", draw_latent_meta);
  m.impl("draw_latent_with_gradient", draw_latent_with_gradient_meta);
  m.impl("layer_backward", layer_backward_meta);
  m.impl("log_ratio", log_ratio_meta);
  m.impl("log_ratio_backward", log_ratio_backward_meta);
  m.impl("variates", variates_meta);
}

TORCH_LIBRARY_IMPL(autovae, Autograd, m) {
  m.impl("divergence", divergence_autograd);
  m.impl("divergence_sum", divergence_sum_autograd);
  m.impl("latent", latent_autograd);
  m.impl("draw_latent", draw_latent_autograd);
  m.impl("log_ratio", log_ratio_autograd);
  m.impl("variates", torch::CppFunction::makeFallthrough());
}

}  // namespace autovae
