"""The search that gives the project its name: which posterior-prior pairs suit the data."""
