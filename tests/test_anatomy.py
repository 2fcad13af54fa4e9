"""Pictures as data: every outline drawable, every letter in its place, nothing named before it is asked."""

import math
import re
from itertools import combinations

import numpy as np
import pytest
import yaml
from matplotlib.path import Path

from kneecourse import content, records
from kneecourse.content import ASSETS
from kneecourse.figures import anatomy

COURSE = content.load(ASSETS)
MAP = COURSE.pain_map
BLEED = 10  # mm that a shape may run past the frame, where it is cut off
NAME = re.compile(r"[^\W\d_]{5,}")  # the words that count as a name

# (picture, its regions or zones) by a readable id
PICTURES = {name: (d, d.regions) for name, d in COURSE.anatomy.items()}
PICTURES |= {f"pain map, {view.id}": (view, view.zones) for view in MAP.views}

each_picture = pytest.mark.parametrize("name", PICTURES)


def shapes(name):
    """(region id, smooth outline) for everything drawn in a picture, its skin included."""
    picture, regions = PICTURES[name]
    yield "skin", anatomy.smooth(picture.skin)
    for region in regions:
        yield from ((region.id, outline) for outline in anatomy.outlines(region))


def written(name):
    """The same, as the points an author wrote."""
    picture, regions = PICTURES[name]
    yield "skin", picture.skin
    for region in regions:
        yield from ((region.id, points) for points in region.outlines or [region.course])


# --- outlines --------------------------------------------------------------------------------------------


@each_picture
def test_every_point_stays_in_the_frame_or_leaves_it_on_purpose(name):
    picture, _ = PICTURES[name]
    frame = np.array([picture.width_mm, picture.height_mm])
    for where, points in written(name):
        assert (np.array(points) >= -BLEED).all(), where
        assert (np.array(points) <= frame + BLEED).all(), where


@each_picture
def test_smoothing_swells_no_shape_by_more_than_six_millimetres(name):
    widths = {region.id: getattr(region, "width_mm", 0) / 2 for region in PICTURES[name][1]}
    for (where, points), (_, outline) in zip(written(name), shapes(name), strict=True):
        swell = widths.get(where, 0) + 6
        assert (outline >= np.min(points, axis=0) - swell).all(), where
        assert (outline <= np.max(points, axis=0) + swell).all(), where


@each_picture
def test_every_curve_is_finite_and_closed(name):
    for where, outline in shapes(name):
        assert outline.ndim == 2, where
        assert np.isfinite(outline).all(), where
        steps = np.linalg.norm(np.diff(outline, axis=0), axis=1)
        assert math.dist(outline[-1], outline[0]) <= 1.5 * steps.max(), f"{where} does not close"


@each_picture
def test_no_curve_crosses_itself(name):
    for where, outline in shapes(name):
        assert not crossings(outline), f"{where} crosses itself near {crossings(outline)[:3]}"


