"""Writes triplets.json beside this file: triplet losses and their gradients by PyTorch, in float64. tests/train/triplet_loss_test.cpp
repeats them; the embeddings come from the generator of tests/models/lcg.h, so that the file holds results only.

`loss` is torch's own where it has one: `triplet_margin_with_distance_loss` with 1 - cosine_similarity, and with the length of the
difference. The mined negatives are found by the definition: FaceNet's, with a triplet's own negative where there is no semi-hard one.

usage: python tests/golden/make_triplets.py        (needs the packages torch and numpy)
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

from make_training import Lcg

TRIPLETS, WIDTH = 5, 7
LABELS = [0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 2]  # of the rows: anchor, positive and negative of each triplet
DISTANCES = {
    "cosine": lambda a, b: 1 - F.cosine_similarity(a, b, dim=-1),
    "euclidean": lambda a, b: torch.linalg.vector_norm(a - b, dim=-1),
}


def mined(rows, distance, margin, mining):
    chosen = []
    for i in range(TRIPLETS):
        to = [distance(rows[3 * i], row).item() for row in rows]
        positive = to[3 * i + 1]
        found = [(d, j) for j, d in enumerate(to) if LABELS[j] != LABELS[3 * i]
                 and (mining == "hard" or positive < d < positive + margin)]
        chosen.append(min(found)[1] if found else 3 * i + 2)
    return chosen


def case(name, margin, mining):
    rows = torch.from_numpy(Lcg(7).draw(3 * TRIPLETS * WIDTH)).float().double().reshape(3 * TRIPLETS, WIDTH)
    rows.requires_grad_()
    distance = DISTANCES[name]
    chosen = [3 * i + 2 for i in range(TRIPLETS)]
    if mining != "random":
        chosen = mined(rows, distance, margin, mining)
    loss = F.triplet_margin_with_distance_loss(rows[0::3], rows[1::3], rows[chosen], distance_function=distance, margin=margin)
    loss.backward()
    return {"distance": name, "margin": margin, "mining": mining, "negatives": chosen, "loss": loss.item(),
            "gradient": [round(g, 12) for g in rows.grad.flatten().tolist()]}


def main():
    cases = [case(name, margin, mining) for name, margin in (("cosine", 0.4), ("euclidean", 0.3))
             for mining in ("random", "semi_hard", "hard")]
    result = {"torch": torch.__version__, "triplets": TRIPLETS, "width": WIDTH, "labels": LABELS, "cases": cases}
    (Path(__file__).parent / "triplets.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
