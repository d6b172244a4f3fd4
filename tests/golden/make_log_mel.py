"""Writes log_mel.json: mel spectrograms in the dialects of librosa, torchaudio and musicnn.

Run from this folder with Python, numpy, librosa, torch and torchaudio; the versions go into the file. Each entry holds
the values at every `stride`-th frame and band: rows are frames. The signal is made by make_features.py and in
log_mel_test.cpp.
"""

import json

import librosa
import numpy as np
import torch
from make_features import entry, noisy_tone, torchaudio

RATE = 16000


def librosa_mel(signal, **options):
    known = {"sr": RATE, "n_fft": 512, "hop_length": 256, "n_mels": 40, "fmin": 50, "fmax": 7600, "pad_mode": "reflect"}
    return librosa.feature.melspectrogram(y=signal, **{**known, **options})


def torchaudio_mel(signal, **options):
    known = {"sample_rate": RATE, "n_fft": 512, "hop_length": 256, "n_mels": 40, "f_min": 50, "f_max": 7600}
    return torchaudio.transforms.MelSpectrogram(**{**known, **options})(torch.from_numpy(signal))


def main():
    # The second half is a thousandth as loud, so that a limit of the range has an effect.
    signal = noisy_tone(RATE, RATE)
    signal[RATE // 2 :] *= np.float32(0.001)
    to_db = torchaudio.transforms.AmplitudeToDB
    symmetric = {"window_fn": torch.hann_window, "wkwargs": {"periodic": False}, "win_length": 401}
    dialects = {
        "torchaudio": to_db()(torchaudio_mel(signal)),
        "torchaudio, symmetric window, magnitude, zeros, 60 dB": to_db("magnitude", 60)(
            torchaudio_mel(
                signal, **symmetric, power=1, norm="slaney", mel_scale="slaney", pad_mode="constant"
            )
        ),
        "torchaudio, not centred, ln": torch.log(torchaudio_mel(signal, center=False, win_length=400) + 1e-6),
        "librosa, 30 dB, reference 0.5": librosa.power_to_db(librosa_mel(signal), ref=0.5, amin=1e-9, top_db=30),
        "librosa, hamming, amplitude": librosa.amplitude_to_db(
            librosa_mel(signal, power=1, window="hamming", win_length=300, center=False), top_db=None
        ),
        "librosa, rectangular": librosa_mel(signal, window="boxcar", htk=True, norm=None, pad_mode="constant"),
        "librosa, decibels of the square, 80 dB": librosa.power_to_db(librosa_mel(signal) ** 2, top_db=80),
        "librosa, 40 dB below the maximum": librosa.power_to_db(librosa_mel(signal), ref=np.max, top_db=40),
        "librosa, ln above 1e-4": np.log(np.maximum(librosa_mel(signal), 1e-4)),
        "musicnn": np.log10(10000 * librosa_mel(signal) + 1),
    }
    versions = {m.__name__: m.__version__ for m in (np, librosa, torch, torchaudio)}
    golden = {"versions": versions} | {name: entry(matrix, 9, 7) for name, matrix in dialects.items()}
    with open("log_mel.json", "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in golden.items()) + "\n}\n")


if __name__ == "__main__":
    main()
