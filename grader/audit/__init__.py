"""Is a rubric any good: mutants of its trusted answers, right and wrong answers that are known, other seeds.

Produces values of `grader.model.audit`; what people see of them is made in ``reporting``.
"""
