// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
// The operator autovae::dense: a network of linear layers with activations between them, forward and backward each as
// one step. The matrix products are most of it, so that all around them is kept small.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "../activations/kernels.h"
#include "../precision.h"
#include "../transpose.h"

namespace autovae {
namespace {

using at::IntArrayRef;
using at::ScalarType;
using at::Tensor;
using at::TensorList;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kPiece = 1024;    // numbers converted at once: a few of them fill the first-level cache
constexpr int64_t kPerTask = 8192;  // fewer numbers than these are not worth a thread
constexpr int64_t kRows = 32;       // whose gradients are summed at once, whatever the number of threads

int64_t activation_index(std::string_view name) {
  for (int64_t i = 0; i < kActivationCount; ++i) {
    if (name == kActivations[i].name) return i;
  }
  return -1;
}

// bfloat16 is computed in float32.
template <typename S>
void activate_piece(const ActivationKernel& kernel, S* x, S* values, int64_t n) {
  if constexpr (std::is_same_v<S, c10::BFloat16>) {
    float buffer[kPiece], found[kPiece];
    for (int64_t i = 0; i < n; ++i) buffer[i] = x[i];
    kernel.of_float(buffer, found, buffer, n);
    for (int64_t i = 0; i < n; ++i) values[i] = found[i];
    for (int64_t i = 0; i < n; ++i) x[i] = buffer[i];
  } else {
    functions<S>(kernel)(x, values, x, n);
  }
}

// Calls f with a number of the tensor's type.
template <typename F>
void with_type(const Tensor& x, F f) {
  switch (x.scalar_type()) {
    case at::kDouble: return f(double());
    case at::kFloat: return f(float());
    case at::kBFloat16: return f(c10::BFloat16());
    default: TORCH_CHECK_VALUE(false, "networks compute in float64, float32 or bfloat16, not in ", x.scalar_type());
  }
}

// The values of an activation, whose derivatives take the place of the arguments.
Tensor activate(const Tensor& x, int64_t activation) {
  Tensor values = at::empty(x.sizes(), x.options());
  with_type(x, [&]<typename S>(S) {
    S *from = x.mutable_data_ptr<S>(), *to = values.mutable_data_ptr<S>();
    at::parallel_for(0, x.numel(), kPerTask, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i += kPiece) {
        activate_piece(kActivations[activation], from + i, to + i, std::min(kPiece, end - i));
      }
    });
  });
  return values;
}

struct Gradient {
  Tensor of_bias;     // its sum over the rows
  Tensor transposed;  // if it was asked for
};

// Multiplies a gradient (rows, units) by the derivatives of an activation, if there are any, in one pass with what a
// linear layer needs of it.
Gradient gradient(Tensor& grad, const Tensor& slopes, bool transposed) {
  const int64_t rows = grad.size(0), columns = grad.size(1), blocks = (rows + kRows - 1) / kRows;
  const bool wide = grad.scalar_type() == at::kDouble;
  Gradient found{at::empty({columns}, grad.options().dtype(wide ? at::kDouble : at::kFloat)), Tensor()};
  if (transposed) found.transposed = at::empty({columns, rows}, grad.options());
  with_type(grad, [&]<typename S>(S) {
    using T = std::conditional_t<std::is_same_v<S, double>, double, float>;
    S *g = grad.mutable_data_ptr<S>(), *flipped = transposed ? found.transposed.mutable_data_ptr<S>() : nullptr;
    const S* d = slopes.defined() ? slopes.const_data_ptr<S>() : nullptr;
    std::vector<T> sums(blocks * columns);
    at::parallel_for(0, blocks, std::max<int64_t>(1, kPerTask / (kRows * columns + 1)), [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; ++block) {
        T* sum = sums.data() + block * columns;
        const int64_t first = block * kRows, count = std::min(kRows, rows - first);
        for (int64_t row = first; row < first + count; ++row) {
          S* to = g + row * columns;
          if (d) {
            const S* slope = d + row * columns;
            for (int64_t i = 0; i < columns; ++i) {
              to[i] = static_cast<S>(static_cast<T>(to[i]) * static_cast<T>(slope[i]));
            }
          }
          for (int64_t i = 0; i < columns; ++i) sum[i] += static_cast<T>(to[i]);
        }
        if (flipped) transpose(g + first * columns, columns, flipped + first, rows, count, columns);
      }
    });
    T* total = found.of_bias.mutable_data_ptr<T>();
    std::fill_n(total, columns, T(0));
    for (int64_t block = 0; block < blocks; ++block) {
      for (int64_t i = 0; i < columns; ++i) total[i] += sums[block * columns + i];
    }
  });
  return found;
}

