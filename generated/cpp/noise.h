// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Variates of the families that the columns of a layer have.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include "variates.h"
#include "views.h"

namespace autovae {

constexpr int64_t kVariateCost = 40;  // operations per number, roughly

struct NoiseSegment {
  const Sampler* sampler;
  int64_t first, count;
};

// One number from Torch's generator is the key of all variates; segments are streams of their own, row by row.
inline uint64_t key_from(const std::optional<at::Generator>& generator) {
  auto* source = at::get_generator_or_default<at::CPUGeneratorImpl>(generator, at::detail::getDefaultCPUGenerator());
  const std::lock_guard<std::mutex> lock(source->mutex_);
  return source->random64();
}

// Numbers first ... first + n of a stream.
template <typename T>
void draw(const Sampler& sampler, uint64_t key, uint32_t stream, int64_t first, int64_t n, T* to) {
  functions<T>(sampler)(key, stream, first, n, to);
}

template <typename T>
void variates_into(const std::vector<NoiseSegment>& segments, int64_t width, uint64_t key, at::Tensor& noise) {
  T* out = noise.mutable_data_ptr<T>();
  const int64_t rows = width ? noise.numel() / width : 0;
  for_tiles(rows, width, kVariateCost, [&](int64_t row, int64_t n) {
    for (size_t i = 0; i < segments.size(); ++i) {
      const NoiseSegment& s = segments[i];
      const auto fill = [&](T* to) { draw(*s.sampler, key, i, row * s.count, n * s.count, to); };
      if (s.count == width) {
        fill(out + row * width);
      } else if (n * s.count <= kTile) {
        alignas(64) T buffer[kTile];
        fill(buffer);
        copy_rows(buffer, s.count, out + row * width + s.first, width, n, s.count);
      } else {  // one row, longer than a tile
        fill(out + row * width + s.first);
      }
    }
  });
}

}  // namespace autovae
