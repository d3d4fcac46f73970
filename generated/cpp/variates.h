// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Variates of the families' standard members from the bits of a counter-based generator: what a number is depends on
// the key, its stream and its place alone, not on threads, shapes of tiles or the width of vectors.
#pragma once

#include <algorithm>

#include "special.h"

namespace autovae {

constexpr int kBlock = 128;         // numbers that are made together
constexpr int kDraws = kBlock / 4;  // draws of the generator for these, of four words each

// Philox 4 x 32 with 10 rounds, Salmon et al. (2011): words of a block for a key, a stream and a layer of bits. Lanes
// are the low halves of 64 bits; what is in the high halves does not matter.
struct Philox {
  typedef uint64_t Wide __attribute__((vector_size(kVectorBytes)));
  static constexpr int kWide = kVectorBytes / 8;

  static Wide product(Wide x, uint64_t factor) {
#if defined(__AVX512F__)
    return (Wide)_mm512_mul_epu32((__m512i)x, _mm512_set1_epi64(factor));
#elif defined(__AVX2__)
    return (Wide)_mm256_mul_epu32((__m256i)x, _mm256_set1_epi64x(factor));
#else
    return (x & 0xffffffffu) * factor;
#endif
  }

  static void words(uint64_t key, uint32_t stream, uint32_t layer, uint64_t block, uint32_t* to) {
    Wide lanes;
    for (int j = 0; j < kWide; ++j) lanes[j] = j;
    for (int i = 0; i < kDraws; i += kWide) {
      Wide a = lanes + (block * kDraws + i), b = a >> 32, c = Wide{} + stream, d = Wide{} + layer;
      uint32_t k0 = uint32_t(key), k1 = uint32_t(key >> 32);
#pragma GCC unroll 10
      for (int round = 0; round < 10; ++round) {
        const Wide p = product(a, 0xD2511F53u), q = product(c, 0xCD9E8D57u);
        a = (q >> 32) ^ b ^ uint64_t(k0), b = q;
        c = (p >> 32) ^ d ^ uint64_t(k1), d = p;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
      }
      const Wide ab = (a & 0xffffffffu) | (b << 32), cd = (c & 0xffffffffu) | (d << 32);
      std::memcpy(to + 2 * i, &ab, sizeof(Wide));
      std::memcpy(to + 2 * (kDraws + i), &cd, sizeof(Wide));
    }
  }
};

// A probability p and its nearer end of (0, 1): p = tail in (0, 1/2], or 1 - tail where `high` is set.
template <typename V>
struct Probability {
  V tail;
  Bits<V> high;
};

// From the words of two layers. All bits of the first count; those of the second do in float64, and in float32 near the
// ends: tails reach probabilities of 2^-65.
template <typename V>
AUTOVAE_INLINE Probability<V> probability(Bits<V> first, Bits<V> second) {
  using T = Element<V>;
  const V rest = (__builtin_convertvector(second & 0x7fffffff, V) + T(0.5)) * T(0x1p-31);
  const V tail = (__builtin_convertvector(first & 0x7fffffff, V) + rest) * T(0x1p-32);
  return {tail, (first & typename Lanes<T>::Int(0x80000000)) != 0};
}

// log(p)
template <typename V>
AUTOVAE_INLINE V log_probability(Probability<V> p) {
  using T = Element<V>;
  const V far = T(1) - p.tail;
  const V u = select<V>(p.high, far, p.tail);
  const V lost = select<V>(p.high, (T(1) - far) - p.tail, T(0));
  const Parts<V> q = parts(u);
  return log_of_parts(q.k, q.m, correction(lost, u));
}

template <typename V>
AUTOVAE_INLINE V signed_by(Bits<V> high, V x) {
  return high ? x : -x;
}

// sin(pi t) and cos(pi t) for t in [0, 1/4]
template <typename V>
struct Circular {
  V sine, cosine;
};

template <typename V>
AUTOVAE_INLINE Circular<V> circular(V t) {
  const V v = t * t;
  return {t * polynomial(v, C<V>::SINPI), Element<V>(1) + v * polynomial(v, C<V>::COSPI)};
}

// ---------------------------------------------------------------- quantile functions

struct OfUniform {
  template <typename V>
  AUTOVAE_INLINE V quantile(Probability<V> p) {
    using T = Element<V>;
    return signed_by(p.high, min<V>(T(1) - std::numeric_limits<T>::epsilon() / 2, T(1) - T(2) * p.tail));
  }
};

struct OfExponential {
  template <typename V>
  AUTOVAE_INLINE V quantile(Probability<V> p) {
    return -log_probability(p);  // p and 1 - p are alike
  }
};

struct OfLaplace {
  template <typename V>
  AUTOVAE_INLINE V quantile(Probability<V> p) {
    const Parts<V> q = parts(Element<V>(2) * p.tail);
    return signed_by(p.high, -log_of_parts(q.k, q.m, V{}));
  }
};

struct OfLogistic {
  template <typename V>
  AUTOVAE_INLINE V quantile(Probability<V> p) {
    using T = Element<V>;
    return signed_by(p.high, log1p((T(1) - T(2) * p.tail) / p.tail));
  }
};

struct OfGumbel {
  template <typename V>
  AUTOVAE_INLINE V quantile(Probability<V> p) {
    return -log(-log_probability(p));
  }
};

struct OfCauchy {
  template <typename V>
  AUTOVAE_INLINE V quantile(Probability<V> p) {
    using T = Element<V>;
    const Bits<V> far = p.tail < T(0.25);
    const Circular<V> c = circular(select<V>(far, p.tail, T(0.5) - p.tail));
    return signed_by(p.high, select<V>(far, c.cosine, c.sine) / select<V>(far, c.sine, c.cosine));
  }
};

// Two normal variates, Box & Muller (1958): the first word gives the radius, the second one quadrant and angle.
template <typename V>
AUTOVAE_INLINE void normal_pair(Probability<V> radius, Probability<V> angle, V& x, V& y) {
  using T = Element<V>;
  const V r = sqrt(T(-2) * log_probability(radius));
  // the tail in (0, 1/2] is a sign and an angle in (0, 1/2]
  const Bits<V> flipped = angle.tail > T(0.25);
  const V t = select<V>(flipped, T(2) * angle.tail - T(0.5), T(2) * angle.tail);
  const Bits<V> steep = t > T(0.25);
  const Circular<V> c = circular(select<V>(steep, T(0.5) - t, t));
  x = signed_by(angle.high, r * select<V>(steep, c.sine, c.cosine));
  y = signed_by(flipped, r * select<V>(steep, c.cosine, c.sine));
}

// ---------------------------------------------------------------- blocks

template <typename T>
struct Words {
  using V = Vec<T>;
  alignas(64) uint32_t first[kBlock], second[kBlock];

