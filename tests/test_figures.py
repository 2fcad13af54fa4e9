"""Figures at the corners of every range: nothing warns, no label leaves the picture, names do not collide."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from test_explorers import NAMES, corners, explorer

from kneecourse import explore, lesson
from kneecourse.content import course
from kneecourse.figures import anatomy, stage, style
from kneecourse.records import Region

SLACK = 1  # px by which a label may touch the edge
TOUCH = 8  # px by which the boxes of two labels may overlap: less than the space in them above and below
every_explorer = pytest.mark.parametrize("name", NAMES)


def texts(figure):
    """Every text that is seen: visible, not empty, on an axis that is shown."""
    found = list(figure.texts)
    axes = list(figure.axes)
    while axes:
        ax = axes.pop()
        axes += ax.child_axes
        if not ax.get_visible():
            continue
        found += ax.texts
        if legend := ax.get_legend():
            found += legend.get_texts()
        if ax.axison:
            found += [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def box(text):
    """Left, bottom, right and top in pixels."""
    return text.get_window_extent(text.figure.canvas.get_renderer()).extents


def outside(figure):
    """Texts that leave the picture, and by how many pixels."""
    width, height = figure.canvas.get_width_height()
    over = {}
    for text in texts(figure):
        left, bottom, right, top = box(text)
        most = max(-left, -bottom, right - width, top - height)
        if most > SLACK:
            over[text.get_text()] = round(most, 1)
    return over


def collisions(labels):
    """Pairs of texts whose boxes overlap both ways."""
    found = []
    for (a, one), (b, other) in itertools.combinations([(t.get_text(), box(t)) for t in labels], 2):
        wide = min(one[2], other[2]) - max(one[0], other[0])
        high = min(one[3], other[3]) - max(one[1], other[1])
        if wide > TOUCH and high > TOUCH:
            found.append((a, b, round(wide), round(high)))
    return found


# --- every explorer at every corner ----------------------------------------------------------------------


def survey(name):
    """What is wrong at any corner of the control space, as (kind, what, state); a warning ends it."""
    faults = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = getattr(explore, name)()
        for values in itertools.product(*map(corners, shown.controls.values())):
            state = dict(zip(shown.controls, values, strict=True))
            shown._stage.show(**state)
            figure = shown._stage.figure
            faults += [("outside", *item, state) for item in outside(figure).items()]
            faults += [("covered", *pair, state) for pair in collisions(texts(figure))]
            for text in texts(figure):
                if text.get_fontsize() < 9:  # about 9 px on a phone 360 px wide
                    faults.append(("small", text.get_text(), state))
                if contrast(text.get_color(), "white") < 4.5:
                    faults.append(("pale", text.get_text(), state))
    return faults


@every_explorer
def test_no_corner_warns_and_every_label_can_be_read(name):
    assert not survey(name)


def test_each_layer_names_all_its_structures():
    diagram = course().anatomy["popliteal_fossa"]
    shown = explorer("fossa_layers")._stage
    names = {region.id: region.name for region in diagram.regions}
    for layer in diagram.layers:
        shown.show(layer=layer.id)
        told = sorted(text.get_text().replace("-\n", "-").replace("\n", " ") for text in texts(shown.figure))
        assert told == sorted(names[region] for region in layer.regions)


@pytest.mark.parametrize("slug", [slug for slug, cause in course().causes.items() if cause.tests])
def test_the_picture_of_accuracy_keeps_its_labels_inside(slug, monkeypatch):
    made = []

    class Kept(stage.Stage):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr(lesson, "Stage", Kept)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lesson.accuracy(slug)
    (shown,) = made
    assert not outside(shown.figure)
    assert not collisions(texts(shown.figure))
    named = {text.get_text().replace("\n", " ") for text in texts(shown.figure)}
    assert {test.name for test in course().causes[slug].tests if test.sensitivity} <= named


# --- labelled pictures -----------------------------------------------------------------------------------

DIAGRAMS = course().anatomy
every_diagram = pytest.mark.parametrize("name", DIAGRAMS)


@every_diagram
def test_letters_are_unique_apart_and_inside_the_picture(name):
    diagram = DIAGRAMS[name]
    lettered = anatomy.lettered(diagram)
    assert len({letter for letter, _ in lettered}) == len(lettered) == len(diagram.regions)
    places = np.array([anatomy.label_at(region) for _, region in lettered])
    assert np.all((places >= 0) & (places <= (diagram.width_mm, diagram.height_mm)))
    for (i, a), (j, b) in itertools.combinations(enumerate(places), 2):
        assert np.hypot(*(a - b)) >= 5, f"{lettered[i][1].id} and {lettered[j][1].id}"


@every_diagram
def test_a_letter_lies_on_its_own_structure(name):
    for region in DIAGRAMS[name].regions:
        shapes = [Path(outline) for outline in anatomy.outlines(region)]
        assert any(shape.contains_point(anatomy.label_at(region), radius=0.5) for shape in shapes), region.id


@every_diagram
def test_where_a_structure_lies_is_told_without_its_name(name):
    """It is what a learner reads who cannot see the picture and has to find the structure."""
    for region in DIAGRAMS[name].regions:
        assert region.name.lower() not in region.where.lower()


points = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=3, max_size=12)


@settings(deadline=None)
@given(points)
def test_a_smooth_outline_goes_through_its_points(corners_):
    curve = anatomy.smooth(corners_, steps=8)
    assert curve.shape == (8 * len(corners_), 2)
    assert curve[::8] == pytest.approx(np.array(corners_), abs=1e-9)


@settings(deadline=None)
@given(points)
def test_a_smooth_course_begins_and_ends_at_its_ends(corners_):
    curve = anatomy.smooth(corners_, closed=False)
    assert curve[0] == pytest.approx(np.array(corners_[0]), abs=1e-9)
    assert curve[-1] == pytest.approx(np.array(corners_[-1]), abs=1e-9)


# --- style -----------------------------------------------------------------------------------------------


def luminance(color):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return np.dot(channels, (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    """Contrast ratio of two colours as WCAG defines it, 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), max_size=8), st.floats(0.1, 20))
def test_spread_keeps_the_order_and_makes_the_gaps(heights, gap):
    placed = style.spread(heights, gap)
    assert len(placed) == len(heights)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    assert all(placed[b] - placed[a] >= gap - 1e-9 for a, b in itertools.pairwise(order))


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), max_size=8, unique=True))
def test_spread_leaves_alone_what_is_apart(heights):
    assert style.spread(heights, 1) == heights


