// Written by codegen.build (SymPy 1.14.0) from codegen/likelihoods.py; change the generator, not this file.
// The operators autovae::negative_log_likelihood and its gradient: one pass over targets and outputs each.
#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>

#include "../strides.h"
#include "kernels.h"

namespace autovae {
namespace {

using at::ScalarType;
using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kPiece = 1024;  // pixels converted at once: a few of them fill the first-level cache
constexpr int64_t kOperationsPerTask = 200000;  // less work than this is not worth a thread

// Rows of a task, whose operations each are given.
int64_t grain(int64_t of_row) { return std::max<int64_t>(1, kOperationsPerTask / (of_row + 1)); }

const LikelihoodKernel& likelihood_at(int64_t index) {
  TORCH_CHECK_VALUE(index >= 0 && index < kLikelihoodCount, "there is no likelihood ", index);
  return kLikelihoods[index];
}

int64_t likelihood_index(std::string_view name) {
  for (int64_t i = 0; i < kLikelihoodCount; ++i) {
    if (name == kLikelihoods[i].name) return i;
  }
  return -1;
}

std::string likelihood_name(int64_t index) { return likelihood_at(index).name; }

// What is computed in: float64 where an operand is, else float32.
ScalarType working(const Tensor& target, const Tensor& outputs) {
  const bool wide = target.scalar_type() == at::kDouble || outputs.scalar_type() == at::kDouble;
  return wide ? at::kDouble : at::kFloat;
}

struct Shape {
  c10::SymInt rows, target_rows, pixels;
};

// Outputs of shape (..., outputs * pixels), targets (..., pixels), whose leading dimensions are the last ones of the
// outputs': they are repeated.
Shape shape_of(const Tensor& target, const Tensor& outputs, const LikelihoodKernel& kernel) {
  TORCH_CHECK_VALUE(target.dim() > 0 && outputs.dim() >= target.dim() &&
                        outputs.sym_size(-1) == target.sym_size(-1) * kernel.outputs &&
                        outputs.sym_sizes().slice(outputs.dim() - target.dim(), target.dim() - 1) ==
                            target.sym_sizes().slice(0, target.dim() - 1),
                    "outputs of shape ", outputs.sym_sizes(), " do not go with targets of shape ", target.sym_sizes());
  Shape shape{1, 1, target.sym_size(-1)};
  for (int64_t d = 0; d < outputs.dim() - 1; ++d) shape.rows *= outputs.sym_size(d);
  for (int64_t d = 0; d < target.dim() - 1; ++d) shape.target_rows *= target.sym_size(d);
  return shape;
}

// Rows of numbers of any floating-point type: neighbours within a row, equal distances between rows.
struct Rows {
  Tensor owner;
  const char* data;
  int64_t stride, size;
  ScalarType type;

  explicit Rows(const Tensor& x) : owner(x) {
    const bool together = x.size(-1) <= 1 || x.stride(-1) == 1;
    if (!x.is_contiguous() && !(together && one_stride(x))) owner = x.contiguous();
    data = static_cast<const char*>(owner.const_data_ptr());
    size = owner.element_size(), type = owner.scalar_type();
    stride = outer_stride(owner);
  }

  // n numbers of a row: where they are if they have the type, else converted into the buffer.
  template <typename T>
  const T* at(int64_t row, int64_t first, int64_t n, T* buffer) const {
    const char* from = data + (row * stride + first) * size;
    if (type == c10::CppTypeToScalarType<T>::value) return reinterpret_cast<const T*>(from);
    switch (type) {
      case at::kFloat: return converted<float>(from, n, buffer);
      case at::kBFloat16: return converted<c10::BFloat16>(from, n, buffer);
      default: return converted<c10::Half>(from, n, buffer);
    }
  }

