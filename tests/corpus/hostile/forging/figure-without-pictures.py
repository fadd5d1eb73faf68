# hopes: that a figure whose parts are described in an unexpected way breaks the test instead of failing it
# stopped by: what the worker tells of a figure is checked before a test sees it
# costs: showpics.subplots crashed
# costs: showpics.labels crashed
# costs: showpics.wrong_marked crashed
# costs: showpics.empty crashed

import sys

sys.modules["grader.sandbox.worker"].figure_facts = lambda _figure: {"subplots": [{"texts": ["1 2"], "marks": ["#"]}]}
