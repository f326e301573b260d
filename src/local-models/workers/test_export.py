import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnxruntime as ort
from whisper.export import export_encoder
from whisper.weights import Weights

_WIDTH = 8


def weights(layers: int) -> Weights:
    """Of a tiny encoder, with one decoder layer that attends to it."""
    rng = np.random.default_rng(1)
    made: Weights = {"encoder/num_heads": np.array(2), "encoder/position_encodings/encodings": rng.normal(size=(20, _WIDTH))}

    def linear(name: str, rows: int, columns: int) -> None:
        made[f"{name}/weight"], made[f"{name}/bias"] = rng.normal(size=(rows, columns)), rng.normal(size=rows)

    def norm(name: str) -> None:
        made[f"{name}/gamma"], made[f"{name}/beta"] = rng.normal(size=_WIDTH), rng.normal(size=_WIDTH)

    for name, bands in (("conv1", 80), ("conv2", _WIDTH)):
        made[f"encoder/{name}/weight"] = rng.normal(size=(_WIDTH, bands, 3))
        made[f"encoder/{name}/bias"] = rng.normal(size=_WIDTH)
    for index in range(layers):
        name = f"encoder/layer_{index}"
        norm(f"{name}/self_attention/layer_norm")
        linear(f"{name}/self_attention/linear_0", 3 * _WIDTH, _WIDTH)
        linear(f"{name}/self_attention/linear_1", _WIDTH, _WIDTH)
        norm(f"{name}/ffn/layer_norm")
        linear(f"{name}/ffn/linear_0", 4 * _WIDTH, _WIDTH)
        linear(f"{name}/ffn/linear_1", _WIDTH, 4 * _WIDTH)
    norm("encoder/layer_norm")
    linear("decoder/layer_0/attention/linear_1", 2 * _WIDTH, _WIDTH)
    made["decoder/layer_0/ffn/linear_0/weight"] = np.zeros(1)
    return {name: value.astype(np.float32) if value.ndim else value for name, value in made.items()}


def run(made: Weights) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "encoder.onnx"
        export_encoder(made, path)
        session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    mel = np.random.default_rng(2).normal(size=(1, 80, 20)).astype(np.float32)
    return dict(zip(names, session.run(names, {"mel": mel}), strict=True))


class ExportTest(unittest.TestCase):
    def test_early_states_are_those_before_the_last_layer_and_the_decoder_attends_to_the_last(self) -> None:
        plain, changed = weights(3), weights(3)
        changed["encoder/layer_2/ffn/linear_1/bias"] += np.arange(_WIDTH, dtype=np.float32)
        before, after = run(plain), run(changed)
        np.testing.assert_array_equal(before["early"], after["early"])
        self.assertGreater(float(np.abs(before["states"] - after["states"]).max()), 0.1)
        self.assertGreater(float(np.abs(before["key_0"] - after["key_0"]).max()), 0.1)
        changed["encoder/layer_1/ffn/linear_1/bias"] += np.arange(_WIDTH, dtype=np.float32)
        self.assertGreater(float(np.abs(before["early"] - run(changed)["early"]).max()), 0.1)


if __name__ == "__main__":
    unittest.main()
