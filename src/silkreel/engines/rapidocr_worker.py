"""The child that reads pictures with PP-OCR: one model, one thread, one picture a request.

Never imported by the parent: it loads native code and two networks.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from silkreel.engines.contracts import Box
from silkreel.kit.children import Emit, Handler, Message, serve_parent

Picture = npt.NDArray[np.uint8]

# Wider pictures are read at this width; at its own width a 720 band costs least and reads best.
WIDEST_PIXELS = 1280
# A detector's box lies tight round the strokes; the recogniser was taught with a little air.
AIR_SHARE = 0.06
# Below this a box is texture, not text: the caller judges what is left by its confidence.
LOWEST_CONFIDENCE = 0.3


@dataclass(frozen=True, slots=True)
class Model:
    """The two networks behind one door."""

    reader: Any

    def boxes(self, picture: Picture) -> list[Box]:
        """Where lines of text stand, top to bottom."""
        found = self.reader(picture, use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return []
        return [_with_air(quad, picture.shape) for quad in found.boxes]

    def line(self, picture: Picture) -> tuple[str, list[float]]:
        """The one line in a picture, and how sure each of its characters is."""
        found = self.reader(
            picture, use_det=False, use_cls=False, use_rec=True, return_word_box=True
        )
        if not found.txts or not found.txts[0]:
            return "", []
        return found.txts[0], [float(each) for each in found.word_results[0].confs]


def load(paths: dict[str, str]) -> Model:
    """Load the networks from files; given their paths, the package's downloader never runs."""
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)  # a second thread spins and gains nothing
    parameters = {
        "Global.log_level": "warning",
        "Global.use_cls": False,
        "Global.text_score": LOWEST_CONFIDENCE,
        "Global.max_side_len": WIDEST_PIXELS,
        "Det.model_path": paths["detect"],
        "Rec.model_path": paths["recognise"],
        "Global.width_height_ratio": -1,  # a flat band needs no letterbox: it doubles the cost
        "Det.limit_type": "max",
        "Det.limit_side_len": WIDEST_PIXELS,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return Model(RapidOCR(params=parameters))


def read(model: Model, luma: Picture, *, detect: bool) -> list[dict[str, Any]]:
    """Lines of text in a luma picture, as the parent's `TextBox`es."""
    picture = np.repeat(luma[:, :, None], 3, axis=2)  # the networks were taught in colour
    height, width = luma.shape
    boxes = model.boxes(picture) if detect else [Box(0, 0, width, height)]
    lines = []
    for box in boxes:
        crop = picture[box.top : box.top + box.height, box.left : box.left + box.width]
        text, confidences = model.line(np.ascontiguousarray(crop))
        confidence = float(np.mean(confidences)) if confidences else 0.0
        if text.strip() and confidence >= LOWEST_CONFIDENCE:
            place = [box.left, box.top, box.width, box.height]
            lines.append(
                {"text": text, "box": place, "confidence": confidence, "characters": confidences}
            )
    return lines


def _with_air(quad: npt.NDArray[Any], shape: tuple[int, ...]) -> Box:
    """The upright box round a quadrilateral, a little larger, inside the picture."""
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    air = (bottom - top) * AIR_SHARE
    left, top = max(0, int(left - air)), max(0, int(top - air))
    right = min(shape[1], int(np.ceil(right + air)))
    bottom = min(shape[0], int(np.ceil(bottom + air)))
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def answering() -> Handler:
    """A handler that loads the model on the first request that names its files."""
    model: Model | None = None

    def answer(request: Message, emit: Emit) -> Message:
        nonlocal model
        started = time.process_time()
        if model is None:
            model = load(request.value["models"])
        lines = read(model, request.arrays[0], detect=bool(request.value["detect"]))
        emit(Message({"effort": {"rapidocr": time.process_time() - started}}))
        return Message({"lines": lines})

    return answer


if __name__ == "__main__":
    serve_parent(answering())
