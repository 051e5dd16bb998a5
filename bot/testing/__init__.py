"""Fakes of every port, shipped with the package; they pass the same contract tests as the real parts."""
