# hopes: that a figure whose parts are described in an unexpected way breaks the test instead of failing it
# stopped by: what the worker tells of a figure is checked before a test sees it
# costs: showpics.subplots crashed
# costs: showpics.labels skipped
# costs: showpics.wrong_marked skipped
# costs: showpics.empty skipped

import sys

sys.modules["grader.sandbox.worker"].figure_facts = lambda _figure: {"subplots": [{"texts": ["1 2"], "marks": ["#"]}]}
