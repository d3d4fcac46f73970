# Written by codegen.build (SymPy 1.14.0) from codegen/build.py; change the generator, not this file.
