// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Tensors as rows of numbers, and tiles of them in cache.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "kernel.h"
#include "strides.h"

namespace autovae {

constexpr int64_t kTile = 2048;                 // numbers in a tile: a few of them fill the first-level cache
constexpr int64_t kOperationsPerTask = 200000;  // less work than this is not worth a thread

// Runs body(count) with a count that the compiler knows, where it is small: a loop over the rows of a segment with four
// latents is then straight-line code for each row.
template <typename F>
void with_count(int64_t count, const F& body) {
  switch (count) {
#define AUTOVAE_COUNT(n) \
  case n:                \
    return body(std::integral_constant<int64_t, n>());
    AUTOVAE_COUNT(1) AUTOVAE_COUNT(2) AUTOVAE_COUNT(3) AUTOVAE_COUNT(4) AUTOVAE_COUNT(5) AUTOVAE_COUNT(6)
    AUTOVAE_COUNT(7) AUTOVAE_COUNT(8) AUTOVAE_COUNT(9) AUTOVAE_COUNT(10) AUTOVAE_COUNT(11) AUTOVAE_COUNT(12)
    AUTOVAE_COUNT(13) AUTOVAE_COUNT(14) AUTOVAE_COUNT(15) AUTOVAE_COUNT(16) AUTOVAE_COUNT(20)
#undef AUTOVAE_COUNT
    default:
      return body(count);
  }
}

// Rows of `count` numbers from one matrix into another, given the distances of their rows. The pointers move, in locals:
// what a lambda refers to, the compiler would load again after each copy, which could have changed it.
template <typename T>
void copy_rows(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t count) {
  with_count(count, [=](auto n) {
    const T* source = from;
    T* target = to;
    const int64_t source_step = from_stride, target_step = to_stride;
    for (int64_t left = rows; left > 0; --left, source += source_step, target += target_step) {
      std::memcpy(target, source, n * sizeof(T));
    }
  });
}

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
    const T* from = data + row * row_stride + first * column_stride;
    if (column_stride == 1) {
      copy_rows(from, row_stride, buffer, count, rows, count);
    } else {
      for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < count; ++j) buffer[i * count + j] = from[i * row_stride + j * column_stride];
      }
    }
    return buffer;
  }
};

// Runs body(first row, rows) on tiles of rows of `columns` numbers, over threads where the work is worth them. Tiles
// start at multiples of 64 rows where they hold that many: there blocks of variates mostly start, too.
template <typename F>
void for_tiles(int64_t rows, int64_t columns, int64_t cost, const F& body) {
  if (rows == 0 || columns == 0) return;
  int64_t step = std::max<int64_t>(1, kTile / columns);
  if (step > 64) step -= step % 64;
  const int64_t grain = std::max<int64_t>(1, kOperationsPerTask / (cost * columns * step));
  at::parallel_for(0, (rows + step - 1) / step, grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin * step; row < std::min(rows, end * step); row += step) body(row, std::min(step, rows - row));
  });
}

// Sums of rows of `count` numbers, added to `total`; four chains, so that additions overlap and errors stay small.
template <typename T>
void add_row_sums(const T* x, int64_t rows, int64_t count, T* total, bool first) {
  with_count(count, [&](auto n) {
    for (int64_t i = 0; i < rows; ++i) {
      const T* from = x + i * n;
      T a = 0, b = 0, c = 0, d = 0;
      int64_t j = 0;
      for (; j + 4 <= n; j += 4) a += from[j], b += from[j + 1], c += from[j + 2], d += from[j + 3];
      for (; j < n; ++j) a += from[j];
      const T sum = (a + b) + (c + d);
      total[i] = first ? sum : total[i] + sum;
    }
  });
}

}  // namespace autovae
