"""The torch backend: plain Torch operations, one module for each kernel."""
