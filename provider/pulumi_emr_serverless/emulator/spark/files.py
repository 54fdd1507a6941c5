"""Brings the files of a job to this machine: out of the emulator's S3, of pyspark, or of folders that were allowed."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pulumi_emr_serverless.emulator.neighbours import NeighbourError, Neighbours
from pulumi_emr_serverless.emulator.wire import Caller

_SPARK_OF_AWS = PurePosixPath("/usr/lib/spark")
"""Where Spark is in AWS's image; pyspark's own files stand in for it."""


class FileError(Exception):
    """A file that a job names is not there. The message is what Spark would say."""


@dataclass(frozen=True)
class Files:
    """``allowed`` are the folders of this machine whose files a job may name."""

    neighbours: Neighbours
    spark_home: Path
    allowed: Sequence[Path]

    def fetch(self, caller: Caller, address: str, folder: Path) -> Path:
        """The file at ``address`` on this machine. Raises `FileError`."""
        scheme, separator, rest = address.partition("://")
        if scheme in ("s3", "s3a", "s3n"):
            return self._from_s3(caller, address, rest, folder)
        if not separator or scheme in ("local", "file"):
            return self._here(address, PurePosixPath(rest if separator else address))
        raise FileError(f'org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme "{scheme}"')

    def unpack(self, caller: Caller, address: str, folder: Path) -> None:
        """An archive into the folder of its name, or of the name after its ``#``, as Spark does."""
        source, _, alias = address.partition("#")
        archive = self.fetch(caller, source, folder)
        target = folder / (alias or archive.name)
        if target == archive:
            target = folder / f"{archive.name}.unpacked"
        try:
            shutil.unpack_archive(archive, target, "zip" if zipfile.is_zipfile(archive) else "tar")
        except (shutil.ReadError, tarfile.TarError, OSError) as error:
            raise FileError(f"java.io.IOException: {source} cannot be unpacked: {error}") from None
        if target.name.endswith(".unpacked"):
            archive.unlink()
            target.rename(archive)

    def _from_s3(self, caller: Caller, address: str, rest: str, folder: Path) -> Path:
        bucket, _, key = rest.partition("/")
        path = folder / PurePosixPath(key).name
        if not path.name:
            raise FileError(f"java.io.FileNotFoundException: No such file or directory: {address}")
        try:
            path.write_bytes(self.neighbours.get_object(caller, bucket, key))
        except NeighbourError as error:
            raise FileError(f"java.io.FileNotFoundException: No such file or directory: {address} ({error})") from None
        return path

    def _here(self, address: str, path: PurePosixPath) -> Path:
        found, folders = Path(path), list(self.allowed)
        if path.is_relative_to(_SPARK_OF_AWS):
            found, folders = self.spark_home / path.relative_to(_SPARK_OF_AWS), [self.spark_home]
        if not any(found.resolve().is_relative_to(folder.resolve()) for folder in folders):
            raise FileError(
                f"java.nio.file.AccessDeniedException: {address} is a file of this machine; "
                "emrs local --spark-files FOLDER lets jobs read those of a folder"
            )
        if not found.is_file():
            raise FileError(f"java.io.FileNotFoundException: No such file or directory: {address}")
        return found
