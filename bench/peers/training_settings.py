"""Settings of the trainings of scripts/bench-training: one recipe for all networks, and for each network its input and sizes.

Widths are a quarter to a half of the published ones, 32 in the first layer of nearly all, so that an epoch of 2,500 clips takes
about a minute on two cores. Both sides have the same sizes; the table of results states the number of parameters. The input is the
published one where a clip of 4 s is that long, else the whole clip, or the least length that the poolings permit: shorter clips are
repeated up to it, by both sides.
"""

from dataclasses import dataclass, field

# Settings of `sonograd train`; train_pytorch.py reads them, too.
RECIPE = {
    "optim.name": "adam",
    "optim.lr": 1e-3,
    "optim.weight_decay": 1e-4,
    "schedule.name": "one_cycle",
    "schedule.pct_start": 0.3,
    "schedule.div": 25,
    "schedule.final_div": 1e4,
    "augment.freq_masks": 0,
    "augment.time_masks": 0,
    "augment.shift": 0,
}


@dataclass(frozen=True)
class Setting:
    samples: int  # length of a chunk
    reason: str  # for these samples
    options: dict = field(default_factory=lambda: {"channels": 32})  # of the network, `model.KEY` of `sonograd train`
    rate: int = 16000  # Hz
    recipe: dict = field(default_factory=dict)  # other values than those of RECIPE
    hop: int = 0  # samples between the chunks of a clip when it is scored; 0: a chunk
    context: int = 0  # zeros at both ends of a clip when it is scored
    tail: str = "align"  # rest behind the last whole chunk: align (one more, moved back to the end) or drop
    fixed: tuple = ()  # keys of `options` that PyTorch's class has no argument for, because it is that choice


CLIP = "the whole clip of 4 s"
PUBLISHED = "published"
# Frames of a patch of the musicnn library begin on their sample, and the next patch begins with the next frame.
PATCH = {"samples": 186 * 256 + 512, "hop": 187 * 256, "context": 256, "tail": "drop", "reason": PUBLISHED}
# Transformers learn more slowly at first, and not at all from some seeds at the common rate.
TRANSFORMER = {"optim.lr": 5e-4}

SETTINGS = {
    "vgg_tf": Setting(**PATCH),
    "musicnn": Setting(48000, PUBLISHED),
    "musicnn_tf": Setting(**PATCH),
    "short_chunk_cnn": Setting(59049, PUBLISHED),
    "short_chunk_cnn_res": Setting(59049, PUBLISHED),
    "combined": Setting(64000, CLIP, {"front": "log_mel", "back": "recurrent", "channels": 32}, fixed=("front", "back")),
    "crnn": Setting(64000, f"{CLIP}, which leaves two steps to the GRU"),
    "sample_cnn": Setting(59049, "published; its poolings divide by this number"),
    "sample_cnn_se": Setting(59049, "published; its poolings divide by this number"),
    "pons_waveform": Setting(64000, CLIP, {"channels": 32, "back_filters": 128, "units": 128}),
    "pons_spectrogram": Setting(64000, CLIP, {"channels": 8, "back_filters": 128, "units": 128}),
    "cnnsa": Setting(64000, CLIP, recipe=TRANSFORMER),
    "music_tagging_transformer": Setting(88200, CLIP, {"channels": 32, "width": 64}, rate=22050, recipe=TRANSFORMER),
    "harmonic_cnn": Setting(73728, "289 frames, the least that its poolings leave a position of"),
    "fcn": Setting(327680, "1,281 frames, the least that its poolings leave a position of"),
    "fcn4": Setting(327680, "1,281 frames, the least that its poolings leave a position of", rate=12000),
}
