"""The C++ backend: fused SIMD kernels for the CPU."""
