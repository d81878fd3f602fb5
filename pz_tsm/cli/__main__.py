"""``python -m pz_tsm.cli``: the command line."""

import sys

from pz_tsm.cli import main

sys.exit(main())
