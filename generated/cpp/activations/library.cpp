// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
// The operators autovae::activate_ and autovae::activate_backward_: activations between a network's matrix products.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "kernels.h"

namespace autovae {
namespace {

using at::Tensor;

constexpr int64_t kPiece = 1024;    // numbers converted at once: a few of them fill the first-level cache
constexpr int64_t kPerTask = 8192;  // fewer numbers than these are not worth a thread
constexpr int64_t kRows = 32;       // whose gradients are summed at once, whatever the number of threads

int64_t activation_index(std::string_view name) {
  for (int64_t i = 0; i < kActivationCount; ++i) {
    if (name == kActivations[i].name) return i;
  }
  return -1;
}

void run(const ActivationKernel& kernel, const float* x, float* values, float* slopes, int64_t n) {
  kernel.of_float(x, values, slopes, n);
}

void run(const ActivationKernel& kernel, const double* x, double* values, double* slopes, int64_t n) {
  kernel.of_double(x, values, slopes, n);
}

// bfloat16 is computed in float32.
void run(const ActivationKernel& kernel, const c10::BFloat16* x, c10::BFloat16* values, c10::BFloat16* slopes,
         int64_t n) {
  float buffer[kPiece], found[kPiece];
  for (int64_t first = 0; first < n; first += kPiece) {
    const int64_t count = std::min(kPiece, n - first);
    for (int64_t i = 0; i < count; ++i) buffer[i] = x[first + i];
    kernel.of_float(buffer, found, buffer, count);
    for (int64_t i = 0; i < count; ++i) values[first + i] = found[i];
    for (int64_t i = 0; i < count; ++i) slopes[first + i] = buffer[i];
  }
}

// Calls f with a number of the tensor's type.
template <typename F>
void with_type(const Tensor& x, F f) {
  switch (x.scalar_type()) {
    case at::kDouble: return f(double());
    case at::kFloat: return f(float());
    case at::kBFloat16: return f(c10::BFloat16());
    default: TORCH_CHECK_VALUE(false, "activations are of float64, float32 or bfloat16, not ", x.scalar_type());
  }
}

Tensor activate(Tensor& x, int64_t activation) {
  TORCH_CHECK_VALUE(activation >= 0 && activation < kActivationCount, "there is no activation ", activation);
  TORCH_CHECK_VALUE(x.is_contiguous(), "arguments of an activation lie next to each other in memory");
  Tensor values = at::empty_like(x);
  with_type(x, [&]<typename S>(S) {
    S *from = x.mutable_data_ptr<S>(), *to = values.mutable_data_ptr<S>();
    at::parallel_for(0, x.numel(), kPerTask, [&](int64_t begin, int64_t end) {
      run(kActivations[activation], from + begin, to + begin, from + begin, end - begin);
    });
  });
  return values;
}

Tensor activate_backward(Tensor& grad, const Tensor& slopes) {
  TORCH_CHECK_VALUE(grad.dim() == 2 && grad.sizes() == slopes.sizes() && grad.scalar_type() == slopes.scalar_type() &&
                        grad.is_contiguous() && slopes.is_contiguous(),
                    "gradients and derivatives are matrices of one shape and type, contiguous");
  const int64_t rows = grad.size(0), columns = grad.size(1), blocks = (rows + kRows - 1) / kRows;
  Tensor bias = at::empty({columns}, grad.options().dtype(grad.scalar_type() == at::kDouble ? at::kDouble : at::kFloat));
  with_type(grad, [&]<typename S>(S) {
    using T = std::conditional_t<std::is_same_v<S, double>, double, float>;
    S* g = grad.mutable_data_ptr<S>();
    const S* d = slopes.const_data_ptr<S>();
    std::vector<T> sums(blocks * columns);
    at::parallel_for(0, blocks, std::max<int64_t>(1, kPerTask / (kRows * columns + 1)), [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; ++block) {
        T* sum = sums.data() + block * columns;
        for (int64_t row = block * kRows; row < std::min(rows, (block + 1) * kRows); ++row) {
          S* to = g + row * columns;
          const S* slope = d + row * columns;
          for (int64_t i = 0; i < columns; ++i) {
            const T product = static_cast<T>(to[i]) * static_cast<T>(slope[i]);
            to[i] = static_cast<S>(product);
            sum[i] += product;
          }
        }
      }
    });
    T* total = bias.mutable_data_ptr<T>();
    std::fill_n(total, columns, T(0));
    for (int64_t block = 0; block < blocks; ++block) {
      for (int64_t i = 0; i < columns; ++i) total[i] += sums[block * columns + i];
    }
  });
  return bias;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(autovae, m) {
  m.def("activation(str name) -> int", activation_index);
  // Returns the values and leaves the derivatives in place of the arguments.
  m.def("activate_(Tensor(a!) x, int activation) -> Tensor");
  // Multiplies a gradient (n, units) by the derivatives and returns its sum over the rows, the biases' gradient.
  m.def("activate_backward_(Tensor(a!) grad, Tensor slopes) -> Tensor");
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) {
  m.impl("activate_", activate);
  m.impl("activate_backward_", activate_backward);
}

}  // namespace autovae
