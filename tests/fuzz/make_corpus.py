#!/usr/bin/env python3
"""Writes the seed corpora of the fuzz targets, small files of every kind that the readers support, below corpus/.

Needs torch and soundfile. Run once; the files are committed.
"""

import io
import json
import math
import pathlib
import struct
from collections import OrderedDict

import numpy
import soundfile
import torch

CORPUS = pathlib.Path(__file__).parent / "corpus"


def write(name, data):
    path = CORPUS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def safetensors(metadata, tensors):
    """`tensors`: {name: (dtype, shape, bytes)}"""
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def make_safetensors():
    kinds = {"f": ("F32", [2, 2], bytes(16)), "d": ("F64", [1], bytes(8)), "i": ("I64", [], bytes(8)),
             "u": ("U8", [3], b"abc"), "h": ("F16", [2], bytes(4)), "b": ("BF16", [1, 1], bytes(2)),
             "none": ("F32", [0, 5], b"")}
    write("safetensors/kinds", safetensors({}, kinds))
    config = {"channels": 2, "samples": 32768, "sample_rate": 8000, "n_fft": 512, "hop_length": 256,
              "n_mels": 128, "f_min": 0.0, "f_max": 4000.0}
    model = {"sonograd": "1", "arch": "short_chunk_cnn", "config": json.dumps(config), "labels": '["a","b"]',
             "metrics": "{}", "licence": "none"}
    write("safetensors/model", safetensors(model, {"dense2.bias": ("F32", [2], bytes(8))}))
    state = {"epoch": 1, "batch": 0, "step": 3, "loss_sum": 0.5, "examples": 6, "best_loss": None, "best_epoch": 0,
             "plateau": {"best_loss": None, "bad_epochs": 0, "scale": 1.0}, "threads": 1, "data": "ab",
             "skipped": []}
    about = {"version": 2, "state": state, "optimizer": {"rule": "adamw", "steps": 3}, "model": model, "best": None}
    write("safetensors/checkpoint", safetensors({"sonograd_checkpoint": json.dumps(about)},
                                                {"model.w": ("F32", [1], bytes(4)),
                                                 "optimizer.m.w": ("F32", [1], bytes(4))}))


def make_pth():
    tensors = OrderedDict(weight=torch.arange(6.0).reshape(2, 3), bias=torch.zeros(2, dtype=torch.float64),
                          steps=torch.tensor(7), half=torch.ones(3, dtype=torch.float16), mask=torch.tensor([True]))
    tensors["view"] = tensors["weight"].t()
    shapes = {"flat": tensors, "nested": {"state_dict": tensors, "epoch": 3, "name": "x", "list": [1, (2.5, None)]},
              "parameter": {"p": torch.nn.Parameter(torch.ones(2, 2))}}
    for name, content in shapes.items():
        for kind, is_zip in (("zip", True), ("legacy", False)):
            out = io.BytesIO()
            torch.save(content, out, _use_new_zipfile_serialization=is_zip)
            write(f"pth/{name}_{kind}", out.getvalue())


def make_labels():
    write("labels/all_columns", "path\tlabel\ttags\tsplit\tfold\tfold_group\tgroup\n"
          "a.wav\trock\tdrums,guitar\ttrain\t1\t1\ta\nb.wav\tjazz\tpiano:0.7, drums\ttrain\t2\t2\tb\n"
          "c.wav\trock\t\tvalid\t3\t3\tc\nd.wav\tjazz\tpiano\ttest\t4\t4\td\n")
    write("labels/tags_only", "path\ttags\n" + "".join(f"{i}.mp3\tt{i % 3}\n" for i in range(9)))
    write("labels/windows", "\ufeffpath\tlabel\textra\r\n\r\nx/y.flac\tа\tq\r\nz.flac\tб\t\r\n" + "w.flac\tб\t\r\n")


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def make_prepared():
    index = ("sonograd shards 1\t16000\t0123456789abcdef\nshard\t00003.tar\t4096\t" + "ab" * 32 + "\n"
             "clip\t7\ta-1\t0\t512\t400\t0\t305419896\t\nclip\t8\ta-2\t0\t2560\t300\t2\t1\tcut short\n"
             "unreadable\t9\ta-3\t-1\tNo such file or directory\nleft out\t10\ta-4\t99\t1 s, shorter than 29.1 s\n")
    write("prepared/index", index + f"end\t{crc32c(index.encode())}\n")
    write("prepared/description", json.dumps({
        "sonograd_prepared": 1, "data_set": "fma", "subset": "small", "split": "published", "sample_rate": 16000,
        "shard_mib": 256, "clips": 8000, "clips_sha256": "ab" * 32, "decoder": "libsndfile-1.2.0"}, indent=2) + "\n")
    write("prepared/table", "\ufeffid,text,list\r\n1,\"<p>a,\n\"\"b\"\"</p>\",[]\r\n\r\n2,plain,\"[21, 10]\"\r\n3,,\n")