// Whether the product of matrices (n, k) and (k, m) is for oneDNN. In float32 it is 5 to 20 percent faster than the one
// behind at::mm on processors with AVX-512, but takes 40 microseconds to be prepared; in bfloat16, where at::mm is
// oneDNN's, too, it adds the bias in passing; that needs AVX-512.
bool for_onednn(ScalarType type, int64_t n, int64_t k, int64_t m) {
  static const std::string processor = at::get_cpu_capability();
  static const bool there = at::globalContext().hasMKLDNN() && processor.substr(0, 3) == "AVX" &&
                            c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""}).has_value();
  const bool computes = type == at::kFloat || (type == at::kBFloat16 && processor.substr(0, 6) == "AVX512");
  return n * k * m >= (int64_t(1) << 24) && computes && there && at::globalContext().userEnabledMkldnn();
}

// x weight^T + bias, by oneDNN.
Tensor onednn(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias) {
  static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "");
  torch::jit::Stack stack{x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(), ""};
  op.callBoxed(stack);
  return stack[0].toTensor().contiguous();
}

// x weight^T + bias
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (for_onednn(x.scalar_type(), x.size(0), x.size(1), weight.size(0))) return onednn(x, weight, bias);
  return at::addmm(bias, x, weight.t());
}

// The outputs of a network; values and derivatives of its activations in turn where they are to be kept.
Tensor outputs(Tensor x, TensorList weights, IntArrayRef activations, variable_list* kept) {
  for (size_t i = 0; i < activations.size(); ++i) {
    Tensor slopes = linear(x, weights[2 * i], weights[2 * i + 1]);
    x = activate(slopes, activations[i]);
    if (kept) kept->insert(kept->end(), {x, slopes});
  }
  return linear(x, weights[weights.size() - 2], weights.back());
}

// The tensors in another type, all in one pass.
variable_list in_type(TensorList tensors, ScalarType type) {
  if (type == tensors[0].scalar_type() || type != at::kBFloat16 || tensors[0].scalar_type() != at::kFloat) {
    variable_list found;
    for (const Tensor& t : tensors) found.push_back(t.to(type));
    return found;
  }
  constexpr int64_t kAligned = 64;  // numbers between two beginnings
  std::vector<Tensor> from;
  std::vector<int64_t> first{0};
  for (const Tensor& t : tensors) {
    from.push_back(t.contiguous());
    first.push_back(first.back() + (t.numel() + kAligned - 1) / kAligned * kAligned);
  }
  const Tensor all = at::empty({first.back()}, tensors[0].options().dtype(type));
  c10::BFloat16* to = all.mutable_data_ptr<c10::BFloat16>();
  at::parallel_for(0, first.back(), kPerTask, [&](int64_t begin, int64_t end) {
    for (size_t i = 0; i < from.size(); ++i) {
      const float* numbers = from[i].const_data_ptr<float>() - first[i];
      const int64_t last = std::min(end, first[i] + from[i].numel());
      for (int64_t k = std::max(begin, first[i]); k < last; ++k) to[k] = numbers[k];
    }
  });
  variable_list found;
  for (size_t i = 0; i < from.size(); ++i) {
    found.push_back(all.as_strided(from[i].sizes(), from[i].strides(), first[i]));
  }
  return found;
}

Tensor activated(const Tensor& x, int64_t activation) {
  const std::string_view name = kActivations[activation].name;
  if (name == "gelu") return at::gelu(x);
  if (name == "relu") return at::relu(x);
  if (name == "silu") return at::silu(x);
  TORCH_INTERNAL_ASSERT(name == "tanh", name, " has no second derivative");
  return at::tanh(x);
}

