"""Writes metrics.json beside this file: scores of small label matrices by scikit-learn, and the matrices themselves.

Run with Python, numpy and scikit-learn; the versions go into the file. tests/train/metrics_golden_test.cpp reads it.
Scores are multiples of 1/20, so that many are equal; they are stored as the multiples.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score

STEPS = 20


def averages(metric, targets, scores, tags):
    """Macro and weighted means over `tags`, the ones with two classes; micro over the whole matrix."""
    values = [metric(targets[:, t], scores[:, t]) for t in tags]
    return {
        "tags": {str(t): value for t, value in zip(tags, values)},
        "macro": float(np.mean(values)),
        "weighted": float(np.average(values, weights=targets[:, tags].sum(axis=0))),
        "micro": metric(targets.ravel(), scores.ravel()),
    }


def tag_case(targets, steps):
    scores = np.float32(steps) / np.float32(STEPS)
    tags = [t for t in range(targets.shape[1]) if 0 < targets[:, t].sum() < len(targets)]
    return {
        "targets": targets.tolist(),
        "scores": steps.tolist(),
        "roc_auc": averages(roc_auc_score, targets, scores, tags),
        "average_precision": averages(average_precision_score, targets, scores, tags),
        "f1": averages(lambda t, s: f1_score(t, s >= 0.5, zero_division=0), targets, scores, tags),
    }


def label_case(truths, steps):
    guesses = steps.argmax(axis=1)
    present = sorted(set(truths.tolist()) | set(guesses.tolist()))
    each = f1_score(truths, guesses, labels=present, average=None, zero_division=0)
    mean = lambda kind: f1_score(truths, guesses, labels=present, average=kind, zero_division=0)
    return {
        "truths": truths.tolist(),
        "scores": steps.tolist(),
        "accuracy": accuracy_score(truths, guesses),
        "f1": {"classes": {str(c): v for c, v in zip(present, each)},
               "macro": mean("macro"), "micro": mean("micro"), "weighted": mean("weighted")},
    }


def main():
    random = np.random.default_rng(7)
    targets = (random.random((40, 6)) < [0.5, 0.3, 0.1, 0.0, 1.0, 0.5]).astype(int)
    targets[:, 5] = 0
    targets[11, 5] = 1  # a tag of one clip
    informed = np.clip(np.rint(STEPS * (0.4 * targets + 0.6 * random.random((40, 6)))), 0, STEPS).astype(int)
    constant = np.full((40, 6), STEPS // 2)
    reversed_order = STEPS - informed
    truths = random.integers(0, 4, 30)
    class_scores = random.integers(0, STEPS, (30, 5))
    class_scores[np.arange(30), truths] += random.integers(0, STEPS, 30)
    class_scores[:, 4] = -1  # a class that is neither a truth nor a guess
    golden = {
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "steps": STEPS,
        "tags": {"informed": tag_case(targets, informed), "constant": tag_case(targets, constant),
                 "reversed": tag_case(targets, reversed_order)},
        "labels": {"informed": label_case(truths, class_scores), "constant": label_case(truths, class_scores * 0)},
    }
    Path(__file__).with_name("metrics.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
