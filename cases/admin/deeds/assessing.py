"""How serious it is, who may be told, and which way the case goes."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, plain, with_form
from cases.commands import assessing, consent, fpic
from cases.forms import assessing as forms
from cases.forms import office
from cases.forms.companies import ConsentForm

DEEDS = (
    Deed(
        "assess", Act.ASSESS, _("Grade severity and risk"), _("The newest grading holds; those before it are kept."),
        _("The case is graded."), forms.AssessForm, with_form(assessing.assess),
    ),
    Deed(
        "ask-consent", Act.ASK_CONSENT, _("Ask whether companies may be told"),
        _("Everybody who filed reads the question on their page. Nobody is asked twice, and nobody has to answer."),
        _("The people who filed are asked on their page."), ConsentForm, with_form(consent.ask),
    ),
    Deed(
        "ask-dialogue", Act.ASK_DIALOGUE, _("Ask whether they want to talk"),
        _("Everybody who filed is asked on their page whether they want to talk with the company."),
        _("The people who filed are asked on their page."), forms.AskDialogueForm, plain(assessing.ask_dialogue),
    ),
    Deed(
        "dialogue", Act.OPEN_DIALOGUE, _("Open a dialogue"), _("Everybody who filed chose to talk with the company."),
        _("The dialogue is open."), office.ActForm, plain(assessing.open_dialogue),
    ),
    Deed(
        "investigate", Act.INVESTIGATE, _("Investigate"), _("We look into what happened; its deadline begins."),
        _("The investigation is open."), office.ActForm, plain(assessing.investigate),
    ),
    Deed(
        "extend", Act.EXTEND, _("Extend the investigation"), _("Once, before its day, and for reasons that are kept."),
        _("The deadline is extended."), forms.ExtendForm, with_form(assessing.extend),
    ),
    Deed(
        "fpic", Act.LOG_FPIC, _("Log a People's consent"),
        _("Free, prior and informed consent: its representatives, its stage and its conditions."),
        _("It is in the log."), forms.FpicForm, with_form(fpic.log),
    ),
    Deed(
        "design-remedy", Act.DESIGN_REMEDY, _("Plan the remedy"),
        _("The harm was found true, settled or admitted."),
        _("The planning of the remedy has begun."), office.ActForm, plain(assessing.design_remedy),
    ),
)  # fmt: skip
