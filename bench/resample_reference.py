"""What soxr, the library that Piper's voice goes through, makes of the tones that bench/media-resample.ts tries.

Reads {"fromHz", "toHz", "tones": [[PCM16 samples], ...]} from standard input; prints {"outputs": [[...]], "nsPerSample"}.
"""

import json
import sys
import time

import numpy as np
import soxr


def main() -> None:
    asked = json.load(sys.stdin)
    outputs = []
    spent = 0.0
    samples = 0
    for tone in asked["tones"]:
        audio = np.asarray(tone, dtype=np.float32)
        began = time.perf_counter()
        output = soxr.resample(audio, asked["fromHz"], asked["toHz"], quality="HQ")
        spent += time.perf_counter() - began
        samples += len(output)
        outputs.append(np.clip(np.rint(output), -32768, 32767).astype(int).tolist())
    json.dump({"outputs": outputs, "nsPerSample": 1e9 * spent / samples}, sys.stdout)


if __name__ == "__main__":
    main()
