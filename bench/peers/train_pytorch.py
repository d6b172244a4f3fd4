"""Trains a network in PyTorch with the recipe, the data and the rules of `sonograd train`: one random chunk of a clip in each epoch,
the epoch with the lowest validation loss is kept, and a clip is scored by the mean over its chunks. scripts/bench-training runs it.

usage: python train_pytorch.py FOLDER
FOLDER has job.json (make_job of scripts/bench-training). After each epoch the state is written to FOLDER/checkpoint.pt, from which a
run that was interrupted continues; at the end the scores are written to FOLDER/scores.json.
"""

import copy
import json
import os
from pathlib import Path
import resource
import sys
import time

import numpy
from sklearn.metrics import average_precision_score, roc_auc_score
import torch
import torch.nn.functional as F

import harmonic_cnn  # noqa: F401 (adds itself to NETWORKS)
from musicnn_tf import MusicnnTf, VggTf
from networks import NETWORKS, combined_recurrent
from pons import PonsSpectrogram, PonsWaveform
from training_data import ClipStore, chunks_to_score, epoch_batches, random_chunk, read_table, split_rows, targets_of

MAKERS = {name: make for name, (make, _) in NETWORKS.items()} | {
    "combined": combined_recurrent,
    "musicnn_tf": MusicnnTf,
    "vgg_tf": VggTf,
    "pons_spectrogram": lambda labels, c, **options: PonsSpectrogram(labels, channels=c, **options),
    "pons_waveform": lambda labels, c, **options: PonsWaveform(labels, channels=c, **options),
}


class Data:
    def __init__(self, job):
        self.job = job
        rows = read_table(job["data"])
        self.labels, self.targets = targets_of(rows, job["task"])
        self.train, self.valid, self.test = split_rows(rows, job["split"])
        self.clips = ClipStore(job["data"], [row["path"] for row in rows], job["rate"], job["clips"])

    def epoch(self, number):
        """Batches of chunks [N, samples] and targets [N, labels]."""
        random = numpy.random.default_rng([self.job["seed"], number])
        for members in epoch_batches(self.train, self.job["batch"], random):
            chunks = [random_chunk(self.clips.read(clip), self.job["samples"], random) for clip in members]
            yield torch.from_numpy(numpy.stack(chunks)), torch.from_numpy(self.targets[members])

    def scored(self, rows):
        """Batches of chunks of these clips, with the place in `rows` of each chunk."""
        chunks, owners = [], []
        for place, clip in enumerate(rows):
            found = chunks_to_score(self.clips.read(clip), *(self.job[key] for key in ("samples", "hop", "context", "tail")))
            chunks += list(found)
            owners += [place] * len(found)
            while len(chunks) >= self.job["batch"] or (chunks and place + 1 == len(rows)):
                count = self.job["batch"]
                yield torch.from_numpy(numpy.stack(chunks[:count])), owners[:count]
                chunks, owners = chunks[count:], owners[count:]


def loss_of(task, logits, targets, reduction="mean"):
    if task == "label":
        return F.cross_entropy(logits, targets, reduction=reduction)
    return F.binary_cross_entropy_with_logits(logits, targets, reduction=reduction)


def score(network, data, rows, task):
    """-> loss, scores [clips, labels]: means over the chunks of a clip."""
    network.eval()
    targets = data.targets[rows]
    count, losses, scores = numpy.zeros(len(rows)), numpy.zeros(len(rows)), numpy.zeros(targets.shape)
    with torch.inference_mode():
        for chunks, owners in data.scored(rows):
            logits = network(chunks)
            loss = loss_of(task, logits, torch.from_numpy(targets[owners]), "none")
            probabilities = torch.sigmoid(logits) if task == "tags" else torch.softmax(logits, dim=1)
            numpy.add.at(count, owners, 1)
            numpy.add.at(losses, owners, loss.numpy() if task == "label" else loss.mean(dim=1).numpy())
            numpy.add.at(scores, owners, probabilities.numpy())
    return float((losses / count).mean()), scores / count[:, None]


