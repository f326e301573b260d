import io
import unittest

from frames import FrameError, read_frame, write_frame


class FramesTest(unittest.TestCase):
    def test_reads_what_was_written(self) -> None:
        pipe = io.BytesIO()
        write_frame(pipe, {"type": "ping", "id": "é"}, b"\x01\x02")
        write_frame(pipe, {"type": "pong"})
        pipe.seek(0)
        self.assertEqual(read_frame(pipe), ({"type": "ping", "id": "é"}, b"\x01\x02"))
        self.assertEqual(read_frame(pipe), ({"type": "pong"}, b""))
        self.assertIsNone(read_frame(pipe))

    def test_a_frame_that_is_cut_off_is_the_end(self) -> None:
        pipe = io.BytesIO()
        write_frame(pipe, {"type": "ping"}, b"payload")
        self.assertIsNone(read_frame(io.BytesIO(pipe.getvalue()[:-3])))

    def test_refuses_impossible_lengths(self) -> None:
        with self.assertRaises(FrameError):
            read_frame(io.BytesIO(b"\xff\xff\xff\x7f\x00\x00\x00\x00"))
        with self.assertRaises(FrameError):
            read_frame(io.BytesIO(b"\x08\x00\x00\x00\x20\x00\x00\x00abcd"))


if __name__ == "__main__":
    unittest.main()