  template <typename S, typename T>
  static const T* converted(const char* from, int64_t n, T* buffer) {
    const S* numbers = reinterpret_cast<const S*>(from);
    for (int64_t i = 0; i < n; ++i) buffer[i] = static_cast<T>(static_cast<float>(numbers[i]));
    return buffer;
  }
};

template <typename T>
void value_into(const LikelihoodKernel& kernel, const Rows& target, const Rows& outputs, Tensor& nats, int64_t rows,
                int64_t target_rows, int64_t pixels) {
  T* total = nats.mutable_data_ptr<T>();
  const auto& f = functions<T>(kernel);
  const T constant = T(kernel.constant * static_cast<double>(pixels));
  at::parallel_for(0, rows, grain(kernel.value_cost * pixels), [&](int64_t begin, int64_t end) {
    T x_buffer[kPiece], a_buffer[kPiece], b_buffer[kPiece];
    for (int64_t row = begin; row < end; ++row) {
      T sum = constant;
      for (int64_t first = 0; first < pixels; first += kPiece) {
        const int64_t n = std::min(kPiece, pixels - first);
        const T* x = target.at(row % target_rows, first, n, x_buffer);
        const T* a = outputs.at(row, first, n, a_buffer);
        const T* b = kernel.outputs == 2 ? outputs.at(row, pixels + first, n, b_buffer) : nullptr;
        sum += f.value(x, a, b, n);
      }
      total[row] = sum;
    }
  });
}

template <typename S, typename T>
void store_as(const T* from, S* to, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<S>(from[i]);
}

// S: the outputs' own type.
template <typename T, typename S>
void slopes_into(const LikelihoodKernel& kernel, const Tensor& grad, const Rows& target, const Rows& outputs,
                 Tensor& gradient, int64_t rows, int64_t target_rows, int64_t pixels) {
  S* to = gradient.mutable_data_ptr<S>();
  const T* factors = grad.const_data_ptr<T>();
  const auto& f = functions<T>(kernel);
  const int64_t width = pixels * kernel.outputs;
  at::parallel_for(0, rows, grain(kernel.slopes_cost * pixels), [&](int64_t begin, int64_t end) {
    T x_buffer[kPiece], a_buffer[kPiece], b_buffer[kPiece];
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t first = 0; first < pixels; first += kPiece) {
        const int64_t n = std::min(kPiece, pixels - first);
        const T* x = target.at(row % target_rows, first, n, x_buffer);
        const T* a = outputs.at(row, first, n, a_buffer);
        const T* b = kernel.outputs == 2 ? outputs.at(row, pixels + first, n, b_buffer) : nullptr;
        S *d_a = to + row * width + first, *d_b = d_a + pixels;
        if constexpr (std::is_same_v<S, T>) {
          f.slopes(factors[row], x, a, b, d_a, d_b, n);
        } else {
          f.slopes(factors[row], x, a, b, a_buffer, b_buffer, n);
          store_as(a_buffer, d_a, n);
          if (kernel.outputs == 2) store_as(b_buffer, d_b, n);
        }
      }
    }
  });
}

Tensor per_row(const Tensor& target, const Tensor& outputs) {
  return at::empty_symint(outputs.sym_sizes().slice(0, outputs.dim() - 1),
                          outputs.options().dtype(working(target, outputs)));
}

Tensor like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options()); }

Tensor value_cpu(const Tensor& target, const Tensor& outputs, int64_t likelihood) {
  const LikelihoodKernel& kernel = likelihood_at(likelihood);
  const Shape shape = shape_of(target, outputs, kernel);
  Tensor nats = per_row(target, outputs);
  const int64_t rows = shape.rows.expect_int(), pixels = shape.pixels.expect_int();
  if (rows == 0) return nats;
  const Rows x(target), y(outputs);
  if (nats.scalar_type() == at::kDouble) {
    value_into<double>(kernel, x, y, nats, rows, shape.target_rows.expect_int(), pixels);
  } else {
    value_into<float>(kernel, x, y, nats, rows, shape.target_rows.expect_int(), pixels);
  }
  return nats;
}

