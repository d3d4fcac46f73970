// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// A latent layer: neighbouring columns, the segments, have kernels of their own. The columns of a few rows of a segment
// are packed in cache, so that the vectors are full whatever the number of latents.
#pragma once

#include "noise.h"

namespace autovae {

struct Segment {
  const Kernel* kernel;
  int64_t first, count;
  const Sampler* sampler;  // of the posterior, where the layer draws its noise
};

struct Layer {
  std::vector<Segment> segments;
  int64_t latents = 0, value_cost = 0, gradient_cost = 0, both_cost = 0;  // cost of one row

  void add(const Kernel& kernel, int64_t count, const Sampler* sampler) {
    segments.push_back({&kernel, latents, count, sampler});
    latents += count;
    value_cost += count * kernel.value_cost;
    gradient_cost += count * kernel.gradient_cost;
    both_cost += count * kernel.both_cost;
  }
};

// Runs body(segment, first row, rows) on tiles of rows, for one segment after the other.
template <typename F>
void for_segments(const Layer& layer, int64_t rows, int64_t row_cost, const F& body) {
  for_tiles(rows, layer.latents, std::max<int64_t>(1, row_cost / layer.latents), [&](int64_t row, int64_t n) {
    for (const Segment& s : layer.segments) body(s, row, n);
  });
}

// What a segment's tile needs of buffers; a row of more latents than a tile makes them longer.
template <typename T>
struct Buffers {
  T *loc, *log_scale, *value, *d_loc, *d_log_scale, *noise, *z;
  alignas(64) T fixed[7 * kTile];
  std::vector<T> grown;

