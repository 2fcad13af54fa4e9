"""Every explorer of the course, by name: a drawing and the controls that move it.

The words around each (title, prediction, tasks, sources) are in assets/explorers, under the same id.
"""

from kneecourse.content import course
from kneecourse.figures import anatomy, contact, diagnosis, joint_fluid, leg, ligament, style
from kneecourse.models import contact as rolling
from kneecourse.models import joint_fluid as fluid
from kneecourse.models import ligament as hinge
from kneecourse.parameter import Choice
from kneecourse.widgets.explorer import Explorer

YES_NO = {"no": "not seen", "yes": "seen"}


def fossa_layers():
    """The popliteal fossa, one layer at a time."""
    return _layers("bakers_cyst.layers", "popliteal_fossa")


def joint_pressure():
    """Joint pressure against flexion and volume."""
    return Explorer(
        "bakers_cyst.roomiest",
        joint_fluid.pressure_curve,
        {"flexion_deg": fluid.FLEXION, "effusion_ml": fluid.EFFUSION},
    )


def cyst_filling():
    """A bending knee fills a cyst; then it is treated."""
    return Explorer(
        "bakers_cyst.filling",
        joint_fluid.cyst_filling,
        {
            "joint_ml": fluid.JOINT_START,
            "opening": Choice("Opening", {"slit": "slit", "flap": "slit + flap"}, "slit"),
            "move": Choice(
                "The knee",
                {"bending": "bends", "straight": "held 0°", "resting": "held 35°", "bent": "held 90°"},
                "bending",
            ),
            "treatment": Choice(
                "At minute 10", {"none": "nothing", "cyst": "drain cyst", "joint": "drain knee"}, "none"
            ),
        },
        panels=((0.105, 0.19, 0.66, 0.78), (0.765, 0.06, 0.235, 0.9)),
    )


def cyst_grip():
    """Why a cyst is firm in extension."""
    return Explorer(
        "bakers_cyst.grip",
        joint_fluid.cyst_squeeze,
        {"flexion_deg": fluid.FLEXION, "cyst_ml": fluid.CYST_VOLUME, "effusion_ml": fluid.JOINT_START},
    )


def quadriceps_squeeze():
    """Five kinds of swollen knee at rest and with the quadriceps tight."""
    return Explorer(
        "bakers_cyst.squeeze",
        joint_fluid.rest_and_contraction,
        {"disease": Choice("Knee", joint_fluid.NAMES, "osteoarthritis"), "effort_percent": fluid.EFFORT},
        panels=((0.27, 0.18, 0.7, 0.8),),
    )


def cyst_prevalence():
    """Five kinds of people who were scanned."""
    rows = _prevalence(
        "healthy_ultrasound", "dvt_symptoms", "community_mri", "painful_ultrasound", "frequent_pain_mri"
    )
    return Explorer(
        "bakers_cyst.who",
        diagnosis.prevalence(rows),
        {
            "who": Choice(
                "Who was scanned", {name: who for name, (who, *_) in rows.items()}, "healthy_ultrasound"
            )
        },
        panels=((0.03, 0.18, 0.94, 0.81),),
    )


def cyst_company():
    """Three findings on a scan, and the chance of a cyst."""
    labels = {"effusion": "Effusion", "meniscal_tear": "Meniscal tear", "osteoarthritis": "Osteoarthritis"}
    return Explorer(
        "bakers_cyst.company",
        diagnosis.cyst_by_findings,
        {name: Choice(label, YES_NO, "no") for name, label in labels.items()},
        size=style.FLAT,
        panels=style.BARE,
    )


