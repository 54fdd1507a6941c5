"""Say to Pulumi that this package needs no plugin, where it is installed as editable: `make setup` runs it.

Pulumi's language host looks for a package's ``pulumi-plugin.json`` in site-packages, where an editable install has nothing,
and takes the package's name for that of a plugin. A folder without ``__init__.py`` is none that Python would import.
"""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

MARK = Path(__file__).parents[1] / "provider" / "pulumi_emr_serverless" / "pulumi-plugin.json"

if __name__ == "__main__":
    folder = Path(sysconfig.get_path("purelib")) / MARK.parent.name
    folder.mkdir(exist_ok=True)
    shutil.copy(MARK, folder)
