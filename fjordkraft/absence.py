"""The kinds of absence that Fjordkraft knows, as HR names them, and payroll's code for each."""

from __future__ import annotations

from dataclasses import dataclass

from fjordkraft.organisation import COMPANY, SISTER_COMPANY

VACATION = "Ferie"
SELF_CERTIFIED = "Egenmelding"
SICK = "Sykmelding"
SICK_CHILD = "Barns/barnepassers sykdom"
PARENTAL = "Foreldrepermisjon"
PREGNANCY = "Svangerskapspermisjon"
CARE = "Pleiepenger"
CARE_DAYS = "Omsorgspenger"
WITH_PAY = "Permisjon med lønn"
WITHOUT_PAY = "Permisjon uten lønn"
MILITARY = "Militærtjeneste"
STUDY = "Utdanningspermisjon"
LAID_OFF = "Permittering"
TIME_OFF = "Avspasering"
UNCODED = "Studiedag"
ARCHIVED = "Velferdspermisjon"


@dataclass(frozen=True, slots=True)
class AbsenceType:
    """A kind of absence. `kind`: sick, parental, vacation, off duty or childcare.

    `codes` is HR's own payroll code by company name; a type without any cannot be exported until
    somebody gives it one.
    """

    name: str
    kind: str
    codes: tuple[tuple[str, str], ...]
    graded: bool = False
    smallest: str = "day"
    paid: bool = True
    archived: bool = False


def _everywhere(code: str, *, elsewhere: str = "") -> tuple[tuple[str, str], ...]:
    """`code` in both companies, or another one at the sister company."""
    return ((COMPANY, code), (SISTER_COMPANY, elsewhere or code))


TYPES: tuple[AbsenceType, ...] = (
    AbsenceType(VACATION, "vacation", _everywhere("FERIE", elsewhere="FE")),
    AbsenceType(SELF_CERTIFIED, "sick", _everywhere("EGENM", elsewhere="EM")),
    AbsenceType(SICK, "sick", _everywhere("SYKM", elsewhere="SM"), graded=True),
    AbsenceType(SICK_CHILD, "childcare", _everywhere("SYKTBARN")),
    AbsenceType(PARENTAL, "parental", _everywhere("FORELDRE"), graded=True),
    AbsenceType(PREGNANCY, "parental", _everywhere("SVANGER"), graded=True),
    AbsenceType(CARE, "childcare", _everywhere("PLEIE"), graded=True),
    AbsenceType(CARE_DAYS, "childcare", _everywhere("OMSORG")),
    AbsenceType(WITH_PAY, "off duty", _everywhere("PERMML"), smallest="half day"),
    AbsenceType(WITHOUT_PAY, "off duty", _everywhere("PERMUL"), paid=False),
    AbsenceType(MILITARY, "off duty", _everywhere("MILITAER"), paid=False),
    AbsenceType(STUDY, "off duty", _everywhere("UTDANN"), paid=False),
    AbsenceType(LAID_OFF, "off duty", _everywhere("PERMITT"), graded=True, paid=False),
    AbsenceType(TIME_OFF, "off duty", _everywhere("AVSPAS"), smallest="minute"),
    AbsenceType(UNCODED, "off duty", ()),
    AbsenceType(ARCHIVED, "off duty", _everywhere("VELFERD"), archived=True),
)
