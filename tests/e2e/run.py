"""End-to-end tests through the command line: run.py EML SUITE...  (each SUITE is one test_*.py here)"""
import importlib
import os
import sys
import unittest

import harness

harness.EML = os.path.abspath(sys.argv[1])
suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(name)) for name in sys.argv[2:])
if suite.countTestCases() == 0:
    sys.exit("no tests found")
result = unittest.TextTestRunner(verbosity=1).run(suite)
harness.Proved.remove_all()
sys.exit(0 if result.wasSuccessful() else 1)
