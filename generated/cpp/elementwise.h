// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// A divergence element by element.
#pragma once

#include "views.h"

namespace autovae {

// Runs body(first row, rows, first column, columns) on tiles. Where all operands are contiguous, x is one long row.
template <typename F>
void for_elements(const at::Tensor& x, bool contiguous, int64_t cost, const F& body) {
  const int64_t n = x.numel();
  if (n == 0) return;
  const int64_t columns = contiguous ? n : x.size(-1);
  if (columns <= kTile && !contiguous) {
    for_tiles(n / columns, columns, cost, [&](int64_t row, int64_t rows) { body(row, rows, 0, columns); });
    return;
  }
  const int64_t pieces = (columns + kTile - 1) / kTile;
  for_tiles(n / columns * pieces, std::min(columns, kTile), cost, [&](int64_t from, int64_t count) {
    for (int64_t i = from; i < from + count; ++i) {
      const int64_t first = i % pieces * kTile;
      body(i / pieces, 1, first, std::min(kTile, columns - first));
    }
  });
}

template <typename T>
void divergence_into(const Kernel& kernel, const at::Tensor& loc, const at::Tensor& log_scale, at::Tensor& value) {
  const Rows<T> m(loc), s(log_scale);
  T* out = value.mutable_data_ptr<T>();
  for_elements(value, m.contiguous && s.contiguous, kernel.value_cost,
               [&](int64_t row, int64_t rows, int64_t first, int64_t count) {
                 alignas(64) T m_tile[kTile], s_tile[kTile];
                 functions<T>(kernel).value(m.tile(row, rows, first, count, m_tile),
                                            s.tile(row, rows, first, count, s_tile),
                                            out + row * m.columns + first, rows * count);
               });
}

template <typename T>
void divergence_with_gradient_into(const Kernel& kernel, const at::Tensor& loc, const at::Tensor& log_scale,
                                   at::Tensor& value, at::Tensor& d_loc, at::Tensor& d_log_scale) {
  const Rows<T> m(loc), s(log_scale);
  T *v = value.mutable_data_ptr<T>(), *dm = d_loc.mutable_data_ptr<T>(), *ds = d_log_scale.mutable_data_ptr<T>();
  for_elements(value, m.contiguous && s.contiguous, kernel.both_cost,
               [&](int64_t row, int64_t rows, int64_t first, int64_t count) {
                 alignas(64) T m_tile[kTile], s_tile[kTile];
                 const int64_t at = row * m.columns + first;
                 functions<T>(kernel).both(m.tile(row, rows, first, count, m_tile),
                                           s.tile(row, rows, first, count, s_tile), v + at, dm + at, ds + at,
                                           rows * count);
               });
}

template <typename T>
void divergence_backward_into(const Kernel& kernel, const at::Tensor& grad, const at::Tensor& loc,
                              const at::Tensor& log_scale, at::Tensor& grad_loc, at::Tensor& grad_log_scale) {
  const Rows<T> g(grad), m(loc), s(log_scale);
  T *gm = grad_loc.mutable_data_ptr<T>(), *gs = grad_log_scale.mutable_data_ptr<T>();
  for_elements(grad_loc, g.contiguous && m.contiguous && s.contiguous, kernel.gradient_cost,
               [&](int64_t row, int64_t rows, int64_t first, int64_t count) {
                 alignas(64) T g_tile[kTile], m_tile[kTile], s_tile[kTile];
                 const int64_t at = row * m.columns + first, n = rows * count;
                 const T* factor = g.tile(row, rows, first, count, g_tile);
                 functions<T>(kernel).gradient(m.tile(row, rows, first, count, m_tile),
                                               s.tile(row, rows, first, count, s_tile), gm + at, gs + at, n);
                 for (int64_t i = 0; i < n; ++i) {
                   gm[at + i] *= factor[i];
                   gs[at + i] *= factor[i];
                 }
               });
}

// Both derivatives times the gradient of the value.
template <typename T>
void scale_both_into(const at::Tensor& grad, const at::Tensor& d_loc, const at::Tensor& d_log_scale,
                     at::Tensor& grad_loc, at::Tensor& grad_log_scale) {
  const Rows<T> g(grad), m(d_loc), s(d_log_scale);
  T *gm = grad_loc.mutable_data_ptr<T>(), *gs = grad_log_scale.mutable_data_ptr<T>();
  for_elements(grad_loc, g.contiguous && m.contiguous && s.contiguous, 5,
               [&](int64_t row, int64_t rows, int64_t first, int64_t count) {
                 alignas(64) T g_tile[kTile], m_tile[kTile], s_tile[kTile];
                 const int64_t at = row * m.columns + first, n = rows * count;
                 const T *factor = g.tile(row, rows, first, count, g_tile);
                 const T *of_loc = m.tile(row, rows, first, count, m_tile);
                 const T *of_log_scale = s.tile(row, rows, first, count, s_tile);
                 for (int64_t i = 0; i < n; ++i) gm[at + i] = factor[i] * of_loc[i];
                 for (int64_t i = 0; i < n; ++i) gs[at + i] = factor[i] * of_log_scale[i];
               });
}

}  // namespace autovae
