// Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/C; change the generator, not this file.
// kld of the logistic from the standard cauchy, in nats.
//
// Finite where True. Evaluated by fixed nodes.
// Value: 174 operations per element, 3 of them transcendental functions.
// Gradient: 601 operations per element, 4 of them transcendental functions.
// Both: 601 operations per element, 4 of them transcendental functions.
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
    const auto x0 = square(loc);
    const auto x1 = exp(log_scale);
    const auto x8 = exp(T(2.0) * log_scale);
    const auto x9 = T(62.83185307179586) * x1 + T(1.0);
    const auto x10 = square(x9);
    const auto x11 = x0 + x10;
    const auto x12 = power<-2>(x11);
    const auto x13 = x0 * x12;
    const auto x14 = T(39.47841760435743) * x8;
    const auto x15 = x13 * x14;
    const auto x16 = x10 * x12;
    const auto x17 = x15 + x14 * x16;
    const auto x18 = square(x17);
    const auto x19 = T(78.95683520871486) * x8;
    const auto x20 = x13 * x19;
    const auto x21 = -x20 + T(78.95683520871486) * x10 * x12 * x8;
    const auto x22 = -x15 + T(39.47841760435743) * x10 * x12 * x8;
    const auto x23 = x21 * x22;
    const auto x24 = x18 * x22;
    const auto x25 = -x18 + x23;
    const auto x26 = -x24 + x21 * x25;
    const auto x27 = x21 * x26;
    const auto x28 = x18 * x26;
    const auto x29 = x27 - x18 * x25;
    const auto x30 = -x28 + x21 * x29;
    const auto x31 = x21 * x30;
    const auto x32 = T(0.16664632161458334) * x18;
    const auto x33 = x31 - x18 * x29;
    V sum0{};
    for (const auto& row : shift<T>) {
      const T c0 = row[0];
      const auto x2 = c0 * x1 + T(1.0);
      const auto x3 = square(x2);
      const auto x4 = x0 + x3;
      const auto x5 = x1 * x2;
      const auto x6 = T(12.566370614359172) * x5 / x4;
      sum0 += x6;
    }
    value = -log_scale - sum0 + T(0.014583333333333334) * x18 - T(0.014583333333333334) * x23 - T(0.007688492063492063)
        * x24 - T(0.008268229166666667) * x27 - T(0.015121922348484848) * x28 - T(0.04216499375190781) * x31 -
        T(3.289868133696453) * x13 * x8 + T(0.008268229166666667) * x18 * x25 + T(0.04216499375190781) * x18 * x29 +
        T(0.007688492063492063) * x21 * x25 + T(0.015121922348484848) * x21 * x29 + T(0.16664632161458334) * x21 * x33 -
        x30 * x32 + T(3.289868133696453) * x10 * x12 * x8 + log(x11) - T(0.8552701141505998);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = square(loc);
    const auto x1 = exp(log_scale);
    const auto x8 = exp(T(2.0) * log_scale);
    const auto x9 = T(62.83185307179586) * x1 + T(1.0);
    const auto x10 = square(x9);
    const auto x11 = x0 + x10;
    const auto x12 = power<-2>(x11);
    const auto x13 = x0 * x12;
    const auto x14 = T(39.47841760435743) * x8;
    const auto x15 = x13 * x14;
    const auto x16 = x10 * x12;
    const auto x17 = x15 + x14 * x16;
    const auto x18 = square(x17);
    const auto x19 = T(78.95683520871486) * x8;
    const auto x20 = x13 * x19;
    const auto x21 = -x20 + T(78.95683520871486) * x10 * x12 * x8;
    const auto x22 = -x15 + T(39.47841760435743) * x10 * x12 * x8;
    const auto x23 = x21 * x22;
    const auto x24 = x18 * x22;
    const auto x25 = -x18 + x23;
    const auto x26 = -x24 + x21 * x25;
    const auto x27 = x21 * x26;
    const auto x28 = x18 * x26;
    const auto x29 = x27 - x18 * x25;
    const auto x30 = -x28 + x21 * x29;
    const auto x31 = x21 * x30;
    const auto x32 = T(0.16664632161458334) * x18;
    const auto x33 = x31 - x18 * x29;
    const auto x34 = reciprocal(x11);
    const auto x35 = power<-3>(x11);
    const auto x36 = loc * x10 * x35;
    const auto x37 = x36 * x8;
    const auto x38 = T(2.0) * x13 - T(2.0) * x16;
    const auto x39 = T(157.91367041742973) * x8;
    const auto x40 = loc * x34 * x38;
    const auto x41 = x14 * x40 - x36 * x39;
    const auto x42 = x21 * x41;
    const auto x43 = T(315.82734083485946) * x37;
    const auto x44 = x19 * x40;
    const auto x45 = -x43 + x44;
    const auto x46 = x22 * x45;
    const auto x47 = -x43 - x44;
    const auto x48 = x18 * x41;
    const auto x49 = x17 * x47;
    const auto x50 = x22 * x49;
    const auto x51 = x26 * x45;
    const auto x52 = x26 * x49;
    const auto x53 = x42 + x46 - x49;
    const auto x54 = x30 * x45;
    const auto x55 = -x48 - x50 + x21 * x53 + x25 * x45;
    const auto x56 = x21 * x55;
    const auto x57 = x18 * x55;
    const auto x58 = T(0.16664632161458334) * x30;
    const auto x59 = x51 + x56 - x18 * x53 - x25 * x49;
    const auto x60 = -x52 - x57 + x21 * x59 + x29 * x45;
    const auto x61 = x21 * x60;
    const auto x62 = exp(T(3.0) * log_scale);
    const auto x63 = x13 - x16;
    const auto x64 = T(9922.008537695943) * x62;
    const auto x65 = x0 * x35 * x9;
    const auto x66 = x34 * x63 * x9;
    const auto x67 = -x20 + x16 * x19 + T(4961.004268847972) * x62 * x66 + x64 * x65;
    const auto x68 = x21 * x67;
    const auto x69 = x13 * x39;
    const auto x70 = T(19844.017075391886) * x62 * x65;
    const auto x71 = x16 * x39 + x64 * x66;
    const auto x72 = -x69 + x70 + x71;
    const auto x73 = x22 * x72;
    const auto x74 = x69 - x70 + x71;
    const auto x75 = x18 * x67;
    const auto x76 = x17 * x74;
    const auto x77 = x22 * x76;
    const auto x78 = x26 * x72;
    const auto x79 = x26 * x76;
    const auto x80 = x68 + x73 - x76;
    const auto x81 = x30 * x72;
    const auto x82 = -x75 - x77 + x21 * x80 + x25 * x72;
    const auto x83 = x21 * x82;
    const auto x84 = x18 * x82;
    const auto x85 = x78 + x83 - x18 * x80 - x25 * x76;
    const auto x86 = -x79 - x84 + x21 * x85 + x29 * x72;
    const auto x87 = x21 * x86;
    const auto h0 = -T(25.132741228718345) * loc;
    V sum0{};
    V sum1{};
    V sum2{};
    for (const auto& row : shift<T>) {
      const T c0 = row[0], c1 = row[1];
      const auto x2 = c0 * x1 + T(1.0);
      const auto x3 = square(x2);
      const auto x4 = x0 + x3;
      const auto x5 = x1 * x2;
      const auto x6 = T(12.566370614359172) * x5 / x4;
      const auto x7 = power<-2>(x4);
      sum0 += x6;
      sum1 += h0 * x5 * x7;
      sum2 += x6 + c1 * x8 * (x0 * x7 - x3 * x7);
    }
    value = -log_scale - sum0 + T(0.014583333333333334) * x18 - T(0.014583333333333334) * x23 - T(0.007688492063492063)
        * x24 - T(0.008268229166666667) * x27 - T(0.015121922348484848) * x28 - T(0.04216499375190781) * x31 -
        T(3.289868133696453) * x13 * x8 + T(0.008268229166666667) * x18 * x25 + T(0.04216499375190781) * x18 * x29 +
        T(0.007688492063492063) * x21 * x25 + T(0.015121922348484848) * x21 * x29 + T(0.16664632161458334) * x21 * x33 -
        x30 * x32 + T(3.289868133696453) * x10 * x12 * x8 + log(x11) - T(0.8552701141505998);
    d_loc = -sum1 - T(13.159472534785811) * x37 - T(0.014583333333333334) * x42 - T(0.014583333333333334) * x46 -
        T(0.007688492063492063) * x48 - T(0.007688492063492063) * x50 - T(0.008268229166666667) * x51 -
        T(0.015121922348484848) * x52 - T(0.04216499375190781) * x54 - T(0.008268229166666667) * x56 -
        T(0.015121922348484848) * x57 - T(0.04216499375190781) * x61 + T(2.0) * loc * x34 + T(0.014583333333333334) *
        x17 * x47 + T(0.008268229166666667) * x18 * x53 + T(0.04216499375190781) * x18 * x59 + T(0.007688492063492063) *
        x21 * x53 + T(0.015121922348484848) * x21 * x59 + T(0.16664632161458334) * x21 * (x54 + x61 - x18 * x59 - x29 *
        x49) + T(0.007688492063492063) * x25 * x45 + T(0.015121922348484848) * x29 * x45 - x32 * x60 +
        T(0.16664632161458334) * x33 * x45 - x49 * x58 + T(0.008268229166666667) * x17 * x25 * x47 +
        T(0.04216499375190781) * x17 * x29 * x47 + T(3.289868133696453) * loc * x34 * x38 * x8;
    d_log_scale = -sum2 - T(0.014583333333333334) * x68 - T(0.014583333333333334) * x73 - T(0.007688492063492063) * x75
        - T(0.007688492063492063) * x77 - T(0.008268229166666667) * x78 - T(0.015121922348484848) * x79 -
        T(0.04216499375190781) * x81 - T(0.008268229166666667) * x83 - T(0.015121922348484848) * x84 -
        T(0.04216499375190781) * x87 - T(6.579736267392906) * x13 * x8 + T(0.014583333333333334) * x17 * x74 +
        T(0.008268229166666667) * x18 * x80 + T(0.04216499375190781) * x18 * x85 + T(0.007688492063492063) * x21 * x80 +
        T(0.015121922348484848) * x21 * x85 + T(0.16664632161458334) * x21 * (x81 + x87 - x18 * x85 - x29 * x76) +
        T(0.007688492063492063) * x25 * x72 + T(0.015121922348484848) * x29 * x72 - x32 * x86 + T(0.16664632161458334) *
        x33 * x72 - x58 * x76 + T(125.66370614359172) * x1 * x34 * x9 + T(6.579736267392906) * x10 * x12 * x8 +
        T(0.008268229166666667) * x17 * x25 * x74 + T(0.04216499375190781) * x17 * x29 * x74 + T(826.8340448079952) * x0
        * x35 * x62 * x9 + T(413.4170224039976) * x34 * x62 * x63 * x9 - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = square(loc);
    const auto x1 = exp(log_scale);
    const auto x8 = exp(T(2.0) * log_scale);
    const auto x9 = T(62.83185307179586) * x1 + T(1.0);
    const auto x10 = square(x9);
    const auto x11 = x0 + x10;
    const auto x12 = power<-2>(x11);
    const auto x13 = x0 * x12;
    const auto x14 = T(39.47841760435743) * x8;
    const auto x15 = x13 * x14;
    const auto x16 = x10 * x12;
    const auto x17 = x15 + x14 * x16;
    const auto x18 = square(x17);
    const auto x19 = T(78.95683520871486) * x8;
    const auto x20 = x13 * x19;
    const auto x21 = -x20 + T(78.95683520871486) * x10 * x12 * x8;
    const auto x22 = -x15 + T(39.47841760435743) * x10 * x12 * x8;
    const auto x23 = x21 * x22;
    const auto x24 = x18 * x22;
    const auto x25 = -x18 + x23;
    const auto x26 = -x24 + x21 * x25;
    const auto x27 = x21 * x26;
    const auto x28 = x18 * x26;
    const auto x29 = x27 - x18 * x25;
    const auto x30 = -x28 + x21 * x29;
    const auto x31 = x21 * x30;
    const auto x32 = T(0.16664632161458334) * x18;
    const auto x33 = x31 - x18 * x29;
    const auto x34 = reciprocal(x11);
    const auto x35 = power<-3>(x11);
    const auto x36 = loc * x10 * x35;
    const auto x37 = x36 * x8;
    const auto x38 = T(2.0) * x13 - T(2.0) * x16;
    const auto x39 = T(157.91367041742973) * x8;
    const auto x40 = loc * x34 * x38;
    const auto x41 = x14 * x40 - x36 * x39;
    const auto x42 = x21 * x41;
    const auto x43 = T(315.82734083485946) * x37;
    const auto x44 = x19 * x40;
    const auto x45 = -x43 + x44;
    const auto x46 = x22 * x45;
    const auto x47 = -x43 - x44;
    const auto x48 = x18 * x41;
    const auto x49 = x17 * x47;
    const auto x50 = x22 * x49;
    const auto x51 = x26 * x45;
    const auto x52 = x26 * x49;
    const auto x53 = x42 + x46 - x49;
    const auto x54 = x30 * x45;
    const auto x55 = -x48 - x50 + x21 * x53 + x25 * x45;
    const auto x56 = x21 * x55;
    const auto x57 = x18 * x55;
    const auto x58 = T(0.16664632161458334) * x30;
    const auto x59 = x51 + x56 - x18 * x53 - x25 * x49;
    const auto x60 = -x52 - x57 + x21 * x59 + x29 * x45;
    const auto x61 = x21 * x60;
    const auto x62 = exp(T(3.0) * log_scale);
    const auto x63 = x13 - x16;
    const auto x64 = T(9922.008537695943) * x62;
    const auto x65 = x0 * x35 * x9;
    const auto x66 = x34 * x63 * x9;
    const auto x67 = -x20 + x16 * x19 + T(4961.004268847972) * x62 * x66 + x64 * x65;
    const auto x68 = x21 * x67;
    const auto x69 = x13 * x39;
    const auto x70 = T(19844.017075391886) * x62 * x65;
    const auto x71 = x16 * x39 + x64 * x66;
    const auto x72 = -x69 + x70 + x71;
    const auto x73 = x22 * x72;
    const auto x74 = x69 - x70 + x71;
    const auto x75 = x18 * x67;
    const auto x76 = x17 * x74;
    const auto x77 = x22 * x76;
    const auto x78 = x26 * x72;
    const auto x79 = x26 * x76;
    const auto x80 = x68 + x73 - x76;
    const auto x81 = x30 * x72;
    const auto x82 = -x75 - x77 + x21 * x80 + x25 * x72;
    const auto x83 = x21 * x82;
    const auto x84 = x18 * x82;
    const auto x85 = x78 + x83 - x18 * x80 - x25 * x76;
    const auto x86 = -x79 - x84 + x21 * x85 + x29 * x72;
    const auto x87 = x21 * x86;
    const auto h0 = -T(25.132741228718345) * loc;
    V sum0{};
    V sum1{};
    V sum2{};
    for (const auto& row : shift<T>) {
      const T c0 = row[0], c1 = row[1];
      const auto x2 = c0 * x1 + T(1.0);
      const auto x3 = square(x2);
      const auto x4 = x0 + x3;
      const auto x5 = x1 * x2;
      const auto x6 = T(12.566370614359172) * x5 / x4;
      const auto x7 = power<-2>(x4);
      sum0 += x6;
      sum1 += h0 * x5 * x7;
      sum2 += x6 + c1 * x8 * (x0 * x7 - x3 * x7);
    }
    value = -log_scale - sum0 + T(0.014583333333333334) * x18 - T(0.014583333333333334) * x23 - T(0.007688492063492063)
        * x24 - T(0.008268229166666667) * x27 - T(0.015121922348484848) * x28 - T(0.04216499375190781) * x31 -
        T(3.289868133696453) * x13 * x8 + T(0.008268229166666667) * x18 * x25 + T(0.04216499375190781) * x18 * x29 +
        T(0.007688492063492063) * x21 * x25 + T(0.015121922348484848) * x21 * x29 + T(0.16664632161458334) * x21 * x33 -
        x30 * x32 + T(3.289868133696453) * x10 * x12 * x8 + log(x11) - T(0.8552701141505998);
    d_loc = -sum1 - T(13.159472534785811) * x37 - T(0.014583333333333334) * x42 - T(0.014583333333333334) * x46 -
        T(0.007688492063492063) * x48 - T(0.007688492063492063) * x50 - T(0.008268229166666667) * x51 -
        T(0.015121922348484848) * x52 - T(0.04216499375190781) * x54 - T(0.008268229166666667) * x56 -
        T(0.015121922348484848) * x57 - T(0.04216499375190781) * x61 + T(2.0) * loc * x34 + T(0.014583333333333334) *
        x17 * x47 + T(0.008268229166666667) * x18 * x53 + T(0.04216499375190781) * x18 * x59 + T(0.007688492063492063) *
        x21 * x53 + T(0.015121922348484848) * x21 * x59 + T(0.16664632161458334) * x21 * (x54 + x61 - x18 * x59 - x29 *
        x49) + T(0.007688492063492063) * x25 * x45 + T(0.015121922348484848) * x29 * x45 - x32 * x60 +
        T(0.16664632161458334) * x33 * x45 - x49 * x58 + T(0.008268229166666667) * x17 * x25 * x47 +
        T(0.04216499375190781) * x17 * x29 * x47 + T(3.289868133696453) * loc * x34 * x38 * x8;
    d_log_scale = -sum2 - T(0.014583333333333334) * x68 - T(0.014583333333333334) * x73 - T(0.007688492063492063) * x75
        - T(0.007688492063492063) * x77 - T(0.008268229166666667) * x78 - T(0.015121922348484848) * x79 -
        T(0.04216499375190781) * x81 - T(0.008268229166666667) * x83 - T(0.015121922348484848) * x84 -
        T(0.04216499375190781) * x87 - T(6.579736267392906) * x13 * x8 + T(0.014583333333333334) * x17 * x74 +
        T(0.008268229166666667) * x18 * x80 + T(0.04216499375190781) * x18 * x85 + T(0.007688492063492063) * x21 * x80 +
        T(0.015121922348484848) * x21 * x85 + T(0.16664632161458334) * x21 * (x81 + x87 - x18 * x85 - x29 * x76) +
        T(0.007688492063492063) * x25 * x72 + T(0.015121922348484848) * x29 * x72 - x32 * x86 + T(0.16664632161458334) *
        x33 * x72 - x58 * x76 + T(125.66370614359172) * x1 * x34 * x9 + T(6.579736267392906) * x10 * x12 * x8 +
        T(0.008268229166666667) * x17 * x25 * x74 + T(0.04216499375190781) * x17 * x29 * x74 + T(826.8340448079952) * x0
        * x35 * x62 * x9 + T(413.4170224039976) * x34 * x62 * x63 * x9 - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_logistic_cauchy = describe<Cell>("kld/logistic_cauchy", false, 231, 674, 674);

}  // namespace autovae
