"""Monitoring: a canary set and a sequential test that say when a model leaves its audited preference."""

from fiduciary.economics.monitoring.audited import AuditedPreference
from fiduciary.economics.monitoring.calibration import Calibration, calibrate
from fiduciary.economics.monitoring.canary import Canary, choose_canary
from fiduciary.economics.monitoring.detector import Detector, build_detector
from fiduciary.economics.monitoring.finding import Finding
from fiduciary.economics.monitoring.noise import noise_p_value
from fiduciary.economics.monitoring.state import State

__all__ = [
    "AuditedPreference",
    "Calibration",
    "Canary",
    "Detector",
    "Finding",
    "State",
    "build_detector",
    "calibrate",
    "choose_canary",
    "noise_p_value",
]
