"""Proof before release: every state of a process is looked at."""

from workflows.soundness.explore import Problem, Soundness, explore

__all__ = ["Problem", "Soundness", "explore"]
