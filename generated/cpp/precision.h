// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// What is described once has functions in two precisions.
#pragma once

#include <type_traits>

namespace autovae {

// The functions of a kernel, a family, a sampler or a likelihood in one precision.
template <typename T, typename Described>
const auto& functions(const Described& described) {
  if constexpr (std::is_same_v<T, float>) {
    return described.of_float;
  } else {
    return described.of_double;
  }
}

}  // namespace autovae
