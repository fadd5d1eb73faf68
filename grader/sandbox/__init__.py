"""Processes that hold untrusted code: the warm zygote, its confined children, and the frames they speak.

What runs beside student code (``worker``, ``examiner``, ``confinement``, ``frames``, ``values``) imports nothing
else of the kit: a test holds this.
"""
