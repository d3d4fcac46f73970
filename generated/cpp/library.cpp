// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// The library of the C++ backend: autovae::divergence, divergence_sum, latent, draw_latent, log_ratio and variates.
#include <torch/library.h>

#include "autograd.h"
#include "operators.h"
#include "shapes.h"

namespace autovae {

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
  m.def("divergence_sum_with_gradient(Tensor loc, Tensor log_scale, int[] kernels, int[] counts) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("latent(Tensor loc, Tensor? log_scale, Tensor noise, int[] kernels, int[] counts) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("latent_with_gradient(Tensor loc, Tensor? log_scale, Tensor noise, int[] kernels, int[] counts, bool keep) -> (Tensor, Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("draw_latent(Tensor loc, Tensor? log_scale, int[] kernels, int[] counts, int[] samplers, Generator? generator) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag, at::Tag::nondeterministic_seeded});
  m.def("draw_latent_with_gradient(Tensor loc, Tensor? log_scale, int[] kernels, int[] counts, int[] samplers, Generator? generator, bool keep) -> (Tensor, Tensor, Tensor, Tensor)", {at::Tag::pt2_compliant_tag, at::Tag::nondeterministic_seeded});
  m.def("layer_backward(Tensor? grad_z, Tensor? grad_nats, Tensor loc, Tensor log_scale, Tensor? offset, Tensor? kept, int[] kernels, int[] counts) -> (Tensor, Tensor)", {at::Tag::pt2_compliant_tag});
  m.def("layer_backward_packed(Tensor? grad_z, Tensor? grad_nats, Tensor parameters, Tensor? offset, Tensor? kept, int[] kernels, int[] counts) -> Tensor", {at::Tag::pt2_compliant_tag});
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
  m.impl("layer_backward_packed", layer_backward_packed_cpu);
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
  m.impl("layer_backward_packed", layer_backward_packed_meta);
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
