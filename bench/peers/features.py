"""Times feature extraction of other libraries on this machine's CPU, on the problems `sonograd bench kernels log_mel
power_spectrogram` calls `short-chunk batch`: 16 chunks of 59,049 samples, transforms of 512 with a hop of 256, 128 HTK
bands. scripts/bench-peers runs it (protocol.py).

usage: python features.py log_mel|power_spectrogram torchaudio|librosa [--repeats N] [--threads N]
"""

import argparse

import numpy

from protocol import serve

SAMPLE_RATE, BATCH, SAMPLES = 16000, 16, 59049
N_FFT, HOP, N_MELS = 512, 256, 128


def torchaudio_extractor(feature, waveforms, threads):
    import torch

    torch.version.cuda = None  # torchaudio refuses builds for another CUDA, which does not matter on the CPU
    import torchaudio

    torch.set_num_threads(threads)
    if feature == "log_mel":
        mel = torchaudio.transforms.MelSpectrogram(SAMPLE_RATE, N_FFT, hop_length=HOP, n_mels=N_MELS, power=2.0)
        extract = torch.nn.Sequential(mel, torchaudio.transforms.AmplitudeToDB("power"))
    else:
        extract = torchaudio.transforms.Spectrogram(N_FFT, hop_length=HOP, power=2.0)
    x = torch.from_numpy(waveforms)

    def run():
        with torch.inference_mode():
            return extract(x)

    return run


def librosa_extractor(feature, waveforms, threads):
    import librosa

    def spectrum(x):
        return numpy.square(numpy.abs(librosa.stft(x, n_fft=N_FFT, hop_length=HOP, pad_mode="reflect")))

    bank = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=N_FFT, n_mels=N_MELS, htk=True, norm=None)

    def log_mel(x):
        return librosa.power_to_db(numpy.matmul(bank, spectrum(x)), amin=1e-10, top_db=None)

    extract = log_mel if feature == "log_mel" else spectrum
    return lambda: extract(waveforms)


EXTRACTORS = {"torchaudio": torchaudio_extractor, "librosa": librosa_extractor}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("feature", choices=["log_mel", "power_spectrogram"])
    parser.add_argument("library", choices=EXTRACTORS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    waveforms = numpy.random.default_rng(0).uniform(-1, 1, (BATCH, SAMPLES)).astype(numpy.float32)
    serve(EXTRACTORS[args.library](args.feature, waveforms, args.threads), args.repeats)


main()
