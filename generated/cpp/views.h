// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Tensors as rows of numbers, and tiles of them in cache.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "kernel.h"

namespace autovae {

constexpr int64_t kTile = 2048;                 // numbers in a tile: a few of them fill the first-level cache
constexpr int64_t kOperationsPerTask = 200000;  // less work than this is not worth a thread

// Rows at one distance from each other, columns at another; the last dimension is the columns.
template <typename T>
struct Rows {
  at::Tensor owner;  // keeps a copy alive where the strides did not fit
  const T* data = nullptr;
  int64_t columns = 1, row_stride = 0, column_stride = 0;
  bool contiguous = false;

  Rows() = default;

  explicit Rows(const at::Tensor& x) : owner(x) {
    columns = x.dim() == 0 ? 1 : x.size(-1);
    contiguous = x.is_contiguous();
    if (!contiguous && !one_stride(x)) {
      owner = x.contiguous();
      contiguous = true;
    }
    data = owner.template const_data_ptr<T>();
    column_stride = contiguous ? 1 : owner.stride(-1);
    row_stride = contiguous ? columns : outer_stride(owner);
  }

  // Columns first ... first + count of some rows, row by row: where they are if they are so, else in the buffer.
  const T* tile(int64_t row, int64_t rows, int64_t first, int64_t count, T* buffer) const {
    if (column_stride == 1 && (rows == 1 || (row_stride == columns && count == columns))) {
      return data + row * row_stride + first;
    }
    for (int64_t i = 0; i < rows; ++i) {
      const T* from = data + (row + i) * row_stride + first * column_stride;
      T* to = buffer + i * count;
      if (column_stride == 1) {
        std::memcpy(to, from, count * sizeof(T));
      } else {
        for (int64_t j = 0; j < count; ++j) to[j] = from[j * column_stride];
      }
    }
    return buffer;
  }

 private:
  static int64_t outer_stride(const at::Tensor& x) {
    for (int64_t d = x.dim() - 2; d >= 0; --d) {
      if (x.size(d) != 1) return x.stride(d);
    }
    return 0;
  }

  // Whether the leading dimensions are equally spaced rows.
  static bool one_stride(const at::Tensor& x) {
    int64_t expected = -1;
    for (int64_t d = x.dim() - 2; d >= 0; --d) {
      if (x.size(d) == 1) continue;
      if (expected >= 0 && x.stride(d) != expected) return false;
      expected = x.stride(d) * x.size(d);
    }
    return true;
  }
};

// Runs body(first row, rows) on tiles of rows of `columns` numbers, over threads where the work is worth them.
template <typename F>
void for_tiles(int64_t rows, int64_t columns, int64_t cost, const F& body) {
  if (rows == 0 || columns == 0) return;
  const int64_t step = std::max<int64_t>(1, kTile / columns);
  const int64_t grain = std::max<int64_t>(1, kOperationsPerTask / (cost * columns));
  at::parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row += step) body(row, std::min(step, end - row));
  });
}

// Sums of rows of `count` numbers, added to `total`; four chains, so that additions overlap and errors stay small.
template <typename T>
void add_row_sums(const T* x, int64_t rows, int64_t count, T* total, bool first) {
  for (int64_t i = 0; i < rows; ++i, x += count) {
    T a = 0, b = 0, c = 0, d = 0;
    int64_t j = 0;
    for (; j + 4 <= count; j += 4) a += x[j], b += x[j + 1], c += x[j + 2], d += x[j + 3];
    for (; j < count; ++j) a += x[j];
    const T sum = (a + b) + (c + d);
    total[i] = first ? sum : total[i] + sum;
  }
}

}  // namespace autovae