def make_recommend():
    write("recommend/plays", "\ufeffuser a\tsong 1\t3\n\nuser a\tsong 2\t0.5\r\n \u0431 \tsong 2\t1e3\nuser a\tsong 1\t2\n")
    write("recommend/factors", safetensors(
        {"format": "sonograd factors 1", "bias": "true", "surplus": "log"},
        {"users": ("F32", [2, 3], struct.pack("<6f", 1, -0.5, 0.25, 2, 0, 1)),
         "items": ("F32", [1, 3], struct.pack("<3f", 0.5, 1, -1)),
         "user_ids": ("U8", [6], "u\n\u0431b\n".encode()), "item_ids": ("U8", [2], b"i\n")}))


def make_segments():
    write("segments/voice", "0.000 5.1 nosing\n5.1 7.25 sing\r\n\n7.25\t9 nosing\n")
    write("segments/chords", "0 1 C:maj\n0.5 2.5 A minor 7\n2.5 2.5 N\n1e-3 .5 \u0431\n")


def make_config():
    write("config/run", '[train]\narch = "fcn"\nepochs = 3\nbatch = 16\nseed = 1\n[data]\ndir = "/music"\n'
          'task = "tags"\n[optim]\nname = "sgd"\nlr = 1e-3\nnesterov = true\n[schedule]\nname = "one_cycle"\n'
          '[loss]\nmse_tags = ["a", "b"]\n[model]\nchannels = 64\nf_max = 8000.0\n')
    write("config/dotted", 'train.recipe = "sota"\noptim.lr = 0.5\naugment.mixup = 0.2\ndata.cache_max = 1\n'
          'train.batch = 0x10\n"data"."pcm" = \'float\'\neval = { chunks = 3, pad = "zero" }\n# end\n')


def make_run():
    session = {"command": "sonograd train --data x", "version": "0.1", "compiler": "12.2.0",
               "decoder": "libsndfile-1.2.0", "host": "h", "started": "2026-01-31T23:59:59Z", "device": "cpu",
               "threads": 2, "precision": "strict", "unreadable": [{"path": "a.wav", "reason": "a.wav: cannot open"}],
               "clipped_samples": 0, "ended": "2026-01-31T23:59:59Z", "outcome": "finished", "seconds": 1.5,
               "wait_share": 0.25, "steps": 6}
    write("run/run.json", json.dumps({"sessions": [session]}) + "\n")
    epoch = {"epoch": 1, "step": 3, "train_loss": 1.25, "valid_loss": 1.0, "valid_roc_auc": 0.75, "valid_pr_auc": None,
             "valid_accuracy": 0.5, "lr": 0.001, "seconds": 0.5, "wait_share": 0.125}
    later = epoch | {"epoch": 2, "step": 6, "valid_loss": None, "valid_roc_auc": None, "valid_accuracy": None}
    write("run/metrics.jsonl", json.dumps(epoch) + "\n" + json.dumps(later) + "\n")


def make_audio():
    rate = 8000
    wave = 0.4 * numpy.sin(2 * math.pi * 440 * numpy.arange(400) / rate)
    stereo = numpy.stack([wave, -wave], axis=1)
    kinds = [("WAV", "PCM_16"), ("WAV", "PCM_U8"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("WAV", "DOUBLE"),
             ("WAV", "ULAW"), ("WAV", "IMA_ADPCM"), ("WAV", "MS_ADPCM"), ("WAV", "GSM610"), ("WAVEX", "PCM_32"),
             ("RF64", "PCM_16"), ("W64", "PCM_16"), ("AIFF", "PCM_16"), ("AIFF", "FLOAT"), ("AU", "PCM_16"),
             ("AU", "G721_32"), ("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"),
             ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("VOC", "PCM_16"), ("NIST", "PCM_16"),
             ("SVX", "PCM_16"), ("IRCAM", "PCM_16"), ("MAT5", "PCM_16"), ("MAT4", "PCM_16"), ("PAF", "PCM_16"),
             ("PVF", "PCM_16"), ("HTK", "PCM_16"), ("AVR", "PCM_16"), ("SDS", "PCM_16"), ("MPC2K", "PCM_16")]
    for container, encoding in kinds:
        mono_only = encoding in ("GSM610", "G721_32") or container in ("HTK", "SDS", "SVX")
        out = io.BytesIO()
        soundfile.write(out, wave if mono_only else stereo, rate, format=container, subtype=encoding)
        write(f"audio/{container.lower()}_{encoding.lower()}", out.getvalue())


for make in (make_safetensors, make_pth, make_labels, make_prepared, make_recommend, make_segments,
             make_config, make_run, make_audio):
    make()
