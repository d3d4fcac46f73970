"""The compiler from the catalog of divergences to the kernels in ``generated/``; see :mod:`codegen.build`."""
