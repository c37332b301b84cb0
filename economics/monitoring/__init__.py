"""Monitoring: a canary set and a sequential test that say when a model leaves its audited preference."""

from economics.monitoring.audited import AuditedPreference
from economics.monitoring.calibration import Calibration, calibrate
from economics.monitoring.canary import Canary, choose_canary
from economics.monitoring.detector import Detector, build_detector
from economics.monitoring.finding import Finding
from economics.monitoring.noise import noise_p_value
from economics.monitoring.state import State

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
