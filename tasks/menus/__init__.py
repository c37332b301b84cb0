"""The same options in smaller and larger menus: does the company an option keeps change its standing?"""

from fiduciary.tasks.menus.task import menus

__all__ = ["menus"]
