// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// The operators on the CPU. Included by library.cpp alone.
#pragma once

#include <ATen/Dispatch.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <tuple>

#include "lookup.h"

namespace autovae {
namespace {

void check_alike(const Tensor& loc, const Tensor& log_scale) {
  TORCH_CHECK_VALUE(loc.sym_sizes() == log_scale.sym_sizes() && loc.scalar_type() == log_scale.scalar_type(),
                    "loc and log_scale need one shape and one dtype");
}

Tensor like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options().memory_format(c10::nullopt)); }

// Tensors like one, stacked.
Tensor stacked(const Tensor& x, int64_t count) {
  std::vector<c10::SymInt> size{count};
  for (const c10::SymInt& n : x.sym_sizes()) size.push_back(n);
  return at::empty_symint(size, x.options().memory_format(c10::nullopt));
}

Tensor per_row(const Tensor& x) {
  TORCH_CHECK_VALUE(x.dim() > 0, "a layer needs a dimension of latents");
  return at::empty_symint(x.sym_sizes().slice(0, x.dim() - 1), x.options());
}

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

// Derivatives with respect to loc and log_scale, stacked; none unless they are kept.
Tensor derivatives(const Tensor& loc, bool keep) { return stacked(loc, keep ? 2 : 0); }

Tensor divergence_sum_cpu(const Tensor& loc, const Tensor& log_scale, Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  Tensor nats = per_row(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence_sum",
                             [&] { sum_into<scalar_t>(layer, loc, log_scale, {}, nats, {}); });
  return nats;
}

std::tuple<Tensor, Tensor> divergence_sum_with_gradient_cpu(const Tensor& loc, const Tensor& log_scale, Ints kernels,
                                                            Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  check_layer(layer, loc, log_scale);
  Tensor nats = per_row(loc), kept = derivatives(loc, true);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "divergence_sum",
                             [&] { sum_into<scalar_t>(layer, loc, log_scale, {}, nats, kept); });
  return {nats, kept};
}

// The noise has the shape of the sample, (*samples, *loc.shape).
Tensor checked_noise(const Tensor& loc, const Tensor& noise) {
  const auto sizes = noise.sizes();
  TORCH_CHECK_VALUE(noise.scalar_type() == loc.scalar_type() && sizes.size() >= loc.sizes().size() &&
                        sizes.slice(sizes.size() - loc.sizes().size()) == loc.sizes(),
                    "noise of shape ", sizes, " does not go with a layer of shape ", loc.sizes());
  return noise.contiguous();
}

// Sample and divergence with noise that is given, or that the key draws; offset, if defined, and derivatives as wanted.
void latent_into(const Layer& layer, const Tensor& loc, const Tensor& log_scale, const Tensor& noise, uint64_t key,
                 Tensor& z, Tensor& nats, const Tensor& offset, const Tensor& kept) {
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "latent", [&] {
    Sample<scalar_t> sample;
    sample.z = z.mutable_data_ptr<scalar_t>();
    sample.samples = loc.numel() ? z.numel() / loc.numel() : 0;
    if (noise.defined()) sample.noise = noise.const_data_ptr<scalar_t>();
    if (offset.defined()) sample.offset = offset.mutable_data_ptr<scalar_t>();
    sample.key = key;
    sum_into<scalar_t>(layer, loc, log_scale, sample, nats, kept);
  });
}

// Half of the columns of a matrix, the first or the second, where they are; read and written while the matrix is there.
Tensor half(const Tensor& matrix, int64_t which) {
  auto sizes = matrix.sizes().vec();
  TORCH_CHECK_VALUE(!sizes.empty() && sizes.back() % 2 == 0,
                    "a location and a log scale for each latent: an even number of columns, not the shape ", sizes);
  sizes.back() /= 2;
  auto* start = static_cast<char*>(const_cast<void*>(matrix.const_data_ptr()));
  if (start) start += which * sizes.back() * matrix.stride(-1) * matrix.element_size();
  return at::from_blob(start, sizes, matrix.strides(), matrix.options());
}

std::tuple<Tensor, Tensor> halves(const Tensor& matrix) { return {half(matrix, 0), half(matrix, 1)}; }

// The operands of a latent layer: loc and log_scale, or one matrix that has both.
std::tuple<Tensor, Tensor> layer_operands(const Tensor& loc, const std::optional<Tensor>& log_scale) {
  return log_scale ? std::make_tuple(loc, *log_scale) : halves(loc);
}