def test_every_tissue_has_a_colour_of_its_own():
    roles = set(Region.model_fields["role"].annotation.__args__)
    assert anatomy.ROLES.keys() == roles
    assert len({look["facecolor"] for look in anatomy.ROLES.values()}) == len(roles)
    assert len({look["edgecolor"] for look in anatomy.ROLES.values()}) == len(roles)


def test_vessels_and_nerves_differ_in_more_than_colour():
    dashes = [anatomy.ROLES[role].get("linestyle", "-") for role in ("artery", "vein", "nerve")]
    assert len(set(dashes)) == 3


def test_a_letter_can_be_read_on_every_tissue():
    for role, look in anatomy.ROLES.items():
        assert contrast(style.INK, look["facecolor"]) >= 4.5 or role == "artery"
        assert contrast(look["edgecolor"], anatomy.SKIN) >= 3, role  # an edge that can be seen


def test_the_two_groups_of_people_are_told_apart_by_everyone():
    assert (style.HEALTHY, style.ILL) == ("#0072b2", "#d55e00")  # Okabe and Ito
    for color in (style.INK, style.MUTED, style.ACCENT, style.WARN, style.HEALTHY):
        assert contrast(color, "white") >= 4.5
    assert contrast(style.ILL, "white") >= 3  # marks only, never text
