"""One two-panel figure and three ways to move it by a slider, for the notebooks of the benchmark."""

import ipywidgets
import matplotlib
from IPython.display import display

from kneecourse.content import course
from kneecourse.figures import joint_fluid, style
from kneecourse.figures.stage import DPI
from kneecourse.models import joint_fluid as fluid
from kneecourse.records import ExplorerText
from kneecourse.widgets.explorer import Explorer

SIZE = style.WIDE  # as many pixels as a figure of the lessons has
PANELS = ((0.12, 0.19, 0.34, 0.77), (0.64, 0.19, 0.34, 0.77))
TEXT = ExplorerText(
    id="benchmark.two_panels", title="Two panels", idea="To be measured.", basis="Not part of a lesson."
)


def two_panels(left, right):
    """Pressure in the joint and in a cyst, side by side."""
    joint, cyst = joint_fluid.pressure_curve(left), joint_fluid.cyst_squeeze(right)

    def update(*, flexion_deg):
        readings = (
            joint.update(flexion_deg=flexion_deg, effusion_ml=60),
            cyst.update(flexion_deg=flexion_deg, effusion_ml=60, cyst_ml=10),
        )
        return style.Reading(" ".join(reading.sentence for reading in readings))

    return style.Drawing(joint.moving + cyst.moving, update)


def explorer():
    """The course's own way; its words are added to the course in this process only."""
    course().all_explorers[TEXT.id] = ("bakers_cyst", TEXT)
    return Explorer(TEXT.id, two_panels, {"flexion_deg": fluid.FLEXION}, size=SIZE, panels=PANELS)


def interact():
    """As most notebooks do it: a function that draws the figure, called for every value of the slider."""
    import matplotlib.pyplot as plt

    def redraw(flexion_deg):
        _drawn(plt).update(flexion_deg=flexion_deg)
        plt.show()

    ipywidgets.interact(redraw, flexion_deg=_slider())


def ipympl():
    """As ipympl's own examples do it: artists of one live figure are changed, its canvas drawn again."""
    import matplotlib.pyplot as plt

    slider, drawing = _slider(), _drawn(plt)
    canvas = plt.gcf().canvas

    def redraw(change):
        drawing.update(flexion_deg=change["new"])
        canvas.draw_idle()

    drawing.update(flexion_deg=slider.value)
    slider.observe(redraw, "value")
    display(slider)


def _drawn(plt):
    with matplotlib.rc_context(style.RC):
        figure = plt.figure(figsize=SIZE, dpi=DPI)
        return two_panels(*(figure.add_axes(box) for box in PANELS))


def _slider():
    flexion = fluid.FLEXION
    return ipywidgets.IntSlider(value=flexion.default, min=flexion.low, max=flexion.high, step=flexion.step)
