// Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/C; change the generator, not this file.
// kld of the logistic from the standard cauchy, in nats.
//
// Finite where True. Evaluated by fixed nodes.
// Value: 173 operations per element, 2 of them transcendental functions (different arguments: 2).
// Gradient: 582 operations per element, 2 of them transcendental functions (different arguments: 2).
// Both: 582 operations per element, 2 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

// c0, c1
template <typename T>
constexpr T shift[10][2] = {
    {3.141592653589793, 39.47841760435743},
    {9.42477796076938, 118.43525281307231},
    {15.707963267948966, 197.39208802178717},
    {21.991148575128552, 276.34892323050207},
    {28.274333882308138, 355.3057584392169},
    {34.55751918948773, 434.2625936479318},
    {40.840704496667314, 513.2194288566467},
    {47.1238898038469, 592.1762640653615},
    {53.40707511102649, 671.1330992740764},
    {59.69026041820607, 750.0899344827913},
};
template <>
constexpr float shift<float>[10][2] = {
    {3.141592653589793, 39.47841760435743},
    {9.42477796076938, 118.43525281307231},
    {15.707963267948966, 197.39208802178717},
    {21.991148575128552, 276.34892323050207},
    {28.274333882308138, 355.3057584392169},
    {34.55751918948773, 434.2625936479318},
    {40.840704496667314, 513.2194288566467},
    {47.1238898038469, 592.1762640653615},
    {53.40707511102649, 671.1330992740764},
    {59.69026041820607, 750.0899344827913},
};

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto e0 = exp(log_scale);
    const auto x0 = square(loc);
    const auto x7 = square(e0);
    const auto x8 = T(62.83185307179586) * e0 + T(1.0);
    const auto x9 = square(x8);
    const auto x10 = x0 + x9;
    const auto x11 = power<-2>(x10);
    const auto x12 = x0 * x11;
    const auto x13 = T(39.47841760435743) * x7;
    const auto x14 = x12 * x13;
    const auto x15 = x11 * x9;
    const auto x16 = x14 + x13 * x15;
    const auto x17 = square(x16);
    const auto x18 = T(78.95683520871486) * x7;
    const auto x19 = x12 * x18;
    const auto x20 = -x19 + T(78.95683520871486) * x11 * x7 * x9;
    const auto x21 = -x14 + T(39.47841760435743) * x11 * x7 * x9;
    const auto x22 = x20 * x21;
    const auto x23 = x17 * x21;
    const auto x24 = -x17 + x22;
    const auto x25 = -x23 + x20 * x24;
    const auto x26 = x20 * x25;
    const auto x27 = x17 * x25;
    const auto x28 = x26 - x17 * x24;
    const auto x29 = -x27 + x20 * x28;
    const auto x30 = x20 * x29;
    const auto x31 = T(0.16664632161458334) * x17;
    const auto x32 = x30 - x17 * x28;
    V sum0{};
    for (const auto& row : shift<T>) {
      const T c0 = row[0];
      const auto x1 = c0 * e0 + T(1.0);
      const auto x2 = square(x1);
      const auto x3 = x0 + x2;
      const auto x4 = e0 * x1;
      const auto x5 = T(12.566370614359172) * x4 / x3;
      sum0 += x5;
    }
    value = -log_scale - sum0 + T(0.014583333333333334) * x17 - T(0.014583333333333334) * x22 - T(0.007688492063492063)
        * x23 - T(0.008268229166666667) * x26 - T(0.015121922348484848) * x27 - T(0.04216499375190781) * x30 -
        T(3.289868133696453) * x12 * x7 + T(0.008268229166666667) * x17 * x24 + T(0.04216499375190781) * x17 * x28 +
        T(0.007688492063492063) * x20 * x24 + T(0.015121922348484848) * x20 * x28 + T(0.16664632161458334) * x20 * x32 -
        x29 * x31 + T(3.289868133696453) * x11 * x7 * x9 + log(x10) - T(0.8552701141505998);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto e0 = exp(log_scale);
    const auto x0 = square(loc);
    const auto x7 = square(e0);
    const auto x8 = T(62.83185307179586) * e0 + T(1.0);
    const auto x9 = square(x8);
    const auto x10 = x0 + x9;
    const auto x11 = power<-2>(x10);
    const auto x12 = x0 * x11;
    const auto x13 = T(39.47841760435743) * x7;
    const auto x14 = x12 * x13;
    const auto x15 = x11 * x9;
    const auto x16 = x14 + x13 * x15;
    const auto x17 = square(x16);
    const auto x18 = T(78.95683520871486) * x7;
    const auto x19 = x12 * x18;
    const auto x20 = -x19 + T(78.95683520871486) * x11 * x7 * x9;
    const auto x21 = -x14 + T(39.47841760435743) * x11 * x7 * x9;
    const auto x22 = x20 * x21;
    const auto x23 = x17 * x21;
    const auto x24 = -x17 + x22;
    const auto x25 = -x23 + x20 * x24;
    const auto x26 = x20 * x25;
    const auto x27 = x17 * x25;
    const auto x28 = x26 - x17 * x24;
    const auto x29 = -x27 + x20 * x28;
    const auto x30 = x20 * x29;
    const auto x31 = T(0.16664632161458334) * x17;
    const auto x32 = x30 - x17 * x28;
    const auto x33 = reciprocal(x10);
    const auto x34 = power<-3>(x10);
    const auto x35 = loc * x34 * x9;
    const auto x36 = x35 * x7;
    const auto x37 = T(2.0) * x12 - T(2.0) * x15;
    const auto x38 = T(157.91367041742973) * x7;
    const auto x39 = -x35 * x38 + T(39.47841760435743) * loc * x33 * x37 * x7;
    const auto x40 = x20 * x39;
    const auto x41 = T(315.82734083485946) * x36;
    const auto x42 = loc * x18 * x33 * x37;
    const auto x43 = -x41 + x42;
    const auto x44 = x21 * x43;
    const auto x45 = -x41 - x42;
    const auto x46 = x17 * x39;
    const auto x47 = x16 * x45;
    const auto x48 = x21 * x47;
    const auto x49 = x25 * x43;
    const auto x50 = x25 * x47;
    const auto x51 = x40 + x44 - x47;
    const auto x52 = x29 * x43;
    const auto x53 = -x46 - x48 + x20 * x51 + x24 * x43;
    const auto x54 = x20 * x53;
    const auto x55 = x17 * x53;
    const auto x56 = T(0.16664632161458334) * x29;
    const auto x57 = x49 + x54 - x17 * x51 - x24 * x47;
    const auto x58 = -x50 - x55 + x20 * x57 + x28 * x43;
    const auto x59 = x20 * x58;
    const auto x60 = x33 * x8;
    const auto x61 = T(6.579736267392906) * x7;
    const auto x62 = power<3>(e0);
    const auto x63 = x0 * x34 * x8;
    const auto x64 = x62 * x63;
    const auto x65 = x60 * (x12 - x15);
    const auto x66 = x62 * x65;
    const auto x67 = T(9922.008537695943) * x62;
    const auto x68 = -x19 + T(4961.004268847972) * x66 + x15 * x18 + x63 * x67;
    const auto x69 = x20 * x68;
    const auto x70 = x12 * x38;
    const auto x71 = T(19844.017075391886) * x64;
    const auto x72 = x15 * x38 + x65 * x67;
    const auto x73 = -x70 + x71 + x72;
    const auto x74 = x21 * x73;
    const auto x75 = x16 * (x70 - x71 + x72);
    const auto x76 = x17 * x68;
    const auto x77 = x21 * x75;
    const auto x78 = x24 * x73;
    const auto x79 = x24 * x75;
    const auto x80 = x25 * x73;
    const auto x81 = x25 * x75;
    const auto x82 = x69 + x74 - x75;
    const auto x83 = x20 * x82;
    const auto x84 = x17 * x82;
    const auto x85 = x28 * x73;
    const auto x86 = x28 * x75;
    const auto x87 = x29 * x73;
    const auto x88 = -x76 - x77 + x78 + x83;
    const auto x89 = x20 * x88;
    const auto x90 = x17 * x88;
    const auto x91 = -x79 + x80 - x84 + x89;
    const auto x92 = x20 * x91;
    const auto x93 = x17 * x91;
    const auto x94 = -x81 + x85 - x90 + x92;
    const auto x95 = x20 * x94;
    const auto h0 = -T(25.132741228718345) * loc;
    V sum0{};
    V sum1{};
    V sum2{};
    for (const auto& row : shift<T>) {
      const T c0 = row[0], c1 = row[1];
      const auto x1 = c0 * e0 + T(1.0);
      const auto x2 = square(x1);
      const auto x3 = x0 + x2;
      const auto x4 = e0 * x1;
      const auto x5 = T(12.566370614359172) * x4 / x3;
      const auto x6 = power<-2>(x3);
      sum0 += x5;
      sum1 += h0 * x4 * x6;
      sum2 += x5 + c1 * x7 * (x0 * x6 - x2 * x6);
    }
    value = -log_scale - sum0 + T(0.014583333333333334) * x17 - T(0.014583333333333334) * x22 - T(0.007688492063492063)
        * x23 - T(0.008268229166666667) * x26 - T(0.015121922348484848) * x27 - T(0.04216499375190781) * x30 -
        T(3.289868133696453) * x12 * x7 + T(0.008268229166666667) * x17 * x24 + T(0.04216499375190781) * x17 * x28 +
        T(0.007688492063492063) * x20 * x24 + T(0.015121922348484848) * x20 * x28 + T(0.16664632161458334) * x20 * x32 -
        x29 * x31 + T(3.289868133696453) * x11 * x7 * x9 + log(x10) - T(0.8552701141505998);
    d_loc = -sum1 - T(13.159472534785811) * x36 - T(0.014583333333333334) * x40 - T(0.014583333333333334) * x44 -
        T(0.007688492063492063) * x46 - T(0.007688492063492063) * x48 - T(0.008268229166666667) * x49 -
        T(0.015121922348484848) * x50 - T(0.04216499375190781) * x52 - T(0.008268229166666667) * x54 -
        T(0.015121922348484848) * x55 - T(0.04216499375190781) * x59 + T(2.0) * loc * x33 + T(0.014583333333333334) *
        x16 * x45 + T(0.008268229166666667) * x17 * x51 + T(0.04216499375190781) * x17 * x57 + T(0.007688492063492063) *
        x20 * x51 + T(0.015121922348484848) * x20 * x57 + T(0.16664632161458334) * x20 * (x52 + x59 - x17 * x57 - x28 *
        x47) + T(0.007688492063492063) * x24 * x43 + T(0.015121922348484848) * x28 * x43 - x31 * x58 +
        T(0.16664632161458334) * x32 * x43 - x47 * x56 + T(0.008268229166666667) * x16 * x24 * x45 +
        T(0.04216499375190781) * x16 * x28 * x45 + T(3.289868133696453) * loc * x33 * x37 * x7;
    d_log_scale = -sum2 + T(826.8340448079952) * x64 + T(413.4170224039976) * x66 - T(0.014583333333333334) * x69 -
        T(0.014583333333333334) * x74 + T(0.014583333333333334) * x75 - T(0.007688492063492063) * x76 -
        T(0.007688492063492063) * x77 + T(0.007688492063492063) * x78 + T(0.008268229166666667) * x79 -
        T(0.008268229166666667) * x80 - T(0.015121922348484848) * x81 + T(0.007688492063492063) * x83 +
        T(0.008268229166666667) * x84 + T(0.015121922348484848) * x85 + T(0.04216499375190781) * x86 -
        T(0.04216499375190781) * x87 - T(0.008268229166666667) * x89 - T(0.015121922348484848) * x90 +
        T(0.015121922348484848) * x92 + T(0.04216499375190781) * x93 - T(0.04216499375190781) * x95 +
        T(125.66370614359172) * e0 * x60 - x12 * x61 + x15 * x61 + T(0.16664632161458334) * x20 * (-x86 + x87 - x93 +
        x95) - x31 * x94 + T(0.16664632161458334) * x32 * x73 - x56 * x75 - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto e0 = exp(log_scale);
    const auto x0 = square(loc);
    const auto x7 = square(e0);
    const auto x8 = T(62.83185307179586) * e0 + T(1.0);
    const auto x9 = square(x8);
    const auto x10 = x0 + x9;
    const auto x11 = power<-2>(x10);
    const auto x12 = x0 * x11;
    const auto x13 = T(39.47841760435743) * x7;
    const auto x14 = x12 * x13;
    const auto x15 = x11 * x9;
    const auto x16 = x14 + x13 * x15;
    const auto x17 = square(x16);
    const auto x18 = T(78.95683520871486) * x7;
    const auto x19 = x12 * x18;
    const auto x20 = -x19 + T(78.95683520871486) * x11 * x7 * x9;
    const auto x21 = -x14 + T(39.47841760435743) * x11 * x7 * x9;
    const auto x22 = x20 * x21;
    const auto x23 = x17 * x21;
    const auto x24 = -x17 + x22;
    const auto x25 = -x23 + x20 * x24;
    const auto x26 = x20 * x25;
    const auto x27 = x17 * x25;
    const auto x28 = x26 - x17 * x24;
    const auto x29 = -x27 + x20 * x28;
    const auto x30 = x20 * x29;
    const auto x31 = T(0.16664632161458334) * x17;
    const auto x32 = x30 - x17 * x28;
    const auto x33 = reciprocal(x10);
    const auto x34 = power<-3>(x10);
    const auto x35 = loc * x34 * x9;
    const auto x36 = x35 * x7;
    const auto x37 = T(2.0) * x12 - T(2.0) * x15;
    const auto x38 = T(157.91367041742973) * x7;
    const auto x39 = -x35 * x38 + T(39.47841760435743) * loc * x33 * x37 * x7;
    const auto x40 = x20 * x39;
    const auto x41 = T(315.82734083485946) * x36;
    const auto x42 = loc * x18 * x33 * x37;
    const auto x43 = -x41 + x42;
    const auto x44 = x21 * x43;
    const auto x45 = -x41 - x42;
    const auto x46 = x17 * x39;
    const auto x47 = x16 * x45;
    const auto x48 = x21 * x47;
    const auto x49 = x25 * x43;
    const auto x50 = x25 * x47;
    const auto x51 = x40 + x44 - x47;
    const auto x52 = x29 * x43;
    const auto x53 = -x46 - x48 + x20 * x51 + x24 * x43;
    const auto x54 = x20 * x53;
    const auto x55 = x17 * x53;
    const auto x56 = T(0.16664632161458334) * x29;
    const auto x57 = x49 + x54 - x17 * x51 - x24 * x47;
    const auto x58 = -x50 - x55 + x20 * x57 + x28 * x43;
    const auto x59 = x20 * x58;
    const auto x60 = x33 * x8;
    const auto x61 = T(6.579736267392906) * x7;
    const auto x62 = power<3>(e0);
    const auto x63 = x0 * x34 * x8;
    const auto x64 = x62 * x63;
    const auto x65 = x60 * (x12 - x15);
    const auto x66 = x62 * x65;
    const auto x67 = T(9922.008537695943) * x62;
    const auto x68 = -x19 + T(4961.004268847972) * x66 + x15 * x18 + x63 * x67;
    const auto x69 = x20 * x68;
    const auto x70 = x12 * x38;
    const auto x71 = T(19844.017075391886) * x64;
    const auto x72 = x15 * x38 + x65 * x67;
    const auto x73 = -x70 + x71 + x72;
    const auto x74 = x21 * x73;
    const auto x75 = x16 * (x70 - x71 + x72);
    const auto x76 = x17 * x68;
    const auto x77 = x21 * x75;
    const auto x78 = x24 * x73;
    const auto x79 = x24 * x75;
    const auto x80 = x25 * x73;
    const auto x81 = x25 * x75;
    const auto x82 = x69 + x74 - x75;
    const auto x83 = x20 * x82;
    const auto x84 = x17 * x82;
    const auto x85 = x28 * x73;
    const auto x86 = x28 * x75;
    const auto x87 = x29 * x73;
    const auto x88 = -x76 - x77 + x78 + x83;
    const auto x89 = x20 * x88;
    const auto x90 = x17 * x88;
    const auto x91 = -x79 + x80 - x84 + x89;
    const auto x92 = x20 * x91;
    const auto x93 = x17 * x91;
    const auto x94 = -x81 + x85 - x90 + x92;
    const auto x95 = x20 * x94;
    const auto h0 = -T(25.132741228718345) * loc;
    V sum0{};
    V sum1{};
    V sum2{};
    for (const auto& row : shift<T>) {
      const T c0 = row[0], c1 = row[1];
      const auto x1 = c0 * e0 + T(1.0);
      const auto x2 = square(x1);
      const auto x3 = x0 + x2;
      const auto x4 = e0 * x1;
      const auto x5 = T(12.566370614359172) * x4 / x3;
      const auto x6 = power<-2>(x3);
      sum0 += x5;
      sum1 += h0 * x4 * x6;
      sum2 += x5 + c1 * x7 * (x0 * x6 - x2 * x6);
    }
    value = -log_scale - sum0 + T(0.014583333333333334) * x17 - T(0.014583333333333334) * x22 - T(0.007688492063492063)
        * x23 - T(0.008268229166666667) * x26 - T(0.015121922348484848) * x27 - T(0.04216499375190781) * x30 -
        T(3.289868133696453) * x12 * x7 + T(0.008268229166666667) * x17 * x24 + T(0.04216499375190781) * x17 * x28 +
        T(0.007688492063492063) * x20 * x24 + T(0.015121922348484848) * x20 * x28 + T(0.16664632161458334) * x20 * x32 -
        x29 * x31 + T(3.289868133696453) * x11 * x7 * x9 + log(x10) - T(0.8552701141505998);
    d_loc = -sum1 - T(13.159472534785811) * x36 - T(0.014583333333333334) * x40 - T(0.014583333333333334) * x44 -
        T(0.007688492063492063) * x46 - T(0.007688492063492063) * x48 - T(0.008268229166666667) * x49 -
        T(0.015121922348484848) * x50 - T(0.04216499375190781) * x52 - T(0.008268229166666667) * x54 -
        T(0.015121922348484848) * x55 - T(0.04216499375190781) * x59 + T(2.0) * loc * x33 + T(0.014583333333333334) *
        x16 * x45 + T(0.008268229166666667) * x17 * x51 + T(0.04216499375190781) * x17 * x57 + T(0.007688492063492063) *
        x20 * x51 + T(0.015121922348484848) * x20 * x57 + T(0.16664632161458334) * x20 * (x52 + x59 - x17 * x57 - x28 *
        x47) + T(0.007688492063492063) * x24 * x43 + T(0.015121922348484848) * x28 * x43 - x31 * x58 +
        T(0.16664632161458334) * x32 * x43 - x47 * x56 + T(0.008268229166666667) * x16 * x24 * x45 +
        T(0.04216499375190781) * x16 * x28 * x45 + T(3.289868133696453) * loc * x33 * x37 * x7;
    d_log_scale = -sum2 + T(826.8340448079952) * x64 + T(413.4170224039976) * x66 - T(0.014583333333333334) * x69 -
        T(0.014583333333333334) * x74 + T(0.014583333333333334) * x75 - T(0.007688492063492063) * x76 -
        T(0.007688492063492063) * x77 + T(0.007688492063492063) * x78 + T(0.008268229166666667) * x79 -
        T(0.008268229166666667) * x80 - T(0.015121922348484848) * x81 + T(0.007688492063492063) * x83 +
        T(0.008268229166666667) * x84 + T(0.015121922348484848) * x85 + T(0.04216499375190781) * x86 -
        T(0.04216499375190781) * x87 - T(0.008268229166666667) * x89 - T(0.015121922348484848) * x90 +
        T(0.015121922348484848) * x92 + T(0.04216499375190781) * x93 - T(0.04216499375190781) * x95 +
        T(125.66370614359172) * e0 * x60 - x12 * x61 + x15 * x61 + T(0.16664632161458334) * x20 * (-x86 + x87 - x93 +
        x95) - x31 * x94 + T(0.16664632161458334) * x32 * x73 - x56 * x75 - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_logistic_cauchy = describe<Cell>("kld/logistic_cauchy", false, 214, 623, 623);

}  // namespace autovae
