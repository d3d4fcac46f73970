"""The study in its storage: who runs which trial, and nothing lost when a process or a server dies."""
