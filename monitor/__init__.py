"""A deployed model watched on a schedule: does it still hold the preference that was audited?"""
