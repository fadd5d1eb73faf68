"""Marking: the scorer's side. It holds labels and hidden tests and never imports a student's module or TensorFlow."""
