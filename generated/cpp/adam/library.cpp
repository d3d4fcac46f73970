// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
// The operator autovae::adam_: a step of Adam (Kingma & Ba 2015) over all weights in one pass.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace autovae {
namespace {

using at::Tensor;
using at::TensorList;

constexpr int64_t kPerTask = 16384;  // fewer numbers than these are not worth a thread

struct Rates {
  double rate, beta1, beta2, epsilon;
};

// Of one weight: its numbers, and the factors of this step.
template <typename T>
struct Weight {
  T *numbers, *first, *second;
  const T* gradient;
  int64_t begin, end;  // among the numbers of all weights
  T step, root;        // the rate over the first moment's bias; one over the root of the second's
};

template <typename T>
void move(const Weight<T>& weight, const Rates& rates, int64_t begin, int64_t end) {
  T *__restrict w = weight.numbers, *__restrict m = weight.first, *__restrict v = weight.second;
  const T* __restrict g = weight.gradient;
  const T keep1 = T(rates.beta1), add1 = T(1 - rates.beta1), keep2 = T(rates.beta2), add2 = T(1 - rates.beta2);
  const T epsilon = T(rates.epsilon), step = weight.step, root = weight.root;
  for (int64_t i = begin; i < end; ++i) {
    m[i] = keep1 * m[i] + add1 * g[i];
    v[i] = keep2 * v[i] + add2 * g[i] * g[i];
    w[i] -= step * m[i] / (std::sqrt(v[i]) * root + epsilon);
  }
}

template <typename T>
void adam_of(TensorList weights, TensorList gradients, TensorList first, TensorList second, TensorList steps,
             const Rates& rates) {
  std::vector<Weight<T>> all;
  int64_t total = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double done = *steps[i].mutable_data_ptr<float>() += 1;
    const int64_t n = weights[i].numel();
    all.push_back({weights[i].mutable_data_ptr<T>(), first[i].mutable_data_ptr<T>(), second[i].mutable_data_ptr<T>(),
                   gradients[i].const_data_ptr<T>(), total, total + n,
                   T(rates.rate / (1 - std::pow(rates.beta1, done))), T(1 / std::sqrt(1 - std::pow(rates.beta2, done)))});
    total += n;
  }
  at::parallel_for(0, total, kPerTask, [&](int64_t begin, int64_t end) {
    for (const Weight<T>& each : all) {
      move(each, rates, std::max(begin, each.begin) - each.begin, std::min(end, each.end) - each.begin);
    }
  });
  for (size_t i = 0; i < weights.size(); ++i) {
    for (const Tensor& t : {weights[i], first[i], second[i], steps[i]}) t.unsafeGetTensorImpl()->bump_version();
  }
}

// Whether the numbers of two tensors correspond in memory.
bool alike(const Tensor& a, const Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.is_contiguous() && b.is_contiguous();
}

bool adam(TensorList weights, TensorList gradients, TensorList first, TensorList second, TensorList steps, double rate,
          double beta1, double beta2, double epsilon) {
  const size_t count = weights.size();
  TORCH_CHECK_VALUE(gradients.size() == count && first.size() == count && second.size() == count && steps.size() == count,
                    "a gradient, two moments and a number of steps for each weight");
  if (count == 0) return true;
  const auto type = weights[0].scalar_type();
  if (type != at::kFloat && type != at::kDouble) return false;
  for (size_t i = 0; i < count; ++i) {
    if (weights[i].scalar_type() != type || !alike(weights[i], gradients[i]) || !alike(weights[i], first[i]) ||
        !alike(weights[i], second[i]) || steps[i].scalar_type() != at::kFloat || steps[i].numel() != 1) {
      return false;
    }
  }
  const Rates rates{rate, beta1, beta2, epsilon};
  type == at::kFloat ? adam_of<float>(weights, gradients, first, second, steps, rates)
                     : adam_of<double>(weights, gradients, first, second, steps, rates);
  return true;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(autovae, m) {
  // Returns false, and does nothing, where the tensors are of other types, or not contiguous.
  m.def(
      "adam_(Tensor(a!)[] weights, Tensor[] gradients, Tensor(b!)[] first, Tensor(c!)[] second, Tensor(d!)[] steps, "
      "float rate, float beta1, float beta2, float epsilon) -> bool");
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) { m.impl("adam_", adam); }

}  // namespace autovae