def crossings(outline):
    """Where a closed line crosses itself, as rounded points."""
    a, b = outline, np.roll(outline, -1, axis=0)
    along = b - a
    cross = along[:, None, 0] * along[None, :, 1] - along[:, None, 1] * along[None, :, 0]
    gap = a[None] - a[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        s = (gap[..., 0] * along[None, :, 1] - gap[..., 1] * along[None, :, 0]) / cross
        t = (gap[..., 0] * along[:, None, 1] - gap[..., 1] * along[:, None, 0]) / cross
    inside = (s > 0.001) & (s < 0.999) & (t > 0.001) & (t < 0.999)
    return [tuple((a[i] + s[i, j] * along[i]).round(1)) for i, j in np.argwhere(inside) if i < j]


@each_picture
def test_every_region_can_be_hit_with_a_finger(name):
    for region in PICTURES[name][1]:
        points = np.vstack(anatomy.outlines(region))
        assert np.ptp(points, axis=0).min() >= 3, region.id


def test_a_crossing_would_be_found():
    bow_tie = np.array([[0, 0], [10, 10], [10, 0], [0, 10]])
    assert crossings(bow_tie) == [(5, 5)]
    assert crossings(anatomy.smooth([[0, 0], [10, 0], [10, 10], [0, 10]])) == []


# --- letters ---------------------------------------------------------------------------------------------


@each_picture
def test_every_letter_stands_on_its_own_region_with_nothing_over_it(name):
    picture, regions = PICTURES[name]
    for i, region in enumerate(regions):
        at = anatomy.label_at(region)
        assert 0 < at[0] < picture.width_mm, region.id
        assert 0 < at[1] < picture.height_mm, region.id
        assert covers(region, at), f"the letter of {region.id} is outside it"
        above = [other.id for other in regions[i + 1 :] if covers(other, at)]
        assert not above, f"the letter of {region.id} lies on {above}"


def covers(region, at):
    return any(Path(outline).contains_point(at) for outline in anatomy.outlines(region))


@each_picture
def test_letters_keep_apart(name):
    for a, b in combinations(PICTURES[name][1], 2):
        assert math.dist(anatomy.label_at(a), anatomy.label_at(b)) >= 4, (a.id, b.id)


@pytest.mark.parametrize("name", COURSE.anatomy)
def test_there_is_a_letter_for_every_region(name):
    letters = [letter for letter, _ in anatomy.lettered(COURSE.anatomy[name])]
    assert len(set(letters)) == len(COURSE.anatomy[name].regions)


# --- words -----------------------------------------------------------------------------------------------


def words(text):
    return set(NAME.findall(text.lower()))


@pytest.mark.parametrize("name", COURSE.anatomy)
def test_the_description_of_a_place_does_not_give_the_name_away(name):
    for region in COURSE.anatomy[name].regions:
        assert not words(region.name) & words(region.where), region.id


@pytest.mark.parametrize("name", COURSE.anatomy)
def test_no_two_places_of_a_picture_are_described_alike(name):
    where = [region.where for region in COURSE.anatomy[name].regions]
    assert len(set(where)) == len(where)


@pytest.mark.parametrize("name", COURSE.anatomy)
def test_every_layer_shows_something_named_in_its_sentence(name):
    for layer in COURSE.anatomy[name].layers:
        shown = [r for r in COURSE.anatomy[name].regions if r.id in layer.regions]
        named = {stem for r in shown for stem in stems(f"{r.name} {r.role}")}
        bold = re.findall(r"\*\*(.+?)\*\*", layer.says)
        assert bold, layer.id
        for part in bold:
            assert stems(part) & named, f"{layer.id}: {part} is not shown"


def stems(text):
    """The beginnings of its words: singular and plural begin alike."""
    return {word.rstrip("s")[:6] for word in re.findall(r"[a-z]{3,}", text.lower())}


def test_every_role_has_a_colour_here_and_in_the_stylesheet():
    css = (content.ASSETS.parent / "kneecourse/widgets/frontend/course.css").read_text(encoding="utf-8")
    roles = records.Region.model_fields["role"].annotation.__args__
    assert set(roles) == anatomy.ROLES.keys()
    for role, look in anatomy.ROLES.items():
        rule = re.search(rf"\.kc-{role} {{ (.*?) }}", css)
        assert rule, role
        assert f"fill: {look['facecolor']}; stroke: {look['edgecolor']}" in rule[1], role


# --- the pain map ----------------------------------------------------------------------------------------

ZONES = {zone.id: zone for view in MAP.views for zone in view.zones}
ALARMS = {alarm.id: alarm for alarm in MAP.alarms}
URGENCY = ("now", "today", "soon", "routine")
# words that say where, and so may stand in the name of a place and of a structure
PLACE = {"joint", "corner", "inner", "outer", "upper", "lower", "front", "middle"}


def test_the_map_has_four_views_with_four_to_eight_zones_each():
    assert [view.id for view in MAP.views] == ["behind", "inner", "outer", "front"]
    assert all(4 <= len(view.zones) <= 8 for view in MAP.views)


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_names_a_place_and_no_structure(zone):
    for part in ZONES[zone].beneath:
        assert not (words(part.structure) - PLACE) & words(ZONES[zone].where), part.structure


@pytest.mark.parametrize("view", MAP.views, ids=lambda view: view.id)
def test_zones_do_not_overlap(view):
    for a, b in combinations(view.zones, 2):
        for outline in anatomy.outlines(a):
            assert not any(covers(b, point) for point in outline), (a.id, b.id)


@pytest.mark.parametrize("view", MAP.views, ids=lambda view: view.id)
def test_zones_lie_on_the_skin(view):
    skin = Path(anatomy.smooth(view.skin))
    for zone in view.zones:
        assert skin.contains_points(np.vstack(anatomy.outlines(zone))).all(), zone.id


def test_no_place_reassures():
    for place in (*ZONES.values(), *MAP.referred):
        order = [URGENCY.index(ALARMS[alarm].act) for alarm in place.alarms]
        assert order, place.id
        assert order == sorted(order), f"{place.id}: the most urgent warning comes first"
        assert order[0] <= URGENCY.index("today"), place.id


def test_every_alarm_is_shown_somewhere():
    assert ALARMS.keys() == {alarm for place in (*ZONES.values(), *MAP.referred) for alarm in place.alarms}


@pytest.mark.parametrize("zone", ZONES)
def test_a_swollen_calf_and_a_pulsing_lump_always_show_their_line(zone):
    zone = ZONES[zone]
    under = {part.structure for part in zone.beneath}
    if zone.id.startswith("back_") or "calf" in zone.where or {"deep veins", "popliteal vein"} & under:
        assert "swollen_leg" in zone.alarms
    if {"Baker's cyst", "popliteal artery"} & under or "crease" in zone.where or "hollow" in zone.where:
        assert "pulsing_lump" in zone.alarms


def lessons_of(view):
    zones = next(v.zones for v in MAP.views if v.id == view)
    return {lesson for zone in zones for part in zone.beneath for lesson in part.lessons}


def test_every_cause_is_found_where_it_hurts():
    causes = {lesson.slug for lesson in COURSE.lessons.values() if 1 <= lesson.number <= 11}
    front, behind = lessons_of("front"), lessons_of("behind")
    assert {"jumpers_knee", "chondromalacia"} <= front - behind
    assert causes - {"jumpers_knee", "chondromalacia"} <= behind


def test_hip_back_and_vessels_are_told_about():
    assert {place.id for place in MAP.referred} >= {"from_hip", "from_back", "from_arteries", "from_veins"}


# --- a map that is wrong is refused ----------------------------------------------------------------------


def raw_map():
    return yaml.safe_load((ASSETS / "pain_map.yaml").read_text(encoding="utf-8"))


def first_zone(raw):
    return raw["views"][0]["zones"][0]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda zone: zone.update(alarms=[]), "at least 1"),
        (lambda zone: zone.update(alarms=["nothing"]), "nothing, which is not an alarm here"),
        (lambda zone: zone.update(outlines=[[[0, 0], [1, 1]]]), "at least three points"),
        (lambda zone: zone.update(id="back_hollow"), "'back_hollow' occurs twice"),
        (lambda zone: zone["beneath"][0].update(depth="shallow"), "superficial"),
    ],
)
def test_a_damaged_zone_is_refused(damage, told):
    raw = raw_map()
    damage(first_zone(raw))
    with pytest.raises(ValueError, match=told):
        records.PainMap.model_validate(raw)


def test_lessons_and_sources_of_the_map_must_exist():
    raw = raw_map()
    first_zone(raw)["beneath"][0].update(lessons=["bakers_cist"], sources=["nobody1900"])
    course = content.Course(**{**vars_of(COURSE), "pain_map": records.PainMap.model_validate(raw)})
    told = list(content._dangling(course, "assets"))
    place = "assets/pain_map.yaml: views > behind > zones > back_upper_inner > beneath > number 1"
    assert any(
        line.startswith(f"{place} > lessons") and "did you mean 'bakers_cyst'" in line for line in told
    )
    assert any(line.startswith(f"{place} > sources") and "'nobody1900'" in line for line in told)
    assert len(told) == 2


def vars_of(course):
    return {field: getattr(course, field) for field in course.__dataclass_fields__}
