"""Data sets for train_pytorch.py, by the rules of `sonograd train`: the rows of each part, clips as 16-bit samples, targets, and the
chunks of a clip."""

import csv
import json
import math
import os
from pathlib import Path

import numpy
import soundfile
import soxr


class ClipStore:
    """Mono clips at one rate, in 16 bits, one behind the other in a file that is made once and read clip by clip."""

    def __init__(self, data, paths, rate, folder):
        self.file = Path(folder) / f"{Path(data).name}-{rate}.pcm"
        index = self.file.with_suffix(".json")
        if not index.exists():
            index.parent.mkdir(parents=True, exist_ok=True)
            lengths = self._decode(Path(data), paths, rate)
            index.write_text(json.dumps({"data": str(Path(data).resolve()), "paths": paths, "lengths": lengths}))
        stored = json.loads(index.read_text())
        if stored["paths"] != paths or stored["data"] != str(Path(data).resolve()):
            raise SystemExit(f"{index}: expected the clips of {data}; remove the file to decode them again")
        self.ends = numpy.cumsum(stored["lengths"])
        self.lengths = stored["lengths"]

    def _decode(self, data, paths, rate):
        part = self.file.with_suffix(".part")
        lengths = []
        with open(part, "wb") as out:
            for path in paths:
                samples, own_rate = soundfile.read(data / path, dtype="float32", always_2d=True)
                samples = samples.mean(axis=1)
                if own_rate != rate:
                    samples = soxr.resample(samples, own_rate, rate, quality="HQ")
                pcm = numpy.clip(numpy.rint(samples * 32768), -32768, 32767).astype(numpy.int16)
                pcm.tofile(out)
                lengths.append(len(pcm))
        os.replace(part, self.file)
        return lengths

    def read(self, clip):
        """float32 in [-1, 1)."""
        length = self.lengths[clip]
        pcm = numpy.fromfile(self.file, numpy.int16, length, offset=2 * int(self.ends[clip] - length))
        return pcm.astype(numpy.float32) / 32768


def read_table(data):
    with open(Path(data) / "labels.tsv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def targets_of(rows, task):
    """-> labels, targets [rows, labels]."""
    cells = [row[task].split(",") if task == "tags" else [row[task]] for row in rows]
    names = [[name.strip() for name in cell if name.strip()] for cell in cells]
    labels = sorted({name for row in names for name in row})
    targets = numpy.zeros((len(rows), len(labels)), numpy.float32)
    for i, row in enumerate(names):
        targets[i, [labels.index(name) for name in row]] = 1
    return labels, targets


def split_rows(rows, split):
    """Row numbers of train, valid and test. `split`: COLUMN (cells train, valid, test) or COLUMN=VALUE, at least three values:
    VALUE tests, the value before it validates, the first after the last."""
    column, _, value = split.partition("=")
    cells = [row[column] for row in rows]
    if not value:
        return [[i for i, cell in enumerate(cells) if cell == part] for part in ("train", "valid", "test")]
    values = sorted(set(cells), key=float)
    if value not in values or len(values) < 3:
        raise SystemExit(f"--split {split}: expected one of at least three values, the table has {' '.join(values)}")
    before = values[values.index(value) - 1]
    test = [i for i, cell in enumerate(cells) if cell == value]
    valid = [i for i, cell in enumerate(cells) if cell == before]
    return [i for i, cell in enumerate(cells) if cell not in (value, before)], valid, test


def random_chunk(clip, samples, random):
    room = len(clip) - samples
    start = int(random.integers(room)) if room > 0 else 0
    return numpy.resize(clip[start:start + samples], samples)  # repeats a shorter clip


def chunks_to_score(clip, samples, hop, context, tail):
    """All chunks of a clip, [chunks, samples]."""
    if context and len(clip) + 2 * context >= samples:
        clip = numpy.pad(clip, context)
    rest = max(0, len(clip) - samples)
    count = 1 + (math.ceil(rest / hop) if tail == "align" else rest // hop)
    starts = [min(rest, i * hop) for i in range(count)]
    return numpy.stack([numpy.resize(clip[start:start + samples], samples) for start in starts])


def epoch_batches(clips, batch, random):
    """Shuffled clips in batches; a single clip at the end joins the batch before it."""
    order = random.permutation(clips)
    batches = [order[i:i + batch] for i in range(0, len(order), batch)]
    if batch > 1 and len(batches) > 1 and len(batches[-1]) == 1:
        batches[-2:] = [numpy.concatenate(batches[-2:])]
    return batches
