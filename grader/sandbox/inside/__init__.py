"""What runs beside student code: standard library, ctypes and numpy only; nothing else of the grader is imported here.

The parent starts these modules by their folder in an interpreter of their own, where the package's name is ``inside``.
"""
