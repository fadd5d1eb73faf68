"""The layers that confine a child, one file each; `grader.sandbox.confinement` enters them in order."""
