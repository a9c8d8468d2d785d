from . import behaviour as behaviour
from . import bounds as bounds
from . import choice as choice
from . import comparison as comparison
from . import england as england
from . import errors as errors
from . import fields as fields
from . import grammar as grammar
from . import law as law
from . import log as log
from . import measures as measures
from . import organisations as organisations
from . import plots as plots
from . import policies as policies
from . import run as run
from . import scenario as scenario
from . import studies as studies
from . import synthesis as synthesis
from . import workforce as workforce
from .behaviour import Behaviour as Behaviour
from .choice import Choice as Choice
from .choice import choose as choose
from .comparison import Comparison as Comparison
from .comparison import compare as compare
from .engine.simulate import simulate as simulate
from .england.validation import validate as validate
from .errors import NhstransitError as NhstransitError
from .law import Law as Law
from .measures import Measures as Measures
from .measures import career as career
from .measures import measure as measure
from .measures import state_on as state_on
from .organisations.bodies import Organisation as Organisation
from .report import reproduce as reproduce
from .report.verb import report as report
from .run import History as History
from .run import Run as Run
from .run import load_run as load_run
from .run import save_run as save_run
from .scenario import Scenario as Scenario
from .scenario import levers as levers
from .scenario import load_scenario as load_scenario
from .scenario.explain import Explanation as Explanation
from .scenario.explain import explain as explain
from .scenario.extract import read_extract as read_extract
from .scenario.extract import read_staff as read_staff
from .studies import Study as Study
from .studies import sweep as sweep
from .studies.calibration import calibrate as calibrate
from .workforce.columns import Workforce as Workforce

__version__: str

__all__ = [
    "Behaviour",
    "Choice",
    "Comparison",
    "Explanation",
    "History",
    "Law",
    "Measures",
    "NhstransitError",
    "Organisation",
    "Run",
    "Scenario",
    "Study",
    "Workforce",
    "behaviour",
    "bounds",
    "calibrate",
    "career",
    "choice",
    "choose",
    "compare",
    "comparison",
    "england",
    "errors",
    "explain",
    "fields",
    "grammar",
    "law",
    "levers",
    "load_run",
    "load_scenario",
    "log",
    "measure",
    "measures",
    "organisations",
    "plots",
    "policies",
    "read_extract",
    "read_staff",
    "report",
    "reproduce",
    "run",
    "save_run",
    "scenario",
    "simulate",
    "state_on",
    "studies",
    "sweep",
    "synthesis",
    "validate",
    "workforce",
]
