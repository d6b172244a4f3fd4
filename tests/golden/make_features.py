"""Writes features.json: mel spectrograms, MFCC and their derivatives by librosa and torchaudio.

Run from this folder with Python, numpy, librosa, torch and torchaudio; the versions go into the file. Each entry holds
the values at every `stride`-th frame and band: rows are frames. The signals are made here and in features_test.cpp.
"""

import json

import librosa
import numpy as np
import torch

torch.version.cuda = "13.0"  # torchaudio refuses other builds of PyTorch; its CPU code does not care
import torchaudio  # noqa: E402


def lcg(state, count):
    """Numbers in [0, 1) from the 32-bit linear congruential generator of Numerical Recipes."""
    values = np.empty(count)
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values[i] = state / 2**32
    return values


def two_tones():
    t = np.arange(22050) / 22050
    noise = 2 * lcg(12345, t.size) - 1
    tones = 0.5 * np.sin(2 * np.pi * 442 * t) + 0.25 * np.sin(2 * np.pi * 1234.5 * t + 0.3)
    return (tones + 0.05 * noise).astype(np.float32)


def noisy_tone(rate, count):
    t = np.arange(count) / rate
    return (0.5 * (lcg(1, count) - 0.5) + 0.25 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def entry(matrix, frames, bands):
    """`matrix` has bands as rows, as both libraries give it."""
    values = np.asarray(matrix, dtype=np.float64).T
    picked = values[::frames, ::bands]
    return {
        "shape": list(values.shape),
        "stride": [frames, bands],
        "values": [float(f"{v:.9g}") for v in picked.ravel()],
    }


def torchaudio_mel(signal, rate, n_fft, hop, bands):
    transform = torchaudio.transforms.MelSpectrogram(sample_rate=rate, n_fft=n_fft, hop_length=hop, n_mels=bands)
    return transform(torch.from_numpy(signal)).numpy()


def main():
    tones = two_tones()
    mel = librosa.feature.melspectrogram(y=tones, sr=22050)
    mfcc = librosa.feature.mfcc(y=tones, sr=22050)
    golden = {
        "versions": {m.__name__: m.__version__ for m in (np, librosa, torch, torchaudio)},
        "librosa mel": entry(mel, 11, 13),
        "librosa dB": entry(librosa.power_to_db(mel), 11, 13),
        "librosa mfcc": entry(mfcc, 11, 2),
        "librosa mfcc, lifter 22": entry(librosa.feature.mfcc(y=tones, sr=22050, lifter=22), 11, 2),
        "librosa delta": entry(librosa.feature.delta(mfcc), 6, 5),
        "librosa delta 2": entry(librosa.feature.delta(mfcc, order=2), 6, 5),
        "torchaudio mel 16k": entry(torchaudio_mel(noisy_tone(16000, 16000), 16000, 512, 256, 96), 16, 11),
        "torchaudio mel 22k": entry(torchaudio_mel(noisy_tone(22050, 22050), 22050, 1024, 512, 128), 11, 13),
    }
    with open("features.json", "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in golden.items()) + "\n}\n")


if __name__ == "__main__":
    main()
