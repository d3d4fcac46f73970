// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Kernels, families and samplers by their names and indices, and the layers that lists of indices describe. Included by
// library.cpp alone.
#pragma once

#include <string>

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

int64_t sampler_index(std::string_view family) {
  for (int64_t i = 0; i < kSamplerCount; ++i) {
    if (family == kSamplers[i].name) return i;
  }
  return -1;
}

const Sampler& sampler_at(int64_t index) {
  TORCH_CHECK_VALUE(index >= 0 && index < kSamplerCount, "there is no sampler ", index);
  return kSamplers[index];
}

// With samplers, or with none.
Layer layer_of(Ints kernels, Ints counts, Ints samplers = {}) {
  TORCH_CHECK_VALUE(kernels.size() == counts.size(), kernels.size(), " kernels, but ", counts.size(), " counts");
  TORCH_CHECK_VALUE(samplers.empty() || samplers.size() == counts.size(), samplers.size(), " samplers, but ",
                    counts.size(), " counts");
  Layer layer;
  for (size_t i = 0; i < kernels.size(); ++i) {
    TORCH_CHECK_VALUE(counts[i] > 0, "a segment has ", counts[i], " latents");
    layer.add(kernel_at(kernels[i]), counts[i], samplers.empty() ? nullptr : &sampler_at(samplers[i]));
  }
  return layer;
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

}  // namespace
}  // namespace autovae