def hands_and_scan():
    """Examination, then ultrasound: 1,000 people as boxes, as a tree, as odds."""
    people = _prevalence("healthy_ultrasound", "painful_ultrasound", "frequent_pain_mri")
    tests = {test.id: test for test in course().causes["bakers_cyst"].tests}
    hands, scan = tests["physical_examination"], tests["ultrasound_surgery"]
    ends = {"low": "low", "pooled": "value", "high": "high"}
    studies = {
        name: (getattr(hands.sensitivity, end), getattr(hands.specificity, end)) for name, end in ends.items()
    }
    careful = {"careful": (scan.sensitivity.value, scan.specificity.low)}
    done = {"none": "not yet", "positive": "yes", "negative": "no"}
    return Explorer(
        "bakers_cyst.hands_and_scan",
        diagnosis.after_tests(
            {name: (who, share / 100) for name, (who, _, share) in people.items()},
            diagnosis.Steps("a lump is felt", "no lump is felt", studies),
            diagnosis.Steps("cyst on ultrasound", "none on ultrasound", careful),
            "a cyst",
        ),
        {
            "who_id": Choice(
                "Who",
                {
                    "healthy_ultrasound": "healthy",
                    "painful_ultrasound": "painful knee",
                    "frequent_pain_mri": "frequent pain",
                },
                "painful_ultrasound",
            ),
            "study": Choice(
                "How good are the hands", {"low": "low end", "pooled": "pooled", "high": "high end"}, "pooled"
            ),
            "first_result": Choice("Lump felt", done, "none"),
            "second_result": Choice("Cyst on ultrasound", done, "none"),
            "view": Choice("Show as", {"boxes": "people", "tree": "tree", "odds": "odds"}, "boxes"),
        },
        size=(4.8, 2.75),
        panels=style.BARE,
    )


def _prevalence(*ids):
    rows = {row.id: row for row in course().causes["bakers_cyst"].prevalence}
    return {name: (rows[name].who, rows[name].method, rows[name].per_cent) for name in ids}


def fossa_walls():
    """The same fossa in lesson 00: its walls, its contents, its floor."""
    return _layers("back_of_the_knee.walls", "popliteal_fossa")


def deep_layers():
    """What lies under the muscles at the back of the knee, one layer at a time."""
    return _layers("back_of_the_knee.deep", "deep_back")


def section_layers():
    """A cut through the middle of the knee, one group at a time."""
    return _layers("back_of_the_knee.section", "sagittal_section")


def plateau_layers():
    """The tibial plateau from above, one group at a time."""
    return _layers("back_of_the_knee.plateau", "tibial_plateau")


def two_joint_muscles():
    """Length of four muscles that cross the knee and another joint, against three angles."""
    names = {
        "semiten": "semitendinosus",
        "bflh": "biceps femoris",
        "gasmed": "gastrocnemius",
        "recfem": "rectus femoris",
    }
    return Explorer(
        "back_of_the_knee.two_joint",
        leg.two_joint,
        {
            "muscle": Choice("Muscle", names, "semiten"),
            "hip_deg": leg.HIP,
            "knee_deg": leg.KNEE,
            "ankle_deg": leg.ANKLE,
        },
        panels=((0.0, 0.02, 0.43, 0.96), (0.59, 0.19, 0.395, 0.78)),
    )


def ligament_lengths():
    """Ligaments on a fixed hinge, and those that a hinge cannot carry."""
    names = {
        "lcl": "outer collateral",
        "smcl": "inner collateral",
        "capsule": "back capsule",
        "acl_pl": "ACL, back bundle",
        "pcl_al": "PCL, front bundle",
        "acl_am": "ACL, front bundle",
        "pcl_pm": "PCL, back bundle",
        "pol": "posterior oblique",
    }
    return Explorer(
        "back_of_the_knee.hinge",
        ligament.hinge_lengths,
        {"ligament": Choice("Ligament", names, "lcl"), "flexion_deg": hinge.FLEXION},
        panels=((0.01, 0.03, 0.41, 0.95), (0.56, 0.19, 0.41, 0.78)),
    )


def condyle_paths():
    """Both femoral condyles on the plateau, and the turn of the tibia, as the knee bends."""
    return Explorer(
        "back_of_the_knee.roll",
        contact.condyles(course().anatomy["tibial_plateau"]),
        {"flexion_deg": rolling.FLEXION},
        panels=((0.0, 0.02, 0.72, 0.96), (0.72, 0.06, 0.28, 0.9)),
    )


def _layers(explorer_id, diagram_id):
    """A diagram, one layer at a time."""
    diagram = course().anatomy[diagram_id]
    return Explorer(
        explorer_id,
        anatomy.layers(diagram),
        {"layer": Choice("Layer", {layer.id: layer.label for layer in diagram.layers}, diagram.layers[0].id)},
        size=(4.8, 3.1),
        panels=style.BARE,
    )