Tensor backward_cpu(const Tensor& grad, const Tensor& target, const Tensor& outputs, int64_t likelihood) {
  const LikelihoodKernel& kernel = likelihood_at(likelihood);
  const Shape shape = shape_of(target, outputs, kernel);
  TORCH_CHECK_VALUE(grad.sym_sizes() == outputs.sym_sizes().slice(0, outputs.dim() - 1) &&
                        grad.scalar_type() == working(target, outputs),
                    "one gradient for each row, of the type of the values");
  Tensor gradient = like(outputs);
  const int64_t rows = shape.rows.expect_int(), pixels = shape.pixels.expect_int();
  if (gradient.numel() == 0) return gradient;
  const Tensor factors = grad.contiguous();
  const Rows x(target), y(outputs);
  const auto run = [&]<typename T, typename S>(T, S) {
    slopes_into<T, S>(kernel, factors, x, y, gradient, rows, shape.target_rows.expect_int(), pixels);
  };
  const bool wide = factors.scalar_type() == at::kDouble;
  switch (outputs.scalar_type()) {
    case at::kDouble: run(double(), double()); break;
    case at::kFloat: wide ? run(double(), float()) : run(float(), float()); break;
    case at::kBFloat16: wide ? run(double(), c10::BFloat16()) : run(float(), c10::BFloat16()); break;
    default: wide ? run(double(), c10::Half()) : run(float(), c10::Half());
  }
  return gradient;
}

Tensor value_meta(const Tensor& target, const Tensor& outputs, int64_t likelihood) {
  shape_of(target, outputs, likelihood_at(likelihood));
  return per_row(target, outputs);
}

Tensor backward_meta(const Tensor&, const Tensor&, const Tensor& outputs, int64_t) { return like(outputs); }

const auto& value_op() {
  static const auto handle = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("autovae::negative_log_likelihood", "")
                                 .typed<Tensor(const Tensor&, const Tensor&, int64_t)>();
  return handle;
}

const auto& backward_op() {
  static const auto handle = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("autovae::negative_log_likelihood_backward", "")
                                 .typed<Tensor(const Tensor&, const Tensor&, const Tensor&, int64_t)>();
  return handle;
}

// A backward pass whose graph is kept goes through the operator, whose own derivatives are defined in Python.
struct NegativeLogLikelihood : torch::autograd::Function<NegativeLogLikelihood> {
  static Tensor forward(AutogradContext* ctx, const Tensor& target, const Tensor& outputs, int64_t likelihood) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["likelihood"] = likelihood;
    ctx->save_for_backward({target, outputs});
    return value_op().call(target, outputs, likelihood);
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const int64_t likelihood = ctx->saved_data["likelihood"].toInt();
    std::optional<at::AutoDispatchBelowADInplaceOrView> below;
    if (!at::GradMode::is_enabled()) below.emplace();
    return {Tensor(), backward_op().call(grads[0], saved[0], saved[1], likelihood), Tensor()};
  }
};

Tensor value_autograd(const Tensor& target, const Tensor& outputs, int64_t likelihood) {
  TORCH_CHECK_VALUE(!target.requires_grad(), "a likelihood has no derivative in its target here");
  if (at::GradMode::is_enabled() && outputs.requires_grad()) {
    return NegativeLogLikelihood::apply(target, outputs, likelihood);
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return value_op().call(target, outputs, likelihood);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(autovae, m) {
  m.def("likelihood(str name) -> int", likelihood_index);
  m.def("likelihood_name(int likelihood) -> str", likelihood_name);
  const std::vector<at::Tag> compliant = {at::Tag::pt2_compliant_tag};
  m.def("negative_log_likelihood(Tensor target, Tensor outputs, int likelihood) -> Tensor", compliant);
  m.def("negative_log_likelihood_backward(Tensor grad, Tensor target, Tensor outputs, int likelihood) -> Tensor",
        compliant);
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) {
  m.impl("negative_log_likelihood", value_cpu);
  m.impl("negative_log_likelihood_backward", backward_cpu);
}

TORCH_LIBRARY_IMPL(autovae, Meta, m) {
  m.impl("negative_log_likelihood", value_meta);
  m.impl("negative_log_likelihood_backward", backward_meta);
}

TORCH_LIBRARY_IMPL(autovae, Autograd, m) { m.impl("negative_log_likelihood", value_autograd); }

}  // namespace autovae