struct Dense : torch::autograd::Function<Dense> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, TensorList weights, IntArrayRef activations,
                        ScalarType type) {
    at::AutoDispatchBelowADInplaceOrView below;
    variable_list kept{x.to(type)};
    const variable_list own = in_type(weights, type);
    Tensor y = outputs(kept[0], own, activations, &kept);
    ctx->saved_data["activations"] = activations;
    ctx->saved_data["type"] = type;
    variable_list saved{x};
    saved.insert(saved.end(), weights.begin(), weights.end());
    saved.insert(saved.end(), kept.begin(), kept.end());
    for (size_t i = 0; i < own.size(); i += 2) saved.push_back(own[i]);
    ctx->save_for_backward(std::move(saved));
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto activations = ctx->saved_data["activations"].toIntVector();
    const auto type = ctx->saved_data["type"].toScalarType();
    const int64_t layers = activations.size() + 1;
    const variable_list saved = ctx->get_saved_variables();
    const TensorList inputs = TensorList(saved).slice(0, 1 + 2 * layers);
    c10::impl::ExcludeDispatchKeyGuard plain(c10::DispatchKey::AutocastCPU);
    variable_list found(2 * layers + 3);  // of the input, of the weights, of what has no gradient
    // A gradient to be differentiated, or a batch of gradients.
    if (at::GradMode::is_enabled() || !grads[0].key_set().has(c10::DispatchKey::CPU)) {
      by_operations(ctx, grads[0], inputs, activations, type, found);
      return found;
    }
    at::AutoDispatchBelowADInplaceOrView below;
    const TensorList kept = TensorList(saved).slice(1 + 2 * layers, 2 * layers - 1);
    const TensorList own = TensorList(saved).slice(4 * layers);
    Tensor g = grads[0].contiguous(), slopes;
    for (int64_t i = layers - 1; i >= 0; --i) {
      const Tensor& x = kept[i ? 2 * i - 1 : 0];
      // oneDNN multiplies a transposed matrix slower than one that is transposed in this pass.
      const bool flip = type == at::kFloat && for_onednn(type, g.size(1), g.size(0), x.size(1));
      const Gradient of = gradient(g, slopes, flip && ctx->needs_input_grad(2 * i + 1));
      if (ctx->needs_input_grad(2 * i + 2)) found[2 * i + 2] = of.of_bias.to(inputs[0].scalar_type());
      if (ctx->needs_input_grad(2 * i + 1)) {
        const Tensor product = flip ? onednn(of.transposed, x.t(), std::nullopt) : at::mm(g.t(), x);
        found[2 * i + 1] = product.to(inputs[0].scalar_type());
      }
      if (i == 0 && !ctx->needs_input_grad(0)) break;
      const bool fast = type == at::kFloat && for_onednn(type, g.size(0), g.size(1), x.size(1));
      g = fast ? onednn(g, own[i].t(), std::nullopt) : at::mm(g, own[i]);
      if (i) slopes = kept[2 * i];
    }
    if (ctx->needs_input_grad(0)) found[0] = g.to(inputs[0].scalar_type());
    return found;
  }

  // The same gradient by operations of Torch.
  static void by_operations(AutogradContext* ctx, const Tensor& grad, TensorList inputs, IntArrayRef activations,
                            ScalarType type, variable_list& found) {
    const bool differentiated = at::GradMode::is_enabled();
    at::AutoGradMode recorded(true);
    variable_list wanted;
    Tensor y = inputs[0].to(type);
    for (size_t i = 0; i <= activations.size(); ++i) {
      y = at::linear(y, inputs[2 * i + 1].to(type), inputs[2 * i + 2].to(type));
      if (i < activations.size()) y = activated(y, activations[i]);
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (ctx->needs_input_grad(i)) wanted.push_back(inputs[i]);
    }
    const variable_list derivatives = torch::autograd::grad({y}, wanted, {grad}, std::nullopt, differentiated);
    auto next = derivatives.begin();
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (ctx->needs_input_grad(i)) found[i] = *next++;
    }
  }
};

void check(const Tensor& x, TensorList weights, IntArrayRef activations) {
  TORCH_CHECK_VALUE(x.dim() == 2 && weights.size() == 2 * activations.size() + 2,
                    "a matrix of inputs, a weight and a bias for each layer, an activation between two of them");
  for (const int64_t each : activations) {
    TORCH_CHECK_VALUE(each >= 0 && each < kActivationCount, "there is no activation ", each);
  }
}

Tensor dense_cpu(const Tensor& x, TensorList weights, IntArrayRef activations, ScalarType type) {
  check(x, weights, activations);
  return outputs(x.to(type), in_type(weights, type), activations, nullptr);
}

Tensor dense_autograd(const Tensor& x, TensorList weights, IntArrayRef activations, ScalarType type) {
  check(x, weights, activations);
  c10::impl::ExcludeDispatchKeyGuard plain(c10::DispatchKey::AutocastCPU);
  const auto differentiated = [](const Tensor& t) { return t.requires_grad(); };
  if (at::GradMode::is_enabled() &&
      (x.requires_grad() || std::any_of(weights.begin(), weights.end(), differentiated))) {
    return Dense::apply(x, weights, activations, type);
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return dense_cpu(x, weights, activations, type);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(autovae, m) {
  m.def("activation(str name) -> int", activation_index);
  m.def("dense(Tensor x, Tensor[] weights, int[] activations, ScalarType type) -> Tensor");
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) { m.impl("dense", dense_cpu); }
TORCH_LIBRARY_IMPL(autovae, Autograd, m) { m.impl("dense", dense_autograd); }

}  // namespace autovae