def metrics(targets, scores, task):
    both = [i for i in range(targets.shape[1]) if 0 < targets[:, i].sum() < len(targets)]
    mean = lambda metric: float(numpy.mean([metric(targets[:, i], scores[:, i]) for i in both]))
    found = {"roc_auc": mean(roc_auc_score), "pr_auc": mean(average_precision_score)}
    if task == "label":
        found["accuracy"] = float((targets.argmax(axis=1) == scores.argmax(axis=1)).mean())
    return found


def train_epoch(network, optimizer, schedule, batches, task):
    network.train()
    total = examples = 0
    for chunks, targets in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(task, network(chunks), targets)
        loss.backward()
        optimizer.step()
        schedule.step()
        total, examples = total + loss.item() * len(chunks), examples + len(chunks)
    return total / examples


def optimiser_of(network, recipe, steps):
    expected = {"optim.name": "adam", "schedule.name": "one_cycle"}
    for key, value in expected.items():
        if recipe[key] != value:
            raise SystemExit(f"{key}: expected {value}, got {recipe[key]}")
    optimizer = torch.optim.Adam(network.parameters(), recipe["optim.lr"], weight_decay=recipe["optim.weight_decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe["optim.lr"], total_steps=steps, pct_start=recipe["schedule.pct_start"],
        div_factor=recipe["schedule.div"], final_div_factor=recipe["schedule.final_div"], cycle_momentum=False)
    return optimizer, schedule


def write(file, save):
    part = file.with_suffix(".part")
    save(part)
    os.replace(part, file)


def main():
    folder = Path(sys.argv[1])
    job = json.loads((folder / "job.json").read_text())
    task, seed = job["task"], job["seed"]
    torch.set_num_threads(job["threads"])
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    data = Data(job)
    options = {"c" if key == "channels" else key: value for key, value in job["options"].items() if key not in job["fixed"]}
    network = MAKERS[job["network"]](labels=len(data.labels), **options).to(memory_format=torch.channels_last)
    libraries = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    steps = len(epoch_batches(data.train, job["batch"], numpy.random.default_rng(0)))
    optimizer, schedule = optimiser_of(network, job["recipe"], steps * job["epochs"])
    state = {"epochs": [], "best": None, "weights": None}
    parts = {"network": network, "optimizer": optimizer, "schedule": schedule}
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        stored = torch.load(checkpoint, weights_only=False)
        state = stored["state"]
        for name, part in parts.items():
            part.load_state_dict(stored[name])
    for epoch in range(len(state["epochs"]), job["epochs"]):
        begin = time.perf_counter()
        torch.manual_seed(seed * 100003 + epoch)
        train_loss = train_epoch(network, optimizer, schedule, data.epoch(epoch), task)
        valid_loss, scores = score(network, data, data.valid, task)
        if state["best"] is None or valid_loss < state["best"][1]:
            state["best"], state["weights"] = (epoch + 1, valid_loss), copy.deepcopy(network.state_dict())
        line = {"epoch": epoch + 1, "train_loss": train_loss, "valid_loss": valid_loss}
        line |= {f"valid_{key}": value for key, value in metrics(data.targets[data.valid], scores, task).items()}
        line["seconds"] = time.perf_counter() - begin
        state["epochs"].append(line)
        print(json.dumps(line), flush=True)
        write(checkpoint, lambda file: torch.save({name: part.state_dict() for name, part in parts.items()} | {"state": state},
                                                  file))
    network.load_state_dict(state["weights"])
    _, scores = score(network, data, data.test, task)
    result = metrics(data.targets[data.test], scores, task) | {
        "parameters": sum(p.numel() for p in network.parameters()), "best_epoch": state["best"][0],
        "seconds": [line["seconds"] for line in state["epochs"]], "libraries_mib": libraries}
    write(folder / "scores.json", lambda file: file.write_text(json.dumps(result)))


main()