  explicit Buffers(int64_t n) {
    T* start = fixed;
    int64_t length = kTile;
    if (n > kTile) {
      grown.resize(7 * n);
      start = grown.data();
      length = n;
    }
    loc = start, log_scale = start + length, value = start + 2 * length;
    d_loc = start + 3 * length, d_log_scale = start + 4 * length;
    noise = start + 5 * length, z = start + 6 * length;
  }
};

// The locations of a tile: zero for a scale family, whatever the operand holds.
template <typename T>
const T* locations(const Rows<T>& loc, const Segment& s, int64_t row, int64_t rows, T* buffer) {
  if (!s.kernel->scale_family) return loc.tile(row, rows, s.first, s.count, buffer);
  std::fill_n(buffer, rows * s.count, T(0));
  return buffer;
}

// Rows of `count` numbers into columns of a contiguous matrix of `width` columns, and the other way.
template <typename T>
void scatter(const T* from, T* to, int64_t rows, int64_t count, int64_t width) {
  copy_rows(from, count, to, width, rows, count);
}

template <typename T>
void gather(const T* from, T* to, int64_t rows, int64_t count, int64_t width) {
  copy_rows(from, width, to, count, rows, count);
}

// One number for each row, repeated `count` times.
template <typename T>
void spread(const T* from, int64_t from_stride, T* to, int64_t rows, int64_t count) {
  with_count(count, [&](auto n) {
    for (int64_t i = 0; i < rows; ++i) {
      const T x = from[i * from_stride];
      for (int64_t j = 0; j < n; ++j) to[i * n + j] = x;
    }
  });
}

// The sample z = loc + offset, offset = exp(log_scale) noise, all (samples, rows, latents) and contiguous; a default one
// has none. Where no noise is given, the segments' samplers draw it: the same numbers as variates_into.
template <typename T>
struct Sample {
  const T* noise = nullptr;
  T *z = nullptr, *offset = nullptr;  // the offset where it is wanted
  int64_t samples = 0;
  uint64_t key = 0;
};

// nats: (rows,). The derivatives go to kept, where it has room: (2, rows, latents).
template <typename T>
void sum_into(const Layer& layer, const at::Tensor& loc, const at::Tensor& log_scale, const Sample<T>& sample,
              at::Tensor& nats, const at::Tensor& kept) {
  const Rows<T> m(loc), s(log_scale);
  T* total = nats.mutable_data_ptr<T>();
  const int64_t rows = nats.numel(), width = layer.latents;
  T* d_loc = kept.defined() && kept.numel() ? kept.mutable_data_ptr<T>() : nullptr;
  T* d_log_scale = d_loc + (d_loc ? rows * width : 0);
  const int64_t of_sample = sample.samples * (sample.noise ? 20 : 20 + kVariateCost);
  const int64_t cost = (d_loc ? layer.both_cost : layer.value_cost) + of_sample * width;
  for_segments(layer, rows, cost, [&](const Segment& segment, int64_t row, int64_t n) {
    const int64_t count = segment.count, size = n * count, to = row * width + segment.first;
    Buffers<T> b(size);
    const T* m_tile = locations(m, segment, row, n, b.loc);
    const T* s_tile = s.tile(row, n, segment.first, count, b.log_scale);
    const auto& f = functions<T>(*segment.kernel);
    if (d_loc) {
      f.both(m_tile, s_tile, b.value, b.d_loc, b.d_log_scale, size);
      if (segment.kernel->scale_family) std::fill_n(b.d_loc, size, T(0));
      scatter(b.d_loc, d_loc + to, n, count, width);
      scatter(b.d_log_scale, d_log_scale + to, n, count, width);
    } else {
      f.value(m_tile, s_tile, b.value, size);
    }
    add_row_sums(b.value, n, count, total + row, segment.first == 0);
    if (sample.samples == 0) return;
    exponential<T>(s_tile, b.value, size);
    for (int64_t k = 0; k < sample.samples; ++k) {
      const int64_t at = k * rows * width + to;
      if (sample.noise) {
        gather(sample.noise + at, b.noise, n, count, width);
      } else {
        draw(*segment.sampler, sample.key, &segment - layer.segments.data(), row * count, size, b.noise);
      }
      for (int64_t i = 0; i < size; ++i) b.noise[i] *= b.value[i];
      for (int64_t i = 0; i < size; ++i) b.z[i] = m_tile[i] + b.noise[i];
      scatter(b.z, sample.z + at, n, count, width);
      if (sample.offset) scatter(b.noise, sample.offset + at, n, count, width);
    }
  });
}

// What comes back through the sample z = loc + offset; a default one has no sample.
template <typename T>
struct SampleGradient {
  const T *grad_z = nullptr, *offset = nullptr;  // (samples, rows, latents), contiguous
  int64_t samples = 0;
};

// Where the gradients of loc and log_scale go: matrices, or two halves of one, with `stride` numbers from row to row.
template <typename T>
struct Gradients {
  T *loc, *log_scale;
  int64_t rows, stride;
};

// Gradients of the sum and, where there is one, of the sample.
template <typename T>
void sum_backward_into(const Layer& layer, const T* grad, int64_t grad_stride, const at::Tensor& loc,
                       const at::Tensor& log_scale, const SampleGradient<T>& sample, const Gradients<T>& to) {
  const Rows<T> m(loc), s(log_scale);
  const int64_t width = layer.latents, rows = to.rows;
  const int64_t cost = (grad ? layer.gradient_cost : width) + 30 * (1 + sample.samples) * width;
  for_segments(layer, rows, cost, [&](const Segment& segment, int64_t row, int64_t n) {
    const int64_t count = segment.count, size = n * count, out = row * to.stride + segment.first;
    Buffers<T> b(size);
    if (grad) {
      const T* s_tile = s.tile(row, n, segment.first, count, b.log_scale);
      const T* m_tile = locations(m, segment, row, n, b.loc);
      functions<T>(*segment.kernel).gradient(m_tile, s_tile, b.d_loc, b.d_log_scale, size);
      spread(grad + row * grad_stride, grad_stride, b.value, n, count);
      for (int64_t i = 0; i < size; ++i) b.d_loc[i] *= b.value[i];
      for (int64_t i = 0; i < size; ++i) b.d_log_scale[i] *= b.value[i];
    } else {
      std::fill_n(b.d_loc, size, T(0));
      std::fill_n(b.d_log_scale, size, T(0));
    }
    for (int64_t k = 0; k < sample.samples; ++k) {
      const int64_t at = (k * rows + row) * width + segment.first;
      gather(sample.grad_z + at, b.z, n, count, width);
      gather(sample.offset + at, b.noise, n, count, width);
      for (int64_t i = 0; i < size; ++i) b.d_loc[i] += b.z[i];
      for (int64_t i = 0; i < size; ++i) b.d_log_scale[i] += b.z[i] * b.noise[i];
    }
    if (segment.kernel->scale_family) std::fill_n(b.d_loc, size, T(0));
    scatter(b.d_loc, to.loc + out, n, count, to.stride);
    scatter(b.d_log_scale, to.log_scale + out, n, count, to.stride);
  });
}

// The same from the derivatives that the forward pass kept: (2, rows, latents).
template <typename T>
void sum_backward_kept_into(const Layer& layer, const T* grad, int64_t grad_stride, const T* kept,
                            const SampleGradient<T>& sample, const Gradients<T>& to) {
  using V = Vec<T>;
  const int64_t width = layer.latents, all = to.rows * width;
  const T *of_loc = kept, *of_log_scale = kept + all;
  // a tile at a time, its rows' gradients spread over their columns, so that the vectors are full
  for_tiles(to.rows, width, 2 + 2 * sample.samples, [&](int64_t row, int64_t n) {
    const int64_t first = row * width, size = n * width;
    Buffers<T> b(size);
    T* factor = b.value;
    if (grad) {
      spread(grad + row * grad_stride, grad_stride, factor, n, width);
    } else {
      std::fill_n(factor, size, T(0));
    }
    const bool packed = to.stride != width;
    T *gm = packed ? b.d_loc : to.loc + first, *gs = packed ? b.d_log_scale : to.log_scale + first;
    for (int64_t i = 0; i < size; i += kLanes<V>) {
      const int64_t at = first + i, left = size - i;
      const V g = load_lanes<V>(factor + i, left);
      V m = g * load_lanes<V>(of_loc + at, left), s = g * load_lanes<V>(of_log_scale + at, left);
      for (int64_t k = 0; k < sample.samples; ++k) {
        const V gz = load_lanes<V>(sample.grad_z + k * all + at, left);
        m += gz;
        s += gz * load_lanes<V>(sample.offset + k * all + at, left);
      }
      store_lanes(gm + i, m, left);
      store_lanes(gs + i, s, left);
    }
    for (const Segment& segment : layer.segments) {
      if (!segment.kernel->scale_family) continue;
      for (int64_t i = 0; i < n; ++i) std::fill_n(gm + i * width + segment.first, segment.count, T(0));
    }
    if (!packed) return;
    scatter(gm, to.loc + row * to.stride, n, width, to.stride);
    scatter(gs, to.log_scale + row * to.stride, n, width, to.stride);
  });
}

}  // namespace autovae
