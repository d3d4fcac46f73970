"""C++ kernels for the CPU: compiled once for each machine, loaded on first use.

``AUTOVAE_BACKEND=torch`` keeps them from being compiled and used, ``AUTOVAE_CACHE`` says where they are kept, ``CXX``
names the compiler. ``python -m divergences.ops.native`` compiles them ahead of time.
"""
