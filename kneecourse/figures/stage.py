"""A figure drawn once whose moving artists are redrawn for each state: cached background, one small PNG."""

from io import BytesIO

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from kneecourse.figures import style

DPI = 160  # sharp on a dense screen at the width of a notebook


class Stage:
    """Owns a Figure and its Drawing. ``panels`` are the (left, bottom, width, height) of the Axes."""

    def __init__(self, draw, *, size=style.WIDE, panels=style.ONE_PANEL):
        with matplotlib.rc_context(style.RC):
            self.figure = Figure(figsize=size, dpi=DPI)
            self.canvas = FigureCanvasAgg(self.figure)
            self.drawing = draw(*(self.figure.add_axes(box) for box in panels))
        for artist in self.drawing.moving:
            artist.set_animated(True)
        self._background = None

    def show(self, **values):
        """(PNG bytes, Reading) of a state."""
        reading = self.drawing.update(**values)
        if self._background is None:
            self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        self.canvas.restore_region(self._background)
        for artist in self.drawing.moving:
            self.figure.draw_artist(artist)
        return self._png(), reading

    def _png(self):
        pixels = Image.frombuffer("RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba())
        out = BytesIO()
        # 256 colours halve both the bytes and the time of a full-colour PNG, and cannot be told from it
        few = pixels.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(out, "PNG", compress_level=3)
        return out.getvalue()
