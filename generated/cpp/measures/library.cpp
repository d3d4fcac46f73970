// Written by codegen.build (SymPy 1.14.0) from the catalog; change the generator, not this file.
// The operators autovae::measure and its gradients: divergences of an order and those made of others, element by
// element, neighbouring columns with cells of their own.
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <tuple>

#include "cells.h"

namespace autovae {
namespace {

using at::Tensor;
using Ints = at::IntArrayRef;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kElements = 256;              // of a tile
constexpr int64_t kOperationsPerTask = 200000;  // less work than this is not worth a thread

const Cell& cell_at(int64_t index) {
  TORCH_CHECK_VALUE(index >= 0 && index < kCellCount, "there is no cell ", index);
  return kCells[index];
}

int64_t cell_index(std::string_view name) {
  for (int64_t i = 0; i < kCellCount; ++i) {
    if (name == kCells[i].name) return i;
  }
  return -1;
}

std::string cell_name(int64_t index) { return cell_at(index).name; }

void check(const Tensor& loc, const Tensor& log_scale, Ints cells, Ints counts) {
  TORCH_CHECK_VALUE(loc.sym_sizes() == log_scale.sym_sizes() && loc.scalar_type() == log_scale.scalar_type(),
                    "loc and log_scale need one shape and one dtype");
  TORCH_CHECK_VALUE(cells.size() == counts.size(), cells.size(), " cells, but ", counts.size(), " counts");
  int64_t width = 0;
  for (const int64_t count : counts) width += count;
  TORCH_CHECK_VALUE(loc.dim() > 0 && loc.sym_size(-1) == width, "the segments have ", width,
                    " columns, the operands the shape ", loc.sym_sizes());
}

Tensor like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options().memory_format(c10::nullopt)); }

template <typename T>
void run(const Tensor& loc, const Tensor& log_scale, Ints cells, Ints counts, double alpha, Tensor& value,
         Tensor& d_loc, Tensor& d_log_scale) {
  const Tensor locations = loc.contiguous(), scales = log_scale.contiguous();
  const T *m = locations.const_data_ptr<T>(), *s = scales.const_data_ptr<T>();
  T *v = value.mutable_data_ptr<T>(), *dm = d_loc.mutable_data_ptr<T>(), *ds = d_log_scale.mutable_data_ptr<T>();
  const int64_t width = loc.size(-1), rows = width ? loc.numel() / width : 0;
  int64_t cost = 1;
  for (size_t k = 0; k < cells.size(); ++k) {
    const Cell& cell = cell_at(cells[k]);
    cost += (cell.by_formula(alpha) ? cell.cost_by_formula : cell.cost) * counts[k];
  }
  at::parallel_for(0, rows, std::max<int64_t>(1, kOperationsPerTask / cost), [&](int64_t begin, int64_t end) {
    double in[2][kElements], out[3][kElements];
    int64_t first = 0;
    for (size_t k = 0; k < cells.size(); first += counts[k++]) {
      const Cell& cell = cell_at(cells[k]);
      const int64_t count = counts[k], total = (end - begin) * count;
      for (int64_t from = 0; from < total; from += kElements) {
        const int64_t n = std::min(kElements, total - from);
        const auto place = [&](int64_t i) { return (begin + (from + i) / count) * width + first + (from + i) % count; };
        for (int64_t i = 0; i < n; ++i) in[0][i] = m[place(i)], in[1][i] = s[place(i)];
        cell.evaluate(cell, alpha, std::is_same_v<T, float>, in[0], in[1], out[0], out[1], out[2], n);
        for (int64_t i = 0; i < n; ++i) {
          v[place(i)] = T(out[0][i]), dm[place(i)] = T(out[1][i]), ds[place(i)] = T(out[2][i]);
        }
      }
    }
  });
}

std::tuple<Tensor, Tensor, Tensor> with_gradient_cpu(const Tensor& loc, const Tensor& log_scale, Ints cells,
                                                     Ints counts, double alpha) {
  check(loc, log_scale, cells, counts);
  Tensor value = like(loc), d_loc = like(loc), d_log_scale = like(loc);
  AT_DISPATCH_FLOATING_TYPES(loc.scalar_type(), "measure", [&] {
    run<scalar_t>(loc, log_scale, cells, counts, alpha, value, d_loc, d_log_scale);
  });
  return {value, d_loc, d_log_scale};
}

Tensor measure_cpu(const Tensor& loc, const Tensor& log_scale, Ints cells, Ints counts, double alpha) {
  return std::get<0>(with_gradient_cpu(loc, log_scale, cells, counts, alpha));
}

