// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
// A matrix transposed in squares that fit into vectors.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "simd.h"

namespace autovae {

// Rows and columns of a square.
template <typename T>
constexpr int kSquare = kVectorBytes / (sizeof(T) < 4 ? 4 : static_cast<int>(sizeof(T)));

template <typename T>
AUTOVAE_INLINE void transpose_square(const T* from, int64_t from_stride, T* to, int64_t to_stride) {
  constexpr int N = kSquare<T>;
#if defined(__clang__)
  for (int i = 0; i < N; ++i) {
    for (int k = 0; k < N; ++k) to[i * to_stride + k] = from[k * from_stride + i];
  }
#else
  using Index = std::conditional_t<sizeof(T) == 8, int64_t, std::conditional_t<sizeof(T) == 4, int32_t, int16_t>>;
  typedef Index V __attribute__((vector_size(N * sizeof(T))));
  V rows[N];
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) std::memcpy(&rows[i], from + i * from_stride, sizeof(V));
  // Rows that are `step` apart exchange the halves of each stretch of 2 step numbers.
#pragma GCC unroll 4
  for (int step = N / 2; step > 0; step /= 2) {
    V low, high;
#pragma GCC unroll 16
    for (int k = 0; k < N; ++k) {
      low[k] = k & step ? N + (k ^ step) : k;
      high[k] = k & step ? N + k : k ^ step;
    }
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) {
      if (i & step) continue;
      const V upper = rows[i], lower = rows[i + step];
      rows[i] = __builtin_shuffle(upper, lower, low);
      rows[i + step] = __builtin_shuffle(upper, lower, high);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) std::memcpy(to + i * to_stride, &rows[i], sizeof(V));
#endif
}

// to[column][row] = from[row][column]
template <typename T>
void transpose(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t columns) {
  constexpr int64_t N = kSquare<T>;
  for (int64_t row = 0; row < rows; row += N) {
    for (int64_t column = 0; column < columns; column += N) {
      const T* corner = from + row * from_stride + column;
      T* target = to + column * to_stride + row;
      if (row + N <= rows && column + N <= columns) {
        transpose_square(corner, from_stride, target, to_stride);
        continue;
      }
      for (int64_t k = 0; k < std::min(N, columns - column); ++k) {
        for (int64_t i = 0; i < std::min(N, rows - row); ++i) target[k * to_stride + i] = corner[i * from_stride + k];
      }
    }
  }
}

}  // namespace autovae