std::tuple<Tensor, Tensor> latent_cpu(const Tensor& loc_, const std::optional<Tensor>& log_scale_, const Tensor& noise,
                                      Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  const auto [loc, log_scale] = layer_operands(loc_, log_scale_);
  check_layer(layer, loc, log_scale);
  const Tensor variates = checked_noise(loc, noise);
  Tensor z = like(noise), nats = per_row(loc);
  latent_into(layer, loc, log_scale, variates, 0, z, nats, {}, {});
  return {z, nats};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> latent_with_gradient_cpu(const Tensor& loc_,
                                                                    const std::optional<Tensor>& log_scale_,
                                                                    const Tensor& noise, Ints kernels, Ints counts,
                                                                    bool keep) {
  const Layer layer = layer_of(kernels, counts);
  const auto [loc, log_scale] = layer_operands(loc_, log_scale_);
  check_layer(layer, loc, log_scale);
  const Tensor variates = checked_noise(loc, noise);
  Tensor z = like(noise), nats = per_row(loc), offset = like(noise), kept = derivatives(loc, keep);
  latent_into(layer, loc, log_scale, variates, 0, z, nats, offset, kept);
  return {z, nats, offset, kept};
}

std::tuple<Tensor, Tensor> draw_latent_cpu(const Tensor& loc_, const std::optional<Tensor>& log_scale_, Ints kernels,
                                           Ints counts, Ints samplers, const std::optional<at::Generator>& generator) {
  const Layer layer = layer_of(kernels, counts, samplers);
  const auto [loc, log_scale] = layer_operands(loc_, log_scale_);
  check_layer(layer, loc, log_scale);
  Tensor z = like(loc), nats = per_row(loc);
  latent_into(layer, loc, log_scale, {}, key_from(generator), z, nats, {}, {});
  return {z, nats};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> draw_latent_with_gradient_cpu(
    const Tensor& loc_, const std::optional<Tensor>& log_scale_, Ints kernels, Ints counts, Ints samplers,
    const std::optional<at::Generator>& generator, bool keep) {
  const Layer layer = layer_of(kernels, counts, samplers);
  const auto [loc, log_scale] = layer_operands(loc_, log_scale_);
  check_layer(layer, loc, log_scale);
  Tensor z = like(loc), nats = per_row(loc), offset = like(loc), kept = derivatives(loc, keep);
  latent_into(layer, loc, log_scale, {}, key_from(generator), z, nats, offset, kept);
  return {z, nats, offset, kept};
}

// The gradient of z and of nats, or of one of them, from the sample's offset and the derivatives that the forward pass
// kept, or without these; written to grad_loc and grad_log_scale, contiguous or halves of one contiguous matrix.
void layer_backward_into(const std::optional<Tensor>& grad_z, const std::optional<Tensor>& grad_nats, const Tensor& loc,
                         const Tensor& log_scale, const std::optional<Tensor>& offset, const std::optional<Tensor>& kept,
                         const Layer& layer, const Tensor& grad_loc, const Tensor& grad_log_scale, int64_t stride) {
  check_layer(layer, loc, log_scale);
  TORCH_CHECK_VALUE(!grad_z || offset, "the gradient of a sample needs its offset");
  TORCH_CHECK_VALUE(!grad_nats || grad_nats->numel() * layer.latents == loc.numel(), "one gradient for each row");
  const bool keeps = kept && kept->numel();
  TORCH_CHECK_VALUE(!keeps || (kept->numel() == 2 * loc.numel() && kept->scalar_type() == loc.scalar_type()),
                    "derivatives of shape ", kept->sizes(), " do not go with a layer of shape ", loc.sizes());
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "layer_backward", [&] {
    Tensor rows, of_z, offsets, slopes;  // alive as long as they are read
    const scalar_t* grad = nullptr;
    int64_t grad_stride = 0;
    if (grad_nats && grad_nats->is_contiguous()) {
      grad = grad_nats->const_data_ptr<scalar_t>(), grad_stride = 1;
    } else if (grad_nats) {
      const Rows<scalar_t> view(grad_nats->unsqueeze(-1));
      rows = view.owner, grad = view.data, grad_stride = view.row_stride;
    }
    SampleGradient<scalar_t> sample;
    if (grad_z && loc.numel()) {
      of_z = grad_z->contiguous(), offsets = checked_noise(loc, *offset);
      TORCH_CHECK_VALUE(of_z.sizes() == offsets.sizes(), "the gradient of z has the shape ", of_z.sizes());
      sample = {of_z.const_data_ptr<scalar_t>(), offsets.const_data_ptr<scalar_t>(), offsets.numel() / loc.numel()};
    }
    const Gradients<scalar_t> to{grad_loc.mutable_data_ptr<scalar_t>(), grad_log_scale.mutable_data_ptr<scalar_t>(),
                                 loc.numel() / std::max<int64_t>(1, layer.latents), stride};
    if (keeps) {
      slopes = kept->contiguous();
      sum_backward_kept_into<scalar_t>(layer, grad, grad_stride, slopes.const_data_ptr<scalar_t>(), sample, to);
    } else {
      sum_backward_into<scalar_t>(layer, grad, grad_stride, loc, log_scale, sample, to);
    }
  });
}

std::tuple<Tensor, Tensor> layer_backward_cpu(const std::optional<Tensor>& grad_z, const std::optional<Tensor>& grad_nats,
                                              const Tensor& loc, const Tensor& log_scale,
                                              const std::optional<Tensor>& offset, const std::optional<Tensor>& kept,
                                              Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  Tensor grad_loc = like(loc), grad_log_scale = like(loc);
  layer_backward_into(grad_z, grad_nats, loc, log_scale, offset, kept, layer, grad_loc, grad_log_scale, layer.latents);
  return {grad_loc, grad_log_scale};
}

Tensor layer_backward_packed_cpu(const std::optional<Tensor>& grad_z, const std::optional<Tensor>& grad_nats,
                                 const Tensor& parameters, const std::optional<Tensor>& offset,
                                 const std::optional<Tensor>& kept, Ints kernels, Ints counts) {
  const Layer layer = layer_of(kernels, counts);
  const Tensor grad = like(parameters);
  const auto [loc, log_scale] = halves(parameters);
  const auto [grad_loc, grad_log_scale] = halves(grad);
  layer_backward_into(grad_z, grad_nats, loc, log_scale, offset, kept, layer, grad_loc, grad_log_scale,
                      2 * layer.latents);
  return grad;
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

}  // namespace
}  // namespace autovae