  Words(uint64_t key, uint32_t stream, uint64_t block) {
    Philox::words(key, stream, 0, block, first);
    if constexpr (std::is_same_v<T, double>) {
      Philox::words(key, stream, 1, block, second);
    } else {
      uint32_t smallest = 0xffffffffu;
      for (int i = 0; i < kBlock; ++i) smallest = std::min(smallest, first[i] & 0x7fffffffu);
      // of greater words the first layer alone has 17 bits and more
      if (smallest < 0x10000u) {
        Philox::words(key, stream, 1, block, second);
      } else {
        std::fill_n(second, kBlock, 0x3fffffffu);
      }
    }
  }

  Probability<V> at(int i) const {
    Bits<V> of_first, of_second;
    if constexpr (std::is_same_v<T, double>) {
      typedef uint32_t Half __attribute__((vector_size(kVectorBytes / 2)));
      Half a, b;
      std::memcpy(&a, first + i, sizeof(Half)), std::memcpy(&b, second + i, sizeof(Half));
      of_first = __builtin_convertvector(a, Bits<V>), of_second = __builtin_convertvector(b, Bits<V>);
    } else {
      std::memcpy(&of_first, first + i, sizeof(V)), std::memcpy(&of_second, second + i, sizeof(V));
    }
    return probability<V>(of_first, of_second);
  }
};

struct OfNormal {};

template <typename F, typename T>
void block_of(uint64_t key, uint32_t stream, uint64_t block, T* to) {
  using V = Vec<T>;
  const Words<T> words(key, stream, block);
  if constexpr (std::is_same_v<F, OfNormal>) {
    for (int i = 0; i < kBlock / 2; i += kLanes<V>) {
      V x, y;
      normal_pair(words.at(i), words.at(kBlock / 2 + i), x, y);
      store(to + i, x), store(to + kBlock / 2 + i, y);
    }
  } else {
    for (int i = 0; i < kBlock; i += kLanes<V>) store(to + i, F::quantile(words.at(i)));
  }
}

// Numbers first ... first + n of a stream.
template <typename F, typename T>
void variates_of(uint64_t key, uint32_t stream, int64_t first, int64_t n, T* to) {
  for (int64_t done = 0; done < n;) {
    const int64_t at = (first + done) % kBlock, count = std::min(kBlock - at, n - done);
    const uint64_t block = (first + done) / kBlock;
    if (count == kBlock) {
      block_of<F>(key, stream, block, to + done);
    } else {
      alignas(64) T whole[kBlock];
      block_of<F>(key, stream, block, whole);
      std::memcpy(to + done, whole + at, count * sizeof(T));
    }
    done += count;
  }
}

struct Sampler {
  const char* name;  // of the family
  void (*of_float)(uint64_t key, uint32_t stream, int64_t first, int64_t n, float* to);
  void (*of_double)(uint64_t key, uint32_t stream, int64_t first, int64_t n, double* to);
};

extern const Sampler kSamplers[];
extern const int64_t kSamplerCount;

}  // namespace autovae
