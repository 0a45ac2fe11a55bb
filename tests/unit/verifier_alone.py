#!/usr/bin/env python3
"""verifier_alone.py PROGRAM: runs it and looks at its symbols. The verifier must not pull in the transform, the VM or the prover."""

import re
import subprocess
import sys

program = sys.argv[1]
subprocess.run([program], check=True)
symbols = subprocess.run(["nm", program], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
if "eml_stark_verify" not in symbols:
    sys.exit("this program does not verify")
foreign = sorted(s for s in set(symbols) if re.match(r"eml_(ntt_(interpolate|evaluate)|vm_|stark_prove$|prover_|tape_)", s))
if foreign:
    sys.exit(f"linked with the verifier: {', '.join(foreign)}")
