"""The search that gives the project its name: which posterior-prior pairs suit the data."""

import os

# OpenMP's threads wait by spinning; where another process wants the same core, that makes small networks ten times
# slower. Read when Torch is loaded, so it has to be said before.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
