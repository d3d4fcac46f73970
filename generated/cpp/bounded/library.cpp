// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
// The operator autovae::bounded: outputs of an encoder mapped smoothly onto intervals, in one pass each way.
#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/div.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "../activations/kernels.h"
#include "../precision.h"

namespace autovae {
namespace {

using at::Tensor;
using at::TensorList;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kPerTask = 16384;  // fewer numbers than these are not worth a thread

const ActivationKernel& hyperbolic_tangent() {
  for (int64_t i = 0; i < kActivationCount; ++i) {
    if (std::string_view(kActivations[i].name) == "tanh") return kActivations[i];
  }
  TORCH_INTERNAL_ASSERT(false, "tanh is missing");
}

void check(const Tensor& x, TensorList limits) {
  TORCH_CHECK_VALUE(x.dim() > 0 && x.size(-1) % 2 == 0, "an even number of columns, not ", x.sizes());
  for (const Tensor& each : limits) {
    TORCH_CHECK_VALUE(each.dim() == 1 && each.size(0) == x.size(-1) && each.is_contiguous() &&
                          each.scalar_type() == x.scalar_type(),
                      "centre and reach of each column, of the type of x");
  }
  TORCH_CHECK_VALUE(x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble, "float32 or float64");
}

// centre + reach tanh(x / reach), the columns' first half and second half, and the derivatives.
template <typename T>
void bounded_rows(const Tensor& x, const Tensor& centre, const Tensor& up, const Tensor& down, Tensor& low, Tensor& high,
                  Tensor& slopes) {
  const int64_t columns = x.size(-1), half = columns / 2, rows = columns ? x.numel() / columns : 0;
  const T *from = x.const_data_ptr<T>(), *c = centre.const_data_ptr<T>();
  const T *above = up.const_data_ptr<T>(), *below = down.const_data_ptr<T>();
  T *first = low.mutable_data_ptr<T>(), *second = high.mutable_data_ptr<T>(), *slope = slopes.mutable_data_ptr<T>();
  const auto tanh = functions<T>(hyperbolic_tangent());
  at::parallel_for(0, rows, std::max<int64_t>(1, kPerTask / (columns + 1)), [&](int64_t begin, int64_t end) {
    std::vector<T> scaled(columns), values(columns);
    for (int64_t row = begin; row < end; ++row) {
      const T* at = from + row * columns;
      for (int64_t i = 0; i < columns; ++i) scaled[i] = at[i] / (at[i] > 0 ? above[i] : below[i]);
      tanh(scaled.data(), values.data(), slope + row * columns, columns);
      for (int64_t i = 0; i < columns; ++i) values[i] = c[i] + (at[i] > 0 ? above[i] : below[i]) * values[i];
      std::copy_n(values.data(), half, first + row * half);
      std::copy_n(values.data() + half, half, second + row * half);
    }
  });
}

struct Halves {
  Tensor low, high, slopes;
};

Halves bounded_with_slopes(const Tensor& x, const Tensor& centre, const Tensor& up, const Tensor& down) {
  std::vector<int64_t> shape = x.sizes().vec();
  shape.back() /= 2;
  Halves found{at::empty(shape, x.options()), at::empty(shape, x.options()), at::empty(x.sizes(), x.options())};
  const Tensor together = x.contiguous();
  if (x.scalar_type() == at::kFloat) {
    bounded_rows<float>(together, centre, up, down, found.low, found.high, found.slopes);
  } else {
    bounded_rows<double>(together, centre, up, down, found.low, found.high, found.slopes);
  }
  return found;
}

template <typename T>
void backward_rows(const Tensor& low, const Tensor& high, const Tensor& slopes, Tensor& gradient) {
  const int64_t columns = slopes.size(-1), half = columns / 2, rows = columns ? slopes.numel() / columns : 0;
  const T *a = low.const_data_ptr<T>(), *b = high.const_data_ptr<T>(), *slope = slopes.const_data_ptr<T>();
  T* to = gradient.mutable_data_ptr<T>();
  at::parallel_for(0, rows, std::max<int64_t>(1, kPerTask / (columns + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t i = 0; i < half; ++i) to[row * columns + i] = a[row * half + i] * slope[row * columns + i];
      for (int64_t i = half; i < columns; ++i) {
        to[row * columns + i] = b[row * half + i - half] * slope[row * columns + i];
      }
    }
  });
}

struct Bounded : torch::autograd::Function<Bounded> {
  static variable_list forward(AutogradContext* ctx, const Tensor& x, const Tensor& centre, const Tensor& up,
                               const Tensor& down) {
    at::AutoDispatchBelowADInplaceOrView below;
    const Halves found = bounded_with_slopes(x, centre, up, down);
    ctx->save_for_backward({x, centre, up, down, found.slopes});
    return {found.low, found.high};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const Tensor& x = saved[0];
    if (at::GradMode::is_enabled() || !grads[0].key_set().has(c10::DispatchKey::CPU) ||
        !grads[1].key_set().has(c10::DispatchKey::CPU)) {
      return {by_operations(x, saved[1], saved[2], saved[3], grads), Tensor(), Tensor(), Tensor()};
    }
    at::AutoDispatchBelowADInplaceOrView below;
    const Tensor low = grads[0].contiguous(), high = grads[1].contiguous();
    Tensor gradient = at::empty(x.sizes(), x.options());
    x.scalar_type() == at::kFloat ? backward_rows<float>(low, high, saved[4], gradient)
                                  : backward_rows<double>(low, high, saved[4], gradient);
    return {gradient, Tensor(), Tensor(), Tensor()};
  }

  // The same gradient by operations of Torch: one to be differentiated, or a batch of gradients.
  static Tensor by_operations(const Tensor& x, const Tensor& centre, const Tensor& up, const Tensor& down,
                              const variable_list& grads) {
    const bool differentiated = at::GradMode::is_enabled();
    at::AutoGradMode recorded(true);
    const Tensor reach = at::where(at::gt(x, 0), up, down);
    const variable_list halves = at::addcmul(centre, reach, at::tanh(at::div(x, reach))).chunk(2, -1);
    return torch::autograd::grad(halves, {x}, grads, std::nullopt, differentiated)[0];
  }
};

std::tuple<Tensor, Tensor> bounded_cpu(const Tensor& x, const Tensor& centre, const Tensor& up, const Tensor& down) {
  check(x, {centre, up, down});
  const Halves found = bounded_with_slopes(x, centre, up, down);
  return {found.low, found.high};
}

std::tuple<Tensor, Tensor> bounded_autograd(const Tensor& x, const Tensor& centre, const Tensor& up,
                                            const Tensor& down) {
  check(x, {centre, up, down});
  if (at::GradMode::is_enabled() && x.requires_grad()) {
    const variable_list found = Bounded::apply(x, centre, up, down);
    return {found[0], found[1]};
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return bounded_cpu(x, centre, up, down);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(autovae, m) {
  m.def("bounded(Tensor x, Tensor centre, Tensor up, Tensor down) -> (Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) { m.impl("bounded", bounded_cpu); }
TORCH_LIBRARY_IMPL(autovae, Autograd, m) { m.impl("bounded", bounded_autograd); }

}  // namespace autovae
