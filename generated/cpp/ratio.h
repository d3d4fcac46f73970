// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// The log-ratio of priors and posteriors, summed over the latents of each sample.
#pragma once

#include "families.h"
#include "views.h"

namespace autovae {

constexpr int64_t kRatioCost = 150;  // operations per number, roughly

struct RatioSegment {
  const Family *posterior, *prior;
  int64_t first, count;
};

struct RatioLayer {
  std::vector<RatioSegment> segments;
  int64_t latents = 0;
};

template <typename T>
const T* ratio_locations(const Rows<T>& loc, const RatioSegment& s, int64_t row, int64_t rows, T* buffer) {
  if (!s.posterior->scale_family) return loc.tile(row, rows, s.first, s.count, buffer);
  std::fill_n(buffer, rows * s.count, T(0));
  return buffer;
}

// Space for a tile; rows of more latents than a tile has are cut into pieces of a tile.
template <typename F>
void for_pieces(const RatioLayer& layer, int64_t rows, int64_t samples, const F& body) {
  for_tiles(rows, layer.latents, kRatioCost * std::max<int64_t>(1, samples), [&](int64_t row, int64_t n) {
    for (const RatioSegment& s : layer.segments) {
      for (int64_t done = 0; done < s.count; done += kTile) {
        RatioSegment piece = s;
        piece.first = s.first + done, piece.count = std::min(kTile, s.count - done);
        body(piece, row, n);
      }
    }
  });
}

// nats: (samples, rows) for z: (samples, rows, latents), contiguous.
template <typename T>
void ratio_into(const RatioLayer& layer, const at::Tensor& z, const at::Tensor& loc, const at::Tensor& log_scale,
                at::Tensor& nats) {
  const Rows<T> m(loc), s(log_scale), x(z);
  const int64_t rows = loc.numel() / layer.latents, samples = nats.numel() / rows;
  T* total = nats.mutable_data_ptr<T>();
  for_pieces(layer, rows, samples, [&](const RatioSegment& piece, int64_t row, int64_t n) {
    alignas(64) T loc_tile[kTile], scale_tile[kTile], z_tile[kTile], value[kTile];
    const T* ms = ratio_locations(m, piece, row, n, loc_tile);
    const T* ss = s.tile(row, n, piece.first, piece.count, scale_tile);
    for (int64_t k = 0; k < samples; ++k) {
      const T* zs = x.tile(k * rows + row, n, piece.first, piece.count, z_tile);
      functions<T>(*piece.prior).prior(zs, value, nullptr, n * piece.count);
      functions<T>(*piece.posterior).posterior(zs, ms, ss, value, nullptr, nullptr, n * piece.count);
      add_row_sums(value, n, piece.count, total + k * rows + row, piece.first == 0);
    }
  });
}

// grad: (samples, rows), contiguous.
template <typename T>
void ratio_backward_into(const RatioLayer& layer, const T* grad, const at::Tensor& z, const at::Tensor& loc,
                         const at::Tensor& log_scale, at::Tensor& grad_z, at::Tensor& grad_loc,
                         at::Tensor& grad_log_scale) {
  const Rows<T> m(loc), s(log_scale), x(z);
  const int64_t width = layer.latents, rows = loc.numel() / width, samples = grad_z.numel() / loc.numel();
  T *gz = grad_z.mutable_data_ptr<T>(), *gm = grad_loc.mutable_data_ptr<T>(), *gs = grad_log_scale.mutable_data_ptr<T>();
  for_pieces(layer, rows, samples, [&](const RatioSegment& piece, int64_t row, int64_t n) {
    alignas(64) T loc_tile[kTile], scale_tile[kTile], z_tile[kTile], value[kTile], d_z[kTile], d_loc[kTile], d_scale[kTile];
    const int64_t count = piece.count;
    const T* ms = ratio_locations(m, piece, row, n, loc_tile);
    const T* ss = s.tile(row, n, piece.first, count, scale_tile);
    for (int64_t i = 0; i < n; ++i) {
      std::fill_n(gm + (row + i) * width + piece.first, count, T(0));
      std::fill_n(gs + (row + i) * width + piece.first, count, T(0));
    }
    for (int64_t k = 0; k < samples; ++k) {
      const T* zs = x.tile(k * rows + row, n, piece.first, count, z_tile);
      functions<T>(*piece.prior).prior(zs, value, d_z, n * count);
      functions<T>(*piece.posterior).posterior(zs, ms, ss, value, d_loc, d_scale, n * count);
      for (int64_t i = 0; i < n; ++i) {
        const int64_t to = (row + i) * width + piece.first, from = i * count;
        const T g = grad[k * rows + row + i];
        for (int64_t j = 0; j < count; ++j) gz[k * rows * width + to + j] = g * (d_z[from + j] - d_loc[from + j]);
        for (int64_t j = 0; j < count; ++j) gs[to + j] += g * d_scale[from + j];
        if (!piece.posterior->scale_family) {
          for (int64_t j = 0; j < count; ++j) gm[to + j] += g * d_loc[from + j];
        }
      }
    }
  });
}

}  // namespace autovae
