"""Following value: forward under a method, backward by haircut, and what another reading would change."""

from chaintrace.tracing.backward import backward
from chaintrace.tracing.forward import screen, trace
from chaintrace.tracing.sensitivity import sensitivities

__all__ = ["backward", "screen", "sensitivities", "trace"]
