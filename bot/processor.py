"""What the machine can do, and telling it to numpy's OpenBLAS, which multiplies matrices.

The numpy that Rasa 3.6 pins carries an OpenBLAS of 2022. On a processor made since, it takes the routines of 2004, and
matrix products take many times as long (docs/understanding.md). So the routines are named for it, from what the
processor itself says it can do; on older ones these are what it would have chosen. It reads the choice once, when
numpy is imported: `rasa` on its own command line has done that before it meets the assistant, and is left as it is.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Collection, Final, Mapping, MutableMapping, Optional, Sequence

CHOICE: Final = "OPENBLAS_CORETYPE"
"""The environment variable that OpenBLAS reads; whoever runs the assistant may set it."""

ROUTINES: Final[Mapping[str, frozenset[str]]] = {
    "SkylakeX": frozenset({"avx512f", "avx512bw", "avx512dq", "avx512vl", "fma", "avx2"}),
    "Haswell": frozenset({"fma", "avx2"}),
}
"""Names OpenBLAS knows, fastest first, and what a processor has to be able to do for them."""

PROCESSOR: Final = Path("/proc/cpuinfo")
MEMORY: Final = Path("/proc/meminfo")
GROUP: Final = Path("/sys/fs/cgroup")
"""Where Linux describes the machine, and what a container may use of it."""


def tell_openblas(environment: MutableMapping[str, str] = os.environ, processor: Path = PROCESSOR) -> None:
    """Sets the choice where nobody has; before numpy is imported, or it is in vain."""
    if not environment.get(CHOICE) and (name := routines_for(_abilities(processor))) is not None:
        environment[CHOICE] = name


def routines_for(abilities: Collection[str]) -> Optional[str]:
    """The fastest routines for a processor that can do this; None when OpenBLAS is left to tell."""
    return next((name for name, needed in ROUTINES.items() if needed <= set(abilities)), None)


def memory_available(memory: Path = MEMORY, group: Path = GROUP) -> Optional[int]:
    """Bytes of memory that can be used without others being pushed out, in a container without its limit being reached;
    None where Linux does not say."""
    found = next((line.split() for line in _lines(memory) if line.startswith("MemAvailable:")), [])
    if len(found) < 2 or not found[1].isdigit():
        return None
    available = int(found[1]) * 1024
    most, used = ("".join(_lines(group / name)) for name in ("memory.max", "memory.current"))
    return min(available, int(most) - int(used)) if most.isdigit() and used.isdigit() else available


def _abilities(processor: Path) -> Collection[str]:
    """What Linux says the processor can do; nothing elsewhere."""
    return next((line.partition(":")[2].split() for line in _lines(processor) if line.startswith("flags")), ())


def _lines(file: Path) -> Sequence[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
