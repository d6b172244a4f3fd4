"""Writes models/ beside this file: a small model file of every network, a checkpoint with the config.toml of its run and the
scores of a sound, made by the program as it was at format version 1, before networks owned their options (commit efd7a5a).
Later versions must read them: tests/models/golden_models_test.cpp, tests/train/first_format_test.cpp.

usage: python tests/golden/make_models.py SONOGRAD        (the binary built from that commit; standard library only)
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import wave

RATE = 2000
SAMPLES = 10300
# Sizes at which the networks end in one position, and files are small: 1280 frames of 8 samples, or 128.
NETWORKS = {"fcn": (10240, 96), "fcn4": (10240, 96), "short_chunk_cnn": (1024, 128), "short_chunk_cnn_res": (1024, 128)}


def noise(seed, count):
    """The generator of tests/models/lcg.h, as 16-bit samples of a quarter of full scale."""
    state, samples = seed, bytearray()
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        samples += int((state / 2**32 - 0.5) * 16384).to_bytes(2, "little", signed=True)
    return bytes(samples)


def write_wav(path, seed, count):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(noise(seed, count))


def main():
    sonograd = sys.argv[1]
    out = pathlib.Path(__file__).resolve().parent / "models"
    out.mkdir(exist_ok=True)
    write_wav(out / "noise.wav", 99, SAMPLES)
    scores = {}
    with tempfile.TemporaryDirectory() as work:
        data = pathlib.Path(work) / "data"
        data.mkdir()
        rows = ["path\ttags\tsplit"]
        for i in range(12):
            write_wav(data / f"{i}.wav", i, SAMPLES)
            rows.append(f"{i}.wav\t{'low' if i % 2 else 'low,high'}\t{'train' if i < 8 else 'valid' if i < 10 else 'test'}")
        (data / "labels.tsv").write_text("\n".join(rows) + "\n")
        for network, (samples, bands) in NETWORKS.items():
            run = pathlib.Path(work) / network
            settings = {"channels": 1, "sample_rate": RATE, "samples": samples, "n_fft": 32, "hop_length": 8,
                        "n_mels": bands, "f_max": 1000, "dropout": 0.25}
            command = [sonograd, "train", "--arch", network, "--data", data, "--out", run, "--epochs", "2", "--batch", "4",
                       "--seed", "5", "--threads", "1", "--device", "cpu", "--quiet"]
            for key, value in settings.items():
                command += ["--set", f"model.{key}={value}"]
            subprocess.run(command, check=True)
            model = out / f"{network}.safetensors"
            model.write_bytes((run / "best.safetensors").read_bytes())
            if network == "short_chunk_cnn":
                (out / "short_chunk_cnn.ckpt").write_bytes((run / "last.ckpt").read_bytes())
                config = (run / "config.toml").read_text().replace(f'"{data}"', '"DATA"')
                (out / "short_chunk_cnn.toml").write_text(config)
            line = subprocess.run([sonograd, "tag", model, out / "noise.wav", "--all", "--json", "--device", "cpu"],
                                  check=True, capture_output=True, text=True).stdout
            scores[network] = {tag["tag"]: tag["score"] for tag in json.loads(line)["tags"]}
    (out / "scores.json").write_text(json.dumps(scores, indent=1) + "\n")


if __name__ == "__main__":
    main()