std::tuple<Tensor, Tensor> backward_cpu(const Tensor& grad, const Tensor& loc, const Tensor& log_scale, Ints cells,
                                        Ints counts, double alpha) {
  auto [value, d_loc, d_log_scale] = with_gradient_cpu(loc, log_scale, cells, counts, alpha);
  return {d_loc.mul_(grad), d_log_scale.mul_(grad)};
}

Tensor measure_meta(const Tensor& loc, const Tensor& log_scale, Ints cells, Ints counts, double) {
  check(loc, log_scale, cells, counts);
  return like(loc);
}

std::tuple<Tensor, Tensor, Tensor> with_gradient_meta(const Tensor& loc, const Tensor&, Ints, Ints, double) {
  return {like(loc), like(loc), like(loc)};
}

std::tuple<Tensor, Tensor> backward_meta(const Tensor&, const Tensor& loc, const Tensor&, Ints, Ints, double) {
  return {like(loc), like(loc)};
}

template <typename Signature>
auto find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

const auto& measure_op() {
  static const auto handle = find<Tensor(const Tensor&, const Tensor&, Ints, Ints, double)>("autovae::measure");
  return handle;
}

const auto& with_gradient_op() {
  static const auto handle = find<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, Ints, Ints, double)>(
      "autovae::measure_with_gradient");
  return handle;
}

const auto& backward_op() {
  static const auto handle =
      find<std::tuple<Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&, Ints, Ints, double)>(
          "autovae::measure_backward");
  return handle;
}

// A backward pass whose graph is kept goes through the operator, whose own derivatives are defined in Python.
struct Measure : torch::autograd::Function<Measure> {
  static Tensor forward(AutogradContext* ctx, const Tensor& loc, const Tensor& log_scale,
                        const std::vector<int64_t>& cells, const std::vector<int64_t>& counts, double alpha) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["cells"] = cells;
    ctx->saved_data["counts"] = counts;
    ctx->saved_data["alpha"] = alpha;
    auto [value, d_loc, d_log_scale] = with_gradient_op().call(loc, log_scale, cells, counts, alpha);
    ctx->save_for_backward({loc, log_scale, d_loc, d_log_scale});
    return value;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    if (!at::GradMode::is_enabled()) {
      at::AutoDispatchBelowADInplaceOrView below;
      return {at::mul(grads[0], saved[2]), at::mul(grads[0], saved[3]), Tensor(), Tensor(), Tensor()};
    }
    auto [d_loc, d_log_scale] =
        backward_op().call(grads[0], saved[0], saved[1], ctx->saved_data["cells"].toIntVector(),
                           ctx->saved_data["counts"].toIntVector(), ctx->saved_data["alpha"].toDouble());
    return {d_loc, d_log_scale, Tensor(), Tensor(), Tensor()};
  }
};

Tensor measure_autograd(const Tensor& loc, const Tensor& log_scale, Ints cells, Ints counts, double alpha) {
  if (at::GradMode::is_enabled() && (loc.requires_grad() || log_scale.requires_grad())) {
    return Measure::apply(loc, log_scale, cells.vec(), counts.vec(), alpha);
  }
  at::AutoDispatchBelowADInplaceOrView below;
  return measure_op().call(loc, log_scale, cells, counts, alpha);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(autovae, m) {
  const std::vector<at::Tag> compliant = {at::Tag::pt2_compliant_tag};
  m.def("cell(str name) -> int", cell_index);
  m.def("cell_name(int cell) -> str", cell_name);
  m.def("measure(Tensor loc, Tensor log_scale, int[] cells, int[] counts, float alpha) -> Tensor", compliant);
  m.def("measure_with_gradient(Tensor loc, Tensor log_scale, int[] cells, int[] counts, float alpha) "
        "-> (Tensor, Tensor, Tensor)", compliant);
  m.def("measure_backward(Tensor grad, Tensor loc, Tensor log_scale, int[] cells, int[] counts, float alpha) "
        "-> (Tensor, Tensor)", compliant);
}

TORCH_LIBRARY_IMPL(autovae, CPU, m) {
  m.impl("measure", measure_cpu);
  m.impl("measure_with_gradient", with_gradient_cpu);
  m.impl("measure_backward", backward_cpu);
}

TORCH_LIBRARY_IMPL(autovae, Meta, m) {
  m.impl("measure", measure_meta);
  m.impl("measure_with_gradient", with_gradient_meta);
  m.impl("measure_backward", backward_meta);
}

TORCH_LIBRARY_IMPL(autovae, Autograd, m) { m.impl("measure", measure_autograd); }

}  // namespace autovae
