"""Processes that hold untrusted code: the warm zygote, its confined children, and the frames they speak.

What runs beside student code imports from the kit nothing but this package and the facts that tests share with the
student's folder (``assignment.public_tests.checks``): tests/test_architecture.py holds this.
"""
